"""Writes dist/licences.csv: every package that Drawdown and its extras need, with its licence.

make sbom
"""

from __future__ import annotations

import csv
import os
import platform
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from drawdown.connect import bundle

EXTRAS = ("web", "analysis", "excel", "ema", "cluster", "compiler")


def licence_in(told: Any) -> str:
    """Return the licence that a package's description names."""
    marks = [c for c in told.get_all("Classifier") or [] if c.startswith("License :: ")]
    named = [c.rpartition(" :: ")[2] for c in marks if c != "License :: OSI Approved"]
    said = told.get("License-Expression") or "; ".join(named) or told.get("License")
    text = str(said or "not said")
    return " ".join(text.split())[:120]


def is_gpl(licence: str) -> bool:
    """Return whether a licence is the GPL or AGPL, which asks the same of all it comes with."""
    text = licence.lower()
    return bool(re.search(r"\ba?gpl|(?<!lesser )general public license", text)) and not re.search(
        r"lgpl|lesser general public|or mit|or apache|or bsd|mit or|bsd", text
    )


def licences(extras: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Return name, version and licence of what extras need on this machine."""
    here = (sys.platform, platform.system(), os.name, platform.machine())
    environment = bundle.environment_of("linux") | dict(zip(bundle.SYSTEM, here, strict=True))
    found = []
    for name in sorted(bundle.needed(environment, extras)):
        try:
            told = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        found.append((str(told["Name"]), str(told["Version"]), licence_in(told)))
    return found


def main() -> None:
    """Write the list, and print what asks the same licence of all it comes with."""
    found = licences(EXTRAS)
    target = Path("dist") / "licences.csv"
    target.parent.mkdir(exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("package", "version", "licence"), *found])
    gpl = [name for name, _, licence in found if is_gpl(licence)]
    print(f"{len(found)} packages in {target}; under the GPL: {', '.join(gpl) or 'none'}")


if __name__ == "__main__":
    main()
