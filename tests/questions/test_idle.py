"""What is said to move nothing moves nothing, and what acts somewhere is not named."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from drawdown import simulate
from drawdown.cli import main
from drawdown.declared import levers
from drawdown.declared.columns import STRUCTURES
from drawdown.declared.parameters import settings
from drawdown.declared.scenario import Scenario
from drawdown.questions import idle

HEAD = "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\n"
NOTHING = f"moved nothing in {idle.RUNS} worlds"


def checked(folder: Path, text: str) -> str:
    path = folder / "mine.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(path)])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "extends: restraint\nworld: {initial_pressure: 0.9}\n",
            f"4:9: world.initial_pressure: {NOTHING} of each structure, at 0 or 1",
        ),
        ("extends: restraint\nworld: {campaign_boost: 2}\n", NOTHING),
        ("extends: restraint\npolicy: {strike_budget: 5}\n", f"{NOTHING} of each structure, at 0"),
        ("extends: restraint\npolicy: {us_reply: refuse}\n", "at honour or refuse"),
        ("extends: restraint\nmode: conditioned\n", "forces no review"),
        ("extends: restraint\ndrop_events: [vote]\n", "nothing inherited is a vote"),
    ],
)
def test_check_names_what_moves_nothing(tmp_path: Path, text: str, words: str) -> None:
    """Catches a choice that is played and changes no world, and nobody says so."""
    said = checked(tmp_path, text)
    assert "note: " in said
    assert words in said


@pytest.mark.parametrize(
    "text",
    [
        "extends: restraint\nworld: {initial_pressure: 0.9}\nhistory: none\n",
        "extends: broken-deadline\nworld: {broken_stance: 0.9}\n",
        "extends: restraint\nworld: {campaign_boost: 2}\n"
        "events: [{date: 2022-01-01, what: campaign, until: 2022-02-01}]\n",
        "extends: expulsion\npolicy: {us_reply: refuse}\n",
        "extends: restraint\npolicy: {doctrine: none, policing: 0.4, nato_target: 900}\n",
    ],
)
def test_what_acts_is_not_noted(tmp_path: Path, text: str) -> None:
    """Catches a note that would keep a user from something that works."""
    assert "note: " not in checked(tmp_path, text)


def test_a_choice_that_acts_in_one_structure_or_scenario_is_not_named() -> None:
    """Catches a try under the first structure, in the first scenario or of the last days alone."""
    free, restraint = Scenario.load("robust-retaliation"), Scenario.load("restraint")
    some = settings({"wrong_grievance": 2.0, "campaign_boost": 3.0, "initial_pressure": 0.4})
    assert set(idle.parameters([free], some)) == {"campaign_boost"}
    assert "wrong_grievance" in idle.parameters([free], some, ("deter",))
    assert set(idle.parameters([restraint, free], some)) == {"campaign_boost"}
    assert "wrong_grievance" in idle.parameters([restraint], some, STRUCTURES)


def test_every_lever_of_every_kind_can_be_tried() -> None:
    """Catches a lever at whose ends no scenario can be made."""
    scenario = Scenario.load("combat-to-advisory")
    for lever in levers.LEVERS:
        for end in lever.choices or (lever.low, lever.high):
            assert levers.moved(scenario, {lever.name: end}).levers != scenario.levers or end in (
                levers.stands(scenario)[lever.name],
            )


@pytest.mark.long
def test_run_and_compare_say_it_of_options_too(results: Path) -> None:
    words = ["compare", "restraint", "broken-deadline", "--runs", "2", "--no-figures"]
    done = CliRunner().invoke(main, [*words, "--set", "deal_fire=0.5"])
    assert f"deal_fire: {NOTHING} of each structure, at 0 or 1" in done.stderr
    # It acts in one of the two.
    done = CliRunner().invoke(main, [*words, "--set", "broken_stance=0.5"])
    assert "broken_stance" not in done.stderr
    done = CliRunner().invoke(main, [*words, "--set", "initial_pressure=0.5"])
    assert "initial_pressure" not in done.stderr


def test_python_warns_of_it() -> None:
    with pytest.warns(idle.IdleWarning, match="campaign_boost"):
        found = simulate("restraint", runs=2, bands=False, parameters={"campaign_boost": 3.0})
    usual = simulate("restraint", runs=2, bands=False)
    assert np.array_equal(found.outcomes, usual.outcomes, equal_nan=True)
