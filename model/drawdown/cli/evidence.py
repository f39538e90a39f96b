"""What the model is held against: facts, calibration, validation, robustness."""

from __future__ import annotations

import sys
from typing import Any

import click

from drawdown.cli import options, terminal
from drawdown.cli.observed import observed_options, reading_of
from drawdown.cli.options import Keep


@click.command()
@click.option("--runs", default=400, show_default=True, help="Worlds a structure.")
@options.seed
@options.uncertainty
@options.keeps
@options.language
def patterns(runs: int, seed: int, uncertainty: Any, keep: Keep, lang: str) -> None:
    """Hold the model against the stylised facts SF1 to SF20 and against the record."""
    options.needs("scoringrules")
    from drawdown import store
    from drawdown.errors import InputError
    from drawdown.experiments import patterns as facts
    from drawdown.experiments import record_run
    from drawdown.language import Language
    from drawdown.layout import STRUCTURES
    from drawdown.views import evidence

    language = Language(lang)
    if not 30 <= runs <= 5000:
        raise InputError(f"runs must lie between 30 and 5,000 for facts, got {runs:,}")
    settings: dict[str, Any] = {"seed": seed, "runs": runs, "uncertainty": uncertainty}
    place = keep.place("patterns", settings)
    with terminal.bar(len(facts.FACTS) * len(STRUCTURES), "Computing facts") as (advance, _):
        found = facts.compute(runs, seed, uncertainty, advance=advance)
        held = record_run.against_record(runs, seed, uncertainty)
    with place.folder() as folder:
        store.write_rows(evidence.patterns_csv(found), folder, "patterns")
        store.write_rows(evidence.record_csv(held), folder, "record")
        store.write_run(folder, **settings)
        evidence.draw_record(held, folder, language)
    console = terminal.console()
    evidence.show_patterns(found, held, language, console)
    terminal.say_where(place.final, language, console)


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
@options.keeps
@options.language
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
    from drawdown import parameters, record, seeds, store
    from drawdown.checkpoint import Checkpoint, file_digest, fingerprint
    from drawdown.errors import InputError
    from drawdown.experiments import calibrate as experiment
    from drawdown.experiments import record_run
    from drawdown.language import LANGUAGES, Language
    from drawdown.views import evidence

    language = Language(lang)
    ours = not small and observed is None and priors is None and keep.name is None
    if ours and seeds.project_root() is None:
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
            click.echo(f"note: {note}", err=True)
    if priors is not None:
        parameters.own_priors(priors)
        told["priors"] = {"file": priors, "digest": file_digest(priors)}
    with record_run.using(record_run.Inputs(series, priors or "prior", told)):
        sizes = experiment.Sizes.small() if small else experiment.Sizes()
        settings = experiment.settings(sizes, seed)
        place = None if ours else keep.place("calibration", settings)
        key = fingerprint(settings, experiment.SOURCES)
        checkpoint = Checkpoint("calibration", key, fresh=again)
        if checkpoint.kept():
            click.echo(f"Going on: {checkpoint.kept()} stages are there already.", err=True)
        with terminal.bar(experiment.steps(sizes), "Calibrating") as (advance, say):
            found = experiment.calibrate(sizes, seed, checkpoint, say, advance, store.commit())

        def write(folder: Any) -> None:
            store.save_posterior(found, ["drawdown", *sys.argv[1:]], folder, priors)
            for code in LANGUAGES:
                evidence.draw_trials(found.trials, folder, Language(code))

        if place is None:
            write(parameters.posterior_folder())
        else:
            with place.folder() as folder:
                write(folder)
        checkpoint.forget()
    console = terminal.console()
    evidence.show_calibration(found, language, console)
    terminal.say_where(place.final if place else parameters.posterior_folder(), language, console)


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
@options.keeps
@options.language
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
    from drawdown import record, store
    from drawdown.checkpoint import file_digest
    from drawdown.experiments import compare as experiment
    from drawdown.experiments import validate as validation
    from drawdown.language import Language
    from drawdown.layout import STRUCTURES
    from drawdown.scenario import Scenario
    from drawdown.views import evidence

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
    with place.folder() as folder:
        store.write_rows(evidence.scores_csv(found), folder, "scores")
        first = evidence.first_line(found, language)
        store.write_run(
            folder,
            seed=seed,
            runs=runs,
            uncertainty=uncertainty,
            observed=observed,
            digest=settings["digest"],
            scenario=found.scenario.name,
            outcome=found.outcome,
            verdict=first,
            notes=list(found.notes),
            forecasts=evidence.forecasts(found),
            skills={
                kind: {s.rival: [s.skill, s.low, s.high] for s in skills}
                for kind, skills in found.skills.items()
            },
        )
        evidence.draw_validation(found, folder, language)
    console = terminal.console()
    evidence.show_validation(found, language, console)
    terminal.say_where(place.final, language, console)


@click.command()
@click.option("--runs", default=500, show_default=True, help="Worlds a structure and variant.")
@options.seed
@options.keeps
@options.language
def robustness(runs: int, seed: int, keep: Keep, lang: str) -> None:
    """Say which findings flip between structures and assumptions, and which hold."""
    from drawdown import store
    from drawdown.experiments import compare as experiment
    from drawdown.experiments import robustness as robust
    from drawdown.language import Language
    from drawdown.views import evidence

    language = Language(lang)
    experiment.check_runs(runs)
    settings: dict[str, Any] = {"seed": seed, "runs": runs}
    place = keep.place("robustness", settings)
    with terminal.playing(robust.worlds(runs)) as progress:
        found = robust.examine(runs, seed, progress=progress)
    with place.folder() as folder:
        store.write_rows(evidence.robustness_csv(found), folder, "robustness")
        store.write_run(folder, **settings)
    console = terminal.console()
    evidence.show_robustness(found, language, console)
    terminal.say_where(place.final, language, console)


@click.command()
@options.seed
@click.option(
    "--off",
    multiple=True,
    metavar="NAME=VALUE",
    help="Hold a parameter at a value in fit and prediction: what a mechanism is worth.",
)
@options.keeps
@options.language
def crossvalidate(seed: int, off: tuple[str, ...], keep: Keep, lang: str) -> None:
    """Predict stretches of the record from the rest of it, beside simple rivals."""
    options.needs("scoringrules", "scipy", "SALib")
    from drawdown import parameters, store
    from drawdown.checkpoint import Checkpoint, fingerprint
    from drawdown.experiments import calibrate as calibration
    from drawdown.experiments import cross_validation as experiment
    from drawdown.language import Language
    from drawdown.layout import STRUCTURES
    from drawdown.views import evidence

    language = Language(lang)
    held = options.parse_set(off, ())
    stored = list(next(iter(parameters.posterior().values())))
    kept = tuple(n for n in stored if n not in held)
    sizes = calibration.Sizes(pilot=32_768, wave=1024, wave_lucks=16)
    settings = calibration.settings(sizes, seed) | {"held": sorted(held.items()), "kept": kept}
    place = keep.place("crossvalidation", settings)
    checkpoint = Checkpoint(
        "crossvalidation",
        fingerprint(settings, (*calibration.SOURCES, "experiments/cross_validation.py")),
    )
    count = len(experiment.FOLDS) * len(STRUCTURES)
    with terminal.bar(count, "Leaving stretches out") as (advance, _):
        drawn = experiment.predict(kept, sizes, seed, checkpoint, held=held, advance=advance)
        found = experiment.cross_validate(drawn, seed=seed)
    with place.folder() as folder:
        store.write_rows(evidence.cross_validation_csv(found), folder, "scores")
        store.write_run(folder, seed=seed, off=held, parameters=kept)
    console = terminal.console()
    evidence.show_cross_validation(found, language, console)
    terminal.say_where(place.final, language, console)
