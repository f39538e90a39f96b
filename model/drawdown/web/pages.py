"""How a page is put together: language, words, templates."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from functools import cache, wraps
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from drawdown.declared.errors import InputError
from drawdown.declared.language import Language, languages
from drawdown.exercise.rooms import RefusedError
from drawdown.web import font
from drawdown.web.layout import rendered

Endpoint = Callable[[Request], Awaitable[Response]]

KEY_COOKIE = "facilitator"
"""Cookie that holds the facilitator's key."""


@cache
def _languages() -> dict[str, Language]:
    return {code: Language(code) for code in languages()}


def language_of(request: Request) -> Language:
    """Return the language asked for, in the address or by the browser."""
    asked = request.query_params.get("lang", "")
    if asked not in languages():
        asked = preferred(request.headers.get("accept-language", ""))
    return _languages()[asked]


def preferred(accepted: str) -> str:
    """Return the first of our languages among all that a browser asks for; English without one.

    Args:
        accepted: The header, such as ``ckb, ar;q=0.9, en;q=0.5``.
    """
    found: list[tuple[float, str]] = []
    for part in accepted[:500].split(","):
        name, _, weight = part.partition(";q=")
        try:
            wish = float(weight) if weight else 1.0
        except ValueError:
            continue
        code = name.strip().lower().partition("-")[0]
        if code in languages() and wish > 0.0:
            found.append((-wish, code))
    return min(found, key=lambda item: item[0])[1] if found else "en"


def _own_path(request: Request) -> str:
    """Return the part of an address's path that is ours, below the path we are mounted at."""
    path, above = str(request.scope["path"]), str(request.scope.get("root_path", ""))
    return path[len(above) :] if above and path.startswith(f"{above}/") else path


def way_up(request: Request) -> str:
    """Return the way from a page's address to that of the first page.

    The pages may lie below a path of another server (JupyterHub's proxy, a university's), so
    no address in them begins at the root.
    """
    deep = _own_path(request).count("/") - 1
    return "../" * deep or "./"


def page(
    request: Request, template: str, here: str, group: str, status: int = 200, **values: Any
) -> HTMLResponse:
    """Return a page in the reader's language.

    Args:
        request: What was asked.
        template: The page's template.
        here: The page's place in the menu.
        group: Words that it uses.
        status: Status of the answer.
        **values: What the template shows.
    """
    language = language_of(request)
    text = rendered(Served(request, language), template, language, here, group, **values)
    return HTMLResponse(text, status)


class Served:
    """The frame of a page of this server; see `layout.Shell`."""

    places: tuple[tuple[str, str], ...] = (
        ("explore", ""),
        ("exercise", "exercise"),
        ("materials", "materials"),
    )

    def __init__(self, request: Request, language: Language) -> None:
        self.root = way_up(request)
        self.language = language
        self.foot = language.word("web", "offline")

    def head(self, language: Language) -> Markup:
        """Return style and icon."""
        letters = Markup("")
        if language.right_to_left and font.letters(400) is not None:
            letters = Markup('<link rel="stylesheet" href="{}letters.css">\n').format(self.root)
        return letters + Markup(
            '<link rel="stylesheet" href="{0}static/style.css">\n'
            '<link rel="icon" href="{0}static/icon.svg" type="image/svg+xml">'
        ).format(self.root)

    def script(self, name: str) -> Markup:
        """Return what runs a script."""
        return Markup('<script type="module" src="{}static/{}"></script>').format(self.root, name)

    def way(self, place: str, path: str) -> str:
        """Return the address of a place of the menu."""
        return f"{self.root}{path}?lang={self.language.code}"

    def others(self, here: str) -> dict[str, str]:
        """Return the addresses of the same page in the other languages, by language."""
        return {code: f"?lang={code}" for code in languages() if code != self.language.code}


def wants_page(request: Request) -> bool:
    """Return whether a person looks at an address, rather than a page's script."""
    path = _own_path(request)
    return (
        request.method in ("GET", "HEAD")
        and "text/html" in request.headers.get("accept", "")
        and not path.startswith(("/api/", "/static/"))
    )


def refused(request: Request, status: int, text: str, why: str = "") -> Response:
    """Answer what is not allowed or not there: a page for a person, JSON for a script."""
    text = text.encode("utf-8", "replace").decode()
    if not wants_page(request):
        return JSONResponse({"faults": [text], "why": why}, status)
    return page(request, "refused.html", "", "web", status, text=text, locked=why == "facilitator")


def plainly(endpoint: Endpoint) -> Endpoint:
    """Answer bad input with its faults, and what is not allowed with why, as JSON."""

    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except InputError as error:
            return refused(request, 400, "\n".join(error.faults))
        except ValueError as error:
            return refused(request, 400, str(error))
        except RefusedError as error:
            text = error.told(language_of(request))
            return refused(request, error.status, text, error.why)
        except sqlite3.Error:
            text = language_of(request).word("refused", "file_trouble")
            return refused(request, 503, text, "file_trouble")

    return guarded
