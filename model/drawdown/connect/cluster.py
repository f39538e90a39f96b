"""Plays shards on a Dask cluster: the same shards, the same bytes, whoever plays them.

Dask's wire carries Python objects: whoever reaches the scheduler or a worker can run programs
there. It belongs into a trusted network, or behind its own TLS (``docs/scale.md``).
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from distributed import Client, LocalCluster, as_completed
from distributed.scheduler import KilledWorker
from distributed.security import Security

from drawdown.declared import storage
from drawdown.declared.errors import InputError
from drawdown.worlds import checkpoint
from drawdown.worlds.run import Progress
from drawdown.worlds.shards import Shard, Take

PATIENCE = 600.0
"""Seconds that a cluster without workers, or a scheduler that is away, is waited for."""

TLS = ("DRAWDOWN_TLS_CA", "DRAWDOWN_TLS_CERT", "DRAWDOWN_TLS_KEY")
"""Environment variables that name the files of a cluster's TLS, for ``dask+tls://``."""

AT_ONCE = 4
"""Shards that wait for each thread of the cluster, so that none is idle."""


def play(shard: Shard) -> tuple[str, bytes]:
    """Play a shard on a worker.

    Returns:
        The digest of the program here, and the shard's bytes; none where it is another program.
    """
    from drawdown.day import rulebook

    with rulebook.using(shard.rules):
        here = checkpoint.program()
    if here != shard.model:
        return here, b""
    return here, storage.with_digest(storage.packed(shard.play(threads=1)))


def _played() -> dict[str, str]:
    return checkpoint.of_the_model()


class Cluster:
    """A Dask cluster.

    Args:
        address: Where its scheduler is, or None for one of this machine.
        processes: Workers, where it is one of this machine.
        security: Its TLS, or None.
    """

    def __init__(
        self, address: str | None, processes: int = 1, security: Security | None = None
    ) -> None:
        self.address, self.security = address, security
        # What it tells of workers that come and go is not for whoever gave the command.
        logging.getLogger("distributed").setLevel(logging.ERROR)
        self._local: Any = None
        if address is None:
            self._local = LocalCluster(
                n_workers=processes,
                threads_per_worker=1,
                processes=True,
                dashboard_address=":0",
                silence_logs=logging.ERROR,
            )
        self._refused: dict[str, str] = {}
        self._client = self._connect(10.0)

    def _connect(self, wait: float) -> Client:
        try:
            return Client(
                self._local if self.address is None else self.address,
                timeout=wait,
                security=self.security,
                set_as_default=False,
            )
        except (OSError, TimeoutError, ValueError) as error:
            raise InputError(
                f"--on: no Dask scheduler answers at {self.address} ({error})"[:300]
            ) from None

    def close(self) -> None:
        """Let the cluster go; workers of this machine end."""
        with suppress(Exception):
            self._client.close(timeout=2)
        if self._local is not None:
            with suppress(Exception):
                self._local.close(timeout=5)

    def play(
        self,
        pieces: Sequence[Shard],
        threads: int | None,
        progress: Progress | None,
        take: Take,
    ) -> None:
        """Play shards, as `drawdown.worlds.shards.Players` says.

        A worker that dies costs the time of its shards; a scheduler that dies is waited for.

        Raises:
            InputError: If no worker has this model, or nobody comes back in `PATIENCE`.
        """
        del threads
        missing = dict(enumerate(pieces))
        since = time.monotonic()

        def took(i: int, content: bytes) -> None:
            nonlocal since
            take(i, storage.unpacked(storage.without_digest(content)))
            done = missing.pop(i)
            since = time.monotonic()
            if progress is not None:
                progress(done.runs * len(done.scenarios))

        while missing:
            try:
                self._some(missing, took)
            except (OSError, RuntimeError, KilledWorker, storage.DamagedError, _Gone) as error:
                if time.monotonic() - since > PATIENCE:
                    raise InputError(
                        f"--on: the cluster has played nothing for {PATIENCE / 60:.0f} minutes "
                        f"({type(error).__name__}); {len(pieces) - len(missing):,} of "
                        f"{len(pieces):,} shards are kept, and the same command goes on"
                    ) from None
                sys.stderr.write(f"The cluster is away ({type(error).__name__}); waiting …\n")
                self._again()

    def _again(self) -> None:
        time.sleep(1.0)
        if self._client.status == "running":
            return
        with suppress(Exception):
            self._client.close(timeout=1)
        with suppress(InputError):
            self._client = self._connect(10.0)

    def _willing(self) -> list[str]:
        """Return the workers that play the same worlds; say of the others what differs, once."""
        here = checkpoint.of_the_model()
        found = self._client.run(_played, on_error="return")
        willing, others = [], set()
        for worker, answer in found.items():
            if isinstance(answer, dict):
                differs = checkpoint.differing(here, answer)
                said = f"its {', '.join(differs)} {'is' if len(differs) == 1 else 'are'} not ours"
                if not differs:
                    willing.append(worker)
                    continue
            else:
                # Another version, or files that it cannot read.
                said = f"it answers: {' '.join(str(answer).split())[:160]}"
            others.add(said)
            if self._refused.get(worker) != said:
                self._refused[worker] = said
                sys.stderr.write(f"Worker {worker} is not used: {said}\n")
        if found and not willing:
            raise InputError(
                f"--on: no worker plays the same worlds ({'; '.join(sorted(others))}); install the "
                "same version of drawdown there, with the same posterior"
            )
        if not willing:
            raise _Gone
        return willing

    def _some(self, missing: dict[int, Shard], took: Callable[[int, bytes], None]) -> None:
        """Play what is missing until all of it is there or the cluster changes under us."""
        workers = self._willing()
        queue = list(missing)
        threads = max(1, sum(self._client.nthreads().values()))
        running: dict[Any, int] = {}

        def submit() -> list[Any]:
            more = []
            while queue and len(running) < AT_ONCE * threads:
                i = queue.pop(0)
                future = self._client.submit(
                    play, missing[i].self_contained(), workers=workers, retries=3, pure=False
                )
                running[future] = i
                more.append(future)
            return more

        waiting = as_completed(submit(), loop=self._client.loop)
        try:
            for future in waiting:
                i = running.pop(future)
                if future.status != "finished":
                    error = future.exception()
                    if future.status == "error" and not isinstance(error, KilledWorker):
                        raise error
                    raise _Gone
                other, content = future.result()
                if not content:
                    sys.stderr.write(f"A worker of another model ({other}) is not used\n")
                    raise _Gone
                took(i, content)
                future.release()
                for more in submit():
                    waiting.add(more)
        finally:
            for future in running:
                with suppress(Exception):
                    future.cancel()


class _Gone(Exception):  # noqa: N818 - nobody sees it
    """That shards were lost with the cluster, and are to be played again."""


def players(where: str) -> Cluster:
    """Return the cluster that ``--on`` names.

    Args:
        where: ``local:N``, ``dask://HOST:PORT`` or ``dask+tls://HOST:PORT``.

    Raises:
        InputError: If it names none, or nobody answers there.
    """
    kind, _, rest = where.partition(":")
    if kind == "local":
        if not rest.isdecimal() or not 1 <= int(rest) <= 256:
            raise InputError(f"--on {where}: local:N needs a number of processes from 1 to 256")
        return Cluster(None, int(rest))
    scheme, _, place = where.partition("://")
    host, _, port = place.rpartition(":")
    if scheme not in ("dask", "dask+tls") or not host or not port.isdecimal():
        raise InputError(
            f"--on {where}: must be here, local:N, dask://HOST:PORT or dask+tls://HOST:PORT"
        )
    if scheme == "dask":
        return Cluster(f"tcp://{place}")
    return Cluster(f"tls://{place}", security=_security())


def _security() -> Security:
    import os

    files = [os.environ.get(name, "") for name in TLS]
    missing = [n for n, f in zip(TLS, files, strict=True) if not f or not Path(f).is_file()]
    if missing:
        raise InputError(
            f"--on dask+tls: {', '.join(missing)} must name a file: the authority's certificate, "
            "the client's certificate and its key"
        )
    ca, cert, key = files
    return Security(
        tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True
    )
