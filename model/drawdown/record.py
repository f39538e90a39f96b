"""The dated record: counts over intervals, each with a low and a high value."""

from __future__ import annotations

import csv
import io
import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drawdown import seeds
from drawdown.errors import InputError, nearest
from drawdown.layout import OUTCOMES

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

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


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _count(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0.0 <= value <= LARGEST_COUNT else None


def _row(where: str, row: dict[str, str]) -> tuple[Interval | None, list[str]]:
    faults = []
    days = {}
    for key in ("start", "end"):
        days[key] = _day(row[key])
        if days[key] is None:
            faults.append(f"{where}: {key} must be a date such as 2021-08-01, got '{row[key]}'")
    numbers = {}
    for key in ("count", "low", "high"):
        text = row[key].strip() or (row["count"] if key != "count" else "")
        numbers[key] = _count(text)
        if numbers[key] is None:
            faults.append(
                f"{where}: {key} must be a number from 0 to {LARGEST_COUNT:,.0f}, got '{row[key]}'"
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


def _table(path: Path, text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the first line's names and the other lines with their numbers.

    Commas, semicolons and tabs separate; empty lines and a spreadsheet's ``sep=`` are skipped.
    """
    first = next((t for t in text.split("\n") if t.strip() and not t.startswith("sep=")), "")
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    head: list[str] = []
    lines = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells) or cells[0].startswith("sep="):
                continue
            if not head:
                head = [name.strip().lower() for name in cells]
            else:
                lines.append((reader.line_num, cells))
    except csv.Error as error:
        raise InputError(
            f"{path}: line {reader.line_num}: cannot be read as a table ({error}); is a quotation "
            "mark left open?"
        ) from None
    return head, lines


def read(path: Path) -> Series:
    """Read an interval series from a CSV file.

    The columns are ``start,end,count,low,high``; both days are included; an empty low or
    high is the count. Gaps are allowed, overlaps are not; other columns are ignored and
    named in the notes. Rows are put in order of time.

    Args:
        path: The file, UTF-8.

    Raises:
        InputError: For all faults of the file at once.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not a UTF-8 text file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    head, lines = _table(path, text)
    missing = [name for name in NEEDED if name not in head]
    twice = sorted({name for name in NEEDED if head.count(name) > 1})
    if missing:
        others = [h for h in head if h and h not in NEEDED]
        near = nearest(missing[0], others) if others else ""
        raise InputError(
            f"{path}: column{'s' if len(missing) > 1 else ''} {', '.join(missing)} missing from "
            f"the first line, which must name {','.join(NEEDED)}{near}"
        )
    if twice:
        raise InputError(f"{path}: the first line names {', '.join(twice)} twice")
    faults: list[str] = []
    found: list[tuple[int, Interval]] = []
    for number, cells in lines:
        where = f"{path}: line {number}"
        if len(found) >= MOST_ROWS:
            faults.append(f"{path}: has more than {MOST_ROWS:,} rows")
            break
        if len(cells) != len(head):
            faults.append(f"{where}: has {len(cells)} cells, the first line has {len(head)}")
            continue
        interval, wrong = _row(where, dict(zip(head, cells, strict=True)))
        faults += wrong
        if interval is not None:
            found.append((number, interval))
    found.sort(key=lambda item: item[1].start)
    for (n, a), (m, b) in itertools.pairwise(found):
        if b.start <= a.end:
            faults.append(f"{path}: lines {n} and {m}: intervals overlap ({a.end} and {b.start})")
    if not found and not faults:
        faults.append(f"{path}: has no rows")
    if faults:
        raise InputError(faults)
    ignored = [name for name in head if name and name not in NEEDED]
    notes = [f"columns ignored: {', '.join(ignored)}"] if ignored else []
    if any(b.start != a.end + timedelta(days=1) for (_, a), (_, b) in itertools.pairwise(found)):
        notes.append("there are gaps between the intervals; days in gaps are not scored")
    return Series(tuple(i for _, i in found), tuple(notes))


@cache
def attacks() -> Series:
    """Return the attacks on foreign facilities and bases, October 2019 to July 2021."""
    return read(seeds.folder("seeds") / "record" / "attacks_on_facilities.csv")


@cache
def incidents(use: str = "fit") -> dict[str, Interval]:
    """Return the other counts of the record by name (``seeds/record/incidents.csv``).

    Args:
        use: ``fit`` for those that calibration sees, ``check`` for those it does not.
    """
    path = seeds.folder("seeds") / "record" / "incidents.csv"
    found = {}
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            interval, faults = _row(path.name, row)
            if interval is None:
                raise InputError(faults)
            if row["use"] == use:
                found[row["what"]] = interval
    return found
