"""A condition of one's own, said in one word of an address: what Explore's drop-downs write.

``when1=attacks~all~press~90~at_most~3~30~combat~0~180`` reads: when the press counts at most 3
attacks on foreigners in 90 days, on 30 mornings in a row, US combat soldiers go to 0 over 180 days.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from pydantic import ValidationError

from drawdown.declared.conditions import Condition, Item, sights
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.lever_table import MOVED_BY_CONDITIONS
from drawdown.declared.scenario_file import sentence_of

MOST = 3
KEYS = tuple(f"when{k + 1}" for k in range(MOST))
FIELDS = (
    *("see", "about", "counted_by", "days", "bound", "value"),
    *("lasting", "lever", "to", "over"),
)
BETWEEN = "~"
BOUNDS = ("at_least", "at_most")
PLACE = "Explore"
"""What stands where a file's condition names its line."""

LEVERS = tuple(MOVED_BY_CONDITIONS)


def offered() -> tuple[str, ...]:
    """Return what a condition of one's own may look at: everything but dates."""
    return tuple(name for name, about in sights().items() if about["kind"] != "day")


NUMBER = r"(?!-0(\.0*)?([eE]|$))-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?"
"""A number as an address says it, for Python and for a page's script: every number in one way."""


def is_number(text: str) -> bool:
    """Return whether a word of an address is a number, as a page's script reads one too."""
    return re.fullmatch(NUMBER, text) is not None and isfinite(float(text))


def _number(text: str) -> Any:
    """Return a number where the text is one; whether it may be one the condition says."""
    if not is_number(text):
        return text
    value = float(text)
    return int(value) if value.is_integer() else value


def read(query: Mapping[str, str]) -> tuple[tuple[Condition, ...], list[str]]:
    """Return the conditions that an address asks for, and what is wrong with them.

    Args:
        query: Words of the address; those of `KEYS` are read.
    """
    found: list[Condition] = []
    faults: list[str] = []
    for key in KEYS:
        if key not in query:
            continue
        try:
            found.append(Condition(f"own-{key[-1]}", _item(query[key]), PLACE))
        except InputError as error:
            faults += [f"{key}: {fault}" for fault in error.faults]
    return tuple(found), faults


def _item(line: str) -> Item:
    parts = line.split(BETWEEN)
    if len(parts) != len(FIELDS):
        raise InputError(f"must be {len(FIELDS)} words between '{BETWEEN}': {', '.join(FIELDS)}")
    said = dict(zip(FIELDS, parts, strict=True))
    for field, allowed in (("see", offered()), ("bound", BOUNDS), ("lever", LEVERS)):
        if said[field] not in allowed:
            raise InputError(unknown(field, said[field], allowed))
    test: dict[str, Any] = {"see": said["see"], said["bound"]: _number(said["value"])}
    options = sights()[said["see"]]["options"]
    for option, field in (("on", "about"), ("of", "about"), ("counted_by", "counted_by")):
        if option in options:
            test[option] = said[field]
    if said["days"]:
        test["days"] = _number(said["days"])
    content = {
        "when": test,
        "lasting": _number(said["lasting"]),
        "then": {said["lever"]: _number(said["to"])},
        "over": _number(said["over"]),
    }
    try:
        return Item.model_validate(content)
    except ValidationError as error:
        told = [sentence_of(e).removeprefix("file: ") for e in error.errors()]
        raise InputError(told) from None
