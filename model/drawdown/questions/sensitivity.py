"""What drives outcomes and the differences between scenarios: Morris, then Sobol.

Samples and indices are SALib's; the model is played in chunks that are kept as they end, so
that an interrupted analysis goes on where it stopped. Points are shares of the priors, so an
index says what matters over the prior, in the prior's own measure. All points live the same
few lucks, and outputs are means over them: what differs between points is their parameters,
and how these meet that luck.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats
from drawdown.declared.scenario import Scenario
from drawdown.worlds import shards
from drawdown.worlds.checkpoint import Checkpoint
from drawdown.worlds.run import USUAL, Run

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
    lucks: int = 1,
    run: Run = USUAL,
) -> Model:
    """Return the model as a function of points of the unit cube, as SALib wants one.

    Args:
        scenarios: One scenario; or two, whose difference (first less second) is returned.
        outcomes: Outcomes of `outcomes.RUN_OUTCOMES`, one output each.
        names: Parameters that the points' columns are; by default all sampled ones. Those
            not named keep their defaults.
        lucks: Lucks that every point lives; outputs are means over them.
        run: How they are played; its seed is that of the luck.
    """
    chosen = list(names) if names is not None else declared.sampled()
    loaded = [s if isinstance(s, Scenario) else Scenario.load(s) for s in scenarios]
    items = declared.declarations()
    usual = declared.draw([0], structure=run.structure, uncertainty="none")[:, 0]

    def play(points: Floats) -> Floats:
        nature = np.repeat(usual[:, None], len(points), axis=1)
        for column, name in enumerate(chosen):
            prior = items[name].prior
            if prior is not None:
                nature[declared.column(name)] = prior[run.structure].quantiles(points[:, column])
        one = replace(
            run,
            runs=len(points) * lucks,
            nature=np.repeat(nature, lucks, axis=1),
            luck=list(range(lucks)) * len(points),
            bands=False,
        )
        played = shards.play(loaded, one)
        values = [
            np.column_stack(
                [e.outcome(o).reshape(len(points), lucks).mean(axis=1) for o in outcomes]
            )
            for e in played
        ]
        result: Floats = values[0] - values[1] if len(values) > 1 else values[0]
        return result

    return play


def _in_chunks(
    name: str, points: Floats, play: Model, checkpoint: Checkpoint, there: Callable[[int], None]
) -> Floats:
    parts = []
    for k, begin in enumerate(range(0, len(points), CHUNK)):
        part = points[begin : begin + CHUNK]
        now: list[int] = []

        def make(part: Floats = part, now: list[int] = now) -> dict[str, Floats]:
            now.append(len(part))
            return {"values": play(part)}

        parts.append(checkpoint.stage(f"{name}-{k:05d}", make)["values"])
        if not now:
            there(len(part))
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

    def few(self, most: int, outcome: str | None = None) -> list[str]:
        """Return the parameters that stand out of the noise, strongest first.

        Args:
            most: How many at most.
            outcome: The outcome that they stand out in; by default in any.
        """
        over = self.effects / np.maximum(self.noise[:, None], 1e-12)
        row = over.max(axis=0) if outcome is None else over[self.outcomes.index(outcome)]
        order = np.argsort(-row, kind="stable")
        return [self.names[i] for i in order[:most] if row[i] > 1.0]


def screen(
    model_of: Callable[[Sequence[str]], Model],
    names: Sequence[str],
    outcomes: Sequence[str],
    trajectories: int,
    seed: int,
    checkpoint: Checkpoint,
    left_out: dict[str, tuple[str, float]] | None = None,
    there: Callable[[int], None] = lambda points: None,
) -> Morris:
    """Return Morris's effects of all parameters, beside dummies.

    Args:
        model_of: The model as a function of the named parameters.
        names: Parameters.
        outcomes: Names of the model's outputs.
        trajectories: Trajectories.
        seed: Seed of the design.
        checkpoint: Where chunks are kept.
        left_out: Filled with the outputs that never vary or are missing at some points; they
            are not in what is returned.
        there: Called with the number of points whose values are kept from before.
    """
    from SALib.analyze import morris as analyse
    from SALib.sample import morris as sample

    every = [*names, *(f"dummy_{i}" for i in range(DUMMIES))]
    design = problem(every)
    points = sample.sample(design, N=trajectories, num_levels=LEVELS, seed=seed)
    values = _in_chunks("morris", points[:, : len(names)], model_of(names), checkpoint, there)
    effects, errors, kept = [], [], []
    told = left_out if left_out is not None else {}
    for outcome, column in zip(outcomes, values.T, strict=True):
        missing = float(np.isnan(column).mean())
        if missing > 0.0:
            told[outcome] = ("missing", missing)
            continue
        if float(np.ptp(column)) == 0.0:
            told[outcome] = ("constant", float(column[0]))
            continue
        kept.append(outcome)
        spread = float(column.std())
        found = analyse.analyze(design, points, column / spread, num_levels=LEVELS, seed=seed)
        effects.append(np.asarray(found["mu_star"], np.float64))
        errors.append(np.asarray(found["mu_star_conf"], np.float64))
    table = np.array(effects).reshape(-1, len(every))
    error = np.array(errors).reshape(-1, len(every))
    n = len(names)
    return Morris(tuple(names), tuple(kept), table[:, :n], error[:, :n], table[:, n:].max(axis=1))


@dataclass(frozen=True)
class Sobol:
    """Variance-based indices. A parameter that is not among an outcome's few has NaN there.

    Attributes:
        names: Parameters that are among the few of some outcome.
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

    def few(self, outcome: str) -> list[str]:
        """Return an outcome's few parameters, those with the largest total index first."""
        row = self.total[self.outcomes.index(outcome)]
        order = np.argsort(-row, kind="stable")
        return [self.names[i] for i in order if row[i] == row[i]]


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
            # Rare outcomes are the same at all points of one of the sample's parts.
            warnings.filterwarnings("ignore", "Constant values", UserWarning)
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
    every: Sequence[str],
    few: Mapping[str, Sequence[str]],
    size: int,
    seed: int,
    checkpoint: Checkpoint,
    there: Callable[[int], None] = lambda points: None,
) -> Sobol:
    """Return Sobol's indices of each outcome's few parameters.

    All parameters vary in the base samples, whichever few are asked for, so that what is told
    of an outcome does not depend on which others are asked for beside it.

    Args:
        model_of: The model as a function of the named parameters.
        every: All parameters that vary.
        few: For each output, in order, the parameters whose indices are wanted.
        size: Base sample, a power of two.
        seed: Seed of the design.
        checkpoint: Where chunks are kept.
        there: Called with the number of points whose values are kept from before.
    """
    outcomes = tuple(few)
    names = [n for n in every if any(n in chosen for chosen in few.values())]
    points = sobol_points(every, size, seed).reshape(size, len(every) + 2, len(every))
    rows = [0, *(1 + list(every).index(n) for n in names), len(every) + 1]
    design = points[:, rows].reshape(-1, len(every))
    values = _in_chunks("sobol", design, model_of(every), checkpoint, there)
    by_base = values.reshape(size, len(rows), len(outcomes))
    shape = (len(outcomes), len(names))
    tables = {
        k: np.full(shape, np.nan)
        for k in ("first", "first_errors", "total", "total_errors", "half_total")
    }
    for o, chosen in enumerate(few.values()):
        columns = [k for k, n in enumerate(names) if n in chosen]
        if not columns or np.isnan(by_base[:, :, o]).any():
            continue
        own = by_base[:, [0, *(1 + k for k in columns), len(rows) - 1], o].reshape(-1, 1)
        wanted = [names[k] for k in columns]
        half = (size // 2) * (len(columns) + 2)
        found = (*indices(wanted, own, seed), indices(wanted, own[:half], seed)[2])
        for table, row in zip(tables.values(), found, strict=True):
            table[o, columns] = row[0]
    return Sobol(names=tuple(names), outcomes=outcomes, runs=len(design), **tables)


@dataclass(frozen=True)
class Drivers:
    """What drives some outcomes, and which of those asked for have no drivers to find.

    Attributes:
        morris: Effects, or None where no outcome is left.
        sobol: Indices, or None.
        left_out: For each outcome that is left out: ``constant`` and its value, or
            ``missing`` and the share of points at which it has none.
    """

    morris: Morris | None
    sobol: Sobol | None
    left_out: tuple[tuple[str, tuple[str, float]], ...]


def examine(
    scenarios: Sequence[str | Scenario],
    outcomes: Sequence[str],
    *,
    trajectories: int,
    few: int,
    size: int,
    lucks: int,
    checkpoint: Checkpoint,
    run: Run = USUAL,
) -> Drivers:
    """Return what drives a scenario's outcomes, or their difference from another's.

    An outcome that never varies, or has no value at some points, is left out and named.

    Args:
        scenarios: One scenario, or two for their difference.
        outcomes: Outcomes of `outcomes.RUN_OUTCOMES`.
        trajectories: Trajectories of Morris.
        few: Parameters of each outcome that Sobol's analysis is made for, at most.
        size: Base sample of Sobol, a power of two.
        lucks: Lucks that each point lives.
        checkpoint: Where chunks are kept.
        run: How they are played; worlds of chunks that were there are said to be played too.
    """

    def there(points: int) -> None:
        run.played(points * lucks * len(scenarios))

    def model_of(kept: Sequence[str]) -> Callable[[Sequence[str]], Model]:
        def of(names: Sequence[str]) -> Model:
            return model(scenarios, kept, names, lucks, run)

        return of

    every = varied(run.structure)
    told: dict[str, tuple[str, float]] = {}
    morris = screen(
        model_of(outcomes), every, outcomes, trajectories, run.seed, checkpoint, told, there
    )
    kept = [o for o in outcomes if o not in told]
    if not kept:
        return Drivers(None, None, tuple(told.items()))
    chosen = {o: morris.few(few, o) for o in kept}
    sobol = decompose(model_of(kept), every, chosen, size, run.seed, checkpoint, there)
    for o, outcome in enumerate(kept):
        if chosen[outcome] and np.isnan(sobol.total[o]).all():
            told[outcome] = ("missing", 0.0)
    return Drivers(morris, sobol, tuple(told.items()))
