"""What makes the difference: a known answer, an exact sum, and each part told apart."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawdown.day import plan
from drawdown.declared.columns import PLAN
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.declared.levels import line
from drawdown.declared.scenario import Scenario
from drawdown.questions import decompose
from drawdown.questions.compare import compare
from drawdown.questions.decompose import Pair, pair, shapley, subsets
from drawdown.views import decompose as view

HEAD = "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\n"


def differs(first: str | Scenario, second: str | Scenario) -> Pair:
    found = [s if isinstance(s, Scenario) else Scenario.load(s) for s in (first, second)]
    return pair(*found)


def written(folder: Path, name: str, text: str) -> Scenario:
    path = folder / f"{name}.yaml"
    path.write_text(f"{HEAD}{text}", encoding="utf-8")
    return Scenario.load(path)


# --- the arithmetic -------------------------------------------------------------------------


def test_the_glove_game_has_its_known_values() -> None:
    """Catches weights of orders that are not Shapley's: one left glove, two right ones."""
    names = ("left", "right", "other")
    values = {
        s: np.array([float("left" in s and bool(s & {"right", "other"}))]) for s in subsets(names)
    }
    found = shapley(names, values)
    assert found["left"][0] == pytest.approx(2 / 3)
    assert found["right"][0] == found["other"][0] == pytest.approx(1 / 6)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(0, 2**31))
def test_shares_add_up_and_a_lever_without_effect_has_none(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = tuple("abcde"[:n])
    base = {s: rng.normal(size=7) for s in subsets(names)}
    found = shapley(names, base)
    whole = base[frozenset(names)] - base[frozenset()]
    assert np.allclose(sum(found.values()), whole)
    idle = {s: base[s - {"a"}] for s in base}
    assert np.allclose(shapley(names, idle)["a"], 0.0)
    same = {s: np.full(3, float(len(s)) ** 2) for s in base}
    each = list(shapley(names, same).values())
    assert all(np.allclose(e, each[0]) for e in each)


# --- what differs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "parts"),
    [
        ("nato-500", "label-only", ("role",)),
        ("nato-500", "numbers-only", ("us_numbers", "coalition", "announced")),
        ("nato-500", "announcement-only", ("announced",)),
        ("sustained-presence", "nato-500", ("nato",)),
        ("sustained-presence", "us-iran-deal", ("abroad",)),
        ("combat-to-advisory", "robust-retaliation", ("retaliation",)),
        ("sustained-presence", "conditions-based-exit", ("conditions",)),
        ("sustained-presence", "combat-to-advisory", ("role", "us_numbers", "announced")),
        (
            "sustained-presence",
            "full-withdrawal",
            ("us_numbers", "coalition", "announced", "nato"),
        ),
    ],
)
def test_scenarios_that_differ_in_one_thing_are_told_so(
    first: str, second: str, parts: tuple[str, ...]
) -> None:
    """Catches a number told as a label, NATO as an announcement, a date as a number."""
    assert set(differs(first, second).parts) == set(parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("policy: {government: confront}", {"government"}),
        ("world: {lethality: 0.02}", {"world"}),
        ("events: [{date: 2021-12-01, what: truce, until: 2022-02-01}]", {"events"}),
        ("mode: conditioned", {"retaliation"}),
    ],
)
def test_each_part_is_noticed_alone(text: str, parts: set[str], tmp_path: Path) -> None:
    mine = written(tmp_path, "mine", f"extends: sustained-presence\n{text}\n")
    assert set(differs("sustained-presence", mine).parts) == parts


def test_the_same_numbers_on_other_days_are_dates(tmp_path: Path) -> None:
    leave = "extends: sustained-presence\npolicy:\n  posture:\n    combat: {%s: 936, %s: 100}\n"
    early = written(tmp_path, "early", leave % ("2021-10-01", "2022-03-01"))
    late = written(tmp_path, "late", leave % ("2022-10-01", "2023-06-01"))
    two = differs(early, late)
    assert "dates" in two.parts
    assert "us_numbers" not in two.parts
    moved = two.between(frozenset({"dates"}))
    days = late.start.toordinal() + np.arange(late.days)
    assert np.allclose(line(moved.levers.combat, days)[0], line(late.levers.combat, days)[0])


def column(item: Scenario, name: str) -> np.ndarray:
    return plan.build(item)[:, PLAN.index(name)]


def test_a_role_changes_nobodys_number_and_a_number_no_role() -> None:
    """Catches soldiers who appear or vanish with a label."""
    two = differs("sustained-presence", "combat-to-advisory")
    role = two.between(frozenset({"role"}))
    assert np.allclose(column(role, "combat") + column(role, "advisers"), 2500.0)
    assert column(role, "combat")[-1] == pytest.approx(0.0)
    numbers = two.between(frozenset({"us_numbers"}))
    weights = column(numbers, "combat_residual"), column(numbers, "advisers_residual")
    assert weights[0][-1] + weights[1][-1] == pytest.approx(1.0)
    assert weights[0][-1] == pytest.approx(936 / 2500)
    # Neither is announced: what militias see ahead is what the first scenario has.
    for item in (role, numbers):
        assert np.allclose(column(item, "announced_combat"), 936.0)
        assert not column(item, "concession").any()


def test_what_is_announced_brings_its_events_and_moves_nobody() -> None:
    two = differs("sustained-presence", "full-withdrawal")
    said = two.between(frozenset({"announced"}))
    assert np.allclose(column(said, "combat"), 936.0)
    assert column(said, "announced_combat")[-1] == 0.0
    assert {"concession", "doubt"} <= {e.what for e in said.events}
    nato = two.between(frozenset({"nato"}))
    assert "nato_second_base" not in {e.what for e in nato.events}
    assert column(nato, "nato_target")[-1] == 0.0


def test_none_is_the_first_and_all_is_the_second() -> None:
    """Catches a lever that no part moves: ends must be the scenarios, world by world."""
    two = differs("sustained-presence", "full-withdrawal")
    found = decompose.play(two, runs=40)
    usual = compare(["sustained-presence", "full-withdrawal"], runs=40, bands=False)
    for outcome in decompose.OUTCOMES:
        whole = found.whole("pooled", outcome)
        e = usual.difference("full-withdrawal", "pooled", outcome)
        assert (whole.mean, whole.low, whole.high) == (e.mean, e.low, e.high)
        for part in ("pooled", "deter", "presence"):
            shares = found.shares(part, outcome)
            total = sum(s.shapley.mean for s in shares)
            assert total == pytest.approx(found.whole(part, outcome).mean, abs=1e-9)


def test_order_effects_are_of_the_right_subsets() -> None:
    """Catches first and last exchanged: soldiers alone change little while others stay."""
    two = differs("sustained-presence", "full-withdrawal")
    found = decompose.play(two, ("tempo_foreign",), runs=60, structure="neutral")
    us = next(s for s in found.shares("neutral", "tempo_foreign") if s.part == "us_numbers")
    nothing, alone = frozenset[str](), frozenset({"us_numbers"})
    values = {
        m: found.comparison.values(two.between(m).name, "neutral", "tempo_foreign").mean()
        for m in subsets(two.parts)
    }
    assert us.first.mean == pytest.approx(values[alone] - values[nothing])
    everything = frozenset(two.parts)
    assert us.last.mean == pytest.approx(values[everything] - values[everything - alone])
    assert us.last.mean < us.first.mean - 1.0
    assert us.least <= us.shapley.mean <= us.most


# --- faults, words, files --------------------------------------------------------------------


def test_what_cannot_be_split_is_said(tmp_path: Path) -> None:
    base = Scenario.load("sustained-presence")
    with pytest.raises(InputError, match="differ in nothing"):
        pair(base, base.named("twin"))
    with pytest.raises(InputError, match="needs the same days"):
        pair(base, Scenario.load("full-withdrawal").until(base.end - timedelta(days=9)))
    cold = written(tmp_path, "cold", "extends: sustained-presence\nhistory: none\n")
    with pytest.raises(InputError, match="another past"):
        pair(base, cold)
    with pytest.raises(InputError, match="did you mean 'dead_us'"):
        decompose.check_outcomes(["dead_u"])
    with pytest.raises(InputError, match="has no value in some worlds"):
        decompose.check_outcomes(["days_until_exit"])


@pytest.mark.parametrize("code", ["en", "ar"])
def test_tables_rows_and_data_say_the_same(code: str) -> None:
    language = Language(code)
    found = decompose.play(differs("nato-500", "numbers-only"), ("dead_us",), runs=30)
    data = view.waterfall(found, language)
    sheet = view.table(found, "dead_us", language)
    assert len(sheet.rows) == 2 + len(data["bars"]) + 1
    assert [b["told"] for b in data["bars"]] == [r[1] for r in sheet.rows[1:-2]]
    assert data["bars"][-1]["end"] == pytest.approx(data["levels"][1]["value"])
    rows = [r for r in view.rows(found) if r[1] == "pooled" and r[3] == "shapley"]
    assert [r[2] for r in rows] == list(found.pair.parts)
    each = found.shares("pooled", "dead_us")
    assert [r[4] for r in rows] == [f"{s.shapley.mean:.6g}" for s in each]


def test_paths_keep_days_on_which_nothing_moves() -> None:
    """Catches a straight line drawn across days on which soldiers stand."""
    start = date(2021, 7, 26)
    numbers = np.array([5.0, 5.0, 5.0, 2.0, 2.0, 1.0])
    dated = decompose.dated(numbers, np.zeros(6), start)
    days = start.toordinal() + np.arange(6)
    assert np.allclose(line(dated, days)[0], numbers)
