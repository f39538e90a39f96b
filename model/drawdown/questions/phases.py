"""What two policies differ in for a while, and what they differ in for good: parts of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from dateutil.relativedelta import relativedelta

from drawdown.day.phases import (
    AFTER,
    AFTERWARDS,
    HALF_YEAR,
    KINDS,
    RUNNING,
    WHOLE,
    Phase,
    Window,
)
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import STRUCTURES
from drawdown.declared.scenario import Scenario
from drawdown.worlds import ensemble
from drawdown.worlds.run import Run

REFERENCE = "sustained-presence"
"""What a scenario is held against where it is played alone."""

LEFT_OVER = 60
"""Days at the end of a run that make no half-year of their own; they join the last one."""

JUDGES = 99
"""Worlds of each structure whose median says when a condition is met."""


def half_years(scenario: Scenario) -> tuple[Phase, ...]:
    """Return a run's half-years, from its first day on.

    Example:
        >>> [f"{p.first} {p.last}" for p in half_years(Scenario.load("restraint"))][::4]
        ['2021-07-26 2022-01-25', '2023-07-26 2024-01-26']
    """
    found: list[Phase] = []
    begins = scenario.start
    while begins <= scenario.end:
        ends = scenario.start + relativedelta(months=6 * (len(found) + 1)) - timedelta(days=1)
        if (scenario.end - ends).days < LEFT_OVER:
            ends = scenario.end
        found.append(Phase(HALF_YEAR, begins, ends))
        begins = ends + timedelta(days=1)
    return tuple(found)


def between(policy: Scenario, baseline: Scenario, met: date | None = None) -> tuple[Phase, ...]:
    """Return the phases in which two policies are compared.

    *While it runs*: from the first day on which they differ to the last day on which a lever in
    which they differ moves, or a dated promise, order, truce or campaign of one of them ends.
    *Afterwards*: the year that follows, or to the end. Two that differ only by what stays have
    the whole run alone.

    Args:
        policy: A scenario.
        baseline: What it is compared with.
        met: The day by which conditions have moved all levers in the median world.

    Example:
        >>> found = between(Scenario.load("full-withdrawal"), Scenario.load("nato-500"))
        >>> [(p.name, str(p.last)) for p in found]
        [('while_it_runs', '2022-12-31'), ('afterwards', '2023-12-31'), ('whole_run', '2024-01-26')]
    """
    first, last = max(policy.start, baseline.start), min(policy.end, baseline.end)
    whole = Phase(WHOLE, policy.start, policy.end)
    if first > last:
        return (whole,)
    plans = [
        np.ascontiguousarray(
            ensemble.plan_of(s)[(first - s.start).days : (last - s.start).days + 1]
        )
        for s in (policy, baseline)
    ]
    edges = np.zeros(2)
    ensemble.the_engine().call("running", *plans, np.array(KINDS), edges)
    begins, ends = int(edges[0]), int(edges[1])
    by_median = met is not None and first <= met <= last and (met - first).days > ends
    if met is not None and by_median:
        begins, ends = max(0, begins), (met - first).days
    if begins < 0 or ends <= begins:
        return (whole,)
    running = Phase(
        RUNNING, first + timedelta(days=begins), first + timedelta(days=ends), by_median
    )
    if running.last == last:
        return running, whole
    after = Phase(
        AFTER,
        running.last + timedelta(days=1),
        min(last, running.last + timedelta(days=AFTERWARDS)),
        by_median,
    )
    return running, after, whole


def compared_with(scenarios: Sequence[Scenario], baseline: str) -> dict[str, Scenario]:
    """Return what each scenario is held against, by its name.

    One that is played alone is held against `REFERENCE` on its own days.
    """
    base = next(s for s in scenarios if s.name == baseline)
    if len(scenarios) == 1:
        return {base.name: replace(Scenario.load(REFERENCE), start=base.start, end=base.end)}
    return {s.name: base for s in scenarios if s.name != baseline}


def of_all(scenarios: Sequence[Scenario], baseline: str, run: Run) -> dict[str, tuple[Phase, ...]]:
    """Return each scenario's half-years and phases, by its name.

    Args:
        scenarios: What is played.
        baseline: Name of the one that the others are compared with.
        run: How they are played; only seed, draws and choices count, and not which worlds.
    """
    against = compared_with(scenarios, baseline)
    moved = {s.name: median_moved(s, run) for s in scenarios if s.conditions}
    found = {}
    for scenario in scenarios:
        mine: tuple[Phase, ...] = (Phase(WHOLE, scenario.start, scenario.end),)
        if scenario.name in against:
            other = against[scenario.name]
            days = [moved.get(s.name) for s in (scenario, other)]
            mine = between(scenario, other, max((d for d in days if d is not None), default=None))
        found[scenario.name] = (*half_years(scenario), *mine)
    return found


def windows_of(found: dict[str, tuple[Phase, ...]]) -> tuple[Window, ...]:
    """Return the windows of all phases that are counted apart, each once and in order."""
    return tuple(
        sorted({p.window for several in found.values() for p in several if p.name != WHOLE})
    )


def median_moved(scenario: Scenario, run: Run) -> date | None:
    """Return the day on which conditions have moved their levers to the end in the median world.

    It is that of the first `JUDGES` worlds of every structure, whichever are compared: so parts
    of a comparison that are played apart have the same phases.

    Args:
        scenario: One with conditions.
        run: How it is played; only seed, draws and choices count.

    Returns:
        The day, or None where no condition is met in half of them.
    """
    few = Run(
        runs=JUDGES,
        seed=run.seed,
        chosen=run.chosen,
        uncertainty=run.uncertainty,
        threads=run.threads,
        bands=False,
    )
    met = np.concatenate(
        [ensemble.play([scenario], replace(few, structure=s))[0].met for s in STRUCTURES]
    )
    days = [
        day + condition.item.over
        for i, condition in enumerate(scenario.conditions)
        if (day := _middle(met[:, i])) is not None
    ]
    return scenario.start + timedelta(days=int(max(days))) if days else None


def _middle(days: Floats) -> float | None:
    """Return the median of days, those that never came standing last; None where it is one."""
    ordered = np.sort(np.nan_to_num(days, nan=np.inf))
    middle = float(ordered[len(ordered) // 2])
    return None if middle == np.inf else middle
