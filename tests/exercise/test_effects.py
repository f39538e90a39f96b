"""Every option does what it declares, every goal can be measured and reached, no way is one-way."""

from collections.abc import Mapping

import numpy as np
import pytest

from drawdown.declared import lever_table
from drawdown.declared.columns import ORDER_BEGINS, STRIKE, STRUCTURES
from drawdown.exercise import game
from drawdown.exercise.game import AUTO, NAMES, Turn
from drawdown.exercise.room_views import Teller
from drawdown.exercise.rooms import RefusedError, Rooms, as_code

WORLDS = 32
TURNS = len(game.rules().turns)
OPTIONS = [
    (role, lever, name)
    for role, item in game.rules().roles.items()
    for lever, about in item.levers.items()
    for name in about.options
    if name != AUTO
]


def merged(*choices: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for one in choices:
        for role, own in one.items():
            found.setdefault(role, {}).update(own)
    return found


def lived(choices: Mapping[str, Mapping[str, str]]) -> game.Lived:
    return game.live_many([Turn(choices)] * TURNS, WORLDS)


@pytest.fixture(scope="module")
def automatic() -> game.Lived:
    return lived({})


@pytest.mark.parametrize(("role", "lever", "name"), OPTIONS)
def test_every_option_moves_what_it_declares(
    role: str, lever: str, name: str, automatic: game.Lived
) -> None:
    """Catches a choice that does nothing, or the opposite, or less than its card says."""
    option = game.rules().roles[role].levers[lever].options[name]
    assert option.moves
    others = lived(option.partner) if option.partner else automatic
    with_it = lived(merged(option.partner, {role: {lever: name}}))
    for indicator, least in option.moves.items():
        moved = float((with_it.whole()[indicator] - others.whole()[indicator]).mean())
        assert moved * np.sign(least) >= abs(least), (indicator, moved)
    for partner, own in option.partner.items():
        for key, chosen in own.items():
            assert chosen in game.rules().roles[partner].levers[key].options


def soldiers(*choices: str) -> list[float]:
    turns = [Turn({"us": {"posture": choice}}) for choice in choices]
    levers = game.segment(turns).levers
    return [
        sum(getattr(levers, name)[game.days_of(k)[1]] for name in lever_table.POSTURE)
        for k in range(len(turns))
    ]


def test_nothing_compounds_and_everything_can_be_taken_back() -> None:
    assert soldiers(*["reinforce"] * 7) == pytest.approx([5250.0] * 7)
    assert soldiers(*["halve"] * 7) == pytest.approx([1750.0] * 7)
    assert soldiers("leave", "reinforce", "hold") == pytest.approx([0.0, 5250.0, 5250.0])
    assert soldiers("leave", "halve", "hold") == pytest.approx([0.0, 0.0, 0.0])
    small = game.live_many([Turn({"nato": {"size": "leave"}}), *[Turn()] * (TURNS - 1)], WORLDS)
    assert small.rows[-1, NAMES.index("nato")].mean() > 1500


def quiet_game(seed: int) -> list[Turn]:
    return [Turn({"us": {"doctrine": "none"}, "militia": {"line": "politics"}})] * 4


def test_without_a_strike_the_structures_tell_the_same() -> None:
    """Catches a replay that draws the world anew, or changes its past."""
    for seed in range(4):
        turns = quiet_game(seed)
        rows = [game.replay(seed, turns, s) for s in STRUCTURES]
        assert rows[0][:, NAMES.index("strikes")].sum() == 0
        assert all((row == rows[0]).all() for row in rows)


@pytest.mark.long
def test_with_strikes_the_structures_differ_and_the_own_row_is_the_game() -> None:
    turns = [Turn({"us": {"doctrine": "robust"}, "militia": {"line": "campaign"}})] * 4
    differ = 0
    for seed in range(4):
        realised = game.realise(seed, turns)
        own = game.replay(seed, turns, realised.structure)
        played = np.array([game.indicators(realised.daily(k)) for k in range(4)])
        assert own == pytest.approx(played, rel=1e-5)
        assert any(h.kind == STRIKE for h in realised.world.happenings)
        differ += sum((game.replay(seed, turns, s) != own).any() for s in STRUCTURES)
    assert differ >= 6


@pytest.mark.long
def test_the_patron_is_told_its_own_orders_to_the_day() -> None:
    """Catches counting from the day an order is given, and forgetting one begun before."""
    wrong = 0
    for seed in range(8):
        realised = game.realise(seed, [Turn()] * 5)
        days: set[int] = set()
        begins = game.rules().begins.toordinal()
        world = realised.world
        for event in world.happenings:
            if event.kind == ORDER_BEGINS:
                first = event.day.toordinal() + 1
                days |= set(range(first, first + event.amount))
        for k in range(5):
            a, b = (d.toordinal() for d in game.days_of(k))
            told = game.ordered_days(realised, k)
            inside = sum(a <= d <= b for d in days)
            assert told >= inside
            wrong += told != inside
        assert len(realised.ordered) == (game.days_of(4)[1].toordinal() - begins) + 1
    # Where the two differ an order was begun before the game.
    assert wrong <= 10
    whole = game.realise(1, [Turn({"patron": {"order": "restrain"}})])
    first, last = game.days_of(0)
    assert game.ordered_days(whole, 0) == (last - first).days + 1


def test_news_against_the_games_own_state_is_refused(tmp_path: object) -> None:
    from pathlib import Path

    rooms = Rooms(Path(str(tmp_path)) / "r.sqlite")
    room = rooms.make("x")
    rooms.move(room.code, "deciding", ("waiting",), "1")
    teller = Teller(rooms)
    teller.check_inject(room.code, "deadline")
    rooms.choose(room.code, "us", 0, 0, "a", {"posture": "leave"})
    rooms.choose(room.code, "nato", 0, 0, "b", {"size": "leave"})
    rooms.next_turn(room.code, 0, "2")
    for name in ("deadline", "doubt"):
        with pytest.raises(RefusedError, match="no American soldiers"):
            teller.check_inject(room.code, name)
    teller.check_inject(room.code, "election")


@pytest.mark.parametrize(
    "typed", ["abc234", " ABC 234 ", "abc-234", "ＡＢＣ２٣٤", "ABC٢٣٤", "abc۲۳۴"]
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert as_code(typed) == "ABC234"
