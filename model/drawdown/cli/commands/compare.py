"""``compare``: scenarios side by side, with the same worlds."""

from __future__ import annotations

from typing import Any

import click

from drawdown.cli.playing import many, play


@click.command()
@click.argument("scenarios", nargs=-1, required=True)
@click.option("--baseline", default=None, help="Scenario the others are compared with.")
@click.option(
    "--precision",
    is_flag=True,
    help="Play on, --runs at a time, until differences are pinned to the smallest of interest.",
)
@click.option("--everything", is_flag=True, help="Every outcome's difference under each structure.")
@many
def compare(scenarios: tuple[str, ...], baseline: str | None, **rest: Any) -> None:
    """Play SCENARIOS with the same worlds and compare them, pair by pair."""
    play(scenarios, baseline, **rest)
