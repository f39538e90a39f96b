"""Templates of pages: everything that is put in is escaped, and nothing may be missing."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def environment(folder: str) -> Environment:
    """Return the templates of a folder of the package.

    Args:
        folder: The folder, from ``model/drawdown``.
    """
    return Environment(
        loader=PackageLoader("drawdown", folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
