"""Writes dist/licences.csv: every package that Drawdown and its extras need, with its licence.

make sbom
"""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from pathlib import Path

from drawdown.connect import bundle

EXTRAS = ("web", "analysis", "excel", "ema", "cluster", "compiler")


def main() -> None:
    """Write the list, and print what asks the same licence of all it comes with."""
    here = {
        "sys_platform": sys.platform,
        "platform_system": platform.system(),
        "os_name": "nt" if sys.platform == "win32" else "posix",
        "platform_machine": platform.machine(),
    }
    found = []
    for name in sorted(bundle.needed(here, EXTRAS)):
        try:
            told = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        found.append((told["Name"], told["Version"], bundle.licence_in(told)))
    target = Path("dist") / "licences.csv"
    target.parent.mkdir(exist_ok=True)
    bundle.write_licences(target, found)
    gpl = [name for name, _, licence in found if bundle.is_gpl(licence)]
    print(f"{len(found)} packages in {target}; under the GPL: {', '.join(gpl) or 'none'}")


if __name__ == "__main__":
    main()
