"""What the article assumes: Iranian influence and the exposure of minorities.

Both indices return the weights put into them. They are shown in a panel of their own.
"""

from drawdown.rules.numbers import clamp


def militia_freedom(policing: float, authority: float) -> float:
    """Return how freely the militias act, 0 to 1."""
    return 1.0 - min(1.0, 2.0 * policing * authority)


def next_influence(
    influence: float,
    authority: float,
    freedom: float,
    us: float,
    nato: float,
    influence_presence_weight: float,
    influence_from_authority: float,
    influence_from_freedom: float,
    influence_memory: float,
    authority_anchor: float,
    freedom_reference: float,
    reference_combat: float,
    reference_advisers: float,
    reference_nato: float,
) -> float:
    """Return Iranian influence tomorrow, 0.5 at the start (C29)."""
    present = (us + 0.5 * nato) / (reference_combat + reference_advisers + 0.5 * reference_nato)
    target = (
        0.5
        + influence_from_authority * (authority_anchor - authority)
        + influence_from_freedom * (freedom - freedom_reference)
        + influence_presence_weight * (1.0 - min(1.2, present))
    )
    return influence + (clamp(target, 0.0, 1.0) - influence) / influence_memory


def protection(
    north_garrison: float,
    capacity: float,
    minority_protection: float,
    north_reference: float,
    capacity_reference: float,
) -> float:
    """Return the factor that protection leaves of the minorities' exposure, 1 at the start.

    Args:
        north_garrison: Foreign soldiers at the Erbil base.
        capacity: The Iraqi forces'.
        minority_protection: Part of the exposure that full protection takes away (C32).
        north_reference: The Erbil garrison on 26 July 2021.
        capacity_reference: Capacity on that day.
    """
    garrison = 0.5 * min(1.2, north_garrison / north_reference)
    forces = 0.5 * min(1.2, capacity / capacity_reference)
    return (1.0 - minority_protection * (garrison + forces)) / (1.0 - minority_protection)
