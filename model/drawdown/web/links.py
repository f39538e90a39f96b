"""Links of Explore that say which model and numbers they show."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from drawdown.day import book
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.web.explore import Explorer, View
from drawdown.worlds.checkpoint import program

STAMPS = ("model", "numbers")
_DIGEST = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True)
class Asked:
    """What a link asks for.

    Attributes:
        view: The view, as the words of an address.
        model: Digest of the model that it was copied from, or None.
        numbers: Digest of the numbers that it showed, or None.
    """

    view: Mapping[str, str]
    model: str | None
    numbers: str | None


def read(query: str) -> Asked:
    """Return what the query of a link asks for.

    Raises:
        ValueError: If a digest in it is none.
    """
    view = dict(parse_qsl(query, keep_blank_values=True, errors="replace"))
    told = {name: view.pop(name, None) for name in STAMPS}
    for name, value in told.items():
        if value is not None and not _DIGEST.fullmatch(value):
            raise ValueError(f"{name}={value[:40]} is no digest")
    return Asked(view, told["model"], told["numbers"])


def view_of(link: str) -> View:
    """Return the view that a link, or its words alone, asks for.

    Args:
        link: Such as ``?case=full-withdrawal&combat=500``.

    Raises:
        InputError: With every fault of it.
    """
    words = link.partition("?")[2] if "?" in link else link
    try:
        asked = read(words)
    except ValueError as error:
        raise InputError(f"{link[:100]}: is no link of Explore ({error})") from None
    return View.read(asked.view)


def numbers(link: str = "") -> Any:
    """Return the numbers that a link of Explore shows, as a table.

    Args:
        link: A link, or its words alone, such as ``?case=full-withdrawal&combat=500``.

    Returns:
        A `pandas.DataFrame`, a row an outcome: ``case`` and ``base`` (means of 200 worlds), the
        difference's ``mean``, ``low``, ``high`` (95 %), ``future_low``, ``future_high`` (90 of
        100 worlds). The row *tempo_ratio* is a quotient.

    Raises:
        InputError: With every fault of the link.
    """
    import pandas as pd

    rows = Explorer().rows(view_of(link))
    return pd.DataFrame(rows).set_index("name").drop(columns=["digits", "world"])


@lru_cache(maxsize=4)
def _model(rules: str) -> str:
    del rules
    return program()


def model() -> str:
    """Return the digest of the model that plays here, the rules of one's own included."""
    return _model(book.current().digest)


def digest(numbers: Any) -> str:
    """Return the digest of the numbers of a view, as `Explorer.numbers` gives them."""
    shown = [{k: v for k, v in row.items() if k != "world"} for row in numbers]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]


def stamp(explorer: Explorer, view: View) -> dict[str, str]:
    """Return what a link to a view carries, so that others can tell whether they see the same."""
    return {"model": model(), "numbers": digest(explorer.numbers(view, Language()))}
