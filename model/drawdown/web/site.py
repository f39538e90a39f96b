"""A site without a server: pages that carry all they need, opened from a file or any host."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape, unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from drawdown.day import rulebook
from drawdown.declared import data_files, storage
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.language import Language, languages
from drawdown.declared.parameters import whole_number
from drawdown.questions.answer import Answer, signed, stored
from drawdown.questions.answer import table as answer_table
from drawdown.questions.phases import REFERENCE
from drawdown.web import address, controls, font, links, page_bundle
from drawdown.web.layout import rendered

LARGEST_PAGE = 1_000_000
"""Bytes that a page may have."""

MARK = "site.json"
"""File that says what a site is; a folder with it may be replaced."""

START = "start"
CLAIMS = "claims"
PLACES = ("explore", "report", "materials")
"""Pages of a site, one a language, beside the one it starts with."""

SCRIPT = "unpack.js"
_POLICY = "<!-- policy -->"


def file_of(place: str, language: Language) -> str:
    """Return the name of a page's file."""
    return f"{place}-{language.code}.html"


def _address(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _letters(*weights: int) -> str:
    """Return the rules that bring the Arabic letters; empty where their package is missing."""
    made = {weight: font.letters(weight) for weight in weights or font.WEIGHTS}
    found = {w: _address(content, "font/woff2") for w, content in made.items() if content}
    return font.faces(found)


class Alone:
    """The frame of a page that stands alone; see `layout.Shell`."""

    root = "./"

    def __init__(self, language: Language, places: tuple[str, ...]) -> None:
        self.language = language
        self.names = places
        self.places = tuple((place, place) for place in places)
        self.foot = language.word("web", "alone")

    def head(self, language: Language) -> Markup:
        """Return style and icon."""
        style = (page_bundle.STATIC / "style.css").read_text(encoding="utf-8")
        style = (_letters() if language.right_to_left else "") + style
        icon = _address((page_bundle.STATIC / "icon.svg").read_bytes(), "image/svg+xml")
        return Markup('{}\n<style>{}</style>\n<link rel="icon" href="{}">').format(
            Markup(_POLICY), Markup(style), icon
        )

    def script(self, name: str) -> Markup:
        """Return what runs a script, with all that it imports in it."""
        text = page_bundle.script(name)
        assert "</script" not in text
        return Markup('<script type="module">{}</script>').format(Markup(text))

    def way(self, place: str, path: str) -> str:
        """Return the address of a place of the menu."""
        del path
        return file_of(place, self.language)

    def others(self, here: str) -> dict[str, str]:
        """Return the addresses of the same page in the other languages, by language."""
        return {c: file_of(here, Language(c)) for c in languages() if c != self.language.code}


def _policy_of(policy: str) -> str:
    return f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'


def _digest(text: str) -> str:
    """Return how a policy names a text that may run or style."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _guarded(page: str) -> str:
    """Return a page with the policy that lets its own scripts and styles run and nothing else."""

    def digests(pattern: str) -> str:
        return " ".join(map(_digest, re.findall(pattern, page, re.DOTALL)))

    scripts = digests('<script type="module">(.*?)</script>')
    policy = (
        f"default-src 'none'; script-src {scripts} 'wasm-unsafe-eval'; worker-src blob:; "
        f"style-src {digests('<style>(.*?)</style>')}; "
        "img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"
    )
    return page.replace(_POLICY, _policy_of(policy), 1)


def explore_page(
    language: Language, places: tuple[str, ...] = PLACES, begins: Mapping[str, str] | None = None
) -> str:
    """Return Explore as one file that asks nothing of anybody.

    Args:
        language: Its language.
        places: Pages beside it, for its menu.
        begins: What it shows where its address says nothing: words of an address.

    Raises:
        InputError: If the WebAssembly can neither be found nor made here.
    """
    engine, shell, shown = (
        page_bundle.everything(),
        Alone(language, places),
        page_bundle.shown(language),
    )
    shown["embed_hint"] = language.word("explore", "embed_hint")
    shown["parts"] |= {
        "address": "",
        "here": file_of("explore", language),
        "others": shell.others("explore"),
        "begins": dict(begins or {}),
    }
    return _guarded(
        rendered(shell, "explore.html", language, "explore", "explore", carried=engine, **shown)
    )


def materials_page(language: Language, places: tuple[str, ...] = PLACES) -> str:
    """Return the printed matter that everybody may read, as one file."""
    # Its routes need a server's libraries; Explore in a notebook does without.
    from drawdown.web import materials

    every = [
        (name, language.pick(item["title"]), materials.blocks(item, language))
        for name, item in data_files.load("materials").items()
        if name not in materials.LOCKED
    ]
    return _guarded(
        rendered(
            Alone(language, places),
            "shelf.html",
            language,
            "materials",
            "exercise",
            title=language.word("web", "materials"),
            every=every,
        )
    )


def _link(language: Language, query: Mapping[str, str]) -> str:
    return f"{file_of('explore', language)}?{urlencode({**query, 'lang': language.code})}"


def view_of_claim(name: str, claim: Mapping[str, Any]) -> dict[str, str]:
    """Return the words of an address that show a claim of the article in Explore."""
    played = [c.removeprefix("scenario:") for c in claim["carried_by"] if c.startswith("scenario:")]
    case = next((scenario for scenario in played if scenario in address.offered()), None)
    return {"claim": name} | ({"case": case} if case else {})


TRIO = ("combat-to-advisory", REFERENCE, "full-withdrawal")
"""Policies in the picture that a site begins with, in the order of their colours."""

_COLOURS = ("#0072b2", "#b34700", "#4c4780")
_DASHES = ("none", "7 4", "9 3 2 3")


def _line(months: Sequence[float], box: tuple[float, float, float, float], top: float) -> str:
    """Return the path of mean attacks in 30 days, once a month, in a box of a picture."""
    left, right, high, low = box
    step = (right - left) / (len(months) - 1)
    points = [(left + step * k, low - (low - high) * v / top) for k, v in enumerate(months)]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def small_picture(name: str) -> Markup:
    """Return a scenario's mean attacks over the run, and those of presence behind it."""
    months = stored()["months"]
    box, top = (2.0, 118.0, 3.0, 31.0), 7.0
    return Markup(
        '<svg viewBox="0 0 120 34" class="spark" aria-hidden="true">'
        '<path d="M2 31H118" stroke="#c9d1d9" fill="none"></path>'
        '<path d="{}" stroke="#b34700" stroke-dasharray="3 3" fill="none"></path>'
        '<path d="{}" stroke="#0072b2" stroke-width="2.2" fill="none"></path></svg>'
    ).format(_line(months[REFERENCE], box, top), _line(months[name], box, top))


def _changes(name: str, language: Language) -> str:
    """Return how a scenario changes attacks in each part of the run, in a line."""
    if name == REFERENCE:
        return ""
    found = Answer.of_numbers(stored()["answers"][name])
    heads = found.heads(language, short=True)
    cells = (signed(part.changes["attacks_foreign"].ratio - 1.0) for part in found.parts)
    told = (f"{head} {language.kept(f'{c}%')}" for head, c in zip(heads, cells, strict=True))
    return language.comma.join(told)


def large_picture(language: Language) -> Markup:
    """Return mean attacks under the article's policies: years below, what runs shaded."""
    months, left, right, top, floor = stored()["months"], 34.0, 620.0, 32.0, 226.0
    running, *_ = Answer.of_numbers(stored()["answers"][TRIO[0]]).parts
    first = running.first
    days = 30.0 * (len(months[REFERENCE]) - 1)

    def x(day: date) -> float:
        return left + (right - left) * ((day - first).days - 30) / days

    def text(at: float, y: float, told: str, **look: str) -> Markup:
        how = Markup(" ").join(
            Markup('{}="{}"').format(k.replace("_", "-"), v) for k, v in look.items()
        )
        return Markup('<text x="{:.1f}" y="{:.1f}" {}>{}</text>').format(at, y, how, told)

    say = language.word
    ends = min(right, x(running.last))
    parts = [
        Markup('<rect x="{}" y="{}" width="{:.1f}" height="{}" fill="#f4ead2"></rect>').format(
            left, top, ends - left, floor - top
        ),
        text(
            (left + ends) / 2, top + 14, say("answer", "short_while_it_runs"), text_anchor="middle"
        ),
        text((ends + right) / 2, top + 14, say("answer", "short_afterwards"), text_anchor="middle"),
        text(2, 13, say("figures", "attacks_axis"), font_weight="600"),
    ]
    for value in range(0, 9, 2):
        y = floor - (floor - top) * value / 8.0
        parts.append(
            Markup('<path d="M{} {:.1f}H{}" stroke="#dfe5ea"></path>').format(left, y, right)
        )
        parts.append(text(left - 6, y + 4, f"{value}", text_anchor="end"))
    for year in range(first.year + 1, first.year + 3 + 1):
        day = date(year, 1, 1)
        if x(day) <= right:
            parts.append(
                text(x(day), floor + 18, f"{year}", text_anchor="middle", font_weight="600")
            )
    for k, name in enumerate(TRIO):
        path = _line(months[name], (left, right, top, floor), 8.0)
        look = Markup(
            '<path d="{}" stroke="{}" stroke-dasharray="{}" stroke-width="3" fill="none"></path>'
        )
        parts.append(look.format(path, _COLOURS[k], _DASHES[k]))
    return Markup(
        '<svg viewBox="0 0 640 252" role="img" direction="ltr" font-size="13" '
        'aria-label="{}">{}</svg>'
    ).format(say("site", "picture"), Markup("").join(parts))


def start_page(language: Language, places: tuple[str, ...] = PLACES) -> str:
    """Return the page a site starts with: question, picture, answer, doors, scenarios."""
    # What is stored is of the model's own rules.
    plain = rulebook.current() == rulebook.PLAIN
    others = [n for n in TRIO if n != REFERENCE] if plain else []
    answers = [Answer.of_numbers(stored()["answers"][n]) for n in others]

    heads, rows = answer_table(answers, language) if answers else ([], [])

    def scenario(name: str) -> dict[str, Any]:
        item = address.loaded(name)
        return {
            "title": item.title.in_language(language.code),
            "question": item.question.in_language(language.code),
            "link": _link(language, {"case": name}),
            "picture": small_picture(name) if plain else "",
            "change": _changes(name, language) if plain else "",
        }

    doors = [p for p in ("explore", "materials", "report") if p in places]
    return _guarded(
        rendered(
            Alone(language, places),
            "start.html",
            language,
            START,
            "site",
            picture=large_picture(language) if plain else "",
            own_rules=controls.whose_rules(language),
            legend=[
                (address.loaded(n).title.in_language(language.code), _COLOURS[k], _DASHES[k])
                for k, n in enumerate(TRIO)
            ],
            answers=[(a.title(language), a.sentences(language)) for a in answers],
            table_title=language.word("explore", "answer_table"),
            heads=heads,
            rows=rows,
            key=answers[0].legend(language) if answers else "",
            notes=[*(a.made(language) for a in answers[:1]), language.word("answer", "glossary")],
            doors=[(language.word("web", p), p, file_of(p, language)) for p in doors],
            groups=[
                (group["title"], [scenario(name) for name in group["scenarios"]])
                for group in controls.groups(language)
            ],
            claims=file_of(CLAIMS, language),
        )
    )


def claims_page(language: Language, places: tuple[str, ...] = PLACES) -> str:
    """Return the claims of the article, each with a link that shows it in Explore."""
    claims = [
        (name, language.pick(claim["claim"]), _link(language, view_of_claim(name, claim)))
        for name, claim in data_files.load("claims").items()
    ]
    frame = Alone(language, places)
    return _guarded(rendered(frame, "claims.html", language, CLAIMS, "site", claims=claims))


_IMAGE = re.compile(r'src="data:image/(svg\+xml|png);base64,([^"]+)"')


def _picture(found: re.Match[str]) -> str:
    kind, content = found[1], base64.b64decode(found[2])
    if kind == "png":
        return f'src="{_address(fewer_colours(content), "image/png")}"'
    return f'data-packed="{page_bundle.packed(fewer_digits(content))}"'


_PATH = re.compile(rb' d="[^"]*"')
_LONG = re.compile(rb"-?\d+\.\d{2,}")


def fewer_digits(drawing: bytes) -> bytes:
    """Return an SVG whose paths have one digit: a tenth of a point, less for letters."""

    def shortened(path: re.Match[bytes]) -> bytes:
        return _LONG.sub(lambda found: b"%.1f" % float(found[0]), path[0])

    return _PATH.sub(shortened, drawing)


def fewer_colours(content: bytes) -> bytes:
    """Return a picture with at most 128 colours, which is a quarter of its size."""
    from PIL import Image

    made = BytesIO()
    image = Image.open(BytesIO(content)).convert("RGB")
    # This way of choosing them keeps the few thin lines apart from the wide bands.
    chosen = image.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    chosen.save(made, "PNG", optimize=True)
    return made.getvalue()


def report_page(report: str, language: Language, places: tuple[str, ...] = PLACES) -> str:
    """Return a report as a page of a site: its pictures packed, with the site's menu.

    Args:
        report: The report, as ``drawdown report`` writes it.
        language: Its language.
        places: Pages of the site.
    """
    text, notes = _notes_apart(_IMAGE.sub(_picture, report))
    shell = Alone(language, places)
    menu = " · ".join(
        f'<a href="{shell.way(p, p)}">{escape(language.word("web", p))}</a>'
        for p in places
        if p != "report"
    )
    others = " · ".join(
        f'<a href="{way}" lang="{code}">{escape(Language(code).name)}</a>'
        for code, way in shell.others("report").items()
    )
    frame = f'<p class="small">{menu} · {others}</p>'
    carries = language.word("explore", "carries", **told_digests(language))
    frame += f'<p class="small">{escape(carries)}</p>'
    script = page_bundle.script(SCRIPT)
    meta = _policy_of(
        f"default-src 'none'; script-src {_digest(script)}; style-src 'unsafe-inline'; "
        "img-src data: blob:; font-src data:; base-uri 'none'"
    )
    style = ""
    # A report is large enough: one weight, from which browsers make the bold one.
    if language.right_to_left and _letters(400):
        style = f"<style>{_letters(400)}</style>"
        text = text.replace('"Noto Naskh Arabic",', f'"{font.FAMILY}", "Noto Naskh Arabic",', 1)
    text = text.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n{meta}\n{style}', 1)
    text = text.replace("<body>", f"<body>\n{frame}", 1)
    packed = page_bundle.packed(json.dumps(notes, ensure_ascii=False).encode())
    return text.replace(
        "</body>",
        f'<script type="application/json" id="carried-notes">"{packed}"</script>\n'
        f'<script type="module">{script}</script>\n</body>',
        1,
    )


_NOTE = re.compile(r' title="([^"]*)"')


def _notes_apart(text: str) -> tuple[str, list[str]]:
    """Return a page with its notes told once each, and those: many numbers share a source."""
    notes: dict[str, int] = {}

    def named(found: re.Match[str]) -> str:
        place = notes.setdefault(unescape(found[1]), len(notes))
        return f' data-note="{place}"'

    return _NOTE.sub(named, text), list(notes)


def told_digests(language: Language) -> dict[str, str]:
    """Return which model and posterior the pages carry, for a sentence."""
    return {
        "model": language.kept(links.model()),
        "posterior": language.kept(page_bundle.drawn_from()),
    }


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds something else than a site.

    Raises:
        InputError: If it does, or is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; name a folder for the site")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise InputError(
            f"{folder} is not empty and no site that drawdown wrote; name a new folder"
        )


def write(
    folder: Path,
    reports: Mapping[str, str] | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> dict[str, int]:
    """Write a site, whole or not at all.

    Args:
        folder: Its folder; a site that is there is replaced.
        reports: The report by language; without any the site has none.
        say: Told the name of each page.

    Returns:
        Bytes by name of file.

    Raises:
        InputError: If the folder holds something else, cannot be written, a page is larger than
            `LARGEST_PAGE`, or the WebAssembly can neither be found nor made.
    """
    check_folder(folder)
    page_bundle.everything()
    places = tuple(place for place in PLACES if place != "report" or reports)
    pages: dict[str, str] = {}
    for code in languages():
        language = Language(code)
        pages[file_of(START, language)] = start_page(language, places)
        pages[file_of(CLAIMS, language)] = claims_page(language, places)
        pages[file_of("explore", language)] = explore_page(language, places)
        pages[file_of("materials", language)] = materials_page(language, places)
        if reports:
            pages[file_of("report", language)] = report_page(reports[code], language, places)
    pages["index.html"] = pages[file_of(START, Language())]
    sizes = {name: len(text.encode()) for name, text in pages.items()}
    large = [f"{name} has {size:,} bytes" for name, size in sizes.items() if size >= LARGEST_PAGE]
    if large:
        raise InputError([f"{text}, and a page has less than {LARGEST_PAGE:,}" for text in large])
    mark = {
        "model": links.model(),
        "posterior": page_bundle.drawn_from(),
        "files": {n: hashlib.sha256(t.encode()).hexdigest() for n, t in pages.items()},
    }
    try:
        # A folder may be named by a symlink; what it names is replaced, the symlink stays.
        with storage.replacing(Path(os.path.realpath(folder))) as new:
            for name, text in pages.items():
                storage.write_whole(new / name, text)
                say(name)
            storage.write_whole(new / MARK, json.dumps(mark, indent=1) + "\n")
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror})") from None
    return sizes


class Notebook:
    """Explore inside a notebook: a file's content in a frame, no server.

    Args:
        text: The page.
        height: Height of the frame in pixels.
    """

    def __init__(self, text: str, height: int) -> None:
        self.text, self.height = text, height

    def _repr_html_(self) -> str:
        """Return the frame, as Jupyter asks for it."""
        return (
            f'<iframe srcdoc="{escape(self.text)}" width="100%" height="{self.height}" '
            'style="border:0" title="Drawdown"></iframe>'
        )


def page(
    scenarios: tuple[str, str] | list[str] | None = None,
    *,
    language: str = "en",
    height: int = 900,
    **view: Any,
) -> Notebook:
    """Return Explore to be shown in a notebook.

    Args:
        scenarios: The scenario whose levers can be moved, and the one it is compared with.
        language: ``en`` or ``ar``.
        height: Height of the frame in pixels.
        **view: What is shown first, as in an address: levers by name, ``structure``, ``motive``.

    Raises:
        InputError: For a scenario, lever or value that there is not.
    """
    height = whole_number(height, "height", 100, 10_000)
    begins = {key: f"{value}" for key, value in view.items()}
    if scenarios is not None:
        if not isinstance(scenarios, tuple | list) or len(scenarios) != 2:
            raise InputError(
                "scenarios are two names: whose levers move, and what it is compared with"
            )
        for name in scenarios:
            if name not in address.offered():
                raise InputError(unknown("scenario", f"{name}", address.offered()))
        begins |= dict(zip(("case", "base"), scenarios, strict=True))
    address.View.read(begins)
    return Notebook(explore_page(Language(language), (), begins), height)
