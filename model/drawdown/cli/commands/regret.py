"""``regret``: what each choice falls short of the best."""

from __future__ import annotations

from typing import Any

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.options import Keep


@click.command()
@click.argument("scenarios", nargs=-1, required=True)
@click.option(
    "--weights", default=None, metavar="OUTCOME=NUMBER,…", help="Positive where more is worse."
)
@options.draws(500)
@options.lucks(4)
@options.seed
@options.uncertainty
@options.weights_of_motives
@options.plays
@options.language
@options.wide
def regret(
    scenarios: tuple[str, ...],
    weights: str | None,
    draws: int,
    lucks: int,
    seed: int,
    uncertainty: Any,
    keep: Keep,
    lang: str,
) -> None:
    """Say how much each of SCENARIOS falls short of the best of them, future by future."""
    from drawdown.declared.language import Language
    from drawdown.questions import compare as experiment
    from drawdown.questions import futures
    from drawdown.questions import regret as regrets
    from drawdown.views import memo

    language = Language(lang)
    given = regrets.parse_weights(weights) if weights is not None else None
    experiment.check_runs(draws * lucks, "draws times lucks")
    loaded = experiment.load_all(scenarios)
    settings = {
        "scenarios": [repr(s) for s in loaded],
        "seed": seed,
        "draws": draws,
        "lucks": lucks,
        "weights": given,
        "uncertainty": uncertainty,
    }
    place = keep.place("regret", settings)
    outcomes = list(given or regrets.SEPARATE)
    with terminal.playing(futures.worlds(len(loaded), draws, lucks)) as progress:
        found = regrets.play(loaded, outcomes, draws, lucks, seed, uncertainty, progress=progress)
    told = {"seed": seed, "draws": draws, "lucks": lucks, "weights": given}
    runner.hand_over(
        place,
        language,
        {"regret": memo.regret_csv(found, given)},
        told | {"uncertainty": uncertainty},
        lambda console: memo.show_regret(found, given, language, console),
        lambda folder: memo.draw_regret(found, given, folder, language) if given else None,
    )
