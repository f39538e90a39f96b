"""``results``: what is there, how large, whether it is whole; and its end."""

from __future__ import annotations

from typing import Any

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.options import Keep


@click.group(invoke_without_command=True)
@options.out
@options.wide
@click.pass_context
def results(ctx: click.Context, out: str | None) -> None:
    """List results with their sizes; check, remove or clear them."""
    if ctx.invoked_subcommand is None:
        _list(out)


def _list(out: str | None) -> None:
    from drawdown.connect import kept_results
    from drawdown.views.sheet import Sheet

    parent = Keep(None, out, False).folder
    table = Sheet(box=None)
    for head in ("result", "MB", "made", "command"):
        table.column(head, words=head in ("made", "command"))
    total = 0
    rows: list[Any] = [*kept_results.results(parent), *kept_results.unfinished(parent)]
    for item in rows:
        total += item.size
        table.row(item.name, f"{item.size / 2**20:,.1f}", item.made[:16], item.command)
    console = terminal.console()
    if rows:
        console.print(table)
    console.print(f"{len(rows)} in {terminal.shown_path(parent)}, {total / 2**20:,.1f} MB")


@results.command("verify")
@options.out
@click.pass_context
def verify_all(ctx: click.Context, out: str | None) -> None:
    """Check the files of every result against the digests that they were written with."""
    from drawdown.connect import again, kept_results, verify
    from drawdown.declared.errors import InputError

    faults = 0
    for item in kept_results.results(Keep(None, out, False).folder):
        try:
            told = verify.changed(item.path, again.record_of(item.path))
        except InputError as error:
            told = list(error.faults)
        faults += len(told)
        for sentence in told or ["whole"]:
            terminal.say(f"{item.name}: {sentence}")
    if faults:
        ctx.exit(runner.DIFFERS)


@results.command("remove")
@click.argument("names", nargs=-1, required=True)
@options.out
def remove(names: tuple[str, ...], out: str | None) -> None:
    """Remove the results NAMES; what Drawdown did not write stays."""
    from drawdown.connect import kept_results

    kept_results.remove(list(dict.fromkeys(names)), Keep(None, out, False).folder)
    terminal.say(f"Removed: {', '.join(dict.fromkeys(names))}")


@results.command("clear")
@options.out
def clear(out: str | None) -> None:
    """Remove what interrupted commands have kept; they then begin anew."""
    from drawdown.connect import kept_results

    size = kept_results.clear(Keep(None, out, False).folder)
    terminal.say(f"{size / 2**20:,.1f} MB cleared")
