"""Views and pages for the tests of pages that stand alone."""

import random
from typing import Any

import pytest
from conftest import CHROMIUM, NEEDED
from playwright.sync_api import Browser, Page

from drawdown.declared import levers as levers_of
from drawdown.declared import parameters as declared
from drawdown.declared.columns import MOTIVES, STRUCTURES
from drawdown.declared.conditions import MOST_MOVED, sights
from drawdown.declared.lever_table import BY_NAME, POSTURE
from drawdown.web import custom_conditions
from drawdown.web.address import View, offered

in_chromium = pytest.mark.skipif(
    CHROMIUM is None and not NEEDED, reason="no Chromium here; 'make test-all' needs one"
)


SPARING = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"


def plain(value: Any) -> Any:
    """Return JSON's content with numbers without a value as None: those are equal to nothing."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and value != value else value


def some_view(chance: random.Random) -> dict[str, str]:
    """Return the words of some address."""
    found = {
        "case": chance.choice(offered()),
        "base": chance.choice(offered()),
        "structure": chance.choice(("all", *STRUCTURES)),
        "motive": chance.choice(("all", *MOTIVES)),
        "seed": str(chance.choice([0, 0, 7, 2**31 - 1])),
        "world": str(chance.randrange(200)),
    }
    for lever in levers_of.LEVERS:
        if chance.random() < 0.3:
            steps = round((lever.high - lever.low) / lever.step)
            value = round(lever.low + lever.step * chance.randrange(steps + 1), 10)
            found[lever.name] = chance.choice(lever.choices) if lever.choices else f"{value:g}"
    for k in range(chance.choice([0, 0, 1, 2, 3])):
        found[f"when{k + 1}"] = some_condition(chance)
    for name in chance.sample(list(declared.declarations()), chance.choice([0, 1, 2])):
        low, high = declared.declarations()[name].range
        if name != declared.MOTIVE:
            found[f"u.{name}"] = repr(low + (high - low) * chance.random())
    return found


def some_condition(chance: random.Random) -> str:
    """Return a condition of one's own that whoever moves its lever can see."""
    while True:
        see = chance.choice(custom_conditions.offered())
        options = sights()[see]["options"]
        about = chance.choice(options.get("on", options.get("of", [""])))
        counted = chance.choice(options.get("counted_by", [""])) if about != "state" else "press"
        windowed = sights()[see]["kind"] == "count" and see != "days_without_attacks"
        lever = chance.choice(custom_conditions.LEVERS)
        low, high = MOST_MOVED.get(lever, (0, 0))
        to = BY_NAME[lever].choices or (
            f"{low:g}",
            f"{high / 100:g}",
            *(["residual"] if lever == "advisers" else []),
        )
        fields = {
            "see": see,
            "about": about,
            "counted_by": counted if options else "",
            "days": f"{chance.randrange(1, 366)}" if windowed else "",
            "bound": chance.choice(custom_conditions.BOUNDS),
            "value": f"{chance.choice([0, 0.5, 1, 3, 20, 1500])}",
            "lasting": f"{chance.choice([1, 5, 30])}",
            "lever": lever,
            "to": chance.choice(to),
            "over": f"{chance.choice([0, 90])}" if lever in POSTURE else "0",
        }
        if see in ("dead", "strikes"):
            fields["counted_by"] = ""
        if see == "days_without_attacks":
            fields["value"] = f"{chance.randrange(0, 365)}"
        line = custom_conditions.BETWEEN.join(fields[name] for name in custom_conditions.FIELDS)
        if not custom_conditions.read({"when1": line})[1]:
            return line


def asked_of_a_page(view: View, words: dict[str, str]) -> dict[str, Any]:
    levers = {name: words[name] for name in levers_of.NAMES if name in words}
    held = {name[2:]: value for name, value in words.items() if name.startswith("u.")}
    plain = {n: getattr(view, n) for n in ("case", "base", "structure", "motive", "seed", "world")}
    said = [own_of(key, words[key]) for key in custom_conditions.KEYS if key in words]
    return plain | {"levers": levers, "held": held, "own": said}


def own_of(key: str, line: str) -> dict[str, Any]:
    """Return a condition as a page's script has it."""

    def plain(name: str, text: str) -> Any:
        number = name in ("days", "value", "lasting", "over") or text.replace(".", "", 1).isdigit()
        return float(text) if number and text else text

    parts = zip(custom_conditions.FIELDS, line.split(custom_conditions.BETWEEN), strict=True)
    return {"name": key.replace("when", "own-")} | {n: plain(n, text) for n, text in parts}


def opened(browser: Browser, address: str, width: int = 1280, height: int = 720) -> Page:
    """Open a page without a network; whatever it asks for or stumbles over fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, offline=True, accept_downloads=True
    )
    # What is played unasked takes both cores from the other tests; `thought` asks for it.
    context.add_init_script(SPARING)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.on(
        "request",
        lambda r: None if r.url.startswith(("file:", "blob:", "data:")) else faults.append(r.url),
    )
    page.goto(address)
    page.wait_for_selector("html[data-rested]", state="attached")
    assert page.evaluate("document.documentElement.dataset.plays") == "here"
    assert not faults
    return page
