"""``robustness``: findings that flip between structures and assumptions."""

from __future__ import annotations

from typing import Any

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.options import Keep


@click.command()
@click.option("--runs", default=500, show_default=True, help="Worlds a structure and variant.")
@options.seed
@options.plays
@options.language
@options.wide
def robustness(runs: int, seed: int, keep: Keep, lang: str) -> None:
    """Say which findings flip between structures and assumptions, and which hold."""
    from drawdown.declared.language import Language
    from drawdown.questions import compare as experiment
    from drawdown.questions import robustness as robust
    from drawdown.views import evidence

    language = Language(lang)
    experiment.check_runs(runs)
    settings: dict[str, Any] = {"seed": seed, "runs": runs}
    place = keep.place("robustness", settings)
    with terminal.playing(robust.worlds(runs)) as progress:
        found = robust.examine(runs, seed, progress=progress)
    runner.hand_over(
        place,
        language,
        {"robustness": evidence.robustness_csv(found)},
        settings,
        lambda console: evidence.show_robustness(found, language, console),
    )
