"""``crossvalidate``: stretches of the record predicted from the rest."""

from __future__ import annotations

from functools import partial

from drawdown.cli import options, runner, terminal
from drawdown.cli.command import option


class Crossvalidate(runner.Shown):
    """Predict left-out parts of the record, beside simple rivals."""

    example = "drawdown evidence crossvalidate"
    needs = ("scoringrules", "scipy", "SALib")
    seed: int = options.seed
    off: tuple[str, ...] = option(
        multiple=True,
        metavar="NAME=VALUE",
        help="Hold a parameter at a value in fit and prediction: what a mechanism is worth.",
    )

    def run(self) -> None:
        """Predict each stretch, and score the predictions."""
        from drawdown.declared import parameters
        from drawdown.declared.columns import MOTIVES
        from drawdown.evidence import calibrate as calibration
        from drawdown.evidence import cross_validation as experiment
        from drawdown.views import evidence
        from drawdown.worlds.checkpoint import Checkpoint, fingerprint

        held = options.parse_set(self.off, ())
        stored = parameters.posterior()
        kept = {
            m: tuple(n for n, v in stored["deter", m].items() if v[0] == v[0] and n not in held)
            for m in MOTIVES
        }
        sizes = calibration.Sizes(pilot=12_288, particles=1200)
        settings = calibration.settings(sizes, self.seed)
        settings |= {"held": sorted(held.items()), "kept": kept, "told": False}
        place = self.keep.place("crossvalidation", settings, stages=True)
        sources = (*calibration.SOURCES, "evidence/cross_validation.py")
        checkpoint = Checkpoint("crossvalidation", fingerprint(settings, sources))
        count = len(experiment.FOLDS) * len(calibration.PARTS)
        with terminal.bar(count, "Leaving stretches out") as (advance, _):
            drawn = experiment.predict(
                kept, sizes, self.seed, checkpoint, held=held, advance=advance
            )
            found = experiment.cross_validate(drawn, seed=self.seed)
        self.finish(
            place,
            {
                "scores": evidence.cross_validation_csv(found),
                "paths": evidence.paths_csv(found.paths()),
                "added": evidence.added_csv(found.skills),
            },
            {"seed": self.seed, "off": held, "parameters": kept},
            partial(evidence.show_cross_validation, found),
        )
