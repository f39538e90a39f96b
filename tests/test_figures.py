import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from drawdown import compare
from drawdown.cli import main
from drawdown.connect import store
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.views import figures

ARABIC = Language("ar")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("figures")
    result = compare(["combat-to-advisory", "sustained-presence", "full-withdrawal"], runs=60)
    store.save(result, path)
    return path


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_figure_in_every_format(folder: Path, language: str, tmp_path: Path) -> None:
    written = figures.draw_all(figures.Result.read(folder), tmp_path, Language(language))
    assert len(written) == 9
    for path in written:
        assert path.stat().st_size > 8000, path
    png = (tmp_path / ("headline.png" if language == "en" else "headline-ar.png")).read_bytes()
    assert b"commit" in png


def test_a_figure_shows_what_the_tables_say(folder: Path) -> None:
    result = figures.Result.read(folder)
    quantiles, means, days = result.band("full-withdrawal", "attacks_foreign")
    assert len(days) == 915
    assert (np.diff(quantiles, axis=0) >= 0).all()
    assert means[-1] < means[0]
    figure = figures.headline(result, Language("en"))
    texts = [" ".join(t.get_text().split()) for ax in figure.axes for t in ax.texts]
    for title in ("From combat to advice", "Sustained presence", "Full withdrawal"):
        assert any(t.startswith(title) for t in texts)
    assert any("31 December 2022" in t for t in texts)


@pytest.mark.parametrize("shown", [1, 2, 3])
def test_numbers_of_axes_lie_inside_the_headline(folder: Path, shown: int, tmp_path: Path) -> None:
    """Catches a margin that is a share of the width: thousands cut off where two are drawn."""
    result = figures.Result.read(folder)
    names = dict(list(result.record["scenarios"].items())[:shown])
    figure = figures.headline(replace(result, record=result.record | {"scenarios": names}), ARABIC)
    figure.savefig(tmp_path / "x.png")
    labels = [label for ax in figure.axes for label in ax.get_yticklabels() if label.get_text()]
    assert min(label.get_window_extent().x0 for label in labels) >= 0.0


def test_a_title_is_drawn_as_it_is_written(folder: Path, tmp_path: Path) -> None:
    """Catches a title taken for a formula, left out of a legend, or drawn over its neighbours."""
    shutil.copytree(folder, tmp_path / "r")
    path = tmp_path / "r" / "run.json"
    record = json.loads(path.read_text())
    titles = {"full-withdrawal": "_a $\\frac$ b", "sustained-presence": "w" * 300}
    for name, title in titles.items():
        record["scenarios"][name]["title"]["en"] = title
    path.write_text(json.dumps(record))
    written = figures.draw_all(
        figures.Result.read(tmp_path / "r"), tmp_path, Language("en"), ["svg"]
    )
    assert len(written) == 3
    result = figures.Result.read(tmp_path / "r")
    axes = figures.headline(result, Language("en")).axes
    shown = [" ".join(t.get_text().split()) for t in axes[0].texts]
    assert any(t.startswith("_a $\\frac$ b") for t in shown)
    assert max(map(len, shown)) <= figures.LONGEST_TITLE + 8
    legend = figures.all_outcomes(result, Language("en")).axes[-1].get_legend()
    assert any("_a $" in text.get_text() for text in legend.get_texts())


def test_arabic_figures_hold_arabic_words_and_no_missing_letter(
    folder: Path, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    result = figures.Result.read(folder)
    figure = figures.headline(result, Language("ar"))
    figure.savefig(tmp_path / "x.png")
    assert not [w for w in recwarn if "Glyph" in str(w.message)]
    text = " ".join(t.get_text() for ax in figure.axes for t in (*ax.texts, ax.title))
    assert "انسحاب كامل" in text
    assert "كانون الأول" in text


@pytest.mark.long
def test_scenarios_of_different_lengths_are_drawn_and_told(results: Path, tmp_path: Path) -> None:
    head = "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\nextends: full-withdrawal\n"
    (tmp_path / "long.yaml").write_text(
        head + "end: 2024-12-31\nevents: [{date: 2024-06-01, what: vote}]\n", encoding="utf-8"
    )
    done = CliRunner().invoke(
        main,
        [
            "compare",
            str(tmp_path / "long.yaml"),
            "restraint",
            "--runs",
            "60",
            "--name",
            "long",
            "--structure",
            "neutral",
        ],
    )
    assert done.exit_code == 0, done.output
    assert "do not begin and end on the same days" in done.output
    drawn = {path.stem for path in (results / "long").glob("*.png")}
    # A file of one's own that ends without soldiers is a withdrawal, whatever its name.
    assert drawn == {"headline", "outcomes", "motive"}
    record = figures.Result.read(results / "long").record
    assert ["2024-06-01", "vote"] in record["scenarios"]["long"]["events"]


def test_smoothing_keeps_the_mean_and_the_length() -> None:
    flat = np.full(100, 3.0)
    assert figures._smooth(flat) == pytest.approx(flat)
    assert figures._smooth(np.zeros((5, 10))).shape == (5, 10)


def test_a_folder_that_is_no_result_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a result"):
        figures.Result.read(tmp_path)


def test_a_figure_is_the_same_bytes_twice(folder: Path, tmp_path: Path) -> None:
    """Catches names and dates in a file that differ from one drawing to the next."""
    drawn = []
    for k in range(2):
        (tmp_path / f"{k}").mkdir()
        result = figures.Result.read(folder)
        paths = figures.draw(result, "headline", tmp_path / f"{k}", Language("en"))
        drawn.append({p.name: p.read_bytes() for p in paths})
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 3
