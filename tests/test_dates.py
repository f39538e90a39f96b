"""A date means from that date, from a file and from Python alike."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawdown import InputError, Scenario
from drawdown.day import plan
from drawdown.declared import levels
from drawdown.declared.columns import PLAN

HEAD = "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\n"


def written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def column(scenario: Scenario, name: str) -> np.ndarray:
    return plan.build(scenario)[:, PLAN.index(name)]


@pytest.mark.parametrize("role", ["combat", "advisers", "coalition"])
def test_soldiers_stay_as_inherited_until_the_first_date(tmp_path: Path, role: str) -> None:
    """Catches a level that reaches back to the first day, and a line from it."""
    path = written(
        tmp_path,
        f"extends: sustained-presence\npolicy: {{posture: {{{role}: {{2022-03-01: 7}}}}}}\n",
    )
    found, parent = Scenario.load(path), Scenario.load("sustained-presence")
    day = (date(2022, 3, 1) - found.start).days
    assert (column(found, role)[:day] == column(parent, role)[:day]).all()
    assert (column(found, role)[day:] == 7.0).all()
    python = parent.with_levers(**{role: {date(2022, 3, 1): 7}})
    assert (plan.build(python) == plan.build(found)).all()


def test_a_level_on_the_way_is_held_with_its_part_of_the_residual(tmp_path: Path) -> None:
    """Catches a hold that forgets the uncertain part of a level (C21)."""
    path = written(
        tmp_path,
        "extends: combat-to-advisory\npolicy: {posture: {advisers: {2022-06-01: 0}}}\n",
    )
    found, parent = Scenario.load(path), Scenario.load("combat-to-advisory")
    day = (date(2022, 6, 1) - found.start).days
    for name in ("advisers", "advisers_residual"):
        assert column(found, name)[:day] == pytest.approx(column(parent, name)[:day])
        assert (column(found, name)[day:] == 0.0).all()
    assert column(parent, "advisers_residual")[day - 1] > 0.1


def test_what_is_announced_holds_until_its_first_date_too(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "extends: sustained-presence\npolicy: {announced: {combat: {2022-06-01: 0}}}\n",
    )
    found = Scenario.load(path)
    day = (date(2022, 6, 1) - found.start).days
    for part, soldiers in (("combat", 936), ("advisers", 1564), ("coalition", 1000)):
        assert column(found, f"announced_{part}")[day - 1] == soldiers
        assert column(found, f"announced_{part}")[day] == (0 if part == "combat" else soldiers)
    assert (column(found, "combat") == 936).all()


@settings(max_examples=60, deadline=None)
@given(
    dates=st.lists(st.integers(0, 900), min_size=1, max_size=5, unique=True),
    soldiers=st.lists(st.integers(0, 3000), min_size=5, max_size=5),
    data=st.data(),
)
def test_the_order_of_a_dictionary_has_no_meaning(
    dates: list[int], soldiers: list[int], data: st.DataObject
) -> None:
    """Catches searching dates that are not in order."""
    parent = Scenario.load("combat-to-advisory")
    given_ = {parent.start + timedelta(days=d): s for d, s in zip(dates, soldiers, strict=False)}
    mixed = dict(data.draw(st.permutations(list(given_.items()))))
    one, other = (plan.build(parent.with_levers(combat=levels)) for levels in (given_, mixed))
    assert (one == other).all()
    first = min(dates)
    # A line between two numbers may lose a last bit where it is cut in two.
    k = PLAN.index("combat")
    assert one[:first, k] == pytest.approx(plan.build(parent)[:first, k])
    for d, s in zip(dates, soldiers, strict=False):
        assert one[d, PLAN.index("combat")] == s


def test_steps_hold_too_and_a_plain_value_is_from_the_first_day() -> None:
    parent = Scenario.load("combat-to-advisory")
    later = parent.with_levers(nato_target={"2022-01-01": 100}, doctrine={"2022-01-01": "none"})
    day = (date(2022, 1, 1) - parent.start).days
    assert set(column(later, "nato_target")[:day]) == {4000.0}
    assert set(column(later, "nato_target")[day:]) == {100.0}
    assert set(column(later, "doctrine")[:day]) == {1.0}
    assert set(column(parent.with_levers(combat=5), "combat")) == {5.0}


def test_a_government_that_confronts_polices_from_python_as_from_a_file(tmp_path: Path) -> None:
    """Catches a lever that means more in a file than in Python."""
    path = written(
        tmp_path,
        "extends: restraint\npolicy: {government: {2022-01-01: confront, 2022-06-01: balance}}\n",
    )
    dated = {"2022-01-01": "confront", date(2022, 6, 1): "balance"}
    python = Scenario.load("restraint").with_levers(government=dated)
    assert (plan.build(python) == plan.build(Scenario.load(path))).all()
    assert set(column(python, "policing")) == {0.15, 0.70}


@pytest.mark.parametrize(
    "day", [date(2022, 3, 1), "2022-03-01", np.datetime64("2022-03-01"), pd.Timestamp("2022-03-01")]
)
def test_any_date_is_a_date(day: object) -> None:
    found = Scenario.load("restraint").with_levers(combat={day: 0})
    assert column(found, "combat")[-1] == 0.0


def test_faults_of_levers_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        Scenario.load("restraint").with_levers(
            combatt=3,
            combat=-1,
            doctrine="limitted",
            policing=float("nan"),
            nato_target={"2032-01-01": 5},
            advisers={"1 May": 0},
            coalition=True,
        )
    told = "\n".join(caught.value.faults)
    assert len(caught.value.faults) == 7
    for words in ("did you mean 'combat'", "did you mean 'limited'", "2032-01-01", "1 May", "nan"):
        assert words in told


def test_dates_that_no_run_reaches_are_faults_or_notes(tmp_path: Path) -> None:
    """Catches a typing error in a year that switches a lever off in silence."""
    path = written(
        tmp_path,
        "extends: restraint\npolicy:\n  doctrine: {2032-06-01: robust}\n"
        "  posture: {combat: {2029-01-01: 3}}\n",
    )
    with pytest.raises(InputError) as caught:
        Scenario.load(path)
    assert [f.split(": ", 1)[0].rsplit("/", 1)[1] for f in caught.value.faults] == [
        "mine.yaml:6:22",
        "mine.yaml:5:14",
    ]
    assert all("2021-07-26 to 2024-01-26" in f for f in caught.value.faults)
    path = written(
        tmp_path,
        "extends: restraint\npolicy:\n  policing: {2012-06-01: 0.9, 2013-01-01: 0.2}\n"
        "  posture: {combat: {2022-01-01: 936, 2029-01-01: 3}}\n",
    )
    notes = Scenario.load(path).notes
    assert len(notes) == 3
    assert "nothing of it is played" in notes[0] or "nothing of it is played" in notes[1]
    assert any("2029-01-01" in n and "as far as the run goes" in n for n in notes)


def test_a_scenario_of_its_own_needs_a_first_level(tmp_path: Path) -> None:
    text = (
        "history: none\nstart: 2021-07-26\nend: 2022-07-26\npolicy:\n  nato_target: 0\n"
        "  posture: {combat: {2022-01-01: 5}, advisers: 0, coalition: 0}\n"
    )
    with pytest.raises(InputError, match="says nothing of the days before 2022-01-01"):
        Scenario.load(written(tmp_path, text))


def test_lines_and_steps_between_dates() -> None:
    days = np.array([date(2022, 1, d).toordinal() for d in (1, 2, 3, 4)])
    dated = {date(2022, 1, 2): 10.0, date(2022, 1, 4): levels.RESIDUAL}
    numbers, weights = levels.line(dated, days)
    assert numbers.tolist() == [10.0, 10.0, 5.0, 0.0]
    assert weights.tolist() == [0.0, 0.0, 0.5, 1.0]
    assert levels.step({date(2022, 1, 2): 1, date(2022, 1, 4): 2}, days, float).tolist() == [
        1,
        1,
        1,
        2,
    ]
