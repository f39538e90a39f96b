"""Reduces the days of a block of worlds to one number a run, and to bands over runs.

The loops are plain Python over arrays, so that the ensemble engine compiles them and a
machine without Numba runs them as they are.
"""

from typing import Any

import numpy as np

from drawdown.layout import BAND_WINDOW, FLOWS, OUTCOMES, SEVERITY_LENGTH, O
from drawdown.levels import MONTH
from drawdown.rules.reporting import daesh_attacks_a_month

LAST_YEAR = 365
HALF_YEAR = 182
LAST_LEVELS = 90
BINS = 128
N_FLOWS = len(FLOWS)
N_OUTCOMES = len(OUTCOMES)

RUN_OUTCOMES = (
    "tempo_foreign",
    "stop_60",
    "stop_120",
    "stop_180",
    "tempo_state",
    "tempo_first_half_year",
    *FLOWS,
    "us_troops_end",
    "nato",
    "authority",
    "pressure",
    "pressure_first_half_year",
    "us_support",
    "us_support_lowest",
    "isf_capacity",
    "daesh_index",
    "daesh_attacks",
    "iranian_influence",
    "minority_exposure",
    "days_until_exit",
    "request_made",
    "request_honoured",
)
"""One number a run, in this order."""

_FIRST_FLOW = RUN_OUTCOMES.index(FLOWS[0])
_TROOPS = RUN_OUTCOMES.index("us_troops_end")
_EXIT = RUN_OUTCOMES.index("days_until_exit")
UNKNOWN = float("nan")
"""No such day, or a run too short to tell."""

assert SEVERITY_LENGTH < BINS


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
    for lane in range(lanes):
        for o in range(N_FLOWS):
            total = 0.0
            for t in range(days):
                total = total + daily[t, o, lane]
            out[_FIRST_FLOW + o, lane] = total
        foreign, state, first, pressure_first = 0.0, 0.0, 0.0, 0.0
        since = days
        for t in range(days):
            attacks = daily[t, O.attacks_foreign, lane]
            if attacks > 0.0:
                since = days - 1 - t
            if t >= days - year:
                foreign = foreign + attacks
                state = state + daily[t, O.attacks_state, lane]
            if t < half:
                first = first + attacks
                pressure_first = pressure_first + daily[t, O.pressure, lane]
        out[0, lane] = foreign / year * MONTH
        for i in range(3):
            window = 60 * (i + 1)
            out[1 + i, lane] = UNKNOWN if days < window else 1.0 if since >= window else 0.0
        out[4, lane] = state / year * MONTH
        out[5, lane] = first / half * MONTH
        end = days - 1
        out[_TROOPS, lane] = daily[end, O.us_combat, lane] + daily[end, O.us_advisers, lane]
        row = _TROOPS + 1
        for o in (
            O.nato,
            O.authority,
            O.pressure,
            -1,
            O.us_support,
            -3,
            O.isf_capacity,
            O.daesh_index,
            -2,
            O.iranian_influence,
            O.minority_exposure,
        ):
            if o == -1:
                out[row, lane] = pressure_first / half
            elif o == -2:
                out[row, lane] = daesh_attacks_a_month(
                    out[row - 1, lane], daesh_attacks_per_index[lane]
                )
            elif o == -3:
                lowest = daily[0, O.us_support, lane]
                for t in range(days):
                    lowest = min(lowest, daily[t, O.us_support, lane])
                out[row, lane] = lowest
            else:
                total = 0.0
                for t in range(days - last, days):
                    total = total + daily[t, o, lane]
                out[row, lane] = total / last
            row += 1
        out[_EXIT, lane] = UNKNOWN
        for t in range(days):
            if daily[t, O.us_combat, lane] + daily[t, O.us_advisers, lane] < 1.0:
                out[_EXIT, lane] = t + 0.0
                break
        out[_EXIT + 1, lane] = 1.0 if requests[lane] >= 2.0 else 0.0
        out[_EXIT + 2, lane] = 1.0 if requests[lane] == 3.0 else 0.0


def count_into_bands(
    daily: Any, before: Any, used: int, lows: Any, widths: Any, histogram: Any
) -> None:
    """Add a block to ``histogram`` (days, outcomes, bins).

    Counts are taken over the last 30 days, the days ``before`` the first included, one bin
    a count; levels fall into bins of their range.

    Args:
        daily: Recorded days, shape (days, outcomes, lanes).
        before: Counts of the days before, shape (29, flows, lanes).
        used: How many lanes are real.
        lows: Lowest value of each outcome's bins.
        widths: Width of each outcome's bins.
        histogram: Integers that are added to.
    """
    days, back = daily.shape[0], before.shape[0]
    running = np.zeros((N_FLOWS, used))
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
                place = int(total * scale + 0.5)
                histogram[t, o, min(BINS - 1, max(0, place))] += 1
        for o in range(N_FLOWS, N_OUTCOMES):
            low, scale = lows[o], 1.0 / widths[o]
            for lane in range(used):
                place = int((daily[t, o, lane] - low) * scale + 0.5)
                histogram[t, o, min(BINS - 1, max(0, place))] += 1
