"""``crossvalidate``: stretches of the record predicted from the rest."""

from __future__ import annotations

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.options import Keep


@click.command()
@options.seed
@click.option(
    "--off",
    multiple=True,
    metavar="NAME=VALUE",
    help="Hold a parameter at a value in fit and prediction: what a mechanism is worth.",
)
@options.plays
@options.language
@options.wide
def crossvalidate(seed: int, off: tuple[str, ...], keep: Keep, lang: str) -> None:
    """Predict stretches of the record from the rest of it, beside simple rivals."""
    options.needs("scoringrules", "scipy", "SALib")
    from drawdown.declared import parameters
    from drawdown.declared.columns import MOTIVES
    from drawdown.declared.language import Language
    from drawdown.questions import calibrate as calibration
    from drawdown.questions import cross_validation as experiment
    from drawdown.views import evidence
    from drawdown.worlds.checkpoint import Checkpoint, fingerprint

    language = Language(lang)
    held = options.parse_set(off, ())
    stored = parameters.posterior()
    kept = {
        m: tuple(n for n, v in stored["deter", m].items() if v[0] == v[0] and n not in held)
        for m in MOTIVES
    }
    sizes = calibration.Sizes(pilot=12_288, wave=512, wave_lucks=16)
    settings = calibration.settings(sizes, seed) | {
        "held": sorted(held.items()),
        "kept": kept,
        "told": False,
    }
    place = keep.place("crossvalidation", settings, stages=True)
    checkpoint = Checkpoint(
        "crossvalidation",
        fingerprint(settings, (*calibration.SOURCES, "questions/cross_validation.py")),
    )
    count = len(experiment.FOLDS) * len(calibration.PARTS)
    with terminal.bar(count, "Leaving stretches out") as (advance, _):
        drawn = experiment.predict(kept, sizes, seed, checkpoint, held=held, advance=advance)
        found = experiment.cross_validate(drawn, seed=seed)
    runner.hand_over(
        place,
        language,
        {
            "scores": evidence.cross_validation_csv(found),
            "paths": evidence.paths_csv(found.paths()),
        },
        {"seed": seed, "off": held, "parameters": kept},
        lambda console: evidence.show_cross_validation(found, language, console),
    )
