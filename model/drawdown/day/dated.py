"""Dated soldiers on the days of a plan, and how a hand moves them, lowered like the rules.

`levels.line`, `levers.moved` and `plan.build` do the same in Python, for every kind of lever;
``tests/test_page.py`` holds both equal.
"""

from typing import Any

from drawdown.declared.actors import cast
from drawdown.declared.columns import C
from drawdown.declared.levels import MONTH
from drawdown.rules.numbers import rounded

HORIZON = cast().calendar["leaving_horizon"]
OWN, TOLD = 0, 3
"""Rows of what is done and of what is announced: combat, advisers, coalition."""

_NUMBERS = (C.combat, C.advisers, C.coalition)
_WEIGHTS = (C.combat_residual, C.advisers_residual, -1)
_ANNOUNCED = (C.announced_combat, C.announced_advisers, C.announced_coalition)
_LATER = (C.later_combat, C.later_advisers, C.later_coalition)


def day_of(start: int, months: float) -> int:
    """Return the last day of so many months from a scenario's first day on."""
    return start + int(rounded(months * MONTH)) - 1


def level(dates: Any, values: Any, row: int, count: int, day: int) -> float:
    """Return a dated level on a day, with straight lines between dates."""
    after = 0
    while after < count and dates[row, after] <= day:
        after = after + 1
    last, first = min(after, count - 1), max(after - 1, 0)
    along = 0.0
    if after > 0:
        along = (day - dates[row, first]) / max(dates[row, last] - dates[row, first], 1)
    return float(values[row, first] + (values[row, last] - values[row, first]) * along)


def move(
    dates: Any,
    numbers: Any,
    weights: Any,
    counts: Any,
    row: int,
    start: int,
    by: int,
    number: float,
    weight: float,
) -> None:
    """Let soldiers be at their end on a day, on a way of the same shape.

    Args:
        dates: Days of each row's levels, shape (rows, most levels); moved in place.
        numbers: Their parts that are numbers.
        weights: Their parts of those who stay, whose number is uncertain.
        counts: Levels of each row.
        row: The row that is moved.
        start: First day of the scenario.
        by: Day on which the end is there.
        number: Soldiers at the end.
        weight: Part of the end that is of those who stay.
    """
    count = counts[row]
    first, last = dates[row, 0], dates[row, count - 1]
    if count == 1 or by <= max(first, start):
        part = level(dates, weights, row, count, start)
        stands = level(dates, numbers, row, count, start)
        dates[row, 0] = start
        numbers[row, 0] = 0.0 if part > 0.0 else stands
        weights[row, 0] = 1.0 if part > 0.0 else 0.0
        counts[row] = 2
        count = 2
    else:
        kept = 0
        for i in range(count - 1):
            day = first + int(float((by - first) * (dates[row, i] - first)) / (last - first))
            if kept == 0 or dates[row, max(kept - 1, 0)] != day:
                kept = kept + 1
            dates[row, kept - 1] = day
            numbers[row, kept - 1] = numbers[row, i]
            weights[row, kept - 1] = weights[row, i]
        if dates[row, kept - 1] != by:
            kept = kept + 1
        counts[row] = kept
        count = kept
    dates[row, count - 1] = by
    numbers[row, count - 1] = number
    weights[row, count - 1] = weight


def lay(dates: Any, numbers: Any, weights: Any, counts: Any, start: int, plan: Any) -> None:
    """Fill a plan's columns of soldiers: those there, those announced, those seen ahead.

    Args:
        dates: Days of levels, three rows of what is done and three of what is announced.
        numbers: Their parts that are numbers.
        weights: Their parts of those who stay.
        counts: Levels of each row.
        start: First day of the plan.
        plan: Shape (days, columns of the plan); filled.
    """
    for t in range(plan.shape[0]):
        plan[t, C.announced_residual] = 0.0
        plan[t, C.later_residual] = 0.0
    for i in range(3):
        for t in range(plan.shape[0]):
            day = start + t
            own, told = counts[OWN + i], counts[TOLD + i]
            plan[t, _NUMBERS[i]] = level(dates, numbers, OWN + i, own, day)
            if _WEIGHTS[i] >= 0:
                plan[t, _WEIGHTS[i]] = level(dates, weights, OWN + i, own, day)
            plan[t, _ANNOUNCED[i]] = level(dates, numbers, TOLD + i, told, day)
            plan[t, _LATER[i]] = level(dates, numbers, TOLD + i, told, day + HORIZON)
            announced = level(dates, weights, TOLD + i, told, day)
            later = level(dates, weights, TOLD + i, told, day + HORIZON)
            plan[t, C.announced_residual] = plan[t, C.announced_residual] + announced
            plan[t, C.later_residual] = plan[t, C.later_residual] + later


def fill(plan: Any, column: int, value: float) -> None:
    """Fill a column of a plan with one value."""
    for t in range(plan.shape[0]):
        plan[t, column] = value
