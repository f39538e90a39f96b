"""The game: what teams choose becomes days of one world, and what each of them may know of it.

Nothing of the world is kept: it follows from the game's seed and the choices, so that a
server that was killed plays it again as it was.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from drawdown import ensemble, luck, seeds
from drawdown import parameters as declared
from drawdown.actors import cast
from drawdown.ensemble import Block
from drawdown.errors import InputError, unknown
from drawdown.layout import ATTACK_FOREIGN, ORDER_BEGINS, OUTCOMES, STRUCTURES, O
from drawdown.parameters import Setting, Text
from drawdown.plan import level_on
from drawdown.scenario import Event, Scenario
from drawdown.world import Happening, World

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Choices = Mapping[str, Mapping[str, str]]
"""What was chosen in a turn: by role and lever. What is missing is ``auto``."""

AUTO = "auto"
POSTURE = ("combat", "advisers", "coalition")


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


class Option(_Strict):
    """A choice.

    Attributes:
        name: What it is called.
        hint: What it means.
        posture: Share of the soldiers there at the turn's end; ``plan``, ``advise``.
        policy: Levers of the scenario from the turn's first day.
        scale: Parameters multiplied during the turn.
        set: Parameters set during the turn.
        events: Events it brings.
        drop: Kinds of the scenario's events that do not happen.
        talks: What it says to a round of dialogue.
    """

    name: Text
    hint: Text
    posture: float | Literal["plan", "advise"] | None = None
    policy: dict[str, Any] = Field(default_factory=dict)
    scale: dict[str, float] = Field(default_factory=dict)
    set: dict[str, float] = Field(default_factory=dict)
    events: list[Dated] = Field(default_factory=list)
    drop: list[str] = Field(default_factory=list)
    talks: Literal["ask", "refuse"] | None = None


class Lever(_Strict):
    """Something that a role decides in every turn.

    Attributes:
        public: Whether others learn the choice once the turn is played.
        name: What it is called.
        options: The choices; the first is ``auto``.
    """

    public: bool
    name: Text
    options: dict[str, Option]


class Lines(_Strict):
    """A few lines in both languages."""

    en: list[str]
    ar: list[str]


class Role(_Strict):
    """A role.

    Attributes:
        name: What it is called.
        brief: What it is, for its card.
        goals: Its private goals.
        indicators: Three outcomes that it follows.
        levers: What it decides.
    """

    name: Text
    brief: Text
    goals: Lines
    indicators: list[str] = Field(min_length=3, max_length=3)
    levers: dict[str, Lever]


class Inject(_Strict):
    """News that the facilitator can bring, with what it does to the world."""

    name: Text
    text: Text
    events: list[Dated]


class Rules(_Strict):
    """The whole of ``seeds/exercise.yaml``."""

    scenario: str
    begins: date
    turns: list[date]
    roles: dict[str, Role]
    injects: dict[str, Inject]


@cache
def rules() -> Rules:
    """Return turns, roles, levers and injects."""
    return Rules.model_validate(seeds.load("exercise"))


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

    def seen_by(self, role: str) -> Turn:
        """Return what a role knows of the turn: its own choices and public ones."""
        seen = {
            name: {
                lever: option
                for lever, option in self.choices.get(name, {}).items()
                if name == role or rules().roles[name].levers[lever].public
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


def _postures(turns: Sequence[Turn]) -> dict[str, dict[date, Any]]:
    """Return soldiers by role on dated days, as the turns so far have it."""
    levers = _base().levers
    plan = {name: getattr(levers, name) for name in POSTURE}
    residual = declared.declarations()["residual_advisers"].default["null"]

    def planned(name: str, day: date) -> float:
        number, weight = level_on(plan[name], day)
        return number + weight * residual

    option = rules().roles["us"].levers["posture"].options
    if all(option[t.chosen("us", "posture")].posture == "plan" for t in turns):
        return plan
    begins = rules().begins
    now = {name: planned(name, begins) for name in POSTURE}
    points: dict[str, dict[date, Any]] = {name: {begins: now[name]} for name in POSTURE}
    for number, turn in enumerate(turns):
        _, last = days_of(number)
        choice = option[turn.chosen("us", "posture")].posture
        if choice == "plan":
            # Who has left does not come back because a plan once had him there.
            goal = {name: min(now[name], planned(name, last)) for name in POSTURE}
            freed = now["combat"] - goal["combat"]
            goal["advisers"] = min(planned("advisers", last), now["advisers"] + freed)
            then = goal
        elif choice == "advise":
            then = now | {"combat": 0.0, "advisers": now["advisers"] + now["combat"]}
        else:
            assert isinstance(choice, float)
            then = {name: level * choice for name, level in now.items()}
        for name in POSTURE:
            points[name][last] = then[name]
        now = then
    return points


def segment(turns: Sequence[Turn]) -> Scenario:
    """Return the last of some turns as a scenario of its own days.

    Args:
        turns: The turns so far; what came before decides where soldiers stand.
    """
    number = len(turns) - 1
    first, last = days_of(number)
    turn = turns[-1]
    levers: dict[str, Any] = dict(_postures(turns))
    world: dict[str, Setting] = dict(_base().world)
    events: list[Event] = []
    dropped: set[str] = set()
    said: list[str] = []
    for option in turn.options():
        levers |= {name: {date.min: value} for name, value in option.policy.items()}
        for name, factor in option.scale.items():
            before = world.get(name)
            scaled = before.scale if before is not None and before.scale is not None else 1.0
            world[name] = Setting(scale=factor * scaled)
        for name, value in option.set.items():
            world[name] = Setting(value=value)
        events += _dated(option.events, first, last)
        dropped |= set(option.drop)
        said += [option.talks] if option.talks else []
    for inject in turn.injects:
        events += _dated(rules().injects[inject].events, first, last)
    if "ask" in said and "refuse" not in said:
        events.append(Event(date=first + (last - first) // 2, what="dialogue_round"))
    kept = [e for e in _base().events if e.what not in dropped and e.date <= last]
    # What lasts stays; what happened on a day before this turn has happened.
    kept = [e for e in kept if e.date >= first or e.what in ("nato_second_base", "hand_over")]
    return replace(
        _base().with_levers(**levers),
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
class Realised:
    """The world of a game as far as it was played.

    Attributes:
        structure: What a strike does in it.
        world: The Mesa world.
        ends: Number of its events at the end of each turn.
        accuracy: Accuracy of attribution in each turn.
    """

    structure: str
    world: World
    ends: list[int]
    accuracy: list[float]

    def daily(self, number: int) -> Floats:
        """Return the days of a turn, shape (days, outcomes)."""
        first, last = ((day - rules().begins).days for day in days_of(number))
        return self.world.outcomes()[first : last + 1]

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
    if before is None:
        structure = structure_of(seed)
        first = segment(turns[:1])
        world = World(first, seed=seed, structure=structure, uncertainty="posterior")
        before = Realised(structure, world, [], [])
    for number in range(len(before.ends), len(turns)):
        if number:
            before.world.branch(segment(turns[: number + 1]))
        before.world.run()
        before.ends.append(len(before.world.happenings))
        before.accuracy.append(float(before.world.p.attribution_accuracy))
    return before


# --- many worlds at once: outlooks and replays ---------------------------------------------

INDICATORS: dict[str, tuple[str, str]] = {
    "reported": ("reported_press", "sum"),
    "attacks_foreign": ("attacks_foreign", "sum"),
    "attacks_state": ("attacks_state", "sum"),
    "strikes": ("strikes", "sum"),
    "dead_us": ("dead_us", "sum"),
    "us_support": ("us_support", "last"),
    "authority": ("authority", "last"),
    "pressure": ("pressure", "last"),
    "nato": ("nato", "last"),
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


OUTLOOK_WORLDS = 64
OUTLOOK_SEED = 20_210_726
"""Seed of the worlds that outlooks are drawn from; no game has it, so no outlook can know a
game's luck."""

LEAST_VARIANCE = 4.0


@dataclass(frozen=True)
class Knowledge:
    """All that an outlook may rest on.

    Attributes:
        role: Whose.
        turns: The turns played, as the role has seen them.
        plan: What the role means to choose next, and the news of the turn so far.
        reports: Attacks that the press reported in each turn played.
    """

    role: str
    turns: tuple[Turn, ...]
    plan: Turn
    reports: tuple[float, ...]


def knowledge(
    role: str,
    turns: Sequence[Turn],
    plan: Mapping[str, str],
    reports: Sequence[float],
    injects: Sequence[str] = (),
) -> Knowledge:
    """Return what a role may know.

    Args:
        role: The role.
        turns: The turns played, whole; what the role has not seen is left out here.
        plan: The role's choices for the next turn.
        reports: Attacks that the press reported in each turn.
        injects: Prepared news of the next turn that everybody has heard.
    """
    seen = tuple(turn.seen_by(role) for turn in turns)
    return Knowledge(role, seen, Turn({role: dict(plan)}, tuple(injects)), tuple(reports))


LEAST_WORLDS = 40.0
"""How many worlds an outlook is worth at least; with fewer, its ranges are too narrow."""


def tempered(fit: Floats) -> Floats:
    """Return weights of worlds, flattened until they are worth `LEAST_WORLDS` worlds.

    Args:
        fit: How well each world fits what was seen, as a logarithm.
    """

    def weigh(power: float) -> Floats:
        raised = np.exp(power * (fit - fit.max()))
        found: Floats = raised / raised.sum()
        return found

    low, high = 0.0, 1.0
    if 1.0 / (weigh(high) ** 2).sum() >= LEAST_WORLDS:
        return weigh(high)
    for _ in range(30):
        middle = (low + high) / 2
        if 1.0 / (weigh(middle) ** 2).sum() >= LEAST_WORLDS:
            low = middle
        else:
            high = middle
    return weigh(low)


class Outlooks:
    """Draws what may come, from what a role knows. Safe to call from several threads."""

    MOST_KEPT = 96

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[list[list[Block]], Floats]] = {}

    def _after(self, turns: Sequence[Turn]) -> tuple[list[list[Block]], Floats]:
        """Return worlds after some turns and their indicators by turn, of every structure."""
        key = repr(turns)
        if key in self._kept:
            return self._kept[key]
        if not turns:
            blocks = []
            for structure in STRUCTURES:
                nature = declared.draw(
                    range(OUTLOOK_WORLDS), seed=OUTLOOK_SEED, structure=structure
                )
                begun = ensemble.begin(range(OUTLOOK_WORLDS), nature)
                blocks.append(ensemble.live(begun, history(), OUTLOOK_SEED)[0])
            found = blocks, np.empty((0, len(NAMES), OUTLOOK_WORLDS * len(STRUCTURES)))
        else:
            past, rows = self._after(turns[:-1])
            scenario = segment(turns)
            lived = [ensemble.live(b, scenario, OUTLOOK_SEED, indicators) for b in past]
            now = np.hstack([values for _, values in lived])
            found = [b for b, _ in lived], np.concatenate([rows, now[None]])
        if len(self._kept) >= self.MOST_KEPT:
            root = repr(())
            self._kept = {root: self._kept[root]} if root in self._kept else {}
        self._kept[key] = found
        return found

    def draw(self, known: Knowledge) -> dict[str, tuple[float, float, float]]:
        """Return 5, 50 and 95 % of each of the role's indicators over the next turn.

        Worlds whose reported attacks were like those of the game count for more; nothing
        else of the game's world enters.
        """
        if len(known.turns) >= len(rules().turns):
            return {}
        with self._lock:
            _, rows = self._after((*known.turns, known.plan))
        reported = rows[:-1, NAMES.index("reported")]
        fit = np.zeros(rows.shape[2])
        for seen, counts in zip(known.reports, reported, strict=True):
            fit -= (counts - seen) ** 2 / (4.0 * (seen + LEAST_VARIANCE))
        weights = tempered(fit)
        found = {}
        for name in rules().roles[known.role].indicators:
            values = rows[-1, NAMES.index(name)]
            order = np.argsort(values, kind="stable")
            share = np.cumsum(weights[order]) / weights.sum()
            at = np.searchsorted(share, (0.05, 0.5, 0.95))
            picked = values[order][np.minimum(at, len(values) - 1)]
            found[name] = (float(picked[0]), float(picked[1]), float(picked[2]))
        return found


def replay(seed: int, turns: Sequence[Turn], structure: str | None = None) -> Floats:
    """Return every indicator of every turn of a game, played again with the same luck.

    Args:
        seed: The game's seed.
        turns: The turns, as they were or otherwise.
        structure: Another structure; by default the game's own.

    Returns:
        Indicators, shape (turns, indicators).
    """
    chosen = structure or structure_of(seed)
    nature = declared.draw([0], seed=seed, structure=chosen)
    blocks = ensemble.begin([0], nature)
    blocks, _ = ensemble.live(blocks, history(), seed)
    rows = []
    for number in range(len(turns)):
        blocks, values = ensemble.live(blocks, segment(turns[: number + 1]), seed, indicators)
        rows.append(values[:, 0])
    return np.array(rows)


# --- what a role is told ---------------------------------------------------------------------


def attributed(seed: int, realised: Realised, number: int) -> dict[str, tuple[int, str]]:
    """Return attacks of a turn by the faction that intelligence names, with its confidence.

    The true faction is named with the model's accuracy of attribution, another one
    otherwise; where façade names are used the true one is named less often.
    """
    factions = [f.name for f in cast().factions]
    accuracy = realised.accuracy[number]
    found: dict[str, int] = {}
    events = [h for h in realised.happenings(number) if h.kind == ATTACK_FOREIGN]
    for k, event in enumerate(events):
        digest = hashlib.sha256(f"{seed}/{number}/{k}".encode()).digest()
        u = int.from_bytes(digest[:6]) / 2**48
        who = event.who
        if u >= accuracy:
            others = [i for i in range(len(factions)) if i != who]
            who = others[digest[7] % len(others)]
        found[factions[who]] = found.get(factions[who], 0) + 1
    total = max(1, sum(found.values()))
    named = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return {name: (n, _confidence(n, total, accuracy)) for name, n in named}


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
    found: dict[str, int] = {}
    for event in realised.happenings(number):
        if event.kind == ATTACK_FOREIGN:
            name = cast().factions[event.who].name
            found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def ordered_days(realised: Realised, turn: Turn, number: int) -> int:
    """Return a turn's days under an order of restraint, the patron's own or the rules'.

    A truce of the militias is not in it: the patron is not told of it.
    """
    first, last = days_of(number)
    option = rules().roles["patron"].levers["order"].options[turn.chosen("patron", "order")]
    if any(event.what == "order" for event in option.events):
        return (last - first).days + 1
    days: set[date] = set()
    for event in realised.world.happenings[: realised.ends[number]]:
        if event.kind == ORDER_BEGINS:
            days |= {event.day + timedelta(days=k) for k in range(event.amount)}
    return sum(first <= day <= last for day in days)


def quiet_days(realised: Realised, number: int) -> int:
    """Return the days of a turn under an order or a truce."""
    return int((realised.daily(number)[:, O.quiet] > 0).sum())
