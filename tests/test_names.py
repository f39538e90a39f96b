"""Names that docstrings and comments give in backticks exist."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import drawdown

PACKAGE = Path(drawdown.__file__).parent
NAME = re.compile(r"(?<!`)`([A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)+)(?:\(\))?`(?!`)")
OTHERS = {"ema_workbench", "importlib", "mesa", "numpy", "pandas", "rich", "test_mechanisms"}
OTHERS |= {"test_identical_histories", "test_rule_book"}
"""First words of names of other libraries and of files."""


def modules() -> dict[str, ModuleType]:
    """Return every module of the package by its name below ``drawdown``."""
    found = {}
    for info in pkgutil.walk_packages([str(PACKAGE)], "drawdown."):
        if not info.name.endswith("__main__"):
            found[info.name.removeprefix("drawdown.")] = importlib.import_module(info.name)
    return found


MODULES = modules()


def fields_of(owner: Any) -> set[str]:
    """Return what instances of a class have, beside its methods."""
    named: set[str] = set()
    for kind in getattr(owner, "__mro__", ()):
        named |= set(getattr(kind, "__annotations__", {}))
    return named | set(getattr(owner, "model_fields", {}))


def resolves(owner: Any, rest: list[str]) -> bool:
    """Return whether attributes of attributes are there."""
    for i, name in enumerate(rest):
        if not hasattr(owner, name):
            return i == len(rest) - 1 and name in fields_of(owner)
        owner = getattr(owner, name)
    return True


def known(dotted: str, module: ModuleType) -> bool:
    """Return whether a dotted name stands for something, read from a module."""
    words = dotted.removeprefix("drawdown.").split(".")
    if words[0] in drawdown.__all__ and resolves(getattr(drawdown, words[0]), words[1:]):
        return True
    for length in range(len(words), 0, -1):
        head, rest = ".".join(words[:length]), words[length:]
        for name, found in MODULES.items():
            if (name == head or name.endswith(f".{head}")) and resolves(found, rest):
                return True
    return hasattr(module, words[0]) and resolves(getattr(module, words[0]), words[1:])


def given(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and name for every dotted name in backticks."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for found in NAME.finditer(line):
            if found[1].partition(".")[0] not in OTHERS:
                yield number, found[1]


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_dotted_name_in_backticks_is_there(name: str) -> None:
    """Catches names of modules and functions that have gone or moved."""
    path = Path(str(MODULES[name].__file__))
    stale = [f"{path}:{at}: {n}" for at, n in given(path) if not known(n, MODULES[name])]
    assert stale == []


def test_a_name_that_has_gone_is_seen() -> None:
    assert known("columns.STATES", drawdown)
    assert known("drawdown.day.steps", drawdown)
    assert not known("layouts.STATES", drawdown)
    assert not known("columns.NOTHING", drawdown)
