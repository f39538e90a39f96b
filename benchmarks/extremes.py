"""Play questions at the ends of what may be asked, and hold the answers to their bounds.

python benchmarks/extremes.py [--write]

``--write`` writes docs/extremes.md. The questions and their bounds stand in extremes.yaml.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any

import numpy as np

from drawdown.declared.arrays import Floats
from drawdown.declared.scenario import Scenario
from drawdown.declared.scenario_file import Event
from drawdown.worlds import ensemble
from drawdown.worlds.ensemble import Ensemble
from drawdown.worlds.run import Run

ROOT = Path(__file__).parents[1]
BASE = "sustained-presence"
WORLDS = 200
WINDOWS = (
    (date(2021, 11, 1), date(2022, 1, 31)),
    (date(2022, 2, 1), date(2023, 1, 31)),
)
MONTHLY = tuple(date(2022 + k // 12, 1 + k % 12, 15) for k in range(24))
AS_SURE = 3.0
"""Standard errors by which a mean may lie on the wrong side of its neighbour in a sweep."""


@dataclass(frozen=True)
class Answer:
    """An answer beside its bound.

    Attributes:
        question: What was asked.
        outcome: Of which outcome.
        told: The numbers.
        bound: What they must keep.
        rule: The rule that keeps it.
        kept: Whether they do.
    """

    question: str
    outcome: str
    told: str
    bound: str
    rule: str
    kept: bool


@dataclass
class Played:
    """Worlds of scenarios played together, by name.

    Attributes:
        ensembles: By name.
    """

    ensembles: dict[str, Ensemble] = field(default_factory=dict)

    def values(self, name: str, outcome: str) -> Floats:
        """Return an outcome of every world."""
        return self.ensembles[name].outcome(outcome)


def questions() -> dict[str, Any]:
    """Return extremes.yaml."""
    from ruamel.yaml import YAML

    text = Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return found


def asked_scenario(name: str, item: Mapping[str, Any]) -> Scenario:
    """Return the scenario of one question."""
    found = Scenario.load(item["scenario"])
    if "end" in item:
        found = found.until(date.fromisoformat(f"{item['end']}"))
    events = [Event.model_validate(e) for e in item.get("events", ())]
    if "monthly" in item:
        events += [Event.model_validate({"date": d, "what": item["monthly"]}) for d in MONTHLY]
    return replace(found, events=(*found.events, *events)).named(name)


def scenarios(every_pair: bool = True) -> dict[str, Scenario]:
    """Return what is played, by name."""
    told, base = questions(), Scenario.load(BASE)
    start = base.start
    found = {name: asked_scenario(name, item) for name, item in told["asked"].items()}

    def moved(name: str, levers: Mapping[str, Any]) -> Scenario:
        return base.with_levers(**{k: {start: v} for k, v in levers.items()}).named(name)

    for name, item in told["sweeps"].items():
        for k, levers in enumerate(item["levers"]):
            found[f"{name} {k}"] = moved(f"{name} {k}", levers)
    ends = told["ends"]["ends"]
    for lever, values in ends.items():
        for value in values:
            found[f"{lever}={value}"] = moved(f"{lever}={value}", {lever: value})
    for one, other in combinations(ends, 2) if every_pair else ():
        for a, b in product(ends[one], ends[other]):
            name = f"{one}={a}, {other}={b}"
            found[name] = moved(name, {one: a, other: b})
    return found


def play(worlds: int = WORLDS, every_pair: bool = True) -> Played:
    """Play all questions with the same worlds.

    Args:
        worlds: Worlds of each.
        every_pair: Whether to play every pair of levers at their ends.
    """
    played = Played()
    for name, scenario in scenarios(every_pair).items():
        run = Run(runs=worlds, bands=False, windows=WINDOWS)
        played.ensembles[name] = ensemble.play([scenario], run)[0]
    return played


def answers(played: Played) -> Iterator[Answer]:
    """Yield every answer beside its bound."""
    told = questions()
    for name, item in told["sweeps"].items():
        yield from _swept(played, name, item)
    for name, item in told["asked"].items():
        for outcome, bound in item["bounds"].items():
            yield _bounded(played, name, item["question"], outcome, bound, item["rule"])
    ends = told["ends"]
    names = [n for n in played.ensembles if "=" in n]
    for outcome, bound in ends["bounds"].items():
        each = [_bounded(played, n, n, outcome, bound, ends["rule"]) for n in names]
        means = [float(np.nanmean(played.values(n, outcome))) for n in names]
        low, high = int(np.argmin(means)), int(np.argmax(means))
        faults = [one for one in each if not one.kept]
        yield Answer(
            f"{len(names)} settings of one lever or two at their ends",
            outcome,
            f"{means[low]:.3g} ({names[low]}) to {means[high]:.3g} ({names[high]})",
            each[0].bound,
            ends["rule"],
            not faults,
        )


def _swept(played: Played, name: str, item: Mapping[str, Any]) -> Iterator[Answer]:
    places = [f"{name} {k}" for k in range(len(item["levers"]))]
    for outcome, way in item["must"].items():
        sign = 1.0 if way == "+" else -1.0
        each = [played.values(p, outcome) for p in places]
        told = " · ".join(f"{np.nanmean(v):.3g}" for v in each)
        good = True
        for a, b in pairwise(each):
            more = sign * (b - a)
            noise = float(more.std(ddof=1)) / np.sqrt(len(more))
            good &= float(more.mean()) >= -AS_SURE * noise
        first, last = float(each[0].mean()), float(each[-1].mean())
        good &= sign * (last - first) > 0.0
        bound = "rises" if sign > 0 else "falls"
        least = item.get("last_over_first", {}).get(outcome)
        if least is not None:
            bound += f", at least {least} times"
            good &= last >= least * first
        yield Answer(item["question"], outcome, told, bound, item["rule"], bool(good))


def _bounded(
    played: Played, name: str, question: str, outcome: str, bound: Mapping[str, Any], rule: str
) -> Answer:
    mean = float(np.nanmean(played.values(name, outcome)))
    told, limits = f"{mean:.3g}", f"{bound['least']} to {bound['most']}"
    if "of" in bound:
        other = float(np.nanmean(played.values(bound["of"], outcome)))
        told = f"{mean:.3g}, {mean / other:.2f} times {bound['of']}"
        mean, limits = mean / other, f"{limits} times {bound['of']}"
    return Answer(question, outcome, told, limits, rule, bound["least"] <= mean <= bound["most"])


def page(found: Sequence[Answer], commit: str) -> str:
    """Return docs/extremes.md."""
    head = (
        "# Extreme questions\n\n"
        "What the model answers at the ends of what may be asked, the bound that the answer must\n"
        "keep, and the rule that keeps it. `python benchmarks/extremes.py --write` plays them\n"
        f"({WORLDS} worlds each, strikes change nothing, seed 0; commit {commit}); a test plays\n"
        "them with fewer. The bounds are judgements of what can be defended, not findings.\n"
        "With few soldiers the answer hangs on the threshold `any_soldier_scale` (C24): below it\n"
        "nobody counts as being there.\n\n"
        "| asked | outcome | answer | must | rule |\n|---|---|---|---|---|\n"
    )
    rows = (
        f"| {a.question} | `{a.outcome}` | {a.told}{'' if a.kept else ' **not kept**'} "
        f"| {a.bound} | {a.rule} |"
        for a in found
    )
    return head + "\n".join(rows) + "\n"


def main() -> None:
    """Play, say what is not kept, and write the page where that is asked for."""
    found = list(answers(play()))
    for a in found:
        mark = " " if a.kept else "!"
        print(f"{mark} {a.question} · {a.outcome}: {a.told} (must: {a.bound})", flush=True)
    if "--write" in sys.argv[1:]:
        words = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
        commit = subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()
        (ROOT / "docs" / "extremes.md").write_text(page(found, commit), encoding="utf-8")
    raise SystemExit(0 if all(a.kept for a in found) else 1)


if __name__ == "__main__":
    main()
