"""Parts of a run, held against the daily series, and against plans laid out by hand."""

import itertools
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from drawdown.day.phases import (
    AFTER,
    COUNTED,
    HALF_YEAR,
    KINDS,
    OUTCOMES_OF_PHASE,
    RUNNING,
    STOPS,
    WHOLE,
    Phase,
    running,
)
from drawdown.day.world import FactionAgent
from drawdown.declared.columns import PLAN, O
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.declared.scenario import Scenario
from drawdown.questions.compare import POOLED, compare, simulate
from drawdown.questions.phases import between, half_years
from drawdown.views import tables
from drawdown.worlds import ensemble

BASE = Scenario.load("sustained-presence")
HEAD = "title: {en: x, ar: x}\nquestion: {en: x, ar: x}\nextends: sustained-presence\n"


def written(place: Path, name: str, text: str) -> Scenario:
    path = place / f"{name}.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return Scenario.load(path)


def dates(found: tuple[Phase, ...]) -> list[tuple[str, str, str]]:
    return [(p.name, f"{p.first}", f"{p.last}") for p in found]


WRITTEN = [
    # A promise that ends later than the last soldier leaves.
    (
        "policy: {posture: {combat: {2022-01-01: 936, 2022-03-01: 0}}}\n"
        "events: [{date: 2021-09-01, what: concession, until: 2022-06-30}]\n",
        [("2021-09-01", "2022-06-30"), ("2022-07-01", "2023-06-30")],
    ),
    # A ramp alone: the day after it begins is the first that differs.
    (
        "policy: {posture: {advisers: {2022-01-01: 1564, 2023-12-31: 500}}}\n",
        [("2022-01-02", "2023-12-31"), ("2024-01-01", "2024-01-26")],
    ),
    # An order counts until its last day.
    (
        "events: [{date: 2021-11-01, what: order, until: 2022-01-31}]\n",
        [("2021-11-01", "2022-01-31"), ("2022-02-01", "2023-01-31")],
    ),
    # Still running when the run ends.
    (
        "policy: {posture: {combat: {2023-01-01: 936, 2024-01-26: 0}}}\n",
        [("2023-01-02", "2024-01-26")],
    ),
    # What only stays: a level, a doctrine from a day on, an event.
    ("policy: {posture: {combat: 400}}\n", []),
    ("policy: {doctrine: {2021-07-26: limited, 2022-05-01: robust}}\n", []),
    ("events: [{date: 2022-05-01, what: dialogue_round}]\n", []),
]


@pytest.mark.parametrize(("text", "wanted"), WRITTEN)
def test_phases_are_those_that_a_reader_of_the_file_finds(
    tmp_path: Path, text: str, wanted: list[tuple[str, str]]
) -> None:
    """Catches a promise that is forgotten, a lever both share, a ramp that ends a day early."""
    found = between(written(tmp_path, "mine", text), BASE)
    assert [(f"{p.first}", f"{p.last}") for p in found[:-1]] == wanted
    assert dates(found[-1:]) == [(WHOLE, "2021-07-26", "2024-01-26")]
    assert [p.name for p in found[:-1]] == [RUNNING, AFTER][: len(wanted)]


def test_a_lever_that_both_move_alike_is_no_difference() -> None:
    """Catches a phase that lasts until the prime minister changes, who changes in both."""
    found = between(Scenario.load("nato-500"), BASE)
    assert dates(found) == [(WHOLE, "2021-07-26", "2024-01-26")]


def test_the_loop_says_which_kind_of_column_ends_when() -> None:
    """Catches an event or what follows from one that is taken for a lever."""

    def edges(name: str, values: list[float]) -> tuple[float, float]:
        one, other = np.zeros((6, len(PLAN))), np.zeros((6, len(PLAN)))
        one[:, PLAN.index(name)] = values
        found, swapped = np.zeros(2), np.zeros(2)
        running(one, other, np.array(KINDS), found)
        running(other, one, np.array(KINDS), swapped)
        assert found.tolist() == swapped.tolist(), "a lever of either counts"
        return float(found[0]), float(found[1])

    steps = [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]
    assert edges("doctrine", steps) == (2, 4)
    assert edges("combat", steps) == (2, 4)
    assert edges("concession", steps) == (2, -1)
    assert edges("truce", [0.0, 1.0, 1.0, 0.0, 0.0, 0.0]) == (1, 2)
    assert edges("promise_days", [0.0, 3.0, 0.0, 0.0, 0.0, 0.0]) == (1, 4)
    assert edges("promise_days", [0.0, 30.0, 0.0, 0.0, 0.0, 0.0]) == (1, 5)
    assert edges("later_combat", steps) == edges("opening", steps) == (-1, -1)


def test_half_years_cover_the_run_once() -> None:
    """Catches a last half-year of a day, days counted twice, and days left out."""
    for end in ("2024-01-26", "2022-01-25", "2021-08-30", "2022-03-20"):
        item = BASE.until(date.fromisoformat(end))
        found = half_years(item)
        assert (found[0].first, found[-1].last) == (item.start, item.end)
        assert all(b.first == a.last + timedelta(days=1) for a, b in itertools.pairwise(found))
        assert all(p.name == HALF_YEAR for p in found)
        assert len(found) == 1 or found[-1].days >= 60
    assert dates(half_years(BASE))[:2] == [
        (HALF_YEAR, "2021-07-26", "2022-01-25"),
        (HALF_YEAR, "2022-01-26", "2022-07-25"),
    ]


def test_a_window_that_mixes_phases_is_one_that_holds_only_a_part_of_one() -> None:
    phase = Phase(RUNNING, date(2022, 1, 10), date(2022, 1, 20))
    day = timedelta(days=1)
    for first, last, mixed in (
        (phase.first, phase.last, False),
        (phase.first + day, phase.last - day, False),
        (phase.first - day, phase.last, True),
        (phase.first, phase.last + day, True),
        (phase.first - day, phase.first - day, False),
        (phase.last + day, phase.last + 9 * day, False),
    ):
        assert phase.mixes((first, last)) == mixed, (first, last)


@pytest.mark.parametrize("agents", [None, {"faction": FactionAgent}])
def test_numbers_of_a_phase_are_those_of_its_days(tmp_path: Path, agents: object) -> None:
    """Catches a window a day too long or early, another outcome's column, and a wrong gap."""
    mine = written(tmp_path, "mine", WRITTEN[0][0])
    found = compare(
        [BASE, mine, "full-withdrawal"],
        runs=3 if agents else 20,
        structure="provoke",
        daily=True,
        bands=False,
        agents=agents,  # type: ignore[arg-type]
    )
    seen = 0
    for name, phases in found.phases.items():
        one = found.ensembles[name, "provoke"]
        table = one.daily()
        for phase in phases:
            inside = table.date.between(f"{phase.first}", f"{phase.last}")
            days = table[inside]
            assert len(days) == phase.days * found.runs
            each = days.groupby("replication")
            for outcome in COUNTED:
                assert one.in_phase(phase, outcome).tolist() == each[outcome].sum().tolist()
            for outcome, length in STOPS.items():
                last = each["attacks_foreign"].apply(lambda x, n=length: x[-n:].sum() == 0.0)
                told = one.in_phase(phase, outcome)
                if phase.days < length:
                    assert np.isnan(told).all()
                else:
                    assert told.tolist() == last.astype(float).tolist()
                    seen += int(told.sum())
    assert seen > 0
    again = one.by_phase()
    assert len(again) == len(one.phases) * found.runs
    assert set(again.phase) == {HALF_YEAR, RUNNING, AFTER, WHOLE}
    assert list(again.columns[-len(OUTCOMES_OF_PHASE) :]) == list(OUTCOMES_OF_PHASE)


def test_changes_of_a_phase_are_paired_with_the_baseline_s_own_days() -> None:
    """Catches a ratio turned upside down, or of two different windows."""
    found = compare(["sustained-presence", "full-withdrawal"], runs=120, bands=False)
    during, after, whole = [p for p in found.phases["full-withdrawal"] if p.name != HALF_YEAR]
    for phase in (during, after, whole):
        sums = [
            found.in_phase(name, POOLED, phase, "attacks_foreign").mean()
            for name in ("full-withdrawal", "sustained-presence")
        ]
        change = found.phase_change("full-withdrawal", POOLED, phase, "attacks_foreign")
        assert change.mean == pytest.approx(sums[0] / sums[1])
        assert change.low < change.mean < change.high
    stops = found.phase_change("full-withdrawal", POOLED, after, "stop_120")
    apart = [
        found.phase_level(name, POOLED, after, "stop_120").mean
        for name in ("full-withdrawal", "sustained-presence")
    ]
    assert stops.mean == pytest.approx(apart[0] - apart[1])
    assert found.phase_change("full-withdrawal", POOLED, after, "attacks_foreign").mean < 0.2
    assert 0.5 < found.phase_change("full-withdrawal", POOLED, during, "attacks_foreign").mean < 0.9


def test_one_scenario_alone_is_held_against_presence_on_its_own_days() -> None:
    found = simulate("full-withdrawal", runs=2, structure="neutral", bands=False)
    assert [p.name for p in found.phases[-3:]] == [RUNNING, AFTER, WHOLE]
    assert found.phases[-3].last == date(2022, 12, 31)
    with pytest.raises(InputError, match="stop_90"):
        found.in_phase(found.phases[0], "stop_90")


def moves_of(found: object, name: str) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Return the first and last day on which soldiers or NATO's target move, one a world."""
    firsts, lasts = [], []
    for one in (found.ensembles[name, s] for s in found.structures):  # type: ignore[attr-defined]
        for number in one.replications:
            days = one.kept[int(number)][:, [O.us_combat, O.us_advisers, O.coalition]].sum(axis=1)
            moved = np.flatnonzero(np.abs(np.diff(days)) > 0.01) + 1
            firsts.append(moved.min() if len(moved) else np.inf)
            lasts.append(moved.max() if len(moved) else 0)
    return np.sort(firsts), np.sort(lasts)


def test_conditions_count_by_the_median_world_whichever_worlds_are_played() -> None:
    """Catches phases that depend on which worlds are compared, and a halt that is forgotten."""
    pair = ["sustained-presence", "conditions-based-exit"]
    parts = [
        compare(pair, runs=runs, first=first, structure="neutral", bands=False)
        for runs, first in ((4, 0), (7, 50))
    ]
    one, other = (found.phases["conditions-based-exit"] for found in parts)
    assert one == other
    during = next(p for p in one if p.name == RUNNING)
    assert during.by_median
    found = compare(pair, runs=99, bands=False, daily=True)
    firsts, lasts = moves_of(found, "conditions-based-exit")
    middle = len(firsts) // 2
    # A condition is met the day before the first soldier is gone; in some worlds NATO's target
    # moves after the last one.
    assert abs((during.first - BASE.start).days + 1 - firsts[middle]) <= 1
    assert lasts[middle] <= (during.last - BASE.start).days <= lasts[int(middle * 1.4)]


def test_a_promise_that_a_condition_makes_counts_to_its_date() -> None:
    found = compare(
        ["sustained-presence", "truce-for-timetable"], runs=4, structure="neutral", bands=False
    )
    during = next(p for p in found.phases["truce-for-timetable"] if p.name == RUNNING)
    assert during.window == (date(2021, 10, 1), date(2022, 12, 31))


def test_conditions_that_both_have_are_no_difference(tmp_path: Path) -> None:
    """Catches phases of two policies that differ only by what stays."""
    path = tmp_path / "mine.yaml"
    text = HEAD.replace("sustained-presence", "conditions-based-exit")
    path.write_text(text + "policy: {policing: 0.5}\n", encoding="utf-8")
    mine = Scenario.load(path)
    found = compare(["conditions-based-exit", mine], runs=2, structure="neutral", bands=False)
    assert [p.name for p in found.phases["mine"] if p.name != HALF_YEAR] == [WHOLE]


def test_conditions_that_move_to_the_end_run_to_the_end(tmp_path: Path) -> None:
    """Catches an exit under way that is called afterwards because it outlasts the run."""
    short = BASE.until(date(2022, 6, 1))
    mine = Scenario.load("conditions-based-exit").until(date(2022, 6, 1)).named("mine")
    span = date(2021, 8, 24), date(2022, 9, 30)
    assert dates(between(mine, short, [span])) == [
        (RUNNING, "2021-08-24", "2022-06-01"),
        (WHOLE, "2021-07-26", "2022-06-01"),
    ]
    assert dates(between(mine, short, [(date(2023, 1, 1), date(2023, 2, 1))])) == [
        (WHOLE, "2021-07-26", "2022-06-01")
    ]


def test_the_whole_run_is_the_days_that_both_have() -> None:
    """Catches 300 days of one scenario over 915 of the other."""
    short = Scenario.load("full-withdrawal").until(date(2022, 6, 1))
    found = compare([BASE, short], runs=20, structure="neutral", bands=False, daily=True)
    whole = found.phases["full-withdrawal"][-1]
    assert whole.window == (date(2021, 7, 26), date(2022, 6, 1))
    base = found.ensembles["sustained-presence", "neutral"]
    sums = [base.kept[k][: whole.days, O.attacks_foreign].sum() for k in range(20)]
    assert base.in_phase(whole, "attacks_foreign").tolist() == sums
    change = found.phase_change("full-withdrawal", "neutral", whole, "attacks_foreign")
    assert 0.5 < change.mean < 1.0


def test_a_result_carries_phases_and_says_which_half_years_mix(tmp_path: Path) -> None:
    """Catches an export without years, a level under another's name, a mixed window unsaid."""
    from drawdown.connect import store

    found = compare(["sustained-presence", "combat-to-advisory"], runs=5, structure="neutral")
    store.save(found, tmp_path)
    rows = pq.read_table(tmp_path / "phases.parquet").to_pandas()
    mine = rows[(rows.scenario == "combat-to-advisory") & (rows.motive == "pooled")]
    halves = mine[(mine.phase == HALF_YEAR) & (mine.outcome == "dead_us") & (mine.what == "level")]
    assert halves["mixes"].tolist() == [False, False, True, False, True]
    during = mine[(mine.phase == RUNNING) & (mine.outcome == "attacks_foreign")]
    assert [f"{d}" for d in (during["first"].iloc[0], during["last"].iloc[0])] == [
        "2021-07-26",
        "2022-12-31",
    ]
    assert set(during.what) == {"level", "baseline", "ratio"}
    level, base, quotient = (
        float(during[during.what == what]["mean"].iloc[0])
        for what in ("level", "baseline", "ratio")
    )
    assert quotient == pytest.approx(level / base)
    worlds = pq.read_table(tmp_path / "outcomes.parquet").to_pandas()
    name = "attacks_foreign 2021-07-26 to 2022-12-31"
    assert worlds[worlds.scenario == "combat-to-advisory"][name].mean() == pytest.approx(level)
    book = store.codebook(found).to_pandas()
    assert name in set(book.column)


def test_days_without_attacks_are_counted_from_a_window_s_last_day_back() -> None:
    """Catches a gap that looks a day past its window, or before its first day."""
    item = BASE.until(BASE.start + timedelta(days=9))
    daily = np.zeros((10, len(ensemble.OUTCOMES), 4), np.float32)
    for lane, days in enumerate(((4,), (3, 8), (0, 9), ())):
        daily[list(days), O.attacks_foreign, lane] = 2.0
    window = (item.start + timedelta(days=2), item.start + timedelta(days=7))
    found = ensemble.windowed(daily, item, (window,))
    assert found[0].tolist() == [2.0, 2.0, 0.0, 0.0]
    assert found[5].tolist() == [3.0, 4.0, 6.0, 6.0]


def test_windows_outside_of_a_run_have_no_value() -> None:
    daily = np.ones((10, len(ensemble.OUTCOMES), 2), np.float32)
    item = BASE.until(BASE.start + timedelta(days=9))
    windows = ((item.start, item.end), (item.start, item.end + timedelta(days=1)))
    found = ensemble.windowed(daily, item, windows)
    assert found[:6, 0].tolist() == [10, 10, 10, 10, 10, 0]
    assert np.isnan(found[6:]).all()


def test_the_terminal_tells_attacks_before_the_dead_and_by_month() -> None:
    """Catches the dead under the heading of attacks, and a month that is counted upside down."""
    found = compare(["sustained-presence", "full-withdrawal"], runs=40, bands=False)
    language = Language("en")
    sheet = tables.by_phase(found, language)
    during = next(p for p in found.phases["full-withdrawal"] if p.name == RUNNING)
    change = [
        found.phase_change("full-withdrawal", POOLED, during, name)
        for name in ("attacks_foreign", "dead_us")
    ]
    told = sheet.rows[0]
    assert list(told[3:5]) == [tables.interval(e, language) for e in change]
    attacks = found.in_phase("full-withdrawal", POOLED, during, "attacks_foreign").mean()
    assert told[2].startswith(f"{attacks / during.days * 365.25 / 12:.2f} [")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "so the record dates the spell that runs"),
        ("events: [{date: 2021-07-26, what: truce, until: 2021-08-30}]\n", "is dated on that day"),
        ("history: none\n", "every world begins in violence"),
    ],
)
def test_what_a_run_begins_with_is_told(tmp_path: Path, text: str, told: str) -> None:
    """Catches a truce of the file that is told as the record's, and a start that nothing dates."""
    found = compare(written(tmp_path, "mine", text), runs=4, structure="neutral", bands=False)
    assert told in tables.at_start(found, Language("en"))
