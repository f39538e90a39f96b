from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from drawdown.day import curves, outcomes
from drawdown.day.world import World
from drawdown.declared import levers as levers_of
from drawdown.declared import luck
from drawdown.declared import parameters as declared
from drawdown.declared.columns import FLOWS, OUTCOMES, TAIL
from drawdown.declared.conditions import Condition, Item
from drawdown.declared.language import Language
from drawdown.declared.scenario import Scenario
from drawdown.declared.scenario_file import Policy, Posture
from drawdown.web import controls
from drawdown.worlds import ensemble

WINDOWS = 12
CASE = Scenario.load("combat-to-advisory")
SHORT = CASE.until(CASE.start + timedelta(days=30 * WINDOWS - 1))
"""A scenario of as many windows of counts, which follow on each other."""


def bounds(schema: Mapping[str, Any]) -> list[Any]:
    """Return the ends of a lever's range, or its words, from the schema of the format."""
    if "maximum" in schema:
        return [schema["minimum"], schema["maximum"]]
    return schema["enum"] if "enum" in schema else bounds(schema["anyOf"][0])


def at_the_ends(of: str) -> list[Scenario]:
    """Return a scenario for both ends of each lever: of sliders, in files, by conditions."""
    sliders = controls.controls(Language("en"))
    if of == "sliders":
        return [
            levers_of.moved(SHORT, {"by": 1, lever["name"]: value})
            for lever in sliders["levers"]
            for value in [c["value"] for c in lever["choices"]] or (lever["low"], lever["high"])
        ]
    if of == "conditions":
        when = {"see": "date", "at_least": f"{SHORT.start + timedelta(days=60)}"}
        items = [
            Item.model_validate({"when": when, "then": {lever["name"]: value}})
            for lever in sliders["moved_by_conditions"]
            for value in lever["range"]
            if lever["range"][1] > 0
        ]
        return [replace(SHORT, conditions=(Condition("moves", item),)) for item in items]
    fields = Policy.model_json_schema()["properties"] | Posture.model_json_schema()["properties"]
    levers = {n: f for n, f in fields.items() if n not in ("posture", "announced", "conditions")}
    return [SHORT.with_levers(**{n: v}) for n, field in levers.items() for v in bounds(field)]


def assert_bands_hold_outcomes(found: ensemble.Ensemble) -> None:
    """Compare the means of bands with those of outcomes, to what a 2000th of a bin makes."""
    assert found.bands is not None
    widths = ensemble.bin_ranges()[1] / 2000
    means = {name: found.bands.means(name) for name in OUTCOMES}
    told = {n: (means[n][29::30].sum(), WINDOWS * widths[OUTCOMES.index(n)]) for n in FLOWS}
    for name in outcomes.RUN_OUTCOMES:
        if name in OUTCOMES and name not in FLOWS:
            told[name] = means[name][-90:].mean(), widths[OUTCOMES.index(name)]
    us = ("us_combat", "us_advisers")
    told["us_troops_end"] = (
        sum(means[n][-1] for n in us),
        sum(widths[OUTCOMES.index(n)] for n in us),
    )
    for name, (mean, away) in told.items():
        expected = found.outcome(name).mean()
        assert mean == pytest.approx(expected, rel=1e-9, abs=away), (found.scenario.levers, name)


@pytest.mark.parametrize("of", ["sliders", "files", "conditions"])
def test_bands_hold_what_outcomes_hold_wherever_a_lever_stands(of: str) -> None:
    """Catches soldiers who are held at the last bin, and means that are middles of bins."""
    scenarios = at_the_ends(of)
    assert len(scenarios) >= 12
    for found in ensemble.play(scenarios, runs=8):
        assert_bands_hold_outcomes(found)


def all_at_their_ends(of: str) -> Any:
    """Return parameters of worlds, in each of which another one stands at an end, or several."""
    if of == "many attacks":
        many = declared.settings({"attack_rate": 3.0, "wounded_with_dead": 20.0})
        return declared.draw(range(64), chosen=many)
    sliders = {
        p["name"]: (p["low"], p["high"]) for p in controls.controls(Language("en"))["parameters"]
    }
    if of == "files":
        sliders = {n: item.range for n, item in declared.declarations().items()}
    ends = [(n, v) for n, pair in sliders.items() if n != declared.MOTIVE for v in pair]
    nature = declared.draw(range(len(ends)), uncertainty="none")
    for world, (name, value) in enumerate(ends):
        nature[declared.column(name), world] = value
    return nature


@pytest.mark.parametrize("of", ["sliders", "files", "many attacks"])
def test_bands_hold_what_outcomes_hold_wherever_a_parameter_stands(of: str) -> None:
    """Catches a count above the last bin, a quantile of it that is drawn inside, a lost world."""
    nature = all_at_their_ends(of)
    runs = nature.shape[1]
    found = ensemble.play([SHORT], runs=runs, nature=nature, keep=range(runs))[0]
    assert_bands_hold_outcomes(found)
    days = np.array([found.kept[r] for r in range(runs)], float)
    assert found.bands is not None
    _, widths = ensemble.bin_ranges()
    beyond = set()
    for o, name in enumerate(OUTCOMES):
        values, quantiles = days[:, :, o], found.bands.quantiles(name, (*curves.QUANTILES, 1.0))
        if name in FLOWS:
            values = np.array([np.convolve(v, np.ones(30))[: len(v)] for v in values])
        exact = np.quantile(values, (*curves.QUANTILES, 1.0), axis=0, method="inverted_cdf")
        away = 0.0 if name in FLOWS and widths[o] == 1.0 else widths[o] * 1.001
        # The first 29 days of counts also look back into the record.
        assert np.abs(quantiles - exact)[:, 29:].max() <= away, name
        if exact.max() > ensemble.bin_ranges()[0][o] + 128.5 * widths[o]:
            beyond.add(name)
    if of == "files":
        assert {"wounded_us", "us_advisers", "us_support"} <= beyond
        assert found.bands.quantiles("us_support", (0.0,)).min() == pytest.approx(0.0, abs=0.25)
    if of == "many attacks":
        assert {"reported_press", "attacks_foreign", "wounded_coalition", "wounded_iraqi"} <= beyond


def test_soldiers_whom_all_worlds_have_are_drawn_as_they_are() -> None:
    """Catches a band around a number that is the same in all worlds."""
    # Nobody is expelled so early.
    days = SHORT.until(SHORT.start + timedelta(days=29))
    scenario = days.with_levers(combat=7003, advisers=2517, coalition=11)
    found = ensemble.play([scenario], runs=40)[0]
    assert found.bands is not None
    for name, number in (("us_combat", 7003), ("us_advisers", 2517), ("coalition", 11)):
        assert found.bands.quantiles(name) == pytest.approx(number, abs=0.02)
        assert found.bands.means(name) == pytest.approx(number, abs=0.02)


def test_all_of_a_share_is_drawn_as_all() -> None:
    """Catches a share above 1, or below it where all worlds have it."""
    found = ensemble.play([Scenario.load("full-withdrawal")], runs=64)[0]
    assert found.bands is not None
    quantiles, means = found.bands.quantiles("quiet"), found.bands.means("quiet")
    assert set(np.unique(quantiles[[0, -1]])) <= {0.0, 1.0}
    assert quantiles.max() == 1.0
    # On the first day all stand in violence, as the record does.
    assert 0.0 == means.min() < means.max() <= 1.0


def test_no_quantile_is_drawn_of_what_is_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a number made up for worlds that have none, and rows lost while they wait."""
    days = np.zeros((30, len(OUTCOMES), 32), np.float32)
    # 5,140 is where the last bin ends.
    soldiers = np.array([5140.0 if n == 6 else n * 1000.0 for n in range(32)])
    days[:, OUTCOMES.index("nato")] = soldiers
    days[3, OUTCOMES.index("nato"), :5] = np.nan
    days[4, OUTCOMES.index("nato"), :5] = np.inf
    days[:, OUTCOMES.index("wounded_iraqi")] = 90.0
    before = np.zeros((TAIL, len(FLOWS), 32), np.float32)
    before[-1] = 7.0

    def counted(used: int) -> ensemble.Bands:
        counting = ensemble.Counting(30)
        for _ in range(3):
            counting.add(ensemble.the_engine(), days, before, used)
        return counting.bands(date(2021, 8, 1))

    bands = counted(20)
    # It would be written as a bin.
    assert not bands.histogram[:, :, outcomes.OUTSIDE].any()
    low, high = bands.quantiles("nato", (0.05, 0.95))
    assert np.isnan(high).nonzero()[0].tolist() == [3, 4]
    assert low[:5].tolist() == pytest.approx([0.0, 0.0, 0.0, 5000.0, 5000.0], abs=20.0)
    assert np.isnan(bands.means("nato")).nonzero()[0].tolist() == [3, 4]
    assert bands.means("nato")[5] == pytest.approx(soldiers[:20].mean())
    wounded = bands.means("wounded_iraqi")
    assert wounded[:3].tolist() == [97.0, 187.0, 277.0]
    assert wounded[-1] == 2700.0
    monkeypatch.setattr(ensemble, "_WAITING", 0)
    assert np.array_equal(counted(20).outside, bands.outside)
    twice = counted(20) + bands
    assert np.array_equal(twice.outside[3], 2 * bands.outside[3])
    assert np.array_equal(twice.means("wounded_iraqi"), wounded)


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


def test_what_a_scenario_without_history_chooses_is_where_it_begins() -> None:
    """Catches choices of a first day that only the days after it know."""
    setting = declared.Setting(value=0.9)
    bare = replace(Scenario.load("restraint"), history=None)
    chosen = replace(bare, world={**bare.world, "initial_pressure": setting}).until(
        bare.start + timedelta(days=30)
    )
    found = ensemble.play([chosen], runs=2, uncertainty="none", keep=[1], bands=False)[0]
    world = World(chosen, seed=0, replication=1)
    assert world.government.pressure == 0.9
    assert np.array_equal(world.run().outcomes().astype(np.float32), found.kept[1])
    assert found.kept[1][0, OUTCOMES.index("pressure")] > 0.6


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
