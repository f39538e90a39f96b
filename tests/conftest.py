from pathlib import Path

import pytest

from drawdown.declared import result_folder
from drawdown.worlds import ensemble


@pytest.fixture(scope="session", autouse=True)
def compiled_rule_book() -> None:
    """Compile once, before the tests."""
    ensemble.compile_now()


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Send results into a folder of the test's own."""
    monkeypatch.setenv(result_folder.VARIABLE, str(tmp_path / "results"))
    return tmp_path / "results"
