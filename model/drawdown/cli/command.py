"""A command, declared once: the fields of its class are its arguments and options.

    class Motives(Result):
        \"\"\"Say what each motive predicts …\"\"\"      what --help says

        runs: int = options.runs                    --runs, in the order of --help
        ablate: bool = option(is_flag=True, help="…")

        def run(self) -> None:                      imports what is heavy, and does it

Options that the command shares with others stand in `options`. Those of its base classes follow
its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar, Self, dataclass_transform

import click

if TYPE_CHECKING:
    from drawdown.worlds.run import Run


@dataclass(frozen=True)
class Declared:
    """How a field is given on the command line.

    Attributes:
        kind: What makes its parameters: `click.Option`, `click.Argument` or `Options`.
        words: The option as it is written; by default the field's name with dashes.
        how: What ``kind`` takes.
        read: Makes the field's value of what was given.
    """

    kind: Any
    words: tuple[str, ...] = ()
    how: Mapping[str, Any] = field(default_factory=dict)
    read: Callable[[Any], Any] = lambda value: value

    def parameters(self, name: str) -> list[click.Parameter]:
        """Return what click knows of the field of this name."""
        if self.kind is click.Argument:
            return [click.Argument([name], **self.how)]
        if self.kind is click.Option:
            words = self.words or (f"--{name.replace('_', '-')}",)
            return [click.Option([*words, name], **self.how)]
        found: list[click.Parameter] = self.kind.parameters()
        return found

    def value(self, name: str, given: Mapping[str, Any]) -> Any:
        """Return the field's value from what was given, by parameters' names."""
        if self.kind in (click.Argument, click.Option):
            return self.read(given.get(name))
        return self.kind.of(given)


def argument(**how: Any) -> Any:
    """Return a field that is an argument; what it takes is that of `click.Argument`."""
    return Declared(click.Argument, how=how)


def option(*words: str, read: Callable[[Any], Any] | None = None, **how: Any) -> Any:
    """Return a field that is an option.

    Args:
        *words: How it is written, where it is not the field's name.
        read: Makes the field's value of what was given.
        **how: What `click.Option` takes; a default that is given is shown.
    """
    how.setdefault("show_default", "default" in how)
    more = {} if read is None else {"read": read}
    return Declared(click.Option, words, how, **more)


def several(kind: type[Options]) -> Any:
    """Return a field that several options make together: those of a class of them."""
    return Declared(kind)


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(argument, option, several)
)
class Options:
    """Values given by options: a subclass's fields say how, and are the options' values.

    To a type checker it is a frozen dataclass. It is none, as making one takes a millisecond, and
    ``drawdown --help`` reads all commands.
    """

    def __init__(self, **values: Any) -> None:
        vars(self).update(values)

    def given(self, *names: str) -> dict[str, Any]:
        """Return fields by name."""
        return {name: getattr(self, name) for name in names}

    @classmethod
    def declared(cls) -> dict[str, Declared]:
        """Return the fields that are given, in the order of ``--help``: own ones come first."""
        own, *bases = cls.__mro__
        names = [n for kind in (own, *reversed(bases)) for n in vars(kind)]
        found = {name: getattr(cls, name) for name in names}
        return {name: item for name, item in found.items() if isinstance(item, Declared)}

    @classmethod
    def parameters(cls) -> list[click.Parameter]:
        """Return what click knows of all fields."""
        return [param for name, item in cls.declared().items() for param in item.parameters(name)]

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Return the values that were given, by parameters' names."""
        return cls(**{name: item.value(name, given) for name, item in cls.declared().items()})


class Group(click.Group):
    """A group of commands that are listed as they are declared, with whole summaries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(self.commands)

    def sections(self) -> dict[str, tuple[str, ...]]:
        """Return the commands' names by the heading under which ``--help`` lists them."""
        return {"Commands": tuple(self.commands)}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, each with the whole first sentence of its help."""
        for title, names in self.sections().items():
            with formatter.section(title):
                found = [(name, self.get_command(ctx, name)) for name in names]
                formatter.write_dl([(n, c.get_short_help_str(500)) for n, c in found if c])


OF_WORLDS = ("runs", "seed", "structure", "uncertainty", "threads")
"""Options that say how worlds are played."""


class Command(Options):
    """A command. Its docstring is its help; `run` is called with what was given in its fields.

    Attributes:
        needs: Libraries of extras that it imports.
        rules: Whether it takes ``--rules``, as all commands do that play worlds.
        commands: What it consists of, where it is a group of commands.
        example: A command line that its ``--help`` shows.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    rules: ClassVar[bool] = False
    commands: ClassVar[tuple[type[Command], ...]] = ()
    example: ClassVar[str] = ""

    def run(self) -> None:
        """Do what the command does; a group that has no `run` does nothing by itself."""
        raise NotImplementedError

    def world_run(self, progress: Callable[[int], None] | None = None, **more: Any) -> Run:
        """Return how worlds are played, from those of its options that say so.

        Args:
            progress: Called with the number of worlds played.
            **more: Attributes of `Run` that no option says.
        """
        from drawdown.worlds.run import Run

        names = [name for name in self.declared() if name in OF_WORLDS]
        return Run(progress=progress, **self.given(*names) | more)

    @classmethod
    def as_click(cls, rules: Declared) -> click.Command:
        """Return the command as click knows it.

        Args:
            rules: How rules of one's own are given.
        """

        def call(**given: Any) -> None:
            context = click.get_current_context()
            if context.invoked_subcommand is None:
                needs(*cls.needs)
                cls.of(given).run()

        how: dict[str, Any] = {"name": cls.command(), "help": cls.__doc__, "callback": call}
        how["epilog"] = f"\b\nExample: {cls.example}" if cls.example else None
        how["params"] = [*cls.parameters(), *(rules.parameters("rules") if cls.rules else [])]
        names = [param.name for param in how["params"]]
        assert len(set(names)) == len(names), f"two fields of {cls.__name__} have one name"
        if not cls.commands:
            return click.Command(**how)
        inner = {each.command(): each.as_click(rules) for each in cls.commands}
        alone = cls.run is not Command.run
        return Group(commands=inner, invoke_without_command=alone, **how)

    @classmethod
    def command(cls) -> str:
        """Return the command's name: its class's in small letters."""
        return cls.__name__.lower()


def needs(*libraries: str) -> None:
    """Say before any work which extra a command lacks.

    Args:
        *libraries: Libraries that the command will import.

    Raises:
        ImportError: Naming the first one that is not installed.
    """
    for library in libraries:
        if find_spec(library) is None:
            raise ImportError(f"{library} is not installed", name=library)
