"""What ``run`` and ``compare`` share: play scenarios, write the result, tell it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drawdown.cli import options, terminal
from drawdown.cli.command import Command, option, several
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language

if TYPE_CHECKING:
    from drawdown.connect.replication_ranges import Asked, Needs
    from drawdown.declared.result_folder import Place
    from drawdown.questions.compare import Comparison

PARTS = "drawdown.parts"
"""Where ``merge`` leaves the parts that a command is to join instead of playing."""

TELL_FROM = 20_000
"""Worlds from which on a command says beforehand what it takes."""


class Playing(Command):
    """A command that plays scenarios, and writes and shows all that is known of their worlds."""

    rules = True
    runs: int = options.runs
    first: int | None = option(
        type=click.IntRange(0, 2**62),
        metavar="N",
        help="Play a part: --runs worlds from number N on, to be joined by merge.",
    )
    seed: int = options.seed
    structure: str = options.structure("all", "all")
    motive: str = options.motive
    weights_of_motives: None = options.weights_of_motives
    chosen: tuple[str, ...] = options.chosen
    without: tuple[str, ...] = options.without
    uncertainty: str = option(
        default="posterior",
        metavar="WORD|PATH",
        help="Draw parameters from the posterior or the prior, or keep defaults (none); or from "
        "a folder that calibrate wrote, or a YAML file of priors.",
    )
    keep: options.Keep = several(options.KeepOf)
    threads: int | None = options.threads
    dry_run: bool = option(
        is_flag=True, help="Say what it takes: time, memory and disk; play nothing."
    )
    figures: bool = option("--figures/--no-figures", default=True, help="Draw figures.")
    xlsx: bool = option(is_flag=True, help="Write the summary for Excel too.")
    daily: bool = option(is_flag=True, help="Keep every run's days (daily.parquet).")
    language: Language = options.language
    wide: None = options.wide

    def play(
        self,
        scenarios: tuple[str, ...],
        baseline: str | None = None,
        precision: bool = False,
        everything: bool = False,
    ) -> None:
        """Play scenarios, write the result's folder and tell it.

        Args:
            scenarios: Their names or paths.
            baseline: The one that the others are compared with; by default the first.
            precision: Whether to play on until differences are pinned.
            everything: Whether to show every outcome's difference under each structure.
        """
        from drawdown.connect import replication_ranges, store
        from drawdown.declared.parameters import source

        values = options.parse_set(self.chosen, self.without)
        wanted = self._wanted(scenarios, baseline, values, precision)
        joined = click.get_current_context().find_root().meta.get(PARTS)
        if joined is None and (self.dry_run or wanted.worlds > TELL_FROM):
            needed = self._needs(wanted)
            if self.dry_run:
                return
            replication_ranges.check_room(self.keep.folder, needed)
        settings = store.settings_of(
            wanted.scenarios,
            **self.given("runs", "seed", "motive", "uncertainty"),
            first=wanted.first,
            structures=wanted.structures,
            baseline=wanted.baseline,
            chosen=values,
            drawn_from=source(wanted.uncertainty).told,
            precision=precision,
            kept=(self.xlsx, self.daily, self.figures, self.language.code),
        )
        usual = "-".join(s.name for s in wanted.scenarios)
        part = "" if self.first is None else f"part-{self.first}-"
        place = self.keep.place(f"{part}{usual}", settings)
        options.tell_notes(wanted.scenarios, values, wanted.structures)
        found, told = self._write(wanted, place, precision, joined)
        self._show(found, precision, everything)
        for sentence in told:
            terminal.console().print(sentence)
        terminal.say_where(place.final, self.language, terminal.console())

    def _wanted(
        self,
        scenarios: tuple[str, ...],
        baseline: str | None,
        values: dict[str, float],
        precision: bool,
    ) -> Asked:
        """Return what is to be played.

        Raises:
            InputError: If an option is wrong, or does not go with another.
        """
        from drawdown.connect import replication_ranges
        from drawdown.declared import parameters as declared
        from drawdown.questions import compare as experiment

        if self.xlsx:
            import openpyxl  # noqa: F401
        declared.check_motive(self.motive, ("all",))
        structures = experiment.structures_of(self.structure)
        experiment.check_runs(self.runs)
        loaded = experiment.load_all(scenarios)
        base = experiment.baseline_of(loaded, baseline)
        declared.check_uncertainty(self.uncertainty)
        if self.keep.on != "here" and self.threads is not None:
            raise InputError(
                f"--threads is for this machine; --on {self.keep.on} has threads of its own"
            )
        if precision and self.first is not None:
            raise InputError(
                "--first plays a part of a known length; it does not go with --precision"
            )
        if precision and len(loaded) < 2:
            raise InputError("precision is that of differences: name at least two scenarios")
        return replication_ranges.Asked(
            scenarios=tuple(loaded),
            structures=structures,
            baseline=base,
            first=self.first or 0,
            chosen=declared.chosen_with(values, self.motive),
            **self.given("runs", "seed", "uncertainty"),
        ).in_phases()

    def _needs(self, wanted: Asked) -> Needs:
        """Say what playing takes, and return it."""
        from drawdown.connect import replication_ranges
        from drawdown.worlds.ensemble import default_threads

        threads = self.threads or default_threads()
        with terminal.bar(1, "Playing a few worlds for the estimate"):
            speed = replication_ranges.speed_of(wanted)
            found = replication_ranges.needs(wanted, threads, speed, self.daily)
        minutes = found.seconds / 60
        time = f"{minutes:,.0f} minutes" if minutes >= 2 else f"{found.seconds:,.0f} seconds"
        terminal.say(
            f"{found.worlds:,} worlds in {found.shards:,} shards: about {time} with {threads} "
            f"threads, {found.memory / 2**20:,.0f} MB of memory, {found.disk / 2**20:,.0f} MB of "
            "disk while it lasts.",
            err=not self.dry_run,
        )
        return found

    def _write(
        self, wanted: Asked, place: Place, precision: bool, joined: Any
    ) -> tuple[Comparison, list[str]]:
        """Play, and write the result's folder; return what was found and what is said of it."""
        from drawdown.connect import replication_ranges, store
        from drawdown.questions import compare as experiment
        from drawdown.questions.idle import IdleWarning
        from drawdown.worlds import shards

        work = shards.current()
        assert work is not None
        at_the_end = ExitStack()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IdleWarning)
            if joined is None and not precision:
                pieces = [s for each in wanted.shards(self.daily).values() for s in each]
                with terminal.playing(wanted.worlds) as progress:
                    work.finish(pieces, self.threads, progress)
            with place.folder() as folder, at_the_end:
                days = None
                if self.daily:
                    length = None if precision else self.runs
                    days = store.Days(folder / "daily.parquet", wanted.first, length)
                    at_the_end.callback(days.close)
                if joined is not None:
                    found = replication_ranges.merge(joined, wanted, folder, days)
                elif precision:
                    with terminal.playing(0) as progress:
                        found = experiment.to_precision(
                            wanted.scenarios,
                            step=self.runs,
                            baseline=wanted.baseline,
                            parameters=options.parse_set(self.chosen, self.without),
                            progress=progress,
                            days_to=days,
                            **self.given("seed", "structure", "motive", "uncertainty", "threads"),
                        )
                else:
                    found = replication_ranges.gather(wanted, work, folder, days)
                told = store.save(found, folder, self._draw if self.figures else None, self.xlsx)
            replication_ranges.move(found, place.final)
        return found, told

    def _draw(self, folder: Path) -> Callable[[], None]:
        from drawdown.views.figures import draw_in_parallel

        return draw_in_parallel(folder, self.language)

    def _show(self, found: Comparison, precision: bool, everything: bool) -> None:
        """Print tables and sentences."""
        from drawdown.questions import compare as experiment
        from drawdown.views import memo, tables

        language, console = self.language, terminal.console()
        tables.show(found, language, console)
        for scenario in found.scenarios:
            if scenario.name != found.baseline:
                if everything:
                    console.print(memo.all_outcomes(found, scenario.name, language))
                for sentence in memo.paragraph(found, scenario.name, language):
                    console.print(language.line(sentence))
        if precision:
            worst = experiment.widest(found, experiment.CHECKED)
            reached = "reached" if worst < 1 else "not reached"
            console.print(
                f"Precision {reached} with {found.runs:,} worlds a structure: the widest half "
                f"interval is {worst:.2f} times the smallest difference of interest."
            )
