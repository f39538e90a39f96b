"""``schema``: the JSON Schema of scenario files."""

from __future__ import annotations

from drawdown.cli import terminal
from drawdown.cli.command import Command, option
from drawdown.declared import data_files
from drawdown.declared.errors import InputError
from drawdown.declared.storage import write_whole


class Schema(Command):
    """Print the JSON Schema of scenario files, for editors."""

    write: bool = option(is_flag=True, help="Write docs/scenario.schema.json instead.")

    def run(self) -> None:
        """Print or write it."""
        from drawdown.declared.scenario_file import schema

        if not self.write:
            terminal.say(schema(), nl=False)
            return
        root = data_files.project_root()
        if root is None:
            raise InputError("--write needs a checkout of the project")
        path = root / "docs" / "scenario.schema.json"
        write_whole(path, schema().encode())
        terminal.say(terminal.shown_path(path))
