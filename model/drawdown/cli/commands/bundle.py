"""``bundle``: all that installs the program without a network."""

from __future__ import annotations

from pathlib import Path

import click

from drawdown.cli import terminal


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--for",
    "machine",
    type=click.Choice(["linux", "windows", "macos"]),
    default="linux",
    show_default=True,
)
@click.option(
    "--with-ema",
    is_flag=True,
    help="Add EMA Workbench, which thesis and report need; it brings Platypus, under the GPL.",
)
def bundle(folder: Path, machine: str, with_ema: bool) -> None:
    """Fill FOLDER with all that installs Drawdown on a machine without a network.

    There, with Python 3.11, install.sh or install.bat does it; start.sh or start.bat serves.
    """
    from drawdown.connect import bundle as bundles

    extras = (*bundles.EXTRAS, "ema") if with_ema else bundles.EXTRAS
    count = bundles.make(
        folder, machine, say=lambda text: terminal.say(text, err=True), extras=extras
    )
    terminal.say(f"{count} wheels for {machine} in {folder}")
