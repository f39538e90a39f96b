"""What tables, figures, sentences and files say, held against numbers made by hand."""

import csv
import re
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hand_made
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from drawdown import compare
from drawdown.connect import ema, store, verify
from drawdown.day.outcomes import RUN_OUTCOMES
from drawdown.day.world import Happening
from drawdown.declared import columns
from drawdown.declared.actors import cast
from drawdown.declared.columns import MOTIVES, OUTCOMES, PARAMETERS, STRUCTURES, O
from drawdown.declared.conditions import Condition, Item, Test
from drawdown.declared.language import Language
from drawdown.declared.result_folder import signed
from drawdown.declared.scenario import Scenario
from drawdown.evidence import robustness
from drawdown.evidence.facts import Fact, Number
from drawdown.evidence.scores import score
from drawdown.questions import regret, search
from drawdown.questions.compare import POOLED, WINDOWS, Comparison, Estimate
from drawdown.questions.discovery import Box, Side
from drawdown.questions.search import Objective
from drawdown.questions.thesis import HYPOTHESES, Finding
from drawdown.views import chronicle, conditions, decompose, evidence, figures, memo, tables
from drawdown.views import search as found_view

ENGLISH, ARABIC = Language("en"), Language("ar")
BASE, CASE, OTHER = hand_made.BASE, hand_made.CASE, hand_made.OTHER


def numbers(text: str) -> list[float]:
    """Return the numbers of a cell, in order."""
    return [float(x) for x in re.findall(r"-?\d+\.?\d*", text.replace("\u2212", "-"))]


def printed(show: Any, *arguments: Any) -> str:
    text = StringIO()
    show(*arguments, Console(file=text, width=200, no_color=True))
    return text.getvalue()


@pytest.fixture(scope="module")
def made() -> Comparison:
    return hand_made.comparison(runs=40)


# --- tables -----------------------------------------------------------------------------------


def test_an_interval_is_told_from_low_to_high() -> None:
    """Catches ends exchanged, and the range of futures told as the simulation interval."""
    e = Estimate(3.0, 2.0, 4.0, 1.0, 9.0, 10)
    for language in (ENGLISH, ARABIC):
        assert numbers(tables.interval(e, language)) == [3.0, 2.0, 4.0]
        assert numbers(tables.futures(e, language)) == [1.0, 9.0]


def test_the_answer_stands_in_its_own_row_and_column(made: Comparison) -> None:
    """Catches attacks on the state for those on foreigners, and another window's P(stop)."""
    sheet = tables.answer(made, ENGLISH)
    parts = made.all_motives
    for k, scenario in enumerate(made.scenarios):
        for m, motive in enumerate(parts):
            row = sheet.rows[k * len(parts) + m]
            title = scenario.title.en
            assert row[:2] == (title, ENGLISH.word("motives", motive))
            tempo = made.values(scenario.name, motive, "tempo_foreign")
            state = made.values(scenario.name, motive, "tempo_state")
            base = made.values(BASE, motive, "tempo_foreign")
            assert numbers(row[2])[0] == pytest.approx(tempo.mean(), abs=0.006)
            assert numbers(row[2])[3:] == pytest.approx(np.quantile(tempo, [0.05, 0.95]), abs=0.006)
            assert numbers(row[3])[0] == pytest.approx(tempo.mean() / base.mean(), abs=0.006)
            for w, window in enumerate(WINDOWS):
                stop = made.values(scenario.name, motive, f"stop_{window}").mean()
                assert numbers(row[4 + w])[0] == pytest.approx(stop, abs=0.006)
                assert str(window) in sheet.heads[4 + w]
            assert numbers(row[7])[0] == pytest.approx(state.mean(), abs=0.006)
    by_structure = tables.by_structure(made, ENGLISH)
    for k, scenario in enumerate(made.scenarios):
        for s, structure in enumerate(STRUCTURES):
            row = by_structure.rows[3 * k + s]
            tempo = made.values(scenario.name, structure, "tempo_foreign")
            assert row[:2] == (scenario.title.en, ENGLISH.word("structures", structure))
            assert numbers(row[2])[0] == pytest.approx(tempo.mean(), abs=0.006)
            stops = [made.values(scenario.name, structure, f"stop_{w}").mean() for w in WINDOWS]
            assert [numbers(c)[0] for c in row[4:]] == pytest.approx(stops, abs=0.006)


def test_differences_stand_under_the_scenario_that_they_are_of(made: Comparison) -> None:
    sheet = tables.differences(made, ENGLISH, ("dead_us", "authority"), "x")
    assert CASE_TITLE in sheet.heads[1]
    assert sheet.heads[1].index(CASE_TITLE) < sheet.heads[1].index(BASE_TITLE)
    for row, outcome in zip(sheet.rows, ("dead_us", "authority"), strict=True):
        assert row[0] == ENGLISH.outcome(outcome)
        for k, name in enumerate((CASE, OTHER)):
            gap = made.values(name, POOLED, outcome) - made.values(BASE, POOLED, outcome)
            assert numbers(row[1 + 3 * k])[0] == pytest.approx(gap.mean(), abs=0.06)
            ends = np.quantile(gap, [0.05, 0.95])
            assert numbers(row[2 + 3 * k]) == pytest.approx(ends, abs=0.06)
            saved = made.saved(name, POOLED, outcome)
            assert numbers(row[3 + 3 * k])[0] == pytest.approx(saved, abs=0.06)


CASE_TITLE = Scenario.load(CASE).title.en
BASE_TITLE = Scenario.load(BASE).title.en


def test_worlds_that_honoured_a_request_are_told_apart_from_the_others(made: Comparison) -> None:
    """Catches honoured and refused exchanged."""
    sheet = tables.given_request(made, CASE, ENGLISH)
    assert sheet is not None
    honoured = made.values(CASE, POOLED, "request_honoured") == 1.0
    tempo = made.values(CASE, POOLED, "tempo_foreign")
    for row, words, inside in (
        (sheet.rows[0], "given_honoured", honoured),
        (sheet.rows[1], "given_not", ~honoured),
    ):
        assert row[0] == ENGLISH.word("table", words)
        assert numbers(row[1])[0] == pytest.approx(inside.mean(), abs=0.006)
        each = [tempo[inside[:, w], w].mean() for w in range(40) if inside[:, w].any()]
        assert numbers(row[2])[0] == pytest.approx(np.mean(each), abs=0.006)


def test_days_of_a_condition_are_told_from_the_first_quarter_to_the_last() -> None:
    made = hand_made.comparison()
    item = Scenario.load("conditions-based-exit").named(CASE)
    made.scenarios[1] = item
    n = len(item.conditions)
    for s in STRUCTURES:
        met = np.full((10, n), np.nan)
        met[:8, 0] = np.arange(8) * 10.0
        made.ensembles[CASE, s].met = met
    row = tables.conditions(made, item, ENGLISH).rows[0]
    assert row[0] == item.conditions[0].name
    assert numbers(row[1]) == [80.0]
    days = [item.start + timedelta(days=d) for d in (10, 30, 50)]
    assert row[2] == " – ".join(ENGLISH.day(d) for d in days)


def test_a_sign_differs_where_it_is_sure_on_both_sides() -> None:
    up, down, none = (np.linspace(a, a + 1, 40) for a in (5.0, -5.0, -0.5))
    for each, differs in (
        ((up, none, down), True),
        ((up, up, up), False),
        ((down, down, none), False),
        ((up, none, none), False),
    ):
        given: dict[Any, Any] = {(BASE, s, "dead_us"): np.zeros(40) for s in STRUCTURES}
        for s, values in zip(STRUCTURES, each, strict=True):
            given[CASE, s, "dead_us"] = values
        made = hand_made.comparison((BASE, CASE), runs=40, given=given)
        assert tables.sign_differs(made, CASE, "dead_us", STRUCTURES) == differs


# --- figures ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def result(made: Comparison, tmp_path_factory: pytest.TempPathFactory) -> figures.Result:
    folder = tmp_path_factory.mktemp("views")
    store.save(made, folder)
    return figures.Result.read(folder)


LEVEL = {BASE: 0.0, CASE: 10.0, OTHER: 20.0}


@pytest.mark.parametrize("code", ["en", "ar"])
def test_the_headline_draws_means_and_the_band_of_the_baseline(
    result: figures.Result, code: str
) -> None:
    """Catches the median called mean, another scenario's line, name, number or band."""
    language = Language(code)
    figure = figures.headline(result, language)
    attacks, state, soldiers = figure.axes
    for i, name in enumerate(LEVEL):
        for ax, outcome in ((attacks, "attacks_foreign"), (state, "attacks_state")):
            mean = result.band(name, outcome)[1]
            assert ax.lines[i].get_ydata() == pytest.approx(mean)
        total = sum(result.band(name, role)[1][0] for role in figures.ROLES)
        assert soldiers.lines[i].get_ydata()[0] == pytest.approx(total)
        last = result.band(name, "attacks_foreign")[1][-1]
        title = result.title(name, language)
        words = [" ".join(t.get_text().split()) for t in attacks.texts]
        shown = [w for w in words if title[:10] in w]
        assert any(f"{last:.1f}" in w for w in shown), (title, words)
    (band,) = attacks.collections[:1]
    ends = np.unique(band.get_paths()[0].vertices[:, 1].round(6))
    assert (ends.min(), ends.max()) == (2.0, 4.0)


def test_what_runs_is_shaded_to_its_last_day(tmp_path: Path) -> None:
    """Catches a shade from another scenario's days, and one where nothing ends."""
    scenarios = ["sustained-presence", "combat-to-advisory"]
    store.save(compare(scenarios, runs=4), tmp_path)
    figure = figures.headline(figures.Result.read(tmp_path), ENGLISH)
    texts = [t.get_text() for t in figure.axes[0].texts]
    assert "while it runs, to 31 December 2022" in texts
    assert "afterwards" in texts
    spans = [p for p in figure.axes[0].patches if p.get_width() > 0]
    last = np.datetime64("2022-12-31").astype(float)
    assert [p.get_x() + p.get_width() for p in spans] == [last]


def skewed(outcome: str) -> pa.Table:
    """Return bands whose numbers all differ: 1, 2, 4, 8, 16 and a mean of 32."""
    days = [date(2021, 7, 26) + timedelta(days=k) for k in range(10)]
    rows: dict[str, Any] = {
        "scenario": [BASE] * 10,
        "structure": [POOLED] * 10,
        "outcome": [outcome] * 10,
        "date": days,
    }
    for k, name in enumerate(("q05", "q25", "q50", "q75", "q95", "mean")):
        rows[name] = [float(2**k)] * 10
    return pa.table(rows)


@pytest.mark.parametrize("outcome", ["attacks_foreign", "strikes"])
def test_each_band_and_line_is_drawn_from_its_own_column(outcome: str) -> None:
    record = {
        "scenarios": {BASE: {"title": {"en": "A", "ar": "أ"}, "events": []}},
        "structures": list(STRUCTURES),
        "baseline": BASE,
        "runs": 1,
        "seed": 0,
    }
    one = figures.Result(Path("."), record, skewed(outcome))
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    figures._fan(ax, one, outcome, ENGLISH)
    rare = outcome == "strikes"
    # What is nothing on most days shows its mean; all else its median.
    assert set(ax.lines[0].get_ydata()) == {32.0 if rare else 4.0}
    ends = [(v.min(), v.max()) for c in ax.collections for v in [c.get_paths()[0].vertices[:, 1]]]
    assert ends == ([(1.0, 16.0)] if rare else [(1.0, 16.0), (2.0, 8.0)])


def test_a_condition_is_met_from_its_day_on() -> None:
    days = [date(2021, 7, 26) + timedelta(days=k) for k in range(3)]
    reacting = pa.table(
        {"scenario": [BASE] * 3, "condition": ["c"] * 3, "date": days, "met": [0.0, 0.5, 1.0]}
    )
    record = {"scenarios": {BASE: {"title": {"en": "A", "ar": "أ"}, "events": []}}}
    one = figures.Result(Path("."), record, skewed("attacks_foreign"), reacting)
    (line,) = figures.conditions(one, ENGLISH).axes[0].lines
    assert line.get_drawstyle() == "steps-post"
    assert list(line.get_ydata()) == [0.0, 0.5, 1.0]


# --- the split --------------------------------------------------------------------------------


def shares_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a split whose shapley, alone and last are 1, 10 and 100, then 2, 20 and 200."""

    def e(mean: float) -> Estimate:
        return Estimate(mean, mean - 0.5, mean + 0.5, mean - 0.25, mean + 0.25, 9)

    def share(part: str, k: float) -> Any:
        return decompose.Share(part, e(k), e(10 * k), e(100 * k), 3.0 * k, 300.0 * k)

    made = hand_made.comparison((BASE, CASE))
    first, second = made.scenarios
    return SimpleNamespace(
        pair=SimpleNamespace(first=first, second=second),
        comparison=made,
        outcomes=("dead_us",),
        level=lambda second, part, outcome: e(7.0 if second else 4.0),
        whole=lambda part, outcome: e(3.0),
        shares=lambda part, outcome: [share("role", 1.0), share("dates", 2.0)],
    )


@pytest.mark.parametrize("code", ["en", "ar"])
def test_alone_and_last_stand_under_their_heads(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches *alone* and *last* exchanged in a table, a file or a picture."""
    found, language = shares_of(monkeypatch), Language(code)
    sheet = decompose.table(found, "dead_us", language)
    heads = [
        language.word("decompose", n) for n in ("shapley", "futures", "first", "last", "order")
    ]
    assert sheet.heads[1:] == heads
    firsts = [[numbers(c)[0] if numbers(c) else None for c in row[1:]] for row in sheet.rows]
    assert firsts == [
        [4.0, 3.75, None, None, None],
        [1.0, 0.75, 10.0, 100.0, 3.0],
        [2.0, 1.75, 20.0, 200.0, 6.0],
        [3.0, 2.75, None, None, None],
        [7.0, 6.75, None, None, None],
    ]
    names = [s.title.in_language(code) for s in found.comparison.scenarios]
    assert (names[0] in sheet.rows[0][0], names[1] in sheet.rows[-1][0]) == (True, True)
    data = decompose.waterfall(found, language)
    assert [(b["begin"], b["end"]) for b in data["bars"]] == [(4.0, 5.0), (5.0, 7.0)]
    assert [b["alone"] for b in data["bars"]] == [14.0, 24.0]
    assert [b["all_but"] for b in data["bars"]] == [-93.0, -193.0]
    assert [numbers(b["told_alone"])[0] for b in data["bars"]] == [10.0, 20.0]
    assert [numbers(b["told_last"])[0] for b in data["bars"]] == [100.0, 200.0]
    told = decompose.sentences(found, "dead_us", language)
    assert [numbers(t)[-2:] for t in told] == [[10.0, 100.0], [20.0, 200.0]]
    rows = [dict(zip(decompose.rows(found)[0], r, strict=True)) for r in decompose.rows(found)[1:]]
    pooled = {(r["lever"], r["measure"]): float(r["mean"]) for r in rows if r["part"] == POOLED}
    assert pooled == {
        ("", "first scenario"): 4.0,
        ("", "second scenario"): 7.0,
        ("", "difference"): 3.0,
        ("role", "shapley"): 1.0,
        ("role", "moved first"): 10.0,
        ("role", "moved last"): 100.0,
        ("dates", "shapley"): 2.0,
        ("dates", "moved first"): 20.0,
        ("dates", "moved last"): 200.0,
    }


# --- sentences --------------------------------------------------------------------------------


def test_certain_outcomes_are_told_on_their_side() -> None:
    given: dict[Any, Any] = {}
    for s in STRUCTURES:
        for outcome in memo.COUNTED:
            given[BASE, s, outcome] = np.full(200, 100.0)
            given[CASE, s, outcome] = np.full(200, 100.0)
        given[CASE, s, "dead_us"] = np.full(200, 200.0) + np.arange(200) * 1e-3
        given[CASE, s, "authority"] = np.full(200, 1.0) + np.arange(200) * 1e-3
    made = hand_made.comparison((BASE, CASE), runs=200, given=given)
    lines = memo.certain(made, CASE, ENGLISH)
    whatever = ENGLISH.word("memo", "whatever_both")
    for words, outcome in (("certain_up", "dead_us"), ("certain_down", "authority")):
        told = ENGLISH.word("memo", words, outcomes=ENGLISH.outcome(outcome), whatever=whatever)
        assert told in lines


def test_a_certain_sign_lies_beyond_the_smallest_difference() -> None:
    """Catches a sign that is certain where the interval reaches across."""

    def sign(mean: float, half: float) -> str:
        return memo.sign(Estimate(mean, mean - half, mean + half, 0.0, 0.0, 1000), 1.0)

    assert sign(3.0, 0.5) == memo.CERTAIN_UP
    assert sign(-3.0, 0.5) == memo.CERTAIN_DOWN
    assert sign(1.5, 1.0) == memo.OPEN
    assert sign(-1.5, 1.0) == memo.OPEN
    assert sign(0.0, 0.5) == memo.SMALL
    assert sign(0.0, 5.0) == memo.OPEN


@pytest.mark.parametrize("language", [ENGLISH, ARABIC], ids=["en", "ar"])
def test_a_box_is_told_with_its_sides_and_shares(language: Language) -> None:
    """Catches above told as below, and density told as coverage."""
    name = "attack_rate"
    kinds = {
        "above": Side(name, 0.25, np.inf, True, False, 0.01),
        "below": Side(name, -np.inf, 0.75, False, True, 0.01),
        "between": Side(name, 0.25, 0.75, True, True, 0.01),
    }
    for kind, side in kinds.items():
        told = memo.told_side(side, language)
        pattern = language.words["memo"][f"side_{kind}"]
        assert told.startswith(pattern.partition("{low}")[0].partition("{what}")[0])
        assert numbers(told) == [v for v in (side.low, side.high) if np.isfinite(v)]
        others = {memo.told_side(s, language) for k, s in kinds.items() if k != kind}
        assert told not in others
    box = Box((kinds["above"],), 0.11, 0.22, 0.33, 0.44, 0.55, 0.66)
    want = language.word(
        "memo",
        "box",
        sides=memo.told_side(kinds["above"], language),
        density=language.number(22, 0),
        coverage=language.number(11, 0),
        mass=language.number(33, 0),
        base=language.number(66, 0),
        p=language.kept(f"{name} 0.01"),
    )
    assert memo.told_box(box, language) == want
    assert "above" in ENGLISH.words["memo"]["side_above"]
    assert "below" in ENGLISH.words["memo"]["side_below"]


def finding(**given: Any) -> Finding:
    share = {p: Estimate(0.8, 0.7, 0.9, 0.0, 1.0, 9) for p in (POOLED, *STRUCTURES)}
    usual: dict[str, Any] = {
        "hypothesis": HYPOTHESES[0],
        "holds": share,
        "by_motive": {},
        "ratio": share,
        "wrong": None,
        "right": None,
        "fails": 0.2,
        "against": memo.Against(-0.1, "deter", "presence", {"attack_rate": 0.5}),
    }
    return Finding(**(usual | given))


def test_where_a_thesis_is_wrong_is_not_where_it_is_right() -> None:
    box = Box((Side("attack_rate", 0.25, np.inf, True, False, 0.01),), 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    told = memo.told_box(box, ENGLISH)
    for key in ("wrong", "right"):
        last = memo.told_finding(finding(**{key: box}), ENGLISH)[-1]
        assert last == ENGLISH.word("thesis", f"{key}_where", box=told)
    for fails, key in ((0.01, "nowhere"), (0.99, "never")):
        assert memo.told_finding(finding(fails=fails), ENGLISH)[-1] == ENGLISH.word("thesis", key)
    for margin, key in ((-0.1, "fails_at"), (0.1, "cannot_fail")):
        against = memo.Against(margin, "deter", "presence", {"attack_rate": 0.5})
        line = memo.told_against(against, ENGLISH)
        beginning = ENGLISH.words["thesis"][key].partition("{")[0]
        assert line.startswith(beginning)


def test_regret_is_told_with_the_worse_policys_regret() -> None:
    """Catches the sign lost between the outcomes told one by one and their tables."""
    policies = tuple(Scenario.load(n) for n in (BASE, CASE))
    values = {n: np.array([[[1.0]] * 3, [[2.0]] * 3]) for n in regret.SEPARATE}
    losses = regret.Losses(policies, values, dict.fromkeys(values, 1.0))
    worse = {("authority",): 0}
    for outcomes, sheet in memo.regret_tables(losses, None, ENGLISH):
        found = [numbers(row[1])[0] for row in sheet.rows]
        loser = worse.get(outcomes, 1)
        assert found[loser] == 1.0, outcomes
        assert found[1 - loser] == 0.0, outcomes
    rows = memo.regret_csv(losses, None)
    told = {(r[0], r[1]): float(r[4]) for r in rows[1:] if r[2] == POOLED and r[3] == "mean"}
    assert told["authority=-1", BASE] == 1.0
    assert told["dead_us=1", CASE] == 1.0


# --- the chronicle ----------------------------------------------------------------------------

TODAY = date(2021, 8, 1)
EVENTS: list[tuple[Happening, str, dict[str, Any]]] = [
    (
        Happening(TODAY, columns.ATTACK_FOREIGN, 0, 0, 1, 1, 2, 3),
        "attack_drone",
        {"dead": 2, "wounded": 3, "iraqi_dead": 1},
    ),
    (Happening(TODAY, columns.ATTACK_FOREIGN, 0, 0, 0, 0, 0, 3), "attack_rocket", {"wounded": 3}),
    (Happening(TODAY, columns.ATTACK_STATE, 0, -1, 4), "attack_state", {"iraqi_dead": 4}),
]


@pytest.mark.parametrize("language", [ENGLISH, ARABIC], ids=["en", "ar"])
def test_an_event_is_told_with_its_weapon_victims_and_outcome(language: Language) -> None:
    """Catches drones for rockets, wounded for dead, and a vote that passed told as failed."""
    teller = chronicle.Teller(language, why=False)

    def word(name: str, **values: Any) -> str:
        return language.word("chronicle", name, **values)

    faction = language.word("factions", cast().factions[0].name)
    site = language.word("sites", cast().sites[0].name)
    for event, name, harm in EVENTS:
        parts = [word(k, n=language.number(n, 0)) for k, n in harm.items()]
        told = f"{language.colon} {language.comma.join(parts)}"
        assert teller.sentence(event) == word(name, faction=faction, site=site, harm=told)
    for wrong, leader, note in ((0, 0, ""), (1, 0, "strike_wrong"), (0, 1, "strike_leader")):
        event = Happening(TODAY, columns.STRIKE, 0, -1, wrong, leader, 5)
        said = word(
            "strike", faction=faction, n=language.number(5, 0), note=word(note) if note else ""
        )
        assert teller.sentence(event) == said
    for passed, name in ((1, "vote_passed"), (0, "vote_failed")):
        event = Happening(TODAY, columns.VOTE, -1, -1, 170, passed)
        assert teller.sentence(event) == word(name, n=language.number(170, 0))
    for stance, name in ((-50, "friend"), (50, "foe"), (0, "neutral")):
        event = Happening(TODAY, columns.GOVERNMENT_FORMS, -1, -1, stance)
        assert teller.sentence(event) == word("new_government", stance=word(f"stance_{name}"))
    for kind, name in (
        (columns.ORDER_BEGINS, "order_begins"),
        (columns.CAMPAIGN_BEGINS, "campaign_begins"),
        (columns.TRUCE_OPENS, "truce_opens"),
    ):
        assert teller.sentence(Happening(TODAY, kind, amount=9)) == word(
            name, n=language.number(9, 0)
        )
    assert teller.sentence(Happening(TODAY, columns.REVIEW)) == word("review")
    assert teller.sentence(Happening(TODAY, columns.EXPULSION)) == word("expulsion")


def test_the_sum_of_a_world_is_that_of_its_days() -> None:
    """Catches foreign dead without the coalition's, and attacks of another window."""
    daily = np.zeros((60, len(OUTCOMES)))
    for name, value in {
        "attacks_foreign": 1,
        "attacks_state": 2,
        "strikes": 3,
        "dead_us": 4,
        "dead_coalition": 5,
        "dead_iraqi": 6,
    }.items():
        daily[:, OUTCOMES.index(name)] = value
    world = SimpleNamespace(
        daily=daily.tolist(),
        outcomes=lambda: daily,
        today=TODAY,
        us=SimpleNamespace(soldiers=11.0, support=44.4),
        nato=SimpleNamespace(personnel=22.0),
        government=SimpleNamespace(authority=0.33, pressure=0.55),
    )
    teller = chronicle.Teller(ENGLISH)
    want = ENGLISH.word(
        "chronicle",
        "end",
        days="60",
        foreign="60",
        state="120",
        strikes="180",
        dead="540",
        iraqi="360",
    )
    assert teller.end(world) == want  # type: ignore[arg-type]
    want = ENGLISH.word(
        "chronicle",
        "state_line",
        us="11",
        nato="22",
        authority="0.33",
        pressure="0.55",
        support="44.4",
        attacks="30",
    )
    assert teller.standing(world).endswith(want)  # type: ignore[arg-type]


# --- conditions in words ----------------------------------------------------------------------


@pytest.mark.parametrize("language", [ENGLISH, ARABIC], ids=["en", "ar"])
def test_a_condition_is_told_as_it_is_written(language: Language) -> None:
    """Catches at least told as at most, all told as any, and a step down told as up."""

    def word(name: str, **values: Any) -> str:
        return language.word("conditions", name, **values)

    low = Test.model_validate({"see": "pressure", "at_least": 0.5})
    high = Test.model_validate({"see": "pressure", "at_most": 0.25})
    what = conditions.told_sight(low, language)
    assert conditions.told_test(low, language) == word(
        "at_least", what=what, n=language.number(0.5)
    )
    assert conditions.told_test(high, language) == word(
        "at_most", what=what, n=language.number(0.25)
    )
    for key, join in (("all", "and"), ("any", "or")):
        tests = conditions.Tests(**{key: (low, high)})
        each = [conditions.told_test(t, language) for t in (low, high)]
        assert conditions.told_tests(tests, language) == word(join).join(each)
    lever = word("lever_combat")
    for step, name in ((-100, "down"), (100, "up")):
        item = {
            "when": {"see": "date", "at_least": "2022-01-01"},
            "then": {"combat": {"step": step}},
        }
        told = conditions.told_then(Condition("c", Item.model_validate(item)), language)
        assert told == word(name, lever=lever, by=language.number(100, 0))


# --- evidence ---------------------------------------------------------------------------------


def test_bands_and_facts_are_told_on_their_side() -> None:
    """Catches at most told as at least, and inside told as outside."""
    assert evidence._band((None, 3), ENGLISH) == "≤ 3"
    assert evidence._band((2, None), ENGLISH) == "≥ 2"
    assert evidence._band((2, 3), ENGLISH) == "2 … 3"
    facts = [
        Fact(
            "SF3",
            (Number("fatal", 0.2, False),),
            {s: (Number("fatal", 0.2, s == "deter"),) for s in STRUCTURES},
            "gate",
        ),
    ]
    row = evidence.facts_table(facts, ENGLISH).rows[0]
    assert row[-1] == ENGLISH.word("evidence", "outside")
    low, high = numbers(row[3])
    rows = list(
        csv.DictReader(StringIO("\n".join(",".join(r[:8]) for r in evidence.patterns_csv(facts))))
    )
    assert {(r["structure"], r["inside"]) for r in rows} == {
        ("pooled", "false"),
        ("deter", "true"),
        ("neutral", "false"),
        ("provoke", "false"),
    }
    assert {(float(r["low"]), float(r["high"])) for r in rows} == {(low, high)}
    assert low < high


def test_an_observed_row_stands_beside_its_own_band() -> None:
    from drawdown.declared.record import Interval, Series

    start = date(2021, 8, 1)
    series = Series(
        tuple(
            Interval(start + timedelta(days=31 * k), start + timedelta(days=31 * k + 30), c, c, c)
            for k, c in enumerate((10.0, 90.0))
        )
    )
    draws = np.array([np.arange(21.0), np.arange(21.0)])
    one = score("model", draws, series)
    rows = evidence.rows_table(series, one, ENGLISH).rows
    assert [r[-1] for r in rows] == [ENGLISH.word("evidence", n) for n in ("inside", "outside")]
    assert numbers(rows[0][2]) == [1.0, 10.0, 19.0]
    found = evidence._scores_rows(series, [one])
    assert found[0][3:9] == ["observed", "low", "high", "q05", "q50", "q95"]
    assert found[2][3:9] == ["90", "90", "90", "1", "10", "19"]


def test_findings_are_written_under_their_own_ends() -> None:
    each = {
        (f.name, v.name, s): Estimate(2.0, 1.0, 3.0, 0.0, 4.0, 9)
        for f in robustness.FINDINGS
        for v in robustness.VARIANTS
        for s in (POOLED, *STRUCTURES)
    }
    rows = evidence.robustness_csv(robustness.Robustness(1, 0, each))
    assert rows[0][3:6] == ["value", "low", "high"]
    assert {tuple(r[3:6]) for r in rows[1:]} == {("2", "1", "3")}


# --- searches ---------------------------------------------------------------------------------


def searched() -> search.Result:
    base = Scenario.load(BASE)
    item = search.Problem(
        base, (), (Objective("dead_us"), Objective("authority", less=False)), "mean"
    )

    def found(name: str, *fresh: float) -> search.Found:
        values = np.array(fresh)
        return search.Found(
            name, {}, base, values + 100, values, values - 1, values + 1, False, 0.25, None
        )

    policies = (found("a", 1.0, 5.0), found("b", 3.0, 9.0))
    return search.Result(item, (), policies, np.array([5.0, 1.0]), (), 9)


def test_trade_offs_are_drawn_with_the_best_on_top() -> None:
    """Catches the worst told as the best, where less is better and where more is."""
    result = searched()
    lines, base, (worst, best) = found_view._scaled(result)
    assert lines.tolist() == [[1.0, 0.5], [0.5, 1.0]]
    assert base.tolist() == [0.0, 0.0]
    assert worst.tolist() == [5.0, 1.0]
    assert best.tolist() == [1.0, 9.0]
    for objective, name in zip(result.item.objectives, ("less", "more"), strict=True):
        told = ENGLISH.word("search", name, outcome=ENGLISH.outcome(objective.outcome))
        assert found_view._head(result, objective, ENGLISH) == told


def test_a_search_that_still_grows_is_told_so() -> None:
    """Catches a gain that is counted over the whole search, turned over, or never enough."""
    still = search.Trace(0, tuple((40 * k, min(k, 3), 4) for k in range(1, 9)), (), np.empty(0))
    grows = search.Trace(1, tuple((40 * k, k, 4) for k in range(1, 9)), (), np.empty(0))
    assert [found_view.gained(trace) for trace in (still, grows)] == [0.0, 0.5]
    more = ENGLISH.word("search", "not_grown")
    for traces, told in (((still,), False), ((still, grows), True)):
        assert (more in found_view.told_growth(replace(searched(), traces=traces), ENGLISH)) == told


def test_policies_are_written_with_fresh_numbers_first() -> None:
    head, first, _ = found_view.rows(searched())
    row = dict(zip(head, first, strict=True))
    ends = [row[f"dead_us{end}"] for end in ("", "_low", "_high", "_where_found")]
    assert ends == ["1", "0", "2", "101"]
    assert row["breaks"] == "0.25"


# --- files ------------------------------------------------------------------------------------


def test_bands_are_written_under_their_quantiles(made: Comparison, result: figures.Result) -> None:
    """Catches 95 % under the name of 5 %, and a scenario under another's name."""
    table = result.bands.to_pandas()
    for name, level in LEVEL.items():
        for structure, *want in (
            ("deter", 1, 1, 1, 2, 2, 1.5),
            ("provoke", 4, 4, 4, 9, 9, 6.5),
            (POOLED, 1, 2, 3, 4, 9, 3.6667),
        ):
            own = table[
                (table.scenario == name)
                & (table.structure == structure)
                & (table.outcome == "attacks_state")
            ]
            assert len(own) == 20
            found = own.iloc[0][["q05", "q25", "q50", "q75", "q95", "mean"]].tolist()
            assert found == pytest.approx([level + w for w in want])


def test_the_summary_says_whose_number_it_is(made: Comparison, result: figures.Result) -> None:
    """Catches structure and motive exchanged, and ends of one interval as the other's."""
    table = pq.read_table(result.folder / "summary.parquet").to_pandas()
    assert set(table.structure) == {*STRUCTURES, POOLED}
    assert set(table.motive) == {*MOTIVES, POOLED}
    for structure, motive, part in (
        ("deter", POOLED, "deter"),
        (POOLED, "patron", "patron"),
        (POOLED, POOLED, POOLED),
    ):
        own = table[
            (table.structure == structure) & (table.motive == motive) & (table.scenario == CASE)
        ]
        level = own[(own.outcome == "dead_us") & (own.what == "level")].iloc[0]
        gap = own[(own.outcome == "dead_us") & (own.what == "difference")].iloc[0]
        values = made.values(CASE, part, "dead_us")
        base = made.values(BASE, part, "dead_us")
        assert level["mean"] == pytest.approx(values.mean())
        assert gap["mean"] == pytest.approx((values - base).mean())
        ends = np.quantile(values, [0.05, 0.95])
        assert (level.future_low, level.future_high) == pytest.approx(ends)
        half = 1.95996 * values.mean(axis=0).std(ddof=1) / values.shape[1] ** 0.5
        assert level.simulation_high - level["mean"] == pytest.approx(half, rel=1e-4)
        assert level["mean"] - level.simulation_low == pytest.approx(half, rel=1e-4)


def test_every_world_stands_beside_its_own_parameters(
    made: Comparison, result: figures.Result
) -> None:
    outcomes = pq.read_table(result.folder / "outcomes.parquet").to_pandas()
    inputs = pq.read_table(result.folder / "inputs.parquet").to_pandas()
    assert (outcomes.replication == inputs.replication).all()
    for (name, structure), item in made.ensembles.items():
        own = (outcomes.scenario == name) & (outcomes.structure == structure)
        assert outcomes[own].replication.tolist() == list(range(40))
        assert outcomes[own].tempo_state.to_numpy() == pytest.approx(item.outcome("tempo_state"))
        drawn = item.parameters[PARAMETERS.index("attack_rate")]
        assert inputs[own].attack_rate.to_numpy() == pytest.approx(drawn)


def test_conditions_are_met_in_a_share_of_all_worlds() -> None:
    made = hand_made.comparison((BASE, CASE))
    item = replace(made.scenarios[1], conditions=Scenario.load("conditions-based-exit").conditions)
    made.scenarios[1] = item
    left = RUN_OUTCOMES.index("days_until_exit")
    for s in STRUCTURES:
        one = made.ensembles[CASE, s]
        met = np.full((10, len(item.conditions)), np.nan)
        met[:4, 0] = [0.0, 3.0, 3.0, 19.0]
        one.met = met
        one.outcomes[:, left] = np.nan
        one.outcomes[0, left] = 5.0
    found = store.conditions_table(made)
    assert found is not None
    table = found.to_pandas()
    own = table[table.condition == item.conditions[0].name].met.tolist()
    assert own == pytest.approx([0.1] * 3 + [0.3] * 16 + [0.4])
    gone = table[table.condition == store.LEFT].met.tolist()
    assert gone == pytest.approx([0.0] * 5 + [0.1] * 15)


def test_days_are_kept_with_the_number_of_their_world(tmp_path: Path) -> None:
    item = hand_made.short(BASE, 3)
    days = store.Days(tmp_path / "days.parquet", first=10, runs=40)
    rng = np.random.default_rng(1)
    daily = rng.uniform(size=(3, len(OUTCOMES), 40)).astype(np.float32)
    # The second block comes first.
    for begin, end in ((16, 40), (0, 16)):
        days(item, "deter", np.arange(10 + begin, 10 + end), daily[:, :, begin:end])
    days.close()
    table = pq.read_table(tmp_path / "days.parquet").to_pandas()
    assert table.replication.tolist() == [10 + k for k in range(40) for _ in range(3)]
    for k in (0, 15, 16, 39):
        own = table[table.replication == 10 + k]
        assert own.dead_us.tolist() == daily[:, O.dead_us, k].tolist()
        assert own.date.tolist() == [item.start + timedelta(days=d) for d in range(3)]


# --- other tools ------------------------------------------------------------------------------


def written(folder: Path, name: str, **columns_of: Any) -> Path:
    path = folder / name / "x.parquet"
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns_of), path)
    return path


@pytest.mark.parametrize(
    ("one", "other", "rows"),
    [
        ([1.0, np.nan, 3.0], [1.0, np.nan, 4.0], [3]),
        ([1.0, np.nan, 3.0], [1.0, 2.0, 3.0], [2]),
        ([1.0, 2.0, 3.0], [np.nan, 2.0, 3.0], [1]),
        ([np.nan, np.nan, 5.0], [np.nan, np.nan, 5.0], []),
    ],
)
def test_a_missing_number_is_another_than_any_number(
    tmp_path: Path, one: Any, other: Any, rows: Any
) -> None:
    """Catches a comparison that is blind beside a missing number."""
    a, b = (written(tmp_path, n, v=v, w=["x"] * 3) for n, v in (("a", one), ("b", other)))
    told = list(verify._tables("x", a, b))
    found = [int(m[1]) for line in told if (m := re.search(r"row (\d+), v:", line))]
    assert found == rows


def test_tables_of_another_length_differ(tmp_path: Path) -> None:
    a, b = (written(tmp_path, n, v=v) for n, v in (("a", [1.0, 2.0]), ("b", [1.0, 2.0, 3.0])))
    for x, y in ((a, b), (b, a)):
        assert any("rows" in line for line in verify._tables("x", x, y))
    told = verify.changed(tmp_path, signed({"files": {"gone.csv": "0"}}))
    assert told == ["gone.csv: is gone"]


def test_a_month_is_the_sum_of_counts_and_the_mean_of_levels() -> None:
    item = hand_made.short(BASE, 20)
    daily = np.arange(40.0).reshape(20, 2)
    july = (date(2021, 8, 1) - item.start).days
    sums = ema._by_month(item, daily, True)
    means = ema._by_month(item, daily, False)
    assert sums.tolist() == [daily[:july].sum(axis=0).tolist(), daily[july:].sum(axis=0).tolist()]
    assert means.tolist() == [
        daily[:july].mean(axis=0).tolist(),
        daily[july:].mean(axis=0).tolist(),
    ]


def test_the_workbench_moves_levers_over_the_ranges_that_are_asked() -> None:
    model = ema.model(BASE, levers=["combat", "policing"], ranges={"combat": (100, 300)})
    ends = {lever.name: (lever.lower_bound, lever.upper_bound) for lever in model.levers}
    assert ends["combat"] == (100, 300)
    usual = {lever.name: lever for lever in ema.levers_of.LEVERS}["policing"]
    assert ends["policing"] == (usual.low, usual.high)
