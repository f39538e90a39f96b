"""How a world stands before its first day."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drawdown.declared.actors import cast
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import LONG_AGO, STATE_GROUPS, STATE_STARTS, STATES, P


def first_state(nature: Floats) -> Floats:
    """Return the states of a cold start, shape (states, runs).

    Args:
        nature: Parameters, shape (parameters, runs).
    """
    constants, sources = table()
    state = np.repeat(constants[:, None], nature.shape[1], axis=1)
    drawn = sources >= 0
    state[drawn] = nature[sources[drawn]]
    return state


@cache
def table() -> tuple[Floats, NDArray[np.int32]]:
    """Return what each row of a state begins with: a number, or the parameter of a row.

    Returns:
        Numbers, and rows of parameters, below 0 where it is the number.
    """
    people = cast()
    begins: dict[str, Any] = {
        "rejection": [f.rejection for f in people.factions],
        "hardening": [s.hardening for s in people.sites],
        "stance": [b.stance for b in people.blocs],
        "daesh": 1.0,
        "last_attack": LONG_AGO,
        "leak": -1.0,
        "dated_leak": -1.0,
        "nato_resolve": 1.0,
        "posture_factor": 1.0,
        "posture_goal": 1.0,
        "strike_budget": 1.0,
        "last_vote": LONG_AGO,
        "us_soldiers": -1.0,
        "coalition": -1.0,
    }
    drawn = {
        "nato": P.initial_nato,
        "us_support": P.support_anchor,
        "authority": P.initial_authority,
        "pressure": P.initial_pressure,
        "capacity": P.initial_isf_capacity,
        "influence": P.initial_influence,
    }
    constants, sources = np.zeros(STATES), np.full(STATES, -1, np.int32)
    for name, length in STATE_GROUPS:
        rows = slice(STATE_STARTS[name], STATE_STARTS[name] + length)
        constants[rows] = begins.get(name, 0.0)
        sources[rows] = drawn.get(name, -1)
    return constants, sources
