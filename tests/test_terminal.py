"""Any terminal, pipe or file: no traceback, and no sign of a number lost."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from drawdown.cli import terminal
from drawdown.cli.main import COMMANDS, EXTRAS, main

DRAWDOWN = [sys.executable, "-m", "drawdown.cli"]


def piped(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    return subprocess.run(
        [*DRAWDOWN, *words], capture_output=True, env=kept | environment, check=False
    )


@pytest.mark.parametrize("code_page", ["cp1252", "cp1256", "cp437", "ascii"])
def test_a_code_page_that_lacks_signs(code_page: str, tmp_path: Path) -> None:
    """Catches half a table, and a minus sign that becomes a question mark."""
    words = ("compare", "sustained-presence", "full-withdrawal", "--runs", "5", "--no-figures")
    done = piped(*words, PYTHONIOENCODING=code_page, DRAWDOWN_RESULTS=str(tmp_path))
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode(code_page)
    usual = piped(*words, PYTHONIOENCODING="utf-8", DRAWDOWN_RESULTS=str(tmp_path))
    assert len(text.splitlines()) == len(usual.stdout.decode().splitlines())
    assert text.count("-0.") + text.count("-1") + text.count("-4") > 0
    assert usual.stdout.decode().count("\N{MINUS SIGN}") <= text.count("-")
    done = piped("watch", "restraint", "--days", "30", "--lang", "ar", PYTHONIOENCODING=code_page)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("environment", [{"LANG": "C"}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}])
def test_a_pipe_without_a_code_page_gets_utf8(environment: dict[str, str]) -> None:
    done = piped("scenarios", "--lang", "ar", **environment)
    assert done.returncode == 0
    assert re.search("[\u0600-\u06ff]{4}", done.stdout.decode("utf-8"))


def test_what_is_replaced_reads_alike() -> None:
    text = "\u22120.5 \u2264 1\u2026 \u2192 \u2066x\u2069 \u2500\u2502\u253c \u0639"
    assert text.encode("ascii", errors="drawdown").decode() == "-0.5 <= 1... -> x -|+ ?"
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", errors="drawdown")


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(name: str) -> None:
    """Every one there is, not those of a list of ours."""
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0
    assert len(done.output.splitlines()) > 3
    assert main.get_command(None, name).help  # type: ignore[arg-type, union-attr]


@pytest.mark.parametrize(
    ("words", "library"),
    [
        (["patterns"], "scoringrules"),
        (["thesis"], "ema_workbench"),
        (["report"], "ema_workbench"),
        (["sensitivity"], "SALib"),
        (["serve"], "starlette"),
        (["crossvalidate"], "scipy"),
        (["validate", "--observed", "x.csv"], "scipy"),
        (["run", "restraint", "--xlsx"], "openpyxl"),
    ],
)
def test_a_missing_extra_is_named_before_any_work(
    words: list[str], library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a traceback where an extra is not installed."""
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda n, *a: None if n == library else found(n, *a)
    )
    monkeypatch.setitem(sys.modules, library, None)
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2
    assert f"drawdown[{EXTRAS[library]}]" in done.stderr


def test_a_reader_that_leaves_early_ends_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.run(
        f"{' '.join(DRAWDOWN)} explain C24 | head -1", shell=True, capture_output=True, check=True
    )
    assert b"Traceback" not in done.stderr
    assert terminal.shown_path(Path("/nowhere/x")) == "/nowhere/x"
    assert set(COMMANDS) == set(main.list_commands(None))  # type: ignore[arg-type]


@pytest.mark.parametrize("number", ["0", "0.5"])
def test_a_strike_is_told_whatever_it_leaves_of_the_demand(number: str) -> None:
    """Catches a chronicle that divides by what a strike leaves of the demand for it."""
    words = ["watch", "robust-retaliation", "--set", f"demand_left={number}", "--replication", "1"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.exception
    assert "asked for" in done.output or "demand" in done.output
