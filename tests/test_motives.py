"""The five motives: drawn evenly, chosen, weighed, told apart, alike in both engines."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from drawdown import InputError, World, compare, simulate
from drawdown.cli.main import main
from drawdown.day import plan
from drawdown.declared import parameters as declared
from drawdown.declared.columns import MOTIVES, PARAMETERS, STRUCTURES
from drawdown.declared.scenario import Scenario
from drawdown.questions.idle import IdleWarning
from drawdown.worlds import ensemble

ROW = PARAMETERS.index(declared.MOTIVE)


def test_motives_are_drawn_a_fifth_each_and_the_same_for_all_scenarios_and_structures() -> None:
    drawn = {s: declared.draw(range(1000), seed=5, structure=s)[ROW] for s in STRUCTURES}
    for values in drawn.values():
        assert np.bincount(values.astype(int), minlength=5) == pytest.approx([200] * 5, abs=3)
        assert np.array_equal(values, drawn["neutral"])
    assert not np.array_equal(drawn["neutral"], declared.draw(range(1000), seed=6)[ROW])
    later = declared.draw(range(500, 600), seed=5)[ROW]
    assert np.array_equal(later, drawn["neutral"][500:600])


def test_weights_say_how_often_each_is_drawn_and_do_not_last() -> None:
    with declared.weighing_motives({"presence": 3, "rivalry": 1}):
        found = np.bincount(declared.draw(range(1000))[ROW].astype(int), minlength=5)
    assert found == pytest.approx([750, 0, 0, 250, 0], abs=3)
    assert np.bincount(declared.draw(range(1000))[ROW].astype(int)).min() > 190
    weighed = compare(["restraint"], runs=40, bands=False, weights_of_motives={"patron": 1})
    assert weighed.motives == ("patron",)
    assert weighed.weights == (0, 1, 0, 0, 0)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"presense": 1}, "did you mean 'presence'"),
        ({"presence": -1}, "must be a number from 0"),
        ({"presence": 0}, "at least one"),
    ],
)
def test_wrong_weights_are_refused(weights: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        declared.read_weights(weights)


def test_a_posteriors_draws_belong_to_their_motive() -> None:
    """Catches a world with one motive and the tempo that another was fitted with."""
    stored = declared.posterior()
    drawn = declared.draw(range(400), structure="deter")
    rate = drawn[PARAMETERS.index("attack_rate")]
    for code, motive in enumerate(MOTIVES):
        mine = rate[drawn[ROW] == code]
        assert set(mine) <= set(stored["deter", motive]["attack_rate"])
    held = declared.draw(
        range(50), structure="deter", chosen=declared.chosen_with({}, "conjunction")
    )
    assert set(held[ROW]) == {4.0}
    own = stored["deter", "conjunction"]["attack_rate"]
    assert set(held[PARAMETERS.index("attack_rate")]) <= set(own)


@pytest.mark.long
@pytest.mark.parametrize("motive", MOTIVES)
def test_a_world_of_a_motive_is_the_ensembles(motive: str) -> None:
    fast = simulate("combat-to-advisory", runs=2, structure="neutral", motive=motive, bands=False)
    world = World(
        "combat-to-advisory", seed=0, replication=1, uncertainty="posterior", motive=motive
    )
    assert world.run().outcomes()[:, 0].sum() == fast.outcome("attacks_foreign")[1]
    assert set(fast.parameters[ROW]) == {float(MOTIVES.index(motive))}


def test_every_motive_has_one_tempo_over_the_record() -> None:
    """Catches a motive whose own factors give it more attacks in the record than another."""
    means = []
    for motive in MOTIVES:
        chosen = declared.chosen_with({"violence_median": 1e7, "outbidding_gain": 0.0}, motive)
        found = ensemble.play(
            [Scenario.load("record-2020-2021")],
            runs=600,
            uncertainty="prior",
            chosen=chosen,
            bands=False,
        )[0]
        means.append(found.outcome("attacks_foreign").mean())
    assert max(means) / min(means) < 1.2, means


def test_months_of_the_record_are_its_own() -> None:
    months = plan.reference_tables()
    assert sum(months["month_share"]) == pytest.approx(1.0)
    assert months["month_combat"][0] == 2340
    assert months["month_combat"][-1] == 936
    between = np.array(months["month_us_iran"]).reshape(19, 4)
    assert between.sum(axis=1) == pytest.approx(np.ones(19))
    assert between[0, 3] == pytest.approx(8 / 31)
    assert between[-1].tolist() == [0, 1, 0, 0]
    assert months["month_formation"][0] == 1.0
    assert months["month_prime_minister"][0] == 0.0
    assert months["month_prime_minister"][-1] > 0.99


def test_results_are_told_by_motive_and_then_pooled() -> None:
    """Catches motives that are mixed up, and a pooled number that is not their mean."""
    found = compare(
        ["sustained-presence", "us-iran-deal"], runs=250, structure="neutral", bands=False
    )
    assert found.motives == MOTIVES
    ratio = {m: found.tempo_ratio("us-iran-deal", m).mean for m in found.all_motives}
    assert ratio["presence"] == ratio["domestic"] == 1.0
    # Rivals spoil the talks that open it, two months long and more than a year before.
    assert ratio["rivalry"] == pytest.approx(1.0, abs=0.01)
    assert ratio["patron"] < 0.3
    assert ratio["conjunction"] < 0.3
    level = {m: found.level("us-iran-deal", m, "tempo_foreign") for m in found.all_motives}
    parts = sum(level[m].mean * level[m].runs for m in MOTIVES) / 250
    assert level["pooled"].mean == pytest.approx(parts)
    alone = compare(["us-iran-deal"], runs=250, structure="neutral", bands=False, motive="patron")
    assert alone.motives == ("patron",)
    with pytest.raises(InputError, match="did you mean 'patron'"):
        compare(["restraint"], runs=2, motive="patronn")


def test_no_file_fixes_a_motive(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\nextends: restraint\n"
        "world: {motive: 1}\n"
    )
    with pytest.raises(InputError, match="choose with --motive"):
        Scenario.load(path)


@pytest.mark.long
def test_the_command_line_takes_motives_and_weights(results: Path) -> None:
    words = ["compare", "restraint", "us-iran-deal", "--runs", "20", "--no-figures", "--name"]
    done = CliRunner().invoke(main, [*words, "a", "--motive", "rivalry"])
    assert done.exit_code == 0, done.output
    done = CliRunner().invoke(main, [*words, "b", "--weights-of-motives", "patron=1,domestic=1"])
    assert done.exit_code == 0, done.output
    summary = (results / "b" / "summary.csv").read_text()
    assert '"patron"' in summary
    assert '"rivalry"' not in summary
    assert declared.weights_of_motives() == (1.0,) * 5
    for wrong in (["--motive", "patrn"], ["--weights-of-motives", "patron"]):
        assert CliRunner().invoke(main, [*words, "c", *wrong]).exit_code == 2


def test_a_truce_for_a_promise_is_kept_where_the_soldiers_leave() -> None:
    """Catches truces that end at their date though all are gone, and those that never end."""
    held = {"truce_chance": 1.0, "truce_holds": 1.0, "label_counts": 0.0, "truce_closing": 0.2}
    quiet = {}
    for name, belief in (
        ("full-withdrawal", 145.0),
        ("announcement-only", 145.0),
        ("announcement-only", 1e5),
    ):
        with warnings.catch_warnings():
            # What a label counts moves nothing where all soldiers leave.
            warnings.simplefilter("ignore", IdleWarning)
            found = simulate(
                name,
                runs=60,
                structure="neutral",
                parameters=held | {"promise_belief": belief},
                daily=True,
                bands=False,
            )
        days = np.array([found.kept[r] for r in range(60)])
        from drawdown.declared.columns import OUTCOMES

        quiet[name, belief] = days[:, :, OUTCOMES.index("quiet")].mean(axis=0)
    date_of_promise = 523
    unkept = quiet["announcement-only", 145.0], quiet["announcement-only", 1e5]
    assert quiet["full-withdrawal", 145.0][30:900].min() == 1.0
    assert unkept[1][30:date_of_promise].min() == 1.0
    assert unkept[1][date_of_promise + 60 :].mean() < 0.9
    # Nobody leaves: it is behind from a fifth of the way on, and believed for some months more.
    assert unkept[0][30:100].min() == 1.0
    assert unkept[0][400:date_of_promise].mean() < 0.75


def test_a_government_is_formed_after_an_election() -> None:
    world = World(
        "sustained-presence",
        seed=2,
        motive="domestic",
        parameters={"next_prime_minister_stance": -1.0},
    )
    stances, forming = [], []
    while world.today < world.plays.end:
        world.step()
        stances.append(world.government.prime_minister)
        forming.append(world.w.forming)
    election = 76
    assert max(forming[:election]) == 0.0
    length = int(sum(forming))
    assert length in (93, 94, 155, 156, 130, 131, 164, 165, 288, 289)
    assert stances[election - 1] > 0.9
    assert stances[election + length - 2] > 0.9
    assert stances[-1] < -0.9
