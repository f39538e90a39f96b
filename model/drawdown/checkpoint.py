"""Stages of long work, kept as they end: what was interrupted goes on where it stopped."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from drawdown import rules, seeds

Arrays = dict[str, Any]

_PACKAGE = Path(__file__).resolve().parent


def fingerprint(settings: Mapping[str, Any], files: tuple[str, ...] = ()) -> str:
    """Return what a result depends on: its settings, the rules, the seeds, some sources.

    Args:
        settings: Sizes, seeds and choices, by name.
        files: Sources under ``model/drawdown`` that make the result, beside the rules.
    """
    total = hashlib.sha256(repr(sorted(settings.items())).encode())
    sources = [_PACKAGE / "rules" / f"{name}.py" for name in rules.MODULES]
    sources += [_PACKAGE / name for name in ("kernel.py", "luck.py", "plan.py", *files)]
    sources += sorted(seeds.folder("scenarios").glob("*.yaml"))
    sources += [seeds.folder("seeds") / f"{name}.yaml" for name in ("actors", "parameters")]
    sources += sorted((seeds.folder("seeds") / "record").glob("*.csv"))
    for path in sources:
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:16]


class Checkpoint:
    """A folder of stages.

    A stage is written beside its place and moved there whole, so that it is there or not.

    Args:
        name: Name of the work.
        key: From `fingerprint`; other work of the same name is not mixed with it.
        fresh: Whether to forget the stages that are there.
    """

    def __init__(self, name: str, key: str, fresh: bool = False) -> None:
        self.folder = seeds.cache_folder() / "unfinished" / f"{name}-{key}"
        if fresh:
            self.forget()

    def stage(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """Return a stage's arrays: as kept, or made now and kept."""
        path = self.folder / f"{name}.npz"
        if path.exists():
            with np.load(path, allow_pickle=False) as kept:
                return {key: kept[key] for key in kept.files}
        made = make()
        self.folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as file:
            np.savez_compressed(file, **made)
        part.replace(path)
        return made

    def has(self, name: str) -> bool:
        """Return whether a stage is kept."""
        return (self.folder / f"{name}.npz").exists()

    def forget(self) -> None:
        """Remove all stages."""
        shutil.rmtree(self.folder, ignore_errors=True)
