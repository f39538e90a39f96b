"""``diff-model``: what moved between two versions of the model."""

from __future__ import annotations

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.command import Command, argument, option


class DiffModel(Command):
    """Play every scenario by two versions, OLD and NEW, and say which outcomes moved.

    A version is a commit, a tag, or a folder with a checkout; NEW is the one you stand in
    unless you say otherwise. The exit code is 1 where something moved.
    """

    old: str = argument()
    new: str = argument(default=".")
    runs: int = option(default=100, type=click.IntRange(2, 100_000))
    seed: int = options.seed
    output: str | None = option(type=click.Path(), help="CSV file of all that moved.")
    wide: None = options.wide

    def run(self) -> None:
        """Play both, and say what moved."""
        from drawdown.connect import versions_apart
        from drawdown.views.terminal_tables import Sheet

        with (
            versions_apart.sources(self.old) as one,
            versions_apart.sources(self.new) as other,
            terminal.console(stderr=True).status("Playing both versions …"),
        ):
            a = versions_apart.play(one, self.runs, self.seed)
            b = versions_apart.play(other, self.runs, self.seed)
        found = versions_apart.moved(a, b)
        console = terminal.console()
        for keys, where in ((set(a) - set(b), self.old), (set(b) - set(a), self.new)):
            names = sorted({key.partition("/")[0] for key in keys})
            if names:
                console.print(f"only in {where}: {', '.join(names)}")
        if self.output is not None:
            rows = ["scenario,structure,outcome,old,new,standard_error"]
            rows += [
                f"{m.scenario},{m.structure},{m.outcome},{m.old!r},{m.new!r},{m.error!r}"
                for m in found
            ]
            runner.write_new(self.output, "\n".join(rows) + "\n", "name another file")
        count = sum(len(v) for v in a.values())
        if not found:
            console.print(f"{count:,} means of {self.runs} worlds each are the same in both.")
            return
        heads = ("scenario", "structure", "outcome", self.old, self.new, "standard errors")
        table = Sheet(heads=heads, keys=3, box=None)
        for m in found[:20]:
            errors = f"{(m.new - m.old) / m.error:+.1f}" if m.error else "–"
            table.row(m.scenario, m.structure, m.outcome, f"{m.old:.4g}", f"{m.new:.4g}", errors)
        console.print(table)
        console.print(f"{len(found):,} of {count:,} means of {self.runs} worlds each moved.")
        click.get_current_context().exit(runner.DIFFERS)
