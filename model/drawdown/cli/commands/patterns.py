"""``patterns``: the model against stylised facts and the record."""

from __future__ import annotations

from typing import Any

import click

from drawdown.cli import options, runner, terminal
from drawdown.cli.options import Keep


@click.command()
@click.option("--runs", default=400, show_default=True, help="Worlds a structure.")
@options.seed
@options.uncertainty
@options.keeps
@options.language
def patterns(runs: int, seed: int, uncertainty: Any, keep: Keep, lang: str) -> None:
    """Hold the model against the stylised facts SF1 to SF20 and against the record."""
    options.needs("scoringrules")
    from drawdown.declared.columns import STRUCTURES
    from drawdown.declared.errors import InputError
    from drawdown.declared.language import Language
    from drawdown.questions import patterns as facts
    from drawdown.questions import record_run
    from drawdown.views import evidence

    language = Language(lang)
    if not 30 <= runs <= 5000:
        raise InputError(f"runs must lie between 30 and 5,000 for facts, got {runs:,}")
    settings: dict[str, Any] = {"seed": seed, "runs": runs, "uncertainty": uncertainty}
    place = keep.place("patterns", settings)
    with terminal.bar(len(facts.FACTS) * len(STRUCTURES), "Computing facts") as (advance, _):
        found = facts.compute(runs, seed, uncertainty, advance=advance)
        held = record_run.against_record(runs, seed, uncertainty)
    runner.hand_over(
        place,
        language,
        {"patterns": evidence.patterns_csv(found), "record": evidence.record_csv(held)},
        settings,
        lambda console: evidence.show_patterns(found, held, language, console),
        lambda folder: evidence.draw_record(held, folder, language),
    )
