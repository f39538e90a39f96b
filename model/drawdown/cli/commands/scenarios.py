"""``scenarios``: what there is to play."""

from __future__ import annotations

from drawdown.cli import options, terminal
from drawdown.cli.command import Command
from drawdown.declared.language import Language


class Scenarios(Command):
    """List the scenarios and the question each one raises."""

    example = "drawdown scenarios"
    language: Language = options.language
    wide: None = options.wide

    def run(self) -> None:
        """List them."""
        from drawdown.declared.scenario import Scenario, names
        from drawdown.views.terminal_tables import Sheet

        table = Sheet()
        for head in ("name", "title", "extends", "question"):
            table.column(head, words=True)
        for name in names():
            item = Scenario.load(name)
            parent = item.lineage[0] if item.lineage else ""
            texts = [t.in_language(self.language.code) for t in (item.title, item.question)]
            table.row(name, texts[0], parent, texts[1])
        terminal.console().print(table)
