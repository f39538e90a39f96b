"""``decompose``: which lever makes how much of the difference between two scenarios."""

from __future__ import annotations

from typing import Any

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.options import Keep


@click.command()
@click.argument("first")
@click.argument("second")
@click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    help="Outcomes to split; the first is drawn. By default eight.",
)
@options.runs
@options.seed
@options.structure("all", "all")
@options.motive
@options.weights_of_motives
@options.chosen
@options.without
@options.uncertainty
@options.threads
@options.plays
@options.language
@options.wide
def decompose(
    first: str,
    second: str,
    outcomes: tuple[str, ...],
    runs: int,
    seed: int,
    structure: str,
    motive: str,
    chosen: tuple[str, ...],
    without: tuple[str, ...],
    uncertainty: Any,
    threads: int | None,
    keep: Keep,
    lang: str,
) -> None:
    """Split the difference between FIRST and SECOND among the levers that differ.

    Shapley values over paired worlds: every subset of what differs is played.
    """
    from drawdown.connect.store import settings_of
    from drawdown.declared.language import Language
    from drawdown.declared.parameters import check_motive
    from drawdown.questions import compare as experiment
    from drawdown.questions import decompose as question
    from drawdown.views import decompose as view

    language = Language(lang)
    experiment.check_runs(runs)
    structures = experiment.structures_of(structure)
    loaded = experiment.load_all([first, second])
    given = options.parse_set(chosen, without)
    check_motive(motive, ("all",))
    asked = tuple(dict.fromkeys(outcomes)) or question.OUTCOMES
    question.check_outcomes(asked)
    two = question.pair(*loaded)
    settings = settings_of(
        loaded,
        runs=runs,
        seed=seed,
        structures=structures,
        baseline=loaded[0].name,
        chosen=given,
        uncertainty=uncertainty,
        motive=motive,
        outcomes=asked,
    )
    place = keep.place(f"decompose-{loaded[0].name}-{loaded[1].name}", settings)
    options.tell_notes(loaded, given, structures)
    with terminal.playing(question.worlds(two, runs, len(structures))) as progress:
        found = question.play(
            two,
            asked,
            runs=runs,
            seed=seed,
            structure=structure,
            motive=motive,
            parameters=given,
            uncertainty=uncertainty,
            threads=threads,
            progress=progress,
        )
    runner.hand_over(
        place,
        language,
        {"decompose": view.rows(found)},
        {
            "first": loaded[0].name,
            "second": loaded[1].name,
            "differs": list(two.parts),
            "runs": runs,
            "seed": seed,
            "structures": list(structures),
            "motive": motive,
            "set": given,
            "uncertainty": uncertainty,
        },
        lambda console: view.show(found, language, console),
        lambda folder: view.draw(found, folder, language),
    )
