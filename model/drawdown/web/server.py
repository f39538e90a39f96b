"""Starts the pages on this machine."""

from __future__ import annotations

import socket

import uvicorn

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


def run(rooms: Rooms, host: str, port: int, address: str | None) -> None:
    """Serve until interrupted."""
    uvicorn.run(
        create(rooms, address),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=2,
        limit_concurrency=1000,
    )
