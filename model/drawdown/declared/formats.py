"""Formats of scenario files: what an earlier file meant, and what takes its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drawdown.declared import data_files

FORMAT: int = data_files.load("formats")["now"]
"""The format of scenario files and results now."""


def _formats() -> dict[int, Any]:
    return {int(k): v for k, v in data_files.load("formats")["formats"].items()}


def gone(name: str) -> str:
    """Return what takes the place of a parameter that is gone, or an empty string."""
    for item in _formats().values():
        if name in item["gone"]:
            now = item["gone"][name]
            return f"'{name}' is gone: {now['en']}; see '{now['now']}', or 'drawdown upgrade FILE'"
    return ""


def changes(since: int, chosen: Iterable[str], levers: Iterable[str]) -> list[str]:
    """Return what has changed for a file of an earlier format, one sentence each.

    Args:
        since: The file's format.
        chosen: Parameters that it chooses.
        levers: Levers that it gives.
    """
    found: list[str] = []
    given, moved = set(chosen), set(levers)
    for number, item in _formats().items():
        if number <= since:
            continue
        found.append(f"format {number}: {item['since']}")
        found += [gone(name) for name in sorted(given & set(item["gone"]))]
        for name, (before, now) in item["defaults"].items():
            if name not in given:
                found.append(f"{name}: where nothing is drawn it was {before:g}, now {now:g}")
        found += [
            f"{name}: a new lever: {text}"
            for name, text in item["levers"].items()
            if name not in moved
        ]
        found += [f"{name}: {text}" for name, text in item["events"].items()]
    return found
