"""Plays ensembles, with the compiled rules or with a student's own agents.

Worlds with own agents are Mesa worlds, played one by one in several processes: honestly
slow, with the same draws, luck and summaries as the ensemble engine's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from drawdown.day import outcomes as reductions
from drawdown.day import rulebook
from drawdown.declared.arrays import Floats, Singles
from drawdown.declared.columns import FLOWS, OUTCOMES, PARAMETERS, TAIL, P
from drawdown.declared.parameters import whole_number
from drawdown.declared.scenario import Scenario
from drawdown.worlds import ensemble, shards
from drawdown.worlds.ensemble import Counting, Ensemble, own_nature
from drawdown.worlds.run import Progress, Run


@contextmanager
def shown(progress: Progress | bool | None, total: int) -> Iterator[Progress | None]:
    """Give what is called as worlds end: a bar on standard error where True is given."""
    if not progress or callable(progress):
        yield progress if callable(progress) else None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    with Progress(
        "Playing",
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(file=sys.stderr),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=total)
        yield lambda n: bar.advance(task, n)


def play(
    scenarios: Sequence[Scenario],
    run: Run,
    agents: Mapping[str, Any] | None = None,
    processes: int | None = None,
    progress: Progress | bool | None = None,
) -> list[Ensemble]:
    """Play scenarios as `ensemble.play`, or with own agents.

    Args:
        scenarios: What to play.
        run: How they are played.
        agents: Agent classes that replace those of `world.AGENT_CLASSES`, or None.
        processes: Processes for worlds with own agents; by default one a core.
        progress: Called with the number of worlds played; True shows a bar.

    Raises:
        InputError: If a kind of agent does not exist, or a class is of another kind.
    """
    with shown(progress, run.runs * len(scenarios)) as shows:
        run = replace(run, progress=shows)
        if not agents:
            return shards.play(scenarios, run)
        from drawdown.day.world import check_agents

        check_agents(agents)
        run = replace(run, nature=run.drawn())
        if processes is None:
            processes = ensemble.default_threads()
        processes = whole_number(processes, "processes", 1, 1024)
        return [_with_agents(item, run, dict(agents), processes) for item in scenarios]


def _one_life(
    scenario: Scenario, run: Run, agents: dict[str, Any], rules: rulebook.RuleBook
) -> tuple[Singles, Singles, float, Floats]:
    """Return a world's days, the counts before them, its request to leave, conditions met.

    Args:
        scenario: What it lives.
        run: A run of it alone.
        agents: Agent classes.
        rules: Rules.
    """
    from drawdown.day.world import World

    assert run.nature is not None
    world = World(
        scenario,
        seed=run.seed,
        replication=run.first,
        structure=run.structure,
        parameters=dict(zip((*PARAMETERS, *rules.numbers), run.nature[:, 0].tolist(), strict=True)),
        agents=agents,
        rules=rules,
    )
    world.run()
    before = np.array(world.before, np.float32).reshape(-1, len(OUTCOMES))[:, : len(FLOWS)]
    state = world.export_state()[:, None]
    met = ensemble.first_met(state, scenario)[0]
    found = world.outcomes().astype(np.float32), before, float(world.government.request), met
    world.retire()
    return found


def _with_agents(scenario: Scenario, run: Run, agents: dict[str, Any], processes: int) -> Ensemble:
    from joblib import Parallel, delayed

    assert run.nature is not None
    own = own_nature(scenario, run.nature)
    outcomes = np.empty((run.runs, len(ensemble.columns_with(run.windows))))
    met = np.empty((run.runs, len(scenario.conditions)))
    counting, engine = Counting(scenario.days), ensemble.the_engine()
    kept: dict[int, Singles] = {}
    lives = Parallel(n_jobs=processes, return_as="generator")(
        delayed(_one_life)(scenario, run.part(k, k + 1), agents, rulebook.current())
        for k in range(run.runs)
    )
    for k, (days, before, request, met[k]) in enumerate(lives):
        number, block = run.first + k, days[:, :, None]
        row = np.empty((len(reductions.RUN_OUTCOMES), 1))
        requests = np.array([request])
        engine.summarise(block, requests, own[P.daesh_attacks_per_index, k : k + 1], row)
        row = np.concatenate([row, ensemble.windowed(block, scenario, run.windows)])
        outcomes[k] = row[:, 0]
        if run.bands:
            tail = np.zeros((TAIL, len(FLOWS), 1), np.float32)
            if len(before) == TAIL:
                tail = before[:, :, None]
            counting.add(engine, block, tail, 1)
        if run.days_to is not None:
            run.days_to(scenario, run.structure, np.array([number]), block)
        if number in run.keep:
            kept[number] = days
        run.played(1)
    return Ensemble(
        scenario,
        run.structure,
        run.seed,
        np.array(run.numbers),
        own,
        outcomes,
        counting.bands(scenario.start) if run.bands else None,
        kept,
        met=met,
        windows=run.windows,
    )
