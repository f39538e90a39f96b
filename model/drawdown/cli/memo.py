"""What an analyst would put in the memo: hypotheses, drivers, regret, the report."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from drawdown.cli import options, terminal
from drawdown.cli.options import Keep

REPORTED = ("sustained-presence", "combat-to-advisory", "full-withdrawal")
"""Scenarios of a report where none are named: the first is what the others are compared with."""


@click.command()
@options.draws(1000)
@options.lucks(8)
@options.seed
@options.uncertainty
@options.keeps
@options.language
def thesis(draws: int, lucks: int, seed: int, uncertainty: Any, keep: Keep, lang: str) -> None:
    """Test the article's hypotheses, and find where it would be wrong."""
    options.needs("ema_workbench")
    from drawdown import store
    from drawdown.experiments import compare as experiment
    from drawdown.experiments import thesis as theses
    from drawdown.language import Language
    from drawdown.views import memo

    language = Language(lang)
    experiment.check_runs(draws * lucks, "draws times lucks")
    settings = {"seed": seed, "draws": draws, "lucks": lucks, "uncertainty": uncertainty}
    place = keep.place("thesis", settings)
    with terminal.playing(theses.worlds(draws, lucks)) as progress:
        found = theses.examine(draws, lucks, seed, uncertainty, progress=progress)
    with place.folder() as folder:
        store.write_rows(memo.thesis_csv(found), folder, "thesis")
        store.write_run(folder, **settings)
        memo.draw_boxes(found, folder, language)
    console = terminal.console()
    memo.show_thesis(found, language, console)
    terminal.say_where(place.final, language, console)


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
@options.keeps
@options.language
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
    from drawdown import store
    from drawdown.checkpoint import Checkpoint, fingerprint
    from drawdown.errors import InputError, unknown
    from drawdown.experiments import compare as experiment
    from drawdown.experiments import sensitivity as analysis
    from drawdown.language import Language
    from drawdown.parameters import check_structure
    from drawdown.summaries import RUN_OUTCOMES
    from drawdown.views import memo

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
    played = tuple(repr((s.levers, s.events, s.world, s.mode, s.start, s.end)) for s in loaded)
    settings = {
        "played": played,
        "outcomes": outcomes,
        "sizes": (trajectories, few, size, lucks),
        "structure": structure,
        "seed": seed,
    }
    place = keep.place("sensitivity", settings)
    key = fingerprint(settings, ("experiments/sensitivity.py", "summaries.py"))
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
        console.print(language.line(sentence), markup=False)
    checkpoint.forget()
    if found.morris is None or found.sobol is None:
        return
    with place.folder() as folder:
        store.write_rows(memo.sensitivity_csv(found.morris, found.sobol), folder, "sensitivity")
        store.write_run(
            folder,
            seed=seed,
            structure=structure,
            settings=settings["sizes"],
            left_out=dict(found.left_out),
        )
        memo.draw_sensitivity(found.morris, found.sobol, title, folder, language)
    memo.show_sensitivity(found.morris, found.sobol, title, language, console)
    terminal.say_where(place.final, language, console)


@click.command()
@click.argument("scenarios", nargs=-1, required=True)
@click.option(
    "--weights", default=None, metavar="OUTCOME=NUMBER,…", help="Positive where more is worse."
)
@options.draws(500)
@options.lucks(4)
@options.seed
@options.uncertainty
@options.keeps
@options.language
def regret(
    scenarios: tuple[str, ...],
    weights: str | None,
    draws: int,
    lucks: int,
    seed: int,
    uncertainty: Any,
    keep: Keep,
    lang: str,
) -> None:
    """Say how much each of SCENARIOS falls short of the best of them, future by future."""
    from drawdown import store
    from drawdown.experiments import compare as experiment
    from drawdown.experiments import futures
    from drawdown.experiments import regret as regrets
    from drawdown.language import Language
    from drawdown.views import memo

    language = Language(lang)
    given = regrets.parse_weights(weights) if weights is not None else None
    experiment.check_runs(draws * lucks, "draws times lucks")
    loaded = experiment.load_all(scenarios)
    settings = {
        "scenarios": [repr(s) for s in loaded],
        "seed": seed,
        "draws": draws,
        "lucks": lucks,
        "weights": given,
        "uncertainty": uncertainty,
    }
    place = keep.place("regret", settings)
    outcomes = list(given or regrets.SEPARATE)
    with terminal.playing(futures.worlds(len(loaded), draws, lucks)) as progress:
        found = regrets.play(loaded, outcomes, draws, lucks, seed, uncertainty, progress=progress)
    with place.folder() as folder:
        store.write_rows(memo.regret_csv(found, given), folder, "regret")
        store.write_run(
            folder, seed=seed, draws=draws, lucks=lucks, weights=given, uncertainty=uncertainty
        )
        if given is not None:
            memo.draw_regret(found, given, folder, language)
    console = terminal.console()
    memo.show_regret(found, given, language, console)
    terminal.say_where(place.final, language, console)


@click.command()
@click.argument("scenarios", nargs=-1)
@click.option("--baseline", default=None, help="Scenario the others are compared with.")
@click.option(
    "--weights", default=None, metavar="OUTCOME=NUMBER,…", help="Positive where more is worse."
)
@options.seed
@options.uncertainty
@click.option("--small", is_flag=True, help="Half a minute's work, rough: to see the form.")
@options.keeps
@options.language
def report(
    scenarios: tuple[str, ...],
    baseline: str | None,
    weights: str | None,
    seed: int,
    uncertainty: Any,
    small: bool,
    keep: Keep,
    lang: str,
) -> None:
    """Write one HTML file on SCENARIOS to hand out: answers, curves, tests, sources.

    Without SCENARIOS it compares the end of the combat mission and a full withdrawal with
    sustained presence. It needs no network to be read and prints well.
    """
    options.needs("scoringrules", "SALib", "ema_workbench")
    from drawdown import store
    from drawdown.errors import InputError
    from drawdown.experiments import compare as experiment
    from drawdown.experiments import regret as regrets
    from drawdown.experiments import study
    from drawdown.language import Language
    from drawdown.views import memo
    from drawdown.views import report as views

    language = Language(lang)
    given = regrets.parse_weights(weights) if weights is not None else None
    if not scenarios:
        scenarios, baseline = REPORTED, baseline or REPORTED[0]
    loaded = experiment.load_all(scenarios)
    if len(loaded) < 2:
        raise InputError("a report compares: name at least two scenarios, or none for the usual")
    base = experiment.baseline_of(loaded, baseline)
    sizes = study.Sizes.small() if small else study.Sizes()
    settings = {
        "scenarios": [repr(s) for s in loaded],
        "baseline": base,
        "weights": given,
        "seed": seed,
        "uncertainty": uncertainty,
        "small": small,
        "lang": lang,
    }
    place = keep.place("report", settings)
    options.tell_notes(loaded, {})
    with terminal.bar(study.worlds(len(loaded), sizes), "Playing", "worlds") as (advance, say):
        found = study.undertake(
            loaded, base, sizes, seed, uncertainty, given, say=say, progress=advance
        )
    command = ["drawdown", *sys.argv[1:]]

    def write(folder: Path) -> Callable[[], None]:
        drawn = views.draw(found, folder, language)
        text = views.compose(
            found, drawn, language, command, store.commit(), store.versions(), small
        )
        (folder / "report.html").write_text(text, encoding="utf-8")
        store.write_rows(memo.thesis_csv(found.thesis), folder, "thesis")
        store.write_rows(memo.regret_csv(found.losses, given), folder, "regret")
        for scenario, drivers in found.drivers.items():
            if drivers.morris is not None and drivers.sobol is not None:
                rows = memo.sensitivity_csv(drivers.morris, drivers.sobol)
                store.write_rows(rows, folder / scenario, "sensitivity")
        return lambda: None

    with place.folder() as folder:
        store.save(found.comparison, folder, command, write)
    terminal.say_where(place.final / "report.html", language, terminal.console())
