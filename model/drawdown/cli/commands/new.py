"""``new``: a scenario file to start from."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

import click

from drawdown.cli import runner, terminal
from drawdown.cli.command import Command, argument, option
from drawdown.declared import data_files
from drawdown.declared.errors import InputError

TEMPLATE = """\
{schema}# What differs from {parent}; see the comments there and 'drawdown explain'.
title:
  en: "{name}"
  ar: "{name}"
question:
  en: What would this change?
  ar: ماذا يغيّر هذا؟
extends: "{extends}"
{levers}
# policy:
#   doctrine: {{2022-06-01: none}}
# or conditions: when something is seen, a lever moves (docs/conditions.md):
#   conditions:
#     leave:
#       when: {{see: dead, of: us, days: 90, at_most: 0}}
#       then: {{combat: 0}}
#       over: 180
# world: what nobody chooses (any parameter), a value or {{scale: factor}}:
# world:
#   violence_median: {{scale: 0.5}}
# events: what happens on a date:
# events:
#   - {{date: 2022-03-01, what: dialogue_round}}
"""


class New(Command):
    """Write a scenario file NAME.yaml to start from."""

    example = "drawdown new my-scenario --extends full-withdrawal"
    name: str = argument()
    extends: str = option(default="combat-to-advisory", help="Parent.")
    folder: str = option(default=".", type=click.Path(file_okay=False))

    def run(self) -> None:
        """Write it, and read it once."""
        from drawdown.declared import result_folder, scenario
        from drawdown.declared.lever_table import STEPPED

        result_folder.check_name(self.name)
        if self.name in scenario.names():
            raise InputError(f"there is a scenario '{self.name}' already; choose another name")
        parent = scenario.Scenario.load(self.extends)
        found = scenario.find(self.extends)
        ours = found.parent == data_files.folder("scenarios")
        path = Path(self.folder) / f"{self.name}.yaml"
        root = data_files.project_root()
        schema = root / "docs" / "scenario.schema.json" if root else None
        chosen = ", ".join(("posture", *(lever.name for lever in STEPPED if lever.decided_by)))
        levers = f"# policy: what somebody chooses ({chosen}), a value or values by the date they"
        text = TEMPLATE.format(
            levers=fill(f"{levers} begin:", width=80, subsequent_indent="# "),
            schema=f"# yaml-language-server: $schema={schema}\n" if schema else "",
            parent=parent.name,
            name=self.name,
            extends=parent.name if ours else found.resolve().as_posix(),
        )
        runner.write_new(path, text, "choose another name")
        scenario.Scenario.load(path)
        terminal.say(
            f"{path}: written; 'drawdown check {path}' checks it, 'drawdown run {path}' plays it"
        )
