"""``odd``: the model's description after the ODD protocol."""

from __future__ import annotations

import click

from drawdown.cli import terminal


@click.command()
@click.option(
    "--write", is_flag=True, help="Renew the tables of odd.md and conditions.md in docs/."
)
def odd(write: bool) -> None:
    """Print the model's description after the ODD protocol, tables made from the code."""
    from drawdown.declared import data_files
    from drawdown.declared.errors import InputError
    from drawdown.declared.kept import write_whole
    from drawdown.views.odd import DOCUMENTS, renewed

    root = data_files.project_root()
    if root is None:
        raise InputError("the description is part of the project's checkout: docs/odd.md")
    for name in DOCUMENTS if write else DOCUMENTS[:1]:
        path = root / "docs" / name
        text = renewed(path.read_text(encoding="utf-8"), root)
        if not write:
            terminal.say(text, nl=False)
            return
        write_whole(path, text.encode())
        terminal.say(terminal.shown_path(path))
