"""Compares a result with what it says of itself, and with one made anew: file, table, number.

A replay is written under the names, versions and time that the result says of itself, so that
it has to be the same in every byte. Those few words are compared with this installation's.
"""

from __future__ import annotations

import csv
import json
import os
import stat
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from drawdown.connect import provenance
from drawdown.declared import storage
from drawdown.declared.errors import InputError
from drawdown.declared.result_folder import RECORD, WORK, altered, as_text, file_digest, signed

MOST = 5
"""Differences of one table that are told."""


def entries(folder: Path) -> dict[str, str]:
    """Return all that lies in a folder, by name: ``file``, ``folder``, or what else it is.

    Args:
        folder: A folder; what a link in it leads to is neither followed nor opened.
    """
    found = {}
    for where, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(where) / name
            mode = path.lstat().st_mode
            kind = "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "special"
            kind = "link" if stat.S_ISLNK(mode) else kind
            found[path.relative_to(folder).as_posix()] = kind
    return found


def changed(folder: Path, record: Mapping[str, Any]) -> list[str]:
    """Return what in a folder is not as it was written, a sentence each.

    Args:
        folder: A result.
        record: Its ``run.json``.

    Raises:
        InputError: If the record names no digests.
    """
    told = []
    files = record.get("files", {})
    if not isinstance(files, dict) or not files:
        raise InputError(
            f"{folder} does not say the digests of its files: an earlier version wrote it"
        )
    if altered(record):
        told.append(f"{RECORD}: was changed after it was written, or an earlier version wrote it")
    there = entries(folder)
    for name, digest in files.items():
        kind = there.get(name)
        if kind is None:
            told.append(f"{name}: is gone")
        elif kind != "file" or file_digest(folder / name) != digest:
            told.append(f"{name}: was changed after it was written")
    return told


def strange(folder: Path, record: Mapping[str, Any]) -> list[str]:
    """Return what lies in a result's folder and is not of the result, a sentence each.

    Args:
        folder: A result.
        record: Its ``run.json``.
    """
    ours = {RECORD, *record.get("files", {})}
    ours |= {parent.as_posix() for name in ours for parent in Path(name).parents}
    return [
        f"{name}: not of this result, and not compared"
        for name in sorted(set(entries(folder)) - ours)
    ]


def elsewhere(record: Mapping[str, Any]) -> list[str]:
    """Return in what a result was made elsewhere than here, a sentence each.

    Args:
        record: Its ``run.json``.
    """
    here = provenance.made_by()
    told = [
        f"{name}: {str(record.get(name))[:60]}, here {here[name][:60]}"
        for name in ("commit", "platform")
        if record.get(name) != here[name]
    ]
    said = record["versions"]
    told += [
        f"version of {name[:40]}: {str(said.get(name))[:40]}, here {here['versions'].get(name)}"
        for name in dict.fromkeys([*said, *here["versions"]])
        if said.get(name) != here["versions"].get(name)
    ]
    return told


def made(record: Mapping[str, Any]) -> str:
    """Return when a result says that it was made, which nothing here can compare.

    Args:
        record: Its ``run.json``.

    Raises:
        InputError: If it says something else than a time.
    """
    text = str(record.get("made", ""))
    try:
        if text and datetime.fromisoformat(text).isoformat(timespec="seconds") == text:
            return text
    except ValueError:
        pass
    raise InputError(f"made: {text[:60]!r} is no time")


def pieces_apart(one: Path, other: Path) -> list[str]:
    """Return the sentence for another digest of the pieces that a result was played in.

    Every commit has another, and no number depends on it: in a result that was made anew it is
    written as the first has it.

    Args:
        one: The result.
        other: The one made anew.
    """
    said, new = (json.loads((f / RECORD).read_bytes()).get(WORK) for f in (one, other))
    if said == new or not isinstance(said, str):
        return []
    record = json.loads((other / RECORD).read_bytes()) | {WORK: said}
    storage.write_whole(other / RECORD, as_text(signed(record)))
    return [f"{WORK}: {said[:60]}, here {new}"]


def differences(one: Path, other: Path) -> list[str]:
    """Return how a result differs from one made anew, a sentence each.

    Args:
        one: The result.
        other: The one made anew.
    """
    found, new = entries(one), entries(other)
    told = [f"{name}: only a new result has it" for name in sorted(set(new) - set(found))]
    for name in sorted(set(found) & set(new)):
        if found[name] != new[name]:
            told.append(f"{name}: is a {found[name]}, in a new result a {new[name]}")
        elif found[name] == "file":
            told += compared(name, one / name, other / name)
    return told


def compared(name: str, one: Path, other: Path) -> list[str]:
    """Return how a file differs from one made anew, a sentence each; none if no byte differs.

    Args:
        name: What it is called.
        one: The file.
        other: One made anew.
    """
    if file_digest(one) == file_digest(other):
        return []
    try:
        found = list(_different(name, one, other))
    except (
        *(pa.ArrowException, csv.Error, OSError, RecursionError, MemoryError),
        *(ValueError, TypeError, KeyError),
    ) as error:
        return [f"{name}: cannot be read as what it was ({' '.join(str(error).split())[:100]})"]
    return found or [f"{name}: differs in its bytes, and not in what is read from them"]


def _different(name: str, one: Path, other: Path) -> Iterator[str]:
    if one.suffix == ".parquet":
        yield from _tables(name, one, other)
    elif one.suffix == ".csv":
        yield from _rows(name, one, other)
    elif one.suffix == ".json":
        a, b = (json.loads(path.read_bytes()) for path in (one, other))
        yield from _first(name, _fields("", a, b), "fields")
    elif one.suffix in (".html", ".svg", ".yaml"):
        a, b = (path.read_bytes().decode("utf-8", "replace") for path in (one, other))
        yield from _first(name, _lines(a, b), "lines")
    else:
        yield f"{name}: differs in its bytes"


def _first(name: str, found: Iterator[str], what: str) -> Iterator[str]:
    """Yield the first differences, and how many more there are."""
    count = 0
    for count, sentence in enumerate(found, 1):
        if count <= MOST:
            yield f"{name}: {sentence}"
    if count > MOST:
        yield f"{name}: {count - MOST:,} more {what} differ"


def _tables(name: str, one: Path, other: Path) -> Iterator[str]:
    schemas = [pq.ParquetFile(path).schema_arrow for path in (one, other)]
    rows = [pq.ParquetFile(path).metadata.num_rows for path in (one, other)]
    if schemas[0].names != schemas[1].names or rows[0] != rows[1]:
        columns = [", ".join(schema.names)[:120] for schema in schemas]
        yield (
            f"{name}: has {rows[0]} rows and the columns {columns[0]}; a new one {rows[1]} and "
            f"{columns[1]}"
        )
        return
    a, b = pq.read_table(one), pq.read_table(other)

    def cells() -> Iterator[str]:
        for k, column in enumerate(a.column_names):
            x, y = (t.column(k).to_numpy(zero_copy_only=False) for t in (a, b))
            same = (x == y) | ((x != x) & (y != y))
            for row in np.nonzero(~np.asarray(same, bool))[0].tolist():
                yield f"row {row + 1}, {column}: {str(x[row])[:60]}, a new one has {y[row]}"

    yield from _first(name, cells(), "numbers")


def _rows(name: str, one: Path, other: Path) -> Iterator[str]:
    def cells() -> Iterator[str]:
        heads: list[str] = []
        with (
            one.open(encoding="utf-8-sig", errors="replace", newline="") as a,
            other.open(encoding="utf-8-sig", newline="") as b,
        ):
            for i, (x, y) in enumerate(zip_longest(csv.reader(a), csv.reader(b))):
                if i == 0:
                    heads = y or []
                if x == y:
                    continue
                if x is None or y is None or len(x) != len(y):
                    yield f"from row {i + 1} on one has other rows than the other"
                    return
                for k, (p, q) in enumerate(zip(x, y, strict=True)):
                    if p != q:
                        head = heads[k] if k < len(heads) else k + 1
                        yield f"row {i + 1}, {head}: {p[:60]}, a new one has {q}"

    yield from _first(name, cells(), "cells")


def _lines(one: str, other: str) -> Iterator[str]:
    pairs = zip_longest(one.splitlines(), other.splitlines(), fillvalue="")
    for i, (x, y) in enumerate(pairs):
        if x != y:
            at = next((k for k, (p, q) in enumerate(zip(x, y, strict=False)) if p != q), 0)
            part = slice(max(0, at - 30), at + 40)
            yield f"line {i + 1}: …{x[part].strip()}…, a new one has …{y[part].strip()}…"


_GONE = object()


def _fields(at: str, one: Any, other: Any) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*other, *one]):
            inner = f"{at}.{key}"[:120].removeprefix(".")
            yield from _fields(inner, one.get(key, _GONE), other.get(key, _GONE))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for k, (x, y) in enumerate(zip(one, other, strict=True)):
            yield from _fields(f"{at}[{k}]", x, y)
    elif type(one) is not type(other) or one != other:
        x, y = ("nothing" if v is _GONE else str(v)[:60] for v in (one, other))
        yield f"{at}: {x}, a new one has {y}"
