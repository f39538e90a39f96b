"""Simple forecasts that the model must beat: rates, Hawkes, the past year's counts, regimes.

Each is fitted to intervals and gives draws of counts for other intervals; each carries the
uncertainty of its own fit, so that none is beaten for being too sure.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import numpy as np
from scipy.special import gammaln

from drawdown.declared.arrays import Floats
from drawdown.declared.record import Series
from drawdown.evidence.regime_rivals import (
    Promise,
    hidden_markov,
    log_uniform,
    regime_table,
    violent_days,
)

Rival = Callable[[Series, Series, int, np.random.Generator], Floats]
"""From known counts, rows to forecast, draws and random numbers to counts, shape (rows, draws)."""

LAST_WINDOW = 90
"""Days that the last-window forecast looks back on (judgement)."""

HAWKES_DELAY = 9.0
"""Mean delay of excitation in days (literature:A1, 5 to 14)."""


def _log_mass(counts: Floats, mean: Floats, shape: Floats) -> Floats:
    """Return the log mass of a negative binomial by mean and shape."""
    result: Floats = (
        gammaln(counts + shape)
        - gammaln(shape)
        - gammaln(counts + 1.0)
        + shape * np.log(shape / (shape + mean))
        + counts * np.log(mean / (shape + mean))
    )
    return result


def poisson(past: Series, future: Series, draws: int, generator: np.random.Generator) -> Floats:
    """Return draws under one constant rate (Jeffreys prior), shape (rows, draws)."""
    rate = generator.gamma(past.counts.sum() + 0.5, 1.0 / past.days.sum(), size=draws)
    return np.asarray(generator.poisson(rate[None, :] * future.days[:, None]), np.float64)


def negative_binomial(
    past: Series, future: Series, draws: int, generator: np.random.Generator
) -> Floats:
    """Return draws under a rate that differs from interval to interval (gamma-Poisson).

    Rate and shape are drawn from their likelihood on a grid.
    """
    y, d = past.counts, past.days
    base = (y.sum() + 0.5) / d.sum()
    rates = base * np.exp(np.linspace(-1.2, 1.2, 61))
    shapes = np.exp(np.linspace(np.log(0.2), np.log(60.0), 61))
    r, k = (x.ravel() for x in np.meshgrid(rates, shapes, indexing="ij"))
    m = r[:, None] * d[None, :]
    s = k[:, None]
    likelihood = _log_mass(y, m, s).sum(axis=1)
    weights = np.exp(likelihood - likelihood.max())
    picked = generator.choice(len(r), size=draws, p=weights / weights.sum())
    uneven = generator.gamma(k[picked], 1.0 / k[picked], size=(len(future), draws))
    rate = r[picked][None, :] * future.days[:, None] * uneven
    return np.asarray(generator.poisson(rate), np.float64)


def last_window(past: Series, future: Series, draws: int, generator: np.random.Generator) -> Floats:
    """Return draws under the rate of the last `LAST_WINDOW` days."""
    end = past.intervals[-1].end
    begin = end - timedelta(days=LAST_WINDOW - 1)
    counted = days = 0.0
    for interval in past.intervals:
        inside = (interval.end - max(begin, interval.start)).days + 1
        if inside > 0:
            counted += interval.count * inside / interval.days
            days += inside
    rate = generator.gamma(counted + 0.5, 1.0 / days, size=draws)
    return np.asarray(generator.poisson(rate[None, :] * future.days[:, None]), np.float64)


def _hawkes_paths(
    rate: Floats, branching: Floats, days: int, excited: Floats, generator: np.random.Generator
) -> Floats:
    """Return daily counts, shape (days, paths)."""
    fade = np.exp(-1.0 / HAWKES_DELAY)
    excitation = excited.copy()
    counts = np.empty((days, len(rate)))
    for t in range(days):
        counts[t] = generator.poisson(np.minimum(rate * (1.0 - branching) + excitation, 50.0))
        excitation = excitation * fade + branching * (1.0 - fade) * counts[t]
    return counts


def _sums(counts: Floats, first: date, series: Series) -> Floats:
    running = np.vstack([np.zeros((1, counts.shape[1])), np.cumsum(counts, axis=0)])
    starts = [(i.start - first).days for i in series.intervals]
    ends = [(i.end - first).days + 1 for i in series.intervals]
    result: Floats = running[ends] - running[starts]
    return result


def hawkes(past: Series, future: Series, draws: int, generator: np.random.Generator) -> Floats:
    """Return draws of a self-exciting process with a constant background.

    The record gives intervals and not days, so the branching ratio and the rate are weighed
    by how likely simulated intervals of the same lengths make the counts; paths start from
    the last interval's counts spread evenly.
    """
    first = past.intervals[0].start
    days = (past.intervals[-1].end - first).days + 1
    base = (past.counts.sum() + 0.5) / past.days.sum()
    grid = [(f, n) for f in np.exp(np.linspace(-0.6, 0.6, 9)) for n in np.arange(0.0, 0.85, 0.1)]
    paths = 200
    rate = np.repeat([base * f for f, _ in grid], paths)
    branching = np.repeat([n for _, n in grid], paths)
    found = _sums(
        _hawkes_paths(rate, branching, days, rate * branching, generator), first, past
    ).reshape(len(past), len(grid), paths)
    mean, variance = found.mean(axis=2), found.var(axis=2)
    y = past.counts[:, None]
    over = np.maximum(variance - mean, 1e-3 * mean + 1e-6)
    k = mean**2 / over
    likelihood = _log_mass(y, mean, k).sum(axis=0)
    weights = np.exp(likelihood - likelihood.max())
    picked = generator.choice(len(grid), size=draws, p=weights / weights.sum())
    f, n = np.array(grid).T[:, picked]
    last = past.intervals[-1]
    horizon = (future.intervals[-1].end - last.end).days
    ahead = _hawkes_paths(base * f, n, horizon, n * last.count / last.days, generator)
    return _sums(ahead, last.end + timedelta(days=1), future)


YEAR = 365
"""Days that conflictology looks back on."""


def conflictology(
    past: Series, future: Series, draws: int, generator: np.random.Generator
) -> Floats:
    """Return draws from the past year's own counts: what was is what may be.

    Each row is an interval of the last twelve months, drawn at random, at that interval's rate
    a day (Hegre and others 2024: the benchmark that forecasts of conflict seldom beat).
    """
    end = past.intervals[-1].end
    recent = [i for i in past.intervals if (end - i.end).days < YEAR] or [past.intervals[-1]]
    rates = np.array([i.count / i.days for i in recent])
    weights = np.array([i.days for i in recent], np.float64)
    picked = generator.choice(len(rates), size=(len(future), draws), p=weights / weights.sum())
    counts: Floats = np.floor(rates[picked] * future.days[:, None] + generator.random(picked.shape))
    return counts


def hawkes_elsewhere(
    rest: Series, out: Series, draws: int, generator: np.random.Generator
) -> Floats:
    """Return draws of a self-exciting process for stretches left out of its own record.

    As `hawkes`, but the whole record is simulated: each grid point is weighed by the intervals
    that are left, and its paths are read off over those left out.
    """
    whole = sorted([*rest.intervals, *out.intervals], key=lambda i: i.start)
    first, days = whole[0].start, (whole[-1].end - whole[0].start).days + 1
    base = (rest.counts.sum() + 0.5) / rest.days.sum()
    grid = [(f, n) for f in np.exp(np.linspace(-0.6, 0.6, 9)) for n in np.arange(0.0, 0.85, 0.1)]
    paths = 200
    rate = np.repeat([base * f for f, _ in grid], paths)
    branching = np.repeat([n for _, n in grid], paths)
    counts = _hawkes_paths(rate, branching, days, rate * branching, generator)
    found = _sums(counts, first, rest).reshape(len(rest), len(grid), paths)
    mean, variance = found.mean(axis=2), found.var(axis=2)
    over = np.maximum(variance - mean, 1e-3 * mean + 1e-6)
    likelihood = _log_mass(rest.counts[:, None], mean, mean**2 / over).sum(axis=0)
    weights = np.exp(likelihood - likelihood.max())
    point = generator.choice(len(grid), size=draws, p=weights / weights.sum())
    ahead = _sums(counts, first, out)
    drawn: Floats = ahead[:, point * paths + generator.integers(0, paths, draws)]
    return drawn


VAGUE = 0.3 / 30.0, 30.0 / 30.0
"""Attacks a day from the quietest spells of the regime table to ten times a usual campaign."""


def vague_rate(past: Series, future: Series, draws: int, generator: np.random.Generator) -> Floats:
    """Return draws under one rate that no count has informed, between the ends of `VAGUE`."""
    rate = log_uniform(VAGUE, draws, generator)
    return np.asarray(generator.poisson(rate[None, :] * future.days[:, None]), np.float64)


def half_and_half(
    past: Series, future: Series, draws: int, generator: np.random.Generator
) -> Floats:
    """Return draws that are, path by path, quiet or as uneven as the past: even odds.

    Quiet is the rate of the days that the regime table calls quiet, as far as rows lie within
    them; the other half is `negative_binomial`.
    """
    quiet = [i for i in past.intervals if violent_days(i) == 0]
    counted, days = sum(i.count for i in quiet), sum(i.days for i in quiet)
    rate = generator.gamma(counted + 0.5, 1.0 / (days + 30.0), size=draws)
    low = np.asarray(generator.poisson(rate[None, :] * future.days[:, None]), np.float64)
    usual = negative_binomial(past, future, draws, generator)
    return np.where(generator.random(draws) < 0.5, low, usual)


RIVALS: dict[str, Rival] = {
    "poisson": poisson,
    "negative_binomial": negative_binomial,
    "last_window": last_window,
    "hawkes": hawkes,
    "conflictology": conflictology,
    "regimes_unknown": regime_table,
    "regimes_known": partial(regime_table, state_known=True),
    "hidden_markov": hidden_markov,
    "half_and_half": half_and_half,
    "vague_rate": vague_rate,
}
"""The rival forecasts by name."""

BEFORE_ONLY = ("last_window", "conflictology")
"""Rivals that look back from the first row: of a stretch left out they see what came before."""


def named(promise: Promise | None = None) -> dict[str, Rival]:
    """Return the rivals of a scenario: where it promises something, its truce too.

    Args:
        promise: The days on which something is promised and by which it is due.

    Example:
        >>> set(named((date(2021, 7, 26), date(2022, 12, 31)))) - set(RIVALS)
        {'regimes_truce'}
    """
    if promise is None:
        return dict(RIVALS)
    truce = partial(regime_table, state_known=True, promise=promise)
    return {**RIVALS, "regimes_truce": truce}
