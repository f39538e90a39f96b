"""Results are the user's: nothing is lost, nothing lands elsewhere, all is known beforehand."""

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from drawdown.cli import main
from drawdown.declared import result_folder, storage
from drawdown.declared.errors import InputError

FEW = ["--runs", "3", "--no-figures"]


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.mark.long
def test_another_setting_goes_into_another_folder(results: Path) -> None:
    """Catches a second run that deletes a first, and with it a user's notes."""
    assert call("compare", "restraint", "expulsion", *FEW).exit_code == 0
    first = results / "restraint-expulsion"
    (first / "notes.txt").write_text("mine")
    before = (first / "outcomes.csv").read_bytes()
    for more in (["--structure", "deter"], ["--seed", "2"], ["--set", "lethality=0.3"]):
        assert call("compare", "restraint", "expulsion", *FEW, *more).exit_code == 0
    folders = sorted(p.name for p in results.iterdir())
    assert len(folders) == 4
    assert all(name.startswith("restraint-expulsion") for name in folders)
    assert (first / "outcomes.csv").read_bytes() == before
    assert call("compare", "restraint", "expulsion", *FEW).exit_code == 0
    assert len(list(results.iterdir())) == 4
    assert (first / "notes.txt").read_text() == "mine"
    assert (first / "outcomes.csv").read_bytes() == before


def test_a_name_that_is_taken_is_refused_before_a_world_is_played(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from drawdown.questions import compare

    assert call("run", "restraint", *FEW, "--name", "kept").exit_code == 0
    (results / "a-file").write_text("x")
    (results / "linked").symlink_to(results / "kept")

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("played all the same")

    with monkeypatch.context() as patch:
        patch.setattr(compare, "compare", forbidden)
        for name, words in (
            ("kept", "--overwrite"),
            ("a-file", "not a folder"),
            ("linked", "not a folder"),
            ("..", "must be letters"),
            ("a/b", "must be letters"),
            ("/tmp/x", "must be letters"),
        ):
            done = call("run", "restraint", *FEW, "--seed", "5", "--name", name)
            assert done.exit_code == 2, name
            assert words in done.stderr, name
        done = call("run", "restraint", *FEW, "--out", str(results / "a-file"))
        assert (done.exit_code, "is a file" in done.stderr) == (2, True)
    done = call("run", "restraint", *FEW, "--seed", "5", "--name", "kept", "--overwrite")
    assert done.exit_code == 0


def test_overwriting_keeps_what_others_wrote_and_refuses_what_is_not_ours(results: Path) -> None:
    assert call("run", "restraint", *FEW, "--name", "kept").exit_code == 0
    (results / "kept" / "sub").mkdir()
    (results / "kept" / "sub" / "plan.txt").write_text("mine")
    assert call("run", "expulsion", *FEW, "--name", "kept", "--overwrite").exit_code == 0
    assert (results / "kept" / "sub" / "plan.txt").read_text() == "mine"
    assert set(pd.read_csv(results / "kept" / "outcomes.csv")["scenario"]) == {"expulsion"}
    (results / "photos").mkdir()
    (results / "photos" / "1.jpg").write_text("x")
    done = call("run", "restraint", *FEW, "--name", "photos", "--overwrite")
    assert (done.exit_code, "was not written by drawdown" in done.stderr) == (2, True)
    assert [p.name for p in (results / "photos").iterdir()] == ["1.jpg"]


def test_overwriting_what_lists_no_files_leaves_no_mixture(results: Path) -> None:
    """Catches an older result whose files stay beside the new one's as if they were of it."""
    assert call("run", "restraint", *FEW, "--name", "old").exit_code == 0
    record = json.loads((results / "old" / "run.json").read_text())
    del record["files"]
    (results / "old" / "run.json").write_text(json.dumps(record))
    before = sorted(p.name for p in (results / "old").iterdir())
    done = call("run", "expulsion", *FEW, "--name", "old", "--overwrite")
    assert (done.exit_code, "earlier version" in done.stderr) == (2, True)
    assert sorted(p.name for p in (results / "old").iterdir()) == before


DEVICES = ["CON", "nul", "aux.txt", "PRN.tar.gz", "COM1", "lpt9.yaml", "com¹"]


@pytest.mark.parametrize(
    "name", [*DEVICES, "a.", "a..", ".", "..", "a/b", "a\\b", " a", "a ", "a\0", "", "x" * 81]
)
def test_a_name_that_is_no_folder_on_some_system_is_refused(name: str, results: Path) -> None:
    """Catches a result that cannot be copied to another system, and one outside its folder."""
    done = call("run", "restraint", *FEW, "--name", name)
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert not results.exists()


@pytest.mark.parametrize(
    "name",
    ["console", "null", "a.CON", "con-1", "COM", "COM10", "lpt", "aux_", "a.b", "x" * 80, "خروج"],
)
def test_a_name_that_looks_like_a_devices_is_none(name: str) -> None:
    assert result_folder.check_name(name) == name


@pytest.mark.parametrize("text", [*DEVICES, *(f"{d}/x" for d in DEVICES), "a" * 59 + "..b", "…"])
def test_a_name_made_of_a_text_can_be_a_folders(text: str) -> None:
    """Catches a scenario's file called con.yaml, whose result is a device's."""
    made = result_folder.as_name(text)
    assert result_folder.check_name(made) == made


@pytest.mark.parametrize("how", ["interrupted", "killed"])
@pytest.mark.parametrize("swaps", [True, False], ids=["exchange", "renames"])
def test_a_stop_at_any_step_leaves_one_whole_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, swaps: bool
) -> None:
    """Catches removing the old copy before the new one is there, at every system call."""
    if not swaps:
        monkeypatch.setattr(storage, "exchange", lambda one, other: False)

    def write(text: str) -> None:
        one = result_folder.find("kept", "x", {"text": text}, tmp_path, overwrite=True)
        try:
            with one.folder() as folder:
                for name in ("a.txt", "b.txt"):
                    (folder / name).write_text(text)
        finally:
            # A program that is killed drops nothing, but its lock goes with it.
            if how == "killed" and one._lock is not None:
                one._lock._lock.release()  # type: ignore[union-attr]
            else:
                one.drop()

    class Killed(BaseException):
        pass

    def stopping(call: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
        def wrapped(*words: Any, **more: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return call(*words, **more)

        return wrapped

    for steps in range(40):
        target = tmp_path / "kept"
        if target.exists():
            shutil.rmtree(target)
        write("old")
        (target / "notes.txt").write_text("mine")
        left = [steps]
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", stopping(Path.rename, left))
            patch.setattr(storage, "exchange", stopping(storage.exchange, left))
            patch.setattr(storage, "flush", stopping(storage.flush, left))
            patch.setattr(result_folder, "_clear", stopping(result_folder._clear, left))
            if how == "killed":
                patch.setattr(storage, "remove", stopping(storage.remove, left))
            try:
                write("new")
                done = True
            except Killed:
                done = False
        # The next command, whatever it is, puts in order what was left.
        result_folder.find("other", "x", {}, tmp_path).drop()
        found = {p.name: p.read_text() for p in target.iterdir() if p.name != "run.json"}
        assert found.pop("notes.txt") == "mine", steps
        assert found in ({"a.txt": "old", "b.txt": "old"}, {"a.txt": "new", "b.txt": "new"}), steps
        assert [p.name for p in tmp_path.iterdir()] == ["kept"], steps
        if done:
            assert found["a.txt"] == "new"
            return
    raise AssertionError("never came to an end")


def test_two_programs_at_one_result_and_a_dead_ones_lock(tmp_path: Path) -> None:
    program = (
        "import sys, time; from drawdown.declared import result_folder\n"
        "held = result_folder.find('kept', 'x', {}, sys.argv[1]); print('has it', flush=True)\n"
        "time.sleep(60)"
    )
    one = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert one.stdout is not None
    one.stdout.readline()
    with pytest.raises(InputError, match="another program is writing"):
        result_folder.find("kept", "x", {}, tmp_path)
    result_folder.find("another", "x", {}, tmp_path).drop()
    one.kill()
    one.wait()
    one.stdout.close()
    result_folder.find("kept", "x", {}, tmp_path).drop()
    assert list(tmp_path.iterdir()) == []


def test_an_old_file_that_cannot_be_removed_harms_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A CSV that is open in Excel, or may not be changed."""
    for text in ("old", "new"):
        one = result_folder.find("kept", "x", {"text": text}, tmp_path, overwrite=True)
        with monkeypatch.context() as patch:
            if text == "new":
                patch.setattr(storage, "remove", lambda folder: None)
            with one.folder() as folder:
                (folder / "a.txt").write_text(text)
            one.drop()
    assert (tmp_path / "kept" / "a.txt").read_text() == "new"
    result_folder.find("kept", "x", {"text": "new"}, tmp_path).drop()
    assert [p.name for p in tmp_path.iterdir()] == ["kept"]


def test_results_go_where_one_is_told_or_below_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches results that land in the checkout from elsewhere."""
    monkeypatch.delenv(result_folder.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert call("run", "restraint", *FEW).exit_code == 0
    assert (tmp_path / "results" / "restraint" / "run.json").is_file()
    assert call("run", "restraint", *FEW, "--out", "mine").exit_code == 0
    assert (tmp_path / "mine" / "restraint" / "run.json").is_file()
    monkeypatch.setenv(result_folder.VARIABLE, str(tmp_path / "theirs"))
    assert call("run", "restraint", *FEW).exit_code == 0
    assert (tmp_path / "theirs" / "restraint" / "run.json").is_file()
    assert call("plot", "restraint", "--formats", "png").exit_code == 0


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_said_first(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = call("run", "restraint", *FEW, "--out", str(tmp_path))
    assert (done.exit_code, "cannot write" in done.stderr) == (2, True)


def test_what_cannot_be_written_is_said_before_a_world_is_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(storage.Lock, "take", refused)
    with pytest.raises(InputError, match="--out FOLDER"):
        result_folder.find(None, "x", {}, tmp_path)


def test_a_missing_value_is_an_empty_cell_everywhere(results: Path) -> None:
    assert call("compare", "sustained-presence", "full-withdrawal", *FEW).exit_code == 0
    folder = results / "sustained-presence-full-withdrawal"
    for path in folder.glob("*.csv"):
        cells = {c.strip('"').lower() for c in path.read_text().replace("\n", ",").split(",")}
        assert not cells & {"nan", "inf", "-inf", "none", "null"}, path.name
    table = pd.read_csv(folder / "outcomes.csv")
    assert table["days_until_exit"].isna().any()
    assert set(table["structure"]) == {"deter", "neutral", "provoke"}
    same = pq.read_table(folder / "outcomes.parquet").to_pandas()
    assert table["days_until_exit"].isna().sum() == same["days_until_exit"].isna().sum()


def test_excel_and_daily_series(results: Path) -> None:
    done = call("compare", "restraint", "expulsion", *FEW, "--xlsx", "--daily")
    assert done.exit_code == 0
    folder = results / "restraint-expulsion"
    sheet = pd.read_excel(folder / "summary.xlsx", sheet_name=None)
    assert set(sheet) == {"summary", "codebook", "run"}
    table = pd.read_csv(folder / "summary.csv")
    assert len(sheet["summary"]) == len(table)
    assert sheet["summary"]["mean"].to_numpy() == pytest.approx(table["mean"], nan_ok=True)
    days = pq.read_table(folder / "daily.parquet").to_pandas()
    assert len(days) == 2 * 3 * 3 * 915
    sums = days.groupby(["scenario", "structure", "replication"])["attacks_foreign"].sum()
    told = pd.read_csv(folder / "outcomes.csv")
    for row in told.itertuples():
        assert sums[row.scenario, row.structure, row.replication] == row.attacks_foreign


def test_an_excel_file_is_written_on_any_clock(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a clock before 1980 that ends in a traceback, and bytes that tell the time."""
    assert call("run", "restraint", *FEW, "--xlsx", "--name", "now").exit_code == 0
    early = time.struct_time((1970, 1, 1, 0, 0, 0, 3, 1, 0))
    monkeypatch.setattr(time, "localtime", lambda *_: early)
    done = call("run", "restraint", *FEW, "--xlsx", "--name", "early")
    assert done.exit_code == 0, done.exception
    one, other = (
        pd.read_excel(results / name / "summary.xlsx", sheet_name=None) for name in ("now", "early")
    )
    assert one.keys() == other.keys()
    assert one["summary"].equals(other["summary"])
    with zipfile.ZipFile(results / "early" / "summary.xlsx") as archive:
        assert {item.date_time for item in archive.infolist()} == {(2021, 7, 26, 0, 0, 0)}
        assert b"2021-07-26T00:00:00Z" in archive.read("docProps/core.xml")


def test_bands_stay_below_a_spreadsheets_rows() -> None:
    """Catches a CSV that a spreadsheet cuts off without a word."""
    import numpy as np
    import pyarrow as pa

    from drawdown.connect import store

    days = np.tile(np.datetime64("2021-07-26", "D") + np.arange(1000), 1100)
    table = pa.table({"date": pa.array(days), "mean": np.zeros(len(days))})
    thin, every = store.fitting(table)
    assert every == 2
    assert thin.num_rows == 550_000 < store.LARGEST_SHEET
    assert thin["date"][1].as_py().isoformat() == "2021-07-28"
    assert store.fitting(thin) == (thin, 1)


@pytest.mark.parametrize("name", ["my plan (2)", "خطة الانسحاب", "plan[1]"])
def test_a_file_of_any_name_can_be_played(name: str, tmp_path: Path, results: Path) -> None:
    """Catches check that says fine where run refuses."""
    path = tmp_path / f"{name}.yaml"
    path.write_text(
        "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\nextends: restraint\n", encoding="utf-8"
    )
    assert call("check", str(path)).exit_code == 0
    assert call("run", str(path), *FEW).exit_code == 0
    assert len(list(results.iterdir())) == 1


def test_what_new_wrote_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, results: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("new", "my-plan", "--extends", "full-withdrawal").exit_code == 0
    text = (tmp_path / "my-plan.yaml").read_text(encoding="utf-8")
    (tmp_path / "Capital.YAML").write_text(text, encoding="utf-8")
    (tmp_path / "short.yml").write_text(text, encoding="utf-8")
    (tmp_path / "data.json").write_text(
        '{"title": {"en": "A", "ar": "أ"}, "question": {"en": "B?", "ar": "ب؟"}, '
        '"extends": "my-plan"}',
        encoding="utf-8",
    )
    for name in ("my-plan", "./my-plan", "my-plan.yaml", "Capital.YAML", "short", "data.json"):
        assert call("check", name).exit_code == 0, name
    assert call("run", "my-plan", *FEW).exit_code == 0
    for name, words in (("my-plam", "did you mean"), ("my-plam.yaml", "my-plan.yaml")):
        done = call("check", name)
        assert (done.exit_code, words in done.stderr) == (2, True), done.stderr
    assert call("new", "restraint").exit_code == 2
    (tmp_path / "restraint.yaml").write_text(text, encoding="utf-8")
    assert "yours is ./restraint.yaml" in call("check", "restraint").stderr
