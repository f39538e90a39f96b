"""How observed files are read, and from lists of events to series."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drawdown.cli import options

if TYPE_CHECKING:
    from drawdown.tabular import Reading

observed_options = options.options(
    click.option(
        "--dates",
        default=None,
        metavar="ORDER",
        help="Order of dates where the file leaves it open: dmy, mdy or ymd.",
    ),
    click.option(
        "--decimal",
        default=None,
        metavar="SIGN",
        help="Decimal sign where the file leaves it open: . or ,",
    ),
    click.option(
        "--grade", default=None, metavar="LETTERS", help="Rows of these grades only, such as AB."
    ),
)


def reading_of(dates: str | None, decimal: str | None, grade: str | None) -> Reading:
    """Return what the user says of a file."""
    from drawdown.tabular import Reading

    return Reading(dates.lower() if dates else None, decimal, grade)


def _day(text: str | None, option: str) -> date | None:
    from drawdown.errors import InputError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option}: must be a date such as 2021-08-01, got '{text}'") from None


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
    help="Only rows with this value; may be given several times.",
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
    with a column 'date' (and perhaps 'deaths'). An event counts on its first day; one whose
    days reach into another period is left out of low and stands in the high of each.
    """
    from drawdown import events as lists
    from drawdown.errors import InputError

    asked = []
    for item in where:
        column, equals, value = item.partition("=")
        if not equals:
            raise InputError(f"--where {item}: must be COLUMN=VALUE, such as country=Iraq")
        asked.append((column.strip(), value.strip()))
    listed = lists.read(file, reading_of(**reading), asked)
    found = lists.series(listed, period, counted, _day(first, "--from"), _day(last, "--to"))
    click.echo(f"{len(listed.events)} events, layout {listed.layout}", err=True)
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    text = lists.as_csv(found)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        with Path(output).open("x", encoding="utf-8", newline="\n") as target:
            target.write(text)
    except FileExistsError:
        raise InputError(f"{output}: is there already; name another file") from None
    except OSError as error:
        raise InputError(f"{output}: cannot be written ({error.strerror})") from None
    click.echo(f"{output}: written; 'drawdown validate --observed {output}' scores the model on it")
