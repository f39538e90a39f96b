"""A server of the test's own, and a Chromium that may reach nothing else."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from browsers import CHROMIUM
from playwright.sync_api import Browser, sync_playwright
from starlette.testclient import TestClient

from drawdown.exercise.rooms import Rooms
from drawdown.web import site
from drawdown.web.app import create
from drawdown.worlds import ensemble

NEEDED = os.environ.get("DRAWDOWN_NEED_CHROMIUM") == "1"


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    return Rooms(tmp_path / "rooms.sqlite")


class Page:
    """A browser without a browser: cookies, and our header on what changes something."""

    def __init__(self, application: object) -> None:
        self.client = TestClient(application, raise_server_exceptions=False)  # type: ignore[arg-type]

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.client.get(path, headers=headers)

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        return self.client.post(path, json=body, headers={"X-Drawdown": "1", **headers})


@pytest.fixture
def visitor(rooms: Rooms) -> Callable[[], Page]:
    application = create(rooms)
    return lambda: Page(application)


class Server:
    """`drawdown serve` in a process of its own."""

    def __init__(self, path: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.path = path
        self.address = f"http://127.0.0.1:{self.port}"
        self.key = Rooms(path).key
        # What is compiled here is cached there: the server is measured, not the compiler.
        if ensemble.needs_compiling():
            ensemble.compile_now()
        self.start()

    def start(self) -> None:
        command = str(Path(sys.executable).with_name("drawdown"))
        self.process = subprocess.Popen(
            [command, "serve", "--port", str(self.port), "--file", str(self.path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(1800):
            try:
                httpx.get(f"{self.address}/static/icon.svg", timeout=1.0)
                return
            except httpx.TransportError:
                assert self.process.poll() is None, "the server ended by itself"
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(row for row in status.splitlines() if row.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = Server(tmp_path_factory.mktemp("server") / "rooms.sqlite")
    yield found
    found.kill()


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path / "rooms.sqlite")
    yield found
    found.kill()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site, but for its report."""
    found = tmp_path_factory.mktemp("site") / "s"
    site.write(found)
    return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM is not None, "Chromium is needed and not there"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()
