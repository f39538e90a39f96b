"""Shows what each motive predicts: a table and one figure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from drawdown.declared.columns import MOTIVES
from drawdown.declared.language import Language
from drawdown.questions.compare import POOLED
from drawdown.questions.predictions import EVENTS, Predictions
from drawdown.views.figures import FORMATS, STYLE, save
from drawdown.views.sheet import Console, Sheet
from drawdown.views.tables import interval

MARKS = {
    "presence": ("o", "#0072b2"),
    "patron": ("s", "#d55e00"),
    "domestic": ("D", "#009e73"),
    "rivalry": ("^", "#cc79a7"),
    "conjunction": ("v", "#555555"),
}
"""Each motive's shape and colour, told apart without colour too."""

LEAST = 0.02


def table(found: Predictions, language: Language) -> Sheet:
    """Return the ratios, one row an event."""
    heads = [language.word("predictions", "event")]
    heads += [language.word("motives", m) for m in (*MOTIVES, POOLED)]
    sheet = Sheet(language.line(language.word("predictions", "title")), heads)
    for event in EVENTS:
        sheet.row(
            language.word("predictions", event.name),
            *(interval(found.ratios[event.name, m], language) for m in (*MOTIVES, POOLED)),
        )
    return sheet


def _names(apart: Sequence[tuple[str, str]], other: str, language: Language) -> list[str]:
    return [language.word("predictions", event) for event, o in apart if o == other]


def show(found: Predictions, language: Language, console: Console) -> None:
    """Print the table, and which motives contradict each other where."""
    console.print(table(found, language))
    comma = language.comma
    for motive in MOTIVES:
        apart = found.contradicted(motive)
        told = [
            f"{language.word('motives', other)} ({comma.join(_names(apart, other, language))})"
            for other in MOTIVES
            if any(o == other for _, o in apart)
        ]
        console.print(
            language.line(
                language.word(
                    "predictions",
                    "contradicts" if told else "alike",
                    motive=language.word("motives", motive),
                    others=language.semicolon.join(told),
                )
            ),
        )
    console.print(language.line(language.word("predictions", "how")))


def rows(found: Predictions) -> list[list[str]]:
    """Return ratios and P(stop) as rows for a CSV file."""
    lines = [["event", "motive", "what", "mean", "low", "high", "future_low", "future_high"]]
    for what, numbers in (("ratio", found.ratios), ("stop_180", found.stops)):
        for (event, motive), e in numbers.items():
            values = (e.mean, e.low, e.high, e.future_low, e.future_high)
            lines.append([event, motive, what, *(f"{v:.5g}" for v in values)])
    return lines


def draw(
    found: Predictions, folder: Path, language: Language, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Draw every event's ratio under each motive, with its simulation interval."""
    with matplotlib.rc_context(cast(Any, STYLE)):
        figure = Figure(figsize=(8.5, 7.2), layout="constrained")
        axes = figure.add_subplot()
        for row, event in enumerate(EVENTS):
            axes.axhspan(row - 0.5, row + 0.5, color="#f4f4f4" if row % 2 else "white", zorder=0)
            for k, motive in enumerate(MOTIVES):
                e = found.ratios[event.name, motive]
                mark, colour = MARKS[motive]
                y = row + (k - 2) * 0.15
                ends = np.maximum([[e.mean - e.low], [e.high - e.mean]], 0.0)
                ends[0] = np.minimum(ends[0], e.mean - LEAST / 2) if e.mean > LEAST else 0.0
                axes.plot(
                    [max(e.future_low, LEAST), max(e.future_high, LEAST)],
                    [y, y],
                    color=colour,
                    linewidth=0.8,
                    alpha=0.6,
                )
                axes.errorbar(
                    [max(e.mean, LEAST)],
                    [y],
                    xerr=ends,
                    fmt=mark,
                    color=colour,
                    markersize=6,
                    elinewidth=3.5,
                    capsize=0,
                    label=language.line(language.word("motives", motive)) if row == 0 else None,
                )
        axes.axvline(1.0, color="#888888", linewidth=1, zorder=1)
        axes.set_xscale("log")
        ticks = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]
        axes.set_xticks(ticks, [language.number(t) if t < 1 else f"{t:g}" for t in ticks])
        axes.set_xlim(LEAST * 0.9, 2.6)
        axes.minorticks_off()
        names = [language.line(language.word("predictions", event.name)) for event in EVENTS]
        axes.set_yticks(range(len(EVENTS)), names)
        axes.set_ylim(len(EVENTS) - 0.5, -0.5)
        axes.tick_params(length=0)
        axes.set_xlabel(language.line(language.word("predictions", "axis")))
        if language.right_to_left:
            axes.yaxis.tick_right()
        figure.legend(loc="outside upper center", ncols=5, frameon=False)
        return save(figure, folder, "predictions", language, formats)
