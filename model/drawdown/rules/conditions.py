"""Policies that react: when a condition is met, how far a lever has moved, when it turns back."""

WAITING, MOVING, HALTED, STANDS, BACK, SPENT = range(6)
"""How a condition stands: not met yet; its levers move, are halted, or stand where it wants them;
they go back to the calendar; it will not be met again."""

MET, HALTS, RESUMES, ENDS = range(1, 5)
"""What a condition does on a day, as events tell it."""


def holds(value: float, low: float, high: float) -> bool:
    """Return whether what is seen lies within what a test allows."""
    return low <= value <= high


def is_met(holding: float, needed: float) -> bool:
    """Return whether enough of a list's tests hold; a list that is not there is never met.

    Args:
        holding: How many of them hold today.
        needed: How many must: all of them, or one where any is enough; 0 without a list.
    """
    return needed > 0.0 and holding >= needed


def days_held(held: float, met: bool) -> float:
    """Return for how many mornings in a row a condition has held."""
    return held + 1.0 if met else 0.0


def may_be_met(mode: float, times: float, once: float) -> bool:
    """Return whether a condition waits for its moment: anew where it is not met once only."""
    if mode == WAITING:
        return True
    return mode == STANDS and (times == 0.0 or once == 0.0)


def released(once: float) -> float:
    """Return how a condition stands when no lever is its own any more."""
    return float(SPENT) if once > 0.0 else float(WAITING)


def on_the_way(begins: float, goal: float, moved: float, over: float) -> float:
    """Return a lever some days into its way: a straight line, as between two dates of a file."""
    if moved >= over:
        return goal
    return begins + (goal - begins) * (moved / over)


def target(now: float, to: float, is_step: bool) -> float:
    """Return where a lever is to go: to a level, or a step from where it stands, at least 0."""
    return max(0.0, now + to) if is_step else to
