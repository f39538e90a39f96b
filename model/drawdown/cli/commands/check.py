"""``check``: what is wrong with a scenario file."""

from __future__ import annotations

import click

from drawdown.cli import terminal


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
def check(files: tuple[str, ...]) -> None:
    """Check scenario FILES: say everything that is wrong, and what has no way to act."""
    from drawdown.day import reach
    from drawdown.declared.errors import InputError
    from drawdown.declared.scenario import Scenario

    faults: list[str] = []
    for file in files:
        try:
            item = Scenario.load(file)
        except InputError as error:
            faults += error.faults
            continue
        notes = reach.notes(item)
        for note in notes:
            terminal.say(f"note: {note}", err=True)
        count = f", {len(notes)} note{'s' if len(notes) > 1 else ''}" if notes else ""
        terminal.say(f"{file}: fine, {item.start} to {item.end}, {item.days} days{count}")
    if faults:
        raise InputError(faults)
