"""Futures: draws of the uncertainties, each lived with several lucks under every structure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import STRUCTURES
from drawdown.declared.scenario import Scenario
from drawdown.worlds import shards
from drawdown.worlds.run import USUAL, Run


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
    run: Run = USUAL,
) -> Futures:
    """Play scenarios in the same futures.

    Args:
        scenarios: What to play.
        outcomes: Outcomes of `outcomes.RUN_OUTCOMES` to keep.
        draws: Draws of the uncertainties a structure, from number ``run.first`` on.
        lucks: Lucks for each draw; no two draws share one.
        run: How they are played.
    """
    names = declared.sampled()
    drawn: dict[str, list[Floats]] = {name: [] for name in names}
    kept: dict[tuple[str, str], list[Floats]] = {}
    for structure in STRUCTURES:
        one = replace(run, structure=structure, runs=draws, bands=False)
        nature = one.drawn()
        for name in names:
            drawn[name].append(nature[declared.column(name)])
        one = replace(
            one,
            runs=draws * lucks,
            first=run.first * lucks,
            nature=np.repeat(nature, lucks, axis=1),
        )
        for item in shards.play(scenarios, one):
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
