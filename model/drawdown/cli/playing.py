"""What ``run`` and ``compare`` share: play scenarios, write the result, tell it."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drawdown.cli import options, terminal
from drawdown.cli.options import Keep

if TYPE_CHECKING:
    from drawdown.declared.language import Language

many = options.options(
    options.runs,
    options.seed,
    options.structure("all", "all"),
    options.motive,
    options.weights_of_motives,
    options.chosen,
    options.without,
    click.option(
        "--uncertainty",
        default="posterior",
        show_default=True,
        metavar="WORD|PATH",
        help="Draw parameters from the posterior or the prior, or keep defaults (none); or from "
        "a folder that calibrate wrote, or a YAML file of priors.",
    ),
    options.keeps,
    options.threads,
    click.option("--figures/--no-figures", default=True, show_default=True, help="Draw figures."),
    click.option("--xlsx", is_flag=True, help="Write the summary for Excel too."),
    click.option("--daily", is_flag=True, help="Keep every run's days (daily.parquet)."),
    options.language,
)


def _draw(language: Language) -> Callable[[Path], Callable[[], None]]:
    def draw(folder: Path) -> Callable[[], None]:
        from drawdown.views.figures import draw_in_parallel

        return draw_in_parallel(folder, language)

    return draw


def play(
    scenarios: tuple[str, ...],
    baseline: str | None,
    runs: int,
    seed: int,
    structure: str,
    motive: str,
    chosen: tuple[str, ...],
    without: tuple[str, ...],
    uncertainty: str,
    keep: Keep,
    threads: int | None,
    figures: bool,
    xlsx: bool,
    daily: bool,
    lang: str,
    precision: bool = False,
    everything: bool = False,
) -> None:
    """Play scenarios, write the result's folder and tell it; arguments are the options."""
    from drawdown.connect import store
    from drawdown.day.reach import IdleWarning
    from drawdown.declared.language import Language
    from drawdown.declared.parameters import check_motive, check_uncertainty, source
    from drawdown.questions import compare as experiment
    from drawdown.views import memo, tables

    if xlsx:
        import openpyxl  # noqa: F401
    language = Language(lang)
    values = options.parse_set(chosen, without)
    check_motive(motive, ("all",))
    structures = experiment.structures_of(structure)
    experiment.check_runs(runs)
    loaded = experiment.load_all(scenarios)
    base = experiment.baseline_of(loaded, baseline)
    check_uncertainty(uncertainty)
    settings = store.settings_of(
        loaded,
        runs=runs,
        seed=seed,
        structures=structures,
        baseline=base,
        chosen=values,
        uncertainty=uncertainty,
        drawn_from=source(uncertainty).told,
        precision=precision,
        kept=(xlsx, daily, figures, lang),
        motive=motive,
    )
    place = keep.place("-".join(s.name for s in loaded), settings)
    options.tell_notes(loaded, values, structures)
    common: dict[str, Any] = {
        "seed": seed,
        "structure": structure,
        "motive": motive,
        "baseline": base,
        "parameters": values,
        "uncertainty": uncertainty,
        "threads": threads,
    }
    worlds = runs * len(loaded) * len(structures)
    with place.folder() as folder, warnings.catch_warnings(), ExitStack() as at_the_end:
        warnings.simplefilter("ignore", IdleWarning)
        if daily:
            days = store.Days(folder / "daily.parquet")
            at_the_end.callback(days.close)
            common["days_to"] = days
        with terminal.playing(worlds if not precision else 0) as progress:
            if precision:
                comparison = experiment.to_precision(loaded, step=runs, progress=progress, **common)
            else:
                comparison = experiment.compare(loaded, runs=runs, progress=progress, **common)
        command = ["drawdown", *sys.argv[1:]]
        draw = _draw(language) if figures else None
        told = store.save(comparison, folder, command, draw, xlsx)
        at_the_end.close()
    console = terminal.console()
    tables.show(comparison, language, console)
    for scenario in comparison.scenarios:
        if scenario.name != comparison.baseline:
            if everything:
                console.print(memo.all_outcomes(comparison, scenario.name, language))
            for sentence in memo.paragraph(comparison, scenario.name, language):
                console.print(language.line(sentence), markup=False)
    if precision:
        worst = experiment.widest(comparison, experiment.CHECKED)
        reached = "reached" if worst < 1 else "not reached"
        console.print(
            f"Precision {reached} with {comparison.runs:,} worlds a structure: the widest half "
            f"interval is {worst:.2f} times the smallest difference of interest."
        )
    for sentence in told:
        console.print(sentence, markup=False)
    terminal.say_where(place.final, language, console)
