"""Mesa and the ensemble engine live the same histories: all state, every day, every event."""

import os
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drawdown.day import plan, policy, steps
from drawdown.day.world import World
from drawdown.declared import parameters as declared
from drawdown.declared.columns import COUNTED, STATES, STRUCTURES, state_names
from drawdown.declared.scenario import Scenario, names
from drawdown.rules import militia
from drawdown.worlds import ensemble

ROOM = 4000


class Pair:
    """One world in both engines, stepped together."""

    def __init__(self, scenario: Scenario, nature: Any, seed: int, replication: int) -> None:
        self.engine = ensemble.the_engine().engine
        self.scenario = scenario
        self.days = plan.build(scenario)
        self.nature = nature
        width = ensemble.lanes()
        self.width = width
        self.columns = np.repeat(nature[:, None], width, axis=1)
        self.derived = self.engine.derive(self.columns)
        self.keys = self.engine.keys(seed, np.full(width, replication))
        start = World.cold_state(nature)
        self.state = np.repeat(start[:, None], width, axis=1).ravel()
        self.events = np.zeros((width, ROOM, 8), np.int32)
        self.counts = np.zeros(width, np.int64)
        self.terms = policy.table(scenario)
        self.past = np.zeros((2500, len(COUNTED), width), np.float32)
        self.lived = 0
        self.world = World.from_state(
            start, nature, seed, replication, self.days, scenario.start, terms=self.terms
        )
        policy.begin(self.state.reshape(STATES, width), self.terms, self.past[:0])

    def follow(self, scenario: Scenario, nature: Any) -> None:
        """Go on under another scenario in both engines."""
        state = self.world.export_state()
        seed_key, told = self.world.run_key, self.world.happenings
        self.scenario, self.days = scenario, plan.build(scenario)
        self.columns = np.repeat(nature[:, None], self.width, axis=1)
        self.derived = self.engine.derive(self.columns)
        self.terms = policy.table(scenario)
        noted = self.past[: self.lived]
        policy.begin(self.state.reshape(STATES, self.width), self.terms, noted)
        self.world = World.from_state(
            state,
            nature,
            0,
            0,
            self.days,
            scenario.start,
            terms=self.terms,
            noted=noted[:, :, 0],
        )
        self.world.run_key = seed_key
        self.world.happenings = told

    def day(self, t: int) -> None:
        """Live one day in both and compare all state and all events."""
        daily = np.empty((1, 26, self.width), np.float32)
        self.engine.advance(
            self.state,
            self.columns,
            self.derived,
            self.keys,
            self.days[t : t + 1],
            self.scenario.start.toordinal() + t,
            self.terms,
            self.past[: self.lived + 1],
            daily,
            self.events,
            self.counts,
        )
        self.lived += 1
        self.world.step()
        mine = self.world.export_state()
        for lane in (0, self.width - 1):
            theirs = self.state.reshape(STATES, self.width)[:, lane]
            if mine.tobytes() != theirs.tobytes():
                apart = [
                    (n, a, b) for n, a, b in zip(state_names(), mine, theirs, strict=True) if a != b
                ]
                raise AssertionError(f"{self.world.today}: {apart[:5]}")
        assert np.array_equal(np.array(self.world.daily[-1], np.float32), daily[0, :, 0]), (
            self.world.today
        )

    def check_events(self) -> None:
        told = [h.row() for h in self.world.happenings]
        rows = [tuple(r) for r in self.events[0, : self.counts[0]].tolist()]
        assert told == rows

    def live(self, days: int | None = None) -> None:
        for t in range(len(self.days) if days is None else min(days, len(self.days))):
            self.day(t)
        self.check_events()


def _own(scenario: Scenario, nature: Any) -> Any:
    return ensemble.own_nature(scenario, nature[:, None])[:, 0]


NEEDED = os.environ.get("DRAWDOWN_NEED_CHROMIUM") == "1"
WHOLE = ("robust-retaliation", "expulsion", "conditions-based-exit")


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("name", names())
def test_every_scenario_and_structure(name: str, structure: str) -> None:
    """Three scenarios whole, with the past that they share; 'make test-all' plays all so."""
    scenario = Scenario.load(name)
    replication = 11 + names().index(name)
    nature = declared.draw([replication], seed=5, structure=structure)[:, 0]
    whole = NEEDED or (name in WHOLE and structure == STRUCTURES[names().index(name) % 3])
    if scenario.history is None or not whole:
        Pair(scenario, nature, 5, replication).live(None if whole else 40)
        return
    past = Scenario.load(scenario.history).until(date(2021, 7, 25))
    pair = Pair(past, nature, 5, replication)
    for t in range(len(pair.days)):
        pair.day(t)
    pair.follow(scenario, _own(scenario, nature))
    pair.live()


@st.composite
def natures(draw: Callable[[Any], Any]) -> Any:
    """Any parameters inside their ranges, not only inside their priors."""
    structure = draw(st.sampled_from(STRUCTURES))
    nature = declared.draw([0], seed=draw(st.integers(0, 10**6)), structure=structure)[:, 0]
    for i, (name, item) in enumerate(declared.declarations().items()):
        if draw(st.booleans()):
            low, high = item.range
            if name in ("any_soldier_scale", "people_scale", "violence_median", "quiet_median"):
                high = min(high, 400.0)
            nature[i] = draw(st.floats(low, high, allow_nan=False))
    return nature


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(natures(), st.integers(0, 2**63 - 1), st.integers(0, 10**6), st.sampled_from(names()))
def test_any_parameters_and_seeds(nature: Any, seed: int, replication: int, name: str) -> None:
    Pair(Scenario.load(name), nature, seed, replication).live(40)


def _pair_that_strikes() -> Pair:
    nature = declared.draw([4], seed=1, structure="provoke")[:, 0]
    return Pair(Scenario.load("robust-retaliation"), nature, 1, 4)


def test_would_notice_a_changed_constant(monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = militia.next_excitation
    monkeypatch.setattr(
        militia, "next_excitation", lambda *given: genuine(*given) * (1.0 + 2.0**-52)
    )
    with pytest.raises(AssertionError):
        _pair_that_strikes().live(60)


def test_would_notice_two_phases_swapped(monkeypatch: pytest.MonkeyPatch) -> None:
    swapped = list(steps.DAY)
    i = [phase.name for phase in swapped].index("retaliation")
    swapped[i], swapped[i - 1] = swapped[i - 1], swapped[i]
    monkeypatch.setattr(steps, "DAY", tuple(swapped))
    with pytest.raises(AssertionError):
        _pair_that_strikes().live(400)


def test_a_run_does_not_depend_on_its_neighbours_threads_or_blocks() -> None:
    item = [Scenario.load("combat-to-advisory")]
    many = ensemble.play(item, runs=70, seed=2, structure="deter", threads=2)[0]
    one = ensemble.play(item, runs=70, seed=2, structure="deter", threads=1)[0]
    late = ensemble.play(item, runs=3, first=41, seed=2, structure="deter", threads=1)[0]
    assert np.array_equal(many.outcomes, one.outcomes, equal_nan=True)
    assert np.array_equal(many.outcomes[41:44], late.outcomes, equal_nan=True)
    assert many.bands is not None
    assert one.bands is not None
    assert np.array_equal(many.bands.histogram, one.bands.histogram)
    assert np.array_equal(many.bands.outside, one.bands.outside)


def test_mesa_gives_the_same_ensemble_without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    item = [Scenario.load("full-withdrawal")]
    fast = ensemble.play(item, runs=2, seed=4, structure="deter", threads=1)[0]
    monkeypatch.setattr(ensemble, "has_compiler", lambda: False)
    monkeypatch.setattr(ensemble, "the_engine", ensemble._Mesa)
    slow = ensemble.play(item, runs=2, seed=4, structure="deter", threads=1)[0]
    assert np.array_equal(fast.outcomes, slow.outcomes, equal_nan=True)
    assert fast.bands is not None
    assert slow.bands is not None
    assert np.array_equal(fast.bands.histogram, slow.bands.histogram)
    assert np.array_equal(fast.bands.outside, slow.bands.outside)
