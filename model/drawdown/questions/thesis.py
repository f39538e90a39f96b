"""The article's hypotheses, tested; and where the article would be wrong.

A *case* is a draw of the uncertainties, played with several lucks: what matters is what a
draw means on average, not what one luck made of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drawdown.declared.columns import STRUCTURES
from drawdown.declared.parameters import Uncertainty
from drawdown.declared.scenario import Scenario
from drawdown.questions import futures
from drawdown.questions.compare import POOLED, Estimate, probability, ratio
from drawdown.questions.discovery import Box, discover

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

PLAYED = ("sustained-presence", "combat-to-advisory", "full-withdrawal")
OUTCOMES = ("tempo_foreign", "stop_60", "stop_120", "stop_180", "daesh_index")

CUT = 0.25
"""Fall of the tempo that would count as *the attacks gave way* (judgement)."""

HALF = 0.5
RISE = 1.5
"""DAESH index after a withdrawal, over presence, that would count as a return (judgement)."""

Means = Callable[[str, str], Floats]
"""Mean outcome of a scenario over lucks, shape (structures, draws): `Futures.mean`."""


@dataclass(frozen=True)
class Hypothesis:
    """A claim that an experiment tests.

    Attributes:
        name: Its name in ``words.yaml``, group *thesis*.
        claim: The article's claim.
        holds: For each structure and draw, whether the claim holds.
        level: Scenario and baseline whose tempo or index stands beside it, and the outcome.
    """

    name: str
    claim: str
    holds: Callable[[Means], Booleans]
    level: tuple[str, str, str]


def _tempo_share(of: Means, one: str, other: str) -> Floats:
    base = of(other, "tempo_foreign")
    share: Floats = of(one, "tempo_foreign") / np.maximum(base, 1e-9)
    return share


HYPOTHESES = (
    Hypothesis(
        "not_stopped",
        "C01",
        lambda of: of("combat-to-advisory", "stop_180") < HALF,
        ("combat-to-advisory", "sustained-presence", "tempo_foreign"),
    ),
    Hypothesis(
        "hardly_fewer",
        "C01",
        lambda of: _tempo_share(of, "combat-to-advisory", "sustained-presence") > 1.0 - CUT,
        ("combat-to-advisory", "sustained-presence", "tempo_foreign"),
    ),
    Hypothesis(
        "follow_presence",
        "C34",
        lambda of: _tempo_share(of, "full-withdrawal", "sustained-presence") < HALF,
        ("full-withdrawal", "sustained-presence", "tempo_foreign"),
    ),
    Hypothesis(
        "withdrawal_stops",
        "C34",
        lambda of: of("full-withdrawal", "stop_180") >= HALF,
        ("full-withdrawal", "sustained-presence", "tempo_foreign"),
    ),
    Hypothesis(
        "daesh_returns",
        "C30",
        lambda of: (
            of("full-withdrawal", "daesh_index") / of("sustained-presence", "daesh_index") > RISE
        ),
        ("full-withdrawal", "sustained-presence", "daesh_index"),
    ),
)


@dataclass(frozen=True)
class Finding:
    """What the model says about a hypothesis.

    Attributes:
        hypothesis: Which.
        holds: Share of draws in which it holds, by structure and pooled.
        ratio: Quotient of the level it stands beside, by structure and pooled.
        wrong: The box where it does not hold, or None where that is too rare or too common.
        right: The box where it holds, where it fails more often than not.
        fails: Share of fresh draws in which it fails.
    """

    hypothesis: Hypothesis
    holds: dict[str, Estimate]
    ratio: dict[str, Estimate]
    wrong: Box | None
    right: Box | None
    fails: float


@dataclass(frozen=True)
class Thesis:
    """All findings.

    Attributes:
        findings: One for each hypothesis.
        stops: P(stop) of each scenario played by window, pooled.
        draws: Draws a structure, as many again being fresh.
        lucks: Lucks for each draw.
        seed: Seed.
        uncertainty: What parameters were drawn from.
    """

    findings: tuple[Finding, ...]
    stops: dict[tuple[str, int], Estimate]
    draws: int
    lucks: int
    seed: int
    uncertainty: str


def worlds(draws: int, lucks: int) -> int:
    """Return how many worlds `examine` plays."""
    return 2 * futures.worlds(len(PLAYED), draws, lucks)


def _flat(uncertainties: dict[str, Floats]) -> dict[str, Floats]:
    return {name: values.ravel() for name, values in uncertainties.items()}


def examine(
    draws: int = 1000,
    lucks: int = 8,
    seed: int = 0,
    uncertainty: Uncertainty = "posterior",
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Thesis:
    """Test the hypotheses, and find where each fails.

    Args:
        draws: Draws of the uncertainties a structure; as many again judge the boxes.
        lucks: Lucks for each draw.
        seed: Seed.
        uncertainty: What parameters are drawn from.
        threads: Threads.
        progress: Called with the number of worlds played.
    """
    scenarios = [Scenario.load(name) for name in PLAYED]
    found, fresh = (
        futures.play(scenarios, OUTCOMES, draws, lucks, first, seed, uncertainty, threads, progress)
        for first in (0, draws)
    )
    findings = []
    for hypothesis in HYPOTHESES:
        holds, other_holds = hypothesis.holds(found.mean), hypothesis.holds(fresh.mean)
        one, other, outcome = hypothesis.level
        shares, ratios = {}, {}
        for part in (*STRUCTURES, POOLED):
            rows = [s for s, name in enumerate(STRUCTURES) if part in (name, POOLED)]
            shares[part] = probability(holds[rows].astype(np.float64))
            ratios[part] = ratio(found.mean(one, outcome)[rows], found.mean(other, outcome)[rows])
        # The rarer side is what a box can tell.
        mostly = bool(holds.mean() >= HALF)
        box = discover(
            _flat(found.uncertainties),
            (holds != mostly).ravel(),
            _flat(fresh.uncertainties),
            (other_holds != mostly).ravel(),
        )
        findings.append(
            Finding(
                hypothesis,
                shares,
                ratios,
                box if mostly else None,
                None if mostly else box,
                float(1.0 - other_holds.mean()),
            )
        )
    stops = {
        (name, window): probability(found.mean(name, f"stop_{window}"))
        for name in PLAYED
        for window in (60, 120, 180)
    }
    return Thesis(tuple(findings), stops, draws, lucks, seed, uncertainty)
