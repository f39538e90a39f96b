import hand_made
import numpy as np
import pytest

from drawdown import InputError, compare, simulate
from drawdown.day.phases import WHOLE
from drawdown.declared.columns import MOTIVES, STRUCTURES
from drawdown.declared.scenario import Scenario
from drawdown.questions import compare as experiment
from drawdown.questions.compare import (
    POOLED,
    STREAMS,
    estimate,
    over_draws,
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


# --- numbers that can be worked out by hand ----------------------------------------------------


def table_of(made: experiment.Comparison, name: str, structure: str, outcome: str) -> np.ndarray:
    frame = made.ensembles[name, structure].frame()
    return frame[outcome].to_numpy()


def test_a_level_is_the_mean_over_structures_and_worlds_of_its_own_scenario() -> None:
    """Catches another scenario's, structure's, outcome's or motive's worlds."""
    made = hand_made.comparison()
    motive = np.arange(10) % len(MOTIVES)
    for name in (hand_made.BASE, hand_made.CASE, hand_made.OTHER):
        each = np.array([table_of(made, name, s, "dead_us") for s in STRUCTURES])
        assert made.level(name, POOLED, "dead_us").mean == pytest.approx(each.mean())
        for k, structure in enumerate(STRUCTURES):
            assert made.level(name, structure, "dead_us").mean == pytest.approx(each[k].mean())
        for k, one in enumerate(MOTIVES):
            own = each[:, motive == k]
            assert made.level(name, one, "dead_us").mean == pytest.approx(own.mean())


def test_a_difference_is_the_scenario_less_the_baseline_and_a_ratio_over_it() -> None:
    """Catches a difference the wrong way round, and a ratio turned over."""
    made = hand_made.comparison()
    a, b = (
        np.array([table_of(made, name, s, "tempo_foreign") for s in STRUCTURES])
        for name in (hand_made.CASE, hand_made.BASE)
    )
    gap = made.difference(hand_made.CASE, POOLED, "tempo_foreign")
    paired = (a - b).mean(axis=0)
    assert gap.mean == pytest.approx(a.mean() - b.mean())
    assert gap.high - gap.mean == pytest.approx(1.95996 * paired.std(ddof=1) / 10**0.5, rel=1e-4)
    assert (gap.future_low, gap.future_high) == pytest.approx(np.quantile(a - b, [0.05, 0.95]))
    quotient = made.tempo_ratio(hand_made.CASE, POOLED)
    assert quotient.mean == pytest.approx(a.mean() / b.mean())
    rest = (a - quotient.mean * b).mean(axis=0)
    half = 1.95996 * rest.std(ddof=1) / 10**0.5 / b.mean()
    assert quotient.half_width == pytest.approx(half, rel=1e-4)
    assert quotient.future_low == pytest.approx(np.quantile(a / b, 0.05))
    frame = made.differences
    row = frame[
        (frame.scenario == hand_made.CASE)
        & (frame.structure == "deter")
        & (frame.outcome == "dead_us")
    ].iloc[0]
    own, base = (table_of(made, n, "deter", "dead_us") for n in (hand_made.CASE, hand_made.BASE))
    assert row["mean"] == pytest.approx((own - base).mean())
    assert row.low < row["mean"] < row.high
    saved = (own.var(ddof=1) + base.var(ddof=1)) / (own - base).var(ddof=1)
    assert row.variance_saved == pytest.approx(saved)


def test_pooled_bands_are_those_of_every_structure() -> None:
    """Catches bands of the last structure, or of the first, called pooled."""
    made = hand_made.comparison()
    for k, name in enumerate((hand_made.BASE, hand_made.CASE, hand_made.OTHER)):
        pooled = made.bands(name, POOLED)
        assert pooled.means("attacks_foreign") == pytest.approx(10 * k + 22 / 6)
        found = pooled.quantiles("attacks_foreign", (0.05, 0.25, 0.5, 0.75, 0.95))
        assert (found == 10 * k + np.array([1.0, 2.0, 3.0, 4.0, 9.0])[:, None]).all()
        for s, structure in enumerate(STRUCTURES):
            own = made.bands(name, structure)
            mean = np.mean(hand_made.LEVELS[s])
            assert own.means("attacks_foreign") == pytest.approx(10 * k + mean)


def test_precision_is_that_of_the_widest_difference_wherever_it_stands() -> None:
    """Catches a precision that looks at the last difference, or the first, alone."""
    noise = np.random.default_rng(7).normal(size=200)
    for wide in (hand_made.CASE, hand_made.OTHER):
        for outcome in ("tempo_foreign", "tempo_state"):
            given = {
                (name, s, o): 5.0 + (3.0 * noise if (name, o) == (wide, outcome) else 0.0 * noise)
                for name in (hand_made.BASE, hand_made.CASE, hand_made.OTHER)
                for s in STRUCTURES
                for o in ("tempo_foreign", "tempo_state")
            }
            made = hand_made.comparison(runs=200, given=given)
            half = 1.95996 * 3.0 * noise.std(ddof=1) / 200**0.5
            found = widest(made, ("tempo_foreign", "tempo_state"))
            assert found == pytest.approx(half / experiment.smallest_difference(outcome), rel=1e-4)


def test_a_probability_that_no_world_has_shown_is_pinned_by_three_in_all_worlds() -> None:
    nothing = {
        (name, s, "stop_180"): np.zeros(200)
        for name in (hand_made.BASE, hand_made.CASE)
        for s in STRUCTURES
    }
    made = hand_made.comparison((hand_made.BASE, hand_made.CASE), runs=200, given=nothing)
    smallest = experiment.smallest_difference("stop_180")
    assert widest(made, ("stop_180",)) == pytest.approx(3.0 / 200 / smallest)


def test_who_is_left_counts_in_every_world_of_every_structure() -> None:
    given = {(hand_made.CASE, s, "us_troops_end"): [0.0] * 10 for s in STRUCTURES}
    given[hand_made.OTHER, "deter", "us_troops_end"] = [0.0] * 10
    given[hand_made.OTHER, "neutral", "us_troops_end"] = [0.0] * 10
    given[hand_made.OTHER, "provoke", "us_troops_end"] = [0.0] * 9 + [5.0]
    assert hand_made.comparison(given=given).without_soldiers() == [hand_made.CASE]


def test_days_until_a_condition_are_those_of_all_structures() -> None:
    made = hand_made.comparison()
    item = Scenario.load("conditions-based-exit")
    made.scenarios[1] = item.named(hand_made.CASE)
    n = len(item.conditions)
    for k, s in enumerate(STRUCTURES):
        made.ensembles[hand_made.CASE, s].met = np.full((10, n), np.nan)
        made.ensembles[hand_made.CASE, s].met[:, 0] = 100.0 * k
    days = made.met(hand_made.CASE)
    assert list(days) == [c.name for c in item.conditions]
    assert sorted(days[item.conditions[0].name]) == [0.0] * 10 + [100.0] * 10 + [200.0] * 10


def test_slices_of_a_wish_hold_every_world_once() -> None:
    """Catches the world with the largest wish, which the last slice must hold."""
    for parts in (2, 3, 5):
        made = hand_made.comparison(runs=30)
        slices = made.stop_by_wish_left(hand_made.OTHER, parts=parts)
        assert sum(worlds for _, _, worlds, _ in slices) == 30
        stop = np.array([table_of(made, hand_made.OTHER, s, "stop_120") for s in STRUCTURES])
        wish = experiment.wish_left(made.ensembles[hand_made.OTHER, "deter"].parameters)
        low, high, _, found = slices[-1]
        assert high == wish.max()
        assert found[120].mean == pytest.approx(stop[:, wish >= low].mean())


def test_an_interval_of_few_yeses_is_wilsons_over_as_many_worlds_as_they_are_worth() -> None:
    one = np.array([1.0] * 3 + [0.0] * 97)
    z, p, n = 1.959964, 0.03, 100
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    e = probability(one)
    # The spread of the worlds is worth 99: the interval counts the hundred there are.
    assert (e.low, e.high) == pytest.approx((centre - half, centre + half), rel=1e-4)
    rng = np.random.default_rng(3)
    apart = probability((rng.random((3, 300)) < 0.5).astype(float))
    single = probability((rng.random(300) < 0.5).astype(float))
    assert apart.half_width < 0.7 * single.half_width


def test_what_worlds_of_a_draw_share_is_the_draw() -> None:
    """Catches chance counted as the draw, worlds of different draws together, ends exchanged."""
    rng = np.random.default_rng(3)
    chances = rng.beta(2.0, 3.0, (1, 4000, 1))
    lived = (rng.random((1, 4000, 5)) < chances).astype(float)
    low, high = over_draws(lived)
    assert (low, high) == pytest.approx(tuple(np.quantile(chances, [0.05, 0.95])), abs=0.03)
    # Of all alike there is nothing to tell, whatever chance made of them.
    alike = (rng.random((3, 4000, 5)) < 0.4).astype(float)
    mixed = rng.permutation(lived.ravel()).reshape(lived.shape)
    for nothing in (alike, mixed):
        low, high = over_draws(nothing)
        assert high - low < 0.2
        assert low < 0.4 < high
    # Few draws know it badly: the range is rather too wide.
    few = [np.ptp(over_draws(lived[:, k : k + 60])) for k in range(0, 3000, 60)]
    assert np.mean(few) > np.ptp(over_draws(lived))
    assert over_draws(np.ones((1, 50, 4))) == (1.0, 1.0)
    # The range lies about the probability that is told, though these worlds have another.
    assert np.mean(over_draws(lived, 0.6)) > np.mean(over_draws(lived, 0.4)) + 0.1


def test_a_probability_has_both_ranges_and_they_are_not_one() -> None:
    """Catches worlds played again with their own random streams, and a draw that is another's."""
    found = compare(["sustained-presence", "full-withdrawal"], runs=150, seed=4)
    for (name, structure), again in found.again.items():
        first = found.ensembles[name, structure]
        nature = again.parameters.reshape(len(again.parameters), -1, STREAMS)
        assert (nature == first.parameters[:, : nature.shape[1], None]).all()
        stops = again.outcome("stop_60").reshape(-1, STREAMS)
        assert (stops.std(axis=1) > 0).any(), "each has a random stream of its own"
    e = found.level("full-withdrawal", "pooled", "stop_180")
    assert e.future_low < e.low < e.mean < e.high < e.future_high
    assert e.future_low >= 0.0
    assert e.future_high <= 1.0
    phase = next(p for p in found.phases["full-withdrawal"] if p.name == WHOLE)
    apart = found.phase_level("full-withdrawal", "pooled", phase, "stop_180")
    assert (apart.mean, apart.future_low) == (e.mean, e.future_low)
    # A motive's few draws do not tell chance from draws.
    assert np.isnan(found.level("full-withdrawal", "patron", "stop_180").future_low)
    fixed = compare("full-withdrawal", runs=30, uncertainty="none", motive="patron")
    assert fixed.again == {}
