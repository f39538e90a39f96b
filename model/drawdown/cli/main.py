"""The group of all commands: finds them by name, and turns faults into sentences."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from drawdown.cli import invocation, terminal
from drawdown.cli.command import Command, Group
from drawdown.declared.errors import InputError, nearest
from drawdown.declared.language import without_controls

INTERRUPTED = 130

GROUPS: dict[str, tuple[str, ...]] = {
    "play": ("run", "compare", "watch", "merge", "rerun"),
    "ask": ("thesis", "decompose", "sensitivity", "regret", "search", "validate", "evidence"),
    "show": ("show", "plot", "report", "site", "explain", "scenarios", "odd"),
    "class": ("serve", "exercise", "bundle"),
    "check": ("check", "new", "schema", "events", "verify"),
}
"""Every command, as ``--help`` groups them; each is a class of its name in `cli.commands`."""

COMMANDS = tuple(name for names in GROUPS.values() for name in names)

MOVED = {name: f"drawdown evidence {name}" for name in invocation.EVIDENCE} | {
    "numbers": "drawdown verify LINK",
    "results": "drawdown verify RESULT --files",
    "upgrade": "drawdown check FILE, once the file says format: 1",
    "diff-model": "python benchmarks/diff_model.py OLD NEW",
}
"""What to give in place of a command of an earlier version."""

TO_TRY = (
    "drawdown compare combat-to-advisory full-withdrawal --baseline combat-to-advisory",
    "drawdown watch combat-to-advisory --days 120",
    "drawdown serve",
)
"""What ``drawdown`` alone proposes."""

EXTRAS: dict[str, str] = {
    "scipy": "analysis",
    "scoringrules": "analysis",
    "SALib": "analysis",
    "ema_workbench": "ema",
    "platypus": "ema",
    "starlette": "web",
    "uvicorn": "web",
    "segno": "web",
    "anyio": "web",
    "openpyxl": "excel",
    "distributed": "cluster",
    "dask": "cluster",
}
"""Libraries that an installation may lack, and the extra that brings each."""


def _without(error: ImportError) -> str | None:
    """Return the sentence for a library that is not installed, or None where it is no extra."""
    library = (error.name or "").partition(".")[0]
    extra = EXTRAS.get(library)
    if not extra:
        return None
    return (
        f"this command needs {library}, of the extra '{extra}': "
        f"pip install 'drawdown[{extra}]' brings it"
    )


@contextmanager
def _shown_as_signs() -> Iterator[None]:
    """Let the library's own sentences repeat what was given without its commands."""
    try:
        yield
    except click.ClickException as error:
        error.message = without_controls(error.message)  # type: ignore[misc]
        raise


class Commands(Group):
    """Imports a command where it is called, and turns faults of input into plain sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of `COMMANDS`."""
        return list(COMMANDS)

    def sections(self) -> dict[str, tuple[str, ...]]:
        """Return `GROUPS`."""
        return {title.capitalize(): names for title, names in GROUPS.items()}

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command, from its file."""
        if name not in COMMANDS:
            return None
        from drawdown.cli import options

        module = import_module(f"drawdown.cli.commands.{name}")
        wanted = name.title()
        assert hasattr(module, wanted), f"{module.__file__} must hold a class {wanted}"
        kind: type[Command] = getattr(module, wanted)
        return kind.as_click(options.rules)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; exit as ``docs/exit-codes.md`` says."""
        try:
            with _shown_as_signs():
                return super().invoke(ctx)
        except InputError as error:
            for fault in error.faults:
                terminal.say(fault, err=True)
            ctx.exit(2)
        except ImportError as error:
            told = _without(error)
            if told is None:
                raise
            terminal.say(told, err=True)
            ctx.exit(2)
        except KeyboardInterrupt as stop:
            terminal.say(
                "Interrupted: earlier results are whole, nothing half-written is left. What was "
                "finished is kept, and the same command goes on from there.",
                err=True,
            )
            ctx.exit(stop.code if isinstance(stop, terminal.Stopped) else INTERRUPTED)
        except BrokenPipeError:
            # The reader has left; nothing may be written to it on the way out.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        finally:
            if "drawdown.declared.parameters" in sys.modules:
                sys.modules["drawdown.declared.parameters"].put_in_force()

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """Read the words before a command's name."""
        with _shown_as_signs():
            return super().make_context(*args, **more)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Say what an earlier command is now, or name the nearest where there is none.

        What moved below ``evidence`` is done all the same.
        """
        if invocation.as_now(args) != args:
            terminal.warn(f"'{args[0]}' is now '{MOVED[args[0]]}'")
            args = invocation.as_now(args)
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            if args[0] in MOVED:
                ctx.fail(f"'{args[0]}' is now '{MOVED[args[0]]}'")
            ctx.fail(f"there is no command '{args[0]}'{nearest(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
    epilog="drawdown COMMAND --help says more, with an example.",
)
@click.version_option(package_name="drawdown")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Withdrawal against presence in Iraq after 2020, day by day, many times over.

    A model for teaching and policy analysis. It compares scenarios; it does not forecast.
    """
    terminal.settle()
    terminal.stop_cleanly()
    if ctx.invoked_subcommand is None:
        terminal.say("Try one of these; drawdown --help lists all commands:")
        for line in TO_TRY:
            terminal.say(f"  {line}")
