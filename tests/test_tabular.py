"""Tables as Excel, R, pandas and people write them: the right number, or one sentence."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from drawdown.cli import main
from drawdown.declared import events, record, tabular
from drawdown.declared.errors import InputError
from drawdown.declared.tabular import Reading

DEC = (date(2021, 12, 1), date(2021, 12, 31))
JAN = (date(2022, 1, 1), date(2022, 1, 31))


def read(folder: Path, text: str | bytes, **said: str) -> list[tuple[object, ...]]:
    path = folder / "mine.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    series = record.read(path, Reading(**said))
    return [(i.start, i.end, i.count, i.low, i.high) for i in series.intervals]


RIGHT = {
    "decimal commas": (
        "start;end;count;low;high\n2021-12-01;2021-12-31;4,5;3,5;5,0\n2022-01-01;2022-01-31;6;5;8\n",
        [(*DEC, 4.5, 3.5, 5.0), (*JAN, 6.0, 5.0, 8.0)],
    ),
    "empty rows and trailing separators": (
        "start;end;count;low;high;;\n2021-12-01;2021-12-31;4;3;5;;\n;;;;;;\n",
        [(*DEC, 4.0, 3.0, 5.0)],
    ),
    "day first, told by one line": (
        "start,end,count\n01/12/2021,31/12/2021,4\n01/01/2022,31/01/2022,6\n",
        [(*DEC, 4.0, 4.0, 4.0), (*JAN, 6.0, 6.0, 6.0)],
    ),
    "month first, told by one line": (
        "start,end,count\n12/01/2021,12/31/2021,4\n",
        [(*DEC, 4.0, 4.0, 4.0)],
    ),
    "dots and two-digit years": (
        "start;end;count\n01.12.21;31.12.21;4\n",
        [(*DEC, 4.0, 4.0, 4.0)],
    ),
    "months as words": (
        "start;end;count\n1 December 2021;31-Dec-21;4\n",
        [(*DEC, 4.0, 4.0, 4.0)],
    ),
    "date-times": (
        "start,end,count\n2021-12-01T00:00:00Z,2021-12-31 00:00:00.000,4\n",
        [(*DEC, 4.0, 4.0, 4.0)],
    ),
    "thousands in quotes": (
        'start,end,count,low,high\n2021-12-01,2021-12-31,"1,234","1,100","1,300"\n',
        [(*DEC, 1234.0, 1100.0, 1300.0)],
    ),
    "thousands with spaces and apostrophes": (
        "start;end;count;high\n2021-12-01;2021-12-31;1 234;1'300\n",
        [(*DEC, 1234.0, 1234.0, 1300.0)],
    ),
    "both signs": (
        "start;end;count\n2021-12-01;2021-12-31;1.234,5\n",
        [(*DEC, 1234.5, 1234.5, 1234.5)],
    ),
    "points group thousands where commas are decimal": (
        "start;end;count;high\n2021-12-01;2021-12-31;1.234;1.300,5\n",
        [(*DEC, 1234.0, 1234.0, 1300.5)],
    ),
    "NA of R, empty of pandas": (
        "start,end,count,low,high\n2021-12-01,2021-12-31,4,NA,NA\n2022-01-01,2022-01-31,,,\n",
        [(*DEC, 4.0, 4.0, 4.0)],
    ),
    "Arabic-Indic digits": (
        "start;end;count\n٢٠٢١-١٢-٠١;٢٠٢١-١٢-٣١;٤٫٥\n",
        [(*DEC, 4.5, 4.5, 4.5)],
    ),
    "names in capitals": ("Start,End,COUNT\n2021-12-01,2021-12-31,4\n", [(*DEC, 4.0, 4.0, 4.0)]),
    "by month": ("month,attacks\n2021-12,4\n2022-01,6\n", [(*DEC, 4, 4, 4), (*JAN, 6, 6, 6)]),
    "month and year apart": (
        "Country,Month,Year,Events,Fatalities\nIraq,December,2021,4,1\nIraq,Jan,2022,6,0\n",
        [(*DEC, 4, 4, 4), (*JAN, 6, 6, 6)],
    ),
}


@pytest.mark.parametrize("what", RIGHT)
def test_it_is_read_rightly(tmp_path: Path, what: str) -> None:
    text, expected = RIGHT[what]
    assert read(tmp_path, text) == expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "cp1256"])
def test_any_code_page(tmp_path: Path, encoding: str) -> None:
    note = "ملاحظة" if encoding == "cp1256" else "Ärger café"
    text = f"start,end,count,note\n2021-12-01,2021-12-31,4,{note * 30}\n"
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    assert read(tmp_path, mark + text.encode(encoding)) == [(*DEC, 4.0, 4.0, 4.0)]


SAID = {
    "thousands or fraction": ("start;end;count\n2021-12-01;2021-12-31;1.234\n", "--decimal"),
    "the other sign": ("start;end;count\n2021-12-01;2021-12-31;1,234\n", "--decimal"),
    "two signs": ("start;end;count;high\n2021-12-01;2021-12-31;1.5;2,5\n", "--decimal"),
    "day or month": ("start,end,count\n01/12/2021,05/12/2021,4\n", "--dates dmy"),
    "both orders": ("start,end,count\n31/12/2021,12/31/2021,4\n", "lines 2"),
    "a total": ("start,end,count\n2021-12-01,2021-12-31,4\nTotal,,10\n", "line 3"),
    "a day's number": ("start,end,count\n44531,44561,4\n", "spreadsheet's number of a day"),
    "a month without a year": ("month,attacks\nAugust,4\n", "needs a year"),
    "two counts": ("month,attacks,incidents\n2021-12,4,5\n", "it has month, attacks, incidents"),
    "no count": ("month,killed\n2021-12,4\n", "it has month, killed"),
    "about": ("start,end,count\n2021-12-01,2021-12-31,~4\n", "got '~4'"),
    "no such day": ("start,end,count\n2021-02-30,2021-03-31,4\n", "must be a date"),
    "one month twice": ("month,n\n2021-12,4\n2021-12,5\n", "overlap"),
}


@pytest.mark.parametrize("what", SAID)
def test_or_one_sentence_says_what_is_open(tmp_path: Path, what: str) -> None:
    """Catches a guess: a silent wrong number."""
    text, words = SAID[what]
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert words in str(caught.value)
    assert "allowed: month" not in str(caught.value)


def test_the_user_says_what_is_open(tmp_path: Path) -> None:
    text = "start;end;count\n01/12/2021;05/12/2021;1.234\n"
    (one,) = read(tmp_path, text, dates="dmy", decimal=",")
    assert one[:3] == (date(2021, 12, 1), date(2021, 12, 5), 1234.0)
    (two,) = read(
        tmp_path, "start;end;count\n01/12/2021;02/12/2021;1.234\n", dates="mdy", decimal="."
    )
    assert two[:3] == (date(2021, 1, 12), date(2021, 2, 12), 1.234)
    for said in ({"dates": "dym"}, {"decimal": ";"}, {"grades": "1"}):
        with pytest.raises(InputError):
            Reading(**said)


def test_grades_are_chosen_from(tmp_path: Path) -> None:
    text = "start,end,count,grade\n2021-12-01,2021-12-31,4,A\n2022-01-01,2022-01-31,6,c\n"
    assert [row[2] for row in read(tmp_path, text, grades="ab")] == [4.0]
    assert [row[2] for row in read(tmp_path, text, grades="C")] == [6.0]
    with pytest.raises(InputError, match="no row has a grade"):
        read(tmp_path, text, grades="D")
    with pytest.raises(InputError, match="no column 'grade'"):
        read(tmp_path, "start,end,count\n2021-12-01,2021-12-31,4\n", grades="A")


def test_excel_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    frame = pd.DataFrame(
        {"start": [pd.Timestamp(DEC[0])], "end": [pd.Timestamp(DEC[1])], "count": [1.234]}
    )
    frame.to_excel(path, index=False)
    (interval,) = record.read(path).intervals
    assert (interval.start, interval.end, interval.count) == (*DEC, 1.234)


GED = (
    "id,date_start,date_end,best,high,low,side_b\n"
    "1,2021-08-03 00:00:00.000,2021-08-03 00:00:00.000,1,2,1,X\n"
    "2,2021-08-30,2021-09-02,3,5,2,X\n"
    "3,2021-09-06,2021-09-12,0,0,0,Y\n"
)


def made(folder: Path, text: str, period: str, **more: object) -> list[tuple[float, ...]]:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    found = events.series(events.read(path), period, **more)  # type: ignore[arg-type]
    return [(i.count, i.low, i.high) for i in found.intervals]


def test_events_become_a_series(tmp_path: Path) -> None:
    """Catches an event counted twice, low for high, and a straddling event taken as sure."""
    assert made(tmp_path, GED, "month") == [(2, 1, 2), (1, 1, 2)]
    assert made(tmp_path, GED, "month", counted="deaths") == [(4, 1, 7), (0, 0, 5)]
    assert made(tmp_path, GED, "quarter") == [(3, 3, 3)]
    assert len(made(tmp_path, GED, "week")) == 6
    gtd = "eventid,iyear,imonth,iday,nkill\n1,2021,8,0,2\n2,2021,9,3,\n3,2021,9,4,1\n"
    assert made(tmp_path, gtd, "month", counted="deaths") == [(2, 2, 2), (1, 1, 3)]
    acled = "event_date;fatalities;notes\n03 August 2021;0;a, b\n09-Sep-21;1;c\n"
    assert made(tmp_path, acled, "month") == [(1, 1, 1), (1, 1, 1)]
    window = {"first": date(2021, 7, 1), "last": date(2021, 10, 31)}
    assert made(tmp_path, acled, "month", **window) == [(0, 0, 0), (1, 1, 1), (1, 1, 1), (0, 0, 0)]


def test_the_command_writes_what_validate_reads(tmp_path: Path) -> None:
    path, target = tmp_path / "list.csv", tmp_path / "series.csv"
    path.write_text(GED, encoding="utf-8")
    words = ["events", str(path), "--to-series", "month", "--output", str(target)]
    assert CliRunner().invoke(main, words).exit_code == 0
    assert [i.count for i in record.read(target).intervals] == [2, 1]
    assert CliRunner().invoke(main, words).exit_code == 2
    only = CliRunner().invoke(main, [*words[:4], "--where", "side_b=Y"])
    assert only.stdout.splitlines()[1:] == ["2021-09-01,2021-09-30,1,1,1"]
    for wrong, said in (
        (["--to-series", "fortnight"], "week, month, quarter, year"),
        (["--to-series", "month", "--where", "sideb=Y"], "did you mean 'side_b'"),
        (["--to-series", "month", "--where", "side_b=Z"], "there are X, Y"),
        (["--to-series", "month", "--count", "dead"], "deaths"),
        (["--to-series", "month", "--from", "May"], "must be a date"),
    ):
        done = CliRunner().invoke(main, ["events", str(path), *wrong])
        assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    done = CliRunner().invoke(main, ["validate", "--observed", str(path)])
    assert done.exit_code == 2
    assert "list of events in the layout of UCDP GED" in done.stderr


def test_a_row_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("date,deaths\n2021-08-03,1\nsoon,x\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        events.read(path)
    assert len(caught.value.faults) == 2
    assert all("line 3" in fault for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2021-8-3", "ymd", date(2021, 8, 3)),
        ("20210803", "ymd", date(2021, 8, 3)),
        ("03/08/2021", "dmy", date(2021, 8, 3)),
        ("03/08/2021", "mdy", date(2021, 3, 8)),
        ("August 2021", "dmy", None),
        ("3", "dmy", None),
        ("tomorrow", "dmy", None),
    ],
)
def test_a_cell_is_a_date_or_none(text: str, order: str, expected: date | None) -> None:
    assert tabular.day(text, order) == expected


ACLED = "event_id_cnty,event_date,time_precision,admin1,fatalities\n"
PLAIN = "date,deaths\n"
GTD_HEAD = "eventid,iyear,imonth,iday,approxdate,nkill\n"
GED_HEAD = "id,date_start,date_end,date_prec,best,low,high\n"


def listed(folder: Path, text: str, where: tuple[tuple[str, str], ...] = ()) -> events.Listed:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return events.read(path, where=where)


PRECISE = {
    "ACLED, the day": (ACLED + "1,2021-03-17,1,A,0\n", ("2021-03-17", "2021-03-17")),
    "ACLED, about a week": (ACLED + "1,2021-03-17,2,A,0\n", ("2021-03-11", "2021-03-23")),
    "ACLED, a week that crosses a month": (
        ACLED + "1,2021-03-02,2,A,0\n",
        ("2021-02-24", "2021-03-08"),
    ),
    "ACLED, the month": (ACLED + "1,2021-03-15,3,A,0\n", ("2021-03-01", "2021-03-31")),
    "ACLED, not said": (ACLED + "1,2021-03-15,,A,0\n", ("2021-03-01", "2021-03-31")),
    "GED's code beside one day": ("date,date_prec\n2021-03-17,3\n", ("2021-03-11", "2021-03-23")),
    "GED, a month": ("date,date_prec\n2021-03-17,4\n", ("2021-03-01", "2021-03-31")),
    "GED, a year": ("date,date_prec\n2021-03-17,5\n", ("2021-01-01", "2021-12-31")),
    "GED, its two days": (
        GED_HEAD + "1,2021-03-15,2021-03-21,3,1,1,1\n",
        ("2021-03-15", "2021-03-21"),
    ),
    "GED, two days that are one": (
        GED_HEAD + "1,2021-03-15,2021-03-15,4,1,1,1\n",
        ("2021-03-01", "2021-03-31"),
    ),
    "GED, two days and no code": (
        GED_HEAD + "1,2021-03-15,2021-03-15,,1,1,1\n",
        ("2021-03-15", "2021-03-15"),
    ),
    "words": ("date,precision\n2021-03-17,Quarter\n", ("2021-01-01", "2021-03-31")),
    "a month as the date": ("date\n2021-02\n", ("2021-02-01", "2021-02-28")),
    "a month's name": ("date\nMarch 2021\n", ("2021-03-01", "2021-03-31")),
    "a day of 0": ("date\n2021-03-00\n", ("2021-03-01", "2021-03-31")),
    "a year": ("date\n٢٠٢١\n", ("2021-01-01", "2021-12-31")),
    "GTD, no day": (GTD_HEAD + "1,2021,3,0,,0\n", ("2021-03-01", "2021-03-31")),
    "GTD, no month": (GTD_HEAD + "1,2021,0,15,,0\n", ("2021-01-01", "2021-12-31")),
    "GTD, an empty day": (GTD_HEAD + "1,2021,3,,,0\n", ("2021-03-01", "2021-03-31")),
    "GTD, about a day": (
        GTD_HEAD + "1,2021,3,30,late March,0\n",
        ("2021-03-01", "2021-04-05"),
    ),
}


@pytest.mark.parametrize("what", PRECISE)
def test_a_day_is_as_exact_as_the_list_says(tmp_path: Path, what: str) -> None:
    """Catches a stand-in day taken as sure, and a window that ends a day too early or late."""
    text, (first, last) = PRECISE[what]
    (event,) = listed(tmp_path, text).events
    assert (f"{event.first}", f"{event.last}") == (first, last)


def test_an_inexact_day_is_in_no_low_and_in_every_high(tmp_path: Path) -> None:
    """Catches an event of which only the month is known as sure in the week of its stand-in."""
    text = ACLED + "1,2021-03-02,1,A,0\n2,2021-03-15,3,A,0\n3,2021-03-24,1,A,0\n"
    weeks = [(1, 1, 2), (0, 0, 1), (1, 0, 1), (1, 1, 2), (0, 0, 1)]
    assert made(tmp_path, text, "week") == weeks
    assert made(tmp_path, text, "month") == [(3, 3, 3)]
    # Where its own day lies outside it can be inside, and is not counted.
    for first, last, expected in (
        (date(2021, 3, 15), date(2021, 3, 28), [(1, 0, 1), (1, 1, 2)]),
        (date(2021, 3, 16), date(2021, 3, 28), [(0, 0, 1), (1, 1, 2)]),
        (date(2021, 3, 3), date(2021, 3, 14), [(0, 0, 1), (0, 0, 1)]),
    ):
        assert made(tmp_path, text, "week", first=first, last=last) == expected
    cut = {"first": date(2021, 3, 1), "last": date(2021, 3, 28)}
    assert made(tmp_path, text, "month", **cut) == [(3, 2, 3)]
    found = events.series(listed(tmp_path, text), "week")
    assert [n for n in found.notes if "more than one week" in n] == [
        "1 event may lie in more than one week: low leaves it out, high has it in each"
    ]
    unsaid = listed(tmp_path, ACLED + "1,2021-03-02,NA,A,0\n2,2021-03-15,-9,A,0\n").notes
    assert unsaid == ("time_precision not given in 2 rows: only the month is taken as known",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ACLED + "1,2021-03-02,4,A,0\n", "line 2: time_precision must be 1 (day), 2 (week), 3 (m"),
        (ACLED + "1,2021-03-02,exact,A,0\n", "got 'exact'"),
        (ACLED + "1,2021-03-02,1.5,A,0\n", "got '1.5'"),
        ("date,date_prec\n2021-03-02,0\n", "5 (year), got '0'"),
        ("date,precision\n2021-03-02,3\n", "precision must be day, week, month"),
        ("date\nAug-21\n", "date must be a date"),
        ("date\n2021-13\n", "date must be a date"),
        (GTD_HEAD + "1,2021,13,1,,0\n", "are no date: 2021, 13, 1"),
        (GTD_HEAD + "1,,3,1,,0\n", "are no date: 0, 3, 1"),
        (GED_HEAD + "1,2021-03-15,2021-03-21,9,1,1,1\n", "date_prec must be"),
        ("date,attacks\n2021-03-02,4\n", "has a date and counts ('attacks') in a row"),
        ("date,count\n2021-03-02,4\n", "has a date and counts ('count') in a row"),
        (PLAIN + "2021-03-02,5+\n", "deaths must be a number from 0, got '5+'"),
        (PLAIN + "2021-03-02,-3\n", "deaths must be a number from 0, got '-3'"),
        (GED_HEAD + "1,2021-03-15,2021-03-15,1,4,5,6\n", "best (4) must lie from low (5) to hi"),
        (GED_HEAD + "1,2021-03-15,2021-03-15,1,,5,3\n", "best (5) must lie from low (5) to hi"),
    ],
)
def test_what_a_list_cannot_mean_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """Catches a code that another list's key is read by, and counts by day taken as events."""
    with pytest.raises(InputError) as caught:
        listed(tmp_path, text)
    assert len(caught.value.faults) == 1
    assert said in str(caught.value)


NOT_GIVEN = {
    "plain": (PLAIN + "2021-08-03,2\n2021-08-10,\n2021-08-11,NA\n", (2, 2, 6)),
    "words and signs": (PLAIN + "2021-08-03,2\n2021-08-10,Unknown\n2021-08-11,–\n", (2, 2, 6)),
    "codes": (PLAIN + "2021-08-03,2\n2021-08-10,-99\n2021-08-11,−9.0\n", (2, 2, 6)),
    "Arabic": (PLAIN + "2021-08-03,2\n2021-08-10,غير معروف\n2021-08-11,-٩٩\n", (2, 2, 6)),
    "GTD": (
        GTD_HEAD + "1,2021,8,3,,2\n2,2021,8,10,,\n3,2021,8,11,,-99\n",
        (2, 2, 6),
    ),
    "ACLED": (ACLED + "1,2021-08-03,1,A,2\n2,2021-08-10,1,A,\n3,2021-08-11,1,A,?\n", (2, 2, 6)),
    "GED, no best": (
        GED_HEAD + "1,2021-08-03,2021-08-03,1,2,1,4\n"
        "2,2021-08-04,2021-08-04,1,,2,7\n3,2021-08-05,2021-08-05,1,,,\n",
        (4, 3, 15),
    ),
    "GED, no low or high": (
        GED_HEAD + "1,2021-08-03,2021-08-03,1,2,1,4\n"
        "2,2021-08-04,2021-08-04,1,9,,9\n3,2021-08-05,2021-08-05,1,9,9,\n",
        (20, 10, 22),
    ),
}


@pytest.mark.parametrize("what", NOT_GIVEN)
def test_dead_whom_nobody_counted_are_not_none(tmp_path: Path, what: str) -> None:
    """Catches an empty cell as a sure 0, and unknown dead that are said where events count."""
    text, expected = NOT_GIVEN[what]
    found = listed(tmp_path, text)
    dead = events.series(found, "month", "deaths")
    assert [(i.count, i.low, i.high) for i in dead.intervals] == [expected]
    (note,) = [n for n in dead.notes if "number of dead" in n]
    assert "for 2 of 3 events" in note
    counted = events.series(found, "month")
    assert [(i.count, i.low, i.high) for i in counted.intervals] == [(3, 3, 3)]
    assert not [n for n in counted.notes if "dead" in n]


def test_deaths_that_no_column_or_no_row_gives_are_refused(tmp_path: Path) -> None:
    """Catches deaths of 0 in a list that does not speak of them."""
    for text, said in (
        ("date,killed\n2021-08-03,2\n", "no column 'deaths' whose numbers could be counted; it"),
        ("iyear,imonth,iday\n2021,8,3\n", "no column 'nkill'"),
        (PLAIN + "2021-08-03,\n", "no event says how many died"),
    ):
        found = listed(tmp_path, text)
        assert len(events.series(found, "month")) == 1
        with pytest.raises(InputError, match=said):
            events.series(found, "month", "deaths")


def test_repeated_rows_are_counted_as_what_is_known_of_them(tmp_path: Path) -> None:
    """Catches a row counted twice, and an event lost that only looks like another."""

    def both(text: str) -> tuple[list[tuple[float, ...]], tuple[str, ...]]:
        found = made(tmp_path, text, "month"), made(tmp_path, text, "month", counted="deaths")
        return [month for one in found for month in one], listed(tmp_path, text).notes

    one, two = "1,2021-08-03,1,A,2\n", "2,2021-08-03,1,A,2\n"
    assert both(ACLED + one + two) == ([(2, 2, 2), (4, 4, 4)], ())
    same = [(2, 2, 2), (4, 4, 4)], ("1 row repeated under the same event_id_cnty: counted once",)
    assert both(ACLED + one + two + one) == same
    numbers, (note,) = both(ACLED + one + two + "1,2021-08-05,1,A,5\n")
    assert numbers == [(2, 2, 3), (4, 4, 9)]
    assert "1 row repeated under the same event_id_cnty with other words" in note
    numbers, (note,) = both(ACLED + "1,2021-08-30,1,A,2\n1,2021-09-02,1,A,0\n")
    assert numbers == [(1, 0, 2), (0, 0, 2), (2, 0, 2), (0, 0, 2)]
    numbers, _ = both(ACLED + "1,2021-08-05,1,A,5\n" + one)
    assert numbers == [(1, 1, 2), (5, 2, 7)]
    for head, row in ((PLAIN, "2021-08-03,2\n"), ("id," + PLAIN, ",2021-08-03,2\n")):
        numbers, (note,) = both(head + row * 3)
        assert numbers == [(3, 1, 3), (6, 2, 6)]
        assert "2 rows repeated whole" in note
    assert both("id," + PLAIN + "7,2021-08-03,2\n8,2021-08-03,2\n") == both(ACLED + one + two)
    rounded = "2.02E+11,2021,8,{},,1\n"
    numbers, (note,) = both(GTD_HEAD + rounded.format(3) + rounded.format(4))
    assert numbers == [(2, 2, 2), (2, 2, 2)]
    assert "rounded in 2 rows" in note


PLACES = (
    ACLED + "1,2021-08-02,1,Baghdad,0\n2,2021-08-09,1,Erbil,0\n3,2021-08-12,1,Dhi  Qar,0\n"
    '4,2021-08-13,3,"Salah al-Din, Iraq",0\n5,2021-08-14,1,,4\n'
)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ([("admin1", "Baghdad")], (1, 1, 2)),
        ([("admin1", "Baghdad"), ("admin1", "Erbil")], (2, 2, 3)),
        ([("ADMIN1", "erbil"), (" admin1", "dhi qar")], (2, 2, 3)),
        ([("admin1", "Erbil"), ("admin1", "erbil")], (1, 1, 2)),
        ([("admin1", "Salah al-Din, Iraq"), ("time_precision", "٣")], (1, 1, 1)),
        ([("admin1", "Erbil"), ("admin1", "Baghdad"), ("event_id_cnty", "2")], (1, 1, 1)),
        ([("admin1", "")], (1, 1, 1)),
    ],
)
def test_several_filters(
    tmp_path: Path, where: list[tuple[str, str]], expected: tuple[float, ...]
) -> None:
    """Catches values of one column that exclude each other, and columns that do not."""
    found = events.series(listed(tmp_path, PLACES, tuple(where)), "month")
    assert [(i.count, i.low, i.high) for i in found.intervals] == [expected]
    doubt = [n for n in found.notes if "nothing in admin1: 1 row" in n]
    assert len(doubt) == (expected[1] < expected[2])


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ([("admin1", "Erbill"), ("admin1", "Baghdad")], "did you mean 'Erbil'"),
        ([("admin1", "X")], "there are Baghdad, Dhi  Qar, Erbil, Salah"),
        ([("admin1", "Erbil"), ("event_id_cnty", "1")], "no row has admin1 'Erbil' and event_id"),
        ([("admin", "Erbil")], "did you mean 'admin1'"),
    ],
)
def test_a_filter_that_finds_nothing_says_why(
    tmp_path: Path, where: list[tuple[str, str]], said: str
) -> None:
    """Catches a sentence that denies rows which are there."""
    with pytest.raises(InputError, match=said):
        listed(tmp_path, PLACES, tuple(where))


def test_rows_of_one_id_of_which_one_is_asked_for(tmp_path: Path) -> None:
    """Catches an event that is asked for made doubtful by a row that says less."""
    rows = ["1,2021-08-02,1,Erbil,2\n", "1,2021-08-02,1,,2\n"]
    for text in ("".join(rows), "".join(reversed(rows))):
        found = listed(tmp_path, ACLED + text, (("admin1", "Erbil"),))
        (month,) = events.series(found, "month").intervals
        assert (month.count, month.low, month.high) == (1, 1, 2)


def test_a_fault_in_a_row_that_is_not_asked_for_is_passed_over(tmp_path: Path) -> None:
    """Catches a list of all countries refused for a line of another one."""
    text = PLACES + "6,soon,1,Anbar,0\n"
    assert len(listed(tmp_path, text, (("admin1", "Erbil"),)).events) == 2
    with pytest.raises(InputError, match="line 7"):
        listed(tmp_path, text)


def test_days_that_a_list_may_not_cover_are_said(tmp_path: Path) -> None:
    """Catches a last month half of which nobody watched, given out as quiet without a word."""
    found = listed(tmp_path, "date\n2021-08-20\n2021-08-25\n2021-09-03\n")

    def said(period: str, first: date | None = None, last: date | None = None) -> str:
        return "; ".join(events.series(found, period, "events", first, last).notes)

    assert "19 days before 2021-08-20" in said("month")
    assert "27 days after 2021-09-03" in said("month")
    assert "4 days before 2021-08-20" in said("week")
    assert "50 days before" in said("quarter")
    assert "119 days after" in said("year")
    one, other = date(2021, 8, 20), date(2021, 9, 3)
    assert said("month", one, other) == ""
    assert "before" not in said("month", first=date(2021, 8, 1))
    assert "after" not in said("month", last=date(2021, 9, 30))
    cut = events.series(found, "month", "events", one, other).intervals
    assert [(i.start, i.end) for i in cut] == [
        (date(2021, 8, 20), date(2021, 8, 31)),
        (date(2021, 9, 1), date(2021, 9, 3)),
    ]
    assert "outside 2021-08-21 to 2021-09-30: 1 event" in said("month", first=date(2021, 8, 21))
    for first, last in ((date(2022, 1, 1), None), (None, date(2021, 7, 1)), (other, one)):
        with pytest.raises(InputError, match="is before the first"):
            said("month", first, last)
    # Rows left out show that somebody watched in these months too.
    wide = listed(
        tmp_path,
        "date,place\n2021-01-20,A\n2021-05-01,B\n2021-05-31,B\n2021-09-03,A\n",
        (("place", "B"),),
    )
    (_, note) = events.series(wide, "month").notes
    assert "the list reaches from 2021-01-20 to 2021-09-03" in note
    for text in ("2021-01-20,A\n2021-05-31,B\n", "2021-05-01,B\n2021-09-03,A\n"):
        one_side = listed(tmp_path, "date,place\n" + text, (("place", "B"),))
        assert "the list reaches" in events.series(one_side, "month").notes[-1]
    dated = listed(tmp_path, GTD_HEAD + "1,2021,0,0,,0\n2,2021,3,5,,0\n3,2021,4,30,,0\n")
    (_, note) = events.series(dated, "month").notes
    assert "63 days before 2021-03-05" in note
    assert "245 days after 2021-04-30" in note


def test_large_numbers_are_written_whole(tmp_path: Path) -> None:
    """Catches a count written as 1.23457e+06."""
    found = events.series(listed(tmp_path, PLAIN + "2021-08-03,1234567\n"), "month", "deaths")
    assert events.as_csv(found).splitlines()[1].endswith(",1234567,1234567,1234567")


Sheets = dict[str, list[list[Any]]]
LIST: list[list[Any]] = [["date", "deaths"], [datetime(2021, 8, 2), 1], [datetime(2021, 8, 19), 1]]
MONTHS: list[list[Any]] = [["month", "attacks"], ["2021-12", 4]]
ABOUT: list[list[Any]] = [["source"], ["mine"]]


def workbook(folder: Path, sheets: Sheets, hidden: str = "", shown: str = "") -> Path:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for cell in sheet["A"]:
            if shown and isinstance(cell.value, datetime):
                cell.number_format = shown
        sheet.sheet_state = "hidden" if title == hidden else "visible"
    book.save(folder / "mine.xlsx")
    return folder / "mine.xlsx"


def test_the_sheet_that_holds_the_table_is_read(tmp_path: Path) -> None:
    """Catches the first sheet read for the one that is meant, at each door."""
    book = workbook(tmp_path, {"About": ABOUT, "Events": LIST, "Months": MONTHS, "None": []})
    found = events.read(book)
    assert len(found.events) == 2
    assert found.notes == ("sheet 'Events' is read, not 'About', 'Months'",)
    series = record.read(book)
    assert (series.intervals[0].count, series.intervals[0].start) == (4, DEC[0])
    assert series.notes[0] == "sheet 'Months' is read, not 'About', 'Events'"
    assert events.read(workbook(tmp_path, {"Events": LIST, "None": []})).notes == ()
    only = workbook(tmp_path, {"About": ABOUT, "Events": LIST, "Old": LIST}, hidden="Old")
    (note,) = events.read(only).notes
    assert "hidden and not read: 'Old'" in note


@pytest.mark.parametrize(
    ("sheets", "hidden", "said"),
    [
        ({"One": LIST, "Two": LIST}, "", "sheets 'One', 'Two' can each be meant"),
        ({"A": ABOUT, "B": [["x"], [1]]}, "", "'A' has source; 'B' has x"),
        ({"A": ABOUT, "B": LIST}, "B", "it has source"),
        ({"A": [], "B": LIST}, "B", "no sheet with anything in it; hidden and not read: 'B'"),
        ({"A": ABOUT, "B": [["date"], ["soon"]]}, "", "mine.xlsx, sheet 'B': line 2: date must"),
    ],
)
def test_or_the_fault_names_the_sheets(
    tmp_path: Path, sheets: Sheets, hidden: str, said: str
) -> None:
    """Catches a guess between two sheets, and a fault that hides which sheet was read."""
    with pytest.raises(InputError) as caught:
        events.read(workbook(tmp_path, sheets, hidden))
    assert said in str(caught.value)


def test_a_list_in_a_workbook_is_called_one_where_a_series_is_asked_for(tmp_path: Path) -> None:
    book = workbook(tmp_path, {"About": ABOUT, "Events": LIST})
    with pytest.raises(InputError, match="sheet 'Events': is a list of events"):
        record.read(book)


def test_names_of_columns_below_a_title(tmp_path: Path) -> None:
    """Catches a title taken as the names of the columns, and a short line taken as a fault."""
    above = [["Attacks, as counted"], [], *LIST, [datetime(2021, 8, 20)]]
    found = events.read(workbook(tmp_path, {"Events": above}))
    assert len(found.events) == 3
    assert found.notes == ("the columns are named in line 3; what stands above is not read",)
    # A sheet that does not say how wide it is has lines that end with their last cell.
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Events")
    for row in above:
        sheet.append(row)
    book.save(tmp_path / "streamed.xlsx")
    assert events.read(tmp_path / "streamed.xlsx") == found
    text = "Attacks\n\nstart;end;count\n2021-12-01;2021-12-31;4,5\n"
    assert read(tmp_path, text) == [(*DEC, 4.5, 4.5, 4.5)]
    with pytest.raises(InputError, match="line 4: has 2 cells, line 3 has 3"):
        read(tmp_path, "Attacks\n\nstart;end;count\n2021-12-01;2021-12-31\n")


def test_dates_of_a_workbook_are_taken_for_what_they_show(tmp_path: Path) -> None:
    """Catches a month shown as one read as its first day, and days that became months."""
    shown = events.read(workbook(tmp_path, {"Events": LIST[:2]}, shown="[Red]mmm\\-yy"))
    assert [(e.first.day, e.last.day) for e in shown.events] == [(1, 31)]
    exact = events.read(workbook(tmp_path, {"Events": LIST[:2]}, shown="[$-F800]dddd, mmmm dd"))
    assert [(e.first.day, e.last.day) for e in exact.events] == [(2, 2)]
    days: list[list[Any]] = [["start", "end", "count"], [datetime(2021, 12, 1), "2021-12", 4]]
    assert [(i.start, i.end) for i in record.read(workbook(tmp_path, {"A": days})).intervals] == [
        DEC
    ]
    mixed: list[list[Any]] = [*LIST[:2], ["13/08/2021", 1]]
    with pytest.raises(InputError, match="may have taken days for months"):
        events.read(workbook(tmp_path, {"A": mixed}))
    assert len(events.read(workbook(tmp_path, {"A": [*LIST, ["13/08/2021", 1]]})).events) == 3


def test_what_a_series_does_not_give_is_counted(tmp_path: Path) -> None:
    """Catches low and high that are silently the count, and grades left out without a word."""
    path = tmp_path / "mine.csv"
    text = "start,end,count,low,high,grade\n2021-12-01,2021-12-31,4,-99,5,A\n"
    path.write_text(text + "2022-01-01,2022-01-31,unknown,1,9,A\n2022-02-01,2022-02-28,3,2,4,\n")
    notes = record.read(path).notes
    assert "1 rows give no low or no high: the count stands for it" in notes
    assert "left out for want of a count: 1 rows (line 3)" in notes
    (note, *_) = record.read(path, Reading(grades="A")).notes
    assert note == "rows of grades A only: 2 of 3; 1 left out have no grade"
