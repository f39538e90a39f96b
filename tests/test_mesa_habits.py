"""What people do with Mesa models works with this one."""

import pickle
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest

from drawdown import World, compare, simulate
from drawdown.day.world import AGENT_CLASSES, Cell, FactionAgent, Patron, SiteAgent
from drawdown.declared.columns import OUTCOMES
from drawdown.declared.errors import InputError

SCENARIO = "record-2020-2021"
FOREIGN = OUTCOMES.index("attacks_foreign")


class Idle(Cell):
    """A cell that never acts; at module level, so that other processes find it."""

    def decisions(self) -> None:
        self.today = 0


def attacks(world: World) -> float:
    return sum(day[FOREIGN] for day in world.daily)


def test_removed_cells_attack_no_more() -> None:
    """Catches a world that walks lists of its own."""
    world = World(SCENARIO, seed=3).run(240)
    before = attacks(world)
    assert before > 5
    for cell in list(world.agents_by_type[Cell]):
        cell.remove()
    world.run(120)
    assert attacks(world) == before
    assert len(world.cells) == 0


def test_a_selection_changes_the_future() -> None:
    usual = World(SCENARIO, seed=2).run(300)
    fewer = World(SCENARIO, seed=2)
    fewer.agents.select(lambda a: isinstance(a, Cell) and a.region == 0).do("remove")
    assert 0 < attacks(fewer.run(300)) < attacks(usual)
    rested = World(SCENARIO, seed=2).run(100)
    rested.agents_by_type[Cell].set("last_attack", rested.day_number + 150)
    then = attacks(rested)
    assert attacks(rested.run(60)) == then


@pytest.mark.parametrize("kind", AGENT_CLASSES)
def test_a_world_goes_on_without_any_kind_of_agent(kind: str) -> None:
    """Catches a division by what is no longer there."""
    world = World(SCENARIO, seed=3).run(40)
    for agent in list(world._there[kind]):
        agent.remove()
    world.run(60)
    assert len(world.daily) == 100
    assert np.isfinite(world.outcomes()).all()
    assert world.export_state().shape == World.cold_state(world._nature).shape


def test_a_faction_takes_its_cells_along_and_a_new_cell_joins_in() -> None:
    world = World(SCENARIO, seed=3)
    first = world.factions[0]
    count = len(world.cells)
    own = sum(c.faction is first for c in world.cells)
    first.remove()
    assert len(world.cells) == count - own
    for k in range(30):
        Cell(world, world.factions[0], 0, 9000 + k)
    assert len(world.cells) == count - own + 30
    assert isinstance(world.factions[0], FactionAgent)


def test_a_site_that_is_removed_is_no_target() -> None:
    world = World(SCENARIO, seed=3)
    for site in list(world.sites):
        if site.row.name != "ain_al_asad":
            site.remove()
    world.run(200)
    assert {h.where for h in world.happenings if h.where >= 0} == {world.sites[0].number}
    assert isinstance(world.sites[0], SiteAgent)


def batch(**more: Any) -> list[dict[str, Any]]:
    options = {"iterations": 4} if mesa.__version__ < "3.5" else {"rng": [None] * 4}
    return mesa.batch_run(
        World,
        {"scenario": SCENARIO, **more},
        max_steps=60,
        number_processes=1,
        display_progress=False,
        **options,
    )


@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="Mesa 4 has no batch_run")
def test_a_batch_of_four_is_four_worlds() -> None:
    """Catches a default seed that makes a sweep of four a sweep of one."""
    rows = {tuple(row[name] for name in OUTCOMES) for row in batch()}
    assert len(rows) == 4


def test_a_world_says_which_it_is() -> None:
    one = World(SCENARIO)
    assert World(SCENARIO, seed=one.seed).run(30).daily == one.run(30).daily
    assert World(SCENARIO).seed != one.seed
    assert World(SCENARIO, replication=3).seed == 0


@pytest.mark.parametrize("after", [0, 50])
def test_a_world_can_be_pickled(after: int) -> None:
    world = World(SCENARIO, seed=5).run(after)
    copy = pickle.loads(pickle.dumps(world))
    copy.run(40)
    assert copy.daily == world.run(40).daily
    assert copy.happenings == world.happenings
    copy.cells[0].remove()
    assert len(copy.cells) == len(world.cells) - 1


class Given:
    """What Mesa's own scenario objects look like to a model."""

    def __init__(self, **said: Any) -> None:
        self.rng = np.random.default_rng(said.pop("rng", 1))
        self.initial_rng_state = self.rng.bit_generator.state
        self.scenario_id, self.replication_id = 4, None
        self.__dict__.update(said)

    def to_dict(self) -> dict[str, Any]:
        return dict(self.__dict__)


def test_a_scenario_object_of_mesas_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches the collision of two things called scenario."""
    started = mesa.Model.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("scenario", None)
        started(self, *args, **kwargs)

    monkeypatch.setattr(mesa.Model, "__init__", init)
    asked = Given(plays=SCENARIO, seed=5, structure="deter", lethality=0.3)
    world = World(scenario=asked).run(60)
    usual = World(SCENARIO, seed=5, structure="deter", parameters={"lethality": 0.3}).run(60)
    assert world.daily == usual.daily
    assert (
        World(scenario=Given(plays=SCENARIO, rng=7)).seed
        == World(scenario=Given(plays=SCENARIO, rng=7)).seed
    )
    with pytest.raises(InputError, match="did you mean 'lethality'"):
        World(scenario=Given(plays=SCENARIO, letality=0.3))


@pytest.mark.long
def test_own_agents_can_be_asked_of_many_worlds() -> None:
    """Catches other draws, another luck or another summary than the ensemble's."""

    class Mine(Patron):
        """The usual patron under another name; local, as in a notebook."""

    told: list[int] = []
    slow = simulate(
        "restraint",
        runs=3,
        seed=2,
        structure="neutral",
        agents={"patron": Mine},
        processes=2,
        progress=told.append,
    )
    fast = simulate("restraint", runs=3, seed=2, structure="neutral")
    assert np.array_equal(slow.outcomes, fast.outcomes, equal_nan=True)
    assert (slow.bands.histogram == fast.bands.histogram).all()
    assert sum(told) == 3
    quiet = compare(
        ["restraint", "expulsion"], runs=2, structure="deter", agents={"cell": Idle}, processes=1
    )
    assert quiet.outcomes["attacks_foreign"].sum() == 0


def test_every_runs_days_are_given() -> None:
    found = simulate("restraint", runs=3, daily=True, bands=False)
    days = found.daily()
    assert len(days) == 3 * 3 * found.scenario.days
    sums = days.groupby(["structure", "replication"])["attacks_foreign"].sum()
    assert sums.tolist() == found.outcome("attacks_foreign").tolist()
    with pytest.raises(InputError, match="daily=True"):
        simulate("restraint", runs=3, bands=False).daily()


def test_unknown_results_of_old_are_told_how_to_move_on(tmp_path: Path) -> None:
    from drawdown.declared.parameters import read_posterior

    (tmp_path / "draws.csv").write_text("structure,motive,lethality\nnull,patron,0.1\n")
    with pytest.raises(InputError, match="called 'neutral' now"):
        read_posterior(tmp_path)
    (tmp_path / "draws.csv").write_text("structure,lethality\ndeter,0.1\n")
    with pytest.raises(InputError, match="made before there were motives"):
        read_posterior(tmp_path)
