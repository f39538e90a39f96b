"""Scenario files: what is right is read, what is wrong is said, all of it, without a traceback."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from drawdown.cli import main
from drawdown.day.plan import build
from drawdown.declared import data_files
from drawdown.declared.columns import PLAN
from drawdown.declared.errors import InputError
from drawdown.declared.parameters import draw
from drawdown.declared.scenario import Scenario, names
from drawdown.declared.scenario_file import schema

ALL = {
    "record-2020-2021",
    "combat-to-advisory",
    "advisory-by-2021",
    "broken-deadline",
    "sustained-presence",
    "full-withdrawal",
    "withdrawal-nato-500",
    "rapid-exit",
    "nato-handover",
    "restraint",
    "robust-retaliation",
    "leader-strikes",
    "confront-militias",
    "expulsion",
    "patron-restraint",
    "nato-500",
    "label-only",
    "numbers-only",
    "announcement-only",
    "us-iran-deal",
    "maximum-pressure",
    "conditions-based-exit",
    "tit-for-tat",
    "truce-for-timetable",
}
HEAD = "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\n"


def faults(text: str | bytes, tmp_path: Path, name: str = "mine.yaml") -> list[str]:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    with pytest.raises(InputError) as caught:
        Scenario.load(path)
    return caught.value.faults


def column(name: str, plan_of: str) -> list[float]:
    return [float(v) for v in build(Scenario.load(plan_of))[:, PLAN.index(name)]]


def test_the_scenarios_are_there() -> None:
    assert set(names()) == ALL


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_file_says_only_what_differs_and_names_the_schema(name: str) -> None:
    text = (data_files.folder("scenarios") / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../docs/scenario.schema.json\n")
    assert Scenario.load(name).days > 300


def test_cases_a_teacher_can_read_and_add_to() -> None:
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml")):
        for case in YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")):
            played = Scenario.load(case["scenario"])
            plan = build(played)
            row = (date.fromisoformat(str(case["on"])) - played.start).days
            for lever, value in case["plan"].items():
                seen = plan[row, PLAN.index(lever)]
                assert seen == pytest.approx(value, abs=0.5 if value > 2 else 1e-9), (case, lever)


def test_the_wrong_file_is_told_every_fault_at_once(tmp_path: Path) -> None:
    text = (
        "title: {en: x}\nquestion: {en: q, ar: س}\nextends: combat-to-advisry\nclaims: [C99]\n"
        "polcy: 3\npolicy:\n  doctrine: robst\n  nato_target: -5\n  policing: {2021-13-01: 0.2}\n"
        "world:\n  attack_rat: 0.2\n  lethality: 9\nevents:\n"
        "  - {date: 2022-01-01, what: concesion}\n  - {date: 2022-01-01, what: truce}\n"
    )
    told = faults(text, tmp_path)
    joined = "\n".join(told)
    for part in (
        "mine.yaml:1:1: title.ar: is missing",
        "did you mean 'combat-to-advisory'?",
        "unknown claim 'C99'",
        "mine.yaml:5:1: polcy: unknown key 'polcy'; did you mean 'policy'?",
        "mine.yaml:7:3: policy.doctrine: must be one of none, limited, robust, decapitation",
        "did you mean 'robust'?",
        "policy.nato_target: must lie between 0 and 20000, got -5",
        "must be a date such as 2021-12-31, got '2021-13-01'",
        "unknown parameter 'attack_rat'; did you mean 'attack_rate'?",
        "mine.yaml:12:3: world.lethality: lethality must lie between 0 and 0.5, got 9",
        "did you mean 'concession'?",
        "a truce needs 'until', its last day",
    ):
        assert part in joined, part


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "the file is empty"),
        (b"\x00\x01\x02\xff\xfe", "is not UTF-8 text"),
        (b"title: \x07", "not valid YAML"),
        ("عنوان: س".encode("utf-16"), "is not UTF-8 text"),
        ("- a\n- b\n", "must be a list of keys"),
        ("just words", "must be a list of keys"),
        ("a: [1, 2\nb: 3\n", "not valid YAML"),
        ("title: {en: A\n", "not valid YAML"),
        ("title: 1\ntitle: 2\n", "not valid YAML"),
        (HEAD + "extends: mine\n", "goes round in a circle"),
        (HEAD + "extends: ../../etc/passwd\n", "there is no such file"),
        (HEAD + "extends: [a]\n", "extends: must be text"),
        (HEAD, "end: is missing"),
        (HEAD + "extends: restraint\nend: 2020-01-01\n", "is before the first day"),
        (HEAD + "extends: restraint\nend: 2999-01-01\n", "a run lasts at most"),
        (HEAD + "extends: restraint\nstart: 2019-01-01\n", "must lie between 2020-01-02"),
        (
            HEAD + "extends: restraint\nevents: [{date: 2031-01-01, what: vote}]\n",
            "outside the run",
        ),
        (HEAD + "extends: restraint\npolicy: {nato_target: 1.0e+400}\n", "must lie between"),
        (HEAD + "extends: restraint\npolicy: {nato_target: -1e308}\n", "must lie between"),
        (HEAD + "extends: restraint\npolicy: {nato_target: .nan}\n", "must be a number"),
        (HEAD + "extends: restraint\npolicy: {nato_target: yes}\n", "must be a number"),
        (HEAD + "extends: restraint\npolicy: {nato_target: {}}\n", "at least one date"),
        (HEAD + "extends: restraint\nworld: {structure: deter}\n", "choose with --structure"),
        (HEAD + "extends: restraint\nclaims: [[1]]\n", "unknown claim"),
        (HEAD + f"extends: restraint\npolicy: {{policing: 1{'0' * 400}}}\n", "must lie between"),
        (HEAD + f"extends: restraint\nworld: {{attack_rate: 1{'0' * 400}}}\n", "must lie between"),
        (HEAD + "extends: restraint\nworld: {attack_rate: {scael: 2}}\n", "{scale: factor}"),
        (HEAD + "extends: restraint\nworld: 7\n", "must be a list of keys with values"),
        (HEAD + "extends: restraint\nevents: {date: 1}\n", "must be a list"),
        (
            HEAD + "extends: restraint\nevents: [{date: 2022-01-01, what: strike}]\n",
            "unknown faction",
        ),
        (
            HEAD
            + "extends: restraint\nevents: [{date: 2022-01-01, what: hand_over, site: asad}]\n",
            "unknown base",
        ),
        ("a: &a [*a]\n", "mine.yaml"),
        ("&a a: *a\n" * 3, "mine.yaml"),
        ("x: " + "[" * 1500, "mine.yaml"),
        ("x" * 1_100_000, "is larger than"),
    ],
    ids=lambda x: str(x)[-40:] if not isinstance(x, bytes) else "bytes",
)
def test_bad_files_get_a_sentence(text: str | bytes, part: str, tmp_path: Path) -> None:
    told = faults(text, tmp_path)
    assert any(part in fault for fault in told), told
    assert all("Traceback" not in fault for fault in told)
    result = CliRunner().invoke(main, ["check", str(tmp_path / "mine.yaml")])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_loops_between_files_are_named(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{one}.yaml").write_text(HEAD + f"extends: {other}\n", encoding="utf-8")
    with pytest.raises(InputError, match="a → b → c → a"):
        Scenario.load(tmp_path / "a.yaml")


def test_faults_of_a_parent_are_told_with_the_parents_name(tmp_path: Path) -> None:
    (tmp_path / "parent.yaml").write_text(HEAD + "polici: 1\n", encoding="utf-8")
    told = faults(HEAD + "extends: parent\nnonsense: 2\n", tmp_path)
    assert any("parent.yaml:3:1: polici" in f for f in told)
    assert any("mine.yaml:4:1: nonsense" in f for f in told)


def test_arabic_names_and_directories_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "بقاء طويل.yaml"
    path.write_text(HEAD + "extends: restraint\n", encoding="utf-8")
    assert Scenario.load(path).name == "بقاء طويل"
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        Scenario.load(tmp_path / "folder.yaml")


def test_a_child_says_only_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "child.yaml"
    path.write_text(
        HEAD
        + "extends: full-withdrawal\npolicy:\n  doctrine: {2021-07-26: limited, 2022-01-01: null}\n"
        "world: {violence_median: {scale: 2}}\ndrop_events: [election]\n"
        "events: [{date: 2022-02-01, what: dialogue_round}]\n",
        encoding="utf-8",
    )
    child, parent = Scenario.load(path), Scenario.load("full-withdrawal")
    assert child.levers.combat == parent.levers.combat
    assert child.levers.doctrine[date(2021, 7, 26)] == "limited"
    assert child.levers.doctrine[date(2022, 1, 1)] == "none"
    kinds = [e.what for e in child.events]
    assert "election" not in kinds
    assert "concession" in kinds
    assert kinds.count("dialogue_round") == 1


def test_a_dated_lever_begins_on_its_date(tmp_path: Path) -> None:
    path = tmp_path / "later.yaml"
    path.write_text(
        HEAD + "extends: combat-to-advisory\npolicy: {doctrine: {2022-06-01: none}}\n",
        encoding="utf-8",
    )
    doctrine = build(Scenario.load(path))[:, PLAN.index("doctrine")]
    row = (date(2022, 6, 1) - date(2021, 7, 26)).days
    assert set(doctrine[:row]) == {1.0}
    assert set(doctrine[row:]) == {0.0}


def test_a_child_that_announces_one_role_keeps_the_others(tmp_path: Path) -> None:
    path = tmp_path / "child.yaml"
    path.write_text(
        HEAD + "extends: broken-deadline\npolicy: {announced: {combat: 900}}\n", encoding="utf-8"
    )
    child, parent = Scenario.load(path).levers, Scenario.load("broken-deadline").levers
    assert child.announced_advisers == parent.announced_advisers
    assert child.announced_combat != parent.announced_combat


def test_a_file_named_like_the_one_it_extends(tmp_path: Path) -> None:
    path = tmp_path / "restraint.yaml"
    path.write_text(HEAD + "extends: restraint\n", encoding="utf-8")
    assert Scenario.load(path).lineage[0] == "restraint"


def test_the_text_of_the_history_travels_with_the_scenario() -> None:
    assert "record-2020-2021.yaml" in Scenario.load("restraint").text


def test_world_settings_scale_draws_within_the_range() -> None:
    item = Scenario.load("patron-restraint")
    drawn = draw(range(50))
    scaled = item.world["violence_median"].apply("violence_median", drawn[0] * 0 + 2.0)
    assert (scaled == 1.0).all()


def test_the_schema_is_the_one_in_the_documents() -> None:
    root = data_files.project_root()
    assert root is not None
    stored = (root / "docs" / "scenario.schema.json").read_text(encoding="utf-8")
    assert stored == schema(), "'drawdown odd --write' renews it"
    content = json.loads(stored)
    assert content["properties"]["policy"]
    assert "attack_rate" in stored


def test_posture_runs_in_straight_lines_between_dates() -> None:
    combat = column("combat", "combat-to-advisory")
    assert combat[0] == 936.0
    assert combat[-1] == 0.0
    middle = (date(2022, 5, 17) - date(2021, 7, 26)).days
    assert combat[middle] == pytest.approx(936 / 2, abs=5)


def test_broken_deadline_announces_what_it_does_not_do() -> None:
    assert column("combat", "broken-deadline")[-1] == 936.0
    announced = column("announced_combat", "broken-deadline")
    assert announced[-1] < announced[0]
    assert sum(column("broken_deadline", "broken-deadline")) == 1.0
