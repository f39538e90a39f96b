"""The command that makes a result, as it can be given again: in one form, with its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
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


EVIDENCE = (
    *("patterns", "motives", "regimes", "robustness", "crossvalidate", "calibrate", "seal"),
)
"""Commands of `drawdown evidence` that stood at the top in an earlier version."""


def as_now(words: list[str]) -> list[str]:
    """Return the words after ``drawdown`` as its commands are called now."""
    return ["evidence", *words] if words[:1] and words[0] in EVIDENCE else words


def note(ctx: click.Context, option: click.Parameter, value: Any) -> None:
    """Keep what was given for an option that its command does not see."""
    ctx.meta.setdefault(GIVEN, {})[option.name] = value


def command() -> list[str]:
    """Return the command that is running: arguments, then options in the order of its help.

    Options that keep what they have anyway, and those of `ELSEWHERE`, are left out.
    """
    from drawdown.connect import provenance

    ctx = click.get_current_context()
    words: list[str] = []
    outer: click.Context | None = ctx
    while outer is not None and outer.parent is not None:
        words.insert(0, outer.info_name or "")
        outer = outer.parent
    words.insert(0, "drawdown")
    arguments = [t for param, t in _given(ctx) if isinstance(param, click.Argument)]
    chosen: list[str] = []
    for param, text in _given(ctx):
        if isinstance(param, click.Option):
            on, off = param.opts, param.secondary_opts
            if param.is_flag:
                chosen.append(max(on if text == "True" else off, key=len))
            else:
                chosen += [max(on, key=len), text]
    given: list[str] = provenance.as_given([*words, *arguments, *chosen])
    return given


def words_of(command: click.Command, words: Sequence[str]) -> Iterator[tuple[click.Parameter, str]]:
    """Yield what the words of a command give, a text for each value, and run nothing.

    Args:
        command: The command.
        words: Its arguments and options.

    Raises:
        click.UsageError: If the command does not take them.
    """
    parser = command.make_parser(click.Context(command, info_name=command.name))
    values, rest, order = parser.parse_args(list(words))
    if rest:
        raise click.UsageError(f"it does not take {' '.join(rest)}")
    for param in dict.fromkeys(order):
        value = values.get(param.name or "")
        texts = [
            v for v in (value if isinstance(value, list | tuple) else [value]) if v is not None
        ]
        if isinstance(param, click.Option):
            yield from ((param, str(text)) for text in texts or [""])
        else:
            yield from ((param, text) for text in texts if isinstance(text, str))


def _given(ctx: click.Context) -> Iterator[tuple[click.Parameter, str]]:
    """Yield what was given that changes a number, a text for each value."""
    values = ctx.params | ctx.meta.get(GIVEN, {})
    for param in ctx.command.params:
        name = param.name or ""
        value = values.get(name)
        if isinstance(param, click.Option) and (
            name in ELSEWHERE
            or ctx.get_parameter_source(name) is not ParameterSource.COMMANDLINE
            or value == param.get_default(ctx)
        ):
            continue
        yield from ((param, text) for text in _texts(value))


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, tuple | list):
        return [text for item in value for text in _texts(item)]
    return [str(value)]


def inputs() -> dict[str, Any]:
    """Return the files that the running command reads, by the words that name them.

    Returns:
        For each: its name, the digest of its bytes, the name of its folder, and where it is no
        table its content; for a scenario file, those that it extends as well.
    """
    from drawdown.connect import provenance

    found: dict[str, Any] = {}
    for param, text in _given(click.get_current_context()):
        if not names_a_file(param):
            continue
        for path in _files_of(text):
            told = found.setdefault(provenance.as_given(text), {})
            if path.name not in told:
                told[path.name] = _told(path)
    return found


SCENARIOS = ("scenario", "baseline", "less", "against", "then", "uncertainty")
"""Options that may name a file, beside those whose type says so."""


OF_A_CALIBRATION = ("draws.csv", "posterior.json", "priors.yaml")
"""Files of a folder that calibrate wrote which ensembles draw from."""


def names_a_file(param: click.Parameter) -> bool:
    """Return whether what is given for an argument or an option may name a file."""
    if isinstance(param, click.Argument) or isinstance(param.type, click.Path):
        return True
    return param.name in SCENARIOS and param.metavar != "OUTCOME"


def _files_of(word: str) -> Iterator[Path]:
    from drawdown.declared import data_files
    from drawdown.declared.errors import InputError
    from drawdown.declared.scenario import ENDINGS, Scenario, find

    path = Path(word)
    try:
        is_file = path.is_file()
        if path.is_dir() and (path / "draws.csv").is_file():
            yield from (p for p in sorted(path.iterdir()) if p.name in OF_A_CALIBRATION)
            return
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
