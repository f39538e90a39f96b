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

if TYPE_CHECKING:
    from drawdown.day.world import World

TURNS = {
    rules.MET: ("met", "when"),
    rules.HALTS: ("halts", "halt"),
    rules.RESUMES: ("resumes", "resume"),
    rules.ENDS: ("ends", "until"),
}
"""What a condition does: the words for it, and the list of tests that made it."""


def _word(language: Language, name: str, /, **values: Any) -> str:
    return language.word("conditions", name, **values)


def _value(value: float | date, language: Language) -> str:
    if isinstance(value, date):
        return language.day(value)
    digits = 0 if value == int(value) else 2
    return language.number(value, digits)


def told_sight(test: Test, language: Language) -> str:
    """Return what a test looks at, such as *attacks on diplomats in the last 30 days (press)*."""
    days = "" if test.days is None else language.number(test.days, 0)
    if test.see in ("attacks", "days_without_attacks"):
        return _word(
            language,
            test.see if test.days != 1 else "attacks_yesterday",
            on=_word(language, f"on_{test.on}"),
            by=_word(language, f"by_{test.counted_by}"),
            days=days,
        )
    if test.see == "dead":
        name = "dead" if test.days != 1 else "dead_yesterday"
        return _word(language, name, of=_word(language, f"of_{test.of}"), days=days)
    if test.see == "strikes":
        return _word(language, "strikes" if test.days != 1 else "strikes_yesterday", days=days)
    return language.pick(sights()[test.see]["name"])


def told_test(test: Test, language: Language) -> str:
    """Return a test as words."""
    what = told_sight(test, language)
    low, high = test.at_least, test.at_most
    if test.see in ("request", "truce"):
        there = low is not None and low != 0.0
        return _word(language, "is" if there else "is_not", what=what)
    if test.see == "date":
        if low is not None and high is not None:
            return _word(language, "dates", low=_value(low, language), high=_value(high, language))
        bound = low if low is not None else high
        assert bound is not None
        return _word(
            language, "from" if low is not None else "until_day", day=_value(bound, language)
        )
    if low is not None and high is not None:
        return _word(
            language, "between", what=what, low=_value(low, language), high=_value(high, language)
        )
    if low is None and high == 0.0:
        return _word(language, "none", what=what)
    bound = low if low is not None else high
    assert bound is not None
    name = "at_least" if low is not None else "at_most"
    return _word(language, name, what=what, n=_value(bound, language))


def told_tests(tests: Tests, language: Language) -> str:
    """Return a list of tests as words: all of them, or any."""
    between = _word(language, "and" if tests.all else "or")
    return between.join(told_test(test, language) for test in tests.items)


def told_then(condition: Condition, language: Language) -> str:
    """Return what a condition does."""
    found = []
    for name, value in condition.item.then.moved().items():
        lever = _word(language, f"lever_{name}")
        if name == "concession":
            days = language.number(value.promise_days, 0) if isinstance(value, Promise) else ""
            found.append(_word(language, "promises" if days else "concedes", days=days))
        elif name == "talks":
            found.append(_word(language, "talks"))
        elif isinstance(value, Step):
            by = _value(abs(value.step), language)
            found.append(_word(language, "up" if value.step > 0 else "down", lever=lever, by=by))
        elif value == RESIDUAL:
            found.append(_word(language, "to_residual", lever=lever))
        elif isinstance(value, str):
            choice = language.word(BY_NAME[name].words, value)
            found.append(_word(language, "to", lever=lever, n=choice))
        else:
            found.append(_word(language, "to", lever=lever, n=_value(value, language)))
    told = _word(language, "then").join(found)
    if condition.item.over:
        told += _word(language, "over", days=language.number(condition.item.over, 0))
    return told


def told(condition: Condition, language: Language) -> list[str]:
    """Return a condition as sentences: when and what; what halts it, resumes it, ends it."""
    item = condition.item
    lasting = ""
    if item.lasting > 1:
        lasting = _word(language, "lasting", days=language.number(item.lasting, 0))
    lines = [
        _word(
            language,
            "rule_once" if item.once else "rule",
            name=language.kept(condition.name),
            when=told_tests(item.when, language) + lasting,
            then=told_then(condition, language),
        )
    ]
    for part in ("halt", "resume", "until"):
        tests: Tests | None = getattr(item, part)
        if tests is not None:
            lines.append(_word(language, f"rule_{part}", tests=told_tests(tests, language)))
    return lines


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
    condition = conditions[number]
    name, part = TURNS[turn]
    before = 0
    for i, other in enumerate(conditions):
        for which, tests in other.tests():
            if i == number and which == part:
                seen = [
                    _seen(test, world, before + k, language) for k, test in enumerate(tests.items)
                ]
                return _word(
                    language,
                    name,
                    name=language.kept(condition.name),
                    seen=_word(language, "and").join(seen),
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
    return _word(
        language, "seen", what=told_sight(test, language), n=_value(round(value, 2), language)
    )
