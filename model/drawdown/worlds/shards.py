"""Shards: pieces of large work that are known by what they hold.

A shard is what is played, with which luck, by which model. Nothing else enters its identity, so
the same shard played by a laptop of the class, a job of an array or a worker of a cluster is the
same bytes. Finished shards are kept whole with their checksums; work that was interrupted goes
on with those that are missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from drawdown.day import rulebook
from drawdown.declared import parameters as declared
from drawdown.declared import storage
from drawdown.declared.result_folder import forget
from drawdown.declared.scenario import Scenario
from drawdown.declared.storage import Arrays
from drawdown.worlds import ensemble
from drawdown.worlds.checkpoint import begins_anew, laid, program
from drawdown.worlds.ensemble import Bands, Ensemble, own_nature
from drawdown.worlds.run import Progress, Run

WORLD_DAYS = 4_000_000
"""Days of worlds in a shard: a second or two of one core (a judgement)."""

DAYS_KEPT = 100_000
"""The same where every day is kept, which takes a hundred bytes each (a judgement)."""

GRID = 32
"""Worlds of a shard are a multiple of this, but for the last."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Shard(Run):
    """A run of some scenarios under one structure that can be played anywhere.

    Attributes:
        scenarios: What is played.
        rules: The rules worlds are played by.
        weights: How often each motive is drawn.
        model: Digest of the program that is to play it.
        days: Whether the days of all worlds are kept.
        call: What tells it from another of the same worlds whose ``reduce`` differs.
    """

    scenarios: tuple[Scenario, ...]
    rules: rulebook.RuleBook
    weights: tuple[float, ...]
    model: str
    days: bool = False
    call: str = ""

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
                    sorted((self.chosen or {}).items()),
                    self.luck,
                    self.bands,
                    self.keep,
                    self.days,
                    self.rules.digest,
                    self.weights,
                    self.model,
                    self.call,
                    self.windows,
                )
            ).encode()
        )
        if self.nature is not None:
            total.update(np.ascontiguousarray(self.nature).tobytes())
        return total.hexdigest()[:32]

    def _drawn_from(self) -> tuple[Any, ...]:
        told = declared.source(self.uncertainty).told
        return told["drawn from"], told.get("digest")

    def self_contained(self) -> Shard:
        """Return it with its parameters, where whoever plays it lacks the file of the priors."""
        if self.nature is not None or self.uncertainty in declared.UNCERTAINTIES:
            return self
        with declared.holding(weights=self.weights):
            return replace(self, nature=self.drawn())

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

        with rulebook.using(self.rules), declared.holding(weights=self.weights):
            take = days_to if self.days else None
            played = ensemble.play(
                self.scenarios, self, threads=threads, progress=progress, days_to=take
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
        if begins_anew():
            self.forget()
        if folder is not None:
            storage.clear_parts(folder)

    def path(self, shard: Shard) -> Path:
        """Return where a shard is kept."""
        assert self.folder is not None
        return self.folder / f"{shard.identity()}.parquet"

    def ready(self, shard: Shard) -> bool:
        """Return whether a shard is finished and whole; a damaged one is set aside."""
        return self.folder is not None and storage.read(self.path(shard), ()) is not None

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
            shard = missing[i]
            told = {n: getattr(shard, n) for n in ("structure", "seed", "first", "runs", "model")}
            scenarios = [scenario.name for scenario in shard.scenarios]
            storage.keep(self.path(shard), storage.packed(found), scenarios=scenarios, **told)

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
            content = storage.read(self.path(shard))
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
    # Cut where replications are multiples, so that stretches played apart share shards.
    last = whole.numbers.stop
    edges = [whole.first, *range(whole.first // step * step + step, last, step), last]
    return [whole.part(one - whole.first, other - whole.first) for one, other in pairwise(edges)]


def whole(scenarios: Sequence[Scenario], run: Run, days: bool = False, call: str = "") -> Shard:
    """Return work as one shard by the rules and weights of now, to be `cut`.

    Args:
        scenarios: What is played.
        run: How it is played.
        days: Whether the days of all worlds are kept.
        call: What tells it from another of the same worlds whose ``reduce`` differs.
    """
    part = run.part(0, run.runs)
    return Shard(
        **{each.name: getattr(part, each.name) for each in fields(Run)},
        scenarios=tuple(scenarios),
        rules=rulebook.current(),
        weights=declared.weights_of_motives(),
        model=program(),
        days=days,
        call=call,
    )


def play(scenarios: Sequence[Scenario], run: Run) -> list[Ensemble]:
    """Play scenarios as `ensemble.play` does, and give the same.

    Inside `working`, worlds are played as shards: kept as they end, by whoever plays for the
    work.

    Args:
        scenarios: What to play.
        run: How they are played.
    """
    work = _work.get()
    if work is None or (work.folder is None and work.players is here):
        return ensemble.play(scenarios, run)
    call = ""
    if run.reduce is not None:
        work.calls += 1
        call = str(work.calls)
    pieces = cut(whole(scenarios, run, run.days_to is not None, call))
    found: list[list[Arrays]] = [[] for _ in scenarios]
    bands: list[Any] = [None] * len(scenarios)
    for shard, arrays in zip(pieces, work.each(pieces, run.threads, run.progress), strict=True):
        for i, scenario in enumerate(scenarios):
            mine = {k.partition("/")[2]: v for k, v in arrays.items() if k.startswith(f"{i}/")}
            if run.days_to is not None:
                run.days_to(scenario, run.structure, np.array(shard.numbers), mine.pop("days"))
            if "bands" in mine:
                counts = Bands(scenario.start, mine.pop("bands"), mine.pop("outside"))
                bands[i] = counts if bands[i] is None else bands[i] + counts
            found[i].append(mine)
    nature = run.drawn()
    return [
        Ensemble(
            scenario,
            run.structure,
            run.seed,
            np.array(run.lucks),
            own_nature(scenario, nature),
            np.concatenate([p["outcomes"] for p in mine], axis=1).T.copy(),
            bands[i],
            {
                int(k.partition("/")[2]): v
                for p in mine
                for k, v in p.items()
                if k.startswith("kept/")
            },
            np.hstack([p["reduced"] for p in mine])
            if run.reduce is not None
            else np.empty((0, run.runs)),
            np.concatenate([p["met"] for p in mine]),
            windows=run.windows,
        )
        for i, (scenario, mine) in enumerate(zip(scenarios, found, strict=True))
    ]
