"""``regimes``: how long quiet and violence lasted, 2003 to July 2021."""

from __future__ import annotations

from drawdown.cli import options, terminal
from drawdown.cli.command import Command
from drawdown.declared.language import Language


class Regimes(Command):
    """Fit the spells of quiet and of violence, for the priors of their lengths."""

    example = "drawdown evidence regimes"
    needs = ("scipy",)
    language: Language = options.language
    wide: None = options.wide

    def run(self) -> None:
        """Fit them."""
        from drawdown.evidence import regimes
        from drawdown.views import regimes as views

        found = regimes.examine(), regimes.shares(), regimes.placebos()
        views.show(*found, self.language, terminal.console())
