import gc
import weakref
from dataclasses import replace
from datetime import date, timedelta

import mesa
import numpy as np
import pytest

from drawdown.day.world import STEP_ORDER, Cell, World
from drawdown.declared import actors, data_files
from drawdown.declared import parameters as declared
from drawdown.declared.actors import actor_tables, cast
from drawdown.declared.columns import OUTCOMES, S
from drawdown.declared.errors import InputError
from drawdown.declared.scenario import Scenario
from drawdown.rules import militia
from drawdown.worlds import ensemble

FOREIGN = OUTCOMES.index("attacks_foreign")
STATE = OUTCOMES.index("attacks_state")


def short(name: str, days: int) -> Scenario:
    item = Scenario.load(name)
    return item.until(date.fromordinal(item.start.toordinal() + days - 1))


def test_a_world_has_the_actors_of_the_design() -> None:
    world = World(short("record-2020-2021", 5))
    assert len(world.cells) == 76
    assert len(world.factions) == 7
    assert len(world.sites) == 15
    assert len(world.blocs) == 8
    assert len(world.provinces) == 6
    assert len(world.agents) == 76 + 7 + 15 + 8 + 6 + 5


def test_batch_run_works_as_it_is() -> None:
    rows = mesa.batch_run(World, {}, display_progress=False, data_collection_period=1)
    assert len(rows) in (915, 916)  # Mesa versions differ in whether the last day counts twice
    assert rows[-1]["us_combat"] == 0.0
    assert sum(row["attacks_foreign"] for row in rows[1:]) > 10


def test_every_argument_has_a_default() -> None:
    world = World()
    assert world.today == date(2021, 7, 25)
    world.step()
    assert world.today == date(2021, 7, 26)


def test_running_ends_with_the_scenario() -> None:
    world = World(short("record-2020-2021", 4)).run()
    assert not world.running
    assert len(world.daily) == 4
    world.step()
    assert len(world.daily) == 4


def test_same_seed_same_world_other_seed_other_world() -> None:
    item = short("record-2020-2021", 150)
    a, b = World(item, seed=1).run(), World(item, seed=1).run()
    c = World(item, seed=2).run()
    assert a.happenings == b.happenings
    assert a.happenings != c.happenings


def test_no_result_depends_on_mesas_own_random_numbers() -> None:
    item = short("record-2020-2021", 60)
    a, b = World(item, seed=1), World(item, seed=1)
    b.random.seed(99)
    assert a.run().happenings == b.run().happenings


def test_scenarios_are_identical_before_they_differ() -> None:
    # robust-retaliation differs from its parent only once a strike is weighed; a doctrine
    # that changes on a date must change nothing before it.
    parent = Scenario.load("combat-to-advisory")
    changed = parent.with_levers(
        doctrine={date.min: "limited", date(2022, 6, 1): "robust"},
        policing={date.min: 0.15, date(2022, 6, 1): 0.9},
    )
    for structure in ("deter", "provoke"):
        a, b = ensemble.play([parent, changed], runs=32, structure=structure, keep=range(32))
        cut = (date(2022, 6, 1) - parent.start).days
        later = 0.0
        for r in range(32):
            assert np.array_equal(a.kept[r][:cut], b.kept[r][:cut])
            later += float(np.abs(a.kept[r][cut:] - b.kept[r][cut:]).sum())
        assert later > 0


def test_a_policy_that_changes_nothing_gives_differences_of_exactly_zero() -> None:
    parent = Scenario.load("sustained-presence")
    same = parent.with_levers(government={date.min: "balance", date(2022, 1, 1): "balance"})
    a, b = ensemble.play([parent, same], runs=64, structure="provoke")
    assert np.array_equal(a.outcomes, b.outcomes, equal_nan=True)


def test_zero_strikes_make_the_structures_equal() -> None:
    item = Scenario.load("restraint")
    calm = {"strike_rate_ratio": 1.0}
    found = [
        ensemble.play(
            [item],
            runs=32,
            structure=s,
            uncertainty="prior",
            chosen=declared.settings(calm),
            bands=False,
        )[0].outcomes
        for s in ("deter", "neutral", "provoke")
    ]
    assert np.array_equal(found[0], found[1], equal_nan=True)
    assert np.array_equal(found[0], found[2], equal_nan=True)


def test_under_null_without_the_politics_of_strikes_restraint_changes_no_attack() -> None:
    from drawdown.declared import data_files

    off = data_files.load("mechanisms")["politics-of-strikes"]["off"]
    chosen = declared.settings({k: float(v) for k, v in off.items()})
    items = [Scenario.load("restraint"), Scenario.load("combat-to-advisory")]
    a, b = ensemble.play(items, runs=64, structure="neutral", chosen=chosen, keep=range(64))
    assert b.outcome("strikes").sum() > 0
    assert a.outcome("strikes").sum() == 0
    struck = {OUTCOMES.index(o) for o in ("strikes", "dead_iraqi", "strike_cost")}
    rest = [i for i in range(len(OUTCOMES)) if i not in struck]
    for r in range(64):
        assert np.array_equal(a.kept[r][:, rest], b.kept[r][:, rest])


def test_without_cells_no_attacks() -> None:
    class Idle(Cell):
        def decisions(self) -> None:
            self.today = militia.NOTHING

    world = World(short("record-2020-2021", 120), agents={"cell": Idle}).run()
    assert world.outcomes()[:, [FOREIGN, STATE]].sum() == 0


def test_the_order_of_lines_in_the_actors_file_means_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Catches an actor found by its line: the first site, the fifth faction, the last base."""
    usual, tables = cast(), actor_tables()
    data = data_files.load("actors")
    groups = ("factions", "sites", "blocs", "provinces")
    turned = {**data, **{g: dict(reversed(data[g].items())) for g in groups}}
    turned["sites"] = {"a_new_site": {**data["sites"]["k1"], "number": 99}, **turned["sites"]}
    monkeypatch.setattr(actors.data_files, "load", lambda name: turned)
    again = actors.cast.__wrapped__()
    assert [s.name for s in again.sites] == [s.name for s in usual.sites] + ["a_new_site"]
    del turned["sites"]["a_new_site"]
    again = actors.cast.__wrapped__()
    assert again == usual
    monkeypatch.setattr(actors, "cast", lambda: again)
    assert actor_tables() == tables


def test_state_goes_out_and_in() -> None:
    world = World(short("record-2020-2021", 100), seed=3).run(50)
    state = world.export_state()
    twin = World(short("record-2020-2021", 100), seed=3).run(50)
    twin.government.authority = 0.0
    twin.import_state(state)
    assert np.array_equal(twin.export_state(), state)
    assert world.run().export_state().tobytes() == twin.run().export_state().tobytes()


def test_a_world_branches_under_another_policy() -> None:
    stay, other = Scenario.load("sustained-presence"), Scenario.load("confront-militias")
    world = World(stay, seed=8).run(100)
    before = list(world.happenings)
    world.branch(other)
    world.run(60)
    assert world.happenings[: len(before)] == before
    assert len(world.daily) == 160
    unbranched = World(stay, seed=8).run(160)
    assert unbranched.daily[:100] == world.daily[:100]
    assert unbranched.daily[100:] != world.daily[100:]


def test_a_world_branches_only_where_the_other_scenario_has_begun() -> None:
    """Catches a branch that plays the last days of what has not begun, or nothing, in silence."""
    world = World("sustained-presence", seed=8, history=False).run(5)
    before, tomorrow = world.today, world.today + timedelta(days=1)
    other = Scenario.load("full-withdrawal")
    for start, end in ((tomorrow + timedelta(days=1), other.end), (other.start, before)):
        with pytest.raises(InputError, match=f"branch: full-withdrawal lasts from {start} to"):
            world.branch(replace(other, start=start, end=end))
        assert (world.plays.name, world.today) == ("sustained-presence", before)
    world.branch(replace(other, start=tomorrow, end=tomorrow))
    world.run()
    assert (world.today, world.day_number) == (tomorrow, float(tomorrow.toordinal()))
    assert len(world.daily) == 6
    named = World("sustained-presence", seed=8, history=False).run(5)
    named.branch("full-withdrawal")
    assert named.step() is None
    assert float(named.day.day) == float(tomorrow.toordinal())


def test_replays_any_run_of_an_ensemble() -> None:
    item = Scenario.load("combat-to-advisory")
    kept = ensemble.play([item], runs=40, seed=6, structure="deter", keep=[37])[0].kept[37]
    world = World(item, seed=6, replication=37, structure="deter", uncertainty="posterior").run()
    assert np.array_equal(world.outcomes().astype(np.float32), kept)


def test_a_retired_world_is_forgotten() -> None:
    world = World(short("record-2020-2021", 3))
    ghost = weakref.ref(world)
    world.retire()
    del world
    gc.collect()
    assert ghost() is None


def test_the_days_order_is_written_once_with_reasons() -> None:
    assert [n for n, _ in STEP_ORDER] == [
        "calendar",
        "conditions",
        "posture",
        "allies",
        "decisions",
        "effects",
        "retaliation",
        "aftermath",
        "iraqi_politics",
        "home_politics",
        "daesh",
        "patron",
        "influence",
        "notes",
        "record",
    ]
    assert all(len(reason) > 20 for _, reason in STEP_ORDER)


def test_bases_are_handed_over_on_their_dates() -> None:
    world = World("record-2020-2021").run(240)
    taji = cast().index("sites", "taji")
    assert world.today == date(2020, 8, 27)
    assert world.sites[taji].is_open == 0.0
    assert world.sites[taji].soldiers == 0.0
    total = sum(site.soldiers for site in world.sites)
    assert total == pytest.approx(world.us.soldiers + world.us.coalition)


def test_people_add_up_with_nato() -> None:
    world = World("nato-handover").run(300)
    nato = sum(site.nato_people for site in world.sites)
    assert nato == pytest.approx(world.nato.personnel)
    assert world.export_state()[S.nato] == world.nato.personnel
