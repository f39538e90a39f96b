"""``rerun``: a result made anew."""

from __future__ import annotations

from pathlib import Path

import click

from drawdown.cli import options, runner
from drawdown.cli.command import Command, argument, several


class Rerun(Command):
    """Make a RESULT anew, from what it carries.

    RESULT is a folder, a name among results, or a report's page.

    The command and the files that it read come from the result. Without --name the new one
    is called as the old one with '-again'.
    """

    example = "drawdown rerun headline --name again"
    result: Path = argument(type=click.Path(path_type=Path))
    trust: options.Trust = several(options.Trust)
    keep: options.Keep = several(options.KeepOf)
    wide: None = options.wide

    def run(self) -> None:
        """Give its command again."""
        from drawdown.declared.result_folder import as_name

        keep = self.keep
        place, record = runner.find_result(self.result, keep.folder)
        if keep.name is None:
            named = as_name(f"{place.stem}-again")
            keep = options.Keep(name=named, **keep.given("out", "overwrite", "on"))
        with runner.prepared(record, str(place), self.trust) as (words, files):
            runner.say_other_model(record, str(place))
            runner.play_again(words, files, keep)
