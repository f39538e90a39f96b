"""Reduces the days of a block of worlds to one number a run, and to bands over runs.

The loops are plain Python over arrays, so that the ensemble engine lowers them and a machine
without a compiler runs them as they are.
"""

from typing import Any

import numpy as np

from drawdown.declared import data_files
from drawdown.declared.columns import BAND_WINDOW, FLOWS, OUTCOMES, SEVERITY_LENGTH, O
from drawdown.declared.levels import MONTH
from drawdown.rules.politics import HONOURED, REFUSED
from drawdown.rules.reporting import daesh_attacks_a_month

LAST_YEAR = 365
HALF_YEAR = 182
LAST_LEVELS = 90
BINS = 129
"""Bins of an outcome that are counted while worlds are played: the middles of the first and the
last are the ends of its usual range."""

OUTSIDE, REST = BINS, BINS + 1
"""What stands behind the bins: how many values lie outside of them, and how far the others lie
above the middles of their bins, added up, so that a mean is that of the values."""

CELLS = REST + 1
PARTS = 1000
"""Parts of a bin that `REST` is counted in: whole people, and a sum that fits 32 bits."""

HALF = 500
N_FLOWS = len(FLOWS)
N_OUTCOMES = len(OUTCOMES)

RUN_OUTCOMES: tuple[str, ...] = tuple(data_files.load("outcomes")["run"])
"""One number a run, in this order."""

MAY_BE_MISSING = ("days_until_exit",)
"""Outcomes without a value in some worlds; their differences are not defined in all of them."""

_FIRST_FLOW = RUN_OUTCOMES.index(FLOWS[0])
_FOREIGN = RUN_OUTCOMES.index("tempo_foreign")
_STOP = RUN_OUTCOMES.index("stop_60")
_STATE = RUN_OUTCOMES.index("tempo_state")
_FIRST_HALF = RUN_OUTCOMES.index("tempo_first_half_year")
_PRESSURE_HALF = RUN_OUTCOMES.index("pressure_first_half_year")
_TROOPS = RUN_OUTCOMES.index("us_troops_end")
_LOWEST = RUN_OUTCOMES.index("us_support_lowest")
_DAESH_INDEX = RUN_OUTCOMES.index("daesh_index")
_DAESH_ATTACKS = RUN_OUTCOMES.index("daesh_attacks")
_EXIT = RUN_OUTCOMES.index("days_until_exit")
_MADE = RUN_OUTCOMES.index("request_made")
_HONOURED = RUN_OUTCOMES.index("request_honoured")
_VIOLENT = RUN_OUTCOMES.index("violent_at_start")
_LEVELS = tuple(OUTCOMES.index(n) for n in OUTCOMES if n in RUN_OUTCOMES and n not in FLOWS)
_LEVEL_ROWS = tuple(RUN_OUTCOMES.index(OUTCOMES[o]) for o in _LEVELS)
N_LEVELS = len(_LEVELS)
UNKNOWN = float("nan")
"""No such day, or a run too short to tell."""

assert SEVERITY_LENGTH < BINS
assert RUN_OUTCOMES[_FIRST_FLOW : _FIRST_FLOW + N_FLOWS] == FLOWS, "run outcomes: flows in order"
assert RUN_OUTCOMES[_STOP : _STOP + 3] == ("stop_60", "stop_120", "stop_180")
_FILLED = {
    *range(_FIRST_FLOW, _FIRST_FLOW + N_FLOWS),
    *range(_STOP, _STOP + 3),
    *(*_LEVEL_ROWS, _FOREIGN, _STATE, _FIRST_HALF, _PRESSURE_HALF, _TROOPS, _LOWEST),
    *(_DAESH_ATTACKS, _EXIT, _MADE, _HONOURED, _VIOLENT),
}
"""Rows that `summarise` fills; an outcome without a line there would be 0 in every world."""
_EMPTY = [name for row, name in enumerate(RUN_OUTCOMES) if row not in _FILLED]
assert not _EMPTY, f"day/outcomes.py: summarise fills no {', '.join(_EMPTY)}"


def summarise(daily: Any, requests: Any, daesh_attacks_per_index: Any, out: Any) -> None:
    """Fill ``out`` (run outcomes, lanes) from ``daily`` (days, outcomes, lanes).

    Args:
        daily: Recorded days.
        requests: Where the request to leave stands at the end, one a lane.
        daesh_attacks_per_index: Attacks a month at an index of 100, one a lane.
        out: Filled, in the order of `RUN_OUTCOMES`.
    """
    days, lanes = daily.shape[0], daily.shape[2]
    year = min(days, LAST_YEAR)
    half = min(days, HALF_YEAR)
    last = min(days, LAST_LEVELS)
    for row in range(out.shape[0]):
        for lane in range(lanes):
            out[row, lane] = 0.0
    # Sums run over the days in order, for all worlds side by side.
    for t in range(days):
        for o in range(N_FLOWS):
            for lane in range(lanes):
                out[_FIRST_FLOW + o, lane] = out[_FIRST_FLOW + o, lane] + daily[t, o, lane]
    for t in range(days - year, days):
        for lane in range(lanes):
            out[_FOREIGN, lane] = out[_FOREIGN, lane] + daily[t, O.attacks_foreign, lane]
            out[_STATE, lane] = out[_STATE, lane] + daily[t, O.attacks_state, lane]
    for t in range(half):
        for lane in range(lanes):
            out[_FIRST_HALF, lane] = out[_FIRST_HALF, lane] + daily[t, O.attacks_foreign, lane]
            out[_PRESSURE_HALF, lane] = out[_PRESSURE_HALF, lane] + daily[t, O.pressure, lane]
    for level in range(N_LEVELS):
        row, o = _LEVEL_ROWS[level], _LEVELS[level]
        for t in range(days - last, days):
            for lane in range(lanes):
                out[row, lane] = out[row, lane] + daily[t, o, lane]
        for lane in range(lanes):
            out[row, lane] = out[row, lane] / last
    for lane in range(lanes):
        out[_LOWEST, lane] = daily[0, O.us_support, lane]
    for t in range(days):
        for lane in range(lanes):
            out[_LOWEST, lane] = min(out[_LOWEST, lane], daily[t, O.us_support, lane])
    end = days - 1
    for lane in range(lanes):
        out[_FOREIGN, lane] = out[_FOREIGN, lane] / year * MONTH
        out[_STATE, lane] = out[_STATE, lane] / year * MONTH
        out[_FIRST_HALF, lane] = out[_FIRST_HALF, lane] / half * MONTH
        out[_PRESSURE_HALF, lane] = out[_PRESSURE_HALF, lane] / half
        out[_TROOPS, lane] = daily[end, O.us_combat, lane] + daily[end, O.us_advisers, lane]
        out[_DAESH_ATTACKS, lane] = daesh_attacks_a_month(
            out[_DAESH_INDEX, lane], daesh_attacks_per_index[lane]
        )
        since = days
        for t in range(days):
            if daily[end - t, O.attacks_foreign, lane] > 0.0:
                since = t
                break
        for i in range(3):
            window = 60 * (i + 1)
            out[_STOP + i, lane] = UNKNOWN if days < window else 1.0 if since >= window else 0.0
        out[_EXIT, lane] = UNKNOWN
        for t in range(days):
            if daily[t, O.us_combat, lane] + daily[t, O.us_advisers, lane] < 1.0:
                out[_EXIT, lane] = t + 0.0
                break
        out[_MADE, lane] = 1.0 if requests[lane] >= REFUSED else 0.0
        out[_HONOURED, lane] = 1.0 if requests[lane] == HONOURED else 0.0
        out[_VIOLENT, lane] = 1.0 if daily[0, O.quiet, lane] == 0.0 else 0.0


def count_into_bands(
    daily: Any, before: Any, used: int, lows: Any, widths: Any, histogram: Any
) -> None:
    """Add a block to ``histogram`` (days, outcomes, `CELLS`).

    Counts are taken over the last 30 days, the days ``before`` the first included, one bin
    a count; levels fall into the bin whose middle is nearest.

    Args:
        daily: Recorded days, shape (days, outcomes, lanes).
        before: Counts of the days before, shape (29, flows, lanes).
        used: How many lanes are real.
        lows: Middle of the first bin of each outcome.
        widths: Width of each outcome's bins.
        histogram: Integers that are added to.
    """
    days, back = daily.shape[0], before.shape[0]
    running = np.zeros((N_FLOWS, used))
    places = np.zeros((used,))
    for t in range(back):
        for o in range(N_FLOWS):
            for lane in range(used):
                running[o, lane] = running[o, lane] + before[t, o, lane]
    for t in range(days):
        gone = t - BAND_WINDOW
        for o in range(N_FLOWS):
            scale = 1.0 / widths[o]
            for lane in range(used):
                total = running[o, lane] + daily[t, o, lane]
                if gone >= 0:
                    total = total - daily[gone, o, lane]
                elif gone + back >= 0:
                    total = total - before[gone + back, o, lane]
                running[o, lane] = total
                places[lane] = total * scale + 0.5
            count(places, used, histogram, t, o)
        for o in range(N_FLOWS, N_OUTCOMES):
            low, scale = lows[o], 1.0 / widths[o]
            for lane in range(used):
                places[lane] = (daily[t, o, lane] - low) * scale + 0.5
            count(places, used, histogram, t, o)


def count(places: Any, used: int, histogram: Any, t: int, o: int) -> None:
    """Count an outcome's values on a day.

    Args:
        places: How many bins each lies above the lower end of the first one.
        used: How many of them are real.
        histogram: Integers that are added to, shape (days, outcomes, `CELLS`).
        t: The day.
        o: The outcome.
    """
    rest = 0
    for lane in range(used):
        place = places[lane]
        places[lane] = place if place >= 0.0 and place < BINS else OUTSIDE + 0.5
    for lane in range(used):
        rest = rest + int((places[lane] - int(places[lane])) * PARTS + 0.5)
    for lane in range(used):
        histogram[t, o, int(places[lane])] += 1
    histogram[t, o, REST] += rest - used * HALF
