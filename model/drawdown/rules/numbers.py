"""Portable exponential, logarithm and power: ``+ - * /`` and square root alone.

The libraries of different machines round these functions differently; these give the
same bits everywhere. Relative error is below 1e-12 for arguments of the size used here
(``tests/rules/test_numbers.py``).
"""

from math import sqrt


def clamp(x: float, low: float, high: float) -> float:
    """Return ``x`` held between ``low`` and ``high``."""
    return min(max(x, low), high)


def exp_(x: float) -> float:
    """Return e to the power ``x``, for ``|x|`` up to about 50."""
    # Scaled down by 2**10, a degree-9 series is exact to the last bits; ten squarings undo it.
    y = x / 1024.0
    term = 1.0
    total = 1.0
    for i in range(1, 10):
        term = term * y / i
        total = total + term
    for _ in range(10):
        total = total * total
    return total


def log_(x: float) -> float:
    """Return the natural logarithm of ``x`` > 0."""
    # Five square roots bring any sensible x close to 1, where the series converges fast.
    y = x
    for _ in range(5):
        y = sqrt(y)
    return from_roots(y)


def from_roots(y: float) -> float:
    """Return the natural logarithm of the 32nd power of ``y``, which is near 1."""
    z = (y - 1.0) / (y + 1.0)
    square = z * z
    term = z
    total = 0.0
    for i in range(40):
        total = total + term / (2 * i + 1)
        term = term * square
    return 64.0 * total


def pow_(base: float, exponent: float) -> float:
    """Return ``base`` > 0 to the power ``exponent``."""
    return exp_(exponent * log_(base))


def fade(half_life: float) -> float:
    """Return the factor a day that halves a quantity in ``half_life`` days."""
    return exp_(-log_(2.0) / half_life)


def rounded(x: float) -> float:
    """Return the nearest whole number, halves to the even one, for ``|x|`` below 2**51."""
    return (x + _WHOLE) - _WHOLE


_WHOLE = 1.5 * 2.0**52
"""Numbers this large have no digits behind the point."""
