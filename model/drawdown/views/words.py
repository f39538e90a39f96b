"""What every view shares: sentences of one group of words, and tables for CSV files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import wraps
from numbers import Integral, Real
from typing import Any, ParamSpec

from drawdown.declared.language import Language

P = ParamSpec("P")
Cell = str | float | bool | date | None


class Words:
    """Sentences of a group of ``seeds/words``, with the numbers in them written out.

    Args:
        language: Their language.
        group: The group.
    """

    def __init__(self, language: Language, group: str) -> None:
        self._language, self._group = language, group

    def __call__(self, name: str, /, **values: Any) -> str:
        """Return a sentence. Whole numbers have no digits after the point, others two."""
        texts = {key: number_text(value, self._language) for key, value in values.items()}
        return self._language.word(self._group, name, **texts)

    def line(self, name: str, /, **values: Any) -> str:
        """Return a sentence as a line that begins on its language's side."""
        return self._language.line(self(name, **values))

    def each(self, *names: str) -> list[str]:
        """Return several words, such as the heads of a table."""
        return [self(name) for name in names]


def number_text(value: Any, language: Language) -> Any:
    """Return a number as text, and anything else as it is."""
    if isinstance(value, Integral):
        return language.number(int(value), 0)
    return language.number(float(value)) if isinstance(value, Real) else value


def percent(share: float) -> float:
    """Return a share as a whole number of 100; nan where there is none."""
    return round(100 * float(share)) if share == share else share


def csv_rows(
    head: Sequence[str], rows: Iterable[Sequence[Cell]], digits: int = 6
) -> list[list[str]]:
    """Return rows of text for a CSV file, the first with the columns' names.

    Args:
        head: Names of the columns.
        rows: Values of each row; None is an empty cell.
        digits: Significant digits of numbers that are not whole.
    """

    def text(cell: Cell) -> str:
        if isinstance(cell, float):
            return f"{cell:.{digits}g}"
        return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)

    return [[*head], *([text(cell) for cell in row] for row in rows)]


def csv_table(
    head: str, digits: int = 6
) -> Callable[[Callable[P, Iterable[Sequence[Cell]]]], Callable[P, list[list[str]]]]:
    """Make a function that yields rows of values return what `csv_rows` makes of them.

    Args:
        head: Names of the columns, separated by blanks.
        digits: Significant digits of numbers that are not whole.
    """

    def make(rows: Callable[P, Iterable[Sequence[Cell]]]) -> Callable[P, list[list[str]]]:
        @wraps(rows)
        def table(*args: P.args, **named: P.kwargs) -> list[list[str]]:
            return csv_rows(head.split(), rows(*args, **named), digits)

        return table

    return make
