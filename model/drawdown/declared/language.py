"""Words, numbers and dates as a reader sees them, in English or Arabic."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from drawdown.declared import data_files
from drawdown.declared.errors import InputError

LANGUAGES = ("en", "ar")

RIGHT_TO_LEFT = "\u200f"
_ISOLATE, _END = "\u2066", "\u2069"


class Language:
    """Looks words up in ``seeds/words.yaml``.

    Args:
        code: ``en`` or ``ar``.
    """

    def __init__(self, code: str = "en") -> None:
        if code not in LANGUAGES:
            raise InputError(f"unknown language '{code}'; allowed: en, ar")
        self.code = code
        self.words = data_files.load("words")

    @property
    def arabic(self) -> bool:
        """Whether the text runs from right to left."""
        return self.code == "ar"

    def pick(self, both: Mapping[str, str]) -> str:
        """Return one of a pair of texts."""
        return both[self.code]

    def word(self, group: str, name: str, /, **values: Any) -> str:
        """Return a word or sentence, with its braces filled in."""
        entry = self.words[group].get(name)
        if entry is None:
            return name
        text: str = entry[self.code]
        return text.format(**values) if values else text

    def outcome(self, name: str) -> str:
        """Return the name of a daily or a run's outcome."""
        group = "run_outcomes" if name in self.words["run_outcomes"] else "outcomes"
        return self.word(group, name)

    def day(self, day: date, year: bool = True) -> str:
        """Return a date such as ``26 July 2021``, with the months' names used in Iraq."""
        month = self.words["months"][self.code][day.month - 1]
        return f"{day.day} {month} {day.year}" if year else f"{day.day} {month}"

    def number(self, value: float, digits: int = 2) -> str:
        """Return a number with digits 0-9, kept in one piece inside Arabic text.

        What has no value is a dash.
        """
        if value != value:
            return "\N{EN DASH}"
        text = f"{value:,.{digits}f}"
        if not any(c in text for c in "123456789"):
            text = text.lstrip("-")
        return self.kept(text.replace("-", "\N{MINUS SIGN}"))

    def kept(self, text: str) -> str:
        """Return a range or a name that must keep its order inside Arabic text."""
        return f"{_ISOLATE}{text}{_END}" if self.arabic else text

    def line(self, text: str) -> str:
        """Return a line that begins from the right in Arabic, whatever its first letter."""
        return RIGHT_TO_LEFT + text if self.arabic else text
