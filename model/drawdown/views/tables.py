"""Tables for the terminal: the answer first, then the differences behind it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from drawdown.day.outcomes import LAST_YEAR
from drawdown.declared import data_files
from drawdown.declared.language import Language
from drawdown.declared.scenario import Scenario, names
from drawdown.questions.compare import WINDOWS, Comparison, Estimate, estimate
from drawdown.views.conditions import told
from drawdown.views.sheet import Console, Sheet

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


def answer(comparison: Comparison, language: Language) -> Sheet:
    """Return the table that answers the article's question, one row a scenario and structure."""
    base = language.pick(comparison.title(comparison.baseline))
    several = len(comparison.motives) > 1
    table = Sheet(language.word("table", "answer_title"), keys=1 + several)
    table.column(language.word("table", "scenario"))
    if several:
        table.column(language.word("table", "motive"))
    table.column(language.word("table", "tempo"))
    ratio = language.word("table", "tempo_ratio")
    table.column(f"{ratio} {language.word('table', 'against', b=base)}")
    for window in WINDOWS:
        table.column(f"{language.word('table', 'p_stop')} {window}")
    table.column(language.word("table", "state_tempo"))
    for scenario in comparison.scenarios:
        for structure in comparison.all_motives:
            tempo = comparison.level(scenario.name, structure, "tempo_foreign")
            quotient = comparison.tempo_ratio(scenario.name, structure)
            state = comparison.level(scenario.name, structure, "tempo_state")
            row = [language.pick(comparison.title(scenario.name))]
            if several:
                row.append(_motive(structure, language))
            row.append(f"{interval(tempo, language)}\n{futures(tempo, language)}")
            if scenario.name == comparison.baseline:
                row.append(language.number(1, 2))
            else:
                row.append(f"{interval(quotient, language)}\n{futures(quotient, language)}")
            for window in WINDOWS:
                stop = comparison.level(scenario.name, structure, f"stop_{window}")
                n = language.number
                row.append(f"{n(stop.mean)}\n{language.kept(f'[{n(stop.low)}, {n(stop.high)}]')}")
            row.append(f"{interval(state, language)}\n{futures(state, language)}")
            table.row(*row)
    return table


def _motive(motive: str, language: Language) -> str:
    return language.word("motives", motive)


def by_structure(comparison: Comparison, language: Language) -> Sheet:
    """Return the answer's numbers by what a strike does, the motives pooled."""
    table = Sheet(language.word("table", "by_structure"), keys=2)
    table.column(language.word("table", "scenario"))
    table.column(language.word("table", "structure"))
    for head in ("tempo", "tempo_ratio"):
        table.column(language.word("table", head))
    for window in WINDOWS:
        table.column(f"{language.word('table', 'p_stop')} {window}")
    for scenario in comparison.scenarios:
        for structure in comparison.structures:
            is_base = scenario.name == comparison.baseline
            quotient = comparison.tempo_ratio(scenario.name, structure)
            table.row(
                language.pick(comparison.title(scenario.name)),
                language.word("structures", structure),
                interval(comparison.level(scenario.name, structure, "tempo_foreign"), language),
                language.number(1, 2) if is_base else interval(quotient, language),
                *(
                    interval(comparison.level(scenario.name, structure, f"stop_{w}"), language)
                    for w in WINDOWS
                ),
            )
    return table


def differences(
    comparison: Comparison, language: Language, outcomes: tuple[str, ...], title: str
) -> Sheet:
    """Return paired differences from the baseline, one row an outcome."""
    base = language.pick(comparison.title(comparison.baseline))
    table = Sheet(title)
    table.column(language.word("table", "outcome"))
    others = [s for s in comparison.scenarios if s.name != comparison.baseline]
    for scenario in others:
        name = language.pick(comparison.title(scenario.name))
        table.column(language.word("table", "less", a=name, b=base))
        table.column(language.word("table", "range_of_futures"), of=name)
        table.column(language.word("table", "variance_saved"), of=name)
    for outcome in outcomes:
        row = [language.outcome(outcome)]
        for scenario in others:
            e = comparison.difference(scenario.name, comparison.main_structure, outcome)
            saved = comparison.saved(scenario.name, comparison.main_structure, outcome)
            digits = digits_of(outcome)
            row += [
                interval(e, language, digits),
                futures(e, language, digits),
                "∞" if saved == float("inf") else f"×{saved:.1f}" if saved == saved else "–",
            ]
        table.row(*row)
    return table


def given_request(comparison: Comparison, scenario: str, language: Language) -> Sheet | None:
    """Return tempo and P(stop) apart for worlds where a request was honoured and was not."""
    honoured = comparison.values(scenario, comparison.main_structure, "request_honoured")
    if not 0.0 < honoured.mean() < 1.0:
        return None
    name = language.pick(comparison.title(scenario))
    table = Sheet(title=language.word("table", "given_title", scenario=name))
    for head in ("", "worlds", "tempo"):
        table.column(language.word("table", head) if head else "")
    for window in WINDOWS:
        table.column(f"{language.word('table', 'p_stop')} {window}")
    for words, wanted in (("given_honoured", 1.0), ("given_not", 0.0)):
        inside = np.where(honoured == wanted, 1.0, np.nan)
        values = [comparison.values(scenario, comparison.main_structure, "tempo_foreign")]
        stops = [
            comparison.values(scenario, comparison.main_structure, f"stop_{w}") for w in WINDOWS
        ]
        table.row(
            language.word("table", words),
            language.number((honoured == wanted).mean()),
            interval(estimate(values[0] * inside), language),
            *(interval(estimate(stop * inside), language) for stop in stops),
        )
    return table


def motive(comparison: Comparison, scenario: str, language: Language) -> Sheet:
    """Return P(stop) by slices of the judgement that decides it."""
    table = Sheet(
        title=language.word(
            "table", "motive_title", scenario=language.pick(comparison.title(scenario))
        )
    )
    table.column(language.word("table", "wish_left"))
    for window in WINDOWS:
        table.column(f"{language.word('table', 'p_stop')} {window}")
    for low, high, _, found in comparison.stop_by_wish_left(scenario):
        ends = language.kept(f"{low:.2f} … {high:.2f}")
        table.row(ends, *(interval(found[w], language) for w in WINDOWS))
    return table


def conditions(comparison: Comparison, scenario: Scenario, language: Language) -> Sheet:
    """Return in how many worlds each condition of a scenario was met, and when first."""
    table = Sheet(
        title=language.word(
            "conditions", "title", scenario=scenario.title.in_language(language.code)
        ),
        heads=[language.word("conditions", f"head_{n}") for n in ("condition", "share", "when")],
    )
    for name, days in comparison.met(scenario.name).items():
        known = days[~np.isnan(days)]
        when = ""
        if len(known):
            quarters = np.quantile(known, [0.25, 0.5, 0.75], method="inverted_cdf")
            when = " – ".join(
                language.day(scenario.start + timedelta(days=int(day))) for day in quarters
            )
        share = language.kept(f"{100 * len(known) / len(days):.0f} %")
        table.row(language.kept(name), share, when)
    return table


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
    console.print(answer(comparison, language))
    if len(comparison.structures) > 1 and len(comparison.motives) > 1:
        console.print(by_structure(comparison, language))
    drawn_from = language.word("table", f"from_{comparison.uncertainty}")
    chosen = "; ".join(f"{name} = {value:g}" for name, value in comparison.chosen.items())
    if chosen:
        drawn_from += " " + language.word("table", "set_instead", chosen=language.kept(chosen))
    console.print(language.line(drawn_from))
    console.print(language.word("table", "legend"), style="dim")
    if len({(s.start, s.end) for s in comparison.scenarios}) > 1:
        console.print(language.word("table", "other_ends"), style="yellow")
    for scenario in comparison.scenarios:
        if scenario.days < LAST_YEAR:
            console.print(
                language.word(
                    "table",
                    "short_run",
                    scenario=language.pick(comparison.title(scenario.name)),
                    days=language.number(scenario.days, 0),
                ),
                style="yellow",
            )
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
    others = [s for s in comparison.scenarios if s.name != comparison.baseline]
    if others:
        title = language.word(
            "table",
            "differences_title",
            structure=language.word("structures", comparison.main_structure),
        )
        console.print(differences(comparison, language, SHOWN, title))
        assumed = language.word("table", "assumed_title")
        console.print(differences(comparison, language, ASSUMED, assumed))
    for scenario in others:
        for outcome in ("tempo_foreign", *SHOWN):
            for kind, parts in (
                ("structures_differ", comparison.structures),
                ("motives_differ", comparison.motives),
            ):
                if sign_differs(comparison, scenario.name, outcome, parts):
                    name = language.pick(comparison.title(scenario.name))
                    text = language.word("table", kind, outcome=language.outcome(outcome))
                    console.print(f"{name}: {text}", style="yellow")
    _headline(comparison, language, console)


def _headline(comparison: Comparison, language: Language, console: Console) -> None:
    case = "combat-to-advisory"
    present = [s.name for s in comparison.scenarios]
    if case not in present or case == comparison.baseline or case not in names():
        return
    stop = comparison.level(case, comparison.main_structure, "stop_180")
    quotient = comparison.tempo_ratio(case, comparison.main_structure)
    console.print(
        language.word(
            "table",
            "stop_answer",
            case=language.pick(comparison.title(case)),
            p=language.number(100 * stop.mean, 0),
            ratio=language.number(quotient.mean),
            base=language.pick(comparison.title(comparison.baseline)),
        ),
        style="bold",
    )
