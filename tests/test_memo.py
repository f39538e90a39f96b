"""Plain sentences are never stronger than the numbers."""

import numpy as np
import pytest

from drawdown import compare
from drawdown.declared.language import Language
from drawdown.questions.compare import Comparison, Estimate
from drawdown.views import memo


def estimate(mean: float, low: float, high: float) -> Estimate:
    return Estimate(mean, low, high, low, high, 100)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (estimate(1.0, 0.5, 1.5), memo.CERTAIN_UP),
        (estimate(-1.0, -1.5, -0.5), memo.CERTAIN_DOWN),
        (estimate(0.5, -0.1, 1.1), memo.OPEN),
        (estimate(0.1, 0.05, 0.15), memo.SMALL),
        (estimate(0.0, -0.1, 0.1), memo.SMALL),
        # Surely above zero, but not surely of interest.
        (estimate(0.2, 0.1, 0.3), memo.OPEN),
        (estimate(float("nan"), float("nan"), float("nan")), memo.OPEN),
    ],
)
def test_a_sign_is_certain_only_if_the_interval_says_so(found: Estimate, expected: str) -> None:
    assert memo.sign(found, smallest=0.25) == expected


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare(
        ["combat-to-advisory", "restraint", "full-withdrawal", "robust-retaliation"],
        runs=200,
        bands=False,
    )


def test_what_the_structures_dispute_is_called_disputed(found: Comparison) -> None:
    text = " ".join(memo.paragraph(found, "robust-retaliation", Language("en")))
    assert "the structures disagree" in text
    text = " ".join(memo.paragraph(found, "full-withdrawal", Language("en")))
    assert "fewer attacks" in text
    assert "under every structure" in text


def test_certain_outcomes_are_certain_under_every_structure(found: Comparison) -> None:
    for scenario in ("restraint", "full-withdrawal", "robust-retaliation"):
        for outcome in memo.COUNTED:
            one = memo.signs(found, scenario, outcome)
            each = {np.sign(found.difference(scenario, s, outcome).mean) for s in found.structures}
            if one in (memo.CERTAIN_UP, memo.CERTAIN_DOWN):
                assert len(each) == 1


@pytest.mark.parametrize("code", ["en", "ar"])
def test_every_outcome_is_sorted_once(found: Comparison, code: str) -> None:
    language = Language(code)
    text = " ".join(memo.paragraph(found, "full-withdrawal", language))
    for outcome in memo.COUNTED[1:]:
        assert language.outcome(outcome) in text
