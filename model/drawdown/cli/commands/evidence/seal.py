"""``seal``: a forecast that is written today and opened when the days are known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.command import argument, needs, option, several
from drawdown.declared.errors import InputError


class Seal(runner.Shown):
    """Write a forecast of SCENARIO's months with a digest, or open one.

    The digest is that of the draws: whoever publishes it today can show later that they were
    not changed. --open FOLDER checks it, and with --observed FILE scores the forecast.
    """

    example = "drawdown evidence seal sustained-presence"
    scenario: str | None = argument(required=False)
    outcome: str = option(default="foreign-attacks", help="What is counted.")
    opened: Path | None = option(
        "--open", type=click.Path(path_type=Path), help="Open a sealed FOLDER."
    )
    observed: str | None = option(type=click.Path(), help="With --open: counts to score it on.")
    reading: options.Observed = several(options.Observed)
    runs: int = options.runs
    seed: int = options.seed
    uncertainty: str = options.uncertainty

    def run(self) -> None:
        """Seal a forecast, or open one."""
        if (self.scenario is None) == (self.opened is None):
            raise InputError("name a scenario to seal, or --open FOLDER to open one")
        if self.opened is not None:
            self._open(self.opened)
        elif self.observed is not None:
            raise InputError("--observed goes with --open FOLDER")
        else:
            self._seal()

    def _seal(self) -> None:
        needs("scoringrules", "scipy")
        from drawdown.connect import provenance
        from drawdown.declared.columns import STRUCTURES
        from drawdown.declared.scenario import Scenario
        from drawdown.evidence import seal as sealing
        from drawdown.evidence.validate import outcome_of
        from drawdown.questions import compare as experiment
        from drawdown.worlds.checkpoint import program

        experiment.check_runs(self.runs)
        item, name = Scenario.load(self.scenario or ""), outcome_of(self.outcome)
        played = self.given("runs", "seed", "uncertainty")
        settings = {"scenario": repr(item), "outcome": name} | played
        place = self.keep.place(f"sealed-{item.name}", settings)
        with terminal.playing(self.runs * len(STRUCTURES)) as progress:
            found = sealing.forecast(item, name, self.world_run(progress))
        told = {
            "sealed": f"{date.today()}",
            "model": program(),
            "commit": provenance.commit(),
            "versions": provenance.versions(),
        }
        with place.folder() as folder:
            digest = sealing.write(found, folder, told)
        terminal.say(f"Sealed on {date.today()}. Publish this digest: {digest}")
        terminal.say_where(place.final, self.language, terminal.console())

    def _open(self, folder: Path) -> None:
        from drawdown.declared import record
        from drawdown.evidence import seal as sealing

        found = sealing.read(folder)
        terminal.say(
            f"Sealed on {found.told['sealed']} (model {found.told['model']}, commit "
            f"{found.told['commit'][:12]}); the draws are those of the digest "
            f"{found.told['digest']}."
        )
        if self.observed is None:
            return
        needs("scoringrules", "scipy")
        from drawdown.views import evidence

        given = record.read(self.observed, self.reading.reading())
        opened = sealing.opened(found, given)
        evidence.show_opened(opened, self.language, terminal.console())
