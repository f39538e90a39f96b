"""The record run: played once a mode, and read off rightly."""

from typing import Any

import numpy as np
import pytest

from drawdown.declared import parameters as declared
from drawdown.declared import record
from drawdown.declared.columns import STRUCTURES
from drawdown.evidence import record_run
from drawdown.worlds import ensemble
from drawdown.worlds.run import Run


def test_the_record_is_played_once_a_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a second ensemble for the checks, whose worlds could differ from the first's."""
    played: list[str] = []
    usual = ensemble.play

    def counted(scenarios: Any, *how: Any) -> Any:
        played.append(scenarios[0].mode)
        return usual(scenarios, *how)

    monkeypatch.setattr(ensemble, "play", counted)
    held = {item.name: item for item in record_run.against_record(Run(runs=32))}
    assert sorted(played) == sorted(["conditioned", "free"] * len(STRUCTURES))
    assert set(record.incidents("check")) <= set(held)
    assert all(held[name].fitted is False for name in record.incidents("check"))


def test_checks_are_read_off_the_same_worlds() -> None:
    """Catches checks of other worlds, or in another order than their names."""
    checks = record.incidents("check")
    nature = declared.draw(range(16), structure="deter")
    played = record_run.play(nature, Run(structure="deter"), checks=checks)
    plain = record_run.play(nature, Run(structure="deter"))
    assert np.array_equal(played[: len(plain)], plain, equal_nan=True)
    first = record_run.scenario().start
    for row, (name, interval) in enumerate(checks.items(), start=len(plain)):
        again = ensemble.play(
            [record_run.scenario()],
            runs=16,
            structure="deter",
            nature=nature,
            bands=False,
            reduce=lambda daily, n=name, i=interval: record_run.incident_counts(daily, first, n, i)[
                None
            ],
        )[0].reduced
        assert np.array_equal(played[row], again[0])
