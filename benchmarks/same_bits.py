"""Are worlds the same to the last bit in every engine and browser that is here?

    python benchmarks/same_bits.py [WORLDS]     # 10,000 by default

Random scenarios with levers moved, structures, motives, seeds and parameters, twenty worlds each:
days and last states are compared by digest with the native engine's. Mesa, which takes seconds a
world, plays the first few. Stores what it found in ``benchmarks/same_bits.json``.
"""

import hashlib
import json
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

sys.path[:0] = [str(Path(__file__).parents[1] / "tests" / p) for p in ("web", "")]

import browsers
from in_wasm import InWasm
from test_page import in_a_page
from test_site import asked_of_a_page, some_view

from drawdown.connect import provenance
from drawdown.day import engine, rulebook, wasm
from drawdown.declared import parameters as declared
from drawdown.declared.columns import STATES
from drawdown.web import address, site
from drawdown.web.explore import View
from drawdown.worlds import ensemble

LANES = wasm.LANES
OF_MESA = 2
"""Cases that Mesa plays."""

IN_A_BROWSER = """async ([view, block]) => {
  const player = globalThis.drawdown.player.player;
  const asked = { view, name: view.case, levers: view.levers, blocks: [block], raw: true };
  const [found] = (await player.hands[0].ask("play", asked)).found;
  const bytes = new Uint8Array(found.daily.byteLength + found.state.byteLength);
  bytes.set(new Uint8Array(found.daily.buffer, found.daily.byteOffset, found.daily.byteLength));
  bytes.set(new Uint8Array(found.state.buffer, found.state.byteOffset, found.state.byteLength),
    found.daily.byteLength);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((b) => b.toString(16).padStart(2, "0")).join("");
}"""


def digest(daily: Any, state: Any) -> str:
    """Return the digest of days and last states."""
    daily, state = np.ascontiguousarray(daily), np.ascontiguousarray(state)
    return hashlib.sha256(daily.tobytes() + state.tobytes()).hexdigest()


def cases(count: int) -> Iterator[tuple[dict[str, str], View, int]]:
    """Yield random views with a block of their worlds."""
    chance = random.Random("same bits")
    for _ in range(count):
        words = some_view(chance)
        yield words, View.read(words), chance.randrange(address.RUNS // LANES)


def nature_of(view: View, numbers: list[int]) -> Any:
    """Return the parameters of a view's worlds."""
    return declared.draw(
        numbers,
        seed=view.seed,
        structure=view.structure,
        chosen=declared.chosen_with(dict(view.uncertainties), view.motive),
    )


def by_ensemble(view: View, block: int, lanes: int = LANES) -> str:
    """Return the digest of a block as the ensemble engine at work plays it."""
    scenario = view.scenario()
    assert scenario.history is not None
    numbers = list(range(block * LANES, block * LANES + lanes))
    nature = nature_of(view, numbers)
    past = address.history(scenario.history, scenario.start)
    blocks, _ = ensemble.live(ensemble.begin(numbers, nature), past, view.seed, threads=1)
    kept: list[Any] = []

    def reduce(daily: Any) -> Any:
        kept.append(daily[:, :, : min(lanes, daily.shape[2])].copy())
        return np.zeros((1, daily.shape[2]))

    after, _ = ensemble.live(blocks, scenario, view.seed, reduce, threads=1)
    states = [b.state.reshape(STATES, -1)[:, : b.used] for b in after]
    return digest(np.concatenate(kept, axis=2), np.concatenate(states, axis=1))


@contextmanager
def played_by(player: Any) -> Iterator[None]:
    """Let another engine play ensembles inside."""
    usual, has = ensemble._engine_for, ensemble.has_compiler
    ensemble._engine_for = lambda rules: player  # type: ignore[assignment]
    if isinstance(player, ensemble._Mesa):
        ensemble.has_compiler = lambda: False
    try:
        yield
    finally:
        ensemble._engine_for, ensemble.has_compiler = usual, has


def native(level: str, folder: Path) -> Any:
    """Return a native engine of a vector width."""
    written = folder / "engine.c"
    written.write_text(engine.source(), encoding="utf-8")
    target = folder / f"engine{level}.so"
    more = ["-mprefer-vector-width=512"] if level == "-avx512" else []
    zig = [sys.executable, "-m", "ziglang", "cc", f"-mcpu={engine.LEVELS[level]}", *more]
    subprocess.run([*zig, *engine.STRICT, str(written), "-o", str(target)], check=True)
    found = ensemble._Compiled(rulebook.PLAIN)
    found.engine = engine.Engine(path=target)
    found.call = found.engine.call
    return found


def main() -> None:
    """Play, compare, store."""
    worlds = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 10_000
    every = list(cases(max(1, worlds // LANES)))
    usual = [by_ensemble(view, block) for _, view, block in every]
    found: dict[str, Any] = {
        "command": ["python", *sys.argv],
        "commit": provenance.commit(),
        "machine": platform.machine(),
        "worlds": len(every) * LANES,
        "engines": {},
    }

    def compare(name: str, play: Callable[[int], str], many: int = len(every)) -> None:
        begun = time.monotonic()
        same = sum(play(k) == usual[k] for k in range(many))
        found["engines"][name] = {"worlds": many * LANES, "equal": same * LANES}
        spent = time.monotonic() - begun
        print(f"{name:24} {same * LANES:6,} of {many * LANES:6,} worlds equal ({spent:.0f} s)")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if platform.machine() == "x86_64":
            level = ensemble.the_engine().engine.library.drawdown_level()
            for suffix in list(engine.LEVELS)[: level + 1]:
                with played_by(native(suffix, folder)):
                    label = f"native {engine.LEVELS[suffix]}"
                    compare(label, lambda k: by_ensemble(*every[k][1:]))
        with played_by(ensemble._Mesa()):
            compare("Mesa", lambda k: by_ensemble(*every[k][1:]), OF_MESA)
        inside = InWasm(wasm.made())

        def in_wasm(k: int) -> str:
            _, view, block = every[k]
            numbers = list(range(block * LANES, block * LANES + LANES))
            nature = np.ascontiguousarray(nature_of(view, numbers))
            return digest(*in_a_page(inside, view.scenario(), nature, view.seed, numbers))

        compare("wasm in wasmtime", in_wasm)
        site.write(folder / "site")
        way = f"file://{folder}/site/explore-en.html"
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")

        def asked(k: int) -> list[Any]:
            words, view, block = every[k]
            return [asked_of_a_page(view, words), block]

        if chromium:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium, args=["--no-sandbox"]
                )
                page = browser.new_page()
                page.goto(way)
                page.wait_for_selector("html[data-plays=here]", state="attached")
                compare("wasm in Chromium", lambda k: page.evaluate(IN_A_BROWSER, asked(k)))
                browser.close()
        for kind, (_, there) in sorted(browsers.KINDS.items()):
            if not there:
                print(f"{kind}: not here")
                continue
            with browsers.browser(kind) as other:
                other.open(way)
                while not other.ask("async () => globalThis.drawdown !== undefined"):
                    time.sleep(0.2)
                compare(
                    f"wasm in {kind}",
                    lambda k, other=other: other.ask(  # type: ignore[misc]
                        f"(given) => ({IN_A_BROWSER})(given)", asked(k)
                    ),
                )
    text = json.dumps(found, indent=2) + "\n"
    (Path(__file__).parent / "same_bits.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
