"""Proper scores of predictive distributions given as draws of counts.

CRPS and the interval score come from `scoringrules`; the logarithmic score and the bins of
the VIEWS challenge need a probability for each count, which `mass` gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, log2

import numpy as np
import scoringrules
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from drawdown.record import Series

Floats = NDArray[np.float64]

VIEWS_BINS = (0.0, 0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5)
"""Lower ends of the bins of the VIEWS 2023/24 challenge (literature:B)."""

SMOOTH = 0.05
"""Weight of a negative binomial with the draws' moments in the mass of a count: no count has
probability zero because no draw hit it."""

PIT_BINS = 10
SCORES = ("crps", "log_score", "interval_score", "views_ignorance")


@dataclass(frozen=True)
class Scores:
    """One distribution a row, scored.

    Attributes:
        name: Whose distributions.
        draws: The distributions, shape (rows, draws).
        crps: Continuous ranked probability score of each row; lower is better, as for all.
        log_score: Minus the log probability of the count.
        interval_score: Of the central 90 % interval.
        views_ignorance: Minus log2 of the probability of the count's bin of VIEWS.
        low: 5 % quantiles.
        high: 95 % quantiles.
        pit: Non-randomised PIT, shape (rows, bins): mass of each tenth.
    """

    name: str
    draws: Floats
    crps: Floats
    log_score: Floats
    interval_score: Floats
    views_ignorance: Floats
    low: Floats
    high: Floats
    pit: Floats

    def covered(self, series: Series) -> NDArray[np.bool_]:
        """Return which counts lie in the central 90 % interval."""
        inside: NDArray[np.bool_] = (self.low <= series.counts) & (series.counts <= self.high)
        return inside

    @property
    def width(self) -> float:
        """Mean width of the 90 % interval: sharpness."""
        return float((self.high - self.low).mean())

    def mean(self, score: str) -> float:
        """Return the mean of one of `SCORES` over the rows."""
        return float(getattr(self, score).mean())


def mass(draws: Floats, count: float) -> float:
    """Return the probability of a count: draws, smoothed by `SMOOTH`."""
    value = round(count)
    mean, variance = float(draws.mean()), float(draws.var())
    if variance > mean > 0:
        shape = mean * mean / (variance - mean)
        smooth = float(nbinom.pmf(value, shape, shape / (shape + mean)))
    else:
        smooth = float(poisson.pmf(value, max(mean, 1e-3)))
    share = float((np.round(draws) == value).mean())
    return max(1e-12, (1.0 - SMOOTH) * share + SMOOTH * smooth)


def _ignorance(draws: Floats, count: float) -> float:
    edges = np.array([*VIEWS_BINS, np.inf])
    held = np.histogram(draws, edges)[0] + 1.0
    place = int(np.searchsorted(edges, count, side="right")) - 1
    return -log2(held[place] / held.sum())


def _pit(draws: Floats, count: float) -> Floats:
    below, upto = float((draws < count).mean()), float((draws <= count).mean())
    edges = np.linspace(0.0, 1.0, PIT_BINS + 1)
    if upto <= below:
        places = np.where(edges <= below, 0.0, 1.0)
    else:
        places = np.clip((edges - below) / (upto - below), 0.0, 1.0)
    places[0], places[-1] = 0.0, 1.0
    return np.diff(places)


def score(name: str, draws: Floats, series: Series) -> Scores:
    """Return the scores of draws, shape (rows, draws), against a series."""
    counts = series.counts
    low, high = np.quantile(draws, [0.05, 0.95], axis=1)
    return Scores(
        name,
        draws,
        np.atleast_1d(scoringrules.crps_ensemble(counts, draws)),
        np.array([-log(mass(d, c)) for d, c in zip(draws, counts, strict=True)]),
        np.atleast_1d(scoringrules.interval_score(counts, low, high, 0.1)),
        np.array([_ignorance(d, c) for d, c in zip(draws, counts, strict=True)]),
        low,
        high,
        np.array([_pit(d, c) for d, c in zip(draws, counts, strict=True)]),
    )


@dataclass(frozen=True)
class Skill:
    """How much better one score is than a rival's on the same rows.

    Attributes:
        rival: Whose score it is compared with.
        skill: 1 less the quotient of mean scores: above 0 where the first is better.
        low: Lower end of the 90 % interval over resampled rows.
        high: Upper end.
    """

    rival: str
    skill: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """``wins``, ``loses`` or ``tie``: whether the interval leaves out zero."""
        return "wins" if self.low > 0 else "loses" if self.high < 0 else "tie"


def paired_skill(ours: Scores, rival: Scores, score: str = "crps", seed: int = 0) -> Skill:
    """Return the skill over a rival, with its uncertainty.

    Rows are resampled in blocks of three, circularly, because neighbours are alike.
    """
    a, b = getattr(ours, score), getattr(rival, score)
    n = len(a)
    block = min(3, n)
    generator = np.random.default_rng(seed)
    starts = generator.integers(0, n, size=(2000, -(-n // block)))
    index = ((starts[:, :, None] + np.arange(block)) % n).reshape(2000, -1)[:, :n]
    ratios = 1.0 - a[index].mean(axis=1) / np.maximum(b[index].mean(axis=1), 1e-12)
    low, high = np.quantile(ratios, [0.05, 0.95])
    whole = 1.0 - float(a.mean()) / max(float(b.mean()), 1e-12)
    return Skill(rival.name, whole, float(low), float(high))
