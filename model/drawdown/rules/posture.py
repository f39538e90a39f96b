"""Foreign soldiers: where they stand, how they move, whether they are seen to leave."""

from drawdown.rules.numbers import clamp


def planned_soldiers(fixed: float, residual_weight: float, residual_advisers: float) -> float:
    """Return the soldiers of a kind whom the plan foresees today.

    The plan may say ``residual`` for a level nobody has announced. Claims: C21.

    Args:
        fixed: Part of today's level that the scenario states as a number.
        residual_weight: Part of the way to the unannounced level, 0 to 1.
        residual_advisers: That level.
    """
    return fixed + residual_weight * residual_advisers


def next_posture_factor(factor: float, goal: float, posture_change_days: float) -> float:
    """Return the share of the planned soldiers who are there, one day on.

    A forced review (C06) or an honoured request to leave (C04) sets a lower goal.
    """
    return max(goal, factor - 1.0 / posture_change_days)


def leaving(
    announced_now: float,
    announced_later: float,
    factor: float,
    goal: float,
    posture_change_days: float,
    horizon: float,
) -> float:
    """Return the share of today's soldiers who are seen to leave within ``horizon`` days.

    Soldiers count, not roles: turning combat troops into advisers is not leaving (C24).
    Source: literature:A4 (SF15).
    """
    if announced_now <= 0.0 or factor <= 0.0:
        return 0.0
    factor_later = max(goal, factor - horizon / posture_change_days)
    if goal >= factor:
        factor_later = factor
    later = announced_later * factor_later
    return clamp(1.0 - later / (announced_now * factor), 0.0, 1.0)


def soldiers_at_site(
    combat: float,
    others: float,
    share: float,
    share_baghdad: float,
    baghdad_consulting: float,
) -> float:
    """Return soldiers at one base.

    Open bases share soldiers in proportion, so a base handed over sends its people to the
    rest (C09); part of the advisers and allies work in Baghdad, where the army is
    consulted (C18).

    Args:
        combat: US combat soldiers in the country.
        others: US advisers and other coalition soldiers.
        share: This base's part of all open bases' capacity.
        share_baghdad: Its part of the open Baghdad bases' capacity, 0 elsewhere.
        baghdad_consulting: Part of the others who must be in Baghdad.
    """
    spread = combat + others * (1.0 - baghdad_consulting)
    return spread * share + others * baghdad_consulting * share_baghdad


def consulting(baghdad_consulting: float, open_baghdad: float) -> float:
    """Return the part of advisers and allies who work in Baghdad: nobody where no base is open.

    They then stand with the rest, so that no soldier is lost (C18).

    Args:
        baghdad_consulting: That part while a base in Baghdad is open.
        open_baghdad: Capacity of the open bases in Baghdad.
    """
    return baghdad_consulting if open_baghdad > 0.0 else 0.0


def base_fade(people: float, fade_people: float) -> float:
    """Return how much of a target a base still is: a nearly empty one fades (C09)."""
    return min(1.0, people / fade_people)
