"""The group of all commands: finds them by name, and turns faults into sentences."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from drawdown.cli import terminal
from drawdown.declared.errors import InputError, nearest
from drawdown.declared.language import without_controls

if TYPE_CHECKING:
    from drawdown.cli.command import Command

INTERRUPTED = 130

COMMANDS = (
    *("run", "compare", "merge", "verify", "rerun"),
    *("patterns", "calibrate", "validate", "seal", "crossvalidate", "robustness", "events"),
    *("motives", "regimes", "thesis", "sensitivity", "regret", "decompose", "search"),
    *("report", "site", "serve", "exercise", "bundle"),
    *("scenarios", "check", "new", "schema", "explain", "odd", "watch", "plot"),
)
"""Every command; each is a class of its name in a file of ``commands``."""

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


class Group(click.Group):
    """Imports a command where it is called, and turns faults of input into plain sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command, from its file."""
        if name not in COMMANDS:
            return None
        from drawdown.cli import options

        module = import_module(f"drawdown.cli.commands.{name.replace('-', '_')}")
        wanted = name.title().replace("-", "")
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
        """Name the nearest command where there is none of the name."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            ctx.fail(f"there is no command '{args[0]}'{nearest(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="drawdown")
def main() -> None:
    """Withdrawal against presence in Iraq after 2020, day by day, many times over.

    A model for teaching and policy analysis. It compares scenarios; it does not forecast.
    """
    terminal.settle()
    terminal.stop_cleanly()
