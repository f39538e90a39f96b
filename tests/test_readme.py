"""The commands and examples of README and documents run as they stand."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from drawdown.cli import main
from drawdown.declared import data_files

ROOT = data_files.project_root() or Path()
DOCUMENTS = [ROOT / "README.md", ROOT / "docs" / "change_a_rule.md"]


SMALLER = {
    "patterns": ["--runs", "30"],
    "validate": ["--runs", "60"],
    "robustness": ["--runs", "20"],
    "thesis": ["--draws", "60", "--lucks", "2"],
    "sensitivity": ["--trajectories", "4", "--size", "16", "--lucks", "2", "--few", "3"],
    "regret": ["--draws", "20", "--lucks", "1"],
    "decompose": ["--runs", "30"],
    "search": [
        *("--evaluations", "16", "--population", "8", "--seeds", "1"),
        *("--draws", "4", "--lucks", "1", "--fresh", "20"),
    ],
}
"""Options that make a command of the README quick."""


def blocks(path: Path, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", path.read_text(encoding="utf-8"), re.S)


def files_of(path: Path, folder: Path) -> None:
    """Write the files that a document shows."""
    text = path.read_text(encoding="utf-8")
    for name, content in re.findall(r"```python file=(\S+)\n(.*?)```", text, re.S):
        (folder / name).write_text(content, encoding="utf-8")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.stem)
def test_examples_run(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files_of(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {}
    examples = blocks(path, "python")
    assert examples
    for example in examples:
        exec(compile(example, str(path), "exec"), scope)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.stem)
def test_commands_of_the_documents_run(
    path: Path, results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files_of(path, tmp_path)
    lines = [
        line.split("#")[0].strip() for block in blocks(path, "sh") for line in block.splitlines()
    ]
    commands = [shlex.split(line)[1:] for line in lines if line.startswith("drawdown ")]
    assert len(commands) >= 3
    monkeypatch.chdir(tmp_path)
    for words in commands:
        if words[0] == "crossvalidate":
            continue  # a minute's work; tests/evidence/test_cross_validation.py
        if words[0] in ("run", "compare"):
            words += ["--runs", "60", "--no-figures"]
        if words[0] == "report":
            continue  # half a minute's work; tests/test_report.py
        if words[0] == "plot":
            continue  # drawn in tests/test_figures.py
        if words[0] in ("serve", "exercise", "bundle"):
            continue  # tests/web, tests/exercise, tests/test_bundle.py
        words += SMALLER.get(words[0], [])
        words = [w if not w.startswith("seeds/") else str(ROOT / w) for w in words]
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, (words, done.output)


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
