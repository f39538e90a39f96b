"""What teams say to each other: proposals and promises, predictions, a joint text at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from drawdown.exercise.game import Turn

ANSWERS = ("open", "accepted", "refused")
"""What a proposal may have come to."""

MISSED = 20.0
"""What a range pays for each unit that it misses by: 2 over the 10 of 100 that it may miss."""


@dataclass(frozen=True)
class Proposal:
    """What a team proposes to another; nobody else reads it before the debrief.

    Attributes:
        number: Its number.
        turn: The turn that it is for.
        role: Who proposes.
        partner: To whom.
        text: What is proposed.
        gives: A choice that the proposer promises, by lever; empty for none.
        asks: A choice of the other's that it asks for.
        answer: One of `ANSWERS`.
    """

    number: int
    turn: int
    role: str
    partner: str
    text: str
    gives: Mapping[str, str]
    asks: Mapping[str, str]
    answer: str

    def between(self, role: str) -> bool:
        """Return whether a team may read it."""
        return role in (self.role, self.partner)

    def promised(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Yield each side that promised a choice, with the choice."""
        for role, own in ((self.role, self.gives), (self.partner, self.asks)):
            if own:
                yield role, own

    def was_kept(self, turn: Turn) -> dict[str, bool]:
        """Return whether each side that promised a choice made it in the turn."""
        return {
            role: all(turn.chosen(role, lever) == option for lever, option in own.items())
            for role, own in self.promised()
        }


@dataclass(frozen=True)
class Prediction:
    """A range that a team gave for an indicator of its own over a turn.

    Attributes:
        turn: The turn, from 0.
        role: The team.
        indicator: Its indicator.
        low: Lower end.
        high: Upper end.
    """

    turn: int
    role: str
    indicator: str
    low: float
    high: float


@dataclass(frozen=True)
class Communique:
    """A text that all teams may sign at the end.

    Attributes:
        text: The text; empty where nobody has written one.
        version: Grows with every change; what was signed before no longer is.
        role: Who changed it last.
        signed: Which teams have signed, and which have said that they do not.
    """

    text: str = ""
    version: int = 0
    role: str = ""
    signed: Mapping[str, bool] = field(default_factory=dict)


def interval_score(low: float, high: float, value: float) -> float:
    """Return how good a range was, smaller is better: its width, and 20 times what it missed by.

    The interval score of Gneiting and Raftery (2007) for ranges that should hold 90 of 100.

    Args:
        low: Lower end.
        high: Upper end.
        value: What came.

    Example:
        >>> interval_score(2.0, 5.0, 4.0), interval_score(2.0, 5.0, 6.0)
        (3.0, 23.0)
    """
    missed = max(0.0, low - value) + max(0.0, value - high)
    return high - low + MISSED * missed
