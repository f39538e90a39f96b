"""The games' file: whole after any stop, its past never played anew, names really gone."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from drawdown.cli import main
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.exercise import game
from drawdown.exercise.rooms import RefusedError, Rooms, serving
from drawdown.exercise.told import Teller


def call(*words: str) -> str:
    done = CliRunner().invoke(main, list(words))
    assert done.exit_code == 0, done.output
    return done.output


def played(path: Path, turns: int = 2) -> tuple[Rooms, str]:
    rooms = Rooms(path)
    code = rooms.make("a class").code
    rooms.join(code, "us", "Zahra-al-unmistakable")
    rooms.move(code, "deciding", ("waiting",), "s")
    for k in range(turns):
        rooms.next_turn(code, k, f"n{k}")
    return rooms, code


def test_the_file_alone_is_whole_while_rooms_are_open(tmp_path: Path) -> None:
    """Catches a journal beside the file that a copy on a stick leaves behind."""
    rooms, code = played(tmp_path / "games.sqlite")
    shutil.copy(rooms.path, tmp_path / "copy.sqlite")
    copy = Rooms(tmp_path / "copy.sqlite")
    assert [r.code for r in copy.all()] == [code]
    assert copy.room(code).turn == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_file_alone_is_whole_after_a_stop(tmp_path: Path, number: int) -> None:
    path = tmp_path / "games.sqlite"
    program = (
        "import sys, time; from pathlib import Path; from drawdown.exercise.rooms import Rooms\n"
        "rooms = Rooms(Path(sys.argv[1])); made = rooms.make('a class')\n"
        "rooms.join(made.code, 'us', 'Ali'); print(made.code, flush=True); time.sleep(60)"
    )
    one = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert one.stdout is not None
    code = one.stdout.readline().strip()
    one.send_signal(number)
    one.wait()
    one.stdout.close()
    shutil.copy(path, tmp_path / "copy.sqlite")
    assert [n for _, n in Rooms(tmp_path / "copy.sqlite").members(code)["us"]] == ["Ali"]


def test_deleted_names_are_not_on_the_disk(tmp_path: Path) -> None:
    rooms, code = played(tmp_path / "games.sqlite")

    def on_disk() -> int:
        return sum(
            p.read_bytes().count(b"Zahra-al-unmistakable")
            for p in tmp_path.iterdir()
            if p.is_file()
        )

    assert on_disk() >= 1
    rooms.forget_names(code, "f")
    assert on_disk() == 0
    rooms.join(code, "nato", "Zahra-al-unmistakable") if rooms.room(code).doors else None
    rooms.delete(code)
    assert on_disk() == 0


def test_a_past_is_told_as_it_was_played_whatever_the_model_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a game whose past another model plays anew, and a room that does not say so."""
    english = Language("en")
    rooms, code = played(tmp_path / "games.sqlite")
    rooms.move(code, "revealed", ("deciding",), "r")
    before = Teller(rooms).export(code, english)
    assert before["model"] == game.model()
    debriefed = Teller(rooms).debrief(code, english)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("played anew")

    monkeypatch.setattr(game, "model", lambda: "another")
    monkeypatch.setattr(game, "realise", never)
    later = Teller(Rooms(rooms.path))
    assert later.export(code, english) == before
    assert later.debrief(code, english) == debriefed
    assert any(item.get("kind") == "notice" for item in later.board(code, english)["news"])
    with pytest.raises(RefusedError) as refused:
        later.debrief(code, Language("ar"))
    assert refused.value.why == "model_moved_debrief"


def test_a_room_does_not_go_on_by_another_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms, code = played(tmp_path / "games.sqlite")
    Teller(rooms).next_turn(code, 2, "n2")
    monkeypatch.setattr(game, "model", lambda: "another")
    with pytest.raises(RefusedError) as refused:
        rooms.next_turn(code, 3, "x")
    assert refused.value.why == "model_moved"
    with pytest.raises(RefusedError) as refused:
        Teller(rooms).next_turn(code, 3, "x")
    assert refused.value.why == "model_moved"
    assert rooms.room(code).turn == 3
    rooms.reset(code, "again")
    rooms.move(code, "deciding", ("waiting",), "s2")
    rooms.next_turn(code, 0, "y")
    assert rooms.room(code).turn == 1


def test_what_is_kept_is_what_goes_on(tmp_path: Path) -> None:
    """Catches a past that differs from the live world, and a damaged one that is believed."""
    rooms, code = played(tmp_path / "games.sqlite")
    live = Teller(rooms)
    first = live.export(code, Language("en"))
    assert Teller(rooms).export(code, Language("en")) == first
    rooms.next_turn(code, 2, "third")
    assert live.export(code, Language("en")) == Teller(rooms).export(code, Language("en"))
    turns, model, past = rooms.past(code) or (0, "", b"")
    assert (turns, model) == (3, game.model())
    rooms._db.execute("UPDATE pasts SET past = ?", (past[:-40] + b"x" + past[-39:],))
    assert Teller(rooms).export(code, Language("en"))["turns"][:2] == first["turns"]


def test_files_of_other_versions_are_migrated_or_refused(tmp_path: Path) -> None:
    old = tmp_path / "old.sqlite"
    with sqlite3.connect(old) as db:
        db.executescript(
            "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
            "CREATE TABLE rooms (code TEXT PRIMARY KEY, title TEXT NOT NULL, seed INTEGER NOT NULL,"
            " turn INTEGER NOT NULL, phase TEXT NOT NULL, revision INTEGER NOT NULL, made TEXT NOT"
            " NULL, doors INTEGER NOT NULL);"
            "CREATE TABLE seats (token TEXT PRIMARY KEY, room TEXT NOT NULL REFERENCES rooms ON"
            " DELETE CASCADE, role TEXT NOT NULL, name TEXT NOT NULL, joined TEXT NOT NULL);"
            "INSERT INTO rooms VALUES ('ABCDEF', 'old', 5, 0, 'waiting', 1, '2026', 1);"
        )
    db.close()
    assert Rooms(old).room("ABCDEF").title == "old"
    assert Rooms(old).make("new").title == "new"
    for change, said in (
        ("PRAGMA user_version = 99", "later version"),
        ("ALTER TABLE seats ADD COLUMN more TEXT", "its table seats has the columns"),
        ("ALTER TABLE news DROP COLUMN text", "its table news has the columns"),
    ):
        path = tmp_path / "changed.sqlite"
        path.unlink(missing_ok=True)
        Rooms(path).close()
        with closing(sqlite3.connect(path)) as db:
            db.execute(change)
        with pytest.raises(InputError, match=said):
            Rooms(path)
    stranger = tmp_path / "stranger.sqlite"
    with sqlite3.connect(stranger) as db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")
    db.close()
    with pytest.raises(InputError, match="no file of games"):
        Rooms(stranger)


def test_an_unreadable_turn_is_a_sentence_and_the_room_can_go(tmp_path: Path) -> None:
    rooms, code = played(tmp_path / "games.sqlite")
    for text in ('{"posture": "teleport"}', "not json", '{"lever": 1}', "[]"):
        rooms._db.execute(
            "INSERT OR REPLACE INTO choices VALUES (?, 0, 'us', ?, 1, '')", (code, text)
        )
        with pytest.raises(RefusedError) as refused:
            Teller(rooms).control(code, Language("en"))
        assert refused.value.why == "unreadable", text
    assert [r.code for r in rooms.all()] == [code]
    rooms.delete(code)
    assert rooms.all() == []


def test_a_second_server_is_refused_and_a_dead_one_is_not_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "games.sqlite"
    lock = serving(path)
    with pytest.raises(InputError, match="another server has"):
        serving(path)
    lock.drop()
    program = (
        "import sys, time; from pathlib import Path; from drawdown.exercise.rooms import serving\n"
        "lock = serving(Path(sys.argv[1])); print('has it', flush=True); time.sleep(60)"
    )
    one = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE)
    assert one.stdout is not None
    one.stdout.readline()
    with pytest.raises(InputError, match="another server has"):
        serving(path)
    os.kill(one.pid, signal.SIGKILL)
    one.wait()
    one.stdout.close()
    serving(path).drop()
    assert [p.name for p in tmp_path.iterdir()] == ["games.sqlite"]


def test_backup_and_move(tmp_path: Path) -> None:
    rooms, code = played(tmp_path / "games.sqlite")
    there, here = str(tmp_path / "copy.sqlite"), str(rooms.path)
    assert "1 rooms" in call("exercise", "backup", there, "--file", here)
    assert code in call("exercise", "list", "--file", there)
    again = CliRunner().invoke(main, ["exercise", "backup", there, "--file", here])
    assert (again.exit_code, "there already" in again.output) == (2, True)
    rooms.close()
    lock = serving(rooms.path)
    held = CliRunner().invoke(
        main, ["exercise", "move", str(tmp_path / "m.sqlite"), "--file", here]
    )
    assert (held.exit_code, (tmp_path / "m.sqlite").exists()) == (2, False)
    lock.drop()
    call("exercise", "move", str(tmp_path / "m.sqlite"), "--file", here)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy.sqlite", "m.sqlite"]
    old = call("exercise", "key", "--file", there).strip()
    assert call("exercise", "key", "--new", "--file", there).strip() != old
    call("exercise", "delete", code, "--file", there)
    assert code not in call("exercise", "list", "--file", there)
