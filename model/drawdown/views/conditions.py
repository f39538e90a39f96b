"""Conditions in words, in both languages: what is looked at, what is done, why a lever moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from drawdown.declared.columns import LEVELS, PARTS_OF_CONDITION
from drawdown.declared.conditions import Condition, Promise, Step, Test, Tests, sights
from drawdown.declared.language import Language
from drawdown.declared.levels import RESIDUAL
from drawdown.declared.lever_table import BY_NAME
from drawdown.rules import conditions as rules
from drawdown.views.words import Words

if TYPE_CHECKING:
    from drawdown.day.world import World

TURNS = {
    rules.MET: ("met", "when"),
    rules.HALTS: ("halts", "halt"),
    rules.RESUMES: ("resumes", "resume"),
    rules.ENDS: ("ends", "until"),
}
"""What a condition does: the words for it, and the list of tests that made it."""


def _words(language: Language) -> Words:
    return Words(language, "conditions")


def _value(value: float | date, language: Language) -> str:
    if isinstance(value, date):
        return language.day(value)
    digits = 0 if value == int(value) else 2
    return language.number(value, digits)


def told_sight(test: Test, language: Language) -> str:
    """Return what a test looks at, such as *attacks on diplomats in the last 30 days (press)*."""
    word = _words(language)
    days = "" if test.days is None else test.days
    yesterday = "_yesterday" if test.days == 1 else ""
    if test.see in ("attacks", "days_without_attacks"):
        name = f"attacks{yesterday}" if yesterday else test.see
        on, by = word(f"on_{test.on}"), word(f"by_{test.counted_by}")
        return word(name, on=on, by=by, days=days)
    if test.see == "dead":
        return word(f"dead{yesterday}", of=word(f"of_{test.of}"), days=days)
    if test.see == "strikes":
        return word(f"strikes{yesterday}", days=days)
    return language.pick(sights()[test.see]["name"])


def told_test(test: Test, language: Language) -> str:
    """Return a test as words."""
    word, what = _words(language), told_sight(test, language)
    low, high = test.at_least, test.at_most
    if test.see in ("request", "truce"):
        return word("is" if low is not None and low != 0.0 else "is_not", what=what)
    dated = test.see == "date"
    if low is not None and high is not None:
        ends = {"low": _value(low, language), "high": _value(high, language)}
        return word("dates", **ends) if dated else word("between", what=what, **ends)
    if low is None and high == 0.0:
        return word("none", what=what)
    bound = low if low is not None else high
    assert bound is not None
    text = _value(bound, language)
    if dated:
        return word("from" if low is not None else "until_day", day=text)
    return word("at_least" if low is not None else "at_most", what=what, n=text)


def told_tests(tests: Tests, language: Language) -> str:
    """Return a list of tests as words: all of them, or any."""
    between = _words(language)("and" if tests.all else "or")
    return between.join(told_test(test, language) for test in tests.items)


def _told_move(name: str, value: Any, language: Language) -> str:
    """Return what a condition does to one lever."""
    word = _words(language)
    if name == "concession":
        promised = isinstance(value, Promise) and value.promise_days
        return word("promises", days=value.promise_days) if promised else word("concedes")
    if name == "talks":
        return word("talks")
    lever = word(f"lever_{name}")
    if isinstance(value, Step):
        by = _value(abs(value.step), language)
        return word("up" if value.step > 0 else "down", lever=lever, by=by)
    if value == RESIDUAL:
        return word("to_residual", lever=lever)
    if isinstance(value, str):
        return word("to", lever=lever, n=language.word(BY_NAME[name].words, value))
    return word("to", lever=lever, n=_value(value, language))


def told_then(condition: Condition, language: Language) -> str:
    """Return what a condition does."""
    word, item = _words(language), condition.item
    moves = (_told_move(name, value, language) for name, value in item.then.moved().items())
    text = word("then").join(moves)
    return text + word("over", days=item.over) if item.over else text


def told(condition: Condition, language: Language) -> list[str]:
    """Return a condition as sentences: when and what; what halts it, resumes it, ends it."""
    word, item = _words(language), condition.item
    lasting = word("lasting", days=item.lasting) if item.lasting > 1 else ""
    first = word(
        "rule_once" if item.once else "rule",
        name=language.kept(condition.name),
        when=told_tests(item.when, language) + lasting,
        then=told_then(condition, language),
    )
    ends = {"halt": item.halt, "resume": item.resume, "until": item.until}
    return [
        first,
        *(
            word(f"rule_{part}", tests=told_tests(tests, language))
            for part, tests in ends.items()
            if tests is not None
        ),
    ]


def told_turn(
    conditions: Sequence[Condition], number: int, turn: int, world: World, language: Language
) -> str:
    """Return what a condition of a world did today, and what was seen.

    Args:
        conditions: The policy's conditions.
        number: Which of them.
        turn: What it did (`rules.conditions.MET` and others).
        world: The world, on that day's evening.
        language: Language of the sentence.
    """
    condition, word = conditions[number], _words(language)
    name, part = TURNS[turn]
    before = 0
    for i, other in enumerate(conditions):
        for which, tests in other.tests():
            if i == number and which == part:
                seen = (_seen(t, world, before + k, language) for k, t in enumerate(tests.items))
                return word(
                    name,
                    name=language.kept(condition.name),
                    seen=word("and").join(seen),
                    then=told_then(condition, language),
                )
            before += len(tests.items)
    raise AssertionError(PARTS_OF_CONDITION)


def level_of(test: Test) -> int:
    """Return which of the morning's levels a test looks at."""
    return LEVELS.index(test.see)


def written_in(condition: Condition) -> str:
    """Return the file and the line that a condition is written in."""
    return PurePath(condition.place).name


def _seen(test: Test, world: World, row: int, language: Language) -> str:
    """Return a test's sight with what it was this morning."""
    kind = sights()[test.see]["kind"]
    if kind == "day" or test.see in ("request", "truce", "days_without_attacks"):
        return told_test(test, language)
    value = float(world.s.seen[row] if kind == "count" else world.w.level[level_of(test)])
    number = _value(round(value, 2), language)
    return _words(language)("seen", what=told_sight(test, language), n=number)
