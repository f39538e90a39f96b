"""The article's hypotheses, tested; and where the article would be wrong.

A *case* is a draw of the uncertainties, played with several lucks: what matters is what a
draw means on average, not what one luck made of it. Lucks are odd in number, so that no draw
stops in just half of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from drawdown.declared.arrays import Booleans, Floats
from drawdown.declared.columns import MOTIVES, STRUCTURES
from drawdown.declared.errors import InputError
from drawdown.declared.parameters import MOTIVE
from drawdown.declared.scenario import Scenario
from drawdown.questions import adverse, futures
from drawdown.questions.adverse import Against
from drawdown.questions.compare import POOLED, Estimate, over_draws, probability, ratio
from drawdown.questions.discovery import Box, discover
from drawdown.worlds.run import USUAL, Run

PLAYED = (
    "sustained-presence",
    "combat-to-advisory",
    "full-withdrawal",
    "us-iran-deal",
    "nato-500",
    "label-only",
    "numbers-only",
)
SHOWN = PLAYED[:4]
"""Scenarios whose P(stop) is told."""

OUTCOMES = ("tempo_foreign", "stop_60", "stop_120", "stop_180", "daesh_index")

CUT = 0.25
"""Fall of the tempo that would count as *the attacks gave way* (judgement)."""

HALF = 0.5
NOTICED = 0.1
"""Fall of the tempo by which half the soldiers would have to lower it (judgement)."""

RISE = 1.5
"""DAESH index after a withdrawal, over presence, that would count as a return (judgement)."""

Means = Callable[[str, str], Floats]
"""Mean outcome of a scenario over lucks, shape (structures, draws): `questions.futures.Futures`."""


@dataclass(frozen=True)
class Hypothesis:
    """A claim that an experiment tests.

    Attributes:
        name: Its name in the words, group *thesis*.
        claim: The article's claim.
        margin: For each draw, by how much it holds; below 0 it fails.
        level: Scenario and baseline whose tempo or index stands beside it, and the outcome.
        scenarios: What it is about.
        put_in: Parameters that its answer follows from, where they are judgements or single cases.
    """

    name: str
    claim: str
    margin: Callable[[Means], Floats]
    level: tuple[str, str, str]
    scenarios: tuple[str, ...]
    put_in: tuple[str, ...] = ()

    def holds(self, of: Means) -> Booleans:
        """Return in which draws it holds."""
        found: Booleans = self.margin(of) >= 0.0
        return found


def _tempo_share(of: Means, one: str, other: str) -> Floats:
    base = of(other, "tempo_foreign")
    share: Floats = of(one, "tempo_foreign") / np.maximum(base, 1e-9)
    return share


def _label_follows(of: Means) -> Floats:
    """Return by how much the numbers alone lower the tempo more than the label alone does."""
    label = _tempo_share(of, "label-only", "nato-500")
    numbers = _tempo_share(of, "numbers-only", "nato-500")
    return np.minimum(1.0 - NOTICED - numbers, label - numbers)


TELLING = 0.15
"""Least that the share of cases in a box is above that in all draws (a judgement)."""

_PAIR = ("combat-to-advisory", "sustained-presence")
_EXIT = ("full-withdrawal", "sustained-presence")

HYPOTHESES = (
    Hypothesis(
        "not_stopped",
        "C01",
        lambda of: HALF - of("combat-to-advisory", "stop_180") - 1e-9,
        (*_PAIR, "tempo_foreign"),
        ("combat-to-advisory",),
    ),
    Hypothesis(
        "hardly_fewer",
        "C01",
        lambda of: _tempo_share(of, *_PAIR) - (1.0 - CUT) - 1e-9,
        (*_PAIR, "tempo_foreign"),
        _PAIR,
    ),
    Hypothesis(
        "not_while_they_stay",
        "C01",
        lambda of: HALF - of("us-iran-deal", "stop_180") - 1e-9,
        ("us-iran-deal", "sustained-presence", "tempo_foreign"),
        ("us-iran-deal",),
    ),
    Hypothesis(
        "follow_presence",
        "C34",
        lambda of: HALF - _tempo_share(of, *_EXIT) - 1e-9,
        (*_EXIT, "tempo_foreign"),
        _EXIT,
        ("any_soldier_scale", "exit_patron", "exit_domestic", "exit_rivalry", "diplomatic_motive"),
    ),
    Hypothesis(
        "numbers_not_label",
        "C34",
        _label_follows,
        ("numbers-only", "nato-500", "tempo_foreign"),
        ("label-only", "numbers-only", "nato-500"),
    ),
    Hypothesis(
        "withdrawal_stops",
        "C34",
        lambda of: of("full-withdrawal", "stop_180") - HALF,
        (*_EXIT, "tempo_foreign"),
        ("full-withdrawal",),
        ("exit_patron", "exit_domestic", "exit_rivalry", "diplomatic_motive"),
    ),
    Hypothesis(
        "daesh_returns",
        "C30",
        lambda of: (
            of("full-withdrawal", "daesh_index") / of("sustained-presence", "daesh_index")
            - RISE
            - 1e-9
        ),
        (*_EXIT, "daesh_index"),
        _EXIT,
        ("own_training", "offshore_enabling", "daesh_growth"),
    ),
)


@dataclass(frozen=True)
class Finding:
    """What the model says about a hypothesis.

    Attributes:
        hypothesis: Which.
        holds: Share of draws in which it holds, by structure and pooled.
        by_motive: The same by motive.
        ratio: Quotient of the level it stands beside, by structure and pooled.
        wrong: The box where it does not hold, or None where that is too rare or too common.
        right: The box where it holds, where it fails more often than not.
        fails: Share of draws in which it fails: what is left of the pooled `holds`.
        against: The draw that speaks most against it: of those played or, where it holds in all,
            of the priors.
    """

    hypothesis: Hypothesis
    holds: dict[str, Estimate]
    by_motive: dict[str, Estimate]
    ratio: dict[str, Estimate]
    wrong: Box | None
    right: Box | None
    fails: float
    against: Against


@dataclass(frozen=True)
class Thesis:
    """All findings.

    Attributes:
        findings: One for each hypothesis.
        stops: P(stop) of each scenario played by window, pooled; its range of futures is that over
            draws.
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
    searched = sum(adverse.worlds(len(h.scenarios)) for h in HYPOTHESES)
    return 2 * futures.worlds(len(PLAYED), draws, lucks) + searched


def _flat(uncertainties: dict[str, Floats]) -> dict[str, Floats]:
    # A motive is no number: what it decides is told by motive.
    return {n: values.ravel() for n, values in uncertainties.items() if n != MOTIVE}


def _finding(
    number: int, hypothesis: Hypothesis, found: futures.Futures, fresh: futures.Futures, run: Run
) -> Finding:
    """Return how often a hypothesis holds, and where it fails; fresh draws judge the box."""
    holds, other_holds = hypothesis.holds(found.mean), hypothesis.holds(fresh.mean)
    motive = found.uncertainties[MOTIVE]
    one, other, outcome = hypothesis.level
    shares, ratios = {}, {}
    for part in (*STRUCTURES, POOLED):
        rows = [s for s, name in enumerate(STRUCTURES) if part in (name, POOLED)]
        shares[part] = probability(holds[rows].astype(np.float64))
        ratios[part] = ratio(found.mean(one, outcome)[rows], found.mean(other, outcome)[rows])
    # A motive's draws are the same under each structure.
    by_motive = {
        m: probability(holds[:, motive[0] == code].astype(np.float64))
        for code, m in enumerate(MOTIVES)
        if (motive == code).any()
    }
    # The rarer side is what a box can tell, and one that hardly changes its share tells nothing.
    mostly = bool(holds.mean() >= HALF)
    box = discover(
        _flat(found.uncertainties),
        (holds != mostly).ravel(),
        _flat(fresh.uncertainties),
        (other_holds != mostly).ravel(),
    )
    if box is not None and box.density - box.base < TELLING:
        box = None
    margins = hypothesis.margin(found.mean)
    scenarios = [Scenario.load(name) for name in hypothesis.scenarios]
    return Finding(
        hypothesis,
        shares,
        by_motive,
        ratios,
        box if mostly else None,
        None if mostly else box,
        1.0 - shares[POOLED].mean,
        adverse.among(margins, found.uncertainties)
        if (margins < 0.0).any()
        else adverse.search(hypothesis.margin, scenarios, number, run),
    )


def check_lucks(lucks: int) -> None:
    """Refuse an even number of lucks.

    Raises:
        InputError: For one.
    """
    if lucks % 2 == 0:
        raise InputError(
            f"lucks must be odd, so that no draw stops in just half of them, got {lucks}; "
            f"{lucks + 1} is near"
        )


def _stops(lived: Floats) -> Estimate:
    """Return P(stop) from structures by draws by lucks: pinned so far, and over draws so far."""
    found = probability(lived.mean(axis=2))
    if lived.shape[2] == 1:
        return found
    low, high = over_draws(lived)
    return replace(found, future_low=low, future_high=high)


def examine(
    draws: int = 400,
    lucks: int = 25,
    run: Run = USUAL,
) -> Thesis:
    """Test the hypotheses, and find where each fails.

    Args:
        draws: Draws of the uncertainties a structure; as many again judge the boxes.
        lucks: Lucks for each draw, an odd number.
        run: How they are played.

    Raises:
        InputError: For an even number of lucks.
    """
    check_lucks(lucks)
    scenarios = [Scenario.load(name) for name in PLAYED]
    found, fresh = (
        futures.play(scenarios, OUTCOMES, draws, lucks, replace(run, first=first))
        for first in (0, draws)
    )
    findings = [_finding(k, one, found, fresh, run) for k, one in enumerate(HYPOTHESES)]
    stops = {
        (name, window): _stops(found.outcomes[name, f"stop_{window}"])
        for name in SHOWN
        for window in (60, 120, 180)
    }
    return Thesis(tuple(findings), stops, draws, lucks, run.seed, str(run.uncertainty))
