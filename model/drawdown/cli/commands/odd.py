"""``odd``: the model's description after the ODD protocol."""

from __future__ import annotations

from drawdown.cli import terminal
from drawdown.cli.command import Command, option
from drawdown.declared import data_files
from drawdown.declared.errors import InputError
from drawdown.declared.storage import write_whole


class Odd(Command):
    """Print the model's description after the ODD protocol."""

    example = "drawdown odd"
    write: bool = option(
        is_flag=True,
        help="Renew what docs/ holds of it: odd.md, conditions.md, scenario.schema.json.",
    )

    def run(self) -> None:
        """Print the description, or renew it."""
        from drawdown.declared.scenario_file import schema
        from drawdown.views.odd import DOCUMENTS, renewed

        root = data_files.project_root()
        if root is None:
            raise InputError("the description is part of the project's checkout: docs/odd.md")
        texts = {
            name: renewed((root / "docs" / name).read_text(encoding="utf-8"), root)
            for name in (DOCUMENTS if self.write else DOCUMENTS[:1])
        }
        if not self.write:
            terminal.say(texts[DOCUMENTS[0]], nl=False)
            return
        for name, text in {**texts, "scenario.schema.json": schema()}.items():
            write_whole(root / "docs" / name, text.encode())
            terminal.say(terminal.shown_path(root / "docs" / name))
