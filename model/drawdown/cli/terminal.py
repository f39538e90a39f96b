"""What a command writes on: any terminal, pipe or file, whatever its code page holds."""

from __future__ import annotations

import codecs
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drawdown.declared.language import without_controls

if TYPE_CHECKING:
    from drawdown.declared.language import Language
    from drawdown.views.terminal_tables import Console

Advance = Callable[[int], None]

QUIET = 10.0
"""Seconds after which progress is told where there is no terminal."""

WIDTH = 160
"""Cells of a line that goes to a pipe or a file, where ``COLUMNS`` says nothing."""

WIDE = "drawdown.wide"
"""Where ``--wide`` leaves that tables are drawn whole."""

_PLAIN = {
    "\N{MINUS SIGN}": "-",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{HORIZONTAL ELLIPSIS}": "...",
    "\N{LESS-THAN OR EQUAL TO}": "<=",
    "\N{GREATER-THAN OR EQUAL TO}": ">=",
    "\N{RIGHTWARDS ARROW}": "->",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{PLUS-MINUS SIGN}": "+-",
    "\N{MIDDLE DOT}": "-",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{LATIN SMALL LETTER C WITH CEDILLA}": "c",
}
_UNSEEN = frozenset("\u200e\u200f\u061c\u2066\u2067\u2068\u2069\u202a\u202b\u202c\ufeff")


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Replace what a code page lacks by what reads alike: no sign of a number is lost."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = ""
    for sign in error.object[error.start : error.end]:
        if sign in _UNSEEN:
            continue
        if 0x2500 <= ord(sign) <= 0x257F:
            text += "-" if sign in "─━═╌╍" else "|" if sign in "│┃║" else "+"
        else:
            text += _PLAIN.get(sign, "?")
    return text, error.end


codecs.register_error("drawdown", _plain)


def settle() -> None:
    """Let standard output and error take every character, as UTF-8 or replaced.

    A pipe or a file whose code page nobody chose gets UTF-8; a terminal, or a code page named
    in ``PYTHONIOENCODING``, keeps its own, and what it lacks is replaced by what reads alike.
    """
    for stream in (sys.stdout, sys.stderr):
        set_up: Any = getattr(stream, "reconfigure", None)
        if set_up is None:
            continue
        if stream.isatty() or os.environ.get("PYTHONIOENCODING"):
            set_up(errors="drawdown")
        else:
            set_up(encoding="utf-8", errors="drawdown")


class Stopped(KeyboardInterrupt):
    """That the system asked this program to end.

    Attributes:
        code: The exit code.
    """

    def __init__(self, number: int) -> None:
        self.code = 128 + number


def stop_cleanly() -> None:
    """Let a closed terminal and a request to end stop a command as Ctrl-C does."""

    def stop(number: int, frame: object) -> None:
        del frame
        raise Stopped(number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # Where it is ignored (nohup), or this is no program of its own, it stays as it is.
        if (
            number is not None
            and threading.current_thread() is threading.main_thread()
            and signal.getsignal(number) is signal.SIG_DFL
        ):
            signal.signal(number, stop)


def say(text: str, err: bool = False, nl: bool = True) -> None:
    """Write a text as it stands, however long its lines; what would move a cursor is replaced.

    Args:
        text: The text.
        err: Whether it goes to standard error.
        nl: Whether a line ends with it.
    """
    click.echo(without_controls(text), err=err, nl=nl)


def warn(text: str) -> None:
    """Write a text on standard error, as `say` does."""
    say(text, err=True)


def note(texts: Iterable[str]) -> None:
    """Write notes on standard error, each on a line."""
    for text in texts:
        warn(f"note: {text}")


def console(stderr: bool = False) -> Console:
    """Return what tables and texts that fit a line's width are printed on."""
    from drawdown.views.terminal_tables import Console

    ctx = click.get_current_context(silent=True)
    wide = ctx is not None and bool(ctx.find_root().meta.get(WIDE))
    # The library reads COLUMNS itself.
    known = stderr or sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    return Console(None if known else WIDTH, wide, stderr)


@contextmanager
def bar(total: int, text: str, unit: str = "") -> Iterator[tuple[Advance, Callable[[str], None]]]:
    """Show a bar; compile the rule book first where that has not been done, and say so.

    Args:
        total: Where the bar ends.
        text: What is being done.
        unit: What is counted.

    Yields:
        What moves the bar, and what says which step it is at.
    """
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    shown = console(stderr=True)
    _compile(shown)
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=shown,
        transient=True,
    ) as progress:
        task = progress.add_task(text, total=total)
        told = 0
        begun = time.monotonic()

        def advance(n: int) -> None:
            nonlocal told
            progress.advance(task, n)
            done = progress.tasks[0].completed
            # A log has no bar: it gets a line for each tenth of what takes long.
            if not shown.is_terminal and total and time.monotonic() - begun > QUIET:
                tenth = int(10 * done / total)
                if told < tenth < 10:
                    told = tenth
                    shown.print(f"{text}: {tenth * 10} % of {total:,} {unit}".rstrip())

        def say(now: str) -> None:
            progress.update(task, description=now)
            if not shown.is_terminal:
                shown.print(now)

        yield advance, say


def _compile(shown: Console) -> None:
    """Compile the rule book where that has not been done, and say so."""
    from drawdown.worlds import ensemble

    if not ensemble.has_compiler():
        ensemble.note_without_compiler()
    if ensemble.needs_compiling():
        message = "Compiling the rule book; once for these rules …"
        if shown.is_terminal:
            with shown.status(message):
                ensemble.compile_now()
        else:
            shown.print(message)
            ensemble.compile_now()


@contextmanager
def playing(worlds: int, text: str = "Playing") -> Iterator[Advance]:
    """Show a bar of worlds played."""
    with bar(worlds, text, "worlds") as (advance, _):
        yield advance


def shown_path(path: Path) -> str:
    """Return a path as seen from the working folder where it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except ValueError:
        return str(path)


def say_where(path: Path, language: Language, on: Console) -> None:
    """Say where a result was written."""
    kept = language.kept(shown_path(path))
    on.print(language.word("table", "written", folder=kept), soft_wrap=True)
