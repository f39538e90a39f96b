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
from drawdown.questions.compare import POOLED, Comparison
from drawdown.questions.discovery import Box
from drawdown.questions.record_run import Held
from drawdown.questions.sensitivity import Sobol
from drawdown.questions.study import DRIVEN, SPLIT, STRUCTURE, Study
from drawdown.questions.thesis import Finding
from drawdown.views import decompose, evidence, figures, memo, tables
from drawdown.views.html import embedded, environment
from drawdown.views.sheet import Sheet

YES, MOSTLY, NO = 0.95, 0.6, 0.4
"""Shares of draws from which a hypothesis counts as held, as mostly held, and below which as
not held; in between the model is divided (judgement)."""

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
        self._numbers: dict[tuple[str, str], int] = {}
        self._rows = _record_rows()

    def _text(self, kind: str, name: str) -> str:
        """Return what a note says."""
        language = self.language
        n = language.number
        sizes = self.study.sizes

        def word(key: str, /, **values: Any) -> str:
            return language.word("report", key, **values)

        match kind:
            case "outcome":
                return word(
                    "note_outcome",
                    name=language.outcome(name),
                    unit=language.word("units", data_files.load("outcomes")["run"][name]["unit"]),
                    explain=language.kept(commands.line("explain", name)),
                )
            case "parameter":
                item = declarations()[name]
                prior = word("fixed_at", value=language.kept(f"{item.default['neutral']:g}"))
                if item.prior is not None:
                    each = {s: item.prior[s].describe() for s in STRUCTURES}
                    same = len(set(each.values())) == 1
                    told = (
                        each["neutral"] if same else ", ".join(f"{s} {p}" for s, p in each.items())
                    )
                    prior = word("prior_of", prior=language.kept(told))
                return word(
                    "note_parameter",
                    name=item.name.in_language(language.code),
                    unit=item.unit.in_language(language.code),
                    prior=prior,
                )
            case "claim":
                claim = data_files.load("claims")[name]
                return word(
                    "note_claim",
                    claim=language.kept(name),
                    paragraphs=language.kept(", ".join(map(str, claim["paragraphs"]))),
                    text=language.pick(claim["claim"]),
                )
            case "record":
                if name == "attacks_total":
                    return word("note_total")
                row = self._rows[name]
                days = [date.fromisoformat(row[k]) for k in ("start", "end")]
                join = language.word("evidence", "to")
                return word(
                    "note_record",
                    days=f" {join} ".join(language.day(d) for d in days),
                    count=language.kept(row["count"]),
                    low=language.kept(row["low"]),
                    high=language.kept(row["high"]),
                    grade=language.kept(row["grade"]),
                )
            case "calibration":
                made = _calibration()
                command = language.kept(" ".join(made["command"]))
                return word("note_calibration", command=command, commit=made["commit"][:10])
        fill: dict[str, dict[str, Any]] = {
            "thesis": {
                "draws": n(self.study.thesis.draws, 0),
                "lucks": n(self.study.thesis.lucks, 0),
                "seed": self.study.thesis.seed,
            },
            "box": {"head": word("thesis_head")},
            "drivers": {
                "size": n(sizes.size, 0),
                "trajectories": n(sizes.trajectories, 0),
                "lucks": n(sizes.point_lucks, 0),
            },
            "decompose": {"runs": n(sizes.split_runs, 0)},
            "regret": {"draws": n(sizes.regret_draws, 0), "lucks": n(sizes.point_lucks, 0)},
        }
        return word(f"note_{kind}", **fill.get(kind, {}))

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

    def title(self, sources: Sequence[tuple[str, ...]]) -> str:
        """Return what pointing at a number shows."""
        return " ".join(self._text(k, *(rest or ("",))) for k, *rest in sources)

    def marks(self, sources: Sequence[tuple[str, ...]]) -> Markup:
        """Return links to notes, as small figures."""
        found = []
        for kind, *rest in sources:
            k = self.number(kind, *rest)
            text = self._text(kind, *(rest or ("",)))
            found.append(
                Markup('<a class="note" href="#note-{0}" title="{1}">{0}</a>').format(k, text)
            )
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


class _Writer:
    """Composes the report's parts."""

    def __init__(self, study: Study, language: Language) -> None:
        self.study = study
        self.language = language
        self.comparison: Comparison = study.comparison
        self.notes = Notes(study, language)
        self.findings = {f.hypothesis.name: f for f in study.thesis.findings}
        self.base = study.comparison.baseline
        self.others = [s for s in study.comparison.scenarios if s.name != self.base]

    def word(self, name: str, /, **values: Any) -> str:
        """Return a sentence of the report."""
        return self.language.word("report", name, **values)

    def title(self, name: str) -> str:
        """Return a scenario's title."""
        return self.language.pick(self.comparison.title(name))

    def percent(self, share: float) -> str:
        """Return a share of 100."""
        return self.language.number(100 * share, 0)

    def told(self, text: str, *sources: tuple[str, ...]) -> Markup:
        """Return a sentence whose numbers name their sources."""
        return Markup('<span title="{}">{}</span>{}').format(
            self.notes.title(sources), text, self.notes.marks(sources)
        )

    def say(self, name: str, /, *sources: tuple[str, ...], **values: Any) -> Markup:
        """Return a sentence of the report whose numbers name their sources."""
        return self.told(self.word(name, **values), *sources)

    def statement(self, finding: Finding) -> str:
        """Return a hypothesis in short."""
        return self.language.word("thesis", f"{finding.hypothesis.name}_short")

    def sides(self, box: Box) -> tuple[str, list[tuple[str, ...]]]:
        """Return a box's sides in words, and the parameters they are of."""
        join = self.language.word("memo", "and")
        text = join.join(memo.told_side(s, self.language) for s in box.sides)
        return text, [("parameter", s.name) for s in box.sides]

    def table(self, sheet: Sheet, sources: Sequence[Sequence[tuple[str, ...]]]) -> dict[str, Any]:
        """Return a table for the page.

        Args:
            sheet: The table.
            sources: Sources of the numbers, one list a row.
        """
        rows = [self.row(cells, named) for cells, named in zip(sheet.rows, sources, strict=True)]
        return {"caption": sheet.title, "heads": [_broken(h) for h in sheet.heads], "rows": rows}

    def row(self, cells: Sequence[str], sources: Sequence[tuple[str, ...]]) -> dict[str, Any]:
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

        def told(key: str, title: str, command: str, worlds: Sequence[str] = ()) -> Any:
            return {"key": key, "title": title, "command": command, "worlds": worlds}

        yield told(
            "comparison",
            self.word("differences_head"),
            commands.line("compare", *found.scenarios, baseline=base, runs=found.runs, **weighed),
            [self._world(item) for item in found.scenarios],
        )
        yield told(
            "thesis",
            self.word("thesis_head"),
            commands.line("thesis", draws=sizes.draws, lucks=sizes.lucks, **weighed),
        )
        for item in self.others:
            if item.name in study.splits:
                yield told(
                    f"split-{item.name}",
                    f"{self.word('decompose_head')}: {self.title(item.name)}",
                    commands.line(
                        "decompose", base, item, outcome=SPLIT, runs=sizes.split_runs, **weighed
                    ),
                )
        for item in self.others:
            # Drivers vary over the priors, whatever the worlds above were drawn from.
            yield told(
                f"drivers-{item.name}",
                f"{self.word('sensitivity_head')}: {self.title(item.name)}",
                commands.line(
                    "sensitivity",
                    item,
                    less=base,
                    outcome=DRIVEN,
                    trajectories=sizes.trajectories,
                    few=sizes.few,
                    size=sizes.size,
                    lucks=sizes.point_lucks,
                    **{key: usual[key] for key in ("seed", "rules")},
                ),
            )
        yield told(
            "regret",
            self.word("regret_head"),
            commands.line(
                "regret",
                *found.scenarios,
                draws=sizes.regret_draws,
                lucks=sizes.point_lucks,
                weights=study.weights,
                **weighed,
            ),
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

    def holds(self) -> Iterator[Markup]:
        """Yield the answer to: does the thesis hold here?"""
        main, second = self.findings["not_stopped"], self.findings["hardly_fewer"]
        share = main.holds[POOLED].mean
        least = min(main.holds[s].mean for s in STRUCTURES)
        kind = "yes" if least >= YES else "mostly" if share >= MOSTLY else "divided"
        kind = "no" if share < NO else kind
        yield self.say(
            f"holds_{kind}",
            ("claim", "C01"),
            ("thesis",),
            statement=self.statement(main),
            share=self.percent(share),
            least=self.percent(least),
        )
        yield self.say("holds_means", ("outcome", "stop_180"), ("outcome", "tempo_foreign"))
        yield self.say(
            "also",
            ("thesis",),
            statement=self.statement(second),
            share=self.percent(second.holds[POOLED].mean),
        )
        part = self.comparison.main_structure
        levels = [
            self.word(
                "level",
                case=self.title(s.name),
                tempo=self.language.number(
                    self.comparison.level(s.name, part, "tempo_foreign").mean
                ),
            )
            for s in self.comparison.scenarios
        ]
        comma = self.language.comma
        yield self.say("levels", ("outcome", "tempo_foreign"), levels=comma.join(levels))

    def where(self, finding: Finding) -> Markup:
        """Return where a hypothesis is wrong, or right where it mostly is wrong."""
        statement, fails = self.statement(finding), finding.fails
        values: dict[str, Any] = {"statement": statement, "fails": self.percent(fails)}
        claim = ("claim", finding.hypothesis.claim)
        if fails < NEVER:
            holds = self.percent(finding.holds[POOLED].mean)
            return self.say("nowhere", claim, ("thesis",), statement=statement, holds=holds)
        box = finding.wrong or finding.right
        kind = "wrong" if finding.holds[POOLED].mean >= 0.5 else "right"
        values = {"statement": statement, "fails": self.percent(fails)}
        values["holds"] = self.percent(1.0 - fails)
        if box is None:
            return self.say(f"{kind}_no_box", claim, ("thesis",), **values)
        text, parameters = self.sides(box)
        return self.say(
            kind,
            claim,
            ("box",),
            *parameters,
            sides=text,
            density=self.percent(box.density),
            coverage=self.percent(box.coverage),
            **values,
        )

    def sure(self) -> Iterator[Markup]:
        """Yield the answer to: how sure is this?"""
        n = self.language.number
        for item in self.others:
            found = self.comparison.tempo_ratio(item.name, self.comparison.main_structure)
            yield self.say(
                "sure_futures",
                ("outcome", "tempo_foreign"),
                case=self.title(item.name),
                base=self.title(self.base),
                mean=n(found.mean),
                low=n(found.low),
                high=n(found.high),
                worst=n(found.future_low),
                best=n(found.future_high),
            )
        months = [h for h in self.study.held if h.name.startswith("attacks_2")]
        width = sum(float(h.quantiles[2] - h.quantiles[0]) for h in months) / len(months)
        yield self.say(
            "sure_record",
            ("band",),
            inside=n(sum(h.inside for h in months), 0),
            months=n(len(months), 0),
            width=n(width, 1),
        )
        made = _calibration()
        hits, planted, *_ = made["trials"]["inside_90"]
        yield self.say("sure_trials", ("calibration",), share=self.percent(hits / planted))
        told = made["evidence"]["structures"]["weights"]
        yield self.say("sure_structures", ("calibration",), **{s: n(told[s]) for s in STRUCTURES})
        told = made["evidence"]["motives"]
        comma = self.language.comma
        yield self.say(
            "sure_motives",
            ("calibration",),
            weights=comma.join(
                f"{self.language.word('motives', m)} {n(told['weights'][m])}" for m in MOTIVES
            ),
            named=comma.join(
                f"{self.language.word('motives', m)} {n(told['named'][m])}" for m in MOTIVES
            ),
        )

    def assumed(self) -> Iterator[Markup]:
        """Yield the answer to: what was assumed?"""
        n = self.language.number
        yield self.say("assumed_structures", ("parameter", "strike_rate_ratio"))
        drawn = [name for name, item in declarations().items() if item.sampled]
        made = _calibration()["posterior"]
        informed = [
            name
            for name in dict.fromkeys(n for one in made.values() for n in one["spread_over_prior"])
            if any(
                name in one["spread_over_prior"] and name not in one["not_informed"]
                for one in made.values()
            )
        ]
        judged = [k for k in drawn if not any(e in declarations()[k].source for e in EVIDENCE)]
        yield self.say(
            "assumed_numbers",
            ("counted",),
            ("calibration",),
            sampled=n(len(drawn), 0),
            informed=n(len(informed), 0),
            judged=n(len(judged), 0),
        )
        names = [declarations()[k].name.in_language(self.language.code) for k in informed]
        comma = self.language.comma
        yield self.say(
            "assumed_informed", *(("parameter", k) for k in informed), names=comma.join(names)
        )
        yield self.say(
            "assumed_returns", ("outcome", "iranian_influence"), ("outcome", "minority_exposure")
        )

    def change(self) -> Iterator[Markup]:
        """Yield the answer to: what would change it?"""
        comma = self.language.comma
        main = self.findings["not_stopped"]
        if main.fails < NEVER:
            yield self.say("change_thesis", ("thesis",), statement=self.statement(main))
        for item in self.others:
            sobol = self.study.drivers[item.name].sobol
            names: list[str] = []
            if sobol is not None and sobol.outcomes[0] == DRIVEN[0]:
                sure = sobol.total[0] - sobol.total_errors[0] > 0.02
                few = sobol.few(DRIVEN[0])
                names = [n for n in few if sure[sobol.names.index(n)]][:DRIVERS]
            values = {"case": self.title(item.name), "base": self.title(self.base)}
            if sobol is None or not names:
                yield self.say("change_nothing", ("drivers",), **values)
                continue
            told = [
                self.word(
                    "driver",
                    name=declarations()[name].name.in_language(self.language.code),
                    share=self.language.kept(_share(sobol, name)),
                )
                for name in names
            ]
            yield self.say(
                "change_drivers",
                ("drivers",),
                *(("parameter", name) for name in names),
                drivers=comma.join(told),
                **values,
            )
        for withdrawal in self.withdrawals():
            slices = self.comparison.stop_by_wish_left(withdrawal)
            chances = [found[180].mean for _, _, _, found in slices]
            yield self.say(
                "change_motive",
                ("parameter", "diplomatic_motive"),
                ("outcome", "stop_180"),
                case=self.title(withdrawal),
                most=self.language.number(max(chances)),
                least=self.language.number(min(chances)),
            )
        disputed = False
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
                    disputed = True
                    yield self.say(
                        kind,
                        *(("outcome", o) for o in names),
                        case=self.title(item.name),
                        outcomes=comma.join(self.language.outcome(o) for o in names),
                    )
        if not disputed:
            yield self.told(self.word("change_no_structures"))

    def withdrawals(self) -> list[str]:
        """Return the withdrawals compared, where the judgement that decides them was drawn."""
        if self.comparison.uncertainty == "none":
            return []
        others = [item.name for item in self.others]
        return [name for name in self.comparison.without_soldiers() if name in others]

    def compared(self) -> Markup:
        """Return which scenarios are compared, and what they do with the soldiers."""
        comma = self.language.comma
        first = self.comparison.scenarios[0]
        told = [
            self.word("compared_one", case=item["title"], soldiers=item["soldiers"])
            for item in self.scenarios()
        ]
        return self.told(
            self.word(
                "compared",
                start=self.language.day(first.start),
                end=self.language.day(first.end),
                scenarios=comma.join(told),
            ),
            ("outcome", "us_troops_end"),
        )

    def answers(self) -> list[dict[str, Any]]:
        """Return the five questions with their answers."""
        everywhere = (self.where(f) for f in self.study.thesis.findings)
        parts: tuple[tuple[str, Iterable[Markup]], ...] = (
            ("holds", self.holds()),
            ("not", everywhere),
            ("sure", self.sure()),
            ("assumed", self.assumed()),
            ("change", self.change()),
        )
        return [{"head": self.word(f"{k}_head"), "lines": list(lines)} for k, lines in parts]

    def scenarios(self) -> list[dict[str, Any]]:
        """Return what is to be known of each scenario."""
        found = []
        language = self.language
        for item in self.comparison.scenarios:
            levers = item.levers
            ends = []
            for pick in (min, max):
                parts = [pick(levels.items())[1] for levels in (levers.combat, levers.advisers)]
                numbers = [p for p in parts if not isinstance(p, str)]
                text = language.number(float(sum(numbers)), 0)
                ends.append(text if len(numbers) == 2 else f"{text} + {self.word('stay')}")
            doctrine = levers.doctrine[max(levers.doctrine)]
            claims = [("claim", c) for c in item.claims]
            found.append(
                {
                    "title": item.title.in_language(language.code),
                    "name": item.name,
                    "question": item.question.in_language(language.code),
                    "days": f"{language.day(item.start)} – {language.day(item.end)}",
                    "soldiers": " → ".join(ends)
                    if not language.right_to_left
                    else " ← ".join(ends),
                    "doctrine": language.word("doctrines", doctrine),
                    "marks": self.notes.marks(claims),
                }
            )
        return found

    def differences(self) -> list[dict[str, Any]]:
        """Return the answer's table and, for each scenario, every outcome's difference."""
        answer = tables.answer(self.comparison, self.language)
        outcomes = [("outcome", o) for o in ("tempo_foreign", "stop_180", "tempo_state")]
        rows = [outcomes] * len(answer.rows)
        found: list[dict[str, Any]] = [{"table": self.table(answer, rows), "lines": []}]
        names = list(data_files.load("outcomes")["run"])
        for item in self.others:
            everything = memo.all_outcomes(self.comparison, item.name, self.language)
            told = self.table(everything, [[("outcome", name)] for name in names])
            lines = [
                self.told(text, ("outcome", "tempo_foreign"), ("outcome", "stop_180"))
                if k < 2
                else self.told(text)
                for k, text in enumerate(memo.paragraph(self.comparison, item.name, self.language))
            ]
            found.append({"table": told, "lines": lines})
        return found

    def thesis(self) -> list[dict[str, Any]]:
        """Return each hypothesis with what was found."""
        found = []
        for finding in self.study.thesis.findings:
            box = finding.wrong or finding.right
            parameters = [("parameter", s.name) for s in box.sides] if box else []
            first, *rest = memo.told_finding(finding, self.language)
            sources: list[list[tuple[str, ...]]] = [
                [("thesis",)],
                [("thesis",)],
                [("thesis",), *[("parameter", name) for name in list(finding.against.values)[:4]]],
                [("thesis",), ("outcome", finding.hypothesis.level[2])],
                [("box",), *parameters] if box else [("thesis",)],
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
                sources = [("parameter", name), ("drivers",)]
                cells = [declarations()[name].name.in_language(self.language.code)]
                for o in range(len(sobol.outcomes)):
                    if sobol.total[o, k] != sobol.total[o, k]:
                        cells.append("")
                        continue
                    whole = f"{sobol.total[o, k]:.2f} ± {sobol.total_errors[o, k]:.2f}"
                    parts = f"({sobol.first[o, k]:.2f}; {sobol.half_total[o, k]:.2f})"
                    cells.append(f"{self.language.kept(whole)}\n{self.language.kept(parts)}")
                rows.append(self.row(cells, sources))
            told = {"caption": self.word("indices"), "heads": heads, "rows": rows}
            title = self.language.word(
                "sensitivity",
                "of_difference",
                case=self.title(item.name),
                base=self.title(self.base),
            )
            found.append({"name": item.name, "title": title, "table": told})
        return found

    def regret(self) -> list[dict[str, Any]]:
        """Return the tables of regret."""
        found = memo.regret_tables(self.study.losses, self.study.weights, self.language)
        return [
            self.table(t, [[*(("outcome", o) for o in outcomes), ("regret",)]] * len(t.rows))
            for outcomes, t in found
        ]

    def splits(self) -> list[dict[str, Any]]:
        """Return what makes each scenario's difference from the baseline."""
        made = []
        for name, found in self.study.splits.items():
            titles = [self.title(s.name) for s in (found.pair.first, found.pair.second)]
            picture = {"first": titles[0], "second": titles[1]}
            told = [
                self.table(sheet, [[("outcome", o), ("decompose",)]] * len(sheet.rows))
                for o in found.outcomes
                for sheet in [decompose.table(found, o, self.language)]
            ]
            made.append(
                {
                    "name": name,
                    "title": self.language.word("decompose", "picture", **picture),
                    "tables": told,
                    "sentences": decompose.sentences(found, found.outcomes[0], self.language),
                    "legend": decompose.legend(found, self.language),
                }
            )
        return made

    def record(self) -> dict[str, Any]:
        """Return the record beside the model."""
        held: Sequence[Held] = self.study.held

        rows = [[("record", h.name), ("band",)] for h in held]
        return self.table(evidence.record_table(held, self.language), rows)

    def claims(self) -> list[dict[str, Any]]:
        """Return the claims that the report named, with what carries them."""
        every = data_files.load("claims")
        found = []
        for name in sorted(set(self.notes.claims())):
            item = every[name]
            found.append(
                {
                    "name": name,
                    "paragraphs": ", ".join(f"¶{p}" for p in item["paragraphs"]),
                    "text": self.language.pick(item["claim"]),
                    "carried": ", ".join(item["carried_by"]),
                }
            )
        return found


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
    result = figures.Result.read(folder)
    found = {}
    for name in figures.names_of(result):
        kind = "png" if name == "outcomes" else "svg"
        found[name] = figures.draw(result, name, folder, language, (kind,))[0]
    boxes = memo.draw_boxes(study.thesis, folder, language, ("svg",))
    if boxes:
        found["boxes"] = boxes[0]
    base = language.pick(study.comparison.title(study.comparison.baseline))
    for scenario, drivers in study.drivers.items():
        if drivers.morris is None or drivers.sobol is None:
            continue
        case = language.pick(study.comparison.title(scenario))
        title = language.word("sensitivity", "of_difference", case=case, base=base)
        inner = folder / scenario
        inner.mkdir()
        drawn = memo.draw_sensitivity(
            drivers.morris, drivers.sobol, title, inner, language, ("svg",)
        )
        names = (f"tornado {scenario}", f"effects {scenario}")
        found |= dict(zip(names, drawn, strict=False))
    for scenario, split in study.splits.items():
        inner = folder / f"split-{scenario}"
        inner.mkdir()
        found[f"split {scenario}"] = decompose.draw(split, inner, language, formats=("svg",))[0]
    if study.weights is not None:
        moved = memo.draw_regret(study.losses, study.weights, folder, language, ("svg",))
        if moved:
            found["regret"] = moved[0]
    found["record"] = evidence.draw_record(study.held, folder, language, ("svg",))[0]
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
        made_by: What makes it, from `proof.made_by`.
        rough: Whether little was played.
    """
    writer = _Writer(study, language)
    comparison = study.comparison
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
    made = language.word(
        "report",
        "made",
        version=language.kept(f"Drawdown {__version__}"),
        worlds=language.number(comparison.runs, 0),
        seed=comparison.seed,
    )
    # Without the time: the same command gives the same page.
    record = {k: v for k, v in made_by.items() if k != "made"} | {"command": list(command)}
    n = language.kept
    again_versions = language.word(
        "report",
        "again_versions",
        versions=n(", ".join(f"{k} {v}" for k, v in made_by["versions"].items())),
        drawn=language.word("table", f"from_{comparison.uncertainty}"),
        posterior=n(_calibration()["commit"][:10]),
    )
    text = (
        environment("views")
        .get_template("report.html")
        .render(
            **shown,
            language=language,
            word=writer.word,
            title=" · ".join(writer.title(s.name) for s in comparison.scenarios),
            made=made,
            rough=rough,
            images={name: _image(path) for name, path in drawn.items()},
            structure=language.word("structures", STRUCTURE),
            commit=language.kept(made_by["commit"][:10]),
            command=shlex.join(command),
            commands=list(writer.commands()),
            record_of_it=Markup(embedded(record)),
            again_versions=again_versions,
            legend=language.word("table", "legend"),
            sensitivity_legend=language.word("sensitivity", "legend"),
            regret_legend=language.word("regret", "legend"),
            coverage=evidence.coverage_of(study.held, language),
            thesis_how=language.word(
                "thesis",
                "how",
                draws=language.number(study.thesis.draws, 0),
                lucks=language.number(study.thesis.lucks, 0),
                seed=study.thesis.seed,
            ),
            limits=[writer.word(f"limit_{k}") for k in range(1, 7)],
            notes=list(writer.notes.listed()),
        )
    )
    return text
