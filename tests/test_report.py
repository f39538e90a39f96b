"""The report: one file, no network, five answers, every number with its source."""

import re
import shlex
from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from drawdown.connect import provenance, store
from drawdown.declared import data_files
from drawdown.declared.language import Language
from drawdown.declared.parameters import Text
from drawdown.questions import compare, study
from drawdown.views import report

pytestmark = pytest.mark.long
SIZES = study.Sizes(48, 60, 1, 20, 4, 3, 16, 1)
WEIGHTS = {"dead_us": 2.0, "daesh_index": 1.0}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> study.Study:
    with pytest.MonkeyPatch.context() as patch:
        cache = tmp_path_factory.mktemp("cache")
        patch.setattr(data_files, "cache_folder", lambda: cache)
        names = ["sustained-presence", "combat-to-advisory", "full-withdrawal"]
        return study.undertake(compare.load_all(names), sizes=SIZES, weights=WEIGHTS)


@pytest.fixture(scope="module", params=["en", "ar"])
def page(
    found: study.Study, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    language = Language(request.param)
    drawn: dict[str, Path] = {}

    def write(folder: Path) -> Callable[[], None]:
        drawn.update(report.draw(found, folder, language))
        return lambda: None

    store.save(found.comparison, tmp_path_factory.mktemp("r"), write)
    images = drawn
    return report.compose(found, images, language, ["drawdown", "report"], provenance.made_by())


class Reader(HTMLParser):
    """Notes the elements a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def values(self, name: str) -> Iterator[str]:
        for _, attrs in self.elements:
            if attrs.get(name) is not None:
                yield str(attrs[name])


def test_nothing_is_loaded_from_elsewhere(page: str) -> None:
    reader = Reader(page)
    told = [(tag, a) for tag, a in reader.elements if tag in ("script", "link", "iframe")]
    # What made the page, as data: nothing that a browser would run.
    assert told == [("script", {"type": "application/json", "id": "made-by"})]
    assert all(v.startswith("data:") for v in reader.values("src"))
    assert all(v.startswith("#") for v in reader.values("href"))
    assert "url(" not in page.split("</style>")[0]


def test_every_link_leads_somewhere(page: str) -> None:
    reader = Reader(page)
    ids = list(reader.values("id"))
    assert len(ids) == len(set(ids))
    assert {v[1:] for v in reader.values("href")} <= set(ids)


def test_five_questions_are_answered_first(page: str) -> None:
    answers = page.split('class="answers"')[1].split("</section>")[0]
    assert len(re.findall(r"<h3>\d\. ", answers)) == 5
    for part in answers.split("<h3>")[1:]:
        assert len(re.findall("<li>", part)) >= 1


def test_every_number_of_the_answers_and_tables_names_its_source(page: str) -> None:
    answers = page.split('class="answers"')[1].split("</section>")[0]
    lines = re.findall(r"<li>(.*?)</li>", answers, re.S)
    rows = re.findall(r"(<tr title=.*?</tr>)", page, re.S)
    assert len(lines) > 12
    assert len(rows) > 60
    for line in [*lines, *rows]:
        shown = re.sub(r"<[^>]*>", "", re.sub(r"<sup>.*?</sup>", "", line))
        if re.search(r"\d", shown):
            assert re.search(r'title="[^"]{8,}"', line), line
            assert 'href="#note-' in line, line


def test_arabic_runs_from_right_to_left(page: str) -> None:
    if '<html lang="ar"' not in page:
        pytest.skip("the English page")
    assert '<html lang="ar" dir="rtl">' in page
    assert "تموز" in page
    assert "يوليو" not in page
    body = unescape(page.split("<main>")[1])
    told = re.sub(r"<(bdi|code|pre|script)[^>]*>.*?</\1>", "", body, flags=re.S)
    told = re.sub(r"<[^>]*>", " ", told)
    latin = set(re.findall(r"[A-Za-z]{4,}", re.sub("\u2066.*?\u2069", "", told, flags=re.S)))
    allowed = {"Drawdown", "PRIM", "Python", "make", "Parquet"}
    files = {"json", "yaml", "seeds", "posterior", "parameters"}
    assert latin <= allowed | files


def names(found: study.Study) -> list[str]:
    return [s.name for s in found.comparison.scenarios]


def test_a_number_leads_to_the_command_that_makes_it(page: str, found: study.Study) -> None:
    """Catches a command with other sizes than those that were played."""
    commands = dict(re.findall(r'<dd id="by-([^"]+)"><code[^>]*>(.*?)</code>', page))
    told = {k: shlex.split(unescape(v)) for k, v in commands.items()}
    assert told["comparison"][:5] == ["drawdown", "compare", *names(found)]
    assert told["comparison"][-2:] == ["--runs", str(SIZES.runs)]
    assert told["thesis"][2:] == ["--draws", str(SIZES.draws), "--lucks", str(SIZES.lucks)]
    assert {"regret", "drivers-full-withdrawal", "split-full-withdrawal"} <= set(told)
    numbers = re.findall(r'<td><a class="by" href="#by-([^"]+)">', page)
    assert len(numbers) > 100
    assert set(numbers) <= {*told, "report"}
    worlds = re.findall(r"drawdown watch (\S+) --replication (\d+)", page)
    assert [name for name, _ in worlds] == names(found)
    for name, k in worlds:
        tempo = found.comparison.values(name, "neutral", "tempo_foreign")[0]
        assert abs(np.median(tempo) - tempo[int(k)]) <= np.ptp(tempo) / 10


def test_a_report_needs_two_scenarios(results: Path) -> None:
    from click.testing import CliRunner

    from drawdown.cli import main

    done = CliRunner().invoke(main, ["report", "restraint"])
    assert done.exit_code == 2
    assert "two scenarios" in done.output
    assert not results.exists()


def test_a_title_is_shown_as_it_is_written(found: study.Study, tmp_path: Path) -> None:
    """Catches a title that the page or a figure obeys, or loses."""
    written = '<script>alert(1)</script> "$\\frac$" [/b] {x} </td>'
    scenarios = found.comparison.scenarios
    titles = [s.title for s in scenarios]
    language = Language("en")
    try:
        for item in scenarios:
            object.__setattr__(item, "title", Text(en=written, ar=written))
        drawn: dict[str, Path] = {}

        def write(folder: Path) -> Callable[[], None]:
            drawn.update(report.draw(found, folder, language))
            return lambda: None

        store.save(found.comparison, tmp_path, write)
        page = report.compose(found, drawn, language, ["drawdown", written], provenance.made_by())
    finally:
        for item, title in zip(scenarios, titles, strict=True):
            object.__setattr__(item, "title", title)
    reader = Reader(page)
    scripts = [a for tag, a in reader.elements if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "made-by"}]
    assert page.count("</script>") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert unescape(page).count(written) > 5
