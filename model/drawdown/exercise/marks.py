"""The two tests of a class: questions, who was right and how sure, gain by question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from drawdown.declared import data_files
from drawdown.declared.language import Language

TESTS = ("pre", "post")
"""Before the first turn, and after the debrief is open."""

SURE = (25, 50, 75, 100)
"""How sure one may say to be, in percent; of four choices a guess is right one time in four."""


@dataclass(frozen=True)
class Mark:
    """What somebody answered in a test.

    Attributes:
        seat: What stands for the seat; no name.
        test: One of `TESTS`.
        answers: For each question the number of the choice and how sure, in percent.
    """

    seat: str
    test: str
    answers: Sequence[tuple[int, int]]


@cache
def _questions(test: str) -> tuple[dict[str, Any], ...]:
    blocks = data_files.load("materials")[f"{test}_test"]["blocks"]
    return tuple(block for block in blocks if "question" in block)


def questions(test: str, language: Language) -> list[dict[str, Any]]:
    """Return the questions of a test with their choices."""
    return [
        {
            "question": language.pick(one["question"]),
            "choices": [language.pick(choice) for choice in one["choices"]],
        }
        for one in _questions(test)
    ]


def _answers() -> list[Any]:
    """Return the rows of the teacher's answers: number, idea, before, after."""
    blocks = data_files.load("materials")["answers"]["blocks"]
    (table,) = (block["table"] for block in blocks if "table" in block)
    return list(table["rows"])


@cache
def key(test: str) -> tuple[int, ...]:
    """Return the number of the right choice of each question, from 0."""
    column = 2 + TESTS.index(test)
    return tuple("ABCD".index(row[column]["en"]) for row in _answers())


def ideas(language: Language) -> list[str]:
    """Return what each question is about; the same number in both tests."""
    return [language.pick(row[1]) for row in _answers()]


def brier(right: bool, sure: int) -> float:
    """Return how far a confidence was from what came, squared: 0 is best, 1 worst.

    Example:
        >>> brier(True, 75), brier(False, 75)
        (0.0625, 0.5625)
    """
    return (sure / 100.0 - float(right)) ** 2


def by_question(marks: Sequence[Mark]) -> list[dict[str, Any]]:
    """Return for each question and test how many answered, who was right, the Brier score.

    The gain is of those who answered both tests: a class in which people come and go has learned
    nothing by that.
    """
    found: list[dict[str, Any]] = []
    both = set.intersection(*({m.seat for m in marks if m.test == test} for test in TESTS))
    for k in range(len(key("pre"))):
        row: dict[str, Any] = {"question": k + 1}
        for test in TESTS:
            given = [mark.answers[k] for mark in marks if mark.test == test]
            right = [choice == key(test)[k] for choice, _ in given]
            scores = [brier(r, sure) for r, (_, sure) in zip(right, given, strict=True)]
            many = len(given)
            row[test] = {
                "n": many,
                "right": sum(right) / many if many else float("nan"),
                "brier": sum(scores) / many if many else float("nan"),
            }
        steady = [(m.test, m.answers[k][0] == key(m.test)[k]) for m in marks if m.seat in both]
        gained = sum(right if test == "post" else -right for test, right in steady)
        row["gain"] = gained / len(both) if both else float("nan")
        found.append(row)
    return found


def rows(marks: Sequence[Mark]) -> Iterator[list[str]]:
    """Yield a table for a CSV file, a row an answer; seats are numbered, nobody is named."""
    yield ["student", "test", "question", "choice", "right", "sure", "brier"]
    number = {seat: k + 1 for k, seat in enumerate(sorted({m.seat for m in marks}))}
    for mark in marks:
        for k, (choice, sure) in enumerate(mark.answers):
            right = choice == key(mark.test)[k]
            told = [number[mark.seat], mark.test, k + 1, "ABCD"[choice], int(right), sure]
            yield [*map(str, told), f"{brier(right, sure):.4f}"]
