"""``results``: what is there, how large, whether it is whole; and its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.command import Command, argument
from drawdown.declared.errors import InputError


class Folder(Command):
    """A command on the folder of results."""

    out: str | None = options.out

    @property
    def folder(self) -> Path:
        """The folder of results."""
        from drawdown.declared.result_folder import results_folder

        return results_folder(self.out)


class Verify(Folder):
    """Check the files of every result against the digests that they were written with."""

    def run(self) -> None:
        """Say of each result what was changed; exit 1 where something was."""
        from drawdown.connect import replay, stored_results, verify

        faults = 0
        for item in stored_results.results(self.folder):
            try:
                found = verify.changed(item.path, replay.record_of(item.path))
            except InputError as error:
                found = list(error.faults)
            faults += len(found)
            for sentence in found or ["whole"]:
                terminal.say(f"{item.name}: {sentence}")
        if faults:
            click.get_current_context().exit(runner.DIFFERS)


class Remove(Folder):
    """Remove the results NAMES; what Drawdown did not write stays."""

    names: tuple[str, ...] = argument(nargs=-1, required=True)

    def run(self) -> None:
        """Remove them."""
        from drawdown.connect import stored_results

        names = list(dict.fromkeys(self.names))
        stored_results.remove(names, self.folder)
        terminal.say(f"Removed: {', '.join(names)}")


class Clear(Folder):
    """Remove what interrupted commands have kept; they then begin anew."""

    def run(self) -> None:
        """Remove it."""
        from drawdown.connect import stored_results

        terminal.say(f"{stored_results.clear(self.folder) / 2**20:,.1f} MB cleared")


class Results(Folder):
    """List results with their sizes; check, remove or clear them."""

    commands = (Verify, Remove, Clear)
    out: str | None = options.out
    wide: None = options.wide

    def run(self) -> None:
        """List them."""
        from drawdown.connect import stored_results
        from drawdown.views.terminal_tables import Sheet

        parent = self.folder
        table = Sheet(box=None)
        for head in ("result", "MB", "made", "command"):
            table.column(head, words=head in ("made", "command"))
        rows: list[Any] = [*stored_results.results(parent), *stored_results.unfinished(parent)]
        for item in rows:
            table.row(item.name, f"{item.size / 2**20:,.1f}", item.made[:16], item.command)
        console = terminal.console()
        if rows:
            console.print(table)
        total = sum(item.size for item in rows) / 2**20
        console.print(f"{len(rows)} in {terminal.shown_path(parent)}, {total:,.1f} MB")
