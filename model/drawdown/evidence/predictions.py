"""What each motive predicts: the same events under the five readings, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from drawdown.declared.columns import MOTIVES
from drawdown.declared.errors import InputError
from drawdown.declared.parameters import MOTIVE, column
from drawdown.declared.scenario import Scenario
from drawdown.declared.scenario_file import Event
from drawdown.questions.compare import POOLED, Comparison, Estimate, compare

BASE = "nato-500"


@dataclass(frozen=True)
class Happening:
    """Something that could happen, all else as it was.

    Attributes:
        name: Its name in the words, group *predictions*.
        make: Returns the scenario in which it happens, from the one in which it does not.
    """

    name: str
    make: Callable[[Scenario], Scenario]


LAST_YEAR = date(2023, 1, 27)
"""First of the last 365 days of the run, over which the tempo is told."""

_ROUNDS = tuple(
    Event(date=LAST_YEAR + timedelta(days=60 * i), what="dialogue_round") for i in range(6)
)

EVENTS = (
    Happening("label", lambda base: Scenario.load("label-only")),
    Happening("halve", lambda base: Scenario.load("numbers-only")),
    Happening(
        "exit",
        lambda base: base.with_levers(
            **{
                role: {"2021-10-01": number, "2022-12-31": 0}
                for role, number in (("combat", 936), ("advisers", 1564), ("coalition", 1000))
            },
            nato_target={"2021-10-01": 0},
        ),
    ),
    Happening("deal", lambda base: base.with_levers(us_iran={"2022-03-01": "deal"})),
    Happening("pressure", lambda base: base.with_levers(us_iran={"2022-03-01": "pressure"})),
    Happening("rounds", lambda base: replace(base, events=(*base.events, *_ROUNDS))),
    Happening(
        "order",
        lambda base: replace(
            base,
            events=(*base.events, Event(date=LAST_YEAR, what="order", until=base.end)),
        ),
    ),
    Happening("friend", lambda base: base.with_levers(prime_minister={"2021-10-10": "friend"})),
    Happening("foe", lambda base: base.with_levers(prime_minister={"2021-10-10": "foe"})),
)
"""Events, each alone, on presence without NATO's growth."""


@dataclass(frozen=True)
class Predictions:
    """Tempo in the last year over what it would have been.

    Attributes:
        ratios: By event and motive, and pooled.
        stops: P(none in the last 180 days), the same way.
        runs: Worlds a structure.
        seed: Seed.
    """

    ratios: dict[tuple[str, str], Estimate]
    stops: dict[tuple[str, str], Estimate]
    runs: int
    seed: int

    def contradicted(self, motive: str) -> list[tuple[str, str]]:
        """Return events and other motives whose intervals lie apart from a motive's."""
        found = []
        for event in EVENTS:
            mine = self.ratios[event.name, motive]
            for other in MOTIVES:
                theirs = self.ratios[event.name, other]
                if mine.high < theirs.low or theirs.high < mine.low:
                    found.append((event.name, other))
        return found


def worlds(runs: int, structures: int = 3) -> int:
    """Return how many worlds `predict` plays."""
    return runs * structures * (len(EVENTS) + 1)


def predict(runs: int = 1000, **how: Any) -> Predictions:
    """Play each event under every motive and structure.

    Args:
        runs: Worlds a structure; the motives share them.
        **how: What `compare` takes: seed, uncertainty, progress and so on.

    Returns:
        The predictions.

    Raises:
        InputError: If there are too few worlds for one of the motives.
    """
    base = Scenario.load(BASE)
    items = [base, *(event.make(base).named(event.name) for event in EVENTS)]
    found: Comparison = compare(
        items, runs=runs, bands=False, baseline=base.name, by_phase=False, **how
    )
    row = column(MOTIVE)
    drawn = {int(code) for e in found.ensembles.values() for code in e.parameters[row]}
    missing = [motive for code, motive in enumerate(MOTIVES) if code not in drawn]
    ratios = {}
    for event in EVENTS if not missing else ():
        for part in (*MOTIVES, POOLED):
            ratios[event.name, part] = found.tempo_ratio(event.name, part)
    missing += sorted({part for (_, part), e in ratios.items() if not np.isfinite(e.mean)})
    if missing:
        raise InputError(
            f"runs: {runs:,} worlds a structure are too few for {', '.join(missing)}: none of them "
            "has the motive, or none an attack to compare with; give more"
        )
    stops = {(name, part): found.level(name, part, "stop_180") for name, part in ratios}
    return Predictions(ratios, stops, runs, found.seed)
