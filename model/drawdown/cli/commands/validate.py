"""``validate``: predictions scored on an observed series."""

from __future__ import annotations

from typing import Any

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.observed import observed_options, reading_of
from drawdown.cli.options import Keep


@click.command()
@click.option(
    "--observed",
    required=True,
    type=click.Path(),
    help="CSV or Excel file: start,end,count and perhaps low,high; or a table by month.",
)
@click.option("--scenario", default="combat-to-advisory", show_default=True)
@click.option("--outcome", default="foreign-attacks", show_default=True, help="What was counted.")
@observed_options
@options.runs
@options.seed
@options.uncertainty
@options.plays
@options.language
@options.wide
def validate(
    observed: str,
    scenario: str,
    outcome: str,
    runs: int,
    seed: int,
    uncertainty: Any,
    keep: Keep,
    lang: str,
    **reading: Any,
) -> None:
    """Score the model's predictions on an observed series, beside simple rivals."""
    options.needs("scoringrules", "scipy")
    from drawdown.declared import record
    from drawdown.declared.columns import STRUCTURES
    from drawdown.declared.language import Language
    from drawdown.declared.scenario import Scenario
    from drawdown.questions import compare as experiment
    from drawdown.questions import validate as validation
    from drawdown.views import evidence
    from drawdown.worlds.checkpoint import file_digest

    language = Language(lang)
    experiment.check_runs(runs)
    series = record.read(observed, reading_of(**reading))
    item = Scenario.load(scenario)
    settings = {
        "seed": seed,
        "runs": runs,
        "uncertainty": uncertainty,
        "observed": observed,
        "digest": file_digest(observed),
        "scenario": repr(item),
        "outcome": validation.outcome_of(outcome),
        "reading": reading,
    }
    place = keep.place("validation", settings)
    with terminal.playing(runs * len(STRUCTURES)) as progress:
        found = validation.validate(
            series, item, outcome, runs, seed, uncertainty, progress=progress
        )
    told = {
        "seed": seed,
        "runs": runs,
        "uncertainty": uncertainty,
        "observed": observed,
        "digest": settings["digest"],
        "scenario": found.scenario.name,
        "outcome": found.outcome,
        "verdict": evidence.validation_line(found, language),
        "notes": list(found.notes),
        "forecasts": evidence.forecasts(found),
        "skills": {
            kind: {s.rival: [s.skill, s.low, s.high] for s in skills}
            for kind, skills in found.skills.items()
        },
    }
    runner.hand_over(
        place,
        language,
        {"scores": evidence.scores_csv(found), "paths": evidence.paths_csv(found.paths())},
        told,
        lambda console: evidence.show_validation(found, language, console),
        lambda folder: evidence.draw_validation(found, folder, language),
    )
