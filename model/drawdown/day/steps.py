"""A day, written once: what every actor does, in order.

A step is plain Python about one world. What it needs it names among its arguments:

``s``
    The world's state: ``s.authority``, ``s.rejection[f]``.
``p``
    Its parameters: ``p.lethality``. A call of a rule leaves out the arguments that are parameters
    of the same name: they are given by `rulebook.RuleBook.steps`.
``d``
    What is worked out from them once a run: ``d.tempo``.
``w``
    Today's working numbers: ``w.response``, ``w.people[j]``.
``row``
    Today's plan: ``row.election``, ``row.open[j]``, and the day's number, ``row.day``.
``out``
    Today's outcomes: ``out.dead_us``. All are 0 when the day begins.
``actors``
    What does not change about actors: ``actors.seats[b]``; ``actors.sites`` counts them.
``policy``
    The scenario's conditions: ``policy.over[i]``.
``ago``
    ``ago(sight, days)``: what was counted of one of `columns.COUNTED` so many days ago.
``draw``
    ``draw(agent, decision)``: today's random number for one decision of one agent.
``tell``
    ``tell(kind, who, where, amount, drone, dead, wounded)`` writes an event down.

A last argument counts: ``f`` factions, ``c`` cells, ``j`` sites, ``b`` blocs, ``k`` provinces,
``r`` regions, ``i`` conditions, ``t`` their tests, ``v`` levers. The Mesa world calls the steps;
`drawdown.day.lowering` makes the ensemble engine from the same text. So a step keeps to
what both understand: numbers, the names above, rules, ``if``, ``for`` over actors or a range,
``min``, ``max``, ``int`` and ``float``.
"""

# A step's arguments are bound by name to what plays it: columns there, objects here.
# mypy: allow-untyped-defs, allow-untyped-calls, disable-error-code="call-arg"

from dataclasses import dataclass

from drawdown.declared import luck
from drawdown.declared.actors import NATO_MAIN, NATO_SECOND
from drawdown.declared.columns import (
    ADVISERS,
    ATTACK_FOREIGN,
    ATTACK_STATE,
    CAMPAIGN_BEGINS,
    COALITION,
    COMBAT,
    COMMITTEE_FACTIONS,
    COMMITTEE_WEIGHT,
    COMPLY,
    DOCTRINE,
    EXPULSION,
    FACADE_WEIGHT,
    GOVERNMENT_FORMS,
    LEAVING_HORIZON,
    NATO_TARGET,
    ORDER_BEGINS,
    POLICING,
    RECORD_MONTHS,
    REGIONS,
    RESIDUAL_WEIGHT,
    REVIEW,
    SEVERITY_LENGTH,
    STRIKE,
    STRIKE_BUDGET,
    TRUCE_ENDS,
    TRUCE_OPENS,
    VOTE,
    VOTE_PASSES,
)
from drawdown.rules import (
    daesh,
    harm,
    home,
    influence,
    militia,
    motives,
    nato,
    numbers,
    patron,
    politics,
    posture,
    presence,
    reporting,
    retaliation,
    setup,
)

NOBODY = NOWHERE = -1
BETWEEN_QUIETS = -1.0
"""Of the leak of a quiet: there is none now."""


def work_out(p, d, actors):
    """Work out what a run needs from its parameters, once."""
    d.follows = motives.follows_numbers()
    d.washington = motives.heeds_washington()
    d.deal = motives.heeds_deal()
    d.bargains = motives.bargains()
    d.outbids = motives.outbids()
    d.apart = motives.obeys_apart()
    d.left = motives.remaining()
    d.dose = setup.strike_dose()
    d.strike_fading = numbers.fade(p.strike_half_life)
    d.hold_fading = numbers.fade(p.hold_half_life)
    d.visible_reference = presence.visible(
        p.reference_combat, p.reference_advisers, p.reference_coalition, p.reference_nato
    )
    d.record_level = 0.0
    for m in range(RECORD_MONTHS):
        visible = presence.visible(
            actors.month_combat[m],
            actors.month_advisers[m],
            actors.month_coalition[m],
            actors.month_nato[m],
        )
        wish = presence.response(visible, d.visible_reference, d.follows, d.left)
        between = 0.0
        for state in range(4):
            factor = motives.us_iran(state, d.washington, d.deal)
            between = between + factor * actors.month_us_iran[4 * m + state]
        politics_then = motives.bargaining(
            d.bargains,
            actors.month_prime_minister[m],
            actors.month_clock[m],
            actors.month_formation[m],
        )
        spoiled = motives.spoiling(d.outbids, actors.month_opening[m])
        d.record_level = d.record_level + (
            actors.month_share[m] * wish * between * politics_then * spoiled
        )
    d.tempo = setup.tempo_per_rejection(COMMITTEE_WEIGHT) / d.record_level
    d.trainers_reference = daesh.trainers(
        p.reference_advisers, p.reference_coalition, p.reference_combat, p.reference_nato
    )
    open_share, second_share = 0.0, 0.0
    for j in actors.sites:
        open_share = open_share + actors.site_share[j] * actors.site_open_at_reference[j]
        if actors.site_nato[j] == NATO_SECOND:
            second_share = actors.site_share[j]
    d.north_reference = posture.soldiers_at_site(
        p.reference_combat,
        p.reference_advisers + p.reference_coalition,
        second_share / open_share,
        0.0,
    )
    for r in range(REGIONS):
        places = 0.0
        for j in actors.sites:
            near = presence.nearness(actors.site_region[j] == r)
            places = places + presence.site_opportunity(
                actors.site_symbol[j], actors.site_open_at_reference[j], near
            )
        d.opportunity_scale[r] = setup.opportunity_scale(places)
    total = 0.0
    for n in range(SEVERITY_LENGTH):
        d.severity[n] = setup.severity_weight(n + 1)
        total = total + d.severity[n]
    passed = 0.0
    for n in range(SEVERITY_LENGTH):
        passed = passed + d.severity[n]
        d.severity[n] = passed / total


# --- calendar -----------------------------------------------------------------------------


def day_begins(s, p, w, row, draw):
    """Begin the day: who holds fire, and whether the patron's side is in a campaign."""
    own = patron.own_quiet(row.spell_days, s.order_days)
    resting = patron.quiet(own, s.truce_on)
    if resting == 0.0:
        s.leak = BETWEEN_QUIETS
    elif s.leak == BETWEEN_QUIETS:
        s.leak = patron.leak(draw(luck.PATRON, luck.LEAK))
    if row.order != s.order_given_on:
        # Each order is obeyed or refused anew, also where one follows another.
        s.order_given_on = row.order
        s.order_refused = 0.0
        if row.order > 0.0 and patron.order_fails(draw(luck.PATRON, luck.DATED_ORDER)):
            s.order_refused = 1.0
    if row.order == 0.0 and row.truce == 0.0:
        s.dated_leak = BETWEEN_QUIETS
    elif s.dated_leak == BETWEEN_QUIETS:
        s.dated_leak = patron.leak(draw(luck.PATRON, luck.DATED_LEAK))
    w.agreed = row.truce
    w.commanded = patron.commanded(row.order, s.order_refused)
    w.campaign = patron.campaign(row.campaign, w.agreed + w.commanded)
    w.resting = patron.lifted(resting, w.campaign)
    w.quiet = patron.quiet(w.resting, w.agreed + w.commanded)
    w.leak = patron.least_leak(w.resting, s.leak, w.agreed + w.commanded, s.dated_leak)
    w.ordered = patron.quiet(patron.lifted(own, w.campaign), w.commanded)
    w.nato_hits = 0.0
    w.named_diplomats = 0.0
    w.named_bases = 0.0


def levers_follow_calendar(p, w, row):
    """Set every lever as the calendar has it; what conditions move comes after."""
    w.lever[COMBAT] = posture.planned_soldiers(row.combat, row.combat_residual)
    w.lever[ADVISERS] = row.advisers
    w.lever[RESIDUAL_WEIGHT] = row.advisers_residual
    w.lever[COALITION] = row.coalition
    w.lever[NATO_TARGET] = row.nato_target
    w.lever[DOCTRINE] = row.doctrine
    w.lever[STRIKE_BUDGET] = row.strike_budget
    w.lever[POLICING] = row.policing
    w.lever[COMPLY] = row.comply
    w.announced[COMBAT] = row.announced_combat
    w.announced[ADVISERS] = row.announced_advisers
    w.announced[RESIDUAL_WEIGHT] = row.announced_residual
    w.announced[COALITION] = row.announced_coalition
    w.later[COMBAT] = row.later_combat
    w.later[ADVISERS] = row.later_advisers
    w.later[RESIDUAL_WEIGHT] = row.later_residual
    w.later[COALITION] = row.later_coalition
    w.concession = row.concession
    w.promise_days = row.promise_days
    w.after_concession = row.after_concession
    w.opening = row.opening
    w.dialogue = row.dialogue
    w.round_ahead = row.round_ahead


def government_forms(s, p, w, row, draw):
    """Bargain over a government after an election; who leads it takes office with it."""
    if row.election > 0.0:
        s.formation_days = float(politics.formation_length(draw(luck.PARLIAMENT, luck.FORMATION)))
    w.formed = row.new_government
    if row.new_government > 0.0:
        s.formation_days = 0.0
    elif s.formation_days > 0.0:
        s.formation_days = s.formation_days - 1.0
        if s.formation_days == 0.0:
            w.formed = 1.0
    w.forming = 1.0 if s.formation_days > 0.0 or row.formation > 0.0 else 0.0
    s.prime_minister = politics.next_prime_minister(
        s.prime_minister,
        politics.wanted_prime_minister(row.prime_minister, row.prime_minister_next),
        w.forming,
    )


def government_tells_formation(s, tell):
    """Write a new government down."""
    tell(GOVERNMENT_FORMS, NOBODY, NOWHERE, int(100.0 * s.prime_minister), 0, 0, 0)


def faction_begins(w, f):
    """Begin the faction's day with nothing done."""
    w.attacks_by[f] = 0.0
    w.raised[f] = 0.0


def site_begins(w, j):
    """Begin the site's day with nothing suffered."""
    w.attacks_on[j] = 0.0


# --- posture ------------------------------------------------------------------------------


def bases_open(w, row, actors):
    """Add up what the open bases can hold, and see which of NATO's sites are open."""
    w.open_share = 0.0
    w.open_capital = 0.0
    w.main_open = 0.0
    w.second_open = 0.0
    for j in actors.sites:
        share = actors.site_share[j] * row.open[j]
        w.open_share = w.open_share + share
        if actors.site_in_capital[j]:
            w.open_capital = w.open_capital + share
        if actors.site_nato[j] == NATO_MAIN:
            w.main_open = row.open[j]
        if actors.site_nato[j] == NATO_SECOND:
            w.second_open = row.open[j]


def soldiers_move(s, p, w, row):
    """Move soldiers along the plan, as far as a review or a request lets them stay."""
    s.posture_factor = posture.next_posture_factor(s.posture_factor, s.posture_goal)
    w.combat = w.lever[COMBAT] * s.posture_factor
    w.advisers = (
        posture.planned_soldiers(w.lever[ADVISERS], w.lever[RESIDUAL_WEIGHT]) * s.posture_factor
    )
    w.coalition = w.lever[COALITION] * s.posture_factor
    s.us_soldiers = w.combat + w.advisers
    s.coalition = w.coalition
    w.leaving = posture.leaving(
        posture.planned_soldiers(
            w.announced[COMBAT] + w.announced[ADVISERS] + w.announced[COALITION],
            w.announced[RESIDUAL_WEIGHT],
        ),
        posture.planned_soldiers(
            w.later[COMBAT] + w.later[ADVISERS] + w.later[COALITION], w.later[RESIDUAL_WEIGHT]
        ),
        s.posture_factor,
        s.posture_goal,
        LEAVING_HORIZON,
    )


def soldiers_arrive(p, w, row, actors, j):
    """Give the site its part of the soldiers whom the open bases share."""
    w.is_open[j] = row.open[j]
    if row.open[j] == 0.0 or actors.site_share[j] == 0.0:
        w.soldiers[j] = 0.0
        return
    capital = 0.0
    if actors.site_in_capital[j]:
        capital = actors.site_share[j] / w.open_capital
    w.soldiers[j] = posture.soldiers_at_site(
        w.combat,
        w.advisers + w.coalition,
        actors.site_share[j] / w.open_share,
        capital,
        posture.consulting(w.open_capital),
    )


# --- allies -------------------------------------------------------------------------------


def mission_moves(s, p, w, row):
    """Grow or shrink NATO's mission towards what target, cover and resolve allow."""
    if row.nato_suspended > 0.0:
        s.nato = nato.suspended(s.nato)
    goal = nato.goal(
        w.lever[NATO_TARGET], w.combat + w.advisers, s.nato_resolve, s.request == politics.HONOURED
    )
    s.nato = nato.next_personnel(s.nato, goal, nato.growth())
    w.nato_main = nato.at_main_site(s.nato, row.nato_second_base, w.main_open, w.second_open)


def people_arrive(s, p, w, row, actors, j):
    """Count the people at a site, and work out its pull as a target."""
    if row.open[j] == 0.0:
        w.nato_people[j] = 0.0
        w.people[j] = 0.0
        w.fading[j] = 0.0
        w.site_pull[j] = 0.0
        return
    nato_people = 0.0
    if actors.site_nato[j] == NATO_MAIN:
        nato_people = w.nato_main
    if actors.site_nato[j] == NATO_SECOND:
        nato_people = s.nato - w.nato_main
    w.nato_people[j] = nato_people
    w.people[j] = actors.site_staff[j] + w.soldiers[j] + nato_people
    w.fading[j] = row.open[j]
    if not actors.site_diplomatic[j]:
        w.fading[j] = presence.without_soldiers(
            row.open[j] * posture.base_fade(w.people[j]),
            w.soldiers[j],
            w.combat + w.advisers + w.coalition,
        )
    w.site_pull[j] = presence.site_pull(
        actors.site_symbol[j], w.people[j], w.fading[j], s.hardening[j]
    )


# --- decisions ----------------------------------------------------------------------------


def militias_look(s, p, d, w, row):
    """See the foreigners, the police, a departure and a doctrine as every cell does."""
    visible = presence.visible(w.combat, w.advisers, w.coalition, s.nato)
    w.response = presence.among_targets(
        presence.response(visible, d.visible_reference, d.follows, d.left),
        visible,
        d.visible_reference,
    )
    w.mood = (
        motives.us_iran(int(row.us_iran), d.washington, d.deal)
        * motives.bargaining(d.bargains, s.prime_minister, w.round_ahead, w.forming)
        * motives.spoiling(d.outbids, w.opening)
        * motives.concession_factor(w.after_concession)
    )
    w.state_mood = motives.bargaining_with_state(d.bargains, w.forming)
    w.police = militia.policing_restraint(w.lever[POLICING], s.authority, s.pressure, s.capacity)
    w.holding = militia.hold_fire(w.leaving)
    w.feared = retaliation.fear_of_doctrine(int(w.lever[DOCTRINE]))


def region_offers(p, d, w, actors, r):
    """Work out the pull of a region: the response, as far as places are open."""
    places = 0.0
    for j in actors.sites:
        near = presence.nearness(actors.site_region[j] == r)
        places = places + presence.site_opportunity(actors.site_symbol[j], w.fading[j], near)
    w.pull[r] = w.response * presence.opportunity(places, d.opportunity_scale[r])


def faction_weighs(s, p, d, w, row, actors, f):
    """Work out a faction's motive and what holds it back."""
    w.outbid[f] = motives.outbidding(d.outbids, s.heard[f], 1.0 - actors.share_of_cells[f])
    w.motive[f] = militia.motive(
        d.tempo,
        s.rejection[f],
        s.grievance[f],
        w.mood * w.outbid[f],
        row.doubt,
        w.campaign * actors.obeys[f],
    )
    left = 1.0
    if w.resting > 0.0:
        left = motives.fire_left(actors.obeys[f], d.apart, s.leak, actors.obedience[f])
    if w.agreed > 0.0:
        agreed = motives.fire_left(actors.obeys[f], d.apart, s.dated_leak, actors.obedience[f])
        left = min(left, agreed)
    if w.commanded > 0.0:
        # Nobody agreed to an order, so each faction obeys it on its own.
        ordered = motives.fire_left(actors.obeys[f], 1.0, s.dated_leak, actors.obedience[f])
        left = min(left, ordered)
    w.restraint[f] = militia.restraint(
        s.caution[f],
        actors.obeys[f],
        left,
        w.police,
        militia.activity(actors.facade[f], actors.obeys[f], FACADE_WEIGHT, COMMITTEE_WEIGHT),
        w.feared,
    )
    w.excited[f] = s.excitation[f] / actors.cells_of[f]
    w.standing[f] = militia.standing_state_hazard(
        d.tempo, s.rejection[f], militia.backlash(w.lever[POLICING], s.rejection[f]), w.state_mood
    )


def faction_looks_at_region(p, w, f, r):
    """Work out what a rested cell of the faction would do in a region."""
    w.foreign[f][r] = militia.foreign_hazard(
        w.motive[f], w.excited[f], w.pull[r], w.restraint[f], w.holding
    )
    state = militia.state_hazard(
        w.motive[f], w.excited[f], w.pull[r], w.restraint[f], w.holding, w.standing[f]
    )
    w.total[f][r] = militia.total_hazard(w.foreign[f][r], state)


def cell_decides(s, p, w, row, actors, draw, c):
    """Decide whether to attack today, and whom."""
    faction, region = actors.cell_faction[c], actors.cell_region[c]
    ready = militia.readiness(row.day - s.last_attack[c])
    w.decision[c] = militia.cell_decision(
        draw(actors.cell_agent[c], luck.ACT),
        ready,
        w.foreign[faction][region],
        w.total[faction][region],
    )


# --- effects ------------------------------------------------------------------------------


def cell_acts(s, p, d, w, row, out, actors, draw, tell, c):
    """Carry a decision out."""
    if w.decision[c] == militia.NOTHING:
        return
    faction = actors.cell_faction[c]
    s.last_attack[c] = row.day
    w.attacks_by[faction] = w.attacks_by[faction] + 1.0
    if w.decision[c] == militia.FOREIGN:
        cell_attacks_foreigners(s, p, d, w, row, out, actors, draw, tell, c)
    else:
        out.attacks_state = out.attacks_state + 1.0
        iraqis = kill_iraqis(p, d, out, draw, actors.cell_agent[c], True)
        tell(ATTACK_STATE, faction, NOWHERE, int(iraqis), 0, 0, 0)


def cell_attacks_foreigners(s, p, d, w, row, out, actors, draw, tell, c):
    """Attack a foreign site: weapon, harm, victims, and the demand it raises."""
    agent, faction = actors.cell_agent[c], actors.cell_faction[c]
    j = choose_site(p, w, actors, draw(agent, luck.SITE), actors.cell_region[c])
    if j == NOWHERE:
        return
    drone = draw(agent, luck.WEAPON) < harm.drone_share(row.drone_phase)
    factor = harm.harm_factor(s.hardening[j], w.people[j], drone)
    u = draw(agent, luck.HARM)
    dead, wounded = 0.0, 0.0
    if harm.is_harmful(u, factor):
        number = severity(d, draw(agent, luck.NUMBER))
        if harm.is_fatal(u, factor):
            dead = number
        wounded = harm.wounded_beside_dead(number, dead)
    iraqis = kill_iraqis(p, d, out, draw, agent, False)
    w.attacks_on[j] = w.attacks_on[j] + 1.0
    out.attacks_foreign = out.attacks_foreign + 1.0
    if actors.site_diplomatic[j]:
        out.attacks_diplomatic = out.attacks_diplomatic + 1.0
    if drone:
        out.attacks_drone = out.attacks_drone + 1.0
    out.reported_press = out.reported_press + 1.0
    if reporting.officially_named(draw(agent, luck.NAMED)):
        out.reported_official = out.reported_official + 1.0
        if actors.site_diplomatic[j]:
            w.named_diplomats = w.named_diplomats + 1.0
        else:
            w.named_bases = w.named_bases + 1.0
    if dead > 0.0 or wounded > 0.0:
        us = w.combat + w.advisers
        american = w.soldiers[j] * us / max(1.0, us + w.coalition) + actors.site_staff[j]
        others = w.people[j] - american
        if harm.victims_are_american(draw(agent, luck.VICTIM), american, others):
            out.dead_us = out.dead_us + dead
            out.wounded_us = out.wounded_us + wounded
        else:
            out.dead_coalition = out.dead_coalition + dead
            out.wounded_coalition = out.wounded_coalition + wounded
        if dead > 0.0 and w.nato_people[j] > 0.0:
            w.nato_hits = w.nato_hits + 1.0
    w.raised[faction] = w.raised[faction] + retaliation.attack_raises_demand(dead, wounded)
    tell(ATTACK_FOREIGN, faction, j, int(iraqis), int(drone), int(dead), int(wounded))


def choose_site(p, w, actors, u, region):
    """Return the site that a cell attacks: by worth, people, protection and nearness."""
    total = 0.0
    for j in actors.sites:
        near = presence.nearness(actors.site_region[j] == region)
        total = total + w.site_pull[j] * near
    passed = 0.0
    for j in actors.sites:
        near = presence.nearness(actors.site_region[j] == region)
        passed = passed + w.site_pull[j] * near
        if u * total < passed:
            return j
    for j in actors.sites:
        return j
    return NOWHERE


def severity(d, u):
    """Return how many an incident kills or wounds, from the severity table."""
    n = 0
    while n < SEVERITY_LENGTH - 1 and u >= d.severity[n]:
        n = n + 1
    return n + 1.0


def kill_iraqis(p, d, out, draw, agent, on_state):
    """Return Iraqis killed by an attack, and count them."""
    if not harm.iraqis_killed(draw(agent, luck.IRAQIS), on_state):
        return 0.0
    dead = severity(d, draw(agent, luck.IRAQI_NUMBER))
    out.dead_iraqi = out.dead_iraqi + dead
    out.wounded_iraqi = out.wounded_iraqi + harm.wounded_beside_dead(dead, dead)
    return dead


def site_protects_itself(s, p, w, j):
    """Add protection after attacks."""
    protection = s.hardening[j]
    if w.attacks_on[j] > 0.0:
        protection = harm.next_hardening(protection, w.attacks_on[j])
    s.hardening[j] = protection


def faction_is_excited(s, p, w, out, actors, f):
    """Let today's attacks excite tomorrow's, and Washington's demand follow."""
    s.excitation[f] = militia.next_excitation(
        s.excitation[f],
        w.attacks_by[f],
        out.attacks_foreign + out.attacks_state,
        actors.share_of_cells[f],
    )
    s.heard[f] = motives.next_heard(
        s.heard[f], out.attacks_foreign + out.attacks_state - w.attacks_by[f]
    )
    s.demand[f] = retaliation.next_demand(s.demand[f], w.raised[f])


def press_counts_convoys(s, p, d, w, out, draw):
    """Count roadside bombs on convoys, which exist for the press count alone."""
    rate = reporting.convoy_rate(w.quiet, w.leak, w.response * w.mood / d.record_level)
    if reporting.convoy_bomb(draw(luck.OBSERVER, luck.CONVOY_1), rate):
        out.reported_press = out.reported_press + 1.0
        if reporting.officially_named(draw(luck.OBSERVER, luck.CONVOY_1_NAMED)):
            out.reported_official = out.reported_official + 1.0
    if reporting.convoy_bomb(draw(luck.OBSERVER, luck.CONVOY_2), rate):
        out.reported_press = out.reported_press + 1.0
        if reporting.officially_named(draw(luck.OBSERVER, luck.CONVOY_2_NAMED)):
            out.reported_official = out.reported_official + 1.0


# --- retaliation --------------------------------------------------------------------------


def states_decide(s, p, w, row, actors, draw):
    """Decide in Washington whether to strike today: as dated, or by demand and doctrine."""
    w.struck = 0.0
    w.lost_support = 0.0
    if row.strike_on > 0.0:
        w.struck = 1.0
    elif row.decided > 0.0:
        w.weighed = 0.0
        for f in actors.factions:
            w.weighed = w.weighed + s.demand[f]
        threshold = retaliation.strike_threshold(int(w.lever[DOCTRINE]), s.hold)
        allowed = retaliation.allowed_strikes(s.strike_budget, w.lever[STRIKE_BUDGET])
        chance = retaliation.strike_probability(w.weighed, threshold, allowed)
        if draw(luck.UNITED_STATES, luck.STRIKE) < chance:
            w.struck = 1.0


def states_choose_group(s, p, w, row, actors, draw):
    """Choose the group to strike: the dated one, or whom intelligence names."""
    w.wrong = 0.0
    w.leader = 0.0
    if row.strike_on > 0.0:
        w.struck_group = row.strike_on - 1.0
        if row.strike_leader > 0.0:
            w.leader = 1.0
        return
    if int(w.lever[DOCTRINE]) == retaliation.DECAPITATION:
        w.leader = 1.0
    culprit = NOBODY
    for f in actors.factions:
        if culprit == NOBODY or s.demand[f] > s.demand[culprit]:
            culprit = f
    w.struck_group = culprit
    if retaliation.right_group(draw(luck.UNITED_STATES, luck.ATTRIBUTION)):
        return
    others = 0
    for f in actors.factions:
        if actors.obeys[f] > 0.0 and f != culprit:
            others = others + 1
    place = int(draw(luck.UNITED_STATES, luck.OTHER_GROUP) * others)
    for f in actors.factions:
        if actors.obeys[f] > 0.0 and f != culprit:
            if place == 0:
                w.struck_group = f
                w.wrong = 1.0
            place = place - 1


def states_strike(s, p, w, out, draw, tell):
    """Carry a strike out: the dead, and the cost at home."""
    killed = retaliation.militiamen_killed(draw(luck.UNITED_STATES, luck.STRIKE_NUMBER))
    w.lost_support = home.strike_cost(s.nato, w.combat + w.advisers)
    out.strikes = out.strikes + 1.0
    out.strike_cost = out.strike_cost + w.lost_support
    out.dead_iraqi = out.dead_iraqi + killed
    tell(STRIKE, int(w.struck_group), NOWHERE, int(w.wrong), int(w.leader), killed, 0)


def states_keep_count(s, d, w):
    """Remember a strike, and what the year still allows."""
    s.hold = retaliation.next_hold(s.hold, w.struck > 0.0, d.hold_fading)
    s.strike_budget = retaliation.next_budget(s.strike_budget, w.struck, w.lever[STRIKE_BUDGET])


# --- aftermath ----------------------------------------------------------------------------


def faction_forgets(s, d, f):
    """Forget a little of earlier strikes."""
    s.caution[f] = s.caution[f] * d.strike_fading
    s.grievance[f] = s.grievance[f] * d.strike_fading


def faction_feels_strike(s, p, d, w, actors, f):
    """Take a strike in: caution or grievance, as the structure has it."""
    s.demand[f] = retaliation.demand_after_strike(s.demand[f])
    if actors.obeys[f] == 0.0:
        return
    weight = retaliation.weight_of_group(w.struck_group == f, float(COMMITTEE_FACTIONS))
    caution = retaliation.caution_dose(d.dose, w.wrong > 0.0, w.leader > 0.0)
    grievance = retaliation.grievance_dose(d.dose, w.wrong > 0.0, w.leader > 0.0)
    s.caution[f] = retaliation.raise_caution(s.caution[f], caution, weight)
    s.grievance[f] = retaliation.raise_grievance(s.grievance[f], grievance, weight)


# --- Iraqi politics -----------------------------------------------------------------------


def government_feels_strike(s, p, w):
    """Take a strike on Iraqi soil in."""
    s.authority = politics.authority_after_strike(s.authority, w.wrong > 0.0, w.leader > 0.0)
    s.pressure = politics.pressure_after_strike(s.pressure, w.leader > 0.0)


def bloc_feels_strike(s, p, w, b):
    """Move with a strike."""
    s.stance[b] = politics.stance_after_strike(s.stance[b], w.leader > 0.0)


def government_takes_day_in(s, p, w, row, out, actors):
    """Take in attacks, forces and what parliament wants."""
    yes, seats = 0.0, 0.0
    for b in actors.blocs:
        yes = yes + actors.seats[b] * s.stance[b]
        seats = seats + actors.seats[b]
    share = 0.0
    if seats > 0.0:
        share = yes / seats
    s.authority = politics.next_authority(
        s.authority,
        out.attacks_foreign,
        out.attacks_state,
        s.capacity,
        row.election,
        w.dialogue,
        w.formed,
    )
    goal = politics.pressure_goal(share, w.response, s.authority, w.lever[POLICING])
    s.pressure = politics.next_pressure(s.pressure, goal, w.concession, row.broken_deadline)


def bloc_moves(s, p, w, row, actors, b):
    """Move with concessions and broken promises."""
    s.stance[b] = politics.next_stance(
        s.stance[b],
        actors.usual_stance[b],
        actors.accommodating[b],
        w.concession,
        row.broken_deadline,
    )


def faction_moves(s, p, w, row, actors, f):
    """Harden or soften after a concession or a broken promise."""
    s.rejection[f] = militia.next_rejection(
        s.rejection[f],
        actors.usual_rejection[f],
        actors.obeys[f],
        w.concession,
        row.broken_deadline,
    )


def parliament_calls_vote(s, p, w, row, draw):
    """Call a vote where the calendar or the pressure brings a motion."""
    w.vote_called = 0.0
    w.yes_seats = 0.0
    called = row.vote > 0.0 or politics.vote_is_called(
        draw(luck.PARLIAMENT, luck.CALL), s.pressure, row.day - s.last_vote
    )
    if called and s.request != politics.HONOURED:
        w.vote_called = 1.0
        s.last_vote = row.day


def bloc_votes(s, w, actors, draw, b):
    """Vote, as one, on asking foreign troops to leave."""
    if politics.bloc_votes_yes(draw(luck.FIRST_BLOC + b, luck.VOTE), s.stance[b]):
        w.yes_seats = w.yes_seats + actors.seats[b]


def parliament_counts(s, p, w, row, tell):
    """Count the votes; a motion that passes makes a request, or more pressure."""
    passed = politics.vote_passes(w.yes_seats) or row.vote == VOTE_PASSES
    tell(VOTE, NOBODY, NOWHERE, int(w.yes_seats), int(passed), 0, 0)
    if not passed:
        return
    s.request = politics.request_after_vote(w.lever[COMPLY] > 0.0, row.us_honours > 0.0)
    if s.request == politics.HONOURED:
        s.posture_goal = 0.0
        tell(EXPULSION, NOBODY, NOWHERE, 0, 0, 0, 0)
    else:
        s.pressure = politics.pressure_after_vote(s.pressure)


# --- home politics ------------------------------------------------------------------------


def support_takes_losses_in(s, p, w, out):
    """Count the day's losses at home."""
    lost = w.lost_support + home.casualty_cost(out.dead_us, s.us_dead)
    s.us_dead = s.us_dead + out.dead_us
    s.us_support = home.next_support(s.us_support, lost, out.attacks_foreign)


def states_review(s, p, w, row):
    """Review the posture if support is too low; a dated record dates the posture too."""
    w.reviewed = 0.0
    if row.decided > 0.0:
        before = s.posture_goal
        s.posture_goal = home.posture_goal(before, s.us_support)
        if s.posture_goal < before:
            w.reviewed = 1.0


def states_tell_review(tell):
    """Write a review down."""
    tell(REVIEW, NOBODY, NOWHERE, 0, 0, 0, 0)


def mission_takes_losses_in(s, p, w):
    """Let fatal incidents cost NATO's resolve."""
    s.nato_resolve = nato.next_resolve(s.nato_resolve, w.nato_hits)


# --- DAESH --------------------------------------------------------------------------------


def support_from_abroad(s, p, w):
    """Work out what holds DAESH down today: the forces' capacity and help from abroad."""
    w.capacity_before = s.capacity
    w.enabling = daesh.enabling(w.combat, w.advisers)


def forces_train(s, p, d, w):
    """Train, or wear down."""
    training = daesh.training(w.advisers, w.coalition, w.combat, s.nato, d.trainers_reference)
    s.capacity = daesh.next_capacity(s.capacity, training)


def province_moves(s, p, w, actors, k):
    """Let DAESH grow, as far as the Iraqi forces and support from abroad let it."""
    s.daesh[k] = daesh.next_strength(
        s.daesh[k], actors.province_pace[k], w.capacity_before, w.enabling
    )


# --- patron -------------------------------------------------------------------------------


def patron_decides(s, p, w, row, draw):
    """Let a spell of quiet or of violence run down, and the other kind begin."""
    w.order_given = 0.0
    w.campaign_given = 0.0
    # Dated orders, truces and campaigns lie over a world's own spells, which run on below them.
    if row.spell_days > 0.0:
        # The record says that this spell runs; only what is left of it is open.
        lasted = patron.lasted(row.spell_days, row.spell_anew)
        s.order_days = 0.0
        s.campaign_days = float(
            patron.violence_left(draw(luck.PATRON, luck.CAMPAIGN_LENGTH), lasted)
        )
    elif row.spell_days < 0.0:
        lasted = patron.lasted(-row.spell_days, row.spell_anew)
        s.campaign_days = 0.0
        s.order_days = float(patron.quiet_left(draw(luck.PATRON, luck.LENGTH), lasted))
    elif s.order_days > 0.0:
        s.order_days = s.order_days - 1.0
        if s.order_days == 0.0:
            w.campaign_given = 1.0
    elif s.campaign_days > 0.0:
        s.campaign_days = s.campaign_days - 1.0
        if s.campaign_days == 0.0:
            w.order_given = 1.0
            if patron.order_fails(draw(luck.PATRON, luck.ORDER)):
                w.order_given = 0.0
                w.campaign_given = 1.0
    else:
        w.campaign_given = 1.0


def patron_orders_restraint(s, p, draw, tell):
    """Begin a spell of quiet."""
    length = patron.quiet_length(draw(luck.PATRON, luck.LENGTH))
    s.order_days = float(length)
    tell(ORDER_BEGINS, NOBODY, NOWHERE, length, 0, 0, 0)


def patron_begins_campaign(s, p, draw, tell):
    """Begin a spell of violence."""
    length = patron.violence_length(draw(luck.PATRON, luck.CAMPAIGN_LENGTH))
    s.campaign_days = float(length)
    tell(CAMPAIGN_BEGINS, NOBODY, NOWHERE, length, 0, 0, 0)


def truce_moves(s, p, w, row, draw):
    """Let a promise open a truce; a breach, or a promise not kept or not believed, ends it."""
    w.truce_opened = 0.0
    w.truce_ended = 0.0
    if w.promise_days > 0.0 and s.truce_on == 0.0:
        if patron.truce_opens(draw(luck.PATRON, luck.PROMISE)):
            w.truce_opened = 1.0
            s.truce_on = 1.0
            holds = draw(luck.PATRON, luck.HOLDS)
            s.truce_days = float(
                patron.truce_days(holds, draw(luck.PATRON, luck.BREACH), w.promise_days)
            )
            s.truce_breach = 1.0 if patron.truce_is_breached(holds) else 0.0
            s.truce_belief = float(patron.belief_days(draw(luck.PATRON, luck.BELIEF)))
            s.truce_age = 0.0
            s.truce_term = w.promise_days
            s.truce_combat = w.combat
            s.truce_soldiers = w.combat + w.advisers + w.coalition
    elif s.truce_on > 0.0:
        s.truce_age = s.truce_age + 1.0
        gone = patron.share_gone(
            s.truce_combat, w.combat, s.truce_soldiers, w.combat + w.advisers + w.coalition
        )
        if patron.falls_behind(s.truce_age, s.truce_term, gone):
            s.truce_belief = s.truce_belief - 1.0
        if s.truce_days > 0.0:
            s.truce_days = s.truce_days - 1.0
        elif s.truce_breach > 0.0:
            w.truce_ended = 1.0
        else:
            kept = patron.promise_kept(w.combat, w.advisers + w.coalition)
            if patron.truce_ends(draw(luck.PATRON, luck.CLOSES), kept):
                w.truce_ended = 1.0
        if row.broken_deadline > 0.0 or s.truce_belief <= 0.0:
            w.truce_ended = 1.0
        if w.truce_ended > 0.0:
            s.truce_on = 0.0
            s.truce_days = 0.0
            s.truce_breach = 0.0


def patron_tells_truce(s, tell):
    """Write a truce's beginning down."""
    tell(TRUCE_OPENS, NOBODY, NOWHERE, int(s.truce_days), 0, 0, 0)


def patron_tells_end_of_truce(tell):
    """Write a truce's end down."""
    tell(TRUCE_ENDS, NOBODY, NOWHERE, 0, 0, 0, 0)


# --- influence and record -----------------------------------------------------------------


def influence_moves(s, p, w, row):
    """Let Iranian influence follow authority, freedom of the militias and presence."""
    s.influence = influence.next_influence(
        s.influence,
        s.authority,
        influence.militia_freedom(w.lever[POLICING], s.authority),
        w.combat + w.advisers,
        s.nato,
    )


def counts_are_noted(w, out):
    """Note what conditions count over days."""
    w.counted[0] = out.reported_press
    w.counted[1] = out.reported_official
    w.counted[2] = out.attacks_diplomatic
    w.counted[3] = w.named_diplomats
    w.counted[4] = out.attacks_foreign - out.attacks_diplomatic
    w.counted[5] = w.named_bases
    w.counted[6] = out.attacks_state
    w.counted[7] = out.dead_us
    w.counted[8] = out.dead_coalition
    w.counted[9] = out.dead_us + out.dead_coalition
    w.counted[10] = out.strikes


def record(s, p, d, w, out, actors):
    """Write the day's levels down beside what was counted."""
    index, exposed, minority = 0.0, 0.0, 0.0
    for k in actors.provinces:
        index = index + actors.province_weight[k] * s.daesh[k]
        exposed = exposed + actors.province_minority[k] * s.daesh[k]
        minority = minority + actors.province_minority[k]
    garrison = 0.0
    for j in actors.sites:
        if actors.site_nato[j] == NATO_SECOND:
            garrison = w.soldiers[j] + w.nato_people[j]
    protection = influence.protection(garrison, s.capacity, d.north_reference)
    out.us_combat = w.combat
    out.us_advisers = w.advisers
    out.coalition = w.coalition
    out.nato = s.nato
    out.quiet = w.quiet
    out.authority = s.authority
    out.pressure = s.pressure
    out.us_support = s.us_support
    out.isf_capacity = s.capacity
    out.daesh_index = 100.0 * index
    out.iranian_influence = s.influence
    out.minority_exposure = 0.0
    if minority > 0.0:
        out.minority_exposure = 100.0 * exposed / minority * protection


# --- the order of the day -----------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A part of a phase: who plays it, in which steps, and on which days.

    Attributes:
        kind: Kind of agent (`day.world.AGENT_CLASSES`), ``world`` or ``region``.
        method: The agent's method that plays the steps; overriding it replaces them.
        steps: The steps, by name, in order.
        when: Working number that must be above 0, or nothing happens; empty: always.
        days: Which days have it: all (empty); ``conditions``, all days of a policy with
            conditions; ``noted``, those on which what conditions count is kept; ``kept``, those
            whose outcomes are. Nothing after it in the day changes by a day left out.
        cells: For cells: ``able``, whoever could act today; ``acting``, whoever decided.
    """

    kind: str
    method: str
    steps: tuple[str, ...]
    when: str = ""
    days: str = ""
    cells: str = ""


@dataclass(frozen=True)
class Phase:
    """A phase of the day; inside it nobody sees what the others do.

    Attributes:
        name: Its name.
        reason: Why it stands where it stands.
        parts: Who plays it, in order.
    """

    name: str
    reason: str
    parts: tuple[Part, ...]


def _part(
    kind: str, method: str, *names: str, when: str = "", days: str = "", cells: str = ""
) -> Part:
    return Part(kind, method, names, when, days, cells)


def _phase(name: str, reason: str, *parts: Part) -> Phase:
    return Phase(name, reason, parts)


DAY: tuple[Phase, ...] = (
    _phase(
        "calendar",
        "the scenario's dated events take effect",
        _part("world", "calendar", "day_begins", "levers_follow_calendar"),
        _part("government", "calendar", "government_forms"),
        _part("government", "tell_formation", "government_tells_formation", when="formed"),
        _part("faction", "calendar", "faction_begins"),
        _part("site", "calendar", "site_begins"),
    ),
    _phase(
        "conditions",
        "what was seen until yesterday meets conditions, before anyone moves",
        _part(
            "world",
            "conditions",
            *("arranged_goes_on", "levels_are_seen", "condition_begins", "test_is_tried"),
            *("condition_counts_levers", "condition_weighs", "lever_is_led"),
            *("condition_looks_at_lever", "condition_is_met", "lever_is_taken"),
            "condition_is_timed",
            "condition_tells",
            days="conditions",
        ),
    ),
    _phase(
        "posture",
        "soldiers move, bases share them, before anyone can aim at them",
        _part("world", "posture", "bases_open"),
        _part("us", "posture", "soldiers_move"),
        _part("site", "posture", "soldiers_arrive"),
    ),
    _phase(
        "allies",
        "NATO moves towards its target under the cover that is there",
        _part("nato", "allies", "mission_moves"),
        _part("site", "allies", "people_arrive"),
    ),
    _phase(
        "decisions",
        "every cell decides on what yesterday left behind",
        _part("world", "decisions", "militias_look"),
        _part("region", "decisions", "region_offers"),
        _part("faction", "decisions", "faction_weighs", "faction_looks_at_region"),
        _part("cell", "decisions", "cell_decides", cells="able"),
    ),
    _phase(
        "effects",
        "attacks choose sites and do harm; protection, excitation and demand follow",
        _part("cell", "effects", "cell_acts", cells="acting"),
        _part("site", "effects", "site_protects_itself"),
        _part("faction", "effects", "faction_is_excited"),
        _part("world", "effects", "press_counts_convoys"),
    ),
    _phase(
        "retaliation",
        "the United States weighs an answer to what it has seen",
        _part("us", "retaliation", "states_decide"),
        _part("us", "strike", "states_choose_group", "states_strike", when="struck"),
        _part("us", "keep_count", "states_keep_count"),
    ),
    _phase(
        "aftermath",
        "a strike changes caution or grievance, as the structure has it",
        _part("faction", "aftermath", "faction_forgets"),
        _part("faction", "feel_strike", "faction_feels_strike", when="struck"),
    ),
    _phase(
        "iraqi_politics",
        "authority, pressure, blocs and a vote take the day in",
        _part("government", "feel_strike", "government_feels_strike", when="struck"),
        _part("government", "iraqi_politics", "government_takes_day_in"),
        _part("bloc", "feel_strike", "bloc_feels_strike", when="struck"),
        _part("bloc", "iraqi_politics", "bloc_moves"),
        _part("faction", "iraqi_politics", "faction_moves"),
        _part("government", "call_vote", "parliament_calls_vote"),
        _part("bloc", "vote", "bloc_votes", when="vote_called"),
        _part("government", "hold_vote", "parliament_counts", when="vote_called"),
    ),
    _phase(
        "home_politics",
        "support at home and NATO's resolve take the losses in",
        _part("us", "home_politics", "support_takes_losses_in", "states_review"),
        _part("us", "tell_review", "states_tell_review", when="reviewed"),
        _part("nato", "home_politics", "mission_takes_losses_in"),
    ),
    _phase(
        "daesh",
        "the Iraqi forces train, DAESH grows or shrinks",
        _part("world", "daesh", "support_from_abroad"),
        _part("forces", "daesh", "forces_train"),
        _part("province", "daesh", "province_moves"),
    ),
    _phase(
        "patron",
        "a spell of quiet or violence runs down, a truce is kept or ends",
        _part("patron", "patron", "patron_decides"),
        _part("patron", "order_restraint", "patron_orders_restraint", when="order_given"),
        _part("patron", "begin_campaign", "patron_begins_campaign", when="campaign_given"),
        _part("patron", "keep_truce", "truce_moves"),
        _part("patron", "tell_truce", "patron_tells_truce", when="truce_opened"),
        _part("patron", "tell_end_of_truce", "patron_tells_end_of_truce", when="truce_ended"),
    ),
    _phase(
        "influence",
        "influence moves slowly with all of it",
        _part("government", "move_influence", "influence_moves"),
    ),
    _phase(
        "notes",
        "what conditions count is noted for tomorrow",
        _part("world", "notes", "counts_are_noted", days="noted"),
    ),
    _phase(
        "record",
        "the day is written down",
        _part("world", "record", "record", days="kept"),
    ),
)
"""A day, in order."""
