"""Portable exponential, logarithm and power: ``+ - * /`` and square root alone.

The libraries of different machines round these functions differently; these give the
same bits everywhere. Relative error is below 1e-12 for arguments of the size used here
(``tests/rules/test_numbers.py``).
"""

from math import sqrt


def clamp(x: float, low: float, high: float) -> float:
    """Return ``x`` held between ``low`` and ``high``."""
    return min(max(x, low), high)


_EXP_EVEN = (1.0 / 40320.0, 1.0 / 720.0, 1.0 / 24.0, 0.5, 1.0)
_EXP_ODD = (1.0 / 5040.0, 1.0 / 120.0, 1.0 / 6.0, 1.0)
"""Coefficients of the exponential's series in even and odd powers, the highest first."""

_LOG_EVEN = tuple(1.0 / (4 * i + 1) for i in range(7, -1, -1))
_LOG_ODD = tuple(1.0 / (4 * i + 3) for i in range(7, -1, -1))
"""Coefficients of the logarithm's series, every other one, the highest first."""


def exp_(x: float) -> float:
    """Return e to the power ``x``, for ``|x|`` up to about 50."""
    # Scaled down by 2**10, a degree-8 series is exact to the last bits; ten squarings undo it.
    # Even and odd powers apart, a processor works on both at once.
    y = x / 1024.0
    square = y * y
    even = 0.0
    for i in range(5):
        even = even * square + _EXP_EVEN[i]
    odd = 0.0
    for i in range(4):
        odd = odd * square + _EXP_ODD[i]
    total = even + y * odd
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
    fourth = square * square
    even = 0.0
    for i in range(8):
        even = even * fourth + _LOG_EVEN[i]
    odd = 0.0
    for i in range(8):
        odd = odd * fourth + _LOG_ODD[i]
    return 64.0 * z * (even + square * odd)


def pow_(base: float, exponent: float) -> float:
    """Return ``base`` > 0 to the power ``exponent``."""
    return exp_(exponent * log_(base))


def fade(half_life: float) -> float:
    """Return the factor a day that halves a quantity in ``half_life`` days."""
    return exp_(-log_(2.0) / half_life)


def rounded(x: float) -> float:
    """Return the nearest whole number, halves to the even one, for ``|x|`` below 2**51."""
    return (x + _WHOLE) - _WHOLE


_WHOLE = 6755399441055744.0
"""Half as much again as 2 to the power 52: so large a number has no digits behind the point."""
