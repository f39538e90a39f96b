"""What an attack does: weapon, harm, deaths and wounded, protection that follows."""

from drawdown.rules.numbers import pow_


def drone_share(drone_phase: float, drone_share_end: float) -> float:
    """Return the share of attacks by drone; drones come into use in spring 2021 (C01)."""
    return drone_phase * drone_share_end


def harm_factor(
    hardening: float,
    people: float,
    drone: bool,
    drone_harm_ratio: float,
    hardening_reference: float,
    exposure_floor: float,
    exposure_cap: float,
    exposure_growth: float,
    people_scale: float,
) -> float:
    """Return the chance of harm relative to the mean attack.

    Protection lowers it, people exposed raise it, a drone may differ from a rocket. Beyond a
    crowd of ``exposure_cap`` it grows as a power of their number: who is one of many in a place
    is no safer for it, but a shell has one place to fall.
    """
    exposure = exposure_floor + people / people_scale
    if exposure > exposure_cap:
        exposure = exposure_cap * pow_(exposure / exposure_cap, exposure_growth)
    factor = (1.0 - hardening) / (1.0 - hardening_reference) * exposure
    return factor * drone_harm_ratio if drone else factor


def is_fatal(u: float, harm: float, lethality: float) -> bool:
    """Return whether an attack kills anyone on the coalition's side (SF3)."""
    return u < lethality * harm


def is_harmful(u: float, harm: float, lethality: float, wounded_ratio: float) -> bool:
    """Return whether an attack kills or wounds; the same draw decides both."""
    return u < lethality * harm * (1.0 + wounded_ratio)


def wounded_beside_dead(number: float, dead: float, wounded_with_dead: float) -> float:
    """Return the wounded of an incident: as drawn, or a multiple of the dead."""
    return dead * wounded_with_dead if dead > 0.0 else number


def next_hardening(
    hardening: float, attacks: float, hardening_gain: float, hardening_cap: float
) -> float:
    """Return a site's protection after ``attacks`` on it today."""
    return min(hardening_cap, hardening + hardening_gain * attacks)


def iraqis_killed(
    u: float, on_state: bool, iraqi_dead_foreign: float, iraqi_dead_state: float
) -> bool:
    """Return whether an attack kills Iraqis; attacks on the state do so more often."""
    return u < (iraqi_dead_state if on_state else iraqi_dead_foreign)


def victims_are_american(u: float, american: float, others: float) -> bool:
    """Return whether an incident's victims are American, in proportion to people there."""
    return u * (american + others) < american
