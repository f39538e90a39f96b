"""What makes the difference between two scenarios: tables, rows for files, and a waterfall."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from drawdown.declared.language import Language
from drawdown.questions.compare import smallest_difference
from drawdown.questions.decompose import Decomposition, Share
from drawdown.views.figures import COLOURS, FORMATS, ends_of, heading, lines, panel, save, styled
from drawdown.views.tables import futures, interval
from drawdown.views.terminal_tables import Console, Sheet
from drawdown.views.words import Cell, Words, csv_table

DIGITS = {"authority": 3, "daesh_index": 1, "stop_60": 3, "stop_120": 3, "stop_180": 3}


def _words(language: Language) -> Words:
    return Words(language, "decompose")


def digits_of(outcome: str) -> int:
    """Return how many digits an outcome's shares are told with."""
    return DIGITS.get(outcome, 2)


def _titles(found: Decomposition, language: Language) -> tuple[str, str]:
    first, second = found.pair.first, found.pair.second
    return first.title.in_language(language.code), second.title.in_language(language.code)


def table(found: Decomposition, outcome: str, language: Language) -> Sheet:
    """Return one outcome's difference with the share of each lever."""
    word, n = _words(language), language.number
    digits, part = digits_of(outcome), found.comparison.main_structure
    first, second = (
        (word("from", case=title), found.level(k, part, outcome))
        for k, title in zip((False, True), _titles(found, language), strict=True)
    )
    rows = []
    for name, e in (first, (word("whole"), found.whole(part, outcome)), second):
        cells = interval(e, language, digits), futures(e, language, digits)
        rows.append((name, *cells, "", "", ""))
    rows[1:1] = [
        (
            word(share.part),
            interval(share.shapley, language, digits),
            futures(share.shapley, language, digits),
            interval(share.first, language, digits),
            interval(share.last, language, digits),
            word("range", low=n(share.least, digits), high=n(share.most, digits)),
        )
        for share in found.shares(part, outcome)
    ]
    heads = word.each("lever", "shapley", "futures", "first", "last", "order")
    return Sheet(word("title", outcome=language.outcome(outcome)), heads, rows=rows)


def sentences(found: Decomposition, outcome: str, language: Language) -> list[str]:
    """Return a sentence for each lever whose effect hangs on what was moved before it."""
    word, digits = _words(language), digits_of(outcome)
    return [
        word(
            "together",
            part=word(share.part),
            first=language.number(share.first.mean, digits),
            last=language.number(share.last.mean, digits),
        )
        for share in found.shares(found.comparison.main_structure, outcome)
        if share.most - share.least
        > max(smallest_difference(outcome), share.shapley.half_width * 2)
    ]


def legend(found: Decomposition, language: Language) -> str:
    """Return how the numbers are made."""
    made = found.comparison
    return _words(language)("legend", subsets=len(made.scenarios), runs=made.runs)


def show(found: Decomposition, language: Language, console: Console) -> None:
    """Print every outcome's table, and what acts together."""
    for outcome in found.outcomes:
        console.print(table(found, outcome, language))
        for sentence in sentences(found, outcome, language):
            console.print(language.line(sentence))
    console.print(language.line(legend(found, language)))


@csv_table("outcome part lever measure mean low high future_low future_high worlds")
def rows(found: Decomposition) -> Iterator[Sequence[Cell]]:
    """Return every share by outcome and by structure, motive and all, for a CSV file."""
    motives = found.comparison.motives if len(found.comparison.motives) > 1 else ()
    for outcome in found.outcomes:
        for part in (*found.comparison.all_structures, *motives):
            each = [
                ("", "first scenario", found.level(False, part, outcome)),
                ("", "second scenario", found.level(True, part, outcome)),
                ("", "difference", found.whole(part, outcome)),
            ]
            for s in found.shares(part, outcome):
                each += [(s.part, "shapley", s.shapley), (s.part, "moved first", s.first)]
                each += [(s.part, "moved last", s.last)]
            for lever, measure, e in each:
                yield outcome, part, lever, measure, *e.numbers, str(e.runs)


def bars(shares: Sequence[Share], start: float) -> list[tuple[float, float]]:
    """Return where each share's bar begins and ends, one after the other from a level."""
    found = []
    for share in shares:
        found.append((start, start + share.shapley.mean))
        start += share.shapley.mean
    return found


def waterfall(
    found: Decomposition, language: Language, outcome: str | None = None
) -> dict[str, Any]:
    """Return the waterfall as data: levels, bars with intervals, order effects, words."""
    outcome = outcome or found.outcomes[0]
    word, part = _words(language), found.comparison.main_structure
    digits = digits_of(outcome)
    shares = found.shares(part, outcome)
    first, second = (found.level(k, part, outcome) for k in (False, True))
    titles = _titles(found, language)
    return {
        "title": word("picture", first=titles[0], second=titles[1]),
        "outcome": language.outcome(outcome),
        "levels": [
            {"label": title, "value": e.mean, "told": interval(e, language, digits)}
            for title, e in zip(titles, (first, second), strict=True)
        ],
        "bars": [
            {
                "label": word(share.part),
                "begin": begin,
                "end": end,
                "half": share.shapley.half_width,
                "alone": first.mean + share.first.mean,
                "all_but": second.mean - share.last.mean,
                "told": interval(share.shapley, language, digits),
                "told_alone": interval(share.first, language, digits),
                "told_last": interval(share.last, language, digits),
            }
            for share, (begin, end) in zip(shares, bars(shares, first.mean), strict=True)
        ],
        "heads": word.each("lever", "shapley", "first", "last"),
        "sentences": sentences(found, outcome, language),
        "hint": f"{word('bar')}. {legend(found, language)}",
    }


def _draw_share(ax: Axes, y: int, share: Share, ends: tuple[float, float]) -> None:
    """Draw a share's bar with its interval, from where the one before it ended."""
    begin, end = ends
    colour = COLOURS[1] if end > begin else COLOURS[0]
    ax.barh(y, end - begin, left=begin, color=colour, height=0.44, alpha=0.85)
    half = share.shapley.half_width
    ax.plot([end - half, end + half], [y, y], color="black", lw=1.6)


def _from_nothing(ax: Axes, lowest: float) -> None:
    """Let levels that are not negative be seen from 0, where that leaves room for them."""
    low, high = ax.get_xlim()
    if lowest >= 0.0 and low < 0.35 * high:
        ax.set_xlim(min(0.0, low) if low < -0.06 * high else 0.0, high)


@styled
def draw(
    found: Decomposition,
    folder: Path,
    language: Language,
    outcome: str | None = None,
    formats: Sequence[str] = FORMATS,
) -> list[Path]:
    """Draw the waterfall from the first scenario's level to the second's."""
    outcome = outcome or found.outcomes[0]
    word, part = _words(language), found.comparison.main_structure
    shares = found.shares(part, outcome)
    first, second = (found.level(k, part, outcome).mean for k in (False, True))
    titles = _titles(found, language)
    names = [titles[0], *(word(s.part) for s in shares), titles[1]]
    digits, last = digits_of(outcome), len(names) - 1
    height = 1.9 + 0.82 * len(names)
    sides = ends_of(language, 0.29, 0.9)
    figure, ax = panel((11, height), top=1 - 0.85 / height, bottom=1.35 / height, **sides)

    def number(y: int, text: str) -> None:
        at, to = (-0.01, "right") if language.right_to_left else (1.01, "left")
        along = ax.get_yaxis_transform()
        ax.text(at, y, text, transform=along, ha=to, va="center", fontsize=12)

    for y, level in ((0, first), (last, second)):
        ax.plot([level, level], [y - 0.3, y + 0.3], color="black", lw=5, solid_capstyle="butt")
        number(y, f"{level:.{digits}f}")
    for y, (share, ends) in enumerate(zip(shares, bars(shares, first), strict=True), start=1):
        _draw_share(ax, y, share, ends)
        alone, all_but = first + share.first.mean, second - share.last.mean
        for level, fill in ((alone, "white"), (all_but, "black")):
            ax.plot(level, y + 0.36, "o", ms=6.5, mfc=fill, mec="black", mew=1.2)
        text = f"{share.shapley.mean:+.{digits}f}".replace("-", "\u2212")
        number(y, text if text.strip("+\u22120.") else text[1:])
        ax.plot([ends[0], ends[0]], [y - 0.7, y - 0.22], color="0.6", lw=0.9)
    ax.plot([second, second], [last - 0.78, last - 0.3], color="0.6", lw=0.9)
    ax.set_yticks(range(len(names)), [lines(n, 30, language) for n in names], fontsize=11.5)
    ax.set_ylim(last + 0.6, -0.6)
    ax.grid(False, axis="y")
    ax.margins(x=0.06)
    _from_nothing(ax, min(first, second))
    if language.right_to_left:
        ax.invert_xaxis()
        ax.yaxis.tick_right()
        ax.spines["left"].set_visible(False)
        ax.spines["right"].set_visible(True)
    ax.set_xlabel(language.line(language.outcome(outcome)), fontsize=12)
    heading(figure, word("picture", first=titles[0], second=titles[1]), language, 15)
    note = lines(word("bar"), 110, language)
    figure.text(0.5, 0.012, note, ha="center", va="bottom", fontsize=10, color="0.35")
    name = "waterfall" if outcome == found.outcomes[0] else f"waterfall-{outcome}"
    return save(figure, folder, name, language, formats)
