"""Sensitivity on Ishigami's function, whose indices are on paper; then on the model."""

from pathlib import Path

import numpy as np
import pytest

from drawdown import seeds
from drawdown.checkpoint import Checkpoint
from drawdown.experiments import sensitivity
from drawdown.salib import evaluate, problem

A, B = 7.0, 0.1


def ishigami(points: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * points - 1)
    value = np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])
    return value[:, None]


@pytest.fixture
def checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkpoint:
    monkeypatch.setattr(seeds, "cache_folder", lambda: tmp_path)
    return Checkpoint("sensitivity", "test")


def test_indices_of_ishigami_are_those_on_paper(checkpoint: Checkpoint) -> None:
    names = ["x1", "x2", "x3"]
    found = sensitivity.decompose(lambda n: ishigami, names, ["y"], 2048, 1, checkpoint)
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
        sensitivity.decompose(lambda n: stopping, names, ["y"], 1024, 1, checkpoint)
    found = sensitivity.decompose(lambda n: counting, names, ["y"], 1024, 1, checkpoint)
    assert sum(played) == found.runs == 1024 * 5
    whole = sensitivity.indices(names, ishigami(sensitivity.sobol_points(names, 1024, 1)), 1)
    assert np.array_equal(found.first, whole[0])


def test_the_model_is_a_salib_problem() -> None:
    from SALib.analyze import morris as analyse
    from SALib.sample import morris as sample

    design = problem()
    points = sample.sample(design, N=2, num_levels=4, seed=1)
    values = evaluate(points, "combat-to-advisory", lucks=2)
    assert values.shape == (len(points),)
    effects = analyse.analyze(design, points, values, num_levels=4, seed=1)
    strongest = design["names"][int(np.argmax(effects["mu_star"]))]
    assert strongest in ("attack_rate", "excitation_branching_ratio", "presence_elasticity")


def test_a_difference_is_that_of_the_same_worlds() -> None:
    points = np.random.default_rng(1).random((4, len(problem()["names"])))
    one = evaluate(points, "combat-to-advisory", lucks=3)
    other = evaluate(points, "sustained-presence", lucks=3)
    gap = evaluate(points, "combat-to-advisory", less="sustained-presence", lucks=3)
    assert gap == pytest.approx(one - other)


def test_the_model_is_an_ema_workbench_model() -> None:
    from drawdown.ema import model

    found = model(scenarios=["combat-to-advisory", "full-withdrawal"], lucks=2)
    from ema_workbench import SequentialEvaluator

    with SequentialEvaluator(found) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(3, policies=2)
    assert len(experiments) == 6
    assert set(outcomes) >= {"tempo_foreign", "stop_180"}
    assert np.isfinite(outcomes["tempo_foreign"]).all()
