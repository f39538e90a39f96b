"""Shards: nothing lost, nothing twice, the same bytes whoever plays them in whatever pieces."""

import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from drawdown.cli import main
from drawdown.connect import replication_ranges
from drawdown.day import outcomes
from drawdown.declared import parameters as declared
from drawdown.declared import result_folder, storage
from drawdown.declared.scenario import Scenario
from drawdown.evidence import stress
from drawdown.worlds import ensemble, shards
from drawdown.worlds.run import Run

TWO = ("sustained-presence", "conditions-based-exit")


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def digests(folder: Path) -> dict[str, str]:
    """Return a digest of every file; that of ``run.json`` without when it was made and its own."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        if path.name == "run.json":
            content = json.dumps(json.loads(content) | {"made": "", result_folder.OWN: ""}).encode()
        found[path.relative_to(folder).as_posix()] = hashlib.sha256(content).hexdigest()
    return found


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut even small work into many shards."""
    monkeypatch.setattr(shards, "WORLD_DAYS", 1)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=4), st.binary(min_size=1, max_size=300))
@settings(max_examples=60, deadline=None)
def test_arrays_come_back_and_no_byte_may_differ(shape: list[int], noise: bytes) -> None:
    """Catches a checksum that leaves out a byte, and a shape or type that is lost."""
    size = int(np.prod(shape))
    arrays = {
        "a": np.resize(np.frombuffer(noise, np.uint8), size).astype(np.float64).reshape(shape),
        "none": np.empty((0, 3), np.int32),
        "words": np.array(["x", "yz"]),
    }
    content = storage.with_digest(storage.packed(arrays))
    back = storage.unpacked(storage.without_digest(content))
    assert list(back) == list(arrays)
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        assert np.array_equal(back[name], array)
    at = hash(noise) % len(content)
    for wrong in (
        content[:at],
        content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :],
        content + b"x",
        b"",
    ):
        with pytest.raises(storage.DamagedError):
            storage.without_digest(wrong)


def test_shards_are_the_ensemble_in_pieces(tmp_path: Path, small: None) -> None:
    """Catches a piece left out, played twice, put in another place or with other luck."""
    scenarios = [Scenario.load(name) for name in TWO]

    def last(daily: Any) -> Any:
        return daily[-1].astype(np.float64)

    more: dict[str, Any] = {"runs": 75, "first": 13, "seed": 4, "structure": "deter"}
    for case, words in enumerate(
        (
            {},
            {"reduce": last, "bands": False},
            {"chosen": declared.settings({"wounded_with_dead": 20.0})},
            {"keep": [14, 80]},
            {"nature": declared.draw(range(75), structure="provoke"), "luck": [7] * 40 + [9] * 35},
        )
    ):
        asked = more | words
        one = ensemble.play(scenarios, **asked)
        with shards.working(shards.Work(tmp_path / f"{case}")):
            other = shards.play(scenarios, Run(**asked))
        assert len(list((tmp_path / f"{case}").glob("*.parquet"))) == 3
        assert len(list((tmp_path / f"{case}").glob("*.json"))) == 3
        for a, b in zip(one, other, strict=True):
            assert np.array_equal(a.outcomes, b.outcomes, equal_nan=True)
            assert np.array_equal(a.parameters, b.parameters, equal_nan=True)
            assert np.array_equal(a.met, b.met, equal_nan=True)
            assert np.array_equal(a.reduced, b.reduced)
            assert np.array_equal(a.replications, b.replications)
            assert (a.bands is None) == (b.bands is None)
            if a.bands is not None and b.bands is not None:
                assert np.array_equal(a.bands.histogram, b.bands.histogram)
                assert np.array_equal(a.bands.outside, b.bands.outside)
                assert a.bands.outside.size or not words.get("chosen")
            assert a.kept.keys() == b.kept.keys()
            assert all(np.array_equal(a.kept[k], b.kept[k]) for k in a.kept)


def test_an_identity_is_all_that_decides_and_nothing_else() -> None:
    """Catches a shard taken for another's: of other luck, model, scenario, draws or reading."""
    scenarios = [Scenario.load(name) for name in TWO]
    one = shards.whole(scenarios, Run(runs=64, seed=1))
    same = shards.whole([s.named(f"my {s.name}") for s in scenarios], Run(runs=64, seed=1))
    assert one.identity() == same.identity()
    others = [
        replace(one, seed=2),
        replace(one, first=1),
        replace(one, runs=65),
        replace(one, structure="deter"),
        replace(one, scenarios=one.scenarios[::-1]),
        replace(one, scenarios=(one.scenarios[0].with_levers(doctrine="none"), one.scenarios[1])),
        replace(one, chosen={"lethality": declared.Setting(value=0.3)}),
        replace(one, uncertainty="prior"),
        replace(one, nature=declared.draw(range(64))),
        replace(one, luck=tuple(range(64))),
        replace(one, bands=False),
        replace(one, keep=(3,)),
        replace(one, days=True),
        replace(one, weights=(1.0, 2.0, 1.0, 1.0, 1.0)),
        replace(one, model="another"),
        replace(one, call="2"),
    ]
    known = {s.identity() for s in (one, *others)}
    assert len(known) == 1 + len(others)


@pytest.mark.parametrize("harm", ["cut", "bit", "empty"])
def test_a_damaged_shard_is_set_aside_named_and_played_anew(
    tmp_path: Path, small: None, harm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    scenarios = [Scenario.load("restraint")]
    with shards.working(shards.Work(tmp_path)):
        first = shards.play(scenarios, Run(runs=64))
    path = min(tmp_path.glob("*.parquet"))
    content = path.read_bytes()
    path.write_bytes(
        {
            "cut": content[:-7],
            "bit": content[:500] + bytes([content[500] ^ 4]) + content[501:],
            "empty": b"",
        }[harm]
    )
    with shards.working(shards.Work(tmp_path)):
        again = shards.play(scenarios, Run(runs=64))
    assert np.array_equal(first[0].outcomes, again[0].outcomes, equal_nan=True)
    assert "is damaged" in capsys.readouterr().err
    assert (tmp_path / f"{path.name}.damaged").exists()
    assert path.read_bytes() == content


@pytest.mark.parametrize("harm", ["gone", "damaged", "of nothing"])
def test_a_part_is_there_once_its_manifest_is(tmp_path: Path, small: None, harm: str) -> None:
    """Catches a part taken for whole between its two files, and a command that is stuck there."""
    scenarios = [Scenario.load("restraint")]
    with shards.working(shards.Work(tmp_path)):
        first = shards.play(scenarios, Run(runs=64))
    manifest = min(tmp_path.glob("*.json"))
    told = json.loads(manifest.read_text())
    assert (told["scenarios"], told["structure"]) == (["restraint"], "neutral")
    if harm == "gone":
        manifest.unlink()
    else:
        manifest.write_text("{")
    if harm == "of nothing":
        manifest.with_suffix(".parquet").unlink()
    for _ in range(2):
        with shards.working(shards.Work(tmp_path)):
            again = shards.play(scenarios, Run(runs=64))
        assert np.array_equal(first[0].outcomes, again[0].outcomes, equal_nan=True)
    assert json.loads(manifest.read_text()) == told


def test_again_removes_what_a_command_had_finished(
    tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches an option that is taken and does nothing, and one that a repeated command loses."""
    words = ["compare", "restraint", "expulsion", "--runs", "96", "--structure", "deter"]
    words += ["--no-figures", "--out", str(tmp_path), "--threads", "1"]
    played: list[int] = []
    plays = shards.Shard.play

    def stops(self: shards.Shard, *given: Any) -> Any:
        if self.luck is not None:
            return plays(self, *given)
        played.append(self.first)
        if len(played) == 2:
            raise KeyboardInterrupt
        return plays(self, *given)

    monkeypatch.setattr(shards.Shard, "play", stops)
    for more, left in (([], [64]), (["--again"], [0, 32, 64])):
        played.clear()
        assert call(*words, *more).exit_code == 130
        played.clear()
        played.extend([-1] * 2)
        assert call(*words, *more, "--overwrite").exit_code == 0
        assert sorted(played[2:]) == sorted({*left, 32})
        shutil.rmtree(tmp_path / "restraint-expulsion")


def test_arrays_of_an_earlier_version_are_read() -> None:
    """Catches pasts of games that stand in a room and can no longer be told."""
    content = base64.b64decode(
        "ZHJhd2Rvd24gYXJyYXlzIDEKVAAAAAAAAABbWyJhIiwgIjxmOCIsIFszXSwgMCwgMjddLCBbIm5vbmUiLCAiPGk4Iiwg"
        "WzAsIDJdLCAyNywgMF0sIFsibiIsICI8aTgiLCBbXSwgMjcsIDE3XV0otS/9IBiVAABgAADwPwAAAAAAAABAAQAcwAIo"
        "tS/9IAhBAAACAAAAAAAAALnoiDY620ruRLwV2hm5LG4D8u4Hy94ErLOldeqvYUYR"
    )
    found = storage.unpacked(storage.without_digest(content))
    assert found["a"].tolist() == [0.0, 1.0, 2.0]
    assert (found["none"].shape, int(found["n"])) == ((0, 2), 2)


def test_finished_shards_are_not_played_again(
    tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenarios = [Scenario.load("restraint")]
    count = []
    plays = shards.Shard.play

    def counted(self: shards.Shard, *words: Any) -> Any:
        count.append(self.first)
        if len(count) == 3:
            raise KeyboardInterrupt
        return plays(self, *words)

    monkeypatch.setattr(shards.Shard, "play", counted)
    with shards.working(shards.Work(tmp_path)), pytest.raises(KeyboardInterrupt):
        shards.play(scenarios, Run(runs=160, threads=1))
    with shards.working(shards.Work(tmp_path)):
        shards.play(scenarios, Run(runs=160, threads=1))
    assert sorted(count) == [0, 32, 64, 64, 96, 128]


def test_questions_play_in_shards_what_they_play_without(
    tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a reading of days that is taken for another's, and a question that plays beside."""
    plain = stress.examine(Run(runs=40, seed=3))
    for again in range(2):
        with shards.working(shards.Work(tmp_path)):
            assert stress.examine(Run(runs=40, seed=3)) == plain, again
        monkeypatch.setattr(ensemble, "play", None)


def words(part: Path, *more: str) -> list[str]:
    return ["compare", *TWO, "--out", str(part), "--daily", "--no-figures", *more]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("parts")
    assert call(*words(out, "--runs", "100", "--name", "whole")).exit_code == 0
    for first, runs in ((0, 33), (33, 50), (83, 17)):
        told = ["--first", str(first), "--runs", str(runs), "--name", f"from-{first}"]
        assert call(*words(out, *told)).exit_code == 0
    return out


@pytest.mark.long
def test_parts_join_to_the_undisturbed_run_byte_for_byte(played: Path) -> None:
    """Catches a table whose bytes tell in which pieces it was played."""
    order = [str(played / f"from-{n}") for n in (83, 0, 33)]
    done = call("merge", *order, "--out", str(played), "--name", "merged")
    assert done.exit_code == 0, done.output
    one, other = digests(played / "whole"), digests(played / "merged")
    assert one == other
    assert {"daily.parquet", "met.parquet", "counts.parquet", "summary.csv"} <= set(one)
    bins = pq.read_table(played / "whole" / "counts.parquet")["bin"].to_pylist()
    assert None in bins
    assert max(b for b in bins if b is not None) > outcomes.REST


@pytest.mark.long
def test_a_part_that_held_large_numbers_at_the_last_bin_is_refused(
    played: Path, tmp_path: Path
) -> None:
    """Catches bands of an earlier version, which told too little, joined to those of now."""
    old = tmp_path / "old"
    shutil.copytree(played / "from-0", old)
    table = pq.read_table(old / "counts.parquet")
    at = table.schema.get_field_index("bin")
    small = table.schema.set(at, pa.field("bin", pa.int16()))
    pq.write_table(table.filter(pc.field("bin") < 128).cast(small), old / "counts.parquet")
    record = json.loads((old / "run.json").read_text(encoding="utf-8"))
    record["files"]["counts.parquet"] = result_folder.file_digest(old / "counts.parquet")
    (old / "run.json").write_text(json.dumps(record), encoding="utf-8")
    done = call("merge", str(old), str(played / "from-33"), "--out", str(tmp_path), "--name", "m")
    assert done.exit_code == 2
    assert "counts.parquet is of an earlier version" in done.output


@pytest.mark.long
def test_what_does_not_join_is_said_all_of_it(played: Path, tmp_path: Path) -> None:
    def refused(*names: str) -> str:
        done = call("merge", *(str(played / n) for n in names), "--out", str(tmp_path))
        assert done.exit_code == 2
        assert not list(tmp_path.iterdir())
        return done.stderr

    assert "worlds 33 to 82 are missing" in refused("from-0", "from-83")
    assert "--first 33 --runs 50" in refused("from-0", "from-83")
    assert "worlds 33 to 82 are in both" in refused("whole", "from-33")
    more = ["--first", "33", "--runs", "50", "--seed", "9", "--name", "other-seed"]
    assert call(*words(played, *more, "--structure", "deter")).exit_code == 0
    told = refused("from-0", "other-seed")
    assert "differ in seed: 9 and 0" in told
    assert "differ in structures" in told
    record = json.loads((played / "from-33" / "run.json").read_text())
    changed = played / "from-33-changed"
    changed.mkdir()
    for path in (played / "from-33").iterdir():
        (changed / path.name).write_bytes(path.read_bytes())
    (changed / "run.json").write_text(json.dumps(record | {"model": "another"}))
    assert "differ in the model" in refused("from-0", "from-33-changed")
    (changed / "run.json").write_text(json.dumps(record))
    content = (changed / "outcomes.parquet").read_bytes()
    (changed / "outcomes.parquet").write_bytes(content[:99] + b"\0" + content[100:])
    assert "outcomes.parquet was changed" in refused("from-0", "from-33-changed")
    assert "is no part" in refused("from-0", "nowhere")
    without = [w for w in words(played, "--first", "33", "--runs", "50", "--name", "no-days")]
    without.remove("--daily")
    assert call(*without).exit_code == 0
    assert "differ in whether days are kept: no and yes" in refused("from-0", "no-days")


@pytest.mark.long
def test_a_comparison_on_disk_is_the_one_in_memory(played: Path) -> None:
    """Catches a column read from the wrong ensemble, and a parameter taken for its default."""
    from drawdown import compare
    from drawdown.connect import store

    found = compare(list(TWO), runs=100)
    summary = pq.read_table(played / "whole" / "summary.parquet").to_pandas()
    assert store.summary_table(found).to_pandas().equals(summary)
    asked = replication_ranges.Asked(
        scenarios=tuple(found.scenarios),
        structures=found.structures,
        baseline=found.baseline,
        runs=100,
    ).in_phases()
    folder = played / "again"
    folder.mkdir()
    work = shards.Work(played / "shards")
    work.finish([s for each in asked.shards().values() for s in each], None, None)
    stored = replication_ranges.gather(asked, work, folder)
    for key, item in found.ensembles.items():
        other = stored.ensembles[key]
        assert np.array_equal(item.outcomes, np.asarray(other.outcomes), equal_nan=True)
        for row in range(len(item.parameters)):
            assert np.array_equal(item.parameters[row], other.parameters[row], equal_nan=True), row


def test_what_it_takes_is_said_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = call("compare", *TWO, "--runs", "50000", "--dry-run", "--out", str(tmp_path))
    assert done.exit_code == 0
    assert "300,000 worlds in" in done.stdout
    assert "MB of memory" in done.stdout
    assert not list(tmp_path.iterdir())

    class Full:
        free = 2**20

    monkeypatch.setattr(replication_ranges.shutil, "disk_usage", lambda path: Full)
    done = call("compare", *TWO, "--runs", "50000", "--out", str(tmp_path))
    assert (done.exit_code, "MB free" in done.stderr) == (2, True)
    assert not list(tmp_path.iterdir())


@pytest.mark.long
def test_own_files_join_from_wherever_they_were_played(tmp_path: Path) -> None:
    """Ten laptops: catches a command that names a folder of one of them, or a lost name."""
    text = "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\nextends: restraint\n"
    for k, laptop in enumerate(("ann", "ben")):
        for folder in ("x", "y"):
            (tmp_path / laptop / folder).mkdir(parents=True)
            more = f"policy: {{nato_target: {1000 if folder == 'x' else 3000}}}\n"
            (tmp_path / laptop / folder / "own.yaml").write_text(text + more, encoding="utf-8")
        files = [str(tmp_path / laptop / folder / "own.yaml") for folder in ("x", "y")]
        told = ["--first", str(20 * k), "--runs", "20", "--name", laptop]
        done = call("compare", *files, *told, "--no-figures", "--out", str(tmp_path / "out"))
        assert done.exit_code == 0, done.output
    files = [str(tmp_path / "ann" / folder / "own.yaml") for folder in ("x", "y")]
    whole = ["compare", *files, "--runs", "40", "--no-figures", "--out", str(tmp_path / "out")]
    assert call(*whole, "--name", "whole").exit_code == 0
    for path in (tmp_path / "ann").rglob("*.yaml"):
        path.unlink()
    out = [str(tmp_path / "out" / name) for name in ("ann", "ben")]
    done = call("merge", *out, "--out", str(tmp_path / "out"), "--name", "merged")
    assert done.exit_code == 0, done.output
    assert digests(tmp_path / "out" / "whole") == digests(tmp_path / "out" / "merged")


def test_own_priors_travel_with_the_shard(tmp_path: Path, small: None) -> None:
    """Catches a worker that draws from a file it does not have, or from another one."""
    priors = tmp_path / "priors.yaml"
    priors.write_text("lethality: {uniform: [0.1, 0.2]}\n", encoding="utf-8")
    words: dict[str, Any] = {"runs": 64, "first": 7, "uncertainty": str(priors), "seed": 2}
    scenarios = [Scenario.load("restraint")]
    plain = ensemble.play(scenarios, **words)[0]
    pieces = [s.self_contained() for s in shards.cut(shards.whole(scenarios, Run(**words)))]
    priors.unlink()
    played = np.concatenate([p.play()["0/outcomes"] for p in pieces], axis=1)
    assert np.array_equal(plain.outcomes.T, played, equal_nan=True)
    assert len(pieces) > 1


def test_an_estimate_for_a_part_that_begins_anywhere() -> None:
    """Catches an estimate that plays its few worlds across the border of two shards."""
    scenarios = tuple(Scenario.load(name) for name in TWO)
    begin = shards.size(scenarios) - 5
    asked = replication_ranges.Asked(
        scenarios=scenarios, structures=("neutral",), baseline=TWO[0], runs=50_000, first=begin
    )
    assert replication_ranges.speed_of(asked) > 0


def test_shards_of_a_result_that_is_there_are_cleared_by_the_next_command(
    tmp_path: Path,
) -> None:
    """Catches what a program leaves that is killed between its result and its shards' end."""
    from drawdown.declared import result_folder

    one = result_folder.find("kept", "x", {}, tmp_path)
    folder = one.unfinished("abc")
    folder.mkdir(parents=True)
    (folder / "1.parquet").write_text("x")
    with one.folder() as new:
        (new / "a.txt").write_text("x")
    result_folder.find("other", "x", {}, tmp_path).drop()
    assert folder.exists(), "its program lives"
    one.drop()
    other = result_folder.find("else", "x", {}, tmp_path)
    other.unfinished("def").mkdir(parents=True)
    other.drop()
    assert not folder.exists()
    assert [p.name for p in (tmp_path / result_folder.UNFINISHED).iterdir()] == ["else.def"]


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_stopped_goes_on_and_leaves_no_process(
    tmp_path: Path, number: int
) -> None:
    """Catches lost or doubled worlds, orphan processes and `.part` folders."""
    command = [str(Path(sys.executable).with_name("drawdown")), "compare", *TWO, "--runs", "300"]
    command += ["--name", "x", "--out", str(tmp_path)]
    # Under nohup a hang-up is ignored, and so it would be by whatever is started there.
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        one = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    finally:
        signal.signal(signal.SIGHUP, before)
    children = Path(f"/proc/{one.pid}/task/{one.pid}/children")
    born: list[str] = []
    while one.poll() is None and not born:
        born = children.read_text().split() if children.exists() else []
        time.sleep(0.01)
    one.send_signal(number)
    assert one.wait() in (-signal.SIGKILL, 128 + number)
    for _ in range(500):
        if not any(Path(f"/proc/{pid}").exists() for pid in born):
            break
        time.sleep(0.02)
    else:
        raise AssertionError("processes are left")
    assert not (tmp_path / "x").exists()
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
    assert call("verify", "x", "--files", "--out", str(tmp_path)).exit_code == 0
