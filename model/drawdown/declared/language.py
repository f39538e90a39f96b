"""Words, numbers and dates as a reader sees them, in the languages of ``seeds/words``."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Literal, TypeVar

from drawdown.declared import data_files
from drawdown.declared.data_files import END, ISOLATE, in_order
from drawdown.declared.errors import InputError, unknown

Item = TypeVar("Item")

LANGUAGES = ("en", "ar")
"""Languages that scenarios, claims and parameters are written in, each text beside the other."""

RIGHT_TO_LEFT = "\u200f"
_UNSHOWN = "\N{REPLACEMENT CHARACTER}"

BY = "by"
"""Key of a text with plural forms: the blank that decides between them."""

ELSE = "other"
"""The plural form that every language has."""


def languages() -> tuple[str, ...]:
    """Return the languages that there are words in: those of `LANGUAGES`, then the others."""
    return _found(str(data_files.folder("seeds")))


@cache
def _found(seeds: str) -> tuple[str, ...]:
    from pathlib import Path

    found = sorted(path.stem for path in (Path(seeds) / "words").glob("*.yaml"))
    return (*LANGUAGES, *(code for code in found if code not in LANGUAGES))


@cache
def plural(code: str, count: float) -> str:
    """Return which plural form a number takes (CLDR): ``one``, ``few``, ``many`` and so on."""
    from babel import Locale

    return str(Locale.parse(code).plural_form(count))


def without_controls(text: str) -> str:
    """Return a text as it may be shown anywhere: without what a terminal or a reader would obey.

    Escape sequences, halves of a character and marks that turn the reading order of all that
    follows become the sign of what cannot be shown.
    """
    return "".join(_UNSHOWN if c not in "\n\t" and _obeyed(c) else c for c in text)


def _obeyed(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cs") or "\u202a" <= sign <= "\u202e"


def is_shown_as_written(text: str) -> bool:
    """Return whether a text has nothing that is obeyed, and closes what it keeps in its order."""
    open_ = 0
    for sign in text:
        open_ += ("\u2066" <= sign <= "\u2068") - (sign == END)
        if open_ < 0 or (open_ and sign == "\n"):
            return False
    return open_ == 0 and without_controls(text) == text


def plain_number(value: Any) -> float:
    """Return a number that was already made text, with its commas and marks; 0 for what is none."""
    if isinstance(value, int | float):
        return value
    kept = "".join(c for c in f"{value}" if c.isdigit() or c == ".")
    try:
        return int(float(kept)) if float(kept).is_integer() else float(kept)
    except ValueError:
        return 0


def filled(entry: str | Mapping[str, str], code: str, values: Mapping[str, Any]) -> str:
    """Return a text with its blanks filled in, in the plural form that its number asks for.

    Args:
        entry: The text, or its plural forms and under `BY` the blank that decides.
        code: The language.
        values: What the blanks are filled with.
    """
    if isinstance(entry, str):
        return entry.format(**values) if values else entry
    count = plain_number(values.get(entry[BY], 0))
    return (entry.get(plural(code, count)) or entry[ELSE]).format(**values)


class Language:
    """Looks words up in ``seeds/words``, one file a language; ``docs/translate.md``.

    A language whose file lacks a word, and texts that only `LANGUAGES` are written in, are shown
    in English.

    Args:
        code: One of `languages`.

    Raises:
        InputError: If there are no words in the language.
    """

    def __init__(self, code: str = "en") -> None:
        if code not in languages():
            raise InputError(unknown("language", code, languages()))
        self.code = code
        self.words: dict[str, Any] = _words(code, str(data_files.folder("seeds")))
        head = self.words["language"]
        self.name: str = head["name"]
        self.comma: str = head["comma"]
        self.semicolon: str = head["semicolon"]
        self.colon: str = head["colon"]
        self.last: str = head["last"]
        self.right_to_left: bool = head["direction"] == "rtl"
        self.side: Literal["left", "right"] = "right" if self.right_to_left else "left"
        self.months: list[str] = self.words["months"]

    def pick(self, both: Mapping[str, str]) -> str:
        """Return a text that is written in each of `LANGUAGES`, in this language."""
        found = both.get(self.code)
        text = found if found is not None else in_language(both["en"], self.code)
        return in_order(text) if self.right_to_left else text

    def word(self, group: str, name: str, /, **values: Any) -> str:
        """Return a word or sentence, with its blanks filled in."""
        entry = self.words[group].get(name)
        return name if entry is None else filled(entry, self.code, values)

    def outcome(self, name: str) -> str:
        """Return the name of a daily or a run's outcome."""
        group = "run_outcomes" if name in self.words["run_outcomes"] else "outcomes"
        return self.word(group, name)

    def day(self, day: date, year: bool = True) -> str:
        """Return a date such as ``26 July 2021``, with the months' names used in Iraq."""
        month = self.months[day.month - 1]
        return f"{day.day} {month} {day.year}" if year else f"{day.day} {month}"

    def number(self, value: float, digits: int = 2) -> str:
        """Return a number with digits 0-9, kept in one piece inside text that runs to the left.

        What has no value is a dash.
        """
        if value != value:
            return "\N{EN DASH}"
        text = f"{value:,.{digits}f}"
        if not any(c in text for c in "123456789"):
            text = text.lstrip("-")
        return self.kept(text.replace("-", "\N{MINUS SIGN}"))

    def kept(self, text: str) -> str:
        """Return a range or a name that must keep its order inside text that runs to the left."""
        return f"{ISOLATE}{text}{END}" if self.right_to_left else text

    def across(self, items: Sequence[Item]) -> Sequence[Item]:
        """Return things that stand side by side in the order in which they are read."""
        return items[::-1] if self.right_to_left else items

    def at(self, place: float) -> float:
        """Return a place along a line of length 1, counted from where reading begins."""
        return 1.0 - place if self.right_to_left else place

    def line(self, text: str) -> str:
        """Return a line that begins on its language's side, whatever its first letter."""
        return RIGHT_TO_LEFT + text if self.right_to_left else text


@cache
def _words(code: str, seeds: str) -> dict[str, Any]:
    del seeds
    found = data_files.load(f"words/{code}")
    if code in LANGUAGES:
        return found
    english = data_files.load("words/en")
    whole = {g: found.get(g, {}) if g == "texts" else items for g, items in english.items()}
    for group, items in english.items():
        mine = found.get(group)
        if mine:
            whole[group] = items | mine if isinstance(items, dict) else mine
    return whole | {"texts": found.get("texts", {})}


def in_language(english: str, code: str) -> str:
    """Return a text of a scenario, a claim or a parameter in a language of its own file.

    Args:
        english: The text in English.
        code: The language; its file's group ``texts`` gives translations by the English text.
    """
    if code in LANGUAGES or code not in languages():
        return english
    texts = _words(code, str(data_files.folder("seeds"))).get("texts", {})
    found: str = texts.get(english, english)
    return found
