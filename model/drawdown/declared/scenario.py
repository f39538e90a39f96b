"""Scenarios that can be run: files with all that they inherit, checked before anything runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, make_dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError

from drawdown.declared import data_files, levels
from drawdown.declared.actors import cast
from drawdown.declared.conditions import Condition, too_many
from drawdown.declared.errors import InputError, nearest, unknown
from drawdown.declared.lever_table import (
    DEFAULTS,
    IMPLIED,
    POLICY_LEVERS,
    POSTURE,
    STEPPED,
)
from drawdown.declared.parameters import Setting, Text
from drawdown.declared.scenario_file import (
    ANNOUNCED,
    READERS,
    SPELLS,
    Event,
    FileRead,
    ScenarioFile,
    as_date,
    name_fault,
    read_choice,
    read_file,
)

RECORD = "record-2020-2021"
HISTORY_BEGINS = date(2020, 1, 1)
FIRST_DAY = date(2003, 5, 1)
"""No run begins earlier: the regimes that are known begin here."""

FORWARD_BEGINS = date(2021, 7, 26)
"""First day of forward runs: they branch off the record run at the end of the day before."""

ENDINGS = (".yaml", ".yml", ".json")
"""Endings of scenario files, in small letters or capitals; JSON is YAML 1.2 too."""

_ByLever = make_dataclass(
    "_ByLever", (*POSTURE, *ANNOUNCED, *(lever.name for lever in STEPPED)), frozen=True
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
            if name not in READERS:
                faults.append(unknown("lever", name, READERS))
            elif value is None and name in ANNOUNCED:
                given[name] = None
            else:
                try:
                    given[name] = READERS[name].read(value)
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
            last = as_date(end)
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


def _lineage(path: Path) -> tuple[list[FileRead], list[str]]:
    """Return a file and all it extends, nearest first, and the faults met."""
    reads = [read_file(path)]
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
        reads.append(read_file(parent_path))
        faults += reads[-1].faults


def _events(reads: list[FileRead]) -> list[Event]:
    events: list[Event] = []
    for read in reversed(reads):
        events = [e for e in events if e.what not in read.file.drop_events]
        events += read.file.events
    return sorted(events, key=lambda e: e.date)


def _conditions(reads: list[FileRead]) -> tuple[Condition, ...]:
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
        if name in ANNOUNCED:
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
    if lever in ANNOUNCED:
        return "policy", "announced", lever.removeprefix("announced_")
    return ("policy", "posture", lever) if lever in POSTURE else ("policy", lever)


def _levers(reads: list[FileRead], start: date) -> tuple[dict[str, Any], list[str]]:
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
    return [] if begun and lever in (*POSTURE, *ANNOUNCED) else late


def _settle(reads: list[FileRead], attribute: str) -> Any:
    """Return what the nearest file that says something of a key says."""
    said = (getattr(read.file, attribute) for read in reads)
    return next((value for value in said if value is not None), None)


def _span_faults(own: FileRead, history: str, start: date, end: date) -> Iterator[str]:
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
        if event.what in SPELLS and event.date < start:
            # A spell that runs when a run begins has begun before; how long ago counts.
            if event.until is not None and event.until < start:
                yield own.fault(
                    ("events", i, "until"), f"events[{i}].until: {event.until} {outside}"
                )
        elif not start <= event.date <= end:
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
        world |= {name: read_choice(name, choice) for name, choice in read.file.world.items()}
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


def _places(reads: list[FileRead]) -> dict[str, str]:
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
    asked: str | Path, reads: list[FileRead], mode: str, start: date, end: date
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
    own: FileRead, lever: str, days: list[date], start: date, end: date
) -> Iterator[str]:
    """Yield a sentence for each day of a lever before the first day of a run or after its last."""
    early = [day for day in days if day < start]
    for day in days:
        told = f"{own.at((*_place_of(lever), str(day)))}: is"
        if day in early[:-1]:
            yield f"{told} before the first day, {start}: nothing of it is played"
        elif day in early and lever not in (*POSTURE, *ANNOUNCED):
            yield f"{told} before the first day, {start}, and holds from then on"
        elif day > end:
            yield (
                f"{told} after the last day, {end}; the way there is played as far as the run goes"
            )


def _texts(reads: list[FileRead]) -> dict[str, str]:
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
