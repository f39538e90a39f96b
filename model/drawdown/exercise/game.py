"""The game: what teams choose becomes days of one world, and what each of them may know of it.

A world follows from the game's seed and the choices, so that a server that was killed plays it
on as it was. What was played is kept beside it (`packed`), so that a game's past stays what its
teams saw, whatever becomes of the model.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import chain
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from drawdown.day import rulebook
from drawdown.day.phases import WHOLE, Phase
from drawdown.day.world import Happening, World
from drawdown.declared import data_files, luck, storage
from drawdown.declared import parameters as declared
from drawdown.declared.actors import cast
from drawdown.declared.arrays import Floats, Singles
from drawdown.declared.columns import (
    ATTACK_FOREIGN,
    MOTIVES,
    OUTCOMES,
    STRUCTURES,
    VOTE,
    O,
    P,
    S,
)
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.levels import on as level_on
from drawdown.declared.lever_table import POSTURE
from drawdown.declared.parameters import Setting, Text
from drawdown.declared.scenario import Scenario
from drawdown.declared.scenario_file import Event
from drawdown.questions import answer
from drawdown.questions.compare import wish_left
from drawdown.worlds import ensemble
from drawdown.worlds.checkpoint import fingerprint
from drawdown.worlds.ensemble import Block

Choices = Mapping[str, Mapping[str, str]]
"""What was chosen in a turn: by role and lever. What is missing is ``auto``."""

AUTO = "auto"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dated(_Strict):
    """An event that a choice or an inject brings.

    Attributes:
        what: Kind of event, as in scenario files.
        at: First day or middle of the turn.
        lasts: Whether it lasts to the turn's end, or half of it.
    """

    what: str
    at: Literal["begin", "middle"] = "begin"
    lasts: bool | Literal["half"] = False


class Effect(_Strict):
    """What a choice or an agreement does to the world of a turn.

    Attributes:
        policy: Levers of the scenario from the turn's first day.
        scale: Parameters multiplied during the turn.
        set: Parameters set during the turn.
        events: Events it brings.
    """

    policy: dict[str, Any] = Field(default_factory=dict)
    scale: dict[str, float] = Field(default_factory=dict)
    set: dict[str, float] = Field(default_factory=dict)
    events: list[Dated] = Field(default_factory=list)


class Option(Effect):
    """A choice.

    Attributes:
        name: What it is called.
        hint: What it means.
        posture: Where soldiers stand at the turn's end: a share of those there when the game
            began (below 1 nobody comes for it, above 1 nobody leaves), or ``plan`` or
            ``hold``.
        partner: Choices of others, by role and lever, without which it does little; its card
            names them.
        moves: Least effect on indicators, chosen in all turns, beside leaving the lever alone:
            on the sum over the game for counts, on the end for levels (judgement).
    """

    name: Text
    hint: Text
    posture: float | Literal["plan", "hold"] | None = None
    partner: dict[str, dict[str, str]] = Field(default_factory=dict)
    moves: dict[str, float] = Field(default_factory=dict)


class Agreement(Effect):
    """What happens in a turn in which two teams both choose it; everybody learns of it.

    Attributes:
        name: What it is called.
        needs: The choices, by role and lever, that bring it about.
    """

    name: Text
    needs: dict[str, dict[str, str]]


class Lever(_Strict):
    """Something that a role decides; a choice stays until it is changed.

    Attributes:
        public: Whether others learn the choice once the turn is played.
        name: What it is called.
        options: The choices; the first is ``auto``.
    """

    public: bool
    name: Text
    options: dict[str, Option]


class Goal(Text):
    """A goal, with the measure that says whether it was reached.

    Attributes:
        of: An indicator, or ``vote_held``: 1 where parliament voted during the game, else 0.
        how: Its sum over the game, its value at the end, or the lowest or highest of a turn.
        at_least: Lowest value that reaches the goal.
        at_most: Highest.
        of_start: Whether these are shares of the value when the game began.
    """

    of: str
    how: Literal["sum", "end", "lowest", "highest"]
    at_least: float | None = None
    at_most: float | None = None
    of_start: bool = False

    def read(self, turns: Floats) -> Any:
        """Return the number that the goal is about, from an indicator by turn."""
        reads: dict[str, Callable[..., Any]] = {
            "sum": np.sum,
            "lowest": np.min,
            "highest": np.max,
        }
        return turns[-1] if self.how == "end" else reads[self.how](turns, axis=0)

    def stands(self, now: float, reach: float) -> Literal["holds", "not_yet", "lost"]:
        """Return whether a goal holds as things stand, or cannot be reached any more.

        Args:
            now: The number that the goal is about, as far as the game was played.
            reach: The bound in the same unit.
        """
        least = self.at_least is not None
        if (now >= reach) if least else (now <= reach):
            return "holds"
        gone = self.how == ("lowest" if least else "highest") or (self.how == "sum" and not least)
        return "lost" if gone else "not_yet"

    def reached(self, rows: Floats, start: Floats, voted: Floats) -> NDArray[np.bool_]:
        """Return whether a game reached the goal, one a world.

        Args:
            rows: Indicators by turn, shape (turns, indicators, worlds).
            start: Indicators on the day before the game, shape (indicators, worlds).
            voted: 1 where parliament voted during the game, else 0.
        """
        if self.of == "vote_held":
            values = np.asarray(voted, np.float64)
        else:
            values = self.read(rows[:, NAMES.index(self.of)])
        scale: Any = start[NAMES.index(self.of)] if self.of_start else 1.0
        found = np.ones(values.shape, np.bool_)
        if self.at_least is not None:
            found &= values >= self.at_least * scale
        if self.at_most is not None:
            found &= values <= self.at_most * scale
        return found


class Role(_Strict):
    """A role.

    Attributes:
        name: What it is called.
        brief: What it is, for its card.
        beliefs: What it holds to be true; other roles disagree.
        goals: Its private goals, each with its measure.
        indicators: Three outcomes that it follows.
        levers: What it decides; the first is its main lever.
    """

    name: Text
    brief: Text
    beliefs: list[Text] = Field(min_length=3, max_length=3)
    goals: list[Goal] = Field(min_length=3, max_length=3)
    indicators: list[str] = Field(min_length=3, max_length=3)
    levers: dict[str, Lever]


class Inject(_Strict):
    """News that the facilitator can bring, with what it does to the world.

    Attributes:
        name: What it is called.
        text: What everybody reads.
        events: Events it brings.
        needs: An indicator that must not be nothing, or the news would contradict the game.
        without: What is said where it is nothing.
    """

    name: Text
    text: Text
    events: list[Dated]
    needs: str | None = None
    without: Text | None = None


class Rules(_Strict):
    """The whole of ``seeds/exercise.yaml``."""

    scenario: str
    begins: date
    turns: list[date]
    world: dict[str, float] = Field(default_factory=dict)
    roles: dict[str, Role]
    agreements: dict[str, Agreement]
    injects: dict[str, Inject]


@cache
def rules() -> Rules:
    """Return turns, roles, levers and injects."""
    return Rules.model_validate(data_files.load("exercise"))


def check(role: str, choices: Mapping[str, Any]) -> dict[str, str]:
    """Return choices of a role with ``auto`` for what is missing.

    Raises:
        InputError: For every lever or option that does not exist.
    """
    levers = rules().roles[role].levers
    faults = []
    for name, option in choices.items():
        if name not in levers:
            faults.append(unknown("lever", str(name)[:40], levers))
        elif not isinstance(option, str) or option not in levers[name].options:
            faults.append(f"{name}: {unknown('choice', str(option)[:40], levers[name].options)}")
    if faults:
        raise InputError(faults)
    return {name: choices.get(name, AUTO) for name in levers}


@dataclass(frozen=True)
class Turn:
    """A turn that was played.

    Attributes:
        choices: By role and lever.
        injects: Names of prepared injects that came in it.
    """

    choices: Choices = field(default_factory=dict)
    injects: tuple[str, ...] = ()

    def chosen(self, role: str, lever: str) -> str:
        """Return a choice."""
        return self.choices.get(role, {}).get(lever, AUTO)

    def options(self) -> Iterator[Option]:
        """Yield every option chosen."""
        for name, role in rules().roles.items():
            for lever, item in role.levers.items():
                yield item.options[self.chosen(name, lever)]

    def agreed(self) -> list[str]:
        """Return the names of the agreements that stand in the turn."""
        return [
            name
            for name, item in rules().agreements.items()
            if all(
                self.chosen(role, lever) == option
                for role, own in item.needs.items()
                for lever, option in own.items()
            )
        ]

    def seen_by(self, role: str) -> Turn:
        """Return what a role knows of the turn: its own choices, public ones, and agreements."""
        agreed = [rules().agreements[name].needs for name in self.agreed()]
        seen = {
            name: {
                lever: option
                for lever, option in self.choices.get(name, {}).items()
                if name == role
                or rules().roles[name].levers[lever].public
                or any(lever in needs.get(name, {}) for needs in agreed)
            }
            for name in rules().roles
        }
        return Turn(seen, self.injects)


def days_of(number: int) -> tuple[date, date]:
    """Return the first and the last day of a turn, counted from 0."""
    ends = rules().turns
    first = rules().begins if number == 0 else ends[number - 1] + timedelta(days=1)
    return first, ends[number]


@cache
def _base() -> Scenario:
    return Scenario.load(rules().scenario)


@cache
def history() -> Scenario:
    """Return what every game has lived through before its first day."""
    item = _base()
    assert item.history is not None
    return Scenario.load(item.history).until(rules().begins - timedelta(days=1))


def _dated(events: Sequence[Dated], first: date, last: date) -> Iterator[Event]:
    middle = first + (last - first) // 2
    for item in events:
        day = first if item.at == "begin" else middle
        until = None
        if item.lasts:
            until = middle if item.lasts == "half" else last
        yield Event(date=day, what=item.what, until=until)  # type: ignore[arg-type]


def _postures(chosen: Sequence[str]) -> dict[str, dict[date, Any]]:
    """Return soldiers by role on dated days, as the choices of the turns so far have it."""
    levers = _base().levers
    plan = {name: getattr(levers, name) for name in POSTURE}
    residual = declared.declarations()["residual_advisers"].default["neutral"]

    def planned(name: str, day: date) -> float:
        number, weight = level_on(plan[name], day)
        return number + weight * residual

    option = rules().roles["us"].levers["posture"].options
    if all(option[name].posture == "plan" for name in chosen):
        return plan
    begins = rules().begins
    now = {name: planned(name, begins) for name in POSTURE}
    points: dict[str, dict[date, Any]] = {name: {begins: now[name]} for name in POSTURE}
    for number, name in enumerate(chosen):
        _, last = days_of(number)
        choice = option[name].posture
        if choice == "plan":
            # Who has left does not come back because a plan once had him there.
            goal = {name: min(now[name], planned(name, last)) for name in POSTURE}
            freed = now["combat"] - goal["combat"]
            goal["advisers"] = min(planned("advisers", last), now["advisers"] + freed)
            then = goal
        elif choice == "hold":
            then = dict(now)
        else:
            assert isinstance(choice, float)
            bound = min if choice < 1.0 else max
            then = {
                name: bound(level, choice * points[name][begins]) for name, level in now.items()
            }
        for who in POSTURE:
            points[who][last] = then[who]
        now = then
    return points


@lru_cache(maxsize=512)
def _stands(chosen: tuple[str, ...]) -> Scenario:
    """Return the scenario with soldiers where the choices of the turns so far have them."""
    return _base().with_levers(**_postures(chosen))


def segment(turns: Sequence[Turn]) -> Scenario:
    """Return the last of some turns as a scenario of its own days.

    Args:
        turns: The turns so far; what came before decides where soldiers stand.
    """
    number = len(turns) - 1
    first, last = days_of(number)
    turn = turns[-1]
    stands = _stands(tuple(t.chosen("us", "posture") for t in turns))
    levers: dict[str, Any] = {}
    world: dict[str, Setting] = dict(_base().world)
    world |= {name: Setting(value=value) for name, value in rules().world.items()}
    events: list[Event] = []
    agreed = (rules().agreements[name] for name in turn.agreed())
    effects: Iterator[Effect] = chain(turn.options(), agreed)
    for effect in effects:
        levers |= {name: {date.min: value} for name, value in effect.policy.items()}
        for name, factor in effect.scale.items():
            before = world.get(name)
            if before is not None and before.value is not None:
                world[name] = Setting(value=factor * before.value)
                continue
            scaled = before.scale if before is not None and before.scale is not None else 1.0
            world[name] = Setting(scale=factor * scaled)
        for name, value in effect.set.items():
            world[name] = Setting(value=value)
        events += _dated(effect.events, first, last)
    for inject in turn.injects:
        events += _dated(rules().injects[inject].events, first, last)
    kept = [e for e in _base().events if e.date <= last]
    # What lasts stays; what happened on a day before this turn has happened.
    kept = [e for e in kept if e.date >= first or e.what in ("nato_second_base", "hand_over")]
    return replace(
        stands.with_levers(**levers) if levers else stands,
        start=first,
        end=last,
        events=tuple(sorted([*kept, *events], key=lambda e: e.date)),
        world=world,
    )


def structure_of(seed: int) -> str:
    """Return the hidden structure of a game: what a strike does in its world."""
    return STRUCTURES[luck.mix(seed ^ 0x5EED) % len(STRUCTURES)]


# --- the one world that is played --------------------------------------------------------


@dataclass
class Past:
    """What is kept of a game's world: it is looked at, and cannot go on.

    Attributes:
        days: Outcomes of each day, shape (days, outcomes).
        happenings: Its events.
    """

    days: Floats
    happenings: list[Happening]

    def outcomes(self) -> Floats:
        """Return the days, shape (days, outcomes)."""
        return self.days

    def retire(self) -> None:
        """Let it go."""


@dataclass
class Realised:
    """The world of a game as far as it was played.

    Attributes:
        structure: What a strike does in it.
        world: The Mesa world, or what is kept of it.
        ends: Number of its events at the end of each turn.
        accuracy: Accuracy of attribution in each turn.
        ordered: Whether each day was under an order of restraint of the patron's.
        start: Indicators on the day before the game.
    """

    structure: str
    world: World | Past
    ends: list[int]
    accuracy: list[float]
    ordered: list[bool] = field(default_factory=list)
    start: Floats = field(default_factory=lambda: np.zeros(0))

    def daily(self, number: int) -> Floats:
        """Return the days of a turn, shape (days, outcomes)."""
        first, last = ((day - rules().begins).days for day in days_of(number))
        return self.world.outcomes()[first : last + 1]

    def voted(self, turns: int) -> bool:
        """Return whether parliament voted in the first so many turns."""
        end = self.ends[turns - 1] if turns else 0
        return any(h.kind == VOTE for h in self.world.happenings[:end])

    def happenings(self, number: int) -> list[Happening]:
        """Return the events of a turn."""
        begin = self.ends[number - 1] if number else 0
        return self.world.happenings[begin : self.ends[number]]


def realise(seed: int, turns: Sequence[Turn], before: Realised | None = None) -> Realised:
    """Return the world of a game after some turns.

    Args:
        seed: The game's seed: luck, parameters and structure follow from it.
        turns: All turns played, at least one.
        before: The same game after fewer turns, to go on from; it is changed.
    """
    if before is None or isinstance(before.world, Past):
        structure = structure_of(seed)
        first = segment(turns[:1])
        world = World(first, seed=seed, structure=structure, uncertainty="posterior")
        eve = indicators(np.array(world.before[-1:]))
        before = Realised(structure, world, [], [], start=eve)
    now, live = before, before.world
    assert isinstance(live, World)
    for number in range(len(before.ends), len(turns)):
        if number:
            live.branch(segment(turns[: number + 1]))
        live.run(each=lambda today: now.ordered.append(today.ordered))
        before.ends.append(len(live.happenings))
        before.accuracy.append(float(live.p.attribution_accuracy))
    return before


_FIELDS = ("kind", "who", "where", "amount", "drone", "dead", "wounded")


def packed(realised: Realised) -> bytes:
    """Return all that is told of a game as bytes with a checksum; `unpacked` reads them."""
    events = [
        [h.day.toordinal(), *(int(getattr(h, name)) for name in _FIELDS)]
        for h in realised.world.happenings
    ]
    found = storage.packed(
        {
            "structure": np.array(STRUCTURES.index(realised.structure)),
            "days": np.asarray(realised.world.outcomes(), np.float64),
            "events": np.array(events, np.int64).reshape(-1, 1 + len(_FIELDS)),
            "ends": np.array(realised.ends, np.int64),
            "accuracy": np.array(realised.accuracy, np.float64),
            "ordered": np.array(realised.ordered, bool),
            "start": np.asarray(realised.start, np.float64),
        }
    )
    return storage.with_digest(found)


def unpacked(content: bytes) -> Realised:
    """Return a game as it was played, to be looked at.

    Raises:
        DamagedError: If a byte of it is missing or another.
    """
    found = storage.unpacked(storage.without_digest(content))
    events = [
        Happening(date.fromordinal(day), **dict(zip(_FIELDS, rest, strict=True)))
        for day, *rest in found["events"].tolist()
    ]
    return Realised(
        STRUCTURES[int(found["structure"])],
        Past(found["days"], events),
        found["ends"].tolist(),
        found["accuracy"].tolist(),
        found["ordered"].tolist(),
        found["start"],
    )


@lru_cache(maxsize=4)
def _model(rules_digest: str) -> str:
    del rules_digest
    told = {
        "drawn": declared.source("posterior").told,
        "exercise": (data_files.folder("seeds") / "exercise.yaml").read_bytes(),
    }
    return fingerprint(told, ("day/world.py", "exercise/game.py"))


def model() -> str:
    """Return the digest of all that a game's worlds depend on, the exercise included."""
    return _model(rulebook.current().digest)


def goals_reached(realised: Realised) -> Iterator[tuple[str, Goal, bool]]:
    """Yield every role's goals, and whether the game as far as it was played reached them."""
    rows = np.array([indicators(realised.daily(k)) for k in range(len(realised.ends))])
    voted = np.array([float(realised.voted(len(realised.ends)))])
    for role, item in rules().roles.items():
        for goal in item.goals:
            found = goal.reached(rows[:, :, None], realised.start[:, None], voted)
            yield role, goal, bool(found[0])


# --- many worlds at once ------------------------------------------------------------------

INDICATORS: dict[str, tuple[str, str]] = {
    "reported": ("reported_press", "sum"),
    "attacks_foreign": ("attacks_foreign", "sum"),
    "attacks_state": ("attacks_state", "sum"),
    "strikes": ("strikes", "sum"),
    "dead_us": ("dead_us", "sum"),
    "dead_coalition": ("dead_coalition", "sum"),
    "dead_allies": ("dead_us+dead_coalition", "sum"),
    "dead_iraqi": ("dead_iraqi", "sum"),
    "us_support": ("us_support", "last"),
    "authority": ("authority", "last"),
    "pressure": ("pressure", "last"),
    "nato": ("nato", "last"),
    "isf_capacity": ("isf_capacity", "last"),
    "daesh_index": ("daesh_index", "last"),
    "iranian_influence": ("iranian_influence", "last"),
    "us_soldiers": ("us_combat+us_advisers", "last"),
}
"""What roles follow: the daily outcome, and whether it is summed over the turn or read at its
end."""

NAMES = tuple(INDICATORS)


def indicators(daily: Floats | Singles) -> Floats:
    """Return every indicator of a turn's days, shape (indicators, …).

    Args:
        daily: Days, shape (days, outcomes) or (days, outcomes, worlds).
    """
    rows = []
    for outcome, how in INDICATORS.values():
        columns = [daily[:, OUTCOMES.index(name)] for name in outcome.split("+")]
        column: Floats = np.asarray(sum(c.astype(np.float64) for c in columns))
        rows.append(column.sum(axis=0) if how == "sum" else column[-1])
    return np.array(rows)


def over_the_game(rows: Floats) -> dict[str, Any]:
    """Return each indicator over a game: the sum of its turns, or its value at the end.

    Args:
        rows: Indicators by turn, shape (turns, indicators, …).
    """
    return {
        name: rows[:, k].sum(axis=0) if how == "sum" else rows[-1, k]
        for k, (name, (_, how)) in enumerate(INDICATORS.items())
    }


SEED = 20_210_726
"""Seed of the worlds that are played many at once; no game has it."""


def _play(
    blocks: list[Block],
    turns: Sequence[Turn],
    seed: int,
    first: int = 0,
    reduce: Callable[[Singles], Floats] | None = None,
) -> tuple[list[Block], Floats]:
    """Play turns from one number on; return the worlds then, and what they brought.

    Args:
        blocks: Worlds, such as those of each structure in turn.
        turns: All turns of the game so far.
        seed: Seed of their luck.
        first: The first turn that is played.
        reduce: What is made of a turn's days; by default `indicators`.

    Returns:
        The worlds after the last turn, and indicators, shape (turns, indicators, worlds).
    """
    rows = []
    for number in range(first, len(turns)):
        scenario = segment(turns[: number + 1])
        blocks, values = ensemble.live(blocks, scenario, seed, reduce or indicators)
        rows.append(values)
    return blocks, np.array(rows)


def eve(seed: int) -> Floats:
    """Return every indicator of a game on the day before it begins."""
    nature = declared.draw([0], seed=seed, structure=structure_of(seed))
    blocks = ensemble.begin([0], nature)
    return ensemble.live(blocks, history(), seed, indicators, last=1)[1][:, 0]


def replay(
    seed: int, turns: Sequence[Turn], structure: str | None = None, motive: str | None = None
) -> Floats:
    """Return every indicator of every turn of a game, played again with the same luck.

    Args:
        seed: The game's seed.
        turns: The turns, as they were or otherwise.
        structure: Another structure. The game's own parameters and past are kept, and only
            what a strike does from the first turn on is exchanged for that structure's.
        motive: Another motive, from the first turn on; all else is kept.

    Returns:
        Indicators, shape (turns, indicators).
    """
    own = structure_of(seed)
    nature = declared.draw([0], seed=seed, structure=own)
    blocks = ensemble.begin([0], nature)
    blocks, _ = ensemble.live(blocks, history(), seed)
    if structure is not None and structure != own:
        other = declared.draw([0], seed=seed, structure=structure)[P.strike_rate_ratio, 0]
        for block in blocks:
            block.nature[P.strike_rate_ratio] = other
    if motive is not None:
        for block in blocks:
            block.nature[P.motive] = MOTIVES.index(motive)
    return _play(blocks, turns, seed)[1][:, :, 0]


@dataclass(frozen=True)
class Lived:
    """Many worlds of a game.

    Attributes:
        rows: Indicators by turn, shape (turns, indicators, worlds).
        start: Indicators on the day before the game, shape (indicators, worlds).
        voted: 1 where parliament voted during the game, else 0, one a world.
    """

    rows: Floats
    start: Floats
    voted: Floats

    def whole(self) -> dict[str, Floats]:
        """Return each indicator over the game, and ``vote_held``: sums, or values at the end."""
        return over_the_game(self.rows) | {"vote_held": self.voted}


@cache
def begun(rules: rulebook.RuleBook, worlds: int, seed: int) -> tuple[list[Block], Floats]:
    """Return worlds of every structure in turn at the game's first day, and where they stand."""
    del rules
    blocks: list[Block] = []
    for structure in STRUCTURES:
        nature = declared.draw(range(worlds), seed=seed, structure=structure)
        blocks += ensemble.begin(range(worlds), nature)
    return ensemble.live(blocks, history(), seed, indicators, last=1)


def live_many(turns: Sequence[Turn], worlds: int, seed: int = SEED) -> Lived:
    """Return many worlds of a game, the structures side by side.

    Args:
        turns: The turns.
        worlds: Worlds of each structure.
        seed: Seed of their draws and luck; no game has the usual one.
    """
    blocks, start = begun(rulebook.current(), worlds, seed)
    first = float(rules().begins.toordinal())
    blocks, rows = _play(blocks, turns, seed)
    voted = [ensemble.state_of(block, S.last_vote) >= first for block in blocks]
    return Lived(rows, start, np.concatenate(voted).astype(np.float64))


def _counted(daily: Singles) -> Floats:
    """Return the sums of what the answer counts, and the days since the last attack, of a turn."""
    found = [daily[:, OUTCOMES.index(o)].astype(np.float64).sum(axis=0) for o in answer.COUNTED]
    attacked = daily[::-1, OUTCOMES.index(answer.COUNTED[0])] > 0.0
    quiet = np.where(attacked.any(axis=0), attacked.argmax(axis=0), len(attacked))
    return np.array([*found, quiet])


def _counts(turns: Sequence[Turn], worlds: int) -> tuple[dict[str, Floats], Floats]:
    """Return the counts of a game in many worlds, and whether attacks have stopped at its end.

    Each has the shape (structures, worlds).
    """
    blocks, _ = begun(rulebook.current(), worlds, SEED)
    _, rows = _play(blocks, turns, SEED, reduce=_counted)
    shaped = rows.reshape(len(turns), len(answer.COUNTED) + 1, len(STRUCTURES), worlds)
    quiet = np.zeros(shaped.shape[2:])
    for number, now in enumerate(shaped[:, -1]):
        first, last = days_of(number)
        quiet = np.where(now > (last - first).days, quiet + now, now)
    sums = dict(zip(answer.COUNTED, shaped[:, :-1].sum(axis=0), strict=True))
    return sums, (quiet >= answer.QUIET).astype(np.float64)


def answered(turns: Sequence[Turn], worlds: int, case: Texts, base: Texts) -> answer.Answer:
    """Return the answer for a game as it was played, against all that is on automatic.

    Args:
        turns: The turns played.
        worlds: Worlds of each structure.
        case: What the game is called.
        base: What the other is called.
    """
    idle = [Turn({}, turn.injects) for turn in turns]
    (mine, stops), (theirs, others) = (_counts(each, worlds) for each in (turns, idle))
    drawn = declared.draw(range(worlds), seed=SEED, structure=STRUCTURES[0])
    motive = drawn[declared.column(declared.MOTIVE)]
    span = Phase(WHOLE, rules().begins, days_of(len(turns) - 1)[1])
    part = answer.part_of(
        span,
        {o: (mine[o], theirs[o]) for o in answer.COUNTED},
        (stops, others) if span.days >= answer.QUIET else None,
        STRUCTURES,
        {m: motive == code for code, m in enumerate(MOTIVES) if (motive == code).any()},
        wish_left(drawn),
    )
    return answer.Answer(case, base, (part,), worlds, SEED, STRUCTURES)


Texts = Mapping[str, str]
"""A text by language."""


# --- what a role is told ---------------------------------------------------------------------


def attributed(seed: int, realised: Realised, number: int) -> dict[str, tuple[int, str]]:
    """Return attacks of a turn by the faction that intelligence names, with its confidence.

    The true faction is named with the model's accuracy of attribution, another one
    otherwise; where façade names are used the true one is named less often.
    """
    factions = [f.name for f in cast().factions]
    accuracy = realised.accuracy[number]
    named = []
    events = [h for h in realised.happenings(number) if h.kind == ATTACK_FOREIGN]
    for k, event in enumerate(events):
        digest = hashlib.sha256(f"{seed}/{number}/{k}".encode()).digest()
        u = int.from_bytes(digest[:6]) / 2**48
        who = event.who
        if u >= accuracy:
            others = [i for i in range(len(factions)) if i != who]
            who = others[digest[7] % len(others)]
        named.append(factions[who])
    total = max(1, len(named))
    counts = _most_first(named).items()
    return {name: (n, _confidence(n, total, accuracy)) for name, n in counts}


def _confidence(count: int, total: int, accuracy: float) -> str:
    """Return how sure intelligence says it is: many attacks of one group are told from chance."""
    chance = (1.0 - accuracy) / (len(cast().factions) - 1) * total
    if count >= 3 and count > 4.0 * chance:
        return "high" if accuracy > 0.9 else "moderate"
    return "low"


def official(realised: Realised, number: int) -> int:
    """Return how many of a turn's attacks the military confirmed."""
    return int(realised.daily(number)[:, O.reported_official].sum())


def attackers(realised: Realised, number: int) -> dict[str, int]:
    """Return a turn's attacks on foreign sites by the faction that made them."""
    every = realised.happenings(number)
    return _most_first(cast().factions[e.who].name for e in every if e.kind == ATTACK_FOREIGN)


def _most_first(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


def ordered_days(realised: Realised, number: int) -> int:
    """Return a turn's days under an order of restraint, the patron's own or the rules'.

    Orders begun before the game count too. A truce of the militias is not in it: the patron
    is not told of it.
    """
    first, last = ((day - rules().begins).days for day in days_of(number))
    return sum(realised.ordered[first : last + 1])
