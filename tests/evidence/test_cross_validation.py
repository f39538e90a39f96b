"""Cross-validation: what is left out is not seen."""

import numpy as np
import pytest

from drawdown.evidence import calibrate, cross_validation, record_run


@pytest.mark.parametrize("fold", cross_validation.FOLDS)
def test_no_statistic_that_is_used_sees_the_left_out_days(fold: tuple[int, ...]) -> None:
    used = cross_validation._rest(fold)
    out = [record_run.attack_intervals().intervals[i] for i in fold]
    for j in used:
        assert j < len(record_run.targets())
        seen = record_run.targets()[j].interval
        assert all(seen.end < o.start or o.end < seen.start for o in out)
    assert len(used) == len(record_run.attack_intervals()) - len(fold)


def test_a_fit_does_not_change_with_what_is_left_out() -> None:
    names = ["attack_rate", "lethality"]
    sizes = calibrate.Sizes(pilot=512, wave=128, wave_lucks=4)
    generator = np.random.default_rng(1)
    shares = generator.random((sizes.pilot, 2))
    nature = record_run.nature_of(
        shares,
        names,
        first=0,
        seed=0,
        structure="neutral",
        held=calibrate.holding(("neutral", "presence"), None),
    )
    played = record_run.play(nature)
    pilot = (shares, record_run.statistics(record_run.report(played, generator)))
    emulator = calibrate.Emulator.fit(shares, pilot[1], np.full_like(pilot[1], 5.0), lucks=1)
    fold = cross_validation.FOLDS[3]
    changed = record_run.observed()
    changed[list(fold)] = 90.0
    found = [
        calibrate.fit(
            values,
            ("neutral", "presence"),
            names,
            pilot,
            emulator,
            particles=64,
            generations=0,
            draws=64,
            seed=1,
            columns=cross_validation._rest(fold),
        ).shares
        for values in (record_run.observed(), changed)
    ]
    assert np.array_equal(found[0], found[1])


def test_rivals_are_fitted_without_the_stretch_they_predict() -> None:
    drawn = cross_validation.rival_predictions("last_window", 4000, 1)
    series = record_run.attack_intervals()
    # January 2020 is predicted from October to December 2019: 13 attacks in 92 days.
    assert drawn[0].mean() == pytest.approx(13 / 92 * series.intervals[0].days, rel=0.2)
    assert np.isfinite(drawn).all()
