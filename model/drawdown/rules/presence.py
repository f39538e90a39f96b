"""The want and the can: how presence moves the militias, and what places they can reach."""

from drawdown.rules.motives import numbers
from drawdown.rules.numbers import pow_


def visible(
    combat: float,
    advisers: float,
    coalition: float,
    nato: float,
    adviser_visibility: float,
    nato_visibility: float,
) -> float:
    """Return foreign presence as the militias see it, in combat-soldier equivalents.

    Claims: C24, C16.
    """
    return combat + adviser_visibility * (advisers + coalition) + nato_visibility * nato


def response(
    visible_now: float,
    visible_reference: float,
    any_soldier_scale: float,
    follows: float,
    presence_elasticity: float,
    response_ceiling: float,
    left: float,
) -> float:
    """Return the militias' wish to attack foreigners, 1 on 26 July 2021.

    That soldiers are there at all is a threshold apart from their number; what remains when
    only diplomats remain decides whether the attacks stop. Claims: C24, C34, C01.

    Args:
        visible_now: From `visible`, today.
        visible_reference: The same on 26 July 2021.
        any_soldier_scale: Visible presence from which soldiers count as being there.
        follows: 1 where the wish follows numbers (`motives.follows_numbers`), else 0.
        presence_elasticity: Power of the number; below 0 presence deters.
        response_ceiling: Most that numbers do.
        left: From `motives.remaining`.
    """
    there = min(1.0, visible_now / any_soldier_scale)
    relative = max(visible_now, any_soldier_scale) / visible_reference
    wish = there * numbers(relative, follows, presence_elasticity, response_ceiling)
    return max(left, wish)


def among_targets(
    wish: float,
    visible_now: float,
    visible_reference: float,
    large_force: float,
    large_force_targets: float,
    response_ceiling: float,
) -> float:
    """Return the wish as far as there is something to attack: more where the force is large.

    A force far beyond any since 2014 patrols and drives in convoys, under every motive.

    Args:
        wish: From `response`.
        visible_now: From `visible`, today.
        visible_reference: The same on 26 July 2021.
        large_force: Visible presence, 1 that of July 2021, from which there is more to attack.
        large_force_targets: Power by which it grows beyond.
        response_ceiling: Most that numbers do.
    """
    beyond = max(1.0, visible_now / visible_reference / large_force)
    return min(max(wish, response_ceiling), wish * pow_(beyond, large_force_targets))


def site_opportunity(symbol: float, fading: float, nearness: float) -> float:
    """Return what one open site adds to the opportunity of a region's cells.

    Places count here, not people: people are already in the response, and counting them
    twice would square the effect of presence. Claims: C09.
    """
    return symbol * fading * nearness


def opportunity(places: float, scale: float, opportunity_weight: float) -> float:
    """Return the share of the declared start's opportunity that is open, at most 1.

    Args:
        places: Sum of `site_opportunity` over the open sites.
        scale: One over the same sum on 26 July 2021.
        opportunity_weight: 1 where open places bound the violence, 0 where they do not.
    """
    return 1.0 - opportunity_weight * (1.0 - min(1.0, places * scale))


def nearness(same_region: bool, reach: float) -> float:
    """Return the pull of a site: 1 in the cell's own region, ``reach`` elsewhere."""
    return 1.0 if same_region else reach


def without_soldiers(
    open_now: float, soldiers_there: float, soldiers_anywhere: float, soldier_free_pull: float
) -> float:
    """Return how much of a target a base without soldiers is while soldiers are elsewhere.

    Six of 24 attacks of February to June 2021 fell on Balad, where no soldier was.
    """
    if soldiers_there > 0.0 or soldiers_anywhere <= 0.0:
        return open_now
    return open_now * soldier_free_pull


def site_pull(
    symbol: float,
    people: float,
    fading: float,
    hardening: float,
    people_scale: float,
    hardening_avoidance: float,
) -> float:
    """Return a site's weight as a target: worth as a symbol, people there, protection.

    Claims: C01, C09.
    """
    worth = symbol + people / people_scale
    return worth * fading * (1.0 - hardening_avoidance * hardening)
