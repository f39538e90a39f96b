"""Runs the suite on every Python that this machine has: pyenv's, and those on the path.

Each gets an environment of its own below ``.pythons``, from the lock file. What could not be
had is said, and so is a digest of worlds, which must be equal on all of them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WANTED = ("3.11", "3.12", "3.13", "3.14")
DIGEST = (
    "import hashlib; from drawdown import compare; from drawdown.declared.scenario import names;"
    "t = hashlib.sha256();"
    "[t.update(e.outcomes.tobytes()) for e in compare(names(), runs=32).ensembles.values()];"
    "print(t.hexdigest()[:16])"
)


def found() -> dict[str, Path]:
    """Return an interpreter for each minor version that the machine has."""
    places = [Path.home() / ".pyenv" / "versions", Path("/root/.pyenv/versions")]
    every = [p for place in places for p in sorted(place.glob("*/bin/python"))]
    every += [Path(p) for v in WANTED if (p := shutil.which(f"python{v}")) is not None]
    have: dict[str, Path] = {}
    for path in every:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
        version = re.match(r"Python (\d+\.\d+)\.", said.stdout)
        if said.returncode == 0 and version and version[1] in WANTED:
            have.setdefault(version[1], path)
    return have


def tried(version: str, python: Path) -> tuple[str, str]:
    """Return what the suite said on one Python, and its digest of worlds."""
    place = ROOT / ".pythons" / version
    own = place / "bin" / "python"
    pip = [own, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    for words in (
        [python, "-m", "venv", place],
        [*pip, "--require-hashes", "-r", "requirements.txt"],
        [*pip, "--no-deps", "--no-build-isolation", "--editable", "."],
    ):
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"could not be set up: {done.stderr.strip()[-300:]}", ""
    suite = subprocess.run([own, "-m", "pytest", "-n", "2"], cwd=ROOT, check=False)
    digest = subprocess.run([own, "-c", DIGEST], cwd=ROOT, capture_output=True, text=True)
    said = "passed" if suite.returncode == 0 else f"failed (pytest says {suite.returncode})"
    return said, digest.stdout.strip()


def main() -> int:
    """Try every Python and say how it went."""
    have = found()
    told = {v: tried(v, have[v]) if v in have else ("is not on this machine", "") for v in WANTED}
    for version, (said, digest) in told.items():
        print(f"Python {version}: {said}" + (f", worlds {digest}" if digest else ""))
    digests = {digest for _, digest in told.values() if digest}
    if len(digests) > 1:
        print("the worlds differ between Pythons")
    wrong = [v for v, (said, _) in told.items() if v in have and said != "passed"]
    return int(bool(wrong) or len(digests) != 1)


if __name__ == "__main__":
    sys.exit(main())
