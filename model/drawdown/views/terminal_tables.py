"""A table as data: the terminal draws it, the report puts it on a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from rich import box as boxes
from rich import console as rich_console
from rich import errors
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from drawdown.declared.language import without_controls

WHOLE = 40
"""Cells up to which a name or a number is never broken; longer text is prose, broken at spaces."""

UNBOUNDED = 1_000_000
"""Width of a console on which no table is divided."""


class Console(rich_console.Console):
    """The one way of text to the terminal: what a user wrote is shown, never obeyed.

    Args:
        width: Cells of a line, or None for those of the terminal.
        wide: Whether tables are drawn whole, however wide they are.
        stderr: Whether it writes on standard error.
    """

    def __init__(self, width: int | None = None, wide: bool = False, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)
        self._usual = self.width
        if wide:
            self.width = UNBOUNDED

    def print(self, *objects: Any, **look: Any) -> None:
        """Print texts and tables; ``look`` is what `rich.console.Console.print` takes."""
        if not any(isinstance(each, Sheet) for each in objects):
            look.setdefault("width", self._usual)
        texts = (without_controls(o) if isinstance(o, str) else o for o in objects)
        super().print(*texts, **look)


def _lines(text: str) -> list[str]:
    return text.split("\n")


def _longest_word(text: str) -> int:
    return max((cell_len(word) for word in text.split()), default=1)


def _least(text: str) -> int:
    """Return the cells that a text needs where names and numbers stay in one piece."""
    return max(
        n if (n := cell_len(line)) <= WHOLE else _longest_word(line) for line in _lines(text)
    )


class Sheet:
    """Heads and rows of text, under a title.

    Args:
        title: What stands above it.
        heads: Heads of its columns; `column` adds another.
        keys: How many columns at its beginning say what a row is of.
        side: On which side the title stands.
        box: Its lines, or None for none.
        rows: Its rows; `row` adds another.
    """

    def __init__(
        self,
        title: str = "",
        heads: Sequence[str] = (),
        keys: int = 1,
        side: Any = "left",
        box: boxes.Box | None = boxes.SIMPLE_HEAD,
        rows: Iterable[Sequence[str]] = (),
    ) -> None:
        self.title = title
        self.heads: list[str] = []
        self.rows: list[tuple[str, ...]] = []
        self._keys, self._side, self._box = keys, side, box
        self._justified: list[Any] = []
        self._of: list[str] = []
        for head in heads:
            self.column(head)
        for cells in rows:
            self.row(*cells)

    def column(self, head: str, of: str = "", words: bool = False) -> None:
        """Add a column.

        Args:
            head: What stands above it.
            of: What it is of, where its head leaves that to the column before it.
            words: Whether it has words, which begin on the left like those that name a row.
        """
        left = words or len(self.heads) < self._keys
        self.heads.append(head)
        self._justified.append("left" if left else "right")
        self._of.append(of)

    def row(self, *cells: str) -> None:
        """Add a row, a text for each column."""
        if len(cells) != len(self.heads):
            raise ValueError(f"{len(cells)} cells for {len(self.heads)} columns of {self.title!r}")
        self.rows.append(cells)

    def plain(self) -> dict[str, Any]:
        """Return it as a file holds it; `of` reads it again."""
        words = [side == "left" for side in self._justified]
        return {
            "title": self.title,
            "heads": self.heads,
            "keys": self._keys,
            "lines": self._box is not None,
            "columns": [list(pair) for pair in zip(self._of, words, strict=True)],
            "rows": [list(row) for row in self.rows],
        }

    @staticmethod
    def of(plain: Mapping[str, Any]) -> Sheet:
        """Return a table from what `plain` gave."""
        box = boxes.SIMPLE_HEAD if plain["lines"] else None
        found = Sheet(plain["title"], keys=plain["keys"], box=box)
        for head, (of, words) in zip(plain["heads"], plain["columns"], strict=True):
            found.column(head, of, words)
        for row in plain["rows"]:
            found.row(*row)
        return found

    def __rich_console__(
        self, console: rich_console.Console, options: rich_console.ConsoleOptions
    ) -> Iterator[Any]:
        """Draw it for the terminal; what is too wide is divided into tables of fewer columns."""
        shown = _Shown(self.heads, self._of, self.rows, 2 if self._box else 0)
        width = options.max_width
        parts = [(part, shown.widths(part, width)) for part in shown.parts(self._keys, width)]
        if self.title:
            title = Text(without_controls(self.title), style="table.title", justify=self._side)
            first = shown.taken(parts[0][1])
            whole = min(width, max(first, *map(cell_len, _lines(self.title))))
            yield from console.render(title, options.update_width(whole))
        if self._keys > 1 and not shown.has_room(self._keys, width):
            for name, rows in groupby(self.rows, key=lambda row: row[0]):
                yield self._below(name, rows)
        else:
            for part, widths in parts:
                yield self._table(shown, part, widths)

    def _below(self, name: str, rows: Iterable[tuple[str, ...]]) -> Sheet:
        """Return the rows of one name under it, where it has no room beside them."""
        title = f"{self.heads[0]}: {name}" if self.heads[0] else name
        sheet = Sheet(title, self.heads[1:], self._keys - 1, self._side, self._box)
        sheet._justified, sheet._of = self._justified[1:], self._of[1:]
        sheet.rows = [row[1:] for row in rows]
        return sheet

    def _table(self, shown: _Shown, part: Sequence[int], widths: Sequence[int]) -> Table:
        """Return some of the columns as a table, where a name that goes on is not said again."""
        table = Table(box=self._box, padding=(0, 1, 0, 0), width=shown.taken(widths))
        for k, width in zip(part, widths, strict=True):
            head = Text(shown.heads[k] if k == 0 or k - 1 in part else shown.alone[k])
            table.add_column(head, justify=self._justified[k], width=width, overflow="fold")
        named = [row[0] for row in shown.rows]
        grouped = any(a == b for a, b in pairwise(named))
        for i, row in enumerate(shown.rows):
            again = i > 0 and named[i - 1] == row[0]
            last = i + 1 == len(named) or named[i + 1] != row[0]
            cells = [Text("" if again and k == 0 else row[k]) for k in part]
            table.add_row(*cells, end_section=grouped and last)
        return table


class Noted(Console):
    """What is printed, kept to be printed again: a console that writes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[dict[str, Any]] = []

    def print(self, *objects: Any, **look: Any) -> None:
        """Keep texts, with their style, and tables."""
        for each in objects:
            if isinstance(each, Sheet):
                self.items.append({"table": each.plain()})
            else:
                self.items.append({"text": f"{each}"} | look)


def print_again(items: Iterable[Mapping[str, Any]], console: Console) -> None:
    """Print what `Noted` has kept.

    Args:
        items: Its items.
        console: Where to.

    Raises:
        ValueError: If they are none.
    """
    for item in items:
        try:
            if "table" in item:
                console.print(Sheet.of(item["table"]))
            else:
                console.print(f"{item['text']}", style=item.get("style"))
        except (KeyError, TypeError, AttributeError, errors.StyleSyntaxError) as error:
            raise ValueError(f"no printed item: {error}") from None


class _Shown:
    """The texts of a table as they are shown, and the widths that they need."""

    def __init__(
        self, heads: Sequence[str], of: Sequence[str], rows: Sequence[Sequence[str]], edges: int
    ) -> None:
        self.heads = [without_controls(head) for head in heads]
        self.alone = [
            without_controls(f"{first}: {head}" if first else head)
            for first, head in zip(of, heads, strict=True)
        ]
        self.rows = [[without_controls(cell) for cell in row] for row in rows]
        self.edges = edges
        self.least, self.most = [], []
        for k, head in enumerate(self.heads):
            cells = [row[k] for row in self.rows]
            self.least.append(max(_longest_word(self.alone[k]), *map(_least, cells), 1))
            lines = [line for text in (head, *cells) for line in _lines(text)]
            self.most.append(max(1, *map(cell_len, lines)))

    def taken(self, widths: Sequence[int]) -> int:
        """Return the width of a table whose columns have these: a gap and a line after each."""
        lines = len(widths) - 1 if self.edges else 0
        return sum(widths) + len(widths) + lines + self.edges

    def has_room(self, keys: int, width: int) -> bool:
        """Return whether each column fits beside those that name a row."""
        return all(
            self.taken([*self.least[:keys], each]) <= width for each in self.least[keys:] or [0]
        )

    def parts(self, keys: int, width: int) -> list[list[int]]:
        """Return the columns of each table: those that name a row, and as many as fit beside."""
        everything = list(range(len(self.heads)))
        named, others = everything[:keys], everything[keys:]
        if self.taken(self.least) <= width or not others:
            return [everything]
        # A name as long as a line leaves room for a number beside it.
        gap = 2 if self.edges else 1
        beside = max(width // 2, width - gap - max(self.least[k] for k in others))
        room = min(self.taken([self.least[k] for k in named]), beside)
        found: list[list[int]] = []
        left = 0
        for k in others:
            needed = self.least[k] + gap
            if not found or needed > left:
                found.append([*named])
                left = width - room
            found[-1].append(k)
            left -= needed
        return found

    def widths(self, part: Sequence[int], width: int) -> list[int]:
        """Return a table's widths: what its columns need, and what is left to the neediest."""
        found = [self.least[k] for k in part]
        while self.taken(found) > width and max(found) > 1:
            found[found.index(max(found))] -= 1
        while self.taken(found) < width:
            wanted = [self.most[k] - now for k, now in zip(part, found, strict=True)]
            if max(wanted) <= 0:
                break
            found[wanted.index(max(wanted))] += 1
        return found
