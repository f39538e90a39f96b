"""Spells of quiet and of violence, 2003 to July 2021: how long they last, and under what.

Lengths are fitted by a log-logistic law: heavy-tailed as the log-normal, and with a quantile
that every engine computes alike. A spell that is still running, or that the exit of 2011 ended,
counts as at least so long. Ten spells of violence and eleven of quiet are few; what they leave
open is the prior of `violence_median` and its fellows.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from drawdown.declared import data_files
from drawdown.declared.arrays import Floats

EXIT = date(2011, 12, 18)
RETURN = date(2014, 6, 16)
"""Without soldiers between the two, a spell of quiet is no spell of quiet with soldiers there."""

LATE = date(2018, 9, 1)
"""From here on the spells are those of one campaign of pressure."""

_Z = 1.6448536269514722


@dataclass(frozen=True)
class Regime:
    """A stretch of days of one kind.

    Attributes:
        start: First day.
        end: Last day.
        violent: Whether the militias were in a campaign against foreigners.
        us_iran: What stood between Washington and Tehran.
        politics: Of Iraq: ordinary, election, formation or caretaker.
        ordered: Whether an order or a truce was reported.
        soldiers: Highest number of US soldiers.
    """

    start: date
    end: date
    violent: bool
    us_iran: str
    politics: str
    ordered: bool
    soldiers: int

    @property
    def days(self) -> int:
        """Its length, both ends included."""
        return (self.end - self.start).days + 1

    @property
    def with_soldiers(self) -> bool:
        """Whether a force was in the country."""
        return not EXIT < self.start < RETURN


@dataclass(frozen=True)
class Spells:
    """Lengths of one kind of spell, fitted.

    Attributes:
        name: Which.
        days: Lengths.
        censored: Whether each was still running at its end.
        median: 5, 50 and 95 % quantiles of the median's posterior, days.
        spread: The same of the spread's.
        predicted: The same of the next spell's length.
        better: Log-likelihood over that of a log-normal with as many numbers.
    """

    name: str
    days: tuple[int, ...]
    censored: tuple[bool, ...]
    median: tuple[float, float, float]
    spread: tuple[float, float, float]
    predicted: tuple[float, float, float]
    better: float

    def prior(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return log-normal priors of median and spread: each its median and its sigma."""
        found = []
        for low, middle, high in (self.median, self.spread):
            found.append((middle, log(high / low) / (2.0 * _Z)))
        return found[0], found[1]


@cache
def regimes() -> tuple[Regime, ...]:
    """Return the regimes of ``seeds/record/regimes.csv``, in order of time."""
    path = data_files.folder("seeds") / "record" / "regimes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Regime(
                date.fromisoformat(row["start"]),
                date.fromisoformat(row["end"]),
                row["class"] == "violent",
                row["us_iran"],
                row["politics"],
                row["ordered"] == "1",
                int(row["soldiers_high"]),
            )
            for row in csv.DictReader(file)
        )


def spells(violent: bool, since: date = date.min) -> tuple[list[int], list[bool]]:
    """Return the lengths of spells with soldiers present, and which were still running.

    Args:
        violent: Spells of violence, or of quiet.
        since: Only those that begin from this day on.
    """
    lengths: list[int] = []
    censored: list[bool] = []
    begins = None
    rows = regimes()
    for i, row in enumerate(rows):
        if row.violent != violent or not row.with_soldiers:
            continue
        begins = row.start if begins is None else begins
        after = rows[i + 1] if i + 1 < len(rows) else None
        goes_on = after is not None and after.violent == violent and after.with_soldiers
        if goes_on:
            continue
        if begins >= since:
            lengths.append((row.end - begins).days + 1)
            censored.append(after is None or row.end == EXIT)
        begins = None
    return lengths, censored


def _log_likelihood(days: Floats, censored: NDArray[np.bool_], m: Floats, s: Floats) -> Floats:
    """Return the log-logistic log-likelihood for medians and spreads on a grid."""
    total = np.zeros(np.broadcast_shapes(m.shape, s.shape))
    for length, runs in zip(days, censored, strict=True):
        z = (np.log(length) - np.log(m)) / s
        survives = -np.logaddexp(0.0, z)
        total = total + (survives if runs else z - np.log(s * length) + 2.0 * survives)
    return total


def _log_normal(days: Floats, censored: NDArray[np.bool_], m: Floats, s: Floats) -> Floats:
    from scipy.special import log_ndtr

    total = np.zeros(np.broadcast_shapes(m.shape, s.shape))
    for length, runs in zip(days, censored, strict=True):
        z = (np.log(length) - np.log(m)) / s
        dense = -0.5 * z * z - np.log(s * length) - 0.5 * np.log(2.0 * np.pi)
        total = total + (log_ndtr(-z) if runs else dense)
    return total


def _quantiles(grid: Floats, weights: Floats) -> tuple[float, float, float]:
    below = np.cumsum(weights) / weights.sum()
    low, middle, high = (float(np.interp(q, below, grid)) for q in (0.05, 0.5, 0.95))
    return low, middle, high


def fit(name: str, days: list[int], censored: list[bool]) -> Spells:
    """Return the posterior of median and spread under flat priors on their logarithms.

    Args:
        name: What the spells are called.
        days: Lengths.
        censored: Whether each was still running at its end.
    """
    lengths, runs = np.array(days, np.float64), np.array(censored)
    medians = np.exp(np.linspace(log(5.0), log(3000.0), 400))
    spreads = np.exp(np.linspace(log(0.1), log(3.0), 300))
    m, s = medians[:, None], spreads[None, :]
    found = _log_likelihood(lengths, runs, m, s)
    weights = np.exp(found - found.max())
    u = (np.arange(200) + 0.5) / 200.0
    odds = np.log(u / (1.0 - u))
    rng = np.random.default_rng(0)
    picked = rng.choice(weights.size, 4000, p=(weights / weights.sum()).ravel())
    i, j = np.unravel_index(picked, weights.shape)
    next_one = np.exp(np.log(medians[i])[:, None] + spreads[j][:, None] * odds[None, :])
    low, middle, high = np.quantile(next_one, [0.05, 0.5, 0.95])
    normal = _log_normal(lengths, runs, m, s * 1.7)
    return Spells(
        name,
        tuple(days),
        tuple(censored),
        _quantiles(medians, weights.sum(axis=1)),
        _quantiles(spreads, weights.sum(axis=0)),
        (float(low), float(middle), float(high)),
        float(found.max() - normal.max()),
    )


def examine() -> tuple[Spells, ...]:
    """Return the four sets of spells: of violence and of quiet, since 2003 and since 2018."""
    return tuple(
        fit(name, *spells(violent, since))
        for name, violent, since in (
            ("violence", True, date.min),
            ("quiet", False, date.min),
            ("violence_late", True, LATE),
            ("quiet_late", False, LATE),
        )
    )


def shares() -> dict[str, tuple[int, int]]:
    """Return days, and days of violence, with soldiers present by US-Iran state."""
    found: dict[str, tuple[int, int]] = {}
    for row in regimes():
        if row.with_soldiers:
            days, violent = found.get(row.us_iran, (0, 0))
            found[row.us_iran] = (days + row.days, violent + row.days * row.violent)
    return found


WINDOW = 60
"""Days before an onset or an end of violence in which something changed (literature:regimes)."""

FELL = 0.8
"""Share of the soldiers below which a force was cut (literature:regimes: by a fifth)."""


def _window(day: date) -> list[Regime]:
    """Return the regimes of the `WINDOW` days before a day.

    Without the day itself: a row that begins with a transition was cut by one reader at once.
    """
    first = day - timedelta(days=WINDOW)
    return [one for one in regimes() if one.end >= first and one.start < day]


def _soldiers_fell(day: date) -> bool:
    rows = _window(day)
    return rows[-1].soldiers < FELL * rows[0].soldiers


def _us_iran_changed(day: date) -> bool:
    return len({one.us_iran for one in _window(day)}) > 1


def _office_open(day: date) -> bool:
    return any(one.politics != "ordinary" for one in _window(day))


CHANGES: dict[str, Callable[[date], bool]] = {
    "soldiers_fell": _soldiers_fell,
    "us_iran_changed": _us_iran_changed,
    "office_open": _office_open,
}
"""What the regime table can say of the `WINDOW` days before any day: a driver of each motive."""


@dataclass(frozen=True)
class Placebo:
    """How often something changed before violence began or ended, and before any other day.

    Attributes:
        name: One of `CHANGES`.
        onsets: Onsets of violence with the change before them, and all.
        ends: The same of ends.
        days: Share of all days with soldiers present that have it before them.
        chance: Probability that as many onsets, and as many ends, have it by chance alone.
    """

    name: str
    onsets: tuple[int, int]
    ends: tuple[int, int]
    days: float
    chance: tuple[float, float]


def placebos() -> tuple[Placebo, ...]:
    """Return what changed before transitions, beside the same before any day.

    Example:
        >>> [(one.name, one.onsets) for one in placebos()][0]
        ('soldiers_fell', (0, 10))
    """
    from scipy.stats import binom

    rows = [one for one in regimes() if one.with_soldiers]
    pairs = [(a, b) for a, b in pairwise(rows) if (b.start - a.end).days == 1]
    onsets = [b.start for a, b in pairs if b.violent and not a.violent]
    ends = [b.start for a, b in pairs if a.violent and not b.violent]
    first = rows[0].start + timedelta(days=WINDOW)
    every = [one.start + timedelta(days=k) for one in rows for k in range(one.days)]
    every = [day for day in every if day >= first]
    found = []
    for name, changed in CHANGES.items():
        share = float(np.mean([changed(day) for day in every]))
        seen = [(sum(map(changed, group)), len(group)) for group in (onsets, ends)]
        chance = [float(binom.sf(k - 1, n, share)) for k, n in seen]
        found.append(Placebo(name, seen[0], seen[1], share, (chance[0], chance[1])))
    return tuple(found)
