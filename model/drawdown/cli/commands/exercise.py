"""``exercise``: the games that were played."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from drawdown.cli import options, terminal
from drawdown.cli.options import Keep


@click.group()
def exercise() -> None:
    """Look after the games of the exercise."""


def _file(named: Path | None) -> Path:
    from drawdown.declared.errors import InputError
    from drawdown.exercise.rooms import rooms_file

    path = named or rooms_file()
    try:
        there = path.exists()
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror})") from None
    if not there:
        raise InputError(f"there is no {path}: 'drawdown serve' makes it")
    return path


def _read(named: Path | None) -> Any:
    from drawdown.exercise.rooms import Rooms

    return Rooms(_file(named), reading=True)


@contextmanager
def _changing(named: Path | None) -> Iterator[Any]:
    import sqlite3

    from drawdown.declared.errors import InputError
    from drawdown.exercise.rooms import Rooms

    path = _file(named)
    try:
        yield Rooms(path)
    except sqlite3.Error as error:
        raise InputError(f"{path}: nothing was changed ({error})") from None


@exercise.command("list")
@options.games_file
def list_games(kept: Path | None) -> None:
    """List rooms with their codes."""
    for room in _read(kept).all():
        terminal.say(f"{room.code}  turn {room.turn}  {room.phase:9}  {room.title}")


@exercise.command("export")
@click.argument("code")
@options.games_file
@options.keeps
@options.language
def export_game(code: str, kept: Path | None, keep: Keep, lang: str) -> None:
    """Write the whole game of room CODE as JSON and CSV, hidden state included."""
    import json

    from drawdown.connect import store
    from drawdown.declared.errors import InputError, unknown
    from drawdown.declared.kept import write_whole
    from drawdown.declared.language import Language
    from drawdown.exercise.rooms import as_code
    from drawdown.exercise.told import Teller, export_rows

    rooms = _read(kept)
    codes = [room.code for room in rooms.all()]
    code = as_code(code)
    if code not in codes:
        raise InputError(unknown("room", code, codes))
    language = Language(lang)
    found = Teller(rooms).export(code, language)
    place = keep.place(f"exercise-{code}", {"game": found, "lang": lang})
    with place.folder() as folder:
        text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        write_whole(folder / "game.json", text)
        store.write_rows(export_rows(found), folder, "game")
        store.write_run(folder, room=code)
    terminal.say_where(place.final, language, terminal.console())


@exercise.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@options.games_file
def backup_games(target: Path, kept: Path | None) -> None:
    """Copy all games, whole as they stand, into the file TARGET; a server may be running."""
    rooms = _read(kept)
    rooms.backup(target)
    terminal.say(f"{len(rooms.all())} rooms are in {terminal.shown_path(target)}")


@exercise.command("move")
@click.argument("target", type=click.Path(path_type=Path))
@options.games_file
def move_games(target: Path, kept: Path | None) -> None:
    """Move all games into the file TARGET; no server may have them."""
    from drawdown.declared.errors import InputError
    from drawdown.exercise.rooms import Rooms, serving

    # The file itself goes, not a symlink to it.
    path = Path(os.path.realpath(_file(kept)))
    lock = serving(path)
    try:
        Rooms(path, reading=True).backup(target)
        for part in (
            path,
            *(path.with_name(f"{path.name}-{s}") for s in ("journal", "wal", "shm")),
        ):
            part.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"{path} cannot be removed ({error.strerror}); {target} has it all"
        ) from None
    finally:
        lock.drop()
    terminal.say(f"The games are in {terminal.shown_path(target)}")


@exercise.command("key")
@click.option("--new", "fresh", is_flag=True, help="Make a new key; every session ends.")
@options.games_file
def facilitator_key(fresh: bool, kept: Path | None) -> None:
    """Show the facilitator's key, or make a new one."""
    if fresh:
        with _changing(kept) as rooms:
            terminal.say(rooms.new_key()[0])
    else:
        terminal.say(_read(kept).key)


@exercise.command("delete")
@click.argument("code")
@options.games_file
def delete_game(code: str, kept: Path | None) -> None:
    """Delete room CODE with everything in it, names included."""
    from drawdown.declared.errors import InputError, unknown
    from drawdown.exercise.rooms import as_code

    with _changing(kept) as rooms:
        codes = [room.code for room in rooms.all()]
        if as_code(code) not in codes:
            raise InputError(unknown("room", as_code(code), codes))
        rooms.delete(as_code(code))
    terminal.say(f"{as_code(code)}: deleted")
