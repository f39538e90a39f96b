"""Functions that are lowered beside the day, by the name that a page and a server call them.

Each is plain Python over arrays: the engine compiles it, a page carries it as WebAssembly, and
a machine without a compiler runs it as it is.
"""

from collections.abc import Callable
from typing import Any

from drawdown.day import curves, dated, draws, parts, phases, policy, reasons
from drawdown.day.lowering import BOOL, DOUBLE, INT, UNSIGNED, Array, Type
from drawdown.rules import motives, numbers, retaliation

SINGLES = Array("float", 3)
COLUMN, TABLE, CUBE = (Array("double", n) for n in (1, 2, 3))
WHOLE = Array("int32_t", 1)
WHOLE_TABLE = Array("int32_t", 2)
PLACES = Array("uint64_t", 1)

FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[Type, ...]]] = {
    "draw": (
        draws.draw,
        (UNSIGNED, PLACES, WHOLE, TABLE, PLACES, DOUBLE, INT, COLUMN, CUBE, WHOLE, UNSIGNED, TABLE),
    ),
    "hold": (draws.hold, (TABLE, INT, DOUBLE, DOUBLE, DOUBLE, DOUBLE)),
    "begin": (draws.begin, (TABLE, TABLE, COLUMN, WHOLE)),
    "begin_policy": (policy.begin, (TABLE, COLUMN, SINGLES)),
    "add_condition": (
        policy.add_condition,
        (COLUMN, INT, INT, DOUBLE, DOUBLE, DOUBLE, DOUBLE, WHOLE, COLUMN),
    ),
    "day_of": (dated.day_of, (INT, DOUBLE)),
    "move": (dated.move, (WHOLE_TABLE, TABLE, TABLE, WHOLE, INT, INT, INT, DOUBLE, DOUBLE)),
    "lay": (dated.lay, (WHOLE_TABLE, TABLE, TABLE, WHOLE, INT, TABLE)),
    "fill": (dated.fill, (TABLE, INT, DOUBLE)),
    "tally": (curves.tally, (SINGLES, TABLE)),
    "gather": (curves.gather, (SINGLES, TABLE)),
    "weekly": (curves.weekly, (TABLE, TABLE, TABLE)),
    "fan": (curves.fan, (TABLE, INT, TABLE)),
    "medians": (curves.medians, (TABLE, COLUMN)),
    "average": (curves.mean, (COLUMN, INT)),
    "estimate": (curves.estimate, (COLUMN, COLUMN, COLUMN)),
    "ratio": (curves.ratio, (COLUMN, COLUMN, COLUMN)),
    "in_the_middle": (curves.in_the_middle, (COLUMN,)),
    "tally_windows": (phases.tally, (SINGLES, TABLE, TABLE)),
    "running": (phases.running, (TABLE, TABLE, COLUMN, COLUMN)),
    "soldiers": (parts.soldiers, (TABLE, DOUBLE, TABLE)),
    "differ": (parts.differ, (TABLE, TABLE, INT)),
    "announced_differ": (parts.announced_differ, (TABLE, TABLE)),
    "mix": (parts.mix, (TABLE, TABLE, BOOL, BOOL, BOOL, BOOL, BOOL, TABLE)),
    "take": (parts.take, (TABLE, INT, TABLE)),
    "shapley": (parts.shapley, (TABLE, WHOLE, WHOLE, WHOLE, INT, COLUMN)),
    "effect": (parts.effect, (TABLE, INT, INT, COLUMN)),
    "remaining": (motives.remaining, (*[DOUBLE] * 5,)),
    "whole": (numbers.rounded, (DOUBLE,)),
    "motive_of_usual": (reasons.motive_of_usual, (DOUBLE, DOUBLE, DOUBLE)),
    "excited_percent": (reasons.excited_percent, (DOUBLE, DOUBLE)),
    "of_attack": (reasons.of_attack, (*[DOUBLE] * 8,)),
    "strike_threshold": (
        retaliation.strike_threshold,
        (INT, DOUBLE, DOUBLE, DOUBLE, DOUBLE, DOUBLE),
    ),
}
"""Functions by name, with the types of their arguments."""


def declaration(name: str, types: tuple[Type, ...], back: str, lowered: str) -> str:
    """Return the C of an exported function: arrays come with their sizes."""
    arguments, passed = [], []
    for i, kind in enumerate(types):
        passed.append(f"a{i}")
        if isinstance(kind, Array):
            arguments.append(f"{kind.of} *a{i}")
            sizes = [f"a{i}_{n}" for n in range(kind.dimensions)]
            arguments += [f"int {size}" for size in sizes]
            passed += sizes
        else:
            arguments.append(f"{kind} a{i}")
    word = "" if back == "void" else "return "
    return (
        f"EXPORT {back} drawdown_{name}({', '.join(arguments)}) "
        f"{{ {word}{lowered}({', '.join(passed)}); }}\n"
    )
