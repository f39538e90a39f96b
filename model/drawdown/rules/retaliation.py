"""The United States' answer: demand, doctrine, decision, and what a strike does."""

from drawdown.rules.numbers import clamp

NONE, LIMITED, ROBUST, DECAPITATION = 0, 1, 2, 3
"""Doctrines: none, limited (the article's, C25), robust, strikes on leaders."""

NEVER = 1e9
"""A threshold that no demand reaches."""


def attack_raises_demand(
    dead: float,
    wounded: float,
    attack_demand: float,
    wounded_demand: float,
    death_demand: float,
    death_demand_each: float,
    death_demand_cap: float,
) -> float:
    """Return what one attack adds to the demand for an answer; one death adds 1.

    Claims: C25, C28. Source: literature:SF5, record:strikes.
    """
    raised = attack_demand
    if dead > 0.0:
        raised = raised + min(death_demand_cap, death_demand + death_demand_each * dead)
    elif wounded > 0.0:
        raised = raised + wounded_demand
    return raised


def next_demand(demand: float, raised: float, demand_memory: float) -> float:
    """Return demand after a day: it fades, and today's attacks add to it."""
    return demand * (1.0 - 1.0 / demand_memory) + raised


def demand_after_strike(demand: float, demand_left: float) -> float:
    """Return what a strike leaves of the demand for one."""
    return demand * demand_left


def strike_threshold(
    doctrine: int,
    hold: float,
    threshold_limited: float,
    threshold_robust: float,
    hold_back: float,
    robust_hold_factor: float,
) -> float:
    """Return the demand at which an answer is considered.

    After a strike the administration holds back (C27); under the robust doctrine less so.
    """
    if doctrine == NONE:
        return NEVER
    if doctrine == ROBUST:
        return threshold_robust * (1.0 + hold_back * robust_hold_factor * hold)
    return threshold_limited * (1.0 + hold_back * hold)


def strike_probability(
    demand: float, threshold: float, decision_lag: float, budget: float
) -> float:
    """Return the probability of a strike today.

    Args:
        demand: Demand for an answer.
        threshold: From `strike_threshold`.
        decision_lag: Days a decision takes (SF6).
        budget: Strikes the administration still allows itself; below 1 none is made.
    """
    if budget < 1.0:
        return 0.0
    return clamp(demand / threshold - 1.0, 0.0, 1.0) / decision_lag


def fear_of_doctrine(doctrine: int, strike_rate_ratio: float, anticipation: float) -> float:
    """Return the factor on attacks from a doctrine that is known before any strike.

    Only where strikes deter at all: a doctrine harder than the limited one lowers attacks
    by a part of what a strike would, no strikes at all raises them by it. The record knows
    one doctrine, the limited one, so it cannot inform this. Source: literature:A3 (Mir and
    Moore 2019: most of the effect is anticipation).

    Args:
        doctrine: One of this module's doctrines.
        strike_rate_ratio: Attacks after a strike over attacks without it.
        anticipation: That part, 0 to 1.
    """
    if strike_rate_ratio >= 1.0 or doctrine == LIMITED:
        return 1.0
    harder = -1.0 if doctrine == NONE else 1.0
    return 1.0 - harder * anticipation * (1.0 - strike_rate_ratio)


def most_saved(budget_a_year: float) -> float:
    """Return how many strikes can be saved up: half a year's worth, at least one if any."""
    if budget_a_year <= 0.0:
        return 0.0
    return max(1.0, budget_a_year * 0.5)


def allowed_strikes(budget: float, budget_a_year: float) -> float:
    """Return the strikes that can be made now, under today's yearly average."""
    return min(budget, most_saved(budget_a_year))


def next_budget(budget: float, strikes: float, budget_a_year: float) -> float:
    """Return the strikes still allowed tomorrow: refilled evenly, saved up to a limit."""
    return min(most_saved(budget_a_year), budget - strikes + budget_a_year / 365.0)


def next_hold(hold: float, struck: bool, hold_fading: float) -> float:
    """Return the memory of the last strike: 1 on its day, then fading (C27)."""
    return 1.0 if struck else hold * hold_fading


def right_group(u: float, attribution_accuracy: float) -> bool:
    """Return whether the strike hits the group that earned it."""
    return u < attribution_accuracy


def weight_of_group(struck: bool, struck_weight: float, groups: float) -> float:
    """Return a group's part of a strike's effect; over the Committee's side they average 1."""
    return struck_weight if struck else (groups - struck_weight) / (groups - 1.0)


def caution_dose(
    strike_rate_ratio: float,
    dose: float,
    wrong: bool,
    leader: bool,
    wrong_caution: float,
    leader_factor: float,
) -> float:
    """Return the caution a strike adds, only where strikes deter (SF8)."""
    if strike_rate_ratio >= 1.0:
        return 0.0
    value = dose * (wrong_caution if wrong else 1.0)
    return value * leader_factor if leader else value


def grievance_dose(
    strike_rate_ratio: float,
    dose: float,
    wrong: bool,
    leader: bool,
    wrong_grievance: float,
    leader_factor: float,
) -> float:
    """Return the grievance a strike adds, only where strikes provoke (C03, SF8)."""
    if strike_rate_ratio <= 1.0:
        return 0.0
    value = dose * (wrong_grievance if wrong else 1.0)
    return value * leader_factor if leader else value


def raise_caution(caution: float, dose: float, weight: float, caution_cap: float) -> float:
    """Return a faction's caution after a strike."""
    return min(caution_cap, caution + dose * weight * (1.0 - caution))


def raise_grievance(grievance: float, dose: float, weight: float, grievance_limit: float) -> float:
    """Return a faction's grievance after a strike."""
    return grievance + dose * weight * max(0.0, 1.0 - grievance / grievance_limit)


def militiamen_killed(u: float, strike_dead: float) -> int:
    """Return militiamen killed by a strike, evenly spread around the record's mean."""
    return int(1.0 + u * (2.0 * strike_dead - 1.0))
