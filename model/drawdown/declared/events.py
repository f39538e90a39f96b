"""From a list of events to an interval series: counts, or deaths, with a low and a high."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from drawdown.declared import tabular
from drawdown.declared.errors import InputError, nearest, unknown
from drawdown.declared.record import EVENT_LISTS, Interval, Series, by_day, layout_of
from drawdown.declared.tabular import Days, Reading, Row, Table, is_missing, quoted

PERIODS = ("week", "month", "quarter", "year")
COUNTED = ("events", "deaths")
ONE_DAY = timedelta(days=1)
MOST_PERIODS = 5_000


class Number(NamedTuple):
    """A number with the lowest and the highest that it may be."""

    best: float
    low: float
    high: float


@dataclass(frozen=True)
class Event:
    """One event of a list.

    Attributes:
        first: First day on which it may have happened.
        last: Last such day.
        day: The day on which it counts: the one that its row gives, even as a stand-in, or the
            first.
        events: How many events it is: one, unless it may be another row's or may not be asked for.
        deaths: Its dead.
        open: Whether the number of dead, its low or its high is not given.
    """

    first: date
    last: date
    day: date
    events: Number
    deaths: Number
    open: bool


@dataclass(frozen=True)
class Listed:
    """A list of events as it was read.

    Attributes:
        layout: Name of its layout.
        events: The events.
        notes: What a reader should know.
        span: Days of the first and the last event of which the day is known, those that filters
            leave out among them.
        most: The most dead of an event; ``inf`` where no event gives them.
        no_deaths: The sentence for a list without a column of dead, else nothing.
    """

    layout: str
    events: tuple[Event, ...]
    notes: tuple[str, ...]
    span: Days
    most: float
    no_deaths: str


PRECISIONS: dict[str, tuple[str, ...]] = {
    "time_precision": ("day", "week", "month"),
    "date_prec": ("day", "week", "week", "month", "year"),
    "date_precision": (),
    "precision": (),
}
"""Columns that say how exactly a day is known, and what their numbers from 1 mean: ACLED's, UCDP
GED's, and two that have words only, since a 3 is a month for one and a week for the other."""

_WORDS = ("day", "week", "month", "quarter", "year")
_IDS = {"UCDP GED": ("id",), "ACLED": ("event_id_cnty",), "GTD": ("eventid",)}
_OTHER_IDS = ("event_id", "eventid", "event_id_cnty", "id")
_DEAD = {"ACLED": "fatalities", "GTD": "nkill", "dates": "deaths"}
_ROUNDED = re.compile(r"\d([.,]\d+)?e\+\d+$", re.IGNORECASE)


def _window(day: date, precision: str) -> Days:
    """Return the days on which an event may have been that is known this exactly."""
    if precision == "day":
        return day, day
    if precision == "week":
        # Of a week its middle, its first day or any other is written: any week that holds it.
        return _moved(day, -6), _moved(day, 6)
    return _begin(precision, day), _next(precision, _begin(precision, day)) - ONE_DAY


def _moved(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def _united(days: Iterable[Days]) -> Days:
    firsts, lasts = zip(*days, strict=True)
    return min(firsts), max(lasts)


class _Faults:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.told: list[tuple[int, str]] = []
        self.unstated: dict[str, set[int]] = {}
        """Lines whose cell for the precision is empty, by column."""

    def day(self, row: Row, column: str, order: str) -> Days:
        """Return the days that a cell can mean: one, a month, or a year."""
        days = tabular.days(row[column], order)
        if days is None:
            self.say(row, f"{column} {tabular.why_no_date(row[column])}, got '{row[column]}'")
        return days or (date.min, date.min)

    def precise(self, row: Row, days: Days, range_given: bool = False) -> Days:
        """Return the days as wide as the columns of precision say."""
        windows = [days]
        # Two days of a list are its range; one alone can be a stand-in.
        alone = days[0] == days[1]
        for column, codes in PRECISIONS.items():
            if column not in row.cells:
                continue
            text = _plain(row[column])
            number = tabular.number(text, ".")
            precision = text
            if is_missing(text):
                precision = "day" if range_given else "month"
                if alone and not range_given:
                    self.unstated.setdefault(column, set()).add(row.line)
            elif number is not None and number in range(1, len(codes) + 1):
                precision = codes[int(number) - 1]
            elif text not in _WORDS:
                words = [f"{k} ({word})" for k, word in enumerate(codes, 1)] or _WORDS
                self.say(row, f"{column} must be {', '.join(words)}, got '{row[column]}'")
                continue
            if alone:
                windows.append(_window(days[0], precision))
        return _united(windows)

    def dead(self, row: Row, column: str, decimal: str) -> float | None:
        """Return a number of dead, or None where nobody knows it."""
        if column not in row.cells or is_missing(row[column]):
            return None
        found = tabular.number(row[column], decimal)
        if found is None or found < 0:
            self.say(row, f"{column} must be a number from 0, got '{row[column]}'")
        return found or 0.0

    def whole(self, row: Row, column: str) -> int:
        if is_missing(row[column]):
            return 0
        found = tabular.number(row[column], ".")
        if found is None or found != int(found):
            self.say(row, f"{column} must be a whole number, got '{row[column]}'")
        return int(found or 0)

    def say(self, row: Row, text: str) -> None:
        self.told.append((row.line, f"{self.table.where(row)}: {text}"))


_Rows = Iterator[tuple[Row, Event]]

ONE = Number(1.0, 1.0, 1.0)


def _event(
    days: Days, day: date, best: float | None, low: float | None, high: float | None
) -> Event:
    """Return an event whose dead are as wide as what is not given makes them."""
    least = low if low is not None else 0.0
    most = high if high is not None else float("inf")
    dead = Number(best if best is not None else least, least, most)
    return Event(*days, day, ONE, dead, None in (best, low, high))


def _ged(table: Table, reading: Reading, faults: _Faults) -> _Rows:
    order = tabular.date_order(table, ("date_start", "date_end"), reading.dates)
    decimal = tabular.decimal_sign(table, ("best", "low", "high"), reading.decimal)
    for row in table.rows:
        first = faults.day(row, "date_start", order)
        last = faults.day(row, "date_end", order)
        numbers = [faults.dead(row, name, decimal) for name in ("best", "low", "high")]
        if last[1] < first[0]:
            faults.say(row, f"date_end ({last[1]}) is before date_start ({first[0]})")
        event = _event((first[0], last[1]), first[0], *numbers)
        dead = event.deaths
        if not dead.low <= dead.best <= dead.high:
            faults.say(
                row,
                f"best ({dead.best:g}) must lie from low ({dead.low:g}) to high ({dead.high:g})",
            )
        begin, end = faults.precise(row, (event.first, event.last), range_given=True)
        yield row, replace(event, first=begin, last=end)


def _dated(column: str, dead: str) -> Callable[[Table, Reading, _Faults], _Rows]:
    def events(table: Table, reading: Reading, faults: _Faults) -> _Rows:
        order = tabular.date_order(table, (column,), reading.dates)
        decimal = tabular.decimal_sign(table, (dead,), reading.decimal)
        for row in table.rows:
            stated = faults.day(row, column, order)
            number = faults.dead(row, dead, decimal)
            days = faults.precise(row, stated)
            yield row, _event(days, stated[0], number, number, number)

    return events


def _gtd(table: Table, reading: Reading, faults: _Faults) -> _Rows:
    """Read the layout in which a day or a month of 0 is one that is not known."""
    decimal = tabular.decimal_sign(table, ("nkill",), reading.decimal)
    for row in table.rows:
        year, month, day = (faults.whole(row, name) for name in ("iyear", "imonth", "iday"))
        try:
            stated = date(year, month or 1, day or 1)
        except ValueError:
            faults.say(row, f"iyear, imonth, iday are no date: {year}, {month}, {day}")
            continue
        days = [_window(stated, "year" if not month else "month" if not day else "day")]
        if not is_missing(row.cells.get("approxdate", "")):
            # Words that no program should read: about this day, or some day of its month.
            days += [_window(stated, "week"), _window(stated, "month")]
        number = faults.dead(row, "nkill", decimal)
        yield row, _event(faults.precise(row, _united(days)), stated, number, number, number)


_READERS: dict[str, Callable[[Table, Reading, _Faults], _Rows]] = {
    "UCDP GED": _ged,
    "ACLED": _dated("event_date", "fatalities"),
    "GTD": _gtd,
    "dates": _dated("date", "deaths"),
}


def _plain(text: str) -> str:
    """Return text as it is compared: without regard to case, spaces and kinds of digits."""
    return " ".join(tabular.latin_digits(text).casefold().split())


def _filtered(table: Table, where: Sequence[tuple[str, str]]) -> tuple[dict[int, bool], list[str]]:
    """Return the lines that are asked for, whether each surely is, and what to say of it."""
    asked: dict[str, dict[str, str]] = {}
    for name, value in where:
        column = _plain(name)
        if column not in table.head:
            raise InputError(f"{table.name}: {unknown('column', name, table.head)}")
        there = {_plain(row[column]): row[column] for row in table.rows}
        if _plain(value) not in there:
            known = sorted(v for v in there.values() if v)
            near = nearest(value, known)
            if "did you mean" not in near:
                near = f"; there are {', '.join(known[:12])}{' …' if len(known) > 12 else ''}"
            raise InputError(f"{table.name}: no row has {column} '{value}'{near}")
        asked.setdefault(column, {})[_plain(value)] = there[_plain(value)]
    found: dict[int, bool] = {}
    for row in table.rows:
        fits = [
            True if _plain(row[column]) in values else None if is_missing(row[column]) else False
            for column, values in asked.items()
        ]
        if False not in fits:
            found[row.line] = None not in fits
    if not asked:
        return found, []
    words = [
        f"{column} {' or '.join(quoted([v]) for v in values.values())}"
        for column, values in asked.items()
    ]
    if not found:
        raise InputError(f"{table.name}: no row has {' and '.join(words)} at once")
    notes = [f"rows with {' and '.join(words)} only: {sum(found.values())} of {len(table.rows)}"]
    if unsure := len(found) - sum(found.values()):
        notes.append(
            f"nothing in {' or '.join(asked)}: {_number(unsure, 'row')}, perhaps among those asked "
            "for; only high has them"
        )
    return found, notes


def _without_repeats(
    layout: str, table: Table, found: Sequence[tuple[Row, Event]]
) -> tuple[list[Event], list[str]]:
    """Return the events, repeated rows as wide as what is not known of them, and what to say."""
    names = [c for c in (*_IDS.get(layout, ()), *_OTHER_IDS) if c in table.head]
    groups: dict[tuple[str, ...], dict[tuple[str, ...], list[Event]]] = {}
    rounded = 0
    for row, event in found:
        whole = tuple(row[column] for column in table.head)
        name = row[names[0]] if names else ""
        # A spreadsheet writes long numbers so: one text for many events.
        spoilt = _ROUNDED.match(name) is not None
        rounded += spoilt
        key = ("", *whole) if is_missing(name) or spoilt else (name,)
        groups.setdefault(key, {}).setdefault(whole, []).append(event)
    events: list[Event] = []
    same = changed = unnamed = 0
    for key, rows in groups.items():
        copies = [event for one in rows.values() for event in one]
        if len(key) > 1:
            unnamed += len(copies) - 1
            first, *others = copies
            events.append(first)
            events += [
                replace(e, events=e.events._replace(low=0.0), deaths=e.deaths._replace(low=0.0))
                for e in others
            ]
            continue
        same += len(copies) - len(rows)
        changed += len(rows) - 1
        events.append(_one_event([one[0] for one in rows.values()]))
    notes = []
    if same:
        notes.append(f"{_number(same, 'row')} repeated under the same {names[0]}: counted once")
    if changed:
        notes.append(
            f"{_number(changed, 'row')} repeated under the same {names[0]} with other words: "
            "counted once; high has each as an event of its own"
        )
    if unnamed:
        notes.append(
            f"{_number(unnamed, 'row')} repeated whole, without an id that would say whether it "
            "is the same event: counted; low leaves them out"
        )
    if rounded:
        notes.append(
            f"{names[0]} rounded in {_number(rounded, 'row')} (such as 2.02E+11): it tells no "
            "event from another there"
        )
    return events, notes


def _one_event(rows: Sequence[Event]) -> Event:
    """Return the event that rows of one id are, as wide as they differ."""
    # One that is surely asked for speaks for those that may be.
    first = max(rows, key=lambda e: e.events.best)
    return Event(
        *_united((e.first, e.last) for e in rows),
        first.day,
        first.events._replace(high=sum(e.events.high for e in rows)),
        Number(
            first.deaths.best, min(e.deaths.low for e in rows), sum(e.deaths.high for e in rows)
        ),
        any(e.open for e in rows),
    )


def _number(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _no_list(head: Sequence[str]) -> str:
    """Return the sentence for a table that is no list of events."""
    if "date" in head:
        return by_day(head)
    layouts = "; ".join(f"{name} by {', '.join(c)}" for name, c in EVENT_LISTS.items())
    return (
        f"is no list of events that is known ({layouts}; others by a column 'date'); "
        f"{tabular.columns_found(head)}"
    )


def read(
    path: str | Path, reading: Reading | None = None, where: Sequence[tuple[str, str]] = ()
) -> Listed:
    """Read a list of events: in the layout of UCDP GED, ACLED or GTD, or with a column ``date``.

    What a list leaves open makes its events wider: days that are known to the week, the month or
    the year, numbers of dead that nobody gives, rows that are repeated.

    Args:
        path: The file, CSV or Excel.
        reading: What the user says of dates, decimal sign and grades.
        where: Columns and values that rows must have to be read, without regard to case: values
            of one column are alternatives, different columns must all hold.

    Returns:
        The events, and what a reader should know of them.

    Raises:
        InputError: For all faults of the rows that are asked for at once.
    """
    reading = reading or Reading()
    known = tabular.read(path, [lambda head: layout_of(head) is not None])
    table = tabular.graded(known, reading.grades)
    layout = layout_of(table.head)
    if layout is None:
        raise InputError(f"{table.name}: {_no_list(table.head)}")
    asked, notes = _filtered(table, where)
    faults = _Faults(table)
    rows = list(_READERS[layout](table, reading, faults))
    wrong = [text for line, text in faults.told if line in asked]
    if not table.rows:
        wrong.append(f"{table.name}: has no rows")
    if wrong:
        raise InputError(wrong)
    for column, lines in faults.unstated.items():
        if lines & asked.keys():
            notes.append(
                f"{column} not given in {_number(len(lines & asked.keys()), 'row')}: only the "
                "month is taken as known"
            )
    unread = {line for line, _ in faults.told}
    whole = [event for row, event in rows if row.line not in unread]
    mine = [(row, event) for row, event in rows if row.line in asked]
    most = max((e.deaths.high for _, e in mine if not e.open), default=float("inf"))
    mine = [(row, _as_known(event, asked[row.line], most)) for row, event in mine]
    events, repeats = _without_repeats(layout, table, mine)
    dead = _DEAD.get(layout, "best")
    without = f"{table.name}: has no column '{dead}' whose numbers could be counted; "
    without = "" if dead in table.head else without + tabular.columns_found(table.head)
    span = _united((e.first, e.last) for e in [e for e in whole if e.first == e.last] or whole)
    return Listed(layout, tuple(events), (*table.notes, *notes, *repeats), span, most, without)


def _as_known(event: Event, asked_for: bool, most: float) -> Event:
    """Return an event with a high of dead where it gives none, and in doubt where its row is."""
    high = event.deaths.high
    dead = event.deaths._replace(high=high if high < float("inf") else max(most, event.deaths.best))
    if asked_for:
        return replace(event, deaths=dead)
    none = {"best": 0.0, "low": 0.0}
    return replace(event, events=ONE._replace(**none), deaths=dead._replace(**none))


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


def _coverage(listed: Listed, outside: int, days: Days, assumed: tuple[bool, bool]) -> list[str]:
    """Return what to say of events outside, and of days that the list may not cover."""
    notes, (begin, end), (first, last) = [], days, listed.span
    if outside:
        notes.append(f"outside {begin} to {end}: {_number(outside, 'event')}")
    before = (first - begin).days if assumed[0] else 0
    after = (end - last).days if assumed[1] else 0
    sides = []
    if before > 0:
        sides.append(f"{_number(before, 'day')} before {first}, the first event with a known day")
    if after > 0:
        sides.append(f"{_number(after, 'day')} after {last}, the last one")
    if sides:
        notes.append(
            f"the series counts as days without an event: {' and '.join(sides)}; --from and --to "
            "say which days the list covers"
        )
    if before < 0 or after < 0:
        notes.append(
            f"the list reaches from {first} to {last}, the rows asked for from {begin} to {end}: "
            "--from and --to make the series longer"
        )
    return notes


def _wrong_words(listed: Listed, period: str, counted: str) -> Iterator[str]:
    if period not in PERIODS:
        yield unknown("period", period, PERIODS)
    if counted not in COUNTED:
        yield unknown("count", counted, COUNTED)
    if counted == "deaths" and listed.no_deaths:
        yield listed.no_deaths


def _periods(period: str, begin: date, end: date) -> list[Days]:
    """Return the first and the last day of each period between two days."""
    days: list[Days] = []
    while not days or days[-1][1] < end:
        day = days[-1][1] + ONE_DAY if days else begin
        days.append((day, min(end, _next(period, _begin(period, day)) - ONE_DAY)))
        if len(days) > MOST_PERIODS:
            raise InputError(f"more than {MOST_PERIODS:,} periods; take longer ones")
    return days


def _sums(
    events: Iterable[Event], counted: str, days: Sequence[Days]
) -> tuple[list[list[float]], int]:
    """Return best, low and high of each period, and how many events may lie in several."""
    sums = [[0.0, 0.0, 0.0] for _ in days]
    spread = 0
    begin, end = days[0][0], days[-1][1]
    for event in events:
        number = event.events if counted == "events" else event.deaths
        one, at, other = (
            bisect_right(days, (day, date.max)) - 1 for day in (event.first, event.day, event.last)
        )
        for k in range(max(one, 0), other + 1):
            sums[k][2] += number.high
        sure = one == other and event.last <= end
        spread += not sure
        if begin <= event.day <= end:
            sums[at][0] += number.best
            sums[at][1] += number.low if sure else 0.0
    return sums, spread


def series(
    listed: Listed,
    period: str,
    counted: str = "events",
    first: date | None = None,
    last: date | None = None,
) -> Series:
    """Return counts of events, or their dead, over whole periods.

    An event counts on the day that its row gives, or the first that it may mean. Where its days
    reach into another period, low leaves it out and the high of each of these periods has it. A
    number of dead that is not given is 0 for low and the most that another event has for high.
    Periods without an event count as none.

    Args:
        listed: The events.
        period: One of `PERIODS`; weeks begin on Monday.
        counted: ``events`` or ``deaths``.
        first: First day of the series, by default that of the first event's period.
        last: Last day, by default that of the last event's period.

    Returns:
        The series; its notes say what was not known, and in how many events.

    Raises:
        InputError: For an unknown word, days without a period, or dead that nobody gives.
    """
    if faults := list(_wrong_words(listed, period, counted)):
        raise InputError(faults)
    begin = first or _begin(period, min(e.first for e in listed.events))
    end = last or _next(period, _begin(period, max(e.last for e in listed.events))) - ONE_DAY
    if end < begin:
        ends = f"last day{'' if last else ' on which an event can lie'} ({end})"
        starts = f"first{'' if first else ' on which one can'} ({begin})"
        raise InputError(f"the {ends} is before the {starts}; --from and --to say both")
    days = _periods(period, begin, end)
    inside = [e for e in listed.events if e.last >= begin and e.first <= end]
    unsaid = [e for e in inside if e.open] if counted == "deaths" else []
    if unsaid and listed.most == float("inf"):
        raise InputError("no event says how many died: there is nothing to count deaths from")
    sums, spread = _sums(inside, counted, days)
    notes = list(listed.notes)
    if unsaid:
        notes.append(
            f"number of dead, or its low or high, not given for {len(unsaid):,} of "
            f"{_number(len(inside), 'event')}: low has 0, high the most of another event "
            f"({listed.most:g})"
        )
    if spread:
        notes.append(
            f"{_number(spread, 'event')} may lie in more than one {period}: low leaves it out, "
            "high has it in each"
        )
    outside = len(listed.events) - len(inside)
    notes += _coverage(listed, outside, (begin, end), (first is None, last is None))
    found = tuple(
        Interval(*d, count, min(low, count), max(high, count))
        for d, (count, low, high) in zip(days, sums, strict=True)
    )
    return Series(found, tuple(notes))


def as_csv(found: Series) -> str:
    """Return a series as the CSV that `record.read` reads."""
    rows = ["start,end,count,low,high"]
    rows += [
        f"{i.start},{i.end},{i.count:.12g},{i.low:.12g},{i.high:.12g}" for i in found.intervals
    ]
    return "\n".join(rows) + "\n"
