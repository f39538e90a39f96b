"""Explore: two scenarios side by side, redrawn while a hand is on a slider.

What a reader has chosen is a `View`; it comes from a page's address and goes back into one,
so that a link shows the same curves again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from drawdown.day import curves
from drawdown.day.curves import BEFORE, COUNTED, DAYS, LINES, STEP, WEEKS, WINDOW
from drawdown.declared import parameters as declared
from drawdown.declared.columns import (
    MOTIVES,
    STRUCTURES,
)
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.declared.scenario import Scenario
from drawdown.questions import decompose
from drawdown.views.decompose import waterfall
from drawdown.web.address import RUNS, View, history, loaded
from drawdown.web.controls import FEW, ends
from drawdown.web.one_world import one_world
from drawdown.worlds import ensemble
from drawdown.worlds.ensemble import Block

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
T = TypeVar("T")

MOST_SPLIT = 7
"""Most levers that may differ where a page splits a difference: 128 scenarios."""

TABLE = (
    ("tempo_foreign", 2),
    ("stop_60", 2),
    ("stop_120", 2),
    ("stop_180", 2),
    ("tempo_state", 2),
    ("dead_us", 1),
    ("authority", 3),
    ("pressure", 3),
    ("daesh_index", 0),
)
"""Outcomes of the table under the curves, with the digits shown. They are those of `compare`,
worked out the same way over the days that Explore plays."""


class _Kept(OrderedDict[Any, Any]):
    """The few results used last. Safe to use from several threads, under any lock or none."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self._lock = threading.Lock()

    def get_or_make(self, key: Any, make: Callable[[], T]) -> T:
        with self._lock:
            if key in self:
                self.move_to_end(key)
                there: T = self[key]
                return there
        made = make()
        with self._lock:
            self[key] = made
            self.move_to_end(key)
            while len(self) > self.most:
                self.popitem(last=False)
        return made


class Explorer:
    """Plays views; what two views share is played once.

    Safe to call from several threads: one view is played at a time, on all cores, and one
    world is told at a time.
    """

    def __init__(self, runs: int = RUNS) -> None:
        self._runs = runs
        self._lock = threading.Lock()
        self._world_lock = threading.Lock()
        self._deep_lock = threading.Lock()
        self._pasts = _Kept(6)
        self._played = _Kept(12)
        self._told = _Kept(6)

    def _past(self, view: View, scenario: Scenario) -> tuple[list[Block], Floats]:
        assert scenario.history is not None
        past = history(scenario.history, scenario.start)
        key = (*self._nature_key(view), scenario.history, scenario.start)

        def make() -> tuple[list[Block], Floats]:
            nature = declared.draw(
                range(self._runs),
                seed=view.seed,
                structure=view.structure,
                chosen=declared.chosen_with(dict(view.uncertainties), view.motive),
            )
            blocks = ensemble.begin(range(self._runs), nature)
            return ensemble.live(blocks, past, view.seed, partial(_counts, BEFORE), BEFORE)

        return self._pasts.get_or_make(key, make)

    @staticmethod
    def _nature_key(view: View) -> tuple[Any, ...]:
        return view.structure, view.motive, view.seed, tuple(sorted(view.uncertainties.items()))

    def _worlds_of(self, view: View, scenario: Scenario) -> tuple[_Worlds, dict[str, Any]]:
        """Return what is kept of every world, and the curves, those of the past before them."""
        key = (*self._nature_key(view), _played(scenario))

        def make() -> tuple[_Worlds, dict[str, Any]]:
            blocks, before = self._past(view, scenario)
            _, rows = ensemble.live(blocks, scenario, view.seed, _Worlds.reduced)
            found = _Worlds(rows)
            return found, _drawn(before, found)

        return self._played.get_or_make(key, make)

    def curves(self, view: View, language: Language) -> dict[str, Any]:
        """Return curves and events of a view, to be written as JSON."""
        case, base = view.scenario(), loaded(view.base)
        a, b = self._both(view, case, base)
        first = case.start - timedelta(days=BEFORE)
        weeks = [
            (first + timedelta(days=k)).isoformat() for k in range(WINDOW, BEFORE + DAYS, STEP)
        ]
        return {
            "weeks": weeks,
            "start": case.start.isoformat(),
            "case": a[1],
            "base": b[1],
            "events": list(_events((case, base), language)),
            "titles": [s.title.in_language(language.code) for s in (case, base)],
        }

    def numbers(self, view: View, language: Language) -> list[dict[str, Any]]:
        """Return levels and paired differences of a view in words, to be written as JSON."""
        return [_told(row, language) for row in self.rows(view)]

    @staticmethod
    def compared(view: View) -> Scenario:
        """Return the scenario that a view's first one is compared with."""
        return loaded(view.base)

    def rows(self, view: View) -> list[dict[str, Any]]:
        """Return levels and paired differences of a view as numbers.

        Each row is an outcome of `TABLE`, or the quotient of the tempos: ``case``, ``base``, the
        difference's ``mean``, ``low``, ``high`` (95 %) and ``future_low``, ``future_high`` (90 of
        100 worlds), and ``world``, the one in the middle.
        """
        a, b = self._both(view, view.scenario(), loaded(view.base))
        return list(_rows(a[0], b[0]))

    def against(self, view: View, other: View) -> list[dict[str, Any]]:
        """Return the rows of a view's first scenario against that of another view, paired."""
        with self._lock:
            a = self._worlds_of(view, view.scenario())[0]
            b = self._worlds_of(other, other.scenario())[0]
        return list(_rows(a, b))

    def readings(self, view: View) -> list[dict[str, Any]]:
        """Return the rows of a view under every structure and every motive, one and all."""
        key = ("readings", *self._nature_key(view), view.base, _played(view.scenario()))
        return self._alone(key, lambda: self._readings(view))

    def _alone(self, key: Any, make: Callable[[], T]) -> T:
        """Return what takes long, worked out once, one after the other."""
        with self._deep_lock:
            return self._told.get_or_make(key, make)

    @staticmethod
    def _readings(view: View) -> list[dict[str, Any]]:
        apart = Explorer()
        return [
            {
                "structure": structure,
                "motive": motive,
                "rows": apart.rows(replace(view, structure=structure, motive=motive)),
            }
            for structure in STRUCTURES
            for motive in ("all", *MOTIVES)
        ]

    def moves(self, view: View) -> list[dict[str, Any]]:
        """Return how far each uncertainty moves the attacks of both scenarios.

        It is played at the lowest and the highest value that it is drawn at, in the first `FEW`
        worlds, all else the same: ``case`` and ``base`` are the mean, low and high (95 %) of the
        difference in attacks a month.
        """
        key = ("moves", *self._nature_key(view), view.base, _played(view.scenario()))
        return self._alone(key, lambda: self._moves(view))

    @staticmethod
    def _moves(view: View) -> list[dict[str, Any]]:
        two = view.scenario(), loaded(view.base)
        found = []
        for name, item in declared.declarations().items():
            if item.prior is None or name == declared.MOTIVE:
                continue
            both = []
            for end in ends(item):
                held = replace(view, uncertainties={**view.uncertainties, name: end})
                both.append(Explorer(FEW)._both(held, *two))
            pairs = zip(*([s[0].outcome("tempo_foreign") for s in e] for e in both), strict=True)
            told = [_filled("estimate", (5,), high, low).tolist()[:3] for low, high in pairs]
            found.append({"name": name, "case": told[0], "base": told[1]})
        return found

    def difference(self, view: View, language: Language) -> dict[str, Any]:
        """Return what makes the difference between the two scenarios, to be written as JSON.

        Raises:
            InputError: If they do not differ, or in more ways than a page can play.
        """
        case, base = view.scenario(), loaded(view.base)
        key = (
            *self._nature_key(view),
            language.code,
            repr([(s.name, s.what_is_played()) for s in (case, base)]),
        )

        def make() -> dict[str, Any]:
            two = decompose.pair(base, case)
            if len(two.parts) > MOST_SPLIT:
                raise InputError(
                    f"{len(two.parts)} levers differ, and a page splits at most {MOST_SPLIT}; "
                    f"drawdown decompose {view.base} and a file of this scenario splits them"
                )
            found = decompose.play(
                two,
                ("tempo_foreign",),
                runs=RUNS,
                seed=view.seed,
                structure=view.structure,
                motive=view.motive,
                parameters=dict(view.uncertainties),
            )
            return waterfall(found, language)

        with self._world_lock:
            return self._told.get_or_make(key, make)

    def _both(
        self, view: View, case: Scenario, base: Scenario
    ) -> list[tuple[_Worlds, dict[str, Any]]]:
        with self._lock:
            return [self._worlds_of(view, item) for item in (case, base)]

    def world(self, view: View, language: Language) -> dict[str, Any]:
        """Return one world of the first scenario, day by day, to be written as JSON."""
        scenario = view.scenario()
        line = self._line(view, scenario)
        key = (*self._nature_key(view), view.world, _played(scenario))
        with self._world_lock:
            return self._told.get_or_make(
                (key, language.code), lambda: one_world(view, scenario, language) | {"line": line}
            )

    def _line(self, view: View, scenario: Scenario) -> list[float]:
        """Return the attacks of one world in 30 days, once a week, as the curves count them."""
        with self._lock:
            worlds, _ = self._worlds_of(view, scenario)
            _, before = self._past(view, scenario)
        found: list[float] = _sums(before, worlds)[:WEEKS, view.world].tolist()
        return found


def _filled(name: str, shape: tuple[int, ...], *given: Any) -> Floats:
    """Return an array that one of `day.page.FUNCTIONS` has filled."""
    found = np.zeros(shape)
    ensemble.the_engine().call(name, *given, found)
    return found


def _counts(days: int, daily: Singles) -> Floats:
    daily = np.ascontiguousarray(daily)
    return _filled("tally", (len(COUNTED) * days, daily.shape[2]), daily)


@dataclass(frozen=True)
class _Worlds:
    """What is kept of every world over `DAYS` days.

    Attributes:
        rows: Daily counts one after the other, people by week, outcomes of `TABLE`, shape
            (values, worlds).
    """

    rows: Floats

    _COUNTS = len(COUNTED) * DAYS
    _PEOPLE = len(curves.PEOPLE) * curves.PEOPLE_WEEKS

    @staticmethod
    def reduced(daily: Singles) -> Floats:
        """Return the rows of a block."""
        daily = np.ascontiguousarray(daily)
        people = _filled("gather", (_Worlds._PEOPLE, daily.shape[2]), daily)
        table = ensemble.outcomes_of(daily, [name for name, _ in TABLE])
        return np.vstack([_counts(DAYS, daily), people, table])

    def counts(self) -> Floats:
        """Return daily counts, shape (kinds * days, worlds)."""
        return np.ascontiguousarray(self.rows[: self._COUNTS])

    def people(self) -> Floats:
        """Return people by week, shape (kinds * weeks, worlds)."""
        return np.ascontiguousarray(self.rows[self._COUNTS :][: self._PEOPLE])

    def outcome(self, name: str) -> Floats:
        """Return one of the outcomes of `TABLE`, one a world."""
        names = [n for n, _ in TABLE]
        return np.ascontiguousarray(self.rows[names.index(name) - len(TABLE)])


def _played(scenario: Scenario) -> str:
    return repr((scenario.name, scenario.levers, [(c.name, c.item) for c in scenario.conditions]))


def _sums(before: Floats, worlds: _Worlds) -> Floats:
    """Return counts over the last 30 days, once a week, shape (kinds * weeks, worlds)."""
    shape = (len(COUNTED) * WEEKS, before.shape[1])
    return _filled("weekly", shape, np.ascontiguousarray(before), worlds.counts())


def _drawn(before: Floats, worlds: _Worlds) -> dict[str, Any]:
    """Return the curves of many worlds."""
    sums = _sums(before, worlds)
    found: dict[str, Any] = {
        name: _filled("fan", (LINES, WEEKS), sums, k * WEEKS).tolist()
        for k, name in enumerate(COUNTED)
    }
    medians = _filled("medians", (_Worlds._PEOPLE,), worlds.people())
    found["soldiers"] = medians.reshape(len(curves.PEOPLE), -1).tolist()
    return found


def _rows(a: _Worlds, b: _Worlds) -> Iterator[dict[str, Any]]:
    """Yield the rows of the table under the curves: levels and paired differences."""
    call = ensemble.the_engine().call

    def put(name: str, digits: int, x: Floats, y: Floats, how: str) -> dict[str, Any]:
        mean, low, high, future_low, future_high = _filled(how, (5,), x, y).tolist()
        return {
            "name": name,
            "digits": digits,
            # The world in the middle, for whoever wants to see one behind the number.
            "world": call("in_the_middle", x),
            "case": call("average", x, len(x)),
            "base": call("average", y, len(y)),
            "mean": mean,
            "low": low,
            "high": high,
            "future_low": future_low,
            "future_high": future_high,
        }

    for name, digits in TABLE:
        x, y = a.outcome(name), b.outcome(name)
        yield put(name, digits, x, y, "estimate")
        if name == "tempo_foreign":
            yield put("tempo_ratio", 2, x, y, "ratio")


def _told(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return a row of the table under the curves in words."""
    name, digits = row["name"], row["digits"]

    def n(key: str) -> str:
        return language.number(row[key], digits)

    quotient = name == "tempo_ratio"
    known = row["mean"] == row["mean"]
    interval = language.kept(f"{n('mean')} [{n('low')}, {n('high')}]") if known else "–"
    return {
        "name": name,
        "label": language.word("table", name) if quotient else language.outcome(name),
        "world": row["world"],
        "case": "" if quotient else n("case"),
        "base": "" if quotient else n("base"),
        "less": interval,
        "futures": language.kept(f"{n('future_low')} … {n('future_high')}"),
    }


def _events(scenarios: Sequence[Scenario], language: Language) -> Iterator[dict[str, Any]]:
    """Yield dated events in order, each once, with the numbers of the scenarios it is in."""
    found: dict[tuple[date, str], list[int]] = {}
    for k, scenario in enumerate(scenarios):
        for landmark in scenario.landmarks():
            found.setdefault(landmark, []).append(k)
    for (day, what), whose in sorted(found.items()):
        yield {
            "day": day.isoformat(),
            "told": language.day(day),
            "what": language.word("events", what),
            "whose": whose,
        }
