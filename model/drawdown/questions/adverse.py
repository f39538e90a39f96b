"""The draw of the uncertainties that speaks most against a hypothesis.

A hypothesis that no draw of the priors can fail is an assumption, whatever its share of draws.
The search is a cross-entropy one: draw, keep those that come closest to failing, draw about
them, a few times over; the last are judged on more lucks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import MOTIVES, STRUCTURES
from drawdown.declared.scenario import Scenario
from drawdown.worlds import shards
from drawdown.worlds.run import USUAL, Run

Means = Callable[[str, str], Floats]

DRAWS, LUCKS, ROUNDS = 90, 6, 4
"""Draws a structure and round, their lucks, and how many rounds."""

JUDGED, MORE_LUCKS = 8, 64
"""Candidates that are judged at the end, and by how many lucks."""

ELITE = 0.15
"""Share of a round's draws that the next one is drawn about."""

FIRST = 7_000_000_000
"""First replication of the search: no other question lives its lucks."""

LEAST_SPREAD = 0.3


@dataclass(frozen=True)
class Against:
    """What speaks most against a hypothesis, within the priors.

    Attributes:
        margin: By how much the hypothesis holds there; below 0 it fails.
        structure: Rival structure of the draw.
        motive: Motive of the draw.
        values: Its parameters, those first that all draws like it have in common.
    """

    margin: float
    structure: str
    motive: str
    values: dict[str, float]

    @property
    def fails(self) -> bool:
        """Whether some draw of the priors fails the hypothesis."""
        return self.margin < 0.0


def worlds(scenarios: int) -> int:
    """Return how many worlds one search plays."""
    drawn = DRAWS * LUCKS * ROUNDS * len(STRUCTURES) + JUDGED * MORE_LUCKS
    return drawn * scenarios


def _names() -> list[str]:
    return [n for n in declared.sampled() if n != declared.MOTIVE]


def _natures(shares: Floats, motive: NDArray[np.int64], structure: str) -> Floats:
    items = declared.declarations()
    usual = declared.draw([0], structure=structure, uncertainty="none")[:, 0]
    nature = np.repeat(usual[:, None], len(shares), axis=1)
    for k, name in enumerate(_names()):
        prior = items[name].prior
        assert prior is not None
        nature[declared.column(name)] = prior[structure].quantiles(shares[:, k])
    nature[declared.column(declared.MOTIVE)] = motive
    return nature


def _margins(
    margin: Callable[[Means], Floats],
    scenarios: Sequence[Scenario],
    nature: Floats,
    structure: str,
    lucks: int,
    first: int,
    run: Run,
) -> Floats:
    draws = nature.shape[1]
    one = replace(
        run,
        runs=draws * lucks,
        first=first,
        structure=structure,
        nature=np.repeat(nature, lucks, axis=1),
        bands=False,
    )
    played = shards.play(scenarios, one)
    found = {e.scenario.name: e for e in played}

    def mean(name: str, outcome: str) -> Floats:
        values: Floats = found[name].outcome(outcome).reshape(draws, lucks).mean(axis=1)
        return values

    return margin(mean)


def among(margins: Floats, uncertainties: Mapping[str, Floats]) -> Against:
    """Return which of the draws played speaks most against a hypothesis.

    Args:
        margins: By how much it holds, shape (structures, draws).
        uncertainties: What was drawn, by name, of the same shape.
    """
    order = np.argsort(margins, axis=None, kind="stable")
    elite = order[: max(2, int(ELITE * margins.size))]
    worst = int(order[0])

    def apart(name: str) -> float:
        values = uncertainties[name].ravel()
        spread = max(float(values[elite].std()), 1e-12)
        return -abs(float(values[elite].mean() - values.mean())) / spread

    names = sorted((n for n in uncertainties if n != declared.MOTIVE), key=apart)
    motive = MOTIVES[int(uncertainties[declared.MOTIVE].ravel()[worst])]
    return Against(
        float(margins.ravel()[worst]),
        STRUCTURES[worst // margins.shape[1]],
        motive,
        {name: float(uncertainties[name].ravel()[worst]) for name in names},
    )


def search(
    margin: Callable[[Means], Floats],
    scenarios: Sequence[Scenario],
    number: int = 0,
    run: Run = USUAL,
) -> Against:
    """Return the draw of the priors that speaks most against a hypothesis.

    Args:
        margin: By how much it holds, one number a draw, from means over lucks.
        scenarios: What the margin asks for.
        number: Number of the search: two searches share no luck.
        run: How worlds are played; its seed is that of luck and search.
    """
    names = _names()
    rng = np.random.default_rng([run.seed, 17, number])
    middle, spread = np.zeros(len(names)), np.ones(len(names))
    motives = np.arange(DRAWS) % len(MOTIVES)
    first = FIRST + number * 10_000_000
    every: list[tuple[float, int, Floats, int]] = []
    for _ in range(ROUNDS):
        now: list[tuple[float, int, Floats, int]] = []
        for s, structure in enumerate(STRUCTURES):
            z = middle + spread * rng.standard_normal((DRAWS, len(names)))
            motive = rng.permutation(motives)
            nature = _natures(ndtr(z), motive, structure)
            found = _margins(margin, scenarios, nature, structure, LUCKS, first, run)
            first += DRAWS * LUCKS
            now += [(float(m), s, z[i], int(motive[i])) for i, m in enumerate(found)]
        every = sorted([*every, *now], key=lambda item: item[0])
        elite = every[: int(ELITE * DRAWS * len(STRUCTURES))]
        points = np.array([z for _, _, z, _ in elite])
        middle = points.mean(axis=0)
        spread = np.maximum(points.std(axis=0), LEAST_SPREAD)
        kept = np.array([m for *_, m in elite])
        motives = np.where(
            rng.random(DRAWS) < 0.2, np.arange(DRAWS) % len(MOTIVES), rng.choice(kept, DRAWS)
        )
    judged = []
    for _, s, z, motive_of in every[:JUDGED]:
        nature = _natures(ndtr(z)[None, :], np.array([motive_of]), STRUCTURES[s])
        found = _margins(margin, scenarios, nature, STRUCTURES[s], MORE_LUCKS, first, run)
        first += MORE_LUCKS
        judged.append((float(found[0]), s, motive_of, nature[:, 0]))
    best, s, motive_of, parameters = min(judged, key=lambda item: item[0])
    # What the draws that fail share tells more than what one of them happens to have.
    far = np.argsort(-np.abs(middle) / spread)
    values = {names[k]: float(parameters[declared.column(names[k])]) for k in far}
    return Against(best, STRUCTURES[s], MOTIVES[motive_of], values)
