"""What is worked out once at the start of a run from its parameters."""

from drawdown.rules.numbers import clamp, fade, pow_

STRIKE_WINDOW = 30
"""Days over which the literature states the effect of a strike (SF8)."""


def tempo_per_rejection(attack_rate: float, weight: float) -> float:
    """Return the daily hazard of one cell with rejection 1, before anything moves it.

    Args:
        attack_rate: Attacks a day of all cells on the Committee's side together.
        weight: Sum of rejection over those cells; spreads the tempo, so that the number of
            cells sets the grain and nothing else.
    """
    return attack_rate / weight


def strike_dose(strike_rate_ratio: float, strike_half_life: float) -> float:
    """Return the first-day dose whose mean over 30 days is ``|strike_rate_ratio - 1|``.

    The rate ratio is the rival structure: below 1 a strike deters, at 1 it does nothing,
    above 1 it provokes. Claims: C03. Source: literature:A3 (SF8).
    """
    factor = fade(strike_half_life)
    level = 1.0
    total = 0.0
    for _ in range(STRIKE_WINDOW):
        total = total + level
        level = level * factor
    size = strike_rate_ratio - 1.0
    if size < 0.0:
        size = -size
    return size * STRIKE_WINDOW / total


def severity_weight(number: int, severity_exponent: float) -> float:
    """Return the unnormalised probability that a fatal incident kills ``number``.

    A power law cut at the table's length. Source: literature:A6 (SF13).
    """
    return pow_(number * 1.0, -severity_exponent)


def opportunity_scale(reference: float) -> float:
    """Return what turns a sum of open places into a share of the declared start's."""
    return 1.0 / reference


def quantile_uniform(u: float, low: float, high: float) -> float:
    """Return the ``u`` quantile of a uniform prior."""
    return low + u * (high - low)


def quantile_loguniform(u: float, low: float, high: float) -> float:
    """Return the ``u`` quantile of a log-uniform prior."""
    return clamp(low * pow_(high / low, u), low, high)
