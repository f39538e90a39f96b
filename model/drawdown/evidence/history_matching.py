"""History matching: which part of the prior is not ruled out by the record.

A quadratic emulator of each statistic's mean and spread over the unit cube; a point is
implausible where some statistic lies further from the record's interval than three times
the spread from luck, the model's own error and the emulator's. Reference: McCulloch et al.
2022 (literature:C), the limit of three after Pukelsheim 1994.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drawdown.declared.arrays import Booleans, Floats

LIMIT = 3.0
"""Implausibility beyond which a point is ruled out."""


def _features(shares: Floats) -> Floats:
    x = 2.0 * shares - 1.0
    i, j = np.triu_indices(x.shape[1])
    return np.hstack([np.ones((len(x), 1)), x, x[:, i] * x[:, j]])


@dataclass(frozen=True)
class Emulator:
    """Quadratic surfaces of statistics over the unit cube.

    Attributes:
        means: Coefficients of the means, shape (features, statistics).
        spreads: Coefficients of the logarithm of the spread from luck.
        errors: Standard deviation of what the surfaces of the means leave.
    """

    means: Floats
    spreads: Floats
    errors: Floats

    @staticmethod
    def fit(shares: Floats, means: Floats, spreads: Floats, lucks: int) -> Emulator:
        """Return the surfaces through points that were each played with several lucks.

        Args:
            shares: Points, shape (points, parameters).
            means: Mean of each statistic over lucks, shape (points, statistics).
            spreads: Its standard deviation over lucks.
            lucks: How many lucks.
        """
        x = _features(shares)
        a: Floats = np.linalg.lstsq(x, means, rcond=None)[0].astype(np.float64)
        logs = np.log(np.maximum(spreads, 0.05))
        b: Floats = np.linalg.lstsq(x, logs, rcond=None)[0].astype(np.float64)
        left = (means - x @ a).var(axis=0)
        noise = (spreads**2).mean(axis=0) / lucks
        return Emulator(a, b, np.sqrt(np.maximum(left - noise, 0.0)))

    def implausibility(self, shares: Floats, low: Floats, high: Floats) -> Floats:
        """Return each point's largest implausibility over the statistics.

        Args:
            shares: Points, shape (points, parameters).
            low: Lowest value that the record allows for each statistic.
            high: Highest value.
        """
        x = _features(shares)
        mean, spread = x @ self.means, np.exp(x @ self.spreads)
        gap = np.maximum(0.0, np.maximum(low - mean, mean - high))
        measure: Floats = (gap / np.sqrt(spread**2 + self.errors**2)).max(axis=1)
        return measure

    def allowed(self, shares: Floats, low: Floats, high: Floats) -> Booleans:
        """Return which points are not ruled out."""
        result: Booleans = self.implausibility(shares, low, high) <= LIMIT
        return result
