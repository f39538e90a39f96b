"""Rooms: every change is whole, once and in order; a killed server loses nothing."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.exercise import game
from drawdown.exercise.room_views import Teller, export_rows
from drawdown.exercise.rooms import RefusedError, Rooms


@pytest.fixture
def code(rooms: Rooms) -> str:
    made = rooms.make("a class")
    rooms.move(made.code, "deciding", ("waiting",), "start")
    rooms.set_doors(made.code, True, "doors")
    return made.code


def test_a_choice_is_kept_and_its_version_grows(rooms: Rooms, code: str) -> None:
    assert rooms.choose(code, "us", 0, 0, "a", {"posture": "hold"}) == 1
    assert rooms.choose(code, "us", 0, 1, "b", {"posture": "leave"}) == 2
    choices, version = rooms.choice(code, 0, "us")
    assert (choices["posture"], choices["talks"], version) == ("leave", "auto", 2)
    assert list(rooms.snapshot(code).versions) == ["us"]


def test_two_of_a_team_do_not_overwrite_each_other(rooms: Rooms, code: str) -> None:
    rooms.choose(code, "us", 0, 0, "a", {"posture": "hold"})
    with pytest.raises(RefusedError) as raised:
        rooms.choose(code, "us", 0, 0, "b", {"posture": "leave"})
    assert raised.value.status == 409
    assert rooms.choice(code, 0, "us")[0]["posture"] == "hold"


def test_a_replayed_request_does_nothing(rooms: Rooms, code: str) -> None:
    rooms.choose(code, "us", 0, 0, "a", {"posture": "hold"})
    with pytest.raises(RefusedError):
        rooms.choose(code, "us", 0, 1, "a", {"posture": "leave"})
    rooms.next_turn(code, 0, "n")
    with pytest.raises(RefusedError):
        rooms.next_turn(code, 1, "n")
    assert rooms.room(code).turn == 1


def test_a_turn_ends_once(rooms: Rooms, code: str) -> None:
    rooms.next_turn(code, 0, "a")
    with pytest.raises(RefusedError) as raised:
        rooms.next_turn(code, 0, "b")
    assert raised.value.status == 409
    with pytest.raises(RefusedError):
        rooms.choose(code, "us", 0, 0, "c", {})
    assert rooms.room(code).turn == 1


def test_a_refused_change_leaves_nothing_behind(rooms: Rooms, code: str) -> None:
    before = rooms.room(code)
    with pytest.raises(RefusedError):
        rooms.choose(code, "us", 3, 0, "x", {})
    with pytest.raises(InputError):
        rooms.choose(code, "us", 0, 0, "y", {"posture": "fly"})
    assert rooms.room(code) == before
    assert rooms.choose(code, "us", 0, 0, "x", {}) == 1


def test_everything_is_there_after_reopening(rooms: Rooms, code: str) -> None:
    token = rooms.join(code, "nato", "Ali")
    rooms.choose(code, "nato", 0, 0, "a", {"size": "middle"})
    rooms.tell(code, "doubt", "", "b")
    rooms.next_turn(code, 0, "c")
    key = rooms.key
    again = Rooms(rooms.path)
    assert again.key == key
    assert again.seat(code, token).role == "nato"
    assert again.snapshot(code).turns == rooms.snapshot(code).turns
    assert again.snapshot(code).turns[0].injects == ("doubt",)
    assert again._rows("PRAGMA journal_mode") == [("delete",)]


def test_a_whole_game_ends_and_is_exported(rooms: Rooms, code: str) -> None:
    for turn in range(7):
        rooms.choose(code, "militia", turn, 0, f"m{turn}", {"line": "politics"})
        rooms.next_turn(code, turn, f"n{turn}")
    assert rooms.room(code).phase == "ended"
    with pytest.raises(RefusedError):
        rooms.next_turn(code, 7, "n7")
    teller = Teller(rooms)
    with pytest.raises(RefusedError) as raised:
        teller.debrief(code, Language())
    assert raised.value.status == 403
    rooms.move(code, "revealed", ("ended",), "r")
    assert len(teller.debrief(code, Language())["timeline"]) == 7
    found = teller.export(code, Language())
    assert len(found["turns"]) == 7
    assert found["turns"][3]["choices"]["militia"]["line"] == "politics"
    rows = export_rows(found)
    assert len({len(row) for row in rows}) == 1
    assert ["4", "2022-06-27", "2022-10-16", "choice", "militia", "line", "politics"] in rows
    json.dumps(found)


def test_names_can_be_deleted(rooms: Rooms, code: str) -> None:
    token = rooms.join(code, "us", "Zainab")
    rooms.join(code, "us", "Omar")
    rooms.leave(code, token)
    assert [name for _, name in rooms.members(code)["us"]] == ["Omar"]
    rooms.forget_names(code, "f")
    assert [name for _, name in rooms.members(code)["us"]] == [""]
    with closing(sqlite3.connect(rooms.path)) as db:
        raw = db.execute("SELECT name FROM seats").fetchall()
    assert raw == [("",)]
    rooms.delete(code)
    with pytest.raises(RefusedError):
        rooms.room(code)


def test_a_team_holds_five_and_tokens_are_kept_hidden(rooms: Rooms, code: str) -> None:
    tokens = [rooms.join(code, "us", f"n{k}") for k in range(5)]
    with pytest.raises(RefusedError):
        rooms.join(code, "us", "n6")
    with closing(sqlite3.connect(rooms.path)) as db:
        text = "\n".join(db.iterdump())
    assert not any(token in text for token in tokens)
    with pytest.raises(RefusedError):
        rooms.seat(code, "forged")
    other = rooms.make("other").code
    with pytest.raises(RefusedError):
        rooms.seat(other, tokens[0])


def test_a_reset_brings_another_world(rooms: Rooms, code: str) -> None:
    before = rooms.room(code).seed
    rooms.choose(code, "us", 0, 0, "a", {})
    rooms.next_turn(code, 0, "b")
    rooms.reset(code, "c")
    room = rooms.room(code)
    assert (room.turn, room.phase) == (0, "waiting")
    assert room.seed != before
    assert rooms.choice(code, 0, "us") == ({}, 0)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, and long enough to be read as one " * 20)
    with pytest.raises(InputError):
        Rooms(path)


def test_teams_are_told_what_is_theirs_and_no_more(rooms: Rooms, code: str) -> None:
    rooms.choose(code, "patron", 0, 0, "a", {"order": "restrain"})
    rooms.choose(code, "militia", 0, 0, "b", {"line": "campaign"})
    rooms.next_turn(code, 0, "c")
    rooms.choose(code, "patron", 1, 0, "d", {"support": "power"})
    teller = Teller(rooms)
    seed = rooms.room(code).seed
    for role in game.rules().roles:
        told = teller.team(code, role, Language())
        # What another team may do at all is no secret.
        text = json.dumps({k: v for k, v in told.items() if k != "others"})
        assert str(seed) not in text
        assert '"structure"' not in text
        assert ("quiet" in told) == (role == "patron")
        assert ("attributed" in told) == (role == "us")
        if role != "patron":
            assert "orders restraint" not in text
            assert '"restrain"' not in text
        assert bool(told["choices"]) == (role in ("patron", "militia"))
        if role != "militia":
            assert '"campaign"' not in text or role == "parliament"


def test_fuzz_inputs_are_shut_once_the_game_has_begun(rooms: Rooms) -> None:
    code = rooms.make("a class").code
    token = rooms.join(code, "us", "Ali")
    with pytest.raises(RefusedError, match="seat already"):
        rooms.join(code, "militia", "Ali", token)
    rooms.move(code, "deciding", ("waiting",), "s")
    with pytest.raises(RefusedError, match="closed"):
        rooms.join(code, "militia", "Omar")
    rooms.set_doors(code, True, "o")
    rooms.join(code, "militia", "Omar")
    ((seat, _),) = rooms.members(code)["us"]
    rooms.free(code, seat, "f")
    with pytest.raises(RefusedError):
        rooms.seat(code, token)
    assert rooms.members(code)["us"] == []


def test_looking_before_the_first_turn_changes_nothing(rooms: Rooms, code: str) -> None:
    """A page that was open before anything was played must not fix the first turn."""
    early = Teller(rooms)
    early.team(code, "nato", Language())
    early.board(code, Language())
    early.export(code, Language())
    rooms.choose(code, "us", 0, 0, "a", {"posture": "leave", "doctrine": "robust"})
    rooms.choose(code, "militia", 0, 0, "b", {"line": "campaign"})
    early.team(code, "militia", Language())
    rooms.next_turn(code, 0, "c")
    late = Teller(rooms)
    assert early.export(code, Language()) == late.export(code, Language())
    assert early.team(code, "us", Language()) == late.team(code, "us", Language())


def test_an_old_snapshot_is_told_as_it_was(rooms: Rooms, code: str) -> None:
    teller = Teller(rooms)
    rooms.next_turn(code, 0, "a")
    before = rooms.snapshot(code)
    told = teller._team(before, "us", Language())
    rooms.next_turn(code, 1, "b")
    rooms.choose(code, "us", 2, 0, "c", {"posture": "hold"})
    now = teller.team(code, "us", Language())
    world = teller.realised(rooms.snapshot(code))
    assert (now["turn"], len(world.ends)) == (2, 2)
    assert teller.realised(before) is world
    assert teller._team(before, "us", Language()) == told


def test_the_patron_does_not_read_the_militias_truce(rooms: Rooms, code: str) -> None:
    rooms.choose(code, "militia", 0, 0, "a", {"line": "truce"})
    rooms.choose(code, "patron", 0, 0, "b", {"order": "free"})
    # In this room no order stands when the game begins, and the patron's is not refused.
    with rooms._change() as db:
        db.execute("UPDATE rooms SET seed = 4 WHERE code = ?", (code,))
    rooms.next_turn(code, 0, "c")
    assert Teller(rooms).team(code, "patron", Language())["quiet"] == 0
    rooms.choose(code, "patron", 1, 0, "d", {"order": "restrain"})
    rooms.next_turn(code, 1, "e")
    first, last = game.days_of(1)
    told = Teller(rooms).team(code, "patron", Language())
    assert told["quiet"] == (last - first).days + 1


def test_public_news_is_in_the_outlook(rooms: Rooms, code: str) -> None:
    teller = Teller(rooms)
    before = teller.team(code, "nato", Language())["indicators"][0]
    rooms.tell(code, "suspension", "", "n")
    after = teller.team(code, "nato", Language())["indicators"][0]
    assert after["high"] != before["high"]
