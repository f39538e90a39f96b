"""What the model is held against: facts, the record, trials and scores, shown and drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drawdown.declared import data_files
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import MOTIVES, STRUCTURES
from drawdown.declared.language import Language
from drawdown.declared.parameters import declarations
from drawdown.declared.record import Interval, Series
from drawdown.evidence.calibrate import INFORMED, Calibration, Evidence, Trials
from drawdown.evidence.cross_validation import CrossValidation
from drawdown.evidence.facts import JUDGES, Ablations, Fact
from drawdown.evidence.record_run import Held
from drawdown.evidence.robustness import FINDINGS, VARIANTS, Robustness
from drawdown.evidence.scores import (
    PATH_SCORES,
    PATH_SKILLS,
    PIT_BINS,
    SCORES,
    PathScores,
    Scores,
    Skill,
    verdict,
)
from drawdown.evidence.seal import Opened
from drawdown.evidence.stress import FACTS as STRESS_FACTS
from drawdown.evidence.stress import Stress
from drawdown.evidence.validate import Validation
from drawdown.questions.compare import POOLED
from drawdown.views.figures import COLOURS, FORMATS, corner, heading, panel, save, styled
from drawdown.views.tables import interval
from drawdown.views.terminal_tables import Console, Sheet
from drawdown.views.words import Cell, Words, csv_table, percent

Rows = Iterator[Sequence[Cell]]

QUANTILES = (0.05, 0.5, 0.95)


def _words(language: Language) -> Words:
    return Words(language, "evidence")


def _table(
    language: Language,
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    keys: int = 1,
) -> Sheet:
    return Sheet(language.line(title), heads, keys, language.side, rows=rows)


def _band(band: tuple[float | None, float | None], language: Language) -> str:
    low, high = band
    if low is None:
        return "–" if high is None else language.kept(f"≤ {high:g}")
    return language.kept(f"≥ {low:g}" if high is None else f"{low:g} … {high:g}")


def _inside(inside: bool, language: Language) -> str:
    return _words(language)("inside" if inside else "outside")


def facts_table(facts: Sequence[Fact], language: Language) -> Sheet:
    """Return the stylised facts, one row a number."""
    word, rows = _words(language), []
    for fact in facts:
        item = data_files.load("patterns")[fact.name]
        for number in fact.numbers:
            label = item["numbers"][number.name]
            rows.append(
                (
                    f"{language.kept(fact.name)} {item['name'][language.code]}",
                    language.pick(label),
                    language.number(number.value, 3 if abs(number.value) < 1 else 2),
                    _band(label.get("band", (None, None)), language),
                    word(fact.use),
                    _inside(number.inside, language),
                )
            )
    heads = word.each("fact", "number", "model", "band", "use", "result")
    return _table(language, word("facts_title"), heads, rows, keys=2)


def _rejections(facts: Sequence[Fact], language: Language) -> str:
    alone = [
        f"{language.kept(f.name)} ({language.word('structures', s)})"
        for f in facts
        for s in f.rejects()
        if len(f.rejects()) < len(f.by_structure)
    ]
    name = "rejects_some" if alone else "rejects_none"
    return _words(language).line(name, facts=language.comma.join(alone))


def _days(interval: Interval, language: Language) -> str:
    last = interval.end + timedelta(days=1)
    if interval.start.day == 1 and last.day == 1 and interval.days <= 31:
        month = language.months[interval.start.month - 1]
        return f"{month} {interval.start.year}"
    join = _words(language)("to")
    return f"{language.day(interval.start, year=False)} {join} {language.day(interval.end)}"


def _three(values: Floats, language: Language) -> str:
    return language.kept(" – ".join(f"{v:g}" for v in np.round(values, 1)))


def _count(i: Interval, language: Language) -> str:
    return language.kept(f"{i.count:g} [{i.low:g}, {i.high:g}]")


def months_of(held: Sequence[Held]) -> list[Held]:
    """Return the record's attacks, an interval each, without its sums."""
    return [one for one in held if one.name.startswith("attacks_2")]


def record_table(held: Sequence[Held], language: Language) -> Sheet:
    """Return the record beside the model's band, one row a number."""
    word, rows, months = _words(language), [], months_of(held)
    for row in held:
        name = _days(row.interval, language) if row in months else word(row.name)
        rows.append(
            (
                name if row.fitted else f"{name} *",
                _count(row.interval, language),
                _three(row.quantiles, language),
                _inside(row.inside, language),
                *(_three(row.by_structure[s], language) for s in STRUCTURES),
            )
        )
    heads = word.each("number", "record", "model_band", "result")
    heads += Words(language, "structures").each(*STRUCTURES)
    return _table(language, word("record_title"), heads, rows)


def coverage(held: Sequence[Held], language: Language) -> dict[str, Any]:
    """Return how many intervals lie in the band, of how many, and how wide it is."""
    months = months_of(held)
    width = float(np.mean([h.quantiles[2] - h.quantiles[0] for h in months]))
    inside = sum(h.inside for h in months)
    return {"inside": inside, "months": len(months), "width": language.number(width, 1)}


def coverage_of(held: Sequence[Held], language: Language) -> str:
    """Return how many intervals lie in the band, and how wide it is, as a sentence."""
    return _words(language).line("record_coverage", **coverage(held, language))


def show_patterns(
    facts: Sequence[Fact], held: Sequence[Held], language: Language, console: Console
) -> None:
    """Print the facts, what fails and why, and the record run."""
    console.print(facts_table(facts, language))
    word, patterns = _words(language), data_files.load("patterns")
    gates = [f.passed for f in facts if f.gate]
    console.print(word.line("gates_passed", passed=sum(gates), gates=len(gates)))
    for fact in facts:
        item = patterns[fact.name]
        if not fact.passed:
            known = [n.name for n in fact.numbers if not n.inside] == item.get("fails")
            reason = language.pick(item["reason"]) if known else word("no_reason")
            console.print(word.line("fails", fact=language.kept(fact.name), reason=reason))
    console.print(_rejections(facts, language))
    console.print(word.line("definitions"))
    for fact in facts:
        item = patterns[fact.name]
        text = f"{language.kept(fact.name)}: {language.pick(item['run'])}"
        if "applies" in item:
            text += f" — {language.pick(item['applies'])}"
        console.print(language.line(f"{text} ({language.kept(item['source'])})"))
    console.print(record_table(held, language))
    console.print(coverage_of(held, language))


def stress_table(found: Stress, language: Language) -> Sheet:
    """Return what each motive makes of the stress cases, one row a fact."""
    word, rows = Words(language, "stress"), []
    for k, fact in enumerate(STRESS_FACTS):
        cells = [
            language.number(found.shares[k, m]) + (f" {word('fails')}" if found.fails(k, m) else "")
            for m in MOTIVES
        ]
        band = _band((fact.low, fact.high), language)
        rows.append((language.kept(fact.case), word(fact.name), band, *cells))
    heads = word.each("case", "fact", "seen") + Words(language, "motives").each(*MOTIVES)
    return _table(language, word("title"), heads, rows, keys=2)


def show_stress(found: Stress, language: Language, console: Console) -> None:
    """Print the stress cases and what they say."""
    console.print(stress_table(found, language))
    for sentence in ("how", "nobody", "drawn"):
        console.print(Words(language, "stress").line(sentence))


@csv_table("case fact low high motive share median fails source")
def stress_csv(found: Stress) -> Rows:
    """Return the stress cases as rows for a CSV file."""
    for k, fact in enumerate(STRESS_FACTS):
        ends = fact.low, fact.high
        for motive in MOTIVES:
            numbers = f"{found.shares[k, motive]:.4f}", f"{found.medians[k, motive]:.4g}"
            fails = str(found.fails(k, motive))
            yield fact.case, fact.name, *ends, motive, *numbers, fails, fact.source


def ablation_table(found: Ablations, language: Language) -> Sheet:
    """Return which facts fail where, one row a mechanism, structure or motive."""
    word, rows = _words(language), []
    for row in found.rows:
        fails = found.fails[row] if row == "base" else found.only_here(row)
        each: dict[str, list[str]] = {}
        for name in fails:
            fact, _, motive = name.partition("/")
            each.setdefault(fact, []).append(motive)
        told = [f"{f} ({', '.join(m)})" if any(m) else f for f, m in each.items()]
        rows.append([language.kept(text) for text in (row, "\n".join(told) or "–")])
    return _table(language, word("ablation_title"), word.each("ablated", "fails_here"), rows)


def show_ablations(found: Ablations, language: Language, console: Console) -> None:
    """Print mechanisms against facts, and the facts that reject nothing."""
    console.print(ablation_table(found, language))
    idle = ", ".join(found.idle())
    kind = "ablation_idle" if idle else "ablation_all"
    word, judged = _words(language), found.judged()
    console.print(word.line(kind, facts=language.kept(idle)))
    some = ", ".join(f"{fact} {len(rows)}" for fact, rows in judged.items() if rows)
    known = set(data_files.load("mechanisms"))
    none = known - {row for rows in judged.values() for row in rows}
    numbers = {"some": language.kept(some), "none": len(none), "all": len(known)}
    console.print(word.line("ablation_judged", **numbers))


@csv_table(f"row {' '.join(JUDGES)}")
def ablation_csv(found: Ablations) -> Rows:
    """Return mechanisms against facts as rows for a CSV file."""
    for row in found.rows:
        fails = [name.partition("/") for name in found.fails[row]]
        yield row, *(" ".join(m or "fails" for fact, _, m in fails if fact == f) for f in JUDGES)


@csv_table("fact number structure value low high use inside source")
def patterns_csv(facts: Sequence[Fact]) -> Rows:
    """Return the facts as rows for a CSV file."""
    for fact in facts:
        item = data_files.load("patterns")[fact.name]
        for structure, numbers in ({POOLED: fact.numbers} | fact.by_structure).items():
            for n in numbers:
                band = item["numbers"][n.name].get("band", (None, None))
                own = fact.name, n.name, structure, float(n.value)
                yield *own, *band, item["use"], bool(n.inside), item["source"]


@csv_table("number start end record record_low record_high structure q05 q50 q95 fitted")
def record_csv(held: Sequence[Held]) -> Rows:
    """Return the record run's numbers as rows for a CSV file."""
    for row in held:
        i = row.interval
        for structure, q in ({POOLED: row.quantiles} | row.by_structure).items():
            yield row.name, i.start, i.end, i.count, i.low, i.high, structure, *q, row.fitted


def _ticks(first: date, last: date) -> list[date]:
    """Return beginnings of months between two days, of quarters where that is long."""
    found, day = [], first.replace(day=1)
    while day <= last:
        if day.month in (1, 4, 7, 10) or last - first < timedelta(200):
            found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return found


def _bars(
    ax: Axes, intervals: Sequence[Interval], quantiles: Sequence[Floats], language: Language
) -> None:
    """Draw counts a month over each interval: the model's band and the record's range."""
    colour = COLOURS[0]
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
    ticks = _ticks(intervals[0].start, intervals[-1].end)
    ax.set_xticks(
        [float(np.datetime64(t).astype(int)) for t in ticks],
        [f"{language.months[t.month - 1]}\n{t.year}" for t in ticks],
    )
    ax.set_ylim(0, ax.get_ylim()[1] * 1.22)
    looks: dict[str, dict[str, Any]] = {
        "model_band": {"color": colour, "lw": 9, "alpha": 0.3},
        "model_median": {"color": colour, "lw": 2.5},
        "record_range": {"color": "black", "lw": 1.6, "marker": "o"},
    }
    for name, look in looks.items():
        ax.plot([], [], label=_words(language).line(name), **look)
    ax.legend(frameon=False, loc="upper left", fontsize=11)


@styled
def draw_record(
    held: Sequence[Held], folder: Path, language: Language, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Draw the record inside the model's bands."""
    figure, ax = panel((13.3, 6.6), left=0.06, right=0.98, top=0.86, bottom=0.14)
    months, word = months_of(held), _words(language)
    _bars(ax, [h.interval for h in months], [h.quantiles for h in months], language)
    heading(figure, word("record_figure"), language, 18, y=0.97)
    ax.set_title(coverage_of(held, language), fontsize=11, fontweight="normal", loc=language.side)
    corner(figure, word("record_source"), language, 0.02, 0.01)
    return save(figure, folder, "record", language, formats)


def _coverage_of_trials(trials: Trials, language: Language) -> str:
    share, hits, size = trials.coverage()
    return _words(language).line(
        "trials_coverage", share=percent(share), hits=hits, size=size, trials=len(trials.truths)
    )


def _draw_found(ax: Axes, trials: Trials, k: int, language: Language) -> None:
    """Draw what was found over what was planted for one parameter, where it was planted."""
    known = ~np.isnan(trials.truths[:, k])
    lows, highs, truths = (x[known, k] for x in (trials.lows, trials.highs, trials.truths))
    inside = (truths >= lows) & (truths <= highs)
    for flag, colour in ((True, COLOURS[0]), (False, COLOURS[1])):
        pick = inside == flag
        middle, half = ((lows + highs) / 2)[pick], (highs[pick] - lows[pick]) / 2
        ax.errorbar(truths[pick], middle, half, fmt=".", color=colour, alpha=0.5, ms=4, lw=0.8)
    ax.plot([0, 1], [0, 1], color="0.3", lw=1, ls="--")
    name = declarations()[trials.names[k]].name.in_language(language.code)
    share = language.number(100 * trials.coverage([k])[0], 0)
    ax.set_title(language.line(f"{name}\n{share} %"), fontsize=11)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.set_xlabel(_words(language).line("planted"), fontsize=10)


def _draw_ranks(ax: Axes, ranks: Floats, language: Language) -> None:
    """Draw the ranks of planted values, with what uniform ones would show."""
    known = ranks[~np.isnan(ranks)]
    mean = len(known) / 10
    ax.hist(known, np.linspace(0, 1, 11).tolist(), color=COLOURS[0], alpha=0.5)
    for z in (-1.645, 1.645):
        ax.axhline(mean + z * np.sqrt(mean * 0.9), color="0.3", lw=1, ls=":")
    ax.axhline(mean, color="0.3", lw=1, ls="--")
    ax.set_xlabel(_words(language).line("rank"), fontsize=10)


ACROSS = 5
"""Parameters beside one another in the figure of trials."""


@styled
def draw_trials(trials: Trials, folder: Path, language: Language) -> list[Path]:
    """Draw planted parameters against what was found, and the ranks, for those informed."""
    shown, word = trials.informed() or [0], _words(language)
    bands = -(-len(shown) // ACROSS)
    across = -(-len(shown) // bands)
    figure = Figure(figsize=(max(9.0, 3.3 * across), 1.3 + 6.0 * bands))
    grid = figure.subplots(2 * bands, across, squeeze=False)
    top = 1.0 - 1.2 / (1.3 + 6.0 * bands)
    figure.subplots_adjust(left=0.06, right=0.99, top=top, bottom=0.06, hspace=0.5, wspace=0.3)
    for band in range(bands):
        mine = shown[band * across : (band + 1) * across]
        columns = language.across(list(range(across)))
        for ax in (grid[2 * band + k][columns[c]] for k in (0, 1) for c in range(across)):
            ax.set_axis_off()
        for c, k in enumerate(mine):
            above, below = (grid[2 * band + row][columns[c]] for row in (0, 1))
            above.set_axis_on()
            below.set_axis_on()
            _draw_found(above, trials, k, language)
            _draw_ranks(below, trials.ranks[:, k], language)
        grid[2 * band][columns[0]].set_ylabel(word.line("found"), fontsize=10)
    heading(
        figure,
        f"{word('trials_figure')}\n{_coverage_of_trials(trials, language)}",
        language,
        14,
        y=0.985,
    )
    return save(figure, folder, "trials", language, ("png",))


def _told_evidence(found: Evidence, group: str, language: Language) -> list[str]:
    """Return what the record says about rival readings: weights, and how far to trust them."""
    word, names = _words(language), Words(language, group)

    def listed(values: Floats) -> str:
        pairs = zip(found.names, values, strict=True)
        return language.comma.join(f"{names(n)} {language.number(float(v))}" for n, v in pairs)

    best, worst = found.names[found.weights.argmax()], found.names[found.weights.argmin()]
    factor = language.number(found.bayes_factor(best, worst), 1)
    error = language.number(float(found.error.max()), 3)
    return [
        word.line(f"evidence_{group}", weights=listed(found.weights), error=error),
        word.line("evidence_factor", best=names(best), worst=names(worst), factor=factor),
        word.line(f"evidence_{group}_{'speaks' if found.speaks() else 'silent'}"),
        word.line(
            f"evidence_{group}_ceiling",
            tried=found.tried,
            share=found.ceiling,
            chance=1.0 / len(found.names),
            shares=listed(found.named),
        ),
    ]


def show_calibration(found: Calibration, language: Language, console: Console) -> None:
    """Print the posterior beside the prior, the trials and the evidence."""
    word, rows = _words(language), []
    # The structures hardly differ here: each motive is shown over all three.
    for motive in MOTIVES:
        parts = [p for (_, m), p in found.posteriors.items() if m == motive]
        for name in parts[0].names:
            item = declarations()[name]
            assert item.prior is not None
            mine = [p for p in parts if name in p.names]
            values = np.concatenate([p.values()[:, p.names.index(name)] for p in mine])
            spread = float(np.mean([p.spread()[p.names.index(name)] for p in mine]))
            ends = " – ".join(f"{v:.3g}" for v in np.quantile(values, QUANTILES))
            rows.append(
                (
                    language.kept(name),
                    language.word("motives", motive),
                    language.kept(item.prior[mine[0].structure].describe()),
                    language.kept(ends),
                    language.number(spread),
                    word("yes" if spread < INFORMED else "no"),
                )
            )
    heads = word.each("parameter", "motive", "prior", "posterior_band", "spread", "informed")
    console.print(_table(language, word("posterior_title"), heads, rows, keys=2))
    console.print(_coverage_of_trials(found.trials, language))
    for kind, group in ((found.motives, "motives"), (found.evidence, "structures")):
        console.print("\n".join(_told_evidence(kind, group, language)))


def first_line(
    model: Scores, rivals: Sequence[Scores], skills: Sequence[Skill], language: Language
) -> str:
    """Return what a reader must know first: whether the model loses, and whether by luck."""
    word, found, ours = _words(language), verdict(model, rivals, skills), model.mean("crps")
    if found == "alone":
        return word("verdict_alone", crps=ours)
    best = min(rivals, key=lambda r: r.mean("crps"))
    skill = next(s for s in skills if s.rival == best.name)
    if skill.low != skill.low:
        found = f"few_{found}"
    elif found == "loses" and skill.high > 0.0:
        found = "loses_by_luck"
    return word(
        f"verdict_{found}",
        crps=ours,
        rival=word(best.name),
        rival_crps=best.mean("crps"),
        low=percent(skill.low),
        high=percent(skill.high),
    )


def validation_line(found: Validation, language: Language) -> str:
    """Return the first line of a validation."""
    return first_line(found.model, found.rivals, found.skills.get("crps", ()), language)


MOST_TOLD = 9.0
"""Skill beyond which a quotient says nothing: one score is next to 0 (judgement)."""


def _told_skill(skill: Skill, language: Language) -> str:
    if not abs(skill.skill) <= MOST_TOLD:
        return "–"
    ends = "" if skill.low != skill.low else f" [{skill.low:+.2f}, {skill.high:+.2f}]"
    return language.kept(f"{skill.skill:+.2f}{ends}")


def _forecast(one: Scores | PathScores | Skill, language: Language) -> str:
    name = one.rival if isinstance(one, Skill) else one.name
    return language.word("structures" if name in STRUCTURES else "evidence", name)


def _scores_table(
    title: str,
    series: Series,
    rows: Sequence[Scores],
    language: Language,
) -> Sheet:
    n = language.number
    cells = [
        (
            _forecast(row, language),
            *(n(row.mean(s)) for s in SCORES),
            n(float(row.covered(series).mean())),
            n(row.width, 1),
        )
        for row in rows
    ]
    heads = _words(language).each("forecast", *SCORES, "coverage", "width")
    return _table(language, title, heads, cells)


def added_table(skills: Mapping[str, Sequence[Skill]], language: Language) -> Sheet:
    """Return what the agents add over each rival: skill on rows and on paths, with intervals."""
    word, kinds = _words(language), ("crps", *PATH_SKILLS)
    rows = [
        (_forecast(row[0], language), *(_told_skill(skill, language) for skill in row))
        for row in zip(*(skills[kind] for kind in kinds), strict=True)
    ]
    heads = word.each("rival", *(f"added_{kind}" for kind in kinds))
    return _table(language, word("added_title"), heads, rows)


def told_added(skills: Mapping[str, Sequence[Skill]], language: Language) -> list[str]:
    """Return over which rivals the agents add something, on rows and on paths, in sentences."""
    word, found = _words(language), []
    if all(s.low != s.low for s in skills["crps"]):
        return [word.line("added_few")]
    for kind in ("crps", *PATH_SKILLS):
        what = word(f"added_{kind}")
        for how in ("wins", "loses"):
            over = [_forecast(s, language) for s in skills[kind] if s.verdict == how]
            if over:
                found.append(
                    word.line(f"added_{how}", what=what, names=language.semicolon.join(over))
                )
            elif how == "wins" and kind in ("crps", "energy"):
                found.append(word.line("added_nothing", what=what))
    return found


def scores_table(found: Validation, language: Language) -> Sheet:
    """Return the mean scores of the model, its rivals, and each structure alone."""
    title = _words(language)(
        "scores_title",
        rows=len(found.series),
        scenario=found.scenario.title.in_language(language.code),
        outcome=language.word("outcomes", found.outcome),
    )
    rows = (found.model, *found.rivals, *found.by_structure.values())
    return _scores_table(title, found.series, rows, language)


def rows_table(series: Series, model: Scores, language: Language) -> Sheet:
    """Return each observed row beside a forecast's band."""
    word, covered = _words(language), model.covered(series)
    rows = [
        (
            _days(i, language),
            _count(i, language),
            _three(np.quantile(model.draws[k], QUANTILES), language),
            language.number(float(model.crps[k])),
            _inside(bool(covered[k]), language),
        )
        for k, i in enumerate(series.intervals)
    ]
    heads = word.each("number", "observed", "model_band", "crps", "result")
    return _table(language, word("rows_title"), heads, rows)


def show_cross_validation(found: CrossValidation, language: Language, console: Console) -> None:
    """Print how well left-out stretches of the record are predicted."""
    title = _words(language)("left_out_title", rows=len(found.series))
    first = first_line(found.model, found.rivals, found.skills["crps"], language)
    scores = _scores_table(title, found.series, (found.model, *found.rivals), language)
    _show_scores(found, first, scores, (), language, console)


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


def show_opened(found: Opened, language: Language, console: Console) -> None:
    """Print a sealed forecast beside its rivals."""
    word = _words(language)
    first = first_line(found.model, found.rivals, found.skills.get("crps", ()), language)
    title = word("sealed_title", rows=len(found.series))
    scores = _scores_table(title, found.series, (found.model, *found.rivals), language)
    _show_scores(found, first, scores, found.notes, language, console)


def show_validation(found: Validation, language: Language, console: Console) -> None:
    """Print the verdict first, then scores, rows and notes."""
    first, scores = validation_line(found, language), scores_table(found, language)
    _show_scores(found, first, scores, found.notes, language, console)


def _show_scores(
    found: Validation | CrossValidation | Opened,
    first: str,
    scores: Sheet,
    notes: Sequence[str],
    language: Language,
    console: Console,
) -> None:
    console.print(language.line(first))
    if found.rivals:
        console.print(added_table(found.skills, language))
        console.print("\n".join(told_added(found.skills, language)))
    console.print(scores)
    console.print(paths_table(found.series, found.paths(), language))
    console.print(rows_table(found.series, found.model, language))
    for note in notes:
        console.print(language.line(f"· {note}"))
    console.print(_words(language).line("scores_legend"))


@csv_table(f"forecast start end observed low high q05 q50 q95 {' '.join(SCORES)}")
def _scores_rows(series: Series, forecasts: Sequence[Scores]) -> Rows:
    for one in forecasts:
        for k, i in enumerate(series.intervals):
            band = i.count, i.low, i.high, *np.quantile(one.draws[k], QUANTILES)
            yield one.name, i.start, i.end, *band, *(getattr(one, s)[k] for s in SCORES)


def paths_table(series: Series, found: Sequence[PathScores], language: Language) -> Sheet:
    """Return scores of paths as wholes, one row a forecast, the observed numbers first."""
    word, n, seen = _words(language), language.number, found[0].seen
    dash = ["–"] * (len(PATH_SCORES) - len(seen))
    rows = [(word("observed"), *(n(v, 1) for v in seen.values()), *dash)]
    for one in found:
        cells = []
        for score in PATH_SCORES:
            text = n(one.values[score])
            if score in one.bands:
                ends = " – ".join(f"{v:.0f}" for v in one.bands[score])
                text += "\n" + language.kept(f"({ends})")
            cells.append(text)
        rows.append((_forecast(one, language), *cells))
    heads = word.each("forecast", *(f"path_{name}" for name in PATH_SCORES))
    return _table(language, word("paths_title"), heads, rows)


@csv_table("forecast score value observed q05 q50 q95")
def paths_csv(found: Sequence[PathScores]) -> Rows:
    """Return scores of paths as rows for a CSV file."""
    for one in found:
        for name in PATH_SCORES:
            ends = [f"{v:.4g}" for v in one.bands.get(name, ())] or ["", "", ""]
            yield one.name, name, float(one.values[name]), one.seen.get(name), *ends


@csv_table("rival score skill low high")
def added_csv(skills: Mapping[str, Sequence[Skill]]) -> Rows:
    """Return the model's skill over each rival as rows for a CSV file."""
    for kind in ("crps", *PATH_SKILLS):
        for skill in skills.get(kind, ()):
            yield skill.rival, kind, skill.skill, skill.low, skill.high


def scores_csv(found: Validation) -> list[list[str]]:
    """Return every score of every row as rows for a CSV file."""
    return _scores_rows(found.series, (found.model, *found.by_structure.values(), *found.rivals))


@styled
def draw_validation(found: Validation, folder: Path, language: Language) -> list[Path]:
    """Draw the observed series in the model's bands, and the PIT histogram."""
    figure = Figure(figsize=(13.3, 6.6))
    left, right = figure.subplots(1, 2, width_ratios=(3, 1))
    figure.subplots_adjust(left=0.06, right=0.98, top=0.8, bottom=0.16, wspace=0.16)
    quantiles = [np.quantile(d, QUANTILES) for d in found.model.draws]
    _bars(left, found.series.intervals, quantiles, language)
    pit = found.model.pit.mean(axis=0) * PIT_BINS
    right.bar((np.arange(PIT_BINS) + 0.5) / PIT_BINS, pit, 0.095, color=COLOURS[0], alpha=0.5)
    right.axhline(1.0, color="0.3", lw=1, ls="--")
    for ax, name in ((left, "observed_figure"), (right, "pit_figure")):
        ax.set_title(_words(language).line(name), fontsize=12, loc=language.side)
    heading(figure, validation_line(found, language), language, 13, y=0.95)
    return save(figure, folder, "validation", language)


def show_robustness(found: Robustness, language: Language, console: Console) -> None:
    """Print what flips first, then every finding under every variant."""
    word, structures = Words(language, "robustness"), Words(language, "structures")

    def place(where: tuple[str, str]) -> str:
        return f"«{word(where[0])}{language.comma}{structures(where[1])}»"

    def table(title: str, heads: Sequence[str], parts: Sequence[tuple[str, str]]) -> Sheet:
        rows = [
            (word(f.name), *(interval(found.estimates[f.name, *part], language) for part in parts))
            for f in FINDINGS
        ]
        return _table(language, title, [word("finding"), *heads], rows)

    neutral = {f.name: language.number(f.neutral, 1) for f in FINDINGS}
    flips = found.flips()
    for name, low, high in flips:
        ends = {"low": place(low), "high": place(high)}
        console.print(word.line("flips", finding=word(name), neutral=neutral[name], **ends))
    if not flips:
        console.print(word.line("no_flips"))
    if found.unsure():
        unsure = language.semicolon.join(word.each(*found.unsure()))
        console.print(word.line("unsure", findings=unsure))
    console.print(word.line("holds"))
    variants = [v.name for v in VARIANTS]
    console.print(table(word("title"), word.each(*variants), [(v, POOLED) for v in variants]))
    parts = [("posterior", s) for s in STRUCTURES]
    console.print(table("", structures.each(*STRUCTURES), parts))
    console.print(word.line("legend"))


@csv_table("finding variant structure value low high neutral", digits=5)
def robustness_csv(found: Robustness) -> Rows:
    """Return every finding as rows for a CSV file."""
    for finding in FINDINGS:
        for variant in VARIANTS:
            for structure in (POOLED, *STRUCTURES):
                e = found.estimates[finding.name, variant.name, structure]
                own = finding.name, variant.name, structure
                yield *own, e.mean, e.low, e.high, float(finding.neutral)
