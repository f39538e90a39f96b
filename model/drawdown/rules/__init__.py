"""The rule book: every rule of the model as a plain function of plain numbers.

Both engines use these functions and no others: the Mesa agents of `drawdown.day.world` call
them as they are, the ensemble engine compiles them. A rule knows no engine, no file and
no clock. An argument that bears the name of an entry of ``seeds/parameters.yaml`` is that
parameter.

State moves by ``+ - * /``, ``min`` and ``max`` alone; `drawdown.rules.numbers` holds the
portable exponential and logarithm for what is set up once a run. That keeps histories
equal to the last bit on every machine; ``tests/test_rule_book.py`` enforces it.
"""

MODULES = (
    "numbers",
    "setup",
    "conditions",
    "posture",
    "motives",
    "presence",
    "militia",
    "harm",
    "retaliation",
    "politics",
    "home",
    "nato",
    "patron",
    "daesh",
    "influence",
    "reporting",
)
"""The rule book's files, helpers first."""
