"""Makes a result anew from what its ``run.json`` says: the command, with the files it read.

What a result says of itself may be anybody's. It is data: of the files that it names, those
whose text it carries are written into a folder of their own, and no other is opened.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

from drawdown.declared.errors import InputError
from drawdown.declared.result_folder import RECORD

LARGEST = 2**26
"""Bytes of a record or a page, at most."""

DRAWS = "draws.csv"
"""The file by which a folder that calibrate wrote is known among what a result read."""


def text_of(path: Path) -> str:
    """Return the text of a record or a page.

    Raises:
        InputError: If it is no file of moderate size in UTF-8.
    """
    try:
        size = path.stat().st_size
        if not path.is_file() or size > LARGEST:
            raise InputError(f"{path}: is no file of at most {LARGEST:,} bytes")
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not text in UTF-8") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from None


def record_of(folder: Path) -> dict[str, Any]:
    """Return what a result says of itself.

    Raises:
        InputError: If there is no result, or one that an earlier version wrote.
    """
    path = folder / RECORD
    try:
        if path.is_symlink():
            raise InputError(f"{folder} is not a result: its {RECORD} is a link to another file")
        found = json.loads(text_of(path))
    except (InputError, ValueError, RecursionError) as error:
        if isinstance(error, InputError) and "link" in error.faults[0]:
            raise
        raise InputError(f"{folder} is not a result: it has no readable {RECORD}") from None
    return check_record(found, str(folder))


def check_record(found: Any, where: str) -> dict[str, Any]:
    """Return what a result says of itself, if that is enough to make it anew.

    Args:
        found: What was read.
        where: What it was read from.

    Raises:
        InputError: If it is not, or holds what a record never holds.
    """
    if not isinstance(found, dict):
        raise InputError(f"{where} is not a result: what it says of itself cannot be read")
    inputs = found.get("inputs", {})
    kinds = (
        _texts(found.get("command"), list)
        and found["command"][:1] == ["drawdown"]
        and isinstance(inputs, dict)
        and all(
            isinstance(files, dict) and all(_texts(told, dict) for told in files.values())
            for files in inputs.values()
        )
        and _texts(found.get("files", {}), dict)
        and _texts(found.get("versions"), dict)
        and isinstance(found.get("model"), str)
        and _texts(found.get("played"), dict)
        and all(isinstance(found.get(name, ""), str) for name in ("commit", "platform", "made"))
    )
    if not kinds:
        raise InputError(
            f"{where} cannot be made anew: it does not say which command, model and files made "
            "it (an earlier version wrote it, or it was changed)"
        )
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InputError(f"{where}: what it says of itself is not text in UTF-8") from None
    faults = [
        f"{where}: {name[:80]!r} is no name of a file inside a result"
        for name in found.get("files", {})
        if not _inside(name)
    ]
    faults += [
        f"{where}: {word[:80]!r} has a file {name[:80]!r}, which is no file's name"
        for word, files in inputs.items()
        for name, told in files.items()
        if not _is_name(name) or not _is_name(told.get("folder") or "folder")
    ]
    if faults:
        raise InputError(faults)
    return found


def _texts(found: Any, kind: type) -> bool:
    """Return whether something is a list, or a mapping, of texts."""
    each = found.values() if isinstance(found, dict) else found
    return isinstance(found, kind) and all(isinstance(text, str) for text in each)


def _is_name(name: str) -> bool:
    """Return whether a text is one part of a path, on every system."""
    return (
        0 < len(name.encode()) <= 200
        and name not in (".", "..")
        and not any(c in '/\\:"|?*<>' or ord(c) < 32 for c in name)
    )


def _inside(name: str) -> bool:
    return all(_is_name(part) for part in name.split("/"))


@contextmanager
def restored(
    record: Mapping[str, Any], given: Sequence[Path] = ()
) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Give the words of a command, with the files it named as they were.

    Every file is written anew, into a folder that lasts as long as the context: from the text
    that the result carries, or from what was given now and has the digest that it names.

    Args:
        record: From `record_of`.
        given: Files, and folders of files, that the result does not carry.

    Yields:
        The words; and what the result calls files, by where they are now.

    Raises:
        InputError: If the result does not carry a file and none that is given has its digest.
    """
    words = list(record["command"])
    known = _by_digest(given)
    with TemporaryDirectory(prefix="drawdown-again-") as folder:
        faults = []
        named: dict[str, str] = {}
        for i, (word, files) in enumerate(record.get("inputs", {}).items()):
            first = next(iter(files), None)
            if word not in words or first is None:
                continue
            # A result says the name of a file's folder: files of one name are told apart by it.
            own = Path(folder) / str(i) / (files[first].get("folder") or "folder")
            own.mkdir(parents=True)
            for name, told in files.items():
                digest = told.get("sha256", "")
                content = told["text"].encode() if "text" in told else known.get(digest)
                if content is None:
                    faults.append(
                        f"{word}: the result does not carry {name} (SHA-256 {digest[:64]}); "
                        "--with FILE gives it"
                    )
                elif hashlib.sha256(content).hexdigest() != digest:
                    faults.append(f"{word}: {name} is not what the result gives its digest of")
                else:
                    faults += _leading_away(word, name, content)
                    (own / name).write_bytes(content)
            plain = own if DRAWS in files else own / first
            there = f"{plain.parent}/./{plain.name}" if str(PurePath(word)) != word else str(plain)
            named |= {str(plain): str(PurePath(word)), there: word}
            words = [there if w == word else w for w in words]
        if faults:
            raise InputError(faults)
        yield words, named


def _by_digest(given: Sequence[Path]) -> dict[str, bytes]:
    found = {}
    for path in given:
        try:
            files = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
            for file in files:
                content = file.read_bytes()
                found[hashlib.sha256(content).hexdigest()] = content
        except (OSError, ValueError) as error:
            raise InputError(f"--with {path}: cannot be read ({error})") from None
    return found


def _leading_away(word: str, name: str, content: bytes) -> list[str]:
    """Return a fault where a file that a result carries names another by a path."""
    if not name.lower().endswith((".yaml", ".yml", ".json")):
        return []
    from ruamel.yaml import YAML

    try:
        found = YAML(typ="safe", pure=True).load(content.decode("utf-8-sig"))
    except Exception as error:
        return [f"{word}: {name} cannot be read ({' '.join(str(error).split())[:100]})"]
    parent = found.get("extends") if isinstance(found, dict) else None
    if parent is None or (isinstance(parent, str) and _is_name(parent)):
        return []
    return [f"{word}: {name} extends {str(parent)[:80]!r}, which the result does not carry"]


def rules_in(word: str, record: Mapping[str, Any]) -> str:
    """Return what rules a result carries: the file, its digest, and what they replace.

    The text is read, and not run.

    Args:
        word: What the command calls the file.
        record: From `record_of`.
    """
    told = []
    for name, file in record.get("inputs", {}).get(word, {}).items():
        text = file.get("text", "")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            replaced = ["what cannot be read"]
        else:
            replaced = [
                node.name
                for node in tree.body
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            ]
        digest = hashlib.sha256(text.encode()).hexdigest() if text else file.get("sha256", "")
        told.append(f"{name} (SHA-256 {digest}) in place of {', '.join(replaced) or 'nothing'}")
    return "; ".join(told)


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
