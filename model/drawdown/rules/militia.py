"""Factions and cells: motive, restraint, excitation and the decision to attack."""

from drawdown.rules.numbers import clamp

NOTHING, FOREIGN, STATE = 0, 1, 2
"""What a cell does on a day."""


def motive(
    tempo: float,
    rejection: float,
    grievance: float,
    mood: float,
    doubt: float,
    doubt_boost: float,
    campaign: float,
    campaign_boost: float,
) -> float:
    """Return a cell's daily hazard before presence and restraint.

    Args:
        tempo: Hazard for each unit of rejection (`setup.tempo_per_rejection`).
        rejection: The faction's rejection of foreign presence (C23).
        grievance: What strikes have added to it (C03).
        mood: Product of the factors that the world's motive has (`rules.motives`).
        doubt: 1 in the month after a public sign of doubt in Washington, else 0.
        doubt_boost: Rise then (SF14).
        campaign: 1 in a dated campaign of the patron's side, for factions that obey it, else 0.
        campaign_boost: Rise then (A9).
    """
    season = mood * (1.0 + doubt_boost * doubt)
    return tempo * rejection * (1.0 + grievance) * season * (1.0 + campaign_boost * campaign)


def activity(
    facade: bool,
    obeys: float,
    facade_groups: float,
    facade_weight: float,
    committee_weight: float,
    wing_fire: float,
) -> float:
    """Return the factor by which a faction acts under a name of its own.

    Façade groups may be groups of their own (1) or only names under which the Committee's
    four act (0); then those four do what they did. The tempo is the same.

    Args:
        facade: Whether the faction is the façade groups.
        obeys: 1 on the Committee's side, else 0.
        facade_groups: Which reading holds, 0 to 1.
        facade_weight: The façade groups' part of `committee_weight`.
        committee_weight: Cells times rejection on the Committee's side.
        wing_fire: How far those outside the patron's circle attack at all.
    """
    if obeys == 0.0:
        return wing_fire
    if facade:
        return facade_groups
    return (committee_weight - facade_groups * facade_weight) / (committee_weight - facade_weight)


def policing_restraint(
    policing: float,
    authority: float,
    pressure: float,
    capacity: float,
    policing_effect: float,
    policing_scale: float,
    policing_floor: float,
    capacity_reference: float,
) -> float:
    """Return the factor by which the government's policing lowers attacks.

    A government polices as far as its authority, the pressure on it and its forces allow.
    Claims: C19.
    """
    means = authority * (1.0 - pressure) * min(1.0, capacity / capacity_reference)
    cut = policing_effect * policing_scale * policing * means
    return max(policing_floor, 1.0 - cut)


def restraint(
    caution: float,
    obeys: float,
    left: float,
    police: float,
    activity_now: float,
    feared: float,
) -> float:
    """Return the factor from caution, an order or truce, policing and fear of a doctrine.

    Factions outside the patron's circle ignore quiet, order and truce.
    Claims: C35, C19. Source: literature:SF17.

    Args:
        caution: The faction's, from strikes it has felt.
        obeys: 1 on the Committee's side, else 0.
        left: Fire left under the tightest of quiet, order and truce (`motives.fire_left`).
        police: From `policing_restraint`.
        activity_now: From `activity`.
        feared: From `retaliation.fear_of_doctrine`.
    """
    doctrine = 1.0 - obeys * (1.0 - feared)
    return (1.0 - caution) * left * police * activity_now * doctrine


def hold_fire(leaving: float, hold_fire_discount: float) -> float:
    """Return the factor by which a force that is seen to leave draws less fire (SF15)."""
    return 1.0 - hold_fire_discount * leaving


def foreign_hazard(
    motive_now: float, excitation: float, pull: float, restraint_now: float, holding: float
) -> float:
    """Return a rested cell's daily probability of attacking a foreign site.

    Args:
        motive_now: From `motive`.
        excitation: The faction's excitation for each of its cells (SF10).
        pull: Response times opportunity in the cell's region.
        restraint_now: From `restraint`.
        holding: From `hold_fire`.
    """
    hazard = (motive_now * pull + excitation * min(1.0, pull)) * restraint_now * holding
    return min(1.0, hazard)


def backlash(
    policing: float,
    rejection: float,
    confrontation_backlash: float,
    ordinary_policing: float,
    backlash_floor: float,
) -> float:
    """Return fire turned on the state by hard policing, relative to the usual tempo.

    Claims: C19.
    """
    beyond = max(0.0, policing - ordinary_policing)
    return confrontation_backlash * beyond * (backlash_floor + (1.0 - backlash_floor) * rejection)


def state_hazard(
    motive_now: float,
    excitation: float,
    pull: float,
    restraint_now: float,
    holding: float,
    standing: float,
    displacement_share: float,
) -> float:
    """Return a rested cell's daily probability of attacking the Iraqi state or a rival.

    What is no longer aimed at foreigners partly turns inward; the rest ends.
    Source: literature:A4 (SF16).

    Args:
        motive_now: From `motive`.
        excitation: The faction's excitation for each of its cells.
        pull: Response times opportunity in the cell's region.
        restraint_now: From `restraint`.
        holding: From `hold_fire`.
        standing: Hazard against the state that is always there (`standing_state_hazard`).
        displacement_share: Part of the freed violence that turns inward.
    """
    freed = max(0.0, 1.0 - pull) * displacement_share * holding
    return min(1.0, ((motive_now + excitation) * freed + standing) * restraint_now)


def standing_state_hazard(
    tempo: float, rejection: float, state_share: float, backlash_now: float, bargaining_now: float
) -> float:
    """Return the hazard against the state that does not depend on foreigners.

    Args:
        tempo: Hazard for each unit of rejection.
        rejection: The faction's.
        state_share: Standing fire at the state, relative to that at foreigners.
        backlash_now: From `backlash`.
        bargaining_now: From `motives.bargaining_with_state`.
    """
    return tempo * (state_share * rejection + backlash_now) * bargaining_now


def total_hazard(foreign: float, state: float) -> float:
    """Return the probability that a rested cell attacks anything today."""
    return min(1.0, foreign + state)


def readiness(days_since_attack: float, ready_days: float) -> float:
    """Return a cell's readiness: stock and crew return over ``ready_days``."""
    return min(1.0, days_since_attack / ready_days)


def cell_decision(u: float, ready: float, foreign: float, total: float) -> int:
    """Return what a cell does today: `NOTHING`, `FOREIGN` or `STATE`.

    One draw decides all, so that a policy which only moves violence from one target to the
    other keeps paired worlds in step.
    """
    if u < ready * foreign:
        return FOREIGN
    if u < ready * total:
        return STATE
    return NOTHING


def next_excitation(
    excitation: float,
    own_attacks: float,
    all_attacks: float,
    share_of_cells: float,
    excitation_branching_ratio: float,
    excitation_delay: float,
    own_group_share: float,
) -> float:
    """Return a faction's excitation tomorrow, in expected attacks a day.

    Claims: C40. Source: literature:A1 (SF10).

    Args:
        excitation: Today's.
        own_attacks: Attacks of the faction today.
        all_attacks: Attacks of all factions today.
        share_of_cells: The faction's cells over those of the Committee's side.
        excitation_branching_ratio: Attacks set off by one attack.
        excitation_delay: Mean delay, days.
        own_group_share: Part that stays in the group.
    """
    spread = own_group_share * own_attacks + (1.0 - own_group_share) * all_attacks * share_of_cells
    kept = excitation * (1.0 - 1.0 / excitation_delay)
    return kept + excitation_branching_ratio / excitation_delay * spread


def next_rejection(
    rejection: float,
    usual: float,
    obeys: float,
    concession: float,
    broken: float,
    concession_split: float,
    committee_hardening: float,
    stance_memory: float,
) -> float:
    """Return a faction's rejection tomorrow.

    A concession wins the accommodating and hardens the Committee's side; a broken promise
    hardens all; both wear off. Hardening does not add up without end: concessions harden by
    ``committee_hardening`` at most, broken promises by twice that. Claims: C22, C23.
    """
    value = rejection + (usual - rejection) / stance_memory
    step = usual * committee_hardening
    if concession > 0.0:
        if obeys > 0.0:
            value = max(value, min(value + step, usual + step))
        else:
            value = value * (1.0 - concession_split)
    if broken > 0.0:
        value = max(value, min(value + step, usual + 2.0 * step))
    return clamp(value, 0.0, 3.0)
