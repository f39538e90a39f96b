"""The format of a scenario file, and one file as it is read: what it says, and every fault.

A file says only what differs from the one it extends. ``policy`` holds what somebody
chooses, ``world`` what nobody chooses, ``events`` what happens on a date.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema

from drawdown.declared import data_files, levels
from drawdown.declared.actors import cast
from drawdown.declared.columns import PARAMETERS
from drawdown.declared.conditions import Item, Test, Then
from drawdown.declared.errors import InputError, nearest, unknown
from drawdown.declared.formats import FORMAT, earlier
from drawdown.declared.language import is_shown_as_written
from drawdown.declared.lever_table import (
    BY_NAME,
    POLICY_LEVERS,
    POSTURE,
    STEPPED,
    PolicyLever,
)
from drawdown.declared.parameters import MOTIVE, Setting, Text, check_value, is_number
from drawdown.declared.parameters import names as names_of_parameters

LARGEST_FILE = 1_000_000
EventKind = Literal[
    "concession",
    "broken_deadline",
    "doubt",
    "dialogue_round",
    "election",
    "new_prime_minister",
    "formation",
    "vote",
    "truce",
    "order",
    "campaign",
    "violence",
    "quiet",
    "strike",
    "nato_suspension",
    "nato_second_base",
    "hand_over",
]


SPELLS = ("violence", "quiet")
"""Events that date a spell of a world's own, which goes on when its last dated day is over."""


def _wrong(message: str) -> PydanticCustomError:
    # Braces would be read as placeholders.
    return PydanticCustomError("scenario", "{message}", {"message": message})


def as_date(value: Any) -> date:
    """Return a date as files and callers give it.

    Raises:
        PydanticCustomError: If it is none.
    """
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    if isinstance(value, np.datetime64) and not np.isnat(value):
        value = value.astype("datetime64[us]").item()
    if isinstance(value, datetime) and value == value:
        if value.replace(hour=0, minute=0, second=0, microsecond=0) == value:
            return value.date()
    elif isinstance(value, date):
        return value
    raise _wrong(f"must be a date such as 2021-12-31, got {value!r}")


def _number(value: Any, low: float, high: float, word: str | None = None) -> Any:
    if (word is not None and value == word) or isinstance(value, levels.Mixed):
        return value
    if not is_number(value):
        also = f" or '{word}'" if word else ""
        raise _wrong(f"must be a number from {low:g} to {high:g}{also}, got {value!r}")
    if not low <= value <= high:
        raise _wrong(f"must lie between {low:g} and {high:g}, got {str(value)[:40]}")
    return float(value)


def _choice(value: Any, allowed: tuple[str, ...]) -> str:
    if value is None and "none" in allowed:
        return "none"
    if value not in allowed:
        raise _wrong(
            f"must be one of {', '.join(allowed)}, got {value!r}{_did_you(value, allowed)}"
        )
    return str(value)


def _did_you(value: Any, allowed: Iterable[str]) -> str:
    hint = nearest(str(value), allowed)
    return hint if "mean" in hint else ""


class _Reader:
    """Reads a lever of a file: one value, or values by the date they begin."""

    def __init__(self, lever: PolicyLever) -> None:
        self.lever = lever

    def item(self, value: Any) -> Any:
        lever = self.lever
        if lever.choices:
            return _choice(value, lever.choices)
        return _number(value, *lever.range, lever.word)

    def read(self, value: Any) -> dict[date, Any]:
        if isinstance(value, dict):
            if not value:
                raise _wrong("must hold at least one date, or be a single value")
            levels = {as_date(day): self.item(level) for day, level in value.items()}
            return dict(sorted(levels.items()))
        return {date.min: self.item(value)}

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(self, source: Any, handler: Any) -> dict[str, Any]:
        del source, handler
        low, high = map(int, self.lever.range)
        item: dict[str, Any] = {"type": "number", "minimum": low, "maximum": high}
        if self.lever.choices:
            item = {"enum": list(self.lever.choices)}
        elif self.lever.word:
            item = {"anyOf": [item, {"const": self.lever.word}]}
        by_date = {
            "type": "object",
            "propertyNames": {"pattern": r"^\d{4}-\d{2}-\d{2}$"},
            "additionalProperties": item,
        }
        return {"anyOf": [item, by_date]}


ANNOUNCED = tuple(f"announced_{name}" for name in POSTURE)
READERS = {lever.name: _Reader(lever) for lever in POLICY_LEVERS}
READERS |= {f"announced_{name}": READERS[name] for name in POSTURE}


def _fields(levers: Iterable[PolicyLever]) -> dict[str, Any]:
    """Return the fields of a file that give levers."""
    return {
        lever.name: (
            Annotated[dict[date, Any] | None, READERS[lever.name]],
            Field(default=None, description=lever.about),
        )
        for lever in levers
    }


Day = Annotated[
    date, BeforeValidator(as_date), WithJsonSchema({"type": "string", "format": "date"})
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Roles = create_model("_Roles", __base__=_Strict, **_fields(BY_NAME[name] for name in POSTURE))


class Posture(_Roles):  # type: ignore[misc,valid-type]
    """Soldiers by role on dated days, with straight lines between."""


def name_fault(name: str) -> str:
    """Return why a text can be no name in tables and files, or an empty string."""
    if not is_shown_as_written(name) or "\n" in name or "\t" in name:
        why = "must not hold signs that are not shown as they are written"
    elif name.startswith(tuple("=+-@")):
        why = f"must not begin with '{name[0]}', as a spreadsheet's formula does"
    else:
        return ""
    return f"{name!r} {why}; choose another"


def _shown_name(name: str) -> str:
    if fault := name_fault(name):
        raise PydanticCustomError("name", "{fault}", {"fault": fault})
    return name


ConditionName = Annotated[str, AfterValidator(_shown_name)]


class _Soldiers(_Strict):
    posture: Posture = Field(default_factory=Posture, description="soldiers by role")
    announced: Posture | None = Field(
        default=None, description="what is announced, where it differs"
    )


_Levers = create_model("_Levers", __base__=_Soldiers, **_fields(STEPPED))


class Policy(_Levers):  # type: ignore[misc,valid-type]
    """What somebody chooses. Each lever is a value, or values by the date they begin."""

    conditions: dict[ConditionName, Item] = Field(
        default={}, description="what is done when something is seen, by name"
    )


def read_choice(name: str, choice: Any) -> Setting:
    """Return what a file chooses for one parameter.

    Raises:
        InputError: If the name or the value is wrong.
    """
    if name == "structure":
        raise InputError(
            "no file fixes what a strike does: the three structures stand side by side; "
            "choose with --structure"
        )
    if name == MOTIVE:
        raise InputError(
            "no file fixes why the militias attack: the five motives stand side by side; "
            "choose with --motive"
        )
    if isinstance(choice, dict) and name in names_of_parameters():
        if set(choice) != {"scale"}:
            raise InputError(f"must be a number or {{scale: factor}}, got {dict(choice)!r}"[:300])
        try:
            return Setting(scale=float(_number(choice["scale"], 0, 1000)))
        except PydanticCustomError as error:
            raise InputError(f"scale {error.message()}") from None
    wrong = check_value(name, choice)
    if wrong:
        raise InputError(wrong[0])
    return Setting(value=float(choice))


def _world_faults(path: Path, content: Any) -> list[tuple[int, int, str]]:
    world = content.get("world")
    found = []
    if isinstance(world, dict):
        for name, choice in world.items():
            try:
                read_choice(str(name), choice)
            except InputError as error:
                line, column = _position(content, ("world", name))
                told = f"{path}:{line}:{column}: world.{name}: {error.faults[0]}"
                found.append((line, column, told))
    return found


def _read_claim(value: Any) -> str:
    known = data_files.load("claims")
    if not isinstance(value, str) or value not in known:
        raise _wrong(unknown("claim", str(value), known))
    return str(value)


def _read_format(value: int) -> int:
    if value < FORMAT:
        raise _wrong(earlier(value))
    return value


class Event(_Strict):
    """Something that happens on a date."""

    date: Day
    what: EventKind
    until: Day | None = None
    anew: Day | None = None
    site: str | None = None
    faction: str | None = None
    leader: bool = False
    result: Literal["passed"] | None = None
    only: Literal["conditioned"] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Event:
        spell = self.what in SPELLS
        lasting = spell or self.what in ("truce", "order", "campaign", "formation")
        if lasting and self.until is None:
            raise _wrong(f"a {self.what} needs 'until', its last day")
        if self.until is not None and not lasting and self.what != "concession":
            raise _wrong(
                "'until' belongs to a truce, an order, a campaign, a formation, a spell of "
                "violence or quiet, or a concession that is promised by a date"
            )
        if self.until is not None and self.until < self.date:
            raise _wrong(f"'until' ({self.until}) is before 'date' ({self.date})")
        if self.anew is not None:
            if not spell:
                raise _wrong("'anew' belongs to a spell of violence or quiet")
            if self.until is None or not self.date < self.anew <= self.until:
                raise _wrong(f"'anew' ({self.anew}) must lie after 'date' and not after 'until'")
        names = {s.name for s in cast().sites if s.kind == "base"}
        if self.what == "hand_over":
            if self.site not in names:
                raise _wrong(unknown("base", str(self.site), sorted(names)))
        elif self.site is not None:
            raise _wrong("'site' belongs to a hand_over")
        factions = [f.name for f in cast().factions]
        if self.what == "strike":
            if self.faction not in factions:
                raise _wrong(unknown("faction", str(self.faction), factions))
        elif self.faction is not None or self.leader:
            raise _wrong("'faction' and 'leader' belong to a strike")
        if self.result is not None and self.what != "vote":
            raise _wrong("'result' belongs to a vote")
        return self


_CHOICE = {
    "anyOf": [
        {"type": "number"},
        {
            "type": "object",
            "properties": {"scale": {"type": "number"}},
            "additionalProperties": False,
        },
    ]
}
_WORLD = {
    "type": "object",
    "properties": dict.fromkeys(PARAMETERS, _CHOICE),
    "additionalProperties": False,
}


class ScenarioFile(_Strict):
    """The format of a scenario file."""

    format: Annotated[int, AfterValidator(_read_format)] = Field(
        default=FORMAT, ge=1, le=FORMAT, description="format of the file; the newest without one"
    )
    title: Text = Field(description="short name in both languages")
    question: Text = Field(description="question for discussion in both languages")
    claims: list[Annotated[str, BeforeValidator(_read_claim)]] = Field(
        default=[], description="claims of the article it plays"
    )
    extends: str | None = Field(default=None, description="scenario whose settings it takes over")
    history: Literal["record-2020-2021", "none"] | None = Field(
        default=None, description="what a run lived through before its first day"
    )
    mode: Literal["free", "conditioned"] | None = Field(
        default=None, description="conditioned: strikes happen only on dates given under events"
    )
    start: Day | None = Field(default=None, description="first day")
    end: Day | None = Field(default=None, description="last day")
    policy: Policy = Field(default_factory=Policy, description="what somebody chooses")
    world: Annotated[dict[Any, Any], WithJsonSchema(_WORLD)] = Field(
        default={}, description="parameters from the first day on: a value or {scale: x}"
    )
    events: list[Event] = Field(default=[], description="dated events, added to the inherited")
    drop_events: list[EventKind] = Field(
        default=[], description="kinds of inherited events that do not happen here"
    )
    drop_conditions: list[str] = Field(
        default=[], description="names of inherited conditions that do not hold here"
    )


@dataclass(frozen=True)
class FileRead:
    """A file as it was read, what it says where it is in order, and its faults."""

    path: Path
    text: str
    content: Any
    said: ScenarioFile | None
    faults: list[str]

    @property
    def file(self) -> ScenarioFile:
        """What it says."""
        assert self.said is not None
        return self.said

    def fault(self, where: tuple[Any, ...], message: str) -> str:
        """Return a sentence with the line and column of what it is about."""
        line, column = _position(self.content, where)
        return f"{self.path}:{line}:{column}: {message}"

    def at(self, where: tuple[Any, ...]) -> str:
        """Return where the file says something, and what."""
        return self.fault(where, ".".join(str(part) for part in where))


def _position(content: Any, where: tuple[Any, ...]) -> tuple[int, int]:
    """Return line and column (from 1) of the last part of a path that has one."""
    line, column = 0, 0
    node: Any = content
    for key in where:
        try:
            if isinstance(node, dict):
                if key not in node:
                    if key == "all" or isinstance(key, int):
                        # A list of tests, or one alone, that a file says without 'all'.
                        continue
                    break
                line, column = node.lc.key(key)  # type: ignore[attr-defined]
            elif key == "all":
                continue
            else:
                line, column = node.lc.item(key)
            node = node[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line + 1, column + 1


_SCALARS = {
    "missing": "is missing",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a list of keys with values",
    "model_type": "must be a list of keys with values",
    "model_attributes_type": "must be a list of keys with values",
    "string_too_short": "must not be empty",
    "string_unicode": "must not hold half a character",
}


_BOUNDS = {
    "less_than_equal": ("le", "at most"),
    "greater_than_equal": ("ge", "at least"),
}


def _fields_at(where: tuple[Any, ...]) -> list[str]:
    """Return the keys allowed in the part of the format that a path leads to."""
    model: Any = ScenarioFile
    if where[:2] == ("policy", "conditions") and len(where) > 2:
        inner = where[3] if len(where) > 3 else ""
        part: Any = {"": Item, "then": Then}.get(str(inner), Test)
        return list(part.model_fields)
    for key in where:
        if isinstance(key, int):
            continue
        if model is None or key not in model.model_fields:
            return []
        model = {
            "title": Text,
            "question": Text,
            "policy": Policy,
            "posture": Posture,
            "announced": Posture,
            "events": Event,
        }.get(key)
    return list(model.model_fields) if model is not None else []


def sentence_of(error: Any) -> str:
    """Return one of pydantic's errors as a sentence: where, what is wrong, what is allowed."""
    where, kind, given = error["loc"], error["type"], error.get("input")
    key = ".".join(str(part) for part in where if part not in ("all", "[key]")) or "file"
    if kind == "extra_forbidden":
        return f"{key}: unknown key '{where[-1]}'{nearest(str(where[-1]), _fields_at(where[:-1]))}"
    if kind in _BOUNDS:
        which, told = _BOUNDS[kind]
        return f"{key}: must be {told} {error['ctx'][which]:g}, got {str(given)[:40]}"
    if kind in ("int_type", "int_parsing", "int_from_float"):
        return f"{key}: must be a whole number, got {given!r}"[:300]
    if kind == "literal_error":
        allowed = [
            x.strip().strip("'") for x in error["ctx"]["expected"].replace(" or ", ",").split(",")
        ]
        return (
            f"{key}: must be one of {', '.join(allowed)}, got {given!r}{_did_you(given, allowed)}"
        )
    if kind in _SCALARS:
        got = "" if kind == "missing" else f", got {given!r}"[:120]
        return f"{key}: {_SCALARS[kind]}{got}"
    return f"{key}: {error['msg']}"[:400]


@lru_cache(maxsize=64)
def _parsed(text: str) -> Any:
    """Return what a YAML text holds, with lines and columns; dates stay text.

    One command reads the same few files again and again; what is returned is not changed.

    Raises:
        InputError: If it is none, with line and column.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import RoundTripConstructor
    from ruamel.yaml.error import MarkedYAMLError, YAMLWarning

    class Texts(RoundTripConstructor):
        """Leaves dates as text: a wrong one must not hide the other faults."""

    Texts.add_constructor(
        "tag:yaml.org,2002:timestamp", lambda self, node: self.construct_scalar(node)
    )
    at = "1:1"
    try:
        yaml = YAML(typ="rt", pure=True)
        yaml.Constructor = Texts
        with warnings.catch_warnings():
            warnings.simplefilter("error", YAMLWarning)
            return yaml.load(text)
    except MarkedYAMLError as error:
        if mark := error.problem_mark or error.context_mark:
            at = f"{mark.line + 1}:{mark.column + 1}"
        why = str(error.problem or error.context or "cannot be read")
    except Exception as error:
        why = str(error)
    raise InputError(f"{at}: not valid YAML: {' '.join(why.split())[:200]}")


def read_file(path: Path) -> FileRead:
    """Return a file's content and every fault that it has by itself."""

    def only(fault: str) -> FileRead:
        return FileRead(path, "", None, None, [fault])

    try:
        if path.stat().st_size > LARGEST_FILE:
            return only(
                f"{path}: is larger than {LARGEST_FILE:,} bytes; a scenario is a short text"
            )
        text = path.read_bytes().decode("utf-8-sig")
        content = _parsed(text)
    except UnicodeDecodeError as error:
        return only(f"{path}: is not UTF-8 text (byte {error.start})")
    except OSError as error:
        return only(f"{path}: cannot be read ({error.strerror})")
    except InputError as error:
        return only(f"{path}:{error.faults[0]}")
    if content is None:
        return only(f"{path}:1:1: the file is empty; 'drawdown new NAME' writes one to start from")
    if not isinstance(content, dict):
        return only(f"{path}:1:1: must be a list of keys such as 'title' and 'policy'")
    faults = []
    try:
        faults = _world_faults(path, content)
        file = ScenarioFile.model_validate(dict(content))
        return FileRead(path, text, content, None if faults else file, [f for *_, f in faults])
    except ValidationError as error:
        for item in error.errors(include_url=False):
            line, column = _position(content, item["loc"])
            faults.append((line, column, f"{path}:{line}:{column}: {sentence_of(item)}"))
        return FileRead(path, text, content, None, [fault for *_, fault in sorted(faults)])
    except RecursionError:
        return only(f"{path}:1:1: refers to itself or is nested too deeply")


def schema() -> str:
    """Return the JSON Schema of a scenario file, for editors."""
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    content |= ScenarioFile.model_json_schema()
    content["title"] = "Drawdown scenario"
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
