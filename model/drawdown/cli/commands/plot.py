"""``plot``: figures of a result again."""

from __future__ import annotations

from pathlib import Path

import click

from drawdown.cli import options, terminal


@click.command()
@click.argument("result", type=click.Path())
@click.option("--formats", default="png,svg,pdf", show_default=True, help="Of png, svg, pdf.")
@click.option("--out", default=None, type=click.Path(), help="Folder of results to look in.")
@options.language
def plot(result: str, formats: str, out: str | None, lang: str) -> None:
    """Draw the figures of a RESULT again: a folder, or a name in the folder of results."""
    from drawdown.declared import place
    from drawdown.declared.errors import InputError, unknown
    from drawdown.declared.language import Language
    from drawdown.views.figures import FORMATS, Result, draw_all

    parent = place.results_folder(out)
    folder = Path(result)
    try:
        if not folder.is_dir():
            folder = parent / result
        if not folder.is_dir():
            known = (
                sorted(p.name for p in parent.glob("[!.]*") if p.is_dir())
                if parent.is_dir()
                else []
            )
            raise InputError(unknown("result", result, known))
    except OSError as error:
        raise InputError(f"{result}: cannot be read ({error.strerror})") from None
    endings = [f.strip() for f in formats.split(",")]
    for ending in endings:
        if ending not in FORMATS:
            raise InputError(unknown("format", ending, FORMATS))
    language = Language(lang)
    try:
        for path in draw_all(Result.read(folder), folder, language, endings):
            terminal.say(terminal.shown_path(path))
    except OSError as error:
        raise InputError(place.cannot_write(folder, error)) from None
