"""``decompose``: which lever makes how much of the difference between two scenarios."""

from __future__ import annotations

from functools import partial

from drawdown.cli import options, runner, terminal
from drawdown.cli.command import argument, option


class Decompose(runner.Shown):
    """Split the difference of FIRST and SECOND among their levers.

    Shapley values over paired worlds: every subset of what differs is played.
    """

    example = "drawdown decompose sustained-presence full-withdrawal"
    first: str = argument()
    second: str = argument()
    outcomes: tuple[str, ...] = option(
        "--outcome",
        multiple=True,
        help="Outcomes to split; the first is drawn. By default eight.",
    )
    runs: int = options.runs
    seed: int = options.seed
    structure: str = options.structure("all", "all")
    motive: str = options.motive
    weights_of_motives: None = options.weights_of_motives
    chosen: tuple[str, ...] = options.chosen
    without: tuple[str, ...] = options.without
    uncertainty: str = options.uncertainty
    threads: int | None = options.threads

    def run(self) -> None:
        """Play every subset of what differs, and split the difference."""
        from drawdown.connect.store import settings_of
        from drawdown.declared.parameters import check_motive
        from drawdown.questions import compare as experiment
        from drawdown.questions import decompose as question
        from drawdown.views import decompose as view

        experiment.check_runs(self.runs)
        structures = experiment.structures_of(self.structure)
        loaded = experiment.load_all([self.first, self.second])
        values = options.parse_set(self.chosen, self.without)
        check_motive(self.motive, ("all",))
        outcomes = tuple(dict.fromkeys(self.outcomes)) or question.OUTCOMES
        question.check_outcomes(outcomes)
        two = question.pair(*loaded)
        names = [s.name for s in loaded]
        played = self.given("runs", "seed") | {"structures": structures, "motive": self.motive}
        settings = settings_of(
            loaded,
            baseline=names[0],
            chosen=values,
            uncertainty=self.uncertainty,
            outcomes=outcomes,
            **played,
        )
        place = self.keep.place(f"decompose-{names[0]}-{names[1]}", settings)
        options.tell_notes(loaded, values, structures)
        with terminal.playing(question.worlds(two, self.runs, len(structures))) as progress:
            found = question.play(
                two,
                outcomes,
                structure=self.structure,
                parameters=values,
                progress=progress,
                **self.given("runs", "seed", "motive", "uncertainty", "threads"),
            )
        self.finish(
            place,
            {"decompose": view.rows(found)},
            {"first": names[0], "second": names[1], "differs": list(two.parts)}
            | played
            | {"set": values, "uncertainty": self.uncertainty},
            partial(view.show, found),
            partial(view.draw, found),
        )
