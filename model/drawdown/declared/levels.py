"""Dated levels: what a lever is on each day, and how a later file or hand takes over from one.

A date means from that date: before the first date that somebody gives, what was inherited
holds. Soldiers move along straight lines between dates; other levers step.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drawdown.declared.arrays import Floats

Days = NDArray[np.int64]

RESIDUAL = "residual"
"""The uncertain number of advisers who stay (C21), as a level."""

ONE_DAY = timedelta(days=1)
MONTH = 365.25 / 12.0
"""Days of a month."""


@dataclass(frozen=True)
class Mixed:
    """A level on the way to or from the residual.

    Attributes:
        number: Its part that is a number.
        weight: Its part of the residual, 0 to 1.
    """

    number: float
    weight: float


Level = float | str | Mixed


def parts(level: Level) -> tuple[float, float]:
    """Return a level's number and its weight of the residual level."""
    if isinstance(level, Mixed):
        return level.number, level.weight
    if isinstance(level, str):
        return 0.0, 1.0
    return float(level), 0.0


def line(levels: Mapping[date, Any], days: Days) -> tuple[Floats, Floats]:
    """Return a dated level on each day, with straight lines between dates.

    Args:
        levels: Levels by date; before the first date the first one holds.
        days: Days, as ordinals.

    Returns:
        Its number and its weight of the residual level, one a day.
    """
    dated = sorted(levels.items())
    dates = np.array([day.toordinal() for day, _ in dated])
    numbers, weights = np.array([parts(level) for _, level in dated]).T
    after = np.searchsorted(dates, days, side="right")
    last, first = np.minimum(after, len(dates) - 1), np.maximum(after - 1, 0)
    length = np.maximum(dates[last] - dates[first], 1)
    share = np.where(after == 0, 0.0, (days - dates[first]) / length)

    def between(values: Floats) -> Floats:
        found: Floats = values[first] + (values[last] - values[first]) * share
        return found

    return between(numbers), between(weights)


def on(levels: Mapping[date, Any], day: date) -> tuple[float, float]:
    """Return a dated level on one day: its number and its weight of the residual level."""
    numbers, weights = line(levels, np.array([day.toordinal()]))
    return float(numbers[0]), float(weights[0])


def step(levels: Mapping[date, Any], days: Days, number: Callable[[Any], float]) -> Floats:
    """Return a dated value on each day as a number; each holds until the next date."""
    dated = sorted(levels.items())
    dates = np.array([day.toordinal() for day, _ in dated])
    row = np.maximum(np.searchsorted(dates, days, side="right") - 1, 0)
    return np.array([number(value) for _, value in dated])[row]


def stepped(before: Mapping[date, Any] | None, given: Mapping[date, Any]) -> dict[date, Any]:
    """Return steps that begin on their dates, with what was inherited before the first."""
    first = min(given)
    kept = {day: value for day, value in (before or {}).items() if day < first}
    return dict(sorted((kept | dict(given)).items()))


def joined(
    before: Mapping[date, Any] | None, given: Mapping[date, Any], start: date
) -> dict[date, Any]:
    """Return lines that begin on their first date, with what was inherited until the day before.

    Args:
        before: What was inherited, or None.
        given: What somebody gives.
        start: First day of the run; what holds only before it is left out.
    """
    first = min(given)
    if before is None or first <= start:
        return dict(sorted(given.items()))
    eve = first - ONE_DAY
    begins = _level(before, start)
    kept = {start: begins}
    kept |= {day: level for day, level in before.items() if start < day < eve}
    kept[eve] = _level(before, eve)
    if all(level == begins for level in (*kept.values(), given[first])):
        # What held until then is what comes: the first date says it all.
        kept = {}
    return dict(sorted((kept | dict(given)).items()))


def _level(levels: Mapping[date, Any], day: date) -> Level:
    """Return a dated level on one day."""
    number, weight = on(levels, day)
    if weight == 0.0:
        return number
    return RESIDUAL if weight == 1.0 and number == 0.0 else Mixed(number, weight)
