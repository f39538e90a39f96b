"""The conditions of a scenario as numbers: the table that steps read, and where it begins."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from drawdown.declared.arrays import Floats
from drawdown.declared.columns import (
    COUNTED,
    LEVELS,
    LEVERS,
    MOVED_LEVERS,
    PARTS_OF_CONDITION,
    POLICY_GROUPS,
    STATE_GROUPS,
    STATE_STARTS,
    starts,
)
from drawdown.declared.conditions import LONGEST_WINDOW, Condition, Promise, Step, Test
from drawdown.declared.lever_table import BY_NAME, IMPLIED
from drawdown.declared.scenario import Scenario

ROWS = sum(length for _, length in POLICY_GROUPS)
_AT = starts(POLICY_GROUPS)
_LENGTH = dict(POLICY_GROUPS)
ANEW = (
    "seen",
    "held",
    "mode",
    "moved",
    "times",
    "first_met",
    "lever_owner",
    "lever_from",
    "lever_to",
    "talks_days",
    "opening_days",
    "concession_days",
)
"""What of a state belongs to the conditions of one scenario, and begins anew with the next."""

NONE: Floats = np.zeros(ROWS)
"""The table of a scenario without conditions."""

MEMORY = LONGEST_WINDOW + 1
"""Days before its first day that a scenario with conditions looks back on, at most."""


def _sight(test: Test) -> tuple[int, int, float, float]:
    """Return a test's sight, its days, and the lowest and highest value that hold."""
    low = -np.inf if test.at_least is None else _number(test.at_least)
    high = np.inf if test.at_most is None else _number(test.at_most)
    if test.see in LEVELS:
        return len(COUNTED) + LEVELS.index(test.see), 0, low, high
    if test.see == "dead":
        return COUNTED.index(f"dead_{test.of}"), test.days or 1, low, high
    if test.see == "strikes":
        return COUNTED.index("strikes"), test.days or 1, low, high
    column = COUNTED.index(f"{test.counted_by}_{test.on}")
    if test.see == "days_without_attacks":
        # So many days without one: none in as many days. At most so many: one in a day more.
        if np.isfinite(low):
            return column, max(1, int(np.ceil(low))), -np.inf, 0.0 if low > 0 else np.inf
        return column, int(high) + 1, 1.0, np.inf
    return column, test.days or 1, low, high


def _number(value: float | date) -> float:
    return float(value.toordinal()) if isinstance(value, date) else float(value)


def levers_of(condition: Condition) -> list[tuple[str, float, bool]]:
    """Return what a condition moves: lever, how far, and whether by a step."""
    moved = condition.item.then.moved()
    found: list[tuple[str, float, bool]] = []
    for name, value in moved.items():
        if name in ("concession", "talks"):
            continue
        lever = BY_NAME[name]
        if isinstance(value, Step):
            found.append((name, value.step, True))
            continue
        is_word = lever.word is not None and value == lever.word
        found += [(c, 0.0 if is_word else lever.sets(c, value), False) for c in lever.columns]
        if lever.word is not None:
            found.append((lever.word, float(is_word), False))
        if name == "government" and "policing" not in moved:
            found.append(("policing", IMPLIED[value], False))
    return found


def table(scenario: Scenario) -> Floats:
    """Return a scenario's conditions as the steps read them, in the order of `POLICY_GROUPS`."""
    return _table(tuple(scenario.conditions)) if scenario.conditions else NONE


@lru_cache(maxsize=256)
def _table(conditions: tuple[Condition, ...]) -> Floats:
    made = np.zeros(ROWS)

    def put(name: str, row: int, value: float) -> None:
        assert row < _LENGTH[name]
        made[_AT[name] + row] = value

    put("conditions", 0, len(conditions))
    tests = 0
    for i, condition in enumerate(conditions):
        item = condition.item
        put("lasting", i, item.lasting)
        put("over", i, item.over)
        put("once", i, item.once)
        for part, found in condition.tests():
            place = len(PARTS_OF_CONDITION) * i + PARTS_OF_CONDITION.index(part)
            put("needed", place, found.needed)
            for test in found.items:
                sight, days, low, high = _sight(test)
                for name, value in (
                    ("sight", sight),
                    ("days", days),
                    ("low", low),
                    ("high", high),
                    ("place", place),
                ):
                    put(name, tests, value)
                tests += 1
        levers = levers_of(condition)
        put("many", i, len(levers))
        for name, value, is_step in levers:
            row = LEVERS * i + MOVED_LEVERS.index(name)
            put("moves", row, 2.0 if is_step else 1.0)
            put("to", row, value)
        concession = item.then.concession
        put("concedes", i, concession is not None)
        if isinstance(concession, Promise):
            put("promise", i, concession.promise_days)
        put("talks", i, item.then.talks is not None)
    put("tests", 0, tests)
    made.flags.writeable = False
    return made


_PUT_SIGHT, _PUT_LOW, _PUT_HIGH, _PUT_PLACE = _AT["sight"], _AT["low"], _AT["high"], _AT["place"]
_PUT_NEEDED, _PUT_LASTING, _PUT_OVER = _AT["needed"], _AT["lasting"], _AT["over"]
_PUT_DAYS, _PUT_MANY, _PUT_MOVES, _PUT_TO = _AT["days"], _AT["many"], _AT["moves"], _AT["to"]
_HOW_MANY, _HOW_MANY_TESTS = _AT["conditions"], _AT["tests"]
_PARTS = len(PARTS_OF_CONDITION)


def add_condition(
    terms: Any,
    sight: int,
    days: int,
    low: float,
    high: float,
    lasting: float,
    over: float,
    levers: Any,
    to: Any,
) -> None:
    """Add a condition of one test to a table, as `table` writes it.

    Args:
        terms: The table; changed in place.
        sight: What is looked at, counted ones first.
        days: Over how many days it is counted.
        low: Lowest value that holds.
        high: Highest value that holds.
        lasting: Mornings in a row on which it must hold.
        over: Days that soldiers take.
        levers: Which of `columns.MOVED_LEVERS` move.
        to: Where each goes.
    """
    i = int(terms[_HOW_MANY])
    t = int(terms[_HOW_MANY_TESTS])
    terms[_PUT_LASTING + i] = lasting
    terms[_PUT_OVER + i] = over
    terms[_PUT_NEEDED + _PARTS * i] = 1.0
    terms[_PUT_SIGHT + t] = sight
    terms[_PUT_DAYS + t] = days
    terms[_PUT_LOW + t] = low
    terms[_PUT_HIGH + t] = high
    terms[_PUT_PLACE + t] = _PARTS * i
    terms[_PUT_MANY + i] = levers.shape[0]
    for k in range(levers.shape[0]):
        row = LEVERS * i + levers[k]
        terms[_PUT_MOVES + row] = 1.0
        terms[_PUT_TO + row] = to[k]
    terms[_HOW_MANY] = i + 1.0
    terms[_HOW_MANY_TESTS] = t + 1.0


def columns(terms: Floats) -> dict[str, float | list[float]]:
    """Return a table's numbers by name, as a Mesa world hands them to the steps."""
    return {
        name: terms[_AT[name] : _AT[name] + length].tolist()
        if length > 1
        else float(terms[_AT[name]])
        for name, length in POLICY_GROUPS
    }


def looks_back(terms: Floats) -> int:
    """Return how many days before its first day a scenario's conditions look back."""
    tests = int(terms[_AT["tests"]])
    return int(terms[_AT["days"] : _AT["days"] + tests].max(initial=-1.0)) + 1


_ANEW_ROWS = tuple(
    STATE_STARTS[name] + row for name in ANEW for row in range(dict(STATE_GROUPS)[name])
)
_N_ANEW = len(_ANEW_ROWS)
_SEEN = STATE_STARTS["seen"]
_TESTS, _SIGHT, _DAYS = _AT["tests"], _AT["sight"], _AT["days"]
_COUNTED = len(COUNTED)


def begin(state: Any, terms: Any, noted: Any) -> None:
    """Begin a scenario's conditions anew in the states of worlds.

    Args:
        state: States, shape (states, worlds); moved in place.
        terms: The scenario's conditions, from `table`.
        noted: What was counted on the days before, shape (days, `columns.COUNTED`, worlds).
    """
    lanes, days = state.shape[1], noted.shape[0]
    for i in range(_N_ANEW):
        for lane in range(lanes):
            state[_ANEW_ROWS[i], lane] = 0.0
    for t in range(int(terms[_TESTS])):
        sight, back = int(terms[_SIGHT + t]), int(terms[_DAYS + t])
        if sight < _COUNTED and days > 0:
            # The first morning adds yesterday and takes the day before the window away.
            for lane in range(lanes):
                seen = 0.0
                for day in range(max(0, days - back - 1), days - 1):
                    seen = seen + noted[day, sight, lane]
                state[_SEEN + t, lane] = seen
