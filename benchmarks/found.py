"""Searches for policies that Explore can play, and stores what was found in ``seeds/found.yaml``.

Explore lays them on its chart of policies, beside the scenarios, and plays them anew: only their
levers are stored. Takes minutes; ``drawdown search`` does the work.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from drawdown.connect import provenance
from drawdown.declared import data_files
from drawdown.declared.levers import FROM_THE_FIRST_DAY, NAMES

CASE = "combat-to-advisory"
VARIED = (
    *("combat", "advisers", "coalition", "by"),
    *(n for n in FROM_THE_FIRST_DAY if n not in ("us_iran", "prime_minister")),
)
"""What one of the three capitals decides on."""

COMMAND = (
    *("search", CASE, *(word for name in VARIED for word in ("--vary", name))),
    *("--less", "tempo_foreign", "--less", "dead_us", "--more", "authority", "--robust", "mean"),
    *("--evaluations", "1500", "--seeds", "3", "--most", "8", "--seed", "0"),
)


def main() -> None:
    assert set(VARIED) <= set(NAMES)
    with tempfile.TemporaryDirectory() as folder:
        words = [*COMMAND, "--name", "found", "--out", folder]
        command = str(Path(sys.executable).with_name("drawdown"))
        subprocess.run([command, *words], check=True)
        found = json.loads((Path(folder) / "found" / "trade-offs.json").read_text())
    policies = [p for p in found["policies"] if not p["dominated"]]
    lines = [
        "# Policies that a search found (python benchmarks/found.py), for Explore's chart of "
        "policies.",
        "# It plays them anew: only their levers are here. None is best; each is one trade-off.",
        f"command: drawdown {' '.join(COMMAND)}",
        f"commit: {provenance.commit()}",
        f"case: {CASE}",
        "policies:",
    ]
    for policy in policies:
        levers = ", ".join(f"{name}: {value}" for name, value in policy["levers"].items())
        lines.append(f"  {policy['name']}: {{{levers}}}")
    path = data_files.folder("seeds") / "found.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(policies)} policies in {path}")


if __name__ == "__main__":
    main()
