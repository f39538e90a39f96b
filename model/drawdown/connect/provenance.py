"""What made a result: command, inputs, model, versions, commit, machine.

It goes into every ``run.json``, so that anybody can make the result anew and say which number
differs.
"""

from __future__ import annotations

import platform
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any

from drawdown import __version__
from drawdown.declared import data_files
from drawdown.declared.formats import FORMAT
from drawdown.worlds.checkpoint import played, program

COMMIT_FILE = "commit.txt"
"""File beside the packed data that says which commit a wheel was built from."""

INSTALLED = ("commit", "versions", "platform", "made")
"""What a result says of who made it, and when: no number is computed from these."""

_asked: ContextVar[Mapping[str, Any] | None] = ContextVar("asked", default=None)
_recorded: ContextVar[Mapping[str, Any]] = ContextVar("recorded", default={})  # noqa: B039
_named: ContextVar[Mapping[str, str]] = ContextVar("named", default={})  # noqa: B039


def ask(command: Sequence[str], inputs: Mapping[str, Any]) -> None:
    """Say which command makes the results from now on.

    Args:
        command: Its words, without those that say where the result goes.
        inputs: The files it reads, by the words that name them: digest and, where it is text
            of moderate length, content.
    """
    _asked.set({"command": list(command), "inputs": dict(inputs)})


@contextmanager
def again(record: Mapping[str, Any], named: Mapping[str, str]) -> Iterator[None]:
    """Let results be written as another was: a replay is then equal to it in every byte.

    Args:
        record: What that result says of itself; those of `INSTALLED` are taken from it.
        named: What that result calls files, by where they are now.
    """
    said = {name: record[name] for name in INSTALLED if name in record}
    tokens = _recorded.set(said), _named.set(named)
    try:
        yield
    finally:
        _recorded.reset(tokens[0])
        _named.reset(tokens[1])


def as_given(content: Any) -> Any:
    """Return what a result tells, with files called as they were called at first.

    Args:
        content: Text, or texts in lists and mappings; all else stays as it is.
    """
    if isinstance(content, Mapping):
        return {key: as_given(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [as_given(value) for value in content]
    return _named.get().get(content, content) if isinstance(content, str) else content


def commit() -> str:
    """Return the checkout's commit, ``-dirty`` if files differ from it, or ``unknown``.

    An installed copy says what it was built from.
    """
    root = data_files.project_root()
    if root is None:
        try:
            return data_files.packed(COMMIT_FILE).read_text(encoding="utf-8").strip()
        except OSError:
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


@lru_cache(maxsize=1)
def dependencies() -> tuple[str, ...]:
    """Return the names of the libraries that this package declares, extras included."""
    try:
        declared = requires("drawdown") or []
    except PackageNotFoundError:
        return ()
    names = []
    for line in declared:
        found = re.match(r"[A-Za-z0-9._-]+", line)
        if found and "extra == 'dev'" not in line and 'extra == "dev"' not in line:
            names.append(found.group())
    return tuple(sorted(dict.fromkeys(names), key=str.lower))


def versions() -> dict[str, str]:
    """Return the versions of Python and of every library that results may depend on."""
    found = {"drawdown": __version__, "python": platform.python_version()}
    for name in dependencies():
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def made_by() -> dict[str, Any]:
    """Return what makes results here and now."""
    return {
        **(_asked.get() or {}),
        "commit": commit(),
        "model": program(),
        "played": played(),
        "versions": versions(),
        "platform": f"{platform.system()} {platform.machine()}",
        "format": FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        **_recorded.get(),
    }
