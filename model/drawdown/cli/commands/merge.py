"""``merge``: parts joined to one result."""

from __future__ import annotations

from pathlib import Path

import click

from drawdown.cli import options, playing, runner
from drawdown.cli.command import Command, argument, several
from drawdown.declared.errors import InputError


class Merge(Command):
    """Join parts of a run or a comparison, FOLDERS or names, to one result.

    The tables are those of one undisturbed run, byte for byte. What overlaps, what is missing
    between parts, and another model or other settings are said, and nothing is written.
    """

    example = "drawdown merge part-0 part-1 --name whole"
    folders: tuple[Path, ...] = argument(nargs=-1, required=True, type=click.Path(path_type=Path))
    trust: options.Trust = several(options.Trust)
    keep: options.Keep = several(options.Keep)
    wide: None = options.wide

    def run(self) -> None:
        """Give the command of the parts again, with what they hold in place of playing."""
        from drawdown.connect import replay, replication_ranges

        faults: list[str] = []
        found = []
        for folder in dict.fromkeys(self.folders):
            try:
                found.append(
                    replication_ranges.read(
                        folder if folder.is_dir() else self.keep.folder / folder
                    )
                )
            except InputError as error:
                faults += error.faults
        if faults:
            raise InputError(faults)
        ordered = replication_ranges.check(found)
        one = ordered[0]
        if one.record["command"][1:2] not in (["run"], ["compare"]):
            raise InputError(f"{one.folder} is no part: neither run nor compare made it")
        with runner.prepared(one.record, str(one.folder), self.trust) as (words, named):
            more = ["--runs", str(sum(s.runs for s in ordered))]
            # A result that begins at the first world is whole: it is named and told as such.
            more += ["--first", str(one.first)] if one.first else []
            whole = replay.with_options(words, ("--runs", "--first"), more)
            runner.play_again(whole, named, self.keep, meta={playing.PARTS: ordered})
