"""What goes wrong in a class, met by one phone in three browsers and both languages."""

import asyncio
import os
import secrets
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Any

import browsers
import httpx2 as httpx
import pytest
from conftest import NEEDED, Server

from drawdown.declared.language import LANGUAGES, Language

PHONE = (390, 844)
CHECK = "details.lever input[value=hold]"


class Lead:
    """A facilitator who asks the server and not a page."""

    def __init__(self, server: Server) -> None:
        self.client = httpx.Client(base_url=server.address, headers={"X-Drawdown": "1"})
        self.client.post("/api/exercise/enter", json={"key": server.key})
        made = self.client.post("/api/exercise/rooms", json={"title": "class"})
        self.code = made.json()["code"]

    def act(self, action: str, **more: Any) -> None:
        more = {"action": action, "once": secrets.token_hex(8), **more}
        done = self.client.post(f"/api/exercise/{self.code}/control", json=more)
        assert done.status_code == 200, done.text


class Phone:
    """One page that is looked at and pressed."""

    def __init__(self, browser: Any, server: Server, lang: str) -> None:
        self.browser, self.server, self.lang = browser, server, lang
        browser.size(*PHONE)

    def open(self, path: str) -> None:
        mark = "&" if "?" in path else "?"
        self.browser.open(f"{self.server.address}{path}{mark}lang={self.lang}")

    def do(self, script: str, *given: Any) -> Any:
        return self.browser.ask(f"async (...given) => {{ {script} }}", *given)

    def press(self, what: str) -> None:
        self.until(f"return Boolean(document.querySelector({what!r}))", what)
        self.do("document.querySelector(given[0]).click()", what)

    def write(self, what: str, text: str) -> None:
        self.until(f"return Boolean(document.querySelector({what!r}))", what)
        self.do(
            "const e = document.querySelector(given[0]); e.value = given[1];"
            "e.dispatchEvent(new Event('input', { bubbles: true }));"
            "e.dispatchEvent(new Event('change', { bubbles: true }));",
            what,
            text,
        )

    def read(self, what: str) -> str:
        found = "return document.querySelector(given[0])?.textContent ?? ''"
        return str(self.do(found, what))

    def until(self, script: str, why: str, within: float = 20.0) -> None:
        end = time.monotonic() + within
        while True:
            try:
                if self.do(script):
                    return
            except AssertionError:
                pass  # a page that is being left
            assert time.monotonic() < end, why
            time.sleep(0.1)

    def shows(self, what: str, text: str, within: float = 20.0) -> None:
        look = f"return document.querySelector({what!r})?.textContent.includes({text!r}) ?? false"
        self.until(look, f"{what} does not say {text!r}", within)

    def drafts_stand(self, where: str) -> None:
        """Assert that what was chosen and written and not sent is there."""
        self.until(f"return document.querySelector({CHECK!r})?.checked ?? false", where)
        value = "return document.querySelector('#proposal')?.value === 'half a prom'"
        self.until(value, where)


def a_late_phone(phone: Phone, lead: Lead) -> None:
    """Catches a latecomer who has to load the page anew, and two who are one Ali."""
    lead.act("start")
    phone.open(f"/exercise/room/{lead.code}")
    word = Language(phone.lang).word("exercise", "doors_shut")
    phone.shows("#app", word)
    lead.act("open")
    with httpx.Client(base_url=phone.server.address, headers={"X-Drawdown": "1"}) as other:
        other.post(f"/api/exercise/{lead.code}/join", json={"role": "us", "name": "Ali"})
    phone.write("#role", "us")
    phone.write("#name", "Ali")
    phone.press("form button")
    phone.shows("#part-team", "Ali 2")


def drafts(phone: Phone, lead: Lead) -> None:
    """Catches a draft that a reload, a language, the way back or the turn's end takes away."""
    phone.press(CHECK)
    phone.write("#proposal", "half a prom")
    phone.press("#part-test input[name=pre-q0][value='1']")
    phone.open(f"/exercise/room/{lead.code}")
    phone.drafts_stand("a reload")
    assert phone.do("return document.querySelector('[name=pre-q0][value=\"1\"]').checked")
    phone.do("setTimeout(() => document.querySelector('a.language').click())")
    here = phone.lang
    phone.until(f"return document.documentElement.lang !== {here!r}", "another language")
    phone.drafts_stand("another language")
    phone.do("setTimeout(() => history.back())")
    phone.until(f"return document.documentElement.lang === {here!r}", "the way back")
    phone.drafts_stand("the way back")
    lead.act("next", turn=0)
    phone.until(
        "return document.querySelector('#part-decision').dataset.form.startsWith('1 ')", "turn 2"
    )
    phone.drafts_stand("the turn's end")
    phone.shows("#part-test", Language(phone.lang).word("exercise", "test_over"))


def a_sleeping_server(phone: Phone) -> None:
    """Catches a page that is silent, or says it elsewhere than at the button."""
    word = Language(phone.lang).word("exercise", "no_answer")
    os.kill(phone.server.process.pid, signal.SIGSTOP)
    try:
        phone.press("#part-decision button.main")
        phone.shows("#part-decision .thumb", word, within=6.0)
    finally:
        os.kill(phone.server.process.pid, signal.SIGCONT)
    phone.until("return document.querySelector('#sent').classList.contains('good')", "sent")


def a_turn_taken_back(phone: Phone, lead: Lead) -> None:
    """Catches choices that are gone with the turn, and nobody who is told of it."""
    lead.act("next", turn=1)
    phone.until(
        "return document.querySelector('#part-decision').dataset.form.startsWith('2 ')", "turn 3"
    )
    lead.act("back")
    phone.until(
        "return document.querySelector('#part-decision').dataset.form.startsWith('1 ')", "turn 2"
    )
    phone.shows("#part-news", Language(phone.lang).word("exercise", "taken_back"))
    assert phone.do(f"return document.querySelector({CHECK!r}).checked")


def a_clock(phone: Phone, lead: Lead) -> None:
    """Catches a clock that phones do not show, or that runs through a pause."""
    lead.act("clock", seconds=240)
    phone.until("return /^(4:00|3:5\\d)/.test(document.querySelector('#clock').textContent)", "4")
    lead.act("pause")
    phone.shows("#where", Language(phone.lang).word("exercise", "phase_paused"))
    stood = phone.read("#clock")
    time.sleep(1.6)
    assert phone.read("#clock") == stood
    lead.act("clock", seconds=60, more=True)
    phone.until("return /^(5:00|4:5\\d)/.test(document.querySelector('#clock').textContent)", "5")
    lead.act("resume")


def a_killed_server(phone: Phone, lead: Lead) -> None:
    """Catches a phone that does not come back, and a choice that was lost with the server."""
    phone.server.kill()
    time.sleep(0.5)
    phone.server.start()
    lead.act("news", text="the server is back")
    phone.shows("#part-news", "the server is back")
    assert phone.do(f"return document.querySelector({CHECK!r}).checked")


def a_facilitator(phone: Phone, lead: Lead) -> None:
    """Catches half-written news that a reload takes away, and a team that nobody can play."""
    room = f"/exercise/facilitator?room={lead.code}"
    phone.browser.open(f"{phone.server.address}{room}&lang={phone.lang}#key={phone.server.key}")
    phone.write("#news-text", "half a st")
    phone.do("setTimeout(() => document.querySelector('a.language').click())")
    here = phone.lang
    phone.until(f"return document.documentElement.lang !== {here!r}", "another language")
    phone.until("return document.querySelector('#news-text')?.value === 'half a st'", "news")
    phone.open(f"/exercise/room/{lead.code}?as=nato")
    phone.press("details.lever input[value=shelters]")
    phone.press("#part-decision button.main")
    phone.until("return document.querySelector('#sent').classList.contains('good')", "as NATO")
    told = lead.client.get(f"/api/exercise/{lead.code}/control").json()
    assert [t["decided"] for t in told["teams"]].count(True) == 2  # NATO, and the phone's own


@pytest.mark.long
@pytest.mark.skipif(not NEEDED, reason="'make test-all' walks through three browsers")
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", sorted(browsers.EVERY))
def test_a_class_gets_over_its_mishaps(name: str, lang: str, fresh_server: Server) -> None:
    if not browsers.EVERY[name][1]:
        pytest.skip(f"no {name} here")

    def lived() -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        with closing(loop), ExitStack() as calls, browsers.browser(name) as browser:
            phone, lead = Phone(browser, fresh_server, lang), Lead(fresh_server)
            calls.callback(lead.client.close)
            steps: list[Callable[..., None]] = [a_late_phone, drafts]
            for step in steps:
                step(phone, lead)
            a_sleeping_server(phone)
            for step in (a_turn_taken_back, a_clock, a_killed_server, a_facilitator):
                step(phone, lead)

    # Another driver may hold this thread's event loop.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(lived).result()
