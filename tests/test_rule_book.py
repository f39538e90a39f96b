"""What keeps histories bit-equal: no operation in the rules that machines round differently."""

import ast
import inspect
from dataclasses import replace
from pathlib import Path

import pytest

from drawdown import rules
from drawdown.day import engine
from drawdown.day.rulebook import rule_functions
from drawdown.declared.parameters import declarations, draw
from drawdown.declared.scenario import Event, Scenario
from drawdown.worlds import ensemble

FILES = sorted(Path(rules.__file__).parent.glob("*.py"))


def faults(source: str) -> list[str]:
    """Return what a rule file must not contain."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow):
            found.append("power")
        if isinstance(node, ast.Import):
            found += [f"import {a.name}" for a in node.names]
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = {a.name for a in node.names}
            if not (
                module.startswith("drawdown.rules") or (module == "math" and names == {"sqrt"})
            ):
                found.append(f"from {module} import {', '.join(sorted(names))}")
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if named and node.func.id in {"sum", "pow", "round", "print", "open", "eval"}:
            found.append(f"{node.func.id}()")
        if isinstance(node, ast.Global | ast.Nonlocal | ast.Lambda | ast.ListComp | ast.DictComp):
            found.append(type(node).__name__)
        if isinstance(node, ast.keyword) and node.arg == "fastmath":
            found.append("fastmath")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_rules_hold_nothing_that_breaks_bit_equality(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    ["x = y ** 2", "import numpy", "from math import exp", "s = sum([1.0])", "global a", "x **= 2"],
)
def test_the_lint_would_notice(line: str) -> None:
    body = f"def f():\n    {line}\n" if line.startswith("global") else line
    assert faults(body)


def test_the_compiler_is_not_told_to_be_fast_and_loose() -> None:
    assert "-ffp-contract=off" in engine.FLAGS
    loose = ("-ffast-math", "-Ofast", "-funsafe-math-optimizations", "-fassociative-math")
    assert not set(loose) & set(engine.FLAGS)


def test_every_parameter_is_used_by_a_rule() -> None:
    used = {n for f in rule_functions().values() for n in inspect.signature(f).parameters}
    # A run's start and the day everything is measured by enter as states, not as rules.
    starts = {n for n in declarations() if n.startswith(("initial_", "reference_"))}
    # Half-lives enter through `numbers.fade`.
    fades = {"hold_half_life"}
    assert set(declarations()) - used - starts - fades == set()
    package = Path(rules.__file__).parents[1]
    begins = (package / "day" / "start.py").read_text(encoding="utf-8")
    day = (package / "day" / "steps.py").read_text(encoding="utf-8")
    for name in starts | fades:
        assert f"p.{name}" in day or f"P.{name}" in begins, name


PLAYED = (
    "combat-to-advisory",
    "robust-retaliation",
    "leader-strikes",
    "expulsion",
    "broken-deadline",
    "confront-militias",
    "full-withdrawal",
    "us-iran-deal",
)


@pytest.mark.long
def test_every_parameter_moves_something() -> None:
    # From 1 January 2020 or 26 July 2021, whatever it takes: a number that changes nothing
    # is not a number of the model.
    items = [Scenario.load(name) for name in PLAYED]
    campaign = Event(date="2022-01-01", what="campaign", until="2022-03-01")
    items.append(replace(items[0], name="campaign", events=(*items[0].events, campaign)))
    surge = replace(items[0].levers, combat={items[0].start: 150_000.0})
    items.append(replace(items[0], name="surge", levers=surge))
    record = Scenario.load("record-2020-2021")
    usual: dict[str, bytes] = {}

    def outcome(item: Scenario, nature: object) -> bytes:
        found = ensemble.play([item], runs=32, nature=nature, structure="deter", keep=range(32))  # type: ignore[arg-type]
        return b"".join(found[0].kept[r].tobytes() for r in range(32)) + found[0].outcomes.tobytes()

    still = []
    for structure in ("deter", "provoke"):
        base = draw(range(32), seed=2, structure=structure)
        usual = {item.name: outcome(item, base) for item in (*items, record)}
        names = list(declarations()) if structure == "deter" else still
        still = []
        for name in names:
            low, high = declarations()[name].range
            row = list(declarations()).index(name)
            moved = False
            for share in (0.37, 0.93, 0.03):
                changed = base.copy()
                changed[row] = low + share * (high - low)
                moved = moved or any(outcome(i, changed) != usual[i.name] for i in (record, *items))
            if not moved:
                still.append(name)
    assert still == []


def called(path: Path) -> set[str]:
    """Return what a file calls, by the last part of the name."""
    calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
    return {ast.unparse(call.func).rpartition(".")[2] for call in calls}


def test_every_rule_is_called_by_a_step_or_another_rule() -> None:
    package = Path(rules.__file__).parents[1]
    places = [
        package / "day" / "steps.py",
        package / "day" / "conditions.py",
        package / "declared/parameters.py",
        package / "day/outcomes.py",
        package / "day/curves.py",
        package / "declared/quantiles.py",
    ]
    everywhere = set().union(*(called(path) for path in (*places, *FILES)))
    for name in rule_functions():
        assert name.partition(".")[2] in everywhere, name


def test_every_rule_says_what_it_returns() -> None:
    for name, function in rule_functions().items():
        doc = inspect.getdoc(function) or ""
        assert doc.startswith("Return"), name
