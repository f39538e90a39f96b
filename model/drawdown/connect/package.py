"""Describes a result's tables as a data package, which R, pandas and others read by itself.

The format is Data Package 1 of Frictionless Data: for each table its path, columns, types and
what they mean.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from drawdown.declared.result_folder import as_text
from drawdown.declared.storage import write_whole

NAME = "datapackage.json"


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind):
        return "number"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_boolean(kind):
        return "boolean"
    return "string"


def _meanings(folder: Path) -> dict[str, str]:
    """Return what columns mean, from the result's codebook where it has one."""
    try:
        with (folder / "codebook.csv").open(encoding="utf-8-sig", newline="") as file:
            return {row["column"]: row["meaning"] for row in csv.DictReader(file)}
    except (OSError, KeyError):
        return {}


def _schema_of(path: Path) -> pa.Schema:
    beside = path.with_suffix(".parquet")
    if path.suffix == ".parquet" or beside.is_file():
        return pq.read_schema(beside)
    # Columns of mixed cells are text, whatever the first rows look like.
    found: pa.Schema = pa_csv.read_csv(
        path, convert_options=pa_csv.ConvertOptions(strings_can_be_null=True)
    ).schema
    return found


def _resources(folder: Path) -> Iterator[dict[str, Any]]:
    meanings = _meanings(folder)
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".csv", ".parquet")):
        try:
            schema = _schema_of(path)
        except pa.ArrowException:
            continue  # an empty table has no columns to describe
        fields = []
        for column in schema:
            told = {"name": column.name, "type": _kind(column.type)}
            if column.name in meanings:
                told["description"] = meanings[column.name]
            fields.append(told)
        name = path.relative_to(folder).as_posix()
        whole = {
            "name": name.replace("/", "-").replace(".", "-").lower(),
            "path": name,
            "format": path.suffix[1:],
            "mediatype": "text/csv" if path.suffix == ".csv" else "application/vnd.apache.parquet",
            "schema": {"fields": fields, "missingValues": [""]},
        }
        if path.suffix == ".csv":
            whole |= {"profile": "tabular-data-resource", "encoding": "utf-8-sig"}
        yield whole


def describe(folder: Path) -> None:
    """Write ``datapackage.json`` for the tables of a folder, if it has any.

    Args:
        folder: A result that is being written.
    """
    resources = list(_resources(folder))
    if not resources:
        return
    package = {
        "profile": "data-package",
        "name": "drawdown-result",
        "title": "A result of Drawdown; run.json says what made it",
        "licenses": [{"name": "Apache-2.0"}],
        "resources": resources,
    }
    write_whole(folder / NAME, as_text(package))
