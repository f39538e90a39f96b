"""``odd``: the model's description after the ODD protocol."""

from __future__ import annotations

from drawdown.cli import terminal
from drawdown.cli.command import Command, option
from drawdown.declared import data_files
from drawdown.declared.errors import InputError
from drawdown.declared.storage import write_whole


class Odd(Command):
    """Print the model's description after the ODD protocol, tables made from the code."""

    write: bool = option(
        is_flag=True, help="Renew the tables of odd.md and conditions.md in docs/."
    )

    def run(self) -> None:
        """Print the description, or renew it."""
        from drawdown.views.odd import DOCUMENTS, renewed

        root = data_files.project_root()
        if root is None:
            raise InputError("the description is part of the project's checkout: docs/odd.md")
        for name in DOCUMENTS if self.write else DOCUMENTS[:1]:
            path = root / "docs" / name
            text = renewed(path.read_text(encoding="utf-8"), root)
            if not self.write:
                terminal.say(text, nl=False)
                return
            write_whole(path, text.encode())
            terminal.say(terminal.shown_path(path))
