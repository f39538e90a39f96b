"""The rule book and the random numbers, compiled: the same functions, not a second copy.

Each rule's code object is compiled by Numba with its helpers replaced by their compiled
selves. Nothing here adds or changes arithmetic: no fast-math, no contraction. The compiled
code is cached under a digest of every source that goes into it, so that an edited rule is
never served stale.
"""

import hashlib
import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numba
import numpy as np

from drawdown import luck, seeds
from drawdown.rules import MODULES as RULE_MODULES

_config: Any = numba.config


def _sources() -> list[Path]:
    here = Path(__file__).parent
    python = [
        here / f"{name}.py"
        for name in ("luck", "layout", "actors", "compiled", "kernel", "summaries")
    ]
    data = [seeds.folder("seeds") / f"{name}.yaml" for name in ("parameters", "actors")]
    return [*python, *sorted((here / "rules").glob("*.py")), *data]


def digest() -> str:
    """Return the digest of everything the compiled code is made from."""
    total = hashlib.sha256(f"{numba.__version__} {np.__version__} {sys.version}".encode())
    for path in _sources():
        total.update(path.read_bytes())
    return total.hexdigest()[:24]


def cache_folder() -> Path:
    """Return the folder of the code compiled from today's sources."""
    return seeds.cache_folder() / "compiled" / digest()


def is_cached() -> bool:
    """Return whether today's sources have been compiled on this machine before."""
    return any(cache_folder().rglob("*.nbi"))


# Numba keeps a function's cache by its file alone; the folder carries the digest of all
# sources. The setting counts when a function is decorated, so it is put back at once.
def cached(function: Callable[..., Any]) -> Any:
    """Compile a kernel: cached, free of the interpreter's lock, strict arithmetic."""
    folder, _config.CACHE_DIR = _config.CACHE_DIR, str(cache_folder())
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    finally:
        _config.CACHE_DIR = folder


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a helper that kernels call."""
    return numba.njit(nogil=True, error_model="numpy")(function)


def _compile_rules() -> dict[str, ModuleType]:
    done: dict[tuple[str, str], Any] = {}
    modules: dict[str, ModuleType] = {}
    for name in RULE_MODULES:
        source = importlib.import_module(f"drawdown.rules.{name}")
        scope = dict(vars(source))
        module = ModuleType(source.__name__)
        for key, value in list(scope.items()):
            if inspect.isfunction(value) and value.__module__.startswith("drawdown.rules"):
                if value.__module__ == source.__name__:
                    copy = FunctionType(value.__code__, scope, key, value.__defaults__)
                    copy.__module__ = source.__name__
                    done[value.__module__, key] = inlined(copy)
                scope[key] = done[value.__module__, value.__name__]
            if inspect.isfunction(value) or isinstance(value, int | float):
                setattr(module, key, scope[key])
        modules[name] = module
    return modules


RULES: Any = _compile_rules()


def with_rules(function: Any) -> Any:
    """Return a plain function with the rules it calls replaced by their compiled selves."""
    scope = dict(function.__globals__)
    for key, value in scope.items():
        if inspect.isfunction(value) and value.__module__.startswith("drawdown.rules."):
            scope[key] = getattr(RULES[value.__module__.rpartition(".")[2]], value.__name__)
    copy = FunctionType(function.__code__, scope, function.__name__)
    copy.__module__ = function.__module__
    copy.__qualname__ = function.__qualname__
    return copy


_GOLDEN = np.uint64(luck.GOLDEN)
_MULTIPLIER_1 = np.uint64(luck.MULTIPLIER_1)
_MULTIPLIER_2 = np.uint64(luck.MULTIPLIER_2)
_PER_AGENT = luck.DECISIONS_PER_AGENT
_UNIT = luck.UNIT
_S11, _S27, _S30, _S31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)


@inlined
def mix(z):  # type: ignore[no-untyped-def]
    """Return `luck.mix`; every operand is unsigned, or the compiler would turn to floats."""
    z = (z ^ (z >> _S30)) * _MULTIPLIER_1
    z = (z ^ (z >> _S27)) * _MULTIPLIER_2
    return z ^ (z >> _S31)


@inlined
def run_key(seed, replication):  # type: ignore[no-untyped-def]
    """Return `luck.run_key`."""
    return mix(mix(seed + _GOLDEN) + np.uint64(replication + 1) * _GOLDEN)


@inlined
def day_key(run, day):  # type: ignore[no-untyped-def]
    """Return `luck.day_key`."""
    return mix(run + np.uint64(day + 1) * _GOLDEN)


@inlined
def offset(agent, decision):  # type: ignore[no-untyped-def]
    """Return what one decision adds to a day's key."""
    return np.uint64(agent * _PER_AGENT + decision + 1) * _GOLDEN


@inlined
def uniform(day, agent, decision):  # type: ignore[no-untyped-def]
    """Return `luck.uniform`."""
    return np.float64(mix(day + offset(agent, decision)) >> _S11) * _UNIT
