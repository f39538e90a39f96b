"""What a policy that reacts costs over a dated one, side by side in one run.

python benchmarks/reacting.py [WORLDS]
"""

from __future__ import annotations

import statistics
import sys
import time

from drawdown.declared.scenario import Scenario
from drawdown.worlds import ensemble

ROUNDS = 3


def seconds(scenario: Scenario, worlds: int) -> float:
    begun = time.process_time()
    ensemble.play([scenario], runs=worlds, bands=False, threads=1)
    return time.process_time() - begun


def main() -> None:
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    ensemble.compile_now()
    dated = Scenario.load("full-withdrawal")
    for name in ("conditions-based-exit", "tit-for-tat", "truce-for-timetable"):
        reacting = Scenario.load(name)
        ratios = [seconds(reacting, worlds) / seconds(dated, worlds) for _ in range(ROUNDS)]
        told = f"{min(ratios):.2f} to {max(ratios):.2f}"
        print(f"{name}: {statistics.median(ratios):.2f} times full-withdrawal ({told})", flush=True)


if __name__ == "__main__":
    main()
