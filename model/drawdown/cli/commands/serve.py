"""``serve``: the pages for a class."""

from __future__ import annotations

from pathlib import Path

import click

from drawdown.cli import options, terminal


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
@click.option(
    "--embed",
    "frames",
    multiple=True,
    metavar="ADDRESS",
    help="A page that may show Explore in a frame, such as https://course.example.edu; again for "
    "more.",
)
@options.games_file
def serve(
    port: int, everywhere: bool, address: str | None, frames: tuple[str, ...], kept: Path | None
) -> None:
    """Open the pages for a class on this machine: Explore, Exercise and materials.

    It needs no internet. Only this machine is listened to unless --open is given.
    """
    options.needs("starlette", "uvicorn", "segno")
    from drawdown.declared.errors import InputError
    from drawdown.declared.language import Language
    from drawdown.exercise.rooms import Rooms, rooms_file, serving
    from drawdown.web import guard, server
    from drawdown.web.address import View
    from drawdown.web.explore import Explorer

    if address is not None and not address.startswith(("http://", "https://")):
        raise InputError(f"--address must begin with http:// or https://, got '{address}'")
    guard.plays(frames)
    host = server.EVERYWHERE if everywhere else server.HERE
    server.check_port(host, port)
    path = kept or rooms_file()
    lock = serving(path)
    click.get_current_context().call_on_close(lock.drop)
    rooms = Rooms(path)
    with terminal.bar(1, "Warming up") as (advance, _):
        Explorer().curves(View(), Language())
        advance(1)
    found = server.own_address() if everywhere and address is None else None
    reached = address or (f"http://{found}:{port}" if found else None)
    local = f"http://{server.HERE}:{port}"
    terminal.say(f"Explore:      {local}/")
    terminal.say(f"Facilitator:  {local}/exercise/facilitator#key={rooms.key}")
    if everywhere:
        terminal.say(f"Teams:        {(reached or local).rstrip('/')}/exercise")
        terminal.say("Listening to everybody in this network.")
    else:
        terminal.say("Listening to this machine only; --open lets phones in the room join.")
    terminal.say(f"Games are kept in {terminal.shown_path(path)}. Stop with Ctrl+C.")
    server.run(rooms, host, port, reached.rstrip("/") if reached else None, frames)
