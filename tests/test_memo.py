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


def test_more_statements_and_fewer_worlds_make_less_certain() -> None:
    """Catches an interval that is not corrected, or that knows the spread from a few worlds."""
    one = Estimate(0.6, 0.4, 0.8, 0.4, 0.8, 1000)
    assert memo.sign(one, 0.25, 1) == memo.CERTAIN_UP
    assert memo.sign(one, 0.25, 1000) == memo.OPEN
    few = Estimate(0.6, 0.4, 0.8, 0.4, 0.8, 31)
    assert memo.corrected(few, 1)[0] < memo.corrected(one, 1)[0] < 0.6
    assert memo.sign(Estimate(9.0, 9.0, 9.0, 9.0, 9.0, memo.FEWEST - 1), 0.25) == memo.OPEN
    assert memo.sign(Estimate(9.0, 9.0, 9.0, 9.0, 9.0, memo.FEWEST), 0.25) == memo.CERTAIN_UP


@pytest.mark.long
def test_what_is_called_certain_is_confirmed_by_five_thousand_worlds() -> None:
    """Catches certainty from almost no worlds (benchmarks/certain.py: more seeds and runs)."""
    two = ["sustained-presence", "full-withdrawal"]
    more = {"structure": "neutral", "motive": "presence", "bands": False}
    truth = compare(two, runs=5000, seed=77, **more)  # type: ignore[arg-type]

    def signs(found: Comparison) -> dict[str, str]:
        count = len(memo.COUNTED) + 1
        return {o: memo.signs(found, two[1], o, count) for o in memo.COUNTED}

    known, called, failed = signs(truth), 0, []
    for runs in (2, 10, 30, 60, 120, 400):
        for seed in range(6):
            for outcome, sign in signs(compare(two, runs=runs, seed=seed, **more)).items():  # type: ignore[arg-type]
                if sign in (memo.CERTAIN_UP, memo.CERTAIN_DOWN):
                    called += 1
                    if known[outcome] != sign:
                        failed.append((runs, seed, outcome, sign, known[outcome]))
    assert called > 150
    assert len(failed) * 100 <= called, failed


def test_windows_longer_than_the_run_are_said_to_be() -> None:
    """Catches 'In nan of 100 worlds'."""
    from datetime import timedelta

    from drawdown import Scenario
    from drawdown.questions import answer

    item = Scenario.load("full-withdrawal")
    short = item.until(item.start + timedelta(days=99))
    other = Scenario.load("restraint").until(short.end)
    one = answer.of(compare([other, short], runs=8, bands=False))
    text = " ".join(one.sentences(Language("en")))
    assert "nan" not in text
    assert "Whether attacks stop cannot be told: that needs 180 days." in text
    assert ["no attack in its last 180 days, of 100 worlds", "–"] in one.rows(Language("en"))


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare(
        ["combat-to-advisory", "restraint", "full-withdrawal", "robust-retaliation"],
        runs=200,
        bands=False,
    )


def test_certain_outcomes_are_certain_under_every_structure(found: Comparison) -> None:
    for scenario in ("restraint", "full-withdrawal", "robust-retaliation"):
        for outcome in memo.COUNTED:
            one = memo.signs(found, scenario, outcome, len(memo.COUNTED))
            each = {np.sign(found.difference(scenario, s, outcome).mean) for s in found.structures}
            if one in (memo.CERTAIN_UP, memo.CERTAIN_DOWN):
                assert len(each) == 1


@pytest.mark.parametrize("code", ["en", "ar"])
def test_every_outcome_is_sorted_once(found: Comparison, code: str) -> None:
    language = Language(code)
    text = " ".join(memo.certain(found, "full-withdrawal", language))
    for outcome in memo.COUNTED[1:]:
        assert language.outcome(outcome) in text
