"""``python -m drawdown.cli`` is ``drawdown``."""

from drawdown.cli.main import main

main()
