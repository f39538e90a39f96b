"""Formats of scenario files: what a file of an earlier one is told."""

from __future__ import annotations

from drawdown.declared import data_files

FORMAT: int = data_files.load("formats")["now"]
"""The format of scenario files and results now."""


def gone(name: str) -> str:
    """Return what takes the place of a parameter that is gone, or an empty string."""
    for item in data_files.load("formats")["formats"].values():
        if name in item["gone"]:
            now = item["gone"][name]
            return f"'{name}' is gone: {now['en']}; see '{now['now']}'"
    return ""


def earlier(number: int) -> str:
    """Return what is said of a file of an earlier format.

    Args:
        number: The format that the file says.
    """
    item = data_files.load("formats")["formats"][f"{number + 1}"]
    moved = [f"{name} {before:g} to {now:g}" for name, (before, now) in item["defaults"].items()]
    return (
        f"is {number}, of a model before {item['since']}; since then, where nothing is drawn, "
        f"{', '.join(moved)}: say the earlier ones under world where they are meant, then write "
        f"format: {FORMAT}"
    )
