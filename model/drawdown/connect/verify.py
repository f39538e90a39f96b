"""Compares a result with what it says of itself, and with one made anew: file, table, number."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from drawdown.declared.errors import InputError
from drawdown.declared.place import RECORD, file_digest

MOST = 5
"""Differences of one table that are told."""


def changed(folder: Path, record: Mapping[str, Any]) -> list[str]:
    """Return what in a folder is not as it was written, a sentence each.

    Args:
        folder: A result.
        record: Its ``run.json``.
    """
    told = []
    files = record.get("files", {})
    if not isinstance(files, dict) or not files:
        raise InputError(
            f"{folder} does not say the digests of its files: an earlier version wrote it"
        )
    for name, digest in files.items():
        path = folder / name
        if not path.is_file():
            told.append(f"{name}: is gone")
        elif file_digest(path) != digest:
            told.append(f"{name}: was changed after it was written")
    return told


def differences(one: Path, other: Path) -> list[str]:
    """Return how a result differs from one made anew, a sentence each; `RECORD` apart.

    Args:
        one: The result.
        other: The one made anew.
    """
    names = [
        {p.relative_to(f).as_posix() for p in f.rglob("*") if p.is_file()} - {RECORD}
        for f in (one, other)
    ]
    told = [f"{name}: a new result has no such file" for name in sorted(_known(one) - names[1])]
    told += [f"{name}: only a new result has it" for name in sorted(names[1] - names[0])]
    for name in sorted(names[0] & names[1]):
        if file_digest(one / name) != file_digest(other / name):
            told += _different(name, one / name, other / name)
    return told


def _known(folder: Path) -> set[str]:
    """Return the files that Drawdown wrote: strangers' notes are no difference."""
    from drawdown.connect.again import record_of

    return set(record_of(folder).get("files", {}))


def _different(name: str, one: Path, other: Path) -> Iterator[str]:
    if one.suffix == ".parquet":
        yield from _tables(name, one, other)
    elif one.suffix == ".csv":
        yield from _rows(name, one, other)
    elif one.suffix in (".html", ".json"):
        yield from texts(name, one.read_text("utf-8"), other.read_text("utf-8"))
    else:
        yield f"{name}: differs in its bytes"


def _tables(name: str, one: Path, other: Path) -> Iterator[str]:
    try:
        a, b = pq.read_table(one), pq.read_table(other)
    except (pa.ArrowException, OSError) as error:
        yield f"{name}: cannot be read ({' '.join(str(error).split())[:100]})"
        return
    if a.column_names != b.column_names or a.num_rows != b.num_rows:
        yield (
            f"{name}: has {a.num_rows} rows and {a.num_columns} columns, a new one {b.num_rows} "
            f"and {b.num_columns}"
        )
        return
    found = []
    for column in a.column_names:
        x, y = (t[column].to_numpy(zero_copy_only=False) for t in (a, b))
        same = (x == y) | ((x != x) & (y != y))
        for row in np.nonzero(~np.asarray(same, bool))[0].tolist():
            found.append(f"{name}: row {row + 1}, {column}: {x[row]}, a new one has {y[row]}")
    if not found:
        yield f"{name}: the same numbers in other bytes (another version of the library for them)"
        return
    yield from found[:MOST]
    if len(found) > MOST:
        yield f"{name}: {len(found) - MOST:,} more numbers differ"


def _rows(name: str, one: Path, other: Path) -> Iterator[str]:
    count = 0
    with (
        one.open(encoding="utf-8-sig", errors="replace", newline="") as a,
        other.open(encoding="utf-8-sig", newline="") as b,
    ):
        heads: list[str] = []
        for i, (x, y) in enumerate(zip_longest(csv.reader(a), csv.reader(b))):
            if i == 0:
                heads = y or []
            if x == y:
                continue
            if x is None or y is None or len(x) != len(y):
                yield f"{name}: from row {i + 1} on one has other rows than the other"
                return
            for k, (p, q) in enumerate(zip(x, y, strict=True)):
                if p != q:
                    count += 1
                    if count <= MOST:
                        head = heads[k] if k < len(heads) else k + 1
                        yield f"{name}: row {i + 1}, {head}: {p}, a new one has {q}"
    if count > MOST:
        yield f"{name}: {count - MOST:,} more cells differ"
    elif not count:
        yield f"{name}: the same cells in other bytes"


_MADE_BY = re.compile(r"<!-- made by -->.*?<!-- made by, end -->", re.S)


def texts(name: str, one: str, other: str) -> Iterator[str]:
    """Yield how two pages or texts differ, but for what says who made them.

    Args:
        name: What they are called.
        one: The first.
        other: One made anew.
    """
    a, b = (_MADE_BY.sub("", text).splitlines() for text in (one, other))
    count = 0
    for i, (x, y) in enumerate(zip_longest(a, b, fillvalue="")):
        if x != y:
            count += 1
            if count <= MOST:
                at = next((k for k, (p, q) in enumerate(zip(x, y, strict=False)) if p != q), 0)
                yield (
                    f"{name}: line {i + 1}: …{x[max(0, at - 30) : at + 40].strip()}…, a new one "
                    f"has …{y[max(0, at - 30) : at + 40].strip()}…"
                )
    if count > MOST:
        yield f"{name}: {count - MOST:,} more lines differ"
