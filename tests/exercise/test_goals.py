"""Goals interlock: each team has two ways to win, something to trade, and somebody against it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_outlooks import benchmark

from drawdown.exercise import game
from drawdown.exercise.game import AUTO

STORED = json.loads(
    (Path(__file__).parents[2] / "benchmarks" / "goals.json").read_text(encoding="utf-8")
)
ROLES = list(game.rules().roles)
TEAMS: dict[str, dict[str, Any]] = STORED["teams"]


@pytest.fixture(scope="module")
def goals() -> Any:
    return benchmark("goals")


@pytest.fixture(scope="module")
def fresh(goals: Any) -> Any:
    return goals.Measured(STORED["worlds"] // 3, STORED["seed"])


def test_the_worlds_are_enough_and_no_search_has_seen_them(goals: Any) -> None:
    assert STORED["worlds"] >= 288
    assert STORED["seed"] == goals.MEASURED
    assert goals.MEASURED not in (goals.SEARCHED, goals.SEARCHED + 1, game.SEED)
    assert list(TEAMS) == ROLES


@pytest.mark.parametrize("role", ROLES)
def test_a_team_has_two_ways_that_pay(role: str) -> None:
    """Catches a team that cannot matter, a goal that comes free, and one way called two."""
    team = TEAMS[role]
    assert team["best"] - team["automatic"] >= 0.5
    assert team["among_random"] >= 0.3
    assert team["best"] - team["second"] <= 0.15
    main = next(iter(game.rules().roles[role].levers))
    best, second = (team[f"{w}_strategy"].get(main, AUTO) for w in ("best", "second"))
    assert best != second
    assert max(team["free"]) <= 0.70
    assert min(team["reach"]) >= 0.30
    assert team["beyond"] <= 1
    assert team["conflicts"]


@pytest.mark.parametrize("role", ROLES)
def test_what_is_stored_is_what_is_played(role: str, fresh: Any) -> None:
    """Catches a goal, an option or a rule that has changed since goals were measured."""
    team = TEAMS[role]
    for name in ("best", "second"):
        found = fresh.expected(role, {role: team[f"{name}_strategy"]})
        assert found == pytest.approx(team[name], abs=6e-4)
    assert fresh.reached({})[role] == pytest.approx(team["free"], abs=6e-4)


def test_there_is_something_to_trade(goals: Any, fresh: Any) -> None:
    """Catches deals that a side would make unasked, or that cost one of them."""
    pairs = {(d["first"][0], d["second"][0]) for d in STORED["deals"]}
    assert len(STORED["deals"]) >= 6
    assert len(pairs) >= 4
    assert {role for pair in pairs for role in pair} == set(ROLES)
    for deal in STORED["deals"]:
        (a, a_alone, _), (b, _, b_alone) = deal["gains"]
        assert min(a, b) >= 0.15
        assert max(a_alone, b_alone) <= 0.05
        now = fresh.deal(tuple(deal["first"]), tuple(deal["second"]))
        assert np.array(now) == pytest.approx(np.array(deal["gains"]), abs=6e-4)


def test_a_deal_is_what_neither_would_do_unasked(goals: Any) -> None:
    """Catches the two sides' own choices exchanged, and a loss called a gain."""
    assert goals.is_deal([[0.2, 0.05, 0.9], [0.2, 0.9, 0.05]])
    assert not goals.is_deal([[0.2, 0.06, 0.0], [0.2, 0.0, 0.0]])
    assert not goals.is_deal([[0.2, 0.0, 0.0], [0.2, 0.0, 0.06]])
    assert not goals.is_deal([[0.2, 0.0, 0.0], [0.14, 0.0, 0.0]])


def test_every_option_moves_something(goals: Any) -> None:
    """Catches a card that does nothing: below a tenth of a standard deviation of anything."""
    told = {f"{role}.{lever}.{name}" for role, lever, name in goals.options()}
    assert set(STORED["strengths"]) == told
    assert min(STORED["strengths"].values()) >= 0.1


@pytest.mark.long
def test_no_strategy_is_better_than_the_best_that_is_stored(fresh: Any) -> None:
    """Catches a search that stopped early."""
    for role in ROLES:
        ways, team = fresh.ways(role), TEAMS[role]
        assert ways["best"] == pytest.approx(team["best"], abs=6e-4)
        assert ways["reach"] == pytest.approx(team["reach"], abs=6e-4)
    assert fresh.conflicts() == {role: team["conflicts"] for role, team in TEAMS.items()}


@pytest.mark.long
def test_the_best_pays_too_where_others_choose_at_random(fresh: Any) -> None:
    for role in ROLES:
        own = {"automatic": {}, **{w: TEAMS[role][f"{w}_strategy"] for w in ("best", "second")}}
        found = {name: np.mean(v) for name, v in fresh.among_random(role, own, 30).items()}
        best = max(found["best"], found["second"]) - found["automatic"]
        assert best == pytest.approx(TEAMS[role]["among_random"], abs=6e-4)
