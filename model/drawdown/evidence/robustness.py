"""Robustness: which findings hold whatever is assumed, and which flip.

Each finding is computed under every rival structure and under variants of what the ensemble
takes for granted: posterior, prior or defaults; façade groups as groups or as names; two
ways of counting; no spells of quiet; each motive alone; fear of a known doctrine; a neutral that
is only about neutral.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import MOTIVES, PARAMETERS, STRUCTURES
from drawdown.declared.parameters import Uncertainty
from drawdown.declared.scenario import Scenario
from drawdown.questions.compare import POOLED, Estimate, estimate, probability, ratio
from drawdown.worlds import shards
from drawdown.worlds.run import Run

ROUGH = Run(runs=500)
"""Worlds of each finding under a structure, where nothing is said."""

PLAYED = (
    "sustained-presence",
    "combat-to-advisory",
    "full-withdrawal",
    "restraint",
    "robust-retaliation",
)

NEUTRAL_SPREAD = 0.10
"""Standard deviation of the logarithm of a strike's effect in the variant of neutral
(literature:0, decision 1 of A3)."""


@dataclass(frozen=True)
class Variant:
    """One set of assumptions.

    Attributes:
        name: Its name in the words.
        uncertainty: What parameters are drawn from.
        chosen: Parameters that replace draws.
        spread: Standard deviation of the log effect of a strike under neutral.
    """

    name: str
    uncertainty: Uncertainty = "posterior"
    chosen: tuple[tuple[str, float], ...] = ()
    spread: float = 0.0


VARIANTS = (
    Variant("posterior"),
    Variant("prior_draws", "prior"),
    Variant("defaults", "none"),
    Variant("facade_names", chosen=(("facade_groups", 0.0),)),
    Variant("no_quiet", chosen=(("violence_median", 1e7),)),
    *(
        Variant(f"motive_{name}", chosen=((declared.MOTIVE, float(code)),))
        for code, name in enumerate(MOTIVES)
    ),
    Variant("feared_doctrine", chosen=(("anticipation", 1.0),)),
    Variant("about_neutral", spread=NEUTRAL_SPREAD),
)

Outcome = Callable[[str, str], Floats]
"""An outcome of a scenario's worlds, shape (structures, runs)."""


@dataclass(frozen=True)
class Finding:
    """Something the model says, as a number.

    Attributes:
        name: Its name in the words.
        neutral: The value on neither side: 1 for ratios, 0 for differences; for P(stop) the
            half, where "they stop" turns into "they do not".
        measure: Computes it.
    """

    name: str
    neutral: float
    measure: Callable[[Outcome], Estimate]


def _tempo_ratio(one: str, outcome: str = "tempo_foreign") -> Callable[[Outcome], Estimate]:
    return lambda of: ratio(of(one, outcome), of("sustained-presence", outcome))


def _difference(one: str, other: str, outcome: str) -> Callable[[Outcome], Estimate]:
    return lambda of: estimate(of(one, outcome) - of(other, outcome))


def _chance(one: str, outcome: str) -> Callable[[Outcome], Estimate]:
    return lambda of: probability(of(one, outcome))


FINDINGS = (
    Finding("advisory_ratio", 1.0, _tempo_ratio("combat-to-advisory")),
    Finding("advisory_press", 1.0, _tempo_ratio("combat-to-advisory", "reported_press")),
    Finding("advisory_official", 1.0, _tempo_ratio("combat-to-advisory", "reported_official")),
    Finding("advisory_stop", 0.5, _chance("combat-to-advisory", "stop_180")),
    Finding("advisory_stop_60", 0.5, _chance("combat-to-advisory", "stop_60")),
    Finding("withdrawal_ratio", 1.0, _tempo_ratio("full-withdrawal")),
    Finding("withdrawal_stop", 0.5, _chance("full-withdrawal", "stop_180")),
    Finding("withdrawal_stop_60", 0.5, _chance("full-withdrawal", "stop_60")),
    Finding(
        "withdrawal_state", 0.0, _difference("full-withdrawal", "sustained-presence", "tempo_state")
    ),
    Finding(
        "withdrawal_daesh", 0.0, _difference("full-withdrawal", "sustained-presence", "daesh_index")
    ),
    Finding("robust_tempo", 0.0, _difference("robust-retaliation", "restraint", "tempo_foreign")),
    Finding("robust_authority", 0.0, _difference("robust-retaliation", "restraint", "authority")),
)


def side(found: Estimate, neutral: float) -> int:
    """Return on which side of neutral an estimate surely lies: 1, -1, or 0 for neither."""
    if found.low > neutral:
        return 1
    return -1 if found.high < neutral else 0


@dataclass(frozen=True)
class Robustness:
    """Findings under variants and structures.

    Attributes:
        runs: Worlds a structure.
        seed: Seed.
        estimates: By finding, variant and structure, the pooled ones included.
    """

    runs: int
    seed: int
    estimates: Mapping[tuple[str, str, str], Estimate]

    def flips(self) -> list[tuple[str, tuple[str, str], tuple[str, str]]]:
        """Return findings that surely lie on both sides, with a variant and structure each."""
        found = []
        for finding in FINDINGS:
            sides: dict[int, tuple[str, str]] = {}
            for variant in VARIANTS:
                for structure in (*STRUCTURES, POOLED):
                    e = self.estimates[finding.name, variant.name, structure]
                    sides.setdefault(side(e, finding.neutral), (variant.name, structure))
            if 1 in sides and -1 in sides:
                found.append((finding.name, sides[-1], sides[1]))
        return found

    def unsure(self) -> list[str]:
        """Return findings that lie on one side in some variants and on neither in others."""
        found = []
        for finding in FINDINGS:
            sides = {
                side(self.estimates[finding.name, v.name, s], finding.neutral)
                for v in VARIANTS
                for s in (POOLED, *STRUCTURES)
            }
            if 0 in sides and len(sides) == 2:
                found.append(finding.name)
        return found


def _nature(variant: Variant, run: Run) -> Floats:
    chosen = declared.settings(dict(variant.chosen))
    nature = replace(run, uncertainty=variant.uncertainty, chosen=chosen).drawn()
    if variant.spread and run.structure == "neutral":
        row = PARAMETERS.index("strike_rate_ratio")
        normal = np.random.default_rng([run.seed, 11]).standard_normal(run.runs)
        nature[row] = nature[row] * np.exp(variant.spread * normal)
    return nature


def examine(run: Run = ROUGH) -> Robustness:
    """Compute every finding under every variant and structure, with the same worlds.

    Args:
        run: How each scenario is played under each structure and variant.
    """
    scenarios = [Scenario.load(name) for name in PLAYED]
    estimates: dict[tuple[str, str, str], Estimate] = {}
    for variant in VARIANTS:
        played = {}
        for structure in STRUCTURES:
            one = replace(run, structure=structure, bands=False)
            for e in shards.play(scenarios, replace(one, nature=_nature(variant, one))):
                played[e.scenario.name, structure] = e
        for part in (POOLED, *STRUCTURES):
            parts = STRUCTURES if part == POOLED else (part,)

            def outcome(
                scenario: str, name: str, parts: tuple[str, ...] = parts, played: object = played
            ) -> Floats:
                assert isinstance(played, dict)
                return np.array([played[scenario, s].outcome(name) for s in parts])

            for finding in FINDINGS:
                estimates[finding.name, variant.name, part] = finding.measure(outcome)
    return Robustness(run.runs, run.seed, estimates)


def worlds(runs: int) -> int:
    """Return how many worlds `examine` plays."""
    return runs * len(PLAYED) * len(STRUCTURES) * len(VARIANTS)
