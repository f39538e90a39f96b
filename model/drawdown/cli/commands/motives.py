"""``motives``: what each reading of the motive predicts, side by side."""

from __future__ import annotations

from typing import Any

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.options import Keep


@click.command()
@options.runs
@options.seed
@options.uncertainty
@options.plays
@options.language
@options.wide
def motives(runs: int, seed: int, uncertainty: Any, keep: Keep, lang: str) -> None:
    """Say what each motive predicts of nine events, and where two contradict each other."""
    from drawdown.declared.language import Language
    from drawdown.questions import compare as experiment
    from drawdown.questions import predictions
    from drawdown.views import predictions as views

    language = Language(lang)
    experiment.check_runs(runs)
    settings: dict[str, Any] = {"seed": seed, "runs": runs, "uncertainty": uncertainty}
    place = keep.place("motives", settings)
    with terminal.playing(predictions.worlds(runs)) as progress:
        found = predictions.predict(runs, seed, uncertainty, progress=progress)
    runner.hand_over(
        place,
        language,
        {"predictions": views.rows(found)},
        settings,
        lambda console: views.show(found, language, console),
        lambda folder: views.draw(found, folder, language),
    )
