"""What scale costs: cores, a Dask cluster, memory. Writes benchmarks/scale.json, prints a table.

python benchmarks/scale.py
"""

from __future__ import annotations

import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from drawdown.connect import cluster, provenance
from drawdown.declared.scenario import Scenario
from drawdown.worlds import ensemble, shards
from drawdown.worlds.run import Run

TWO = ("sustained-presence", "full-withdrawal")
DRAWDOWN = str(Path(sys.executable).with_name("drawdown"))
ROUNDS = 3
RUNS = 8_192
SIZES = (1_000, 10_000, 100_000)


def seconds(play: shards.Players, threads: int) -> float:
    """Return how long players take for the same worlds."""
    whole = shards.whole([Scenario.load(n) for n in TWO], Run(runs=RUNS))
    pieces = shards.cut(whole)
    begin = time.perf_counter()
    play(pieces, threads, None, lambda i, found: None)
    return time.perf_counter() - begin


def overhead(players: cluster.Cluster) -> float:
    """Return what the scheduler takes for a shard that costs nothing, in seconds."""
    client = players._client
    begin = time.perf_counter()
    client.gather(client.map(len, [()] * 2_000, pure=False))
    return (time.perf_counter() - begin) / 2_000


def memory(runs: int, folder: str) -> tuple[float, float, float]:
    """Return peak memory and result in MB, and seconds, of a comparison in its own process."""
    words = ["compare", "sustained-presence", "combat-to-advisory", "full-withdrawal"]
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, "
        "stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    words = [DRAWDOWN, *words, "--runs", str(runs), "--name", f"m{runs}", "--out", folder]
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    took = time.perf_counter() - begin
    size = sum(p.stat().st_size for p in Path(folder, f"m{runs}").rglob("*") if p.is_file())
    return int(done.stdout) / 1024, size / 2**20, took


def main() -> None:
    """Measure, print and store."""
    seconds(shards.here, 1)
    times: dict[str, list[float]] = {
        "1 thread": [],
        "2 threads": [],
        "1 worker": [],
        "2 workers": [],
    }
    one, two = cluster.Cluster(None, 1), cluster.Cluster(None, 2)
    for players in (one, two):
        seconds(players.play, 1)
    for _ in range(ROUNDS):
        times["1 thread"].append(seconds(shards.here, 1))
        times["2 threads"].append(seconds(shards.here, 2))
        times["1 worker"].append(seconds(one.play, 1))
        times["2 workers"].append(seconds(two.play, 1))
    cost = min(overhead(two) for _ in range(ROUNDS))
    for players in (one, two):
        players.close()
    best = {name: min(found) for name, found in times.items()}
    count = len(shards.cut(shards.whole([Scenario.load(n) for n in TWO], Run(runs=RUNS))))
    rows = {name: best["1 thread"] / found for name, found in best.items()}
    with tempfile.TemporaryDirectory() as folder:
        sizes = {str(runs): memory(runs, folder) for runs in SIZES}
    record = {
        "commit": provenance.commit(),
        "versions": provenance.versions(),
        "machine": platform.machine(),
        "cores": ensemble.default_threads(),
        "worlds": RUNS * len(TWO),
        "shards": count,
        "seconds of one thread": round(best["1 thread"], 2),
        "times as fast as one thread": {k: round(v, 2) for k, v in rows.items()},
        "scheduler, seconds a shard": round(cost, 5),
        "scheduler, share of a shard": round(cost * count / best["1 thread"], 5),
        "compare 3 x 3: memory MB, result MB, seconds": {
            k: [round(x, 1) for x in v] for k, v in sizes.items()
        },
        "own peak MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    path = Path(__file__).with_name("scale.json")
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({k: v for k, v in record.items() if k != "versions"}, indent=1))


if __name__ == "__main__":
    main()
