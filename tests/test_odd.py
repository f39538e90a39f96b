"""The model's description: every item of the protocol, tables made from the code."""

from drawdown.declared import data_files
from drawdown.views.explain import rule_functions
from drawdown.views.odd import HOLDERS, renewed

ROOT = data_files.project_root()
assert ROOT is not None
TEXT = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")


def test_tables_are_fresh() -> None:
    assert ROOT is not None
    assert renewed(TEXT, ROOT) == TEXT, "run 'drawdown odd --write'"


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
    for name in HOLDERS:
        assert f"| `{name}` |" in TEXT, name
