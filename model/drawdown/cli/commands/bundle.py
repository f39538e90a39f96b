"""``bundle``: all that installs the program without a network."""

from __future__ import annotations

from pathlib import Path

import click

from drawdown.cli import terminal
from drawdown.cli.command import Command, argument, option


class Bundle(Command):
    """Fill FOLDER with what installs Drawdown without a network.

    There, with Python 3.11, install.sh or install.bat does it; start.sh or start.bat serves.
    """

    example = "drawdown bundle usb-stick --for windows"
    folder: Path = argument(type=click.Path(file_okay=False, path_type=Path))
    machine: str = option(
        "--for", type=click.Choice(["linux", "windows", "macos"]), default="linux"
    )
    with_ema: bool = option(
        is_flag=True,
        help="Add EMA Workbench, which thesis and report need; it brings Platypus, under the GPL.",
    )

    def run(self) -> None:
        """Make the bundle."""
        from drawdown.connect import bundle

        extras = (*bundle.EXTRAS, "ema") if self.with_ema else bundle.EXTRAS
        count = bundle.make(self.folder, self.machine, terminal.warn, extras=extras)
        terminal.say(f"{count} wheels for {self.machine} in {self.folder}")
