"""What a result holds: what ran, from what, with which luck, and what came out."""

from __future__ import annotations

import csv
import json
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from drawdown import __version__
from drawdown.day import book
from drawdown.day.outcomes import RUN_OUTCOMES
from drawdown.declared import data_files
from drawdown.declared import parameters as declared
from drawdown.declared.columns import FLOWS, MOTIVES, OUTCOMES
from drawdown.declared.formats import FORMAT
from drawdown.declared.language import Language
from drawdown.declared.parameters import OWN_PRIORS, declarations, names, sampled, source
from drawdown.declared.scenario import Scenario
from drawdown.questions.compare import LEFT, POOLED, Comparison
from drawdown.worlds.checkpoint import model_fingerprint
from drawdown.worlds.ensemble import QUANTILES

if TYPE_CHECKING:
    from drawdown.questions.calibrate import Calibration

KEYS = ("scenario", "structure", "replication")
_BYTE_ORDER_MARK = "\ufeff".encode()


def commit() -> str:
    """Return the checkout's commit, ``-dirty`` if files differ from it, or ``unknown``."""
    root = data_files.project_root()
    if root is None:
        return "unknown"
    try:
        head = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True
        ).stdout.strip()
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{head}-dirty" if changed else head


def versions() -> dict[str, str]:
    """Return the versions of what results depend on."""
    found = {"drawdown": __version__, "python": platform.python_version()}
    for name in ("mesa", "numpy"):
        try:
            found[name] = version(name)
        except ImportError:
            found[name] = "not installed"
    return found


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
    with (folder / f"{name}.csv").open("wb") as file:
        file.write(_BYTE_ORDER_MARK)
        pa_csv.write_csv(without_nan(table), file)


def write_rows(rows: Sequence[Sequence[str]], folder: Path, name: str) -> None:
    """Write rows, the first with the columns' names, as CSV that a spreadsheet opens."""
    cells = [["" if cell in ("nan", "inf", "-inf") else cell for cell in row] for row in rows]
    with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(cells)


LARGEST_SHEET = 1_048_576
"""Rows that a spreadsheet holds, the one with the names included."""


def fitting(bands: pa.Table) -> tuple[pa.Table, int]:
    """Return bands thinned to so many days apart that a spreadsheet holds them, and how many."""
    every = -(-bands.num_rows // (LARGEST_SHEET - 1))
    if every <= 1:
        return bands, 1
    days = pc.cast(bands["date"], pa.int32())
    first = pc.min(days).as_py()
    kept = pc.equal(
        pc.subtract(days, first), pc.multiply(pc.divide(pc.subtract(days, first), every), every)
    )
    return bands.filter(kept), every


class Days:
    """Keeps every run's days in one Parquet file, block by block as they are played.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        fields = [
            ("scenario", pa.string()),
            ("structure", pa.string()),
            ("replication", pa.int64()),
        ]
        fields += [("date", pa.date32()), *((name, pa.float32()) for name in OUTCOMES)]
        self._schema = pa.schema(fields)
        self._file = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._lock = Lock()
        self._next: dict[tuple[str, str], int] = {}
        self._early: dict[tuple[str, str, int], tuple[Any, ...]] = {}

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
            self._early[(*key, int(replications[0]))] = (scenario, replications, daily.copy())
            while (*key, self._next.get(key, 0)) in self._early:
                block = self._early.pop((*key, self._next.get(key, 0)))
                self._next[key] = int(block[1][-1]) + 1
                self._write(structure, *block)

    def _write(self, structure: str, scenario: Scenario, replications: Any, daily: Any) -> None:
        days, worlds = daily.shape[0], len(replications)
        first = np.datetime64(scenario.start, "D")
        columns: list[Any] = [
            pa.array([scenario.name]).take(pa.array(np.zeros(days * worlds, np.int64))),
            pa.array([structure]).take(pa.array(np.zeros(days * worlds, np.int64))),
            np.repeat(np.asarray(replications, np.int64), days),
            np.tile(first + np.arange(days), worlds),
        ]
        columns += [daily[:, o, :].T.ravel() for o in range(len(OUTCOMES))]
        self._file.write_table(pa.table(columns, schema=self._schema))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def write_sheet(comparison: Comparison, folder: Path) -> None:
    """Write the summary, its codebook and what ran as an Excel file.

    Raises:
        InputError: If the library for it is not installed.
    """
    summary = without_nan(summary_table(comparison)).to_pandas()
    book = codebook(comparison).to_pandas()
    record = run_record(comparison, sys.argv)
    about = [(k, json.dumps(v, ensure_ascii=False)) for k, v in record.items() if k != "scenarios"]
    import pandas as pd

    with pd.ExcelWriter(folder / "summary.xlsx", engine="openpyxl") as file:
        summary.to_excel(file, sheet_name="summary", index=False, freeze_panes=(1, 0))
        book.to_excel(file, sheet_name="codebook", index=False, freeze_panes=(1, 0))
        pd.DataFrame(about, columns=["what", "value"]).to_excel(file, sheet_name="run", index=False)


def write_run(folder: Path, command: Sequence[str] | None = None, **more: Any) -> None:
    """Write ``run.json``: command, commit, versions, time, and what else matters."""
    record = {
        "command": list(command if command is not None else sys.argv),
        "commit": commit(),
        "versions": versions(),
        "format": FORMAT,
        "rules": book.current().describe(),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        **more,
    }
    text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    (folder / "run.json").write_text(text, encoding="utf-8")


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
    from drawdown.questions import record_run
    from drawdown.questions.calibrate import INFORMED, statistic_names

    folder.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(n for p in found.posteriors.values() for n in p.names))
    rows = [["structure", "motive", *names]]
    for part_of, posterior in found.posteriors.items():
        values = posterior.values()
        columns = {n: values[:, k] for k, n in enumerate(posterior.names)}
        for i in range(len(values)):
            # What a motive's record does not respond to is drawn from its prior: an empty cell.
            cells = [f"{float(columns[n][i]):.6g}" if n in columns else "" for n in names]
            rows.append([*part_of, *cells])
    part = folder / ".draws.part"
    with part.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    share, hits, size = found.trials.coverage()
    write_run(
        folder,
        command,
        commit=found.commit,
        model=model_fingerprint(),
        record_run=record_run.fingerprint(),
        seed=found.seed,
        **found.inputs,
        sizes=asdict(found.sizes),
        screening={
            "dummy": round(found.screening.dummy, 3),
            "effects": {
                n: [round(float(e), 3), statistic_names()[j]]
                for n, e, j in zip(
                    found.screening.names,
                    found.screening.effects,
                    found.screening.statistic,
                    strict=True,
                )
            },
            "kept": {m: list(names) for m, names in found.screening.kept.items()},
        },
        posterior={
            " and ".join(s): {
                "spread_over_prior": dict(
                    zip(p.names, (round(float(x), 3) for x in p.spread()), strict=True)
                ),
                "not_informed": [
                    n for n, x in zip(p.names, p.spread(), strict=True) if x >= INFORMED
                ],
                "ruled_out": round(p.ruled_out, 4),
                "tolerance": round(p.tolerance, 4),
                "accepted": round(p.rate, 4),
                "played": p.played,
                "generations": p.generations,
            }
            for s, p in found.posteriors.items()
        },
        trials={
            "trials": len(found.trials.truths),
            "informed": [found.trials.names[k] for k in found.trials.informed()],
            "inside_90": [hits, size, round(share, 4)],
            "inside_90_by_parameter": {
                n: round(found.trials.coverage([k])[0], 3) for k, n in enumerate(found.trials.names)
            },
            "ranks_uniform_p": {
                n: round(found.trials.uniform(k), 3) for k, n in enumerate(found.trials.names)
            },
            "inside_90_if_informed_below": {
                str(limit): round(
                    found.trials.coverage(
                        [
                            k
                            for k, s in enumerate(np.nanmean(found.trials.spreads, axis=0))
                            if s < limit
                        ]
                    )[0],
                    4,
                )
                for limit in (0.8, 0.9, 0.95)
            },
        },
        evidence={
            kind: {
                "weights": dict(zip(e.names, (round(float(x), 4) for x in e.weights), strict=True)),
                "error": round(float(e.error.max()), 4),
                "recognised": [[round(float(x), 3) for x in row] for row in e.recognised],
                "named": dict(zip(e.names, (round(float(x), 3) for x in e.named), strict=True)),
            }
            for kind, e in (("structures", found.evidence), ("motives", found.motives))
        },
    )
    (folder / "run.json").replace(folder / "posterior.json")
    np.savetxt(
        folder / "trials.csv",
        np.column_stack(
            [
                found.trials.structures,
                found.trials.motives,
                found.trials.truths,
                found.trials.lows,
                found.trials.highs,
                found.trials.ranks,
                found.trials.spreads,
            ]
        ),
        fmt="%.4f",
        delimiter=",",
        comments="",
        header=",".join(
            ["structure", "motive"]
            + [
                f"{what}_{n}"
                for what in ("planted", "low", "high", "rank", "spread")
                for n in found.trials.names
            ]
        ),
    )
    if priors is not None:
        (folder / OWN_PRIORS).write_bytes(Path(priors).read_bytes())
    part.replace(folder / "draws.csv")


def _keys(comparison: Comparison) -> dict[str, Any]:
    scenario, structure, replication = [], [], []
    for (name, one), item in comparison.ensembles.items():
        scenario += [name] * len(item.replications)
        structure += [one] * len(item.replications)
        replication.append(item.replications)
    return {
        "scenario": pa.array(scenario).dictionary_encode().cast(pa.string()),
        "structure": pa.array(structure),
        "replication": np.concatenate(replication),
    }


def _input_names(comparison: Comparison) -> list[str]:
    chosen = set(comparison.chosen).union(*(s.world for s in comparison.scenarios))
    drawn = set(source(comparison.uncertainty).sampled()) | set(sampled())
    return [n for n in names() if n in drawn or n in chosen]


def inputs_table(comparison: Comparison) -> pa.Table:
    """Return the parameters of every world that were drawn or chosen."""
    names = _input_names(comparison)
    columns = _keys(comparison)
    for name in names:
        row = declared.column(name)
        columns[name] = np.concatenate([e.parameters[row] for e in comparison.ensembles.values()])
    return pa.table(columns)


def outcomes_table(comparison: Comparison) -> pa.Table:
    """Return every outcome of every world."""
    columns = _keys(comparison)
    rows = np.concatenate([e.outcomes for e in comparison.ensembles.values()])
    for i, name in enumerate(RUN_OUTCOMES):
        columns[name] = rows[:, i]
    return pa.table(columns)


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
    columns: dict[str, list[Any]] = {n: [] for n in ("scenario", "condition", "date", "met")}
    for item in comparison.scenarios:
        if not item.conditions:
            continue
        length = (item.end - item.start).days + 1
        days = comparison.met(item.name)
        days[LEFT] = comparison.values(item.name, POOLED, "days_until_exit").ravel()
        for name, first in days.items():
            count = np.bincount(first[~np.isnan(first)].astype(int), minlength=length)[:length]
            columns["scenario"] += [item.name] * length
            columns["condition"] += [name] * length
            columns["date"] += [item.start + timedelta(days=i) for i in range(length)]
            columns["met"] += np.round(np.cumsum(count) / len(first), 5).tolist()
    return pa.table(columns) if columns["date"] else None


def _estimate_row(e: Any) -> tuple[float, ...]:
    return e.mean, e.low, e.high, e.future_low, e.future_high


def _parts(comparison: Comparison) -> list[tuple[str, tuple[str, str]]]:
    """Return parts of a comparison, each with what stands for structure and motive."""
    motive = comparison.all_motives[-1]
    found = [(s, (s, motive)) for s in comparison.all_structures]
    if len(comparison.motives) > 1:
        found += [(m, (comparison.main_structure, m)) for m in comparison.motives]
    return found


def summary_table(comparison: Comparison) -> pa.Table:
    """Return means and paired differences with both intervals, one row an outcome."""
    rows: list[tuple[Any, ...]] = []
    for item in comparison.scenarios:
        for part, key in _parts(comparison):
            for name in RUN_OUTCOMES:
                level = comparison.level(item.name, part, name)
                rows.append((item.name, *key, name, "level", *_estimate_row(level), None))
                if item.name != comparison.baseline:
                    gap = comparison.difference(item.name, part, name)
                    saved = comparison.saved(item.name, part, name)
                    rows.append((item.name, *key, name, "difference", *_estimate_row(gap), saved))
            if item.name != comparison.baseline:
                quotient = comparison.tempo_ratio(item.name, part)
                rows.append(
                    (item.name, *key, "tempo_ratio", "ratio", *_estimate_row(quotient), None)
                )
    names = (
        "scenario",
        "structure",
        "motive",
        "outcome",
        "what",
        "mean",
        "simulation_low",
        "simulation_high",
        "future_low",
        "future_high",
        "variance_saved",
    )
    return pa.table({n: [row[i] for row in rows] for i, n in enumerate(names)})


def codebook(comparison: Comparison) -> pa.Table:
    """Return the meaning and unit of every column, in both languages."""
    english, arabic = Language("en"), Language("ar")
    rows: list[tuple[str, str, str, str, str, str]] = []
    for name in KEYS:
        meaning = {
            "scenario": ("name of the scenario", "اسم السيناريو"),
            "structure": ("rival structure of what a strike does", "البنية المنافسة لأثر الضربة"),
            "replication": (
                "number of the world: one draw, one luck",
                "رقم العالَم: قرعة واحدة وحظ واحد",
            ),
        }[name]
        rows.append(("inputs, outcomes", name, *meaning, "", ""))
    for name in _input_names(comparison):
        item = declarations()[name]
        rows.append(("inputs", name, item.meaning.en, item.meaning.ar, item.unit.en, item.source))
    declared = data_files.load("outcomes")
    for name in RUN_OUTCOMES:
        unit = english.word("units", declared["run"][name]["unit"])
        claims = ", ".join(f"claim:{c}" for c in declared["run"][name]["claims"])
        rows.append(("outcomes", name, english.outcome(name), arabic.outcome(name), unit, claims))
    for name in OUTCOMES:
        unit = english.word("units", declared["daily"][name]["unit"])
        note = " (in the last 30 days)" if name in FLOWS else ""
        rows.append(
            (
                "bands",
                name,
                english.word("outcomes", name) + note,
                arabic.word("outcomes", name),
                unit,
                "",
            )
        )
    names = ("table", "column", "meaning", "meaning_ar", "unit", "source")
    return pa.table({n: [row[i] for row in rows] for i, n in enumerate(names)})


def run_record(comparison: Comparison, command: Sequence[str]) -> dict[str, Any]:
    """Return what ran: command, commit, versions, seed and the scenarios' text."""
    return {
        "command": list(command),
        "commit": commit(),
        "versions": versions(),
        "format": FORMAT,
        "rules": comparison.rules,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": comparison.seed,
        "runs": comparison.runs,
        "structures": list(comparison.structures),
        "motives": list(comparison.motives),
        "weights of motives": dict(zip(MOTIVES, comparison.weights, strict=True)),
        "baseline": comparison.baseline,
        "uncertainty": comparison.uncertainty,
        "drawn_from": source(comparison.uncertainty).told,
        "set": comparison.chosen,
        "scenarios": {
            s.name: {
                "title": {"en": s.title.en, "ar": s.title.ar},
                "start": s.start.isoformat(),
                "end": s.end.isoformat(),
                "events": [[day.isoformat(), what] for day, what in s.landmarks()],
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
    **more: Any,
) -> dict[str, Any]:
    """Return all that decides a comparison's numbers, for `place.find`."""
    return {
        "model": model_fingerprint(),
        "scenarios": [repr((s.name, s.what_is_played())) for s in scenarios],
        "runs": runs,
        "seed": seed,
        "structures": list(structures),
        "baseline": baseline,
        "set": dict(chosen),
        "uncertainty": uncertainty,
        **more,
    }


def save(
    comparison: Comparison,
    folder: Path,
    command: Sequence[str] | None = None,
    draw: Draw | None = None,
    sheet: bool = False,
) -> list[str]:
    """Write a comparison into a folder.

    Args:
        comparison: What to write.
        folder: Where to, from `place.Place.folder`.
        command: The command that made it; by default the one running.
        draw: Begins to draw figures.
        sheet: Whether to write the summary for Excel too.

    Returns:
        What a reader must know of the files: sentences, mostly none.
    """
    record = run_record(comparison, command if command is not None else sys.argv)
    tables = {
        "inputs": inputs_table(comparison),
        "outcomes": outcomes_table(comparison),
        "bands": bands_table(comparison),
    }
    told = []
    reacting = conditions_table(comparison)
    if reacting is not None:
        tables["conditions"] = reacting
    with ExitStack() as at_the_end:
        text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
        (folder / "run.json").write_text(text, encoding="utf-8")
        for title, table in tables.items():
            pq.write_table(table, folder / f"{title}.parquet", compression="zstd")
        if draw is not None:
            # Figures are drawn by other processes while the rest is written.
            at_the_end.callback(draw(folder))
        tables["summary"] = summary_table(comparison)
        pq.write_table(tables["summary"], folder / "summary.parquet", compression="zstd")
        tables["bands"], every = fitting(tables["bands"])
        if every > 1:
            told.append(
                f"bands.csv holds every {every}th day, so that a spreadsheet can open it; "
                "bands.parquet holds them all"
            )
        for title, table in (tables | {"codebook": codebook(comparison)}).items():
            write_csv(table, folder, title)
        if sheet:
            write_sheet(comparison, folder)
    return told
