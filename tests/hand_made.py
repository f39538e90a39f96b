"""Comparisons, futures and results with numbers of one's own, for what is worked out by hand."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import floor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drawdown.day.outcomes import BINS, CELLS, PARTS, REST, RUN_OUTCOMES
from drawdown.declared import result_folder
from drawdown.declared.columns import MOTIVES, OUTCOMES, PARAMETERS, STRUCTURES
from drawdown.declared.parameters import MOTIVE, text_digest
from drawdown.declared.scenario import Scenario
from drawdown.questions.compare import Comparison
from drawdown.worlds.ensemble import Bands, Ensemble, bin_ranges

Floats = NDArray[np.float64]
BASE, CASE, OTHER = "sustained-presence", "combat-to-advisory", "full-withdrawal"
LEVELS = ((1.0, 2.0), (3.0, 3.0), (4.0, 9.0))
"""What every outcome is on each day in two worlds of each structure; ten more in the next
scenario. Pooled, 5, 25, 50, 75 and 95 % are 1, 2, 3, 4 and 9."""

SHARES = (
    *("stop_60", "stop_120", "stop_180"),
    *("request_made", "request_honoured", "violent_at_start"),
)


def short(name: str, days: int = 20) -> Scenario:
    item = Scenario.load(name)
    return item.until(item.start + timedelta(days=days - 1))


def bands(item: Scenario, levels: Sequence[float]) -> Bands:
    """Return bands in which outcomes have one level in each world, as far as bins reach."""
    lows, widths = bin_ranges()
    histogram = np.zeros((item.days, len(OUTCOMES), CELLS), np.int32)
    outside: dict[tuple[int, int], int] = {}
    for level in levels:
        for o in range(len(OUTCOMES)):
            place = (level - lows[o]) / widths[o] + 0.5
            if 0.0 <= place < BINS:
                histogram[:, o, int(place)] += 1
                histogram[:, o, REST] += round((place - int(place)) * PARTS) - PARTS // 2
            else:
                outside[o, floor(place)] = outside.get((o, floor(place)), 0) + 1
    rows = [(day, *at, many) for day in range(item.days) for at, many in sorted(outside.items())]
    return Bands(item.start, histogram, np.array(rows, np.int32).reshape(-1, 4).T)


def comparison(
    names: Sequence[str] = (BASE, CASE, OTHER),
    runs: int = 10,
    structures: Sequence[str] = STRUCTURES,
    seed: int = 1,
    given: Mapping[tuple[str, str, str], Sequence[float]] | None = None,
) -> Comparison:
    """Return a comparison of short scenarios whose outcomes are drawn, none like another.

    Args:
        names: Scenarios, the baseline first.
        runs: Worlds; their motives come one after the other.
        structures: Rival structures.
        seed: Seed of the outcomes.
        given: Outcomes of one's own, by scenario, structure and outcome.
    """
    rng = np.random.default_rng(seed)
    items = [short(name) for name in names]
    parameters = rng.uniform(size=(len(PARAMETERS), runs))
    parameters[PARAMETERS.index(MOTIVE)] = np.arange(runs) % len(MOTIVES)
    found: dict[tuple[str, str], Ensemble] = {}
    for k, item in enumerate(items):
        for s, structure in enumerate(structures):
            table = 1.0 + rng.gamma(2.0, 1.0 + k + s, (runs, len(RUN_OUTCOMES)))
            for name in SHARES:
                table[:, RUN_OUTCOMES.index(name)] = rng.random(runs) < 0.5
            for (scenario, part, outcome), values in (given or {}).items():
                if (scenario, part) == (item.name, structure):
                    table[:, RUN_OUTCOMES.index(outcome)] = values
            found[item.name, structure] = Ensemble(
                item,
                structure,
                seed,
                np.arange(runs),
                parameters,
                table,
                bands(item, [10.0 * k + level for level in LEVELS[s]]),
                met=np.full((runs, len(item.conditions)), np.nan),
            )
    return Comparison(items, tuple(structures), names[0], seed, runs, found)


def sign_posterior(folder: Path) -> None:
    """Make a changed posterior one that is whole, as a calibration of other worlds would."""
    record = folder / "posterior.json"
    said = json.loads(record.read_text(encoding="utf-8"))
    said["files"]["draws.csv"] = text_digest((folder / "draws.csv").read_bytes())
    record.write_text(result_folder.as_text(result_folder.signed(said)), encoding="utf-8")
