"""What commands share once they know their answer: write it whole, tell it, say where it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drawdown.cli import asked, terminal

if TYPE_CHECKING:
    from drawdown.cli.options import Keep
    from drawdown.declared.language import Language
    from drawdown.declared.place import Place


def hand_over(
    place: Place,
    language: Language,
    rows: Mapping[str, Any],
    told: Mapping[str, Any],
    show: Callable[[Any], None],
    draw: Callable[[Path], object] | None = None,
) -> None:
    """Write a result's folder, all of it or nothing, and tell the answer in the terminal.

    Args:
        place: Where it goes.
        language: What its words are in.
        rows: Tables by the name of their files.
        told: Settings and findings for ``run.json``.
        show: Prints the answer to a console.
        draw: Draws the figures into the folder.
    """
    from drawdown.connect import store

    with place.folder() as folder:
        for name, table in rows.items():
            store.write_rows(table, folder, name)
        store.write_run(folder, **told)
        if draw is not None:
            draw(folder)
    console = terminal.console()
    show(console)
    terminal.say_where(place.final, language, console)


DIFFERS = 1
"""Exit code where what was compared differs."""

_RECORD_IN_PAGE = re.compile(r'<script type="application/json" id="made-by">(.*?)</script>', re.S)


def find_result(given: Path, keep: Keep) -> tuple[Path, dict[str, Any]]:
    """Return where a result is and what it says of itself.

    Args:
        given: A folder, a name among results, or a report's page.
        keep: The options of where results are.

    Raises:
        InputError: If there is none.
    """
    from drawdown.connect import again
    from drawdown.declared.errors import InputError, unknown

    try:
        if given.is_file():
            found = _RECORD_IN_PAGE.search(given.read_text(encoding="utf-8"))
            if found is None:
                raise InputError(f"{given} is no report that says what made it")
            try:
                told = json.loads(found[1])
            except ValueError:
                raise InputError(f"{given}: what made it cannot be read") from None
            return given, again.check_record(told, str(given))
        folder = given if given.is_dir() else keep.folder / given
        if not folder.is_dir():
            parent = keep.folder
            known = sorted(p.name for p in parent.glob("[!.]*")) if parent.is_dir() else []
            raise InputError(unknown("result", str(given), known))
        return folder, again.record_of(folder)
    except (OSError, ValueError) as error:
        raise InputError(f"{given}: cannot be read ({error})") from None


def say_other_model(record: Mapping[str, Any], where: str) -> bool:
    """Say on standard error that a result is of another model; return whether it is of this."""
    from drawdown.connect import proof
    from drawdown.worlds import checkpoint

    here = proof.made_by()
    same = bool(here["model"] == record["model"])
    if not same:
        made, parts = record["versions"].get("drawdown", "?"), record.get("played")
        differs = checkpoint.differing(here["played"], parts) if isinstance(parts, dict) else []
        click.echo(
            f"{where} is of model {record['model']} (version {made}, commit "
            f"{str(record.get('commit'))[:12]}); this is {here['model']} "
            f"({here['versions']['drawdown']}, {here['commit'][:12]}): numbers may differ"
            f"{'; other ' if differs else ''}{', '.join(differs)}",
            err=True,
        )
    return same


def play_again(
    words: Sequence[str],
    named: Mapping[str, str],
    keep: Keep,
    quiet: bool = False,
    meta: Mapping[str, Any] | None = None,
) -> None:
    """Give a command of a result again.

    Args:
        words: The command.
        named: What the result calls files that were written anew, by where they are now.
        keep: Where its result goes.
        quiet: Whether what it prints is left out.
        meta: What the command is told beside its words.
    """
    from contextlib import ExitStack, redirect_stdout
    from io import StringIO

    root = click.get_current_context().find_root().command
    with ExitStack() as stack:
        if quiet:
            stack.enter_context(redirect_stdout(StringIO()))
        stack.enter_context(asked.naming(named))
        inner = stack.enter_context(root.make_context("drawdown", [*words[1:], *keep.words()]))
        inner.meta.update(meta or {})
        try:
            root.invoke(inner)
        except click.exceptions.Exit as stop:
            if stop.exit_code == 2:
                click.get_current_context().exit(2)
