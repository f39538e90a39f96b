"""What a reader of Explore has chosen, and the words of an address that say it.

What a reader has chosen is a `View`; it comes from a page's address and goes back into one,
so that a link shows the same curves again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, partial
from typing import Any

from drawdown.day.curves import DAYS
from drawdown.declared import data_files, policies
from drawdown.declared import levers as levers_of
from drawdown.declared import parameters as declared
from drawdown.declared.columns import MOTIVES, STRUCTURES
from drawdown.declared.conditions import Condition
from drawdown.declared.errors import InputError
from drawdown.declared.language import LANGUAGES, Language, languages
from drawdown.declared.scenario import Scenario, names
from drawdown.questions.phases import REFERENCE
from drawdown.web import custom_conditions

RUNS = 200
"""Worlds of a view."""

ALL = "all"
"""In place of a structure: all of them, one beside the other."""

SINGLE = "neutral"
"""Structure under which one world is told and a difference is split where all are asked for."""

WHOLE = {"seed": 2**31 - 1, "world": RUNS - 1}
"""Words of an address that are whole numbers, with the largest that each may be."""


@dataclass(frozen=True)
class View:
    """What a reader has chosen.

    Attributes:
        case: Scenario whose levers can be moved.
        base: Scenario it is compared with.
        structure: Rival structure, or `ALL`.
        motive: Rival motive, or ``all``: drawn in every world.
        seed: Seed.
        world: Number of the world shown on the map.
        levers: Levers moved, by name.
        uncertainties: Parameters held at a value, by name.
        own: Conditions of the reader's own, beside those of the scenario (`web.custom_conditions`).
    """

    case: str = "combat-to-advisory"
    base: str = "sustained-presence"
    structure: str = ALL
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
        conditions, wrong = custom_conditions.read(
            {k: v for k, v in query.items() if not misspelled(k, v)}
        )
        faults += wrong
        if faults:
            raise InputError(faults)
        return replace(View(), **found, levers=levers, uncertainties=held, own=conditions)

    def single(self) -> View:
        """Return it under one structure, where it asks for all."""
        return replace(self, structure=SINGLE) if self.structure == ALL else self

    def is_usual(self) -> bool:
        """Return whether it is the question whose answer is stored (`questions.answer.stored`)."""
        held = self.levers or self.uncertainties or self.own
        usual = (self.base, self.structure, self.motive, self.seed)
        return not held and self.case != REFERENCE and usual == (REFERENCE, ALL, "all", 0)

    def scenario(self) -> Scenario:
        """Return the first scenario as it is moved, over the days that Explore plays."""
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
    "number": custom_conditions.NUMBER,
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
        "structure": [ALL, *STRUCTURES],
        "motive": ["all", *MOTIVES],
        **dict.fromkeys(WHOLE, "whole"),
        **{s.name: list(s.choices) or "number" for s in levers_of.LEVERS},
        **dict.fromkeys(custom_conditions.KEYS, "when"),
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
    if not re.fullmatch(SPELLED[kind], value) or (
        kind == "number" and not custom_conditions.is_number(value)
    ):
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
