"""The rules one by one, without an engine: which way each one pushes."""

import pytest

from drawdown.rules import (
    daesh,
    harm,
    home,
    influence,
    militia,
    nato,
    patron,
    politics,
    posture,
    presence,
    retaliation,
    setup,
)


def test_one_soldier_is_enough_when_elasticity_is_zero() -> None:
    assert presence.response(250.0, 3000.0, 0.0, 0.1, 250.0) == 1.0


def test_response_follows_numbers_when_elasticity_is_one() -> None:
    assert presence.response(1500.0, 3000.0, 1.0, 0.1, 250.0) == 0.5


def test_diplomats_leave_a_motive_when_soldiers_are_gone() -> None:
    assert presence.response(0.0, 3000.0, 0.4, 0.2, 250.0) == 0.2


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
    assert militia.restraint(0.0, 1.0, 0.0, 0.05, 1.0, 1.0, 0.5) == 1.0
    assert militia.restraint(0.0, 1.0, 1.0, 0.05, 1.0, 1.0, 1.0) == pytest.approx(0.05)


def test_a_campaign_yields_to_an_order_or_truce() -> None:
    assert patron.campaign(10.0, 0.0, 0.0) == 1.0
    assert patron.campaign(10.0, 1.0, 1.0) == 0.0
    usual = militia.motive(0.01, 1.0, 0.0, 0.0, 0.5, 0.0, 0.1, 0.0, 2.0)
    assert militia.motive(0.01, 1.0, 0.0, 0.0, 0.5, 0.0, 0.1, 1.0, 2.0) == 3.0 * usual


def test_a_doctrine_is_feared_only_where_strikes_deter() -> None:
    assert retaliation.fear_of_doctrine(retaliation.ROBUST, 0.6, 0.5) == pytest.approx(0.8)
    assert retaliation.fear_of_doctrine(retaliation.NONE, 0.6, 0.5) == pytest.approx(1.2)
    assert retaliation.fear_of_doctrine(retaliation.LIMITED, 0.6, 1.0) == 1.0
    for ratio in (1.0, 1.5):
        assert retaliation.fear_of_doctrine(retaliation.ROBUST, ratio, 1.0) == 1.0


def test_facade_names_leave_the_tempo_alone() -> None:
    weights = (10.0, 50.0)
    four = militia.activity(False, 1.0, 0.0, *weights)
    assert four * 40.0 + militia.activity(True, 1.0, 0.0, *weights) * 10.0 == 50.0
    assert militia.activity(False, 1.0, 1.0, *weights) == 1.0
    assert militia.activity(False, 0.0, 0.0, *weights) == 1.0


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
    low = harm.harm_factor(0.7, 300.0, False, 1.0, 0.46, 0.5, 1.5, 1000.0)
    high = harm.harm_factor(0.2, 300.0, False, 1.0, 0.46, 0.5, 1.5, 1000.0)
    assert low < high
    assert presence.site_pull(0.5, 300.0, 1.0, 0.7, 1000.0, 0.5) < presence.site_pull(
        0.5, 300.0, 1.0, 0.2, 1000.0, 0.5
    )
