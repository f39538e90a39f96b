"""Searches for policies: the best trade-offs over levers and conditions, and where they break.

Platypus' ε-NSGA-II (Kollat and Reed 2006; the optimiser that EMA Workbench brings) moves the
levers; every candidate is played with the same draws and the same luck under every structure. An
objective is an outcome, judged over all these futures by one named measure of robustness; two
policies count as different where they differ by the smallest difference of interest. What was
found is scored again on fresh draws and luck before it is told.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drawdown.day.outcomes import MAY_BE_MISSING, RUN_OUTCOMES
from drawdown.declared import policies
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import MOTIVES, STRUCTURES
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.lever_table import POLICY_LEVERS
from drawdown.declared.levers import Lever
from drawdown.declared.parameters import MOTIVE, Uncertainty
from drawdown.declared.scenario import Scenario
from drawdown.questions import discovery, futures
from drawdown.questions.compare import smallest_difference
from drawdown.questions.discovery import Box
from drawdown.questions.futures import Futures
from drawdown.worlds.checkpoint import Checkpoint
from drawdown.worlds.run import Run

MEAN, WORST_TENTH, WORST_CASE = "mean", "worst-tenth", "worst-case"
REGRET, SATISFICING = "regret", "satisficing"
MEASURES = (MEAN, WORST_TENTH, WORST_CASE, REGRET, SATISFICING)
"""How an outcome over all futures becomes one number: its mean; the mean of the tenth of futures
where it is worst; the worst mean under a structure and a motive; the 90 % quantile of how far it
falls short of the best reference in the same future; the share of futures within its bound."""

UNSAID = 1e9
"""Objectives of a candidate that no file could say; it is never kept."""

SHARE = 0.02
"""Smallest difference of interest between shares of futures (judgement)."""

RESAMPLES = 200
"""Resamples of the fresh draws behind an interval."""

USUAL = ("tempo_foreign", "dead_us", "daesh_index")
"""Objectives where none are named: less of each is better (judgement)."""

NOT_CHOSEN = tuple(lever.name for lever in POLICY_LEVERS if not lever.decided_by)
"""Levers that no one capital decides on; a search moves them only where it is told to."""


@dataclass(frozen=True)
class Objective:
    """An outcome that a policy is judged by.

    Attributes:
        outcome: One of `outcomes.RUN_OUTCOMES`.
        less: Whether less of it is better.
        bound: Highest value (or lowest, where more is better) that is still good enough.
    """

    outcome: str
    less: bool = True
    bound: float | None = None

    @property
    def sign(self) -> float:
        """1 where less is better, else −1: times it, less is always better."""
        return 1.0 if self.less else -1.0

    def good(self, values: Floats) -> NDArray[np.bool_]:
        """Return in which futures the outcome is within its bound."""
        assert self.bound is not None
        found: NDArray[np.bool_] = self.sign * values <= self.sign * self.bound
        return found


@dataclass(frozen=True)
class Problem:
    """What is searched.

    Attributes:
        base: The scenario whose policy is moved.
        levers: What is moved, with its range.
        objectives: What a policy is judged by.
        measure: One of `MEASURES`.
        references: Policies that regret is measured against.
        draws: Draws of the uncertainties a structure.
        lucks: Lucks for each draw.
        seed: Seed of draws and luck.
        uncertainty: What parameters are drawn from.
    """

    base: Scenario
    levers: tuple[Lever, ...]
    objectives: tuple[Objective, ...]
    measure: str = WORST_TENTH
    references: tuple[Scenario, ...] = ()
    draws: int = 60
    lucks: int = 2
    seed: int = 0
    uncertainty: Uncertainty = "posterior"

    def run(self, threads: int | None) -> Run:
        """Return how candidates are played."""
        return Run(seed=self.seed, uncertainty=self.uncertainty, threads=threads)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcomes that are kept of every future."""
        return tuple(o.outcome for o in self.objectives)

    @property
    def epsilons(self) -> list[float]:
        """Smallest difference that matters, one an objective."""
        if self.measure == SATISFICING:
            return [SHARE] * len(self.objectives)
        return [smallest_difference(o.outcome) for o in self.objectives]


def problem(
    base: Scenario,
    vary: Mapping[str, Any] | Sequence[str] = (),
    objectives: Sequence[Objective] = (),
    measure: str = WORST_TENTH,
    references: Sequence[Scenario] = (),
    **sizes: Any,
) -> Problem:
    """Return what is searched, checked.

    Args:
        base: The scenario whose policy is moved.
        vary: Names of `policies.levers_that_move`, perhaps with ranges ``(low, high)`` or the
            words to choose from; none means all that one capital decides on, conditions included.
        objectives: What a policy is judged by; none means less of each of `USUAL`.
        measure: One of `MEASURES`.
        references: Policies that regret is measured against; the base is always one.
        **sizes: Draws, lucks, seed and uncertainty, as in `Problem`.

    Raises:
        InputError: For everything that is wrong.
    """
    known = policies.levers_that_move(base)
    faults: list[str] = []
    ranges = dict(vary) if isinstance(vary, Mapping) else dict.fromkeys(vary)
    if not ranges:
        ranges = dict.fromkeys(n for n in known if n not in NOT_CHOSEN)
    levers: list[Lever] = []
    for name, given in ranges.items():
        if name not in known:
            faults.append(f"--vary: {unknown('lever', name, known)}")
            continue
        try:
            levers.append(_ranged(known[name], given))
        except InputError as error:
            faults += [f"--vary {fault}" for fault in error.faults]
    judged = tuple(objectives) or tuple(Objective(name) for name in USUAL)
    names = [o.outcome for o in judged]
    faults += [unknown("outcome", n, RUN_OUTCOMES) for n in names if n not in RUN_OUTCOMES]
    faults += [f"outcome '{n}' has no value in some worlds" for n in names if n in MAY_BE_MISSING]
    faults += [f"outcome '{n}' is named twice" for n in set(names) if names.count(n) > 1]
    if measure not in MEASURES:
        faults.append(f"--robust: {unknown('measure', measure, MEASURES)}")
    if measure == SATISFICING:
        faults += [
            f"satisficing needs a bound for {o.outcome}, such as --bound {o.outcome}=3"
            for o in judged
            if o.bound is None
        ]
    if faults:
        raise InputError(faults)
    against = tuple(s for s in references if s.name != base.name)
    return Problem(base, tuple(levers), judged, measure, against, **sizes)


def _ranged(lever: Lever, given: Any) -> Lever:
    if given is None:
        return lever
    if lever.choices:
        words = tuple(str(lever.read(word)) for word in given)
        if not words:
            raise InputError(f"{lever.name}: name at least one of {', '.join(lever.choices)}")
        return Lever(lever.name, choices=words)
    low, high = (lever.read(end) for end in given)
    assert isinstance(low, float)
    assert isinstance(high, float)
    if not low < high:
        raise InputError(f"{lever.name}: {low:g} to {high:g} is no range")
    return Lever(lever.name, low, high, min(lever.step, high - low))


def decoded(levers: Sequence[Lever], point: Sequence[float]) -> dict[str, Any]:
    """Return the values that a point of the unit cube stands for.

    Args:
        levers: What is moved.
        point: One share from 0 to 1 a lever.
    """
    found: dict[str, Any] = {}
    for lever, share in zip(levers, point, strict=True):
        if lever.choices:
            number = min(int(share * len(lever.choices)), len(lever.choices) - 1)
            found[lever.name] = lever.choices[number]
            continue
        steps = round(share * (lever.high - lever.low) / lever.step)
        value = min(lever.high, lever.low + steps * lever.step)
        found[lever.name] = round(value, 6)
    return found


def encoded(levers: Sequence[Lever], values: Mapping[str, Any]) -> list[float]:
    """Return the point of the unit cube that stands for values, or the nearest there is.

    Args:
        levers: What is moved.
        values: Values by name; a lever without one stands in the middle.
    """
    point = []
    for lever in levers:
        value = values.get(lever.name)
        if lever.choices:
            number = lever.choices.index(value) if value in lever.choices else 0
            point.append((number + 0.5) / len(lever.choices))
        elif isinstance(value, int | float):
            point.append(float(np.clip((value - lever.low) / (lever.high - lever.low), 0.0, 1.0)))
        else:
            point.append(0.5)
    return point


def candidate(base: Scenario, values: Mapping[str, Any]) -> Scenario | None:
    """Return the scenario of a candidate, or None where no file could say it."""
    try:
        return policies.moved(base, values)
    except InputError:
        return None


def scored(item: Problem, played: Futures, name: str, draws: Any = slice(None)) -> Floats:
    """Return a policy's objectives, in the outcomes' own units (shares where satisficing).

    Args:
        item: What is searched.
        played: Futures in which the policy and, for regret, the references were played.
        name: The policy's name in them.
        draws: Which draws count.
    """
    found = []
    for objective in item.objectives:
        sign = objective.sign
        values = sign * played.mean(name, objective.outcome)[:, draws]
        match item.measure:
            case "mean":
                score = float(values.mean())
            case "worst-tenth":
                ordered = np.sort(values, axis=None)
                score = float(ordered[-max(1, round(0.1 * len(ordered))) :].mean())
            case "worst-case":
                motive = played.uncertainties[MOTIVE][:, draws]
                score = max(
                    float(values[s][motive[s] == m].mean())
                    for s in range(len(STRUCTURES))
                    for m in range(len(MOTIVES))
                    if (motive[s] == m).any()
                )
            case "regret":
                best = np.min(
                    [
                        sign * played.mean(r, objective.outcome)[:, draws]
                        for r in _reference_names(item)
                    ],
                    axis=0,
                )
                found.append(float(np.quantile(values - best, 0.9)))
                continue
            case _:
                found.append(float(objective.good(sign * values).mean()))
                continue
        found.append(sign * score)
    return np.array(found)


def _reference_names(item: Problem) -> list[str]:
    return [f"reference {k}" for k in range(len(item.references) + 1)]


def _references(item: Problem) -> list[Scenario]:
    if item.measure != REGRET:
        return []
    names = _reference_names(item)
    return [s.named(n) for s, n in zip((item.base, *item.references), names, strict=True)]


def signs(item: Problem) -> Floats:
    """Return what objectives are multiplied by so that less is better."""
    if item.measure == SATISFICING:
        return np.full(len(item.objectives), -1.0)
    if item.measure == REGRET:
        return np.ones(len(item.objectives))
    return np.array([o.sign for o in item.objectives])


@dataclass
class Scorer:
    """Scores candidates, each policy once, with the same futures for all.

    Attributes:
        item: What is searched.
        threads: Threads; by default what the machine lets this process have.
        progress: Called with the number of candidates scored.
    """

    item: Problem
    threads: int | None = None
    progress: Callable[[int], None] | None = None
    known: dict[str, Floats] = field(default_factory=dict)

    def score(self, points: Sequence[Sequence[float]]) -> Floats:
        """Return the objectives of points of the unit cube, shape (points, objectives).

        Less is better in all of them.
        """
        made = [candidate(self.item.base, decoded(self.item.levers, p)) for p in points]
        keys = ["" if s is None else repr(s.what_is_played()) for s in made]
        fresh: dict[str, Scenario] = {}
        for key, scenario in zip(keys, made, strict=True):
            if scenario is not None and key not in self.known and key not in fresh:
                fresh[key] = scenario.named(f"candidate {len(fresh)}")
        if fresh:
            played = futures.play(
                [*fresh.values(), *_references(self.item)],
                self.item.outcomes,
                self.item.draws,
                self.item.lucks,
                self.item.run(self.threads),
            )
            for key, scenario in fresh.items():
                self.known[key] = signs(self.item) * scored(self.item, played, scenario.name)
        if self.progress is not None:
            self.progress(len(points))
        worst = np.full(len(self.item.objectives), UNSAID)
        return np.array([self.known.get(key, worst) for key in keys])


@dataclass(frozen=True)
class Trace:
    """How one search went.

    Attributes:
        seed: Seed of the optimiser.
        evaluations: Candidates scored by the end of each generation.
        archives: Objectives of the archive then, less is better: one array a generation.
        improvements: Times until then that the archive gained a box of its own (ε-progress).
        points: The archive's points at the end, in the unit cube.
    """

    seed: int
    evaluations: tuple[int, ...]
    archives: tuple[Floats, ...]
    improvements: tuple[int, ...]
    points: Floats


Score = Callable[[Sequence[Sequence[float]]], Floats]


def optimise(
    score: Score,
    size: int,
    epsilons: Sequence[float],
    evaluations: int,
    population: int = 40,
    seed: int = 0,
    checkpoint: Checkpoint | None = None,
    begin: Sequence[Sequence[float]] = (),
    there: Callable[[int], None] = lambda points: None,
) -> Trace:
    """Search the unit cube with ε-NSGA-II.

    Args:
        score: Returns objectives of points, less is better, shape (points, objectives).
        size: Dimensions of the cube.
        epsilons: Smallest difference that matters, one an objective.
        evaluations: Candidates to score.
        population: Candidates a generation.
        seed: Seed of the optimiser.
        checkpoint: Keeps the scores of each generation, should it be interrupted; the same
            search then goes on from there.
        begin: Points that are among the first generation.
        there: Called with the number of points whose scores are kept from before.
    """
    from platypus import EpsNSGAII, Evaluator, InjectedPopulation, Real, Solution
    from platypus import Problem as Cube

    objectives = len(epsilons)
    cube = Cube(size, objectives)
    cube.types[:] = [Real(0.0, 1.0)] * size
    scores: dict[tuple[float, ...], list[float]] = {}
    cube.function = lambda point: scores[tuple(point)]
    generation = 0

    class Together(Evaluator):  # type: ignore[misc]
        """Scores a whole generation at once."""

        def evaluate_all(self, jobs: Any, **_: Any) -> Any:
            nonlocal generation
            jobs = list(jobs)
            points = [tuple(job.solution.variables) for job in jobs]
            name = f"seed{seed}-generation{generation}"
            generation += 1

            now: list[int] = []

            def make() -> dict[str, Any]:
                now.append(len(points))
                return {"points": np.array(points), "scores": score(points)}

            found = checkpoint.stage(name, make) if checkpoint is not None else make()
            if not np.array_equal(found["points"], np.array(points)):
                raise InputError(
                    f"what was kept of {name} is of another search; --again forgets it"
                )
            if not now:
                there(len(points))
            for point, values in zip(points, found["scores"].tolist(), strict=True):
                scores[point] = values
            for job in jobs:
                job.run()
            return jobs

    # Platypus draws from the random numbers that all share.
    before = random.getstate()
    random.seed(seed)
    try:
        known = []
        for point in begin:
            one = Solution(cube)
            one.variables[:] = list(point)
            known.append(one)
        algorithm = EpsNSGAII(
            cube,
            list(epsilons),
            population_size=population,
            generator=InjectedPopulation(known),
            evaluator=Together(),
        )
        counts: list[int] = []
        archives: list[Floats] = []
        improvements: list[int] = []

        def note(now: Any) -> None:
            counts.append(int(now.nfe))
            archives.append(np.array([list(s.objectives) for s in now.archive]))
            improvements.append(int(now.archive.improvements))

        while algorithm.nfe < evaluations:
            algorithm.step()
            note(algorithm)
        points = np.array([list(s.variables) for s in algorithm.archive])
    finally:
        random.setstate(before)
    return Trace(seed, tuple(counts), tuple(archives), tuple(improvements), points)


def front(scores: Floats) -> NDArray[np.int64]:
    """Return which rows no other row dominates; less is better, equal rows count once."""
    _, first = np.unique(scores, axis=0, return_index=True)
    rows = scores[first]
    no_worse = np.all(rows[None, :, :] <= rows[:, None, :], axis=2)
    better = np.any(rows[None, :, :] < rows[:, None, :], axis=2)
    found: NDArray[np.int64] = np.sort(first[~np.any(no_worse & better, axis=1)])
    return found


def hypervolumes(traces: Sequence[Trace]) -> list[list[float]]:
    """Return the hypervolume of each search's archive by generation, of that of all together.

    Objectives are measured from the best to the worst value that any front at the end has.
    """
    from platypus import Hypervolume, Problem, Solution

    ends = np.concatenate([t.archives[-1] for t in traces])
    ends = ends[(ends < UNSAID).all(axis=1)]
    if not len(ends):
        return [[0.0] * len(t.archives) for t in traces]
    best = ends[front(ends)]
    low, high = best.min(axis=0), best.max(axis=0)
    high = np.where(high > low, high, low + 1.0)
    # A little beyond the worst, so that the ends of the front count.
    high = high + 0.1 * (high - low)
    objectives = ends.shape[1]
    shape = Problem(1, objectives)

    def solutions(rows: Floats) -> list[Any]:
        made = []
        for row in rows:
            one = Solution(shape)
            one.objectives[:] = row.tolist()
            one.constraint_violation, one.evaluated = 0.0, True
            made.append(one)
        return made

    measure = Hypervolume(minimum=low.tolist(), maximum=high.tolist())
    whole = measure.calculate(solutions(best))
    return [
        [float(measure.calculate(solutions(rows[front(rows)]))) / whole for rows in t.archives]
        for t in traces
    ]


@dataclass(frozen=True)
class Found:
    """A policy that was found.

    Attributes:
        name: Its name.
        values: Values of the levers moved.
        scenario: What it plays.
        first: Its objectives on the draws it was found on, in their own units.
        fresh: On fresh draws and luck.
        low: Lower ends of the fresh objectives' simulation intervals, 95 %.
        high: Upper ends.
        dominated: Whether another policy found is better in all objectives on fresh luck.
        breaks: Share of fresh futures in which it breaks.
        box: Where it breaks, if PRIM finds where; judged on draws it has not seen.
        seeds: Seeds of the searches that found it.
    """

    name: str
    values: dict[str, Any]
    scenario: Scenario
    first: Floats
    fresh: Floats
    low: Floats
    high: Floats
    dominated: bool
    breaks: float
    box: Box | None
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Result:
    """What a search found.

    Attributes:
        item: What was searched.
        traces: How each search went.
        growth: `hypervolumes` of them.
        policies: Policies found, those not dominated on fresh luck first.
        base: The base scenario's objectives on fresh draws.
        limits: The bounds beyond which a policy breaks.
        fresh_draws: Fresh draws a structure.
    """

    item: Problem
    traces: tuple[Trace, ...]
    growth: tuple[tuple[float, ...], ...]
    policies: tuple[Found, ...]
    base: Floats
    limits: tuple[Objective, ...]
    fresh_draws: int


def worlds(item: Problem, evaluations: int, seeds: int) -> int:
    """Return about how many worlds the searches play."""
    return evaluations * seeds * item.draws * item.lucks * len(STRUCTURES)


def search(
    item: Problem,
    evaluations: int = 600,
    population: int = 40,
    seeds: int = 3,
    fresh_draws: int = 200,
    keep: int = 24,
    threads: int | None = None,
    checkpoint: Checkpoint | None = None,
    progress: Callable[[int], None] | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> Result:
    """Search from several seeds, score what was found on fresh luck, say where it breaks.

    Args:
        item: What is searched, from `problem`.
        evaluations: Candidates a search scores.
        population: Candidates a generation.
        seeds: How many searches.
        fresh_draws: Fresh draws a structure, for the last scores and for where policies break.
        keep: Most policies that are told; of more, those that lie farthest apart.
        threads: Threads.
        checkpoint: Keeps what has been scored, should it be interrupted.
        progress: Called with the number of candidates scored, those kept from before included.
        say: Called with what is done now.
    """
    scorer = Scorer(item, threads, progress)
    traces = []
    for seed in range(seeds):
        say(f"Search {seed + 1} of {seeds}")
        traces.append(
            optimise(
                scorer.score,
                len(item.levers),
                item.epsilons,
                evaluations,
                population,
                seed,
                checkpoint,
                [encoded(item.levers, policies.stands(item.base))],
                progress or (lambda points: None),
            )
        )
    say("Fresh luck")
    chosen = _chosen(item, traces, keep)
    return Result(
        item,
        tuple(traces),
        tuple(tuple(rows) for rows in hypervolumes(traces)),
        *_told(item, chosen, fresh_draws, threads),
        fresh_draws,
    )


def _chosen(
    item: Problem, traces: Sequence[Trace], keep: int
) -> list[tuple[dict[str, Any], Scenario, Floats, tuple[int, ...]]]:
    """Return the policies of all searches' common front, at most so many."""
    rows: dict[str, tuple[dict[str, Any], Scenario, Floats, list[int]]] = {}
    for trace in traces:
        for point, scores in zip(trace.points, trace.archives[-1], strict=True):
            values = decoded(item.levers, point)
            scenario = candidate(item.base, values)
            if scenario is None:
                continue
            key = repr(scenario.what_is_played())
            rows.setdefault(key, (values, scenario, scores, []))[3].append(trace.seed)
    each = list(rows.values())
    if not each:
        return []
    scores = np.array([r[2] for r in each])
    best = _boxed(scores[front(scores)], item.epsilons, front(scores))
    if len(best) > keep:
        best = [best[i] for i in _spread(scores[best], keep)]
    return [(each[i][0], each[i][1], each[i][2], tuple(each[i][3])) for i in best]


def _boxed(scores: Floats, epsilons: Sequence[float], rows: NDArray[np.int64]) -> list[int]:
    """Return one row a box of the smallest differences: the one nearest its best corner."""
    found: dict[tuple[int, ...], tuple[float, int]] = {}
    for row, number in zip(scores, rows.tolist(), strict=True):
        corner = np.floor(row / epsilons)
        away = float((row / epsilons - corner).sum())
        box = tuple(int(c) for c in corner)
        if box not in found or away < found[box][0]:
            found[box] = (away, number)
    return sorted(number for _, number in found.values())


def _spread(scores: Floats, keep: int) -> list[int]:
    """Return rows that lie far apart, the best of each objective first."""
    span = np.maximum(scores.max(axis=0) - scores.min(axis=0), 1e-12)
    scaled = (scores - scores.min(axis=0)) / span
    found = list(dict.fromkeys(int(i) for i in scaled.argmin(axis=0)))[:keep]
    while len(found) < keep:
        away = np.min([np.abs(scaled - scaled[i]).sum(axis=1) for i in found], axis=0)
        found.append(int(away.argmax()))
    return sorted(found)


def _told(
    item: Problem,
    chosen: Sequence[tuple[dict[str, Any], Scenario, Floats, tuple[int, ...]]],
    fresh_draws: int,
    threads: int | None,
) -> tuple[tuple[Found, ...], Floats, tuple[Objective, ...]]:
    """Return policies with fresh scores and where they break, the base's scores, the bounds."""
    base = item.base.named("base")
    named = [s.named(f"policy {k}") for k, (_, s, _, _) in enumerate(chosen)]
    first, second = (
        futures.play(
            [*named, base, *_references(item)],
            item.outcomes,
            fresh_draws,
            item.lucks,
            # Draws of the search come first.
            replace(item.run(threads), first=item.draws + k * fresh_draws),
        )
        for k in (0, 1)
    )
    limits = bounds(item, first)
    rng = np.random.default_rng(item.seed)
    again = rng.integers(0, fresh_draws, (RESAMPLES, fresh_draws))
    fresh = [scored(item, first, s.name) for s in named]
    better = set(front(np.array(fresh) * signs(item)).tolist()) if fresh else set()
    told = []
    for k, (values, scenario, scores, seeds) in enumerate(chosen):
        spread = np.array([scored(item, first, named[k].name, rows) for rows in again])
        low, high = np.quantile(spread, (0.025, 0.975), axis=0)
        fails, others = (_breaks(limits, played, named[k].name) for played in (first, second))
        box = discovery.discover(
            _uncertain(first), fails.ravel(), _uncertain(second), others.ravel()
        )
        told.append(
            Found(
                "",
                values,
                scenario,
                signs(item) * scores,
                fresh[k],
                low,
                high,
                k not in better,
                float(others.mean()),
                box,
                seeds,
            )
        )
    order = sorted(
        range(len(told)), key=lambda k: (told[k].dominated, (told[k].fresh * signs(item)).tolist())
    )
    width = max(2, len(str(len(told))))
    named_last = tuple(
        _renamed(told[k], f"{item.base.name}-{number:0{width}d}")
        for number, k in enumerate(order, start=1)
    )
    return named_last, scored(item, first, base.name), limits


def _renamed(found: Found, name: str) -> Found:
    return Found(**(vars(found) | {"name": name, "scenario": found.scenario.named(name)}))


def bounds(item: Problem, played: Futures) -> tuple[Objective, ...]:
    """Return the objectives with the bounds beyond which a policy breaks.

    Those that were given; where none was, the value that the base scenario is beyond in a tenth
    of its futures.
    """
    if any(o.bound is not None for o in item.objectives):
        return tuple(o for o in item.objectives if o.bound is not None)
    found = []
    for objective in item.objectives:
        values = objective.sign * played.mean("base", objective.outcome)
        bound = objective.sign * float(np.quantile(values, 0.9))
        found.append(Objective(objective.outcome, objective.less, bound))
    return tuple(found)


def _breaks(limits: Sequence[Objective], played: Futures, name: str) -> NDArray[np.bool_]:
    """Return in which futures a policy breaks a bound, shape (structures, draws)."""
    each = [~o.good(played.mean(name, o.outcome)) for o in limits]
    found: NDArray[np.bool_] = np.any(each, axis=0)
    return found


def _uncertain(played: Futures) -> dict[str, Floats]:
    """Return the uncertainties of all futures, the structure among them as its strikes' ratio."""
    return {name: values.ravel() for name, values in played.uncertainties.items()}
