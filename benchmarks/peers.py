"""One small model in Mesa, agentpy, plain NumPy and lowered as Drawdown's day is, side by side.

    python benchmarks/peers.py    # agentpy is played where it is installed

76 cells; each draws once a day and attacks with a probability that a shared excitement raises;
each attack adds to the excitement, which fades. All four play their own random numbers, so their
histories differ and their mean number of attacks does not, which is held before anything is timed.
"""

from __future__ import annotations

import ctypes
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mesa
import numpy as np

from drawdown.connect import provenance
from drawdown.day import engine
from drawdown.day.lowering import INT, UNSIGNED, Program
from drawdown.declared import luck

try:
    import agentpy
except ImportError:
    agentpy = None

CELLS, DAYS, ROUNDS = 76, 730, 5
RATE, RISES, FADES = 0.002, 0.3, 0.9


def chance(excitement: float) -> float:
    """Return a cell's probability to attack today."""
    return min(1.0, RATE * (1.0 + RISES * excitement))


class Cell(mesa.Agent):
    """A cell."""

    def act(self) -> None:
        """Attack or not."""
        if self.random.random() < self.model.chance:
            self.model.today += 1


class Small(mesa.Model):
    """The model as Mesa's users write it."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed=seed)
        self.excitement, self.attacks = 0.0, 0
        Cell.create_agents(self, CELLS)

    def step(self) -> None:
        """Play a day."""
        self.chance, self.today = chance(self.excitement), 0
        self.agents.shuffle_do("act")
        self.excitement = FADES * self.excitement + self.today
        self.attacks += self.today


def in_mesa(worlds: int) -> float:
    """Return the mean number of attacks of some worlds."""
    total = 0
    for seed in range(worlds):
        model = Small(seed)
        for _ in range(DAYS):
            model.step()
        total += model.attacks
    return total / worlds


def in_agentpy(worlds: int) -> float:
    """Return the mean number of attacks of some worlds."""

    class OwnCell(agentpy.Agent):
        def act(self) -> None:
            if self.model.random.random() < self.model.chance:
                self.model.today += 1

    class Own(agentpy.Model):
        def setup(self) -> None:
            self.excitement, self.attacks = 0.0, 0
            self.cells = agentpy.AgentList(self, CELLS, OwnCell)

        def step(self) -> None:
            self.chance, self.today = chance(self.excitement), 0
            self.cells.act()
            self.excitement = FADES * self.excitement + self.today
            self.attacks += self.today

    total = 0
    for seed in range(worlds):
        model = Own({"seed": seed, "steps": DAYS})
        model.run(display=False)
        total += model.attacks
    return total / worlds


def in_numpy(worlds: int) -> float:
    """Return the mean number of attacks of some worlds, all of them an array."""
    generator = np.random.default_rng(0)
    excitement, attacks = np.zeros(worlds), np.zeros(worlds)
    for _ in range(DAYS):
        today = (
            generator.random((CELLS, worlds)) < np.minimum(1.0, RATE * (1.0 + RISES * excitement))
        ).sum(axis=0)
        excitement = FADES * excitement + today
        attacks += today
    return float(attacks.mean())


FRAME = """
EXPORT double play(int worlds) {{
    double total = 0.0;
    for (int r = 0; r < worlds; r++) {{
        double excitement = 0.0;
        for (int day = 0; day < {days}; day++) {{
            const uint64_t key = {day_key}({run_key}(0, (uint64_t)r), day);
            const double likely = {chance}(excitement);
            int today = 0;
            for (int cell = 0; cell < {cells}; cell++)
                today += {uniform}(key, cell, 0) < likely;
            excitement = {fades} * excitement + today;
            total += today;
        }}
    }}
    return total / worlds;
}}
"""


def lowered(folder: Path) -> Callable[[int], float]:
    """Return the model with its rule and its draws lowered as Drawdown's are."""
    program = Program({}, {})
    names = {
        "chance": program.function(chance, ("double",))[1],
        "uniform": program.function(luck.uniform, (UNSIGNED, INT, INT))[1],
        "run_key": program.function(luck.run_key, (UNSIGNED, UNSIGNED))[1],
        "day_key": program.function(luck.day_key, (UNSIGNED, INT))[1],
    }
    frame = FRAME.format(**names, days=DAYS, cells=CELLS, fades=FADES)
    text, made = "\n".join([engine.head(1), program.text(), frame]), folder / "small.so"
    faults = engine.compile_with(engine.compilers(), engine.FLAGS, text, made)
    assert made.exists(), faults
    play: Any = ctypes.CDLL(str(made)).play
    play.restype = ctypes.c_double
    return lambda worlds: float(play(worlds))


def main() -> None:
    """Hold the four equal in the mean, time them by turns, and store the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        players = {
            "Mesa": (4, in_mesa),
            **({"agentpy": (4, in_agentpy)} if agentpy else {}),
            "NumPy": (2_000, in_numpy),
            "lowered": (20_000, lowered(Path(folder))),
        }
        right = players["lowered"][1](20_000)
        for name, (worlds, play) in players.items():
            found = play(20 * worlds if worlds < 100 else worlds)
            print(f"{name}: {found:.1f} attacks in {DAYS} days")
            assert abs(found - right) < 0.1 * right, f"{name} plays another model"
        ratios: dict[str, list[float]] = {name: [] for name in players if name != "Mesa"}
        for _ in range(ROUNDS):
            speed = {}
            for name, (worlds, play) in players.items():
                begun = time.perf_counter()
                play(worlds)
                speed[name] = worlds / (time.perf_counter() - begun)
            for name, found in ratios.items():
                found.append(speed[name] / speed["Mesa"])
    table = {n: [min(r), statistics.median(r), max(r)] for n, r in ratios.items()}
    for name, (low, middle, high) in table.items():
        print(f"{name}: {middle:,.1f} times Mesa's worlds a second [{low:,.1f}, {high:,.1f}]")
    if agentpy is None:
        print("agentpy is not installed here: it was not played")
    record = {"commit": provenance.commit(), "versions": provenance.versions(), "ratios": table}
    Path(__file__).with_name("peers.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
