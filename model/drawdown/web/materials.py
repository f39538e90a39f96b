"""Printed matter for a class: guide, role cards, worksheet, tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from drawdown.declared import data_files
from drawdown.declared.language import Language
from drawdown.exercise import game
from drawdown.exercise.rooms import RefusedError, Rooms
from drawdown.web.pages import KEY_COOKIE, language_of, page, plainly

LOCKED = ("answers", "cards")
"""What only the facilitator may read: cards tell every role's private goals."""


def _told(value: Any, language: Language) -> Any:
    """Return a block with every pair of texts in one language."""
    if isinstance(value, Mapping):
        if set(value) == {"en", "ar"}:
            return language.pick(value)
        return {key: _told(item, language) for key, item in value.items()}
    return [_told(item, language) for item in value] if isinstance(value, list) else value


def blocks(item: Mapping[str, Any], language: Language) -> list[dict[str, Any]]:
    """Return the parts of a piece, each with everything that a template asks for."""
    empty = {"head": "", "text": "", "list": "", "steps": "", "table": "", "question": ""}
    return [
        empty | {"choices": [], "lines": 0} | _told(block, language) for block in item["blocks"]
    ]


def routes(rooms: Rooms) -> list[BaseRoute]:
    """Return the materials' routes."""

    async def index(request: Request) -> Response:
        language = language_of(request)
        items = [
            {"name": name, "title": language.pick(item["title"]), "locked": name in LOCKED}
            for name, item in data_files.load("materials").items()
        ]
        title = language.word("web", "materials")
        return page(
            request,
            "materials.html",
            "materials",
            "exercise",
            title=title,
            index=items,
            blocks=[],
            roles=[],
        )

    @plainly
    async def one(request: Request) -> Response:
        language, name = language_of(request), request.path_params["name"]
        every = data_files.load("materials")
        if name not in every:
            raise RefusedError(404, "not_found")
        if name in LOCKED and not rooms.facilitates(request.cookies.get(KEY_COOKIE)):
            raise RefusedError(403, "facilitator")
        return page(
            request,
            "materials.html",
            "materials",
            "exercise",
            title=language.pick(every[name]["title"]),
            index=[],
            blocks=blocks(every[name], language),
            roles=game.rules().roles.values() if name == "cards" else [],
        )

    return [Route("/materials", index), Route("/materials/{name}", one)]
