"""Rooms: who sits where, what was decided, in one SQLite file that a killed server finds whole.

Every change is one transaction. A choice names the turn and the version it rests on, and
carries a number that is used once, so that nothing is lost, doubled or replayed.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import math
import os
import secrets
import sqlite3
import threading
import time
import unicodedata
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drawdown.declared import storage
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.language import Language
from drawdown.declared.parameters import Text
from drawdown.declared.result_folder import results_folder
from drawdown.declared.storage import Claim
from drawdown.exercise import game, marks
from drawdown.exercise.game import Turn
from drawdown.exercise.marks import Mark
from drawdown.exercise.negotiation import ANSWERS, Communique, Prediction, Proposal

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters of a room's code: none that look alike."""

CODE_LENGTH = 6
MOST_ROOMS = 60
MOST_IN_TEAM = 5
LONGEST_NAME = 40
LONGEST_NEWS = 500
MOST_NEWS = 40
LONGEST_PROPOSAL = 300
MOST_PROPOSALS = 6
"""Proposals that a team may make in a turn."""
LONGEST_COMMUNIQUE = 1200
SLIDES = 6
"""Slides of the debrief."""
LONGEST_CLOCK = 3 * 3600
"""Seconds that teams may be given at most."""
PHASES = ("waiting", "deciding", "paused", "ended", "revealed")

VERSION = 5
"""Format of a games' file (SQLite's ``user_version``); 0 to 4 are what earlier ones wrote."""

_MARK = 0x44524157
"""SQLite's ``application_id`` of a games' file."""

_SCHEMA = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE rooms (
    code TEXT PRIMARY KEY, title TEXT NOT NULL, seed INTEGER NOT NULL, turn INTEGER NOT NULL,
    phase TEXT NOT NULL, revision INTEGER NOT NULL, made TEXT NOT NULL, doors INTEGER NOT NULL,
    model TEXT NOT NULL DEFAULT '', key TEXT, clock INTEGER NOT NULL DEFAULT 0,
    seconds INTEGER NOT NULL DEFAULT 0, again INTEGER NOT NULL DEFAULT 0,
    slide INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE sessions (
    token TEXT PRIMARY KEY, room TEXT REFERENCES rooms ON DELETE CASCADE, until INTEGER NOT NULL
);
CREATE TABLE pasts (
    room TEXT PRIMARY KEY REFERENCES rooms ON DELETE CASCADE, turns INTEGER NOT NULL,
    model TEXT NOT NULL, past BLOB NOT NULL
);
CREATE TABLE debriefs (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, turn INTEGER NOT NULL,
    language TEXT NOT NULL, told TEXT NOT NULL, PRIMARY KEY (room, turn, language)
);
CREATE TABLE seats (
    token TEXT PRIMARY KEY, room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE,
    role TEXT NOT NULL, name TEXT NOT NULL, joined TEXT NOT NULL
);
CREATE TABLE choices (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, turn INTEGER NOT NULL,
    role TEXT NOT NULL, choices TEXT NOT NULL, version INTEGER NOT NULL, sent TEXT NOT NULL,
    PRIMARY KEY (room, turn, role)
);
CREATE TABLE news (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, turn INTEGER NOT NULL,
    inject TEXT, text TEXT NOT NULL, sent TEXT NOT NULL
);
CREATE TABLE proposals (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, turn INTEGER NOT NULL,
    role TEXT NOT NULL, partner TEXT NOT NULL, text TEXT NOT NULL,
    gives TEXT NOT NULL, asks TEXT NOT NULL, answer TEXT NOT NULL, sent TEXT NOT NULL
);
CREATE TABLE predictions (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, turn INTEGER NOT NULL,
    role TEXT NOT NULL, indicator TEXT NOT NULL, low REAL NOT NULL, high REAL NOT NULL,
    sent TEXT NOT NULL, PRIMARY KEY (room, turn, role)
);
CREATE TABLE communiques (
    room TEXT PRIMARY KEY REFERENCES rooms ON DELETE CASCADE, text TEXT NOT NULL,
    version INTEGER NOT NULL, role TEXT NOT NULL
);
CREATE TABLE signatures (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, role TEXT NOT NULL,
    signed INTEGER NOT NULL, PRIMARY KEY (room, role)
);
CREATE TABLE guesses (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, slide INTEGER NOT NULL,
    role TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (room, slide, role)
);
CREATE TABLE marks (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, seat TEXT NOT NULL,
    test TEXT NOT NULL, answers TEXT NOT NULL, PRIMARY KEY (room, seat, test)
);
CREATE TABLE used (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, once TEXT NOT NULL,
    PRIMARY KEY (room, once)
);
CREATE TABLE digests (
    of TEXT NOT NULL, row INTEGER NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (of, row)
);
"""


_DIGESTS = "digests"
"""The table that holds a digest of every row of the others."""

_KINDS: dict[str, type] = {"TEXT": str, "INTEGER": int, "REAL": float, "BLOB": bytes}

_SAID = "proposals predictions communiques signatures guesses"

_OF_ROOM = f"choices news used pasts debriefs sessions marks {_SAID}"
"""Tables whose rows are a room's and follow it to another code, its seats apart."""

_OF_GAME = f"choices news pasts debriefs {_SAID}"
"""Tables that are emptied where a room begins anew."""

SESSION = 14 * 24 * 3600
"""Seconds that a facilitator stays logged in."""


def serving(path: Path) -> Claim:
    """Take a file of games for one server, or for whoever moves it, by whatever name it goes.

    Args:
        path: The file; made where it is not there.

    Returns:
        What lets it go.

    Raises:
        InputError: If a server has it, or it cannot be written.
    """
    _make(path)
    claim = Claim(path)
    try:
        if not claim.take():
            raise InputError(
                f"another server has {path}: teams of one would not hear of the other; stop it, "
                "or --file names another file"
            )
    except OSError as error:
        raise InputError(_unopened(path, error)) from None
    return claim


def _make(path: Path) -> None:
    """Make an empty file where there is none.

    Raises:
        InputError: If it cannot be made, or a symlink that names no games stands there.
    """
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder; --file names an SQLite file")
        if path.is_symlink() and not (path.is_file() and path.stat().st_size):
            raise InputError(f"{path} is a symlink to no games; --file names the file itself")
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            # It holds names and the facilitator's key.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise InputError(_unopened(path, error)) from None


def _unopened(path: Path, error: OSError) -> str:
    return f"{path} cannot be opened ({error.strerror}); --file names another file for games"


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
        model: Digest of the model that its turns were played by; empty before the first.
        clock: When the time to decide is over, in seconds since 1970; 0 where none runs.
        seconds: What is left of a clock that stands.
        again: Number of a turn that was taken back and is decided anew, from 1; 0 for none.
        slide: How many slides of the debrief are open.
    """

    code: str
    title: str
    seed: int
    turn: int
    phase: str
    revision: int
    doors: bool
    model: str
    clock: int = 0
    seconds: int = 0
    again: int = 0
    slide: int = 0


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
        proposals: All proposals.
        predictions: All predictions.
        communique: The joint text.
        guesses: What teams guessed before each slide was opened, by slide and role.
    """

    room: Room
    turns: tuple[Turn, ...]
    now: Turn
    versions: Mapping[str, int]
    members: Mapping[str, list[tuple[int, str]]]
    news: tuple[Mapping[str, Any], ...]
    proposals: tuple[Proposal, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    communique: Communique = field(default_factory=Communique)
    guesses: Mapping[tuple[int, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seat:
    """A seat in a team."""

    room: str
    role: str


_ROOMS = (
    "SELECT code, title, seed, turn, phase, revision, doors, model, clock, seconds, again, "
    "slide FROM rooms"
)


def _room(row: tuple[Any, ...]) -> Room:
    code, title, seed, turn, phase, revision, doors, *rest = row
    return Room(code, title, seed, turn, phase, revision, bool(doors), *rest)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _hidden(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _columns(db: sqlite3.Connection, table: str) -> dict[str, tuple[type, bool]]:
    """Return the kind of each column of a table, and whether a value may be missing.

    Raises:
        KeyError: Naming a kind that no column of ours has.
    """
    return {
        name: (_KINDS[kind], not (needed or key))
        for _, name, kind, needed, _, key in db.execute(f"PRAGMA table_info({table})")
    }


def _tables(db: sqlite3.Connection) -> list[str]:
    """Return the names of the tables that hold games."""
    named = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in named if name != _DIGESTS]


def _row_digest(*values: Any) -> str:
    """Return the digest of a row: of its table, its number and what is in it."""
    total = hashlib.sha256()
    for value in values:
        plain = value if isinstance(value, bytes) else repr(value).encode()
        total.update(f"{type(value).__name__} {len(plain)} ".encode() + plain)
    return total.hexdigest()[:16]


def _keep_digests(db: sqlite3.Connection) -> None:
    """Let every change of a row change its digest too, in the same transaction."""
    db.create_function("row_digest", -1, _row_digest, deterministic=True)
    db.execute("PRAGMA temp_store=MEMORY")
    # So that a row which is replaced counts as deleted.
    db.execute("PRAGMA recursive_triggers=ON")
    for table in _tables(db):
        values = ", ".join(f"NEW.{name}" for name in _columns(db, table))
        gone = f"DELETE FROM {_DIGESTS} WHERE of = '{table}' AND row = OLD.rowid;"
        come = (
            f"INSERT INTO {_DIGESTS} VALUES "
            f"('{table}', NEW.rowid, row_digest('{table}', NEW.rowid, {values}));"
        )
        for change, done in (("INSERT", come), ("UPDATE", gone + come), ("DELETE", gone)):
            db.execute(
                f"CREATE TEMP TRIGGER {table}_{change} AFTER {change} ON main.{table} "
                f"BEGIN {done} END"
            )


def _make_tables(db: sqlite3.Connection) -> None:
    """Make the tables of this version, without a row."""
    for statement in _SCHEMA.split(";"):
        db.execute(statement)
    db.execute(f"PRAGMA user_version={VERSION}")
    db.execute(f"PRAGMA application_id={_MARK}")


@contextmanager
def _empty() -> Iterator[sqlite3.Connection]:
    """Give the tables of this version in memory, to compare with."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    try:
        _make_tables(db)
        yield db
    finally:
        db.close()


class Rooms:
    """All rooms of a file.

    Args:
        path: The SQLite file; made where it is not there.
        reading: Whether it is only looked at: it is copied into memory, and neither a full disk
            nor one that may not be written is a hindrance.

    Attributes:
        path: The file.
        key: The facilitator's key.

    Raises:
        InputError: If it cannot be opened, is damaged, no games' file, or a later version's.
    """

    def __init__(self, path: Path, reading: bool = False) -> None:
        self.path = path
        if not reading:
            _make(path)
        self._lock = threading.RLock()
        try:
            address = f"{path.absolute().as_uri()}?mode=rw"
            self._db = sqlite3.connect(
                address, uri=True, check_same_thread=False, isolation_level=None
            )
            weakref.finalize(self, self._db.close)
            # The file alone is whole after every change: nothing waits in a log beside it.
            self._db.execute("PRAGMA journal_mode=DELETE")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA secure_delete=ON")
            if reading:
                copy = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
                self._db.backup(copy)
                self._db.close()
                self._db = copy
                weakref.finalize(self, self._db.close)
            if not self._is_of_today():
                with self._change():
                    self._bring_up_to_date()
            self._check()
            self._db.execute("PRAGMA foreign_keys=ON")
            _keep_digests(self._db)
            with self._change() as db:
                # Changes nothing and writes nothing, and fails where nothing may be written.
                db.execute("DELETE FROM settings WHERE 0")
                row = db.execute("SELECT value FROM settings WHERE name = 'key'").fetchone()
        except sqlite3.Error as error:
            raise InputError(f"{path} cannot hold rooms ({error})") from None
        except UnicodeDecodeError:  # SQLite quotes a damaged table of contents byte for byte
            raise self._damaged("its tables cannot be read") from None
        except KeyError as kind:
            raise self._damaged(f"a column has the type {kind}") from None
        if row is None:
            raise self._damaged("the facilitator's key is gone")
        self.key: str = row[0]

    def _is_of_today(self) -> bool:
        """Return whether the tables are there, and of this version.

        Raises:
            InputError: If the file holds something else, or is of a later version.
        """
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (mark,) = self._db.execute("PRAGMA application_id").fetchone()
        tables = _tables(self._db)
        if version > VERSION:
            raise InputError(
                f"{self.path} was written by a later version of drawdown (format {version}, this "
                f"one reads {VERSION}); install that version, or --file names another file"
            )
        if tables and mark != _MARK and not {"settings", "rooms", "seats"} <= set(tables):
            raise InputError(f"{self.path} is no file of games; --file names another")
        digests = self._db.execute(f"PRAGMA table_info({_DIGESTS})").fetchall()
        return bool(tables) and (version == VERSION or bool(digests))

    def _bring_up_to_date(self) -> None:
        """Make the tables, or those of an earlier version today's with all that is in them."""
        if self._is_of_today():
            return  # another program has done it meanwhile
        found: dict[str, tuple[list[str], list[Any]]] = {}
        tables = _tables(self._db)
        if tables:
            self._whole()
            self._check_kinds()
            self._check_pasts()
        with _empty() as now:
            for table in tables:
                names = list(_columns(self._db, table))
                if not set(names) <= set(_columns(now, table)):
                    raise self._damaged(f"its table {table} has the columns {', '.join(names)}")
                rows = self._db.execute(f"SELECT rowid, {', '.join(names)} FROM {table}")
                found[table] = names, rows.fetchall()
        for table in found:
            self._db.execute(f"DROP TABLE {table}")
        _make_tables(self._db)
        for table, (names, old) in found.items():
            marks = ", ".join("?" * (1 + len(names)))
            into = f"INSERT INTO {table} (rowid, {', '.join(names)}) VALUES ({marks})"
            self._db.executemany(into, old)
        self._db.execute(
            "INSERT OR IGNORE INTO settings VALUES ('key', ?)", (secrets.token_urlsafe(12),)
        )
        self._db.executemany(f"INSERT INTO {_DIGESTS} VALUES (?, ?, ?)", self._digests())

    def _digests(self) -> Iterator[tuple[str, int, str]]:
        """Yield table, number and digest of every row as it is."""
        for table in _tables(self._db):
            names = ", ".join(_columns(self._db, table))
            for row, *values in self._db.execute(f"SELECT rowid, {names} FROM {table}"):
                yield table, row, _row_digest(table, row, *values)

    def _damaged(self, how: str) -> InputError:
        return InputError(
            f"{self.path} is damaged ({how}); take the file of a backup, or --file names another"
        )

    def _whole(self) -> None:
        told = [text for (text,) in self._db.execute("PRAGMA integrity_check(3)")]
        if told != ["ok"]:
            raise self._damaged("; ".join(told)[:200])

    def _check(self) -> None:
        """Compare every table and every row with what was written."""
        # One moment of the file: a server may be writing meanwhile.
        self._db.execute("BEGIN")
        try:
            self._whole()
            self._check_tables()
            rows = self._db.execute(f"SELECT of, row, digest FROM {_DIGESTS}")
            left = {(table, row): digest for table, row, digest in rows}
            for table, row, digest in self._digests():
                if left.pop((table, row), "") != digest:
                    raise self._damaged(f"row {row} of {table} is not as it was written")
            for table, row in left:
                raise self._damaged(f"row {row} of {table} is gone")
            self._check_kinds()
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _check_tables(self) -> None:
        schema = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
        faults = []
        with _empty() as now:
            for table in _tables(now):
                found, ours = _columns(self._db, table), _columns(now, table)
                if list(found) != list(ours):
                    faults.append(
                        f"{self.path}: its table {table} has the columns {', '.join(found)}, and "
                        f"this version's are {', '.join(ours)}; take a backup, or --file names "
                        "another"
                    )
            same = self._db.execute(schema).fetchall() == now.execute(schema).fetchall()
        if faults:
            raise InputError(faults)
        if not same:
            raise self._damaged("its tables are not as they were made")

    def _check_kinds(self) -> None:
        """Read every value once: SQLite does not look at what a damaged text or number says."""
        roles = tuple(game.rules().roles)
        known = {"role": roles, "partner": roles, "phase": PHASES, "answer": ANSWERS}
        for table in _tables(self._db):
            columns = _columns(self._db, table)
            for row in self._db.execute(f"SELECT {', '.join(columns)} FROM {table}"):
                for value, (name, (kind, may_miss)) in zip(row, columns.items(), strict=True):
                    if not isinstance(value, kind) and not (value is None and may_miss):
                        raise self._damaged(f"a {name} of {table} is no {kind.__name__}")
                    if value not in known.get(name, (value,)):
                        raise self._damaged(f"{table} have the {name} '{value}'")

    def _check_pasts(self) -> None:
        """Compare the stored pasts of an earlier version, which had no digests, with their own."""
        if "pasts" in _tables(self._db):
            for room, past in self._db.execute("SELECT room, past FROM pasts"):
                try:
                    storage.without_digest(past)
                except storage.DamagedError:
                    raise self._damaged(f"the stored past of {room} was changed") from None

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """Make changes as one: all of them, or none."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                if self._db.in_transaction:
                    self._db.execute("COMMIT")
            except BaseException:
                # A full disk has rolled it back already.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def still(self) -> Iterator[None]:
        """Let nothing be changed inside."""
        with self._lock:
            yield

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def backup(self, target: Path) -> None:
        """Copy the games, whole as they stand at one moment, into another file.

        Args:
            target: The file; it must not be there.

        Raises:
            InputError: If it is there or cannot be written.
        """
        if target.exists() or target.is_symlink():
            raise InputError(f"{target} is there already; name another file")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._lock, storage.writing(target, 0o600) as file:
                file.write(self._db.serialize())
        except (OSError, sqlite3.Error) as error:
            raise InputError(f"{target} cannot be written ({error})") from None

    # --- who may ---

    def enter(self, key: str) -> tuple[str, str | None] | None:
        """Begin a session with the facilitator's key, or with that of one room.

        Returns:
            The session's token, and the room that it is for, or None for all; None where the
            key is neither.
        """
        plain = key.encode("utf-8", "replace")
        room = None
        if not hmac.compare_digest(plain, self.key.encode()):
            rows = self._rows("SELECT code FROM rooms WHERE key = ?", _hidden(key))
            if not rows:
                return None
            (room,) = rows[0]
        with self._change() as db:
            return self._begin(db, room), room

    @staticmethod
    def _begin(db: sqlite3.Connection, room: str | None) -> str:
        token, now = secrets.token_urlsafe(24), int(time.time())
        db.execute("DELETE FROM sessions WHERE until < ?", (now,))
        db.execute("INSERT INTO sessions VALUES (?, ?, ?)", (_hidden(token), room, now + SESSION))
        return token

    def facilitates(self, token: str | None, code: str | None = None) -> bool:
        """Return whether a session's token lets its holder lead.

        Args:
            token: The token.
            code: A room; None asks for all rooms.
        """
        if not token:
            return False
        rows = self._rows(
            "SELECT room FROM sessions WHERE token = ? AND until >= ?",
            _hidden(token),
            int(time.time()),
        )
        return any(room is None or room == code for (room,) in rows)

    def log_out(self, token: str) -> None:
        """End a session."""
        with self._change() as db:
            db.execute("DELETE FROM sessions WHERE token = ?", (_hidden(token),))

    def new_key(self) -> tuple[str, str]:
        """Make a new key and end every session.

        Returns:
            The key, and the token of a session that it has begun.
        """
        key = secrets.token_urlsafe(12)
        with self._change() as db:
            db.execute("UPDATE settings SET value = ? WHERE name = 'key'", (key,))
            db.execute("DELETE FROM sessions")
            token = self._begin(db, None)
        self.key = key
        return key, token

    def room_key(self, code: str) -> str:
        """Make a key that leads one room and no other, and return it; an earlier one ends."""
        key = secrets.token_urlsafe(12)
        with self._change() as db:
            self.room(code)
            db.execute("UPDATE rooms SET key = ? WHERE code = ?", (_hidden(key), code))
            db.execute("DELETE FROM sessions WHERE room = ?", (code,))
        return key

    # --- what was played ---

    def past(self, code: str) -> tuple[int, str, bytes] | None:
        """Return how many turns of a room are kept, by which model, and what is kept."""
        rows = self._rows("SELECT turns, model, past FROM pasts WHERE room = ?", code)
        return (int(rows[0][0]), str(rows[0][1]), bytes(rows[0][2])) if rows else None

    def keep_past(self, code: str, seed: int, turns: int, model: str, past: bytes) -> None:
        """Keep what was played of a room, so that it is never played anew.

        Args:
            code: The room.
            seed: The game's seed; a room that was begun anew meanwhile is left alone.
            turns: Turns played.
            model: Digest of the model.
            past: From `game.packed`.
        """
        with self._change() as db:
            if self.room(code).seed == seed:
                self._keep_past(db, code, turns, model, past)

    @staticmethod
    def _keep_past(db: sqlite3.Connection, code: str, turns: int, model: str, past: bytes) -> None:
        db.execute(
            "INSERT INTO pasts VALUES (?, ?, ?, ?) ON CONFLICT (room) DO UPDATE SET "
            "turns = excluded.turns, model = excluded.model, past = excluded.past "
            "WHERE excluded.turns > pasts.turns",
            (code, turns, model, past),
        )
        db.execute("UPDATE rooms SET model = ? WHERE code = ?", (model, code))

    def debrief(self, code: str, turn: int, language: str) -> str | None:
        """Return a debrief that is kept, as JSON, or None."""
        rows = self._rows(
            "SELECT told FROM debriefs WHERE room = ? AND turn = ? AND language = ?",
            code,
            turn,
            language,
        )
        return str(rows[0][0]) if rows else None

    def keep_debrief(self, code: str, seed: int, turn: int, language: str, told: str) -> None:
        """Keep a debrief, as JSON."""
        with self._change() as db:
            if self.room(code).seed == seed:
                db.execute(
                    "INSERT OR REPLACE INTO debriefs VALUES (?, ?, ?, ?)",
                    (code, turn, language, told),
                )

    def seat(self, code: str, token: str | None) -> Seat:
        """Return the seat that a token holds in a room.

        Raises:
            RefusedError: If it holds none there.
        """
        rows = self._rows(
            "SELECT room, role FROM seats WHERE token = ? AND room = ?", _hidden(token or ""), code
        )
        if not rows:
            raise RefusedError(403, "no_seat")
        return Seat(*rows[0])

    def room(self, code: str) -> Room:
        """Return a room.

        Raises:
            RefusedError: If there is none of this code.
        """
        rows = self._rows(f"{_ROOMS} WHERE code = ?", code)
        if not rows:
            raise RefusedError(404, "no_room")
        return _room(rows[0])

    def all(self) -> list[Room]:
        """Return every room, the newest first."""
        return [_room(row) for row in self._rows(f"{_ROOMS} ORDER BY made DESC, code")]

    def snapshot(self, code: str) -> Snapshot:
        """Return a room with all that was decided, nothing of it newer than the rest.

        Raises:
            RefusedError: If there is none of this code.
        """
        with self._lock:
            room = self.room(code)
            return Snapshot(
                room,
                tuple(self._turn(code, number) for number in range(room.turn)),
                self._turn(code, room.turn),
                self.versions(room),
                self.members(code),
                tuple(self.news(code)),
                tuple(self._proposals(code)),
                tuple(self._predictions(code)),
                self._communique(code),
                {
                    (slide, role): text
                    for slide, role, text in self._rows(
                        "SELECT slide, role, text FROM guesses WHERE room = ?", code
                    )
                },
            )

    # --- what is there ---

    def _turn(self, code: str, number: int) -> Turn:
        # A choice stays until it is changed: of the turn before where none was sent in this one.
        rows = self._rows(
            "SELECT role, choices FROM choices WHERE room = ? AND turn IN (?, ?) ORDER BY turn",
            code,
            number - 1,
            number,
        )
        injects = self._rows(
            "SELECT inject FROM news WHERE room = ? AND turn = ? AND inject IS NOT NULL "
            "ORDER BY rowid",
            code,
            number,
        )
        choices = {}
        for role, text in rows:
            try:
                choices[role] = game.check(role, json.loads(text))
            except (ValueError, TypeError, AttributeError, InputError):
                raise RefusedError(409, "unreadable", turn=number + 1) from None
        for (name,) in injects:
            if name not in game.rules().injects:
                raise RefusedError(409, "unreadable", turn=number + 1)
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

    def versions(self, room: Room) -> dict[str, int]:
        """Return the version of what each team has chosen in the turn that is decided."""
        return dict(
            self._rows(
                "SELECT role, version FROM choices WHERE room = ? AND turn = ?",
                room.code,
                room.turn,
            )
        )

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

    def _proposals(self, code: str) -> Iterator[Proposal]:
        rows = self._rows(
            "SELECT rowid, turn, role, partner, text, gives, asks, answer FROM proposals "
            "WHERE room = ? ORDER BY rowid",
            code,
        )
        for number, turn, role, partner, text, gives, asks, answer in rows:
            yield Proposal(
                number, turn, role, partner, text, json.loads(gives), json.loads(asks), answer
            )

    def _predictions(self, code: str) -> Iterator[Prediction]:
        for row in self._rows(
            "SELECT turn, role, indicator, low, high FROM predictions WHERE room = ? "
            "ORDER BY turn, role",
            code,
        ):
            yield Prediction(*row)

    def _communique(self, code: str) -> Communique:
        rows = self._rows("SELECT text, version, role FROM communiques WHERE room = ?", code)
        if not rows:
            return Communique()
        signed = self._rows("SELECT role, signed FROM signatures WHERE room = ?", code)
        text, version, role = rows[0]
        return Communique(text, version, role, {r: bool(s) for r, s in signed})

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
            code = self._fresh_code(db)
            db.execute(
                "INSERT INTO rooms (code, title, seed, turn, phase, revision, made, doors) "
                "VALUES (?, ?, ?, 0, 'waiting', 1, ?, 1)",
                (code, title, secrets.randbits(62), _now()),
            )
        return self.room(code)

    @staticmethod
    def _fresh_code(db: sqlite3.Connection) -> str:
        while True:
            code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
            if not db.execute("SELECT 1 FROM rooms WHERE code = ?", (code,)).fetchone():
                return code

    def renew(self, code: str, once: str) -> str:
        """Give a room another code and free all its seats, and return the code.

        For a room whose seats somebody took who has no business there.
        """
        with self._change() as db:
            self._use(db, code, once)
            fresh = self._fresh_code(db)
            db.execute("DELETE FROM seats WHERE room = ?", (code,))
            db.execute("PRAGMA defer_foreign_keys=ON")
            db.execute("UPDATE rooms SET code = ?, doors = 1 WHERE code = ?", (fresh, code))
            for table in _OF_ROOM.split():
                db.execute(f"UPDATE {table} SET room = ? WHERE room = ?", (fresh, code))
            self._touch(db, fresh)
        return fresh

    def join(self, code: str, role: str, name: str, token: str | None = None) -> str:
        """Take a seat and return its token.

        Args:
            code: The room.
            role: The team.
            name: The name; a number tells it from one that is in the room already.
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
            taken = {n for seats in self.members(code).values() for _, n in seats}
            alike = (f"{name} {k}" if k > 1 else name for k in itertools.count(1))
            name = next(each for each in alike if each not in taken)
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

    def set_clock(self, code: str, seconds: int, more: bool, once: str) -> None:
        """Give teams time to decide, or more of it; it stands while the exercise is paused.

        Args:
            code: The room.
            seconds: How long; 0 takes the clock away.
            more: Whether that is on top of what is left.
            once: A number that is used once.

        Raises:
            RefusedError: If it is more than `LONGEST_CLOCK`, or no turn is open.
        """
        with self._change() as db:
            room = self.room(code)
            self._use(db, code, once)
            if room.phase not in ("deciding", "paused"):
                raise RefusedError(409, "no_turn")
            left = seconds + (self.left(room) if more else 0)
            if left > LONGEST_CLOCK:
                raise RefusedError(400, "long_clock", most=LONGEST_CLOCK // 60)
            runs = room.phase == "deciding" and left > 0
            db.execute(
                "UPDATE rooms SET clock = ?, seconds = ? WHERE code = ?",
                (int(time.time()) + left if runs else 0, 0 if runs else left, code),
            )
            self._touch(db, code)

    @staticmethod
    def left(room: Room) -> int:
        """Return the seconds that are left to decide, 0 where no clock is set."""
        return max(0, room.clock - int(time.time())) if room.clock else room.seconds

    def back(self, code: str, once: str) -> None:
        """Take the last turn back: choices stand as they were, later news is gone.

        Args:
            code: The room.
            once: A number that is used once.

        Raises:
            RefusedError: If no turn was played, or what was hidden is revealed.
        """
        with self._change() as db:
            room = self.room(code)
            self._use(db, code, once)
            if room.phase not in ("deciding", "paused", "ended") or not room.turn:
                raise RefusedError(409, "not_now")
            turn = room.turn - 1
            for table in ("news", "choices", "proposals", "predictions"):
                db.execute(f"DELETE FROM {table} WHERE room = ? AND turn > ?", (code, turn))
            # What stood because nothing was sent is not sent now either.
            db.execute(
                "DELETE FROM choices WHERE room = ? AND turn = ? AND version = 0", (code, turn)
            )
            for table in ("pasts", "communiques", "signatures"):
                db.execute(f"DELETE FROM {table} WHERE room = ?", (code,))
            db.execute(
                "UPDATE rooms SET turn = ?, phase = 'deciding', again = ?, clock = 0, seconds = 0 "
                "WHERE code = ?",
                (turn, turn + 1, code),
            )
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
        self, code: str, role: str, turn: int, version: int, once: str, choices: Mapping[str, Any]
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
            self._deciding(db, code, turn, f"{role}/{once}")
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

    def propose(
        self,
        code: str,
        role: str,
        turn: int,
        once: str,
        partner: str,
        text: str,
        gives: Mapping[str, Any],
        asks: Mapping[str, Any],
    ) -> None:
        """Propose something to another team, in words and at most one choice of each side.

        Raises:
            RefusedError: If the turn is over, the number was used or there are too many.
            InputError: If a team, a lever or an option does not exist.
        """
        others = [r for r in game.rules().roles if r != role]
        if partner not in others:
            raise InputError(unknown("role", partner[:40], others))
        for who, own in ((role, gives), (partner, asks)):
            game.check(who, own)
            if len(own) > 1:
                raise RefusedError(400, "one_choice")
        with self._change() as db:
            self._deciding(db, code, turn, f"{role}/{once}")
            if sum(p.role == role and p.turn == turn for p in self._proposals(code)) >= (
                MOST_PROPOSALS
            ):
                raise RefusedError(429, "proposals_full", most=MOST_PROPOSALS)
            said = (json.dumps(dict(gives)), json.dumps(dict(asks)), "open", _now())
            db.execute(
                "INSERT INTO proposals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (code, turn, role, partner, text, *said),
            )
            self._touch(db, code)

    def answer(self, code: str, role: str, turn: int, once: str, number: int, yes: bool) -> None:
        """Accept or refuse what was proposed to a team in this turn.

        Raises:
            RefusedError: If there is no such open proposal to it, or the turn is over.
        """
        with self._change() as db:
            self._deciding(db, code, turn, f"{role}/{once}")
            changed = db.execute(
                "UPDATE proposals SET answer = ? WHERE rowid = ? AND room = ? AND turn = ? "
                "AND partner = ? AND answer = 'open'",
                ("accepted" if yes else "refused", number, code, turn, role),
            )
            if not changed.rowcount:
                raise RefusedError(409, "no_proposal")
            self._touch(db, code)

    def predict(
        self, code: str, role: str, turn: int, once: str, indicator: str, low: float, high: float
    ) -> None:
        """Keep the range that a team gives for one of its indicators over the turn.

        Raises:
            RefusedError: If the turn is over, the number was used, or it is no range.
            InputError: If the team does not follow the indicator.
        """
        own = game.rules().roles[role].indicators
        if indicator not in own:
            raise InputError(unknown("indicator", indicator[:40], own))
        if not (math.isfinite(low) and math.isfinite(high) and low <= high):
            raise RefusedError(400, "no_range")
        with self._change() as db:
            self._deciding(db, code, turn, f"{role}/{once}")
            db.execute(
                "INSERT OR REPLACE INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?)",
                (code, turn, role, indicator, float(low), float(high), _now()),
            )
            self._touch(db, code)

    def write(self, code: str, role: str, version: int, once: str, text: str) -> None:
        """Change the joint text at the end of the game; nobody has signed the new one.

        Raises:
            RefusedError: If the game goes on or is revealed, or another was faster.
        """
        with self._change() as db:
            self._signing(db, code, version, f"{role}/{once}")
            db.execute(
                "INSERT OR REPLACE INTO communiques VALUES (?, ?, ?, ?)",
                (code, text, version + 1, role),
            )
            db.execute("DELETE FROM signatures WHERE room = ?", (code,))
            self._touch(db, code)

    def sign(self, code: str, role: str, version: int, once: str, yes: bool) -> None:
        """Sign the joint text, or say that the team does not.

        Raises:
            RefusedError: If there is none, it has changed, or the game goes on or is revealed.
        """
        with self._change() as db:
            self._signing(db, code, version, f"{role}/{once}")
            if not version:
                raise RefusedError(409, "no_text")
            db.execute("INSERT OR REPLACE INTO signatures VALUES (?, ?, ?)", (code, role, int(yes)))
            self._touch(db, code)

    def guess(self, code: str, role: str, slide: int, once: str, text: str) -> None:
        """Keep what a team guesses before a slide of the debrief is opened.

        Raises:
            RefusedError: If it is open already, or not the next one.
        """
        with self._change() as db:
            room = self.room(code)
            self._use(db, code, f"{role}/{once}")
            if room.phase != "revealed" or slide != room.slide + 1:
                raise RefusedError(409, "slide_open")
            db.execute(
                "INSERT OR REPLACE INTO guesses VALUES (?, ?, ?, ?)", (code, slide, role, text)
            )
            self._touch(db, code)

    def mark(
        self, code: str, token: str | None, test: str, once: str, answers: Sequence[Any]
    ) -> None:
        """Keep what somebody answered in a test, once: before the first turn, or at the debrief.

        Args:
            code: The room.
            token: The seat's.
            test: One of `marks.TESTS`.
            once: A number that is used once.
            answers: For each question the number of the choice and how sure, in percent.

        Raises:
            RefusedError: If the test is not open, was answered, or an answer is none.
        """
        fits = len(answers) == len(marks.key("pre")) and all(
            isinstance(one, list | tuple)
            and len(one) == 2
            and type(one[0]) is type(one[1]) is int
            and 0 <= one[0] < 4
            and one[1] in marks.SURE
            for one in answers
        )
        if test not in marks.TESTS or not fits:
            raise RefusedError(400, "no_answers")
        with self._change() as db:
            room = self.room(code)
            self.seat(code, token)
            self._use(db, code, f"mark/{once}")
            if test != self.open_test(room):
                raise RefusedError(409, "no_test")
            try:
                db.execute(
                    "INSERT INTO marks VALUES (?, ?, ?, ?)",
                    (code, _hidden(token or ""), test, json.dumps(answers)),
                )
            except sqlite3.IntegrityError:
                raise RefusedError(409, "done_already") from None
            self._touch(db, code)

    @staticmethod
    def open_test(room: Room) -> str | None:
        """Return the test that may be answered now."""
        if room.phase == "revealed":
            # Whoever answered before the slides would answer the pre-test again.
            return "post" if room.slide == SLIDES else None
        return "pre" if room.turn == 0 else None

    def has_answered(self, code: str, token: str, test: str) -> bool:
        """Return whether a seat has sent a test.

        Raises:
            RefusedError: If the token holds no seat there.
        """
        self.seat(code, token)
        return any(m.seat == _hidden(token) and m.test == test for m in self.marks(code))

    def marks(self, code: str) -> list[Mark]:
        """Return what was answered in both tests."""
        found = self._rows(
            "SELECT seat, test, answers FROM marks WHERE room = ? ORDER BY seat, test DESC", code
        )
        return [
            Mark(seat, test, [(c, s) for c, s in json.loads(text)]) for seat, test, text in found
        ]

    def open_slide(self, code: str, slide: int, once: str) -> None:
        """Open the next slide of the debrief to everybody.

        Raises:
            RefusedError: If it is another than the next.
        """
        with self._change() as db:
            room = self.room(code)
            self._use(db, code, once)
            if room.phase != "revealed" or slide != room.slide + 1 or slide > SLIDES:
                raise RefusedError(409, "not_now")
            db.execute("UPDATE rooms SET slide = ? WHERE code = ?", (slide, code))
            self._touch(db, code)

    def _deciding(self, db: sqlite3.Connection, code: str, turn: int, once: str) -> None:
        """Refuse what is not for the turn that is being decided."""
        room = self.room(code)
        self._use(db, code, once)
        if room.phase != "deciding":
            raise RefusedError(409, "not_deciding")
        if turn != room.turn:
            raise RefusedError(409, "turn_over")

    def _signing(self, db: sqlite3.Connection, code: str, version: int, once: str) -> None:
        """Refuse what is not about the joint text as it stands at the end."""
        room = self.room(code)
        self._use(db, code, once)
        if room.phase != "ended":
            raise RefusedError(409, "not_ended")
        if version != self._communique(code).version:
            raise RefusedError(409, "faster")

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
            left, runs = self.left(room), phase == "deciding"
            db.execute(
                "UPDATE rooms SET phase = ?, clock = ?, seconds = ? WHERE code = ?",
                (phase, int(time.time()) + left if runs and left else 0, 0 if runs else left, code),
            )
            if room.phase == "waiting":
                # Who comes later could sit down in a second team and read its plans.
                db.execute("UPDATE rooms SET doors = 0 WHERE code = ?", (code,))
            self._touch(db, code)

    def next_turn(
        self,
        code: str,
        turn: int,
        once: str,
        decided: Snapshot | None = None,
        past: bytes | None = None,
    ) -> bool:
        """End a turn: who has sent nothing plays what it played before, at first ``auto``.

        Args:
            code: The room.
            turn: The turn that ends.
            once: A number that is used once.
            decided: The room when the turn was played; None ends it before it is played.
            past: What was played, from `game.packed`; it is kept with the turn, both or neither.

        Returns:
            Whether it has ended: not if it was played and something else is decided by now.

        Raises:
            RefusedError: If it is another turn that is being decided, or none, or earlier turns
                were played by another model.
        """
        with self._change() as db:
            room = self.room(code)
            self._use(db, code, once)
            if room.model and room.model != game.model():
                raise RefusedError(409, "model_moved")
            if room.phase != "deciding" or turn != room.turn:
                raise RefusedError(409, "turn_over")
            if decided is not None:
                same = room.seed == decided.room.seed and self._turn(code, turn) == decided.now
                if past is None or not same:
                    db.execute("ROLLBACK")
                    return False
                self._keep_past(db, code, turn + 1, game.model(), past)
            for role, choices in self._turn(code, turn).choices.items():
                db.execute(
                    "INSERT OR IGNORE INTO choices VALUES (?, ?, ?, ?, 0, ?)",
                    (code, turn, role, json.dumps(choices), _now()),
                )
            last = room.turn + 1 == len(game.rules().turns)
            db.execute(
                "UPDATE rooms SET turn = turn + 1, phase = ?, again = 0, clock = 0, seconds = 0 "
                "WHERE code = ?",
                ("ended" if last else "deciding", code),
            )
            self._touch(db, code)
        return True

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
            for table in _OF_GAME.split():
                db.execute(f"DELETE FROM {table} WHERE room = ?", (code,))
            db.execute("DELETE FROM marks WHERE room = ? AND test = 'post'", (code,))
            db.execute(
                "UPDATE rooms SET turn = 0, phase = 'waiting', doors = 1, model = '', seed = ?, "
                "again = 0, clock = 0, seconds = 0, slide = 0 WHERE code = ?",
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
