"""``validate``: predictions scored on an observed series."""

from __future__ import annotations

from functools import partial

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.command import option, several


class Validate(runner.Shown):
    """Score predictions on an observed series, beside simple rivals."""

    example = "drawdown validate --observed mine.csv --scenario record-2020-2021"
    needs = ("scoringrules", "scipy")
    observed: str = option(
        required=True,
        type=click.Path(),
        help="CSV or Excel file: start,end,count and perhaps low,high; or a table by month.",
    )
    scenario: str = option(default="combat-to-advisory")
    outcome: str = option(default="foreign-attacks", help="What was counted.")
    reading: options.Observed = several(options.Observed)
    runs: int = options.runs
    seed: int = options.seed
    uncertainty: str = options.uncertainty

    def run(self) -> None:
        """Predict the series, and score the predictions."""
        from drawdown.declared import record
        from drawdown.declared.columns import STRUCTURES
        from drawdown.declared.scenario import Scenario
        from drawdown.evidence import validate as validation
        from drawdown.questions import compare as experiment
        from drawdown.views import evidence
        from drawdown.worlds.checkpoint import file_digest

        experiment.check_runs(self.runs)
        series = record.read(self.observed, self.reading.reading())
        item = Scenario.load(self.scenario)
        played = self.given("seed", "runs", "uncertainty")
        told = played | {"observed": self.observed, "digest": file_digest(self.observed)}
        settings = told | {
            "scenario": repr(item),
            "outcome": validation.outcome_of(self.outcome),
            "reading": self.reading.given("dates", "decimal", "grade"),
        }
        place = self.keep.place("validation", settings)
        with terminal.playing(self.runs * len(STRUCTURES)) as progress:
            found = validation.validate(series, item, self.outcome, self.world_run(progress))
        told |= {
            "scenario": found.scenario.name,
            "outcome": found.outcome,
            "verdict": evidence.validation_line(found, self.language),
            "notes": list(found.notes),
            "forecasts": evidence.forecasts(found),
            "skills": {
                kind: {s.rival: [s.skill, s.low, s.high] for s in skills}
                for kind, skills in found.skills.items()
            },
        }
        self.finish(
            place,
            {
                "scores": evidence.scores_csv(found),
                "paths": evidence.paths_csv(found.paths()),
                "added": evidence.added_csv(found.skills),
            },
            told,
            partial(evidence.show_validation, found),
            partial(evidence.draw_validation, found),
        )
