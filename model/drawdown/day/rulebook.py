"""Rules of one's own: functions that take the place of the model's, in both engines alike.

A file of one's own holds functions with the names and arguments of rules in `drawdown.rules`;
helpers begin with an underscore. What it declares in ``NUMBERS`` (default, prior, unit) its
functions may take as further arguments; such a number is drawn, chosen, varied and written down
as the model's own parameters are. ``drawdown compare --rules mine.py`` plays it, and so do
``World(rules="mine.py")`` and ``play(rules="mine.py")``.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import linecache
import traceback
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from pydantic import ValidationError

from drawdown.day import conditions, outcomes, steps
from drawdown.day.lowering import AS_FLOAT, OWN, SOURCE, TREE
from drawdown.declared.columns import PARAMETERS
from drawdown.declared.errors import InputError, nearest
from drawdown.declared.parameters import (
    Parameter,
    everywhere,
    holding,
    in_force,
    is_number,
    own_number,
    put_in_force,
)
from drawdown.declared.scenario_file import name_fault
from drawdown.rules import MODULES

DRAWS = ("quantile_uniform", "quantile_loguniform")
"""Rules that draw parameters before a world begins; a prior is changed where it is declared."""


def rule_functions() -> dict[str, FunctionType]:
    """Return every rule of the model by ``module.function``."""
    found = {}
    for module in MODULES:
        source = importlib.import_module(f"drawdown.rules.{module}")
        for name, function in vars(source).items():
            if inspect.isfunction(function) and function.__module__ == source.__name__:
                found[f"{module}.{name}"] = function
    return found


@dataclass(frozen=True)
class RuleBook:
    """The rules that worlds are played by.

    Attributes:
        file: The file of one's own, or empty.
        text: What it says.
        own: Its functions by the names of the rules that they replace.
        numbers: The numbers that it brings, as parameters are declared.
    """

    file: str = ""
    text: str = ""
    own: Mapping[str, Any] = field(default_factory=dict, compare=False)
    numbers: Mapping[str, Parameter] = field(default_factory=dict, compare=False)

    @property
    def digest(self) -> str:
        """Return the digest of what is replaced; empty for the model's own rules."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16] if self.own else ""

    def describe(self) -> dict[str, Any]:
        """Return which rules are whose, for ``run.json``."""
        return {
            "file": Path(self.file).name,
            "replaced": sorted(n for n in rule_functions() if n.partition(".")[2] in self.own),
            "numbers": {
                name: item.model_dump(include={"default", "prior", "range"}, exclude_none=True)
                for name, item in self.numbers.items()
            },
            "digest": self.digest,
        }

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as text."""
        return _again, (self.file, self.text)

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Say where a rule of one's own stops in Python.

        Raises:
            InputError: In place of what Python raises while these rules are played, if any of
                them is one's own.
        """
        try:
            yield
        except (ArithmeticError, LookupError, NameError, TypeError, ValueError) as error:
            if not self.own or isinstance(error, InputError):
                raise
            at = traceback.extract_tb(error.__traceback__)[-1]
            raise InputError(f"{at.filename}:{at.lineno}: {error}") from error

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
                        own = self.own.get(value.__name__)
                        done[place] = _copy(value, scope) if own is None else _as_kind(own, value)
                    scope[key] = done[place]
            modules[name] = module
        return modules

    def _among_these(self, module: ModuleType) -> dict[str, Any]:
        scope = dict(vars(module))
        for key, value in scope.items() if self.own else ():
            if isinstance(value, ModuleType) and value.__name__.startswith("drawdown.rules."):
                scope[key] = self.rules[value.__name__.rpartition(".")[2]]
            elif inspect.isfunction(value) and value.__module__.startswith("drawdown.rules."):
                owner = self.rules[value.__module__.rpartition(".")[2]]
                scope[key] = getattr(owner, value.__name__)
        return scope

    @cached_property
    def steps(self) -> Mapping[str, Any]:
        """The steps of the day by name: they call these rules and give them the parameters."""
        scope = self._among_these(conditions) | self._among_these(steps)
        for module in (conditions, steps):
            text, file = inspect.getsource(module), str(module.__file__)
            functions = [n for n in ast.parse(text, file).body if isinstance(n, ast.FunctionDef)]
            for function in functions:
                _give_parameters(function, scope, {*PARAMETERS, *self.numbers}, file)
            exec(compile(ast.Module(list(functions), []), file, "exec"), scope)
            for function in functions:
                setattr(scope[function.name], TREE, function)
        return scope

    @cached_property
    def outcomes(self) -> Mapping[str, Any]:
        """What reduces days to outcomes, by name, calling these rules."""
        if not self.own:
            return vars(outcomes)
        scope = self._among_these(outcomes)
        for key, value in list(scope.items()):
            if inspect.isfunction(value) and value.__module__ == outcomes.__name__:
                scope[key] = _copy(value, scope)
        return scope


def _give_parameters(
    step: ast.FunctionDef, scope: Mapping[str, Any], parameters: Collection[str], file: str
) -> None:
    """Fill in, where a step calls rules, the parameters that they name and it leaves out.

    A call that gives every argument stays as it is.

    Args:
        step: The step, changed in place.
        scope: What its names stand for.
        parameters: Names of parameters, those of rules of one's own among them.
        file: Where the step stands.

    Raises:
        InputError: If the arguments that are left are not those that the call gives.
    """
    for call in ast.walk(step):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        module = scope.get(getattr(call.func.value, "id", ""))
        rule = getattr(module, call.func.attr, None)
        if not (isinstance(module, ModuleType) and inspect.isfunction(rule)):
            continue
        names = list(inspect.signature(rule).parameters)
        if len(call.args) == len(names):
            continue
        if len(call.args) != sum(name not in parameters for name in names):
            taken = [name for name in names if name not in parameters]
            raise InputError(
                f"{file}:{call.lineno}: {rule.__name__} takes {', '.join(taken)} beside "
                f"parameters, {step.name} gives {len(call.args)}"
                + "".join(nearest(name, parameters) for name in taken)
            )
        given = iter(call.args)
        call.args = [_parameter(n, call) if n in parameters else next(given) for n in names]
        if all(argument.arg != "p" for argument in step.args.args):
            step.args.args.insert(0, ast.copy_location(ast.arg("p"), step))


def _parameter(name: str, call: ast.Call) -> ast.expr:
    """Return ``p.name``, at the place of the call that takes it."""
    p = ast.copy_location(ast.Name("p", ast.Load()), call)
    return ast.copy_location(ast.Attribute(p, name, ast.Load()), call)


def _as_kind(own: Any, models: Any) -> Any:
    """Return a rule of one's own that gives floats where the model's gives them.

    A whole number would stay one in Python's state and grow without bound there, while the
    engine's state is of doubles.
    """
    if models.__annotations__.get("return") not in (float, "float"):
        return own

    def rule(*arguments: Any) -> float:
        return float(own(*arguments))

    rule.__name__, rule.__module__, rule.__doc__ = own.__name__, own.__module__, own.__doc__
    rule.__signature__ = inspect.signature(own)  # type: ignore[attr-defined]
    setattr(rule, AS_FLOAT, own)
    return rule


def _copy(function: Any, scope: dict[str, Any]) -> Any:
    made = FunctionType(function.__code__, scope, function.__name__, function.__defaults__)
    made.__module__, made.__doc__ = function.__module__, function.__doc__
    return made


@lru_cache(maxsize=1)
def _called_by_rules() -> set[str]:
    """Return the rules that others than the steps call, which cannot give them numbers."""
    elsewhere = filter(inspect.isfunction, [*rule_functions().values(), *vars(outcomes).values()])
    ours = [function for function in elsewhere if function.__module__.startswith("drawdown.")]
    return {name for function in ours for name in function.__code__.co_names}


def _numbers(file: str, declared: Any) -> tuple[dict[str, Parameter], list[str]]:
    """Return the numbers that a file brings, and what is wrong with them."""
    if not isinstance(declared, Mapping):
        return {}, [f"{file}: NUMBERS must be declarations by name, got {declared!r}"[:200]]
    found, faults = {}, []
    for name, item in declared.items():
        where = f"{file}: NUMBERS: {name}"
        if name in PARAMETERS:
            faults.append(f"{where}: is a parameter of the model; give --priors instead")
            continue
        if not isinstance(name, str) or not name.isidentifier() or not isinstance(item, Mapping):
            faults.append(f"{where}: must be a name, with default, prior, unit and meaning")
            continue
        lacking = [key for key in ("default", "unit", "meaning") if key not in item]
        extra = sorted(set(item) - {"default", "prior", "range", "unit", "meaning", "source"})
        if lacking or extra:
            said = [f"lacks {', '.join(lacking)}"] if lacking else []
            said += [f"knows no {', '.join(extra)}"] if extra else []
            faults.append(f"{where}: {'; '.join(said)}")
            continue
        texts = {key: str(item[key]) for key in ("unit", "meaning")}
        if bad := [fault for text in texts.values() if (fault := name_fault(text))]:
            faults += [f"{where}: unit and meaning: {fault}" for fault in bad]
            continue
        words = {key: {"en": text, "ar": text} for key, text in texts.items()}
        prior = item.get("prior")
        whole = {
            "group": "own",
            "name": {"en": name, "ar": name},
            "default": item["default"],
            "prior": prior,
            "range": item.get("range") or _range_of(item["default"], prior),
            "source": item.get("source", "judgement: a rule of one's own"),
            "moves": "",
        }
        try:
            made = own_number(whole | words)
        except (ValidationError, TypeError, ValueError):
            faults.append(
                f"{where}: default must be a number, prior uniform: [low, high], loguniform: "
                "[low, high] or fixed: value, range [lowest, highest]"
            )
            continue
        low, high = made.range
        ends = [*made.default.values()]
        ends += [p.quantile(q) for p in (made.prior or {}).values() for q in (0.0, 1.0)]
        if not all(low <= end <= high for end in ends):
            faults.append(f"{where}: default and prior must lie within {low:g} and {high:g}")
            continue
        found[name] = made
    return found, faults


def _range_of(default: Any, prior: Any) -> list[Any]:
    """Return the least range that holds the default and the prior."""
    ends = [default]
    for value in prior.values() if isinstance(prior, Mapping) else ():
        ends += value if isinstance(value, list | tuple) else [value]
    numbers = [end for end in ends if is_number(end)]
    return [min(numbers), max(numbers)] if numbers else [default, default]


def load(path: str | Path) -> RuleBook:
    """Return the rules with those of a file of one's own in their places.

    Raises:
        InputError: All faults of the file: no such file, a name that is no rule, other
            arguments than the rule's, something the engine cannot play.
    """
    if not isinstance(path, str | Path):
        raise InputError(f"rules must be a file of Python or from book.load, got {path!r}"[:200])
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
    except ValueError as error:
        raise InputError(f"{file}: cannot be read ({error})") from None
    return _read(str(file), text, tree)


def _again(file: str, text: str) -> RuleBook:
    """Return the rules of a text that was read before, in another process."""
    return _read(file, text, ast.parse(text, file)) if text else PLAIN


def _read(file: str, text: str, tree: ast.Module) -> RuleBook:
    scope: dict[str, Any] = {"__name__": OWN, SOURCE: text}
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    try:
        exec(compile(text, file, "exec"), scope)
    except Exception as error:
        raise InputError(f"{file}: {type(error).__name__} while it is read: {error}") from None
    known = {name.partition(".")[2]: rule for name, rule in rule_functions().items()}
    own: dict[str, Any] = {}
    taken: set[str] = set()
    numbers, faults = _numbers(file, scope.get("NUMBERS", {}))
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
            more = tuple(given[len(wanted) :])
            if given[: len(wanted)] != wanted or not set(more) <= set(numbers):
                faults.append(
                    f"{where}: '{node.name}' takes ({', '.join(given)}), "
                    f"the rule takes ({', '.join(wanted)}), in this order; what follows must be "
                    "declared in NUMBERS"
                )
            elif more and node.name in _called_by_rules():
                faults.append(
                    f"{where}: '{node.name}' is called by other rules, which cannot hand it "
                    f"{', '.join(more)}; give the number to the rule that calls it"
                )
            else:
                taken.update(more)
            own[node.name] = scope[node.name]
    if not own and not faults:
        faults.append(f"{file}: there is no rule in it; a function bears the name of a rule")
    if not faults:
        faults += [
            f"{file}: NUMBERS: {name}: no rule of the file takes it"
            for name in numbers
            if name not in taken
        ]
    if faults:
        raise InputError(faults)
    return RuleBook(file, text, own, numbers)


PLAIN = RuleBook()
"""The model's own rules."""


def current() -> RuleBook:
    """Return the rules that are played by now."""
    return in_force().rules or PLAIN


def use(rules: RuleBook) -> None:
    """Play by these rules from now on, in every thread."""
    put_in_force(rules=rules, numbers=rules.numbers)


@contextmanager
def using(rules: RuleBook | str | Path | None) -> Iterator[RuleBook]:
    """Play by these rules inside; by those that are played by now where there are none.

    Raises:
        InputError: If a file of rules is faulty.
    """
    if rules is None:
        yield current()
        return
    found = rules if isinstance(rules, RuleBook) else load(rules)
    # The model's own rules give way to those that a whole command is played by.
    found = found if found.own else everywhere().rules or PLAIN
    with holding(rules=found, numbers=found.numbers):
        yield found
