"""Ensembles: thousands of worlds of a scenario, paired with those of every other.

Worlds are played in blocks on a pool of threads; results do not depend on threads, blocks
or order. Summaries and bands are taken while running, so that memory holds one row a run
and not its days.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from drawdown.day import engine, exports, phases, plan, policy, rulebook
from drawdown.day import outcomes as reductions
from drawdown.day.curves import QUANTILES
from drawdown.day.outcomes import BINS
from drawdown.day.phases import Phase, Window
from drawdown.day.start import first_state
from drawdown.declared import data_files
from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats, Singles
from drawdown.declared.columns import (
    BAND_WINDOW,
    COUNTED,
    FLOWS,
    OUTCOMES,
    STATES,
    TAIL,
    P,
    S,
)
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.recent import Recent
from drawdown.declared.scenario import Scenario
from drawdown.worlds.run import DaysTo as DaysTo
from drawdown.worlds.run import Reduce, Run

if TYPE_CHECKING:
    import pandas as pd

Counts = NDArray[np.int32]


def has_compiler() -> bool:
    """Return whether there is an engine or a compiler; else Mesa plays ensembles, slowly."""
    return engine.is_cached(rulebook.current()) or bool(engine.compilers())


def needs_compiling() -> bool:
    """Return whether the first use will compile the engine, which takes a moment."""
    return has_compiler() and not engine.is_cached(rulebook.current())


def compile_now() -> None:
    """Compile the rule book by playing two days."""
    scenario = Scenario.load("sustained-presence")
    two_days = scenario.until(scenario.start + timedelta(days=1))
    play([two_days], runs=1, threads=1, uncertainty="none")


def default_threads() -> int:
    """Return how many threads to use: what the machine lets this process have."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def bin_ranges() -> tuple[Floats, Floats]:
    """Return the middle of the first bin and the width of the bins of each daily outcome."""
    lows, widths = np.zeros(len(OUTCOMES)), np.ones(len(OUTCOMES))
    for i, (name, item) in enumerate(data_files.load("outcomes")["daily"].items()):
        assert name == OUTCOMES[i]
        if "bins" in item:
            low, high = item["bins"]
            lows[i], widths[i] = low, (high - low) / (BINS - 1)
    widths[OUTCOMES.index("strike_cost")] = 0.125
    return lows, widths


@dataclass
class Bands:
    """How often each outcome took which value on each day, over runs.

    Attributes:
        start: First day.
        histogram: Counts, shape (days, outcomes, `outcomes.CELLS`).
        outside: What lies outside of the histogram's bins, in bins of the same width: rows of
            day, outcome, bin and worlds, in order.
    """

    start: date
    histogram: Counts
    outside: Counts

    @property
    def dates(self) -> list[date]:
        """The days."""
        return [self.start + timedelta(days=i) for i in range(len(self.histogram))]

    def counted(self, o: int) -> tuple[Counts, Floats, Counts]:
        """Return in how many worlds an outcome fell into which bin on which day.

        Args:
            o: Which of `columns.OUTCOMES`.

        Returns:
            Day, bin and worlds of every bin that a world fell into, in order. The bin is
            missing where a value was no number, or beyond what 32 bits hold.
        """
        inside = self.histogram[:, o, :BINS].copy()
        day, place = np.nonzero(inside)
        rows = np.array([day, np.full(len(day), o), place, inside[day, place]], np.int32)
        beyond = self.outside[:, self.outside[1] == o]
        if beyond.size:
            rows = _in_order([rows, beyond])
        day, _, place, worlds = rows
        return day, np.where(np.abs(place) < _LAST, place, np.nan), worlds

    def quantiles(self, outcome: str, levels: Sequence[float] = QUANTILES) -> Floats:
        """Return quantiles of an outcome, shape (levels, days).

        Exact for counts (in the last 30 days); for levels within a bin, and where all worlds
        fall into one bin their mean. Missing where worlds are in no bin that is known.

        Args:
            outcome: One of `columns.OUTCOMES`.
            levels: Which quantiles.
        """
        lows, widths = bin_ranges()
        o = OUTCOMES.index(outcome)
        day, place, worlds = self.counted(o)
        cumulated = np.cumsum(worlds, dtype=np.int64)
        total = np.bincount(day, worlds, len(self.histogram)).astype(np.int64)
        before = np.cumsum(total) - total
        mean = self._means(o, day, place, worlds)
        result = np.empty((len(levels), len(self.histogram)))
        for i, level in enumerate(levels):
            target = level * total
            at = np.searchsorted(cumulated, before + np.maximum(1, np.ceil(target)))
            found = place[at]
            if outcome not in FLOWS:
                below = cumulated[at] - worlds[at] - before
                within = found - 0.5 + (target - below) / worlds[at]
                # The middles of the first and the last bin are ends: nobody, all of a share.
                least = np.where(found == 0, found, -np.inf)
                most = np.where(found == BINS - 1, found, np.inf)
                found = np.where(worlds[at] == total, mean, np.clip(within, least, most))
            result[i] = lows[o] + found * widths[o]
        return result

    def means(self, outcome: str) -> Floats:
        """Return the mean of an outcome on each day, to a 2000th of a bin.

        Args:
            outcome: One of `columns.OUTCOMES`.
        """
        lows, widths = bin_ranges()
        o = OUTCOMES.index(outcome)
        found: Floats = lows[o] + self._means(o, *self.counted(o)) * widths[o]
        return found

    def _means(self, o: int, day: Counts, place: Floats, worlds: Counts) -> Floats:
        """Return the mean place of an outcome's values among its bins on each day."""
        days = len(self.histogram)
        whole = np.bincount(day, place * worlds, days)
        rest = self.histogram[:, o, reductions.REST] / reductions.PARTS
        found: Floats = (whole + rest) / np.bincount(day, worlds, days)
        return found

    def __add__(self, other: Bands) -> Bands:
        """Return the bands over both sets of runs."""
        assert self.start == other.start
        outside = _in_order([self.outside, other.outside])
        return Bands(self.start, self.histogram + other.histogram, outside)


_LAST = 2**31 - 1
"""The last bin, which is open: what it holds is no number that could be told."""

_WAITING = 2**20
"""Rows outside of the bins that wait to be put in order at least: 16 megabytes."""


def _in_order(parts: Sequence[Counts]) -> Counts:
    """Return rows of day, outcome, bin and worlds in order, with equal ones added up."""
    rows = np.concatenate(parts, axis=1)
    if not rows.size:
        return rows
    key = rows[0].astype(np.int64)
    for row, most in ((rows[1], len(OUTCOMES)), (rows[2], 2**32)):
        key *= most
        key += row
    order = np.argsort(key, kind="stable")
    rows, key = rows[:, order], key[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    return np.vstack([rows[:3, first], np.add.reduceat(rows[3], first, dtype=np.int32)])


class Counting:
    """Counts the days of worlds into bands as they end.

    Args:
        days: How many days a world has.
    """

    def __init__(self, days: int) -> None:
        self.histogram = np.zeros((days, len(OUTCOMES), reductions.CELLS), np.int32)
        self.outside = [np.zeros((4, 0), np.int32)]
        self.ranges = bin_ranges()

    def add(self, engine: Any, daily: Singles, before: Singles, used: int) -> None:
        """Count a block.

        Args:
            engine: From `the_engine`.
            daily: Its days, shape (days, outcomes, lanes).
            before: Counts of the days before, shape (29, flows, lanes).
            used: How many lanes are real.
        """
        engine.count_into_bands(daily, before, used, *self.ranges, self.histogram)
        out = self.histogram[:, :, reductions.OUTSIDE]
        days, outcomes = np.nonzero(out)
        for o in np.unique(outcomes):
            self.outside.append(
                self._beyond(o, days[outcomes == o], daily[:, o, :used], before[:, :, :used])
            )
        out[days, outcomes] = 0
        if sum(rows.shape[1] for rows in self.outside[1:]) > max(
            _WAITING, self.outside[0].shape[1]
        ):
            self.outside = [_in_order(self.outside)]

    def _beyond(self, o: int, days: Any, daily: Singles, before: Singles) -> Counts:
        """Return the rows of an outcome's values outside of the bins, on days with some."""
        low, width = self.ranges[0][o], self.ranges[1][o]
        values = daily.astype(np.float64)
        if o < len(FLOWS):
            nothing = np.zeros((1, values.shape[1]))
            summed = np.cumsum(np.concatenate([nothing, before[:, o], values]), axis=0)
            values = summed[BAND_WINDOW:] - summed[:-BAND_WINDOW]
        place = (values[days] - low) * (1.0 / width) + 0.5
        row, lane = np.nonzero(~((place >= 0.0) & (place < BINS)))
        place, day = place[row, lane], days[row]
        place = np.where(np.abs(place) < _LAST, place, _LAST)
        at = np.floor(place)
        rest = np.floor((place - at) * reductions.PARTS + 0.5) - reductions.HALF
        np.add.at(self.histogram[:, o, reductions.REST], day, rest.astype(np.int32))
        return np.array([day, np.full(len(day), o), at, np.ones(len(day))], np.int32)

    def bands(self, start: date) -> Bands:
        """Return what was counted.

        Args:
            start: First day.
        """
        return Bands(start, self.histogram, _in_order(self.outside))


@dataclass
class Ensemble:
    """The worlds of one scenario, under one rival structure or under several together.

    Attributes:
        scenario: What was played.
        structure: The rival structure; another word where there are several.
        seed: The ensemble's seed.
        replications: Which worlds.
        parameters: Their parameters, shape (parameters, runs).
        outcomes: One row of `columns` a run, shape (runs, columns).
        bands: Bands over the days, if they were asked for.
        kept: Daily outcomes of the replications that were asked to be kept.
        reduced: What ``reduce`` made of each run's days, shape (values, runs).
        met: Days from the first until each condition of the policy was first met, shape
            (runs, conditions); missing where it never was.
        parts: The worlds of each structure, where there are several; empty where there is one.
        windows: First and last days of the parts of the run that are counted apart.
        phases: Half-years and phases of the scenario, where they are known.
    """

    scenario: Scenario
    structure: str
    seed: int
    replications: NDArray[np.int64]
    parameters: Floats
    outcomes: Floats
    bands: Bands | None = None
    kept: dict[int, Singles] = field(default_factory=dict)
    reduced: Floats = field(default_factory=lambda: np.empty((0, 0)))
    met: Floats = field(default_factory=lambda: np.empty((0, 0)))
    parts: tuple[Ensemble, ...] = ()
    windows: tuple[Window, ...] = ()
    phases: tuple[Phase, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of its outcomes: those of the run, then those of its windows."""
        return columns_with(self.windows)

    @staticmethod
    def joined(items: Sequence[Ensemble], structure: str) -> Ensemble:
        """Return the worlds of several ensembles of a scenario as one; days are not kept in it.

        Args:
            items: The ensembles, in order.
            structure: What the whole is called.
        """
        first, bands = items[0], items[0].bands
        for item in items[1:]:
            bands = bands + item.bands if bands is not None and item.bands is not None else None
        return Ensemble(
            first.scenario,
            structure,
            first.seed,
            np.concatenate([e.replications for e in items]),
            np.concatenate([e.parameters for e in items], axis=1),
            np.concatenate([e.outcomes for e in items]),
            bands,
            met=np.concatenate([e.met for e in items]),
            windows=first.windows,
            phases=first.phases,
        )

    def outcome(self, name: str) -> Floats:
        """Return one outcome of every run.

        Args:
            name: One of `columns`.

        Raises:
            InputError: If it is none of them.
        """
        if name not in self.columns:
            raise InputError(unknown("outcome", f"{name}", self.columns))
        column: Floats = self.outcomes[:, self.columns.index(name)]
        return column

    def daily(self) -> pd.DataFrame:
        """Return the days of the runs that were kept, one row a run and day.

        Returns:
            Columns scenario, structure, replication, date and `columns.OUTCOMES`.

        Raises:
            InputError: If no days were kept: ``simulate(..., daily=True)`` keeps them.
        """
        import pandas as pd

        if self.parts:
            return pd.concat([part.daily() for part in self.parts], ignore_index=True)
        if not self.kept:
            raise InputError("no days were kept; ask for them with daily=True")
        numbers = sorted(self.kept)
        days = len(self.kept[numbers[0]])
        table = pd.DataFrame(
            np.concatenate([self.kept[n] for n in numbers]), columns=list(OUTCOMES)
        )
        first = np.datetime64(self.scenario.start, "D")
        table.insert(0, "date", np.tile(first + np.arange(days), len(numbers)))
        table.insert(0, "replication", np.repeat(numbers, days))
        table.insert(0, "structure", self.structure)
        table.insert(0, "scenario", self.scenario.name)
        return table

    def in_phase(self, phase: Phase, name: str) -> Floats:
        """Return what is known of a part of every run.

        Args:
            phase: One of ``phases``.
            name: One of `phases.OUTCOMES_OF_PHASE`: ``stop_60`` is 1 where no attack fell on the
                last 60 days of the part, and missing where it has fewer.

        Raises:
            InputError: If that part was not counted, or there is no such outcome.
        """
        if name not in phases.OUTCOMES_OF_PHASE:
            raise InputError(unknown("outcome", f"{name}", phases.OUTCOMES_OF_PHASE))
        if phase.window == (self.scenario.start, self.scenario.end):
            return self.outcome(name)
        if name in phases.COUNTED:
            return self.outcome(phases.column_of(name, phase.window))
        quiet = self.outcome(phases.column_of(phases.WINDOWED[-1], phase.window))
        wanted = phases.STOPS[name]
        if phase.days < wanted:
            return np.full(len(quiet), np.nan)
        found: Floats = np.where(np.isnan(quiet), np.nan, (quiet >= wanted).astype(np.float64))
        return found

    def by_phase(self) -> pd.DataFrame:
        """Return half-years and phases, one row a run and part of it.

        Returns:
            Columns scenario, structure, replication, phase, first, last and
            `phases.OUTCOMES_OF_PHASE`.
        """
        import pandas as pd

        if self.parts:
            return pd.concat([part.by_phase() for part in self.parts], ignore_index=True)
        names = ["scenario", "structure", "replication", "phase", "first", "last"]
        found = [pd.DataFrame(columns=[*names, *phases.OUTCOMES_OF_PHASE])][: not self.phases]
        for phase in self.phases:
            rows = {name: self.in_phase(phase, name) for name in phases.OUTCOMES_OF_PHASE}
            keys = {"phase": phase.name, "first": phase.first, "last": phase.last}
            own = {"scenario": self.scenario.name, "structure": self.structure}
            found.append(pd.DataFrame(own | {"replication": self.replications} | keys | rows))
        return pd.concat(found, ignore_index=True)

    def frame(self) -> pd.DataFrame:
        """Return scenario, structure, replication and all outcomes, one row a run."""
        import pandas as pd

        if self.parts:
            return pd.concat([part.frame() for part in self.parts], ignore_index=True)
        table = pd.DataFrame(self.outcomes, columns=list(self.columns))
        table.insert(0, "replication", self.replications)
        table.insert(0, "structure", self.structure)
        table.insert(0, "scenario", self.scenario.name)
        return table


@lru_cache(maxsize=64)
def columns_with(windows: tuple[Window, ...]) -> tuple[str, ...]:
    """Return the columns of outcomes of runs in which windows are counted apart."""
    return (*reductions.RUN_OUTCOMES, *phases.columns_of(windows))


def windowed(daily: Singles, scenario: Scenario, windows: tuple[Window, ...]) -> Floats:
    """Return what is known of windows, as every ensemble works it out.

    Args:
        daily: Days, shape (days, outcomes, worlds).
        scenario: Whose days they are.
        windows: First and last days.

    Returns:
        Shape (windows * `phases.ROWS`, worlds); missing where a window lies outside of the run.
    """
    found = np.full((len(windows) * phases.ROWS, daily.shape[2]), np.nan)
    inside = [i for i, w in enumerate(windows) if scenario.start <= w[0] <= w[1] <= scenario.end]
    edges = np.array([[(d - scenario.start).days for d in windows[i]] for i in inside], float)
    rows = np.empty((len(inside) * phases.ROWS, daily.shape[2]))
    if inside:
        the_engine().call("tally_windows", np.ascontiguousarray(daily), edges, rows)
    for place, i in enumerate(inside):
        mine = rows[place * phases.ROWS :][: phases.ROWS]
        found[i * phases.ROWS : (i + 1) * phases.ROWS] = mine
    return found


@dataclass
class Block:
    """A few worlds side by side, between two stretches of days.

    Attributes:
        replications: Which worlds, filled up to the engine's width with the last one.
        used: How many are real.
        nature: Their parameters, shape (parameters, lanes).
        state: Their state, shape (states, lanes), flat.
        tail: Counts of the last days, for bands that look back.
        noted: What conditions count, on the last days: shape (days, `columns.COUNTED`, lanes).
    """

    replications: NDArray[np.int64]
    used: int
    nature: Floats
    state: Floats
    tail: Singles
    noted: Singles


def lanes() -> int:
    """Return how many worlds the engine moves together."""
    if not has_compiler():
        return 1
    return engine.LANES


def _blocks_of(replications: Sequence[int], nature: Floats, begins: Floats) -> Iterator[Block]:
    width = lanes()
    for first in range(0, len(replications), width):
        index = np.arange(first, min(first + width, len(replications)))
        filled = np.concatenate([index, np.full(width - len(index), index[-1])])
        columns = np.ascontiguousarray(nature[:, filled])
        yield Block(
            np.asarray(replications, np.int64)[filled],
            len(index),
            columns,
            first_state(np.ascontiguousarray(begins[:, filled])).ravel(),
            np.zeros((0, len(OUTCOMES), width), np.float32),
            np.zeros((0, len(COUNTED), width), np.float32),
        )


class _Compiled:
    """Plays blocks with the compiled engine."""

    def __init__(self, rules: rulebook.RuleBook) -> None:
        self.engine = engine.Engine(rules)
        self.summarise = self.engine.summarise
        self.count_into_bands = self.engine.count_into_bands
        self.call = self.engine.call

    def advance(
        self,
        block: Block,
        nature: Floats,
        seed: int,
        scenario: Scenario,
        keep: int,
        note: int = 0,
    ) -> Singles:
        days, terms = plan_of(scenario), policy.table(scenario)
        daily = np.empty((min(keep, len(days)), len(OUTCOMES), engine.LANES), np.float32)
        self.call("begin_policy", block.state.reshape(STATES, engine.LANES), terms, block.noted)
        past = np.zeros((0, len(COUNTED), engine.LANES), np.float32)
        if note or scenario.conditions:
            fresh = np.empty((len(days), len(COUNTED), engine.LANES), np.float32)
            past = np.concatenate([block.noted, fresh])
        self.engine.advance(
            block.state,
            nature,
            self.engine.derive(nature),
            self.engine.keys(seed, block.replications),
            days,
            scenario.start.toordinal(),
            terms,
            past,
            daily,
        )
        block.noted = past[max(0, len(past) - note) :].copy()
        return daily


class _Mesa:
    """Plays blocks of one world with the Mesa model, where there is no compiler."""

    def __init__(self, rules: rulebook.RuleBook = rulebook.PLAIN) -> None:
        self.rules = rules

    @staticmethod
    def call(name: str, *arguments: Any) -> Any:
        """Call one of `exports.FUNCTIONS` as it is."""
        return exports.FUNCTIONS[name][0](*arguments)

    # Sums of single numbers would be single; compiled sums are double.
    def summarise(self, daily: Singles, *rest: Any) -> None:
        self.rules.outcomes["summarise"](daily.astype(np.float64), *rest)

    @staticmethod
    def count_into_bands(daily: Singles, before: Singles, *rest: Any) -> None:
        wide = np.float64
        reductions.count_into_bands(daily.astype(wide), before.astype(wide), *rest)

    def advance(
        self,
        block: Block,
        nature: Floats,
        seed: int,
        scenario: Scenario,
        keep: int,
        note: int = 0,
    ) -> Singles:
        from drawdown.day.world import World

        days = plan_of(scenario)

        world = World.from_state(
            block.state,
            nature[:, 0],
            seed,
            int(block.replications[0]),
            days,
            scenario.start,
            self.rules,
            policy.table(scenario),
            block.noted[:, :, 0],
        )
        world.run()
        daily = world.outcomes().astype(np.float32)[len(days) - min(keep, len(days)) :]
        block.state[:] = world.export_state()
        noted = np.array(world.noted, np.float32).reshape(-1, len(COUNTED), 1)
        block.noted = noted[max(0, len(noted) - note) :]
        world.retire()
        return daily[:, :, None]


@lru_cache(maxsize=4)
def _engine_for(rules: rulebook.RuleBook) -> Any:
    return _Compiled(rules) if has_compiler() else _Mesa(rules)


def the_engine() -> Any:
    """Return what plays blocks here: the compiled engine, or Mesa where there is no compiler."""
    return _engine_for(rulebook.current())


def outcomes_of(daily: Singles, names: Sequence[str]) -> Floats:
    """Return outcomes of a run from its days, as every ensemble works them out.

    Args:
        daily: Days, shape (days, outcomes, worlds).
        names: Outcomes of `outcomes.RUN_OUTCOMES` that follow from the days alone: not the
            requests to leave, and not ``daesh_attacks``.

    Returns:
        Shape (names, worlds).
    """
    worlds = daily.shape[2]
    rows = np.empty((len(reductions.RUN_OUTCOMES), worlds))
    nothing = np.zeros(worlds)
    the_engine().summarise(np.ascontiguousarray(daily), nothing, nothing, rows)
    found: Floats = rows[[reductions.RUN_OUTCOMES.index(name) for name in names]]
    return found


MOST_PLANS = 64
_plans = Recent(MOST_PLANS)


def plan_of(scenario: Scenario) -> Floats:
    """Return a scenario's plan; those used last are kept for all that lay out the same days."""
    key = repr((scenario.levers, scenario.events, scenario.mode, scenario.start, scenario.end))
    return _plans.get_or_make(key, lambda: plan.build(scenario))


def own_nature(scenario: Scenario, nature: Floats) -> Floats:
    """Return parameters with what a scenario chooses from its first day on."""
    if not scenario.world:
        return nature
    changed = nature.copy()
    for name, choice in scenario.world.items():
        row = declared.column(name)
        changed[row] = choice.apply(name, changed[row])
    return changed


def run_pool(
    jobs: Sequence[Callable[[], None]], threads: int, done: Callable[[int], None] | None
) -> None:
    """Do jobs on a pool of threads, or one after another where there is one thread.

    Args:
        jobs: The jobs.
        threads: Threads.
        done: Called with 1 as each ends.
    """
    if threads <= 1:
        for job in jobs:
            job()
            if done is not None:
                done(1)
        return
    with ThreadPoolExecutor(threads) as pool:
        futures: list[Future[None]] = [pool.submit(copy_context().run, job) for job in jobs]
        try:
            for future in as_completed(futures):
                future.result()
                if done is not None:
                    done(1)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def play(
    scenarios: Sequence[Scenario],
    run: Run | None = None,
    *,
    rules: rulebook.RuleBook | str | Path | None = None,
    **changes: Any,
) -> list[Ensemble]:
    """Play scenarios with the same worlds: same draws, same luck, same history.

    Args:
        scenarios: What to play. Those that follow a history share it, run by run.
        run: How they are played; by default as `Run` has it.
        rules: Rules of one's own that replace the model's: a file, or from `day.rulebook.load`.
        **changes: Attributes of ``run`` that are otherwise.

    Returns:
        One ensemble a scenario.
    """
    if rules is not None:
        with rulebook.using(rules):
            return play(scenarios, run, **changes)
    run = replace(run or Run(), **changes)
    run = replace(run, nature=run.drawn(), threads=run.threads or default_threads())
    assert run.nature is not None
    blocks = begin(run.lucks, run.nature)
    histories: dict[tuple[str, date], list[Block]] = {}
    results = []
    for scenario in scenarios:
        base = blocks
        if scenario.history is not None:
            key = (scenario.history, scenario.start)
            if key not in histories:
                past = Scenario.load(scenario.history).until(scenario.start - timedelta(days=1))
                note = max(policy.looks_back(policy.table(s)) for s in scenarios)
                histories[key], _ = live(blocks, past, run.seed, threads=run.threads, note=note)
            base = histories[key]
        elif scenario.world:
            base = begin(run.lucks, run.nature, scenario)
        results.append(_play_one(scenario, base, run))
    return results


def state_of(block: Block, row: int) -> Floats:
    """Return one row of the state of a block's worlds.

    Args:
        block: The worlds.
        row: A row of `columns.S`.
    """
    width = block.nature.shape[1]
    found: Floats = block.state.reshape(STATES, width)[row, : block.used]
    return found


def first_met(state: Floats, scenario: Scenario) -> Floats:
    """Return the days from a scenario's first until each condition was first met.

    Args:
        state: States after its last day, shape (states, worlds).
        scenario: The scenario.

    Returns:
        Shape (worlds, conditions); missing where one never was.
    """
    days: Floats = state[S.first_met :][: len(scenario.conditions)].T.copy()
    days[days == 0.0] = np.nan
    return days - scenario.start.toordinal()


def begin(
    replications: Sequence[int], nature: Floats, scenario: Scenario | None = None
) -> list[Block]:
    """Return worlds at a cold start, to be moved by `live`.

    Args:
        replications: Which worlds: numbers that decide each one's luck.
        nature: Their parameters, shape (parameters, worlds).
        scenario: The scenario that they begin with, whose choices set where they stand.
    """
    begins = nature if scenario is None else own_nature(scenario, nature)
    return list(_blocks_of(replications, nature, begins))


def live(
    blocks: Sequence[Block],
    scenario: Scenario | Sequence[Scenario],
    seed: int,
    reduce: Reduce | None = None,
    last: int | None = None,
    threads: int | None = None,
    note: int = policy.MEMORY,
) -> tuple[list[Block], Floats]:
    """Live a scenario's days on from where worlds stand; the worlds given stay as they are.

    Args:
        blocks: Worlds from `begin` or from here.
        scenario: What they live: its days, levers, events and chosen parameters; or one for
            each block.
        seed: Seed of the luck.
        reduce: Called with the days of each block, shape (days, outcomes, lanes); what it
            returns, shape (values, lanes), is kept.
        last: How many of the last days ``reduce`` is shown; by default all.
        threads: Threads; by default what the machine lets this process have.
        note: On how many of the last days to note what conditions of a later scenario count;
            fewer than they look back on would count less than happened.

    Returns:
        The worlds after the last day, and what was kept, shape (values, worlds).
    """
    engine = the_engine()
    lived = [scenario] * len(blocks) if isinstance(scenario, Scenario) else scenario
    assert len(lived) == len(blocks)
    after: list[Block] = list(blocks)
    parts: list[Any] = [np.empty((0, block.used)) for block in blocks]

    def job(i: int) -> Callable[[], None]:
        def work() -> None:
            old = blocks[i]
            new = Block(
                old.replications, old.used, old.nature, old.state.copy(), old.tail, old.noted
            )
            own = own_nature(lived[i], old.nature)
            kept = TAIL if reduce is None else max(TAIL, last or len(plan_of(lived[i])))
            daily = engine.advance(new, own, seed, lived[i], kept, note)
            new.tail = daily[-TAIL:, : len(FLOWS)].copy()
            if reduce is not None:
                parts[i] = reduce(daily)[:, : old.used]
            after[i] = new

        return work

    run_pool([job(i) for i in range(len(blocks))], threads or default_threads(), None)
    return after, np.hstack(parts)


def _play_one(scenario: Scenario, base: list[Block], run: Run) -> Ensemble:
    """Play a scenario from where worlds stand; the parameters of ``run`` are there."""
    assert run.nature is not None
    player, width, many = the_engine(), lanes(), len(run.lucks)
    days = len(plan_of(scenario))
    outcomes = np.empty((many, len(columns_with(run.windows))))
    met = np.full((many, len(scenario.conditions)), np.nan)
    countings: list[Counting] = []
    free: list[Counting] = []
    kept: dict[int, Singles] = {}
    wanted = set(run.keep)
    reduced: list[Any] = [np.empty((0, block.used)) for block in base]

    def counting() -> Counting:
        # A thread takes one that is free, so there are as many as threads.
        try:
            return free.pop()
        except IndexError:
            countings.append(Counting(days))
            return countings[-1]

    def work(i: int) -> None:
        block, used = base[i], base[i].used
        mine = replace(block, state=block.state.copy())
        own = own_nature(scenario, block.nature)
        daily = player.advance(mine, own, run.seed, scenario, days)
        state = mine.state.reshape(STATES, width)
        rows = np.empty((len(reductions.RUN_OUTCOMES), width))
        player.summarise(daily, state[S.request], own[P.daesh_attacks_per_index], rows)
        at = slice(i * width, i * width + used)
        rows = np.concatenate([rows, windowed(daily, scenario, run.windows)])
        outcomes[at], met[at] = rows[:, :used].T, first_met(state[:, :used], scenario)
        if run.bands:
            counts = counting()
            counts.add(player, daily, _padded(block.tail, width), used)
            free.append(counts)
        if run.reduce is not None:
            reduced[i] = run.reduce(daily)[:, :used]
        numbers = block.replications[:used]
        for lane, number in enumerate(numbers.tolist()):
            if number in wanted:
                kept[number] = daily[:, :, lane].copy()
        if run.days_to is not None:
            run.days_to(scenario, run.structure, numbers, daily[:, :, :used])
        run.played(used)

    run_pool([partial(work, i) for i in range(len(base))], run.threads or 1, None)
    bands = [one.bands(scenario.start) for one in countings]
    return Ensemble(
        scenario,
        run.structure,
        run.seed,
        np.array(run.lucks),
        own_nature(scenario, run.nature),
        outcomes,
        sum(bands[1:], start=bands[0]) if bands else None,
        kept,
        np.hstack(reduced),
        met,
        windows=run.windows,
    )


def _padded(tail: Singles, width: int) -> Singles:
    if len(tail) == TAIL:
        return tail
    return np.zeros((TAIL, len(FLOWS), width), np.float32)


def note_without_compiler() -> None:
    """Tell on standard error that worlds are played one by one."""
    sys.stderr.write(
        "There is no C compiler (cc, gcc, clang or the package ziglang): worlds are played one by "
        "one with Mesa, about a thousand times slower.\n"
    )
