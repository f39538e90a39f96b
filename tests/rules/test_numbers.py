import math

import pytest

from drawdown.rules.numbers import clamp, exp_, fade, log_, pow_


@pytest.mark.parametrize("x", [-20.0, -3.3, -0.5, 0.0, 1e-9, 0.7, 2.0, 10.0, 30.0])
def test_exp_is_the_exponential(x: float) -> None:
    assert exp_(x) == pytest.approx(math.exp(x), rel=1e-12)


@pytest.mark.parametrize("x", [1e-6, 0.05, 0.5, 1.0, 1.1, 2.0, 50.0, 1e6])
def test_log_is_the_logarithm(x: float) -> None:
    assert log_(x) == pytest.approx(math.log(x), rel=1e-11, abs=1e-13)


@pytest.mark.parametrize(("base", "exponent"), [(2.0, -2.1), (50.0, -1.8), (7.0, 0.5), (0.3, 3.0)])
def test_pow_is_the_power(base: float, exponent: float) -> None:
    assert pow_(base, exponent) == pytest.approx(base**exponent, rel=1e-11)


def test_fade_halves_in_a_half_life() -> None:
    assert fade(20.0) ** 20 == pytest.approx(0.5, rel=1e-10)


def test_clamp() -> None:
    assert [clamp(x, 0.0, 1.0) for x in (-1.0, 0.3, 2.0)] == [0.0, 0.3, 1.0]
