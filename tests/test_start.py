"""Where a run begins: in the spell that the record dates, in every engine, for any start."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from drawdown.day.plan import build
from drawdown.day.world import World
from drawdown.declared.columns import PLAN, O, S
from drawdown.declared.errors import InputError
from drawdown.declared.record import Interval, Series
from drawdown.declared.scenario import RECORD, Scenario
from drawdown.declared.scenario_file import SPELLS
from drawdown.evidence import record_run
from drawdown.evidence.regimes import regimes
from drawdown.questions.compare import compare
from drawdown.rules import patron
from drawdown.worlds import ensemble
from drawdown.worlds.run import Run

HEAD = "title: {en: x, ar: x}\nquestion: {en: x, ar: x}\nextends: sustained-presence\n"
STARTS = [
    ("2020-05-01", 0.0),
    ("2020-08-15", 1.0),
    ("2020-12-01", 0.0),
    # What the record says to the evening before: the salvo of 15 February is not yet known.
    ("2021-02-15", 0.0),
    ("2021-02-16", 1.0),
    ("2021-07-26", 1.0),
]


def begun(place: Path, text: str) -> Scenario:
    path = place / "own.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return Scenario.load(path)


def test_the_record_run_dates_the_spells_of_the_table() -> None:
    """Catches a spell that is a day too long, of the other kind, or not of the table."""
    item = Scenario.load(RECORD)
    told = [(e.what, e.date, e.until) for e in item.events if e.what in SPELLS]
    found = []
    for violent, rows in groupby(regimes(), key=lambda row: row.violent):
        several = list(rows)
        if several[-1].end >= item.start:
            found.append(("violence" if violent else "quiet", several[0].start, several[-1].end))
    assert told == found
    days = build(item)[:, PLAN.index("spell_days")]
    assert (days != 0.0).all()
    assert days[0] == (item.start - told[0][1]).days + 1
    assert days[(date(2020, 10, 10) - item.start).days] == -1.0
    anew = build(item)[:, PLAN.index("spell_anew")]
    assert anew[(date(2021, 7, 5) - item.start).days - 1 :][:3].tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(("start", "violent"), STARTS)
def test_worlds_begin_in_the_spell_that_the_record_dates(
    tmp_path: Path, start: str, violent: float
) -> None:
    """Catches a past that leaves the spell to chance, or takes it from the day after."""
    first = date.fromisoformat(start)
    item = begun(tmp_path, f"start: {start}\nend: {first + timedelta(days=60)}\n")
    for structure in ("deter", "neutral", "provoke"):
        run = Run(runs=64, structure=structure, uncertainty="prior", bands=False)
        found = ensemble.play([item], run)[0]
        assert found.outcome("violent_at_start").tolist() == [violent] * 64
    world = World(item, seed=0, replication=3, structure="provoke", uncertainty="prior")
    state = world.export_state()
    world.step()
    assert world.w.quiet == 1.0 - violent
    left = state[S.campaign_days if violent else S.order_days]
    other = state[S.order_days if violent else S.campaign_days]
    assert other == 0.0
    assert left >= 1.0


def test_the_past_before_a_start_is_as_dated_as_the_start(tmp_path: Path) -> None:
    """Catches a spell that is set on the last evening alone, after months that contradict it."""
    past = Scenario.load(RECORD).until(date(2021, 7, 25))
    nature = Run(runs=32, structure="neutral").drawn()
    first = (date(2021, 2, 15) - past.start).days

    def reduce(daily: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        quiet = daily[:, O.quiet]
        return np.vstack([quiet[first:].mean(axis=0), quiet[first - 128 : first].mean(axis=0)])

    _, found = ensemble.live(ensemble.begin(range(32), nature), past, 0, reduce)
    assert found[0].tolist() == [0.0] * 32
    assert found[1].tolist() == [1.0] * 32


def test_what_is_left_of_a_spell_is_drawn_given_how_long_it_has_lasted() -> None:
    """Catches a whole new length for a spell that has lasted half a year already."""
    u = (np.arange(4000) + 0.5) / 4000
    whole = np.array([patron.spell_length(x, 97.0, 0.6) for x in u])
    for lasted in (21.0, 162.0):
        left = np.array([patron.left(x, lasted, 97.0, 0.6) for x in u])
        later = whole[whole > lasted] - lasted
        assert np.median(left) == pytest.approx(np.median(later), abs=2.0)
        assert np.quantile(left, 0.9) == pytest.approx(np.quantile(later, 0.9), rel=0.02)
    assert patron.lasted(162.0, 21.0, 1.0) == 21.0


def test_how_old_the_last_spell_is_decides_how_soon_it_ends() -> None:
    """Catches a switch that moves nothing, or the other way: a young spell ends sooner."""
    rates = []
    for anew in (0.0, 1.0):
        found = compare(
            "sustained-presence",
            runs=300,
            structure="neutral",
            parameters={"spell_counted_anew": anew},
            bands=False,
        )
        rates.append(found.level("sustained-presence", "neutral", "tempo_first_half_year"))
    assert rates[1].mean < rates[0].mean
    assert rates[1].mean > 0.8 * rates[0].mean


def test_a_spell_of_ones_own_is_dated_in_a_file(tmp_path: Path) -> None:
    """Catches a dated spell that a cold start forgets, and one that ends with its last day."""
    text = (
        "history: none\nstart: 2022-03-01\nend: 2022-12-31\n"
        "events: [{date: 2021-12-01, what: %s, until: 2022-03-10}]\n"
    )
    for what, violent in (("violence", 1.0), ("quiet", 0.0)):
        item = begun(tmp_path, text % what)
        item = replace(item, events=tuple(e for e in item.events if e.what in SPELLS))
        assert build(item)[0, PLAN.index("spell_days")] == (91.0 if violent else -91.0)
        run = Run(runs=64, structure="neutral", bands=False, keep=range(64))
        found = ensemble.play([item], run)[0]
        assert found.outcome("violent_at_start").tolist() == [violent] * 64
        after = np.array([found.kept[k][10, O.quiet] for k in range(64)])
        assert (after == 1.0 - violent).mean() > 0.9


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("{date: 2021-01-01, what: violence, until: 2021-07-25}", "2021-07-25 is outside the run"),
        ("{date: 2021-01-01, what: violence}", "a violence needs 'until'"),
        ("{date: 2021-08-01, what: truce, until: 2021-09-01, anew: 2021-08-10}", "'anew' belongs"),
        (
            "{date: 2021-08-01, what: quiet, until: 2021-09-01, anew: 2021-10-01}",
            "must lie after 'date' and not after 'until'",
        ),
        ("{date: 2021-01-01, what: truce, until: 2021-09-01}", "2021-01-01 is outside the run"),
    ],
)
def test_a_spell_that_cannot_be_is_refused(tmp_path: Path, event: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        begun(tmp_path, f"events: [{event}]\n")


def test_counts_that_contradict_a_spell_are_told_with_their_days() -> None:
    """Catches the two sides swapped, and a sentence about counts that fit."""

    def series(first: str, last: str, count: float) -> Series:
        days = date.fromisoformat(first), date.fromisoformat(last)
        return Series((Interval(*days, count, count, count),))

    few = series("2021-05-01", "2021-06-30", 2.0)
    many = series("2020-11-01", "2020-12-31", 20.0)
    assert (
        "2021-05-01 to 2021-06-30: 2 to 2 attacks in 61 days, fewer than 3 a month"
        in (record_run.contradictions(few)[0])
    )
    assert (
        "more than 3 a month, where the record dates quiet (2020-10-10 to 2021-02-14)"
        in (record_run.contradictions(many)[0])
    )
    # The last weeks contradict the start, though the whole spell does not.
    late = Series(
        (
            *series("2021-03-01", "2021-05-31", 24.0).intervals,
            *series("2021-06-01", "2021-07-25", 0.0).intervals,
        )
    )
    assert [s[:24] for s in record_run.contradictions(late)] == ["2021-06-06 to 2021-07-25"]
    for fits in (series("2021-05-01", "2021-06-30", 12.0), series("2020-11-01", "2020-12-31", 2.0)):
        assert record_run.contradictions(fits) == ()
    assert record_run.contradictions(record_run.attack_intervals()) == ()


def test_left_out_parts_of_the_record_are_predicted_without_its_spells() -> None:
    """Catches a cross-validation that is told when it was quiet."""
    with record_run.untold():
        assert not [e for e in record_run.scenario().events if e.what in SPELLS]
    assert [e for e in record_run.scenario().events if e.what in SPELLS]
