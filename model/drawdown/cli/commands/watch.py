"""``watch``: one world as a chronicle."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from drawdown.cli import options, terminal


@click.command()
@click.argument("scenario")
@click.option("--days", type=click.IntRange(1, 5000), default=None, help="How many days to tell.")
@options.seed
@click.option("--replication", type=click.IntRange(0, 10**9), default=0, show_default=True)
@options.structure("neutral")
@click.option(
    "--motive",
    default="presence",
    show_default=True,
    help="Why the militias attack: presence, patron, domestic, rivalry, conjunction.",
)
@options.chosen
@options.without
@options.uncertainty
@click.option("--why/--no-why", default=True, show_default=True, help="Give the reasons.")
@click.option("--then", default=None, metavar="SCENARIO", help="Go on under another scenario …")
@click.option("--on", "day", default=None, metavar="DATE", help="… from this day.")
@options.language
def watch(
    scenario: str,
    days: int | None,
    seed: int,
    replication: int,
    structure: str,
    motive: str,
    chosen: tuple[str, ...],
    without: tuple[str, ...],
    uncertainty: Any,
    why: bool,
    then: str | None,
    day: str | None,
    lang: str,
) -> None:
    """Tell one world of SCENARIO as a chronicle: what happened and why."""
    from drawdown.day.world import World
    from drawdown.declared.errors import InputError
    from drawdown.declared.language import Language
    from drawdown.declared.parameters import check_motive, check_structure
    from drawdown.declared.scenario import Scenario
    from drawdown.views.chronicle import tell

    language = Language(lang)
    check_structure(structure)
    check_motive(motive)
    values = options.parse_set(chosen, without)
    item = Scenario.load(scenario)
    branch, on = None, None
    if (then is None) != (day is None):
        raise InputError("--then and --on go together: --then restraint --on 2022-01-01")
    if then is not None and day is not None:
        branch = Scenario.load(then)
        try:
            on = date.fromisoformat(day)
        except ValueError:
            raise InputError(f"--on: must be a date such as 2022-01-01, got '{day}'") from None
        if not max(item.start, branch.start) < on <= min(item.end, branch.end):
            raise InputError(f"--on: {on} is outside the two scenarios")
    options.tell_notes([item], values, (structure,))
    world = World(
        item,
        seed=seed,
        replication=replication,
        structure=structure,
        motive=motive,
        parameters=values,
        uncertainty=uncertainty,
    )
    title = item.title.in_language(language.code)
    terminal.say(
        language.line(
            f"{title} · {language.word('structures', world.structure)} · "
            f"{language.word('motives', motive)} · "
            f"seed {seed}, replication {replication}"
        )
    )
    tell(world, days, language, why, terminal.say, branch, on)
