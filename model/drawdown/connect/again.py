"""Makes a result anew from what its ``run.json`` says: the command, with the files it read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from drawdown.declared.errors import InputError
from drawdown.declared.place import RECORD, as_name


def record_of(folder: Path) -> dict[str, Any]:
    """Return what a result says of itself.

    Raises:
        InputError: If there is no result, or one that an earlier version wrote.
    """
    try:
        found = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(f"{folder} is not a result: it has no readable {RECORD}") from None
    return check_record(found, str(folder))


def check_record(found: Any, where: str) -> dict[str, Any]:
    """Return what a result says of itself, if that is enough to make it anew.

    Raises:
        InputError: If it is not.
    """
    if not isinstance(found, dict):
        raise InputError(f"{where} is not a result: what it says of itself cannot be read")
    command, inputs = found.get("command"), found.get("inputs", {})
    files, made = found.get("files", {}), ("model", "versions")
    if (
        not isinstance(command, list)
        or not all(isinstance(word, str) for word in command)
        or command[:1] != ["drawdown"]
        or not isinstance(inputs, dict)
        or not isinstance(files, dict)
        or not all(name in found for name in made)
    ):
        raise InputError(
            f"{where} cannot be made anew: it does not say which command, model and files made "
            "it (an earlier version wrote it, or it was changed)"
        )
    return found


@contextmanager
def restored(record: Mapping[str, Any]) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Give the words of a command, with the files it named as they were.

    A file that is still there unchanged is used where it is; another is written anew, into a
    folder that lasts as long as the context.

    Args:
        record: From `record_of`.

    Yields:
        The words; and what the result calls files that were written anew, by where they are.

    Raises:
        InputError: If a file is gone or changed and the result does not carry its content.
    """
    words = list(record["command"])
    with TemporaryDirectory(prefix="drawdown-again-") as folder:
        faults = []
        named: dict[str, str] = {}
        for i, (word, files) in enumerate(record.get("inputs", {}).items()):
            first = next(iter(files), None)
            if word not in words or first is None or _unchanged(word, files):
                continue
            # Files of one name are told apart by their folders' names.
            own = Path(folder) / str(i) / as_name(str(files[first].get("folder", i)))
            own.mkdir(parents=True)
            for name, told in files.items():
                if "text" in told:
                    (own / Path(name).name).write_bytes(told["text"].encode())
                else:
                    faults.append(
                        f"{word}: {name} is gone or was changed since; its digest was "
                        f"{told.get('sha256', '')[:16]}"
                    )
            there = str(own / Path(first).name)
            named[there] = word
            words = [there if w == word else w for w in words]
        if faults:
            raise InputError(faults)
        yield words, named


def _unchanged(word: str, files: Mapping[str, Any]) -> bool:
    path = Path(word)
    for name, told in files.items():
        places = [path, path.parent / name]
        try:
            there = next((p for p in places if p.name == name and p.is_file()), None)
            if there is None:
                return False
            if hashlib.sha256(there.read_bytes()).hexdigest() != told.get("sha256"):
                return False
        except OSError:
            return False
    return True


def with_options(words: Sequence[str], drop: Sequence[str], add: Sequence[str]) -> list[str]:
    """Return a command without some options that take a value, and with others.

    Args:
        words: The command.
        drop: Options to leave out, with the word that follows each.
        add: Words to put at its end.
    """
    found: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in drop:
            skip = True
        else:
            found.append(word)
    return [*found, *add]
