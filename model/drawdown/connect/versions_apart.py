"""Two versions of the model side by side: every scenario's outcomes, under each structure.

Each version plays in a process of its own, from its own sources, so that nothing of one is
taken for the other's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from drawdown.declared import data_files
from drawdown.declared.errors import InputError

_PLAY = """
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
    table = played.outcomes.drop(columns=["replication"])
    groups = table.groupby(["scenario", "structure"])
    means, errors = groups.mean(), groups.sem()
    for (scenario, structure), row in means.iterrows():
        found[f"{scenario}/{structure}"] = {
            name: [float(value), float(errors.loc[(scenario, structure), name])]
            for name, value in row.items()
        }
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Moved:
    """An outcome that two versions do not agree on.

    Attributes:
        scenario: The scenario.
        structure: The rival structure.
        outcome: The outcome.
        old: Its mean in the first version.
        new: Its mean in the second.
        error: Standard error of one mean; the luck is the same in both.
    """

    scenario: str
    structure: str
    outcome: str
    old: float
    new: float
    error: float


@contextmanager
def sources(named: str) -> Iterator[Path]:
    """Give the sources of a version: a checkout's folder, or a commit of this checkout.

    Args:
        named: The folder, or what git knows as a commit.

    Raises:
        InputError: If it is neither.
    """
    folder = Path(named)
    if (folder / "model" / "drawdown").is_dir():
        yield folder.resolve()
        return
    root = data_files.project_root()
    if root is None:
        raise InputError(f"{named}: is no folder with a checkout, and this copy has no commits")
    done = subprocess.run(
        ["git", "archive", "--format=tar", f"{named}^{{commit}}", "model", "seeds", "scenarios"],
        cwd=root,
        capture_output=True,
    )
    if named.startswith("-") or done.returncode:
        raise InputError(f"{named}: is neither a folder with a checkout nor a commit of this one")
    with TemporaryDirectory(prefix="drawdown-version-") as place:
        with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
            archive.extractall(place, filter="data")
        yield Path(place)


def play(root: Path, runs: int, seed: int) -> dict[str, dict[str, list[float]]]:
    """Return means and their errors of every scenario of a version.

    Args:
        root: Its sources.
        runs: Worlds of each scenario and structure.
        seed: Seed.

    Raises:
        InputError: If that version cannot play here.
    """
    place = os.environ | {"PYTHONPATH": str(root / "model"), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _PLAY, str(root), str(runs), str(seed)],
        capture_output=True,
        text=True,
        env=place,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise InputError(f"{root}: this version cannot play here: {last[:200]}")
    found: dict[str, dict[str, list[float]]] = json.loads(done.stdout.splitlines()[-1])
    return found


def moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Moved]:
    """Return every outcome that is not the same in two versions, the largest moves first.

    A move is as large as the standard errors of a mean that it spans.

    Args:
        old: From `play`.
        new: From `play`.
    """
    found = []
    for key in sorted(set(old) & set(new)):
        scenario, _, structure = key.partition("/")
        for outcome in old[key]:
            if outcome not in new[key]:
                continue
            (a, error), (b, _) = old[key][outcome], new[key][outcome]
            if a != b and not (a != a and b != b):
                found.append(Moved(scenario, structure, outcome, a, b, error))
    return sorted(found, key=lambda m: -abs(m.new - m.old) / (m.error or 1e-12))
