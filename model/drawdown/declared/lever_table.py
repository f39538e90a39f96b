"""Reads ``seeds/levers.yaml``: one declaration a lever, from which every list of levers is made.

The scenario format and its JSON schema, `Scenario.with_levers`, defaults, sliders and searches,
what conditions may move, columns of a day's plan, parts of a decomposition, the template of
``drawdown new`` and what Explore's page carries all follow `POLICY_LEVERS`.
"""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from drawdown.declared import data_files
from drawdown.declared.errors import InputError

DECIDERS: tuple[Literal["us", "nato", "government"], ...] = ("us", "nato", "government")
"""Who decides on levers that one capital decides on."""


class PolicyLever(BaseModel):
    """A lever of policy: a number or a word, or several by the date they begin.

    Attributes:
        name: Its name in files, options and addresses.
        about: What it is, in the scenario format.
        part: What it belongs to when a difference is split (`questions.decompose.PARTS`).
        range: Lowest and highest number that a file may give.
        slider: Lowest and highest number of a slider or a search, and the slider's step.
        choices: Allowed words, where it is no number.
        codes: What each word sets in columns of the plan; 0 where it is not named. A number
            stands in the column of its own name.
        words: Group of ``seeds/words`` that holds its choices.
        default: What holds where no file says otherwise; None where a file must say it.
        decided_by: Who decides on it, of `DECIDERS`; nobody where no one capital does. What a
            condition that moves it looks at, they must be able to see.
        only_in_files: Whether no slider, search or condition moves it.
        along_lines: Whether it moves along straight lines between dates, as soldiers do, and can
            be announced otherwise than it is done; the others step.
        word: A word that a file may give instead of a number.
        policing: Policing that goes with each choice where no other is asked for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    about: str
    part: str
    range: tuple[int | float, int | float] = (0, 1)
    slider: tuple[int | float, int | float, int | float] = (0.0, 1.0, 1.0)
    choices: tuple[str, ...] = ()
    codes: dict[str, dict[str, float]] = {}
    words: str = ""
    default: float | str | None = None
    decided_by: tuple[Literal["us", "nato", "government"], ...] = ()
    only_in_files: bool = False
    along_lines: bool = False
    word: str | None = None
    policing: dict[str, float] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the plan that it sets."""
        return tuple(self.codes) or (self.name,)

    def sets(self, column: str, value: Any) -> float:
        """Return what a value sets in one of its columns."""
        return float(self.codes[column].get(value, 0.0) if self.codes else value)


def _read() -> Iterator[PolicyLever]:
    """Yield the levers of the table.

    Raises:
        InputError: For an entry that is none, naming it.
    """
    for name, item in data_files.load("levers").items():
        try:
            yield PolicyLever(name=name, **item)
        except (TypeError, ValidationError) as error:
            raise InputError(f"seeds/levers.yaml: {name}: {error}") from None


POLICY_LEVERS = tuple(_read())
"""Every lever, in the order of the scenario format."""

BY_NAME = {lever.name: lever for lever in POLICY_LEVERS}

POSTURE = tuple(lever.name for lever in POLICY_LEVERS if lever.along_lines)
"""Soldiers by role: levers that move along lines."""

STEPPED = tuple(lever for lever in POLICY_LEVERS if not lever.along_lines)
"""Levers that hold until their next date."""

DEFAULTS = {lever.name: lever.default for lever in POLICY_LEVERS if lever.default is not None}

MOVED_BY_CONDITIONS = {
    lever.name: lever
    for who in DECIDERS
    for lever in POLICY_LEVERS
    if lever.decided_by[:1] == (who,) and not lever.only_in_files
}
"""Levers that a condition may move, by who decides on them."""

IMPLIED = BY_NAME["government"].policing
"""Policing that goes with each government where no other is asked for."""
