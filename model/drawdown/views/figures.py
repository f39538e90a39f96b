"""Figures: medians with bands, events dated, withdrawal and presence side by side.

Figures are drawn from the tables of a result, so that ``drawdown plot`` draws an old result
as ``drawdown compare`` drew it. Colours are those of Okabe and Ito (2008), which colour-blind
readers can tell apart.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from multiprocessing import active_children, get_context
from pathlib import Path
from textwrap import wrap
from typing import Any, cast

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drawdown.day.outcomes import RUN_OUTCOMES
from drawdown.day.phases import RUNNING
from drawdown.declared import data_files
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import FLOWS, OUTCOMES
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.declared.result_folder import file_digest
from drawdown.declared.storage import writing
from drawdown.questions.compare import (
    LEFT,
    POOLED,
    WINDOWS,
    probability,
    remaining_takes,
    wish_left,
)
from drawdown.views.words import Words
from drawdown.worlds.ensemble import default_threads

FORMATS = ("png", "svg", "pdf")
USUAL = ("png", "svg")
"""Formats of a result's figures; ``plot --formats pdf`` draws them for print."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
MOST_CURVES = 5
LONGEST_TITLE = 48
"""Letters of a scenario's title in a picture."""

WEEK = 7
"""Days between the points of a small picture."""

SMOOTHED = 28
"""Days over which bands of counts are averaged when drawn."""

RARE = (
    "dead_us",
    "dead_coalition",
    "dead_iraqi",
    "wounded_us",
    "wounded_coalition",
    "wounded_iraqi",
    "strikes",
    "strike_cost",
    "quiet",
)
"""Outcomes that are nothing on most days of most worlds."""


STYLE: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 13,
    "axes.titlesize": 15,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "pdf.fonttype": 3,
    # A title may hold dollar signs.
    "text.parse_math": False,
}


styled = matplotlib.rc_context(cast(Any, STYLE))
"""Decorates what draws, so that it draws in `STYLE`."""

_RECORDED = {
    "structures": list,
    "scenarios": dict,
    "runs": int,
    "seed": int,
    "baseline": str,
    "commit": str,
    "uncertainty": str,
}


def _items(record: dict[str, Any]) -> list[dict[str, Any]]:
    return list(record["scenarios"].values())


@dataclass(frozen=True, eq=False)
class Result:
    """The tables of a result's folder; those of worlds are read a column at a time."""

    folder: Path
    record: dict[str, Any]
    bands: pa.Table
    reacting: Any = None

    @staticmethod
    def read(folder: Path) -> Result:
        """Read a folder that `drawdown.connect.store.save` wrote.

        Raises:
            InputError: If it is not one, or a table of it was changed since.
        """
        tables = ("bands", "inputs", "outcomes")
        try:
            record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
            files = record.get("files", {})
            old = "null" in record.get("structures", ())
            for name in (*tables, "conditions"):
                path = folder / f"{name}.parquet"
                if path.name in files and file_digest(path) != files[path.name]:
                    raise InputError(
                        f"{path} was changed after it was written; drawdown rerun {folder} makes "
                        "the result anew"
                    )
            bands = pq.read_table(folder / "bands.parquet")
            about = [set(pq.read_schema(folder / f"{n}.parquet").names) for n in tables]
            path = folder / "conditions.parquet"
            reacting = pq.read_table(path) if path.exists() else None
            whole = (
                all(isinstance(record[k], kind) for k, kind in _RECORDED.items())
                and {"scenario", "structure", "outcome", "date", "q50", "mean"} <= about[0]
                and {"scenario", "structure"} <= about[1]
                and {"scenario", "structure", *RUN_OUTCOMES} <= about[2]
                and all({"title", "start", "end", "events"} <= set(v) for v in _items(record))
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError, pa.ArrowException):
            whole, old = False, False
        if old:
            raise InputError(
                f"{folder} was made when the structure 'neutral' was called 'null', by a version "
                "whose results this one cannot make anew; compare its scenarios again"
            )
        if not whole:
            raise InputError(
                f"{folder} is not a result: 'drawdown run' and 'drawdown compare' write them"
            )
        return Result(folder, record, bands, reacting)

    def column(self, scenario: str, name: str) -> Floats:
        """Return an outcome of a scenario's worlds, structure after structure."""
        found: Floats = self._columns("outcomes", scenario, [name])[name].to_numpy()
        return found

    def _columns(self, table: str, scenario: str, names: list[str]) -> pa.Table:
        return pq.read_table(
            self.folder / f"{table}.parquet",
            columns=names,
            filters=pc.field("scenario") == scenario,
        )

    def drawn(self, scenario: str) -> dict[str, Floats]:
        """Return the parameters of a scenario's worlds that decide what wish remains."""
        there = pq.read_schema(self.folder / "inputs.parquet").names
        names = [n for n in remaining_takes() if n in there]
        table = self._columns("inputs", scenario, names)
        return {name: table[name].to_numpy() for name in names}

    @property
    def scenarios(self) -> list[str]:
        """Names, in order."""
        return list(self.record["scenarios"])

    @property
    def structure(self) -> str:
        """The structure that figures show: all together, or the only one."""
        parts = self.record["structures"]
        return POOLED if len(parts) > 1 else parts[0]

    @lru_cache(maxsize=32)  # noqa: B019 - a result lives as long as the command
    def _shown(self, scenario: str) -> pa.Table:
        return self.bands.filter(
            (pc.field("scenario") == scenario) & (pc.field("structure") == self.structure)
        )

    def title(self, scenario: str, language: Language) -> str:
        """Return a scenario's title, as much of it as fits above a picture."""
        title = language.pick(self.record["scenarios"][scenario]["title"])
        return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"

    def band(self, scenario: str, outcome: str) -> tuple[Floats, Floats, list[date]]:
        """Return quantiles (5, days), means and dates."""
        table = self._shown(scenario).filter(pc.field("outcome") == outcome)
        names = ("q05", "q25", "q50", "q75", "q95")
        quantiles = np.array([table[n].to_numpy() for n in names])
        return quantiles, table["mean"].to_numpy(), table["date"].to_pylist()


def save(
    figure: Figure,
    folder: Path,
    name: str,
    language: Language,
    formats: Sequence[str] = FORMATS,
    dpi: int = 120,
    note: str = "",
) -> list[Path]:
    """Write a figure in several formats and return the files.

    Args:
        figure: The figure.
        folder: Where to.
        name: Its name; figures in Arabic end in ``-ar``.
        language: Its language.
        formats: Endings.
        dpi: Dots an inch of pixels.
        note: What made it, kept in the files.
    """
    suffix = "" if language.code == "en" else f"-{language.code}"
    metadata: dict[str, dict[str, Any]] = {
        "png": {"Description": note},
        "svg": {"Description": note, "Date": None},
        "pdf": {"Subject": note, "CreationDate": None},
    }
    written = []
    for ending in formats:
        path = folder / f"{name}{suffix}.{ending}"
        # Names of parts of an SVG are random otherwise, and no two files the same.
        with matplotlib.rc_context({"svg.hashsalt": name}), writing(path) as file:
            figure.savefig(file, format=ending, dpi=dpi, metadata=metadata[ending])
        written.append(path)
    return written


def panel(size: tuple[float, float], **margins: float) -> tuple[Figure, Axes]:
    """Return a figure with one pair of axes, between margins."""
    figure = Figure(figsize=size)
    ax = figure.subplots()
    figure.subplots_adjust(**margins)
    return figure, ax


def ends_of(
    language: Language, left: float, right: float, mirrored: tuple[float, float] | None = None
) -> dict[str, float]:
    """Return where axes begin and end, the other way round where reading begins on the right.

    Args:
        language: The language.
        left: Where they begin, as a part of the figure's width.
        right: Where they end.
        mirrored: Both, in a language that is read from the right; by default mirrored exactly.
    """
    if language.right_to_left:
        left, right = mirrored or (round(1.0 - right, 6), round(1.0 - left, 6))
    return {"left": left, "right": right}


def lines(text: str, width: int, language: Language) -> str:
    """Return a text broken into lines of so many letters."""
    return "\n".join(language.line(line) for line in wrap(text, width))


def named_rows(ax: Axes, names: Sequence[str], language: Language, **look: Any) -> None:
    """Write the names of rows beside them, on the side where reading begins."""
    ax.set_yticks(range(len(names)), [language.line(name) for name in names], **look)
    if language.right_to_left:
        ax.yaxis.tick_right()


def heading(figure: Figure, text: str, language: Language, size: float, **place: float) -> None:
    """Write what a figure is of above it."""
    figure.suptitle(language.line(text), fontsize=size, fontweight="bold", **place)


def corner(figure: Figure, text: str, language: Language, x: float, y: float, **look: Any) -> None:
    """Write a note below a figure, from where reading begins."""
    place = language.at(x), y
    figure.text(*place, language.line(text), fontsize=9, color="0.35", ha=language.side, **look)


def label(
    ax: Axes, text: str, at: tuple[float, float], offset: tuple[float, float], **look: Any
) -> None:
    """Write a text so many points beside a place."""
    ax.annotate(text, at, xytext=offset, textcoords="offset points", **look)


def beside(ax: Axes, text: str, height: float, colour: str, coordinates: Any) -> None:
    """Write the name of a curve on the right of the axes, at a height in some coordinates."""
    ax.annotate(
        text,
        (1.01, height),
        xycoords=coordinates,
        color=colour,
        va="center",
        fontsize=12,
        fontweight="bold",
        annotation_clip=False,
    )


def _date_axis(ax: Axes, days: Sequence[date], language: Language) -> None:
    first, last = days[0], days[-1]
    years = (date(year, 1, 1) for year in range(first.year, last.year + 1))
    ticks = [day for day in years if first <= day <= last]
    # A month's Arabic name has no short form.
    letters = None if language.right_to_left else 3
    labels = [f"{language.months[t.month - 1][:letters]}\n{t.year}" for t in ticks]
    ax.set_xticks(_numbers(ticks), labels, fontsize=10)
    ax.set_xlim(*_numbers((first, last)))


def _numbers(days: Sequence[date]) -> Floats:
    result: Floats = np.array(days, "datetime64[D]").astype(np.float64)
    return result


def _smooth(values: Floats) -> Floats:
    """Return four-week averages: quantiles of counts are steps that hide the course."""
    width = min(SMOOTHED, values.shape[-1])
    rows = np.atleast_2d(values)
    ones = np.ones(width)
    known = np.convolve(np.ones(rows.shape[1]), ones, "same")
    result = np.array([np.convolve(row, ones, "same") / known for row in rows])
    return result if values.ndim > 1 else result[0]


def _band(ax: Axes, x: Floats, ends: tuple[Floats, Floats], colour: str, alpha: float) -> None:
    ax.fill_between(x, *ends, color=colour, alpha=alpha, lw=0)


def _fan(ax: Axes, result: Result, outcome: str, language: Language) -> None:
    """Draw an outcome's median with 50 % and 90 % bands for every scenario.

    Rare outcomes, whose median is nothing, show their mean and the 90 % band.
    """
    rare = outcome in RARE
    days: list[date] = []
    for i, scenario in enumerate(result.scenarios[:MOST_CURVES]):
        quantiles, means, days = result.band(scenario, outcome)
        if outcome in FLOWS or rare:
            quantiles, means = _smooth(quantiles), _smooth(means)
        line = (means if rare else quantiles[2])[::WEEK]
        x, quantiles = _numbers(days)[::WEEK], quantiles[:, ::WEEK]
        colour = COLOURS[i % len(COLOURS)]
        _band(ax, x, (quantiles[0], quantiles[4]), colour, 0.12)
        if not rare:
            _band(ax, x, (quantiles[1], quantiles[3]), colour, 0.25)
        ax.plot(x, line, color=colour, lw=2.4, ls=DASHES[i % len(DASHES)])
    ax.set_ylim(bottom=0)
    _date_axis(ax, days, language)


def _foot(
    figure: Figure,
    result: Result,
    language: Language,
    drawn: Sequence[str] = ("median", "band_50", "band_90"),
) -> None:
    record, word = result.record, Words(language, "figures")
    each, seed = word("each_structure"), str(record["seed"])
    if len(record["structures"]) == 1:
        each = language.word("structures", record["structures"][0])
    words = [
        ", ".join(word.each(*drawn)),
        word("smoothed"),
        word("of_worlds", runs=int(record["runs"]), structures=each, seed=seed),
    ]
    text = "; ".join(words)
    if language.right_to_left:
        text = "، ".join(w.replace(", ", "، ") for w in words)
    corner(figure, text, language, 0.01, 0.005, va="bottom")


def _band_of(result: Result) -> str:
    """Return the word for whose band is drawn."""
    return "band_50_base" if len(result.scenarios) > 1 else "band_50"


def headline(result: Result, language: Language) -> Figure:
    """Draw the scenarios at one glance: attacks, attacks on the state, foreign soldiers.

    Lines are means over worlds, as the answer's numbers are; while a policy runs is shaded.
    """
    figure = Figure(figsize=(11.6, 8.4))
    axes = figure.subplots(3, 1, sharex=True, height_ratios=(3.2, 1.1, 1.1))
    # Inches on the right for the names at the ends of lines.
    figure.subplots_adjust(left=0.07, right=0.78, top=0.86, bottom=0.1, hspace=0.24)
    _attacks(axes[0], result, language)
    for ax, words in zip(axes[1:], ("state_axis", "troops_axis"), strict=True):
        _row_name(ax, language.word("figures", words), language)
    for i, scenario in enumerate(result.scenarios[:MOST_CURVES]):
        days = _numbers(result.band(scenario, "nato")[2])
        state = result.band(scenario, "attacks_state")[1]
        axes[1].plot(days, _smooth(state), **_look(i))
        roles = [result.band(scenario, role)[1] for role in ROLES]
        axes[2].plot(days, np.sum(roles, axis=0), **_look(i))
    for ax in axes:
        ax.set_ylim(bottom=0)
        ax.tick_params(labelbottom=ax is axes[2])
    _shade(axes, result, language)
    heading(figure, language.word("figures", "headline"), language, 20, y=0.975)
    _foot(figure, result, language, ("mean", _band_of(result)))
    return figure


def brief(result: Result, language: Language) -> Figure:
    """Draw the one panel of a memo: attacks under each scenario."""
    figure, ax = panel((11.6, 4.6), left=0.06, right=0.78, top=0.9, bottom=0.16)
    _attacks(ax, result, language)
    _shade([ax], result, language)
    _foot(figure, result, language, ("mean", _band_of(result)))
    return figure


def _look(i: int) -> dict[str, Any]:
    """Return how the lines of a scenario are drawn."""
    return {"color": COLOURS[i % len(COLOURS)], "ls": DASHES[i % len(DASHES)], "lw": 2.8}


def _attacks(ax: Axes, result: Result, language: Language) -> None:
    """Draw the mean attacks of every scenario, and half of the worlds of the baseline."""
    ends: list[tuple[float, str, str]] = []
    days: list[date] = []
    _row_name(ax, language.word("figures", "attacks_axis"), language)
    for i, scenario in enumerate(result.scenarios[:MOST_CURVES]):
        quantiles, means, now = result.band(scenario, "attacks_foreign")
        x, means, days = _numbers(now), _smooth(means), sorted({*days, now[0], now[-1]})
        if scenario == result.record["baseline"]:
            low, _, high = _smooth(quantiles)[1:4]
            _band(ax, x, (low, high), _look(i)["color"], 0.16)
        ax.plot(x, means, **_look(i))
        last = language.number(float(means[-1]), 1)
        name = f"{result.title(scenario, language)} {last}"
        ends.append((float(means[-1]), name, _look(i)["color"]))
    top = ax.get_ylim()[1] * 1.12
    ax.set_ylim(0, top)
    _date_axis(ax, days, language)
    _name_lines(ax, ends, top, language)


ROLES = ("us_combat", "us_advisers", "coalition", "nato")
"""Foreign soldiers, by what they are there for."""


def _name_lines(
    ax: Axes, ends: Sequence[tuple[float, str, str]], top: float, language: Language
) -> None:
    """Write names and last values beside the ends of lines, none over another."""
    place = -1.0
    for height, name, colour in sorted(ends):
        text = lines(name, 22, language)
        rows = text.count("\n") + 1
        place = max(height / top, place)
        beside(ax, text, place, colour, "axes fraction")
        place += 0.055 * (rows + 1)


def _shade(axes: Sequence[Axes], result: Result, language: Language) -> None:
    """Shade while policies run, and write what a part of the run is called and when it ends."""
    spans: dict[tuple[date, date], list[str]] = {}
    for scenario in result.scenarios[:MOST_CURVES]:
        for name, *days in result.record["scenarios"][scenario].get("phases", ()):
            if name == RUNNING:
                first, last = map(date.fromisoformat, days)
                spans.setdefault((first, last), []).append(result.title(scenario, language))
    look = {"fontsize": 10.5, "color": "0.25", "va": "top", "xycoords": ("data", "axes fraction")}
    words = Words(language, "figures")
    left, right = axes[0].get_xlim()
    for k, ((first, last), titles) in enumerate(spans.items()):
        begins, ends = _numbers((first, last))
        for ax in axes:
            ax.axvspan(begins, ends, color="0.5", alpha=0.1 / len(spans), lw=0)
            ax.axvline(ends, color="0.45", lw=1, ls=":")
        # On the left of the line, where there is room for it.
        way = -1 if ends - left > 0.4 * (right - left) else 1
        text = words.line("runs_to", day=language.day(last))
        if len(spans) > 1:
            whose = language.comma.join(titles)
            text = words.line("runs_to_of", day=language.day(last), whose=whose)
        else:
            down = -4 if way < 0 else -18
            label(axes[0], words.line("afterwards"), (ends, 1.0), (4, down), ha="left", **look)
        side = "right" if way < 0 else "left"
        label(axes[0], text, (ends, 1.0), (4 * way, -4 - 14 * k), ha=side, **look)


def _title(ax: Axes, text: str, language: Language, size: int = 13) -> None:
    ax.set_title(language.line(text), loc=language.side, fontsize=size, pad=5)


def _row_name(ax: Axes, text: str, language: Language) -> None:
    # A second title would move the column's.
    look = {"xycoords": "axes fraction", "ha": language.side, "fontsize": 11}
    label(ax, language.line(text), (language.at(0.0), 1.0), (0, 6), **look)


def all_outcomes(result: Result, language: Language) -> Figure:
    """Draw every outcome small, those that the article assumes in rows of their own."""
    declared, word = data_files.load("outcomes")["daily"], Words(language, "figures")
    assumed = [o for o in OUTCOMES if declared[o]["panel"] == "assumed"]
    usual = [o for o in OUTCOMES if o not in assumed]
    columns = 4
    rows = -(-len(usual) // columns) + 1
    figure = Figure(figsize=(17, 2.55 * rows))
    grid = figure.subplots(rows, columns)
    figure.subplots_adjust(
        left=0.035, right=0.985, top=0.945, bottom=0.045, hspace=0.42, wspace=0.17
    )
    places = [*grid[:-1].ravel()[: len(usual)], *grid[-1][: len(assumed)]]
    for ax in grid.ravel():
        if not any(ax is p for p in places):
            ax.set_axis_off()
    lowest = {id(ax) for ax in (*grid[-2], *grid[-1])}
    for ax, outcome in zip(places, [*usual, *assumed], strict=True):
        _fan(ax, result, outcome, language)
        name = language.outcome(outcome)
        if outcome in RARE:
            name = f"{name} ({language.word('table', 'mean')})"
        _title(ax, name, language, 12)
        ax.tick_params(labelsize=9, labelbottom=id(ax) in lowest)
        ax.locator_params(axis="y", nbins=3)
    note = f"{language.word('panels', 'assumed')}:\n{word('assumed_note')}"
    text = "\n".join(map(language.line, note.split("\n")))
    look = {"fontsize": 12, "va": "top", "ha": language.side}
    grid[-1][2].text(language.at(0.0), 0.7, text, transform=grid[-1][2].transAxes, **look)
    for i, scenario in enumerate(result.scenarios[:MOST_CURVES]):
        # A legend leaves out what begins with an underscore; the mark before it is not seen.
        title = language.line(f"\u200e{result.title(scenario, language)}")
        dashes = DASHES[i % len(DASHES)]
        grid[-1][3].plot([], [], color=COLOURS[i], lw=3, ls=dashes, label=title)
    grid[-1][3].legend(loc="center", frameon=False, fontsize=12)
    heading(figure, word("all_outcomes"), language, 19)
    _foot(figure, result, language)
    return figure


def motive_curve(result: Result, scenario: str, language: Language) -> Figure:
    """Draw P(stop) over the judgement that decides it, for the three windows."""
    figure, ax = panel((13.3, 6.6), left=0.07, right=0.75, top=0.89, bottom=0.11)
    word, structures = Words(language, "figures"), len(result.record["structures"])
    motives = _wish_left(result, scenario)
    runs = len(motives) // structures
    # Equally many worlds in each slice: most motives leave little.
    edges = np.quantile(motives[:runs], np.linspace(0.0, 1.0, 9))
    slices = np.clip(np.searchsorted(edges, motives[:runs], side="right") - 1, 0, 7)
    centres = (edges[1:] + edges[:-1]) / 2
    for i, window in enumerate(WINDOWS):
        values = result.column(scenario, f"stop_{window}").reshape(structures, runs)
        found = [probability(values[:, slices == j]) for j in range(len(centres))]
        mean, low, high = (np.array([e.numbers[k] for e in found]) for k in range(3))
        _band(ax, centres, (low, high), COLOURS[i], 0.2)
        ax.plot(centres, mean, color=COLOURS[i], lw=2.6, marker="o", ls=DASHES[i])
        name = word.line("window", n=str(window))
        beside(ax, name, mean[-1], COLOURS[i], ("axes fraction", "data"))
    ax.set_ylim(0, 1)
    ax.set_xlabel(word.line("motive_axis"))
    ax.set_ylabel(word.line("p_stop_axis"))
    title = f"{word('motive_title')} ({result.title(scenario, language)})"
    heading(figure, title, language, 16)
    return figure


def _wish_left(result: Result, scenario: str) -> Floats:
    """Return the wish to attack that remains without soldiers, one a world."""
    return wish_left(result.drawn(scenario))


def conditions(result: Result, language: Language) -> Figure:
    """Draw in which share of worlds each condition has been met by each day."""
    word, reacting = Words(language, "conditions"), set(result.reacting["scenario"].to_pylist())
    scenarios = [name for name in result.scenarios if name in reacting]
    figure = Figure(figsize=(13.3, 1.6 + 4.2 * len(scenarios)))
    axes = figure.subplots(len(scenarios), 1, squeeze=False)[:, 0]
    for ax, scenario in zip(axes, scenarios, strict=True):
        own = result.reacting.filter(pc.field("scenario") == scenario)
        ends: list[tuple[float, str, str]] = []
        for i, name in enumerate(dict.fromkeys(own["condition"].to_pylist())):
            rows = own.filter(pc.field("condition") == name)
            days, met = rows["date"].to_pylist(), rows["met"].to_numpy()
            left = name == LEFT
            colour, dashes = ("black", "--") if left else (COLOURS[i % len(COLOURS)], "-")
            ax.step(_numbers(days), met, where="post", color=colour, lw=2.6, ls=dashes)
            text = word("left_by") if left else language.kept(name)
            ends.append((float(met[-1]), text, colour))
        place = 1.1
        for height, text, colour in sorted(ends, reverse=True):
            place = min(height, place - 0.075)
            share = language.kept(f"{100 * height:.0f} %")
            name = language.line(f"{text}  {share}")
            beside(ax, name, place, colour, "axes fraction")
        ax.set_ylim(0, 1)
        _date_axis(ax, days, language)
        _title(ax, result.title(scenario, language), language)
        ax.set_ylabel(word.line("share_axis"))
    heading(figure, word("figure"), language, 16)
    figure.subplots_adjust(left=0.07, right=0.70, top=1 - 1.1 / figure.get_figheight(), hspace=0.35)
    return figure


def withdrawals(result: Result) -> list[str]:
    """Return the scenarios that end without US soldiers in every world played."""
    return [name for name in result.scenarios if result.column(name, "us_troops_end").max() < 1.0]


def names_of(result: Result) -> list[str]:
    """Return the names of the figures that a result allows."""
    found = ["outcomes", "headline"]
    if (
        withdrawals(result)
        and np.ptp(_wish_left(result, withdrawals(result)[0])) > 0
        and result.record["runs"] >= 50
    ):
        found.append("motive")
    if result.reacting is not None:
        found.append("conditions")
    return found


_FIGURES = {
    "headline": headline,
    "brief": brief,
    "outcomes": all_outcomes,
    "conditions": conditions,
}


@styled
def draw(
    result: Result, name: str, folder: Path, language: Language, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Draw one figure into ``folder`` in several formats and return the files."""
    told = ("command", "commit", "seed", "runs")
    note = json.dumps({k: result.record[k] for k in told if k in result.record})
    if name == "motive":
        figure = motive_curve(result, withdrawals(result)[0], language)
    else:
        figure = _FIGURES[name](result, language)
    dpi = 100 if name == "outcomes" else 120
    return save(figure, folder, name, language, formats, dpi, note)


def draw_all(
    result: Result, folder: Path, language: Language, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Draw every figure of a result into ``folder`` and return the files."""
    names = names_of(result)
    return [path for name in names for path in draw(result, name, folder, language, formats)]


_DEATH_OF_PARENT = 1


_STOPS = {getattr(signal, n) for n in ("SIGTERM", "SIGHUP", "SIGINT") if hasattr(signal, n)}


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let a stop wait until processes are begun: between two of them it would be lost, or nobody
    would be left to end them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with(parent: int) -> None:
    """Let this process end when the one that began it does, however that ends."""
    for number in _STOPS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_OF_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _end_children() -> None:
    """End what a stop left behind: at its own end a program waits for its processes, and one that
    was begun and never asked waits for work."""
    for child in active_children():
        child.kill()


def _draw_job(folder: Path, name: str, code: str, formats: Sequence[str]) -> None:
    draw(Result.read(folder), name, folder, Language(code), formats)


def draw_in_parallel(folder: Path, language: Language) -> Callable[[], None]:
    """Begin to draw every figure of a result, each in a process, and return what waits."""
    # A forked process has matplotlib at hand; elsewhere each one imports it anew.
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    names = names_of(Result.read(folder))
    count = min(default_threads(), len(names))
    atexit.register(_end_children)
    with _undisturbed():
        pool = ProcessPoolExecutor(count, context, initializer=_end_with, initargs=(os.getpid(),))
        futures = [pool.submit(_draw_job, folder, name, language.code, USUAL) for name in names]

    def wait() -> None:
        try:
            for future in futures:
                future.result()
        finally:
            pool.shutdown(cancel_futures=True)

    return wait
