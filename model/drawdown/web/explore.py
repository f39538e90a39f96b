"""Explore: plays two scenarios side by side, as fast as a slider moves."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np

from drawdown.day import curves, rulebook
from drawdown.day.curves import BEFORE, COUNTED, DAYS, LINES, PEOPLE_WEEKS, STEP, WEEKS, WINDOW
from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats, Singles
from drawdown.declared.columns import STRUCTURES
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.declared.recent import Recent
from drawdown.declared.scenario import Scenario
from drawdown.questions import answer, decompose
from drawdown.questions.compare import compare
from drawdown.questions.idle import IdleWarning
from drawdown.views.decompose import waterfall
from drawdown.web.address import ALL, RUNS, View, history, loaded
from drawdown.web.controls import FEW, drawn_apart, ends
from drawdown.web.one_world import one_world
from drawdown.worlds import ensemble
from drawdown.worlds.ensemble import Block

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
    ("violent_at_start", 2),
)
"""Outcomes of the table under the curves, with the digits shown. They are those of `compare`,
worked out the same way over the days that Explore plays."""


@dataclass(frozen=True)
class _Worlds:
    """What is kept of many worlds: those of one structure, or of one after the other.

    Attributes:
        sums: Counts over the last 30 days, once a week, shape (kinds * weeks, worlds).
        people: People by week, shape (kinds * weeks, worlds).
        table: Outcomes of `TABLE`, shape (outcomes, worlds).
        structures: How many structures they are of.
    """

    sums: Floats
    people: Floats
    table: Floats
    structures: int = 1

    @staticmethod
    def joined(parts: Sequence[_Worlds]) -> _Worlds:
        """Return the worlds of several structures, one after the other."""
        sums, people, table = (
            np.hstack([getattr(p, n) for p in parts]) for n in ("sums", "people", "table")
        )
        return _Worlds(sums, people, table, len(parts))

    def outcome(self, name: str) -> Floats:
        """Return one of the outcomes of `TABLE`, one a world."""
        found: Floats = self.table[[n for n, _ in TABLE].index(name)]
        return found

    @cached_property
    def curves(self) -> dict[str, Any]:
        """Quantiles and means of counts and medians of people, to be written as JSON."""
        found: dict[str, Any] = {
            name: _filled("fan", (LINES + 1, WEEKS), self.sums, k * WEEKS).tolist()
            for k, name in enumerate(COUNTED)
        }
        medians = _filled("medians", self.people.shape[:1], self.people)
        return found | {"soldiers": medians.reshape(len(curves.PEOPLE), -1).tolist()}


def _filled(name: str, shape: tuple[int, ...], *given: Any) -> Floats:
    """Return an array that one of `day.exports.FUNCTIONS` has filled."""
    found = np.zeros(shape)
    whole = [np.ascontiguousarray(g) if isinstance(g, np.ndarray) else g for g in given]
    ensemble.the_engine().call(name, *whole, found)
    return found


def _counts(days: int, daily: Singles) -> Floats:
    """Return the counts of a block's last days, shape (kinds * days, worlds)."""
    return _filled("tally", (len(COUNTED) * days, daily.shape[2]), daily)


def _reduced(daily: Singles) -> Floats:
    """Return counts, people by week and outcomes of `TABLE` of a block, one under another."""
    people = _filled("gather", (len(curves.PEOPLE) * PEOPLE_WEEKS, daily.shape[2]), daily)
    table = ensemble.outcomes_of(daily, [name for name, _ in TABLE])
    return np.vstack([_counts(DAYS, daily), people, table])


def _nature_key(view: View) -> tuple[Any, ...]:
    return view.structure, view.motive, view.seed, tuple(sorted(view.uncertainties.items()))


def _played(scenario: Scenario) -> str:
    return repr((scenario.name, scenario.levers, [(c.name, c.item) for c in scenario.conditions]))


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
        self._pasts = Recent(6)
        self._played = Recent(12)
        self._recent = Recent(6)

    def _past(self, view: View, scenario: Scenario) -> tuple[list[Block], Floats]:
        assert scenario.history is not None
        past = history(scenario.history, scenario.start)

        def make() -> tuple[list[Block], Floats]:
            nature = declared.draw(
                range(self._runs),
                seed=view.seed,
                structure=view.structure,
                chosen=declared.chosen_with(dict(view.uncertainties), view.motive),
            )
            blocks = ensemble.begin(range(self._runs), nature)
            return ensemble.live(blocks, past, view.seed, partial(_counts, BEFORE), BEFORE)

        key = (*_nature_key(view), scenario.history, scenario.start)
        return self._pasts.get_or_make(key, make)

    def _worlds_of(self, view: View, *scenarios: Scenario) -> list[_Worlds]:
        """Return the worlds of scenarios, with the parameters and the luck of a view."""

        def make(scenario: Scenario) -> _Worlds:
            blocks, before = self._past(view, scenario)
            _, rows = ensemble.live(blocks, scenario, view.seed, _reduced)
            counts, people, table = np.split(rows, (len(COUNTED) * DAYS, -len(TABLE)))
            shape = (len(COUNTED) * WEEKS, rows.shape[1])
            return _Worlds(_filled("weekly", shape, before, counts), people, table)

        if view.structure == ALL:
            each = [self._worlds_of(replace(view, structure=s), *scenarios) for s in STRUCTURES]
            return [_Worlds.joined(parts) for parts in zip(*each, strict=True)]
        with self._lock:
            return [
                self._played.get_or_make((*_nature_key(view), _played(s)), partial(make, s))
                for s in scenarios
            ]

    def curves(self, view: View, language: Language) -> dict[str, Any]:
        """Return curves and events of a view, to be written as JSON."""
        case, base = view.scenario(), loaded(view.base)
        a, b = self._worlds_of(view, case, base)
        first = case.start - timedelta(days=BEFORE)
        weeks = range(WINDOW, BEFORE + DAYS, STEP)
        return {
            "weeks": [(first + timedelta(days=k)).isoformat() for k in weeks],
            "start": case.start.isoformat(),
            "case": a.curves,
            "base": b.curves,
            "events": list(_events((case, base), language)),
            "titles": [s.title.in_language(language.code) for s in (case, base)],
        }

    def numbers(self, view: View, language: Language) -> list[dict[str, Any]]:
        """Return levels and paired differences of a view in words, to be written as JSON."""
        return [in_words(row, language) for row in self.rows(view)]

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
        return list(_rows(*self._worlds_of(view, view.scenario(), loaded(view.base))))

    def against(self, view: View, other: View) -> list[dict[str, Any]]:
        """Return the rows of a view's first scenario against that of another view, paired."""
        each = (self._worlds_of(v, v.scenario())[0] for v in (view, other))
        return list(_rows(*each))

    def answer(self, view: View) -> dict[str, Any] | None:
        """Return the numbers of the one answer for a view (`questions.answer.Answer.numbers`).

        None where the two scenarios do not begin on the same day.
        """
        case, base = view.scenario(), loaded(view.base)
        if case.start != base.start:
            return None
        if view.is_usual() and rulebook.current() == rulebook.PLAIN:
            usual: dict[str, Any] = answer.stored()["answers"][view.case]
            return usual

        def make() -> dict[str, Any]:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", IdleWarning)
                found = compare(
                    [base.named("base"), case.named("case")],
                    runs=self._runs,
                    seed=view.seed,
                    structure=view.structure,
                    motive=view.motive,
                    parameters=dict(view.uncertainties),
                    bands=False,
                    over_draws=False,
                )
            return answer.of(found).numbers()

        return self._deep("answer", view, make)

    def _deep(self, what: str, view: View, make: Callable[[], T]) -> T:
        """Return what takes long of a view, worked out once, one after the other."""
        key = (what, *_nature_key(view), view.base, _played(view.scenario()))
        with self._deep_lock:
            return self._recent.get_or_make(key, make)

    def moves(self, view: View) -> list[dict[str, Any]]:
        """Return how far each uncertainty moves the attacks of both scenarios.

        It is played at the lowest and the highest value that it is drawn at, in the first `FEW`
        worlds, all else the same: ``case`` and ``base`` are the mean, low and high (95 %) of the
        difference in attacks a month.
        """
        two = view.scenario(), loaded(view.base)
        view = view.single()

        def make() -> list[dict[str, Any]]:
            found = []
            for name, item in drawn_apart():
                low, high = (
                    Explorer(FEW)._worlds_of(
                        replace(view, uncertainties={**view.uncertainties, name: end}), *two
                    )
                    for end in ends(item)
                )
                less = [
                    _filled("estimate", (5,), *(w.outcome("tempo_foreign") for w in pair)).tolist()
                    for pair in zip(high, low, strict=True)
                ]
                found.append({"name": name, "case": less[0][:3], "base": less[1][:3]})
            return found

        return self._deep("moves", view, make)

    def difference(self, view: View, language: Language) -> dict[str, Any]:
        """Return what makes the difference between the two scenarios, to be written as JSON.

        Raises:
            InputError: If they do not differ, or in more ways than a page can play.
        """
        view = view.single()
        case, base = view.scenario(), loaded(view.base)
        played = repr([(s.name, s.what_is_played()) for s in (case, base)])

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
            key = (*_nature_key(view), language.code, played)
            return self._recent.get_or_make(key, make)

    def world(self, view: View, language: Language) -> dict[str, Any]:
        """Return one world of the first scenario, day by day, to be written as JSON.

        ``line`` is its attacks in 30 days, once a week, as the curves count them.
        """
        view = view.single()
        scenario = view.scenario()
        (worlds,) = self._worlds_of(view, scenario)
        line = worlds.sums[:WEEKS, view.world].tolist()
        key = (*_nature_key(view), view.world, _played(scenario), language.code)
        with self._world_lock:
            return self._recent.get_or_make(
                key, lambda: one_world(view, scenario, language) | {"line": line}
            )


def _rows(a: _Worlds, b: _Worlds) -> Iterator[dict[str, Any]]:
    """Yield the rows of the table under the curves: levels and paired differences."""

    def put(name: str, digits: int, x: Floats, y: Floats, how: str) -> dict[str, Any]:
        # The world in the middle, for whoever wants to see one behind the number.
        middle = ensemble.the_engine().call("in_the_middle", x[: len(x) // a.structures])
        two = _two((x, a.structures), (y, b.structures), how)
        return {"name": name, "digits": digits, "world": middle} | two

    for name, digits in TABLE:
        x, y = a.outcome(name), b.outcome(name)
        yield put(name, digits, x, y, "estimate")
        if name == "tempo_foreign":
            yield put("tempo_ratio", 2, x, y, "ratio")


def _two(a: tuple[Floats, int], b: tuple[Floats, int], how: str) -> dict[str, Any]:
    """Return the means of two sides' worlds and what is between them, with both intervals.

    Structures share draws and luck, so their worlds are averaged before a spread is taken, as
    `questions.compare` does. The range over single worlds is that of all of them, where both sides
    have the same structures.

    Args:
        a: An outcome of every world, and of how many structures they are.
        b: The same of the other side.
        how: ``estimate`` or ``ratio``.
    """
    call = ensemble.the_engine().call
    names = ("mean", "low", "high", "future_low", "future_high")
    means = [np.ascontiguousarray(v.reshape(n, -1).mean(axis=0)) for v, n in (a, b)]
    single = (a[0], b[0]) if a[1] == b[1] else means
    found = [*_filled(how, (5,), *means)[:3], *_filled(how, (5,), *single)[3:]]
    levels = {k: call("average", v, len(v)) for k, v in zip(("case", "base"), means, strict=True)}
    return levels | dict(zip(names, (float(v) for v in found), strict=True))


def in_words(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
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
