"""The games' file: whole after any stop, its past never played anew, names really gone."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from drawdown.cli import main
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.exercise import game
from drawdown.exercise.room_views import Teller
from drawdown.exercise.rooms import RefusedError, Rooms, serving


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


@pytest.mark.long
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


def rows_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


CHANGED_PAST = (
    "UPDATE pasts SET past = CAST(substr(past, 1, 90) || x'00' || substr(past, 92) AS BLOB)"
)


@pytest.fixture(scope="module")
def game_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of one game with a seat, a choice, a session and a turn that was played."""
    rooms, code = played(tmp_path_factory.mktemp("game") / "games.sqlite", 0)
    rooms.choose(code, "us", 0, 0, "c", {"posture": "hold"})
    Teller(rooms).next_turn(code, 0, "n")
    rooms.enter(rooms.key)
    rooms.close()
    return rooms.path


@pytest.mark.parametrize("reading", [True, False], ids=["read", "written"])
def test_a_flipped_bit_is_named_or_without_effect(
    tmp_path: Path, game_file: Path, reading: bool
) -> None:
    """Catches a changed name, choice or stored past that is taken for what was written."""
    whole, content = rows_of(game_file), game_file.read_bytes()
    path, named = tmp_path / "changed.sqlite", 0
    rng = random.Random(7)
    # Much of the header, and of the rest what holds something.
    places = [*range(8 * 16, 8 * 100, 3)]
    places += [8 * at + rng.randrange(8) for at in range(100, len(content)) if content[at]][::500]
    for at in places:
        changed = bytearray(content)
        changed[at // 8] ^= 1 << at % 8
        path.write_bytes(changed)
        try:
            one = Rooms(path, reading)
        except InputError:
            named += 1
            continue
        assert list(one._db.iterdump()) == whole, at
        if not reading:
            one.make("and it goes on")
        one.close()
    assert named > 100


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            CHANGED_PAST,
            "row 1 of pas",
        ),
        ("UPDATE seats SET name = 'Zahra'", "row 1 of seats"),
        ("DELETE FROM seats", "row 1 of seats is gone"),
        ("INSERT INTO used VALUES ('ABCDEF', 'x')", "of used is not as it was written"),
        ("UPDATE digests SET digest = '' WHERE of = 'rooms'", "row 1 of rooms"),
        ("DELETE FROM digests WHERE of = 'choices'", "row 1 of choices"),
        ("DROP TABLE digests", "tables are not as they were made"),
        ("CREATE TRIGGER t AFTER INSERT ON seats BEGIN DELETE FROM used; END", "tables are not"),
    ],
)
def test_a_row_that_another_program_changed_is_named(
    tmp_path: Path, game_file: Path, change: str, said: str
) -> None:
    path = tmp_path / "games.sqlite"
    shutil.copy(game_file, path)
    Rooms(path).close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(change)
    for reading in (True, False):
        with pytest.raises(InputError, match=said):
            Rooms(path, reading)


def test_every_change_keeps_its_digest(tmp_path: Path) -> None:
    """Catches a way to write that leaves a row without its digest: the next start is refused."""
    rooms, code = played(tmp_path / "games.sqlite", 0)
    other = rooms.make("to be deleted").code
    rooms.join(other, "us", "Ali")
    token = rooms.join(code, "nato", "Ali") if rooms.room(code).doors else ""
    for k in range(2):
        rooms.choose(code, "us", 0, k, f"c{k}", {"posture": ("hold", "leave")[k]})
    rooms.tell(code, None, "news", "t")
    Teller(rooms).next_turn(code, 0, "n")
    Teller(rooms).next_turn(code, 1, "m")
    rooms.move(code, "revealed", ("deciding",), "r")
    for k in range(2):
        Teller(rooms).debrief(code, Language("en"))
        rooms.keep_debrief(code, rooms.room(code).seed, 2, "en", f"{k}")
    rooms.room_key(code)
    rooms.enter(rooms.new_key()[0])
    rooms.log_out(rooms.enter(rooms.key)[0])  # type: ignore[index]
    rooms.leave(code, token)
    rooms.forget_names(code, "f")
    code = rooms.renew(code, "w")
    rooms.delete(other)
    whole = list(rooms._db.iterdump())
    assert list(Rooms(rooms.path, reading=True)._db.iterdump()) == whole
    rooms.reset(code, "again")
    assert Rooms(rooms.path).room(code).phase == "waiting"
    with closing(sqlite3.connect(rooms.path)) as db:
        left = dict(db.execute("SELECT of, count(*) FROM digests GROUP BY of"))
    assert (left["rooms"], left.get("pasts"), left.get("seats")) == (1, None, None)


def test_a_file_of_the_format_before_has_all_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a move to the new tables that numbers seats anew, forgets one, or stops half way."""
    rooms, code = played(tmp_path / "games.sqlite", 0)
    rooms.set_doors(code, True, "d")
    for k in range(3):
        rooms.join(code, "nato", f"n{k}")
    rooms.free(code, rooms.members(code)["nato"][0][0], "f")
    Teller(rooms).next_turn(code, 0, "n")
    rooms.tell(code, "doubt", "", "t")
    seen = (rooms.key, rooms.snapshot(code), rooms.past(code))
    rooms.close()
    whole = rows_of(rooms.path)
    with closing(sqlite3.connect(rooms.path)) as db:
        db.executescript("DROP TABLE digests; PRAGMA user_version = 2;")
    old = rooms.path.read_bytes()
    read = Rooms(rooms.path, reading=True)
    assert (read.key, read.snapshot(code), read.past(code)) == seen
    assert rooms.path.read_bytes() == old

    def full(size: int) -> str:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("drawdown.exercise.rooms.secrets.token_urlsafe", full)
        with pytest.raises(InputError, match="disk is full"):
            Rooms(rooms.path)
    assert rooms.path.read_bytes() == old
    now = Rooms(rooms.path)
    assert (now.key, now.snapshot(code), now.past(code)) == seen
    now.close()
    assert sorted(rows_of(rooms.path)) == sorted(whole)
    rooms.path.write_bytes(old)
    with closing(sqlite3.connect(rooms.path)) as db, db:
        db.execute(CHANGED_PAST)
    with pytest.raises(InputError, match=f"the stored past of {code} was changed"):
        Rooms(rooms.path)


def test_looking_writes_nothing(tmp_path: Path) -> None:
    """Catches an opening that writes though nothing differs: a full disk locks the games in."""
    rooms, code = played(tmp_path / "games.sqlite", 0)
    Teller(rooms).next_turn(code, 0, "n")
    rooms.close()
    before = rooms.path.read_bytes()
    Rooms(rooms.path).close()
    assert rooms.path.read_bytes() == before
    one = Rooms(rooms.path, reading=True)
    Teller(one).export(code, Language("en"))
    one.make("in memory alone")
    assert rooms.path.read_bytes() == before
    rooms.path.chmod(0o400)
    tmp_path.chmod(0o500)
    try:
        assert Rooms(rooms.path, reading=True).key == rooms.key
    finally:
        tmp_path.chmod(0o700)


def test_a_file_is_compared_as_it_was_at_one_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches rows that a server changes between the two looks and that count as damaged."""
    rooms, code = played(tmp_path / "games.sqlite", 0)
    rooms._db.execute("PRAGMA busy_timeout=10")
    real, tried = Rooms._digests, []

    def meanwhile(self: Rooms) -> Iterator[tuple[str, int, str]]:
        with suppress(sqlite3.OperationalError):
            tried.append(1)
            rooms.set_doors(code, True, f"d{len(tried)}")
        return real(self)

    monkeypatch.setattr(Rooms, "_digests", meanwhile)
    for reading in (True, False):
        assert Rooms(rooms.path, reading).room(code).title == "a class"
    assert len(tried) == 2


def test_a_new_file_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a second program that makes the tables anew over the first one's games."""
    real, codes = Rooms._is_of_today, []

    def slow(self: Rooms) -> bool:
        found = real(self)
        if not codes:
            codes.append("")
            codes[0] = Rooms(tmp_path / "games.sqlite").make("first").code
        return found

    monkeypatch.setattr(Rooms, "_is_of_today", slow)
    rooms = Rooms(tmp_path / "games.sqlite")
    assert [r.code for r in rooms.all()] == codes
    assert Rooms(tmp_path / "games.sqlite").key == rooms.key


@pytest.fixture
def full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Rooms], None]:
    """Return what lets a file of games grow no more, and no journal begin, as on a full disk."""

    def fill(rooms: Rooms) -> None:
        (pages,) = rooms._db.execute("PRAGMA page_count").fetchone()
        rooms._db.execute(f"PRAGMA max_page_count={pages}")

    return fill


def test_a_turn_and_its_past_are_kept_both_or_neither(
    tmp_path: Path, full_disk: Callable[[Rooms], None]
) -> None:
    """Catches a turn that is committed though its past did not fit: "nothing was changed"."""
    rooms, code = played(tmp_path / "games.sqlite", 0)
    teller = Teller(rooms)
    teller.next_turn(code, 0, "first")
    told = teller.export(code, Language("en"))
    before = rows_of(rooms.path)
    full_disk(rooms)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        teller.next_turn(code, 1, "second")
    assert rows_of(rooms.path) == before
    # It is told as it stands, and the same turn can be tried again.
    assert teller.export(code, Language("en")) == told
    assert Teller(rooms).export(code, Language("en")) == told
    rooms._db.execute("PRAGMA max_page_count=1000000")
    rooms.choose(code, "us", 1, 0, "c", {"posture": "leave"})
    teller.next_turn(code, 1, "second")
    assert (rooms.past(code) or (0,))[0] == 2
    now = teller.export(code, Language("en"))
    assert now["turns"][0] == told["turns"][0]
    assert Teller(Rooms(rooms.path)).export(code, Language("en")) == now
    with closing(sqlite3.connect(rooms.path)) as db, db:
        db.execute("DELETE FROM pasts")
        db.execute("DELETE FROM digests WHERE of = 'pasts'")
    assert Teller(Rooms(rooms.path)).export(code, Language("en")) == now


def test_what_cannot_be_stored_is_told_all_the_same(
    tmp_path: Path, full_disk: Callable[[Rooms], None]
) -> None:
    """Catches a debrief, or a past that was never stored, that a full disk keeps from a class."""
    rooms, code = played(tmp_path / "games.sqlite", 1)
    rooms.move(code, "revealed", ("deciding",), "r")
    full_disk(rooms)
    assert len(Teller(rooms).export(code, Language("en"))["turns"]) == 1
    assert len(Teller(rooms).debrief(code, Language("en"))["timeline"]) == 1
    assert rooms.past(code) is None
    assert rooms.debrief(code, 1, "en") is None


@pytest.mark.long
@pytest.mark.parametrize("times", [1, 5])
def test_who_decides_while_a_turn_is_played_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Catches a past of other choices than those that the turn is kept with, and endless play."""
    rooms, code = played(tmp_path / "games.sqlite", 0)
    real, played_so_far, threads = game.realise, [], []

    def slow(*words: object, **more: object) -> game.Realised:
        played_so_far.append(1)
        if len(played_so_far) <= times:
            k = len(played_so_far) - 1
            sent = {"posture": ("hold", "leave")[k % 2]}
            one = threading.Thread(target=rooms.choose, args=(code, "us", 0, k, f"c{k}", sent))
            one.start()
            one.join(0.3)
            threads.append(one)
        return real(*words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(game, "realise", slow)
    monkeypatch.setattr(threading, "excepthook", lambda fault: None)
    teller = Teller(rooms)
    teller.next_turn(code, 0, "n")
    for one in threads:
        one.join()
    assert len(played_so_far) == min(times + 1, 3)
    heard = min(times, 2)
    (turn,) = rooms.snapshot(code).turns
    assert turn.chosen("us", "posture") == ("auto", "hold", "leave")[heard]
    kept_so = Teller(rooms).export(code, Language("en"))
    assert teller.export(code, Language("en")) == kept_so
    monkeypatch.setattr(game, "realise", real)
    with closing(sqlite3.connect(rooms.path)) as db, db:
        db.execute("DELETE FROM pasts")
        db.execute("DELETE FROM digests WHERE of = 'pasts'")
    assert Teller(Rooms(rooms.path)).export(code, Language("en")) == kept_so


def test_a_games_file_is_locked_by_whatever_name(tmp_path: Path) -> None:
    """Catches a second server that opens the same games by a symlink or a hard link."""
    rooms, code = played(tmp_path / "games.sqlite", 0)
    rooms.close()
    (tmp_path / "elsewhere").mkdir()
    by = [
        tmp_path / "elsewhere" / "soft.sqlite",
        tmp_path / "hard.sqlite",
        tmp_path / "l" / "games.sqlite",
    ]
    by[0].symlink_to(rooms.path)
    os.link(rooms.path, by[1])
    (tmp_path / "l").symlink_to(tmp_path)
    for mine in (rooms.path, *by):
        lock = serving(mine)
        for other in (rooms.path, *by):
            with pytest.raises(InputError, match="another server has"):
                serving(other)
            # Who only reads, or changes something at once, may all the same.
            assert [r.code for r in Rooms(other, reading=True).all()] == [code]
            rooms = Rooms(other)
            rooms.close()
        with pytest.raises(InputError, match="another server has"):
            serving(rooms.path)
        lock.drop()
    by[1].unlink()
    call("exercise", "move", str(tmp_path / "moved.sqlite"), "--file", str(by[0]))
    assert not (tmp_path / "games.sqlite").exists()
    assert code in call("exercise", "list", "--file", str(tmp_path / "moved.sqlite"))


@pytest.mark.parametrize("content", [None, b""])
def test_a_symlink_to_no_games_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """Catches games that are made in a file elsewhere because a symlink stands there."""
    target, link = tmp_path / "victim", tmp_path / "games.sqlite"
    if content is not None:
        target.write_bytes(content)
    link.symlink_to(target)
    for opens in (serving, Rooms):
        with pytest.raises(InputError, match="symlink to no games"):
            opens(link)
    assert (target.read_bytes() if target.exists() else None) == content


def test_a_full_disk_locks_no_games_in(tmp_path: Path) -> None:
    """Catches an opening, or a lock, that needs room: neither backup nor move got them out."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "none", disk]).returncode:
        pytest.skip("no disk of one's own here")
    try:
        rooms, code = played(disk / "games.sqlite", 0)
        Teller(rooms).next_turn(code, 0, "n")
        rooms.close()
        with (disk / "fill").open("wb", buffering=0) as file:
            while True:
                try:
                    file.write(b"x" * 512)
                except OSError:
                    break
    except BaseException:
        subprocess.run(["umount", "-l", disk])
        raise
    try:
        named, out = ("--file", str(disk / "games.sqlite")), str(tmp_path / "results")
        assert code in call("exercise", "list", *named)
        assert "1 rooms" in call("exercise", "backup", str(tmp_path / "b.sqlite"), *named)
        call("exercise", "export", code, "--out", out, *named)
        for words in (("key", "--new"), ("delete", code)):
            done = CliRunner().invoke(main, ["exercise", *words, *named])
            assert (done.exit_code, "nothing was changed" in done.stderr) == (2, True), done.output
        lock = serving(disk / "games.sqlite")
        assert Rooms(disk / "games.sqlite").room(code).turn == 1
        lock.drop()
        call("exercise", "move", str(tmp_path / "m.sqlite"), *named)
        assert rows_of(tmp_path / "m.sqlite") == rows_of(tmp_path / "b.sqlite")
        assert [p.name for p in disk.iterdir()] == ["fill"]
    finally:
        subprocess.run(["umount", "-l", disk])
