"""Outlooks: they hold what comes as often as they say, and rest on what a team may know."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from drawdown.exercise import game, outlooks
from drawdown.exercise.game import AUTO, INDICATORS, NAMES, Turn
from drawdown.exercise.outlooks import Outlooks, Worlds

ROLES = list(game.rules().roles)


def benchmark(name: str) -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = found
    spec.loader.exec_module(found)
    return found


def values_of(turns: int = 0, **seen: float) -> np.ndarray:
    """Return a game's indicators as they were when it began, but for those that are named."""
    rows = np.tile(game.eve(3), (1 + turns, 1))
    for name, value in seen.items():
        rows[1:, NAMES.index(name)] = value
    return rows


# --- ranges of worlds made by hand --------------------------------------------------------------


def test_a_range_of_a_count_leaves_out_its_share_on_each_side() -> None:
    """Catches both ends of one side, and a share left out that is of both sides."""
    worlds = Worlds(np.arange(100.0)[::-1].copy(), np.full(100, 0.01), None)
    found = worlds.range(0.095)
    assert found.low == 9.0
    assert found.middle == pytest.approx(49.5, abs=0.5)
    assert found.high == 90.0
    heavy = Worlds(np.array([0.0, 10.0]), np.array([0.95, 0.05]), None)
    assert heavy.range(0.04).high == 10.0
    assert heavy.range(0.06).high == 0.0


def test_a_range_of_a_level_is_drawn_out_and_holds_where_it_stands() -> None:
    """Catches present values outside, a range below nothing, and a width that narrows."""
    values, even = np.linspace(10.0, 30.0, 101), np.full(101, 1 / 101)
    one = Worlds(values, even, 20.0).range(1.0)
    two = Worlds(values, even, 20.0).range(1.5)
    assert two.high - two.middle == pytest.approx(1.5 * (one.high - one.middle))
    assert two.middle - two.low == pytest.approx(1.5 * (one.middle - one.low))
    narrow = Worlds(values, even, 20.0).range(0.5)
    assert (narrow.low, narrow.high) == (values[27], values[73])
    assert Worlds(values, even, 2.0).range(1.0).low == 2.0
    assert Worlds(values, even, 90.0).range(1.0).high == 90.0
    assert Worlds(values, even, 20.0).range(9.0).low == 0.0
    assert Worlds(values, even, 20.0, 31.0).range(9.0).high == 31.0


# --- what is known, and what is drawn -----------------------------------------------------------


def test_what_a_team_does_not_know_is_drawn_and_the_rest_is_not() -> None:
    """Catches others left on automatic, an own or a public choice drawn, an agreement unseen."""
    seen = Turn({"us": {"talks": "deal", "doctrine": "none"}, "nato": {"training": "units"}})
    lines = set()
    for draw in range(outlooks.DRAWS):
        turn = outlooks.supposed(seen, "us", 2, draw, past=True)
        assert turn.chosen("us", "talks") == "deal"
        assert turn.chosen("us", "posture") == AUTO
        assert turn.chosen("nato", "training") == "units"
        assert turn.chosen("parliament", "vote") == AUTO
        assert turn.agreed() == []
        lines.add(turn.chosen("militia", "line"))
    assert lines == set(game.rules().roles["militia"].levers["line"].options)
    to_come = [outlooks.supposed(Turn(), "us", 2, k, past=False) for k in range(outlooks.DRAWS)]
    votes = [t.chosen("parliament", "vote") for t in to_come]
    assert {v: votes.count(v) for v in votes} == {"auto": 2, "call": 2, "block": 2}


def test_outlooks_do_not_depend_on_the_hidden_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two games: other secret choices, other numbers that the team does not see."""
    open_choices = {"us": {"posture": "halve"}, "nato": {"size": "middle"}}
    secret: list[dict[str, Any]] = [
        {"militia": {"line": "campaign"}, "patron": {"order": "free"}},
        {"militia": {"line": "truce"}, "patron": {"order": "restrain", "support": "power"}},
    ]
    own = {"prime_minister": {"policing": "high", "stance": "confront"}}
    role = "prime_minister"
    hidden = next(n for n in NAMES if n not in outlooks.visible(role))
    known = [
        outlooks.knowledge(
            role,
            [Turn({**open_choices, **own, **each})] * 2,
            {role: {"dialogue": "ask"}},
            values_of(2, reported=17.0, **{hidden: k}),
        )
        for k, each in enumerate(secret)
    ]
    assert known[0] == known[1]

    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("an outlook looked at the world")

    monkeypatch.setattr(game, "realise", forbidden)
    monkeypatch.setattr(game, "structure_of", forbidden)
    first, second = (Outlooks().draw(k) for k in known)
    assert first == second
    assert set(first) == set(game.rules().roles[role].indicators)
    for one in first.values():
        assert one.low <= one.middle <= one.high


def test_outlooks_move_with_the_draft_with_promises_and_with_what_was_seen() -> None:
    """Catches an outlook of what was sent, or that forgets what a proposal supposes."""
    many = Outlooks()

    def nato(plan: game.Choices, **seen: float) -> outlooks.Worlds:
        known = outlooks.knowledge("nato", [Turn()], plan, values_of(1, **seen))
        return many.worlds(known)["nato"]

    grows, goes = nato({"nato": {}}), nato({"nato": {"size": "leave"}})
    assert goes.values.mean() < grows.values.mean() - 300
    alone = nato({"nato": {}, "us": {"posture": "leave"}})
    with_others = nato({"nato": {}, "us": {"posture": "reinforce"}})
    assert alone.values.mean() < with_others.values.mean() - 50
    shares = many.worlds(outlooks.knowledge("us", [], {}, values_of()))
    assert shares["authority"].range(50.0).high == 1.0
    assert shares["us_soldiers"].range(50.0).high > 1.0
    large = nato({"nato": {}}, nato=3000.0)
    assert large.present == 3000.0
    assert np.average(large.values, weights=large.weights) > grows.values.mean() + 1000
    quiet, busy = (
        many.worlds(outlooks.knowledge("nato", [Turn()], {}, values_of(1, reported=n)))["reported"]
        for n in (0.0, 60.0)
    )
    told = [float(np.average(w.values, weights=w.weights)) for w in (quiet, busy)]
    assert told[0] < told[1]


def test_outlooks_keep_enough_worlds() -> None:
    fit = -(np.linspace(0, 400, 192) ** 2)
    weights = outlooks.tempered(fit)
    assert weights.sum() == pytest.approx(1.0)
    assert 1.0 / (weights**2).sum() == pytest.approx(outlooks.LEAST_WORLDS, rel=0.01)
    assert (np.diff(weights) <= 0).all()
    assert outlooks.tempered(np.zeros(192)) == pytest.approx(np.full(192, 1 / 192))


# --- how often they hold ------------------------------------------------------------------------


def counted(games: int) -> dict[tuple[str, str], list[bool]]:
    """Return for each team and indicator whether ranges of random games held what came."""
    found: dict[tuple[str, str], list[bool]] = {}
    for cell, (worlds, came) in benchmark("outlooks").looked(range(500, 500 + games)):
        one = worlds.range(outlooks.widths()[cell[0]][cell[1]])
        if worlds.present is not None:
            assert one.low <= worlds.present <= one.high
        found.setdefault(cell, []).append(one.low <= came <= one.high)
    return found


def test_nine_of_ten_ranges_hold_what_comes_where_all_choose_at_random() -> None:
    """Catches ranges of worlds in which others do nothing, and those of the middle half."""
    found = counted(6)
    assert len(found) == 18
    assert sum(map(len, found.values())) == 6 * 18 * 7
    assert 0.84 <= np.mean([held for each in found.values() for held in each]) <= 0.95


@pytest.mark.long
def test_nine_of_ten_hold_by_team_and_by_indicator() -> None:
    """Catches a range that is too sure of one number and too unsure of another."""
    found = counted(64)
    assert all(len(each) >= 400 for each in found.values())
    assert {cell: round(float(np.mean(each)), 3) for cell, each in found.items()} == {
        cell: pytest.approx(0.90, abs=0.04) for cell in found
    }


def test_levels_and_counts_are_told_apart() -> None:
    assert {how for _, how in INDICATORS.values()} == {"sum", "last"}
    for role in ROLES:
        assert set(outlooks.widths()[role]) == set(game.rules().roles[role].indicators)
