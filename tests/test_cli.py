import json
import subprocess
import sys
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from drawdown.cli import invocation, main
from drawdown.cli.main import COMMANDS, MOVED


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_drawdown_alone_proposes_what_to_try() -> None:
    """Catches a first call that fails, and a proposal that is no command."""
    done = call()
    assert done.exit_code == 0, done.output
    proposed = [line.split()[1] for line in done.output.splitlines()[1:]]
    assert len(proposed) == 3
    assert set(proposed) <= set(COMMANDS)


def test_help_lists_every_command_with_its_whole_summary() -> None:
    """Catches a command in no group, a summary that is cut, and a help without an example."""
    told = " ".join(call("--help").output.replace("[ARGS]...", "").split())
    assert len(COMMANDS) == len(set(COMMANDS)) <= 28
    for name in COMMANDS:
        command = main.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        first = " ".join((command.help or "").split("\n\n")[0].split())
        assert f"{name} {first}" in told, name
        assert f"Example: drawdown {name}" in call(name, "--help").output
    assert "..." not in told
    for group in ("evidence", "exercise"):
        assert "..." not in call(group, "--help").output.replace("[ARGS]...", "")


def test_a_moved_command_answers_with_the_new_one() -> None:
    """Catches an earlier command that is said to be unknown, and an answer that is none either."""
    for name, now in MOVED.items():
        done = call(name, "--help")
        assert now in done.stderr, name
        assert done.exit_code == (0 if name in invocation.EVIDENCE else 2), name
        assert ("Example: drawdown evidence" in done.stdout) == (name in invocation.EVIDENCE)
        words = now.split()
        if words[0] == "drawdown":
            assert call(words[1], "--help").exit_code == 0, now


def test_help_does_not_import_what_takes_long() -> None:
    code = (
        "import sys\nfrom drawdown import cli\n"
        "heavy = {'mesa', 'numpy', 'matplotlib', 'pandas', 'pyarrow'}\n"
        "heavy |= {'pydantic', 'rich', 'ruamel'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_compare_writes_a_whole_result(results: Path) -> None:
    done = call(
        "compare",
        "combat-to-advisory",
        "full-withdrawal",
        "--runs",
        "60",
        "--name",
        "mine",
        "--no-figures",
        "--baseline",
        "combat-to-advisory",
        "--set",
        "attack_rate=0.1",
    )
    assert done.exit_code == 0, done.output
    assert "Full withdrawal, against From combat to advice." in done.stdout
    details = call("show", "mine").stdout
    assert "P(stop) 60" in details
    assert "tempo ratio" in details
    folder = results / "mine"
    for name in ("inputs", "outcomes", "bands", "summary"):
        raw = (folder / f"{name}.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        table = pq.read_table(folder / f"{name}.parquet")
        assert pa_csv.read_csv(folder / f"{name}.csv").num_rows == table.num_rows
    outcomes = pq.read_table(folder / "outcomes.parquet")
    assert outcomes.num_rows == 2 * 3 * 60
    assert outcomes.column_names[:3] == ["scenario", "structure", "replication"]
    summary = pq.read_table(folder / "summary.parquet")
    assert {"simulation_low", "simulation_high", "future_low", "future_high"} <= set(
        summary.column_names
    )
    inputs = pq.read_table(folder / "inputs.parquet")
    assert set(inputs["attack_rate"].to_pylist()) == {0.1}
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["seed"] == 0
    assert record["set"] == {"attack_rate": 0.1}
    assert (
        "extends: sustained-presence"
        in record["scenarios"]["combat-to-advisory"]["text"]["combat-to-advisory.yaml"]
    )
    codebook = (folder / "codebook.csv").read_text(encoding="utf-8-sig")
    for column in (*outcomes.column_names, *inputs.column_names):
        assert f'"{column}"' in codebook, column
    assert "US combat soldiers (quantiles to 20)" in codebook
    assert codebook.count("(in the last 30 days)") == codebook.count("(في آخر 30 يوماً)") == 14
    assert [p.name for p in results.iterdir()] == ["mine"]


def test_the_same_command_writes_the_same_numbers(results: Path) -> None:
    for name in ("a", "b"):
        done = call(
            "run", "restraint", "--runs", "40", "--name", name, "--no-figures", "--seed", "9"
        )
        assert done.exit_code == 0
    for file in ("inputs.csv", "outcomes.csv", "bands.csv", "summary.csv"):
        assert (results / "a" / file).read_bytes() == (results / "b" / file).read_bytes()


def test_arabic_output(results: Path) -> None:
    done = call(
        "compare",
        "sustained-presence",
        "full-withdrawal",
        "--runs",
        "60",
        "--name",
        "ar",
        "--no-figures",
        "--lang",
        "ar",
    )
    assert done.exit_code == 0
    assert "انسحاب كامل" in done.output
    assert "احتمال التوقف" in call("show", "ar").stdout


def test_interrupting_leaves_nothing(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from drawdown.connect import store

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "summary_table", interrupt)
    done = call("run", "restraint", "--runs", "8", "--name", "gone", "--no-figures")
    assert done.exit_code == 130
    assert "Interrupted" in done.output
    # What was played is kept for the same command; no half of a result is.
    assert [p.name for p in results.iterdir()] == [".unfinished"]
    monkeypatch.undo()
    monkeypatch.setenv("DRAWDOWN_RESULTS", str(results))
    assert call("run", "restraint", "--runs", "8", "--name", "gone", "--no-figures").exit_code == 0
    assert [p.name for p in results.iterdir()] == ["gone"]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["run", "restrain"], "did you mean 'restraint'?"),
        (["run", "missing.yaml"], "there is no such file"),
        (["compare", "restraint", "full-withdrawl"], "did you mean 'full-withdrawal'?"),
        (["run", "restraint", "--set", "lethality"], "must be NAME=VALUE"),
        (["run", "restraint", "--set", "lethality=abc"], "must be a number"),
        (["run", "restraint", "--set", "lethality=nan"], "must be a number"),
        (["run", "restraint", "--set", "lethal=1", "--set", "attack_rat=1"], "attack_rate"),
        (["run", "restraint", "--without", "excitment"], "did you mean 'excitation'?"),
        (["run", "restraint", "--structure", "deterr"], "did you mean 'deter'?"),
        (["run", "restraint", "--lang", "fr"], "allowed: en, ar"),
        (["run", "restraint", "--runs", "-3"], "runs must lie between"),
        (["run", "restraint", "--runs", "many"], "not a valid integer"),
        (["run", "restraint", "--name", "../up"], "must be letters"),
        (["run", "restraint", "--seed", "-1"], "range"),
        (["explain", "C99"], "unknown thing"),
        (["watch", "restraint", "--then", "expulsion"], "go together"),
        (["watch", "restraint", "--then", "expulsion", "--on", "soon"], "must be a date"),
        (["watch", "restraint", "--then", "expulsion", "--on", "2031-01-01"], "outside"),
        (["plot", "no-such-result"], "unknown result"),
        (["compar"], "did you mean 'compare'?"),
    ],
)
def test_wrong_words_get_a_sentence_and_exit_code_2(
    words: list[str], part: str, results: Path
) -> None:
    done = call(*words)
    assert done.exit_code == 2, done.output
    assert part in done.output
    assert "Traceback" not in done.output
    assert not results.exists() or not list(results.iterdir())


def test_new_writes_a_file_that_is_fine(tmp_path: Path) -> None:
    done = call("new", "mine", "--extends", "expulsion", "--folder", str(tmp_path))
    assert done.exit_code == 0, done.output
    assert call("check", str(tmp_path / "mine.yaml")).exit_code == 0
    again = call("new", "mine", "--folder", str(tmp_path))
    assert again.exit_code == 2
    assert "is there already" in again.output


@pytest.mark.parametrize("name", ["true", "123", "1e5", "null"])
def test_new_files_with_odd_names(name: str, tmp_path: Path) -> None:
    assert call("new", name, "--folder", str(tmp_path)).exit_code == 0
    assert call("check", str(tmp_path / f"{name}.yaml")).exit_code == 0


def test_new_beside_another_folder(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    call("new", "first", "--folder", str(tmp_path))
    parent = str(tmp_path / "first.yaml")
    done = call("new", "second", "--extends", parent, "--folder", str(tmp_path / "own"))
    assert done.exit_code == 0, done.output


def test_expulsion_is_told_overall_and_given_that_it_passes(results: Path) -> None:
    done = call("run", "expulsion", "--runs", "64", "--name", "e", "--no-figures")
    assert done.exit_code == 0
    assert "told apart by whether the request to leave was honoured" in call("show", "e").output


def test_watch_tells_what_happened_and_why() -> None:
    done = call("watch", "record-2020-2021", "--days", "10")
    assert done.exit_code == 0
    assert "3 January 2020  The United States strikes Kata'ib Hezbollah" in done.output
    assert "Parliament votes" in done.output
    assert "rule militia.foreign_hazard" in done.output
    arabic = call("watch", "record-2020-2021", "--days", "10", "--lang", "ar")
    assert "كانون الثاني" in arabic.output


def test_watch_goes_on_under_another_policy() -> None:
    words = ["watch", "combat-to-advisory", "--days", "60", "--no-why"]
    one = call(*words).output
    two = call(*words, "--then", "confront-militias", "--on", "2021-08-15").output
    assert "— The government confronts the militias —" in two
    cut = two.index("—")
    assert one.startswith(two[:cut].rstrip("‏"))


def test_a_rule_is_explained_by_its_name() -> None:
    """Catches a rule that only its module's name leads to, where its documentation says less."""
    short, whole = call("explain", "response"), call("explain", "presence.response")
    assert short.exit_code == 0, short.output
    assert short.output == whole.output


def test_explain_follows_a_claim_to_rule_and_number() -> None:
    done = call("explain", "C24")
    assert "¶10" in done.output
    assert "presence.response" in done.output
    assert "presence_elasticity" in done.output


def test_scenarios_are_listed() -> None:
    assert "full-withdrawal" in call("scenarios").output
    assert "انسحاب كامل" in call("scenarios", "--lang", "ar").output
