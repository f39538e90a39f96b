"""The world as a Mesa model: one day a step, every actor an agent that calls the rule book.

One world can be stepped, inspected and told as a chronicle. To change a rule, subclass an
agent and override one decision, then pass the class in ``agents=``; see
``docs/change_a_rule.md``. Thousands of worlds at once are `drawdown.ensemble`'s work; both
live the same histories.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from drawdown import luck, plan
from drawdown import parameters as declared
from drawdown.actors import Bloc as BlocRow
from drawdown.actors import Faction, Province, Site, cast, cell_agent_numbers
from drawdown.errors import InputError, unknown
from drawdown.layout import (
    ATTACK_FOREIGN,
    ATTACK_STATE,
    BAGHDAD,
    CAMPAIGN_BEGINS,
    COMMITTEE_FACTIONS,
    COMMITTEE_WEIGHT,
    EXPULSION,
    FACADE,
    FACADE_WEIGHT,
    FLOWS,
    LEAVING_HORIZON,
    LONG_AGO,
    ORDER_BEGINS,
    OUTCOMES,
    PARAMETERS,
    PLAN,
    REVIEW,
    SECOND_BASE,
    SEVERITY_LENGTH,
    STATE_GROUPS,
    STATE_STARTS,
    STATES,
    STRIKE,
    TAIL,
    VOTE,
)
from drawdown.parameters import LARGEST_SEED, Uncertainty
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
    reporting,
    retaliation,
    setup,
)
from drawdown.rules.numbers import fade
from drawdown.scenario import Scenario

Floats = NDArray[np.float64]

STEP_ORDER: tuple[tuple[str, str], ...] = (
    ("calendar", "the scenario's dated events take effect"),
    ("posture", "soldiers move, bases share them, before anyone can aim at them"),
    ("allies", "NATO moves towards its target under the cover that is there"),
    ("decisions", "every cell decides on what yesterday left behind"),
    ("effects", "attacks choose sites and do harm; protection, excitation and demand follow"),
    ("retaliation", "the United States weighs an answer to what it has seen"),
    ("aftermath", "a strike changes caution or grievance, as the structure has it"),
    ("iraqi_politics", "authority, pressure, blocs and a vote take the day in"),
    ("home_politics", "support at home and NATO's resolve take the losses in"),
    ("daesh", "the Iraqi forces train, DAESH grows or shrinks"),
    ("patron", "an order of restraint or a campaign runs down or begins"),
    ("influence", "influence moves slowly with all of it"),
    ("record", "the day is written down"),
)
"""A day, in order, with the reason for each place. Inside a phase nobody sees the others."""


@dataclass(frozen=True)
class Happening:
    """One event of a world: what, who, where and with what result.

    Attributes:
        day: The date.
        kind: One of `layout`'s kinds of events.
        who: Number of the faction that attacked or was struck, or -1.
        where: Number of the site, or -1.
        amount: Strike: 1 if the wrong group was hit; vote: seats in favour; order: days.
        drone: Whether the weapon was a drone (attack), or a leader died (strike).
        dead: Dead on the coalition's side (attack) or militiamen (strike).
        wounded: Wounded on the coalition's side, or Iraqi dead in an attack on the state.
    """

    day: date
    kind: int
    who: int = -1
    where: int = -1
    amount: int = 0
    drone: int = 0
    dead: int = 0
    wounded: int = 0

    def row(self) -> tuple[int, ...]:
        """Return the event as the ensemble engine writes it."""
        return (
            self.day.toordinal(),
            self.kind,
            self.who,
            self.where,
            self.amount,
            self.drone,
            self.dead,
            self.wounded,
        )


class Actor(mesa.Agent):  # type: ignore[misc]
    """An agent of the model; `p` are the world's parameters, `day` is today's plan."""

    model: World

    @property
    def p(self) -> Any:
        """The parameters of this world, by name."""
        return self.model.p

    def luck(self, agent: int, decision: int) -> float:
        """Return today's draw for one decision."""
        return luck.uniform(self.model.day_key, agent, decision)


class FactionAgent(Actor):
    """An armed faction: rejection, grievance, caution, excitation, demand it has earned."""

    def __init__(self, model: World, number: int, row: Faction) -> None:
        super().__init__(model)
        self.number = number
        self.row = row
        self.obeys = float(row.obeys)
        self.share_of_cells = row.cells / float(cast().committee_cells)
        self.rejection = row.rejection
        self.grievance = 0.0
        self.caution = 0.0
        self.excitation = 0.0
        self.demand = 0.0
        self.cum_attacks = 0.0
        self.attacks_today = 0.0
        self.raised_today = 0.0
        self.motive = self.excited = 0.0
        self.restraint = 1.0
        self.foreign_hazard: list[float] = []
        self.total_hazard: list[float] = []

    def remove(self) -> None:
        """Leave the world, with all cells."""
        for cell in [c for c in self.model.cells if c.faction is self]:
            cell.remove()
        super().remove()

    def decisions(self) -> None:
        """Work out what a rested cell would do in each region today."""
        world, p, day = self.model, self.p, self.model.day
        self.motive = militia.motive(
            world.derived.tempo,
            self.rejection,
            self.grievance,
            day.round_ahead,
            p.calendar_boost,
            day.doubt,
            p.doubt_boost,
            world.campaign * self.obeys,
            p.campaign_boost,
        )
        self.restraint = militia.restraint(
            self.caution,
            world.quiet,
            self.obeys,
            p.residual_fire,
            world.police,
            militia.activity(
                self.number == FACADE, self.obeys, p.facade_groups, FACADE_WEIGHT, COMMITTEE_WEIGHT
            ),
            world.feared,
        )
        self.excited = self.excitation / self.row.cells
        standing = militia.standing_state_hazard(
            world.derived.tempo,
            self.rejection,
            p.state_share,
            militia.backlash(
                day.policing,
                self.rejection,
                p.confrontation_backlash,
                p.ordinary_policing,
                p.backlash_floor,
            ),
        )
        self.foreign_hazard, self.total_hazard = [], []
        for pull in world.pull:
            foreign = militia.foreign_hazard(
                self.motive, self.excited, pull, self.restraint, world.holding
            )
            state = militia.state_hazard(
                self.motive,
                self.excited,
                pull,
                self.restraint,
                world.holding,
                standing,
                p.displacement_share,
            )
            self.foreign_hazard.append(foreign)
            self.total_hazard.append(militia.total_hazard(foreign, state))

    def effects(self) -> None:
        """Let today's attacks excite tomorrow's, and Washington's demand follow."""
        p = self.p
        all_attacks = self.model.flow["attacks_foreign"] + self.model.flow["attacks_state"]
        self.excitation = militia.next_excitation(
            self.excitation,
            self.attacks_today,
            all_attacks,
            self.share_of_cells,
            p.excitation_branching_ratio,
            p.excitation_delay,
            p.own_group_share,
        )
        self.demand = retaliation.next_demand(self.demand, self.raised_today, p.demand_memory)
        self.cum_attacks += self.attacks_today

    def aftermath(self) -> None:
        """Forget a little of earlier strikes, and take in today's if there was one."""
        world, p = self.model, self.p
        self.caution = self.caution * world.derived.strike_fading
        self.grievance = self.grievance * world.derived.strike_fading
        strike = world.strike
        if strike is None:
            return
        self.demand = retaliation.demand_after_strike(self.demand, p.demand_left)
        if self.obeys == 0.0:
            return
        weight = retaliation.weight_of_group(
            self.number == strike.who, p.struck_weight, float(COMMITTEE_FACTIONS)
        )
        wrong, leader = strike.amount == 1, strike.drone == 1
        caution = retaliation.caution_dose(
            p.strike_rate_ratio,
            world.derived.dose,
            wrong,
            leader,
            p.wrong_caution,
            p.leader_factor,
        )
        grievance = retaliation.grievance_dose(
            p.strike_rate_ratio,
            world.derived.dose,
            wrong,
            leader,
            p.wrong_grievance,
            p.leader_factor,
        )
        self.caution = retaliation.raise_caution(self.caution, caution, weight, p.caution_cap)
        self.grievance = retaliation.raise_grievance(
            self.grievance, grievance, weight, p.grievance_limit
        )

    def iraqi_politics(self) -> None:
        """Harden or soften after a concession or a broken promise."""
        p, day = self.p, self.model.day
        self.rejection = militia.next_rejection(
            self.rejection,
            self.row.rejection,
            self.obeys,
            day.concession,
            day.broken_deadline,
            p.concession_split,
            p.committee_hardening,
            p.stance_memory,
        )


class Cell(Actor):
    """A cell: the agent that attacks."""

    def __init__(self, model: World, faction: FactionAgent, region: int, agent: int) -> None:
        super().__init__(model)
        self.faction = faction
        self.region = region
        self.agent = agent
        self.last_attack = LONG_AGO
        self.today = militia.NOTHING

    def decisions(self) -> None:
        """Decide whether to attack today, and whom."""
        ready = militia.readiness(self.model.day_number - self.last_attack, self.p.ready_days)
        self.today = militia.cell_decision(
            self.luck(self.agent, luck.ACT),
            ready,
            self.faction.foreign_hazard[self.region],
            self.faction.total_hazard[self.region],
        )

    def effects(self) -> None:
        """Carry the decision out."""
        if self.today == militia.NOTHING:
            return
        self.last_attack = self.model.day_number
        self.faction.attacks_today += 1.0
        if self.today == militia.FOREIGN:
            self.attack_foreign_site()
        else:
            self.attack_state()

    def choose_site(self) -> SiteAgent:
        """Choose a foreign site by worth, people, protection and nearness."""
        p = self.p
        sites: list[SiteAgent] = self.model.sites
        pulls = [
            site.pull * presence.nearness(site.row.region == self.region, p.reach) for site in sites
        ]
        total = 0.0
        for pull in pulls:
            total = total + pull
        reach = self.luck(self.agent, luck.SITE) * total
        passed = 0.0
        for site, pull in zip(sites, pulls, strict=True):
            passed = passed + pull
            if reach < passed:
                return site
        return sites[0]

    def attack_foreign_site(self) -> None:
        """Attack a foreign site: weapon, harm, victims, and the demand it raises."""
        if not self.model.sites:
            return
        world, p, flow = self.model, self.p, self.model.flow
        site = self.choose_site()
        drone = self.luck(self.agent, luck.WEAPON) < harm.drone_share(
            world.day.drone_phase, p.drone_share_end
        )
        factor = harm.harm_factor(
            site.hardening,
            site.people,
            drone,
            p.drone_harm_ratio,
            p.hardening_reference,
            p.exposure_floor,
            p.exposure_cap,
            p.people_scale,
        )
        u = self.luck(self.agent, luck.HARM)
        dead, wounded = 0.0, 0.0
        if harm.is_harmful(u, factor, p.lethality, p.wounded_ratio):
            number = world.severity(self.luck(self.agent, luck.NUMBER))
            if harm.is_fatal(u, factor, p.lethality):
                dead = number
            wounded = harm.wounded_beside_dead(number, dead, p.wounded_with_dead)
        iraqi = self.iraqi_victims(on_state=False)
        site.attacks_today += 1.0
        flow["attacks_foreign"] += 1.0
        flow["attacks_diplomatic"] += float(site.row.kind == "diplomatic")
        flow["attacks_drone"] += float(drone)
        flow["reported_press"] += 1.0
        named = reporting.officially_named(self.luck(self.agent, luck.NAMED), p.official_share)
        flow["reported_official"] += float(named)
        if dead > 0.0 or wounded > 0.0:
            american, others = site.american_and_others()
            u = self.luck(self.agent, luck.VICTIM)
            side = "us" if harm.victims_are_american(u, american, others) else "coalition"
            flow[f"dead_{side}"] += dead
            flow[f"wounded_{side}"] += wounded
            if dead > 0.0 and site.nato_people > 0.0:
                world.nato_hits += 1.0
        self.faction.raised_today += retaliation.attack_raises_demand(
            dead,
            wounded,
            p.attack_demand,
            p.wounded_demand,
            p.death_demand,
            p.death_demand_each,
            p.death_demand_cap,
        )
        world.tell(
            ATTACK_FOREIGN,
            self.faction.number,
            site.number,
            int(iraqi),
            int(drone),
            int(dead),
            int(wounded),
        )

    def attack_state(self) -> None:
        """Attack the Iraqi state or a rival."""
        self.model.flow["attacks_state"] += 1.0
        iraqi = self.iraqi_victims(on_state=True)
        self.model.tell(ATTACK_STATE, self.faction.number, -1, int(iraqi))

    def iraqi_victims(self, on_state: bool) -> float:
        """Return Iraqis killed by this attack, and count them."""
        p, flow = self.p, self.model.flow
        u = self.luck(self.agent, luck.IRAQIS)
        if not harm.iraqis_killed(u, on_state, p.iraqi_dead_foreign, p.iraqi_dead_state):
            return 0.0
        dead = self.model.severity(self.luck(self.agent, luck.IRAQI_NUMBER))
        flow["dead_iraqi"] += dead
        flow["wounded_iraqi"] += harm.wounded_beside_dead(dead, dead, p.wounded_with_dead)
        return dead


class SiteAgent(Actor):
    """A foreign site: people by mission, protection, open or handed over."""

    def __init__(self, model: World, number: int, row: Site) -> None:
        super().__init__(model)
        self.number = number
        self.row = row
        self.hardening = row.hardening
        self.cum_attacks = 0.0
        self.attacks_today = 0.0
        self.is_open = 1.0
        self.soldiers = 0.0
        self.nato_people = 0.0
        self.people = 0.0
        self.fading = 0.0
        self.pull = 0.0

    def posture(self) -> None:
        """Take in the soldiers that the open bases share."""
        world, p = self.model, self.p
        self.is_open = getattr(world.day, f"open_{self.row.name}")
        self.soldiers = 0.0
        if self.is_open > 0.0 and self.row.share > 0.0:
            baghdad = self.row.share / world.open_baghdad if self.row.region == BAGHDAD else 0.0
            self.soldiers = posture.soldiers_at_site(
                world.us.combat,
                world.us.advisers + world.us.coalition,
                self.row.share / world.open_share,
                baghdad,
                posture.consulting(p.baghdad_consulting, world.open_baghdad),
            )

    def allies(self) -> None:
        """Take in NATO's people, and work out the site's pull."""
        world, p = self.model, self.p
        self.nato_people = 0.0
        if self.row.nato is not None and self.is_open > 0.0:
            main = nato.at_main_site(
                world.nato.personnel,
                world.day.nato_second_base,
                p.nato_erbil_share,
                world.nato_open["main"],
                world.nato_open["second"],
            )
            at_main = self.row.nato == "main"
            self.nato_people = main if at_main else world.nato.personnel - main
        self.people = self.is_open * self.row.staff + self.soldiers + self.nato_people
        if self.row.kind == "diplomatic":
            self.fading = self.is_open
        else:
            self.fading = self.is_open * posture.base_fade(self.people, p.fade_people)
        self.pull = presence.site_pull(
            self.row.symbol,
            self.people,
            self.fading,
            self.hardening,
            p.people_scale,
            p.hardening_avoidance,
        )

    def american_and_others(self) -> tuple[float, float]:
        """Return Americans and others among the people at the site."""
        us, coalition = self.model.us.soldiers, self.model.us.coalition
        american = self.soldiers * us / max(1.0, us + coalition) + self.row.staff
        return american, self.people - american

    def effects(self) -> None:
        """Add protection after attacks."""
        if self.attacks_today > 0.0:
            self.hardening = harm.next_hardening(
                self.hardening, self.attacks_today, self.p.hardening_gain, self.p.hardening_cap
            )
            self.cum_attacks += self.attacks_today


class UnitedStates(Actor):
    """The US administration: soldiers by role, hold-back, budget, support at home."""

    def __init__(self, model: World) -> None:
        super().__init__(model)
        self.combat = 0.0
        self.advisers = 0.0
        self.coalition = 0.0
        self.leaving = 0.0
        self.factor = 1.0
        self.goal = 1.0
        self.support = self.p.support_anchor
        self.dead = 0.0
        self.hold = 0.0
        self.budget = 1.0
        self.lost_support = 0.0
        self.weighed = 0.0

    @property
    def soldiers(self) -> float:
        """US soldiers in the country."""
        return self.combat + self.advisers

    def posture(self) -> None:
        """Move soldiers along the plan, as far as a review or a request lets them stay."""
        p, day = self.p, self.model.day
        self.factor = posture.next_posture_factor(self.factor, self.goal, p.posture_change_days)
        residual = p.residual_advisers
        self.combat = day.combat * self.factor
        self.advisers = (
            posture.planned_advisers(day.advisers, day.advisers_residual, residual) * self.factor
        )
        self.coalition = day.coalition * self.factor
        self.leaving = posture.leaving(
            posture.planned_advisers(day.announced, day.announced_residual, residual),
            posture.planned_advisers(day.announced_later, day.announced_later_residual, residual),
            self.factor,
            self.goal,
            p.posture_change_days,
            LEAVING_HORIZON,
        )

    def retaliation(self) -> None:
        """Decide whether to strike today, and whom."""
        world, p, day = self.model, self.p, self.model.day
        world.strike = None
        self.lost_support = 0.0
        struck, who, wrong, leader = False, -1, False, False
        if day.strike_on > 0.0:
            struck, who, leader = True, int(day.strike_on) - 1, day.strike_leader > 0.0
        elif day.decided > 0.0 and self.decides_to_strike():
            struck, leader = True, int(day.doctrine) == retaliation.DECAPITATION
            who, wrong = self.attribute()
        self.hold = retaliation.next_hold(self.hold, struck, world.derived.hold_fading)
        self.budget = retaliation.next_budget(self.budget, float(struck), day.strike_budget)
        if not struck:
            return
        killed = retaliation.militiamen_killed(
            self.luck(luck.UNITED_STATES, luck.STRIKE_NUMBER), p.strike_dead
        )
        self.lost_support = home.strike_cost(
            world.nato.personnel,
            self.soldiers,
            p.strike_support_cost,
            p.burden_sharing,
            p.burden_scale,
        )
        world.flow["strikes"] += 1.0
        world.flow["strike_cost"] += self.lost_support
        world.flow["dead_iraqi"] += float(killed)
        world.strike = world.tell(STRIKE, who, -1, int(wrong), int(leader), killed)

    def decides_to_strike(self) -> bool:
        """Weigh demand against the doctrine's threshold."""
        p, day = self.p, self.model.day
        demand = 0.0
        for faction in self.model.factions:
            demand = demand + faction.demand
        self.weighed = demand
        threshold = retaliation.strike_threshold(
            int(day.doctrine),
            self.hold,
            p.threshold_limited,
            p.threshold_robust,
            p.hold_back,
            p.robust_hold_factor,
        )
        allowed = retaliation.allowed_strikes(self.budget, day.strike_budget)
        chance = retaliation.strike_probability(demand, threshold, p.decision_lag, allowed)
        return self.luck(luck.UNITED_STATES, luck.STRIKE) < chance

    def attribute(self) -> tuple[int, bool]:
        """Return the group to strike, and whether it is the wrong one."""
        factions = self.model.factions
        culprit = factions[0]
        for faction in factions:
            if faction.demand > culprit.demand:
                culprit = faction
        u = self.luck(luck.UNITED_STATES, luck.ATTRIBUTION)
        if retaliation.right_group(u, self.p.attribution_accuracy):
            return culprit.number, False
        others = [f.number for f in factions if f.obeys > 0.0 and f is not culprit]
        if not others:
            return culprit.number, False
        return others[int(self.luck(luck.UNITED_STATES, luck.OTHER_GROUP) * len(others))], True

    def home_politics(self) -> None:
        """Count the day's losses at home, and review the posture if support is too low."""
        world, p = self.model, self.p
        dead = world.flow["dead_us"]
        lost = self.lost_support + home.casualty_cost(
            dead, self.dead, p.casualty_slope, p.casualty_offset
        )
        self.dead += dead
        self.support = home.next_support(
            self.support,
            lost,
            world.flow["attacks_foreign"],
            p.attack_support_cost,
            p.support_anchor,
            p.support_recovery,
        )
        if world.day.decided == 0.0:
            return
        before = self.goal
        self.goal = home.posture_goal(self.goal, self.support, p.review_floor, p.review_level)
        if self.goal < before:
            world.tell(REVIEW)


class NatoMission(Actor):
    """The NATO mission: personnel and resolve."""

    def __init__(self, model: World) -> None:
        super().__init__(model)
        self.personnel = self.p.initial_nato
        self.resolve = 1.0

    def allies(self) -> None:
        """Grow or shrink towards what the target, US cover and resolve allow."""
        world, p, day = self.model, self.p, self.model.day
        if day.nato_suspended > 0.0:
            self.personnel = nato.suspended(self.personnel, p.nato_suspended_size)
        goal = nato.goal(
            day.nato_target,
            world.us.soldiers,
            self.resolve,
            world.government.request == politics.HONOURED,
            p.nato_dependence,
            p.nato_cover,
        )
        self.personnel = nato.next_personnel(
            self.personnel,
            goal,
            nato.growth(p.nato_planned_growth, p.nato_build_days),
            p.nato_draw_down,
        )

    def home_politics(self) -> None:
        """Let fatal incidents cost resolve."""
        self.resolve = nato.next_resolve(
            self.resolve,
            self.model.nato_hits,
            self.p.nato_resolve_loss,
            self.p.nato_resolve_recovery,
        )


class Government(Actor):
    """The Iraqi government: authority, pressure, the request to leave."""

    def __init__(self, model: World) -> None:
        super().__init__(model)
        self.authority = self.p.initial_authority
        self.pressure = self.p.initial_pressure
        self.request = float(politics.NO_REQUEST)
        self.last_vote = LONG_AGO
        self.influence = self.p.initial_influence

    def iraqi_politics(self) -> None:
        """Take in attacks and strikes, then what parliament wants."""
        world, p, day = self.model, self.p, self.model.day
        strike = world.strike
        if strike is not None:
            leader = strike.drone == 1
            self.authority = politics.authority_after_strike(
                self.authority,
                strike.amount == 1,
                leader,
                p.strike_authority_cost,
                p.wrong_strike_factor,
                p.leader_strike_factor,
            )
            self.pressure = politics.pressure_after_strike(
                self.pressure, leader, p.strike_pressure, p.leader_strike_factor
            )
        self.authority = politics.next_authority(
            self.authority,
            world.flow["attacks_foreign"],
            world.flow["attacks_state"],
            world.forces.capacity,
            day.election,
            day.dialogue,
            day.new_government,
            p.attack_authority_cost,
            p.state_attack_factor,
            p.authority_recovery,
            p.authority_anchor,
            p.authority_from_capacity,
            p.capacity_reference,
            p.legitimacy_gain,
            p.dialogue_gain,
            p.new_government_gain,
        )
        goal = politics.pressure_goal(
            world.yes_share(),
            world.response,
            self.authority,
            p.pressure_scale,
            p.pressure_from_authority,
        )
        self.pressure = politics.next_pressure(
            self.pressure,
            goal,
            day.concession,
            day.broken_deadline,
            p.concession_split,
            p.broken_pressure,
            p.pressure_memory,
        )

    def hold_vote(self) -> None:
        """Let parliament vote where the calendar or the pressure brings a motion."""
        world, p, day = self.model, self.p, self.model.day
        if self.request == politics.HONOURED:
            return
        called = day.vote > 0.0 or politics.vote_is_called(
            self.luck(luck.PARLIAMENT, luck.CALL),
            self.pressure,
            world.day_number - self.last_vote,
            p.vote_trigger,
            p.vote_chance,
            p.vote_interval,
        )
        if not called:
            return
        self.last_vote = world.day_number
        yes = 0.0
        for bloc in world.blocs:
            if bloc.votes_yes():
                yes = yes + bloc.row.seats
        passed = politics.vote_passes(yes, p.vote_majority) or day.vote == plan.VOTE_PASSES
        world.tell(VOTE, -1, -1, int(yes), int(passed))
        if not passed:
            return
        self.request = float(politics.request_after_vote(day.comply > 0.0, day.us_honours > 0.0))
        if self.request == politics.HONOURED:
            world.us.goal = 0.0
            world.tell(EXPULSION)
        else:
            self.pressure = politics.pressure_after_vote(self.pressure, p.vote_pressure)

    def move_influence(self) -> None:
        """Let Iranian influence follow authority, freedom of the militias and presence."""
        world, p = self.model, self.p
        freedom = influence.militia_freedom(world.day.policing, self.authority)
        self.influence = influence.next_influence(
            self.influence,
            self.authority,
            freedom,
            world.us.soldiers,
            world.nato.personnel,
            p.influence_presence_weight,
            p.influence_from_authority,
            p.influence_from_freedom,
            p.influence_memory,
            p.authority_anchor,
            p.freedom_reference,
            p.reference_combat,
            p.reference_advisers,
            p.reference_nato,
        )


class Bloc(Actor):
    """A parliamentary bloc: its stance on foreign troops."""

    def __init__(self, model: World, number: int, row: BlocRow) -> None:
        super().__init__(model)
        self.number = number
        self.row = row
        self.stance = row.stance

    def iraqi_politics(self) -> None:
        """Move with strikes, concessions and broken promises."""
        p, day, strike = self.p, self.model.day, self.model.strike
        if strike is not None:
            self.stance = politics.stance_after_strike(
                self.stance, strike.drone == 1, p.strike_stance, p.leader_strike_factor
            )
        self.stance = politics.next_stance(
            self.stance,
            self.row.stance,
            self.row.accommodating,
            day.concession,
            day.broken_deadline,
            p.concession_split,
            p.broken_stance,
            p.stance_memory,
        )

    def votes_yes(self) -> bool:
        """Vote, as one, on asking foreign troops to leave."""
        u = self.luck(luck.FIRST_BLOC + self.number, luck.VOTE)
        return politics.bloc_votes_yes(u, self.stance)


class IraqiForces(Actor):
    """The Iraqi security forces: capacity."""

    def __init__(self, model: World) -> None:
        super().__init__(model)
        self.capacity = self.p.initial_isf_capacity

    def daesh(self) -> None:
        """Train, or wear down."""
        world, p = self.model, self.p
        training = daesh.training(
            world.us.advisers,
            world.us.coalition,
            world.us.combat,
            world.nato.personnel,
            world.derived.trainers_reference,
            p.coalition_training,
            p.combat_training,
            p.nato_training,
            p.training_cap,
        )
        self.capacity = daesh.next_capacity(
            self.capacity, training, p.capacity_memory, p.capacity_reference
        )


class ProvinceGroup(Actor):
    """DAESH in one province: strength."""

    def __init__(self, model: World, row: Province) -> None:
        super().__init__(model)
        self.row = row
        self.strength = 1.0

    def daesh(self) -> None:
        """Grow, as far as the Iraqi forces and support from abroad let it."""
        p = self.p
        self.strength = daesh.next_strength(
            self.strength,
            self.row.pace,
            self.model.capacity_before,
            self.model.enabling,
            p.daesh_growth,
            p.enabling_share,
            p.daesh_limit,
            p.capacity_reference,
        )


class Patron(Actor):
    """The patron (Iran): orders of restraint and campaigns that begin and end."""

    def __init__(self, model: World) -> None:
        super().__init__(model)
        self.order_days = 0.0
        self.campaign_days = 0.0

    def patron(self) -> None:
        """Let an order or a campaign run down, or give one."""
        p = self.p
        if self.order_days > 0.0:
            self.order_days -= 1.0
        elif self.campaign_days > 0.0:
            self.campaign_days -= 1.0
        elif patron.order_begins(self.luck(luck.PATRON, luck.ORDER), p.restraint_onset):
            length = patron.order_length(
                self.luck(luck.PATRON, luck.LENGTH), p.restraint_dwell, p.restraint_minimum
            )
            self.order_days = float(length)
            self.model.tell(ORDER_BEGINS, amount=length)
        elif patron.campaign_begins(self.luck(luck.PATRON, luck.CAMPAIGN), p.campaign_onset):
            length = patron.campaign_length(
                self.luck(luck.PATRON, luck.CAMPAIGN_LENGTH), p.campaign_dwell, p.campaign_minimum
            )
            self.campaign_days = float(length)
            self.model.tell(CAMPAIGN_BEGINS, amount=length)


AGENT_CLASSES: dict[str, type[Actor]] = {
    "faction": FactionAgent,
    "cell": Cell,
    "site": SiteAgent,
    "us": UnitedStates,
    "nato": NatoMission,
    "government": Government,
    "bloc": Bloc,
    "forces": IraqiForces,
    "province": ProvinceGroup,
    "patron": Patron,
}
"""The agents of a world; pass ``agents={"cell": MyCell}`` to replace one."""


def derive(p: Any) -> SimpleNamespace:
    """Return what is worked out once a run from its parameters (`drawdown.rules.setup`)."""
    people = cast()
    is_open = plan.opportunity_reference()
    scales = []
    for region in range(len(people.regions)):
        places = 0.0
        for site, there in zip(people.sites, is_open, strict=True):
            near = presence.nearness(site.region == region, p.reach)
            places = places + presence.site_opportunity(site.symbol, float(there), near)
        scales.append(setup.opportunity_scale(places))
    open_share = 0.0
    for site, there in zip(people.sites, is_open, strict=True):
        open_share = open_share + site.share * there
    weights = [setup.severity_weight(k, p.severity_exponent) for k in range(1, SEVERITY_LENGTH + 1)]
    total = 0.0
    for weight in weights:
        total = total + weight
    passed, severity = 0.0, []
    for weight in weights:
        passed = passed + weight
        severity.append(passed / total)
    return SimpleNamespace(
        tempo=setup.tempo_per_rejection(p.attack_rate, COMMITTEE_WEIGHT),
        dose=setup.strike_dose(p.strike_rate_ratio, p.strike_half_life),
        strike_fading=fade(p.strike_half_life),
        hold_fading=fade(p.hold_half_life),
        visible_reference=presence.visible(
            p.reference_combat,
            p.reference_advisers,
            p.reference_coalition,
            p.reference_nato,
            p.adviser_visibility,
            p.nato_visibility,
        ),
        trainers_reference=daesh.trainers(
            p.reference_advisers,
            p.reference_coalition,
            p.reference_combat,
            p.reference_nato,
            p.coalition_training,
            p.combat_training,
            p.nato_training,
        ),
        north_reference=posture.soldiers_at_site(
            p.reference_combat,
            p.reference_advisers + p.reference_coalition,
            people.sites[SECOND_BASE].share / open_share,
            0.0,
            p.baghdad_consulting,
        ),
        opportunity_scale=scales,
        severity=severity,
    )


def _last_day(row: int, world: World) -> float:
    return world.daily[-1][row] if world.daily else float("nan")


_PLAYS = ("plays", "seed", "replication", "structure", "uncertainty", "history")
"""What a scenario of Mesa's own may say beside parameters; ``plays`` names one of ours."""


_OF_MESA = (
    "model",
    "rng",
    "scenario_id",
    "experiment_id",
    "replication_id",
    "initial_rng_state",
)
"""What Mesa itself keeps in such an object."""


def _is_mesas(scenario: Any) -> bool:
    return not isinstance(scenario, Scenario) and hasattr(scenario, "to_dict")


def _of_mesas(scenario: Any) -> dict[str, Any]:
    """Return the arguments of `World` that a scenario object of Mesa's stands for.

    Raises:
        InputError: If it says something that is neither an argument nor a parameter.
    """
    said = {k: v for k, v in vars(scenario).items() if not k.startswith("_")}
    for name in _OF_MESA:
        said.pop(name, None)
    found: dict[str, Any] = {k: said.pop(k) for k in _PLAYS if k in said}
    if "seed" not in found:
        rng = getattr(scenario, "rng", None)
        if isinstance(rng, np.random.Generator):
            first = getattr(scenario, "initial_rng_state", rng.bit_generator.state)
            digest = np.random.SeedSequence(int(first["state"]["state"])).generate_state(1)
            found["seed"] = int(digest[0])
        elif rng is not None:
            found["seed"] = rng
    faults = [unknown("parameter", k, [*_PLAYS, *PARAMETERS]) for k in said if k not in PARAMETERS]
    if faults:
        raise InputError(faults)
    return found | {"parameters": said}


def check_agents(agents: Mapping[str, type[Actor]] | None) -> dict[str, type[Actor]]:
    """Return the agent classes of a world, with those that replace the usual ones.

    Raises:
        InputError: For a kind of agent that there is not, or a class of another kind.
    """
    faults = []
    for kind, own in (agents or {}).items():
        if kind not in AGENT_CLASSES:
            faults.append(unknown("agent", f"{kind}", AGENT_CLASSES))
        elif not (isinstance(own, type) and issubclass(own, AGENT_CLASSES[kind])):
            base = AGENT_CLASSES[kind].__name__
            faults.append(f"agents: '{kind}' must be a subclass of {base}, got {own!r}"[:200])
    if faults:
        raise InputError(faults)
    return dict(AGENT_CLASSES) | dict(agents or {})


class World(mesa.Model):  # type: ignore[misc]
    """One world: a scenario, its parameters and its luck.

    Agents may be removed, added and selected as in any Mesa model: the day is lived by those
    who are there. A faction that is removed takes its cells along; what somebody who is
    removed has left behind stays as it is.

    Args:
        scenario: A scenario, or the path or name of one. Also a scenario object of Mesa's own
            (its runner hands one over): ``plays`` names the scenario, and ``seed``,
            ``replication``, ``structure``, ``uncertainty``, ``history`` and parameters are
            read from it.
        seed: The ensemble's seed. Where neither seed nor replication is given each world is
            another, as in every Mesa model; `seed` then says which. With a replication and
            no seed it is 0.
        replication: Which of the ensemble's worlds this is, by default the first, 0.
        structure: Rival structure of what a strike does: ``deter``, ``neutral``, ``provoke``.
        parameters: Parameters that replace defaults or draws, by name.
        uncertainty: ``none`` uses defaults, ``posterior`` and ``prior`` the ensemble's
            draws.
        agents: Agent classes that replace those of `AGENT_CLASSES`.
        history: Whether to live through the record first, where the scenario asks for it.

    Raises:
        InputError: If the scenario, a name or a value is wrong.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path | Any = "combat-to-advisory",
        seed: int | None = None,
        replication: int | None = None,
        structure: str = "neutral",
        parameters: Mapping[str, float] | None = None,
        uncertainty: Uncertainty = "none",
        agents: Mapping[str, type[Actor]] | None = None,
        history: bool = True,
    ) -> None:
        mesas = scenario if _is_mesas(scenario) else None
        if mesas is not None:
            said = _of_mesas(scenario)
            scenario = said.get("plays", "combat-to-advisory")
            seed, replication = said.get("seed", seed), said.get("replication", replication)
            structure = said.get("structure", structure)
            uncertainty = said.get("uncertainty", uncertainty)
            history = said.get("history", history)
            parameters = dict(parameters or {}) | said["parameters"]
        self.plays = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
        if seed is None:
            seed = secrets.randbits(48) if replication is None else 0
        self.seed = declared.whole_number(seed, "seed", 0, LARGEST_SEED)
        replication = declared.whole_number(replication or 0, "replication", 0, 2**62)
        self.structure = declared.check_structure(structure)
        nature = declared.draw(
            [replication],
            seed=self.seed,
            structure=self.structure,
            uncertainty=uncertainty,
            chosen=declared.settings(parameters),
        )[:, 0]
        self._begin(nature, self.seed, replication, agents, mesas)
        if history and self.plays.history is not None:
            self._live_through(Scenario.load(self.plays.history))
        self.before[:] = self.daily[-TAIL:]
        self._enter(self.plays)
        self.datacollector = mesa.DataCollector(
            model_reporters={name: partial(_last_day, row) for row, name in enumerate(OUTCOMES)}
        )
        self.datacollector.collect(self)

    datacollector: Any

    # --- setting the stage ---------------------------------------------------------------

    def _begin(
        self,
        nature: Floats,
        seed: int,
        replication: int,
        agents: Mapping[str, type[Actor]] | None = None,
        mesas: Any = None,
    ) -> None:
        if mesas is None:
            super().__init__(rng=seed & 0x7FFFFFFF)
        else:
            super().__init__(scenario=mesas)
        self.seed = seed
        self.replication = replication
        self.run_key = luck.run_key(seed, replication)
        self._nature = nature
        self.happenings: list[Happening] = []
        self.daily: list[list[float]] = []
        self.flow = dict.fromkeys(FLOWS, 0.0)
        self.strike: Happening | None = None
        self.nato_hits = 0.0
        self.ordered = False
        self.datacollector = None
        self._use(nature)
        self.before: list[list[float]] = []
        self._people(check_agents(agents))

    def _use(self, values: Floats) -> None:
        self.p = SimpleNamespace(**dict(zip(PARAMETERS, (float(v) for v in values), strict=True)))
        self.derived = derive(self.p)

    def _people(self, kinds: dict[str, Any]) -> None:
        people = cast()
        self._there: dict[str, list[Any]] = {kind: [] for kind in AGENT_CLASSES}
        self.us = kinds["us"](self)
        self.nato = kinds["nato"](self)
        self.government = kinds["government"](self)
        self.forces = kinds["forces"](self)
        self.patron_agent = kinds["patron"](self)
        self.factions: list[FactionAgent] = self._there["faction"]
        self.sites: list[SiteAgent] = self._there["site"]
        self.blocs: list[Bloc] = self._there["bloc"]
        self.provinces: list[ProvinceGroup] = self._there["province"]
        self.cells: list[Cell] = self._there["cell"]
        for i, faction in enumerate(people.factions):
            kinds["faction"](self, i, faction)
        for i, site in enumerate(people.sites):
            kinds["site"](self, i, site)
        for i, bloc in enumerate(people.blocs):
            kinds["bloc"](self, i, bloc)
        for province in people.provinces:
            kinds["province"](self, province)
        for number, region, agent in zip(
            people.cell_faction, people.cell_region, cell_agent_numbers(), strict=True
        ):
            kinds["cell"](self, self.factions[number], region, agent)
        # The state has a place for each of these, whoever of them is still there.
        self._first = {kind: tuple(agents) for kind, agents in self._there.items()}

    def register_agent(self, agent: mesa.Agent) -> None:
        """Take an agent in; from now on it lives its kind's part of the day."""
        super().register_agent(agent)
        for kind, base in AGENT_CLASSES.items():
            if isinstance(agent, base):
                self._there[kind].append(agent)

    def deregister_agent(self, agent: mesa.Agent) -> None:
        """Let an agent go; no day is lived by it any more."""
        super().deregister_agent(agent)
        for agents in self._there.values():
            if agent in agents:
                agents.remove(agent)

    def _enter(self, scenario: Scenario) -> None:
        values = self._nature.copy()
        for name, choice in scenario.world.items():
            row = PARAMETERS.index(name)
            values[row : row + 1] = choice.apply(name, values[row : row + 1])
        self._use(values)
        self._follow(plan.build(scenario), scenario.start)

    def _follow(self, days: Floats, first: date) -> None:
        self._plan = [SimpleNamespace(**dict(zip(PLAN, row, strict=True))) for row in days.tolist()]
        self._next = 0
        self.today = first - timedelta(days=1)
        self.happenings = []
        self.daily = []

    def _live_through(self, history: Scenario) -> None:
        self._enter(history)
        while self.today + timedelta(days=1) < self.plays.start:
            self._one_day()

    def branch(self, scenario: Scenario) -> None:
        """Go on under another scenario from tomorrow; what has happened stays."""
        happenings, daily, tomorrow = self.happenings, self.daily, self.today + timedelta(days=1)
        self._enter(scenario)
        self.happenings, self.daily = happenings, daily
        self._next = (tomorrow - scenario.start).days
        self.today = tomorrow - timedelta(days=1)
        self.running = 0 <= self._next < len(self._plan)

    # --- a day ---------------------------------------------------------------------------

    def step(self) -> None:
        """Live one day; after the scenario's last day `running` is False."""
        if self._next < len(self._plan):
            self._one_day()
            if self.datacollector is not None:
                self.datacollector.collect(self)
        self.running = self._next < len(self._plan)

    def _one_day(self) -> None:
        for phase, _ in STEP_ORDER:
            getattr(self, f"_{phase}")()

    def _each(self, kind: str, phase: str) -> None:
        for agent in tuple(self._there[kind]):
            getattr(agent, phase)()

    def _calendar(self) -> None:
        self.day = self._plan[self._next]
        self._next += 1
        self.today += timedelta(days=1)
        self.day_number = float(self.today.toordinal())
        self.day_key = luck.day_key(self.run_key, self.today.toordinal())
        self.flow = dict.fromkeys(FLOWS, 0.0)
        self.nato_hits = 0.0
        self.strike = None
        for agent in (*self.factions, *self.sites):
            agent.attacks_today = 0.0
        for faction in self.factions:
            faction.raised_today = 0.0
        self.quiet = patron.quiet(self.patron_agent.order_days, self.day.order, self.day.truce)
        self.ordered = self.patron_agent.order_days > 0.0 or self.day.order > 0.0
        self.campaign = patron.campaign(
            self.patron_agent.campaign_days, self.day.campaign, self.quiet
        )

    def _posture(self) -> None:
        self.open_share, self.open_baghdad = 0.0, 0.0
        self.nato_open = {"main": 0.0, "second": 0.0}
        for site in self.sites:
            share = site.row.share * getattr(self.day, f"open_{site.row.name}")
            self.open_share = self.open_share + share
            if site.row.region == BAGHDAD:
                self.open_baghdad = self.open_baghdad + share
            if site.row.nato is not None:
                self.nato_open[site.row.nato] = getattr(self.day, f"open_{site.row.name}")
        self._each("us", "posture")
        self._each("site", "posture")

    def _allies(self) -> None:
        self._each("nato", "allies")
        self._each("site", "allies")

    def _decisions(self) -> None:
        p, us = self.p, self.us
        visible = presence.visible(
            us.combat,
            us.advisers,
            us.coalition,
            self.nato.personnel,
            p.adviser_visibility,
            p.nato_visibility,
        )
        self.response = presence.response(
            visible,
            self.derived.visible_reference,
            p.presence_elasticity,
            p.diplomatic_motive,
            p.any_soldier_scale,
        )
        self.pull = []
        for region, scale in enumerate(self.derived.opportunity_scale):
            places = 0.0
            for site in self.sites:
                near = presence.nearness(site.row.region == region, p.reach)
                places = places + presence.site_opportunity(site.row.symbol, site.fading, near)
            self.pull.append(
                self.response * presence.opportunity(places, scale, p.opportunity_weight)
            )
        self.police = militia.policing_restraint(
            self.day.policing,
            self.government.authority,
            self.government.pressure,
            self.forces.capacity,
            p.policing_effect,
            p.policing_scale,
            p.policing_floor,
            p.capacity_reference,
        )
        self.holding = militia.hold_fire(us.leaving, p.hold_fire_discount)
        self.feared = retaliation.fear_of_doctrine(
            int(self.day.doctrine), p.strike_rate_ratio, p.anticipation
        )
        self._each("faction", "decisions")
        self._each("cell", "decisions")

    def _effects(self) -> None:
        self._each("cell", "effects")
        self._each("site", "effects")
        self._each("faction", "effects")
        self._observe_convoys()

    def _observe_convoys(self) -> None:
        p = self.p
        rate = reporting.convoy_rate(
            p.attack_rate,
            self.quiet,
            self.response,
            p.convoy_ratio,
            p.convoy_response_cap,
            p.residual_fire,
        )
        for bomb, named in (
            (luck.CONVOY_1, luck.CONVOY_1_NAMED),
            (luck.CONVOY_2, luck.CONVOY_2_NAMED),
        ):
            if reporting.convoy_bomb(luck.uniform(self.day_key, luck.OBSERVER, bomb), rate):
                self.flow["reported_press"] += 1.0
                u = luck.uniform(self.day_key, luck.OBSERVER, named)
                self.flow["reported_official"] += float(
                    reporting.officially_named(u, p.official_share)
                )

    def _retaliation(self) -> None:
        self._each("us", "retaliation")

    def _aftermath(self) -> None:
        self._each("faction", "aftermath")

    def _iraqi_politics(self) -> None:
        self._each("government", "iraqi_politics")
        self._each("bloc", "iraqi_politics")
        self._each("faction", "iraqi_politics")
        self._each("government", "hold_vote")

    def _home_politics(self) -> None:
        self._each("us", "home_politics")
        self._each("nato", "home_politics")

    def _daesh(self) -> None:
        p, us = self.p, self.us
        self.capacity_before = self.forces.capacity
        self.enabling = daesh.enabling(
            us.combat,
            us.advisers,
            p.reference_combat,
            p.reference_advisers,
            p.adviser_enabling,
            p.offshore_enabling,
        )
        self._each("forces", "daesh")
        self._each("province", "daesh")

    def _patron(self) -> None:
        self._each("patron", "patron")

    def _influence(self) -> None:
        self._each("government", "move_influence")

    def _record(self) -> None:
        p = self.p
        index, exposed, minority = 0.0, 0.0, 0.0
        for province in self.provinces:
            index = index + province.row.weight * province.strength
            exposed = exposed + province.row.minority * province.strength
            minority = minority + province.row.minority
        garrison = 0.0
        for site in self.sites:
            if site.number == SECOND_BASE:
                garrison = site.soldiers + site.nato_people
        protection = influence.protection(
            garrison,
            self.forces.capacity,
            p.minority_protection,
            self.derived.north_reference,
            p.capacity_reference,
        )
        levels = {
            "us_combat": self.us.combat,
            "us_advisers": self.us.advisers,
            "coalition": self.us.coalition,
            "nato": self.nato.personnel,
            "quiet": self.quiet,
            "authority": self.government.authority,
            "pressure": self.government.pressure,
            "us_support": self.us.support,
            "isf_capacity": self.forces.capacity,
            "daesh_index": 100.0 * index,
            "iranian_influence": self.government.influence,
            "minority_exposure": 100.0 * exposed / minority * protection if minority else 0.0,
        }
        values = self.flow | levels
        self.daily.append([float(values[name]) for name in OUTCOMES])

    # --- what the agents ask of the world ------------------------------------------------

    def severity(self, u: float) -> float:
        """Return how many an incident kills or wounds, from the severity table."""
        table = self.derived.severity
        number = 0
        while number < SEVERITY_LENGTH - 1 and u >= table[number]:
            number += 1
        return float(number + 1)

    def faction(self, number: int) -> FactionAgent:
        """Return a faction by its number, also one that was removed."""
        found: FactionAgent = self._first["faction"][number]
        return found

    def yes_share(self) -> float:
        """Return the share of parliament expected to vote against foreign troops."""
        yes, seats = 0.0, 0.0
        for bloc in self.blocs:
            yes = yes + bloc.row.seats * bloc.stance
            seats = seats + bloc.row.seats
        return yes / seats if seats else 0.0

    def tell(
        self,
        kind: int,
        who: int = -1,
        where: int = -1,
        amount: int = 0,
        drone: int = 0,
        dead: int = 0,
        wounded: int = 0,
    ) -> Happening:
        """Write an event down."""
        happening = Happening(self.today, kind, who, where, amount, drone, dead, wounded)
        self.happenings.append(happening)
        return happening

    # --- state in and out ----------------------------------------------------------------

    @classmethod
    def cold_state(cls, nature: Floats) -> Floats:
        """Return the state in which a world with these parameters begins."""
        world = cls.__new__(cls)
        world._begin(nature, 0, 0)
        state = world.export_state()
        world.retire()
        return state

    @classmethod
    def from_state(
        cls,
        state: Floats,
        nature: Floats,
        seed: int,
        replication: int,
        days: Floats,
        first: date,
    ) -> World:
        """Return a world that stands in an exported state before the first day of a plan.

        Args:
            state: From `export_state`, or a lane of the ensemble engine.
            nature: Parameters in the order of `layout.PARAMETERS`.
            seed: The ensemble's seed.
            replication: Which of its worlds.
            days: A plan from `drawdown.plan.build`.
            first: Its first day.
        """
        world = cls.__new__(cls)
        world._begin(nature, seed, replication)
        world._follow(days, first)
        world.import_state(state)
        return world

    def _holders(self) -> dict[str, list[tuple[Any, str]]]:
        """Return, for each part of the state, the agents and attributes that hold it."""
        government, us, first = self.government, self.us, self._first
        return {
            "rejection": [(f, "rejection") for f in first["faction"]],
            "grievance": [(f, "grievance") for f in first["faction"]],
            "caution": [(f, "caution") for f in first["faction"]],
            "excitation": [(f, "excitation") for f in first["faction"]],
            "demand": [(f, "demand") for f in first["faction"]],
            "cum_attacks_faction": [(f, "cum_attacks") for f in first["faction"]],
            "hardening": [(s, "hardening") for s in first["site"]],
            "cum_attacks_site": [(s, "cum_attacks") for s in first["site"]],
            "stance": [(b, "stance") for b in first["bloc"]],
            "daesh": [(d, "strength") for d in first["province"]],
            "last_attack": [(c, "last_attack") for c in first["cell"]],
            "nato": [(self.nato, "personnel")],
            "nato_resolve": [(self.nato, "resolve")],
            "us_support": [(us, "support")],
            "us_dead": [(us, "dead")],
            "posture_factor": [(us, "factor")],
            "posture_goal": [(us, "goal")],
            "request": [(government, "request")],
            "hold": [(us, "hold")],
            "strike_budget": [(us, "budget")],
            "authority": [(government, "authority")],
            "pressure": [(government, "pressure")],
            "last_vote": [(government, "last_vote")],
            "capacity": [(self.forces, "capacity")],
            "influence": [(government, "influence")],
            "order_days": [(self.patron_agent, "order_days")],
            "campaign_days": [(self.patron_agent, "campaign_days")],
        }

    def export_state(self) -> Floats:
        """Return the whole state as one vector in the order of `layout.STATE_GROUPS`."""
        state = np.empty(STATES)
        holders = self._holders()
        for name, length in STATE_GROUPS:
            start = STATE_STARTS[name]
            state[start : start + length] = [getattr(a, attr) for a, attr in holders[name]]
        return state

    def import_state(self, state: Floats) -> None:
        """Put every agent into the state of a vector from `export_state`."""
        holders = self._holders()
        for name, length in STATE_GROUPS:
            start = STATE_STARTS[name]
            for (agent, attribute), value in zip(
                holders[name], state[start : start + length], strict=True
            ):
                setattr(agent, attribute, float(value))

    def outcomes(self) -> Floats:
        """Return what was recorded so far, shape (days, outcomes of `layout.OUTCOMES`)."""
        return np.array(self.daily, dtype=np.float64).reshape(-1, len(OUTCOMES))

    def run(self, days: int | None = None, each: Callable[[World], None] | None = None) -> World:
        """Step to the end, or for ``days`` days, calling ``each`` after every day."""
        left = days if days is not None else len(self._plan)
        self.running = self._next < len(self._plan)
        while self.running and left > 0:
            self.step()
            left -= 1
            if each is not None:
                each(self)
        return self

    def retire(self) -> None:
        """Let go of the world; some Mesa versions otherwise keep every model alive."""
        self.remove_all_agents()
        ids = getattr(mesa.Agent, "_ids", None)
        if ids is not None:
            ids.pop(self, None)
