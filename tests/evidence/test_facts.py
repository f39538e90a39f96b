"""The stylised facts: gates pass or fail with a reason on file, definitions are sound."""

from datetime import date, timedelta

import numpy as np
import pytest

from drawdown.declared import data_files
from drawdown.declared.columns import OUTCOMES, O
from drawdown.declared.scenario import Scenario
from drawdown.evidence import facts as table
from drawdown.evidence import record_run
from drawdown.evidence.facts import Fact
from drawdown.worlds.run import Run


@pytest.fixture(scope="module")
def facts() -> dict[str, Fact]:
    return {f.name: f for f in table.compute(Run(runs=400))}


@pytest.mark.long
def test_every_fact_is_computed(facts: dict[str, Fact]) -> None:
    assert list(facts) == [f"SF{i}" for i in range(1, 21)]
    for fact in facts.values():
        assert all(np.isfinite(n.value) for n in fact.numbers), fact.name


@pytest.mark.long
def test_what_fails_has_its_reason_on_file(facts: dict[str, Fact]) -> None:
    declared = data_files.load("patterns")
    failing = {n: [x.name for x in f.numbers if not x.inside] for n, f in facts.items()}
    assert {n: f for n, f in failing.items() if f} == {
        n: item["fails"] for n, item in declared.items() if "fails" in item
    }
    assert all("reason" in item for item in declared.values() if "fails" in item)


@pytest.mark.long
def test_no_gate_fails(facts: dict[str, Fact]) -> None:
    failing = {
        (f.name, n.name) for f in facts.values() if f.gate for n in f.numbers if not n.inside
    }
    assert failing == set()


@pytest.mark.long
def test_null_has_no_reaction_to_a_strike_but_its_politics(facts: dict[str, Fact]) -> None:
    # A strike costs authority, so policing, so a world may see one attack more in a week.
    assert abs(facts["SF7"].numbers[0].value) < 0.02


def test_a_fact_out_of_its_band_fails() -> None:
    judged = table._judge("SF3", {"fatal": 0.2})
    assert [n.inside for n in judged] == [False]
    judged = table._judge("SF3", {"fatal": float("nan")})
    assert [n.inside for n in judged] == [False]


def test_a_poisson_process_is_not_over_dispersed() -> None:
    # Negative test (i): 212 days at 0.25 a day, the median of the literature's table A1.
    daily = np.random.default_rng(1).poisson(0.25, (4000, 212)).astype(float)
    weekly = np.nanmedian(table._fano(table._windows(daily, 7)))
    monthly = np.nanmedian(table._fano(table._windows(daily, 28)))
    assert weekly == pytest.approx(0.98, abs=0.03)
    assert monthly == pytest.approx(0.91, abs=0.07)
    assert table._branching(np.random.default_rng(2).poisson(0.25, (200, 3653)) * 1.0) < 0.05


def test_episodes_end_with_three_days_of_calm() -> None:
    attacks, strikes = np.zeros(60), np.zeros(60)
    attacks[[1, 3, 10, 40]] = 1
    strikes[12] = 1
    # Days 1 to 3, day 10, day 40; the strike answers the first two.
    assert table._episodes(attacks, strikes) == (3, 1)
    assert table._episodes(np.zeros(5), np.zeros(5)) == (0, 0)


def test_the_exponent_of_a_power_law_is_found() -> None:
    k = np.arange(1, 51)
    p = k**-2.1 / (k**-2.1).sum()
    drawn = np.random.default_rng(3).choice(k, 4000, p=p).astype(float)
    assert table._exponent(drawn, 50) == pytest.approx(2.1, abs=0.08)


def test_the_longest_pause_is_found() -> None:
    assert table._longest_quiet(np.array([0, 0, 1, 0, 0, 0, 2])) == 3


# --- facts of days made by hand ---------------------------------------------------------------


class Made:
    """Days of one's own, as `table.Worlds` hands them to the facts."""

    few = 3

    def __init__(self, **days: np.ndarray) -> None:
        self.made = days

    def record(self, mode: str) -> np.ndarray:
        return self.made[mode]

    def unstruck(self, day: date) -> np.ndarray:
        return self.made[f"without_{day:%Y_%m}"]

    def scenario(self, name: str) -> np.ndarray:
        return self.made[name.replace("-", "_")]

    def long(self, fixed: bool) -> np.ndarray:
        return self.made["fixed" if fixed else "unfixed"]

    def drawn(self, name: str) -> np.ndarray:
        return self.made[name]

    def days(self, scenario: Scenario, runs: int | None = None, **held: float) -> np.ndarray:
        return self.made["violence" if held.get("violence_median") else "played"]


RECORD = record_run.scenario()


def random_days(item: Scenario, seed: int, worlds: int = 3) -> np.ndarray:
    """Return days on which every outcome is a small number, none like another."""
    rng = np.random.default_rng(seed)
    return rng.poisson(1.0, (worlds, item.days, len(OUTCOMES))).astype(float)


def counted(days: np.ndarray, item: Scenario, outcome: str, begin: date, end: date) -> np.ndarray:
    """Return sums from one day to another, both included, world by world."""
    found = np.zeros(len(days))
    day = begin
    while day <= end:
        found += days[:, (day - item.start).days, OUTCOMES.index(outcome)]
        day += timedelta(days=1)
    return found


def fact(name: str, **days: np.ndarray) -> dict[str, float]:
    values = table.FACTS[name](Made(**days))  # type: ignore[arg-type]
    return {k: float(v) for k, v in values.items()}


def test_counts_of_2021_are_those_of_their_days() -> None:
    """Catches windows a day short: to 6 June there are 157 days, from 7 June to 31 July 55."""
    days = random_days(RECORD, 1)
    new_year = date(2021, 1, 1)
    june = counted(days, RECORD, "reported_press", new_year, date(2021, 6, 6))
    july = counted(days, RECORD, "reported_press", new_year, date(2021, 7, 7))
    late = counted(days, RECORD, "reported_press", date(2021, 6, 7), date(2021, 7, 31))
    found = fact("SF1", conditioned=days)
    assert found == pytest.approx(
        {
            "day_157_low": np.quantile(june, 0.05),
            "day_157_high": np.quantile(june, 0.95),
            "day_188_low": np.quantile(july, 0.05),
            "day_188_high": np.quantile(july, 0.95),
            "rate_early": june.mean() / 157,
            "rate_late": late.mean() / 55,
        }
    )
    press, drones, foreign = (
        counted(days, RECORD, o, new_year, date(2021, 7, 7)).sum()
        for o in ("reported_press", "attacks_drone", "attacks_foreign")
    )
    assert fact("SF2", conditioned=days) == pytest.approx(
        {"rockets": (foreign - drones) / press, "drones": drones / press}
    )
    official, press = (
        counted(days, RECORD, o, date(2021, 4, 1), date(2021, 6, 30)).sum()
        for o in ("reported_official", "reported_press")
    )
    assert fact("SF19", conditioned=days) == pytest.approx({"ratio": official / press})


def test_a_strikes_quotient_is_with_it_over_without_it() -> None:
    """Catches a quotient turned over, and a window that has the strike's own day in it."""
    struck, feb, june = (random_days(RECORD, k) for k in (1, 2, 3))
    ratios = []
    for day, without in ((date(2021, 2, 25), feb), (date(2021, 6, 27), june)):
        first, last = day + timedelta(days=1), day + timedelta(days=30)
        a, b = (counted(x, RECORD, "attacks_foreign", first, last).sum() for x in (struck, without))
        ratios.append(a / b)
    made = {"conditioned": struck, "without_2021_02": feb, "without_2021_06": june}
    drawn = np.linspace(0.5, 1.5, 101)
    found = fact("SF8", strike_rate_ratio=drawn, **made)
    assert found == pytest.approx(
        {"measured": np.mean(ratios), "drawn_low": 0.55, "drawn_high": 1.45}
    )
    # Within the week that follows a strike: days 26 February to 4 March.
    quiet = np.zeros_like(struck)
    busy = quiet.copy()
    busy[:2, (date(2021, 3, 4) - RECORD.start).days, O.attacks_foreign] = 1.0
    assert fact("SF7", **{**made, "conditioned": busy, "without_2021_02": quiet}) == {
        "difference": pytest.approx(2 / 3)
    }
    for day in (date(2021, 2, 25), date(2021, 3, 5)):
        beside = quiet.copy()
        beside[:, (day - RECORD.start).days, O.attacks_foreign] = 1.0
        found = fact("SF7", **{**made, "conditioned": beside, "without_2021_02": quiet})
        assert found == {"difference": 0.0}


def test_an_answer_comes_within_fourteen_days_of_a_death() -> None:
    """Catches a shorter window, and lags that are not counted from the death."""
    days = np.zeros((1, 105, len(OUTCOMES)))
    days[:, 5:, O.attacks_foreign] = 1.0
    for death, strike in ((10, 24), (50, 65)):
        days[0, 5 + death, O.dead_us] = 1.0
        days[0, 5 + strike, O.strikes] = 1.0
    found = fact("SF5", free=days)
    # The second strike comes a day too late: unprovoked, on 98 attacks without dead.
    assert found == pytest.approx({"given_death": 0.5, "given_none": 1 / 98, "ratio": 0.5 * 98})
    assert fact("SF6", free=days) == {"median": 14.0, "q95": 14.0}
    days[0, 5 + 12, O.strikes] = 1.0
    assert fact("SF6", free=days)["median"] == 2.0
    assert fact("SF3", conditioned=days) == {"fatal": pytest.approx(2 / 100)}


def test_a_withdrawal_is_compared_with_presence_before_and_after() -> None:
    """Catches sides, windows and kinds of attacks exchanged."""
    item = Scenario.load("full-withdrawal")
    leaving, staying = random_days(item, 4, 40), random_days(item, 5, 40)
    found = fact("SF15", full_withdrawal=leaving, sustained_presence=staying)

    def total(days: np.ndarray, outcome: str, begin: date, end: date) -> np.ndarray:
        return counted(days, item, outcome, begin, end)

    before = (date(2021, 10, 1), date(2022, 12, 31))
    after = (date(2023, 1, 15), date(2024, 1, 26))
    a, b = (total(x, "attacks_diplomatic", *after) for x in (leaving, staying))
    c, d = (total(x, "attacks_state", *after) for x in (leaving, staying))
    announced = total(leaving, "attacks_foreign", *before).sum()
    assert found == pytest.approx(
        {
            "announced": announced / total(staying, "attacks_foreign", *before).sum(),
            "after_diplomats": (a > b).mean(),
            "after_with_state": (a + c > b + d).mean(),
        }
    )
    e, f = (total(x, "attacks_foreign", *after).sum() for x in (leaving, staying))
    assert fact("SF16", full_withdrawal=leaving, sustained_presence=staying) == pytest.approx(
        {
            "fall": 100 * (e / f - 1),
            "state_share_rise": c.sum() / (c.sum() + e) - d.sum() / (d.sum() + f),
        }
    )


def test_doubt_and_rounds_are_looked_at_on_their_days() -> None:
    usual = Scenario.load("sustained-presence")
    told, without = random_days(usual, 6), random_days(usual, 7)

    def ratio(begin: date, end: date) -> float:
        a, b = (counted(x, usual, "attacks_foreign", begin, end).sum() for x in (told, without))
        return float(a / b)

    found = fact("SF14", played=told, sustained_presence=without)
    assert found == pytest.approx(
        {
            "first_30": 100 * (ratio(date(2022, 3, 1), date(2022, 3, 30)) - 1),
            "after_45": 100 * abs(ratio(date(2022, 4, 15), date(2022, 5, 15)) - 1),
        }
    )
    days = random_days(RECORD, 8)
    rounds = [e.date for e in RECORD.events if e.what == "dialogue_round"]
    near: list[float] = []
    other: list[float] = []
    for k in range(RECORD.days):
        day = RECORD.start + timedelta(days=k)
        attacks = days[:, k, O.attacks_foreign].tolist()
        if any(1 <= (one - day).days <= 28 for one in rounds):
            near += attacks
        elif not date(2020, 10, 10) <= day <= date(2021, 2, 14):
            other += attacks
    assert fact("SF18", conditioned=days) == pytest.approx(
        {"ratio": np.mean(near) / np.mean(other)}
    )


def test_quiet_under_an_order_needs_sixty_days_without_attacks() -> None:
    days = np.zeros((1, 300, len(OUTCOMES)))
    days[0, :, O.attacks_foreign] = 1.0
    for begin, end, calm in ((10, 80, 65), (90, 160, 60), (170, 240, 59), (250, 300, 50)):
        days[0, begin:end, O.quiet] = 1.0
        days[0, begin : begin + calm, O.attacks_foreign] = 0.0
    calm = np.zeros((4, 300, len(OUTCOMES)))
    calm[:, :212, O.attacks_foreign] = 1.0
    calm[0, 20:80, O.attacks_foreign] = 0.0
    calm[1, 20:79, O.attacks_foreign] = 0.0
    calm[2, :212, O.attacks_foreign] = 0.0
    # An order that has not ended is not looked at; a world with few attacks neither.
    assert fact("SF17", played=days, violence=calm) == pytest.approx(
        {"orders": 2 / 3, "otherwise": 1 / 3}
    )


def test_support_is_measured_where_few_and_where_many_died() -> None:
    days = np.zeros((2, 730, len(OUTCOMES)))
    days[:, :, O.us_support] = 50.0
    days[0, -90:, O.us_support] = 48.0
    days[1, -90:, O.us_support] = 30.0
    days[1, 0, O.dead_us] = 7.0
    tail = np.zeros((2, 730, len(OUTCOMES)))
    tail[:, :, O.us_support] = 45.0
    tail[0, 5, O.dead_us], tail[1, 5, O.dead_us] = 30.0, 29.0
    tail[0, 300, O.us_support] = 20.0
    assert fact("SF20", sustained_presence=days, played=tail) == {
        "few_dead": 2.0,
        "many_dead": 30.0,
    }


def test_fatal_incidents_are_less_even_where_their_dispersion_is_lower() -> None:
    days = np.zeros((4, 280, len(OUTCOMES)))
    days[:2, ::28, O.dead_us] = 1.0
    days[:2, :28, O.attacks_foreign] = 1.0
    days[2, :5, O.dead_coalition] = 1.0
    days[2, ::28, O.attacks_foreign] = 1.0
    # In the last world nobody dies: it says nothing.
    days[3, :28, O.attacks_foreign] = 1.0
    assert fact("SF12", unfixed=days) == {"share": pytest.approx(2 / 3)}


def test_weeks_follow_each_other_as_their_autocorrelation_says() -> None:
    rng = np.random.default_rng(4)
    days = np.zeros((5, 3653, len(OUTCOMES)))
    days[:, :, O.attacks_foreign] = rng.poisson(0.4, (5, 3653))
    weeks = days[:, : 521 * 7, O.attacks_foreign].reshape(5, 521, 7).sum(axis=2)

    def correlation(lag: int) -> float:
        each = []
        for row in weeks:
            away = row - row.mean()
            each.append((away[lag:] * away[:-lag]).mean() / (away**2).mean())
        return float(np.mean(each))

    assert fact("SF11", fixed=days) == pytest.approx(
        {"lag_1": correlation(1), "beyond": max(abs(correlation(k)) for k in range(7, 13))}
    )


def test_structures_are_taken_together_as_the_fact_says() -> None:
    values = {"deter": {"fatal": 1.0}, "neutral": {"fatal": 2.0}, "provoke": {"fatal": 6.0}}
    assert table._together("SF3", values) == {"fatal": 3.0}
    ranged = {
        s: {"measured": m, "drawn_low": m / 2, "drawn_high": 2 * m}
        for s, m in (("deter", 0.5), ("neutral", 1.0), ("provoke", 1.5))
    }
    assert table._together("SF8", ranged) == {
        "measured_low": 0.5,
        "measured_high": 1.5,
        "drawn_low": 0.25,
        "drawn_high": 3.0,
    }


def test_facts_reject_and_mechanisms_fail_by_name() -> None:
    """Catches a structure that passes among those rejected, and a fact that fails anyway."""
    good, bad = (table.Number("x", 1.0, inside) for inside in (True, False))
    one = Fact("SF3", (good, bad), {"deter": (good,), "provoke": (good, bad)}, "gate")
    assert one.rejects() == ["provoke"]
    assert one.gate
    assert not one.passed
    gap, total = "2018-2021:longest_gap", "2018-2021:total"
    assert {gap, total} < set(table.JUDGES)
    fails = {
        "base": ("SF1", f"{gap}/patron"),
        "vote": ("SF1", "SF2", f"{gap}/patron", f"{gap}/rivalry"),
        "deter": ("SF3", f"{total}/patron"),
    }
    found = table.Ablations(tuple(fails), fails, 1, 0)
    assert found.only_here("vote") == ("SF2", f"{gap}/rivalry")
    assert found.only_here("deter") == ("SF3", f"{total}/patron")
    known = ("SF1", "SF2", "SF3", gap, total)
    assert found.idle() == tuple(f for f in table.JUDGES if f not in known)
    # A structure alone is no mechanism, and a motive that fails anyway judges none.
    judged = found.judged()
    assert judged["SF2"] == judged[gap] == ("vote",)
    assert judged["SF3"] == judged[total] == judged["SF1"] == ()
