"""What makes the difference between two scenarios: Shapley values over the levers that differ.

Every subset of what differs is played with the same worlds, so a world's difference is split
among the levers exactly: a lever's share is its mean effect over all orders in which the levers
could be moved one after the other (Shapley 1953). What it does alone, before all others, and what
it does last stand beside it: where they differ, the levers act together.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from math import factorial
from typing import Any

import numpy as np

from drawdown.day import parts
from drawdown.day.outcomes import MAY_BE_MISSING, RUN_OUTCOMES
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import PLAN, C
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.levels import Mixed
from drawdown.declared.lever_table import POSTURE, STEPPED
from drawdown.declared.parameters import declarations
from drawdown.declared.scenario import Levers, Scenario
from drawdown.declared.scenario_file import Event
from drawdown.questions import compare as experiment
from drawdown.questions.compare import Comparison, Estimate, estimate
from drawdown.questions.idle import IdleWarning
from drawdown.worlds import ensemble

OUTCOMES = (
    "tempo_foreign",
    "stop_180",
    "tempo_state",
    "dead_us",
    "dead_coalition",
    "dead_iraqi",
    "authority",
    "daesh_index",
)
"""Outcomes that are split where none are named."""

MOST = 12
"""Most levers that may differ: all their subsets are played."""

ROLE, US, COALITION, DATES, ANNOUNCED = "role", "us_numbers", "coalition", "dates", "announced"
NATO, ANSWER, ABROAD = "nato", "retaliation", "abroad"
EVENTS, CONDITIONS, WORLD = "events", "conditions", "world"
LEVERS_OF = {
    part: tuple(lever.name for lever in STEPPED if lever.part == part)
    for part in dict.fromkeys(lever.part for lever in STEPPED)
}
"""Levers that step, by the part that they belong to."""

PARTS = (
    ROLE,
    US,
    COALITION,
    DATES,
    ANNOUNCED,
    *LEVERS_OF,
    EVENTS,
    CONDITIONS,
    WORLD,
)
"""What can differ, in the order told: the role of US soldiers with their total kept, how many there
are, other coalition soldiers, when they come or go, what is announced, NATO, the doctrine and its
budget, the government, Washington with Tehran and the prime minister, other dated events,
conditions, and what nobody chooses."""

SOLDIERS = (ROLE, US, COALITION, DATES)
"""What can differ in soldiers, as `day.parts.differ` numbers it."""

_EVENTS_OF = {
    ANNOUNCED: ("concession", "broken_deadline", "doubt"),
    NATO: ("nato_suspension", "nato_second_base"),
    ANSWER: ("strike",),
}
_ANNOUNCED_LEVERS = tuple(f"announced_{name}" for name in POSTURE)


def part_of(event: Event) -> str:
    """Return the part that a dated event belongs to."""
    return next((part for part, kinds in _EVENTS_OF.items() if event.what in kinds), EVENTS)


def usual_residual() -> float:
    """Return the number of advisers who stay that roles are weighed with."""
    usual = declarations()["residual_advisers"]
    return usual.prior["neutral"].quantile(0.5) if usual.prior else usual.default["neutral"]


def _soldiers(scenario: Scenario) -> Floats:
    """Return what a scenario's soldiers are made of, as `day.parts.soldiers` fills it."""
    laid = ensemble.plan_of(scenario)
    found = np.zeros((parts.ROWS, len(laid)))
    ensemble.the_engine().call("soldiers", laid, usual_residual(), found)
    return found


def dated(numbers: Floats, weights: Floats, start: date) -> dict[date, Any]:
    """Return a level for each day as dated levels, with straight lines between dates.

    Args:
        numbers: Its part that is a number, one a day.
        weights: Its part of the unannounced level of advisers.
        start: The first day.
    """
    found: dict[date, Any] = {}
    last: tuple[float, float] | None = None
    for k, level in enumerate(zip(numbers.tolist(), weights.tolist(), strict=True)):
        if level != last or k == len(numbers) - 1:
            if last is not None:
                found.setdefault(start + timedelta(days=k - 1), _level(last))
            found[start + timedelta(days=k)] = _level(level)
        last = level
    return found


def _level(level: tuple[float, float]) -> Any:
    return level[0] if level[1] == 0.0 else Mixed(*level)


@dataclass(frozen=True)
class Pair:
    """Two scenarios of the same days, and what differs between them.

    Attributes:
        first: The one to start from.
        second: The one to come to.
        parts: What differs, of `PARTS`.
    """

    first: Scenario
    second: Scenario
    parts: tuple[str, ...]

    def name(self, moved: frozenset[str]) -> str:
        """Return what the scenario is called in which some of what differs is moved."""
        return "+".join(p for p in PARTS if p in moved) or "nothing"

    def between(self, moved: frozenset[str]) -> Scenario:
        """Return the first scenario with some of what differs as the second has it.

        Args:
            moved: What is as in the second; none gives the first, all give the second.
        """
        name = self.name(moved)
        if not moved:
            return self.first.named(name)
        if moved >= set(self.parts):
            return replace(self.second.named(name), history=self.first.history)
        of = {part: self.second if part in moved else self.first for part in PARTS}
        levers = {n: getattr(of[p].levers, n) for p, names in LEVERS_OF.items() for n in names}
        said = of[ANNOUNCED].levers
        levers |= {
            n: getattr(said, n)
            if getattr(said, n) is not None
            else getattr(said, n.removeprefix("announced_"))
            for n in _ANNOUNCED_LEVERS
        }
        levers |= self._posture(moved)
        # What is not told apart, such as levers that come later, must not be forgotten.
        assert {f.name for f in fields(Levers)} == set(levers)
        events = sorted(
            (
                event
                for source in (self.first, self.second)
                for event in source.events
                if of[part_of(event)] is source
            ),
            key=lambda e: e.date,
        )
        return replace(
            self.first.named(name),
            levers=Levers(**levers),
            events=tuple(events),
            world=of[WORLD].world,
            mode=of[ANSWER].mode,
            conditions=of[CONDITIONS].conditions,
            places={},
            notes=(),
        )

    def _posture(self, moved: frozenset[str]) -> dict[str, Any]:
        """Return soldiers by role, each of what differs in them from its own scenario."""
        mine, theirs = moved & {*SOLDIERS}, {*self.parts} & {*SOLDIERS}
        if not mine or mine == theirs:
            source = self.second if mine else self.first
            return {n: getattr(source.levers, n) for n in POSTURE}
        a, b = _soldiers(self.first), _soldiers(self.second)
        laid = np.zeros((a.shape[1], len(PLAN)))
        which = [part in moved for part in SOLDIERS]
        ensemble.the_engine().call("mix", a, b, *which, DATES in self.parts, laid)
        start, none = self.first.start, np.zeros(len(laid))
        return {
            "combat": dated(laid[:, C.combat], laid[:, C.combat_residual], start),
            "advisers": dated(laid[:, C.advisers], laid[:, C.advisers_residual], start),
            "coalition": dated(laid[:, C.coalition], none, start),
        }


def pair(first: Scenario, second: Scenario) -> Pair:
    """Return two scenarios with what differs between them.

    Raises:
        InputError: If they have other days or another past, do not differ, or differ in more
            than `MOST` ways.
    """
    faults = []
    if (first.start, first.end) != (second.start, second.end):
        faults.append(
            f"{first.name} is played from {first.start} to {first.end}, {second.name} from "
            f"{second.start} to {second.end}; decompose needs the same days"
        )
    if first.history != second.history:
        faults.append(f"{first.name} and {second.name} follow another past")
    if faults:
        raise InputError(faults)
    found = [part for part in PARTS if _differs(part, first, second)]
    if not found:
        raise InputError(f"{first.name} and {second.name} differ in nothing")
    if len(found) > MOST:
        raise InputError(f"{len(found)} levers differ; at most {MOST} are told apart")
    return Pair(first, second, tuple(found))


def _differs(part: str, first: Scenario, second: Scenario) -> bool:
    call = ensemble.the_engine().call
    if part in SOLDIERS:
        each = _soldiers(first), _soldiers(second)
        return bool(call("differ", *each, SOLDIERS.index(part)))
    if part == ANNOUNCED and call("announced_differ", *map(ensemble.plan_of, (first, second))):
        return True
    if part == ANSWER and first.mode != second.mode:
        return True
    if part == CONDITIONS:
        return first.conditions != second.conditions
    if part == WORLD:
        return first.world != second.world
    levers = LEVERS_OF.get(part, ())
    if any(steps(first, n) != steps(second, n) for n in levers):
        return True
    events = [[e for e in s.events if part_of(e) == part] for s in (first, second)]
    return events[0] != events[1]


def steps(scenario: Scenario, lever: str) -> list[tuple[int, Any]]:
    """Return a stepped lever as a run plays it: what holds on the first day, and changes."""
    found: list[tuple[int, Any]] = []
    for day, value in sorted(getattr(scenario.levers, lever).items()):
        at = max(0, (day - scenario.start).days if day != date.min else 0)
        if found and found[-1][0] == at:
            found.pop()
        if not found or found[-1][1] != value:
            found.append((at, value))
    return found


@dataclass(frozen=True)
class Share:
    """What one lever makes of a difference.

    Attributes:
        part: The lever, one of `PARTS`.
        shapley: Its mean effect over all orders, in the outcome's unit.
        first: Its effect alone, before all others.
        last: Its effect when all others have been moved before.
        least: Smallest mean effect over the subsets of the others.
        most: Largest mean effect over them.
    """

    part: str
    shapley: Estimate
    first: Estimate
    last: Estimate
    least: float
    most: float


@dataclass(frozen=True)
class Decomposition:
    """A difference between two scenarios, split among the levers that differ.

    Attributes:
        pair: The scenarios and what differs.
        comparison: Every subset of it, played.
        outcomes: What was split.
    """

    pair: Pair
    comparison: Comparison
    outcomes: tuple[str, ...]

    def _values(self, moved: frozenset[str], part: str, outcome: str) -> Floats:
        return self.comparison.values(self.pair.name(moved), part, outcome)

    def level(self, second: bool, part: str, outcome: str) -> Estimate:
        """Return the mean outcome of one of the scenarios.

        Args:
            second: Whether of the second.
            part: A structure, a motive, or `POOLED`.
            outcome: One of the outcomes split.
        """
        moved = frozenset(self.pair.parts if second else ())
        return estimate(self._values(moved, part, outcome))

    def whole(self, part: str, outcome: str) -> Estimate:
        """Return the paired difference of the second scenario from the first."""
        everything = frozenset(self.pair.parts)
        none: frozenset[str] = frozenset()
        return estimate(self._values(everything, part, outcome) - self._values(none, part, outcome))

    def shares(self, part: str, outcome: str) -> list[Share]:
        """Return the share of each lever that differs; they add up to the whole in every world.

        Args:
            part: A structure, a motive, or `POOLED`.
            outcome: One of the outcomes split.
        """
        names = self.pair.parts
        values = {moved: self._values(moved, part, outcome) for moved in subsets(names)}
        found = []
        for name, by_world in shapley(names, values).items():
            effects = {
                moved: values[moved | {name}] - values[moved]
                for moved in values
                if name not in moved
            }
            means = [float(e.mean()) for e in effects.values()]
            others = frozenset(names) - {name}
            found.append(
                Share(
                    name,
                    estimate(by_world),
                    estimate(effects[frozenset()]),
                    estimate(effects[others]),
                    min(means),
                    max(means),
                )
            )
        return found


def subsets(names: Sequence[str]) -> list[frozenset[str]]:
    """Return all subsets, the empty one first and the whole last."""
    found = [
        frozenset(n for k, n in enumerate(names) if code >> k & 1)
        for code in range(2 ** len(names))
    ]
    return sorted(found, key=len)


def shapley(names: Sequence[str], values: Mapping[frozenset[str], Floats]) -> dict[str, Floats]:
    """Return Shapley values: each name's effect, averaged over all orders of moving them.

    Args:
        names: What is moved.
        values: What comes of every subset, arrays of one shape.

    Returns:
        By name, arrays of that shape; they add up to the value of all less that of none.
    """
    n = len(names)
    found = {}
    for name in names:
        total = np.zeros_like(values[frozenset()])
        for moved in values:
            if name not in moved:
                orders = factorial(len(moved)) * factorial(n - len(moved) - 1)
                total = total + orders / factorial(n) * (values[moved | {name}] - values[moved])
        found[name] = total
    return found


def check_outcomes(outcomes: Sequence[str]) -> None:
    """Check what is to be split.

    Raises:
        InputError: For every unknown outcome, or one without a value in some worlds.
    """
    faults = [unknown("outcome", o, RUN_OUTCOMES) for o in outcomes if o not in RUN_OUTCOMES]
    faults += [
        f"outcome '{o}' has no value in some worlds, so its difference has none"
        for o in outcomes
        if o in MAY_BE_MISSING
    ]
    if faults:
        raise InputError(faults)


def worlds(two: Pair, runs: int, structures: int) -> int:
    """Return how many worlds `play` plays."""
    return int(2 ** len(two.parts)) * runs * structures


def play(two: Pair, outcomes: Sequence[str] = OUTCOMES, **how: Any) -> Decomposition:
    """Play every subset of what differs with the same worlds.

    Args:
        two: The scenarios, from `pair`.
        outcomes: Outcomes of `outcomes.RUN_OUTCOMES` to split.
        **how: What `compare.compare` takes: runs, seed, structure, motive and so on.

    Raises:
        InputError: For an unknown outcome, or one without a value in some worlds.
    """
    check_outcomes(outcomes)
    with warnings.catch_warnings():
        # What moves nothing is told of the two scenarios, not of those between them.
        warnings.simplefilter("ignore", IdleWarning)
        scenarios = [two.between(moved) for moved in subsets(two.parts)]
        found = experiment.compare(scenarios, bands=False, by_phase=False, **how)
    return Decomposition(two, found, tuple(outcomes))
