"""Steps one by one, without an engine: who is counted, on which side, on which day."""

import ast
import inspect
from types import SimpleNamespace
from typing import Any

import pytest

from drawdown.day import rulebook
from drawdown.day.lowering import TREE
from drawdown.day.rulebook import rule_functions
from drawdown.declared import luck
from drawdown.declared.actors import NATO_MAIN, NATO_SECOND
from drawdown.declared.columns import COUNTED, EXPULSION, LEVELS, LEVERS, MOVED_LEVERS, SOLDIERS
from drawdown.declared.errors import InputError
from drawdown.declared.parameters import declarations
from drawdown.rules import conditions, militia, politics, retaliation

steps: Any = SimpleNamespace(**rulebook.PLAIN.steps)
"""The steps as they are played: with the parameters that their rules name."""

Drawn = dict[tuple[int, int], float]


class Blank(SimpleNamespace):
    """Numbers by name; those that nobody gave are 0."""

    def __getattr__(self, name: str) -> float:
        return 0.0


def parameters(**given: float) -> Blank:
    usual = {name: item.default["neutral"] for name, item in declarations().items()}
    return Blank(**(usual | given))


def levers(**given: float) -> list[float]:
    return [given.get(name, 0.0) for name in MOVED_LEVERS]


def draws(found: Drawn, usual: float = 0.5) -> Any:
    return lambda agent, decision: found.get((agent, decision), usual)


def silent(*_: Any) -> None:
    pass


def test_steps_give_each_rule_the_state_that_it_names() -> None:
    """Catches two states swapped in a call: pressure for authority, advisers for combat."""
    checked = 0
    trees = [getattr(step, TREE) for step in vars(steps).values() if hasattr(step, TREE)]
    for call in (n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Call)):
        rule = rule_functions().get(ast.unparse(call.func))
        if rule is None:
            continue
        names = list(inspect.signature(rule).parameters)
        for name, given in zip(names, call.args, strict=True):
            inside = given.value if isinstance(given, ast.Subscript) else given
            if isinstance(inside, ast.Attribute) and inside.attr in names:
                assert inside.attr == name, f"{ast.unparse(call.func)}: {inside.attr} as {name}"
                checked += 1
    assert checked > 200


def test_a_call_that_lacks_a_state_is_refused() -> None:
    """Catches parameters that move into the place of a state that a step forgot."""
    scope = {"politics": politics}
    right = ast.parse("def step(s):\n    s.x = politics.vote_passes(s.x)").body[0]
    rulebook._give_parameters(right, scope, declarations(), "steps.py")
    assert ast.unparse(right).splitlines() == [
        "def step(p, s):",
        "    s.x = politics.vote_passes(s.x, p.vote_majority)",
    ]
    wrong = ast.parse("def step(s):\n    s.x = politics.vote_passes()").body[0]
    said = r"steps.py:2: vote_passes takes yes_seats beside parameters, step gives 0"
    with pytest.raises(InputError, match=said):
        rulebook._give_parameters(wrong, scope, declarations(), "steps.py")


# --- calendar and conditions ------------------------------------------------------------------


def test_a_quiet_leaks_alike_from_its_first_day_to_its_last() -> None:
    """Catches a leak drawn anew every day, and one that the next quiet takes over."""
    between = steps.BETWEEN_QUIETS
    for kind, leak in (("truce", "dated_leak"), ("order", "dated_leak"), ("quiet", "leak")):
        s, w = Blank(leak=between, dated_leak=between), Blank()
        leaks = []
        for on, u in ((0.0, 0.1), (1.0, 0.2), (1.0, 0.9), (0.0, 0.3), (1.0, 0.4)):
            row = Blank(spell_days=-on) if kind == "quiet" else Blank(**{kind: on})
            steps.day_begins(s, parameters(order_failure=0.0), w, row, draws({}, u))
            leaks.append(getattr(s, leak))
        assert leaks == pytest.approx([between, 3 * 0.04, 3 * 0.04, between, 3 * 0.16]), kind


@pytest.mark.parametrize(
    ("state", "row", "resting", "held", "leak"),
    [
        ({"order_days": 3.0}, {}, 1.0, 1.0, 0.3),
        ({"order_days": 3.0}, {"spell_days": 9.0}, 0.0, 0.0, 1.0),
        ({}, {"spell_days": -9.0}, 1.0, 1.0, 0.3),
        ({"order_days": 3.0}, {"campaign": 1.0}, 0.0, 0.0, 1.0),
        ({"truce_on": 1.0}, {"campaign": 1.0}, 0.0, 0.0, 1.0),
        ({"order_days": 3.0}, {"campaign": 1.0, "truce": 1.0}, 1.0, 1.0, 0.2),
        ({"order_days": 3.0}, {"order": 1.0}, 1.0, 1.0, 0.2),
        ({}, {"order": 1.0}, 0.0, 1.0, 0.2),
        ({"order_refused": 1.0, "order_given_on": 1.0}, {"order": 1.0}, 0.0, 0.0, 1.0),
    ],
)
def test_what_is_dated_lies_over_a_world_s_own_spells(
    state: Any, row: Any, resting: float, held: float, leak: float
) -> None:
    """Catches a campaign under a truce, a refused order that holds, a quiet that is taken away."""
    s = Blank(**({"leak": 0.3, "dated_leak": 0.2, "order_refused": 0.0} | state))
    days = s.order_days
    w = Blank()
    steps.day_begins(s, parameters(order_failure=0.0), w, Blank(**row), draws({}, 0.5))
    assert (w.resting, w.quiet, w.leak) == (resting, held, leak)
    assert s.order_days == days
    assert w.campaign == float("campaign" in row and "truce" not in row)


@pytest.mark.parametrize(
    ("today", "apart", "left"),
    [
        ({"resting": 1.0}, 0.0, (0.2 * 0.5, 0.2 * 0.5, 1.0)),
        ({"agreed": 1.0}, 0.0, (0.2, 0.2, 1.0)),
        ({"agreed": 1.0}, 1.0, (0.1, 0.7, 1.0)),
        ({"commanded": 1.0}, 0.0, (0.1, 0.7, 1.0)),
        ({"resting": 1.0, "commanded": 1.0}, 0.0, (0.1, 0.1, 1.0)),
        ({"agreed": 1.0, "commanded": 1.0}, 0.0, (0.1, 0.2, 1.0)),
        ({}, 0.0, (1.0, 1.0, 1.0)),
    ],
)
def test_a_truce_binds_alike_and_an_order_each_on_its_own(
    today: Any, apart: float, left: tuple[float, ...]
) -> None:
    """Catches an order that binds as a truce does, and one that takes a quiet away."""
    p = parameters(residual_fire=0.2, obedience_kataib=0.9, obedience_asaib=0.3)
    p.facade_groups, p.wing_fire = 1.0, 1.0
    each = {
        "heard": [0.0] * 3,
        "rejection": [1.0] * 3,
        "grievance": [0.0] * 3,
        "caution": [0.0] * 3,
        "excitation": [0.0] * 3,
    }
    s = Blank(leak=0.5, dated_leak=1.0, **each)
    w = Blank(
        mood=1.0,
        police=1.0,
        feared=1.0,
        lever=levers(),
        **{n: [0.0] * 3 for n in ("outbid", "motive", "restraint", "excited", "standing")},
        **today,
    )
    actors = Blank(
        obeys=[1.0, 1.0, 0.0],
        obedience=[0, 1, 0],
        facade=[False] * 3,
        cells_of=[1.0] * 3,
        share_of_cells=[0.0] * 3,
    )
    for f in range(3):
        steps.faction_weighs(s, p, Blank(apart=apart, tempo=1.0), w, Blank(), actors, f)
    assert w.restraint == pytest.approx(list(left))


def test_an_order_is_refused_once_and_until_it_ends() -> None:
    """Catches an order refused anew each day, one refused for the next too, a refused truce."""
    s = Blank(leak=-1.0, dated_leak=-1.0)
    p, w, seen = parameters(order_failure=0.25), Blank(), []
    days = (
        *(("order", 7.0, 0.2), ("order", 7.0, 0.9), ("", 0.0, 0.2), ("order", 8.0, 0.3)),
        *(("order", 9.0, 0.1), ("order", 10.0, 0.9), ("truce", 1.0, 0.1)),
    )
    for kind, number, u in days:
        steps.day_begins(s, p, w, Blank(**({kind: number} if kind else {})), draws({}, u))
        seen.append((w.commanded, w.agreed, w.quiet))
    refused, obeyed = (0, 0, 0), (1, 0, 1)
    assert seen == [refused, refused, (0, 0, 0), obeyed, refused, obeyed, (0, 1, 1)]


@pytest.mark.parametrize(
    ("state", "today", "there"),
    [
        ({}, {}, 0.0),
        ({"truce_on": 1.0}, {}, 1.0),
        ({}, {"agreed": 1.0}, 1.0),
        ({}, {"commanded": 1.0}, 1.0),
    ],
)
def test_any_truce_or_order_that_is_obeyed_is_seen(state: Any, today: Any, there: float) -> None:
    s = Blank(us_soldiers=1.0, **state)
    w = Blank(level=[9.0] * len(LEVELS), **today)
    steps.levels_are_seen(s, parameters(), w, Blank(order=5.0), Blank(provinces=()))
    assert w.level[LEVELS.index("truce")] == there


def test_levels_are_seen_where_they_stand() -> None:
    """Catches a level that is another's, and an index that is not out of 100."""
    s = Blank(
        pressure=0.1,
        authority=0.2,
        us_support=33.0,
        nato=44.0,
        us_soldiers=55.0,
        coalition=66.0,
        daesh=[1.0, 3.0],
        request=politics.ASKED,
    )
    w = Blank(level=[0.0] * len(LEVELS))
    actors = Blank(provinces=(0, 1), province_weight=[0.25, 0.75])
    steps.levels_are_seen(s, parameters(), w, Blank(day=77.0), actors)
    seen = dict(zip(LEVELS, w.level, strict=True))
    assert seen == {
        "pressure": 0.1,
        "authority": 0.2,
        "support": 33.0,
        "daesh": 250.0,
        "nato": 44.0,
        "request": 1.0,
        "truce": 0.0,
        "date": 77.0,
        "us_soldiers": 55.0,
        "coalition": 66.0,
    }


@pytest.mark.parametrize("window", [1, 2, 5])
def test_a_window_counts_the_days_before_this_morning(window: int) -> None:
    """Catches a window a day short or long, and one that has today in it."""
    happened = [3.0, 0.0, 1.0, 4.0, 0.0, 0.0, 2.0, 5.0, 1.0, 0.0]
    s, w = Blank(seen=[0.0]), Blank(satisfied=[0.0])
    policy = Blank(sight=[0], days=[window], low=[-1e9], high=[1e9], place=[0])
    for today in range(len(happened)):

        def ago(sight: int, days: int, today: int = today) -> float:
            return happened[today - days] if today - days >= 0 else 0.0

        steps.test_is_tried(s, w, policy, ago, 0)
        assert s.seen[0] == sum(happened[max(0, today - window) : today])


PARTS = ("when", "halt", "resume", "until")


def weighed(mode: int, moved: float = 3.0, lasting: float = 1.0, **seen: float) -> Any:
    """Return state and working numbers after one condition was weighed with what was seen."""
    s = Blank(mode=[mode], moved=[moved], held=[0.0], times=[1.0])
    satisfied = [seen.get(part, 0.0) for part in PARTS]
    w = Blank(satisfied=satisfied, owned=[1.0], fires=[0.0], turn=[0.0], moved_before=[0.0])
    policy = Blank(needed=[1.0] * 4, once=[0.0], over=[10.0], lasting=[lasting])
    steps.condition_weighs(s, w, policy, 0)
    return s, w


def test_a_halt_is_stronger_than_a_resumption_and_an_end_than_both() -> None:
    """Catches a way that goes on while its halt holds, and one that is met while it ends."""
    s, w = weighed(conditions.HALTED, halt=1.0, resume=1.0)
    assert (s.mode[0], s.moved[0], w.turn[0]) == (conditions.HALTED, 3.0, 0.0)
    s, w = weighed(conditions.HALTED, resume=1.0)
    assert (s.mode[0], s.moved[0], w.turn[0]) == (conditions.MOVING, 4.0, conditions.RESUMES)
    s, w = weighed(conditions.MOVING, halt=1.0)
    assert (s.mode[0], s.moved[0], w.turn[0]) == (conditions.HALTED, 3.0, conditions.HALTS)
    s, w = weighed(conditions.HALTED, halt=1.0, resume=1.0, until=1.0)
    assert (s.mode[0], w.turn[0]) == (conditions.BACK, conditions.ENDS)
    for beside in ({"halt": 1.0}, {"until": 1.0}):
        s, w = weighed(conditions.WAITING, when=1.0, **beside)
        assert w.fires[0] == 0.0
    assert weighed(conditions.WAITING, when=1.0)[1].fires[0] == 1.0
    assert weighed(conditions.WAITING, when=1.0, lasting=2.0)[1].fires[0] == 0.0


# --- posture and allies -----------------------------------------------------------------------


def test_soldiers_of_every_kind_move_and_are_seen_to_leave() -> None:
    """Catches a review that spares the coalition, and a departure that is not seen."""
    s = Blank(posture_factor=0.5, posture_goal=0.5)
    now = levers(combat=1000.0, advisers=600.0, residual=0.5, coalition=400.0)
    p = parameters(residual_advisers=200.0)
    w = Blank(lever=now, announced=now[:SOLDIERS], later=now[:SOLDIERS])
    steps.soldiers_move(s, p, w, Blank())
    assert (w.combat, w.advisers, w.coalition) == (500.0, 350.0, 200.0)
    assert (s.us_soldiers, s.coalition) == (850.0, 200.0)
    assert w.leaving == 0.0
    whole = 1000.0 + 600.0 + 0.5 * 200.0 + 400.0
    gone = {"combat": 1000.0, "advisers": 600.0, "residual": 100.0, "coalition": 400.0}
    for name, less in gone.items():
        w.later = [0.0 if k == name else v for k, v in zip(MOVED_LEVERS, now, strict=False)]
        w.later = w.later[:SOLDIERS]
        steps.soldiers_move(s, p, w, Blank())
        assert w.leaving == pytest.approx(less / whole), name


def test_nato_is_covered_by_advisers_as_by_combat_soldiers() -> None:
    p = parameters(nato_dependence=1.0, nato_cover=1000.0, nato_draw_down=9999.0)
    for combat, advisers in ((500.0, 0.0), (0.0, 500.0), (250.0, 250.0)):
        s = Blank(nato=4000.0, nato_resolve=1.0)
        w = Blank(lever=levers(nato_target=2000.0), combat=combat, advisers=advisers, main_open=1.0)
        steps.mission_moves(s, p, w, Blank())
        assert s.nato == 1000.0


# --- an attack --------------------------------------------------------------------------------


def attacked(draw: Drawn, diplomatic: bool = False, **given: Any) -> tuple[Blank, Blank]:
    """Return outcomes and working numbers of one attack on one site."""
    p = parameters(lethality=0.5, wounded_ratio=1.0, wounded_with_dead=3.0, official_share=0.3)
    usual = {
        "soldiers": [100.0],
        "people": [200.0],
        "nato_people": [0.0],
        "combat": 30.0,
        "advisers": 20.0,
        "coalition": 50.0,
        "attacks_on": [0.0],
        "raised": [0.0],
        "site_pull": [1.0],
    }
    w, out = Blank(**(usual | given)), Blank()
    actors = Blank(
        cell_agent=[100],
        cell_faction=[0],
        cell_region=[0],
        sites=(0,),
        site_region=[0],
        site_diplomatic=[diplomatic],
        site_staff=[given.get("staff", 0.0)],
    )
    d = Blank(severity=[1.0])
    row = Blank()
    s = Blank(hardening=[p.hardening_reference])
    steps.cell_attacks_foreigners(s, p, d, w, row, out, actors, draws(draw, 0.99), silent, 0)
    return out, w


HARM, VICTIM, NAMED = ((100, k) for k in (luck.HARM, luck.VICTIM, luck.NAMED))


def test_victims_are_american_as_people_at_the_site_are() -> None:
    """Catches staff of an embassy taken for allies, and a side that gets the other's wounded."""
    # Half of those who have soldiers there are American: 50 of 200 people.
    out, _ = attacked({HARM: 0.0, VICTIM: 0.249})
    assert (out.dead_us, out.wounded_us, out.dead_coalition, out.wounded_coalition) == (1, 3, 0, 0)
    out, _ = attacked({HARM: 0.0, VICTIM: 0.251})
    assert (out.dead_us, out.wounded_us, out.dead_coalition, out.wounded_coalition) == (0, 0, 1, 3)
    out, _ = attacked({HARM: 0.0, VICTIM: 0.749}, staff=100.0)
    assert (out.dead_us, out.dead_coalition) == (1, 0)
    out, _ = attacked({HARM: 0.0, VICTIM: 0.751}, staff=100.0)
    assert (out.dead_us, out.dead_coalition) == (0, 1)


def test_only_a_fatal_attack_where_nato_lives_costs_its_resolve() -> None:
    for people, harm, hits in (
        (10.0, 0.0, 1.0),
        (0.0, 0.0, 0.0),
        (10.0, 0.5, 0.0),
        (10.0, 0.99, 0.0),
    ):
        out, w = attacked({HARM: harm, VICTIM: 0.0}, nato_people=[people])
        assert w.nato_hits == hits
        assert (out.wounded_us > 0) == (harm < 0.9)


@pytest.mark.parametrize("diplomatic", [True, False])
def test_an_attack_is_counted_on_its_own_target(diplomatic: bool) -> None:
    out, w = attacked({NAMED: 0.29}, diplomatic)
    assert (out.reported_press, out.reported_official, out.attacks_foreign) == (1, 1, 1)
    assert (out.attacks_diplomatic, w.named_diplomats, w.named_bases) == (
        (1, 1, 0) if diplomatic else (0, 0, 1)
    )
    out, w = attacked({NAMED: 0.31}, diplomatic)
    assert (out.reported_press, out.reported_official) == (1, 0)
    assert (w.named_diplomats, w.named_bases) == (0, 0)


def test_a_site_is_chosen_by_its_pull_and_its_nearness() -> None:
    p = parameters(reach=0.5)
    actors = Blank(sites=(0, 1, 2), site_region=[0, 1, 1])
    w = Blank(site_pull=[1.0, 0.0, 2.0])
    # From region 1: half of 1, nothing, 2; from region 0: 1, nothing, half of 2.
    assert [steps.choose_site(p, w, actors, u, 1) for u in (0.0, 0.19, 0.21, 0.99)] == [0, 0, 2, 2]
    assert [steps.choose_site(p, w, actors, u, 0) for u in (0.49, 0.51)] == [0, 2]


def test_excitation_follows_all_attacks_and_hearing_those_of_others() -> None:
    """Catches attacks on the state that excite nobody, and one's own attacks as others'."""
    p = parameters(excitation_branching_ratio=0.5, excitation_delay=5.0, own_group_share=0.0)
    s = Blank(excitation=[0.0], heard=[0.0], demand=[2.0])
    w = Blank(attacks_by=[2.0], raised=[0.5])
    out = Blank(attacks_foreign=3.0, attacks_state=4.0)
    steps.faction_is_excited(s, p, w, out, Blank(share_of_cells=[0.25]), 0)
    assert s.excitation[0] == pytest.approx(0.5 / 5.0 * 7.0 * 0.25)
    assert s.heard[0] == pytest.approx((7.0 - 2.0) / 9.0)
    assert s.demand[0] == pytest.approx(2.0 * (1 - 1 / p.demand_memory) + 0.5)


def test_two_convoy_bombs_fall_by_two_draws() -> None:
    """Catches one draw that decides both: a day would have two bombs or none."""
    p = parameters(attack_rate=1.0, convoy_ratio=1.0, official_share=0.5)
    w, d = Blank(response=1.0, mood=1.0), Blank(record_level=1.0)
    agent = luck.OBSERVER
    for first, second, named, counted in (
        (0.4, 0.6, 0.4, (1, 1)),
        (0.6, 0.4, 0.6, (1, 0)),
        (0.4, 0.4, 0.4, (2, 2)),
        (0.6, 0.6, 0.4, (0, 0)),
    ):
        out = Blank()
        found = {(agent, luck.CONVOY_1): first, (agent, luck.CONVOY_2): second}
        steps.press_counts_convoys(Blank(), p, d, w, out, draws(found, named))
        assert (out.reported_press, out.reported_official) == counted


def test_a_cell_rests_from_its_last_attack_on_and_counts_its_own() -> None:
    w = Blank(decision=[0], attacks_by=[0.0], foreign=[[0.4]], total=[[0.8]])
    actors = Blank(cell_agent=[100], cell_faction=[0], cell_region=[0])
    s = Blank(last_attack=[5.0])
    p = parameters(ready_days=10.0)
    for day, u, chosen in (
        (10, 0.19, militia.FOREIGN),
        (10, 0.21, militia.STATE),
        (10, 0.41, militia.NOTHING),
        (20, 0.41, militia.STATE),
    ):
        steps.cell_decides(s, p, w, Blank(day=float(day)), actors, draws({}, u), 0)
        assert w.decision[0] == chosen
    out = Blank()
    w.decision = [militia.STATE]
    steps.cell_acts(
        s, p, Blank(severity=[1.0]), w, Blank(day=20.0), out, actors, draws({}, 0.999), silent, 0
    )
    assert (s.last_attack[0], w.attacks_by[0], out.attacks_state, out.attacks_foreign) == (
        20,
        1,
        1,
        0,
    )


# --- strikes ----------------------------------------------------------------------------------

COMMITTEE = Blank(factions=(0, 1, 2, 3), obeys=[1.0, 1.0, 0.0, 1.0])


def struck(doctrine: int, attribution: float, other: float = 0.0, **row: float) -> Blank:
    w = Blank(lever=levers(doctrine=float(doctrine)))
    s = Blank(demand=[0.1, 2.0, 3.0 if row.pop("wing", 0.0) else 0.0, 0.5])
    p = parameters(attribution_accuracy=0.75)
    us = luck.UNITED_STATES
    found = {(us, luck.ATTRIBUTION): attribution, (us, luck.OTHER_GROUP): other}
    steps.states_choose_group(s, p, w, Blank(**row), COMMITTEE, draws(found))
    return w


def test_a_wrong_strike_hits_another_group_of_the_committee() -> None:
    """Catches a strike on the wing outside, and one that is called wrong on the guilty."""
    w = struck(retaliation.LIMITED, 0.74)
    assert (w.struck_group, w.wrong, w.leader) == (1, 0.0, 0.0)
    found = [struck(retaliation.LIMITED, 0.76, u) for u in (0.0, 0.49, 0.51, 0.99)]
    assert [(w.struck_group, w.wrong) for w in found] == [(0, 1.0), (0, 1.0), (3, 1.0), (3, 1.0)]


def test_leaders_are_struck_under_decapitation_and_where_dated() -> None:
    leaders = [struck(doctrine, 0.0).leader for doctrine in range(4)]
    assert leaders == [0.0, 0.0, 0.0, 1.0]
    w = struck(retaliation.LIMITED, 0.0, strike_on=4.0, strike_leader=1.0)
    assert (w.struck_group, w.leader, w.wrong) == (3.0, 1.0, 0.0)
    w = struck(retaliation.DECAPITATION, 0.0, strike_on=4.0)
    assert (w.struck_group, w.leader) == (3.0, 0.0)


def test_a_strike_is_weighed_by_all_demand_and_not_in_a_dated_record() -> None:
    p = parameters(threshold_limited=0.5, decision_lag=1.0)
    actors = Blank(factions=(0, 1))
    for row, demand, answer in (
        ({"decided": 1.0}, [0.4, 0.4], 1.0),
        ({"decided": 1.0}, [0.2, 0.2], 0.0),
        ({}, [9.0, 9.0], 0.0),
        ({"strike_on": 1.0}, [0.0, 0.0], 1.0),
    ):
        s = Blank(demand=demand, strike_budget=5.0)
        w = Blank(lever=levers(doctrine=1.0, strike_budget=12.0))
        steps.states_decide(s, p, w, Blank(**row), actors, draws({}, 0.59))
        assert w.struck == answer, row


def test_a_strike_fades_demand_everywhere_and_is_felt_by_the_committee_alone() -> None:
    p = parameters(demand_left=0.25, strike_rate_ratio=0.5, struck_weight=2.0)
    d = Blank(dose=0.1)
    for f, heard in ((0, 1.0 * 0.2), (1, 0.0), (2, 0.0)):
        s = Blank(demand=[4.0] * 3, caution=[0.0] * 3, grievance=[0.0] * 3)
        actors = Blank(obeys=[1.0, 0.0, 1.0])
        steps.faction_feels_strike(s, p, d, Blank(struck_group=0), actors, f)
        assert s.demand[f] == 1.0
        if f != 2:
            assert s.caution[f] == pytest.approx(heard)
        else:
            assert 0.0 < s.caution[f] < 0.1
        assert s.grievance[f] == 0.0


# --- politics ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comply", "honours", "asked"),
    [
        (0.0, 0.0, politics.ASKED),
        (0.0, 1.0, politics.ASKED),
        (1.0, 0.0, politics.REFUSED),
        (1.0, 1.0, politics.HONOURED),
    ],
)
def test_only_an_honoured_request_takes_soldiers_out(
    comply: float, honours: float, asked: int
) -> None:
    """Catches a refused request that empties the bases, and an honoured one that adds pressure."""
    told: list[int] = []
    s = Blank(posture_goal=1.0, pressure=0.5)
    w = Blank(yes_seats=200.0, lever=levers(comply=comply))
    p = parameters(vote_majority=165.0, vote_pressure=0.2)
    steps.parliament_counts(s, p, w, Blank(us_honours=honours), lambda kind, *_: told.append(kind))
    assert s.request == asked
    out = asked == politics.HONOURED
    assert s.posture_goal == (0.0 if out else 1.0)
    assert s.pressure == pytest.approx(0.5 if out else 0.6)
    assert (EXPULSION in told) == out
    s = Blank(posture_goal=1.0, pressure=0.5, request=politics.NO_REQUEST)
    w.yes_seats = 164.0
    steps.parliament_counts(s, p, w, Blank(us_honours=honours), silent)
    assert (s.request, s.posture_goal, s.pressure) == (politics.NO_REQUEST, 1.0, 0.5)


def test_a_review_is_forced_where_washington_decides() -> None:
    p = parameters(review_floor=40.0, review_level=0.5)
    for decided, support, goal in ((1.0, 39.0, 0.5), (1.0, 41.0, 1.0), (0.0, 39.0, 1.0)):
        s, w = Blank(posture_goal=1.0, us_support=support), Blank()
        steps.states_review(s, p, w, Blank(decided=decided))
        assert (s.posture_goal, w.reviewed) == (goal, float(goal < 1.0))


def test_a_government_forms_on_the_last_day_of_bargaining() -> None:
    s, w = Blank(), Blank()
    row = Blank(election=1.0)
    formed = []
    for _ in range(100):
        steps.government_forms(s, parameters(), w, row, draws({}, 0.0))
        formed.append(w.formed)
        assert w.forming == float(sum(formed) == 0.0)
        row = Blank()
    assert formed.index(1.0) == politics.formation_length(0.0) - 1
    assert sum(formed) == 1.0
    s = Blank(formation_days=50.0)
    steps.government_forms(s, parameters(), w, Blank(new_government=1.0), draws({}))
    assert (s.formation_days, w.formed, w.forming) == (0.0, 1.0, 0.0)


def test_losses_of_the_day_weigh_once_and_early() -> None:
    p = parameters(casualty_slope=10.0, casualty_offset=10.0, attack_support_cost=0.5)
    s = Blank(us_support=50.0, us_dead=0.0)
    p.support_anchor = 50.0
    steps.support_takes_losses_in(
        s, p, Blank(lost_support=1.0), Blank(dead_us=10.0, attacks_foreign=2.0)
    )
    assert s.us_support == pytest.approx(50.0 - 1.0 - 0.5 * 2.0 - 4.342944819)
    assert s.us_dead == 10.0


# --- patron -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "row", "u", "given"),
    [
        ({"order_days": 2.0}, {}, 0.5, (0, 0, 1.0, 0.0)),
        ({"order_days": 1.0}, {}, 0.5, (0, 1, 0.0, 0.0)),
        ({"campaign_days": 2.0}, {}, 0.5, (0, 0, 0.0, 1.0)),
        ({"campaign_days": 1.0}, {}, 0.5, (1, 0, 0.0, 0.0)),
        ({"campaign_days": 1.0}, {}, 0.05, (0, 1, 0.0, 0.0)),
        ({}, {}, 0.5, (0, 1, 0.0, 0.0)),
        ({"order_days": 5.0}, {"truce": 1.0}, 0.5, (0, 0, 4.0, 0.0)),
        ({"campaign_days": 5.0}, {"order": 1.0}, 0.5, (0, 0, 0.0, 4.0)),
        ({"order_days": 5.0}, {"campaign": 1.0}, 0.5, (0, 0, 4.0, 0.0)),
        ({"order_days": 5.0}, {"spell_days": 100.0}, 0.52, (0, 0, 0.0, 216.0)),
        ({"campaign_days": 5.0}, {"spell_days": -100.0}, 0.52, (0, 0, 433.0, 0.0)),
        ({}, {"spell_days": 900.0, "spell_anew": 100.0}, 0.52, (0, 0, 0.0, 216.0)),
    ],
)
def test_spells_follow_each_other_and_an_order_may_fail(
    left: Any, row: Any, u: float, given: Any
) -> None:
    """Catches a failed order that is followed by quiet, and a spell a day too long."""
    s, w = Blank(**left), Blank()
    p = parameters(order_failure=0.1, spell_counted_anew=1.0)
    p.violence_median, p.violence_spread, p.quiet_median, p.quiet_spread = 100.0, 1.0, 300.0, 1.0
    steps.patron_decides(s, p, w, Blank(**row), draws({}, u))
    assert (w.order_given, w.campaign_given, s.order_days, s.campaign_days) == given


@pytest.mark.parametrize(
    ("combat", "advisers", "coalition", "ends"),
    [(0.0, 0.0, 0.0, 0.0), (0.0, 0.0, 100.0, 1.0), (0.0, 100.0, 0.0, 1.0), (100.0, 0.0, 0.0, 1.0)],
)
def test_a_promise_is_kept_when_nobody_is_left(
    combat: float, advisers: float, coalition: float, ends: float
) -> None:
    """Catches coalition soldiers, or advisers, forgotten when a promise falls due."""
    s = Blank(truce_on=1.0, truce_belief=9.0)
    w = Blank(combat=combat, advisers=advisers, coalition=coalition)
    p = parameters(label_counts=0.4, truce_closing=0.5)
    steps.truce_moves(s, p, w, Blank(), draws({(luck.PATRON, luck.CLOSES): 0.29}))
    assert (w.truce_ended, s.truce_on) == (ends, 1.0 - ends)
    # A name that counts in part: four tenths of the way.
    w.truce_ended, s.truce_on = 0.0, 1.0
    steps.truce_moves(s, p, w, Blank(), draws({(luck.PATRON, luck.CLOSES): 0.31}))
    assert w.truce_ended == float(combat > 0.0)


@pytest.mark.parametrize(
    ("state", "row", "ends"),
    [
        ({"truce_days": 2.0}, {}, 0.0),
        ({"truce_days": 2.0}, {"broken_deadline": 1.0}, 1.0),
        ({"truce_days": 2.0}, {"campaign": 1.0}, 0.0),
        ({"truce_days": 2.0, "truce_belief": 1.0, "truce_age": 49.0}, {}, 1.0),
        ({"truce_days": 2.0, "truce_belief": 1.0, "truce_age": 19.0}, {}, 0.0),
        ({"truce_days": 2.0, "truce_belief": 1.0, "truce_age": 49.0, "gone": 500.0}, {}, 0.0),
        ({"truce_breach": 1.0}, {}, 1.0),
        ({"truce_days": 2.0, "truce_breach": 1.0}, {}, 0.0),
    ],
)
def test_a_truce_ends_by_a_breach_a_broken_deadline_or_disbelief(
    state: Any, row: Any, ends: float
) -> None:
    """Catches a truce that is believed for ever, and one that a lost day or a campaign ends."""
    told = {"truce_belief": 9.0, "truce_term": 100.0, "truce_combat": 900.0} | state
    s = Blank(truce_on=1.0, truce_soldiers=1000.0, **told)
    w = Blank(combat=900.0 - told.get("gone", 0.0), advisers=100.0)
    steps.truce_moves(s, parameters(promise_slack=0.2), w, Blank(**row), draws({}, 0.0))
    assert w.truce_ended == ends


def test_a_promise_opens_a_truce_to_its_date_or_to_a_breach() -> None:
    p = parameters(truce_chance=0.5, truce_holds=0.6)
    for opens, holds, days, breach in (
        (0.49, 0.59, 90.0, 0.0),
        (0.49, 0.61, 18.0, 1.0),
        (0.51, 0.0, 0.0, 0.0),
    ):
        s, w = Blank(), Blank(promise_days=90.0)
        patron = luck.PATRON
        found = {
            (patron, luck.PROMISE): opens,
            (patron, luck.HOLDS): holds,
            (patron, luck.BREACH): 0.2,
        }
        steps.truce_moves(s, p, w, Blank(), draws(found))
        assert (w.truce_opened, s.truce_days, s.truce_breach) == (float(days > 0), days, breach)


# --- what is written down ---------------------------------------------------------------------


def test_conditions_count_what_they_are_called() -> None:
    """Catches attacks on diplomats among those on bases, and allied dead who are American alone."""
    out = Blank(
        reported_press=1.0,
        reported_official=2.0,
        attacks_diplomatic=4.0,
        attacks_foreign=9.0,
        attacks_state=16.0,
        dead_us=32.0,
        dead_coalition=64.0,
        strikes=128.0,
    )
    w = Blank(counted=[0.0] * len(COUNTED), named_diplomats=256.0, named_bases=512.0)
    steps.counts_are_noted(w, out)
    assert dict(zip(COUNTED, w.counted, strict=True)) == {
        "press_all": 1.0,
        "official_all": 2.0,
        "press_diplomats": 4.0,
        "official_diplomats": 256.0,
        "press_bases": 5.0,
        "official_bases": 512.0,
        "press_state": 16.0,
        "dead_us": 32.0,
        "dead_coalition": 64.0,
        "dead_allied": 96.0,
        "strikes": 128.0,
    }


def test_the_day_is_written_down_as_it_was() -> None:
    """Catches a level under another's name, and minorities weighed by all people."""
    s = Blank(
        daesh=[1.0, 3.0],
        capacity=0.55,
        nato=11.0,
        authority=0.2,
        pressure=0.3,
        us_support=44.0,
        influence=0.6,
    )
    w = Blank(
        combat=1.0,
        advisers=2.0,
        coalition=3.0,
        quiet=1.0,
        soldiers=[5.0, 700.0],
        nato_people=[9.0, 100.0],
    )
    p = parameters(capacity_reference=0.55, minority_protection=0.5)
    actors = Blank(
        provinces=(0, 1),
        province_weight=[0.9, 0.1],
        province_minority=[1.0, 3.0],
        sites=(0, 1),
        site_nato=[NATO_MAIN, NATO_SECOND],
    )
    out = Blank()
    steps.record(s, p, Blank(north_reference=800.0), w, out, actors)
    assert vars(out) == pytest.approx(
        {
            "us_combat": 1.0,
            "us_advisers": 2.0,
            "coalition": 3.0,
            "nato": 11.0,
            "quiet": 1.0,
            "authority": 0.2,
            "pressure": 0.3,
            "us_support": 44.0,
            "isf_capacity": 0.55,
            "daesh_index": 120.0,
            "iranian_influence": 0.6,
            "minority_exposure": 250.0,
        }
    )
    # Half the garrison of July 2021: a quarter of the protection is gone.
    w.soldiers, w.nato_people = [0.0, 300.0], [0.0, 100.0]
    steps.record(s, p, Blank(north_reference=800.0), w, out, actors)
    assert out.minority_exposure == pytest.approx(250.0 * (1.0 - 0.5 * 0.75) / 0.5)


def test_the_tempo_is_measured_over_the_records_own_soldiers() -> None:
    """Catches the record's combat soldiers taken for advisers, or its NATO for its coalition."""

    def level(**soldiers: float) -> float:
        names = ("combat", "advisers", "coalition", "nato")
        months = {f"month_{n}": [soldiers.get(n, 0.0)] * steps.RECORD_MONTHS for n in names}
        actors = Blank(
            **months,
            month_share=[1.0 / steps.RECORD_MONTHS] * steps.RECORD_MONTHS,
            month_us_iran=[0.0, 0.0, 1.0, 0.0] * steps.RECORD_MONTHS,
            sites=(0,),
            site_share=[1.0],
            site_open_at_reference=[1.0],
            site_nato=[NATO_SECOND],
            site_region=[0],
            site_symbol=[1.0],
            **{
                f"month_{n}": [0.0] * steps.RECORD_MONTHS
                for n in ("prime_minister", "clock", "formation", "opening")
            },
        )
        p = parameters(
            motive=0.0,
            presence_elasticity=1.0,
            any_soldier_scale=1.0,
            response_ceiling=100.0,
            diplomatic_motive=0.0,
            adviser_visibility=0.5,
            nato_visibility=0.25,
            reference_combat=1000.0,
            reference_advisers=0.0,
            reference_coalition=0.0,
            reference_nato=0.0,
        )
        d = Blank(opportunity_scale=[0.0] * steps.REGIONS, severity=[0.0] * steps.SEVERITY_LENGTH)
        steps.work_out(p, d, actors)
        assert d.severity[-1] == pytest.approx(1.0)
        return float(d.record_level)

    assert level(combat=2000.0) == pytest.approx(2.0)
    assert level(advisers=2000.0) == pytest.approx(1.0)
    assert level(coalition=2000.0) == pytest.approx(1.0)
    assert level(nato=2000.0) == pytest.approx(0.5)


def test_levers_are_as_many_as_the_calendar_sets() -> None:
    """Catches a lever that takes another's column of the plan."""
    row = Blank(
        combat=1.0,
        advisers=2.0,
        advisers_residual=0.5,
        coalition=3.0,
        nato_target=4.0,
        doctrine=5.0,
        strike_budget=6.0,
        policing=7.0,
        comply=8.0,
    )
    for prefix in ("announced", "later"):
        for k, name in enumerate(("combat", "advisers", "residual", "coalition")):
            setattr(row, f"{prefix}_{name}", 10.0 * len(prefix) + k)
    w = Blank(lever=[0.0] * LEVERS, announced=[0.0] * SOLDIERS, later=[0.0] * SOLDIERS)
    steps.levers_follow_calendar(parameters(), w, row)
    assert dict(zip(MOVED_LEVERS, w.lever, strict=True)) == {
        "combat": 1.0,
        "advisers": 2.0,
        "residual": 0.5,
        "coalition": 3.0,
        "nato_target": 4.0,
        "doctrine": 5.0,
        "strike_budget": 6.0,
        "policing": 7.0,
        "comply": 8.0,
    }
    named = dict(zip(MOVED_LEVERS, w.later, strict=False))
    assert [named[n] for n in ("combat", "advisers", "residual", "coalition")] == [
        50.0,
        51.0,
        52.0,
        53.0,
    ]
    assert sorted(w.announced) == [90.0, 91.0, 92.0, 93.0]
