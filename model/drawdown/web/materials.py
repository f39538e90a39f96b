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

LOCKED = ("answers", "cards", "script", "packets")
"""What only the facilitator may read: private goals, what there is to trade, what sides believe."""


ALL = "all"
"""Everything on one page, to be printed in one go."""


def _told(value: Any, language: Language) -> Any:
    """Return a block with every pair of texts in one language."""
    if isinstance(value, Mapping):
        if set(value) == {"en", "ar"}:
            return language.pick(value)
        return {key: _told(item, language) for key, item in value.items()}
    return [_told(item, language) for item in value] if isinstance(value, list) else value


def blocks(item: Mapping[str, Any], language: Language) -> list[dict[str, Any]]:
    """Return the parts of a piece, each with everything that a template asks for."""
    empty = {
        "head": "",
        "text": "",
        "list": "",
        "steps": "",
        "table": "",
        "question": "",
        "page": False,
    }
    return [
        empty | {"choices": [], "lines": 0} | _told(block, language) for block in item["blocks"]
    ]


def packets() -> list[dict[str, Any]]:
    """Return what every role believes, a head and a list each."""
    return [
        block
        for role in game.rules().roles.values()
        for block in (
            {"head": role.name.model_dump()},
            {"list": [one.model_dump() for one in role.beliefs]},
        )
    ]


def routes(rooms: Rooms) -> list[BaseRoute]:
    """Return the materials' routes."""

    async def index(request: Request) -> Response:
        language = language_of(request)
        items = [
            {"name": name, "title": language.pick(item["title"]), "locked": name in LOCKED}
            for name, item in data_files.load("materials").items()
        ]
        items.append({"name": ALL, "title": language.word("exercise", "print_all"), "locked": True})
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
        if name not in every and name != ALL:
            raise RefusedError(404, "not_found")
        if name in (*LOCKED, ALL) and not rooms.facilitates(request.cookies.get(KEY_COOKIE)):
            raise RefusedError(403, "facilitator")
        pieces = every if name == ALL else {name: every[name]}
        shown: list[dict[str, Any]] = []
        for piece, item in pieces.items():
            if name == ALL:
                head = blocks({"blocks": [{"head": item["title"]}]}, language)
                shown += [one | {"page": True} for one in head]
            shown += blocks(item, language)
            if piece == "packets":
                shown += blocks({"blocks": packets()}, language)
        title = language.word("web", "materials") if name == ALL else every[name]["title"]
        return page(
            request,
            "materials.html",
            "materials",
            "exercise",
            title=title if isinstance(title, str) else language.pick(title),
            index=[],
            blocks=shown,
            roles=game.rules().roles.values() if name in ("cards", ALL) else [],
        )

    return [Route("/materials", index), Route("/materials/{name}", one)]
