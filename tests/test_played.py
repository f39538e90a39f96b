"""One digest of what is played: whatever can move a world changes it, and the part is named."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import hand_made
import pytest

from drawdown.day import rulebook
from drawdown.declared.scenario import Scenario
from drawdown.worlds import checkpoint, shards
from drawdown.worlds.run import Run

ROOT = Path(__file__).parents[1]
MODEL = "model/drawdown"
EACH = 1 if os.environ.get("DRAWDOWN_NEED_CHROMIUM") == "1" else 3
"""Every how many of the mutants are tried, another set for each run of the suite in full."""

MUTANTS = [
    # Where soldiers are between two dates.
    (f"{MODEL}/declared/levels.py", "(days - dates[first]) / length", "0.5", "scenarios"),
    (f"{MODEL}/declared/quantiles.py", "return over / under", "return under / over", "draws"),
    (f"{MODEL}/declared/parameters.py", "SECTION = 0.618", "SECTION = 0.628", "draws"),
    # Lowered from a constant of another module.
    (
        f"{MODEL}/day/plan.py",
        "s.handed_over > FORWARD_BEGINS",
        "s.handed_over < FORWARD_BEGINS",
        "rules and steps",
    ),
    ("seeds/levers.yaml", "default: 24.0", "default: 23.0", "scenarios"),
    (f"{MODEL}/declared/levers.py", "(by - first) * share", "(by - first) / 2", "scenarios"),
    (f"{MODEL}/declared/luck.py", "z >> 31", "z >> 30", "rules and steps"),
    (f"{MODEL}/day/policy.py", "return float(value.toordinal())", "return 0.0", "scenarios"),
    (f"{MODEL}/day/start.py", "np.repeat(constants", "np.repeat(0.5 * constants", "draws"),
    (
        f"{MODEL}/day/steps.py",
        "numbers.fade(p.hold_half_life)",
        "p.hold_half_life",
        "rules and steps",
    ),
    (f"{MODEL}/day/outcomes.py", "* scale + 0.5", "* scale + 0.6", "rules and steps"),
    (f"{MODEL}/rules/numbers.py", "square = y * y", "square = y + y", "rules and steps"),
    (f"{MODEL}/worlds/ensemble.py", "def own_nature(", "ONE = 1\n\n\ndef own_nature(", "ensembles"),
    ("seeds/parameters.yaml", "uniform: [0, 0.3]", "uniform: [0, 0.4]", "draws"),
    ("seeds/parameters.yaml", "default: 0.15", "default: 0.16", "draws"),
    ("seeds/actors.yaml", "baghdad: 7", "baghdad: 6", "rules and steps"),
    ("seeds/posterior/draws.csv", "0.0604156", "0.1208312", "posterior"),
    ("seeds/record/casualties.csv", ",0,", ",1,", "record"),
    ("scenarios/restraint.yaml", "doctrine: none", "doctrine: robust", "scenarios"),
]
NOT_PLAYED = [
    (f"{MODEL}/rules/numbers.py", "# Scaled down by", "# Divided by"),
    ("seeds/parameters.yaml", '{en: "Motive"', '{en: "The motive"'),
    ("scenarios/restraint.yaml", "en: No strikes", "en: Without strikes"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("program")
    for name in ("model", "seeds", "scenarios"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    return place


def played_in(place: Path) -> dict[str, str]:
    asked = (
        "import json\nfrom drawdown.worlds import checkpoint as c\nprint(json.dumps(c.played()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        env=os.environ
        | {"PYTHONPATH": str(place / "model"), "PYTHONDONTWRITEBYTECODE": "1"}
        | {"XDG_CACHE_HOME": str(place / "caches")},
        capture_output=True,
        check=True,
        text=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def changed(place: Path, file: str, old: str, new: str) -> dict[str, str]:
    path = place / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    signed = path.parent / "posterior.json"
    before = signed.read_bytes() if path.name == "draws.csv" else None
    if before is not None:
        hand_made.sign_posterior(path.parent)
    try:
        return played_in(place)
    finally:
        path.write_text(text, encoding="utf-8")
        if before is not None:
            signed.write_bytes(before)


@pytest.mark.long
@pytest.mark.parametrize(("file", "old", "new", "part"), MUTANTS[::EACH])
def test_what_can_move_a_world_changes_the_digest(
    copy: Path, file: str, old: str, new: str, part: str
) -> None:
    """Catches a source of numbers that shards, workers and results do not look at."""
    differs = checkpoint.differing(checkpoint.played(), changed(copy, file, old, new))
    assert part in differs, differs


@pytest.mark.long
def test_what_moves_no_world_does_not(copy: Path) -> None:
    """Catches a digest of a machine, a folder or a word, by which nothing is ever the same."""
    assert played_in(copy) == checkpoint.played()
    for file, old, new in NOT_PLAYED[::EACH]:
        assert checkpoint.played() == changed(copy, file, old, new), file


def test_rules_of_ones_own_are_part_of_it(tmp_path: Path) -> None:
    """Catches two models that are told apart by a file's name, or not at all."""
    text = "def hold_fire(leaving, hold_fire_discount):\n    return {}\n"
    found = []
    for name, number in (("a", 1.0), ("b", 1.0), ("c", 0.5)):
        (tmp_path / f"{name}.py").write_text(text.format(number))
        with rulebook.using(tmp_path / f"{name}.py"):
            found.append(checkpoint.played())
    assert found[0] == found[1]
    assert checkpoint.differing(found[1], found[2]) == ["own rules"]
    assert checkpoint.differing(found[0], checkpoint.played()) == ["own rules"]


def test_a_shard_is_known_by_its_plan_as_it_is_laid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a shard of a plan that is laid otherwise by now, taken for today's."""
    one = shards.whole([Scenario.load("restraint")], Run(runs=8))
    before = one.identity()
    assert shards.whole([Scenario.load("restraint")], Run(runs=8)).identity() == before
    from drawdown.day import plan

    build = plan.build
    monkeypatch.setattr(plan, "build", lambda item: build(item) * 0.5)
    assert one.identity() != before
