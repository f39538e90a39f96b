"""Validation: the model's predictive distribution scored on an observed series.

Worlds branch off the record and go on under a scenario; what they count over the observed
intervals, with the model's own error, is the forecast. Nothing is fitted to the observed
series.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from drawdown.declared import record
from drawdown.declared.arrays import Floats, Singles
from drawdown.declared.columns import FLOWS, STRUCTURES
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.record import Series
from drawdown.declared.scenario import Scenario
from drawdown.declared.scenario_file import Event
from drawdown.evidence import record_run, regime_rivals, rivals
from drawdown.evidence.scores import (
    FEWEST_ROWS,
    PathScores,
    Scores,
    Skill,
    added,
    paired_skill,
    path_scores,
    score,
    verdict,
)
from drawdown.worlds import shards
from drawdown.worlds.run import USUAL, Run

LONGEST_DAYS = 3653
"""Longest horizon of a forecast, ten years."""

RIVAL_DRAWS = 3000
FITTED_OUTCOME = "attacks_foreign"
"""The outcome that ``seeds/record`` has a series of, so that rivals can be fitted."""


def outcome_of(text: str) -> str:
    """Return the counted outcome a user names, whatever the order of its words.

    Raises:
        InputError: If there is none of that name.
    """
    words = sorted(text.strip().lower().replace("-", "_").split("_"))
    for name in FLOWS:
        if sorted(name.split("_")) == words:
            return name
    raise InputError(f"--outcome: {unknown('outcome', text, [n.replace('_', '-') for n in FLOWS])}")


def with_errors(draws: Floats, generator: np.random.Generator) -> Floats:
    """Return counts of worlds with the model's own error, as calibration supposed it.

    Rounded up or down by chance, so that no mean moves. How surely a row was counted is no
    part of the forecast: scores are averaged over the row's low to high, for all alike.

    Args:
        draws: Counts of worlds, shape (rows, draws).
        generator: Random numbers.
    """
    size = record_run.DISCREPANCY
    own = np.exp(size * generator.standard_normal(draws.shape) - size**2 / 2)
    counts: Floats = np.floor(draws * own + generator.random(draws.shape))
    return counts


@dataclass(frozen=True)
class Validation:
    """The model and its rivals on an observed series.

    Attributes:
        series: What was observed and scored.
        notes: What was left out or ignored, in plain sentences.
        scenario: The scenario the worlds lived under.
        outcome: The outcome.
        model: Scores of the pooled structures.
        by_structure: Scores of each structure alone.
        rivals: Scores of the rivals; empty where the record has no series to fit them to.
        skills: Skill over each rival, by score, on rows and on paths.
        seed: Seed.
        runs: Worlds a structure.
        uncertainty: What parameters were drawn from.
    """

    series: Series
    notes: tuple[str, ...]
    scenario: Scenario
    outcome: str
    model: Scores
    by_structure: dict[str, Scores]
    rivals: tuple[Scores, ...]
    skills: dict[str, tuple[Skill, ...]]
    seed: int
    runs: int
    uncertainty: str

    def paths(self) -> tuple[PathScores, ...]:
        """Return how each forecast's paths do against the observed one as a whole."""
        forecasts = (self.model, *self.rivals, *self.by_structure.values())
        return tuple(path_scores(one, self.series) for one in forecasts)

    def verdict(self) -> str:
        """Return how the model did: see `scores.verdict`."""
        return verdict(self.model, self.rivals, self.skills["crps"] if self.rivals else ())


def _usable(series: Series, scenario: Scenario) -> tuple[Series, list[str]]:
    last = scenario.start + timedelta(days=LONGEST_DAYS)
    inside = series.between(scenario.start, last)
    notes = list(series.notes)
    left = len(series) - len(inside)
    if len(inside) == 0:
        raise InputError(
            f"no row lies within {scenario.start} and {last}, the days that {scenario.name} can "
            "be played over"
        )
    if left:
        notes.append(
            f"{left} rows are not scored: they begin before {scenario.start}, the first day of "
            f"{scenario.name}, or end after {last}"
        )
    return inside, notes


def promise_of(events: Iterable[Event]) -> regime_rivals.Promise | None:
    """Return the days of a scenario's first promise, made and due, or None without one."""
    dated = ((e.date, e.until) for e in events if e.what == "concession")
    return next(((made, due) for made, due in dated if due is not None), None)


def scores_of_rivals(
    outcome: str,
    series: Series,
    seed: int,
    promise: regime_rivals.Promise | None = None,
) -> tuple[tuple[Scores, ...], list[str]]:
    """Return the scores of rivals fitted to the record before a series, and why there are none.

    Args:
        outcome: What is counted.
        series: What was observed.
        seed: Seed of the rivals' draws.
        promise: What the scenario promises, for the rival that knows of it.
    """
    past = record.attacks().between(date.min, series.intervals[0].start - timedelta(days=1))
    if outcome != FITTED_OUTCOME:
        return (), [f"no rivals: seeds/record holds no interval series of {outcome} to fit them to"]
    if len(past) == 0:
        return (), ["no rivals: seeds/record holds nothing before the first row"]
    draws = {
        rival: draw(past, series, RIVAL_DRAWS, np.random.default_rng([seed, i]))
        for i, (rival, draw) in enumerate(rivals.named(promise).items())
    }
    return tuple(score(rival, drawn, series) for rival, drawn in draws.items()), []


def validate(
    observed: Series,
    scenario: str | Path | Scenario = "combat-to-advisory",
    outcome: str = FITTED_OUTCOME,
    run: Run = USUAL,
) -> Validation:
    """Score the model on an observed series, beside rivals fitted to the record before it.

    Args:
        observed: The series; `record.read` reads one from a file.
        scenario: Scenario the worlds live under; its horizon is extended as needed.
        outcome: A counted outcome, words in any order (``foreign-attacks``).
        run: How it is played under each structure; the three are pooled with equal weights.

    Raises:
        InputError: For an unknown scenario or outcome, or if no row can be scored.
    """
    name = outcome_of(outcome)
    item = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    series, notes = _usable(observed, item)
    played = item.until(max(item.start, series.intervals[-1].end))

    def reduce(daily: Singles) -> Floats:
        return record.totals(daily, played.start, series, name)

    generator = np.random.default_rng([run.seed, 7])
    parts = {}
    for structure in STRUCTURES:
        one = replace(run, structure=structure, bands=False, reduce=reduce)
        parts[structure] = with_errors(shards.play([played], one)[0].reduced, generator)
    model = score("model", np.hstack(list(parts.values())), series)
    others, none = scores_of_rivals(name, series, run.seed, promise_of(item.events))
    notes += none
    begins = series.intervals[0].start
    if run.uncertainty == "posterior" and begins <= record.attacks().intervals[-1].end:
        notes.append(
            "calibration has seen the record to July 2021: scores of those rows are not a test "
            "(cross-validation is: 'drawdown evidence crossvalidate')"
        )
    if len(series) < FEWEST_ROWS:
        notes.append(f"few rows ({len(series)}): no interval is given, and PIT says little")
    skills = {
        kind: tuple(paired_skill(model, rival, kind, run.seed) for rival in others)
        for kind in ("log_score", "interval_score")
    } | added(model, others, series, run.seed)
    return Validation(
        series,
        tuple(notes),
        played,
        name,
        model,
        {s: score(s, draws, series) for s, draws in parts.items()},
        others,
        skills,
        run.seed,
        run.runs,
        str(run.uncertainty),
    )
