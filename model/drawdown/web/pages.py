"""How a page is put together: language, words, templates."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import cache, wraps
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from drawdown.errors import InputError
from drawdown.exercise.rooms import RefusedError
from drawdown.language import LANGUAGES, Language
from drawdown.views.html import environment

Endpoint = Callable[[Request], Awaitable[Response]]

KEY_COOKIE = "facilitator"
"""Cookie that holds the facilitator's key."""


@cache
def _languages() -> dict[str, Language]:
    return {code: Language(code) for code in LANGUAGES}


def language_of(request: Request) -> Language:
    """Return the language asked for, in the address or by the browser."""
    asked = request.query_params.get("lang", "")
    if asked not in LANGUAGES:
        asked = "ar" if request.headers.get("accept-language", "").startswith("ar") else "en"
    return _languages()[asked]


def embedded(content: Any) -> str:
    """Return JSON that cannot end the element it stands in."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def words_of(language: Language, *groups: str) -> dict[str, Any]:
    """Return the words of some groups, for a page's script."""
    found: dict[str, Any] = {}
    for group in groups:
        found |= {name: language.word(group, name) for name in language.words[group]}
    return found | {"months": language.words["months"][language.code]}


def page(template: str, language: Language, here: str, group: str, **values: Any) -> HTMLResponse:
    """Return a page in one language."""

    def web(name: str) -> str:
        return language.word("web", name)

    def word(name: str, /, **more: Any) -> str:
        return language.word(group, name, **more)

    for name, value in values.items():
        if name in ("words", "parts"):
            values[name] = Markup(embedded(value))
    text = (
        environment("web/templates")
        .get_template(template)
        .render(language=language, here=here, web=web, word=word, **values)
    )
    return HTMLResponse(text)


def plainly(endpoint: Endpoint) -> Endpoint:
    """Answer bad input with its faults, and what is not allowed with why, as JSON."""

    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except InputError as error:
            return JSONResponse({"faults": error.faults}, 400)
        except ValueError as error:
            return JSONResponse({"faults": [str(error)]}, 400)
        except RefusedError as error:
            return JSONResponse({"faults": [str(error)]}, error.status)

    return guarded
