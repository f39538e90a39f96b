"""Cross-validation on the record: stretches left out, predicted from the rest.

Neighbouring intervals are left out together, so that a lull is not learnt from its own
other half. The rivals are fitted to the same rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial

import numpy as np

from drawdown.declared import record
from drawdown.declared.arrays import Floats
from drawdown.declared.record import Series
from drawdown.evidence import calibrate, record_run, rivals
from drawdown.evidence.scores import PathScores, Scores, Skill, added, path_scores, score
from drawdown.evidence.validate import with_errors
from drawdown.worlds.checkpoint import Checkpoint
from drawdown.worlds.run import Run

FOLDS = ((0, 1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12), (13, 14))
"""Positions of the record's intervals that are left out together."""

_PREDICTED = 6_000_000_000
"""First replication of predictions."""


@dataclass(frozen=True)
class CrossValidation:
    """Scores of what was left out.

    Attributes:
        series: The record's intervals.
        model: Scores of the model.
        rivals: Scores of the rival forecasts.
    """

    series: Series
    model: Scores
    rivals: tuple[Scores, ...]

    def paths(self) -> tuple[PathScores, ...]:
        """Return how each forecast's paths do against the record as a whole."""
        return tuple(path_scores(one, self.series) for one in (self.model, *self.rivals))

    @cached_property
    def skills(self) -> dict[str, tuple[Skill, ...]]:
        """The model's skill over each rival, by score: `scores.added`."""
        return added(self.model, self.rivals, self.series)


def predict(
    parameters: Mapping[str, Sequence[str]],
    sizes: calibrate.Sizes,
    seed: int,
    checkpoint: Checkpoint,
    draws: int = 200,
    held: calibrate.Held = None,
    advance: calibrate.Advance | None = None,
) -> Floats:
    """Return the model's predictions of left-out intervals, shape (intervals, draws).

    The model is not told what nobody had announced: neither the strikes nor the truce of
    October 2020 are dated for it.

    Args:
        parameters: What to calibrate, by motive.
        sizes: Sizes of the pilot and of the particles taken from it.
        seed: Seed.
        checkpoint: Where the calibration's stages are kept.
        draws: Draws a structure and motive; the fifteen are pooled.
        held: Parameters held at a value in fit and prediction.
        advance: Called with 1 after each stretch, structure and motive.
    """
    n = len(record_run.attack_intervals())
    assert sorted(i for fold in FOLDS for i in fold) == list(range(n)), "FOLDS cover the record"
    result = np.full((n, draws * len(calibrate.PARTS)), np.nan)
    with record_run.untold():
        for k, part in enumerate(calibrate.PARTS):
            names = calibrate.calibrated(parameters, part)
            pilot = calibrate.pilot(names, part, sizes, seed, checkpoint, held)
            for f, fold in enumerate(FOLDS):
                make = partial(_fold, part, names, pilot, f, sizes.particles, draws, seed, held)
                made = checkpoint.stage(f"fold-{'-'.join(part)}-{f}", make)
                result[list(fold), k * draws : (k + 1) * draws] = made["played"]
                if advance is not None:
                    advance(1)
    return result


def _fold(
    part: calibrate.Part,
    names: tuple[str, ...],
    pilot: tuple[Floats, Floats],
    number: int,
    particles: int,
    draws: int,
    seed: int,
    held: calibrate.Held,
) -> dict[str, Floats]:
    found = calibrate.fit(
        record_run.observed(),
        part,
        names,
        pilot,
        None,
        particles=particles,
        draws=draws,
        generator=np.random.default_rng([seed, 6, calibrate.PARTS.index(part), number]),
        left_out=FOLDS[number],
    )
    first = _PREDICTED + (number * len(calibrate.PARTS) + calibrate.PARTS.index(part)) * 100_000
    nature = record_run.nature_of(
        found.shares,
        names,
        first=first,
        seed=seed,
        structure=part[0],
        held=calibrate.holding(part, held),
    )
    run = Run(first=first, seed=seed, structure=part[0])
    played = record_run.play(nature, run, modes=("conditioned",))
    return {"played": played[list(FOLDS[number])]}


def rival_predictions(name: str, draws: int, seed: int) -> Floats:
    """Return a rival's predictions of left-out intervals, shape (intervals, draws).

    Those that look back (`rivals.BEFORE_ONLY`) see the record before the stretch, to October 2019.
    Nothing was promised in the record, so there is no rival that knows of a promise.
    """
    series = record_run.attack_intervals()
    result = np.full((len(series), draws), np.nan)
    for f, fold in enumerate(FOLDS):
        generator = np.random.default_rng([seed, f])
        out = Series(tuple(series.intervals[i] for i in fold))
        if name in rivals.BEFORE_ONLY:
            last = out.intervals[0].start - timedelta(days=1)
            rest = record.attacks().between(date.min, last)
        else:
            rest = Series(tuple(x for i, x in enumerate(series.intervals) if i not in fold))
        how = rivals.hawkes_elsewhere if name == "hawkes" else rivals.RIVALS[name]
        result[list(fold)] = how(rest, out, draws, generator)
    return result


def cross_validate(model: Floats, draws: int = 3000, seed: int = 0) -> CrossValidation:
    """Return the scores of the model's predictions beside those of the rivals.

    Args:
        model: From `predict`.
        draws: Draws of the rivals.
        seed: Seed of the rivals.
    """
    series = record_run.attack_intervals()
    model = with_errors(model, np.random.default_rng([seed, 7]))
    others = tuple(
        score(name, rival_predictions(name, draws, seed), series) for name in rivals.RIVALS
    )
    return CrossValidation(series, score("model", model, series), others)
