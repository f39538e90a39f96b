"""``check``: what is wrong with a scenario file."""

from __future__ import annotations

import click

from drawdown.cli import terminal
from drawdown.cli.command import Command, argument
from drawdown.declared.errors import InputError


class Check(Command):
    """Say everything that is wrong with FILES, and what moves nothing."""

    example = "drawdown check my-scenario.yaml"
    files: tuple[str, ...] = argument(nargs=-1, required=True, type=click.Path())

    def run(self) -> None:
        """Check one file after another."""
        from drawdown.declared.scenario import Scenario
        from drawdown.questions import idle

        faults: list[str] = []
        for file in self.files:
            try:
                item = Scenario.load(file)
            except InputError as error:
                faults += error.faults
                continue
            notes = idle.notes(item)
            terminal.note(notes)
            count = f", {len(notes)} note{'s' if len(notes) > 1 else ''}" if notes else ""
            terminal.say(f"{file}: fine, {item.start} to {item.end}, {item.days} days{count}")
        if faults:
            raise InputError(faults)
