"""Scenario discovery on a box that is known, then on the model."""

import numpy as np
import pytest

from drawdown.declared.errors import InputError
from drawdown.questions import thesis
from drawdown.questions.discovery import discover


def known(size: int, seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    generator = np.random.default_rng(seed)
    x = {name: generator.random(size) for name in "abcde"}
    y = (x["a"] < 0.4) & (x["b"] > 0.6)
    return x, y ^ (generator.random(size) < 0.02)


def test_the_box_that_was_planted_is_found() -> None:
    x, y = known(3000, 1)
    box = discover(x, y, *known(3000, 2), threshold=0.95)
    assert box is not None
    sides = {s.name: s for s in box.sides}
    assert set(sides) == {"a", "b"}
    assert sides["a"].high == pytest.approx(0.4, abs=0.03)
    assert not sides["a"].from_below
    assert sides["b"].low == pytest.approx(0.6, abs=0.03)
    assert box.density > 0.9
    assert box.coverage > 0.75
    assert all(s.quasi_p < 1e-10 for s in box.sides)


def test_no_box_is_told_where_there_is_none() -> None:
    generator = np.random.default_rng(3)
    x = {name: generator.random(2000) for name in "abcde"}
    noise = generator.random(2000) < 0.3
    box = discover(x, noise, x, generator.random(2000) < 0.3)
    assert box is None or box.density < 0.5
    assert discover(x, np.zeros(2000, np.bool_), x, noise) is None


def test_a_box_is_judged_on_draws_it_has_not_seen() -> None:
    x, y = known(1500, 4)
    fresh, other = known(1500, 5)
    box = discover(x, y, fresh, other & (np.arange(1500) % 2 == 0))
    assert box is not None
    assert box.density < 0.6
    assert box.found_density > 0.8


@pytest.mark.parametrize("where", ["nowhere", "everywhere alike", "outside"])
def test_a_box_that_holds_no_more_cases_than_all_draws_do_is_none(where: str) -> None:
    """Catches a corner told as one where something happens, in which it happens less often."""
    x, y = known(1500, 4)
    fresh, _ = known(1500, 5)
    inside = (fresh["a"] < 0.4) & (fresh["b"] > 0.6)
    other = {
        "nowhere": np.zeros(1500, np.bool_),
        "everywhere alike": np.ones(1500, np.bool_),
        "outside": ~inside,
    }
    assert discover(x, y, fresh, other[where]) is None


@pytest.fixture(scope="module")
def found() -> thesis.Thesis:
    return thesis.examine(draws=400, lucks=3)


@pytest.mark.long
def test_each_hypothesis_is_told_under_each_structure(found: thesis.Thesis) -> None:
    assert [f.hypothesis.claim for f in found.findings] == ["C01"] * 3 + ["C34"] * 3 + ["C30"]
    for finding in found.findings:
        assert set(finding.holds) == {"deter", "neutral", "provoke", "pooled"}
        assert all(0.0 <= e.mean <= 1.0 for e in finding.holds.values())


@pytest.mark.long
def test_shares_that_hold_and_fail_make_up_a_whole(found: thesis.Thesis) -> None:
    """Catches one share of the draws and the other of fresh ones: true in 94, fails in 9."""
    for finding in found.findings:
        assert finding.fails + finding.holds["pooled"].mean == pytest.approx(1.0)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "decides"),
    [
        ("daesh_returns", {"own_training", "offshore_enabling", "daesh_growth"}),
        ("numbers_not_label", {"presence_elasticity"}),
    ],
)
def test_what_decides_is_told_beside_it(found: thesis.Thesis, name: str, decides: set[str]) -> None:
    """Catches a box that is searched among the wrong worlds."""
    finding = next(f for f in found.findings if f.hypothesis.name == name)
    box = finding.right or finding.wrong
    assert box is not None
    assert {s.name for s in box.sides} & decides


@pytest.mark.long
def test_every_hypothesis_can_fail_within_the_priors(found: thesis.Thesis) -> None:
    """Catches a search that never tries to fail one, and an assumption told as a test."""
    failing = {f.hypothesis.name: f.against.fails for f in found.findings}
    assert failing == dict.fromkeys(failing, True)


def test_lucks_are_odd_so_that_no_draw_is_a_tie() -> None:
    """Catches ties that count for a side: 8 lucks said 55 of 100 where 48 say 50."""
    with pytest.raises(InputError, match="must be odd"):
        thesis.examine(draws=20, lucks=8)


def test_a_stop_is_told_over_lucks_and_over_draws() -> None:
    """Catches the spread of lucks told as that of draws."""
    rng = np.random.default_rng(5)
    alike = (rng.random((3, 600, 25)) < 0.5).astype(float)
    found = thesis._stops(alike)
    assert found.mean == pytest.approx(0.5, abs=0.02)
    assert found.future_high - found.future_low < 0.2
    chances = rng.beta(1.0, 1.0, (3, 600))[..., None]
    apart = thesis._stops((rng.random((3, 600, 25)) < chances).astype(float))
    assert (apart.future_low, apart.future_high) == pytest.approx((0.05, 0.95), abs=0.04)
    assert apart.low < 0.5 < apart.high
