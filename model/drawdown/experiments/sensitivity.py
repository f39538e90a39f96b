"""What drives outcomes and the differences between scenarios: Morris, then Sobol.

Samples and indices are SALib's; the model is played in chunks that are kept as they end, so
that an interrupted analysis goes on where it stopped. Points are shares of the priors, so an
index says what matters over the prior, in the prior's own measure. All points live the same
few lucks, and outputs are means over them: what differs between points is their parameters,
and how these meet that luck.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drawdown import ensemble
from drawdown import parameters as declared
from drawdown.checkpoint import Checkpoint
from drawdown.layout import PARAMETERS
from drawdown.scenario import Scenario

Floats = NDArray[np.float64]
Model = Callable[[Floats], Floats]
"""From points of the unit cube, shape (points, parameters), to outputs, (points, outputs)."""

CHUNK = 1024
"""Points played and kept at a time."""

LEVELS = 4
"""Levels of a Morris grid."""

DUMMIES = 4
"""Parameters that do nothing, beside the others: the level of noise."""

CONFIDENCE = 0.95


def varied(structure: str) -> list[str]:
    """Return the parameters that have a prior to vary over under a structure."""
    found = []
    for name, item in declared.declarations().items():
        if item.prior is not None and item.prior[structure].fixed is None:
            found.append(name)
    return found


def worlds(trajectories: int, few: int, size: int, lucks: int, scenarios: int) -> int:
    """Return about how many worlds an analysis plays, for a progress bar."""
    screened = trajectories * (len(declared.sampled()) + DUMMIES + 1)
    return (screened + size * (few + 2)) * lucks * scenarios


def problem(names: Sequence[str]) -> dict[str, Any]:
    """Return a SALib problem over the unit cube: shares of the named parameters' priors."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def model(
    scenarios: Sequence[str | Scenario],
    outcomes: Sequence[str],
    names: Sequence[str] | None = None,
    structure: str = "null",
    seed: int = 0,
    lucks: int = 1,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Model:
    """Return the model as a function of points of the unit cube, as SALib wants one.

    Args:
        scenarios: One scenario; or two, whose difference (first less second) is returned.
        outcomes: Outcomes of `summaries.RUN_OUTCOMES`, one output each.
        names: Parameters that the points' columns are; by default all sampled ones. Those
            not named keep their defaults.
        structure: Rival structure.
        seed: Seed of the luck.
        lucks: Lucks that every point lives; outputs are means over them.
        threads: Threads.
        progress: Called with the number of worlds played.
    """
    chosen = list(names) if names is not None else declared.sampled()
    loaded = [s if isinstance(s, Scenario) else Scenario.load(s) for s in scenarios]
    items = declared.declarations()
    usual = declared.draw([0], structure=structure, uncertainty="none")[:, 0]

    def play(points: Floats) -> Floats:
        nature = np.repeat(usual[:, None], len(points), axis=1)
        for column, name in enumerate(chosen):
            prior = items[name].prior
            if prior is not None:
                nature[PARAMETERS.index(name)] = prior[structure].quantiles(points[:, column])
        played = ensemble.play(
            loaded,
            runs=len(points) * lucks,
            seed=seed,
            structure=structure,
            nature=np.repeat(nature, lucks, axis=1),
            luck=list(range(lucks)) * len(points),
            bands=False,
            threads=threads,
            progress=progress,
        )
        values = [
            np.column_stack(
                [e.outcome(o).reshape(len(points), lucks).mean(axis=1) for o in outcomes]
            )
            for e in played
        ]
        result: Floats = values[0] - values[1] if len(values) > 1 else values[0]
        return result

    return play


def _in_chunks(name: str, points: Floats, play: Model, checkpoint: Checkpoint) -> Floats:
    parts = []
    for k, begin in enumerate(range(0, len(points), CHUNK)):
        part = points[begin : begin + CHUNK]

        def make(part: Floats = part) -> dict[str, Floats]:
            return {"values": play(part)}

        parts.append(checkpoint.stage(f"{name}-{k:05d}", make)["values"])
    return np.vstack(parts)


@dataclass(frozen=True)
class Morris:
    """Elementary effects.

    Attributes:
        names: Parameters.
        outcomes: Outputs.
        effects: Mean absolute effects over the output's standard deviation, shape
            (outcomes, parameters).
        errors: Half 95 % intervals of the same.
        noise: Largest effect of a dummy, one an output.
    """

    names: tuple[str, ...]
    outcomes: tuple[str, ...]
    effects: Floats
    errors: Floats
    noise: Floats

    def few(self, most: int) -> list[str]:
        """Return the parameters that stand out of the noise, strongest first."""
        over = (self.effects / np.maximum(self.noise[:, None], 1e-12)).max(axis=0)
        order = np.argsort(-over)
        return [self.names[i] for i in order[:most] if over[i] > 1.0]


def screen(
    model_of: Callable[[Sequence[str]], Model],
    names: Sequence[str],
    outcomes: Sequence[str],
    trajectories: int,
    seed: int,
    checkpoint: Checkpoint,
) -> Morris:
    """Return Morris's effects of all parameters, beside dummies.

    Args:
        model_of: The model as a function of the named parameters.
        names: Parameters.
        outcomes: Names of the model's outputs.
        trajectories: Trajectories.
        seed: Seed of the design.
        checkpoint: Where chunks are kept.
    """
    from SALib.analyze import morris as analyse
    from SALib.sample import morris as sample

    every = [*names, *(f"dummy_{i}" for i in range(DUMMIES))]
    design = problem(every)
    points = sample.sample(design, N=trajectories, num_levels=LEVELS, seed=seed)
    values = _in_chunks("morris", points[:, : len(names)], model_of(names), checkpoint)
    effects, errors = [], []
    for column in values.T:
        spread = max(float(column.std()), 1e-12)
        found = analyse.analyze(design, points, column / spread, num_levels=LEVELS, seed=seed)
        effects.append(np.asarray(found["mu_star"], np.float64))
        errors.append(np.asarray(found["mu_star_conf"], np.float64))
    table, error = np.array(effects), np.array(errors)
    n = len(names)
    return Morris(
        tuple(names), tuple(outcomes), table[:, :n], error[:, :n], table[:, n:].max(axis=1)
    )


@dataclass(frozen=True)
class Sobol:
    """Variance-based indices.

    Attributes:
        names: Parameters.
        outcomes: Outputs.
        first: First-order indices, shape (outcomes, parameters).
        first_errors: Half 95 % intervals.
        total: Total indices.
        total_errors: Half 95 % intervals.
        half_total: Total indices from the first half of the sample: how far they have settled.
        runs: Points played.
    """

    names: tuple[str, ...]
    outcomes: tuple[str, ...]
    first: Floats
    first_errors: Floats
    total: Floats
    total_errors: Floats
    half_total: Floats
    runs: int


def sobol_points(names: Sequence[str], size: int, seed: int) -> Floats:
    """Return the points of a Sobol analysis: ``size`` times (parameters + 2)."""
    from SALib.sample import sobol as sample

    points: Floats = sample.sample(
        problem(names), size, calc_second_order=False, scramble=True, seed=seed
    )
    return points


def indices(
    names: Sequence[str], values: Floats, seed: int
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return first and total indices with half intervals, one row an output."""
    from SALib.analyze import sobol as analyse

    # SALib takes a seed of zero for no seed and resamples by the clock.
    resampling_seed = seed + 1
    rows: list[list[Floats]] = [[], [], [], []]
    for column in values.T:
        spread = float(column.std())
        if spread == 0.0:
            for row in rows:
                row.append(np.zeros(len(names)))
            continue
        with warnings.catch_warnings():
            # A parameter without effect has an index of about zero; its error is what counts.
            warnings.simplefilter("ignore", RuntimeWarning)
            found = analyse.analyze(
                problem(names),
                (column - column.mean()) / spread,
                calc_second_order=False,
                conf_level=CONFIDENCE,
                seed=resampling_seed,
            )
        for row, key in zip(rows, ("S1", "S1_conf", "ST", "ST_conf"), strict=True):
            row.append(np.asarray(found[key], np.float64))
    first, first_errors, total, total_errors = (np.array(row) for row in rows)
    return first, first_errors, total, total_errors


def decompose(
    model_of: Callable[[Sequence[str]], Model],
    names: Sequence[str],
    outcomes: Sequence[str],
    size: int,
    seed: int,
    checkpoint: Checkpoint,
) -> Sobol:
    """Return Sobol's indices over a few parameters.

    Args:
        model_of: The model as a function of the named parameters.
        names: Parameters.
        outcomes: Names of the model's outputs.
        size: Base sample, a power of two.
        seed: Seed of the design.
        checkpoint: Where chunks are kept.
    """
    points = sobol_points(names, size, seed)
    values = _in_chunks("sobol", points, model_of(names), checkpoint)
    half = (size // 2) * (len(names) + 2)
    return Sobol(
        tuple(names),
        tuple(outcomes),
        *indices(names, values, seed),
        indices(names, values[:half], seed)[2],
        len(points),
    )
