"""Rivals that know quiet and violence, and no agents: two rates, and how long each lasts.

*What do the agents add?* is asked of these. The regime table has the model's own priors of how
long spells last, one rate for days of violence and one for days of quiet; the hidden Markov
model finds both kinds of days in the counts alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from scipy.stats import poisson

from drawdown.declared.arrays import Booleans, Floats
from drawdown.declared.parameters import declarations
from drawdown.declared.record import Interval, Series
from drawdown.evidence.regimes import regimes
from drawdown.rules.patron import LONGEST

Promise = tuple[date, date]
"""The days on which something is promised and by which it is to be done."""

QUIET_RATES, VIOLENT_RATES = (0.003, 0.1), (0.05, 1.0)
"""Attacks a day that a rate may be, equally likely on a logarithmic scale (judgement; spells of
2018 to 2021 lie between 0.01 and 0.35, record:regimes)."""

STAYS = 15.0, 600.0
"""Mean days of a spell that the hidden Markov model allows, equally likely on a logarithmic scale
(judgement; spells of 2003 to 2021 last 23 to 1,543 days, record:regimes)."""

BEFORE = 1500
"""Days that spells run before the first, where nobody says which one it is."""

PARTICLES = 20_000


def log_uniform(ends: tuple[float, float], size: int, generator: np.random.Generator) -> Floats:
    """Return draws between two ends, equally likely on a logarithmic scale."""
    low, high = ends
    return low * (high / low) ** generator.random(size)


def _overlap(row: Interval, start: date, end: date) -> int:
    return max(0, (min(row.end, end) - max(row.start, start)).days + 1)


def violent_days(row: Interval) -> int:
    """Return how many days of a row the regime table calls violent (record:regimes)."""
    return sum(_overlap(row, one.start, one.end) for one in regimes() if one.violent)


def _prior(name: str, draws: int, generator: np.random.Generator) -> Floats:
    prior = declarations()[name].prior
    assert prior is not None
    return prior["neutral"].quantiles(generator.random(draws))


def two_rates(known: Series, draws: int, generator: np.random.Generator) -> Floats:
    """Return rates a day of quiet and of violence, given the days of each, shape (2, draws)."""
    grids = [np.geomspace(*ends, 80) for ends in (QUIET_RATES, VIOLENT_RATES)]
    quiet, violent = (g.ravel() for g in np.meshgrid(*grids, indexing="ij"))
    loud = np.array([violent_days(i) for i in known.intervals], np.float64)
    mean = quiet[:, None] * (known.days - loud) + violent[:, None] * loud
    likelihood = (known.counts * np.log(mean) - mean).sum(axis=1)
    weights = np.where(quiet < violent, np.exp(likelihood - likelihood.max()), 0.0)
    picked = generator.choice(len(quiet), size=draws, p=weights / weights.sum())
    return np.stack([quiet[picked], violent[picked]])


def _spells(
    violent: Booleans, left: Floats, length: Callable[[Booleans], Floats], days: int
) -> Booleans:
    """Return which days are violent, shape (days, paths), spells following one another."""
    found = np.empty((days, len(violent)), np.bool_)
    for t in range(days):
        over = left < 1.0
        if over.any():
            violent = violent ^ over
            left = np.where(over, length(violent), left)
        found[t] = violent
        left = left - 1.0
    return found


def _counts(rate: Floats, first: date, out: Series, generator: np.random.Generator) -> Floats:
    """Return counts of rows, shape (rows, paths), for rates of days from the first on."""
    running = np.vstack([np.zeros((1, rate.shape[1])), np.cumsum(rate, axis=0)])
    starts, ends = (
        [(getattr(i, side) - first).days + k for i in out.intervals]
        for k, side in enumerate(("start", "end"))
    )
    return np.asarray(generator.poisson(running[ends] - running[starts]), np.float64)


def _truce(
    promise: Promise, first: date, days: int, draws: int, generator: np.random.Generator
) -> Floats:
    """Return what a promise's truce leaves of violence, shape (days, paths), by the priors.

    Of the promise the two dates are known, not whether anything is done about it.
    """
    made, due = ((day - first).days for day in promise)
    opens = generator.random(draws) < _prior("truce_chance", draws, generator)
    holds = generator.random(draws) < _prior("truce_holds", draws, generator)
    breach = made + (due - made) * generator.random(draws)
    # Behind its date it ends by chance, the less often the more a change of name counts for.
    closing = _prior("truce_closing", draws, generator)
    closing = closing * (1.0 - _prior("label_counts", draws, generator))
    over = due + generator.exponential(1.0 / np.maximum(closing, 1e-6))
    day = np.arange(days)[:, None]
    on = opens & (day >= made) & (day < np.where(holds, over, breach))
    left: Floats = np.where(on, _prior("residual_fire", draws, generator), 1.0)
    return left


def regime_table(
    known: Series,
    out: Series,
    draws: int,
    generator: np.random.Generator,
    state_known: bool = False,
    promise: Promise | None = None,
) -> Floats:
    """Return draws of two Poisson rates that change as the spells of 2003 to 2021 did.

    Args:
        known: Counts that the rates are fitted to, by the days that the table calls violent.
        out: Rows to forecast.
        draws: Draws.
        generator: Random numbers.
        state_known: Whether the spell of the last day before the first row is known (the last
            that the table has), and how long it has lasted; else it is any.
        promise: Days of a promise that may open a truce, by the model's own priors.
    """
    u, rates = generator.random, two_rates(known, draws, generator)
    medians, spreads = (
        np.stack([_prior(f"{kind}_{what}", draws, generator) for kind in ("quiet", "violence")])
        for what in ("median", "spread")
    )
    rows = np.arange(draws)

    def lengths(violent: Booleans, share: Floats) -> Floats:
        kind = violent.astype(int)
        odds = np.maximum(share, 1e-9) / np.maximum(1.0 - share, 1e-9)
        found: Floats = np.clip(medians[kind, rows] * odds ** spreads[kind, rows], 1.0, LONGEST)
        return found

    def next_length(violent: Booleans) -> Floats:
        return lengths(violent, u(draws))

    first = out.intervals[0].start
    if state_known:
        table = [one for one in regimes() if one.start < first]
        others = [one.end for one in table if one.violent != table[-1].violent]
        began = max([table[0].start, *(end + timedelta(days=1) for end in others)])
        last = min(table[-1].end, first - timedelta(days=1))
        violent = np.full(draws, table[-1].violent)
        kind, lasted = int(table[-1].violent), float((last - began).days + 1)
        odds = (lasted / medians[kind]) ** (1.0 / spreads[kind])
        gone = odds / (1.0 + odds)
        left = np.maximum(1.0, lengths(violent, gone + (1.0 - gone) * u(draws)) - lasted)
        begin = last + timedelta(days=1)
    else:
        violent = u(draws) < 0.5
        left, begin = next_length(violent) * u(draws), first - timedelta(days=BEFORE)
    days = (out.intervals[-1].end - begin).days + 1
    loud = _spells(violent, left, next_length, days)
    fire = np.ones((1, draws))
    if promise is not None:
        fire = _truce(promise, begin, days, draws, generator)
    # A truce makes no day quieter than one of quiet.
    rate = np.where(loud, np.maximum(rates[1] * fire, rates[0]), rates[0])
    return _counts(rate, begin, out, generator)


def hidden_markov(known: Series, out: Series, draws: int, generator: np.random.Generator) -> Floats:
    """Return draws of two hidden states, each with a rate and a chance a day to change.

    Rates and stays are drawn from wide priors and weighed, with the states, by the counts that
    are known, before the rows to forecast and after them: a particle filter over the rows in
    their order, whose survivors carry what they counted on the rows left out.
    """
    size = PARTICLES
    rates = np.stack([log_uniform(ends, size, generator) for ends in (QUIET_RATES, VIOLENT_RATES)])
    rates.sort(axis=0)
    stays = np.stack([log_uniform(STAYS, size, generator) for _ in range(2)])
    violent = generator.random(size) < stays[1] / stays.sum(axis=0)
    found = np.zeros((len(out), size))
    places = {row.start: k for k, row in enumerate(out.intervals)}
    cursor = min(known.intervals[0].start, out.intervals[0].start)
    for row in sorted([*known.intervals, *out.intervals], key=lambda i: i.start):
        mean = np.zeros(size)
        for _ in range((row.end - cursor).days + 1):
            leaves = generator.random(size) < 1.0 / np.where(violent, stays[1], stays[0])
            violent = violent ^ leaves
            if cursor >= row.start:
                mean += np.where(violent, rates[1], rates[0])
            cursor += timedelta(days=1)
        if row.start in places:
            found[places[row.start]] = generator.poisson(mean)
            continue
        weights = poisson.pmf(round(row.count), mean) + 1e-300
        picked = generator.choice(size, size, p=weights / weights.sum())
        rates, stays, violent, found = (x[..., picked] for x in (rates, stays, violent, found))
    chosen: Floats = found[:, generator.integers(0, size, draws)]
    return chosen
