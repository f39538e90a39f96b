"""How a world stands before its first day."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from drawdown.declared.actors import cast
from drawdown.declared.columns import LONG_AGO, STATE_GROUPS, STATE_STARTS, STATES, P

Floats = NDArray[np.float64]


def first_state(nature: Floats) -> Floats:
    """Return the states of a cold start, shape (states, runs).

    Args:
        nature: Parameters, shape (parameters, runs).
    """
    people = cast()
    begins: dict[str, Any] = {
        "rejection": [f.rejection for f in people.factions],
        "hardening": [s.hardening for s in people.sites],
        "stance": [b.stance for b in people.blocs],
        "daesh": 1.0,
        "last_attack": LONG_AGO,
        "leak": -1.0,
        "nato": nature[P.initial_nato],
        "nato_resolve": 1.0,
        "us_support": nature[P.support_anchor],
        "posture_factor": 1.0,
        "posture_goal": 1.0,
        "strike_budget": 1.0,
        "authority": nature[P.initial_authority],
        "pressure": nature[P.initial_pressure],
        "last_vote": LONG_AGO,
        "capacity": nature[P.initial_isf_capacity],
        "us_soldiers": -1.0,
        "coalition": -1.0,
        "influence": nature[P.initial_influence],
    }
    state = np.zeros((STATES, nature.shape[1]))
    for name, length in STATE_GROUPS:
        value = begins.get(name, 0.0)
        if isinstance(value, list):
            value = np.array(value)[:, None]
        state[STATE_STARTS[name] : STATE_STARTS[name] + length] = value
    return state
