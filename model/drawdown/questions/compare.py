"""Compares scenarios, world by world.

Two intervals stand beside every number. The *simulation interval* (95 %) says how well the
runs pin a mean or a probability; it shrinks with more runs. The *range of futures* (90 %)
says how far the worlds themselves differ; it does not.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from drawdown.day import rulebook
from drawdown.day.curves import FUTURES, NORMAL_95
from drawdown.day.outcomes import RUN_OUTCOMES
from drawdown.day.phases import STOPS, Phase
from drawdown.declared import data_files
from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import MOTIVES, PARAMETERS, STRUCTURES
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.levels import MONTH
from drawdown.declared.parameters import (
    LARGEST_SEED,
    Uncertainty,
    check_structure,
    check_uncertainty,
    settings,
    whole_number,
)
from drawdown.declared.scenario import ENDINGS, Scenario, find
from drawdown.declared.scenario import names as scenario_names
from drawdown.questions import idle, phases
from drawdown.rules import motives
from drawdown.worlds import agent_runs, ensemble, shards
from drawdown.worlds.ensemble import Bands, Ensemble
from drawdown.worlds.run import Run

if TYPE_CHECKING:
    import pandas as pd


POOLED = "pooled"
"""Name of the three structures together, with equal weights."""

WINDOWS = (60, 120, 180)


@dataclass(frozen=True)
class Estimate:
    """A mean over worlds with both intervals.

    Attributes:
        mean: The mean.
        low: Lower end of the simulation interval.
        high: Upper end.
        future_low: Lower end of the range of futures.
        future_high: Upper end.
        runs: Worlds it rests on.
    """

    mean: float
    low: float
    high: float
    future_low: float
    future_high: float
    runs: int

    @property
    def numbers(self) -> tuple[float, float, float, float, float]:
        """The mean, the simulation interval and the range of futures."""
        return self.mean, self.low, self.high, self.future_low, self.future_high

    @property
    def half_width(self) -> float:
        """Half the simulation interval."""
        return (self.high - self.low) / 2


def _futures(values: Floats) -> tuple[float, float]:
    if len(values) == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(values, FUTURES)
    return float(low), float(high)


def estimate(values: Floats) -> Estimate:
    """Return the mean of a value a world, or a row of structures by worlds.

    Structures share draws and luck, so their worlds are averaged before the spread is
    taken. Worlds without a value are left out of the mean of that world.
    """
    rows = np.atleast_2d(values)
    known = ~np.isnan(rows)
    share = known.sum(axis=0)
    with np.errstate(invalid="ignore"):
        means = np.where(share > 0, np.nansum(rows, axis=0) / share, np.nan)
    means = means[~np.isnan(means)]
    n = len(means)
    if n == 0:
        nan = float("nan")
        return Estimate(nan, nan, nan, nan, nan, 0)
    mean = float(means.mean())
    half = NORMAL_95 * float(means.std(ddof=1)) / sqrt(n) if n > 1 else float("nan")
    return Estimate(mean, mean - half, mean + half, *_futures(rows[known]), n)


def over_draws(lived: Floats, mean: float | None = None) -> tuple[float, float]:
    """Return what a probability is in one draw and in another: its 5 and 95 % over draws.

    What two worlds of one draw have in common is the draw, so their covariance is the variance of
    the probability between draws; the range is that of a beta law with this mean and this
    variance or, as few draws know it badly, one standard error more: rather too wide.

    Args:
        lived: Whether it happened, 0 or 1, shape (structures, draws, random streams).
        mean: The probability; by default that of these worlds.

    Example:
        >>> certain = np.repeat([[0.0, 1.0]], 50, axis=0).T[:, :, None] * np.ones(4)
        >>> low, high = over_draws(certain.reshape(1, 100, 4))
        >>> (low < 0.01, high > 0.99)
        (True, True)
        >>> tossed = np.random.default_rng(0).integers(0, 2, (1, 20_000, 4)) * 1.0
        >>> low, high = over_draws(tossed)
        >>> 0.4 < low < 0.5 < high < 0.6
        True
    """
    from scipy.special import betaincinv

    streams = lived.shape[2]
    middle = float(lived.mean())
    mean = middle if mean is None else mean
    if not 0.0 < mean < 1.0:
        return mean, mean
    pairs = (lived.sum(axis=2) ** 2 - (lived**2).sum(axis=2)) / (streams * (streams - 1))
    shared = float(pairs.mean()) - middle**2
    # Structures share their draws, so their pairs are averaged before the error is taken. Few
    # draws show some variance by chance or hide it: the upper end of the error is told.
    error = float((pairs - 2.0 * middle * lived.mean(axis=2)).mean(axis=0).std())
    shared = max(shared, 0.0) + error / sqrt(lived.shape[1])
    if shared == 0.0:
        return mean, mean
    size = max(mean * (1.0 - mean) / shared - 1.0, 1e-3)
    low, high = (float(betaincinv(mean * size, (1.0 - mean) * size, q)) for q in FUTURES)
    return low, high


def probability(values: Floats, again: Floats | None = None) -> Estimate:
    """Return a probability with Wilson's interval, which holds near 0 and 1 too.

    Where structures are averaged, the interval counts as many worlds as their spread is
    worth, at least those there are.

    Args:
        values: Whether it happened, 0 or 1, a world, or a row of structures by worlds.
        again: The same of other worlds with the first of the draws, shape (structures, draws,
            random streams): the range of futures is that of the probability over draws
            (`over_draws`), and unknown without.
    """
    base = estimate(values)
    n, p = float(base.runs), base.mean
    if base.runs == 0:
        return base
    if base.half_width > 0.0:
        n = max(n, p * (1 - p) / (base.half_width / NORMAL_95) ** 2)
    z = NORMAL_95
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low = 0.0 if p == 0.0 else max(0.0, centre - half)
    high = 1.0 if p == 1.0 else min(1.0, centre + half)
    ends = float("nan"), float("nan")
    if again is not None:
        first = np.atleast_2d(values)[:, : again.shape[1], None]
        ends = over_draws(np.concatenate([first, again], axis=2), p)
    return Estimate(p, low, high, *ends, base.runs)


def ratio(values: Floats, base: Floats) -> Estimate:
    """Return the ratio of two means over paired worlds.

    The interval follows from the spread of ``value - ratio * base`` over pairs; the range
    of futures is that of the worlds' own ratios where the base is not zero.
    """
    rows, bases = np.atleast_2d(values), np.atleast_2d(base)
    x, y = rows.mean(axis=0), bases.mean(axis=0)
    n = len(x)
    if y.mean() == 0.0:
        nan = float("nan")
        return Estimate(nan, nan, nan, nan, nan, n)
    r = float(x.mean() / y.mean())
    half = float("nan")
    if n > 1:
        half = NORMAL_95 * float((x - r * y).std(ddof=1)) / sqrt(n) / float(y.mean())
    there = bases > 0
    return Estimate(r, r - half, r + half, *_futures(rows[there] / bases[there]), n)


def variance_saved(values: Floats, base: Floats) -> float:
    """Return how many times the variance of an unpaired difference is that of the paired."""
    known = ~(np.isnan(values) | np.isnan(base))
    a, b = values[known], base[known]
    if len(a) < 2:
        return float("nan")
    paired = float((a - b).var(ddof=1))
    apart = float(a.var(ddof=1) + b.var(ddof=1))
    if paired == 0.0:
        return float("inf") if apart > 0 else 1.0
    return apart / paired


LEFT = "no US soldiers"
"""Beside conditions by name: that the last US soldier has left."""


@dataclass
class Comparison:
    """Ensembles of several scenarios, paired.

    Attributes:
        scenarios: What was compared, in order.
        structures: The rival structures played.
        baseline: Name of the scenario the others are compared with.
        seed: Seed.
        runs: Replications for each scenario and structure.
        ensembles: By scenario name and structure.
        chosen: Parameters that replaced draws.
        uncertainty: What the parameters were drawn from.
        rules: Which rules were somebody's own, as `day.rulebook.RuleBook.describe` says it.
        weights: How often each motive was drawn, in the order of `MOTIVES`.
        first: Number of the first replication.
        phases: Half-years and phases of each scenario against the baseline, by its name.
        again: The first draws of each ensemble in worlds of other random streams: what of a
            probability is the draw and what is chance (`played_again`).
    """

    scenarios: list[Scenario]
    structures: tuple[str, ...]
    baseline: str
    seed: int
    runs: int
    ensembles: dict[tuple[str, str], Ensemble]
    chosen: dict[str, float] = field(default_factory=dict)
    uncertainty: str = "posterior"
    rules: dict[str, Any] = field(default_factory=lambda: rulebook.current().describe())
    weights: tuple[float, ...] = field(default_factory=declared.weights_of_motives)
    first: int = 0
    phases: dict[str, tuple[Phase, ...]] = field(default_factory=dict)
    again: dict[tuple[str, str], Ensemble] = field(default_factory=dict, repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all outcomes of its worlds: of the run, and of its parts."""
        return next(iter(self.ensembles.values())).columns

    @property
    def all_structures(self) -> tuple[str, ...]:
        """The structures, and `POOLED` where there are several."""
        return (*self.structures, POOLED) if len(self.structures) > 1 else self.structures

    @property
    def motives(self) -> tuple[str, ...]:
        """The motives of the worlds played, in order."""
        return tuple(m for m in MOTIVES if self.worlds_of(m).any())

    @property
    def all_motives(self) -> tuple[str, ...]:
        """The motives, and `POOLED` where there are several."""
        return (*self.motives, POOLED) if len(self.motives) > 1 else self.motives

    def worlds_of(self, motive: str) -> NDArray[np.bool_]:
        """Return which worlds have a motive, one a world."""
        one = self.ensembles[self.baseline, self.structures[0]]
        found: NDArray[np.bool_] = one.parameters[PARAMETERS.index(declared.MOTIVE)] == float(
            MOTIVES.index(motive)
        )
        return found

    def without_soldiers(self) -> list[str]:
        """Return the scenarios that end without US soldiers in every world played."""
        last = {
            name: max(
                float(self.ensembles[name, s].outcome("us_troops_end").max())
                for s in self.structures
            )
            for name in (scenario.name for scenario in self.scenarios)
        }
        return [name for name, soldiers in last.items() if soldiers < 1.0]

    @property
    def main_structure(self) -> str:
        """The structure a first table shows: all together, or the only one."""
        return self.all_structures[-1]

    def title(self, name: str) -> dict[str, str]:
        """Return a scenario's title in both languages."""
        scenario = next(s for s in self.scenarios if s.name == name)
        return {"en": scenario.title.en, "ar": scenario.title.ar}

    def check(self, scenario: str, part: str = POOLED, outcome: str = RUN_OUTCOMES[0]) -> None:
        """Refuse names that were not played.

        Raises:
            InputError: For each of them.
        """
        names = [s.name for s in self.scenarios]
        parts = (*self.structures, *MOTIVES, POOLED)
        faults = [
            unknown(what, f"{name}", known)
            for what, name, known in (
                ("scenario", scenario, names),
                ("part", part, parts),
                ("outcome", outcome, self.columns),
            )
            if name not in known
        ]
        if faults:
            raise InputError(faults)

    def values(self, scenario: str, part: str, outcome: str) -> Floats:
        """Return an outcome of every world, shape (structures, runs).

        Args:
            scenario: Name of the scenario.
            part: A structure, a motive (its worlds under every structure), or `POOLED`.
            outcome: One of `outcomes.RUN_OUTCOMES`.

        Raises:
            InputError: For a name that was not played.
        """
        self.check(scenario, part, outcome)
        return self._values(scenario, part, lambda one: one.outcome(outcome))

    def in_phase(self, scenario: str, part: str, phase: Phase, outcome: str) -> Floats:
        """Return an outcome of a part of every run, shape (structures, runs).

        Args:
            scenario: Name of the scenario.
            part: A structure, a motive, or `POOLED`.
            phase: One of the phases of any scenario compared.
            outcome: One of `phases.OUTCOMES_OF_PHASE`.

        Raises:
            InputError: For a name that was not played.
        """
        self.check(scenario, part)
        return self._values(scenario, part, lambda one: one.in_phase(phase, outcome))

    def _values(self, scenario: str, part: str, read: Callable[[Ensemble], Floats]) -> Floats:
        parts = (part,) if part in STRUCTURES else self.structures
        found = np.array([read(self.ensembles[scenario, s]) for s in parts])
        if part in MOTIVES:
            return found[:, self.worlds_of(part)]
        return found

    def _probability(
        self, scenario: str, part: str, read: Callable[[Ensemble], Floats]
    ) -> Estimate:
        values = self._values(scenario, part, read)
        # One motive's draws are too few to tell chance and draws apart.
        if not self.again or part in MOTIVES:
            return probability(values)
        parts = (part,) if part in STRUCTURES else self.structures
        again = np.array([read(self.again[scenario, s]) for s in parts])
        return probability(values, again.reshape(len(parts), -1, STREAMS))

    def level(self, scenario: str, structure: str, outcome: str) -> Estimate:
        """Return an outcome's mean or probability."""
        self.check(scenario, structure, outcome)
        if data_files.load("outcomes")["run"][outcome]["unit"] == "probability":
            return self._probability(scenario, structure, lambda one: one.outcome(outcome))
        return estimate(self.values(scenario, structure, outcome))

    def difference(self, scenario: str, structure: str, outcome: str) -> Estimate:
        """Return the paired difference of an outcome from the baseline."""
        return estimate(
            self.values(scenario, structure, outcome)
            - self.values(self.baseline, structure, outcome)
        )

    def tempo_ratio(self, scenario: str, structure: str) -> Estimate:
        """Return the tempo over the baseline's, paired."""
        return ratio(
            self.values(scenario, structure, "tempo_foreign"),
            self.values(self.baseline, structure, "tempo_foreign"),
        )

    def phase_level(self, scenario: str, part: str, phase: Phase, outcome: str) -> Estimate:
        """Return an outcome's mean or probability in a part of the run."""
        if outcome in STOPS:
            self.check(scenario, part)
            return self._probability(scenario, part, lambda one: one.in_phase(phase, outcome))
        return estimate(self.in_phase(scenario, part, phase, outcome))

    def phase_tempo(self, scenario: str, part: str, phase: Phase) -> Estimate:
        """Return the attacks on foreign sites a month in a part of the run."""
        values = self.in_phase(scenario, part, phase, "attacks_foreign")
        return estimate(values * (MONTH / phase.days))

    def phase_change(self, scenario: str, part: str, phase: Phase, outcome: str) -> Estimate:
        """Return an outcome over the baseline's in a part of the run, or a probability less it."""
        two = [self.in_phase(s, part, phase, outcome) for s in (scenario, self.baseline)]
        return estimate(two[0] - two[1]) if outcome in STOPS else ratio(*two)

    def violent_at_start(self, scenario: str) -> Estimate:
        """Return the share of worlds that stand in violence on the first day, with its interval."""
        return self._probability(scenario, POOLED, lambda one: one.outcome("violent_at_start"))

    def met(self, scenario: str) -> dict[str, Floats]:
        """Return the days until each condition of a scenario was first met, by its name.

        Returns:
            One number a world under every structure; missing where it never was.

        Raises:
            InputError: If no such scenario was played.
        """
        self.check(scenario)
        item = next(s for s in self.scenarios if s.name == scenario)
        days = np.concatenate([self.ensembles[scenario, s].met for s in self.structures])
        return {c.name: days[:, i] for i, c in enumerate(item.conditions)}

    def saved(self, scenario: str, structure: str, outcome: str) -> float:
        """Return the variance that pairing saved on a difference."""
        pairs = zip(
            self.values(scenario, structure, outcome),
            self.values(self.baseline, structure, outcome),
            strict=True,
        )
        return float(np.median([variance_saved(a, b) for a, b in pairs]))

    def bands(self, scenario: str, structure: str) -> Bands:
        """Return daily bands.

        Args:
            scenario: Name of the scenario.
            structure: A structure, or `POOLED`.

        Raises:
            InputError: For a name that was not played, or where bands were not counted.
        """
        self.check(scenario, structure)
        if structure in MOTIVES:
            raise InputError(unknown("structure", structure, (*self.structures, POOLED)))
        parts = self.structures if structure == POOLED else (structure,)
        found = [self.ensembles[scenario, part].bands for part in parts]
        total = found[0]
        for more in found[1:]:
            total = total + more if total is not None and more is not None else None
        if total is None:
            raise InputError("no bands were counted; ask for them with bands=True")
        return total

    @property
    def differences(self) -> pd.DataFrame:
        """Paired differences from the baseline.

        One row for each scenario, structure and outcome: mean, ``low`` and ``high`` of the
        simulation interval, ``future_low`` and ``future_high`` of the range of futures,
        and ``variance_saved`` by pairing.
        """
        import pandas as pd

        names = ("mean", "low", "high", "future_low", "future_high")
        rows = []
        for scenario in (s.name for s in self.scenarios if s.name != self.baseline):
            for key in product([scenario], self.all_structures, RUN_OUTCOMES):
                e = self.difference(*key)
                rows.append((*key, *(getattr(e, name) for name in names), self.saved(*key)))
        columns = ["scenario", "structure", "outcome", *names, "variance_saved"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def outcomes(self) -> pd.DataFrame:
        """All outcomes, one row for each scenario, structure and replication."""
        import pandas as pd

        return pd.concat([e.frame() for e in self.ensembles.values()], ignore_index=True)

    def stop_by_wish_left(
        self, scenario: str, parts: int = 5
    ) -> list[tuple[float, float, int, dict[int, Estimate]]]:
        """Return P(stop) for slices of the wish that remains without soldiers.

        Which number that is depends on a world's motive (`motives.remaining`); all of them
        rest on one case and on judgement, and they decide what follows an exit.

        Returns:
            For each slice: its ends, its worlds, and P(stop) by window.
        """
        drawn = np.concatenate(
            [wish_left(self.ensembles[scenario, s].parameters) for s in self.structures]
        )
        low, high = float(drawn.min()), float(drawn.max())
        edges = np.unique(np.quantile(drawn, np.linspace(0.0, 1.0, parts + 1)))
        if len(edges) == 1:
            edges = np.array([low, high])
        result = []
        for i in range(len(edges) - 1):
            last = i == len(edges) - 2
            inside = (drawn >= edges[i]) & (
                (drawn <= edges[i + 1]) if last else (drawn < edges[i + 1])
            )
            one = inside[: self.runs]
            found = {}
            for window in WINDOWS:
                rows = self.values(scenario, self.main_structure, f"stop_{window}")
                found[window] = probability(rows[:, one]) if one.any() else estimate(np.array([]))
            result.append((float(edges[i]), float(edges[i + 1]), int(one.sum()), found))
        return result


def wish_left(parameters: Floats | Mapping[str, Floats]) -> Floats:
    """Return the wish to attack that remains without soldiers, one a world.

    Args:
        parameters: Parameters, shape (parameters, worlds), or by name those that vary.
    """
    takes = remaining_takes()
    if isinstance(parameters, Mapping):
        items = declared.declarations()
        worlds = len(next(iter(parameters.values())))
        usual = {name: np.full(worlds, items[name].default["neutral"]) for name in takes}
        rows = [(usual | dict(parameters))[name] for name in takes]
    else:
        rows = [parameters[declared.names().index(name)] for name in takes]
    return np.array([motives.remaining(*world) for world in zip(*rows, strict=True)])


def remaining_takes() -> tuple[str, ...]:
    """Return the parameters that decide which wish remains without soldiers."""
    return tuple(inspect.signature(motives.remaining).parameters)


def structures_of(name: str) -> tuple[str, ...]:
    """Return the structures that ``deter``, ``neutral``, ``provoke`` or ``all`` stand for.

    Raises:
        InputError: If the name is none of them.
    """
    one = check_structure(name, ("all",))
    return STRUCTURES if one == "all" else (one,)


LARGEST_RUNS = 1_000_000


def check_runs(runs: Any, what: str = "runs") -> int:
    """Return a number of runs as an int.

    Args:
        runs: The number, also a float such as 1e3 or NumPy's.
        what: What the user calls it.

    Raises:
        InputError: If it is no whole number, below 1 or above the cap.
    """
    return whole_number(runs, what, 1, LARGEST_RUNS)


Given = str | Path | Scenario


def load_all(given: Given | Sequence[Given]) -> list[Scenario]:
    """Return scenarios by path, name or as they are, with the faults of all at once.

    Files of one name in several folders are told apart by their folders' names.

    Args:
        given: Scenarios, or a single one.

    Raises:
        InputError: For every fault of every file, or if there is none or one is named twice.
    """
    items = [given] if isinstance(given, str | Path | Scenario) else given
    if not isinstance(items, Iterable):
        raise InputError(f"scenarios must be names, paths or scenarios, got {given!r}"[:200])
    items = list(items)
    if not items:
        raise InputError(f"name at least one scenario; allowed: {', '.join(scenario_names())}")
    faults: list[str] = []
    scenarios: list[Scenario] = []
    places: list[Path | None] = []
    for item in items:
        try:
            places.append(None if isinstance(item, Scenario) else find(item).resolve())
            scenarios.append(item if isinstance(item, Scenario) else Scenario.load(item))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    names = [s.name for s in scenarios]
    for k, (scenario, place) in enumerate(zip(scenarios, places, strict=True)):
        twins = [i for i, name in enumerate(names) if name == scenario.name]
        if len(twins) > 1:
            others = {places[i] for i in twins}
            if None in others or len(others) < len(twins):
                faults.append(f"scenario '{scenario.name}' is named twice")
            elif place is not None:
                scenarios[k] = scenario.named(f"{place.parent.name}-{scenario.name}")
    told = [s.name for s in scenarios]
    faults += [
        f"two scenarios would both be called '{n}'; give one file another name"
        for n in sorted(set(told))
        if told.count(n) > 1 and f"scenario '{n}' is named twice" not in faults
    ]
    if faults:
        raise InputError(
            [
                f + "; in Python, scenario.named('…') gives a changed one a name of its own"
                if "twice" in f and None in places
                else f
                for f in dict.fromkeys(faults)
            ]
        )
    return scenarios


def baseline_of(scenarios: Sequence[Scenario], baseline: str | Path | None) -> str:
    """Return the name of the scenario that others are compared with, by default the first.

    Args:
        scenarios: All of them.
        baseline: Its name, or the path that it was loaded from.

    Raises:
        InputError: If it is not among them.
    """
    names = [s.name for s in scenarios]
    if baseline is None:
        return names[0]
    if isinstance(baseline, Scenario):
        baseline = baseline.name
    path = Path(str(baseline))
    stem = path.stem if path.suffix.lower() in ENDINGS else path.name
    for name in (str(baseline), stem, f"{path.resolve().parent.name}-{stem}"):
        if name in names:
            return name
    raise InputError(unknown("baseline", stem, names))


def tell_notes(
    scenarios: Sequence[Scenario],
    parameters: Mapping[str, float] | None,
    structures: tuple[str, ...] = STRUCTURES,
) -> list[str]:
    """Return what moves nothing in any of the scenarios, and warn of it.

    Args:
        scenarios: What is played.
        parameters: Parameters chosen beside the scenarios.
        structures: Rival structures played.
    """
    told = [note for scenario in scenarios for note in idle.notes(scenario, structures)]
    moved_nothing = idle.parameters(scenarios, settings(parameters), structures)
    told += [f"{name}: {sentence}" for name, sentence in moved_nothing.items()]
    for note in told:
        warnings.warn(note, idle.IdleWarning, stacklevel=3)
    return told


AGAIN, STREAMS = 128, 3
"""Draws that are played again, and in how many other random streams each (judgement)."""

_OTHER_STREAMS = 2**61
"""From here on lie those random streams."""


def played_again(
    scenarios: Sequence[Scenario],
    structures: Sequence[str],
    run: Run,
    phases: Mapping[str, tuple[Phase, ...]],
) -> dict[tuple[str, str], Ensemble]:
    """Return the first draws of a comparison in worlds of other random streams.

    Args:
        scenarios: What is compared.
        structures: The rival structures.
        run: How it is played.
        phases: Half-years and phases of each scenario.

    Returns:
        By scenario and structure: `STREAMS` worlds of the first draw, then of the next; nothing
        where nothing is drawn.
    """
    draws = min(run.runs, AGAIN)
    first = _OTHER_STREAMS + run.first * STREAMS
    found = {}
    for structure in structures:
        nature = replace(run, runs=draws, structure=structure).drawn()
        if not np.ptp(nature, axis=1).any():
            return {}
        one = replace(
            run,
            runs=draws * STREAMS,
            structure=structure,
            nature=np.repeat(nature, STREAMS, axis=1),
            luck=range(first, first + draws * STREAMS),
            bands=False,
            keep=(),
            progress=None,
            days_to=None,
        )
        for item in shards.play(scenarios, one):
            name = item.scenario.name
            found[name, structure] = replace(item, phases=phases.get(name, ()))
    return found


def simulate(
    scenario: Given,
    runs: int = 1000,
    seed: int = 0,
    structure: str = "all",
    parameters: Mapping[str, float] | None = None,
    uncertainty: Uncertainty = "posterior",
    bands: bool = True,
    daily: bool = False,
    agents: Mapping[str, Any] | None = None,
    processes: int | None = None,
    progress: Callable[[int], None] | bool | None = None,
    rules: rulebook.RuleBook | str | Path | None = None,
    motive: str = "all",
    weights_of_motives: Mapping[str, float] | None = None,
    threads: int | None = None,
    first: int = 0,
) -> Ensemble:
    """Play one scenario many times: the worlds of ``drawdown run``.

    Args:
        scenario: A scenario, or the path or name of one.
        runs: Replications for each structure: draws of the parameters, each with its own luck.
        seed: Seed of draws and luck.
        structure: Rival structure of what a strike does: ``deter``, ``neutral``, ``provoke`` or
            ``all``.
        parameters: Values that replace draws, by name.
        uncertainty: What parameters are drawn from, as in `parameters.draw`.
        bands: Whether to count daily bands.
        daily: Whether to keep every run's days: `Ensemble.daily`. A run of two years takes
            80 kB.
        agents: Agent classes that replace those of `world.AGENT_CLASSES`. The worlds are then
            played one by one with Mesa, which takes about a thousand times as long.
        processes: Processes that play worlds with own agents; by default one a core.
        progress: Called with the number of worlds played, as they end; True shows a bar.
        rules: Rules of one's own that replace the model's: a file, or from `day.rulebook.load`.
        motive: Why the militias attack: one of `MOTIVES`, or ``all``, drawn in every world.
        weights_of_motives: How often each is drawn, where not equally.
        threads: Threads; by default what the machine lets this process have.
        first: Number of the first replication.

    Returns:
        The ensemble; `Ensemble.frame` gives a table. Under ``all`` it is called `POOLED` and holds
        the worlds of one structure after those of the other, each alone in `Ensemble.parts`.

    Raises:
        InputError: If the scenario, a name or a value is wrong.
    """
    how = {k: v for k, v in locals().items() if k not in ("scenario", "rules")}
    with rulebook.using(rules):
        loaded = load_all(scenario)
        if len(loaded) != 1:
            raise InputError(
                f"simulate plays one scenario, got {len(loaded)}; compare plays several"
            )
        found = compare(loaded, **how)
    parts = tuple(found.ensembles.values())
    return parts[0] if len(parts) == 1 else replace(Ensemble.joined(parts, POOLED), parts=parts)


def compare(
    scenarios: Given | Sequence[Given],
    runs: int = 1000,
    seed: int = 0,
    structure: str = "all",
    baseline: str | None = None,
    parameters: Mapping[str, float] | None = None,
    uncertainty: Uncertainty = "posterior",
    bands: bool = True,
    threads: int | None = None,
    progress: Callable[[int], None] | bool | None = None,
    first: int = 0,
    agents: Mapping[str, Any] | None = None,
    processes: int | None = None,
    days_to: ensemble.DaysTo | None = None,
    rules: rulebook.RuleBook | str | Path | None = None,
    motive: str = "all",
    weights_of_motives: Mapping[str, float] | None = None,
    daily: bool = False,
    by_phase: bool = True,
    over_draws: bool = True,
) -> Comparison:
    """Play scenarios with the same worlds and compare them with a baseline.

    Args:
        scenarios: Scenarios, or paths or names of them.
        runs: Replications for each scenario and structure; the same draws and luck for all.
        seed: Seed of draws and luck.
        structure: ``deter``, ``neutral``, ``provoke`` or ``all``.
        baseline: Name of the scenario to compare with; by default the first.
        parameters: Values that replace draws, by name.
        uncertainty: What parameters are drawn from, as in `parameters.draw`.
        bands: Whether to count daily bands.
        threads: Threads; by default what the machine lets this process have.
        progress: Called with the number of worlds played, as they end; True shows a bar.
        first: Number of the first replication.
        agents: Agent classes that replace the usual ones, as in `simulate`.
        processes: Processes that play worlds with own agents.
        days_to: Takes the days of all worlds, as in `ensemble.play`.
        rules: Rules of one's own that replace the model's: a file, or from `day.rulebook.load`.
        motive: Why the militias attack: one of `MOTIVES`, or ``all``, drawn in every world.
        weights_of_motives: How often each is drawn, where not equally.
        daily: Whether to keep every run's days: `Ensemble.daily` of each of ``ensembles``.
        by_phase: Whether to count half-years and phases apart (`Comparison.phases`).
        over_draws: Whether to tell chance and draws apart in these (`Comparison.again`).

    Returns:
        The comparison; its ``differences`` are a table.

    Raises:
        InputError: If a scenario, a name or a value is wrong.
    """
    if rules is not None or weights_of_motives is not None:
        apart = ("scenarios", "rules", "weights_of_motives")
        how = {k: v for k, v in locals().items() if k not in ("apart", *apart)}
        with rulebook.using(rules), declared.weighing_motives(weights_of_motives):
            return compare(scenarios, **how)
    runs, first = check_runs(runs), whole_number(first, "first", 0, 2**62)
    seed = whole_number(seed, "seed", 0, LARGEST_SEED)
    uncertainty = check_uncertainty(uncertainty)
    if threads is not None:
        threads = whole_number(threads, "threads", 1, 256)
    if processes is not None:
        processes = whole_number(processes, "processes", 1, 1024)
    bands, daily = declared.truth(bands, "bands"), declared.truth(daily, "daily")
    if progress is not None and not callable(progress):
        progress = declared.truth(progress, "progress")
    loaded = load_all(scenarios)
    names = [s.name for s in loaded]
    base = baseline_of(loaded, baseline)
    found: dict[tuple[str, str], Ensemble] = {}
    structures = structures_of(structure)
    chosen = declared.chosen_with(parameters, motive)
    tell_notes(loaded, parameters, structures)
    told = Run(seed=seed, chosen=chosen, uncertainty=uncertainty, threads=threads)
    parts = phases.of_all(loaded, base, told) if by_phase else {}
    for one in structures:
        run = Run(
            runs=runs,
            first=first,
            seed=seed,
            structure=one,
            chosen=chosen,
            uncertainty=uncertainty,
            bands=bands,
            keep=range(first, first + runs) if daily else (),
            threads=threads,
            days_to=days_to,
            windows=phases.windows_of(parts, loaded),
        )
        for item in agent_runs.play(loaded, run, agents, processes, progress):
            found[item.scenario.name, one] = replace(item, phases=parts.get(item.scenario.name, ()))
    ordered = {(n, s): found[n, s] for n in names for s in structures}
    again = {}
    if by_phase and over_draws and agents is None:
        again = played_again(loaded, structures, run, parts)
    return Comparison(
        loaded,
        structures,
        base,
        seed,
        runs,
        ordered,
        numbers_of(chosen),
        uncertainty,
        first=first,
        phases=parts,
        again=again,
    )


def numbers_of(chosen: Mapping[str, declared.Setting]) -> dict[str, float]:
    """Return the numbers of choices, as a comparison tells them."""
    return {name: float(choice.value or 0.0) for name, choice in chosen.items()}


def smallest_difference(outcome: str) -> float:
    """Return the smallest difference of interest that is declared for an outcome."""
    value: float = data_files.load("outcomes")["run"][outcome]["smallest"]
    return value


FEWEST = 100
"""Worlds below which no interval is trusted."""


def widest(comparison: Comparison, outcomes: Sequence[str]) -> float:
    """Return the widest half simulation interval over the smallest difference of interest.

    A difference of probabilities that no world has shown yet is not pinned: three in as
    many worlds as were played is allowed for.
    """
    if comparison.runs < FEWEST:
        return float("inf")
    worst = 0.0
    units = data_files.load("outcomes")["run"]
    for scenario in comparison.scenarios:
        if scenario.name == comparison.baseline:
            continue
        for outcome in outcomes:
            e = comparison.difference(scenario.name, comparison.main_structure, outcome)
            half = e.half_width
            if units[outcome]["unit"] == "probability" and e.runs > 0:
                half = max(half, 3.0 / e.runs)
            if half == half:
                worst = max(worst, half / smallest_difference(outcome))
    return worst


def more_worlds(first: Comparison, second: Comparison) -> Comparison:
    """Return two comparisons of the same scenarios over different worlds as one."""
    joined = {
        key: Ensemble.joined([item, second.ensembles[key]], item.structure)
        for key, item in first.ensembles.items()
    }
    return replace(first, runs=first.runs + second.runs, ensembles=joined)


CHECKED = ("tempo_foreign", "tempo_state", "stop_60", "stop_120", "stop_180")
"""Outcomes whose differences `to_precision` pins."""


def to_precision(
    scenarios: Given | Sequence[Given], *, step: int = 1000, cap: int = 20_000, **how: Any
) -> Comparison:
    """Play more worlds until every checked difference is pinned, or the cap is reached.

    Pinned: half the simulation interval is below the smallest difference of interest.

    Args:
        scenarios: Scenarios, or paths or names of them; at least two.
        step: Replications that are played at a time.
        cap: Most replications.
        **how: What `compare` takes.
    """
    loaded = load_all(scenarios)
    if len(loaded) < 2:
        raise InputError("precision is that of differences: name at least two scenarios")
    check_runs(step)
    total: Comparison | None = None
    while True:
        played = total.runs if total else 0
        part = compare(loaded, runs=min(step, cap - played), first=played, **how)
        total = more_worlds(total, part) if total else part
        if total.runs >= cap or widest(total, CHECKED) < 1.0:
            return total
