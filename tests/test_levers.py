"""One table makes every list of levers: a lever that is added to it is found at every door."""

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from drawdown.declared import data_files
from drawdown.declared.lever_table import BY_NAME
from drawdown.rules import motives, retaliation

ROOT = data_files.project_root()
assert ROOT is not None

LEVER = """
harbour_watch:
  about: boats that watch a harbour
  part: government
  range: [0, 10]
  slider: [0, 8, 0.5]
  default: 3.0
  decided_by: [us]
"""

FILE = """title: {en: Watched, ar: Watched}
question: {en: What if, ar: What if}
extends: combat-to-advisory
policy:
  harbour_watch: {2022-01-01: 4}
  conditions:
    more:
      when: {see: dead, of: us, days: 90, at_least: 5}
      then: {harbour_watch: 7}
"""

DOORS = r"""
import json, sys
from datetime import date
from pathlib import Path
from click.testing import CliRunner
from drawdown.cli.main import main
from drawdown.day import plan, policy
from drawdown.declared import conditions, levers, policies, scenario, scenario_file
from drawdown.declared.columns import LEVERS, MOVED_LEVERS, PLAN
from drawdown.declared.language import Language
from drawdown.declared.parameters import settings
from drawdown.questions import decompose, search
from drawdown.views import conditions as told_conditions
from drawdown.views import search as told_search
from drawdown.web import address, controls, custom_conditions, page_bundle

NAME = "harbour_watch"
base = scenario.Scenario.load("combat-to-advisory")
mine = scenario.Scenario.load("watched.yaml")
text = Path("watched.yaml").read_text()

def check(name, *changes):
    changed = text
    for a, b in changes:
        assert a in changed
        changed = changed.replace(a, b)
    Path(name).write_text(changed)
    done = CliRunner().invoke(main, ["check", name])
    return done.exit_code, done.output

def days(item):
    return plan.build(item)[:, PLAN.index(NAME)].tolist()

CliRunner().invoke(main, ["new", "begun"])
terms = policy.columns(policy.table(mine))
row = MOVED_LEVERS.index(NAME)
shown = controls.controls(Language("en"))
told = page_bundle.numbers()
pair = decompose.pair(base, base.with_levers(harbour_watch=9))
item = search.problem(base, [], [])
json.dump({
    "schema": json.loads(scenario_file.schema())["$defs"]["Policy"]["properties"].get(NAME),
    "condition": json.loads(scenario_file.schema())["$defs"]["Then"]["properties"].get(NAME),
    "default": base.levers.harbour_watch[date.min],
    "check": check("right.yaml"),
    "too much": check("much.yaml", (": 4}", ": 11}")),
    "not seen": check("unseen.yaml", ("{see: dead, of: us, days: 90, at_least: 5}",
                                      "{see: authority, at_most: 0.1}")),
    "template": NAME in Path("begun.yaml").read_text(),
    "plan": [days(base)[0], days(mine)[0], days(mine)[-1]],
    "moved": days(levers.moved(base, {NAME: 2.5}))[0],
    "condition's row": [terms["moves"][row], terms["to"][row]],
    "decider": conditions.DECIDES[NAME],
    "searched": [lever.name for lever in item.levers if NAME in lever.name],
    "slider": next(i for i in shown["levers"] if i["name"] == NAME),
    "offered": next(i for i in shown["moved_by_conditions"] if i["name"] == NAME),
    "link": NAME in address.spelling()["levers"] and NAME in custom_conditions.LEVERS,
    "parts": pair.parts,
    "between": pair.between(frozenset(["government"])).levers.harbour_watch[date.min],
    "written": policies.difference(base, mine)["policy"][NAME],
    "in words": told_search.told_policy(base, mine, Language("en")),
    "carried": [told["columns_by_lever"][NAME], NAME in told["plan"], NAME in told["moved_levers"],
                NAME in told["columns_of"]["government"], told["levers_of"]["government"],
                told["scenarios"]["combat-to-advisory"]["dated"][NAME],
                told["scenarios"]["combat-to-advisory"]["stepped"][NAME]],
}, sys.stdout)
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what a checkout says at its doors whose table has one row more, and its words."""
    assert ROOT is not None
    tree = tmp_path_factory.mktemp("grown")
    for name in ("scenarios", "docs", "pyproject.toml"):
        (tree / name).symlink_to(ROOT / name)
    for name in ("model", "seeds"):
        shutil.copytree(ROOT / name, tree / name)
    # In the middle of the table: a row at its end would hide levers that are found by place.
    table = tree / "seeds" / "levers.yaml"
    rows = table.read_text(encoding="utf-8")
    assert rows.count("\nus_reply:") == 1
    table.write_text(rows.replace("\nus_reply:", f"\n{LEVER}us_reply:"), encoding="utf-8")
    for path in (tree / "seeds" / "words").iterdir():
        words = path.read_text(encoding="utf-8")
        label = "  lever_policing:"
        path.write_text(words.replace(label, f"  lever_harbour_watch: Boats\n{label}"), "utf-8")
    (tree / "watched.yaml").write_text(FILE, encoding="utf-8")
    (tree / "doors.py").write_text(DOORS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "doors.py"],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree / "model")},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.long
def test_files_say_a_lever_of_the_table(found: dict[str, Any]) -> None:
    """Catches a format, a default or a template with a list of levers of its own."""
    number = {"type": "number", "minimum": 0, "maximum": 10}
    assert found["schema"]["anyOf"][0] == number
    assert found["schema"]["description"] == "boats that watch a harbour"
    assert found["default"] == 3.0
    assert found["check"][0] == 0, found["check"][1]
    assert found["too much"][0] == 2
    assert "must lie between 0 and 10" in found["too much"][1]
    assert found["template"]
    assert found["written"] == {"2021-07-26": 3, "2022-01-01": 4}


@pytest.mark.long
def test_days_are_laid_out_with_a_lever_of_the_table(found: dict[str, Any]) -> None:
    """Catches a plan, or a hand on a slider, that forgets a lever."""
    assert found["plan"] == [3.0, 3.0, 4.0]
    assert found["moved"] == 2.5


@pytest.mark.long
def test_conditions_move_a_lever_of_the_table(found: dict[str, Any]) -> None:
    """Catches conditions with a list of what they may move, or of who decides, of their own."""
    assert found["condition"]
    assert found["decider"] == ["us"]
    assert found["condition's row"] == [1.0, 7.0]
    assert found["not seen"][0] == 2
    assert "'harbour_watch' is decided by us" in found["not seen"][1]
    assert found["offered"]["range"] == [0, 10]


def test_questions_move_and_split_a_lever_of_the_table(found: dict[str, Any]) -> None:
    """Catches a search or a decomposition that leaves a lever out."""
    assert found["searched"] == ["harbour_watch"]
    assert found["parts"] == ["government"]
    assert found["between"] == 9.0
    assert any("Boats" in line for line in found["in words"])


def test_a_page_has_a_lever_of_the_table(found: dict[str, Any]) -> None:
    """Catches Explore, or a page that plays by itself, with a list of levers of its own."""
    slider = {"name": "harbour_watch", "label": "Boats", "low": 0, "high": 8, "step": 0.5}
    assert found["slider"] == slider | {"choices": []}
    assert found["link"]
    columns, planned, moved, of_part, levers, dated, stepped = found["carried"]
    assert columns == {"harbour_watch": None}
    assert [planned, moved, of_part] == [True] * 3
    assert "harbour_watch" in levers
    assert dated == [[1, 3.0]]
    assert stepped == [[0, 3.0]]


def test_codes_of_choices_are_those_that_rules_compare_with() -> None:
    """Catches a code in the table that means another choice to a rule."""
    for lever, rules in (("doctrine", retaliation), ("us_iran", motives)):
        codes = BY_NAME[lever].codes[lever]
        assert codes == {name: getattr(rules, name.upper()) for name in BY_NAME[lever].choices}
    for choice in BY_NAME["government"].choices:
        assert choice in BY_NAME["government"].policing
