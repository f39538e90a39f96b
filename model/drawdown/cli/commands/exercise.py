"""``exercise``: the games that were played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from drawdown.cli import options, terminal
from drawdown.cli.options import Keep


@click.group()
def exercise() -> None:
    """Look after the games of the exercise."""


def _rooms(kept: Path | None) -> Any:
    from drawdown.declared.errors import InputError
    from drawdown.exercise.rooms import Rooms, rooms_file

    path = kept or rooms_file()
    try:
        there = path.exists()
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror})") from None
    if not there:
        raise InputError(f"there is no {path}: 'drawdown serve' makes it")
    return Rooms(path)


@exercise.command("list")
@options.games_file
def list_games(kept: Path | None) -> None:
    """List rooms with their codes."""
    for room in _rooms(kept).all():
        click.echo(f"{room.code}  turn {room.turn}  {room.phase:9}  {room.title}")


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
    from drawdown.declared.language import Language
    from drawdown.exercise.rooms import as_code
    from drawdown.exercise.told import Teller, export_rows

    rooms = _rooms(kept)
    codes = [room.code for room in rooms.all()]
    code = as_code(code)
    if code not in codes:
        raise InputError(unknown("room", code, codes))
    language = Language(lang)
    found = Teller(rooms).export(code, language)
    place = keep.place(f"exercise-{code}", {"game": found, "lang": lang})
    with place.folder() as folder:
        text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        (folder / "game.json").write_text(text, encoding="utf-8")
        store.write_rows(export_rows(found), folder, "game")
        store.write_run(folder, room=code)
    terminal.say_where(place.final, language, terminal.console())
