"""``show``: the tables behind an answer."""

from __future__ import annotations

import json
from pathlib import Path

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.command import Command, argument
from drawdown.cli.playing import DETAILS
from drawdown.declared.errors import InputError


class Show(Command):
    """Print the tables behind the answer of a RESULT of run or compare: a folder or a name."""

    example = "drawdown show headline"
    result: str = argument(type=click.Path())
    out: str | None = options.out
    wide: None = options.wide

    def run(self) -> None:
        """Print what the result holds, as wide as this terminal."""
        from drawdown.declared.result_folder import results_folder
        from drawdown.views.terminal_tables import print_again

        folder, _ = runner.find_result(Path(self.result), results_folder(self.out))
        path = folder / DETAILS
        try:
            items = json.loads(path.read_text(encoding="utf-8"))["printed"]
            print_again(items, terminal.console())
        except (OSError, ValueError, TypeError, KeyError):
            raise InputError(
                f"{folder} holds no {DETAILS} that can be read: run and compare write it; "
                f"drawdown rerun {folder} makes a result anew"
            ) from None
