"""Plays the usual comparison of every scenario with sustained presence and stores the answers.

    make expected

writes ``seeds/answers.json``: what a page shows before it has played anything, and what README
says. `tests/test_answer.py` holds it equal to what ``drawdown compare`` says today.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from drawdown import compare
from drawdown.declared import data_files
from drawdown.declared.scenario import Scenario, names
from drawdown.declared.storage import write_whole
from drawdown.questions import answer
from drawdown.questions.compare import POOLED
from drawdown.questions.phases import REFERENCE

RUNS, SEED, MONTH = 1000, 0, 30
DIGITS = 6


def rounded(value: Any) -> Any:
    """Return numbers with as many digits as are shown anywhere, and some more."""
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def played(scenarios: list[str]) -> tuple[dict[str, Any], dict[str, list[float]]]:
    """Return the answers of scenarios by name, and their mean attacks in 30 days, once a month."""
    others = [name for name in scenarios if name != REFERENCE]
    found = compare([REFERENCE, *others], runs=RUNS, seed=SEED)
    answers = {name: rounded(answer.of(found, name).numbers()) for name in scenarios}
    means = {
        name: np.round(found.bands(name, POOLED).means("attacks_foreign")[29::MONTH], 2).tolist()
        for name in scenarios
    }
    return answers, means


def main() -> None:
    offered = [n for n in names() if Scenario.load(n).history is not None]
    answers, means = played(offered)
    stored = {
        "command": "python benchmarks/answers.py",
        "runs": RUNS,
        "seed": SEED,
        "answers": answers,
        "months": means,
    }
    path = data_files.folder("seeds") / "answers.json"
    text = json.dumps(stored, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    write_whole(path, text + "\n")
    sys.stdout.write(f"{path}: {len(text):,} characters, {len(answers)} answers\n")


if __name__ == "__main__":
    main()
