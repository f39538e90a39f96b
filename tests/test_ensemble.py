from datetime import date

import numpy as np
import pytest

from drawdown.day import curves, outcomes
from drawdown.day.world import World
from drawdown.declared import luck
from drawdown.declared import parameters as declared
from drawdown.declared.columns import FLOWS, OUTCOMES
from drawdown.declared.scenario import Scenario
from drawdown.worlds import ensemble


def test_bands_of_counts_are_exact() -> None:
    item = Scenario.load("sustained-presence")
    found = ensemble.play([item], runs=60, structure="provoke", keep=range(60))[0]
    assert found.bands is not None
    days = np.array([found.kept[r] for r in range(60)])
    for name in ("attacks_foreign", "dead_iraqi", "strikes"):
        counts = days[:, :, OUTCOMES.index(name)].astype(float)
        month = np.array([np.convolve(c, np.ones(30))[: len(c)] for c in counts])
        month = np.minimum(month, outcomes.BINS - 1)
        quantiles = found.bands.quantiles(name)
        for i, level in enumerate(curves.QUANTILES):
            exact = np.quantile(month, level, axis=0, method="inverted_cdf")
            # The first 29 days also look back into the record.
            assert np.array_equal(quantiles[i][29:], exact[29:]), name
        assert found.bands.means(name)[29:] == pytest.approx(month.mean(axis=0)[29:])


def test_bands_of_levels_are_within_a_bin() -> None:
    found = ensemble.play(
        [Scenario.load("full-withdrawal")], runs=60, structure="neutral", keep=range(60)
    )[0]
    assert found.bands is not None
    days = np.array([found.kept[r] for r in range(60)])
    lows, widths = ensemble.bin_ranges()
    for o, name in enumerate(OUTCOMES):
        if name in FLOWS or name == "quiet":
            continue
        values = days[:, :, o]
        exact = np.quantile(values, curves.QUANTILES, axis=0, method="inverted_cdf")
        inside = np.clip(exact, lows[o], lows[o] + 127.5 * widths[o])
        assert np.abs(found.bands.quantiles(name) - inside).max() <= widths[o] * 1.001, name


def test_the_first_days_look_back_into_the_record() -> None:
    found = ensemble.play([Scenario.load("restraint")], runs=64, structure="neutral")[0]
    assert found.bands is not None
    assert found.bands.means("attacks_foreign")[0] > 1.0


def test_summaries_of_days_laid_out_by_hand() -> None:
    days = np.zeros((400, len(OUTCOMES), 2), np.float32)
    attacks = OUTCOMES.index("attacks_foreign")
    days[100, attacks, 0] = 3
    days[399 - 70, attacks, 1] = 1
    days[:, OUTCOMES.index("us_combat")] = 5
    days[200:, OUTCOMES.index("us_combat"), 1] = 0
    days[:, OUTCOMES.index("us_support")] = 50
    days[7, OUTCOMES.index("us_support"), 0] = 41
    out = np.empty((len(outcomes.RUN_OUTCOMES), 2))
    outcomes.summarise(days, np.array([0.0, 3.0]), np.array([170.0, 170.0]), out)
    row = dict(zip(outcomes.RUN_OUTCOMES, out, strict=True))
    assert row["attacks_foreign"].tolist() == [3.0, 1.0]
    assert row["tempo_foreign"][0] == pytest.approx(3 / 365 * 30.4375)
    assert row["stop_60"].tolist() == [1.0, 1.0]
    assert row["stop_120"].tolist() == [1.0, 0.0]
    assert row["stop_180"].tolist() == [1.0, 0.0]
    assert np.isnan(row["days_until_exit"][0])
    assert row["days_until_exit"][1] == 200
    assert row["us_support_lowest"].tolist() == [41.0, 50.0]
    assert row["request_made"].tolist() == [0.0, 1.0]
    assert row["request_honoured"].tolist() == [0.0, 1.0]
    outcomes.summarise(days, np.array([1.0, 2.0]), np.array([170.0, 170.0]), out)
    asked = out[outcomes.RUN_OUTCOMES.index("request_made")]
    assert asked.tolist() == [0.0, 1.0]  # a vote that nobody carries out is no request
    outcomes.summarise(days[-90:], np.zeros(2), np.array([170.0, 170.0]), out)
    assert np.isnan(out[outcomes.RUN_OUTCOMES.index("stop_180")]).all()
    assert not np.isnan(out[outcomes.RUN_OUTCOMES.index("stop_60")]).any()


def test_a_cold_start_is_the_agents_own() -> None:
    nature = declared.draw(range(3), chosen=declared.settings({"initial_nato": 77.0}))
    states = ensemble.first_state(nature)
    for i in range(3):
        assert np.array_equal(states[:, i], World.cold_state(nature[:, i]))


def test_draws_are_shared_by_name() -> None:
    a = declared.draw(range(20), seed=3, structure="deter", uncertainty="prior")
    b = declared.draw(range(20), seed=3, structure="provoke", uncertainty="prior")
    ratio = declared.PARAMETERS.index("strike_rate_ratio")
    others = [i for i in range(len(declared.PARAMETERS)) if i != ratio]
    assert np.array_equal(a[others], b[others])
    assert (a[ratio] < 1).all()
    assert (b[ratio] > 1).all()
    # The same quantile of either prior.
    assert (a[ratio] - 0.4) / 0.45 == pytest.approx((b[ratio] - 1.15) / 0.6)


def test_draws_are_the_quantiles_of_keyed_numbers() -> None:
    drawn = declared.draw([3, 77_000], seed=2**62, structure="deter", uncertainty="prior")
    for i, (name, item) in enumerate(declared.declarations().items()):
        if item.prior is not None and name != declared.MOTIVE:
            for column, r in enumerate((3, 77_000)):
                key = luck.day_key(luck.run_key(2**62, r), 0)
                u = luck.uniform(key, declared._agent(name), 0)
                assert drawn[i, column] == item.prior["deter"].quantile(u), name


def test_draws_follow_their_priors() -> None:
    drawn = declared.draw(range(4000), seed=1, uncertainty="prior")
    for name in declared.sampled():
        prior = declared.declarations()[name].prior
        assert prior is not None
        if name == declared.MOTIVE:
            continue
        values = np.sort(drawn[declared.PARAMETERS.index(name)])
        for level in (0.1, 0.5, 0.9):
            u = np.searchsorted(values, prior["neutral"].quantile(level)) / 4000
            if prior["neutral"].fixed is None:
                assert abs(u - level) < 0.03, name


def test_no_uncertainty_keeps_the_defaults() -> None:
    drawn = declared.draw([0, 1], uncertainty="none", structure="deter")
    assert (drawn[:, 0] == drawn[:, 1]).all()
    for i, (name, item) in enumerate(declared.declarations().items()):
        assert drawn[i, 0] == item.default["deter"], name


def test_one_parameter_record_a_run() -> None:
    nature = declared.draw(range(40))
    nature[declared.PARAMETERS.index("attack_rate")] = np.linspace(0.0, 0.4, 40)
    found = ensemble.play(
        [Scenario.load("sustained-presence")], runs=40, nature=nature, bands=False
    )[0]
    attacks = found.outcome("attacks_foreign")
    assert attacks[0] == 0
    assert np.corrcoef(nature[declared.PARAMETERS.index("attack_rate")], attacks)[0, 1] > 0.5


def test_what_a_scenario_sets_is_what_the_table_of_inputs_says() -> None:
    found = ensemble.play([Scenario.load("patron-restraint")], runs=8, bands=False)[0]
    median = declared.PARAMETERS.index("violence_median")
    assert found.parameters[median] == pytest.approx(0.33 * declared.draw(range(8))[median])


def test_a_budget_of_nothing_allows_no_strike() -> None:
    item = Scenario.load("robust-retaliation")
    none = item.with_levers(strike_budget={date.min: 0.0})
    some = item.with_levers(strike_budget={date.min: 3.0})
    a, b, c = ensemble.play([none, some, item], runs=64, bands=False)
    assert a.outcome("strikes").sum() == 0
    assert 0 < b.outcome("strikes").mean() < c.outcome("strikes").mean()
    assert b.outcome("strikes").max() <= 12 + 3 * 915 / 365


def test_an_interrupted_ensemble_stops_and_starts_again() -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    item = [Scenario.load("restraint")]
    with pytest.raises(KeyboardInterrupt):
        ensemble.play(item, runs=200, threads=2, progress=interrupt)
    assert len(ensemble.play(item, runs=8, threads=2)[0].outcomes) == 8
