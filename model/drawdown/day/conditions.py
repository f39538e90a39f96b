"""The part of a day in which conditions act: steps as in `drawdown.day.steps`.

In the morning each condition of a policy is tried on what was seen until the evening before. One
that is met takes its levers, moves them on their way, halts, resumes and gives them back. What
a condition wants stands in ``policy``, a table from `drawdown.day.policy`:

- a test ``t``: ``sight[t]`` of `columns.COUNTED`, or of `columns.LEVELS` beyond those;
  ``days[t]`` that it counts; ``low[t]`` and ``high[t]`` between which it holds; ``place[t]``, the
  clause of its condition that it belongs to;
- a condition ``i``: ``needed[4 * i + clause]`` tests for each clause (`columns.WHEN` and the
  others); ``over``, ``lasting``, ``once``, ``many``, ``concedes``, ``promise``, ``talks``;
- its levers ``v``: ``moves[LEVERS * i + v]`` (0 leaves it, 1 sets it, 2 steps it) and ``to``.
"""

# A step's arguments are bound by name to what plays it: columns there, objects here.
# mypy: allow-untyped-defs, allow-untyped-calls, disable-error-code="call-arg"

from drawdown.declared.columns import (
    BEFORE_ROUND,
    CONDITION,
    COUNTED,
    HALT,
    LEAVING_HORIZON,
    LEVERS,
    OPENING,
    RESUME,
    SOLDIERS,
    UNTIL,
    WHEN,
)
from drawdown.rules import conditions, politics, posture

NOBODY = NOWHERE = -1
COUNTS = len(COUNTED)


def arranged_goes_on(s, w):
    """Let a round that was arranged come nearer, and what was conceded be remembered."""
    if s.talks_days > 0.0:
        s.talks_days = s.talks_days - 1.0
        if s.talks_days > 0.0:
            w.round_ahead = 1.0
        else:
            w.dialogue = 1.0
            s.opening_days = OPENING
    if s.opening_days > 0.0:
        w.opening = 1.0
        s.opening_days = s.opening_days - 1.0
    if s.concession_days > 0.0:
        w.after_concession = 1.0
        s.concession_days = s.concession_days - 1.0


def levels_are_seen(s, p, w, row, actors):
    """Read in the morning what stood the evening before, for those who may see it."""
    index = 0.0
    for k in actors.provinces:
        index = index + actors.province_weight[k] * s.daesh[k]
    w.level[0] = s.pressure
    w.level[1] = s.authority
    w.level[2] = s.us_support
    w.level[3] = 100.0 * index
    w.level[4] = s.nato
    w.level[5] = 1.0 if s.request != politics.NO_REQUEST else 0.0
    w.level[6] = 1.0 if s.truce_on > 0.0 or w.agreed > 0.0 or w.commanded > 0.0 else 0.0
    w.level[7] = row.day
    w.level[8] = s.us_soldiers
    w.level[9] = s.coalition
    if s.us_soldiers < 0.0:
        # The first day of a run without history: those who stand there that morning.
        w.level[8] = posture.planned_soldiers(
            row.combat + row.advisers, row.combat_residual + row.advisers_residual
        )
        w.level[9] = row.coalition


def condition_begins(w, i):
    """Begin a condition's day with nothing seen and nothing done."""
    for part in range(4):
        w.satisfied[4 * i + part] = 0.0
    w.owned[i] = 0.0
    w.fires[i] = 0.0
    w.changes[i] = 0.0
    w.turn[i] = 0.0


def test_is_tried(s, w, policy, ago, t):
    """Try one test of a condition: what was counted over its days, or a level this morning."""
    sight = int(policy.sight[t])
    value = 0.0
    if sight < COUNTS:
        days = int(policy.days[t])
        s.seen[t] = s.seen[t] + ago(sight, 1) - ago(sight, days + 1)
        value = s.seen[t]
    else:
        value = w.level[sight - COUNTS]
    if conditions.holds(value, policy.low[t], policy.high[t]):
        place = int(policy.place[t])
        w.satisfied[place] = w.satisfied[place] + 1.0


def condition_counts_levers(s, w, i, v):
    """Count the levers that a condition holds."""
    if s.lever_owner[v] == i + 1.0:
        w.owned[i] = w.owned[i] + 1.0


def condition_weighs(s, w, policy, i):
    """Halt, resume, end or meet a condition, by the tests that hold this morning."""
    met = conditions.is_met(w.satisfied[4 * i + WHEN], policy.needed[4 * i + WHEN])
    halts = conditions.is_met(w.satisfied[4 * i + HALT], policy.needed[4 * i + HALT])
    resumes = conditions.is_met(w.satisfied[4 * i + RESUME], policy.needed[4 * i + RESUME])
    ends = conditions.is_met(w.satisfied[4 * i + UNTIL], policy.needed[4 * i + UNTIL])
    w.moved_before[i] = s.moved[i]
    if s.mode[i] > conditions.WAITING and s.mode[i] < conditions.SPENT and w.owned[i] == 0.0:
        # Another condition has taken all its levers.
        s.mode[i] = conditions.released(policy.once[i])
    if s.mode[i] == conditions.BACK:
        s.moved[i] = s.moved[i] + 1.0
        if s.moved[i] >= policy.over[i]:
            s.mode[i] = conditions.released(policy.once[i])
    elif s.mode[i] == conditions.HALTED and resumes and not halts:
        s.mode[i] = conditions.MOVING
        s.moved[i] = s.moved[i] + 1.0
        w.turn[i] = conditions.RESUMES
    elif s.mode[i] == conditions.MOVING:
        if halts:
            s.mode[i] = conditions.HALTED
            w.turn[i] = conditions.HALTS
        else:
            s.moved[i] = s.moved[i] + 1.0
    if s.mode[i] == conditions.MOVING and s.moved[i] >= policy.over[i]:
        s.mode[i] = conditions.STANDS
    if ends and s.mode[i] >= conditions.MOVING and s.mode[i] <= conditions.STANDS:
        w.turn[i] = conditions.ENDS
        s.mode[i] = conditions.BACK
        s.moved[i] = 0.0
        if policy.over[i] == 0.0:
            s.mode[i] = conditions.released(policy.once[i])
    s.held[i] = conditions.days_held(s.held[i], met)
    waits = conditions.may_be_met(s.mode[i], s.times[i], policy.once[i])
    if waits and not (halts or ends) and s.held[i] >= policy.lasting[i]:
        w.fires[i] = 1.0


def lever_is_led(s, w, policy, i, v):
    """Lead a lever that a condition holds: on its way, where it stands, or back."""
    if s.lever_owner[v] != i + 1.0:
        return
    if w.turn[i] == conditions.ENDS:
        now = s.lever_to[v]
        if v < SOLDIERS:
            now = conditions.on_the_way(
                s.lever_from[v], s.lever_to[v], w.moved_before[i], policy.over[i]
            )
        s.lever_from[v] = now
    if s.mode[i] == conditions.WAITING or s.mode[i] == conditions.SPENT:
        s.lever_owner[v] = 0.0
        return
    lever_is_set(s, w, policy, i, v)


def lever_is_set(s, w, policy, i, v):
    """Set a lever that a condition holds; a way of soldiers that goes on is seen ahead."""
    goal, over = s.lever_to[v], policy.over[i]
    if s.mode[i] == conditions.BACK:
        goal = w.lever[v]
    if v >= SOLDIERS:
        w.lever[v] = goal
        return
    w.lever[v] = conditions.on_the_way(s.lever_from[v], goal, s.moved[i], over)
    w.announced[v] = w.lever[v]
    if s.mode[i] == conditions.BACK:
        w.later[v] = conditions.on_the_way(
            s.lever_from[v], w.later[v], s.moved[i] + LEAVING_HORIZON, over
        )
    elif s.mode[i] == conditions.MOVING:
        w.later[v] = conditions.on_the_way(
            s.lever_from[v], goal, s.moved[i] + LEAVING_HORIZON, over
        )
    else:
        w.later[v] = w.lever[v]


def condition_looks_at_lever(w, policy, i, v):
    """Count the levers that would change if a condition were met now."""
    moves = policy.moves[LEVERS * i + v]
    if w.fires[i] > 0.0 and moves > 0.0:
        goal = conditions.target(w.lever[v], policy.to[LEVERS * i + v], moves > 1.0)
        if goal != w.lever[v]:
            w.changes[i] = w.changes[i] + 1.0


def condition_is_met(s, w, policy, row, i):
    """Meet a condition: for the first time, or where there is something to do again."""
    if w.fires[i] == 0.0:
        return
    if s.times[i] > 0.0 and w.changes[i] == 0.0 and policy.many[i] > 0.0:
        w.fires[i] = 0.0
        return
    if s.times[i] == 0.0:
        s.first_met[i] = row.day
    s.times[i] = s.times[i] + 1.0
    s.held[i] = 0.0
    s.moved[i] = 0.0
    w.turn[i] = conditions.MET
    s.mode[i] = conditions.MOVING
    if policy.many[i] == 0.0:
        s.mode[i] = conditions.released(policy.once[i])
    elif policy.over[i] == 0.0:
        s.mode[i] = conditions.STANDS
    if policy.concedes[i] > 0.0:
        w.concession = 1.0
        w.promise_days = policy.promise[i]
        w.opening = 1.0
        w.after_concession = 1.0
        s.opening_days = OPENING - 1.0
        s.concession_days = OPENING - 1.0
    if policy.talks[i] > 0.0 and s.talks_days == 0.0:
        w.round_ahead = 1.0
        s.talks_days = BEFORE_ROUND


def lever_is_taken(s, w, policy, i, v):
    """Let a condition that is met take its levers, from whoever held them."""
    moves = policy.moves[LEVERS * i + v]
    if w.fires[i] == 0.0 or moves == 0.0:
        return
    s.lever_from[v] = w.lever[v]
    s.lever_to[v] = conditions.target(w.lever[v], policy.to[LEVERS * i + v], moves > 1.0)
    s.lever_owner[v] = i + 1.0
    lever_is_set(s, w, policy, i, v)


def condition_is_timed(s, w, policy, row, i):
    """Note until when conditions move levers, or a promise that one makes runs."""
    moved = s.moved[i] != w.moved_before[i]
    if moved or (w.turn[i] > 0.0 and w.turn[i] != conditions.HALTS):
        s.led_until = max(s.led_until, row.day)
    if w.turn[i] == conditions.MET and policy.concedes[i] > 0.0:
        s.led_until = max(s.led_until, row.day + policy.promise[i])


def condition_tells(w, tell, i):
    """Write down what a condition did today."""
    if w.turn[i] > 0.0:
        tell(CONDITION, NOBODY, NOWHERE, i, int(w.turn[i]), 0, 0)
