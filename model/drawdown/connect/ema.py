"""Drawdown as a model of EMA Workbench, for those who have their workflow there.

    from drawdown.connect.ema import model
    experiments, outcomes = perform_experiments(model(), scenarios=100, policies=3)

Uncertainties are the parameters with a prior, over the prior's range; the levers are the
scenario and, where asked for, soldiers by role, the month they are there by, NATO's target,
doctrine, strike budget, policing and government; a constant says how many lucks an outcome is
the mean of. EMA Workbench draws uniformly over ranges: for draws from the priors or the
posterior use `drawdown.compare`. It runs on EMA Workbench 2.5 and 3.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drawdown.day.outcomes import MAY_BE_MISSING, RUN_OUTCOMES
from drawdown.declared import levers as levers_of
from drawdown.declared import parameters as declared
from drawdown.declared import policies
from drawdown.declared.columns import FLOWS, MOTIVES, STRUCTURES
from drawdown.declared.columns import OUTCOMES as DAILY
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.levels import ONE_DAY
from drawdown.declared.parameters import whole_number
from drawdown.declared.scenario import Scenario, names
from drawdown.questions.compare import Given, load_all
from drawdown.questions.sensitivity import varied
from drawdown.worlds import ensemble

OUTCOMES = ("tempo_foreign", "stop_180", "tempo_state", "dead_us", "authority", "daesh_index")
EVERY = ("day", "month")


def told(name: str) -> str:
    """Return a lever's name as the workbench wants it: ``leave.over`` is ``leave__over``."""
    return name.replace(".", "__").replace("-", "_")


def _by_month(scenario: Scenario, daily: NDArray[np.float64], flow: bool) -> NDArray[np.float64]:
    """Return sums, or means, of whole and begun calendar months, one a row of worlds."""
    days = [scenario.start + k * ONE_DAY for k in range(len(daily))]
    months = np.array([12 * d.year + d.month for d in days])
    rows = [daily[months == m] for m in range(months[0], months[-1] + 1)]
    return np.array([r.sum(axis=0) if flow else r.mean(axis=0) for r in rows])


@dataclass
class Played:
    """The function that the workbench calls. It can be sent to other processes.

    Attributes:
        scenarios: Scenarios by name.
        series: Daily outcomes whose series are returned.
        every: ``day`` or ``month``: what one value of a series is of.
    """

    scenarios: dict[str, Scenario]
    series: tuple[str, ...] = ()
    every: str = "month"
    __name__: str = field(default="drawdown", init=False)

    def __call__(
        self,
        scenario_name: str,
        structure: str = "neutral",
        lucks: int = 8,
        seed: int = 0,
        motive: str = "presence",
        **chosen: Any,
    ) -> dict[str, Any]:
        """Return every outcome of a run, the mean over lucks, with parameters at given values.

        Args:
            scenario_name: Name of a scenario; the workbench keeps *scenario* for itself.
            structure: Rival structure.
            lucks: How many lucks.
            seed: Seed of the luck.
            motive: Rival motive.
            **chosen: Levers and numbers of conditions, as `told` names them, and parameters
                by name; the others keep what the scenario has, or their defaults.
        """
        base = self.scenarios[scenario_name]
        known = {told(name): name for name in policies.levers_that_move(base)}
        moved = {known[k]: v for k, v in chosen.items() if k in known and v is not None}
        fixed = {k: v for k, v in chosen.items() if k not in known}
        scenario = policies.moved(base, moved)
        found = ensemble.play(
            [scenario],
            runs=int(lucks),
            seed=int(seed),
            structure=structure,
            uncertainty="none",
            chosen=declared.chosen_with(fixed, declared.check_motive(motive)),
            bands=False,
            keep=range(int(lucks)) if self.series else (),
            threads=1,
        )[0]
        result: dict[str, Any] = {n: float(found.outcome(n).mean()) for n in RUN_OUTCOMES}
        if self.series:
            days = np.stack(list(found.kept.values()), axis=2).astype(np.float64)
            for name in self.series:
                column = days[:, DAILY.index(name), :]
                if self.every == "month":
                    column = _by_month(scenario, column, name in FLOWS)
                result[f"{name}_by_{self.every}"] = column.mean(axis=1)
        return result


def play(scenario_name: Given, **rest: Any) -> dict[str, float]:
    """Return every outcome of a run of one scenario, as `Played` does.

    Args:
        scenario_name: Name or path of a scenario, or a scenario.
        **rest: Structure, lucks, seed, levers and parameters.

    Raises:
        InputError: For an unknown scenario, structure or parameter.
    """
    (scenario,) = load_all(scenario_name)
    return Played({scenario.name: scenario})(scenario.name, **rest)


def _movable(scenarios: Given | Sequence[Given] | None) -> dict[str, levers_of.Lever]:
    """Return the levers that may be moved: of one scenario, its conditions too."""
    usual = {lever.name: lever for lever in levers_of.LEVERS}
    if scenarios is None:
        return usual
    try:
        loaded = load_all(scenarios)
    except InputError:
        # Told with all other faults.
        return usual
    return policies.levers_that_move(loaded[0]) if len(loaded) == 1 else usual


def model(
    scenarios: Given | Sequence[Given] | None = None,
    outcomes: Sequence[str] = OUTCOMES,
    structure: str = "neutral",
    lucks: int = 8,
    seed: int = 0,
    levers: Sequence[str] | bool = (),
    series: Sequence[str] = (),
    every: str = "month",
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> Any:
    """Return an ``ema_workbench.Model``.

    Args:
        scenarios: Names, paths or scenarios that the lever *scenario_name* chooses from; by
            default all of ours. A single one is a constant.
        outcomes: Outcomes of `outcomes.RUN_OUTCOMES`.
        structure: Rival structure, or ``all``: then it is an uncertainty of three categories.
        lucks: Lucks that each outcome is the mean of.
        seed: Seed of the luck: the same for all experiments, so that they are paired.
        levers: Levers that a search may move, or True for all of them: those of
            `declared.levers`, and where there is one scenario its conditions and their numbers
            (`declared.policies`), which the workbench knows as `told` names them.
        series: Daily outcomes of `columns.OUTCOMES` to return as series
            (``attacks_foreign_by_month``): sums of counts, means of levels.
        every: ``month`` or ``day``: what one value of a series is of.
        ranges: Other ranges of levers, by name.

    Raises:
        InputError: For an unknown scenario, outcome, structure, lever or series.
    """
    every_lever = _movable(scenarios)
    wanted = list(every_lever) if levers is True else list(levers or ())
    faults = _faults(outcomes, wanted, every_lever, series, every, ranges or {})
    chosen: list[Scenario] = []
    for step in (
        lambda: declared.check_structure(structure, ("all",)),
        lambda: whole_number(lucks, "lucks", 1, 100_000),
        lambda: whole_number(seed, "seed", 0, declared.LARGEST_SEED),
        lambda: chosen.extend(load_all(names() if scenarios is None else scenarios)),
    ):
        try:
            step()
        except InputError as error:
            faults += error.faults
    if not faults and len({s.days for s in chosen}) > 1 and series:
        faults.append("series need scenarios of one length; these have several")
    if faults:
        raise InputError(faults)
    ema = _workbench()
    constants = [ema.Constant("lucks", int(lucks)), ema.Constant("seed", int(seed))]
    if structure != "all":
        constants.append(ema.Constant("structure", structure))
    moved = [_lever(ema, name, every_lever[name], (ranges or {}).get(name)) for name in wanted]
    if len(chosen) > 1:
        moved.insert(0, ema.CategoricalParameter("scenario_name", [s.name for s in chosen]))
    else:
        constants.append(ema.Constant("scenario_name", chosen[0].name))
    played = Played({s.name: s for s in chosen}, tuple(series), every)
    found = ema.Model("drawdown", function=played)
    found.uncertainties = _uncertainties(ema, structure)
    found.constants = constants
    found.levers = moved
    found.outcomes = [ema.ScalarOutcome(name) for name in outcomes] + [
        ema.TimeSeriesOutcome(f"{name}_by_{every}") for name in series
    ]
    return found


def _workbench() -> Any:
    """Return the library; it tells of optional packages that are not used here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*ipyparallel.*")
        import ema_workbench
    return ema_workbench


def _faults(
    outcomes: Sequence[str],
    wanted: Sequence[str],
    every_lever: Mapping[str, levers_of.Lever],
    series: Sequence[str],
    every: str,
    ranges: Mapping[str, Any],
) -> list[str]:
    """Return what is wrong with names of outcomes, levers, series and ranges."""
    known = [n for n in RUN_OUTCOMES if n not in MAY_BE_MISSING]
    faults = [unknown("outcome", f"{o}", known) for o in outcomes if o not in RUN_OUTCOMES]
    faults += [
        f"outcome '{o}' has no value in worlds where nobody leaves; us_troops_end always has one"
        for o in outcomes
        if o in MAY_BE_MISSING
    ]
    faults += [unknown("lever", f"{n}", every_lever) for n in wanted if n not in every_lever]
    faults += [unknown("series", f"{n}", DAILY) for n in series if n not in DAILY]
    faults += [unknown("range", f"{n}", wanted) for n in ranges if n not in wanted]
    return faults if every in EVERY else [*faults, unknown("interval", f"{every}", EVERY)]


def _uncertainties(ema: Any, structure: str) -> list[Any]:
    """Return the parameters that are varied, and the structure where it is one of them."""
    structures = STRUCTURES if structure == "all" else (structure,)
    found: list[Any] = []
    for name in dict.fromkeys(n for s in structures for n in varied(s)):
        prior = declared.declarations()[name].prior
        if structure == "all" and name == "strike_rate_ratio":
            # It is what the structures differ in: each has its own default.
            continue
        if name == declared.MOTIVE:
            found.append(ema.CategoricalParameter(name, list(MOTIVES)))
            continue
        assert prior is not None
        ends = [prior[s].quantile(u) for s in structures for u in (0.0, 1.0)]
        found.append(ema.RealParameter(name, min(ends), max(ends)))
    if structure == "all":
        found.append(ema.CategoricalParameter("structure", list(STRUCTURES)))
    return found


def _lever(ema: Any, name: str, lever: levers_of.Lever, ends: tuple[float, float] | None) -> Any:
    """Return a lever as the workbench knows it."""
    low, high = ends or (lever.low, lever.high)
    if lever.choices:
        return ema.CategoricalParameter(told(name), list(lever.choices))
    if lever.step >= 1:
        return ema.IntegerParameter(told(name), int(low), int(high))
    return ema.RealParameter(told(name), low, high)
