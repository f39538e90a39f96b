"""Random small functions within what the engine accepts, and how to play them three ways."""

import ctypes
import random
import re
import struct
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import wasmtime

from drawdown.day import engine, wasm
from drawdown.day.lowering import DOUBLE, INT, OWN, SOURCE, Program
from drawdown.declared.errors import InputError

PACK = 100
"""Functions compiled together."""

TYPES = (DOUBLE, DOUBLE, INT)
INPUTS = [(0.0, 1.0, 0), (0.3, -2.5, 3), (-1.75, 0.5, -2), (1e6, 1e-3, 7), (-0.0, 4.0, 1)]
STOPS = (ArithmeticError, LookupError, ValueError)
"""What stops Python, and must be noted by the engine."""

Played = float | None
"""What a function gives, or none where Python stops or the engine notes why it would."""


class Writer:
    """Writes one function of numbers ``x``, ``y`` and a whole number ``k``."""

    def __init__(self, seed: int, name: str) -> None:
        self.random, self.name = random.Random(seed), name
        self.floats, self.wholes = ["x", "y"], ["k"]
        self.loops = 0
        self.fixed: set[str] = set()

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def whole(self, deep: int = 0) -> str:
        if deep > 2 or self.random.random() < 0.3:
            return self.pick(*self.wholes, "0", "1", "2", "-1", "3", "COUNT")
        return self.pick(
            lambda: f"({self.whole(deep + 1)} {self.pick('+', '-')} {self.whole(deep + 1)})",
            lambda: f"{self.whole(deep + 1)} * {self.pick(-3, -1, 0, 2, 7)}",
            lambda: f"(-{self.pick(*self.wholes)})",
            lambda: f"int({self.float_(deep + 1)})",
            lambda: f"{self.pick('min', 'max')}({self.whole(deep + 1)}, {self.whole(deep + 1)})",
            lambda: f"abs({self.whole(deep + 1)})",
            lambda: f"({self.truth(deep + 1)} + {self.truth(deep + 1)})",
            lambda: (
                f"({self.whole(deep + 1)} if {self.truth(deep + 1)} else {self.whole(deep + 1)})"
            ),
            lambda: f"WHOLES[{self.place(deep + 1)}]",
            lambda: f"(-({self.truth(deep + 1)}))",
        )()

    def place(self, deep: int) -> str:
        return self.pick(
            lambda: str(self.random.randint(-4, 3)),
            lambda: f"min(max({self.whole(deep)}, 0), 3)",
            lambda: f"{self.pick(*self.wholes)} - {self.pick(0, 1, 2)}",
        )()

    def float_(self, deep: int = 0) -> str:
        if deep > 2 or self.random.random() < 0.25:
            return self.pick(*self.floats, "0.5", "-1.5", "0.0", "2.0", "RATE", "1e-3")
        one, two = (lambda: self.float_(deep + 1)), (lambda: self.number(deep + 1))
        return self.pick(
            lambda: f"({one()} {self.pick('+', '-', '*')} {two()})",
            lambda: f"({two()} {self.pick('+', '-', '*', '/')} {one()})",
            lambda: f"({self.whole(deep + 1)} / {self.whole(deep + 1)})",
            lambda: f"(-{one()})",
            lambda: f"{self.pick('min', 'max')}({one()}, {two()})",
            lambda: f"abs({one()})",
            lambda: f"sqrt({self.pick('abs', 'float')}({one()}))",
            lambda: f"float({two()})",
            lambda: f"({one()} if {self.truth(deep + 1)} else {one()})",
            lambda: f"FLOATS[{self.place(deep + 1)}]",
            lambda: f"_{self.name}_helper({one()}, {self.whole(deep + 1)})",
        )()

    def number(self, deep: int) -> str:
        return self.pick(self.float_, self.float_, self.whole, self.truth)(deep)

    def truth(self, deep: int = 0) -> str:
        signs = ("<", "<=", ">", ">=", "==", "!=")
        if deep > 2 or self.random.random() < 0.4:
            return f"({self.number(3)} {self.pick(*signs)} {self.number(3)})"
        return self.pick(
            lambda: f"({self.number(deep)} {self.pick(*signs)} {self.number(deep)})",
            lambda: f"({self.whole(deep)} <= {self.whole(deep)} < {self.number(deep)})",
            lambda: f"({self.truth(deep + 1)} {self.pick('and', 'or')} {self.truth(deep + 1)})",
            lambda: f"(not {self.pick(self.truth(deep + 1), self.whole(deep + 1))})",
            lambda: f"bool({self.number(deep)})",
        )()

    def block(self, deep: int, inside: bool) -> Iterator[str]:
        for _ in range(self.random.randint(1, 3)):
            yield from self.statement(deep, inside)

    def statement(self, deep: int, inside: bool) -> Iterator[str]:
        floats, wholes = list(self.floats), list(self.wholes)
        kind = self.random.random()
        if deep < 3 and kind < 0.25:
            self.loops += 1
            counter = f"i{self.loops}"
            end = self.pick(str(self.random.randint(0, 5)), f"min({self.whole(1)}, 4)", "n0", "n1")
            begin = self.pick("", "", f"{self.random.randint(-2, 2)}, ", "max(-2, min(k, 2)), ")
            if end.startswith("n"):
                # A bound that the body may move.
                yield f"{end} = min({end}, 4)"
            yield f"for {counter} in range({begin}{end}):"
            self.wholes.append(counter)
            yield from indented(self.block(deep + 1, True))
        elif deep < 3 and kind < 0.32:
            self.loops += 1
            counter = f"w{self.loops}"
            yield f"{counter} = {self.random.randint(1, 4)}"
            yield f"while {counter} > 0 and {self.truth(1)}:"
            yield f"    {counter} -= 1"
            yield from indented(self.block(deep + 1, True))
        elif deep < 3 and kind < 0.5:
            yield f"if {self.pick(self.truth(), self.whole())}:"
            yield from indented(self.block(deep + 1, inside))
            self.floats, self.wholes = list(floats), list(wholes)
            if self.random.random() < 0.5:
                yield "else:"
                yield from indented(self.block(deep + 1, inside))
        elif inside and kind < 0.6:
            yield f"if {self.truth(1)}:"
            yield f"    {self.pick('break', 'continue', 'break', f'return {self.float_()}')}"
        elif kind < 0.66:
            a, b = self.float_(1), self.whole(1)
            name = self.pick("n0", "n1")
            if not {"f0", name} & set(re.findall(r"\w+", f"{a} {b}")):
                yield f"f0, {name} = {a}, {b}"
        elif kind < 0.8:
            name = self.pick("n0", "n1", "k")
            yield self.pick(
                f"{name} {self.pick('+=', '-=')} {self.pick(self.whole(), self.truth(1))}",
                f"{name} = {self.whole()}",
            )
        elif kind < 0.86:
            # A number that is whole on one way and not on the other.
            yield f"m0 = {self.pick(self.float_(1), self.whole(1), 'm0 + 1', 'm0 * k', 'm0 * x')}"
        else:
            name = self.pick("f0", "result", "x", "y")
            yield self.pick(
                f"{name} {self.pick('+=', '-=', '*=', '/=')} {self.number(0)}",
                f"{name} = {self.pick(self.float_(), self.float_(), 'm0')}",
            )
        self.floats, self.wholes = floats, wholes

    def text(self) -> str:
        self.floats, self.wholes = ["x", "y"], ["k"]
        helper = [f"    if {self.truth(1)}:", f"        return {self.float_(3)}"]
        helper = [line.replace(f"_{self.name}_helper", "max") for line in helper]
        self.floats += ["f0", "result"]
        self.wholes += ["n0", "n1"]
        start = ["f0, result = 0.25, 0.0", "n0, n1 = 3, 2", "m0 = 0"]
        body = indented([*start, *self.block(0, False), *self.block(0, False)])
        last = self.pick("result + f0", "result", "n0 + x", "m0", "k if x > y else f0", "n1")
        return "\n".join(
            [
                f"def _{self.name}_helper(x, k):",
                "    y = x + 1.0",
                *helper,
                "    return y * k",
                "",
                f"def {self.name}(x, y, k):",
                *body,
                f"    return {last}",
                "",
            ]
        )


def indented(lines: Any) -> list[str]:
    return [f"    {line}" for line in lines] or ["    pass"]


HEAD = textwrap.dedent(
    """
    from math import sqrt
    COUNT, RATE = 5, 0.125
    WHOLES = (2, -1, 5, 0)
    FLOATS = (0.5, -0.0, 1e10, 3.25)
    """
)


@dataclass
class Pack:
    """Functions of one file, by name: as Python, and how each is played; what was refused."""

    texts: dict[str, str]
    python: dict[str, Any]
    refused: dict[str, str]
    native: Callable[..., Played]
    in_wasm: Callable[..., Played] | None


def pack(texts: dict[str, str], folder: Path, head: str = HEAD) -> Pack:
    """Compile functions together; none of the day is compiled."""
    whole = head + "\n".join(texts.values())
    scope: dict[str, Any] = {"__name__": OWN, SOURCE: whole}
    exec(compile(whole, "random.py", "exec"), scope)
    program = Program({}, {}, checked=True)
    exports, refused = [], {}
    for name in texts:
        try:
            _, lowered = program.function(scope[name], TYPES)
        except InputError as error:
            refused[name] = str(error)
            continue
        exports.append(
            f"EXPORT double f_{name}(double x, double y, int k) "
            f"{{ return (double){lowered}(x, y, k); }}"
        )
    text = "\n".join([engine.head(1), program.text(), *exports])
    made = folder / "random.so"
    faults = engine.compile_with(engine.compilers(), engine.FLAGS, text, made)
    assert made.exists(), faults
    library = ctypes.CDLL(str(made))
    library.drawdown_noted.restype = ctypes.c_char_p

    def native(name: str, x: float, y: float, k: int) -> Played:
        function = getattr(library, f"f_{name}")
        function.restype = ctypes.c_double
        found: float = function(ctypes.c_double(x), ctypes.c_double(y), k)
        return None if library.drawdown_noted() else found

    return Pack(texts, scope, refused, native, _in_wasm(text) if wasm.can_be_made() else None)


def _in_wasm(text: str) -> Callable[..., Played]:
    made = wasmtime.Engine()
    store = wasmtime.Store(made)
    module = wasmtime.Module(made, wasm.compile_text(text))
    exports = wasmtime.Instance(store, module, []).exports(store)

    def play(name: str, x: float, y: float, k: int) -> Played:
        found: float = exports[f"f_{name}"](store, x, y, k)
        return None if exports["drawdown_noted"](store) else found

    return play


def in_python(function: Any, given: tuple[float, float, int]) -> Played:
    """Play a function as Python has it."""
    try:
        return float(function(*given))
    except STOPS:
        return None


def bits(value: Played) -> bytes:
    """Return a number's bits; every NaN is the same."""
    return b"" if value is None or value != value else struct.pack("d", value)


def faults_of(made: Pack) -> list[str]:
    """Return where the engines play another function than Python does."""
    found = []
    for name, text in made.texts.items():
        if name in made.refused:
            continue
        for given in INPUTS:
            expected = in_python(made.python[name], given)
            for player in filter(None, (made.native, made.in_wasm)):
                got = player(name, *given)
                # What the engine notes is refused; what it does not note is Python's.
                if got is not None and (expected is None or bits(got) != bits(expected)):
                    found.append(f"{given}: Python {expected!r}, {player.__name__} {got!r}\n{text}")
    return found
