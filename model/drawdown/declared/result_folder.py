"""Where a result goes: its own folder, whole or not at all, and never over another's.

A result is written beside its place. When it is complete on disk, it and what stood there
change places in one step; only then is the earlier one cleared away, and of it only what
Drawdown wrote.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from drawdown.declared import storage
from drawdown.declared.errors import InputError

VARIABLE = "DRAWDOWN_RESULTS"
"""Environment variable that names the folder of results."""

RECORD = "run.json"
UNFINISHED = ".unfinished"
"""Folder, among results, of shards that an interrupted command has finished."""

NEW, MOVING, WORK = "new", "moving", "work"
_NAME = re.compile(r"\w(?:[\w.\-]{0,78}[\w\-])?")
_DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\.|$)", re.IGNORECASE)


def results_folder(out: str | Path | None = None) -> Path:
    """Return the folder of results.

    Args:
        out: A folder the user names; else the environment's `VARIABLE`, else ``results``
            below the working directory.
    """
    return Path(out or os.environ.get(VARIABLE) or "results")


def check_name(name: str) -> str:
    """Return a result's name if it can be a folder's.

    Raises:
        InputError: If it has other characters than letters, digits, dots, dashes, underlines,
            or is no folder's name on every system.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"name '{name}' must be letters, digits, dots, dashes and underlines, at most 80, and "
            "no dot at its end; --out FOLDER says where results go"
        )
    if _DEVICE.match(name):
        raise InputError(f"name '{name}' is a device's on Windows: no folder can be called so")
    return name


def as_name(text: str) -> str:
    """Return a name made of a text that may hold spaces and other signs."""
    made = re.sub(r"[^\w.\-]+", "-", text).strip("-.")[:60].strip("-.")
    if _DEVICE.match(made):
        made = f"result-{made}"
    return made if _NAME.fullmatch(made) else "result"


def digest_of(settings: Mapping[str, Any]) -> str:
    """Return a short digest of what decides a result."""
    text = json.dumps(settings, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def file_digest(path: Path) -> str:
    """Return the SHA-256 digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def as_text(record: Mapping[str, Any]) -> str:
    """Return the JSON of a record, as it is written."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


OWN = "digest of this record"
"""What a record says of the rest of itself."""


def signed(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with a digest of itself, which `altered` compares."""
    rest = {key: value for key, value in record.items() if key != OWN}
    return rest | {OWN: hashlib.sha256(as_text(rest).encode("utf-8", "surrogatepass")).hexdigest()}


def altered(record: Mapping[str, Any]) -> bool:
    """Return whether a record is another than when it was signed, or was never signed."""
    return OWN not in record or record[OWN] != signed(record)[OWN]


def _record_of(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@dataclass
class Place:
    """A folder that a result will have, and the work towards it.

    Work goes on in a hidden folder beside it, which is this program's as long as it lives:
    what a dead program left there is cleared by the next that comes.

    Attributes:
        final: The folder.
        settings: Digest of what decides the result.
        done: Whether the result is there.
        finish: Called with the folder when all else is in it, to describe what is there.
    """

    final: Path
    settings: str
    done: bool = False
    finish: Callable[[Path], None] | None = field(default=None, repr=False)
    _lock: storage.Lock | None = field(default=None, repr=False)
    _key: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """The result's name."""
        return self.final.name

    @property
    def work(self) -> Path:
        """The hidden folder of the work."""
        return _work_of(self.final)

    def unfinished(self, key: str) -> Path:
        """Return the folder of shards that outlive an interruption, but not the result.

        Args:
            key: Digest of the work; other work is not mixed with it.
        """
        self._key = key
        return self.final.parent / UNFINISHED / f"{self.name}.{key}"

    def take(self) -> None:
        """Keep every other program away from this result, until `drop` or this one's end.

        Raises:
            InputError: If another program is at it, or nothing can be written there.
        """
        lock = storage.Lock(self.work)
        try:
            if not lock.take():
                raise InputError(
                    f"another program is writing {self.final}; wait for it, or give this result "
                    "another --name"
                )
        except OSError as error:
            raise InputError(cannot_write(self.final.parent, error)) from None
        self._lock = lock

    def drop(self) -> None:
        """Let others have this result, and remove what is not part of it."""
        if self._lock is not None:
            _settle(self.final)
            self._lock.drop()
            self._lock = None

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Give a folder to write into; it takes its place only when it is complete.

        Raises:
            InputError: If it cannot be written.
        """
        new = self.work / NEW
        try:
            new.mkdir()
            yield new
            if self.finish is not None:
                self.finish(new)
            self._sign(new)
            self._move_in(new)
            self.done = True
        except OSError as error:
            raise InputError(cannot_write(self.final, error)) from None
        finally:
            storage.remove(new)

    def _sign(self, new: Path) -> None:
        """Say in ``run.json`` which files are Drawdown's, and flush them all to the disk."""
        path = new / RECORD
        files = sorted(p for p in new.rglob("*") if p.is_file() and p != path)
        record = _record_of(new) | {
            "settings": self.settings,
            WORK: self._key,
            "files": {p.relative_to(new).as_posix(): file_digest(p) for p in files},
        }
        storage.write_whole(path, as_text(signed(record)))
        for name in (*files, path, new):
            storage.flush(name)

    def _move_in(self, new: Path) -> None:
        """Let the new result and an earlier one change places; only then is that one cleared."""
        moving = self.work / f"{MOVING}{len(list(self.work.iterdir()))}"
        new.rename(moving)
        storage.take_place(moving, self.final, moving.with_name(f"{moving.name}-before"))
        _settle(self.final)


def _work_of(final: Path) -> Path:
    return final.with_name(f".{final.name}.part")


def _settle(final: Path) -> None:
    """Put in order what was left: the place has a whole result, strangers' files are in it."""
    work = _work_of(final)
    storage.remove(work / NEW)
    for moved in sorted(work.glob(f"{MOVING}*"), reverse=True):
        with suppress(OSError):
            if not final.exists():
                moved.rename(final)
            else:
                _clear(moved, final)


def _clear(aside: Path, now: Path) -> None:
    """Remove what Drawdown wrote of an earlier result; what it did not write moves on."""
    ours = {RECORD, *_record_of(aside).get("files", ())}
    for path in sorted(aside.rglob("*")):
        name = path.relative_to(aside).as_posix()
        if path.is_file() and name not in ours:
            safe = now / name
            while safe.exists():
                safe = safe.with_name(f"{safe.stem}-before{safe.suffix}")
            with suppress(OSError):
                safe.parent.mkdir(parents=True, exist_ok=True)
                path.replace(safe)
    if all(
        path.is_dir() or path.relative_to(aside).as_posix() in ours for path in aside.rglob("*")
    ):
        storage.remove(aside)


def _tidy(parent: Path) -> None:
    """Clear what dead programs left among results; one that lives keeps its own."""
    for work in parent.glob(".*.part"):
        if work.is_dir():
            final = parent / work.name[1 : -len(".part")]
            _if_free(final, partial(_settle, final))
    for shards in (parent / UNFINISHED).glob("*.*"):
        name, _, key = shards.name.rpartition(".")
        # Its program ended between the result and the end of its shards.
        if _record_of(parent / name).get(WORK) == key:
            _if_free(parent / name, partial(forget, shards))


def _if_free(final: Path, do: Callable[[], None]) -> None:
    """Do something about a result that no program is at."""
    with suppress(OSError):
        lock = storage.Lock(_work_of(final))
        if lock.take():
            try:
                do()
            finally:
                lock.drop()


def forget(shards: Path) -> None:
    """Remove the shards of one work, and their common folder with the last."""
    storage.remove(shards)
    with suppress(OSError):
        shards.parent.rmdir()


def cannot_write(folder: Path, error: OSError) -> str:
    """Return the sentence for a folder that cannot be written."""
    return (
        f"cannot write to {folder} ({error.strerror}); --out FOLDER, or {VARIABLE} in the "
        "environment, names another folder"
    )


def find(
    name: str | None,
    usual: str,
    settings: Mapping[str, Any],
    out: str | Path | None = None,
    overwrite: bool = False,
) -> Place:
    """Return the place of a result, taken for this program, before any work.

    Where no name is given and the usual one holds a result of other settings, the new one
    goes beside it, under the name and a short digest.

    Args:
        name: What the user calls the result, or None.
        usual: What it is called otherwise.
        settings: All that decides the result.
        out: The folder of results that the user names.
        overwrite: Whether a result of other settings may be replaced.

    Raises:
        InputError: If the name cannot be a folder's, or is taken by something else, or
            another program is at it, or nothing can be written there.
    """
    digest = digest_of(settings)
    parent = results_folder(out)
    final = parent / check_name(name if name is not None else as_name(usual))
    if parent.exists() and not parent.is_dir():
        raise InputError(f"{parent} is a file, not a folder for results; --out names another")
    _tidy(parent)
    if final.is_symlink() or (final.exists() and not final.is_dir()):
        raise InputError(f"{final} is not a folder; give another --name")
    if final.exists() and not overwrite and any(final.iterdir()):
        record = _record_of(final)
        if record.get("settings") != digest:
            if name is not None:
                made = " ".join(record.get("command", ())) or "something else"
                raise InputError(
                    f"{final} holds another result ({made[:200]}); give another --name, or "
                    "--overwrite to replace it"
                )
            final = parent / f"{final.name}-{digest[:6]}"
    elif final.exists() and overwrite and any(final.iterdir()):
        record = _record_of(final)
        if not record:
            raise InputError(f"{final} was not written by drawdown; give another --name")
        if "files" not in record:
            raise InputError(
                f"{final} is of an earlier version, which did not list its files: what is yours in "
                "it cannot be told from what is not; give another --name, or remove it yourself"
            )
    found = Place(final, digest)
    found.take()
    return found
