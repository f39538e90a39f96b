"""The offline bundle holds what each system needs, at the versions of the lock file."""

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
        names = {word.partition("==")[0] for word in fetch if "==" in word}
        assert {"mesa", "numpy", "starlette", "uvicorn", "segno", "salib", "jinja2"} <= names
        assert not names & {"pytest", "playwright", "ruff", "mypy", "hypothesis"}
        assert ("colorama" in names) == (machine == "windows")
        for word in fetch:
            if "==" in word:
                assert word.lower() in text.lower()
        assert "--only-binary=:all:" in fetch


def test_one_command_installs_without_a_network(
    asked: dict[str, list[list[str]]], tmp_path: Path
) -> None:
    for machine in asked:
        script = (tmp_path / machine / "install.bat").read_bytes()
        assert b"\r\n" in script
        assert b"--no-index" in script
        assert "--no-index" in (tmp_path / machine / "install.sh").read_text()
        assert (tmp_path / machine / "install.sh").stat().st_mode & 0o111


def test_a_wheel_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    def failing(words: list[str]) -> None:
        raise InputError("pip could not fetch the wheels: no network")

    with pytest.raises(InputError, match="no network"):
        bundle.make(tmp_path, "linux", run=failing)
