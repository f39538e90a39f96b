"""``schema``: the JSON Schema of scenario files."""

from __future__ import annotations

import click

from drawdown.cli import terminal


@click.command()
@click.option("--write", is_flag=True, help="Write docs/scenario.schema.json instead.")
def schema(write: bool) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from drawdown.declared import data_files, scenario_file
    from drawdown.declared.errors import InputError
    from drawdown.declared.kept import write_whole

    if not write:
        terminal.say(scenario_file.schema(), nl=False)
        return
    root = data_files.project_root()
    if root is None:
        raise InputError("--write needs a checkout of the project")
    path = root / "docs" / "scenario.schema.json"
    write_whole(path, scenario_file.schema().encode())
    terminal.say(terminal.shown_path(path))
