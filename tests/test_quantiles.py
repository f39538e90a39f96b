"""Quantiles of priors, which a page draws too, against scipy's and against each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaincinv, ndtri

from drawdown.declared import quantiles
from drawdown.declared.columns import STRUCTURES
from drawdown.declared.parameters import Prior, declarations

SHARES = np.concatenate([np.linspace(1e-4, 0.9999, 2001), [1e-9, 1e-6, 1.0 - 1e-6, 1.0 - 2.0**-53]])


def test_normal() -> None:
    """Catches a coefficient that was copied wrongly: its neighbours would differ by 1e-6."""
    u = SHARES[(SHARES > 1e-5) & (SHARES < 1.0 - 1e-5)]
    assert np.abs(quantiles.normal(u) - ndtri(u)).max() < 1e-12


@pytest.mark.parametrize(
    ("a", "b"), [(1, 30), (1, 8), (2, 4), (2, 2), (8, 2), (1.5, 4.5), (0.5, 0.5), (4, 2), (20, 20)]
)
def test_beta(a: float, b: float) -> None:
    """Catches too few steps, and a tail that is taken from the wrong end."""
    found = quantiles.beta(SHARES, a, b, quantiles.log_beta(a, b))
    assert np.abs(found - betaincinv(a, b, SHARES)).max() < 1e-9


PRIORS = sorted(
    {item.prior[s] for item in declarations().values() if item.prior for s in STRUCTURES}
    - {Prior(choice=5)},
    key=lambda prior: prior.describe(),
)


@pytest.mark.parametrize("prior", PRIORS, ids=lambda prior: prior.describe())
@given(u=st.floats(0.0, 1.0, exclude_max=True))
@settings(max_examples=20, deadline=None)
def test_one_number_and_many_are_the_same(prior: Prior, u: float) -> None:
    """Catches a page that would draw other parameters: it has one number at a time."""
    kind, *numbers = prior.numbers()
    one = quantiles.quantile(int(kind), *numbers, u)
    assert one == prior.quantiles(np.array([u, 0.25]))[0]
