"""What a page carries so that it plays worlds by itself: the engine and its numbers."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from drawdown.connect import commands
from drawdown.day import curves, exports, phases, policy, reasons, rulebook, wasm
from drawdown.day.lowering import Array
from drawdown.day.outcomes import RUN_OUTCOMES
from drawdown.day.start import table
from drawdown.declared import columns, data_files
from drawdown.declared import levers as levers_of
from drawdown.declared import parameters as declared
from drawdown.declared.actors import cast
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import MOTIVES, PLAN, STRUCTURES
from drawdown.declared.conditions import sights
from drawdown.declared.language import Language, languages
from drawdown.declared.levels import parts
from drawdown.declared.lever_table import BY_NAME, IMPLIED, POSTURE, STEPPED
from drawdown.declared.scenario import Scenario
from drawdown.questions import compare, decompose
from drawdown.questions.answer import Answer, stored
from drawdown.questions.phases import JUDGES, REFERENCE
from drawdown.views import conditions as told_conditions
from drawdown.views.chronicle import BECAUSE, RULES
from drawdown.web import address, controls, explore, links, one_world
from drawdown.web.layout import words_of
from drawdown.worlds import ensemble

_KINDS = (
    *("foreign", "state", "strike", "vote", "order_begins", "review", "expulsion"),
    *("campaign_begins", "truce_opens", "truce_ends", "government_forms", "condition"),
)
"""Words for the kinds of events, in the order of their numbers in `columns`, from 1 on."""


def packed(content: bytes) -> str:
    """Return content as text that a page unpacks: compressed, in base 64."""
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode("ascii")


def _bytes(array: Any) -> bytes:
    return np.ascontiguousarray(array).astype(np.dtype(array.dtype).newbyteorder("<")).tobytes()


def _dated(levels: Any) -> list[list[float]]:
    """Return dated levels as day, number, weight of those who stay."""
    return [[day.toordinal(), *parts(level)] for day, level in sorted(levels.items())]


def _conditions(item: Scenario) -> list[dict[str, Any]]:
    """Return what of a scenario's conditions a page tells, in both languages."""
    found: list[dict[str, Any]] = []
    rows = count()
    for condition in item.conditions:
        lists: dict[str, Any] = {}
        for part, tests in condition.tests():
            lists[part] = []
            for test, row in zip(tests.items, rows, strict=False):
                kind = sights()[test.see]["kind"]
                fixed = kind == "day" or test.see in ("request", "truce", "days_without_attacks")
                told = told_conditions.told_test if fixed else told_conditions.told_sight
                lists[part].append(
                    {
                        "text": {c: told(test, Language(c)) for c in languages()},
                        "fixed": fixed,
                        "count": kind == "count",
                        "row": row if kind == "count" else told_conditions.level_of(test),
                    }
                )
        found.append(
            {
                "name": condition.name,
                "place": told_conditions.written_in(condition),
                "then": {c: told_conditions.told_then(condition, Language(c)) for c in languages()},
                "parts": lists,
            }
        )
    return found


def _scenario(name: str) -> dict[str, Any]:
    item = address.loaded(name)
    own = [getattr(item.levers, lever) for lever in POSTURE]
    told = [getattr(item.levers, f"announced_{lever}") for lever in POSTURE]
    terms = policy.table(item)
    return {
        "start": item.start.toordinal(),
        "posture": [_dated(levels) for levels in own],
        "announced": [None if levels is None else _dated(levels) for levels in told],
        "by": levers_of.months_until(item),
        "dated": {
            lever: [[d.toordinal(), v] for d, v in sorted(getattr(item.levers, lever).items())]
            for lever in levers_of.FROM_THE_FIRST_DAY
        },
        "world": [
            [
                declared.column(n),
                s.value if s.value is not None else 0.0,
                s.scale if s.scale is not None else -1.0,
                *declared.declarations()[n].range,
            ]
            for n, s in item.world.items()
        ],
        "terms": {i: v for i, v in enumerate(_plain(terms)) if v != 0.0},
        "conditions": _conditions(item),
        "events": [
            [event.date.isoformat(), event.what]
            for event in item.events
            if event.only is None or event.only == item.mode
        ],
        "openings": {part: _runs(column) for part, column in _openings(item).items()},
        "stepped": {lever.name: decompose.steps(item, lever.name) for lever in STEPPED},
        "same": _same(item),
        "end": item.end.isoformat(),
        "file": address.file_of(item),
    }


def _plain(numbers: Floats) -> list[Any]:
    """Return numbers for JSON, which knows no infinity."""
    return [v if np.isfinite(v) else f"{v}" for v in numbers.tolist()]


def _openings(item: Scenario) -> dict[str, Floats]:
    """Return the days after dealings that rivals would spoil, by what the dealings belong to."""
    state = next(iter(sorted(item.levers.us_iran.items())))[1]
    still = item.with_levers(us_iran=state)

    def opened(scenario: Scenario, part: str | None) -> Floats:
        events = tuple(e for e in scenario.events if decompose.part_of(e) == part)
        return ensemble.plan_of(replace(scenario, events=events))[:, PLAN.index("opening")]

    found = {part: opened(still, part) for part in (decompose.ANNOUNCED, decompose.EVENTS)}
    return found | {decompose.ABROAD: opened(item, None)}


def _same(item: Scenario) -> dict[str, str]:
    """Return what two scenarios must have alike not to differ in a part, beside their levers."""
    assert all(event.only is None for event in item.events)
    found = {
        part: repr([e for e in item.events if decompose.part_of(e) == part])
        for part in decompose.PARTS
    }
    found[decompose.ANSWER] += item.mode
    found[decompose.CONDITIONS] = repr(tuple((c.name, c.item) for c in item.conditions))
    found[decompose.WORLD] = repr(item.world)
    return {part: hashlib.sha256(text.encode()).hexdigest()[:12] for part, text in found.items()}


_OF_SOLDIERS = ("combat", "combat_residual", "advisers", "advisers_residual", "coalition")
COLUMNS_OF = {
    part: tuple(column for name in levers for column in BY_NAME[name].columns)
    for part, levers in decompose.LEVERS_OF.items()
}
COLUMNS_OF[decompose.NATO] += ("nato_suspended", "nato_second_base")
COLUMNS_OF[decompose.ANSWER] += ("decided", "strike_on", "strike_leader")
COLUMNS_OF |= {
    decompose.ANNOUNCED: (
        *(name for name in PLAN if name.startswith(("announced_", "later_"))),
        *("concession", "promise_days", "after_concession", "broken_deadline", "doubt"),
    ),
}
"""Columns of a plan by the part that they belong to; dated events have the others."""

_TAKEN = (*_OF_SOLDIERS, "opening", *(n for names in COLUMNS_OF.values() for n in names))
COLUMNS_OF[decompose.EVENTS] = tuple(name for name in PLAN if name not in _TAKEN)


def _runs(column: Floats) -> list[list[float]]:
    """Return a column as its values and the days on which each begins."""
    at = np.flatnonzero(np.concatenate([[True], column[1:] != column[:-1]]))
    return [[int(k), float(column[k])] for k in at]


def _past() -> Scenario:
    first = address.loaded(address.offered()[0])
    assert first.history is not None
    return address.history(first.history, first.start)


def numbers() -> dict[str, Any]:
    """Return all that the engine in a page is given, but for plans and posterior."""
    return {
        "model": links.model(),
        "posterior": drawn_from(),
        **_sizes(),
        **_names(),
        **_drawn(),
        **_event_words(),
        "scenarios": {name: _scenario(name) for name in address.offered()},
        "plan_places": _columns()[1],
        "posture": POSTURE,
        "columns_by_lever": {lever.name: lever.codes or {lever.name: None} for lever in STEPPED},
        "implied": IMPLIED,
        "parts": decompose.PARTS,
        "columns_of": COLUMNS_OF,
        "levers_of": decompose.LEVERS_OF,
        "residual": decompose.usual_residual(),
        "most_split": explore.MOST_SPLIT,
        "single": address.SINGLE,
        "reference": REFERENCE,
        "answers": {} if rulebook.current() != rulebook.PLAIN else stored()["answers"],
        "remaining_takes": [declared.column(name) for name in compare.remaining_takes()],
        "smallest": compare.smallest_difference("tempo_foreign"),
    }


def _sizes() -> dict[str, Any]:
    """Return how many there are of everything, and where each group begins."""
    past = _past()
    return {
        "lanes": wasm.LANES,
        "runs": address.RUNS,
        "days": curves.DAYS,
        "before": curves.BEFORE,
        "window": curves.WINDOW,
        "step": curves.STEP,
        "weeks": curves.WEEKS,
        "people_weeks": curves.PEOPLE_WEEKS,
        "lines": curves.LINES,
        "memory": policy.MEMORY,
        "past": {"first": past.start.toordinal(), "days": past.days},
        "derived": _length(columns.DERIVED_GROUPS),
        "derived_at": columns.starts(columns.DERIVED_GROUPS),
        "states": columns.STATES,
        "state_at": columns.starts(columns.STATE_GROUPS),
        "work": _length(columns.WORK_GROUPS),
        "work_at": columns.starts(columns.WORK_GROUPS),
        "terms": _length(columns.POLICY_GROUPS),
        "counted": len(columns.COUNTED),
        "kinds_of_plan": phases.KINDS,
        "counted_apart": phases.COUNTED,
        "stops_apart": phases.STOPS,
        "afterwards": phases.AFTERWARDS,
        "judges": JUDGES,
        "event_fields": len(columns.EVENT_FIELDS),
        "regions": columns.REGIONS,
        "doctrine_row": columns.DOCTRINE,
        "condition_kind": columns.CONDITION,
    }


def _length(groups: Iterable[tuple[str, int]]) -> int:
    return sum(length for _, length in groups)


def _names() -> dict[str, Any]:
    """Return the names of what is counted in rows, and the functions with their arguments."""
    return {
        "functions": {
            name: [[t.of, t.dimensions] if isinstance(t, Array) else t for t in types]
            for name, (_, types) in exports.FUNCTIONS.items()
        },
        "counted_names": columns.COUNTED,
        "level_names": columns.LEVELS,
        "moved_levers": columns.MOVED_LEVERS,
        "outcomes": columns.OUTCOMES,
        "run_outcomes": RUN_OUTCOMES,
        "table": explore.TABLE,
        "plan": PLAN,
        "structures": STRUCTURES,
        "motives": MOTIVES,
        "factions": [f.name for f in cast().factions],
        "rejection": [f.rejection for f in cast().factions],
        "obeys": [f.obeys for f in cast().factions],
        "sites": [s.name for s in cast().sites],
    }


def _drawn() -> dict[str, Any]:
    """Return how parameters are drawn, and what worlds begin with."""
    items = declared.declarations()
    fixed = declared.Prior(fixed=0.0)

    def prior(name: str, structure: str) -> tuple[float, ...]:
        item = items[name]
        if item.prior is None:
            return declared.Prior(fixed=item.default[structure]).numbers()
        return (fixed if name == declared.MOTIVE else item.prior[structure]).numbers()

    constants, sources = table()
    weights = np.cumsum(declared.weights_of_motives())
    some = declared.posterior()[STRUCTURES[0], MOTIVES[0]]
    return {
        "parameters": list(items),
        "ranges": {name: item.range for name, item in items.items()},
        "priors": {s: [prior(n, s) for n in items] for s in STRUCTURES},
        "adds": [f"{declared.place_of_draw(n)}" for n in items],
        "stored_add": f"{declared.place_of_draw('posterior')}",
        "stored_rows": [declared.column(name) for name in some],
        "motive_row": declared.column(declared.MOTIVE),
        "motive_ends": (weights / weights[-1]).tolist(),
        "constants": {i: v for i, v in enumerate(constants.tolist()) if v != 0.0},
        "sources": {i: v for i, v in enumerate(sources.tolist()) if v >= 0},
    }


def _event_words() -> dict[str, Any]:
    """Return what events are told with, by their kinds."""
    return {
        "reasons": reasons.WORDS,
        "because": BECAUSE,
        "kind_names": dict(enumerate(_KINDS, 1)),
        "turns": told_conditions.TURNS,
        "held": address.HELD_TOO,
        "kinds": one_world.KINDS,
        "rules": RULES,
    }


def posterior() -> bytes:
    """Return the posterior's draws as they are stored: by structure and motive, by parameter.

    A parameter that was not calibrated under a motive has none.
    """
    stored = declared.posterior()
    found = [
        [values.tolist() if values[0] == values[0] else [] for values in stored[s, m].values()]
        for s in STRUCTURES
        for m in MOTIVES
    ]
    return json.dumps(found, separators=(",", ":")).encode()


def _columns() -> tuple[list[Floats], list[list[int]]]:
    """Return the columns of all scenarios' plans, each once, and which each scenario has."""
    found: dict[bytes, int] = {}
    columns: list[Floats] = []
    places = []
    for name in address.offered():
        mine = []
        for column in ensemble.plan_of(address.loaded(name)).T:
            key = column.tobytes()
            if key not in found:
                found[key] = len(columns)
                columns.append(column)
            mine.append(found[key])
        places.append(mine)
    return columns, places


def plans() -> bytes:
    """Return the plan of the past and then columns of the scenarios' plans, as doubles.

    Column stands after column, and each once: `numbers` says which a scenario has. All first
    bytes stand before all second ones, and so on: lines and steps pack by a third better.
    """
    past = _bytes(np.ascontiguousarray(ensemble.plan_of(_past()).T))
    whole = past + b"".join(_bytes(column) for column in _columns()[0])
    return np.frombuffer(whole, np.uint8).reshape(-1, 8).T.tobytes()


STATIC = Path(__file__).parent / "static"
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([a-z]+\.js)";$', re.MULTILINE)


def script(name: str) -> str:
    """Return a script with all that it imports, in one text that imports nothing.

    Raises:
        ValueError: If two of the files give one name to different things, or import otherwise.
    """
    made: dict[str, str] = {}

    def add(file: str) -> None:
        if file in made:
            return
        text = (STATIC / file).read_text(encoding="utf-8")
        for _, other in _IMPORT.findall(text):
            add(other)
        made[file] = re.sub(r"^export \{[^}]*\};\n", "", _IMPORT.sub("", text), flags=re.MULTILINE)
        made[file] = re.sub(r"^export (?=async|class|const|function)", "", made[file], flags=re.M)

    add(name)
    whole = "\n".join(made.values())
    names = re.findall(r"^(?:async )?(?:class|const|let|function) (\w+)", whole, re.MULTILINE)
    twice = {n for n in names if names.count(n) > 1}
    if twice or re.search(r"^(import|export) ", whole, re.MULTILINE):
        raise ValueError(f"{name}: cannot be one script: {', '.join(sorted(twice)) or 'imports'}")
    return whole


@lru_cache(maxsize=2)
def _all(rules: str) -> dict[str, str]:
    del rules
    told = json.dumps(numbers(), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return {
        "worker": script("worker.js"),
        "wasm": packed(wasm.made()),
        "numbers": packed(told.encode()),
        "posterior": packed(posterior()),
        "plans": packed(plans()),
    }


def everything() -> dict[str, str]:
    """Return all that a page carries, packed, by name.

    Raises:
        InputError: If the WebAssembly can neither be found nor made here.
    """
    return _all(rulebook.current().digest)


THIRD = "full-withdrawal"
"""What the first screen shows beside the two scenarios of the usual view."""


def drawn_from() -> str:
    """Return the digest of the posterior that a page carries."""
    found: str = declared.source("posterior").told["digest"]
    return found


@lru_cache(maxsize=4)
def _first(rules: str, code: str) -> dict[str, Any]:
    del rules
    explorer, view = explore.Explorer(), address.View()
    third = explorer.curves(replace(view, case=THIRD), Language(code))["case"]
    return {
        "curves": explorer.curves(view, Language(code)),
        "third": third,
    }


def first_answer(language: Language) -> dict[str, Any]:
    """Return the answer of the view that a page begins with, in words; none of own rules."""
    glossary = language.word("answer", "glossary")
    if rulebook.current() != rulebook.PLAIN:
        return {"title": "", "sentences": [], "glossary": glossary}
    found = Answer.of_numbers(stored()["answers"][address.View().case])
    told = {"title": found.title(language), "sentences": found.sentences(language)}
    return told | {"glossary": glossary}


def shown(language: Language) -> dict[str, Any]:
    """Return what the page of Explore shows, but for where it lies and what it carries."""
    words = words_of(language, "web", "explore")
    names = [name for name, _ in explore.TABLE]
    books = ("answer", "chronicle", "factions", "sites", "events", "structures", "motives")
    words["books"] = {
        **{book: language.words[book] for book in (*books, "decompose", "conditions")},
        "run_outcomes": {name: language.outcome(name) for name in names},
        "outcomes": language.words["outcomes"] | language.words["run_outcomes"],
        **{lever: language.words[group] for lever, group in controls.WORDS_OF.items()},
    }
    words["labels"] = {
        code: {name: Language(code).outcome(name) for name in names}
        | {"tempo_ratio": Language(code).word("table", "tempo_ratio")}
        for code in languages()
    }
    found = data_files.load("found")
    return {
        "words": words,
        "parts": controls.controls(language)
        | {
            "map": controls.map_of(language),
            "model": links.model(),
            "rules": commands.rules_file(),
            "runs": address.RUNS,
            # What the page shows until it can play by itself.
            "first": _first(rulebook.current().digest, language.code)
            if ensemble.has_compiler()
            else None,
            "claims": {
                name: {"text": language.pick(claim["claim"]), "carried_by": claim["carried_by"]}
                for name, claim in data_files.load("claims").items()
            },
            "searches": {
                name: {"asked": language.pick(item["asked"]), "answers": item["answers"]}
                for name, item in data_files.load("searches").items()
            },
            "found": [
                {"name": name, "case": found["case"], "levers": levers}
                for name, levers in found["policies"].items()
            ],
            "ranges": {n: item.range for n, item in declared.declarations().items()},
        },
        "first": first_answer(language),
        "horizon": controls.horizon(language),
        "last_day": curves.DAYS - 1,
        "own_rules": controls.whose_rules(language),
        "carries": language.word(
            "explore",
            "carries",
            model=language.kept(links.model()),
            posterior=language.kept(drawn_from()),
        ),
    }


def digest() -> str:
    """Return the digest of all that a page carries."""
    return hashlib.sha256(repr(sorted(everything().items())).encode()).hexdigest()[:16]
