"""Sensitivity on Ishigami's function, whose indices are on paper; then on the model."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from drawdown import InputError
from drawdown.cli import main
from drawdown.connect.salib import evaluate, problem
from drawdown.declared import data_files, levers
from drawdown.questions import sensitivity
from drawdown.worlds.checkpoint import Checkpoint, anew
from drawdown.worlds.run import Run

A, B = 7.0, 0.1


def ishigami(points: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * points - 1)
    value = np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])
    return value[:, None]


@pytest.fixture
def checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkpoint:
    monkeypatch.setattr(data_files, "cache_folder", lambda: tmp_path)
    return Checkpoint("sensitivity", "test")


def test_indices_of_ishigami_are_those_on_paper(checkpoint: Checkpoint) -> None:
    names = ["x1", "x2", "x3"]
    found = sensitivity.decompose(lambda n: ishigami, names, {"y": names}, 2048, 1, checkpoint)
    variance = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
    first = np.array([0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0]) / variance
    together = B**2 * np.pi**8 * (1 / 18 - 1 / 50) / variance
    total = first + np.array([together, 0.0, together])
    assert found.first[0] == pytest.approx(first, abs=0.03)
    assert found.total[0] == pytest.approx(total, abs=0.03)
    assert found.half_total[0] == pytest.approx(total, abs=0.06)
    assert (found.total_errors[0] < 0.1).all()


def test_morris_finds_what_matters_and_not_the_dummies(checkpoint: Checkpoint) -> None:
    names = ["x1", "x2", "x3", "x4"]
    found = sensitivity.screen(lambda n: ishigami, names, ["y"], 40, 1, checkpoint)
    assert set(found.few(4)) == {"x1", "x2", "x3"}
    assert found.noise[0] == 0.0


def test_stages_stay_until_work_begins_anew(checkpoint: Checkpoint) -> None:
    """Catches stages that every command forgets, and ones that no option removes."""
    checkpoint.stage("a", lambda: {"x": np.array(1.0)})
    assert Checkpoint("sensitivity", "test").stage("a", lambda: {"x": np.array(2.0)})["x"] == 1.0
    with anew():
        found = Checkpoint("sensitivity", "test").stage("a", lambda: {"x": np.array(3.0)})
    assert found["x"] == 3.0
    assert Checkpoint("sensitivity", "test").kept() == 1


def test_an_interrupted_analysis_goes_on_where_it_stopped(checkpoint: Checkpoint) -> None:
    played: list[int] = []

    def stopping(points: np.ndarray) -> np.ndarray:
        if len(played) == 3:
            raise KeyboardInterrupt
        played.append(len(points))
        return ishigami(points)

    def counting(points: np.ndarray) -> np.ndarray:
        played.append(len(points))
        return ishigami(points)

    names = ["x1", "x2", "x3"]
    with pytest.raises(KeyboardInterrupt):
        sensitivity.decompose(lambda n: stopping, names, {"y": names}, 1024, 1, checkpoint)
    before, there = sum(played), []
    found = sensitivity.decompose(
        lambda n: counting, names, {"y": names}, 1024, 1, checkpoint, there.append
    )
    # What is there already is counted, and once.
    assert sum(there) == before
    assert sum(played) == found.runs == 1024 * 5
    whole = sensitivity.indices(names, ishigami(sensitivity.sobol_points(names, 1024, 1)), 1)
    assert np.array_equal(found.first, whole[0])


def test_the_model_is_a_salib_problem() -> None:
    from SALib.analyze import morris as analyse
    from SALib.sample import morris as sample

    design = problem()
    points = sample.sample(design, N=6, num_levels=4, seed=1)
    values = evaluate(points, "combat-to-advisory", lucks=4)
    assert values.shape == (len(points),)
    effects = analyse.analyze(design, points, values, num_levels=4, seed=1)
    strongest = [design["names"][i] for i in np.argsort(-np.array(effects["mu_star"]))[:4]]
    assert "attack_rate" in strongest
    assert not set(strongest) & {"lethality", "strike_authority_cost", "label_counts"}


def test_a_difference_is_that_of_the_same_worlds() -> None:
    points = np.random.default_rng(1).random((4, len(problem()["names"])))
    one = evaluate(points, "combat-to-advisory", lucks=3)
    other = evaluate(points, "sustained-presence", lucks=3)
    gap = evaluate(points, "combat-to-advisory", less="sustained-presence", lucks=3)
    assert gap == pytest.approx(one - other)


@pytest.mark.parametrize("wanted", ["tempo_foreign", "authority"])
def test_an_outcome_is_told_alike_alone_and_among_others(
    wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches few parameters, or a base sample, chosen by another outcome."""
    monkeypatch.setattr(data_files, "cache_folder", lambda: tmp_path)
    sizes = {"trajectories": 3, "few": 3, "size": 16, "lucks": 1}
    found = []
    for k, outcomes in enumerate(
        ([wanted], ["days_until_exit", "strikes", wanted, "daesh_index", "stop_180"])
    ):
        checkpoint = Checkpoint(f"both-{k}", "x")
        found.append(
            sensitivity.examine(
                ["restraint"], outcomes, checkpoint=checkpoint, run=Run(seed=2), **sizes
            )
        )
    alone, among = found
    assert alone.sobol is not None
    assert among.sobol is not None
    assert alone.left_out == ()
    assert dict(among.left_out)["strikes"][0] == "constant"
    assert dict(among.left_out)["days_until_exit"][0] == "missing"
    assert not {"strikes", "days_until_exit"} & {*among.sobol.outcomes, *among.morris.outcomes}  # type: ignore[union-attr]
    a, b = alone.sobol, among.sobol
    assert a.few(wanted) == b.few(wanted)
    o = b.outcomes.index(wanted)
    for name in a.few(wanted):
        i, j = a.names.index(name), b.names.index(name)
        assert a.total[0, i] == b.total[o, j]
        assert a.first[0, i] == b.first[o, j]


def test_an_analysis_with_nothing_to_explain_says_so(results: Path) -> None:
    words = ["sensitivity", "restraint", "--trajectories", "2", "--size", "2", "--lucks", "1"]
    done = CliRunner().invoke(main, [*words, "--outcome", "strikes"])
    assert done.exit_code == 0
    assert "nothing to explain" in done.output
    assert "Sobol" not in done.output
    done = CliRunner().invoke(
        main, [*words, "--outcome", "tempo_foreign", "--outcome", "days_until_exit"]
    )
    assert "has no value in some worlds" in " ".join(done.output.split())
    assert " nan" not in done.output


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([[1.5] * 3], "columns"),
        (lambda n: np.full((2, n), 1.2), "within the problem's bounds, 0 to 1"),
        (lambda n: np.full((2, n), np.nan), "bounds"),
        (lambda n: [["a"] * n], "must be numbers"),
        (lambda n: np.empty((0, n)), "columns"),
    ],
)
def test_points_outside_the_problem_are_refused(points: Any, words: str) -> None:
    n = len(problem()["names"])
    with pytest.raises(InputError, match=words):
        evaluate(points(n) if callable(points) else points, "restraint", lucks=1)


def test_lists_and_frames_are_points() -> None:
    names = problem()["names"]
    points = np.random.default_rng(3).random((2, len(names)))
    usual = evaluate(points, "restraint", lucks=1)
    frame = pd.DataFrame(points, columns=names)
    assert evaluate(points.tolist(), "restraint", lucks=1).tolist() == usual.tolist()
    assert evaluate(frame[names[::-1]], "restraint", lucks=1).tolist() == usual.tolist()
    assert evaluate(points[0], "restraint", lucks=1)[0] == usual[0]
    with pytest.raises(InputError) as caught:
        evaluate(frame.rename(columns={names[0]: "x"}), "restraint")
    assert len(caught.value.faults) == 2
    with pytest.raises(InputError, match="has no value at"):
        evaluate(points, "restraint", "days_until_exit", lucks=1)


def test_the_model_is_an_ema_workbench_model() -> None:
    from drawdown.connect.ema import model

    found = model(scenarios=["combat-to-advisory", "full-withdrawal"], lucks=2)
    from ema_workbench import SequentialEvaluator

    with SequentialEvaluator(found) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(3, policies=2)
    assert len(experiments) == 6
    assert set(outcomes) >= {"tempo_foreign", "stop_180"}
    assert np.isfinite(outcomes["tempo_foreign"]).all()


def test_levers_series_and_structures_of_the_workbench(tmp_path: Path) -> None:
    """Catches a lever that a search moves and no world feels."""
    from drawdown.connect import ema

    path = tmp_path / "mine.yaml"
    path.write_text(
        "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\nextends: restraint\n", encoding="utf-8"
    )
    found = ema.model(
        path, structure="all", levers=True, series=["attacks_foreign", "nato"], lucks=2
    )
    assert {lever.name for lever in found.levers} == set(levers.NAMES)
    assert "structure" in found.uncertainties.keys()  # noqa: SIM118
    assert {c.name for c in found.constants} == {"lucks", "seed", "scenario_name"}
    function = pickle.loads(pickle.dumps(found.function))
    usual = function("mine", lucks=2)
    assert len(usual["attacks_foreign_by_month"]) == 31
    assert usual["attacks_foreign_by_month"].sum() == pytest.approx(usual["attacks_foreign"])
    daily = ema.Played(function.scenarios, ("nato",), "day")("mine", lucks=1)
    assert len(daily["nato_by_day"]) == 915
    gone = function("mine", lucks=2, combat=0, advisers=0, coalition=0, by=3, nato_target=0)
    assert gone["us_troops_end"] == 0.0
    assert gone["nato_by_month"][-1] == 0.0
    assert gone["days_until_exit"] < 92
    assert function("mine", lucks=2, doctrine="robust")["strikes"] > 0.0 == usual["strikes"]
    one = ema.model([str(path)])
    assert [lever.name for lever in one.levers] == []
    assert ema.play(path, lucks=1)["strikes"] == 0.0


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"structure": "bogus"}, "unknown structure"),
        ({"outcomes": ["tempo"]}, "unknown outcome"),
        ({"outcomes": ["days_until_exit"]}, "us_troops_end"),
        ({"levers": ["combatt"]}, "did you mean 'combat'"),
        ({"series": ["tempo_foreign"]}, "unknown series"),
        ({"every": "week"}, "day, month"),
        ({"lucks": 0}, "lucks"),
        ({"scenarios": []}, "at least one"),
        ({"ranges": {"combat": (0, 1)}}, "unknown range"),
    ],
)
def test_wrong_words_for_the_workbench(asked: dict[str, Any], words: str) -> None:
    from drawdown.connect.ema import model

    with pytest.raises(InputError, match=words):
        model(**asked)
