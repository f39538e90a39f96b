"""Puts one fault at a time into a copy of the model and asks which tests notice.

    make mutants                                        # the hand-made list
    python benchmarks/mutants.py --random 40 --seed 1   # random faults in rules, steps and others
    python benchmarks/mutants.py --whole                # survivors go through the whole suite too

Faults are put into the text of a file, since the engine is made from it. First the tests nearest
to the file look, which say what is wrong; then the quick tests and the stored tables, which say
that something moved; then, with ``--whole``, everything that needs no browser.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).with_name("mutants.json")
QUICK = (
    "tests/rules",
    "tests/questions",
    "tests/evidence",
    "tests/exercise",
    "tests/test_rule_book.py",
    "tests/web/test_safety.py",
    "tests/test_expected.py",
)
NEAREST = {
    "rules/": ("tests/rules",),
    "day/steps.py": ("tests/day/test_steps.py",),
    "day/phases.py": ("tests/questions/test_phases.py",),
    "day/conditions.py": ("tests/day/test_steps.py", "tests/questions/test_phases.py"),
    "questions/phases.py": ("tests/questions/test_phases.py",),
    "evidence/record_run.py": ("tests/test_start.py", "tests/evidence/test_cross_validation.py"),
    "evidence/regime_rivals.py": ("tests/evidence/test_regime_rivals.py",),
    "evidence/rivals.py": ("tests/evidence/test_regime_rivals.py", "tests/evidence/test_scores.py"),
    "evidence/abc.py": ("tests/evidence/test_abc.py",),
    "evidence/calibrate.py": ("tests/evidence/test_calibrate.py",),
    "evidence/scores.py": ("tests/questions/test_made_worlds.py", "tests/evidence/test_scores.py"),
    "evidence/regimes.py": ("tests/evidence/test_regimes.py",),
    "questions/thesis.py": (
        "tests/questions/test_made_worlds.py",
        "tests/questions/test_discovery.py",
    ),
    "views/memo.py": ("tests/test_views.py", "tests/test_seeds.py"),
    "day/": ("tests/day/test_days.py",),
    "questions/compare.py": ("tests/test_compare.py",),
    "questions/": ("tests/questions/test_made_worlds.py",),
    "evidence/": ("tests/questions/test_made_worlds.py", "tests/evidence/test_facts.py"),
    "views/": ("tests/test_views.py",),
    "connect/": ("tests/test_views.py", "tests/questions/test_made_worlds.py"),
    "exercise/negotiation.py": ("tests/exercise/test_negotiation.py",),
    "exercise/outlooks.py": ("tests/exercise/test_outlooks.py", "tests/exercise/test_told.py"),
    "exercise/rooms.py": (
        "tests/exercise/test_negotiation.py",
        "tests/exercise/test_room.py",
        "tests/exercise/test_rooms.py",
    ),
    "exercise/attribution.py": ("tests/exercise/test_slides.py",),
    "exercise/marks.py": ("tests/exercise/test_marks.py",),
    "exercise/debrief.py": (
        "tests/exercise/test_told.py",
        "tests/exercise/test_slides.py",
        "tests/exercise/test_negotiation.py",
    ),
    "exercise/": ("tests/exercise/test_told.py", "tests/exercise/test_negotiation.py"),
    "web/app.py": ("tests/web/test_explore.py",),
    "worlds/": ("tests/test_declared.py", "tests/day/test_days.py", "tests/test_views.py"),
    "declared/": (
        "tests/test_declared.py",
        "tests/day/test_days.py",
        "tests/questions/test_made_worlds.py",
    ),
}
"""Tests by what a file means, by the beginning of its name; the first that fits is taken."""

WHERE = (
    "rules",
    "day/steps.py",
    "day/outcomes.py",
    "questions",
    "evidence",
    "exercise",
    "connect/store.py",
    "web",
)
_SWAPS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Lt: ast.GtE,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


@dataclass(frozen=True)
class Fault:
    """A fault: the file, and its text with the fault in it."""

    name: str
    file: str
    text: str


def by_hand() -> list[Fault]:
    """Return the faults of the list; each replaces a passage that the file has once.

    A fault whose passage is no more there is named, so that it is written anew or taken out.
    """
    found = []
    for item in json.loads(LIST.read_text(encoding="utf-8")):
        path = ROOT / "model" / "drawdown" / item["file"]
        text = path.read_text(encoding="utf-8")
        if text.count(item["from"]) != 1:
            sys.stdout.write(f"NOT TRIED, its text has changed: {item['file']}: {item['what']}\n")
            continue
        found.append(Fault(item["what"], item["file"], text.replace(item["from"], item["to"])))
    return found


def _places(tree: ast.AST) -> list[tuple[ast.AST, str]]:
    places: list[tuple[ast.AST, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in _SWAPS:
            places.append((node, "op"))
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in _SWAPS:
            places.append((node, "ops"))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in ("min", "max"):
                places.append((node, "func"))
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
            places.append((node, "value"))
    return places


def at_random(count: int, seed: int) -> list[Fault]:
    """Return random faults: a swapped operator, minimum for maximum, a changed number."""
    package = ROOT / "model" / "drawdown"
    files = [
        p for w in WHERE for p in sorted([package / w] if "." in w else (package / w).rglob("*.py"))
    ]
    dice, found = random.Random(seed), []
    while len(found) < count:
        path = dice.choice(files)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        places = _places(tree)
        if not places:
            continue
        node, part = dice.choice(places)
        line, before = getattr(node, "lineno", 0), ast.unparse(node)
        if isinstance(node, ast.BinOp | ast.BoolOp):
            node.op = _SWAPS[type(node.op)]()  # type: ignore[assignment]
        elif isinstance(node, ast.Compare):
            node.ops[0] = _SWAPS[type(node.ops[0])]()  # type: ignore[assignment]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            node.func.id = "max" if node.func.id == "min" else "min"
        elif isinstance(node, ast.Constant):
            old = node.value
            node.value = (not old) if isinstance(old, bool) else old + 1 if old else 1  # type: ignore[operator]
        name = (
            f"{path.relative_to(package)}:{line}: {before[:50]} → {ast.unparse(node)[:50]} ({part})"
        )
        found.append(Fault(name, str(path.relative_to(package)), ast.unparse(tree)))
    return found


def nearest(file: str) -> tuple[str, ...]:
    """Return the tests nearest to a file, or none."""
    return next((tests for start, tests in NEAREST.items() if file.startswith(start)), ())


def notices(fault: Fault, tests: tuple[str, ...]) -> str:
    """Return the test that notices a fault, or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("model", "tests", "seeds", "docs", "benchmarks"):
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in (
            "pyproject.toml",
            "Makefile",
            "CITATION.cff",
            *(p.name for p in ROOT.glob("*.md")),
        ):
            shutil.copy(ROOT / name, place / name)
        for name in ("scenarios", "examples", "results"):
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, place / name)
        (place / "model" / "drawdown" / fault.file).write_text(fault.text, encoding="utf-8")
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-x",
                "-q",
                "-n",
                "2",
                "-p",
                "no:cacheprovider",
                *tests,
            ],
            cwd=place,
            env={
                **os.environ,
                "PYTHONPATH": str(place / "model"),
                "XDG_CACHE_HOME": f"{place}/cache",
            },
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode == 0:
        return ""
    lines = [x for x in done.stdout.splitlines() if x.startswith(("FAILED", "ERROR"))]
    return lines[0].partition(" - ")[0] if lines else done.stdout.strip().splitlines()[-1]


def main() -> None:
    """Try all faults and report survivors."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--random", type=int, default=0)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--whole", action="store_true")
    given = asked.parse_args()
    usual = notices(
        Fault(
            "none", "declared/errors.py", (ROOT / "model/drawdown/declared/errors.py").read_text()
        ),
        QUICK,
    )
    if usual:
        raise SystemExit(f"without any fault {usual} fails already")
    survivors = []
    faults = at_random(given.random, given.seed) if given.random else by_hand()
    for fault in faults:
        near = nearest(fault.file)
        test = (notices(fault, near) if near else "") or notices(fault, QUICK)
        if not test and given.whole:
            test = notices(fault, ("tests",))
        sys.stdout.write(f"{'noticed by ' + test if test else 'SURVIVES'}: {fault.name}\n")
        sys.stdout.flush()
        if not test:
            survivors.append(fault.name)
    killed = len(faults) - len(survivors)
    sys.stdout.write(f"{killed} of {len(faults)} noticed\n")
    for name in survivors:
        sys.stdout.write(f"survives: {name}\n")


if __name__ == "__main__":
    main()
