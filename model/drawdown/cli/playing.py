"""What ``run`` and ``compare`` share: play scenarios, write the result, tell it."""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drawdown.cli import invocation, options, terminal
from drawdown.cli.command import Command, option, several
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language

if TYPE_CHECKING:
    from drawdown.connect.replication_ranges import Asked, Needs
    from drawdown.declared.result_folder import Place
    from drawdown.questions.answer import Answer
    from drawdown.questions.compare import Comparison

PARTS = "drawdown.parts"
"""Where ``merge`` leaves the parts that a command is to join instead of playing."""

DETAILS = "details.json"
"""File with the tables behind an answer."""

ANSWERED = 10_000
"""Most worlds of each structure that a scenario played alone is held against another in."""

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
        brief: bool = False,
    ) -> None:
        """Play scenarios, write the result's folder and tell it.

        Args:
            scenarios: Their names or paths.
            baseline: The one that the others are compared with; by default the first.
            precision: Whether to play on until differences are pinned.
            everything: Whether to show every outcome's difference under each structure.
            brief: Whether to write a memo of one page.
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
            kept=(self.xlsx, self.daily, self.figures, self.language.code, brief),
        )
        usual = "-".join(s.name for s in wanted.scenarios)
        part = "" if self.first is None else f"part-{self.first}-"
        place = self.keep.place(f"{part}{usual}", settings)
        options.tell_notes(wanted.scenarios, values, wanted.structures)
        answers, told = self._write(wanted, place, precision, everything, joined, brief)
        self._show(answers, place.final)
        for sentence in told:
            terminal.note([sentence])

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
        self,
        wanted: Asked,
        place: Place,
        precision: bool,
        everything: bool,
        joined: Any,
        brief: bool,
    ) -> tuple[list[Answer], list[str]]:
        """Play, and write the result's folder; return the answers and what is said of files."""
        from drawdown.connect import replication_ranges, store
        from drawdown.declared import result_folder, storage
        from drawdown.questions import answer
        from drawdown.questions import compare as experiment
        from drawdown.questions.idle import IdleWarning
        from drawdown.views import tables
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
                answers = answer.all_of(self._held_against(found))
                text = answer.markdown(answers, self.language)
                storage.write_whole(folder / "answer.md", f"{text}\n")
                if brief:
                    told += self._memo(answers, folder)
                told += tables.cautions(found, self.language)
                details = self._details(found, precision, everything)
                storage.write_whole(folder / DETAILS, result_folder.as_text(details))
        return answers, told

    def _draw(self, folder: Path) -> Callable[[], None]:
        from drawdown.views.figures import draw_in_parallel

        return draw_in_parallel(folder, self.language)

    def _held_against(self, found: Comparison) -> Comparison:
        """Return a comparison whose answer is told: one played alone with what it is held against.

        The worlds are those that were played, at most `ANSWERED` of them.
        """
        from drawdown.questions import compare as experiment
        from drawdown.questions import phases

        if len(found.scenarios) > 1:
            return found
        against = phases.compared_with(found.scenarios, found.baseline)
        if not against:
            return found
        (item,), (reference,) = found.scenarios, against.values()
        if reference.what_is_played() == item.what_is_played():
            return found
        apart = "reference" if item.name == reference.name else reference.name
        return experiment.compare(
            [reference.named(apart), item],
            runs=min(found.runs, ANSWERED),
            first=found.first,
            parameters=options.parse_set(self.chosen, self.without),
            bands=False,
            **self.given("seed", "structure", "motive", "uncertainty", "threads"),
        )

    def _memo(self, answers: list[Answer], folder: Path) -> list[str]:
        """Write a memo of one page; return what is said of it."""
        from drawdown.connect import provenance
        from drawdown.declared import storage
        from drawdown.views import brief, figures

        result, language = figures.Result.read(folder), self.language
        (picture,) = figures.draw(result, "brief", folder, language, ("png",))
        found = brief.memo(answers, language, invocation.command(), provenance.made_by())
        storage.write_whole(folder / "brief.md", brief.as_markdown(found, picture.name))
        storage.write_whole(folder / "brief.html", brief.as_html(found, picture, language))
        try:
            word = brief.as_docx(found, picture, language)
        except ImportError:
            return ["brief.docx needs python-docx: pip install 'drawdown[word]' brings it"]
        storage.write_whole(folder / "brief.docx", word)
        return []

    def _details(self, found: Comparison, precision: bool, everything: bool) -> dict[str, Any]:
        """Return the tables and sentences behind the answer, for ``show``."""
        from drawdown.questions import compare as experiment
        from drawdown.views import memo, tables
        from drawdown.views.terminal_tables import Noted

        language, noted = self.language, Noted()
        tables.show(found, language, noted)
        for scenario in found.scenarios:
            if scenario.name != found.baseline:
                if everything:
                    noted.print(memo.all_outcomes(found, scenario.name, language))
                for sentence in memo.certain(found, scenario.name, language):
                    noted.print(language.line(sentence))
        if precision:
            worst = experiment.widest(found, experiment.CHECKED)
            reached = "reached" if worst < 1 else "not reached"
            noted.print(
                f"Precision {reached} with {found.runs:,} worlds a structure: the widest half "
                f"interval is {worst:.2f} times the smallest difference of interest."
            )
        return {"language": language.code, "printed": noted.items}

    def _show(self, answers: list[Answer], folder: Path) -> None:
        """Print the answer, and where its picture and its details are."""
        from drawdown.declared.result_folder import results_folder
        from drawdown.views import tables

        language, console = self.language, terminal.console()
        tables.show_answers(answers, language, console)
        suffix = "" if language.code == "en" else f"-{language.code}"
        picture = folder / f"headline{suffix}.png"
        drawn = picture.exists()
        shown = language.kept(terminal.shown_path(picture if drawn else folder))
        usual = folder.parent.resolve() == results_folder(None).resolve()
        name = folder.name if usual else terminal.shown_path(folder)
        command = language.kept(f"drawdown show {shlex.quote(name)}")
        kind = "where" if drawn else "where_tables"
        found = language.word("answer", kind, file=shown, command=command)
        console.print(language.line(found), soft_wrap=True)
