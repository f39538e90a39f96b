"""Regret: how much worse a policy does than the best one would have done in the same future.

A *future* is a draw of the uncertainties under one structure, played with several lucks. No
outcome is weighed against another unless the user says how; a weight is positive where more
of the outcome is worse and negative where more is better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from drawdown.day.outcomes import RUN_OUTCOMES
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import STRUCTURES
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.scenario import Scenario
from drawdown.questions import futures
from drawdown.questions.compare import POOLED
from drawdown.worlds.run import USUAL, Run

SEPARATE = {
    "tempo_foreign": 1.0,
    "tempo_state": 1.0,
    "dead_us": 1.0,
    "dead_iraqi": 1.0,
    "authority": -1.0,
    "daesh_index": 1.0,
}
"""Outcomes whose regrets are told one by one where no weights are given, and which way each is
worse (judgement). They are not added up."""

MEASURES = ("minimax", "q90", "mean")
SHARES = np.linspace(0.0, 1.0, 21)
"""Shares of the whole weight that one outcome is given in the picture."""


def parse_weights(text: str) -> dict[str, float]:
    """Return weights from ``outcome=number,outcome=number``.

    Raises:
        InputError: For every unknown outcome and everything that is not a number.
    """
    found, faults = {}, []
    for item in text.split(","):
        name, equals, value = (part.strip() for part in item.partition("="))
        if not equals:
            faults.append(f"--weights: '{item}' must be OUTCOME=NUMBER, such as dead_us=2")
            continue
        if name not in RUN_OUTCOMES:
            faults.append(f"--weights: {unknown('outcome', name, RUN_OUTCOMES)}")
        elif name == "days_until_exit":
            faults.append("--weights: days_until_exit is unknown where nobody leaves")
        try:
            found[name] = float(value)
        except ValueError:
            faults.append(f"--weights: {name} must be a number, got '{value}'")
            continue
        if not abs(found[name]) < 1e6:
            faults.append(f"--weights: {name} must lie between -1,000,000 and 1,000,000")
    if not faults and not any(found.values()):
        faults.append("--weights: at least one weight must differ from 0")
    if faults:
        raise InputError(faults)
    return found


@dataclass(frozen=True)
class Losses:
    """Outcomes of policies in the same futures, to be weighed.

    Attributes:
        policies: The policies.
        values: By outcome, shape (policies, structures, draws), means over lucks.
        scales: What an outcome is divided by before it is weighed against another: its
            standard deviation over all policies and futures.
    """

    policies: tuple[Scenario, ...]
    values: Mapping[str, Floats]
    scales: Mapping[str, float]

    def loss(self, weights: Mapping[str, float]) -> Floats:
        """Return the weighted loss, shape (policies, structures, draws).

        One unit is one standard deviation of an outcome times a weight of 1; for a single
        outcome it is the outcome's own unit.
        """
        if len(weights) == 1:
            ((name, weight),) = weights.items()
            alone: Floats = weight * self.values[name]
            return alone
        parts = [w * self.values[name] / self.scales[name] for name, w in weights.items()]
        return np.asarray(np.sum(parts, axis=0), np.float64)


def play(
    policies: Sequence[Scenario],
    outcomes: Sequence[str],
    draws: int = 500,
    lucks: int = 4,
    run: Run = USUAL,
) -> Losses:
    """Play policies in the same futures.

    Args:
        policies: The policies, at least two.
        outcomes: Outcomes of `outcomes.RUN_OUTCOMES`.
        draws: Draws of the uncertainties a structure.
        lucks: Lucks for each draw.
        run: How they are played.

    Raises:
        InputError: If there are fewer than two policies.
    """
    if len(policies) < 2:
        raise InputError("regret compares policies: name at least two scenarios")
    found = futures.play(policies, outcomes, draws, lucks, run)
    values = {o: np.array([found.mean(p.name, o) for p in policies]) for o in outcomes}
    scales = {o: max(float(v.std()), 1e-12) for o, v in values.items()}
    return Losses(tuple(policies), values, scales)


def regrets(loss: Floats) -> Floats:
    """Return regrets, shape (policies, structures, draws): 0 where a policy is the best."""
    result: Floats = loss - loss.min(axis=0, keepdims=True)
    return result


def summary(regret: Floats) -> dict[str, dict[str, Floats]]:
    """Return each measure of regret by structure and pooled, one value a policy.

    Measures: the largest regret over futures (minimax), its 90 % quantile, its mean.
    """
    found: dict[str, dict[str, Floats]] = {}
    for part in (*STRUCTURES, POOLED):
        rows = [s for s, name in enumerate(STRUCTURES) if part in (name, POOLED)]
        picked = regret[:, rows].reshape(len(regret), -1)
        found[part] = {
            "minimax": picked.max(axis=1),
            "q90": np.quantile(picked, 0.9, axis=1),
            "mean": picked.mean(axis=1),
        }
    return found


def moved(weights: Mapping[str, float], name: str, share: float) -> dict[str, float]:
    """Return weights with one outcome given a share of the whole, the rest in proportion.

    Args:
        weights: Weights; signs are kept.
        name: The outcome that is moved.
        share: Its part of the sum of absolute weights.
    """
    whole = sum(abs(w) for w in weights.values())
    rest = whole - abs(weights[name])
    sign = -1.0 if weights[name] < 0 else 1.0
    return {
        other: sign * share * whole
        if other == name
        else (w / rest * (1.0 - share) * whole if rest > 0 else 0.0)
        for other, w in weights.items()
    }


def ranking_path(losses: Losses, weights: Mapping[str, float], name: str) -> Floats:
    """Return mean regrets as one outcome's share goes from 0 to 1, shape (shares, policies)."""
    rows = [losses.loss(moved(weights, name, float(share))) for share in SHARES]
    return np.array([summary(regrets(loss))[POOLED]["mean"] for loss in rows])
