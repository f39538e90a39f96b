"""Searches for policies: the best trade-offs over levers and conditions, and where they break.

Platypus' ε-NSGA-II (Kollat and Reed 2006; the optimiser that EMA Workbench brings) moves the
levers in its own encoding; every candidate is played with the same draws and the same random
streams under every structure. An objective is an outcome, judged over all these draws by one
named measure of robustness; its archive holds two policies apart where they differ by the
smallest difference of interest. What was found is scored again on fresh draws before it is told.
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


def encoding(levers: Sequence[Lever]) -> list[Any]:
    """Return Platypus' types of what is moved: a real number, or the place of a word."""
    from platypus import Integer, Real

    return [
        # A single word has a second place, which is the same word.
        Integer(0, max(1, len(v.choices) - 1)) if v.choices else Real(v.low, v.high)
        for v in levers
    ]


def decoded(levers: Sequence[Lever], point: Sequence[float]) -> dict[str, Any]:
    """Return the values that a point stands for, numbers at a step of their lever.

    Args:
        levers: What is moved.
        point: A number a lever; of words, their place from 0 on.
    """
    found: dict[str, Any] = {}
    for lever, number in zip(levers, point, strict=True):
        if lever.choices:
            found[lever.name] = lever.choices[min(int(number), len(lever.choices) - 1)]
        else:
            steps = round((number - lever.low) / lever.step)
            found[lever.name] = round(min(lever.high, lever.low + steps * lever.step), 6)
    return found


def encoded(levers: Sequence[Lever], values: Mapping[str, Any]) -> list[float]:
    """Return the point that stands for values; a lever without one stands in the middle.

    Args:
        levers: What is moved.
        values: Values by name.
    """
    point: list[float] = []
    for lever in levers:
        value = values.get(lever.name)
        if lever.choices:
            point.append(lever.choices.index(value) if value in lever.choices else 0)
        elif isinstance(value, int | float):
            point.append(min(lever.high, max(lever.low, float(value))))
        else:
            point.append((lever.low + lever.high) / 2.0)
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
        """Return the objectives of points, shape (points, objectives); less is better in all."""
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
        growth: By generation: candidates scored so far, how often the archive had gained a box
            of its own (ε-progress), and how many policies it held.
        points: The archive's points at the end.
        scores: Their objectives, less is better.
    """

    seed: int
    growth: tuple[tuple[int, int, int], ...]
    points: tuple[tuple[float, ...], ...]
    scores: Floats


Score = Callable[[Sequence[Sequence[float]]], Floats]


def optimise(
    score: Score,
    types: Sequence[Any],
    epsilons: Sequence[float],
    evaluations: int,
    population: int = 40,
    seed: int = 0,
    checkpoint: Checkpoint | None = None,
    begin: Sequence[Sequence[float]] = (),
    there: Callable[[int], None] = lambda points: None,
) -> Trace:
    """Search with ε-NSGA-II.

    Args:
        score: Returns objectives of points, less is better, shape (points, objectives).
        types: Platypus' types of a point's numbers.
        epsilons: Smallest difference that matters, one an objective.
        evaluations: Candidates to score.
        population: Candidates a generation.
        seed: Seed of the optimiser.
        checkpoint: Keeps the scores of each generation, should it be interrupted; the same
            search then goes on from there.
        begin: Points that are among the first generation.
        there: Called with the number of points whose scores are kept from before.
    """
    import platypus

    item = platypus.Problem(len(types), len(epsilons))
    item.types[:] = types
    scores: dict[tuple[float, ...], list[float]] = {}
    item.function = lambda point: scores[tuple(point)]
    generation = 0

    def point_of(solution: Any) -> tuple[float, ...]:
        pairs = zip(types, solution.variables, strict=True)
        return tuple(kind.decode(value) for kind, value in pairs)

    class Together(platypus.Evaluator):  # type: ignore[misc]
        """Scores a whole generation at once."""

        def evaluate_all(self, jobs: Any, **_: Any) -> Any:
            nonlocal generation
            jobs = list(jobs)
            points = [point_of(job.solution) for job in jobs]
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
            scores.update(zip(points, found["scores"].tolist(), strict=True))
            for job in jobs:
                job.run()
            return jobs

    def solution(point: Sequence[float]) -> Any:
        made = platypus.Solution(item)
        made.variables[:] = [t.encode(v) for t, v in zip(types, point, strict=True)]
        return made

    numbers = {isinstance(kind, platypus.Real) for kind in types}
    operators = [platypus.SBX(), platypus.PM()] if True in numbers else []
    operators += [platypus.HUX(), platypus.BitFlip()] if False in numbers else []
    # Platypus draws from the random numbers that all share.
    before = random.getstate()
    random.seed(seed)
    try:
        algorithm = platypus.EpsNSGAII(
            item,
            list(epsilons),
            population_size=population,
            generator=platypus.InjectedPopulation(list(map(solution, begin))),
            variator=platypus.CompoundOperator(*operators),
            evaluator=Together(),
        )
        growth = []
        while algorithm.nfe < evaluations:
            algorithm.step()
            held = algorithm.archive
            growth.append((int(algorithm.nfe), int(held.improvements), len(held)))
    finally:
        random.setstate(before)
    points = tuple(map(point_of, held))
    return Trace(seed, tuple(growth), points, np.array([list(s.objectives) for s in held]))


def together(traces: Sequence[Trace], epsilons: Sequence[float], most: int) -> list[Any]:
    """Return the solutions of all searches that no other of them is better than, at most so many.

    The library's archive takes one of each box; of more than ``most`` those that lie farthest
    apart are taken. A solution's ``point`` is where it stands.
    """
    import platypus

    shape = platypus.Problem(0, len(epsilons))
    archive = platypus.EpsilonBoxArchive(list(epsilons))
    for trace in traces:
        for point, scores in zip(trace.points, trace.scores.tolist(), strict=True):
            if max(scores) < UNSAID:
                made = platypus.Solution(shape)
                made.point, made.objectives[:] = point, scores
                archive.add(made)
    found = list(archive)
    if len(found) > most:
        platypus.nondominated_sort(found)
        found = platypus.nondominated_truncate(found, most)
    return sorted(found, key=lambda made: made.point)


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


@dataclass(frozen=True)
class Result:
    """What a search found.

    Attributes:
        item: What was searched.
        traces: How each search went.
        policies: Policies found, those not dominated on fresh luck first.
        base: The base scenario's objectives on fresh draws.
        limits: The bounds beyond which a policy breaks.
        fresh_draws: Fresh draws a structure.
    """

    item: Problem
    traces: tuple[Trace, ...]
    policies: tuple[Found, ...]
    base: Floats
    limits: tuple[Objective, ...]
    fresh_draws: int


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
                encoding(item.levers),
                item.epsilons,
                evaluations,
                population,
                seed,
                checkpoint,
                [encoded(item.levers, policies.stands(item.base))],
                progress or (lambda points: None),
            )
        )
    say("Fresh draws")
    chosen = together(traces, item.epsilons, keep)
    return Result(item, tuple(traces), *_told(item, chosen, fresh_draws, threads), fresh_draws)


def _told(
    item: Problem, chosen: Sequence[Any], fresh_draws: int, threads: int | None
) -> tuple[tuple[Found, ...], Floats, tuple[Objective, ...]]:
    """Return policies with fresh scores and where they break, the base's scores, the bounds."""
    base, moved = item.base.named("base"), [decoded(item.levers, one.point) for one in chosen]
    named = [policies.moved(item.base, v).named(f"policy {k}") for k, v in enumerate(moved)]
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
    turned = [signs(item) * row for row in fresh]
    worse = [any((o <= row).all() and (o < row).any() for o in turned) for row in turned]
    order = sorted(range(len(named)), key=lambda k: (worse[k], turned[k].tolist()))
    width = max(2, len(str(len(order))))
    told = []
    for number, k in enumerate(order, start=1):
        spread = np.array([scored(item, first, named[k].name, rows) for rows in again])
        low, high = np.quantile(spread, (0.025, 0.975), axis=0)
        fails, others = (_breaks(limits, played, named[k].name) for played in (first, second))
        box = discovery.discover(
            _uncertain(first), fails.ravel(), _uncertain(second), others.ravel()
        )
        name = f"{item.base.name}-{number:0{width}d}"
        scores = signs(item) * np.array(chosen[k].objectives)
        told.append(
            Found(
                name,
                moved[k],
                named[k].named(name),
                scores,
                fresh[k],
                low,
                high,
                worse[k],
                float(others.mean()),
                box,
            )
        )
    return tuple(told), scored(item, first, base.name), limits


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
