"""``scenarios``: what there is to play."""

from __future__ import annotations

import click

from drawdown.cli import options, terminal


@click.command()
@options.language
@options.wide
def scenarios(lang: str) -> None:
    """List the scenarios and the question each one raises."""
    from drawdown.declared.language import Language
    from drawdown.declared.scenario import Scenario, names
    from drawdown.views.sheet import Sheet

    language = Language(lang)
    table = Sheet()
    for head in ("name", "title", "extends", "question"):
        table.column(head, words=True)
    for name in names():
        item = Scenario.load(name)
        parent = item.lineage[0] if item.lineage else ""
        title = item.title.in_language(language.code)
        table.row(name, title, parent, item.question.in_language(language.code))
    terminal.console().print(table)
