"""Which findings flip."""

import pytest

from drawdown.evidence import robustness
from drawdown.questions.compare import Estimate
from drawdown.worlds.run import Run


@pytest.fixture(scope="module")
def found() -> robustness.Robustness:
    return robustness.examine(Run(runs=60))


@pytest.mark.long
def test_only_what_a_strike_does_flips(found: robustness.Robustness) -> None:
    flips = {name for name, _, _ in found.flips()}
    assert flips == {"robust_tempo"}


def test_a_side_needs_the_whole_interval() -> None:
    assert robustness.side(Estimate(0.9, 0.8, 0.99, 0, 0, 9), 1.0) == -1
    assert robustness.side(Estimate(0.9, 0.8, 1.01, 0, 0, 9), 1.0) == 0
    assert robustness.side(Estimate(1.2, 1.01, 1.3, 0, 0, 9), 1.0) == 1


@pytest.mark.long
def test_fear_of_a_doctrine_acts_only_where_strikes_deter(found: robustness.Robustness) -> None:
    usual, feared = (
        {s: found.estimates["robust_tempo", v, s].mean for s in ("deter", "neutral", "provoke")}
        for v in ("posterior", "feared_doctrine")
    )
    assert feared["deter"] < usual["deter"]
    assert feared["neutral"] == usual["neutral"]
    assert feared["provoke"] == usual["provoke"]


@pytest.mark.long
def test_facade_names_leave_the_answer_alone(found: robustness.Robustness) -> None:
    a = found.estimates["advisory_ratio", "posterior", "pooled"]
    b = found.estimates["advisory_ratio", "facade_names", "pooled"]
    assert b.mean == pytest.approx(a.mean, abs=0.05)
