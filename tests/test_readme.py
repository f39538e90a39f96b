"""The Python of README and documents runs as it stands; what README promises is there."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

from drawdown.declared import data_files

ROOT = data_files.project_root() or Path()
DOCUMENTS = [ROOT / "README.md", ROOT / "docs" / "commands.md", ROOT / "docs" / "change_a_rule.md"]


def blocks(path: Path, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", path.read_text(encoding="utf-8"), re.S)


def files_of(path: Path, folder: Path) -> None:
    """Write the files that a document shows."""
    text = path.read_text(encoding="utf-8")
    for name, content in re.findall(r"```python file=(\S+)\n(.*?)```", text, re.S):
        (folder / name).write_text(content, encoding="utf-8")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(p, id=p.stem, marks=pytest.mark.long if p.stem == "change_a_rule" else ())
        for p in DOCUMENTS
    ],
)
def test_examples_run(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files_of(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {}
    examples = blocks(path, "python")
    assert examples
    for example in examples:
        exec(compile(example, str(path), "exec"), scope)


SHOWN = [p for p in (ROOT / "model").rglob("*.py") if ">>> " in p.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", SHOWN, ids=lambda p: p.stem)
def test_examples_of_docstrings_run(path: Path) -> None:
    """Catches an example that no longer says what it shows, or is broken into its text."""
    name = ".".join(path.relative_to(ROOT / "model").with_suffix("").parts)
    tried = doctest.testmod(importlib.import_module(name))
    assert tried.attempted > 0
    assert not tried.failed


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= 900


def test_the_two_commands_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("run", "test"):
        assert f"make {target}" in text
        assert re.search(rf"^{target}:", makefile, re.M)
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test" in ci


def test_no_package_host_is_named() -> None:
    tracked = [ROOT / n for n in ("requirements.txt", "pyproject.toml", "Makefile", "README.md")]
    for path in tracked:
        text = path.read_text(encoding="utf-8").lower()
        for host in ("pypi.org", "pythonhosted", "--index-url", "--find-links", "npmjs"):
            assert host not in text, (path.name, host)


def test_the_order_of_a_day_in_the_readme_is_that_of_the_code() -> None:
    from drawdown.day.world import STEP_ORDER

    text = (ROOT / "docs" / "change_a_rule.md").read_text(encoding="utf-8")
    places = [text.index(f"`{name}`") for name, _ in STEP_ORDER]
    assert places == sorted(places)
