"""How often what is called certain is not confirmed by 5,000 worlds: by runs, many seeds each.

    python benchmarks/certain.py

A statement fails where 5,000 worlds of the same seed's successors do not call the same sign
certain; *reversed* where their mean has the other sign.
"""

from __future__ import annotations

import sys
import warnings

from drawdown import compare
from drawdown.questions.compare import Comparison
from drawdown.views import memo

SCENARIOS = ("sustained-presence", "full-withdrawal", "restraint")
RUNS = (2, 10, 30, 100, 200, 500, 1000, 2000)
SEEDS = 12
TRUTH = 5000


def said(found: Comparison) -> dict[tuple[str, str], str]:
    """Return the sign of every statement."""
    return {
        (name, outcome): memo.signs(found, name, outcome, len(memo.COUNTED) + 1)
        for name in SCENARIOS[1:]
        for outcome in memo.COUNTED
    }


def main() -> None:
    """Print a table, a row for each number of runs."""
    warnings.simplefilter("ignore")
    certain = (memo.CERTAIN_UP, memo.CERTAIN_DOWN)
    for more in ({}, {"structure": "neutral", "motive": "presence"}):
        truth = compare(SCENARIOS, runs=TRUTH, seed=10_000, bands=False, **more)
        known = said(truth)
        print(more or "all structures and motives")
        print("runs  called certain  not confirmed  reversed")
        for runs in RUNS:
            called = failed = other = 0
            for seed in range(SEEDS):
                found = compare(SCENARIOS, runs=runs, seed=seed, bands=False, **more)
                for key, sign in said(found).items():
                    if sign in certain:
                        called += 1
                        failed += known[key] != sign
                        mean = truth.difference(key[0], truth.main_structure, key[1]).mean
                        other += (mean > 0) != (sign == memo.CERTAIN_UP)
            print(f"{runs:4}  {called:14}  {failed:13}  {other:8}")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
