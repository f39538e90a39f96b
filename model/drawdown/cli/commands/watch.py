"""``watch``: one world as a chronicle."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from drawdown.cli import options, terminal
from drawdown.cli.command import Command, argument, option
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language


class Watch(Command):
    """Tell one world of SCENARIO as a chronicle: what happened and why."""

    example = "drawdown watch combat-to-advisory --days 120"
    rules = True
    scenario: str = argument()
    days: int | None = option(type=click.IntRange(1, 5000), help="How many days to tell.")
    seed: int = options.seed
    replication: int = option(type=click.IntRange(0, 10**9), default=0)
    structure: str = options.structure("neutral")
    motive: str = option(
        default="presence",
        help="Why the militias attack: presence, patron, domestic, rivalry, conjunction.",
    )
    chosen: tuple[str, ...] = options.chosen
    without: tuple[str, ...] = options.without
    uncertainty: Any = options.uncertainty
    why: bool = option("--why/--no-why", default=True, help="Give the reasons.")
    then: str | None = option(metavar="SCENARIO", help="Go on under another scenario …")
    day: str | None = option("--on", metavar="DATE", help="… from this day.")
    language: Language = options.language

    def run(self) -> None:
        """Play the world, and tell it."""
        from drawdown.day.world import World
        from drawdown.declared.parameters import check_motive, check_structure
        from drawdown.declared.scenario import Scenario
        from drawdown.views.chronicle import tell

        check_structure(self.structure)
        check_motive(self.motive)
        values = options.parse_set(self.chosen, self.without)
        item = Scenario.load(self.scenario)
        branch, on = self._branch(item)
        options.tell_notes([item], values, (self.structure,))
        world = World(
            item,
            parameters=values,
            **self.given("seed", "replication", "structure", "motive", "uncertainty"),
        )
        language = self.language
        title = item.title.in_language(language.code)
        terminal.say(
            language.line(
                f"{title} · {language.word('structures', world.structure)} · "
                f"{language.word('motives', self.motive)} · "
                f"seed {self.seed}, replication {self.replication}"
            )
        )
        tell(world, self.days, language, self.why, terminal.say, branch, on)

    def _branch(self, item: Any) -> tuple[Any, date | None]:
        """Return the scenario that a world goes on under, and from which day; or none.

        Raises:
            InputError: If one of them is not given, or the day is not of both scenarios.
        """
        from drawdown.declared.scenario import Scenario

        if (self.then is None) != (self.day is None):
            raise InputError("--then and --on go together: --then restraint --on 2022-01-01")
        if self.then is None:
            return None, None
        branch = Scenario.load(self.then)
        on = options.day_of(self.day, "--on", "2022-01-01")
        assert on is not None
        if not max(item.start, branch.start) < on <= min(item.end, branch.end):
            raise InputError(f"--on: {on} is outside the two scenarios")
        return branch, on
