"""A scenario's policy as a function of its levers and conditions, for optimisers of others.

    from scipy.optimize import differential_evolution
    from drawdown.connect.optimise import Evaluate

    f = Evaluate("conditions-based-exit", ["leave.over", "leave.lasting"], less="dead_us")
    found = differential_evolution(f, f.bounds, maxiter=3, popsize=4, seed=0)

In Optuna: ``study.optimize(lambda trial: f(**f.suggest(trial)), n_trials=20)``. `records` lists
levers, uncertainties and outcomes as Rhodium names them. All candidates are played with the same
draws and the same luck; what an optimiser reports of its winner is better than it is, so score it
on fresh luck before telling it (`drawdown search` does).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drawdown.day.outcomes import MAY_BE_MISSING, RUN_OUTCOMES
from drawdown.declared import parameters as declared
from drawdown.declared import policies
from drawdown.declared.errors import InputError
from drawdown.declared.levers import Lever
from drawdown.declared.parameters import whole_number
from drawdown.declared.scenario import Scenario
from drawdown.questions import search
from drawdown.questions.compare import Given, load_all


def records(scenario: Given, structure: str = "neutral") -> dict[str, list[dict[str, Any]]]:
    """Return what Rhodium calls levers, uncertainties and responses, one record each.

    Args:
        scenario: A scenario, or the name or path of one; its conditions are levers too.
        structure: Rival structure whose priors give the ranges of the uncertainties.

    Returns:
        ``levers`` with name, kind (*real*, *integer* or *categorical*), low, high, choices;
        ``uncertainties`` with name, low, high, source; ``responses`` with name.

    Raises:
        InputError: For an unknown scenario or structure.
    """
    (loaded,) = load_all(scenario)
    declared.check_structure(structure)
    uncertainties = []
    for name, item in declared.declarations().items():
        if item.prior is None or name == declared.MOTIVE:
            continue
        low, high = (item.prior[structure].quantile(u) for u in (0.0, 1.0))
        uncertainties.append({"name": name, "low": low, "high": high, "source": item.source})
    return {
        "levers": [_record(lever) for lever in policies.levers_that_move(loaded).values()],
        "uncertainties": uncertainties,
        "responses": [{"name": n} for n in RUN_OUTCOMES if n not in MAY_BE_MISSING],
    }


def _record(lever: Lever) -> dict[str, Any]:
    kind = "categorical" if lever.choices else "integer" if lever.step >= 1 else "real"
    found: dict[str, Any] = {"name": lever.name, "kind": kind}
    if lever.choices:
        return found | {"choices": list(lever.choices)}
    return found | {"low": lever.low, "high": lever.high}


class Evaluate:
    """Objectives of a policy as a function of its levers.

    Args:
        scenario: A scenario, or the name or path of one.
        vary: Levers, conditions or numbers of conditions, as in `search.problem`; a mapping
            gives ranges.
        less: Outcomes of which less is better.
        more: Outcomes of which more is better.
        robust: One of `search.MEASURES`, but regret and satisficing.
        draws: Draws of the uncertainties a structure.
        lucks: Lucks for each draw.
        seed: Seed of draws and luck.

    Raises:
        InputError: For everything that is wrong.
    """

    def __init__(
        self,
        scenario: Given,
        vary: Any = (),
        less: str | Sequence[str] = (),
        more: str | Sequence[str] = (),
        robust: str = search.MEAN,
        draws: int = 20,
        lucks: int = 1,
        seed: int = 0,
    ) -> None:
        if robust in (search.REGRET, search.SATISFICING):
            raise InputError(f"robust: {robust} needs references or bounds; use drawdown search")
        (loaded,) = load_all(scenario)
        judged = [
            search.Objective(name, way)
            for names, way in ((less, True), (more, False))
            for name in ([names] if isinstance(names, str) else names)
        ]
        self.problem = search.problem(
            loaded,
            vary,
            judged,
            robust,
            draws=whole_number(draws, "draws", 1, 100_000),
            lucks=whole_number(lucks, "lucks", 1, 10_000),
            seed=whole_number(seed, "seed", 0, declared.LARGEST_SEED),
        )
        self._scorer = search.Scorer(self.problem)

    @property
    def levers(self) -> tuple[Lever, ...]:
        """What is moved."""
        return self.problem.levers

    @property
    def bounds(self) -> list[tuple[float, float]]:
        """Range of each lever as numbers; of words, their places from 0 on."""
        return [
            (0.0, float(len(v.choices))) if v.choices else (float(v.low), float(v.high))
            for v in self.levers
        ]

    def values(self, point: Sequence[float]) -> dict[str, Any]:
        """Return the levers' values at a point within `bounds`."""
        ends = zip(point, self.bounds, strict=True)
        inside = [min(high, max(low, float(x))) for x, (low, high) in ends]
        return search.decoded(self.levers, inside)

    def scenario(self, point: Sequence[float] | None = None, **values: Any) -> Scenario:
        """Return the scenario of a point, or of values by name: one can play it and write it."""
        given = self.values(point) if point is not None else values
        return policies.moved(self.problem.base, given)

    def suggest(self, trial: Any) -> dict[str, Any]:
        """Return values that an Optuna trial suggests, by name."""
        found: dict[str, Any] = {}
        for lever in self.levers:
            if lever.choices:
                found[lever.name] = trial.suggest_categorical(lever.name, list(lever.choices))
            elif lever.step >= 1:
                low, high = int(lever.low), int(lever.high)
                found[lever.name] = trial.suggest_int(lever.name, low, high)
            else:
                found[lever.name] = trial.suggest_float(lever.name, lever.low, lever.high)
        return found

    def __call__(
        self, point: Sequence[float] | None = None, **values: Any
    ) -> float | tuple[float, ...]:
        """Return the objectives at a point or at values; less is better in all of them.

        Args:
            point: A number within `bounds` for each lever.
            **values: Values by name instead; levers that are not named stay as they are.

        Returns:
            One number, or one for each objective. A candidate that no file could say is very
            bad (`search.UNSAID`).
        """
        if point is not None:
            scores = self._scorer.score([search.encoded(self.levers, self.values(point))])[0]
        else:
            known = {lever.name for lever in self.levers}
            wrong = [n for n in values if n not in known]
            if wrong:
                raise InputError([f"{n}: is not varied here" for n in wrong])
            usual = policies.stands(self.problem.base)
            at = search.encoded(self.levers, usual | values)
            scores = self._scorer.score([at])[0]
        found = tuple(float(v) for v in scores)
        return found[0] if len(found) == 1 else found
