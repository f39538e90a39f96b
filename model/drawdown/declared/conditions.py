"""Conditions of a policy: when what somebody can see holds for so long, a lever moves.

A file says them under ``policy: conditions:`` by name; ``docs/conditions.md`` shows how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from drawdown.declared import data_files
from drawdown.declared.columns import CONDITIONS, PARTS_OF_CONDITION, TESTS
from drawdown.declared.errors import unknown
from drawdown.declared.lever_table import (
    MOVED_BY_CONDITIONS,
    POLICY_LEVERS,
    POSTURE,
    PolicyLever,
)
from drawdown.declared.parameters import is_number

LONGEST_WINDOW = 365
"""Most days that a condition counts back."""

LONGEST_HOLD = 2000
"""Most days that a condition may have to hold, or take to move."""

DECIDES = {
    **{name: lever.decided_by for name, lever in MOVED_BY_CONDITIONS.items()},
    "concession": ("us",),
    "talks": ("us", "government"),
}
"""Who decides on what a condition does: any of them; what it looks at, they must be able to see."""


def _wrong(message: str) -> PydanticCustomError:
    return PydanticCustomError("condition", "{message}", {"message": message})


def sights() -> dict[str, Any]:
    """Return what conditions may look at, by name (``seeds/sights.yaml``)."""
    found: dict[str, Any] = data_files.load("sights")
    return found


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _bound(value: Any) -> float | date:
    if isinstance(value, bool):
        return float(value)
    if is_number(value):
        return float(value)
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise _wrong(f"must be a number, or a date such as 2022-06-30, got {value!r}"[:200])


_BOUND = {"anyOf": [{"type": "number"}, {"type": "string", "format": "date"}]}
Bound = Annotated[float | date, BeforeValidator(_bound), WithJsonSchema(_BOUND)]


def _see(value: Any) -> str:
    if not isinstance(value, str) or value not in sights():
        raise _wrong(unknown("sight", str(value), sights()))
    return value


class Test(_Strict):
    """One thing that somebody can see, and what it must be.

    Attributes:
        see: What is looked at, one of ``seeds/sights.yaml``.
        on: On whom attacks are.
        counted_by: Who counts attacks: the press, or official statements.
        of: Whose dead.
        days: Over how many days it is counted.
        at_least: Lowest that holds.
        at_most: Highest that holds.
    """

    __test__ = False

    see: Annotated[str, BeforeValidator(_see)] = Field(description="what is looked at")
    on: Literal["all", "diplomats", "bases", "state"] | None = Field(
        default=None, description="on whom attacks are"
    )
    counted_by: Literal["press", "official"] | None = Field(
        default=None, description="reporting definition"
    )
    of: Literal["us", "coalition", "allied"] | None = Field(
        default=None, description="whose dead; allied: US and other coalition"
    )
    days: int | None = Field(
        default=None, ge=1, le=LONGEST_WINDOW, description="days that are counted back"
    )
    at_least: Bound | None = Field(default=None, description="lowest that holds")
    at_most: Bound | None = Field(default=None, description="highest that holds")

    @model_validator(mode="after")
    def _fits(self) -> Test:
        about = sights()[self.see]
        for option in ("on", "counted_by", "of"):
            allowed = about["options"].get(option)
            given = getattr(self, option)
            if allowed is None and given is not None:
                raise _wrong(f"'{option}' does not belong to '{self.see}'")
            if allowed is not None and given is None:
                raise _wrong(f"'{self.see}' needs '{option}': one of {', '.join(allowed)}")
        if self.on == "state" and self.counted_by == "official":
            raise _wrong("official counts name no attacks on the Iraqi state; say 'press'")
        windowed = about["kind"] == "count" and self.see != "days_without_attacks"
        if windowed and self.days is None:
            raise _wrong(f"'{self.see}' needs 'days', over which it is counted")
        if not windowed and self.days is not None:
            raise _wrong(f"'days' does not belong to '{self.see}'")
        if self.at_least is None and self.at_most is None:
            raise _wrong(f"'{self.see}' needs 'at_least' or 'at_most'")
        for bound in (self.at_least, self.at_most):
            if bound is not None and isinstance(bound, date) != (about["kind"] == "day"):
                kind = "a date" if about["kind"] == "day" else "a number"
                raise _wrong(f"'{self.see}' is compared with {kind}, got {bound}")
        if self.see == "days_without_attacks":
            for bound in (self.at_least, self.at_most):
                if isinstance(bound, float) and not 0 <= bound <= LONGEST_WINDOW - 1:
                    raise _wrong(
                        f"'days_without_attacks' is from 0 to {LONGEST_WINDOW - 1}, got {bound:g}"
                    )
            if self.at_least is not None and self.at_most is not None:
                raise _wrong("'days_without_attacks' takes 'at_least' or 'at_most', in two tests")
        low, high = self.at_least, self.at_most
        if low is not None and high is not None and low > high:  # type: ignore[operator]
            raise _wrong(f"'at_least' ({low}) is above 'at_most' ({high}): it never holds")
        return self


class Tests(_Strict):
    """Tests of which any, or all, must hold."""

    __test__ = False

    all: tuple[Test, ...] = ()
    any: tuple[Test, ...] = ()

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"description": "one test, a list of tests that must all hold, or {any: a list}"}

    @property
    def items(self) -> tuple[Test, ...]:
        """The tests."""
        return self.all or self.any

    @property
    def needed(self) -> int:
        """How many of them must hold."""
        return len(self.all) or 1


def _tests(value: Any) -> Any:
    if isinstance(value, Mapping) and "see" in value:
        return {"all": [value]}
    if isinstance(value, list | tuple):
        value = {"all": value}
    if isinstance(value, Mapping) and set(value) <= {"all", "any"} and len(value) == 1:
        (items,) = value.values()
        if isinstance(items, list | tuple) and items:
            return value
    if isinstance(value, Tests):
        return value
    raise _wrong(
        "must be a test such as {see: dead, of: us, days: 90, at_most: 0}, a list of tests that "
        "must all hold, or {any: a list}"
    )


class Step(_Strict):
    """A change by so much from where a lever stands."""

    step: float = Field(description="added to where the lever stands; never below 0")


class Promise(_Strict):
    """A concession that is promised within so many days."""

    promise_days: int = Field(ge=1, le=LONGEST_HOLD, description="days until it is due")


MOST_MOVED = {name: lever.range for name, lever in MOVED_BY_CONDITIONS.items() if not lever.choices}
"""Lowest and highest value that a condition moves a lever to."""

_LEVEL: list[dict[str, Any]] = [{"type": "number"}, {"type": "object"}]


def _moved(lever: PolicyLever, value: Any) -> Any:
    low, high = lever.range
    if isinstance(value, Step) or (lever.word is not None and value == lever.word):
        return value
    if isinstance(value, Mapping) and set(value) == {"step"} and is_number(value["step"]):
        return Step(step=float(value["step"]))
    if not is_number(value) or not low <= value <= high:
        raise _wrong(
            f"must be a number from {low:g} to {high:g}, or {{step: so much}}, got {value!r}"
        )
    return float(value)


def _field(lever: PolicyLever) -> Any:
    """Return the field of `Then` that moves a lever."""
    about = Field(default=None, description=lever.about)
    if lever.choices:
        return Literal[lever.choices] | None, about
    level: Any = float | Step
    schema = _LEVEL
    if lever.word:
        level |= Literal[lever.word]
        schema = [*_LEVEL, {"const": lever.word}]
    how = BeforeValidator(partial(_moved, lever)), WithJsonSchema({"anyOf": schema})
    if lever.along_lines and not lever.word:
        # A file may say that such soldiers stay where they are: 'combat: null'.
        return Annotated[level, *how] | None, about
    return Annotated[level | None, *how], about


_Levers = create_model(
    "Levers",
    __base__=_Strict,
    **{lever.name: _field(lever) for lever in POLICY_LEVERS if lever.name in DECIDES},
)


class Then(_Levers):  # type: ignore[misc,valid-type]
    """What a condition moves."""

    concession: Promise | Literal[True] | None = Field(
        default=None, description="a concession is announced; with promise_days: for a date"
    )
    talks: Literal[True] | None = Field(
        default=None, description="a US-Iraq round is arranged, four weeks ahead"
    )

    def moved(self) -> dict[str, Any]:
        """Return what is moved, by name."""
        return {n: v for n in type(self).model_fields if (v := getattr(self, n)) is not None}


class Item(_Strict):
    """A condition as a file says it."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    when: Annotated[Tests, BeforeValidator(_tests)] = Field(description="what must be seen")
    lasting: int = Field(
        default=1, ge=1, le=LONGEST_HOLD, description="mornings in a row on which it must hold"
    )
    then: Then = Field(description="levers and where they move")
    over: int = Field(
        default=0, ge=0, le=LONGEST_HOLD, description="days that soldiers take to get there"
    )
    halt: Annotated[Tests | None, BeforeValidator(_tests)] = Field(
        default=None, description="what stops soldiers on the way; for good without 'resume'"
    )
    resume: Annotated[Tests | None, BeforeValidator(_tests)] = Field(
        default=None, description="what lets them go on after a halt"
    )
    until: Annotated[Tests | None, BeforeValidator(_tests)] = Field(
        default=None, description="what gives the levers back to the calendar"
    )
    once: bool = Field(default=False, description="whether it is met one time at most")

    @model_validator(mode="after")
    def _fits(self) -> Item:
        moved = self.then.moved()
        if not moved:
            raise _wrong("'then' moves nothing; name a lever, a concession or talks")
        soldiers = set(moved) & set(POSTURE)
        if self.over and not soldiers:
            raise _wrong("'over' is for soldiers, who move in days; the other levers step")
        if self.halt is not None and not (self.over and soldiers):
            raise _wrong("'halt' stops soldiers on the way; say 'over' how many days it takes")
        if self.resume is not None and self.halt is None:
            raise _wrong("'resume' goes on after a halt; say 'halt' too")
        if self.until is not None and set(moved) <= {"concession", "talks"}:
            raise _wrong("'until' gives levers back; a concession and talks cannot be taken back")
        for part in PARTS_OF_CONDITION:
            tests: Tests | None = getattr(self, part)
            for test in tests.items if tests is not None else ():
                for lever in moved:
                    if not set(sights()[test.see]["sees"]) & set(DECIDES[lever]):
                        who = ", ".join(sights()[test.see]["sees"])
                        raise _wrong(
                            f"{part}: '{test.see}' is known to {who} alone, and '{lever}' is "
                            f"decided by {' or '.join(DECIDES[lever])}"
                        )
        return self


@dataclass(frozen=True)
class Condition:
    """A condition of a scenario's policy.

    Attributes:
        name: What its file calls it.
        item: What it says.
        place: File, line and column.
    """

    name: str
    item: Item
    place: str = field(default="", repr=False, compare=False)

    def tests(self) -> list[tuple[str, Tests]]:
        """Return its lists of tests by part: ``when``, ``halt``, ``resume``, ``until``."""
        found = [(part, getattr(self.item, part)) for part in PARTS_OF_CONDITION]
        return [(part, tests) for part, tests in found if tests is not None]


def too_many(found: Mapping[str, Condition]) -> str:
    """Return what is wrong where there are more conditions or tests than a day tries."""
    if len(found) > CONDITIONS:
        return f"a policy has at most {CONDITIONS} conditions, here are {len(found)}"
    tests = sum(len(tests.items) for c in found.values() for _, tests in c.tests())
    if tests > TESTS:
        return f"all conditions together have at most {TESTS} tests, here are {tests}"
    return ""
