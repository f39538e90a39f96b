"""``run``: one scenario, many times."""

from __future__ import annotations

from typing import Any

import click

from drawdown.cli.playing import many, play


@click.command()
@click.argument("scenario")
@many
def run(scenario: str, **rest: Any) -> None:
    """Play one SCENARIO many times and write a result's folder."""
    play((scenario,), None, **rest)
