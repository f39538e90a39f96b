"""``schema``: the JSON Schema of scenario files."""

from __future__ import annotations

from drawdown.cli import terminal
from drawdown.cli.command import Command


class Schema(Command):
    """Print the JSON Schema of scenario files, for editors."""

    example = "drawdown schema"

    def run(self) -> None:
        """Print it."""
        from drawdown.declared.scenario_file import schema

        terminal.say(schema(), nl=False)
