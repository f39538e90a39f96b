"""Approximate Bayesian computation for simulators that play many parameter sets at once.

Parameters live in the unit cube: a coordinate is the share of the prior below a value, so
the prior is uniform whatever its shape; on the line (probit) it is a standard normal.
`nearest` takes the parameter sets of a pilot from the prior whose records come nearest to the
observation, by the regression of parameters on statistics of Fearnhead and Prangle (2012);
`adjust` is the local linear regression of Beaumont et al. (2002). There are no further
generations: one pilot serves the record and every synthetic record that the method is tried on.
Libraries for this play one parameter set a call; the ensemble engine plays thousands in one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from drawdown.declared.arrays import Floats

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
        tolerance: Largest distance.
    """

    shares: Floats
    statistics: Floats
    distances: Floats
    tolerance: float


def nearest(shares: Floats, statistics: Floats, observed: Floats, particles: int) -> Population:
    """Return the points drawn from the prior whose statistics lie nearest to the observed ones."""
    far: Floats = np.sqrt(((statistics - observed) ** 2).sum(axis=1))
    chosen = np.argsort(far, kind="stable")[:particles]
    return Population(shares[chosen], statistics[chosen], far[chosen], float(far[chosen].max()))


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
