"""Rules of one's own: functions that take the place of the model's, in both engines alike.

A file of one's own holds functions with the names and arguments of rules in `drawdown.rules`;
helpers begin with an underscore. ``drawdown compare --rules mine.py`` plays it, and so do
``World(rules="mine.py")`` and ``play(rules="mine.py")``.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import linecache
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from drawdown import summaries
from drawdown.day import steps
from drawdown.errors import InputError, nearest
from drawdown.rules import MODULES

DRAWS = ("quantile_uniform", "quantile_loguniform")
"""Rules that draw parameters before a world begins; a prior is changed where it is declared."""


def _all_rules() -> dict[str, Any]:
    found = {}
    for module in MODULES:
        source = importlib.import_module(f"drawdown.rules.{module}")
        for name, function in vars(source).items():
            if inspect.isfunction(function) and function.__module__ == source.__name__:
                found[name] = function
    return found


@dataclass(frozen=True)
class RuleBook:
    """The rules that worlds are played by.

    Attributes:
        file: The file of one's own, or empty.
        text: What it says.
        own: Its functions by the names of the rules that they replace.
    """

    file: str = ""
    text: str = ""
    own: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def digest(self) -> str:
        """Return the digest of what is replaced; empty for the model's own rules."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16] if self.own else ""

    def describe(self) -> dict[str, Any]:
        """Return which rules are whose, for ``run.json``."""
        where = {name: f.__module__.rpartition(".")[2] for name, f in _all_rules().items()}
        return {
            "file": Path(self.file).name,
            "replaced": sorted(f"{where[name]}.{name}" for name in self.own),
            "digest": self.digest,
        }

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as text."""
        return _again, (self.file, self.text)

    @cached_property
    def rules(self) -> dict[str, ModuleType]:
        """The modules of `drawdown.rules`, with these rules in their places."""
        done: dict[tuple[str, str], Any] = {}
        modules = {}
        for name in MODULES:
            source = importlib.import_module(f"drawdown.rules.{name}")
            module = ModuleType(source.__name__)
            scope = vars(module)
            scope.update(vars(source))
            for key, value in vars(source).items():
                if inspect.isfunction(value) and value.__module__.startswith("drawdown.rules"):
                    place = (value.__module__, value.__name__)
                    if place not in done:
                        done[place] = self.own.get(value.__name__) or _copy(value, scope)
                    scope[key] = done[place]
            modules[name] = module
        return modules

    def _among_these(self, module: ModuleType) -> dict[str, Any]:
        scope = dict(vars(module))
        for key, value in scope.items():
            if isinstance(value, ModuleType) and value.__name__.startswith("drawdown.rules."):
                scope[key] = self.rules[value.__name__.rpartition(".")[2]]
            elif inspect.isfunction(value) and value.__module__.startswith("drawdown.rules."):
                owner = self.rules[value.__module__.rpartition(".")[2]]
                scope[key] = getattr(owner, value.__name__)
        for key, value in list(scope.items()):
            if inspect.isfunction(value) and value.__module__ == module.__name__:
                scope[key] = _copy(value, scope)
        return scope

    @cached_property
    def steps(self) -> Mapping[str, Any]:
        """The steps of the day by name, calling these rules."""
        return self._among_these(steps) if self.own else vars(steps)

    @cached_property
    def summaries(self) -> Mapping[str, Any]:
        """What reduces days to outcomes, by name, calling these rules."""
        return self._among_these(summaries) if self.own else vars(summaries)


def _copy(function: Any, scope: dict[str, Any]) -> Any:
    made = FunctionType(function.__code__, scope, function.__name__, function.__defaults__)
    made.__module__, made.__doc__ = function.__module__, function.__doc__
    return made


def load(path: str | Path) -> RuleBook:
    """Return the rules with those of a file of one's own in their places.

    Raises:
        InputError: All faults of the file: no such file, a name that is no rule, other
            arguments than the rule's, something the engine cannot play.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
        tree = ast.parse(text, str(file))
    except OSError as error:
        raise InputError(f"{file}: {error.strerror or 'cannot be read'}") from None
    except UnicodeDecodeError:
        raise InputError(f"{file}: is not text in UTF-8") from None
    except SyntaxError as error:
        raise InputError(f"{file}:{error.lineno}: is not Python: {error.msg}") from None
    return _read(str(file), text, tree)


def _again(file: str, text: str) -> RuleBook:
    """Return the rules of a text that was read before, in another process."""
    return _read(file, text, ast.parse(text, file)) if text else PLAIN


def _read(file: str, text: str, tree: ast.Module) -> RuleBook:
    scope: dict[str, Any] = {"__name__": "drawdown.rules.own"}
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    try:
        exec(compile(text, file, "exec"), scope)
    except Exception as error:
        raise InputError(f"{file}: {type(error).__name__} while it is read: {error}") from None
    known = _all_rules()
    own, faults = {}, []
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        where = f"{file}:{node.lineno}"
        if node.name in DRAWS:
            faults.append(f"{where}: '{node.name}' draws parameters; give --priors instead")
        elif node.name not in known:
            near = nearest(node.name, known) or "; a helper's name begins with _"
            faults.append(f"{where}: there is no rule '{node.name}'{near}")
        else:
            wanted = list(inspect.signature(known[node.name]).parameters)
            given = list(inspect.signature(scope[node.name]).parameters)
            if given != wanted:
                faults.append(
                    f"{where}: '{node.name}' takes ({', '.join(given)}), "
                    f"the rule takes ({', '.join(wanted)}), in this order"
                )
            own[node.name] = scope[node.name]
    if not own and not faults:
        faults.append(f"{file}: there is no rule in it; a function bears the name of a rule")
    if faults:
        raise InputError(faults)
    return RuleBook(file, text, own)


PLAIN = RuleBook()
"""The model's own rules."""

_current: ContextVar[RuleBook] = ContextVar("rules", default=PLAIN)
_everywhere = [PLAIN]


def current() -> RuleBook:
    """Return the rules that are played by now."""
    found = _current.get()
    return found if found.own else _everywhere[0]


def use(rules: RuleBook) -> None:
    """Play by these rules from now on, in every thread."""
    _everywhere[0] = rules


@contextmanager
def using(rules: RuleBook | str | Path | None) -> Iterator[RuleBook]:
    """Play by these rules inside; by those that are played by now where there are none.

    Raises:
        InputError: If a file of rules is faulty.
    """
    if rules is None:
        yield current()
        return
    token = _current.set(rules if isinstance(rules, RuleBook) else load(rules))
    try:
        yield current()
    finally:
        _current.reset(token)
