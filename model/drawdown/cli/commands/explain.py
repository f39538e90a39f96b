"""``explain``: where a number comes from."""

from __future__ import annotations

from drawdown.cli import options, terminal
from drawdown.cli.command import Command, argument
from drawdown.declared.language import Language


class Explain(Command):
    """Say where a claim, number, outcome, scenario, mechanism or rule is from."""

    example = "drawdown explain C24"
    thing: str = argument()
    language: Language = options.language

    def run(self) -> None:
        """Print it."""
        from drawdown.views.explain import explain

        console = terminal.console()
        for line in explain(self.thing, self.language):
            console.print(line)
