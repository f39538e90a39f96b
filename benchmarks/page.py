"""How soon curves are painted after a slider moves, and what the server holds for a class.

Prints a table and stores it in ``benchmarks/page.json``. Needs Chromium. A *policy* slider
finds history and the untouched scenario played already; an *uncertainty* slider plays both
scenarios and their history anew. Beside each stands the same page asking for a view that is
kept, so that browser and network can be told from the model. The page plays by turns in the browser
(*here*) and by the server, which it does where WebAssembly is missing.
"""

import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2 as httpx
from playwright.sync_api import Browser, sync_playwright

from drawdown.connect import provenance
from drawdown.day import engine, wasm
from drawdown.day import policy as policy_of
from drawdown.day.plan import build
from drawdown.day.start import first_state
from drawdown.declared import parameters as declared
from drawdown.declared.columns import COUNTED, OUTCOMES
from drawdown.declared.scenario import Scenario
from drawdown.exercise.rooms import Rooms
from drawdown.web import site

STEPS = 60
CLIENTS = 40
MOVE = """async ([id, values]) => {
  const slider = document.getElementById(id), found = [];
  for (const value of values) {
    const begun = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => {
      const watch = new MutationObserver(() => {
        watch.disconnect();
        // A message comes after the frame in which the curves were drawn.
        const after = new MessageChannel();
        after.port1.onmessage = done;
        after.port2.postMessage(0);
      });
      watch.observe(document.documentElement, { attributeFilter: ["data-painted"] });
    });
    found.push(performance.now() - begun);
    await new Promise((done) => setTimeout(done, 120));
  }
  return found;
}"""


def quantiles(times: list[float]) -> dict[str, float]:
    """Return the median and the 95th percentile."""
    return {
        "median": round(statistics.median(times), 1),
        "p95": round(statistics.quantiles(times, n=20)[18], 1),
    }


def megabytes(process: subprocess.Popen[bytes]) -> float:
    """Return what a process holds in memory."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    row = next(line for line in text.splitlines() if line.startswith("VmRSS"))
    return round(int(row.split()[1]) / 1024, 1)


FIRST = """new MutationObserver(() => {
  if (document.documentElement?.dataset.painted) globalThis.first ??= performance.now();
}).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-painted"] })"""


def ready(browser: Browser, served: str, alone: str) -> dict[str, float]:
    """Return the milliseconds from opening a page to its first curves, medians by turns."""
    times: dict[str, list[float]] = {"served_by_server": [], "served": [], "alone": []}
    for _ in range(7):
        for kind, address in (
            ("served_by_server", served),
            ("served", served),
            ("alone", alone),
        ):
            page = browser.new_context().new_page()
            page.add_init_script(FIRST)
            if kind == "served_by_server":
                page.add_init_script("delete globalThis.WebAssembly")
            page.goto(address)
            page.wait_for_selector("html[data-painted]", state="attached")
            times[kind].append(page.evaluate("globalThis.first"))
            page.context.close()
    return {f"ready_{kind}": round(statistics.median(t), 1) for kind, t in times.items()}


def against_native() -> float:
    """Return the speed of the day as WebAssembly, in Node, over the native engine at SSE2 width.

    One thread, the same worlds, the luck not known beforehand.
    """
    import numpy as np

    numbers, days = list(range(160)), 730
    scenario = Scenario.load("sustained-presence")
    plan = build(scenario)[:days]
    nature = np.ascontiguousarray(declared.draw(numbers, seed=0))
    first = scenario.start.toordinal()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "engine.c").write_text(engine.source(), encoding="utf-8")
        zig = [sys.executable, "-m", "ziglang", "cc", "-mcpu=x86_64", *engine.STRICT]
        target = str(folder / "engine.so")
        subprocess.run([*zig, str(folder / "engine.c"), "-o", target], check=True)
        native = engine.Engine(path=folder / "engine.so")
        (folder / "engine.wasm").write_bytes(wasm.made())
        for array, kind in ((nature, "nature"), (first_state(nature), "state"), (plan, "plan")):
            np.ascontiguousarray(array).tofile(folder / kind)
        told = {"lanes": wasm.LANES, "worlds": len(numbers), "days": days, "first": first}
        told |= {"parameters": len(nature), "states": len(first_state(nature))}
        told |= {"outcomes": len(OUTCOMES), "derived": len(native.derive(nature[:, :32]))}
        told |= {"columns": plan.shape[1], "terms": len(policy_of.NONE)}
        (folder / "told.json").write_text(json.dumps(told))
        (folder / "play.mjs").write_text(IN_NODE)
        ratios = []
        for _ in range(5):
            begun = time.process_time()
            for block in range(0, len(numbers), engine.LANES):
                part = np.ascontiguousarray(nature[:, block : block + engine.LANES])
                daily = np.empty((days, len(OUTCOMES), engine.LANES), np.float32)
                keys = native.keys(0, np.arange(block, block + engine.LANES))
                past = np.zeros((0, len(COUNTED), engine.LANES), np.float32)
                native.advance(
                    first_state(part), part, native.derive(part), keys, plan, first,
                    policy_of.NONE, past, daily,
                )  # fmt: skip
            mine = time.process_time() - begun
            done = subprocess.run(
                ["node", str(folder / "play.mjs")], capture_output=True, text=True, check=True
            )
            ratios.append(mine / float(done.stdout))
    return round(statistics.median(ratios), 2)


IN_NODE = """
import fs from "fs";
const at = (name) => new URL(name, import.meta.url);
const t = JSON.parse(fs.readFileSync(at("told.json")));
const x = new WebAssembly.Instance(
  new WebAssembly.Module(fs.readFileSync(at("engine.wasm")))).exports;
let top = x.drawdown_heap() + 63 & ~63;
const room = (bytes) => { const found = top; top = top + bytes + 63 & ~63; return found; };
const L = t.lanes;
const s = room(t.states * L * 8), p = room(t.parameters * L * 8), d = room(t.derived * L * 8);
const runs = room(L * 8), keys = room(L * 8), plan = room(t.days * t.columns * 8);
const terms = room(t.terms * 8), daily = room(t.days * t.outcomes * L * 4), counts = room(L * 8);
x.memory.grow(Math.ceil(Math.max(0, top - x.memory.buffer.byteLength) / 65536));
const f64 = (place, n) => new Float64Array(x.memory.buffer, place, n);
const file = (name) => new Float64Array(new Uint8Array(fs.readFileSync(at(name))).buffer);
const nature = file("nature"), state = file("state");
f64(plan, t.days * t.columns).set(file("plan"));
const play = () => {
  for (let block = 0; block < t.worlds; block += L) {
    const put = (to, rows, from) => {
      for (let r = 0; r < rows; r += 1)
        f64(to + r * L * 8, L).set(from.subarray(r * t.worlds + block, r * t.worlds + block + L));
    };
    put(p, t.parameters, nature); put(s, t.states, state);
    const numbers = new BigInt64Array(x.memory.buffer, runs, L);
    for (let l = 0; l < L; l += 1) numbers[l] = BigInt(block + l);
    x.drawdown_keys(0n, runs, keys); x.drawdown_derive(p, d);
    x.drawdown_advance(s, p, d, keys, plan, t.days, t.first, terms, 0, 0, daily, t.days,
      0, 0, counts, 0, 0, 0, 0);
  }
};
play(); play();
let best = Infinity;
for (let k = 0; k < 5; k += 1) {
  const before = process.cpuUsage(); play();
  const spent = process.cpuUsage(before);
  best = Math.min(best, (spent.user + spent.system) / 1e6);
}
console.log(best);
"""


def main() -> None:
    """Measure and store."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("this benchmark needs Chromium")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp())
    rooms = Rooms(folder / "rooms.sqlite")
    command = [str(Path(sys.executable).with_name("drawdown")), "serve", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--file", str(rooms.path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    found: dict[str, object] = {"commit": provenance.commit(), "steps": STEPS}
    try:
        for _ in range(1200):
            try:
                httpx.get(f"{address}/static/icon.svg")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        found["megabytes_at_start"] = megabytes(server)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            site.write(folder / "site")
            found |= ready(browser, address, f"file://{folder}/site/explore-en.html")
            pages = {}
            for mode in ("server", "here"):
                page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
                if mode == "server":
                    page.add_init_script("delete globalThis.WebAssembly")
                page.goto(f"{address}/?lang=en")
                page.wait_for_selector(f"html[data-plays={mode}]", state="attached")
                page.wait_for_timeout(1000)
                pages[mode] = page
            policy = [f"{50 * (k + 1)}" for k in range(STEPS)]
            unknown = [f"{0.006 + 0.0004 * k:.4f}" for k in range(STEPS)]
            for name, slider, values in (
                ("policy", "s-combat", policy),
                ("uncertainty", "s-lethality", unknown),
            ):
                times: dict[str, list[float]] = {mode: [] for mode in pages}
                # By turns, so that what else the machine does meets both.
                for part in range(4):
                    for mode, page in pages.items():
                        page.evaluate(MOVE, [slider, values[part::4][:2]])
                        times[mode] += page.evaluate(MOVE, [slider, values[part::4][2:]])
                for mode, page in pages.items():
                    found[f"{name}_{mode}"] = quantiles(times[mode])
                    kept = [values[-1], values[-2]] * (STEPS // 4)
                    found[f"{name}_{mode}_kept"] = quantiles(page.evaluate(MOVE, [slider, kept]))
                ratio = statistics.median(times["here"]) / statistics.median(times["server"])
                found[f"{name}_here_over_server"] = round(ratio, 2)
            browser.close()
        found["wasm_over_native_sse2_speed"] = against_native()
        headers = {"X-Drawdown": "1"}
        lead = httpx.Client(base_url=address, headers=headers)
        lead.post("/api/exercise/enter", json={"key": rooms.key})
        codes = [lead.post("/api/exercise/rooms", json={"title": "b"}).json()["code"]] * 2
        codes[1] = lead.post("/api/exercise/rooms", json={"title": "c"}).json()["code"]
        clients = []
        roles = ["us", "prime_minister", "nato", "parliament", "militia", "patron"]
        for code in codes:
            body = {"action": "start", "once": f"s{code}"}
            lead.post(f"/api/exercise/{code}/control", json=body)
            body = {"action": "open", "once": f"o{code}"}
            lead.post(f"/api/exercise/{code}/control", json=body)
        for k in range(CLIENTS):
            client = httpx.Client(base_url=address, headers=headers, timeout=60)
            code, role = codes[k % 2], roles[(k // 2) % 6]
            while client.post(
                f"/api/exercise/{code}/join", json={"role": role, "name": f"n{k}"}
            ).is_error:
                time.sleep(0.5)
            clients.append((client, code))
        for turn in range(7):
            for code in codes:
                body = {"action": "next", "turn": turn, "once": f"{turn}"}
                lead.post(f"/api/exercise/{code}/control", json=body)
            for client, code in clients:
                client.get(f"/api/exercise/{code}/state")
        found["megabytes_with_40_clients_after_7_turns"] = megabytes(server)
    finally:
        server.kill()
        shutil.rmtree(folder)
    for name, value in found.items():
        print(f"{name:42} {value}")
    text = json.dumps(found, indent=2) + "\n"
    (Path(__file__).parent / "page.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
