"""Is the program what it was? Digests of what it plays, says and writes, against stored ones.

    make same              compares; names what moved, exit 1
    make same RENEW=1      writes ``tests/same.json`` anew

A change that moves code, renames or simplifies leaves every digest as it is. A change that moves
a number says so in ``CHANGELOG.md`` and renews them. Parts: the C text of the day, for this
machine and for the page; worlds of every scenario and structure; a calibration of 300 draws; a
game in each language; the tables of ``tests/expected``; every command's help, what it says and
the files that it writes; public signatures.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))

import expected_tables

import drawdown
from drawdown.cli.commands.evidence import Evidence
from drawdown.cli.main import COMMANDS, main
from drawdown.day import engine, wasm
from drawdown.declared import parameters
from drawdown.declared.columns import OUTCOMES, STRUCTURES
from drawdown.declared.language import Language
from drawdown.declared.scenario import Scenario, names
from drawdown.evidence import calibrate
from drawdown.worlds import ensemble
from drawdown.worlds.checkpoint import Checkpoint

STORED = Path(__file__).parent / "same.json"
WORLDS = 32
PAIR = ("combat-to-advisory", "sustained-presence")

PUBLIC = {
    "drawdown": ("World", "World.run", "compare", "numbers", "page", "simulate"),
    "drawdown.connect.ema": ("model", "play"),
    "drawdown.connect.salib": ("problem", "evaluate"),
}
"""Names that users call."""

RUNS: dict[str, list[str]] = {
    "run": ["run", "robust-retaliation", "--runs", "24", "--no-figures"],
    "compare": ["compare", *PAIR, "--baseline", PAIR[1], "--runs", "24", "--seed", "3"],
    "compare-ar": [
        *("compare", *PAIR, "--runs", "16", "--no-figures", "--lang", "ar"),
        *("--motive", "patron"),
    ],
    "decompose": ["decompose", *PAIR, "--runs", "16"],
    "decompose-ar": ["decompose", *PAIR, "--runs", "8", "--lang", "ar"],
    "sensitivity": [
        *("sensitivity", PAIR[0], "--trajectories", "4", "--few", "2", "--size", "16"),
        *("--lucks", "1"),
    ],
    "regret": ["regret", *PAIR, "full-withdrawal", "--draws", "12", "--lucks", "2"],
    "regret-ar": ["regret", *PAIR, "--draws", "12", "--lucks", "2", "--lang", "ar"],
    "motives": ["evidence", "motives", "--runs", "40"],
    "patterns": ["evidence", "patterns", "--runs", "40"],
    "robustness": ["evidence", "robustness", "--runs", "20"],
    "regimes": ["evidence", "regimes"],
    "search": [
        *("search", "--evaluations", "24", "--population", "8", "--seeds", "1"),
        *("--draws", "6", "--lucks", "1", "--fresh", "20", "--threads", "2"),
    ],
    "watch": ["watch", "expulsion", "--days", "200", "--seed", "5"],
    "watch-ar": ["watch", "robust-retaliation", "--days", "100", "--lang", "ar"],
    "scenarios": ["scenarios"],
    "check": ["check", "restraint"],
    "schema": ["schema"],
    "explain": ["explain", "C1"],
    "explain-ar": ["explain", "attack_rate", "--lang", "ar"],
    "new": ["new", "fresh"],
    "idle": ["run", "restraint", "--runs", "8", "--set", "vote_trigger=0.5"],
    "wrong": ["compare", "nowhere", "restraint", "--runs", "0", "--set", "attack_rat=1"],
}
"""Commands that are played small: what they say and every file that they write."""

OF_THE_MOMENT = re.compile(r"[0-9a-f]{40}(-dirty)?|\d+(\.\d+)? ?s\b|\d{4}-\d\d-\d\dT[\d:.+Z-]+")


PICTURES = (".png", ".pdf")


def sha(*parts: bytes | str) -> str:
    """Return a short digest of bytes and texts."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part.encode() if isinstance(part, str) else part)
    return total.hexdigest()[:16]


def arrays(*given: Any) -> str:
    """Return the digest of arrays, shapes and kinds included."""
    return sha(
        *(part for a in map(np.asarray, given) for part in (f"{a.dtype}{a.shape}", a.tobytes()))
    )


def c_text() -> dict[str, str]:
    """Return digests of the day's C text."""
    return {"C native": sha(engine.source()), "C page": sha(engine.source(lanes=wasm.LANES))}


def worlds(structure: str) -> dict[str, str]:
    """Return digests of outcomes, days, bands and last states of every scenario."""
    found = {}
    numbers = list(range(WORLDS))
    nature = parameters.draw(numbers, seed=0, structure=structure, uncertainty="prior")
    for scenario in map(Scenario.load, names()):
        days: list[Any] = []

        def take(daily: Any, into: list[Any] = days) -> Any:
            into.append(daily.copy())
            return daily[:1, 0]

        (one,) = ensemble.play(
            [scenario], runs=WORLDS, structure=structure, nature=nature, reduce=take, threads=1
        )
        assert one.bands is not None
        after, _ = ensemble.live(ensemble.begin(numbers, nature), scenario, 0, threads=1)
        found[f"outcomes {scenario.name} {structure}"] = arrays(one.outcomes, one.met)
        found[f"days {scenario.name} {structure}"] = arrays(*days)
        found[f"bands {scenario.name} {structure}"] = arrays(
            *(f(name) for name in OUTCOMES for f in (one.bands.quantiles, one.bands.means))
        )
        found[f"state {scenario.name} {structure}"] = arrays(*(block.state for block in after))
    return found


def calibration() -> dict[str, str]:
    """Return the digest of a calibration whose pilots are of 300 draws."""
    sizes = calibrate.Sizes(1, 4, 32, 2, 300, 60, 20, 1, 40)
    found = calibrate.calibrate(sizes, 0, Checkpoint("same", f"{os.getpid()}"))
    parts = [arrays(found.screening.effects, found.evidence.weights, found.motives.weights)]
    for part, one in found.posteriors.items():
        parts += [f"{part}{one.names}", arrays(one.shares)]
    return {"calibration": sha(*parts)}


def game(code: str) -> dict[str, str]:
    """Return the digest of a game in a language."""
    return {f"game {code}": table(expected_tables.exercise(Language(code)))}


def table(rows: list[list[str]]) -> str:
    """Return the digest of a table."""
    return sha(expected_tables.written(rows))


def tables(*which: str) -> dict[str, str]:
    """Return digests of tables of ``tests/expected``, as the program makes them now."""
    return {f"expected {name}": table(expected_tables.TABLES[name]()) for name in which}


def helps() -> dict[str, str]:
    """Return the digest of every command's help, and of public signatures."""
    found = {}
    inner = [f"evidence {each.command()}" for each in Evidence.commands]
    for name in [*COMMANDS, *inner]:
        done = CliRunner(env={"COLUMNS": "100"}).invoke(main, [*name.split(), "--help"])
        found[f"help {name}"] = sha(done.output)
    for module, each in PUBLIC.items():
        for name in each:
            value: Any = import_module(module)
            for step in name.split("."):
                value = getattr(value, step)
            given = inspect.signature(value).parameters.values()
            kinds = [f"{one.name} {one.kind} {one.default}" for one in given]
            found[f"signature {module}.{name}"] = sha(*kinds)
    return found


def content(path: Path) -> str:
    """Return what a file says, without what is of the moment."""
    if path.name == "run.json":
        told = json.loads(path.read_text("utf-8"))
        for name in (*expected_tables.OF_THE_MOMENT, "files"):
            told.pop(name, None)
        return sha(json.dumps(told, sort_keys=True))
    if path.suffix in (".html", ".json", ".svg", ".md", ".yaml"):
        text = path.read_text("utf-8").replace(str(Path(drawdown.__file__).parents[2]), "")
        return sha(OF_THE_MOMENT.sub("", text))
    return sha(path.read_bytes())


def command(name: str) -> dict[str, str]:
    """Return digests of what a command says and of the files that it writes."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path.cwd()
        os.chdir(folder)
        os.environ["DRAWDOWN_RESULTS"] = folder
        try:
            done = CliRunner(env={"COLUMNS": "120"}).invoke(main, RUNS[name])
        finally:
            os.chdir(here)
            del os.environ["DRAWDOWN_RESULTS"]
        lines = [
            line.rstrip()
            for line in done.output.replace(folder, "RESULTS").splitlines()
            if not expected_tables.PROGRESS.match(line) and not line.startswith("Compiling")
        ]
        found = {f"said {name}": sha(str(done.exit_code), *lines)}
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and path.suffix not in PICTURES and path.name != "datapackage.json":
                found[f"file {name} {path.relative_to(folder)}"] = content(path)
        return found


def parts() -> list[tuple[Callable[..., dict[str, str]], tuple[str, ...]]]:
    """Return everything that is compared, the long ones first."""
    kinds: list[tuple[Callable[..., dict[str, str]], tuple[str, ...]]] = [
        (tables, ("command-thesis",)),
        (calibration, ()),
    ]
    kinds += [(worlds, (structure,)) for structure in STRUCTURES]
    kinds += [(game, ("en",)), (game, ("ar",))]
    kinds += [(command, (name,)) for name in RUNS]
    kinds += [(tables, (name,)) for name in expected_tables.TABLES if name != "command-thesis"]
    return [*kinds, (helps, ()), (c_text, ())]


def timed(part: tuple[Callable[..., dict[str, str]], tuple[str, ...]]) -> dict[str, str]:
    """Return the digests of a part; say how long it took where ``SAME_TIMES`` asks."""
    begun = time.perf_counter()
    found = part[0](*part[1])
    if "SAME_TIMES" in os.environ:
        took = time.perf_counter() - begun
        sys.stderr.write(f"{took:6.1f} s {part[0].__name__} {' '.join(part[1])}\n")
    return found


def now(only: str = "") -> dict[str, str]:
    """Return every digest of the program as it is, or those of one kind of part."""
    ensemble.compile_now()
    chosen = [part for part in parts() if only in f"{part[0].__name__} {' '.join(part[1])}"]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        return {k: v for found in pool.map(timed, chosen) for k, v in found.items()}


if __name__ == "__main__":
    digests = now(*sys.argv[1:])
    if os.environ.get("RENEW"):
        others = json.loads(STORED.read_text("utf-8")) if sys.argv[1:] else {}
        text = json.dumps(others | digests, indent=1, sort_keys=True)
        STORED.write_text(f"{text}\n", encoding="utf-8")
        sys.exit()
    stored = json.loads(STORED.read_text("utf-8"))
    if sys.argv[1:]:
        stored = {k: v for k, v in stored.items() if k in digests}
    different = [k for k in sorted({*stored, *digests}) if stored.get(k) != digests.get(k)]
    for each in different:
        was = "is new" if each not in stored else "is gone" if each not in digests else "moved"
        sys.stdout.write(f"{each}: {was}\n")
    sys.stdout.write(f"{len(stored) - len(different)} of {len(stored)} digests are as stored\n")
    sys.exit(bool(different))
