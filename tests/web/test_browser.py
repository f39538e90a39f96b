"""In Chromium with every external request blocked: Explore, and a whole exercise."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import CHROMIUM, NEEDED, Server
from playwright.sync_api import Browser, BrowserContext, Page

from drawdown.declared.language import Language
from drawdown.exercise import game

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not NEEDED, reason="no Chromium here; 'make test-all' needs one"
)
ROLES = list(game.rules().roles)
PHONE, DESK, WALL = (390, 844), (1280, 900), (1920, 1080)
SIZES = [PHONE, DESK, WALL] if NEEDED else [DESK]
PLAYED = ["en", "ar"] if NEEDED else ["ar"]
"""Languages of the whole exercise: 'make test-all' plays both."""


class Watched:
    """Contexts of one browser; what they ask of other hosts, and what goes wrong, is noted."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.faults: list[str] = []
        self.contexts: list[BrowserContext] = []

    def page(self, size: tuple[int, int] = DESK) -> Page:
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]})
        self.contexts.append(context)

        def only_here(route: Any) -> None:
            if "127.0.0.1" in route.request.url:
                route.continue_()
            else:
                self.faults.append(f"asked {route.request.url}")
                route.abort()

        context.route("**/*", only_here)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def watched(chromium: Browser) -> Iterator[Watched]:
    found = Watched(chromium)
    yield found
    found.close()
    assert not found.faults


def accessible(page: Page) -> None:
    found = Axe().run(page)
    told = [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found.response["violations"]]
    assert not told


def fits(page: Page) -> None:
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"] + 1  # type: ignore[index]


def painted(page: Page) -> int:
    return int(page.evaluate("document.documentElement.dataset.painted ?? 0"))


def wait_painted(page: Page, after: int) -> None:
    for _ in range(400):
        if painted(page) > after:
            return
        page.wait_for_timeout(25)
    raise AssertionError("nothing was painted")


def rested(page: Page) -> None:
    """Wait until everything is told of what is asked now, and the address says it."""
    page.wait_for_function(
        "() => document.documentElement.dataset.rested === document.documentElement.dataset.asked",
        timeout=120_000,
    )


@pytest.mark.long
def test_the_server_plays_where_a_browser_cannot(server: Server, watched: Watched) -> None:
    """Catches a page that shows nothing, or other numbers, without WebAssembly."""
    shown = []
    for mode in ("here", "server"):
        page = watched.page(DESK)
        if mode == "server":
            page.add_init_script("delete globalThis.WebAssembly")
        asked: list[str] = []
        page.on("request", lambda r, asked=asked: asked.append(r.url))  # type: ignore[misc]
        page.goto(f"{server.address}/?lang=ar&case=full-withdrawal&combat=700&u.lethality=0.02")
        page.wait_for_selector(f"html[data-plays={mode}]", state="attached")
        rested(page)
        assert any("/api/" in url for url in asked) == (mode == "server")
        shown.append(
            [page.inner_html(f"#{part}") for part in ("numbers", "panels", "answer", "events")]
        )
        word = Language("ar").word("explore", f"plays_{mode}")
        assert page.inner_text("#plays") == word
    assert shown[0] == shown[1]


def test_explore_paints_and_asks_nobody(watched: Watched, server: Server) -> None:
    """One look at the served page, in Arabic: the answer, curves, nothing asked elsewhere."""
    page = watched.page(DESK)
    page.goto(f"{server.address}/?lang=ar")
    wait_painted(page, 0)
    assert page.locator("#panels path").count() > 3
    assert page.inner_text("#answer").strip()
    assert page.get_attribute("html", "dir") == "rtl"


@pytest.mark.long
@pytest.mark.parametrize("lang", PLAYED)
@pytest.mark.parametrize("size", SIZES)
def test_explore_redraws_and_links(
    lang: str, size: tuple[int, int], server: Server, watched: Watched
) -> None:
    page = watched.page(size)
    page.goto(f"{server.address}/?lang={lang}")
    wait_painted(page, 0)
    before = page.inner_html("#panels")
    count = painted(page)
    # Keys move a slider as a hand does; in Arabic the arrows are turned round.
    page.focus("#s-combat")
    for _ in range(6):
        page.keyboard.press("ArrowUp")
    wait_painted(page, count)
    rested(page)
    assert page.inner_html("#panels") != before
    assert "combat=" in page.url
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    page.focus("#s-lethality")
    page.keyboard.press("End")
    rested(page)
    assert "u.lethality=" in page.url
    again = watched.page(size)
    again.goto(page.url)
    wait_painted(again, 0)
    rested(again)
    assert again.inner_html("#numbers") == page.inner_html("#numbers")
    assert again.inner_html("#panels path") == page.inner_html("#panels path")
    page.click("#load")
    page.wait_for_selector("#stage:not(.hidden)")
    page.focus("#day")
    page.keyboard.press("End")
    page.click("#chronicle summary >> nth=0")
    page.click("#chronicle details[open] details summary >> nth=0")
    assert "C" in page.inner_text("#chronicle details[open] .hint")
    assert page.inner_text("#live")
    fits(page)
    accessible(page)


def test_pictures_can_be_taken_along(server: Server, watched: Watched) -> None:
    page = watched.page()
    page.goto(f"{server.address}/?lang=en")
    wait_painted(page, 0)
    rested(page)
    for button, start in (("#svg", b"<svg"), ("#png", b"\x89PNG"), ("#csv", b"\xef\xbb\xbfweek")):
        with page.expect_download() as waiting:
            page.click(button)
        data = waiting.value.path().read_bytes()
        assert data.startswith(start)
        assert len(data) > 4000


@pytest.mark.parametrize(
    "path", ["/exercise", "/materials", "/materials/guide", "/materials/worksheet"]
)
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_quiet_pages_are_accessible(path: str, lang: str, server: Server, watched: Watched) -> None:
    page = watched.page(PHONE)
    page.goto(f"{server.address}{path}?lang={lang}")
    fits(page)
    accessible(page)


def negotiate(teams: dict[str, Page]) -> None:
    """Let the militia propose something, Washington accept it, and NATO give a range."""
    militia, us, nato = (teams[role] for role in ("militia", "us", "nato"))
    militia.click("#part-talks summary")
    militia.fill("#proposal", "<b>hold fire</b>")
    militia.select_option("#gives", "line.truce")
    militia.select_option("#asks", "posture.hold")
    militia.wait_for_selector("#part-talks form ul.hint li")
    militia.click("#part-talks form button")
    us.wait_for_selector(".proposal ul.hint li")
    accessible(us)
    us.click(".proposal button.main")
    militia.wait_for_selector(".proposal")
    nato.fill("#predict-low", "500")
    nato.fill("#predict-high", "900")
    nato.click("#part-talks .card >> nth=1 >> button")
    nato.wait_for_selector("#part-talks .card >> nth=1 >> p.good:not(:empty)")
    assert not any(
        t.locator(".proposal").count() for r, t in teams.items() if r not in ("us", "militia")
    )


def sign(teams: dict[str, Page], wall: Page) -> None:
    """Let one team write the joint text, one sign it and one not."""
    for page in teams.values():
        page.wait_for_selector("#communique")
    teams["nato"].fill("#communique", "we go on talking")
    teams["nato"].click("#communique-save")
    for role, button in (("us", "#sign"), ("militia", "#sign-not")):
        teams[role].wait_for_selector("text=we go on talking")
        teams[role].click(button)
    wall.wait_for_selector("#part-text li >> nth=1")
    accessible(wall)


@pytest.mark.long
@pytest.mark.parametrize("lang", PLAYED)
def test_six_teams_play_a_whole_exercise(lang: str, server: Server, watched: Watched) -> None:
    lead = watched.page()
    lead.goto(f"{server.address}/exercise/facilitator?lang={lang}#key={server.key}")
    lead.fill("#title", "<b>class</b>")
    lead.click("form button")
    lead.wait_for_selector(".code")
    code = lead.inner_text(".code")
    wall = lead.context.new_page()
    wall.set_viewport_size({"width": WALL[0], "height": WALL[1]})
    wall.goto(f"{server.address}/exercise/board/{code}?lang={lang}")
    teams: dict[str, Page] = {}
    for k, role in enumerate(ROLES):
        page = watched.page(PHONE if k % 2 else DESK)
        if k:
            page.goto(f"{server.address}/r/{code.lower()}?lang={lang}")
            page.goto(f"{page.url.partition('?')[0]}?lang={lang}")
        else:
            page.goto(f"{server.address}/exercise?lang={lang}")
            page.fill("#code", code)
            page.click("#find button")
        page.wait_for_selector("#role")
        if not k:
            accessible(page)
        page.select_option("#role", role)
        page.fill("#name", f"Ali {k}")
        page.click("form button")
        page.wait_for_selector("#part-decision h2")
        teams[role] = page
    accessible(lead)
    lead.click("#act-start")
    for turn in range(7):
        for k, (role, page) in enumerate(teams.items()):
            if (turn + k) % 4 == 3:
                continue  # a team that does not answer
            page.wait_for_selector("#part-decision button.main:not([disabled])")
            lever, item = next(iter(game.rules().roles[role].levers.items()))
            options = list(item.options)
            option = options[(turn + k) % len(options)]
            page.click("details.lever >> nth=0 >> summary")
            page.check(f"#{lever}-{option}")
            page.click("#part-decision button.main")
            page.wait_for_selector("#sent.good")
        if turn == 0:
            negotiate(teams)
        if turn == 1:
            teams["us"].reload()
            teams["us"].wait_for_selector("#part-decision h2")
            lead.select_option("#inject", "election")
            lead.click("#act-inject")
            lead.fill("#news-text", "<i>own</i>")
            lead.click("#act-news")
            for page in (lead, wall, *teams.values()):
                page.wait_for_selector("text=<i>own</i>")
        if turn == 3:
            for page in (lead, wall, *teams.values()):
                fits(page)
                accessible(page)
            teams["nato"].context.set_offline(True)
            teams["nato"].wait_for_timeout(300)
            teams["nato"].context.set_offline(False)
        lead.wait_for_selector("#act-next:not([disabled])")
        lead.click("#act-next")
        if turn < 6:
            for page in teams.values():
                page.wait_for_selector(f'#part-decision[data-form^="{turn + 1} "]')
    sign(teams, wall)
    lead.wait_for_selector("#act-reveal:not([disabled])")
    lead.click("#act-reveal")
    teams["us"].fill("#guess-1", "we lost")
    teams["us"].click("#part-debrief form button")
    teams["us"].wait_for_selector("#part-debrief .good")
    for slide in range(1, 7):
        lead.wait_for_selector("#act-slide", timeout=60_000)
        lead.click("#act-slide")
        for page in (lead, *teams.values()):
            page.wait_for_selector(f"#part-debrief .slide >> nth={slide - 1}")
        wall.wait_for_selector("#part-debrief .slide")
        wall.wait_for_timeout(200)
        # One slide fits the projector's screen.
        assert wall.evaluate("document.documentElement.scrollHeight") <= WALL[1]
        fits(wall)
        accessible(wall)
    for page in (lead, *teams.values()):
        page.wait_for_selector("#part-debrief details", timeout=60_000)
        fits(page)
        accessible(page)
    assert "we lost" in lead.inner_text("#part-debrief")
    assert not any("we lost" in t.inner_text("main") for r, t in teams.items() if r != "us")
    with lead.expect_download() as waiting:
        lead.click("text=JSON")
    assert b'"structure"' in waiting.value.path().read_bytes()
