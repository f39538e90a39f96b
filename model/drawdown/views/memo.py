"""What an analyst would put in the memo: hypotheses, boxes and plain sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drawdown.day.curves import NORMAL_95
from drawdown.declared import data_files
from drawdown.declared.columns import STRUCTURES
from drawdown.declared.language import Language
from drawdown.declared.parameters import declarations
from drawdown.declared.scenario import Scenario
from drawdown.questions.adverse import Against
from drawdown.questions.compare import POOLED, WINDOWS, Comparison, Estimate, smallest_difference
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
from drawdown.views.figures import (
    COLOURS,
    FORMATS,
    ends_of,
    heading,
    label,
    lines,
    named_rows,
    panel,
    save,
    styled,
)
from drawdown.views.tables import SHOWN, both, digits_of, interval
from drawdown.views.terminal_tables import Console, Sheet
from drawdown.views.words import Cell, Words, csv_table, percent

Rows = Iterator[Sequence[Cell]]

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
    from scipy.stats import t as student  # a second of imports, for a report alone

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
    if len(comparison.structures) > 1:
        return "whatever_both" if len(comparison.motives) > 1 else "whatever_structure"
    return "whatever_motive" if len(comparison.motives) > 1 else "whatever_none"


def _list(items: Sequence[str], language: Language) -> str:
    if len(items) < 2:
        return "".join(items)
    return language.comma.join(items[:-1]) + language.last + items[-1]


def certain(comparison: Comparison, scenario: str, language: Language) -> list[str]:
    """Return which outcomes surely differ from the baseline's, no stronger than the numbers.

    Args:
        comparison: The comparison.
        scenario: Name of the scenario.
        language: Language of the sentences.
    """
    word = Words(language, "memo")
    by_sign: dict[str, list[str]] = {name: [] for name in _SIGN_SENTENCES}
    for outcome in COUNTED:
        kind = signs(comparison, scenario, outcome, len(COUNTED))
        by_sign[kind].append(language.outcome(outcome))
    whatever = word(_whatever(comparison))
    found = [
        word(_SIGN_SENTENCES[kind], outcomes=_list(outcomes, language), whatever=whatever)
        for kind, outcomes in by_sign.items()
        if outcomes
    ]
    parts = (*comparison.structures, *comparison.motives)
    fewest = min(comparison.tempo_ratio(scenario, part).runs for part in parts)
    if fewest < FEWEST:
        found.append(word("too_few", fewest=fewest, needed=FEWEST))
    return [*found, word("assumptions")]


_SIGN_SENTENCES = {
    CERTAIN_UP: "certain_up",
    CERTAIN_DOWN: "certain_down",
    SMALL: "no_difference",
    OPEN: "open_sign",
}


def all_outcomes(comparison: Comparison, scenario: str, language: Language) -> Sheet:
    """Return paired differences of every outcome under each structure and pooled."""
    word, structures = Words(language, "memo"), comparison.all_structures
    names = list(data_files.load("outcomes")["run"])
    rows = []
    for outcome in names:
        each = [comparison.difference(scenario, s, outcome) for s in structures]
        sign_of = signs(comparison, scenario, outcome, len(names))
        cells = (interval(e, language, digits_of(outcome)) for e in each)
        rows.append((language.outcome(outcome), *cells, word(f"sign_{sign_of}")))
    case, base = (language.pick(comparison.title(n)) for n in (scenario, comparison.baseline))
    heads = [
        language.word("table", "outcome"),
        *Words(language, "structures").each(*structures),
        word("sign"),
    ]
    return Sheet(Words(language, "table").line("less", a=case, b=base), heads, rows=rows)


def _value(name: str, value: float, language: Language) -> str:
    high = declarations()[name].range[1]
    digits = 0 if high >= 1000 else 1 if high >= 100 else 2 if high >= 1 else 4
    return language.number(value, digits)


def told_side(side: Side, language: Language) -> str:
    """Return a side of a box in words."""
    item = declarations()[side.name]
    both = side.from_below and side.from_above
    kind = "between" if both else "above" if side.from_below else "below"
    return language.word(
        "memo",
        f"side_{kind}",
        what=item.name.in_language(language.code),
        low=_value(side.name, side.low, language) if side.from_below else "",
        high=_value(side.name, side.high, language) if side.from_above else "",
        unit=item.unit.in_language(language.code),
    )


def told_sides(box: Box, language: Language) -> str:
    """Return all sides of a box in words."""
    return language.word("memo", "and").join(told_side(s, language) for s in box.sides)


def told_box(box: Box, language: Language) -> str:
    """Return a box in words, with how well it says where the cases are on fresh draws."""
    return Words(language, "memo")(
        "box",
        sides=told_sides(box, language),
        density=percent(box.density),
        coverage=percent(box.coverage),
        mass=percent(box.mass),
        base=percent(box.base),
        p=language.kept("; ".join(f"{s.name} {s.quasi_p:.1g}" for s in box.sides)),
    )


def told_hypothesis(hypothesis: Hypothesis, language: Language) -> str:
    """Return a hypothesis as a statement, with its threshold."""
    limits = {"cut": percent(CUT), "rise": percent(RISE - 1), "noticed": percent(NOTICED)}
    return Words(language, "thesis")(hypothesis.name, **limits)


def told_against(against: Against, language: Language) -> str:
    """Return what speaks most against a hypothesis, or that nothing within the priors can."""
    few = [
        f"{declarations()[name].name.in_language(language.code)} {_value(name, value, language)}"
        for name, value in list(against.values.items())[:4]
    ]
    return language.word(
        "thesis",
        "fails_at" if against.fails else "cannot_fail",
        motive=language.word("motives", against.motive),
        structure=language.word("structures", against.structure),
        values=language.word("memo", "and").join(few),
    )


def told_finding(finding: Finding, language: Language) -> list[str]:
    """Return a finding as sentences: statement, how often, under which structures, where not."""
    word, whole = Words(language, "thesis"), finding.holds[POOLED]

    def shares(group: str, found: Mapping[str, Estimate]) -> str:
        return language.semicolon.join(
            f"{language.word(group, s)} {language.kept(f'{100 * e.mean:.0f} %')}"
            for s, e in found.items()
            if s != POOLED
        )

    def title(name: str) -> str:
        return Scenario.load(name).title.in_language(language.code)

    case, base, outcome, *_ = finding.hypothesis.level
    return [
        told_hypothesis(finding.hypothesis, language),
        word(
            "held",
            share=percent(whole.mean),
            low=percent(whole.low),
            high=percent(whole.high),
            each=shares("motives", finding.by_motive),
        ),
        word("held_structures", each=shares("structures", finding.holds)),
        told_against(finding.against, language),
        *_told_inputs(finding.hypothesis, language),
        word(
            "beside",
            what=language.outcome(outcome),
            case=title(case),
            base=title(base),
            ratio=interval(finding.ratio[POOLED], language),
        ),
        _told_where(finding, language),
    ]


def _told_inputs(hypothesis: Hypothesis, language: Language) -> list[str]:
    """Return which inputs a hypothesis follows from, where it does."""
    if not hypothesis.put_in:
        return []
    names = [declarations()[n].name.in_language(language.code) for n in hypothesis.put_in]
    return [language.word("thesis", "put_in", names=language.semicolon.join(names))]


def _told_where(finding: Finding, language: Language) -> str:
    """Return in which part of the priors a hypothesis is wrong, or right."""
    word = Words(language, "thesis")
    if finding.wrong is not None:
        return word("wrong_where", box=told_box(finding.wrong, language))
    if finding.right is not None:
        return word("right_where", box=told_box(finding.right, language))
    if finding.fails < 0.02 or finding.fails > 0.98:
        return word("nowhere" if finding.fails < 0.02 else "never")
    return word("no_box", share=percent(finding.fails))


def told_thesis(found: Thesis, language: Language) -> str:
    """Return how the numbers of the theses were made."""
    return Words(language, "thesis")(
        "how", draws=found.draws, lucks=found.lucks, seed=str(found.seed)
    )


def show_thesis(found: Thesis, language: Language, console: Console) -> None:
    """Print each claim, what the model says, how often, and where it would be wrong."""
    claim = ""
    for finding in found.findings:
        if finding.hypothesis.claim != claim:
            claim = finding.hypothesis.claim
            text = language.pick(data_files.load("claims")[claim]["claim"])
            console.print(language.line(f"{language.kept(claim)}: {text}"), style="bold")
        for k, line in enumerate(told_finding(finding, language)):
            console.print(language.line(f"    {line}" if k else f"  • {line}"))
    for name in dict.fromkeys(key[0] for key in found.stops):
        case = Scenario.load(name).title.in_language(language.code)
        stops = {f"p{w}": both(found.stops[name, w], language) for w in WINDOWS}
        stops = {key: text.replace("\n", " ") for key, text in stops.items()}
        console.print(Words(language, "thesis").line("stops", case=case, **stops))
    console.print(language.line(told_thesis(found, language)))


@csv_table("hypothesis claim what structure_or_side value low high", digits=5)
def thesis_csv(found: Thesis) -> Rows:
    """Return every finding and box as rows for a CSV file."""
    for finding in found.findings:
        own = finding.hypothesis.name, finding.hypothesis.claim
        each = [(w, s, e[s]) for s in (*STRUCTURES, POOLED) for w, e in _measures(finding)]
        each += [("holds", motive, e) for motive, e in finding.by_motive.items()]
        for what, part, e in each:
            yield *own, what, part, e.mean, e.low, e.high
        can = "can_fail" if finding.against.fails else "cannot_fail"
        yield *own, can, "margin", f"{finding.against.margin:.4g}", None, None
        for what, box in (("wrong", finding.wrong), ("right", finding.right)):
            if box is None:
                continue
            for quality in ("coverage", "density", "mass", "base"):
                yield *own, what, quality, f"{getattr(box, quality):.4g}", None, None
            for side in box.sides:
                ends = (float(v) if np.isfinite(v) else None for v in (side.low, side.high))
                yield *own, what, side.name, f"{side.quasi_p:.3g}", *ends


def _measures(finding: Finding) -> tuple[tuple[str, Mapping[str, Estimate]], ...]:
    return ("holds", finding.holds), ("ratio", finding.ratio)


@styled
def draw_boxes(
    found: Thesis, folder: Path, language: Language, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Draw each box as ranges within the priors."""
    shown = [(f, b) for f in found.findings for b in (f.wrong or f.right,) if b is not None]
    if not shown:
        return []
    height = 1.2 + 1.0 * sum(len(b.sides) for _, b in shown) + 1.0 * len(shown)
    figure = Figure(figsize=(13.3, height))
    ratios = [len(b.sides) + 0.6 for _, b in shown]
    axes = figure.subplots(len(shown), 1, squeeze=False, height_ratios=ratios)[:, 0]
    figure.subplots_adjust(
        **ends_of(language, 0.34, 0.95), top=1.0 - 1.35 / height, bottom=0.2 / height, hspace=0.6
    )
    for ax, (finding, box) in zip(axes, shown, strict=True):
        wrong = finding.wrong is not None
        colour = COLOURS[1] if wrong else COLOURS[0]
        for k, side in enumerate(box.sides):
            _draw_side(ax, k, side, colour, language)
        named_rows(ax, [_name(side.name, language) for side in box.sides], language)
        ax.set_xticks([])
        ax.set_xlim(-0.03, 1.03)
        ax.set_ylim(len(box.sides) - 0.4, -0.6)
        ax.tick_params(length=0)
        ax.grid(False)
        ax.spines[:].set_visible(False)
        text = Words(language, "thesis").line(
            "wrong_title" if wrong else "right_title",
            statement=language.word("thesis", f"{finding.hypothesis.name}_short"),
            density=percent(box.density),
            coverage=percent(box.coverage),
            base=percent(box.base),
        )
        look = {"ha": language.side, "fontsize": 10.5, "fontweight": "bold"}
        where = ("figure fraction", "axes fraction")
        label(ax, text, (language.at(0.02), 1.0), (0, 8), xycoords=where, **look)
    title = language.word("thesis", "boxes_title")
    heading(figure, title, language, 17, y=1.0 - 0.18 / height)
    return save(figure, folder, "boxes", language, formats)


def _draw_side(ax: Axes, k: int, side: Side, colour: str, language: Language) -> None:
    """Draw a range of one parameter within all that its prior allows."""
    prior = declarations()[side.name].prior
    assert prior is not None
    low = min(prior[s].quantile(0.0) for s in STRUCTURES)
    high = max(prior[s].quantile(1.0) for s in STRUCTURES)
    a = (max(low, side.low) - low) / (high - low)
    b = (min(high, side.high) - low) / (high - low)
    ax.barh(k, 1.0, 0.36, color="0.9")
    ax.barh(k, b - a, 0.36, a, color=colour, alpha=0.75)

    def number(x: float, value: float, y: float, **look: Any) -> None:
        ax.annotate(_value(side.name, value, language), (x, y), ha="center", **look)

    for x, value in ((0.0, low), (1.0, high)):
        number(x, value, k - 0.22, va="bottom", fontsize=9, color="0.35")
    for x, value, cut in ((a, side.low, side.from_below), (b, side.high, side.from_above)):
        if cut:
            number(x, value, k + 0.22, va="top", fontsize=11, fontweight="bold", color=colour)


def _name(parameter: str, language: Language) -> str:
    return declarations()[parameter].name.in_language(language.code)


def effects_table(morris: Morris, language: Language) -> Sheet:
    """Return Morris's effects of the parameters that stand out of the noise."""
    word, rows = Words(language, "sensitivity"), []
    for name in morris.few(len(morris.names)):
        k = morris.names.index(name)
        pairs = zip(morris.effects[:, k], morris.errors[:, k], strict=True)
        cells = (language.kept(f"{effect:.2f} ± {error:.2f}") for effect, error in pairs)
        rows.append((language.kept(name), *cells))
    rows.append((word("noise"), *(language.number(float(v)) for v in morris.noise)))
    heads = [word("parameter"), *map(language.outcome, morris.outcomes)]
    return Sheet(word.line("morris"), heads, rows=rows)


def indices_table(sobol: Sobol, language: Language) -> Sheet:
    """Return Sobol's indices of the few, with half intervals and those of half the sample."""
    word = Words(language, "sensitivity")
    table = Sheet(word.line("sobol", runs=sobol.runs), word.each("parameter"))
    for outcome in map(language.outcome, sobol.outcomes):
        table.column(f"{outcome}: {word('first')}")
        table.column(word("total"), of=outcome)
        table.column(word("half"), of=outcome)
    for k, name in enumerate(sobol.names):
        cells = []
        for o in range(len(sobol.outcomes)):
            half = float(sobol.half_total[o, k])
            cells += [
                index_text(sobol.first[o, k], sobol.first_errors[o, k], language),
                index_text(sobol.total[o, k], sobol.total_errors[o, k], language),
                language.number(half) if sobol.total[o, k] == sobol.total[o, k] else "",
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
    console.print(Words(language, "sensitivity").line("legend"))


def index_text(value: float, error: float, language: Language) -> str:
    """Return an index with its half interval; nothing for a parameter that has none."""
    return language.kept(f"{value:.2f} ± {error:.2f}") if value == value else ""


def left_out(drivers: Drivers, language: Language) -> list[str]:
    """Return a sentence for each outcome that has no drivers to be found."""
    return [
        language.word(
            "sensitivity",
            f"left_out_{why}",
            outcome=language.outcome(outcome),
            name=language.kept(outcome),
            value=language.kept(f"{number:g}"),
            share=language.kept(f"{100 * number:.0f} %"),
        )
        for outcome, (why, number) in drivers.left_out
    ]


@csv_table("method outcome parameter value half_interval kind", digits=5)
def sensitivity_csv(morris: Morris, sobol: Sobol) -> Rows:
    """Return effects and indices as rows for a CSV file."""
    for o, outcome in enumerate(morris.outcomes):
        for k, name in enumerate(morris.names):
            yield "morris", outcome, name, morris.effects[o, k], morris.errors[o, k], "mu_star"
    kinds = {"first": (sobol.first, sobol.first_errors), "total": (sobol.total, sobol.total_errors)}
    for o, outcome in enumerate(sobol.outcomes):
        for k, name in enumerate(sobol.names):
            for kind, (values, errors) in kinds.items():
                if values[o, k] == values[o, k]:
                    yield "sobol", outcome, name, values[o, k], errors[o, k], kind


@styled
def draw_sensitivity(
    morris: Morris,
    sobol: Sobol,
    title: str,
    folder: Path,
    language: Language,
    formats: Sequence[str] = FORMATS,
) -> list[Path]:
    """Draw a tornado of Sobol's indices for the first outcome, and Morris's effects for all."""
    total = np.nan_to_num(sobol.total[0], nan=0.0)
    order = np.argsort(total)
    order = order[total[order] > 0.005]
    y, last = np.arange(len(order)), max(3, len(order))
    sides = ends_of(language, 0.33, 0.96, (0.06, 0.67))
    figure, ax = panel((11.5, 2.2 + 0.5 * last), **sides, top=0.82, bottom=0.16)
    most, first = sobol.total[0, order], sobol.first[0, order]
    ax.barh(y, most, 0.7, color=COLOURS[0], alpha=0.3)
    ax.barh(y, np.maximum(0, first), 0.4, color=COLOURS[0])
    ax.errorbar(most, y, xerr=sobol.total_errors[0, order], fmt="none", color="0.2", lw=1.2)
    named_rows(ax, [_name(sobol.names[k], language) for k in order], language)
    ax.set_ylim(-0.6, last - 0.4)
    if language.right_to_left:
        ax.invert_xaxis()
    ax.set_xlabel(Words(language, "sensitivity").line("axis"))
    heading(figure, title, language, 15)
    ax.set_title(language.line(language.outcome(sobol.outcomes[0])), fontsize=12)
    return [
        *save(figure, folder, "tornado", language, formats),
        *_draw_effects(morris, folder, language, formats),
    ]


def _draw_effects(
    morris: Morris, folder: Path, language: Language, formats: Sequence[str]
) -> list[Path]:
    """Draw Morris's effects as shades, where any parameter stands out of the noise."""
    shown = morris.few(24)
    if not shown:
        return []
    height = 2.0 + 0.42 * len(shown)
    sides = ends_of(language, 0.4, 0.97, (0.04, 0.6))
    size = (4.6 + 1.5 * len(morris.outcomes), height)
    figure, ax = panel(size, **sides, top=1.0 - 1.5 / height, bottom=0.3 / height)
    columns = language.across(range(len(morris.outcomes)))
    values = morris.effects[np.ix_(columns, [morris.names.index(s) for s in shown])].T
    ax.imshow(values, aspect="auto", cmap="Blues", vmin=0)
    for (i, j), value in np.ndenumerate(values):
        colour = "white" if value > 0.6 * values.max() else "0.2"
        ax.text(j, i, f"{value:.1f}", ha="center", va="center", fontsize=9.5, color=colour)
    named_rows(ax, [_name(s, language) for s in shown], language, fontsize=10.5)
    ax.xaxis.tick_top()
    heads = [lines(language.outcome(morris.outcomes[c]), 18, language) for c in columns]
    ax.set_xticks(range(len(columns)), heads, fontsize=9)
    ax.grid(False)
    heading(figure, language.word("sensitivity", "heat"), language, 13)
    return save(figure, folder, "effects", language, formats)


def _regret_table(
    title: str, losses: Losses, weights: Mapping[str, float], digits: int, language: Language
) -> Sheet:
    found = summary(regrets(losses.loss(weights)))
    word, n = Words(language, "regret"), language.number
    columns = [(POOLED, measure) for measure in MEASURES] + [(s, "minimax") for s in STRUCTURES]
    heads = [f"{word(measure)}\n{language.word('structures', s)}" for s, measure in columns]
    rows = [
        (
            item.title.in_language(language.code),
            *(n(float(found[s][measure][k]), digits) for s, measure in columns),
        )
        for k, item in enumerate(losses.policies)
    ]
    return Sheet(language.line(title), [language.word("table", "scenario"), *heads], rows=rows)


def regret_tables(
    losses: Losses, weights: Mapping[str, float] | None, language: Language
) -> list[tuple[tuple[str, ...], Sheet]]:
    """Return the tables of regret, each with the outcomes in it: one an outcome, or one weighed."""
    word = Words(language, "regret")
    if weights is not None:
        listed = language.kept("; ".join(f"{k} = {v:g}" for k, v in weights.items()))
        title = f"{word('weighed')}: {listed}"
        return [(tuple(weights), _regret_table(title, losses, weights, 2, language))]
    found: list[tuple[tuple[str, ...], Sheet]] = []
    for name, sign in SEPARATE.items():
        digits = {"authority": 3, "daesh_index": 0}.get(name, 2)
        title = f"{word('title')}: {language.outcome(name)}"
        found.append(((name,), _regret_table(title, losses, {name: sign}, digits, language)))
    return found


def show_regret(
    losses: Losses, weights: Mapping[str, float] | None, language: Language, console: Console
) -> None:
    """Print regrets: one outcome after the other, or weighed as the user says."""
    if weights is None:
        console.print(Words(language, "regret").line("no_weights"))
    for _, table in regret_tables(losses, weights, language):
        console.print(table)
    console.print(Words(language, "regret").line("legend"))


@csv_table("weights policy structure measure regret")
def regret_csv(losses: Losses, weights: Mapping[str, float] | None) -> Rows:
    """Return every measure of regret as rows for a CSV file."""
    each = [weights] if weights is not None else [{k: v} for k, v in SEPARATE.items()]
    for one in each:
        weighed = "; ".join(f"{k}={v:g}" for k, v in one.items())
        for structure, measures in summary(regrets(losses.loss(one))).items():
            for measure, values in measures.items():
                for item, value in zip(losses.policies, values, strict=True):
                    yield weighed, item.name, structure, measure, value


@styled
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
    whole, word = sum(abs(w) for w in weights.values()), Words(language, "regret")
    figure = Figure(figsize=(5.2 * len(names) + 1.5, 6.2))
    axes = figure.subplots(1, len(names), squeeze=False, sharey=True)[0]
    figure.subplots_adjust(left=0.06, right=0.98, top=0.84, bottom=0.25, wspace=0.08)
    for ax, name in zip(axes, language.across(names), strict=True):
        path = ranking_path(losses, weights, name)
        for k, item in enumerate(losses.policies):
            title = language.line(item.title.in_language(language.code))
            look = {"color": COLOURS[k % len(COLOURS)], "ls": ("-", "--", "-.", ":")[k % 4]}
            ax.plot(SHARES, path[:, k], lw=2.2, label=title, **look)
        ax.axvline(abs(weights[name]) / whole, color="0.4", lw=1, ls=":")
        ax.set_xlim(0, 1)
        ax.set_ylim(bottom=0)
        if language.right_to_left:
            ax.invert_xaxis()
        ax.set_title(language.line(language.outcome(name)), fontsize=11.5)
        ax.set_xlabel(word.line("share"), fontsize=10.5)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncol=4, frameon=False, fontsize=10.5)
    heading(figure, word("picture"), language, 14)
    return save(figure, folder, "regret", language, formats)
