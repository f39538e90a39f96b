"""How soon curves are painted after a slider moves, and what the server holds for a class.

Prints a table and stores it in ``benchmarks/page.json``. Needs Chromium. A *policy* slider
finds history and the untouched scenario played already; an *uncertainty* slider plays both
scenarios and their history anew. Beside each stands the same page asking for a view that is
kept, so that browser and network can be told from the model.
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
from playwright.sync_api import sync_playwright

from drawdown.connect import proof
from drawdown.exercise.rooms import Rooms

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
    found: dict[str, object] = {"commit": proof.commit(), "steps": STEPS}
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
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{address}/?lang=en")
            page.wait_for_selector("html[data-painted]")
            policy = [f"{50 * (k + 1)}" for k in range(STEPS)]
            unknown = [f"{0.006 + 0.0004 * k:.4f}" for k in range(STEPS)]
            for name, slider, values in (
                ("policy", "s-combat", policy),
                ("uncertainty", "s-lethality", unknown),
            ):
                page.evaluate(MOVE, [slider, values[:5]])
                found[name] = quantiles(page.evaluate(MOVE, [slider, values]))
                kept = [values[-1], values[-2]] * (STEPS // 2)
                found[f"{name}_kept"] = quantiles(page.evaluate(MOVE, [slider, kept]))
            browser.close()
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
