"""Tables as people have them: what Excel, R, pandas and statistical offices write as CSV.

Code page, separator, decimal sign and order of dates are told from the whole file; where two
readings remain, nothing is guessed and the user is asked.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from drawdown.declared.errors import InputError, unknown

DATE_ORDERS = ("ymd", "dmy", "mdy")
DECIMALS = (".", ",")
LARGEST_FILE = 200_000_000
MISSING = frozenset(
    (
        *("", "-", "--", "–", "—", ".", "..", "...", "…", "?", "??", "-9", "-99", "-999"),
        *("na", "n/a", "n.a.", "#n/a", "nan", "nat", "nil", "null", "none", "missing", "no data"),
        *("unk", "unknown", "not known", "not given", "not available", "not reported"),
        *("غير معروف", "غير معلوم", "غير متوفر", "غير متاح", "مجهول"),
    )
)
"""What stands for a value that nobody has, in small letters; -9 and -99 as GTD writes them."""

MOST_LINES_ABOVE = 20
"""Lines above the names of the columns, such as a title, that are looked through."""

_DIGITS = {ord(c): str(i % 10) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_DIGITS |= {ord("٫"): ".", ord("٬"): ","}
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’]")
_INTEGER = re.compile(r"\d+$")


@dataclass(frozen=True)
class Reading:
    """How a user says that a file is to be read, None where the file itself says it.

    Attributes:
        dates: One of `DATE_ORDERS`.
        decimal: One of `DECIMALS`.
        grades: Grades whose rows are kept, such as ``AB``.
    """

    dates: str | None = None
    decimal: str | None = None
    grades: str | None = None

    def __post_init__(self) -> None:
        """Check the words.

        Raises:
            InputError: For a word that is not allowed.
        """
        faults = []
        if self.dates is not None and self.dates not in DATE_ORDERS:
            faults.append(f"--dates: {unknown('order', self.dates, DATE_ORDERS)}")
        if self.decimal is not None and self.decimal not in DECIMALS:
            faults.append(f"--decimal must be a point or a comma, got '{self.decimal}'")
        if self.grades is not None and not self.grades.isalpha():
            faults.append(f"--grade must be letters such as AB, got '{self.grades}'")
        if faults:
            raise InputError(faults)


@dataclass(frozen=True)
class Row:
    """A row: its line in the file and its cells by column."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell without spaces around it."""
        return self.cells[column].strip()


@dataclass(frozen=True)
class Table:
    """A file's rows.

    Attributes:
        path: The file.
        head: Names of the columns in small letters, in order; empty ones are left out.
        rows: The rows that are not empty.
        separator: What stands between cells.
        notes: What was done that a reader should know.
        sheet: The sheet of a workbook with several, else nothing.
        dates: Lines and columns of the cells that a workbook holds as dates, not as text.
    """

    path: Path
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    separator: str
    notes: tuple[str, ...] = ()
    sheet: str = ""
    dates: frozenset[tuple[int, str]] = frozenset()

    @property
    def name(self) -> str:
        """The file, and the sheet where there are several, for a sentence."""
        return f"{self.path}, sheet '{self.sheet}'" if self.sheet else f"{self.path}"

    def where(self, row: Row) -> str:
        """Return where a row stands, for a sentence."""
        return f"{self.name}: line {row.line}"


Days = tuple[date, date]
Lines = list[tuple[int, list[str]]]
Known = Callable[[Sequence[str]], bool]
"""Whether names of columns are those of a table that is looked for."""


def _text_of(path: Path) -> tuple[str, list[str]]:
    """Return a file's text in whatever code page it is, and what was guessed."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{path}: is larger than {LARGEST_FILE:,} bytes")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            try:
                return raw.decode(name), []
            except UnicodeDecodeError:
                raise InputError(f"{path}: begins as {name.upper()} text and is none") from None
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    found = from_bytes(raw[:1_000_000]).best()
    if found is None or b"\0" in raw[:4096]:
        raise InputError(f"{path}: is no text that can be read; save it as CSV in UTF-8")
    return raw.decode(found.encoding, errors="replace"), [
        f"read as {found.encoding}; save it as UTF-8 if letters look wrong"
    ]


def _workbook(path: Path) -> tuple[dict[str, tuple[Lines, set[tuple[int, int]]]], list[str]]:
    """Return a workbook's sheets as text, with the places of its dates, and what is hidden."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise InputError(
            f"{path}: reading Excel files needs the extra 'excel': "
            "pip install 'drawdown[excel]' brings it; or save the sheet as CSV"
        ) from None
    found: dict[str, tuple[Lines, set[tuple[int, int]]]] = {}
    hidden = []
    try:
        with contextlib.closing(load_workbook(path, read_only=True, data_only=True)) as book:
            for sheet in book.worksheets:
                lines: Lines = []
                dates: set[tuple[int, int]] = set()
                for number, row in enumerate(sheet.iter_rows(), 1):
                    cells = [_text(cell.value, cell.number_format) for cell in row]
                    if any(cell.strip() for cell in cells):
                        lines.append((number, cells))
                        dates |= {
                            (number, k) for k, c in enumerate(row) if isinstance(c.value, date)
                        }
                if lines and sheet.sheet_state != "visible":
                    hidden.append(sheet.title)
                elif lines:
                    found[sheet.title] = lines, dates
    except Exception as error:
        raise InputError(f"{path}: cannot be read as an Excel file ({error})"[:300]) from None
    return found, hidden


def _text(value: Any, shown: str | None) -> str:
    """Return a cell of a workbook as text: of a date what its format shows, such as ``mmm-yy``."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        parts = re.sub(r'\[[^]]*\]|"[^"]*"|\\.', "", shown or "d").lower()
        length = 10 if "d" in parts else 7 if "m" in parts else 4 if "y" in parts else 10
        return value.date().isoformat()[:length]
    return repr(value) if isinstance(value, float) else str(value)


def _cells(path: Path, text: str) -> tuple[Lines, str]:
    lines = [t for t in text.splitlines() if t.strip() and not t.startswith("sep=")]
    # A title above the table has no separator, and says nothing of what separates.
    top = [t for t in lines[:MOST_LINES_ABOVE] if any(sign in t for sign in ",;\t|")]
    separator = max(",;\t|", key=top[0].count) if top else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: Lines = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].startswith("sep="):
                found.append((reader.line_num, cells))
    except csv.Error as error:
        raise InputError(
            f"{path}: line {reader.line_num}: cannot be read as a table ({error}); is a quotation "
            "mark left open?"
        ) from None
    return found, separator


def _names(cells: Sequence[str]) -> list[str]:
    names = [" ".join(name.split()).lower() for name in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _head(lines: Lines, known: Sequence[Known]) -> int:
    """Return which line names the columns: the first that is known, else the first of all."""
    names = [_names(cells) for _, cells in lines[: MOST_LINES_ABOVE + 1]]
    return next((k for k, one in enumerate(names) if any(is_it(one) for is_it in known)), 0)


def _chosen(
    path: Path, sheets: dict[str, Lines], hidden: list[str], known: Sequence[Known]
) -> tuple[str, list[str]]:
    """Return the sheet that is meant, and what to say of the others."""
    heads = {name: _names(lines[_head(lines, known)][1]) for name, lines in sheets.items()}
    unseen = f"; hidden and not read: {quoted(hidden)}" if hidden else ""
    if not sheets:
        raise InputError(f"{path}: has no sheet with anything in it{unseen}")
    for is_it in known:
        fitting = [name for name, head in heads.items() if is_it(head)]
        if len(fitting) > 1:
            raise InputError(
                f"{path}: sheets {quoted(fitting)} can each be meant; save the one that is as a "
                "file of its own"
            )
        if fitting:
            others = [name for name in sheets if name != fitting[0]]
            rest = f", not {quoted(others)}" if others else ""
            said = f"sheet '{fitting[0]}' is read{rest}{unseen}"
            return fitting[0], [said] if others or hidden else []
    if len(sheets) == 1:
        return next(iter(sheets)), []
    there = "; ".join(f"'{name}' has {', '.join(head[:12])}" for name, head in heads.items())
    raise InputError(f"{path}: no sheet holds a table that is known: {there}{unseen}")


def quoted(names: Iterable[str]) -> str:
    """Return names in quotation marks, with commas."""
    return ", ".join(f"'{name}'" for name in names)


def read(path: str | Path, known: Sequence[Known] = ()) -> Table:
    """Read a table with the names of its columns above it: CSV of any kind, or an Excel file.

    Commas, semicolons, tabs and bars separate; a spreadsheet's ``sep=``, empty lines, empty
    cells at a line's end, and what stands above the names of a known table are passed over.

    Args:
        path: The file.
        known: What tables are looked for, the likeliest first: of a workbook the sheet is read
            that alone is such a table.

    Raises:
        InputError: If it cannot be read, with every line that has another number of cells; if
            two sheets can be meant, or none of several.
    """
    path = Path(path)
    notes: list[str] = []
    sheet, dates, whole = "", set[tuple[int, int]](), path.suffix.lower() in (".xlsx", ".xlsm")
    if whole:
        sheets, hidden = _workbook(path)
        sheet, notes = _chosen(path, {k: v for k, (v, _) in sheets.items()}, hidden, known)
        (lines, dates), separator = sheets[sheet], ","
        sheet = sheet if len(sheets) + len(hidden) > 1 else ""
    else:
        text, notes = _text_of(path)
        lines, separator = _cells(path, text)
    at = _head(lines, known)
    head = _names(lines[at][1]) if lines else []
    names_at = "the first line"
    if at:
        names_at = f"line {lines[at][0]}"
        notes.append(f"the columns are named in line {lines[at][0]}; what stands above is not read")
    table = Table(path, tuple(n for n in head if n), (), separator, tuple(notes), sheet)
    faults, rows = [], []
    for number, cells in lines[at + 1 :]:
        while len(cells) > len(head) and not cells[-1].strip():
            cells = cells[:-1]
        if whole:
            # A sheet's line ends where its last cell stands.
            cells = cells + [""] * (len(head) - len(cells))
        if len(cells) != len(head):
            faults.append(
                f"{table.name}: line {number}: has {len(cells)} cells, {names_at} has {len(head)}"
            )
            continue
        rows.append(Row(number, {k: v for k, v in zip(head, cells, strict=True) if k}))
    twice = sorted({name for name in head if name and head.count(name) > 1})
    if twice:
        faults.insert(0, f"{table.name}: {names_at} names {', '.join(twice)} twice")
    if faults:
        raise InputError(faults)
    stored = frozenset((n, head[k]) for n, k in dates if k < len(head))
    return replace(table, rows=tuple(rows), dates=stored)


def graded(table: Table, grades: str | None) -> Table:
    """Return the rows of some grades.

    Args:
        table: All rows.
        grades: Letters of the grades to keep, or None for all rows.

    Raises:
        InputError: If the table has no grades, or none of these.
    """
    if grades is None:
        return table
    if "grade" not in table.head:
        raise InputError(
            f"{table.name}: has no column 'grade' for --grade to choose from; it has "
            f"{', '.join(table.head)}"
        )
    wanted = set(grades.upper())
    kept = tuple(row for row in table.rows if row["grade"].upper() in wanted)
    there = sorted({row["grade"].upper() for row in table.rows})
    if not kept:
        raise InputError(f"{table.name}: no row has a grade of {grades}; there are {there}")
    note = f"rows of grades {', '.join(sorted(wanted))} only: {len(kept)} of {len(table.rows)}"
    blank = sum(is_missing(row["grade"]) for row in table.rows)
    note += f"; {blank} left out have no grade" if blank else ""
    return replace(table, rows=kept, notes=(*table.notes, note))


# --- numbers ------------------------------------------------------------------------------


def is_missing(text: str) -> bool:
    """Return whether a cell stands for a value that nobody has."""
    plain = " ".join(text.translate(_DIGITS).replace("\N{MINUS SIGN}", "-").lower().split())
    return re.sub(r"(?<=\d)\.0+$", "", plain) in MISSING


def latin_digits(text: str) -> str:
    """Return text with the digits 0-9 for those of Arabic and Persian."""
    return text.translate(_DIGITS)


def _clean(text: str) -> str:
    return _SPACES.sub("", text.strip().translate(_DIGITS))


def _evidence(text: str) -> str:
    """Return the decimal sign that a number can only have, ``?`` where two fit, else nothing."""
    body = _clean(text).lstrip("+-")
    dots, commas = body.count("."), body.count(",")
    if dots and commas:
        return "." if body.rindex(".") > body.rindex(",") else ","
    if not dots and not commas:
        return ""
    sign = "." if dots else ","
    parts = body.split(sign)
    if not all(_INTEGER.match(part) for part in parts):
        return ""
    groups = 1 <= len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:])
    if len(parts) > 2:
        return "," if sign == "." else "."
    return "?" if groups and parts[0].lstrip("0") else sign


def decimal_sign(table: Table, columns: Iterable[str], asked: str | None) -> str:
    """Return the decimal sign of a table's numbers.

    Args:
        table: The table.
        columns: Its columns of numbers.
        asked: What the user says, or None.

    Raises:
        InputError: If numbers have two signs, or one that has two readings.
    """
    if asked is not None:
        return asked
    seen: dict[str, Row] = {}
    texts: dict[str, str] = {}
    for row in table.rows:
        for column in columns:
            if column in row.cells and not is_missing(row[column]):
                sign = _evidence(row[column])
                if sign == "?":
                    sign = "?." if "." in _clean(row[column]) else "?,"
                if sign and sign not in seen:
                    seen[sign], texts[sign] = row, row[column]
    if "." in seen and "," in seen:
        raise InputError(
            f"{table.name}: lines {seen['.'].line} and {seen[','].line}: '{texts['.']}' and "
            f"'{texts[',']}' have different decimal signs; --decimal says which one is meant"
        )
    if "." in seen or "," in seen:
        return "." if "." in seen else ","
    # A comma between digits of a comma-separated file groups thousands, and a point is one.
    if table.separator == ",":
        return "."
    for key in ("?.", "?,"):
        if key in seen:
            raise InputError(
                f"{table.where(seen[key])}: '{texts[key]}' can be read as thousands or as a "
                "fraction; --decimal . or --decimal , says which sign the fractions have"
            )
    return "," if table.separator == ";" else "."


def number(text: str, decimal: str) -> float | None:
    """Return a cell as a number, or None where it is none.

    Args:
        text: The cell.
        decimal: The decimal sign; the other one groups thousands.
    """
    body = _clean(text)
    other = "," if decimal == "." else "."
    whole, point, fraction = body.partition(decimal)
    if other in whole:
        parts = whole.lstrip("+-").split(other)
        if not (1 <= len(parts[0]) <= 3 and all(len(p) == 3 for p in parts[1:])):
            return None
        whole = whole.replace(other, "")
    try:
        value = float(f"{whole}.{fraction}" if point else whole)
    except ValueError:
        return None
    return value if value == value and abs(value) != float("inf") else None


# --- dates --------------------------------------------------------------------------------

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_THREE = re.compile(r"(\d{1,2})[-/.\s](\d{1,2})[-/.\s](\d{4}|\d{2})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_SERIAL = re.compile(r"[34]\d{4}(\.\d+)?$")
_LETTERS = re.compile(r"[^\W\d_]{3}")


def date_order(table: Table, columns: Iterable[str], asked: str | None) -> str:
    """Return the order of day and month in a table's dates written as ``01/02/2021``.

    Args:
        table: The table.
        columns: Its columns of dates.
        asked: What the user says, or None.

    Raises:
        InputError: If dates contradict each other, or all can be read both ways; or if a
            spreadsheet may have taken days for months, which no order of the others mends.
    """
    columns = tuple(columns)
    for column in columns:
        stored = [row for row in table.rows if (row.line, column) in table.dates]
        texts = [row for row in table.rows if _THREE.match(row.cells.get(column, ""))]
        if stored and texts and all(int(row[column][8:10]) <= 12 for row in stored):
            raise InputError(
                f"{table.name}: column {column}: {len(stored)} cells are dates, all of the first "
                f"12 days of a month, and {len(texts)} are text such as '{texts[0][column]}' (line "
                f"{texts[0].line}): the spreadsheet may have taken days for months; make the whole "
                "column dates, or all of it text"
            )
    if asked is not None:
        return asked
    certain: dict[str, Row] = {}
    open_: tuple[Row, str] | None = None
    for row in table.rows:
        for column in columns:
            text = row[column].translate(_DIGITS) if column in row.cells else ""
            found = _THREE.match(text)
            if found is None or _ISO.match(text):
                continue
            a, b = int(found[1]), int(found[2])
            if a > 12:
                certain.setdefault("dmy", row)
            elif b > 12:
                certain.setdefault("mdy", row)
            elif a != b and open_ is None:
                open_ = row, row[column]
    if len(certain) > 1:
        lines = " and ".join(str(row.line) for row in certain.values())
        raise InputError(
            f"{table.name}: lines {lines}: in one the day stands first, in the other the month; "
            "--dates dmy or --dates mdy says which is meant"
        )
    if certain:
        return next(iter(certain))
    if open_ is not None:
        raise InputError(
            f"{table.where(open_[0])}: '{open_[1]}' can begin with the day or the month, and no "
            "line says which; --dates dmy or --dates mdy says it"
        )
    return "ymd"


def day(text: str, order: str) -> date | None:
    """Return a cell as a date, or None where it is none; a time of day is left out.

    Args:
        text: The cell.
        order: From `date_order`.
    """
    text = text.strip().translate(_DIGITS)
    found = _ISO.match(text) or _COMPACT.match(text)
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
        found = _THREE.match(text)
        if found is not None:
            a, b, year = int(found[1]), int(found[2]), int(found[3])
            year += 2000 if year < 100 else 0
            return date(year, a, b) if order == "mdy" else date(year, b, a)
    except ValueError:
        return None
    if not _LETTERS.search(text) or not re.search(r"\d", text):
        return None
    from dateutil.parser import ParserError, parse

    # A text without a day would get today's: two defaults show which parts it gave.
    try:
        one = parse(text, default=datetime(2000, 1, 1), dayfirst=order != "mdy")
        other = parse(text, default=datetime(2001, 2, 2), dayfirst=order != "mdy")
    except (ParserError, OverflowError, ValueError):
        return None
    return one.date() if one.date() == other.date() else None


def days(text: str, order: str) -> Days | None:
    """Return the days that a cell names: one, a month (``2021-08``, ``2021-08-00``) or a year.

    Args:
        text: The cell.
        order: From `date_order`.

    Returns:
        The first and the last day, or None where it is no date.
    """
    one = day(text, order)
    if one is not None:
        return one, one
    text = re.sub(r"(?<=\d)(-00)+$", "", text.strip().translate(_DIGITS))
    # A month's name with two digits can be a month and its day: the year needs four.
    if not re.search(r"\d{4}", text):
        return None
    if re.fullmatch("(19|20)[0-9]{2}", text):
        return date(int(text), 1, 1), date(int(text), 12, 31)
    found = month(text, None)
    return month_days(*found) if found else None


def month_days(year: int, which: int) -> Days:
    """Return the first and the last day of a month."""
    return date(year, which, 1), date(year, which, monthrange(year, which)[1])


def why_no_date(text: str) -> str:
    """Return what to say of a cell that is no date."""
    if _SERIAL.match(text.strip()):
        return "looks like a spreadsheet's number of a day; format the column as dates"
    return "must be a date such as 2021-08-01"


MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def month(text: str, year: str | None) -> tuple[int, int] | None:
    """Return year and month of a cell such as ``2021-08``, ``August 2021`` or ``Aug``.

    Args:
        text: The cell.
        year: The cell of a column of years, if there is one.
    """
    text = text.strip().lower().translate(_DIGITS)
    for pattern, swap in ((r"(\d{4})[-/.](\d{1,2})$", False), (r"(\d{1,2})[-/.](\d{4})$", True)):
        found = re.match(pattern, text)
        if found:
            a, b = int(found[1]), int(found[2])
            return _month(b, a) if swap else _month(a, b)
    found = re.match(r"(?:([^\W\d_]{3,})[ -]?(\d{4}|\d{2})?|(\d{1,2}))$", text)
    if not found:
        return None
    which = int(found[3]) if found[3] else _month_of(found[1])
    given = found[2] or (year.strip().translate(_DIGITS) if year else "")
    if which is None or not _INTEGER.match(given):
        return None
    return _month(int(given) + (2000 if len(given) == 2 else 0), which)


def _month_of(name: str) -> int | None:
    near = [k for k, full in enumerate(MONTHS, 1) if full.startswith(name)]
    return near[0] if len(near) == 1 else None


def _month(year: int, which: int) -> tuple[int, int] | None:
    return (year, which) if 1900 < year < 2200 and 1 <= which <= 12 else None


def columns_found(head: Sequence[str]) -> str:
    """Return the names of the columns that a file has, for a sentence."""
    return f"it has {', '.join(head[:20])}" if head else "it is empty"
