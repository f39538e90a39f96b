"""``patterns``: the model against stylised facts and the record."""

from __future__ import annotations

from typing import Any

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.options import Keep

ABLATED = 120
"""Most worlds of each row of the ablations."""


@click.command()
@click.option(
    "--ablate", is_flag=True, help="Say which fact each mechanism, structure and motive fails."
)
@click.option("--runs", default=400, show_default=True, help="Worlds a structure.")
@options.seed
@options.uncertainty
@options.plays
@options.language
@options.wide
def patterns(ablate: bool, runs: int, seed: int, uncertainty: Any, keep: Keep, lang: str) -> None:
    """Hold the model against the stylised facts SF1 to SF20, the record, and stress cases.

    With --ablate it says instead which fact each mechanism switched off, and each structure and
    motive alone, fails: what the facts can reject at all.
    """
    options.needs("scoringrules")
    from drawdown.declared.columns import STRUCTURES
    from drawdown.declared.errors import InputError
    from drawdown.declared.language import Language
    from drawdown.questions import patterns as facts
    from drawdown.questions import record_run, stress
    from drawdown.views import evidence

    language = Language(lang)
    if not 30 <= runs <= 5000:
        raise InputError(f"runs must lie between 30 and 5,000 for facts, got {runs:,}")
    settings: dict[str, Any] = {"seed": seed, "runs": runs, "uncertainty": uncertainty}
    if ablate:
        small = min(runs, ABLATED)
        settings |= {"ablate": True, "runs": small}
        place = keep.place("ablations", settings)
        with terminal.bar(facts.rows_of_ablation(), "Switching off") as (advance, _):
            table = facts.ablate(small, seed, uncertainty, advance)
        runner.hand_over(
            place,
            language,
            {"ablations": evidence.ablation_csv(table)},
            settings,
            lambda console: evidence.show_ablations(table, language, console),
        )
        return
    place = keep.place("patterns", settings)
    with terminal.bar(len(facts.FACTS) * len(STRUCTURES), "Computing facts") as (advance, _):
        found = facts.compute(runs, seed, uncertainty, advance=advance)
        held = record_run.against_record(runs, seed, uncertainty)
        pressed = stress.examine(runs, seed, uncertainty)

    def show(console: Any) -> None:
        evidence.show_patterns(found, held, language, console)
        evidence.show_stress(pressed, language, console)

    runner.hand_over(
        place,
        language,
        {
            "patterns": evidence.patterns_csv(found),
            "record": evidence.record_csv(held),
            "stress": evidence.stress_csv(pressed),
        },
        settings,
        show,
        lambda folder: evidence.draw_record(held, folder, language),
    )
