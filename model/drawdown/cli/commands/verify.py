"""``verify``: a result, a report or a link against one made anew."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from drawdown.cli import options, runner
from drawdown.cli.options import Keep


@click.command()
@click.argument("result")
@click.option("--files", is_flag=True, help="Compare files with their digests; play nothing.")
@options.out
def verify(result: str, files: bool, out: str | None) -> None:
    """Play a RESULT again and name every file, table or number that differs.

    RESULT is a folder, a name among results, a report's page, or a link copied from Explore.
    The exit code is 0 where all is equal and 1 where something differs.
    """
    from drawdown.connect import again
    from drawdown.connect import verify as compared
    from drawdown.declared.errors import InputError

    if result.startswith(("http://", "https://", "file://", "?")) or ".html?" in result:
        _link(result)
        return
    keep = Keep(None, out, False)
    place, record = runner.find_result(Path(result), keep)
    if place.is_file() and PACKED in place.read_text("utf-8"):
        raise InputError(
            f"{place} is a page of a site, whose pictures are packed; verify the report that its "
            "last section says how to make"
        )
    told = [] if place.is_file() else compared.changed(place, record)
    for sentence in told:
        click.echo(sentence)
    same = runner.say_other_model(record, str(place))
    if not files:
        with (
            TemporaryDirectory(prefix="drawdown-verify-") as folder,
            again.restored(record) as (words, named),
        ):
            runner.play_again(words, named, Keep("again", folder, True), quiet=True)
            new = Path(folder) / "again"
            if place.is_file():
                page = new / place.name if (new / place.name).is_file() else new / "report.html"
                found = list(
                    compared.texts(place.name, place.read_text("utf-8"), page.read_text("utf-8"))
                )
            else:
                found = compared.differences(place, new)
        for sentence in found:
            click.echo(sentence)
        told += found
    if told:
        more = "" if same else ", and the model is another one"
        click.echo(f"{place}: {len(told)} differences{more}.")
        click.get_current_context().exit(runner.DIFFERS)
    what = "files are as they were written" if files else "a new one is equal in every number"
    click.echo(f"{place}: {what}.")


PACKED = 'id="carried-notes"'
"""What a report has as a page of a site (`web.site`)."""


def _link(link: str) -> None:
    options.needs("starlette")
    from urllib.parse import urlsplit

    from drawdown.declared.errors import InputError
    from drawdown.declared.language import Language
    from drawdown.exercise.rooms import RefusedError
    from drawdown.web import links
    from drawdown.web.explore import Explorer, View

    try:
        asked = links.read(urlsplit(link).query)
        view = View.read(asked.view)
    except (ValueError, RefusedError) as error:
        raise InputError(f"{link[:100]}: is no link of Explore ({error})") from None
    if asked.model is None or asked.numbers is None:
        raise InputError(
            f"{link[:100]}: does not say which model and numbers it shows; Explore's button "
            "that copies a link adds both"
        )
    here = links.model()
    found = links.digest(Explorer().numbers(view, Language()))
    told = []
    if asked.model != here:
        told.append(f"The link is of the model {asked.model}; this one is {here}.")
    if asked.numbers != found:
        told.append(f"The numbers have the digest {found}; the link says {asked.numbers}.")
    for sentence in told or ["The link shows the same numbers here."]:
        click.echo(sentence)
    if told:
        click.get_current_context().exit(runner.DIFFERS)
