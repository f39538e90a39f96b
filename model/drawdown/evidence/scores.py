"""Proper scores of predictive distributions given as draws of counts.

CRPS and the interval score come from `scoringrules`; the logarithmic score and the bins of
the VIEWS challenge need a probability for each count, which `mass` gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log, log2

import numpy as np
import scoringrules
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import nbinom, poisson

from drawdown.declared.arrays import Floats
from drawdown.declared.record import Series

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
        low: Lower end of the 90 % interval over other paths of this length; NaN for few rows.
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


PATHS = 200
"""Synthetic paths from each of two forecasts, for the interval of a skill."""


def _at_counts(own: Scores, kind: str, row: int, counts: Floats) -> Floats:
    """Return one row's score had its count been each of these."""
    draws = own.draws[row]
    different, where = np.unique(counts, return_inverse=True)
    if kind == "crps":
        many = np.broadcast_to(draws, (len(different), len(draws)))
        found = np.asarray(scoringrules.crps_ensemble(different, many), np.float64)
    elif kind == "log_score":
        found = np.array([-log(mass(draws, float(y))) for y in different])
    elif kind == "interval_score":
        ends = own.low[row], own.high[row]
        # The library gives a number and no array for one value.
        found = np.atleast_1d(scoringrules.interval_score(different, *ends, 0.1)).astype(np.float64)
    else:
        found = np.array([_ignorance(draws, float(y)) for y in different])
    result: Floats = found[where]
    return result


def _quotient(x: Floats, y: Floats) -> Floats:
    return np.asarray(1.0 - x / np.maximum(y, 1e-12))


def _difference(x: Floats, y: Floats) -> Floats:
    return np.asarray(y - x)


def _with_interval(
    ours: Scores,
    rival: Scores,
    seen: tuple[float, float],
    at: Callable[[Scores, Floats], Floats],
    compare: Callable[[Floats, Floats], Floats],
    seed: int,
) -> Skill:
    """Return a skill with the interval that other paths as long as this one would show.

    What is observed is one path, whose rows are alike: resampling its rows makes an interval
    far too narrow. The interval is that of the skill over other paths as long as this one, half
    of them drawn from each forecast, whichever of the two made this one.

    Args:
        ours: Scores of the one.
        rival: Scores of the other, over the same rows.
        seen: Both scores on what was observed.
        at: A forecast's score had each path, shape (rows, paths), been observed.
        compare: Both scores to the skill.
        seed: Seed of the paths.
    """
    whole = float(compare(np.array(seen[0]), np.array(seen[1])))
    if len(ours.draws) < FEWEST_ROWS:
        return Skill(rival.name, whole, float("nan"), float("nan"))
    generator = np.random.default_rng(seed)
    apart = []
    for truth in (ours, rival):
        picked = generator.integers(0, truth.draws.shape[1], PATHS)
        paths = np.maximum(0.0, np.round(truth.draws[:, picked]))
        skills = compare(at(ours, paths), at(rival, paths))
        apart.append(skills - skills.mean())
    low, high = np.quantile(np.concatenate(apart), [0.05, 0.95])
    return Skill(rival.name, whole, whole - float(high), whole - float(low))


def paired_skill(ours: Scores, rival: Scores, kind: str = "crps", seed: int = 0) -> Skill:
    """Return the skill over a rival on rows, with its uncertainty.

    Args:
        ours: Scores of the one.
        rival: Scores of the other, over the same rows.
        kind: One of `SCORES`.
        seed: Seed of the paths that the interval is over.
    """

    def at(one: Scores, paths: Floats) -> Floats:
        rows = [_at_counts(one, kind, row, counts) for row, counts in enumerate(paths)]
        mean: Floats = np.mean(rows, axis=0)
        return mean

    compare = _quotient if kind == "crps" else _difference
    return _with_interval(ours, rival, (ours.mean(kind), rival.mean(kind)), at, compare, seed)


QUIET_RATE, LOUD_RATE = 1.0, 6.0
"""Attacks a month at or below which a row is quiet, and from which it is loud (the rates of
the regimes of 2018 to 2021)."""

PATH_SCORES = (
    "total",
    "longest_quiet",
    "busiest",
    "quiet_rows",
    "loud_rows",
    "energy",
    "variogram",
    "busy_crps",
)
"""Scores of a path as a whole; lower is better."""


@dataclass(frozen=True)
class PathScores:
    """A forecast's paths against the one that was observed.

    Attributes:
        name: Whose paths.
        values: By `PATH_SCORES`: CRPS of five numbers of a path, the energy and the variogram
            score of all rows together, and CRPS above `LOUD_RATE`, the mean over rows.
        seen: The five numbers, as observed.
        bands: Their 5, 50 and 95 % quantiles in the forecast.
    """

    name: str
    values: dict[str, float]
    seen: dict[str, float]
    bands: dict[str, Floats]


def path_numbers(counts: Floats, series: Series) -> dict[str, Floats]:
    """Return numbers of paths as wholes.

    Args:
        counts: Counts, shape (rows, paths).
        series: The rows.

    Returns:
        Total; longest stretch of quiet rows, in days; busiest row, a month; numbers of quiet
        and of loud rows.
    """
    days = np.asarray(series.days, np.float64)
    monthly = counts * 30.0 / days[:, None]
    quiet, loud = monthly <= QUIET_RATE, monthly >= LOUD_RATE
    longest = now = np.zeros(counts.shape[1])
    for row, length in enumerate(days):
        now = np.where(quiet[row], now + length, 0.0)
        longest = np.maximum(longest, now)
    return {
        "total": counts.sum(axis=0),
        "longest_quiet": longest,
        "busiest": monthly.max(axis=0),
        "quiet_rows": quiet.sum(axis=0).astype(np.float64),
        "loud_rows": loud.sum(axis=0).astype(np.float64),
    }


def path_scores(scored: Scores, series: Series) -> PathScores:
    """Return how a forecast's paths do against the observed one as a whole.

    Args:
        scored: The forecast, whose columns are paths.
        series: What was observed.
    """
    draws, best = scored.draws, np.asarray(series.counts, np.float64)
    numbers = path_numbers(draws, series)
    seen = {k: float(v[0]) for k, v in path_numbers(best[:, None], series).items()}
    values = {
        k: float(scoringrules.crps_ensemble(seen[k], np.asarray(v))) for k, v in numbers.items()
    }
    few = draws[:, :: max(1, draws.shape[1] // 1000)].T
    values["energy"] = float(scoringrules.es_ensemble(best, few))
    values["variogram"] = float(scoringrules.vs_ensemble(best, few)) / len(best) ** 2
    above = LOUD_RATE * np.asarray(series.days, np.float64) / 30.0
    values["busy_crps"] = float(
        np.mean(
            [
                scoringrules.twcrps_ensemble(y, row, a=float(t))
                for y, row, t in zip(best, draws, above, strict=True)
            ]
        )
    )
    bands = {k: np.quantile(v, [0.05, 0.5, 0.95]) for k, v in numbers.items()}
    return PathScores(scored.name, values, seen, bands)


PATH_SKILLS = ("energy", "total", "longest_quiet")
"""Scores of a path on which forecasts are compared, beside CRPS on rows."""

_FEW = 1000
"""Draws that an energy score is computed from."""


def path_skill(ours: Scores, rival: Scores, kind: str, series: Series, seed: int = 0) -> Skill:
    """Return the skill over a rival on the path as a whole, with its uncertainty.

    Args:
        ours: Scores of the one.
        rival: Scores of the other, over the same rows.
        kind: One of `PATH_SKILLS`.
        series: The rows.
        seed: Seed of the paths that the interval is over.
    """

    def at(one: Scores, paths: Floats) -> Floats:
        few = one.draws[:, :: max(1, one.draws.shape[1] // _FEW)]
        if kind == "energy":
            far: Floats = np.linalg.norm(few[:, :, None] - paths[:, None, :], axis=0).mean(axis=0)
            # How far draws lie from one another is the same for every path.
            apart = float(far[0]) - float(scoringrules.es_ensemble(paths[:, 0], few.T))
            return np.asarray(far - apart, np.float64)
        forecast = path_numbers(few, series)[kind]
        many = np.broadcast_to(forecast, (paths.shape[1], len(forecast)))
        found = scoringrules.crps_ensemble(path_numbers(paths, series)[kind], many)
        return np.asarray(found, np.float64)

    best = np.asarray(series.counts, np.float64)[:, None]
    seen = float(at(ours, best)[0]), float(at(rival, best)[0])
    return _with_interval(ours, rival, seen, at, _quotient, seed)


def added(
    model: Scores, rivals: Sequence[Scores], series: Series, seed: int = 0
) -> dict[str, tuple[Skill, ...]]:
    """Return the model's skill over each rival, on rows (``crps``) and by `PATH_SKILLS`.

    Args:
        model: Scores of the model.
        rivals: Scores of the rivals.
        series: The rows.
        seed: Seed of the paths that intervals are over.
    """
    found = {"crps": tuple(paired_skill(model, rival, "crps", seed) for rival in rivals)}
    for kind in PATH_SKILLS:
        found[kind] = tuple(path_skill(model, rival, kind, series, seed) for rival in rivals)
    return found


def verdict(model: Scores, rivals: Sequence[Scores], skills: Sequence[Skill]) -> str:
    """Return ``loses``, ``wins``, ``tie`` or ``alone``: the first line of what is told.

    By mean CRPS: the model loses if any rival's is lower, whatever the uncertainty.

    Args:
        model: Scores of the model.
        rivals: Scores of the rivals.
        skills: The model's skill over each in CRPS.
    """
    if not rivals:
        return "alone"
    if any(r.mean("crps") < model.mean("crps") for r in rivals):
        return "loses"
    return "wins" if all(s.verdict == "wins" for s in skills) else "tie"
