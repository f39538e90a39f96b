"""``regret``: what each choice falls short of the best."""

from __future__ import annotations

from functools import partial

from drawdown.cli import options, runner, terminal
from drawdown.cli.command import argument


class Regret(runner.Shown):
    """Say by how much each of SCENARIOS falls short of the best, draw by draw."""

    example = "drawdown regret restraint expulsion --weights dead_us=2,daesh_index=1"
    scenarios: tuple[str, ...] = argument(nargs=-1, required=True)
    weights: str | None = options.weights
    draws: int = options.draws(500)
    lucks: int = options.lucks(4)
    seed: int = options.seed
    uncertainty: str = options.uncertainty
    weights_of_motives: None = options.weights_of_motives

    def run(self) -> None:
        """Play all in the same futures, and compare them."""
        from drawdown.questions import compare as experiment
        from drawdown.questions import futures
        from drawdown.questions import regret as regrets
        from drawdown.views import memo

        weights = regrets.parse_weights(self.weights) if self.weights is not None else None
        experiment.check_runs(self.draws * self.lucks, "draws times lucks")
        loaded = experiment.load_all(self.scenarios)
        settings = self.given("seed", "draws", "lucks") | {"weights": weights}
        settings |= self.given("uncertainty")
        place = self.keep.place("regret", {"scenarios": [repr(s) for s in loaded]} | settings)
        outcomes = list(weights or regrets.SEPARATE)
        count = futures.worlds(len(loaded), self.draws, self.lucks)
        with terminal.playing(count) as progress:
            found = regrets.play(loaded, outcomes, self.draws, self.lucks, self.world_run(progress))
        self.finish(
            place,
            {"regret": memo.regret_csv(found, weights)},
            settings,
            partial(memo.show_regret, found, weights),
            partial(memo.draw_regret, found, weights) if weights else None,
        )
