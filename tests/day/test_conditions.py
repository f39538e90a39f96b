"""Conditions: alike in both engines, the parent's where they never come, a date's where they do."""

import os
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drawdown import World, compare
from drawdown.connect import store
from drawdown.day import policy
from drawdown.declared import conditions as declared_conditions
from drawdown.declared.columns import CONDITION, OUTCOMES, STRUCTURES
from drawdown.declared.conditions import Condition, Item, sights
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.declared.lever_table import POSTURE
from drawdown.declared.parameters import settings as chosen_by
from drawdown.declared.scenario import Scenario
from drawdown.questions import idle
from drawdown.rules import conditions as rules
from drawdown.views.chronicle import Teller
from drawdown.worlds import ensemble

BASE = "sustained-presence"
ALWAYS = {"see": "date", "at_least": "2021-01-01"}
NEVER = {"see": "date", "at_least": "2040-01-01"}
COMBAT = OUTCOMES.index("us_combat")
EXAMPLES = 40 if os.environ.get("DRAWDOWN_NEED_CHROMIUM") == "1" else 4


def scenario(*items: dict[str, Any], base: str = BASE, days: int | None = None) -> Scenario:
    """Return a scenario with these conditions, named by their place."""
    found = Scenario.load(base)
    if days is not None:
        found = found.until(found.start + timedelta(days=days - 1))
    made = tuple(Condition(f"c{i}", Item.model_validate(x)) for i, x in enumerate(items))
    return replace(found, name="reacting", conditions=made)


def days_of(item: Scenario, runs: int = 8, structure: str = "provoke") -> np.ndarray:
    """Return every day of some worlds, shape (runs, days, outcomes)."""
    found = ensemble.play([item], runs=runs, keep=range(runs), structure=structure, bands=False)[0]
    return np.array([found.kept[r] for r in range(runs)])


@lru_cache(maxsize=4)
def usual(base: str = BASE) -> np.ndarray:
    return days_of(Scenario.load(base))


# --- random conditions ----------------------------------------------------------------------


@st.composite
def some_tests(draw: Any, seen_by: str) -> dict[str, Any]:
    known = [n for n, about in sights().items() if seen_by in about["sees"]]
    see = draw(st.sampled_from(known))
    about, found = sights()[see], {"see": see}
    for option, allowed in about["options"].items():
        found[option] = draw(st.sampled_from(allowed))
    if found.get("on") == "state":
        found["counted_by"] = "press"
    bound = draw(st.sampled_from(["at_least", "at_most"]))
    if about["kind"] == "day":
        start = date(2021, 7, 26)
        found[bound] = (start + timedelta(days=draw(st.integers(-5, 200)))).isoformat()
        return found
    if about["kind"] == "count" and see != "days_without_attacks":
        found["days"] = draw(st.integers(1, 200))
        found[bound] = draw(st.integers(0, 8))
    elif see == "days_without_attacks":
        found[bound] = draw(st.integers(0, 60))
    else:
        high = {
            "support": 60,
            "daesh": 200,
            "nato": 4000,
            "us_soldiers": 3000,
            "coalition": 1500,
        }.get(see, 1)
        found[bound] = draw(st.floats(0, high))
    return found


def some(draw: Any, seen_by: str) -> Any:
    found = draw(st.lists(some_tests(seen_by), min_size=1, max_size=3))
    return {"any": found} if draw(st.booleans()) else found


@st.composite
def items(draw: Any) -> dict[str, Any]:
    who = draw(st.sampled_from(["us", "nato", "government"]))
    people = st.one_of(
        st.integers(0, 5000), st.builds(lambda n: {"step": n}, st.integers(-800, 800))
    )
    levers: dict[str, Any] = {
        "us": {
            "combat": people,
            "advisers": st.one_of(people, st.just("residual")),
            "coalition": people,
            "doctrine": st.sampled_from(["none", "limited", "robust", "decapitation"]),
            "strike_budget": st.integers(0, 40),
            "concession": st.one_of(st.just(True), st.just({"promise_days": 90})),
            "talks": st.just(True),
        },
        "nato": {"nato_target": people},
        "government": {
            "policing": st.floats(0, 1),
            "government": st.sampled_from(["balance", "confront", "comply"]),
            "talks": st.just(True),
        },
    }[who]
    names = draw(st.sets(st.sampled_from(sorted(levers)), min_size=1, max_size=3))
    found: dict[str, Any] = {
        "when": some(draw, who),
        "lasting": draw(st.integers(1, 20)),
        "then": {name: draw(levers[name]) for name in sorted(names)},
        "once": draw(st.booleans()),
    }
    if names & set(POSTURE) and draw(st.booleans()):
        found["over"] = draw(st.integers(1, 300))
        if draw(st.booleans()):
            found["halt"] = some(draw, who)
            if draw(st.booleans()):
                found["resume"] = some(draw, who)
    if not names <= {"concession", "talks"} and draw(st.booleans()):
        found["until"] = some(draw, who)
    return found


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(
    st.lists(items(), min_size=1, max_size=4), st.integers(0, 10**6), st.sampled_from(STRUCTURES)
)
def test_random_conditions_are_lived_alike_in_both_engines(
    given_items: list[dict[str, Any]], seed: int, structure: str
) -> None:
    """Catches a test, a lever or a turn that one engine knows otherwise."""
    item = scenario(*given_items, days=150)
    found = ensemble.play(
        [item], runs=1, first=seed, seed=3, keep=[seed], structure=structure, bands=False
    )[0]
    world = World(
        item, seed=3, replication=seed, structure=structure, uncertainty="posterior"
    ).run()
    assert np.array_equal(world.outcomes().astype(np.float32), found.kept[seed])
    state = world.export_state()[:, None]
    assert np.array_equal(ensemble.first_met(state, item), found.met, equal_nan=True)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(items())
def test_a_condition_that_never_comes_leaves_the_parent_as_it_is(
    given_item: dict[str, Any],
) -> None:
    """Catches a condition that acts before it is met."""
    never = scenario(given_item | {"when": NEVER})
    assert np.array_equal(days_of(never), usual())


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    combat=st.integers(0, 4000),
    advisers=st.one_of(st.integers(0, 4000), st.just("residual")),
    coalition=st.integers(0, 3000),
    nato=st.integers(0, 6000),
    doctrine=st.sampled_from(["none", "limited", "robust", "decapitation"]),
    policing=st.floats(0, 1),
    over=st.integers(1, 800),
    after=st.integers(0, 300),
)
def test_a_condition_that_comes_on_a_day_is_the_dated_policy(
    combat: int,
    advisers: Any,
    coalition: int,
    nato: int,
    doctrine: str,
    policing: float,
    over: int,
    after: int,
) -> None:
    """Catches a way that is a day late, a level that is another, a departure nobody sees ahead."""
    begins = Scenario.load(BASE).start
    # What is seen ahead of a dated departure is seen of a conditional one from its first day on.
    after = 0 if after < 150 else after
    day = begins + timedelta(days=after)
    end = day + timedelta(days=over)
    reacting = scenario(
        {
            "when": {"see": "date", "at_least": day.isoformat()},
            "then": {"combat": combat, "advisers": advisers, "coalition": coalition},
            "over": over,
        },
        {"when": {"see": "date", "at_least": day.isoformat()}, "then": {"nato_target": nato}},
        {"when": {"see": "date", "at_least": day.isoformat()}, "then": {"doctrine": doctrine}},
        {"when": {"see": "date", "at_least": day.isoformat()}, "then": {"policing": policing}},
    )
    parent = Scenario.load(BASE)
    levers = {
        "combat": {day: 936.0, end: float(combat)},
        "advisers": {day: 1564.0, end: advisers},
        "coalition": {day: 1000.0, end: float(coalition)},
    }
    announced: dict[str, Any] = {}
    if after:
        # Until the day nobody has announced anything: what is seen ahead is today's level.
        announced = {"hold_fire_discount": 0.0}
    dated = parent.with_levers(
        **levers, nato_target={day: nato}, doctrine={day: doctrine}, policing={day: policing}
    )
    if announced:
        from drawdown.declared.parameters import Setting

        choice = {name: Setting(value=value) for name, value in announced.items()}
        reacting = replace(reacting, world=choice)
        dated = replace(dated, world=choice)
    assert np.array_equal(days_of(reacting, 4), days_of(dated, 4))


# --- what each word does ---------------------------------------------------------------------


def soldiers(*given_items: dict[str, Any], runs: int = 1) -> np.ndarray:
    return days_of(scenario(*given_items), runs)[:, :, COMBAT]


DAY = timedelta(days=1)
START = date(2021, 7, 26)


def on(days: int) -> str:
    return (START + days * DAY).isoformat()


LEAVE = {"when": ALWAYS, "then": {"combat": 0}, "over": 100, "once": True}


def test_a_halt_holds_and_a_resume_goes_on() -> None:
    halted = LEAVE | {"halt": {"see": "date", "at_least": on(20), "at_most": on(29)}}
    found = soldiers(halted)[0]
    assert found[19] == pytest.approx(936 * 0.81, rel=1e-6)
    assert (found[20:] == found[19]).all()
    resumed = soldiers(halted | {"resume": {"see": "date", "at_least": on(25)}})[0]
    assert (resumed[19:30] == resumed[19]).all()
    assert resumed[30] == pytest.approx(936 * 0.80, rel=1e-6)
    assert resumed[29 + 81] == 0.0


def test_until_gives_the_lever_back_to_the_calendar() -> None:
    found = soldiers(LEAVE | {"until": {"see": "date", "at_least": on(50), "at_most": on(50)}})[0]
    assert found[50] == pytest.approx(936 * 0.51, rel=1e-6)
    assert found[100] > found[60] > found[50]
    assert (found[150:] == np.float32(936)).all()
    at_once = soldiers(
        {"when": ALWAYS, "then": {"combat": 0}, "until": {"see": "date", "at_least": on(30)}}
    )[0]
    assert (at_once[:30] == 0).all()
    assert (at_once[30:] == np.float32(936)).all()


def test_steps_are_taken_again_and_once_is_once() -> None:
    quarter = {"when": ALWAYS, "lasting": 90, "then": {"combat": {"step": -200}}}
    found = soldiers(quarter)[0]
    assert [found[k] for k in (88, 89, 179, 269, 359)] == [936, 736, 536, 336, 136]
    assert found[449] == 0.0
    once = soldiers(quarter | {"once": True})[0]
    assert (once[89:] == 736).all()


def test_a_later_condition_takes_the_lever_over() -> None:
    back = {"when": {"see": "date", "at_least": on(40)}, "then": {"combat": 500}, "once": True}
    found = soldiers(LEAVE, back)[0]
    assert found[39] == pytest.approx(936 * 0.61, rel=1e-6)
    assert (found[40:] == 500).all()


def test_a_condition_must_hold_on_so_many_mornings_in_a_row() -> None:
    patient = LEAVE | {
        "when": {"any": [{"see": "date", "at_most": on(8)}, {"see": "date", "at_least": on(20)}]},
        "lasting": 10,
        "over": 0,
    }
    found = soldiers(patient)[0]
    assert (found[:29] == 936).all()
    assert (found[29:] == 0).all()


@cache
def lived_before(replication: int) -> Any:
    """Return the days before the first one, which no condition has seen yet."""
    how: dict[str, Any] = {"structure": "provoke", "uncertainty": "posterior", "history": True}
    item = scenario({"when": ALWAYS, "then": {"talks": True}}, days=200)
    return np.array(World(item, seed=0, replication=replication, **how).before)


@pytest.mark.parametrize(
    ("test", "column"),
    [
        ({"see": "attacks", "on": "all", "counted_by": "press"}, "reported_press"),
        pytest.param(
            {"see": "attacks", "on": "all", "counted_by": "official"},
            "reported_official",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"see": "attacks", "on": "diplomats", "counted_by": "press"},
            "attacks_diplomatic",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"see": "attacks", "on": "state", "counted_by": "press"},
            "attacks_state",
            marks=pytest.mark.long,
        ),
        pytest.param({"see": "dead", "of": "us"}, "dead_us", marks=pytest.mark.long),
        pytest.param({"see": "dead", "of": "coalition"}, "dead_coalition", marks=pytest.mark.long),
        ({"see": "strikes"}, "strikes"),
    ],
)
def test_what_is_counted_is_what_happened(test: dict[str, Any], column: str) -> None:
    """Catches a sight that counts another column, a window a day too long, a forgotten past."""
    first = {"when": test | {"days": 40, "at_least": 2}, "then": {"policing": 0.15}, "once": True}
    item = scenario(first | {"then": {"talks": True}}, days=200)
    found = ensemble.play([item], runs=40, keep=range(40), structure="provoke", bands=False)[0]
    seen = 0
    for r in range(40):
        before = lived_before(r)[:, OUTCOMES.index(column)]
        days = np.concatenate([before, found.kept[r][:, OUTCOMES.index(column)]])
        known = len(before)
        when = found.met[r, 0]
        late = [t for t in range(11, 200) if days[max(0, known + t - 40) : known + t].sum() >= 2]
        if np.isnan(when):
            assert not late
        elif when > 11:
            seen += 1
            assert late[0] == when
        if r > 12 and seen > 2:
            break


def test_own_soldiers_are_seen_as_they_were_the_evening_before() -> None:
    """Catches a level of today, or of the calendar, where the evening before is meant."""
    few = {"when": {"see": "us_soldiers", "at_most": 2000}, "then": {"nato_target": 0}}
    item = scenario(LEAVE, few | {"once": True})
    found = ensemble.play([item], runs=8, keep=range(8), structure="neutral", bands=False)[0]
    advisers = OUTCOMES.index("us_advisers")
    for r in range(8):
        total = found.kept[r][:, COMBAT] + found.kept[r][:, advisers]
        first = int(np.argmax(total <= 2000))
        assert found.met[r, 1] == first + 1


def test_days_without_attacks_are_counted_from_the_last_one() -> None:
    quiet = {"see": "days_without_attacks", "on": "all", "counted_by": "press", "at_least": 25}
    item = scenario({"when": quiet, "then": {"talks": True}, "once": True}, days=300)
    found = ensemble.play([item], runs=20, keep=range(20), structure="neutral", bands=False)[0]
    column = OUTCOMES.index("reported_press")
    tried = 0
    for r in range(20):
        when = found.met[r, 0]
        if np.isnan(when) or when <= 30:
            continue
        tried += 1
        t = int(when)
        assert found.kept[r][t - 25 : t, column].sum() == 0
        assert found.kept[r][t - 26, column] > 0
    assert tried > 2


def test_talks_and_a_concession_act_as_dated_ones_do(tmp_path: Path) -> None:
    path = tmp_path / "dated.yaml"
    path.write_text(
        "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\nextends: sustained-presence\n"
        f"events:\n  - {{date: {on(28)}, what: dialogue_round}}\n"
        f"  - {{date: {on(0)}, what: concession, until: {on(120)}}}\n",
        encoding="utf-8",
    )
    reacting = scenario(
        {
            "when": ALWAYS,
            "then": {"talks": True, "concession": {"promise_days": 120}},
            "once": True,
        }
    )
    # With a motive that knows a calendar and one that spoils dealings.
    for structure in STRUCTURES:
        assert np.array_equal(
            days_of(reacting, 12, structure), days_of(Scenario.load(path), 12, structure)
        )


def test_the_chronicle_tells_each_turn_and_its_reason() -> None:
    item = scenario(
        LEAVE
        | {
            "when": {"see": "dead", "of": "allied", "days": 30, "at_most": 5},
            "halt": {"see": "date", "at_least": on(20), "at_most": on(22)},
            "resume": {"see": "date", "at_least": on(21)},
            "until": {"see": "date", "at_least": on(60)},
        },
        days=90,
    )
    for code, words in (("en", "dead in the last 30 days: "), ("ar", "في آخر")):
        world, teller, told = World(item, seed=1), Teller(Language(code)), []
        world.run(each=lambda w: told.extend(teller.day(w)))  # noqa: B023
        turns = [h.drone for h in world.happenings if h.kind == CONDITION]
        assert turns == [rules.MET, rules.HALTS, rules.RESUMES, rules.ENDS]
        lines = [line for line in told if "c0" in line]
        assert words in lines[0]
        assert len(lines) >= 4


def test_a_comparison_says_in_how_many_worlds_conditions_came() -> None:
    item = scenario(
        {"when": {"see": "dead", "of": "us", "days": 200, "at_least": 1}, "then": {"combat": 0}}
    )
    found = compare([BASE, item], runs=40, structure="provoke")
    met = found.met("reacting")["c0"]
    assert len(met) == 40
    assert 0.0 < np.isfinite(met).mean() < 1.0
    assert found.met(BASE) == {}


# --- faults ----------------------------------------------------------------------------------


STRIKES = "when: {see: strikes, days: 9, at_least: 1}\n then: "
LEAVES = "\n then: {combat: 0}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("when: {see: deads, of: us, days: 3, at_most: 0}" + LEAVES, "did you mean 'dead'"),
        ("when: {see: dead, days: 3, at_most: 0}" + LEAVES, "needs 'of'"),
        ("when: {see: dead, of: us, at_most: 0}" + LEAVES, "needs 'days'"),
        ("when: {see: dead, of: us, days: 3}" + LEAVES, "'at_least' or 'at_most'"),
        ("when: {see: authority, at_least: 0.4}" + LEAVES, "known to government alone"),
        (
            "when: {see: support, at_most: 40}\n then: {nato_target: 0}",
            "known to us alone",
        ),
        ("when: {see: date, at_least: 3}" + LEAVES, "compared with a date"),
        (STRIKES + "{}", "moves nothing"),
        (STRIKES + "{combt: 0}", "did you mean 'combat'"),
        ("when: {see: strikes, days: 900, at_least: 1}" + LEAVES, "365"),
        (STRIKES + "{policing: 0.4}\n over: 9", "for soldiers"),
        (STRIKES + "{combat: 0}\n over: 3650", "must be at most 2000, got 3650"),
        (STRIKES + "{combat: 0}\n lasting: soon", "must be a whole number, got 'soon'"),
        (STRIKES + "{combat: {step: a}}", "{step: so much}"),
        ("when: []" + LEAVES, "must be a test"),
        ("when: {see: structure, at_least: 1}" + LEAVES, "unknown sight"),
        (
            "when: {see: attacks, on: state, counted_by: official, days: 9, at_least: 1}" + LEAVES,
            "official counts name no",
        ),
        (
            "when: {see: dead, of: us, days: 9, at_least: 5, at_most: 2}" + LEAVES,
            "never holds",
        ),
    ],
)
def test_faults_have_a_line_a_column_and_a_sentence(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    body = text.replace("\n ", "\n      ")
    path.write_text(
        "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\nextends: sustained-presence\n"
        f"policy:\n  conditions:\n    mine:\n      {body}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        Scenario.load(path)
    assert told in str(caught.value)
    (first, *_) = caught.value.faults
    line, column = first.removeprefix(f"{path}:").split(":")[:2]
    assert int(line) >= 6
    assert int(column) >= 5


def test_a_child_replaces_and_drops_conditions(tmp_path: Path) -> None:
    head = "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\n"
    one = "when: {see: strikes, days: 9, at_least: 1}, then: {combat: 0}"
    (tmp_path / "a.yaml").write_text(
        f"{head}extends: sustained-presence\npolicy:\n  conditions:\n"
        f"    x: {{{one}}}\n    y: {{{one}}}\n",
        encoding="utf-8",
    )
    (tmp_path / "b.yaml").write_text(
        f"{head}extends: a\ndrop_conditions: [x, z]\npolicy:\n  conditions:\n"
        f"    y: {{{one}, once: true}}\n",
        encoding="utf-8",
    )
    found = Scenario.load(tmp_path / "b.yaml")
    assert [(c.name, c.item.once) for c in found.conditions] == [("y", True)]
    assert any("no inherited condition is called 'z'" in note for note in found.notes)


def test_too_many_conditions_are_refused() -> None:
    one = Condition("x", Item.model_validate(LEAVE))
    assert declared_conditions.too_many({str(i): one for i in range(13)}).startswith("a policy has")
    many = Item.model_validate(LEAVE | {"when": [ALWAYS] * 5})
    told = declared_conditions.too_many({str(i): Condition("x", many) for i in range(10)})
    assert "at most 48 tests" in told


def test_every_sight_says_who_sees_it_and_every_lever_who_decides() -> None:
    """Catches a sight of what an actor cannot know."""
    assert set().union(*(a["sees"] for a in sights().values())) == {"us", "nato", "government"}
    levers = declared_conditions.Then.model_fields
    assert set(levers) == set(declared_conditions.DECIDES)
    hidden = {"structure", "motive", "order", "quiet", "leak", "influence", "rejection"}
    assert not hidden & set(sights())


def test_the_table_of_no_conditions_is_empty() -> None:
    assert not policy.NONE.any()
    assert policy.looks_back(policy.NONE) == 0


def test_what_a_condition_could_bring_is_not_called_idle() -> None:
    """Catches notes on numbers that only a condition's turn lets act."""
    calm = Scenario.load("restraint")
    chosen = chosen_by({"threshold_robust": 0.5, "dialogue_gain": 0.1, "truce_chance": 0.5})
    assert "threshold_robust" in idle.parameters([calm], chosen)
    then = {"doctrine": "robust", "talks": True, "concession": {"promise_days": 90}}
    item = Item.model_validate({"when": ALWAYS, "then": then})
    reacting = replace(calm, conditions=(Condition("x", item),))
    assert set(idle.parameters([reacting], chosen)) == set()


def test_other_conditions_are_another_result() -> None:
    """Catches a cache or a result's name that two policies share."""
    one, other = scenario(LEAVE), scenario(LEAVE | {"over": 101})
    assert repr(one.what_is_played()) != repr(other.what_is_played())
    assert repr(one.what_is_played()) == repr(scenario(LEAVE).what_is_played())
    named = [
        store.settings_of(
            [s],
            runs=1,
            seed=0,
            structures=("deter",),
            baseline=s.name,
            chosen={},
            uncertainty="prior",
        )
        for s in (one, other)
    ]
    assert named[0] != named[1]
