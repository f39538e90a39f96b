"""Tables as Excel, R, pandas and people write them: the right number, or one sentence."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

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
    assert made(tmp_path, gtd, "month", counted="deaths") == [(2, 2, 2), (1, 1, 1)]
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
