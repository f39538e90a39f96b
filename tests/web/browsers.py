"""Chromium, Firefox and WebKitGTK, where they are: enough to open a page and ask it things."""

import asyncio
import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx2 as httpx
from playwright.sync_api import Error, sync_playwright
from tornado.websocket import websocket_connect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
DRIVER = shutil.which("WebKitWebDriver")
SCREEN = shutil.which("Xvfb")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


async def _line(port: int) -> Any:
    return await websocket_connect(f"ws://127.0.0.1:{port}/session", max_message_size=2**28)


class Chromium:
    """One Chromium, asked by Playwright."""

    def __init__(self) -> None:
        self.driver = sync_playwright().start()
        self.process = self.driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        self.page = self.process.new_page()

    def open(self, address: str) -> None:
        self.page.goto(address)

    def ask(self, script: str, *given: Any) -> Any:
        """Return what an asynchronous function gives, by way of JSON."""
        text = f"async () => JSON.stringify(await ({script})(...{json.dumps(given)}) ?? null)"
        try:
            return json.loads(self.page.evaluate(text))
        except Error as fault:
            raise AssertionError(str(fault)) from fault

    def size(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def picture(self) -> bytes:
        return self.page.screenshot()

    def close(self) -> None:
        self.process.close()
        self.driver.stop()


class Firefox:
    """One Firefox, asked by WebDriver BiDi."""

    def __init__(self) -> None:
        assert FIREFOX is not None
        self.folder = tempfile.mkdtemp()
        port = _free_port()
        command = [FIREFOX, "--headless", "--profile", self.folder, "--no-remote"]
        self.process = subprocess.Popen(
            [*command, "--remote-debugging-port", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self.folder},
        )
        self.loop = asyncio.new_event_loop()
        self.number = 0
        for _ in range(120):
            try:
                self.line = self.loop.run_until_complete(_line(port))
                break
            except OSError:
                time.sleep(0.5)
        self._ask("session.new", {"capabilities": {}})
        self.context = self._ask("browsingContext.getTree", {})["contexts"][0]["context"]

    def _ask(self, method: str, given: dict[str, Any]) -> Any:
        async def asked() -> Any:
            self.number += 1
            number = self.number
            await self.line.write_message(
                json.dumps({"id": number, "method": method, "params": given})
            )
            while True:
                answer = json.loads(await self.line.read_message())
                if answer.get("id") == number:
                    assert "error" not in answer, answer
                    return answer["result"]

        return self.loop.run_until_complete(asked())

    def open(self, address: str) -> None:
        self._ask(
            "browsingContext.navigate",
            {"context": self.context, "url": address, "wait": "complete"},
        )

    def ask(self, script: str, *given: Any) -> Any:
        """Return what an asynchronous function gives, by way of JSON."""
        text = f"async () => JSON.stringify(await ({script})(...{json.dumps(given)}))"
        found = self._ask(
            "script.callFunction",
            {
                "functionDeclaration": text,
                "awaitPromise": True,
                "target": {"context": self.context},
            },
        )
        assert found["type"] == "success", found
        value = found["result"].get("value")
        return None if value is None else json.loads(value)

    def size(self, width: int, height: int) -> None:
        self._ask(
            "browsingContext.setViewport",
            {"context": self.context, "viewport": {"width": width, "height": height}},
        )

    def picture(self) -> bytes:
        found = self._ask("browsingContext.captureScreenshot", {"context": self.context})
        return base64.b64decode(found["data"])

    def close(self) -> None:
        self.line.close()
        self.loop.run_until_complete(asyncio.sleep(0.2))
        self.process.kill()
        self.process.wait()
        self.loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class WebKit:
    """One WebKitGTK window, asked by its WebDriver."""

    def __init__(self) -> None:
        assert DRIVER is not None
        assert SCREEN is not None
        self.folder = tempfile.mkdtemp()
        display = f":{90 + os.getpid() % 900}"
        self.screen = subprocess.Popen(
            [SCREEN, display, "-screen", "0", "1920x1200x24"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(1.0)
        port = _free_port()
        self.driver = subprocess.Popen(
            [DRIVER, f"--port={port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={
                **os.environ,
                "DISPLAY": display,
                "HOME": self.folder,
                "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
                "LIBGL_ALWAYS_SOFTWARE": "1",
            },
        )
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120.0)
        browser = next(p for p in Path("/usr/lib").rglob("MiniBrowser") if "webkit2gtk" in str(p))
        options = {"binary": str(browser), "args": ["--automation"]}
        for _ in range(60):
            try:
                answer = self.client.post(
                    "/session",
                    json={"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}},
                )
                break
            except httpx.TransportError:
                time.sleep(0.5)
        value = answer.json()["value"]
        assert "sessionId" in value, value
        self.session = f"/session/{value['sessionId']}"
        self._ask("timeouts", {"script": 110_000})

    def _ask(self, what: str, given: Any) -> Any:
        value = self.client.post(f"{self.session}/{what}", json=given).json()["value"]
        assert not (isinstance(value, dict) and "error" in value), value
        return value

    def open(self, address: str) -> None:
        self._ask("url", {"url": address})

    def ask(self, script: str, *given: Any) -> Any:
        """Return what an asynchronous function gives, by way of JSON."""
        text = (
            "const done = arguments[arguments.length - 1];"
            f"({script})(...{json.dumps(given)})"
            ".then((found) => done(btoa(encodeURIComponent(JSON.stringify({ found })))),"
            " (e) => done(btoa(encodeURIComponent(JSON.stringify({ fault: `${e}` })))));"
        )
        answer = self._ask("execute/async", {"script": text, "args": []})
        found = json.loads(unquote(base64.b64decode(answer).decode("ascii")))
        assert "fault" not in found, found
        return found.get("found")

    def size(self, width: int, height: int) -> None:
        self._ask("window/rect", {"width": width, "height": height})

    def picture(self) -> bytes:
        found = self.client.get(f"{self.session}/screenshot").json()["value"]
        return base64.b64decode(found)

    def close(self) -> None:
        self.client.delete(self.session)
        self.client.close()
        self.driver.kill()
        self.screen.kill()
        self.driver.wait()
        self.screen.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


KINDS = {
    "firefox": (Firefox, FIREFOX is not None),
    "webkit": (WebKit, DRIVER is not None and SCREEN is not None),
}


EVERY = {"chromium": (Chromium, CHROMIUM is not None), **KINDS}


@contextmanager
def browser(name: str) -> Iterator[Any]:
    """Open a browser and close it after use."""
    found = EVERY[name][0]()
    try:
        yield found
    finally:
        found.close()
