"""What lies in the folder of results, and what interrupted commands have kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drawdown.declared import data_files
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.result_folder import RECORD, UNFINISHED, forget


@dataclass(frozen=True)
class Kept:
    """A result, or finished pieces of one that is not done.

    Attributes:
        name: Its name, or the digest of what was begun.
        path: Its folder.
        size: Bytes on disk.
        made: When it was made, as ISO text, or empty.
        command: What makes it, or empty.
    """

    name: str
    path: Path
    size: int
    made: str
    command: str


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue  # it went away meanwhile
    return total


def results(parent: Path) -> Iterator[Kept]:
    """Yield the results of a folder by name; folders that Drawdown did not write are left out.

    Args:
        parent: The folder of results.
    """
    for folder in sorted(parent.glob("[!.]*")) if parent.is_dir() else ():
        command = made = ""
        try:
            told = json.loads((folder / RECORD).read_text(encoding="utf-8"))
            command = " ".join(map(str, told.get("command", ())))
            made = str(told.get("made", ""))
        except OSError:
            continue
        except (ValueError, AttributeError, TypeError):
            pass  # a damaged result is one too
        yield Kept(folder.name, folder, _size(folder), made, command)


def unfinished(parent: Path) -> Iterator[Kept]:
    """Yield what interrupted commands have kept, among results and in the cache.

    Args:
        parent: The folder of results.
    """
    for home in (parent / UNFINISHED, data_files.cache_folder() / "unfinished"):
        for folder in sorted(home.glob("*")) if home.is_dir() else ():
            pieces = sum(1 for p in folder.iterdir() if p.suffix in (".shard", ".stage"))
            told = f"{pieces} finished pieces; the command that was interrupted goes on with them"
            yield Kept(folder.name, folder, _size(folder), "", told)


def remove(names: list[str], parent: Path) -> None:
    """Remove results: what Drawdown wrote of them, and the folder where nothing else is in it.

    Args:
        names: Their names.
        parent: The folder of results.

    Raises:
        InputError: For every name that is none; then nothing is removed.
    """
    there = {item.name: item for item in results(parent)}
    faults = [unknown("result", name, there) for name in names if name not in there]
    if faults:
        raise InputError(faults)
    for name in names:
        folder = there[name].path
        try:
            record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
            for file in (*record.get("files", ()), RECORD):
                path = folder / file
                # A result's own list is no licence to reach outside its folder.
                if folder.resolve() in path.resolve().parents:
                    path.unlink(missing_ok=True)
            for inner in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
                if not any(inner.iterdir()):
                    inner.rmdir()
            if not any(folder.iterdir()):
                folder.rmdir()
        except (OSError, ValueError, TypeError) as error:
            raise InputError(f"{folder} cannot be removed whole ({error})") from None


def clear(parent: Path) -> int:
    """Remove what interrupted commands have kept, and return how many bytes that was.

    Args:
        parent: The folder of results.
    """
    total = 0
    for item in list(unfinished(parent)):
        total += item.size
        forget(item.path)
    return total
