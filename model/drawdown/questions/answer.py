"""The one answer: what a policy changes against a baseline, when, how surely, what decides it.

Every door says this answer: README, terminal, report, memo, Explore, notebooks, searches and the
debrief of an exercise. `of` works its numbers out, `Answer.sentences` and `Answer.rows` say them;
``web/static/answer.js`` does both again for worlds that a page plays, digit for digit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from itertools import pairwise
from math import floor, nan, sqrt
from typing import Any

import numpy as np

from drawdown.day.phases import AFTER, RUNNING, WHOLE, Phase
from drawdown.declared import data_files
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import MOTIVES, STRUCTURES
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.declared.levels import MONTH
from drawdown.questions.compare import (
    Comparison,
    Estimate,
    estimate,
    probability,
    ratio,
    wish_left,
)

STOP, QUIET = "stop_180", 180
"""The stop that is told of, and its days."""

DEAD = ("dead_us", "dead_coalition", "dead_iraqi")
COUNTED = ("attacks_foreign", "attacks_state", *DEAD)
"""What is counted in a part of a run: attacks on foreign sites and on the Iraqi state, and the dead
of each side."""

READINGS = len(STRUCTURES) * len(MOTIVES)

SAME = 0.03
"""A change that surely lies within this is called none (a judgement)."""

SURE = 3.0
"""Standard errors from which one of `READINGS` is called sure: 1 in 20 that any is wrongly so
(Bonferroni: 2.94)."""

OPEN = (0.1, 0.4, 0.6, 0.9)
"""Probabilities at which the words for whether attacks stop change (a judgement)."""

FIFTHS = 5
"""Equal parts of the worlds, by the wish to attack that remains without soldiers."""

FEWEST = 20
"""Worlds of a reading below which nothing is said of it (a judgement)."""

_FORMS = ("never", "rarely", "even", "mostly", "always")


@dataclass(frozen=True)
class Change:
    """Counts under two policies in the same worlds.

    Attributes:
        ratio: Those of the policy over those of the baseline; not a number where it has none.
        low: Lower end of its simulation interval (95 %).
        high: Upper end.
        least: Lower end of the ratio's range over single worlds (90 %).
        most: Upper end.
        case: Mean under the policy, in the whole part.
        base: Mean under the baseline.
    """

    ratio: float
    low: float
    high: float
    least: float
    most: float
    case: float
    base: float


@dataclass(frozen=True)
class Group:
    """A part of the worlds: those of a reading, or with a certain wish left.

    Attributes:
        structure: What a strike does in them, empty for all.
        motive: Why the militias attack in them, empty for all.
        worlds: How many there are under each structure.
        ratio: Attacks over those under the baseline.
        half: Half of its simulation interval.
        stop: Share without an attack in the last `QUIET` days of the part.
        stop_half: Half of its simulation interval.
    """

    structure: str
    motive: str
    worlds: int
    ratio: float
    half: float
    stop: float
    stop_half: float


@dataclass(frozen=True)
class Part:
    """What is known of a part of the run: while the policy runs, afterwards, or all of it.

    Attributes:
        name: `RUNNING`, `AFTER` or `WHOLE`.
        first: Its first day.
        last: Its last day.
        about: Whether its days are those of the median world's conditions.
        changes: By outcome of `COUNTED`.
        stop: Share of worlds without an attack in its last `QUIET` days; not a number where it
            is shorter.
        stop_low: Lower end of its simulation interval (95 %).
        stop_high: Upper end.
        least: Lower end of that probability's range over draws (90 %), where it is known.
        most: Upper end.
        stop_base: The same share under the baseline.
        groups: Parts of the worlds, by what they are told apart by: ``reading``, ``motive``,
            ``structure``, ``wish``.
    """

    name: str
    first: date
    last: date
    about: bool
    changes: Mapping[str, Change]
    stop: float
    stop_low: float
    stop_high: float
    least: float
    most: float
    stop_base: float
    groups: Mapping[str, Sequence[Group]] = field(default_factory=dict)

    def directions(self) -> tuple[int, int, int]:
        """Return how many readings surely show fewer attacks, surely more, and neither."""
        enough = [g for g in self.groups["reading"] if g.worlds >= FEWEST]
        ways = [_way(g.ratio, g.half * SURE / 1.96) for g in enough]
        return ways.count(-1), ways.count(1), ways.count(0)


def _way(ratio: float, half: float) -> int:
    """Return -1 for surely fewer, 1 for surely more, 0 for neither."""
    if half != half:
        return 0
    return -1 if ratio + half < 1.0 else 1 if ratio - half > 1.0 else 0


def whole(value: float) -> int:
    """Return a share as a whole number of 100, as a page rounds it.

    Example:
        >>> whole(0.125), whole(0.205), whole(0.0)
        (13, 21, 0)
    """
    return floor(100.0 * value + 0.5)


@dataclass(frozen=True)
class Answer:
    """What a policy changes against a baseline, and what decides it.

    Attributes:
        case: Title of the policy, in every language of scenarios.
        base: Title of the baseline; empty where a policy is told of alone.
        parts: Parts of the run, one after the other.
        worlds: Worlds under each structure.
        seed: Their seed.
        structures: What strikes do in them.
    """

    case: Mapping[str, str]
    base: Mapping[str, str]
    parts: tuple[Part, ...]
    worlds: int
    seed: int
    structures: tuple[str, ...]

    def numbers(self) -> dict[str, Any]:
        """Return all of it as a page reads it."""
        found: dict[str, Any] = _plain(asdict(self))
        return found

    @staticmethod
    def of_numbers(found: Mapping[str, Any]) -> Answer:
        """Return an answer from what `numbers` gave."""

        def number(value: Any) -> Any:
            return nan if value is None else value

        def part(one: Mapping[str, Any]) -> Part:
            plain = {k: number(v) for k, v in one.items()}
            changes = {k: Change(**_numbers(v)) for k, v in one["changes"].items()}
            groups = {k: [Group(**_numbers(g)) for g in v] for k, v in one["groups"].items()}
            days = {k: date.fromisoformat(one[k]) for k in ("first", "last")}
            return Part(**(plain | days | {"changes": changes, "groups": groups}))

        def _numbers(one: Mapping[str, Any]) -> dict[str, Any]:
            return {k: number(v) for k, v in one.items()}

        parts = tuple(part(one) for one in found["parts"])
        whole = dict(found) | {"parts": parts, "structures": tuple(found["structures"])}
        return Answer(**whole)

    def decides(self) -> tuple[str, str, Group, Group] | None:
        """Return what decides the answer most, or None where nothing does by more than chance.

        Returns:
            ``stop`` or ``attacks``, what the worlds are told apart by, and the groups with the
            least and the most of it; of a wish, those where it is smallest and largest.
        """
        last = self._told_of_stop() or self.parts[-1]
        for stop in (True, False) if OPEN[0] <= last.stop <= OPEN[-1] else (False,):
            part = last if stop or not self.base else self.parts[0]
            found, widest = None, 0.0
            for by in ("wish", "motive", "structure"):
                if by == "wish" and not stop:
                    continue
                groups = [
                    (g.stop, g.stop_half, g) if stop else (g.ratio, g.half, g)
                    for g in part.groups.get(by, ())
                    if g.worlds >= FEWEST
                ]
                groups = [g for g in groups if g[0] == g[0]]
                if len(groups) < 2:
                    continue
                # The first of equals, as a page finds it.
                least = groups[0] if by == "wish" else min(groups, key=lambda g: g[0])
                most = groups[-1] if by == "wish" else max(groups, key=lambda g: g[0])
                apart = abs(most[0] - least[0])
                if apart > max(widest, sqrt(least[1] * least[1] + most[1] * most[1])):
                    widest = apart
                    found = ("stop" if stop else "attacks", by, least[2], most[2])
            if found:
                return found
        return None

    def _told_of_stop(self) -> Part | None:
        """Return the last part that is long enough to tell of a stop, where there is one."""
        return next((p for p in reversed(self.parts) if p.stop == p.stop), None)

    def sentences(self, language: Language) -> list[str]:
        """Return the answer in at most four sentences.

        Args:
            language: Their language.
        """
        first = self.parts[0].changes["attacks_foreign"]
        if self.base and first.base != first.base:
            return [_say(language)("no_days")]
        found = [self._told_part(part, language) for part in self.parts]
        found.append(self._told_stop(language))
        if self.parts[0].groups:
            found.append(self._told_sureness(language))
        return found

    def _told_part(self, part: Part, language: Language) -> str:
        say, n = _say(language), language.kept
        ends = {"first": language.day(part.first), "last": language.day(part.last)}
        attacks, dead = (part.changes[outcome] for outcome in _TOLD.values())
        if not self.base:
            months = ((part.last - part.first).days + 1) / MONTH
            levels = {"attacks": attacks.case / months, "dead": dead.case}
            return say("alone", **ends, **{k: n(count_text(v)) for k, v in levels.items()})
        kind = _kind(part)
        told = {k: change_in_words(part.changes[o], k, language) for k, o in _TOLD.items()}
        return say(kind, **ends, **told)

    def _told_stop(self, language: Language) -> str:
        say, last = _say(language), self._told_of_stop()
        days = language.kept(f"{QUIET}")
        if last is None:
            return say("stop_unknown", days=days)
        over = against = ""
        if last.least == last.least:
            ends = {"low": last.least, "high": last.most}
            over = say("over_draws", **{k: language.kept(f"{whole(v)}") for k, v in ends.items()})
        if self.base:
            against = say("stop_against", other=language.kept(f"{whole(last.stop_base)}"))
        form = _FORMS[sum(last.stop >= edge for edge in OPEN)]
        share = language.kept(f"{whole(last.stop)}")
        # Where the last part is too short, it is another that is told of.
        till = "" if last is self.parts[-1] else say("stop_till", last=language.day(last.last))
        return say(f"stop_{form}", share=share, over=over, against=against, days=days, till=till)

    def _told_sureness(self, language: Language) -> str:
        say, first = _say(language), self.parts[0]
        every = sum(g.worlds >= FEWEST for g in first.groups["reading"])
        if not every:
            return say("sure_few")
        fewer, more, _ = first.directions()
        how = "both" if fewer and more else "fewer" if fewer else "more" if more else "none"
        if every == 1:
            how = f"one_{how}"
        elif every in (fewer, more):
            how = f"all_{how}"
        always = {part.directions() for part in self.parts} == {first.directions()}
        when = "" if always else say(f"when_{first.name}")
        n = {"fewer": fewer, "more": more, "all": every}
        numbers = {k: language.kept(f"{v}") for k, v in n.items()}
        return f"{say(f'sure_{how}', when=when, **numbers)}{self._told_decider(language)}"

    def _told_decider(self, language: Language) -> str:
        say, found = _say(language), self.decides()
        if found is None:
            alone = len(self.parts[0].groups["reading"]) == 1
            return say("decides_alone" if alone else "decides_none")
        what, by, *two = found
        ends = {}
        for end, group in zip(("least", "most"), two, strict=True):
            value = f"{whole(group.stop)}" if what == "stop" else f"{signed(group.ratio - 1.0)}%"
            ends[end] = language.kept(value)
            ends[f"{end}_of"] = say(f"of_{group.motive or group.structure}") if by != "wish" else ""
        return say(f"decides_{what}_{by}", **ends)

    def title(self, language: Language) -> str:
        """Return what is held against what."""
        kind = "title" if self.base else "title_alone"
        base = language.pick(self.base) if self.base else ""
        return _say(language)(kind, case=language.pick(self.case), base=base)

    def with_intervals(self, language: Language) -> list[str]:
        """Return the changes of attacks and US dead with both intervals, a sentence a part."""
        say, found = _say(language), []
        for part in self.parts:
            values = {"first": language.day(part.first), "last": language.day(part.last)}
            for what, outcome in _TOLD.items():
                change = part.changes[outcome]
                known = change.ratio == change.ratio
                ends = "–"
                if change.least == change.least:
                    ends = f"({signed(change.least - 1.0)} … {signed(change.most - 1.0)})"
                counts = {"case": change.case, "base": change.base}
                told = say(
                    f"both_{what}" if known else f"{what}_none",
                    cell=self._cell(change, language),
                    worlds=language.kept(ends),
                    **{k: language.kept(count_text(v)) for k, v in counts.items()},
                )
                # A number and its intervals stay in one line.
                values[what] = re.sub(r"(?<=[\d,…\u2212\[(]) (?=[\[\d…+\u2212])", "\u00a0", told)
            found.append(say(f"both_{_kind(part)}", **values))
        return found

    def heads(self, language: Language, short: bool = False) -> list[str]:
        """Return what stands above each column of `rows` but the first.

        Args:
            language: Its language.
            short: Whether to leave out the dates, where sentences beside it give them.
        """
        say = _say(language)
        ends = [{"first": language.day(p.first), "last": language.day(p.last)} for p in self.parts]
        names = [f"short_{p.name}" if short else f"head_{_kind(p)}" for p in self.parts]
        return [say(name, **e) for name, e in zip(names, ends, strict=True)]

    def rows(self, language: Language, short: bool = False) -> list[list[str]]:
        """Return the small table: changes in percent with intervals, and the share that is quiet.

        Args:
            language: Its language.
            short: Whether to name rows in a word or two, and to leave out what sentences say.

        Returns:
            Rows, each its name and a cell for each part.
        """
        say, kind = _say(language), "brief" if short else "row"
        days, kept = language.kept(f"{QUIET}"), language.kept

        def shares(of: Callable[[Part], float]) -> list[str]:
            return [kept(f"{whole(of(p))}") if of(p) == of(p) else "–" for p in self.parts]

        found = [
            [say(f"{kind}_{o}"), *(self._cell(part.changes[o], language) for part in self.parts)]
            for o in COUNTED
        ]
        quiet = [_share_cell(p, language) for p in self.parts]
        found.append([say(f"{kind}_stop", days=days), *quiet])
        if any(p.least == p.least for p in self.parts):
            cells = [
                kept(f"{whole(p.least)} … {whole(p.most)}") if p.least == p.least else "–"
                for p in self.parts
            ]
            found.append([say(f"{kind}_over_draws"), *cells])
        if self.base and not short:
            found.append([say("row_stop_base"), *shares(lambda p: p.stop_base)])
        return found

    def _cell(self, change: Change, language: Language) -> str:
        if not self.base:
            return language.kept(count_text(change.case))
        if change.ratio != change.ratio:
            return "–"
        middle = signed(change.ratio - 1.0)
        if change.low != change.low:
            return language.kept(middle)
        ends = [signed(max(0.0, v) - 1.0) for v in (change.low, change.high)]
        if set(ends) == {middle}:
            return language.kept(middle)
        return language.kept(f"{middle} [{ends[0]}, {ends[1]}]")

    def legend(self, language: Language, short: bool = False) -> str:
        """Return what the table's numbers are."""
        if short:
            many = len(self.structures)
            worlds = f"{self.worlds:,} × {many}" if many > 1 else f"{self.worlds:,}"
            kind = "brief_legend" if self.base else "brief_legend_alone"
            return _say(language)(kind, worlds=language.kept(worlds))
        kind = "legend" if self.base else "legend_alone"
        return _say(language)(kind, days=language.kept(f"{QUIET}"))

    def made(self, language: Language) -> str:
        """Return how many worlds it rests on."""
        kind = "made" if len(self.structures) > 1 else "made_one"
        of = language.word("structures", self.structures[0])
        return _say(language)(kind, worlds=language.kept(f"{self.worlds:,}"), of=of)

    def markdown(self, language: Language | None = None) -> str:
        """Return the answer as Markdown: sentences, then the table.

        Args:
            language: Its language; English by default.
        """
        return markdown([self], language or Language())

    def _repr_markdown_(self) -> str:
        """Return what a notebook shows."""
        return self.markdown()

    def __str__(self) -> str:
        return "\n".join(self.sentences(Language()))


def _kind(part: Part) -> str:
    """Return what a part is called, where its days are those of the median world too."""
    return f"{part.name}_about" if part.about and part.name != WHOLE else part.name


_TOLD = {"attacks": "attacks_foreign", "dead": "dead_us"}


def _say(language: Language) -> Callable[..., str]:
    def said(name: str, **values: str) -> str:
        return language.word("answer", name, **values)

    return said


def count_text(value: float) -> str:
    """Return a mean count: with one digit where it is small.

    Example:
        >>> count_text(1.95), count_text(60.4), count_text(1234.0)
        ('2.0', '60', '1,234')
    """
    tenths = floor(10.0 * value + 0.5)
    return f"{tenths / 10.0:.1f}" if tenths < 100 else f"{floor(value + 0.5):,}"


def signed(value: float) -> str:
    """Return a difference in hundredths with its sign.

    Example:
        >>> signed(-0.205), signed(0.0), signed(0.017)
        ('−20', '0', '+2')
    """
    n = floor(100.0 * value + 0.5)
    return f"\N{MINUS SIGN}{-n}" if n < 0 else f"+{n}" if n > 0 else "0"


def change_in_words(change: Change, what: str, language: Language) -> str:
    """Return a change of attacks or of US dead in words, no surer than its interval.

    Args:
        change: The change.
        what: ``attacks`` or ``dead``.
        language: The language.
    """
    say = _say(language)
    if change.ratio != change.ratio:
        return say(f"{what}_none")
    n = signed(change.ratio - 1.0)
    counts = {"case": change.case, "base": change.base}
    both = {k: language.kept(count_text(v)) for k, v in counts.items()}
    if change.low >= 1.0 - SAME and change.high <= 1.0 + SAME:
        return say(f"{what}_as_many", **both)
    if not (change.high < 1.0 or change.low > 1.0):
        return say(f"{what}_unsure", **both)
    size = language.kept(n.lstrip("+\N{MINUS SIGN}"))
    return say(f"{what}_{'fewer' if change.ratio < 1.0 else 'more'}", n=size, **both)


def _share_cell(part: Part, language: Language) -> str:
    if part.stop != part.stop:
        return "–"
    n = [f"{whole(v)}" for v in (part.stop, part.stop_low, part.stop_high)]
    return language.kept(f"{n[0]} [{n[1]}, {n[2]}]")


def of(comparison: Comparison, scenario: str | None = None) -> Answer:
    """Return the answer for a scenario of a comparison against its baseline.

    Args:
        comparison: The comparison, with its phases.
        scenario: Its name; by default the first that is not the baseline. The baseline itself
            is told of alone.

    Raises:
        InputError: If no such scenario was compared, or phases were not counted.

    Example:
        >>> from drawdown import compare
        >>> found = of(compare(["sustained-presence", "full-withdrawal"], runs=20, bands=False))
        >>> [(part.name, f"{part.last}") for part in found.parts]
        [('while_it_runs', '2022-12-31'), ('afterwards', '2023-12-31')]
        >>> len(found.sentences(Language("ar")))
        4
    """
    others = [s.name for s in comparison.scenarios if s.name != comparison.baseline]
    name = scenario or (others[0] if others else comparison.baseline)
    comparison.check(name)
    if name not in comparison.phases:
        raise InputError("an answer is told by phases: play the comparison with by_phase=True")
    alone = name == comparison.baseline
    return Answer(
        comparison.title(name),
        {} if alone else comparison.title(comparison.baseline),
        tuple(_part(comparison, name, phase) for phase in _told(comparison, name)),
        comparison.runs,
        comparison.seed,
        comparison.structures,
    )


@cache
def stored() -> Mapping[str, Any]:
    """Return the stored answers of the usual comparison, by scenario (``make expected``).

    Returns:
        By scenario, held against sustained presence in ``runs`` worlds a structure: under
        ``answers`` what `Answer.numbers` gave, under ``months`` mean attacks in 30 days.
    """
    path = data_files.folder("seeds") / "answers.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def all_of(comparison: Comparison) -> list[Answer]:
    """Return the answers for every scenario but the baseline; alone, for that one."""
    others = [s.name for s in comparison.scenarios if s.name != comparison.baseline]
    return [of(comparison, name) for name in others or [comparison.baseline]]


def _told(comparison: Comparison, scenario: str) -> list[Phase]:
    """Return the parts of a run that are told of: all of it only where it has no others."""
    phases = {p.name: p for p in comparison.phases[scenario]}
    if scenario == comparison.baseline:
        return [phases[WHOLE]]
    return [phases[n] for n in (RUNNING, AFTER) if n in phases] or [phases[WHOLE]]


def _part(comparison: Comparison, scenario: str, phase: Phase) -> Part:
    main, base = comparison.main_structure, comparison.baseline

    def both(outcome: str) -> Pair:
        names = (scenario, base)
        one, other = (comparison.in_phase(name, main, phase, outcome) for name in names)
        return one, other

    known = phase.days >= QUIET
    first = comparison.ensembles[scenario, comparison.structures[0]]
    return part_of(
        phase,
        {outcome: both(outcome) for outcome in COUNTED},
        both(STOP) if known else None,
        comparison.structures,
        {m: comparison.worlds_of(m) for m in comparison.motives} if scenario != base else {},
        wish_left(first.parameters),
        comparison.phase_level(scenario, main, phase, STOP) if known else None,
    )


Pair = tuple[Floats, Floats]
"""A number a world under the policy and under the baseline, each of shape (structures, worlds)."""


def part_of(
    phase: Phase,
    counts: Mapping[str, Pair],
    stops: Pair | None,
    structures: Sequence[str],
    motives: Mapping[str, Any],
    wish: Floats,
    stop: Estimate | None = None,
) -> Part:
    """Return what is known of a part of the run from counts of paired worlds.

    Args:
        phase: The part.
        counts: By outcome of `COUNTED`.
        stops: Whether its last `QUIET` days had no attack; None where it is shorter.
        structures: What strikes do in the rows.
        motives: Which worlds have which motive; none where a policy is told of alone.
        wish: The wish that is left without soldiers, one a world.
        stop: The probability of a stop, where more is known of it than these worlds say.
    """
    changes = {}
    for outcome, (x, y) in counts.items():
        levels = (estimate(values).mean for values in (x, y))
        changes[outcome] = Change(*ratio(x, y).numbers, *levels)
    if stop is None:
        nothing = Estimate(nan, nan, nan, nan, nan, 0)
        stop = nothing if stops is None else probability(stops[0])
    attacks = counts[COUNTED[0]]
    groups = dict(_groups(attacks, stops, structures, motives, wish)) if motives else {}
    return Part(
        phase.name,
        phase.first,
        phase.last,
        phase.by_median,
        changes,
        *stop.numbers,
        nan if stops is None else estimate(stops[1]).mean,
        groups,
    )


def _groups(
    attacks: Pair,
    stops: Pair | None,
    structures: Sequence[str],
    motives: Mapping[str, Any],
    wish: Floats,
) -> Iterator[tuple[str, list[Group]]]:
    """Yield parts of the worlds, by what they are told apart by."""
    every = np.ones(len(wish), bool)
    places = {s: [i] for i, s in enumerate(structures)}

    def group(rows: list[int], which: Any, structure: str = "", motive: str = "") -> Group:
        x, y = (a[rows][:, which] for a in attacks)
        quotient = ratio(x, y)
        share = None if stops is None else probability(stops[0][rows][:, which])
        stop = (share.mean, share.half_width) if share else (nan, nan)
        return Group(structure, motive, x.shape[1], quotient.mean, quotient.half_width, *stop)

    rows = list(range(len(structures)))
    yield (
        "reading",
        [group(i, w, s, m) for s, i in places.items() for m, w in motives.items()],
    )
    if len(motives) > 1:
        yield "motive", [group(rows, w, motive=m) for m, w in motives.items()]
    if len(structures) > 1:
        yield "structure", [group(i, every, s) for s, i in places.items()]
    if np.ptp(wish) > 0.0:
        order = np.argsort(wish, kind="stable")
        yield "wish", [group(rows, part) for part in _fifths(order)]


def _fifths(order: Any) -> list[Any]:
    n = len(order)
    ends = [n * k // FIFTHS for k in range(FIFTHS + 1)]
    return [order[a:b] for a, b in pairwise(ends) if b > a]


def _plain(value: Any) -> Any:
    """Return values that JSON has: no dates, and None for what has no value."""
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float) and value != value:
        return None
    return value.isoformat() if isinstance(value, date) else value


def markdown(answers: Sequence[Answer], language: Language) -> str:
    """Return answers as Markdown: the sentences of each, then one small table.

    Args:
        answers: Answers against the same baseline.
        language: Their language.
    """
    found = []
    for one in answers:
        found += [f"**{one.title(language)}**", "", " ".join(one.sentences(language)), ""]
    heads, rows = table(answers, language)
    found += [
        md_row(["", *(h.replace("\n", " ") for h in heads)]),
        md_row(["---"] * (len(heads) + 1)),
    ]
    found += [md_row(row) for row in rows]
    said = answers[0].legend(language), answers[0].made(language), _say(language)("glossary")
    found += ["", " ".join(said), ""]
    return "\n".join(found)


def md_row(cells: Sequence[str]) -> str:
    """Return a row of a Markdown table."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def table(
    answers: Sequence[Answer], language: Language, short: bool = False
) -> tuple[list[str], list[list[str]]]:
    """Return one small table of several answers: heads of its columns, and rows with names.

    Args:
        answers: Answers against the same baseline.
        language: Its language.
        short: Whether rows are named in a word or two, and parts not dated.
    """
    several = len(answers) > 1
    heads = [
        f"{language.pick(one.case)}\n{head}" if several else head
        for one in answers
        for head in one.heads(language, short)
    ]
    parts = [{row[0]: row[1:] for row in one.rows(language, short)} for one in answers]
    # The answer with the most rows has them all, in their order.
    names = max(parts, key=len)
    rows = [
        [
            name,
            *(
                c
                for one, p in zip(answers, parts, strict=True)
                for c in p.get(name, ["–"] * len(one.parts))
            ),
        ]
        for name in names
    ]
    return heads, rows
