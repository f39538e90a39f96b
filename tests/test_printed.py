"""The commands that are printed beside numbers make those numbers, whatever the settings."""

import re
import shlex
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from drawdown.cli.main import main
from drawdown.connect import commands, store
from drawdown.day import rulebook
from drawdown.day.world import World
from drawdown.declared.columns import OUTCOMES
from drawdown.declared.language import Language
from drawdown.declared.scenario import Scenario
from drawdown.questions import adverse, study, thesis
from drawdown.views import chronicle, decompose, memo, report
from drawdown.web import page_bundle, site
from drawdown.web.explore import Explorer
from drawdown.web.links import numbers, view_of

OWN = """
title: {en: Own, ar: خاص}
question: {en: What if?, ar: ماذا لو؟}
extends: restraint
policy: {policing: 0.6}
"""
RULES = '''
"""Soldiers anger less, and nobody knows how much less."""

NUMBERS = {"weariness": {"default": 0.5, "prior": {"uniform": [0.2, 0.9]}, "unit": "share",
                         "meaning": "How much less"}}


def response(
    visible_now, visible_reference, any_soldier_scale, follows, presence_elasticity,
    response_ceiling, left, weariness,
):
    return max(left, (1.0 - weariness) * min(1.0, visible_now / any_soldier_scale))
'''
SIZES = study.Sizes(24, 40, 1, 20, 3, 2, 8, 1, 12)
"""The number of worlds that every command of the report is given: few, and none the usual one."""


def call(words: Sequence[str], **more: Any) -> str:
    """Run a command of the command line; return what it said."""
    done = CliRunner().invoke(main, list(words), env={"COLUMNS": "200"}, **more)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a space in its name, with a scenario and rules of one's own."""
    folder = tmp_path_factory.mktemp("own files") / "it's mine"
    folder.mkdir()
    (folder / "own.yaml").write_text(OWN, encoding="utf-8")
    (folder / "mine.py").write_text(RULES, encoding="utf-8")
    return folder


def _folders(found: study.Study, folder: Path, language: Language) -> dict[str, Path]:
    """Make the folders that figures lie in, without any."""
    for name in found.drivers:
        (folder / name).mkdir()
        (folder / f"split-{name}").mkdir()
    return {}


@pytest.fixture(scope="module", autouse=True)
def little() -> Iterator[None]:
    """Play little and draw nothing, in the report and in its commands alike."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study.Sizes, "small", staticmethod(lambda: SIZES))
        for name, value in (("DRAWS", 20), ("LUCKS", 1), ("ROUNDS", 1), ("MORE_LUCKS", 1)):
            patch.setattr(adverse, name, value)
        patch.setattr(thesis, "HYPOTHESES", thesis.HYPOTHESES[:2])
        patch.setattr(report, "draw", _folders)
        for name in ("draw_boxes", "draw_sensitivity", "draw_regret"):
            patch.setattr(memo, name, lambda *rest: None)
        patch.setattr(decompose, "draw", lambda *rest: None)
        yield


@pytest.fixture(scope="module")
def written(place: Path) -> Path:
    """A report under settings of which none is the usual one."""
    words = ["report", str(place / "own.yaml"), "restraint", "--small"]
    words += ["--baseline", str(place / "own.yaml"), "--seed", "3", "--name", "report"]
    words += ["--weights", "dead_us=2.123456789,authority=-1"]
    words += ["--weights-of-motives", "presence=1,patron=2.123456789"]
    words += ["--uncertainty", "prior", "--rules", str(place / "mine.py")]
    call([*words, "--out", str(place / "results")])
    return place / "results" / "report"


def printed(folder: Path) -> dict[str, list[str]]:
    """Return the commands of a report's page by what they make."""
    page = (folder / "report.html").read_text(encoding="utf-8")
    found = re.findall(r'<dd id="by-([^"]+)"><code[^>]*>(.*?)</code>', page)
    worlds = re.findall(r"<code[^>]*>(drawdown watch .*?)</code>", page)
    every = {key: shlex.split(unescape(text)) for key, text in found}
    return every | {f"world-{k}": shlex.split(unescape(text)) for k, text in enumerate(worlds)}


TABLES = {
    "comparison": {n: n for n in ("outcomes.csv", "inputs.csv", "summary.csv", "bands.csv")},
    "thesis": {"thesis.csv": "thesis.csv"},
    "split-restraint": {"split-restraint/decompose.csv": "decompose.csv"},
    "drivers-restraint": {"restraint/sensitivity.csv": "sensitivity.csv"},
    "regret": {"regret.csv": "regret.csv"},
}
"""Tables of a report by the command that makes them, and what that command calls them."""


@pytest.mark.long
@pytest.mark.parametrize("key", TABLES)
def test_a_command_of_a_report_makes_its_tables(written: Path, tmp_path: Path, key: str) -> None:
    """Catches a command without weights of motives, priors, seed, rules or a scenario's file."""
    words = printed(written)[key]
    assert words[0] == "drawdown"
    still = ["--no-figures"] if key == "comparison" else []
    call([*words[1:], *still, "--out", str(tmp_path), "--name", "again"])
    for table, made in TABLES[key].items():
        assert (tmp_path / "again" / made).read_bytes() == (written / table).read_bytes(), table


@pytest.mark.long
def test_every_command_of_a_report_is_tried(written: Path) -> None:
    """Catches a number whose command no test gives again."""
    worlds = {"world-0", "world-1"}
    assert set(printed(written)) == {*TABLES, *worlds}


@pytest.mark.long
@pytest.mark.parametrize(("k", "name"), [(0, "own"), (1, "restraint")])
def test_a_world_of_a_report_is_the_one_that_was_counted(
    written: Path, monkeypatch: pytest.MonkeyPatch, k: int, name: str
) -> None:
    """Catches a world of the usual draws, or by the model's own rules."""
    told: list[World] = []

    def take(world: World, *rest: Any) -> None:
        told.append(world.run())

    monkeypatch.setattr(chronicle, "tell", take)
    call(printed(written)[f"world-{k}"][1:])
    (world,) = told
    days = world.outcomes()
    table = pd.read_csv(written / "outcomes.csv", encoding="utf-8-sig")
    row = table[
        (table["scenario"] == name)
        & (table["structure"] == world.structure)
        & (table["replication"] == world.replication)
    ]
    for outcome in ("attacks_foreign", "attacks_state", "dead_us"):
        assert days[:, OUTCOMES.index(outcome)].sum() == row[outcome].item()


def test_a_scenario_changed_in_python_has_no_command() -> None:
    """Catches a command that plays the scenario as it was before it was changed."""
    item = Scenario.load("restraint")
    assert commands.word_of(item) == "restraint"
    done = CliRunner().invoke(
        main, shlex.split(commands.line("run", item.with_levers(combat=0)))[1:]
    )
    assert done.exit_code == 2
    assert "changed in Python" in done.output


def test_numbers_are_printed_with_all_their_digits() -> None:
    """Catches a weight that is rounded to six digits."""
    told = shlex.split(
        commands.line("regret", "a b", weights={"dead_us": 1 / 3, "authority": -2.0})
    )
    assert told == ["drawdown", "regret", "a b", "--weights", f"dead_us={1 / 3!r},authority=-2"]


@pytest.mark.long
def test_a_file_of_a_search_names_the_command_that_found_it(place: Path, tmp_path: Path) -> None:
    """Catches a head that says no more than 'drawdown search'."""
    words = ["search", str(place / "own.yaml"), "--vary", "policing=0.2..0.8", "--vary", "combat"]
    words += ["--less", "dead_us", "--bound", "dead_us=1.5", "--robust", "mean", "--seed", "5"]
    words += ["--evaluations", "16", "--population", "8", "--seeds", "1", "--draws", "6"]
    words += ["--lucks", "1", "--fresh", "20", "--most", "2", "--uncertainty", "prior"]
    words += ["--weights-of-motives", "domestic=3", "--rules", str(place / "mine.py")]
    call([*words, "--out", str(tmp_path), "--name", "one"])
    first = sorted((tmp_path / "one" / "policies").iterdir())
    assert first
    head = first[0].read_text(encoding="utf-8").splitlines()[0]
    command = shlex.split(head.removeprefix("# Found by: "))
    call([*command[1:], "--out", str(tmp_path), "--name", "two"])
    for path in first:
        again = tmp_path / "two" / "policies" / path.name
        assert again.read_bytes() == path.read_bytes()


@pytest.mark.long
def test_a_site_names_the_rules_of_its_report(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a report on a site whose command plays the model's own rules."""
    made: list[list[str]] = []
    monkeypatch.setattr(study, "worlds", lambda *rest: 1)
    monkeypatch.setattr(store, "save", lambda found, folder, draw: draw(folder))
    monkeypatch.setattr(report, "compose", lambda f, d, l, words, *rest: made.append(words) or "")
    monkeypatch.setattr(report, "draw", lambda *rest: {})
    monkeypatch.setattr(page_bundle, "everything", lambda: {})
    monkeypatch.setattr(site, "write", lambda *rest, **more: {})
    nothing = SimpleNamespace(comparison=None)
    monkeypatch.setattr(study, "undertake", lambda *rest, **more: nothing)
    words = ["site", str(place / "site"), "--small", "--rules", str(place / "mine.py")]
    call(words)
    assert [w[:2] for w in made] == [["drawdown", "report"]] * len(made)
    assert made[0][2:] == ["--small", "--lang", "en", "--rules", str(place / "mine.py")]


def test_the_page_of_explore_knows_the_rules_that_it_plays(place: Path) -> None:
    """Catches a command of Explore that makes the numbers of the model's own rules."""
    words = "?case=restraint&base=full-withdrawal&u.weariness=0.9"
    assert page_bundle.shown(Language())["parts"]["rules"] is None
    with rulebook.using(place / "mine.py"):
        assert page_bundle.shown(Language())["parts"]["rules"] == str(place / "mine.py")
        rows = Explorer().rows(view_of(words))
    frame = numbers(words, rules=place / "mine.py")
    assert frame["mean"].tolist() == [row["mean"] for row in rows]
    told = call(["verify", words, "--rules", str(place / "mine.py")])
    assert Language().number(rows[0]["case"]) in told
