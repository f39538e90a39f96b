"""Stress cases: years before the record, played as they were, and which motive fails where.

Nothing of them is fitted. A stress case changes only the soldiers, what stood between
Washington and Tehran, and the dates of politics (its file in ``seeds/stress`` lists them). A
motive fails a fact where fewer than one in twenty of its worlds show it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drawdown.declared import data_files
from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats, Singles
from drawdown.declared.columns import MOTIVES, OUTCOMES, STRUCTURES
from drawdown.declared.scenario import Scenario
from drawdown.worlds import shards
from drawdown.worlds.run import Run

ROUGH = Run(runs=500)
"""Worlds of each case under a structure, where nothing is said."""

FAILS = 0.05
"""Share of worlds below which a motive fails a fact (judgement: the 90 % band's tail)."""


def total(days: Floats, first: date) -> Floats:
    """Return the sum over all days."""
    found: Floats = days.sum(axis=0)
    return found


def between(days: Floats, first: date, begin: date, end: date) -> Floats:
    """Return the sum over some days, both ends included."""
    found: Floats = days[(begin - first).days : (end - first).days + 1].sum(axis=0)
    return found


def longest_gap(days: Floats, first: date, begin: date) -> Floats:
    """Return the longest run of days without any, from a day on."""
    best = now = np.zeros(days.shape[1])
    for row in days[(begin - first).days :]:
        now = np.where(row > 0, 0.0, now + 1.0)
        best = np.maximum(best, now)
    return best


def ratio(days: Floats, first: date, *ends: date) -> Floats:
    """Return the daily mean of one period over that of another, NaN where that is 0."""
    one, other = (
        between(days, first, begin, end) / ((end - begin).days + 1)
        for begin, end in (ends[:2], ends[2:])
    )
    return np.where(other > 0, one / np.maximum(other, 1e-9), np.nan)


def violent_share(days: Floats, first: date) -> Floats:
    """Return the share of 30-day windows with three attacks or more: a campaign (regimes)."""
    windows = len(days) // 30
    sums = days[: windows * 30].reshape(windows, 30, -1).sum(axis=1)
    found: Floats = (sums >= 3).mean(axis=0)
    return found


def on(days: Floats, first: date, day: date) -> Floats:
    """Return the value of one day."""
    found: Floats = days[(day - first).days]
    return found


MEASURES: dict[str, Callable[..., Floats]] = {
    measure.__name__: measure for measure in (total, between, longest_gap, ratio, violent_share, on)
}
"""What a fact's ``measure`` may be: one number a world, from days of shape (days, worlds)."""


@dataclass(frozen=True)
class StressFact:
    """What was seen in a stress case, a row of ``seeds/stress_facts.yaml``.

    Attributes:
        name: Its name in the words, group *stress*.
        case: The file in ``seeds/stress``.
        measure: One of `MEASURES`.
        dates: Its dates.
        low: Lowest value that agrees with what was seen, or None.
        high: Highest, or None.
        source: Where it comes from.
        of: Daily outcomes whose sum the days are of.
    """

    name: str
    case: str
    measure: str
    dates: tuple[date, ...]
    low: float | None
    high: float | None
    source: str
    of: tuple[str, ...] = ("attacks_foreign",)

    def value(self, days: Floats, first: date) -> Floats:
        """Return one number a world, from days of shape (days, worlds)."""
        return MEASURES[self.measure](days, first, *self.dates)

    def agrees(self, values: Floats) -> NDArray[np.bool_]:
        """Return in which worlds the fact is seen."""
        above = values >= (self.low if self.low is not None else -np.inf)
        below = values <= (self.high if self.high is not None else np.inf)
        found: NDArray[np.bool_] = above & below
        return found


def _fact(row: Mapping[str, Any]) -> StressFact:
    ((measure, dates),) = row["measure"].items()
    days = tuple(date.fromisoformat(str(day)) for day in dates)
    low, high = row["band"]
    of = tuple(row.get("of", ("attacks_foreign",)))
    return StressFact(row["name"], row["case"], measure, days, low, high, row["source"], of)


FACTS = tuple(map(_fact, data_files.load("stress_facts")["facts"]))


@dataclass(frozen=True)
class Stress:
    """What each motive makes of the stress cases.

    Attributes:
        shares: Share of worlds that show a fact, by its place in `FACTS` and motive.
        medians: Median of its value, the same way.
        runs: Worlds a structure.
        seed: Seed.
    """

    shares: dict[tuple[int, str], float]
    medians: dict[tuple[int, str], float]
    runs: int
    seed: int

    def fails(self, fact: int, motive: str) -> bool:
        """Return whether a motive fails a fact."""
        return self.shares[fact, motive] < FAILS


def cases() -> list[str]:
    """Return the stress cases by name, in order of time."""
    return list(dict.fromkeys(fact.case for fact in FACTS))


def scenario(case: str) -> Scenario:
    """Return a stress case."""
    return Scenario.load(data_files.folder("seeds") / "stress" / f"{case}.yaml")


def worlds(runs: int) -> int:
    """Return how many worlds `examine` plays."""
    return runs * len(STRUCTURES) * len(cases())


def examine(run: Run = ROUGH, structures: Sequence[str] = STRUCTURES) -> Stress:
    """Play the stress cases and hold every motive against them.

    Args:
        run: How each case is played under each structure; the motives share its worlds.
        structures: Structures that are pooled.
    """
    values: dict[int, list[Floats]] = {}
    motives: list[Floats] = []
    for structure in structures:
        one = replace(run, structure=structure, bands=False)
        nature = one.drawn()
        motives.append(nature[declared.column(declared.MOTIVE)])
        for case in cases():
            item = scenario(case)
            mine = [k for k, fact in enumerate(FACTS) if fact.case == case]

            def reduce(daily: Singles, item: Scenario = item, mine: list[int] = mine) -> Floats:
                def days(k: int) -> Floats:
                    rows = [OUTCOMES.index(name) for name in FACTS[k].of]
                    found: Floats = daily[:, rows].astype(np.float64).sum(axis=1)
                    return found

                return np.array([FACTS[k].value(days(k), item.start) for k in mine])

            found = shards.play([item], replace(one, nature=nature, reduce=reduce))[0].reduced
            for row, k in zip(found, mine, strict=True):
                values.setdefault(k, []).append(row)
    which = np.concatenate(motives)
    shares, medians = {}, {}
    for k, parts in values.items():
        whole = np.concatenate(parts)
        for code, motive in enumerate(MOTIVES):
            own = whole[which == code]
            known = own.size > 0
            shares[k, motive] = float(FACTS[k].agrees(own).mean()) if known else float("nan")
            medians[k, motive] = float(np.nanmedian(own)) if known else float("nan")
    return Stress(shares, medians, run.runs, run.seed)
