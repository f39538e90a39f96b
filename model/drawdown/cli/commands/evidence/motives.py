"""``motives``: what each reading of the motive predicts, side by side."""

from __future__ import annotations

from functools import partial

from drawdown.cli import options, runner, terminal


class Motives(runner.Shown):
    """Say what each motive predicts of nine events, and where two disagree."""

    example = "drawdown evidence motives"
    runs: int = options.runs
    seed: int = options.seed
    uncertainty: str = options.uncertainty

    def run(self) -> None:
        """Play the events under every motive."""
        from drawdown.evidence import predictions
        from drawdown.questions import compare as experiment
        from drawdown.views import predictions as views

        experiment.check_runs(self.runs)
        settings = self.given("seed", "runs", "uncertainty")
        place = self.keep.place("motives", settings)
        with terminal.playing(predictions.worlds(self.runs)) as progress:
            found = predictions.predict(**settings, progress=progress)
        self.finish(
            place,
            {"predictions": views.rows(found)},
            settings,
            partial(views.show, found),
            partial(views.draw, found),
        )
