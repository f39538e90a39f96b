"""What commands share once they know their answer: write it whole, tell it, say where it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drawdown.cli import terminal

if TYPE_CHECKING:
    from drawdown.declared.language import Language
    from drawdown.declared.place import Place


def hand_over(
    place: Place,
    language: Language,
    rows: Mapping[str, Any],
    told: Mapping[str, Any],
    show: Callable[[Any], None],
    draw: Callable[[Path], object] | None = None,
) -> None:
    """Write a result's folder, all of it or nothing, and tell the answer in the terminal.

    Args:
        place: Where it goes.
        language: What its words are in.
        rows: Tables by the name of their files.
        told: Settings and findings for ``run.json``.
        show: Prints the answer to a console.
        draw: Draws the figures into the folder.
    """
    from drawdown.connect import store

    with place.folder() as folder:
        for name, table in rows.items():
            store.write_rows(table, folder, name)
        store.write_run(folder, **told)
        if draw is not None:
            draw(folder)
    console = terminal.console()
    show(console)
    terminal.say_where(place.final, language, console)
