"""Which optimiser reaches more of a known front with few candidates, and what a candidate costs.

    python benchmarks/optimisers.py

Platypus comes with the extra ``ema``; pymoo is tried where it is installed. Behind docs/search.md.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

import numpy as np

EVALUATIONS, SEEDS = 2000, 3
Score = Callable[[np.ndarray], np.ndarray]


def zdt1(x: np.ndarray) -> np.ndarray:
    g = 1.0 + 9.0 * x[:, 1:].mean(axis=1)
    return np.column_stack([x[:, 0], g * (1.0 - np.sqrt(x[:, 0] / g))])


def zdt3(x: np.ndarray) -> np.ndarray:
    g = 1.0 + 9.0 * x[:, 1:].mean(axis=1)
    r = x[:, 0] / g
    return np.column_stack([x[:, 0], g * (1.0 - np.sqrt(r) - r * np.sin(10 * np.pi * x[:, 0]))])


def dtlz2(x: np.ndarray) -> np.ndarray:
    g = ((x[:, 2:] - 0.5) ** 2).sum(axis=1)
    a, b = x[:, 0] * np.pi / 2, x[:, 1] * np.pi / 2
    each = [np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)]
    return (1.0 + g)[:, None] * np.column_stack(each)


CASES: dict[str, tuple[Score, int, int, tuple[float, ...]]] = {
    "zdt1": (zdt1, 30, 2, (1.1, 1.1)),
    "zdt3": (zdt3, 30, 2, (1.1, 1.1)),
    "dtlz2": (dtlz2, 12, 3, (1.2, 1.2, 1.2)),
}


def volume(front: np.ndarray, corner: Sequence[float], seed: int = 0) -> float:
    """Return the share of a box below the corner that a front dominates, by 100,000 points."""
    low = np.array([-0.8, -0.8, 0.0][: len(corner)]) if len(corner) == 2 else np.zeros(3)
    points = np.random.default_rng(seed).uniform(low, corner, (100_000, len(corner)))
    done = np.zeros(len(points), bool)
    for row in front:
        done |= (points >= row).all(axis=1)
    return float(done.mean())


def platypus(name: str, score: Score, size: int, objectives: int, seed: int) -> np.ndarray:
    import platypus

    random.seed(seed)
    cube = platypus.Problem(size, objectives)
    cube.types[:] = [platypus.Real(0.0, 1.0)] * size
    cube.function = lambda x: score(np.array([x]))[0].tolist()
    kind = getattr(platypus, name)
    more = {"epsilons": [0.02] * objectives} if name == "EpsNSGAII" else {}
    algorithm = kind(cube, **more)
    algorithm.run(EVALUATIONS)
    return np.array([list(s.objectives) for s in algorithm.result])


def pymoo(population: int, score: Score, size: int, objectives: int, seed: int) -> np.ndarray:
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.problem import Problem
    from pymoo.optimize import minimize

    class Cube(Problem):
        def __init__(self) -> None:
            super().__init__(n_var=size, n_obj=objectives, xl=0.0, xu=1.0)

        def _evaluate(self, x: np.ndarray, out: dict[str, np.ndarray], *_: object) -> None:
            out["F"] = score(x)

    found = minimize(Cube(), NSGA2(pop_size=population), ("n_eval", EVALUATIONS), seed=seed)
    return np.asarray(found.F)


def main() -> None:
    for case, (score, size, objectives, corner) in CASES.items():
        for label, run in (
            ("Platypus ε-NSGA-II", lambda *a: platypus("EpsNSGAII", *a)),
            ("Platypus NSGA-II", lambda *a: platypus("NSGAII", *a)),
            ("pymoo NSGA-II, 100", lambda *a: pymoo(100, *a)),
            ("pymoo NSGA-II, 50", lambda *a: pymoo(50, *a)),
        ):
            try:
                each = [volume(run(score, size, objectives, s), corner) for s in range(SEEDS)]
            except ImportError as missing:
                print(f"{case:6} {label:20} not installed ({missing.name})")
                continue
            print(f"{case:6} {label:20} volume {np.mean(each):.3f}, worst seed {min(each):.3f}")
    costs()


def costs() -> None:
    """Print what a candidate costs in the workbench's own loop, over what it costs in ours."""
    from ema_workbench import SequentialEvaluator

    from drawdown.connect.ema import model
    from drawdown.declared.scenario import Scenario
    from drawdown.questions import search

    levers = ["leave.over", "leave.lasting"]
    item = search.problem(Scenario.load("conditions-based-exit"), levers, draws=20, lucks=1)
    scorer = search.Scorer(item)
    shares = np.random.default_rng(0).uniform(size=(20, 2))
    points = [
        [v.low + share * (v.high - v.low) for v, share in zip(item.levers, row, strict=True)]
        for row in shares
    ]
    scorer.score(points[:1])
    begun = time.perf_counter()
    scorer.score(points)
    ours = (time.perf_counter() - begun) / (20 * 60)
    made = model("conditions-based-exit", structure="all", levers=levers, lucks=1)
    begun = time.perf_counter()
    with SequentialEvaluator(made) as evaluator:
        evaluator.perform_experiments(60, 4, reporting_interval=1000)
    theirs = (time.perf_counter() - begun) / (4 * 60)
    print(f"a world in the workbench's loop over one in ours: {theirs / ours:.0f}")


if __name__ == "__main__":
    main()
