"""Lays a scenario out day by day: the plan that both engines walk through."""

from datetime import date
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from drawdown.declared.actors import cast
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import PLAN, RECORD_MONTHS, VOTE_HELD, VOTE_PASSES
from drawdown.declared.levels import line, step
from drawdown.declared.lever_table import POSTURE, STEPPED
from drawdown.declared.scenario import RECORD, Scenario
from drawdown.rules import politics


def _announced(scenario: Scenario, days: NDArray[np.int64]) -> dict[str, Floats]:
    levers = scenario.levers
    found: dict[str, Floats] = {"residual": np.zeros(len(days))}
    for name in POSTURE:
        own, announced = (getattr(levers, lever) for lever in (name, f"announced_{name}"))
        found[name], weights = line(announced if announced is not None else own, days)
        found["residual"] = found["residual"] + weights
    return found


def build(scenario: Scenario) -> Floats:
    """Return the plan of a scenario, shape (days, columns of `columns.PLAN`)."""
    column = {name: i for i, name in enumerate(PLAN)}
    plan = np.zeros((scenario.days, len(PLAN)))
    lengths = cast().calendar
    levers = scenario.levers
    days = scenario.start.toordinal() + np.arange(scenario.days)

    def put(name: str, values: Floats) -> None:
        plan[:, column[name]] = values

    combat, of_residual = line(levers.combat, days)
    put("combat", combat)
    # No file says so; between two policies a part of an unannounced number may be combat soldiers.
    put("combat_residual", of_residual)
    advisers, residual = line(levers.advisers, days)
    put("advisers", advisers)
    put("advisers_residual", residual)
    put("coalition", line(levers.coalition, days)[0])
    for part, when in (("announced", days), ("later", days + lengths["leaving_horizon"])):
        for name, values in _announced(scenario, when).items():
            put(f"{part}_{name}", values)
    for lever in STEPPED:
        for name in lever.columns:
            put(name, step(getattr(levers, lever.name), days, partial(lever.sets, name)))
    plan[:, column["decided"]] = float(scenario.mode == "free")
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
    for day, state in levers.us_iran.items():
        begun = day.toordinal() - days[0]
        if state in ("talks", "deal") and begun > 0:
            plan[begun : begun + lengths["opening"], column["opening"]] = 1.0
    return plan


_ON_DAY = {
    "concession": "concession",
    "broken_deadline": "broken_deadline",
    "election": "election",
    "new_prime_minister": "new_government",
    "dialogue_round": "dialogue",
    "nato_suspension": "nato_suspended",
}


_OPENINGS = ("concession", "dialogue_round")
"""Dealings that rivals would spoil, beside talks and deals between Washington and Tehran."""


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
        if event.what in _OPENINGS:
            plan[max(0, row) : max(0, row + lengths["opening"]), column["opening"]] = 1.0
        if event.what == "concession":
            last = max(0, row + lengths["opening"])
            plan[max(0, row) : last, column["after_concession"]] = 1.0
        if event.what in ("truce", "order", "campaign", "formation"):
            assert event.until is not None
            last = (event.until - scenario.start).days
            # An order is known by its day, so that the next one is another.
            told = float(event.date.toordinal()) if event.what == "order" else 1.0
            plan[max(0, row) : max(0, last + 1), column[event.what]] = told
        if event.what in ("violence", "quiet"):
            assert event.until is not None
            sign = 1.0 if event.what == "violence" else -1.0
            first, last = max(0, row), min(len(plan) - 1, (event.until - scenario.start).days)
            lasted = np.arange(first, last + 1) - row + 1.0
            plan[first : last + 1, column["spell_days"]] = sign * lasted
            plan[first : last + 1, column["spell_anew"]] = 0.0
            if event.anew is not None:
                since = lasted - (event.anew - event.date).days
                plan[first : last + 1, column["spell_anew"]] = np.maximum(0.0, since)
        if event.what == "nato_second_base":
            plan[max(0, row) :, column["nato_second_base"]] = 1.0
        if event.what == "hand_over":
            plan[max(0, row) :, column[f"open_{event.site}"]] = 0.0
        if not 0 <= row < len(plan):
            continue
        if event.what in _ON_DAY:
            plan[row, column[_ON_DAY[event.what]]] = 1.0
        if event.what == "concession" and event.until is not None:
            plan[row, column["promise_days"]] = float((event.until - event.date).days)
        if event.what == "vote":
            plan[row, column["vote"]] = VOTE_PASSES if event.result == "passed" else VOTE_HELD
        if event.what == "strike":
            assert event.faction is not None
            plan[row, column["strike_on"]] = 1.0 + cast().index("factions", event.faction)
            plan[row, column["strike_leader"]] = float(event.leader)


@lru_cache(maxsize=1)
def reference_tables() -> dict[str, list[float]]:
    """Return what worlds are measured by: places open in July 2021, the months of the record.

    Every motive has the same mean tempo over the record's months, so what a motive says of the
    future is not hidden in a tempo of its own.
    """
    from drawdown.declared.scenario import FORWARD_BEGINS

    sites = cast().sites
    opened = [float(s.handed_over is None or s.handed_over > FORWARD_BEGINS) for s in sites]
    return {"site_open_at_reference": opened} | _record_months()


def _record_months() -> dict[str, list[float]]:
    item = Scenario.load(RECORD)
    days = build(item)
    dates = [date.fromordinal(item.start.toordinal() + i) for i in range(len(days))]
    months = sorted({(d.year, d.month) for d in dates})
    assert len(months) == RECORD_MONTHS
    which = np.array([months.index((d.year, d.month)) for d in dates])
    stance = np.empty(len(days))
    now = 0.0
    for i in range(len(days)):
        now = politics.next_prime_minister(
            now, float(days[i, PLAN.index("prime_minister")]), float(days[i, _FORMATION])
        )
        stance[i] = now

    def mean(values: Floats) -> list[float]:
        return [float(values[which == m].mean()) for m in range(len(months))]

    between = days[:, PLAN.index("us_iran")]
    states = np.array([mean((between == state).astype(np.float64)) for state in range(4)])
    columns = {
        "combat": "combat",
        "advisers": "advisers",
        "coalition": "coalition",
        "clock": "round_ahead",
        "formation": "formation",
        "opening": "opening",
        "nato": "nato_target",
    }
    return {
        f"month_{name}": mean(days[:, PLAN.index(column)]) for name, column in columns.items()
    } | {
        "month_share": [float((which == m).mean()) for m in range(len(months))],
        "month_us_iran": [float(x) for x in states.T.ravel()],
        "month_prime_minister": mean(stance),
    }


_FORMATION = PLAN.index("formation")
