"""Cases that a teacher can read: a scenario in, bands of outcomes out (`tests/teaching`)."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from drawdown import compare
from drawdown.day.outcomes import RUN_OUTCOMES
from drawdown.questions.compare import Comparison

CASES = [
    (path.stem, case)
    for path in sorted((Path(__file__).parent / "teaching").glob("*.yaml"))
    for case in YAML(typ="safe").load(path.read_text(encoding="utf-8"))
]


@lru_cache(maxsize=16)
def played(name: str) -> Comparison:
    return compare([name], runs=200, bands=False)


def mean(name: str, outcome: str) -> float:
    assert outcome in RUN_OUTCOMES
    found = [e.outcome(outcome) for e in played(name).ensembles.values()]
    return float(np.nanmean(found))


@pytest.mark.parametrize(
    ("file", "case"), CASES, ids=[f"{file}-{case['scenario']}" for file, case in CASES]
)
def test_what_comes_of_a_scenario_lies_in_its_bands(file: str, case: dict[str, Any]) -> None:
    name = case["scenario"]
    outside = []
    for outcome, (low, high) in case["outcomes"].items():
        value = mean(name, outcome)
        if not low <= value <= high:
            outside.append(f"{outcome} is {value:.3g}, not from {low} to {high}")
    if "more_than" in case:
        other = case["more_than"]
        apart = mean(name, other["outcome"]) - mean(other["scenario"], other["outcome"])
        if not apart > other["by"]:
            outside.append(f"{other['outcome']} is {apart:+.3g} against {other['scenario']}")
    if "less_than" in case:
        other = case["less_than"]
        apart = mean(other["scenario"], other["outcome"]) - mean(name, other["outcome"])
        if not apart > other["by"]:
            outside.append(f"{other['outcome']} is {-apart:+.3g} against {other['scenario']}")
    assert not outside, f"{name}: {'; '.join(outside)} ({case['why']})"
