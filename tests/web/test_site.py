"""Pages that stand alone: opened from a file in three browsers, they show what Python works out."""

import csv
import hashlib
import io
import json
import random
import re
import shlex
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlparse

import browsers
import numpy as np
import pytest
from alone import asked_of_a_page, in_chromium, opened, plain, some_view
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from conftest import NEEDED
from PIL import Image
from playwright.sync_api import Browser

from drawdown import page as page_of
from drawdown.cli import main
from drawdown.day import engine, rulebook, wasm
from drawdown.declared import data_files
from drawdown.declared import levers as levers_of
from drawdown.declared.errors import InputError
from drawdown.declared.language import LANGUAGES, Language
from drawdown.exercise import game
from drawdown.questions import answer, decompose
from drawdown.web import links, page_bundle, site
from drawdown.web.address import View, loaded, offered
from drawdown.web.explore import Explorer
from drawdown.web.materials import LOCKED
from drawdown.worlds import ensemble

VIEWS = 12 if NEEDED else 4
MEAN = 5
"""Row of a curve's mean, after its five quantiles."""


# --- without a browser ---


def test_a_site_is_whole_and_small(folder: Path) -> None:
    """Catches a page that asks for something, is too large, or is of another model."""
    names = {p.name for p in folder.iterdir()}
    pages = {
        f"{p}-{c}.html" for p in ("start", "claims", "explore", "materials") for c in LANGUAGES
    }
    assert names == pages | {"index.html", "site.json"}
    for name in pages:
        text = (folder / name).read_text(encoding="utf-8")
        assert len(text.encode()) < site.LARGEST_PAGE
        assert "default-src 'none'" in unescape(text)
        assert not re.search(r'(?:src|href)="(?!data:|#|[a-z]+-(?:en|ar)\.html)', text), name
        outside = set(re.findall(r"https?://[^\s\"'<>)]+", text))
        assert outside <= {"http://www.w3.org/2000/svg"}, outside
    assert json.loads((folder / "site.json").read_text())["model"] == links.model()


def test_what_only_the_facilitator_reads_is_in_no_page(folder: Path) -> None:
    """Catches a course page with the answers to its tests, or every role's private goals."""
    every = data_files.load("materials")
    for code in LANGUAGES:
        text = unescape((folder / f"materials-{code}.html").read_text(encoding="utf-8"))
        for name in every:
            assert (f'id="{name}"' in text) == (name not in LOCKED), name
        roles = game.rules().roles.values()
        goals = [goal.in_language(code) for role in roles for goal in role.goals]
        assert goals
        assert not [goal for goal in goals if goal in text]


@pytest.mark.long
def test_a_site_is_the_same_bytes_again(folder: Path, tmp_path: Path) -> None:
    site.write(tmp_path / "again")
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


def test_every_link_of_the_first_page_opens_a_view(folder: Path) -> None:
    """Catches a claim or a scenario that is not linked, or whose link is refused."""
    for code in LANGUAGES:
        pages = [(folder / f"{p}-{code}.html").read_text("utf-8") for p in ("start", "claims")]
        assert f'href="claims-{code}.html"' in pages[0]
        found = re.findall(rf'href="(explore-{code}\.html\?[^"]+)"', "".join(pages))
        queries = [dict(parse_qsl(urlparse(f.replace("&amp;", "&")).query)) for f in found]
        for query in queries:
            View.read(query)
        assert {q["claim"] for q in queries if "claim" in q} == set(data_files.load("claims"))
        assert {q["case"] for q in queries if "claim" not in q} == set(offered())


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    """Catches a site written over somebody's folder."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "thesis.docx").write_text("mine")
    done = CliRunner().invoke(main, ["site", str(theirs), "--without-report"])
    assert done.exit_code == 2
    assert "no site that drawdown wrote" in done.output
    assert [p.name for p in theirs.iterdir()] == ["thesis.docx"]
    done = CliRunner().invoke(main, ["site", str(theirs / "thesis.docx"), "--without-report"])
    assert done.exit_code == 2
    assert "is a file" in done.output


def test_without_a_compiler_nothing_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches minutes of Mesa before a sentence, and a page that cannot play."""
    monkeypatch.setattr(engine, "compilers", lambda: ())
    monkeypatch.setattr(engine, "is_cached", lambda rules: False)
    monkeypatch.setattr(wasm, "_made", wasm._made.__wrapped__)
    monkeypatch.setattr(engine, "cache_folder", lambda: tmp_path)
    page_bundle._all.cache_clear()
    try:
        assert page_bundle.shown(Language())["parts"]["first"] is None
        assert not wasm.can_be_made()
        with pytest.raises(InputError, match="makes WebAssembly"):
            site.write(tmp_path / "s")
        assert not (tmp_path / "s").exists()
    finally:
        page_bundle._all.cache_clear()


def test_a_reports_pictures_are_packed(folder: Path) -> None:
    """Catches a picture that is lost on the way, or a page that runs what is not its own."""
    drawn = "data:image/svg+xml;base64,PHN2Zy8+"
    report = (
        '<!doctype html><html><head><meta charset="utf-8"></head><body>'
        f'<img alt="a" src="{drawn}"></body></html>'
    )
    for code in LANGUAGES:
        text = site.report_page(report, Language(code))
        assert drawn not in text
        assert text.count("data-packed=") == 1
        assert "img[data-packed]" in text
        assert links.model() in text
        assert f"explore-{code}.html" in text


def test_fewer_colours_keep_thin_lines() -> None:
    """Catches a palette in which one scenario's line takes another's colour."""
    lines = [(0, 114, 178), (179, 71, 0), (0, 158, 115)]
    image = Image.new("RGB", (400, 300), "white")
    for k in range(200):
        image.paste((200 + k // 8, 230 - k // 9, 240 - k), (0, k, 400, k + 1))
    for k, colour in enumerate(lines):
        image.paste(colour, (0, 220 + 9 * k, 400, 222 + 9 * k))
    content = io.BytesIO()
    image.save(content, "PNG")
    found = Image.open(io.BytesIO(site.fewer_colours(content.getvalue()))).convert("RGB")
    for k, colour in enumerate(lines):
        shown = found.getpixel((10, 221 + 9 * k))
        assert isinstance(shown, tuple)
        assert max(abs(a - b) for a, b in zip(shown, colour, strict=True)) <= 8


def test_a_notebook_shows_what_it_is_asked_for() -> None:
    shown = page_of(["full-withdrawal", "sustained-presence"], combat=500, language="ar")
    text = shown._repr_html_()
    assert text.startswith("<iframe srcdoc=")
    assert "&quot;combat&quot;:&quot;500&quot;" in text
    for wrong in (["nowhere", "sustained-presence"], ["full-withdrawal"], "full-withdrawal"):
        with pytest.raises(InputError):
            page_of(wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="must lie between"):
        page_of(combat=10**9)


# --- in browsers ---


ALL = """async (view) => {
  const { player, curvesFile, sentences, tableOf } = globalThis.drawdown;
  const curves = await player.curves(view);
  const told = async (asked) => {
    const answer = await player.answer(asked);
    return answer && [sentences(answer), tableOf(answer)];
  };
  return [curves, await player.numbers(view), await player.world(view), await player.file(view),
    await player.stamp(view), await player.rows(view), await told(view), curvesFile(view, curves)];
}"""


def told_answer(explorer: Explorer, view: View, language: Language) -> Any:
    """Return the sentences and the table of the one answer of a view."""
    numbers = explorer.answer(view)
    if numbers is None:
        return None
    found = answer.Answer.of_numbers(numbers)
    heads = [head.replace("\n", " ") for head in found.heads(language)]
    return [found.sentences(language), {"heads": heads, "rows": found.rows(language)}]


def same_as_python(explorer: Explorer, language: Language, words: dict[str, str], ask: Any) -> None:
    view = View.read(words)
    curves, *theirs, table = ask(ALL, asked_of_a_page(view, words))
    assert curves.pop("worlds") == 200
    mine = [
        explorer.curves(view, language),
        explorer.numbers(view, language),
        explorer.world(view, language),
        view.file(),
        links.stamp(explorer, view),
        explorer.rows(view),
        told_answer(explorer, view, language),
    ]
    for name, usual, found in zip(
        ("curves", "numbers", "world", "file", "stamp", "rows", "answer"),
        mine,
        [curves, *theirs],
        strict=True,
    ):
        assert plain(usual) == plain(found), (name, words)
    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"))))
    assert len(rows) == 1 + 4 * len(curves["weeks"])
    assert float(rows[1][5]) == curves["case"]["attacks_foreign"][2][0]
    assert float(rows[1][8]) == curves["case"]["attacks_foreign"][MEAN][0]


def test_what_is_shown_first_is_what_is_played(folder: Path) -> None:
    """Catches curves at opening that are not those of the usual view."""
    for code in LANGUAGES:
        text = (folder / f"explore-{code}.html").read_text(encoding="utf-8")
        begins = answer.Answer.of_numbers(answer.stored()["answers"]["combat-to-advisory"])
        assert " ".join(begins.sentences(Language(code))) in unescape(text)
        parts = json.loads(re.findall(r'id="parts">(.*?)</script>', text, re.DOTALL)[0])
        explorer, language = Explorer(), Language(code)
        other = explorer.curves(View(case=page_bundle.THIRD), language)["case"]
        usual = {
            "curves": explorer.curves(View(), language),
            "third": other,
        }
        assert parts["first"] == json.loads(json.dumps(usual))


@pytest.mark.long
@in_chromium
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_shows_what_python_works_out(code: str, folder: Path, chromium: Browser) -> None:
    """Catches a slider, a number, a sentence or a file that a page makes otherwise."""
    page = opened(chromium, f"file://{folder}/explore-{code}.html")
    chance, explorer = random.Random(f"views {code}"), Explorer()
    for _ in range(VIEWS):
        same_as_python(explorer, Language(code), some_view(chance), page.evaluate)
    page.context.close()


LAID = """async ([name, levers]) => {
  const hand = globalThis.drawdown.player.player.hands[0];
  const view = { seed: 0, structure: "neutral", motive: "all", held: {} };
  const { plan } = await hand.ask("play", { view, name, levers, blocks: [], raw: true });
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", plan));
  return [...digest].map((b) => b.toString(16).padStart(2, "0")).join("");
}"""


@pytest.mark.long
@in_chromium
def test_every_lever_lays_the_days_that_python_lays(folder: Path, chromium: Browser) -> None:
    """Catches a lever that moves another's column, or leaves behind what it should take along."""
    page = opened(chromium, f"file://{folder}/explore-en.html")
    for name in offered():
        moves: list[dict[str, str]] = [{}]
        for lever in levers_of.LEVERS:
            values = lever.choices or (f"{lever.low:g}", f"{lever.low + 3 * lever.step:g}")
            moves += [{lever.name: value} for value in values]
        moves.append({"combat": "700", "by": "5", "government": "confront", "policing": "0.3"})
        for words in moves:
            plan = ensemble.plan_of(View.read({"case": name, **words}).scenario())
            usual = hashlib.sha256(np.ascontiguousarray(plan).tobytes()).hexdigest()
            assert page.evaluate(LAID, [name, words]) == usual, (name, words)
    page.context.close()


@pytest.mark.long
@in_chromium
def test_a_page_splits_a_difference_as_python_does(folder: Path, chromium: Browser) -> None:
    """Catches a part that is forgotten, mixed from the wrong side, or weighed otherwise."""
    page = opened(chromium, f"file://{folder}/explore-ar.html")
    chance, explorer, language = random.Random("splits"), Explorer(), Language("ar")
    ask = "(view) => globalThis.drawdown.player.difference(view)"
    split = 0
    while split < VIEWS:
        words = some_view(chance)
        view = View.read(words)
        try:
            many = len(decompose.pair(loaded(view.base), view.scenario()).parts)
        except InputError:  # they do not differ
            continue
        if many > (5 if NEEDED else 3):
            continue
        usual = explorer.difference(view, language)
        split += 1
        assert json.loads(json.dumps(usual)) == page.evaluate(ask, asked_of_a_page(view, words))
    same = View(case="restraint", base="restraint")
    told = page.evaluate(
        "(view) => globalThis.drawdown.player.difference(view).catch((e) => e.message)",
        asked_of_a_page(same, {}),
    )
    assert told == language.word("explore", "split_nothing")


@pytest.mark.long
@pytest.mark.skipif(not NEEDED, reason="'make test-all' plays in Firefox and WebKitGTK too")
@pytest.mark.parametrize("name", sorted(browsers.KINDS))
def test_other_browsers_show_the_same(name: str, folder: Path) -> None:
    if not browsers.KINDS[name][1]:
        pytest.skip(f"no {name} here")
    chance, explorer = random.Random(name), Explorer()
    with browsers.browser(name) as browser:
        for code in LANGUAGES:
            browser.open(f"file://{folder}/explore-{code}.html")
            for _ in range(240):
                if browser.ask("async () => globalThis.drawdown !== undefined"):
                    break
            assert browser.ask("async () => document.documentElement.dataset.plays") == "here"
            for _ in range(VIEWS):
                same_as_python(explorer, Language(code), some_view(chance), browser.ask)


@pytest.mark.long
@in_chromium
@pytest.mark.parametrize(
    ("code", "width"),
    [(c, w) for c in LANGUAGES for w in (390, 1280)] if NEEDED else [("ar", 390), ("en", 1280)],
)
def test_a_page_is_used(code: str, width: int, folder: Path, chromium: Browser) -> None:
    """Catches a control that moves nothing, an address that forgets, a page that overflows."""
    page = opened(chromium, f"file://{folder}/explore-{code}.html", width)
    before = page.inner_html("#panels"), page.inner_text("#answer")
    page.focus("#s-combat")
    for _ in range(6):
        page.keyboard.press("ArrowUp")
    page.wait_for_function("() => location.search.includes('combat=')")
    page.wait_for_function(
        "() => document.documentElement.dataset.rested === document.documentElement.dataset.asked"
    )
    assert page.inner_html("#panels") != before[0]
    assert page.inner_text("#answer") != before[1]
    assert "combat=" in page.url
    again = opened(chromium, page.url, width)
    assert again.inner_html("#numbers") == page.inner_html("#numbers")
    assert again.inner_text("#answer") == page.inner_text("#answer")
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width + 1
    page.fill("#world", "5")
    page.click("#load")
    page.wait_for_selector("#stage:not(.hidden)")
    found = Axe().run(page)
    assert not [(v["id"], v["nodes"][0]["html"][:90]) for v in found.response["violations"]]
    with page.expect_download() as waited:
        page.click("#file")
    told = Path(waited.value.path()).read_text(encoding="utf-8")
    query = dict(parse_qsl(urlparse(page.url).query))
    assert told == View.read(query).file()
    other = page.get_attribute("#language", "href")
    assert other is not None
    assert other.startswith(f"explore-{'en' if code == 'ar' else 'ar'}.html?")
    page.context.close()


SLOWLY = """async () => {
  globalThis.drawdown.player.slow = true;
  const slider = document.getElementById("s-combat");
  slider.value = "450";
  const painted = new Promise((done) => {
    new MutationObserver(() => done(document.getElementById("fewer").textContent))
      .observe(document.documentElement, { attributeFilter: ["data-painted"] });
  });
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  return painted;
}"""


@pytest.mark.long
@in_chromium
def test_a_slow_device_shows_fewer_worlds_and_says_so(folder: Path, chromium: Browser) -> None:
    """Catches 60 worlds that are taken for 200."""
    page = opened(chromium, f"file://{folder}/explore-en.html")
    told = page.evaluate(SLOWLY)
    assert told == Language().word("explore", "fewer", n=60, all=200)
    page.wait_for_timeout(1200)
    assert page.inner_text("#fewer") == ""
    usual = Explorer().numbers(View.read({"combat": "450"}), Language())
    assert page.inner_text("#numbers tbody tr td").strip() == usual[0]["case"]
    page.context.close()


@pytest.mark.long
@in_chromium
def test_a_link_of_another_version_says_so(folder: Path, chromium: Browser) -> None:
    """Catches other numbers shown in silence."""
    address = f"file://{folder}/explore-en.html"
    page = opened(chromium, f"{address}?model=0123456789abcdef")
    assert page.is_visible("#other-model")
    page = opened(chromium, f"{address}?model={links.model()}")
    assert not page.is_visible("#other-model")
    page = opened(chromium, f"{address}?combat=900000&case=nowhere&u.letality=1&seed=x")
    told = page.inner_text("#wrong")
    for part in ("combat must lie between 0 and 3000", "no 'nowhere'", "letality", "seed must be"):
        assert part in told
    page = opened(chromium, f"{address}?claim=C24")
    assert "C24" in page.inner_text("#claim")


@in_chromium
def test_a_link_of_a_page_is_verified(folder: Path, chromium: Browser) -> None:
    """Catches a page whose numbers the command line cannot make again."""
    page = opened(chromium, f"file://{folder}/explore-ar.html?case=restraint&structure=provoke")
    page.click("#numbers button >> nth=0")
    page.wait_for_selector("#behind:not(.hidden)")
    command = shlex.split(page.inner_text("#behind code"))
    assert command[:2] == ["drawdown", "verify"]
    done = CliRunner().invoke(main, command[1:])
    assert done.exit_code == 0, done.output
    wrong = re.sub(
        "numbers=.", "numbers=" + ("1" if "numbers=0" in command[2] else "0"), command[2]
    )
    assert CliRunner().invoke(main, ["verify", wrong]).exit_code == 1
    page.context.close()


OWN = """
def hold_fire(leaving, hold_fire_discount):
    return 0.05
"""


@pytest.mark.long
@in_chromium
def test_what_a_page_prints_plays_the_rules_that_it_plays(
    tmp_path: Path, chromium: Browser
) -> None:
    """Catches commands that make the numbers of the model's rules, and a path that ends a word."""
    mine = tmp_path / "it's mine.py"
    mine.write_text(OWN, encoding="utf-8")
    with rulebook.using(mine):
        (tmp_path / "own.html").write_text(site.explore_page(Language("en"), ()), encoding="utf-8")
    page = opened(chromium, f"file://{tmp_path}/own.html?case=restraint&structure=provoke")
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    page.click("#numbers button >> nth=0")
    page.wait_for_selector("#behind:not(.hidden)")
    shown = [row.inner_text().strip() for row in page.locator("#numbers tbody tr td").all()]
    for place in ("#behind code", "#again-command"):
        command = shlex.split(page.inner_text(place))
        assert command[:2] == ["drawdown", "verify"]
        done = CliRunner().invoke(main, command[1:], env={"COLUMNS": "200"})
        assert done.exit_code == 0, done.output
        assert shown[0] in done.output
        assert shown[2].split()[0] in done.output
    told = json.loads(page.inner_text("#again-python").split("rules=")[1].removesuffix(")"))
    assert told == str(mine)
    page.context.close()


def test_a_packed_report_says_what_to_verify(tmp_path: Path) -> None:
    record = '<script type="application/json" id="record">{}</script>'
    path = tmp_path / "report-en.html"
    text = f'<html><head><meta charset="utf-8"></head><body>{record}</body></html>'
    path.write_text(site.report_page(text, Language("en")))
    done = CliRunner().invoke(main, ["verify", str(path)])
    assert done.exit_code == 2
    assert "Traceback" not in done.output


@pytest.mark.long
@in_chromium
def test_numbers_are_told_as_python_tells_them(folder: Path, chromium: Browser) -> None:
    """Catches a half rounded up: Python's go to the even digit."""
    page = opened(chromium, f"file://{folder}/explore-en.html")
    chance, language = random.Random(4), Language()
    values = [k / 200 for k in range(-400, 400)] + [0.125, 2.5, 1e6 + 0.5, -0.0004, 0.025]
    values += [chance.uniform(-1e4, 1e4) for _ in range(200)]
    for digits in (0, 1, 2, 3):
        found = page.evaluate(
            "([v, d]) => v.map((x) => globalThis.drawdown.number(x, d))", [values, digits]
        )
        assert found == [language.number(v, digits) for v in values]
    page.context.close()
