"""``report``: one page to hand out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from drawdown.cli import invocation, options, runner, terminal
from drawdown.cli.command import argument, option
from drawdown.declared.errors import InputError
from drawdown.declared.storage import write_whole

REPORTED = ("sustained-presence", "combat-to-advisory", "full-withdrawal")
"""Scenarios of a report where none are named: the first is what the others are compared with."""


class Report(runner.Result):
    """Write one HTML file on SCENARIOS to hand out.

    It holds answers, curves, tests and sources.
    Without SCENARIOS it compares the end of the combat mission and a full withdrawal with
    sustained presence. It needs no network to be read and prints well.
    """

    example = "drawdown report --small --lang ar"
    needs = ("scoringrules", "SALib", "ema_workbench")
    scenarios: tuple[str, ...] = argument(nargs=-1)
    baseline: str | None = options.baseline
    weights: str | None = options.weights
    seed: int = options.seed
    uncertainty: str = options.uncertainty
    weights_of_motives: None = options.weights_of_motives
    small: bool = option(is_flag=True, help="Half a minute's work, rough: to see the form.")

    def run(self) -> None:
        """Play everything, and write the page and its tables."""
        from drawdown.connect import provenance, store
        from drawdown.questions import compare as experiment
        from drawdown.questions import regret as regrets
        from drawdown.questions import study
        from drawdown.views import decompose as splits
        from drawdown.views import memo
        from drawdown.views import report as views

        weights = regrets.parse_weights(self.weights) if self.weights is not None else None
        usual = None if self.scenarios else REPORTED[0]
        loaded = experiment.load_all(self.scenarios or REPORTED)
        if len(loaded) < 2:
            raise InputError(
                "a report compares: name at least two scenarios, or none for the usual"
            )
        base = experiment.baseline_of(loaded, self.baseline or usual)
        sizes = study.Sizes.small() if self.small else study.Sizes()
        settings = self.given("seed", "uncertainty", "small") | {
            "scenarios": [repr(s) for s in loaded],
            "baseline": base,
            "weights": weights,
            "lang": self.language.code,
        }
        place = self.keep.place("report", settings)
        options.tell_notes(loaded, {})
        count = study.worlds(loaded, base, sizes)
        with terminal.bar(count, "Playing", "worlds") as (advance, say):
            found = study.undertake(loaded, base, sizes, self.world_run(advance), weights, say)
        command = invocation.command()

        def write(folder: Path) -> Callable[[], None]:
            drawn = views.draw(found, folder, self.language)
            made_by = provenance.made_by()
            text = views.compose(found, drawn, self.language, command, made_by, self.small)
            write_whole(folder / "report.html", text)
            store.write_rows(memo.thesis_csv(found.thesis), folder, "thesis")
            store.write_rows(memo.regret_csv(found.losses, weights), folder, "regret")
            for scenario, drivers in found.drivers.items():
                if drivers.morris is not None and drivers.sobol is not None:
                    rows = memo.sensitivity_csv(drivers.morris, drivers.sobol)
                    store.write_rows(rows, folder / scenario, "sensitivity")
            for scenario, split in found.splits.items():
                store.write_rows(splits.rows(split), folder / f"split-{scenario}", "decompose")
            return lambda: None

        with place.folder() as folder:
            store.save(found.comparison, folder, write)
        terminal.say_where(place.final / "report.html", self.language, terminal.console())
