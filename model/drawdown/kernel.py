"""The ensemble engine's kernel: the rule book, compiled, over many worlds at once.

Worlds lie side by side in *lanes*: every quantity is a row of `LANES` numbers, and each
phase of the day is a loop over lanes that the compiler turns into vector instructions. The
phases are those of `drawdown.world.STEP_ORDER`, the rules those of `drawdown.rules`; the
histories are the Mesa world's to the last bit (``tests/test_identical_histories.py``).

Most cells do nothing on most days. A cell's draw is compared, as an integer, with the
hazard of a rested cell of its faction and region; only where it is below does the cell's own
readiness count. The bound is exact, so no history changes by it.
"""

# mypy does not look into compiled functions: their types are the compiler's.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# mypy: disable-error-code=assignment

import numpy as np

from drawdown import luck, summaries
from drawdown.compiled import RULES, cached, inlined, mix, offset, uniform, with_rules
from drawdown.compiled import day_key as day_key_of
from drawdown.compiled import run_key as run_key_of
from drawdown.layout import (
    ATTACK_FOREIGN,
    ATTACK_STATE,
    BAGHDAD,
    BLOCS,
    CAMPAIGN_BEGINS,
    CELLS,
    COMMITTEE_FACTIONS,
    COMMITTEE_WEIGHT,
    EXPULSION,
    FACADE,
    FACADE_WEIGHT,
    FACTIONS,
    FLOWS,
    LEAVING_HORIZON,
    MAIN_BASE,
    ORDER_BEGINS,
    PROVINCES,
    REGIONS,
    REVIEW,
    SECOND_BASE,
    SEVERITY_LENGTH,
    SITES,
    STRIKE,
    VOTE,
    C,
    D,
    O,
    P,
    S,
    W,
)

LANES = 32
"""Worlds that move together."""

_FLOWS = len(FLOWS)
_HASH_SHIFT = np.uint64(11)
_TWO_53 = 2.0**53
_US, _PARLIAMENT, _PATRON, _OBSERVER = (
    luck.UNITED_STATES,
    luck.PARLIAMENT,
    luck.PATRON,
    luck.OBSERVER,
)
_COMMITTEE = float(COMMITTEE_FACTIONS)

numbers = RULES["numbers"]
setup = RULES["setup"]
posture = RULES["posture"]
presence = RULES["presence"]
militia = RULES["militia"]
harm = RULES["harm"]
retaliation = RULES["retaliation"]
politics = RULES["politics"]
home = RULES["home"]
nato = RULES["nato"]
patron = RULES["patron"]
daesh = RULES["daesh"]
influence = RULES["influence"]
reporting = RULES["reporting"]


@inlined
def at(row, lane):
    """Return where a row's number for one lane lies."""
    return row * LANES + lane


@cached
def derive(p, d, actors, open_at_reference):
    """Fill `d` with what is worked out once a run from the parameters `p`."""
    open_share = 0.0
    for j in range(SITES):
        open_share = open_share + actors.site_share[j] * open_at_reference[j]
    second_share = actors.site_share[SECOND_BASE] / open_share
    for l in range(LANES):
        d[at(D.tempo, l)] = setup.tempo_per_rejection(p[at(P.attack_rate, l)], COMMITTEE_WEIGHT)
        d[at(D.dose, l)] = setup.strike_dose(
            p[at(P.strike_rate_ratio, l)], p[at(P.strike_half_life, l)]
        )
        d[at(D.strike_fading, l)] = numbers.fade(p[at(P.strike_half_life, l)])
        d[at(D.hold_fading, l)] = numbers.fade(p[at(P.hold_half_life, l)])
        d[at(D.visible_reference, l)] = presence.visible(
            p[at(P.reference_combat, l)],
            p[at(P.reference_advisers, l)],
            p[at(P.reference_coalition, l)],
            p[at(P.reference_nato, l)],
            p[at(P.adviser_visibility, l)],
            p[at(P.nato_visibility, l)],
        )
        d[at(D.trainers_reference, l)] = daesh.trainers(
            p[at(P.reference_advisers, l)],
            p[at(P.reference_coalition, l)],
            p[at(P.reference_combat, l)],
            p[at(P.reference_nato, l)],
            p[at(P.coalition_training, l)],
            p[at(P.combat_training, l)],
            p[at(P.nato_training, l)],
        )
        d[at(D.north_reference, l)] = posture.soldiers_at_site(
            p[at(P.reference_combat, l)],
            p[at(P.reference_advisers, l)] + p[at(P.reference_coalition, l)],
            second_share,
            0.0,
            p[at(P.baghdad_consulting, l)],
        )
        for r in range(REGIONS):
            places = 0.0
            for j in range(SITES):
                near = presence.nearness(actors.site_region[j] == r, p[at(P.reach, l)])
                places = places + presence.site_opportunity(
                    actors.site_symbol[j], open_at_reference[j], near
                )
            d[at(D.opportunity_scale + r, l)] = setup.opportunity_scale(places)
        total = 0.0
        for k in range(SEVERITY_LENGTH):
            weight = setup.severity_weight(k + 1, p[at(P.severity_exponent, l)])
            d[at(D.severity + k, l)] = weight
            total = total + weight
        passed = 0.0
        for k in range(SEVERITY_LENGTH):
            passed = passed + d[at(D.severity + k, l)]
            d[at(D.severity + k, l)] = passed / total


@inlined
def tell(events, counts, l, day, kind, who, where, amount, drone, dead, wounded):
    """Write an event down, as far as there is room."""
    n = counts[l]
    if n < events.shape[1]:
        events[l, n, 0] = day
        events[l, n, 1] = kind
        events[l, n, 2] = who
        events[l, n, 3] = where
        events[l, n, 4] = amount
        events[l, n, 5] = drone
        events[l, n, 6] = dead
        events[l, n, 7] = wounded
    counts[l] = n + 1


@inlined
def severity(d, u, l):
    """Return how many an incident kills or wounds, from the severity table."""
    k = 0
    while k < SEVERITY_LENGTH - 1 and u >= d[at(D.severity + k, l)]:
        k += 1
    return k + 1.0


@inlined
def calendar(s, w, keys, day_keys, row, day):
    """Begin the day: keys, empty tallies, quiet."""
    for l in range(LANES):
        day_keys[l] = day_key_of(keys[l], day)
        w[at(W.quiet, l)] = patron.quiet(s[at(S.order_days, l)], row[C.order], row[C.truce])
        w[at(W.campaign, l)] = patron.campaign(
            s[at(S.campaign_days, l)], row[C.campaign], w[at(W.quiet, l)]
        )
    for i in range(FACTIONS * LANES):
        w[W.attacks_by * LANES + i] = 0.0
        w[W.raised * LANES + i] = 0.0
    for i in range(SITES * LANES):
        w[W.attacks_on * LANES + i] = 0.0
    for i in range(_FLOWS * LANES):
        w[W.flow * LANES + i] = 0.0
    for l in range(LANES):
        w[at(W.nato_hits, l)] = 0.0
        w[at(W.struck, l)] = 0.0
        w[at(W.lost_support, l)] = 0.0


@inlined
def move_soldiers(s, p, w, row, actors):
    """Phase *posture*."""
    for l in range(LANES):
        factor = posture.next_posture_factor(
            s[at(S.posture_factor, l)], s[at(S.posture_goal, l)], p[at(P.posture_change_days, l)]
        )
        s[at(S.posture_factor, l)] = factor
        residual = p[at(P.residual_advisers, l)]
        w[at(W.combat, l)] = row[C.combat] * factor
        w[at(W.advisers, l)] = (
            posture.planned_advisers(row[C.advisers], row[C.advisers_residual], residual) * factor
        )
        w[at(W.coalition, l)] = row[C.coalition] * factor
        w[at(W.leaving, l)] = posture.leaving(
            posture.planned_advisers(row[C.announced], row[C.announced_residual], residual),
            posture.planned_advisers(
                row[C.announced_later], row[C.announced_later_residual], residual
            ),
            factor,
            s[at(S.posture_goal, l)],
            p[at(P.posture_change_days, l)],
            LEAVING_HORIZON,
        )
    open_share, open_baghdad = 0.0, 0.0
    for j in range(SITES):
        share = actors.site_share[j] * row[C.open + j]
        open_share = open_share + share
        if actors.site_region[j] == BAGHDAD:
            open_baghdad = open_baghdad + share
    for j in range(SITES):
        if row[C.open + j] > 0.0 and actors.site_share[j] > 0.0:
            share = actors.site_share[j] / open_share
            baghdad = 0.0
            if actors.site_region[j] == BAGHDAD:
                baghdad = actors.site_share[j] / open_baghdad
            for l in range(LANES):
                w[at(W.soldiers + j, l)] = posture.soldiers_at_site(
                    w[at(W.combat, l)],
                    w[at(W.advisers, l)] + w[at(W.coalition, l)],
                    share,
                    baghdad,
                    posture.consulting(p[at(P.baghdad_consulting, l)], open_baghdad),
                )
        else:
            for l in range(LANES):
                w[at(W.soldiers + j, l)] = 0.0


@inlined
def move_allies(s, p, w, row, actors):
    """Phase *allies*."""
    for l in range(LANES):
        if row[C.nato_suspended] > 0.0:
            s[at(S.nato, l)] = nato.suspended(s[at(S.nato, l)], p[at(P.nato_suspended_size, l)])
        goal = nato.goal(
            row[C.nato_target],
            w[at(W.combat, l)] + w[at(W.advisers, l)],
            s[at(S.nato_resolve, l)],
            s[at(S.request, l)] == politics.HONOURED,
            p[at(P.nato_dependence, l)],
            p[at(P.nato_cover, l)],
        )
        s[at(S.nato, l)] = nato.next_personnel(
            s[at(S.nato, l)],
            goal,
            nato.growth(p[at(P.nato_planned_growth, l)], p[at(P.nato_build_days, l)]),
            p[at(P.nato_draw_down, l)],
        )
        main = nato.at_main_site(
            s[at(S.nato, l)],
            row[C.nato_second_base],
            p[at(P.nato_erbil_share, l)],
            row[C.open + MAIN_BASE],
            row[C.open + SECOND_BASE],
        )
        w[at(W.nato_at + 1, l)] = main
        w[at(W.nato_at + 2, l)] = s[at(S.nato, l)] - main
    for j in range(SITES):
        is_open = row[C.open + j]
        staff, symbol = actors.site_staff[j], actors.site_symbol[j]
        diplomatic = actors.site_diplomatic[j] == 1
        mission = W.nato_at + actors.site_nato[j]
        if is_open == 0.0:
            for l in range(LANES):
                w[at(W.people + j, l)] = 0.0
                w[at(W.fading + j, l)] = 0.0
                w[at(W.site_pull + j, l)] = 0.0
            continue
        for l in range(LANES):
            people = staff + w[at(W.soldiers + j, l)] + w[at(mission, l)]
            w[at(W.people + j, l)] = people
            if diplomatic:
                fading = is_open
            else:
                fading = is_open * posture.base_fade(people, p[at(P.fade_people, l)])
            w[at(W.fading + j, l)] = fading
            w[at(W.site_pull + j, l)] = presence.site_pull(
                symbol,
                people,
                fading,
                s[at(S.hardening + j, l)],
                p[at(P.people_scale, l)],
                p[at(P.hardening_avoidance, l)],
            )


@inlined
def work_out_hazards(s, p, d, w, bounds, row, actors):
    """Phase *decisions*, first half: what a rested cell of each faction and region does."""
    for l in range(LANES):
        visible = presence.visible(
            w[at(W.combat, l)],
            w[at(W.advisers, l)],
            w[at(W.coalition, l)],
            s[at(S.nato, l)],
            p[at(P.adviser_visibility, l)],
            p[at(P.nato_visibility, l)],
        )
        w[at(W.response, l)] = presence.response(
            visible,
            d[at(D.visible_reference, l)],
            p[at(P.presence_elasticity, l)],
            p[at(P.diplomatic_motive, l)],
            p[at(P.any_soldier_scale, l)],
        )
        w[at(W.police, l)] = militia.policing_restraint(
            row[C.policing],
            s[at(S.authority, l)],
            s[at(S.pressure, l)],
            s[at(S.capacity, l)],
            p[at(P.policing_effect, l)],
            p[at(P.policing_scale, l)],
            p[at(P.policing_floor, l)],
            p[at(P.capacity_reference, l)],
        )
        w[at(W.holding, l)] = militia.hold_fire(w[at(W.leaving, l)], p[at(P.hold_fire_discount, l)])
        w[at(W.feared, l)] = retaliation.fear_of_doctrine(
            np.int64(row[C.doctrine]), p[at(P.strike_rate_ratio, l)], p[at(P.anticipation, l)]
        )
    for r in range(REGIONS):
        for l in range(LANES):
            w[at(W.pull + r, l)] = 0.0
        for j in range(SITES):
            # A closed site adds exactly zero.
            if row[C.open + j] > 0.0:
                inside = actors.site_region[j] == r
                for l in range(LANES):
                    near = presence.nearness(inside, p[at(P.reach, l)])
                    w[at(W.pull + r, l)] = w[at(W.pull + r, l)] + presence.site_opportunity(
                        actors.site_symbol[j], w[at(W.fading + j, l)], near
                    )
        for l in range(LANES):
            w[at(W.pull + r, l)] = w[at(W.response, l)] * presence.opportunity(
                w[at(W.pull + r, l)],
                d[at(D.opportunity_scale + r, l)],
                p[at(P.opportunity_weight, l)],
            )
    for f in range(FACTIONS):
        cells = actors.cells[f]
        for l in range(LANES):
            motive = militia.motive(
                d[at(D.tempo, l)],
                s[at(S.rejection + f, l)],
                s[at(S.grievance + f, l)],
                row[C.round_ahead],
                p[at(P.calendar_boost, l)],
                row[C.doubt],
                p[at(P.doubt_boost, l)],
                w[at(W.campaign, l)] * actors.obeys[f],
                p[at(P.campaign_boost, l)],
            )
            restraint = militia.restraint(
                s[at(S.caution + f, l)],
                w[at(W.quiet, l)],
                actors.obeys[f],
                p[at(P.residual_fire, l)],
                w[at(W.police, l)],
                militia.activity(
                    f == FACADE,
                    actors.obeys[f],
                    p[at(P.facade_groups, l)],
                    FACADE_WEIGHT,
                    COMMITTEE_WEIGHT,
                ),
                w[at(W.feared, l)],
            )
            excitation = s[at(S.excitation + f, l)] / cells
            standing = militia.standing_state_hazard(
                d[at(D.tempo, l)],
                s[at(S.rejection + f, l)],
                p[at(P.state_share, l)],
                militia.backlash(
                    row[C.policing],
                    s[at(S.rejection + f, l)],
                    p[at(P.confrontation_backlash, l)],
                    p[at(P.ordinary_policing, l)],
                    p[at(P.backlash_floor, l)],
                ),
            )
            holding = w[at(W.holding, l)]
            for r in range(REGIONS):
                pull = w[at(W.pull + r, l)]
                foreign = militia.foreign_hazard(motive, excitation, pull, restraint, holding)
                state = militia.state_hazard(
                    motive,
                    excitation,
                    pull,
                    restraint,
                    holding,
                    standing,
                    p[at(P.displacement_share, l)],
                )
                total = militia.total_hazard(foreign, state)
                w[at(W.foreign + f * REGIONS + r, l)] = foreign
                w[at(W.total + f * REGIONS + r, l)] = total
                bounds[at(f * REGIONS + r, l)] = np.int64(total * _TWO_53) + 1


@inlined
def choose_site(p, w, actors, region, u, l):
    """Return the site that a cell attacks."""
    total = 0.0
    for j in range(SITES):
        near = presence.nearness(actors.site_region[j] == region, p[at(P.reach, l)])
        total = total + w[at(W.site_pull + j, l)] * near
    reach = u * total
    passed = 0.0
    for j in range(SITES):
        near = presence.nearness(actors.site_region[j] == region, p[at(P.reach, l)])
        passed = passed + w[at(W.site_pull + j, l)] * near
        if reach < passed:
            return j
    return 0


@inlined
def count(w, outcome, l, number):
    """Add to one of the day's flows."""
    w[at(W.flow + outcome, l)] = w[at(W.flow + outcome, l)] + number


@inlined
def iraqi_victims(p, d, w, key, agent, on_state, l):
    """Return Iraqis killed by an attack, and count them."""
    u = uniform(key, agent, luck.IRAQIS)
    if not harm.iraqis_killed(
        u, on_state, p[at(P.iraqi_dead_foreign, l)], p[at(P.iraqi_dead_state, l)]
    ):
        return 0.0
    dead = severity(d, uniform(key, agent, luck.IRAQI_NUMBER), l)
    count(w, O.dead_iraqi, l, dead)
    count(
        w,
        O.wounded_iraqi,
        l,
        harm.wounded_beside_dead(dead, dead, p[at(P.wounded_with_dead, l)]),
    )
    return dead


@inlined
def attack_foreign_site(s, p, d, w, row, actors, f, region, agent, key, l, day, events, counts):
    """Attack a foreign site: weapon, harm, victims, and the demand it raises."""
    j = choose_site(p, w, actors, region, uniform(key, agent, luck.SITE), l)
    drone = uniform(key, agent, luck.WEAPON) < harm.drone_share(
        row[C.drone_phase], p[at(P.drone_share_end, l)]
    )
    factor = harm.harm_factor(
        s[at(S.hardening + j, l)],
        w[at(W.people + j, l)],
        drone,
        p[at(P.drone_harm_ratio, l)],
        p[at(P.hardening_reference, l)],
        p[at(P.exposure_floor, l)],
        p[at(P.exposure_cap, l)],
        p[at(P.people_scale, l)],
    )
    u = uniform(key, agent, luck.HARM)
    dead, wounded = 0.0, 0.0
    if harm.is_harmful(u, factor, p[at(P.lethality, l)], p[at(P.wounded_ratio, l)]):
        number = severity(d, uniform(key, agent, luck.NUMBER), l)
        if harm.is_fatal(u, factor, p[at(P.lethality, l)]):
            dead = number
        wounded = harm.wounded_beside_dead(number, dead, p[at(P.wounded_with_dead, l)])
    iraqi = iraqi_victims(p, d, w, key, agent, False, l)
    w[at(W.attacks_on + j, l)] = w[at(W.attacks_on + j, l)] + 1.0
    count(w, O.attacks_foreign, l, 1.0)
    if actors.site_diplomatic[j] == 1:
        count(w, O.attacks_diplomatic, l, 1.0)
    if drone:
        count(w, O.attacks_drone, l, 1.0)
    count(w, O.reported_press, l, 1.0)
    if reporting.officially_named(uniform(key, agent, luck.NAMED), p[at(P.official_share, l)]):
        count(w, O.reported_official, l, 1.0)
    if dead > 0.0 or wounded > 0.0:
        us = w[at(W.combat, l)] + w[at(W.advisers, l)]
        american = (
            w[at(W.soldiers + j, l)] * us / max(1.0, us + w[at(W.coalition, l)])
            + actors.site_staff[j]
        )
        others = w[at(W.people + j, l)] - american
        u = uniform(key, agent, luck.VICTIM)
        if harm.victims_are_american(u, american, others):
            count(w, O.dead_us, l, dead)
            count(w, O.wounded_us, l, wounded)
        else:
            count(w, O.dead_coalition, l, dead)
            count(w, O.wounded_coalition, l, wounded)
        if dead > 0.0 and w[at(W.nato_at + actors.site_nato[j], l)] > 0.0:
            w[at(W.nato_hits, l)] = w[at(W.nato_hits, l)] + 1.0
    w[at(W.raised + f, l)] = w[at(W.raised + f, l)] + retaliation.attack_raises_demand(
        dead,
        wounded,
        p[at(P.attack_demand, l)],
        p[at(P.wounded_demand, l)],
        p[at(P.death_demand, l)],
        p[at(P.death_demand_each, l)],
        p[at(P.death_demand_cap, l)],
    )
    tell(
        events,
        counts,
        l,
        day,
        ATTACK_FOREIGN,
        f,
        j,
        np.int64(iraqi),
        np.int64(drone),
        np.int64(dead),
        np.int64(wounded),
    )


@inlined
def let_cells_act(s, p, d, w, bounds, day_keys, row, actors, day, events, counts):
    """Phases *decisions*, second half, and *effects* of each attack."""
    for c in range(CELLS):
        f, region, agent = actors.cell_faction[c], actors.cell_region[c], actors.cell_agent[c]
        hazard = f * REGIONS + region
        add = offset(agent, luck.ACT)
        found = 0
        for l in range(LANES):
            found += np.int64(mix(day_keys[l] + add) >> _HASH_SHIFT) < bounds[at(hazard, l)]
        if found == 0:
            continue
        for l in range(LANES):
            u = uniform(day_keys[l], agent, luck.ACT)
            if u >= w[at(W.total + hazard, l)]:
                continue
            ready = militia.readiness(day - s[at(S.last_attack + c, l)], p[at(P.ready_days, l)])
            decision = militia.cell_decision(
                u, ready, w[at(W.foreign + hazard, l)], w[at(W.total + hazard, l)]
            )
            if decision == militia.NOTHING:
                continue
            s[at(S.last_attack + c, l)] = day
            w[at(W.attacks_by + f, l)] = w[at(W.attacks_by + f, l)] + 1.0
            if decision == militia.FOREIGN:
                attack_foreign_site(
                    s, p, d, w, row, actors, f, region, agent, day_keys[l], l, day, events, counts
                )
            else:
                count(w, O.attacks_state, l, 1.0)
                iraqi = iraqi_victims(p, d, w, day_keys[l], agent, True, l)
                tell(events, counts, l, day, ATTACK_STATE, f, -1, np.int64(iraqi), 0, 0, 0)


@inlined
def take_effects_in(s, p, w, day_keys, actors):
    """Phase *effects*, after the attacks: protection, excitation, demand, observation."""
    for l in range(LANES):
        if w[at(W.flow + O.attacks_foreign, l)] > 0.0:
            for j in range(SITES):
                attacks = w[at(W.attacks_on + j, l)]
                if attacks > 0.0:
                    s[at(S.hardening + j, l)] = harm.next_hardening(
                        s[at(S.hardening + j, l)],
                        attacks,
                        p[at(P.hardening_gain, l)],
                        p[at(P.hardening_cap, l)],
                    )
                    s[at(S.cum_attacks_site + j, l)] = s[at(S.cum_attacks_site + j, l)] + attacks
    for f in range(FACTIONS):
        for l in range(LANES):
            own = w[at(W.attacks_by + f, l)]
            all_attacks = w[at(W.flow + O.attacks_foreign, l)] + w[at(W.flow + O.attacks_state, l)]
            s[at(S.excitation + f, l)] = militia.next_excitation(
                s[at(S.excitation + f, l)],
                own,
                all_attacks,
                actors.share_of_cells[f],
                p[at(P.excitation_branching_ratio, l)],
                p[at(P.excitation_delay, l)],
                p[at(P.own_group_share, l)],
            )
            s[at(S.demand + f, l)] = retaliation.next_demand(
                s[at(S.demand + f, l)], w[at(W.raised + f, l)], p[at(P.demand_memory, l)]
            )
            s[at(S.cum_attacks_faction + f, l)] = s[at(S.cum_attacks_faction + f, l)] + own
    for l in range(LANES):
        w[at(W.chance, l)] = reporting.convoy_rate(
            p[at(P.attack_rate, l)],
            w[at(W.quiet, l)],
            w[at(W.response, l)],
            p[at(P.convoy_ratio, l)],
            p[at(P.convoy_response_cap, l)],
            p[at(P.residual_fire, l)],
        )
    for l in range(LANES):
        rate, key = w[at(W.chance, l)], day_keys[l]
        share = p[at(P.official_share, l)]
        if reporting.convoy_bomb(uniform(key, _OBSERVER, luck.CONVOY_1), rate):
            count(w, O.reported_press, l, 1.0)
            if reporting.officially_named(uniform(key, _OBSERVER, luck.CONVOY_1_NAMED), share):
                count(w, O.reported_official, l, 1.0)
        if reporting.convoy_bomb(uniform(key, _OBSERVER, luck.CONVOY_2), rate):
            count(w, O.reported_press, l, 1.0)
            if reporting.officially_named(uniform(key, _OBSERVER, luck.CONVOY_2_NAMED), share):
                count(w, O.reported_official, l, 1.0)


@inlined
def strike(s, p, w, day_keys, row, actors, l, day, events, counts):
    """Carry a strike out: the group, the dead, the cost at home."""
    key = day_keys[l]
    wrong, leader = False, False
    if row[C.strike_on] > 0.0:
        group = np.int64(row[C.strike_on]) - 1
        leader = row[C.strike_leader] > 0.0
    else:
        leader = np.int64(row[C.doctrine]) == retaliation.DECAPITATION
        group = 0
        for f in range(1, FACTIONS):
            if s[at(S.demand + f, l)] > s[at(S.demand + group, l)]:
                group = f
        if not retaliation.right_group(
            uniform(key, _US, luck.ATTRIBUTION), p[at(P.attribution_accuracy, l)]
        ):
            wrong = True
            others = 0
            for f in range(FACTIONS):
                if actors.obeys[f] > 0.0 and f != group:
                    others += 1
            place = np.int64(uniform(key, _US, luck.OTHER_GROUP) * others)
            culprit = group
            for f in range(FACTIONS):
                if actors.obeys[f] > 0.0 and f != culprit:
                    if place == 0:
                        group = f
                    place -= 1
    w[at(W.struck, l)] = 1.0
    w[at(W.struck_group, l)] = group
    w[at(W.wrong, l)] = 1.0 if wrong else 0.0
    w[at(W.leader, l)] = 1.0 if leader else 0.0
    killed = retaliation.militiamen_killed(
        uniform(key, _US, luck.STRIKE_NUMBER), p[at(P.strike_dead, l)]
    )
    cost = home.strike_cost(
        s[at(S.nato, l)],
        w[at(W.combat, l)] + w[at(W.advisers, l)],
        p[at(P.strike_support_cost, l)],
        p[at(P.burden_sharing, l)],
        p[at(P.burden_scale, l)],
    )
    w[at(W.lost_support, l)] = cost
    count(w, O.strikes, l, 1.0)
    count(w, O.strike_cost, l, cost)
    count(w, O.dead_iraqi, l, killed)
    tell(
        events,
        counts,
        l,
        day,
        STRIKE,
        group,
        -1,
        np.int64(wrong),
        np.int64(leader),
        np.int64(killed),
        0,
    )


@inlined
def retaliate(s, p, d, w, day_keys, row, actors, day, events, counts):
    """Phase *retaliation*."""
    doctrine = np.int64(row[C.doctrine])
    decided = row[C.decided] > 0.0 and row[C.strike_on] == 0.0
    if decided:
        for l in range(LANES):
            demand = 0.0
            for f in range(FACTIONS):
                demand = demand + s[at(S.demand + f, l)]
            threshold = retaliation.strike_threshold(
                doctrine,
                s[at(S.hold, l)],
                p[at(P.threshold_limited, l)],
                p[at(P.threshold_robust, l)],
                p[at(P.hold_back, l)],
                p[at(P.robust_hold_factor, l)],
            )
            allowed = retaliation.allowed_strikes(s[at(S.strike_budget, l)], row[C.strike_budget])
            w[at(W.chance, l)] = retaliation.strike_probability(
                demand, threshold, p[at(P.decision_lag, l)], allowed
            )
    for l in range(LANES):
        if row[C.strike_on] > 0.0 or (
            decided
            and w[at(W.chance, l)] > 0.0
            and uniform(day_keys[l], _US, luck.STRIKE) < w[at(W.chance, l)]
        ):
            strike(s, p, w, day_keys, row, actors, l, day, events, counts)
    for l in range(LANES):
        struck = w[at(W.struck, l)]
        s[at(S.hold, l)] = retaliation.next_hold(
            s[at(S.hold, l)], struck > 0.0, d[at(D.hold_fading, l)]
        )
        s[at(S.strike_budget, l)] = retaliation.next_budget(
            s[at(S.strike_budget, l)], struck, row[C.strike_budget]
        )


@inlined
def feel_strike(s, p, d, w, actors):
    """Phase *aftermath*."""
    for f in range(FACTIONS):
        for l in range(LANES):
            s[at(S.caution + f, l)] = s[at(S.caution + f, l)] * d[at(D.strike_fading, l)]
            s[at(S.grievance + f, l)] = s[at(S.grievance + f, l)] * d[at(D.strike_fading, l)]
    for l in range(LANES):
        if w[at(W.struck, l)] == 0.0:
            continue
        wrong, leader = w[at(W.wrong, l)] > 0.0, w[at(W.leader, l)] > 0.0
        for f in range(FACTIONS):
            s[at(S.demand + f, l)] = retaliation.demand_after_strike(
                s[at(S.demand + f, l)], p[at(P.demand_left, l)]
            )
            if actors.obeys[f] == 0.0:
                continue
            weight = retaliation.weight_of_group(
                np.int64(w[at(W.struck_group, l)]) == f, p[at(P.struck_weight, l)], _COMMITTEE
            )
            caution = retaliation.caution_dose(
                p[at(P.strike_rate_ratio, l)],
                d[at(D.dose, l)],
                wrong,
                leader,
                p[at(P.wrong_caution, l)],
                p[at(P.leader_factor, l)],
            )
            grievance = retaliation.grievance_dose(
                p[at(P.strike_rate_ratio, l)],
                d[at(D.dose, l)],
                wrong,
                leader,
                p[at(P.wrong_grievance, l)],
                p[at(P.leader_factor, l)],
            )
            s[at(S.caution + f, l)] = retaliation.raise_caution(
                s[at(S.caution + f, l)], caution, weight, p[at(P.caution_cap, l)]
            )
            s[at(S.grievance + f, l)] = retaliation.raise_grievance(
                s[at(S.grievance + f, l)], grievance, weight, p[at(P.grievance_limit, l)]
            )


@inlined
def hold_vote(s, p, w, day_keys, row, actors, l, day, events, counts):
    """Let parliament vote where the calendar or the pressure brings a motion."""
    if s[at(S.request, l)] == politics.HONOURED:
        return
    called = row[C.vote] > 0.0 or politics.vote_is_called(
        uniform(day_keys[l], _PARLIAMENT, luck.CALL),
        s[at(S.pressure, l)],
        day - s[at(S.last_vote, l)],
        p[at(P.vote_trigger, l)],
        p[at(P.vote_chance, l)],
        p[at(P.vote_interval, l)],
    )
    if not called:
        return
    s[at(S.last_vote, l)] = day
    yes = 0.0
    for b in range(BLOCS):
        u = uniform(day_keys[l], luck.FIRST_BLOC + b, luck.VOTE)
        if politics.bloc_votes_yes(u, s[at(S.stance + b, l)]):
            yes = yes + actors.seats[b]
    passed = politics.vote_passes(yes, p[at(P.vote_majority, l)]) or row[C.vote] == 2.0
    tell(events, counts, l, day, VOTE, -1, -1, np.int64(yes), np.int64(passed), 0, 0)
    if not passed:
        return
    request = politics.request_after_vote(row[C.comply] > 0.0, row[C.us_honours] > 0.0)
    s[at(S.request, l)] = request
    if request == politics.HONOURED:
        s[at(S.posture_goal, l)] = 0.0
        tell(events, counts, l, day, EXPULSION, -1, -1, 0, 0, 0, 0)
    else:
        s[at(S.pressure, l)] = politics.pressure_after_vote(
            s[at(S.pressure, l)], p[at(P.vote_pressure, l)]
        )


@inlined
def play_iraqi_politics(s, p, w, day_keys, row, actors, day, events, counts):
    """Phase *iraqi_politics*."""
    for l in range(LANES):
        if w[at(W.struck, l)] > 0.0:
            leader = w[at(W.leader, l)] > 0.0
            s[at(S.authority, l)] = politics.authority_after_strike(
                s[at(S.authority, l)],
                w[at(W.wrong, l)] > 0.0,
                leader,
                p[at(P.strike_authority_cost, l)],
                p[at(P.wrong_strike_factor, l)],
                p[at(P.leader_strike_factor, l)],
            )
            s[at(S.pressure, l)] = politics.pressure_after_strike(
                s[at(S.pressure, l)],
                leader,
                p[at(P.strike_pressure, l)],
                p[at(P.leader_strike_factor, l)],
            )
    seats = 0.0
    for b in range(BLOCS):
        seats = seats + actors.seats[b]
    for l in range(LANES):
        yes = 0.0
        for b in range(BLOCS):
            yes = yes + actors.seats[b] * s[at(S.stance + b, l)]
        authority = politics.next_authority(
            s[at(S.authority, l)],
            w[at(W.flow + O.attacks_foreign, l)],
            w[at(W.flow + O.attacks_state, l)],
            s[at(S.capacity, l)],
            row[C.election],
            row[C.dialogue],
            row[C.new_government],
            p[at(P.attack_authority_cost, l)],
            p[at(P.state_attack_factor, l)],
            p[at(P.authority_recovery, l)],
            p[at(P.authority_anchor, l)],
            p[at(P.authority_from_capacity, l)],
            p[at(P.capacity_reference, l)],
            p[at(P.legitimacy_gain, l)],
            p[at(P.dialogue_gain, l)],
            p[at(P.new_government_gain, l)],
        )
        s[at(S.authority, l)] = authority
        goal = politics.pressure_goal(
            yes / seats,
            w[at(W.response, l)],
            authority,
            p[at(P.pressure_scale, l)],
            p[at(P.pressure_from_authority, l)],
        )
        s[at(S.pressure, l)] = politics.next_pressure(
            s[at(S.pressure, l)],
            goal,
            row[C.concession],
            row[C.broken_deadline],
            p[at(P.concession_split, l)],
            p[at(P.broken_pressure, l)],
            p[at(P.pressure_memory, l)],
        )
    for b in range(BLOCS):
        for l in range(LANES):
            if w[at(W.struck, l)] > 0.0:
                s[at(S.stance + b, l)] = politics.stance_after_strike(
                    s[at(S.stance + b, l)],
                    w[at(W.leader, l)] > 0.0,
                    p[at(P.strike_stance, l)],
                    p[at(P.leader_strike_factor, l)],
                )
        for l in range(LANES):
            s[at(S.stance + b, l)] = politics.next_stance(
                s[at(S.stance + b, l)],
                actors.usual_stance[b],
                actors.accommodating[b],
                row[C.concession],
                row[C.broken_deadline],
                p[at(P.concession_split, l)],
                p[at(P.broken_stance, l)],
                p[at(P.stance_memory, l)],
            )
    for f in range(FACTIONS):
        for l in range(LANES):
            s[at(S.rejection + f, l)] = militia.next_rejection(
                s[at(S.rejection + f, l)],
                actors.usual_rejection[f],
                actors.obeys[f],
                row[C.concession],
                row[C.broken_deadline],
                p[at(P.concession_split, l)],
                p[at(P.committee_hardening, l)],
                p[at(P.stance_memory, l)],
            )
    for l in range(LANES):
        if row[C.vote] > 0.0 or s[at(S.pressure, l)] > p[at(P.vote_trigger, l)]:
            hold_vote(s, p, w, day_keys, row, actors, l, day, events, counts)


@inlined
def play_home_politics(s, p, w, row, day, events, counts):
    """Phase *home_politics*."""
    for l in range(LANES):
        dead = w[at(W.flow + O.dead_us, l)]
        lost = w[at(W.lost_support, l)] + home.casualty_cost(
            dead, s[at(S.us_dead, l)], p[at(P.casualty_slope, l)], p[at(P.casualty_offset, l)]
        )
        s[at(S.us_dead, l)] = s[at(S.us_dead, l)] + dead
        s[at(S.us_support, l)] = home.next_support(
            s[at(S.us_support, l)],
            lost,
            w[at(W.flow + O.attacks_foreign, l)],
            p[at(P.attack_support_cost, l)],
            p[at(P.support_anchor, l)],
            p[at(P.support_recovery, l)],
        )
        s[at(S.nato_resolve, l)] = nato.next_resolve(
            s[at(S.nato_resolve, l)],
            w[at(W.nato_hits, l)],
            p[at(P.nato_resolve_loss, l)],
            p[at(P.nato_resolve_recovery, l)],
        )
    # A dated record dates the posture too.
    if row[C.decided] == 0.0:
        return
    for l in range(LANES):
        before = s[at(S.posture_goal, l)]
        goal = home.posture_goal(
            before, s[at(S.us_support, l)], p[at(P.review_floor, l)], p[at(P.review_level, l)]
        )
        if goal < before:
            s[at(S.posture_goal, l)] = goal
            tell(events, counts, l, day, REVIEW, -1, -1, 0, 0, 0, 0)


@inlined
def fight_daesh(s, p, d, w, actors):
    """Phase *daesh*."""
    for l in range(LANES):
        w[at(W.capacity_before, l)] = s[at(S.capacity, l)]
        w[at(W.enabling, l)] = daesh.enabling(
            w[at(W.combat, l)],
            w[at(W.advisers, l)],
            p[at(P.reference_combat, l)],
            p[at(P.reference_advisers, l)],
            p[at(P.adviser_enabling, l)],
            p[at(P.offshore_enabling, l)],
        )
        training = daesh.training(
            w[at(W.advisers, l)],
            w[at(W.coalition, l)],
            w[at(W.combat, l)],
            s[at(S.nato, l)],
            d[at(D.trainers_reference, l)],
            p[at(P.coalition_training, l)],
            p[at(P.combat_training, l)],
            p[at(P.nato_training, l)],
            p[at(P.training_cap, l)],
        )
        s[at(S.capacity, l)] = daesh.next_capacity(
            s[at(S.capacity, l)],
            training,
            p[at(P.capacity_memory, l)],
            p[at(P.capacity_reference, l)],
        )
    for k in range(PROVINCES):
        for l in range(LANES):
            s[at(S.daesh + k, l)] = daesh.next_strength(
                s[at(S.daesh + k, l)],
                actors.province_pace[k],
                w[at(W.capacity_before, l)],
                w[at(W.enabling, l)],
                p[at(P.daesh_growth, l)],
                p[at(P.enabling_share, l)],
                p[at(P.daesh_limit, l)],
                p[at(P.capacity_reference, l)],
            )


@inlined
def hear_patron(s, p, day_keys, l, day, events, counts):
    """Phase *patron*, for one lane."""
    if s[at(S.order_days, l)] > 0.0:
        s[at(S.order_days, l)] = s[at(S.order_days, l)] - 1.0
    elif s[at(S.campaign_days, l)] > 0.0:
        s[at(S.campaign_days, l)] = s[at(S.campaign_days, l)] - 1.0
    elif patron.order_begins(
        uniform(day_keys[l], _PATRON, luck.ORDER), p[at(P.restraint_onset, l)]
    ):
        length = patron.order_length(
            uniform(day_keys[l], _PATRON, luck.LENGTH),
            p[at(P.restraint_dwell, l)],
            p[at(P.restraint_minimum, l)],
        )
        s[at(S.order_days, l)] = length
        tell(events, counts, l, day, ORDER_BEGINS, -1, -1, length, 0, 0, 0)
    elif patron.campaign_begins(
        uniform(day_keys[l], _PATRON, luck.CAMPAIGN), p[at(P.campaign_onset, l)]
    ):
        length = patron.campaign_length(
            uniform(day_keys[l], _PATRON, luck.CAMPAIGN_LENGTH),
            p[at(P.campaign_dwell, l)],
            p[at(P.campaign_minimum, l)],
        )
        s[at(S.campaign_days, l)] = length
        tell(events, counts, l, day, CAMPAIGN_BEGINS, -1, -1, length, 0, 0, 0)


@inlined
def move_influence(s, p, w, row):
    """Phase *influence*."""
    for l in range(LANES):
        freedom = influence.militia_freedom(row[C.policing], s[at(S.authority, l)])
        s[at(S.influence, l)] = influence.next_influence(
            s[at(S.influence, l)],
            s[at(S.authority, l)],
            freedom,
            w[at(W.combat, l)] + w[at(W.advisers, l)],
            s[at(S.nato, l)],
            p[at(P.influence_presence_weight, l)],
            p[at(P.influence_from_authority, l)],
            p[at(P.influence_from_freedom, l)],
            p[at(P.influence_memory, l)],
            p[at(P.authority_anchor, l)],
            p[at(P.freedom_reference, l)],
            p[at(P.reference_combat, l)],
            p[at(P.reference_advisers, l)],
            p[at(P.reference_nato, l)],
        )


@inlined
def record(s, p, d, w, row, actors, today):
    """Phase *record*: write the day's outcomes into ``today`` (outcomes, lanes)."""
    for o in range(_FLOWS):
        for l in range(LANES):
            today[o, l] = w[at(W.flow + o, l)]
    weights, communities = actors.province_weight, actors.province_minority
    minority = 0.0
    for k in range(PROVINCES):
        minority = minority + communities[k]
    for l in range(LANES):
        index, exposed = 0.0, 0.0
        for k in range(PROVINCES):
            index = index + weights[k] * s[at(S.daesh + k, l)]
            exposed = exposed + communities[k] * s[at(S.daesh + k, l)]
        garrison = w[at(W.soldiers + SECOND_BASE, l)]
        garrison = garrison + w[at(W.nato_at + 2, l)]
        protection = influence.protection(
            garrison,
            s[at(S.capacity, l)],
            p[at(P.minority_protection, l)],
            d[at(D.north_reference, l)],
            p[at(P.capacity_reference, l)],
        )
        today[O.us_combat, l] = w[at(W.combat, l)]
        today[O.us_advisers, l] = w[at(W.advisers, l)]
        today[O.coalition, l] = w[at(W.coalition, l)]
        today[O.nato, l] = s[at(S.nato, l)]
        today[O.quiet, l] = w[at(W.quiet, l)]
        today[O.authority, l] = s[at(S.authority, l)]
        today[O.pressure, l] = s[at(S.pressure, l)]
        today[O.us_support, l] = s[at(S.us_support, l)]
        today[O.isf_capacity, l] = s[at(S.capacity, l)]
        today[O.daesh_index, l] = 100.0 * index
        today[O.iranian_influence, l] = s[at(S.influence, l)]
        today[O.minority_exposure, l] = 100.0 * exposed / minority * protection


@cached
def advance(s, p, d, keys, plan, first_day, actors, daily, events, counts):
    """Play a block of worlds through the days of a plan.

    Args:
        s: State, flat (states times lanes); moved in place.
        p: Parameters, flat.
        d: What `derive` made of them, flat.
        keys: Run keys, one a lane.
        plan: Levers and events, shape (days, columns).
        first_day: Ordinal of the first day.
        actors: The actors' tables.
        daily: Outcomes of the last days, shape (days kept, outcomes, lanes), float32; days
            before those kept leave no trace.
        events: Event log, shape (lanes, room, fields).
        counts: Events so far, one a lane.
    """
    w = np.zeros(W.rows * LANES)
    bounds = np.zeros(FACTIONS * REGIONS * LANES, np.int64)
    day_keys = np.zeros(LANES, np.uint64)
    skipped = plan.shape[0] - daily.shape[0]
    for t in range(plan.shape[0]):
        row = plan[t]
        day = first_day + t
        calendar(s, w, keys, day_keys, row, day)
        move_soldiers(s, p, w, row, actors)
        move_allies(s, p, w, row, actors)
        work_out_hazards(s, p, d, w, bounds, row, actors)
        let_cells_act(s, p, d, w, bounds, day_keys, row, actors, day, events, counts)
        take_effects_in(s, p, w, day_keys, actors)
        retaliate(s, p, d, w, day_keys, row, actors, day, events, counts)
        feel_strike(s, p, d, w, actors)
        play_iraqi_politics(s, p, w, day_keys, row, actors, day, events, counts)
        play_home_politics(s, p, w, row, day, events, counts)
        fight_daesh(s, p, d, w, actors)
        for l in range(LANES):
            hear_patron(s, p, day_keys, l, day, events, counts)
        move_influence(s, p, w, row)
        if t >= skipped:
            record(s, p, d, w, row, actors, daily[t - skipped])


@cached
def make_keys(seed, replications, keys):
    """Fill ``keys`` with the run keys of ``replications``."""
    for l in range(len(keys)):
        keys[l] = run_key_of(seed, replications[l])


summarise = cached(with_rules(summaries.summarise))
count_into_bands = cached(with_rules(summaries.count_into_bands))
