"""``verify``: a result, a report or a link against one made anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.command import Command, argument, needs, option, several
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language


class Verify(Command):
    """Play a RESULT again and name every number that differs.

    RESULT is a folder, a name among results, a report's page, or a link copied from Explore,
    whose numbers are printed; one that says neither model nor numbers is compared with nothing.
    The exit code is 0 where all is equal, and 1 where something differs or is not compared.
    """

    example = "drawdown verify headline"
    rules = True
    result: str = argument()
    digests: bool = option("--files", is_flag=True, help="Compare files with their digests alone.")
    trust: options.Trust = several(options.Trust)
    on: str = options.place_on
    out: str | None = options.out
    language: Language = options.language
    wide: None = options.wide

    def run(self) -> None:
        """Compare a link's numbers, files with their digests, or a result with a new one."""
        from drawdown.connect import verify as compared
        from drawdown.day import rulebook
        from drawdown.declared.result_folder import RECORD, results_folder

        if "?" in self.result or self.result.startswith(("http://", "https://", "file://")):
            _link(self.result, self.language)
            return
        if rulebook.current() != rulebook.PLAIN:
            raise InputError("--rules goes with a link; a result carries the rules that made it")
        place, record = runner.find_result(Path(self.result), results_folder(self.out))
        page = place.is_file()
        if page and (self.digests or record["command"][1:2] != ["report"]):
            raise InputError(f"{place} is no page that drawdown report wrote")
        found = [] if page else compared.changed(place, record)
        apart = [] if page else compared.strange(place, record)
        if self.digests:
            _tell(place, found, apart, f"files have the digests of {RECORD}; nothing was played")
            return
        made = "" if page else compared.made(record)
        apart += compared.elsewhere(record)
        with (
            TemporaryDirectory(prefix="drawdown-verify-") as folder,
            runner.prepared(record, str(place), self.trust) as (words, named),
        ):
            runner.say_other_model(record, str(place))
            keep = options.Keep(name="again", out=folder, overwrite=True, on=self.on)
            runner.play_again(words, named, keep, recorded=record)
            new = Path(folder) / "again"
            if not new.is_dir():
                raise InputError(f"{place}: its command made no result")
            if page:
                found = compared.compared(place.name, place, new / "report.html")
            else:
                apart += compared.pieces_apart(place, new)
                found += compared.differences(place, new)
        if made:
            terminal.say(f"not compared: when it was made, {made}")
        _tell(place, found, apart, "a new one is equal in every number and every byte")


def _tell(place: Path | str, found: Sequence[str], apart: Sequence[str], equal: str) -> None:
    """Print what differs and what is not compared; exit by it."""
    for sentence in found:
        terminal.say(sentence)
    for sentence in apart:
        terminal.say(f"not compared: {sentence}")
    if found:
        terminal.say(f"{place}: {len(found)} differences.")
    elif apart:
        terminal.say(f"{place}: {equal}, but for {len(apart)} things that are not compared.")
    else:
        terminal.say(f"{place}: {equal}.")
    if found or apart:
        click.get_current_context().exit(runner.DIFFERS)


def _link(link: str, language: Language) -> None:
    needs("starlette")
    from urllib.parse import urlsplit

    from drawdown.views.terminal_tables import Sheet
    from drawdown.web import links
    from drawdown.web.explore import Explorer

    page, query = links.words_of(link)
    asked = links.read(query)
    scenarios = asked.view.scenario(), Explorer.compared(asked.view)
    heads = [s.title.in_language(language.code) for s in scenarios]
    word, explorer = language.words["explore"], Explorer()
    sheet = Sheet(heads=["", *heads, word["difference"], word["futures"]])
    for row in explorer.numbers(asked.view, language):
        sheet.row(row["label"], row["case"], row["base"], row["less"], row["futures"])
    terminal.console().print(sheet)
    here, told = links.model(), []
    found = links.digest(explorer.numbers(asked.view, Language()))
    if asked.model not in (None, here):
        told.append(f"The link is of the model {asked.model}; this one is {here}.")
    if asked.numbers not in (None, found):
        told.append(f"The numbers have the digest {found}; the link says {asked.numbers}.")
    apart = [
        f"the name '{name}' that somebody gave to a view that the link keeps"
        for view, name in asked.pins
        if name not in links.names_of(view)
    ]
    where = urlsplit(page)
    if where.scheme in ("http", "https") and where.hostname not in HERE:
        apart.append(f"the page of {where.netloc}, which was not opened")
    apart += [
        f"the {what}: the link does not say which it shows"
        for what, said in (("model", asked.model), ("numbers", asked.numbers))
        if said is None
    ]
    if asked.model is None and asked.numbers is None:
        terminal.say("The link does not say which model and numbers it shows: nothing is compared.")
        return
    _tell("The link", told, apart, "shows the same numbers here")


HERE = ("127.0.0.1", "localhost", "::1")
"""Names of this machine."""
