"""Rivals that know quiet and violence: rates, spells, truces, and hidden states."""

from datetime import date, timedelta

import numpy as np
import pytest

from drawdown.declared.record import Interval, Series
from drawdown.evidence import regime_rivals as regime
from drawdown.evidence import rivals

VIOLENT, QUIET = date(2020, 7, 1), date(2020, 11, 1)
"""Within a spell of violence and one of quiet (record:regimes)."""


def row(start: date, days: int, count: float) -> Interval:
    return Interval(start, start + timedelta(days - 1), count, count, count)


def drawn(name: str, known: Series, out: Series, seed: int = 0, **how: object) -> np.ndarray:
    rival = rivals.named(**how)[name]  # type: ignore[arg-type]
    return rival(known, out, 4000, np.random.default_rng(seed))


KNOWN = Series((row(VIOLENT, 60, 12.0), row(QUIET, 60, 1.0)))


def test_each_rate_is_that_of_its_own_days() -> None:
    """Catches rates exchanged, and days of violence counted as quiet."""
    assert regime.violent_days(KNOWN.intervals[0]) == 60
    assert regime.violent_days(KNOWN.intervals[1]) == 0
    # The last nine days of September and the first nine of October 2020 are violent, no more.
    assert regime.violent_days(row(date(2020, 9, 22), 30, 0.0)) == 18
    quiet, violent = regime.two_rates(KNOWN, 4000, np.random.default_rng(1)).mean(axis=1)
    assert violent == pytest.approx(12 / 60, rel=0.15)
    assert quiet < 0.06
    assert (regime.two_rates(KNOWN, 500, np.random.default_rng(1))[0] < violent).all()


def test_what_is_known_of_the_first_day_is_used() -> None:
    """Catches a state that is not read, and one that is read of a later day."""
    after_violence, after_quiet = (
        Series((row(day, 14, 0.0),)) for day in (VIOLENT + timedelta(60), QUIET + timedelta(60))
    )
    loud = drawn("regimes_known", KNOWN, after_violence).mean()
    still = drawn("regimes_known", KNOWN, after_quiet).mean()
    unknown = drawn("regimes_unknown", KNOWN, after_violence).mean()
    assert loud > 2.0 * still
    assert still < unknown < loud
    alike = drawn("regimes_unknown", KNOWN, after_quiet).mean()
    assert unknown == pytest.approx(alike, rel=0.15)


def test_a_promise_makes_a_truce_until_its_date_and_not_before() -> None:
    """Catches a truce without a promise, one that never ends, one that is louder than violence."""
    start = date(2021, 8, 1)
    promise = date(2021, 9, 1), date(2022, 3, 1)
    months = Series(tuple(row(start + timedelta(30 * k), 30, 0.0) for k in range(20)))
    assert "regimes_truce" not in rivals.named()
    with_truce = drawn("regimes_truce", KNOWN, months, promise=promise).mean(axis=1)
    without = drawn("regimes_known", KNOWN, months).mean(axis=1)
    share = with_truce / without
    assert share[0] == pytest.approx(1.0, abs=0.1)
    assert (share[2:6] < 0.85).all()
    assert share[-4:].mean() > share[2:6].mean() + 0.08
    assert share.max() < 1.1


def test_a_truce_that_holds_runs_to_its_date_and_another_ends_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Catches the two exchanged, and a date that ends a truce which counts as kept."""
    priors = {"truce_chance": 1.0, "truce_closing": 0.5, "label_counts": 0.0, "residual_fire": 0.2}
    first = date(2021, 8, 1)
    promise = first + timedelta(30), first + timedelta(230)

    def left(**changed: float) -> np.ndarray:
        values = priors | changed
        monkeypatch.setattr(regime, "_prior", lambda name, n, _: np.full(n, values[name]))
        return regime._truce(promise, first, 400, 500, np.random.default_rng(1)).mean(axis=1)

    held, breached, kept = (
        left(truce_holds=1.0),
        left(truce_holds=0.0),
        left(truce_holds=1.0, label_counts=1.0),
    )
    assert (held[:30] == 1.0).all()
    assert held[30:230] == pytest.approx(0.2)
    assert held[260:].mean() > 0.99
    assert breached[225] > 0.9
    assert 0.4 < breached[130] < 0.8
    assert kept[30:] == pytest.approx(0.2)


def test_a_spell_that_has_lasted_long_lasts_on() -> None:
    """Catches a spell known to run that is taken for a new one."""
    old, young = (Series((row(day, 60, 0.0),)) for day in (date(2017, 1, 1), date(2019, 8, 1)))
    assert drawn("regimes_known", KNOWN, old).mean() < (
        0.75 * drawn("regimes_known", KNOWN, young).mean()
    )


def test_hidden_states_are_found_in_the_counts_around_a_stretch() -> None:
    """Catches a filter that forgets its history, and one that looks at the past alone."""
    months = [row(date(2020, 1, 1) + timedelta(30 * k), 30, 0.0) for k in range(12)]

    def seen(counts: list[float]) -> Series:
        return Series(
            tuple(row(i.start, 30, n) for i, n in zip(months, counts, strict=True) if n >= 0)
        )

    left_out = Series((months[5],))
    loud = seen([0, 0, 1, 9, 11, -1, 10, 12, 0, 1, 0, 0])
    still = seen([11, 9, 10, 0, 0, -1, 0, 1, 12, 9, 10, 11])
    high, low = (drawn("hidden_markov", known, left_out).mean() for known in (loud, still))
    assert high > 2.0 * low
    later = seen([0, 1, 0, 0, 1, -1, 11, 10, 12, 9, 11, 10])
    never = seen([0, 1, 0, 0, 1, -1, 0, 1, 0, 0, 1, 0])
    assert drawn("hidden_markov", later, left_out).mean() > 1.5 * (
        drawn("hidden_markov", never, left_out).mean()
    )


def test_half_of_the_paths_are_quiet_as_wholes() -> None:
    """Catches a coin tossed for every row."""
    months = Series(tuple(row(date(2021, 8, 1) + timedelta(30 * k), 30, 0.0) for k in range(12)))
    found = drawn("half_and_half", KNOWN, months)
    assert (found <= 3).all(axis=0).mean() > 0.3
    assert (found.sum(axis=0) > 25).mean() > 0.3


def test_a_rate_without_data_looks_at_none() -> None:
    out = Series((row(date(2021, 8, 1), 30, 0.0),))
    busy = Series((row(VIOLENT, 60, 90.0),))
    found = drawn("vague_rate", KNOWN, out)
    assert np.array_equal(found, drawn("vague_rate", busy, out))
    low, high = np.quantile(found, [0.05, 0.95])
    assert low <= 1.0
    assert high > 15.0
