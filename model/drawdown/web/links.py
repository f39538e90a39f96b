"""Links of Explore that say which model and numbers they show."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from drawdown.day import rulebook
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language, languages
from drawdown.web.address import LARGEST_LINK, MOST_PINS, View, loaded, misspelled
from drawdown.web.explore import Explorer
from drawdown.worlds.checkpoint import program


@dataclass(frozen=True)
class Asked:
    """What a link asks for.

    Attributes:
        view: The view.
        model: Digest of the model that it was copied from, or None.
        numbers: Digest of the numbers that it showed, or None.
        pins: The views that it keeps, with the names that somebody gave them.
    """

    view: View
    model: str | None = None
    numbers: str | None = None
    pins: tuple[tuple[View, str], ...] = ()


def read(query: str, pinned: bool = False) -> Asked:
    """Return what the words of a link ask for: every reader of links, but the page, is here.

    The page's script reads them by the same table (`address.spelling`), and refuses the same
    words by the same sentences.

    Args:
        query: The words, without the question mark before them.
        pinned: Whether they stand in a link as a view that it keeps, which keeps none itself.

    Raises:
        InputError: With every fault of them.
    """
    say = partial(Language().word, "explore")
    if len(query) > LARGEST_LINK:
        raise InputError(say("fault_long", most=f"{LARGEST_LINK}"))
    words: dict[str, str] = {}
    pins, faults = [], []
    for key, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        if key == "pin":
            fault = misspelled("pin in pin" if pinned else key, value)
            faults += [fault] if fault else []
            pins += [] if fault else [value]
        elif key in words:
            faults.append(say("fault_twice", key=key[:60]))
        else:
            words[key] = value
    if len(pins) > MOST_PINS:
        told = {"key": "pin", "value": f"{len(pins)}", "allowed": f"0 \u2026 {MOST_PINS}"}
        faults.append(say("fault_choice", **told))
    found = []
    for pin in pins:
        inner, _, name = pin.partition("#")
        try:
            found.append((read(inner, pinned=True).view, name))
        except InputError as error:
            faults += error.faults
    try:
        view = View.read(words)
    except InputError as error:
        faults = [*error.faults, *faults]
    if faults:
        raise InputError(faults)
    return Asked(view, words.get("model"), words.get("numbers"), tuple(found))


def names_of(view: View) -> set[str]:
    """Return what Explore itself calls a view that a link keeps, in every language.

    Args:
        view: The view.
    """
    titles = [loaded(view.case).title.in_language(code) for code in languages()]
    return {"", *titles, *(f"{title} *" for title in titles)}


def words_of(link: str) -> tuple[str, str]:
    """Return the page that a link names, empty where it names none, and the link's words.

    Args:
        link: A link, or its words alone.

    Raises:
        InputError: If browsers could take it for another address than it seems to be.
    """
    page, mark, query = link.partition("?")
    if not mark and "=" in page and "/" not in page:
        page, query = "", link
    try:
        parts = urlsplit(page)
        plain = parts.scheme in ("", "http", "https", "file") and "@" not in parts.netloc
    except ValueError:
        plain = False
    explore = re.fullmatch(r"|.*/|(.*/)?explore-[a-z]+\.html|[^/]*:[0-9]+", page)
    if not plain or not explore or "#" in link or re.search(r"[\s\\\x00-\x1f\x7f]", link):
        raise InputError(f"{link[:100]}: is no link of Explore")
    return page, query


def view_of(link: str) -> View:
    """Return the view that a link, or its words alone, asks for.

    Args:
        link: Such as ``?case=full-withdrawal&combat=500``.

    Raises:
        InputError: With every fault of it.
    """
    if not isinstance(link, str):
        raise InputError(f"a link must be text, such as '?case=restraint', got {link!r}"[:200])
    return read(words_of(link)[1]).view


def numbers(link: str = "", rules: rulebook.RuleBook | str | Path | None = None) -> Any:
    """Return the numbers that a link of Explore shows, as a table.

    Args:
        link: A link, or its words alone, such as ``?case=full-withdrawal&combat=500``.
        rules: Rules of one's own that replace the model's: a file, or from `day.rulebook.load`.

    Returns:
        A `pandas.DataFrame`, a row an outcome: ``case`` and ``base`` (means of the worlds), the
        difference's ``mean``, ``low``, ``high`` (95 %), ``future_low``, ``future_high`` (90 of
        100 worlds). The row *tempo_ratio* is a quotient.

    Raises:
        InputError: With every fault of the link or the rules.
    """
    import pandas as pd

    with rulebook.using(rules):
        rows = Explorer().rows(view_of(link))
    return pd.DataFrame(rows).set_index("name").drop(columns=["digits", "world"])


@lru_cache(maxsize=4)
def _model(rules: str) -> str:
    del rules
    return program()


def model() -> str:
    """Return the digest of the model that plays here, the rules of one's own included."""
    return _model(rulebook.current().digest)


def digest(numbers: Any) -> str:
    """Return the digest of the numbers of a view, as `Explorer.numbers` gives them."""
    shown = [{k: v for k, v in row.items() if k != "world"} for row in numbers]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]


def stamp(explorer: Explorer, view: View) -> dict[str, str]:
    """Return what a link to a view carries, so that others can tell whether they see the same."""
    return {"model": model(), "numbers": digest(explorer.numbers(view, Language()))}
