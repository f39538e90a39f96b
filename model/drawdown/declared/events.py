"""From a list of events to an interval series: counts, or deaths, with a low and a high."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from drawdown.declared import tabular
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.record import EVENT_LISTS, Interval, Series, layout_of
from drawdown.declared.tabular import Reading, Row, Table

PERIODS = ("week", "month", "quarter", "year")
COUNTED = ("events", "deaths")
ONE_DAY = timedelta(days=1)
MOST_PERIODS = 5_000


@dataclass(frozen=True)
class Event:
    """One event of a list.

    Attributes:
        first: First day on which it may have happened.
        last: Last such day.
        best: Best count of its dead.
        low: Lowest.
        high: Highest.
    """

    first: date
    last: date
    best: float
    low: float
    high: float


@dataclass(frozen=True)
class Listed:
    """A list of events as it was read.

    Attributes:
        layout: Name of its layout.
        events: The events.
        notes: What a reader should know.
    """

    layout: str
    events: tuple[Event, ...]
    notes: tuple[str, ...]


class _Faults:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.told: list[str] = []

    def day(self, row: Row, column: str, order: str) -> date:
        found = tabular.day(row[column], order)
        if found is None:
            self.say(row, f"{column} {tabular.why_no_date(row[column])}, got '{row[column]}'")
        return found or date.min

    def dead(self, row: Row, column: str, decimal: str) -> float:
        if column not in row.cells or tabular.is_missing(row[column]):
            return 0.0
        found = tabular.number(row[column], decimal)
        if found is None or found < 0:
            self.say(row, f"{column} must be a number from 0, got '{row[column]}'")
        return found or 0.0

    def whole(self, row: Row, column: str) -> int:
        found = tabular.number(row[column], ".")
        if found is None or found != int(found):
            self.say(row, f"{column} must be a whole number, got '{row[column]}'")
        return int(found or 0)

    def say(self, row: Row, text: str) -> None:
        self.told.append(f"{self.table.where(row)}: {text}")


def _ged(table: Table, reading: Reading, faults: _Faults) -> Iterator[Event]:
    order = tabular.date_order(table, ("date_start", "date_end"), reading.dates)
    decimal = tabular.decimal_sign(table, ("best", "low", "high"), reading.decimal)
    for row in table.rows:
        first = faults.day(row, "date_start", order)
        last = faults.day(row, "date_end", order)
        dead = [faults.dead(row, name, decimal) for name in ("best", "low", "high")]
        if last < first:
            faults.say(row, f"date_end ({last}) is before date_start ({first})")
        if not dead[1] <= dead[0] <= dead[2]:
            faults.say(
                row, f"best ({dead[0]:g}) must lie from low ({dead[1]:g}) to high ({dead[2]:g})"
            )
        yield Event(first, last, *dead)


def _dated(column: str, dead: str) -> Callable[[Table, Reading, _Faults], Iterator[Event]]:
    def events(table: Table, reading: Reading, faults: _Faults) -> Iterator[Event]:
        order = tabular.date_order(table, (column,), reading.dates)
        decimal = tabular.decimal_sign(table, (dead,), reading.decimal)
        for row in table.rows:
            day = faults.day(row, column, order)
            number = faults.dead(row, dead, decimal)
            yield Event(day, day, number, number, number)

    return events


def _gtd(table: Table, reading: Reading, faults: _Faults) -> Iterator[Event]:
    """Read the layout in which a day or a month of 0 is one that is not known."""
    decimal = tabular.decimal_sign(table, ("nkill",), reading.decimal)
    for row in table.rows:
        year, month, day = (faults.whole(row, name) for name in ("iyear", "imonth", "iday"))
        try:
            first = date(year, month or 1, day or 1)
            last = first
            if not month:
                last = date(year, 12, 31)
            elif not day:
                last = _next("month", first) - ONE_DAY
        except ValueError:
            faults.say(row, f"iyear, imonth, iday are no date: {year}, {month}, {day}")
            continue
        number = faults.dead(row, "nkill", decimal)
        yield Event(first, last, number, number, number)


_READERS: dict[str, Callable[[Table, Reading, _Faults], Iterator[Event]]] = {
    "UCDP GED": _ged,
    "ACLED": _dated("event_date", "fatalities"),
    "GTD": _gtd,
    "dates": _dated("date", "deaths"),
}


def read(
    path: str | Path, reading: Reading | None = None, where: Sequence[tuple[str, str]] = ()
) -> Listed:
    """Read a list of events: in the layout of UCDP GED, ACLED or GTD, or with a column ``date``.

    Args:
        path: The file, CSV or Excel.
        reading: What the user says of dates, decimal sign and grades.
        where: Columns and values that rows must have to be read; case does not matter.

    Raises:
        InputError: For all faults of the file at once.
    """
    reading = reading or Reading()
    table = tabular.graded(tabular.read(path), reading.grades)
    layout = layout_of(table)
    if layout is None:
        known = "; ".join(f"{name} by {', '.join(c)}" for name, c in EVENT_LISTS.items())
        raise InputError(
            f"{path}: is no list of events that is known ({known}; others by a column 'date'); "
            f"{tabular.columns_found(table.head)}"
        )
    notes = list(table.notes)
    for column, value in where:
        if column.lower() not in table.head:
            raise InputError(f"{path}: {unknown('column', column, table.head)}")
        rows = tuple(r for r in table.rows if r[column.lower()].lower() == value.lower())
        if not rows:
            there = sorted({r[column.lower()] for r in table.rows})[:12]
            raise InputError(f"{path}: no row has {column} '{value}'; there are {', '.join(there)}")
        notes.append(f"rows with {column} '{value}' only: {len(rows)} of {len(table.rows)}")
        table = Table(table.path, table.head, rows, table.separator)
    faults = _Faults(table)
    events = tuple(_READERS[layout](table, reading, faults))
    if not events and not faults.told:
        faults.told.append(f"{path}: has no rows")
    if faults.told:
        raise InputError(faults.told)
    return Listed(layout, events, tuple(notes))


def _begin(period: str, day: date) -> date:
    if period == "week":
        return day - timedelta(days=day.weekday())
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _next(period: str, first: date) -> date:
    if period == "week":
        return first + timedelta(days=7)
    month = first.month - 1 + {"month": 1, "quarter": 3, "year": 12}[period]
    return date(first.year + month // 12, month % 12 + 1, 1)


def series(
    listed: Listed,
    period: str,
    counted: str = "events",
    first: date | None = None,
    last: date | None = None,
) -> Series:
    """Return counts of events, or their dead, over whole periods.

    An event counts on the first day on which it may have happened. Where its days reach into
    another period, low leaves it out and the high of each of these periods has it. Periods
    without an event count as none.

    Args:
        listed: The events.
        period: One of `PERIODS`; weeks begin on Monday.
        counted: ``events`` or ``deaths``.
        first: First day of the series, by default that of the first event's period.
        last: Last day, by default that of the last event's period.

    Raises:
        InputError: For an unknown word, or days without a period.
    """
    faults = []
    if period not in PERIODS:
        faults.append(unknown("period", period, PERIODS))
    if counted not in COUNTED:
        faults.append(unknown("count", counted, COUNTED))
    if faults:
        raise InputError(faults)
    begin = first or _begin(period, min(e.first for e in listed.events))
    end = last or _next(period, _begin(period, max(e.first for e in listed.events))) - ONE_DAY
    if end < begin:
        raise InputError(f"the last day ({end}) is before the first ({begin})")
    found: list[Interval] = []
    spread = outside = 0
    day = begin
    while day <= end:
        until = min(end, _next(period, _begin(period, day)) - ONE_DAY)
        count = low = high = 0.0
        for event in listed.events:
            if event.last < day or event.first > until:
                continue
            best, least, most = (
                (1.0, 1.0, 1.0) if counted == "events" else (event.best, event.low, event.high)
            )
            high += most
            if day <= event.first:
                count += best
                whole = event.last <= until
                low += least if whole else 0.0
                spread += not whole
        found.append(Interval(day, until, count, min(low, count), max(high, count)))
        if len(found) > MOST_PERIODS:
            raise InputError(f"more than {MOST_PERIODS:,} periods; take longer ones")
        day = until + ONE_DAY
    outside = sum(not begin <= e.first <= end for e in listed.events)
    notes = list(listed.notes)
    if spread:
        notes.append(
            f"{spread} events may lie in more than one {period}: low leaves them out, high has "
            "them in each"
        )
    if outside:
        notes.append(f"{outside} events lie outside {begin} to {end}")
    return Series(tuple(found), tuple(notes))


def as_csv(found: Series) -> str:
    """Return a series as the CSV that `record.read` reads."""
    rows = ["start,end,count,low,high"]
    rows += [f"{i.start},{i.end},{i.count:g},{i.low:g},{i.high:g}" for i in found.intervals]
    return "\n".join(rows) + "\n"
