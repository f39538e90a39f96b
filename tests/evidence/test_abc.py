"""The calibration's machinery on problems whose answer is on paper."""

import numpy as np
import pytest

from drawdown.evidence import abc
from drawdown.evidence.history_matching import Emulator

NOISE = 0.5


def simulate(shares: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Observe the first of two parameters on the line, with noise; the second does nothing."""
    line = abc.to_line(shares)
    return line[:, :1] + NOISE * generator.standard_normal((len(shares), 1))


def posterior(observed: float, seed: int, particles: int = 600) -> np.ndarray:
    generator = np.random.default_rng(seed)
    pilot = generator.random((16_384, 2))
    summary = abc.Summary.fit(pilot, simulate(pilot, generator))
    target = summary(np.array([[observed]]))[0]
    population = abc.nearest(pilot, summary(simulate(pilot, generator)), target, particles)
    shares, weights = abc.adjust(population, target)
    return abc.to_line(abc.resample(shares, weights, particles, generator))


def test_the_posterior_is_the_one_on_paper() -> None:
    # Normal prior, normal noise: mean x / (1 + noise^2), variance noise^2 / (1 + noise^2).
    found = posterior(1.0, seed=1, particles=2000)
    share = 1.0 / (1.0 + NOISE**2)
    assert found[:, 0].mean() == pytest.approx(share, abs=0.06)
    assert found[:, 0].std() == pytest.approx(NOISE * share**0.5, rel=0.12)
    # What the data do not touch stays at its prior.
    assert found[:, 1].mean() == pytest.approx(0.0, abs=0.1)
    assert found[:, 1].std() == pytest.approx(1.0, rel=0.1)


def test_ranks_of_planted_parameters_are_uniform() -> None:
    generator = np.random.default_rng(3)
    ranks, inside = [], 0
    for trial in range(60):
        truth = generator.standard_normal()
        found = posterior(truth + NOISE * generator.standard_normal(), seed=100 + trial)[:, 0]
        ranks.append((found < truth).mean())
        low, high = np.quantile(found, [0.05, 0.95])
        inside += low <= truth <= high
    assert np.mean(ranks) == pytest.approx(0.5, abs=0.12)
    assert np.std(ranks) == pytest.approx(12**-0.5, abs=0.06)
    assert 48 <= inside <= 60


def test_the_nearest_are_taken_and_no_other() -> None:
    shares = np.linspace(0.0, 1.0, 101)[:, None]
    found = abc.nearest(shares, 10.0 * shares, np.array([5.0]), 11)
    assert sorted(found.shares[:, 0]) == pytest.approx(np.linspace(0.45, 0.55, 11))
    assert found.tolerance == pytest.approx(0.5)
    assert found.distances.max() == found.tolerance


def test_summary_explains_what_can_be_explained() -> None:
    generator = np.random.default_rng(7)
    shares = generator.random((20_000, 2))
    explained = abc.Summary.fit(shares, simulate(shares, generator)).explained
    assert explained[0] == pytest.approx(1.0 / (1.0 + NOISE**2), abs=0.03)
    assert abs(explained[1]) < 0.01


def test_history_matching_rules_out_what_cannot_be() -> None:
    generator = np.random.default_rng(9)
    shares = generator.random((500, 2))
    means = 10.0 + 20.0 * shares[:, :1] + 5.0 * shares[:, 1:] ** 2
    emulator = Emulator.fit(shares, means, np.ones_like(means), lucks=16)
    low, high = np.array([14.0]), np.array([16.0])
    points = np.array([[0.2, 0.5], [0.95, 0.9], [0.0, 0.0]])
    assert emulator.allowed(points, low, high).tolist() == [True, False, False]
    # Inside the interval nothing is implausible at all.
    assert emulator.implausibility(points[:1], low, high)[0] == 0.0
