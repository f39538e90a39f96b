"""Where a result goes: its own folder, whole or not at all, and never over another's.

A result is written beside its place and moved there when it is complete on disk; what stood
there is moved aside first and only then cleared away, and of it only what Drawdown wrote.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drawdown.declared.errors import InputError

VARIABLE = "DRAWDOWN_RESULTS"
"""Environment variable that names the folder of results."""

RECORD = "run.json"
_NAME = re.compile(r"\w[\w.\-]{0,79}")


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
        InputError: If it has other characters than letters, digits, dots, dashes, underlines.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"name '{name}' must be letters, digits, dots, dashes and underlines, at most 80; "
            "--out FOLDER says where results go"
        )
    return name


def as_name(text: str) -> str:
    """Return a name made of a text that may hold spaces and other signs."""
    made = re.sub(r"[^\w.\-]+", "-", text).strip("-.")[:60]
    return made if _NAME.fullmatch(made) else "result"


def digest_of(settings: Mapping[str, Any]) -> str:
    """Return a short digest of what decides a result."""
    text = json.dumps(settings, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _record_of(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Place:
    """A folder that a result will have.

    Attributes:
        final: The folder.
        settings: Digest of what decides the result.
    """

    final: Path
    settings: str

    @property
    def name(self) -> str:
        """The result's name."""
        return self.final.name

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Give a folder to write into; it takes its place only when it is complete.

        Raises:
            InputError: If it cannot be written.
        """
        part = self.final.with_name(f".{self.name}.{os.getpid()}.part")
        try:
            part.mkdir(parents=True, exist_ok=False)
        except FileExistsError:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
        except OSError as error:
            raise InputError(cannot_write(self.final.parent, error)) from None
        try:
            yield part
            self._sign(part)
            self._move_in(part)
        except OSError as error:
            raise InputError(cannot_write(self.final, error)) from None
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def _sign(self, part: Path) -> None:
        """Say in ``run.json`` which files are Drawdown's, and flush them all to the disk."""
        files = sorted(p.relative_to(part).as_posix() for p in part.rglob("*") if p.is_file())
        path = part / RECORD
        record = _record_of(part) | {"settings": self.settings, "files": files}
        path.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        for name in files:
            with (part / name).open("rb+") as file:
                os.fsync(file.fileno())

    def _move_in(self, part: Path) -> None:
        if not self.final.exists():
            part.replace(self.final)
            return
        aside = self.final.with_name(f".{self.name}.{os.getpid()}.before")
        self.final.replace(aside)
        try:
            part.replace(self.final)
        except BaseException:
            aside.replace(self.final)
            raise
        _clear(aside, self.final)


def _clear(aside: Path, now: Path) -> None:
    """Remove what Drawdown wrote of an earlier result; what it did not write moves on."""
    ours = set(_record_of(aside).get("files", ()))
    for path in sorted(aside.rglob("*")):
        name = path.relative_to(aside).as_posix()
        if path.is_file() and name not in ours:
            kept = now / name
            if kept.exists():
                kept = kept.with_name(f"{kept.stem}-before{kept.suffix}")
            kept.parent.mkdir(parents=True, exist_ok=True)
            path.replace(kept)
    shutil.rmtree(aside, ignore_errors=True)


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
    """Return the place of a result, and make sure that it can be written, before any work.

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
            nothing can be written there.
    """
    digest = digest_of(settings)
    parent = results_folder(out)
    final = parent / check_name(name if name is not None else as_name(usual))
    if parent.exists() and not parent.is_dir():
        raise InputError(f"{parent} is a file, not a folder for results; --out names another")
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
    elif final.exists() and overwrite and not _record_of(final) and any(final.iterdir()):
        raise InputError(f"{final} was not written by drawdown; give another --name")
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".drawdown-", dir=parent):
            pass
    except OSError as error:
        raise InputError(cannot_write(parent, error)) from None
    return Place(final, digest)
