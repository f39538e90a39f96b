"""How attacks come to be counted: two named definitions (C05, SF19).

*Press-all* adds roadside bombs on supply convoys to the attacks on facilities and bases;
they hit Iraqi drivers, draw no strike and move no state, so they exist only here.
*Official-minimum* is the part of all that an official count names.
"""


def convoy_rate(
    attack_rate: float,
    quiet: float,
    leak: float,
    response: float,
    convoy_ratio: float,
    convoy_response_cap: float,
    residual_fire: float,
) -> float:
    """Return expected roadside bombs on convoys today (SF1, SF2)."""
    restrained = 1.0 - quiet * (1.0 - min(1.0, leak * residual_fire))
    return convoy_ratio * attack_rate * restrained * min(convoy_response_cap, response)


def convoy_bomb(u: float, rate: float) -> bool:
    """Return whether one of the day's two possible bombs goes off."""
    return u < min(1.0, rate * 0.5)


def officially_named(u: float, official_share: float) -> bool:
    """Return whether an official minimum count names an attack."""
    return u < official_share


def daesh_attacks_a_month(index: float, daesh_attacks_per_index: float) -> float:
    """Return attacks a month that a specialist count would give at an index of 100."""
    return index / 100.0 * daesh_attacks_per_index
