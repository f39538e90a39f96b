"""Lays a scenario out day by day: the plan that both engines walk through."""

from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from drawdown.declared.actors import cast
from drawdown.declared.columns import PLAN, VOTE_HELD, VOTE_PASSES
from drawdown.declared.levels import line, step
from drawdown.declared.scenario import DOCTRINES, Scenario
from drawdown.rules import retaliation

Floats = NDArray[np.float64]

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


def _announced(scenario: Scenario, days: NDArray[np.int64]) -> tuple[Floats, Floats]:
    levers = scenario.levers
    total, residual = np.zeros(len(days)), np.zeros(len(days))
    for own, announced in (
        (levers.combat, levers.announced_combat),
        (levers.advisers, levers.announced_advisers),
        (levers.coalition, levers.announced_coalition),
    ):
        numbers, weights = line(announced if announced is not None else own, days)
        total += numbers
        residual += weights
    return total, residual


def build(scenario: Scenario) -> Floats:
    """Return the plan of a scenario, shape (days, columns of `layout.PLAN`)."""
    column = {name: i for i, name in enumerate(PLAN)}
    plan = np.zeros((scenario.days, len(PLAN)))
    lengths = cast().calendar
    levers = scenario.levers
    days = scenario.start.toordinal() + np.arange(scenario.days)

    def put(name: str, values: Floats) -> None:
        plan[:, column[name]] = values

    put("combat", line(levers.combat, days)[0])
    advisers, residual = line(levers.advisers, days)
    put("advisers", advisers)
    put("advisers_residual", residual)
    put("coalition", line(levers.coalition, days)[0])
    for part, when in (("", days), ("_later", days + lengths["leaving_horizon"])):
        total, weight = _announced(scenario, when)
        put(f"announced{part}", total)
        put(f"announced{part}_residual", weight)
    put("nato_target", step(levers.nato_target, days, float))
    put("policing", step(levers.policing, days, float))
    put("doctrine", step(levers.doctrine, days, lambda name: _DOCTRINE[name]))
    put("strike_budget", step(levers.strike_budget, days, float))
    plan[:, column["decided"]] = float(scenario.mode == "free")
    put("comply", step(levers.government, days, lambda name: float(name == "comply")))
    put("us_honours", step(levers.us_reply, days, lambda name: float(name == "honour")))
    since = days - cast().drones_from.toordinal()
    put("drone_phase", np.clip(since / lengths["drones_full_after"], 0.0, 1.0))
    for year in range(max(2021, scenario.start.year), scenario.end.year + 2):
        ahead = date(year, 1, 3).toordinal() - days
        near = (ahead >= 0) & (ahead < lengths["before_anniversary"])
        plan[near, column["round_ahead"]] = 1.0
    for site in cast().sites:
        closed = site.handed_over.toordinal() if site.handed_over is not None else None
        is_open = days < closed if closed is not None else days > 0
        put(f"open_{site.name}", is_open.astype(np.float64))
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
    from drawdown.declared.scenario import FORWARD_BEGINS

    return tuple(int(s.handed_over is None or s.handed_over > FORWARD_BEGINS) for s in cast().sites)
