"""Finds and reads the files the model is grown from (``seeds/`` and ``scenarios/``)."""

import hashlib
import json
import re
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

from platformdirs import user_cache_path

from drawdown.declared.storage import clear_parts, write_whole

_HERE = Path(__file__).resolve().parents[1]
_CHECKOUT = _HERE.parents[1]


def project_root() -> Path | None:
    """Return the checkout this package runs from, or None when it is installed."""
    return _CHECKOUT if (_CHECKOUT / "seeds").is_dir() else None


def folder(name: str) -> Path:
    """Return the folder ``seeds`` or ``scenarios``, of the checkout or of the package."""
    root = project_root()
    return root / name if root else _HERE / "_data" / name


def packed(name: str) -> Path:
    """Return a file that an installed package carries beside ``seeds`` and ``scenarios``."""
    return _HERE / "_data" / name


def cache_folder() -> Path:
    """Return the folder for what can be worked out again at any time."""
    return user_cache_path("drawdown", appauthor=False)


ISOLATE, END = "\u2066", "\u2069"
"""What keeps the order of the text between them where the text around runs to the left."""

_NUMBER = r"\d(?:[\d.,٫٬]*\d)?[%٪]?"
_ORDERED = re.compile(
    # What is isolated already is passed over; the hyphen of a name is no sign.
    rf"{ISOLATE}[^{END}]*{END}|(?<![\w.,]){_NUMBER}(?:\s?[-–—−/×]\s?{_NUMBER})+(?!\w)"
    rf"|(?<![\w}}{END}])(?:[-−+±]|±\s)(?:{_NUMBER}|{{\w+}})"
)


def in_order(text: str) -> str:
    """Return text that runs to the left with its signs on the left of their numbers.

    Args:
        text: The text; of numbers with a sign (``-1``), and of ranges (``0–1``), each is isolated.
    """
    return _ORDERED.sub(
        lambda found: found[0] if found[0].startswith(ISOLATE) else f"{ISOLATE}{found[0]}{END}",
        text,
    )


def _turned(value: Any, leftward: bool) -> Any:
    """Return content with each text that runs to the left in order."""
    if isinstance(value, dict):
        return {key: _turned(item, leftward or key == "ar") for key, item in value.items()}
    if isinstance(value, list):
        return [_turned(item, leftward) for item in value]
    return in_order(value) if leftward and isinstance(value, str) else value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@cache
def load(name: str) -> dict[str, Any]:
    """Return the content of ``seeds/<name>.yaml``; dates come as ISO text.

    Numbers of Arabic texts, and of words in a language that runs to the left, are put `in_order`.
    Reading YAML takes longer than a small ensemble, so the content is kept as JSON in the
    cache folder under the digest of the file.
    """
    content = _read(name)
    leftward = name.startswith("words/") and content.get("language", {}).get("direction") == "rtl"
    return cast(dict[str, Any], _turned(content, leftward))


def _read(name: str) -> dict[str, Any]:
    raw = (folder("seeds") / f"{name}.yaml").read_bytes()
    kept = cache_folder() / "seeds" / f"{name}-{hashlib.sha256(raw).hexdigest()[:24]}.json"
    try:
        digest, _, text = kept.read_text(encoding="utf-8").partition("\n")
        if hashlib.sha256(text.encode()).hexdigest() == digest:
            content: dict[str, Any] = json.loads(text)
            return content
    except (OSError, ValueError):
        pass
    from ruamel.yaml import YAML

    content = _plain(YAML(typ="safe", pure=True).load(raw.decode("utf-8")))
    text = json.dumps(content, ensure_ascii=False)
    # A read-only home, or a full one, only costs the time of reading again.
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        clear_parts(kept.parent)
        write_whole(kept, f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}".encode())
    return content
