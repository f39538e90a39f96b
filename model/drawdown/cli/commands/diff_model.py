"""``diff-model``: what moved between two versions of the model."""

from __future__ import annotations

import click

from drawdown.cli import options, runner, terminal


@click.command("diff-model")
@click.argument("old")
@click.argument("new", default=".")
@click.option("--runs", default=100, show_default=True, type=click.IntRange(2, 100_000))
@options.seed
@click.option("--output", default=None, type=click.Path(), help="CSV file of all that moved.")
@options.wide
def diff_model(old: str, new: str, runs: int, seed: int, output: str | None) -> None:
    """Play every scenario by two versions, OLD and NEW, and say which outcomes moved.

    A version is a commit, a tag, or a folder with a checkout; NEW is the one you stand in
    unless you say otherwise. The exit code is 1 where something moved.
    """
    from pathlib import Path

    from drawdown.connect import versions_apart
    from drawdown.declared.errors import InputError
    from drawdown.declared.kept import write_new
    from drawdown.views.sheet import Sheet

    with (
        versions_apart.sources(old) as one,
        versions_apart.sources(new) as other,
        terminal.console(stderr=True).status("Playing both versions …"),
    ):
        a = versions_apart.play(one, runs, seed)
        b = versions_apart.play(other, runs, seed)
    found = versions_apart.moved(a, b)
    console = terminal.console()
    for told, words in ((set(a) - set(b), f"only in {old}"), (set(b) - set(a), f"only in {new}")):
        names = sorted({key.partition("/")[0] for key in told})
        if names:
            console.print(f"{words}: {', '.join(names)}")
    if output is not None:
        rows = ["scenario,structure,outcome,old,new,standard_error"]
        rows += [
            f"{m.scenario},{m.structure},{m.outcome},{m.old!r},{m.new!r},{m.error!r}" for m in found
        ]
        try:
            write_new(Path(output), ("\n".join(rows) + "\n").encode())
        except FileExistsError:
            raise InputError(f"{output}: is there already; name another file") from None
        except OSError as error:
            raise InputError(f"{output}: cannot be written ({error.strerror})") from None
    count = sum(len(v) for v in a.values())
    if not found:
        console.print(f"{count:,} means of {runs} worlds each are the same in both.")
        return
    heads = ("scenario", "structure", "outcome", old, new, "standard errors")
    table = Sheet(heads=heads, keys=3, box=None)
    for m in found[:20]:
        errors = f"{(m.new - m.old) / m.error:+.1f}" if m.error else "–"
        table.row(m.scenario, m.structure, m.outcome, f"{m.old:.4g}", f"{m.new:.4g}", errors)
    console.print(table)
    console.print(f"{len(found):,} of {count:,} means of {runs} worlds each moved.")
    click.get_current_context().exit(runner.DIFFERS)
