"""Scenario files: levers, uncertainties and dated events, checked before anything runs.

A file says only what differs from the one it extends. ``policy`` holds what somebody
chooses, ``world`` what nobody chooses, ``events`` what happens on a date.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema

from drawdown import seeds
from drawdown.actors import cast
from drawdown.errors import InputError, nearest, unknown
from drawdown.layout import PARAMETERS
from drawdown.parameters import Setting, Text, check_value

RECORD = "record-2020-2021"
HISTORY_BEGINS = date(2020, 1, 1)
FORWARD_BEGINS = date(2021, 7, 26)
"""First day of forward runs: they branch off the record run at the end of the day before."""

LARGEST_FILE = 1_000_000
RESIDUAL = "residual"
DOCTRINES = ("none", "limited", "robust", "decapitation")
GOVERNMENTS = ("balance", "confront", "comply")
REPLIES = ("honour", "refuse")
CONFRONTING = 0.70
"""Policing of a government that confronts the militias, unless the file says otherwise."""

EventKind = Literal[
    "concession",
    "broken_deadline",
    "doubt",
    "dialogue_round",
    "election",
    "new_prime_minister",
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
    if type(value) is date:
        return value
    raise _wrong(f"must be a date such as 2021-12-31, got {value!r}")


def _number(value: Any, low: float, high: float, word: str | None = None) -> float | str:
    if word is not None and value == word:
        return word
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
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


class _Lever:
    """Reads a lever: one value, or values by the date they begin."""

    def __init__(self, item: Callable[[Any], Any], schema: dict[str, Any]) -> None:
        self.item = item
        by_date = {
            "type": "object",
            "propertyNames": {"pattern": r"^\d{4}-\d{2}-\d{2}$"},
            "additionalProperties": schema,
        }
        self.schema = {"anyOf": [schema, by_date]}

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
        return self.schema


def _number_lever(low: float, high: float, word: str | None = None) -> _Lever:
    item: dict[str, Any] = {"type": "number", "minimum": low, "maximum": high}
    if word:
        item = {"anyOf": [item, {"const": word}]}
    return _Lever(lambda value: _number(value, low, high, word), item)


def _choice_lever(allowed: tuple[str, ...]) -> _Lever:
    return _Lever(lambda value: _choice(value, allowed), {"enum": list(allowed)})


MOST_PEOPLE = 200_000
Dated = dict[date, Any] | None
Day = Annotated[
    date, BeforeValidator(_as_date), WithJsonSchema({"type": "string", "format": "date"})
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Posture(_Strict):
    """Soldiers by role on dated days, with straight lines between."""

    combat: Annotated[Dated, _number_lever(0, MOST_PEOPLE)] = Field(
        default=None, description="US combat soldiers"
    )
    advisers: Annotated[Dated, _number_lever(0, MOST_PEOPLE, RESIDUAL)] = Field(
        default=None, description="US advisers; 'residual' is the uncertain number of C21"
    )
    coalition: Annotated[Dated, _number_lever(0, MOST_PEOPLE)] = Field(
        default=None, description="other coalition soldiers"
    )


class Policy(_Strict):
    """What somebody chooses. Each lever is a value, or values by the date they begin."""

    posture: Posture = Field(default_factory=Posture, description="soldiers by role")
    announced: Posture | None = Field(
        default=None, description="what is announced, where it differs"
    )
    nato_target: Annotated[Dated, _number_lever(0, 20_000)] = Field(
        default=None, description="size NATO aims at"
    )
    doctrine: Annotated[Dated, _choice_lever(DOCTRINES)] = Field(
        default=None, description="US retaliation doctrine"
    )
    strike_budget: Annotated[Dated, _number_lever(0, 1000)] = Field(
        default=None, description="strikes a year, on average"
    )
    policing: Annotated[Dated, _number_lever(0, 1)] = Field(
        default=None, description="government policing of the militias"
    )
    government: Annotated[Dated, _choice_lever(GOVERNMENTS)] = Field(
        default=None, description="what the government does"
    )
    us_reply: Annotated[Dated, _choice_lever(REPLIES)] = Field(
        default=None, description="US answer to a request to leave"
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
    if isinstance(choice, dict) and name in PARAMETERS:
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
    known = seeds.load("claims")
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
        lasting = self.what in ("truce", "order", "campaign")
        if lasting and self.until is None:
            raise _wrong(f"a {self.what} needs 'until', its last day")
        if self.until is not None and not lasting:
            raise _wrong("'until' belongs to a truce, an order or a campaign")
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


class ScenarioFile(_Strict):
    """The format of a scenario file."""

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
    world: Annotated[
        dict[Any, Any],
        WithJsonSchema(
            {
                "type": "object",
                "properties": {
                    name: {
                        "anyOf": [
                            {"type": "number"},
                            {
                                "type": "object",
                                "properties": {"scale": {"type": "number"}},
                                "additionalProperties": False,
                            },
                        ]
                    }
                    for name in PARAMETERS
                },
                "additionalProperties": False,
            }
        ),
    ] = Field(default={}, description="parameters from the first day on: a value or {scale: x}")
    events: list[Event] = Field(default=[], description="dated events, added to the inherited")
    drop_events: list[EventKind] = Field(
        default=[], description="kinds of inherited events that do not happen here"
    )


@dataclass(frozen=True)
class Levers:
    """The policy of a scenario with everything inherited filled in, by date."""

    combat: dict[date, float]
    advisers: dict[date, float | str]
    coalition: dict[date, float]
    announced_combat: dict[date, float] | None
    announced_advisers: dict[date, float | str] | None
    announced_coalition: dict[date, float] | None
    nato_target: dict[date, float]
    doctrine: dict[date, str]
    strike_budget: dict[date, float]
    policing: dict[date, float]
    government: dict[date, str]
    us_reply: dict[date, str]


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

    def landmarks(self) -> list[tuple[date, str]]:
        """Return the dated events that happen, and the last planned departure."""
        found: dict[date, str] = {}
        for event in self.events:
            if event.only is None or self.mode == event.only:
                found.setdefault(event.date, event.what)
        for levels in (self.levers.combat, self.levers.advisers):
            last = max(levels)
            if len(levels) > 1 and self.history is not None:
                found.setdefault(last, "deadline")
        return sorted((day, what) for day, what in found.items() if self.start <= day <= self.end)

    def with_levers(self, **levers: Any) -> Scenario:
        """Return the scenario under another policy: levers by name, values by date."""
        return replace(self, levers=replace(self.levers, **levers))

    def until(self, end: date) -> Scenario:
        """Return the scenario with another last day."""
        return replace(self, end=end)


def names() -> list[str]:
    """Return the scenarios of ``scenarios/`` by name."""
    return sorted(p.stem for p in seeds.folder("scenarios").glob("*.yaml"))


def find(path_or_name: str | Path, child: Path | None = None) -> Path:
    """Return the file of a scenario.

    Args:
        path_or_name: A path, or a name without ``.yaml``.
        child: File that extends it; its folder is searched before ``scenarios/``.

    Raises:
        InputError: If there is none.
    """
    text = str(path_or_name)
    candidates = []
    if text.endswith((".yaml", ".yml")):
        candidates.append((child.parent / text) if child else Path(text))
    else:
        if child is not None and child.stem != text:
            candidates.append(child.parent / f"{text}.yaml")
        candidates.append(seeds.folder("scenarios") / f"{text}.yaml")
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
    if text.endswith((".yaml", ".yml")):
        raise InputError(f"{text}: there is no such file")
    raise InputError(unknown("scenario", text, names()))


@dataclass(frozen=True)
class _Read:
    path: Path
    text: str
    content: Any
    file: ScenarioFile | None
    faults: list[str]


def _position(content: Any, where: tuple[Any, ...]) -> tuple[int, int]:
    """Return line and column (from 1) of the last part of a path that has one."""
    line, column = 0, 0
    node: Any = content
    for key in where:
        try:
            if isinstance(node, dict):
                if key not in node:
                    break
                line, column = node.lc.key(key)  # type: ignore[attr-defined]
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
}


def _fields_at(where: tuple[Any, ...]) -> list[str]:
    """Return the keys allowed in the part of the format that a path leads to."""
    model: Any = ScenarioFile
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


def _sentence(error: Any) -> str:
    where, kind, given = error["loc"], error["type"], error.get("input")
    key = ".".join(str(part) for part in where) or "file"
    if kind == "extra_forbidden":
        return f"{key}: unknown key '{where[-1]}'{nearest(str(where[-1]), _fields_at(where[:-1]))}"
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
    from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLWarning

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
    except (
        YAMLError,
        YAMLWarning,
        ValueError,
        RecursionError,
        TypeError,
        KeyError,
        AttributeError,
    ) as error:
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
            faults.append((line, column, f"{path}:{line}:{column}: {_sentence(item)}"))
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
        content = last.content if isinstance(last.content, dict) else {}
        parent = content.get("extends")
        if not isinstance(parent, str):
            return reads, faults
        line, column = _position(content, ("extends",))
        at = f"{last.path}:{line}:{column}: extends"
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


def _events(files: list[tuple[_Read, ScenarioFile]]) -> list[Event]:
    events: list[Event] = []
    for _, file in reversed(files):
        events = [e for e in events if e.what not in file.drop_events]
        events += file.events
    return sorted(events, key=lambda e: e.date)


_DEFAULTS: dict[str, Any] = {
    "doctrine": "limited",
    "strike_budget": 24.0,
    "policing": 0.15,
    "government": "balance",
    "us_reply": "honour",
}
"""Levers of a scenario that says nothing of them: limited strikes (C25), a balancing
government (C11), ordinary policing and at most two strikes a month (judgement)."""


def _after(before: dict[date, Any] | None, given: dict[date, Any]) -> dict[date, Any]:
    """Return steps that begin on their dates, with what was inherited before the first."""
    first = min(given)
    return {day: value for day, value in (before or {}).items() if day < first} | given


def _levers(files: list[tuple[_Read, ScenarioFile]]) -> tuple[Levers, list[str]]:
    values: dict[str, Any] = dict.fromkeys(Levers.__dataclass_fields__)
    for name, value in _DEFAULTS.items():
        values[name] = {date.min: value}
    for _, file in reversed(files):
        for name in ("combat", "advisers", "coalition"):
            given = getattr(file.policy.posture, name)
            if given is not None:
                values[name] = given
            announced = file.policy.announced
            if announced is not None and getattr(announced, name) is not None:
                values[f"announced_{name}"] = getattr(announced, name)
        for name in ("nato_target", *_DEFAULTS):
            given = getattr(file.policy, name)
            if given is not None:
                values[name] = _after(values[name], given)
        if file.policy.government is not None and file.policy.policing is None:
            # Confronting means policing; a file that wants another degree says so.
            implied = {
                day: CONFRONTING if choice == "confront" else _DEFAULTS["policing"]
                for day, choice in file.policy.government.items()
            }
            values["policing"] = _after(values["policing"], implied)
    missing = [n for n in ("combat", "advisers", "coalition", "nato_target") if values[n] is None]
    return Levers(**values), missing


def _settle(files: list[tuple[_Read, ScenarioFile]], attribute: str) -> Any:
    for _, file in files:
        value = getattr(file, attribute)
        if value is not None:
            return value
    return None


def _own_dates(read: _Read, file: ScenarioFile) -> Iterator[tuple[tuple[Any, ...], date]]:
    for i, event in enumerate(file.events):
        yield ("events", i, "date"), event.date


def _load(path_or_name: str | Path) -> Scenario:
    path = find(path_or_name)
    reads, faults = _lineage(path)
    files = [(read, read.file) for read in reads if read.file is not None]
    if len(files) < len(reads) or (faults and not files):
        raise InputError(faults)
    own, own_file = files[0]

    def fault(where: tuple[Any, ...], message: str) -> None:
        line, column = _position(own.content, where)
        faults.append(f"{path}:{line}:{column}: {message}")

    history = _settle(files, "history") or RECORD
    start = _settle(files, "start") or FORWARD_BEGINS
    end = _settle(files, "end")
    if end is None:
        fault(("end",), "end: is missing; give the last day, or extend a scenario that has one")
        raise InputError(faults)
    longest = cast().calendar["longest_run"]
    if end < start:
        fault(("end",), f"end: {end} is before the first day, {start}")
    elif (end - start).days >= longest:
        fault(("end",), f"end: a run lasts at most {longest} days, from {start} to {end} are more")
    if history == RECORD and own.path.stem != RECORD:
        last = FORWARD_BEGINS + timedelta(days=6)
        if not HISTORY_BEGINS < start <= last:
            fault(
                ("start",),
                f"start: must lie between {HISTORY_BEGINS + timedelta(days=1)} and {last} "
                f"to follow the record; 'history: none' starts on any day",
            )
    if start < HISTORY_BEGINS:
        fault(("start",), f"start: {start} is before {HISTORY_BEGINS}, the model's first day")
    for where, day in _own_dates(own, own_file):
        if not start <= day <= end:
            fault(where, f"{where[0]}[{where[1]}].date: {day} is outside the run, {start} to {end}")
    levers, missing = _levers(files)
    for name in missing:
        lever = name if name == "nato_target" else f"posture.{name}"
        fault(("policy",), f"policy.{lever}: is missing; give it, or extend a scenario that has it")
    if faults:
        raise InputError(faults)
    world: dict[str, Any] = {}
    for _, file in reversed(files):
        world |= {name: _read_choice(name, choice) for name, choice in file.world.items()}
    mode = _settle(files, "mode") or "free"
    return Scenario(
        name=path.stem,
        title=own_file.title,
        question=own_file.question,
        claims=tuple(own_file.claims),
        lineage=tuple(read.path.stem for read in reads[1:]),
        history=None if history == "none" or path.stem == RECORD else history,
        mode=mode,
        start=start,
        end=end,
        levers=levers,
        world=world,
        events=tuple(_events(files)),
        text={read.path.name: read.text for read in reads} | _text_of_history(path, history),
    )


def _text_of_history(path: Path, history: str) -> dict[str, str]:
    if history == "none" or path.stem == RECORD:
        return {}
    past = find(history)
    return {past.name: past.read_text(encoding="utf-8")}


def schema() -> str:
    """Return the JSON Schema of a scenario file, for editors."""
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    content |= ScenarioFile.model_json_schema()
    content["title"] = "Drawdown scenario"
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
