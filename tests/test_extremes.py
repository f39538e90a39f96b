"""Questions at the ends of what may be asked: every answer keeps its bound."""

import importlib
from pathlib import Path
from typing import Any

import pytest

from drawdown.declared.lever_table import POLICY_LEVERS

ROOT = Path(__file__).parents[1]


@pytest.fixture
def extremes(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("extremes")


def test_extreme_questions_keep_their_bounds(extremes: Any) -> None:
    """Catches free lunches and absurd answers: what a rule lost would let grow without end."""
    found = list(extremes.answers(extremes.play(100, every_pair=False)))
    assert len(found) > 30
    assert not [a for a in found if not a.kept]


@pytest.mark.long
def test_every_pair_of_levers_keeps_the_bounds(extremes: Any) -> None:
    assert not [a for a in extremes.answers(extremes.play(100)) if not a.kept]


def test_every_lever_is_asked_at_its_ends(extremes: Any) -> None:
    """Catches the next lever, which nobody would ask about."""
    assert set(extremes.questions()["ends"]["ends"]) == {lever.name for lever in POLICY_LEVERS}


@pytest.mark.parametrize(
    ("parameter", "value", "asked"),
    [
        ("committee_hardening", 1.0, "A concession every month for two years"),
        ("promise_belief", 100_000.0, "One promise until the run's last day, and nobody leaves"),
        ("own_training", 0.0, "All foreign trainers are gone for two and a half years"),
        ("large_force_targets", 0.0, "No allied soldier"),
        ("policing_pressure", 0.0, "The government polices as usual"),
    ],
)
def test_a_rule_that_is_lost_is_noticed(
    extremes: Any, monkeypatch: pytest.MonkeyPatch, parameter: str, value: float, asked: str
) -> None:
    """Catches bounds so wide that the rule beside them may be taken away."""
    from drawdown.declared.parameters import settings

    usual = extremes.Run
    monkeypatch.setattr(
        extremes, "Run", lambda **how: usual(chosen=settings({parameter: value}), **how)
    )
    names = {"presence", "presence-longer"}
    told = extremes.questions()
    names |= {n for n, item in told["asked"].items() if item["question"].startswith(asked)}
    sweeps = {n for n, item in told["sweeps"].items() if item["question"].startswith(asked)}
    every = extremes.scenarios(every_pair=False)
    mine = {n: s for n, s in every.items() if n in names or n.rpartition(" ")[0] in sweeps}
    monkeypatch.setattr(extremes, "scenarios", lambda every_pair: mine)
    told["asked"] = {n: item for n, item in told["asked"].items() if n in names}
    told["sweeps"] = {n: item for n, item in told["sweeps"].items() if n in sweeps}
    monkeypatch.setattr(extremes, "questions", lambda: told | {"ends": {"bounds": {}}})
    found = list(extremes.answers(extremes.play(100)))
    assert [a for a in found if not a.kept and a.question.startswith(asked)]
