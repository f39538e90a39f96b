"""Iraqi politics: the government's authority, the pressure on it, the blocs and the vote."""

from drawdown.rules.numbers import clamp

NO_REQUEST, ASKED, REFUSED, HONOURED = 0, 1, 2, 3
"""Where a request to leave stands."""


def next_authority(
    authority: float,
    foreign_attacks: float,
    state_attacks: float,
    capacity: float,
    election: float,
    dialogue: float,
    new_government: float,
    attack_authority_cost: float,
    state_attack_factor: float,
    authority_recovery: float,
    authority_anchor: float,
    authority_from_capacity: float,
    capacity_reference: float,
    legitimacy_gain: float,
    dialogue_gain: float,
    new_government_gain: float,
) -> float:
    """Return the government's authority (0 to 1) after a day without strikes.

    Attacks cost it, above all those on the state; an election (C20), a dialogue round and
    a new prime minister restore it; it returns to what its forces can carry (C36).
    """
    attacks = foreign_attacks + state_attack_factor * state_attacks
    value = authority - min(1.0, attack_authority_cost * attacks) * authority
    gain = (
        legitimacy_gain * election + dialogue_gain * dialogue + new_government_gain * new_government
    )
    value = value + gain * (1.0 - value)
    goal = authority_anchor + authority_from_capacity * (capacity - capacity_reference)
    return clamp(value + (goal - value) / authority_recovery, 0.0, 1.0)


def authority_after_strike(
    authority: float,
    wrong: bool,
    leader: bool,
    strike_authority_cost: float,
    wrong_strike_factor: float,
    leader_strike_factor: float,
) -> float:
    """Return authority after a US strike on Iraqi soil (C26)."""
    cost = strike_authority_cost
    if wrong:
        cost = cost * wrong_strike_factor
    if leader:
        cost = cost * leader_strike_factor
    return authority * (1.0 - min(1.0, cost))


def pressure_goal(
    yes_share: float,
    response: float,
    authority: float,
    policing: float,
    pressure_scale: float,
    pressure_from_authority: float,
    policing_pressure: float,
    ordinary_policing: float,
) -> float:
    """Return where the pressure to expel foreign troops tends (C10).

    Args:
        yes_share: Seats times stance over all blocs, as a share of parliament.
        response: The militias' response to presence; nobody presses against no one.
        authority: The government's authority; a weak one is pressed harder.
        policing: How hard it polices the militias, 0 to 1.
        pressure_scale: Pressure of a unanimous parliament.
        pressure_from_authority: Rise for each point of authority below one half.
        policing_pressure: What the militias' parties add for each point of policing beyond.
        ordinary_policing: Policing that nobody answers.
    """
    answered = policing_pressure * max(0.0, policing - ordinary_policing)
    wanted = (pressure_scale * yes_share + answered) * min(1.0, response)
    return wanted + pressure_from_authority * (0.5 - authority)


def next_pressure(
    pressure: float,
    goal: float,
    concession: float,
    broken: float,
    concession_split: float,
    broken_pressure: float,
    pressure_memory: float,
) -> float:
    """Return pressure after a day: a concession eases it, a broken promise raises it.

    Claims: C10, C22.
    """
    value = pressure + (goal - pressure) / pressure_memory
    if concession > 0.0:
        value = value * (1.0 - concession_split)
    if broken > 0.0:
        value = value + broken_pressure * (1.0 - value)
    return clamp(value, 0.0, 1.0)


def pressure_after_strike(
    pressure: float, leader: bool, strike_pressure: float, leader_strike_factor: float
) -> float:
    """Return pressure after a strike, which adds a part of what is missing (C03, C10)."""
    jump = strike_jump(strike_pressure, leader, leader_strike_factor)
    return pressure + min(1.0, jump) * (1.0 - pressure)


def pressure_after_vote(pressure: float, vote_pressure: float) -> float:
    """Return pressure after a vote that passed and is not carried out (C10)."""
    return pressure + vote_pressure * (1.0 - pressure)


def strike_jump(jump: float, leader: bool, leader_strike_factor: float) -> float:
    """Return a strike's jump in pressure or stance; a leader's death weighs more (C03)."""
    return jump * leader_strike_factor if leader else jump


def next_stance(
    stance: float,
    usual: float,
    accommodating: float,
    concession: float,
    broken: float,
    concession_split: float,
    broken_stance: float,
    stance_memory: float,
) -> float:
    """Return a bloc's stance tomorrow: its probability of voting against foreign troops.

    A believed concession wins the accommodating blocs (C22); a broken deadline moves all.
    """
    value = stance + (usual - stance) / stance_memory
    if concession > 0.0:
        value = value * (1.0 - concession_split * accommodating)
    if broken > 0.0:
        value = value + broken_stance * value * (1.0 - value)
    return clamp(value, 0.0, 1.0)


def stance_after_strike(
    stance: float, leader: bool, strike_stance: float, leader_strike_factor: float
) -> float:
    """Return a bloc's stance after a strike; the undecided move most (C04)."""
    jump = strike_jump(strike_stance, leader, leader_strike_factor)
    return clamp(stance + jump * stance * (1.0 - stance), 0.0, 1.0)


def vote_is_called(
    u: float,
    pressure: float,
    days_since_vote: float,
    vote_trigger: float,
    vote_chance: float,
    vote_interval: float,
) -> bool:
    """Return whether parliament calls a vote of its own today (C10)."""
    return pressure > vote_trigger and days_since_vote >= vote_interval and u < vote_chance


def bloc_votes_yes(u: float, stance: float) -> bool:
    """Return whether a bloc, which votes as one, asks the troops to leave (C04)."""
    return u < stance


def vote_passes(yes_seats: float, vote_majority: float) -> bool:
    """Return whether the motion has its majority."""
    return yes_seats >= vote_majority


def request_after_vote(comply: bool, us_honours: bool) -> int:
    """Return where the request to leave stands after a vote that passed (C04, C10).

    Only a government that carries the vote out turns it into a request; the United States
    may refuse it. Otherwise the vote stays a demand of parliament.
    """
    if not comply:
        return ASKED
    return HONOURED if us_honours else REFUSED


FORMATIONS = (94, 156, 289, 131, 165)
"""Days from an election to a government: 2005 (twice), 2010, 2014, 2018 (record:formations)."""

HONEYMOON = 30.0
"""Days in which a new prime minister's stance takes effect (judgement)."""


def formation_length(u: float) -> int:
    """Return the days until a government is formed: one of the five lengths known by 2021."""
    return FORMATIONS[int(u * 5.0)]


def wanted_prime_minister(
    named: float, left_open: float, next_prime_minister_stance: float
) -> float:
    """Return the stance of whoever is to lead the government.

    Args:
        named: The stance that a scenario names.
        left_open: 1 where it leaves that to the election, else 0.
        next_prime_minister_stance: Whom the election brings in this world.
    """
    return named + left_open * next_prime_minister_stance


def next_prime_minister(stance: float, wanted: float, formation: float) -> float:
    """Return the prime minister's stance tomorrow, -1 a friend of the militias, 1 hostile.

    Who is in office during a formation goes on as before.
    """
    if formation > 0.0:
        return stance
    return stance + (wanted - stance) / HONEYMOON
