"""``events``: a list of events as a series of counts."""

from __future__ import annotations

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.command import Command, argument, option, several
from drawdown.declared.errors import InputError


class Events(Command):
    """Turn a list of events into a series of counts.

    'drawdown validate' and 'drawdown evidence calibrate' read the series.

    FILE has one row an event, as CSV or Excel: in the layout of UCDP GED, ACLED or GTD, or
    with a column 'date' (and perhaps 'deaths', 'id', 'precision': day, week, month, year). An
    event counts on its day; one whose days may reach into another period is left out of low
    and stands in the high of each. Numbers of dead that are not given and repeated rows widen
    low and high too; each is said once with its count.
    """

    example = "drawdown events my-ged.csv --to-series month --output mine.csv"
    file: str = argument(type=click.Path())
    period: str = option(
        "--to-series",
        required=True,
        metavar="PERIOD",
        help="Length of the intervals: week, month, quarter or year.",
    )
    counted: str = option(
        "--count", default="events", help="What is counted: events, or their deaths."
    )
    where: tuple[str, ...] = option(
        multiple=True,
        metavar="COLUMN=VALUE",
        help="Only rows with this value; several of one column are alternatives, several columns "
        "must all hold.",
    )
    first: str | None = option("--from", metavar="DATE", help="First day of the series.")
    last: str | None = option("--to", metavar="DATE", help="Last day of the series.")
    observed: options.Observed = several(options.Observed)
    output: str | None = option(type=click.Path(), help="File to write; without it, to the screen.")

    def run(self) -> None:
        """Read the list, and write the series or print it."""
        from drawdown.declared import events as lists

        only = []
        for item in self.where:
            column, equals, value = item.partition("=")
            if not equals:
                raise InputError(f"--where {item}: must be COLUMN=VALUE, such as country=Iraq")
            only.append((column.strip(), value.strip()))
        listed = lists.read(self.file, self.observed.reading(), only)
        begin, end = options.day_of(self.first, "--from"), options.day_of(self.last, "--to")
        found = lists.series(listed, self.period, self.counted, begin, end)
        terminal.warn(f"{len(listed.events)} events, layout {listed.layout}")
        terminal.note(found.notes)
        text = lists.as_csv(found)
        if self.output is None:
            terminal.say(text, nl=False)
            return
        runner.write_new(self.output, text, "name another file")
        terminal.say(
            f"{self.output}: written; 'drawdown validate --observed {self.output}' scores the "
            "model on it"
        )
