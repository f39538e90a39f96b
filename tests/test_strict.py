"""Python is as strict as a file: words, numbers, names; and a number is a number."""

import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from drawdown import InputError, Scenario, World, compare, numbers, page, simulate
from drawdown.cli.main import EXTRAS, main
from drawdown.connect import salib
from drawdown.day import rulebook
from drawdown.declared import parameters as declared
from drawdown.declared.columns import STRUCTURES
from drawdown.evidence import facts, predictions, robustness, seal, validate
from drawdown.questions import decompose, regret, search, study, thesis
from drawdown.questions.compare import to_precision
from drawdown.worlds.run import Run

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
    "scenarios as a number": (lambda: compare(3, **FEW), "names, paths or scenarios"),
    "scenarios as None": (lambda: simulate(None, **FEW), "names, paths or scenarios"),
    "a NUL in a name": (
        lambda: Scenario.load("restr\0int"),
        "no file has a name with a null character",
    ),
    "half a character in a name": (lambda: Scenario.load("restr\ud800int"), "unknown scenario"),
    "bands as a word": (lambda: simulate("restraint", runs=4, bands="no"), "True or False"),
    "daily as a number": (lambda: compare("restraint", daily=1, **FEW), "True or False"),
    "progress as a word": (lambda: simulate("restraint", progress="bar", **FEW), "True or False"),
    "history as a word": (lambda: World("restraint", history="no"), "True or False"),
    "more threads than the command takes": (
        lambda: simulate("restraint", threads=257, **FEW),
        "between 1 and 256",
    ),
    "processes": (lambda: simulate("restraint", processes="all", **FEW), "whole number"),
    "first": (lambda: simulate("restraint", first=-1, **FEW), "between 0 and"),
    "agents as a list": (lambda: simulate("restraint", agents=[dict], **FEW), "classes by kind"),
    "agents of World as a class": (lambda: World("restraint", agents=dict), "classes by kind"),
    "rules as a number": (lambda: simulate("restraint", rules=3, **FEW), "file of Python"),
    "rules of World as a list": (lambda: World("restraint", rules=[]), "file of Python"),
    "a NUL in rules": (lambda: compare("restraint", rules="a\0.py", **FEW), "cannot be read"),
    "weights as a list": (
        lambda: compare("restraint", weights_of_motives=["patron"], **FEW),
        "numbers by name",
    ),
    "weights of nothing": (
        lambda: simulate("restraint", weights_of_motives={}, **FEW),
        "at least one",
    ),
    "motive": (lambda: simulate("restraint", motive=3, **FEW), "unknown motive"),
    "replication empty": (lambda: World("restraint", replication=""), "whole number"),
    "days": (lambda: World("restraint", history=False).run("all"), "whole number"),
    "days below none": (lambda: World("restraint", history=False).run(-1), "between 0 and"),
    "branch to a number": (lambda: World("restraint", history=False).branch(3), "name or a path"),
    "a link as a number": (lambda: numbers(3), "a link must be text"),
    "a link's faults": (lambda: numbers("?combat=lots"), "combat"),
    "scenarios of a page": (lambda: page(3), "two names"),
    "height of a page": (lambda: page(height="tall"), "height must be a whole number"),
    "language of a page": (lambda: page(language=3), "unknown language"),
    "lever of a page": (lambda: page(combat="lots"), "combat"),
    "outcome of an ensemble": (lambda: simulate("restraint", **FEW).outcome("tempo"), "unknown"),
    "outcome of a comparison": (
        lambda: compare("restraint", **FEW).level("restraint", "pooled", "tempo"),
        "unknown outcome 'tempo'",
    ),
    "scenario of a comparison": (
        lambda: compare("restraint", **FEW).difference("restrain", "pooled", "dead_us"),
        "unknown scenario 'restrain'",
    ),
    "part of a comparison": (
        lambda: compare("restraint", structure="deter", **FEW).values(
            "restraint", "neutral", "dead_us"
        ),
        "unknown part 'neutral'",
    ),
    "bands that were not counted": (
        lambda: compare("restraint", **FEW).bands("restraint", "pooled"),
        "bands=True",
    ),
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


@pytest.mark.long
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


SAME: dict[str, tuple[str, Callable[..., Any], dict[str, Any]]] = {
    "simulate": ("run", simulate, {"first": 0}),
    "compare": ("compare", compare, {"first": 0}),
    "to_precision": ("compare", to_precision, {}),
    "decompose": ("decompose", decompose.play, {"outcomes": decompose.OUTCOMES}),
    "thesis": ("thesis", thesis.examine, {}),
    "regret": ("regret", regret.play, {}),
    "sensitivity": ("sensitivity", salib.evaluate, {}),
    "search": ("search", search.search, {}),
    "what is searched": ("search", search.Problem, {}),
    "robustness": ("evidence robustness", robustness.examine, {}),
    "patterns": ("evidence patterns", facts.compute, {}),
    "validate": ("validate", validate.validate, {"outcome": "attacks_foreign"}),
    "motives": ("evidence motives", predictions.predict, {}),
    "seal": ("evidence seal", seal.forecast, {}),
    "report": ("report", study.undertake, {}),
    "numbers": ("verify", numbers, {}),
}
"""Functions by the command that does the same; and what of theirs a command says otherwise."""


CALLED = {"step": "runs", "fresh_draws": "fresh", "keep": "most"}
"""Arguments that an option of another name stands for."""


@pytest.mark.parametrize("what", SAME)
def test_a_functions_defaults_are_those_of_its_command(what: str) -> None:
    """Catches a structure, a size or a source of draws that Python takes and the command does not.

    What neither says is None, False or empty.
    """
    name, function, otherwise = SAME[what]
    context = main.make_context("drawdown", ["--help"], resilient_parsing=True)
    command = main.get_command(context, name.split()[0])
    for inner in name.split()[1:]:
        assert isinstance(command, click.Group)
        command = command.commands[inner]
    assert command is not None
    options = {p.name: p for p in command.params if isinstance(p, click.Option)}
    shared = 0
    defaults = {p.name: p.default for p in inspect.signature(function).parameters.values()}
    run = defaults.pop("run", None)
    if isinstance(run, Run):
        defaults |= {n: v for n, v in vars(run).items() if n not in ("structure", "keep")}
    for argument, default in defaults.items():
        option = options.get(CALLED.get(argument, argument))
        if option is not None and default is not inspect.Parameter.empty:
            told = option.get_default(context)
            # Newer releases of click have a word of their own for what has no default.
            told = told if isinstance(told, bool | int | str | tuple) else None
            usual = otherwise.get(argument, told)
            assert (default or None) == (usual or None), argument
            shared += 1
    assert shared or name == "verify"


def test_python_plays_the_worlds_of_the_command(tmp_path: Path) -> None:
    """Catches a function that plays one structure where its command plays all, and other draws."""
    words = ["restraint", "--runs", "5", "--no-figures", "--out", str(tmp_path), "--name"]
    assert CliRunner().invoke(main, ["run", *words, "r"]).exit_code == 0
    found = simulate("restraint", runs=5)
    told = pd.read_csv(tmp_path / "r" / "outcomes.csv", encoding="utf-8-sig")
    frame = found.frame()
    for name in ("structure", "replication", "attacks_foreign", "dead_us"):
        assert frame[name].tolist() == told[name].tolist(), name
    assert found.structure == "pooled"
    assert [part.structure for part in found.parts] == list(STRUCTURES)
    assert found.outcome("dead_us").tolist() == frame["dead_us"].tolist()
    assert found.parameters.shape[1] == len(found.replications) == 15
    assert found.bands is not None
    assert (found.bands.histogram == sum(p.bands.histogram for p in found.parts if p.bands)).all()
    alone = simulate("restraint", runs=5, structure="provoke")
    assert np.array_equal(alone.outcomes, found.parts[2].outcomes, equal_nan=True)
    assert not alone.parts


def test_simulate_takes_what_the_command_takes() -> None:
    """Catches an argument of the command that is lost on the way."""
    few = simulate("restraint", runs=3, first=2, daily=True, weights_of_motives={"patron": 1.0})
    whole = compare("restraint", runs=5, weights_of_motives={"patron": 1.0}, **{"bands": False})
    assert np.array_equal(
        few.parts[0].outcomes, whole.ensembles["restraint", "deter"].outcomes[2:], equal_nan=True
    )
    assert set(few.daily()["replication"]) == {2, 3, 4}


OWN = """
NUMBERS = {"weariness": {"default": 0.5, "prior": {"uniform": [%s]}, "unit": "x", "meaning": "y"}}


def hold_fire(leaving, hold_fire_discount, weariness):
    return weariness
"""


@pytest.mark.parametrize("uncertainty", ["file", "folder", "prior"])
def test_priors_of_one_name_are_two_where_two_rules_bring_them(
    uncertainty: str, tmp_path: Path
) -> None:
    """Catches draws from the priors of the rules that were played before."""
    if uncertainty == "file":
        uncertainty = str(tmp_path / "pri.yaml")
        Path(uncertainty).write_text("lethality: {uniform: [0.01, 0.03]}\n", encoding="utf-8")
    elif uncertainty == "folder":
        uncertainty = str(declared.posterior_folder())
    for name, ends in (("one", (0.0, 0.1)), ("two", (0.8, 0.9))):
        (tmp_path / f"{name}.py").write_text(OWN % "{}, {}".format(*ends), encoding="utf-8")
        with rulebook.using(tmp_path / f"{name}.py"):
            drawn = declared.draw(range(8), uncertainty=uncertainty)[-1]
        assert ((ends[0] <= drawn) & (drawn <= ends[1])).all(), name


def test_a_file_of_priors_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    """Catches a file known by its name and the second it was written in."""
    path = tmp_path / "pri.yaml"
    for low, high in ((0.01, 0.02), (0.031, 0.04)):
        path.write_text(f"lethality: {{uniform: [{low}, {high}]}}\n", encoding="utf-8")
        os.utime(path, (1_600_000_000, 1_600_000_000))
        drawn = declared.draw(range(8), uncertainty=str(path))[declared.column("lethality")]
        assert ((low <= drawn) & (drawn <= high)).all()


@pytest.mark.parametrize("prior", ["{choice: 3}", "{deter: {choice: 3}}"])
def test_a_prior_of_ones_own_is_no_choice_among_readings(prior: str, tmp_path: Path) -> None:
    """Catches a prior that is drawn here and that no page can carry."""
    path = tmp_path / "pri.yaml"
    path.write_text(f"lethality: {prior}\n", encoding="utf-8")
    with pytest.raises(InputError, match="lethality"):
        declared.own_priors(path)
    path.write_text("motive: {fixed: 1}\n", encoding="utf-8")
    with pytest.raises(InputError, match="weights-of-motives"):
        declared.own_priors(path)
    rules = tmp_path / "mine.py"
    rules.write_text((OWN % "0, 1").replace('{"uniform": [0, 1]}', '{"choice": 3}'))
    with pytest.raises(InputError, match="NUMBERS: weariness: default must be"):
        rulebook.load(rules)


def test_a_nul_in_what_a_file_extends_is_a_fault_of_the_file(tmp_path: Path) -> None:
    """Catches a path that the system refuses and we did not."""
    path = tmp_path / "mine.yaml"
    head = "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\n"
    path.write_text(head + 'extends: "rest\\0raint"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"mine.yaml:3:1: extends: .*a null character"):
        Scenario.load(path)


def test_everything_is_offered_where_no_extra_is_installed() -> None:
    """Catches a name of the package that a bare installation cannot import."""
    code = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[1:]:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Missing())
from drawdown import *
print(sorted(n for n in dir() if n in ("World", "page", "numbers", "simulate")))
"""
    missing = sorted({*EXTRAS, "brotli", "fontpkg_amiri", "ziglang"} - {"scipy"})
    done = subprocess.run(
        [sys.executable, "-c", code, *missing], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "['World', 'numbers', 'page', 'simulate']", done.stderr
