"""Cross-validation: what is left out is not seen."""

import numpy as np
import pytest

from drawdown.evidence import calibrate, cross_validation, record_run


@pytest.mark.parametrize("fold", cross_validation.FOLDS)
def test_no_statistic_that_is_used_sees_the_left_out_days(fold: tuple[int, ...]) -> None:
    """Catches a total, an unevenness or an incident that counts days of the stretch."""
    series, generator = record_run.attack_intervals(), np.random.default_rng(2)
    reported = generator.poisson(6.0, (len(record_run.targets()), 50)).astype(float)
    changed = reported.copy()
    changed[list(fold)] = 90.0
    changed[len(series) :] = 70.0
    before, after = (record_run.statistics(x, fold) for x in (reported, changed))
    assert np.array_equal(before, after)
    # The two sums are those of what is left, over its own days.
    left = [k for k in range(len(series)) if k not in fold]
    total, days = reported[left].sum(axis=0), series.days[left]
    even = total * (days / days.sum())[:, None]
    uneven = ((reported[left] - even) ** 2 / (even + 0.5)).mean(axis=0)
    assert before[:, -2] == pytest.approx(np.log(total + 1.0))
    assert before[:, -1] == pytest.approx(np.log(uneven + 0.1))
    # Every other interval counts, and the two sums over them.
    assert before.shape[1] == len(series) - len(fold) + 2
    for k in set(range(len(series))) - set(fold):
        other = reported.copy()
        other[k] += 5.0
        assert (record_run.statistics(other, fold) != before).any(axis=0).sum() >= 2


def test_a_fit_does_not_change_with_what_is_left_out() -> None:
    names = ["attack_rate", "lethality"]
    generator = np.random.default_rng(1)
    shares = generator.random((512, 2))
    nature = record_run.nature_of(
        shares,
        names,
        first=0,
        seed=0,
        structure="neutral",
        held=calibrate.holding(("neutral", "presence"), None),
    )
    pilot = (shares, record_run.report(record_run.play(nature), generator))
    fold = cross_validation.FOLDS[3]
    out, other = record_run.observed(), record_run.observed()
    out[list(fold)] = 90.0
    other[0] = 30.0
    found = [
        calibrate.fit(
            values,
            ("neutral", "presence"),
            names,
            pilot,
            None,
            particles=64,
            draws=64,
            generator=np.random.default_rng(1),
            left_out=fold,
        ).shares
        for values in (record_run.observed(), out, other)
    ]
    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])


def test_rivals_are_fitted_without_the_stretch_they_predict() -> None:
    drawn = cross_validation.rival_predictions("last_window", 4000, 1)
    series = record_run.attack_intervals()
    # January 2020 is predicted from October to December 2019: 13 attacks in 92 days.
    assert drawn[0].mean() == pytest.approx(13 / 92 * series.intervals[0].days, rel=0.2)
    assert np.isfinite(drawn).all()
