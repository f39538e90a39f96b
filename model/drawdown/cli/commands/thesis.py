"""``thesis``: the article's hypotheses."""

from __future__ import annotations

from typing import Any

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.options import Keep


@click.command()
@options.draws(1000)
@options.lucks(8)
@options.seed
@options.uncertainty
@options.weights_of_motives
@options.plays
@options.language
def thesis(draws: int, lucks: int, seed: int, uncertainty: Any, keep: Keep, lang: str) -> None:
    """Test the article's hypotheses, and find where it would be wrong."""
    options.needs("ema_workbench")
    from drawdown.declared.language import Language
    from drawdown.questions import compare as experiment
    from drawdown.questions import thesis as theses
    from drawdown.views import memo

    language = Language(lang)
    experiment.check_runs(draws * lucks, "draws times lucks")
    settings = {"seed": seed, "draws": draws, "lucks": lucks, "uncertainty": uncertainty}
    place = keep.place("thesis", settings)
    with terminal.playing(theses.worlds(draws, lucks)) as progress:
        found = theses.examine(draws, lucks, seed, uncertainty, progress=progress)
    runner.hand_over(
        place,
        language,
        {"thesis": memo.thesis_csv(found)},
        settings,
        lambda console: memo.show_thesis(found, language, console),
        lambda folder: memo.draw_boxes(found, folder, language),
    )
