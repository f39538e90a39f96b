"""Shards: pieces of large work that are known by what they hold.

A shard is what is played, with which luck, by which model. Nothing else enters its identity, so
the same shard played by a laptop of the class, a job of an array or a worker of a cluster is the
same bytes. Finished shards are kept whole with their checksums; work that was interrupted goes
on with those that are missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from drawdown.day import book
from drawdown.declared import kept
from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import MOTIVES
from drawdown.declared.kept import Arrays
from drawdown.declared.parameters import Setting, Uncertainty
from drawdown.declared.place import forget
from drawdown.declared.scenario import Scenario
from drawdown.worlds import ensemble
from drawdown.worlds.checkpoint import laid, program
from drawdown.worlds.ensemble import Bands, DaysTo, Ensemble, Progress, Reduce, own_nature

WORLD_DAYS = 4_000_000
"""Days of worlds in a shard: a second or two of one core (a judgement)."""

DAYS_KEPT = 100_000
"""The same where every day is kept, which takes a hundred bytes each (a judgement)."""

GRID = 32
"""Worlds of a shard are a multiple of this, but for the last."""


@dataclass(frozen=True, eq=False)
class Shard:
    """Worlds of some scenarios under one structure, as they can be played anywhere.

    Attributes:
        scenarios: What is played.
        rules: The rules worlds are played by.
        weights: How often each motive is drawn.
        model: Digest of the program that is to play it.
        structure: Rival structure.
        seed: Seed of draws and luck.
        first: Number of the first replication.
        runs: Replications.
        uncertainty: What parameters are drawn from.
        chosen: Parameters that replace draws.
        nature: Parameters instead of draws, shape (parameters, runs), or None.
        luck: Numbers that decide each run's luck, or None for the replications'.
        bands: Whether daily bands are counted.
        keep: Replications whose days are kept whole.
        reduce: What is kept of the days of each block, or None.
        days: Whether the days of all worlds are kept.
        part: What tells it from another of the same worlds whose ``reduce`` differs.
    """

    scenarios: tuple[Scenario, ...]
    rules: book.RuleBook
    weights: tuple[float, ...]
    model: str
    structure: str = "neutral"
    seed: int = 0
    first: int = 0
    runs: int = 1000
    uncertainty: Uncertainty = "posterior"
    chosen: Mapping[str, Setting] = field(default_factory=dict)
    nature: Floats | None = None
    luck: tuple[int, ...] | None = None
    bands: bool = True
    keep: tuple[int, ...] = ()
    reduce: Reduce | None = None
    days: bool = False
    part: str = ""

    def identity(self) -> str:
        """Return the digest of what it holds, for what luck, by which model."""
        total = hashlib.sha256(
            repr(
                (
                    [_played(s) for s in self.scenarios],
                    self.structure,
                    self.seed,
                    self.first,
                    self.runs,
                    None if self.nature is not None else self._drawn_from(),
                    sorted(self.chosen.items()),
                    self.luck,
                    self.bands,
                    self.keep,
                    self.days,
                    self.rules.digest,
                    self.weights,
                    self.model,
                    self.part,
                )
            ).encode()
        )
        if self.nature is not None:
            total.update(np.ascontiguousarray(self.nature).tobytes())
        return total.hexdigest()[:32]

    def _drawn_from(self) -> tuple[Any, ...]:
        told = declared.source(self.uncertainty).told
        return told["drawn from"], told.get("digest")

    def drawn(self) -> Shard:
        """Return it with its parameters, where whoever plays it lacks the file of the priors."""
        if self.nature is not None or self.uncertainty in declared.UNCERTAINTIES:
            return self
        with declared.weighing_motives(dict(zip(MOTIVES, self.weights, strict=True))):
            nature = declared.draw(
                range(self.first, self.first + self.runs),
                seed=self.seed,
                structure=self.structure,
                uncertainty=self.uncertainty,
                chosen=self.chosen,
            )
        return replace(self, nature=nature)

    def play(self, threads: int | None = None, progress: Progress | None = None) -> Arrays:
        """Play its worlds and return all that is kept of them.

        Args:
            threads: Threads; by default what the machine lets this process have.
            progress: Called with the number of worlds played, as they end.

        Returns:
            By name, for each scenario by its place: outcomes, shape (outcomes, runs); days until
            conditions were met; bands; what ``reduce`` kept; days.
        """
        whole: dict[tuple[str, int], Any] = {}

        def days_to(scenario: Scenario, structure: str, replications: Any, daily: Any) -> None:
            del structure
            whole[scenario.name, int(replications[0])] = daily.copy()

        weights = dict(zip(MOTIVES, self.weights, strict=True))
        with book.using(self.rules), declared.weighing_motives(weights):
            played = ensemble.play(
                self.scenarios,
                runs=self.runs,
                first=self.first,
                seed=self.seed,
                structure=self.structure,
                uncertainty=self.uncertainty,
                chosen=self.chosen,
                nature=self.nature,
                luck=self.luck,
                bands=self.bands,
                keep=self.keep,
                reduce=self.reduce,
                threads=threads,
                progress=progress,
                days_to=days_to if self.days else None,
            )
        found: Arrays = {}
        for i, one in enumerate(played):
            found[f"{i}/outcomes"] = one.outcomes.T
            found[f"{i}/met"] = one.met
            if one.bands is not None:
                found[f"{i}/bands"] = one.bands.histogram
                found[f"{i}/outside"] = one.bands.outside
            if self.reduce is not None:
                found[f"{i}/reduced"] = one.reduced
            for number, days in one.kept.items():
                found[f"{i}/kept/{number}"] = days
            if self.days:
                mine = sorted(at for name, at in whole if name == one.scenario.name)
                found[f"{i}/days"] = np.concatenate(
                    [whole[one.scenario.name, at] for at in mine], axis=2
                )
        return found


def _played(scenario: Scenario) -> tuple[Any, ...]:
    past = None if scenario.history is None else Scenario.load(scenario.history)
    return laid(scenario), None if past is None else laid(past)


Take = Callable[[int, Arrays], None]
"""Is handed a shard's place among those asked for and what it holds, from any thread."""

Players = Callable[[Sequence["Shard"], int | None, Progress | None, Take], None]
"""Plays shards in any order: takes them, the threads of this machine, what is called with the
number of worlds played, and what takes each shard over."""


def here(
    shards: Sequence[Shard], threads: int | None, progress: Progress | None, take: Take
) -> None:
    """Play shards on this machine: side by side where there are many, else one by one."""
    threads = threads or ensemble.default_threads()
    beside = max(1, min(threads, len(shards) // 4))
    jobs = [
        partial(lambda i, shard: take(i, shard.play(threads // beside, progress)), i, shard)
        for i, shard in enumerate(shards)
    ]
    ensemble.run_pool(jobs, beside, None)


class Work:
    """A command's shards: where finished ones are kept, and who plays the others.

    Args:
        folder: Where they are kept, or None to keep none.
        players: Who plays them; by default this machine.
    """

    def __init__(self, folder: Path | None = None, players: Players | None = None) -> None:
        self.folder = folder
        self.players = players or here
        self.calls = 0
        if folder is not None:
            kept.clear_parts(folder)

    def path(self, shard: Shard) -> Path:
        """Return where a shard is kept."""
        assert self.folder is not None
        return self.folder / f"{shard.identity()}.shard"

    def ready(self, shard: Shard) -> bool:
        """Return whether a shard is finished and whole; a damaged one is set aside."""
        return self.folder is not None and kept.read(self.path(shard), ()) is not None

    def finish(
        self, shards: Sequence[Shard], threads: int | None, progress: Progress | None
    ) -> None:
        """Make sure that all shards are kept; those that are there are not played again.

        Raises:
            InputError: If one cannot be kept.
        """
        missing = []
        for shard in shards:
            if not self.ready(shard):
                missing.append(shard)
            elif progress is not None:
                progress(shard.runs * len(shard.scenarios))

        def take(i: int, found: Arrays) -> None:
            kept.keep(self.path(missing[i]), kept.packed(found))

        self.players(missing, threads, progress, take)

    def each(
        self, shards: Sequence[Shard], threads: int | None, progress: Progress | None
    ) -> Iterator[Arrays]:
        """Yield what each shard holds, in order, played or as kept."""
        if self.folder is None:
            found: dict[int, Arrays] = {}
            self.players(shards, threads, progress, found.__setitem__)
            yield from (found.pop(i) for i in range(len(shards)))
            return
        self.finish(shards, threads, progress)
        for shard in shards:
            content = kept.read(self.path(shard))
            if content is None:
                # Altered since it was kept.
                content = shard.play(threads)
            yield content

    def forget(self) -> None:
        """Remove the shards."""
        if self.folder is not None:
            forget(self.folder)


_work: ContextVar[Work | None] = ContextVar("work", default=None)


def current() -> Work | None:
    """Return the work that worlds are played for now, or None."""
    return _work.get()


@contextmanager
def working(work: Work) -> Iterator[Work]:
    """Let all worlds inside be played as shards of a work.

    Args:
        work: The work.
    """
    token = _work.set(work)
    try:
        yield work
    finally:
        _work.reset(token)


def size(scenarios: Sequence[Scenario], days: bool = False) -> int:
    """Return how many worlds a shard of these scenarios has.

    Args:
        scenarios: What is played.
        days: Whether every day is kept.
    """
    most = DAYS_KEPT if days else WORLD_DAYS
    return max(GRID, most // days_lived(scenarios) // GRID * GRID)


def days_lived(scenarios: Sequence[Scenario]) -> int:
    """Return how many days one world of each scenario takes, the history they share included."""
    past = [
        (s.start - Scenario.load(s.history).start).days for s in scenarios if s.history is not None
    ]
    return max(past, default=0) + sum(s.days for s in scenarios)


def cut(whole: Shard) -> list[Shard]:
    """Return a shard of any length as shards of `size`, in order."""
    step = size(whole.scenarios, whole.days or bool(whole.keep))
    found = []
    # Cut where replications are multiples, so that stretches played apart share shards.
    begin = 0
    while begin < whole.runs:
        end = min(whole.runs, begin + step - (whole.first + begin) % step)
        numbers = range(whole.first + begin, whole.first + end)
        found.append(
            replace(
                whole,
                first=numbers.start,
                runs=len(numbers),
                nature=None if whole.nature is None else whole.nature[:, begin:end],
                luck=None if whole.luck is None else whole.luck[begin:end],
                keep=tuple(n for n in whole.keep if n in numbers)
                if whole.luck is None
                else tuple(n for n in whole.keep if n in whole.luck[begin:end]),
            )
        )
        begin = end
    return found


def whole(scenarios: Sequence[Scenario], **asked: Any) -> Shard:
    """Return work as one shard by the rules and weights of now, to be `cut`.

    Args:
        scenarios: What is played.
        **asked: Attributes of `Shard`; what is left out is as `ensemble.play` has it.
    """
    for name in ("luck", "keep"):
        if asked.get(name) is not None:
            asked[name] = tuple(asked[name])
    asked["chosen"] = dict(asked.get("chosen") or {})
    weights = declared.weights_of_motives()
    return Shard(tuple(scenarios), book.current(), weights, program(), **asked)


def play(
    scenarios: Sequence[Scenario],
    *,
    runs: int = 1000,
    threads: int | None = None,
    progress: Progress | None = None,
    days_to: DaysTo | None = None,
    **rest: Any,
) -> list[Ensemble]:
    """Play scenarios as `ensemble.play` does, and give the same.

    Inside `working`, worlds are played as shards: kept as they end, by whoever plays for the
    work.

    Args:
        scenarios: What to play.
        runs: Replications.
        threads: Threads.
        progress: Called with the number of worlds played, as they end.
        days_to: Takes every block's days.
        **rest: As `ensemble.play` takes it.
    """
    work = _work.get()
    if work is None or (work.folder is None and work.players is here):
        return ensemble.play(
            scenarios, runs=runs, threads=threads, progress=progress, days_to=days_to, **rest
        )
    part = ""
    if rest.get("reduce") is not None:
        work.calls += 1
        part = str(work.calls)
    one = whole(scenarios, runs=runs, days=days_to is not None, part=part, **rest)
    shards = cut(one)
    pieces: list[list[Arrays]] = [[] for _ in scenarios]
    totals: list[Any] = [None] * len(scenarios)
    for shard, found in zip(shards, work.each(shards, threads, progress), strict=True):
        for i, scenario in enumerate(scenarios):
            mine = {k.partition("/")[2]: v for k, v in found.items() if k.startswith(f"{i}/")}
            if days_to is not None:
                numbers = np.arange(shard.first, shard.first + shard.runs)
                days_to(scenario, one.structure, numbers, mine.pop("days"))
            if "bands" in mine:
                counts = Bands(scenario.start, mine.pop("bands"), mine.pop("outside"))
                totals[i] = counts if totals[i] is None else totals[i] + counts
            pieces[i].append(mine)
    nature = one.nature
    played = list(range(one.first, one.first + runs))
    if nature is None:
        nature = declared.draw(
            played,
            seed=one.seed,
            structure=one.structure,
            uncertainty=one.uncertainty,
            chosen=one.chosen,
        )
    return [
        Ensemble(
            scenario,
            one.structure,
            one.seed,
            np.array(played if one.luck is None else one.luck),
            own_nature(scenario, nature),
            np.concatenate([p["outcomes"] for p in mine], axis=1).T.copy(),
            totals[i],
            {
                int(k.partition("/")[2]): v
                for p in mine
                for k, v in p.items()
                if k.startswith("kept/")
            },
            np.hstack([p["reduced"] for p in mine])
            if one.reduce is not None
            else np.empty((0, runs)),
            np.concatenate([p["met"] for p in mine]),
        )
        for i, (scenario, mine) in enumerate(zip(scenarios, pieces, strict=True))
    ]
