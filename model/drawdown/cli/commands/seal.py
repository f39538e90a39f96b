"""``seal``: a forecast that is written today and opened when the days are known."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from drawdown.cli import options, terminal
from drawdown.cli.observed import observed_options, reading_of
from drawdown.cli.options import Keep


@click.command()
@click.argument("scenario", required=False)
@click.option("--outcome", default="foreign-attacks", show_default=True, help="What is counted.")
@click.option("--open", "opened", type=click.Path(path_type=Path), help="Open a sealed FOLDER.")
@click.option("--observed", type=click.Path(), help="With --open: counts to score it on.")
@observed_options
@options.runs
@options.seed
@options.uncertainty
@options.plays
@options.language
@options.wide
def seal(
    scenario: str | None,
    outcome: str,
    opened: Path | None,
    observed: str | None,
    runs: int,
    seed: int,
    uncertainty: Any,
    keep: Keep,
    lang: str,
    **reading: Any,
) -> None:
    """Write a forecast of SCENARIO's months with a digest to publish; or open one.

    The digest is that of the draws: whoever publishes it today can show later that they were
    not changed. --open FOLDER checks it, and with --observed FILE scores the forecast.
    """
    from drawdown.declared.errors import InputError

    if (scenario is None) == (opened is None):
        raise InputError("name a scenario to seal, or --open FOLDER to open one")
    if opened is not None:
        _open(opened, observed, reading, lang)
        return
    if observed is not None:
        raise InputError("--observed goes with --open FOLDER")
    options.needs("scoringrules", "scipy")
    from drawdown.connect import proof
    from drawdown.declared.columns import STRUCTURES
    from drawdown.declared.language import Language
    from drawdown.declared.scenario import Scenario
    from drawdown.questions import compare as experiment
    from drawdown.questions import seal as sealing
    from drawdown.questions.validate import outcome_of
    from drawdown.worlds.checkpoint import program

    experiment.check_runs(runs)
    item, name = Scenario.load(scenario or ""), outcome_of(outcome)
    settings = {
        "scenario": repr(item),
        "outcome": name,
        "runs": runs,
        "seed": seed,
        "uncertainty": uncertainty,
    }
    place = keep.place(f"sealed-{item.name}", settings)
    with terminal.playing(runs * len(STRUCTURES)) as progress:
        found = sealing.forecast(item, name, runs, seed, uncertainty, progress)
    with place.folder() as folder:
        digest = sealing.write(
            found,
            folder,
            {
                "sealed": f"{date.today()}",
                "model": program(),
                "commit": proof.commit(),
                "versions": proof.versions(),
            },
        )
    terminal.say(f"Sealed on {date.today()}. Publish this digest: {digest}")
    terminal.say_where(place.final, Language(lang), terminal.console())


def _open(folder: Path, observed: str | None, reading: dict[str, Any], lang: str) -> None:
    from drawdown.declared import record
    from drawdown.declared.language import Language
    from drawdown.questions import seal as sealing

    found = sealing.read(folder)
    terminal.say(
        f"Sealed on {found.told['sealed']} (model {found.told['model']}, commit "
        f"{found.told['commit'][:12]}); the draws are those of the digest {found.told['digest']}."
    )
    if observed is None:
        return
    options.needs("scoringrules", "scipy")
    from drawdown.questions.scores import path_scores, score
    from drawdown.views import evidence

    given = record.read(observed, reading_of(**reading))
    series, draws = sealing.against(found, given)
    for note in given.notes:
        terminal.say(f"note: {note}", err=True)
    if len(series) < len(given):
        left = len(given) - len(series)
        terminal.say(f"note: {left} of {len(given)} rows are no month of the forecast", err=True)
    scored = score("model", draws, series)
    language, console = Language(lang), terminal.console()
    console.print(evidence.rows_table(series, scored, language))
    console.print(evidence.paths_table(series, [path_scores(scored, series)], language))
