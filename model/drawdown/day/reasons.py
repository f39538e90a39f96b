"""Numbers that reasons are told with, the same in a terminal and in a page."""


def motive_of_usual(motive: float, tempo: float, rejection: float) -> float:
    """Return a cell's motive over that of its faction before anything moves it."""
    usual = tempo * rejection
    return motive / usual if usual > 0.0 else 0.0


def excited_percent(motive: float, excited: float) -> float:
    """Return how much of an attack's push comes from recent attacks, in percent."""
    return 100 * excited / (motive + excited)
