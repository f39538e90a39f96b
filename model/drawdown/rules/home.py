"""Politics in the United States: support for the presence, and the review it may force."""

from drawdown.rules.numbers import clamp

LOG10_E = 0.4342944819032518
"""Turns points for each tenfold rise into a slope in the natural logarithm."""


def casualty_cost(
    dead: float, dead_so_far: float, casualty_slope: float, casualty_offset: float
) -> float:
    """Return points of support lost to today's US dead (C28).

    The slope of a logarithm, so that early losses weigh most. Source: literature:A5 (SF20).
    """
    return LOG10_E * casualty_slope * dead / (casualty_offset + dead_so_far)


def strike_cost(
    nato: float,
    us: float,
    strike_support_cost: float,
    burden_sharing: float,
    burden_scale: float,
) -> float:
    """Return points of support one strike costs at home (C33).

    Allies who share the burden lower it (C16).

    Args:
        nato: NATO personnel.
        us: US soldiers.
        strike_support_cost: Points a strike costs the United States alone.
        burden_sharing: Part of it that allies can take.
        burden_scale: How fast that part is reached as NATO's share grows.
    """
    share = nato / max(1.0, nato + us)
    return strike_support_cost * (1.0 - burden_sharing * min(1.0, burden_scale * share))


def next_support(
    support: float,
    lost: float,
    attacks: float,
    attack_support_cost: float,
    support_anchor: float,
    support_recovery: float,
) -> float:
    """Return support after a day, in points of 100.

    Args:
        support: Today's.
        lost: Points lost to casualties and strikes.
        attacks: Attacks on foreign sites today (C06).
        attack_support_cost: Points each costs.
        support_anchor: Where support returns.
        support_recovery: Days it takes.
    """
    value = support + (support_anchor - support) / support_recovery
    return clamp(value - lost - attack_support_cost * attacks, 0.0, 100.0)


def posture_goal(goal: float, support: float, review_floor: float, review_level: float) -> float:
    """Return the share of the planned force to keep: low support forces a review (C06)."""
    return min(goal, review_level) if support < review_floor else goal
