"""The stylised facts: gates pass or fail with a reason on file, definitions are sound."""

import numpy as np
import pytest

from drawdown.declared import data_files
from drawdown.questions import patterns
from drawdown.questions.patterns import Fact


@pytest.fixture(scope="module")
def facts() -> dict[str, Fact]:
    return {f.name: f for f in patterns.compute(runs=400)}


def test_every_fact_is_computed(facts: dict[str, Fact]) -> None:
    assert list(facts) == [f"SF{i}" for i in range(1, 21)]
    for fact in facts.values():
        assert all(np.isfinite(n.value) for n in fact.numbers), fact.name


def test_what_fails_has_its_reason_on_file(facts: dict[str, Fact]) -> None:
    declared = data_files.load("patterns")
    failing = {n: [x.name for x in f.numbers if not x.inside] for n, f in facts.items()}
    assert {n: f for n, f in failing.items() if f} == {
        n: item["fails"] for n, item in declared.items() if "fails" in item
    }
    assert all("reason" in item for item in declared.values() if "fails" in item)


def test_no_gate_fails_but_the_documented_one(facts: dict[str, Fact]) -> None:
    failing = {
        (f.name, n.name) for f in facts.values() if f.gate for n in f.numbers if not n.inside
    }
    assert failing == {("SF1", "rate_late")}


def test_null_has_no_reaction_to_a_strike_but_its_politics(facts: dict[str, Fact]) -> None:
    # A strike costs authority, so policing, so a world may see one attack more in a week.
    assert abs(facts["SF7"].numbers[0].value) < 0.02


def test_a_fact_out_of_its_band_fails() -> None:
    judged = patterns._judge("SF3", {"fatal": 0.2})
    assert [n.inside for n in judged] == [False]
    judged = patterns._judge("SF3", {"fatal": float("nan")})
    assert [n.inside for n in judged] == [False]


def test_a_poisson_process_is_not_over_dispersed() -> None:
    # Negative test (i): 212 days at 0.25 a day, the median of the literature's table A1.
    daily = np.random.default_rng(1).poisson(0.25, (4000, 212)).astype(float)
    weekly = np.nanmedian(patterns._fano(patterns._windows(daily, 7)))
    monthly = np.nanmedian(patterns._fano(patterns._windows(daily, 28)))
    assert weekly == pytest.approx(0.98, abs=0.03)
    assert monthly == pytest.approx(0.91, abs=0.07)
    assert patterns._branching(np.random.default_rng(2).poisson(0.25, (200, 3653)) * 1.0) < 0.05


def test_episodes_end_with_three_days_of_calm() -> None:
    attacks, strikes = np.zeros(60), np.zeros(60)
    attacks[[1, 3, 10, 40]] = 1
    strikes[12] = 1
    # Days 1 to 3, day 10, day 40; the strike answers the first two.
    assert patterns._episodes(attacks, strikes) == (3, 1)
    assert patterns._episodes(np.zeros(5), np.zeros(5)) == (0, 0)


def test_the_exponent_of_a_power_law_is_found() -> None:
    k = np.arange(1, 51)
    p = k**-2.1 / (k**-2.1).sum()
    drawn = np.random.default_rng(3).choice(k, 4000, p=p).astype(float)
    assert patterns._exponent(drawn, 50) == pytest.approx(2.1, abs=0.08)


def test_the_longest_pause_is_found() -> None:
    assert patterns._longest_quiet(np.array([0, 0, 1, 0, 0, 0, 2])) == 3
