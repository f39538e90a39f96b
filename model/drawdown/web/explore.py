"""Explore: two scenarios side by side, redrawn while a hand is on a slider.

What a reader has chosen is a `View`; it comes from a page's address and goes back into one,
so that a link shows the same curves again.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, partial
from statistics import NormalDist
from typing import Any, TypeVar

import numpy as np

from drawdown.day import book, curves
from drawdown.day.curves import BEFORE, COUNTED, DAYS, LINES, STEP, WEEKS, WINDOW
from drawdown.day.world import World
from drawdown.declared import data_files, policies
from drawdown.declared import levers as levers_of
from drawdown.declared import parameters as declared
from drawdown.declared.actors import cast
from drawdown.declared.arrays import Floats, Singles
from drawdown.declared.columns import (
    ATTACK_FOREIGN,
    ATTACK_STATE,
    MOTIVES,
    STRIKE,
    STRUCTURES,
)
from drawdown.declared.conditions import DECIDES, MOST_MOVED, Condition, sights
from drawdown.declared.errors import InputError
from drawdown.declared.language import LANGUAGES, Language, languages
from drawdown.declared.lever_table import IMPLIED, POLICY_LEVERS, POSTURE
from drawdown.declared.scenario import Scenario, names
from drawdown.questions import decompose
from drawdown.views.chronicle import Teller
from drawdown.views.conditions import told as told_condition
from drawdown.views.decompose import waterfall
from drawdown.web import own
from drawdown.worlds import ensemble
from drawdown.worlds.ensemble import Block

T = TypeVar("T")

RUNS = 200
FEW = 40
"""Worlds in which each uncertainty is tried at both of its ends."""

MOST_SPLIT = 7
"""Most levers that may differ where a page splits a difference: 128 scenarios."""

WHOLE = {"seed": 2**31 - 1, "world": RUNS - 1}
"""Words of an address that are whole numbers, with the largest that each may be."""

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


@dataclass(frozen=True)
class View:
    """What a reader has chosen.

    Attributes:
        case: Scenario whose levers can be moved.
        base: Scenario it is compared with.
        structure: Rival structure.
        motive: Rival motive, or ``all``: drawn in every world.
        seed: Seed.
        world: Number of the world shown on the map.
        levers: Levers moved, by name.
        uncertainties: Parameters held at a value, by name.
        own: Conditions of the reader's own, beside those of the scenario (`web.own`).
    """

    case: str = "combat-to-advisory"
    base: str = "sustained-presence"
    structure: str = "neutral"
    motive: str = "all"
    seed: int = 0
    world: int = 0
    levers: Mapping[str, float | str] = field(default_factory=dict)
    uncertainties: Mapping[str, float] = field(default_factory=dict)
    own: tuple[Condition, ...] = ()

    @staticmethod
    def read(query: Mapping[str, str]) -> View:
        """Read a view from an address.

        Raises:
            InputError: With every fault of the address.
        """
        faults: list[str] = []
        found: dict[str, Any] = {}
        levers: dict[str, Any] = {}
        held: dict[str, float] = {}
        sliders = {s.name: s for s in levers_of.LEVERS}
        for key, value in query.items():
            fault = misspelled(key, value)
            if fault is not None:
                faults.append(fault)
            elif key in ("case", "base", "structure", "motive"):
                found[key] = value
            elif key in WHOLE:
                found[key] = int(value)
            elif key in sliders:
                try:
                    levers[key] = sliders[key].read(value)
                except InputError as error:
                    faults += error.faults
            elif key.startswith("u."):
                name, number = key[2:], float(value)
                wrong = (
                    ["motive: it is chosen as motive=presence and so on"]
                    if name == declared.MOTIVE
                    else declared.check_value(name, number)
                )
                faults += wrong
                if not wrong:
                    held[name] = number
        conditions, wrong = own.read({k: v for k, v in query.items() if not misspelled(k, v)})
        faults += wrong
        if faults:
            raise InputError(faults)
        return replace(View(), **found, levers=levers, uncertainties=held, own=conditions)

    def scenario(self) -> Scenario:
        """Return the first scenario as it is moved, over two years."""
        item = levers_of.moved(loaded(self.case), self.levers)
        return replace(item, conditions=(*item.conditions, *self.own)) if self.own else item

    def file(self) -> str:
        """Return the first scenario as a file that extends the one it came from."""
        return file_of(loaded(self.case), self.scenario(), self.uncertainties)


def file_of(
    source: Scenario, changed: Scenario | None = None, held: Mapping[str, float] | None = None
) -> str:
    """Return a scenario file that extends a scenario, with its levers moved.

    Args:
        source: The scenario.
        changed: It, with levers moved; by default none are.
        held: Parameters that are held at a value.
    """
    more: dict[str, Any] = {"end": f"{source.start + timedelta(days=DAYS - 1)}"}
    if held:
        more["world"] = dict(held)
    return policies.as_file(
        source.name,
        source,
        changed or source,
        title={k: f"{getattr(source.title, k)} *" for k in LANGUAGES},
        question={k: getattr(source.question, k) for k in LANGUAGES},
        head=HELD_TOO if held else "",
        **more,
    )


HELD_TOO = (
    "# Explore held these quantities in the shared past too; a file holds them from\n"
    "# its first day on. On the command line --set NAME=VALUE holds them in both.\n"
)


MOST_PINS = 5
"""Views that a link keeps beside the one that it shows."""

LARGEST_LINK = 8000
"""Characters of a link's words."""

HELD = r"u\.[^\u0000-\u0020]{1,60}"
"""How an address says which uncertainty it holds at a value."""

SPELLED = {
    "whole": r"0|[1-9][0-9]{0,9}",
    "number": own.NUMBER,
    "when": r"[A-Za-z0-9_.~+-]{1,200}",
    "digest": r"[0-9a-f]{8,64}",
    "free": r"[^\u0000]{0,1000}",
}
"""How each kind of word in an address is written, for Python and for the page's script."""


@cache
def spelling() -> dict[str, Any]:
    """Return how a link is written, by which Python and the page's script both read it.

    ``kinds`` names for each word the values that it may have, or its kind of `SPELLED`.
    """
    kinds: dict[str, Any] = {
        "case": list(offered()),
        "base": list(offered()),
        "structure": list(STRUCTURES),
        "motive": ["all", *MOTIVES],
        **dict.fromkeys(WHOLE, "whole"),
        **{s.name: list(s.choices) or "number" for s in levers_of.LEVERS},
        **dict.fromkeys(own.KEYS, "when"),
        "lang": list(languages()),
        "model": "digest",
        "numbers": "digest",
        "claim": list(data_files.load("claims")),
        "search": list(data_files.load("searches")),
        "shown": ["policies", "structures", "motives", "one"],
        "outcome": ["foreign", "state"],
        "tour": ["0", "1", "2", "3", "4", "5"],
        "large": ["0", "1"],
        "embed": ["0", "1"],
        "pin": "free",
    }
    return {
        "kinds": kinds,
        "held": HELD,
        "spelled": SPELLED,
        "most": LARGEST_LINK,
        "most_pins": MOST_PINS,
        "levers": list(levers_of.NAMES),
    }


def misspelled(key: str, value: str) -> str | None:
    """Return what is wrong with how a word of an address is written, or None.

    Args:
        key: The word.
        value: What it is given.
    """
    say, kind = partial(Language().word, "explore"), spelling()["kinds"].get(key)
    if kind is None and re.fullmatch(HELD, key):
        kind = "number"
    told = {"key": key[:60], "value": value[:60]}
    if kind is None:
        return say("fault_key", key=key[:60], allowed=", ".join(levers_of.NAMES))
    if not isinstance(kind, str):
        return None if value in kind else say("fault_choice", **told, allowed=", ".join(kind))
    if not re.fullmatch(SPELLED[kind], value) or (kind == "number" and not own.is_number(value)):
        return say(f"fault_{kind}", **told)
    if key in WHOLE and int(value) > WHOLE[key]:
        return say("fault_range", **told, low=0, high=WHOLE[key])
    return None


@cache
def offered() -> tuple[str, ...]:
    """Return the scenarios that begin where the record ends, in the order of their titles."""
    return tuple(n for n in names() if Scenario.load(n).history is not None)


@cache
def loaded(name: str) -> Scenario:
    """Return a scenario over the days that Explore plays."""
    item = Scenario.load(name)
    return item.until(item.start + timedelta(days=DAYS - 1))


@cache
def history(name: str, until: date) -> Scenario:
    """Return a past up to the day before a scenario's first."""
    return Scenario.load(name).until(until - timedelta(days=1))


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
            ends = []
            for end in _ends(item):
                held = replace(view, uncertainties={**view.uncertainties, name: end})
                ends.append(Explorer(FEW)._both(held, *two))
            pairs = zip(*([s[0].outcome("tempo_foreign") for s in e] for e in ends), strict=True)
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
                (key, language.code), lambda: _one_world(view, scenario, language) | {"line": line}
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


WORDS_OF = {lever.name: lever.words for lever in POLICY_LEVERS if lever.words}
"""Groups of words for the choices of a lever."""

KINDS = {ATTACK_FOREIGN: "foreign", ATTACK_STATE: "state", STRIKE: "strike"}


def _one_world(view: View, scenario: Scenario, language: Language) -> dict[str, Any]:
    world = World(
        scenario,
        seed=view.seed,
        replication=view.world,
        structure=view.structure,
        parameters=dict(view.uncertainties),
        uncertainty="posterior",
        motive=view.motive,
    )
    try:
        return follow(world, language)
    finally:
        world.retire()


def follow(world: World, language: Language, days: int | None = None) -> dict[str, Any]:
    """Run a world and return its sites, people and events with reasons, to be written as JSON.

    Args:
        world: The world, before its first day.
        language: Language of the sentences.
        days: How many days; by default all.
    """
    teller = Teller(language)
    events: list[dict[str, Any]] = []
    people: list[list[int]] = []
    first = world.today + timedelta(days=1)
    told = len(world.happenings)

    def each(now: World) -> None:
        nonlocal told
        day = (now.today - first).days
        for text in teller.calendar(now):
            events.append(
                {"day": day, "kind": "calendar", "text": text, "where": "", "why": "", "rule": ""}
            )
        for event in now.happenings[told:]:
            events.append(
                {
                    "day": day,
                    "kind": KINDS.get(event.kind, "politics"),
                    "where": cast().sites[event.where].name if event.where >= 0 else "",
                    "text": teller.told(now, event),
                    "why": teller.words(now, event),
                    "rule": teller.reason(now, event),
                }
            )
        told = len(now.happenings)
        teller.remember(now)
        if day % STEP == 0:
            people.append([round(site.people) for site in now.sites])

    world.run(days, each)
    return {"first": first.isoformat(), "events": events, "people": people, "step": STEP}


def map_of(language: Language) -> dict[str, Any]:
    """Return the outline, the sites and the regions of the map, to be written as JSON."""
    drawn = data_files.load("map")
    return {
        "outline": drawn["outline"],
        "cities": [
            {"name": language.word("cities", name), "lon": lon, "lat": lat}
            for name, (lon, lat) in drawn["cities"].items()
        ],
        "sites": [
            {
                "name": site.name,
                "title": language.word("sites", site.name),
                "kind": site.kind,
                "lon": site.lon,
                "lat": site.lat,
            }
            for site in cast().sites
        ],
    }


def _ends(item: declared.Parameter) -> tuple[float, float]:
    """Return the lowest and the highest value that a parameter is drawn at."""
    assert item.prior is not None
    ends = [item.prior[s].quantile(u) for s in STRUCTURES for u in (0.0, 1.0)]
    return min(ends), max(ends)


def whose_rules(language: Language) -> str:
    """Return the sentence on the page that the rules are somebody's own; empty for the model's."""
    told = book.current().describe()
    if not told["replaced"]:
        return ""
    replaced = ", ".join(told["replaced"])
    return language.word("explore", "own_rules", file=told["file"], replaced=replaced)


def horizon(language: Language) -> str:
    """Return what days the table under the curves is about."""
    first = min(loaded(n).start for n in offered())
    last = first + timedelta(days=DAYS - 1)
    return language.word(
        "explore",
        "horizon",
        days=language.kept(f"{DAYS}"),
        first=language.day(first),
        last=language.day(last),
    )


def controls(language: Language) -> dict[str, Any]:
    """Return everything a hand can move, from the declarations, to be written as JSON."""
    code = language.code
    levers = [
        {
            "name": s.name,
            "label": language.word("explore", f"lever_{s.name}"),
            "low": s.low,
            "high": s.high,
            "step": s.step,
            "choices": [
                {
                    "value": c,
                    "label": language.word(WORDS_OF[s.name], c),
                }
                for c in s.choices
            ],
        }
        for s in levers_of.LEVERS
    ]
    residual = _ends(declared.declarations()["residual_advisers"])
    parameters = []
    for name, item in declared.declarations().items():
        if item.prior is None or name == declared.MOTIVE:
            continue
        low, high = _ends(item)
        parameters.append(
            {
                "name": name,
                "label": item.name.in_language(code),
                "meaning": item.meaning.in_language(code),
                "unit": item.unit.in_language(code),
                "source": item.source,
                "moves": language.outcome(item.moves)
                if item.moves
                else language.word("explore", "own"),
                "low": low,
                "high": high,
                "step": (high - low) / 100,
                "default": item.default,
            }
        )
    return {
        "link": spelling(),
        "levers": levers,
        "parameters": parameters,
        "scenarios": [
            {
                "name": n,
                "title": loaded(n).title.in_language(code),
                "question": loaded(n).question.in_language(code),
                "conditions": [told_condition(c, language) for c in loaded(n).conditions],
                "stands": levers_of.stands(loaded(n)),
                "departs": levers_of.departs(loaded(n)),
            }
            for n in offered()
        ],
        "implied": IMPLIED,
        "residual": residual,
        "motives": [
            {"name": m, "label": language.word("motives", "pooled" if m == "all" else m)}
            for m in ("all", *MOTIVES)
        ],
        "structures": [{"name": s, "label": language.word("structures", s)} for s in STRUCTURES],
        "sights": _sights(language),
        "moved_by_conditions": [
            {
                "name": name,
                "label": language.word("conditions", f"lever_{name}"),
                "decided_by": DECIDES[name],
                "soldiers": name in POSTURE,
                "range": MOST_MOVED.get(name, (0, 0)),
            }
            for name in own.LEVERS
        ],
        "few": FEW,
        "days": DAYS,
        "wider": {
            "readings": wider(len(STRUCTURES) * len(MOTIVES)),
            "uncertainties": wider(2 * len(parameters)),
        },
    }


def wider(statements: int) -> float:
    """Return by how much a 95 % interval grows so that so many statements hold together.

    All of them are wrong in at most 5 of 100 cases (Bonferroni), each by the normal law.
    """
    usual, all_of_them = (NormalDist().inv_cdf(1 - 0.025 / n) for n in (1, statements))
    return all_of_them / usual


def _sights(language: Language) -> list[dict[str, Any]]:
    """Return what a condition of one's own may look at, to be written as JSON."""
    found = []
    for name in own.offered():
        about = sights()[name]
        low, high = about.get("between", [0, 1])
        about_whom = {
            option: [
                {"value": value, "label": language.word("conditions", f"{prefix}_{value}")}
                for value in about["options"].get(option, ())
            ]
            for option, prefix in (("on", "on"), ("of", "of"), ("counted_by", "by"))
        }
        found.append(
            {
                "name": name,
                "label": language.pick(about["name"]),
                "unit": language.pick(about["unit"]),
                "low": low,
                "high": high,
                "count": about["kind"] == "count",
                "days": about["kind"] == "count" and name != "days_without_attacks",
                "about": about_whom["on"] or about_whom["of"],
                "counted_by": about_whom["counted_by"],
                "sees": about["sees"],
            }
        )
    return found
