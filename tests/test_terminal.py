"""Any terminal, pipe or file: no traceback, and no sign of a number lost."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from drawdown.cli import terminal
from drawdown.cli.main import COMMANDS, EXTRAS, main
from drawdown.declared.errors import InputError
from drawdown.declared.scenario import Scenario
from drawdown.views.terminal_tables import Console, Sheet

DRAWDOWN = [sys.executable, "-m", "drawdown.cli"]


def piped(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    return subprocess.run(
        [*DRAWDOWN, *words], capture_output=True, env=kept | environment, check=False
    )


@pytest.mark.long
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
        (["evidence", "patterns"], "scoringrules"),
        (["thesis"], "ema_workbench"),
        (["report"], "ema_workbench"),
        (["sensitivity"], "SALib"),
        (["serve"], "starlette"),
        (["evidence", "crossvalidate"], "scipy"),
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


NEEDED = os.environ.get("DRAWDOWN_NEED_CHROMIUM") == "1"
"""Whether 'make test-all' runs: commands that take a minute show their tables too."""

FEW = ("--runs", "4", "--no-figures", "--structure", "deter")
PAIR = "sustained-presence full-withdrawal"
TABLES = {
    "scenarios": "",
    "evidence regimes": "",
    "verify": "?case=full-withdrawal&combat=500",
    "run": "conditions-based-exit --runs 4 --no-figures",
    "compare": f"{PAIR} advisory-by-2021 --runs 4 --no-figures",
    "regret": f"{PAIR} --draws 4 --lucks 1",
}
SLOW = {
    "decompose": f"{PAIR} --runs 4",
    "evidence motives": "--runs 10",
    "search": "--evaluations 10 --population 8 --seeds 1 --draws 5 --lucks 1 --fresh 20 --most 3",
    "evidence robustness": "--runs 2",
    "evidence patterns": "--runs 50",
}


def counted(texts: Iterable[str], found: Callable[[str], list[str]]) -> Counter[str]:
    return Counter(piece for text in texts for piece in found(text))


def pieces(cell: str) -> list[str]:
    """Return what of a cell must stand in one piece: its lines, or where it is prose its words."""
    return [
        piece
        for line in cell.split("\n")
        for piece in ([line] if cell_len(line) <= 40 else line.split())
        if piece.strip()
    ]


def check_whole(sheet: Sheet, shown: str, width: int) -> None:
    """Check that a table shows all that is in it, names and numbers whole, within a width."""
    lines = shown.split("\n")
    assert max(map(cell_len, lines)) <= width
    named = [row[0] for row in sheet.rows]
    cells = [
        row[k]
        for i, row in enumerate(sheet.rows)
        for k in range(len(row))
        # What a row is of is not said again below.
        if k or not i or named[i - 1] != row[0]
    ]
    for piece, count in counted(cells, pieces).items():
        assert sum(line.count(piece) for line in lines) >= count, (piece, count)
    words = Counter(shown.replace(":", "").split())
    for word, count in counted([sheet.title, *sheet.heads], str.split).items():
        assert words[word.replace(":", "")] >= count, word


@pytest.mark.parametrize("lang", ["en", pytest.param("ar", marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "command",
    [
        *TABLES,
        *(
            pytest.param(c, marks=pytest.mark.skipif(not NEEDED, reason="'make test-all' has it"))
            for c in SLOW
        ),
    ],
)
def test_tables_fit_80_columns(
    command: str, lang: str, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a column that is cut, a name broken in two, and COLUMNS that a pipe overlooks."""
    drawn: list[Sheet] = []
    draw = Sheet.__rich_console__

    def noted(self: Sheet, console: Any, options: Any) -> Any:
        drawn.append(self)
        return draw(self, console, options)

    monkeypatch.setattr(Sheet, "__rich_console__", noted)
    words = [*command.split(), *(TABLES | SLOW)[command].split(), "--lang", lang]
    done = CliRunner().invoke(main, words, env={"COLUMNS": "80"})
    assert done.exit_code == 0, done.output
    assert drawn
    # The folder's path is one line, whatever it is.
    lines = [line for line in done.stdout.split("\n") if str(results) not in line]
    assert max(map(cell_len, lines)) <= 80
    for sheet in list(drawn):
        for width in (80, 60):
            console = Console(width)
            with console.capture() as shown:
                console.print(sheet)
            if width == 80:
                assert shown.get() in done.stdout
                check_whole(sheet, shown.get(), width)
            assert max(map(cell_len, shown.get().split("\n"))) <= width
        console = Console(80, wide=True)
        with console.capture() as shown:
            console.print(sheet)
        body = [line for line in shown.get().split("\n") if line.strip()]
        height = sum(max(cell.count("\n") + 1 for cell in row) for row in sheet.rows)
        breaks = sum(a[0] != b[0] for a, b in pairwise(sheet.rows)) if len(sheet.rows) else 0
        title = len(sheet.title.split("\n")) if sheet.title else 0
        rule, head = 1, max(h.count("\n") + 1 for h in sheet.heads)
        assert len(body) <= title + head + rule + height + breaks


ODD = (
    "Exit [/bold] plan [draft]",
    "[red]$\\frac$[/] :smile: {x} %s <b>&amp;</b>",
    "\u200f_خروج\u200e, \"=1+1\", 'x'; \N{ZERO WIDTH JOINER}\N{GRINNING FACE}",
    "w" * 300,
    " ".join(["word"] * 60),
)


@pytest.mark.parametrize("keys", [1, 2])
@pytest.mark.parametrize("width", [200, 80, 60, 40, 20, 10])
def test_odd_text_is_shown_as_it_is_written(width: int, keys: int) -> None:
    """Catches markup that is obeyed, text that is cut, and a crash where nothing fits."""
    sheet = Sheet("[bold]T[/] " + ODD[3], ["[i]name", "motive", "a\nb", "number"], keys=keys)
    for text in ODD:
        sheet.row(text, f"[dim]{text[:12]}", "5.73\n(1.20 … 9.99)", "[0.10, 0.20]")
    console = Console(width)
    with console.capture() as shown:
        console.print(sheet)
    table = shown.get()
    with console.capture() as shown:
        for text in ODD:
            console.print(text)
    assert max(map(cell_len, f"{table}\n{shown.get()}".split("\n"))) <= width
    lines, whole = (x.replace("\n", "").replace(" ", "") for x in (shown.get(), table))
    assert lines == "".join(ODD).replace(" ", "")
    cells = "".join(cell for row in sheet.rows for cell in row) + sheet.title
    assert not Counter("".join(cells.split())) - Counter(whole)
    assert whole.count("(") == len(ODD)
    if width >= 40 and keys == 2:
        assert "[bold]T[/]" in whole
        for text in ODD:
            assert text.replace(" ", "") in whole
    if width >= 40:
        assert table.count("[0.10, 0.20]") == len(ODD)


def test_columns_stay_with_what_they_are_of() -> None:
    """Catches a column whose head says half where its other half went to another table."""
    sheet = Sheet("T")
    for head, of in (
        ("name", ""),
        ("A less B", ""),
        ("range", "A"),
        ("C less B", ""),
        ("all", "C"),
    ):
        sheet.column(head, of=of)
    sheet.row("tempo", *["0.12345678901234567890"] * 4)
    console = Console(60)
    with console.capture() as shown:
        console.print(sheet)
    assert shown.get().count("tempo") == 2
    assert "C: all" not in shown.get()
    console = Console(40)
    with console.capture() as shown:
        console.print(sheet)
    assert shown.get().count("tempo") == 4
    assert "A: range" in shown.get()
    assert "C: all" in shown.get()
    for width in range(32, 130):
        console = Console(width)
        with console.capture() as shown:
            console.print(sheet)
        assert shown.get().count(sheet.rows[0][1]) == 4, width


def test_wide_draws_what_a_pipe_divides(results: Path) -> None:
    words = ("scenarios", "--lang", "en")
    usual = CliRunner().invoke(main, list(words), env={"COLUMNS": "80"}).stdout
    wide = CliRunner().invoke(main, [*words, "--wide"], env={"COLUMNS": "80"}).stdout
    assert usual.count("sustained-presence  ") > wide.count("sustained-presence  ")
    assert "broken-deadline        A broken deadline" in wide
    assert max(map(cell_len, wide.split("\n"))) > 160 > 80 >= max(map(cell_len, usual.split("\n")))
    unknown = CliRunner().invoke(main, list(words), env={"COLUMNS": None}).stdout
    assert 80 < max(map(cell_len, unknown.split("\n"))) <= terminal.WIDTH


def test_wide_is_an_option_of_every_command_with_a_table() -> None:
    """Catches a command with tables that cannot be had whole, and one that records --wide."""
    for name in (
        *TABLES,
        *SLOW,
        "validate",
        "evidence calibrate",
        "evidence crossvalidate",
        "sensitivity",
        "evidence seal",
        "merge",
        "rerun",
    ):
        assert "--wide" in CliRunner().invoke(main, [*name.split(), "--help"]).output, name


def test_wide_changes_no_result(results: Path) -> None:
    """Catches --wide in the command that a result says made it."""
    narrow = {"COLUMNS": "40"}
    words = ["run", "restraint", *FEW, "--wide", "--name", "x"]
    done = CliRunner().invoke(main, words, env=narrow)
    assert done.exit_code == 0, done.output
    assert "wide" not in (results / "x" / "run.json").read_text()
    again = CliRunner().invoke(main, ["rerun", "x", "--wide", "--name", "y"], env=narrow)
    assert again.exit_code == 0, again.output
    assert done.stdout.split("Tables:")[0] == again.stdout.split("Tables:")[0]


@pytest.mark.parametrize("columns", ["0", "1", "7", "20", "x", "", "-5", "100000"])
def test_any_columns(columns: str, results: Path) -> None:
    done = CliRunner().invoke(main, ["evidence", "regimes"], env={"COLUMNS": columns})
    assert done.exit_code == 0, done.exception


@pytest.mark.long
def test_titles_go_through_every_command(results: Path, tmp_path: Path) -> None:
    """Catches a title that ends a command in a traceback, vanishes, or is obeyed."""
    files = []
    for number, title in enumerate(ODD):
        text = json.dumps({"en": title, "ar": title}, ensure_ascii=False)
        files.append(str(tmp_path / f"odd{number}.yaml"))
        Path(files[-1]).write_text(
            f"extends: full-withdrawal\ntitle: {text}\nquestion: {text}\n", "utf-8"
        )
    for words in (
        ["compare", *files, *FEW, "--name", "c"],
        ["run", files[1], *FEW, "--name", "r", "--lang", "ar", "--xlsx"],
        ["watch", files[1], "--days", "3"],
        ["check", *files],
        ["plot", "r", "--formats", "png"],
    ):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, (words, done.exception, done.stderr)
        for file, title in zip(files, ODD, strict=True):
            if file in words and words[0] != "check":
                assert all(word[-20:] in done.stdout for word in title.split()), words
    book = openpyxl.load_workbook(results / "r" / "summary.xlsx")
    for sheet in book:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


CONTROLS = ("a\x1b[2Jb", "a\x07", "a\x9b", "a\u202eb", "a\udc80")


@pytest.mark.parametrize("text", CONTROLS)
def test_what_a_terminal_obeys_is_never_written(text: str, tmp_path: Path) -> None:
    """Catches a way to the terminal beside the one that shows commands as signs."""
    console = Console(80)
    sheet = Sheet(text, [text, "b"])
    sheet.row(text, text)
    with console.capture() as shown:
        console.print(sheet)
        console.print(text)
    assert shown.get().count("\N{REPLACEMENT CHARACTER}") == 5
    assert text[1] not in shown.get()
    for words in ([text], ["run", text], ["run", "restraint", "--name", text], ["explain", text]):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 2, (words, done.exception)
        assert text[1] not in done.stderr
    path = tmp_path / "x.yaml"
    escaped = json.dumps(text)
    for where in ("title: {en: %s, ar: b}", "title: {en: a, ar: b}\nquestion: {en: b, ar: %s}"):
        path.write_text(f"extends: full-withdrawal\n{where % escaped}\n")
        done = CliRunner().invoke(main, ["check", str(path)])
        assert done.exit_code == 2
        assert "must not hold" in done.stderr
    path.write_text(
        "extends: full-withdrawal\ntitle: {en: a, ar: b}\nquestion: {en: a, ar: b}\n"
        f"policy: {{conditions: {{{escaped}: {{when: {{see: attacks, on: all, at_most: 0, "
        "days: 30}, then: {combat: 0}}}}\n"
    )
    done = CliRunner().invoke(main, ["check", str(path)])
    assert done.exit_code == 2
    assert "must not hold" in done.stderr


@pytest.mark.parametrize("name", ["a\0b", "a" * 300, "a\x1bb"])
def test_what_a_file_extends_is_no_name_of_a_file(name: str, tmp_path: Path) -> None:
    """Catches a null character, or 300 letters, that end in a traceback."""
    path = tmp_path / "x.yaml"
    path.write_text(
        f"extends: {json.dumps(name)}\ntitle: {{en: a, ar: b}}\nquestion: {{en: a, ar: b}}\n"
    )
    for words in (["check", str(path)], ["run", str(path)]):
        done = CliRunner().invoke(main, words)
        assert (done.exit_code, type(done.exception)) == (2, SystemExit)
        assert "extends" in done.stderr
        assert "\x1b" not in done.stderr


@pytest.mark.parametrize("name", ["=1+1", "+x", "@x", "-x", "a\x1bb", "a\nb", "a\u202eb"])
def test_a_file_whose_name_no_table_may_hold(name: str, tmp_path: Path) -> None:
    """Catches a scenario's or condition's name that a spreadsheet computes, a terminal obeys."""
    path = tmp_path / f"{name}.yaml"
    path.write_text("extends: full-withdrawal\ntitle: {en: a, ar: b}\nquestion: {en: a, ar: b}\n")
    done = CliRunner().invoke(main, ["check", str(path)])
    assert done.exit_code == 2
    assert "choose another" in done.stderr
    with pytest.raises(InputError, match="choose another"):
        Scenario.load("restraint").named(name)
    path = tmp_path / "x.yaml"
    path.write_text(
        "extends: full-withdrawal\ntitle: {en: a, ar: b}\nquestion: {en: a, ar: b}\n"
        f"policy: {{conditions: {{{json.dumps(name)}: {{when: {{see: attacks, on: all, "
        "counted_by: press, at_most: 0, days: 30}, then: {combat: 0}}}}\n"
    )
    done = CliRunner().invoke(main, ["check", str(path)])
    assert done.exit_code == 2
    assert "choose another" in done.stderr


def test_text_has_one_way_to_the_terminal() -> None:
    """Catches a print, an echo, a table or a console beside terminal.say and sheet.Console."""
    package = Path(terminal.__file__).parents[1]
    ways = re.compile(
        r"(?<![\w.])print\(|click\.s?echo\(|secho\(|stdout\.write|from rich\.table|rich\.console"
        r"|from rich import"
    )
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if ways.search(path.read_text("utf-8"))
    }
    # A bar of Python's `progress=True`.
    assert found - {"worlds/agent_runs.py"} == {"cli/terminal.py", "views/terminal_tables.py"}
