"""What goes wrong in a room: a turn ended too early, late comers, two of one name, a clock."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from drawdown.declared.language import Language
from drawdown.exercise import game
from drawdown.exercise import rooms as rooms_module
from drawdown.exercise.room_views import Teller
from drawdown.exercise.rooms import RefusedError, Rooms

ENGLISH = Language("en")


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let so many seconds go by."""
    now = [1_000_000.0]
    monkeypatch.setattr(rooms_module.time, "time", lambda: now[0])

    def on(seconds: int) -> None:
        now[0] += seconds

    return on


def end(teller: Teller, code: str, turn: int, once: str) -> None:
    teller.next_turn(code, turn, once)


# --- one step back ------------------------------------------------------------------------------


def test_a_turn_taken_back_is_decided_anew_from_the_same_choices(rooms: Rooms, code: str) -> None:
    """Catches choices lost, a later turn's news left, and a world that is already played on."""
    teller = Teller(rooms)
    rooms.choose(code, "militia", 0, 0, "m0", {"line": "campaign"})
    end(teller, code, 0, "n0")
    first = teller.team(code, "militia", ENGLISH)
    rooms.choose(code, "us", 1, 0, "u1", {"posture": "hold"})
    rooms.tell(code, "election", "", "news of the turn")
    end(teller, code, 1, "n1")
    rooms.choose(code, "us", 2, 0, "u2", {"posture": "leave"})
    rooms.tell(code, None, "later news", "later")
    rooms.propose(code, "us", 2, "p", "militia", "later words", {}, {})
    teller.back(code, "back")
    now = rooms.snapshot(code)
    assert (now.room.turn, now.room.phase, now.room.again) == (1, "deciding", 2)
    assert now.now.chosen("us", "posture") == "hold"
    assert now.now.chosen("militia", "line") == "campaign"
    assert set(now.versions) == {"us"}
    assert now.now.injects == ("election",)
    told = json.dumps(teller.board(code, ENGLISH))
    assert "later news" not in told
    assert now.proposals == ()
    assert "This turn was taken back" in told
    again = teller.team(code, "militia", ENGLISH)
    assert again["indicators"][0]["value"] == first["indicators"][0]["value"]
    rooms.choose(code, "militia", 1, 0, "m1", {"line": "truce"})
    end(teller, code, 1, "n1 again")
    fresh = game.realise(now.room.seed, rooms.snapshot(code).turns)
    played = teller.realised(rooms.snapshot(code))
    assert (played.daily(1) == fresh.daily(1)).all()
    assert "was taken back" not in json.dumps(teller.board(code, ENGLISH)["news"])
    assert (
        Teller(Rooms(rooms.path)).board(code, ENGLISH)["indicators"]
        == (teller.board(code, ENGLISH)["indicators"])
    )


def test_the_last_turn_can_be_taken_back_and_a_reveal_cannot(rooms: Rooms, code: str) -> None:
    teller = Teller(rooms)
    with pytest.raises(RefusedError):
        teller.back(code, "none")
    for turn in range(len(game.rules().turns)):
        end(teller, code, turn, f"n{turn}")
    rooms.write(code, "us", 0, "w", "a text")
    teller.back(code, "b")
    now = rooms.snapshot(code)
    assert (now.room.turn, now.room.phase, now.communique.text) == (6, "deciding", "")
    rooms.move(code, "revealed", ("deciding",), "reveal")
    with pytest.raises(RefusedError):
        teller.back(code, "too late")


# --- the clock ----------------------------------------------------------------------------------


def left(rooms: Rooms, code: str) -> int:
    return rooms.left(rooms.room(code))


def test_a_clock_runs_stands_and_gets_more(
    rooms: Rooms, code: str, wait: Callable[[int], None]
) -> None:
    """Catches a clock that runs through a pause, and a minute more that begins it anew."""
    assert left(rooms, code) == 0
    rooms.set_clock(code, 240, False, "a")
    wait(60)
    assert left(rooms, code) == 180
    rooms.move(code, "paused", ("deciding",), "p")
    wait(1000)
    assert left(rooms, code) == 180
    rooms.move(code, "deciding", ("paused",), "r")
    wait(30)
    assert left(rooms, code) == 150
    rooms.set_clock(code, 60, True, "b")
    assert left(rooms, code) == 210
    wait(500)
    assert left(rooms, code) == 0
    assert Teller(rooms).board(code, ENGLISH)["clock"] == {"left": 0, "runs": True}
    rooms.next_turn(code, 0, "n")
    assert Teller(rooms).board(code, ENGLISH)["clock"] == {"left": 0, "runs": False}
    with pytest.raises(RefusedError) as raised:
        rooms.set_clock(code, 10**6, False, "c")
    assert raised.value.why == "long_clock"


def test_a_clock_goes_on_while_nothing_changes(
    rooms: Rooms, code: str, wait: Callable[[int], None]
) -> None:
    """Catches a clock that is told from a view that is remembered."""
    teller = Teller(rooms)
    rooms.set_clock(code, 100, False, "a")
    views: tuple[Callable[[], Any], ...] = (
        lambda: teller.team(code, "us", ENGLISH),
        lambda: teller.board(code, ENGLISH),
        lambda: teller.control(code, ENGLISH),
    )
    assert [view()["clock"]["left"] for view in views] == [100] * 3
    wait(40)
    assert [view()["clock"]["left"] for view in views] == [60] * 3


# --- who is there -------------------------------------------------------------------------------


def test_two_of_one_name_are_told_apart(rooms: Rooms) -> None:
    """Catches four that are all called Ali, in one team or in several."""
    code = rooms.make("a class").code
    for role in ("us", "us", "nato", "patron"):
        rooms.join(code, role, "Ali")
    names = [name for seats in rooms.members(code).values() for _, name in seats]
    assert sorted(names) == ["Ali", "Ali 2", "Ali 3", "Ali 4"]


def test_rooms_are_listed_as_they_stand(rooms: Rooms, code: str) -> None:
    rooms.make("another")
    rooms.join(rooms.make("third").code, "us", "Ali")
    rooms.choose(code, "us", 0, 0, "u", {"posture": "hold"})
    found = {r["title"]: r for r in Teller(rooms).all()}
    assert found["a class"]["decided"] == 1
    assert found["a class"]["phase"] == "deciding"
    assert found["another"]["decided"] == found["another"]["seats"] == 0
    assert found["third"]["seats"] == 1
