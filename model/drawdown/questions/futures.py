"""Futures: draws of the uncertainties, each lived with several lucks under every structure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import STRUCTURES
from drawdown.declared.parameters import Uncertainty
from drawdown.declared.scenario import Scenario
from drawdown.worlds import shards


@dataclass(frozen=True)
class Futures:
    """Outcomes of scenarios in the same futures.

    Attributes:
        scenarios: What was played.
        uncertainties: Sampled parameters by name, shape (structures, draws).
        outcomes: By scenario's name and outcome, shape (structures, draws, lucks).
        draws: Draws a structure.
        lucks: Lucks a draw.
    """

    scenarios: tuple[Scenario, ...]
    uncertainties: dict[str, Floats]
    outcomes: dict[tuple[str, str], Floats]
    draws: int
    lucks: int

    def mean(self, scenario: str, outcome: str) -> Floats:
        """Return an outcome's mean over lucks, shape (structures, draws)."""
        values: Floats = self.outcomes[scenario, outcome].mean(axis=2)
        return values


def worlds(scenarios: int, draws: int, lucks: int) -> int:
    """Return how many worlds `play` plays."""
    return scenarios * draws * lucks * len(STRUCTURES)


def play(
    scenarios: Sequence[Scenario],
    outcomes: Sequence[str],
    draws: int,
    lucks: int,
    first: int = 0,
    seed: int = 0,
    uncertainty: Uncertainty = "posterior",
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Futures:
    """Play scenarios in the same futures.

    Args:
        scenarios: What to play.
        outcomes: Outcomes of `outcomes.RUN_OUTCOMES` to keep.
        draws: Draws of the uncertainties a structure.
        lucks: Lucks for each draw; no two draws share one.
        first: Number of the first draw.
        seed: Seed.
        uncertainty: What parameters are drawn from.
        threads: Threads.
        progress: Called with the number of worlds played.
    """
    names = declared.sampled()
    drawn: dict[str, list[Floats]] = {name: [] for name in names}
    kept: dict[tuple[str, str], list[Floats]] = {}
    for structure in STRUCTURES:
        nature = declared.draw(
            range(first, first + draws), seed=seed, structure=structure, uncertainty=uncertainty
        )
        for name in names:
            drawn[name].append(nature[declared.column(name)])
        for item in shards.play(
            scenarios,
            runs=draws * lucks,
            first=first * lucks,
            seed=seed,
            structure=structure,
            nature=np.repeat(nature, lucks, axis=1),
            bands=False,
            threads=threads,
            progress=progress,
        ):
            for outcome in outcomes:
                kept.setdefault((item.scenario.name, outcome), []).append(
                    item.outcome(outcome).reshape(draws, lucks)
                )
    return Futures(
        tuple(scenarios),
        {name: np.array(parts) for name, parts in drawn.items()},
        {key: np.array(parts) for key, parts in kept.items()},
        draws,
        lucks,
    )
