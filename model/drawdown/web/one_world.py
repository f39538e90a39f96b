"""One world of Explore, day by day: its sites, people and events with reasons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from drawdown.day.curves import STEP
from drawdown.day.world import World
from drawdown.declared.actors import cast
from drawdown.declared.columns import ATTACK_FOREIGN, ATTACK_STATE, STRIKE
from drawdown.declared.language import Language
from drawdown.declared.scenario import Scenario
from drawdown.views.chronicle import Teller
from drawdown.web.address import View

KINDS = {ATTACK_FOREIGN: "foreign", ATTACK_STATE: "state", STRIKE: "strike"}


def one_world(view: View, scenario: Scenario, language: Language) -> dict[str, Any]:
    """Return a world of a scenario that a view shows, to be written as JSON."""
    world = World(
        scenario,
        seed=view.seed,
        replication=view.world,
        structure=view.structure,
        parameters=dict(view.uncertainties),
        uncertainty="posterior",
        motive=view.motive,
    )
    try:
        return follow(world, language)
    finally:
        world.retire()


def follow(world: World, language: Language, days: int | None = None) -> dict[str, Any]:
    """Run a world and return its sites, people and events with reasons, to be written as JSON.

    Args:
        world: The world, before its first day.
        language: Language of the sentences.
        days: How many days; by default all.
    """
    teller = Teller(language)
    events: list[dict[str, Any]] = []
    people: list[list[int]] = []
    first = world.today + timedelta(days=1)
    told = len(world.happenings)

    def each(now: World) -> None:
        nonlocal told
        day = (now.today - first).days
        for text in teller.calendar(now):
            events.append(
                {"day": day, "kind": "calendar", "text": text, "where": "", "why": "", "rule": ""}
            )
        for event in now.happenings[told:]:
            events.append(
                {
                    "day": day,
                    "kind": KINDS.get(event.kind, "politics"),
                    "where": cast().sites[event.where].name if event.where >= 0 else "",
                    "text": teller.told(now, event),
                    "why": teller.words(now, event),
                    "rule": teller.reason(now, event),
                }
            )
        told = len(now.happenings)
        teller.remember(now)
        if day % STEP == 0:
            people.append([round(site.people) for site in now.sites])

    world.run(days, each)
    return {"first": first.isoformat(), "events": events, "people": people, "step": STEP}
