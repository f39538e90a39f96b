"""``thesis``: the article's hypotheses."""

from __future__ import annotations

from functools import partial

from drawdown.cli import options, runner, terminal


class Thesis(runner.Result):
    """Test the article's hypotheses; find where it would be wrong."""

    example = "drawdown thesis --draws 200"
    needs = ("ema_workbench",)
    draws: int = options.draws(400)
    lucks: int = options.lucks(25)
    seed: int = options.seed
    uncertainty: str = options.uncertainty
    weights_of_motives: None = options.weights_of_motives

    def run(self) -> None:
        """Test them."""
        from drawdown.questions import compare as experiment
        from drawdown.questions import thesis
        from drawdown.views import memo

        experiment.check_runs(self.draws * self.lucks, "draws times lucks")
        thesis.check_lucks(self.lucks)
        settings = self.given("seed", "draws", "lucks", "uncertainty")
        place = self.keep.place("thesis", settings)
        with terminal.playing(thesis.worlds(self.draws, self.lucks)) as progress:
            found = thesis.examine(self.draws, self.lucks, self.world_run(progress))
        self.finish(
            place,
            {"thesis": memo.thesis_csv(found)},
            settings,
            partial(memo.show_thesis, found),
            partial(memo.draw_boxes, found),
        )
