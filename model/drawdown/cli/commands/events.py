"""``events``: a list of events as a series of counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from drawdown.cli import terminal
from drawdown.cli.observed import day_of, observed_options, reading_of


@click.command()
@click.argument("file", type=click.Path())
@click.option(
    "--to-series",
    "period",
    required=True,
    metavar="PERIOD",
    help="Length of the intervals: week, month, quarter or year.",
)
@click.option(
    "--count",
    "counted",
    default="events",
    show_default=True,
    help="What is counted: events, or their deaths.",
)
@click.option(
    "--where",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="Only rows with this value; several of one column are alternatives, several columns "
    "must all hold.",
)
@click.option("--from", "first", default=None, metavar="DATE", help="First day of the series.")
@click.option("--to", "last", default=None, metavar="DATE", help="Last day of the series.")
@observed_options
@click.option(
    "--output", default=None, type=click.Path(), help="File to write; without it, to the screen."
)
def events(
    file: str,
    period: str,
    counted: str,
    where: tuple[str, ...],
    first: str | None,
    last: str | None,
    output: str | None,
    **reading: Any,
) -> None:
    """Turn a list of events into a series of counts that validate and calibrate read.

    FILE has one row an event, as CSV or Excel: in the layout of UCDP GED, ACLED or GTD, or
    with a column 'date' (and perhaps 'deaths', 'id', 'precision': day, week, month, year). An
    event counts on its day; one whose days may reach into another period is left out of low
    and stands in the high of each. Numbers of dead that are not given and repeated rows widen
    low and high too; each is said once with its count.
    """
    from drawdown.declared import events as lists
    from drawdown.declared.errors import InputError
    from drawdown.declared.kept import write_new

    asked = []
    for item in where:
        column, equals, value = item.partition("=")
        if not equals:
            raise InputError(f"--where {item}: must be COLUMN=VALUE, such as country=Iraq")
        asked.append((column.strip(), value.strip()))
    listed = lists.read(file, reading_of(**reading), asked)
    found = lists.series(listed, period, counted, day_of(first, "--from"), day_of(last, "--to"))
    terminal.say(f"{len(listed.events)} events, layout {listed.layout}", err=True)
    for note in found.notes:
        terminal.say(f"note: {note}", err=True)
    text = lists.as_csv(found)
    if output is None:
        terminal.say(text, nl=False)
        return
    try:
        write_new(Path(output), text.encode())
    except FileExistsError:
        raise InputError(f"{output}: is there already; name another file") from None
    except OSError as error:
        raise InputError(f"{output}: cannot be written ({error.strerror})") from None
    terminal.say(
        f"{output}: written; 'drawdown validate --observed {output}' scores the model on it"
    )
