"""Starts the pages on this machine."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from drawdown.declared.errors import InputError
from drawdown.exercise.rooms import Rooms
from drawdown.web.app import create

HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"


def own_address() -> str | None:
    """Return this machine's address in the room's network, or None if it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Choosing a route sends nothing; the address is one that documents reserve.
            probe.connect(("192.0.2.1", 9))
            found: str = probe.getsockname()[0]
        except OSError:
            return None
    return None if found.startswith("127.") else found


def check_port(host: str, port: int) -> None:
    """Say plainly that a port cannot be had.

    Raises:
        InputError: If another program has it, or this one may not.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(
                f"--port {port} cannot be had ({error.strerror}); name another, such as "
                f"--port {port + 1 if port < 65535 else 8001}"
            ) from None


MOST_IDLE = 300
"""Connections that may wait without a request; when there are more, the oldest is closed."""

HEADERS_WITHIN = 15.0
"""Seconds in which a new connection has to ask something."""


class Patient(H11Protocol):
    """A connection that is closed when it does not ask, and first when there are too many.

    Whoever opens a thousand connections and says nothing takes no place from those who ask.
    """

    idle: ClassVar[OrderedDict[Patient, None]] = OrderedDict()
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._rest(HEADERS_WITHIN)

    def data_received(self, data: bytes) -> None:
        """Take what came; with a whole request the connection is at work."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._work()

    def on_response_complete(self) -> None:
        """Wait for another request."""
        super().on_response_complete()
        if not self.transport.is_closing():
            self._rest(HEADERS_WITHIN)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._work()
        super().connection_lost(exc)

    def _rest(self, seconds: float) -> None:
        self._work()
        Patient.idle[self] = None
        self._timer = self.loop.call_later(seconds, self._close)
        while len(Patient.idle) > MOST_IDLE:
            next(iter(Patient.idle))._close()

    def _work(self) -> None:
        Patient.idle.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self) -> None:
        self._work()
        if not self.transport.is_closing():
            self.transport.close()


def names_of_this_machine(address: str | None) -> frozenset[str]:
    """Return the names that the pages may be asked for by, beside plain addresses.

    Args:
        address: What phones reach this machine by, or None.
    """
    name = socket.gethostname().lower()
    found = {"localhost", name, f"{name}.local", name.partition(".")[0]}
    if address:
        found.add((urlsplit(address).hostname or "").lower())
    return frozenset(found - {""})


def tls(certificate: Path | None, key: Path | None) -> dict[str, str]:
    """Return what lets the server encrypt; nothing where no certificate is named.

    Raises:
        InputError: If one of the two is missing, cannot be read, or is not of the other.
    """
    if certificate is None and key is None:
        return {}
    if certificate is None or key is None:
        raise InputError("--certificate and --private-key go together: name both, or neither")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except OSError as error:
        told = getattr(error, "reason", None) or error.strerror or "it cannot be read"
        raise InputError(
            f"--certificate {certificate} with --private-key {key} cannot be used ({told}); both "
            "are PEM files, and the key is the certificate's"
        ) from None
    return {"ssl_certfile": str(certificate), "ssl_keyfile": str(key)}


def run(
    rooms: Rooms,
    host: str,
    port: int,
    address: str | None,
    frames: Sequence[str] = (),
    encrypted: Mapping[str, str] | None = None,
) -> None:
    """Serve until interrupted; then the file of the games is closed."""
    found: dict[str, Any] = dict(encrypted or {})
    try:
        uvicorn.run(
            create(rooms, address, names_of_this_machine(address), frames),
            host=host,
            port=port,
            http=Patient,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=2,
            limit_concurrency=1000,
            **found,
        )
    finally:
        rooms.close()
