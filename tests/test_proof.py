"""A result says what made it; anybody can make it anew and name what differs."""

import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import frictionless
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from drawdown.cli import main
from drawdown.connect import provenance
from drawdown.web import links
from drawdown.web.address import View
from drawdown.web.explore import Explorer
from drawdown.worlds import checkpoint

ROOT = Path(__file__).parents[1]


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


OWN = """
title: {en: My own, ar: لي}
question: {en: What if?, ar: ماذا لو؟}
extends: restraint
policy:
  nato_target: 3000
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("proof")
    (place / "own.yaml").write_text(OWN, encoding="utf-8")
    words = ["compare", "restraint", str(place / "own.yaml"), "--runs", "24", "--no-figures"]
    words += ["--seed", "3", "--runs", "24", "--set", "lethality=0.3", "--threads", "1"]
    done = call(*words, "--out", str(place / "out"), "--name", "mine")
    assert done.exit_code == 0, done.output
    return place


def test_a_result_says_what_made_it(folder: Path) -> None:
    """Catches a command with the words of one machine, and versions that are left out."""
    told = json.loads((folder / "out" / "mine" / "run.json").read_text())
    own = str(folder / "own.yaml")
    command = ["drawdown", "compare", "restraint", own, "--runs", "24", "--seed", "3"]
    assert told["command"] == [*command, "--set", "lethality=0.3", "--no-figures"]
    assert told["inputs"][own]["own.yaml"]["text"] == OWN
    assert told["model"] == checkpoint.program()
    for name in ("mesa", "numpy", "pyarrow", "matplotlib", "scipy", "distributed", "python"):
        assert told["versions"][name][0].isdigit(), name
    assert told["drawn_from"]["digest"]
    assert set(told["files"]) == {
        p.name for p in (folder / "out" / "mine").iterdir() if p.name != "run.json"
    }


def test_words_that_name_no_file_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a file of a command's or a structure's name that is taken for what it reads."""
    monkeypatch.chdir(tmp_path)
    for name in ("run", "deter", "lethality=0.3", "2"):
        (tmp_path / f"{name}.yaml").write_text(OWN, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    words = ["run", "own", "--runs", "2", "--structure", "deter", "--set", "lethality=0.3"]
    assert call(*words, "--no-figures", "--out", "out", "--name", "x").exit_code == 0
    told = json.loads((tmp_path / "out" / "x" / "run.json").read_text())
    assert list(told["inputs"]) == ["own"]
    (tmp_path / "deter.yaml").unlink()
    assert call("verify", "x", "--out", "out").exit_code == 0


def test_verify_says_yes_and_names_what_differs(folder: Path, tmp_path: Path) -> None:
    """Catches a check that looks at digests alone, or at nothing."""
    out = ["--out", str(folder / "out")]
    done = call("verify", "mine", *out)
    assert done.exit_code == 0, done.output
    assert "equal in every number" in done.output
    changed = folder / "out" / "changed"
    shutil.copytree(folder / "out" / "mine", changed)
    table = pq.read_table(changed / "outcomes.parquet").to_pandas()
    table.loc[5, "dead_us"] += 1
    table.to_parquet(changed / "outcomes.parquet")
    (changed / "codebook.csv").unlink()
    text = (changed / "summary.csv").read_text(encoding="utf-8-sig").replace("0.", "1.", 1)
    (changed / "summary.csv").write_text(text, encoding="utf-8-sig")
    done = call("verify", "changed", *out)
    assert done.exit_code == 1
    assert "codebook.csv: is gone" in done.output
    assert "outcomes.parquet: was changed" in done.output
    assert "outcomes.parquet: row 6, dead_us:" in done.output
    assert "summary.csv: row 2, " in done.output
    shutil.rmtree(changed)


def test_a_result_is_made_anew_when_its_files_are_gone(folder: Path, tmp_path: Path) -> None:
    """Catches a result that can be made again on one machine alone."""
    alone = tmp_path / "alone"
    shutil.copytree(folder / "out" / "mine", alone / "mine")
    told = json.loads((alone / "mine" / "run.json").read_text())
    away = str(tmp_path / "away" / "own.yaml")
    text = json.dumps(told).replace(str(folder / "own.yaml"), away)
    (alone / "mine" / "run.json").write_text(text)
    done = call("rerun", str(alone / "mine"), "--out", str(alone))
    assert done.exit_code == 0, done.output
    for path in (alone / "mine").iterdir():
        if path.name != "run.json":
            assert path.read_bytes() == (alone / "mine-again" / path.name).read_bytes(), path.name
    for harm, said in (
        ({"command": "rm"}, "does not say which command"),
        ({"command": ["rm", "-rf"]}, "does not say which command"),
        ({"inputs": []}, "does not say which command"),
        ({"files": {}}, "earlier version"),
    ):
        (alone / "mine" / "run.json").write_text(json.dumps(told | harm))
        done = call("verify", str(alone / "mine"))
        assert (done.exit_code, said in done.stderr) == (2, True), harm
    lost = {away: {"own.yaml": {"sha256": "0"}}}
    words = [away if w.endswith("own.yaml") else w for w in told["command"]]
    (alone / "mine" / "run.json").write_text(json.dumps(told | {"inputs": lost, "command": words}))
    done = call("rerun", str(alone / "mine"), "--out", str(alone))
    assert (done.exit_code, "does not carry own.yaml" in done.stderr) == (2, True)


@pytest.mark.long
def test_tables_are_a_data_package_that_others_read(folder: Path) -> None:
    result = folder / "out" / "mine"
    report = frictionless.validate(str(result / "datapackage.json"), limit_rows=100)
    faults = [e for t in report.tasks if t.place.endswith(".csv") for e in t.errors]
    assert not faults, faults[:3]
    package = json.loads((result / "datapackage.json").read_text())
    told = {r["path"]: r["schema"]["fields"] for r in package["resources"]}
    assert {"outcomes.csv", "summary.parquet", "counts.parquet"} <= set(told)
    fields = {f["name"]: f for f in told["outcomes.csv"]}
    assert fields["replication"]["type"] == "integer"
    assert fields["dead_us"]["type"] == "number"
    assert fields["dead_us"]["description"]
    read = pd.read_csv(result / "outcomes.csv")
    assert list(read.columns) == [f["name"] for f in told["outcomes.csv"]]
    assert len(read) == 24 * 2 * 3


def test_a_link_says_whether_it_shows_the_same(tmp_path: Path) -> None:
    query = "case=restraint&structure=deter&seed=4"
    view = View.read(dict(pair.split("=") for pair in query.split("&")))
    told = links.stamp(Explorer(), view)
    link = f"http://127.0.0.1:8000/?{query}&lang=ar&model={told['model']}&numbers={told['numbers']}"
    done = call("verify", link)
    assert (done.exit_code, "the same numbers" in done.output) == (0, True)
    done = call("verify", link.replace("seed=4", "seed=5"))
    assert (done.exit_code, "the link says" in done.output) == (1, True)
    done = call("verify", link.replace(f"model={told['model']}", "model=0123456789abcdef"))
    assert (done.exit_code, "is of the model 0123456789abcdef" in done.output) == (1, True)
    done = call("verify", f"?{query}")
    assert (done.exit_code, "nothing is compared" in done.output) == (0, True), done.output
    done = call("verify", f"?{query}&model={told['model']}")
    assert (done.exit_code, "the numbers: the link" in done.output) == (1, True), done.output
    for wrong in ("?case=nowhere&model=00000000&numbers=00000000", "?model=x"):
        assert call("verify", wrong).exit_code == 2, wrong


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    # Out of a copy: an archive holds every file of its folder, and other tests use this one.
    copy = tmp_path_factory.mktemp("checkout")
    subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True)
    words = ["git", "diff", "--name-only", "HEAD"]
    changed = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in changed.split():
        (copy / name).unlink(missing_ok=True)
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, copy / name)
    found = []
    for k in range(2):
        place = tmp_path_factory.mktemp(f"built-{k}")
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-d", str(place)],
            cwd=copy,
            check=True,
            capture_output=True,
        )
        found.append(place)
    return found


def test_wheel_and_archive_are_the_same_twice_and_know_their_commit(built: list[Path]) -> None:
    one, other = ({p.name: p.read_bytes() for p in place.iterdir()} for place in built)
    assert one == other
    assert len(one) == 2
    wheel = next(built[0].glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        told = archive.read("drawdown/_data/commit.txt").decode().strip()
        names = archive.namelist()
        assert not [n for n in names if n.endswith((".pyc", ".pickle", ".pkl")) or "seals" in n]
        assert "drawdown/_data/seeds/parameters.yaml" in names
        assert "drawdown/_data/seeds/record/attacks_on_facilities.csv" in names
    assert told == provenance.commit()
    with tarfile.open(next(built[0].glob("*.tar.gz"))) as archive:
        name = next(n for n in archive.getnames() if n.endswith("/commit.txt"))
        file = archive.extractfile(name)
        assert file is not None
        assert file.read().decode().strip() == told


@pytest.mark.long
def test_an_installed_wheel_plays_from_an_empty_folder(built: list[Path], tmp_path: Path) -> None:
    """Catches a file that is read from the checkout, and a result without a commit."""
    place = tmp_path / "clean"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    site = next(place.glob("lib/python*/site-packages"))
    with zipfile.ZipFile(next(built[0].glob("*.whl"))) as archive:
        archive.extractall(site)
    # What it depends on, and not the checkout that is installed beside it.
    there = Path(pd.__file__).parents[1]
    for path in there.iterdir():
        if "drawdown" not in path.name and path.suffix != ".pth":
            (site / path.name).symlink_to(path) if not (site / path.name).exists() else None
    empty = tmp_path / "empty"
    empty.mkdir()
    python = str(place / "bin" / "python")
    for words in (
        ["compare", "sustained-presence", "full-withdrawal", "--runs", "8", "--name", "x"],
        ["verify", "x"],
        ["watch", "restraint", "--days", "3"],
        ["scenarios"],
        ["explain", "C24"],
    ):
        done = subprocess.run(
            [python, "-I", "-m", "drawdown.cli", *words],
            cwd=empty,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, (words, done.stderr)
    told = json.loads((empty / "results" / "x" / "run.json").read_text())
    assert told["commit"] == provenance.commit()
