"""``calibrate``: what the record says about the parameters."""

from __future__ import annotations

from typing import Any

import click

from drawdown.cli import asked, options, terminal
from drawdown.cli.observed import observed_options, reading_of
from drawdown.cli.options import Keep


@click.command()
@click.option("--small", is_flag=True, help="Two minutes' work, rough: to see what it does.")
@click.option(
    "--record",
    "observed",
    default=None,
    type=click.Path(),
    metavar="FILE",
    help="Fit to your own counts of attacks instead of the record's: start,end,count,low,high.",
)
@options.priors
@observed_options
@options.seed
@click.option("--again", is_flag=True, help="Forget what an interrupted calibration kept.")
@options.plays
@options.language
@options.wide
def calibrate(
    small: bool,
    observed: str | None,
    priors: str | None,
    seed: int,
    again: bool,
    keep: Keep,
    lang: str,
    **reading: Any,
) -> None:
    """Calibrate on the record to July 2021, after trying the method on synthetic records.

    It writes seeds/posterior, which ensembles draw from. With --small, your own --record or
    your own --priors it writes a result's folder instead; 'drawdown compare … --uncertainty
    FOLDER' draws from it. An interrupted calibration goes on where it stopped when the same
    command is given.
    """
    options.needs("scipy", "SALib")
    from drawdown.connect import proof, store
    from drawdown.declared import data_files, kept, parameters, record
    from drawdown.declared.errors import InputError
    from drawdown.declared.language import LANGUAGES, Language
    from drawdown.questions import calibrate as experiment
    from drawdown.questions import record_run
    from drawdown.views import evidence
    from drawdown.worlds.checkpoint import Checkpoint, file_digest, fingerprint

    language = Language(lang)
    ours = not small and observed is None and priors is None and keep.name is None
    if ours and data_files.project_root() is None:
        raise InputError(
            "the posterior is kept in the project's checkout; here --small, --record, --priors "
            "or --name write one of your own"
        )
    told: dict[str, Any] = {}
    series = None
    if observed is not None:
        series = record.read(observed, reading_of(**reading))
        told["record"] = {
            "file": observed,
            "digest": file_digest(observed),
            "intervals": len(series),
            "notes": list(series.notes),
        }
        for note in series.notes:
            terminal.say(f"note: {note}", err=True)
    if priors is not None:
        parameters.own_priors(priors)
        told["priors"] = {"file": priors, "digest": file_digest(priors)}
    with record_run.using(record_run.Inputs(series, priors or "prior", told)):
        sizes = experiment.Sizes.small() if small else experiment.Sizes()
        settings = experiment.settings(sizes, seed)
        place = None if ours else keep.place("calibration", settings, stages=True)
        key = fingerprint(settings, experiment.SOURCES)
        checkpoint = Checkpoint("calibration", key, fresh=again)
        if checkpoint.kept():
            terminal.say(f"Going on: {checkpoint.kept()} stages are there already.", err=True)
        with terminal.bar(experiment.steps(sizes), "Calibrating") as (advance, say):
            found = experiment.calibrate(sizes, seed, checkpoint, say, advance, proof.commit())

        def write(folder: Any) -> None:
            store.save_posterior(found, asked.command(), folder, priors)
            for code in LANGUAGES:
                evidence.draw_trials(found.trials, folder, Language(code))

        if place is None:
            with kept.replacing(parameters.posterior_folder()) as folder:
                write(folder)
        else:
            with place.folder() as folder:
                write(folder)
        checkpoint.forget()
    console = terminal.console()
    evidence.show_calibration(found, language, console)
    terminal.say_where(place.final if place else parameters.posterior_folder(), language, console)
