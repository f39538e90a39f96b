"""One file a command; `drawdown.cli.main` finds them by name."""
