"""``numbers``: the table of a link of Explore, from its own words."""

from __future__ import annotations

import click

from drawdown.cli import options, terminal


@click.command()
@click.argument("link")
@options.language
@options.wide
def numbers(link: str, lang: str) -> None:
    """Print the numbers that a LINK of Explore shows.

    LINK is copied from Explore's *Reproduce this*, such as '?case=full-withdrawal&combat=500'.
    """
    from drawdown.declared.language import Language
    from drawdown.views.sheet import Sheet
    from drawdown.web import links
    from drawdown.web.explore import Explorer

    language = Language(lang)
    view = links.view_of(link)
    scenarios = view.scenario(), Explorer.compared(view)
    heads = [s.title.in_language(lang) for s in scenarios]
    word = language.words["explore"]
    sheet = Sheet(heads=["", *heads, word["difference"], word["futures"]])
    for row in Explorer().numbers(view, language):
        sheet.row(row["label"], row["case"], row["base"], row["less"], row["futures"])
    terminal.console().print(sheet)
