"""Files that are there whole or not at all, and folders that one program has at a time.

A file is written beside its place, flushed to the disk and moved in, so that a program that
is killed at any moment leaves the earlier file or the new one, and no symlink is followed.
Arrays are Parquet, with a manifest that holds their digest: what was cut short or altered is
found when it is read, never taken for a number.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import re
import shutil
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from drawdown.declared.errors import InputError

# Read by every command: what takes long to import is imported where it is used.
if TYPE_CHECKING:
    from filelock import FileLock
    from numpy.typing import NDArray

_CHECKSUM = hashlib.sha256().digest_size

Arrays = dict[str, "NDArray[Any]"]


class DamagedError(ValueError):
    """A file of arrays that is cut short or altered."""


def flush(path: Path) -> None:
    """Make sure that a file's content, or a folder's names, are on the disk."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file that takes its place only when all of it is on the disk; see `writing`.

    Args:
        path: The file.
        content: Its bytes, or its text.

    Raises:
        OSError: If it cannot be written; what was there is untouched.
    """
    with writing(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def writing(path: Path, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Give a file to write into that takes its place only when all of it is on the disk.

    What stands in its place is replaced and never written into: a symlink is gone afterwards,
    and the file that it names is untouched. All that the program writes is written by this.

    Args:
        path: The file.
        mode: Who may read and write it, before the process's mask.

    Yields:
        The file, open for bytes.

    Raises:
        OSError: If it cannot be written; what was there is untouched.
    """
    part, handle = _new_part(path, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if os.name != "nt":
                # While it is locked: whoever clears what dead programs left takes it for theirs.
                part.replace(path)
        if os.name == "nt":
            part.replace(path)  # an open file cannot be moved there
        flush(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _new_part(path: Path, mode: int) -> tuple[Path, int]:
    """Make a file beside another that is this program's as long as it is open."""
    while True:
        part = path.with_name(f".{path.name[:40]}.{os.urandom(4).hex()}.part")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        handle = os.open(part, flags, mode)
        with suppress(OSError):
            # Where a disk knows no locks, nobody clears either.
            _lock(handle)
        try:
            if os.path.samestat(os.fstat(handle), part.lstat()):
                return part, handle
        except FileNotFoundError:
            pass
        os.close(handle)  # it was cleared before it was locked


def _lock(handle: int) -> None:
    """Lock an open file until it is closed, by this program or by its end.

    Raises:
        OSError: If another program has it, on this machine or another, or there are no locks.
    """
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def write_new(path: Path, content: bytes) -> None:
    """Write a file where there is none, whole or not at all.

    Raises:
        FileExistsError: If there is one.
        OSError: If it cannot be written.
    """
    if path.exists() or path.is_symlink():
        raise FileExistsError(path)
    write_whole(path, content)


def packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return arrays as the bytes of a Parquet file, a row each; `unpacked` reads them."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    plain = {name: np.asarray(array) for name, array in arrays.items()}
    columns = {
        "name": pa.array(plain, pa.string()),
        "kind": pa.array([array.dtype.str for array in plain.values()], pa.string()),
        "shape": pa.array([array.shape for array in plain.values()], pa.list_(pa.int64())),
        "content": pa.array([array.tobytes() for array in plain.values()], pa.large_binary()),
    }
    to = BytesIO()
    how: dict[str, Any] = {"compression": "zstd", "compression_level": 1, "row_group_size": 1}
    pq.write_table(pa.table(columns), to, use_dictionary=False, write_statistics=False, **how)
    return to.getvalue()


def unpacked(content: bytes, names: Sequence[str] | None = None) -> Arrays:
    """Return arrays that `packed` wrote.

    Args:
        content: The bytes.
        names: Which arrays; by default all.

    Raises:
        DamagedError: If they are no such file.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    if content.startswith(_FORMER):
        return _former(content)
    found: Arrays = {}
    try:
        with pq.ParquetFile(pa.BufferReader(content)) as file:
            each = file.read(["name"])["name"].to_pylist() if file.num_row_groups else []
            for i, name in enumerate(each):
                if names is None or name in names:
                    row = file.read_row_group(i)
                    kind, shape = row["kind"][0].as_py(), row["shape"][0].as_py()
                    raw = row["content"][0].as_buffer()
                    found[name] = np.frombuffer(raw, np.dtype(kind)).reshape(shape)
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError) as error:
        raise DamagedError(f"it cannot be read: {' '.join(str(error).split())[:80]}") from None
    return found


_FORMER = b"drawdown arrays 1\n"
"""How arrays began before they were Parquet: rooms hold pasts of games that stay so."""


def _former(content: bytes) -> Arrays:
    import numpy as np
    import pyarrow as pa

    start = len(_FORMER) + 8
    begin = start + int.from_bytes(content[len(_FORMER) : start], "little")
    found: Arrays = {}
    for name, kind, shape, at, length in json.loads(content[start:begin]):
        size = int(np.prod(shape, dtype=np.int64)) * np.dtype(kind).itemsize
        part = content[begin + at : begin + at + length]
        raw = pa.Codec("zstd").decompress(part, size, asbytes=True) if length else b""
        found[name] = np.frombuffer(raw, np.dtype(kind)).reshape(shape)
    return found


def with_digest(content: bytes) -> bytes:
    """Return bytes with their digest at their end; `without_digest` compares it."""
    return content + hashlib.sha256(content).digest()


def without_digest(content: bytes) -> bytes:
    """Return what `with_digest` was given.

    Raises:
        DamagedError: If a byte of it is missing or another.
    """
    body = content[: max(0, len(content) - _CHECKSUM)]
    if hashlib.sha256(body).digest() != content[len(body) :]:
        raise DamagedError("its digest does not fit")
    return body


def _manifest(path: Path) -> Path:
    return path.with_suffix(".json")


def read(path: Path, names: Sequence[str] | None = None) -> Arrays | None:
    """Return the arrays of a file, or None where there is none or it is damaged.

    A damaged file is set aside, and standard error says so.

    Args:
        path: A file that `keep` wrote.
        names: Which arrays; by default all.
    """
    try:
        told, content = json.loads(_manifest(path).read_bytes()), path.read_bytes()
        if told["sha256"] != hashlib.sha256(content).hexdigest():
            raise DamagedError("its digest is not that of its manifest")
        return unpacked(content, names) if names != () else {}
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as fault:
        aside = path.with_name(f"{path.name}.damaged")
        _manifest(path).unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            path.replace(aside)
        sys.stderr.write(f"{path} is damaged ({fault}): set aside as {aside.name}, made anew\n")
        return None


def keep(path: Path, content: bytes, **told: Any) -> None:
    """Write a file of finished work with its manifest; it is there once the manifest is.

    Args:
        path: The file.
        content: From `packed`.
        **told: What the manifest says of it, beside the digest.

    Raises:
        InputError: If it cannot be written: the disk is full, or the folder is not ours.
    """
    manifest = told | {"sha256": hashlib.sha256(content).hexdigest()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
        write_whole(_manifest(path), json.dumps(manifest, indent=1) + "\n")
    except OSError as error:
        raise InputError(
            f"cannot keep finished work in {path.parent} ({error.strerror}); what is there "
            "stays, and the same command goes on from it"
        ) from None


_PART = re.compile(r"\..*\.(\d+|[0-9a-f]{8})\.part", re.S)


def clear_parts(folder: Path) -> None:
    """Remove the files that dead programs left half-written in a folder.

    A program that lives has locked its own, whatever its number and its machine.

    Args:
        folder: The folder; it may be missing.
    """
    for part in folder.glob(".*.part"):
        with suppress(OSError):
            if not _PART.fullmatch(part.name) or part.is_symlink() or not part.is_file():
                continue
            handle = os.open(part, os.O_RDWR)
            try:
                _lock(handle)
                if os.name != "nt":
                    part.unlink()
            finally:
                os.close(handle)
            if os.name == "nt":
                part.unlink()  # which fails while a program has it open


class Lock:
    """That a folder is one program's until it ends, however it ends.

    Args:
        folder: The folder, made where it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: FileLock | None = None

    def take(self) -> bool:
        """Take the folder; return whether no other program has it.

        Raises:
            OSError: If it cannot be made.
        """
        from filelock import FileLock, Timeout

        for _ in range(100):
            self.folder.mkdir(parents=True, exist_ok=True)
            if self.folder.is_symlink():
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(self.folder))
            lock = FileLock(self._file, thread_local=False)
            try:
                lock.acquire(blocking=False)
            except Timeout:
                return False
            except FileNotFoundError:
                continue  # whoever had it has just removed it
            self._lock = lock
            return True
        return False

    def drop(self) -> None:
        """Let the folder go, and remove it where nothing else is in it."""
        if self._lock is None:
            return
        lock, self._lock = self._lock, None
        with suppress(OSError):
            # While it is still ours, so that nobody's lock is removed; Windows cannot.
            self._file.unlink()
        lock.release()
        with suppress(OSError):
            if os.name == "nt":
                self._file.unlink(missing_ok=True)
            self.folder.rmdir()

    @property
    def _file(self) -> Path:
        return self.folder / "lock"


_BYTE = 2**40
"""Which byte of a file `Claim` locks: behind all that SQLite locks, and behind any content."""


class Claim:
    """That a file is one program's until it ends, by whatever name others know the file.

    Nothing is written for it, so that a full disk is no hindrance; who only reads is not kept
    away.

    Args:
        path: The file; it has to be there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self) -> bool:
        """Take the file; return whether no other program has it.

        Raises:
            OSError: If it cannot be opened or its disk knows no locks.
        """
        handle = os.open(self.path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            _lock_byte(handle)
        except OSError as error:
            os.close(handle)
            if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
                return False
            raise
        self._handle = handle
        return True

    def drop(self) -> None:
        """Let others have the file."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _lock_byte(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, _BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        return
    import fcntl

    if sys.platform == "linux":
        # A lock of the open file; `lockf` makes one of the process, which SQLite's closing ends.
        asked = struct.pack("hhqqi0q", fcntl.F_WRLCK, os.SEEK_SET, _BYTE, 1, 0)
        fcntl.fcntl(handle, fcntl.F_OFD_SETLK, asked)
    else:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _BYTE)


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give a folder to write into that takes the place of another when it is complete.

    Args:
        folder: The folder, there or not; what is in it goes only when the new one is there.

    Yields:
        The folder to write into.

    Raises:
        InputError: If another program is writing it.
        OSError: If it cannot be written, or a symlink stands in its place.
    """
    if folder.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder))
    lock = Lock(folder.with_name(f".{folder.name}.part"))
    if not lock.take():
        raise InputError(f"another program is writing {folder}; wait for it")
    new, before = lock.folder / "new", lock.folder / "before"
    try:
        if before.exists() and not folder.exists():
            before.rename(folder)  # a program ended between two renames
        remove(before)
        remove(new)
        new.mkdir()
        yield new
        for path in (*new.rglob("*"), new):
            flush(path)
        take_place(new, folder, before)
        remove(before)
    finally:
        remove(new)
        lock.drop()


def take_place(new: Path, folder: Path, before: Path) -> None:
    """Let a finished folder take the place of another, in one step where the system can.

    Args:
        new: The finished folder; an earlier one stands there afterwards where both changed places.
        folder: Its place.
        before: Where an earlier one goes otherwise.

    Raises:
        OSError: If it cannot; the earlier one is in its place again.
    """
    if not folder.exists():
        new.rename(folder)
    elif not exchange(new, folder):
        folder.rename(before)
        try:
            new.rename(folder)
        except BaseException:
            before.rename(folder)
            raise
    flush(folder.parent)


_EXCHANGE, _HERE = 2, -100


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; return whether the system can."""
    if sys.platform != "linux":
        return False
    call: Any = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    done = call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    if done == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(other))


def remove(folder: Path) -> None:
    """Remove a folder and what is in it, as far as the system lets us."""
    shutil.rmtree(folder, ignore_errors=True)
