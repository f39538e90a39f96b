"""Drawdown as a model of EMA Workbench, for those who have their workflow there.

    from drawdown.ema import model
    experiments, outcomes = perform_experiments(model(), scenarios=100, policies=3)

Uncertainties are the parameters with a prior, over the prior's range; the lever is the name
of a scenario; a constant says how many lucks an outcome is the mean of. EMA Workbench draws
uniformly over ranges: for draws from the priors or the posterior use `drawdown.compare`.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from drawdown import ensemble
from drawdown import parameters as declared
from drawdown.errors import InputError, unknown
from drawdown.experiments.sensitivity import varied
from drawdown.scenario import Scenario, names
from drawdown.summaries import RUN_OUTCOMES

OUTCOMES = ("tempo_foreign", "stop_180", "tempo_state", "dead_us", "authority", "daesh_index")


def play(
    scenario_name: str, structure: str = "null", lucks: int = 8, seed: int = 0, **chosen: float
) -> dict[str, float]:
    """Return every outcome of a run, the mean over lucks, with parameters at given values.

    Args:
        scenario_name: Name of a scenario; EMA Workbench keeps the word *scenario* for itself.
        structure: Rival structure.
        lucks: How many lucks.
        seed: Seed of the luck.
        **chosen: Parameters by name; the others keep their defaults.
    """
    found = ensemble.play(
        [Scenario.load(scenario_name)],
        runs=lucks,
        seed=seed,
        structure=structure,
        uncertainty="none",
        chosen=declared.settings(chosen),
        bands=False,
        threads=1,
    )[0]
    return {name: float(found.outcome(name).mean()) for name in RUN_OUTCOMES}


def model(
    scenarios: Sequence[str] | None = None,
    outcomes: Sequence[str] = OUTCOMES,
    structure: str = "null",
    lucks: int = 8,
    seed: int = 0,
) -> Any:
    """Return an ``ema_workbench.Model``.

    Args:
        scenarios: Names that the lever *scenario_name* chooses from; by default all.
        outcomes: Outcomes of `summaries.RUN_OUTCOMES`.
        structure: Rival structure.
        lucks: Lucks that each outcome is the mean of.
        seed: Seed of the luck: the same for all experiments, so that they are paired.

    Raises:
        InputError: For an unknown scenario or outcome.
    """
    chosen = list(scenarios) if scenarios is not None else names()
    faults = [unknown("scenario", s, names()) for s in chosen if s not in names()]
    faults += [unknown("outcome", o, RUN_OUTCOMES) for o in outcomes if o not in RUN_OUTCOMES]
    if faults:
        raise InputError(faults)
    with warnings.catch_warnings():
        # It tells of an optional package we do not use.
        warnings.filterwarnings("ignore", message="ipyparallel not installed")
        from ema_workbench import (
            CategoricalParameter,
            Constant,
            Model,
            RealParameter,
            ScalarOutcome,
        )
    found = Model("drawdown", function=play)
    items = declared.declarations()
    uncertainties = []
    for name in varied(structure):
        prior = items[name].prior
        assert prior is not None
        low, high = prior[structure].quantile(0.0), prior[structure].quantile(1.0)
        uncertainties.append(RealParameter(name, low, high))
    found.uncertainties = uncertainties
    found.levers = [CategoricalParameter("scenario_name", chosen)]
    found.constants = [
        Constant("structure", structure),
        Constant("lucks", lucks),
        Constant("seed", seed),
    ]
    found.outcomes = [ScalarOutcome(name) for name in outcomes]
    return found
