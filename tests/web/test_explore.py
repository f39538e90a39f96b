"""Explore without a browser: views, curves, worlds and files."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from conftest import Page

from drawdown import compare
from drawdown.day.curves import BEFORE, DAYS
from drawdown.declared import lever_table
from drawdown.declared.columns import OUTCOMES, PLAN, STRUCTURES
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.declared.levers import LEVERS, Lever, day_of, departs, moved, stands
from drawdown.declared.scenario import Scenario
from drawdown.questions import decompose
from drawdown.views.decompose import waterfall
from drawdown.web import address, controls, explore
from drawdown.web.address import RUNS, View
from drawdown.web.explore import Explorer
from drawdown.worlds import ensemble


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return Explorer()


def test_curves_are_those_of_the_ensemble(explorer: Explorer) -> None:
    """The same worlds, played by the ensemble engine, give the same numbers."""
    view = View(structure="neutral")
    found = explorer.curves(view, Language())
    scenario = Scenario.load(view.case)
    scenario = scenario.until(scenario.start + timedelta(days=DAYS - 1))
    played = ensemble.play(
        [scenario], runs=RUNS, structure="neutral", bands=False, keep=list(range(RUNS))
    )[0]
    days = np.stack([played.kept[k] for k in range(RUNS)], axis=2)
    foreign = days[:, OUTCOMES.index("attacks_foreign")]
    sums = np.array([foreign[k - 30 : k].sum(axis=0) for k in range(30, DAYS, 1)])
    week = found["weeks"].index(
        next(w for w in found["weeks"] if w >= (scenario.start + timedelta(days=100)).isoformat())
    )
    first = scenario.start - timedelta(days=BEFORE)
    ends = [30 + 7 * k for k in range(week - 2, week + 2)]
    assert (first + timedelta(days=ends[2])).isoformat() == found["weeks"][week]
    medians = [np.median(sums[end - BEFORE - 29]) for end in ends]
    rows = found["case"]["attacks_foreign"]
    assert rows[2][week] == pytest.approx(np.mean(medians), abs=0.006)
    means = [np.mean(sums[end - BEFORE - 29]) for end in ends]
    assert rows[5][week] == pytest.approx(np.mean(means), abs=0.006)
    # All structures together: the mean of theirs.
    each = [explorer.curves(replace(view, structure=s), Language())["case"] for s in STRUCTURES]
    together = explorer.curves(View(), Language())["case"]["attacks_foreign"][5][week]
    mean = np.mean([one["attacks_foreign"][5][week] for one in each])
    assert together == pytest.approx(mean, abs=0.011)


def test_only_what_was_moved_moves(explorer: Explorer) -> None:
    language = Language()
    usual = explorer.curves(View(), language)
    moved = explorer.curves(replace(View(), levers={"combat": 2500.0}), language)
    assert moved["base"] == usual["base"]
    assert moved["case"]["soldiers"] != usual["case"]["soldiers"]
    held = explorer.curves(replace(View(), uncertainties={"attack_rate": 0.3}), language)
    assert held["case"]["attacks_foreign"] != usual["case"]["attacks_foreign"]
    assert held["base"]["attacks_foreign"] != usual["base"]["attacks_foreign"]


@pytest.mark.parametrize("lever", LEVERS, ids=lambda s: s.name)
def test_every_lever_moves_something(lever: Lever, explorer: Explorer) -> None:
    language = Language()
    before = stands(View().scenario())[lever.name]
    ends = lever.choices or (lever.low, lever.high)
    if lever.name == "government":
        ends = ("confront",)
    usual, usual_numbers = explorer.curves(View(), language), explorer.numbers(View(), language)
    different = False
    for end in ends:
        if end != before:
            view = replace(View(), levers={lever.name: end})
            found, numbers = explorer.curves(view, language), explorer.numbers(view, language)
            different |= found["case"] != usual["case"] or numbers != usual_numbers
    assert different


def test_an_address_gives_the_same_view(explorer: Explorer) -> None:
    query = {
        "case": "full-withdrawal",
        "base": "combat-to-advisory",
        "structure": "provoke",
        "seed": "3",
        "doctrine": "robust",
        "nato_target": "500",
        "u.lethality": "0.02",
        "lang": "ar",
    }
    view = View.read(query)
    assert view == View.read(dict(reversed(query.items())))
    again = Explorer().curves(view, Language("ar"))
    assert again == explorer.curves(view, Language("ar"))
    told = {row["name"]: row for row in explorer.numbers(view, Language("ar"))}
    assert {"tempo_foreign", "stop_60", "stop_120", "stop_180", "dead_us"} <= set(told)
    assert all(row["less"] for row in told.values())


def test_every_fault_of_an_address_is_told() -> None:
    with pytest.raises(InputError) as raised:
        View.read(
            {
                "case": "full-withdrawl",
                "structure": "x",
                "seed": "-1",
                "combat": "1e9",
                "doctrine": "hard",
                "u.lethality": "7",
                "u.letality": "0.1",
                "colour": "red",
            }
        )
    assert len(raised.value.faults) == 8
    assert "full-withdrawal" in raised.value.faults[0]


def test_a_scenario_file_plays_what_was_shown(visitor: Callable[[], Page], tmp_path: Path) -> None:
    query = "combat=500&by=12&doctrine=robust&u.lethality=0.02"
    text = visitor().get(f"/download/scenario.yaml?{query}").text
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    loaded = Scenario.load(path)
    shown = View.read(dict(p.split("=") for p in query.split("&"))).scenario()
    assert (ensemble.plan_of(loaded) == ensemble.plan_of(shown)).all()
    assert loaded.world["lethality"].value == 0.02


def test_curves_come_as_a_table(visitor: Callable[[], Page]) -> None:
    answer = visitor().get("/download/curves.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert len(rows) == 2 * 2 * len({r["week"] for r in rows})
    assert all(float(r["q05"]) <= float(r["q50"]) <= float(r["q95"]) for r in rows)


def test_curves_stand_under_the_name_of_their_scenario(
    visitor: Callable[[], Page], explorer: Explorer
) -> None:
    """Catches the case's curves under the base's name, and one quantile under another's."""
    view = View(case="full-withdrawal")
    answer = visitor().get(f"/download/curves.csv?case={view.case}")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    shown = explorer.curves(view, Language("en"))
    for key, name in (("case", view.case), ("base", view.base)):
        for outcome in ("attacks_foreign", "attacks_state"):
            own = [r for r in rows if r["scenario"] == name and r["outcome"].startswith(outcome)]
            for q, quantile in enumerate(("q05", "q25", "q50", "q75", "q95")):
                assert [float(r[quantile]) for r in own] == list(shown[key][outcome][q])
    assert shown["case"] != shown["base"]


def test_a_world_is_told_with_reasons(explorer: Explorer) -> None:
    found = explorer.world(View(), Language("ar"))
    attacks = [e for e in found["events"] if e["kind"] == "foreign"]
    assert attacks
    assert all("C24" in e["rule"] for e in attacks)
    days = [e["day"] for e in found["events"]]
    assert days == sorted(days)
    assert max(days) < DAYS
    assert len(found["people"]) == len(range(0, DAYS, found["step"]))


def test_sliders_come_from_the_declarations() -> None:
    for code in ("en", "ar"):
        shown = controls.controls(Language(code))
        for item in shown["parameters"]:
            assert item["low"] < item["high"]
            assert item["unit"]
            assert item["source"]
            assert item["moves"]
            assert item["meaning"]
        assert {s.name for s in LEVERS} == {i["name"] for i in shown["levers"]}


@pytest.mark.parametrize("code", ["en", "ar"])
def test_every_control_has_a_name_in_words(code: str) -> None:
    """Catches a lever that is shown by the name that the program has for it."""
    text = json.dumps(controls.controls(Language(code)), ensure_ascii=False)
    labels = re.findall(r'"label": "([^"]*)"', text)
    assert len(labels) > 10
    assert not [label for label in labels if "_" in label]


@pytest.mark.long
def test_worlds_and_plans_are_let_go() -> None:
    import gc

    from drawdown.day.world import World

    def alive() -> int:
        gc.collect()
        # Asking a weak proxy what it is an instance of would ask what it stood for.
        return sum(type(o) is World for o in gc.get_objects())

    before = alive()
    explorer = Explorer()
    for number in range(8):
        explorer.world(replace(View(), world=number), Language())
    explorer._recent.clear()
    assert alive() == before
    for k in range(80):
        ensemble.plan_of(moved(View().scenario(), {"nato_target": 10.0 * k}))
    assert len(ensemble._plans) <= ensemble.MOST_PLANS


def test_only_the_lever_that_is_moved_moves() -> None:
    before = View().scenario().levers
    after = moved(View().scenario(), {"coalition": 500.0}).levers
    assert after.combat == before.combat
    assert after.advisers == before.advisers
    assert after.coalition[max(after.coalition)] == 500.0
    later = moved(View().scenario(), {"by": 24.0}).levers
    assert min(later.combat) == min(before.combat)
    assert max(later.combat) > max(before.combat)
    assert later.coalition == before.coalition


PEOPLE = ("combat", "advisers", "coalition")
PRIME_MINISTERS = {"friend": -1.0, "neutral": 0.0, "foe": 1.0, "next": 0.0}


@pytest.mark.long
@pytest.mark.parametrize("name", address.offered())
def test_every_step_of_every_slider_plays_what_it_says(name: str) -> None:
    """Catches a slider whose steps stop short, are ignored, or move another lever."""
    scenario = View(case=name).scenario()
    for lever in LEVERS:
        count = round((lever.high - lever.low) / lever.step)
        steps = lever.choices or [lever.low + k * lever.step for k in range(count + 1)]
        if lever.name == "by" and not departs(scenario):
            continue
        for step in steps:
            shown = moved(scenario, {lever.name: step})
            days = ensemble.plan_of(shown)
            usual = ensemble.plan_of(scenario)
            if lever.name == "by":
                there = min(DAYS - 1, (day_of(scenario, step) - scenario.start).days)
                for role in PEOPLE:
                    if len(getattr(scenario.levers, role)) == 1:
                        continue
                    for part in (role, f"{role}_residual"):
                        if part not in PLAN:
                            continue
                        column = days[:, PLAN.index(part)]
                        end = usual[-1, PLAN.index(part)]
                        assert column[there:] == pytest.approx(end), (step, part)
                        begin = usual[0, PLAN.index(part)]
                        if end != begin and there < DAYS - 1:
                            assert column[there - 1] != pytest.approx(end, abs=1e-9), (step, part)
                continue
            if lever.name == "government":
                said = {"policing": lever_table.IMPLIED[str(step)]}
                said["comply"] = float(step == "comply")
            elif lever.name == "doctrine":
                said = {"doctrine": float(lever.choices.index(str(step)))}
            elif lever.name == "us_iran":
                said = {"us_iran": float(lever.choices.index(str(step)))}
            elif lever.name == "prime_minister":
                said = {"prime_minister": PRIME_MINISTERS[str(step)]}
                said["prime_minister_next"] = float(step == "next")
            else:
                said = {lever.name: float(step)}
            for column, value in said.items():
                row = days[:, PLAN.index(column)]
                if lever.name in PEOPLE:
                    assert row[-1] == value, (lever.name, step)
                    assert row[0] == usual[0, PLAN.index(column)]
                else:
                    assert row == pytest.approx(value), (lever.name, step)
            others = [c for c in PLAN if c not in said and lever.name not in c]
            if lever.name == "us_iran":
                # Days on which a deal or talks are new follow from the dates before.
                others.remove("opening")
            if lever.name not in PEOPLE:
                for column in others:
                    k = PLAN.index(column)
                    assert (days[:, k] == usual[:, k]).all(), (lever.name, column)


def test_what_is_drawn_for_every_world_has_no_place_of_its_own() -> None:
    """Catches a slider that shows the default where every world has its own number."""
    shown = {s["name"]: s["stands"] for s in controls.controls(Language())["scenarios"]}
    assert shown["combat-to-advisory"]["advisers"] is None
    assert shown["full-withdrawal"]["advisers"] == 0.0
    assert shown["sustained-presence"]["advisers"] == 1564.0


@pytest.mark.parametrize(
    ("structure", "case"),
    [
        ("deter", "full-withdrawal"),
        ("provoke", "full-withdrawal"),
        # Its conditions look back on days before the first that the page plays.
        ("neutral", "conditions-based-exit"),
        ("provoke", "tit-for-tat"),
        ("all", "robust-retaliation"),
    ],
)
def test_the_table_is_that_of_compare_on_the_same_days(
    structure: str, case: str, explorer: Explorer
) -> None:
    """Catches an outcome worked out by another rule than compare's, or over other days."""
    view = View(case=case, base="sustained-presence", structure=structure)
    language = Language()
    rows = {row["name"]: row for row in explorer.numbers(view, language)}
    pair = [Scenario.load(n) for n in (view.base, view.case)]
    pair = [s.until(s.start + timedelta(days=DAYS - 1)) for s in pair]
    found = compare(pair, runs=RUNS, structure=structure, bands=False)
    part = found.main_structure
    for name, digits in explore.TABLE:
        e = found.difference(view.case, part, name)
        told = f"{language.number(e.mean, digits)} [{language.number(e.low, digits)}, "
        assert rows[name]["less"] == told + f"{language.number(e.high, digits)}]", name
        level = float(found.values(view.case, part, name).mean())
        assert rows[name]["case"] == language.number(level, digits), name
        ends = (language.number(v, digits) for v in (e.future_low, e.future_high))
        assert rows[name]["futures"] == " … ".join(ends), name
    quotient = found.tempo_ratio(view.case, part)
    assert rows["tempo_ratio"]["less"].startswith(language.number(quotient.mean, 2))
    assert f"{DAYS}" in controls.horizon(language)


def test_one_world_tells_its_conditions_in_both_languages(explorer: Explorer) -> None:
    """Catches a turn without what was seen, and a server's paths on the page."""
    view = View(case="conditions-based-exit", base="sustained-presence")
    for code in ("en", "ar"):
        language = Language(code)
        shown = {s["name"]: s for s in controls.controls(language)["scenarios"]}
        assert len(shown["conditions-based-exit"]["conditions"]) == 2
        assert shown["full-withdrawal"]["conditions"] == []
        turns = [e for e in explorer.world(view, language)["events"] if "leave" in e["text"]]
        assert turns
        assert "conditions-based-exit.yaml:" in turns[0]["rule"]
        assert str(Path.cwd()) not in turns[0]["rule"]


def test_the_page_splits_a_difference_as_the_command_does(explorer: Explorer) -> None:
    """Catches other worlds, another structure, or levers moved by hand that are forgotten."""
    view = View(case="label-only", base="nato-500", structure="deter", levers={"combat": 400.0})
    found = explorer.difference(view, Language())
    pair = [Scenario.load(view.base), view.scenario()]
    two = decompose.pair(pair[0].until(pair[1].end), pair[1])
    played = decompose.play(two, ("tempo_foreign",), runs=RUNS, structure="deter")
    assert set(two.parts) == {"role", "us_numbers", "announced"}
    assert found == waterfall(played, Language())
    with pytest.raises(InputError, match="differ in nothing"):
        explorer.difference(View(case="nato-500", base="nato-500"), Language())
