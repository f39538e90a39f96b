"""A report in one HTML file: no network, English or Arabic, every number with its source."""

from __future__ import annotations

import base64
import csv
import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup, escape

from drawdown import __version__
from drawdown.connect import commands
from drawdown.declared import data_files
from drawdown.declared.columns import MOTIVES, PARAMETERS, STRUCTURES
from drawdown.declared.language import Language
from drawdown.declared.parameters import MOTIVE, declarations, posterior_folder
from drawdown.declared.scenario import Scenario
from drawdown.questions.answer import all_of
from drawdown.questions.compare import POOLED, Comparison
from drawdown.questions.sensitivity import Sobol
from drawdown.questions.study import DRIVEN, SPLIT, STRUCTURE, Study
from drawdown.questions.thesis import Finding
from drawdown.views import brief, decompose, evidence, figures, memo, tables
from drawdown.views.explain import prior_text
from drawdown.views.html import embedded, environment
from drawdown.views.terminal_tables import Sheet
from drawdown.views.words import Words, percent

Source = tuple[str, ...]
"""A kind of source, and its name where there are several of the kind."""

NEVER = 0.02
"""Share of draws below which a hypothesis' failures are too few to look for where."""

EVIDENCE = ("literature:", "record:", "claim:")
"""What a parameter's source names where it rests on more than judgement."""

DRIVERS = 3
"""Most drivers that are named in a sentence."""


class Notes:
    """Numbered sources. The same source has the same number wherever it is named.

    Args:
        study: What the report tells.
        language: Its language.
    """

    def __init__(self, study: Study, language: Language) -> None:
        self.study = study
        self.language = language
        self.word = Words(language, "report")
        self._numbers: dict[tuple[str, str], int] = {}
        self._rows = _record_rows()

    def _text(self, kind: str, name: str = "") -> str:
        """Return what a note says."""
        named = {
            "outcome": self._outcome,
            "parameter": self._parameter,
            "claim": self._claim,
            "record": self._record,
        }
        if kind in named:
            return named[kind](name)
        sizes, thesis, made = self.study.sizes, self.study.thesis, _calibration()
        command = self.language.kept(" ".join(made["command"]))
        fill: dict[str, dict[str, Any]] = {
            "calibration": {"command": command, "commit": made["commit"][:10]},
            "thesis": {"draws": thesis.draws, "lucks": thesis.lucks, "seed": str(thesis.seed)},
            "box": {"head": self.word("thesis_head")},
            "drivers": {
                "size": sizes.size,
                "trajectories": sizes.trajectories,
                "lucks": sizes.point_lucks,
            },
            "decompose": {"runs": sizes.split_runs},
            "regret": {"draws": sizes.regret_draws, "lucks": sizes.point_lucks},
        }
        return self.word(f"note_{kind}", **fill.get(kind, {}))

    def _outcome(self, name: str) -> str:
        language, unit = self.language, data_files.load("outcomes")["run"][name]["unit"]
        return self.word(
            "note_outcome",
            name=language.outcome(name),
            unit=language.word("units", unit),
            explain=language.kept(commands.line("explain", name)),
        )

    def _parameter(self, name: str) -> str:
        language, item = self.language, declarations()[name]
        if item.prior is None:
            value = language.kept(f"{item.default['neutral']:g}")
            prior = self.word("fixed_at", value=value)
        else:
            prior = self.word("prior_of", prior=language.kept(prior_text(item.prior, ", ")))
        return self.word(
            "note_parameter",
            name=item.name.in_language(language.code),
            unit=item.unit.in_language(language.code),
            prior=prior,
        )

    def _claim(self, name: str) -> str:
        language, claim = self.language, data_files.load("claims")[name]
        return self.word(
            "note_claim",
            claim=language.kept(name),
            paragraphs=language.kept(", ".join(map(str, claim["paragraphs"]))),
            text=language.pick(claim["claim"]),
        )

    def _record(self, name: str) -> str:
        if name == "attacks_total":
            return self.word("note_total")
        language, row = self.language, self._rows[name]
        days = (language.day(date.fromisoformat(row[k])) for k in ("start", "end"))
        numbers = {k: language.kept(row[k]) for k in ("count", "low", "high", "grade")}
        join = f" {language.word('evidence', 'to')} "
        return self.word("note_record", days=join.join(days), **numbers)

    def _source(self, kind: str, name: str) -> tuple[str, str]:
        """Return where a source itself is from, in English, and a name to look up."""
        if kind == "parameter":
            return declarations()[name].source, name
        if kind == "record" and name in self._rows:
            row = self._rows[name]
            return f"{row['file']}: {row['derivation']}", ""
        return "", name if kind == "outcome" else ""

    def number(self, kind: str, name: str = "") -> int:
        """Return a source's number, new where it was not named before."""
        return self._numbers.setdefault((kind, name), len(self._numbers) + 1)

    def title(self, sources: Sequence[Source]) -> str:
        """Return what pointing at a number shows."""
        return " ".join(self._text(*source) for source in sources)

    def marks(self, sources: Sequence[Source]) -> Markup:
        """Return links to notes, as small figures."""
        link = Markup('<a class="note" href="#note-{0}" title="{1}">{0}</a>')
        found = [link.format(self.number(*source), self._text(*source)) for source in sources]
        return Markup("<sup>{}</sup>").format(Markup("&nbsp;").join(found)) if found else Markup()

    def listed(self) -> Iterator[dict[str, Any]]:
        """Yield every note that was named, in order."""
        for (kind, name), k in self._numbers.items():
            source, key = self._source(kind, name)
            yield {"number": k, "text": self._text(kind, name), "source": source, "key": key}

    def claims(self) -> list[str]:
        """Return the claims named so far."""
        return [name for kind, name in self._numbers if kind == "claim"]


@cache
def _record_rows() -> dict[str, dict[str, str]]:
    """Return the record's rows by the names that `record_run.Held` gives them."""
    folder = data_files.folder("seeds") / "record"
    found = {}
    for file in ("attacks_on_facilities", "incidents"):
        with (folder / f"{file}.csv").open(encoding="utf-8", newline="") as text:
            for row in csv.DictReader(text):
                name = row.get("what") or f"attacks_{row['start'].replace('-', '_')}"
                found[name] = row | {"file": f"seeds/record/{file}.csv"}
    return found


@cache
def _calibration() -> dict[str, Any]:
    text = (posterior_folder() / "posterior.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _image(path: Path) -> str:
    kind = {".svg": "image/svg+xml", ".png": "image/png"}[path.suffix]
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _outcomes(*names: str) -> list[Source]:
    return [("outcome", name) for name in names]


def _parameters(names: Iterable[str]) -> list[Source]:
    return [("parameter", name) for name in names]


class _Writer:
    """Composes the report's parts."""

    def __init__(self, study: Study, language: Language) -> None:
        self.study = study
        self.language = language
        self.comparison: Comparison = study.comparison
        self.notes = Notes(study, language)
        self.word = Words(language, "report")
        self.motives = Words(language, "motives")
        self.findings = {f.hypothesis.name: f for f in study.thesis.findings}
        self.base = study.comparison.baseline
        self.others = [s for s in study.comparison.scenarios if s.name != self.base]

    def title(self, name: str) -> str:
        """Return a scenario's title."""
        return self.language.pick(self.comparison.title(name))

    def titles(self, scenario: Scenario) -> dict[str, str]:
        """Return the titles of a scenario and of the baseline, for a sentence on both."""
        return {"case": self.title(scenario.name), "base": self.title(self.base)}

    def listed(self, items: Iterable[str]) -> str:
        """Return texts as a list in a sentence."""
        return self.language.comma.join(items)

    def told(self, text: str, *sources: Source) -> Markup:
        """Return a sentence whose numbers name their sources."""
        return Markup('<span title="{}">{}</span>{}').format(
            self.notes.title(sources), text, self.notes.marks(sources)
        )

    def say(self, name: str, /, *sources: Source, **values: Any) -> Markup:
        """Return a sentence of the report whose numbers name their sources."""
        return self.told(self.word(name, **values), *sources)

    def statement(self, finding: Finding) -> str:
        """Return a hypothesis in short."""
        return self.language.word("thesis", f"{finding.hypothesis.name}_short")

    def table(self, sheet: Sheet, sources: Sequence[Sequence[Source]]) -> dict[str, Any]:
        """Return a table for the page.

        Args:
            sheet: The table.
            sources: Sources of the numbers, one list a row.
        """
        rows = [self.row(cells, named) for cells, named in zip(sheet.rows, sources, strict=True)]
        return {"caption": sheet.title, "heads": [_broken(h) for h in sheet.heads], "rows": rows}

    def row(self, cells: Sequence[str], sources: Sequence[Source]) -> dict[str, Any]:
        """Return a table's row with the sources of its numbers."""
        return {
            "cells": [_broken(c) for c in cells],
            "title": self.notes.title(sources),
            "marks": self.notes.marks(sources),
        }

    def commands(self) -> Iterator[dict[str, Any]]:
        """Yield which command makes which numbers, and a world behind them to look at."""
        found, study, sizes = self.comparison, self.study, self.study.sizes
        base = next(s for s in found.scenarios if s.name == found.baseline)
        usual = commands.settings(found)
        weighed = usual | {"weights_of_motives": commands.weights(found)}

        def made(key: str, title: str, name: str, *arguments: Any, **options: Any) -> Any:
            line = commands.line(name, *arguments, **options)
            return {"key": key, "title": title, "command": line, "worlds": []}

        first = made(
            "comparison",
            self.word("differences_head"),
            "compare",
            *found.scenarios,
            baseline=base,
            runs=found.runs,
            **weighed,
        )
        yield first | {"worlds": [self._world(item) for item in found.scenarios]}
        many = {"draws": sizes.draws, "lucks": sizes.lucks}
        yield made("thesis", self.word("thesis_head"), "thesis", **many, **weighed)
        for item in self.others:
            if item.name in study.splits:
                title = f"{self.word('decompose_head')}: {self.title(item.name)}"
                split = {"outcome": SPLIT, "runs": sizes.split_runs} | weighed
                yield made(f"split-{item.name}", title, "decompose", base, item, **split)
        for item in self.others:
            # Drivers vary over the priors, whatever the worlds above were drawn from.
            yield made(
                f"drivers-{item.name}",
                f"{self.word('sensitivity_head')}: {self.title(item.name)}",
                "sensitivity",
                item,
                less=base,
                outcome=DRIVEN,
                trajectories=sizes.trajectories,
                few=sizes.few,
                size=sizes.size,
                lucks=sizes.point_lucks,
                **{key: usual[key] for key in ("seed", "rules")},
            )
        yield made(
            "regret",
            self.word("regret_head"),
            "regret",
            *found.scenarios,
            draws=sizes.regret_draws,
            lucks=sizes.point_lucks,
            weights=study.weights,
            **weighed,
        )

    def _world(self, scenario: Scenario) -> str:
        """Return the command that tells the world in the middle of a scenario's attacks."""
        found = self.comparison
        structure = STRUCTURE if STRUCTURE in found.structures else found.structures[0]
        item = found.ensembles[scenario.name, structure]
        tempo = item.outcome("tempo_foreign")
        k = int(np.argsort(tempo, kind="stable")[len(tempo) // 2])
        return commands.line(
            "watch",
            scenario,
            replication=int(item.replications[k]),
            structure=item.structure,
            motive=MOTIVES[int(item.parameters[PARAMETERS.index(MOTIVE)][k])],
            set=commands.choices(found),
            **commands.settings(found),
        )

    def where(self, finding: Finding) -> Markup:
        """Return where a hypothesis is wrong, or right where it mostly is wrong."""
        statement, fails = self.statement(finding), finding.fails
        claim, share = ("claim", finding.hypothesis.claim), finding.holds[POOLED].mean
        if fails < NEVER:
            holds = percent(share)
            return self.say("nowhere", claim, ("thesis",), statement=statement, holds=holds)
        box = finding.wrong or finding.right
        kind = "wrong" if share >= 0.5 else "right"
        values: dict[str, Any] = {
            "statement": statement,
            "holds": percent(1.0 - fails),
        }
        if box is None:
            return self.say(f"{kind}_no_box", claim, ("thesis",), **values)
        values |= {"density": percent(box.density), "coverage": percent(box.coverage)}
        values["sides"] = memo.told_sides(box, self.language)
        sources = _parameters(s.name for s in box.sides)
        return self.say(kind, claim, ("box",), *sources, **values)

    def sure(self) -> Iterator[Markup]:
        """Yield the answer to: how sure is this?"""
        coverage = evidence.coverage(self.study.held, self.language)
        yield self.say("sure_record", ("band",), **coverage)
        made, source = _calibration(), ("calibration",)
        hits, planted, *_ = made["trials"]["inside_90"]
        yield self.say("sure_trials", source, share=percent(hits / planted))
        weights = made["evidence"]["structures"]["weights"]
        yield self.say("sure_structures", source, **{s: float(weights[s]) for s in STRUCTURES})
        n, found = self.language.number, made["evidence"]["motives"]
        each = {
            key: self.listed(f"{self.motives(m)} {n(found[key][m])}" for m in MOTIVES)
            for key in ("weights", "named")
        }
        yield self.say("sure_motives", source, **each)

    def assumed(self) -> Iterator[Markup]:
        """Yield the answer to: what was assumed?"""
        yield self.say("assumed_structures", ("parameter", "strike_rate_ratio"))
        items = declarations()
        drawn = [name for name, item in items.items() if item.sampled]
        made = _calibration()["posterior"].values()
        # A name may be informed under one motive only.
        informing = [{*one["spread_over_prior"]} - {*one["not_informed"]} for one in made]
        calibrated = dict.fromkeys(n for one in made for n in one["spread_over_prior"])
        informed = [n for n in calibrated if any(n in names for names in informing)]
        judged = [k for k in drawn if not any(e in items[k].source for e in EVIDENCE)]
        counts = {"sampled": len(drawn), "informed": len(informed), "judged": len(judged)}
        yield self.say("assumed_numbers", ("counted",), ("calibration",), **counts)
        names = self.listed(items[k].name.in_language(self.language.code) for k in informed)
        yield self.say("assumed_informed", *_parameters(informed), names=names)
        yield self.say("assumed_returns", *_outcomes("iranian_influence", "minority_exposure"))

    def change(self) -> Iterator[Markup]:
        """Yield the answer to: what would change it?"""
        main = self.findings["not_stopped"]
        if main.fails < NEVER:
            yield self.say("change_thesis", ("thesis",), statement=self.statement(main))
        for item in self.others:
            yield self._drivers(item)
        for withdrawal in self.withdrawals():
            slices = self.comparison.stop_by_wish_left(withdrawal)
            chances = [found[180].mean for _, _, _, found in slices]
            yield self.say(
                "change_motive",
                ("parameter", "diplomatic_motive"),
                ("outcome", "stop_180"),
                case=self.title(withdrawal),
                most=max(chances),
                least=min(chances),
            )
        disputed = [*self._disputed()]
        yield from disputed or [self.say("change_no_structures")]

    def _drivers(self, scenario: Scenario) -> Markup:
        """Return which parameters the difference from the baseline hangs on most."""
        sobol = self.study.drivers[scenario.name].sobol
        names: list[str] = []
        if sobol is not None and sobol.outcomes[0] == DRIVEN[0]:
            sure = sobol.total[0] - sobol.total_errors[0] > 0.02
            few = sobol.few(DRIVEN[0])
            names = [n for n in few if sure[sobol.names.index(n)]][:DRIVERS]
        if sobol is None or not names:
            return self.say("change_nothing", ("drivers",), **self.titles(scenario))
        drivers = [
            self.word(
                "driver",
                name=declarations()[name].name.in_language(self.language.code),
                share=self.language.kept(_share(sobol, name)),
            )
            for name in names
        ]
        values = self.titles(scenario) | {"drivers": self.listed(drivers)}
        return self.say("change_drivers", ("drivers",), *_parameters(names), **values)

    def _disputed(self) -> Iterator[Markup]:
        """Yield for which outcomes structures or motives disagree on the sign."""
        for item in self.others:
            for kind, parts in (
                ("change_structures", self.comparison.structures),
                ("change_motives", self.comparison.motives),
            ):
                names = [
                    o
                    for o in dict.fromkeys(("tempo_foreign", *tables.SHOWN))
                    if tables.sign_differs(self.comparison, item.name, o, parts)
                ]
                if names:
                    outcomes = self.listed(map(self.language.outcome, names))
                    values = {"case": self.title(item.name), "outcomes": outcomes}
                    yield self.say(kind, *_outcomes(*names), **values)

    def withdrawals(self) -> list[str]:
        """Return the withdrawals compared, where the judgement that decides them was drawn."""
        if self.comparison.uncertainty == "none":
            return []
        others = [item.name for item in self.others]
        return [name for name in self.comparison.without_soldiers() if name in others]

    def compared(self) -> Markup:
        """Return which scenarios are compared, and what they do with the soldiers."""
        first = self.comparison.scenarios[0]
        each = [
            self.word("compared_one", case=item["title"], soldiers=item["soldiers"])
            for item in self.scenarios()
        ]
        return self.say(
            "compared",
            ("outcome", "us_troops_end"),
            start=self.language.day(first.start),
            end=self.language.day(first.end),
            scenarios=self.listed(each),
        )

    def answers(self) -> list[dict[str, Any]]:
        """Return the four questions with their answers."""
        each = (self.where(f) for f in self.study.thesis.findings)
        parts: tuple[tuple[str, Iterable[Markup]], ...] = (
            ("holds", [self.say("holds_means", *_outcomes("stop_180")), *each]),
            ("sure", self.sure()),
            ("assumed", self.assumed()),
            ("change", self.change()),
        )
        return [{"head": self.word(f"{k}_head"), "lines": list(lines)} for k, lines in parts]

    def scenarios(self) -> list[dict[str, Any]]:
        """Return what is to be known of each scenario."""
        return [self._scenario(item) for item in self.comparison.scenarios]

    def _scenario(self, item: Scenario) -> dict[str, Any]:
        language, levers = self.language, item.levers
        ends = []
        for pick in (min, max):
            parts = [pick(levels.items())[1] for levels in (levers.combat, levers.advisers)]
            numbers = [p for p in parts if not isinstance(p, str)]
            text = language.number(float(sum(numbers)), 0)
            ends.append(text if len(numbers) == 2 else f"{text} + {self.word('stay')}")
        return {
            "title": item.title.in_language(language.code),
            "name": item.name,
            "question": item.question.in_language(language.code),
            "days": f"{language.day(item.start)} – {language.day(item.end)}",
            "soldiers": (" ← " if language.right_to_left else " → ").join(ends),
            "doctrine": language.word("doctrines", levers.doctrine[max(levers.doctrine)]),
            "marks": self.notes.marks([("claim", c) for c in item.claims]),
        }

    def differences(self) -> list[dict[str, Any]]:
        """Return the answer's table and, for each scenario, every outcome's difference."""
        answer = tables.answer(self.comparison, self.language)
        rows = [_outcomes("tempo_foreign", "stop_180", "tempo_state")] * len(answer.rows)
        found: list[dict[str, Any]] = [{"table": self.table(answer, rows), "lines": []}]
        names = list(data_files.load("outcomes")["run"])
        for item in self.others:
            everything = memo.all_outcomes(self.comparison, item.name, self.language)
            table = self.table(everything, [_outcomes(name) for name in names])
            lines = memo.certain(self.comparison, item.name, self.language)
            found.append({"table": table, "lines": [self.told(text) for text in lines]})
        return found

    def thesis(self) -> list[dict[str, Any]]:
        """Return each hypothesis with what was found."""
        found, whole = [], ("thesis",)
        for finding in self.study.thesis.findings:
            box = finding.wrong or finding.right
            sides = _parameters(s.name for s in box.sides) if box else []
            first, *rest = memo.told_finding(finding, self.language)
            sources: list[list[Source]] = [
                [whole],
                [whole],
                [whole, *_parameters(list(finding.against.values)[:4])],
                *([_parameters(put_in)] if (put_in := finding.hypothesis.put_in) else []),
                [whole, ("outcome", finding.hypothesis.level[2])],
                [("box",), *sides] if box else [whole],
            ]
            found.append(
                {
                    "claim": self.notes.marks([("claim", finding.hypothesis.claim)]),
                    "first": first,
                    "rest": [self.told(t, *s) for t, s in zip(rest, sources, strict=True)],
                }
            )
        return found

    def sensitivity(self) -> list[dict[str, Any]]:
        """Return, for each difference, the table of Sobol's indices."""
        found = []
        for item in self.others:
            sobol = self.study.drivers[item.name].sobol
            if sobol is None:
                continue
            heads = [self.word("parameter"), *map(self.language.outcome, sobol.outcomes)]
            rows = []
            for k, name in enumerate(sobol.names):
                cells = [self._indices(sobol, o, k) for o in range(len(sobol.outcomes))]
                cells.insert(0, declarations()[name].name.in_language(self.language.code))
                rows.append(self.row(cells, [("parameter", name), ("drivers",)]))
            table = {"caption": self.word("indices"), "heads": heads, "rows": rows}
            title = self.language.word("sensitivity", "of_difference", **self.titles(item))
            found.append({"name": item.name, "title": title, "table": table})
        return found

    def _indices(self, sobol: Sobol, o: int, k: int) -> str:
        """Return a parameter's indices for one outcome, or nothing where it has none."""
        if sobol.total[o, k] != sobol.total[o, k]:
            return ""
        total = memo.index_text(sobol.total[o, k], sobol.total_errors[o, k], self.language)
        parts = f"({sobol.first[o, k]:.2f}; {sobol.half_total[o, k]:.2f})"
        return f"{total}\n{self.language.kept(parts)}"

    def regret(self) -> list[dict[str, Any]]:
        """Return the tables of regret."""
        found = memo.regret_tables(self.study.losses, self.study.weights, self.language)
        return [
            self.table(t, [[*_outcomes(*outcomes), ("regret",)]] * len(t.rows))
            for outcomes, t in found
        ]

    def splits(self) -> list[dict[str, Any]]:
        """Return what makes each scenario's difference from the baseline."""
        made = []
        for name, found in self.study.splits.items():
            first, second = (self.title(s.name) for s in (found.pair.first, found.pair.second))
            each = []
            for o in found.outcomes:
                sheet = decompose.table(found, o, self.language)
                sources: list[list[Source]] = [[("outcome", o), ("decompose",)]]
                each.append(self.table(sheet, sources * len(sheet.rows)))
            made.append(
                {
                    "name": name,
                    "title": self.language.word("decompose", "picture", first=first, second=second),
                    "tables": each,
                    "sentences": decompose.sentences(found, found.outcomes[0], self.language),
                    "legend": decompose.legend(found, self.language),
                }
            )
        return made

    def record(self) -> dict[str, Any]:
        """Return the record beside the model."""
        rows = [[("record", h.name), ("band",)] for h in self.study.held]
        return self.table(evidence.record_table(self.study.held, self.language), rows)

    def claims(self) -> list[dict[str, Any]]:
        """Return the claims that the report named, with what carries them."""
        every = data_files.load("claims")
        return [
            {
                "name": name,
                "paragraphs": ", ".join(f"¶{p}" for p in every[name]["paragraphs"]),
                "text": self.language.pick(every[name]["claim"]),
                "carried": ", ".join(every[name]["carried_by"]),
            }
            for name in sorted(set(self.notes.claims()))
        ]


def _share(sobol: Sobol, name: str) -> str:
    """Return a parameter's total index for the first outcome, in percent, with its error."""
    k = sobol.names.index(name)
    text = f"{100 * sobol.total[0, k]:.0f} ± {100 * sobol.total_errors[0, k]:.0f} %"
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _broken(text: str) -> Markup:
    """Return text with its line ends kept, and its intervals and ranges in one piece."""
    if any(c.isdigit() for c in text):
        for inside in (" ± ", " … ", " – "):
            text = text.replace(inside, inside.replace(" ", "\N{NO-BREAK SPACE}"))
        text = text.replace(", ", ",\N{NO-BREAK SPACE}")
    return Markup("<br>").join(escape(part) for part in text.split("\n"))


def draw(study: Study, folder: Path, language: Language) -> dict[str, Path]:
    """Draw every figure of a report into a folder that holds the comparison's tables."""
    svg, found = ("svg",), {}
    result = figures.Result.read(folder)
    for name in ("brief", *figures.names_of(result)):
        kind = "png" if name == "outcomes" else "svg"
        (found[name],) = figures.draw(result, name, folder, language, (kind,))
    for path in memo.draw_boxes(study.thesis, folder, language, svg):
        found["boxes"] = path
    base = language.pick(study.comparison.title(study.comparison.baseline))
    for scenario, drivers in study.drivers.items():
        if drivers.morris is None or drivers.sobol is None:
            continue
        case = language.pick(study.comparison.title(scenario))
        title = language.word("sensitivity", "of_difference", case=case, base=base)
        inner = folder / scenario
        inner.mkdir()
        drawn = memo.draw_sensitivity(drivers.morris, drivers.sobol, title, inner, language, svg)
        names = (f"tornado {scenario}", f"effects {scenario}")
        found |= dict(zip(names, drawn, strict=False))
    for scenario, split in study.splits.items():
        inner = folder / f"split-{scenario}"
        inner.mkdir()
        (found[f"split {scenario}"],) = decompose.draw(split, inner, language, formats=svg)
    if study.weights is not None:
        for path in memo.draw_regret(study.losses, study.weights, folder, language, svg):
            found["regret"] = path
    (found["record"],) = evidence.draw_record(study.held, folder, language, svg)
    return found


def compose(
    study: Study,
    drawn: Mapping[str, Path],
    language: Language,
    command: Sequence[str],
    made_by: Mapping[str, Any],
    rough: bool = False,
) -> str:
    """Return the report as one HTML page.

    Args:
        study: What was played.
        drawn: Figures by name, as `draw` returns them.
        language: Language of the report.
        command: The command that makes it.
        made_by: What makes it, from `provenance.made_by`.
        rough: Whether little was played.
    """
    writer, kept = _Writer(study, language), language.kept
    comparison, word = study.comparison, writer.word
    # Notes are numbered in the order in which the parts name them.
    shown = {
        "compared": writer.compared(),
        "answers": writer.answers(),
        "scenarios": writer.scenarios(),
        "differences": writer.differences(),
        "thesis": writer.thesis(),
        "sensitivity": writer.sensitivity(),
        "splits": writer.splits(),
        "regret": writer.regret(),
        "record": writer.record(),
        "claims": writer.claims(),
    }
    sheet = brief.memo(all_of(comparison), language, command, made_by)
    version = kept(f"Drawdown {__version__}")
    # Without the time: the same command gives the same page.
    record = {k: v for k, v in made_by.items() if k != "made"} | {"command": list(command)}
    versions = kept(", ".join(f"{k} {v}" for k, v in made_by["versions"].items()))
    page = environment("views").get_template("report.html")
    return page.render(
        **shown,
        memo=sheet,
        broken=_broken,
        language=language,
        word=word,
        title=" · ".join(writer.title(s.name) for s in comparison.scenarios),
        made=word("made", version=version, worlds=comparison.runs, seed=str(comparison.seed)),
        rough=rough,
        images={name: _image(path) for name, path in drawn.items()},
        structure=language.word("structures", STRUCTURE),
        commit=kept(made_by["commit"][:10]),
        command=shlex.join(command),
        commands=list(writer.commands()),
        record_of_it=Markup(embedded(record)),
        again_versions=word(
            "again_versions",
            versions=versions,
            drawn=tables.drawn_from(comparison, language),
            posterior=kept(_calibration()["commit"][:10]),
        ),
        legend=language.word("table", "legend"),
        sensitivity_legend=language.word("sensitivity", "legend"),
        regret_legend=language.word("regret", "legend"),
        coverage=evidence.coverage_of(study.held, language),
        thesis_how=memo.told_thesis(study.thesis, language),
        limits=[word(f"limit_{k}") for k in range(1, 7)],
        notes=list(writer.notes.listed()),
    )
