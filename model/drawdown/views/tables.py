"""Tables for the terminal: the answer first, then the differences behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import product

import numpy as np
from rich.text import Text

from drawdown.connect import provenance
from drawdown.day.outcomes import LAST_YEAR
from drawdown.day.phases import HALF_YEAR, RUNNING, Phase
from drawdown.declared import data_files
from drawdown.declared import parameters as declared
from drawdown.declared.columns import PLAN
from drawdown.declared.language import Language
from drawdown.declared.scenario import Scenario
from drawdown.questions.answer import Answer
from drawdown.questions.answer import table as table_of
from drawdown.questions.compare import WINDOWS, Comparison, Estimate, estimate
from drawdown.questions.phases import compared_with
from drawdown.views.conditions import told
from drawdown.views.terminal_tables import Console, Sheet
from drawdown.views.words import Words, percent
from drawdown.worlds.ensemble import plan_of

SHOWN = (
    "tempo_first_half_year",
    "dead_us",
    "dead_coalition",
    "dead_iraqi",
    "strikes",
    "us_troops_end",
    "nato",
    "authority",
    "pressure",
    "us_support",
    "isf_capacity",
    "daesh_index",
)
"""Outcomes in the table of differences, beside those of the answer."""

ASSUMED = ("iranian_influence", "minority_exposure")


def digits_of(outcome: str) -> int:
    """Return how many digits a table of differences gives an outcome."""
    unit = data_files.load("outcomes")["run"][outcome]["unit"]
    return {"people": 1, "index100": 1, "points": 2, "index": 3, "days": 0}.get(unit, 2)


def interval(e: Estimate, language: Language, digits: int = 2) -> str:
    """Return a mean with its simulation interval in brackets."""
    if e.mean != e.mean:
        return "–"
    n = language.number
    if e.low != e.low:
        return n(e.mean, digits)
    return language.kept(f"{n(e.mean, digits)} [{n(e.low, digits)}, {n(e.high, digits)}]")


def futures(e: Estimate, language: Language, digits: int = 2) -> str:
    """Return the range of futures."""
    if e.future_low != e.future_low:
        return "–"
    n = language.number
    return language.kept(f"({n(e.future_low, digits)} … {n(e.future_high, digits)})")


def both(e: Estimate, language: Language) -> str:
    """Return a number with its simulation interval, and the range of futures below it."""
    return f"{interval(e, language)}\n{futures(e, language)}".removesuffix("\n–")


def show_answers(answers: Sequence[Answer], language: Language, console: Console) -> None:
    """Print answers: the sentences of each, then one small table.

    Args:
        answers: Answers against the same baseline.
        language: Their language.
        console: Where to.
    """
    for one in answers:
        told = Text(language.line(f"{one.title(language)}. "), style="bold")
        console.print(told.append(" ".join(one.sentences(language)), style="not bold"))
    heads, rows = table_of(answers, language, short=True)
    console.print(Sheet("", ["", *heads], box=None, rows=rows))
    console.print(language.line(answers[0].legend(language, short=True)), style="dim")
    console.print(Words(language, "answer").line("glossary_short"), style="dim")


def _stops(language: Language) -> list[str]:
    return [f"{language.word('table', 'p_stop')} {window}" for window in WINDOWS]


def _titles(comparison: Comparison, language: Language) -> dict[str, str]:
    return {s.name: language.pick(comparison.title(s.name)) for s in comparison.scenarios}


def answer(comparison: Comparison, language: Language) -> Sheet:
    """Return the table that answers the article's question, one row a scenario and structure."""
    word, n, titles = Words(language, "table"), language.number, _titles(comparison, language)
    several = len(comparison.motives) > 1

    rows = []
    for name, title in titles.items():
        for motive in comparison.all_motives:
            level = partial(comparison.level, name, motive)
            ratio = comparison.tempo_ratio(name, motive)
            stops = [level(f"stop_{window}") for window in WINDOWS]
            rows.append(
                (
                    *((title, language.word("motives", motive)) if several else (title,)),
                    both(level("tempo_foreign"), language),
                    n(1, 2) if name == comparison.baseline else both(ratio, language),
                    *(both(e, language).replace(" [", "\n[", 1) for e in stops),
                    both(level("tempo_state"), language),
                )
            )
    against = word("against", b=titles[comparison.baseline])
    heads = word.each("scenario", *(["motive"] if several else []), "tempo")
    heads += [f"{word('tempo_ratio')} {against}", *_stops(language), word("state_tempo")]
    return Sheet(word("answer_title"), heads, 1 + several, rows=rows)


def by_structure(comparison: Comparison, language: Language) -> Sheet:
    """Return the answer's numbers by what a strike does, the motives pooled."""
    word, rows = Words(language, "table"), []
    for name, title in _titles(comparison, language).items():
        for structure in comparison.structures:
            level = partial(comparison.level, name, structure)
            ratio = interval(comparison.tempo_ratio(name, structure), language)
            rows.append(
                (
                    title,
                    language.word("structures", structure),
                    interval(level("tempo_foreign"), language),
                    language.number(1, 2) if name == comparison.baseline else ratio,
                    *(both(level(f"stop_{w}"), language) for w in WINDOWS),
                )
            )
    heads = word.each("scenario", "structure", "tempo", "tempo_ratio") + _stops(language)
    return Sheet(word("by_structure"), heads, 2, rows=rows)


def dates_of(phase: Phase, language: Language) -> str:
    """Return the first and the last day of a part of a run."""
    return f"{language.day(phase.first)} – {language.day(phase.last)}"


def by_phase(comparison: Comparison, language: Language) -> Sheet:
    """Return attacks, dead and P(stop) while policies run, afterwards and in the whole run."""
    word, main = Words(language, "table"), comparison.main_structure
    titles = _titles(comparison, language)
    alone = len(titles) == 1
    base = titles[comparison.baseline]
    rows = []
    for name, title in titles.items():
        if name == comparison.baseline and not alone:
            continue
        for phase in comparison.phases[name]:
            if phase.name == HALF_YEAR:
                continue
            level = partial(comparison.phase_level, name, main, phase)
            told = word(f"phase_{phase.name}")
            told = word("phase_by_median", phase=told) if phase.by_median else told
            tempo = comparison.phase_tempo(name, main, phase)
            change = partial(comparison.phase_change, name, main, phase)
            against = (
                ()
                if alone
                else (interval(change(o), language) for o in ("attacks_foreign", "dead_us"))
            )
            stops = (both(level(f"stop_{w}"), language) for w in WINDOWS)
            part = f"{told}\n{dates_of(phase, language)}"
            rows.append((title, part, interval(tempo, language), *against, *stops))
    heads = word.each("scenario", "phase", "attacks_a_month")
    if not alone:
        heads += [word("attacks_against", b=base), word("dead_against", b=base)]
    return Sheet(word("phases_title"), heads + _stops(language), 2, rows=rows)


def drawn_from(comparison: Comparison, language: Language) -> str:
    """Return what the parameters were drawn from: a word for it, or the user's own file."""
    word, of = Words(language, "table"), comparison.uncertainty
    if of in declared.UNCERTAINTIES:
        return word(f"from_{of}")
    return word("from_file", file=language.kept(provenance.as_given(of)))


def at_start(comparison: Comparison, language: Language) -> str:
    """Return which share of worlds stands in violence on the first day, and how many count."""
    scenario = next(s for s in comparison.scenarios if s.name == comparison.baseline)
    share = comparison.violent_at_start(scenario.name)
    first = dict(zip(PLAN, plan_of(scenario)[0].tolist(), strict=True))
    how = "at_start" if scenario.history or first["spell_days"] != 0.0 else "at_start_open"
    if max(first["order"], first["truce"], first["campaign"]) > 0.0:
        how = "at_start_ordered"
    return Words(language, "table")(
        how,
        day=language.day(scenario.start),
        share=percent(share.mean),
        low=percent(share.low),
        high=percent(share.high),
        worlds=f"{comparison.runs:,}",
    )


def differences(
    comparison: Comparison, language: Language, outcomes: tuple[str, ...], title: str
) -> Sheet:
    """Return paired differences from the baseline, one row an outcome."""
    word, titles = Words(language, "table"), _titles(comparison, language)
    base, main = titles.pop(comparison.baseline), comparison.main_structure
    table = Sheet(title, word.each("outcome"))
    for other in titles.values():
        table.column(word("less", a=other, b=base))
        table.column(word("range_of_futures"), of=other)
        table.column(word("variance_saved"), of=other)
    for outcome in outcomes:
        row, digits = [language.outcome(outcome)], digits_of(outcome)
        for name in titles:
            e = comparison.difference(name, main, outcome)
            saved = comparison.saved(name, main, outcome)
            times = "∞" if saved == float("inf") else f"×{saved:.1f}" if saved == saved else "–"
            row += [interval(e, language, digits), futures(e, language, digits), times]
        table.row(*row)
    return table


def given_request(comparison: Comparison, scenario: str, language: Language) -> Sheet | None:
    """Return tempo and P(stop) apart for worlds where a request was honoured and was not."""
    values = partial(comparison.values, scenario, comparison.main_structure)
    honoured = values("request_honoured")
    if not 0.0 < honoured.mean() < 1.0:
        return None
    word, rows = Words(language, "table"), []
    for name, wanted in (("given_honoured", 1.0), ("given_not", 0.0)):
        inside = np.where(honoured == wanted, 1.0, np.nan)
        each = (values(o) * inside for o in ("tempo_foreign", *(f"stop_{w}" for w in WINDOWS)))
        share = language.number((honoured == wanted).mean())
        rows.append((word(name), share, *(interval(estimate(v), language) for v in each)))
    title = word("given_title", scenario=language.pick(comparison.title(scenario)))
    return Sheet(title, ["", *word.each("worlds", "tempo"), *_stops(language)], rows=rows)


def motive(comparison: Comparison, scenario: str, language: Language) -> Sheet:
    """Return P(stop) by slices of the judgement that decides it."""
    word = Words(language, "table")
    rows = [
        (language.kept(f"{low:.2f} … {high:.2f}"), *(interval(found[w], language) for w in WINDOWS))
        for low, high, _, found in comparison.stop_by_wish_left(scenario)
    ]
    title = word("motive_title", scenario=language.pick(comparison.title(scenario)))
    return Sheet(title, [word("wish_left"), *_stops(language)], rows=rows)


def conditions(comparison: Comparison, scenario: Scenario, language: Language) -> Sheet:
    """Return in how many worlds each condition of a scenario was met, and when first."""
    word, rows = Words(language, "conditions"), []
    for name, days in comparison.met(scenario.name).items():
        known = days[~np.isnan(days)]
        when = []
        if len(known):
            quarters = np.quantile(known, [0.25, 0.5, 0.75], method="inverted_cdf")
            when = [language.day(scenario.start + timedelta(int(day))) for day in quarters]
        share = f"{100 * len(known) / len(days):.0f} %"
        rows.append((language.kept(name), language.kept(share), " – ".join(when)))
    title = word("title", scenario=scenario.title.in_language(language.code))
    return Sheet(title, word.each("head_condition", "head_share", "head_when"), rows=rows)


def sign_differs(
    comparison: Comparison, scenario: str, outcome: str, parts: tuple[str, ...]
) -> bool:
    """Return whether a difference is surely positive in one part and surely negative elsewhere.

    Args:
        comparison: The comparison.
        scenario: Name of the scenario.
        outcome: Which difference.
        parts: Structures, or motives.
    """
    signs = set()
    for structure in parts:
        e = comparison.difference(scenario, structure, outcome)
        if e.low > 0:
            signs.add(1)
        if e.high < 0:
            signs.add(-1)
    return len(signs) == 2


def show(comparison: Comparison, language: Language, console: Console) -> None:
    """Print a comparison: the answer, what decides it, the differences."""
    word, main = Words(language, "table"), comparison.main_structure
    console.print(answer(comparison, language))
    if len(comparison.structures) > 1 and len(comparison.motives) > 1:
        console.print(by_structure(comparison, language))
    if comparison.phases:
        console.print(by_phase(comparison, language))
        console.print(word("phases_legend"), style="dim")
        if len(comparison.scenarios) == 1:
            _held_against(comparison, language, console)
    console.print(language.line(at_start(comparison, language)))
    console.print(language.line(drawn_from(comparison, language)))
    console.print(word("legend"), style="dim")
    for caution in cautions(comparison, language):
        console.print(caution, style="yellow")
    for scenario in comparison.scenarios:
        if scenario.conditions:
            console.print(conditions(comparison, scenario, language))
            for condition in scenario.conditions:
                for line in told(condition, language):
                    console.print(language.line(line))
    for scenario in comparison.scenarios:
        apart = given_request(comparison, scenario.name, language)
        if apart is not None:
            console.print(apart)
    drawn = comparison.uncertainty != "none" and "diplomatic_motive" not in comparison.chosen
    for withdrawal in comparison.without_soldiers() if drawn and comparison.runs >= 50 else ():
        console.print(motive(comparison, withdrawal, language))
    if len(comparison.scenarios) > 1:
        title = word("differences_title", structure=language.word("structures", main))
        console.print(differences(comparison, language, SHOWN, title))
        console.print(differences(comparison, language, ASSUMED, word("assumed_title")))
    for disputed in _disputed(comparison, language):
        console.print(disputed, style="yellow")


def _held_against(comparison: Comparison, language: Language, console: Console) -> None:
    """Say what the phases of a scenario that is played alone are held against."""
    against = compared_with(comparison.scenarios, comparison.baseline)
    for other in against.values():
        title = other.title.in_language(language.code)
        console.print(language.word("table", "phases_alone", b=title), style="dim")


def cautions(comparison: Comparison, language: Language) -> list[str]:
    """Return what a reader must know of what was chosen and of the days that were played."""
    return list(_cautions(comparison, language))


def _cautions(comparison: Comparison, language: Language) -> Iterator[str]:
    word = Words(language, "table")
    chosen = "; ".join(f"{name} = {value:g}" for name, value in comparison.chosen.items())
    if chosen:
        yield word("set_instead", chosen=language.kept(chosen))
    if len({(s.start, s.end) for s in comparison.scenarios}) > 1:
        yield word("other_ends")
    for scenario in comparison.scenarios:
        title = language.pick(comparison.title(scenario.name))
        days = min(LAST_YEAR, scenario.days)
        year = scenario.end - timedelta(days=days - 1), scenario.end
        running = (p for p in comparison.phases.get(scenario.name, ()) if p.name == RUNNING)
        if any(phase.mixes(year) for phase in running):
            yield word("phases_mixed", scenario=title, days=days)
        if scenario.days < LAST_YEAR:
            yield word("short_run", scenario=title, days=scenario.days)


def _disputed(comparison: Comparison, language: Language) -> Iterator[str]:
    """Yield the outcomes whose sign structures or motives disagree on."""
    kinds = (("structures_differ", comparison.structures), ("motives_differ", comparison.motives))
    others = (s.name for s in comparison.scenarios if s.name != comparison.baseline)
    for name, outcome, (kind, parts) in product(others, ("tempo_foreign", *SHOWN), kinds):
        if sign_differs(comparison, name, outcome, parts):
            text = language.word("table", kind, outcome=language.outcome(outcome))
            yield f"{language.pick(comparison.title(name))}: {text}"
