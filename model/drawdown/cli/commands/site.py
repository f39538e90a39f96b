"""``site``: pages that need no server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from drawdown.cli import invocation, options, terminal
from drawdown.cli.command import Command, argument, needs, option

Done = Callable[[], None]


class Site(Command):
    """Write a site into FOLDER that plays without a server.

    It holds Explore, the report and the materials, in both languages.
    Each page is one file that plays its worlds by itself, without a server and without a
    request: from a disk, a stick, a course page or any web host. A site that is there already is
    replaced.
    """

    example = "drawdown site site"
    rules = True
    folder: Path = argument(type=click.Path(path_type=Path))
    small: bool = option(is_flag=True, help="A rough report, in half the time: to see the form.")
    again: None = options.again
    without_report: bool = option(is_flag=True, help="Leave the report out: a few seconds' work.")

    def run(self) -> None:
        """Write the pages."""
        report = () if self.without_report else ("scoringrules", "SALib", "ema_workbench")
        needs("starlette", *report)
        from drawdown.web import page_bundle
        from drawdown.web import site as sites

        # What would stop it is known before minutes are spent on a report.
        sites.check_folder(self.folder)
        page_bundle.everything()
        reports = None if self.without_report else _reports(self.small)
        sizes = sites.write(self.folder, reports, say=lambda name: None)
        for name, size in sizes.items():
            terminal.say(f"{name}: {size:,} bytes")
        terminal.say(f"Open {terminal.shown_path(self.folder / 'index.html')}")


def _reports(small: bool) -> dict[str, str]:
    """Play the usual report once and return it in every language."""
    import tempfile

    from drawdown.cli.commands.report import REPORTED
    from drawdown.connect import commands, provenance, store
    from drawdown.declared.language import Language, languages
    from drawdown.questions import compare as experiment
    from drawdown.questions import study
    from drawdown.views import report as views
    from drawdown.worlds import shards
    from drawdown.worlds.checkpoint import Checkpoint, code_digest, fingerprint
    from drawdown.worlds.run import Run

    loaded = experiment.load_all(REPORTED)
    base = experiment.baseline_of(loaded, REPORTED[0])
    sizes = study.Sizes.small() if small else study.Sizes()
    # What is finished outlives an interruption, and is counted when the command is given again.
    kept = Checkpoint("site", fingerprint({"sizes": sizes, "code": code_digest()}))
    with (
        shards.working(shards.Work(kept.folder)),
        terminal.bar(study.worlds(loaded, base, sizes), "Playing", "worlds") as (advance, say),
    ):
        found = study.undertake(loaded, base, sizes, Run(progress=advance), say=say)
    made: dict[str, str] = {}
    for language in map(Language, languages()):
        command = commands.words(
            "report", small=small, lang=language.code, rules=commands.rules_file()
        )
        provenance.ask(command, invocation.inputs())

        def write(folder: Path, in_: Language = language, by: list[str] = command) -> Done:
            drawn = views.draw(found, folder, in_)
            made[in_.code] = views.compose(found, drawn, in_, by, provenance.made_by(), small)
            return lambda: None

        with tempfile.TemporaryDirectory(prefix="drawdown-") as folder:
            store.save(found.comparison, Path(folder), write)
    kept.forget()
    return made
