"""Options that several commands share, and what is read from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, TypeVar

import click

from drawdown.cli import asked, terminal

if TYPE_CHECKING:
    from drawdown.declared.place import Place

F = TypeVar("F", bound=Callable[..., Any])


def options(*each: Callable[[F], F]) -> Callable[[F], F]:
    """Return several options as one decorator."""

    def wrap(function: F) -> F:
        for option in reversed(each):
            function = option(function)
        return function

    return wrap


language = click.option(
    "--lang",
    default="en",
    show_default=True,
    help="Language of what is shown: en, ar, or another of seeds/words.",
)


def _widen(ctx: click.Context, option: click.Parameter, given: bool) -> None:
    del option
    if given:
        ctx.meta[terminal.WIDE] = True


wide = click.option(
    "--wide",
    is_flag=True,
    expose_value=False,
    callback=_widen,
    help="Draw tables whole, however wide they are.  [default: what is wider than the terminal, "
    f"COLUMNS, or {terminal.WIDTH} in a pipe is divided by its columns]",
)
seed = click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(min=0, max=2**63 - 1),
    help="Seed of draws and luck.",
)
chosen = click.option(
    "--set", "chosen", multiple=True, metavar="NAME=VALUE", help="Replace a parameter's draw."
)
without = click.option(
    "--without", multiple=True, metavar="MECHANISM", help="Switch a mechanism off."
)


def _play_by(ctx: click.Context, option: click.Parameter, path: str | None) -> None:
    asked.note(ctx, option, path)
    if path is not None:
        from drawdown.day import book

        own = book.load(path)
        book.use(own)
        told = own.describe()
        terminal.say(f"Rules of {told['file']}: {', '.join(told['replaced'])}", err=True)


def rules() -> click.Option:
    """Return the option of rules of one's own, which every command that plays worlds has."""
    return click.Option(
        ["--rules"],
        type=click.Path(),
        metavar="FILE",
        expose_value=False,
        callback=_play_by,
        help="Python file whose functions replace rules of the same names.",
    )


uncertainty = click.option(
    "--uncertainty",
    type=click.Choice(["posterior", "prior", "none"]),
    default="posterior",
    show_default=True,
    help="Draw parameters from the posterior, from the priors, or keep their defaults.",
)
priors = click.option(
    "--priors",
    default=None,
    type=click.Path(),
    metavar="FILE",
    help="YAML file of priors that replace those of seeds/parameters.yaml, by name.",
)
threads = click.option(
    "--threads", type=click.IntRange(1, 256), default=None, help="Threads to use."
)
where = click.option(
    "--on",
    default="here",
    show_default=True,
    metavar="WHERE",
    help="Who plays: here; local:N for N processes; dask://HOST:PORT for a Dask cluster.",
)


def players(named: str) -> Any:
    """Return who plays shards: what ``--on`` names.

    Raises:
        InputError: If it is none of them, or cannot be reached.
    """
    from drawdown.worlds.shards import here

    if named == "here":
        return here
    needs("distributed")
    from drawdown.connect import cluster as clusters

    found = clusters.players(named)
    click.get_current_context().call_on_close(found.close)
    return found.play


runs = click.option("--runs", default=1000, show_default=True, help="Worlds a structure.")


def draws(usual: int) -> Callable[[F], F]:
    """Return the option of how many draws."""
    return click.option(
        "--draws", default=usual, show_default=True, help="Draws of the uncertainties a structure."
    )


def lucks(usual: int) -> Callable[[F], F]:
    """Return the option of how many lucks."""
    return click.option(
        "--lucks",
        default=usual,
        show_default=True,
        type=click.IntRange(1, 1000),
        help="Lucks that each draw or point lives; what is told is their mean.",
    )


def structure(usual: str, *also: str) -> Callable[[F], F]:
    """Return the option of a rival structure, ``also`` such words as ``all``."""
    return click.option(
        "--structure",
        default=usual,
        show_default=True,
        help="What a strike does: deter, neutral, provoke"
        + "".join(f", or {word}" for word in also)
        + ".",
    )


motive = click.option(
    "--motive",
    default="all",
    show_default=True,
    help="Why the militias attack: presence, patron, domestic, rivalry, conjunction, or all.",
)


def _weigh(ctx: click.Context, option: click.Parameter, text: str | None) -> None:
    asked.note(ctx, option, text)
    if text is None:
        return
    from drawdown.declared import parameters
    from drawdown.declared.errors import InputError

    given: dict[str, float] = {}
    for item in text.split(","):
        name, _, value = item.partition("=")
        try:
            given[name.strip()] = float(value)
        except ValueError:
            raise InputError(
                f"--weights-of-motives {item}: must be MOTIVE=NUMBER, such as presence=2"
            ) from None
    parameters.weigh_motives(parameters.read_weights(given))


weights_of_motives = click.option(
    "--weights-of-motives",
    metavar="MOTIVE=NUMBER,…",
    expose_value=False,
    callback=_weigh,
    help="How often each motive is drawn, where not equally; one that is not named is not drawn.",
)


@dataclass(frozen=True)
class Keep:
    """Where a command's result goes: the options of `keeps`."""

    name: str | None
    out: str | None
    overwrite: bool
    on: str = "here"

    def words(self) -> list[str]:
        """Return these options as words of a command."""
        named = ["--name", self.name] if self.name is not None else []
        placed = ["--out", self.out] if self.out is not None else []
        by = ["--on", self.on] if self.on != "here" else []
        return [*named, *placed, *(["--overwrite"] if self.overwrite else []), *by]

    @property
    def folder(self) -> FilePath:
        """The folder of results."""
        from drawdown.declared.place import results_folder

        return results_folder(self.out)

    def place(self, usual: str, settings: Mapping[str, Any], stages: bool = False) -> Place:
        """Return the place of a result, known to be writable.

        From here on worlds are played as shards by whom ``--on`` names; those that are finished
        are kept until the result is there.

        Args:
            usual: What the result is called without ``--name``.
            settings: All that decides it.
            stages: Whether the command keeps stages of its own, and no shards.
        """
        from drawdown.connect import package, proof
        from drawdown.declared import place
        from drawdown.declared.parameters import weights_of_motives as weights_of_motives_now
        from drawdown.declared.place import digest_of
        from drawdown.worlds import shards
        from drawdown.worlds.checkpoint import code_digest, program

        whole = {"model": program(), "weights": weights_of_motives_now()}
        whole |= dict(settings)
        words = asked.command()
        files = asked.inputs()
        proof.ask(words, files)
        # The place of a replay is that of what it replays, wherever its files are now.
        whole = proof.as_given(whole)
        found = place.find(self.name, usual, whole, self.out, self.overwrite)
        found.finish = package.describe
        ctx = click.get_current_context()
        ctx.call_on_close(found.drop)
        key = digest_of(whole | {"code": code_digest(), "command": words, "files": files})
        work = shards.Work(None if stages else found.unfinished(key), players(self.on))
        ctx.call_on_close(lambda: work.forget() if found.done else None)
        ctx.with_resource(shards.working(work))
        return found


out = click.option(
    "--out",
    default=None,
    metavar="FOLDER",
    type=click.Path(),
    help="Folder of results.  [default: $DRAWDOWN_RESULTS, or results/ where you stand]",
)


def keeps(function: F) -> F:
    """Add the options of where a result goes; they come as one argument, ``keep``."""
    return _keeps(function, False)


def plays(function: F) -> F:
    """Add the options of `keeps`, and who plays the worlds."""
    return _keeps(function, True)


@dataclass(frozen=True)
class Trust:
    """What a user allows a result to bring: the options of `trusts`.

    Attributes:
        rules: Whether its own rules, a program, are run.
        files: Files and folders with what it read and does not carry.
    """

    rules: bool = False
    files: tuple[FilePath, ...] = ()


def trusts(function: F) -> F:
    """Add the options of what a result may bring; they come as one argument, ``trust``."""

    @click.option(
        "--trust-rules",
        is_flag=True,
        help="Run the rules that the result carries, a program: read them first.",
    )
    @click.option(
        "--with",
        "files",
        multiple=True,
        metavar="PATH",
        type=click.Path(path_type=FilePath),
        help="A file, or a folder of files, that the result read and does not carry.",
    )
    @wraps(function)
    def with_trust(*args: Any, trust_rules: bool, files: tuple[FilePath, ...], **rest: Any) -> Any:
        return function(*args, trust=Trust(trust_rules, files), **rest)

    found: Any = with_trust
    return found  # type: ignore[no-any-return]


def _keeps(function: F, worlds: bool) -> F:
    @click.option("--name", default=None, help="What the result's folder is called.")
    @out
    @click.option("--overwrite", is_flag=True, help="Replace a result of this name.")
    @wraps(function)
    def with_place(
        *args: Any, name: str | None, out: str | None, overwrite: bool, **rest: Any
    ) -> Any:
        on = rest.pop("on", "here")
        return function(*args, keep=Keep(name, out, overwrite, on), **rest)

    found: Any = with_place
    return where(found) if worlds else found  # type: ignore[no-any-return]


games_file = click.option(
    "--file",
    "kept",
    default=None,
    type=click.Path(path_type=FilePath),
    help="SQLite file of the games.  [default: exercise.sqlite in the folder of results]",
)


def needs(*libraries: str) -> None:
    """Say before any work which extra a command lacks.

    Args:
        *libraries: Libraries that the command will import.

    Raises:
        ImportError: Naming the first one that is not installed.
    """
    from importlib.util import find_spec

    for library in libraries:
        if find_spec(library) is None:
            raise ImportError(f"{library} is not installed", name=library)


def parse_set(given: tuple[str, ...], off: tuple[str, ...]) -> dict[str, float]:
    """Return the parameters that ``--set`` and ``--without`` choose.

    Raises:
        InputError: For every name or value that is wrong.
    """
    from drawdown.declared import data_files
    from drawdown.declared.errors import InputError, unknown
    from drawdown.declared.parameters import check_value

    values: dict[str, float] = {}
    faults = []
    mechanisms = data_files.load("mechanisms")
    for name in off:
        if name not in mechanisms:
            faults.append(f"--without: {unknown('mechanism', name, mechanisms)}")
        else:
            values |= {k: float(v) for k, v in mechanisms[name]["off"].items()}
    for item in given:
        name, equals, text = item.partition("=")
        if not equals:
            faults.append(f"--set {item}: must be NAME=VALUE, such as attack_rate=0.1")
            continue
        try:
            value: Any = float(text)
        except ValueError:
            value = text
        found = check_value(name.strip(), value, "--set")
        faults += found
        if not found:
            values[name.strip()] = float(value)
    if faults:
        raise InputError(faults)
    return values


def tell_notes(
    scenarios: Any, values: Mapping[str, float], structures: tuple[str, ...] | None = None
) -> None:
    """Say on standard error what moves nothing in what is about to be played."""
    import warnings

    from drawdown.declared.columns import STRUCTURES
    from drawdown.questions.compare import tell_notes as notes_of

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = notes_of(scenarios, values, structures or STRUCTURES)
    for note in told:
        terminal.say(f"note: {note}", err=True)
