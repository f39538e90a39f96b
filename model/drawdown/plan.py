"""Lays a scenario out day by day: the plan that both engines walk through."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drawdown.actors import cast
from drawdown.layout import PLAN
from drawdown.rules import retaliation
from drawdown.scenario import DOCTRINES, RESIDUAL, Scenario

Floats = NDArray[np.float64]

VOTE_HELD, VOTE_PASSES = 1.0, 2.0
"""In the plan's ``vote``: one is held, or its result is given too."""

_DOCTRINE = dict(
    zip(
        DOCTRINES,
        (
            retaliation.NONE,
            retaliation.LIMITED,
            retaliation.ROBUST,
            retaliation.DECAPITATION,
        ),
        strict=True,
    )
)


def _line(levels: Mapping[date, Any], day: date) -> tuple[float, float]:
    """Return a dated level on a day: its number and its weight of the residual level."""

    def parts(level: Any) -> tuple[float, float]:
        return (0.0, 1.0) if level == RESIDUAL else (float(level), 0.0)

    days = list(levels)
    after = bisect_right(days, day)
    if after == 0:
        return parts(levels[days[0]])
    if after == len(days):
        return parts(levels[days[-1]])
    first, last = days[after - 1], days[after]
    share = (day - first).days / (last - first).days
    a, b = parts(levels[first]), parts(levels[last])
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _step(values: Mapping[date, Any], day: date) -> Any:
    days = list(values)
    return values[days[max(0, bisect_right(days, day) - 1)]]


def _announced(scenario: Scenario, day: date) -> tuple[float, float]:
    levers = scenario.levers
    total, residual = 0.0, 0.0
    for own, announced in (
        (levers.combat, levers.announced_combat),
        (levers.advisers, levers.announced_advisers),
        (levers.coalition, levers.announced_coalition),
    ):
        number, weight = _line(announced if announced is not None else own, day)
        total += number
        residual += weight
    return total, residual


def build(scenario: Scenario) -> Floats:
    """Return the plan of a scenario, shape (days, columns of `layout.PLAN`)."""
    column = {name: i for i, name in enumerate(PLAN)}
    plan = np.zeros((scenario.days, len(PLAN)))
    lengths = cast().calendar
    levers = scenario.levers

    def put(name: str, row: int, value: float) -> None:
        plan[row, column[name]] = value

    for row in range(scenario.days):
        day = scenario.start + timedelta(days=row)
        put("combat", row, _line(levers.combat, day)[0])
        advisers, residual = _line(levers.advisers, day)
        put("advisers", row, advisers)
        put("advisers_residual", row, residual)
        put("coalition", row, _line(levers.coalition, day)[0])
        later = day + timedelta(days=lengths["leaving_horizon"])
        for name, when in (("announced", day), ("announced_later", later)):
            total, weight = _announced(scenario, when)
            put(name, row, total)
            put(
                name.replace("announced", "announced_residual", 1)
                if name == "announced"
                else "announced_later_residual",
                row,
                weight,
            )
        put("nato_target", row, _step(levers.nato_target, day))
        put("policing", row, _step(levers.policing, day))
        put("doctrine", row, _DOCTRINE[_step(levers.doctrine, day)])
        put("strike_budget", row, _step(levers.strike_budget, day))
        put("decided", row, float(scenario.mode == "free"))
        put("comply", row, float(_step(levers.government, day) == "comply"))
        put("us_honours", row, float(_step(levers.us_reply, day) == "honour"))
        since = (day - cast().drones_from).days
        put("drone_phase", row, min(1.0, max(0.0, since / lengths["drones_full_after"])))
        anniversary = date(day.year + (day.month == 12), 1, 3)
        if (
            anniversary.year > 2020
            and 0 <= (anniversary - day).days < lengths["before_anniversary"]
        ):
            put("round_ahead", row, 1.0)
        for site in cast().sites:
            is_open = site.handed_over is None or day < site.handed_over
            put(f"open_{site.name}", row, float(is_open))
    _play(scenario, plan, column)
    return plan


_ON_DAY = {
    "concession": "concession",
    "broken_deadline": "broken_deadline",
    "election": "election",
    "new_prime_minister": "new_government",
    "dialogue_round": "dialogue",
    "nato_suspension": "nato_suspended",
}


def _play(scenario: Scenario, plan: Floats, column: dict[str, int]) -> None:
    lengths = cast().calendar
    for event in scenario.events:
        if event.only == "conditioned" and scenario.mode != "conditioned":
            continue
        row = (event.date - scenario.start).days
        if event.what == "dialogue_round":
            plan[max(0, row - lengths["before_round"]) : max(0, row), column["round_ahead"]] = 1.0
        if event.what == "doubt":
            plan[max(0, row) : max(0, row + lengths["doubt"]), column["doubt"]] = 1.0
        if event.what in ("truce", "order", "campaign"):
            assert event.until is not None
            last = (event.until - scenario.start).days
            plan[max(0, row) : max(0, last + 1), column[event.what]] = 1.0
        if event.what == "nato_second_base":
            plan[max(0, row) :, column["nato_second_base"]] = 1.0
        if event.what == "hand_over":
            plan[max(0, row) :, column[f"open_{event.site}"]] = 0.0
        if not 0 <= row < len(plan):
            continue
        if event.what in _ON_DAY:
            plan[row, column[_ON_DAY[event.what]]] = 1.0
        if event.what == "vote":
            plan[row, column["vote"]] = VOTE_PASSES if event.result == "passed" else VOTE_HELD
        if event.what == "strike":
            assert event.faction is not None
            plan[row, column["strike_on"]] = 1.0 + cast().index("factions", event.faction)
            plan[row, column["strike_leader"]] = float(event.leader)


@lru_cache(maxsize=1)
def opportunity_reference() -> tuple[int, ...]:
    """Return which sites are open on the day that opportunity is measured by."""
    from drawdown.scenario import FORWARD_BEGINS

    return tuple(int(s.handed_over is None or s.handed_over > FORWARD_BEGINS) for s in cast().sites)
