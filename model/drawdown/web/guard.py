"""What stands between the network and the pages: sizes, rates, headers, plain errors."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from drawdown.declared.errors import InputError
from drawdown.exercise.rooms import RefusedError
from drawdown.web.pages import language_of, refused

LARGEST_BODY = 65_536
"""Bytes of a request's body that are read."""

LONGEST_ADDRESS = 8_192

LONGEST_WAIT = 10.0
"""Seconds that the next piece of a request's body is waited for."""

_POLICY = (
    "default-src 'none'; script-src 'self'{more}; style-src 'self'; font-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors {frames}"
)

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")


def plays(frames: Sequence[str] = ()) -> dict[str, str]:
    """Return the headers of a page that plays worlds itself: WebAssembly and workers.

    Args:
        frames: Addresses of pages that may show it in a frame; nobody else may.

    Raises:
        InputError: For an address that is no scheme, host and port.
    """
    for frame in frames:
        if not _ORIGIN.fullmatch(frame):
            raise InputError(
                f"--embed must be a page's scheme and host, such as https://course.example.edu, "
                f"got '{frame}'"
            )
    more = " 'wasm-unsafe-eval'; worker-src blob:"
    told = _POLICY.format(more=more, frames=" ".join(frames) or "'none'")
    return {"Content-Security-Policy": told}


HEADERS = {
    "Content-Security-Policy": _POLICY.format(more="", frames="'none'"),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class Rates:
    """Lets each caller do so much a second, with a store to draw on.

    Args:
        per_second: What is allowed in the long run.
        burst: What is allowed at once.
    """

    MOST_CALLERS = 5_000

    def __init__(self, per_second: float, burst: float) -> None:
        self.per_second = per_second
        self.burst = burst
        self._stores: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, caller: str) -> bool:
        """Return whether the caller may, and count it."""
        now = time.monotonic()
        left, before = self._stores.pop(caller, (self.burst, now))
        left = min(self.burst, left + (now - before) * self.per_second)
        allowed = left >= 1.0
        self._stores[caller] = (left - 1.0 if allowed else left, now)
        if len(self._stores) > self.MOST_CALLERS:
            self._stores.popitem(last=False)
        return allowed


class Guard:
    """Refuses what is too large or too much, and sends the headers of `HEADERS`.

    A request that changes something must be JSON and carry a header of our own, which a page
    of another site cannot send.
    """

    def __init__(
        self, app: ASGIApp, rates: Rates | None = None, hosts: frozenset[str] | None = None
    ) -> None:
        self.app = app
        self.hosts = hosts
        # A class shares one address behind a router, so that each connection has its own store;
        # a tab draws about ten times a second.
        self.rates = rates or Rates(per_second=60.0, burst=400.0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                have = {name.lower() for name, _ in message["headers"]}
                message["headers"] = list(message["headers"]) + [
                    (name.lower().encode(), value.encode())
                    for name, value in HEADERS.items()
                    if name.lower().encode() not in have
                ]
            await send(message)

        async def refuse(status: int, why: str) -> None:
            request = Request(scope)
            text = language_of(request).word("refused", why)
            await refused(request, status, text, why)(scope, receive, answer)

        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        if self.hosts is not None and not is_ours(headers.get("host", ""), self.hosts):
            await refuse(400, "other_host")
            return
        if not self.rates.allows(connection(scope)):
            await refuse(429, "too_many")
            return
        if len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST_ADDRESS:
            await refuse(414, "long_address")
            return
        if scope["method"] not in ("GET", "HEAD"):
            kind = headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json" or "x-drawdown" not in headers:
                await refuse(415, "not_by_page")
                return
        if int(headers.get("content-length") or 0) > LARGEST_BODY:
            await refuse(413, "too_large")
            return
        body, more = b"", scope["method"] not in ("GET", "HEAD")
        while more:
            try:
                message = await asyncio.wait_for(receive(), LONGEST_WAIT)
            except TimeoutError:
                await refuse(408, "too_slow")
                return
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > LARGEST_BODY:
                await refuse(413, "too_large")
                return
        sent = False

        async def replay() -> Message:
            nonlocal sent
            if not sent:
                sent = True
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()

        await self.app(scope, replay, answer)


def connection(scope: Scope) -> str:
    """Return what tells a connection from the others, those of the same address included."""
    client = scope.get("client")
    return f"{client[0]}:{client[1]}" if client else ""


def is_ours(host: str, ours: frozenset[str]) -> bool:
    """Return whether a request names this machine: one of its names, or any plain address.

    A page of another site can let its own name point here; that name is not ours.
    """
    name = host.rsplit(":", 1)[0] if host.count(":") == 1 else host
    name = name.partition("]")[0].lstrip("[").rstrip(".").lower()
    if name in ours:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def line(value: Any, longest: int, what: str) -> str:
    """Return a short text as a line without marks that turn or hide it.

    Args:
        value: What was sent.
        longest: Most letters.
        what: Its name in an error.

    Raises:
        RefusedError: If it is no text, empty or too long.
    """
    if not isinstance(value, str):
        raise RefusedError(400, "must_be_text", what=what)
    # A joiner is part of how some names are written; other marks hide or turn text.
    spaced = " ".join(value.split())
    kept = "".join(c for c in spaced if (c.isprintable() and c not in _TURNING) or c in _JOINERS)
    kept = " ".join(kept.split()).strip("".join(_JOINERS))
    if not kept:
        raise RefusedError(400, "empty", what=what)
    if len(kept) > longest:
        raise RefusedError(400, "too_long", what=what, most=longest, got=len(kept))
    return kept


_JOINERS = frozenset("\u200c\u200d")
_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
