"""``explain``: where a number comes from."""

from __future__ import annotations

import click

from drawdown.cli import options, terminal


@click.command()
@click.argument("thing")
@options.language
def explain(thing: str, lang: str) -> None:
    """Say where a claim, parameter, outcome, scenario, mechanism or rule comes from."""
    from drawdown.declared.language import Language
    from drawdown.views.explain import explain as told

    console = terminal.console()
    for line in told(thing, Language(lang)):
        console.print(line)
