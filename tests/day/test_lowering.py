"""The lowering plays what Python plays, to the last bit, or refuses it with file and line."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from random_functions import HEAD, INPUTS, PACK, Writer, faults_of, in_python, pack

from drawdown import World
from drawdown.day import engine, rulebook, steps
from drawdown.declared.errors import InputError
from drawdown.declared.scenario import Scenario
from drawdown.rules import militia
from drawdown.worlds import ensemble

PACKS = 20 if os.environ.get("DRAWDOWN_NEED_CHROMIUM") == "1" else 2

ALIKE = {
    "an_inner_loop_left_early": """
    for n in range(3):
        for m in range(4):
            if m > 1:
                break
        x = x + 1.0
    return x""",
    "a_written_out_loop_that_goes_on": """
    for n in range(4):
        if n == 1:
            continue
        x += n
    return x""",
    "an_end_that_the_body_moves": """
    n = 4
    for m in range(n):
        n = n - 1
        x = x + m
    return x""",
    "a_beginning_that_the_body_moves": """
    for m in range(k, 6):
        k += 2
        x = x + m
    return x""",
    "a_counter_that_the_body_moves": """
    for m in range(5):
        m = m + m
        x = x + m
    return x""",
    "truths_that_add_up": "return (x > 0.0) + (y > 0.0) - (k > 1)",
    "the_sign_of_a_truth": "return -(k > 1) * 2",
    "the_truth_of_a_number": "return bool(x) + bool(y)",
    "a_chain": "return 1.0 if -2 <= k < 3 else y",
    "a_name_of_the_result": """
    result = x
    if y > 0.6:
        result = y
    return result""",
    "places_from_the_end": "return WHOLES[-1] + FLOATS[-4] + FLOATS[min(max(k, 0), 3) - 4]",
    "whole_or_not": """
    m = 0
    if x > 0.0:
        m = 0.5
    return m + k""",
    "kinds_that_settle_late": """
    a, b, c, d, e, f, g, h, i, j = 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    for n in range(12):
        a = b
        b = c
        c = d
        d = e
        e = f
        f = g
        g = h
        h = i
        i = j
        j = 0.5
    return a""",
    "a_whole_number_in_a_larger_one": "return abs(k) + int(-0.5) + max(0, k)",
    "infinity": "return min(ENDLESS, x)",
}
REFUSED = {
    "a_number_for_a_truth": ("return k or 2", "write: a if a != 0 else b"),
    "a_name_not_set": ("if x > 0.0:\n        z = 1.0\n    return z", "may not be set here"),
    "a_name_set_in_no_round": (
        "for n in range(k):\n        z = 1.0\n    return z",
        "set it before",
    ),
    "a_counter_of_no_round": ("for n in range(k):\n        x = 1.0\n    return n", "set it before"),
    "a_way_without_a_number": ("if x > 0.0:\n        return 1.0", "end each in return"),
    "a_return_without_one": (
        "if x > 0.0:\n        return\n    return 1.0",
        "return one everywhere",
    ),
    "the_sign_of_what_may_be_whole": ("return -max(0, x)", "write float(...)"),
    "a_product_of_what_may_be_whole": ("return max(0, x) * max(0, y)", "write float(...)"),
    "a_large_whole_number": ("return x + 3000000000", "use numbers"),
    "a_number_of_numpy": ("return x + SINGLE", "use arguments, and numbers of the module"),
    "numpys_root": ("return numpy.sqrt(abs(x))", "of the module math"),
    "numpys_arrays": ("z = numpy.zeros((3,))\n    return z[0]", "call a rule"),
    "a_place_that_is_not_there": ("return WHOLES[4]", "count from 0 to 3"),
    "a_tuple_of_words": ("return WORDS[0]", "list numbers"),
    "a_decorated_helper": ("return _doubled(x)", "write a plain function"),
    "an_inner_helper": ("return _made(x)", "write a plain function"),
    "a_lambda": ("return _short(x)", "write it as a function of its own"),
    "a_function_that_gives_nothing": ("return _silent(x)", "return one there"),
    "an_exchange_of_places": ("k, x = 1, k + 0.5\n    return x", "write a line for each"),
    "actors_of_nobody": ("for n in actors.sites:\n        x = x + 1.0\n    return x", "loop over"),
    "a_range_of_ones_own": ("for n in _doubled(3):\n        x = 1.0\n    return x", "loop over"),
    "a_step_of_two": ("for n in range(0, 9, 2):\n        x = x + 1.0\n    return x", "loop over"),
    "the_root_by_name": ("return max(x, y, key=abs)", "in their order"),
}
MORE = """
import functools
import numpy
SINGLE, ENDLESS, WORDS = numpy.float32(0.1), float("inf"), ("a", "b")
def _twice(function):
    @functools.wraps(function)
    def inner(x):
        return 2.0 * function(x)
    return inner
@_twice
def _doubled(x):
    return x
def _make(k):
    def inner(x):
        return x * k
    return inner
_made = _make(0.5)
_short = lambda x: 2.0 * x
def _silent(x):
    x = 1.0
"""


@pytest.mark.parametrize("number", range(PACKS))
def test_random_functions_are_played_as_python_plays_them(number: int, tmp_path: Path) -> None:
    """Catches any place where the text means another thing in C than in Python."""
    names = [f"f{number * PACK + i}" for i in range(PACK)]
    made = pack({name: Writer(int(name[1:]), name).text() for name in names}, tmp_path)
    assert not (faults := faults_of(made)), "\n".join(faults[:3])
    assert len(made.refused) < PACK / 2, made.refused
    assert all(re.match(r"random\.py:\d+: ", said) for said in made.refused.values())
    # Most of what is accepted is played too, and not noted as what would stop Python.
    played = [made.native(n, *g) for n in names if n not in made.refused for g in INPUTS]
    assert sum(found is None for found in played) < len(played) / 3


def test_what_was_played_otherwise_is_played_alike_or_refused(tmp_path: Path) -> None:
    """Catches each way in which another rule than Python's was played, silently."""
    bodies = ALIKE | {name: body for name, (body, _) in REFUSED.items()}
    texts = {name: f"def {name}(x, y, k):\n    {body.strip()}\n" for name, body in bodies.items()}
    made = pack(texts, tmp_path, HEAD + MORE)
    assert not (faults := faults_of(made)), "\n".join(faults)
    assert set(made.refused) == set(REFUSED)
    wrong = {n: made.refused[n] for n, (_, said) in REFUSED.items() if said not in made.refused[n]}
    assert not wrong
    assert all(said.startswith("random.py:") for said in made.refused.values())
    for name in ALIKE:
        assert any(in_python(made.python[name], given) is not None for given in INPUTS)


STOPPED = {
    "return x / (y - 4.0)": (-0.0, 4.0, 1),
    "return sqrt(x)": (-1.75, 0.5, -2),
    "return WHOLES[k]": (1e6, 1e-3, 7),
    "return int(x * 1e4) * 1.0": (1e6, 1e-3, 7),
    "for n in range(32):\n        k = k * 2 + 1\n    return k": (0.3, -2.5, 3),
    "m = 1\n    for n in range(60):\n        m = m + m + 1\n    m = m + x\n    return m": (
        0.3,
        1.0,
        1,
    ),
}


@pytest.mark.parametrize("body", STOPPED)
def test_what_would_stop_python_is_noted(body: str, tmp_path: Path) -> None:
    """Catches a division by 0, a place or a whole number that the engine plays on with."""
    made = pack({"f": f"def f(x, y, k):\n    {body}\n"}, tmp_path)
    assert not made.refused
    assert made.native("f", *STOPPED[body]) is None
    assert made.native("f", 0.5, 0.5, 2) is not None or "range" in body
    assert not faults_of(made)


@pytest.mark.long
@pytest.mark.parametrize("zero", ["leaving * 0.0", "float(leaving > 5.0)"])
def test_a_rule_that_would_stop_python_stops_both_engines(tmp_path: Path, zero: str) -> None:
    """Catches an engine that gives numbers where Mesa stops, and a traceback where it does."""
    file = tmp_path / "mine.py"
    file.write_text(
        f"def hold_fire(leaving, hold_fire_discount):\n    return 1.0 / ({zero})\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"mine\.py:2: it divides by 0"):
        ensemble.play([Scenario.load("restraint")], runs=2, rules=file)
    with pytest.raises(InputError, match=r"mine\.py:2: float division by zero"):
        World("restraint", rules=file).run(3)
    assert len(ensemble.play([Scenario.load("restraint")], runs=2)[0].outcomes)


@pytest.mark.long
def test_what_a_rule_gives_stops_the_model_alike(tmp_path: Path) -> None:
    """Catches a rule of one's own that makes the model's text divide by 0, unnoticed."""
    file = tmp_path / "mine.py"
    file.write_text("def severity_weight(number, severity_exponent):\n    return 0\n")
    with pytest.raises(InputError, match=r"\.py:\d+: it divides by 0"):
        ensemble.play([Scenario.load("restraint")], runs=2, rules=file)
    with pytest.raises(InputError, match=r"\.py:\d+: float division by zero"):
        World("restraint", rules=file)


def test_an_edited_file_is_read_as_it_was_loaded(tmp_path: Path) -> None:
    """Catches rules that are lowered from a file's text of now and played from that of then."""
    file = tmp_path / "mine.py"
    file.write_text("def hold_fire(leaving, hold_fire_discount):\n    return 1.0\n")
    first = rulebook.load(file)
    file.write_text("def hold_fire(leaving, hold_fire_discount):\n    return 0.0\n")
    second = rulebook.load(file)
    assert "0x1.0000000000000p+0" in hold_fire_of(engine.source(first))
    assert "0x0.0p+0" in hold_fire_of(engine.source(second))


def hold_fire_of(text: str) -> str:
    found = re.search(r"own_hold_fire\(.*?\n}", text, re.DOTALL)
    assert found
    return found.group().split("result = 0;")[1]


def test_a_whole_number_of_ones_own_is_a_float_in_both(tmp_path: Path) -> None:
    """Catches Python's whole numbers that grow without bound in the state of a Mesa world."""
    file = tmp_path / "mine.py"
    file.write_text("def hold_fire(leaving, hold_fire_discount):\n    return 1\n")
    assert type(rulebook.load(file).rules["militia"].hold_fire(1.0, 0.5)) is float


def test_a_second_step_of_cells_is_not_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a step that Mesa's cells play and the engine passes over."""
    day = tuple(
        replace(
            phase,
            parts=tuple(
                replace(part, steps=part.steps * 2) if part.kind == "cell" else part
                for part in phase.parts
            ),
        )
        for phase in steps.DAY
    )
    monkeypatch.setattr(steps, "DAY", day)
    with pytest.raises(InputError, match=r"decisions: .*cells have one step there"):
        engine.source()


def test_a_cell_whose_draw_is_not_below_a_rested_cells_hazard_does_nothing() -> None:
    """Catches a rule of the model that breaks the engine's short cut."""
    for days in (0.0, 0.5, 1.0, 3.0, 10.0, 1e3, 1e6):
        for ready_days in (0.5, 1.0, 7.0, 60.0):
            assert 0.0 <= militia.readiness(days, ready_days) <= 1.0
    grid = [0.0, 1e-12, 0.01, 0.3, 0.5, 0.7, 0.999999, 1.0 - 2.0**-53]
    for u in grid:
        for total in (*[t for t in grid if t <= u], u):
            for foreign in (0.0, total * 0.5, total):
                for ready in (0.0, 0.5, 1.0 - 2.0**-53, 1.0):
                    assert militia.cell_decision(u, ready, foreign, total) == militia.NOTHING
