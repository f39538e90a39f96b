"""Where each quantity stands: the columns of parameters, state, plan and outcomes.

Both engines and the result files use these orders. ``P.attack_rate`` is the row of a
parameter, ``S.authority`` of a state, ``C.policing`` of a lever in a scenario's plan,
``O.authority`` of a daily outcome. They are modules because the compiler reads a module's
numbers as constants.
"""

from types import ModuleType
from typing import Any

from drawdown.declared import data_files
from drawdown.declared.actors import cast
from drawdown.declared.lever_table import MOVED_BY_CONDITIONS, POLICY_LEVERS, STEPPED

STRUCTURES = ("deter", "neutral", "provoke")
"""The three rival structures of what a strike does (SF8)."""

MOTIVES = ("presence", "patron", "domestic", "rivalry", "conjunction")
"""The five rival readings of why the militias attack foreigners (`drawdown.rules.motives`)."""

PARAMETERS: tuple[str, ...] = tuple(data_files.load("parameters"))

_cast = cast()
FACTIONS = len(_cast.factions)
CELLS = len(_cast.cell_faction)
SITES = len(_cast.sites)
BLOCS = len(_cast.blocs)
PROVINCES = len(_cast.provinces)
REGIONS = len(_cast.regions)
SEVERITY_LENGTH = 50
"""Most that one incident kills."""

RECORD_MONTHS = 19
"""Months of the record, January 2020 to July 2021, over which every motive has one tempo."""

CONDITIONS = 12
"""Most conditions of one policy."""

TESTS = 48
"""Most tests of all its conditions together."""

PARTS_OF_CONDITION = ("when", "halt", "resume", "until")
WHEN, HALT, RESUME, UNTIL = range(len(PARTS_OF_CONDITION))

MOVED_LEVERS = tuple(
    name
    for lever in POLICY_LEVERS
    if lever.name in MOVED_BY_CONDITIONS
    for name in (*lever.columns, lever.word)
    if name is not None
)
"""Levers as a day knows them: what the calendar and conditions move. ``residual`` is the weight of
the unannounced level of advisers."""

COMBAT = MOVED_LEVERS.index("combat")
ADVISERS = MOVED_LEVERS.index("advisers")
RESIDUAL_WEIGHT = MOVED_LEVERS.index("residual")
COALITION = MOVED_LEVERS.index("coalition")
NATO_TARGET = MOVED_LEVERS.index("nato_target")
DOCTRINE = MOVED_LEVERS.index("doctrine")
STRIKE_BUDGET = MOVED_LEVERS.index("strike_budget")
POLICING = MOVED_LEVERS.index("policing")
COMPLY = MOVED_LEVERS.index("comply")
LEVERS = len(MOVED_LEVERS)
SOLDIERS = COALITION + 1
assert {COMBAT, ADVISERS, RESIDUAL_WEIGHT, COALITION} == set(range(SOLDIERS))
"""The first levers are soldiers, who move along lines and whose departure is seen ahead."""

COUNTED = (
    "press_all",
    "official_all",
    "press_diplomats",
    "official_diplomats",
    "press_bases",
    "official_bases",
    "press_state",
    "dead_us",
    "dead_coalition",
    "dead_allied",
    "strikes",
)
"""What conditions count over days, written down every day."""

LEVELS = (
    "pressure",
    "authority",
    "support",
    "daesh",
    "nato",
    "request",
    "truce",
    "date",
    "us_soldiers",
    "coalition",
)
"""What conditions read as it stands in the morning."""

STATES_HELD: tuple[tuple[str, int, str], ...] = (
    ("rejection", FACTIONS, "faction"),
    ("grievance", FACTIONS, "faction"),
    ("caution", FACTIONS, "faction"),
    ("excitation", FACTIONS, "faction"),
    ("demand", FACTIONS, "faction"),
    ("heard", FACTIONS, "faction"),
    ("hardening", SITES, "site"),
    ("stance", BLOCS, "parliamentary bloc"),
    ("daesh", PROVINCES, "DAESH province group"),
    ("last_attack", CELLS, "cell"),
    ("nato", 1, "NATO mission"),
    ("nato_resolve", 1, "NATO mission"),
    ("us_support", 1, "United States"),
    ("us_dead", 1, "United States"),
    ("posture_factor", 1, "United States"),
    ("posture_goal", 1, "United States"),
    ("request", 1, "Iraqi government"),
    ("hold", 1, "United States"),
    ("strike_budget", 1, "United States"),
    ("authority", 1, "Iraqi government"),
    ("pressure", 1, "Iraqi government"),
    ("last_vote", 1, "Iraqi government"),
    ("capacity", 1, "Iraqi security forces"),
    ("influence", 1, "Iraqi government"),
    ("order_days", 1, "patron"),
    ("campaign_days", 1, "patron"),
    ("leak", 1, "patron"),
    ("dated_leak", 1, "patron"),
    ("order_refused", 1, "patron"),
    ("order_given_on", 1, "patron"),
    ("truce_on", 1, "patron"),
    ("truce_days", 1, "patron"),
    ("truce_breach", 1, "patron"),
    ("truce_belief", 1, "patron"),
    ("truce_age", 1, "patron"),
    ("truce_term", 1, "patron"),
    ("truce_combat", 1, "patron"),
    ("truce_soldiers", 1, "patron"),
    ("formation_days", 1, "Iraqi government"),
    ("prime_minister", 1, "Iraqi government"),
    ("seen", TESTS, "policy"),
    ("held", CONDITIONS, "policy"),
    ("mode", CONDITIONS, "policy"),
    ("moved", CONDITIONS, "policy"),
    ("times", CONDITIONS, "policy"),
    ("first_met", CONDITIONS, "policy"),
    ("led_until", 1, "policy"),
    ("lever_owner", LEVERS, "policy"),
    ("lever_from", LEVERS, "policy"),
    ("lever_to", LEVERS, "policy"),
    ("talks_days", 1, "policy"),
    ("opening_days", 1, "policy"),
    ("concession_days", 1, "policy"),
    ("us_soldiers", 1, "United States"),
    ("coalition", 1, "United States"),
)
"""State of one world: name and length of each part, and which agent holds it."""

STATE_GROUPS = tuple((name, length) for name, length, _ in STATES_HELD)

OUTCOMES: tuple[str, ...] = tuple(data_files.load("outcomes")["daily"])
"""What is recorded each day, in this order."""

FLOWS = OUTCOMES[: OUTCOMES.index("us_combat")]
"""Outcomes that are counted within a day; the others are levels."""

_PLANNED = (
    "combat",
    "combat_residual",
    "advisers",
    "advisers_residual",
    "coalition",
    "announced_combat",
    "announced_advisers",
    "announced_residual",
    "announced_coalition",
    "later_combat",
    "later_advisers",
    "later_residual",
    "later_coalition",
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
    "spell_days",
    "spell_anew",
    "us_iran",
    "prime_minister",
    "prime_minister_next",
    "formation",
    "opening",
    "after_concession",
    "promise_days",
    "vote",
    "strike_on",
    "strike_leader",
    "drone_phase",
)
PLAN: tuple[str, ...] = (
    *_PLANNED,
    *(name for lever in STEPPED for name in lever.columns if name not in _PLANNED),
    *(f"open_{site.name}" for site in _cast.sites),
)
"""A scenario's plan for each day: levers and dated events, the same in every replication."""

EVENT_FIELDS = ("day", "kind", "who", "where", "amount", "drone", "dead", "wounded")
"""One row of the event log, as integers."""

ATTACK_FOREIGN, ATTACK_STATE, STRIKE, VOTE, ORDER_BEGINS, REVIEW, EXPULSION, CAMPAIGN_BEGINS = (
    range(1, 9)
)
TRUCE_OPENS, TRUCE_ENDS, GOVERNMENT_FORMS, CONDITION = range(9, 13)
"""Kinds of events."""

VOTE_HELD, VOTE_PASSES = 1.0, 2.0
"""In the plan's ``vote``: one is held, or its result is given too."""


def starts(groups: tuple[tuple[str, int], ...]) -> dict[str, int]:
    """Return where each part of a group of columns begins."""
    found, row = {}, 0
    for name, length in groups:
        found[name] = row
        row += length
    return found


def _index(names: dict[str, int]) -> Any:
    module = ModuleType("index")
    for name, row in names.items():
        setattr(module, name, row)
    return module


STATE_STARTS = starts(STATE_GROUPS)
STATES = sum(length for _, length in STATE_GROUPS)

P: Any = _index({name: row for row, name in enumerate(PARAMETERS)})
S: Any = _index(STATE_STARTS)
C: Any = _index(
    {name: row for row, name in enumerate(PLAN)}
    | {"open": PLAN.index(f"open_{_cast.sites[0].name}")}
)
O: Any = _index({name: row for row, name in enumerate(OUTCOMES)})


def state_names() -> list[str]:
    """Return a name for each row of the state, for exports and failure messages."""
    return [
        name if length == 1 else f"{name}[{i}]"
        for name, length in STATE_GROUPS
        for i in range(length)
    ]


BY_REGION = ("foreign", "total")
"""Numbers of a faction for each region."""

WORK_OF: dict[str, tuple[str, ...]] = {
    "site": ("is_open", "soldiers", "nato_people", "people", "fading", "site_pull", "attacks_on"),
    "faction": (
        *("motive", "restraint", "excited", "standing", "attacks_by", "raised"),
        "outbid",
        *BY_REGION,
    ),
    "cell": ("decision",),
}
"""Numbers worked out anew each day for each actor of a kind."""

WORK_GROUPS: tuple[tuple[str, int], ...] = (
    *(
        (name, 1)
        for name in (
            "quiet",
            "resting",
            "agreed",
            "commanded",
            "leak",
            "ordered",
            "campaign",
            "nato_hits",
            "open_share",
            "open_capital",
            "main_open",
            "second_open",
            "combat",
            "advisers",
            "coalition",
            "leaving",
            "nato_main",
            "response",
            "police",
            "holding",
            "feared",
            "struck",
            "struck_group",
            "wrong",
            "leader",
            "lost_support",
            "weighed",
            "vote_called",
            "yes_seats",
            "reviewed",
            "capacity_before",
            "enabling",
            "order_given",
            "campaign_given",
            "truce_opened",
            "truce_ended",
            "mood",
            "state_mood",
            "forming",
            "formed",
            "concession",
            "promise_days",
            "after_concession",
            "opening",
            "dialogue",
            "round_ahead",
            "named_diplomats",
            "named_bases",
        )
    ),
    ("lever", LEVERS),
    ("announced", SOLDIERS),
    ("later", SOLDIERS),
    ("level", len(LEVELS)),
    ("counted", len(COUNTED)),
    ("satisfied", CONDITIONS * len(PARTS_OF_CONDITION)),
    ("owned", CONDITIONS),
    ("moved_before", CONDITIONS),
    ("fires", CONDITIONS),
    ("changes", CONDITIONS),
    ("turn", CONDITIONS),
    ("pull", REGIONS),
    *((name, SITES) for name in WORK_OF["site"]),
    *((name, FACTIONS) for name in WORK_OF["faction"] if name not in BY_REGION),
    *((name, FACTIONS * REGIONS) for name in BY_REGION),
    *((name, CELLS) for name in WORK_OF["cell"]),
)
"""What is worked out anew each day: name and length of each part."""

POLICY_GROUPS: tuple[tuple[str, int], ...] = (
    ("conditions", 1),
    ("tests", 1),
    ("sight", TESTS),
    ("days", TESTS),
    ("low", TESTS),
    ("high", TESTS),
    ("place", TESTS),
    ("needed", CONDITIONS * len(PARTS_OF_CONDITION)),
    ("lasting", CONDITIONS),
    ("over", CONDITIONS),
    ("once", CONDITIONS),
    ("many", CONDITIONS),
    ("concedes", CONDITIONS),
    ("promise", CONDITIONS),
    ("talks", CONDITIONS),
    ("moves", CONDITIONS * LEVERS),
    ("to", CONDITIONS * LEVERS),
)
"""The conditions of a scenario, the same in every replication (`drawdown.day.policy`)."""

DERIVED_GROUPS = (
    ("tempo", 1),
    ("follows", 1),
    ("washington", 1),
    ("deal", 1),
    ("bargains", 1),
    ("outbids", 1),
    ("apart", 1),
    ("left", 1),
    ("record_level", 1),
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


OPENING = float(_cast.calendar["opening"])
BEFORE_ROUND = float(_cast.calendar["before_round"])
LEAVING_HORIZON = float(_cast.calendar["leaving_horizon"])
COMMITTEE_FACTIONS = sum(f.obeys for f in _cast.factions)
COMMITTEE_WEIGHT = _cast.committee_weight
FACADE_WEIGHT = sum(f.cells * f.rejection for f in _cast.factions if f.facade)
BAND_WINDOW = 30
"""Days that a band of counts looks back."""

TAIL = BAND_WINDOW - 1
"""Days of history that bands of counts look back on."""

LONG_AGO = -1_000_000.0
"""Day number of an attack or vote that never happened."""
