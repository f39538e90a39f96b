"""``merge``: stretches joined to one result."""

from __future__ import annotations

from pathlib import Path

import click

from drawdown.cli import options, playing, runner
from drawdown.cli.options import Keep, Trust


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.trusts
@options.keeps
@options.wide
def merge(folders: tuple[Path, ...], trust: Trust, keep: Keep) -> None:
    """Join stretches that run or compare played, FOLDERS or names of results, to one result.

    The tables are those of one undisturbed run, byte for byte. What overlaps, what is missing
    between stretches, and another model or other settings are said, and nothing is written.
    """
    from drawdown.connect import again, stretches
    from drawdown.declared.errors import InputError

    faults: list[str] = []
    found = []
    for folder in dict.fromkeys(folders):
        place = folder if folder.is_dir() else keep.folder / folder
        try:
            found.append(stretches.read(place))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    ordered = stretches.check(found)
    if ordered[0].record["command"][1:2] not in (["run"], ["compare"]):
        raise InputError(f"{ordered[0].folder} is no stretch: neither run nor compare made it")
    first, total = ordered[0].first, sum(s.runs for s in ordered)
    where = str(ordered[0].folder)
    with runner.prepared(ordered[0].record, where, trust) as (words, named):
        told = ["--runs", str(total)]
        # A result that begins at the first world is whole: it is named and told as such.
        told += ["--first", str(first)] if first else []
        whole = again.with_options(words, ("--runs", "--first"), told)
        runner.play_again(whole, named, keep, meta={playing.STRETCHES: ordered})
