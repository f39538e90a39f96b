"""``serve``: the pages for a class."""

from __future__ import annotations

from pathlib import Path

import click

from drawdown.cli import options, terminal
from drawdown.cli.command import Command, option
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language


class Serve(Command):
    """Open the pages for a class: Explore, Exercise and materials.

    It needs no internet. Only this machine is listened to unless --open is given.
    """

    example = "drawdown serve --open"
    needs = ("starlette", "uvicorn", "segno")
    rules = True
    port: int = option(default=8000, type=click.IntRange(1, 65535))
    everywhere: bool = option("--open", is_flag=True, help="Let phones in the room join.")
    address: str | None = option(
        metavar="URL",
        help="What phones reach this machine by, where it is not found rightly; with the path "
        "where the pages lie below one, such as https://hub.example.edu/user/teacher/proxy/8000.",
    )
    frames: tuple[str, ...] = option(
        "--embed",
        multiple=True,
        metavar="ADDRESS",
        help="A page that may show Explore in a frame, such as https://course.example.edu; again "
        "for more.",
    )
    certificate: Path | None = option(
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Encrypt: a certificate (PEM) that phones trust, with --private-key.",
    )
    private_key: Path | None = option(
        metavar="FILE", type=click.Path(path_type=Path), help="The certificate's key (PEM)."
    )
    file: Path | None = options.games_file

    def run(self) -> None:
        """Serve until somebody stops it."""
        from drawdown.exercise.rooms import Rooms, rooms_file, serving
        from drawdown.web import guard, server
        from drawdown.web.address import View
        from drawdown.web.explore import Explorer

        address = self.address
        if address is not None and not address.startswith(("http://", "https://")):
            raise InputError(f"--address must begin with http:// or https://, got '{address}'")
        guard.plays(self.frames)
        tls = server.tls(self.certificate, self.private_key)
        scheme = "https" if tls else "http"
        host = server.EVERYWHERE if self.everywhere else server.HERE
        server.check_port(host, self.port)
        path = self.file or rooms_file()
        lock = serving(path)
        click.get_current_context().call_on_close(lock.drop)
        rooms = Rooms(path)
        with terminal.bar(1, "Warming up") as (advance, _):
            Explorer().curves(View(), Language())
            advance(1)
        found = server.own_address() if self.everywhere and address is None else None
        reached = address or (f"{scheme}://{found}:{self.port}" if found else None)
        local = f"{scheme}://{server.HERE}:{self.port}"
        terminal.say(f"Explore:      {local}/")
        terminal.say(f"Facilitator:  {local}/exercise/facilitator#key={rooms.key}")
        if self.everywhere:
            terminal.say(f"Teams:        {(reached or local).rstrip('/')}/exercise")
            terminal.say("Listening to everybody in this network.")
        else:
            terminal.say("Listening to this machine only; --open lets phones in the room join.")
        terminal.say(f"Games are kept in {terminal.shown_path(path)}. Stop with Ctrl+C.")
        base = reached.rstrip("/") if reached else None
        server.run(rooms, host, self.port, base, self.frames, tls)
