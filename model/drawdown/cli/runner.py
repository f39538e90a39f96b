"""What commands share once they know their answer: write it whole, tell it, say where it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drawdown.cli import invocation, options, terminal
from drawdown.cli.command import Command, several
from drawdown.cli.options import Keep, Trust
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.language import Language
from drawdown.declared.storage import write_new as new_file

if TYPE_CHECKING:
    from drawdown.declared.result_folder import Place


class Result(Command):
    """A command that plays worlds and makes a result's folder."""

    rules = True
    keep: options.Keep = several(options.KeepOf)
    language: Language = options.language

    def finish(
        self,
        place: Place,
        rows: Mapping[str, Any],
        told: Mapping[str, Any],
        show: Callable[[Language, Any], object],
        draw: Callable[[Path, Language], object] | None = None,
    ) -> None:
        """Write the result's folder, all of it or nothing, and tell the answer in the terminal.

        Args:
            place: Where it goes.
            rows: Tables by the name of their files.
            told: Settings and findings for ``run.json``.
            show: Prints the answer in a language to a console.
            draw: Draws the figures into the folder.
        """
        from drawdown.connect import store

        with place.folder() as folder:
            for name, table in rows.items():
                store.write_rows(table, folder, name)
            store.write_run(folder, **told)
            if draw is not None:
                draw(folder, self.language)
        console = terminal.console()
        show(self.language, console)
        terminal.say_where(place.final, self.language, console)


class Shown(Result):
    """A command that makes a result and shows it in tables."""

    wide: None = options.wide


def write_new(path: str | Path, text: str, cure: str) -> None:
    """Write a file that a user names.

    Args:
        path: The file.
        text: What it holds.
        cure: What to do where there is one already.

    Raises:
        InputError: If there is, or it cannot be written.
    """
    try:
        new_file(Path(path), text.encode())
    except FileExistsError:
        raise InputError(f"{path}: is there already; {cure}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from None


DIFFERS = 1
"""Exit code where what was compared differs."""

_RECORD_IN_PAGE = re.compile(r'<script type="application/json" id="made-by">(.*?)</script>', re.S)


def find_result(given: Path, parent: Path) -> tuple[Path, dict[str, Any]]:
    """Return where a result is and what it says of itself.

    Args:
        given: A folder, a name among results, or a report's page.
        parent: The folder of results.

    Raises:
        InputError: If there is none.
    """
    from drawdown.connect import replay

    try:
        if given.is_file():
            found = _RECORD_IN_PAGE.search(replay.text_of(given))
            if found is None:
                raise InputError(f"{given} is no report that says what made it")
            try:
                told = json.loads(found[1])
            except (ValueError, RecursionError):
                raise InputError(f"{given}: what made it cannot be read") from None
            return given, replay.check_record(told, str(given))
        folder = given if given.is_dir() else parent / given
        if not folder.is_dir():
            known = sorted(p.name for p in parent.glob("[!.]*")) if parent.is_dir() else []
            raise InputError(unknown("result", str(given), known))
        return folder, replay.record_of(folder)
    except (OSError, ValueError) as error:
        raise InputError(f"{given}: cannot be read ({error})") from None


def say_other_model(record: Mapping[str, Any], where: str) -> None:
    """Say on standard error that a result is of another model than this one."""
    from drawdown.connect import provenance
    from drawdown.worlds import checkpoint

    here = provenance.made_by()
    differs = [
        part
        for part in checkpoint.differing(here["played"], record["played"])
        # Rules of its own are part of this model only once they are read.
        if part != "own rules" or "--rules" not in record["command"]
    ]
    if differs:
        said = record["versions"].get("drawdown", "?"), str(record.get("commit"))[:12]
        text = (
            f"{where} is of model {record['model'][:16]} (version {said[0][:20]}, commit "
            f"{said[1]}); this is {here['model']} ({here['versions']['drawdown']}, "
            f"{here['commit'][:12]}): numbers may differ; other {', '.join(differs)[:200]}"
        )
        terminal.warn(text)


@contextmanager
def prepared(
    record: Mapping[str, Any], where: str, trust: Trust
) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Give a result's command with its files, once nothing in it leads anywhere else.

    Args:
        record: What the result says of itself.
        where: What it is called.
        trust: What the user allows.

    Yields:
        From `replay.restored`.

    Raises:
        InputError: If the command makes no result, names a file or an address that is not of
            the result, or its rules may not be run.
    """
    from drawdown.connect import replay
    from drawdown.declared.parameters import UNCERTAINTIES
    from drawdown.declared.scenario import names

    words = ["drawdown", *invocation.as_now(record["command"][1:])]
    inputs = record.get("inputs", {})
    record = {**record, "command": words}
    told = " ".join(words)[:120]
    root = click.get_current_context().find_root()
    assert isinstance(root.command, click.Group)
    command: click.Command | None = root.command
    rest = words[1:]
    while isinstance(command, click.Group) and rest:
        command, rest = command.get_command(root, rest[0]), rest[1:]
    if command is None or not _makes_a_result(command):
        raise InputError(f"{where}: its command ({told}) makes no result; it was not run")
    try:
        given = list(invocation.words_of(command, rest))
    except click.UsageError as error:
        raise InputError(f"{where}: its command ({told}) cannot be given: {error}") from None
    faults = [
        f"{where}: its command says {word[:80]}, which no result says"
        for word in rest
        if word == "--" or (word.startswith("--") and "=" in word)
    ]
    rules = []
    for param, text in given:
        option = max(param.opts, key=len)
        if param.name in invocation.ELSEWHERE or param not in command.params:
            faults.append(f"{where}: its command names {option} {text[:80]}, which is not used")
        elif param.name == "rules":
            rules.append(text)
        if text in inputs or not invocation.names_a_file(param):
            continue
        if isinstance(param.type, click.Path) or text not in (*UNCERTAINTIES, *names()):
            faults.append(f"{where}: its command names {text[:80]}, which the result does not hold")
    if faults:
        raise InputError(faults)
    if rules and not trust.trust_rules:
        listed = "; ".join(replay.rules_in(word, record) for word in rules)
        raise InputError(
            f"{where} was made by rules of its own, a program that is not run unless "
            f"--trust-rules says so, once you have read it: {listed}"
        )
    with replay.restored(record, trust.files) as found:
        yield found


AGAIN = ("merge", "rerun", "export")
"""Commands that make a result out of others, or of games: no result says that they made it."""


def _makes_a_result(command: click.Command) -> bool:
    return command.name not in AGAIN and any(p.name == "overwrite" for p in command.params)


def play_again(
    words: Sequence[str],
    named: Mapping[str, str],
    keep: Keep,
    recorded: Mapping[str, Any] | None = None,
    meta: Mapping[str, Any] | None = None,
) -> None:
    """Give a command of a result again.

    Args:
        words: The command.
        named: What the result calls files that were written anew, by where they are now.
        keep: Where its result goes.
        recorded: What the result says of itself, where the new one is only to be compared: it
            is written as that one was, and what it prints is left out.
        meta: What the command is told beside its words.
    """
    from contextlib import ExitStack, redirect_stdout
    from io import StringIO

    from drawdown.connect import provenance

    ctx = click.get_current_context()
    root = ctx.find_root().command
    with ExitStack() as stack:
        if recorded is not None:
            stack.enter_context(redirect_stdout(StringIO()))
        stack.enter_context(provenance.again(recorded or {}, named))
        inner = stack.enter_context(root.make_context("drawdown", [*words[1:], *keep.words()]))
        inner.meta.update({terminal.WIDE: ctx.meta.get(terminal.WIDE)} | dict(meta or {}))
        try:
            root.invoke(inner)
        except click.exceptions.Exit as stop:
            if stop.exit_code == 2:
                click.get_current_context().exit(2)
