"""``exercise``: the games that were played."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from drawdown.cli import options, terminal
from drawdown.cli.command import Command, argument, option, several
from drawdown.cli.options import Keep
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.language import Language


class Games(Command):
    """A command that looks after the games of a file."""

    rules = True
    file: Path | None = options.games_file

    def path(self) -> Path:
        """Return the file.

        Raises:
            InputError: If it is not there.
        """
        from drawdown.exercise.rooms import rooms_file

        path = self.file or rooms_file()
        try:
            there = path.exists()
        except OSError as error:
            raise InputError(f"{path}: cannot be opened ({error.strerror})") from None
        if not there:
            raise InputError(f"there is no {path}: 'drawdown serve' makes it")
        return path

    def read(self) -> Any:
        """Return its games, to be read alone."""
        from drawdown.exercise.rooms import Rooms

        return Rooms(self.path(), reading=True)

    @contextmanager
    def changing(self) -> Iterator[Any]:
        """Give its games, to be changed.

        Raises:
            InputError: If they cannot be.
        """
        import sqlite3

        from drawdown.exercise.rooms import Rooms

        path = self.path()
        try:
            yield Rooms(path)
        except sqlite3.Error as error:
            raise InputError(f"{path}: nothing was changed ({error})") from None


def known(code: str, rooms: Any) -> str:
    """Return a room's code as rooms have it.

    Raises:
        InputError: If there is no such room.
    """
    from drawdown.exercise.rooms import as_code

    code, codes = as_code(code), [room.code for room in rooms.all()]
    if code not in codes:
        raise InputError(unknown("room", code, codes))
    return code


class List(Games):
    """List rooms with their codes."""

    def run(self) -> None:
        """List them."""
        for room in self.read().all():
            terminal.say(f"{room.code}  turn {room.turn}  {room.phase:9}  {room.title}")


class Export(Games):
    """Write the whole game of room CODE as JSON and CSV, hidden state included."""

    code: str = argument()
    file: Path | None = options.games_file
    keep: Keep = several(Keep)
    language: Language = options.language

    def run(self) -> None:
        """Write it into a result's folder."""
        import json

        from drawdown.connect import store
        from drawdown.declared.storage import write_whole
        from drawdown.exercise.room_views import Teller, export_rows

        rooms = self.read()
        code = known(self.code, rooms)
        found = Teller(rooms).export(code, self.language)
        settings = {"game": found, "lang": self.language.code}
        place = self.keep.place(f"exercise-{code}", settings)
        with place.folder() as folder:
            text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
            write_whole(folder / "game.json", text)
            store.write_rows(export_rows(found), folder, "game")
            store.write_run(folder, room=code)
        terminal.say_where(place.final, self.language, terminal.console())


class Backup(Games):
    """Copy all games, whole as they stand, into the file TARGET; a server may be running."""

    target: Path = argument(type=click.Path(path_type=Path))

    def run(self) -> None:
        """Copy them."""
        rooms = self.read()
        rooms.backup(self.target)
        terminal.say(f"{len(rooms.all())} rooms are in {terminal.shown_path(self.target)}")


class Move(Games):
    """Move all games into the file TARGET; no server may have them."""

    target: Path = argument(type=click.Path(path_type=Path))

    def run(self) -> None:
        """Copy them, and remove the file."""
        from drawdown.exercise.rooms import Rooms, serving

        # The file itself goes, not a symlink to it.
        path = Path(os.path.realpath(self.path()))
        lock = serving(path)
        try:
            Rooms(path, reading=True).backup(self.target)
            for ending in ("", "-journal", "-wal", "-shm"):
                path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
        except OSError as error:
            raise InputError(
                f"{path} cannot be removed ({error.strerror}); {self.target} has it all"
            ) from None
        finally:
            lock.drop()
        terminal.say(f"The games are in {terminal.shown_path(self.target)}")


class Key(Games):
    """Show the facilitator's key, or make a new one."""

    new: bool = option(is_flag=True, help="Make a new key; every session ends.")

    def run(self) -> None:
        """Show it."""
        if not self.new:
            terminal.say(self.read().key)
            return
        with self.changing() as rooms:
            terminal.say(rooms.new_key()[0])


class Delete(Games):
    """Delete room CODE with everything in it, names included."""

    code: str = argument()

    def run(self) -> None:
        """Delete it."""
        with self.changing() as rooms:
            code = known(self.code, rooms)
            rooms.delete(code)
        terminal.say(f"{code}: deleted")


class Exercise(Command):
    """Look after the games of the exercise."""

    example = "drawdown exercise export ABCDEF"
    commands = (List, Export, Backup, Move, Key, Delete)
