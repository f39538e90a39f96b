"""The debrief's slides: whose part is whose, odds, where this world lies, what may be read when."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drawdown.declared.language import Language
from drawdown.exercise import attribution, debrief, game
from drawdown.exercise.game import NAMES, Turn
from drawdown.exercise.room_views import Teller
from drawdown.exercise.rooms import SLIDES, RefusedError, Rooms

ENGLISH = Language("en")
PLAYED = [
    Turn({"us": {"posture": "leave"}, "militia": {"line": "campaign"}, "nato": {"size": "auto"}})
] * 2
ATTACKS = NAMES.index("attacks_foreign")


def made_of(turns: list[Turn]) -> float:
    """Return attacks that follow from choices alone: a campaign, a departure, and both at once."""
    campaign = float(any(t.chosen("militia", "line") == "campaign" for t in turns))
    leave = float(any(t.chosen("us", "posture") == "leave" for t in turns))
    return 10.0 + 30.0 * campaign - 6.0 * leave - 12.0 * campaign * leave


@pytest.fixture
def made_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let many worlds have what `made_of` says, and this world twice as much."""

    def many(turns: list[Turn], worlds: int) -> game.Lived:
        rows = np.zeros((len(turns), len(NAMES), 3 * worlds))
        rows[0, ATTACKS] = made_of(turns) + np.linspace(-1.0, 1.0, 3 * worlds)
        return game.Lived(rows, rows[0], np.zeros(3 * worlds))

    def one(seed: int, turns: list[Turn], *_: Any) -> np.ndarray:
        rows = np.zeros((len(turns), len(NAMES)))
        rows[0, ATTACKS] = 2.0 * made_of(turns)
        return rows

    monkeypatch.setattr(game, "live_many", many)
    monkeypatch.setattr(game, "replay", one)


@pytest.mark.usefixtures("made_by_hand")
def test_parts_are_shared_out_and_sum_to_the_whole() -> None:
    """Catches a part by one order alone, its sign turned, and the mean called this world."""
    parts = {(p.role, p.lever): p for p in attribution.shapley(1, PLAYED)}
    assert set(parts) == {("militia", "line"), ("us", "posture")}
    # What both do together is shared in halves.
    assert parts["militia", "line"].mean == pytest.approx(30.0 - 6.0)
    assert parts["us", "posture"].mean == pytest.approx(-6.0 - 6.0)
    assert parts["militia", "line"].here == pytest.approx(2 * 24.0)
    assert sum(p.mean for p in parts.values()) == pytest.approx(made_of(PLAYED) - made_of([Turn()]))
    assert [p.role for p in attribution.shapley(1, PLAYED)] == ["militia", "us"]
    assert attribution.shapley(1, [Turn()] * 3) == []


def test_a_lever_is_taken_out_of_all_turns_and_news_stays() -> None:
    turns = [Turn(PLAYED[0].choices, ("doubt",)), PLAYED[1]]
    kept = attribution.only(turns, frozenset({("us", "posture")}))
    assert [t.chosen("us", "posture") for t in kept] == ["leave"] * 2
    assert [t.chosen("militia", "line") for t in kept] == ["auto"] * 2
    assert kept[0].injects == ("doubt",)
    assert attribution.players(turns) == [("us", "posture"), ("militia", "line")]


def test_odds_are_of_the_game_and_of_the_team_on_automatic() -> None:
    """Catches the two exchanged, and a goal of another team."""
    turns = [Turn({"parliament": {"vote": "call"}, "us": {"doctrine": "robust"}})] * 7
    world = game.realise(3, turns)
    found = debrief._goals(turns, world, game.live_many(turns, debrief.WORLDS), ENGLISH)
    assert len(found) == 18
    votes = next(g for g in found if g["team"] == "militia" and not g["end"])
    assert votes["shares"][0] > 0.9
    # The militia chose nothing: with it on automatic the game is the same.
    assert votes["shares"][0] == votes["shares"][1]
    strikes = next(g for g in found if g["team"] == "patron" and "strike" in g["goal"])
    assert strikes["shares"][0] < 0.3
    own = [g for g in found if g["team"] == "us"]
    assert any(g["shares"][0] != g["shares"][1] for g in own)
    pressure = next(g for g in own if "pressure" in g["goal"])
    # Robust strikes raise the pressure that Washington wants to fall.
    assert pressure["shares"][0] < pressure["shares"][1]
    assert (pressure["start"], pressure["end"]) == tuple(
        ENGLISH.number(v, 2)
        for v in (
            world.start[NAMES.index("pressure")],
            game.indicators(world.daily(6))[NAMES.index("pressure")],
        )
    )


def test_this_world_is_placed_among_those_under_the_same_choices() -> None:
    """Catches more called fewer, and a fan whose ends are exchanged."""
    rows = np.zeros((2, len(NAMES), 100))
    rows[:, ATTACKS] = np.arange(100.0)
    lived = game.Lived(rows, rows[0], np.zeros(100))
    played = np.zeros((2, len(NAMES)))
    played[:, ATTACKS] = 80.0
    attacks = debrief._among_others(played, lived, ENGLISH)[0]
    assert attacks["below"] == "80"
    assert attacks["value"] == "160"
    assert attacks["fan"][0] == sorted(attacks["fan"][0])
    assert len(attacks["fan"]) == len(attacks["own"]) == 2


def test_another_motive_is_lived_from_the_first_turn_on() -> None:
    """Catches a reading that is named and not played."""
    turns = [Turn()] * 7
    motives = {m: game.replay(4, turns, None, m)[:, ATTACKS].sum() for m in game.MOTIVES}
    assert len(set(motives.values())) > 1


@pytest.fixture
def room(tmp_path: Path) -> tuple[Rooms, str]:
    rooms = Rooms(tmp_path / "rooms.sqlite")
    code = rooms.make("a class").code
    rooms.move(code, "deciding", ("waiting",), "start")
    rooms.next_turn(code, 0, "n")
    return rooms, code


def test_a_slide_is_guessed_at_before_it_is_opened(room: tuple[Rooms, str]) -> None:
    """Catches a guess after the fact, slides out of order, and another team's guess read."""
    rooms, code = room
    with pytest.raises(RefusedError):
        rooms.guess(code, "us", 1, "early", "x")
    rooms.move(code, "revealed", ("deciding",), "reveal")
    rooms.guess(code, "us", 1, "g1", "we won")
    with pytest.raises(RefusedError):
        rooms.guess(code, "us", 2, "g2", "too soon")
    with pytest.raises(RefusedError):
        rooms.open_slide(code, 2, "s2")
    rooms.open_slide(code, 1, "s1")
    with pytest.raises(RefusedError) as raised:
        rooms.guess(code, "nato", 1, "late", "I knew")
    assert raised.value.why == "slide_open"
    teller = Teller(rooms)
    assert teller.team(code, "us", ENGLISH)["guesses"] == {1: "we won"}
    assert teller.team(code, "nato", ENGLISH)["guesses"] == {}
    assert [g["text"] for g in teller.control(code, ENGLISH)["guesses"]] == ["we won"]
    assert "guesses" not in teller.board(code, ENGLISH)
    for slide in range(2, SLIDES + 1):
        rooms.open_slide(code, slide, f"s{slide}")
    with pytest.raises(RefusedError):
        rooms.open_slide(code, SLIDES + 1, "no more")
    assert rooms.room(code).slide == SLIDES
