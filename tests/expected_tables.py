"""Makes the stored tables of ``tests/expected``: what the program says today, to be compared.

    make expected

writes them anew. Whoever renews them says why in `CHANGELOG.md`, on a line that begins with
*Results change* and holds ``tables`` with the digest that the command prints.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner

from drawdown import compare
from drawdown.cli.main import main
from drawdown.day.outcomes import RUN_OUTCOMES
from drawdown.declared import result_folder
from drawdown.declared.columns import STRUCTURES
from drawdown.declared.language import Language
from drawdown.declared.scenario import Scenario, names
from drawdown.evidence import cross_validation
from drawdown.exercise.room_views import Teller, export_rows
from drawdown.exercise.rooms import Rooms
from drawdown.web.address import View
from drawdown.web.explore import Explorer
from drawdown.worlds import ensemble

FOLDER = Path(__file__).parent / "expected"
WORLDS = 32
HEADLINE = ("sustained-presence", "combat-to-advisory", "full-withdrawal")

OF_THE_MOMENT = [
    *("commit", "versions", "made", "command", "model", "played", "platform", "inputs", "work"),
    *("settings", result_folder.OWN),
]
"""What ``run.json`` says of who made it when, not of what it holds."""

PROGRESS = re.compile(r"[^:]+: \d+ % of |Compiling the rule book")
"""How far a command is: lines that come or not by how fast a machine is, and what it keeps."""

QUANTILES = (0.05, 0.5, 0.95)

Table = list[list[str]]


def number(value: Any) -> str:
    """Return a number as a table holds it: nine digits, so that no machine's last bit counts."""
    return f"{value:.9g}" if isinstance(value, float | np.floating) else str(value)


def flat(value: Any, path: str = "") -> Iterator[list[str]]:
    """Return what nested lists and objects say: a row for each number or word."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{path}/{key}")
    elif isinstance(value, list | tuple):
        for i, inner in enumerate(value):
            yield from flat(inner, f"{path}/{i}")
    else:
        yield [path, number(value)]


def worlds() -> Table:
    """Return the means of all run outcomes: every scenario and structure."""
    rows = [["scenario", "structure", *RUN_OUTCOMES]]
    for structure in STRUCTURES:
        found = ensemble.play(
            [Scenario.load(name) for name in names()],
            runs=WORLDS,
            structure=structure,
            uncertainty="prior",
            bands=False,
        )
        for one in found:
            means = [
                float(np.nanmean(c)) if np.isfinite(c).any() else np.nan for c in one.outcomes.T
            ]
            rows.append([one.scenario.name, structure, *(number(m) for m in means)])
    return rows


def comparison() -> Table:
    """Return every paired difference of the headline, with its intervals."""
    table = compare(HEADLINE, runs=48, seed=5, baseline=HEADLINE[0], bands=False).differences
    rows = [[str(c) for c in table.columns]]
    rows += [[number(v) for v in row] for row in table.itertuples(index=False)]
    return rows


def page() -> Table:
    """Return the numbers and curves of Explore, in views with levers and uncertainties moved."""
    explorer = Explorer()
    rows = [["what", "value"]]
    for name, view in {
        "first": View(),
        "moved": View(
            case="full-withdrawal",
            structure="provoke",
            seed=4,
            levers={"nato_target": 2000.0},
            uncertainties={"diplomatic_motive": 0.4},
        ),
    }.items():
        rows += flat(explorer.numbers(view, Language()), f"{name}/numbers")
        curves = explorer.curves(view, Language())
        for side in ("case", "base"):
            for outcome, levels in curves[side].items():
                shown = levels if isinstance(levels, list | tuple) else [levels]
                rows += flat(shown[::9], f"{name}/{side}/{outcome}")
    return rows


def exercise(language: Language | None = None) -> Table:
    """Return what everybody is told in a game of the exercise, its debrief and its export."""
    rows = [["what", "value"]]
    with tempfile.TemporaryDirectory() as folder:
        rooms = Rooms(Path(folder) / "rooms.sqlite")
        code = rooms.make("a class").code
        rooms.move(code, "deciding", ("waiting",), "start")
        rooms.set_doors(code, True, "doors")
        with rooms._change() as db:
            db.execute("UPDATE rooms SET seed = 11 WHERE code = ?", (code,))
        teller = Teller(rooms)
        language = language or Language()
        chosen = (
            {"us": {"posture": "leave"}, "militia": {"line": "politics"}},
            {"iraq": {}, "us": {"doctrine": "robust"}, "patron": {"order": "restrain"}},
        )
        for turn in range(7):
            for role, choices in (chosen[turn] if turn < len(chosen) else {}).items():
                if role in _roles() and choices:
                    rooms.choose(code, role, turn, 0, f"{role}{turn}", choices)
            rooms.next_turn(code, turn, f"n{turn}")
            if turn in (1, 4):
                for role in _roles():
                    rows += flat(teller.team(code, role, language), f"turn {turn}/{role}")
                rows += flat(teller.board(code, language), f"turn {turn}/board")
        rooms.move(code, "revealed", ("ended",), "r")
        rows += flat(teller.debrief(code, language), "debrief")
        rows += [["export", "|".join(row)] for row in export_rows(teller.export(code, language))]
    code_like = re.compile(rf"\b{code}\b")
    return [[code_like.sub("CODE", cell) for cell in row] for row in rows]


def _roles() -> list[str]:
    from drawdown.exercise import game

    return list(game.rules().roles)


def left_out() -> Table:
    """Return what rivals predict for the stretches left out of the record, and their scores."""
    names_of = ("poisson", "negative_binomial", "last_window")
    made = {name: cross_validation.rival_predictions(name, 300, 2) for name in names_of}
    rows = [["rival", "interval", "5", "50", "95"]]
    for name, draws in made.items():
        for i, one in enumerate(draws):
            rows.append([name, str(i), *(number(float(q)) for q in np.quantile(one, QUANTILES))])
    found = cross_validation.cross_validate(made["poisson"], draws=300, seed=2)
    for kind, skills in found.skills.items():
        for skill in skills:
            rows += [[kind, cell, value] for cell, value in flat(asdict(skill))]
    return rows


COMMANDS: dict[str, list[str]] = {
    "compare": ["compare", *HEADLINE, "--baseline", HEADLINE[0], "--runs", "60", "--name", "a"],
    "run-arabic": ["run", "robust-retaliation", "--runs", "40", "--lang", "ar", "--name", "b"],
    "regret": [
        "regret",
        *HEADLINE,
        "--draws",
        "30",
        "--lucks",
        "2",
        "--weights",
        "dead_us=2,daesh_index=1",
    ],
    "thesis": ["thesis", "--draws", "60", "--lucks", "3"],
    "watch": ["watch", "robust-retaliation", "--days", "150", "--seed", "3"],
    "watch-arabic": ["watch", "expulsion", "--days", "60", "--lang", "ar"],
    "explain": ["explain", "C24"],
}


def command(words: list[str]) -> Callable[[], Table]:
    """Return what makes the table of a command: its lines, and its exit code."""

    def lines() -> Table:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["DRAWDOWN_RESULTS"] = folder
            try:
                done = CliRunner(env={"COLUMNS": "160"}).invoke(main, words)
            finally:
                del os.environ["DRAWDOWN_RESULTS"]
            text = done.output.replace(folder, "RESULTS")
            run = next(iter(Path(folder).glob("*/run.json")), None)
            told = json.loads(run.read_text()) if run else {}
        kept = {k: v for k, v in told.items() if k not in OF_THE_MOMENT}
        kept.pop("files", None)
        rows = [["exit", str(done.exit_code)]]
        rows += [
            ["line", line.rstrip()]
            for line in text.splitlines()
            if line.strip() and not PROGRESS.match(line)
        ]
        return rows + [row for row in flat(kept, "run.json") if "/text" not in row[0]]

    return lines


TABLES: dict[str, Callable[[], Table]] = {
    "worlds": worlds,
    "comparison": comparison,
    "page": page,
    "exercise": exercise,
    "left-out": left_out,
    **{f"command-{name}": command(words) for name, words in COMMANDS.items()},
}
"""Every stored table and what makes it."""


def written(rows: Table) -> str:
    """Return a table as the text of its file."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def digest() -> str:
    """Return the digest of all stored tables."""
    total = hashlib.sha256()
    for name in sorted(TABLES):
        total.update((FOLDER / f"{name}.csv").read_bytes())
    return total.hexdigest()[:12]


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, make in TABLES.items():
        text = written(make())
        (FOLDER / f"{name}.csv").write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name}: {text.count(chr(10))} rows\n")
    sys.stdout.write(f"tables {digest()}: name this on a line *Results change* in CHANGELOG.md\n")
