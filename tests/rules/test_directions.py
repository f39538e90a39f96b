"""The rules one by one, without an engine: which way each one pushes."""

import inspect
import math
import random
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from types import CodeType, FunctionType

import pytest

from drawdown.day.rulebook import rule_functions
from drawdown.declared.parameters import declarations
from drawdown.rules import (
    daesh,
    harm,
    home,
    influence,
    militia,
    motives,
    nato,
    patron,
    politics,
    posture,
    presence,
    retaliation,
    setup,
)


def response(now: float, follows: float = 1.0, elasticity: float = 0.0, left: float = 0.1) -> float:
    return presence.response(now, 3000.0, 250.0, follows, elasticity, 21.0, left)


def test_soldiers_are_enough_when_elasticity_is_zero() -> None:
    assert response(250.0) == response(3000.0) == 1.0
    assert response(125.0) == 0.5


def test_response_follows_numbers_when_elasticity_is_one() -> None:
    assert response(1500.0, elasticity=1.0) == pytest.approx(0.5)
    assert response(1500.0, elasticity=1.0, follows=0.0) == 1.0


def test_presence_may_deter_and_numbers_are_bounded_by_what_was_seen() -> None:
    assert response(1500.0, elasticity=-0.5) == pytest.approx(2.0**0.5)
    assert response(12000.0, elasticity=-0.5) == pytest.approx(0.5)
    assert response(150_000.0, elasticity=1.0) == 21.0


def test_diplomats_leave_a_wish_when_soldiers_are_gone() -> None:
    assert response(0.0, left=0.2) == 0.2


def test_each_motive_has_its_own_wish_left() -> None:
    own = (0.1, 0.2, 0.3, 0.4)
    assert [motives.remaining(float(m), *own) for m in range(5)] == [0.1, 0.2, 0.3, 0.4, 0.1]


def test_a_deal_ends_it_for_two_motives_and_talks_move_one() -> None:
    def factor(state: int, motive: float) -> float:
        return motives.us_iran(
            state, motives.heeds_washington(motive), motives.heeds_deal(motive), 0.03, 1.5, 2.0
        )

    deal = [factor(motives.DEAL, float(m)) for m in range(5)]
    assert deal == pytest.approx([1.0, 0.03, 1.0, 1.0, 0.03])
    assert [factor(motives.TALKS, float(m)) for m in range(5)] == [1.0, 1.5, 1.0, 1.0, 1.0]
    assert [factor(motives.WAR, float(m)) for m in range(5)] == [1.0, 2.0, 1.0, 1.0, 1.0]
    assert {factor(motives.PRESSURE, float(m)) for m in range(5)} == {1.0}


def test_bargaining_rises_under_a_hostile_prime_minister_and_before_decisions() -> None:
    usual = motives.bargaining(1.0, 0.0, 0.0, 0.0, 0.4, 0.3, 0.2)
    assert usual == 1.0
    assert motives.bargaining(1.0, 1.0, 0.0, 0.0, 0.4, 0.3, 0.2) == pytest.approx(1.4918, abs=1e-4)
    assert motives.bargaining(1.0, -1.0, 0.0, 0.0, 0.4, 0.3, 0.2) < 1.0
    assert motives.bargaining(1.0, 0.0, 1.0, 1.0, 0.4, 0.3, 0.2) > 1.5
    assert motives.bargaining(0.0, 1.0, 1.0, 1.0, 0.4, 0.3, 0.2) == 1.0
    assert motives.bargaining_with_state(1.0, 1.0, 0.25) > 1.2


def test_outbidding_is_one_at_the_others_usual_tempo() -> None:
    assert motives.outbidding(1.0, 0.08, 0.1, 0.8, 0.3) == pytest.approx(1.0)
    assert motives.outbidding(1.0, 0.0, 0.1, 0.8, 0.3) == pytest.approx(1 / 1.3)
    assert motives.outbidding(1.0, 9.0, 0.1, 0.8, 0.3) == pytest.approx(2.5 / 1.3)
    assert motives.outbidding(0.0, 9.0, 0.1, 0.8, 0.3) == 1.0
    assert motives.spoiling(1.0, 1.0, 0.2) == 1.2
    assert motives.spoiling(0.0, 1.0, 0.2) == 1.0


def test_factions_obey_apart_only_where_the_motive_says_so() -> None:
    obedience = (0.8, 0.3, 0.5)
    assert motives.fire_left(1.0, 0.0, 1.0, 0.25, 1, *obedience) == 0.25
    left = [motives.fire_left(1.0, 1.0, 1.0, 0.25, kind, *obedience) for kind in range(3)]
    assert left == pytest.approx([0.2, 0.7, 0.5])
    assert motives.fire_left(0.0, 1.0, 0.1, 0.25, 0, *obedience) == 1.0
    assert motives.fire_left(1.0, 0.0, 0.1, 0.25, 1, *obedience) == pytest.approx(0.025)
    assert motives.fire_left(1.0, 0.0, 3.0, 0.9, 1, *obedience) == 1.0


def test_quiets_leak_as_the_mean_on_average_and_some_hardly_at_all() -> None:
    leaks = [patron.leak((i + 0.5) / 1000) for i in range(1000)]
    assert sum(leaks) / 1000 == pytest.approx(1.0, abs=0.01)
    assert 0.15 < sum(leak < 0.1 for leak in leaks) / 1000 < 0.22


def test_spells_are_heavy_tailed_about_their_median() -> None:
    assert patron.spell_length(0.5, 97.0, 0.6) in (96, 97)
    assert patron.spell_length(0.99, 97.0, 0.6) > 10 * 97
    assert patron.spell_length(0.01, 97.0, 0.6) < 97 / 10
    assert patron.spell_length(0.0, 97.0, 0.6) >= 1
    assert patron.spell_length(1.0 - 2.0**-53, 97.0, 3.0) == 5000


def test_a_promise_is_kept_when_all_are_gone_and_a_name_counts_in_part() -> None:
    assert patron.promise_kept(500.0, 0.0, 0.4) == 0.0
    assert patron.promise_kept(0.0, 2500.0, 0.4) == 0.4
    assert patron.promise_kept(0.0, 0.0, 0.4) == 1.0
    assert patron.truce_ends(0.03, 0.0, 0.04)
    assert not patron.truce_ends(0.03, 1.0, 0.04)
    assert patron.truce_days(0.5, 0.2, 100.0, 0.6) == 100
    assert patron.truce_days(0.7, 0.2, 100.0, 0.6) == 20
    assert patron.truce_is_breached(0.7, 0.6)
    assert not patron.truce_is_breached(0.5, 0.6)


def test_formation_takes_one_of_the_lengths_known_by_2021() -> None:
    assert {politics.formation_length(u / 100) for u in range(100)} == set(politics.FORMATIONS)
    assert politics.next_prime_minister(0.0, 1.0, 1.0) == 0.0
    assert 0.0 < politics.next_prime_minister(0.0, 1.0, 0.0) < 0.05


def test_a_larger_force_holds_daesh_down_better_but_at_most_by_half() -> None:
    usual = daesh.enabling(936.0, 1564.0, 936.0, 1564.0, 0.8, 0.35, 0.25)
    assert usual == 1.0
    assert daesh.enabling(9360.0, 15640.0, 936.0, 1564.0, 0.8, 0.35, 0.25) == pytest.approx(1.25)
    assert daesh.enabling(1e6, 1e6, 936.0, 1564.0, 0.8, 0.35, 0.5) == 1.5
    assert daesh.enabling(0.0, 0.0, 936.0, 1564.0, 0.8, 0.35, 0.25) == 0.35


def test_a_base_without_soldiers_is_a_target_of_its_own_while_others_stay() -> None:
    assert presence.without_soldiers(1.0, 0.0, 2500.0, 0.4) == 0.4
    assert presence.without_soldiers(1.0, 10.0, 2500.0, 0.4) == 1.0
    assert presence.without_soldiers(1.0, 0.0, 0.0, 0.4) == 1.0


def test_label_change_alone_is_not_leaving() -> None:
    # Soldiers count, not roles (C24): 2,500 before and after.
    assert posture.leaving(2500.0, 2500.0, 1.0, 1.0, 180.0, 180.0) == 0.0


def test_leaving_counts_a_departure_and_a_forced_exit() -> None:
    assert posture.leaving(2500.0, 1250.0, 1.0, 1.0, 180.0, 180.0) == 0.5
    assert posture.leaving(2500.0, 2500.0, 1.0, 0.0, 180.0, 180.0) == 1.0


def test_freed_violence_goes_to_the_state_in_part() -> None:
    none = militia.state_hazard(0.002, 0.0, 1.0, 1.0, 1.0, 0.0, 0.3)
    half = militia.state_hazard(0.002, 0.0, 0.5, 1.0, 1.0, 0.0, 0.3)
    assert none == 0.0
    assert half == pytest.approx(0.002 * 0.5 * 0.3)


def test_accommodating_factions_ignore_an_order() -> None:
    own = (0.2, 0.8, 0.3, 0.5)
    assert motives.fire_left(0.0, 1.0, 1.0, own[0], 0, *own[1:]) == 1.0
    assert motives.fire_left(1.0, 1.0, 1.0, own[0], 0, *own[1:]) == pytest.approx(0.2)


def test_a_campaign_yields_to_an_order_or_truce() -> None:
    assert patron.campaign(1.0, 0.0) == 1.0
    assert patron.campaign(0.0, 0.0) == 0.0
    assert patron.campaign(1.0, 1.0) == 0.0
    usual = militia.motive(0.01, 1.0, 0.0, 1.0, 0.0, 0.1, 0.0, 2.0)
    assert militia.motive(0.01, 1.0, 0.0, 1.0, 0.0, 0.1, 1.0, 2.0) == 3.0 * usual
    assert militia.motive(0.01, 1.0, 0.0, 0.5, 0.0, 0.1, 0.0, 2.0) == 0.5 * usual


def test_a_doctrine_is_feared_only_where_strikes_deter() -> None:
    assert retaliation.fear_of_doctrine(retaliation.ROBUST, 0.6, 0.5) == pytest.approx(0.8)
    assert retaliation.fear_of_doctrine(retaliation.NONE, 0.6, 0.5) == pytest.approx(1.2)
    assert retaliation.fear_of_doctrine(retaliation.LIMITED, 0.6, 1.0) == 1.0
    for ratio in (1.0, 1.5):
        assert retaliation.fear_of_doctrine(retaliation.ROBUST, ratio, 1.0) == 1.0


def test_facade_names_leave_the_tempo_alone() -> None:
    weights = (10.0, 50.0, 0.25)
    four = militia.activity(False, 1.0, 0.0, *weights)
    assert four * 40.0 + militia.activity(True, 1.0, 0.0, *weights) * 10.0 == 50.0
    assert militia.activity(False, 1.0, 1.0, *weights) == 1.0
    assert militia.activity(False, 0.0, 0.0, *weights) == 0.25


def test_concession_softens_some_and_hardens_others() -> None:
    soft = militia.next_rejection(0.1, 0.1, 0.0, 1.0, 0.0, 0.3, 0.1, 365.0)
    hard = militia.next_rejection(1.0, 1.0, 1.0, 1.0, 0.0, 0.3, 0.1, 365.0)
    assert soft < 0.1
    assert hard > 1.0


def test_a_death_asks_for_more_than_wounds_and_wounds_than_noise() -> None:
    costs = (0.03, 0.25, 0.75, 0.25, 2.0)
    quiet = retaliation.attack_raises_demand(0.0, 0.0, *costs)
    wounded = retaliation.attack_raises_demand(0.0, 2.0, *costs)
    dead = retaliation.attack_raises_demand(1.0, 3.0, *costs)
    assert quiet < wounded < dead
    assert dead == pytest.approx(1.03)


def test_null_structure_has_no_effect_at_all() -> None:
    dose = setup.strike_dose(1.0, 20.0)
    assert dose == 0.0
    assert retaliation.caution_dose(1.0, dose, False, False, 0.5, 1.5) == 0.0
    assert retaliation.grievance_dose(1.0, dose, False, False, 1.25, 1.5) == 0.0


def test_dose_averages_to_the_rate_ratio_over_thirty_days() -> None:
    dose, level, total = setup.strike_dose(0.6, 20.0), 1.0, 0.0
    from drawdown.rules.numbers import fade

    for _ in range(30):
        total, level = total + dose * level, level * fade(20.0)
    assert total / 30 == pytest.approx(0.4)


def test_effect_averages_to_one_over_the_committee() -> None:
    weights = [retaliation.weight_of_group(i == 0, 1.6, 5.0) for i in range(5)]
    assert sum(weights) == pytest.approx(5.0)


def test_no_budget_no_strike() -> None:
    assert retaliation.strike_probability(5.0, 0.5, 4.0, 0.9) == 0.0
    assert retaliation.strike_probability(5.0, 0.5, 4.0, 1.0) == 0.25


def test_doctrine_none_never_strikes() -> None:
    never = retaliation.strike_threshold(retaliation.NONE, 0.0, 0.5, 0.15, 1.0, 0.3)
    assert retaliation.strike_probability(100.0, never, 4.0, 10.0) == 0.0


def test_strikes_cost_authority_and_more_if_wrong() -> None:
    right = politics.authority_after_strike(0.4, False, False, 0.06, 1.5, 1.5)
    wrong = politics.authority_after_strike(0.4, True, False, 0.06, 1.5, 1.5)
    assert wrong < right < 0.4


def test_only_a_government_that_complies_turns_a_vote_into_an_exit() -> None:
    assert politics.request_after_vote(False, True) == politics.ASKED
    assert politics.request_after_vote(True, False) == politics.REFUSED
    assert politics.request_after_vote(True, True) == politics.HONOURED


def test_allies_lower_the_cost_of_a_strike() -> None:
    assert home.strike_cost(4000.0, 2500.0, 0.7, 0.4, 2.0) < home.strike_cost(
        0.0, 2500.0, 0.7, 0.4, 2.0
    )


def test_casualties_weigh_most_early() -> None:
    assert home.casualty_cost(1.0, 0.0, 15.0, 10.0) > home.casualty_cost(1.0, 30.0, 15.0, 10.0)


def test_nato_shrinks_without_us_cover() -> None:
    assert nato.goal(4000.0, 0.0, 1.0, False, 0.5, 1500.0) == 2000.0
    assert nato.goal(4000.0, 2500.0, 1.0, False, 0.5, 1500.0) == 4000.0
    assert nato.goal(4000.0, 2500.0, 1.0, True, 0.5, 1500.0) == 0.0


def test_everything_rests_on_the_day_it_is_measured_by() -> None:
    capacity = daesh.next_capacity(0.55, 1.0, 700.0, 0.55)
    strength = daesh.next_strength(1.0, 1.0, 0.55, 1.0, 0.006, 0.4, 5.0, 0.55)
    share = influence.protection(800.0, 0.55, 0.3, 800.0, 0.55)
    assert capacity == pytest.approx(0.55)
    assert strength == pytest.approx(1.0)
    assert share == pytest.approx(1.0)


def test_daesh_grows_when_the_forces_weaken() -> None:
    assert daesh.next_strength(1.0, 1.0, 0.4, 0.5, 0.006, 0.4, 5.0, 0.55) > 1.0


def test_protection_lowers_harm_and_repels() -> None:
    low = harm.harm_factor(0.7, 300.0, False, 1.0, 0.46, 0.5, 1.5, 0.5, 1000.0)
    high = harm.harm_factor(0.2, 300.0, False, 1.0, 0.46, 0.5, 1.5, 0.5, 1000.0)
    assert low < high
    assert presence.site_pull(0.5, 300.0, 1.0, 0.7, 1000.0, 0.5) < presence.site_pull(
        0.5, 300.0, 1.0, 0.2, 1000.0, 0.5
    )


# --- every rule and argument, from directions.txt ---------------------------------------------

TABLE = Path(__file__).with_name("directions.txt")
POINTS, STEPS = 100, 4


@dataclass
class Block:
    """What the table says of one rule."""

    name: str
    of: dict[str, list[float] | tuple[float, float]]
    bounds: tuple[float, float] = (-math.inf, math.inf)
    when: str = "True"
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    examples: list[tuple[list[float], float]] = field(default_factory=list)

    @cached_property
    def rule(self) -> FunctionType:
        return rule_functions()[self.name.split()[0]]

    @cached_property
    def arguments(self) -> list[str]:
        return list(inspect.signature(self.rule).parameters)

    def tried(self, argument: str) -> list[float] | tuple[float, float]:
        if argument in self.of:
            return self.of[argument]
        return declarations()[argument].range

    def holds(self, text: str, point: dict[str, float]) -> bool:
        return text == "True" or bool(eval(_compiled(text), self.rule.__globals__, point))

    def points(self) -> list[dict[str, float]]:
        """Return points within what is tried, their ends among them."""
        dice, found = random.Random(self.name), []
        for _ in range(20 * POINTS):
            point = {}
            for argument in self.arguments:
                tried = self.tried(argument)
                if isinstance(tried, list):
                    point[argument] = dice.choice(tried)
                else:
                    ends = (*tried, dice.uniform(*tried), dice.uniform(*tried))
                    point[argument] = dice.choice(ends)
            if self.holds(self.when, point):
                found.append(point)
            if len(found) == POINTS:
                break
        return found


@cache
def _compiled(condition: str) -> CodeType:
    return compile(condition, str(TABLE), "eval")


def _value(text: str) -> float:
    return {"no": False, "yes": True}.get(text) if text in ("no", "yes") else float(text)  # type: ignore[return-value]


def blocks() -> list[Block]:
    """Return the table's blocks."""
    usual: dict[str, list[float] | tuple[float, float]] = {}
    found: list[Block] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        mark, _, rest = line.partition(" ")
        if mark == "rule":
            found.append(Block(rest, dict(usual)))
        elif mark == "of":
            names, _, tried = rest.partition(" ")
            low, dots, high = tried.partition("..")
            domain = (float(low), float(high)) if dots else [_value(v) for v in tried.split(",")]
            for name in names.split(","):
                (found[-1].of if found else usual)[name] = domain
        elif mark == "in":
            low, high = rest.split()
            found[-1].bounds = float(low), float(high)
        elif mark == "when":
            found[-1].when = rest
        elif mark == "=":
            given, _, value = rest.partition(" : ")
            found[-1].examples.append(([_value(v) for v in given.split()], _value(value)))
        elif mark in ("+", "-", "?"):
            names, _, condition = rest.partition(" if ")
            found[-1].lines += [(mark, name, condition or "True") for name in names.split()]
        else:
            assert not line or mark == "#", line
    return found


BLOCKS = blocks()


def test_no_rule_and_no_argument_is_missing_in_the_table() -> None:
    """Catches the next rule, or the next argument, whose direction nobody has said."""
    assert {b.name.split()[0] for b in BLOCKS} == set(rule_functions())
    assert len({b.name for b in BLOCKS}) == len(BLOCKS)
    for block in BLOCKS:
        assert {name for _, name, _ in block.lines} == set(block.arguments), block.name
    for name in rule_functions():
        examples = [e for b in BLOCKS if b.name.split()[0] == name for e in b.examples]
        assert examples, f"{name}: no exact value"


@pytest.mark.parametrize("block", BLOCKS, ids=lambda b: b.name.replace(" ", "-"))
def test_a_rule_is_what_the_table_says(block: Block) -> None:
    """Catches a swapped sign, side, factor or bound in any rule, by argument."""
    rule, (low, high) = block.rule, block.bounds
    for given, value in block.examples:
        assert rule(*given) == pytest.approx(value, rel=1e-9, abs=1e-9), given
    points = block.points()
    moved = set()
    for point in points:
        assert low - 1e-9 <= rule(**point) <= high + 1e-9, point
        for argument in block.arguments:
            lines = [line for line in block.lines if line[1] == argument]
            marks = {m for m, _, condition in lines if block.holds(condition, point)}
            tried = block.tried(argument)
            if isinstance(tried, tuple):
                steps = [tried[0] + (tried[1] - tried[0]) * i / (STEPS - 1) for i in range(STEPS)]
                steps = sorted([*steps, point[argument]])
            else:
                steps = tried
            values = [float(rule(**{**point, argument: step})) for step in steps]
            slack = 1e-9 * max(1.0, *(abs(v) for v in values))
            rises = any(b > a + slack for a, b in pairwise(values))
            falls = any(b < a - slack for a, b in pairwise(values))
            told = f"{argument} over {steps} in {point}: {values}"
            assert "?" in marks or "-" in marks or not falls, told
            assert "?" in marks or "+" in marks or not rises, told
            if rises or falls:
                moved |= {(m, argument) for m in marks}
    said = {(mark, argument) for mark, argument, _ in block.lines}
    assert said <= moved, f"never seen to move: {said - moved}"
