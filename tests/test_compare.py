import numpy as np
import pytest

from drawdown import InputError, compare, simulate
from drawdown.questions import compare as experiment
from drawdown.questions.compare import (
    POOLED,
    estimate,
    probability,
    ratio,
    structures_of,
    to_precision,
    variance_saved,
    widest,
)


def test_estimate_has_both_intervals() -> None:
    values = np.arange(101.0)
    e = estimate(values)
    assert e.mean == 50
    assert e.half_width == pytest.approx(1.96 * values.std(ddof=1) / 101**0.5, rel=1e-3)
    assert (e.future_low, e.future_high) == (5.0, 95.0)


def test_structures_are_averaged_before_the_spread_is_taken() -> None:
    # Three copies of the same worlds are no more evidence than one.
    values = np.random.default_rng(1).normal(size=200)
    assert estimate(np.array([values] * 3)).half_width == pytest.approx(estimate(values).half_width)


def test_worlds_without_a_value_are_left_out() -> None:
    e = estimate(np.array([1.0, np.nan, 3.0]))
    assert (e.mean, e.runs) == (2.0, 2)
    assert np.isnan(estimate(np.array([np.nan])).mean)


def test_probability_interval_never_leaves_zero_and_one() -> None:
    for share in (0, 5, 100):
        e = probability(np.array([1.0] * share + [0.0] * (100 - share)))
        assert 0 <= e.low <= share / 100 <= e.high <= 1
        assert e.high - e.low > 0
    pooled = probability(np.zeros((3, 100)))
    assert pooled.high > 0


def test_ratio_of_paired_means_is_tighter_than_unpaired() -> None:
    rng = np.random.default_rng(2)
    base = rng.gamma(4.0, 1.0, 500)
    e = ratio(0.8 * base, base)
    assert e.mean == pytest.approx(0.8)
    assert e.half_width < 1e-12
    noisy = ratio(0.8 * rng.permutation(base), base)
    assert noisy.half_width > 0.02
    assert np.isnan(ratio(base, base * 0).mean)


def test_ratio_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(400):
        y = rng.gamma(4.0, 1.0, 80)
        e = ratio(0.5 * y + rng.gamma(1.0, 1.0, 80), y)
        hits += e.low <= 0.5 + 1.0 / 4.0 <= e.high
    assert 0.91 < hits / 400 < 0.98


def test_variance_saved_by_pairing() -> None:
    rng = np.random.default_rng(4)
    luck = rng.normal(size=4000)
    a, b = luck + 0.1 * rng.normal(size=4000), luck + 0.1 * rng.normal(size=4000)
    assert variance_saved(a, b) == pytest.approx(1.01 / 0.01, rel=0.1)
    assert variance_saved(a, rng.normal(size=4000)) == pytest.approx(1.0, rel=0.1)
    assert variance_saved(luck, luck) == float("inf")


def test_differences_are_a_table() -> None:
    result = compare(["sustained-presence", "full-withdrawal"], runs=64, bands=False)
    table = result.differences
    assert list(table.columns[:6]) == ["scenario", "structure", "outcome", "mean", "low", "high"]
    assert set(table["structure"]) == {"deter", "neutral", "provoke", POOLED}
    row = table[(table.structure == POOLED) & (table.outcome == "tempo_foreign")].iloc[0]
    assert row.low <= row["mean"] <= row.high < 0
    assert row.future_low <= row["mean"] <= row.future_high
    assert len(result.outcomes) == 2 * 3 * 64


def test_the_baseline_differs_from_itself_by_nothing() -> None:
    result = compare(["restraint", "full-withdrawal"], runs=32, structure="neutral", bands=False)
    assert result.difference("restraint", "neutral", "tempo_foreign").mean == 0.0
    assert result.tempo_ratio("restraint", "neutral").mean == 1.0


def test_p_stop_falls_with_the_wish_that_is_left() -> None:
    result = compare(["full-withdrawal"], runs=600, structure="neutral", bands=False)
    slices = result.stop_by_wish_left("full-withdrawal", parts=3)
    assert sum(n for _, _, n, _ in slices) == 600
    stops = [found[180].mean for _, _, _, found in slices]
    assert stops[0] > stops[1] > stops[2]


def test_p_stop_shrinks_as_the_window_grows() -> None:
    e = simulate("full-withdrawal", runs=200, bands=False)
    assert (e.outcome("stop_60") >= e.outcome("stop_120")).all()
    assert (e.outcome("stop_120") >= e.outcome("stop_180")).all()


def test_parameters_can_be_replaced() -> None:
    low = simulate("sustained-presence", runs=64, parameters={"attack_rate": 0.02}, bands=False)
    high = simulate("sustained-presence", runs=64, parameters={"attack_rate": 0.3}, bands=False)
    assert low.outcome("attacks_foreign").mean() < high.outcome("attacks_foreign").mean()
    assert (low.parameters[experiment.PARAMETERS.index("attack_rate")] == 0.02).all()


def test_precision_stops_when_differences_are_pinned() -> None:
    names = ["combat-to-advisory", "sustained-presence"]
    result = to_precision(names, step=64, cap=1984, structure="neutral")
    assert result.runs % 64 == 0
    assert widest(result, experiment.CHECKED) < 1 or result.runs == 1984
    # The worlds played in steps are those played at once.
    once = compare(names, runs=result.runs, structure="neutral")
    assert np.array_equal(
        once.values(names[0], "neutral", "tempo_foreign"),
        result.values(names[0], "neutral", "tempo_foreign"),
    )
    assert np.array_equal(
        once.bands(names[0], "neutral").histogram, result.bands(names[0], "neutral").histogram
    )
    capped = to_precision(names, step=32, cap=32, structure="neutral")
    assert capped.runs == 32
    assert widest(capped, experiment.CHECKED) == float("inf")
    with pytest.raises(InputError, match="at least two"):
        to_precision(names[:1])


def test_pooled_probabilities_are_covered_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    for p in (0.004, 0.3):
        hits = 0
        for _ in range(600):
            rows = rng.random(300) < p
            e = probability(np.array([rows, rows, rng.random(300) < p]) * 1.0)
            hits += e.low <= p <= e.high
        assert hits / 600 > 0.93


@pytest.mark.parametrize(
    ("call", "part"),
    [
        (lambda: compare(["a-scenario-that-is-not"], runs=2), "unknown scenario"),
        (lambda: compare(["restraint", "restraint"], runs=2), "named twice"),
        (lambda: compare(["restraint"], baseline="expulsion", runs=2), "unknown baseline"),
        (lambda: compare(["restraint"], structure="detter", runs=2), "did you mean 'deter'"),
        (lambda: compare(["restraint"], runs=0), "runs must lie between"),
        (lambda: simulate("restraint", runs=2, parameters={"letality": 1}), "did you mean"),
        (lambda: simulate("restraint", runs=2, parameters={"lethality": 7}), "must lie between"),
    ],
)
def test_wrong_words_are_told(call: object, part: str) -> None:
    with pytest.raises(InputError, match=part):
        call()  # type: ignore[operator]


def test_structures() -> None:
    assert structures_of("all") == ("deter", "neutral", "provoke")
    assert structures_of("neutral") == ("neutral",)
