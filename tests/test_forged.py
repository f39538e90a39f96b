"""A forger's kit: results, pages and links that say something else than what is played."""

import hashlib
import json
import shutil
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from drawdown.cli import main, runner
from drawdown.connect import provenance
from drawdown.connect import verify as compared
from drawdown.declared.result_folder import file_digest
from drawdown.web import links
from drawdown.web.explore import Explorer

RULES = "def hold_fire(leaving, hold_fire_discount):\n    return 1.0 - 0.5 * leaving\n"
TOUCH = "import pathlib\n\npathlib.Path({!r}).touch()\n"
OWN = "title: {en: My own, ar: لي}\nquestion: {en: Why?, ar: لماذا؟}\nextends: restraint\n"


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def told(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return found


def say(folder: Path, **fields: Any) -> None:
    """Change what a result says of itself, and sign its files as the program does."""
    record = told(folder) | fields
    record["files"] |= {
        n: file_digest(folder / n) for n in record["files"] if (folder / n).is_file()
    }
    text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    (folder / "run.json").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("kit")
    (place / "own.yaml").write_text(OWN, encoding="utf-8")
    words = ["compare", "restraint", str(place / "own.yaml"), "--runs", "2", "--structure", "deter"]
    words += ["--no-figures", "--xlsx", "--out", str(place), "--name", "true"]
    done = call(*words)
    assert done.exit_code == 0, done.output
    return place


_play_again = runner.play_again


@pytest.fixture
def forged(kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to forge. What is replayed unchanged is replayed once: the copy of a replay."""

    def again(words: Any, named: Any, keep: Any, recorded: Any = None, meta: Any = None) -> None:
        said = [recorded.get(name) for name in ("command", "inputs", *provenance.INSTALLED)]
        key = json.dumps([said, str(keep.on)])
        place = kit / "again" / str(abs(hash(key)))
        if not place.is_dir():
            _play_again(words, named, keep, recorded, meta)
            shutil.copytree(Path(keep.out) / keep.name, place)
        else:
            shutil.copytree(place, Path(keep.out) / keep.name)

    monkeypatch.setattr(runner, "play_again", again)
    shutil.copytree(kit / "true", tmp_path / "result")
    return tmp_path / "result"


def table(folder: Path, name: str, change: Callable[[Any], Any]) -> None:
    """Rewrite a Parquet table as pandas has it changed."""
    path = folder / f"{name}.parquet"
    frame = change(pq.read_table(path).to_pandas())
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path, compression="zstd")


def text(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    content = path.read_bytes().decode("utf-8")
    assert old in content, name
    path.write_bytes(content.replace(old, new, 1).encode())


def beside_a_gap(frame: Any) -> Any:
    column = next(c for c in frame.columns if frame[c].isna().any() and frame[c].notna().any())
    row = frame[column].notna().to_numpy().argmax()
    frame.loc[row, column] += 1
    return frame


def twice_in_zip(folder: Path) -> None:
    path = folder / "summary.xlsx"
    with zipfile.ZipFile(path) as archive:
        content = archive.read("xl/worksheets/sheet1.xml")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/worksheets/sheet1.xml", content.replace(b"<v>", b"<v>9", 1))


def linked(folder: Path, name: str) -> None:
    other = folder.parent / f"other-{name}"
    shutil.copy(folder / name, other)
    (folder / name).unlink()
    (folder / name).symlink_to(other)


def twice_in_record(folder: Path) -> None:
    say(folder)
    text(folder, "run.json", '"seed": 0', '"seed": 9,\n  "seed": 0')


FORGERIES: dict[str, Callable[[Path], Any]] = {
    # A verify that compares tables alone is blind to what the record says of them.
    "runs": lambda f: say(f, runs=1_000_000),
    "seed": lambda f: say(f, seed=7),
    "title": lambda f: say(
        f, scenarios=told(f)["scenarios"] | {"own": told(f)["scenarios"]["own"] | {"title": "x"}}
    ),
    "weights": lambda f: say(f, **{"weights of motives": {"presence": 5.0}}),
    "structures": lambda f: say(f, structures=["deter", "neutral"]),
    "baseline": lambda f: say(f, baseline="own"),
    "model": lambda f: say(f, model="0" * 16),
    "program": lambda f: say(f, program="0" * 16),
    "commit": lambda f: say(f, commit="0" * 40),
    "version": lambda f: say(f, versions=told(f)["versions"] | {"numpy": "9.9"}),
    "a library that there is not": lambda f: say(f, versions=told(f)["versions"] | {"x": "1"}),
    "platform": lambda f: say(f, platform="a better machine"),
    "rules": lambda f: say(f, rules={"file": "", "replaced": [], "numbers": {}, "digest": "1"}),
    "drawn from": lambda f: say(f, drawn_from={"drawn from": "prior"}),
    "settings": lambda f: say(f, settings="0" * 12),
    "work": lambda f: say(f, work="0" * 12),
    "a word more": lambda f: say(f, headline="Withdrawal works"),
    "a word twice": twice_in_record,
    "the record's spaces": lambda f: text(f, "run.json", "{\n", "{\n\n"),
    "a command of other numbers": lambda f: say(f, command=[*told(f)["command"], "--seed", "3"]),
    # One that compares numbers is blind to what names them.
    "column": lambda f: text(f, "summary.csv", "mean", "main"),
    "order of columns": lambda f: table(f, "outcomes", lambda t: t[[*t.columns[::-1]]]),
    "unit": lambda f: (
        text(f, "codebook.csv", "of soldiers", "of lions")
        if "of soldiers" in (f / "codebook.csv").read_text("utf-8")
        else text(f, "codebook.csv", "number", "lumber")
    ),
    "package": lambda f: text(f, "datapackage.json", "A result of", "The result of"),
    "row more": lambda f: table(f, "outcomes", lambda t: t.iloc[[*range(len(t)), 0]]),
    "row less": lambda f: table(f, "outcomes", lambda t: t.iloc[:-1]),
    "precision": lambda f: table(f, "bands", lambda t: t.astype({"mean": np.float32})),
    # One that skips what is missing is blind beside it.
    "beside a gap": lambda f: table(f, "summary", beside_a_gap),
    "gap filled": lambda f: table(f, "summary", lambda t: t.fillna(0.0)),
    "csv": lambda f: text(f, "outcomes.csv", ",0", ",1"),
    "csv's end": lambda f: text(f, "outcomes.csv", "\n", "\r\n"),
    "bytes after a table": lambda f: (f / "bands.parquet").write_bytes(
        (f / "bands.parquet").read_bytes() + b"PAR1"
    ),
    "no table": lambda f: (f / "bands.parquet").write_bytes(b"PAR1"),
    "a sheet twice": twice_in_zip,
    # One that looks for what it knows is blind to what is there besides.
    "file more": lambda f: (f / "outcomes-final.csv").write_text("x\n1\n"),
    "hidden file more": lambda f: (f / ".note.html").write_text("x"),
    "folder more": lambda f: (f / "attacks fall by 90 percent").mkdir(),
    "file more, signed": lambda f: (
        (f / "final.csv").write_text("x\n1\n"),
        say(f, files=told(f)["files"] | {"final.csv": ""}),
    ),
    "file less": lambda f: (f / "codebook.csv").unlink(),
    "file less, unsigned": lambda f: (
        (f / "codebook.csv").unlink(),
        say(f, files={n: d for n, d in told(f)["files"].items() if n != "codebook.csv"}),
    ),
    "file for folder": lambda f: ((f / "codebook.csv").unlink(), (f / "codebook.csv").mkdir()),
    "link to the same": lambda f: linked(f, "outcomes.csv"),
    "digests": lambda f: text(f, "run.json", told(f)["files"]["bands.csv"], "0" * 64),
}


def test_what_is_true_verifies(forged: Path) -> None:
    """Catches a check that calls everything forged."""
    done = call("verify", str(forged))
    assert (done.exit_code, "in every number" in done.output) == (0, True), done.output
    assert f"not compared: when it was made, {told(forged)['made']}" in done.output


NAMED = {
    "commit": "not compared: commit: 000",
    "platform": "not compared: platform: a better machine, here",
    "version": "not compared: version of numpy: 9.9, here",
    "a library that there is not": "not compared: version of x: 1, here None",
    "work": "not compared: work: 000",
    "file more": "not compared: outcomes-final.csv",
    "hidden file more": "not compared: .note.html",
    "folder more": "not compared: attacks fall by 90 percent",
    "seed": "run.json: seed: 7, a new one has 0",
    "beside a gap": "summary.parquet: row",
    "link to the same": "outcomes.csv: is a link",
}
"""What is said of some of them: everything is named."""

AS_THEY_ARE = ("a word twice", "the record's spaces", "digests")
"""Forgeries that signing anew would undo."""


@pytest.mark.parametrize("name", FORGERIES)
def test_no_forged_result_verifies(forged: Path, name: str) -> None:
    """Catches a verify that compares some files, some fields, or digests that a forger renews."""
    FORGERIES[name](forged)
    if name not in AS_THEY_ARE:
        say(forged)
    done = call("verify", str(forged))
    assert done.exit_code in (1, 2), (name, done.output, done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert not done.output.endswith("in every number and every byte.\n")
    assert NAMED.get(name, "") in done.output


@pytest.mark.parametrize("name", ["csv", "no table", "file less", "link to the same", "file more"])
def test_files_alone_are_held_against_their_digests(forged: Path, name: str) -> None:
    """Catches a check of digests that follows links, or passes over what is not signed."""
    assert call("verify", str(forged), "--files").exit_code == 0
    FORGERIES[name](forged)
    assert call("verify", str(forged), "--files").exit_code == 1


PAGE = """<!doctype html><html><head><title>Withdrawal</title>
<style>.x {{ color: red }}</style></head>
<body><h1>The answer</h1><!-- made by --><p>Drawdown 1</p>{record}<!-- made by, end -->
<img alt="attacks" src="data:image/png;base64,AAAA"><svg><text>12.5</text></svg>
<script type="application/json" id="data">{{"a": 1}}</script><p title="a note">1.25</p>
</body></html>
"""
HEADLINE = "<h2>Attacks fall by 90 %</h2>"
PAGES = {
    "headline": ("<h1>", f"{HEADLINE}<h1>"),
    "in the block": ("<p>Drawdown 1</p>", f"<p>Drawdown 1</p>{HEADLINE}"),
    "another block": ("<img", f"<!-- made by -->{HEADLINE}<!-- made by, end --><img"),
    "before the block": ("<!-- made by -->", f"<!-- made by -->{HEADLINE}<!-- made by -->"),
    "after the end": ("</html>", f"</html>{HEADLINE}"),
    "title": ("<title>Withdrawal", "<title>Attacks fall"),
    "style": ("color: red", "color: red } h1 { display: none } h1::after { content: '90 %'"),
    "image": ("base64,AAAA", "base64,AAAB"),
    "alt": ('alt="attacks"', 'alt="no attacks"'),
    "drawing": ("12.5", "2.5"),
    "data": ('"a": 1', '"a": 2'),
    "note": ("a note", "another note"),
    "number": ("1.25", "1.24"),
    "another record": ("<body>", '<body><script type="application/json" id="was">{}</script>'),
    "an end of line": ("</p>", "</p>\r"),
    "no text": ("1.25", "\udcff1.25"),
}


@pytest.fixture
def page(kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A report's page, small, and its replay: what `verify` compares is what is under test."""
    record = {k: v for k, v in told(kit / "true").items() if k not in ("made", "files")}
    record = json.dumps(record | {"command": ["drawdown", "report", "--small"], "inputs": {}})
    inner = f'<script type="application/json" id="made-by">{record}</script>'

    def again(words: Any, named: Any, keep: Any, recorded: Any = None, meta: Any = None) -> None:
        folder = Path(keep.out) / keep.name
        folder.mkdir()
        (folder / "report.html").write_text(PAGE.format(record=inner), encoding="utf-8")

    monkeypatch.setattr(runner, "play_again", again)
    path = tmp_path / "paper.html"
    path.write_text(PAGE.format(record=inner), encoding="utf-8")
    return path


def test_a_true_page_verifies(page: Path) -> None:
    done = call("verify", str(page))
    assert (done.exit_code, "every byte" in done.output) == (0, True), done.output


@pytest.mark.parametrize("name", PAGES)
def test_no_forged_page_verifies(page: Path, name: str) -> None:
    """Catches a verify that leaves out blocks, styles, attributes, pictures or ends of lines."""
    old, new = PAGES[name]
    content = page.read_text(encoding="utf-8")
    assert old in content
    page.write_bytes(content.replace(old, new, 1).encode("utf-8", "surrogateescape"))
    done = call("verify", str(page))
    assert done.exit_code in (1, 2), done.output
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "paper.html" in done.output + done.stderr


COMMANDS: dict[str, list[str]] = {
    "a server": ["serve"],
    "a bundle": ["bundle", "{elsewhere}"],
    "a site": ["site", "{elsewhere}"],
    "itself": ["verify", "{folder}"],
    "itself again": ["rerun", "{folder}"],
    "a merger": ["merge", "{folder}"],
    "nothing": [],
    "no command": ["rm", "-rf"],
    "a group": ["exercise", "export", "ABCDEF"],
    "help": ["run", "restraint", "--help"],
    "an estimate": ["run", "restraint", "--dry-run"],
    "a scheduler": ["run", "restraint", "--on", "dask://127.0.0.1:{port}"],
    "a place": ["run", "restraint", "--out", "{elsewhere}"],
    "a name": ["run", "restraint", "--name", "x", "--overwrite"],
    "no more options": ["run", "restraint", "--"],
    "an option in one": ["run", "restraint", "--rules={elsewhere}/rules.py"],
    "rules elsewhere": ["run", "restraint", "--rules", "{elsewhere}/rules.py"],
    "priors elsewhere": ["run", "restraint", "--uncertainty", "{elsewhere}/priors.yaml"],
    "a folder elsewhere": ["run", "restraint", "--uncertainty", "{elsewhere}"],
    "a scenario elsewhere": ["run", "{elsewhere}/own.yaml"],
    "a scenario here": ["run", "own"],
    "counts elsewhere": ["validate", "--observed", "{elsewhere}/own.yaml"],
    "a device": ["run", "restraint", "--uncertainty", "/dev/zero"],
    "a forecast": ["evidence", "seal", "--open", "{elsewhere}"],
    "too many words": ["run", "restraint", "full-withdrawal"],
    "no such option": ["run", "restraint", "--colour", "red"],
    "no value": ["run", "restraint", "--seed"],
}


NONE = ("a server", "a bundle", "a site", "another program", "an end of results", "itself")
NONE += ("itself again", "a merger", "nothing", "a group")
SAID = dict.fromkeys(NONE, "makes no result") | {
    "a scheduler": "--on dask://127.0.0.1",
    "no more options": "its command says --",
    "an option in one": "its command says --rules=",
    "a scenario here": "own, which the result does not hold",
}


def test_an_option_in_one_word_leads_to_no_file(kit: Path, tmp_path: Path) -> None:
    """Catches a carried file that is checked, and another of its name that is read."""
    content, path = "lethality: {uniform: [0.01, 0.03]}\n", tmp_path / "priors.yaml"
    path.write_text(content, encoding="utf-8")
    digest = hashlib.sha256(content.encode()).hexdigest()
    inputs = {str(path): {"priors.yaml": {"sha256": digest, "text": content}}}
    command = ["drawdown", "run", "restraint", "--runs", "2", f"--uncertainty={path}"]
    shutil.copytree(kit / "true", tmp_path / "result")
    say(tmp_path / "result", command=command, inputs=inputs)
    done = call("rerun", str(tmp_path / "result"), "--out", str(tmp_path / "out"))
    assert (done.exit_code, "--uncertainty=" in done.stderr) == (2, True), done.output


@pytest.mark.parametrize("door", ["verify", "rerun"])
@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_record_names_is_neither_run_nor_opened(
    kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, door: str
) -> None:
    """Catches a command, an address or a path of a stranger's that is used unasked."""
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "result"
    elsewhere.mkdir()
    ran = elsewhere / "ran"
    (elsewhere / "rules.py").write_text(f"{TOUCH.format(str(ran))}{RULES}")
    for other in ("own.yaml", "priors.yaml"):
        (elsewhere / other).write_text("a secret", encoding="utf-8")
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    shutil.copytree(kit / "true", folder)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.01)
        given = {"elsewhere": elsewhere, "folder": folder, "port": listener.getsockname()[1]}
        say(folder, command=["drawdown", *(w.format(**given) for w in COMMANDS[name])], inputs={})
        before = sorted(p.name for p in tmp_path.rglob("*"))
        done = call(door, str(folder), "--out", str(tmp_path / "out"))
        with pytest.raises(TimeoutError):
            listener.accept()
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    assert "secret" not in done.output + done.stderr
    assert SAID.get(name, "") in done.stderr
    assert sorted(p.name for p in tmp_path.rglob("*")) == before
    assert not ran.exists()


def test_own_rules_are_listed_and_run_only_when_trusted(tmp_path: Path) -> None:
    """Catches a stranger's program that runs because somebody asked whether it is true."""
    ran, rules = tmp_path / "ran", tmp_path / "rules.py"
    rules.write_text(f"{TOUCH.format(str(ran))}{RULES}", encoding="utf-8")
    out = ["--out", str(tmp_path)]
    words = ["run", "restraint", "--runs", "2", "--structure", "deter", "--no-figures"]
    done = call(*words, "--rules", str(rules), *out, "--name", "own")
    assert done.exit_code == 0, done.output
    done = call(*words, "--rules", str(rules), *out, "--name", "more", "--first", "2")
    assert done.exit_code == 0, done.output
    ran.unlink()
    digest = file_digest(rules)
    rules.write_text("raise SystemExit(3)\n", encoding="utf-8")
    for door in (["verify", "own"], ["rerun", "own"], ["merge", "own", "more"]):
        done = call(*door, *out)
        assert done.exit_code == 2, done.output
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        for part in ("rules.py", digest, "hold_fire", "--trust-rules"):
            assert part in done.stderr, (door, part)
        assert not ran.exists(), door
        assert not (tmp_path / "own-again").exists()
    done = call("verify", "own", "--trust-rules", *out)
    assert (done.exit_code, ran.exists()) == (0, True), done.output + done.stderr
    record = told(tmp_path / "own")
    word = str(rules)
    record["inputs"][word]["rules.py"]["text"] = RULES.replace("0.5", "0.4")
    say(tmp_path / "own", inputs=record["inputs"])
    done = call("verify", "own", "--trust-rules", *out)
    assert (done.exit_code, "digest" in done.stderr) == (2, True)


def test_what_a_result_does_not_carry_is_given_by_hand(tmp_path: Path) -> None:
    """Catches a table that is looked for at a place that a record names."""
    place, other = tmp_path / "here", tmp_path / "there"
    place.mkdir()
    other.mkdir()
    words = ["run", "restraint", "--runs", "2", "--structure", "deter", "--no-figures"]
    priors = place / "priors.yaml"
    priors.write_text("lethality: {uniform: [0.01, 0.03]}\n" + "# long\n" * 40_000)
    out = ["--out", str(tmp_path), "--name", "x"]
    assert call(*words, "--uncertainty", str(priors), *out).exit_code == 0
    done = call("verify", str(tmp_path / "x"))
    assert (done.exit_code, "--with FILE" in done.stderr) == (2, True), done.output + done.stderr
    priors.rename(other / "called-otherwise.yaml")
    done = call("verify", str(tmp_path / "x"), "--with", str(other))
    assert done.exit_code == 0, done.output + done.stderr


HARMS: dict[str, dict[str, Any]] = {
    "a file outside": {"files": {"../secret": "0"}},
    "a file at the root": {"files": {"/etc/passwd": "0"}},
    "a list of files": {"files": ["a"]},
    "a digest that is none": {"files": {"bands.csv": 5}},
    "no words": {"command": None},
    "half a character": {"command": ["drawdown", "run", "\udcff"]},
    "NUL": {"command": ["drawdown", "run", "a\0b"]},
    "300 letters": {"carried": {f"{'a' * 300}.yaml": {}}},
    "a way out": {"carried": {"../a.yaml": {}}},
    "a folder's way out": {"carried": {"a.yaml": {"folder": "../x"}}},
    "inputs of another kind": {"inputs": {"a": 3}},
    "versions of another kind": {"versions": ["numpy"]},
    "a model of another kind": {"model": 3},
    "a time that is none": {"made": "the day before yesterday"},
}


@pytest.mark.parametrize("door", ["verify", "rerun"])
@pytest.mark.parametrize("name", HARMS)
def test_a_record_of_another_kind_is_one_sentence(forged: Path, name: str, door: str) -> None:
    """Catches a traceback, and a file outside a result that is opened."""
    (forged.parent / "secret").write_text("x")
    record = told(forged) | HARMS[name]
    digest = hashlib.sha256(OWN.encode()).hexdigest()
    for file, more in record.pop("carried", {}).items():
        (word,) = record["inputs"]
        record["inputs"] = {word: {file: {"sha256": digest, "text": OWN} | more}}
    (forged / "run.json").write_text(json.dumps(record))
    done = call(door, str(forged), "--out", str(forged.parent / "out"))
    if name == "a time that is none" and door == "rerun":
        return
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


@pytest.mark.parametrize("parent", ["../base", "/etc/base.yaml", "[a]", "a\\b"])
def test_a_carried_file_extends_no_file_elsewhere(forged: Path, parent: str) -> None:
    """Catches a scenario in a record that leads out of it."""
    record = told(forged)
    (word,) = record["inputs"]
    content = OWN.replace("restraint", parent)
    digest = hashlib.sha256(content.encode()).hexdigest()
    record["inputs"][word]["own.yaml"] |= {"text": content, "sha256": digest}
    say(forged, inputs=record["inputs"])
    done = call("verify", str(forged))
    assert (done.exit_code, "does not carry" in done.stderr) == (2, True), done.output + done.stderr


@pytest.mark.parametrize("words", [["run", "restraint"], ["rerun", "{page}"], ["report", "{page}"]])
def test_a_page_that_says_another_command_is_refused(page: Path, words: list[str]) -> None:
    """Catches a page that says `run`, or names itself until nothing is left."""
    words = [word.format(page=page) for word in words]
    content = page.read_text().replace(
        '["drawdown", "report", "--small"]', json.dumps(["drawdown", *words])
    )
    page.write_text(content)
    for door in ("verify", "rerun"):
        done = call(door, str(page), "--out", str(page.parent / "out"))
        if door == "verify" or words[0] != "run":
            assert done.exit_code == 2, (door, done.output)
            assert isinstance(done.exception, SystemExit), done.exception


PARTS: dict[str, Callable[[Path], Any]] = {
    "no texts": lambda f: say(f, scenarios={"restraint": 3}),
    "runs of another kind": lambda f: say(f, runs="2"),
    "runs that are true": lambda f: say(f, runs=True),
    "more runs than rows": lambda f: say(f, runs=400),
    "fewer columns": lambda f: table(f, "counts", lambda t: t.drop(columns=["bin"])),
    "no rows": lambda f: table(f, "outcomes", lambda t: t.iloc[:0]),
    "a bin that there is not": lambda f: table(f, "counts", lambda t: t.assign(bin=10_000)),
    "an outcome that there is not": lambda f: table(f, "counts", lambda t: t.assign(outcome="x")),
    "a link": lambda f: linked(f, "outcomes.parquet"),
    "drawn from a list": lambda f: say(f, drawn_from=["x"]),
}


@pytest.mark.parametrize("name", PARTS)
def test_merge_takes_no_part_that_is_none(kit: Path, tmp_path: Path, name: str) -> None:
    """Catches a traceback in the midst of a merger."""
    shutil.copytree(kit / "true", tmp_path / "one")
    PARTS[name](tmp_path / "one")
    say(tmp_path / "one")
    done = call("merge", str(tmp_path / "one"), "--out", str(tmp_path / "out"))
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


@pytest.fixture(scope="module")
def link() -> str:
    query = "case=restraint&combat=500&by=24"
    stamp = links.stamp(Explorer(), links.view_of(query))
    return f"http://127.0.0.1:8000/?{query}&model={stamp['model']}&numbers={stamp['numbers']}"


LINKS: dict[str, tuple[str, str]] = {
    # One that cuts, rounds, or takes the last of two reads another link than the page does.
    "zeros": ("by=24", f"by={'0' * 99}24"),
    "a zero": ("by=24", "by=024"),
    "a plus": ("by=24", "by=%2B24"),
    "a space": ("by=24", "by=24%20"),
    "other digits": ("by=24", "by=%D9%A2%D9%A4"),
    "an underline": ("by=24", "by=2_4"),
    "twice": ("by=24", "by=24&by=24"),
    "twice, by another name": ("by=24", "by=2&b%79=24"),
    "empty": ("by=24", "by=24&seed="),
    "unknown": ("by=24", "by=24&headline=x"),
    "another picture": ("by=24", "by=24&shown=lies"),
    "another language": ("by=24", "by=24&lang=xx"),
    "a claim that there is not": ("by=24", "by=24&claim=C99"),
    "another number": ("combat=500", "combat=550"),
    "another seed": ("by=24", "by=24&seed=1"),
    "another scenario": ("case=restraint", "case=full-withdrawal"),
    "another digest": ("numbers=", "numbers=0"),
    "no digest": ("numbers=", "nothing="),
    "another model": ("model=", "model=0"),
    "a fragment": ("by=24", "by=24#x"),
    "another page": ("127.0.0.1:8000", "example.org"),
    "seems this machine": ("127.0.0.1:8000", "127.0.0.1@example.org"),
    "seems it to a program": ("127.0.0.1:8000", "example.org\\@127.0.0.1"),
    "no Explore": ("8000/", "8000/report.html"),
    "a kept view's name": ("by=24", "by=24&pin=case%3Drestraint%23Attacks%20fall"),
    "a kept view": ("by=24", "by=24&pin=case%3Dnowhere%23"),
    "a view kept in a kept view": ("by=24", "by=24&pin=pin%3Dcase%253Drestraint%23"),
    "a NUL": ("by=24", "by=24%00"),
    "too long": ("by=24", f"by=24&{'&' * 9000}"),
    "separator": ("&by=24", ";by=24"),
    "a condition": ("by=24", "by=24&when1=attacks~all~press~90~at_most~03~30~combat~0~180"),
}


def test_a_true_link_verifies(link: str) -> None:
    done = call("verify", link)
    assert (done.exit_code, "same numbers" in done.output) == (0, True), done.output
    assert call("verify", link.replace("by=24", "by=24&pin=case%3Drestraint%23")).exit_code == 0


@pytest.mark.parametrize("name", LINKS)
def test_no_forged_link_verifies(link: str, name: str) -> None:
    """Catches a link that Python reads as another than the page."""
    old, new = LINKS[name]
    assert old in link
    done = call("verify", link.replace(old, new))
    assert done.exit_code in (1, 2), done.output
    assert isinstance(done.exception, SystemExit), done.exception


def test_a_gap_hides_no_number(tmp_path: Path) -> None:
    """Catches a comparison that holds two columns equal where one number is missing."""
    paths = [tmp_path / f"{k}.parquet" for k in range(2)]
    for path, last in zip(paths, (1.0, 2.0), strict=True):
        pq.write_table(pa.table({"x": [float("nan"), None, last], "y": ["a", None, "b"]}), path)
    assert compared.compared("x", *paths) == ["x: row 3, x: 1.0, a new one has 2.0"]
