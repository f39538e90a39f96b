"""Scenario files: levers, uncertainties and dated events, checked before anything runs.

A file says only what differs from the one it extends. ``policy`` holds what somebody
chooses, ``world`` what nobody chooses, ``events`` what happens on a date.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, make_dataclass, replace
from datetime import date, datetime, timedelta
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
from drawdown.declared.conditions import Condition, Item, Test, Then, too_many
from drawdown.declared.errors import InputError, nearest, unknown
from drawdown.declared.formats import FORMAT
from drawdown.declared.language import is_shown_as_written
from drawdown.declared.lever_table import (
    BY_NAME,
    DEFAULTS,
    IMPLIED,
    POLICY_LEVERS,
    POSTURE,
    STEPPED,
    PolicyLever,
)
from drawdown.declared.parameters import MOTIVE, Setting, Text, check_value, is_number
from drawdown.declared.parameters import names as names_of_parameters

RECORD = "record-2020-2021"
HISTORY_BEGINS = date(2020, 1, 1)
FIRST_DAY = date(2003, 5, 1)
"""No run begins earlier: the regimes that are known begin here."""

FORWARD_BEGINS = date(2021, 7, 26)
"""First day of forward runs: they branch off the record run at the end of the day before."""

LARGEST_FILE = 1_000_000
ENDINGS = (".yaml", ".yml", ".json")
"""Endings of scenario files, in small letters or capitals; JSON is YAML 1.2 too."""

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
    "strike",
    "nato_suspension",
    "nato_second_base",
    "hand_over",
]


def _wrong(message: str) -> PydanticCustomError:
    # Braces would be read as placeholders.
    return PydanticCustomError("scenario", "{message}", {"message": message})


def _as_date(value: Any) -> date:
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
            levels = {_as_date(day): self.item(level) for day, level in value.items()}
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


_ANNOUNCED = tuple(f"announced_{name}" for name in POSTURE)
_READERS = {lever.name: _Reader(lever) for lever in POLICY_LEVERS}
_READERS |= {f"announced_{name}": _READERS[name] for name in POSTURE}


def _fields(levers: Iterable[PolicyLever]) -> dict[str, Any]:
    """Return the fields of a file that give levers."""
    return {
        lever.name: (
            Annotated[dict[date, Any] | None, _READERS[lever.name]],
            Field(default=None, description=lever.about),
        )
        for lever in levers
    }


Day = Annotated[
    date, BeforeValidator(_as_date), WithJsonSchema({"type": "string", "format": "date"})
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


def _read_choice(name: str, choice: Any) -> Setting:
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
                _read_choice(str(name), choice)
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


class Event(_Strict):
    """Something that happens on a date."""

    date: Day
    what: EventKind
    until: Day | None = None
    site: str | None = None
    faction: str | None = None
    leader: bool = False
    result: Literal["passed"] | None = None
    only: Literal["conditioned"] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Event:
        lasting = self.what in ("truce", "order", "campaign", "formation")
        if lasting and self.until is None:
            raise _wrong(f"a {self.what} needs 'until', its last day")
        if self.until is not None and not lasting and self.what != "concession":
            raise _wrong(
                "'until' belongs to a truce, an order, a campaign, a formation, or a concession "
                "that is promised by a date"
            )
        if self.until is not None and self.until < self.date:
            raise _wrong(f"'until' ({self.until}) is before 'date' ({self.date})")
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

    format: int = Field(
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


_ByLever = make_dataclass(
    "_ByLever", (*POSTURE, *_ANNOUNCED, *(lever.name for lever in STEPPED)), frozen=True
)


class Levers(_ByLever):  # type: ignore[misc,valid-type]
    """The policy of a scenario with everything inherited filled in: levels by date of each lever.

    What is announced is None where it is what is done.
    """


@dataclass(frozen=True)
class Scenario:
    """A scenario that can be run.

    Attributes:
        name: Its file's name without the ending.
        title: Short name in both languages.
        question: Question for discussion in both languages.
        claims: Claims of the article it plays.
        lineage: Names of the scenarios it extends, nearest first.
        history: Name of the scenario lived through before the first day, or None.
        mode: ``free``, or ``conditioned`` where strikes happen only on dates given.
        start: First day.
        end: Last day.
        levers: The policy.
        world: Parameters that the scenario chooses from its first day on.
        events: Dated events.
        text: The files it was read from, by name.
        notes: What its files say that a reader might take for more than it is, one sentence
            each; `questions.idle.notes` adds what moves nothing.
        places: Where its files say what: file, line and column by key.
        conditions: What is done when something is seen, in the order of the files.
        source: The name or path that it was loaded by, or empty.
    """

    name: str
    title: Text
    question: Text
    claims: tuple[str, ...]
    lineage: tuple[str, ...]
    history: str | None
    mode: str
    start: date
    end: date
    levers: Levers
    world: dict[str, Setting]
    events: tuple[Event, ...]
    text: dict[str, str] = field(repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False, compare=False)
    places: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    conditions: tuple[Condition, ...] = ()
    source: str = field(default="", repr=False, compare=False)

    @staticmethod
    def load(path_or_name: str | Path) -> Scenario:
        """Return the scenario of a file, or of a name in ``scenarios/``.

        Raises:
            InputError: With every fault of the file.
        """
        return _load(path_or_name)

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.end - self.start).days + 1

    def what_is_played(self) -> tuple[Any, ...]:
        """Return all that decides its worlds: what results and caches are known by."""
        return (
            self.levers,
            self.events,
            self.world,
            self.mode,
            self.history,
            self.start,
            self.end,
            tuple((c.name, c.item) for c in self.conditions),
        )

    def landmarks(self) -> list[tuple[date, str]]:
        """Return the dated events that happen, and the last planned departure."""
        found: dict[date, str] = {}
        for event in self.events:
            if event.only is None or self.mode == event.only:
                found.setdefault(event.date, event.what)
        for dated in (self.levers.combat, self.levers.advisers):
            last = max(dated)
            if len(dated) > 1 and self.history is not None:
                found.setdefault(last, "deadline")
        return sorted((day, what) for day, what in found.items() if self.start <= day <= self.end)

    def with_levers(self, **levers: Any) -> Scenario:
        """Return the scenario under another policy.

        As in a file: a lever is one value from the first day on, or values by the dates they
        begin; before the first of these dates holds what the scenario had. A government that
        confronts polices as a file's would where no policing is given with it.

        Args:
            **levers: Levers by name, those of `Levers`. ``announced_combat``,
                ``announced_advisers`` and ``announced_coalition`` may be None: what is
                announced is what is done.

        Raises:
            InputError: For unknown levers, wrong values, and dates after the last day.
        """
        faults: list[str] = []
        given: dict[str, dict[date, Any] | None] = {}
        for name, value in levers.items():
            if name not in _READERS:
                faults.append(unknown("lever", name, _READERS))
            elif value is None and name in _ANNOUNCED:
                given[name] = None
            else:
                try:
                    given[name] = _READERS[name].read(value)
                except PydanticCustomError as error:
                    faults.append(f"{name}: {error.message()}")
                    continue
            for day in _never(name, given.get(name), self.end):
                faults.append(f"{name}: {day} is outside the run, {self.start} to {self.end}")
        if faults:
            raise InputError(faults)
        now = vars(self.levers)
        return replace(self, levers=Levers(**(now | _taken_over(now, given, self.start))))

    def until(self, end: date) -> Scenario:
        """Return the scenario with another last day.

        Raises:
            InputError: If it is no date, or before the first day.
        """
        try:
            last = _as_date(end)
        except PydanticCustomError as error:
            raise InputError(f"until: {error.message()}") from None
        if last < self.start:
            raise InputError(f"until: {last} is before the first day, {self.start}")
        return replace(self, end=last)

    def named(self, name: str) -> Scenario:
        """Return the scenario under another name, to compare it with the one it came from.

        Raises:
            InputError: If the name is empty or no text.
        """
        if not isinstance(name, str) or not name.strip():
            raise InputError(f"a scenario's name must be text, got {name!r}")
        if fault := name_fault(name.strip()):
            raise InputError(fault)
        return replace(self, name=name.strip())


def names() -> list[str]:
    """Return the scenarios of ``scenarios/`` by name."""
    return sorted(p.stem for p in data_files.folder("scenarios").glob("*.yaml"))


def _has_ending(text: str) -> bool:
    return text.lower().endswith(ENDINGS)


def find(path_or_name: str | Path, child: Path | None = None) -> Path:
    """Return the file of a scenario.

    A name is looked for beside the file that extends it, among ``scenarios/``, and in the
    working folder, with each of `ENDINGS`.

    Args:
        path_or_name: A path, with its ending or without, or a name.
        child: File that extends it.

    Raises:
        InputError: If there is none.
    """
    if not isinstance(path_or_name, str | Path):
        raise InputError(f"a scenario must be a name or a path, got {path_or_name!r}"[:200])
    text = str(path_or_name)
    if "\0" in text:
        raise InputError(f"{text!r}: no file has a name with a null character"[:200])
    here = child.parent if child is not None else Path()
    candidates: list[Path] = []
    if _has_ending(text):
        candidates.append(here / text)
    else:
        beside = [here / f"{text}{ending}" for ending in ENDINGS]
        ours = [data_files.folder("scenarios") / f"{text}.yaml"]
        own = [c for c in beside if child is None or not _same(c, child)]
        candidates = own + ours if child is not None else ours + own
    for candidate in candidates:
        try:
            if candidate.is_file():
                return candidate
            if candidate.is_dir():
                raise InputError(f"{text}: is a folder, not a scenario file")
        except (OSError, ValueError) as error:
            raise InputError(f"{text}: cannot be read ({error})") from None
    if child is not None and child.stem == text:
        return child
    known = [*names(), *_files_in(here)]
    if _has_ending(text) or text.startswith(("./", "../", "/")):
        near = nearest(text, _files_in(here))
        raise InputError(f"{text}: there is no such file{near if 'mean' in near else ''}")
    raise InputError(unknown("scenario", text, known))


def _same(one: Path, other: Path) -> bool:
    try:
        return one.resolve() == other.resolve()
    except (OSError, ValueError):
        return False


def _files_in(folder: Path) -> list[str]:
    try:
        return sorted(p.name for p in folder.iterdir() if _has_ending(p.name) and p.is_file())
    except OSError:
        return []


def _is_record(path: Path) -> bool:
    return path.resolve() == (data_files.folder("scenarios") / f"{RECORD}.yaml").resolve()


@dataclass(frozen=True)
class _Read:
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


def _read(path: Path) -> _Read:
    """Return a file's content and every fault that it has by itself."""
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import RoundTripConstructor
    from ruamel.yaml.error import MarkedYAMLError, YAMLWarning

    class Texts(RoundTripConstructor):
        """Leaves dates as text: a wrong one must not hide the other faults."""

    Texts.add_constructor(
        "tag:yaml.org,2002:timestamp", lambda self, node: self.construct_scalar(node)
    )

    def only(fault: str) -> _Read:
        return _Read(path, "", None, None, [fault])

    try:
        if path.stat().st_size > LARGEST_FILE:
            return only(
                f"{path}: is larger than {LARGEST_FILE:,} bytes; a scenario is a short text"
            )
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return only(f"{path}: is not UTF-8 text (byte {error.start})")
    except OSError as error:
        return only(f"{path}: cannot be read ({error.strerror})")
    try:
        yaml = YAML(typ="rt", pure=True)
        yaml.Constructor = Texts
        with warnings.catch_warnings():
            warnings.simplefilter("error", YAMLWarning)
            content = yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        problem = " ".join(str(error.problem or error.context or "cannot be read").split())
        return only(f"{path}:{at}: not valid YAML: {problem[:200]}")
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        return only(f"{path}:1:1: not valid YAML: {reason}")
    if content is None:
        return only(f"{path}:1:1: the file is empty; 'drawdown new NAME' writes one to start from")
    if not isinstance(content, dict):
        return only(f"{path}:1:1: must be a list of keys such as 'title' and 'policy'")
    faults = []
    try:
        faults = _world_faults(path, content)
        file = ScenarioFile.model_validate(dict(content))
        return _Read(path, text, content, None if faults else file, [f for *_, f in faults])
    except ValidationError as error:
        for item in error.errors(include_url=False):
            line, column = _position(content, item["loc"])
            faults.append((line, column, f"{path}:{line}:{column}: {sentence_of(item)}"))
        return _Read(path, text, content, None, [fault for *_, fault in sorted(faults)])
    except RecursionError:
        return only(f"{path}:1:1: refers to itself or is nested too deeply")


def _lineage(path: Path) -> tuple[list[_Read], list[str]]:
    """Return a file and all it extends, nearest first, and the faults met."""
    reads = [_read(path)]
    faults = list(reads[0].faults)
    seen = [path.resolve()]
    while True:
        last = reads[-1]
        parent = last.content.get("extends") if isinstance(last.content, dict) else None
        if not isinstance(parent, str):
            return reads, faults
        at = last.at(("extends",))
        try:
            parent_path = find(parent, last.path)
        except InputError as error:
            return reads, [*faults, f"{at}: {error.faults[0]}"]
        if parent_path.resolve() in seen:
            chain = " → ".join([*(p.stem for p in seen), parent_path.stem])
            return reads, [*faults, f"{at}: goes round in a circle: {chain}"]
        seen.append(parent_path.resolve())
        reads.append(_read(parent_path))
        faults += reads[-1].faults


def _events(reads: list[_Read]) -> list[Event]:
    events: list[Event] = []
    for read in reversed(reads):
        events = [e for e in events if e.what not in read.file.drop_events]
        events += read.file.events
    return sorted(events, key=lambda e: e.date)


def _conditions(reads: list[_Read]) -> tuple[Condition, ...]:
    """Return the conditions of a file and of those it extends; a later name takes its place."""
    found: dict[str, Condition] = {}
    for read in reversed(reads):
        for name in read.file.drop_conditions:
            found.pop(name, None)
        for name, item in read.file.policy.conditions.items():
            place = read.at(("policy", "conditions", name))
            found[str(name)] = Condition(str(name), item, place)
    return tuple(found.values())


_MUST_BE_SAID = tuple(lever.name for lever in POLICY_LEVERS if lever.default is None)


def _taken_over(
    before: Mapping[str, Any], given: Mapping[str, dict[date, Any] | None], start: date
) -> dict[str, Any]:
    """Return the levers that change where somebody gives some of them.

    Args:
        before: Every lever as it was inherited, None where nothing was.
        given: Dated levels by lever; None takes an announcement back.
        start: First day of the run.
    """
    found: dict[str, Any] = {}
    for name, dated in given.items():
        if name in POSTURE and dated is not None:
            found[name] = levels.joined(before[name], dated, start)
    for name, dated in given.items():
        if name in _ANNOUNCED:
            own = name.removeprefix("announced_")
            was = before[name] if before[name] is not None else found.get(own, before[own])
            found[name] = None if dated is None else levels.joined(was, dated, start)
        elif name not in POSTURE and dated is not None:
            found[name] = levels.stepped(before[name], dated)
    if given.get("government") is not None and "policing" not in given:
        # Confronting means policing; who wants another degree says so.
        implied = {day: IMPLIED[choice] for day, choice in (given["government"] or {}).items()}
        found["policing"] = levels.stepped(before["policing"], implied)
    return found


def _given(file: ScenarioFile) -> dict[str, dict[date, Any]]:
    """Return the levers that a file gives, by name."""
    policy = file.policy
    parts = {name: getattr(policy.posture, name) for name in POSTURE}
    if policy.announced is not None:
        parts |= {f"announced_{name}": getattr(policy.announced, name) for name in POSTURE}
    parts |= {lever.name: getattr(policy, lever.name) for lever in STEPPED}
    return {name: dated for name, dated in parts.items() if dated is not None}


def _place_of(lever: str) -> tuple[str, ...]:
    """Return where a lever stands in a file."""
    if lever in _ANNOUNCED:
        return "policy", "announced", lever.removeprefix("announced_")
    return ("policy", "posture", lever) if lever in POSTURE else ("policy", lever)


def _levers(reads: list[_Read], start: date) -> tuple[dict[str, Any], list[str]]:
    """Return the levers with all that is inherited, and the faults of what is not there."""
    late: dict[str, date] = {}
    values: dict[str, Any] = dict.fromkeys(Levers.__dataclass_fields__)
    for name, value in DEFAULTS.items():
        values[name] = {date.min: value}
    for read in reversed(reads):
        given = _given(read.file)
        for name in _MUST_BE_SAID:
            first = min(given.get(name) or (), default=date.min)
            if values[name] is None and first > start:
                late[name] = first
        values |= _taken_over(values, given, start)
    wrong = {
        name: "is missing; give it, or extend a scenario that has it"
        for name in _MUST_BE_SAID
        if values[name] is None
    }
    for name, first in late.items():
        wrong[name] = (
            f"says nothing of the days before {first}; give a level for the first day, {start}"
        )
    faults = []
    for name, told in wrong.items():
        where = _place_of(name)
        faults.append(reads[0].fault(where, f"{'.'.join(where)}: {told}"))
    return values, faults


def _never(lever: str, dated: Mapping[date, Any] | None, end: date) -> list[date]:
    """Return the dates of a lever that a run does not reach.

    A line towards a later day is played as far as the run goes, so it is none of them.
    """
    late = [day for day in sorted(dated or {}) if day > end]
    begun = dated is not None and min(dated) <= end
    return [] if begun and lever in (*POSTURE, *_ANNOUNCED) else late


def _settle(reads: list[_Read], attribute: str) -> Any:
    """Return what the nearest file that says something of a key says."""
    said = (getattr(read.file, attribute) for read in reads)
    return next((value for value in said if value is not None), None)


def _span_faults(own: _Read, history: str, start: date, end: date) -> Iterator[str]:
    """Yield what is wrong with the first and the last day, and with dates outside of them."""
    longest = cast().calendar["longest_run"]
    if end < start:
        yield own.fault(("end",), f"end: {end} is before the first day, {start}")
    elif (end - start).days >= longest:
        yield own.fault(
            ("end",), f"end: a run lasts at most {longest} days, from {start} to {end} are more"
        )
    if history == RECORD and not _is_record(own.path):
        last = FORWARD_BEGINS + timedelta(days=6)
        if not HISTORY_BEGINS < start <= last:
            yield own.fault(
                ("start",),
                f"start: must lie between {HISTORY_BEGINS + timedelta(days=1)} and {last} "
                f"to follow the record; 'history: none' starts on any day from {FIRST_DAY}",
            )
    if start < FIRST_DAY:
        yield own.fault(("start",), f"start: {start} is before {FIRST_DAY}, the model's first day")
    outside = f"is outside the run, {start} to {end}"
    for i, event in enumerate(own.file.events):
        if not start <= event.date <= end:
            yield own.fault(("events", i, "date"), f"events[{i}].date: {event.date} {outside}")
    for name, dated in _given(own.file).items():
        for day in _never(name, dated, end):
            where = _place_of(name)
            yield own.fault((*where, f"{day}"), f"{'.'.join(where)}: {day} {outside}")


def _load(path_or_name: str | Path) -> Scenario:
    path = find(path_or_name)
    if unnamed := name_fault(path.stem):
        raise InputError(f"{path}: {unnamed}")
    reads, faults = _lineage(path)
    if any(read.said is None for read in reads):
        raise InputError(faults)
    own, is_record = reads[0], _is_record(path)
    history = _settle(reads, "history") or RECORD
    start = _settle(reads, "start") or FORWARD_BEGINS
    end = _settle(reads, "end")
    mode = _settle(reads, "mode") or "free"
    if end is None:
        missing = "end: is missing; give the last day, or extend a scenario that has one"
        raise InputError([*faults, own.fault(("end",), missing)])
    faults += _span_faults(own, history, start, end)
    levers, wrong = _levers(reads, start)
    if faults + wrong:
        raise InputError(faults + wrong)
    conditions = _conditions(reads)
    many = too_many({c.name: c for c in conditions})
    if many:
        raise InputError(f"{own.at(('policy', 'conditions'))}: {many}")
    world: dict[str, Any] = {}
    for read in reversed(reads):
        world |= {name: _read_choice(name, choice) for name, choice in read.file.world.items()}
    return Scenario(
        name=path.stem,
        title=own.file.title,
        question=own.file.question,
        claims=tuple(own.file.claims),
        lineage=tuple(read.path.stem for read in reads[1:]),
        history=None if history == "none" or is_record else history,
        mode=mode,
        start=start,
        end=end,
        levers=Levers(**levers),
        world=world,
        events=tuple(_events(reads)),
        text=_texts(reads) | _text_of_history(is_record, history),
        notes=tuple(_notes(path_or_name, reads, mode, start, end)),
        places=_places(reads),
        conditions=conditions,
        source=str(path_or_name),
    )


def _places(reads: list[_Read]) -> dict[str, str]:
    """Return where a file says what: ``world.NAME`` of all, ``mode`` and levers of the first."""
    found = {
        f"world.{name}": read.at(("world", name))
        for read in reversed(reads)
        for name in read.file.world
    }
    own = reads[0]
    found |= {lever: own.at(_place_of(lever)) for lever in _given(own.file)}
    return found | ({"mode": own.at(("mode",))} if own.file.mode is not None else {})


def _notes(
    asked: str | Path, reads: list[_Read], mode: str, start: date, end: date
) -> Iterator[str]:
    """Yield a sentence for what a file says and no run plays, or plays otherwise than it reads."""
    own, file = reads[0], reads[0].file
    text = str(asked)
    namesake = Path(f"{text}.yaml")
    if not _has_ending(text) and namesake.is_file() and namesake.resolve() != own.path.resolve():
        yield f"{text}: the scenario of this name is played; yours is ./{namesake}"
    for name, dated in _given(file).items():
        yield from _notes_of_days(own, name, sorted(set(dated) - {date.min}), start, end)
    inherited = {event.what for read in reads[1:] for event in read.file.events}
    for what in file.drop_events:
        if what not in inherited:
            yield f"{own.at(('drop_events',))}: nothing inherited is a {what}"
    known = {name for read in reads[1:] for name in read.file.policy.conditions}
    for name in file.drop_conditions:
        if name not in known:
            yield (
                f"{own.at(('drop_conditions',))}: no inherited condition is called "
                f"'{name}'{nearest(name, known)}"
            )
    for name, item in file.policy.conditions.items():
        at = own.at(("policy", "conditions", name))
        if item.halt is not None and item.resume is None:
            yield f"{at}: what is halted stays halted; 'resume' would let it go on"
        for test in item.when.items:
            if isinstance(test.at_least, date) and test.at_least > end:
                yield f"{at}: {test.at_least} is after the last day, {end}: it is never met"
    for i, event in enumerate(file.events):
        if event.only is not None and event.only != mode and not _is_record(own.path):
            yield f"{own.at(('events', i))}: happens only where the mode is {event.only}"


def _notes_of_days(
    own: _Read, lever: str, days: list[date], start: date, end: date
) -> Iterator[str]:
    """Yield a sentence for each day of a lever before the first day of a run or after its last."""
    early = [day for day in days if day < start]
    for day in days:
        told = f"{own.at((*_place_of(lever), str(day)))}: is"
        if day in early[:-1]:
            yield f"{told} before the first day, {start}: nothing of it is played"
        elif day in early and lever not in (*POSTURE, *_ANNOUNCED):
            yield f"{told} before the first day, {start}, and holds from then on"
        elif day > end:
            yield (
                f"{told} after the last day, {end}; the way there is played as far as the run goes"
            )


def _texts(reads: list[_Read]) -> dict[str, str]:
    """Return files' text by name; of two with one name the folder is said too."""
    found: dict[str, str] = {}
    for read in reads:
        name = read.path.name
        if name in found:
            name = f"{read.path.resolve().parent.name}/{name}"
        found[name] = read.text
    return found


def _text_of_history(is_record: bool, history: str) -> dict[str, str]:
    if history == "none" or is_record:
        return {}
    past = find(history)
    return {past.name: past.read_text(encoding="utf-8")}


def schema() -> str:
    """Return the JSON Schema of a scenario file, for editors."""
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    content |= ScenarioFile.model_json_schema()
    content["title"] = "Drawdown scenario"
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
