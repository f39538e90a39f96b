"""Every command that README, documents, ``--help`` and Makefile name runs as it stands there."""

import os
import re
import runpy
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from drawdown.cli import main
from drawdown.declared import data_files
from drawdown.exercise.rooms import Rooms

ROOT = data_files.project_root() or Path()
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "results/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
FEW = "--runs 12 --no-figures"
SMALLER = {
    "run": FEW,
    "compare": FEW,
    "rerun": "--overwrite",
    "decompose": "--runs 12",
    "regret": "--draws 20 --lucks 1",
    "thesis": "--draws 60 --lucks 3",
    "validate": "--runs 60",
    "sensitivity": "--trajectories 4 --size 16 --lucks 2 --few 3",
    "search": "--evaluations 16 --population 8 --seeds 1 --draws 4 --lucks 1 --fresh 20",
    "report": "--small",
    "site": "--small",
    "plot": "--formats png",
    "evidence motives": "--runs 20",
    "evidence patterns": "--runs 30",
    "evidence robustness": "--runs 20",
    "evidence calibrate": "--small --name mine-too",
    "evidence seal": "--runs 5",
}
"""Options that make a command quick."""

LONG = {
    *("run", "compare", "merge", "rerun", "verify", "validate", "regret", "plot"),
    *("evidence motives", "evidence seal"),
    *("thesis", "sensitivity", "search", "report", "site", "serve", "bundle", "decompose"),
    *("evidence patterns", "evidence robustness", "evidence calibrate", "evidence crossvalidate"),
}
OF_A_SHELL = ("$", "…", "{", "\\", "|", "[", "TLS")
"""Signs of a line that a shell or a workflow fills in."""


def lines(text: str) -> Iterator[str]:
    """Yield the commands of a document: fenced as sh, or indented by four spaces."""
    fenced = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
    yield from (line.strip() for line in fenced.splitlines())
    yield from re.findall(r"^ {4}((?:drawdown|make|python) .*)$", text, re.M)
    yield from re.findall(r"`((?:drawdown|make|python benchmarks/)[^`\n]*)`", text)


def examples() -> Iterator[str]:
    """Yield what ``--help`` shows of each command."""

    def of(command: click.Command) -> Iterator[str]:
        if command.epilog and "Example: " in command.epilog:
            yield command.epilog.partition("Example: ")[2]
        for inner in getattr(command, "commands", {}).values():
            yield from of(inner)

    for name in main.list_commands(None):  # type: ignore[arg-type]
        command = main.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        yield from of(command)


MAKEFILE = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
NAMED = [
    *(line for path in DOCUMENTS for line in lines(path.read_text("utf-8"))),
    *examples(),
    *(f"drawdown {rest}" for rest in re.findall(r"^\t\$\(BIN\)/drawdown (.*)$", MAKEFILE, re.M)),
]


def commands() -> Iterator[str]:
    """Yield each ``drawdown`` command once, but mere names and what a shell fills in."""
    known = {}
    for line in NAMED:
        text = re.sub(r"\s+", " ", line.partition(" #")[0]).strip()
        if text.startswith("drawdown ") and not any(sign in text for sign in OF_A_SHELL):
            known[text] = None
    arguments = {"merge", "verify", "rerun", "check", "explain", "watch", "run", "compare", "plot"}
    arguments |= {"validate", "events", "new"}
    for text in known:
        words = text.split()[1:]
        if len(words) > 1 or words[0] not in arguments:
            yield text


def key_of(words: list[str]) -> str:
    return " ".join(words[: 2 if words[0] in ("evidence", "exercise") else 1])


EVENTS = "date,deaths\n" + "".join(f"2021-0{m}-1{d},0\n" for m in range(1, 8) for d in range(5))
PRIORS = "lethality: {uniform: [0.01, 0.05]}\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a user has it after a while."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "seeds" / "posterior", folder / "results" / "mine")
    shutil.copytree(ROOT / "seeds" / "record", folder / "seeds" / "record")
    counts = (ROOT / "seeds" / "record" / "attacks_on_facilities.csv").read_text(encoding="utf-8")
    # A user's own counts lie within the record run.
    mine = [row for row in counts.splitlines(keepends=True) if not row.startswith("2019")]
    (folder / "mine.csv").write_text("".join(mine), encoding="utf-8")
    (folder / "my-ged.csv").write_text(EVENTS)
    (folder / "my-priors.yaml").write_text(PRIORS)
    for path in (ROOT / "docs").glob("*.md"):
        found = re.findall(r"```python file=(\S+)\n(.*?)```", path.read_text("utf-8"), re.S)
        for name, content in found:
            (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def used_desk(desk: Path) -> Path:
    """The same folder with results."""

    def call(text: str) -> None:
        done = CliRunner().invoke(main, [*shlex.split(text), "--out", str(desk / "results")])
        assert done.exit_code == 0, done.output

    call(f"compare combat-to-advisory sustained-presence {FEW} --name headline")
    for k in (0, 1):
        call(f"compare restraint expulsion --first {12 * k} {FEW} --name part-{k}")
    call("merge part-0 part-1 --name whole")
    return desk


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            text,
            id=text,
            marks=pytest.mark.long if key_of(text.split()[1:]) in LONG or "--on" in text else (),
        )
        for text in commands()
    ],
)
def test_a_named_command_runs(
    text: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a command that a document still names and the program no longer has."""
    here = tmp_path / "desk"
    long = key_of(text.split()[1:]) in LONG
    shutil.copytree(request.getfixturevalue("used_desk" if long else "desk"), here)
    monkeypatch.chdir(here)
    monkeypatch.setenv("DRAWDOWN_RESULTS", str(here / "results"))
    rooms = Rooms(here / "results" / "exercise.sqlite")
    words = shlex.split(text)[1:]
    key = key_of(words)
    given = {
        "CODE": rooms.make("a class").code,
        "ABCDEF": rooms.make("another").code,
        "FILE": "my-scenario.yaml" if words[0] in ("check", "new") else "copy.sqlite",
        "FOLDER": "folder",
        "NAME": "headline",
        "RESULT": "headline",
        "LINK": "?case=full-withdrawal",
        "RULE": "presence.response",
        "COMMAND": "run",
        "SCENARIO": "restraint",
        "dask://HOST:8786": "local:1",
    }
    words = [given.get(word, word) for word in words]
    if words[0] == "new":
        words[1] = "fresh"
    else:
        for word in {"my-scenario.yaml", "mine.yaml"} & set(words):
            made = ["new", word.removesuffix(".yaml"), "--extends", "full-withdrawal"]
            CliRunner().invoke(main, made)
    if "results/mine" not in words:
        shutil.rmtree(here / "results" / "mine")
    if "--output" in words:
        (here / words[words.index("--output") + 1]).unlink(missing_ok=True)
    if "report.html" in words:
        pytest.skip("tests/test_printed.py verifies a report")
    if words[0] == "merge":
        words[-1] = "joined"
    if words[0] == "show":
        made = f"compare restraint expulsion {FEW} --name {words[1]} --overwrite"
        assert CliRunner().invoke(main, made.split()).exit_code == 0
    if "--help" not in words and "--dry-run" not in words and "--levers" not in words:
        words += shlex.split(SMALLER.get(key, ""))
    if "--name" in words and "--overwrite" not in words and words[0] != "merge":
        words.append("--overwrite")
    if words[0] == "serve":
        serves(words)
        return
    if words[0] == "bundle":
        monkeypatch.setattr("drawdown.connect.bundle._run", lambda words: None)
    if "--write" in words:  # not into the checkout, which other tests build from
        monkeypatch.setattr(
            "drawdown.cli.commands.odd.write_whole",
            lambda path, content: (here / path.name).write_bytes(content),
        )
    done = CliRunner().invoke(main, words)
    # What a command compares or holds against gates may differ, which is its answer.
    allowed = (0, 1) if key == "evidence patterns" else (0,)
    assert done.exit_code in allowed, (words, done.output[-600:], done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit)


def serves(words: list[str]) -> None:
    """Start a server, wait until it answers, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("drawdown")), *words, "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            assert server.poll() is None, words
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("the server does not answer")
    finally:
        server.terminate()
        server.wait()


def test_enough_is_found() -> None:
    """Catches a reader of documents that finds nothing, which would try nothing."""
    found = list(commands())
    assert len(found) > 60
    tried = {text.split()[1] for text in found}
    assert tried >= set(main.list_commands(None))  # type: ignore[arg-type]


def test_every_target_that_is_named_is_one() -> None:
    named = {m for line in NAMED for m in re.findall(r"^make ([a-z-]+)", line)}
    named |= set(re.findall(r"^# make ([a-z-]+)", MAKEFILE, re.M))
    assert {"run", "test", "test-all", "bench", "mutants", "same"} <= named
    for target in named:
        done = subprocess.run(
            ["make", "-n", "-C", str(ROOT), target], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (target, done.stderr)


SCRIPTS = sorted((ROOT / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.stem)
def test_a_script_of_the_maintainers_still_stands(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a benchmark whose imports are gone, as one was for a week."""
    monkeypatch.syspath_prepend(str(path.parent))
    if "playwright" in path.read_text("utf-8"):
        pytest.importorskip("playwright")
    if "test_page" in path.read_text("utf-8"):
        look = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='looked at')"
        subprocess.run([sys.executable, "-c", look, str(path)], check=True, cwd=ROOT)
    else:
        assert "main" in runpy.run_path(str(path), run_name="looked at")
    named = {n for line in NAMED for n in re.findall(r"benchmarks/([a-z_]+\.py)", line)}
    assert all((ROOT / "benchmarks" / name).is_file() for name in named)


def test_what_moved_between_two_versions_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a move that is left out, one that is none, and the smaller before the larger."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    from diff_model import moved

    old = {"a/deter/x": (1.0, 0.5), "a/deter/y": (2.0, 0.1), "a/deter/z": (3.0, 0.5)}
    new = {"a/deter/x": (2.0, 0.5), "a/deter/y": (2.0, 0.1), "a/deter/z": (0.0, 0.5)}
    assert moved(old, new) == [("a/deter/z", 3.0, 0.0, -6.0), ("a/deter/x", 1.0, 2.0, 2.0)]


@pytest.mark.long
@pytest.mark.parametrize(
    "words", ["diff_model.py HEAD --runs 2", "peers.py", "reacting.py 2000", "optimisers.py"]
)
def test_a_benchmark_runs(words: str, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    shutil.copytree(
        ROOT, copy, ignore=shutil.ignore_patterns(".venv", ".git", ".hypothesis", ".mypy_cache")
    )
    name, *rest = words.split()
    if name == "diff_model.py":
        rest[0] = str(copy)
    done = subprocess.run(
        [sys.executable, f"benchmarks/{name}", *rest],
        cwd=copy,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(copy / "model")},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-600:]
