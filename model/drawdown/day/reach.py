"""What has no way to act in a scenario: parameters and levers that nothing played there asks.

Only what is certain is said: a parameter is named where the days, the events and the other
numbers leave no world in which it could change anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from drawdown.day import plan, policy
from drawdown.declared import parameters as declared
from drawdown.declared.columns import MOTIVES, PLAN, STRUCTURES
from drawdown.declared.conditions import Promise
from drawdown.declared.parameters import Setting
from drawdown.declared.scenario import Scenario
from drawdown.rules import motives as rules_of_motives
from drawdown.rules import retaliation

Floats = NDArray[np.float64]


class IdleWarning(UserWarning):
    """Something was asked for that has no way to act, or acts otherwise than it reads."""


@dataclass(frozen=True)
class _Days:
    """All days that a choice acts on, and the numbers they are played with.

    Attributes:
        days: Plan rows one below the other.
        kinds: Kinds of the events that happen.
        from_start: Whether the choice acts from a cold start on.
        lived: Whether worlds lived through something before these days.
        structures: Rival structures played.
        chosen: Choices by name.
    """

    days: Floats
    kinds: frozenset[str]
    from_start: bool
    lived: bool
    structures: tuple[str, ...]
    chosen: Mapping[str, Setting]

    def column(self, name: str) -> Floats:
        found: Floats = self.days[:, PLAN.index(name)]
        return found

    def any(self, name: str) -> bool:
        return bool((self.column(name) > 0).any())

    def could_be_over(self, name: str, least: float) -> bool:
        """Return whether a parameter can be above a number in some world."""
        return self._ends(name)[1] > least

    def lowest(self, name: str) -> float:
        return self._ends(name)[0]

    def usual(self, name: str) -> float:
        return min(declared.declarations()[name].default[s] for s in self.structures)

    def _ends(self, name: str) -> tuple[float, float]:
        item = declared.declarations()[name]
        ends: list[float] = []
        for structure in self.structures:
            drawn = [item.default[structure]]
            if item.prior is not None:
                drawn += [item.prior[structure].quantile(u) for u in (0.0, 1.0)]
            choice = self.chosen.get(name)
            if choice is not None:
                drawn = list(choice.apply(name, np.array(drawn)))
            ends += drawn
        return min(ends), max(ends)

    # What the scenario brings.

    def decides(self) -> bool:
        """Return whether the United States may decide on a strike by itself on some day."""
        able = (self.column("decided") > 0) & (self.column("strike_budget") > 0)
        return bool((able & (self.column("doctrine") != retaliation.NONE)).any())

    def decides_under(self, *doctrines: int) -> bool:
        able = (self.column("decided") > 0) & (self.column("strike_budget") > 0)
        return bool((able & np.isin(self.column("doctrine"), doctrines)).any())

    def strikes(self) -> bool:
        return self.decides() or self.any("strike_on")

    def leader_strikes(self) -> bool:
        return self.any("strike_leader") or self.decides_under(retaliation.DECAPITATION)

    def deters(self) -> bool:
        return self.lowest("strike_rate_ratio") < 1.0

    def provokes(self) -> bool:
        return self.could_be_over("strike_rate_ratio", 1.0)

    def motives(self) -> set[str]:
        """Return the motives that a world can have."""
        choice = self.chosen.get(declared.MOTIVE)
        if choice is not None and choice.value is not None:
            return {MOTIVES[int(choice.value)]}
        return {m for m, w in zip(MOTIVES, declared.weights_of_motives(), strict=True) if w > 0}

    def between(self, state: int) -> bool:
        return bool((self.column("us_iran") == state).any())

    def hard_policing(self) -> bool:
        return bool((self.column("policing") > self.lowest("ordinary_policing")).any())

    def reviews(self) -> bool:
        return self.any("decided")

    def residual(self) -> bool:
        names = ("combat_residual", "advisers_residual", "announced_residual", "later_residual")
        return any(self.any(name) for name in names)


_Condition = tuple[Callable[[_Days], bool], str]


def _event(*kinds: str) -> _Condition:
    told = " or ".join(kinds)
    return lambda d: bool(d.kinds & set(kinds)), f"no {told} happens"


_COLD: _Condition = (
    lambda d: d.from_start,
    "it is where a run begins that has no history; 'history: none' in the file, or --set, "
    "which plays the record anew, lets it act",
)
_DECIDED: _Condition = (_Days.decides, "no strike is decided on any day")
_STRIKES: _Condition = (_Days.strikes, "no strike can happen")
_FELT: _Condition = (lambda d: d.strikes() or d.lived, "no strike can happen")
_LEADER: _Condition = (_Days.leader_strikes, "no strike on a leader can happen")
_EFFECT: _Condition = (
    lambda d: d.deters() or d.provokes(),
    "a strike changes nothing under this structure",
)
_DETERS: _Condition = (_Days.deters, "strikes do not deter under this structure")
_PROVOKES: _Condition = (_Days.provokes, "strikes do not provoke under this structure")


def _motive(*names: str) -> _Condition:
    told = " or ".join(names)
    return lambda d: bool(d.motives() & set(names)), f"no world has the motive {told}"


_PROMISE: _Condition = (
    lambda d: d.any("promise_days"),
    "no concession is promised by a date ('until')",
)
_POLICING: _Condition = (lambda d: d.any("policing"), "there is no policing")
_HARD: _Condition = (_Days.hard_policing, "policing never goes beyond ordinary_policing")
_REVIEWS: _Condition = (
    _Days.reviews,
    "under 'mode: conditioned' support at home forces no review",
)

_NEEDS: dict[str, tuple[_Condition, ...]] = {
    **dict.fromkeys(
        (
            "initial_authority",
            "initial_pressure",
            "initial_influence",
            "initial_nato",
            "initial_isf_capacity",
        ),
        (_COLD,),
    ),
    "residual_advisers": ((_Days.residual, "no level of advisers is 'residual'"),),
    "review_floor": (_REVIEWS,),
    "review_level": (_REVIEWS,),
    "presence_elasticity": (_motive("presence"),),
    "response_ceiling": (_motive("presence"),),
    "diplomatic_motive": (_motive("presence", "conjunction"),),
    "exit_patron": (_motive("patron"),),
    "exit_domestic": (_motive("domestic"),),
    "exit_rivalry": (_motive("rivalry"),),
    "deal_fire": (
        _motive("patron", "conjunction"),
        (
            lambda d: d.between(rules_of_motives.DEAL),
            "there is no deal between Washington and Tehran",
        ),
    ),
    # What a motive's factors were in the record is what its tempo is measured by.
    "talks_fire": (_motive("patron"),),
    "war_fire": (_motive("patron"),),
    "prime_minister_effect": (_motive("domestic", "conjunction"),),
    "clock_effect": (_motive("domestic", "conjunction"),),
    "formation_effect": (_motive("domestic", "conjunction"),),
    "formation_state_effect": (
        _motive("domestic", "conjunction"),
        (
            lambda d: d.any("election") or d.any("formation"),
            "no government is formed",
        ),
    ),
    "next_prime_minister_stance": (
        _motive("domestic", "conjunction"),
        (lambda d: d.any("prime_minister_next"), "no prime minister is 'next'"),
    ),
    "outbidding_gain": (_motive("rivalry"),),
    "spoiler_gain": (_motive("rivalry"),),
    **dict.fromkeys(
        ("obedience_kataib", "obedience_asaib", "obedience_facade"),
        (_motive("rivalry", "conjunction"),),
    ),
    "concession_fire": (_event("concession"),),
    **dict.fromkeys(("truce_chance", "truce_holds", "truce_closing", "label_counts"), (_PROMISE,)),
    "doubt_boost": (_event("doubt"),),
    "policing_effect": (_POLICING,),
    "policing_scale": (_POLICING,),
    "policing_floor": (_POLICING,),
    "ordinary_policing": (
        (
            lambda d: (
                bool((d.column("policing") > d.usual("ordinary_policing")).any())
                or d.hard_policing()
            ),
            "policing never goes beyond it",
        ),
    ),
    "confrontation_backlash": (_HARD,),
    "backlash_floor": (_HARD,),
    "committee_hardening": (_event("concession", "broken_deadline"),),
    "stance_memory": (
        (
            lambda d: d.lived or d.strikes() or bool(d.kinds & {"concession", "broken_deadline"}),
            "nothing moves blocs or factions from where they usually stand",
        ),
    ),
    "drone_share_end": ((lambda d: d.any("drone_phase"), "drones come after the last day"),),
    "drone_harm_ratio": ((lambda d: d.any("drone_phase"), "drones come after the last day"),),
    **dict.fromkeys(
        (
            "attack_demand",
            "wounded_demand",
            "death_demand",
            "death_demand_each",
            "death_demand_cap",
            "demand_memory",
            "demand_left",
            "hold_back",
            "hold_half_life",
            "decision_lag",
            "attribution_accuracy",
            "wrong_strike_factor",
        ),
        (_DECIDED,),
    ),
    "threshold_limited": (
        (
            lambda d: d.decides_under(retaliation.LIMITED, retaliation.DECAPITATION),
            "the doctrine is never limited and never decapitation where strikes are decided",
        ),
    ),
    **dict.fromkeys(
        ("threshold_robust", "robust_hold_factor"),
        (
            (
                lambda d: d.decides_under(retaliation.ROBUST),
                "the doctrine is never robust where strikes are decided",
            ),
        ),
    ),
    "anticipation": (
        _DETERS,
        (
            lambda d: bool((d.column("doctrine") != retaliation.LIMITED).any()),
            "the doctrine is always limited, which is what militias know",
        ),
    ),
    **dict.fromkeys(
        (
            "strike_dead",
            "strike_authority_cost",
            "strike_pressure",
            "strike_stance",
            "strike_support_cost",
            "burden_sharing",
            "burden_scale",
        ),
        (_STRIKES,),
    ),
    "strike_rate_ratio": (
        (
            lambda d: d.strikes() or d.could_be_over("anticipation", 0.0),
            "no strike can happen",
        ),
    ),
    "strike_half_life": (_FELT, _EFFECT),
    "struck_weight": (_STRIKES, _EFFECT),
    "wrong_caution": (_DECIDED, _DETERS),
    "wrong_grievance": (_DECIDED, _PROVOKES),
    "leader_factor": (_LEADER, _EFFECT),
    "caution_cap": (_STRIKES, _DETERS),
    "grievance_limit": (_STRIKES, _PROVOKES),
    "leader_strike_factor": (_LEADER,),
    "legitimacy_gain": (_event("election"),),
    "dialogue_gain": (_event("dialogue_round"),),
    "new_government_gain": (_event("new_prime_minister"),),
    "concession_split": (_event("concession"),),
    "broken_stance": (_event("broken_deadline"),),
    "broken_pressure": (_event("broken_deadline"),),
    "nato_suspended_size": (_event("nato_suspension"),),
    "nato_erbil_share": (
        (lambda d: d.any("nato_second_base"), "NATO has no second base in the run"),
    ),
    "campaign_boost": ((lambda d: d.any("campaign"), "no campaign is dated"),),
}
"""What a parameter needs in order to act, each with the sentence where it is not there. The
others act in every scenario."""


def _kinds(scenario: Scenario) -> set[str]:
    found: set[str] = set()
    for event in scenario.events:
        if event.only is None or event.only == scenario.mode:
            found.add(event.what)
    return found


_COLUMNS = {"residual": "advisers_residual"}
"""Columns of the plan that are not called as the lever a condition moves."""


def _with_conditions(days: Floats, scenario: Scenario) -> tuple[Floats, set[str]]:
    """Return days as a scenario's conditions could make them, and kinds of events they bring."""
    values: dict[str, set[float]] = {}
    kinds: set[str] = set()
    made = days
    for condition in scenario.conditions:
        for name, to, is_step in policy.levers_of(condition):
            column = PLAN.index(_COLUMNS.get(name, name))
            # A step may be taken again and again: up to anything, down to nothing.
            ends = {0.0, to, 1.0} if is_step else {to}
            values.setdefault(name, set()).update(ends)
            for end in ends:
                changed = days.copy()
                changed[:, column] = end
                made = np.vstack([made, changed])
        then = condition.item.then
        if then.concession is not None:
            kinds.add("concession")
        if isinstance(then.concession, Promise):
            changed = days.copy()
            changed[:, PLAN.index("promise_days")] = then.concession.promise_days
            made = np.vstack([made, changed])
        if then.talks is not None:
            kinds.add("dialogue_round")
    both = [values.get(name, set()) for name in ("doctrine", "strike_budget")]
    for doctrine in both[0] if both[1] else ():
        for budget in both[1]:
            changed = days.copy()
            changed[:, PLAN.index("doctrine")] = doctrine
            changed[:, PLAN.index("strike_budget")] = budget
            made = np.vstack([made, changed])
    return made, kinds


def _days(
    scenario: Scenario,
    chosen: Mapping[str, Setting],
    structures: tuple[str, ...],
    with_history: bool,
) -> _Days:
    own, brought = _with_conditions(plan.build(scenario), scenario)
    days, kinds = [own], _kinds(scenario) | brought
    if with_history and scenario.history is not None:
        past = Scenario.load(scenario.history).until(scenario.start - timedelta(days=1))
        days.append(plan.build(past))
        kinds |= _kinds(past)
    return _Days(
        np.vstack(days),
        frozenset(kinds),
        with_history or scenario.history is None,
        scenario.history is not None,
        structures,
        chosen,
    )


def idle(
    scenario: Scenario,
    chosen: Mapping[str, Setting],
    structures: tuple[str, ...] = STRUCTURES,
    with_history: bool = False,
) -> Iterator[tuple[str, str]]:
    """Yield the chosen parameters that have no way to act, each with the reason.

    Args:
        scenario: What is played.
        chosen: Parameters by name.
        structures: Rival structures played.
        with_history: Whether the choice acts on what was lived through before too, as
            ``--set`` does and ``world:`` does not.
    """
    if not chosen:
        return
    everything = dict(scenario.world) | dict(chosen)
    days = _days(scenario, everything, structures, with_history)
    for name in chosen:
        for holds, why in _NEEDS.get(name, ()):
            if not holds(days):
                yield name, why
                break


def _idle_levers(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield the levers that a scenario's own file gives and that have no way to act."""
    days = _days(scenario, scenario.world, STRUCTURES, False)
    given = {key for key in scenario.places if not key.startswith("world.")}
    if not days.any("decided"):
        why = "under 'mode: conditioned' strikes happen only on dates given under events"
        for name in ("doctrine", "strike_budget"):
            if name in given and not days.could_be_over("anticipation", 0.0):
                yield name, why
    elif (
        "strike_budget" in given
        and not days.decides_under(
            retaliation.LIMITED, retaliation.ROBUST, retaliation.DECAPITATION
        )
        and (days.column("doctrine") == retaliation.NONE).all()
    ):
        yield "strike_budget", "the doctrine is never to strike"
    if "us_reply" in given and not days.any("comply"):
        yield "us_reply", "the government never complies with a vote, so nobody asks"


def notes(
    scenario: Scenario,
    chosen: Mapping[str, Setting] | None = None,
    structures: tuple[str, ...] = STRUCTURES,
    option: str = "--set ",
) -> list[str]:
    """Return a sentence for all that a scenario and choices say and no world can show.

    Args:
        scenario: What is played.
        chosen: Parameters chosen beside it, which act on its history too.
        structures: Rival structures played.
        option: What stands before a chosen name: how the user chose it.
    """
    found = list(scenario.notes)
    if (
        scenario.mode == "conditioned"
        and scenario.history is not None
        and "mode" in scenario.places
    ):
        found.append(
            f"{scenario.places['mode']}: strikes happen only on dates given under events, and "
            "support at home forces no review of the soldiers; 'mode: free' lets both follow "
            "the rules"
        )
    for lever, why in _idle_levers(scenario):
        found.append(f"{scenario.places[lever]}: has no way to act: {why}")
    for name, why in idle(scenario, scenario.world, structures):
        place = scenario.places.get(f"world.{name}", f"{scenario.name}: world.{name}")
        found.append(f"{place}: has no way to act: {why}")
    for name, why in idle(scenario, chosen or {}, structures, with_history=True):
        found.append(f"{option}{name}: has no way to act in {scenario.name}: {why}")
    return found
