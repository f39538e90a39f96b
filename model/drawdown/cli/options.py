"""Options that several commands share, and what is read from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drawdown.cli import invocation, terminal
from drawdown.cli.command import Options, needs, option
from drawdown.declared import data_files
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.language import Language

if TYPE_CHECKING:
    from drawdown.declared.result_folder import Place
    from drawdown.declared.tabular import Reading


def _widen(ctx: click.Context, option: click.Parameter, given: bool) -> None:
    del option
    if given:
        ctx.meta[terminal.WIDE] = True


def _play_by(ctx: click.Context, option: click.Parameter, path: str | None) -> None:
    invocation.note(ctx, option, path)
    if path is not None:
        from drawdown.day import rulebook

        own = rulebook.load(path)
        rulebook.use(own)
        told = own.describe()
        terminal.warn(f"Rules of {told['file']}: {', '.join(told['replaced'])}")


def _weigh(ctx: click.Context, option: click.Parameter, text: str | None) -> None:
    invocation.note(ctx, option, text)
    if text is None:
        return
    from drawdown.declared import parameters

    given: dict[str, float] = {}
    for item in text.split(","):
        name, _, value = item.partition("=")
        try:
            given[name.strip()] = float(value)
        except ValueError:
            raise InputError(
                f"--weights-of-motives {item}: must be MOTIVE=NUMBER, such as presence=2"
            ) from None
    parameters.put_in_force(weights=parameters.read_weights(given))


language = option(
    "--lang",
    read=Language,
    default="en",
    help="Language of what is shown: en, ar, or another of seeds/words.",
)
wide = option(
    is_flag=True,
    expose_value=False,
    callback=_widen,
    help="Draw tables whole, however wide they are.  [default: what is wider than the terminal, "
    f"COLUMNS, or {terminal.WIDTH} in a pipe is divided by its columns]",
)
rules = option(
    type=click.Path(),
    metavar="FILE",
    expose_value=False,
    callback=_play_by,
    help="Python file whose functions replace rules of the same names.",
)
seed = option(default=0, type=click.IntRange(min=0, max=2**63 - 1), help="Seed of draws and luck.")
chosen = option("--set", multiple=True, metavar="NAME=VALUE", help="Replace a parameter's draw.")
without = option(multiple=True, metavar="MECHANISM", help="Switch a mechanism off.")
uncertainty = option(
    type=click.Choice(["posterior", "prior", "none"]),
    default="posterior",
    help="Draw parameters from the posterior, from the priors, or keep their defaults.",
)
threads = option(type=click.IntRange(1, 256), help="Threads to use.")
runs = option(default=1000, help="Worlds a structure.")
weights = option(metavar="OUTCOME=NUMBER,…", help="Positive where more is worse.")
baseline = option(help="Scenario the others are compared with.")
motive = option(
    default="all",
    help="Why the militias attack: presence, patron, domestic, rivalry, conjunction, or all.",
)
weights_of_motives = option(
    metavar="MOTIVE=NUMBER,…",
    expose_value=False,
    callback=_weigh,
    help="How often each motive is drawn, where not equally; one that is not named is not drawn.",
)
place_on = option(
    "--on",
    default="here",
    metavar="WHERE",
    help="Who plays: here; local:N for N processes; dask://HOST:PORT for a Dask cluster.",
)
out = option(
    metavar="FOLDER",
    type=click.Path(),
    help="Folder of results.  [default: $DRAWDOWN_RESULTS, or results/ where you stand]",
)
games_file = option(
    "--file",
    type=click.Path(path_type=Path),
    help="SQLite file of the games.  [default: exercise.sqlite in the folder of results]",
)


def draws(usual: int) -> Any:
    """Return the option of how many draws."""
    return option(default=usual, help="Draws of the uncertainties a structure.")


def lucks(usual: int) -> Any:
    """Return the option of how many lucks."""
    return option(
        default=usual,
        type=click.IntRange(1, 1000),
        help="Lucks that each draw or point lives; what is told is their mean.",
    )


def structure(usual: str, *also: str) -> Any:
    """Return the option of a rival structure, ``also`` such words as ``all``."""
    more = "".join(f", or {word}" for word in also)
    return option(default=usual, help=f"What a strike does: deter, neutral, provoke{more}.")


def _anew(ctx: click.Context, option: click.Parameter, given: bool) -> None:
    del option
    if given:
        from drawdown.worlds.checkpoint import anew

        ctx.with_resource(anew())


again = option(
    is_flag=True,
    callback=_anew,
    help="Remove the parts that an interrupted command of the same words has finished, and begin "
    "anew.",
)


class Trust(Options):
    """What a user allows a result to bring.

    Attributes:
        trust_rules: Whether its own rules, a program, are run.
        files: Files and folders with what it read and does not carry.
    """

    trust_rules: bool = option(
        is_flag=True, help="Run the rules that the result carries, a program: read them first."
    )
    files: tuple[Path, ...] = option(
        "--with",
        multiple=True,
        metavar="PATH",
        type=click.Path(path_type=Path),
        help="A file, or a folder of files, that the result read and does not carry.",
    )


class Observed(Options):
    """How observed files are read, and from lists of events to series."""

    dates: str | None = option(
        metavar="ORDER", help="Order of dates where the file leaves it open: dmy, mdy or ymd."
    )
    decimal: str | None = option(
        metavar="SIGN", help="Decimal sign where the file leaves it open: . or ,"
    )
    grade: str | None = option(metavar="LETTERS", help="Rows of these grades only, such as AB.")

    def reading(self) -> Reading:
        """Return what the user says of a file."""
        from drawdown.declared.tabular import Reading

        return Reading(self.dates.lower() if self.dates else None, self.decimal, self.grade)


def day_of(text: str | None, option: str, example: str = "2021-08-01") -> date | None:
    """Return the date that an option gives, or None where it is not given."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option}: must be a date such as {example}, got '{text}'") from None


class Keep(Options):
    """Where a command's result goes."""

    on: str = "here"
    name: str | None = option(help="What the result's folder is called.")
    out: str | None = out
    overwrite: bool = option(is_flag=True, help="Replace a result of this name.")

    def words(self) -> list[str]:
        """Return these options as words of a command."""
        named = ["--name", self.name] if self.name is not None else []
        placed = ["--out", self.out] if self.out is not None else []
        by = ["--on", self.on] if self.on != "here" else []
        return [*named, *placed, *(["--overwrite"] if self.overwrite else []), *by]

    @property
    def folder(self) -> Path:
        """The folder of results."""
        from drawdown.declared.result_folder import results_folder

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
        from drawdown.connect import package, provenance
        from drawdown.declared import result_folder
        from drawdown.declared.parameters import weights_of_motives as weights_of_motives_now
        from drawdown.declared.result_folder import digest_of
        from drawdown.worlds import shards
        from drawdown.worlds.checkpoint import code_digest, program

        whole = {"model": program(), "weights": weights_of_motives_now()}
        whole |= dict(settings)
        words = invocation.command()
        files = invocation.inputs()
        provenance.ask(words, files)
        # The place of a replay is that of what it replays, wherever its files are now.
        whole = provenance.as_given(whole)
        found = result_folder.find(self.name, usual, whole, self.out, self.overwrite)
        found.finish = package.describe
        ctx = click.get_current_context()
        ctx.call_on_close(found.drop)
        key = digest_of(whole | {"code": code_digest(), "command": words, "files": files})
        work = shards.Work(None if stages else found.unfinished(key), players(self.on))
        ctx.call_on_close(lambda: work.forget() if found.done else None)
        ctx.with_resource(shards.working(work))
        return found


class KeepOf(Keep):
    """Where a result goes, and who plays its worlds."""

    on: str = place_on
    again: None = again


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


def parse_set(given: tuple[str, ...], off: tuple[str, ...]) -> dict[str, float]:
    """Return the parameters that ``--set`` and ``--without`` choose.

    Raises:
        InputError: For every name or value that is wrong.
    """
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
    terminal.note(told)
