"""Builds the commands that are printed beside numbers: given again, they make those numbers."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from drawdown.connect.provenance import as_given

if TYPE_CHECKING:
    from drawdown.declared.scenario import Scenario
    from drawdown.questions.compare import Comparison


def number(value: float) -> str:
    """Return a number with all its digits, as an option takes it.

    Args:
        value: The number.
    """
    return repr(float(value)).removesuffix(".0")


def words(name: str, *arguments: Any, **options: Any) -> list[str]:
    """Return the words of a command.

    Args:
        name: The command's name.
        *arguments: Its arguments: words, or scenarios.
        **options: Its options by name, with ``_`` for ``-``: scenarios, words and numbers; several
            as a list, which are given one by one; numbers by name as a mapping, which are given
            as ``NAME=NUMBER,…``; True for a flag. None, False and what is empty are left out.
    """
    found = ["drawdown", name, *map(_word, arguments)]
    for key, value in options.items():
        option = f"--{key.replace('_', '-')}"
        if value is True:
            found.append(option)
        elif isinstance(value, Mapping) and value:
            found += [option, ",".join(f"{k}={number(v)}" for k, v in value.items())]
        elif isinstance(value, list | tuple):
            found += [word for item in value for word in (option, _word(item))]
        elif value is not None and value is not False and value != {}:
            found += [option, _word(value)]
    given: list[str] = as_given(found)
    return given


def line(name: str, *arguments: Any, **options: Any) -> str:
    """Return a command as it is typed in a shell.

    Args:
        name: The command's name.
        *arguments: Its arguments, as in `words`.
        **options: Its options, as in `words`.
    """
    return shlex.join(words(name, *arguments, **options))


def _word(value: Any) -> str:
    from drawdown.declared.scenario import Scenario

    if isinstance(value, Scenario):
        return word_of(value)
    return number(value) if isinstance(value, float) else str(value)


def word_of(item: Scenario) -> str:
    """Return the word by which a command plays a scenario: its name, or where its file is.

    Args:
        item: The scenario. One that was changed in Python has no such word; what is returned
            then is refused by every command.
    """
    from drawdown.declared.errors import InputError
    from drawdown.declared.scenario import Scenario

    for word in filter(None, (item.source, item.name)):
        with suppress(InputError):
            if Scenario.load(word).what_is_played() == item.what_is_played():
                return word
    return f"{item.name} (changed in Python)"


def rules_file() -> str | None:
    """Return the file of the rules that are played by now, or None where they are the model's."""
    from drawdown.day import rulebook

    return rulebook.current().file or None


def settings(found: Comparison) -> dict[str, Any]:
    """Return the options that every command on a comparison's worlds takes.

    Args:
        found: The comparison.

    Returns:
        Seed, source of the parameters, and rules, where they are not the usual ones.
    """
    return {
        "seed": found.seed or None,
        "uncertainty": None if found.uncertainty == "posterior" else found.uncertainty,
        "rules": rules_file(),
    }


def weights(found: Comparison) -> dict[str, float]:
    """Return how often each motive was drawn in a comparison; nothing where equally often.

    Args:
        found: The comparison.
    """
    from drawdown.declared.columns import MOTIVES

    if len(set(found.weights)) == 1:
        return {}
    return {m: w for m, w in zip(MOTIVES, found.weights, strict=True) if w > 0.0}


def choices(found: Comparison) -> list[str]:
    """Return the parameters that a comparison chose, as ``--set`` takes them.

    Args:
        found: The comparison.
    """
    from drawdown.declared.parameters import MOTIVE

    return [f"{name}={number(value)}" for name, value in found.chosen.items() if name != MOTIVE]
