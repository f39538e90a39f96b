"""Quiet and violence: spells that end by themselves, orders that leak, truces with a deadline."""

from drawdown.rules.numbers import pow_

LONGEST = 5000.0
"""No spell is longer, in days."""


def spell_length(u: float, median: float, spread: float) -> int:
    """Return the days a spell lasts: log-logistic, so that a few are very long.

    Args:
        u: Draw.
        median: Its median, days.
        spread: How far spells differ: the logarithm of the odds of lasting grows with the
            logarithm of the days over it.
    """
    odds = max(u, 1e-9) / (1.0 - u)
    return int(min(LONGEST, max(1.0, median * pow_(odds, spread))))


def violence_length(u: float, violence_median: float, violence_spread: float) -> int:
    """Return the days a spell of violence lasts (record:regimes, ten spells)."""
    return spell_length(u, violence_median, violence_spread)


def left(u: float, lasted_days: float, median: float, spread: float) -> int:
    """Return the days left of a spell that has lasted some days already.

    Args:
        u: Draw.
        lasted_days: Days that it has lasted.
        median: Median of all such spells, days.
        spread: As `spell_length` has it.
    """
    odds = pow_(lasted_days / median, 1.0 / spread)
    ended = odds / (1.0 + odds)
    later = min(1.0 - 1e-9, ended + (1.0 - ended) * u)
    length = median * pow_(later / (1.0 - later), spread)
    return int(min(LONGEST, max(1.0, length - lasted_days)))


def violence_left(
    u: float, lasted_days: float, violence_median: float, violence_spread: float
) -> int:
    """Return the days left of a spell of violence that the record dates (record:regimes)."""
    return left(u, lasted_days, violence_median, violence_spread)


def quiet_left(u: float, lasted_days: float, quiet_median: float, quiet_spread: float) -> int:
    """Return the days left of a spell of quiet that the record dates (record:regimes)."""
    return left(u, lasted_days, quiet_median, quiet_spread)


def lasted(days: float, days_anew: float, spell_counted_anew: float) -> float:
    """Return the days that a dated spell has lasted, on the reading that holds.

    Args:
        days: Since it began.
        days_anew: Since a pause that may have been its end; 0 without one.
        spell_counted_anew: 1 where the pause was an end, 0 where it was not.
    """
    if days_anew > 0.0 and spell_counted_anew > 0.0:
        return days_anew
    return days


def own_quiet(dated: float, order_days_left: float) -> float:
    """Return 1 in a spell of quiet of the world's own, else 0.

    Args:
        dated: Above 0 where the record dates a spell of violence, below 0 one of quiet.
        order_days_left: Days that a quiet spell still lasts where it dates none.
    """
    if dated > 0.0:
        return 0.0
    return 1.0 if dated < 0.0 or order_days_left > 0.0 else 0.0


def quiet_length(u: float, quiet_median: float, quiet_spread: float) -> int:
    """Return the days a spell of quiet lasts (record:regimes, eleven spells; C35)."""
    return spell_length(u, quiet_median, quiet_spread)


def leak(u: float) -> float:
    """Return how far one quiet leaks, against what quiets leak on average.

    Quiets differ: of those since 2014 two left next to nothing and four a tenth to a quarter of
    the usual fire (record:regimes). The mean over many is 1; one in five lies below a tenth.
    """
    return 3.0 * u * u


def order_fails(u: float, order_failure: float) -> bool:
    """Return whether an order of restraint is not followed at all (30 March 2008, June 2021).

    Independent of strikes and of demand for them: tying it to either would give
    retaliation a hidden sign.
    """
    return u < order_failure


def commanded(order: float, refused: float) -> float:
    """Return 1 under a dated order that is not refused altogether, else 0.

    An order is not agreed, so it may fail at once, and each faction obeys it on its own
    (`motives.fire_left`); a truce is agreed, and binds its side as the world's motive has it.
    """
    return 1.0 if order > 0.0 and refused == 0.0 else 0.0


def campaign(imposed: float, held_back: float) -> float:
    """Return 1 in a dated campaign that no dated order or truce holds back, else 0.

    It lifts a world's own quiet and a truce for a promise while it runs, and ends neither.
    """
    return 1.0 if imposed > 0.0 and held_back == 0.0 else 0.0


def lifted(resting: float, campaign_now: float) -> float:
    """Return what a world's own quiet counts for: nothing while a dated campaign runs."""
    return 0.0 if campaign_now > 0.0 else resting


def quiet(one: float, other: float) -> float:
    """Return 1 where one or the other restraint holds, else 0."""
    return 1.0 if one > 0.0 or other > 0.0 else 0.0


def least_leak(own: float, own_leak: float, dated: float, dated_leak: float) -> float:
    """Return how far the tighter of two restraints leaks, 1 without any."""
    if own > 0.0 and dated > 0.0:
        return min(own_leak, dated_leak)
    if own > 0.0:
        return own_leak
    return dated_leak if dated > 0.0 else 1.0


def truce_opens(u: float, truce_chance: float) -> bool:
    """Return whether a promise opens a truce (June 2004, September 2011, October 2020)."""
    return u < truce_chance


def truce_days(u_holds: float, u_when: float, promised_days: float, truce_holds: float) -> int:
    """Return for how many days a truce holds: to its date, or to a breach before it."""
    if u_holds < truce_holds:
        return int(promised_days)
    return int(u_when * promised_days)


def truce_is_breached(u_holds: float, truce_holds: float) -> bool:
    """Return whether a truce ends before its date."""
    return u_holds >= truce_holds


def belief_days(u: float, promise_belief: float, promise_belief_spread: float) -> int:
    """Return for how many days a promise is believed while nothing is seen of it (C23)."""
    return spell_length(u, promise_belief, promise_belief_spread)


def share_gone(
    combat_then: float, combat_now: float, soldiers_then: float, soldiers_now: float
) -> float:
    """Return the part of the soldiers gone since a promise: of all, or of those who fight.

    Belief asks whether what was promised is being done; whether a change of name is enough is
    asked when the date has come (`promise_kept`).
    """
    combat = 1.0 - combat_now / combat_then if combat_then > 0.0 else 0.0
    soldiers = 1.0 - soldiers_now / soldiers_then if soldiers_then > 0.0 else 1.0
    return max(combat, soldiers)


def falls_behind(age: float, term: float, gone: float, promise_slack: float) -> bool:
    """Return whether a promise is behind its own date by more than a little.

    Args:
        age: Days since it was made.
        term: Days from then to its date.
        gone: From `share_gone`.
        promise_slack: Part of the way that it may be behind unnoticed.
    """
    due = min(1.0, age / max(1.0, term))
    return due - gone > promise_slack


def promise_kept(combat: float, others: float, label_counts: float) -> float:
    """Return how far a promise counts as kept at its date.

    Args:
        combat: US combat soldiers in the country.
        others: Advisers and other soldiers there.
        label_counts: What it counts for when the combat soldiers alone are gone.
    """
    if combat >= 1.0:
        return 0.0
    return label_counts if others >= 1.0 else 1.0


def truce_ends(u: float, kept: float, truce_closing: float) -> bool:
    """Return whether a truce ends today, its date being past (14 and 26 days in 2020-21)."""
    return u < truce_closing * (1.0 - kept)
