"""``numbers``: the table of a link of Explore, from its own words."""

from __future__ import annotations

from drawdown.cli import options, terminal
from drawdown.cli.command import Command, argument
from drawdown.declared.language import Language


class Numbers(Command):
    """Print the numbers that a LINK of Explore shows.

    LINK is copied from Explore's *Reproduce this*, such as '?case=full-withdrawal&combat=500'.
    """

    rules = True
    link: str = argument()
    language: Language = options.language
    wide: None = options.wide

    def run(self) -> None:
        """Print the table."""
        from drawdown.views.terminal_tables import Sheet
        from drawdown.web import links
        from drawdown.web.explore import Explorer

        view = links.view_of(self.link)
        scenarios = view.scenario(), Explorer.compared(view)
        heads = [s.title.in_language(self.language.code) for s in scenarios]
        word = self.language.words["explore"]
        sheet = Sheet(heads=["", *heads, word["difference"], word["futures"]])
        for row in Explorer().numbers(view, self.language):
            sheet.row(row["label"], row["case"], row["base"], row["less"], row["futures"])
        terminal.console().print(sheet)
