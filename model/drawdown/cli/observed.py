"""How observed files are read, and from lists of events to series."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from drawdown.cli import options

if TYPE_CHECKING:
    from drawdown.declared.tabular import Reading

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
    from drawdown.declared.tabular import Reading

    return Reading(dates.lower() if dates else None, decimal, grade)


def day_of(text: str | None, option: str) -> date | None:
    """Return the date that an option gives, or None where it is not given."""
    from drawdown.declared.errors import InputError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option}: must be a date such as 2021-08-01, got '{text}'") from None
