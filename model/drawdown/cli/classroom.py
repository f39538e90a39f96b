"""For a class: the pages, the games, and a bundle for where there is no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from drawdown.cli import options, terminal
from drawdown.cli.options import Keep

_kept = click.option(
    "--file",
    "kept",
    default=None,
    type=click.Path(path_type=Path),
    help="SQLite file of the games.  [default: exercise.sqlite in the folder of results]",
)


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--open", "everywhere", is_flag=True, help="Let phones in the room join.")
@click.option(
    "--address",
    default=None,
    metavar="URL",
    help="What phones reach this machine by, where it is not found rightly; with the path where "
    "the pages lie below one, such as https://hub.example.edu/user/teacher/proxy/8000.",
)
@_kept
def serve(port: int, everywhere: bool, address: str | None, kept: Path | None) -> None:
    """Open the pages for a class on this machine: Explore, Exercise and materials.

    It needs no internet. Only this machine is listened to unless --open is given.
    """
    options.needs("starlette", "uvicorn", "segno")
    from drawdown.errors import InputError
    from drawdown.exercise.rooms import Rooms, rooms_file
    from drawdown.language import Language
    from drawdown.web import server
    from drawdown.web.explore import Explorer, View

    if address is not None and not address.startswith(("http://", "https://")):
        raise InputError(f"--address must begin with http:// or https://, got '{address}'")
    host = server.EVERYWHERE if everywhere else server.HERE
    server.check_port(host, port)
    path = kept or rooms_file()
    rooms = Rooms(path)
    with terminal.bar(1, "Warming up") as (advance, _):
        Explorer().curves(View(), Language())
        advance(1)
    found = server.own_address() if everywhere and address is None else None
    reached = address or (f"http://{found}:{port}" if found else None)
    local = f"http://{server.HERE}:{port}"
    click.echo(f"Explore:      {local}/")
    click.echo(f"Facilitator:  {local}/exercise/facilitator#key={rooms.key}")
    if everywhere:
        click.echo(f"Teams:        {(reached or local).rstrip('/')}/exercise")
        click.echo("Listening to everybody in this network.")
    else:
        click.echo("Listening to this machine only; --open lets phones in the room join.")
    click.echo(f"Games are kept in {terminal.shown_path(path)}. Stop with Ctrl+C.")
    server.run(rooms, host, port, reached.rstrip("/") if reached else None)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--for",
    "machine",
    type=click.Choice(["linux", "windows", "macos"]),
    default="linux",
    show_default=True,
)
@click.option(
    "--with-ema",
    is_flag=True,
    help="Add EMA Workbench, which thesis and report need; it brings Platypus, under the GPL.",
)
def bundle(folder: Path, machine: str, with_ema: bool) -> None:
    """Fill FOLDER with all that installs Drawdown on a machine without a network.

    There, with Python 3.11, install.sh or install.bat does it; start.sh or start.bat serves.
    """
    from drawdown import bundle as bundles

    extras = (*bundles.EXTRAS, "ema") if with_ema else bundles.EXTRAS
    count = bundles.make(
        folder, machine, say=lambda text: click.echo(text, err=True), extras=extras
    )
    click.echo(f"{count} wheels for {machine} in {folder}")


@click.group()
def exercise() -> None:
    """Look after the games of the exercise."""


def _rooms(kept: Path | None) -> Any:
    from drawdown.errors import InputError
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
@_kept
def list_games(kept: Path | None) -> None:
    """List rooms with their codes."""
    for room in _rooms(kept).all():
        click.echo(f"{room.code}  turn {room.turn}  {room.phase:9}  {room.title}")


@exercise.command("export")
@click.argument("code")
@_kept
@options.keeps
@options.language
def export_game(code: str, kept: Path | None, keep: Keep, lang: str) -> None:
    """Write the whole game of room CODE as JSON and CSV, hidden state included."""
    import json

    from drawdown import store
    from drawdown.errors import InputError, unknown
    from drawdown.exercise.rooms import as_code
    from drawdown.exercise.told import Teller, export_rows
    from drawdown.language import Language

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
