"""Keyed random numbers: a draw is a function of who decides what on which day.

``u = uniform(day_key(run_key(seed, replication), day), agent, decision)``. Nothing else
enters, so two scenarios with one seed live the same luck, one more agent leaves the others'
draws alone, and results do not depend on processes, threads or order.

The generator is splitmix64. The functions work on Python integers; the ensemble engine
compiles `mix` from the same constants (`drawdown.day.lowering`), and known answers pin both.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

MASK: Final = 0xFFFFFFFFFFFFFFFF
GOLDEN: Final = 0x9E3779B97F4A7C15
MULTIPLIER_1: Final = 0xBF58476D1CE4E5B9
MULTIPLIER_2: Final = 0x94D049BB133111EB
DECISIONS_PER_AGENT: Final = 64
"""Room for decisions: an agent's draws lie this far apart."""

UNIT: Final = 2.0**-53

# Agents that decide. Cells have numbers from 100 (`actors.cell_agent_numbers`).
UNITED_STATES: Final = 4000
PARLIAMENT: Final = 4001
PATRON: Final = 4002
OBSERVER: Final = 4003
FIRST_BLOC: Final = 3000
FIRST_PARAMETER: Final = 1 << 20

# Decisions of a cell.
ACT: Final = 0
SITE: Final = 1
WEAPON: Final = 2
HARM: Final = 3
NUMBER: Final = 4
VICTIM: Final = 5
IRAQIS: Final = 6
IRAQI_NUMBER: Final = 7
NAMED: Final = 8
# Decisions of the United States.
STRIKE: Final = 0
ATTRIBUTION: Final = 1
OTHER_GROUP: Final = 2
STRIKE_NUMBER: Final = 3
# Decisions of parliament and its blocs.
CALL: Final = 0
VOTE: Final = 1
FORMATION: Final = 2
# Decisions of the patron.
ORDER: Final = 0
LENGTH: Final = 1
CAMPAIGN_LENGTH: Final = 3
PROMISE: Final = 4
HOLDS: Final = 5
BREACH: Final = 6
CLOSES: Final = 7
LEAK: Final = 8
DATED_LEAK: Final = 9
DATED_ORDER: Final = 10
BELIEF: Final = 11
# What an observer happens to see.
CONVOY_1: Final = 0
CONVOY_2: Final = 1
CONVOY_1_NAMED: Final = 2
CONVOY_2_NAMED: Final = 3


def mix_all(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return `mix` of many integers at once; unsigned arrays wrap as the mask does."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(MULTIPLIER_1)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(MULTIPLIER_2)
    return z ^ (z >> np.uint64(31))


def uniforms(
    seed: int, replications: NDArray[np.int64], day: int, agent: int, decision: int
) -> NDArray[np.float64]:
    """Return `uniform` for one decision of one agent in many replications."""
    start = np.uint64(mix((seed + GOLDEN) & MASK))
    golden = np.uint64(GOLDEN)
    runs = mix_all(start + (replications.astype(np.uint64) + np.uint64(1)) * golden)
    days = mix_all(runs + np.uint64(((day + 1) * GOLDEN) & MASK))
    add = np.uint64(((agent * DECISIONS_PER_AGENT + decision + 1) * GOLDEN) & MASK)
    return (mix_all(days + add) >> np.uint64(11)).astype(np.float64) * UNIT


def mix(z: int) -> int:
    """Return the splitmix64 finaliser of a 64-bit integer."""
    z = ((z ^ (z >> 30)) * MULTIPLIER_1) & MASK
    z = ((z ^ (z >> 27)) * MULTIPLIER_2) & MASK
    return z ^ (z >> 31)


def run_key(seed: int, replication: int) -> int:
    """Return the key of one replication under one seed."""
    return mix((mix((seed + GOLDEN) & MASK) + (replication + 1) * GOLDEN) & MASK)


def day_key(run: int, day: int) -> int:
    """Return the key of one calendar day (``date.toordinal()``) of a replication."""
    return mix((run + (day + 1) * GOLDEN) & MASK)


def uniform(day: int, agent: int, decision: int) -> float:
    """Return a number in [0, 1) for one decision of one agent.

    Args:
        day: From `day_key`.
        agent: The agent's number.
        decision: One of the constants above, less than 64.
    """
    return (mix((day + (agent * DECISIONS_PER_AGENT + decision + 1) * GOLDEN) & MASK) >> 11) * UNIT
