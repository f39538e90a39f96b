"""What the program says is what it said: stored tables that a person can read and compare.

Each catches a wrong program that no other test names: a side, a sign, a mean for a median, an
audience, a rule. ``make expected`` renews them, with a line *Results change* in the changelog.
"""

import csv
import re
from pathlib import Path

import expected_tables
import pytest

LONG = ("command-thesis", "command-compare", "command-run-arabic")
CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"
HOW = "; if that is meant: make expected, and a line *Results change* in CHANGELOG.md"


def moved(before: list[list[str]], now: list[list[str]]) -> list[str]:
    """Return what moved, by the names of rows and columns."""
    head = before[0]
    if len(before) != len(now):
        gone = [row for row in before if row not in now][:3]
        come = [row for row in now if row not in before][:3]
        return [f"{len(before)} rows were, {len(now)} are: gone {gone}, come {come}"]
    told = []
    for old, new in zip(before, now, strict=True):
        for i, (a, b) in enumerate(zip(old, new, strict=False)):
            if a != b:
                column = head[i] if i < len(head) else str(i)
                told.append(f"{'/'.join(old[:2]) if i else ''} {column}: {a} → {b}")
        if len(old) != len(new):
            told.append(f"{old} → {new}")
    return told


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.long if name in LONG else ())
        for name in expected_tables.TABLES
    ],
)
def test_a_stored_table_is_what_the_program_says_today(name: str) -> None:
    path = expected_tables.FOLDER / f"{name}.csv"
    before = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    text = expected_tables.written(expected_tables.TABLES[name]())
    now = list(csv.reader(text.splitlines()))
    told = moved(before, now)
    columns = sorted({line.rpartition(":")[0].rpartition(" ")[2] for line in told})
    assert not told, f"{len(told)} moved in {columns[:12]}: {told[:8]}{HOW}"


def test_a_renewal_is_told_in_the_changelog() -> None:
    """Catches tables that were renewed without a word."""
    lines = re.findall(r"\*Results change\*[^\n]*(?:\n  [^\n]*)*", CHANGELOG.read_text("utf-8"))
    assert any(f"tables {expected_tables.digest()}" in line for line in lines)


def test_a_moved_number_is_named() -> None:
    before = [["scenario", "structure", "dead_us"], ["restraint", "deter", "1.5"]]
    now = [before[0], ["restraint", "deter", "1.6"]]
    assert moved(before, now) == ["restraint/deter dead_us: 1.5 → 1.6"]
    assert moved(before, before) == []
    assert moved(before, [before[0]])[0].startswith("2 rows were, 1 are")
