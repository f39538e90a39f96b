"""Turns steps, rules and reductions into C: the same text, the same order of operations.

A function is lowered once for each combination of types it is called with: truth values, whole
numbers (32 bits), unsigned 64-bit numbers (the draws), doubles, arrays. A step becomes a
function of one lane and a loop over lanes that a compiler turns into vector instructions.
What is outside the subset is refused with file, line and what to write instead.

The C is compiled without contraction and without reordering, so its results are Python's to the
last bit (``tests/test_identical_histories.py``).

Where rules of one's own are played, the C is *checked* too: what stops Python, or makes another
number of it, while worlds are played (a division by 0, a whole number beyond 32 bits, a place that
a tuple does not have) is noted with its file and line, and the worlds are refused
(``tests/day/test_lowering.py`` plays random functions in Python, native and WebAssembly).
"""

import ast
import builtins
import inspect
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import Any, NoReturn

import numpy as np

from drawdown.declared import luck
from drawdown.declared.columns import (
    DERIVED_GROUPS,
    OUTCOMES,
    PARAMETERS,
    PLAN,
    POLICY_GROUPS,
    REGIONS,
    STATE_GROUPS,
    WORK_GROUPS,
    C,
    starts,
)
from drawdown.declared.errors import InputError

BOOL, INT, UNSIGNED, DOUBLE = "bool", "int", "uint64_t", "double"
MIXED = "mixed"
"""A double that Python may hold as a whole number, whose zero then has no sign."""
_WIDENS = (BOOL, INT, MIXED, DOUBLE)
_STEP_ARGUMENTS = (
    "double *restrict s, const double *restrict p, double *restrict d, double *restrict w, "
    "double *restrict out, const double *restrict row, const double *restrict terms, "
    "const float *past, const int now, const uint64_t *restrict keys, const double day, "
    "Log *restrict log"
)
_STEP_GIVEN = "s, p, d, w, out, row, terms, past, now, keys, day, log"
_WRITTEN_OUT = 24
"""Rounds of a loop of one line that are written out at most."""

OWN = "drawdown.rules.own"
"""The module in which functions of one's own stand."""

SOURCE = "__source__"
"""Where that module holds its text: a file may have changed since it was read."""

TREE = "_tree"
"""Where a step holds its text with its rules' parameters filled in (`day.rulebook`)."""

AS_FLOAT = "_whose_float"
"""Where a function holds the one whose result it hands on as a float (`drawdown.day.rulebook`)."""

_COLUMNS: dict[str, dict[str, int]] = {
    "s": starts(STATE_GROUPS),
    "w": starts(WORK_GROUPS),
    "d": starts(DERIVED_GROUPS),
    "p": {},
    "out": {name: i for i, name in enumerate(OUTCOMES)},
}
_LENGTHS = {
    "s": dict(STATE_GROUPS),
    "w": dict(WORK_GROUPS),
    "d": dict(DERIVED_GROUPS),
}
_ROW = {name: i for i, name in enumerate(PLAN)} | {"open": C.open}
_POLICY = starts(POLICY_GROUPS)
_POLICY_LENGTHS = dict(POLICY_GROUPS)
_ELEMENTS = {"int32_t": INT, "uint64_t": UNSIGNED}
_SPACES = (*_COLUMNS, "row", "policy", "actors")
_HANDS = {*_SPACES, "draw", "tell", "ago"}
INDICES = ("f", "c", "j", "b", "k", "r", "i", "t", "v")
"""Arguments of a step that count actors or regions."""

_OPERATORS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.BitXor: "^",
    ast.BitAnd: "&",
    ast.RShift: ">>",
}
_CHECKED = {"+": "add", "-": "take", "*": "times"}
_NOT_SURE = "it may be a whole number or not: write float(...), and 0.0 for 0"
_COMPARISONS: dict[type, str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_INSTEAD: dict[type, str] = {
    ast.Pow: "write the product out, or use rules.numbers.pow_",
    ast.Mod: "count in whole numbers with + and -",
    ast.FloorDiv: "write int(a / b)",
    ast.List: "name each number",
    ast.Dict: "name each number",
    ast.ListComp: "write a for loop",
    ast.GeneratorExp: "write a for loop",
    ast.Lambda: "write a function",
    ast.JoinedStr: "rules know numbers alone",
    ast.Try: "test with if before",
    ast.With: "rules know no files",
    ast.Raise: "return a number",
    ast.Assert: "write it in a test",
    ast.Import: "import at the top of the file",
    ast.ImportFrom: "import at the top of the file",
    ast.NamedExpr: "assign on a line of its own",
}


@dataclass(frozen=True)
class Array:
    """An array argument: C type of its numbers, and how many dimensions it has."""

    of: str
    dimensions: int


Type = str | Array
Value = tuple[str, str]


class Program:
    """C functions lowered so far, helpers before those that call them.

    Args:
        tables: What does not change about actors (`drawdown.declared.actors.actor_tables`).
        counts: How many there are of each kind, by the name steps give them.
        parameters: The parameters, in the order of their columns.
        checked: Whether what would stop Python is noted while worlds are played.
    """

    def __init__(
        self,
        tables: Mapping[str, Any],
        counts: Mapping[str, int],
        parameters: Sequence[str] = PARAMETERS,
        checked: bool = False,
    ) -> None:
        self.tables, self.counts, self.checked = tables, counts, checked
        self.columns = _COLUMNS | {"p": {name: i for i, name in enumerate(parameters)}}
        self._done: dict[tuple[Any, ...], Value | None] = {}
        self._names: set[str] = set()
        self._tables: dict[tuple[str, str], str] = {}
        self._text: list[str] = []
        self.once: dict[str, list[tuple[str, str]]] = {}

    def function(self, function: Any, types: tuple[Type, ...]) -> Value:
        """Lower a function for these types; return its type and its name in C.

        Raises:
            InputError: For what cannot be lowered, with file and line.
        """
        function = getattr(function, AS_FLOAT, function)
        key = (function.__code__, id(function.__globals__), types)
        if key not in self._done:
            self._done[key] = None
            maker = _Function(self, function, types)
            self._done[key] = maker.lower()
            self._text.append(maker.text)
        found = self._done[key]
        if found is None:
            raise InputError(f"{_where(function)}: {function.__name__} calls itself; write a loop")
        return found

    def name_for(self, function: Any) -> str:
        """Return a name in C that nothing else has."""
        base = f"{function.__module__.rpartition('.')[2]}_{function.__name__}"
        names = (base, *(f"{base}_{count}" for count in range(2, len(self._names) + 3)))
        found = next(name for name in names if name not in self._names)
        self._names.add(found)
        return found

    def table(self, values: tuple[Any, ...]) -> Value:
        """Return the type and name of a table of numbers."""
        floats = [isinstance(v, float) for v in values]
        kind = INT if not any(floats) else DOUBLE if all(floats) else MIXED
        # Told apart by what they are too: 1.0 is equal to 1, and 0.0 to -0.0.
        if (kind, repr(values)) not in self._tables:
            name = self._tables[kind, repr(values)] = f"table_{len(self._tables)}"
            listed = ", ".join(_literal(kind, v) for v in values)
            self._text.append(f"static const {kind} {name}[] = {{{listed}}};")
        return kind, self._tables[kind, repr(values)]

    def step(self, step: Any) -> tuple[str, int]:
        """Lower a step; return the name of its loop over lanes and how many it counts.

        The name with ``_lane`` is the step in one lane, with ``_where`` the loop over lanes in
        which a working number is above 0.
        """
        names = list(inspect.signature(step).parameters)
        counted = [n for n in names if n in INDICES]
        _, name = self.function(step, (INT,) * len(counted))
        given = "".join(f", int {n}_" for n in counted)
        passed = "".join(f", {n}_" for n in counted)
        # What is the same in every lane is read before the loop.
        once = self.once.get(name, [])
        reads = "".join(f"    {line}\n" for line, _ in once)
        body = f"{name}_body" if once else name
        more = "".join(f", {read}" for _, read in once)
        call = f"{body}({_STEP_GIVEN}, l{passed}{more});\n}}\n"
        self._text.append(
            f"static void {name}_all({_STEP_ARGUMENTS}{given}) {{\n{reads}"
            f"    for (int l = 0; l < LANES; l++) {call}"
            f"static void {name}_where({_STEP_ARGUMENTS}, int when{given}) {{\n{reads}"
            f"    for (int l = 0; l < LANES; l++)\n"
            f"        if (w[when * LANES + l] > 0.0) {call}"
        )
        return name, len(counted)

    def text(self) -> str:
        """Return the tables and functions."""
        tables = []
        for name, column in self.tables.items():
            kind = DOUBLE if any(isinstance(v, float) for v in column) else INT
            values = ", ".join(_literal(kind, v) for v in column)
            tables.append(f"static const {kind} T_{name}[] = {{{values}}};")
        return "\n".join([*tables, *self._text]) + "\n"


def _one_exit(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements in which what follows an ``if`` that returns is its ``else``.

    Compilers turn such a body into vector instructions, others less often.
    """
    for i, node in enumerate(body):
        if isinstance(node, ast.If):
            rest = body[i + 1 :]
            if node.body and isinstance(node.body[-1], ast.Return):
                orelse = [*node.orelse, *rest]
                made = ast.If(node.test, _one_exit(node.body), _one_exit(orelse))
                return [*body[:i], ast.copy_location(made, node)]
            if not rest:
                made = ast.If(node.test, _one_exit(node.body), _one_exit(node.orelse))
                return [*body[:i], ast.copy_location(made, node)]
    return body


def _leaves_early(body: list[ast.stmt], last: bool = True) -> bool:
    """Return whether a return stands anywhere but at the end."""
    for i, node in enumerate(body):
        at_end = last and i == len(body) - 1
        if isinstance(node, ast.Return):
            if not at_end:
                return True
        elif isinstance(node, ast.If):
            if _leaves_early(node.body, at_end) or _leaves_early(node.orelse, at_end):
                return True
        elif any(isinstance(n, ast.Return) for n in ast.walk(node)):
            return True
    return False


def _is_step(function: Any) -> bool:
    return str(function.__module__).endswith(".day.steps")


def _where(function: Any, line: int | None = None) -> str:
    code = function.__code__
    return f"{code.co_filename}:{code.co_firstlineno if line is None else line}"


def _is_own(function: Any) -> bool:
    return str(function.__module__) == OWN


@lru_cache(maxsize=4)
def _functions(text: str) -> dict[tuple[str, int], ast.FunctionDef]:
    """Return the functions of a text by name and first line, that of decorators included."""
    return {
        (node.name, min([node.lineno, *(d.lineno for d in node.decorator_list)])): node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    }


def _definition(function: Any) -> ast.FunctionDef | None:
    """Return a function's text as it was read, with the lines of its file, or None."""
    found: ast.FunctionDef | None = getattr(function, TREE, None)
    if found is not None:
        return found
    code = function.__code__
    if _is_own(function):
        text = function.__globals__.get(SOURCE, "")
        return _functions(text).get((code.co_name, code.co_firstlineno))
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    ast.increment_lineno(tree, code.co_firstlineno - 1)
    return tree if isinstance(tree, ast.FunctionDef) else None


def _literal(kind: str, value: Any) -> str:
    if kind in (MIXED, DOUBLE):
        value = float(value)
        if value - value != 0.0:
            sign = "-" if value < 0.0 else ""
            return '__builtin_nan("")' if value != value else f"{sign}__builtin_inf()"
        return str(value.hex())
    return f"{int(value)}ULL" if kind == UNSIGNED else str(int(value))


def _constant(value: Any) -> Value | None:
    if isinstance(value, bool | np.bool_):
        return BOOL, str(int(value))
    if isinstance(value, int | np.integer):
        small = -(2**31) <= int(value) < 2**31
        return (INT, str(int(value))) if small else (UNSIGNED, f"{int(value)}ULL")
    if isinstance(value, float | np.floating):
        return DOUBLE, f"({_literal(DOUBLE, value)})"
    return None


def _wider(a: str | None, b: str) -> str | None:
    if a is None or a == b:
        return b
    if a in _WIDENS and b in _WIDENS:
        return INT if {a, b} == {BOOL, INT} else MIXED
    return None


def _quoted(text: str) -> str:
    """Return a string of C."""
    plain = (chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\{b:03o}" for b in text.encode())
    return f'"{"".join(plain)}"'


class _Function:
    """One function, lowered for the types it is called with."""

    def __init__(self, program: Program, function: Any, types: tuple[Type, ...]) -> None:
        self.program, self.function = program, function
        self.own, self.checked = _is_own(function), program.checked
        tree = _definition(function)
        if tree is None:
            raise InputError(
                f"{_where(function)}: {function.__name__} cannot be played by the ensemble engine; "
                "write it as a function of its own (def)"
            )
        self.tree = tree
        if tree.decorator_list or function.__closure__:
            self.refuse(tree, f"a decorated or inner {tree.name}()", "write a plain function")
        names = [a.arg for a in tree.args.args]
        self.is_step = _is_step(function)
        self.named = [n for n in names if not (self.is_step and n in _HANDS)]
        self.hands = set(names) - set(self.named)
        some = tree.args
        if some.kwonlyargs or some.vararg or some.kwarg or some.defaults or some.posonlyargs:
            self.refuse(tree, "an argument with a default, or any number of them", "name each one")
        if len(self.named) != len(types):
            self.refuse(tree, f"called with {len(types)} arguments", f"give {len(self.named)}")
        self.arguments: dict[str, Type] = dict(zip(self.named, types, strict=True))
        self.locals: dict[str, Type] = {}
        self.returns: str | None = None
        self.text = ""
        self.read_first: dict[str, Value] = {}
        self.body = _one_exit(tree.body)
        self.has_one_exit = not _leaves_early(self.body)

    def refuse(self, node: ast.AST, what: str, instead: str) -> NoReturn:
        """Raise what cannot be lowered: file, line, what, and what to write instead."""
        where = _where(self.function, getattr(node, "lineno", None))
        raise InputError(f"{where}: {what} cannot be played by the ensemble engine; {instead}")

    def noted(self, node: ast.AST, what: str) -> str:
        """Return what is said, in C, where this would stop Python."""
        file = self.function.__code__.co_filename.replace("\\", "/").rpartition("/")[2]
        return _quoted(f"{file}:{getattr(node, 'lineno', 0)}: {what}")

    def lower(self) -> Value:
        """Write the C; return the type and the name."""
        # Types settle first: a variable is as wide as the widest of its values.
        before: Any = None
        while before != (self.arguments, self.locals, self.returns):
            before = dict(self.arguments), dict(self.locals), self.returns
            self.loops = 0
            lines = self.block(self.body)
        if self.surely(self.tree.body, set()) is not None and self.returns is not None:
            self.refuse(self.tree, "a way that ends without a number", "end each in return")
        name = self.program.name_for(self.function)
        given = [_STEP_ARGUMENTS, "int l"] if self.is_step else []
        passed = [_STEP_GIVEN, "l"] if self.is_step else []
        for argument, kind in self.arguments.items():
            passed.append(f"{argument}_")
            if isinstance(kind, Array):
                given.append(f"{kind.of} *restrict {argument}_")
                given += [f"int {argument}_n{i}" for i in range(kind.dimensions)]
            else:
                given.append(f"{kind} {argument}_")
        declared = []
        for local, kind in self.locals.items():
            if isinstance(kind, Array):
                sizes = "".join(f" int {local}_n{i} = 0;" for i in range(kind.dimensions))
                declared.append(f"{kind.of} *{local}_ = 0;{sizes}")
            else:
                declared.append(f"{kind} {local}_ = 0;")
        back = self.returns or "void"
        if self.has_one_exit and self.returns is not None:
            declared.append(f"{back} result = 0;")
            lines.append("return result;")
        once = [(k, n, place) for place, (k, n) in self.read_first.items() if place[0] != "p"]
        lanes = [(k, n, place) for place, (k, n) in self.read_first.items() if place[0] == "p"]
        head = [f"const {kind} {read} = {place};" for kind, read, place in lanes]
        body = "\n    ".join([*head, *declared, *lines])
        if not once:
            self.text = f"INLINE {back} {name}({', '.join(given) or 'void'}) {{\n    {body}\n}}"
        else:
            more = ", ".join(f"const {kind} {read}" for kind, read, _ in once)
            read_now = ", ".join(place for _, _, place in once)
            word = "return " if self.returns else ""
            self.text = (
                f"INLINE {back} {name}_body({', '.join(given)}, {more}) {{\n    {body}\n}}\n"
                f"INLINE {back} {name}({', '.join(given)}) {{\n"
                f"    {word}{name}_body({', '.join(passed)}, {read_now});\n}}"
            )
            self.program.once[name] = [(f"const {k} {n} = {place};", n) for k, n, place in once]
        return back, name

    # --- statements ----------------------------------------------------------------------

    def block(self, body: list[ast.stmt]) -> list[str]:
        return [line for node in body for line in self.statement(node)]

    def indented(self, body: list[ast.stmt]) -> list[str]:
        return ["    " + line for line in self.block(body)]

    def statement(self, node: ast.stmt) -> list[str]:
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return []
            case ast.Expr(value=ast.Call() as call):
                return [self.call(call)[1] + ";"]
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                assigned = [n.id for n in names if isinstance(n, ast.Name)]
                read = {n.id for v in values for n in ast.walk(v) if isinstance(n, ast.Name)}
                if set(assigned) & read or not len(assigned) == len(names) == len(values):
                    self.refuse(node, "this assignment of several", "write a line for each")
                return [
                    line
                    for name, value in zip(names, values, strict=True)
                    for line in self.assign(name, value, node)
                ]
            case ast.Assign(targets=[target], value=value):
                return self.assign(target, value, node)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                return self.assign(target, value, node)
            case ast.AugAssign(target=target, op=op, value=value):
                read_target = ast.parse(ast.unparse(target), mode="eval").body
                ast.copy_location(read_target, target)
                kind, text = self.arithmetic(node, op, self.value(read_target), self.value(value))
                return self.store(target, kind, text, node)
            case ast.Return(value=None):
                if any(isinstance(n, ast.Return) and n.value for n in ast.walk(self.tree)):
                    self.refuse(node, "a return without a number", "return one everywhere")
                return [] if self.has_one_exit else ["return;"]
            case ast.Return(value=ast.expr() as value):
                kind, text = self.value(value)
                wider = _wider(self.returns, kind)
                if wider is None:
                    self.refuse(node, "returning numbers of two kinds", "return one kind")
                self.returns = wider
                return [f"{'result =' if self.has_one_exit else 'return'} {text};"]
            case ast.If(test=test, body=body, orelse=orelse):
                lines = [f"if ({self.truth(test)}) {{", *self.indented(body), "}"]
                if orelse:
                    lines += ["else {", *self.indented(orelse), "}"]
                return lines
            case ast.While(test=test, body=body, orelse=[]):
                return [f"while ({self.truth(test)}) {{", *self.indented(body), "}"]
            case ast.For(target=ast.Name(id=name), iter=over, body=body, orelse=[]):
                return self.loop(node, name, over, body)
            case ast.Break():
                return ["break;"]
            case ast.Continue():
                return ["continue;"]
        instead = _INSTEAD.get(type(node), "use assignments, if, for, while and return")
        self.refuse(node, f"'{ast.unparse(node).splitlines()[0][:60]}'", instead)

    def loop(self, node: ast.For, name: str, over: ast.expr, body: list[ast.stmt]) -> list[str]:
        self.loops += 1
        count = f"i{self.loops}"
        self.widen(name, INT, node)
        match over:
            case ast.Attribute(value=ast.Name(id="actors"), attr=group) if (
                "actors" in self.hands and group in self.program.counts
            ):
                low, high = "0", str(self.program.counts[group])
                returns = any(isinstance(n, ast.Return) for b in body for n in ast.walk(b))
                written_out = 0 if returns else int(high)
            case ast.Call(func=ast.Name(id="range"), args=ends, keywords=[]) if len(ends) in (
                1,
                2,
            ) and self.known(over.func) == [range]:
                bounds = [self.value(e) for e in ends]
                if any(kind != INT for kind, _ in bounds):
                    self.refuse(node, "a range of what are not whole numbers", "use int()")
                low, high = ("0", bounds[0][1]) if len(ends) == 1 else (bounds[0][1], bounds[1][1])
                written_out = _WRITTEN_OUT if len(body) == 1 else 0
            case _:
                self.refuse(node, "this loop", "loop over range() or over actors")
        fixed = low.isdigit() and high.isdigit()
        inner = [n for b in body for n in ast.walk(b)]
        leaves = any(isinstance(n, ast.Break | ast.Continue) for n in inner)
        if fixed and int(high) <= written_out and not leaves:
            # Written out, the compiler sees each actor's numbers as constants, and a loop over
            # lanes has no loop in it that would keep it from vector instructions.
            return [
                line
                for i in range(int(low), int(high))
                for line in (f"{name}_ = {i};", *self.block(body))
            ]
        # The ends are worked out once: what the body does to their numbers moves no end.
        end = high if fixed else f"{count}_end"
        begin = low if fixed else f"{low}, {end} = {high}"
        return [
            f"for (int {count} = {begin}; {count} < {end}; {count}++) {{",
            f"    {name}_ = {count};",
            *self.indented(body),
            "}",
        ]

    def widen(self, name: str, kind: Type, node: ast.AST) -> None:
        before = self.arguments.get(name, self.locals.get(name))
        if isinstance(kind, Array) or isinstance(before, Array):
            wider: Type | None = kind if before in (None, kind) else None
        else:
            wider = _wider(before, kind)
        given = name in self.arguments
        if wider is None or (given and (before, wider) not in ((before, before), (DOUBLE, MIXED))):
            self.refuse(node, f"'{name}' changing its kind", "use another name")
        (self.arguments if given else self.locals)[name] = wider

    def assign(self, target: ast.expr, value: ast.expr, node: ast.stmt) -> list[str]:
        match target, value:
            case (
                ast.Name(id=name),
                ast.Call(
                    func=ast.Attribute(attr="zeros") as zeros,
                    args=[ast.Tuple(elts=sizes)],
                    keywords=[],
                ),
            ) if not self.own and self.known(zeros) == [np.zeros]:
                self.widen(name, Array(DOUBLE, len(sizes)), node)
                texts = [self.value(size)[1] for size in sizes]
                total = " * ".join(f"{name}_n{i}" for i in range(len(sizes)))
                return [
                    *(f"{name}_n{i} = {text};" for i, text in enumerate(texts)),
                    f"{name}_ = __builtin_alloca(sizeof(double) * {total});",
                    f"__builtin_memset({name}_, 0, sizeof(double) * {total});",
                ]
        return self.store(target, *self.value(value), node)

    def store(self, target: ast.expr, kind: str, text: str, node: ast.stmt) -> list[str]:
        if isinstance(target, ast.Name):
            self.widen(target.id, kind, node)
            return [f"{target.id}_ = {text};"]
        place = self.place(target)
        if place is None:
            self.refuse(node, f"setting '{ast.unparse(target)}'", "set s, w, d, out or a name")
        space = ast.unparse(target).split(".")[0].split("[")[0]
        if space in self.hands and space in ("p", "row", "policy", "actors"):
            self.refuse(node, f"setting '{ast.unparse(target)}'", f"'{space}' is read only")
        return [f"{place[1]} = {text};"]

    # --- names that are set ----------------------------------------------------------------

    def surely(self, body: list[ast.stmt], names: set[str] | None) -> set[str] | None:
        """Return the names that are set after statements, or None where nothing follows them.

        Python stops at a name that is not set, where C would read 0: that is refused.
        """
        for node in body:
            if names is None:
                break
            match node:
                case ast.If(test=test, body=yes, orelse=no):
                    self.read(test, names)
                    ways = [w for w in (self.surely(b, names) for b in (yes, no)) if w is not None]
                    names = set.intersection(*ways) if ways else None
                case ast.For(target=ast.Name(id=name), iter=over, body=inner):
                    self.read(over, names)
                    after = self.surely(inner, names | {name})
                    left = any(isinstance(n, ast.Break | ast.Continue) for n in ast.walk(node))
                    if self.has_rounds(over):
                        names = names | {name} if left or after is None else after
                case ast.While(test=test, body=inner):
                    self.read(test, names)
                    self.surely(inner, names)
                case ast.Return() | ast.Break() | ast.Continue():
                    self.read(node, names)
                    names = None
                case _:
                    self.read(node, names)
                    names = names | {
                        n.id
                        for n in ast.walk(node)
                        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
                    }
        return names

    def read(self, node: ast.AST, names: set[str]) -> None:
        """Refuse a name that may not be set yet."""
        again = node.target if isinstance(node, ast.AugAssign) else None
        for inner in ast.walk(node):
            if not isinstance(inner, ast.Name) or inner.id in names or inner.id not in self.locals:
                continue
            if inner is again or isinstance(inner.ctx, ast.Load):
                self.refuse(inner, f"'{inner.id}', which may not be set here,", "set it before")

    def has_rounds(self, over: ast.expr) -> bool:
        """Return whether a loop has a round at least, whatever is played."""
        if isinstance(over, ast.Call):
            ends = [0, *(n.value for n in over.args if isinstance(n, ast.Constant))]
            whole = [end for end in ends if isinstance(end, int)]
            return len(whole) == len(over.args) + 1 and whole[-2] < whole[-1]
        return True

    # --- places --------------------------------------------------------------------------

    def place(self, node: ast.expr) -> Value | None:
        """Return the type and place in C of a column's number or an array's, or None."""
        indices: list[ast.expr] = []
        owner = node
        while isinstance(owner, ast.Subscript):
            inner = owner.slice
            indices = [*(inner.elts if isinstance(inner, ast.Tuple) else [inner]), *indices]
            owner = owner.value
        if isinstance(owner, ast.Name) and indices:
            kind = self.arguments.get(owner.id, self.locals.get(owner.id))
            if isinstance(kind, Array):
                ends = [f"{owner.id}_n{i}" for i in range(kind.dimensions)]
                at = [self.index(i, end) for i, end in zip(indices, ends, strict=False)]
                return self.element(node, owner.id, kind, at if len(at) == len(indices) else [])
        if not (isinstance(owner, ast.Attribute) and isinstance(owner.value, ast.Name)):
            return None
        space, name = owner.value.id, owner.attr
        if space not in self.hands:
            return None
        column = self.program.tables.get(name, ()) if space == "actors" else ()
        groups = _POLICY_LENGTHS if space == "policy" else _LENGTHS.get(space, {})
        length = len(column) or groups.get(name, 0)
        if len(indices) == 2:
            at = [
                self.index(i, n) for i, n in zip(indices, (length // REGIONS, REGIONS), strict=True)
            ]
        else:
            at = [self.index(i, length) for i in indices]
        if space == "actors":
            if name not in self.program.tables:
                self.unknown(node, space, name, self.program.tables)
            kind = DOUBLE if any(isinstance(v, float) for v in column) else INT
            if len(at) != 1:
                self.refuse(node, f"'{ast.unparse(node)}'", f"say which: actors.{name}[...]")
            return self.first(kind, f"T_{name}[{at[0]}]", at)
        if space == "row":
            if name == "day":
                return DOUBLE, "day"
            if name not in _ROW:
                self.unknown(node, space, name, _ROW)
            return self.first(DOUBLE, f"row[{_ROW[name]}{''.join(f' + {i}' for i in at)}]", at)
        if space == "policy":
            if name not in _POLICY:
                self.unknown(node, space, name, _POLICY)
            at_place = "".join(f" + {i}" for i in at)
            return self.first(DOUBLE, f"terms[{_POLICY[name]}{at_place}]", at)
        columns = self.program.columns[space]
        if name not in columns:
            self.unknown(node, space, name, columns)
        many = _LENGTHS.get(space, {}).get(name, 1) > 1
        if bool(at) != many:
            self.refuse(
                node,
                f"'{ast.unparse(node)}'",
                f"'{name}' has a number for each" if many else f"'{name}' is one number",
            )
        offset = f"({at[0]}) * {REGIONS} + {at[1]}" if len(at) == 2 else at[0] if at else "0"
        place = f"{space}[({columns[name]} + {offset}) * LANES + l]"
        return self.first(DOUBLE, place, at) if space == "p" else (DOUBLE, place)

    def first(self, kind: str, place: str, at: list[str]) -> Value:
        """Return a number that never changes; where it can be, it is read before any branch.

        Compilers do not turn a branch that reads memory into vector instructions.
        """
        if not all(i.isdigit() or i[:-1] in self.arguments for i in at):
            return kind, place
        known = self.read_first.setdefault(place, (kind, f"given_{len(self.read_first)}"))
        return known

    def unknown(self, node: ast.AST, space: str, name: str, known: Any) -> NoReturn:
        from difflib import get_close_matches

        near = get_close_matches(name, list(known), 1)
        hint = f"did you mean '{space}.{near[0]}'?" if near else f"'{space}' has no such number"
        self.refuse(node, f"'{space}.{name}'", hint)

    def index(self, node: ast.expr, length: int | str = 0) -> str:
        """Return the C of a place among ``length`` numbers; below 0 Python counts from the end."""
        kind, text = self.value(node)
        if kind != INT:
            self.refuse(node, f"counting with '{ast.unparse(node)}'", "use int()")
        if text.lstrip("-").isdigit():
            place = int(text)
            if isinstance(length, int) and length:
                place += length if place < 0 else 0
                if not 0 <= place < length:
                    self.refuse(node, f"number {text} of {length}", f"count from 0 to {length - 1}")
            elif place < 0:
                self.refuse(node, f"number {text}", "count from 0")
            return str(place)
        sure = self.is_step and text[:-1] in self.arguments
        if not self.checked or not length or sure:
            return text
        return f"at({text}, {length}, {self.noted(node, 'there is no number at that place')})"

    def element(self, node: ast.expr, name: str, kind: Array, at: list[str]) -> Value:
        if len(at) != kind.dimensions:
            self.refuse(node, "a part of an array", "name one number of it")
        place = at[0]
        for i in range(1, kind.dimensions):
            place = f"({place}) * {name}_n{i} + {at[i]}"
        return _ELEMENTS.get(kind.of, DOUBLE), f"{name}_[{place}]"

    # --- expressions ---------------------------------------------------------------------

    def known(self, node: ast.expr) -> Any:
        """Return what a dotted name stands for outside the function, in a list, or none."""
        match node:
            case ast.Name(id=name) if name not in self.arguments and name not in self.locals:
                if name in self.hands:
                    return []
                scope = self.function.__globals__
                if name in scope:
                    return [scope[name]]
                return [getattr(builtins, name)] if hasattr(builtins, name) else []
            case ast.Attribute(value=owner, attr=name):
                found = self.known(owner)
                if found and isinstance(found[0], ModuleType) and hasattr(found[0], name):
                    return [getattr(found[0], name)]
        return []

    def constant(self, value: Any) -> Value | None:
        """Return the type and the C of a number that never changes, or None."""
        found = _constant(value)
        plain = type(value) in (bool, int, float) and found and found[0] != UNSIGNED
        return found if plain or not self.own else None

    def truth(self, node: ast.expr) -> str:
        if isinstance(node, ast.BoolOp):
            sign = " && " if isinstance(node.op, ast.And) else " || "
            return "(" + sign.join(f"({self.truth(v)})" for v in node.values) + ")"
        kind, text = self.value(node)
        if kind not in (BOOL, INT):
            self.refuse(node, f"'{ast.unparse(node)}' as a truth", "compare it: ... > 0.0")
        return text

    def value(self, node: ast.expr) -> Value:
        """Return the type and the C of an expression."""
        match node:
            case (
                ast.Constant(value=literal)
                | ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=literal))
            ):
                # A negative literal is one number, but for 0, which has a sign as a float alone.
                signed = isinstance(node, ast.UnaryOp) and not isinstance(literal, bool)
                if signed and isinstance(literal, int | float):
                    literal = -literal
                found = self.constant(literal)
                if found and (signed or isinstance(node, ast.Constant)):
                    return found
            case ast.Attribute(value=ast.Name(), attr=_) | ast.Subscript():
                if (
                    isinstance(node, ast.Subscript)
                    and isinstance(node.value, ast.Attribute)
                    and node.value.attr == "shape"
                    and isinstance(node.value.value, ast.Name)
                    and isinstance(node.slice, ast.Constant)
                    and isinstance(self.given(node.value.value)[0], Array)
                ):
                    return INT, f"{node.value.value.id}_n{ast.unparse(node.slice)}"
                place = self.place(node)
                if place is not None:
                    return place
        if isinstance(node, ast.Subscript):
            listed = self.known(node.value)
            if listed and isinstance(listed[0], tuple):
                if not listed[0] or not all(map(self.constant, listed[0])):
                    self.refuse(node, f"'{ast.unparse(node)}'", "list numbers: (0.5, 1.0)")
                kind, name = self.program.table(listed[0])
                return kind, f"{name}[{self.index(node.slice, len(listed[0]))}]"
        if isinstance(node, ast.Name):
            own = self.arguments.get(node.id, self.locals.get(node.id))
            if isinstance(own, str):
                return own, f"{node.id}_"
        if isinstance(node, ast.Name | ast.Attribute):
            known = self.known(node)
            found = self.constant(known[0]) if known else None
            if found:
                return found
            self.refuse(node, f"'{ast.unparse(node)}'", "use arguments, and numbers of the module")
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                return self.arithmetic(node, op, self.value(left), self.value(right))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return BOOL, f"(!({self.truth(operand)}))"
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                kind, text = self.value(operand)
                if kind in (BOOL, INT):
                    return self.arithmetic(node, ast.Sub(), (INT, "0"), (kind, text))
                if kind == MIXED:
                    self.refuse(node, f"the sign of '{ast.unparse(operand)[:60]}'", _NOT_SURE)
                if kind == DOUBLE:
                    return kind, f"(-({text}))"
            case ast.BoolOp(values=values):
                text = self.truth(node)
                # Python hands on one of the numbers themselves.
                if any(self.value(v)[0] != BOOL for v in values):
                    self.refuse(node, f"'{ast.unparse(node)[:60]}'", "write: a if a != 0 else b")
                return BOOL, text
            case ast.Compare(left=left, ops=ops, comparators=rights):
                parts = []
                for a, sign_of, b in zip([left, *rights], ops, rights, strict=False):
                    (kind_a, text_a), (kind_b, text_b) = self.value(a), self.value(b)
                    comparison = _COMPARISONS.get(type(sign_of))
                    if comparison is None or UNSIGNED in (kind_a, kind_b):
                        self.refuse(node, f"'{ast.unparse(node)}'", "compare with < <= > >= == !=")
                    parts.append(f"({text_a} {comparison} {text_b})")
                return BOOL, parts[0] if len(parts) == 1 else f"({' && '.join(parts)})"
            case ast.IfExp(test=test, body=yes, orelse=no):
                (kind_a, text_a), (kind_b, text_b) = self.value(yes), self.value(no)
                wider = _wider(kind_a, kind_b)
                if wider is not None:
                    return (
                        wider,
                        f"({self.truth(test)} ? ({wider})({text_a}) : ({wider})({text_b}))",
                    )
            case ast.Call():
                kind, text = self.call(node)
                if kind == "void":
                    self.refuse(node, f"'{ast.unparse(node)[:60]}' as a number", "return one there")
                return kind, text
        instead = _INSTEAD.get(type(node), "use numbers, + - * /, comparisons and calls of rules")
        self.refuse(node, f"'{ast.unparse(node)[:60]}'", instead)

    def arithmetic(self, node: ast.AST, op: ast.operator, a: Value, b: Value) -> Value:
        sign = _OPERATORS.get(type(op))
        (kind_a, text_a), (kind_b, text_b) = a, b
        if sign is None:
            instead = _INSTEAD.get(type(op), "use + - * /")
            self.refuse(node, f"'{ast.unparse(node)[:60]}'", instead)
        if UNSIGNED in (kind_a, kind_b):
            if DOUBLE in (kind_a, kind_b) and sign == "*":
                # What was shifted down fits a signed number, which converts faster.
                texts = [t if k == DOUBLE else f"(double)(int64_t)({t})" for k, t in (a, b)]
                return DOUBLE, f"({texts[0]} * {texts[1]})"
            if sign == ">>":
                return UNSIGNED, f"({text_a} >> {text_b})"
            if sign != "/" and DOUBLE not in (kind_a, kind_b):
                return UNSIGNED, f"((uint64_t){text_a} {sign} (uint64_t){text_b})"
            self.refuse(node, "mixing draws and numbers", "draw with draw()")
        if sign in "^&>>":
            self.refuse(node, f"'{ast.unparse(node)[:60]}'", "use + - * /")
        kinds = {kind_a, kind_b}
        if not kinds <= set(_WIDENS):
            self.refuse(node, f"'{ast.unparse(node)[:60]}'", "use numbers")
        kind = DOUBLE if sign == "/" or DOUBLE in kinds else MIXED if MIXED in kinds else INT
        if kind == MIXED and sign == "*":
            self.refuse(node, f"'{ast.unparse(node)[:60]}'", _NOT_SURE)
        if self.checked and sign == "/":
            said = self.noted(node, "it divides by 0")
            return kind, f"divide({text_a}, {text_b}, {said})"
        if self.checked and kind in (INT, MIXED):
            said = self.noted(node, "a whole number grows beyond what fits; write it with a point")
            return kind, f"{_CHECKED[sign]}_{kind}({text_a}, {text_b}, {said})"
        return kind, f"(({kind}){text_a} {sign} ({kind}){text_b})"

    def call(self, node: ast.Call) -> Value:
        if node.keywords:
            self.refuse(node, "an argument given by name", "give arguments in their order")
        if isinstance(node.func, ast.Name) and node.func.id in ("draw", "tell", "ago"):
            if node.func.id not in self.hands:
                self.refuse(node, f"{node.func.id}()", f"name '{node.func.id}' as an argument")
            given = [self.value(a) for a in node.args]
            if node.func.id == "tell":
                if len(given) != 7:
                    self.refuse(node, "tell()", "give kind, who, where, and four numbers")
                return "void", f"tell(log, l, day, {', '.join(f'(int)({t})' for _, t in given)})"
            if node.func.id == "ago":
                return DOUBLE, f"ago(past, now, {', '.join(f'(int)({t})' for _, t in given)}, l)"
            _, name = self.program.function(luck.uniform, (UNSIGNED, INT, INT))
            return DOUBLE, f"{name}(keys[l], {', '.join(t for _, t in given)})"
        known = self.known(node.func)
        if not known:
            self.refuse(node, f"calling '{ast.unparse(node.func)}'", "call a rule, or min and max")
        function = known[0]
        if function in (min, max):
            given = [self.value(a) for a in node.args]
            kind = _wider(given[0][0], given[-1][0]) if len(given) == 2 else None
            if kind not in (INT, MIXED, DOUBLE):
                self.refuse(node, f"{function.__name__}() of these", "give it two numbers")
            c = INT if kind == INT else DOUBLE
            texts = ", ".join(f"({c})({t})" for _, t in given)
            return kind, f"{function.__name__}_{c}({texts})"
        if self.own and function is np.sqrt:
            self.refuse(node, "numpy's sqrt()", "use sqrt() of the module math")
        if function in (int, float, bool, abs, math.sqrt, np.sqrt) and len(node.args) == 1:
            kind, text = self.value(node.args[0])
            if kind not in (*_WIDENS, UNSIGNED) or (self.own and kind == UNSIGNED):
                self.refuse(node, f"'{ast.unparse(node)[:60]}'", "give it a number")
            if function is int:
                if self.checked and kind in (MIXED, DOUBLE):
                    said = self.noted(node, "int() of a number that is too large, or none")
                    return INT, f"whole({text}, {said})"
                return INT, f"((int)({text}))"
            if function is bool:
                return BOOL, f"(({text}) != 0)"
            if function is float:
                return DOUBLE, f"((double)({text}))"
            if function is abs and kind in (BOOL, INT):
                return INT, f"abs_int({text})"
            if function is abs:
                return kind, f"__builtin_fabs({text})"
            if self.checked:
                return DOUBLE, f"root({text}, {self.noted(node, 'the root of a negative number')})"
            return DOUBLE, f"__builtin_sqrt((double)({text}))"
        if not isinstance(function, FunctionType):
            self.refuse(node, f"calling '{ast.unparse(node.func)}'", "call a rule, or min and max")
        return self.call_function(node, function)

    def given(self, node: ast.expr) -> tuple[Type, str]:
        """Return the type and the C of an argument: a whole array, or a number."""
        if isinstance(node, ast.Name):
            kind = self.arguments.get(node.id, self.locals.get(node.id))
            if isinstance(kind, Array):
                sizes = "".join(f", {node.id}_n{i}" for i in range(kind.dimensions))
                return kind, f"{node.id}_{sizes}"
        return self.value(node)

    def call_function(self, node: ast.Call, function: FunctionType) -> Value:
        names = list(inspect.signature(function).parameters)
        is_step = _is_step(function)
        values: list[tuple[Type, str]] = []
        if len(names) != len(node.args):
            self.refuse(node, f"{function.__name__}() with {len(node.args)}", f"give {len(names)}")
        for name, argument in zip(names, node.args, strict=True):
            if is_step and name in _HANDS:
                if not (isinstance(argument, ast.Name) and argument.id == name):
                    self.refuse(node, f"'{ast.unparse(argument)}' for '{name}'", f"give '{name}'")
                continue
            values.append(self.given(argument))
        kind, name = self.program.function(function, tuple(kind for kind, _ in values))
        given = [_STEP_GIVEN, "l"] if is_step else []
        text = f"{name}({', '.join([*given, *(text for _, text in values)])})"
        if hasattr(function, AS_FLOAT):
            return DOUBLE, f"((double){text})"
        return kind, text
