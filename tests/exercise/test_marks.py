"""The two tests of a class: what is right, how sure, what is told and what is not."""

import math
from pathlib import Path

import pytest

from drawdown.declared import data_files
from drawdown.declared.language import Language
from drawdown.exercise import marks
from drawdown.exercise.marks import Mark, brier
from drawdown.exercise.room_views import Teller
from drawdown.exercise.rooms import SLIDES, RefusedError, Rooms

ENGLISH = Language("en")
RIGHT = {test: [(choice, 75) for choice in marks.key(test)] for test in marks.TESTS}
WRONG = {test: [((choice + 1) % 4, 75) for choice in marks.key(test)] for test in marks.TESTS}


def test_the_key_is_the_teachers_table() -> None:
    """Catches the answers before and after exchanged, and a letter that no choice has."""
    assert marks.key("pre") == tuple("ABCD".index(x) for x in "BCCBCBBA")
    assert marks.key("post") == tuple("ABCD".index(x) for x in "BCBBCBBC")
    for test in marks.TESTS:
        asked = marks.questions(test, ENGLISH)
        assert len(asked) == len(marks.key(test)) == 8
        assert all(len(one["choices"]) == 4 for one in asked)
    rows = data_files.load("materials")["answers"]["blocks"][1]["table"]["rows"]
    assert len(rows) == 8


def test_who_is_sure_and_wrong_pays_most() -> None:
    assert brier(True, 100) == 0.0
    assert brier(False, 100) == 1.0
    assert brier(True, 50) == brier(False, 50) == 0.25


def test_gain_is_after_less_before_by_question() -> None:
    """Catches the two tests exchanged, and a mean over all questions."""
    one = [*RIGHT["post"][:1], *WRONG["post"][1:]]
    given = [Mark("a", "pre", WRONG["pre"]), Mark("b", "pre", RIGHT["pre"]), Mark("a", "post", one)]
    rows = marks.by_question(given)
    assert [row["pre"] for row in rows] == [{"n": 2, "right": 0.5, "brier": 0.3125}] * 8
    assert rows[0]["post"] == {"n": 1, "right": 1.0, "brier": 0.0625}
    assert rows[1]["post"] == {"n": 1, "right": 0.0, "brier": 0.5625}
    # Of the first alone, who answered both: right at last, or as wrong as before.
    assert [row["gain"] for row in rows] == [1.0] + [0.0] * 7
    nobody = marks.by_question([])[0]["pre"]
    assert math.isnan(nobody["right"])
    table = list(marks.rows(given))
    assert table[1][:4] == ["1", "pre", "1", "ABCD"[WRONG["pre"][0][0]]]
    assert len(table) == 1 + 24


def test_a_seat_answers_each_test_once_and_in_its_time(tmp_path: Path) -> None:
    """Catches a post-test before the debrief, a second try, and a name in the file."""
    rooms = Rooms(tmp_path / "rooms.sqlite")
    code = rooms.make("a class").code
    token = rooms.join(code, "us", "Zaynab")
    teller = Teller(rooms)
    assert teller.test(code, token, ENGLISH)["test"] == "pre"
    for test, answers in (
        ("post", RIGHT["post"]),
        ("mid", RIGHT["pre"]),
        ("pre", RIGHT["pre"][:7]),
    ):
        with pytest.raises(RefusedError):
            rooms.mark(code, token, test, f"x{test}", answers)
    for bad in ([4, 75], [0, 60], [True, 75], [0], "ab"):
        with pytest.raises(RefusedError) as raised:
            rooms.mark(code, token, "pre", "bad", [bad, *RIGHT["pre"][1:]])
        assert raised.value.why == "no_answers"
    with pytest.raises(RefusedError):
        rooms.mark(code, "nobody", "pre", "n", RIGHT["pre"])
    rooms.mark(code, token, "pre", "a", WRONG["pre"])
    with pytest.raises(RefusedError):
        rooms.mark(code, token, "pre", "b", RIGHT["pre"])
    assert teller.test(code, token, ENGLISH)["test"] is None
    rooms.move(code, "deciding", ("waiting",), "s")
    rooms.next_turn(code, 0, "n")
    with pytest.raises(RefusedError):
        rooms.mark(code, token, "pre", "late", RIGHT["pre"])
    rooms.move(code, "revealed", ("deciding",), "r")
    with pytest.raises(RefusedError):
        rooms.mark(code, token, "post", "before the slides", RIGHT["post"])
    for slide in range(1, SLIDES + 1):
        rooms.open_slide(code, slide, f"slide{slide}")
    assert teller.test(code, token, ENGLISH)["test"] == "post"
    rooms.mark(code, token, "post", "c", RIGHT["post"])
    rows = teller.marks(code, ENGLISH)
    assert [(r["pre"]["right"], r["post"]["right"], r["gain"]) for r in rows] == [
        ("0.00", "1.00", "+1.00")
    ] * 8
    # Who comes after somebody has left is somebody else.
    rooms.leave(code, token)
    rooms.set_doors(code, True, "doors")
    other = rooms.join(code, "us", "Ali")
    assert teller.test(code, other, ENGLISH)["test"] == "post"
    rooms.mark(code, other, "post", "d", WRONG["post"])
    assert [r["gain"] for r in teller.marks(code, ENGLISH)] == ["+1.00"] * 8
    told = "\n".join(",".join(row) for row in marks.rows(rooms.marks(code)))
    assert "Zaynab" not in told
    assert token not in told
    rooms.reset(code, "anew")
    assert {m.test for m in rooms.marks(code)} == {"pre"}
