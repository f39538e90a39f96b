"""Plans, sights and outcomes on days that can be counted by hand."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from drawdown.day import outcomes, plan, policy
from drawdown.day.outcomes import RUN_OUTCOMES
from drawdown.declared import levels
from drawdown.declared.actors import cast
from drawdown.declared.columns import COUNTED, OUTCOMES, PLAN, O
from drawdown.declared.conditions import Condition, Item, Test, Tests
from drawdown.declared.levels import MONTH, Mixed
from drawdown.declared.scenario import Event, Scenario
from drawdown.rules.politics import ASKED, HONOURED, NO_REQUEST, REFUSED
from drawdown.worlds.ensemble import Bands, bin_ranges

BASE = Scenario.load("sustained-presence")
LENGTHS = cast().calendar


def on(column: str, *events: Event, item: Scenario = BASE) -> list[int]:
    """Return the days, counted from the first, on which events set a column of the plan."""
    usual = plan.build(replace(item, events=()))[:, PLAN.index(column)]
    found = plan.build(replace(item, events=events))[:, PLAN.index(column)]
    return np.flatnonzero(found != usual).tolist()


def day(n: int) -> date:
    return BASE.start + timedelta(days=n)


def run(first: int, last: int) -> list[int]:
    return list(range(first, last + 1))


DATED: list[tuple[str, dict[str, Any], list[int]]] = [
    ("doubt", {"what": "doubt"}, run(100, 99 + LENGTHS["doubt"])),
    ("opening", {"what": "dialogue_round"}, run(100, 99 + LENGTHS["opening"])),
    ("round_ahead", {"what": "dialogue_round"}, run(100 - LENGTHS["before_round"], 99)),
    ("dialogue", {"what": "dialogue_round"}, [100]),
    ("after_concession", {"what": "concession"}, run(100, 99 + LENGTHS["opening"])),
    ("concession", {"what": "concession"}, [100]),
    ("promise_days", {"what": "concession", "until": day(130)}, [100]),
    ("broken_deadline", {"what": "broken_deadline"}, [100]),
    ("truce", {"what": "truce", "until": day(110)}, run(100, 110)),
    ("order", {"what": "order", "until": day(110)}, run(100, 110)),
    ("campaign", {"what": "campaign", "until": day(110)}, run(100, 110)),
    ("formation", {"what": "formation", "until": day(110)}, run(100, 110)),
    ("election", {"what": "election"}, [100]),
    ("vote", {"what": "vote"}, [100]),
    ("nato_suspended", {"what": "nato_suspension"}, [100]),
    ("nato_second_base", {"what": "nato_second_base"}, run(100, BASE.days - 1)),
    ("open_victoria", {"what": "hand_over", "site": "victoria"}, run(100, BASE.days - 1)),
]


@pytest.mark.parametrize(("column", "event", "days"), DATED, ids=lambda x: str(x)[:24])
def test_an_event_holds_from_its_day_to_its_last(column: str, event: Any, days: list[int]) -> None:
    """Catches a period a day short or long, and one that begins the day after."""
    assert on(column, Event(date=day(100), **event)) == days


def test_a_promise_is_due_on_its_day() -> None:
    built = plan.build(
        replace(BASE, events=(Event(date=day(9), what="concession", until=day(39)),))
    )
    assert built[9, PLAN.index("promise_days")] == 30.0


def test_what_is_announced_is_seen_and_what_is_done_is_done() -> None:
    """Catches an announcement of one kind of soldiers that is read from the posture."""
    for role in ("combat", "advisers", "coalition"):
        item = BASE.with_levers(**{f"announced_{role}": 123.0, role: 77.0})
        built = plan.build(item)
        assert (built[:, PLAN.index(role)] == 77.0).all()
        assert (built[:, PLAN.index(f"announced_{role}")] == 123.0).all()
        assert (built[:, PLAN.index(f"later_{role}")] == 123.0).all()
    falling = BASE.with_levers(combat={BASE.start: 1000.0, day(400): 0.0})
    built = plan.build(falling)
    ahead = LENGTHS["leaving_horizon"]
    later, now = (built[:, PLAN.index(f"{n}_combat")] for n in ("later", "announced"))
    assert later[: 400 - ahead] == pytest.approx(now[ahead:400])


# --- levels ------------------------------------------------------------------------------------


def test_lines_and_steps_change_on_their_dates() -> None:
    """Catches a step that holds a day longer, and a line that begins at its second date."""
    dated = {day(0): 0.0, day(10): 100.0, day(20): 50.0}
    days = day(0).toordinal() + np.array([-1, 0, 1, 9, 10, 11, 19, 20, 30])
    numbers, weights = levels.line(dated, days)
    assert numbers == pytest.approx([0, 0, 10, 90, 100, 95, 55, 50, 50])
    assert (weights == 0).all()
    stepped = levels.step(dated, days, float)
    assert stepped.tolist() == [0, 0, 0, 0, 100, 100, 100, 50, 50]


def test_a_level_between_a_number_and_the_residual_keeps_its_parts() -> None:
    assert levels.parts(Mixed(100.0, 0.25)) == (100.0, 0.25)
    assert levels.parts("residual") == (0.0, 1.0)
    assert levels.parts(7) == (7.0, 0.0)
    half = levels.on({day(0): 200.0, day(10): "residual"}, day(5))
    assert half == (100.0, 0.5)


def test_what_was_inherited_holds_until_the_eve() -> None:
    found = levels.joined({day(0): 100.0, day(100): 200.0}, {day(50): 7.0}, day(0))
    assert found == {day(0): 100.0, day(49): 149.0, day(50): 7.0}
    found = levels.stepped({day(0): "a", day(50): "b", day(60): "c"}, {day(50): "x"})
    assert found == {day(0): "a", day(50): "x"}


# --- sights ------------------------------------------------------------------------------------


def holds(test: dict[str, Any], since: int) -> bool:
    """Return whether a test of days without attacks holds so many days after the last one."""
    sight, days, low, high = policy._sight(Test.model_validate(test))
    assert COUNTED[sight] == "press_all"
    counted = [1.0] + [0.0] * since
    return low <= sum(counted[-days:]) <= high


@pytest.mark.parametrize("asked", [0, 1, 2, 5])
def test_days_without_attacks_are_counted_to_the_day(asked: int) -> None:
    """Catches at most N read as N less one, and at least N as N and one more."""
    said = {"see": "days_without_attacks", "on": "all", "counted_by": "press"}
    for since in range(9):
        assert holds(said | {"at_most": asked}, since) == (since <= asked), since
        assert holds(said | {"at_least": asked}, since) == (since >= asked), since


def test_a_sight_is_what_it_is_called() -> None:
    def column(**test: Any) -> tuple[str, int]:
        sight, days, _, _ = policy._sight(Test.model_validate(test | {"at_most": 3}))
        return COUNTED[sight], days

    assert column(see="attacks", on="bases", counted_by="official", days=9) == ("official_bases", 9)
    assert column(see="attacks", on="diplomats", counted_by="press", days=7) == (
        "press_diplomats",
        7,
    )
    assert column(see="dead", of="allied", days=30) == ("dead_allied", 30)
    assert column(see="strikes", days=5) == ("strikes", 5)
    _, _, low, high = policy._sight(Test.model_validate({"see": "pressure", "at_least": 0.5}))
    assert (low, high) == (0.5, np.inf)


def test_any_needs_one_and_all_need_all() -> None:
    one = Test.model_validate({"see": "pressure", "at_least": 0.5})
    assert Tests(any=(one, one, one)).needed == 1
    assert Tests(all=(one, one, one)).needed == 3


def test_what_a_condition_moves_is_its_own_lever() -> None:
    def moved(**then: Any) -> list[tuple[str, float, bool]]:
        item = {"when": {"see": "date", "at_least": "2022-01-01"}, "then": then}
        return policy.levers_of(Condition("c", Item.model_validate(item)))

    assert moved(advisers="residual") == [("advisers", 0.0, False), ("residual", 1.0, False)]
    assert moved(advisers=5) == [("advisers", 5.0, False), ("residual", 0.0, False)]
    assert moved(combat={"step": -100}) == [("combat", -100.0, True)]
    assert moved(doctrine="robust") == [("doctrine", 2.0, False)]
    confront, comply = moved(government="confront"), moved(government="comply")
    assert confront[0] == ("comply", 0.0, False)
    assert comply[0] == ("comply", 1.0, False)
    assert confront[1][1] > comply[1][1]


# --- outcomes of a run ------------------------------------------------------------------------


def summed(daily: np.ndarray, requests: list[int] | None = None) -> list[dict[str, float]]:
    """Return the outcomes of worlds from their days, shape (days, outcomes, worlds)."""
    worlds = daily.shape[2]
    out = np.empty((len(RUN_OUTCOMES), worlds))
    asked = np.array(requests or [NO_REQUEST] * worlds, float)
    outcomes.summarise(daily, asked, np.full(worlds, 40.0), out)
    return [dict(zip(RUN_OUTCOMES, out[:, w].tolist(), strict=True)) for w in range(worlds)]


def test_a_run_is_summed_over_the_days_that_an_outcome_is_about() -> None:
    """Catches a year for a run, the last day for the last ninety, and the last for the lowest."""
    days = 700
    daily = np.zeros((days, len(OUTCOMES), 1))
    daily[:, O.attacks_foreign] = 1.0
    daily[: days - 365, O.attacks_foreign] = 3.0
    daily[:, O.attacks_state] = 0.5
    daily[:, O.authority, 0] = np.arange(days)
    daily[:, O.pressure, 0] = np.arange(days)
    daily[:, O.us_support] = 50.0
    daily[300, O.us_support] = 20.0
    daily[:, O.daesh_index] = 200.0
    daily[:400, O.us_combat] = 100.0
    daily[:500, O.us_advisers] = 10.0
    (found,) = summed(daily)
    assert found["tempo_foreign"] == pytest.approx(MONTH)
    assert found["tempo_state"] == pytest.approx(0.5 * MONTH)
    assert found["tempo_first_half_year"] == pytest.approx(3.0 * MONTH)
    assert found["attacks_foreign"] == 3 * 335 + 365
    assert found["authority"] == pytest.approx(np.arange(610, 700).mean())
    assert found["pressure_first_half_year"] == pytest.approx(np.arange(182).mean())
    assert found["us_support_lowest"] == 20.0
    assert found["daesh_attacks"] == pytest.approx(80.0)
    assert found["us_troops_end"] == 0.0
    assert found["days_until_exit"] == 500.0


@pytest.mark.parametrize(
    ("last_attack", "stopped"),
    [
        (699, (0, 0, 0)),
        (640, (0, 0, 0)),
        (639, (1, 0, 0)),
        (580, (1, 0, 0)),
        (579, (1, 1, 0)),
        (520, (1, 1, 0)),
        (519, (1, 1, 1)),
    ],
)
def test_attacks_have_stopped_after_whole_windows_without_any(
    last_attack: int, stopped: Any
) -> None:
    daily = np.zeros((700, len(OUTCOMES), 1))
    daily[:, O.us_combat] = 1.0
    daily[last_attack, O.attacks_foreign] = 1.0
    (found,) = summed(daily)
    assert tuple(found[f"stop_{w}"] for w in (60, 120, 180)) == stopped
    assert np.isnan(found["days_until_exit"])


def test_a_request_is_made_where_it_was_refused_or_honoured() -> None:
    daily = np.zeros((10, len(OUTCOMES), 4))
    found = summed(daily, [NO_REQUEST, ASKED, REFUSED, HONOURED])
    assert [f["request_made"] for f in found] == [0, 0, 1, 1]
    assert [f["request_honoured"] for f in found] == [0, 0, 0, 1]


def test_bands_hold_the_counts_of_thirty_days_and_the_levels_of_the_day() -> None:
    """Catches a window of 29 or 31 days, and a quantile or a mean that is another's."""
    days, back = 40, 29
    rng = np.random.default_rng(3)
    daily = np.zeros((days, len(OUTCOMES), 5))
    before = np.zeros((back, outcomes.N_FLOWS, 5))
    before[:, O.attacks_foreign] = rng.poisson(0.4, (back, 5))
    daily[:, O.attacks_foreign] = rng.poisson(0.4, (days, 5))
    daily[:, O.authority] = rng.uniform(0.2, 0.6, (days, 5))
    histogram = np.zeros((days, len(OUTCOMES), outcomes.CELLS), np.int32)
    lows, widths = bin_ranges()
    outcomes.count_into_bands(daily, before, 5, lows, widths, histogram)
    none = np.zeros((4, 0), np.int32)
    bands = Bands(BASE.start, histogram, none)
    whole = np.concatenate([before[:, O.attacks_foreign], daily[:, O.attacks_foreign]])
    running = np.array([whole[t : t + 30].sum(axis=0) for t in range(days)])
    assert bands.means("attacks_foreign") == pytest.approx(running.mean(axis=1))
    ordered = np.sort(running, axis=1)
    # Of five worlds the lowest, the middle and the highest are 5, 50 and 95 %.
    found = bands.quantiles("attacks_foreign", (0.05, 0.5, 0.95))
    assert (found == ordered[:, [0, 2, 4]].T).all()
    width = widths[O.authority]
    assert bands.means("authority") == pytest.approx(daily[:, O.authority].mean(axis=1), abs=width)
    middle = bands.quantiles("authority", (0.5,))[0]
    assert middle == pytest.approx(np.median(daily[:, O.authority], axis=1), abs=1.5 * width)
    twice = bands + Bands(BASE.start, 2 * histogram, none)
    assert (twice.histogram == 3 * histogram).all()
