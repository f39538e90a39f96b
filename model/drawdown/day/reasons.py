"""Numbers that reasons are told with, and the words they call for: the same in a terminal and in
a page."""


def motive_of_usual(motive: float, tempo: float, rejection: float) -> float:
    """Return a cell's motive over that of its faction before anything moves it."""
    usual = tempo * rejection
    return motive / usual if usual > 0.0 else 0.0


def excited_percent(motive: float, excited: float) -> float:
    """Return how much of an attack's push comes from recent attacks, in percent."""
    return 100 * excited / (motive + excited)


THERE, LEFT, ANGRY, WILLING, EXCITED, CAMPAIGN, BREACH, CAREFUL = (*(1, 2, 4, 8, 16, 32, 64, 128),)
WORDS = {
    THERE: "there",
    LEFT: "left",
    ANGRY: "angry",
    WILLING: "willing",
    EXCITED: "excited",
    CAMPAIGN: "campaign",
    BREACH: "breach",
    CAREFUL: "careful",
}
"""What can stand behind an attack, by its part of `of_attack`; words in the group *chronicle*."""

SOME, MORE, MANY, HALF = 0.1, 1.2, 25.0, 0.5
"""From where on a reason is named: a tenth of anger or caution, a fifth more motive than usual, a
quarter of the push from recent attacks, half the pull of a full presence (judgement)."""


def of_attack(
    pull: float,
    motive: float,
    excited: float,
    grievance: float,
    caution: float,
    campaign: float,
    quiet: float,
    obeys: float,
) -> int:
    """Return what stands behind an attack, as a sum of the numbers of `WORDS`.

    Args:
        pull: Of the presence, in the region where it is strongest.
        motive: Over the usual one, from `motive_of_usual`.
        excited: Percent of the push, from `excited_percent`.
        grievance: What strikes have added to the faction's wish.
        caution: What strikes have taken from it.
        campaign: 1 in a spell of violence of the patron's side.
        quiet: 1 under an order or a truce.
        obeys: 1 for a faction on the patron's side.
    """
    found = 1 if pull >= HALF else 2
    if grievance >= SOME:
        found = found + 4
    if motive >= MORE:
        found = found + 8
    if excited >= MANY:
        found = found + 16
    if campaign * obeys > 0.0:
        found = found + 32
    if quiet * obeys > 0.0:
        found = found + 64
    if caution >= SOME:
        found = found + 128
    return found
