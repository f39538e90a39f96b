"""``regimes``: how long quiet and violence lasted, 2003 to July 2021."""

from __future__ import annotations

import click

from drawdown.cli import options, terminal


@click.command()
@options.language
@options.wide
def regimes(lang: str) -> None:
    """Fit the spells of quiet and of violence; the priors of their lengths come from here."""
    options.needs("scipy")
    from drawdown.declared.language import Language
    from drawdown.questions import regimes as spells
    from drawdown.views import regimes as views

    views.show(spells.examine(), spells.shares(), Language(lang), terminal.console())
