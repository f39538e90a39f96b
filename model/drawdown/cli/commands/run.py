"""``run``: one scenario, many times."""

from __future__ import annotations

from drawdown.cli.command import argument
from drawdown.cli.playing import Playing


class Run(Playing):
    """Play one SCENARIO many times and write a result's folder."""

    example = "drawdown run expulsion --without vote --runs 200"
    scenario: str = argument()

    def run(self) -> None:
        """Play it."""
        self.play((self.scenario,))
