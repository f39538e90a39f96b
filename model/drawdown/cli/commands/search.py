"""``search``: the best trade-offs over levers and conditions, and where they break."""

from __future__ import annotations

import json
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drawdown.cli import invocation, options, runner, terminal
from drawdown.cli.command import argument, option
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.declared.storage import write_whole

if TYPE_CHECKING:
    from drawdown.declared.scenario import Scenario
    from drawdown.questions.answer import Answer
    from drawdown.questions.search import Problem, Result


class Search(runner.Shown):
    """Search for the policies with the best trade-offs, from SCENARIO.

    Moves levers and the conditions of SCENARIO's policy, scores what it finds on fresh luck, says
    where each policy breaks, and writes each as a scenario file. An interrupted search goes on
    where it stopped when the same command is given.
    """

    example = "drawdown search conditions-based-exit --less tempo_foreign --less daesh_index"
    needs = ("platypus", "ema_workbench")
    scenario: str = argument(default="conditions-based-exit")
    less: tuple[str, ...] = option(
        multiple=True, metavar="OUTCOME", help="Objective: less of it is better."
    )
    more: tuple[str, ...] = option(
        multiple=True, metavar="OUTCOME", help="Objective: more of it is better."
    )
    vary: tuple[str, ...] = option(
        multiple=True,
        metavar="NAME[=LOW..HIGH|=WORD,…]",
        help="Lever, condition or number of a condition to move; by default all that one capital "
        "decides on. drawdown search SCENARIO --levers lists them.",
    )
    levers: bool = option(is_flag=True, help="List what --vary may name, and stop.")
    robust: str = option(
        default="worst-tenth",
        help="Measure of robustness: mean, worst-tenth, worst-case, regret, satisficing.",
    )
    bounds: tuple[str, ...] = option(
        "--bound",
        multiple=True,
        metavar="OUTCOME=NUMBER",
        help="Value of an objective that is still good enough: for satisficing, and for where "
        "policies break.",
    )
    against: tuple[str, ...] = option(
        multiple=True,
        metavar="SCENARIO",
        help="References of regret, beside SCENARIO.  [default: sustained-presence, "
        "combat-to-advisory, full-withdrawal]",
    )
    evaluations: int = option(default=600, type=click.IntRange(10, 1_000_000))
    population: int = option(default=40, type=click.IntRange(8, 10_000))
    seeds: int = option(default=3, type=click.IntRange(1, 50), help="Searches.")
    draws: int = options.draws(60)
    lucks: int = options.lucks(2)
    fresh: int = option(default=200, type=click.IntRange(20, 100_000), help="Fresh draws.")
    most: int = option(default=24, type=click.IntRange(1, 500), help="Policies told.")
    seed: int = options.seed
    uncertainty: str = options.uncertainty
    weights_of_motives: None = options.weights_of_motives
    threads: int | None = options.threads

    def run(self) -> None:
        """List levers, or search and write what was found."""
        from drawdown.questions import compare as experiment
        from drawdown.questions import search as question
        from drawdown.views import search as view
        from drawdown.worlds.checkpoint import Checkpoint, fingerprint

        (base,) = experiment.load_all([self.scenario])
        if self.levers:
            _list_levers(base)
            return
        experiment.check_runs(self.draws * self.lucks, "draws times lucks")
        experiment.check_runs(self.evaluations * self.seeds, "evaluations times seeds")
        item = self._problem(base)
        settings = {
            "base": repr((base.name, base.what_is_played())),
            "levers": repr(item.levers),
            "objectives": repr(item.objectives),
            "measure": self.robust,
            "references": [repr((s.name, s.what_is_played())) for s in item.references],
            "sizes": tuple(self.given(*SIZES).values()),
        }
        settings |= self.given("seed", "uncertainty")
        place = self.keep.place(f"search-{base.name}", settings, stages=True)
        options.tell_notes([base], {})
        # An interrupted search may go on with more candidates or seeds.
        each = self.population, self.draws, self.lucks
        key = fingerprint(
            {k: v for k, v in settings.items() if k != "sizes"} | {"each": each},
            ("questions/search.py", "declared/policies.py", "declared/levers.py"),
        )
        checkpoint = Checkpoint("search", key)
        count = self.evaluations * self.seeds
        with terminal.bar(count, "Searching", "candidates") as (advance, say):
            found = question.search(
                item,
                **self.given("evaluations", "population", "seeds", "threads"),
                fresh_draws=self.fresh,
                keep=self.most,
                checkpoint=checkpoint,
                progress=advance,
                say=say,
            )
        self.finish(
            place,
            {"policies": view.rows(found), "convergence": view.growth_rows(found)},
            settings,
            partial(view.show, found, self._answers(found)),
            partial(self._draw, found),
        )
        checkpoint.forget()

    def _answers(self, found: Result) -> dict[str, Answer]:
        """Return what each policy told of changes against sustained presence, by its name."""
        from drawdown.questions import answer, phases
        from drawdown.questions import compare as experiment

        policies = [each for each in found.policies if not each.dominated][:ANSWERED]
        against = phases.compared_with([found.item.base], found.item.base.name)
        if not policies or not against:
            return {}
        (reference,) = against.values()
        played = experiment.compare(
            [reference.named("reference"), *(p.scenario.named(p.name) for p in policies)],
            runs=self.fresh,
            bands=False,
            over_draws=False,
            **self.given("seed", "uncertainty", "threads"),
        )
        return {p.name: answer.of(played, p.name) for p in policies}

    def _draw(self, found: Result, folder: Path, language: Language) -> None:
        """Write every policy as a scenario file, the trade-offs as JSON, and the figures."""
        from drawdown.declared.scenario import find, names
        from drawdown.views import search as view

        base = found.item.base
        path = find(self.scenario)
        extends = base.name if base.name in names() else path.resolve().as_posix()
        (folder / "policies").mkdir()
        for name, text in view.files(found, extends, shlex.join(invocation.command())):
            write_whole(folder / "policies" / name, text)
        text = json.dumps(view.data(found), ensure_ascii=False, indent=2) + "\n"
        write_whole(folder / "trade-offs.json", text)
        view.draw(found, folder, language)

    def _problem(self, base: Scenario) -> Problem:
        """Return what is searched.

        Raises:
            InputError: For everything that is wrong with the options.
        """
        from drawdown.questions import compare as experiment
        from drawdown.questions import search as question

        faults: list[str] = []
        limits = _numbers(self.bounds, "--bound", faults)
        judged = [question.Objective(n, True, limits.get(n)) for n in self.less]
        judged += [question.Objective(n, False, limits.get(n)) for n in self.more]
        judged = judged or [question.Objective(n, True, limits.get(n)) for n in question.USUAL]
        named = {o.outcome for o in judged}
        faults += [
            f"--bound {n}: is no objective; say --less {n}" for n in limits if n not in named
        ]
        ranges = _ranges(self.vary, faults)
        by_regret = self.robust == question.REGRET
        references = experiment.load_all(self.against or USUAL)
        try:
            item = question.problem(
                base,
                ranges,
                judged,
                self.robust,
                references if by_regret else (),
                **self.given("draws", "lucks", "seed", "uncertainty"),
            )
        except InputError as error:
            raise InputError([*faults, *error.faults]) from None
        if self.against and not by_regret:
            faults.append(f"--against: only regret has references, and --robust is {self.robust}")
        if faults:
            raise InputError(faults)
        return item


ANSWERED = 5
"""Most policies whose answer against sustained presence is told."""

SIZES = ("evaluations", "population", "seeds", "draws", "lucks", "fresh", "most")
"""Options that say how much is searched."""

USUAL = ("sustained-presence", "combat-to-advisory", "full-withdrawal")
"""References of regret where none are named."""


def _list_levers(base: Scenario) -> None:
    from drawdown.declared import policies

    stand = policies.stands(base)
    for name, lever in policies.levers_that_move(base).items():
        words = ", ".join(lever.choices) if lever.choices else f"{lever.low:g}..{lever.high:g}"
        now = "drawn" if stand[name] is None else stand[name]
        terminal.say(f"{name}  {words}  ({now})")


def _numbers(given: tuple[str, ...], option: str, faults: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in given:
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            faults.append(f"{option} {text}: must be OUTCOME=NUMBER, such as dead_us=3")
    return found


def _ranges(given: tuple[str, ...], faults: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        low, dots, high = value.partition("..")
        if not equals:
            found[name] = None
        elif dots:
            found[name] = (low, high)
        elif value:
            found[name] = tuple(word.strip() for word in value.split(","))
        else:
            faults.append(f"--vary {text}: must be NAME, NAME=LOW..HIGH or NAME=WORD,WORD")
    return found
