"""The example notebooks run, and other tools' optimisers get what `search` scores."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from drawdown.connect import ema, optimise
from drawdown.declared import data_files, policies
from drawdown.declared.errors import InputError
from drawdown.declared.scenario import Scenario
from drawdown.questions import futures, search

ROOT = data_files.project_root()
assert ROOT is not None
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))


@pytest.mark.long
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs(path: Path) -> None:
    """Catches an example that no longer says what the program can."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    space: dict[str, object] = {}
    with warnings.catch_warnings():
        # Libraries of the examples warn of their own.
        warnings.simplefilter("ignore")
        for cell in cells:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), str(path), "exec"), space)
    assert all(not cell.get("outputs") for cell in cells)


def test_there_is_a_notebook_for_each_tool() -> None:
    assert {p.stem for p in NOTEBOOKS} == {"ema_workbench", "scipy_optimize", "optuna", "records"}


def test_an_evaluation_is_what_search_scores() -> None:
    """Catches a sign, a measure or a lever lost between an optimiser and the model."""
    f = optimise.Evaluate(
        "conditions-based-exit",
        ["leave.over", "doctrine"],
        less="dead_us",
        more="us_troops_end",
        robust="worst-tenth",
        draws=8,
    )
    point = [200.0, 2.5]
    assert f.values(point) == {"leave.over": 200.0, "doctrine": "robust"}
    item = f.scenario(point)
    played = futures.play([item.named("x")], f.problem.outcomes, 8, 1)
    dead, soldiers = search.scored(f.problem, played, "x")
    assert f(point) == pytest.approx((dead, -soldiers))
    assert f(**f.values(point)) == f(point)
    with pytest.raises(InputError, match="is not varied"):
        f(combat=3)
    with pytest.raises(InputError, match="needs references"):
        optimise.Evaluate("conditions-based-exit", robust="regret")


def test_the_workbench_moves_conditions_as_a_file_would() -> None:
    model = ema.model("conditions-based-exit", levers=True, lucks=2)
    names = {lever.name for lever in model.levers}
    known = policies.levers_that_move(Scenario.load("conditions-based-exit"))
    assert names == {ema.told(name) for name in known}
    changed = policies.moved(Scenario.load("conditions-based-exit"), {"leave.over": 90})
    one = ema.play("conditions-based-exit", lucks=2, leave__over=90)
    assert one == ema.play(changed.named("mine"), lucks=2)
    assert one != ema.play("conditions-based-exit", lucks=2)


def test_records_name_all_that_moves() -> None:
    found = optimise.records("tit-for-tat")
    kinds = {row["name"]: row for row in found["levers"]}
    assert kinds["step-out"]["choices"] == ["on", "off"]
    assert kinds["policing"]["kind"] == "real"
    assert kinds["combat"]["kind"] == "integer"
    assert all(np.isfinite([r["low"], r["high"]]).all() for r in found["uncertainties"])
