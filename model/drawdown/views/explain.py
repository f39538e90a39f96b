"""Says where a thing comes from and what it moves: from the article to the rule."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from types import FunctionType
from typing import Any

import numpy as np

from drawdown.day.outcomes import RUN_OUTCOMES
from drawdown.day.rulebook import rule_functions
from drawdown.declared import data_files
from drawdown.declared.columns import MOTIVES, OUTCOMES, STRUCTURES
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.language import Language
from drawdown.declared.parameters import declarations, posterior, posterior_folder
from drawdown.declared.scenario import Scenario, names
from drawdown.questions.thesis import HYPOTHESES
from drawdown.views.memo import told_hypothesis

GROUPS = ("factions", "sites", "blocs", "levers", "structures", "motives")
"""Groups of words whose names can be explained."""


def prior_text(prior: Mapping[str, Any], between: str) -> str:
    """Return a prior in words; one that structures have each their own of, by structure."""
    each = {s: prior[s].describe() for s in STRUCTURES}
    if len(set(each.values())) == 1:
        return str(each["neutral"])
    return between.join(f"{s} {p}" for s, p in each.items())


def things() -> dict[str, str]:
    """Return everything that can be explained, with its kind."""
    found = dict.fromkeys(data_files.load("claims"), "claim")
    found |= dict.fromkeys(declarations(), "parameter")
    found |= dict.fromkeys((*OUTCOMES, *RUN_OUTCOMES), "outcome")
    found |= dict.fromkeys(names(), "scenario")
    found |= dict.fromkeys(data_files.load("mechanisms"), "mechanism")
    found |= dict.fromkeys(data_files.load("searches"), "search")
    found |= dict.fromkeys(rule_functions(), "rule")
    words = Language().words
    for group in GROUPS:
        for name in words[group]:
            found.setdefault(name, group.rstrip("s"))
    return found


def explain(thing: str, language: Language) -> Iterator[str]:
    """Yield the lines that explain a thing.

    Raises:
        InputError: If there is nothing of that name.
    """
    known = things()
    # A rule may be called without its module, as its documentation does.
    short = {key.partition(".")[2]: key for key in rule_functions()}
    name = next((n for n in (thing, thing.upper(), short.get(thing)) if n in known), thing)
    if name not in known:
        raise InputError(unknown("thing to explain", thing, known))
    kind = known[name]
    teller = {
        "claim": _claim,
        "search": _search,
        "parameter": _parameter,
        "outcome": _outcome,
        "scenario": _scenario,
        "mechanism": _mechanism,
        "rule": _rule,
    }.get(kind, _named)
    for line in teller(name, language):
        yield language.line(line) if not line.startswith("  ") else line


def _place(function: FunctionType) -> str:
    path = inspect.getsourcefile(function) or ""
    line = inspect.getsourcelines(function)[1]
    return f"model/drawdown/{path.partition('/drawdown/')[2] or path}:{line}"


def _first_sentence(function: FunctionType) -> str:
    return (inspect.getdoc(function) or "").split("\n\n")[0].replace("\n", " ")


def _followed(item: str, language: Language) -> str:
    """Return what a place such as ``rule:militia.foreign_hazard`` leads to, as a line."""
    kind, _, name = item.partition(":")
    groups = {"faction": "factions", "bloc": "blocs", "site": "sites"}
    match kind:
        case "rule":
            function = rule_functions()[name]
            text = f"{name} — {_first_sentence(function)} ({_place(function)})"
        case "parameter":
            p = declarations()[name]
            prior = f", prior {p.prior['neutral'].describe()}" if p.prior else ", fixed"
            meaning = p.meaning.in_language(language.code)
            text = f"{name} = {p.default['neutral']:g}{prior} — {meaning}"
        case "outcome":
            text = f"{name} — {language.outcome(name)}"
        case "scenario":
            text = f"{name} — {Scenario.load(name).title.in_language(language.code)}"
        case "event":
            scenario, _, day = name.partition("/")
            events = (e for e in Scenario.load(scenario).events if e.date.isoformat() == day)
            what = ", ".join(language.word("events", e.what) for e in events)
            text = f"{scenario}, {day} {what}".rstrip()
        case "record":
            text = f"seeds/record/{name}.csv"
        case "hypothesis":
            tests = (told_hypothesis(h, language) for h in HYPOTHESES if h.claim == name)
            kind, text = "test", f"drawdown thesis: {' '.join(tests)}"
        case "fact":
            text = f"drawdown evidence patterns: stress case {name} (seeds/stress_facts.yaml)"
        case "lever":
            text = f"policy.{name} — {language.word('levers', name)}"
        case "context":
            text = f"not modelled ({name})"
        case _:
            text = f"{name} — {language.word(groups[kind], name)} (seeds/actors.yaml)"
    return f"  {kind:9} {text}"


def _claims(claims: Iterable[str], language: Language) -> Iterator[str]:
    for claim in claims:
        yield f"  {claim}       {language.pick(data_files.load('claims')[claim]['claim'])}"


def _claim(name: str, language: Language) -> Iterator[str]:
    item = data_files.load("claims")[name]
    paragraphs = ", ".join(f"¶{p}" for p in item["paragraphs"])
    yield f"{name} ({paragraphs}): {language.pick(item['claim'])}"
    if "note" in item:
        yield language.pick(item["note"])
    for number in item.get("numbers", ()):
        yield f"number: the article says {number['said']}; here: {number['stands']}"
        yield _followed(number["place"], language)
    yield f"fate: {', '.join(item['fates'])}"
    yield f"standing: {language.word('standings', item['standing'].replace(' ', '_'))}"
    for one in item["carried_by"]:
        yield _followed(one, language)


def _search(name: str, language: Language) -> Iterator[str]:
    item = data_files.load("searches")[name]
    yield f"{name}: readers searched for: {language.pick(item['asked'])}"
    for one in item["answers"]:
        yield _followed(one, language)


def _parameter(name: str, language: Language) -> Iterator[str]:
    p, code = declarations()[name], language.code
    yield f"{name}: {p.name.in_language(code)} — {p.meaning.in_language(code)}"
    values = {s: p.default[s] for s in STRUCTURES}
    same = len(set(values.values())) == 1
    shown = (
        f"{p.default['neutral']:g}" if same else ", ".join(f"{k} {v:g}" for k, v in values.items())
    )
    low, high = p.range
    yield f"  default   {shown} {p.unit.in_language(code)}, may lie in {low:g} … {high:g}"
    if p.prior is None:
        yield "  prior     none: fixed, open to --set"
    else:
        each = {s: p.prior[s].describe() for s in STRUCTURES}
        lines = [each["neutral"]] if same else [f"{s}: {prior}" for s, prior in each.items()]
        yield from (f"  prior     {line}" for line in lines)
    yield from _posterior(name)
    yield f"  source    {p.source}"
    yield f"  moves     {p.moves} — {language.outcome(p.moves)}"
    for rule, function in rule_functions().items():
        if name in inspect.signature(function).parameters:
            yield f"  used by   {rule} ({_place(function)})"
    named = (claim for claim in data_files.load("claims") if f"claim:{claim}" in p.source)
    yield from _claims(named, language)


def _posterior(name: str) -> Iterator[str]:
    """Yield a calibrated parameter's posterior by motive, and whether the record informs it."""
    try:
        draws = {part: columns[name] for part, columns in posterior().items() if name in columns}
        text = (posterior_folder() / "posterior.json").read_text(encoding="utf-8")
        made = json.loads(text)["posterior"]
    except (InputError, OSError):
        return
    for motive in MOTIVES:
        # The structures hardly differ in what the record says.
        mine = {
            part: made[" and ".join(part)]
            for part in draws
            if part[1] == motive and name in made[" and ".join(part)]["spread_over_prior"]
        }
        if not mine:
            continue
        values = np.concatenate([draws[part] for part in mine])
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        spread = float(np.mean([one["spread_over_prior"][name] for one in mine.values()]))
        informed = any(name not in one["not_informed"] for one in mine.values())
        yield (
            f"  posterior {motive}: {low:.3g} – {middle:.3g} – {high:.3g} (5, 50, 95 %), spread "
            f"{spread:.2f} of the prior's: {'informed' if informed else 'not informed'}"
        )


def _outcome(name: str, language: Language) -> Iterator[str]:
    declared: dict[str, Any] = data_files.load("outcomes")
    daily, once = declared["daily"].get(name), declared["run"].get(name)
    yield f"{name}: {language.outcome(name)}"
    if daily:
        yield f"  daily     {language.word('units', daily['unit'])}, panel {daily['panel']}"
        if daily["panel"] == "assumed":
            yield f"  caution   {language.word('figures', 'assumed_note')}"
    if once:
        yield (
            f"  a run     {language.word('units', once['unit'])}; smallest difference of "
            f"interest {once['smallest']:g} (judgement)"
        )
    moved = [n for n, p in declarations().items() if p.moves == name]
    if moved:
        yield f"  moved by  {', '.join(moved)}"
    yield from _claims((once or daily)["claims"], language)


def _scenario(name: str, language: Language) -> Iterator[str]:
    item, code = Scenario.load(name), language.code
    yield f"{name}: {item.title.in_language(code)}"
    yield item.question.in_language(code)
    yield f"  file      scenarios/{name}.yaml, {item.start} to {item.end}"
    if item.lineage:
        yield f"  extends   {' → '.join(item.lineage)}"
    yield f"  history   {item.history or 'none'}"
    for lever, values in vars(item.levers).items():
        if values is None:
            continue
        texts = {day: v if isinstance(v, str) else f"{v:g}" for day, v in values.items()}
        dated = [f"{day} {text}" for day, text in texts.items()]
        yield f"  policy    {lever}: {', '.join(dated if len(dated) > 1 else texts.values())}"
    for parameter, choice in item.world.items():
        text = f"{choice.value:g}" if choice.value is not None else f"times {choice.scale:g}"
        yield f"  world     {parameter}: {text}"
    for event in item.events:
        until = f" until {event.until}" if event.until else ""
        yield f"  event     {event.date}{until} {language.word('events', event.what)}"
    yield from _claims(item.claims, language)


def checks_of(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a mechanism of ``seeds/mechanisms.yaml`` must be seen to do, check by check.

    Args:
        item: The mechanism; what its further checks do not say is as in the first, but nothing is
            held.

    Example:
        >>> item = {"outcome": "strikes", "held": {"burden_sharing": 1}, "also": [{"least": 3}]}
        >>> checks_of(item)
        [{'outcome': 'strikes', 'held': {'burden_sharing': 1}}, {'outcome': 'strikes', 'least': 3}]
    """
    first = {k: v for k, v in item.items() if k not in ("also", "claims", "source")}
    shared = {k: v for k, v in first.items() if k != "held"}
    return [first, *(shared | more for more in item.get("also", []))]


def _mechanism(name: str, language: Language) -> Iterator[str]:
    item = data_files.load("mechanisms")[name]
    yield f"{name}: switched off by --without {name}"
    off = ", ".join(f"{k} = {v:g}" for k, v in item["off"].items())
    yield f"  off       {off}"
    for one in checks_of(item):
        motive = f", motive {one['motive']}" if "motive" in one else ""
        held = ", ".join(f"{k} = {v:g}" for k, v in one.get("held", {}).items())
        yield (
            f"  must move {one['outcome']} in {one['scenario']} by at least {one['least']:g} "
            f"({one['effect']}), structure {one.get('structure', 'neutral')}{motive}, "
            + (f"with {held}" if held else "at the priors as they are")
        )
    yield "  test      tests/test_mechanisms.py"
    yield from _claims(item["claims"], language)


def _rule(name: str, language: Language) -> Iterator[str]:
    function = rule_functions()[name]
    yield f"{name}{inspect.signature(function)}"
    yield f"  at        {_place(function)}"
    for line in (inspect.getdoc(function) or "").splitlines():
        yield f"  {line}"
    for argument in inspect.signature(function).parameters:
        if argument in declarations():
            p = declarations()[argument]
            yield f"  parameter {argument} — {p.meaning.in_language(language.code)}"


def _named(name: str, language: Language) -> Iterator[str]:
    group = next(group for group in GROUPS if name in Language().words[group])
    yield f"{name}: {language.word(group, name)} ({group})"
    rows = data_files.load("actors").get(group, {})
    if name in rows:
        yield "  " + ", ".join(f"{k} {v}" for k, v in rows[name].items())
    carried = {
        claim: [one.partition(":")[2] for one in item["carried_by"]]
        for claim, item in data_files.load("claims").items()
    }
    yield from _claims((claim for claim, names in carried.items() if name in names), language)
