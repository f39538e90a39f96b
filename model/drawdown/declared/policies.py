"""Policies as data: levers and the numbers of conditions by name, and back into a scenario file.

A hand on a slider, a search and other tools move the same things: the levers of
`declared.levers`, and of each condition ``NAME`` of a scenario's policy ``NAME.lasting``,
``NAME.over``, ``NAME.when.at_most`` and so on; ``NAME`` itself is ``on`` or ``off``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML

from drawdown.declared import levers as levers_of
from drawdown.declared.columns import PARTS_OF_CONDITION
from drawdown.declared.conditions import (
    Condition,
    Item,
    Promise,
    Step,
    Test,
    Tests,
    sights,
)
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.language import LANGUAGES
from drawdown.declared.levels import RESIDUAL, Mixed
from drawdown.declared.lever_table import POSTURE
from drawdown.declared.levers import FROM_THE_FIRST_DAY, LEVERS, NAMES, Lever
from drawdown.declared.scenario import Scenario

ON, OFF = "on", "off"

LONGEST_TRIED = {"lasting": 180, "over": 730, "days": 365, "promise_days": 730}
"""Most days that a search tries unless it is told others (judgement)."""


def _plain(value: Any) -> Any:
    """Return content of a file with whole numbers written as such."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return int(value) if isinstance(value, float) and value == int(value) else value


def as_written(item: Item) -> dict[str, Any]:
    """Return a condition as a scenario file says it."""
    found: dict[str, Any] = _plain(item.model_dump(exclude_defaults=True))
    for part in PARTS_OF_CONDITION:
        tests = found.get(part, {}).get("all")
        if tests:
            found[part] = tests[0] if len(tests) == 1 else tests
    return found


def _tests_by_path(item: Item) -> Iterator[tuple[tuple[Any, ...], str, Test]]:
    """Yield each test with its way through `as_written` and its name."""
    for part in PARTS_OF_CONDITION:
        tests: Tests | None = getattr(item, part)
        if tests is None:
            continue
        alone = bool(tests.all) and len(tests.all) == 1
        for k, test in enumerate(tests.items):
            way: tuple[Any, ...] = (part,) if alone else (part, k)
            if tests.any:
                way = (part, "any", k)
            yield way, part if alone else f"{part}.{k + 1}", test


def _numbers(
    condition: Condition, scenario: Scenario
) -> Iterator[tuple[Lever, tuple[Any, ...], Any]]:
    """Yield what can be moved in a condition: the lever, its way, the value it has."""
    item, name = condition.item, condition.name
    most = LONGEST_TRIED
    yield Lever(f"{name}.lasting", 1, most["lasting"]), ("lasting",), item.lasting
    if item.over:
        yield Lever(f"{name}.over", 1, most["over"]), ("over",), item.over
    every = {lever.name: lever for lever in LEVERS}
    for lever, value in item.then.moved().items():
        known = every.get(lever)
        at = f"{name}.then.{lever}"
        if isinstance(value, Step) and known is not None:
            end = (known.high - known.low) / 2
            yield Lever(f"{at}.step", -end, end, known.step), ("then", lever, "step"), value.step
        elif isinstance(value, Promise):
            longest = most["promise_days"]
            way = ("then", lever, "promise_days")
            yield Lever(f"{at}.promise_days", 1, longest), way, value.promise_days
        elif known is not None and known.choices:
            yield Lever(at, choices=known.choices), ("then", lever), value
        elif known is not None and isinstance(value, float):
            yield Lever(at, known.low, known.high, known.step), ("then", lever), value
    for way, told, test in _tests_by_path(item):
        if test.days is not None:
            yield Lever(f"{name}.{told}.days", 1, most["days"]), (*way, "days"), test.days
        for bound in ("at_least", "at_most"):
            value = getattr(test, bound)
            if value is None:
                continue
            if isinstance(value, date):
                last = (scenario.end - scenario.start).days
                day = (value - scenario.start).days
                yield Lever(f"{name}.{told}.{bound}", 0, last), (*way, bound), day
            elif "between" in sights()[test.see]:
                low, high = sights()[test.see]["between"]
                step = 0.01 if high <= 1 else 1
                lever_of = Lever(f"{name}.{told}.{bound}", low, high, step)
                yield lever_of, (*way, bound), value


def levers_that_move(scenario: Scenario) -> dict[str, Lever]:
    """Return all of a scenario's policy that can be moved, by name.

    The levers of `declared.levers`, then each condition (``on`` or ``off``) with its numbers. A
    date in a condition is moved as days from the first day on.
    """
    found = {lever.name: lever for lever in LEVERS}
    for condition in scenario.conditions:
        found[condition.name] = Lever(condition.name, choices=(ON, OFF))
        found |= {lever.name: lever for lever, _, _ in _numbers(condition, scenario)}
    return found


def stands(scenario: Scenario) -> dict[str, Any]:
    """Return where all of `levers_that_move` stand; None where it is drawn in every world."""
    found: dict[str, Any] = dict(levers_of.stands(scenario))
    for condition in scenario.conditions:
        found[condition.name] = ON
        found |= {lever.name: value for lever, _, value in _numbers(condition, scenario)}
    return found


def _replaced(content: Any, way: Sequence[Any], value: Any) -> None:
    for key in way[:-1]:
        content = content[key]
    content[way[-1]] = value


def moved(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return a scenario whose policy is moved.

    Args:
        scenario: The scenario.
        values: Values by name of `levers_that_move`.

    Raises:
        InputError: For every unknown name, and every value that is wrong or that makes a
            condition one that no file could say.
    """
    known = levers_that_move(scenario)
    faults: list[str] = []
    given: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            faults.append(unknown("lever", f"{name}"[:60], known))
            continue
        lever = known[name]
        try:
            given[name] = lever.read(value)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    changed = levers_of.moved(scenario, {n: v for n, v in given.items() if n in NAMES})
    conditions = []
    for condition in scenario.conditions:
        if given.get(condition.name) == OFF:
            continue
        content = as_written(condition.item)
        touched = False
        for lever, way, _ in _numbers(condition, scenario):
            if lever.name in given:
                touched = True
                value = given[lever.name]
                if isinstance(value, float) and lever.step >= 1:
                    value = round(value)
                if _is_date(condition.item, way):
                    value = scenario.start + timedelta(days=int(value))
                _replaced(content, way, value)
        if touched:
            try:
                condition = replace(condition, item=Item.model_validate(content))
            except ValidationError as error:
                faults += [f"{condition.name}: {e['msg']}" for e in error.errors()]
        conditions.append(condition)
    if faults:
        raise InputError(faults)
    return replace(changed, conditions=tuple(conditions))


def _is_date(item: Item, way: Sequence[Any]) -> bool:
    return any(
        way[:-1] == known and isinstance(getattr(test, way[-1]), date)
        for known, _, test in _tests_by_path(item)
        if way[-1] in ("at_least", "at_most")
    )


def _level(level: Any) -> Any:
    if isinstance(level, Mixed):
        raise InputError("a level between a number and 'residual' cannot be said in a file")
    return level if level == RESIDUAL else _plain(level)


def difference(source: Scenario, changed: Scenario) -> dict[str, Any]:
    """Return what a file that extends a scenario must say to be another one.

    Args:
        source: The scenario that is extended.
        changed: It, with levers and conditions moved.

    Returns:
        Content of a scenario file: ``policy``, and ``drop_conditions`` where one is gone.
    """
    policy: dict[str, Any] = {}
    posture = {
        name: {f"{max(day, source.start)}": _level(level) for day, level in levels.items()}
        for name in POSTURE
        if (levels := getattr(changed.levers, name)) != getattr(source.levers, name)
    }
    if posture:
        policy["posture"] = posture
    for name in FROM_THE_FIRST_DAY:
        levels = getattr(changed.levers, name)
        if levels != getattr(source.levers, name):
            days = {max(day, source.start): value for day, value in sorted(levels.items())}
            each = {f"{day}": _plain(value) for day, value in days.items()}
            policy[name] = next(iter(each.values())) if len(each) == 1 else each
    if "policing" not in policy and "government" in policy:
        dated = changed.levers.policing
        policy["policing"] = {f"{max(d, source.start)}": _plain(v) for d, v in dated.items()}
    before = {c.name: c.item for c in source.conditions}
    after = {c.name: c.item for c in changed.conditions}
    conditions = {
        name: as_written(item) for name, item in after.items() if before.get(name) != item
    }
    if conditions:
        policy["conditions"] = conditions
    content: dict[str, Any] = {"policy": policy} if policy else {}
    gone = [name for name in before if name not in after]
    if gone:
        content["drop_conditions"] = gone
    return content


def as_file(
    extends: str,
    source: Scenario,
    changed: Scenario,
    title: Mapping[str, str],
    question: Mapping[str, str],
    head: str = "",
    **more: Any,
) -> str:
    """Return a scenario file whose policy is another scenario's, moved.

    Args:
        extends: Name or path of the scenario that is extended.
        source: That scenario.
        changed: It, with levers and conditions moved.
        title: Short name in both languages.
        question: Question in both languages.
        head: Comment before everything.
        **more: Further keys of the file, such as ``end`` or ``world``.
    """
    content: dict[str, Any] = {
        "title": {k: title[k] for k in LANGUAGES},
        "question": {k: question[k] for k in LANGUAGES},
        "extends": extends,
    }
    content |= more | difference(source, changed)
    text = StringIO()
    text.write(head)
    yaml = YAML()
    yaml.allow_unicode = True
    yaml.width = 100
    yaml.dump(content, text)
    return text.getvalue()
