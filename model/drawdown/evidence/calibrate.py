"""Calibration on the record: screening, history matching, ABC, and their trials.

The order of work and what each step is for:

1. *Screening* (Morris): which parameters the record run's numbers respond to at all, against
   dummies that do nothing.
2. *History matching*: which part of the prior the record's intervals do not rule out.
3. *ABC* within it: the posterior from a pilot of the prior, each simulated record reported with
   the model's own error and the record's.
4. *Trials*: the same, from the same pilot, on synthetic records whose parameters are known: are
   they recovered, are ranks uniform?
5. *Evidence*: which of the five rival motives and of the three rival structures the record
   favours, how weakly, and how well a record as long as this one could tell at all.

Motives and structures are crossed: each of the fifteen has a posterior of its own. The method,
the sizes and the statistics are shared; the parameters are those the record responds to under
the motive at hand.

Every stage is kept as it ends (`drawdown.worlds.checkpoint`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import softmax
from scipy.stats import kstest

from drawdown.declared.arrays import Floats
from drawdown.declared.columns import MOTIVES, STRUCTURES
from drawdown.declared.errors import InputError
from drawdown.declared.parameters import MOTIVE
from drawdown.evidence import abc, record_run
from drawdown.evidence.history_matching import Emulator
from drawdown.worlds.checkpoint import Checkpoint
from drawdown.worlds.ensemble import plan_of
from drawdown.worlds.run import Run

Say = Callable[[str], None]
Advance = Callable[[int], None]
Arrays = dict[str, Floats]
Held = Mapping[str, float] | None
"""Parameters held at a value, to see what a mechanism is worth."""

Part = tuple[str, str]
"""A structure and a motive."""

PARTS: tuple[Part, ...] = tuple(product(STRUCTURES, MOTIVES))

STRIKE_EFFECT = "strike_rate_ratio"
"""The parameter that a rival structure consists of."""

INFORMED = 0.9
"""A parameter is informed where the posterior's spread is below this share of the prior's
(judgement)."""

STANDS_OUT = 1.5
"""A parameter is calibrated where its effect is above this many times a dummy's (judgement)."""

SPEAKS = 10.0
"""Bayes factor from which the record would change the structures' equal weights (judgement;
Jeffreys: strong)."""

FIFTHS = 5
"""Classifiers of the evidence, each tried on the fifth of the records that it did not see."""

SOURCES = (
    "evidence/abc.py",
    "evidence/calibrate.py",
    "evidence/history_matching.py",
    "evidence/record_run.py",
)

# Replications of the stages lie far apart, so that no two share a random stream.
_PILOT, _WAVE, _SYNTHETIC, _SCREEN = 1_000_000_000, 2_000_000_000, 4_000_000_000, 5_000_000_000


@dataclass(frozen=True)
class Sizes:
    """How much work a calibration does.

    Attributes:
        trajectories: Morris trajectories.
        screen_lucks: Replications of each of their points.
        wave: Points of the wave of history matching.
        wave_lucks: Replications of each point.
        pilot: Parameter sets of the pilot, for each structure and motive.
        particles: Parameter sets of it that a posterior is made from.
        draws: Draws stored for each structure and motive.
        trials: Synthetic records with planted parameters, for each structure and motive.
        evidence: Synthetic records for each structure and motive that classifiers see.
    """

    trajectories: int = 8
    screen_lucks: int = 64
    wave: int = 1024
    wave_lucks: int = 32
    pilot: int = 32_768
    particles: int = 2000
    draws: int = 400
    trials: int = 24
    evidence: int = 6000

    @staticmethod
    def small() -> Sizes:
        """Return sizes for tests and for a first look: a minute, and rough."""
        return Sizes(2, 4, 128, 4, 1024, 200, 50, 2, 400)


@dataclass(frozen=True)
class Screening:
    """What the record run responds to.

    Attributes:
        names: Parameters that were varied.
        effects: Largest mean absolute elementary effect over the statistics, in units of the
            statistic's spread from luck.
        statistic: Index of the statistic it is largest on.
        dummy: The same for a parameter that does nothing: the level of noise.
        kept: Names above that level, by motive.
    """

    names: tuple[str, ...]
    effects: Floats
    statistic: NDArray[np.int64]
    dummy: float
    kept: Mapping[str, tuple[str, ...]]

    def all_kept(self) -> tuple[str, ...]:
        """Return the names that the record responds to under some motive."""
        return tuple(n for n in self.names if any(n in kept for kept in self.kept.values()))


@dataclass(frozen=True)
class Posterior:
    """The posterior under one structure and motive.

    Attributes:
        structure: The structure.
        motive: The motive.
        names: Parameters that were calibrated.
        shares: Draws as shares of the priors, shape (draws, names).
        ruled_out: Share of the prior that history matching ruled out.
        tolerance: Largest distance of a particle from the record.
    """

    structure: str
    motive: str
    names: tuple[str, ...]
    shares: Floats
    ruled_out: float
    tolerance: float

    def values(self) -> Floats:
        """Return the draws as values, shape (draws, names)."""
        items = record_run.items()
        columns = []
        for k, name in enumerate(self.names):
            prior = items[name].prior
            assert prior is not None
            columns.append(prior[self.structure].quantiles(self.shares[:, k]))
        return np.column_stack(columns)

    def spread(self) -> Floats:
        """Return each parameter's posterior over prior standard deviation, as shares."""
        result: Floats = self.shares.std(axis=0) * np.sqrt(12.0)
        return result


@dataclass(frozen=True)
class Trials:
    """Calibrations of synthetic records whose parameters are known.

    Attributes:
        names: Parameters that some motive's record responds to.
        structures: Index of each trial's structure.
        motives: Index of each trial's motive.
        truths: Planted parameters as shares of the prior, shape (trials, names); missing where
            they are not calibrated under the trial's motive.
        lows: 5 % quantiles of the posteriors.
        highs: 95 % quantiles.
        ranks: Share of posterior draws below the truth.
        spreads: Posterior over prior standard deviation.
    """

    names: tuple[str, ...]
    structures: NDArray[np.int64]
    motives: NDArray[np.int64]
    truths: Floats
    lows: Floats
    highs: Floats
    ranks: Floats
    spreads: Floats

    def uniform(self, column: int) -> float:
        """Return the chance of ranks as uneven as one parameter's (Kolmogorov-Smirnov)."""
        ranks = self.ranks[:, column]
        known = ranks[~np.isnan(ranks)]
        return float(kstest(known, "uniform").pvalue) if len(known) else float("nan")

    def informed(self) -> list[int]:
        """Return the parameters that a record informs, by the trials' mean spread."""
        return [k for k, s in enumerate(self.mean_spreads()) if s < INFORMED]

    def mean_spreads(self) -> Floats:
        """Return each parameter's mean spread; missing where no trial has planted it."""
        known = ~np.isnan(self.spreads)
        total = np.where(known, self.spreads, 0.0).sum(axis=0)
        found: Floats = np.where(
            known.any(axis=0), total / np.maximum(1, known.sum(axis=0)), np.nan
        )
        return found

    def coverage(self, columns: Sequence[int] | None = None) -> tuple[float, int, int]:
        """Return the share of truths inside the 90 % interval, pooled, and its counts."""
        chosen = list(columns) if columns is not None else self.informed()
        if not chosen:
            return float("nan"), 0, 0
        inside = (self.truths >= self.lows) & (self.truths <= self.highs)
        picked, known = inside[:, chosen], ~np.isnan(self.truths[:, chosen])
        if not known.any():
            return float("nan"), 0, 0
        return float(picked[known].mean()), int(picked[known].sum()), int(known.sum())


@dataclass(frozen=True)
class Evidence:
    """What the record says about rival readings: structures, or motives.

    Attributes:
        names: The readings.
        weights: Posterior probability of each under equal prior weights.
        error: Standard error of each from the classifiers' training (jackknife over fifths).
        named: Of synthetic records of each, unseen by the classifier, the share that it names
            right: how far classifiers come with records as long as this one.
        tried: How many synthetic records that is from.
    """

    names: tuple[str, ...]
    weights: Floats
    error: Floats
    named: Floats
    tried: int

    @property
    def ceiling(self) -> float:
        """Share of all synthetic records whose reading is named right."""
        return float(self.named.mean())

    def speaks(self) -> bool:
        """Return whether some Bayes factor is worth acting on: `SPEAKS` or more."""
        return bool(self.weights.max() >= SPEAKS * self.weights.min())

    def bayes_factor(self, one: str, other: str) -> float:
        """Return how much likelier the record is under one reading than another."""
        a, b = self.names.index(one), self.names.index(other)
        return float(self.weights[a] / self.weights[b])


@dataclass(frozen=True)
class Calibration:
    """All of it; ``evidence`` is that of the structures, ``motives`` that of the motives."""

    seed: int
    sizes: Sizes
    screening: Screening
    posteriors: dict[Part, Posterior]
    trials: Trials
    evidence: Evidence
    motives: Evidence
    commit: str
    inputs: Mapping[str, Any] = field(default_factory=dict)


def statistic_names() -> tuple[str, ...]:
    """Return the names of `record_run.statistics`, in order."""
    return (*(t.name for t in record_run.targets()), "total", "unevenness")


def _generator(seed: int, *where: int) -> np.random.Generator:
    return np.random.default_rng([seed, *where])


def holding(part: Part, held: Held) -> dict[str, float]:
    """Return the parameters that are held in a part: its motive, and what else is held."""
    return dict(held or {}) | {MOTIVE: float(MOTIVES.index(part[1]))}


def _reported(
    shares: Floats,
    names: Sequence[str],
    part: Part,
    seed: int,
    first: int,
    generator: np.random.Generator,
    held: Held = None,
) -> Floats:
    structure = part[0]
    nature = record_run.nature_of(
        shares, names, first=first, seed=seed, structure=structure, held=holding(part, held)
    )
    played = record_run.play(nature, Run(first=first, seed=seed, structure=structure))
    return record_run.report(played, generator)


def calibrated(kept: Mapping[str, Sequence[str]], part: Part) -> tuple[str, ...]:
    """Return the parameters calibrated in a part: neutral has no effect of a strike."""
    structure, motive = part
    return tuple(n for n in kept[motive] if structure != "neutral" or n != STRIKE_EFFECT)


def screen(sizes: Sizes, seed: int, checkpoint: Checkpoint) -> Screening:
    """Return which sampled parameters the record run's numbers respond to.

    Under each structure and motive, so that the effect of a strike has both signs; a parameter
    counts under a motive where its largest effect there stands out from those of dummies.
    """
    from SALib.analyze import morris as analyse
    from SALib.sample import morris as sample

    names = [n for n, item in record_run.items().items() if item.sampled and n != MOTIVE]
    dummies = [f"dummy_{i}" for i in range(6)]
    size = len(names) + len(dummies)
    problem = {"num_vars": size, "names": names + dummies, "bounds": [[0.0, 1.0]] * size}
    points = sample.sample(problem, N=sizes.trajectories, num_levels=4, seed=seed)
    effects: dict[str, Floats] = {m: np.zeros(size) for m in MOTIVES}
    where = np.zeros(size, np.int64)
    best = np.zeros(size)
    for k, part in enumerate(PARTS):

        def make(k: int = k, part: Part = part) -> dict[str, Floats]:
            lucks = sizes.screen_lucks
            repeated = np.repeat(points[:, : len(names)], lucks, axis=0)
            first = _SCREEN + k * 10_000_000
            nature = record_run.nature_of(
                repeated,
                names,
                first=first,
                seed=seed,
                structure=part[0],
                held=holding(part, None),
            )
            found = record_run.statistics(
                record_run.play(nature, Run(first=first, seed=seed, structure=part[0]))
            ).reshape(len(points), lucks, -1)
            spread = np.sqrt(found.var(axis=1).mean(axis=0))
            return {"scaled": found.mean(axis=1) / spread}

        scaled = checkpoint.stage(f"screen-{'-'.join(part)}", make)["scaled"]
        found = np.array(
            [
                analyse.analyze(problem, points, scaled[:, j])["mu_star"]
                for j in range(scaled.shape[1])
            ]
        )
        effects[part[1]] = np.maximum(effects[part[1]], found.max(axis=0))
        where = np.where(found.max(axis=0) > best, found.argmax(axis=0), where)
        best = np.maximum(best, found.max(axis=0))
    noise = max(float(e[len(names) :].max()) for e in effects.values())
    kept = {
        m: tuple(n for n, e in zip(names, effects[m], strict=False) if e > STANDS_OUT * noise)
        for m in MOTIVES
    }
    return Screening(tuple(names), best[: len(names)], where[: len(names)], noise, kept)


def wave(
    names: Sequence[str],
    part: Part,
    sizes: Sizes,
    seed: int,
    checkpoint: Checkpoint,
) -> Emulator:
    """Return the emulator of a part's statistics, through its wave of points."""
    k = PARTS.index(part)

    def make() -> dict[str, Floats]:
        shares = abc.sobol(sizes.wave, len(names), seed + k)
        repeated = np.repeat(shares, sizes.wave_lucks, axis=0)
        reported = _reported(
            repeated, names, part, seed, _WAVE + k * 10_000_000, _generator(seed, 1, k)
        )
        found = record_run.statistics(reported).reshape(len(shares), sizes.wave_lucks, -1)
        return {"shares": shares, "means": found.mean(axis=1), "spreads": found.std(axis=1)}

    kept = checkpoint.stage(f"wave-{'-'.join(part)}", make)
    return Emulator.fit(kept["shares"], kept["means"], kept["spreads"], sizes.wave_lucks)


def pilot(
    names: Sequence[str],
    part: Part,
    sizes: Sizes,
    seed: int,
    checkpoint: Checkpoint,
    held: Held = None,
) -> tuple[Floats, Floats]:
    """Return parameter sets drawn from the prior and their records, shape (targets, sets)."""
    k = PARTS.index(part)

    def make() -> dict[str, Floats]:
        shares = abc.sobol(sizes.pilot, len(names), seed + 100 + k)
        found = _reported(
            shares, names, part, seed, _PILOT + k * 10_000_000, _generator(seed, 2, k), held
        )
        return {"shares": shares, "reported": found}

    kept = checkpoint.stage(f"pilot-{'-'.join(part)}", make)
    return kept["shares"], kept["reported"]


def _record_statistics(values: Floats) -> Floats:
    row: Floats = record_run.statistics(values[:, None])[0]
    return row


def allowed_range(values: Floats) -> tuple[Floats, Floats]:
    """Return the lowest and highest statistics that a record's intervals allow.

    Intervals of another record than ours are as wide in proportion, as `record_run.report`
    makes them. Only sums over the whole run rule anything out: single months are so few
    attacks that with twenty of them some lies far out by luck.

    Args:
        values: A record's best values.
    """
    targets = record_run.targets()
    best = record_run.observed()
    grown = np.maximum(1.0, values / np.maximum(best, 1.0))
    lows = np.array([t.interval.low for t in targets])
    highs = np.array([t.interval.high for t in targets])
    low = _record_statistics(np.maximum(0.0, values - (best - lows) * grown))
    high = _record_statistics(values + (highs - best) * grown)
    free = [*range(len(record_run.attack_intervals())), len(low) - 1]
    low[free], high[free] = -np.inf, np.inf
    return low, high


def fit(
    values: Floats,
    part: Part,
    names: Sequence[str],
    pilot: tuple[Floats, Floats],
    emulator: Emulator | None,
    *,
    particles: int,
    draws: int,
    generator: np.random.Generator,
    left_out: Sequence[int] = (),
) -> Posterior:
    """Return the posterior given one record.

    Args:
        values: The record's best values, in the targets' order.
        part: Rival structure and motive.
        names: Parameters to calibrate.
        pilot: Parameter sets drawn from the prior and their records.
        emulator: For history matching; None where intervals are left out, as only sums over the
            whole run rule anything out.
        particles: Particles.
        draws: Draws returned.
        generator: Random numbers of the draws.
        left_out: Intervals of attacks that the fit may not know of.
    """
    shares, reported = pilot
    inside = np.ones(len(shares), np.bool_)
    if emulator is not None:
        inside = emulator.allowed(shares, *allowed_range(values))
    enough = inside.sum() >= 4 * particles
    if not enough:
        inside[:] = True
    found = record_run.statistics(reported[:, inside], left_out)
    summary = abc.Summary.fit(shares[inside], found)
    target = summary(record_run.statistics(values[:, None], left_out))[0]
    population = abc.nearest(shares[inside], summary(found), target, particles)
    moved, weights = abc.adjust(population, target)
    return Posterior(
        *part,
        tuple(names),
        abc.resample(moved, weights, draws, generator),
        float(1.0 - inside.mean()),
        population.tolerance,
    )


Fit = Callable[..., Posterior]
"""`fit` of one part, that lacks the record, the number of draws and their generator."""


def _trials(
    screening: Screening,
    fits: Mapping[Part, Fit],
    sizes: Sizes,
    seed: int,
    checkpoint: Checkpoint,
    advance: Advance,
) -> Trials:
    # All but the effect of a strike, which one structure has not.
    names = tuple(n for n in screening.all_kept() if n != STRIKE_EFFECT)
    rows: dict[str, list[Floats]] = {k: [] for k in ("truth", "low", "high", "rank", "spread")}
    for k, part in enumerate(PARTS):
        own = calibrated(screening.kept, part)

        def make(k: int = k, part: Part = part, own: tuple[str, ...] = own) -> Arrays:
            generator = _generator(seed, 4, k)
            truths = generator.random((sizes.trials, len(own)))
            first = _SYNTHETIC + k * 10_000_000
            planted = np.round(_reported(truths, own, part, seed, first, generator))
            whole = {key: np.full((sizes.trials, len(names)), np.nan) for key in rows}
            places = [names.index(n) for n in own if n in names]
            columns = [own.index(names[place]) for place in places]
            for t, truth in enumerate(truths):
                found = fits[part](planted[:, t], draws=sizes.particles, generator=generator)
                low, high = np.quantile(found.shares, [0.05, 0.95], axis=0)
                rank = (found.shares < truth).mean(axis=0)
                made = truth, low, high, rank, found.spread()
                for key, numbers in zip(rows, made, strict=True):
                    whole[key][t, places] = numbers[columns]
            return whole

        made = checkpoint.stage(f"trials-{'-'.join(part)}", make)
        for key, values in rows.items():
            values.append(made[key])
        advance(1)
    stacked = {key: np.concatenate(values) for key, values in rows.items()}
    return Trials(
        names,
        np.repeat([STRUCTURES.index(s) for s, _ in PARTS], sizes.trials),
        np.repeat([MOTIVES.index(m) for _, m in PARTS], sizes.trials),
        stacked["truth"],
        stacked["low"],
        stacked["high"],
        stacked["rank"],
        stacked["spread"],
    )


def classifier(statistics: Floats, labels: NDArray[np.int64], ridge: float = 1e-3) -> Floats:
    """Return the weights of a multinomial logistic regression, shape (features, labels).

    Args:
        statistics: Scaled features, shape (records, features).
        labels: Which reading each record is of, from 0.
        ridge: Penalty on the weights' squares.
    """
    size = statistics.shape[1], int(labels.max()) + 1
    truth = np.eye(size[1])[labels]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(size)
        chances = softmax(statistics @ weights, axis=1)
        own = np.log(np.maximum((chances * truth).sum(axis=1), 1e-12)).mean()
        slope = statistics.T @ (chances - truth) / len(truth) + ridge * weights
        return float(0.5 * ridge * (weights**2).sum() - own), slope.ravel()

    found = minimize(loss, np.zeros(size[0] * size[1]), jac=True, method="L-BFGS-B")
    weights: Floats = found.x.reshape(size)
    return weights


def evidence(
    pilots: Mapping[Part, tuple[Floats, Floats]], tried: int, which: int, values: Floats
) -> Evidence:
    """Return what a record says about structures or motives, by classifiers of synthetic ones.

    Each of five classifiers sees four fifths of the records and is tried on the last; no random
    stream lies on both sides, as each record has one of its own. A classifier's probabilities
    for the record, under equal shares of the readings, are the readings' posterior weights, as
    far as a regression on statistics and their squares goes.

    Args:
        pilots: Parameter sets and records of each part.
        tried: How many of each part.
        which: 0 for structures, 1 for motives.
        values: The record's best values.
    """
    names = (STRUCTURES, MOTIVES)[which]
    found = np.vstack([record_run.statistics(np.round(f[1][:, :tried])) for f in pilots.values()])
    labels = np.repeat([names.index(p[which]) for p in pilots], tried)
    mean, scale = found.mean(axis=0), np.maximum(found.std(axis=0), 1e-9)

    def features(statistics: Floats) -> Floats:
        scaled = (statistics - mean) / scale
        return np.column_stack([np.ones(len(scaled)), scaled, scaled**2 - 1.0])

    x, seen = features(found), features(record_run.statistics(values[:, None]))
    fold = np.arange(len(x)) % FIFTHS
    weights, named = [], np.zeros(len(names))
    for k in range(FIFTHS):
        own = classifier(x[fold != k], labels[fold != k])
        out, truth = x[fold == k], labels[fold == k]
        right = (out @ own).argmax(axis=1) == truth
        named += np.bincount(truth, right, len(names)) / np.bincount(labels, minlength=len(names))
        weights.append(softmax(seen @ own, axis=1)[0])
    return Evidence(
        names,
        np.mean(weights, axis=0),
        np.std(weights, axis=0) * np.sqrt(FIFTHS - 1),
        named,
        len(x),
    )


def _begun(checkpoint: Checkpoint, commit: str) -> str:
    """Return the commit that the first stage was made at."""
    kept = checkpoint.stage("commit", lambda: {"commit": np.array(commit)})
    return str(kept["commit"])


def calibrate(
    sizes: Sizes,
    seed: int,
    checkpoint: Checkpoint,
    say: Say = lambda text: None,
    advance: Advance = lambda n: None,
    commit: str = "unknown",
) -> Calibration:
    """Calibrate on the record, after trying the method on synthetic ones.

    Args:
        sizes: How much work to do.
        seed: Seed of everything.
        checkpoint: Where stages are kept.
        say: Called with the name of each step.
        advance: Called with 1 for each step that `steps` counts.
        commit: The commit it is begun at; one that is resumed keeps its own.
    """
    begun = _begun(checkpoint, commit)
    say("Screening: what the record run responds to (Morris)")
    screening = screen(sizes, seed, checkpoint)
    advance(1)
    if not all(calibrated(screening.kept, part) for part in PARTS):
        raise InputError(
            "the record responds to no parameter that has a prior to draw from: nothing to fit"
        )
    pilots, emulators = {}, {}
    for part in PARTS:
        names = calibrated(screening.kept, part)
        say(f"History matching and pilot, {' and '.join(part)}")
        emulators[part] = wave(names, part, sizes, seed, checkpoint)
        pilots[part] = pilot(names, part, sizes, seed, checkpoint)
        advance(1)
    say("Synthetic records with planted parameters")
    fits: dict[Part, Fit] = {
        part: partial(
            fit,
            part=part,
            names=calibrated(screening.kept, part),
            pilot=pilots[part],
            emulator=emulators[part],
            particles=sizes.particles,
        )
        for part in PARTS
    }
    trials = _trials(screening, fits, sizes, seed, checkpoint, advance)
    posteriors = {}
    for part in PARTS:
        names = calibrated(screening.kept, part)
        say(f"The record, {' and '.join(part)}")

        def make(part: Part = part, names: tuple[str, ...] = names) -> Arrays:
            generator = _generator(seed, 3, PARTS.index(part))
            found = fits[part](record_run.observed(), draws=sizes.draws, generator=generator)
            first = names.index("attack_rate") if "attack_rate" in names else 0
            order = np.argsort(found.shares[:, first], kind="stable")
            numbers = np.array([found.ruled_out, found.tolerance])
            return {"shares": found.shares[order], "numbers": numbers}

        made = checkpoint.stage(f"posterior-{'-'.join(part)}", make)
        posteriors[part] = Posterior(*part, names, made["shares"], *made["numbers"].tolist())
        advance(1)
    say("Evidence for the rival structures and motives")

    def made_evidence(which: int) -> Evidence:
        def make() -> Arrays:
            found = evidence(pilots, sizes.evidence, which, record_run.observed())
            return {k: getattr(found, k) for k in ("weights", "error", "named")}

        kept, names = checkpoint.stage(f"evidence-{which}", make), (STRUCTURES, MOTIVES)[which]
        tried = sizes.evidence * len(PARTS)
        return Evidence(names, kept["weights"], kept["error"], kept["named"], tried)

    structures, motives = made_evidence(0), made_evidence(1)
    advance(1)
    return Calibration(
        seed,
        sizes,
        screening,
        posteriors,
        trials,
        structures,
        motives,
        begun,
        dict(record_run.inputs().told),
    )


def steps() -> int:
    """Return how many steps `calibrate` reports."""
    return 2 + 3 * len(PARTS)


def settings(sizes: Sizes, seed: int) -> dict[str, object]:
    """Return what a calibration's stages depend on, for `checkpoint.fingerprint`."""
    return {
        **asdict(sizes),
        "seed": seed,
        "inputs": sorted(record_run.inputs().told.items()),
        "discrepancy": record_run.DISCREPANCY,
        "shared_error": record_run.SHARED_ERROR,
        "plans": tuple(
            hashlib.sha256(plan_of(record_run.scenario(mode)).tobytes()).hexdigest()
            for mode in ("conditioned", "free")
        ),
    }
