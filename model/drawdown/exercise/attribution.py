"""Which choices made most of a game: Shapley values over the choices of all teams."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from drawdown.declared.arrays import Floats
from drawdown.exercise import game
from drawdown.exercise.game import AUTO, Turn

Player = tuple[str, str]
"""A role and one of its levers: what it chose with it in the whole game."""

WORLDS = 32
"""Worlds a structure."""

MOST_PLAYED = 110
"""Games that are played at most: about eight seconds."""


@dataclass(frozen=True)
class Part:
    """What a lever of a team made of a game, beside everything on automatic.

    Attributes:
        role: The team.
        lever: The lever.
        mean: Its part of the outcome, on average over worlds and orders.
        error: Standard error of that.
        here: Its part in the world of this game.
    """

    role: str
    lever: str
    mean: float
    error: float
    here: float


def players(turns: Sequence[Turn]) -> list[Player]:
    """Return the levers with which something else than automatic was chosen."""
    return [
        (role, lever)
        for role, item in game.rules().roles.items()
        for lever in item.levers
        if any(turn.chosen(role, lever) != AUTO for turn in turns)
    ]


def only(turns: Sequence[Turn], joined: frozenset[Player]) -> list[Turn]:
    """Return a game in which all levers but some are on automatic; news stays."""
    return [
        Turn(
            {
                role: {v: o for v, o in own.items() if (role, v) in joined}
                for role, own in turn.choices.items()
            },
            turn.injects,
        )
        for turn in turns
    ]


def shapley(
    seed: int, turns: Sequence[Turn], outcome: str = "attacks_foreign", worlds: int = WORLDS
) -> list[Part]:
    """Return the part of each lever in an outcome over the game, the largest first.

    Orders in which levers join are drawn, each with its reverse; their sum is what all choices
    together changed.

    Args:
        seed: The game's seed.
        turns: The turns played.
        outcome: An indicator, summed over the game or read at its end.
        worlds: Worlds a structure that the mean is over.
    """
    many = players(turns)
    if not many:
        return []
    known: dict[frozenset[Player], tuple[Floats, float]] = {}

    def value(joined: frozenset[Player]) -> tuple[Floats, float]:
        if joined not in known:
            play = only(turns, joined)
            there = game.live_many(play, worlds).whole()[outcome]
            here = game.over_the_game(game.replay(seed, play))[outcome]
            known[joined] = np.asarray(there, np.float64), float(here)
        return known[joined]

    pairs = max(1, min(6, MOST_PLAYED // (2 * (len(many) + 1))))
    chance, there, here = random.Random(seed), [], []
    for _ in range(pairs):
        order = chance.sample(many, len(many))
        for each in (order, order[::-1]):
            gains = _along(each, value)
            there.append([gains[player][0] for player in many])
            here.append([gains[player][1] for player in many])
    found = np.array(there)
    over_orders = found.mean(axis=0)
    error = np.sqrt(
        over_orders.var(axis=1, ddof=1) / over_orders.shape[1]
        + found.mean(axis=2).var(axis=0, ddof=1) / len(found)
    )
    parts = [
        Part(role, lever, float(mean), float(e), float(h))
        for (role, lever), mean, e, h in zip(
            many, over_orders.mean(axis=1), error, np.mean(here, axis=0), strict=True
        )
    ]
    return sorted(parts, key=lambda part: -abs(part.mean))


Value = Callable[[frozenset[Player]], tuple[Floats, float]]


def _along(order: Sequence[Player], value: Value) -> dict[Player, tuple[Floats, float]]:
    """Return what each player adds when it joins, in an order."""
    joined: frozenset[Player] = frozenset()
    before = value(joined)
    found = {}
    for player in order:
        joined |= {player}
        now = value(joined)
        found[player] = (now[0] - before[0], now[1] - before[1])
        before = now
    return found
