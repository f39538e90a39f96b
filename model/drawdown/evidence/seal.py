"""Sealed forecasts: written today, with a digest to publish, and opened when the days are known."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from ruamel.yaml import YAML

from drawdown.declared import record, storage
from drawdown.declared.arrays import Floats, Singles
from drawdown.declared.columns import STRUCTURES
from drawdown.declared.errors import InputError
from drawdown.declared.record import Interval, Series
from drawdown.declared.result_folder import OWN, altered, as_text, signed
from drawdown.declared.scenario import Scenario
from drawdown.evidence.regime_rivals import Promise
from drawdown.evidence.scores import PathScores, Scores, Skill, added, path_scores, score
from drawdown.evidence.validate import promise_of, scores_of_rivals, with_errors
from drawdown.worlds import shards
from drawdown.worlds.run import USUAL, Run

DRAWS, TOLD = "forecast.parquet", "seal.json"


@dataclass(frozen=True)
class Sealed:
    """A forecast of counts by month.

    Attributes:
        series: The months, without counts.
        draws: Worlds' counts with the model's own error, shape (months, worlds).
        told: What made it.
    """

    series: Series
    draws: Floats
    told: dict[str, Any]


def months_of(scenario: Scenario) -> Series:
    """Return the whole months within a scenario, as rows without counts."""
    rows = []
    begin = scenario.start
    while begin <= scenario.end:
        following = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
        end = min(following - timedelta(days=1), scenario.end)
        rows.append(Interval(begin, end, 0.0, 0.0, 0.0))
        begin = end + timedelta(days=1)
    return Series(tuple(rows))


def forecast(scenario: Scenario, outcome: str, run: Run = USUAL) -> Sealed:
    """Return a forecast of a scenario's months.

    Args:
        scenario: What is played.
        outcome: A counted outcome.
        run: How it is played under each structure; the three are pooled, the motives drawn
            within.
    """
    series = months_of(scenario)

    def reduce(daily: Singles) -> Floats:
        return record.totals(daily, scenario.start, series, outcome)

    generator = np.random.default_rng([run.seed, 23])
    parts = []
    for structure in STRUCTURES:
        one = replace(run, structure=structure, bands=False, reduce=reduce)
        parts.append(with_errors(shards.play([scenario], one)[0].reduced, generator))
    told = {
        "scenario": scenario.name,
        "text": scenario.text,
        "outcome": outcome,
        "runs": run.runs,
        "seed": run.seed,
        "uncertainty": str(run.uncertainty),
        "promise": [f"{day}" for day in promise_of(scenario.events) or ()],
    }
    return Sealed(series, np.hstack(parts), told)


def digest_of(folder: Path) -> str:
    """Return the digest of a sealed forecast's draws."""
    return hashlib.sha256((folder / DRAWS).read_bytes()).hexdigest()


def write(sealed: Sealed, folder: Path, more: dict[str, Any]) -> str:
    """Write a forecast and return its digest.

    Args:
        sealed: The forecast.
        folder: Where to.
        more: What else is told: date, model, commit.
    """
    names = [f"{i.start}" for i in sealed.series.intervals]
    columns = dict(zip(names, sealed.draws.astype(np.int32), strict=True))
    with storage.writing(folder / DRAWS) as file:
        pq.write_table(pa.table(columns), file, compression="zstd")
    digest = digest_of(folder)
    ends = {f"{i.start}": f"{i.end}" for i in sealed.series.intervals}
    record = {**more, **sealed.told, "months": ends, "digest": digest}
    storage.write_whole(folder / TOLD, as_text(signed(record)))
    return digest


def read(folder: Path) -> Sealed:
    """Return a sealed forecast as it was written.

    Raises:
        InputError: If there is none, or its draws are not those it was sealed with.
    """
    try:
        told = json.loads((folder / TOLD).read_text(encoding="utf-8"))
        digest, table = digest_of(folder), pq.read_table(folder / DRAWS)
        intervals = [
            Interval(date.fromisoformat(a), date.fromisoformat(b), 0.0, 0.0, 0.0)
            for a, b in told["months"].items()
        ]
    except (OSError, ValueError, KeyError, pa.ArrowException):
        raise InputError(
            f"{folder}: holds no sealed forecast; 'drawdown evidence seal' writes one"
        ) from None
    if OWN in told and altered(told):
        raise InputError(f"{folder / TOLD}: was changed after it was written")
    if digest != told["digest"]:
        raise InputError(
            f"{folder / DRAWS}: is not what was sealed: its digest is {digest[:16]}…, the seal "
            f"says {str(told['digest'])[:16]}…"
        )
    draws = np.array([table[f"{i.start}"].to_numpy() for i in intervals], np.float64)
    return Sealed(Series(tuple(intervals)), draws, told)


def against(sealed: Sealed, observed: Series) -> tuple[Series, Floats]:
    """Return the observed months that were forecast, and their draws.

    Raises:
        InputError: If no observed row is a month of the forecast.
    """
    known = {(i.start, i.end): k for k, i in enumerate(sealed.series.intervals)}
    rows = [i for i in observed.intervals if (i.start, i.end) in known]
    if not rows:
        first, last = sealed.series.intervals[0].start, sealed.series.intervals[-1].end
        raise InputError(
            f"no row of the observed series is a whole month of the forecast, {first} to {last}"
        )
    return Series(tuple(rows)), sealed.draws[[known[i.start, i.end] for i in rows]]


@dataclass(frozen=True)
class Opened:
    """A sealed forecast beside rivals, on months that were observed since.

    Attributes:
        series: The observed months that were forecast.
        notes: What was left out, in plain sentences.
        model: Scores of the sealed draws.
        rivals: Scores of the rivals, fitted to the record before the first month.
        skills: Skill over each rival: `scores.added`.
    """

    series: Series
    notes: tuple[str, ...]
    model: Scores
    rivals: tuple[Scores, ...]
    skills: dict[str, tuple[Skill, ...]]

    def paths(self) -> tuple[PathScores, ...]:
        """Return how each forecast's paths do against the observed one as a whole."""
        return tuple(path_scores(one, self.series) for one in (self.model, *self.rivals))


def _promise(told: dict[str, Any]) -> Promise | None:
    """Return the promise of the scenario that was sealed; before it was told, as its text says."""
    if "promise" in told:
        made_due = [date.fromisoformat(day) for day in told["promise"]]
        return (made_due[0], made_due[1]) if made_due else None
    reader = YAML(typ="safe", pure=True)
    for text in told["text"].values():
        for event in (reader.load(text) or {}).get("events", []):
            if event.get("what") == "concession" and "until" in event:
                made, due = (date.fromisoformat(str(event[key])) for key in ("date", "until"))
                return made, due
    return None


def opened(sealed: Sealed, observed: Series) -> Opened:
    """Return a sealed forecast scored on what was observed since, beside all rivals.

    Raises:
        InputError: If no observed row is a month of the forecast.
    """
    series, draws = against(sealed, observed)
    left, seed = len(observed) - len(series), int(sealed.told["seed"])
    notes = list(observed.notes)
    if left:
        notes.append(f"{left} of {len(observed)} rows are no month of the forecast")
    model = score("model", draws, series)
    rivals, none = scores_of_rivals(sealed.told["outcome"], series, seed, _promise(sealed.told))
    return Opened(
        series, (*notes, *none), model, rivals, added(model, rivals, series, seed) if rivals else {}
    )
