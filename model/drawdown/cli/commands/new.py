"""``new``: a scenario file to start from."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

import click

from drawdown.cli import terminal


@click.command()
@click.argument("name")
@click.option("--extends", default="combat-to-advisory", show_default=True, help="Parent.")
@click.option("--folder", default=".", show_default=True, type=click.Path(file_okay=False))
def new(name: str, extends: str, folder: str) -> None:
    """Write a scenario file NAME.yaml to start from."""
    from drawdown.declared import data_files, kept, place, scenario
    from drawdown.declared.errors import InputError
    from drawdown.declared.lever_table import STEPPED

    place.check_name(name)
    if name in scenario.names():
        raise InputError(f"there is a scenario '{name}' already; choose another name")
    parent = scenario.Scenario.load(extends)
    found = scenario.find(extends)
    is_ours = found.parent == data_files.folder("scenarios")
    named = parent.name if is_ours else found.resolve().as_posix()
    path = Path(folder) / f"{name}.yaml"
    root = data_files.project_root()
    schema = (root / "docs" / "scenario.schema.json") if root else None
    head = f"# yaml-language-server: $schema={schema}\n" if schema else ""
    chosen = ", ".join(("posture", *(lever.name for lever in STEPPED if lever.decided_by)))
    levers = fill(
        f"# policy: what somebody chooses ({chosen}), a value or values by the date they begin:",
        width=80,
        subsequent_indent="# ",
    )
    text = (
        f"{head}# What differs from {parent.name}; see the comments there and 'drawdown explain'.\n"
        f'title:\n  en: "{name}"\n  ar: "{name}"\n'
        "question:\n  en: What would this change?\n  ar: ماذا يغيّر هذا؟\n"
        f'extends: "{named}"\n'
        f"{levers}\n"
        "# policy:\n#   doctrine: {2022-06-01: none}\n"
        "# or conditions: when something is seen, a lever moves (docs/conditions.md):\n"
        "#   conditions:\n#     leave:\n"
        "#       when: {see: dead, of: us, days: 90, at_most: 0}\n"
        "#       then: {combat: 0}\n#       over: 180\n"
        "# world: what nobody chooses (any parameter), a value or {scale: factor}:\n"
        "# world:\n#   violence_median: {scale: 0.5}\n"
        "# events: what happens on a date:\n"
        "# events:\n#   - {date: 2022-03-01, what: dialogue_round}\n"
    )
    try:
        kept.write_new(path, text.encode())
    except FileExistsError:
        raise InputError(f"{path}: is there already; choose another name") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from None
    scenario.Scenario.load(path)
    terminal.say(
        f"{path}: written; 'drawdown check {path}' checks it, 'drawdown run {path}' plays it"
    )
