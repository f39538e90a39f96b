"""The dated record: counts over intervals, each with a low and a high value."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np

from drawdown.declared import data_files, tabular
from drawdown.declared.arrays import Floats, Singles
from drawdown.declared.columns import OUTCOMES
from drawdown.declared.errors import InputError, nearest
from drawdown.declared.tabular import Reading, Row, Table

NEEDED = ("start", "end", "count", "low", "high")
MOST_ROWS = 5_000
LARGEST_COUNT = 1_000_000.0


@dataclass(frozen=True)
class Interval:
    """A count over whole days.

    Attributes:
        start: First day.
        end: Last day, included.
        count: Best value.
        low: Lowest value the sources allow.
        high: Highest value the sources allow.
    """

    start: date
    end: date
    count: float
    low: float
    high: float

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.end - self.start).days + 1


@dataclass(frozen=True)
class Series:
    """Intervals in order of time, without overlap.

    Attributes:
        intervals: The counts.
        notes: What was ignored when they were read.
    """

    intervals: tuple[Interval, ...]
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        """Return how many intervals there are."""
        return len(self.intervals)

    @property
    def counts(self) -> Floats:
        """The best values."""
        return np.array([i.count for i in self.intervals])

    @property
    def lows(self) -> Floats:
        """The lowest values."""
        return np.array([i.low for i in self.intervals])

    @property
    def highs(self) -> Floats:
        """The highest values."""
        return np.array([i.high for i in self.intervals])

    @property
    def days(self) -> Floats:
        """The lengths in days."""
        return np.array([float(i.days) for i in self.intervals])

    def between(self, first: date, last: date) -> Series:
        """Return the intervals that lie whole within two days."""
        return Series(tuple(i for i in self.intervals if first <= i.start and i.end <= last))


def totals(daily: Singles, first: date, series: Series, outcome: str) -> Floats:
    """Return an outcome's sums over each interval, shape (intervals, lanes).

    Args:
        daily: Recorded days, shape (days, outcomes, lanes).
        first: Date of the first day.
        series: The intervals; all their days must be recorded.
        outcome: A daily outcome that is counted.
    """
    column = daily[:, OUTCOMES.index(outcome), :].astype(np.float64)
    running = np.vstack([np.zeros((1, column.shape[1])), np.cumsum(column, axis=0)])
    starts = [(i.start - first).days for i in series.intervals]
    ends = [(i.end - first).days + 1 for i in series.intervals]
    if starts and (min(starts) < 0 or max(ends) >= len(running)):
        raise ValueError("an interval reaches beyond the days that were played")
    result: Floats = running[ends] - running[starts]
    return result


_COUNTED = ("count", "attacks", "events", "incidents", "n", "number")
"""Names that a column of counts has in tables by month."""

EVENT_LISTS: dict[str, tuple[str, ...]] = {
    "UCDP GED": ("date_start", "date_end", "best", "high", "low"),
    "ACLED": ("event_date", "fatalities"),
    "GTD": ("iyear", "imonth", "iday"),
}
"""Layouts of lists with one row an event, and the columns that each is known by."""


def layout_of(head: Sequence[str]) -> str | None:
    """Return the layout of a list of events that a table has, or None.

    Args:
        head: Names of the table's columns. A column of counts beside ``date`` makes a table by
            day, not a list.
    """
    for name, columns in EVENT_LISTS.items():
        if set(columns) <= set(head):
            return name
    return "dates" if "date" in head and not set(_COUNTED) & set(head) else None


def _is_series(head: Sequence[str]) -> bool:
    return set(NEEDED[:3]) <= set(head) or _counted(head) is not None


def _counted(head: Sequence[str]) -> str | None:
    """Return the one column of counts of a table by month, or None where it is no such table."""
    found = [name for name in _COUNTED if name in head]
    by_month = "month" in head and not set(NEEDED[:2]) & set(head) and len(found) == 1
    return found[0] if by_month else None


def by_day(head: Sequence[str]) -> str:
    """Return the sentence for a table with counts by day, which no door reads."""
    counts = ", ".join(f"'{name}'" for name in _COUNTED if name in head)
    return (
        f"has a date and counts ({counts}) in a row: name the days start and end and the counts "
        "count for a series; for a list of events, one row an event, leave the counts out"
    )


def _row(
    where: str, row: Row, dates: tuple[str, str], decimal: str, has: tuple[str, ...]
) -> tuple[Interval | None, list[str]]:
    """Return a row as an interval, and its faults."""
    faults = []
    days = {}
    for side, (key, order) in enumerate(zip(("start", "end"), dates, strict=True)):
        # A month or a year begins with its first day and ends with its last.
        known = tabular.days(row[key], order)
        days[key] = known[side] if known else None
        if known is None:
            faults.append(f"{where}: {key} {tabular.why_no_date(row[key])}, got '{row[key]}'")
    numbers = {}
    for key in ("count", "low", "high"):
        text = row[key] if key in has and not tabular.is_missing(row[key]) else row["count"]
        value = tabular.number(text, decimal)
        numbers[key] = value if value is not None and 0.0 <= value <= LARGEST_COUNT else None
        if numbers[key] is None:
            faults.append(
                f"{where}: {key} must be a number from 0 to {LARGEST_COUNT:,.0f}, got '{text}'"
            )
    start, end = days["start"], days["end"]
    count, low, high = numbers["count"], numbers["low"], numbers["high"]
    if start is not None and end is not None and end < start:
        faults.append(f"{where}: end ({end}) is before start ({start})")
    if count is not None and low is not None and high is not None and not low <= count <= high:
        faults.append(f"{where}: count ({count:g}) must lie from low ({low:g}) to high ({high:g})")
    if faults or start is None or end is None or count is None or low is None or high is None:
        return None, faults
    return Interval(start, end, count, low, high), []


def _by_month(table: Table) -> tuple[Table, list[str]]:
    """Return a table by month as one of intervals, where it is one."""
    counted = _counted(table.head)
    if counted is None:
        return table, []
    rows, faults = [], []
    for row in table.rows:
        year = row["year"] if "year" in table.head else None
        given = tabular.month(row["month"], year)
        if given is None:
            told = "needs a year: '2021-08', or a column 'year'" if year is None else "is no month"
            faults.append(f"{table.where(row)}: month {told}, got '{row['month']}'")
            continue
        first, last = tabular.month_days(*given)
        cells = {"start": f"{first}", "end": f"{last}", "count": row[counted]}
        rows.append(Row(row.line, cells | {k: row[k] for k in ("low", "high") if k in row.cells}))
    if faults:
        raise InputError(faults)
    others = [h for h in table.head if h not in ("month", "year", "low", "high", counted)]
    notes = [f"read by month, with '{counted}' as the count"]
    if others:
        notes.append(f"columns ignored: {', '.join(others)}")
    head = ("start", "end", "count", *(k for k in ("low", "high") if k in table.head))
    return replace(table, head=head, rows=tuple(rows)), notes


def read(path: str | Path, reading: Reading | None = None) -> Series:
    """Read an interval series from a CSV or Excel file.

    The columns are ``start,end,count`` and, where there are any, ``low,high``; both days are
    included; an empty low or high is the count. A table by month (``month``, perhaps ``year``,
    and one column of counts) is read too. Rows without a count are left out; gaps are allowed,
    overlaps are not; other columns are ignored; the notes say so. Rows are put in order of
    time.

    Args:
        path: The file.
        reading: What the user says of dates, decimal sign and grades.

    Raises:
        InputError: For all faults of the file at once.
    """
    reading = reading or Reading()
    wanted = (_is_series, lambda head: layout_of(head) is not None)
    table = tabular.graded(tabular.read(path, wanted), reading.grades)
    table, notes = _by_month(table)
    missing = [name for name in NEEDED[:3] if name not in table.head]
    if missing:
        raise InputError(_what_it_is(table, missing))
    has = tuple(name for name in NEEDED if name in table.head)
    empty = [row for row in table.rows if tabular.is_missing(row["count"])]
    kept = [row for row in table.rows if not tabular.is_missing(row["count"])]
    whole = replace(table, rows=tuple(kept))
    order = tabular.date_order(whole, ("start", "end"), reading.dates)
    decimal = tabular.decimal_sign(whole, has[2:], reading.decimal)
    faults: list[str] = []
    found: list[tuple[int, Interval]] = []
    for row in kept[:MOST_ROWS]:
        interval, wrong = _row(table.where(row), row, (order, order), decimal, has)
        faults += wrong
        if interval is not None:
            found.append((row.line, interval))
    if len(kept) > MOST_ROWS:
        faults.append(f"{table.name}: has more than {MOST_ROWS:,} rows")
    found.sort(key=lambda item: item[1].start)
    for (n, a), (m, b) in itertools.pairwise(found):
        if b.start <= a.end:
            faults.append(
                f"{table.name}: lines {n} and {m}: intervals overlap ({a.end} and {b.start})"
            )
    if not found and not faults:
        faults.append(f"{table.name}: has no rows with a count")
    if faults:
        raise InputError(faults)
    notes += _notes(table, kept, empty, has)
    if decimal == ",":
        notes.append("numbers read with a decimal comma")
    if order != "ymd":
        notes.append(f"dates read with the {'day' if order == 'dmy' else 'month'} first")
    if any(b.start != a.end + timedelta(days=1) for (_, a), (_, b) in itertools.pairwise(found)):
        notes.append("there are gaps between the intervals; days in gaps are not scored")
    return Series(tuple(i for _, i in found), (*table.notes, *notes))


def _notes(
    table: Table, kept: Sequence[Row], empty: Sequence[Row], has: Sequence[str]
) -> Iterator[str]:
    """Yield what of a table is not read, and what stands for what it does not give."""
    ignored = [name for name in table.head if name not in NEEDED]
    if ignored:
        yield f"columns ignored: {', '.join(ignored)}"
    if empty:
        lines = ", ".join(str(row.line) for row in empty[:5])
        yield f"left out for want of a count: {len(empty)} rows (line {lines})"
    given = {"low", "high"} & set(has)
    if not given:
        yield "no low and high: each count is taken as sure"
    blank = sum(any(tabular.is_missing(row[name]) for name in given) for row in kept)
    if blank:
        yield f"{blank} rows give no low or no high: the count stands for it"


def _what_it_is(table: Table, missing: list[str]) -> str:
    """Return the sentence for a table that is no interval series."""
    layout = layout_of(table.head)
    if layout is not None:
        known = f"in the layout of {layout}" if layout != "dates" else "with a date each"
        return (
            f"{table.name}: is a list of events {known}, one row an event; "
            f"'drawdown events {table.path} --to-series month' makes the series that is read here"
        )
    if "date" in table.head:
        return f"{table.name}: {by_day(table.head)}"
    found = tabular.columns_found(table.head)
    if "month" in table.head:
        counts = ", ".join(_COUNTED)
        return (
            f"{table.name}: is a table by month whose counts cannot be told: it must have one "
            f"column of {counts}; {found}"
        )
    close = nearest(missing[0], table.head)
    hint = close if "mean" in close else ""
    return (
        f"{table.name}: column{'s' if len(missing) > 1 else ''} {', '.join(missing)} missing from "
        f"the first line, which must name start,end,count and may name low,high; {found}{hint}"
    )


@cache
def attacks() -> Series:
    """Return the attacks on foreign facilities and bases, October 2019 to July 2021."""
    return read(data_files.folder("seeds") / "record" / "attacks_on_facilities.csv")


@cache
def incidents(use: str = "fit") -> dict[str, Interval]:
    """Return the other counts of the record by name (``seeds/record/incidents.csv``).

    Args:
        use: ``fit`` for those that calibration sees, ``check`` for those it does not.
    """
    path = data_files.folder("seeds") / "record" / "incidents.csv"
    found = {}
    table = tabular.read(path)
    for row in table.rows:
        interval, faults = _row(table.where(row), row, ("ymd", "ymd"), ".", NEEDED)
        if interval is None:
            raise InputError(faults)
        if row["use"] == use:
            found[row["what"]] = interval
    return found
