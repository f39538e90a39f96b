"""What the model is held against: facts, the record, trials and scores, shown and drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drawdown.declared import data_files
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import MOTIVES, STRUCTURES
from drawdown.declared.language import Language
from drawdown.declared.parameters import declarations
from drawdown.declared.record import Interval, Series
from drawdown.questions.calibrate import INFORMED, Calibration, Evidence, Trials
from drawdown.questions.compare import POOLED
from drawdown.questions.cross_validation import CrossValidation
from drawdown.questions.patterns import FACTS, Ablations, Fact, Number
from drawdown.questions.record_run import Held
from drawdown.questions.robustness import FINDINGS, VARIANTS, Robustness
from drawdown.questions.scores import (
    PATH_SCORES,
    PIT_BINS,
    SCORES,
    PathScores,
    Scores,
    Skill,
    verdict,
)
from drawdown.questions.stress import FACTS as STRESS_FACTS
from drawdown.questions.stress import Stress
from drawdown.questions.validate import Validation
from drawdown.views.figures import COLOURS, FORMATS, STYLE, save
from drawdown.views.sheet import Console, Sheet
from drawdown.views.tables import interval


def _word(language: Language, name: str, **values: Any) -> str:
    return language.word("evidence", name, **values)


def _table(title: str, heads: Sequence[str], language: Language, keys: int = 1) -> Sheet:
    side = "right" if language.right_to_left else "left"
    return Sheet(language.line(title), heads, keys, side)


def _band(item: Mapping[str, Any], language: Language) -> str:
    low, high = item.get("band", (None, None))
    if low is None and high is None:
        return "–"
    if low is None:
        return language.kept(f"≤ {high:g}")
    if high is None:
        return language.kept(f"≥ {low:g}")
    return language.kept(f"{low:g} … {high:g}")


def _value(number: Number, language: Language) -> str:
    return language.number(number.value, 3 if abs(number.value) < 1 else 2)


def facts_table(facts: Sequence[Fact], language: Language) -> Sheet:
    """Return the stylised facts, one row a number."""
    heads = [_word(language, w) for w in ("fact", "number", "model", "band", "use", "result")]
    table = _table(_word(language, "facts_title"), heads, language, keys=2)
    for fact in facts:
        item = data_files.load("patterns")[fact.name]
        for number in fact.numbers:
            label = item["numbers"][number.name]
            table.row(
                f"{language.kept(fact.name)} {item['name'][language.code]}",
                language.pick(label),
                _value(number, language),
                _band(label, language),
                _word(language, fact.use),
                _word(language, "inside" if number.inside else "outside"),
            )
    return table


def _rejections(facts: Sequence[Fact], language: Language) -> str:
    alone = [
        f"{language.kept(f.name)} ({language.word('structures', s)})"
        for f in facts
        for s in f.rejects()
        if len(f.rejects()) < len(f.by_structure)
    ]
    if not alone:
        return _word(language, "rejects_none")
    comma = language.comma
    return _word(language, "rejects_some", facts=comma.join(alone))


def _name_of(name: str, interval: Interval, language: Language) -> str:
    if not name.startswith("attacks_2"):
        return _word(language, name)
    return _days(interval, language)


def _days(interval: Interval, language: Language) -> str:
    last = interval.end + timedelta(days=1)
    if interval.start.day == 1 and last.day == 1 and interval.days <= 31:
        month = language.months[interval.start.month - 1]
        return f"{month} {interval.start.year}"
    join = _word(language, "to")
    return f"{language.day(interval.start, year=False)} {join} {language.day(interval.end)}"


def _three(values: Floats, language: Language) -> str:
    return language.kept(" – ".join(f"{v:g}" for v in np.round(values, 1)))


def record_table(held: Sequence[Held], language: Language) -> Sheet:
    """Return the record beside the model's band, one row a number."""
    heads = [_word(language, w) for w in ("number", "record", "model_band", "result")]
    heads += [language.word("structures", s) for s in STRUCTURES]
    table = _table(_word(language, "record_title"), heads, language)
    for row in held:
        i = row.interval
        name = _name_of(row.name, i, language)
        table.row(
            name if row.fitted else f"{name} *",
            language.kept(f"{i.count:g} [{i.low:g}, {i.high:g}]"),
            _three(row.quantiles, language),
            _word(language, "inside" if row.inside else "outside"),
            *(_three(row.by_structure[s], language) for s in STRUCTURES),
        )
    return table


def coverage_of(held: Sequence[Held], language: Language) -> str:
    """Return how many intervals lie in the band, and how wide it is, as a sentence."""
    months = [h for h in held if h.name.startswith("attacks_2")]
    width = float(np.mean([h.quantiles[2] - h.quantiles[0] for h in months]))
    n = language.number
    inside = n(sum(h.inside for h in months), 0)
    text = _word(
        language, "record_coverage", inside=inside, months=n(len(months), 0), width=n(width, 1)
    )
    return language.line(text)


def show_patterns(
    facts: Sequence[Fact], held: Sequence[Held], language: Language, console: Console
) -> None:
    """Print the facts, what fails and why, and the record run."""
    console.print(facts_table(facts, language))
    patterns = data_files.load("patterns")
    gates = [f for f in facts if f.gate]
    n = language.number
    lines = [
        _word(
            language,
            "gates_passed",
            passed=n(sum(f.passed for f in gates), 0),
            gates=n(len(gates), 0),
        )
    ]
    for fact in facts:
        item = patterns[fact.name]
        if not fact.passed:
            failing = [n.name for n in fact.numbers if not n.inside]
            known = failing == item.get("fails")
            reason = language.pick(item["reason"]) if known else _word(language, "no_reason")
            lines.append(_word(language, "fails", fact=language.kept(fact.name), reason=reason))
    lines.append(_rejections(facts, language))
    console.print("\n".join(language.line(t) for t in lines))
    console.print(language.line(_word(language, "definitions")))
    for fact in facts:
        item = patterns[fact.name]
        text = f"{language.kept(fact.name)}: {language.pick(item['run'])}"
        if "applies" in item:
            text += f" — {language.pick(item['applies'])}"
        text += f" ({language.kept(item['source'])})"
        console.print(language.line(text))
    console.print(record_table(held, language))
    console.print(coverage_of(held, language))


FACT_NAMES = tuple(FACTS)
"""The stylised facts, in order."""


def stress_table(found: Stress, language: Language) -> Sheet:
    """Return what each motive makes of the stress cases, one row a fact."""
    heads = [language.word("stress", head) for head in ("case", "fact", "seen")]
    heads += [language.word("motives", m) for m in MOTIVES]
    table = _table(language.word("stress", "title"), heads, language, keys=2)
    for k, fact in enumerate(STRESS_FACTS):
        cells = []
        for motive in MOTIVES:
            share = language.number(found.shares[k, motive])
            fails = language.word("stress", "fails") if found.fails(k, motive) else ""
            cells.append(f"{share} {fails}".strip())
        table.row(
            language.kept(fact.case),
            language.word("stress", fact.name),
            _band({"band": (fact.low, fact.high)}, language),
            *cells,
        )
    return table


def show_stress(found: Stress, language: Language, console: Console) -> None:
    """Print the stress cases and what they say."""
    console.print(stress_table(found, language))
    for sentence in ("how", "nobody", "drawn"):
        console.print(language.line(language.word("stress", sentence)))


def stress_csv(found: Stress) -> list[list[str]]:
    """Return the stress cases as rows for a CSV file."""
    rows = [["case", "fact", "low", "high", "motive", "share", "median", "fails", "source"]]
    for k, fact in enumerate(STRESS_FACTS):
        ends = ["" if v is None else f"{v:g}" for v in (fact.low, fact.high)]
        for motive in MOTIVES:
            numbers = [f"{found.shares[k, motive]:.4f}", f"{found.medians[k, motive]:.4g}"]
            fails = str(found.fails(k, motive))
            rows.append([fact.case, fact.name, *ends, motive, *numbers, fails, fact.source])
    return rows


def ablation_table(found: Ablations, language: Language) -> Sheet:
    """Return which facts fail where, one row a mechanism, structure or motive."""
    heads = [_word(language, head) for head in ("ablated", "fails_here", "fails_anyway")]
    table = _table(_word(language, "ablation_title"), heads, language)
    for row in found.rows:
        anyway = [f for f in found.fails[row] if f not in found.only_here(row)]
        here = found.fails[row] if row == "base" else found.only_here(row)
        table.row(
            language.kept(row),
            language.kept(", ".join(here) or "–"),
            language.kept(", ".join(anyway) if row != "base" else ""),
        )
    return table


def show_ablations(found: Ablations, language: Language, console: Console) -> None:
    """Print mechanisms against facts, and the facts that reject nothing."""
    console.print(ablation_table(found, language))
    idle = ", ".join(found.idle())
    kind = "ablation_idle" if idle else "ablation_all"
    console.print(language.line(_word(language, kind, facts=language.kept(idle))))


def ablation_csv(found: Ablations) -> list[list[str]]:
    """Return mechanisms against facts as rows for a CSV file."""
    rows = [["row", *FACT_NAMES]]
    for row in found.rows:
        rows.append([row, *("fails" if f in found.fails[row] else "" for f in FACT_NAMES)])
    return rows


def patterns_csv(facts: Sequence[Fact]) -> list[list[str]]:
    """Return the facts as rows for a CSV file."""
    rows = [["fact", "number", "structure", "value", "low", "high", "use", "inside", "source"]]
    for fact in facts:
        item = data_files.load("patterns")[fact.name]
        each = {"pooled": fact.numbers} | fact.by_structure
        for structure, numbers in each.items():
            for number in numbers:
                low, high = item["numbers"][number.name].get("band", (None, None))
                rows.append(
                    [
                        fact.name,
                        number.name,
                        structure,
                        f"{number.value:.6g}",
                        "" if low is None else f"{low:g}",
                        "" if high is None else f"{high:g}",
                        item["use"],
                        str(number.inside).lower(),
                        item["source"],
                    ]
                )
    return rows


def record_csv(held: Sequence[Held]) -> list[list[str]]:
    """Return the record run's numbers as rows for a CSV file."""
    head = "number start end record record_low record_high structure q05 q50 q95 fitted"
    rows = [head.split(" ")]
    for row in held:
        i = row.interval
        for structure, q in ({"pooled": row.quantiles} | row.by_structure).items():
            rows.append(
                [
                    row.name,
                    str(i.start),
                    str(i.end),
                    f"{i.count:g}",
                    f"{i.low:g}",
                    f"{i.high:g}",
                    structure,
                    *(f"{v:g}" for v in q),
                    str(row.fitted).lower(),
                ]
            )
    return rows


def _side(language: Language) -> str:
    return "right" if language.right_to_left else "left"


def _bars(
    ax: Axes,
    intervals: Sequence[Interval],
    quantiles: Sequence[Floats],
    language: Language,
    colour: str,
) -> None:
    """Draw counts a month over each interval: the model's band and the record's range."""
    for i, q in zip(intervals, quantiles, strict=True):
        month = 30.4375 / i.days
        x0 = float(np.datetime64(i.start).astype(int)) + 0.03 * i.days
        width = 0.94 * i.days
        ax.bar(
            x0, (q[2] - q[0]) * month, width, q[0] * month, align="edge", color=colour, alpha=0.25
        )
        ax.plot([x0, x0 + width], [q[1] * month] * 2, color=colour, lw=2.5)
        centre = x0 + width / 2
        ax.plot([centre] * 2, [i.low * month, i.high * month], color="black", lw=1.6)
        ax.plot([centre], [i.count * month], "o", color="black", ms=6)
    ticks: list[date] = []
    day = intervals[0].start.replace(day=1)
    while day <= intervals[-1].end:
        if day.month in (1, 4, 7, 10) or intervals[-1].end - intervals[0].start < timedelta(200):
            ticks.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    names = language.months
    ax.set_xticks(
        [float(np.datetime64(t).astype(int)) for t in ticks],
        [f"{names[t.month - 1]}\n{t.year}" for t in ticks],
    )
    ax.set_ylim(0, ax.get_ylim()[1] * 1.22)
    for words, style in (
        ("model_band", {"color": colour, "lw": 9, "alpha": 0.3}),
        ("model_median", {"color": colour, "lw": 2.5}),
        ("record_range", {"color": "black", "lw": 1.6, "marker": "o"}),
    ):
        ax.plot([], [], label=language.line(_word(language, words)), **cast(Any, style))
    ax.legend(frameon=False, loc="upper left", fontsize=11)


def draw_record(
    held: Sequence[Held], folder: Path, language: Language, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Draw the record inside the model's bands."""
    with matplotlib.rc_context(cast(Any, STYLE)):
        figure = Figure(figsize=(13.3, 6.6))
        ax = figure.subplots()
        figure.subplots_adjust(left=0.06, right=0.98, top=0.86, bottom=0.14)
        months = [h for h in held if h.name.startswith("attacks_2")]
        _bars(ax, [h.interval for h in months], [h.quantiles for h in months], language, COLOURS[0])
        figure.suptitle(
            language.line(_word(language, "record_figure")), fontsize=18, fontweight="bold", y=0.97
        )
        ax.set_title(
            coverage_of(held, language),
            fontsize=11,
            fontweight="normal",
            loc=cast(Any, _side(language)),
        )
        figure.text(
            0.98 if language.right_to_left else 0.02,
            0.01,
            language.line(_word(language, "record_source")),
            fontsize=9,
            color="0.35",
            ha=cast(Any, _side(language)),
        )
        return save(figure, folder, "record", language, formats)


def draw_trials(trials: Trials, folder: Path, language: Language) -> list[Path]:
    """Draw planted parameters against what was found, and the ranks, for those informed."""
    shown = trials.informed() or [0]
    with matplotlib.rc_context(cast(Any, STYLE)):
        figure = Figure(figsize=(max(9.0, 3.3 * len(shown)), 7.2))
        grid = figure.subplots(2, len(shown), squeeze=False)
        figure.subplots_adjust(left=0.06, right=0.99, top=0.83, bottom=0.1, hspace=0.42, wspace=0.3)
        order = shown[::-1] if language.right_to_left else shown
        for column, k in enumerate(order):
            ax, below = grid[0][column], grid[1][column]
            middle = (trials.lows[:, k] + trials.highs[:, k]) / 2
            inside = (trials.truths[:, k] >= trials.lows[:, k]) & (
                trials.truths[:, k] <= trials.highs[:, k]
            )
            for flag, colour in ((True, COLOURS[0]), (False, COLOURS[1])):
                pick = inside == flag
                ax.errorbar(
                    trials.truths[pick, k],
                    middle[pick],
                    (trials.highs[pick, k] - trials.lows[pick, k]) / 2,
                    fmt=".",
                    color=colour,
                    alpha=0.5,
                    ms=4,
                    lw=0.8,
                )
            ax.plot([0, 1], [0, 1], color="0.3", lw=1, ls="--")
            name = declarations()[trials.names[k]].name.in_language(language.code)
            ax.set_title(
                language.line(f"{name}\n{language.number(100 * inside.mean(), 0)} %"), fontsize=11
            )
            ax.set_xlim(0, 1)
            ax.set_ylim(0, 1)
            ax.set_xlabel(language.line(_word(language, "planted")), fontsize=10)
            below.hist(trials.ranks[:, k], np.linspace(0, 1, 11), color=COLOURS[0], alpha=0.5)
            mean = len(trials.ranks) / 10
            for z in (-1.645, 1.645):
                below.axhline(mean + z * np.sqrt(mean * 0.9), color="0.3", lw=1, ls=":")
            below.axhline(mean, color="0.3", lw=1, ls="--")
            below.set_xlabel(language.line(_word(language, "rank")), fontsize=10)
        first = -1 if language.right_to_left else 0
        grid[0][first].set_ylabel(language.line(_word(language, "found")), fontsize=10)
        share, hits, size = trials.coverage()
        n = language.number
        figure.suptitle(
            language.line(_word(language, "trials_figure"))
            + "\n"
            + language.line(
                _word(
                    language,
                    "trials_coverage",
                    share=n(100 * share, 0),
                    hits=n(hits, 0),
                    size=n(size, 0),
                    trials=n(len(trials.truths), 0),
                )
            ),
            fontsize=14,
            fontweight="bold",
            y=0.985,
        )
        return save(figure, folder, "trials", language, ("png",))


def _told_evidence(found: Evidence, group: str, language: Language) -> list[str]:
    """Return what the record says about rival readings: weights, and how far to trust them."""
    n = language.number
    comma = language.comma

    def listed(values: Floats) -> str:
        pairs = zip(found.names, values, strict=True)
        return comma.join(f"{language.word(group, name)} {n(float(v))}" for name, v in pairs)

    best, worst = found.names[found.weights.argmax()], found.names[found.weights.argmin()]
    return [
        _word(
            language,
            f"evidence_{group}",
            weights=listed(found.weights),
            error=n(float(found.error.max())),
        ),
        _word(
            language,
            "evidence_factor",
            best=language.word(group, best),
            worst=language.word(group, worst),
            factor=n(found.bayes_factor(best, worst), 1),
        ),
        _word(language, f"evidence_{group}_{'speaks' if found.speaks() else 'silent'}"),
        _word(language, "evidence_power", shares=listed(found.named)),
    ]


def show_calibration(found: Calibration, language: Language, console: Console) -> None:
    """Print the posterior beside the prior, the trials and the evidence."""
    n = language.number
    heads = [_word(language, w) for w in ("parameter", "motive", "prior", "posterior_band")]
    heads += [_word(language, w) for w in ("spread", "informed")]
    table = _table(_word(language, "posterior_title"), heads, language, keys=2)
    # The structures hardly differ here: each motive is shown over all three.
    for motive in MOTIVES:
        parts = [p for (_, m), p in found.posteriors.items() if m == motive]
        for name in parts[0].names:
            item = declarations()[name]
            assert item.prior is not None
            mine = [p for p in parts if name in p.names]
            values = np.concatenate([p.values()[:, p.names.index(name)] for p in mine])
            spread = float(np.mean([p.spread()[p.names.index(name)] for p in mine]))
            q = np.quantile(values, [0.05, 0.5, 0.95])
            table.row(
                language.kept(name),
                language.word("motives", motive),
                language.kept(item.prior[mine[0].structure].describe()),
                language.kept(" – ".join(f"{v:.3g}" for v in q)),
                n(spread),
                _word(language, "yes" if spread < INFORMED else "no"),
            )
    console.print(table)
    share, hits, size = found.trials.coverage()
    lines = [
        _word(
            language,
            "trials_coverage",
            share=n(100 * share, 0),
            hits=n(hits, 0),
            size=n(size, 0),
            trials=n(len(found.trials.truths), 0),
        ),
        *_told_evidence(found.motives, "motives", language),
        *_told_evidence(found.evidence, "structures", language),
    ]
    console.print("\n".join(language.line(t) for t in lines))


def first_line(
    model: Scores, rivals: Sequence[Scores], skills: Sequence[Skill], language: Language
) -> str:
    """Return what a reader must know first: whether the model loses, and whether by luck."""
    found = verdict(model, rivals, skills)
    n = language.number
    ours = n(model.mean("crps"))
    if found == "alone":
        return _word(language, "verdict_alone", crps=ours)
    best = min(rivals, key=lambda r: r.mean("crps"))
    skill = next(s for s in skills if s.rival == best.name)
    if skill.low != skill.low:
        found = f"few_{found}"
    elif found == "loses" and skill.high > 0.0:
        found = "loses_by_luck"
    return _word(
        language,
        f"verdict_{found}",
        crps=ours,
        rival=_word(language, best.name),
        rival_crps=n(best.mean("crps")),
        low=n(100 * skill.low, 0),
        high=n(100 * skill.high, 0),
    )


def validation_line(found: Validation, language: Language) -> str:
    """Return the first line of a validation."""
    return first_line(found.model, found.rivals, found.skills.get("crps", ()), language)


def _told_skill(skill: Skill | None, language: Language) -> str:
    if skill is None:
        return ""
    if skill.low != skill.low:
        return language.kept(f"{skill.skill:+.2f}")
    return language.kept(f"{skill.skill:+.2f} [{skill.low:+.2f}, {skill.high:+.2f}]")


def _scores_table(
    title: str,
    series: Series,
    rows: Sequence[Scores],
    skills: Mapping[str, Skill],
    language: Language,
) -> Sheet:
    heads = [_word(language, w) for w in ("forecast", *SCORES, "coverage", "width", "skill")]
    table = _table(title, heads, language)
    n = language.number
    for row in rows:
        skill = skills.get(row.name)
        name = (
            language.word("structures", row.name)
            if row.name in STRUCTURES
            else _word(language, row.name)
        )
        table.row(
            name,
            *(n(row.mean(s)) for s in SCORES),
            n(float(row.covered(series).mean())),
            n(row.width, 1),
            _told_skill(skill, language),
        )
    return table


def scores_table(found: Validation, language: Language) -> Sheet:
    """Return the mean scores of the model, its rivals, and each structure alone."""
    title = _word(
        language,
        "scores_title",
        rows=language.number(len(found.series), 0),
        scenario=found.scenario.title.in_language(language.code),
        outcome=language.word("outcomes", found.outcome),
    )
    rows = (found.model, *found.rivals, *found.by_structure.values())
    skills = {s.rival: s for s in found.skills["crps"]}
    return _scores_table(title, found.series, rows, skills, language)


def rows_table(series: Series, model: Scores, language: Language) -> Sheet:
    """Return each observed row beside a forecast's band."""
    heads = [_word(language, w) for w in ("number", "observed", "model_band", "crps", "result")]
    table = _table(_word(language, "rows_title"), heads, language)
    covered = model.covered(series)
    for k, i in enumerate(series.intervals):
        table.row(
            _days(i, language),
            language.kept(f"{i.count:g} [{i.low:g}, {i.high:g}]"),
            _three(np.quantile(model.draws[k], [0.05, 0.5, 0.95]), language),
            language.number(float(model.crps[k])),
            _word(language, "inside" if covered[k] else "outside"),
        )
    return table


def show_cross_validation(found: CrossValidation, language: Language, console: Console) -> None:
    """Print how well left-out stretches of the record are predicted."""
    title = _word(language, "left_out_title", rows=language.number(len(found.series), 0))
    rows, skills = (found.model, *found.rivals), found.skills()
    told = first_line(found.model, found.rivals, tuple(skills.values()), language)
    console.print(language.line(told))
    console.print(_scores_table(title, found.series, rows, skills, language))
    console.print(paths_table(found.series, found.paths(), language))
    console.print(rows_table(found.series, found.model, language))
    console.print(language.line(_word(language, "scores_legend")))


def cross_validation_csv(found: CrossValidation) -> list[list[str]]:
    """Return every score of every left-out row as rows for a CSV file."""
    return _scores_rows(found.series, (found.model, *found.rivals))


def forecasts(found: Validation) -> dict[str, dict[str, Any]]:
    """Return mean scores, coverage, width and PIT of every forecast, for ``run.json``."""
    return {
        one.name: {
            **{s: round(one.mean(s), 5) for s in SCORES},
            "in_90": round(float(one.covered(found.series).mean()), 4),
            "width": round(one.width, 3),
            "pit": [round(float(v), 4) for v in one.pit.mean(axis=0)],
        }
        for one in (found.model, *found.by_structure.values(), *found.rivals)
    }


def show_validation(found: Validation, language: Language, console: Console) -> None:
    """Print the verdict first, then scores, rows and notes."""
    console.print(language.line(validation_line(found, language)))
    console.print(scores_table(found, language))
    console.print(paths_table(found.series, found.paths(), language))
    console.print(rows_table(found.series, found.model, language))
    for note in found.notes:
        console.print(language.line(f"· {note}"))
    console.print(language.line(_word(language, "scores_legend")))


def _scores_rows(series: Series, forecasts: Sequence[Scores]) -> list[list[str]]:
    rows = [["forecast", "start", "end", "observed", "low", "high", "q05", "q50", "q95", *SCORES]]
    for one in forecasts:
        for k, i in enumerate(series.intervals):
            q = np.quantile(one.draws[k], [0.05, 0.5, 0.95])
            rows.append(
                [
                    one.name,
                    str(i.start),
                    str(i.end),
                    *(f"{v:g}" for v in (i.count, i.low, i.high, *q)),
                    *(f"{getattr(one, s)[k]:.6g}" for s in SCORES),
                ]
            )
    return rows


def paths_table(series: Series, found: Sequence[PathScores], language: Language) -> Sheet:
    """Return scores of paths as wholes, one row a forecast, the observed numbers first."""
    heads = [_word(language, "forecast")]
    heads += [_word(language, f"path_{name}") for name in PATH_SCORES]
    table = _table(_word(language, "paths_title"), heads, language)
    n = language.number
    seen = found[0].seen
    dash = ["–"] * (len(PATH_SCORES) - len(seen))
    table.row(_word(language, "observed"), *(n(v, 1) for v in seen.values()), *dash)
    for one in found:
        name = (
            language.word("structures", one.name)
            if one.name in STRUCTURES
            else _word(language, one.name)
        )
        cells = []
        for score in PATH_SCORES:
            text = n(one.values[score])
            if score in one.bands:
                low, middle, high = one.bands[score]
                text += "\n" + language.kept(f"({low:.0f} – {middle:.0f} – {high:.0f})")
            cells.append(text)
        table.row(name, *cells)
    return table


def paths_csv(found: Sequence[PathScores]) -> list[list[str]]:
    """Return scores of paths as rows for a CSV file."""
    rows = [["forecast", "score", "value", "observed", "q05", "q50", "q95"]]
    for one in found:
        for name in PATH_SCORES:
            ends = [f"{v:.4g}" for v in one.bands.get(name, ())] or ["", "", ""]
            seen = f"{one.seen[name]:g}" if name in one.seen else ""
            rows.append([one.name, name, f"{one.values[name]:.6g}", seen, *ends])
    return rows


def scores_csv(found: Validation) -> list[list[str]]:
    """Return every score of every row as rows for a CSV file."""
    return _scores_rows(found.series, (found.model, *found.by_structure.values(), *found.rivals))


def draw_validation(found: Validation, folder: Path, language: Language) -> list[Path]:
    """Draw the observed series in the model's bands, and the PIT histogram."""
    with matplotlib.rc_context(cast(Any, STYLE)):
        figure = Figure(figsize=(13.3, 6.6))
        left, right = figure.subplots(1, 2, width_ratios=(3, 1))
        figure.subplots_adjust(left=0.06, right=0.98, top=0.8, bottom=0.16, wspace=0.16)
        series = found.series.intervals
        quantiles = [np.quantile(d, [0.05, 0.5, 0.95]) for d in found.model.draws]
        _bars(left, series, quantiles, language, COLOURS[0])
        left.set_title(
            language.line(_word(language, "observed_figure")),
            fontsize=12,
            loc=cast(Any, _side(language)),
        )
        pit = found.model.pit.mean(axis=0) * PIT_BINS
        right.bar((np.arange(PIT_BINS) + 0.5) / PIT_BINS, pit, 0.095, color=COLOURS[0], alpha=0.5)
        right.axhline(1.0, color="0.3", lw=1, ls="--")
        right.set_title(
            language.line(_word(language, "pit_figure")),
            fontsize=12,
            loc=cast(Any, _side(language)),
        )
        figure.suptitle(
            language.line(validation_line(found, language)), fontsize=13, fontweight="bold", y=0.95
        )
        return save(figure, folder, "validation", language)


def show_robustness(found: Robustness, language: Language, console: Console) -> None:
    """Print what flips first, then every finding under every variant."""

    def word(name: str, **values: Any) -> str:
        return language.word("robustness", name, **values)

    def place(where: tuple[str, str]) -> str:
        comma = language.comma
        return f"«{word(where[0])}{comma}{language.word('structures', where[1])}»"

    neutral = {f.name: f.neutral for f in FINDINGS}
    flips = found.flips()
    for name, low, high in flips:
        text = word(
            "flips",
            finding=word(name),
            neutral=language.number(neutral[name], 1),
            low=place(low),
            high=place(high),
        )
        console.print(language.line(text))
    if not flips:
        console.print(language.line(word("no_flips")))
    comma = language.semicolon
    if found.unsure():
        text = word("unsure", findings=comma.join(word(n) for n in found.unsure()))
        console.print(language.line(text))
    console.print(language.line(word("holds")))
    table = _table(word("title"), [word("finding"), *(word(v.name) for v in VARIANTS)], language)
    for finding in FINDINGS:
        table.row(
            word(finding.name),
            *(interval(found.estimates[finding.name, v.name, POOLED], language) for v in VARIANTS),
        )
    console.print(table)
    heads = [word("finding"), *(language.word("structures", s) for s in STRUCTURES)]
    table = _table("", heads, language)
    for finding in FINDINGS:
        table.row(
            word(finding.name),
            *(
                interval(found.estimates[finding.name, "posterior", s], language)
                for s in STRUCTURES
            ),
        )
    console.print(table)
    console.print(language.line(word("legend")))


def robustness_csv(found: Robustness) -> list[list[str]]:
    """Return every finding as rows for a CSV file."""
    rows = [["finding", "variant", "structure", "value", "low", "high", "neutral"]]
    for finding in FINDINGS:
        for variant in VARIANTS:
            for structure in (POOLED, *STRUCTURES):
                e = found.estimates[finding.name, variant.name, structure]
                numbers = (e.mean, e.low, e.high, finding.neutral)
                rows.append([finding.name, variant.name, structure, *(f"{v:.5g}" for v in numbers)])
    return rows
