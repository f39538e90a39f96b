"""The model's description: every item of the protocol, tables made from the code."""

import re
from pathlib import Path

from drawdown.day.rulebook import rule_functions
from drawdown.declared import data_files
from drawdown.declared.columns import STATE_GROUPS
from drawdown.declared.scenario import Scenario
from drawdown.questions import idle
from drawdown.views.odd import DOCUMENTS, renewed

ROOT = data_files.project_root()
assert ROOT is not None
TEXT = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")


def test_tables_are_fresh() -> None:
    assert ROOT is not None
    for name in DOCUMENTS:
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert renewed(text, ROOT) == text, f"{name}: run 'drawdown odd --write'"


def test_every_scenario_of_the_guide_to_conditions_is_fine(tmp_path: Path) -> None:
    assert ROOT is not None
    text = (ROOT / "docs" / "conditions.md").read_text(encoding="utf-8")
    found = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert len(found) >= 2
    for i, one in enumerate(found):
        path = tmp_path / f"mine{i}.yaml"
        path.write_text(one, encoding="utf-8")
        scenario = Scenario.load(path)
        assert scenario.conditions
        assert idle.notes(scenario) == []


def test_every_item_of_the_protocol_is_there() -> None:
    for item in (
        "Purpose and patterns",
        "Entities, state variables and scales",
        "Process overview and scheduling",
        "Basic principles",
        "Emergence",
        "Adaptation",
        "Objectives",
        "Learning",
        "Prediction",
        "Sensing",
        "Interaction",
        "Stochasticity",
        "Collectives",
        "Observation",
        "Initialisation",
        "Input data",
        "Submodels",
    ):
        assert item in TEXT, item


def test_every_rule_and_state_is_described() -> None:
    for name in rule_functions():
        assert f"| `{name}` |" in TEXT, name
    for name, _ in STATE_GROUPS:
        assert f"| `{name}` |" in TEXT, name
