"""What a result holds: what ran, from what, with which luck, and what came out."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from drawdown.connect import provenance
from drawdown.day import rulebook
from drawdown.day.curves import QUANTILES
from drawdown.day.outcomes import REST, RUN_OUTCOMES
from drawdown.day.phases import (
    AFTER,
    OUTCOMES_OF_PHASE,
    RUNNING,
    STOPS,
    WHOLE,
    WINDOWED,
    column_of,
)
from drawdown.declared import data_files, result_folder, storage
from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import FLOWS, MOTIVES, OUTCOMES
from drawdown.declared.language import Language
from drawdown.declared.parameters import (
    DRAWS,
    OWN_PRIORS,
    POSTERIOR,
    declarations,
    names,
    sampled,
    source,
    text_digest,
)
from drawdown.declared.scenario import Scenario
from drawdown.questions.compare import LEFT, POOLED, Comparison
from drawdown.worlds.checkpoint import program
from drawdown.worlds.ensemble import bin_ranges
from drawdown.worlds.world_tables import ROWS

if TYPE_CHECKING:
    from drawdown.evidence.calibrate import Calibration, Evidence, Posterior, Trials


KEYS = {"scenario": pa.string(), "structure": pa.string(), "replication": pa.int64()}
"""Columns that say which world a row is of."""

_BYTE_ORDER_MARK = "\ufeff".encode()


def without_nan(table: pa.Table) -> pa.Table:
    """Return a table in which what is missing, or infinite, is an empty cell."""
    columns = []
    for column in table.columns:
        if pa.types.is_floating(column.type):
            column = pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))
        columns.append(column)
    return pa.table(columns, names=table.column_names)


def write_csv(table: pa.Table, folder: Path, name: str) -> None:
    """Write a table as CSV that a spreadsheet opens with Arabic intact."""
    with storage.writing(folder / f"{name}.csv") as file:
        file.write(_BYTE_ORDER_MARK)
        pa_csv.write_csv(without_nan(table), file)


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table as Parquet."""
    with storage.writing(path) as file:
        pq.write_table(table, file, compression="zstd")


def write_rows(rows: Sequence[Sequence[str]], folder: Path, name: str) -> None:
    """Write rows, the first with the columns' names, as CSV that a spreadsheet opens."""
    cells = [["" if cell in ("nan", "inf", "-inf") else cell for cell in row] for row in rows]
    storage.write_whole(folder / f"{name}.csv", "\ufeff" + _as_csv(cells))


def _as_csv(rows: Iterable[Sequence[str]]) -> str:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


LARGEST_SHEET = 1_048_576
"""Rows that a spreadsheet holds, the one with the names included."""


def fitting(bands: pa.Table) -> tuple[pa.Table, int]:
    """Return bands thinned to so many days apart that a spreadsheet holds them, and how many."""
    every = -(-bands.num_rows // (LARGEST_SHEET - 1))
    if every <= 1:
        return bands, 1
    days = pc.cast(bands["date"], pa.int32())
    first = pc.min(days).as_py()
    shown = pc.equal(
        pc.subtract(days, first), pc.multiply(pc.divide(pc.subtract(days, first), every), every)
    )
    return bands.filter(shown), every


def _keys(scenario: str, structure: str, replications: NDArray[np.int64]) -> list[Any]:
    """Return the columns of `KEYS` for worlds of one scenario and structure."""
    return [*(_same(t, len(replications)) for t in (scenario, structure)), replications]


def _same(text: str, times: int) -> pa.Array:
    return pa.array([text]).take(pa.array(np.zeros(times, np.int64)))


def _table(names: Iterable[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


class Days:
    """Keeps every run's days in one Parquet file, block by block as they are played.

    Args:
        path: The file.
        first: Number of the first replication.
        runs: Replications, where it is known how many come.
    """

    WORLDS = 32
    """Worlds in a row group."""

    def __init__(self, path: Path, first: int = 0, runs: int | None = None) -> None:
        self._first = first
        self._last = None if runs is None else first + runs
        daily = dict.fromkeys(OUTCOMES, pa.float32())
        self._schema = pa.schema(KEYS | {"date": pa.date32()} | daily)
        self._open = ExitStack()
        file = self._open.enter_context(storage.writing(path))
        self._file = self._open.enter_context(
            pq.ParquetWriter(file, self._schema, compression="zstd")
        )
        self._lock = Lock()
        self._next: dict[tuple[str, str], int] = {}
        self._early: dict[tuple[str, str, int], tuple[Any, ...]] = {}
        self._started: dict[tuple[str, str], tuple[Scenario, list[Any]]] = {}

    def __call__(self, scenario: Scenario, structure: str, replications: Any, daily: Any) -> None:
        """Take a block in; blocks that come early wait for those before them.

        Args:
            scenario: Its scenario.
            structure: Its structure.
            replications: Its worlds, in order.
            daily: Their days, shape (days, outcomes, worlds).
        """
        key = (scenario.name, structure)
        with self._lock:
            if key not in self._next:
                self._next[key] = self._first
                self._started[key] = scenario, []
            self._early[(*key, int(replications[0]))] = (replications, daily.copy())
            while (*key, self._next[key]) in self._early:
                numbers, days = self._early.pop((*key, self._next[key]))
                self._next[key] = int(numbers[-1]) + 1
                self._take(key, days)

    def _take(self, key: tuple[str, str], daily: Any) -> None:
        """Write days as soon as there are `WORLDS` worlds of them: blocks may be of any size."""
        waiting = self._started[key][1]
        waiting.append(daily)
        held = sum(part.shape[2] for part in waiting)
        if held >= self.WORLDS:
            whole = np.concatenate(waiting, axis=2)
            begin = self._next[key] - held
            for at in range(0, held - held % self.WORLDS, self.WORLDS):
                self._write(key, begin + at, whole[:, :, at : at + self.WORLDS])
            rest = whole[:, :, held - held % self.WORLDS :]
            waiting[:] = [rest.copy()] if rest.shape[2] else []
        if self._next[key] == self._last:
            self._rest(key)

    def _write(self, key: tuple[str, str], begin: int, daily: Any) -> None:
        days, worlds = daily.shape[0], daily.shape[2]
        first = np.datetime64(self._started[key][0].start, "D")
        columns = _keys(*key, np.repeat(np.arange(begin, begin + worlds), days))
        columns.append(np.tile(first + np.arange(days), worlds))
        columns += [daily[:, o, :].T.ravel() for o in range(len(OUTCOMES))]
        self._file.write_table(pa.table(columns, schema=self._schema))

    def close(self) -> None:
        """Finish the file."""
        for key in self._started:
            self._rest(key)
        self._open.close()

    def _rest(self, key: tuple[str, str]) -> None:
        waiting = self._started[key][1]
        if waiting:
            whole = np.concatenate(waiting, axis=2)
            self._write(key, self._next[key] - whole.shape[2], whole)
            waiting.clear()


def write_sheet(comparison: Comparison, folder: Path) -> None:
    """Write the summary, its codebook and what ran as an Excel file.

    Raises:
        InputError: If the library for it is not installed.
    """
    summary, book = without_nan(summary_table(comparison)), codebook(comparison)
    record = run_record(comparison)
    about = [
        (k, json.dumps(v, ensure_ascii=False))
        for k, v in record.items()
        if k not in ("scenarios", "made", "inputs")
    ]
    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter as Written

    workbook = Workbook()
    del workbook["Sheet"]
    workbook.properties.created = workbook.properties.modified = datetime(*_NO_TIME)
    for title, table in (("summary", summary), ("codebook", book)):
        _fill(workbook, title, table.column_names, zip(*table.to_pydict().values(), strict=True))
    _fill(workbook, "run", ("what", "value"), about)
    written = BytesIO()
    with _Timeless(written, "w", zipfile.ZIP_DEFLATED) as archive:
        Written(workbook, archive).save()
    storage.write_whole(folder / "summary.xlsx", written.getvalue())


def _fill(workbook: Any, title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add a sheet to an Excel file; a text that begins as a formula does stays a text."""
    sheet = workbook.create_sheet(title)
    for i, row in enumerate((heads, *rows), start=1):
        for k, value in enumerate(row, start=1):
            cell = sheet.cell(i, k, value)
            if isinstance(value, str):
                cell.data_type = "s"
    if title != "run":
        sheet.freeze_panes = "A2"


_NO_TIME = (2021, 7, 26, 0, 0, 0)


class _Timeless(zipfile.ZipFile):
    """An archive without the time it was made: the same numbers, the same bytes, on any clock."""

    def writestr(self, name: Any, data: Any, *how: Any) -> None:
        """Add a file from its content."""
        del how
        super().writestr(zipfile.ZipInfo(name, _NO_TIME), data, zipfile.ZIP_DEFLATED)

    def write(self, filename: Any, name: Any, *how: Any) -> None:  # type: ignore[override]
        """Add a file from the disk."""
        self.writestr(name, Path(filename).read_bytes(), *how)


def write_run(folder: Path, **more: Any) -> None:
    """Write ``run.json``: commit, versions, time, and what else matters."""
    storage.write_whole(folder / "run.json", result_folder.as_text(_run_of(more)))


def _run_of(more: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **provenance.made_by(),
        "rules": rulebook.current().describe(),
        **provenance.as_given(more),
    }


def save_posterior(
    found: Calibration, command: Sequence[str], folder: Path, priors: str | None = None
) -> None:
    """Write a calibration: draws, trials, and what made them.

    Args:
        found: The calibration.
        command: The command that made it.
        folder: Where to; ensembles draw from ``seeds/posterior``.
        priors: A user's own file of priors that it was made with; kept beside the draws.
    """
    # Statistics take long to import, and most results have none.
    from drawdown.evidence import record_run

    folder.mkdir(parents=True, exist_ok=True)
    files = {DRAWS: _as_csv(_posterior_rows(found)).encode()}
    if priors is not None:
        files[OWN_PRIORS] = Path(priors).read_bytes()
    for name, content in files.items():
        storage.write_whole(folder / name, content)
    record = dict(
        command=list(command),
        commit=found.commit,
        model=program(),
        record_run=record_run.fingerprint(),
        seed=found.seed,
        **found.inputs,
        sizes=asdict(found.sizes),
        screening=_screening_record(found),
        posterior={
            " and ".join(part): _posterior_record(p) for part, p in found.posteriors.items()
        },
        trials=_trials_record(found.trials),
        evidence={"structures": _weights(found.evidence), "motives": _weights(found.motives)},
        files={name: text_digest(content) for name, content in files.items()},
    )
    storage.write_whole(
        folder / POSTERIOR, result_folder.as_text(result_folder.signed(_run_of(record)))
    )
    storage.write_whole(folder / "trials.csv", _trials_csv(found.trials))


def _rounded(names: Iterable[str], values: Iterable[Any], digits: int = 3) -> dict[str, float]:
    return {n: round(float(v), digits) for n, v in zip(names, values, strict=True)}


def _posterior_rows(found: Calibration) -> Iterator[Sequence[str]]:
    names = list(dict.fromkeys(n for p in found.posteriors.values() for n in p.names))
    yield ["structure", "motive", *names]
    for part, posterior in found.posteriors.items():
        for row in posterior.values():
            values = dict(zip(posterior.names, row, strict=True))
            # What a motive's record does not respond to is drawn from its prior: an empty cell.
            yield [*part, *(f"{float(values[n]):.6g}" if n in values else "" for n in names)]


def _screening_record(found: Calibration) -> dict[str, Any]:
    from drawdown.evidence.calibrate import statistic_names

    screening, named = found.screening, statistic_names()
    effects = _rounded(screening.names, screening.effects)
    largest = zip(effects.items(), screening.statistic, strict=True)
    return {
        "dummy": round(screening.dummy, 3),
        "effects": {name: [effect, named[j]] for (name, effect), j in largest},
        "kept": {m: list(names) for m, names in screening.kept.items()},
    }


def _posterior_record(posterior: Posterior) -> dict[str, Any]:
    from drawdown.evidence.calibrate import INFORMED

    pairs = zip(posterior.names, posterior.spread(), strict=True)
    return {
        "spread_over_prior": _rounded(posterior.names, posterior.spread()),
        "not_informed": [n for n, spread in pairs if spread >= INFORMED],
        "ruled_out": round(posterior.ruled_out, 4),
        "tolerance": round(posterior.tolerance, 4),
    }


def _trials_record(trials: Trials) -> dict[str, Any]:
    share, hits, size = trials.coverage()
    each, spreads = range(len(trials.names)), trials.mean_spreads()

    def inside_if_below(limit: float) -> float:
        return trials.coverage([k for k, s in enumerate(spreads) if s < limit])[0]

    return {
        "trials": len(trials.truths),
        "informed": [trials.names[k] for k in trials.informed()],
        "inside_90": [hits, size, round(share, 4)],
        "inside_90_by_parameter": _rounded(trials.names, (trials.coverage([k])[0] for k in each)),
        "ranks_uniform_p": _rounded(trials.names, map(trials.uniform, each)),
        "inside_90_if_informed_below": {
            str(limit): round(inside_if_below(limit), 4) for limit in (0.8, 0.9, 0.95)
        },
    }


def _weights(evidence: Evidence) -> dict[str, Any]:
    return {
        "weights": _rounded(evidence.names, evidence.weights, 4),
        "error": round(float(evidence.error.max()), 4),
        "named": _rounded(evidence.names, evidence.named),
        "named_right": [round(evidence.ceiling, 4), evidence.tried],
    }


def _trials_csv(trials: Trials) -> str:
    t, kinds = trials, ("planted", "low", "high", "rank", "spread")
    columns = (t.structures, t.motives, t.truths, t.lows, t.highs, t.ranks, t.spreads)
    head = ["structure", "motive", *(f"{kind}_{n}" for kind in kinds for n in t.names)]
    text = StringIO(newline="")
    table, header = np.column_stack(columns), ",".join(head)
    np.savetxt(text, table, fmt="%.4f", delimiter=",", comments="", header=header)
    return text.getvalue()


def _input_names(comparison: Comparison) -> list[str]:
    chosen = set(comparison.chosen).union(*(s.world for s in comparison.scenarios))
    drawn = set(source(comparison.uncertainty).sampled()) | set(sampled())
    return [n for n in names() if n in drawn or n in chosen]


Rows = Callable[[str, str], Iterator[Floats]]
"""Gives outcomes of a scenario under a structure, world after world, shape (outcomes, worlds)."""

MOST_AS_CSV = 100_000
"""Rows of a table of worlds beyond which it is Parquet alone: 60 MB of CSV (a judgement)."""


Nature = Callable[[str, str, int, int], Floats]
"""Gives parameters of a scenario under a structure: of so many worlds from a place on."""


def write_worlds(
    comparison: Comparison, folder: Path, rows: Rows | None = None, nature: Nature | None = None
) -> None:
    """Write ``outcomes.parquet`` and ``inputs.parquet``: every world of a comparison.

    Row groups hold `world_tables.ROWS` worlds of one scenario and structure, so that the bytes do
    not depend on the pieces in which worlds were played.

    Args:
        comparison: What was played.
        folder: Where to.
        rows: Gives the outcomes; by default they are the comparison's own.
        nature: Gives the parameters; by default they are the comparison's own.
    """
    inputs = _input_names(comparison)
    of_outcomes, of_inputs = (
        pa.schema(KEYS | dict.fromkeys(names, pa.float64()))
        for names in (comparison.columns, inputs)
    )
    with (
        storage.writing(folder / "outcomes.parquet") as one,
        storage.writing(folder / "inputs.parquet") as other,
        pq.ParquetWriter(one, of_outcomes, compression="zstd") as out,
        pq.ParquetWriter(other, of_inputs, compression="zstd") as drawn,
    ):
        for (name, structure), item in comparison.ensembles.items():
            given = rows(name, structure) if rows is not None else iter([item.outcomes.T])
            at = 0
            for chunk in _even(given, ROWS):
                worlds = chunk.shape[1]
                first = comparison.first + at
                key = _keys(name, structure, np.arange(first, first + worlds))
                out.write_table(pa.table([*key, *chunk], schema=of_outcomes))
                here = nature(name, structure, at, worlds) if nature is not None else None
                here = item.parameters[:, at : at + worlds] if here is None else here
                columns = [here[declared.column(n)] for n in inputs]
                drawn.write_table(pa.table([*key, *columns], schema=of_inputs))
                at += worlds


def _even(pieces: Iterable[Floats], size: int) -> Iterator[Floats]:
    """Yield pieces cut and joined to one size, but for the last."""
    waiting: list[Floats] = []
    held = 0
    for piece in pieces:
        waiting.append(piece)
        held += piece.shape[1]
        while held >= size:
            whole = np.concatenate(waiting, axis=1)
            yield np.ascontiguousarray(whole[:, :size])
            waiting, held = [whole[:, size:]], held - size
    if held:
        yield np.concatenate(waiting, axis=1)


def write_counts(comparison: Comparison, path: Path) -> None:
    """Write in how many worlds each outcome fell into which bin on each day.

    Bins are those of `ensemble.bin_ranges`; those that no world fell into are left out. Where
    no bin is given, it is how far all values lie above the middles of their bins, in parts of a
    bin (`outcomes.PARTS`). Results of parts are joined by adding all of them.

    Args:
        comparison: What was played, with bands.
        path: A Parquet file.
    """
    kinds = dict.fromkeys(("scenario", "structure", "outcome"), pa.string())
    kinds |= {"date": pa.date32(), "bin": pa.int32(), "worlds": pa.int32()}
    schema = pa.schema(kinds)
    with storage.writing(path) as made, pq.ParquetWriter(made, schema, compression="zstd") as file:
        for (name, structure), item in comparison.ensembles.items():
            assert item.bands is not None
            histogram, outside = item.bands.histogram, item.bands.outside
            inside = np.nonzero(histogram)
            day, outcome, place = np.concatenate([inside, outside[:3]], axis=1)
            worlds = np.concatenate([histogram[inside], outside[3]])
            rest = (place == REST) & (np.arange(len(place)) < len(inside[0]))
            first = np.datetime64(item.scenario.start, "D")
            columns = [
                _same(name, len(day)),
                _same(structure, len(day)),
                pa.array(list(OUTCOMES)).take(pa.array(outcome)),
                pa.array(first + day),
                pa.array(place.astype(np.int32), mask=rest),
                pa.array(worlds),
            ]
            file.write_table(pa.table(columns, schema=schema))


def met_table(comparison: Comparison) -> pa.Table | None:
    """Return the days until each condition was first met in each world, or None.

    Missing where it never was.
    """
    parts = []
    for (name, structure), item in comparison.ensembles.items():
        for i, condition in enumerate(item.scenario.conditions):
            worlds = np.arange(comparison.first, comparison.first + len(item.met))
            columns = dict(zip(KEYS, _keys(name, structure, worlds), strict=True))
            columns["condition"] = _same(condition.name, len(worlds))
            columns["days"] = pa.array(item.met[:, i], from_pandas=True)
            parts.append(pa.table(columns))
    return pa.concat_tables(parts) if parts else None


def bands_table(comparison: Comparison) -> pa.Table:
    """Return daily quantiles of every outcome, counts over the last 30 days."""
    rows: list[tuple[str, str, str]] = []
    days, quantiles, means = [], [], []
    for item in comparison.scenarios:
        for one in comparison.all_structures:
            bands = comparison.bands(item.name, one)
            dates = np.array(bands.dates, "datetime64[D]")
            for name in OUTCOMES:
                rows.append((item.name, one, name))
                days.append(dates)
                quantiles.append(bands.quantiles(name))
                means.append(bands.means(name))
    lengths = [len(d) for d in days]
    columns: dict[str, Any] = {}
    for i, key in enumerate(("scenario", "structure", "outcome")):
        words = sorted({row[i] for row in rows})
        places = np.repeat([words.index(row[i]) for row in rows], lengths).astype(np.int32)
        columns[key] = pa.DictionaryArray.from_arrays(places, words).cast(pa.string())
    columns["date"] = pa.array(np.concatenate(days))
    table = np.round(np.concatenate(quantiles, axis=1), 4)
    for i, level in enumerate(QUANTILES):
        columns[f"q{round(100 * level):02d}"] = table[i]
    columns["mean"] = np.round(np.concatenate(means), 4)
    return pa.table(columns)


def conditions_table(comparison: Comparison) -> pa.Table | None:
    """Return in which share of worlds each condition has been met by each day, or None.

    The row ``no US soldiers`` of a scenario says in how many the last US soldier has left.
    """
    rows: list[tuple[Any, ...]] = []
    for item in comparison.scenarios:
        if not item.conditions:
            continue
        length = (item.end - item.start).days + 1
        dates = [item.start + timedelta(days=i) for i in range(length)]
        days = comparison.met(item.name)
        days[LEFT] = comparison.values(item.name, POOLED, "days_until_exit").ravel()
        for name, first in days.items():
            count = np.bincount(first[~np.isnan(first)].astype(int), minlength=length)[:length]
            met = np.round(np.cumsum(count) / len(first), 5).tolist()
            rows += [(item.name, name, *each) for each in zip(dates, met, strict=True)]
    return _table(("scenario", "condition", "date", "met"), rows) if rows else None


def _parts(comparison: Comparison) -> list[tuple[str, tuple[str, str]]]:
    """Return parts of a comparison, each with what stands for structure and motive."""
    motive = comparison.all_motives[-1]
    found = [(s, (s, motive)) for s in comparison.all_structures]
    if len(comparison.motives) > 1:
        found += [(m, (comparison.main_structure, m)) for m in comparison.motives]
    return found


def summary_table(comparison: Comparison) -> pa.Table:
    """Return means and paired differences with both intervals, one row an outcome."""
    found: dict[tuple[str, str, str], list[tuple[Any, ...]]] = {}
    parts = _parts(comparison)
    # Outcome by outcome, so that a column that is read from the disk is read once.
    for name in RUN_OUTCOMES:
        for item in comparison.scenarios:
            for part, key in parts:
                own = item.name, *key, name
                level = comparison.level(item.name, part, name)
                rows = found[item.name, part, name] = [(*own, "level", *level.numbers, None)]
                if item.name != comparison.baseline:
                    gap = comparison.difference(item.name, part, name)
                    saved = comparison.saved(item.name, part, name)
                    rows.append((*own, "difference", *gap.numbers, saved))
    rows = []
    for item in comparison.scenarios:
        for part, key in parts:
            for name in RUN_OUTCOMES:
                rows += found[item.name, part, name]
            if item.name != comparison.baseline:
                own = item.name, *key, "tempo_ratio"
                quotient = comparison.tempo_ratio(item.name, part)
                rows.append((*own, "ratio", *quotient.numbers, None))
    return _table(SUMMARY.split(), rows)


def phases_table(comparison: Comparison) -> pa.Table:
    """Return half-years and phases: levels, the baseline's, and what is between them.

    One row a scenario, part of the comparison, part of the run and outcome: ``level``,
    ``baseline`` and ``ratio`` (of counts) or ``difference`` (of probabilities). ``mixes`` says
    that a half-year holds days of a phase and others.
    """
    rows: list[tuple[Any, ...]] = []
    for item in comparison.scenarios:
        mine = comparison.phases[item.name]
        own = [p for p in mine if p.name in (RUNNING, AFTER)]
        for part, key in _parts(comparison):
            for phase in mine:
                mixes = phase.name != WHOLE and any(p.mixes(phase.window) for p in own)
                told = (item.name, *key, phase.name, phase.first, phase.last, phase.by_median)
                for name in OUTCOMES_OF_PHASE:
                    found = [("level", comparison.phase_level(item.name, part, phase, name))]
                    if item.name != comparison.baseline:
                        other = comparison.phase_level(comparison.baseline, part, phase, name)
                        change = comparison.phase_change(item.name, part, phase, name)
                        how = "difference" if name in STOPS else "ratio"
                        found += [("baseline", other), (how, change)]
                    rows += [(*told, mixes, name, what, *e.numbers) for what, e in found]
    return _table(PHASES.split(), rows)


PHASES = (
    "scenario structure motive phase first last by_median mixes outcome what mean simulation_low "
    "simulation_high future_low future_high"
)
"""Columns of the table of phases."""

SUMMARY = (
    "scenario structure motive outcome what mean simulation_low simulation_high future_low "
    "future_high variance_saved"
)
"""Columns of the summary."""


def codebook(comparison: Comparison) -> pa.Table:
    """Return the meaning and unit of every column, in both languages."""
    english, arabic = Language("en"), Language("ar")
    rows = [("inputs, outcomes", name, *_MEANING_OF_KEYS[name], "", "") for name in KEYS]
    for name in _input_names(comparison):
        item = declarations()[name]
        rows.append(("inputs", name, item.meaning.en, item.meaning.ar, item.unit.en, item.source))
    declared = data_files.load("outcomes")
    for name in RUN_OUTCOMES:
        unit = english.word("units", declared["run"][name]["unit"])
        claims = ", ".join(f"claim:{c}" for c in declared["run"][name]["claims"])
        rows.append(("outcomes", name, english.outcome(name), arabic.outcome(name), unit, claims))
    for window in next(iter(comparison.ensembles.values())).windows:
        for name in WINDOWED:
            unit = "days" if name == WINDOWED[-1] else declared["run"][name]["unit"]
            meaning, other = (
                language.word("phase_columns", "window", what=what, first=window[0], last=window[1])
                for language, what in (
                    (one, one.word("phase_columns", name) if unit == "days" else one.outcome(name))
                    for one in (english, arabic)
                )
            )
            unit = english.word("units", unit)
            rows.append(("outcomes", column_of(name, window), meaning, other, unit, ""))
    for name, width in zip(OUTCOMES, bin_ranges()[1], strict=True):
        unit = english.word("units", declared["daily"][name]["unit"])
        meaning, other = (language.word("outcomes", name) for language in (english, arabic))
        if name in FLOWS:
            meaning, other = f"{meaning} (in the last 30 days)", f"{other} (في آخر 30 يوماً)"
        if width != 1.0:
            # Where worlds differ, a quantile lies somewhere in a bin.
            meaning += f" (quantiles to {width:.2g})"
            other += f" (المئينات بدقة {width:.2g})"
        rows.append(("bands", name, meaning, other, unit, ""))
    return _table(("table", "column", "meaning", "meaning_ar", "unit", "source"), rows)


_MEANING_OF_KEYS = {
    "scenario": ("name of the scenario", "اسم السيناريو"),
    "structure": ("rival structure of what a strike does", "البنية المنافسة لأثر الضربة"),
    "replication": ("number of the world: one draw, one luck", "رقم العالَم: قرعة واحدة وحظ واحد"),
}


def run_record(comparison: Comparison) -> dict[str, Any]:
    """Return what ran: commit, versions, seed and the scenarios' text."""
    return {
        **provenance.made_by(),
        "rules": comparison.rules,
        "seed": comparison.seed,
        "first": comparison.first,
        "runs": comparison.runs,
        "structures": list(comparison.structures),
        "motives": list(comparison.motives),
        "weights of motives": dict(zip(MOTIVES, comparison.weights, strict=True)),
        "baseline": comparison.baseline,
        "uncertainty": provenance.as_given(comparison.uncertainty),
        "drawn_from": provenance.as_given(source(comparison.uncertainty).told),
        "set": comparison.chosen,
        "scenarios": {
            s.name: {
                "title": {"en": s.title.en, "ar": s.title.ar},
                "start": s.start.isoformat(),
                "end": s.end.isoformat(),
                "events": [[day.isoformat(), what] for day, what in s.landmarks()],
                "phases": [
                    [p.name, p.first.isoformat(), p.last.isoformat()]
                    for p in comparison.phases.get(s.name, ())
                    if p.name in (RUNNING, AFTER)
                ],
                "text": s.text,
            }
            for s in comparison.scenarios
        },
    }


Draw = Callable[[Path], Callable[[], None]]
"""Begins to draw the figures of a folder, and returns what waits for them."""


def settings_of(
    scenarios: Sequence[Scenario],
    *,
    runs: int,
    seed: int,
    structures: Sequence[str],
    baseline: str,
    chosen: Mapping[str, float],
    uncertainty: str,
    first: int = 0,
    **more: Any,
) -> dict[str, Any]:
    """Return all that decides a comparison's numbers, for `result_folder.find`."""
    return {
        "model": program(),
        "scenarios": [repr((s.name, s.what_is_played())) for s in scenarios],
        "runs": runs,
        "first": first,
        "seed": seed,
        "structures": list(structures),
        "baseline": baseline,
        "set": dict(chosen),
        "uncertainty": uncertainty,
        **more,
    }


def save(
    comparison: Comparison, folder: Path, draw: Draw | None = None, sheet: bool = False
) -> list[str]:
    """Write a comparison into a folder.

    Args:
        comparison: What to write.
        folder: Where to, from `result_folder.Place.folder`.
        draw: Begins to draw figures.
        sheet: Whether to write the summary for Excel too.

    Returns:
        What a reader must know of the files: sentences, mostly none.
    """
    if not (folder / "outcomes.parquet").exists():
        write_worlds(comparison, folder)
    record = run_record(comparison)
    tables = {"bands": bands_table(comparison)}
    tables |= {"conditions": conditions_table(comparison), "met": met_table(comparison)}
    tables = {title: table for title, table in tables.items() if table is not None}
    told = []
    with ExitStack() as at_the_end:
        storage.write_whole(folder / "run.json", result_folder.as_text(record))
        for title, table in tables.items():
            write_parquet(table, folder / f"{title}.parquet")
        write_counts(comparison, folder / "counts.parquet")
        if draw is not None:
            # Figures are drawn by other processes while the rest is written.
            at_the_end.callback(draw(folder))
        tables.pop("met", None)
        tables["summary"] = summary_table(comparison)
        if comparison.phases:
            tables["phases"] = phases_table(comparison)
        for title in {"summary", "phases"} & set(tables):
            write_parquet(tables[title], folder / f"{title}.parquet")
        tables["bands"], every = fitting(tables["bands"])
        if every > 1:
            told.append(
                f"bands.csv holds every {every}th day, so that a spreadsheet can open it; "
                "bands.parquet holds them all"
            )
        for title, table in (tables | {"codebook": codebook(comparison)}).items():
            write_csv(table, folder, title)
        worlds = comparison.runs * len(comparison.ensembles)
        if worlds <= MOST_AS_CSV:
            for title in ("inputs", "outcomes"):
                write_csv(pq.read_table(folder / f"{title}.parquet"), folder, title)
        else:
            told.append(
                f"inputs and outcomes of {worlds:,} worlds are in Parquet files alone: as CSV a "
                f"table of more than {MOST_AS_CSV:,} worlds opens nowhere"
            )
        if sheet:
            write_sheet(comparison, folder)
    return told
