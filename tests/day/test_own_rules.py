"""Rules of one's own: played by both engines, named in every result, refused in one sentence."""

import json
import pickle
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from drawdown import World, compare
from drawdown.cli.main import main
from drawdown.day import rulebook
from drawdown.declared.columns import PARAMETERS
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.declared.parameters import Setting
from drawdown.declared.scenario import Scenario
from drawdown.web.controls import controls, whose_rules
from drawdown.worlds import ensemble

HALF = '''
"""Soldiers anger half as much."""
from drawdown.rules.numbers import clamp


def _half(x):
    return clamp(0.5 * x, 0.0, 1.0)


def response(
    visible_now, visible_reference, any_soldier_scale, follows, presence_elasticity,
    response_ceiling, left,
):
    return max(left, _half(visible_now / visible_reference))
'''


WEARY = """
NUMBERS = {
    "weariness": {
        "default": 0.5, "prior": {"uniform": [0.0, 0.9]}, "unit": "share", "meaning": "How much."
    },
    "calm": {"default": 0.25, "unit": "share", "meaning": "Less of an officer's aim."},
}


def response(
    visible_now, visible_reference, any_soldier_scale, follows, presence_elasticity,
    response_ceiling, left, weariness,
):
    return max(left, (1.0 - weariness) * visible_now / visible_reference)


def hold_fire(leaving, hold_fire_discount, calm, weariness):
    return (1.0 - calm) * (1.0 - 0.5 * weariness)
"""


@pytest.fixture
def weary(tmp_path: Path) -> Path:
    file = tmp_path / "weary.py"
    file.write_text(WEARY)
    return file


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "mine.py"
    file.write_text(HALF)
    return file


@pytest.mark.long
def test_both_engines_play_the_same_own_rule(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a rule that reaches only one engine."""
    item = [Scenario.load("sustained-presence")]
    usual = ensemble.play(item, runs=3, threads=1)[0]
    fast = ensemble.play(item, runs=3, threads=1, rules=mine)[0]
    assert fast.outcome("attacks_foreign").mean() < 0.9 * usual.outcome("attacks_foreign").mean()
    world = World("sustained-presence", seed=0, replication=2, uncertainty="posterior", rules=mine)
    slow = world.run().outcomes()[:, 0].sum()
    assert slow == fast.outcome("attacks_foreign")[2]
    assert np.array_equal(
        ensemble.play(item, runs=3, threads=1)[0].outcomes, usual.outcomes, equal_nan=True
    )


def test_rules_travel_to_other_processes(mine: Path) -> None:
    again = pickle.loads(pickle.dumps(rulebook.load(mine)))
    assert again == rulebook.load(mine)
    assert list(again.own) == ["response"]
    world = pickle.loads(pickle.dumps(World("restraint", seed=3, history=False, rules=mine)))
    other = World("restraint", seed=3, history=False, rules=mine)
    assert np.array_equal(world.run(30).outcomes(), other.run(30).outcomes())


@pytest.mark.long
def test_a_result_names_the_rules_it_was_played_by(mine: Path, results: Path) -> None:
    """Catches a result under own rules that looks like the model's."""
    for more, replaced in (([], []), (["--rules", str(mine)], ["presence.response"])):
        done = CliRunner().invoke(
            main, ["run", "restraint", "--runs", "8", "--name", f"r{len(more)}", *more]
        )
        assert done.exit_code == 0, done.output
        told = json.loads((results / f"r{len(more)}" / "run.json").read_text())["rules"]
        assert told["replaced"] == replaced
        assert ("Rules of mine.py: presence.response" in done.output) == bool(more)
    assert rulebook.current() == rulebook.PLAIN
    assert compare(["restraint"], runs=8, structure="deter", rules=mine).rules["file"] == "mine.py"


WITHOUT_WORLDS = {
    *("events", "bundle", "scenarios", "check", "new", "schema"),
    *("explain", "odd", "plot", "show", "merge", "rerun"),
}
"""Commands that play no worlds."""


@pytest.mark.parametrize("name", [n for n in main.list_commands(None) if n not in WITHOUT_WORLDS])  # type: ignore[arg-type]
def test_every_command_that_plays_takes_rules(name: str, tmp_path: Path) -> None:
    context = main.make_context("drawdown", ["--help"], resilient_parsing=True)
    command = main.get_command(context, name)
    assert command is not None
    inner = getattr(command, "commands", {"": command})
    assert all(
        "rules" in [p.name for p in one.params] or one.name == "regimes" for one in inner.values()
    )


@pytest.mark.long
def test_a_rule_brings_numbers_of_its_own(weary: Path) -> None:
    """Catches numbers that reach one engine alone, two that change places, and a lasting one."""
    item = [Scenario.load("sustained-presence")]
    fast = ensemble.play(item, runs=70, threads=2, rules=weary)[0]
    assert fast.parameters.shape[0] == len(PARAMETERS) + 2
    weariness, calm = fast.parameters[-2], fast.parameters[-1]
    assert weariness.min() < 0.1 < 0.8 < weariness.max()
    assert set(calm) == {0.25}
    assert abs(np.corrcoef(weariness, fast.outcome("attacks_foreign"))[0, 1]) > 0.3
    for number in (0, 69):
        world = World(item[0], seed=0, replication=number, uncertainty="posterior", rules=weary)
        assert world.p.weariness == weariness[number]
        assert world.run().outcomes()[:, 0].sum() == fast.outcome("attacks_foreign")[number]
    held = ensemble.play(item, runs=4, rules=weary, chosen={"weariness": Setting(value=0.0)})[0]
    assert set(held.parameters[-2]) == {0.0}
    assert len(ensemble.play(item, runs=1)[0].parameters) == len(PARAMETERS)
    again = pickle.loads(pickle.dumps(rulebook.load(weary)))
    assert again.numbers == rulebook.load(weary).numbers


@pytest.mark.long
def test_a_number_of_ones_own_is_told_and_chosen_as_others_are(
    weary: Path, results: Path, tmp_path: Path
) -> None:
    line = ["compare", "restraint", "full-withdrawal", "--runs", "8", "--rules", str(weary)]
    done = CliRunner().invoke(main, [*line, "--name", "w", "--set", "weariness=0.3"])
    assert done.exit_code == 0, done.output
    told = json.loads((results / "w" / "run.json").read_text())["rules"]["numbers"]
    assert told["weariness"]["range"] == [0.0, 0.9]
    kept = pq.read_table(results / "w" / "inputs.parquet").to_pydict()
    assert set(kept["weariness"]) == {0.3}
    done = CliRunner().invoke(main, [*line, "--set", "weariness=3"])
    assert done.exit_code == 2
    assert "weariness must lie between 0 and 0.9" in done.output
    done = CliRunner().invoke(main, [*line, "--set", "wearines=0.3"])
    assert "did you mean 'weariness'?" in done.output
    own = tmp_path / "tired.yaml"
    own.write_text(
        "title: {en: Tired, ar: متعب}\nquestion: {en: What, ar: ماذا}\n"
        "extends: restraint\nworld:\n  weariness: {scale: 0.5}\n"
    )
    done = CliRunner().invoke(main, ["run", str(own), "--runs", "8", "--rules", str(weary)])
    assert done.exit_code == 0, done.output
    assert CliRunner().invoke(main, ["run", str(own), "--runs", "8"]).exit_code == 2


def test_explore_says_whose_rules_are_played(weary: Path) -> None:
    assert whose_rules(Language("en")) == ""
    with rulebook.using(weary):
        for code in ("en", "ar"):
            language = Language(code)
            assert "weary.py" in whose_rules(language)
            shown = [p["name"] for p in controls(language)["parameters"]]
            assert "weariness" in shown
            assert "calm" not in shown


@pytest.mark.parametrize(
    ("numbers", "rest", "said"),
    [
        ("{'lethality': {}}", "", "is a parameter of the model"),
        ("{'a': {'default': 1}}", "", "lacks unit, meaning"),
        ("{'a': {'default': 1, 'unit': 'x', 'meaning': 'y', 'm': 1}}", "", "knows no m"),
        ("{'a': {'default': 'b', 'unit': 'x', 'meaning': 'y'}}", "", "default must be a number"),
        ("{'a': {'default': 1, 'unit': 'x', 'meaning': 'y', 'prior': 3}}", "", "default must be"),
        (
            "{'a': {'default': 1, 'unit': 'x', 'meaning': 'y', 'range': [2, 3]}}",
            "",
            "must lie within 2 and 3",
        ),
        ("[1]", "", "must be declarations by name"),
        (
            "{'a': {'default': 1, 'unit': 'x', 'meaning': 'y', 'range': [0, 3], "
            "'prior': {'choice': 3}}}",
            "",
            "default must be",
        ),
        ("{'a': {'default': 1, 'unit': 'x', 'meaning': '\\x1b[2J'}}", "", "not shown as they are"),
        ("{'a': {'default': 1, 'unit': '=1', 'meaning': 'x'}}", "", "formula"),
        ("{'a': {'default': 1, 'unit': 'x', 'meaning': 'y'}}", "", "no rule of the file takes it"),
        (
            "{'a': {'default': 1, 'unit': 'x', 'meaning': 'y'}}",
            "def fade(half_life, a):\n    return a\n",
            "is called by other rules",
        ),
        ("{}", "def hold_fire(leaving, hold_fire_discount, b):\n    return b\n", "in NUMBERS"),
    ],
)
def test_faults_of_numbers_are_sentences(
    tmp_path: Path, numbers: str, rest: str, said: str
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        f"NUMBERS = {numbers}\n\n\ndef readiness(days_since_attack, ready_days):\n"
        f"    return 1.0\n\n\n{rest}"
    )
    with pytest.raises(InputError, match=r"mine\.py") as error:
        rulebook.load(file)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def respons(a):\n    return a\n", "did you mean 'response'?"),
        ("def response(a):\n    return a\n", "takes (a), the rule takes (visible_now,"),
        ("x = 1\n", "there is no rule in it"),
        ("def response(:\n", ":1: is not Python"),
        ("import nowhere\n", "ModuleNotFoundError"),
        ("def quantile_uniform(u, low, high):\n    return u\n", "give --priors"),
    ],
)
def test_faults_of_a_file_are_sentences(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(text)
    with pytest.raises(InputError, match=r"mine\.py") as error:
        rulebook.load(file)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("return symbol ** 2.0", "rules.numbers.pow_"),
        ("return sum([symbol, fading])", "call a rule"),
        ("return [symbol][0]", "use numbers"),
        ("return symbol if symbol else fading", "compare it"),
        ("return max(symbol)", "give it two numbers"),
        ("assert symbol > 0.0", "write it in a test"),
        ("return symbol % 2.0", "with + and -"),
        ("symbol = True and symbol", "compare it"),
        ("return unheard_of", "use arguments"),
        ("return site_opportunity(symbol, fading, nearness)", "write a loop"),
        ("return max(a=symbol, b=fading)", "in their order"),
        ("for x in (1.0, 2.0):\n        symbol = x\n    return symbol", "loop over range()"),
        ("print(symbol)\n    return 1.0", "call a rule"),
    ],
)
def test_what_the_engine_cannot_play_is_refused_with_file_and_line(
    tmp_path: Path, line: str, said: str
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(f"def site_opportunity(symbol, fading, nearness):\n    {line}\n")
    with pytest.raises(InputError) as error:
        ensemble.play([Scenario.load("restraint")], runs=1, rules=file)
    text = str(error.value)
    assert text.startswith(f"{file}:"), text
    assert f"{file}:2:" in text or f"{file}:3:" in text or "calls itself" in text, text
    assert said in text, text


@pytest.mark.long
def test_a_rule_that_breaks_the_short_cut_is_played_without_it(tmp_path: Path) -> None:
    """Catches a short cut that stands though cells act above a rested cell's hazard."""
    file = tmp_path / "mine.py"
    file.write_text(
        "def readiness(days_since_attack, ready_days):\n"
        "    return min(3.0, days_since_attack / ready_days)\n"
    )
    item = Scenario.load("sustained-presence").until(
        Scenario.load("restraint").start.replace(year=2022)
    )
    from dataclasses import replace

    item = replace(item, history=None)
    fast = ensemble.play([item], runs=2, uncertainty="none", rules=file)[0]
    for number in range(2):
        world = World(item, seed=0, replication=number, uncertainty="none", rules=file)
        assert world.run().outcomes()[:, 0].sum() == fast.outcome("attacks_foreign")[number]
    usual = ensemble.play([item], runs=2, uncertainty="none")[0]
    assert fast.outcome("attacks_foreign").sum() > usual.outcome("attacks_foreign").sum()
