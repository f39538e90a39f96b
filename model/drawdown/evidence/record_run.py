"""The record run: what it is held against, and thousands of it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np

from drawdown.declared import parameters as declared
from drawdown.declared import record
from drawdown.declared.arrays import Floats, Singles
from drawdown.declared.columns import STRUCTURES, O
from drawdown.declared.errors import InputError
from drawdown.declared.levels import MONTH
from drawdown.declared.record import Interval, Series
from drawdown.declared.scenario import Scenario
from drawdown.declared.scenario_file import SPELLS, Event
from drawdown.worlds import shards
from drawdown.worlds.run import USUAL, Reduce, Run

RECORD = "record-2020-2021"
NORMAL_90 = 1.6448536269514722
"""Half width of the 90 % interval of a standard normal."""

DISCREPANCY = 0.15
"""Standard deviation of the model's own error on each count, as a share (judgement)."""

SHARED_ERROR = 0.5
"""Correlation of reporting errors between intervals of attacks (judgement): who counts one
month widely counts the next one widely."""


@dataclass(frozen=True)
class Target:
    """One number of the record that the model is held against.

    Attributes:
        name: Its name.
        interval: Days, best, lowest and highest value.
        mode: Mode of the record run in which it is read off.
    """

    name: str
    interval: Interval
    mode: str


FEWEST_INTERVALS = 3
"""Intervals of attacks below which nothing is fitted (judgement)."""


@dataclass(frozen=True)
class Inputs:
    """What a calibration is made from.

    Attributes:
        attacks: A user's own counts of attacks on foreign sites, or None for the record's.
        priors: ``prior``, or a YAML file of a user's own priors.
        told: What the two are, for results.
    """

    attacks: Series | None = None
    priors: str = "prior"
    told: Mapping[str, Any] = field(default_factory=dict)


_inputs = Inputs()


def inputs() -> Inputs:
    """Return what is calibrated on now."""
    return _inputs


@contextmanager
def using(own: Inputs) -> Iterator[None]:
    """Hold the model against a user's own counts and priors for a while.

    Only the counts of attacks are replaced; incidents, strikes and the truce stay those of
    the record. One calibration at a time.

    Raises:
        InputError: If the counts do not lie within the record run, or are too few.
    """
    global _inputs
    if own.attacks is not None:
        item = scenario()
        inside = own.attacks.between(item.start, item.end)
        if len(inside) < len(own.attacks) or len(inside) < FEWEST_INTERVALS:
            raise InputError(
                f"the counts must be {FEWEST_INTERVALS} or more whole intervals within "
                f"{item.start} and {item.end}, the days of the record run; {len(inside)} of "
                f"{len(own.attacks)} are"
            )
    before, _inputs = _inputs, own
    attack_intervals.cache_clear()
    targets.cache_clear()
    try:
        yield
    finally:
        _inputs = before
        attack_intervals.cache_clear()
        targets.cache_clear()


CAMPAIGN = 3.0
"""Attacks a month on facilities above which the record speaks of violence (record:regimes)."""

TOLD_FROM = 28
"""Days of counts within a spell from which they can contradict it (judgement)."""


def contradictions(counts: Series) -> tuple[str, ...]:
    """Return where counts contradict the spells that the record run dates, with the days.

    The spells are played as they are dated: counts cannot tell a quiet that leaks from violence
    at a low rate, so they do not replace them.

    Args:
        counts: A user's own counts of attacks on foreign sites.

    Example:
        >>> few = Interval(date(2021, 3, 1), date(2021, 7, 25), 2.0, 1.0, 4.0)
        >>> contradictions(Series((few,)))[0][:52]
        '2021-03-01 to 2021-07-25: 1 to 4 attacks in 147 days'
    """
    item = scenario()
    found = []
    for event in item.events:
        if event.what not in SPELLS or event.until is None:
            continue
        whole = max(event.date, item.start), event.until
        spans = [whole]
        if event.until == item.end:
            # Where a run begins the last weeks say more than the whole spell.
            spans.append((max(whole[0], event.until - timedelta(days=LAST_WEEKS - 1)), event.until))
        found += [_contradiction(counts, event, *span) for span in spans]
    return tuple(dict.fromkeys(sentence for sentence in found if sentence))


LAST_WEEKS = 56
"""Days before a run begins that are looked at apart (judgement)."""


def _contradiction(counts: Series, event: Event, first: date, last: date) -> str:
    """Return how counts contradict a spell on some of its days, or nothing."""
    days, low, high = 0.0, 0.0, 0.0
    begins, ends = last, first
    for one in counts.intervals:
        inside = (min(last, one.end) - max(first, one.start)).days + 1
        # An interval that reaches beyond is spread evenly over its days.
        if inside * 2 > one.days:
            days += inside
            low, high = low + one.low * inside / one.days, high + one.high * inside / one.days
            begins, ends = min(begins, max(first, one.start)), max(ends, min(last, one.end))
    if days < TOLD_FROM:
        return ""
    few, many = (n / days * MONTH for n in (low, high))
    if not (many < CAMPAIGN if event.what == "violence" else few > CAMPAIGN):
        return ""
    side = "fewer" if event.what == "violence" else "more"
    return (
        f"{begins} to {ends}: {low:.3g} to {high:.3g} attacks in {days:g} days, {side} than "
        f"{CAMPAIGN:g} a month, where the record dates {event.what} ({event.date} to "
        f"{event.until}); the spell is played as dated"
    )


def items() -> dict[str, declared.Parameter]:
    """Return all parameters with the priors in use."""
    return declared.source(_inputs.priors).items


@cache
def scenario(mode: str = "conditioned") -> Scenario:
    """Return the record run, with the dated strikes imposed or free."""
    item = replace(Scenario.load(RECORD), mode=mode)
    if not _told[0]:
        events = tuple(e for e in item.events if e.what not in UNANNOUNCED)
        item = replace(item, mode="free", events=events)
    return item


UNANNOUNCED = ("truce", *SPELLS)
"""What the record run dates and nobody could have known, beside the strikes."""

_told = [True]


@contextmanager
def untold() -> Iterator[None]:
    """Leave out of the record run what nobody had announced, for a while.

    One prediction at a time. The strikes of early January 2020 are the run's own beginning.
    """
    _told[0] = False
    scenario.cache_clear()
    try:
        yield
    finally:
        _told[0] = True
        scenario.cache_clear()


@cache
def attack_intervals() -> Series:
    """Return the attacks on facilities and bases within the record run, or a user's own."""
    item = scenario()
    if _inputs.attacks is not None:
        return _inputs.attacks
    return record.attacks().between(item.start, item.end)


@cache
def targets() -> tuple[Target, ...]:
    """Return all numbers of the record that the model is held against."""
    found = [
        Target(f"attacks_{i.start:%Y_%m_%d}", i, "conditioned")
        for i in attack_intervals().intervals
    ]
    modes = {"strikes": "free"}
    found += [
        Target(name, interval, modes.get(name, "conditioned"))
        for name, interval in record.incidents().items()
    ]
    return tuple(found)


def observed() -> Floats:
    """Return the record's best values, in the targets' order."""
    return np.array([t.interval.count for t in targets()])


def _rows(interval: Interval, first: date) -> slice:
    return slice((interval.start - first).days, (interval.end - first).days + 1)


def incident_counts(daily: Singles, first: date, what: str, interval: Interval) -> Floats:
    """Return the count of one kind of incident, one a lane.

    Args:
        daily: Recorded days, shape (days, outcomes, lanes).
        first: Date of the first day.
        what: A name of ``seeds/record/incidents.csv``.
        interval: The days counted.
    """
    days = daily[_rows(interval, first)].astype(np.float64)
    dead = days[:, O.dead_us] + days[:, O.dead_coalition]
    wounded = days[:, O.wounded_us] + days[:, O.wounded_coalition]
    found: Floats
    if what == "fatal_incidents":
        found = (dead > 0).sum(axis=0).astype(np.float64)
    elif what == "wounding_incidents":
        found = ((dead == 0) & (wounded > 0)).sum(axis=0).astype(np.float64)
    elif what == "coalition_dead":
        found = dead.sum(axis=0)
    elif what == "coalition_wounded":
        found = wounded.sum(axis=0)
    else:
        outcome = {
            "drone_attacks": O.attacks_drone,
            "strikes": O.strikes,
            "truce_attacks": O.attacks_foreign,
        }[what]
        found = days[:, outcome].sum(axis=0)
    return found


def _read_off(mode: str, checks: Mapping[str, Interval]) -> Reduce:
    first = scenario(mode).start
    attacks, others = attack_intervals(), record.incidents()

    def reduce(daily: Singles) -> Floats:
        rows = []
        if mode == "conditioned":
            rows.append(record.totals(daily, first, attacks, "attacks_foreign"))
        for target in targets()[len(attacks) :]:
            if target.mode == mode:
                rows.append(
                    incident_counts(daily, first, target.name, others[target.name])[None, :]
                )
        if mode == "conditioned":
            rows += [incident_counts(daily, first, k, v)[None, :] for k, v in checks.items()]
        return np.vstack(rows)

    return reduce


def play(
    nature: Floats,
    run: Run = USUAL,
    *,
    modes: Sequence[str] = ("conditioned", "free"),
    checks: Mapping[str, Interval] | None = None,
) -> Floats:
    """Play the record run and read the targets off.

    Args:
        nature: Parameters, shape (parameters, runs).
        run: How it is played; its first replication and its seed decide the luck.
        modes: Modes to play; targets of the others are NaN.
        checks: Incidents that are read off too, in the conditioned mode.

    Returns:
        Shape (targets and checks, runs), before any error of model or report.
    """
    wanted = checks or {}
    result = np.full((len(targets()) + len(wanted), nature.shape[1]), np.nan)
    for mode in modes:
        rows = [i for i, t in enumerate(targets()) if t.mode == mode]
        if mode == "conditioned":
            rows += range(len(targets()), len(result))
        one = replace(run, runs=nature.shape[1], nature=nature, bands=False)
        one = replace(one, reduce=_read_off(mode, wanted))
        result[rows] = shards.play([scenario(mode)], one)[0].reduced
    return result


def fingerprint() -> str:
    """Return the digest of what a calibration rests on: draws of the priors, and what they play.

    The same worlds give the same digest however the code that plays them is written, so a
    posterior holds as long as it does. Draws count to four digits, what was played to the last.
    """
    total = sha256()
    for structure in STRUCTURES:
        run = Run(runs=64, structure=structure, uncertainty="prior")
        nature = run.drawn()
        total.update(" ".join(f"{value:.4g}" for value in nature.ravel()).encode())
        total.update(play(nature, run).tobytes())
    return total.hexdigest()[:16]


@dataclass(frozen=True)
class Held:
    """One number of the record beside the model's.

    Attributes:
        name: Its name.
        interval: The record's.
        fitted: Whether calibration saw it.
        quantiles: The model's 5, 50 and 95 % quantiles over the pooled structures.
        by_structure: The same under each structure.
    """

    name: str
    interval: Interval
    fitted: bool
    quantiles: Floats
    by_structure: dict[str, Floats]

    @property
    def inside(self) -> bool:
        """Whether the record's best value lies in the model's 90 % band."""
        return bool(self.quantiles[0] <= self.interval.count <= self.quantiles[2])


def against_record(run: Run = USUAL) -> list[Held]:
    """Return the record run's numbers beside the record's: counts of worlds, without errors.

    Args:
        run: How it is played under each structure.
    """
    checks = record.incidents("check")
    first = scenario().start
    attacks = attack_intervals()
    found: dict[str, dict[str, Floats]] = {}
    for structure in STRUCTURES:
        one = replace(run, structure=structure)
        played = play(one.drawn(), one, checks=checks)
        names = [*(t.name for t in targets()), *checks]
        found[structure] = dict(zip(names, played, strict=True))
        found[structure]["attacks_total"] = played[: len(attacks)].sum(axis=0)
    total = Interval(
        first,
        attacks.intervals[-1].end,
        float(attacks.counts.sum()),
        float(attacks.lows.sum()),
        float(attacks.highs.sum()),
    )
    known = {t.name: t.interval for t in targets()} | {"attacks_total": total} | checks
    levels = (0.05, 0.5, 0.95)
    return [
        Held(
            name,
            interval,
            name not in checks,
            np.quantile(np.concatenate([found[s][name] for s in STRUCTURES]), levels),
            {s: np.quantile(found[s][name], levels) for s in STRUCTURES},
        )
        for name, interval in known.items()
    ]


def report(simulated: Floats, generator: np.random.Generator) -> Floats:
    """Return simulated counts as the record would report them.

    First the model's own error (`DISCREPANCY`, lognormal), then that of the count: half a
    normal on each side. Low and high bound the truth given the count; so a count lies above
    the truth as far as low lies below the count, and below it as far as high lies above.
    Errors grow in proportion where more is counted. Reports of attacks err together
    (`SHARED_ERROR`).

    Args:
        simulated: Shape (targets, runs).
        generator: Random numbers.
    """
    best = observed()[:, None]
    lows = np.array([t.interval.low for t in targets()])[:, None]
    highs = np.array([t.interval.high for t in targets()])[:, None]
    attacks = np.arange(len(targets())) < len(attack_intervals())
    own = generator.standard_normal(simulated.shape)
    common = generator.standard_normal(simulated.shape[1])
    z = np.where(
        attacks[:, None],
        np.sqrt(SHARED_ERROR) * common + np.sqrt(1.0 - SHARED_ERROR) * own,
        own,
    )
    model = np.exp(DISCREPANCY * generator.standard_normal(simulated.shape) - DISCREPANCY**2 / 2)
    true = simulated * model
    width = np.where(z > 0, best - lows, highs - best) / NORMAL_90
    grown = np.maximum(1.0, true / np.maximum(best, 1.0))
    result: Floats = np.maximum(0.0, true + z * width * grown)
    return result


def statistics(reported: Floats, left_out: Sequence[int] = ()) -> Floats:
    """Return what calibration compares, shape (runs, statistics).

    Square roots of counts (their noise is then alike), of the total, and how uneven the
    attacks are beyond chance.

    Args:
        reported: Shape (targets, runs).
        left_out: Intervals of attacks that nothing may know of: neither they, nor the incidents,
            whose counts see their days, nor a total over them.
    """
    n = len(attack_intervals())
    kept = [i for i in range(n) if i not in left_out]
    rows = kept if left_out else list(range(len(reported)))
    roots = 2.0 * np.sqrt(reported[rows] + 0.375)
    total = reported[kept].sum(axis=0)
    days = attack_intervals().days[kept]
    expected = total * (days / days.sum())[:, None]
    uneven = ((reported[kept] - expected) ** 2 / (expected + 0.5)).mean(axis=0)
    return np.column_stack([roots.T, np.log(total + 1.0), np.log(uneven + 0.1)])


def nature_of(
    shares: Floats,
    names: Sequence[str],
    *,
    first: int,
    seed: int,
    structure: str,
    held: Mapping[str, float] | None = None,
) -> Floats:
    """Return parameters for points of the unit cube; the rest is drawn from the priors.

    Args:
        shares: Shares of the priors, shape (runs, names).
        names: The parameters they belong to.
        first: Number of the first replication: decides the rest's draws.
        seed: Seed of those draws.
        structure: Rival structure.
        held: Parameters held at a value in every run.
    """
    nature = declared.draw(
        range(first, first + len(shares)),
        seed=seed,
        structure=structure,
        uncertainty=_inputs.priors,
    )
    for column, name in enumerate(names):
        prior = items()[name].prior
        assert prior is not None
        nature[declared.column(name)] = prior[structure].quantiles(shares[:, column])
    for name, value in (held or {}).items():
        nature[declared.column(name)] = value
    return nature
