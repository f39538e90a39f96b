"""Counts apart for parts of a run: half-years, and what a policy does while it runs and after.

A difference between two policies may last only as long as one of them moves: a mean over a window
that holds both says neither. The loops are plain Python over arrays, lowered like the rules.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from drawdown.declared.columns import OUTCOMES, PLAN, O
from drawdown.declared.lever_table import POLICY_LEVERS

COUNTED = ("attacks_foreign", "attacks_state", "dead_us", "dead_coalition", "dead_iraqi")
"""What is counted in a window."""

WINDOWED = (*COUNTED, "days_without_attacks")
"""What is known of a window; the last: days without an attack on foreigners at its end."""

ROWS = len(WINDOWED)
STOPS = {"stop_60": 60, "stop_120": 120, "stop_180": 180}
"""Days at the end of a part of a run without an attack on foreigners."""

OUTCOMES_OF_PHASE = (*COUNTED, *STOPS)
"""Outcomes that are told of a part of a run."""

AFTERWARDS = 365
"""Days that are looked at once a policy has stopped moving."""

Window = tuple[date, date]
"""First and last day."""

_COUNTED = tuple(OUTCOMES.index(name) for name in COUNTED)
_N_COUNTED = len(COUNTED)

STANDS, EVENT, LEVER, LASTING, PROMISE = 0.0, 1.0, 2.0, 3.0, 4.0
"""What a column of the plan is, where two policies are looked at: nothing of its own (what follows
from others), what happens on a day, what somebody sets, what lasts for days, a promise's length."""

_FOLLOWS = {
    *("decided", "drone_phase", "round_ahead", "opening", "after_concession", "strike_leader"),
    *(name for name in PLAN if name.startswith("later_")),
}
_LASTING = {"truce", "order", "campaign"}
_LEVERS = {
    *(column for lever in POLICY_LEVERS for column in lever.columns),
    *("combat_residual", "advisers_residual"),
    *(name for name in PLAN if name.startswith("announced_")),
}
KINDS: tuple[float, ...] = tuple(
    STANDS
    if name in _FOLLOWS
    else PROMISE
    if name == "promise_days"
    else LASTING
    if name in _LASTING
    else LEVER
    if name in _LEVERS
    else EVENT
    for name in PLAN
)
"""What each column of the plan is."""


HALF_YEAR = "half_year"
RUNNING, AFTER, WHOLE = "while_it_runs", "afterwards", "whole_run"
"""Names of parts of a run."""


@dataclass(frozen=True)
class Phase:
    """A part of a run.

    Attributes:
        name: `HALF_YEAR`, `RUNNING`, `AFTER` or `WHOLE`.
        first: Its first day.
        last: Its last day.
        by_median: Whether its days are those of the median world's conditions.
    """

    name: str
    first: date
    last: date
    by_median: bool = False

    @property
    def window(self) -> Window:
        """Its first and last day."""
        return self.first, self.last

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def mixes(self, window: Window) -> bool:
        """Return whether a window holds days of it and others of the run."""
        inside = max(self.first, window[0]) <= min(self.last, window[1])
        return inside and not (self.first <= window[0] and window[1] <= self.last)


@lru_cache(maxsize=64)
def columns_of(windows: tuple[Window, ...]) -> tuple[str, ...]:
    """Return the names of a table's columns for windows, in the order of `tally`'s rows.

    Example:
        >>> columns_of(((date(2021, 7, 26), date(2022, 12, 31)),))[0]
        'attacks_foreign 2021-07-26 to 2022-12-31'
    """
    return tuple(column_of(name, window) for window in windows for name in WINDOWED)


def column_of(name: str, window: Window) -> str:
    """Return the name of a table's column for one of `WINDOWED` in a window."""
    return f"{name} {window[0]} to {window[1]}"


def tally(daily: Any, windows: Any, found: Any) -> None:
    """Fill what is known of windows, shape (windows * `ROWS`, lanes).

    Args:
        daily: Recorded days, shape (days, outcomes, lanes).
        windows: First and last day of each window, shape (windows, 2).
        found: Filled, window by window in the order of `WINDOWED`.
    """
    for window in range(windows.shape[0]):
        first, last = int(windows[window, 0]), int(windows[window, 1])
        at = window * ROWS
        for k in range(_N_COUNTED):
            for lane in range(daily.shape[2]):
                found[at + k, lane] = 0.0
            for t in range(first, last + 1):
                for lane in range(daily.shape[2]):
                    found[at + k, lane] = found[at + k, lane] + daily[t, _COUNTED[k], lane]
        for lane in range(daily.shape[2]):
            quiet = 0
            for t in range(last + 1 - first):
                if daily[last - t, O.attacks_foreign, lane] > 0.0:
                    break
                quiet = quiet + 1
            found[at + _N_COUNTED, lane] = float(quiet)


def running(one: Any, other: Any, kinds: Any, found: Any) -> None:
    """Fill the first day on which two plans differ and the last on which what differs moves.

    Args:
        one: A plan, shape (days, `columns.PLAN`).
        other: Another of as many days.
        kinds: `KINDS`.
        found: Filled: first and last day, below 0 where there is none.
    """
    days = one.shape[0]
    begins, ends = -1, -1
    for c in range(one.shape[1]):
        kind = kinds[c]
        differs = -1
        if kind > 0.0:
            for t in range(days):
                if differs < 0 and one[t, c] != other[t, c]:
                    differs = t
        if differs >= 0:
            begins = differs if begins < 0 else min(begins, differs)
            for t in range(days):
                more = max(one[t, c], other[t, c])
                before = max(t - 1, 0)
                if kind == 2.0 and (one[t, c] != one[before, c] or other[t, c] != other[before, c]):
                    ends = max(ends, t)
                if kind == 3.0 and more > 0.0:
                    ends = max(ends, t)
                if kind == 4.0 and more > 0.0:
                    ends = max(ends, min(days - 1, t + int(more)))
    found[0] = begins
    found[1] = ends
