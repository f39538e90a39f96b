"""``patterns``: the model against stylised facts and the record."""

from __future__ import annotations

from functools import partial
from typing import Any

from drawdown.cli import options, runner, terminal
from drawdown.cli.command import option
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language

ABLATED = 120
"""Most worlds of each row of the ablations."""


class Patterns(runner.Shown):
    """Hold the model against 20 stylised facts, the record and stress cases.

    With --ablate it says instead which fact each mechanism switched off, and each structure and
    motive alone, fails: what the facts can reject at all.
    """

    example = "drawdown evidence patterns --ablate"
    needs = ("scoringrules",)
    ablate: bool = option(
        is_flag=True, help="Say which fact each mechanism, structure and motive fails."
    )
    runs: int = option(default=400, help="Worlds a structure.")
    seed: int = options.seed
    uncertainty: str = options.uncertainty

    def run(self) -> None:
        """Compute all facts, or what each of them rejects."""
        if not 30 <= self.runs <= 5000:
            raise InputError(f"runs must lie between 30 and 5,000 for facts, got {self.runs:,}")
        self._ablations() if self.ablate else self._facts()

    def _ablations(self) -> None:
        from drawdown.evidence import facts
        from drawdown.views import evidence

        runs = min(self.runs, ABLATED)
        settings = self.given("seed", "runs", "uncertainty") | {"ablate": True, "runs": runs}
        place = self.keep.place("ablations", settings)
        with terminal.bar(facts.rows_of_ablation(), "Switching off") as (advance, _):
            table = facts.ablate(self.world_run(runs=runs), advance)
        self.finish(
            place,
            {"ablations": evidence.ablation_csv(table)},
            settings,
            partial(evidence.show_ablations, table),
        )

    def _facts(self) -> None:
        from drawdown.declared.columns import STRUCTURES
        from drawdown.evidence import facts, record_run, stress
        from drawdown.views import evidence

        settings = self.given("seed", "runs", "uncertainty")
        place = self.keep.place("patterns", settings)
        with terminal.bar(len(facts.FACTS) * len(STRUCTURES), "Computing facts") as (advance, _):
            found = facts.compute(self.world_run(), advance)
            held = record_run.against_record(self.world_run())
            pressed = stress.examine(self.world_run())

        def show(language: Language, console: Any) -> None:
            evidence.show_patterns(found, held, language, console)
            evidence.show_stress(pressed, language, console)

        self.finish(
            place,
            {
                "patterns": evidence.patterns_csv(found),
                "record": evidence.record_csv(held),
                "stress": evidence.stress_csv(pressed),
            },
            settings,
            show,
            partial(evidence.draw_record, held),
        )
