"""``search``: the best trade-offs over levers and conditions, and where they break."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import click

from drawdown.cli import asked, options, runner, terminal
from drawdown.cli.options import Keep


@click.command()
@click.argument("scenario", default="conditions-based-exit")
@click.option("--less", multiple=True, metavar="OUTCOME", help="Objective: less of it is better.")
@click.option("--more", multiple=True, metavar="OUTCOME", help="Objective: more of it is better.")
@click.option(
    "--vary",
    multiple=True,
    metavar="NAME[=LOW..HIGH|=WORD,…]",
    help="Lever, condition or number of a condition to move; by default all that one capital "
    "decides on. drawdown search SCENARIO --levers lists them.",
)
@click.option("--levers", is_flag=True, help="List what --vary may name, and stop.")
@click.option(
    "--robust",
    default="worst-tenth",
    show_default=True,
    help="Measure of robustness: mean, worst-tenth, worst-case, regret, satisficing.",
)
@click.option(
    "--bound",
    "bounds",
    multiple=True,
    metavar="OUTCOME=NUMBER",
    help="Value of an objective that is still good enough: for satisficing, and for where "
    "policies break.",
)
@click.option(
    "--against",
    multiple=True,
    metavar="SCENARIO",
    help="References of regret, beside SCENARIO.  [default: sustained-presence, "
    "combat-to-advisory, full-withdrawal]",
)
@click.option("--evaluations", default=600, show_default=True, type=click.IntRange(10, 1_000_000))
@click.option("--population", default=40, show_default=True, type=click.IntRange(8, 10_000))
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(1, 50), help="Searches.")
@options.draws(60)
@options.lucks(2)
@click.option(
    "--fresh", default=200, show_default=True, type=click.IntRange(20, 100_000), help="Fresh draws."
)
@click.option(
    "--most", default=24, show_default=True, type=click.IntRange(1, 500), help="Policies told."
)
@options.seed
@options.uncertainty
@options.weights_of_motives
@options.threads
@click.option("--again", is_flag=True, help="Forget what an interrupted search kept.")
@options.plays
@options.language
@options.wide
def search(
    scenario: str,
    less: tuple[str, ...],
    more: tuple[str, ...],
    vary: tuple[str, ...],
    levers: bool,
    robust: str,
    bounds: tuple[str, ...],
    against: tuple[str, ...],
    evaluations: int,
    population: int,
    seeds: int,
    draws: int,
    lucks: int,
    fresh: int,
    most: int,
    seed: int,
    uncertainty: Any,
    threads: int | None,
    again: bool,
    keep: Keep,
    lang: str,
) -> None:
    """Search for policies: the best trade-offs from SCENARIO, robust over rival assumptions.

    Moves levers and the conditions of SCENARIO's policy, scores what it finds on fresh luck, says
    where each policy breaks, and writes each as a scenario file. An interrupted search goes on
    where it stopped when the same command is given.
    """
    options.needs("platypus", "ema_workbench")
    from drawdown.declared import policies
    from drawdown.declared.errors import InputError
    from drawdown.declared.kept import write_whole
    from drawdown.declared.language import Language
    from drawdown.declared.scenario import find
    from drawdown.declared.scenario import names as ours
    from drawdown.questions import compare as experiment
    from drawdown.questions import search as question
    from drawdown.views import search as view
    from drawdown.worlds.checkpoint import Checkpoint, fingerprint

    language = Language(lang)
    (base,) = experiment.load_all([scenario])
    if levers:
        stand = policies.stands(base)
        for name, lever in policies.levers_that_move(base).items():
            words = ", ".join(lever.choices) if lever.choices else f"{lever.low:g}..{lever.high:g}"
            now = "drawn" if stand[name] is None else stand[name]
            terminal.say(f"{name}  {words}  ({now})")
        return
    experiment.check_runs(draws * lucks, "draws times lucks")
    experiment.check_runs(evaluations * seeds, "evaluations times seeds")
    faults: list[str] = []
    limits = _numbers(bounds, "--bound", faults)
    judged = [question.Objective(n, True, limits.get(n)) for n in less]
    judged += [question.Objective(n, False, limits.get(n)) for n in more]
    judged = judged or [question.Objective(n, True, limits.get(n)) for n in question.USUAL]
    named = {o.outcome for o in judged}
    faults += [f"--bound {n}: is no objective; say --less {n}" for n in limits if n not in named]
    ranges = _ranges(vary, faults)
    references = experiment.load_all(
        against or ("sustained-presence", "combat-to-advisory", "full-withdrawal")
    )
    try:
        item = question.problem(
            base,
            ranges,
            judged,
            robust,
            references if robust == question.REGRET else (),
            draws=draws,
            lucks=lucks,
            seed=seed,
            uncertainty=uncertainty,
        )
    except InputError as error:
        raise InputError([*faults, *error.faults]) from None
    if against and robust != question.REGRET:
        faults.append(f"--against: only regret has references, and --robust is {robust}")
    if faults:
        raise InputError(faults)
    settings = {
        "base": repr((base.name, base.what_is_played())),
        "levers": repr(item.levers),
        "objectives": repr(item.objectives),
        "measure": robust,
        "references": [repr((s.name, s.what_is_played())) for s in item.references],
        "sizes": (evaluations, population, seeds, draws, lucks, fresh, most),
        "seed": seed,
        "uncertainty": uncertainty,
    }
    place = keep.place(f"search-{base.name}", settings, stages=True)
    options.tell_notes([base], {})
    # An interrupted search may go on with more candidates or seeds.
    key = fingerprint(
        {k: v for k, v in settings.items() if k != "sizes"} | {"each": (population, draws, lucks)},
        ("questions/search.py", "declared/policies.py", "declared/levers.py"),
    )
    checkpoint = Checkpoint("search", key, fresh=again)
    with terminal.bar(evaluations * seeds, "Searching", "candidates") as (advance, say):
        found = question.search(
            item,
            evaluations,
            population,
            seeds,
            fresh,
            most,
            threads,
            checkpoint,
            progress=advance,
            say=say,
        )
    path, command = find(scenario), asked.command()
    extends = base.name if base.name in ours() else path.resolve().as_posix()

    def draw(folder: Path) -> None:
        (folder / "policies").mkdir()
        for name, text in view.files(found, extends, shlex.join(command)):
            write_whole(folder / "policies" / name, text)
        text = json.dumps(view.data(found), ensure_ascii=False, indent=2) + "\n"
        write_whole(folder / "trade-offs.json", text)
        view.draw(found, folder, language)

    runner.hand_over(
        place,
        language,
        {"policies": view.rows(found), "convergence": view.growth_rows(found)},
        settings | {"converged": view.converged(found)},
        lambda console: view.show(found, language, console),
        draw,
    )
    checkpoint.forget()


def _numbers(given: tuple[str, ...], option: str, faults: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in given:
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            faults.append(f"{option} {text}: must be OUTCOME=NUMBER, such as dead_us=3")
    return found


def _ranges(given: tuple[str, ...], faults: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        low, dots, high = value.partition("..")
        if not equals:
            found[name] = None
        elif dots:
            found[name] = (low, high)
        elif value:
            found[name] = tuple(word.strip() for word in value.split(","))
        else:
            faults.append(f"--vary {text}: must be NAME, NAME=LOW..HIGH or NAME=WORD,WORD")
    return found
