"""What the program says cannot act does not act, and what it does not say does."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from drawdown import simulate
from drawdown.cli import main
from drawdown.day import reach
from drawdown.declared import parameters as declared
from drawdown.declared.columns import PARAMETERS, STRUCTURES
from drawdown.declared.parameters import Setting
from drawdown.declared.scenario import Scenario, names
from drawdown.worlds import ensemble

HEAD = "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\n"
RUNS = 96

RARE = {
    "vote_majority",  # a vote is called only where pressure passes its trigger
    "vote_chance",
    "vote_interval",
    "vote_pressure",
    "policing_floor",
    "training_cap",
    "posture_change_days",
    "review_level",
    "grievance_limit",
    "caution_cap",
    "hardening_cap",
    "death_demand_cap",
    "convoy_response_cap",
    "exposure_cap",
    "daesh_limit",
    "nato_resolve_loss",
    "nato_resolve_recovery",
    "wrong_strike_factor",
    "wrong_grievance",
    "backlash_floor",
    "exit_patron",  # only where the soldiers are gone
    "exit_domestic",
    "exit_rivalry",
    "opportunity_weight",  # only where sites close or empty
}
"""Parameters that act in some worlds only, or only beyond a bound: no claim is made of them."""


def outcomes(scenario: Scenario, structure: str, name: str | None, value: float) -> object:
    found = ensemble.play(
        [scenario.until(min(scenario.end, scenario.start.replace(year=scenario.start.year + 2)))],
        runs=RUNS,
        structure=structure,
        chosen={name: Setting(value=value)} if name else {},
        bands=False,
    )[0]
    return found.outcomes.tobytes()


def ends(name: str) -> tuple[float, float]:
    low, high = declared.declarations()[name].range
    return low, high


@pytest.mark.parametrize("name", names())
def test_what_is_said_not_to_act_does_not(name: str) -> None:
    """Catches a note that would keep a user from something that works."""
    scenario = Scenario.load(name)
    # Every scenario tries others of them, so that together they try all.
    turn = names().index(name)
    for structure in STRUCTURES:
        said = []
        for parameter in PARAMETERS:
            for value in ends(parameter):
                choice = {parameter: Setting(value=value)}
                if list(reach.idle(scenario, choice, (structure,), True)):
                    said.append((parameter, value))
        usual = outcomes(scenario, structure, None, 0.0)
        each = 6 if structure == "neutral" else 11
        for parameter, value in said[turn % each :: each]:
            if parameter != "strike_rate_ratio":
                assert outcomes(scenario, structure, parameter, value) == usual, parameter


@pytest.mark.parametrize("structure", ["deter", "provoke"])
def test_what_is_not_said_to_be_idle_acts(structure: str) -> None:
    """Catches a parameter that can act nowhere in the headline's case and is not named."""
    scenario = Scenario.load("combat-to-advisory")
    silent = []
    for parameter in PARAMETERS:
        if parameter in RARE or parameter == "strike_rate_ratio":
            continue
        if list(reach.idle(scenario, {parameter: Setting(value=1.0)}, (structure,), True)):
            continue
        low, high = ends(parameter)
        if outcomes(scenario, structure, parameter, low) == outcomes(
            scenario, structure, parameter, high
        ):
            silent.append(parameter)
    assert silent == []


def checked(folder: Path, text: str) -> str:
    path = folder / "mine.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(path)])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("extends: restraint\nworld: {initial_pressure: 0.9}\n", "4:9: world.initial_pressure"),
        ("extends: restraint\nworld: {broken_stance: 0.9}\n", "no broken_deadline happens"),
        ("extends: restraint\nworld: {campaign_boost: 2}\n", "no campaign is dated"),
        ("extends: restraint\nworld: {hold_back: 2}\n", "no strike is decided"),
        ("extends: restraint\npolicy: {strike_budget: 5}\n", "the doctrine is never to strike"),
        ("extends: restraint\npolicy: {us_reply: refuse}\n", "nobody asks"),
        ("extends: restraint\nmode: conditioned\n", "forces no review"),
        ("extends: restraint\ndrop_events: [vote]\n", "nothing inherited is a vote"),
        ("extends: restraint\nworld: {confrontation_backlash: 1}\n", "beyond ordinary_policing"),
    ],
)
def test_check_names_what_has_no_way_to_act(tmp_path: Path, text: str, words: str) -> None:
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
        "extends: restraint\nworld: {stance_memory: 100}\n",
        "extends: expulsion\npolicy: {us_reply: refuse}\n",
    ],
)
def test_what_acts_is_not_noted(tmp_path: Path, text: str) -> None:
    assert "note: " not in checked(tmp_path, text)


def test_run_and_compare_say_it_of_options_too(results: Path) -> None:
    words = ["compare", "restraint", "broken-deadline", "--runs", "2", "--no-figures"]
    done = CliRunner().invoke(main, [*words, "--set", "deal_fire=0.5"])
    assert "deal_fire: has no way to act" in done.stderr
    # It acts in one of the two.
    done = CliRunner().invoke(main, [*words, "--set", "broken_stance=0.5"])
    assert "broken_stance" not in done.stderr
    done = CliRunner().invoke(main, [*words, "--set", "initial_pressure=0.5"])
    assert "initial_pressure" not in done.stderr


def test_python_warns_of_it() -> None:
    with pytest.warns(reach.IdleWarning, match="campaign_boost"):
        found = simulate("restraint", runs=2, bands=False, parameters={"campaign_boost": 3.0})
    usual = simulate("restraint", runs=2, bands=False)
    assert np.array_equal(found.outcomes, usual.outcomes, equal_nan=True)
