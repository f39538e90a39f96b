"""What a page needs to begin worlds: parameters, first states, chosen values, in lanes.

The loops are plain Python over arrays, lowered like the rules. `parameters.draw` draws the
same for many worlds at once; ``tests/test_page.py`` holds both equal.
"""

from typing import Any

from drawdown.declared import luck
from drawdown.declared.parameters import GOLDEN_SECTION
from drawdown.declared.quantiles import quantile
from drawdown.rules.numbers import clamp


def share(day: int, add: int) -> float:
    """Return `luck.uniform` of an agent's decision whose place in the sequence is ``add``."""
    return (luck.mix((day + add) & luck.MASK) >> 11) * luck.UNIT


def draw(
    seed: int,
    replications: Any,
    kinds: Any,
    numbers: Any,
    adds: Any,
    motive: float,
    motive_row: int,
    ends: Any,
    stored: Any,
    stored_rows: Any,
    stored_add: int,
    p: Any,
) -> None:
    """Fill ``p`` (parameters, lanes) as `parameters.draw` does from the posterior.

    Args:
        seed: Seed of draws and luck.
        replications: Number of the world in each lane.
        kinds: Kind of each parameter's prior, as `quantiles.quantile` knows it.
        numbers: Numbers of each prior, shape (parameters, `quantiles.NUMBERS`).
        adds: Place of each parameter's draw in the sequence of a day.
        motive: The motive of all worlds, or below 0: each draws its own.
        motive_row: Row of the motive.
        ends: Shares of the motives, summed up.
        stored: The posterior, shape (motives, draws, parameters); missing where a parameter
            was not calibrated under a motive.
        stored_rows: Rows of its parameters.
        stored_add: Place of the draw that chooses its row.
        p: Filled.
    """
    draws = stored.shape[1]
    begins = share(luck.day_key(luck.run_key(seed, 0), 0), adds[motive_row])
    for lane in range(p.shape[1]):
        day = luck.day_key(luck.run_key(seed, replications[lane]), 0)
        for row in range(p.shape[0]):
            p[row, lane] = quantile(
                kinds[row],
                numbers[row, 0],
                numbers[row, 1],
                numbers[row, 2],
                numbers[row, 3],
                numbers[row, 4],
                numbers[row, 5],
                share(day, adds[row]),
            )
        which = motive
        if motive < 0.0:
            spread = replications[lane] * GOLDEN_SECTION + begins
            spread = spread - float(int(spread))
            which = 0.0
            for i in range(ends.shape[0] - 1):
                if ends[i] <= spread:
                    which = which + 1.0
        p[motive_row, lane] = which
        index = min(int(share(day, stored_add) * draws), draws - 1)
        for k in range(stored_rows.shape[0]):
            value = stored[int(which), index, k]
            if value == value:
                p[stored_rows[k], lane] = value


def hold(p: Any, row: int, value: float, scale: float, low: float, high: float) -> None:
    """Replace a parameter in all lanes by a value, or by itself times a factor above 0."""
    for lane in range(p.shape[1]):
        if scale > 0.0:
            p[row, lane] = clamp(p[row, lane] * scale, low, high)
        else:
            p[row, lane] = value


def begin(s: Any, p: Any, constants: Any, sources: Any) -> None:
    """Fill ``s`` (states, lanes) with a cold start.

    Args:
        s: Filled.
        p: Parameters, shape (parameters, lanes).
        constants: What each row begins with.
        sources: The parameter that it begins with instead, or below 0.
    """
    for row in range(s.shape[0]):
        for lane in range(s.shape[1]):
            if sources[row] < 0:
                s[row, lane] = constants[row]
            else:
                s[row, lane] = p[sources[row], lane]
