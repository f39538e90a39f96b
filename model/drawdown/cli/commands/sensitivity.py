"""``sensitivity``: which parameters drive an outcome."""

from __future__ import annotations

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.options import Keep


@click.command()
@click.argument("scenario", default="combat-to-advisory")
@click.option("--less", default=None, metavar="SCENARIO", help="Explain the difference from it.")
@click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    default=("tempo_foreign", "tempo_state", "dead_us", "authority", "daesh_index"),
    show_default=True,
    help="Outcomes to explain; the first is drawn as a tornado.",
)
@click.option("--trajectories", default=60, show_default=True, type=click.IntRange(2, 10_000))
@click.option("--few", default=8, show_default=True, type=click.IntRange(1, 30))
@click.option(
    "--size", default=1024, show_default=True, help="Base sample of Sobol, a power of two."
)
@options.lucks(8)
@options.structure("neutral")
@options.seed
@click.option("--again", is_flag=True, help="Forget what an interrupted analysis kept.")
@options.plays
@options.language
@options.wide
def sensitivity(
    scenario: str,
    less: str | None,
    outcomes: tuple[str, ...],
    trajectories: int,
    few: int,
    size: int,
    lucks: int,
    structure: str,
    seed: int,
    again: bool,
    keep: Keep,
    lang: str,
) -> None:
    """Say which parameters drive SCENARIO's outcomes: Morris over all, Sobol over the few.

    An interrupted analysis goes on where it stopped when the same command is given.
    """
    options.needs("SALib")
    from drawdown.day.outcomes import RUN_OUTCOMES
    from drawdown.declared.errors import InputError, unknown
    from drawdown.declared.language import Language
    from drawdown.declared.parameters import check_structure
    from drawdown.questions import compare as experiment
    from drawdown.questions import sensitivity as analysis
    from drawdown.views import memo
    from drawdown.worlds.checkpoint import Checkpoint, fingerprint

    language = Language(lang)
    check_structure(structure)
    outcomes = tuple(dict.fromkeys(outcomes))
    faults = [
        f"--outcome: {unknown('outcome', o, RUN_OUTCOMES)}"
        for o in outcomes
        if o not in RUN_OUTCOMES
    ]
    if not 2 <= size <= 2**20 or size & (size - 1):
        faults.append(
            f"--size must be a power of two from 2 to {2**20:,}, such as 1024, got {size}"
        )
    if faults:
        raise InputError(faults)
    loaded = experiment.load_all([s for s in (scenario, less) if s is not None])
    played = tuple(repr(s.what_is_played()) for s in loaded)
    settings = {
        "played": played,
        "outcomes": outcomes,
        "sizes": (trajectories, few, size, lucks),
        "structure": structure,
        "seed": seed,
    }
    place = keep.place("sensitivity", settings, stages=True)
    key = fingerprint(settings, ("questions/sensitivity.py", "day/outcomes.py"))
    checkpoint = Checkpoint("sensitivity", key, fresh=again)
    count = analysis.worlds(trajectories, few, size, lucks, len(loaded))
    with terminal.playing(count) as progress:
        found = analysis.examine(
            loaded,
            outcomes,
            trajectories=trajectories,
            few=few,
            size=size,
            lucks=lucks,
            structure=structure,
            seed=seed,
            checkpoint=checkpoint,
            progress=progress,
        )
    titles = [s.title.in_language(language.code) for s in loaded]
    kind = "of_difference" if less is not None else "of_one"
    title = language.word("sensitivity", kind, case=titles[0], base=titles[-1])
    console = terminal.console()
    for sentence in memo.left_out(found, language):
        console.print(language.line(sentence))
    checkpoint.forget()
    if found.morris is None or found.sobol is None:
        return
    morris, sobol = found.morris, found.sobol
    told = {"seed": seed, "structure": structure, "settings": settings["sizes"]}
    runner.hand_over(
        place,
        language,
        {"sensitivity": memo.sensitivity_csv(morris, sobol)},
        told | {"left_out": dict(found.left_out)},
        lambda console: memo.show_sensitivity(morris, sobol, title, language, console),
        lambda folder: memo.draw_sensitivity(morris, sobol, title, folder, language),
    )
