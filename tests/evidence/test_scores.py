"""Proper scores and the rival forecasts, on distributions whose scores are known."""

from datetime import date, timedelta
from math import log

import numpy as np
import pytest
from scipy.stats import poisson

from drawdown.declared.language import LANGUAGES, Language
from drawdown.declared.record import Interval, Series
from drawdown.evidence import rivals, scores
from drawdown.views.evidence import told_added

START = date(2020, 1, 1)


def series(counts: list[float], days: int = 30) -> Series:
    found = []
    for k, count in enumerate(counts):
        start = START + timedelta(days=k * days)
        found.append(Interval(start, start + timedelta(days=days - 1), count, count, count))
    return Series(tuple(found))


def draws_of(mean: float, rows: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean, (rows, 4000)).astype(float)


def test_crps_is_that_of_the_distribution() -> None:
    # Sum over k of (F(k) - 1{k >= y})^2.
    k = np.arange(200)
    exact = ((poisson.cdf(k, 6.0) - (k >= 9)) ** 2).sum()
    found = scores.score("a", draws_of(6.0, 1), series([9.0]))
    assert found.crps[0] == pytest.approx(exact, rel=0.03)


def test_log_score_is_that_of_the_distribution() -> None:
    found = scores.score("a", draws_of(6.0, 1), series([9.0]))
    assert found.log_score[0] == pytest.approx(-log(poisson.pmf(9, 6.0)), abs=0.1)


def test_no_count_has_probability_zero() -> None:
    found = scores.score("a", draws_of(1.0, 1), series([40.0]))
    assert np.isfinite(found.log_score[0])
    assert np.isfinite(found.views_ignorance[0])


def test_a_row_between_low_and_high_is_scored_against_what_lies_between() -> None:
    start, end = START, START + timedelta(days=29)
    wide = Series((Interval(start, end, 6.0, 2.0, 20.0),))
    values = scores.truths(wide)[0]
    assert len(values) == scores.TRUTHS
    assert values.min() < 3
    assert values.max() > 15
    assert np.median(values) == 6.0
    one = draws_of(6.0, 1)
    found = scores.score("a", one, wide).crps[0]
    by_hand = np.mean([scores.score("a", one, series([v])).crps[0] for v in values])
    assert found == pytest.approx(by_hand)
    assert (scores.truths(series([6.0])) == 6.0).all()


def test_interval_score_adds_what_lies_outside() -> None:
    inside = scores.score("a", draws_of(6.0, 1), series([6.0]))
    outside = scores.score("a", draws_of(6.0, 1), series([30.0]))
    assert inside.interval_score[0] == inside.width
    assert outside.interval_score[0] == pytest.approx(
        outside.width + 2 / 0.1 * (30.0 - outside.high[0])
    )


def test_a_calibrated_forecast_has_a_flat_pit_and_an_overconfident_one_a_u() -> None:
    generator = np.random.default_rng(4)
    counts = generator.poisson(20.0, 400).astype(float).tolist()
    flat = scores.score("a", draws_of(20.0, 400, seed=5), series(counts)).pit.mean(axis=0)
    assert flat == pytest.approx(np.full(scores.PIT_BINS, 0.1), abs=0.05)
    sure = np.full((400, 100), 20.0) + np.random.default_rng(6).integers(-1, 2, (400, 100))
    u_shaped = scores.score("a", sure, series(counts)).pit.mean(axis=0)
    assert u_shaped[0] + u_shaped[-1] > 0.5


def test_the_better_forecast_has_skill_and_the_worse_one_has_not() -> None:
    counts = np.random.default_rng(8).poisson(6.0, 60).astype(float).tolist()
    good = scores.score("good", draws_of(6.0, 60), series(counts))
    bad = scores.score("bad", draws_of(15.0, 60), series(counts))
    assert scores.paired_skill(good, bad).verdict == "wins"
    assert scores.paired_skill(bad, good).verdict == "loses"
    same = scores.paired_skill(good, scores.score("same", draws_of(6.0, 60, 9), series(counts)))
    assert same.verdict == "tie"


@pytest.mark.parametrize(
    "name", ["poisson", "negative_binomial", "last_window", "hawkes", "conflictology"]
)
def test_rivals_keep_to_the_rate_they_saw(name: str) -> None:
    past = series([6.0, 5.0, 7.0, 6.0, 4.0, 8.0, 6.0, 6.0, 5.0, 7.0, 6.0, 6.0])
    start = past.intervals[-1].end + timedelta(days=1)
    future = Series((Interval(start, start + timedelta(days=59), 0, 0, 0),))
    drawn = rivals.RIVALS[name](past, future, 4000, np.random.default_rng(1))
    assert drawn.shape == (1, 4000)
    assert drawn.mean() == pytest.approx(12.0, rel=0.12)


def test_few_rows_have_no_interval_of_skill() -> None:
    counts = [5.0, 6.0, 4.0]
    good = scores.score("good", draws_of(5.0, 3), series(counts))
    bad = scores.score("bad", draws_of(25.0, 3), series(counts))
    found = scores.paired_skill(good, bad)
    assert found.skill > 0.5
    assert np.isnan(found.low)
    assert found.verdict == "tie"


def test_rivals_see_how_uneven_the_past_was() -> None:
    even = series([6.0] * 12)
    uneven = series([1.0, 2.0, 20.0, 1.0, 0.0, 2.0, 18.0, 15.0, 1.0, 0.0, 2.0, 10.0])
    start = even.intervals[-1].end + timedelta(days=1)
    future = Series((Interval(start, start + timedelta(days=29), 0, 0, 0),))
    for name in ("negative_binomial", "hawkes"):
        narrow, wide = (
            rivals.RIVALS[name](past, future, 4000, np.random.default_rng(2)).std()
            for past in (even, uneven)
        )
        assert wide > 1.4 * narrow, name


def test_the_last_window_looks_at_the_end_only() -> None:
    past = series([50.0] * 9 + [2.0] * 3)
    start = past.intervals[-1].end + timedelta(days=1)
    future = Series((Interval(start, start + timedelta(days=29), 0, 0, 0),))
    drawn = rivals.last_window(past, future, 4000, np.random.default_rng(3))
    assert drawn.mean() == pytest.approx(2.2, rel=0.2)


def _regimes(paths: int, rows: int, generator: np.random.Generator) -> np.ndarray:
    """Return counts whose rate holds for five rows at a time: what one path shows is few draws."""
    rates = generator.choice([2.0, 12.0], (rows // 5 + 1, paths)).repeat(5, axis=0)[:rows]
    return generator.poisson(rates).astype(float)


@pytest.mark.long
def test_the_interval_of_a_skill_covers_what_other_paths_would_show() -> None:
    """Catches an interval over resampled rows: it covered two thirds of such paths."""
    rows, generator = 15, np.random.default_rng(11)
    model, flat = _regimes(800, rows, generator), draws_of(7.0, rows, 3)[:, :800]

    def pair(counts: np.ndarray) -> tuple[scores.Scores, scores.Scores]:
        seen = series(counts.tolist())
        return scores.score("model", model, seen), scores.score("flat", flat, seen)

    found = []
    for path in _regimes(80, rows, generator).T:
        found.append(scores.paired_skill(*pair(path)))
    expected = np.mean([one.skill for one in found])
    inside = np.mean([one.low <= expected <= one.high for one in found])
    # It covers whichever of the two forecasts made the path, so more than nine in ten.
    assert inside >= 0.85, inside
    assert np.median([one.high - one.low for one in found]) < 0.8


@pytest.mark.parametrize("kind", scores.SCORES)
def test_rows_of_one_count_alone_have_a_skill(kind: str) -> None:
    """Catches a score that the library gives as a number where all draws are one value."""
    quiet = scores.score("quiet", np.zeros((8, 100)), series([2.0] * 8))
    assert scores.paired_skill(quiet, quiet, kind).skill == 0.0


def test_a_path_is_scored_as_a_whole() -> None:
    """Catches scores of a path that are scores of its rows: the same rows in another order."""
    generator = np.random.default_rng(5)
    draws = _regimes(3000, 15, generator)
    together = [0.0] * 5 + [12.0] * 5 + [0.0] * 5
    apart = [0.0, 12.0, 0.0] * 5
    a, b = (
        scores.path_scores(scores.score("model", draws, series(c)), series(c))
        for c in (together, apart)
    )
    assert a.seen["total"] == b.seen["total"] == 60.0
    assert a.seen["longest_quiet"] == 150.0
    assert b.seen["longest_quiet"] == 60.0
    assert a.seen["quiet_rows"] == 10.0
    assert a.seen["loud_rows"] == 5.0
    assert a.seen["busiest"] == 12.0
    assert a.values["variogram"] < b.values["variogram"]
    assert a.values["energy"] < b.values["energy"]
    assert set(a.values) == set(scores.PATH_SCORES)


def test_busy_months_alone_count_above_the_threshold() -> None:
    def busy_crps(count: float) -> float:
        seen = series([count] * 6)
        found = scores.path_scores(scores.score("a", draws_of(2.0, 6), seen), seen)
        return found.values["busy_crps"]

    assert busy_crps(3.0) < 0.05 < 2.0 < busy_crps(9.0)


def test_conflictology_is_the_past_year() -> None:
    past = series([90.0] * 12 + [6.0] * 12)
    start = past.intervals[-1].end + timedelta(days=1)
    future = Series((Interval(start, start + timedelta(days=29), 0, 0, 0),))
    drawn = rivals.conflictology(past, future, 500, np.random.default_rng(1))
    assert drawn.max() <= 90.0
    assert np.median(drawn) == 6.0


def test_hawkes_reads_a_left_out_stretch_off_its_own_record() -> None:
    whole = series([6.0] * 12)
    rest = Series((*whole.intervals[:5], *whole.intervals[7:]))
    out = Series(whole.intervals[5:7])
    drawn = rivals.hawkes_elsewhere(rest, out, 2000, np.random.default_rng(1))
    assert drawn.shape == (2, 2000)
    assert drawn.mean() == pytest.approx(6.0, rel=0.2)


def test_what_agents_add_is_said_of_rows_and_of_paths() -> None:
    """Catches a path's skill that is that of its rows, a rival for the model, a sign turned."""
    generator = np.random.default_rng(6)
    rows = 15
    whole = _regimes(1500, rows, generator)
    apart = np.stack([row[generator.permutation(1500)] for row in whole])
    counts = _regimes(1, rows, generator)[:, 0].tolist()
    seen = series(counts)
    model, rival = (scores.score(n, d, seen) for n, d in (("model", whole), ("rival", apart)))
    found = scores.added(model, (rival,), seen)
    assert set(found) == {"crps", *scores.PATH_SKILLS}
    # The rows' distributions are the same; only the paths know that neighbours go together.
    assert found["crps"][0].skill == pytest.approx(0.0, abs=1e-9)
    for kind in scores.PATH_SKILLS:
        ours, theirs = (scores.path_scores(one, seen).values[kind] for one in (model, rival))
        skill = found[kind][0]
        assert skill.rival == "rival"
        assert skill.skill == pytest.approx(1 - ours / theirs, abs=0.06), kind
        assert skill.low < skill.skill < skill.high
        assert scores.path_skill(rival, model, kind, seen).skill * skill.skill <= 0.0


def test_an_energy_score_is_the_librarys_on_every_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches the part that is the same for all paths with a wrong sign, a median for a mean."""
    import scoringrules

    monkeypatch.setattr(scores, "PATHS", 30)

    seen = series([4.0] * 8)
    model = scores.score("a", draws_of(6.0, 8), seen)
    other = scores.score("b", draws_of(3.0, 8, seed=2), seen)
    thin = [one.draws[:, :: max(1, one.draws.shape[1] // 1000)].T for one in (model, other)]
    by_hand = 1 - np.divide(*(scoringrules.es_ensemble(seen.counts, d) for d in thin))
    found = scores.path_skill(model, other, "energy", seen)
    assert found.skill == pytest.approx(by_hand)
    generator, apart = np.random.default_rng(0), []
    for truth in (model, other):
        paths = truth.draws[:, generator.integers(0, truth.draws.shape[1], 30)].T
        each = [[scoringrules.es_ensemble(path, d) for path in paths] for d in thin]
        skills = 1 - np.divide(*np.array(each))
        apart.append(skills - skills.mean())
    low, high = np.quantile(np.concatenate(apart), [0.05, 0.95])
    assert (found.low, found.high) == pytest.approx((by_hand - high, by_hand - low), abs=1e-6)


@pytest.mark.parametrize("code", LANGUAGES)
def test_over_which_rivals_agents_add_is_said_in_words(code: str) -> None:
    """Catches a rival on the wrong side, and a word that is no word."""
    verdicts = {"hawkes": (0.1, 0.3), "poisson": (-0.3, -0.1), "last_window": (-0.1, 0.1)}

    def skills(*rivals_of: str) -> tuple[scores.Skill, ...]:
        return tuple(
            scores.Skill(name, sum(verdicts[name]) / 2, *verdicts[name]) for name in rivals_of
        )

    language = Language(code)
    name = {rival: language.word("evidence", rival) for rival in verdicts}
    told = told_added(
        {
            "crps": skills("hawkes", "poisson", "last_window"),
            "energy": skills("last_window"),
            "total": skills("poisson"),
            "longest_quiet": skills("last_window"),
        },
        language,
    )
    # Two of rows, one that nothing is added on the path, one of what its total loses.
    assert len(told) == 4
    assert name["hawkes"] in told[0]
    assert name["poisson"] in told[1]
    assert not any(rival in told[2] for rival in name.values())
    assert name["poisson"] in told[3]
    assert not any("added_" in line or name["last_window"] in line for line in told)
    few = (scores.Skill("hawkes", 0.4, float("nan"), float("nan")),)
    kinds = ("crps", *scores.PATH_SKILLS)
    (told_few,) = told_added(dict.fromkeys(kinds, few), language)
    assert language.word("evidence", "added_few") in told_few
