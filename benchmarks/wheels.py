"""Builds the engines that a wheel carries, for every system that zig knows, and the wheel.

    make wheels

Those that this machine can run are run and held against the one compiled here; the others are
listed as untested.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from drawdown.day import engine, policy, wasm
from drawdown.day.plan import build
from drawdown.day.start import first_state
from drawdown.declared.columns import COUNTED, OUTCOMES
from drawdown.declared.parameters import draw
from drawdown.declared.scenario import Scenario

TARGETS = (
    ("Linux", "x86_64", "x86_64-linux-gnu.2.17", tuple(engine.LEVELS)),
    ("Linux", "aarch64", "aarch64-linux-gnu.2.17", ("",)),
    ("Darwin", "x86_64", "x86_64-macos", tuple(engine.LEVELS)),
    ("Darwin", "aarch64", "aarch64-macos", ("",)),
    ("Windows", "x86_64", "x86_64-windows-gnu", tuple(engine.LEVELS)),
)


def played(path: Path | None) -> bytes:
    """Return the days of one block of worlds, as bytes."""
    lanes = np.arange(engine.LANES)
    nature = draw(lanes.tolist(), seed=1, structure="provoke", uncertainty="prior")
    player = engine.Engine(path=path)
    days = build(Scenario.load("robust-retaliation"))
    state = np.ascontiguousarray(first_state(nature))
    daily = np.empty((len(days), len(OUTCOMES), engine.LANES), np.float32)
    past = np.zeros((0, len(COUNTED), engine.LANES), np.float32)
    keys, derived = player.keys(1, lanes), player.derive(nature)
    player.advance(state, nature, derived, keys, days, 738_000, policy.NONE, past, daily)
    return daily.tobytes() + state.tobytes()


def main() -> None:
    """Build, try what can be tried, and say what was not."""
    engine.BUILT.mkdir(exist_ok=True)
    usual = played(None)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "engine.c"
        written.write_text(engine.source(), encoding="utf-8")
        for system, machine, target, levels in TARGETS:
            for level in levels:
                path = engine.BUILT / engine.built_name(system, machine, level)
                wide = [f"-mcpu={engine.LEVELS[level]}"] if machine == "x86_64" else []
                wide += ["-mprefer-vector-width=512"] if level == "-avx512" else []
                zig = [sys.executable, "-m", "ziglang", "cc", "-target", target, *wide]
                made = [*engine.STRICT, "-s", str(written), "-o", str(path)]
                subprocess.run([*zig, *made], check=True)
                said = "untested here"
                if (system, machine) == (platform.system(), platform.machine()):
                    said = "the same to the last bit" if played(path) == usual else "DIFFERS"
                sys.stdout.write(f"{path.name}: {path.stat().st_size // 1024} kB, {said}\n")
                if said == "DIFFERS":
                    raise SystemExit(2)
    wasm.BUILT.write_bytes(wasm.compile_text(engine.source(lanes=wasm.LANES)))
    sys.stdout.write(f"{wasm.BUILT.name}: {wasm.BUILT.stat().st_size // 1024} kB, for pages\n")
    for extra in engine.BUILT.glob("*"):
        if extra.suffix not in (".so", ".txt", ".wasm"):
            extra.unlink()
    (engine.BUILT / "sources.txt").write_text(engine.sources_digest())
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"], check=True
    )


if __name__ == "__main__":
    main()
