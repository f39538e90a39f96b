"""Drawdown as a SALib problem, for those who have their workflow there.

    from drawdown.connect.salib import evaluate, problem
    from SALib.sample import sobol
    points = sobol.sample(problem(), 256, calc_second_order=False)
    values = evaluate(points, "combat-to-advisory", "tempo_foreign")

Points are shares of the priors, from 0 to 1 in every column.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from drawdown.day.outcomes import RUN_OUTCOMES
from drawdown.declared.arrays import Floats
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.parameters import LARGEST_SEED, check_structure, whole_number
from drawdown.questions import sensitivity
from drawdown.questions.compare import Given, load_all
from drawdown.worlds.run import Run


def problem(structure: str = "neutral") -> dict[str, Any]:
    """Return the problem: names of the parameters with a prior, bounds 0 and 1.

    Args:
        structure: Rival structure; under neutral a strike has no effect to vary.
    """
    return sensitivity.problem(sensitivity.varied(check_structure(structure)))


def _points(points: Any, names: list[str]) -> Floats:
    """Return points as an array, checked.

    Raises:
        InputError: If they have another shape, other columns, or leave the unit cube.
    """
    columns = getattr(points, "columns", None)
    if columns is not None and list(columns) != list(range(len(names))):
        given = [f"{c}" for c in columns]
        faults = [unknown("parameter", c, names) for c in given if c not in names]
        faults += [f"column {n} is missing" for n in names if n not in given]
        if faults:
            raise InputError(faults)
        points = points[names]
    try:
        found = np.asarray(points, np.float64)
    except (TypeError, ValueError):
        raise InputError("points must be numbers, one row a point") from None
    if found.ndim == 1 and found.size == len(names):
        found = found[None, :]
    if found.ndim != 2 or found.shape[1] != len(names) or len(found) == 0:
        raise InputError(
            f"points must have {len(names)} columns, one a parameter of the problem, got "
            f"shape {found.shape}"
        )
    outside = ~((found >= 0.0) & (found <= 1.0))
    if outside.any():
        row, column = np.argwhere(outside)[0]
        raise InputError(
            f"points must lie within the problem's bounds, 0 to 1: row {row}, {names[column]} is "
            f"{found[row, column]:g} ({int(outside.sum())} such numbers)"
        )
    return found


def evaluate(
    points: Any,
    scenario: Given,
    outcome: str = "tempo_foreign",
    less: Given | None = None,
    structure: str = "neutral",
    lucks: int = 8,
    seed: int = 0,
) -> Floats:
    """Return an outcome at each point, the mean over lucks that all points share.

    Args:
        points: Shares of the priors, shape (points, parameters of `problem`): an array, lists,
            or a frame with a column a parameter. One point may stand alone.
        scenario: Name or path of a scenario, or a scenario.
        outcome: One of `outcomes.RUN_OUTCOMES`.
        less: A scenario whose outcome is subtracted, world by world.
        structure: Rival structure.
        lucks: How many lucks.
        seed: Seed of the luck.

    Raises:
        InputError: For an unknown name, points of another shape or outside the problem's
            bounds, or an outcome without a value at some points.
    """
    one = check_structure(structure)
    names = sensitivity.varied(one)
    if outcome not in RUN_OUTCOMES:
        raise InputError(unknown("outcome", f"{outcome}", RUN_OUTCOMES))
    lucks = whole_number(lucks, "lucks", 1, 100_000)
    seed = whole_number(seed, "seed", 0, LARGEST_SEED)
    given = _points(points, names)
    scenarios = load_all([scenario] if less is None else [scenario, less])
    run = Run(seed=seed, structure=one)
    found: Floats = sensitivity.model(scenarios, [outcome], names, lucks, run)(given)[:, 0]
    missing = int(np.isnan(found).sum())
    if missing:
        raise InputError(f"{outcome} has no value at {missing} of {len(found)} points")
    return found
