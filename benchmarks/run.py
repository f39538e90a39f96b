"""Plays the model of 454bae6 beside today's, by turns, and stores ratios in results.json.

    make bench

Both play from work trees in processes of their own, by the same words. Machines are noisy, so a
figure is today's divided by the earlier one's of the same round: median, lowest and highest.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from drawdown.connect import provenance

ROOT = Path(__file__).resolve().parents[1]
EARLIER = "454bae6"
ROUNDS = 3
PLAY = """
import resource, sys, time
from drawdown import World
from drawdown.declared.scenario import Scenario
from drawdown.worlds import ensemble
item = Scenario.load("sustained-presence")
ensemble.play([item], runs=64)
begun = time.perf_counter()
{work}
print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
WORK = {
    "4,000 worlds, 1 thread": "ensemble.play([item], runs=4000, threads=1, bands=False)",
    "4,000 worlds with bands, 2 threads": "ensemble.play([item], runs=4000, threads=2)",
    "one world in Mesa, a year": "World(item, seed=1).run(365)",
}
COMPARE = "compare sustained-presence full-withdrawal --runs 1000 --no-figures --name bench"


def played(tree: Path, work: str) -> tuple[float, float]:
    """Return seconds and peak megabytes of some work in a process of a tree's own."""
    place = os.environ | {"PYTHONPATH": str(tree / "model"), "PYTHONSAFEPATH": "1"}
    if work in WORK.values():
        words = [sys.executable, "-c", PLAY.format(work=work)]
    else:
        timed = (
            "import subprocess, sys, time, resource; begun = time.perf_counter();"
            "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL,"
            " stderr=subprocess.DEVNULL); print(time.perf_counter() - begun,"
            " resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
        )
        command = [sys.executable, "-m", "drawdown.cli", *work.split(), "--overwrite"]
        words = [sys.executable, "-c", timed, *command]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(words, capture_output=True, text=True, env=place, cwd=folder)
    if done.returncode:
        raise SystemExit(f"{tree}: {work} does not run\n{done.stderr[-600:]}")
    seconds, memory = map(float, done.stdout.split()[-2:])
    return seconds, memory


def main() -> None:
    """Measure by turns, print the table and store it."""
    table = []
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "earlier"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "-q", "--detach", str(tree), EARLIER], check=True)
        try:
            for name, work in {**WORK, f"drawdown {COMPARE}": COMPARE}.items():
                rounds = [(played(ROOT, work), played(tree, work)) for _ in range(ROUNDS)]
                for what, at in (("time", 0), ("peak memory", 1)):
                    ratios = [now[at] / then[at] for now, then in rounds]
                    row = {"what": name, "ratio of": what, "median": statistics.median(ratios)}
                    table.append(row | {"low": min(ratios), "high": max(ratios)})
                    told = f"{row['median']:.2f} [{min(ratios):.2f}, {max(ratios):.2f}]"
                    print(f"{name[:60]:62} {what:12} {told}", flush=True)
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)
    record = {
        "commit": provenance.commit(),
        "beside": EARLIER,
        "versions": provenance.versions(),
        "machine": platform.machine(),
        "rounds": ROUNDS,
        "ratios": table,
    }
    path = Path(__file__).with_name("results.json")
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(f"stored in {path}")


if __name__ == "__main__":
    main()
