"""Plays ensembles, with the compiled rules or with a student's own agents.

Worlds with own agents are Mesa worlds, played one by one in several processes: honestly
slow, with the same draws, luck and summaries as the ensemble engine's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from drawdown.day import book
from drawdown.day import outcomes as reductions
from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats, Singles
from drawdown.declared.columns import FLOWS, OUTCOMES, PARAMETERS, TAIL, P
from drawdown.declared.parameters import Setting, Uncertainty, whole_number
from drawdown.declared.scenario import Scenario
from drawdown.worlds import ensemble, shards
from drawdown.worlds.ensemble import Counting, DaysTo, Ensemble, own_nature

Progress = Callable[[int], None]


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
    *,
    runs: int,
    first: int = 0,
    seed: int = 0,
    structure: str = "neutral",
    uncertainty: Uncertainty = "posterior",
    chosen: Mapping[str, Setting] | None = None,
    bands: bool = True,
    keep: Sequence[int] = (),
    agents: Mapping[str, Any] | None = None,
    processes: int | None = None,
    threads: int | None = None,
    progress: Progress | bool | None = None,
    days_to: DaysTo | None = None,
) -> list[Ensemble]:
    """Play scenarios as `ensemble.play`, or with own agents.

    Args:
        scenarios: What to play.
        runs: Replications.
        first: Number of the first.
        seed: Seed of draws and luck.
        structure: Rival structure.
        uncertainty: What parameters are drawn from.
        chosen: Parameters that replace draws.
        bands: Whether to count daily bands.
        keep: Replications whose days are kept whole.
        agents: Agent classes that replace those of `world.AGENT_CLASSES`, or None.
        processes: Processes for worlds with own agents; by default one a core.
        threads: Threads of the ensemble engine.
        progress: Called with the number of worlds played; True shows a bar.
        days_to: Takes every block's days, as in `ensemble.play`.

    Raises:
        InputError: If a kind of agent does not exist, or a class is of another kind.
    """
    with shown(progress, runs * len(scenarios)) as told:
        if not agents:
            return shards.play(
                scenarios,
                runs=runs,
                first=first,
                seed=seed,
                structure=structure,
                uncertainty=uncertainty,
                chosen=chosen,
                bands=bands,
                keep=keep,
                threads=threads,
                progress=told,
                days_to=days_to,
            )
        from drawdown.day.world import check_agents

        check_agents(agents)
        numbers = list(range(first, first + runs))
        nature = declared.draw(
            numbers, seed=seed, structure=structure, uncertainty=uncertainty, chosen=chosen
        )
        if processes is None:
            processes = ensemble.default_threads()
        processes = whole_number(processes, "processes", 1, 1024)
        return [
            _with_agents(
                scenario,
                dict(agents),
                nature,
                seed,
                structure,
                numbers,
                bands,
                keep,
                processes,
                told,
                days_to,
            )
            for scenario in scenarios
        ]


def _one_life(
    scenario: Scenario,
    nature: Floats,
    seed: int,
    structure: str,
    replication: int,
    agents: dict[str, Any],
    rules: book.RuleBook,
) -> tuple[Singles, Singles, float, Floats]:
    """Return a world's days, the counts before them, its request to leave, conditions met."""
    from drawdown.day.world import World

    world = World(
        scenario,
        seed=seed,
        replication=replication,
        structure=structure,
        parameters=dict(zip((*PARAMETERS, *rules.numbers), nature.tolist(), strict=True)),
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


def _with_agents(
    scenario: Scenario,
    agents: dict[str, Any],
    nature: Floats,
    seed: int,
    structure: str,
    numbers: list[int],
    bands: bool,
    keep: Sequence[int],
    processes: int,
    progress: Progress | None,
    days_to: DaysTo | None,
) -> Ensemble:
    from joblib import Parallel, delayed

    wanted = set(keep)
    own = own_nature(scenario, nature)
    outcomes = np.empty((len(numbers), len(reductions.RUN_OUTCOMES)))
    counting = Counting(scenario.days)
    kept: dict[int, Singles] = {}
    lives = Parallel(n_jobs=processes, return_as="generator")(
        delayed(_one_life)(scenario, nature[:, k], seed, structure, number, agents, book.current())
        for k, number in enumerate(numbers)
    )
    met = np.empty((len(numbers), len(scenario.conditions)))
    for k, (days, before, request, met[k]) in enumerate(lives):
        row = np.empty((len(reductions.RUN_OUTCOMES), 1))
        engine = ensemble.the_engine()
        engine.summarise(
            days[:, :, None], np.array([request]), own[P.daesh_attacks_per_index, k : k + 1], row
        )
        outcomes[k] = row[:, 0]
        if bands:
            tail = np.zeros((TAIL, len(FLOWS), 1), np.float32)
            if len(before) == TAIL:
                tail = before[:, :, None]
            counting.add(engine, days[:, :, None], tail, 1)
        if days_to is not None:
            days_to(scenario, structure, np.array([numbers[k]]), days[:, :, None])
        if numbers[k] in wanted:
            kept[numbers[k]] = days
        if progress is not None:
            progress(1)
    return Ensemble(
        scenario,
        structure,
        seed,
        np.array(numbers),
        own,
        outcomes,
        counting.bands(scenario.start) if bands else None,
        kept,
        met=met,
    )
