"""Who is told what, when and on which side, of a game whose days are made by hand."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drawdown.day.world import Happening
from drawdown.declared import columns, lever_table
from drawdown.declared.actors import cast
from drawdown.declared.columns import FLOWS, OUTCOMES, STRUCTURES, O
from drawdown.declared.language import Language
from drawdown.exercise import debrief, game
from drawdown.exercise.game import NAMES, Dated, Past, Realised, Turn
from drawdown.exercise.room_views import PUBLIC, Teller
from drawdown.exercise.rooms import Rooms

ENGLISH = Language("en")
FIRST, LAST = game.days_of(0)
TURNS = 2
DAYS = sum((b - a).days + 1 for a, b in (game.days_of(k) for k in range(TURNS)))
BEGINS = [(game.days_of(k)[0] - FIRST).days for k in range(TURNS)]


def happened(kind: int, turn: int, who: int = 0, **more: int) -> Happening:
    return Happening(game.days_of(turn)[0] + timedelta(days=3), kind, who, **more)


def realised() -> Realised:
    """Return a game of two turns in which every outcome of a day is another number."""
    days = np.zeros((DAYS, len(OUTCOMES)))
    for turn, begin in enumerate(BEGINS):
        for o in range(len(OUTCOMES)):
            days[begin:, o] = 0.001 * (o + 1) + turn
        # What is summed happens on the first day of a turn alone.
        days[begin:, : len(FLOWS)] = 0.0
        days[begin, : len(FLOWS)] = [100 * (turn + 1) + o for o in range(len(FLOWS))]
        days[begin:, O.quiet] = 0.0
        days[begin : begin + 20 + turn, O.quiet] = 1.0
    ordered = [False] * DAYS
    for turn, begin in enumerate(BEGINS):
        for k in range(5 + turn):
            ordered[begin + k] = True
    events = [
        happened(columns.ATTACK_FOREIGN, 0, 0),
        happened(columns.ATTACK_FOREIGN, 0, 0),
        happened(columns.ORDER_BEGINS, 0, -1, amount=9),
        happened(columns.STRIKE, 0, 1, amount=1, dead=4),
        happened(columns.ATTACK_FOREIGN, 1, 2, where=1),
        happened(columns.CAMPAIGN_BEGINS, 1, -1, amount=9),
        happened(columns.VOTE, 1, -1, amount=170, drone=1),
    ]
    start = np.arange(float(len(NAMES)))
    return Realised("deter", Past(days, events), [4, 7], [1.0, 1.0], ordered, start)


def by_name(rows: np.ndarray) -> dict[str, float]:
    return dict(zip(NAMES, rows.tolist(), strict=True))


# --- days, indicators, goals ------------------------------------------------------------------


def test_an_indicator_is_summed_over_its_turn_or_read_at_its_end() -> None:
    """Catches a level summed, a count read at the end, and another turn's days."""
    one = realised()
    for turn in range(TURNS):
        found = by_name(game.indicators(one.daily(turn)))
        for name, outcome in (
            ("reported", "reported_press"),
            ("strikes", "strikes"),
            ("dead_us", "dead_us"),
        ):
            assert found[name] == 100 * (turn + 1) + OUTCOMES.index(outcome)
        for name in ("authority", "nato", "pressure", "us_support", "daesh_index"):
            assert found[name] == pytest.approx(0.001 * (OUTCOMES.index(name) + 1) + turn)
        combat, advisers = (0.001 * (OUTCOMES.index(f"us_{n}") + 1) for n in ("combat", "advisers"))
        assert found["us_soldiers"] == pytest.approx(combat + advisers + 2 * turn)
        assert game.ordered_days(one, turn) == 5 + turn
        assert game.official(one, turn) == 100 * (turn + 1) + O.reported_official
    assert [len(one.happenings(k)) for k in range(TURNS)] == [4, 3]
    names = [f.name for f in cast().factions]
    assert game.attackers(one, 0) == {names[0]: 2}
    assert game.attackers(one, 1) == {names[2]: 1}


def goal(of: str = "authority", how: str = "end", **more: Any) -> game.Goal:
    return game.Goal(en="x", ar="س", of=of, how=how, **more)


def reached(one: game.Goal, values: list[float], start: float = 1.0, voted: float = 0.0) -> bool:
    rows = np.zeros((len(values), len(NAMES), 1))
    begin = np.zeros((len(NAMES), 1))
    if one.of != "vote_held":
        rows[:, NAMES.index(one.of), 0] = values
        begin[NAMES.index(one.of)] = start
    return bool(one.reached(rows, begin, np.array([voted]))[0])


def test_a_goal_is_read_as_its_words_say() -> None:
    """Catches never below read as the highest turn, and at most read as at least."""
    never_below = goal(how="lowest", at_least=45.0)
    assert reached(never_below, [50.0, 45.0, 60.0])
    assert not reached(never_below, [50.0, 44.0, 60.0])
    never_above = goal(how="highest", at_most=45.0)
    assert reached(never_above, [40.0, 45.0, 30.0])
    assert not reached(never_above, [40.0, 46.0, 30.0])
    at_end = goal(how="end", at_least=45.0)
    assert reached(at_end, [0.0, 0.0, 45.0])
    assert not reached(at_end, [90.0, 90.0, 44.0])
    at_most = goal(of="dead_us", how="sum", at_most=2.0)
    assert reached(at_most, [1.0, 1.0, 0.0])
    assert not reached(at_most, [1.0, 1.0, 1.0])
    shares = goal(how="end", at_least=0.9, at_most=1.0, of_start=True)
    assert [reached(shares, [7.0, v], start=2.0) for v in (1.7, 1.8, 2.0, 2.1)] == [
        False,
        True,
        True,
        False,
    ]
    vote = goal(of="vote_held", how="end", at_least=1)
    assert reached(vote, [0.0], voted=1.0)
    assert not reached(vote, [0.0], voted=0.0)


def test_a_goal_is_lost_where_no_turn_can_bring_it_back() -> None:
    """Catches a sum that may still grow called lost, and a level at the end that may still rise."""
    for how, more, now, state in (
        ("sum", {"at_most": 2.0}, 3.0, "lost"),
        ("sum", {"at_most": 2.0}, 2.0, "holds"),
        ("sum", {"at_least": 2.0}, 1.0, "not_yet"),
        ("lowest", {"at_least": 0.5}, 0.4, "lost"),
        ("highest", {"at_most": 0.5}, 0.6, "lost"),
        ("highest", {"at_least": 0.5}, 0.4, "not_yet"),
        ("end", {"at_most": 0.5}, 0.6, "not_yet"),
        ("end", {"at_least": 0.5}, 0.5, "holds"),
    ):
        one = goal(how=how, **more)
        assert one.stands(now, next(iter(more.values()))) == state, (how, more, now)


def test_dated_events_begin_and_end_in_their_part_of_a_turn() -> None:
    """Catches a truce for half a turn that lasts it whole, and a middle that is the beginning."""
    first, last = date(2022, 1, 1), date(2022, 1, 31)
    middle = date(2022, 1, 16)

    def dated(at: str, lasts: Any) -> tuple[date, date | None]:
        (event,) = game._dated([Dated(what="truce", at=at, lasts=lasts)], first, last)  # type: ignore[arg-type]
        return event.date, event.until

    assert dated("begin", "half") == (first, middle)
    assert dated("begin", True) == (first, last)
    assert dated("middle", True) == (middle, last)
    halves = [
        (name, item)
        for name, inject in game.rules().injects.items()
        for item in inject.events
        if item.lasts == "half"
    ]
    assert halves
    begin, end = game.days_of(0)
    for name, item in halves:
        events = game.segment([Turn({}, (name,))]).events
        (one,) = (e for e in events if e.what == item.what)
        assert one.until == begin + (end - begin) // 2


def test_soldiers_go_and_come_where_they_are_sent() -> None:
    """Catches half of them that is more than are there, and a return from nobody."""

    def total(*postures: str) -> float:
        levers = game.segment([Turn({"us": {"posture": p}}) for p in postures]).levers
        day = game.days_of(len(postures) - 1)[1]
        return sum(getattr(levers, n)[day] for n in lever_table.POSTURE)

    begin = total("hold")
    assert total("halve") == pytest.approx(begin / 2)
    assert total("reinforce") == pytest.approx(1.5 * begin)
    assert total("leave", "halve") == 0.0
    assert total("reinforce", "halve") == pytest.approx(begin / 2)
    assert total("halve", "reinforce") == pytest.approx(1.5 * begin)


def test_news_promises_nothing_and_says_nothing_against_a_team() -> None:
    """Catches days that a choice may still change, and a stance that the prime minister has not."""
    first = game.days_of(0)[0]
    events = [
        Happening(first, kind, -1, amount=amount)
        for kind, amount in (
            (columns.ORDER_BEGINS, 700),
            (columns.CAMPAIGN_BEGINS, 700),
            (columns.TRUCE_OPENS, 700),
            (columns.GOVERNMENT_FORMS, 90),
        )
    ]
    one = Realised("deter", Past(np.zeros((DAYS, len(OUTCOMES))), events), [4, 4], [1.0, 1.0])
    for language in (ENGLISH, Language("ar")):
        lines = [e["text"] for e in debrief.told(one, 0, language)]
        assert len(lines) == 4
        assert not any("700" in line for line in lines)
        stances = [language.word("chronicle", f"stance_{s}") for s in ("friend", "foe", "neutral")]
        assert not any(stance in line for line in lines for stance in stances)


def test_intelligence_is_surer_the_better_it_attributes() -> None:
    """Catches confidence turned over, and names that are not the attackers'."""
    assert game._confidence(10, 20, 0.95) == "high"
    assert game._confidence(10, 20, 0.75) == "moderate"
    assert game._confidence(2, 4, 0.95) == "low"
    assert game._confidence(10, 100, 0.75) == "low"
    one = realised()
    assert {k: n for k, (n, _) in game.attributed(5, one, 0).items()} == game.attackers(one, 0)


# --- the debrief ------------------------------------------------------------------------------


def test_orders_and_misses_are_told_to_those_who_may_know() -> None:
    """Catches orders in the public news, and whom a strike missed."""
    one, word, own = realised(), ENGLISH.words["chronicle"], ENGLISH.words["exercise"]
    whole = [e["text"] for k in range(TURNS) for e in debrief.told(one, k, ENGLISH)]
    public = [e["text"] for k in range(TURNS) for e in debrief.told(one, k, ENGLISH, public=True)]
    order, campaign = own["order_begins"], own["campaign_begins"]
    missed = word["strike_wrong"]
    for text in (order, campaign, missed):
        assert sum(text in line for line in whole) == 1
        assert not any(text in line for line in public)
    assert len(public) == 2
    assert any("170" in line for line in public)
    assert any(word["strike"].partition("{")[0] in line for line in public)


def test_the_debrief_tells_the_true_attackers_beside_those_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Catches named and true groups exchanged, and another structure's row called played."""
    one = realised()
    level = {None: 0.0, **{s: float(k) for k, s in enumerate(STRUCTURES)}}
    monkeypatch.setattr(
        game,
        "replay",
        lambda seed, turns, s=None, m=None: np.full((len(turns), len(NAMES)), level[s]),
    )
    monkeypatch.setattr(game, "attributed", lambda *_: {cast().factions[3].name: (7, "low")})
    made = debrief.make(1, [Turn(), Turn()], one, ENGLISH)
    word = [ENGLISH.word("factions", f.name) for f in cast().factions]
    for turn, true in ((0, [{"name": word[0], "count": 2}]), (1, [{"name": word[2], "count": 1}])):
        told = made["timeline"][turn]
        assert told["attributed"] == [{"name": word[3], "count": 7, "sure": "low"}]
        assert told["true"] == true
    readings = [r for r in made["slides"]["readings"] if r["kind"] == "structures"]
    assert [r["here"] for r in readings] == [s == "deter" for s in STRUCTURES]
    assert [r["value"] for r in readings] == [0.0, 2.0, 4.0]
    attacks = 100 + 200 + 2 * O.attacks_foreign
    assert float(made["record"]["game"]) == pytest.approx(attacks / DAYS * 365.25 / 12, abs=0.06)


# --- rooms ------------------------------------------------------------------------------------


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Teller, str]:
    rooms = Rooms(tmp_path / "rooms.sqlite")
    code = rooms.make("a class").code
    rooms.move(code, "deciding", ("waiting",), "start")
    for turn in range(TURNS):
        for role, item in game.rules().roles.items():
            choices = {n: list(lever.options)[1] for n, lever in item.levers.items()}
            rooms.choose(code, role, turn, 0, f"{role}{turn}", choices)
        rooms.next_turn(code, turn, f"n{turn}")
    teller = Teller(rooms)
    monkeypatch.setattr(teller, "realised", lambda now: realised())
    monkeypatch.setattr(teller.outlooks, "draw", lambda known: {})
    return teller, code


def test_a_team_is_told_of_the_turn_that_has_ended(room: tuple[Teller, str]) -> None:
    """Catches the numbers of the turn before, and those of another indicator."""
    teller, code = room
    want = by_name(game.indicators(realised().daily(1)))
    seen: set[str] = set()
    for role, item in game.rules().roles.items():
        told = teller.team(code, role, ENGLISH)
        assert [i["name"] for i in told["indicators"]] == item.indicators
        for one in told["indicators"]:
            digits = debrief.DIGITS.get(one["name"], 0)
            assert one["value"] == ENGLISH.number(want[one["name"]], digits)
            seen.add(one["name"])
    assert len(seen) > 6


def test_only_washington_is_told_who_attacked_and_only_the_patron_of_its_orders(
    room: tuple[Teller, str],
) -> None:
    """Catches what intelligence says told to those whom it is about."""
    teller, code = room
    told = {role: teller.team(code, role, ENGLISH) for role in game.rules().roles}
    assert {role for role, one in told.items() if "attributed" in one} == {"us"}
    assert {role for role, one in told.items() if "official" in one} == {"us"}
    assert {role for role, one in told.items() if "quiet" in one} == {"patron"}
    assert told["patron"]["quiet"] == game.ordered_days(realised(), 1)
    assert told["us"]["official"] == game.official(realised(), 1)


def test_the_board_shows_public_numbers_and_choices_alone(room: tuple[Teller, str]) -> None:
    """Catches private levers among public choices, and an indicator that is a team's own."""
    teller, code = room
    board = teller.board(code, ENGLISH)
    assert [i["name"] for i in board["indicators"]] == list(PUBLIC)
    secret = {
        "authority",
        "pressure",
        "us_support",
        "iranian_influence",
        "attacks_state",
        "daesh_index",
    }
    assert not secret & set(PUBLIC)
    told = " ".join(c for one in board["public"] for c in one["choices"])
    for item in game.rules().roles.values():
        for lever in item.levers.values():
            said = f"{lever.name.en}: {list(lever.options.values())[1].name.en}"
            assert (said in told) == lever.public, said
    news = " ".join(n["text"] for n in board["news"])
    assert "170" in news
    us, allies = 200 + O.dead_us, 200 + O.dead_coalition
    assert f"American soldiers killed in this turn: {us}; allied: {allies}." in news
    assert ENGLISH.words["chronicle"]["strike_wrong"] not in news


def test_a_team_is_told_what_others_did_and_not_what_it_did_itself(
    room: tuple[Teller, str],
) -> None:
    """Catches a team's own choices under what others announced."""
    teller, code = room
    every = {one["role"] for one in teller.board(code, ENGLISH)["public"]}
    for role, item in game.rules().roles.items():
        told = {one["role"] for one in teller.team(code, role, ENGLISH)["public"]}
        assert told == every - {item.name.en}, role


def test_the_map_shows_as_many_attacks_as_the_press_reported(room: tuple[Teller, str]) -> None:
    """Catches all attacks on the board, where the press saw a part of them."""
    teller, code = room
    places = teller.board(code, ENGLISH)["places"]
    reported = by_name(game.indicators(realised().daily(1)))["reported"]
    assert sum(p["n"] for p in places) == pytest.approx(reported)
    assert reported != len(places)


def test_a_goal_says_whether_it_holds_as_things_stand(room: tuple[Teller, str]) -> None:
    """Catches the bound and the number exchanged, and last turn's count called the game's."""
    teller, code = room
    told = teller.team(code, "us", ENGLISH)["goals"]
    dead, authority, _ = told
    assert dead["state"] == "lost"
    assert dead["now"] == ENGLISH.number(
        sum(by_name(game.indicators(realised().daily(k)))["dead_allies"] for k in range(TURNS)), 0
    )
    now = float(by_name(game.indicators(realised().daily(1)))["authority"])
    assert authority["state"] == ("holds" if now >= authority["reach"] else "not_yet")
    assert authority["state"] == "holds"


def test_nobody_learns_a_private_choice_of_others() -> None:
    for role in game.rules().roles:
        choices = {
            name: {n: list(lever.options)[1] for n, lever in item.levers.items()}
            for name, item in game.rules().roles.items()
        }
        choices["us"]["talks"] = "concede"
        seen = Turn(choices).seen_by(role).choices
        for name, item in game.rules().roles.items():
            known = {n for n, lever in item.levers.items() if name == role or lever.public}
            assert set(seen[name]) == known
