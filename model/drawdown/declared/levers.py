"""Levers of policy that a hand or a search moves: soldiers at the end, by when, and the others.

A lever says what it plays: the number of soldiers is there on the day it names, the others
hold from the first day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from drawdown.declared.errors import InputError, unknown
from drawdown.declared.levels import MONTH, RESIDUAL, on
from drawdown.declared.lever_table import BY_NAME, POSTURE, STEPPED, PolicyLever
from drawdown.declared.parameters import is_number
from drawdown.declared.scenario import Scenario


@dataclass(frozen=True)
class Lever:
    """A lever that can be moved.

    Attributes:
        name: Its name.
        low: Lowest value.
        high: Highest value.
        step: Step of a slider.
        choices: Allowed words, where it is no number.
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    step: float = 1.0
    choices: tuple[str, ...] = ()

    def read(self, value: Any) -> float | str:
        """Return a value of the lever.

        Raises:
            InputError: If it is out of range, or a word that is not allowed.
        """
        if self.choices:
            if value not in self.choices:
                raise InputError(f"{self.name}: {unknown('choice', f'{value}', self.choices)}")
            return str(value)
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                raise InputError(f"{self.name} must be a number, got '{value}'") from None
        if not is_number(value):
            raise InputError(f"{self.name} must be a number, got {value!r}"[:200])
        if not self.low <= value <= self.high:
            raise InputError(
                f"{self.name} must lie between {self.low:g} and {self.high:g}, got {value:g}"
            )
        return float(value)


def _slider(lever: PolicyLever) -> Lever:
    low, high, step = lever.slider
    return Lever(lever.name, low, high, step, lever.choices)


FROM_THE_FIRST_DAY = tuple(lever.name for lever in STEPPED if not lever.only_in_files)
LEVERS = (
    *(_slider(BY_NAME[name]) for name in POSTURE),
    Lever("by", 1, 24, 1),
    *(_slider(BY_NAME[name]) for name in FROM_THE_FIRST_DAY),
)
"""Soldiers by role at the end, the month they are there by, and the others from the first day
on."""

NAMES = tuple(lever.name for lever in LEVERS)

USUAL_MONTHS = 17
"""Months until the end of 2022, the article's date (C17)."""


def check(levers: Mapping[str, Any]) -> dict[str, float | str]:
    """Return levers with their values read.

    Raises:
        InputError: For every unknown name and wrong value.
    """
    faults: list[str] = []
    found: dict[str, float | str] = {}
    known = {lever.name: lever for lever in LEVERS}
    for name, value in levers.items():
        if name not in known:
            faults.append(unknown("lever", f"{name}"[:40], known))
            continue
        try:
            found[name] = known[name].read(value)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return found


def _end(levels: Mapping[date, Any]) -> Any:
    return levels[max(levels)]


def departs(scenario: Scenario) -> bool:
    """Return whether soldiers come or go, so that there is a day by which they have."""
    return any(len(getattr(scenario.levers, name)) > 1 for name in POSTURE)


def months_until(scenario: Scenario) -> int:
    """Return the months until the last soldier who comes or goes has done so."""
    last: date = max(max(getattr(scenario.levers, name)) for name in POSTURE)
    if last <= scenario.start:
        return USUAL_MONTHS
    return min(24, max(1, round(((last - scenario.start).days + 1) / float(MONTH))))


def stands(scenario: Scenario) -> dict[str, float | str | None]:
    """Return where the levers of a scenario stand before they are moved.

    None stands for what is drawn anew in every world: advisers who stay (C21).
    """
    found: dict[str, float | str | None] = {"by": float(months_until(scenario))}
    for name in POSTURE:
        level = _end(getattr(scenario.levers, name))
        found[name] = None if level == RESIDUAL else float(level)
    for name in FROM_THE_FIRST_DAY:
        found[name] = _end(getattr(scenario.levers, name))
    return found


def day_of(scenario: Scenario, months: float) -> date:
    """Return the last day of so many months from a scenario's first day on."""
    return scenario.start + timedelta(days=round(months * MONTH) - 1)


def _way(levels: Mapping[date, Any], start: date, by: date, end: Any) -> dict[date, Any]:
    """Return dated soldiers who are at their end on a day, on a way of the same shape.

    Where the day comes before anybody was to move, they move from the first day on.
    """
    first, last = min(levels), max(levels)
    number, weight = on(levels, start)
    begins = RESIDUAL if weight else number
    if len(levels) == 1 or by <= max(first, start):
        return {start: begins, by: end}
    found: dict[date, Any] = {}
    for day, level in levels.items():
        if day == last:
            continue
        share = (day - first) / (last - first)
        found[first + (by - first) * share] = level
    return found | {by: end}


def moved(scenario: Scenario, levers: Mapping[str, Any]) -> Scenario:
    """Return a scenario with some of its levers moved.

    Args:
        scenario: The scenario.
        levers: Values by name of `LEVERS`.

    Raises:
        InputError: For every unknown name and wrong value.
    """
    if not levers:
        return scenario
    given = check(levers)
    changed: dict[str, Any] = {n: given[n] for n in FROM_THE_FIRST_DAY if n in given}
    by = day_of(scenario, float(given.get("by", months_until(scenario))))
    for name in POSTURE:
        levels = getattr(scenario.levers, name)
        if name in given or ("by" in given and len(levels) > 1):
            stays = "by" not in given and len(levels) > 1
            there = max(levels) if stays else by
            changed[name] = _way(levels, scenario.start, there, given.get(name, _end(levels)))
    return scenario.with_levers(**changed)
