"""The patron (Iran): orders of restraint and campaigns that begin and end."""


def order_begins(u: float, restraint_onset: float) -> bool:
    """Return whether an order of restraint begins today (C35, SF17).

    Independent of strikes and of demand for them: tying it to either would give
    retaliation a hidden sign.
    """
    return u < restraint_onset


def order_length(u: float, restraint_dwell: float, restraint_minimum: float) -> int:
    """Return the days an order lasts: evenly spread around the mean, at least the minimum."""
    spread = max(0.0, restraint_dwell - restraint_minimum)
    return int(restraint_minimum + u * 2.0 * spread)


def campaign_begins(u: float, campaign_onset: float) -> bool:
    """Return whether a campaign begins today: the mirror of an order of restraint.

    The background of such attacks moves slowly, with the patron's intent, beside what
    attacks set off themselves. Independent of strikes, for the reason given above.
    Source: literature:A1 (Mohler 2013), A9 (tense and surge regimes); record (August and
    September 2020).
    """
    return u < campaign_onset


def campaign_length(u: float, campaign_dwell: float, campaign_minimum: float) -> int:
    """Return the days a campaign lasts: evenly spread around the mean, at least the minimum."""
    spread = max(0.0, campaign_dwell - campaign_minimum)
    return int(campaign_minimum + u * 2.0 * spread)


def campaign(campaign_days_left: float, imposed: float, quiet_now: float) -> float:
    """Return 1 in a campaign that no order or truce holds back, else 0."""
    if quiet_now > 0.0:
        return 0.0
    return 1.0 if campaign_days_left > 0.0 or imposed > 0.0 else 0.0


def quiet(order_days_left: float, imposed: float, truce: float) -> float:
    """Return 1 under an order or a truce, else 0."""
    return 1.0 if order_days_left > 0.0 or imposed > 0.0 or truce > 0.0 else 0.0
