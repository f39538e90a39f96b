"""Stages of long work, kept as they end: what was interrupted goes on where it stopped."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from drawdown import rules
from drawdown.day import book
from drawdown.declared import data_files, kept

Arrays = dict[str, Any]

_PACKAGE = Path(__file__).resolve().parents[1]


@lru_cache(maxsize=256)
def _meaning(path: Path) -> str:
    """Return a source's code without its docstrings and comments."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


_RUNNING = (
    "day/steps",
    "day/start",
    "day/plan",
    "day/policy",
    "declared/conditions",
    "day/outcomes",
    "declared/luck",
    "declared/parameters",
    "declared/columns",
    "declared/actors",
    "worlds/ensemble",
    "worlds/shards",
)


def model_fingerprint() -> str:
    """Return the digest of what a world depends on: rules, actors, numbers and their priors.

    Names, explanations and sources may change without changing it.
    """
    total = hashlib.sha256()
    for name in rules.MODULES:
        total.update(_meaning(_PACKAGE / "rules" / f"{name}.py").encode())
    for name, item in data_files.load("parameters").items():
        numbers = (name, item["default"], item["range"], item.get("prior"))
        total.update(repr(numbers).encode())
    total.update(repr(data_files.load("actors")).encode())
    total.update(book.current().digest.encode())
    return total.hexdigest()[:16]


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Return the digest of the whole package's code, to tell finished pieces of another's."""
    total = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def file_digest(path: str | Path) -> str:
    """Return the digest of a file's bytes."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]


def fingerprint(settings: Mapping[str, Any], files: tuple[str, ...] = ()) -> str:
    """Return what a result depends on: its settings, the model, the record, some sources.

    Args:
        settings: Sizes, seeds, choices and plans, by name.
        files: Sources under ``model/drawdown`` that make the result.
    """
    total = hashlib.sha256(repr(sorted(settings.items())).encode())
    total.update(model_fingerprint().encode())
    sources = [*(f"{name}.py" for name in _RUNNING), "declared/record.py", *files]
    for source in dict.fromkeys(sources):
        total.update(_meaning(_PACKAGE / source).encode())
    for path in sorted((data_files.folder("seeds") / "record").glob("*.csv")):
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


class Checkpoint:
    """A folder of stages.

    A stage is there whole, with its checksum, or not at all; a damaged one is set aside and
    made anew. Two programs at the same stages do not harm each other: what one has finished
    the other finds.

    Args:
        name: Name of the work.
        key: From `fingerprint`; other work of the same name is not mixed with it.
        fresh: Whether to forget the stages that are there.
    """

    def __init__(self, name: str, key: str, fresh: bool = False) -> None:
        self.folder = data_files.cache_folder() / "unfinished" / f"{name}-{key}"
        if fresh:
            self.forget()
        kept.clear_parts(self.folder)

    def stage(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """Return a stage's arrays: as kept, or made now and kept.

        Raises:
            InputError: If it cannot be kept.
        """
        path = self.folder / f"{name}.stage"
        found = kept.read(path)
        if found is not None:
            return found
        made = {key: np.asarray(value) for key, value in make().items()}
        kept.keep(path, kept.packed(made))
        return made

    def kept(self) -> int:
        """Return how many stages are there."""
        return len(list(self.folder.glob("*.stage")))

    def forget(self) -> None:
        """Remove all stages."""
        kept.remove(self.folder)
