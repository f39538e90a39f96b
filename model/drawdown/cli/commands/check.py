"""``check``: what is wrong with a scenario file."""

from __future__ import annotations

import click

from drawdown.cli import terminal


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
def check(files: tuple[str, ...]) -> None:
    """Check scenario FILES: say everything that is wrong, and what moves nothing."""
    from drawdown.declared.errors import InputError
    from drawdown.declared.scenario import Scenario
    from drawdown.questions import idle

    faults: list[str] = []
    for file in files:
        try:
            item = Scenario.load(file)
        except InputError as error:
            faults += error.faults
            continue
        notes = idle.notes(item)
        for note in notes:
            terminal.say(f"note: {note}", err=True)
        count = f", {len(notes)} note{'s' if len(notes) > 1 else ''}" if notes else ""
        terminal.say(f"{file}: fine, {item.start} to {item.end}, {item.days} days{count}")
    if faults:
        raise InputError(faults)
