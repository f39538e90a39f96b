"""Materials that add up: minutes, packets for every team, a question at every slide."""

import re
from typing import Any

import pytest

from drawdown.declared import data_files
from drawdown.exercise import game
from drawdown.exercise.rooms import SLIDES
from drawdown.web.materials import packets

EVERY: dict[str, Any] = data_files.load("materials")


def plans(language: str) -> dict[str, list[tuple[int, int]]]:
    """Return the minutes of each plan of the guide, by its head."""
    found: dict[str, list[tuple[int, int]]] = {}
    head = ""
    for block in EVERY["guide"]["blocks"]:
        head = block["head"][language] if "head" in block else head
        table = block.get("table")
        if table and table["heads"][0]["en"] == "minutes":
            rows = (re.findall(r"\d+", row[0][language]) for row in table["rows"])
            found[head] = [(int(a), int(b)) for a, b in rows]
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_minutes_of_every_plan_add_up(language: str) -> None:
    """Catches tests of ten minutes in a slot of eight, and a plan that ends after the lesson."""
    lengths = [rows[-1][1] for rows in plans(language).values()]
    assert lengths == [60, 90, 45, 50, 45]
    for rows in plans(language).values():
        assert rows[0][0] == 0
        assert [b for _, b in rows[:-1]] == [a for a, _ in rows[1:]]
        assert all(a < b for a, b in rows)


def test_a_turn_and_a_slide_have_the_time_that_the_plan_gives_them() -> None:
    """Catches seven turns that do not fit between their two minutes."""
    turns = len(game.rules().turns)
    for block in EVERY["guide"]["blocks"]:
        for row in (block.get("table") or {}).get("rows", []):
            told = row[1]["en"]
            for many, word in ((turns, "turns"), (SLIDES, "slides")):
                found = re.match(rf"(?:Seven|Six) {word} of (\w+) minutes", told)
                if found:
                    each = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}[found[1]]
                    a, b = map(int, re.findall(r"\d+", row[0]["en"]))
                    assert b - a == many * each, told


def test_every_team_has_a_packet_and_every_slide_a_question() -> None:
    heads = [b["head"]["en"] for b in packets() if "head" in b]
    assert heads == [role.name.en for role in game.rules().roles.values()]
    tables = [b["table"] for b in EVERY["script"]["blocks"] if "table" in b]
    assert len(tables[0]["rows"]) == SLIDES
