"""Why the militias attack foreigners: five rival readings of one equation.

The daily wish to attack is a product. Every reading keeps the factor for soldiers being there
at all; which further factors it has is the reading:

- *presence*: the wish follows the number of foreigners.
- *patron*: it follows what stands between Washington and Tehran.
- *domestic*: it is bargaining over office in Baghdad.
- *rivalry*: factions outbid each other, and each obeys on its own.
- *conjunction*: soldiers and no deal, moved by bargaining, with obedience by faction.

Sources: ``docs/motives.md`` (the literature and the regimes of 2003 to 2021).
"""

from drawdown.rules.numbers import clamp, exp_, pow_

PRESENCE, PATRON, DOMESTIC, RIVALRY, CONJUNCTION = 0.0, 1.0, 2.0, 3.0, 4.0
"""The readings, as a world's parameter ``motive`` has them."""

DEAL, TALKS, PRESSURE, WAR = 0, 1, 2, 3
"""What stands between Washington and Tehran."""

HEARD_DAYS = 9.0
"""Days over which factions remember what the others did (literature:A1, as excitation)."""

LOUDEST = 5.0
"""Most that the others' attacks count, against their usual tempo (judgement)."""


def follows_numbers(motive: float) -> float:
    """Return 1 where the wish follows the number of foreigners, else 0."""
    return 1.0 if motive == PRESENCE else 0.0


def heeds_washington(motive: float) -> float:
    """Return 1 where pressure, talks and war between Washington and Tehran move it, else 0."""
    return 1.0 if motive == PATRON else 0.0


def heeds_deal(motive: float) -> float:
    """Return 1 where a deal between Washington and Tehran ends it, else 0."""
    if motive == PATRON:
        return 1.0
    return 1.0 if motive == CONJUNCTION else 0.0


def bargains(motive: float) -> float:
    """Return 1 where it is bargaining over office, else 0."""
    if motive == DOMESTIC:
        return 1.0
    return 1.0 if motive == CONJUNCTION else 0.0


def outbids(motive: float) -> float:
    """Return 1 where factions outbid each other, else 0."""
    return 1.0 if motive == RIVALRY else 0.0


def obeys_apart(motive: float) -> float:
    """Return 1 where each faction obeys an order or a truce on its own, else 0."""
    if motive == RIVALRY:
        return 1.0
    return 1.0 if motive == CONJUNCTION else 0.0


def remaining(
    motive: float,
    diplomatic_motive: float,
    exit_patron: float,
    exit_domestic: float,
    exit_rivalry: float,
) -> float:
    """Return the wish that remains when only diplomats remain, 1 being that of July 2021.

    One case bears on it, 2012 to 2014; each reading has its own prior. Claims: C30, C34.
    """
    if motive == PATRON:
        return exit_patron
    if motive == DOMESTIC:
        return exit_domestic
    if motive == RIVALRY:
        return exit_rivalry
    return diplomatic_motive


def us_iran(
    state: int,
    washington: float,
    deal: float,
    deal_fire: float,
    talks_fire: float,
    war_fire: float,
) -> float:
    """Return the factor of what stands between Washington and Tehran; pressure is 1.

    Args:
        state: `DEAL`, `TALKS`, `PRESSURE` or `WAR`.
        washington: From `heeds_washington`.
        deal: From `heeds_deal`.
        deal_fire: Fire left under a deal.
        talks_fire: Fire in talks: calm (below 1) or leverage (above).
        war_fire: Fire in an open clash.
    """
    if state == DEAL:
        return 1.0 - deal * (1.0 - deal_fire)
    if state == TALKS:
        return 1.0 - washington * (1.0 - talks_fire)
    if state == WAR:
        return 1.0 - washington * (1.0 - war_fire)
    return 1.0


def bargaining(
    bargains_now: float,
    prime_minister: float,
    clock: float,
    formation: float,
    prime_minister_effect: float,
    clock_effect: float,
    formation_effect: float,
) -> float:
    """Return the factor of bargaining over office.

    Args:
        bargains_now: From `bargains`.
        prime_minister: -1 a friend of the militias, 1 hostile to them.
        clock: 1 in the weeks before a decision on the force, else 0 (SF18).
        formation: 1 while a government is being formed, else 0.
        prime_minister_effect: Logarithm of the rise under a hostile one.
        clock_effect: Logarithm of the rise before a decision.
        formation_effect: Logarithm of the rise during a formation.
    """
    total = prime_minister_effect * prime_minister
    total = total + clock_effect * clock + formation_effect * formation
    return exp_(bargains_now * clamp(total, -3.0, 3.0))


def bargaining_with_state(
    bargains_now: float, formation: float, formation_state_effect: float
) -> float:
    """Return the factor of bargaining on attacks on the Iraqi state and rivals."""
    return exp_(bargains_now * formation_state_effect * formation)


def next_heard(heard: float, others: float) -> float:
    """Return what a faction has heard of the others' attacks, a day, tomorrow."""
    return heard + (others - heard) / HEARD_DAYS


def outbidding(
    outbids_now: float, heard: float, attack_rate: float, share: float, outbidding_gain: float
) -> float:
    """Return the factor by which a faction answers the others' attacks; 1 at their usual tempo.

    Args:
        outbids_now: From `outbids`.
        heard: From `next_heard`.
        attack_rate: All factions' usual attacks a day.
        share: The others' share of the cells.
        outbidding_gain: Rise at the others' usual tempo, over none at all.
    """
    usual = attack_rate * share
    if usual <= 0.0:
        return 1.0
    gain = outbids_now * outbidding_gain
    return (1.0 + gain * min(LOUDEST, heard / usual)) / (1.0 + gain)


def spoiling(outbids_now: float, opening: float, spoiler_gain: float) -> float:
    """Return the factor of those who spoil others' dealings.

    Args:
        outbids_now: From `outbids`.
        opening: 1 for two months after talks open, a round is held or a concession made.
        spoiler_gain: Rise then (Conrad and Walsh 2014: the sign; the size is a judgement).
    """
    return 1.0 + outbids_now * spoiler_gain * opening


def numbers(
    relative: float, follows: float, presence_elasticity: float, response_ceiling: float
) -> float:
    """Return the factor of the number of foreigners: a power of it, 1 on 26 July 2021.

    Below 0 presence deters. What a large force does is bounded by what was seen in 2003 to
    2011. Claims: C24, C34.
    """
    return min(response_ceiling, pow_(relative, follows * presence_elasticity))


def fire_left(
    obeys: float,
    apart: float,
    leak: float,
    residual_fire: float,
    kind: int,
    obedience_kataib: float,
    obedience_asaib: float,
    obedience_facade: float,
) -> float:
    """Return a faction's fire under an order or a truce, 1 where it binds it not at all.

    Args:
        obeys: 1 on the Committee's side, else 0.
        apart: From `obeys_apart`: whether each obeys on its own.
        leak: How far this quiet leaks, against the mean (`patron.leak`).
        residual_fire: What all leave where they obey alike, on average.
        kind: Whose obedience it has: 0 the Kataib's, 1 the Asaib's, 2 the façade groups'.
        obedience_kataib: Share of the fire that those like Kataib Hezbollah hold on average.
        obedience_asaib: The same for Asaib Ahl al-Haq.
        obedience_facade: The same for the façade groups.
    """
    if obeys == 0.0:
        return 1.0
    own = obedience_kataib
    if kind == 1:
        own = obedience_asaib
    if kind == 2:
        own = obedience_facade
    return min(1.0, leak * (apart * (1.0 - own) + (1.0 - apart) * residual_fire))


def concession_factor(after: float, concession_fire: float) -> float:
    """Return the factor of two months after a concession: calming or emboldening (C22)."""
    return 1.0 + after * (concession_fire - 1.0)
