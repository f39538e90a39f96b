"""Outlooks: what a team may expect of the next turn, from what it knows, whatever others choose.

Worlds are played in which others choose at random, but for what the team has seen of them or
is promised. Those like what it has seen count for more, and levels go on from where they stand.
How wide a range must be, so that 90 of 100 hold what came, was measured in games in which every
team chose at random (`benchmarks/outlooks.py`).
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from drawdown.day import rulebook
from drawdown.declared import data_files
from drawdown.declared.arrays import Floats
from drawdown.declared.recent import Recent
from drawdown.exercise import game
from drawdown.exercise.game import AUTO, INDICATORS, NAMES, Choices, Turn, rules
from drawdown.worlds import ensemble
from drawdown.worlds.ensemble import Block

PUBLIC = ("reported", "strikes", "dead_us", "us_soldiers", "nato")
"""Indicators that everybody may see."""

WORLDS = 64
"""Worlds a structure."""

SHARES = frozenset({"authority", "pressure", "isf_capacity", "iranian_influence"})
"""Levels between 0 and 1."""

DRAWS = 6
"""Draws of what others choose, each lived by a part of the worlds."""

LEAST_WORLDS = 40.0
"""How many worlds an outlook is worth at least; with fewer it leaves out what may come."""

LEAST_VARIANCE = 4.0
"""Variance of a count of nothing (judgement)."""

LIKENESS = 0.5
"""How far a level may be from what was seen, in standard deviations of all worlds, before a
world counts for less (judgement)."""


@dataclass(frozen=True)
class Knowledge:
    """All that an outlook may rest on.

    Attributes:
        role: Whose.
        turns: The turns played, as the role has seen them.
        plan: What the role means to choose next, what others promise, and the news of the turn.
        seen: The role's own indicators and public ones: their values on the day before the game
            and at the end of each turn.
    """

    role: str
    turns: tuple[Turn, ...]
    plan: Turn
    seen: tuple[tuple[str, tuple[float, ...]], ...]


def visible(role: str) -> tuple[str, ...]:
    """Return the indicators that a role knows: its own, those of its goals, and public ones."""
    item = rules().roles[role]
    goals = [goal.of for goal in item.goals if goal.of in INDICATORS]
    return tuple(dict.fromkeys([*item.indicators, *goals, *PUBLIC]))


def knowledge(
    role: str,
    turns: Sequence[Turn],
    plan: Choices,
    values: Floats,
    injects: Sequence[str] = (),
) -> Knowledge:
    """Return what a role may know.

    Args:
        role: The role.
        turns: The turns played, whole; what the role has not seen is left out here.
        plan: The role's choices for the next turn, and what it supposes of others.
        values: Every indicator on the day before the game and in each turn, shape
            (1 + turns, indicators); what the role does not see is left out here.
        injects: Prepared news of the next turn that everybody has heard.
    """
    seen = tuple(turn.seen_by(role) for turn in turns)
    known = tuple(
        (name, tuple(float(v) for v in values[:, NAMES.index(name)])) for name in visible(role)
    )
    return Knowledge(role, seen, Turn(dict(plan), tuple(injects)), known)


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


@cache
def _drawn(number: int, draw: int) -> dict[str, list[str]]:
    """Return an option of each lever, by role, as one of `DRAWS` draws has it in a turn."""
    chance = random.Random(number)
    found: dict[str, list[str]] = {}
    for name, item in rules().roles.items():
        found[name] = []
        for about in item.levers.values():
            # So that the few draws hold as many options of each lever as they can.
            options = list(about.options)
            place = chance.sample(range(DRAWS), DRAWS)[draw] + chance.randrange(len(options))
            found[name].append(options[place % len(options)])
    return found


def supposed(seen: Turn, role: str, number: int, draw: int, past: bool) -> Turn:
    """Return a turn with choices drawn for all that a role does not know of it.

    Args:
        seen: What it knows.
        role: The role.
        number: The turn.
        draw: Number of the draw, below `DRAWS`.
        past: Whether the turn was played: what is public is known, and so is that no agreement
            stood but those that were seen.
    """
    choices: dict[str, dict[str, str]] = {}
    for name, item in rules().roles.items():
        known = seen.choices.get(name, {})
        choices[name] = {
            lever: known.get(lever, AUTO if name == role or (past and about.public) else option)
            for (lever, about), option in zip(
                item.levers.items(), _drawn(number, draw)[name], strict=True
            )
        }
    turn = Turn(choices, seen.injects)
    if past:
        for agreement in set(turn.agreed()) - set(seen.agreed()):
            for name, own in rules().agreements[agreement].needs.items():
                for lever in own:
                    if lever not in seen.choices.get(name, {}):
                        choices[name][lever] = AUTO
    return turn


@dataclass(frozen=True)
class Range:
    """What may come of an indicator.

    Attributes:
        low: Nine of ten games stay above or below one of the two ends: 5 of 100 below this.
        middle: The middle of what may come.
        high: The upper end.
    """

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Worlds:
    """What may come of an indicator, world by world.

    Attributes:
        values: In each world.
        weights: What each counts, in all 1.
        present: Where a level stands; None for a count.
        highest: The highest that it can be.
    """

    values: Floats
    weights: Floats
    present: float | None
    highest: float = float("inf")

    def range(self, width: float) -> Range:
        """Return a range.

        Args:
            width: For a count, the share of the worlds that is left out on each side. For a
                level, 1 is the 90 % of the worlds; more draws them out on both sides of their
                middle, less leaves out more of them.
        """
        order = np.argsort(self.values, kind="stable")
        share = np.cumsum(self.weights[order])

        def at(part: float) -> float:
            place = np.searchsorted(share, part * share[-1])
            return float(self.values[order][min(int(place), len(order) - 1)])

        middle = at(0.5)
        if self.present is None:
            return Range(at(width), middle, at(1.0 - width))
        half, drawn_out = 0.45 * min(1.0, width), max(1.0, width)
        ends = (at(0.5 - half), at(0.5 + half))
        low, high = (middle + drawn_out * (end - middle) for end in ends)
        high = min(self.highest, max(high, self.present))
        return Range(max(0.0, min(low, self.present)), min(middle, high), high)


@cache
def widths() -> dict[str, dict[str, float]]:
    """Return how wide ranges are, by role and indicator (`benchmarks/outlooks.py`)."""
    text = (data_files.folder("seeds") / "outlooks.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, float]] = json.loads(text)["widths"]
    return found


class Outlooks:
    """Draws what may come, from what a role knows. Safe to call from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recent = Recent(96)

    def _after(self, role: str, turns: tuple[Turn, ...]) -> tuple[list[Block], Floats]:
        """Return worlds after some turns, and indicators by turn, the day before them first."""
        if not turns:
            blocks, start = game.begun(rulebook.current(), WORLDS, game.SEED)
            return blocks, start[None]

        def play() -> tuple[list[Block], Floats]:
            before, rows = self._after(role, turns[:-1])
            blocks, now = _one_turn(before, role, turns, past=True)
            return blocks, np.concatenate([rows, now[None]])

        return self._recent.get_or_make((role, repr(turns)), play)

    def worlds(self, known: Knowledge) -> dict[str, Worlds]:
        """Return what may come of each indicator that a role sees, world by world."""
        with self._lock:
            blocks, rows = self._after(known.role, known.turns)
            _, then = _one_turn(blocks, known.role, (*known.turns, known.plan), past=False)
        fit = np.zeros(then.shape[1])
        for name, values in known.seen:
            k, counted = NAMES.index(name), INDICATORS[name][1] == "sum"
            for turn, value in enumerate(values):
                there = rows[turn, k]
                if not counted and there.std() > 0.0:
                    fit -= (there - value) ** 2 / (2.0 * (LIKENESS * there.std()) ** 2)
                elif counted and turn:
                    fit -= (there - value) ** 2 / (4.0 * (value + LEAST_VARIANCE))
        weights = tempered(fit)
        found = {}
        for name, values in known.seen:
            k = NAMES.index(name)
            if INDICATORS[name][1] == "sum":
                found[name] = Worlds(then[k], weights, None)
            else:
                goes_on = np.maximum(0.0, values[-1] + then[k] - rows[-1, k])
                highest = 1.0 if name in SHARES else float("inf")
                found[name] = Worlds(goes_on, weights, values[-1], highest)
        return found

    def draw(self, known: Knowledge) -> dict[str, Range]:
        """Return a range of each of the role's indicators over the next turn.

        Nine of ten hold what comes in games in which every team chooses at random.
        """
        if len(known.turns) >= len(rules().turns):
            return {}
        wide = widths()[known.role]
        found = self.worlds(known)
        return {name: found[name].range(wide[name]) for name in wide}


def _one_turn(
    blocks: list[Block], role: str, turns: Sequence[Turn], past: bool
) -> tuple[list[Block], Floats]:
    """Play the last of some turns, with other choices of others in each block."""
    number, before = len(turns) - 1, turns[:-1]
    drawn = [
        game.segment([*before, supposed(turns[-1], role, number, draw, past)])
        for draw in range(DRAWS)
    ]
    scenarios = [drawn[k % DRAWS] for k in range(len(blocks))]
    return ensemble.live(blocks, scenarios, game.SEED, game.indicators)
