"""What a user is told when an input is wrong: all faults at once, no traceback."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(Exception):
    """One or more faults in what the user gave.

    Attributes:
        faults: One clear sentence each: where, what is wrong, what is allowed.
    """

    def __init__(self, faults: str | Iterable[str]) -> None:
        self.faults = [faults] if isinstance(faults, str) else list(faults)
        super().__init__("\n".join(self.faults))


def nearest(name: str, allowed: Iterable[str]) -> str:
    """Return ``, did you mean 'x'?`` for a misspelled name, or what is allowed."""
    names = list(allowed)
    close = get_close_matches(str(name), names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean '{close[0]}'?"
    if not names:
        return "; there is none"
    if len(names) <= 16:
        return f"; allowed: {', '.join(names)}"
    return ""


def unknown(what: str, name: str, allowed: Iterable[str]) -> str:
    """Return the sentence for a name that does not exist."""
    return f"unknown {what} '{name}'{nearest(name, allowed)}"
