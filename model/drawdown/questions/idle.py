"""What moves nothing: each choice is tried at both ends of its range in a few paired worlds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from drawdown.declared import levers
from drawdown.declared.columns import STRUCTURES
from drawdown.declared.lever_table import POLICY_LEVERS, PolicyLever
from drawdown.declared.parameters import Setting, declarations
from drawdown.declared.scenario import Scenario, names
from drawdown.worlds import ensemble

RUNS = 32
"""Worlds in which a choice is tried, under each structure."""


class IdleWarning(UserWarning):
    """Something was chosen that moved nothing, or acts otherwise than it reads."""


def _ends(
    scenarios: Sequence[Scenario], structure: str, chosen: Mapping[str, Setting]
) -> list[bytes]:
    """Return how the worlds of each scenario end: all their outcomes."""
    found = ensemble.play(
        scenarios,
        runs=RUNS,
        structure=structure,
        uncertainty="prior",
        chosen=chosen,
        bands=False,
    )
    return [one.outcomes.tobytes() for one in found]


def _alike(variants: Sequence[Scenario], structures: Sequence[str]) -> bool:
    """Return whether no outcome of any world differs between variants of a scenario."""
    return all(len(set(_ends(variants, structure, {}))) == 1 for structure in structures)


def _sentence(ends: Sequence[float | str], structures: Sequence[str]) -> str:
    said = [end if isinstance(end, str) else f"{end:g}" for end in ends]
    each = " of each structure" if len(structures) > 1 else ""
    return f"moved nothing in {RUNS} worlds{each}, at {', '.join(said[:-1])} or {said[-1]}"


def parameters(
    scenarios: Sequence[Scenario],
    chosen: Mapping[str, Setting],
    structures: Sequence[str] = STRUCTURES,
) -> dict[str, str]:
    """Return the chosen parameters that moved nothing in any of the scenarios, with a sentence.

    Args:
        scenarios: What is played.
        chosen: Parameters chosen beside the scenarios; they act on their histories too.
        structures: Rival structures played.

    Example:
        >>> from drawdown import Scenario
        >>> from drawdown.declared.parameters import Setting
        >>> some = {"campaign_boost": Setting(value=3.0), "lethality": Setting(value=0.1)}
        >>> parameters([Scenario.load("restraint")], some, ("neutral",))
        {'campaign_boost': 'moved nothing in 32 worlds, at 0 or 6'}
    """
    found = {}
    for name in chosen if ensemble.has_compiler() else ():
        ends = declarations()[name].range
        low, high = ({**chosen, name: Setting(value=end)} for end in ends)
        if ends[0] < ends[1] and all(
            _ends(scenarios, each, low) == _ends(scenarios, each, high) for each in structures
        ):
            found[name] = _sentence(ends, structures)
    return found


def _world(scenario: Scenario, structures: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what a scenario chooses of its world and moves nothing from its first day on."""
    for name in scenario.world:
        ends = declarations()[name].range
        each = [replace(scenario, world={**scenario.world, name: Setting(value=e)}) for e in ends]
        if ends[0] < ends[1] and _alike(each, structures):
            yield f"world.{name}", _sentence(ends, structures)


def _at(scenario: Scenario, lever: PolicyLever, end: float | str) -> Scenario:
    """Return a scenario with a lever at an end of its range, from the first day or on its way."""
    if lever.along_lines:
        return levers.moved(scenario, {lever.name: end})
    return scenario.with_levers(**{lever.name: end})


def _levers(scenario: Scenario, structures: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the levers that a scenario's own file gives and that move nothing."""
    for lever in POLICY_LEVERS:
        if lever.name in scenario.places:
            numbers = lever.slider[:2] if lever.along_lines else lever.range
            ends: Sequence[float | str] = lever.choices or numbers
            if _alike([_at(scenario, lever, end) for end in ends], structures):
                yield lever.name, _sentence(ends, structures)


def notes(scenario: Scenario, structures: Sequence[str] = STRUCTURES) -> list[str]:
    """Return a sentence for all that a scenario's file says and no world shows.

    The model's own scenarios are taken as they are: the tests try them.

    Args:
        scenario: What is played.
        structures: Rival structures played.
    """
    found = list(scenario.notes)
    conditioned = scenario.mode == "conditioned" and scenario.history is not None
    if conditioned and "mode" in scenario.places:
        found.append(
            f"{scenario.places['mode']}: strikes happen only on dates given under events, and "
            "support at home forces no review of the soldiers; 'mode: free' lets both follow "
            "the rules"
        )
    if ensemble.has_compiler() and scenario.source not in names():
        for tried in (_levers, _world):
            for name, sentence in tried(scenario, structures):
                place = scenario.places.get(name, f"{scenario.name}: {name}")
                found.append(f"{place}: {sentence}")
    return found
