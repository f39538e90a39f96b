"""Measures the engines side by side, interleaved in one run, and stores a table of ratios.

    make bench

Nothing here is a test: machines are noisy, so every figure is a ratio of neighbours within a
round, shown as median with lowest and highest. Absolute times are for orientation only.
"""

from __future__ import annotations

import json
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mesa
import numpy as np
from by_hand import ByHand
from vanilla import VanillaWorld, two_years

from drawdown.connect import provenance
from drawdown.day import plan
from drawdown.day.world import World
from drawdown.declared import parameters
from drawdown.worlds import ensemble

ROUNDS = 5
SLOW_RUNS, C_RUNS, ENGINE_RUNS = 2, 64, 2048


def timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class MesaWorld(World):
    """Our world with the benchmark's scenario as its default, for ``batch_run``."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(two_years(), seed=seed, uncertainty="prior")


def mesa_runs(kind: Any) -> None:
    for r in range(SLOW_RUNS):
        world = kind(two_years(), seed=r, uncertainty="prior")
        world.run()
        world.retire()


def batch() -> None:
    mesa.batch_run(
        MesaWorld, {"seed": [1, 2]}, number_processes=2, max_steps=730, display_progress=False
    )


def engine_runs(threads: int, bands: bool = False) -> None:
    ensemble.play([two_years()], runs=ENGINE_RUNS, threads=threads, bands=bands)


def c_runs(hand: ByHand, nature: Any, days: Any) -> None:
    states = ensemble.first_state(nature)
    first = two_years().start.toordinal()
    for r in range(C_RUNS):
        one = np.ascontiguousarray(nature[:, r])
        hand.world(states[:, r].copy(), one, 0, r, days, first)


def check(hand: ByHand, nature: Any, days: Any) -> None:
    """Refuse to measure a C program that lives other histories."""
    item = two_years()
    kept = ensemble.play([item], runs=8, keep=range(8), bands=False)[0].kept
    for r in range(8):
        state = ensemble.first_state(nature[:, r : r + 1])[:, 0].copy()
        one = np.ascontiguousarray(nature[:, r])
        theirs = hand.world(state, one, 0, r, days, item.start.toordinal())
        assert np.array_equal(theirs, kept[r]), r


BIG = """
import resource, sys, time
sys.path.insert(0, {here!r})
from vanilla import two_years
from drawdown.worlds import ensemble
ensemble.play([two_years()], runs=64)
start = time.perf_counter()
ensemble.play([two_years()], runs={runs}, bands={bands})
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def big(runs: int, bands: bool) -> tuple[float, float]:
    """Return seconds and peak megabytes of a large ensemble in a process of its own."""
    code = BIG.format(here=str(Path(__file__).parent), runs=runs, bands=bands)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory)


def compare_process(structure: str) -> float:
    words = [
        "drawdown",
        "compare",
        "combat-to-advisory",
        "sustained-presence",
        "full-withdrawal",
        "--runs",
        "1000",
        "--structure",
        structure,
        "--name",
        "benchmark",
        "--overwrite",
    ]
    command = [str(Path(sys.executable).with_name(words[0])), *words[1:]]
    return timed(lambda: subprocess.run(command, capture_output=True, check=True))


def main() -> None:
    ensemble.compile_now()
    hand, item = ByHand(), two_years()
    days = plan.build(item)
    nature = parameters.draw(range(C_RUNS))
    check(hand, nature, days)
    engines: dict[str, tuple[int, Callable[[], None]]] = {
        "vanilla Mesa": (SLOW_RUNS, lambda: mesa_runs(VanillaWorld)),
        "Mesa batch_run, 2 processes": (SLOW_RUNS, batch),
        "our Mesa world": (SLOW_RUNS, lambda: mesa_runs(World)),
        "C by hand, 1 thread": (C_RUNS, lambda: c_runs(hand, nature, days)),
        "ensemble, 1 thread": (ENGINE_RUNS, lambda: engine_runs(1)),
        "ensemble, 2 threads": (ENGINE_RUNS, lambda: engine_runs(2)),
        "ensemble with bands, 2 threads": (ENGINE_RUNS, lambda: engine_runs(2, True)),
    }
    speeds: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(ROUNDS):
        print(f"round {turn + 1} of {ROUNDS}", file=sys.stderr)
        for name, (runs, work) in engines.items():
            speeds[name].append(runs / timed(work))
    ratios = {
        "ensemble, 1 thread / vanilla Mesa": ("ensemble, 1 thread", "vanilla Mesa", 1500),
        "ensemble, 1 thread / C by hand": ("ensemble, 1 thread", "C by hand, 1 thread", 4),
        "ensemble, 2 threads / 1 thread": ("ensemble, 2 threads", "ensemble, 1 thread", 1.85),
        "our Mesa world / vanilla Mesa": ("our Mesa world", "vanilla Mesa", None),
        "batch_run / vanilla Mesa": ("Mesa batch_run, 2 processes", "vanilla Mesa", None),
    }
    table: list[dict[str, Any]] = []
    for name, (a, b, target) in ratios.items():
        found = [x / y for x, y in zip(speeds[a], speeds[b], strict=True)]
        table.append(
            {
                "what": name,
                "median": statistics.median(found),
                "low": min(found),
                "high": max(found),
                "at least": target,
            }
        )
    small = [timed(lambda: ensemble.play([item], runs=200, threads=2)) for _ in range(4 * ROUNDS)]
    seconds, memory = big(10_000, True)
    many, _ = big(100_000, False)
    whole = {s: min(compare_process(s) for _ in range(2)) for s in ("neutral", "all")}
    absolute = [
        ("200 runs x 730 days, warm, 2 threads, ms", 1000 * statistics.median(small), 100),
        ("10,000 runs x 730 days with bands, s", seconds, 6),
        ("the same, peak MB", memory, 250),
        ("100,000 runs with 100,000 parameter sets, s", many, 120),
        ("compare of 3 x 1,000 runs, one structure, whole process, s", whole["neutral"], 8),
        ("compare of 3 x 1,000 runs, three structures, whole process, s", whole["all"], None),
    ]
    for row in table:
        wanted = f"  (at least {row['at least']})" if row["at least"] else ""
        print(
            f"{row['what']:38} {row['median']:9.2f}  [{row['low']:.2f}, {row['high']:.2f}]{wanted}"
        )
    for name, value, limit in absolute:
        print(f"{name:64} {value:9.2f}" + (f"  (under {limit})" if limit else ""))
    for name, found in speeds.items():
        print(f"{name:38} {statistics.median(found):9.2f} runs of 730 days a second")
    record = {
        "commit": provenance.commit(),
        "versions": provenance.versions(),
        "machine": platform.machine(),
        "cores": ensemble.default_threads(),
        "rounds": ROUNDS,
        "ratios": table,
        "absolute": [{"what": n, "value": v, "under": u} for n, v, u in absolute],
        "runs_a_second": speeds,
        "peak_of_this_process_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    path = Path(__file__).with_name("results.json")
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(f"stored in {path}")


if __name__ == "__main__":
    main()
