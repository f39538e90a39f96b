"""Regimes and their priors, stress cases, predictions, what can fail, sealed forecasts."""

import json
from datetime import date
from itertools import pairwise
from math import comb
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from drawdown.cli.main import main
from drawdown.declared import data_files, record
from drawdown.declared.columns import MOTIVES
from drawdown.declared.errors import InputError
from drawdown.declared.parameters import declarations
from drawdown.declared.scenario import Scenario, names
from drawdown.evidence import facts, predictions, regimes, rivals, seal, stress
from drawdown.questions import adverse, thesis
from drawdown.worlds.run import Run


def test_regimes_cover_every_day_once() -> None:
    rows = regimes.regimes()
    assert len(rows) == 33
    for a, b in pairwise(rows):
        assert (b.start - a.end).days == 1
    assert sum(r.days for r in rows) == 6667


def test_spells_are_those_that_were_counted_and_censored() -> None:
    violent, running = regimes.spells(True)
    assert violent == [64, 66, 850, 50, 134, 23, 50, 151, 124, 167]
    assert running == [False] * 9 + [True]
    quiet, ended = regimes.spells(False)
    assert quiet == [339, 59, 203, 207, 1023, 159, 1543, 214, 130, 73, 128]
    assert ended == [False] * 5 + [True] + [False] * 5
    assert regimes.shares()["deal"] == (1422, 0)


def test_what_changed_before_a_transition_is_held_against_any_day() -> None:
    """Catches a window after the day, a change of another column, and days without soldiers."""
    found = {one.name: one for one in regimes.placebos()}
    assert {len(x) for x in (found, regimes.CHANGES)} == {3}
    assert all(one.onsets[1] == 10 and one.ends[1] == 9 for one in found.values())
    assert found["soldiers_fell"].onsets[0] == 0
    # What begins on the day itself is no change before it.
    assert not regimes.CHANGES["us_iran_changed"](date(2008, 3, 23))
    assert regimes.CHANGES["us_iran_changed"](date(2021, 2, 15))
    assert not regimes.CHANGES["us_iran_changed"](date(2020, 6, 8))
    assert regimes.CHANGES["office_open"](date(2020, 6, 8))
    assert not regimes.CHANGES["office_open"](date(2021, 2, 15))
    for one in found.values():
        assert 0.0 < one.days < 0.5
        assert one.chance[0] == pytest.approx(
            sum(
                comb(10, k) * one.days**k * (1 - one.days) ** (10 - k)
                for k in range(one.onsets[0], 11)
            )
        )


def test_priors_of_spells_are_what_the_command_fits() -> None:
    """Catches priors that nothing makes, and a fit that moved without them."""
    fits = {one.name: one.prior() for one in regimes.examine()}
    for kind in ("violence", "quiet"):
        for name, (middle, sigma) in zip(
            (f"{kind}_median", f"{kind}_spread"), fits[kind], strict=True
        ):
            prior = declarations()[name].prior
            assert prior is not None
            median, spread = prior["neutral"].lognormal or (0, 0)
            assert median == pytest.approx(middle, rel=0.02), name
            assert spread == pytest.approx(sigma, abs=0.02), name


def test_a_running_spell_counts_as_at_least_so_long() -> None:
    whole = regimes.fit("a", [100, 100, 100, 100], [False] * 4)
    cut = regimes.fit("b", [100, 100, 100, 100], [False, False, False, True])
    assert cut.median[1] > whole.median[1]


def test_spells_of_the_law_come_back_from_the_fit() -> None:
    u = (np.arange(400) + 0.5) / 400
    days = 120.0 * (u / (1 - u)) ** 0.6
    found = regimes.fit("planted", [int(d) + 1 for d in days], [False] * 400)
    assert found.median[0] < 121 < found.median[2]
    assert found.spread[0] < 0.6 < found.spread[2]


def test_stress_cases_change_only_what_they_say() -> None:
    for case in ("2011-2014", "2014-2018", "2018-2021"):
        item = stress.scenario(case)
        assert item.world == {}
        assert item.history is None
        allowed = {"formation", "election", "hand_over", "strike"}
        assert {e.what for e in item.events} <= allowed


def test_facts_of_stress_cases_look_at_days_that_are_played() -> None:
    """Catches a date before the first day, which reads the days from the end."""
    for fact in stress.FACTS:
        item = stress.scenario(fact.case)
        assert all(item.start <= day <= item.end for day in fact.dates), fact


def test_presence_alone_fails_the_years_of_the_deal() -> None:
    """Catches motives that are mixed up in the stress cases, and facts that nothing can fail."""
    found = stress.examine(Run(runs=150))
    deal = next(k for k, f in enumerate(stress.FACTS) if f.case == "2014-2018")
    assert found.fails(deal, "presence")
    assert found.fails(deal, "rivalry")
    assert not found.fails(deal, "patron")
    assert not found.fails(deal, "conjunction")


@pytest.mark.long
def test_each_motive_contradicts_another() -> None:
    found = predictions.predict(500)
    for motive in MOTIVES:
        assert {other for _, other in found.contradicted(motive)}, motive
    assert found.ratios["deal", "presence"].mean == 1.0
    assert found.ratios["deal", "patron"].high < 0.5
    assert found.ratios["friend", "domestic"].high < 1.0
    assert found.ratios["rounds", "rivalry"].low > 1.0
    assert found.ratios["rounds", "patron"].mean == pytest.approx(1.0, abs=0.02)


def test_too_few_worlds_for_a_motive_are_said() -> None:
    """Catches an assertion of ours, and a motive of which nothing is known told as a number."""
    with pytest.raises(InputError, match="3 worlds a structure are too few for "):
        predictions.predict(3)


@pytest.mark.long
def test_a_search_finds_what_fails_and_says_where_nothing_can() -> None:
    """Catches a search that looks the wrong way, and a claim that is true by construction."""
    item = [
        Scenario.load("us-iran-deal").until(Scenario.load("us-iran-deal").start.replace(year=2022))
    ]
    can = adverse.search(lambda of: 0.5 - of("us-iran-deal", "stop_60"), item)
    assert can.fails
    assert can.margin < 0.0
    cannot = adverse.search(lambda of: 1.0 + of("us-iran-deal", "stop_60"), item, number=1)
    assert not cannot.fails
    assert set(can.values) == set(adverse._names())


def test_hypotheses_hold_where_their_margin_does() -> None:
    def of(name: str, outcome: str) -> np.ndarray:
        values = {"stop_180": [0.2, 0.8], "tempo_foreign": [4.0, 4.0], "daesh_index": [90.0, 90.0]}
        return np.array(values[outcome])

    held = {h.name: h.holds(of).tolist() for h in thesis.HYPOTHESES}
    assert held["not_stopped"] == [True, False]
    assert held["withdrawal_stops"] == [False, True]
    assert held["not_while_they_stay"] == [True, False]
    assert held["follow_presence"] == held["numbers_not_label"] == [False, False]


def test_facts_that_return_an_input_are_no_gates() -> None:
    uses = {name: item["use"] for name, item in data_files.load("patterns").items()}
    for name in ("SF3", "SF10", "SF13", "SF14", "SF19"):
        assert uses[name] == "coding", name
    # The calendar is one motive's, so a pooled world can fail it; it still judges nothing.
    assert uses["SF18"] == "report"
    assert set(uses.values()) == {"gate", "report", "coding"}


def test_ablations_name_what_only_they_fail() -> None:
    found = facts.Ablations(
        ("base", "x", "y"), {"base": ("SF1",), "x": ("SF1", "SF2"), "y": ("SF1",)}, 10, 0
    )
    assert found.only_here("x") == ("SF2",)
    assert found.only_here("y") == ()
    assert "SF2" not in found.idle()
    assert "SF3" in found.idle()


def test_a_sealed_forecast_opens_only_as_it_was_sealed(results: Path, tmp_path: Path) -> None:
    """Catches a digest that is not that of the draws, and months that are shifted."""
    done = CliRunner().invoke(
        main, ["evidence", "seal", "restraint", "--runs", "20", "--name", "s"]
    )
    assert done.exit_code == 0, done.output
    told = json.loads((results / "s" / "seal.json").read_text())
    assert told["digest"] in done.output
    sealed = seal.read(results / "s")
    assert sealed.series.intervals[0].start == Scenario.load("restraint").start
    assert sealed.series.intervals[-1].end == Scenario.load("restraint").end
    assert sealed.draws.shape == (len(sealed.series), 60)
    observed = tmp_path / "seen.csv"
    observed.write_text("start,end,count\n2021-08-01,2021-08-31,4\n2021-09-01,2021-09-30,2\n")
    line = ["evidence", "seal", "--open", str(results / "s")]
    done = CliRunner().invoke(main, [*line, "--observed", str(observed)])
    assert done.exit_code == 0, done.output
    # All rivals stand beside it; this scenario makes the article's promise.
    assert "What the agents add" in done.output
    promised = seal._promise(sealed.told)
    assert promised == (date(2021, 7, 26), date(2022, 12, 31))
    found = seal.opened(sealed, record.read(observed))
    assert [one.name for one in found.rivals] == list(rivals.named(promised))
    assert found.skills["crps"][0].rival == "poisson"
    assert found.skills["crps"][0].skill == pytest.approx(
        1 - found.model.mean("crps") / found.rivals[0].mean("crps")
    )
    other = tmp_path / "other.csv"
    other.write_text("start,end,count\n2021-08-02,2021-08-31,4\n")
    done = CliRunner().invoke(main, [*line, "--observed", str(other)])
    assert done.exit_code == 2
    assert "whole month" in done.output
    whole = (results / "s" / "forecast.parquet").read_bytes()
    (results / "s" / "forecast.parquet").write_bytes(whole[:-1] + b"x")
    with pytest.raises(InputError, match=r"holds no sealed|is not what"):
        seal.read(results / "s")
    assert CliRunner().invoke(main, ["evidence", "seal"]).exit_code == 2


def test_the_sealed_forecasts_are_what_was_sealed() -> None:
    """Catches a forecast altered after its digest was written down, or of other months."""
    folder = data_files.folder("seeds") / "seals"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    sealed = {path.name.removesuffix("-to-2026") for path in (folder / "454bae6").iterdir()}
    assert {"sustained-presence", "combat-to-advisory", "full-withdrawal"} <= sealed
    assert sealed <= set(names())
    assert len(sealed) == 22
    for name in sorted(sealed):
        found = seal.read(folder / "454bae6" / f"{name}-to-2026")
        assert f"| {name} | `{found.told['digest']}` |" in listed
        assert found.draws.shape == (66, 900)
        assert str(found.series.intervals[-1].end) == "2026-12-31"
        assert found.told["commit"].startswith("454bae6")


def test_an_earlier_format_is_told_what_has_moved(tmp_path: Path) -> None:
    """Catches a file of before the motives that is played by today's defaults in silence."""
    old = tmp_path / "old.yaml"
    text = "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\nextends: restraint\n"
    for more, told in (
        ("format: 1\n", "attack_rate 0.11 to 0.15"),
        ("world: {restraint_onset: 0.1}\n", "see 'violence_median'"),
        ("format: 3\n", "format"),
    ):
        old.write_text(more + text)
        done = CliRunner().invoke(main, ["check", str(old)])
        assert (done.exit_code, told in done.output) == (2, True), done.output
    old.write_text("format: 2\n" + text)
    assert CliRunner().invoke(main, ["check", str(old)]).exit_code == 0
