"""Scenario discovery: in which corner of the uncertainties something happens.

PRIM (Friedman and Fisher 1999, as EMA Workbench has it) peels a box around the cases; the
box is then judged on draws it has not seen.
"""

from __future__ import annotations

import inspect
import logging
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from drawdown.declared.arrays import Booleans, Floats

LEAST_MASS = 0.05
"""Smallest share of the draws that a box may hold."""

SURE = 0.05
"""A side of a box counts where its quasi-p-value lies below this, divided by the number of
uncertainties that could have made a side."""


@dataclass(frozen=True)
class Side:
    """One restriction of a box.

    Attributes:
        name: The uncertainty.
        low: Lowest value inside.
        high: Highest value inside.
        from_below: Whether the lower end cuts anything off.
        from_above: Whether the upper end does.
        quasi_p: Chance of so dense a box without this side, by a binomial test on the draws
            the box was found on.
    """

    name: str
    low: float
    high: float
    from_below: bool
    from_above: bool
    quasi_p: float


@dataclass(frozen=True)
class Box:
    """A corner of the uncertainties where the cases of interest are.

    Attributes:
        sides: Its restrictions, most important first.
        coverage: Share of all cases that lie in the box, on fresh draws.
        density: Share of the box's draws that are cases, on fresh draws.
        mass: Share of all draws in the box, on fresh draws.
        found_coverage: Coverage on the draws it was found on.
        found_density: Density on those.
        base: Share of all fresh draws that are cases.
    """

    sides: tuple[Side, ...]
    coverage: float
    density: float
    mass: float
    found_coverage: float
    found_density: float
    base: float


def _inside(x: Mapping[str, Floats], sides: Sequence[Side], size: int) -> Booleans:
    inside = np.ones(size, np.bool_)
    for side in sides:
        inside &= (x[side.name] >= side.low) & (x[side.name] <= side.high)
    return inside


def _judged(
    x: Mapping[str, Floats], y: Booleans, sides: Sequence[Side]
) -> tuple[float, float, float]:
    inside = _inside(x, sides, len(y))
    hits = float((inside & y).sum())
    cases = max(1.0, float(y.sum()))
    return hits / cases, hits / max(1.0, float(inside.sum())), float(inside.mean())


def discover(
    x: Mapping[str, Floats],
    y: Booleans,
    fresh_x: Mapping[str, Floats],
    fresh_y: Booleans,
    threshold: float = 0.8,
    most_sides: int = 4,
) -> Box | None:
    """Return the box that best says where cases are, or None where there are too few.

    Of the peeling's boxes with at most ``most_sides`` sides, the one with the largest
    coverage among those as dense as ``threshold``, else the one with the best harmonic mean
    of coverage and density. Sides that chance could have made (`SURE`) are dropped, and a box
    that holds no more cases on fresh draws than all draws do is none.

    Args:
        x: Uncertainties by name, one value a draw.
        y: Whether each draw is a case.
        fresh_x: Uncertainties of other draws.
        fresh_y: Whether those are cases.
        threshold: Density asked for.
        most_sides: Most sides of the box.
    """
    cases = int(y.sum())
    if not 20 <= cases <= len(y) - 20:
        return None
    found = _peeled(x, y, threshold)
    if found is None:
        return None
    best: tuple[float, tuple[Side, ...]] | None = None
    # The same numbers under the newer releases' name and the older ones'.
    every_quasi_p = found.p_values if "p_values" in vars(found) else found.qp
    for i in range(len(found.peeling_trajectory)):
        sides = _sides(found.box_lims[i], every_quasi_p[i], len(x))
        if not 1 <= len(sides) <= most_sides:
            continue
        coverage, density, mass = _judged(x, y, sides)
        if mass < LEAST_MASS / 2:
            continue
        mean = 2 * coverage * density / max(1e-9, coverage + density)
        merit = 1.0 + coverage if density >= threshold else mean
        if best is None or merit > best[0]:
            best = (merit, tuple(sorted(sides, key=lambda s: s.quasi_p)))
    if best is None:
        return None
    sides_found = best[1]
    coverage, density, _ = _judged(x, y, sides_found)
    box = Box(
        sides_found,
        *_judged(fresh_x, fresh_y, sides_found),
        coverage,
        density,
        float(fresh_y.mean()),
    )
    # Where cases are no denser inside than outside on draws it has not seen, chance made it.
    return box if box.density > max(box.base, float(y.mean())) else None


def _peeled(x: Mapping[str, Floats], y: Booleans, threshold: float) -> Any:
    """Return the library's boxes, each peeled from the one before, or None."""
    import pandas as pd

    frame = pd.DataFrame({k: np.asarray(v, np.float64) for k, v in x.items()})
    with warnings.catch_warnings():
        # They tell of optional packages we do not use, and of its own use of pandas.
        warnings.filterwarnings("ignore", message="ipyparallel not installed")
        warnings.filterwarnings("ignore", message="altair based", category=ImportWarning)
        warnings.filterwarnings("ignore", message="The inplace keyword")
        from ema_workbench.analysis import prim

        logging.getLogger("EMA").setLevel(logging.ERROR)
        # Older releases tell nothing below a threshold, newer ones know none; which box is
        # dense enough is chosen by the caller.
        least: dict[str, float] = {}
        if "threshold" in inspect.signature(prim.Prim).parameters:
            least["threshold"] = min(threshold, float(y.mean()))
        return prim.Prim(frame, y, mass_min=LEAST_MASS, **least).find_box()


def _sides(limits: Any, quasi_p: Mapping[str, Any], uncertainties: int) -> list[Side]:
    """Return the sides of a box that chance is not likely to have made."""
    sides = []
    for name, pair in quasi_p.items():
        below, above = (0.0 <= p < SURE / uncertainties for p in pair)
        if below or above:
            low = float(limits[name].iloc[0]) if below else -np.inf
            high = float(limits[name].iloc[1]) if above else np.inf
            value = min(p for p, ok in zip(pair, (below, above), strict=True) if ok)
            sides.append(Side(str(name), low, high, bool(below), bool(above), float(value)))
    return sides
