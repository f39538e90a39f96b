"""``rerun``: a result made anew."""

from __future__ import annotations

from pathlib import Path

import click

from drawdown.cli import options, runner
from drawdown.cli.options import Keep, Trust


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@options.trusts
@options.plays
@options.wide
def rerun(result: Path, trust: Trust, keep: Keep) -> None:
    """Make a RESULT anew: a folder, a name among results, or a report's page.

    The command and the files that it read come from the result. Without --name the new one
    is called as the old one with '-again'.
    """
    from dataclasses import replace

    from drawdown.declared.place import as_name

    place, record = runner.find_result(result, keep)
    if keep.name is None:
        keep = replace(keep, name=as_name(f"{place.stem}-again"))
    with runner.prepared(record, str(place), trust) as (words, named):
        runner.say_other_model(record, str(place))
        runner.play_again(words, named, keep)
