"""Stress cases: years before the record, played as they were, and which motive fails where.

Nothing of them is fitted. A stress case changes only the soldiers, what stood between
Washington and Tehran, and the dates of politics (its file in ``seeds/stress`` lists them). A
motive fails a fact where fewer than one in twenty of its worlds show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

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


@dataclass(frozen=True)
class StressFact:
    """What was seen in a stress case.

    Attributes:
        name: Its name in the words, group *stress*.
        case: The file in ``seeds/stress``.
        value: One number a world, from days of shape (days, worlds).
        low: Lowest value that agrees with what was seen, or None.
        high: Highest, or None.
        source: Where it comes from.
        of: Daily outcomes whose sum the days are of.
    """

    name: str
    case: str
    value: Callable[[Floats, date], Floats]
    low: float | None
    high: float | None
    source: str
    of: tuple[str, ...] = ("attacks_foreign",)

    def agrees(self, values: Floats) -> NDArray[np.bool_]:
        """Return in which worlds the fact is seen."""
        above = values >= (self.low if self.low is not None else -np.inf)
        below = values <= (self.high if self.high is not None else np.inf)
        found: NDArray[np.bool_] = above & below
        return found


def _total(attacks: Floats, first: date) -> Floats:
    found: Floats = attacks.sum(axis=0)
    return found


def _between(begin: date, end: date) -> Callable[[Floats, date], Floats]:
    def count(attacks: Floats, first: date) -> Floats:
        rows = slice((begin - first).days, (end - first).days + 1)
        found: Floats = attacks[rows].sum(axis=0)
        return found

    return count


def _longest_gap(begin: date) -> Callable[[Floats, date], Floats]:
    def gap(attacks: Floats, first: date) -> Floats:
        best = now = np.zeros(attacks.shape[1])
        for row in attacks[(begin - first).days :]:
            now = np.where(row > 0, 0.0, now + 1.0)
            best = np.maximum(best, now)
        return best

    return gap


def _talks_over_pressure(attacks: Floats, first: date) -> Floats:
    talks = _between(date(2021, 1, 20), date(2021, 7, 31))(attacks, first) / 193.0
    pressure = _between(date(2018, 5, 8), date(2021, 1, 19))(attacks, first) / 988.0
    return np.where(pressure > 0, talks / np.maximum(pressure, 1e-9), np.nan)


def _violent_share(attacks: Floats, first: date) -> Floats:
    """Return the share of 30-day windows with three attacks or more: a campaign (regimes)."""
    windows = len(attacks) // 30
    sums = attacks[: windows * 30].reshape(windows, 30, -1).sum(axis=1)
    found: Floats = (sums >= 3).mean(axis=0)
    return found


def _on(day: date) -> Callable[[Floats, date], Floats]:
    def read(days: Floats, first: date) -> Floats:
        found: Floats = days[(day - first).days]
        return found

    return read


_REGIMES = "record:regimes"

FACTS = (
    StressFact("no_campaign", "2011-2014", _total, None, 3, f"{_REGIMES} (910 days, 0 to 0.1)"),
    StressFact("no_campaign", "2014-2018", _total, None, 5, f"{_REGIMES} (1,422 days, 0 to 0.1)"),
    StressFact(
        "first_months",
        "2018-2021",
        _between(date(2018, 5, 8), date(2018, 9, 5)),
        None,
        1,
        f"{_REGIMES} (121 days, 0 to 0.3 a month)",
    ),
    StressFact("total", "2018-2021", _total, 94, 146, "literature:regimes (117; 86 and 31)"),
    StressFact(
        "talks_over_pressure",
        "2018-2021",
        _talks_over_pressure,
        1.18,
        2.81,
        "literature:regimes (1.85, 1.18 to 2.81)",
    ),
    StressFact(
        "longest_gap",
        "2018-2021",
        _longest_gap(date(2019, 10, 28)),
        40,
        75,
        "literature:regimes (57 days, the longest since October 2019)",
    ),
    StressFact(
        "violent_share",
        "2018-2021",
        _violent_share,
        0.35,
        0.60,
        f"{_REGIMES} (0.49 of days under pressure, 0.28 in talks)",
    ),
    StressFact(
        "soldiers",
        "2020-posture-free",
        _on(date(2021, 1, 15)),
        None,
        3000,
        "record:troop_levels (2,500 on 15 January 2021); C06",
        ("us_combat", "us_advisers"),
    ),
)


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


def examine(run: Run = ROUGH) -> Stress:
    """Play the stress cases and hold every motive against them.

    Args:
        run: How each case is played under each structure; the motives share its worlds.
    """
    values: dict[int, list[Floats]] = {}
    motives: list[Floats] = []
    for structure in STRUCTURES:
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
            shares[k, motive] = float(FACTS[k].agrees(own).mean())
            medians[k, motive] = float(np.nanmedian(own))
    return Stress(shares, medians, run.runs, run.seed)
