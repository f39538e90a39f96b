"""Nobody is lost: those who are in the country stand at some open site."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawdown.day import plan
from drawdown.day.world import World
from drawdown.declared.actors import cast
from drawdown.declared.columns import PLAN
from drawdown.declared.scenario import Event, Scenario

BASES = [s.name for s in cast().sites if s.kind == "base"]


def world_with(open_bases: set[str], seed: int = 1) -> World:
    item = Scenario.load("combat-to-advisory")
    item = item.until(item.start.replace(day=28))
    days = plan.build(item)
    for name in BASES:
        days[:, PLAN.index(f"open_{name}")] = float(name in open_bases)
    start = World(item, seed=seed, history=False)
    return World.from_state(start.export_state(), start._nature, seed, 0, days, item.start)


@settings(max_examples=80, deadline=None)
@given(st.sets(st.sampled_from(BASES), min_size=1))
def test_soldiers_are_conserved_over_any_set_of_open_sites(open_bases: set[str]) -> None:
    """Catches consultants who work in Baghdad where no base in Baghdad is open."""
    world = world_with(open_bases).run(1)
    shared = [s for s in world.sites if s.row.name in open_bases and s.row.share > 0]
    inside = world.us.combat + world.us.advisers + world.us.coalition
    there = sum(s.soldiers for s in world.sites)
    assert there == pytest.approx(inside if shared else 0.0)
    assert all(s.people == 0.0 for s in world.sites if not s.is_open)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(BASES), min_size=1), st.booleans())
def test_nato_is_conserved_while_a_site_of_its_own_is_open(
    open_bases: set[str], second: bool
) -> None:
    world = world_with(open_bases)
    for day in world._plan:
        day["nato_second_base"] = float(second)
    world.run(1)
    own = [s for s in world.sites if s.row.nato is not None and s.is_open]
    there = sum(s.nato_people for s in world.sites)
    assert there == pytest.approx(world.nato.personnel if own else 0.0)


def test_handing_over_the_bases_of_baghdad_loses_nobody() -> None:
    from dataclasses import replace

    item = Scenario.load("sustained-presence")
    over = [
        Event(date="2021-08-01", what="hand_over", site=name) for name in ("victoria", "union_iii")
    ]
    world = World(replace(item, events=(*item.events, *over)), seed=1, history=False).run(10)
    assert sum(s.soldiers for s in world.sites) == pytest.approx(3500.0)
    assert np.isfinite(world.outcomes()).all()
