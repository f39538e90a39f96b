"""``scenarios``: what there is to play."""

from __future__ import annotations

import click

from drawdown.cli import options, terminal


@click.command()
@options.language
def scenarios(lang: str) -> None:
    """List the scenarios and the question each one raises."""
    from rich.table import Table

    from drawdown.declared.language import Language
    from drawdown.declared.scenario import Scenario, names

    language = Language(lang)
    table = Table(show_lines=False)
    for head in ("name", "title", "extends", "question"):
        table.add_column(head, overflow="fold")
    for name in names():
        item = Scenario.load(name)
        parent = item.lineage[0] if item.lineage else ""
        title = item.title.in_language(language.code)
        table.add_row(name, title, parent, item.question.in_language(language.code))
    terminal.console().print(table)
