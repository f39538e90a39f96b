"""What a search found: tables, words in both languages, data for other tools, figures, files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any, cast

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from drawdown.declared import policies
from drawdown.declared.language import LANGUAGES, Language
from drawdown.declared.levels import RESIDUAL
from drawdown.declared.lever_table import BY_NAME, POSTURE
from drawdown.declared.levers import FROM_THE_FIRST_DAY
from drawdown.declared.scenario import Scenario
from drawdown.questions.search import (
    REGRET,
    SATISFICING,
    Found,
    Objective,
    Result,
    signs,
)
from drawdown.views import conditions
from drawdown.views.figures import COLOURS, DASHES, FORMATS, STYLE, save
from drawdown.views.memo import told_side
from drawdown.views.sheet import Console, Sheet

DIGITS = {"authority": 3, "daesh_index": 0, "us_troops_end": 0, "nato": 0, "dead_iraqi": 1}

AGREED, STILL = 0.9, 0.02
"""Share of the common hypervolume that every search should reach, and what it may still gain in
its last quarter, to be called converged (judgement)."""


def _word(language: Language, name: str, /, **values: Any) -> str:
    return language.word("search", name, **values)


def _digits(result: Result, objective: Objective) -> int:
    return 2 if result.item.measure == SATISFICING else DIGITS.get(objective.outcome, 2)


def told_policy(source: Scenario, changed: Scenario, language: Language) -> list[str]:
    """Return in words what a policy changes of the scenario it starts from.

    Args:
        source: That scenario.
        changed: The policy's scenario.
        language: Language of the sentences.
    """
    found = []
    n = language.number
    for name in (*POSTURE, *FROM_THE_FIRST_DAY):
        levels = getattr(changed.levers, name)
        if levels == getattr(source.levers, name):
            continue
        last = max(levels)
        value: Any = levels[last]
        if BY_NAME[name].words:
            told = language.word(BY_NAME[name].words, value)
        elif value == RESIDUAL:
            told = language.kept(RESIDUAL)
        else:
            told = n(float(value), 0 if float(value) == int(value) else 2)
        label = language.word("explore", f"lever_{name}")
        if name in POSTURE and len(levels) > 1:
            found.append(_word(language, "by", lever=label, value=told, day=language.day(last)))
        else:
            found.append(_word(language, "lever", lever=label, value=told))
    before = {c.name: c.item for c in source.conditions}
    after = {c.name: c for c in changed.conditions}
    for name, condition in after.items():
        if before.get(name) != condition.item:
            found.append(" ".join(conditions.told(condition, language)))
    found += [_word(language, "gone", name=language.kept(n)) for n in before if n not in after]
    return found or [_word(language, "as_base")]


def _head(result: Result, objective: Objective, language: Language) -> str:
    """Return what an objective's number is, and which way it is better."""
    outcome = language.outcome(objective.outcome)
    if result.item.measure == SATISFICING:
        bound = language.number(cast(float, objective.bound), DIGITS.get(objective.outcome, 2))
        name = "within_less" if objective.less else "within_more"
        return _word(language, name, outcome=outcome, bound=bound)
    if result.item.measure == REGRET:
        return _word(language, "regret_of", outcome=outcome)
    return _word(language, "less" if objective.less else "more", outcome=outcome)


def table(result: Result, language: Language) -> Sheet:
    """Return the policies with their objectives on fresh luck."""
    n = language.number
    measure = _word(language, result.item.measure)
    sheet = Sheet(title=_word(language, "title", measure=measure))
    sheet.column(_word(language, "policy"))
    for objective in result.item.objectives:
        told = _head(result, objective, language)
        sheet.column(told)
    sheet.column(_word(language, "breaks"))
    for found in result.policies:
        name = language.kept(found.name)
        cells = []
        for k, objective in enumerate(result.item.objectives):
            digits = _digits(result, objective)
            ends = f"[{n(float(found.low[k]), digits)}, {n(float(found.high[k]), digits)}]"
            cells.append(language.kept(f"{n(float(found.fresh[k]), digits)} {ends}"))
        sheet.row(
            _word(language, "dominated", name=name) if found.dominated else name,
            *cells,
            n(100 * found.breaks, 0),
        )
    sheet.row(
        _word(language, "base", case=result.item.base.title.in_language(language.code)),
        *(
            n(float(v), _digits(result, o))
            for v, o in zip(result.base, result.item.objectives, strict=True)
        ),
        "",
    )
    return sheet


def told_limits(result: Result, language: Language) -> str:
    """Return when a policy is said to break."""
    each = [
        _word(
            language,
            "limit_less" if o.less else "limit_more",
            outcome=language.outcome(o.outcome),
            bound=language.number(cast(float, o.bound), DIGITS.get(o.outcome, 2)),
        )
        for o in result.limits
    ]
    return _word(language, "limits", limits=language.word("conditions", "or").join(each))


def told_break(found: Found, language: Language) -> str:
    """Return where a policy breaks, or that no corner was found."""
    n, name = language.number, language.kept(found.name)
    if found.box is None:
        return _word(language, "nowhere", name=name, base=n(100 * found.breaks, 0))
    join = language.word("memo", "and")
    return _word(
        language,
        "where",
        name=name,
        sides=join.join(told_side(s, language) for s in found.box.sides),
        density=n(100 * found.box.density, 0),
        base=n(100 * found.box.base, 0),
        coverage=n(100 * found.box.coverage, 0),
    )


def gained(growth: Sequence[float]) -> float:
    """Return what a search gained in the last quarter of its generations."""
    before = growth[max(0, (3 * len(growth)) // 4 - 1)]
    return growth[-1] - before


def converged(result: Result) -> bool:
    """Return whether all searches came to about the same and have stopped growing."""
    return all(g[-1] >= AGREED and gained(g) <= STILL for g in result.growth)


def told_growth(result: Result, language: Language) -> str:
    """Return how far the searches agree and whether they still grow."""
    n = language.number
    comma = language.comma
    told = _word(
        language,
        "grown",
        seeds=n(len(result.traces), 0),
        reached=language.kept(comma.join(f"{g[-1]:.2f}" for g in result.growth)),
        gained=language.kept(comma.join(f"{gained(g):.2f}" for g in result.growth)),
    )
    return told if converged(result) else f"{told} {_word(language, 'not_grown')}"


def legend(result: Result, language: Language) -> str:
    """Return how the numbers are made, and what they are not."""
    n = language.number
    return _word(
        language,
        "legend",
        draws=n(result.item.draws, 0),
        lucks=n(result.item.lucks, 0),
        fresh=n(result.fresh_draws, 0),
    )


def show(result: Result, language: Language, console: Console) -> None:
    """Print the trade-offs, each policy in words, and where it breaks."""

    def say(text: str) -> None:
        console.print(language.line(text))

    if not result.policies:
        say(_word(language, "nothing"))
        return
    console.print(table(result, language))
    say(told_limits(result, language))
    for found in result.policies:
        if found.dominated:
            continue
        say(language.kept(found.name))
        for told in told_policy(result.item.base, found.scenario, language):
            say(f"  · {told}")
        say(f"  → {told_break(found, language)}")
    say(told_growth(result, language))
    say(legend(result, language))


def rows(result: Result) -> list[list[str]]:
    """Return every policy's levers and objectives for a CSV file."""
    objectives = [o.outcome for o in result.item.objectives]
    levers = [lever.name for lever in result.item.levers]
    head = ["policy", "dominated", "breaks", "seeds"]
    for name in objectives:
        head += [name, f"{name}_low", f"{name}_high", f"{name}_where_found"]
    made = [[*head, *levers]]
    for found in result.policies:
        row = [found.name, str(found.dominated).lower(), f"{found.breaks:.6g}"]
        row.append(" ".join(str(s) for s in found.seeds))
        for k in range(len(objectives)):
            numbers = (found.fresh[k], found.low[k], found.high[k], found.first[k])
            row += [f"{v:.6g}" for v in numbers]
        made.append([*row, *(str(found.values[n]) for n in levers)])
    return made


def growth_rows(result: Result) -> list[list[str]]:
    """Return how each search went, a row a generation, for a CSV file."""
    made = [["seed", "evaluations", "hypervolume", "improvements", "archive"]]
    for trace, growth in zip(result.traces, result.growth, strict=True):
        for k, volume in enumerate(growth):
            made.append(
                [
                    str(trace.seed),
                    str(trace.evaluations[k]),
                    f"{volume:.6g}",
                    str(trace.improvements[k]),
                    str(len(trace.archives[k])),
                ]
            )
    return made


def data(result: Result) -> dict[str, Any]:
    """Return policies, trade-offs and reasons in both languages, to be written as JSON."""
    languages = {code: Language(code) for code in LANGUAGES}

    def both(make: Any) -> dict[str, Any]:
        return {code: make(language) for code, language in languages.items()}

    return {
        "measure": result.item.measure,
        "base": {"name": result.item.base.name, "values": result.base.tolist()},
        "objectives": [
            {
                "outcome": o.outcome,
                "less": o.less,
                "name": both(lambda language, o=o: language.outcome(o.outcome)),
            }
            for o in result.item.objectives
        ],
        "limits": [{"outcome": o.outcome, "less": o.less, "bound": o.bound} for o in result.limits],
        "policies": [
            {
                "name": found.name,
                "file": f"policies/{found.name}.yaml",
                "levers": found.values,
                "values": found.fresh.tolist(),
                "low": found.low.tolist(),
                "high": found.high.tolist(),
                "dominated": found.dominated,
                "breaks": found.breaks,
                "told": both(
                    lambda language, found=found: told_policy(
                        result.item.base, found.scenario, language
                    )
                ),
                "where": both(lambda language, found=found: told_break(found, language)),
            }
            for found in result.policies
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
            language = Language(code)
            case = base.title.in_language(code)
            title[code] = language.word("search", "found", n=str(number), case=case)
            question[code] = language.word("search", "question")
        told = ", ".join(
            f"{o.outcome} {v:.4g}" for o, v in zip(result.item.objectives, found.fresh, strict=True)
        )
        # A file's name may hold the end of a line; what follows it must stay a comment.
        head = "\n# ".join(f"# Found by: {command}".splitlines()) + (
            f"\n# {result.item.measure} on fresh luck: {told}.\n"
            f"# Breaks in {100 * found.breaks:.0f} of 100 futures; no best policy, one trade-off.\n"
        )
        yield (
            f"{found.name}.yaml",
            policies.as_file(extends, base, found.scenario, title, question, head),
        )


def _scaled(result: Result) -> tuple[NDArray[np.float64], NDArray[np.float64], Any]:
    """Return policies and the base on axes from 0 (worst shown) to 1 (best), and the ends."""
    turn = signs(result.item)
    values = np.array([f.fresh for f in result.policies])
    every = np.vstack([values, result.base]) * turn
    low, high = every.min(axis=0), every.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    found = 1.0 - (every - low) / span
    return found[:-1], found[-1], (turn * high, turn * low)


def draw(
    result: Result, folder: Path, language: Language, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Draw the trade-offs as parallel coordinates, and how the searches converged."""
    if not result.policies:
        return []
    return [
        *_draw_trade_offs(result, folder, language, formats),
        *_draw_growth(result, folder, language, formats),
    ]


def _draw_trade_offs(
    result: Result, folder: Path, language: Language, formats: Sequence[str]
) -> list[Path]:
    lines, base, (worst, best) = _scaled(result)
    objectives = result.item.objectives
    order = list(range(len(objectives)))[:: -1 if language.right_to_left else 1]
    kept = [k for k, f in enumerate(result.policies) if not f.dominated]
    colours = matplotlib.colormaps["viridis"]
    with matplotlib.rc_context(cast(Any, STYLE)):
        figure = Figure(figsize=(max(8.5, 2.6 * len(objectives) + 3.4), 6.6))
        ax = figure.subplots()
        side = (
            {"left": 0.3, "right": 0.93} if language.right_to_left else {"left": 0.07, "right": 0.7}
        )
        figure.subplots_adjust(top=0.8, bottom=0.16, **side)
        for k, line in enumerate(lines):
            if k not in kept:
                ax.plot(range(len(order)), line[order], color="0.8", lw=1.0, zorder=1)
        for row, k in enumerate(kept):
            ax.plot(
                range(len(order)),
                lines[k][order],
                color=colours(0.9 * row / max(1, len(kept) - 1)),
                lw=2.0,
                marker="o",
                ms=5,
                label=result.policies[k].name,
                zorder=2,
            )
        case = result.item.base.title.in_language(language.code)
        told = language.line(_word(language, "base", case=case))
        ax.plot(
            range(len(order)), base[order], color="black", ls="--", lw=2.4, label=told, zorder=3
        )
        white: dict[str, Any] = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.5}}
        for at, k in enumerate(order):
            digits = _digits(result, objectives[k])
            ax.axvline(at, color="0.5", lw=1.0, zorder=0)
            for y, value, va in ((1.03, best[k], "bottom"), (-0.03, worst[k], "top")):
                ax.text(at, y, f"{value:.{digits}f}", ha="center", va=va, fontsize=11.5, **white)
            name = _head(result, objectives[k], language)
            text = "\n".join(language.line(x) for x in wrap(name, 24))
            ax.text(at, -0.1, text, ha="center", va="top", fontsize=11)
        ax.set_xlim(-0.35, len(order) - 0.65)
        ax.set_ylim(-0.05, 1.08)
        ax.axis("off")
        figure.legend(
            loc="center left" if language.right_to_left else "center right",
            frameon=False,
            fontsize=10,
        )
        figure.suptitle(language.line(_word(language, "picture")), fontsize=15, fontweight="bold")
        measure = _word(language, "title", measure=_word(language, result.item.measure))
        figure.text(0.5, 0.905, language.line(measure), ha="center", fontsize=11, color="0.3")
        return save(figure, folder, "trade-offs", language, formats)


def _draw_growth(
    result: Result, folder: Path, language: Language, formats: Sequence[str]
) -> list[Path]:
    with matplotlib.rc_context(cast(Any, STYLE)):
        figure = Figure(figsize=(9, 5))
        ax = figure.subplots()
        figure.subplots_adjust(left=0.1, right=0.96, top=0.86, bottom=0.15)
        for k, (trace, growth) in enumerate(zip(result.traces, result.growth, strict=True)):
            ax.plot(
                trace.evaluations,
                growth,
                color=COLOURS[k % len(COLOURS)],
                ls=cast(Any, DASHES[k % len(DASHES)]),
                lw=2.2,
                label=language.line(_word(language, "seed", n=str(k + 1))),
            )
        ax.set_ylim(0, 1.05)
        ax.set_xlabel(language.line(_word(language, "evaluations")))
        ax.legend(frameon=False, loc="lower right")
        figure.suptitle(language.line(_word(language, "growth")), fontsize=14, fontweight="bold")
        return save(figure, folder, "convergence", language, formats)
