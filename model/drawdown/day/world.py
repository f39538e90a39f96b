"""The world as a Mesa model: one day a step, every actor an agent that calls the rule book.

One world can be stepped, inspected and told as a chronicle. To change a rule, subclass an
agent and override one decision, then pass the class in ``agents=``; see
``docs/change_a_rule.md``. Thousands of worlds at once are `drawdown.worlds.ensemble`'s work; both
live the same histories.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from drawdown.day import plan, policy, rulebook, steps
from drawdown.day.start import first_state
from drawdown.declared import luck
from drawdown.declared import parameters as declared
from drawdown.declared.actors import (
    NATO_MAIN,
    NATO_SECOND,
    Faction,
    Province,
    Site,
    actor_tables,
    cast,
    cell_agent_numbers,
)
from drawdown.declared.actors import Bloc as BlocRow
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import (
    BY_REGION,
    COUNTED,
    DERIVED_GROUPS,
    LEVERS,
    LONG_AGO,
    OUTCOMES,
    PARAMETERS,
    PLAN,
    REGIONS,
    STATE_GROUPS,
    STATE_STARTS,
    STATES,
    TAIL,
    WORK_GROUPS,
    WORK_OF,
    C,
)
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.parameters import LARGEST_SEED, Uncertainty
from drawdown.declared.scenario import Scenario

STEP_ORDER: tuple[tuple[str, str], ...] = tuple((ph.name, ph.reason) for ph in steps.DAY)
"""A day, in order, with the reason for each place. Inside a phase nobody sees the others."""

_STATE_OF = {
    "faction": ("rejection", "grievance", "caution", "excitation", "demand", "heard"),
    "cell": ("last_attack",),
    "site": ("hardening",),
    "bloc": ("stance",),
    "province": ("daesh",),
}
_TABLES_OF = {
    "faction": ("usual_rejection", "obeys", "facade", "obedience", "cells_of", "share_of_cells"),
    "bloc": ("seats", "usual_stance", "accommodating"),
}
COLUMNS_OF: dict[str, tuple[str, ...]] = {
    kind: (
        *names,
        *WORK_OF.get(kind, ()),
        *_TABLES_OF.get(kind, tuple(n for n in actor_tables() if n.startswith(f"{kind}_"))),
    )
    for kind, names in _STATE_OF.items()
}
"""Columns that have a number for each agent of a kind; the others have one a world."""

_MANY = {name for names in COLUMNS_OF.values() for name in names} | {
    "pull",
    "opportunity_scale",
    "severity",
    *("lever", "announced", "later", "level", "counted", "satisfied", "owned", "moved_before"),
    *("fires", "changes", "turn", *policy.ANEW),
} - {"talks_days", "opening_days", "concession_days"}
_INDICES = ("f", "c", "j", "b", "k", "r", "i", "t", "v")
_STEPS_OF = {(part.kind, part.method): part.steps for phase in steps.DAY for part in phase.parts}


class Columns:
    """Numbers by name; `fill` exchanges them all and keeps the object."""

    def fill(self, values: Mapping[str, Any]) -> None:
        """Take these numbers in place of those before."""
        self.__dict__ = dict(values)

    def __getattr__(self, name: str) -> Any:
        """Say which number is missing."""
        raise AttributeError(f"there is no '{name}' here")


def _laid_out(groups: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    return {
        name: [[0.0] * REGIONS for _ in range(length // REGIONS)]
        if name in BY_REGION
        else [0.0] * length
        if name in _MANY
        else 0.0
        for name, length in groups
    }


class _Own:
    """An agent's attribute that is its number in one of the world's columns."""

    def __init__(self, space: str, name: str, meaning: str) -> None:
        self.space, self.name, self.__doc__ = space, name, meaning
        self.many = name in _MANY

    def __get__(self, agent: Any, owner: type | None = None) -> Any:
        if agent is None:
            return self
        columns = getattr(agent.model, self.space)
        value = getattr(columns, self.name)
        return value[agent.number] if self.many else value

    def __set__(self, agent: Any, value: Any) -> None:
        columns = getattr(agent.model, self.space)
        if self.many:
            getattr(columns, self.name)[agent.number] = value
        else:
            setattr(columns, self.name, value)


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


def _method(owner: str, name: str, step_names: tuple[str, ...]) -> Callable[[Actor], None]:
    """Return a method that plays steps, under a name that help and tracebacks show."""

    def play(self: Actor) -> None:
        self.live(name)

    play.__code__ = play.__code__.replace(co_name=name, co_qualname=f"{owner}.{name}")
    play.__name__, play.__qualname__ = name, f"{owner}.{name}"
    play.__doc__ = "\n".join(getattr(steps, step).__doc__ for step in step_names)
    return play


class Actor(mesa.Agent):  # type: ignore[misc]
    """An agent of the model: what it has are its numbers in the world's columns.

    `p` are the world's parameters. Each method of the day plays the steps of
    `drawdown.day.steps` that bear on this agent.
    """

    model: World
    kind = ""
    number = 0

    def __init_subclass__(cls) -> None:
        """Give a kind of agent the methods that the day names; a subclass may override one."""
        for (kind, method), names in _STEPS_OF.items():
            if kind == cls.kind and not hasattr(cls, method):
                setattr(cls, method, _method(cls.__qualname__, method, names))

    @property
    def p(self) -> Any:
        """The parameters of this world, by name."""
        return self.model.p

    def luck(self, agent: int, decision: int) -> float:
        """Return today's draw for a decision of one's own; the steps draw by themselves."""
        return luck.uniform(self.model.day_key, agent, decision)

    def live(self, method: str) -> None:
        """Play the steps that a method of the day stands for."""
        model, number = self.model, self.number
        for step, indices in model.bound.get((self.kind, method)) or model.bind(self.kind, method):
            if len(indices) == 1:
                step(number)
            elif not indices:
                step()
            else:
                for region in range(REGIONS):
                    step(number, region)

    def take_place(self, number: int, begins: Mapping[str, Any]) -> None:
        """Take a place in the columns; whoever joins later begins there with these numbers."""
        self.number = number
        self.model.seat(self.kind, number, begins)


class FactionAgent(Actor):
    """An armed faction: rejection, grievance, caution, excitation, demand it has earned."""

    kind = "faction"
    rejection = _Own("s", "rejection", "Rejection of foreign presence.")
    grievance = _Own("s", "grievance", "What strikes have added to it.")
    caution = _Own("s", "caution", "Caution from strikes it has felt.")
    excitation = _Own("s", "excitation", "Excitation, in expected attacks a day.")
    demand = _Own("s", "demand", "Demand for a strike that it has earned.")
    heard = _Own("s", "heard", "What it has heard of the others' attacks, a day.")
    attacks_today = _Own("w", "attacks_by", "Attacks today.")
    raised_today = _Own("w", "raised", "Demand raised today.")
    motive = _Own("w", "motive", "Motive of one cell today.")
    excited = _Own("w", "excited", "Excitation of one cell today.")
    outbid = _Own("w", "outbid", "How it answers the others' attacks today, a factor.")
    restraint = _Own("w", "restraint", "What holds it back today, a factor.")
    foreign_hazard = _Own("w", "foreign", "Hazard of a rested cell against foreigners, by region.")
    total_hazard = _Own("w", "total", "Hazard of a rested cell against anybody, by region.")

    def __init__(self, model: World, number: int, row: Faction) -> None:
        super().__init__(model)
        self.row = row
        self.obeys = float(row.obeys)
        self.share_of_cells = row.cells / float(cast().committee_cells)
        self.take_place(
            number,
            {
                "rejection": row.rejection,
                "usual_rejection": row.rejection,
                "obeys": self.obeys,
                "facade": int(row.facade),
                "obedience": row.obedience,
                "cells_of": float(row.cells),
                "share_of_cells": self.share_of_cells,
            },
        )

    def remove(self) -> None:
        """Leave the world, with all cells."""
        for cell in [c for c in self.model.cells if c.faction is self]:
            cell.remove()
        super().remove()


class Cell(Actor):
    """A cell: the agent that attacks."""

    kind = "cell"
    last_attack = _Own("s", "last_attack", "Number of the day of its last attack.")
    today = _Own("w", "decision", "What it does today (`militia.NOTHING` and others).")

    def __init__(self, model: World, faction: FactionAgent, region: int, agent: int) -> None:
        super().__init__(model)
        self.faction = faction
        self.region = region
        self.agent = agent
        self.take_place(
            model.next_place("cell"),
            {
                "last_attack": LONG_AGO,
                "cell_faction": faction.number,
                "cell_region": region,
                "cell_agent": agent,
            },
        )


class SiteAgent(Actor):
    """A foreign site: people by mission, protection, open or handed over."""

    kind = "site"
    hardening = _Own("s", "hardening", "Protection, 0 to 1.")
    attacks_today = _Own("w", "attacks_on", "Attacks on it today.")
    is_open = _Own("w", "is_open", "1 while foreigners hold it, else 0.")
    soldiers = _Own("w", "soldiers", "US and coalition soldiers there.")
    nato_people = _Own("w", "nato_people", "NATO's people there.")
    people = _Own("w", "people", "All foreigners there.")
    fading = _Own("w", "fading", "How much of a target it still is.")
    pull = _Own("w", "site_pull", "Its weight as a target.")

    def __init__(self, model: World, number: int, row: Site) -> None:
        super().__init__(model)
        self.row = row
        nato = {"main": NATO_MAIN, "second": NATO_SECOND}
        self.take_place(
            number,
            {
                "hardening": row.hardening,
                "site_diplomatic": int(row.kind == "diplomatic"),
                "site_region": row.region,
                "site_in_capital": int(row.region == cast().capital),
                "site_symbol": row.symbol,
                "site_share": row.share,
                "site_staff": row.staff,
                "site_nato": nato.get(row.nato or "", 0),
            },
        )


class UnitedStates(Actor):
    """The US administration: soldiers by role, hold-back, budget, support at home."""

    kind = "us"
    combat = _Own("w", "combat", "Combat soldiers.")
    advisers = _Own("w", "advisers", "Advisers.")
    coalition = _Own("w", "coalition", "Other coalition soldiers.")
    leaving = _Own("w", "leaving", "Share who are seen to leave.")
    factor = _Own("s", "posture_factor", "Share of the planned soldiers who are there.")
    goal = _Own("s", "posture_goal", "Share to keep.")
    support = _Own("s", "us_support", "Support at home, in points of 100.")
    dead = _Own("s", "us_dead", "US dead so far.")
    hold = _Own("s", "hold", "Memory of the last strike.")
    budget = _Own("s", "strike_budget", "Strikes still allowed.")
    lost_support = _Own("w", "lost_support", "Points that today's strike costs.")
    weighed = _Own("w", "weighed", "Demand weighed today.")

    @property
    def soldiers(self) -> float:
        """US soldiers in the country."""
        return float(self.combat + self.advisers)


class NatoMission(Actor):
    """The NATO mission: personnel and resolve."""

    kind = "nato"
    personnel = _Own("s", "nato", "Personnel.")
    resolve = _Own("s", "nato_resolve", "Resolve, 0 to 1.")


class Government(Actor):
    """The Iraqi government: authority, pressure, the request to leave."""

    kind = "government"
    authority = _Own("s", "authority", "Authority, 0 to 1.")
    pressure = _Own("s", "pressure", "Pressure to expel foreign troops, 0 to 1.")
    request = _Own("s", "request", "Where the request to leave stands.")
    last_vote = _Own("s", "last_vote", "Number of the day of the last vote.")
    influence = _Own("s", "influence", "Iranian influence, 0 to 1.")
    prime_minister = _Own("s", "prime_minister", "-1 a friend of the militias, 1 hostile to them.")
    formation_days = _Own("s", "formation_days", "Days until a government is formed.")


class Bloc(Actor):
    """A parliamentary bloc: its stance on foreign troops."""

    kind = "bloc"
    stance = _Own("s", "stance", "Probability of voting against foreign troops.")

    def __init__(self, model: World, number: int, row: BlocRow) -> None:
        super().__init__(model)
        self.row = row
        self.take_place(
            number,
            {
                "stance": row.stance,
                "seats": row.seats,
                "usual_stance": row.stance,
                "accommodating": row.accommodating,
            },
        )


class IraqiForces(Actor):
    """The Iraqi security forces: capacity."""

    kind = "forces"
    capacity = _Own("s", "capacity", "Capacity, 0 to 1.")


class ProvinceGroup(Actor):
    """DAESH in one province: strength."""

    kind = "province"
    strength = _Own("s", "daesh", "Strength, 1 at the start.")

    def __init__(self, model: World, row: Province) -> None:
        super().__init__(model)
        self.row = row
        self.take_place(
            model.next_place("province"),
            {
                "daesh": 1.0,
                "province_weight": row.weight,
                "province_minority": row.minority,
                "province_pace": row.pace,
            },
        )


class Patron(Actor):
    """The patron (Iran) and what is agreed with its side: spells of quiet, truces."""

    kind = "patron"
    order_days = _Own("s", "order_days", "Days that a spell of quiet still lasts.")
    campaign_days = _Own("s", "campaign_days", "Days that a spell of violence still lasts.")
    leak = _Own("s", "leak", "How far this quiet leaks, against the mean; below 0 without one.")
    truce_on = _Own("s", "truce_on", "1 under a truce for a promise, else 0.")
    truce_days = _Own("s", "truce_days", "Days until its date or its breach.")
    truce_belief = _Own("s", "truce_belief", "Days that it is still believed while unkept.")


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

_INDEX_LISTS = {
    "faction": "factions",
    "cell": "cells",
    "site": "sites",
    "bloc": "blocs",
    "province": "provinces",
}


def _last_day(row: int, world: World) -> float:
    return world.daily[-1][row] if world.daily else float("nan")


_PLAYS = ("plays", "seed", "replication", "structure", "motive", "uncertainty", "history")
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
    faults = [
        unknown("parameter", k, [*_PLAYS, *declared.names()])
        for k in said
        if k not in declared.names()
    ]
    if faults:
        raise InputError(faults)
    return found | {"parameters": said}


def check_agents(agents: Mapping[str, type[Actor]] | None) -> dict[str, type[Actor]]:
    """Return the agent classes of a world, with those that replace the usual ones.

    Raises:
        InputError: For a kind of agent that there is not, or a class of another kind.
    """
    if agents is not None and not isinstance(agents, Mapping):
        raise InputError(f"agents must be classes by kind, got {agents!r}"[:200])
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

    ``drawdown watch`` tells the ensemble's worlds, whose parameters are drawn: it plays
    ``World(name, seed=0, replication=0, uncertainty="posterior", motive="presence")``.

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
        rules: Rules of one's own that replace the model's: a file, or from `day.rulebook.load`.
        motive: Why the militias attack: one of `columns.MOTIVES`, or ``all``: drawn. Without one
            it is *presence*, the article's own reading, or drawn with the other parameters.

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
        rules: rulebook.RuleBook | str | Path | None = None,
        motive: str | None = None,
    ) -> None:
        mesas = scenario if _is_mesas(scenario) else None
        if mesas is not None:
            said = _of_mesas(scenario)
            scenario = said.get("plays", "combat-to-advisory")
            seed, replication = said.get("seed", seed), said.get("replication", replication)
            structure = said.get("structure", structure)
            uncertainty = said.get("uncertainty", uncertainty)
            history = said.get("history", history)
            motive = said.get("motive", motive)
            parameters = dict(parameters or {}) | said["parameters"]
        self.plays = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
        if seed is None:
            seed = secrets.randbits(48) if replication is None else 0
        self.seed = declared.whole_number(seed, "seed", 0, LARGEST_SEED)
        replication = declared.whole_number(
            0 if replication is None else replication, "replication", 0, 2**62
        )
        self.structure = declared.check_structure(structure)
        with rulebook.using(rules) as played:
            nature = declared.draw(
                [replication],
                seed=self.seed,
                structure=self.structure,
                uncertainty=uncertainty,
                chosen=declared.chosen_with(parameters, motive),
            )[:, 0]
            self._begin(nature, self.seed, replication, agents, mesas, played)
        if declared.truth(history, "history") and self.plays.history is not None:
            self._live_through(Scenario.load(self.plays.history))
        else:
            self.import_state(self.cold_state(self._chosen(self.plays)))
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
        rules: rulebook.RuleBook | None = None,
    ) -> None:
        if mesas is None:
            super().__init__(rng=seed & 0x7FFFFFFF)
        else:
            super().__init__(scenario=mesas)
        self.seed = seed
        self.replication = replication
        self.run_key = luck.run_key(seed, replication)
        self.day_key = 0
        self.rules = rules if rules is not None else rulebook.current()
        self._nature = nature
        self._names = (*PARAMETERS, *self.rules.numbers)
        self.happenings: list[Happening] = []
        self.daily: list[list[float]] = []
        self.datacollector = None
        self.s, self.w, self.out = Columns(), Columns(), Columns()
        self.p, self.derived, self.day = Columns(), Columns(), Columns()
        self.actors = Columns()
        self.bound: dict[tuple[str, str], list[tuple[Callable[..., None], tuple[str, ...]]]] = {}
        self.policy = Columns()
        self.noted: list[list[float]] = []
        self.w.fill(_laid_out(WORK_GROUPS))
        self.actors.fill(
            {name: list(column) for name, column in actor_tables().items()}
            | {name: [] for name in _INDEX_LISTS.values()}
            | {name: list(column) for name, column in plan.reference_tables().items()}
        )
        self.import_state(first_state(nature[:, None])[:, 0])
        self.before: list[list[float]] = []
        self._people(check_agents(agents))
        self._use(nature)

    def _use(self, values: Floats) -> None:
        self.p.fill(dict(zip(self._names, (float(v) for v in values), strict=True)))
        self.derived.fill(_laid_out(DERIVED_GROUPS))
        whole = Columns()
        tables: dict[str, Any] = dict(actor_tables())
        whole.fill(
            tables
            | {name: range(len(self._first[kind])) for kind, name in _INDEX_LISTS.items()}
            | plan.reference_tables()
        )
        work_out = self.rules.steps["work_out"]
        with self.rules.faults():
            work_out(self.p, self.derived, whole)

    def _people(self, kinds: dict[str, Any]) -> None:
        people = cast()
        self._there: dict[str, list[Any]] = {kind: [] for kind in AGENT_CLASSES}
        self._seats = dict.fromkeys(COLUMNS_OF, 0)
        self._setting_up = True
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
        self._setting_up = False
        # The state has a place for each of these, whoever of them is still there.
        self._first = {kind: tuple(agents) for kind, agents in self._there.items()}

    def next_place(self, kind: str) -> int:
        """Return the first place in the columns that nobody of this kind has had."""
        return self._seats[kind]

    def seat(self, kind: str, number: int, begins: Mapping[str, Any]) -> None:
        """Give an agent a place in the columns; who joins later finds these numbers there."""
        self._seats[kind] = max(self._seats[kind], number + 1)
        here: list[int] = getattr(self.actors, _INDEX_LISTS[kind])
        if number not in here:
            here.append(number)
        if self._setting_up:
            return
        for columns in (self.s, self.w, self.actors):
            for name in COLUMNS_OF[kind]:
                if name not in columns.__dict__:
                    continue
                column = columns.__dict__[name]
                while len(column) <= number:
                    column.append([0.0] * REGIONS if name in BY_REGION else 0.0)
                if name in begins:
                    column[number] = begins[name]

    def register_agent(self, agent: mesa.Agent) -> None:
        """Take an agent in; from now on it lives its kind's part of the day."""
        super().register_agent(agent)
        for kind, base in AGENT_CLASSES.items():
            if isinstance(agent, base):
                self._there[kind].append(agent)

    def deregister_agent(self, agent: mesa.Agent) -> None:
        """Let an agent go; no day is lived by it any more."""
        super().deregister_agent(agent)
        for kind, agents in self._there.items():
            if agent in agents:
                agents.remove(agent)
                if kind in _INDEX_LISTS and all(a.number != agent.number for a in agents):
                    getattr(self.actors, _INDEX_LISTS[kind]).remove(agent.number)

    def _chosen(self, scenario: Scenario) -> Floats:
        """Return the parameters with what a scenario chooses from its first day on."""
        values = self._nature.copy()
        for name, choice in scenario.world.items():
            row = self._names.index(name)
            values[row : row + 1] = choice.apply(name, values[row : row + 1])
        return values

    def _enter(self, scenario: Scenario) -> None:
        self._use(self._chosen(scenario))
        self._follow(plan.build(scenario), scenario.start, policy.table(scenario))

    def _follow(self, days: Floats, first: date, terms: Floats) -> None:
        self.policy.fill(policy.columns(terms))
        self._many = {
            "r": REGIONS,
            "i": int(self.policy.conditions),
            "t": int(self.policy.tests),
            "v": LEVERS,
        }
        state = self.export_state()[:, None]
        policy.begin(state, terms, np.array(self.noted, np.float32).reshape(-1, len(COUNTED), 1))
        self.import_state(state[:, 0])
        number = first.toordinal()
        self._plan = [
            dict(zip(PLAN, row, strict=True)) | {"open": row[C.open :], "day": float(number + i)}
            for i, row in enumerate(days.tolist())
        ]
        self._next = 0
        self.today = first - timedelta(days=1)
        self.happenings = []
        self.daily = []

    def _live_through(self, history: Scenario) -> None:
        self._enter(history)
        while self.today + timedelta(days=1) < self.plays.start:
            with self.rules.faults():
                self._one_day()

    def branch(self, scenario: Scenario | str | Path) -> None:
        """Go on under another scenario from tomorrow; what has happened stays.

        Conditions of the other scenario begin anew tomorrow, and look back on these days.

        Args:
            scenario: The other scenario, or the path or name of one; tomorrow is one of its days.

        Raises:
            InputError: If it is none, has not begun by tomorrow, or is over by then.
        """
        other = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
        happenings, daily, tomorrow = self.happenings, self.daily, self.today + timedelta(days=1)
        if not other.start <= tomorrow <= other.end:
            raise InputError(
                f"branch: {other.name} lasts from {other.start} to {other.end}, and tomorrow is "
                f"{tomorrow}"
            )
        self.plays = other
        self._enter(other)
        self.happenings, self.daily = happenings, daily
        self._next = (tomorrow - other.start).days
        self.today = tomorrow - timedelta(days=1)
        self.running = True

    # --- a day ---------------------------------------------------------------------------

    def step(self) -> None:
        """Live one day; after the scenario's last day `running` is False.

        Raises:
            InputError: If a rule of one's own stops in Python, by file and line.
        """
        if self._next < len(self._plan):
            with self.rules.faults():
                self._one_day()
            if self.datacollector is not None:
                self.datacollector.collect(self)
        self.running = self._next < len(self._plan)

    def _one_day(self) -> None:
        self.day.fill(self._plan[self._next])
        self._next += 1
        self.today += timedelta(days=1)
        self.day_key = luck.day_key(self.run_key, self.today.toordinal())
        self.out.fill(dict.fromkeys(OUTCOMES, 0.0))
        for phase in steps.DAY:
            for part in phase.parts:
                if part.when and not getattr(self.w, part.when) > 0.0:
                    continue
                if part.days == "conditions" and not self._many["i"]:
                    continue
                if part.kind not in AGENT_CLASSES:
                    bound = self.bound.get((part.kind, part.method))
                    for step, indices in bound or self.bind(part.kind, part.method):
                        for counted in product(*(range(self._many[n]) for n in indices)):
                            step(*counted)
                else:
                    self._each(self._there[part.kind], part.method)
        self.daily.append([float(getattr(self.out, name)) for name in OUTCOMES])
        self.noted.append(list(self.w.counted))

    def _each(self, agents: list[Any], method: str) -> None:
        for agent in tuple(agents):
            getattr(agent, method)()

    def bind(self, kind: str, method: str) -> list[tuple[Callable[..., None], tuple[str, ...]]]:
        """Return the steps of one method of the day with what they name, for this world."""
        bound = [self._bind(name) for name in _STEPS_OF[kind, method]]
        self.bound[kind, method] = bound
        return bound

    def _bind(self, name: str) -> tuple[Callable[..., None], tuple[str, ...]]:
        """Return a step with what it names, and what it counts."""
        step = self.rules.steps[name]
        columns = {
            "s": self.s,
            "p": self.p,
            "d": self.derived,
            "w": self.w,
            "row": self.day,
            "policy": self.policy,
            "ago": self._ago,
            "out": self.out,
            "actors": self.actors,
            "draw": self._draw,
            "tell": self.tell,
        }
        names = step.__code__.co_varnames[: step.__code__.co_argcount]
        given = [columns[n] for n in names if n not in _INDICES]
        return partial(step, *given), tuple(n for n in names if n in _INDICES)

    def _ago(self, sight: int, days: int) -> float:
        return self.noted[-days][sight] if days <= len(self.noted) else 0.0

    def _draw(self, agent: int, decision: int) -> float:
        return luck.uniform(self.day_key, agent, decision)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is bound anew when it is wanted."""
        return {**self.__dict__, "bound": {}}

    # --- what others ask of the world ----------------------------------------------------

    @property
    def day_number(self) -> float:
        """Number of today (``date.toordinal()``)."""
        return float(self.today.toordinal())

    @property
    def ordered(self) -> bool:
        """Whether an order of restraint of the patron's stood today."""
        return bool(self.w.ordered > 0.0)

    @property
    def pull(self) -> list[float]:
        """Pull of each region today: the response, as far as places are open."""
        found: list[float] = self.w.pull
        return found

    def faction(self, number: int) -> FactionAgent:
        """Return a faction by its number, also one that was removed."""
        found: FactionAgent = self._first["faction"][number]
        return found

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
        found: Floats = first_state(nature[:, None])[:, 0]
        return found

    @classmethod
    def from_state(
        cls,
        state: Floats,
        nature: Floats,
        seed: int,
        replication: int,
        days: Floats,
        first: date,
        rules: rulebook.RuleBook | None = None,
        terms: Floats | None = None,
        noted: NDArray[np.float32] | None = None,
    ) -> World:
        """Return a world that stands in an exported state before the first day of a plan.

        Args:
            state: From `export_state`, or a lane of the ensemble engine.
            nature: Parameters in the order of `columns.PARAMETERS`.
            seed: The ensemble's seed.
            replication: Which of its worlds.
            days: A plan from `drawdown.day.plan.build`.
            first: Its first day.
            rules: The rules to play by; by default those that are played by now.
            terms: The scenario's conditions, from `policy.table`; none without.
            noted: What was counted on the days before, shape (days, `columns.COUNTED`).
        """
        world = cls.__new__(cls)
        world._begin(nature, seed, replication, rules=rules)
        world.import_state(state)
        world.noted = [] if noted is None else noted.astype(np.float64).tolist()
        world._follow(days, first, policy.NONE if terms is None else terms)
        return world

    def export_state(self) -> Floats:
        """Return the whole state as one vector in the order of `columns.STATE_GROUPS`."""
        state = np.empty(STATES)
        for name, length in STATE_GROUPS:
            start, column = STATE_STARTS[name], getattr(self.s, name)
            state[start : start + length] = column[:length] if name in _MANY else column
        return state

    def import_state(self, state: Floats) -> None:
        """Put every agent into the state of a vector from `export_state`."""
        values: dict[str, Any] = {}
        for name, length in STATE_GROUPS:
            column = state[STATE_STARTS[name] : STATE_STARTS[name] + length].tolist()
            if name in _MANY:
                values[name] = column + self.s.__dict__.get(name, [])[length:]
            else:
                values[name] = column[0]
        self.s.fill(values)

    def outcomes(self) -> Floats:
        """Return what was recorded so far, shape (days, outcomes of `columns.OUTCOMES`)."""
        return np.array(self.daily, dtype=np.float64).reshape(-1, len(OUTCOMES))

    def run(self, days: int | None = None, each: Callable[[World], None] | None = None) -> World:
        """Step to the end, or for some days.

        Args:
            days: How many days, or None for all that are left.
            each: Called with the world after every day.

        Returns:
            The world itself.

        Raises:
            InputError: If the number of days is none.
        """
        left = len(self._plan)
        if days is not None:
            left = declared.whole_number(days, "days", 0, 10**6)
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
