"""The model itself: where a number comes from, one world as a chronicle, figures again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from drawdown.cli import options, terminal


@click.command()
@click.argument("thing")
@options.language
def explain(thing: str, lang: str) -> None:
    """Say where a claim, parameter, outcome, scenario, mechanism or rule comes from."""
    from drawdown.language import Language
    from drawdown.views.explain import explain as told

    console = terminal.console()
    for line in told(thing, Language(lang)):
        console.print(line, markup=False)


@click.command()
@click.argument("scenario")
@click.option("--days", type=click.IntRange(1, 5000), default=None, help="How many days to tell.")
@options.seed
@click.option("--replication", type=click.IntRange(0, 10**9), default=0, show_default=True)
@options.structure("neutral")
@options.chosen
@options.without
@options.uncertainty
@click.option("--why/--no-why", default=True, show_default=True, help="Give the reasons.")
@click.option("--then", default=None, metavar="SCENARIO", help="Go on under another scenario …")
@click.option("--on", "day", default=None, metavar="DATE", help="… from this day.")
@options.language
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
    from drawdown.parameters import check_structure
    from drawdown.scenario import Scenario
    from drawdown.views.chronicle import tell
    from drawdown.world import World

    language = Language(lang)
    check_structure(structure)
    values = options.parse_set(chosen, without)
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
    options.tell_notes([item], values, (structure,))
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


@click.command()
@click.argument("result", type=click.Path())
@click.option("--formats", default="png,svg,pdf", show_default=True, help="Of png, svg, pdf.")
@click.option("--out", default=None, type=click.Path(), help="Folder of results to look in.")
@options.language
def plot(result: str, formats: str, out: str | None, lang: str) -> None:
    """Draw the figures of a RESULT again: a folder, or a name in the folder of results."""
    from drawdown import place
    from drawdown.errors import InputError, unknown
    from drawdown.language import Language
    from drawdown.views.figures import FORMATS, Result, draw_all

    parent = place.results_folder(out)
    folder = Path(result)
    try:
        if not folder.is_dir():
            folder = parent / result
        if not folder.is_dir():
            known = (
                sorted(p.name for p in parent.glob("[!.]*") if p.is_dir())
                if parent.is_dir()
                else []
            )
            raise InputError(unknown("result", result, known))
    except OSError as error:
        raise InputError(f"{result}: cannot be read ({error.strerror})") from None
    endings = [f.strip() for f in formats.split(",")]
    for ending in endings:
        if ending not in FORMATS:
            raise InputError(unknown("format", ending, FORMATS))
    language = Language(lang)
    try:
        for path in draw_all(Result.read(folder), folder, language, endings):
            click.echo(terminal.shown_path(path))
    except OSError as error:
        raise InputError(place.cannot_write(folder, error)) from None


@click.command()
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
    click.echo(terminal.shown_path(path))
