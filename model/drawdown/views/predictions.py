"""Shows what each motive predicts: a table and one figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drawdown.declared.columns import MOTIVES
from drawdown.declared.language import Language
from drawdown.evidence.predictions import EVENTS, Predictions
from drawdown.questions.compare import POOLED, Estimate
from drawdown.views.figures import FORMATS, named_rows, save, styled
from drawdown.views.tables import interval
from drawdown.views.terminal_tables import Console, Sheet
from drawdown.views.words import Cell, Words, csv_table

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
    word, columns = Words(language, "predictions"), (*MOTIVES, POOLED)
    rows = [
        (word(event.name), *(interval(found.ratios[event.name, m], language) for m in columns))
        for event in EVENTS
    ]
    heads = [word("event"), *Words(language, "motives").each(*columns)]
    return Sheet(word.line("title"), heads, rows=rows)


def show(found: Predictions, language: Language, console: Console) -> None:
    """Print the table, and which motives contradict each other where."""
    console.print(table(found, language))
    word, motives = Words(language, "predictions"), Words(language, "motives")
    for motive in MOTIVES:
        apart = found.contradicted(motive)
        others = []
        for other in MOTIVES:
            events = word.each(*(event for event, o in apart if o == other))
            if events:
                others.append(f"{motives(other)} ({language.comma.join(events)})")
        values = {"motive": motives(motive), "others": language.semicolon.join(others)}
        console.print(word.line("contradicts" if others else "alike", **values))
    console.print(word.line("how"))


@csv_table("event motive what mean low high future_low future_high", digits=5)
def rows(found: Predictions) -> Iterator[Sequence[Cell]]:
    """Return ratios and P(stop) as rows for a CSV file."""
    for what, numbers in (("ratio", found.ratios), ("stop_180", found.stops)):
        for (event, motive), e in numbers.items():
            yield event, motive, what, *e.numbers


def _draw_ratio(ax: Axes, y: float, e: Estimate, motive: str, label: str | None) -> None:
    """Draw a ratio with both its intervals at a height; what is below `LEAST` stands there."""
    mark, colour = MARKS[motive]
    ends = np.maximum([[e.mean - e.low], [e.high - e.mean]], 0.0)
    ends[0] = np.minimum(ends[0], e.mean - LEAST / 2) if e.mean > LEAST else 0.0
    futures = [max(e.future_low, LEAST), max(e.future_high, LEAST)]
    ax.plot(futures, [y, y], color=colour, linewidth=0.8, alpha=0.6)
    ax.errorbar(
        [max(e.mean, LEAST)],
        [y],
        xerr=ends,
        fmt=mark,
        color=colour,
        markersize=6,
        elinewidth=3.5,
        capsize=0,
        label=label,
    )


@styled
def draw(
    found: Predictions, folder: Path, language: Language, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Draw every event's ratio under each motive, with its simulation interval."""
    figure = Figure(figsize=(8.5, 7.2), layout="constrained")
    ax = figure.add_subplot()
    word, motives = Words(language, "predictions"), Words(language, "motives")
    for row, event in enumerate(EVENTS):
        ax.axhspan(row - 0.5, row + 0.5, color="#f4f4f4" if row % 2 else "white", zorder=0)
        for k, motive in enumerate(MOTIVES):
            label = motives.line(motive) if row == 0 else None
            _draw_ratio(ax, row + (k - 2) * 0.15, found.ratios[event.name, motive], motive, label)
    ax.axvline(1.0, color="#888888", linewidth=1, zorder=1)
    ax.set_xscale("log")
    ticks = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]
    ax.set_xticks(ticks, [language.number(t) if t < 1 else f"{t:g}" for t in ticks])
    ax.set_xlim(LEAST * 0.9, 2.6)
    ax.minorticks_off()
    named_rows(ax, word.each(*(event.name for event in EVENTS)), language)
    ax.set_ylim(len(EVENTS) - 0.5, -0.5)
    ax.tick_params(length=0)
    ax.set_xlabel(word.line("axis"))
    figure.legend(loc="outside upper center", ncols=5, frameon=False)
    return save(figure, folder, "predictions", language, formats)
