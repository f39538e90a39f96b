"""``calibrate``: what the record says about the parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from drawdown.cli import invocation, options, runner, terminal
from drawdown.cli.command import option, several
from drawdown.declared import data_files, storage
from drawdown.declared.errors import InputError
from drawdown.declared.language import LANGUAGES, Language


class Calibrate(runner.Shown):
    """Calibrate on the record to July 2021, after trials on synthetic records.

    It writes seeds/posterior, which ensembles draw from. With --small, your own --record or
    your own --priors it writes a result's folder instead; 'drawdown compare … --uncertainty
    FOLDER' draws from it. An interrupted calibration goes on where it stopped when the same
    command is given.
    """

    example = "drawdown evidence calibrate --small"
    needs = ("scipy", "SALib")
    small: bool = option(is_flag=True, help="Two minutes' work, rough: to see what it does.")
    record: str | None = option(
        type=click.Path(),
        metavar="FILE",
        help="Fit to your own counts of attacks instead of the record's: start,end,count,low,high.",
    )
    priors: str | None = option(
        type=click.Path(),
        metavar="FILE",
        help="YAML file of priors that replace those of seeds/parameters.yaml, by name.",
    )
    observed: options.Observed = several(options.Observed)
    seed: int = options.seed

    def run(self) -> None:
        """Calibrate, and write what was found."""
        from drawdown.connect import provenance, store
        from drawdown.declared import parameters
        from drawdown.evidence import calibrate as experiment
        from drawdown.evidence import record_run
        from drawdown.views import evidence
        from drawdown.worlds.checkpoint import Checkpoint, fingerprint

        given = (self.record, self.priors, self.keep.name)
        own = self.small or any(value is not None for value in given)
        if not own and data_files.project_root() is None:
            raise InputError(
                "the posterior is kept in the project's checkout; here --small, --record, "
                "--priors or --name write one of your own"
            )
        with record_run.using(self._inputs()):
            sizes = experiment.Sizes.small() if self.small else experiment.Sizes()
            settings = experiment.settings(sizes, self.seed)
            place = self.keep.place("calibration", settings, stages=True) if own else None
            key = fingerprint(settings, experiment.SOURCES)
            checkpoint = Checkpoint("calibration", key)
            if checkpoint.kept():
                terminal.warn(f"Going on: {checkpoint.kept()} stages are there already.")
            with terminal.bar(experiment.steps(), "Calibrating") as (advance, say):
                found = experiment.calibrate(
                    sizes, self.seed, checkpoint, say, advance, provenance.commit()
                )
            with (
                place.folder()
                if place
                else storage.replacing(parameters.posterior_folder()) as folder
            ):
                store.save_posterior(found, invocation.command(), folder, self.priors)
                for code in LANGUAGES:
                    evidence.draw_trials(found.trials, folder, Language(code))
            checkpoint.forget()
        console = terminal.console()
        evidence.show_calibration(found, self.language, console)
        where: Path = place.final if place else parameters.posterior_folder()
        terminal.say_where(where, self.language, console)

    def _inputs(self) -> Any:
        """Return what is calibrated on: a user's own counts and priors where there are some."""
        from drawdown.declared import parameters, record
        from drawdown.evidence import record_run
        from drawdown.worlds.checkpoint import file_digest

        told: dict[str, Any] = {}
        series = None
        if self.record is not None:
            series = record.read(self.record, self.observed.reading())
            told["record"] = {
                "file": self.record,
                "digest": file_digest(self.record),
                "intervals": len(series),
                "notes": [*series.notes, *record_run.contradictions(series)],
            }
            terminal.note(told["record"]["notes"])
        if self.priors is not None:
            parameters.own_priors(self.priors)
            told["priors"] = {"file": self.priors, "digest": file_digest(self.priors)}
        return record_run.Inputs(series, self.priors or "prior", told)
