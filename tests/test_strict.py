"""Python is as strict as a file: words, numbers, names; and a number is a number."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from drawdown import InputError, Scenario, World, compare, simulate
from drawdown.declared import parameters as declared

FEW: dict[str, Any] = {"runs": 4, "bands": False}

WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "uncertainty of compare": (lambda: compare("restraint", uncertainty="Posterior", **FEW), "did"),
    "uncertainty of simulate": (
        lambda: simulate("restraint", uncertainty="priors", **FEW),
        "prior",
    ),
    "uncertainty of World": (lambda: World("restraint", uncertainty="defaults"), "posterior"),
    "uncertainty as a number": (lambda: simulate("restraint", uncertainty=3, **FEW), "posterior"),
    "structure of World": (lambda: World("restraint", structure="deterrs"), "deter"),
    "structure of simulate": (lambda: simulate("restraint", structure="neutrl", **FEW), "neutral"),
    "structure as a list": (lambda: compare("restraint", structure=["deter"], **FEW), "deter"),
    "the old name": (
        lambda: simulate("restraint", structure="null", **FEW),
        "called 'neutral' now",
    ),
    "parameter's name": (lambda: World("restraint", parameters={"letality": 0.1}), "lethality"),
    "parameter's range": (lambda: World("restraint", parameters={"lethality": 3}), "between 0 and"),
    "parameter NaN": (lambda: World("restraint", parameters={"lethality": np.nan}), "nan"),
    "parameter true": (lambda: World("restraint", parameters={"lethality": True}), "True"),
    "parameter text": (lambda: World("restraint", parameters={"lethality": "0.1"}), "'0.1'"),
    "parameters as a list": (lambda: simulate("restraint", parameters=[1], **FEW), "by name"),
    "parameters under a number": (lambda: simulate("restraint", parameters={3: 1}, **FEW), "3"),
    "runs half": (lambda: simulate("restraint", runs=2.5), "whole number"),
    "runs none": (lambda: simulate("restraint", runs=0), "between 1 and"),
    "runs text": (lambda: simulate("restraint", runs="many"), "whole number"),
    "seed negative": (lambda: World("restraint", seed=-1), "between 0 and"),
    "seed half": (lambda: simulate("restraint", seed=0.5, **FEW), "whole number"),
    "seed true": (lambda: World("restraint", seed=True), "whole number"),
    "replication text": (lambda: World("restraint", replication="1"), "whole number"),
    "no scenario": (lambda: compare([]), "at least one scenario"),
    "a number for a scenario": (lambda: compare([3]), "name or a path"),
    "None for a scenario": (lambda: World(None), "name or a path"),
    "two for one": (lambda: simulate(["restraint", "expulsion"], **FEW), "plays one scenario"),
    "twice": (lambda: compare(["restraint", "restraint"], **FEW), "named twice"),
    "twice in Python": (
        lambda: compare(
            [Scenario.load("restraint"), Scenario.load("restraint").with_levers(combat=0)], **FEW
        ),
        "named('…')",
    ),
    "baseline": (lambda: compare("restraint", baseline="restrain", **FEW), "restraint"),
    "kind of agent": (
        lambda: World("restraint", agents={"Patron": object}),
        "did you mean 'patron'",
    ),
    "class of an agent": (
        lambda: World("restraint", agents={"patron": dict}),
        "subclass of Patron",
    ),
    "threads": (lambda: compare("restraint", threads=0, **FEW), "between 1 and"),
    "end": (lambda: Scenario.load("restraint").until("soon"), "must be a date"),
    "end before the start": (lambda: Scenario.load("restraint").until("2020-01-01"), "before"),
    "name": (lambda: Scenario.load("restraint").named(" "), "must be text"),
    "draw": (lambda: declared.draw([0], structure="all"), "structure"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_gets_a_sentence(what: str) -> None:
    """Catches a word taken for the default, and a KeyError or TypeError of ours."""
    call, words = WRONG[what]
    with pytest.raises(InputError) as caught:
        call()
    assert words in str(caught.value)


def mean(**choices: Any) -> float:
    return float(simulate("restraint", **(FEW | choices)).outcome("tempo_foreign").mean())


NUMBERS = (np.int64, np.int32, np.uint16, np.float32, np.float64, lambda v: pd.Series([v])[0])


@pytest.mark.parametrize("kind", NUMBERS)
def test_a_number_of_numpy_or_pandas_is_a_number(kind: Callable[[int], Any]) -> None:
    assert mean(parameters={"any_soldier_scale": kind(2500)}) == mean(
        parameters={"any_soldier_scale": 2500}
    )
    assert mean(seed=kind(3)) == mean(seed=3)
    assert mean(runs=kind(6)) == mean(runs=6)
    one = World("restraint", history=False, seed=kind(3), replication=kind(2)).run(30)
    other = World("restraint", history=False, seed=3, replication=2).run(30)
    assert one.happenings == other.happenings


def test_a_path_is_a_scenario_and_one_name_is_one_scenario(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\nextends: restraint\n", encoding="utf-8"
    )
    by_path = World(path, seed=1, history=False).run(20)
    assert by_path.daily == World(str(path), seed=1, history=False).run(20).daily
    assert [s.name for s in compare(path, **FEW).scenarios] == ["mine"]
    assert [s.name for s in compare("restraint", **FEW).scenarios] == ["restraint"]
    assert compare([path, "restraint"], baseline=path, **FEW).baseline == "mine"


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    """Catches two plans that overwrite each other in a table."""
    text = "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\nextends: restraint\n"
    for folder, soldiers in (("early", 0), ("late", 900)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "plan.yaml").write_text(
            f"{text}policy: {{posture: {{combat: {soldiers}}}}}\n", encoding="utf-8"
        )
    paths = [tmp_path / "early" / "plan.yaml", tmp_path / "late" / "plan.yaml"]
    found = compare(paths, baseline=paths[1], **FEW)
    assert [s.name for s in found.scenarios] == ["early-plan", "late-plan"]
    assert found.baseline == "late-plan"
    ends = {
        n: found.values(n, "neutral", "us_troops_end").mean() for n in ("early-plan", "late-plan")
    }
    assert ends["late-plan"] - ends["early-plan"] == pytest.approx(900)
    with pytest.raises(InputError, match="named twice"):
        compare([paths[0], paths[0]], **FEW)


def test_own_priors_are_drawn_from_and_named(tmp_path: Path) -> None:
    path = tmp_path / "priors.yaml"
    path.write_text("lethality: {uniform: [0.3, 0.4]}\nresidual_fire: {uniform: [0, 0.5]}\n")
    found = simulate("restraint", uncertainty=path, **FEW)
    row = found.parameters[declared.PARAMETERS.index("lethality")]
    assert ((row >= 0.3) & (row <= 0.4)).all()
    assert len(set(found.parameters[declared.PARAMETERS.index("residual_fire")])) == 4
    told = declared.source(str(path)).told
    assert told["file"] == str(path)
    assert len(told["digest"]) == 16
    path.write_text("lethality: {uniform: [0.3, 0.9]}\nletality: {fixed: 1}\nreach: 3\n")
    with pytest.raises(InputError) as caught:
        simulate("restraint", uncertainty=path, **FEW)
    assert len(caught.value.faults) == 3
