"""What Explore shows of many worlds: curves, quantiles, means with both intervals.

The loops are plain Python over arrays, lowered like the rules, so that a server and a page
work out the same digits. `estimate` and `ratio` are those of `questions.compare` for worlds
that all have a value; ``tests/test_page.py`` holds them equal to the last bit.
"""

from math import sqrt
from typing import Any

import numpy as np

from drawdown.declared.columns import OUTCOMES
from drawdown.rules.numbers import rounded

DAYS = 915
"""Days from a scenario's first that Explore plays: to the end of those that are there."""

WINDOW = 30
"""Days that a curve's counts are summed over."""

BEFORE = 180
"""Days of the shared past that a curve begins with."""

STEP = 7
WEEKS = len(range(WINDOW, BEFORE + DAYS, STEP))
"""Points of a curve."""

PEOPLE_WEEKS = len(range(0, DAYS, STEP))
COUNTED = ("attacks_foreign", "attacks_state")
PEOPLE = ("us_combat", "us_advisers", "nato")
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
LINES = len(QUANTILES)
FUTURES = (0.05, 0.95)
NORMAL_95 = 1.959963984540054
"""Half the 95 % interval of a mean, in standard errors."""

RUN = 128
"""Numbers that are summed side by side at most, as numpy does."""

_COUNTED = tuple(OUTCOMES.index(name) for name in COUNTED)
_PEOPLE = tuple(OUTCOMES.index(name) for name in PEOPLE)
_FUTURE_LOW, _FUTURE_HIGH = FUTURES


def tally(daily: Any, counts: Any) -> None:
    """Keep the counts of the last days, shape (kinds * days, lanes): as many as there is room."""
    days, kept = daily.shape[0], int(counts.shape[0] / 2)
    for k in range(2):
        for t in range(kept):
            for lane in range(daily.shape[2]):
                counts[k * kept + t, lane] = daily[days - kept + t, _COUNTED[k], lane]


def gather(daily: Any, people: Any) -> None:
    """Keep people once a week, shape (kinds * `PEOPLE_WEEKS`, lanes)."""
    for k in range(3):
        for week in range(PEOPLE_WEEKS):
            for lane in range(daily.shape[2]):
                people[k * PEOPLE_WEEKS + week, lane] = daily[week * STEP, _PEOPLE[k], lane]


def weekly(before: Any, counts: Any, sums: Any) -> None:
    """Fill the sums over the last 30 days, once a week, shape (kinds * `WEEKS`, worlds).

    Args:
        before: Counts of the last days of the past, shape (kinds * `BEFORE`, worlds).
        counts: Counts of the days, shape (kinds * `DAYS`, worlds).
        sums: Filled.
    """
    worlds = counts.shape[1]
    now = np.zeros((worlds,))
    for k in range(2):
        due = WINDOW
        week = k * WEEKS
        for world in range(worlds):
            now[world] = 0.0
        for t in range(BEFORE + DAYS):
            if t < BEFORE:
                for world in range(worlds):
                    now[world] = now[world] + before[k * BEFORE + t, world]
            else:
                for world in range(worlds):
                    now[world] = now[world] + counts[k * DAYS + t - BEFORE, world]
            gone = t - WINDOW
            if gone >= BEFORE:
                for world in range(worlds):
                    now[world] = now[world] - counts[k * DAYS + gone - BEFORE, world]
            elif gone >= 0:
                for world in range(worlds):
                    now[world] = now[world] - before[k * BEFORE + gone, world]
            if t == due:
                for world in range(worlds):
                    sums[week, world] = now[world]
                week = week + 1
                due = due + STEP


def sort(values: Any, count: int) -> None:
    """Sort the first numbers of an array, the lowest first."""
    if not is_sorted(values, count) and not sort_whole(values, count):
        sort_any(values, count)


def is_sorted(values: Any, count: int) -> bool:
    """Return whether the first numbers stand in order."""
    found = True
    for i in range(1, count):
        if values[i] < values[i - 1]:
            found = False
    return found


MOST_COUNTED = 256
"""Whole numbers below this are sorted by counting them."""


def sort_whole(values: Any, count: int) -> bool:
    """Sort small whole numbers by counting; return whether they all were."""
    often = np.zeros((MOST_COUNTED,))
    for i in range(count):
        value = values[i]
        if value < 0.0 or value >= MOST_COUNTED or value != float(int(value)):
            return False
        often[int(value)] = often[int(value)] + 1.0
    place = 0
    for value_of in range(MOST_COUNTED):
        for _ in range(int(often[value_of])):
            values[place] = float(value_of)
            place = place + 1
    return True


def sort_any(values: Any, count: int) -> None:
    """Sort the first numbers of an array."""
    gap = 1
    while gap < count:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, count):
            value = values[i]
            place = i
            while place >= gap and values[max(place - gap, 0)] > value:
                values[place] = values[place - gap]
                place = place - gap
            values[place] = value
        gap = int((gap - 1) / 3)


def quantile(ordered: Any, count: int, level: float) -> float:
    """Return a quantile of sorted numbers, with a straight line between neighbours."""
    at = level * (count - 1)
    low = int(at)
    high = min(low + 1, count - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (at - low))


def smooth(row: Any, weeks: int, week: int) -> float:
    """Return the mean of four neighbouring weeks, to two digits."""
    last = weeks - 1
    four = row[max(week - 2, 0)] + row[max(week - 1, 0)] + row[week] + row[min(week + 1, last)]
    return rounded(four / 4.0 * 100.0) / 100.0


def fan(sums: Any, first: int, found: Any) -> None:
    """Fill quantiles of worlds by week and then their mean, smoothed, shape (`LINES` + 1, `WEEKS`).

    Args:
        sums: From `weekly`.
        first: Its row to begin with.
        found: Filled.
    """
    worlds = sums.shape[1]
    scratch = np.zeros((worlds,))
    rough = np.zeros((LINES + 1, WEEKS))
    row = np.zeros((WEEKS,))
    for week in range(WEEKS):
        for i in range(worlds):
            scratch[i] = sums[first + week, i]
            rough[LINES, week] = rough[LINES, week] + scratch[i] / worlds
        sort(scratch, worlds)
        for q in range(LINES):
            rough[q, week] = quantile(scratch, worlds, QUANTILES[q])
    for q in range(LINES + 1):
        for week in range(WEEKS):
            row[week] = rough[q, week]
        for week in range(WEEKS):
            found[q, week] = smooth(row, WEEKS, week)


def medians(people: Any, found: Any) -> None:
    """Fill the median of worlds in every row of ``people``, to whole people."""
    worlds = people.shape[1]
    scratch = np.zeros((worlds,))
    for row in range(people.shape[0]):
        for i in range(worlds):
            scratch[i] = people[row, i]
        sort(scratch, worlds)
        low, high = int((worlds - 1) / 2), int(worlds / 2)
        found[row] = rounded((scratch[low] + scratch[high]) / 2.0)


def run_sum(values: Any, first: int, count: int) -> float:
    """Return the sum of up to `RUN` numbers in numpy's order."""
    found = 0.0
    done = 0
    if count >= 8:
        parts = np.zeros((8,))
        for i in range(8):
            parts[i] = values[first + i]
        done = 8
        while done + 8 <= count:
            for i in range(8):
                parts[i] = parts[i] + values[first + done + i]
            done = done + 8
        found = (parts[0] + parts[1]) + (parts[2] + parts[3])
        found = found + ((parts[4] + parts[5]) + (parts[6] + parts[7]))
    for i in range(done, count):
        found = found + values[first + i]
    return found


def total(values: Any, count: int) -> float:
    """Return the sum of up to twice `RUN` numbers, as numpy sums them."""
    if count <= RUN:
        return run_sum(values, 0, count)
    half = 8 * int(int(count / 2) / 8)
    return run_sum(values, 0, half) + run_sum(values, half, count - half)


def mean(values: Any, count: int) -> float:
    """Return the mean of up to twice `RUN` numbers."""
    return total(values, count) / count


def spread(values: Any, count: int, middle: float) -> float:
    """Return the standard deviation around a mean."""
    squares = np.zeros((count,))
    for i in range(count):
        away = values[i] - middle
        squares[i] = away * away
    return sqrt(total(squares, count) / (count - 1))


def between(ordered: Any, count: int, level: float) -> float:
    """Return a quantile of sorted numbers as ``numpy.quantile`` works it out."""
    at = (count - 1) * level
    low = int(at)
    high = min(low + 1, count - 1)
    part = at - low
    step = ordered[high] - ordered[low]
    if part >= 0.5:
        return float(ordered[high] - step * (1.0 - part))
    return float(ordered[low] + step * part)


def estimate(values: Any, base: Any, found: Any) -> None:
    """Fill a difference between paired worlds: mean, low, high, future low and high."""
    count = values.shape[0]
    less = np.zeros((count,))
    for i in range(count):
        less[i] = values[i] - base[i]
    middle = mean(less, count)
    half = NORMAL_95 * spread(less, count, middle) / sqrt(count)
    found[0] = middle
    found[1] = middle - half
    found[2] = middle + half
    sort(less, count)
    found[3] = between(less, count, _FUTURE_LOW)
    found[4] = between(less, count, _FUTURE_HIGH)


def ratio(values: Any, base: Any, found: Any) -> None:
    """Fill a ratio of means over paired worlds: mean, low, high, future low and high."""
    count = values.shape[0]
    under = mean(base, count)
    if under == 0.0:
        for i in range(5):
            found[i] = UNKNOWN
    else:
        over = mean(values, count) / under
        rest = np.zeros((count,))
        for i in range(count):
            rest[i] = values[i] - over * base[i]
        half = NORMAL_95 * spread(rest, count, mean(rest, count)) / sqrt(count) / under
        found[0] = over
        found[1] = over - half
        found[2] = over + half
        there = 0
        for i in range(count):
            if base[i] > 0.0:
                rest[there] = values[i] / base[i]
                there = there + 1
        sort(rest, there)
        found[3] = between(rest, there, _FUTURE_LOW)
        found[4] = between(rest, there, _FUTURE_HIGH)


UNKNOWN = float("nan")


def in_the_middle(values: Any) -> int:
    """Return which world is in the middle of all, the first of equals first."""
    count = values.shape[0]
    found = 0
    for i in range(count):
        rank = 0
        for j in range(count):
            if values[j] < values[i] or (values[j] == values[i] and j < i):
                rank = rank + 1
        if rank == int(count / 2):
            found = i
    return found
