"""What files and hands declare: which day, whose value, which of two files."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import hand_made
import numpy as np
import pytest

from drawdown.declared import events, levers, policies
from drawdown.declared.columns import OUTCOMES, STATES, O, P, S
from drawdown.declared.conditions import DECIDES, Condition, Item, sights
from drawdown.declared.levels import MONTH
from drawdown.declared.lever_table import DEFAULTS, IMPLIED
from drawdown.declared.parameters import Setting, draw
from drawdown.declared.scenario import Event, Scenario
from drawdown.worlds import ensemble

BASE = Scenario.load(hand_made.BASE)
HEAD = "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\n"


def day(n: int) -> date:
    return BASE.start + timedelta(days=n)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


# --- scenarios --------------------------------------------------------------------------------


def test_the_nearest_file_has_the_last_word(tmp_path: Path) -> None:
    """Catches a grandparent that overrules the file itself."""
    written(
        tmp_path, "old", "extends: sustained-presence\npolicy: {nato_target: 1000, policing: 0.2}\n"
    )
    written(tmp_path, "middle", "extends: old.yaml\npolicy: {nato_target: 2000}\n")
    path = written(tmp_path, "young", "extends: middle.yaml\npolicy: {policing: 0.3}\n")
    found = Scenario.load(path).levers
    assert list(found.nato_target.values()) == [2000.0]
    assert list(found.policing.values()) == [0.3]


def test_landmarks_are_those_of_the_mode_that_is_played() -> None:
    strike = Event(date=day(10), what="strike", faction="kataib_hezbollah", only="conditioned")
    vote = Event(date=day(20), what="vote")
    after = Event(date=BASE.end + timedelta(days=1), what="vote")
    item = replace(BASE, events=(strike, vote, after))
    assert (day(10), "strike") not in item.landmarks()
    assert (day(20), "vote") in item.landmarks()
    assert (day(10), "strike") in replace(item, mode="conditioned").landmarks()
    assert all(d <= BASE.end for d, _ in item.landmarks())


def test_a_government_that_confronts_polices_harder() -> None:
    def policing(**given: Any) -> float:
        return float(list(BASE.with_levers(**given).levers.policing.values())[-1])

    assert IMPLIED["confront"] > DEFAULTS["policing"]
    assert policing(government="confront") == IMPLIED["confront"]
    assert policing(government="comply") == DEFAULTS["policing"]
    assert policing(government="confront", policing=0.5) == 0.5


def test_who_decides_must_be_able_to_see() -> None:
    """Catches a lever that follows what its holder cannot know."""
    for see, about in sights().items():
        if about["kind"] != "level":
            continue
        for lever, value in (("combat", 5), ("nato_target", 5), ("policing", 0.5)):
            item = {"when": {"see": see, "at_least": 0.5}, "then": {lever: value}}
            knows = bool(set(about["sees"]) & set(DECIDES[lever]))
            if knows:
                Item.model_validate(item)
            else:
                with pytest.raises(ValueError, match="is known to"):
                    Item.model_validate(item)


# --- levers and policies ----------------------------------------------------------------------


def test_levers_stand_where_they_come_to() -> None:
    """Catches the first level for the last, and months that end a day late."""
    item = BASE.with_levers(combat={BASE.start: 900.0, day(364): 100.0})
    stands = levers.stands(item)
    assert stands["combat"] == 100.0
    assert stands["by"] == 12.0
    for months in (1, 6, 12, 24):
        last = levers.day_of(item, months)
        assert (last - item.start).days + 1 == round(months * MONTH)
    moved = levers.moved(item, {"combat": 50.0, "by": 6.0})
    assert moved.levers.combat[levers.day_of(item, 6)] == 50.0
    assert max(moved.levers.combat) == levers.day_of(item, 6)


def test_a_date_in_a_condition_is_moved_as_days_from_the_first() -> None:
    """Catches days counted from the end, and a bound that is another's."""
    told = {"when": {"see": "date", "at_least": str(day(100))}, "then": {"combat": 5}, "lasting": 3}
    item = replace(BASE, conditions=(Condition("leave", Item.model_validate(told)),))
    stands = policies.stands(item)
    assert stands["leave.when.at_least"] == 100
    assert stands["leave.lasting"] == 3
    assert stands["leave.then.combat"] == 5
    (moved,) = policies.moved(item, {"leave.when.at_least": 150, "leave.lasting": 9}).conditions
    assert moved.item.when.items[0].at_least == day(150)
    assert moved.item.lasting == 9
    assert policies.moved(item, {"leave": "off"}).conditions == ()


# --- lists of events --------------------------------------------------------------------------


def listed(*rows: tuple[str, str, float]) -> events.Listed:
    found = []
    for first, last, dead in rows:
        days = date.fromisoformat(first), date.fromisoformat(last)
        number = events.Number(dead, dead, dead)
        found.append(events.Event(*days, days[0], events.ONE, number, False))
    span = min(e.first for e in found), max(e.last for e in found)
    return events.Listed("dates", tuple(found), (), span, 9.0, "")


def test_an_event_counts_on_its_first_day() -> None:
    """Catches an event counted on its last day, and weeks that begin on Sunday."""
    one = listed(("2021-01-30", "2021-02-02", 5.0), ("2021-01-04", "2021-01-04", 1.0))
    end = date(2021, 2, 28)
    months = events.series(one, "month", last=end).intervals
    assert [(i.start.month, i.count) for i in months] == [(1, 2.0), (2, 0.0)]
    dead = events.series(one, "month", "deaths", last=end).intervals
    assert [i.count for i in dead] == [6.0, 0.0]
    weeks = events.series(
        listed(("2021-01-10", "2021-01-10", 0), ("2021-01-11", "2021-01-11", 0)), "week"
    )
    assert [i.start for i in weeks.intervals] == [date(2021, 1, 4), date(2021, 1, 11)]
    assert [i.count for i in weeks.intervals] == [1.0, 1.0]
    assert all(i.start.weekday() == 0 and i.days == 7 for i in weeks.intervals)


# --- worlds -----------------------------------------------------------------------------------


def test_a_scenarios_own_parameters_hold_while_it_is_lived() -> None:
    """Catches parameters that a scenario chooses and nobody plays."""
    item = hand_made.short(hand_made.BASE, 40)
    nature = draw(range(16), seed=3)
    blocks = ensemble.begin(range(16), nature)
    loud = replace(item, world={"attack_rate": Setting(value=2.0)})
    none = replace(item, world={"attack_rate": Setting(value=0.0)})

    def attacks(one: Scenario) -> float:
        _, found = ensemble.live(blocks, one, 3, lambda daily: daily.sum(axis=0))
        return float(found[O.attacks_foreign].sum())

    assert attacks(none) == 0.0
    assert attacks(loud) > 3 * max(1.0, attacks(item))
    assert (ensemble.own_nature(loud, nature)[P.attack_rate] == 2.0).all()
    assert ensemble.own_nature(item, nature) is nature


def test_days_until_a_condition_are_counted_from_the_first() -> None:
    item = Scenario.load("conditions-based-exit")
    state = np.zeros((STATES, 2))
    state[S.first_met, 0] = item.start.toordinal() + 7
    found = ensemble.first_met(state, item)
    assert found[0, 0] == 7.0
    assert np.isnan(found[1]).all()
    state[S.first_met, 1] = item.start.toordinal()
    assert ensemble.first_met(state, item)[1, 0] == 0.0


def test_the_days_that_are_kept_are_those_of_their_world() -> None:
    """Catches the world beside, whose sums differ from the outcomes of the one that was asked."""
    item = hand_made.short(hand_made.BASE, 60)
    (found,) = ensemble.play([item], runs=12, keep=(3, 7), seed=5, bands=False)
    assert set(found.kept) == {3, 7}
    for k, days in found.kept.items():
        assert days.shape == (60, len(OUTCOMES))
        attacks = found.outcome("attacks_foreign")[k] + found.outcome("attacks_state")[k]
        assert days[:, [O.attacks_foreign, O.attacks_state]].sum() == attacks
        assert found.outcome("us_support_lowest")[k] == days[:, O.us_support].min()
    assert len({found.outcome("us_support_lowest")[k] for k in range(12)}) > 6
