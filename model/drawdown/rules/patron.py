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


def campaign(imposed: float, quiet_now: float) -> float:
    """Return 1 in a dated campaign that no order or truce holds back, else 0.

    From its first evening on it also ends a spell of quiet and a truce for a promise; a dated
    order or truce it does not.
    """
    return 1.0 if imposed > 0.0 and quiet_now == 0.0 else 0.0


def quiet(order_days_left: float, imposed: float, truce: float, promised: float) -> float:
    """Return 1 under an order or a truce, else 0.

    Args:
        order_days_left: Days that a quiet spell still lasts.
        imposed: Above 0 under a dated order.
        truce: Above 0 under a dated truce.
        promised: Above 0 under a truce for a promise.
    """
    return 1.0 if order_days_left > 0.0 or imposed > 0.0 or truce > 0.0 or promised > 0.0 else 0.0


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
