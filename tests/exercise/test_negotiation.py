"""What teams say to each other: who may, who reads it, and whether a promise was kept."""

import json
from collections.abc import Mapping

import numpy as np
import pytest

from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.exercise import debrief, game, outlooks
from drawdown.exercise.game import NAMES, Turn
from drawdown.exercise.negotiation import Communique, Prediction, Proposal, interval_score
from drawdown.exercise.outlooks import Range
from drawdown.exercise.room_views import Teller
from drawdown.exercise.rooms import MOST_PROPOSALS, RefusedError, Rooms

ENGLISH = Language("en")
HOLD, ASK = {"line": "truce"}, {"posture": "leave"}
SECRET = "we hold fire if you announce a date"


def propose(rooms: Rooms, code: str, once: str = "p", turn: int = 0, text: str = SECRET) -> int:
    rooms.propose(code, "militia", turn, once, "us", text, HOLD, ASK)
    return rooms.snapshot(code).proposals[-1].number


def play(rooms: Rooms, code: str, turn: int, **choices: Mapping[str, str]) -> None:
    for role, own in choices.items():
        rooms.choose(code, role, turn, 0, f"{role}{turn}", own)
    rooms.next_turn(code, turn, f"next{turn}")


# --- choices stay -------------------------------------------------------------------------------


def test_a_choice_stays_until_it_is_changed(rooms: Rooms, code: str) -> None:
    """Catches a team that falls back to automatic because it sent nothing."""
    play(rooms, code, 0, militia={"line": "truce"}, us={"posture": "halve"})
    assert rooms.snapshot(code).now.chosen("militia", "line") == "truce"
    assert rooms.snapshot(code).versions == {}
    play(rooms, code, 1, us={"posture": "hold"})
    play(rooms, code, 2)
    turns = rooms.snapshot(code).turns
    assert [t.chosen("militia", "line") for t in turns] == ["truce"] * 3
    assert [t.chosen("us", "posture") for t in turns] == ["halve", "hold", "hold"]
    assert [t.chosen("nato", "size") for t in turns] == ["auto"] * 3
    assert rooms.snapshot(code).now.chosen("us", "posture") == "hold"


# --- proposals ----------------------------------------------------------------------------------


def test_only_the_other_side_answers_and_only_once(rooms: Rooms, code: str) -> None:
    """Catches a team that accepts its own proposal, and an answer that is changed."""
    number = propose(rooms, code)
    for role in ("militia", "nato"):
        with pytest.raises(RefusedError) as raised:
            rooms.answer(code, role, 0, f"a-{role}", number, True)
        assert raised.value.why == "no_proposal"
    rooms.answer(code, "us", 0, "yes", number, True)
    with pytest.raises(RefusedError):
        rooms.answer(code, "us", 0, "no", number, False)
    assert [p.answer for p in rooms.snapshot(code).proposals] == ["accepted"]
    refused = propose(rooms, code, "q")
    rooms.answer(code, "us", 0, "not", refused, False)
    assert [p.answer for p in rooms.snapshot(code).proposals] == ["accepted", "refused"]


def test_a_proposal_of_a_turn_is_answered_in_it(rooms: Rooms, code: str) -> None:
    number = propose(rooms, code)
    play(rooms, code, 0)
    for turn in (0, 1):
        with pytest.raises(RefusedError):
            rooms.answer(code, "us", turn, f"late{turn}", number, True)
    with pytest.raises(RefusedError):
        propose(rooms, code, "old", turn=0)
    assert [p.answer for p in rooms.snapshot(code).proposals] == ["open"]


def test_a_proposal_names_what_there_is(rooms: Rooms, code: str) -> None:
    """Catches another team's lever promised, two levers, a team that proposes to itself."""
    for own, other in (({"posture": "leave"}, {}), ({}, {"line": "truce"}), ({"line": "war"}, {})):
        with pytest.raises(InputError):
            rooms.propose(code, "militia", 0, "x", "us", "text", own, other)
    for partner in ("militia", "nobody"):
        with pytest.raises(InputError):
            rooms.propose(code, "militia", 0, "x", partner, "text", {}, {})
    with pytest.raises(RefusedError) as raised:
        rooms.propose(
            code, "militia", 0, "x", "us", "text", {"line": "truce", "state": "spare"}, {}
        )
    assert raised.value.why == "one_choice"
    for k in range(MOST_PROPOSALS):
        propose(rooms, code, f"many{k}")
    with pytest.raises(RefusedError):
        propose(rooms, code, "one too many")
    rooms.propose(code, "us", 0, "used", "nato", "text", {}, {})
    with pytest.raises(RefusedError):
        rooms.propose(code, "us", 0, "used", "nato", "text", {}, {})


@pytest.mark.parametrize(
    ("line", "posture", "kept"),
    [
        ("truce", "leave", {"militia": True, "us": True}),
        ("truce", "hold", {"militia": True, "us": False}),
        ("campaign", "leave", {"militia": False, "us": True}),
    ],
)
def test_whether_a_promise_was_kept_is_read_from_what_was_played(
    line: str, posture: str, kept: dict[str, bool]
) -> None:
    """Catches the two sides exchanged."""
    one = Proposal(1, 0, "militia", "us", "x", HOLD, ASK, "accepted")
    turn = Turn({"militia": {"line": line}, "us": {"posture": posture}})
    assert one.was_kept(turn) == kept
    words_only = Proposal(1, 0, "militia", "us", "x", {}, {}, "accepted")
    assert words_only.was_kept(turn) == {}


def test_two_teams_read_a_proposal_and_all_read_whether_it_was_kept(
    rooms: Rooms, code: str
) -> None:
    """Catches a third team, a board or the facilitator who reads what was proposed."""
    number = propose(rooms, code)
    rooms.answer(code, "us", 0, "yes", number, True)
    refused = propose(rooms, code, "r", text="another thing")
    rooms.answer(code, "us", 0, "no", refused, False)
    teller = Teller(rooms)

    def told(role: str) -> str:
        return json.dumps(teller.team(code, role, ENGLISH))

    assert {role for role in game.rules().roles if SECRET in told(role)} == {"militia", "us"}
    for view in (teller.board, teller.control):
        assert SECRET not in json.dumps(view(code, ENGLISH))
        assert view(code, ENGLISH)["promises"] == []
    play(rooms, code, 0, militia={"line": "truce"})
    assert {role for role in game.rules().roles if SECRET in told(role)} == {"militia", "us"}
    lines = teller.board(code, ENGLISH)["promises"]
    assert len(lines) == 2
    militia, us = (game.rules().roles[r].name.en for r in ("militia", "us"))
    assert f"{militia} kept its promise to {us}" in lines[0]
    assert f"{us} broke its promise to {militia}" in lines[1]
    assert SECRET not in json.dumps(teller.board(code, ENGLISH))
    end = Teller(rooms)
    rooms.next_turn(code, 1, "another turn")
    assert end.board(code, ENGLISH)["promises"] == []
    sides = {role: teller.team(code, role, ENGLISH)["proposals"][0] for role in ("militia", "us")}
    assert sides["militia"]["mine"] is True
    assert sides["us"]["mine"] is False
    assert sides["militia"]["kept"] == {"own": True, "theirs": False}
    assert sides["us"]["kept"] == {"own": False, "theirs": True}
    assert sides["us"]["own_choice"] == ASK
    assert sides["us"]["others"] == {"militia": HOLD}
    assert "Truce" in sides["us"]["theirs"]
    rooms.move(code, "revealed", ("deciding",), "reveal")
    found = teller.debrief(code, ENGLISH)["proposals"]
    assert [p["text"] for p in found] == [SECRET, "another thing"]
    assert found[0]["was_kept"] == {militia: True, us: False}
    assert found[1]["was_kept"] == {}


def test_an_outlook_under_a_proposal_is_of_the_team_that_asks(rooms: Rooms, code: str) -> None:
    """Catches the other side's knowledge, and a supposed choice that is forgotten."""
    teller = Teller(rooms)
    own, supposed = {"size": "auto"}, {"us": {"posture": "leave"}}
    alone = teller.outlook(code, "nato", own, {}, ENGLISH)["outlook"]
    under = teller.outlook(code, "nato", own, supposed, ENGLISH)["outlook"]
    assert set(alone) == set(game.rules().roles["nato"].indicators)
    assert alone != under
    with pytest.raises(InputError):
        teller.outlook(code, "nato", own, {"us": {"posture": "fly"}}, ENGLISH)
    with pytest.raises(InputError):
        teller.outlook(code, "nato", {"posture": "leave"}, {}, ENGLISH)


def test_an_agreement_stands_where_both_want_it(rooms: Rooms, code: str) -> None:
    """Catches a deal of one side, and one that the board does not tell."""
    one = Turn({"us": {"talks": "deal"}})
    both = Turn({"us": {"talks": "deal"}, "patron": {"talks": "deal"}})
    assert one.agreed() == []
    assert both.agreed() == ["deal"]
    assert one.seen_by("nato").chosen("us", "talks") == "auto"
    assert both.seen_by("nato").chosen("us", "talks") == "deal"
    assert game.segment([both]).levers != game.segment([one]).levers
    play(rooms, code, 0, us={"talks": "deal"}, patron={"talks": "deal"})
    told = json.dumps(Teller(rooms).board(code, ENGLISH)["public"])
    assert game.rules().agreements["deal"].name.en in told


# --- predictions --------------------------------------------------------------------------------


def test_an_interval_score_pays_for_width_and_twenty_times_for_a_miss() -> None:
    """Catches a miss below that pays nothing, and a score that grows with a better range."""
    assert interval_score(2.0, 5.0, 4.0) == 3.0
    assert interval_score(2.0, 5.0, 6.0) == 3.0 + 20.0
    assert interval_score(2.0, 5.0, 1.5) == 3.0 + 10.0
    assert interval_score(3.0, 3.0, 3.0) == 0.0


def test_a_prediction_is_a_range_of_an_own_indicator(rooms: Rooms, code: str) -> None:
    own = game.rules().roles["nato"].indicators[0]
    foreign = next(n for n in NAMES if n not in game.rules().roles["nato"].indicators)
    with pytest.raises(InputError):
        rooms.predict(code, "nato", 0, "a", foreign, 1.0, 2.0)
    for low, high in ((2.0, 1.0), (float("nan"), 1.0), (0.0, float("inf"))):
        with pytest.raises(RefusedError) as raised:
            rooms.predict(code, "nato", 0, "b", own, low, high)
        assert raised.value.why == "no_range"
    rooms.predict(code, "nato", 0, "c", own, 1.0, 2.0)
    rooms.predict(code, "nato", 0, "d", own, 3.0, 4.0)
    assert rooms.snapshot(code).predictions == (Prediction(0, "nato", own, 3.0, 4.0),)
    teller = Teller(rooms)
    assert teller.team(code, "nato", ENGLISH)["prediction"] == {
        "indicator": own,
        "low": 3.0,
        "high": 4.0,
    }
    assert teller.team(code, "us", ENGLISH)["prediction"] is None


def test_predictions_are_scored_beside_the_outlook(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches the turn before, the outlook's score as the team's, and another team's plan."""
    rows = np.array([game.eve(3) + k for k in range(3)])
    name = game.rules().roles["nato"].indicators[0]
    came = float(rows[2, NAMES.index(name)])
    asked: list[outlooks.Knowledge] = []

    def draw(self: object, known: outlooks.Knowledge) -> dict[str, Range]:
        asked.append(known)
        return {name: Range(came + 1.0, came + 2.0, came + 3.0)}

    monkeypatch.setattr(outlooks.Outlooks, "draw", draw)
    turns = [Turn({"nato": {"size": "fast"}}), Turn({"nato": {"size": "leave"}}, ("doubt",))]
    found = debrief.of_talks(
        turns,
        rows,
        [],
        [Prediction(1, "nato", name, came - 1.0, came + 1.0), Prediction(2, "us", name, 0.0, 1.0)],
        Communique(),
        ENGLISH,
    )["predictions"]
    (team,) = found
    assert (team["inside"], team["outlook_inside"], team["of"], team["better"]) == (1, 0, 1, 1)
    assert team["rows"][0]["score"] == pytest.approx(2.0)
    assert team["rows"][0]["outlook_score"] == pytest.approx(2.0 + 20.0)
    said = team["rows"][0]["told"]
    assert [float(said[k]) for k in ("score", "outlook_score")] == [2.0, 22.0]
    assert asked[0].plan.chosen("nato", "size") == "leave"
    assert asked[0].turns[0].chosen("nato", "size") == "fast"
    assert asked[0].plan.injects == ("doubt",)


# --- the joint text -----------------------------------------------------------------------------


def test_a_joint_text_is_signed_as_it_stands(rooms: Rooms, code: str) -> None:
    """Catches a signature under a text that was changed, or before the end."""
    with pytest.raises(RefusedError) as raised:
        rooms.write(code, "us", 0, "early", "text")
    assert raised.value.why == "not_ended"
    for turn in range(len(game.rules().turns)):
        play(rooms, code, turn)
    with pytest.raises(RefusedError) as raised:
        rooms.sign(code, "us", 0, "empty", True)
    assert raised.value.why == "no_text"
    rooms.write(code, "us", 0, "w1", "we agree")
    rooms.sign(code, "nato", 1, "s1", True)
    rooms.sign(code, "militia", 1, "s2", False)
    assert rooms.snapshot(code).communique.signed == {"nato": True, "militia": False}
    with pytest.raises(RefusedError):
        rooms.write(code, "patron", 0, "old", "another text")
    rooms.write(code, "patron", 1, "w2", "we agree on less")
    one = rooms.snapshot(code).communique
    assert (one.text, one.version, one.role, dict(one.signed)) == (
        "we agree on less",
        2,
        "patron",
        {},
    )
    with pytest.raises(RefusedError):
        rooms.sign(code, "nato", 1, "s3", True)
    assert Teller(rooms).board(code, ENGLISH)["communique"]["text"] == "we agree on less"


def test_what_was_said_follows_a_room_and_ends_with_its_game(rooms: Rooms, code: str) -> None:
    """Catches proposals left behind under an old code, or in a game that began anew."""
    propose(rooms, code)
    rooms.predict(code, "nato", 0, "c", game.rules().roles["nato"].indicators[0], 1.0, 2.0)
    fresh = rooms.renew(code, "renew")
    assert len(rooms.snapshot(fresh).proposals) == len(rooms.snapshot(fresh).predictions) == 1
    rooms.reset(fresh, "reset")
    assert rooms.snapshot(fresh).proposals == rooms.snapshot(fresh).predictions == ()
    again = Rooms(rooms.path)
    assert again.snapshot(fresh).communique == Communique()
