"""What a search found: tables, words in both languages, data for other tools, figures, files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import matplotlib
import numpy as np
from numpy.typing import NDArray

from drawdown.declared import policies
from drawdown.declared.language import LANGUAGES, Language
from drawdown.declared.levels import RESIDUAL
from drawdown.declared.lever_table import BY_NAME, POSTURE
from drawdown.declared.levers import FROM_THE_FIRST_DAY
from drawdown.declared.scenario import Scenario
from drawdown.questions.answer import Answer
from drawdown.questions.search import (
    REGRET,
    SATISFICING,
    Found,
    Objective,
    Result,
    Trace,
    signs,
)
from drawdown.views import conditions
from drawdown.views.figures import FORMATS, ends_of, heading, lines, panel, save, styled
from drawdown.views.memo import told_sides
from drawdown.views.terminal_tables import Console, Sheet
from drawdown.views.words import Cell, Words, csv_rows, csv_table, percent

Rows = Iterator[Sequence[Cell]]

DIGITS = {"authority": 3, "daesh_index": 0, "us_troops_end": 0, "nato": 0, "dead_iraqi": 1}

STILL = 0.05
"""Share of the policies held that a search may still gain, in its last quarter, to be called
converged (judgement)."""


def _digits(result: Result, objective: Objective) -> int:
    return 2 if result.item.measure == SATISFICING else DIGITS.get(objective.outcome, 2)


def _bound(objective: Objective, language: Language) -> str:
    bound = cast(float, objective.bound)
    return language.number(bound, DIGITS.get(objective.outcome, 2))


def told_policy(source: Scenario, changed: Scenario, language: Language) -> list[str]:
    """Return in words what a policy changes of the scenario it starts from.

    Args:
        source: That scenario.
        changed: The policy's scenario.
        language: Language of the sentences.
    """
    found, word = [], Words(language, "search")
    for name in (*POSTURE, *FROM_THE_FIRST_DAY):
        levels = getattr(changed.levers, name)
        if levels == getattr(source.levers, name):
            continue
        last = max(levels)
        value: Any = levels[last]
        if BY_NAME[name].words:
            value = language.word(BY_NAME[name].words, value)
        elif value == RESIDUAL:
            value = language.kept(RESIDUAL)
        elif float(value) == int(value):
            value = int(value)
        by = name in POSTURE and len(levels) > 1
        when = {"day": language.day(last)} if by else {}
        label = language.word("explore", f"lever_{name}")
        found.append(word("by" if by else "lever", lever=label, value=value, **when))
    before = {c.name: c.item for c in source.conditions}
    after = {c.name: c for c in changed.conditions}
    for name, condition in after.items():
        if before.get(name) != condition.item:
            found.append(" ".join(conditions.told(condition, language)))
    found += [word("gone", name=language.kept(n)) for n in before if n not in after]
    return found or [word("as_base")]


def _head(result: Result, objective: Objective, language: Language) -> str:
    """Return what an objective's number is, and which way it is better."""
    word, outcome = Words(language, "search"), language.outcome(objective.outcome)
    better = "less" if objective.less else "more"
    if result.item.measure == SATISFICING:
        return word(f"within_{better}", outcome=outcome, bound=_bound(objective, language))
    return word("regret_of" if result.item.measure == REGRET else better, outcome=outcome)


def _base(result: Result, language: Language) -> str:
    title = result.item.base.title.in_language(language.code)
    return language.word("search", "base", case=title)


def table(result: Result, language: Language) -> Sheet:
    """Return the policies with their objectives on fresh luck."""
    word, objectives = Words(language, "search"), result.item.objectives

    def numbers(values: NDArray[np.float64]) -> list[str]:
        pairs = zip(values, objectives, strict=True)
        return [language.number(float(v), _digits(result, o)) for v, o in pairs]

    rows = []
    for found in result.policies:
        name = language.kept(found.name)
        each = zip(numbers(found.fresh), numbers(found.low), numbers(found.high), strict=True)
        cells = (language.kept(f"{value} [{low}, {high}]") for value, low, high in each)
        named = word("dominated", name=name) if found.dominated else name
        rows.append((named, *cells, language.number(100 * found.breaks, 0)))
    rows.append((_base(result, language), *numbers(result.base), ""))
    heads = [word("policy"), *(_head(result, o, language) for o in objectives), word("breaks")]
    return Sheet(word("title", measure=word(result.item.measure)), heads, rows=rows)


def told_limits(result: Result, language: Language) -> str:
    """Return when a policy is said to break."""
    word = Words(language, "search")
    each = [
        word(
            "limit_less" if o.less else "limit_more",
            outcome=language.outcome(o.outcome),
            bound=_bound(o, language),
        )
        for o in result.limits
    ]
    return word("limits", limits=language.word("conditions", "or").join(each))


def told_break(found: Found, language: Language) -> str:
    """Return where a policy breaks, or that no corner was found."""
    word, name = Words(language, "search"), language.kept(found.name)
    if found.box is None:
        return word("nowhere", name=name, base=percent(found.breaks))
    return word(
        "where",
        name=name,
        sides=told_sides(found.box, language),
        density=percent(found.box.density),
        base=percent(found.box.base),
        coverage=percent(found.box.coverage),
    )


def gained(trace: Trace) -> float:
    """Return what a search gained in its last quarter: new boxes, as a share of those it holds."""
    before = trace.growth[max(0, (3 * len(trace.growth)) // 4 - 1)]
    return (trace.growth[-1][1] - before[1]) / max(1, trace.growth[-1][2])


def told_growth(result: Result, language: Language) -> str:
    """Return whether the searches still grow."""
    word, each = Words(language, "search"), list(map(gained, result.traces))
    listed = language.kept(language.comma.join(f"{share:.2f}" for share in each))
    text = word("grown", seeds=len(each), gained=listed)
    return text if max(each) <= STILL else f"{text} {word('not_grown')}"


def legend(result: Result, language: Language) -> str:
    """Return how the numbers are made, and what they are not."""
    item = result.item
    sizes = {"draws": item.draws, "lucks": item.lucks, "fresh": result.fresh_draws}
    return Words(language, "search")("legend", **sizes)


def show(
    result: Result, answers: Mapping[str, Answer], language: Language, console: Console
) -> None:
    """Print the trade-offs, each policy in words, its answer, and where it breaks.

    Args:
        result: What was found.
        answers: What policies change against sustained presence, by name.
        language: Language of the words.
        console: Where to.
    """

    def say(text: str) -> None:
        console.print(language.line(text))

    if not result.policies:
        say(language.word("search", "nothing"))
        return
    console.print(table(result, language))
    say(told_limits(result, language))
    for found in result.policies:
        if found.dominated:
            continue
        say(language.kept(found.name))
        for change in told_policy(result.item.base, found.scenario, language):
            say(f"  · {change}")
        if found.name in answers:
            told = answers[found.name]
            base = language.pick(told.base)
            against = language.word("search", "against", base=base)
            say(f"  → {against} {' '.join(told.sentences(language))}")
        say(f"  → {told_break(found, language)}")
    say(told_growth(result, language))
    say(legend(result, language))


def rows(result: Result) -> list[list[str]]:
    """Return every policy's levers and objectives for a CSV file."""
    head = ["policy", "dominated", "breaks"]
    for objective in result.item.objectives:
        head += [f"{objective.outcome}{end}" for end in ("", "_low", "_high", "_where_found")]
    levers = [lever.name for lever in result.item.levers]
    made: list[Sequence[Cell]] = []
    for f in result.policies:
        values = [str(f.values[name]) for name in levers]
        numbers = np.column_stack([f.fresh, f.low, f.high, f.first]).ravel()
        made.append((f.name, bool(f.dominated), f.breaks, *numbers, *values))
    return csv_rows([*head, *levers], made)


@csv_table("seed evaluations improvements archive")
def growth_rows(result: Result) -> Rows:
    """Return how each search went, a row a generation, for a CSV file."""
    for trace in result.traces:
        yield from ((trace.seed, *row) for row in trace.growth)


def data(result: Result) -> dict[str, Any]:
    """Return policies and trade-offs, for Explore and other tools, to be written as JSON."""
    return {
        "measure": result.item.measure,
        "objectives": [{"outcome": o.outcome, "less": o.less} for o in result.item.objectives],
        "base": {"name": result.item.base.name, "values": result.base.tolist()},
        "policies": [
            {
                "name": f.name,
                "levers": f.values,
                "values": f.fresh.tolist(),
                "dominated": f.dominated,
            }
            for f in result.policies
        ],
    }


def files(result: Result, extends: str, command: str) -> Iterator[tuple[str, str]]:
    """Yield each policy as a scenario file: its name and its text.

    Args:
        result: What was found.
        extends: Name or path of the scenario that was searched.
        command: The command that found it.
    """
    base = result.item.base
    for number, found in enumerate(result.policies, start=1):
        title, question = {}, {}
        for code in LANGUAGES:
            word, case = Words(Language(code), "search"), base.title.in_language(code)
            title[code], question[code] = word("found", n=str(number), case=case), word("question")
        pairs = zip(result.item.objectives, found.fresh, strict=True)
        values = ", ".join(f"{o.outcome} {v:.4g}" for o, v in pairs)
        # A file's name may hold the end of a line; what follows it must stay a comment.
        head = "\n# ".join(f"# Found by: {command}".splitlines()) + (
            f"\n# {result.item.measure} on fresh luck: {values}.\n"
            f"# Breaks in {100 * found.breaks:.0f} of 100 futures; no best policy, one trade-off.\n"
        )
        text = policies.as_file(extends, base, found.scenario, title, question, head)
        yield f"{found.name}.yaml", text


def _scaled(result: Result) -> tuple[NDArray[np.float64], NDArray[np.float64], Any]:
    """Return policies and the base on axes from 0 (worst shown) to 1 (best), and the ends."""
    turn = signs(result.item)
    values = np.array([f.fresh for f in result.policies])
    every = np.vstack([values, result.base]) * turn
    low, high = every.min(axis=0), every.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    found = 1.0 - (every - low) / span
    return found[:-1], found[-1], (turn * high, turn * low)


@styled
def draw(
    result: Result, folder: Path, language: Language, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Draw the trade-offs as parallel coordinates; return the files, none without a policy."""
    if not result.policies:
        return []
    values, base, (worst, best) = _scaled(result)
    objectives, word = result.item.objectives, Words(language, "search")
    order = language.across(list(range(len(objectives))))
    places = range(len(order))
    kept = [k for k, f in enumerate(result.policies) if not f.dominated]
    colours = matplotlib.colormaps["viridis"]
    size = (max(8.5, 2.6 * len(objectives) + 3.4), 6.6)
    figure, ax = panel(size, **ends_of(language, 0.07, 0.7), top=0.8, bottom=0.16)
    for k, line in enumerate(values):
        if k not in kept:
            ax.plot(places, line[order], color="0.8", lw=1.0, zorder=1)
    for row, k in enumerate(kept):
        look: dict[str, Any] = {"color": colours(0.9 * row / max(1, len(kept) - 1)), "zorder": 2}
        name = result.policies[k].name
        ax.plot(places, values[k][order], lw=2.0, marker="o", ms=5, label=name, **look)
    label = language.line(_base(result, language))
    ax.plot(places, base[order], color="black", ls="--", lw=2.4, label=label, zorder=3)
    white: dict[str, Any] = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.5}}
    for at, k in enumerate(order):
        digits = _digits(result, objectives[k])
        ax.axvline(at, color="0.5", lw=1.0, zorder=0)
        for y, value, va in ((1.03, best[k], "bottom"), (-0.03, worst[k], "top")):
            ax.text(at, y, f"{value:.{digits}f}", ha="center", va=va, fontsize=11.5, **white)
        text = lines(_head(result, objectives[k], language), 24, language)
        ax.text(at, -0.1, text, ha="center", va="top", fontsize=11)
    ax.set_xlim(-0.35, len(order) - 0.65)
    ax.set_ylim(-0.05, 1.08)
    ax.axis("off")
    beside: Any = "center left" if language.right_to_left else "center right"
    figure.legend(loc=beside, frameon=False, fontsize=10)
    heading(figure, word("picture"), language, 15)
    measure = word.line("title", measure=word(result.item.measure))
    figure.text(0.5, 0.905, measure, ha="center", fontsize=11, color="0.3")
    return save(figure, folder, "trade-offs", language, formats)
