"""Scenario files: list, check, begin a new one, their schema."""

from __future__ import annotations

from pathlib import Path

import click

from drawdown.cli import options, terminal


@click.command()
@options.language
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
    terminal.console().print(table)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
def check(files: tuple[str, ...]) -> None:
    """Check scenario FILES: say everything that is wrong, and what has no way to act."""
    from drawdown import reach
    from drawdown.errors import InputError
    from drawdown.scenario import Scenario

    faults: list[str] = []
    for file in files:
        try:
            item = Scenario.load(file)
        except InputError as error:
            faults += error.faults
            continue
        notes = reach.notes(item)
        for note in notes:
            click.echo(f"note: {note}", err=True)
        count = f", {len(notes)} note{'s' if len(notes) > 1 else ''}" if notes else ""
        click.echo(f"{file}: fine, {item.start} to {item.end}, {item.days} days{count}")
    if faults:
        raise InputError(faults)


@click.command()
@click.argument("name")
@click.option("--extends", default="combat-to-advisory", show_default=True, help="Parent.")
@click.option("--folder", default=".", show_default=True, type=click.Path(file_okay=False))
def new(name: str, extends: str, folder: str) -> None:
    """Write a scenario file NAME.yaml to start from."""
    from drawdown import place, scenario, seeds
    from drawdown.errors import InputError

    place.check_name(name)
    if name in scenario.names():
        raise InputError(f"there is a scenario '{name}' already; choose another name")
    parent = scenario.Scenario.load(extends)
    found = scenario.find(extends)
    is_ours = found.parent == seeds.folder("scenarios")
    named = parent.name if is_ours else found.resolve().as_posix()
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
        "# policing, government, us_reply), a value or values by the date they begin:\n"
        "# policy:\n#   doctrine: {2022-06-01: none}\n"
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
    scenario.Scenario.load(path)
    click.echo(
        f"{path}: written; 'drawdown check {path}' checks it, 'drawdown run {path}' plays it"
    )


@click.command()
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
    click.echo(terminal.shown_path(path))
