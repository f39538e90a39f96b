"""``sensitivity``: which parameters drive an outcome."""

from __future__ import annotations

from functools import partial

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.command import argument, option
from drawdown.declared.errors import InputError, unknown


class Sensitivity(runner.Shown):
    """Say which parameters drive SCENARIO's outcomes.

    Morris over all of them, then Sobol over the few.
    An interrupted analysis goes on where it stopped when the same command is given.
    """

    example = "drawdown sensitivity combat-to-advisory --less sustained-presence"
    needs = ("SALib",)
    scenario: str = argument(default="combat-to-advisory")
    less: str | None = option(metavar="SCENARIO", help="Explain the difference from it.")
    outcomes: tuple[str, ...] = option(
        "--outcome",
        multiple=True,
        default=("tempo_foreign", "tempo_state", "dead_us", "authority", "daesh_index"),
        help="Outcomes to explain; the first is drawn as a tornado.",
    )
    trajectories: int = option(default=60, type=click.IntRange(2, 10_000))
    few: int = option(default=8, type=click.IntRange(1, 30))
    size: int = option(default=1024, help="Base sample of Sobol, a power of two.")
    lucks: int = options.lucks(8)
    structure: str = options.structure("neutral")
    seed: int = options.seed

    def run(self) -> None:
        """Screen all parameters, and analyse the few that matter."""
        from drawdown.questions import compare as experiment
        from drawdown.questions import sensitivity as analysis
        from drawdown.views import memo
        from drawdown.worlds.checkpoint import Checkpoint, fingerprint

        outcomes = self._outcomes()
        loaded = experiment.load_all([s for s in (self.scenario, self.less) if s is not None])
        sizes = self.given("trajectories", "few", "size", "lucks")
        settings = {
            "played": tuple(repr(s.what_is_played()) for s in loaded),
            "outcomes": outcomes,
            "sizes": tuple(sizes.values()),
            **self.given("structure", "seed"),
        }
        place = self.keep.place("sensitivity", settings, stages=True)
        key = fingerprint(settings, ("questions/sensitivity.py", "day/outcomes.py"))
        checkpoint = Checkpoint("sensitivity", key)
        with terminal.playing(analysis.worlds(**sizes, scenarios=len(loaded))) as progress:
            found = analysis.examine(
                loaded,
                outcomes,
                **sizes,
                checkpoint=checkpoint,
                run=self.world_run(progress),
            )
        titles = [s.title.in_language(self.language.code) for s in loaded]
        kind = "of_difference" if self.less is not None else "of_one"
        title = self.language.word("sensitivity", kind, case=titles[0], base=titles[-1])
        console = terminal.console()
        for sentence in memo.left_out(found, self.language):
            console.print(self.language.line(sentence))
        checkpoint.forget()
        if found.morris is None or found.sobol is None:
            return
        both = found.morris, found.sobol
        told = self.given("seed", "structure") | {"settings": settings["sizes"]}
        self.finish(
            place,
            {"sensitivity": memo.sensitivity_csv(*both)},
            told | {"left_out": dict(found.left_out)},
            partial(memo.show_sensitivity, *both, title),
            partial(memo.draw_sensitivity, *both, title),
        )

    def _outcomes(self) -> tuple[str, ...]:
        """Return the outcomes, each once.

        Raises:
            InputError: For everything that is wrong with the options.
        """
        from drawdown.day.outcomes import RUN_OUTCOMES
        from drawdown.declared.parameters import check_structure

        check_structure(self.structure)
        outcomes = tuple(dict.fromkeys(self.outcomes))
        faults = [
            f"--outcome: {unknown('outcome', o, RUN_OUTCOMES)}"
            for o in outcomes
            if o not in RUN_OUTCOMES
        ]
        if not 2 <= self.size <= 2**20 or self.size & (self.size - 1):
            faults.append(
                f"--size must be a power of two from 2 to {2**20:,}, such as 1024, got {self.size}"
            )
        if faults:
            raise InputError(faults)
        return outcomes
