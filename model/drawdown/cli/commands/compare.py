"""``compare``: scenarios side by side, with the same worlds."""

from __future__ import annotations

from drawdown.cli import options
from drawdown.cli.command import argument, option
from drawdown.cli.playing import Playing


class Compare(Playing):
    """Play SCENARIOS with the same worlds and compare them, pair by pair."""

    example = "drawdown compare restraint robust-retaliation --structure provoke"
    scenarios: tuple[str, ...] = argument(nargs=-1, required=True)
    baseline: str | None = options.baseline
    precision: bool = option(
        is_flag=True,
        help="Play on, --runs at a time, until differences are pinned to the smallest of interest.",
    )
    everything: bool = option(is_flag=True, help="Every outcome's difference under each structure.")

    brief: bool = option(
        is_flag=True,
        help="Write a memo of one page too: brief.md, brief.html and, with the extra 'word', "
        "brief.docx.",
    )

    def run(self) -> None:
        """Play and compare."""
        self.play(self.scenarios, self.baseline, self.precision, self.everything, brief=self.brief)
