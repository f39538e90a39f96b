"""The stylised facts SF1 to SF20 as an executable table.

Each fact is computed from model output, with the run, the days and the definition it was
computed on. Bands and sources are those of ``seeds/patterns.yaml``. A fact is a *gate* where
the model should not be believed if it fails, else it is *reported*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from drawdown.declared import data_files
from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import MOTIVES, STRUCTURES, O
from drawdown.declared.scenario import Scenario
from drawdown.declared.scenario_file import Event
from drawdown.evidence import record_run, stress
from drawdown.worlds import ensemble, shards
from drawdown.worlds.run import Run

ROUGH = Run(runs=400)
"""Worlds of each fact under a structure, where nothing is said."""
PRESENCE = "sustained-presence"
LONG_DAYS = 3653
"""Ten years: what long runs last."""


@dataclass(frozen=True)
class Number:
    """One number of a fact.

    Attributes:
        name: Which of the fact's numbers, as in ``seeds/patterns.yaml``.
        value: What the model gives.
        inside: Whether it lies in the band.
    """

    name: str
    value: float
    inside: bool


@dataclass(frozen=True)
class Fact:
    """A stylised fact, computed.

    Attributes:
        name: SF1 to SF20.
        numbers: Its numbers, the mean over the structures, or under neutral where it says so.
        by_structure: The same numbers under each structure.
        use: ``gate``, ``report``, or ``coding``: it returns an input, so it checks the code.
        passed: Whether all its numbers lie in their bands.
    """

    name: str
    numbers: tuple[Number, ...]
    by_structure: dict[str, tuple[Number, ...]]
    use: str

    @property
    def gate(self) -> bool:
        """Whether the model should not be believed if it fails."""
        return self.use == "gate"

    @property
    def passed(self) -> bool:
        """Whether all numbers lie in their bands."""
        return all(n.inside for n in self.numbers)

    def rejects(self) -> list[str]:
        """Return the structures that this fact alone would reject."""
        return [s for s, found in self.by_structure.items() if not all(n.inside for n in found)]


def _array(items: ensemble.Ensemble) -> Floats:
    return np.array([items.kept[int(r)] for r in items.replications], np.float64)


@dataclass
class Worlds:
    """What the facts are computed from: days of the same worlds in several runs, played once.

    Attributes:
        run: How they are played.
        held: Parameters at a value in every world: a mechanism switched off, or a motive.
    """

    run: Run
    held: Mapping[str, float] = field(default_factory=dict)
    _played: dict[object, Floats] = field(default_factory=dict, repr=False)

    @property
    def few(self) -> int:
        """Worlds of long runs."""
        return max(30, self.run.runs // 4)

    def days(self, scenario: Scenario, runs: int | None = None, **held: float) -> Floats:
        """Return daily outcomes, shape (worlds, days, outcomes)."""
        one = replace(
            self.run,
            runs=runs or self.run.runs,
            chosen=declared.settings({**self.held, **held}),
            bands=False,
        )
        return _array(shards.play([scenario], replace(one, keep=one.numbers))[0])

    def _once(self, key: object, make: Callable[[], Floats]) -> Floats:
        if key not in self._played:
            self._played[key] = make()
        return self._played[key]

    def record(self, mode: str) -> Floats:
        """Return the record run."""
        return self._once(mode, lambda: self.days(record_run.scenario(mode)))

    def unstruck(self, day: date) -> Floats:
        """Return the record run without the strike imposed on a day."""
        item = _without(record_run.scenario(), ("strike", day))
        return self._once(day, lambda: self.days(item))

    def scenario(self, name: str) -> Floats:
        """Return a scenario."""
        return self._once(name, lambda: self.days(Scenario.load(name)))

    def long(self, fixed: bool) -> Floats:
        """Return ten years of presence, with orders and campaigns or without (fixed)."""
        item = Scenario.load(PRESENCE)
        item = replace(item, end=item.start + timedelta(days=LONG_DAYS - 1))
        held = {"violence_median": ALWAYS} if fixed else {}
        return self._once(
            ("long", fixed), lambda: self.days(item, self.few, **held)[:, :, : O.strikes + 1]
        )

    def drawn(self, name: str) -> Floats:
        """Return the draws of one parameter."""
        table = replace(self.run, chosen=declared.settings(self.held)).drawn()
        row: Floats = table[declared.column(name)]
        return row


def _rows(first: date, begin: date, end: date) -> slice:
    return slice((begin - first).days, (end - first).days + 1)


def _without(scenario: Scenario, *what: tuple[str, date]) -> Scenario:
    """Return a scenario without some dated events."""
    left = tuple(e for e in scenario.events if (e.what, e.date) not in what)
    return replace(scenario, events=left)


def _coalition_dead(days: Floats) -> Floats:
    found: Floats = days[..., O.dead_us] + days[..., O.dead_coalition]
    return found


def _fano(counts: Floats) -> Floats:
    """Return the variance over the mean along the last axis, NaN where nothing is counted."""
    mean = counts.mean(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(mean > 0, counts.var(axis=-1, ddof=1) / mean, np.nan))


def _windows(daily: Floats, length: int) -> Floats:
    """Return sums over windows, shape (worlds, windows)."""
    n = daily.shape[1] // length
    sums: Floats = daily[:, : n * length].reshape(len(daily), n, length).sum(axis=2)
    return sums


ALWAYS = 1e7
"""Median length of violence, in days, at which no spell of quiet begins."""

Values = dict[str, Any]


def _sf1(w: Worlds) -> Values:
    first = record_run.scenario().start
    year = date(2021, 1, 1)
    press = w.record("conditioned")[:, :, O.reported_press]
    to_june = press[:, _rows(first, year, date(2021, 6, 6))].sum(axis=1)
    to_july = press[:, _rows(first, year, date(2021, 7, 7))].sum(axis=1)
    from_june = press[:, _rows(first, date(2021, 6, 7), date(2021, 7, 31))].sum(axis=1)
    return {
        "day_157_low": np.quantile(to_june, 0.05),
        "day_157_high": np.quantile(to_june, 0.95),
        "day_188_low": np.quantile(to_july, 0.05),
        "day_188_high": np.quantile(to_july, 0.95),
        "rate_early": to_june.mean() / 157,
        "rate_late": from_june.mean() / 55,
    }


def _sf2(w: Worlds) -> Values:
    first = record_run.scenario().start
    days = w.record("conditioned")[:, _rows(first, date(2021, 1, 1), date(2021, 7, 7))]
    drones = days[:, :, O.attacks_drone].sum()
    press = days[:, :, O.reported_press].sum()
    facility = days[:, :, O.attacks_foreign].sum()
    return {"rockets": (facility - drones) / press, "drones": drones / press}


def _sf3(w: Worlds) -> Values:
    days = w.record("conditioned")
    return {"fatal": (_coalition_dead(days) > 0).sum() / days[:, :, O.attacks_foreign].sum()}


def _episodes(attacks: Floats, strikes: Floats) -> tuple[int, int]:
    """Return episodes of one world, and those that no strike answered within 14 days."""
    days = np.flatnonzero(attacks > 0)
    if len(days) == 0:
        return 0, 0
    ends = np.append(days[1:] - days[:-1] > 3, True)
    last = days[ends]
    began = days[np.append(True, ends[:-1])]
    struck = np.cumsum(np.append(0, strikes))
    until = np.minimum(last + 15, len(strikes))
    return len(last), int((struck[until] == struck[began]).sum())


def _free_days(w: Worlds) -> Floats:
    # The strike of 3 January 2020 is imposed in both modes.
    return w.record("free")[:, 5:]


def _sf4(w: Worlds) -> Values:
    days = _free_days(w)
    counted = [_episodes(d[:, O.attacks_foreign], d[:, O.strikes]) for d in days]
    episodes, one_sided = np.array(counted).sum(axis=0)
    return {
        "strikes": days[:, :, O.strikes].sum() / days[:, :, O.attacks_foreign].sum(),
        "one_sided": one_sided / episodes,
    }


def _answers(w: Worlds) -> tuple[float, float, Floats]:
    """Return P(strike | death), P(strike | none) and lags, within 14 days."""
    days = _free_days(w)
    dead, struck = _coalition_dead(days) > 0, days[:, :, O.strikes] > 0
    attacks = days[:, :, O.attacks_foreign]
    answered = fatal = unprovoked = 0
    lags: list[int] = []
    for d, s in zip(dead, struck, strict=True):
        strikes, deaths = np.flatnonzero(s), np.flatnonzero(d)
        for day in deaths:
            if day + 14 < len(d):
                fatal += 1
                later = strikes[(strikes >= day) & (strikes <= day + 14)]
                answered += len(later) > 0
                lags += [int(later[0] - day)] if len(later) else []
        unprovoked += sum(not ((deaths <= t) & (deaths >= t - 14)).any() for t in strikes)
    harmless = attacks.sum() - dead.sum()
    known = np.array(lags, np.float64) if lags else np.array([np.nan])
    return answered / max(1, fatal), unprovoked / max(1.0, harmless), known


def _sf5(w: Worlds) -> Values:
    given, none, _ = _answers(w)
    return {"given_death": given, "given_none": none, "ratio": given / max(none, 1e-9)}


def _sf6(w: Worlds) -> Values:
    _, _, lags = _answers(w)
    return {"median": np.median(lags), "q95": np.quantile(lags, 0.95)}


STRIKE_DAYS = (date(2021, 2, 25), date(2021, 6, 27))


def _sf7(w: Worlds) -> Values:
    first, day = record_run.scenario().start, STRIKE_DAYS[0]
    window = _rows(first, day + timedelta(days=1), day + timedelta(days=7))
    struck = w.record("conditioned")[:, window, O.attacks_foreign].sum(axis=1) > 0
    not_struck = w.unstruck(day)[:, window, O.attacks_foreign].sum(axis=1) > 0
    return {"difference": float(struck.mean() - not_struck.mean())}


def _sf8(w: Worlds) -> Values:
    first = record_run.scenario().start
    ratios = []
    for day in STRIKE_DAYS:
        window = _rows(first, day + timedelta(days=1), day + timedelta(days=30))
        a = w.record("conditioned")[:, window, O.attacks_foreign].sum()
        ratios.append(float(a / w.unstruck(day)[:, window, O.attacks_foreign].sum()))
    low, high = np.quantile(w.drawn("strike_rate_ratio"), [0.05, 0.95])
    return {"measured": float(np.mean(ratios)), "drawn_low": low, "drawn_high": high}


def _sf9(w: Worlds) -> Values:
    days = w.scenario(PRESENCE)[:, :212, O.attacks_foreign]
    weekly, monthly = _fano(_windows(days, 7)), _fano(_windows(days, 28))
    return {"weekly": np.nanmedian(weekly), "monthly": np.nanmedian(monthly)}


def _branching(counts: Floats) -> float:
    """Return n from the dispersion of long windows: 1 - 1/sqrt(Fano)."""
    fano = float(np.nanmedian(_fano(_windows(counts, 112))))
    return max(0.0, 1.0 - float(fano**-0.5))


def _sf10(w: Worlds) -> Values:
    fixed = _branching(w.long(True)[:, :, O.attacks_foreign])
    free = _branching(w.long(False)[:, :, O.attacks_foreign])
    return {"fixed": fixed, "free": free}


def _autocorrelation(counts: Floats, lag: int) -> float:
    centred = counts - counts.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        value = (centred[:, lag:] * centred[:, :-lag]).mean(axis=1) / (centred**2).mean(axis=1)
    return float(np.nanmean(value))


def _sf11(w: Worlds) -> Values:
    weekly = _windows(w.long(True)[:, :, O.attacks_foreign], 7)
    beyond = [abs(_autocorrelation(weekly, lag)) for lag in range(7, 13)]
    return {"lag_1": _autocorrelation(weekly, 1), "beyond": max(beyond)}


def _sf12(w: Worlds) -> Values:
    days = w.long(False)
    fatal = _fano(_windows((_coalition_dead(days) > 0).astype(np.float64), 28))
    every = _fano(_windows(days[:, :, O.attacks_foreign], 28))
    known = ~np.isnan(fatal)
    return {"share": float((fatal < every)[known].mean())}


@lru_cache(maxsize=1)
def _severities() -> tuple[Floats, Floats]:
    """Return deaths of fatal incidents and the cells of the group that made each."""
    from drawdown.day.world import World
    from drawdown.declared.columns import ATTACK_FOREIGN

    dead, size = [], []
    for r in range(12):
        world = World(PRESENCE, seed=r, parameters={"lethality": 0.4, "attack_rate": 1})
        world.run(365)
        for event in world.happenings:
            if event.kind == ATTACK_FOREIGN and event.dead > 0:
                dead.append(float(event.dead))
                size.append(float(world.factions[event.who].row.cells))
        world.retire()
    return np.array(dead), np.array(size)


def _exponent(dead: Floats, longest: int) -> float:
    """Return the exponent of a cut power law, by likelihood on a grid."""
    grid = np.linspace(1.2, 3.5, 231)
    k = np.arange(1, longest + 1, dtype=np.float64)
    total = np.log((k[None, :] ** -grid[:, None]).sum(axis=1))
    likelihood = -grid * np.log(dead).sum() - len(dead) * total
    return float(grid[likelihood.argmax()])


def _sf13(w: Worlds) -> Values:
    from scipy.stats import spearmanr

    dead, size = _severities()
    return {"exponent": _exponent(dead, 50), "by_size": abs(float(spearmanr(dead, size)[0]))}


def _sf14(w: Worlds) -> Values:
    usual = Scenario.load(PRESENCE)
    day = date(2022, 3, 1)
    told = replace(usual, events=(*usual.events, Event(date=day, what="doubt")))
    a = w.days(told)[:, :, O.attacks_foreign]
    b = w.scenario(PRESENCE)[:, :, O.attacks_foreign]
    now = _rows(usual.start, day, day + timedelta(days=29))
    later = _rows(usual.start, day + timedelta(days=45), day + timedelta(days=75))
    return {
        "first_30": 100.0 * (a[:, now].sum() / b[:, now].sum() - 1.0),
        "after_45": 100.0 * abs(a[:, later].sum() / b[:, later].sum() - 1.0),
    }


def _sf15(w: Worlds) -> Values:
    leaving, staying = w.scenario("full-withdrawal"), w.scenario(PRESENCE)
    first = Scenario.load("full-withdrawal").start
    before = _rows(first, date(2021, 10, 1), date(2022, 12, 31))
    after = _rows(first, date(2023, 1, 15), date(2024, 1, 26))
    remaining = [O.attacks_diplomatic]
    a = leaving[:, after][:, :, remaining].sum(axis=(1, 2))
    b = staying[:, after][:, :, remaining].sum(axis=(1, 2))
    state = [O.attacks_diplomatic, O.attacks_state]
    c = leaving[:, after][:, :, state].sum(axis=(1, 2))
    d = staying[:, after][:, :, state].sum(axis=(1, 2))
    attacks = O.attacks_foreign
    return {
        "announced": leaving[:, before, attacks].sum() / staying[:, before, attacks].sum(),
        "after_diplomats": float((a > b).mean()),
        "after_with_state": float((c > d).mean()),
    }


def _sf16(w: Worlds) -> Values:
    leaving, staying = w.scenario("full-withdrawal"), w.scenario(PRESENCE)
    after = _rows(Scenario.load("full-withdrawal").start, date(2023, 1, 15), date(2024, 1, 26))
    gone = leaving[:, after, O.attacks_foreign].sum()
    usual = staying[:, after, O.attacks_foreign].sum()
    state, before = (
        leaving[:, after, O.attacks_state].sum(),
        staying[:, after, O.attacks_state].sum(),
    )
    return {
        "fall": 100.0 * (gone / usual - 1.0),
        "state_share_rise": state / (state + gone) - before / (before + usual),
    }


def _longest_quiet(attacks: Floats) -> int:
    best = run = 0
    for value in attacks:
        run = run + 1 if value == 0 else 0
        best = max(best, run)
    return int(best)


def _sf17(w: Worlds) -> Values:
    days = w.days(replace(Scenario.load(PRESENCE), end=date(2026, 7, 25)), w.few)
    orders = quiet_orders = 0
    for world in days:
        on = world[:, O.quiet] > 0
        edges = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(np.int8), [0]])))
        for begin, end in edges.reshape(-1, 2):
            if end < len(on):
                orders += 1
                stretch = world[begin : min(len(on), end), O.attacks_foreign]
                quiet_orders += _longest_quiet(stretch) >= 60
    calm = w.days(Scenario.load(PRESENCE), w.few, violence_median=ALWAYS)[
        :, :212, O.attacks_foreign
    ]
    busy = calm[calm.sum(axis=1) >= 53]
    gaps = [_longest_quiet(x) >= 60 for x in busy]
    return {
        "orders": quiet_orders / max(1, orders),
        "otherwise": float(np.mean(gaps)) if gaps else 0.0,
    }


def _sf18(w: Worlds) -> Values:
    item = record_run.scenario()
    rounds = [e.date for e in item.events if e.what == "dialogue_round"]
    attacks = w.record("conditioned")[:, :, O.attacks_foreign]
    before = np.zeros(attacks.shape[1], np.bool_)
    for day in rounds:
        before[_rows(item.start, day - timedelta(days=28), day - timedelta(days=1))] = True
    truce = _rows(item.start, date(2020, 10, 10), date(2021, 2, 14))
    other = ~before
    other[truce] = False
    return {"ratio": attacks[:, before].mean() / attacks[:, other].mean()}


def _sf19(w: Worlds) -> Values:
    first = record_run.scenario().start
    days = w.record("conditioned")[:, _rows(first, date(2021, 4, 1), date(2021, 6, 30))]
    return {"ratio": days[:, :, O.reported_official].sum() / days[:, :, O.reported_press].sum()}


def _sf20(w: Worlds) -> Values:
    days = w.scenario(PRESENCE)
    dead, support = days[:, :, O.dead_us].sum(axis=1), days[:, :, O.us_support]
    years = days.shape[1] / 365.0
    few = dead <= 3 * years
    tail = w.days(Scenario.load(PRESENCE), lethality=0.2)
    lost = tail[:, :, O.dead_us].sum(axis=1) >= 30
    lowest = tail[lost][:, :, O.us_support].min(axis=1) if lost.any() else np.array([np.nan])
    return {
        "few_dead": float((support[few][:, 0] - support[few][:, -90:].mean(axis=1)).mean()),
        "many_dead": float(50.0 - np.mean(lowest)),
    }


_COMPUTED = (
    _sf1,
    _sf2,
    _sf3,
    _sf4,
    _sf5,
    _sf6,
    _sf7,
    _sf8,
    _sf9,
    _sf10,
    _sf11,
    _sf12,
    _sf13,
    _sf14,
    _sf15,
    _sf16,
    _sf17,
    _sf18,
    _sf19,
    _sf20,
)
FACTS = {f"SF{i}": fact for i, fact in enumerate(_COMPUTED, start=1)}
"""What computes each fact."""


def _judge(name: str, values: Mapping[str, Any]) -> tuple[Number, ...]:
    bands = data_files.load("patterns")[name]["numbers"]
    found = []
    for key, item in bands.items():
        value = float(values[key])
        low, high = item.get("band", (None, None))
        inside = (
            value == value and (low is None or value >= low) and (high is None or value <= high)
        )
        found.append(Number(key, value, bool(inside)))
    return tuple(found)


def _together(name: str, by_structure: Mapping[str, Values]) -> Values:
    """Return a fact's values over the structures: under neutral, over their range, or the mean."""
    how = data_files.load("patterns")[name].get("over", "mean")
    if how == "neutral":
        return by_structure["neutral"]
    if how == "range":
        return {
            "measured_low": min(v["measured"] for v in by_structure.values()),
            "measured_high": max(v["measured"] for v in by_structure.values()),
            "drawn_low": min(v["drawn_low"] for v in by_structure.values()),
            "drawn_high": max(v["drawn_high"] for v in by_structure.values()),
        }
    keys = next(iter(by_structure.values()))
    return {k: float(np.mean([v[k] for v in by_structure.values()])) for k in keys}


def compute(
    run: Run = ROUGH,
    advance: Callable[[int], None] = lambda n: None,
) -> list[Fact]:
    """Compute the stylised facts, in order.

    Args:
        run: How worlds are played under each structure.
        advance: Called with 1 after each fact and structure.
    """
    values: dict[str, dict[str, Values]] = {name: {} for name in FACTS}
    for structure in STRUCTURES:
        worlds = Worlds(replace(run, structure=structure))
        for name, fact in FACTS.items():
            values[name][structure] = fact(worlds)
            advance(1)
    found = []
    for name, by_structure in values.items():
        item = data_files.load("patterns")[name]
        shown = {"neutral": ("neutral",), "range": ()}.get(item.get("over", ""), STRUCTURES)
        each = {s: _judge(name, by_structure[s]) for s in shown}
        numbers = _judge(name, _together(name, by_structure))
        found.append(Fact(name, numbers, each, item["use"]))
    return found


@dataclass(frozen=True)
class Ablations:
    """Which facts fail where something is switched off or held.

    Attributes:
        rows: What was switched off or held, in order: ``base``, mechanisms, structures,
            motives.
        fails: For each row, the facts whose numbers leave their bands, and the facts of stress
            cases that a motive's worlds do not show, each as ``CASE:FACT/MOTIVE``.
        runs: Worlds of each.
        seed: Seed.
    """

    rows: tuple[str, ...]
    fails: dict[str, tuple[str, ...]]
    runs: int
    seed: int

    def only_here(self, row: str) -> tuple[str, ...]:
        """Return the facts that fail in a row and not in the base of its structure."""
        item = data_files.load("mechanisms").get(row, {})
        structure = item.get("structure", "neutral")
        base = self.fails["base" if structure == "neutral" else structure]
        return tuple(f for f in self.fails[row] if f not in base)

    def idle(self) -> tuple[str, ...]:
        """Return the facts that nothing switched off or held can fail: they reject nothing."""
        known = (*self.fails["base"], *(f for row in self.rows for f in self.only_here(row)))
        moved = {name.partition("/")[0] for name in known}
        return tuple(f for f in JUDGES if f not in moved)

    def judged(self) -> dict[str, tuple[str, ...]]:
        """Return for each fact the mechanisms that fail it when they are switched off."""
        known = data_files.load("mechanisms")
        by = {
            row: {f.partition("/")[0] for f in self.only_here(row)}
            for row in known
            if row in self.fails
        }
        return {fact: tuple(row for row, facts in by.items() if fact in facts) for fact in JUDGES}


def stress_name(fact: stress.StressFact) -> str:
    """Return the name by which an ablation calls a fact of a stress case."""
    return f"{fact.case}:{fact.name}"


JUDGES = (*FACTS, *map(stress_name, stress.FACTS))
"""Every fact that an ablation can fail."""


def _failed_stress(
    run: Run, off: Mapping[str, float], motives: Sequence[str], base: stress.Stress
) -> list[str]:
    """Return the facts of stress cases that worlds do not show, motive by motive.

    One that the base shows must be shown less by two standard errors, so that a share next to
    the limit judges nothing.
    """
    found = stress.examine(replace(run, chosen=declared.settings(off)), (run.structure,))
    worlds = run.runs / len(MOTIVES)

    def lost(k: int, motive: str) -> bool:
        here, before = (one.shares[k, motive] for one in (found, base))
        error = np.sqrt((here * (1.0 - here) + before * (1.0 - before)) / worlds)
        return bool(base.fails(k, motive) or before - here > 2.0 * error)

    return [
        f"{stress_name(fact)}/{motive}"
        for k, fact in enumerate(stress.FACTS)
        for motive in motives
        if found.fails(k, motive) and lost(k, motive)
    ]


def ablate(
    run: Run,
    advance: Callable[[int], None] = lambda n: None,
) -> Ablations:
    """Compute every fact with each mechanism off, and under each structure and motive alone.

    Args:
        run: How worlds of each are played.
        advance: Called with 1 after each row.
    """
    mechanisms = data_files.load("mechanisms")
    held: dict[str, tuple[str, dict[str, float], tuple[str, ...]]]
    held = {"base": ("neutral", {}, MOTIVES)}
    for name, item in mechanisms.items():
        off = {k: float(v) for k, v in item["off"].items()}
        held[name] = (item.get("structure", "neutral"), off, MOTIVES)
    held |= {s: (s, {}, MOTIVES) for s in STRUCTURES}
    held |= {m: ("neutral", {declared.MOTIVE: float(i)}, (m,)) for i, m in enumerate(MOTIVES)}
    fails = {}
    # Five motives share a case's worlds: each gets as many as a fact of the record run.
    many = replace(run, runs=len(MOTIVES) * run.runs)
    bases = {s: stress.examine(replace(many, structure=s), (s,)) for s in STRUCTURES}
    for row, (structure, off, motives) in held.items():
        worlds = Worlds(replace(run, structure=structure), off)
        own = replace(many, structure=structure)
        stressed = _failed_stress(own, off, motives, bases[structure])
        failed = []
        for name, fact in FACTS.items():
            one = {structure: fact(worlds)}
            if data_files.load("patterns")[name].get("over") == "neutral":
                one = {"neutral": one[structure]}
            elif data_files.load("patterns")[name].get("over") == "range":
                # What is asked of three structures cannot be asked of one.
                continue
            if not all(n.inside for n in _judge(name, _together(name, one))):
                failed.append(name)
        fails[row] = (*failed, *stressed)
        advance(1)
    return Ablations(tuple(held), fails, run.runs, run.seed)


def rows_of_ablation() -> int:
    """Return how many rows `ablate` computes."""
    return 1 + len(data_files.load("mechanisms")) + len(STRUCTURES) + len(MOTIVES)
