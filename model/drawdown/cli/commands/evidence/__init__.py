"""``evidence``: what the model is held against."""

from __future__ import annotations

from drawdown.cli.command import Command
from drawdown.cli.commands.evidence.calibrate import Calibrate
from drawdown.cli.commands.evidence.crossvalidate import Crossvalidate
from drawdown.cli.commands.evidence.motives import Motives
from drawdown.cli.commands.evidence.patterns import Patterns
from drawdown.cli.commands.evidence.regimes import Regimes
from drawdown.cli.commands.evidence.robustness import Robustness
from drawdown.cli.commands.evidence.seal import Seal


class Evidence(Command):
    """Hold the model against the record."""

    example = "drawdown evidence motives"
    commands = (Patterns, Motives, Regimes, Robustness, Crossvalidate, Calibrate, Seal)
