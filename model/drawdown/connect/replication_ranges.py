"""Comparisons of any length: played in shards, read back a column at a time, joined again.

A *part* is a comparison of some replications in a row. Parts that were played anywhere
are joined to the result that one undisturbed run would have written, byte for byte.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from drawdown.connect import replay, store
from drawdown.connect.verify import entries
from drawdown.day import outcomes as reductions
from drawdown.day.outcomes import BINS, REST
from drawdown.day.phases import Phase, columns_of
from drawdown.declared import parameters as declared
from drawdown.declared import storage
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import OUTCOMES
from drawdown.declared.errors import InputError
from drawdown.declared.result_folder import digest_of, file_digest
from drawdown.declared.scenario import Scenario
from drawdown.questions.compare import Comparison, numbers_of, played_again
from drawdown.questions.phases import of_all, windows_of
from drawdown.worlds import shards
from drawdown.worlds.ensemble import Bands, Ensemble, columns_with, own_nature
from drawdown.worlds.run import Run
from drawdown.worlds.shards import Shard, Work
from drawdown.worlds.world_tables import ROWS, Outcomes, Parameters, Table


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked(Run):
    """A comparison as it is asked for: a run of several scenarios under several structures.

    Attributes:
        scenarios: What is compared.
        structures: Rival structures.
        baseline: Name of the scenario that the others are compared with.
        phases: Half-years and phases of each scenario, by its name.
    """

    scenarios: tuple[Scenario, ...]
    structures: tuple[str, ...]
    baseline: str
    phases: Mapping[str, tuple[Phase, ...]] = field(default_factory=dict)

    def in_phases(self) -> Asked:
        """Return it with the phases of its scenarios, which are then counted apart."""
        found = of_all(self.scenarios, self.baseline, self)
        return replace(self, phases=found, windows=windows_of(found, self.scenarios))

    @property
    def worlds(self) -> int:
        """How many worlds that is."""
        return self.runs * len(self.scenarios) * len(self.structures)

    def shards(self, days: bool = False) -> dict[str, list[Shard]]:
        """Return its shards in order, by structure.

        Args:
            days: Whether the days of every world are kept.
        """
        return {
            structure: shards.cut(
                shards.whole(self.scenarios, replace(self, structure=structure), days)
            )
            for structure in self.structures
        }


@dataclass(frozen=True)
class Needs:
    """What a comparison takes.

    Attributes:
        worlds: Worlds that are played.
        shards: Shards.
        memory: Bytes of memory.
        disk: Bytes on disk while it is played, and of the result.
        seconds: How long it takes this machine, from worlds played for the purpose.
    """

    worlds: int
    shards: int
    memory: int
    disk: int
    seconds: float


# Bytes that were measured (docs/scale.md says how).
_PROGRAM = 330 * 2**20
_IN_TABLES = 700
_IN_SHARDS = 170


def needs(asked: Asked, threads: int, speed: float, days: bool = False) -> Needs:
    """Return what a comparison takes.

    Args:
        asked: The comparison.
        threads: Threads.
        speed: Days of worlds that one thread plays in a second.
        days: Whether the days of every world are kept.
    """
    pieces = asked.shards(days)
    length = max(s.days for s in asked.scenarios)
    many = len(asked.scenarios)
    bands = length * len(OUTCOMES) * reductions.CELLS * 4
    column = asked.runs * 8
    # Bands of all ensembles and of each thread; a few columns of all of them.
    memory = (
        _PROGRAM
        + bands * (many * (len(asked.structures) + 2 * threads))
        + column * (many * len(asked.structures) + 12)
    )
    windows = 2 * 8 * len(columns_of(asked.windows))
    disk = asked.worlds * (_IN_TABLES + _IN_SHARDS + windows) + 2**26
    if days:
        disk += 2 * asked.worlds * length * len(OUTCOMES) * 2
    work = shards.days_lived(asked.scenarios)
    seconds = asked.runs * len(asked.structures) * work / (speed * threads)
    return Needs(asked.worlds, sum(map(len, pieces.values())), memory, disk, seconds)


def speed_of(asked: Asked) -> float:
    """Return how many days of worlds one thread plays in a second, from a few that it plays."""
    from time import perf_counter

    few = replace(asked, structures=asked.structures[:1], first=0, runs=shards.GRID)
    ((shard,),) = few.shards().values()
    shard.play(1)
    begin = perf_counter()
    shard.play(1)
    took = perf_counter() - begin
    return shards.GRID * shards.days_lived(asked.scenarios) / took


def check_room(folder: Path, wanted: Needs) -> None:
    """Refuse work for which a disk has no room, before it begins.

    Args:
        folder: A folder on the disk, there or not.
        wanted: What the work takes.

    Raises:
        InputError: If less is free.
    """
    there = next(p for p in (folder, *folder.resolve().parents) if p.is_dir())
    free = shutil.disk_usage(there).free
    if free < wanted.disk:
        raise InputError(
            f"{folder} has {free / 2**20:,.0f} MB free, and this takes about "
            f"{wanted.disk / 2**20:,.0f} MB; --out FOLDER names another disk, or play parts "
            "with --first and --runs"
        )


def gather(
    asked: Asked,
    work: Work,
    folder: Path,
    days_to: Any = None,
) -> Comparison:
    """Write every world of finished shards into a folder, and return them as a comparison.

    Args:
        asked: The comparison.
        work: Where its shards are kept, all of them finished.
        folder: Where to.
        days_to: Takes the days of all worlds, as in `ensemble.play`.
    """
    pieces = asked.shards(days_to is not None)
    places = {s.name: i for i, s in enumerate(asked.scenarios)}
    bands: dict[tuple[str, str], Bands] = {}
    met: dict[tuple[str, str], list[Floats]] = {}

    def rows(name: str, structure: str) -> Iterator[Floats]:
        at = places[name]
        for shard in pieces[structure]:
            names = [f"{at}/{what}" for what in ("outcomes", "met", "bands", "outside", "days")]
            found = storage.read(work.path(shard), names)
            if found is None:
                # Altered since it was kept.
                found = shard.play()
            start = asked.scenarios[at].start
            counts = Bands(start, found[f"{at}/bands"], found[f"{at}/outside"])
            key = name, structure
            bands[key] = counts if key not in bands else bands[key] + counts
            met.setdefault(key, []).append(found[f"{at}/met"])
            if days_to is not None:
                numbers = np.arange(shard.first, shard.first + shard.runs)
                days_to(asked.scenarios[at], structure, numbers, found[f"{at}/days"])
            yield found[f"{at}/outcomes"]

    return _write(asked, folder, rows, bands, met)


def _write(
    asked: Asked,
    folder: Path,
    rows: store.Rows,
    bands: Mapping[tuple[str, str], Bands],
    met: Mapping[tuple[str, str], list[Floats]],
) -> Comparison:
    """Write worlds that come piece by piece; bands and conditions are full when they have."""
    outcomes = Table(folder / "outcomes.parquet")
    inputs = Table(folder / "inputs.parquet")
    each = -(-asked.runs // ROWS)
    numbers = np.array(asked.numbers)
    ensembles: dict[tuple[str, str], Ensemble] = {}
    for scenario in asked.scenarios:
        for structure in asked.structures:
            groups = range(len(ensembles) * each, (len(ensembles) + 1) * each)
            usual = declared.draw([0], structure=structure, uncertainty="none", chosen=asked.chosen)
            ensembles[scenario.name, structure] = Ensemble(
                scenario,
                structure,
                asked.seed,
                numbers,
                cast(
                    Any,
                    Parameters(inputs, groups, own_nature(scenario, usual)[:, 0], asked.runs),
                ),
                cast(
                    Any,
                    Outcomes(outcomes, groups, asked.runs, columns_with(asked.windows)),
                ),
                windows=asked.windows,
                phases=asked.phases.get(scenario.name, ()),
            )
    found = Comparison(
        list(asked.scenarios),
        asked.structures,
        asked.baseline,
        asked.seed,
        asked.runs,
        ensembles,
        numbers_of(asked.chosen or {}),
        asked.uncertainty,
        first=asked.first,
        phases=dict(asked.phases),
        again=played_again(asked.scenarios, asked.structures, asked, asked.phases),
    )

    def nature(name: str, structure: str, at: int, worlds: int) -> Floats:
        drawn = replace(asked, structure=structure).part(at, at + worlds).drawn()
        return own_nature(ensembles[name, structure].scenario, drawn)

    store.write_worlds(found, folder, rows, nature)
    for key, item in ensembles.items():
        item.bands = bands[key]
        item.met = np.concatenate(met[key])
    return found


@dataclass(frozen=True)
class Part:
    """A result that may be joined with others.

    Attributes:
        folder: Its folder.
        record: Its ``run.json``.
    """

    folder: Path
    record: Mapping[str, Any]

    @property
    def first(self) -> int:
        """Number of its first replication."""
        return int(self.record["first"])

    @property
    def runs(self) -> int:
        """Its replications."""
        return int(self.record["runs"])


NEEDED = ("outcomes.parquet", "counts.parquet", "inputs.parquet", "run.json")


def read(folder: Path) -> Part:
    """Return a result as a part, its files checked against their digests.

    Raises:
        InputError: If it is no result of run or compare, or a file of it was changed.
    """
    try:
        record = replay.record_of(folder)
        files = record["files"]
        part = Part(folder, record)
        kinds = entries(folder)
        missing = [n for n in NEEDED if kinds.get(n) != "file" or n not in (*files, "run.json")]
        texts = [item["text"] for item in record["scenarios"].values()]
        if (
            any(type(record[name]) is not int for name in ("first", "runs"))
            or not 0 <= part.first <= 2**62
            or not 1 <= part.runs <= 2**62
            or not all(isinstance(text, dict) for text in texts)
            or not isinstance(record.get("drawn_from", {}), dict)
        ):
            missing = [RESULT]
    except (InputError, ValueError, KeyError, TypeError, AttributeError):
        missing = [RESULT]
    if missing:
        raise InputError(
            f"{folder} is no part: run and compare write them (it lacks {', '.join(missing)})"
        )
    needed = [n for n in (*NEEDED, "met.parquet", "daily.parquet") if n in files]
    changed = [n for n in needed if kinds.get(n) != "file" or file_digest(folder / n) != files[n]]
    if changed:
        raise InputError(
            f"{folder}: {', '.join(changed)} was changed after it was written; play the part "
            "again: " + " ".join(record.get("command", ()))
        )
    return part


RESULT = "a whole run.json"
_SAME = ("seed", "structures", "baseline", "uncertainty", "set", "weights of motives", "rules")


def check(parts: Sequence[Part]) -> list[Part]:
    """Return parts in order if they join to one.

    Raises:
        InputError: For every overlap, gap, and setting or model that differs.
    """
    ordered = sorted(parts, key=lambda s: (s.first, s.runs))
    one = ordered[0]
    faults = [
        f"{s.folder} was played to a precision: how long it is was not asked for, so it is no part"
        for s in ordered
        if "--precision" in s.record.get("command", ())
    ]
    for other in ordered[1:]:
        faults += [
            f"{other.folder} and {one.folder} differ in {what}: {told(other)} and {told(one)}"
            for what, told in _COMPARED.items()
            if told(other) != told(one)
        ]
    for a, b in pairwise(ordered):
        end = a.first + a.runs
        if b.first < end:
            faults.append(
                f"{a.folder} and {b.folder} overlap: worlds {b.first} to "
                f"{min(end, b.first + b.runs) - 1} are in both"
            )
        elif b.first > end:
            faults.append(
                f"between {a.folder} and {b.folder} worlds {end} to {b.first - 1} are missing: "
                f"play them with --first {end} --runs {b.first - end}"
            )
    if faults:
        raise InputError(faults)
    return ordered


def _field(name: str) -> Callable[[Part], str]:
    return lambda part: json.dumps(part.record.get(name), sort_keys=True)


def _played(part: Part) -> str:
    texts = {name: item["text"] for name, item in part.record["scenarios"].items()}
    return f"{', '.join(texts)} ({digest_of(texts)})"


def _drawn(part: Part) -> str:
    told = part.record.get("drawn_from", {})
    return f"{told.get('drawn from')} {told.get('digest', '')}".strip()


_COMPARED: dict[str, Callable[[Part], str]] = {
    "the model": _field("model"),
    "scenarios": _played,
    "what parameters are drawn from": _drawn,
    "whether days are kept": lambda part: (
        "yes" if "daily.parquet" in part.record["files"] else "no"
    ),
    **{name: _field(name) for name in _SAME},
}


def merge(parts: Sequence[Part], asked: Asked, folder: Path, days_to: Any = None) -> Comparison:
    """Join parts that `check` has put in order, and write their worlds into a folder.

    Args:
        parts: The parts.
        asked: The comparison that they make together.
        folder: Where to.
        days_to: Takes the days of all worlds, as in `ensemble.play`; parts must hold them.

    Raises:
        InputError: If a table is not what its part says of itself.
    """
    try:
        return _joined(parts, asked, folder, days_to)
    except InputError:
        raise
    except (pa.ArrowException, LookupError, ValueError, TypeError, AssertionError) as error:
        told = " ".join(str(error).split())[:100] or type(error).__name__
        named = ", ".join(str(s.folder) for s in parts)
        raise InputError(
            f"the tables of {named} are not what their run.json says of them ({told})"
        ) from None


def _joined(parts: Sequence[Part], asked: Asked, folder: Path, days_to: Any) -> Comparison:
    bands: dict[tuple[str, str], Bands] = {}
    met: dict[tuple[str, str], list[Floats]] = {}
    for part in parts:
        for name in ("outcomes", "inputs"):
            rows_there = pq.read_metadata(part.folder / f"{name}.parquet").num_rows
            wanted = part.runs * len(asked.scenarios) * len(asked.structures)
            if rows_there != wanted:
                raise ValueError(f"{name} has {rows_there:,} rows, not {wanted:,}")
        for key, counts in _counts(part, asked).items():
            bands[key] = counts if key not in bands else bands[key] + counts
        for key, days in _met(part, asked).items():
            met.setdefault(key, []).append(days)

    def rows(name: str, structure: str) -> Iterator[Floats]:
        for part in parts:
            each = -(-part.runs // ROWS)
            place = asked.structures.index(structure) + len(asked.structures) * [
                s.name for s in asked.scenarios
            ].index(name)
            with pq.ParquetFile(part.folder / "outcomes.parquet") as file:
                for group in range(place * each, (place + 1) * each):
                    table = file.read_row_group(group, columns=list(columns_with(asked.windows)))
                    yield np.array([c.to_numpy() for c in table.columns])
            if days_to is not None:
                _pass_days(part, asked, place, days_to)

    return _write(asked, folder, rows, bands, met)


def _pass_days(part: Part, asked: Asked, place: int, days_to: Any) -> None:
    """Hand on the days of one scenario under one structure, as `store.Days` wrote them."""
    scenario = asked.scenarios[place // len(asked.structures)]
    structure = asked.structures[place % len(asked.structures)]
    each = -(-part.runs // store.Days.WORLDS)
    with pq.ParquetFile(part.folder / "daily.parquet") as file:
        for group in range(place * each, (place + 1) * each):
            table = file.read_row_group(group)
            numbers = np.unique(table["replication"].to_numpy())
            daily = np.array([table[name].to_numpy() for name in OUTCOMES])
            shaped = daily.reshape(len(OUTCOMES), len(numbers), scenario.days)
            days_to(scenario, structure, numbers, shaped.transpose(2, 0, 1))


def _counts(part: Part, asked: Asked) -> dict[tuple[str, str], Bands]:
    table = pq.read_table(part.folder / "counts.parquet")
    if table.schema.field("bin").type != "int32":
        raise InputError(
            f"{part.folder}: counts.parquet is of an earlier version, which held large numbers "
            "at the last bin; play the part again"
        )
    found = {}
    for scenario in asked.scenarios:
        for structure in asked.structures:
            mine = table.filter(
                (pc.field("scenario") == scenario.name) & (pc.field("structure") == structure)
            )
            counts = np.zeros((scenario.days, len(OUTCOMES), reductions.CELLS), np.int32)
            day = mine["date"].cast("int32").to_numpy() - (scenario.start - date(1970, 1, 1)).days
            names = mine["outcome"].combine_chunks().dictionary_encode()
            places = np.array([OUTCOMES.index(n) for n in names.dictionary.to_pylist()], int)
            outcome = places[names.indices.to_numpy()]
            place, worlds = pc.fill_null(mine["bin"], REST).to_numpy(), mine["worlds"].to_numpy()
            inside = (place >= 0) & (place < BINS) | mine["bin"].is_null().to_numpy()
            counts[day[inside], outcome[inside], place[inside]] = worlds[inside]
            outside = np.array([day, outcome, place, worlds], np.int32)[:, ~inside]
            found[scenario.name, structure] = Bands(scenario.start, counts, outside)
    return found


def _met(part: Part, asked: Asked) -> dict[tuple[str, str], Floats]:
    path = part.folder / "met.parquet"
    table = pq.read_table(path) if path.is_file() else None
    found = {}
    for scenario in asked.scenarios:
        for structure in asked.structures:
            days = np.empty((part.runs, len(scenario.conditions)))
            for i, condition in enumerate(scenario.conditions):
                assert table is not None
                mine = table.filter(
                    (pc.field("scenario") == scenario.name)
                    & (pc.field("structure") == structure)
                    & (pc.field("condition") == condition.name)
                )
                days[:, i] = mine["days"].to_numpy()
            found[scenario.name, structure] = days
    return found
