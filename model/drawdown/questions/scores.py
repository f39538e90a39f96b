"""Proper scores of predictive distributions given as draws of counts.

CRPS and the interval score come from `scoringrules`; the logarithmic score and the bins of
the VIEWS challenge need a probability for each count, which `mass` gives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log, log2

import numpy as np
import scoringrules
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import nbinom, poisson

from drawdown.declared.record import Series

Floats = NDArray[np.float64]

VIEWS_BINS = (0.0, 0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5)
"""Lower ends of the bins of the VIEWS 2023/24 challenge (literature:B)."""

VIEWS_DRAWS = 1000
"""Draws that the challenge asks for; every forecast is thinned to as many."""

SMOOTH = 0.05
"""Weight of a negative binomial with the draws' moments in the mass of a count (judgement): no
count has probability zero because no draw hit it."""

TRUTHS = 21
"""Quantiles of a row's true count, between its low and high, that scores are averaged over."""

FEWEST_ROWS = 6
"""Rows below which no interval of a skill is given (judgement)."""

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
        """Return which best counts lie in the central 90 % interval."""
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


def truths(series: Series) -> Floats:
    """Return what each row's true count may be, shape (rows, `TRUTHS`), equally likely.

    Half a normal on each side of the best value, whose 90 % range is low to high. A row whose
    low and high are its count has that one value.
    """
    z = ndtri((np.arange(TRUTHS) + 0.5) / TRUTHS)
    best = series.counts[:, None]
    width = np.where(z > 0, series.highs[:, None] - best, best - series.lows[:, None])
    values: Floats = np.maximum(0.0, np.round(best + z * width / ndtri(0.95)))
    return values


def _average(values: Floats, one: Callable[[float], Floats | float]) -> Floats:
    different, times = np.unique(values, return_counts=True)
    found = np.array([one(float(v)) for v in different], np.float64)
    result: Floats = np.average(found, axis=0, weights=times)
    return result


def _row(own: Floats, thin: Floats, low: float, high: float, values: Floats) -> dict[str, Floats]:
    """Return one row's scores and PIT, averaged over its truths."""
    return {
        "crps": _average(values, lambda y: float(scoringrules.crps_ensemble(y, own))),
        "log_score": _average(values, lambda y: -log(mass(own, y))),
        "interval_score": _average(
            values, lambda y: float(scoringrules.interval_score(y, low, high, 0.1))
        ),
        "views_ignorance": _average(values, lambda y: _ignorance(thin, y)),
        "pit": _average(values, lambda y: _pit(own, y)),
    }


def score(name: str, draws: Floats, series: Series) -> Scores:
    """Return the scores of draws, shape (rows, draws), against a series.

    A row between a low and a high value is scored against each of its `truths`, and the mean
    is taken: alike for every forecast, and the usual score where the count is exact.
    """
    low, high = np.quantile(draws, [0.05, 0.95], axis=1)
    thin = draws[:, np.linspace(0, draws.shape[1] - 1, VIEWS_DRAWS).round().astype(int)]
    rows = [
        _row(draws[k], thin[k], float(low[k]), float(high[k]), values)
        for k, values in enumerate(truths(series))
    ]
    table = {key: np.array([row[key] for row in rows]) for key in rows[0]}
    return Scores(
        name,
        draws,
        table["crps"],
        table["log_score"],
        table["interval_score"],
        table["views_ignorance"],
        low,
        high,
        table["pit"],
    )


@dataclass(frozen=True)
class Skill:
    """How much better one forecast is than a rival on the same rows.

    Attributes:
        rival: Whose score it is compared with.
        skill: CRPS: 1 less the quotient of means; other scores: the rival's mean less ours.
            Above 0 where ours is better.
        low: Lower end of the 90 % interval over resampled rows; NaN for few rows.
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


def paired_skill(ours: Scores, rival: Scores, kind: str = "crps", seed: int = 0) -> Skill:
    """Return the skill over a rival, with its uncertainty.

    Rows are resampled in blocks of three, circularly, because neighbours are alike.

    Args:
        ours: Scores of the one.
        rival: Scores of the other, over the same rows.
        kind: One of `SCORES`.
        seed: Seed of the resampling.
    """
    a, b = getattr(ours, kind), getattr(rival, kind)

    def compare(x: Floats, y: Floats) -> Floats:
        if kind != "crps":
            return np.asarray(y - x)
        return np.asarray(1.0 - x / np.maximum(y, 1e-12))

    whole = float(compare(a.mean(), b.mean()))
    n = len(a)
    if n < FEWEST_ROWS:
        return Skill(rival.name, whole, float("nan"), float("nan"))
    block = 3
    generator = np.random.default_rng(seed)
    starts = generator.integers(0, n, size=(2000, -(-n // block)))
    index = ((starts[:, :, None] + np.arange(block)) % n).reshape(2000, -1)[:, :n]
    low, high = np.quantile(compare(a[index].mean(axis=1), b[index].mean(axis=1)), [0.05, 0.95])
    return Skill(rival.name, whole, float(low), float(high))
