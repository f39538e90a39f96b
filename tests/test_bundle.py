"""The offline bundle holds what each system needs, at the versions of the lock file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from drawdown.connect import bundle
from drawdown.declared import data_files
from drawdown.declared.errors import InputError


@pytest.fixture
def asked(tmp_path: Path) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for machine in bundle.MACHINES:
        words: list[list[str]] = []
        bundle.make(tmp_path / machine, machine, run=words.append)
        found[machine] = words
    return found


def test_every_system_gets_what_it_needs(asked: dict[str, list[list[str]]]) -> None:
    root = data_files.project_root()
    assert root is not None
    text = (root / "requirements.txt").read_text(encoding="utf-8")
    for machine, (build, fetch) in asked.items():
        assert build[-1] == str(root)
        lines = Path(fetch[fetch.index("-r") + 1]).read_text().splitlines()
        names = {line.partition("==")[0] for line in lines}
        assert "--require-hashes" in fetch
        assert {"mesa", "numpy", "starlette", "uvicorn", "segno", "salib", "jinja2"} <= names
        assert not names & {"pytest", "playwright", "ruff", "mypy", "hypothesis"}
        assert ("colorama" in names) == (machine == "windows")
        for line in lines:
            name, first, *rest = line.split()[0], *line.split()[1:]
            assert name.lower() in text.lower()
            assert all(h.removeprefix("--hash=") in text for h in (first, *rest))
        assert "--only-binary=:all:" in fetch


def test_one_command_installs_without_a_network(
    asked: dict[str, list[list[str]]], tmp_path: Path
) -> None:
    for machine in asked:
        script = (tmp_path / machine / "install.bat").read_bytes()
        assert b"\r\n" in script
        assert b"--no-index" in script
        assert b"--require-hashes" in script
        assert "--no-index" in (tmp_path / machine / "install.sh").read_text()
        assert (tmp_path / machine / "install.sh").stat().st_mode & 0o111


def test_the_gpl_comes_by_choice_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a copyleft package that a class passes on without knowing."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
    from licences import is_gpl, licences

    assert not [item for item in licences(bundle.EXTRAS) if is_gpl(item[2])]
    asked = [name for name, _, licence in licences((*bundle.EXTRAS, "ema")) if is_gpl(licence)]
    assert asked == ["Platypus-Opt"]
    assert not is_gpl("GNU Lesser General Public License v3 (LGPLv3)")


def test_a_wheel_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    def failing(words: list[str]) -> None:
        raise InputError("pip could not fetch the wheels: no network")

    with pytest.raises(InputError, match="no network"):
        bundle.make(tmp_path, "linux", run=failing)


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="the stick that is made is for Linux")
def test_a_stick_installs_without_a_network_and_plays(tmp_path: Path) -> None:
    """Catches a wheel that is missing, or whose digest is not that of the list."""
    stick = tmp_path / "stick"
    try:
        bundle.make(stick, "linux")
    except InputError as error:
        pytest.skip(f"no wheels can be had here: {error}")
    nowhere = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
    for words in (
        ["sh", "install.sh"],
        ["installed/bin/drawdown", "run", "restraint", "--runs", "4", "--no-figures"],
        ["installed/bin/drawdown", "serve", "--help"],
    ):
        done = subprocess.run(
            words, cwd=stick, env=kept | nowhere, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (words, done.stderr[-600:])
