"""``upgrade``: what a scenario file of an earlier format meant, and what it means now."""

from __future__ import annotations

from pathlib import Path

import click

from drawdown.cli import terminal


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "since", default=1, show_default=True, help="The file's format.")
@click.option("--write", is_flag=True, help="Say the format of today in the file.")
def upgrade(file: Path, since: int, write: bool) -> None:
    """Say what has changed for scenario FILE since its format, and what its moved defaults do.

    With --write the file says that it is of today's format; what is gone is yours to replace.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    from drawdown.declared.errors import InputError
    from drawdown.declared.formats import FORMAT, changes

    try:
        text = file.read_text(encoding="utf-8")
        content = YAML(typ="safe", pure=True).load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read ({error})") from None
    except YAMLError as error:
        raise InputError(f"{file}: not valid YAML: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(content, dict):
        raise InputError(f"{file}: must be a list of keys such as 'title' and 'policy'")
    since = int(content.get("format", since))
    if not 1 <= since <= FORMAT:
        raise InputError(f"{file}: format must lie between 1 and {FORMAT}, got {since}")
    world, policy = content.get("world") or {}, content.get("policy") or {}
    told = changes(since, map(str, world), map(str, policy))
    for sentence in told or [f"format {FORMAT} already: nothing has changed"]:
        terminal.say(sentence)
    if not write or since == FORMAT:
        return
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("format:")]
    place = next(
        (i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines)
    )
    lines.insert(place, f"format: {FORMAT}\n")
    from drawdown.declared.kept import write_whole

    try:
        write_whole(file, "".join(lines).encode())
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error.strerror})") from None
    terminal.say(f"{terminal.shown_path(file)}: says format {FORMAT}; 'drawdown check' reads it")
