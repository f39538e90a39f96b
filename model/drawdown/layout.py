"""Where each quantity stands: the columns of parameters, state, plan and outcomes.

Both engines and the result files use these orders. ``P.attack_rate`` is the row of a
parameter, ``S.authority`` of a state, ``C.policing`` of a lever in a scenario's plan,
``O.authority`` of a daily outcome. They are modules because the compiler reads a module's
numbers as constants.
"""

from types import ModuleType
from typing import Any

from drawdown import seeds
from drawdown.actors import cast

STRUCTURES = ("deter", "neutral", "provoke")
"""The three rival structures of what a strike does (SF8)."""

PARAMETERS: tuple[str, ...] = tuple(seeds.load("parameters"))

_cast = cast()
FACTIONS = len(_cast.factions)
CELLS = len(_cast.cell_faction)
SITES = len(_cast.sites)
BLOCS = len(_cast.blocs)
PROVINCES = len(_cast.provinces)
REGIONS = len(_cast.regions)
SEVERITY_LENGTH = 50
"""Most that one incident kills."""

STATE_GROUPS: tuple[tuple[str, int], ...] = (
    ("rejection", FACTIONS),
    ("grievance", FACTIONS),
    ("caution", FACTIONS),
    ("excitation", FACTIONS),
    ("demand", FACTIONS),
    ("cum_attacks_faction", FACTIONS),
    ("hardening", SITES),
    ("cum_attacks_site", SITES),
    ("stance", BLOCS),
    ("daesh", PROVINCES),
    ("last_attack", CELLS),
    ("nato", 1),
    ("nato_resolve", 1),
    ("us_support", 1),
    ("us_dead", 1),
    ("posture_factor", 1),
    ("posture_goal", 1),
    ("request", 1),
    ("hold", 1),
    ("strike_budget", 1),
    ("authority", 1),
    ("pressure", 1),
    ("last_vote", 1),
    ("capacity", 1),
    ("influence", 1),
    ("order_days", 1),
    ("campaign_days", 1),
)
"""State of one world: name and length of each part."""

OUTCOMES: tuple[str, ...] = (
    "attacks_foreign",
    "attacks_diplomatic",
    "attacks_drone",
    "attacks_state",
    "reported_press",
    "reported_official",
    "dead_us",
    "dead_coalition",
    "dead_iraqi",
    "wounded_us",
    "wounded_coalition",
    "wounded_iraqi",
    "strikes",
    "strike_cost",
    "us_combat",
    "us_advisers",
    "coalition",
    "nato",
    "quiet",
    "authority",
    "pressure",
    "us_support",
    "isf_capacity",
    "daesh_index",
    "iranian_influence",
    "minority_exposure",
)
"""What is recorded each day, in this order."""

FLOWS = OUTCOMES[: OUTCOMES.index("us_combat")]
"""Outcomes that are counted within a day; the others are levels."""

PLAN: tuple[str, ...] = (
    "combat",
    "advisers",
    "advisers_residual",
    "coalition",
    "announced",
    "announced_residual",
    "announced_later",
    "announced_later_residual",
    "nato_target",
    "nato_second_base",
    "nato_suspended",
    "policing",
    "doctrine",
    "strike_budget",
    "decided",
    "comply",
    "us_honours",
    "round_ahead",
    "dialogue",
    "election",
    "new_government",
    "concession",
    "broken_deadline",
    "doubt",
    "truce",
    "order",
    "campaign",
    "vote",
    "strike_on",
    "strike_leader",
    "drone_phase",
    *(f"open_{site.name}" for site in _cast.sites),
)
"""A scenario's plan for each day: levers and dated events, the same in every replication."""

EVENT_FIELDS = ("day", "kind", "who", "where", "amount", "drone", "dead", "wounded")
"""One row of the event log, as integers."""

ATTACK_FOREIGN, ATTACK_STATE, STRIKE, VOTE, ORDER_BEGINS, REVIEW, EXPULSION, CAMPAIGN_BEGINS = (
    range(1, 9)
)
"""Kinds of events."""


def _index(names: dict[str, int]) -> Any:
    module = ModuleType("index")
    for name, row in names.items():
        setattr(module, name, row)
    return module


def _state_starts() -> dict[str, int]:
    starts, row = {}, 0
    for name, length in STATE_GROUPS:
        starts[name] = row
        row += length
    return starts


STATE_STARTS = _state_starts()
STATES = sum(length for _, length in STATE_GROUPS)

P: Any = _index({name: row for row, name in enumerate(PARAMETERS)})
S: Any = _index(STATE_STARTS)
C: Any = _index(
    {name: row for row, name in enumerate(PLAN)} | {"open": PLAN.index("open_us_embassy")}
)
O: Any = _index({name: row for row, name in enumerate(OUTCOMES)})


def state_names() -> list[str]:
    """Return a name for each row of the state, for exports and failure messages."""
    return [
        name if length == 1 else f"{name}[{i}]"
        for name, length in STATE_GROUPS
        for i in range(length)
    ]


def _work() -> dict[str, int]:
    groups = (
        ("combat", 1),
        ("advisers", 1),
        ("coalition", 1),
        ("leaving", 1),
        ("quiet", 1),
        ("campaign", 1),
        ("feared", 1),
        ("response", 1),
        ("police", 1),
        ("holding", 1),
        ("soldiers", SITES),
        ("nato_at", 3),
        ("people", SITES),
        ("fading", SITES),
        ("pull", REGIONS),
        ("site_pull", SITES),
        ("foreign", FACTIONS * REGIONS),
        ("total", FACTIONS * REGIONS),
        ("attacks_by", FACTIONS),
        ("raised", FACTIONS),
        ("attacks_on", SITES),
        ("nato_hits", 1),
        ("struck", 1),
        ("struck_group", 1),
        ("wrong", 1),
        ("leader", 1),
        ("lost_support", 1),
        ("chance", 1),
        ("enabling", 1),
        ("capacity_before", 1),
        ("flow", len(FLOWS)),
    )
    starts, row = {}, 0
    for name, length in groups:
        starts[name] = row
        row += length
    return starts | {"rows": row}


W: Any = _index(_work())
"""What is worked out anew each day, in the ensemble engine."""

DERIVED_GROUPS = (
    ("tempo", 1),
    ("dose", 1),
    ("strike_fading", 1),
    ("hold_fading", 1),
    ("visible_reference", 1),
    ("trainers_reference", 1),
    ("north_reference", 1),
    ("opportunity_scale", REGIONS),
    ("severity", SEVERITY_LENGTH),
)
"""What is worked out once a run from its parameters: name and length of each part."""


def _derived() -> dict[str, int]:
    starts, row = {}, 0
    for name, length in DERIVED_GROUPS:
        starts[name] = row
        row += length
    return starts | {"rows": row}


D: Any = _index(_derived())

LEAVING_HORIZON = float(_cast.calendar["leaving_horizon"])
MAIN_BASE = next(i for i, site in enumerate(_cast.sites) if site.nato == "main")
SECOND_BASE = next(i for i, site in enumerate(_cast.sites) if site.nato == "second")
BAGHDAD = _cast.regions.index("baghdad")
COMMITTEE_FACTIONS = sum(f.obeys for f in _cast.factions)
COMMITTEE_WEIGHT = _cast.committee_weight
FACADE = _cast.index("factions", "facade_groups")
FACADE_WEIGHT = _cast.factions[FACADE].cells * _cast.factions[FACADE].rejection
BAND_WINDOW = 30
"""Days that a band of counts looks back."""

TAIL = BAND_WINDOW - 1
"""Days of history that bands of counts look back on."""

LONG_AGO = -1_000_000.0
"""Day number of an attack or vote that never happened."""
