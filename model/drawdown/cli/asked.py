"""The command that makes a result, as it can be given again: in one form, with its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

GIVEN = "drawdown.given"
"""Where options that commands do not see leave what was given."""

ELSEWHERE = ("name", "out", "overwrite", "threads", "on", "again", "dry_run", "help", "publish")
"""Options that say where or how, and change no number."""

LONGEST = 200_000
"""Bytes of a text file that a result carries along."""

CARRIED = (".yaml", ".yml", ".json", ".py")
"""Endings of files that a result carries along: scenarios, priors, rules."""


_named: ContextVar[Mapping[str, str]] = ContextVar("named", default={})  # noqa: B039


@contextmanager
def naming(named: Mapping[str, str]) -> Iterator[None]:
    """Let a command that is given again be called as it was, wherever its files are now.

    Args:
        named: What the first one called them, by where they are.
    """
    token = _named.set(named)
    try:
        yield
    finally:
        _named.reset(token)


def note(ctx: click.Context, option: click.Parameter, value: Any) -> None:
    """Keep what was given for an option that its command does not see."""
    ctx.meta.setdefault(GIVEN, {})[option.name] = value


def command() -> list[str]:
    """Return the command that is running: arguments, then options in the order of its help.

    Options that keep what they have anyway, and those of `ELSEWHERE`, are left out.
    """
    ctx = click.get_current_context()
    words: list[str] = []
    outer: click.Context | None = ctx
    while outer is not None and outer.parent is not None:
        words.insert(0, outer.info_name or "")
        outer = outer.parent
    words.insert(0, "drawdown")
    arguments: list[str] = []
    chosen: list[str] = []
    given = ctx.params | ctx.meta.get(GIVEN, {})
    for param in ctx.command.params:
        name = param.name or ""
        value = given.get(name)
        if isinstance(param, click.Argument):
            arguments += _texts(value)
        elif isinstance(param, click.Option) and name not in ELSEWHERE:
            if ctx.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
                continue
            if value is None or value == param.get_default(ctx):
                continue
            flag = max(param.opts, key=len)
            if param.is_flag:
                chosen.append(flag if value else max(param.secondary_opts, key=len))
            else:
                for text in _texts(value):
                    chosen += [flag, text]
    return [_named.get().get(word, word) for word in (*words, *arguments, *chosen)]


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, tuple | list):
        return [text for item in value for text in _texts(item)]
    return [str(value)]


def inputs(words: list[str]) -> dict[str, Any]:
    """Return the files that a command names, by the words that name them.

    Args:
        words: The command.

    Returns:
        For each: its name, the digest of its bytes, and where it is text its content; for a
        scenario file, those that it extends as well.
    """
    found: dict[str, Any] = {}
    there = {word: path for path, word in _named.get().items()}
    for word in words[1:]:
        for path in _files_of(there.get(word, word)):
            if path.name not in found.get(word, {}):
                found.setdefault(word, {})[path.name] = _told(path)
    return found


def _files_of(word: str) -> Iterator[Path]:
    from drawdown.declared import data_files
    from drawdown.declared.errors import InputError
    from drawdown.declared.scenario import ENDINGS, Scenario, find

    path = Path(word)
    try:
        is_file = path.is_file()
    except OSError:
        return
    if is_file and path.suffix.lower() not in ENDINGS:
        yield path
        return
    try:
        place = find(word)
    except (InputError, ValueError):
        if is_file:
            yield path
        return
    if place.resolve().parent == data_files.folder("scenarios").resolve():
        return
    yield place
    try:
        parents = Scenario.load(word).text
    except InputError:
        return
    for name in parents:
        beside = place.parent / name
        if beside.is_file() and beside != place:
            yield beside


def _told(path: Path) -> dict[str, str]:
    content = path.read_bytes()
    folder = path.resolve().parent.name
    told = {"sha256": hashlib.sha256(content).hexdigest(), "folder": folder}
    # What was counted may be somebody's, who gave it to one person: tables are not carried along.
    if len(content) <= LONGEST and path.suffix.lower() in CARRIED:
        with suppress(UnicodeDecodeError):
            told["text"] = content.decode("utf-8")
    return told
