"""The patron (Iran): an order of restraint that begins and ends."""


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


def quiet(order_days_left: float, imposed: float, truce: float) -> float:
    """Return 1 under an order or a truce, else 0."""
    return 1.0 if order_days_left > 0.0 or imposed > 0.0 or truce > 0.0 else 0.0
