"""``plot``: figures of a result again."""

from __future__ import annotations

from pathlib import Path

import click

from drawdown.cli import options, terminal
from drawdown.cli.command import Command, argument, option
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.language import Language


class Plot(Command):
    """Draw the figures of a RESULT again: a folder or a name."""

    example = "drawdown plot headline --lang ar"
    result: str = argument(type=click.Path())
    formats: str = option(default="png,svg", help="Of png, svg, pdf.")
    out: str | None = option(type=click.Path(), help="Folder of results to look in.")
    language: Language = options.language

    def run(self) -> None:
        """Draw them."""
        from drawdown.declared import result_folder
        from drawdown.views.figures import FORMATS, Result, draw_all

        parent = result_folder.results_folder(self.out)
        folder = Path(self.result)
        try:
            if not folder.is_dir():
                folder = parent / self.result
            if not folder.is_dir():
                found = parent.glob("[!.]*") if parent.is_dir() else ()
                known = sorted(path.name for path in found if path.is_dir())
                raise InputError(unknown("result", self.result, known))
        except OSError as error:
            raise InputError(f"{self.result}: cannot be read ({error.strerror})") from None
        endings = [f.strip() for f in self.formats.split(",")]
        for ending in endings:
            if ending not in FORMATS:
                raise InputError(unknown("format", ending, FORMATS))
        try:
            for path in draw_all(Result.read(folder), folder, self.language, endings):
                terminal.say(terminal.shown_path(path))
        except OSError as error:
            raise InputError(result_folder.cannot_write(folder, error)) from None
