"""``upgrade``: what a scenario file of an earlier format meant, and what it means now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from drawdown.cli import terminal
from drawdown.cli.command import Command, argument, option
from drawdown.declared.errors import InputError
from drawdown.declared.storage import write_whole


class Upgrade(Command):
    """Say what has changed for scenario FILE since its format, and what its moved defaults do.

    With --write the file says that it is of today's format; what is gone is yours to replace.
    """

    file: Path = argument(type=click.Path(path_type=Path))
    since: int = option("--from", default=1, help="The file's format.")
    write: bool = option(is_flag=True, help="Say the format of today in the file.")

    def run(self) -> None:
        """Say it, and write it."""
        from drawdown.declared.formats import FORMAT, changes

        text, content = self._read()
        since = int(content.get("format", self.since))
        if not 1 <= since <= FORMAT:
            raise InputError(f"{self.file}: format must lie between 1 and {FORMAT}, got {since}")
        world, policy = content.get("world") or {}, content.get("policy") or {}
        told = changes(since, map(str, world), map(str, policy))
        for sentence in told or [f"format {FORMAT} already: nothing has changed"]:
            terminal.say(sentence)
        if not self.write or since == FORMAT:
            return
        lines = [line for line in text.splitlines(keepends=True) if not line.startswith("format:")]
        written = [i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")]
        lines.insert(written[0] if written else len(lines), f"format: {FORMAT}\n")
        try:
            write_whole(self.file, "".join(lines).encode())
        except OSError as error:
            raise InputError(f"{self.file}: cannot be written ({error.strerror})") from None
        shown = terminal.shown_path(self.file)
        terminal.say(f"{shown}: says format {FORMAT}; 'drawdown check' reads it")

    def _read(self) -> tuple[str, dict[str, Any]]:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError

        file = self.file
        try:
            text = file.read_text(encoding="utf-8")
            content = YAML(typ="safe", pure=True).load(text)
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{file}: cannot be read ({error})") from None
        except YAMLError as error:
            told = " ".join(str(error).split())[:200]
            raise InputError(f"{file}: not valid YAML: {told}") from None
        if not isinstance(content, dict):
            raise InputError(f"{file}: must be a list of keys such as 'title' and 'policy'")
        return text, content
