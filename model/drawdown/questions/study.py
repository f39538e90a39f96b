"""All that a report tells, played with one seed: comparison, thesis, drivers, regret, record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from drawdown.declared.columns import STRUCTURES
from drawdown.declared.errors import InputError
from drawdown.declared.scenario import Scenario
from drawdown.evidence import record_run
from drawdown.evidence.record_run import Held
from drawdown.questions import compare, decompose, futures, regret, sensitivity, thesis
from drawdown.questions.compare import Comparison
from drawdown.questions.decompose import Decomposition
from drawdown.questions.regret import Losses
from drawdown.questions.sensitivity import Drivers
from drawdown.questions.thesis import Thesis
from drawdown.worlds.checkpoint import Checkpoint, fingerprint
from drawdown.worlds.run import USUAL, Run

DRIVEN = ("tempo_foreign", "tempo_state", "dead_us", "authority", "daesh_index")
"""Outcomes whose drivers are looked for; the first is drawn as a tornado."""

SPLIT = ("tempo_foreign", "dead_us", "daesh_index")
"""Outcomes whose differences are split among the levers; the first is drawn as a waterfall."""

STRUCTURE = "neutral"
"""Structure under which drivers are looked for: the one where strikes move the tempo least."""


@dataclass(frozen=True)
class Sizes:
    """How much is played.

    Attributes:
        runs: Worlds a structure of the comparison and of the record run.
        draws: Draws a structure that test the hypotheses.
        lucks: Lucks for each of these draws.
        regret_draws: Draws a structure for regret.
        trajectories: Trajectories of Morris.
        few: Parameters that Sobol's analysis keeps.
        size: Base sample of Sobol, a power of two.
        point_lucks: Lucks for a regret draw or a point of a sensitivity analysis.
        split_runs: Worlds a structure of every subset that splits a difference.
    """

    runs: int = 1000
    draws: int = 200
    lucks: int = 7
    regret_draws: int = 300
    trajectories: int = 16
    few: int = 6
    size: int = 256
    point_lucks: int = 3
    split_runs: int = 300

    @staticmethod
    def small() -> Sizes:
        """Return sizes for a look within half a minute; the numbers are rough."""
        return Sizes(100, 100, 3, 60, 8, 4, 32, 2, 60)


@dataclass(frozen=True)
class Study:
    """What was played.

    Attributes:
        comparison: The scenarios side by side.
        thesis: The article's hypotheses.
        drivers: By scenario other than the baseline, what drives its difference from it.
        losses: Outcomes for regret.
        weights: The reader's weights; None weighs nothing against anything.
        held: The record run beside the record.
        sizes: How much was played.
        splits: By scenario other than the baseline, its difference from it split among the
            levers; missing where `decompose.pair` says why not.
    """

    comparison: Comparison
    thesis: Thesis
    drivers: Mapping[str, Drivers]
    losses: Losses
    weights: Mapping[str, float] | None
    held: tuple[Held, ...]
    sizes: Sizes
    splits: Mapping[str, Decomposition]


def pairs(scenarios: Sequence[Scenario], baseline: str) -> dict[str, decompose.Pair]:
    """Return what differs between each scenario and the baseline, where it can be told apart."""
    base = next(s for s in scenarios if s.name == baseline)
    found = {}
    for item in scenarios:
        if item is not base:
            with suppress(InputError):
                found[item.name] = decompose.pair(base, item)
    return found


def worlds(scenarios: Sequence[Scenario], baseline: str, sizes: Sizes) -> int:
    """Return about how many worlds `undertake` plays."""
    many = len(scenarios)
    split = sum(
        decompose.worlds(two, sizes.split_runs, len(STRUCTURES))
        for two in pairs(scenarios, baseline).values()
    )
    driven = sensitivity.worlds(sizes.trajectories, sizes.few, sizes.size, sizes.point_lucks, 2)
    return (
        many * sizes.runs * len(STRUCTURES)
        + split
        + thesis.worlds(sizes.draws, sizes.lucks)
        + (many - 1) * driven
        + futures.worlds(many, sizes.regret_draws, sizes.point_lucks)
        + sizes.runs * len(STRUCTURES)
    )


def undertake(
    scenarios: Sequence[Scenario],
    baseline: str | None = None,
    sizes: Sizes | None = None,
    run: Run = USUAL,
    weights: Mapping[str, float] | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> Study:
    """Play everything; what drives the differences is kept as it ends, should it be interrupted.

    Args:
        scenarios: At least two.
        baseline: Name of the one the others are compared with; by default the first.
        sizes: How much is played.
        run: How all is played, but for how much of it.
        weights: The reader's weights on outcomes.
        say: Called with the name of what is played now.
    """
    sizes = sizes or Sizes()
    how: dict[str, Any] = {
        "seed": run.seed,
        "uncertainty": run.uncertainty,
        "progress": run.progress,
    }
    say("Comparison")
    comparison = compare.compare(
        scenarios, runs=sizes.runs, structure="all", baseline=baseline, **how
    )
    base = next(s for s in comparison.scenarios if s.name == comparison.baseline)
    drivers = {}
    finished = []
    for item in comparison.scenarios:
        if item is not base:
            say(f"Drivers: {item.name}")
            drivers[item.name], kept = _drivers(item, base, sizes, run)
            finished.append(kept)
    splits = {}
    for name, two in pairs(comparison.scenarios, comparison.baseline).items():
        say(f"What makes the difference: {name}")
        splits[name] = decompose.play(two, SPLIT, runs=sizes.split_runs, **how)
    say("Regret")
    losses = regret.play(
        comparison.scenarios,
        list(weights or regret.SEPARATE),
        sizes.regret_draws,
        sizes.point_lucks,
        run,
    )
    say("Record")
    held = record_run.against_record(replace(run, runs=sizes.runs))
    say("Thesis")
    tested = thesis.examine(sizes.draws, sizes.lucks, run)
    for checkpoint in finished:
        checkpoint.forget()
    return Study(comparison, tested, drivers, losses, weights, tuple(held), sizes, splits)


def _drivers(
    case: Scenario,
    base: Scenario,
    sizes: Sizes,
    run: Run,
) -> tuple[Drivers, Checkpoint]:
    settings = {
        "played": [repr(s.what_is_played()) for s in (case, base)],
        "outcomes": DRIVEN,
        "sizes": (sizes.trajectories, sizes.few, sizes.size, sizes.point_lucks),
        "seed": run.seed,
    }
    key = fingerprint(settings, ("questions/sensitivity.py", "day/outcomes.py"))
    checkpoint = Checkpoint("report", key)

    found = sensitivity.examine(
        [case, base],
        DRIVEN,
        trajectories=sizes.trajectories,
        few=sizes.few,
        size=sizes.size,
        lucks=sizes.point_lucks,
        checkpoint=checkpoint,
        run=replace(run, structure=STRUCTURE),
    )
    return found, checkpoint
