"""Two scenarios' soldiers taken apart and put together again, lowered like the rules.

`questions.decompose` and a page both take plans apart with these.
"""

from typing import Any

from drawdown.declared.columns import C

ROLE, US, COALITION, DATES = range(4)
"""What can differ in soldiers, as `differ` knows it."""

SHARE, US_NUMBERS, US_WEIGHTS, COALITION_NUMBERS, COALITION_WEIGHTS, US_TOTAL, COALITION_TOTAL = (
    range(7)
)
"""Rows of what `soldiers` finds."""

ROWS = 7
CLOSE = 1e-9
"""Soldiers that are taken for the same."""

_MOVES = (SHARE, US_TOTAL, COALITION_TOTAL)


def soldiers(plan: Any, residual: float, found: Any) -> None:
    """Fill what a plan's soldiers are made of, shape (`ROWS`, days).

    Args:
        plan: The plan.
        residual: Usual number of those who stay.
        found: Part of the US soldiers who are combat soldiers, US soldiers and coalition
            soldiers as numbers and weights of those who stay, and both in all; filled.
    """
    known = -1.0
    for t in range(plan.shape[0]):
        combat = plan[t, C.combat] + plan[t, C.combat_residual] * residual
        found[US_NUMBERS, t] = plan[t, C.combat] + plan[t, C.advisers]
        found[US_WEIGHTS, t] = plan[t, C.combat_residual] + plan[t, C.advisers_residual]
        total = found[US_NUMBERS, t] + found[US_WEIGHTS, t] * residual
        found[US_TOTAL, t] = total
        found[COALITION_NUMBERS, t] = plan[t, C.coalition]
        found[COALITION_WEIGHTS, t] = 0.0
        found[COALITION_TOTAL, t] = plan[t, C.coalition]
        if total > CLOSE:
            if known < 0.0:
                for earlier in range(t):
                    found[SHARE, earlier] = combat / total
            known = combat / total
        # Where nobody is left, nobody has changed his role.
        found[SHARE, t] = known
    if known < 0.0:
        for t in range(plan.shape[0]):
            found[SHARE, t] = 0.0


def moves(found: Any, row: int) -> bool:
    """Return whether a row ends elsewhere than it begins."""
    return bool(found[row, found.shape[1] - 1] != found[row, 0])


def progress(found: Any, row: int, t: int) -> float:
    """Return how far a row that moves has gone from its first day to its last."""
    last = found.shape[1] - 1
    return float((found[row, t] - found[row, 0]) / (found[row, last] - found[row, 0]))


def same(a: Any, b: Any, row: int) -> bool:
    """Return whether a row is the same on all days."""
    found = True
    for t in range(a.shape[1]):
        if abs(a[row, t] - b[row, t]) > CLOSE:
            found = False
    return found


def same_ends(a: Any, b: Any, row: int) -> bool:
    """Return whether a row begins and ends the same."""
    last = a.shape[1] - 1
    return bool(abs(a[row, 0] - b[row, 0]) <= CLOSE and abs(a[row, last] - b[row, last]) <= CLOSE)


def same_way(a: Any, b: Any, row: int) -> bool:
    """Return whether rows that both move go the same way at the same time."""
    found = True
    if moves(a, row) and moves(b, row):
        for t in range(a.shape[1]):
            if abs(progress(a, row, t) - progress(b, row, t)) > CLOSE:
                found = False
    return found


def differ(a: Any, b: Any, part: int) -> bool:
    """Return whether two scenarios' soldiers differ in a part.

    Args:
        a: From `soldiers`.
        b: From `soldiers`.
        part: `ROLE`, `US`, `COALITION` or `DATES`.
    """
    if part == DATES:
        alike = same_way(a, b, SHARE) and same_way(a, b, US_TOTAL)
        return not (alike and same_way(a, b, COALITION_TOTAL))
    if part == ROLE:
        if moves(a, SHARE) and moves(b, SHARE):
            return not same_ends(a, b, SHARE)
        return not same(a, b, SHARE)
    first = US_NUMBERS if part == US else COALITION_NUMBERS
    row = US_TOTAL if part == US else COALITION_TOTAL
    if moves(a, row) and moves(b, row):
        return not (same_ends(a, b, first) and same_ends(a, b, first + 1))
    return not (same(a, b, first) and same(a, b, first + 1))


def along(found: Any, row: int, when: Any, of: int, dates_differ: bool, t: int) -> float:
    """Return a row on a day, on the way that another scenario's dates give it."""
    last = found.shape[1] - 1
    if dates_differ and moves(when, of):
        return float(found[row, 0] + (found[row, last] - found[row, 0]) * progress(when, of, t))
    return float(found[row, t])


def mix(
    a: Any, b: Any, role: bool, us: bool, coalition: bool, dates: bool, apart: bool, plan: Any
) -> None:
    """Fill a plan's soldiers with some of what differs as the second scenario has it.

    Args:
        a: The first scenario's soldiers, from `soldiers`.
        b: The second's.
        role: Whether roles are the second's.
        us: Whether US numbers are.
        coalition: Whether other coalition soldiers are.
        dates: Whether the days are.
        apart: Whether the days differ at all.
        plan: Its columns of soldiers are filled.
    """
    last = a.shape[1] - 1
    for t in range(plan.shape[0]):
        goes = moves(b, SHARE) if dates else moves(a, SHARE)
        share = b[SHARE, t] if role else a[SHARE, t]
        if apart and goes:
            begins = b[SHARE, 0] if role else a[SHARE, 0]
            ends = b[SHARE, last] if role else a[SHARE, last]
            far = progress(b, SHARE, t) if dates else progress(a, SHARE, t)
            share = begins + (ends - begins) * far
        numbers = _along(a, b, US_NUMBERS, us, US_TOTAL, dates, apart, t)
        weights = _along(a, b, US_WEIGHTS, us, US_TOTAL, dates, apart, t)
        plan[t, C.combat] = numbers * share
        plan[t, C.combat_residual] = weights * share
        plan[t, C.advisers] = numbers - numbers * share
        plan[t, C.advisers_residual] = weights - weights * share
        plan[t, C.coalition] = _along(
            a, b, COALITION_NUMBERS, coalition, COALITION_TOTAL, dates, apart, t
        )


def _along(
    a: Any, b: Any, row: int, second: bool, of: int, dates: bool, apart: bool, t: int
) -> float:
    if second:
        return along(b, row, b, of, apart, t) if dates else along(b, row, a, of, apart, t)
    return along(a, row, b, of, apart, t) if dates else along(a, row, a, of, apart, t)


def announced_differ(a: Any, b: Any) -> bool:
    """Return whether two plans announce other numbers, whatever the soldiers are called."""
    found = False
    for t in range(a.shape[0]):
        mine = a[t, C.announced_combat] + a[t, C.announced_advisers] + a[t, C.announced_coalition]
        theirs = b[t, C.announced_combat] + b[t, C.announced_advisers] + b[t, C.announced_coalition]
        more = abs(a[t, C.announced_residual] - b[t, C.announced_residual])
        if abs(mine - theirs) > CLOSE or more > CLOSE:
            found = True
    return found


def take(source: Any, column: int, plan: Any) -> None:
    """Copy a column of a plan."""
    for t in range(plan.shape[0]):
        plan[t, column] = source[t, column]


def factorial(n: int) -> float:
    """Return the product of the whole numbers up to ``n``."""
    found = 1.0
    for i in range(n):
        found = found * (i + 1.0)
    return found


def shapley(values: Any, without: Any, together: Any, sizes: Any, many: int, found: Any) -> None:
    """Fill a part's share of a difference in every world: its mean effect over all orders.

    Args:
        values: What came of every subset, shape (subsets, worlds).
        without: Subsets that lack the part.
        together: The same subsets with it.
        sizes: How many parts each of them has without it.
        many: How many parts there are.
        found: Filled, one a world.
    """
    for world in range(values.shape[1]):
        found[world] = 0.0
    for k in range(without.shape[0]):
        orders = factorial(sizes[k]) * factorial(many - sizes[k] - 1)
        weight = orders / factorial(many)
        for world in range(values.shape[1]):
            effect = values[together[k], world] - values[without[k], world]
            found[world] = found[world] + weight * effect


def effect(values: Any, without: int, together: int, found: Any) -> None:
    """Fill what adding a part to a subset makes in every world."""
    for world in range(values.shape[1]):
        found[world] = values[together, world] - values[without, world]
