"""Tells a wheel, and a source archive, which commit it is built from, and what it carries."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "commit.txt"


class Commit(BuildHookInterface):
    """Adds `NAME` with the commit (a checkout that differs from it says so), and the seeds."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the file, unless a working copy is installed in place."""
        if version == "editable":
            return
        told = Path(self.root) / NAME
        if not told.is_file():
            told = Path(tempfile.mkdtemp(prefix="drawdown-build-")) / NAME
            told.write_text(self._commit() + "\n", encoding="utf-8")
        place = NAME if self.target_name == "sdist" else f"drawdown/_data/{NAME}"
        build_data["force_include"][str(told)] = place
        if self.target_name == "wheel":
            for path in sorted((Path(self.root) / "seeds").iterdir()):
                if path.name != "seals":  # forecasts are looked at in a checkout
                    data = f"drawdown/_data/seeds/{path.name}"
                    build_data["force_include"][str(path)] = data

    def _commit(self) -> str:
        def git(*words: str) -> str:
            done = subprocess.run(
                ["git", *words], cwd=self.root, capture_output=True, text=True, check=True
            )
            return done.stdout.strip()

        try:
            head = git("rev-parse", "HEAD")
            changed = git("status", "--porcelain", "--untracked-files=no")
        except (OSError, subprocess.CalledProcessError):
            return "unknown"
        return f"{head}-dirty" if changed else head
