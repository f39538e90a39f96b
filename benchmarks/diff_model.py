"""Plays every scenario by two versions of the model and says which outcomes' means moved.

    python benchmarks/diff_model.py OLD [NEW] [--runs 100] [--seed 0]

A version is a commit, a tag, or a folder with a checkout; NEW is this one. Each plays in a process
of its own, from its own sources. The exit code is 1 where something moved.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
PLAY = """
import json, sys, warnings
warnings.simplefilter("ignore")
from pathlib import Path
from drawdown import compare
root, runs, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
found = {}
for path in sorted((root / "scenarios").glob("*.yaml")):
    if path.stem.startswith("record"):
        continue
    played = compare([str(path)], runs=runs, seed=seed, bands=False)
    groups = played.outcomes.drop(columns=["replication"]).groupby(["scenario", "structure"])
    means, errors = groups.mean(), groups.sem()
    for key, row in means.iterrows():
        for name, value in row.items():
            found["/".join((*key, name))] = [float(value), float(errors.loc[key, name])]
print(json.dumps(found))
"""
Means = Mapping[str, tuple[float, float]]
"""Mean and its standard error by scenario, structure and outcome."""


@contextmanager
def sources(named: str) -> Iterator[Path]:
    """Give the sources of a version: a checkout's folder, or a commit of this checkout."""
    if (Path(named) / "model" / "drawdown").is_dir():
        yield Path(named).resolve()
        return
    words = ["git", "-C", str(ROOT), "archive", "--format=tar", f"{named}^{{commit}}"]
    done = subprocess.run([*words, "model", "seeds", "scenarios"], capture_output=True)
    if named.startswith("-") or done.returncode:
        raise SystemExit(f"{named}: neither a folder with a checkout nor a commit of this one")
    with TemporaryDirectory(prefix="drawdown-version-") as place:
        with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
            archive.extractall(place, filter="data")
        yield Path(place)


def play(root: Path, runs: int, seed: int) -> Means:
    """Return means and their errors of every scenario of a version."""
    place = os.environ | {"PYTHONPATH": str(root / "model"), "PYTHONSAFEPATH": "1"}
    words = [sys.executable, "-c", PLAY, str(root), str(runs), str(seed)]
    done = subprocess.run(words, capture_output=True, text=True, env=place)
    if done.returncode:
        raise SystemExit(f"{root}: this version cannot play here\n{done.stderr[-400:]}")
    found: Means = json.loads(done.stdout.splitlines()[-1])
    return found


def moved(old: Means, new: Means) -> list[tuple[str, float, float, float]]:
    """Return key, both means and the move in standard errors of what moved, the largest first."""
    found = []
    for key in sorted(set(old) & set(new)):
        (a, error), (b, _) = old[key], new[key]
        if a != b and not (a != a and b != b):
            found.append((key, a, b, (b - a) / (error or 1e-12)))
    return sorted(found, key=lambda row: -abs(row[3]))


def main() -> None:
    """Play both versions, and print what moved."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old")
    parser.add_argument("new", nargs="?", default=str(ROOT))
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with sources(given.old) as one, sources(given.new) as other:
        a, b = (play(root, given.runs, given.seed) for root in (one, other))
    for mine, theirs, where in ((a, b, given.old), (b, a, given.new)):
        parts = [key.split("/") for key in set(mine) - set(theirs)]
        if names := sorted({f"{scenario} {outcome}" for scenario, _, outcome in parts}):
            print(f"only in {where}: {', '.join(names[:20])}{' …' if names[20:] else ''}")
    found = moved(a, b)
    for key, old, new, errors in found[:20]:
        print(f"{key:70} {old:10.4g} {new:10.4g} {errors:+8.1f} standard errors")
    print(f"{len(found):,} of {len(a):,} means of {given.runs} worlds each moved.")
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
