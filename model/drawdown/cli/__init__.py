"""The command line: parses, calls, prints. Heavy imports wait inside the commands."""

from drawdown.cli.main import main

__all__ = ["main"]
