"""The command line: parses, calls, prints. Heavy imports wait inside the commands."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console

    from drawdown.experiments.compare import Comparison
    from drawdown.language import Language

F = TypeVar("F", bound=Callable[..., Any])
Advance = Callable[[int], None]

REPORTED = ("sustained-presence", "combat-to-advisory", "full-withdrawal")
"""Scenarios of a report where none are named: the first is what the others are compared with."""

INTERRUPTED = 130


class _Group(click.Group):
    """Turns faults of input into plain sentences and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        from drawdown.errors import InputError

        try:
            return super().invoke(ctx)
        except InputError as error:
            for fault in error.faults:
                click.echo(fault, err=True)
            ctx.exit(2)
        except KeyboardInterrupt:
            click.echo(
                "Interrupted: nothing half-written is left behind. Calibration, cross-validation "
                "and sensitivity go on where they stopped when the same command is given.",
                err=True,
            )
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(0)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        from drawdown.errors import nearest

        if args and not args[0].startswith("-") and args[0] not in self.commands:
            ctx.fail(f"there is no command '{args[0]}'{nearest(args[0], self.commands)}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="drawdown")
def main() -> None:
    """Withdrawal against presence in Iraq after 2020, day by day, many times over.

    A model for teaching and policy analysis. It compares scenarios; it does not forecast.
    """


def _options(*options: Callable[[F], F]) -> Callable[[F], F]:
    def wrap(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return wrap


_language = click.option(
    "--lang", default="en", show_default=True, help="Language of what is shown: en or ar."
)
_seed = click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(min=0, max=2**63 - 1),
    help="Seed of draws and luck.",
)
_set = click.option(
    "--set", "chosen", multiple=True, metavar="NAME=VALUE", help="Replace a parameter's draw."
)
_without = click.option(
    "--without", multiple=True, metavar="MECHANISM", help="Switch a mechanism off."
)
_uncertainty = click.option(
    "--uncertainty",
    type=click.Choice(["posterior", "prior", "none"]),
    default="posterior",
    show_default=True,
    help="Draw parameters from the posterior, from the priors, or keep their defaults.",
)
_many = _options(
    click.option("--runs", default=1000, show_default=True, help="Worlds a structure."),
    _seed,
    click.option(
        "--structure",
        default="all",
        show_default=True,
        help="What a strike does: deter, null, provoke, or all.",
    ),
    _set,
    _without,
    _uncertainty,
    click.option("--name", default=None, help="Folder under results/."),
    click.option("--threads", type=click.IntRange(1, 256), default=None, help="Threads to use."),
    click.option("--figures/--no-figures", default=True, show_default=True, help="Draw figures."),
    _language,
)


def _parse_set(chosen: tuple[str, ...], without: tuple[str, ...]) -> dict[str, float]:
    from drawdown import seeds
    from drawdown.errors import InputError, unknown
    from drawdown.parameters import check_value

    values: dict[str, float] = {}
    faults = []
    mechanisms = seeds.load("mechanisms")
    for name in without:
        if name not in mechanisms:
            faults.append(f"--without: {unknown('mechanism', name, mechanisms)}")
        else:
            values |= {k: float(v) for k, v in mechanisms[name]["off"].items()}
    for item in chosen:
        name, equals, text = item.partition("=")
        if not equals:
            faults.append(f"--set {item}: must be NAME=VALUE, such as attack_rate=0.1")
            continue
        try:
            value: Any = float(text)
        except ValueError:
            value = text
        found = check_value(name.strip(), value, "--set")
        faults += found
        if not found:
            values[name.strip()] = float(value)
    if faults:
        raise InputError(faults)
    return values


def _console(stderr: bool = False) -> Console:
    from rich.console import Console

    wide = None if sys.stdout.isatty() else 160
    return Console(stderr=stderr, width=wide if not stderr else None, highlight=False)


@contextmanager
def _bar(total: int, text: str, unit: str = "") -> Iterator[tuple[Advance, Callable[[str], None]]]:
    """Show a bar; compile the rule book first where that has not been done, and say so.

    Yields what moves the bar, and what says which step it is at.
    """
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from drawdown import ensemble

    if not ensemble.has_compiler():
        ensemble.note_without_compiler()
    console = _console(stderr=True)
    if ensemble.needs_compiling():
        message = "Compiling the rule book; this machine needs it once, about a minute …"
        if console.is_terminal:
            with console.status(message):
                ensemble.compile_now()
        else:
            console.print(message)
            ensemble.compile_now()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task(text, total=total)

        def say(now: str) -> None:
            bar.update(task, description=now)
            if not console.is_terminal:
                console.print(now)

        yield lambda n: bar.advance(task, n), say


@contextmanager
def _progress(worlds: int, text: str) -> Iterator[Advance]:
    """Show a bar of worlds played."""
    with _bar(worlds, text, "worlds") as (advance, _):
        yield advance


def _say_where(path: Path, language: Language, console: Console) -> None:
    """Say where a result was written."""
    kept = language.kept(_shown_path(path))
    console.print(language.word("table", "written", folder=kept), markup=False)


def _keep(comparison: Comparison, name: str, figures: bool, language: Language) -> Path:
    from drawdown import store

    def draw(folder: Path) -> Callable[[], None]:
        from drawdown.views.figures import draw_in_parallel

        return draw_in_parallel(folder, language)

    command = ["drawdown", *sys.argv[1:]]
    return store.save(comparison, name, command, draw if figures else None)


def _shown_path(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _play(
    scenarios: tuple[str, ...],
    baseline: str | None,
    runs: int,
    seed: int,
    structure: str,
    chosen: tuple[str, ...],
    without: tuple[str, ...],
    uncertainty: Any,
    name: str | None,
    threads: int | None,
    figures: bool,
    lang: str,
    precision: bool = False,
    everything: bool = False,
) -> None:
    from drawdown import store
    from drawdown.experiments import compare as experiment
    from drawdown.language import Language
    from drawdown.views import memo, tables

    language = Language(lang)
    values = _parse_set(chosen, without)
    structures = experiment.structures_of(structure)
    experiment.check_runs(runs)
    name = store.check_name(name or "-".join(Path(s).stem for s in scenarios)[:60])
    loaded = experiment.load_all(scenarios)
    common: dict[str, Any] = {
        "seed": seed,
        "structure": structure,
        "baseline": baseline,
        "parameters": values,
        "uncertainty": uncertainty,
        "threads": threads,
    }
    worlds = runs * len(loaded) * len(structures)
    with _progress(worlds if not precision else 0, "Playing") as progress:
        if precision:
            comparison = experiment.to_precision(loaded, step=runs, progress=progress, **common)
        else:
            comparison = experiment.compare(loaded, runs=runs, progress=progress, **common)
    folder = _keep(comparison, name, figures, language)
    console = _console()
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
    _say_where(folder, language, console)


@main.command()
@click.argument("scenario")
@_many
def run(scenario: str, **options: Any) -> None:
    """Play one SCENARIO many times and write results/NAME."""
    _play((scenario,), None, **options)


@main.command()
@click.argument("scenarios", nargs=-1, required=True)
@click.option("--baseline", default=None, help="Scenario the others are compared with.")
@click.option(
    "--precision",
    is_flag=True,
    help="Play on, --runs at a time, until differences are pinned to the smallest of interest.",
)
@click.option("--everything", is_flag=True, help="Every outcome's difference under each structure.")
@_many
def compare(scenarios: tuple[str, ...], baseline: str | None, **options: Any) -> None:
    """Play SCENARIOS with the same worlds and compare them, pair by pair."""
    _play(scenarios, baseline, **options)


def _draws(usual: int) -> Callable[[F], F]:
    return click.option(
        "--draws", default=usual, show_default=True, help="Draws of the uncertainties a structure."
    )


def _lucks(usual: int) -> Callable[[F], F]:
    return click.option(
        "--lucks",
        default=usual,
        show_default=True,
        type=click.IntRange(1, 1000),
        help="Lucks that each draw or point lives; what is told is their mean.",
    )


_runs = click.option("--runs", default=1000, show_default=True, help="Worlds a structure.")


@main.command()
@click.option("--runs", default=400, show_default=True, help="Worlds a structure.")
@_seed
@_uncertainty
@click.option("--name", default="patterns", show_default=True, help="Folder under results/.")
@_language
def patterns(runs: int, seed: int, uncertainty: Any, name: str, lang: str) -> None:
    """Hold the model against the stylised facts SF1 to SF20 and against the record."""
    from drawdown import store
    from drawdown.errors import InputError
    from drawdown.experiments import patterns as facts
    from drawdown.experiments import record_run
    from drawdown.language import Language
    from drawdown.layout import STRUCTURES
    from drawdown.views import evidence

    language = Language(lang)
    if not 30 <= runs <= 5000:
        raise InputError(f"runs must lie between 30 and 5,000 for facts, got {runs:,}")
    store.check_name(name)
    with _bar(len(facts.FACTS) * len(STRUCTURES), "Computing facts") as (advance, _):
        found = facts.compute(runs, seed, uncertainty, advance=advance)
        held = record_run.against_record(runs, seed, uncertainty)
    with store.whole_folder(name) as folder:
        store.write_rows(evidence.patterns_csv(found), folder, "patterns")
        store.write_rows(evidence.record_csv(held), folder, "record")
        store.write_run(folder, seed=seed, runs=runs, uncertainty=uncertainty)
        evidence.draw_record(held, folder, language)
    console = _console()
    evidence.show_patterns(found, held, language, console)
    _say_where(store.results_folder() / name, language, console)


@main.command()
@click.option(
    "--small",
    is_flag=True,
    help="Two minutes' work, rough, into results/calibration: to see what it does.",
)
@_seed
@click.option("--again", is_flag=True, help="Forget what an interrupted calibration kept.")
@_language
def calibrate(small: bool, seed: int, again: bool, lang: str) -> None:
    """Calibrate on the record to July 2021, after trying the method on synthetic records.

    It writes seeds/posterior, which ensembles draw from. An interrupted calibration goes on
    where it stopped when the same command is given.
    """
    from drawdown import seeds, store
    from drawdown.checkpoint import Checkpoint, fingerprint
    from drawdown.errors import InputError
    from drawdown.experiments import calibrate as experiment
    from drawdown.language import LANGUAGES, Language
    from drawdown.parameters import posterior_folder
    from drawdown.views import evidence

    language = Language(lang)
    if not small and seeds.project_root() is None:
        raise InputError("a posterior is kept in the project's checkout; here only --small works")
    sizes = experiment.Sizes.small() if small else experiment.Sizes()
    key = fingerprint(experiment.settings(sizes, seed), experiment.SOURCES)
    checkpoint = Checkpoint("calibration", key, fresh=again)
    if checkpoint.kept():
        click.echo(f"Going on: {checkpoint.kept()} stages are there already.", err=True)
    with _bar(experiment.steps(sizes), "Calibrating") as (advance, say):
        found = experiment.calibrate(sizes, seed, checkpoint, say, advance, store.commit())
    folder = store.results_folder() / "calibration" if small else posterior_folder()
    store.save_posterior(found, ["drawdown", *sys.argv[1:]], folder)
    for code in LANGUAGES:
        evidence.draw_trials(found.trials, folder, Language(code))
    checkpoint.forget()
    console = _console()
    evidence.show_calibration(found, language, console)
    _say_where(folder, language, console)


@main.command()
@click.option(
    "--observed", required=True, type=click.Path(), help="CSV file: start,end,count,low,high."
)
@click.option("--scenario", default="combat-to-advisory", show_default=True)
@click.option("--outcome", default="foreign-attacks", show_default=True, help="What was counted.")
@_runs
@_seed
@_uncertainty
@click.option("--name", default="validation", show_default=True, help="Folder under results/.")
@_language
def validate(
    observed: str,
    scenario: str,
    outcome: str,
    runs: int,
    seed: int,
    uncertainty: Any,
    name: str,
    lang: str,
) -> None:
    """Score the model's predictions on an observed series, beside simple rivals."""
    from drawdown import record, store
    from drawdown.experiments import compare as experiment
    from drawdown.experiments import validate as validation
    from drawdown.language import Language
    from drawdown.layout import STRUCTURES
    from drawdown.views import evidence

    language = Language(lang)
    experiment.check_runs(runs)
    store.check_name(name)
    series = record.read(Path(observed))
    with _progress(runs * len(STRUCTURES), "Playing") as progress:
        found = validation.validate(
            series, scenario, outcome, runs, seed, uncertainty, progress=progress
        )
    with store.whole_folder(name) as folder:
        store.write_rows(evidence.scores_csv(found), folder, "scores")
        first = evidence.first_line(found, language)
        store.write_run(
            folder,
            seed=seed,
            runs=runs,
            uncertainty=uncertainty,
            observed=observed,
            scenario=found.scenario.name,
            outcome=found.outcome,
            verdict=first,
            notes=list(found.notes),
            forecasts=evidence.forecasts(found),
            skills={
                kind: {s.rival: [s.skill, s.low, s.high] for s in skills}
                for kind, skills in found.skills.items()
            },
        )
        evidence.draw_validation(found, folder, language)
    console = _console()
    evidence.show_validation(found, language, console)
    _say_where(store.results_folder() / name, language, console)


@main.command()
@click.option("--runs", default=500, show_default=True, help="Worlds a structure and variant.")
@_seed
@click.option("--name", default="robustness", show_default=True, help="Folder under results/.")
@_language
def robustness(runs: int, seed: int, name: str, lang: str) -> None:
    """Say which findings flip between structures and assumptions, and which hold."""
    from drawdown import store
    from drawdown.experiments import compare as experiment
    from drawdown.experiments import robustness as robust
    from drawdown.language import Language
    from drawdown.views import evidence

    language = Language(lang)
    experiment.check_runs(runs)
    store.check_name(name)
    with _progress(robust.worlds(runs), "Playing") as progress:
        found = robust.examine(runs, seed, progress=progress)
    with store.whole_folder(name) as folder:
        store.write_rows(evidence.robustness_csv(found), folder, "robustness")
        store.write_run(folder, seed=seed, runs=runs)
    console = _console()
    evidence.show_robustness(found, language, console)
    _say_where(store.results_folder() / name, language, console)


@main.command()
@_seed
@click.option(
    "--off",
    multiple=True,
    metavar="NAME=VALUE",
    help="Hold a parameter at a value in fit and prediction: what a mechanism is worth.",
)
@click.option("--name", default="crossvalidation", show_default=True, help="Under results/.")
@_language
def crossvalidate(seed: int, off: tuple[str, ...], name: str, lang: str) -> None:
    """Predict stretches of the record from the rest of it, beside simple rivals."""
    from drawdown import parameters, store
    from drawdown.checkpoint import Checkpoint, fingerprint
    from drawdown.experiments import calibrate as calibration
    from drawdown.experiments import cross_validation as experiment
    from drawdown.language import Language
    from drawdown.layout import STRUCTURES
    from drawdown.views import evidence

    language = Language(lang)
    held = _parse_set(off, ())
    store.check_name(name)
    stored = list(next(iter(parameters.posterior().values())))
    kept = tuple(n for n in stored if n not in held)
    sizes = calibration.Sizes(pilot=32_768, wave=1024, wave_lucks=16)
    settings = calibration.settings(sizes, seed) | {"held": sorted(held.items()), "kept": kept}
    checkpoint = Checkpoint(
        "crossvalidation",
        fingerprint(settings, (*calibration.SOURCES, "experiments/cross_validation.py")),
    )
    count = len(experiment.FOLDS) * len(STRUCTURES)
    with _bar(count, "Leaving stretches out") as (advance, _):
        drawn = experiment.predict(kept, sizes, seed, checkpoint, held=held, advance=advance)
        found = experiment.cross_validate(drawn, seed=seed)
    with store.whole_folder(name) as folder:
        store.write_rows(evidence.cross_validation_csv(found), folder, "scores")
        store.write_run(folder, seed=seed, off=held, parameters=kept)
    console = _console()
    evidence.show_cross_validation(found, language, console)
    _say_where(store.results_folder() / name, language, console)


@main.command()
@_draws(1000)
@_lucks(8)
@_seed
@_uncertainty
@click.option("--name", default="thesis", show_default=True, help="Folder under results/.")
@_language
def thesis(draws: int, lucks: int, seed: int, uncertainty: Any, name: str, lang: str) -> None:
    """Test the article's hypotheses, and find where it would be wrong."""
    from drawdown import store
    from drawdown.experiments import compare as experiment
    from drawdown.experiments import thesis as theses
    from drawdown.language import Language
    from drawdown.views import memo

    language = Language(lang)
    experiment.check_runs(draws * lucks, "draws times lucks")
    store.check_name(name)
    with _progress(theses.worlds(draws, lucks), "Playing") as progress:
        found = theses.examine(draws, lucks, seed, uncertainty, progress=progress)
    with store.whole_folder(name) as folder:
        store.write_rows(memo.thesis_csv(found), folder, "thesis")
        store.write_run(folder, seed=seed, draws=draws, lucks=lucks, uncertainty=uncertainty)
        memo.draw_boxes(found, folder, language)
    console = _console()
    memo.show_thesis(found, language, console)
    _say_where(store.results_folder() / name, language, console)


@main.command()
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
@_lucks(8)
@click.option(
    "--structure",
    type=click.Choice(["deter", "null", "provoke"]),
    default="null",
    show_default=True,
)
@_seed
@click.option("--again", is_flag=True, help="Forget what an interrupted analysis kept.")
@click.option("--name", default="sensitivity", show_default=True, help="Folder under results/.")
@_language
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
    name: str,
    lang: str,
) -> None:
    """Say which parameters drive SCENARIO's outcomes: Morris over all, Sobol over the few.

    An interrupted analysis goes on where it stopped when the same command is given.
    """
    from drawdown import store
    from drawdown.checkpoint import Checkpoint, fingerprint
    from drawdown.errors import InputError, unknown
    from drawdown.experiments import compare as experiment
    from drawdown.experiments import sensitivity as analysis
    from drawdown.language import Language
    from drawdown.summaries import RUN_OUTCOMES
    from drawdown.views import memo

    language = Language(lang)
    store.check_name(name)
    faults = [f"--outcome: {unknown('outcome', o, RUN_OUTCOMES)}" for o in outcomes]
    faults = [f for f, o in zip(faults, outcomes, strict=True) if o not in RUN_OUTCOMES]
    if size < 2 or size & (size - 1):
        faults.append(f"--size must be a power of two, such as 1024, got {size}")
    if faults:
        raise InputError(faults)
    loaded = experiment.load_all([s for s in (scenario, less) if s is not None])
    played = tuple(repr((s.levers, s.events, s.world, s.start, s.end)) for s in loaded)
    settings = {
        "played": played,
        "outcomes": outcomes,
        "sizes": (trajectories, few, size, lucks),
        "structure": structure,
        "seed": seed,
    }
    key = fingerprint(settings, ("experiments/sensitivity.py", "summaries.py"))
    checkpoint = Checkpoint("sensitivity", key, fresh=again)
    count = analysis.worlds(trajectories, few, size, lucks, len(loaded))
    with _progress(count, "Playing") as progress:

        def model_of(names: Any) -> Any:
            return analysis.model(
                loaded, outcomes, names, structure, seed, lucks, progress=progress
            )

        every = analysis.varied(structure)
        morris = analysis.screen(model_of, every, outcomes, trajectories, seed, checkpoint)
        chosen = morris.few(few) or every[:1]
        sobol = analysis.decompose(model_of, chosen, outcomes, size, seed, checkpoint)
    titles = [s.title.in_language(language.code) for s in loaded]
    kind = "of_difference" if less is not None else "of_one"
    title = language.word("sensitivity", kind, case=titles[0], base=titles[-1])
    with store.whole_folder(name) as folder:
        store.write_rows(memo.sensitivity_csv(morris, sobol), folder, "sensitivity")
        store.write_run(folder, seed=seed, structure=structure, settings=settings["sizes"])
        memo.draw_sensitivity(morris, sobol, title, folder, language)
    console = _console()
    memo.show_sensitivity(morris, sobol, title, language, console)
    checkpoint.forget()
    _say_where(store.results_folder() / name, language, console)


@main.command()
@click.argument("scenarios", nargs=-1, required=True)
@click.option(
    "--weights", default=None, metavar="OUTCOME=NUMBER,…", help="Positive where more is worse."
)
@_draws(500)
@_lucks(4)
@_seed
@_uncertainty
@click.option("--name", default="regret", show_default=True, help="Folder under results/.")
@_language
def regret(
    scenarios: tuple[str, ...],
    weights: str | None,
    draws: int,
    lucks: int,
    seed: int,
    uncertainty: Any,
    name: str,
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
    store.check_name(name)
    loaded = experiment.load_all(scenarios)
    outcomes = list(given or regrets.SEPARATE)
    with _progress(futures.worlds(len(loaded), draws, lucks), "Playing") as progress:
        found = regrets.play(loaded, outcomes, draws, lucks, seed, uncertainty, progress=progress)
    with store.whole_folder(name) as folder:
        store.write_rows(memo.regret_csv(found, given), folder, "regret")
        store.write_run(folder, seed=seed, draws=draws, lucks=lucks, weights=given)
        if given is not None:
            memo.draw_regret(found, given, folder, language)
    console = _console()
    memo.show_regret(found, given, language, console)
    _say_where(store.results_folder() / name, language, console)


@main.command()
@click.argument("scenarios", nargs=-1)
@click.option("--baseline", default=None, help="Scenario the others are compared with.")
@click.option(
    "--weights", default=None, metavar="OUTCOME=NUMBER,…", help="Positive where more is worse."
)
@_seed
@_uncertainty
@click.option("--small", is_flag=True, help="Half a minute's work, rough: to see the form.")
@click.option("--name", default="report", show_default=True, help="Folder under results/.")
@_language
def report(
    scenarios: tuple[str, ...],
    baseline: str | None,
    weights: str | None,
    seed: int,
    uncertainty: Any,
    small: bool,
    name: str,
    lang: str,
) -> None:
    """Write one HTML file on SCENARIOS to hand out: answers, curves, tests, sources.

    Without SCENARIOS it compares the end of the combat mission and a full withdrawal with
    sustained presence. It needs no network to be read and prints well.
    """
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
    store.check_name(name)
    if not scenarios:
        scenarios, baseline = REPORTED, baseline or REPORTED[0]
    loaded = experiment.load_all(scenarios)
    if len(loaded) < 2:
        raise InputError("a report compares: name at least two scenarios, or none for the usual")
    experiment.baseline_of(loaded, baseline)
    sizes = study.Sizes.small() if small else study.Sizes()
    with _bar(study.worlds(len(loaded), sizes), "Playing", "worlds") as (advance, say):
        found = study.undertake(
            loaded, baseline, sizes, seed, uncertainty, given, say=say, progress=advance
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
        for scenario, (morris, sobol) in found.drivers.items():
            store.write_rows(memo.sensitivity_csv(morris, sobol), folder / scenario, "sensitivity")
        return lambda: None

    folder = store.save(found.comparison, name, command, write)
    _say_where(folder / "report.html", language, _console())


_kept = click.option(
    "--file",
    "kept",
    default=None,
    type=click.Path(dir_okay=False, path_type=Path),
    help="SQLite file of the games.  [default: results/exercise.sqlite]",
)


@main.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--open", "everywhere", is_flag=True, help="Let phones in the room join.")
@click.option(
    "--address",
    default=None,
    metavar="URL",
    help="What phones reach this machine by, where it is not found rightly.",
)
@_kept
def serve(port: int, everywhere: bool, address: str | None, kept: Path | None) -> None:
    """Open the pages for a class on this machine: Explore, Exercise and materials.

    It needs no internet. Only this machine is listened to unless --open is given.
    """
    from drawdown.errors import InputError
    from drawdown.exercise.rooms import Rooms
    from drawdown.language import Language
    from drawdown.web import server
    from drawdown.web.explore import Explorer, View

    if address is not None and not address.startswith(("http://", "https://")):
        raise InputError(f"--address must begin with http:// or https://, got '{address}'")
    host = server.EVERYWHERE if everywhere else server.HERE
    server.check_port(host, port)
    path = kept or server.rooms_file()
    rooms = Rooms(path)
    with _bar(1, "Warming up") as (advance, _):
        Explorer().curves(View(), Language())
        advance(1)
    found = server.own_address() if everywhere and address is None else None
    reached = address or (f"http://{found}:{port}" if found else None)
    local = f"http://{server.HERE}:{port}"
    click.echo(f"Explore:      {local}/")
    click.echo(f"Facilitator:  {local}/exercise/facilitator#key={rooms.key}")
    if everywhere:
        click.echo(f"Teams:        {reached or local}/exercise")
        click.echo("Listening to everybody in this network.")
    else:
        click.echo("Listening to this machine only; --open lets phones in the room join.")
    click.echo(f"Games are kept in {_shown_path(path)}. Stop with Ctrl+C.")
    server.run(rooms, host, port, reached.rstrip("/") if reached else None)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--for",
    "machine",
    type=click.Choice(["linux", "windows", "macos"]),
    default="linux",
    show_default=True,
)
def bundle(folder: Path, machine: str) -> None:
    """Fill FOLDER with all that installs Drawdown on a machine without a network.

    There, with Python 3.11, install.sh or install.bat does it; start.sh or start.bat serves.
    """
    from drawdown import bundle as bundles

    count = bundles.make(folder, machine, say=lambda text: click.echo(text, err=True))
    click.echo(f"{count} wheels for {machine} in {folder}")


@main.group()
def exercise() -> None:
    """Look after the games of the exercise."""


def _rooms(kept: Path | None) -> Any:
    from drawdown.errors import InputError
    from drawdown.exercise.rooms import Rooms
    from drawdown.web import server

    path = kept or server.rooms_file()
    if not path.exists():
        raise InputError(f"there is no {path}: 'drawdown serve' makes it")
    return Rooms(path)


@exercise.command("list")
@_kept
def list_games(kept: Path | None) -> None:
    """List rooms with their codes."""
    for room in _rooms(kept).all():
        click.echo(f"{room.code}  turn {room.turn}  {room.phase:9}  {room.title}")


@exercise.command("export")
@click.argument("code")
@_kept
@click.option("--name", default=None, help="Folder under results/; by default exercise-CODE.")
@_language
def export_game(code: str, kept: Path | None, name: str | None, lang: str) -> None:
    """Write the whole game of room CODE as JSON and CSV, hidden state included."""
    import json

    from drawdown import store
    from drawdown.errors import InputError, unknown
    from drawdown.exercise.told import Teller, export_rows
    from drawdown.language import Language

    rooms = _rooms(kept)
    codes = [room.code for room in rooms.all()]
    if code.upper() not in codes:
        raise InputError(unknown("room", code.upper(), codes))
    language = Language(lang)
    name = store.check_name(name or f"exercise-{code.upper()}")
    found = Teller(rooms).export(code.upper(), language)
    with store.whole_folder(name) as folder:
        text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        (folder / "game.json").write_text(text, encoding="utf-8")
        store.write_rows(export_rows(found), folder, "game")
    _say_where(store.results_folder() / name, language, _console())


@main.command()
@_language
def scenarios(lang: str) -> None:
    """List the scenarios and the question each one raises."""
    from rich.table import Table

    from drawdown.language import Language
    from drawdown.scenario import Scenario, names

    language = Language(lang)
    table = Table(show_lines=False)
    for head in ("name", "title", "extends", "question"):
        table.add_column(head, overflow="fold")
    for name in names():
        item = Scenario.load(name)
        parent = item.lineage[0] if item.lineage else ""
        title = item.title.in_language(language.code)
        table.add_row(name, title, parent, item.question.in_language(language.code))
    _console().print(table)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
def check(files: tuple[str, ...]) -> None:
    """Check scenario FILES and say everything that is wrong with them."""
    from drawdown.errors import InputError
    from drawdown.scenario import Scenario

    faults: list[str] = []
    for file in files:
        try:
            item = Scenario.load(file)
            click.echo(f"{file}: fine, {item.start} to {item.end}, {item.days} days")
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)


@main.command()
@click.argument("name")
@click.option("--extends", default="combat-to-advisory", show_default=True, help="Parent.")
@click.option("--folder", default=".", show_default=True, type=click.Path(file_okay=False))
def new(name: str, extends: str, folder: str) -> None:
    """Write a scenario file NAME.yaml to start from."""
    from drawdown import seeds, store
    from drawdown.errors import InputError
    from drawdown.scenario import Scenario

    store.check_name(name)
    parent = Scenario.load(extends)
    is_path = extends.endswith((".yaml", ".yml"))
    named = Path(extends).resolve().as_posix() if is_path else extends
    path = Path(folder) / f"{name}.yaml"
    root = seeds.project_root()
    schema = (root / "docs" / "scenario.schema.json") if root else None
    head = f"# yaml-language-server: $schema={schema}\n" if schema else ""
    text = (
        f"{head}# What differs from {parent.name}; see the comments there and 'drawdown explain'.\n"
        f'title:\n  en: "{name}"\n  ar: "{name}"\n'
        "question:\n  en: What would this change?\n  ar: ماذا يغيّر هذا؟\n"
        f'extends: "{named}"\n'
        "# policy: what somebody chooses (posture, nato_target, doctrine, strike_budget,\n"
        "# policing, government, us_reply), a value or values by date:\n"
        "# policy:\n#   doctrine: {2021-07-26: limited, 2022-06-01: none}\n"
        "# world: what nobody chooses (any parameter), a value or {scale: factor}:\n"
        "# world:\n#   restraint_onset: {scale: 2}\n"
        "# events: what happens on a date:\n"
        "# events:\n#   - {date: 2022-03-01, what: dialogue_round}\n"
    )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{path}: is there already; choose another name") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from None
    Scenario.load(path)
    click.echo(
        f"{path}: written; 'drawdown check {path}' checks it, 'drawdown run {path}' plays it"
    )


@main.command()
@click.argument("thing")
@_language
def explain(thing: str, lang: str) -> None:
    """Say where a claim, parameter, outcome, scenario, mechanism or rule comes from."""
    from drawdown.language import Language
    from drawdown.views.explain import explain as told

    console = _console()
    for line in told(thing, Language(lang)):
        console.print(line, markup=False)


@main.command()
@click.argument("scenario")
@click.option("--days", type=click.IntRange(1, 5000), default=None, help="How many days to tell.")
@_seed
@click.option("--replication", type=click.IntRange(0, 10**9), default=0, show_default=True)
@click.option(
    "--structure",
    type=click.Choice(["deter", "null", "provoke"]),
    default="null",
    show_default=True,
    help="What a strike does.",
)
@_set
@_without
@click.option(
    "--uncertainty",
    type=click.Choice(["posterior", "prior", "none"]),
    default="posterior",
    show_default=True,
    help="The ensemble's draw of this replication, or the defaults.",
)
@click.option("--why/--no-why", default=True, show_default=True, help="Give the reasons.")
@click.option("--then", default=None, metavar="SCENARIO", help="Go on under another scenario …")
@click.option("--on", "day", default=None, metavar="DATE", help="… from this day.")
@_language
def watch(
    scenario: str,
    days: int | None,
    seed: int,
    replication: int,
    structure: str,
    chosen: tuple[str, ...],
    without: tuple[str, ...],
    uncertainty: Any,
    why: bool,
    then: str | None,
    day: str | None,
    lang: str,
) -> None:
    """Tell one world of SCENARIO as a chronicle: what happened and why."""
    from drawdown.errors import InputError
    from drawdown.language import Language
    from drawdown.scenario import Scenario
    from drawdown.views.chronicle import tell
    from drawdown.world import World

    language = Language(lang)
    values = _parse_set(chosen, without)
    item = Scenario.load(scenario)
    branch, on = None, None
    if (then is None) != (day is None):
        raise InputError("--then and --on go together: --then restraint --on 2022-01-01")
    if then is not None and day is not None:
        branch = Scenario.load(then)
        try:
            on = date.fromisoformat(day)
        except ValueError:
            raise InputError(f"--on: must be a date such as 2022-01-01, got '{day}'") from None
        if not max(item.start, branch.start) < on <= min(item.end, branch.end):
            raise InputError(f"--on: {on} is outside the two scenarios")
    world = World(
        item,
        seed=seed,
        replication=replication,
        structure=structure,
        parameters=values,
        uncertainty=uncertainty,
    )
    title = item.title.in_language(language.code)
    click.echo(
        language.line(
            f"{title} · {language.word('structures', world.structure)} · "
            f"seed {seed}, replication {replication}"
        )
    )
    tell(world, days, language, why, click.echo, branch, on)


@main.command()
@click.argument("result", type=click.Path())
@click.option("--formats", default="png,svg,pdf", show_default=True, help="Of png, svg, pdf.")
@_language
def plot(result: str, formats: str, lang: str) -> None:
    """Draw the figures of a RESULT again: a folder, or a name under results/."""
    from drawdown import store
    from drawdown.errors import InputError, unknown
    from drawdown.language import Language
    from drawdown.views.figures import FORMATS, Result, draw_all

    folder = Path(result)
    if not folder.is_dir():
        folder = store.results_folder() / result
    if not folder.is_dir():
        known = (
            sorted(p.name for p in store.results_folder().glob("[!.]*") if p.is_dir())
            if store.results_folder().is_dir()
            else []
        )
        raise InputError(unknown("result", result, known))
    endings = [f.strip() for f in formats.split(",")]
    for ending in endings:
        if ending not in FORMATS:
            raise InputError(unknown("format", ending, FORMATS))
    for path in draw_all(Result.read(folder), folder, Language(lang), endings):
        click.echo(_shown_path(path))


@main.command()
@click.option("--write", is_flag=True, help="Renew the tables of docs/odd.md instead.")
def odd(write: bool) -> None:
    """Print the model's description after the ODD protocol, tables made from the code."""
    from drawdown import seeds
    from drawdown.errors import InputError
    from drawdown.views.odd import renewed

    root = seeds.project_root()
    if root is None:
        raise InputError("the description is part of the project's checkout: docs/odd.md")
    path = root / "docs" / "odd.md"
    text = renewed(path.read_text(encoding="utf-8"), root)
    if not write:
        click.echo(text, nl=False)
        return
    path.write_text(text, encoding="utf-8")
    click.echo(_shown_path(path))


@main.command()
@click.option("--write", is_flag=True, help="Write docs/scenario.schema.json instead.")
def schema(write: bool) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from drawdown import scenario, seeds
    from drawdown.errors import InputError

    if not write:
        click.echo(scenario.schema(), nl=False)
        return
    root = seeds.project_root()
    if root is None:
        raise InputError("--write needs a checkout of the project")
    path = root / "docs" / "scenario.schema.json"
    path.write_text(scenario.schema(), encoding="utf-8")
    click.echo(_shown_path(path))


if __name__ == "__main__":
    main()
