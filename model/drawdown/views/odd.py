"""The tables of ``docs/odd.md`` and ``docs/conditions.md``, generated so that they stay true."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from drawdown.day.outcomes import RUN_OUTCOMES
from drawdown.day.rulebook import rule_functions
from drawdown.day.world import STEP_ORDER
from drawdown.declared import data_files
from drawdown.declared.columns import OUTCOMES, STATES_HELD, STRUCTURES
from drawdown.declared.conditions import DECIDES, Then, sights
from drawdown.declared.language import Language
from drawdown.declared.parameters import declarations
from drawdown.declared.scenario import Scenario, names
from drawdown.views.explain import prior_text

_CLAIM = re.compile(r"C\d{2}|SF\d{1,2}")
_BLOCK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

DOCUMENTS = ("odd.md", "conditions.md")
"""Documents with generated tables, the description first."""


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(c).replace("|", "\\|") for c in cells) + " |"


def _head(*cells: str) -> Iterator[str]:
    yield _row(*cells)
    yield _row(*("---" for _ in cells))


def _first_sentence(function: Callable[..., object]) -> str:
    text = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
    return text.removeprefix("Return ").rstrip(".")


def _tests_of(name: str, arguments: set[str], sources: dict[str, str]) -> str:
    """Return what tests a rule: by name, else by a mechanism it belongs to, else by parameter."""
    direct = [file for file, text in sources.items() if f"{name}(" in text]
    if direct:
        return ", ".join(f"`{file}`" for file in direct)
    mechanisms = [
        m for m, item in data_files.load("mechanisms").items() if set(item["off"]) & arguments
    ]
    if mechanisms:
        return f"`test_mechanisms.py` ({', '.join(mechanisms[:3])})"
    return "`test_identical_histories.py`, `test_rule_book.py`"


def _sources(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("test_*.py")):
        found[path.name] = path.read_text(encoding="utf-8")
    return found


def _submodels(tests: Path) -> Iterator[str]:
    sources = _sources(tests)
    known = declarations()
    yield from _head("rule", "returns", "parameters", "claims and facts", "tested in")
    for name, function in rule_functions().items():
        arguments = set(inspect.signature(function).parameters)
        own = [f"`{n}`" for n in known if n in arguments]
        claims = sorted(set(_CLAIM.findall(inspect.getdoc(function) or "")))
        yield _row(
            f"`{name}`",
            _first_sentence(function),
            ", ".join(own) or "–",
            ", ".join(claims) or "–",
            _tests_of(name, arguments, sources),
        )


def _parameters(_: Path) -> Iterator[str]:
    yield from _head("parameter", "meaning", "unit", "default", "prior", "source")
    for name, item in declarations().items():
        defaults = {f"{item.default[s]:g}" for s in STRUCTURES}
        default = (
            defaults.pop()
            if len(defaults) == 1
            else "; ".join(f"{s} {item.default[s]:g}" for s in STRUCTURES)
        )
        prior = prior_text(item.prior, "; ") if item.prior is not None else "fixed"
        yield _row(f"`{name}`", item.meaning.en, item.unit.en, default, prior, item.source)


def _states(_: Path) -> Iterator[str]:
    yield from _head("state", "held by", "how many")
    for name, length, holder in STATES_HELD:
        yield _row(f"`{name}`", holder, length)


def _steps(_: Path) -> Iterator[str]:
    yield from _head("phase", "why here")
    for phase, reason in STEP_ORDER:
        yield _row(f"`{phase}`", reason)


def _outcomes(_: Path) -> Iterator[str]:
    words = Language().words
    yield from _head("outcome", "meaning", "each day", "one a run")
    for name in dict.fromkeys((*OUTCOMES, *RUN_OUTCOMES)):
        group = "outcomes" if name in OUTCOMES else "run_outcomes"
        yield _row(
            f"`{name}`",
            words[group][name],
            "yes" if name in OUTCOMES else "",
            "yes" if name in RUN_OUTCOMES else "",
        )


def _scenarios(_: Path) -> Iterator[str]:
    yield from _head("scenario", "question", "extends", "claims")
    for name in names():
        item = Scenario.load(name)
        parent = f"`{item.lineage[0]}`" if item.lineage else "–"
        yield _row(f"`{name}`", item.question.en, parent, ", ".join(item.claims))


def _sights(_: Path) -> Iterator[str]:
    yield from _head("see", "what it is", "options", "in", "who sees it")
    for name, item in sights().items():
        options = [f"`{n}`: {', '.join(f'`{v}`' for v in a)}" for n, a in item["options"].items()]
        if item["kind"] == "count" and name != "days_without_attacks":
            options.append("`days`: 1 to 365")
        what = item["name"]["en"] + (f" ({item['note']['en']})" if item["note"]["en"] else "")
        who = ", ".join(item["sees"])
        yield _row(f"`{name}`", what, "; ".join(options) or "–", item["unit"]["en"], who)


def _moved(_: Path) -> Iterator[str]:
    yield from _head("lever", "what moves", "who decides")
    for name, about in Then.model_fields.items():
        yield _row(f"`{name}`", about.description, " or ".join(DECIDES[name]))


def _patterns(_: Path) -> Iterator[str]:
    yield from _head("fact", "what", "computed on", "use", "source")
    for name, item in data_files.load("patterns").items():
        yield _row(name, item["name"]["en"], item["run"]["en"], item["use"], item["source"])


TABLES: dict[str, Callable[[Path], Iterator[str]]] = {
    "submodels": _submodels,
    "parameters": _parameters,
    "states": _states,
    "steps": _steps,
    "outcomes": _outcomes,
    "scenarios": _scenarios,
    "patterns": _patterns,
    "sights": _sights,
    "moved": _moved,
}


def renewed(text: str, root: Path) -> str:
    """Return a document with its generated tables made anew.

    Args:
        text: The document; a table stands between ``<!-- table: NAME -->`` and
            ``<!-- end -->``.
        root: The checkout, whose tests are named.
    """

    def table(found: re.Match[str]) -> str:
        lines = TABLES[found.group(2)](root / "tests")
        return found.group(1) + "\n".join(lines) + "\n" + found.group(3)

    return _BLOCK.sub(table, text)
