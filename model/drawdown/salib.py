"""Drawdown as a SALib problem, for those who have their workflow there.

    from drawdown.salib import evaluate, problem
    from SALib.sample import sobol
    points = sobol.sample(problem(), 256, calc_second_order=False)
    values = evaluate(points, "combat-to-advisory", "tempo_foreign")

Points are shares of the priors, from 0 to 1 in every column.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from drawdown.errors import InputError, unknown
from drawdown.experiments import sensitivity
from drawdown.experiments.compare import load_all, structures_of
from drawdown.summaries import RUN_OUTCOMES

Floats = NDArray[np.float64]


def problem(structure: str = "null") -> dict[str, Any]:
    """Return the problem: names of the parameters with a prior, bounds 0 and 1.

    Args:
        structure: Rival structure; under null a strike has no effect to vary.
    """
    (one,) = structures_of(structure)
    return sensitivity.problem(sensitivity.varied(one))


def evaluate(
    points: Floats,
    scenario: str,
    outcome: str = "tempo_foreign",
    less: str | None = None,
    structure: str = "null",
    lucks: int = 8,
    seed: int = 0,
) -> Floats:
    """Return an outcome at each point, the mean over lucks that all points share.

    Args:
        points: Shares of the priors, shape (points, parameters of `problem`).
        scenario: Name or path of a scenario.
        outcome: One of `summaries.RUN_OUTCOMES`.
        less: A scenario whose outcome is subtracted, world by world.
        structure: Rival structure.
        lucks: How many lucks.
        seed: Seed of the luck.

    Raises:
        InputError: For an unknown name, or points of another shape.
    """
    (one,) = structures_of(structure)
    names = sensitivity.varied(one)
    if outcome not in RUN_OUTCOMES:
        raise InputError(unknown("outcome", outcome, RUN_OUTCOMES))
    if points.ndim != 2 or points.shape[1] != len(names):
        raise InputError(
            f"points must have {len(names)} columns, one a parameter of problem('{one}'), got "
            f"shape {points.shape}"
        )
    scenarios = load_all([scenario] if less is None else [scenario, less])
    found: Floats = sensitivity.model(scenarios, [outcome], names, one, seed, lucks)(points)[:, 0]
    return found
