"""``robustness``: findings that flip between structures and assumptions."""

from __future__ import annotations

from functools import partial

from drawdown.cli import options, runner, terminal
from drawdown.cli.command import option


class Robustness(runner.Shown):
    """Say which findings flip between structures and assumptions."""

    example = "drawdown evidence robustness"
    runs: int = option(default=500, help="Worlds a structure and variant.")
    seed: int = options.seed

    def run(self) -> None:
        """Play every variant."""
        from drawdown.evidence import robustness
        from drawdown.questions import compare as experiment
        from drawdown.views import evidence

        experiment.check_runs(self.runs)
        settings = self.given("seed", "runs")
        place = self.keep.place("robustness", settings)
        with terminal.playing(robustness.worlds(self.runs)) as progress:
            found = robustness.examine(self.world_run(progress))
        self.finish(
            place,
            {"robustness": evidence.robustness_csv(found)},
            settings,
            partial(evidence.show_robustness, found),
        )
