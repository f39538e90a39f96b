"""What ``run`` and ``compare`` share: play scenarios, write the result, tell it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drawdown.cli import options, terminal
from drawdown.cli.options import Keep

if TYPE_CHECKING:
    from drawdown.connect.stretches import Needs
    from drawdown.declared.language import Language

many = options.options(
    options.runs,
    click.option(
        "--first",
        type=click.IntRange(0, 2**62),
        default=None,
        metavar="N",
        help="Play a stretch: --runs worlds from number N on, to be joined by merge.",
    ),
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
    options.plays,
    options.threads,
    click.option(
        "--dry-run", is_flag=True, help="Say what it takes: time, memory and disk; play nothing."
    ),
    click.option("--figures/--no-figures", default=True, show_default=True, help="Draw figures."),
    click.option("--xlsx", is_flag=True, help="Write the summary for Excel too."),
    click.option("--daily", is_flag=True, help="Keep every run's days (daily.parquet)."),
    options.language,
    options.wide,
)


def _draw(language: Language) -> Callable[[Path], Callable[[], None]]:
    def draw(folder: Path) -> Callable[[], None]:
        from drawdown.views.figures import draw_in_parallel

        return draw_in_parallel(folder, language)

    return draw


STRETCHES = "drawdown.stretches"
"""Where ``merge`` leaves the stretches that a command is to join instead of playing."""

TELL_FROM = 20_000
"""Worlds from which on a command says beforehand what it takes."""


def play(
    scenarios: tuple[str, ...],
    baseline: str | None,
    runs: int,
    first: int | None,
    seed: int,
    structure: str,
    motive: str,
    chosen: tuple[str, ...],
    without: tuple[str, ...],
    uncertainty: str,
    keep: Keep,
    threads: int | None,
    dry_run: bool,
    figures: bool,
    xlsx: bool,
    daily: bool,
    lang: str,
    precision: bool = False,
    everything: bool = False,
) -> None:
    """Play scenarios, write the result's folder and tell it; arguments are the options."""
    from drawdown.connect import store, stretches
    from drawdown.declared import parameters as declared
    from drawdown.declared.errors import InputError
    from drawdown.declared.language import Language
    from drawdown.questions import compare as experiment
    from drawdown.questions.idle import IdleWarning
    from drawdown.views import memo, tables
    from drawdown.worlds import ensemble, shards

    if xlsx:
        import openpyxl  # noqa: F401
    language = Language(lang)
    values = options.parse_set(chosen, without)
    declared.check_motive(motive, ("all",))
    structures = experiment.structures_of(structure)
    experiment.check_runs(runs)
    loaded = experiment.load_all(scenarios)
    base = experiment.baseline_of(loaded, baseline)
    declared.check_uncertainty(uncertainty)
    if keep.on != "here" and threads is not None:
        raise InputError(f"--threads is for this machine; --on {keep.on} has threads of its own")
    if precision and first is not None:
        raise InputError(
            "--first plays a stretch of a known length; it does not go with --precision"
        )
    if precision and len(loaded) < 2:
        raise InputError("precision is that of differences: name at least two scenarios")
    asked = stretches.Asked(
        tuple(loaded),
        structures,
        base,
        runs,
        first or 0,
        seed,
        declared.chosen_with(values, motive),
        uncertainty,
    )
    settings = store.settings_of(
        loaded,
        runs=runs,
        first=asked.first,
        seed=seed,
        structures=structures,
        baseline=base,
        chosen=values,
        uncertainty=uncertainty,
        drawn_from=declared.source(uncertainty).told,
        precision=precision,
        kept=(xlsx, daily, figures, lang),
        motive=motive,
    )
    joined = click.get_current_context().find_root().meta.get(STRETCHES)
    if joined is None and (dry_run or asked.worlds > TELL_FROM):
        count = threads or ensemble.default_threads()
        with terminal.bar(1, "Playing a few worlds for the estimate"):
            wanted = stretches.needs(asked, count, stretches.speed_of(asked), daily)
        terminal.say(_told(wanted, count), err=not dry_run)
        if dry_run:
            return
        stretches.check_room(keep.folder, wanted)
    usual = "-".join(s.name for s in loaded)
    place = keep.place(usual if first is None else f"stretch-{first}-{usual}", settings)
    options.tell_notes(loaded, values, structures)
    work = shards.current()
    assert work is not None
    at_the_end = ExitStack()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IdleWarning)
        if joined is None and not precision:
            pieces = [s for each in asked.shards(daily).values() for s in each]
            with terminal.playing(asked.worlds) as progress:
                work.finish(pieces, threads, progress)
        with place.folder() as folder, at_the_end:
            days = None
            if daily:
                days = store.Days(
                    folder / "daily.parquet", asked.first, None if precision else runs
                )
                at_the_end.callback(days.close)
            if joined is not None:
                comparison = stretches.merge(joined, asked, folder, days)
            elif precision:
                with terminal.playing(0) as progress:
                    comparison = experiment.to_precision(
                        loaded,
                        step=runs,
                        seed=seed,
                        structure=structure,
                        motive=motive,
                        baseline=base,
                        parameters=values,
                        uncertainty=uncertainty,
                        threads=threads,
                        progress=progress,
                        days_to=days,
                    )
            else:
                comparison = stretches.gather(asked, work, folder, days)
            draw = _draw(language) if figures else None
            told = store.save(comparison, folder, draw, xlsx)
        stretches.move(comparison, place.final)
    console = terminal.console()
    tables.show(comparison, language, console)
    for scenario in comparison.scenarios:
        if scenario.name != comparison.baseline:
            if everything:
                console.print(memo.all_outcomes(comparison, scenario.name, language))
            for sentence in memo.paragraph(comparison, scenario.name, language):
                console.print(language.line(sentence))
    if precision:
        worst = experiment.widest(comparison, experiment.CHECKED)
        reached = "reached" if worst < 1 else "not reached"
        console.print(
            f"Precision {reached} with {comparison.runs:,} worlds a structure: the widest half "
            f"interval is {worst:.2f} times the smallest difference of interest."
        )
    for sentence in told:
        console.print(sentence)
    terminal.say_where(place.final, language, console)


def _told(wanted: Needs, threads: int) -> str:
    """Return what a command takes as a sentence."""
    minutes = wanted.seconds / 60
    time = f"{minutes:,.0f} minutes" if minutes >= 2 else f"{wanted.seconds:,.0f} seconds"
    return (
        f"{wanted.worlds:,} worlds in {wanted.shards:,} shards: about {time} with {threads} "
        f"threads, {wanted.memory / 2**20:,.0f} MB of memory, {wanted.disk / 2**20:,.0f} MB of "
        "disk while it lasts."
    )
