"""The ensemble engine: the day of `drawdown.day.steps`, compiled, over many worlds at once.

Worlds lie side by side in *lanes*; a step is a loop over lanes. The C made from the steps is
compiled by whatever compiler is here and kept under a digest of all it was made from, so an
edited rule is never served stale. Without a compiler the Mesa world plays, slowly.

Most cells do nothing on most days. Only where a cell's draw is below the hazard of a rested cell
does its own readiness count; that is exact as long as readiness is at most 1 and a cell whose
draw is not below that hazard does nothing (``tests/day/test_engine.py`` tries it). Nobody knows
that of rules of one's own: they are played without the short cut.
"""

import atexit
import ctypes
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drawdown.day import exports, plan, rulebook, steps
from drawdown.day import outcomes as reductions
from drawdown.day.lowering import BOOL, DOUBLE, INDICES, INT, UNSIGNED, Array, Program
from drawdown.declared import data_files, luck
from drawdown.declared.actors import actor_tables
from drawdown.declared.columns import (
    BLOCS,
    CELLS,
    COUNTED,
    DERIVED_GROUPS,
    EVENT_FIELDS,
    FACTIONS,
    FLOWS,
    LEVERS,
    OUTCOMES,
    PARAMETERS,
    PLAN,
    POLICY_GROUPS,
    PROVINCES,
    REGIONS,
    SITES,
    STATES,
    WORK_GROUPS,
    starts,
)
from drawdown.declared.errors import InputError

LANES = 32
"""Worlds that move together."""

KEPT = 6
"""Engines kept in the cache; those not used for the longest time leave it."""

_COUNTS = {
    "faction": FACTIONS,
    "cell": CELLS,
    "site": SITES,
    "bloc": BLOCS,
    "province": PROVINCES,
    "region": REGIONS,
}
_LISTS = {
    "factions": FACTIONS,
    "cells": CELLS,
    "sites": SITES,
    "blocs": BLOCS,
    "provinces": PROVINCES,
}
_WORK = starts(WORK_GROUPS)


def head(lanes: int = LANES) -> str:
    """Return the C that lowered functions call: the first part of ``engine.c``.

    Args:
        lanes: Worlds that move together.
    """
    text = (Path(__file__).parent / "engine.c").read_text(encoding="utf-8")
    return _filled(text.partition("@PROGRAM@")[0], {"LANES": lanes, "COUNTED": len(COUNTED)})


def _filled(text: str, values: Mapping[str, Any]) -> str:
    """Return ``engine.c``, or a part, with each ``@NAME@`` replaced by its value."""
    return re.sub("@([A-Z_]+)@", lambda found: str(values[found[1]]), text)


GIVEN = "s, p, d, w, out, row, terms, past, now, keys, (double)day, &log"
_COUNTED_BY = {
    "i": f"(int)terms[{starts(POLICY_GROUPS)['conditions']}]",
    "t": f"(int)terms[{starts(POLICY_GROUPS)['tests']}]",
    "v": f"{LEVERS}",
    "r": f"{REGIONS}",
}
"""How many there are of what steps count, beside the agents of a kind, in C."""


def _day(program: Program, rules: rulebook.RuleBook) -> list[str]:
    """Return the calls of a day's steps, in order."""
    lines: list[str] = []
    for phase in steps.DAY:
        lines.append(f"/* {phase.name}: {phase.reason} */")
        for part in phase.parts:
            names = [program.step(rules.steps[step])[0] for step in part.steps]
            if part.cells:
                if len(names) > 1:
                    raise InputError(
                        f"steps.DAY: {phase.name}: the engine passes over cells that do nothing, "
                        f"so cells have one step there; got {', '.join(part.steps)}"
                    )
                able = part.cells == "able"
                lines += _cells_decide(names[0], not rules.own) if able else _cells_act(names[0])
                continue
            calls = [
                _calls(part, name, signature(rules.steps[step]).parameters)
                for step, name in zip(part.steps, names, strict=True)
            ]
            before, after = _days(part)
            lines += [*before, *calls, *after]
    return lines


def _days(part: steps.Part) -> tuple[list[str], list[str]]:
    """Return what stands before and after the calls of a part that not every day has."""
    if part.days == "kept":
        # Days that nobody keeps leave no trace.
        return ["if (t < days - kept) continue;"], []
    if part.days == "conditions":
        return [f"if ({_COUNTED_BY['i']} > 0) {{"], ["}"]
    if part.days == "noted":
        place = "past[(int64_t)now * COUNTED * LANES + i]"
        counted = f"(float)w[{_WORK['counted']} * LANES + i]"
        noted = ["for (int i = 0; i < COUNTED * LANES; i++)", f"    {place} = {counted};"]
        return ["if (past) {"], [*noted, "}"]
    return ([f"if (anywhere(w, {_WORK[part.when]})) {{"], ["}"]) if part.when else ([], [])


def _calls(part: steps.Part, name: str, arguments: Collection[str]) -> str:
    """Return the calls of a step's loop over lanes: one for all that it counts."""
    counted = [n for n in arguments if n in INDICES]
    if part.kind != "world":
        counted = ["i", "r"][: len(counted)]
    most = {"i": str(_COUNTS[part.kind])} if part.kind in _COUNTS else {}
    loops = "".join(f"for (int {n} = 0; {n} < {(_COUNTED_BY | most)[n]}; {n}++) " for n in counted)
    call = f"{name}_where({GIVEN}, {_WORK[part.when]}" if part.when else f"{name}_all({GIVEN}"
    return f"{loops}{call}{''.join(f', {n}' for n in counted)});"


def _cells_act(name: str) -> list[str]:
    """Return the steps of the cells that decided to act."""
    return [
        f"for (int i = 0; i < found; i++) {name}({GIVEN}, acting[i] % LANES, acting[i] / LANES);"
    ]


def _cells_decide(name: str, short_cut: bool) -> list[str]:
    """Return the cells' decisions: each of them, or those whom a rested cell's hazard finds."""
    if not short_cut:
        return [
            f"for (int c = 0; c < {CELLS}; c++) for (int l = 0; l < LANES; l++) {{",
            f"    {name}({GIVEN}, l, c);",
            "    acting[found++] = c * LANES + l;",
            "}",
        ]
    hazards = f"w[({_WORK['total']} + i) * LANES + l]"
    return [
        "/* Luck does not depend on what is played: who could act on a day is found once. */",
        "double most = 0.0;",
        f"if (could) for (int i = 0; i < {FACTIONS * REGIONS}; i++)",
        "    for (int l = 0; l < LANES; l++)",
        f"        most = {hazards} > most ? {hazards} : most;",
        "if (could && most < COULD) for (int k = could[t]; k < could[t + 1]; k++) {",
        "    const int c = who[k] / LANES, l = who[k] % LANES;",
        f"    const int i = T_cell_faction[c] * {REGIONS} + T_cell_region[c];",
        f"    if (shares[k] > (int64_t)({hazards} * 9007199254740992.0)) continue;",
        f"    {name}({GIVEN}, l, c);",
        "    acting[found++] = c * LANES + l;",
        "}",
        "else {",
        f"for (int i = 0; i < {FACTIONS * REGIONS}; i++) for (int l = 0; l < LANES; l++)",
        f"    bounds[i * LANES + l] = (int64_t)(min_double(w[({_WORK['total']} + i) * LANES + l], "
        "1.0) * 9007199254740992.0) + 1;",
        f"for (int c = 0; c < {CELLS}; c++) {{",
        f"    const int64_t *bound = bounds + (T_cell_faction[c] * {REGIONS} + T_cell_region[c])"
        " * LANES;",
        "    const uint64_t add = cell_acts[c];",
        "    int64_t below[LANES], any = 0;",
        "    for (int l = 0; l < LANES; l++) {",
        "        below[l] = (int64_t)(luck_mix(keys[l] + add) >> 11) - bound[l];",
        "        any |= below[l];",
        "    }",
        "    if (any >= 0) continue;",
        "    for (int l = 0; l < LANES; l++)",
        "        if (below[l] < 0) {",
        f"            {name}({GIVEN}, l, c);",
        "            acting[found++] = c * LANES + l;",
        "        }",
        "}",
        "}",
    ]


def source(rules: rulebook.RuleBook = rulebook.PLAIN, lanes: int = LANES) -> str:
    """Return the engine's C.

    Args:
        rules: The rules that are played.
        lanes: Worlds that move together.

    Raises:
        InputError: If a step or rule does something that cannot be lowered.
    """
    tables = actor_tables() | plan.reference_tables()
    parameters = (*PARAMETERS, *rules.numbers)
    program = Program(tables, _LISTS, parameters, checked=bool(rules.own))
    program.function(luck.mix, (UNSIGNED,))
    program.function(luck.uniform, (UNSIGNED, INT, INT))
    _, run_key = program.function(luck.run_key, (UNSIGNED, UNSIGNED))
    _, day_key = program.function(luck.day_key, (UNSIGNED, INT))
    work_out, _ = program.step(rules.steps["work_out"])
    day = _day(program, rules)
    singles, doubles = Array("float", 3), Array("double", 1)
    _, summarise = program.function(
        rules.outcomes["summarise"], (singles, doubles, doubles, Array("double", 2))
    )
    _, bands = program.function(
        rules.outcomes["count_into_bands"],
        (singles, singles, INT, doubles, doubles, Array("int32_t", 3)),
    )
    more = "".join(
        exports.declaration(name, types, *program.function(function, types))
        for name, (function, types) in exports.FUNCTIONS.items()
    )
    acts = (
        ((agent * luck.DECISIONS_PER_AGENT + luck.ACT + 1) * luck.GOLDEN) & luck.MASK
        for agent in tables["cell_agent"]
    )
    values = {
        "LANES": lanes,
        "COUNTED": len(COUNTED),
        "PROGRAM": program.text(),
        "ACTS": ", ".join(f"{act}ULL" for act in acts),
        "RUN_KEY": run_key,
        "DAY_KEY": day_key,
        "WORK_OUT": work_out,
        "CELLS": CELLS,
        "PLACES": FACTIONS * REGIONS,
        "WORK": sum(length for _, length in WORK_GROUPS),
        "STATES": STATES,
        "DERIVED": sum(length for _, length in DERIVED_GROUPS),
        "PARAMETERS": len(parameters),
        "OUTCOMES": len(OUTCOMES),
        "PLAN": len(PLAN),
        "DAY": "\n        ".join(day),
        "SUMMARISE": summarise,
        "RUN_OUTCOMES": len(reductions.RUN_OUTCOMES),
        "BANDS": bands,
        "FLOWS": len(FLOWS),
        "BAND_CELLS": reductions.CELLS,
        "EXPORTS": more,
    }
    return _filled((Path(__file__).parent / "engine.c").read_text(encoding="utf-8"), values)


# --- compiling ------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def compilers() -> tuple[tuple[str, ...], ...]:
    """Return the commands of the C compilers here, that of the fastest engine first."""
    own = os.environ.get("DRAWDOWN_COMPILER")
    if own is not None:
        return (tuple(own.split()),) if own else ()
    found: list[tuple[str, ...]] = []
    if importlib.util.find_spec("ziglang") is not None:
        found.append((sys.executable, "-m", "ziglang", "cc"))
    found += [(path,) for path in map(shutil.which, ("clang", "cc", "gcc")) if path]
    return tuple(found)


BUILT = Path(__file__).parent / "built"
"""Where a wheel carries engines that were built for its systems."""

LEVELS = {"": "x86_64", "-avx2": "x86_64_v3", "-avx512": "x86_64_v4"}
"""Vector widths of x86-64, narrowest first: suffix of the library, and the processor."""

STRICT = (
    "-O3",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-shared",
    "-fPIC",
    "-fno-sanitize=all",
    "-g0",
    "-w",
)
_IS_X86 = platform.machine().lower() in ("x86_64", "amd64")
FLAGS = ("-march=native", *(("-mprefer-vector-width=512",) if _IS_X86 else ()), *STRICT)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")


def sources() -> list[Path]:
    """Return every file that the engine's C, a plan or a draw may depend on."""
    package, seeds = Path(__file__).parents[1], data_files.folder("seeds")
    found = [p for name in ("declared", "day", "rules") for p in (package / name).glob("*.py")]
    found.append(package / "day" / "engine.c")
    return sorted([*found, *seeds.glob("*.yaml"), *data_files.folder("scenarios").glob("*.yaml")])


def sources_digest() -> str:
    """Return the digest of the sources alone, the same on every machine."""
    total = hashlib.sha256()
    for path in sources():
        total.update(path.name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return total.hexdigest()[:24]


def built_name(system: str, machine: str, level: str = "") -> str:
    """Return the name of an engine that a wheel carries."""
    return f"engine-{system.lower()}-{machine.lower()}{level}.so"


@lru_cache(maxsize=1)
def built() -> Path | None:
    """Return the engine that came with the wheel, the widest that runs here, or None."""
    digest_of_built = BUILT / "sources.txt"
    if not digest_of_built.exists() or digest_of_built.read_text() != sources_digest():
        return None
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine()
    )
    plain = BUILT / built_name(platform.system(), machine)
    if not plain.exists():
        return None
    if machine != "x86_64":
        return plain
    level = ctypes.CDLL(str(plain)).drawdown_level()
    wide = BUILT / built_name(platform.system(), machine, list(LEVELS)[level])
    return wide if wide.exists() else plain


@lru_cache(maxsize=64)
def digest(rules: rulebook.RuleBook = rulebook.PLAIN) -> str:
    """Return the digest of everything the engine is made from."""
    total = hashlib.sha256(repr((compilers(), FLAGS, _processor(), sys.platform)).encode())
    for path in sources():
        total.update(path.read_bytes())
    total.update(rules.text.encode())
    return total.hexdigest()[:24]


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """Return the folder of the engines compiled on this machine.

    Where nothing can be kept, it is one that lasts as long as this process.
    """
    folder = data_files.cache_folder() / "engine"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        ours = tempfile.mkdtemp(prefix="drawdown-engine-")
        atexit.register(shutil.rmtree, ours, ignore_errors=True)
        return Path(ours)


def library(rules: rulebook.RuleBook = rulebook.PLAIN) -> Path:
    """Return where the engine made from today's sources is, or will be."""
    ready = built() if not rules.own else None
    if ready is not None:
        return ready
    return cache_folder() / digest(rules) / "engine.so"


def is_cached(rules: rulebook.RuleBook = rulebook.PLAIN) -> bool:
    """Return whether today's sources have been compiled on this machine before."""
    return _whole(library(rules))


_CHECKSUM = "engine.sha256"


def _whole(target: Path) -> bool:
    """Return whether an engine is there and as it was compiled; a damaged one is removed."""
    if target.parent == BUILT:
        return target.exists()
    try:
        digest_then = (target.parent / _CHECKSUM).read_text(encoding="ascii")
        if hashlib.sha256(target.read_bytes()).hexdigest() == digest_then:
            return True
    except FileNotFoundError:
        if not target.parent.exists():
            return False
    except (OSError, ValueError):
        pass
    sys.stderr.write(f"{target} is damaged: compiled anew\n")
    shutil.rmtree(target.parent, ignore_errors=True)
    return False


def build(rules: rulebook.RuleBook = rulebook.PLAIN) -> Path:
    """Compile today's sources, unless that was done, and return the library.

    Raises:
        InputError: If a step or rule cannot be lowered, or the compiler fails.
    """
    target = library(rules)
    if _whole(target):
        if target.parent != BUILT:
            os.utime(target.parent)
        return target
    text = source(rules)
    try:
        _compile(text, target)
    except OSError as error:
        raise InputError(
            f"cannot keep the compiled rule book in {target.parent.parent} ({error.strerror}); "
            "XDG_CACHE_HOME in the environment names another folder for caches"
        ) from None
    _clean(target.parent)
    return target


def compile_with(
    commands: Sequence[Sequence[str]], flags: Sequence[str], text: str, made: Path
) -> list[str]:
    """Compile C by the first of some commands that can.

    Args:
        commands: Compilers, the first choice first.
        flags: What each is told.
        text: The C; it is written beside what is made.
        made: Where to.

    Returns:
        Why each that was tried before could not.
    """
    written = made.with_name("engine.c")
    written.write_text(text, encoding="utf-8")
    faults = []
    for command in commands:
        done = subprocess.run(
            [*command, *flags, str(written), "-o", str(made)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            break
        made.unlink(missing_ok=True)
        said = (done.stderr or done.stdout).strip().splitlines() or ["it says nothing"]
        faults.append(f"{' '.join(command)} cannot compile the engine: {said[0]}")
    return faults


def _compile(text: str, target: Path) -> None:
    """Compile C text to a library, with its checksum beside it."""
    target.parent.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent.parent, prefix=".new-") as folder:
        made = Path(folder) / "engine.so"
        faults = compile_with(compilers(), FLAGS, text, made)
        if not made.exists():
            raise InputError(faults or "there is no C compiler: cc, gcc, clang or ziglang")
        checksum = hashlib.sha256(made.read_bytes()).hexdigest()
        (Path(folder) / _CHECKSUM).write_text(checksum, encoding="ascii")
        os.chmod(folder, 0o755)
        try:
            os.rename(folder, target.parent)
        except OSError:
            # Another program has built the same meanwhile.
            if not _whole(target):
                raise
        else:
            Path(folder).mkdir()


def _clean(used: Path) -> None:
    """Remove engines that were not used for the longest time, and those of earlier versions."""
    shutil.rmtree(data_files.cache_folder() / "compiled", ignore_errors=True)
    ages = {}
    for folder in cache_folder().iterdir():
        # Another program may be cleaning too.
        with suppress(OSError):
            if folder != used and folder.is_dir():
                ages[folder] = folder.stat().st_mtime
    old = time.time() - 3600.0
    for i, folder in enumerate(sorted(ages, key=lambda p: ages[p], reverse=True)):
        if i >= KEPT - 1 or (folder.name.startswith(".new-") and ages[folder] < old):
            shutil.rmtree(folder, ignore_errors=True)


_BACK = {"bool": ctypes.c_bool, "float": ctypes.c_double, "int": ctypes.c_int, "None": None}
_SCALARS: dict[str, Any] = {
    BOOL: ctypes.c_bool,
    INT: ctypes.c_int,
    UNSIGNED: ctypes.c_uint64,
    DOUBLE: ctypes.c_double,
}
_NUMBERS: dict[str, Any] = {
    "double": np.float64,
    "float": np.float32,
    "int32_t": np.int32,
    "uint64_t": np.uint64,
}


def _at(array: NDArray[Any]) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


class Engine:
    """The compiled day, for blocks of `LANES` worlds.

    Calls let go of the interpreter's lock, so threads play blocks side by side.
    """

    def __init__(self, rules: rulebook.RuleBook = rulebook.PLAIN, path: Path | None = None) -> None:
        self.library = ctypes.CDLL(str(path or build(rules)))
        self.library.drawdown_uniform.restype = ctypes.c_double
        self.library.drawdown_noted.restype = ctypes.c_char_p
        for name, (function, _) in exports.FUNCTIONS.items():
            told = signature(function).return_annotation
            back = _BACK[told if isinstance(told, str) else getattr(told, "__name__", "None")]
            getattr(self.library, f"drawdown_{name}").restype = back

    def call(self, name: str, *arguments: Any) -> Any:
        """Call one of `exports.FUNCTIONS`, as it is called in Python.

        Arrays must be of the types there, one number after the other; they are filled in place.
        """
        given: list[Any] = []
        types = exports.FUNCTIONS[name][1]
        for kind, value in zip(types, arguments, strict=True):
            if isinstance(kind, Array):
                assert value.flags.c_contiguous
                assert value.dtype == _NUMBERS[kind.of]
                given += [_at(value), *value.shape]
            else:
                given.append(_SCALARS[kind](value))
        return getattr(self.library, f"drawdown_{name}")(*given)

    def _refuse_what_was_noted(self) -> None:
        said = self.library.drawdown_noted()
        if said:
            raise InputError(f"{said.decode()}; Python would stop or go on with another number")

    def keys(self, seed: int, replications: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Return the key of each replication's draws."""
        found = np.empty(LANES, np.uint64)
        numbers = np.ascontiguousarray(replications, np.int64)
        self.library.drawdown_keys(ctypes.c_uint64(seed & luck.MASK), _at(numbers), _at(found))
        return found

    def uniform(self, seed: int, replication: int, day: int, agent: int, decision: int) -> float:
        """Return one draw, as the engine makes it."""
        found: float = self.library.drawdown_uniform(
            ctypes.c_uint64(seed & luck.MASK), ctypes.c_uint64(replication), day, agent, decision
        )
        return found

    def derive(self, nature: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what `steps.work_out` makes of parameters, shape (parameters, lanes).

        Raises:
            InputError: If a rule of one's own meets what would stop Python, by file and line.
        """
        found = np.empty((sum(length for _, length in DERIVED_GROUPS), LANES))
        self.library.drawdown_derive(_at(np.ascontiguousarray(nature)), _at(found))
        self._refuse_what_was_noted()
        return found

    def advance(
        self,
        state: NDArray[np.float64],
        nature: NDArray[np.float64],
        derived: NDArray[np.float64],
        keys: NDArray[np.uint64],
        days: NDArray[np.float64],
        first: int,
        terms: NDArray[np.float64],
        past: NDArray[np.float32],
        daily: NDArray[np.float32],
        events: NDArray[np.int32] | None = None,
        counts: NDArray[np.int64] | None = None,
    ) -> None:
        """Play a block of worlds through the days of a plan.

        Args:
            state: State, shape (states, lanes), flat or not; moved in place.
            nature: Parameters, shape (parameters, lanes).
            derived: From `derive`.
            keys: From `keys`.
            days: Levers and events, shape (days, columns of the plan).
            first: Ordinal of the first day.
            terms: The scenario's conditions, from `policy.table`.
            past: What conditions count, shape (days before and days, `columns.COUNTED`, lanes);
                the days before are given, the days are filled. Empty: nothing is noted.
            daily: Outcomes of the last days, shape (days kept, outcomes, lanes), filled.
            events: Event log, shape (lanes, room, fields), filled as far as there is room.
            counts: Events so far, one a lane.

        Raises:
            InputError: If a rule of one's own meets what would stop Python, by file and line.
        """
        if events is None:
            events = np.zeros((LANES, 0, len(EVENT_FIELDS)), np.int32)
        if counts is None:
            counts = np.zeros(LANES, np.int64)
        nature, days = np.ascontiguousarray(nature), np.ascontiguousarray(days)
        self.library.drawdown_advance(
            _at(state),
            _at(nature),
            _at(derived),
            _at(keys),
            _at(days),
            len(days),
            first,
            _at(np.ascontiguousarray(terms)),
            _at(past) if len(past) else None,
            len(past) - len(days),
            _at(daily),
            len(daily),
            _at(events),
            events.shape[1],
            _at(counts),
            *(None,) * 4,
        )
        self._refuse_what_was_noted()

    def summarise(
        self,
        daily: NDArray[np.float32],
        requests: NDArray[np.float64],
        per_index: NDArray[np.float64],
        rows: NDArray[np.float64],
    ) -> None:
        """Play `outcomes.summarise`, which see."""
        daily = np.ascontiguousarray(daily, np.float32)
        requests = np.ascontiguousarray(requests, np.float64)
        per_index = np.ascontiguousarray(per_index, np.float64)
        self.library.drawdown_summarise(
            _at(daily), len(daily), daily.shape[2], _at(requests), _at(per_index), _at(rows)
        )
        self._refuse_what_was_noted()

    def count_into_bands(
        self,
        daily: NDArray[np.float32],
        before: NDArray[np.float32],
        used: int,
        lows: NDArray[np.float64],
        widths: NDArray[np.float64],
        histogram: NDArray[np.int32],
    ) -> None:
        """Play `outcomes.count_into_bands`, which see."""
        daily, before = np.ascontiguousarray(daily), np.ascontiguousarray(before)
        self.library.drawdown_bands(
            _at(daily),
            len(daily),
            daily.shape[2],
            _at(before),
            len(before),
            used,
            _at(np.ascontiguousarray(lows)),
            _at(np.ascontiguousarray(widths)),
            _at(histogram),
        )
