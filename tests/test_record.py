"""Reading interval series: what is accepted, and one clear sentence a fault."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from drawdown.declared import data_files, record
from drawdown.declared.columns import OUTCOMES, O
from drawdown.declared.errors import InputError

HEAD = "start,end,count,low,high\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "observed.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_projects_record_is_read() -> None:
    series = record.attacks()
    in_run = series.between(date(2020, 1, 1), date(2021, 7, 31))
    assert (in_run.counts.sum(), in_run.lows.sum(), in_run.highs.sum()) == (87, 67, 111)
    assert set(record.incidents()) & set(record.incidents("check")) == set()


def test_rows_come_in_any_order_with_gaps_and_other_columns(tmp_path: Path) -> None:
    head = "note,end,start,count,low,high\n"
    text = head + "b,2021-09-30,2021-09-15,3,,\na,2021-08-31,2021-08-01,5,4,9\n"
    series = record.read(written(tmp_path, text))
    assert [i.count for i in series.intervals] == [5, 3]
    assert (series.intervals[1].low, series.intervals[1].high) == (3, 3)
    assert series.intervals[0].days == 31
    assert any("note" in n for n in series.notes)
    assert any("gaps" in n for n in series.notes)


FAULTY = {
    "start,end,number,low,high\n2021-08-01,2021-08-31,5,4,6\n": [
        "column count missing from the first line"
    ],
    HEAD + "2021-08-01,2021-07-31,5,4,6\n": ["line 2: end (2021-07-31) is before start"],
    HEAD + "2021-08-01,2021-08-31,5,6,7\n": ["count (5) must lie from low (6) to high (7)"],
    HEAD + "August,2021-08-31,-2,0,6\n": ["start must be a date", "count must be a number"],
    HEAD + "2021-08-01,2021-08-31,5,4,6\n2021-08-31,2021-09-30,5,4,6\n": [
        "lines 2 and 3: intervals overlap"
    ],
    HEAD + "2021-08-01,2021-08-31,5\n": ["has 3 cells, the first line has 5"],
    HEAD: ["has no rows"],
    "": ["columns start, end, count missing"],
    "start,end,count,count,low,high\n2021-08-01,2021-08-31,5,5,4,6\n": ["names count twice"],
    HEAD + '2021-08-01,2021-08-31,5,4,"6\n2021-09-01,2021-09-30,1,1,1\n': ["quotation mark"],
    HEAD + "2021-08-01,2021-08-31,nan,0,1\n": ["has no rows with a count"],
}


@pytest.mark.parametrize("text", FAULTY)
def test_faults_are_told_all_at_once(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as caught:
        record.read(written(tmp_path, text))
    for expected in FAULTY[text]:
        assert any(expected in fault for fault in caught.value.faults), caught.value.faults
    assert all("observed.csv" in fault for fault in caught.value.faults)


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\nstart;end;count;low;high\r\n2021-08-01;2021-08-31;5;4;6\r\n",
        "\n\nstart\tend\tcount\tlow\thigh\n2021-08-01\t2021-08-31\t5\t4\t6\n\n",
        'start,end,count,low,high,note\n2021-08-01,2021-08-31,5,4,6,"two\nlines"\n',
        "\ufeffstart,end,count,low,high,\n2021-08-01,2021-08-31,5,4,6,\n",
    ],
)
def test_what_spreadsheets_write_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "observed.csv"
    path.write_bytes(text.encode("utf-8"))
    (interval,) = record.read(path).intervals
    assert (interval.count, interval.low, interval.high, interval.days) == (5, 4, 6, 31)


def test_missing_and_binary_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        record.read(tmp_path / "none.csv")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\xd8\x00")
    with pytest.raises(InputError, match="UTF-16"):
        record.read(tmp_path / "binary.csv")
    (tmp_path / "zeros.csv").write_bytes(b"\x81\x00\x00\xff" * 50)
    with pytest.raises(InputError, match="no text that can be read"):
        record.read(tmp_path / "zeros.csv")


def test_totals_count_both_ends_of_an_interval() -> None:
    daily = np.zeros((10, len(OUTCOMES), 2), np.float32)
    daily[:, O.attacks_foreign, 0] = 1.0
    daily[3, O.attacks_foreign, 1] = 7.0
    first = date(2020, 1, 1)
    series = record.Series(
        (
            record.Interval(date(2020, 1, 1), date(2020, 1, 3), 0, 0, 0),
            record.Interval(date(2020, 1, 4), date(2020, 1, 10), 0, 0, 0),
        )
    )
    assert record.totals(daily, first, series, "attacks_foreign").tolist() == [[3, 0], [7, 7]]
    late = record.Series((record.Interval(date(2020, 1, 9), date(2020, 1, 11), 0, 0, 0),))
    with pytest.raises(ValueError, match="beyond"):
        record.totals(daily, first, late, "attacks_foreign")


def test_the_data_package_is_valid_and_complete() -> None:
    """Catches a table that the package does not describe, or describes wrongly."""
    import frictionless

    folder = data_files.folder("seeds") / "record"
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])
    described = {Path(task.place).name for task in report.tasks}
    assert described == {path.name for path in folder.glob("*.csv")}
