"""Measures how wide an outlook must be, and how often what came lies inside.

    python benchmarks/outlooks.py

plays games in which every team chooses at random in every turn. From them it takes the width of
each indicator's range at which 90 of 100 hold what came, and stores it in ``seeds/outlooks.json``;
in further games it counts how many do. `tests/exercise/test_outlooks.py`
counts again in games of its own.
"""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator

import numpy as np

from drawdown.declared import data_files
from drawdown.declared.storage import write_whole
from drawdown.exercise import game, outlooks
from drawdown.exercise.game import NAMES, Turn
from drawdown.exercise.outlooks import Outlooks, Worlds

GAMES, TRIED, SEED, INSIDE = 260, 64, 77_000, 0.90
Cell = tuple[str, str]
Seen = tuple[Worlds, float]


def random_game(seed: int) -> list[Turn]:
    """Return a game in which every team chooses at random in every turn."""
    chance = random.Random(seed)
    return [
        Turn(
            {
                role: {v: chance.choice(list(about.options)) for v, about in item.levers.items()}
                for role, item in game.rules().roles.items()
            }
        )
        for _ in game.rules().turns
    ]


def looked(seeds: range) -> Iterator[tuple[Cell, Seen]]:
    """Yield what each team could expect in each turn of random games, and what came."""
    for seed in seeds:
        turns, many = random_game(seed), Outlooks()
        values = np.vstack([game.eve(seed), game.replay(seed, turns)])
        for role, item in game.rules().roles.items():
            for number, turn in enumerate(turns):
                plan = {role: turn.choices[role]}
                known = outlooks.knowledge(role, turns[:number], plan, values[: number + 1])
                worlds = many.worlds(known)
                for name in item.indicators:
                    yield (role, name), (worlds[name], values[number + 1, NAMES.index(name)])


def collected(seeds: range) -> dict[Cell, list[Seen]]:
    """Return the same by team and indicator."""
    found: dict[Cell, list[Seen]] = {}
    for cell, seen in looked(seeds):
        found.setdefault(cell, []).append(seen)
    return found


def inside(seen: list[Seen], width: float) -> float:
    """Return how many of the ranges of a width hold what came."""
    ranges = [(worlds.range(width), value) for worlds, value in seen]
    return float(np.mean([r.low <= value <= r.high for r, value in ranges]))


def width_of(seen: list[Seen]) -> float:
    """Return the width at which 90 of 100 ranges hold what came, as near as it goes."""
    counted = seen[0][0].present is None
    low, high = (0.0, 0.5) if counted else (0.0, 10.0)

    def wider(width: float) -> bool:
        return (inside(seen, width) >= INSIDE) == counted

    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if wider(middle) else (low, middle)
    ends = sorted((low, high), key=lambda w: abs(inside(seen, w) - INSIDE))
    return round(ends[0], 4)


def main() -> None:
    """Measure and store."""
    fit = collected(range(SEED, SEED + GAMES))
    widths = {cell: width_of(seen) for cell, seen in fit.items()}
    rest = collected(range(SEED + GAMES, SEED + GAMES + TRIED))
    covered = {cell: inside(seen, widths[cell]) for cell, seen in rest.items()}
    by_role: dict[str, dict[str, float]] = {}
    for (role, name), width in widths.items():
        by_role.setdefault(role, {})[name] = width
        print(f"{role} {name}: width {width}, {100 * covered[role, name]:.0f} of 100 inside")
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], text=True).strip()
    stored = {
        "command": "python benchmarks/outlooks.py",
        "commit": commit,
        "seed": SEED,
        "games": GAMES,
        "tried": TRIED,
        "widths": by_role,
        "inside": {f"{role} {name}": round(share, 3) for (role, name), share in covered.items()},
    }
    path = data_files.folder("seeds") / "outlooks.json"
    write_whole(path, (json.dumps(stored, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
