"""A cluster plays the same shards to the same bytes, whoever dies meanwhile."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import hand_made
import pytest
from click.testing import CliRunner

from drawdown.cli import main
from drawdown.connect import cluster
from drawdown.declared.errors import InputError
from drawdown.declared.scenario import Scenario
from drawdown.worlds import shards
from drawdown.worlds.run import Run

DASK = str(Path(sys.executable).with_name("dask"))
ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    found: list[subprocess.Popen[bytes]] = []
    yield found
    for one in found:
        one.kill()
        one.wait()


@pytest.mark.long
def test_a_killed_worker_and_one_of_another_model_cost_time_only(
    tmp_path: Path,
    processes: list[subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Catches lost or doubled shards, and worlds drawn from another posterior."""
    words = ["compare", "restraint", "expulsion", "--runs", "160", "--no-figures"]
    words += ["--out", str(tmp_path)]
    assert CliRunner().invoke(main, [*words, "--name", "here"]).exit_code == 0
    other = tmp_path / "other"
    for name in ("model", "seeds", "scenarios"):
        shutil.copytree(ROOT / name, other / name, ignore=shutil.ignore_patterns("__pycache__"))
    # The same code with another posterior: its attack rates are twice ours.
    rows = other / "seeds" / "posterior" / "draws.csv"
    rows.write_text(rows.read_text().replace(",0.0", ",0.1"))
    hand_made.sign_posterior(rows.parent)
    port = free_port()

    def begin(*told: str, **more: str) -> subprocess.Popen[bytes]:
        one = subprocess.Popen(
            [DASK, *told],
            env=os.environ | {"DASK_LOGGING__DISTRIBUTED": "critical"} | more,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        processes.append(one)
        return one

    begin("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    worker = [
        "worker",
        f"tcp://127.0.0.1:{port}",
        "--nthreads",
        "1",
        "--no-nanny",
        "--no-dashboard",
    ]
    begin(*worker, "--name", "stranger", PYTHONPATH=str(other / "model"))
    dying = begin(*worker, "--name", "dying")
    begin(*worker, "--name", "lasting")
    address = f"dask://127.0.0.1:{port}"
    for _ in range(300):
        try:
            found = cluster.players(address)
            break
        except InputError:
            time.sleep(0.1)
    for _ in range(600):
        if len(found._client.scheduler_info()["workers"]) == 3:
            break
        time.sleep(0.1)
    monkeypatch.setattr(shards, "WORLD_DAYS", 1)
    taken: list[int] = []
    kept = shards.Work(tmp_path / "shards", found.play)
    pieces = [
        shard
        for structure in ("deter", "neutral", "provoke")
        for shard in shards.cut(
            shards.whole(
                [Scenario.load("restraint"), Scenario.load("expulsion")],
                Run(runs=160, structure=structure),
            )
        )
    ]

    def progress(worlds: int) -> None:
        taken.append(worlds)
        if len(taken) == 3:
            dying.kill()

    kept.finish(pieces, None, progress)
    assert sum(taken) == 160 * 2 * 3
    assert "its draws, posterior are not ours" in capsys.readouterr().err
    assert len(list((tmp_path / "shards").glob("*.parquet"))) == len(pieces)
    assert len(found._refused) == 1
    found.close()
    done = CliRunner().invoke(main, [*words, "--name", "there", "--on", address])
    assert done.exit_code == 0, done.output
    assert "is not used: its draws, posterior are not ours" in done.stderr
    for path in (tmp_path / "here").iterdir():
        if path.name != "run.json":
            assert path.read_bytes() == (tmp_path / "there" / path.name).read_bytes(), path.name


@pytest.mark.parametrize(
    "where", ["elsewhere", "dask://", "dask://host", "local:", "local:0", "local:x", "tcp://h:1"]
)
def test_a_place_that_is_none_is_said(where: str) -> None:
    done = CliRunner().invoke(main, ["run", "restraint", "--runs", "2", "--on", where])
    assert done.exit_code == 2
    assert "--on" in done.stderr


def test_threads_of_this_machine_do_not_go_with_a_cluster() -> None:
    words = ["run", "restraint", "--runs", "2", "--on", "local:1", "--threads", "2"]
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, "--threads is for this machine" in done.stderr) == (2, True)


def test_nobody_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = cluster.Cluster._connect
    monkeypatch.setattr(cluster.Cluster, "_connect", lambda self, wait: connect(self, 0.3))
    words = ["run", "restraint", "--runs", "2", "--out", str(tmp_path)]
    done = CliRunner().invoke(main, [*words, "--on", f"dask://127.0.0.1:{free_port()}"])
    assert (done.exit_code, "no Dask scheduler answers" in done.stderr) == (2, True)
    assert not list(tmp_path.iterdir())


def test_a_worker_of_another_program_plays_nothing() -> None:
    """Catches one that comes while others play, after all that were there had been asked."""
    (shard,) = shards.cut(shards.whole([Scenario.load("restraint")], Run(runs=2)))
    here, content = cluster.play(shard)
    assert (here, bool(content)) == (shard.model, True)
    assert cluster.play(replace(shard, model="another")) == (here, b"")
