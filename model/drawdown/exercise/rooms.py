"""Rooms: who sits where, what was decided, in one SQLite file that a killed server finds whole.

Every change is one transaction. A choice names the turn and the version it rests on, and
carries a number that is used once, so that nothing is lost, doubled or replayed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sqlite3
import threading
import unicodedata
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drawdown.declared.errors import InputError, unknown
from drawdown.declared.language import Language
from drawdown.declared.parameters import Text
from drawdown.declared.place import results_folder
from drawdown.exercise import game
from drawdown.exercise.game import Turn

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters of a room's code: none that look alike."""

CODE_LENGTH = 6
MOST_ROOMS = 60
MOST_IN_TEAM = 5
LONGEST_NAME = 40
LONGEST_NEWS = 500
MOST_NEWS = 40
PHASES = ("waiting", "deciding", "paused", "ended", "revealed")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rooms (
    code TEXT PRIMARY KEY, title TEXT NOT NULL, seed INTEGER NOT NULL, turn INTEGER NOT NULL,
    phase TEXT NOT NULL, revision INTEGER NOT NULL, made TEXT NOT NULL, doors INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS seats (
    token TEXT PRIMARY KEY, room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE,
    role TEXT NOT NULL, name TEXT NOT NULL, joined TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS choices (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, turn INTEGER NOT NULL,
    role TEXT NOT NULL, choices TEXT NOT NULL, version INTEGER NOT NULL, sent TEXT NOT NULL,
    PRIMARY KEY (room, turn, role)
);
CREATE TABLE IF NOT EXISTS news (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, turn INTEGER NOT NULL,
    inject TEXT, text TEXT NOT NULL, sent TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS used (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, once TEXT NOT NULL,
    PRIMARY KEY (room, once)
);
"""


def rooms_file() -> Path:
    """Return where games are kept unless another file is named: in the folder of results."""
    return results_folder() / "exercise.sqlite"


_DIGITS = {ord(c): str(i % 10) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}


def as_code(text: str) -> str:
    """Return a room's code as it was meant: with any digits, in any case, with spaces or dashes."""
    plain = unicodedata.normalize("NFKC", text).translate(_DIGITS)
    return "".join(c for c in plain.upper() if c.isalnum())


class RefusedError(Exception):
    """A request that this caller may not make now.

    Attributes:
        status: 400 where it makes no sense, 403 where the caller may not, 404 where there is
            nothing, 409 where it is too late or was done already, 429 where it is too much.
        why: The reason, a word of the group ``refused``.
        values: What fills the reason's blanks.
    """

    def __init__(self, status: int, why: str, **values: Any) -> None:
        self.status = status
        self.why = why
        self.values = values
        super().__init__(self.told(Language("en")))

    def told(self, language: Language) -> str:
        """Return the reason in a language."""
        values = {
            k: v.in_language(language.code) if isinstance(v, Text) else v
            for k, v in self.values.items()
        }
        return language.word("refused", self.why, **values)


@dataclass(frozen=True)
class Room:
    """A room as it stands.

    Attributes:
        code: Its code.
        title: What the facilitator calls it.
        seed: The game's seed, hidden from teams.
        turn: Number of the turn being decided, from 0; as many were played.
        phase: One of `PHASES`.
        revision: Grows with every change.
        doors: Whether seats may be taken.
    """

    code: str
    title: str
    seed: int
    turn: int
    phase: str
    revision: int
    doors: bool


@dataclass(frozen=True)
class Snapshot:
    """A room with all that was decided, at one moment.

    Attributes:
        room: The room.
        turns: The turns played.
        now: The turn being decided, as far as it is.
        versions: Versions of the choices in it, by role.
        members: Number and name of each seat, by role.
        news: What was told to everybody.
    """

    room: Room
    turns: tuple[Turn, ...]
    now: Turn
    versions: Mapping[str, int]
    members: Mapping[str, list[tuple[int, str]]]
    news: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Seat:
    """A seat in a team."""

    room: str
    role: str


def _room(row: tuple[Any, ...]) -> Room:
    code, title, seed, turn, phase, revision, doors = row
    return Room(code, title, seed, turn, phase, revision, bool(doors))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _hidden(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Rooms:
    """All rooms of a file.

    Args:
        path: The SQLite file; made where it is not there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            if path.is_dir():
                raise InputError(f"{path} is a folder; --file names an SQLite file")
            path.parent.mkdir(parents=True, exist_ok=True)
            # It holds names and the facilitator's key.
            path.touch(mode=0o600, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"{path} cannot be opened ({error.strerror}); --file names another file for games"
            ) from None
        self._lock = threading.RLock()
        try:
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            weakref.finalize(self, self._db.close)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA foreign_keys=ON")
            self._db.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise InputError(f"{path} cannot hold rooms ({error})") from None
        try:
            with self._change() as db:
                db.execute(
                    "INSERT OR IGNORE INTO settings VALUES ('key', ?)", (secrets.token_urlsafe(12),)
                )
        except sqlite3.Error as error:
            raise InputError(f"{path} cannot be written ({error})") from None
        row = self._db.execute("SELECT value FROM settings WHERE name = 'key'").fetchone()
        self.key: str = row[0]

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """Make changes as one: all of them, or none."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            try:
                self._db.execute("COMMIT")
            except sqlite3.Error:
                self._db.execute("ROLLBACK")
                raise

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    # --- who may ---

    def is_facilitator(self, key: str | None) -> bool:
        """Return whether a key is the facilitator's."""
        return key is not None and hmac.compare_digest(key.encode(), self.key.encode())

    def seat(self, code: str, token: str | None) -> Seat:
        """Return the seat that a token holds in a room.

        Raises:
            RefusedError: If it holds none there.
        """
        rows = self._rows(
            "SELECT room, role FROM seats WHERE token = ? AND room = ?",
            _hidden(token or ""),
            code,
        )
        if not rows:
            raise RefusedError(403, "no_seat")
        return Seat(*rows[0])

    def room(self, code: str) -> Room:
        """Return a room.

        Raises:
            RefusedError: If there is none of this code.
        """
        rows = self._rows(
            "SELECT code, title, seed, turn, phase, revision, doors FROM rooms WHERE code = ?",
            code,
        )
        if not rows:
            raise RefusedError(404, "no_room")
        return _room(rows[0])

    def all(self) -> list[Room]:
        """Return every room, the newest first."""
        rows = self._rows(
            "SELECT code, title, seed, turn, phase, revision, doors FROM rooms "
            "ORDER BY made DESC, code"
        )
        return [_room(row) for row in rows]

    def snapshot(self, code: str) -> Snapshot:
        """Return a room with all that was decided, nothing of it newer than the rest.

        Raises:
            RefusedError: If there is none of this code.
        """
        with self._lock:
            room = self.room(code)
            versions = self._rows(
                "SELECT role, version FROM choices WHERE room = ? AND turn = ?", code, room.turn
            )
            return Snapshot(
                room,
                tuple(self._turn(code, number) for number in range(room.turn)),
                self._turn(code, room.turn),
                dict(versions),
                self.members(code),
                tuple(self.news(code)),
            )

    # --- what is there ---

    def turns(self, code: str) -> list[Turn]:
        """Return the turns that were played."""
        room = self.room(code)
        return [self._turn(code, number) for number in range(room.turn)]

    def _turn(self, code: str, number: int) -> Turn:
        rows = self._rows(
            "SELECT role, choices FROM choices WHERE room = ? AND turn = ?", code, number
        )
        injects = self._rows(
            "SELECT inject FROM news WHERE room = ? AND turn = ? AND inject IS NOT NULL "
            "ORDER BY rowid",
            code,
            number,
        )
        choices = {role: json.loads(text) for role, text in rows}
        return Turn(choices, tuple(name for (name,) in injects))

    def choice(self, code: str, turn: int, role: str) -> tuple[dict[str, str], int]:
        """Return what a role has chosen in a turn, and the version of it; 0 is not yet."""
        rows = self._rows(
            "SELECT choices, version FROM choices WHERE room = ? AND turn = ? AND role = ?",
            code,
            turn,
            role,
        )
        return (json.loads(rows[0][0]), rows[0][1]) if rows else ({}, 0)

    def ready(self, code: str, turn: int) -> list[str]:
        """Return the roles that have chosen."""
        rows = self._rows("SELECT role FROM choices WHERE room = ? AND turn = ?", code, turn)
        return [role for role in game.rules().roles if (role,) in rows]

    def members(self, code: str) -> dict[str, list[tuple[int, str]]]:
        """Return the number and the name of each seat, by team."""
        found: dict[str, list[tuple[int, str]]] = {role: [] for role in game.rules().roles}
        for number, role, name in self._rows(
            "SELECT rowid, role, name FROM seats WHERE room = ? ORDER BY joined, rowid", code
        ):
            found[role].append((number, name))
        return found

    def news(self, code: str) -> list[dict[str, Any]]:
        """Return what was told to everybody."""
        rows = self._rows("SELECT turn, inject, text FROM news WHERE room = ? ORDER BY rowid", code)
        return [{"turn": t, "inject": i, "text": text} for t, i, text in rows]

    # --- changes ---

    def make(self, title: str) -> Room:
        """Open a room.

        Raises:
            RefusedError: If there are too many.
        """
        with self._change() as db:
            (count,) = db.execute("SELECT count(*) FROM rooms").fetchone()
            if count >= MOST_ROOMS:
                raise RefusedError(409, "rooms_full", most=MOST_ROOMS)
            while True:
                code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
                if not db.execute("SELECT 1 FROM rooms WHERE code = ?", (code,)).fetchone():
                    break
            db.execute(
                "INSERT INTO rooms VALUES (?, ?, ?, 0, 'waiting', 1, ?, 1)",
                (code, title, secrets.randbits(62), _now()),
            )
        return self.room(code)

    def join(self, code: str, role: str, name: str, token: str | None = None) -> str:
        """Take a seat and return its token.

        Args:
            code: The room.
            role: The team.
            name: The name.
            token: What the caller holds already: nobody sits in two teams.

        Raises:
            RefusedError: If the team is full, the doors are shut or the caller sits already.
            InputError: If there is no such role.
        """
        if role not in game.rules().roles:
            raise InputError(unknown("role", role[:40], game.rules().roles))
        with self._change() as db:
            if not self.room(code).doors:
                raise RefusedError(409, "doors_shut")
            held = "SELECT 1 FROM seats WHERE token = ? AND room = ?"
            if token and db.execute(held, (_hidden(token), code)).fetchone():
                raise RefusedError(409, "seat_already")
            token = secrets.token_urlsafe(24)
            (count,) = db.execute(
                "SELECT count(*) FROM seats WHERE room = ? AND role = ?", (code, role)
            ).fetchone()
            if count >= MOST_IN_TEAM:
                raise RefusedError(409, "team_full")
            db.execute(
                "INSERT INTO seats VALUES (?, ?, ?, ?, ?)",
                (_hidden(token), code, role, name, _now()),
            )
            self._touch(db, code)
        return token

    def free(self, code: str, number: int, once: str) -> None:
        """Take a seat from whoever holds it.

        Args:
            code: The room.
            number: The seat's number, as `members` gives it.
            once: A number that is used once.
        """
        with self._change() as db:
            self._use(db, code, once)
            db.execute("DELETE FROM seats WHERE rowid = ? AND room = ?", (number, code))
            self._touch(db, code)

    def set_doors(self, code: str, open_: bool, once: str) -> None:
        """Let people take seats, or not."""
        with self._change() as db:
            self.room(code)
            self._use(db, code, once)
            db.execute("UPDATE rooms SET doors = ? WHERE code = ?", (int(open_), code))
            self._touch(db, code)

    def leave(self, code: str, token: str) -> None:
        """Give a seat up; its name is forgotten."""
        with self._change() as db:
            db.execute("DELETE FROM seats WHERE token = ? AND room = ?", (_hidden(token), code))
            self._touch(db, code)

    def choose(
        self,
        code: str,
        role: str,
        turn: int,
        version: int,
        once: str,
        choices: Mapping[str, Any],
    ) -> int:
        """Keep what a team chooses and return its new version.

        Args:
            code: The room.
            role: The team's role.
            turn: The turn it is for.
            version: The version that it changes.
            once: A number that is used once.
            choices: Options by lever.

        Raises:
            RefusedError: If the turn is over, the version is old or the number was used.
            InputError: If a lever or an option does not exist.
        """
        whole = game.check(role, choices)
        with self._change() as db:
            room = self.room(code)
            self._use(db, code, f"{role}/{once}")
            if room.phase != "deciding":
                raise RefusedError(409, "not_deciding")
            if turn != room.turn:
                raise RefusedError(409, "turn_over")
            _, now = self.choice(code, turn, role)
            if version != now:
                raise RefusedError(409, "faster")
            db.execute(
                "INSERT INTO choices VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (room, turn, role) "
                "DO UPDATE SET choices = excluded.choices, version = excluded.version, "
                "sent = excluded.sent",
                (code, turn, role, json.dumps(whole), now + 1, _now()),
            )
            self._touch(db, code)
        return now + 1

    def move(self, code: str, phase: str, allowed: tuple[str, ...], once: str) -> None:
        """Go from one phase to another.

        Raises:
            RefusedError: If the room is in none of those allowed, or the number was used.
        """
        with self._change() as db:
            room = self.room(code)
            self._use(db, code, once)
            if room.phase not in allowed:
                raise RefusedError(409, "not_now")
            db.execute("UPDATE rooms SET phase = ? WHERE code = ?", (phase, code))
            if room.phase == "waiting":
                # Who comes later could sit down in a second team and read its plans.
                db.execute("UPDATE rooms SET doors = 0 WHERE code = ?", (code,))
            self._touch(db, code)

    def next_turn(self, code: str, turn: int, once: str) -> None:
        """End a turn: who has not chosen leaves everything at ``auto``.

        Raises:
            RefusedError: If it is another turn that is being decided, or none.
        """
        with self._change() as db:
            room = self.room(code)
            self._use(db, code, once)
            if room.phase != "deciding" or turn != room.turn:
                raise RefusedError(409, "turn_over")
            last = room.turn + 1 == len(game.rules().turns)
            db.execute(
                "UPDATE rooms SET turn = turn + 1, phase = ? WHERE code = ?",
                ("ended" if last else "deciding", code),
            )
            self._touch(db, code)

    def tell(self, code: str, inject: str | None, text: str, once: str) -> None:
        """Bring news into the turn being decided.

        Raises:
            RefusedError: If no turn is open, there was too much news, or this inject came already.
            InputError: If there is no such inject.
        """
        if inject is not None and inject not in game.rules().injects:
            raise InputError(unknown("inject", inject[:40], game.rules().injects))
        with self._change() as db:
            room = self.room(code)
            self._use(db, code, once)
            if room.phase not in ("deciding", "paused"):
                raise RefusedError(409, "no_turn")
            told = db.execute("SELECT turn, inject FROM news WHERE room = ?", (code,)).fetchall()
            if len(told) >= MOST_NEWS:
                raise RefusedError(409, "news_full", most=MOST_NEWS)
            if inject is not None and (room.turn, inject) in told:
                raise RefusedError(409, "inject_twice")
            db.execute(
                "INSERT INTO news VALUES (?, ?, ?, ?, ?)", (code, room.turn, inject, text, _now())
            )
            self._touch(db, code)

    def reset(self, code: str, once: str) -> None:
        """Begin the game anew in a world of its own; teams keep their seats."""
        with self._change() as db:
            self.room(code)
            self._use(db, code, once)
            for table in ("choices", "news"):
                db.execute(f"DELETE FROM {table} WHERE room = ?", (code,))
            db.execute(
                "UPDATE rooms SET turn = 0, phase = 'waiting', doors = 1, seed = ? WHERE code = ?",
                (secrets.randbits(62), code),
            )
            self._touch(db, code)

    def forget_names(self, code: str, once: str) -> None:
        """Delete every name in a room; seats stay."""
        with self._change() as db:
            self._use(db, code, once)
            db.execute("UPDATE seats SET name = '' WHERE room = ?", (code,))
            self._touch(db, code)

    def delete(self, code: str) -> None:
        """Delete a room with everything in it."""
        with self._change() as db:
            self.room(code)
            db.execute("DELETE FROM rooms WHERE code = ?", (code,))

    @staticmethod
    def _touch(db: sqlite3.Connection, code: str) -> None:
        db.execute("UPDATE rooms SET revision = revision + 1 WHERE code = ?", (code,))

    @staticmethod
    def _use(db: sqlite3.Connection, code: str, once: str) -> None:
        try:
            db.execute("INSERT INTO used VALUES (?, ?)", (code, once))
        except sqlite3.IntegrityError:
            raise RefusedError(409, "done_already") from None
