"""The offline bundle holds what each system needs, at the versions of the lock file."""

import zipfile
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


def wheel(folder: Path, name: str, licence: str) -> None:
    """Write a wheel that holds nothing but its description."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        told = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{licence}\n"
        archive.writestr(f"{name}-1.0.dist-info/METADATA", told)


def test_licences_are_listed_and_the_gpl_comes_by_choice_only(tmp_path: Path) -> None:
    """Catches a copyleft package that a class passes on without knowing."""

    def fetched(words: list[str]) -> None:
        place = Path(words[words.index("-d" if "-d" in words else "-w") + 1])
        if "wheel" in words:
            wheel(place, "drawdown", "License-Expression: Apache-2.0")
        else:
            wheel(place, "plain", "Classifier: License :: OSI Approved :: MIT License")
            wheel(place, "lesser", "License: LGPL-2.1")
            wheel(place, "other", "License-Expression: GPL-3.0-or-later")

    with pytest.raises(InputError, match=r"other \(GPL-3.0-or-later\)"):
        bundle.make(tmp_path / "a", "linux", run=fetched)
    bundle.make(tmp_path / "b", "linux", run=fetched, extras=(*bundle.EXTRAS, "ema"))
    told = (tmp_path / "b" / "licences.csv").read_text().splitlines()
    assert "plain,1.0,MIT License" in told
    assert len(told) == 5
    last = (tmp_path / "b" / "hashes.txt").read_text().splitlines()[-1]
    assert last.startswith("drawdown[web,analysis,excel,ema]==1.0 --hash=sha256:")


def test_a_wheel_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    def failing(words: list[str]) -> None:
        raise InputError("pip could not fetch the wheels: no network")

    with pytest.raises(InputError, match="no network"):
        bundle.make(tmp_path, "linux", run=failing)
