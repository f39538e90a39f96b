"""A table as data: the terminal draws it, the report puts it on a page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rich import box as boxes
from rich.table import Table


class Sheet:
    """Heads and rows of text, under a title.

    Args:
        title: What stands above it.
        heads: Heads of its columns; `column` adds one with a look of its own.
        look: How the terminal draws it (arguments of `rich.table.Table`).
    """

    def __init__(self, title: str = "", heads: Sequence[str] = (), **look: Any) -> None:
        self.title = title
        self.heads: list[str] = []
        self.rows: list[tuple[str, ...]] = []
        self._look: dict[str, Any] = {"box": boxes.SIMPLE_HEAD, "title_justify": "left"} | look
        self._columns: list[dict[str, Any]] = []
        for i, head in enumerate(heads):
            self.column(head, justify="right" if i else "left", overflow="fold")

    def column(self, head: str, **look: Any) -> None:
        """Add a column; ``look`` is what `rich.table.Table.add_column` takes."""
        self.heads.append(head)
        self._columns.append(look)

    def row(self, *cells: str) -> None:
        """Add a row, a text for each column."""
        if len(cells) != len(self.heads):
            raise ValueError(f"{len(cells)} cells for {len(self.heads)} columns of {self.title!r}")
        self.rows.append(cells)

    def __rich__(self) -> Table:
        """Return it for the terminal, where a name that goes on is not said again."""
        table = Table(title=self.title or None, **self._look)
        for head, look in zip(self.heads, self._columns, strict=True):
            table.add_column(head, **look)
        named = [row[0] for row in self.rows]
        grouped = any(a == b for a, b in pairwise(named))
        for i, (first, *rest) in enumerate(self.rows):
            again = i > 0 and named[i - 1] == first
            last = i + 1 == len(named) or named[i + 1] != first
            table.add_row("" if again else first, *rest, end_section=grouped and last)
        return table
