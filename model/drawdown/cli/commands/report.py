"""``report``: one page to hand out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from drawdown.cli import asked, options, terminal
from drawdown.cli.options import Keep

REPORTED = ("sustained-presence", "combat-to-advisory", "full-withdrawal")
"""Scenarios of a report where none are named: the first is what the others are compared with."""


@click.command()
@click.argument("scenarios", nargs=-1)
@click.option("--baseline", default=None, help="Scenario the others are compared with.")
@click.option(
    "--weights", default=None, metavar="OUTCOME=NUMBER,…", help="Positive where more is worse."
)
@options.seed
@options.uncertainty
@options.weights_of_motives
@click.option("--small", is_flag=True, help="Half a minute's work, rough: to see the form.")
@options.plays
@options.language
def report(
    scenarios: tuple[str, ...],
    baseline: str | None,
    weights: str | None,
    seed: int,
    uncertainty: Any,
    small: bool,
    keep: Keep,
    lang: str,
) -> None:
    """Write one HTML file on SCENARIOS to hand out: answers, curves, tests, sources.

    Without SCENARIOS it compares the end of the combat mission and a full withdrawal with
    sustained presence. It needs no network to be read and prints well.
    """
    options.needs("scoringrules", "SALib", "ema_workbench")
    from drawdown.connect import proof, store
    from drawdown.declared.errors import InputError
    from drawdown.declared.kept import write_whole
    from drawdown.declared.language import Language
    from drawdown.questions import compare as experiment
    from drawdown.questions import regret as regrets
    from drawdown.questions import study
    from drawdown.views import decompose as splits
    from drawdown.views import memo
    from drawdown.views import report as views

    language = Language(lang)
    given = regrets.parse_weights(weights) if weights is not None else None
    if not scenarios:
        scenarios, baseline = REPORTED, baseline or REPORTED[0]
    loaded = experiment.load_all(scenarios)
    if len(loaded) < 2:
        raise InputError("a report compares: name at least two scenarios, or none for the usual")
    base = experiment.baseline_of(loaded, baseline)
    sizes = study.Sizes.small() if small else study.Sizes()
    settings = {
        "scenarios": [repr(s) for s in loaded],
        "baseline": base,
        "weights": given,
        "seed": seed,
        "uncertainty": uncertainty,
        "small": small,
        "lang": lang,
    }
    place = keep.place("report", settings)
    options.tell_notes(loaded, {})
    with terminal.bar(study.worlds(loaded, base, sizes), "Playing", "worlds") as (advance, say):
        found = study.undertake(
            loaded, base, sizes, seed, uncertainty, given, say=say, progress=advance
        )
    command = asked.command()

    def write(folder: Path) -> Callable[[], None]:
        drawn = views.draw(found, folder, language)
        text = views.compose(found, drawn, language, command, proof.made_by(), small)
        write_whole(folder / "report.html", text)
        store.write_rows(memo.thesis_csv(found.thesis), folder, "thesis")
        store.write_rows(memo.regret_csv(found.losses, given), folder, "regret")
        for scenario, drivers in found.drivers.items():
            if drivers.morris is not None and drivers.sobol is not None:
                rows = memo.sensitivity_csv(drivers.morris, drivers.sobol)
                store.write_rows(rows, folder / scenario, "sensitivity")
        for scenario, split in found.splits.items():
            store.write_rows(splits.rows(split), folder / f"split-{scenario}", "decompose")
        return lambda: None

    with place.folder() as folder:
        store.save(found.comparison, folder, write)
    terminal.say_where(place.final / "report.html", language, terminal.console())
