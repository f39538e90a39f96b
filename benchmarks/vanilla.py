"""The same model as one would write it with Mesa alone.

The agents and their rules are those of `drawdown.world`; what is Mesa's is idiomatic Mesa:
agents act in ``shuffle_do``, draws come from the model's ``random``, and a DataCollector
collects every outcome every day. Its histories are its own: a shuffled order and one shared
stream cannot be reproduced by keys. Frozen at the model of commit 174e285.
"""

from __future__ import annotations

from typing import Any

import mesa

from drawdown.day.world import World
from drawdown.declared.columns import OUTCOMES
from drawdown.declared.scenario import Scenario


class VanillaWorld(World):
    """A world of shuffled agents and shared random numbers."""

    def __init__(self, scenario: Scenario | None = None, seed: int = 0, **rest: Any) -> None:
        super().__init__(scenario or two_years(), seed=seed, **rest)
        self.sets = {
            id(group): mesa.agent.AgentSet(group, random=self.random)
            for group in (self.cells, self.sites, self.factions, self.blocs, self.provinces)
        }

    def _draw(self, agent: int, decision: int) -> float:
        del agent, decision
        number: float = self.random.random()
        return number

    def _each(self, group: list[Any], phase: str) -> None:
        if id(group) in self.sets:
            self.sets[id(group)].shuffle_do(phase)
        else:
            super()._each(group, phase)


def two_years() -> Scenario:
    """Return the benchmark's scenario: presence, 730 days, a cold start."""
    from dataclasses import replace
    from datetime import timedelta

    item = replace(Scenario.load("sustained-presence"), history=None)
    return item.until(item.start + timedelta(days=729))


assert len(OUTCOMES) == 26
