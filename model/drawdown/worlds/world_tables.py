"""Worlds on disk: tables of outcomes and parameters that are read a column at a time.

A million worlds do not fit into memory, and no number needs them all: each rests on one
column. What is read looks like the arrays of an `Ensemble`.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from drawdown.day.outcomes import RUN_OUTCOMES
from drawdown.declared.arrays import Floats
from drawdown.declared.parameters import names

ROWS = 16_384
"""Worlds in a row group of a table."""

MOST = 128 * 1024 * 1024
"""Bytes of columns kept at hand."""


class Table:
    """A table of worlds, the ensembles one after another, each in row groups of its own.

    Args:
        path: A Parquet file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._about: Any = None
        self._columns: OrderedDict[tuple[str, int], Floats] = OrderedDict()
        self._bytes = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        if self._about is None:
            self._about = pq.read_metadata(self.path)
        return tuple(self._about.schema.names)

    def column(self, name: str, groups: range) -> Floats:
        """Return a column of some row groups; a small table is read whole at once."""
        key = name, groups.start
        if key not in self._columns:
            assert name in self.columns
            schema = self._about.schema
            numbers = [c for i, c in enumerate(schema.names) if schema[i].physical_type == "DOUBLE"]
            small = self._about.num_rows * len(numbers) * 8 < MOST
            with pq.ParquetFile(self.path, metadata=self._about) as file:
                table = file.read_row_groups(list(groups), columns=numbers if small else [name])
            for each in table.column_names:
                self._take((each, groups.start), table.column(each).to_numpy())
        self._columns.move_to_end(key)
        return self._columns[key]

    def _take(self, key: tuple[str, int], column: Floats) -> None:
        """Take a column in; those not read for the longest time go where there are too many."""
        self._bytes += column.nbytes
        self._columns[key] = column
        while len(self._columns) > 1 and self._bytes > MOST:
            self._bytes -= self._columns.popitem(last=False)[1].nbytes


class Outcomes:
    """Outcomes of an ensemble's worlds, shape (runs, outcomes).

    Args:
        table: Where they are.
        groups: Its row groups of this ensemble.
        runs: Worlds.
        columns: Names of the outcomes.
    """

    def __init__(
        self, table: Table, groups: range, runs: int, columns: tuple[str, ...] = RUN_OUTCOMES
    ) -> None:
        self.table, self._groups, self._names = table, groups, columns
        self.shape = (runs, len(columns))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, at: tuple[slice, int]) -> Floats:
        """Return one column: ``outcomes[:, i]``."""
        rows, column = at
        return self.table.column(self._names[column], self._groups)[rows]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Floats:
        found = np.column_stack([self.table.column(n, self._groups) for n in self._names])
        return found if dtype is None else found.astype(dtype)


class Parameters:
    """Parameters of an ensemble's worlds, shape (parameters, runs).

    Args:
        table: Where those are that vary.
        groups: Its row groups of this ensemble.
        usual: What the others have in every world, one a parameter.
        runs: Worlds.
    """

    def __init__(self, table: Table, groups: range, usual: Floats, runs: int) -> None:
        self.table, self._groups, self._usual = table, groups, usual
        self.shape = (len(usual), runs)

    def __getitem__(self, row: int) -> Floats:
        """Return one parameter of every world."""
        name = names()[row]
        if name in self.table.columns:
            return self.table.column(name, self._groups)
        return np.full(self.shape[1], self._usual[row])
