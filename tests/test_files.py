"""What is written: never through a symlink, never another machine's, never altered unnoticed."""

import ast
import json
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import drawdown
from drawdown.cli import main
from drawdown.cli.main import COMMANDS
from drawdown.connect import bundle, package
from drawdown.declared import data_files, parameters, result_folder, storage
from drawdown.declared.errors import InputError
from drawdown.declared.recent import Recent
from drawdown.exercise.rooms import Rooms
from drawdown.web import site

PACKAGE = Path(drawdown.__file__).parent
FEW = ("--runs", "3", "--no-figures")


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


# --- one function writes ---

LIBRARIES = {
    "savefig": 0,
    "save": 0,
    "savetxt": 0,
    "to_csv": 0,
    "to_excel": 0,
    "to_parquet": 0,
    "to_json": 0,
    "write_table": 1,
    "write_csv": 1,
    "ParquetWriter": 0,
    "ExcelWriter": 0,
    "ZipFile": 0,
}
"""Functions of libraries that write, and which argument says where to."""

DESTINATIONS = {"fname", "fp", "file", "path", "path_or_buf", "excel_writer", "where", "out"}
OURS = {"save", "store.save", "figures.save", "write_csv"}
"""Functions of the package with such a name: what they call is looked at."""

NEVER = {"write_text", "write_bytes", "touch", "copyfile", "copy2", "copytree", "tofile", "mknod"}
ALLOWED = {
    ("declared/storage.py", "open"): "the function that writes",
    ("day/engine.py", "write_text"): "into a folder of `tempfile`, which is moved in whole",
    ("connect/replay.py", "write_bytes"): "into a folder of `tempfile`",
    ("exercise/rooms.py", "open"): "makes the empty file of games, where nothing is",
    ("exercise/rooms.py", "connect"): "SQLite writes in place; `_make` refuses a symlink to it",
    ("cli/main.py", "open"): "the null device",
}


def _safe(function: ast.AST) -> set[str]:
    """Return names that stand for memory or for a file of `storage.writing`."""
    found: set[str] = set()

    def made(value: ast.expr) -> bool:
        if not isinstance(value, ast.Call):
            return False
        text = ast.unparse(value.func)
        inner = value.args[0] if value.args else None
        return (
            text.endswith(("BytesIO", "StringIO"))
            or text in ("writing", "storage.writing")
            or (text.endswith("enter_context") and inner is not None and made(inner))
            or (
                text.endswith(("ParquetWriter", "ExcelWriter"))
                and isinstance(inner, ast.Name)
                and inner.id in found
            )
        )

    for node in ast.walk(function):
        if isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
            if made(node.context_expr):
                found.add(node.optional_vars.id)
        elif isinstance(node, ast.Assign) and made(node.value):
            found |= {t.id for t in node.targets if isinstance(t, ast.Name)}
    return found


def writers(text: str) -> list[tuple[str, int]]:
    """Return calls that may write a file by another way than `storage.writing`: name and line."""
    found = []
    tree = ast.parse(text)
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    safe: dict[int, set[str]] = {}
    for function in functions:
        for call_ in (n for n in ast.walk(function) if isinstance(n, ast.Call)):
            safe.setdefault(id(call_), set()).update(_safe(function))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        whole = ast.unparse(node.func)
        name = whole.rpartition(".")[2]
        if name == "open":
            writes = whole == "os.open" or _may_write(node, 0 if "." in whole else 1)
        elif name in LIBRARIES and whole not in OURS:
            writes = not _goes_to(node, safe.get(id(node), set()))
        elif whole == "sqlite3.connect":
            writes = ast.unparse(node.args[0]) != "':memory:'"
        else:
            writes = name in NEVER or whole in ("shutil.copy", "shutil.move")
        if writes:
            found.append((name, node.lineno))
    return found


def _may_write(node: ast.Call, place_of_mode: int) -> bool:
    """Return whether a file may be opened for more than reading."""
    modes = [*node.args[place_of_mode : place_of_mode + 1]]
    modes += [k.value for k in node.keywords if k.arg == "mode"]
    return any(
        set(str(mode.value)) & set("wax+")
        if isinstance(mode, ast.Constant)
        else "BytesIO" not in ast.unparse(mode)
        for mode in modes
    )


def _goes_to(node: ast.Call, safe: set[str]) -> bool:
    """Return whether what a library writes goes to one of some names, or nowhere."""
    name = ast.unparse(node.func).rpartition(".")[2]
    if name == "ZipFile" and len(node.args) + len(node.keywords) == 1:
        return True  # it reads
    where = [*node.args[LIBRARIES[name] : LIBRARIES[name] + 1]]
    where += [k.value for k in node.keywords if k.arg in DESTINATIONS]
    return all(isinstance(to, ast.Name) and to.id in safe for to in where)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("open(p, 'w')", 1),
        ("p.open('ab')", 1),
        ("p.open(mode='x')", 1),
        ("p.open('r+')", 1),
        ("p.open(encoding='utf-8')", 0),
        ("open(p, 'rb')", 0),
        ("open(p)", 0),
        ("open(p, how)", 1),
        ("Image.open(BytesIO(content))", 0),
        ("def f():\n figure.savefig(fname=path)", 1),
        ("zipfile.ZipFile(path, 'w')", 1),
        ("zipfile.ZipFile(path)", 0),
        ("p.write_text('x')", 1),
        ("p.write_bytes(b'')", 1),
        ("def f():\n figure.savefig(path)", 1),
        ("def f():\n with storage.writing(path) as to:\n  figure.savefig(to, format='png')", 0),
        ("def f():\n table.to_csv(path)", 1),
        ("def f():\n pq.write_table(table, folder / 'x')", 1),
        ("def f():\n to = BytesIO()\n pq.write_table(table, to)", 0),
        ("def f():\n with pq.ParquetWriter(path, schema) as file: pass", 1),
        ("shutil.copyfile(a, b)", 1),
        ("os.open(p, os.O_WRONLY | os.O_CREAT)", 1),
        ("sqlite3.connect(path)", 1),
    ],
)
def test_the_search_for_writers_finds_them(text: str, count: int) -> None:
    """Catches a search that is blind: then the next test could not fail."""
    assert len(writers(text)) == count


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.relative_to(PACKAGE).as_posix()
)
def test_no_module_writes_by_another_way(path: Path) -> None:
    """Catches a command that writes by `open`, and so through a symlink that stands there."""
    name = path.relative_to(PACKAGE).as_posix()
    found = [w for w in writers(path.read_text(encoding="utf-8")) if (name, w[0]) not in ALLOWED]
    assert not found, f"{name}: use storage.writing or storage.write_whole"


# --- a symlink in the way ---


class Away:
    """A folder elsewhere, with files that no command may touch."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.before: dict[str, bytes] = {}

    def plant(self, path: Path, content: bytes | None = b"somebody else's\n") -> None:
        """Put a symlink in a file's place; without content it names a file that is not there."""
        target = self.folder / f"{len(self.before)}"
        if content is not None:
            target.write_bytes(content)
        self.before[target.name] = content if content is not None else b""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    def check(self, missing: bool = False) -> None:
        there = {p.name: p.read_bytes() for p in self.folder.iterdir()}
        assert there == ({} if missing else self.before)
        assert self.before


@pytest.fixture
def away(tmp_path: Path) -> Away:
    return Away(tmp_path / "elsewhere")


BY_PLACE = {
    "run", "compare", "merge", "rerun", "evidence", "validate", "thesis", "sensitivity", "regret",
    "decompose", "search", "report", "verify",
}  # fmt: skip
"""Commands that write by `result_folder.Place.folder`, a folder of their own."""

BY_NAME = {
    "events", "new", "schema", "odd", "plot", "site", "bundle", "exercise",
    "serve",
}  # fmt: skip
"""Commands that write a file or folder that the user names: each has a case below."""

NOTHING = {"scenarios", "check", "explain", "watch", "show"}


def test_every_command_is_sorted() -> None:
    """Catches a new command that nobody has asked where it writes."""
    assert set(COMMANDS) == BY_PLACE | BY_NAME | NOTHING
    assert len(COMMANDS) == len(BY_PLACE) + len(BY_NAME) + len(NOTHING)


@pytest.mark.parametrize(
    "words",
    [
        ("run", "restraint", *FEW, "--daily", "--xlsx"),
        ("evidence", "seal", "restraint", "--runs", "5"),
        ("regret", "restraint", "expulsion", "--draws", "4", "--lucks", "1"),
        ("exercise", "export", "CODE"),
    ],
    ids=lambda words: words[0],
)
def test_a_result_follows_no_symlink(
    words: tuple[str, ...],
    results: Path,
    tmp_path: Path,
    away: Away,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Catches a file of a result that is opened where it will be: a symlink there is followed."""
    if words[0] == "exercise":
        rooms = Rooms(tmp_path / "g.sqlite")
        words = (*words[:-1], rooms.make("a class").code, "--file", str(rooms.path))
    assert call(*words).exit_code == 0
    (made,) = (p for p in results.iterdir() if not p.name.startswith("."))
    names = [p.relative_to(made).as_posix() for p in made.rglob("*") if p.is_file()]
    assert {"run.json"} < set(names)
    real = result_folder.Place.folder

    @contextmanager
    def planted(self: result_folder.Place) -> Iterator[Path]:
        with real(self) as folder:
            for name in names:
                away.plant(folder / name, None)
            yield folder

    monkeypatch.setattr(result_folder.Place, "folder", planted)
    done = call(*words)
    assert done.exit_code == 0, done.output
    away.check(missing=True)
    assert not [p for p in made.rglob("*") if p.is_symlink()]
    assert {p.relative_to(made).as_posix() for p in made.rglob("*") if p.is_file()} == set(names)


def test_figures_follow_no_symlink(results: Path, away: Away) -> None:
    """Catches `plot`, which writes into a folder that others may have changed."""
    assert call("run", "restraint", *FEW).exit_code == 0
    folder = results / "restraint"
    for name in ("headline.svg", "outcomes.svg"):
        away.plant(folder / name)
    done = call("plot", "restraint", "--formats", "svg")
    assert done.exit_code == 0, done.output
    away.check()
    for name in ("headline.svg", "outcomes.svg"):
        assert not (folder / name).is_symlink()
        assert (folder / name).read_text(encoding="utf-8").startswith("<?xml")


def test_the_folder_of_the_work_is_no_symlink(results: Path, away: Away) -> None:
    """Catches work that goes on in a folder elsewhere, whose files are then cleared."""
    results.mkdir()
    (away.folder / "new").mkdir()
    (away.folder / "new" / "mine.txt").write_text("mine")
    (results / ".restraint.part").symlink_to(away.folder)
    done = call("run", "restraint", *FEW)
    assert (done.exit_code, "cannot write" in done.stderr) == (2, True)
    assert [p.read_text() for p in away.folder.rglob("*.txt")] == ["mine"]
    assert [p.name for p in away.folder.iterdir()] == ["new"]


def _events(folder: Path) -> tuple[list[str], Path]:
    (folder / "list.csv").write_text("date\n2021-01-02\n2021-02-03\n")
    out = folder / "series.csv"
    return ["events", str(folder / "list.csv"), "--to-series", "month", "--output", str(out)], out


def _new(folder: Path) -> tuple[list[str], Path]:
    return ["new", "mine", "--folder", str(folder)], folder / "mine.yaml"


def _backup(folder: Path) -> tuple[list[str], Path]:
    Rooms(folder / "g.sqlite").close()
    out = folder / "copy.sqlite"
    return ["exercise", "backup", str(out), "--file", str(folder / "g.sqlite")], out


def _move(folder: Path) -> tuple[list[str], Path]:
    words, out = _backup(folder)
    return ["exercise", "move", *words[2:]], out


@pytest.mark.parametrize("make", [_events, _new, _backup, _move])
@pytest.mark.parametrize("there", [True, False])
def test_a_new_file_follows_no_symlink(
    make: Callable[[Path], tuple[list[str], Path]], there: bool, tmp_path: Path, away: Away
) -> None:
    """Catches a check that a symlink to nothing passes: then the file is made elsewhere."""
    words, out = make(tmp_path)
    away.plant(out, b"somebody else's\n" if there else None)
    done = call(*words)
    assert (done.exit_code, done.stderr.count("there already")) == (2, 1), done.output
    away.check(missing=not there)


def test_documents_follow_no_symlink(
    tmp_path: Path, away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = data_files.project_root()
    assert root is not None
    shutil.copytree(root / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("*.png"))
    for name in ("odd.md", "conditions.md", "scenario.schema.json"):
        away.plant(tmp_path / "docs" / name, (root / "docs" / name).read_bytes() + b"\n")
    for other in ("seeds", "scenarios", "model"):
        (tmp_path / other).symlink_to(root / other)
    monkeypatch.setattr(data_files, "project_root", lambda: tmp_path)
    for command in ("odd",):
        assert call(command, "--write").exit_code == 0
    away.check()
    assert not (tmp_path / "docs" / "odd.md").is_symlink()


def test_a_site_and_a_bundle_follow_no_symlink(
    tmp_path: Path, away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a site that is written into a file elsewhere; a folder may be named by a symlink."""
    monkeypatch.setattr(site, "start_page", lambda *_: "<p>")
    for name in ("explore_page", "materials_page"):
        monkeypatch.setattr(site, name, lambda *_: "<p>")
    monkeypatch.setattr(site.page_bundle, "everything", lambda: None)
    monkeypatch.setattr(site.page_bundle, "drawn_from", lambda: "x")
    whole = tmp_path / "site"
    names = list(site.write(whole))
    for name in [*names, site.MARK]:
        away.plant(whole / name, (whole / name).read_bytes())
    named = tmp_path / "by-another-name"
    named.symlink_to(whole)
    site.write(named)
    assert named.is_symlink()
    assert not [p for p in whole.iterdir() if p.is_symlink()]

    def wheels(words: list[str]) -> None:
        where = Path(words[words.index("-w" if "wheel" in words else "-d") + 1])
        name = "drawdown" if "wheel" in words else "other"
        import zipfile

        with zipfile.ZipFile(where / f"{name}-1.0-py3-none-any.whl", "w") as archive:
            archive.writestr(f"{name}-1.0.dist-info/METADATA", f"Name: {name}\nVersion: 1.0\n")

    packed = tmp_path / "bundle"
    bundle.make(packed, "linux", run=wheels)
    made = [p for p in packed.rglob("*") if p.is_file()]
    assert len(made) == 7
    for path in made:
        away.plant(path)
    bundle.make(packed, "linux", run=wheels)
    assert not [p for p in packed.rglob("*") if p.is_symlink()]
    assert {p for p in packed.rglob("*") if p.is_file()} == set(made)
    away.check()
    shutil.rmtree(packed / "wheels")
    (packed / "wheels").symlink_to(away.folder)
    with pytest.raises(InputError, match="wheels is a symlink"):
        bundle.make(packed, "linux", run=wheels)


def test_a_folder_that_is_replaced_is_no_symlink(tmp_path: Path, away: Away) -> None:
    """Catches an exchange that removes what a symlink names."""
    (away.folder / "mine.txt").write_text("mine")
    (tmp_path / "link").symlink_to(away.folder)
    with pytest.raises(OSError, match="symbolic"), storage.replacing(tmp_path / "link"):
        pass
    assert (away.folder / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("swaps", [True, False], ids=["exchange", "renames"])
def test_a_folder_is_replaced_whole_by_one_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swaps: bool
) -> None:
    """Catches two programs that write one folder, and an earlier one lost between two renames."""
    if not swaps:
        monkeypatch.setattr(storage, "exchange", lambda one, other: False)
    folder = tmp_path / "site"
    for text in ("one", "two"):
        with storage.replacing(folder) as new:
            storage.write_whole(new / "a.txt", text)
            with pytest.raises(InputError, match="another program"), storage.replacing(folder):
                pass
    assert (folder / "a.txt").read_text() == "two"
    with pytest.raises(ValueError, match="stop"), storage.replacing(folder) as new:
        raise ValueError("stop")
    (tmp_path / ".site.part").mkdir()
    folder.rename(tmp_path / ".site.part" / "before")
    with pytest.raises(ValueError, match="stop"), storage.replacing(folder):
        raise ValueError("stop")
    assert (folder / "a.txt").read_text() == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    storage.write_whole(path, "مرحبا")

    def half() -> None:
        with storage.writing(path) as file:
            file.write(b"half")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        half()
    assert path.read_text(encoding="utf-8") == "مرحبا"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    with storage.writing(tmp_path / "secret", 0o600) as file:
        file.write(b"x")
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


# --- what others are writing ---

HOLDS = (
    "import sys, time; from pathlib import Path; from drawdown.declared import storage\n"
    "with storage.writing(Path(sys.argv[1])) as file:\n"
    "    file.write(b'x'); print('has it', flush=True); sys.stdin.readline()\n"
)


@pytest.mark.parametrize("apart", [False, True], ids=["here", "unshared"])
def test_a_part_is_cleared_when_its_program_is_dead_and_not_before(
    tmp_path: Path, apart: bool
) -> None:
    """Catches a process number that is asked of this machine, where another writes in the folder.

    Processes of another namespace have numbers of their own, as those of another machine have.
    """
    words = [sys.executable, "-c", HOLDS, str(tmp_path / "a.bin")]
    if apart:
        words = ["unshare", "--pid", "--fork", "--kill-child", *words]
        if not shutil.which("unshare") or subprocess.run([*words[:4], "true"]).returncode:
            pytest.skip("no namespaces of one's own here")
    for name in (".movie.part", ".a.b.part", ".x.123456789.part"):
        (tmp_path / name).write_text("x")
    (tmp_path / ".folder.12345678.part").mkdir()
    for ends in ("well", "killed"):
        one = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert one.stdin is not None
        assert one.stdout is not None
        one.stdout.readline()
        storage.clear_parts(tmp_path)
        left = [p.name for p in tmp_path.iterdir() if p.name.startswith(".a.bin.")]
        assert len(left) == 1
        if ends == "well":
            one.stdin.write(b"\n")
            one.stdin.flush()
            assert one.wait() == 0
            assert (tmp_path / "a.bin").read_bytes() == b"x"
        else:
            one.kill()
            one.wait()
            one.stdout.read()
            assert (tmp_path / left[0]).exists()
            storage.clear_parts(tmp_path)
        one.stdin.close()
        one.stdout.close()
    # What is nobody's of ours stays; of an earlier version's names only those with a number go.
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        ".a.b.part", ".folder.12345678.part", ".movie.part", "a.bin"
    ]  # fmt: skip


def test_a_part_that_was_cleared_too_early_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches the moment between a part's birth and its lock, when another may clear it."""
    real, cleared = storage._lock, []

    def late(handle: int) -> None:
        if not cleared:
            (part,) = tmp_path.glob(".*.part")
            part.unlink()
            cleared.append(part)
        real(handle)

    monkeypatch.setattr(storage, "_lock", late)
    storage.write_whole(tmp_path / "a.txt", "whole")
    assert cleared
    assert (tmp_path / "a.txt").read_text() == "whole"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


# --- checksums ---


def flipped(content: bytes, at: int) -> bytes:
    return content[: at // 8] + bytes([content[at // 8] ^ (1 << at % 8)]) + content[at // 8 + 1 :]


def test_a_flipped_bit_of_a_record_is_named(results: Path) -> None:
    """Catches a `run.json` whose numbers, title or seed are altered and nobody says so."""
    assert call("run", "restraint", *FEW).exit_code == 0
    path = results / "restraint" / "run.json"
    verify = ("verify", "restraint", "--files")
    assert call(*verify).exit_code == 0
    whole = path.read_bytes()
    meant, without = json.loads(whole), 0
    rng = random.Random(3)
    for at in rng.sample(range(8 * len(whole)), 120):
        path.write_bytes(flipped(whole, at))
        done = call(*verify)
        if done.exit_code == 0:
            assert json.loads(path.read_bytes()) == meant
            without += 1
        else:
            assert done.exit_code in (1, 2), done.output
            assert done.exception.__class__ is SystemExit, done.output
    assert without < 30
    for other in ({result_folder.OWN: None}, {"title": "\ud800"}):
        path.write_text(json.dumps(meant | other))
        assert call(*verify).exit_code in (1, 2)
    path.write_text(json.dumps({k: v for k, v in meant.items() if k != result_folder.OWN}))
    assert call(*verify).exit_code in (1, 2)


def test_a_flipped_bit_of_a_posterior_is_named(tmp_path: Path) -> None:
    """Catches draws that are played though a digit of them was altered, each bit in turn."""
    folder = tmp_path / "posterior"
    folder.mkdir()
    draws = "structure,motive,lethality\n" + "".join(
        f"{s},{m},0.12{i}\n"
        for s in parameters.STRUCTURES
        for m in parameters.MOTIVES
        for i in range(2)
    )
    files = {"draws.csv": draws.encode(), "priors.yaml": b"lethality: {uniform: [0.1, 0.2]}\n"}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    record = {"seed": 3, "files": {n: parameters.text_digest(c) for n, c in files.items()}}
    files["posterior.json"] = result_folder.as_text(result_folder.signed(record)).encode()
    (folder / "posterior.json").write_bytes(files["posterior.json"])
    meant = parameters.read_posterior(folder)
    assert len(meant) == 15
    for name, content in files.items():
        for at in range(0, 8 * len(content), 5):
            (folder / name).write_bytes(flipped(content, at))
            try:
                parameters.read_posterior(folder)
            except InputError:
                continue
            # White space of JSON says nothing.
            assert name == "posterior.json"
            assert json.loads((folder / name).read_bytes()) == json.loads(content)
        (folder / name).write_bytes(content)
    # Another way to end lines is the same text; draws alone, or an earlier version's, are read.
    (folder / "draws.csv").write_bytes(files["draws.csv"].replace(b"\n", b"\r\n"))
    assert parameters.read_posterior(folder).keys() == meant.keys()
    (folder / "posterior.json").write_text('{"seed": 3}')
    assert parameters.read_posterior(folder).keys() == meant.keys()
    (folder / "posterior.json").unlink()
    assert parameters.read_posterior(folder).keys() == meant.keys()


def test_the_posterior_that_comes_with_the_program_has_its_digest() -> None:
    folder = parameters.posterior_folder()
    record = json.loads((folder / "posterior.json").read_text(encoding="utf-8"))
    assert not result_folder.altered(record)
    content = (folder / "draws.csv").read_bytes()
    assert record["files"] == {"draws.csv": parameters.text_digest(content)}


def test_a_seal_that_was_altered_is_refused(tmp_path: Path, results: Path) -> None:
    """Catches another date on a sealed forecast."""
    from drawdown.evidence import seal

    assert call("evidence", "seal", "restraint", "--runs", "5", "--name", "s").exit_code == 0
    seal.read(results / "s")
    path = results / "s" / seal.TOLD
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(result_folder.as_text(told | {"sealed": "2020-01-01"}), encoding="utf-8")
    with pytest.raises(InputError, match="was changed"):
        seal.read(results / "s")


def test_a_cache_may_be_asked_under_different_locks() -> None:
    """Catches a cache that loses a key between the question and the answer: 47 in 400,000."""
    cache, faults = Recent(2), []
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def ask(lock: threading.Lock, base: str) -> None:
        for i in range(30_000):
            try:
                with lock:
                    assert cache.get_or_make((base, i % 3), lambda i=i: (base, i % 3)) == (  # type: ignore[misc]
                        base,
                        i % 3,
                    )
            except KeyError as error:
                faults.append(error)

    threads = [threading.Thread(target=ask, args=(threading.Lock(), base)) for base in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(before)
    assert not faults
    assert len(cache) == 2


def test_a_package_is_described_in_place(tmp_path: Path) -> None:
    """Catches a description that is written through a symlink outside a result."""
    (tmp_path / "a.csv").write_text("x\n1\n")
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / package.NAME).symlink_to(victim)
    package.describe(tmp_path)
    assert victim.read_text() == "mine"
    assert os.path.isfile(tmp_path / package.NAME)
