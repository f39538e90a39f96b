"""What makes the difference between two scenarios: tables, rows for files, and a waterfall."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any, cast

import matplotlib
from matplotlib.figure import Figure

from drawdown.declared.columns import MOTIVES, STRUCTURES
from drawdown.declared.language import Language
from drawdown.questions.compare import Estimate, smallest_difference
from drawdown.questions.decompose import Decomposition, Share
from drawdown.views.figures import COLOURS, FORMATS, STYLE, save
from drawdown.views.sheet import Console, Sheet
from drawdown.views.tables import futures, interval

DIGITS = {"authority": 3, "daesh_index": 1, "stop_60": 3, "stop_120": 3, "stop_180": 3}


def _word(language: Language, name: str, /, **values: Any) -> str:
    return language.word("decompose", name, **values)


def digits_of(outcome: str) -> int:
    """Return how many digits an outcome's shares are told with."""
    return DIGITS.get(outcome, 2)


def table(found: Decomposition, outcome: str, language: Language) -> Sheet:
    """Return one outcome's difference with the share of each lever."""
    digits, part = digits_of(outcome), found.comparison.main_structure
    sheet = Sheet(title=_word(language, "title", outcome=language.outcome(outcome)))
    sheet.column(_word(language, "lever"))
    for name in ("shapley", "futures", "first", "last", "order"):
        sheet.column(_word(language, name))

    def level(second: bool) -> None:
        scenario = found.pair.second if second else found.pair.first
        e = found.level(second, part, outcome)
        name = _word(language, "from", case=scenario.title.in_language(language.code))
        sheet.row(name, interval(e, language, digits), futures(e, language, digits), "", "", "")

    level(False)
    n = language.number
    for share in found.shares(part, outcome):
        ends = _word(language, "range", low=n(share.least, digits), high=n(share.most, digits))
        sheet.row(
            _word(language, share.part),
            interval(share.shapley, language, digits),
            futures(share.shapley, language, digits),
            interval(share.first, language, digits),
            interval(share.last, language, digits),
            ends,
        )
    whole = found.whole(part, outcome)
    sheet.row(
        _word(language, "whole"),
        interval(whole, language, digits),
        futures(whole, language, digits),
        "",
        "",
        "",
    )
    level(True)
    return sheet


def sentences(found: Decomposition, outcome: str, language: Language) -> list[str]:
    """Return a sentence for each lever whose effect hangs on what was moved before it."""
    digits = digits_of(outcome)
    told = []
    for share in found.shares(found.comparison.main_structure, outcome):
        if share.most - share.least > max(
            smallest_difference(outcome), share.shapley.half_width * 2
        ):
            told.append(
                _word(
                    language,
                    "together",
                    part=_word(language, share.part),
                    first=language.number(share.first.mean, digits),
                    last=language.number(share.last.mean, digits),
                )
            )
    return told


def legend(found: Decomposition, language: Language) -> str:
    """Return how the numbers are made."""
    n = language.number
    return _word(
        language,
        "legend",
        subsets=n(len(found.comparison.scenarios), 0),
        runs=n(found.comparison.runs, 0),
    )


def show(found: Decomposition, language: Language, console: Console) -> None:
    """Print every outcome's table, and what acts together."""
    for outcome in found.outcomes:
        console.print(table(found, outcome, language))
        for sentence in sentences(found, outcome, language):
            console.print(language.line(sentence))
    console.print(language.line(legend(found, language)))


def rows(found: Decomposition) -> list[list[str]]:
    """Return every share by outcome and by structure, motive and all, for a CSV file."""
    head = ["outcome", "part", "lever", "measure", "mean", "low", "high"]
    made = [[*head, "future_low", "future_high", "worlds"]]

    def add(outcome: str, part: str, lever: str, measure: str, e: Estimate) -> None:
        numbers = (e.mean, e.low, e.high, e.future_low, e.future_high)
        made.append([outcome, part, lever, measure, *(f"{v:.6g}" for v in numbers), str(e.runs)])

    structures, motives = found.comparison.all_structures, found.comparison.motives
    for outcome in found.outcomes:
        for part in (*structures, *(motives if len(motives) > 1 else ())):
            add(outcome, part, "", "first scenario", found.level(False, part, outcome))
            add(outcome, part, "", "second scenario", found.level(True, part, outcome))
            add(outcome, part, "", "difference", found.whole(part, outcome))
            for share in found.shares(part, outcome):
                add(outcome, part, share.part, "shapley", share.shapley)
                add(outcome, part, share.part, "moved first", share.first)
                add(outcome, part, share.part, "moved last", share.last)
    assert {*structures, *motives} <= {*STRUCTURES, *MOTIVES, "pooled"}
    return made


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
    part = found.comparison.main_structure
    digits = digits_of(outcome)
    shares = found.shares(part, outcome)
    first, second = (found.level(k, part, outcome) for k in (False, True))
    titles = [s.title.in_language(language.code) for s in (found.pair.first, found.pair.second)]
    return {
        "title": _word(language, "picture", first=titles[0], second=titles[1]),
        "outcome": language.outcome(outcome),
        "levels": [
            {"label": title, "value": e.mean, "told": interval(e, language, digits)}
            for title, e in zip(titles, (first, second), strict=True)
        ],
        "bars": [
            {
                "label": _word(language, share.part),
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
        "heads": [_word(language, name) for name in ("lever", "shapley", "first", "last")],
        "sentences": sentences(found, outcome, language),
        "hint": f"{_word(language, 'bar')}. {legend(found, language)}",
    }


def draw(
    found: Decomposition,
    folder: Path,
    language: Language,
    outcome: str | None = None,
    formats: Sequence[str] = FORMATS,
) -> list[Path]:
    """Draw the waterfall from the first scenario's level to the second's."""
    outcome = outcome or found.outcomes[0]
    part = found.comparison.main_structure
    shares = found.shares(part, outcome)
    first, second = (found.level(k, part, outcome).mean for k in (False, True))
    titles = [s.title.in_language(language.code) for s in (found.pair.first, found.pair.second)]

    def told(text: str) -> str:
        return "\n".join(language.line(line) for line in wrap(text, 30))

    names = [titles[0], *(_word(language, s.part) for s in shares), titles[1]]
    digits, last = digits_of(outcome), len(names) - 1
    placed = bars(shares, first)
    with matplotlib.rc_context(cast(Any, STYLE)):
        figure = Figure(figsize=(11, 1.9 + 0.82 * len(names)))
        ax = figure.subplots()
        bottom = 1.35 / figure.get_figheight()
        side = (
            {"right": 0.71, "left": 0.1} if language.right_to_left else {"left": 0.29, "right": 0.9}
        )
        figure.subplots_adjust(top=1 - 0.85 / figure.get_figheight(), bottom=bottom, **side)

        def number(y: int, text: str) -> None:
            at, to = (-0.01, "right") if language.right_to_left else (1.01, "left")
            along = ax.get_yaxis_transform()
            ax.text(at, y, text, transform=along, ha=to, va="center", fontsize=12)

        for y, level in ((0, first), (last, second)):
            ax.plot([level, level], [y - 0.3, y + 0.3], color="black", lw=5, solid_capstyle="butt")
            number(y, f"{level:.{digits}f}")
        for y, (share, (begin, end)) in enumerate(zip(shares, placed, strict=True), start=1):
            colour = COLOURS[1] if end > begin else COLOURS[0]
            ax.barh(y, end - begin, left=begin, color=colour, height=0.44, alpha=0.85)
            half = share.shapley.half_width
            ax.plot([end - half, end + half], [y, y], color="black", lw=1.6)
            alone, all_but = first + share.first.mean, second - share.last.mean
            for level, fill in ((alone, "white"), (all_but, "black")):
                ax.plot(level, y + 0.36, "o", ms=6.5, mfc=fill, mec="black", mew=1.2)
            told_share = f"{share.shapley.mean:+.{digits}f}".replace("-", "\u2212")
            number(y, told_share if told_share.strip("+\u22120.") else told_share[1:])
            ax.plot([begin, begin], [y - 0.7, y - 0.22], color="0.6", lw=0.9)
        ax.plot([second, second], [last - 0.78, last - 0.3], color="0.6", lw=0.9)
        ax.set_yticks(range(len(names)), [told(n) for n in names], fontsize=11.5)
        ax.set_ylim(last + 0.6, -0.6)
        ax.grid(False, axis="y")
        ax.margins(x=0.06)
        low, high = ax.get_xlim()
        if min(first, second) >= 0.0 and low < 0.35 * high:
            ax.set_xlim(min(0.0, low) if low < -0.06 * high else 0.0, high)
        if language.right_to_left:
            ax.invert_xaxis()
            ax.yaxis.tick_right()
            ax.spines["left"].set_visible(False)
            ax.spines["right"].set_visible(True)
        ax.set_xlabel(language.line(language.outcome(outcome)), fontsize=12)
        title = _word(language, "picture", first=titles[0], second=titles[1])
        figure.suptitle(language.line(title), fontsize=15, fontweight="bold")
        figure.text(
            0.5,
            0.012,
            "\n".join(language.line(x) for x in wrap(_word(language, "bar"), 110)),
            ha="center",
            va="bottom",
            fontsize=10,
            color="0.35",
        )
        name = "waterfall" if outcome == found.outcomes[0] else f"waterfall-{outcome}"
        return save(figure, folder, name, language, formats)
