"""What two policies differ in for a while, and what they differ in for good: parts of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from dateutil.relativedelta import relativedelta

from drawdown.day import policy as policies
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
from drawdown.declared.columns import STRUCTURES, S
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


Span = tuple[date, date]
"""First and last day."""


def between(policy: Scenario, baseline: Scenario, moved: Sequence[Span] = ()) -> tuple[Phase, ...]:
    """Return the phases in which two policies are compared.

    *While it runs*: from the first day on which they differ to the last day on which a lever in
    which they differ moves, or a dated promise, order, truce or campaign of one of them ends.
    *Afterwards*: the year that follows, or to the end. Two that differ only by what stays have
    the whole run alone: the days that both have.

    Args:
        policy: A scenario.
        baseline: What it is compared with.
        moved: First and last days on which the conditions of each move levers in the median world.

    Example:
        >>> found = between(Scenario.load("full-withdrawal"), Scenario.load("nato-500"))
        >>> [(p.name, str(p.last)) for p in found]
        [('while_it_runs', '2022-12-31'), ('afterwards', '2023-12-31'), ('whole_run', '2024-01-26')]
    """
    first, last = max(policy.start, baseline.start), min(policy.end, baseline.end)
    if first > last:
        return (Phase(WHOLE, policy.start, policy.end),)
    whole = Phase(WHOLE, first, last)
    plans = [
        np.ascontiguousarray(
            ensemble.plan_of(s)[(first - s.start).days : (last - s.start).days + 1]
        )
        for s in (policy, baseline)
    ]
    edges = np.zeros(2)
    ensemble.the_engine().call("running", *plans, np.array(KINDS), edges)
    begins, ends = int(edges[0]), int(edges[1])
    by_median = False
    for one, other in moved:
        if first <= one <= last:
            day, until = (one - first).days, (min(last, other) - first).days
            by_median = by_median or until > ends
            begins, ends = day if begins < 0 else min(begins, day), max(ends, until)
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

    One that is played alone is held against `REFERENCE` on its own days, with its own past and
    world, where it does not begin before that does.
    """
    base = next(s for s in scenarios if s.name == baseline)
    if len(scenarios) > 1:
        return {s.name: base for s in scenarios if s.name != baseline}
    reference = Scenario.load(REFERENCE)
    if base.start < reference.start:
        return {}
    held = replace(
        reference,
        start=base.start,
        end=base.end,
        history=base.history,
        world=reference.world | base.world,
    )
    return {base.name: held}


def of_all(scenarios: Sequence[Scenario], baseline: str, run: Run) -> dict[str, tuple[Phase, ...]]:
    """Return each scenario's half-years and phases, by its name.

    Args:
        scenarios: What is played.
        baseline: Name of the one that the others are compared with.
        run: How they are played; only seed, draws and choices count, and not which worlds.
    """
    against = compared_with(scenarios, baseline)
    found = {}
    known: dict[str, Span | None] = {}
    for scenario in scenarios:
        mine: tuple[Phase, ...] = (Phase(WHOLE, scenario.start, scenario.end),)
        if scenario.name in against:
            other = against[scenario.name]
            for each in differing(scenario, other):
                if each.name not in known:
                    known[each.name] = median_moved(each, run)
            spans = [known[s.name] for s in differing(scenario, other)]
            mine = between(scenario, other, [span for span in spans if span is not None])
        found[scenario.name] = (*half_years(scenario), *mine)
    return found


def differing(one: Scenario, other: Scenario) -> tuple[Scenario, ...]:
    """Return those of two scenarios that have conditions, where these are not the same."""
    same = np.array_equal(policies.table(one), policies.table(other))
    return () if same else tuple(s for s in (one, other) if s.conditions)


def windows_of(
    found: dict[str, tuple[Phase, ...]], scenarios: Sequence[Scenario]
) -> tuple[Window, ...]:
    """Return the windows of all phases that are counted apart, each once and in order.

    Args:
        found: From `of_all`.
        scenarios: What is played; the whole of a run is known anyhow.
    """
    every = {p.window for several in found.values() for p in several}
    same = {(s.start, s.end) for s in scenarios}
    return tuple(sorted(every - (same if len(same) == 1 else set())))


def median_moved(scenario: Scenario, run: Run) -> Span | None:
    """Return the first and the last day on which conditions move levers in the median world.

    A promise that a condition makes counts to its date. The median is that of the first `JUDGES`
    worlds of every structure, whichever are compared: so parts of a comparison that are played
    apart have the same phases.

    Args:
        scenario: One with conditions.
        run: How it is played; only seed, draws and choices count.

    Returns:
        The days, or None where no condition is met in half of the worlds.
    """
    few = Run(runs=JUDGES, seed=run.seed, chosen=run.chosen, uncertainty=run.uncertainty)
    firsts, lasts = [], []
    for structure in STRUCTURES:
        blocks = ensemble.begin(few.numbers, replace(few, structure=structure).drawn())
        if scenario.history is not None:
            past = Scenario.load(scenario.history).until(scenario.start - timedelta(days=1))
            note = policies.looks_back(policies.table(scenario))
            blocks, _ = ensemble.live(blocks, past, few.seed, threads=run.threads, note=note)
        elif scenario.world:
            nature = replace(few, structure=structure).drawn()
            blocks = ensemble.begin(few.numbers, nature, scenario)
        blocks, _ = ensemble.live(blocks, scenario, few.seed, threads=run.threads)
        for block in blocks:
            met = [
                ensemble.state_of(block, S.first_met + i) for i in range(len(scenario.conditions))
            ]
            earliest = np.min(np.where(np.array(met) > 0.0, met, np.inf), axis=0)
            firsts.append(earliest)
            lasts.append(ensemble.state_of(block, S.led_until))
    first, last = (np.sort(np.concatenate(days)) for days in (firsts, lasts))
    middle = len(first) // 2
    if first[middle] == np.inf or last[middle] == 0.0:
        return None
    return date.fromordinal(int(first[middle])), date.fromordinal(int(last[middle]))
