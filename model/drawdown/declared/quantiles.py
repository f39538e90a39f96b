"""Quantiles of priors: ``+ - * /`` and square root alone, so that every engine draws the same.

The functions take a number or an array of numbers and have no branches: the same text draws
parameters in Python (`drawdown.declared.parameters`) and, lowered, in a page. Beta and normal
quantiles are within 1e-9 of scipy's for counts from 0.5 (``tests/test_quantiles.py``).
"""

from math import lgamma
from typing import Any

import numpy as np

from drawdown.rules.numbers import clamp, exp_, from_roots
from drawdown.rules.setup import quantile_loguniform, quantile_uniform

FIXED, UNIFORM, LOGUNIFORM, BETA, NORMAL, LOGNORMAL = range(6)
"""Kinds of priors, as `quantile` knows them."""

NUMBERS = 6
"""How many numbers describe a prior."""

STEPS = 7
"""Steps towards a beta quantile; each doubles the digits that are right."""

DEPTH = 14
"""Pairs of terms of the continued fraction."""

# Coefficients: Wichura, Algorithm AS 241 (1988), PPND16; first the middle's, then the tails',
# the lowest power first.
_OVER = (
    3.3871328727963666080e0,
    1.3314166789178437745e2,
    1.9715909503065514427e3,
    1.3731693765509461125e4,
    4.5921953931549871457e4,
    6.7265770927008700853e4,
    3.3430575583588128105e4,
    2.5090809287301226727e3,
    1.42343711074968357734e0,
    4.63033784615654529590e0,
    5.76949722146069140550e0,
    3.64784832476320460504e0,
    1.27045825245236838258e0,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4,
)
_UNDER = (
    1.0,
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3,
    1.0,
    2.05319162663775882187e0,
    1.67638483018380384940e0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
)


def log_of(x: Any) -> Any:
    """Return the natural logarithm, as `numbers.log_` does, of one number or many."""
    y = x
    for _ in range(5):
        y = np.sqrt(y)
    return from_roots(y)


_MIDDLE, _TAIL = 0, 8
"""Where the coefficients of each part begin."""


def _part(x: Any, first: int) -> Any:
    over = 0.0
    under = 0.0
    for i in range(8):
        over = over * x + _OVER[first + 7 - i]
        under = under * x + _UNDER[first + 7 - i]
    return over / under


def normal(u: Any) -> Any:
    """Return the ``u`` quantile of the standard normal distribution, for u from 1e-10 on."""
    away = u - 0.5
    near = 1.0 * (abs(away) <= 0.425)
    middle = away * _part(0.180625 - away * away, _MIDDLE)
    side = 1.0 - 2.0 * (away < 0.0)
    tail = side * _part(np.sqrt(-log_of(0.5 - abs(away))) - 1.6, _TAIL)
    return near * middle + (1.0 - near) * tail


def log_beta(a: float, b: float) -> float:
    """Return the logarithm of the beta function, to ten digits on every machine."""
    return round(lgamma(a) + lgamma(b) - lgamma(a + b), 10)


def beta(u: Any, a: float, b: float, constant: float) -> Any:
    """Return the ``u`` quantile of a beta distribution.

    Newton's steps on the logarithms of share and value, from the end that is nearer: there
    the curve is nearly straight.

    Args:
        u: Share below, one number or many.
        a: First count.
        b: Second count.
        constant: From `log_beta`.
    """
    turned = 1.0 * (u > 0.5)
    first = a + turned * (b - a)
    second = b + turned * (a - b)
    sought = log_of(u + turned * (1.0 - 2.0 * u))
    at = (sought + log_of(first) + constant) / first
    mean = log_of(first / (first + second))
    at = at + 1.0 * (at > mean) * (mean - at)
    for _ in range(STEPS):
        value = exp_(at)
        rest = 1.0 - value
        fraction = 1.0
        for i in range(DEPTH):
            m = DEPTH - i
            even = m * (second - m) * value / ((first + (2 * m - 1)) * (first + 2 * m))
            odd = (first + (m - 1)) * (first + second + (m - 1)) * value
            odd = odd / ((first + (2 * m - 2)) * (first + (2 * m - 1)))
            fraction = 1.0 - odd / (1.0 + even / fraction)
        slope = exp_(first * at + second * log_of(rest) - constant)
        share = slope / (first * fraction)
        at = at - (log_of(share) - sought) * share * rest / slope
    value = exp_(at)
    return value + turned * (1.0 - 2.0 * value)


def quantile(
    kind: int, a: float, b: float, c: float, d: float, e: float, f: float, u: float
) -> float:
    """Return the ``u`` quantile of a prior.

    Args:
        kind: One of the kinds above.
        a: The value; the lowest; the first count; the mean; the median.
        b: The highest; the second count; the standard deviation (of the logarithm).
        c: `log_beta` of a beta prior; share below the first cut of a normal one.
        d: Share below the second cut.
        e: Lowest value that a normal prior may have.
        f: Highest.
        u: Share below.
    """
    value = a
    if kind == UNIFORM:
        value = quantile_uniform(u, a, b)
    elif kind == LOGUNIFORM:
        value = quantile_loguniform(u, a, b)
    elif kind == BETA:
        value = beta(u, a, b, c)
    elif kind == NORMAL:
        value = clamp(a + b * normal(c + u * (d - c)), e, f)
    elif kind == LOGNORMAL:
        value = a * exp_(b * normal(c + u * (d - c)))
    return value


NO_END = (-1e300, 1e300)
"""Cuts of a prior that is not cut; JSON knows no infinity."""
