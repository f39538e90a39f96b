"""Everything that a hand can move in Explore, and its map, from the declarations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from math import floor, log10
from statistics import NormalDist
from typing import Any

from drawdown.day import rulebook
from drawdown.day.curves import DAYS
from drawdown.declared import data_files
from drawdown.declared import levers as levers_of
from drawdown.declared import parameters as declared
from drawdown.declared.actors import cast
from drawdown.declared.columns import MOTIVES, STRUCTURES
from drawdown.declared.conditions import DECIDES, MOST_MOVED, sights
from drawdown.declared.language import Language
from drawdown.declared.lever_table import IMPLIED, POLICY_LEVERS, POSTURE
from drawdown.views.conditions import told as told_condition
from drawdown.web import custom_conditions
from drawdown.web.address import ALL, loaded, offered, spelling

FEW = 40
"""Worlds in which each uncertainty is tried at both of its ends."""

WORDS_OF = {lever.name: lever.words for lever in POLICY_LEVERS if lever.words}
"""Groups of words for the choices of a lever."""


def map_of(language: Language) -> dict[str, Any]:
    """Return the outline, the sites and the regions of the map, to be written as JSON."""
    drawn = data_files.load("map")
    return {
        "outline": drawn["outline"],
        "cities": [
            {"name": language.word("cities", name), "lon": lon, "lat": lat}
            for name, (lon, lat) in drawn["cities"].items()
        ],
        "sites": [
            {
                "name": site.name,
                "title": language.word("sites", site.name),
                "kind": site.kind,
                "lon": site.lon,
                "lat": site.lat,
            }
            for site in cast().sites
        ],
    }


def drawn_apart() -> Iterator[tuple[str, declared.Parameter]]:
    """Yield the parameters that are drawn, each by itself: all but the motive."""
    for name, item in declared.declarations().items():
        if item.prior is not None and name != declared.MOTIVE:
            yield name, item


def ends(item: declared.Parameter) -> tuple[float, float]:
    """Return the lowest and the highest value that a parameter is drawn at."""
    assert item.prior is not None
    ends = [item.prior[s].quantile(u) for s in STRUCTURES for u in (0.0, 1.0)]
    return min(ends), max(ends)


def nice(step: float) -> float:
    """Return the nearest step below that a reader can count in: 1, 2 or 5 of a power of ten.

    Example:
        >>> nice(0.0187), nice(3.2), nice(0.05)
        (0.01, 2.0, 0.05)
    """
    power = 10.0 ** floor(log10(step))
    size = next(n for n in (5.0, 2.0, 1.0) if n * power <= step * (1.0 + 1e-9))
    return float(f"{size * power:.6g}")


def groups(language: Language) -> list[dict[str, Any]]:
    """Return the scenarios that a page offers in groups, each with a title."""
    left = list(offered())
    found = []
    for item in data_files.load("groups")["groups"]:
        mine = [name for name in item["scenarios"] if name in left]
        left = [name for name in left if name not in mine]
        found.append({"title": language.pick(item["title"]), "scenarios": mine})
    if left:
        found.append({"title": language.word("explore", "preset_others"), "scenarios": left})
    return [group for group in found if group["scenarios"]]


def whose_rules(language: Language) -> str:
    """Return the sentence on the page that the rules are somebody's own; empty for the model's."""
    told = rulebook.current().describe()
    if not told["replaced"]:
        return ""
    replaced = ", ".join(told["replaced"])
    return language.word("explore", "own_rules", file=told["file"], replaced=replaced)


def horizon(language: Language) -> str:
    """Return what days the table under the curves is about."""
    first = min(loaded(n).start for n in offered())
    last = first + timedelta(days=DAYS - 1)
    return language.word(
        "explore",
        "horizon",
        days=language.kept(f"{DAYS}"),
        first=language.day(first),
        last=language.day(last),
    )


def _labelled(values: Iterable[str], group: str, language: Language, of: str = "") -> list[Any]:
    """Return values with their labels, the words of a group that begin with ``of``."""
    return [{"value": v, "label": language.word(group, f"{of}{v}")} for v in values]


def _levers(language: Language) -> Iterator[dict[str, Any]]:
    for s in levers_of.LEVERS:
        yield {
            "name": s.name,
            "label": language.word("explore", f"lever_{s.name}"),
            "low": s.low,
            "high": s.high,
            "step": s.step,
            "choices": _labelled(s.choices, WORDS_OF.get(s.name, ""), language),
        }


def _parameters(language: Language) -> Iterator[dict[str, Any]]:
    for name, item in drawn_apart():
        low, high = ends(item)
        yield {
            "name": name,
            "label": item.name.in_language(language.code),
            "meaning": item.meaning.in_language(language.code),
            "unit": item.unit.in_language(language.code),
            "source": item.source,
            "moves": language.outcome(item.moves)
            if item.moves
            else language.word("explore", "own"),
            "low": low,
            "high": high,
            "step": nice((high - low) / 100),
            "default": item.default,
        }


def _scenarios(language: Language) -> Iterator[dict[str, Any]]:
    for name in offered():
        item = loaded(name)
        yield {
            "name": name,
            "title": item.title.in_language(language.code),
            "question": item.question.in_language(language.code),
            "conditions": [told_condition(c, language) for c in item.conditions],
            "stands": levers_of.stands(item),
            "departs": levers_of.departs(item),
        }


def controls(language: Language) -> dict[str, Any]:
    """Return everything a hand can move, from the declarations, to be written as JSON."""
    parameters = list(_parameters(language))
    return {
        "link": spelling(),
        "levers": list(_levers(language)),
        "parameters": parameters,
        "scenarios": list(_scenarios(language)),
        "implied": IMPLIED,
        "residual": ends(declared.declarations()["residual_advisers"]),
        "motives": [
            {"name": m, "label": language.word("motives", "pooled" if m == "all" else m)}
            for m in ("all", *MOTIVES)
        ],
        "structures": [
            {"name": ALL, "label": language.word("explore", "structure_all")},
            *({"name": s, "label": language.word("structures", s)} for s in STRUCTURES),
        ],
        "groups": groups(language),
        "sights": list(_sights(language)),
        "moved_by_conditions": [
            {
                "name": name,
                "label": language.word("conditions", f"lever_{name}"),
                "decided_by": DECIDES[name],
                "soldiers": name in POSTURE,
                "range": MOST_MOVED.get(name, (0, 0)),
            }
            for name in custom_conditions.LEVERS
        ],
        "few": FEW,
        "days": DAYS,
        "wider": {
            "uncertainties": wider(2 * len(parameters)),
        },
    }


def wider(statements: int) -> float:
    """Return by how much a 95 % interval grows so that so many statements hold together.

    All of them are wrong in at most 5 of 100 cases (Bonferroni), each by the normal law.
    """
    usual, all_of_them = (NormalDist().inv_cdf(1 - 0.025 / n) for n in (1, statements))
    return all_of_them / usual


def _sights(language: Language) -> Iterator[dict[str, Any]]:
    """Yield what a condition of one's own may look at."""
    for name in custom_conditions.offered():
        about = sights()[name]
        low, high = about.get("between", [0, 1])
        on, of, by = (
            _labelled(about["options"].get(option, ()), "conditions", language, prefix)
            for option, prefix in (("on", "on_"), ("of", "of_"), ("counted_by", "by_"))
        )
        yield {
            "name": name,
            "label": language.pick(about["name"]),
            "unit": language.pick(about["unit"]),
            "low": low,
            "high": high,
            "count": about["kind"] == "count",
            "days": about["kind"] == "count" and name != "days_without_attacks",
            "about": on or of,
            "counted_by": by,
            "sees": about["sees"],
        }
