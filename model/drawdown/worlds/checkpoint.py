"""Stages of long work, kept as they end: what was interrupted goes on where it stopped."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from drawdown.day import engine, plan, policy, rulebook
from drawdown.day.start import first_state
from drawdown.declared import data_files, levers, storage
from drawdown.declared import parameters as declared
from drawdown.declared.columns import MOTIVES, STRUCTURES
from drawdown.declared.errors import InputError
from drawdown.declared.scenario import Scenario, names

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


_PLAYING = (
    *("worlds/run.py", "worlds/ensemble.py", "worlds/shards.py"),
    *("day/world.py", "day/engine.py"),
)
"""Python that plays worlds and is not lowered."""

_SAMPLE = 64
"""Replications whose draws are in the digest."""

ORDER = "combat-to-advisory"
"""The scenario whose levers are moved for the digest."""


def _digest(*parts: Any) -> str:
    total = hashlib.sha256()
    for part in parts:
        is_raw = isinstance(part, bytes)
        total.update(part.replace(b"\r\n", b"\n") if is_raw else repr(part).encode() + b"\0")
    return total.hexdigest()[:16]


def _draws() -> Iterator[Any]:
    """Yield what is drawn in a sample of replications, and the states that worlds begin in."""
    with declared.holding(numbers={}, weights=(1.0,) * len(MOTIVES)):
        found = sorted(declared.declarations().items())
        yield [(name, item.default, item.range, item.prior) for name, item in found]
        for structure, word in product(STRUCTURES, declared.UNCERTAINTIES):
            drawn = declared.draw(range(_SAMPLE), structure=structure, uncertainty=word)
            yield drawn.tobytes()
            yield first_state(drawn).tobytes()


def _laid() -> Iterator[Any]:
    """Yield every scenario as it is laid out day by day, and one with each lever moved."""
    stress = sorted((data_files.folder("seeds") / "stress").glob("*.yaml"))
    items = [Scenario.load(name) for name in (*names(), *map(str, stress))]
    begins = Scenario.load(ORDER)
    for lever in levers.LEVERS:
        for value in lever.choices or (lever.low, lever.high):
            items.append(levers.moved(begins, {lever.name: value}))
    yield from map(laid, items)


def laid(item: Scenario) -> str:
    """Return the digest of a scenario as it is laid out day by day, with its conditions."""
    return _digest(item.what_is_played(), plan.build(item).tobytes(), policy.table(item).tobytes())


@lru_cache(maxsize=1)
def of_the_model() -> dict[str, str]:
    """Return `played` for the model's own rules; worked out once for each state of its files."""
    seeds = data_files.folder("seeds")
    files = [*engine.sources(), *(_PACKAGE / name for name in _PLAYING)]
    files += [p for folder in ("posterior", "record", "stress") for p in seeds.glob(f"{folder}/*")]
    key = _digest(*(f(path) for path in files for f in (lambda p: p.name, Path.read_bytes)))
    kept_in = data_files.cache_folder() / "played" / f"{key}.parquet"
    found = storage.read(kept_in)
    if found is not None:
        return {str(name): str(value) for name, value in found["parts"]}
    parts = {
        "rules and steps": _digest(engine.source(rulebook.PLAIN), engine.STRICT),
        "draws": _digest(*_draws()),
        "posterior": _digest((seeds / "posterior" / "draws.csv").read_bytes()),
        "record": _digest(*(p.read_bytes() for p in sorted((seeds / "record").glob("*.csv")))),
        "scenarios": _digest(*_laid()),
        "ensembles": _digest(*(_meaning(_PACKAGE / name) for name in _PLAYING)),
    }
    with suppress(InputError):
        storage.keep(kept_in, storage.packed({"parts": np.array(list(parts.items()))}))
    return parts


def played() -> dict[str, str]:
    """Return the digest of each part of what decides a world.

    Names, explanations and sources of numbers may change without changing it, and so may the
    way in which code is written that does the same.

    Returns:
        Digests by part: the text that the engine is made of, draws of parameters and first
        states, the posterior's rows, the record's, every scenario as it is laid out day by day,
        the Python that plays ensembles, and rules of one's own where there are any.
    """
    own = rulebook.current().digest
    return of_the_model() | ({"own rules": own} if own else {})


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Return the names of the parts in which two `played` differ."""
    return [name for name in {**one, **other} if one.get(name) != other.get(name)]


def program() -> str:
    """Return one digest of `played`: two programs that have it play the same worlds."""
    return _digest(sorted(played().items()))


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
    """Return what a result depends on: its settings, what is played, some sources.

    Args:
        settings: Sizes, seeds, choices and plans, by name.
        files: Sources under ``model/drawdown`` that make the result.
    """
    sources = [_meaning(_PACKAGE / source) for source in dict.fromkeys(files)]
    return _digest(sorted(settings.items()), program(), *sources)


_anew: ContextVar[bool] = ContextVar("anew", default=False)


@contextmanager
def anew() -> Iterator[None]:
    """Let work inside begin anew, without the stages and shards that are there."""
    token = _anew.set(True)
    try:
        yield
    finally:
        _anew.reset(token)


def begins_anew() -> bool:
    """Return whether work that begins now forgets what is there."""
    return _anew.get()


class Checkpoint:
    """A folder of stages.

    A stage is there whole, with its checksum, or not at all; a damaged one is set aside and
    made anew. Two programs at the same stages do not harm each other: what one has finished
    the other finds.

    Args:
        name: Name of the work.
        key: From `fingerprint`; other work of the same name is not mixed with it.
    """

    def __init__(self, name: str, key: str) -> None:
        self.folder = data_files.cache_folder() / "unfinished" / f"{name}-{key}"
        if begins_anew():
            self.forget()
        storage.clear_parts(self.folder)

    def stage(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """Return a stage's arrays: as kept, or made now and kept.

        Raises:
            InputError: If it cannot be kept.
        """
        path = self.folder / f"{name}.parquet"
        found = storage.read(path)
        if found is not None:
            return found
        made = {key: np.asarray(value) for key, value in make().items()}
        storage.keep(path, storage.packed(made), stage=name)
        return made

    def kept(self) -> int:
        """Return how many stages are there."""
        return len(list(self.folder.glob("*.json")))

    def forget(self) -> None:
        """Remove all stages."""
        storage.remove(self.folder)
