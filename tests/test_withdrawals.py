"""What decides a withdrawal is told of every withdrawal, whatever its file is called."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from drawdown import compare
from drawdown.cli.main import main


@pytest.mark.long
def test_a_withdrawal_of_ones_own_gets_the_deciding_motive(results: Path, tmp_path: Path) -> None:
    """Catches a table or figure that is tied to the name of one scenario."""
    file = tmp_path / "our-exit.yaml"
    file.write_text(
        "title: {en: Our exit, ar: خروجنا}\n"
        "question: {en: Is a copy told alike?, ar: هل يُروى بالمثل؟}\n"
        "extends: full-withdrawal\n",
        encoding="utf-8",
    )
    words = ["compare", "sustained-presence", str(file), "--runs", "60", "--name", "own"]
    done = CliRunner(env={"COLUMNS": "160"}).invoke(main, words)
    assert done.exit_code == 0, done.output
    assert "wish left" in done.output
    assert (results / "own" / "motive.png").exists()


def test_who_keeps_soldiers_in_some_world_is_no_withdrawal() -> None:
    played = ["sustained-presence", "expulsion", "full-withdrawal"]
    found = compare(played, runs=40, structure="deter", bands=False)
    assert found.without_soldiers() == ["full-withdrawal"]
