"""Approximate Bayesian computation for simulators that play many parameter sets at once.

Parameters live in the unit cube: a coordinate is the share of the prior below a value, so
the prior is uniform whatever its shape; on the line (probit) it is a standard normal.
`next_population` is the sequential Monte Carlo of Drovandi and Pettitt (2011): a shrinking
tolerance, survivors copied and then moved by a Markov chain. The chain's proposal
(preconditioned Crank-Nicolson) leaves the prior alone, so a move is taken whenever it lands
within the tolerance: there are no importance weights to degenerate in many dimensions.
`adjust` is the local linear regression of Beaumont et al. (2002), `Summary` the regression
of parameters on statistics of Fearnhead and Prangle (2012). Libraries for this play one
parameter set a call; the ensemble engine plays thousands in one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from drawdown.declared.arrays import Booleans, Floats

Simulate = Callable[[Floats], Floats]
"""From parameters, shape (points, parameters), to statistics, shape (points, statistics)."""

_EDGE = 1e-4


def to_line(shares: Floats) -> Floats:
    """Return shares of the prior on the whole line (probit), where regressions are linear."""
    line: Floats = ndtri(np.clip(shares, _EDGE, 1.0 - _EDGE))
    return line


def to_shares(line: Floats) -> Floats:
    """Return points of the line as shares of the prior."""
    shares: Floats = ndtr(line)
    return shares


def sobol(points: int, parameters: int, seed: int) -> Floats:
    """Return scrambled Sobol points in the unit cube, shape (points, parameters)."""
    sampler = qmc.Sobol(parameters, rng=np.random.default_rng(seed))
    power = int(np.ceil(np.log2(max(2, points))))
    drawn: Floats = sampler.random_base2(power)[:points]
    return drawn


@dataclass(frozen=True)
class Summary:
    """Statistics reduced to one number a parameter: what they say about it.

    Attributes:
        mean: Mean of the statistics.
        scale: Their spread.
        weights: Regression of parameters (on the line) on scaled statistics.
        explained: Share of each parameter's variance that the statistics explain.
    """

    mean: Floats
    scale: Floats
    weights: Floats
    explained: Floats

    @staticmethod
    def fit(shares: Floats, statistics: Floats) -> Summary:
        """Return the regression of parameters on statistics over a pilot."""
        mean = statistics.mean(axis=0)
        scale = np.maximum(statistics.std(axis=0), 1e-9)
        x = (statistics - mean) / scale
        y = to_line(shares)
        y = y - y.mean(axis=0)
        ridge = 1e-3 * len(x) * np.eye(x.shape[1])
        weights = np.linalg.solve(x.T @ x + ridge, x.T @ y)
        explained = 1.0 - (y - x @ weights).var(axis=0) / y.var(axis=0)
        return Summary(mean, scale, weights, explained)

    def __call__(self, statistics: Floats) -> Floats:
        """Return one number a parameter, shape (points, parameters)."""
        result: Floats = ((statistics - self.mean) / self.scale) @ self.weights
        return result


@dataclass(frozen=True)
class Population:
    """Parameter sets that came near the observation, equally weighted.

    Attributes:
        shares: Parameters in the unit cube, shape (particles, parameters).
        statistics: What they gave, shape (particles, statistics).
        distances: How far from the observation.
        tolerance: Largest distance allowed.
        played: Parameter sets played so far.
        rate: Share of the last moves that were taken.
    """

    shares: Floats
    statistics: Floats
    distances: Floats
    tolerance: float
    played: int
    rate: float


def distances(statistics: Floats, observed: Floats) -> Floats:
    """Return Euclidean distances from the observation."""
    result: Floats = np.sqrt(((statistics - observed) ** 2).sum(axis=1))
    return result


def first_population(
    shares: Floats, statistics: Floats, observed: Floats, particles: int
) -> Population:
    """Return the nearest points of a pilot drawn from the prior."""
    far = distances(statistics, observed)
    chosen = np.argsort(far, kind="stable")[:particles]
    return Population(
        shares[chosen],
        statistics[chosen],
        far[chosen],
        float(far[chosen].max()),
        len(shares),
        len(chosen) / len(shares),
    )


def next_population(
    before: Population,
    observed: Floats,
    simulate: Simulate,
    allowed: Callable[[Floats], Booleans],
    generator: np.random.Generator,
    quantile: float = 0.5,
    renewed: float = 1.5,
    most_moves: int = 120,
) -> Population:
    """Return the next generation: a smaller tolerance, survivors copied and moved.

    Args:
        before: The last generation.
        observed: The observation's statistics.
        simulate: Plays parameter sets.
        allowed: Whether points of the unit cube are within the prior's support.
        generator: Random numbers of proposals.
        quantile: The new tolerance is this quantile of the last distances.
        renewed: Moves go on until each particle has moved so often on average, so that
            copies do not pass for independent draws.
        most_moves: Moves tried at most.
    """
    size = len(before.shares)
    tolerance = float(np.quantile(before.distances, quantile))
    survivors = np.flatnonzero(before.distances <= tolerance)
    picked = np.concatenate(
        [survivors, generator.choice(survivors, size=size - len(survivors), replace=True)]
    )
    line = to_line(before.shares[picked])
    statistics, far = before.statistics[picked].copy(), before.distances[picked].copy()
    # A coordinate as wide as the prior is drawn afresh, a narrow one moves a little.
    spread = np.clip(line[: len(survivors)].std(axis=0), 0.05, 1.0)
    step = np.minimum(1.0, 1.2 * spread)
    keep = np.sqrt(1.0 - step**2)
    taken = played = moves = 0
    while taken < renewed * size and moves < most_moves:
        moves += 1
        proposed = keep * line + step * generator.standard_normal(line.shape)
        shares = to_shares(proposed)
        inside = np.flatnonzero(allowed(shares))
        found = simulate(shares[inside])
        new = distances(found, observed)
        near = new <= tolerance
        index = inside[near]
        line[index], statistics[index], far[index] = proposed[index], found[near], new[near]
        taken += len(index)
        played += len(inside)
    return Population(
        to_shares(line), statistics, far, tolerance, before.played + played, taken / (size * moves)
    )


def adjust(population: Population, observed: Floats) -> tuple[Floats, Floats]:
    """Return parameters moved to where the observation is, and their weights.

    Local linear regression with an Epanechnikov kernel over the tolerance.
    """
    line = to_line(population.shares)
    weights = np.maximum(1e-6, 1.0 - (population.distances / (population.tolerance + 1e-12)) ** 2)
    weights = weights / weights.sum()
    x = population.statistics - observed
    design = np.column_stack([np.ones(len(x)), x])
    a = design * np.sqrt(weights)[:, None]
    ridge = 1e-6 * np.eye(design.shape[1])
    slopes = np.linalg.solve(a.T @ a + ridge, a.T @ (line * np.sqrt(weights)[:, None]))
    return to_shares(line - x @ slopes[1:]), weights


def resample(shares: Floats, weights: Floats, size: int, generator: np.random.Generator) -> Floats:
    """Return equally weighted draws (systematic resampling)."""
    places = (generator.random() + np.arange(size)) / size
    index = np.searchsorted(np.cumsum(weights), places)
    return shares[np.minimum(index, len(shares) - 1)]
