"""The command that scores the model on a series it never saw."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from drawdown.cli import main
from drawdown.declared.errors import InputError
from drawdown.declared.record import Interval, Series
from drawdown.evidence import validate as validation
from drawdown.worlds.run import Run


def months(counts: list[float], start: date = date(2021, 8, 1)) -> Series:
    found = []
    for count in counts:
        end = start + timedelta(days=29)
        found.append(Interval(start, end, count, count, count))
        start = end + timedelta(days=1)
    return Series(tuple(found))


def test_outcomes_are_found_whatever_the_order_of_words() -> None:
    assert validation.outcome_of("foreign-attacks") == "attacks_foreign"
    assert validation.outcome_of("attacks_state") == "attacks_state"
    with pytest.raises(InputError, match="unknown outcome 'forein-attacks'"):
        validation.outcome_of("forein-attacks")


def test_the_horizon_is_extended_as_needed() -> None:
    late = Series((Interval(date(2025, 1, 1), date(2025, 3, 31), 9, 9, 9),))
    found = validation.validate(late, run=Run(runs=20))
    assert found.scenario.end == date(2025, 3, 31)
    assert found.model.draws.shape == (1, 60)


def test_rows_before_the_scenario_are_left_out_with_a_note() -> None:
    found = validation.validate(months([4, 5, 6], start=date(2021, 7, 1)), run=Run(runs=20))
    assert len(found.series) == 2
    assert any("before 2021-07-26" in note for note in found.notes)
    with pytest.raises(InputError, match="no row lies within"):
        validation.validate(months([4], start=date(2019, 1, 1)), run=Run(runs=20))


def test_the_forecast_does_not_depend_on_the_observed_counts() -> None:
    a = validation.validate(months([1, 2, 3]), run=Run(runs=30))
    b = validation.validate(months([90, 0, 7]), run=Run(runs=30))
    assert np.array_equal(a.model.draws, b.model.draws)
    assert not np.array_equal(a.model.crps, b.model.crps)


@pytest.mark.long
def test_the_report_says_first_that_the_model_loses(results: Path, tmp_path: Path) -> None:
    # Counts at the record's mean month after month: a constant rate knows better.
    path = tmp_path / "steady.csv"
    rows = [
        f"{i.start},{i.end},{i.count:g},{i.low:g},{i.high:g}" for i in months([5] * 24).intervals
    ]
    path.write_text("start,end,count,low,high\n" + "\n".join(rows) + "\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["validate", "--observed", str(path), "--runs", "60"])
    assert done.exit_code == 0, done.output
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    assert lines[0].startswith("The model LOSES")
    names = {p.name for p in (results / "validation").iterdir()}
    assert {"run.json", "scores.csv", "validation.png", "validation.svg"} <= names


def test_other_outcomes_are_scored_without_rivals() -> None:
    found = validation.validate(months([1, 0, 2]), outcome="strikes", run=Run(runs=30))
    assert found.rivals == ()
    assert found.verdict() == "alone"
    assert any("no rivals" in note for note in found.notes)


def test_the_models_own_error_widens_and_does_not_shift() -> None:
    found = validation.with_errors(np.full((1, 8000), 10.0), np.random.default_rng(1))
    assert found.mean() == pytest.approx(10.0, abs=0.1)
    assert 1.0 < found.std() < 2.2
    assert (validation.with_errors(np.zeros((1, 50)), np.random.default_rng(1)) == 0).all()


def test_few_rows_give_no_interval_and_no_victory() -> None:
    found = validation.validate(months([4, 6, 5]), run=Run(runs=60))
    assert all(np.isnan(s.low) for s in found.skills["crps"])
    assert found.verdict() in ("tie", "loses")


def test_a_bad_file_ends_with_code_two(results: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("start,end,count,low,high\n2021-08-01,2021-08-xx,a,0,1\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["validate", "--observed", str(path)])
    assert done.exit_code == 2
    assert "line 2: end must be a date" in done.output
    assert "count must be a number" in done.output
    assert "Traceback" not in done.output
    assert not (results / "validation").exists()
