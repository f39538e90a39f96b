"""Drawdown: withdrawal against presence in Iraq after 2020, day by day, many times over.

For notebooks::

    from drawdown import Scenario, World, answer, compare, simulate

    world = World(scenario="combat-to-advisory", seed=0).run(days=120)
    result = compare(["sustained-presence", "full-withdrawal"], runs=200)
    answer(result)
    result.differences
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drawdown.day.world import World
    from drawdown.declared.errors import InputError
    from drawdown.declared.scenario import Scenario
    from drawdown.questions.answer import Answer
    from drawdown.questions.answer import of as answer
    from drawdown.questions.compare import Comparison, compare, simulate
    from drawdown.web.links import numbers
    from drawdown.web.site import page

__version__ = "0.2.0"
__all__ = [
    "Answer",
    "Comparison",
    "InputError",
    "Scenario",
    "World",
    "answer",
    "compare",
    "numbers",
    "page",
    "simulate",
]

_WHERE = {
    "Answer": "drawdown.questions.answer",
    "Comparison": "drawdown.questions.compare",
    "InputError": "drawdown.declared.errors",
    "Scenario": "drawdown.declared.scenario",
    "World": "drawdown.day.world",
    "compare": "drawdown.questions.compare",
    "numbers": "drawdown.web.links",
    "page": "drawdown.web.site",
    "simulate": "drawdown.questions.compare",
}


def __getattr__(name: str) -> Any:
    # Mesa takes about a second to import; the command line must answer before that.
    if name == "answer":
        return import_module("drawdown.questions.answer").of
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'drawdown' has no attribute '{name}'")
