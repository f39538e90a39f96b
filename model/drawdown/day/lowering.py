"""Turns steps, rules and reductions into C: the same text, the same order of operations.

A function is lowered once for each combination of types it is called with: truth values, whole
numbers (32 bits), unsigned 64-bit numbers (the draws), doubles, arrays. A step becomes a
function of one lane and a loop over lanes that a compiler turns into vector instructions.
What is outside the subset is refused with file, line and what to write instead.

The C is compiled without contraction and without reordering, so its results are Python's to the
last bit (``tests/test_identical_histories.py``).
"""

import ast
import builtins
import inspect
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
_WIDENS = (BOOL, INT, DOUBLE)
_STEP_ARGUMENTS = (
    "double *restrict s, const double *restrict p, double *restrict d, double *restrict w, "
    "double *restrict out, const double *restrict row, const double *restrict terms, "
    "const float *past, const int now, const uint64_t *restrict keys, const double day, "
    "Log *restrict log"
)
_STEP_GIVEN = "s, p, d, w, out, row, terms, past, now, keys, day, log"
_WRITTEN_OUT = 24
"""Rounds of a loop of one line that are written out at most."""

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
        tables: What does not change about actors (`drawdown.actors.actor_tables`).
        counts: How many there are of each kind, by the name steps give them.
        parameters: The parameters, in the order of their columns.
    """

    def __init__(
        self,
        tables: Mapping[str, Any],
        counts: Mapping[str, int],
        parameters: Sequence[str] = PARAMETERS,
    ) -> None:
        self.tables, self.counts = tables, counts
        self.columns = _COLUMNS | {"p": {name: i for i, name in enumerate(parameters)}}
        self._done: dict[tuple[Any, ...], Value | None] = {}
        self._names: dict[str, int] = {}
        self._tables: dict[tuple[str, tuple[Any, ...]], str] = {}
        self._text: list[str] = []
        self.once: dict[str, list[tuple[str, str]]] = {}

    def function(self, function: Any, types: tuple[Type, ...]) -> Value:
        """Lower a function for these types; return its type and its name in C.

        Raises:
            InputError: For what cannot be lowered, with file and line.
        """
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
        count = self._names[base] = self._names.get(base, 0) + 1
        return base if count == 1 else f"{base}_{count}"

    def table(self, values: tuple[Any, ...]) -> Value:
        """Return the type and name of a table of numbers."""
        kind = DOUBLE if any(isinstance(v, float) for v in values) else INT
        if (kind, values) not in self._tables:
            name = self._tables[kind, values] = f"table_{len(self._tables)}"
            listed = ", ".join(_literal(kind, v) for v in values)
            self._text.append(f"static const {kind} {name}[] = {{{listed}}};")
        return kind, self._tables[kind, values]

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


def _where(function: Any, line: int = 1) -> str:
    return f"{inspect.getsourcefile(function)}:{function.__code__.co_firstlineno + line - 1}"


def _literal(kind: str, value: Any) -> str:
    if kind == DOUBLE:
        value = float(value)
        return '__builtin_nan("")' if value != value else value.hex()
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
        return a if _WIDENS.index(a) > _WIDENS.index(b) else b
    return None


class _Function:
    """One function, lowered for the types it is called with."""

    def __init__(self, program: Program, function: Any, types: tuple[Type, ...]) -> None:
        self.program, self.function = program, function
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        assert isinstance(tree, ast.FunctionDef)
        self.tree = tree
        names = [a.arg for a in tree.args.args]
        self.is_step = _is_step(function)
        self.named = [n for n in names if not (self.is_step and n in _HANDS)]
        self.hands = set(names) - set(self.named)
        if tree.args.kwonlyargs or tree.args.vararg or tree.args.kwarg or tree.args.defaults:
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
        where = _where(self.function, getattr(node, "lineno", 1))
        raise InputError(f"{where}: {what} cannot be played by the ensemble engine; {instead}")

    def lower(self) -> Value:
        """Write the C; return the type and the name."""
        # Types settle first: a variable is as wide as the widest of its values.
        for _ in range(8):
            before = dict(self.locals), self.returns
            self.loops = 0
            lines = self.block(self.body)
            if before == (self.locals, self.returns):
                break
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
            declared.append(f"{back} result_ = 0;")
            lines.append("return result_;")
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
                return [self.value(call)[1] + ";"]
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                assigned = {n.id for n in names if isinstance(n, ast.Name)}
                read = {n.id for v in values for n in ast.walk(v) if isinstance(n, ast.Name)}
                if assigned & read or len(names) != len(values):
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
                return [] if self.has_one_exit else ["return;"]
            case ast.Return(value=ast.expr() as value):
                kind, text = self.value(value)
                wider = _wider(self.returns, kind)
                if wider is None:
                    self.refuse(node, "returning numbers of two kinds", "return one kind")
                self.returns = wider
                return [f"{'result_ =' if self.has_one_exit else 'return'} {text};"]
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
                group in self.program.counts
            ):
                total = self.program.counts[group]
                leaves = (ast.Return, ast.Break, ast.Continue)
                if not any(isinstance(n, leaves) for b in body for n in ast.walk(b)):
                    # Written out, the compiler sees each actor's numbers as constants.
                    return [
                        line
                        for i in range(total)
                        for line in (f"{name}_ = {i};", *self.block(body))
                    ]
                low, high = "0", str(total)
            case ast.Call(func=ast.Name(id="range"), args=ends) if len(ends) in (1, 2):
                bounds = [self.value(e) for e in ends]
                if any(kind != INT for kind, _ in bounds):
                    self.refuse(node, "a range of what are not whole numbers", "use int()")
                low, high = ("0", bounds[0][1]) if len(ends) == 1 else (bounds[0][1], bounds[1][1])
            case _:
                self.refuse(node, "this loop", "loop over range() or over actors")
        if len(body) == 1 and low.isdigit() and high.isdigit() and int(high) <= _WRITTEN_OUT:
            # A loop in a loop over lanes would keep that from becoming vector instructions.
            return [
                line
                for i in range(int(low), int(high))
                for line in (f"{name}_ = {i};", *self.block(body))
            ]
        return [
            f"for (int {count} = {low}; {count} < {high}; {count}++) {{",
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
        if wider is None or (name in self.arguments and wider != before):
            self.refuse(node, f"'{name}' changing its kind", "use another name")
        if name not in self.arguments:
            self.locals[name] = wider

    def assign(self, target: ast.expr, value: ast.expr, node: ast.stmt) -> list[str]:
        match target, value:
            case (
                ast.Name(id=name),
                ast.Call(func=ast.Attribute(attr="zeros"), args=[ast.Tuple(elts=sizes)]),
            ):
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
                return self.element(node, owner.id, kind, [self.index(i) for i in indices])
        if not (isinstance(owner, ast.Attribute) and isinstance(owner.value, ast.Name)):
            return None
        space, name = owner.value.id, owner.attr
        if space not in self.hands:
            return None
        at = [self.index(i) for i in indices]
        if space == "actors":
            if name not in self.program.tables:
                self.unknown(node, space, name, self.program.tables)
            column = self.program.tables[name]
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

    def index(self, node: ast.expr) -> str:
        kind, text = self.value(node)
        if kind != INT:
            self.refuse(node, f"counting with '{ast.unparse(node)}'", "use int()")
        return text

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

    def truth(self, node: ast.expr) -> str:
        kind, text = self.value(node)
        if kind not in (BOOL, INT):
            self.refuse(node, f"'{ast.unparse(node)}' as a truth", "compare it: ... > 0.0")
        return text

    def value(self, node: ast.expr) -> Value:
        """Return the type and the C of an expression."""
        match node:
            case ast.Constant(value=literal):
                found = _constant(literal)
                if found:
                    return found
            case ast.Attribute(value=ast.Name(), attr=_) | ast.Subscript():
                if (
                    isinstance(node, ast.Subscript)
                    and isinstance(node.value, ast.Attribute)
                    and node.value.attr == "shape"
                    and isinstance(node.value.value, ast.Name)
                ):
                    return INT, f"{node.value.value.id}_n{ast.unparse(node.slice)}"
                place = self.place(node)
                if place is not None:
                    return place
        if isinstance(node, ast.Subscript):
            listed = self.known(node.value)
            if listed and isinstance(listed[0], tuple):
                kind, name = self.program.table(listed[0])
                return kind, f"{name}[{self.index(node.slice)}]"
        if isinstance(node, ast.Name):
            own = self.arguments.get(node.id, self.locals.get(node.id))
            if isinstance(own, str):
                return own, f"{node.id}_"
        if isinstance(node, ast.Name | ast.Attribute):
            known = self.known(node)
            found = _constant(known[0]) if known else None
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
                if kind != UNSIGNED:
                    return kind, f"(-({text}))"
            case ast.BoolOp(op=op, values=values):
                sign = " && " if isinstance(op, ast.And) else " || "
                return BOOL, "(" + sign.join(f"({self.truth(v)})" for v in values) + ")"
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
                return self.call(node)
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
        kind = _wider(_wider(kind_a, kind_b), DOUBLE if sign == "/" else INT)
        assert kind is not None
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
            if kind not in (INT, DOUBLE):
                self.refuse(node, f"{function.__name__}() of these", "give it two numbers")
            texts = ", ".join(f"({kind})({t})" for _, t in given)
            return kind, f"{function.__name__}_{kind}({texts})"
        if function in (int, float, bool, abs, math.sqrt, np.sqrt) and len(node.args) == 1:
            kind, text = self.value(node.args[0])
            if function is int:
                return INT, f"((int)({text}))"
            if function is bool and kind in (BOOL, INT):
                return BOOL, f"((bool)({text}))"
            if function is float:
                return DOUBLE, f"((double)({text}))"
            return DOUBLE, f"__builtin_{'fabs' if function is abs else 'sqrt'}((double)({text}))"
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
        return kind, f"{name}({', '.join([*given, *(text for _, text in values)])})"
