"""The same day as WebAssembly: what a page carries, of the C that the native engine is made of.

No relaxed vector instructions and no contraction, so a page has the native engine's bits
(``tests/test_page.py``).
"""

import hashlib
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from drawdown.day import engine, rulebook
from drawdown.declared import storage
from drawdown.declared.errors import InputError

LANES = 20
"""Worlds that move together in a page: two hundred are ten blocks, shared among two to ten
processors; measured, a world costs a tenth less than eight at a time."""

FLAGS = (
    "-O3",
    "-fno-unroll-loops",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-msimd128",
    "-mbulk-memory",
    "-msign-ext",
    "-mnontrapping-fptoint",
    "-mno-relaxed-simd",
    "-nostdlib",
    "-fno-sanitize=all",
    "-g0",
    "-w",
    "-Wl,--no-entry",
    "-Wl,--export-dynamic",
    "-Wl,-z,stack-size=2097152",
)
TARGETS = {"ziglang": "-target wasm32-freestanding", "clang": "--target=wasm32-unknown-unknown"}
"""How a compiler is told to make WebAssembly."""

BUILT = engine.BUILT / "engine.wasm"
"""Where a wheel carries it."""


def _commands() -> list[list[str]]:
    found = []
    for command in engine.compilers():
        for name, target in TARGETS.items():
            if any(name in Path(part).name for part in command):
                found.append([*command, *target.split()])
    return found


def can_be_made() -> bool:
    """Return whether a page can compute here: it is carried, kept, or can be compiled."""
    return carried() or bool(_commands())


def carried() -> bool:
    """Return whether it came with the wheel, for the model's own rules."""
    told = engine.BUILT / "sources.txt"
    whole = BUILT.exists() and told.exists() and told.read_text() == engine.sources_digest()
    return whole and not rulebook.current().own


@lru_cache(maxsize=4)
def _digest(rules: rulebook.RuleBook) -> str:
    return hashlib.sha256(
        repr((FLAGS, _commands(), engine.source(rules, LANES))).encode()
    ).hexdigest()[:24]


def made() -> bytes:
    """Return the WebAssembly of the rules that are played here.

    Raises:
        InputError: If there is none and no compiler that makes it.
    """
    if carried():
        return BUILT.read_bytes()
    return _made(rulebook.current())


@lru_cache(maxsize=4)
def _made(rules: rulebook.RuleBook) -> bytes:
    target = engine.cache_folder() / _digest(rules) / "engine.wasm"
    checksum = target.with_suffix(".sha256")
    try:
        found = target.read_bytes()
        if hashlib.sha256(found).hexdigest() == checksum.read_text(encoding="ascii"):
            return found
    except (OSError, ValueError):
        pass
    found = compile_text(engine.source(rules, LANES))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        storage.write_whole(target, found)
        storage.write_whole(checksum, hashlib.sha256(found).hexdigest().encode("ascii"))
    except OSError:
        # It is made anew the next time.
        shutil.rmtree(target.parent, ignore_errors=True)
    return found


def compile_text(text: str, flags: tuple[str, ...] = FLAGS) -> bytes:
    """Compile C to WebAssembly.

    Raises:
        InputError: If no compiler can.
    """
    with tempfile.TemporaryDirectory(prefix="drawdown-") as folder:
        made = Path(folder) / "engine.wasm"
        faults = engine.compile_with(_commands(), flags, text, made)
        if made.exists():
            return made.read_bytes()
    raise InputError(
        faults
        or "nothing here makes WebAssembly; pip install 'drawdown[compiler]' brings a compiler"
    )
