"""What an analyst would put in the memo: hypotheses, boxes and plain sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any, cast

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from scipy.stats import t as student

from drawdown.day.curves import NORMAL_95
from drawdown.declared import data_files
from drawdown.declared.columns import STRUCTURES
from drawdown.declared.language import Language
from drawdown.declared.parameters import declarations
from drawdown.declared.scenario import Scenario
from drawdown.questions.adverse import Against
from drawdown.questions.compare import (
    POOLED,
    WINDOWS,
    Comparison,
    Estimate,
    smallest_difference,
)
from drawdown.questions.discovery import Box, Side
from drawdown.questions.regret import (
    MEASURES,
    SEPARATE,
    SHARES,
    Losses,
    ranking_path,
    regrets,
    summary,
)
from drawdown.questions.sensitivity import Drivers, Morris, Sobol
from drawdown.questions.thesis import CUT, NOTICED, RISE, Finding, Hypothesis, Thesis
from drawdown.views.figures import COLOURS, FORMATS, STYLE, save
from drawdown.views.sheet import Console, Sheet
from drawdown.views.tables import SHOWN, interval

COUNTED = ("tempo_state", *(o for o in SHOWN if not o.startswith("tempo")))
"""Outcomes that the paragraph sorts by how sure their sign is: those of the table."""

CERTAIN_UP, CERTAIN_DOWN, SMALL, OPEN = "up", "down", "small", "open"


MAY_FAIL = 0.01
"""Share of comparisons in which one of all statements called certain may be wrong (a judgement)."""

FEWEST = 30
"""Worlds of a part below which nothing of it is called certain (a judgement)."""


def corrected(e: Estimate, statements: int) -> tuple[float, float]:
    """Return the interval of an estimate that may carry a statement, one of so many.

    Student's, since the spread is estimated too, and divided among the statements (Bonferroni),
    so that in a hundred comparisons about one makes a wrong one.

    Args:
        e: The estimate with its 95 % simulation interval.
        statements: How many statements are made beside it, itself included.
    """
    if e.runs < FEWEST or e.mean != e.mean or e.low != e.low:
        return -math.inf, math.inf
    level = 1.0 - MAY_FAIL / (2 * statements)
    half = e.half_width / NORMAL_95 * float(student.ppf(level, e.runs - 1))
    return e.mean - half, e.mean + half


def sign(e: Estimate, smallest: float, statements: int = 1) -> str:
    """Return whether a difference's sign is certain, negligible, or open.

    Certain: the whole of the `corrected` interval lies beyond the smallest difference of
    interest. Small: all of it lies within.

    Args:
        e: The difference.
        smallest: The smallest difference of interest.
        statements: How many statements are made beside it.
    """
    low, high = corrected(e, statements)
    if -smallest < low and high < smallest:
        return SMALL
    if low >= smallest:
        return CERTAIN_UP
    if high <= -smallest:
        return CERTAIN_DOWN
    return OPEN


def signs(comparison: Comparison, scenario: str, outcome: str, statements: int) -> str:
    """Return one sign over structures and motives: certain only where it is under each of them.

    Args:
        comparison: The comparison.
        scenario: Name of a scenario other than the baseline.
        outcome: One of `outcomes.RUN_OUTCOMES`.
        statements: How many outcomes are told of.
    """
    smallest = smallest_difference(outcome)
    many = statements * max(1, len(comparison.scenarios) - 1)
    each = {
        sign(comparison.difference(scenario, part, outcome), smallest, many)
        for part in (*comparison.structures, *comparison.motives)
    }
    return each.pop() if len(each) == 1 else OPEN


def _whatever(comparison: Comparison) -> str:
    """Return which of structures and motives a statement holds under several of."""
    several = len(comparison.structures) > 1, len(comparison.motives) > 1
    return {
        (True, True): "whatever_both",
        (True, False): "whatever_structure",
        (False, True): "whatever_motive",
        (False, False): "whatever_none",
    }[several]


def _list(items: Sequence[str], language: Language) -> str:
    comma = language.comma
    if len(items) < 2:
        return "".join(items)
    return comma.join(items[:-1]) + language.last + items[-1]


def paragraph(comparison: Comparison, scenario: str, language: Language) -> list[str]:
    """Return sentences on a scenario against the baseline, no stronger than the numbers.

    Args:
        comparison: The comparison.
        scenario: Name of the scenario.
        language: Language of the sentences.
    """

    def word(name: str, **values: Any) -> str:
        return language.word("memo", name, **values)

    n = language.number
    main = comparison.main_structure
    case = language.pick(comparison.title(scenario))
    base = language.pick(comparison.title(comparison.baseline))
    quotient = comparison.tempo_ratio(scenario, main)
    each = [
        comparison.tempo_ratio(scenario, part)
        for part in (*comparison.structures, *comparison.motives)
    ]
    found = []
    many = (len(COUNTED) + 1) * max(1, len(comparison.scenarios) - 1)
    sure = [corrected(e, many) for e in each]
    if all(high < 1 for _, high in sure):
        kind = "fewer"
    elif all(low > 1 for low, _ in sure):
        kind = "more"
    elif any(high < 1 for _, high in sure) and any(low > 1 for low, _ in sure):
        kind = "disputed"
    else:
        kind = "unclear"
    low, high = (language.number(x) for x in (quotient.low, quotient.high))
    found.append(
        word(
            f"tempo_{kind}",
            case=case,
            base=base,
            ratio=n(quotient.mean),
            low=low,
            high=high,
            worst=n(quotient.future_low),
            best=n(quotient.future_high),
        )
    )
    found.append(_stopping(comparison, scenario, language))
    by_sign: dict[str, list[str]] = {k: [] for k in (CERTAIN_UP, CERTAIN_DOWN, SMALL, OPEN)}
    for outcome in COUNTED:
        kind = signs(comparison, scenario, outcome, len(COUNTED) + 1)
        by_sign[kind].append(language.outcome(outcome))
    for kind, words in (
        (CERTAIN_UP, "certain_up"),
        (CERTAIN_DOWN, "certain_down"),
        (SMALL, "no_difference"),
        (OPEN, "open_sign"),
    ):
        if by_sign[kind]:
            told = _list(by_sign[kind], language)
            found.append(word(words, outcomes=told, whatever=word(_whatever(comparison))))
    fewest = min(e.runs for e in each)
    if fewest < FEWEST:
        found.append(word("too_few", fewest=n(fewest, 0), needed=n(FEWEST, 0)))
    found.append(word("assumptions"))
    return found


def _stopping(comparison: Comparison, scenario: str, language: Language) -> str:
    """Return how often the attacks stop; windows longer than the run are said to be so."""
    n, main = language.number, comparison.main_structure
    stop = {w: comparison.level(scenario, main, f"stop_{w}") for w in WINDOWS}
    known = [w for w in WINDOWS if stop[w].runs > 0]
    if not known:
        return language.word("memo", "stop_unknown", days=n(WINDOWS[0], 0))
    longest = known[-1]
    high = stop[longest].high
    other = comparison.level(comparison.baseline, main, f"stop_{longest}")
    values = {
        "base": language.pick(comparison.title(comparison.baseline)),
        "other": n(100 * other.mean, 0) if other.runs else "–",
    }
    if len(known) < len(WINDOWS):
        return language.word(
            "memo", "stop_short", days=n(longest, 0), p=n(100 * stop[longest].mean, 0), **values
        )
    size = "rare" if high < 0.05 else "some" if high < 0.5 else "often"
    shares = {f"p{w}": n(100 * stop[w].mean, 0) for w in WINDOWS}
    return language.word("memo", f"stop_{size}", **shares, **values)


def all_outcomes(comparison: Comparison, scenario: str, language: Language) -> Sheet:
    """Return paired differences of every outcome under each structure and pooled."""
    case = language.pick(comparison.title(scenario))
    base = language.pick(comparison.title(comparison.baseline))
    table = Sheet(
        title=language.line(language.word("table", "less", a=case, b=base)),
    )
    table.column(language.word("table", "outcome"))
    for structure in comparison.all_structures:
        table.column(language.word("structures", structure))
    table.column(language.word("memo", "sign"))
    units = data_files.load("outcomes")["run"]
    for outcome, item in units.items():
        digits = {"people": 1, "index100": 1, "index": 3, "days": 0}.get(item["unit"], 2)
        found = signs(comparison, scenario, outcome, len(units))
        table.row(
            language.outcome(outcome),
            *(
                interval(comparison.difference(scenario, s, outcome), language, digits)
                for s in comparison.all_structures
            ),
            language.word("memo", f"sign_{found}"),
        )
    return table


def _value(name: str, value: float, language: Language) -> str:
    high = declarations()[name].range[1]
    digits = 0 if high >= 1000 else 1 if high >= 100 else 2 if high >= 1 else 4
    return language.number(value, digits)


def told_side(side: Side, language: Language) -> str:
    """Return a side of a box in words."""
    item = declarations()[side.name]
    values: dict[str, Any] = {
        "what": item.name.in_language(language.code),
        "low": _value(side.name, side.low, language) if side.from_below else "",
        "high": _value(side.name, side.high, language) if side.from_above else "",
        "unit": item.unit.in_language(language.code),
    }
    kind = (
        "between"
        if side.from_below and side.from_above
        else "above"
        if side.from_below
        else "below"
    )
    return language.word("memo", f"side_{kind}", **values)


def told_box(box: Box, language: Language) -> str:
    """Return a box in words, with how well it says where the cases are on fresh draws."""
    n = language.number
    joined = language.word("memo", "and").join(told_side(s, language) for s in box.sides)
    return language.word(
        "memo",
        "box",
        sides=joined,
        density=n(100 * box.density, 0),
        coverage=n(100 * box.coverage, 0),
        mass=n(100 * box.mass, 0),
        base=n(100 * box.base, 0),
        p=language.kept("; ".join(f"{s.name} {s.quasi_p:.1g}" for s in box.sides)),
    )


def _claim(finding: Finding, language: Language) -> str:
    text: str = language.pick(data_files.load("claims")[finding.hypothesis.claim]["claim"])
    return text


def told_hypothesis(hypothesis: Hypothesis, language: Language) -> str:
    """Return a hypothesis as a statement, with its threshold."""
    n = language.number
    return language.word(
        "thesis",
        hypothesis.name,
        cut=n(100 * CUT, 0),
        rise=n(100 * (RISE - 1), 0),
        noticed=n(100 * NOTICED, 0),
    )


def told_against(against: Against, language: Language) -> str:
    """Return what speaks most against a hypothesis, or that nothing within the priors can."""
    join = language.word("memo", "and")
    few = [
        f"{declarations()[name].name.in_language(language.code)} {_value(name, value, language)}"
        for name, value in list(against.values.items())[:4]
    ]
    return language.word(
        "thesis",
        "fails_at" if against.fails else "cannot_fail",
        motive=language.word("motives", against.motive),
        structure=language.word("structures", against.structure),
        values=join.join(few),
    )


def told_finding(finding: Finding, language: Language) -> list[str]:
    """Return a finding as sentences: statement, how often, under which structures, where not."""
    n = language.number
    each = language.semicolon

    def shares(group: str, found: Mapping[str, Estimate]) -> str:
        return each.join(
            f"{language.word(group, s)} {language.kept(f'{100 * e.mean:.0f} %')}"
            for s, e in found.items()
            if s != POOLED
        )

    lines = [
        told_hypothesis(finding.hypothesis, language),
        language.word(
            "thesis",
            "held",
            share=n(100 * finding.holds[POOLED].mean, 0),
            low=n(100 * finding.holds[POOLED].low, 0),
            high=n(100 * finding.holds[POOLED].high, 0),
            each=shares("motives", finding.by_motive),
        ),
        language.word("thesis", "held_structures", each=shares("structures", finding.holds)),
        told_against(finding.against, language),
        language.word(
            "thesis",
            "beside",
            what=language.outcome(finding.hypothesis.level[2]),
            case=Scenario.load(finding.hypothesis.level[0]).title.in_language(language.code),
            base=Scenario.load(finding.hypothesis.level[1]).title.in_language(language.code),
            ratio=interval(finding.ratio[POOLED], language),
        ),
    ]
    if finding.wrong is not None:
        lines.append(language.word("thesis", "wrong_where", box=told_box(finding.wrong, language)))
    elif finding.right is not None:
        lines.append(language.word("thesis", "right_where", box=told_box(finding.right, language)))
    elif finding.fails < 0.02 or finding.fails > 0.98:
        lines.append(language.word("thesis", "nowhere" if finding.fails < 0.02 else "never"))
    else:
        lines.append(language.word("thesis", "no_box", share=n(100 * finding.fails, 0)))
    return lines


def show_thesis(found: Thesis, language: Language, console: Console) -> None:
    """Print each claim, what the model says, how often, and where it would be wrong."""
    claim = ""
    for finding in found.findings:
        if finding.hypothesis.claim != claim:
            claim = finding.hypothesis.claim
            console.print(
                language.line(f"{language.kept(claim)}: {_claim(finding, language)}"),
                style="bold",
            )
        first, *rest = told_finding(finding, language)
        console.print(language.line(f"  • {first}"))
        for line in rest:
            console.print(language.line(f"    {line}"))
    n = language.number
    for name in dict.fromkeys(key[0] for key in found.stops):
        console.print(
            language.line(
                language.word(
                    "thesis",
                    "stops",
                    case=Scenario.load(name).title.in_language(language.code),
                    p60=interval(found.stops[name, 60], language),
                    p120=interval(found.stops[name, 120], language),
                    p180=interval(found.stops[name, 180], language),
                )
            ),
        )
    console.print(
        language.line(
            language.word(
                "thesis", "how", draws=n(found.draws, 0), lucks=n(found.lucks, 0), seed=found.seed
            )
        ),
    )


def thesis_csv(found: Thesis) -> list[list[str]]:
    """Return every finding and box as rows for a CSV file."""
    rows = [["hypothesis", "claim", "what", "structure_or_side", "value", "low", "high"]]
    for finding in found.findings:
        h = finding.hypothesis
        for part in (*STRUCTURES, POOLED):
            for what, e in (("holds", finding.holds[part]), ("ratio", finding.ratio[part])):
                numbers = [f"{v:.5g}" for v in (e.mean, e.low, e.high)]
                rows.append([h.name, h.claim, what, part, *numbers])
        for part, e in finding.by_motive.items():
            numbers = [f"{v:.5g}" for v in (e.mean, e.low, e.high)]
            rows.append([h.name, h.claim, "holds", part, *numbers])
        can = "can_fail" if finding.against.fails else "cannot_fail"
        rows.append([h.name, h.claim, can, "margin", f"{finding.against.margin:.4g}", "", ""])
        for what, box in (("wrong", finding.wrong), ("right", finding.right)):
            if box is None:
                continue
            for quality in ("coverage", "density", "mass", "base"):
                rows.append(
                    [h.name, h.claim, what, quality, f"{getattr(box, quality):.4g}", "", ""]
                )
            for side in box.sides:
                ends = [f"{v:.5g}" if np.isfinite(v) else "" for v in (side.low, side.high)]
                rows.append([h.name, h.claim, what, side.name, f"{side.quasi_p:.3g}", *ends])
    return rows


def draw_boxes(
    found: Thesis, folder: Path, language: Language, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Draw each box as ranges within the priors."""
    shown = [(f, b) for f in found.findings for b in (f.wrong or f.right,) if b is not None]
    if not shown:
        return []
    rows = sum(len(b.sides) for _, b in shown)
    side = "right" if language.right_to_left else "left"
    with matplotlib.rc_context(cast(Any, STYLE)):
        height = 1.2 + 1.0 * rows + 1.0 * len(shown)
        figure = Figure(figsize=(13.3, height))
        axes = figure.subplots(
            len(shown), 1, squeeze=False, height_ratios=[len(b.sides) + 0.6 for _, b in shown]
        )[:, 0]
        figure.subplots_adjust(
            left=0.05 if language.right_to_left else 0.34,
            right=0.66 if language.right_to_left else 0.95,
            top=1.0 - 1.35 / height,
            bottom=0.2 / height,
            hspace=0.6,
        )
        for ax, (finding, box) in zip(axes, shown, strict=True):
            colour = COLOURS[1] if finding.wrong is not None else COLOURS[0]
            labels = []
            for k, one in enumerate(box.sides):
                item = declarations()[one.name]
                assert item.prior is not None
                ends = [item.prior[s] for s in STRUCTURES]
                low, high = min(p.quantile(0.0) for p in ends), max(p.quantile(1.0) for p in ends)
                a = (max(low, one.low) - low) / (high - low)
                b = (min(high, one.high) - low) / (high - low)
                ax.barh(k, 1.0, 0.36, color="0.9")
                ax.barh(k, b - a, 0.36, a, color=colour, alpha=0.75)
                for x, value in ((0.0, low), (1.0, high)):
                    ax.annotate(
                        _value(one.name, value, language),
                        (x, k - 0.22),
                        ha="center",
                        va="bottom",
                        fontsize=9,
                        color="0.35",
                    )
                for x, value, cut in ((a, one.low, one.from_below), (b, one.high, one.from_above)):
                    if cut:
                        ax.annotate(
                            _value(one.name, value, language),
                            (x, k + 0.22),
                            ha="center",
                            va="top",
                            fontsize=11,
                            fontweight="bold",
                            color=colour,
                        )
                labels.append(language.line(item.name.in_language(language.code)))
            ax.set_yticks(range(len(labels)), labels)
            if language.right_to_left:
                ax.yaxis.tick_right()
            ax.set_xticks([])
            ax.set_xlim(-0.03, 1.03)
            ax.set_ylim(len(labels) - 0.4, -0.6)
            ax.tick_params(length=0)
            ax.grid(False)
            for spine in ax.spines.values():
                spine.set_visible(False)
            key = "wrong_title" if finding.wrong is not None else "right_title"
            statement = language.word(
                "thesis",
                f"{finding.hypothesis.name}_short",
            )
            n = language.number
            text = language.word(
                "thesis",
                key,
                statement=statement,
                density=n(100 * box.density, 0),
                coverage=n(100 * box.coverage, 0),
                base=n(100 * box.base, 0),
            )
            ax.annotate(
                language.line(text),
                (0.98 if language.right_to_left else 0.02, 1.0),
                xycoords=("figure fraction", "axes fraction"),
                xytext=(0, 8),
                textcoords="offset points",
                ha=cast(Any, side),
                fontsize=10.5,
                fontweight="bold",
            )
        figure.suptitle(
            language.line(language.word("thesis", "boxes_title")),
            fontsize=17,
            fontweight="bold",
            y=1.0 - 0.18 / height,
        )
        return save(figure, folder, "boxes", language, formats)


def effects_table(morris: Morris, language: Language) -> Sheet:
    """Return Morris's effects of the parameters that stand out of the noise."""
    table = Sheet(title=language.line(language.word("sensitivity", "morris")))
    table.column(language.word("sensitivity", "parameter"))
    for outcome in morris.outcomes:
        table.column(language.outcome(outcome))
    for name in morris.few(len(morris.names)):
        k = morris.names.index(name)
        cells = [
            language.kept(f"{morris.effects[o, k]:.2f} ± {morris.errors[o, k]:.2f}")
            for o in range(len(morris.outcomes))
        ]
        table.row(language.kept(name), *cells)
    noise = [language.number(float(v)) for v in morris.noise]
    table.row(language.word("sensitivity", "noise"), *noise)
    return table


def indices_table(sobol: Sobol, language: Language) -> Sheet:
    """Return Sobol's indices of the few, with half intervals and those of half the sample."""
    n = language.number
    table = Sheet(
        title=language.line(language.word("sensitivity", "sobol", runs=n(sobol.runs, 0))),
    )
    table.column(language.word("sensitivity", "parameter"))
    for outcome in sobol.outcomes:
        table.column(f"{language.outcome(outcome)}: {language.word('sensitivity', 'first')}")
        table.column(language.word("sensitivity", "total"), of=language.outcome(outcome))
        table.column(language.word("sensitivity", "half"), of=language.outcome(outcome))
    for k, name in enumerate(sobol.names):
        cells = []
        for o in range(len(sobol.outcomes)):
            cells += [
                index_text(sobol.first[o, k], sobol.first_errors[o, k], language),
                index_text(sobol.total[o, k], sobol.total_errors[o, k], language),
                n(float(sobol.half_total[o, k])) if sobol.total[o, k] == sobol.total[o, k] else "",
            ]
        table.row(language.kept(name), *cells)
    return table


def show_sensitivity(
    morris: Morris, sobol: Sobol, title: str, language: Language, console: Console
) -> None:
    """Print effects of all parameters that stand out, then indices of the few."""
    console.print(language.line(title), style="bold")
    console.print(effects_table(morris, language))
    console.print(indices_table(sobol, language))
    console.print(language.line(language.word("sensitivity", "legend")))


def index_text(value: float, error: float, language: Language) -> str:
    """Return an index with its half interval; nothing for a parameter that has none."""
    return language.kept(f"{value:.2f} ± {error:.2f}") if value == value else ""


def left_out(drivers: Drivers, language: Language) -> list[str]:
    """Return a sentence for each outcome that has no drivers to be found."""
    found = []
    for outcome, (why, number) in drivers.left_out:
        values = {
            "outcome": language.outcome(outcome),
            "name": language.kept(outcome),
            "value": language.kept(f"{number:g}"),
            "share": language.kept(f"{100 * number:.0f} %"),
        }
        found.append(language.word("sensitivity", f"left_out_{why}", **values))
    return found


def sensitivity_csv(morris: Morris, sobol: Sobol) -> list[list[str]]:
    """Return effects and indices as rows for a CSV file."""
    rows = [["method", "outcome", "parameter", "value", "half_interval", "kind"]]
    for o, outcome in enumerate(morris.outcomes):
        for k, name in enumerate(morris.names):
            numbers = (morris.effects[o, k], morris.errors[o, k])
            rows.append(["morris", outcome, name, *(f"{v:.5g}" for v in numbers), "mu_star"])
    for o, outcome in enumerate(sobol.outcomes):
        for k, name in enumerate(sobol.names):
            for kind, value, error in (
                ("first", sobol.first[o, k], sobol.first_errors[o, k]),
                ("total", sobol.total[o, k], sobol.total_errors[o, k]),
            ):
                if value != value:
                    continue
                rows.append(["sobol", outcome, name, f"{value:.5g}", f"{error:.5g}", kind])
    return rows


def draw_sensitivity(
    morris: Morris,
    sobol: Sobol,
    title: str,
    folder: Path,
    language: Language,
    formats: Sequence[str] = FORMATS,
) -> list[Path]:
    """Draw a tornado of Sobol's indices for the first outcome, and Morris's effects for all."""
    items = declarations()
    right = language.right_to_left

    def name_of(name: str) -> str:
        return language.line(items[name].name.in_language(language.code))

    with matplotlib.rc_context(cast(Any, STYLE)):
        total = np.nan_to_num(sobol.total[0], nan=0.0)
        order = np.argsort(total)
        order = order[total[order] > 0.005]
        figure = Figure(figsize=(11.5, 2.2 + 0.5 * max(3, len(order))))
        ax = figure.subplots()
        figure.subplots_adjust(
            left=0.06 if right else 0.33, right=0.67 if right else 0.96, top=0.82, bottom=0.16
        )
        y = np.arange(len(order))
        ax.barh(y, sobol.total[0, order], 0.7, color=COLOURS[0], alpha=0.3)
        ax.barh(y, np.maximum(0, sobol.first[0, order]), 0.4, color=COLOURS[0])
        ax.errorbar(
            sobol.total[0, order],
            y,
            xerr=sobol.total_errors[0, order],
            fmt="none",
            color="0.2",
            lw=1.2,
        )
        ax.set_yticks(y, [name_of(sobol.names[k]) for k in order])
        ax.set_ylim(-0.6, max(3, len(order)) - 0.4)
        if right:
            ax.invert_xaxis()
            ax.yaxis.tick_right()
        ax.set_xlabel(language.line(language.word("sensitivity", "axis")))
        figure.suptitle(language.line(title), fontsize=15, fontweight="bold")
        ax.set_title(language.line(language.outcome(sobol.outcomes[0])), fontsize=12)
        written = save(figure, folder, "tornado", language, formats)
        shown = morris.few(24)
        height = 2.0 + 0.42 * len(shown)
        figure = Figure(figsize=(4.6 + 1.5 * len(morris.outcomes), height))
        ax = figure.subplots()
        figure.subplots_adjust(
            left=0.04 if right else 0.4,
            right=0.6 if right else 0.97,
            top=1.0 - 1.5 / height,
            bottom=0.3 / height,
        )
        rows = [morris.names.index(s) for s in shown]
        columns = list(range(len(morris.outcomes)))[:: -1 if right else 1]
        if not shown:
            # No parameter stands out of the noise: there is no picture to draw.
            return written
        values = morris.effects[np.ix_(columns, rows)].T
        ax.imshow(values, aspect="auto", cmap="Blues", vmin=0)
        for i in range(values.shape[0]):
            for j in range(values.shape[1]):
                dark = values[i, j] > 0.6 * values.max()
                ax.text(
                    j,
                    i,
                    f"{values[i, j]:.1f}",
                    ha="center",
                    va="center",
                    fontsize=9.5,
                    color="white" if dark else "0.2",
                )
        ax.set_yticks(range(len(shown)), [name_of(s) for s in shown], fontsize=10.5)
        if right:
            ax.yaxis.tick_right()
        ax.xaxis.tick_top()
        ax.set_xticks(
            range(len(columns)),
            [
                "\n".join(
                    language.line(part) for part in wrap(language.outcome(morris.outcomes[c]), 18)
                )
                for c in columns
            ],
            fontsize=9,
        )
        ax.grid(False)
        figure.suptitle(
            language.line(language.word("sensitivity", "heat")), fontsize=13, fontweight="bold"
        )
        return written + save(figure, folder, "effects", language, formats)


def _regret_table(
    title: str, losses: Losses, weights: Mapping[str, float], digits: int, language: Language
) -> Sheet:
    found = summary(regrets(losses.loss(weights)))
    table = Sheet(title=language.line(title))
    table.column(language.word("table", "scenario"))
    for measure in MEASURES:
        table.column(
            f"{language.word('regret', measure)}\n{language.word('structures', POOLED)}",
        )
    for structure in STRUCTURES:
        table.column(
            f"{language.word('regret', 'minimax')}\n{language.word('structures', structure)}",
        )
    for k, item in enumerate(losses.policies):
        table.row(
            item.title.in_language(language.code),
            *(language.number(float(found[POOLED][m][k]), digits) for m in MEASURES),
            *(language.number(float(found[s]["minimax"][k]), digits) for s in STRUCTURES),
        )
    return table


def regret_tables(
    losses: Losses, weights: Mapping[str, float] | None, language: Language
) -> list[tuple[tuple[str, ...], Sheet]]:
    """Return the tables of regret, each with the outcomes in it: one an outcome, or one weighed."""
    if weights is not None:
        told = "; ".join(f"{k} = {v:g}" for k, v in weights.items())
        title = f"{language.word('regret', 'weighed')}: {language.kept(told)}"
        return [(tuple(weights), _regret_table(title, losses, weights, 2, language))]
    found: list[tuple[tuple[str, ...], Sheet]] = []
    for name, sign in SEPARATE.items():
        digits = {"authority": 3, "daesh_index": 0}.get(name, 2)
        title = f"{language.word('regret', 'title')}: {language.outcome(name)}"
        found.append(((name,), _regret_table(title, losses, {name: sign}, digits, language)))
    return found


def show_regret(
    losses: Losses, weights: Mapping[str, float] | None, language: Language, console: Console
) -> None:
    """Print regrets: one outcome after the other, or weighed as the user says."""
    if weights is None:
        console.print(language.line(language.word("regret", "no_weights")))
    for _, table in regret_tables(losses, weights, language):
        console.print(table)
    console.print(language.line(language.word("regret", "legend")))


def regret_csv(losses: Losses, weights: Mapping[str, float] | None) -> list[list[str]]:
    """Return every measure of regret as rows for a CSV file."""
    rows = [["weights", "policy", "structure", "measure", "regret"]]
    each = [weights] if weights is not None else [{k: v} for k, v in SEPARATE.items()]
    for one in each:
        found = summary(regrets(losses.loss(one)))
        told = "; ".join(f"{k}={v:g}" for k, v in one.items())
        for structure, measures in found.items():
            for measure, values in measures.items():
                for item, value in zip(losses.policies, values, strict=True):
                    rows.append([told, item.name, structure, measure, f"{value:.6g}"])
    return rows


def draw_regret(
    losses: Losses,
    weights: Mapping[str, float],
    folder: Path,
    language: Language,
    formats: Sequence[str] = FORMATS,
) -> list[Path]:
    """Draw how mean regrets, and so the ranking, change as each weight moves."""
    names = [n for n, w in weights.items() if w]
    if len(names) < 2:
        return []
    whole = sum(abs(w) for w in weights.values())
    with matplotlib.rc_context(cast(Any, STYLE)):
        figure = Figure(figsize=(5.2 * len(names) + 1.5, 6.2))
        axes = figure.subplots(1, len(names), squeeze=False, sharey=True)[0]
        figure.subplots_adjust(left=0.06, right=0.98, top=0.84, bottom=0.25, wspace=0.08)
        order = names[::-1] if language.right_to_left else names
        for ax, name in zip(axes, order, strict=True):
            path = ranking_path(losses, weights, name)
            for k, item in enumerate(losses.policies):
                ax.plot(
                    SHARES,
                    path[:, k],
                    color=COLOURS[k % len(COLOURS)],
                    lw=2.2,
                    ls=("-", "--", "-.", ":")[k % 4],
                    label=language.line(item.title.in_language(language.code)),
                )
            ax.axvline(abs(weights[name]) / whole, color="0.4", lw=1, ls=":")
            ax.set_xlim(0, 1)
            ax.set_ylim(bottom=0)
            if language.right_to_left:
                ax.invert_xaxis()
            ax.set_title(language.line(language.outcome(name)), fontsize=11.5)
            ax.set_xlabel(language.line(language.word("regret", "share")), fontsize=10.5)
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="lower center", ncol=4, frameon=False, fontsize=10.5)
        figure.suptitle(
            language.line(language.word("regret", "picture")), fontsize=14, fontweight="bold"
        )
        return save(figure, folder, "regret", language, formats)
