"""What made a result: command, inputs, model, versions, commit, machine.

It goes into every ``run.json``, so that anybody can make the result anew and say which number
differs.
"""

from __future__ import annotations

import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
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

_asked: ContextVar[Mapping[str, Any] | None] = ContextVar("asked", default=None)


def ask(command: Sequence[str], inputs: Mapping[str, Any]) -> None:
    """Say which command makes the results from now on.

    Args:
        command: Its words, without those that say where the result goes.
        inputs: The files it reads, by the words that name them: digest and, where it is text
            of moderate length, content.
    """
    _asked.set({"command": list(command), "inputs": dict(inputs)})


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
    }
