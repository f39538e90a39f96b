"""The pages and what they ask for."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from drawdown.day import wasm
from drawdown.day.curves import COUNTED
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language, languages
from drawdown.exercise.rooms import RefusedError, Rooms
from drawdown.web import classroom, font, links, materials, page_bundle
from drawdown.web.address import View
from drawdown.web.explore import Explorer
from drawdown.web.guard import Guard, Rates, connection, plays
from drawdown.web.pages import Endpoint, language_of, page, plainly, refused

STATIC = Path(__file__).parent / "static"

MOST_WAITING = 60
"""Questions that wait for the model at most; whoever asks more is told to ask again."""


def _view_of(request: Request) -> View:
    return links.read(request.url.query).view


def _may(request: Request, rates: Rates) -> None:
    if not rates.allows(connection(request.scope)):
        raise RefusedError(429, "too_many")


class _Explore:
    """Answers the page of Explore, and what it asks for where a browser cannot play."""

    def __init__(self, address: str | None, frames: Sequence[str]) -> None:
        self.address, self.headers, self.explorer = address or "", plays(frames), Explorer()
        # The exercise must not wait for people who play with sliders.
        self.lanes, self.world_lane = CapacityLimiter(2), CapacityLimiter(1)
        self.moves, self.worlds = Rates(per_second=30.0, burst=120.0), Rates(1.0, burst=15.0)
        # Seconds of all cores each: few at once, so that the exercise and the sliders go on.
        self.deep, self.deep_lane = Rates(per_second=0.2, burst=6.0), CapacityLimiter(1)

    async def show(self, request: Request) -> Response:
        """Answer with the page."""
        language = language_of(request)
        shown = await to_thread.run_sync(page_bundle.shown, language)
        shown["parts"] |= {
            "address": self.address,
            "here": "./",
            "others": dict.fromkeys(languages(), ""),
            "carried": await to_thread.run_sync(_offered),
        }
        shown["embed_hint"] = language.word("explore", "embed_served")
        found = page(request, "explore.html", "explore", "explore", **shown)
        found.headers.update(self.headers)
        return found

    def played(
        self,
        work: Callable[[View, Language], Any],
        rates: Rates,
        lane: CapacityLimiter,
        most: int = MOST_WAITING,
    ) -> Endpoint:
        """Return what answers with numbers of a view."""

        async def answer(request: Request) -> Response:
            _may(request, rates)
            view, language = _view_of(request), language_of(request)
            if lane.statistics().tasks_waiting >= most:
                raise RefusedError(429, "too_many")
            return _whole(await to_thread.run_sync(work, view, language, limiter=lane))

        return answer

    async def against(self, request: Request) -> Response:
        """Answer with the rows of a view against those of another."""
        _may(request, self.moves)
        query = parse_qsl(request.url.query, keep_blank_values=True)
        others = [value for key, value in query if key == "other"]
        if len(others) != 1:
            raise InputError("other must be there once: the words of the view to compare with")
        view = links.read(urlencode([pair for pair in query if pair[0] != "other"])).view
        other = links.read(others[0]).view
        return _whole(
            await to_thread.run_sync(self.explorer.against, view, other, limiter=self.lanes)
        )

    async def link(self, request: Request) -> Response:
        """Answer with what a link carries beside its view."""
        _may(request, self.moves)
        view = _view_of(request)
        return JSONResponse(
            await to_thread.run_sync(links.stamp, self.explorer, view, limiter=self.lanes)
        )

    async def curves_file(self, request: Request) -> Response:
        """Answer with the curves of both scenarios as a table."""
        _may(request, self.moves)
        view, language = _view_of(request), language_of(request)
        found = await to_thread.run_sync(self.explorer.curves, view, language, limiter=self.lanes)
        text = StringIO()
        rows = csv.writer(text)
        rows.writerow(["week", "scenario", "outcome", "q05", "q25", "q50", "q75", "q95", "mean"])
        for key, name in (("case", view.case), ("base", view.base)):
            for outcome in COUNTED:
                for week, *values in zip(found["weeks"], *found[key][outcome], strict=True):
                    rows.writerow([week, name, f"{outcome}_30_days", *values])
        return _file("\ufeff" + text.getvalue(), "curves.csv", "text/csv")

    def routes(self) -> list[BaseRoute]:
        """Return the routes of Explore."""
        of, played = self.explorer, self.played
        found: dict[str, Endpoint] = {
            "/api/curves": played(of.curves, self.moves, self.lanes),
            "/api/numbers": played(of.numbers, self.moves, self.lanes),
            "/api/rows": played(lambda view, _: of.rows(view), self.moves, self.lanes),
            "/api/answer": played(lambda view, _: of.answer(view), self.moves, self.lanes),
            "/api/against": self.against,
            "/api/moves": played(lambda view, _: of.moves(view), self.deep, self.deep_lane, 4),
            "/api/difference": played(of.difference, self.worlds, self.world_lane),
            "/api/world": played(of.world, self.worlds, self.world_lane),
            "/api/link": self.link,
            "/carried/{digest}.json": _engine,
            "/letters-{weight:int}.woff2": _letters_file,
            "/download/scenario.yaml": _scenario_file,
            "/download/curves.csv": self.curves_file,
        }
        plain = [Route("/", self.show), Route("/letters.css", _letters)]
        return [*plain, *(Route(path, plainly(answer)) for path, answer in found.items())]


async def _engine(request: Request) -> Response:
    digest = await to_thread.run_sync(_offered)
    if request.path_params["digest"] != digest or not digest:
        raise RefusedError(404, "not_found")
    forever = {"Cache-Control": "public, max-age=31536000, immutable"}
    return JSONResponse(await to_thread.run_sync(page_bundle.everything), headers=forever)


async def _letters(request: Request) -> Response:
    where = {weight: f"letters-{weight}.woff2" for weight in font.WEIGHTS}
    return Response(font.faces(where), media_type="text/css")


async def _letters_file(request: Request) -> Response:
    weight = request.path_params["weight"]
    found = font.letters(weight) if weight in font.WEIGHTS else None
    if found is None:
        raise RefusedError(404, "not_found")
    return Response(found, media_type="font/woff2")


async def _scenario_file(request: Request) -> Response:
    return _file(_view_of(request).file(), "my-scenario.yaml", "application/yaml")


def _offered() -> str:
    """Return the digest of what a page is given to play by itself; empty where there is none."""
    try:
        return page_bundle.digest() if wasm.can_be_made() else ""
    except InputError:
        return ""


def _whole(found: Any) -> Response:
    """Return an answer as JSON, in which a number without a value is null."""

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        return None if isinstance(value, float) and value != value else value

    return JSONResponse(plain(found))


def _file(text: str, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(text, headers=headers, media_type=f"{kind}; charset=utf-8")


def create(
    rooms: Rooms,
    address: str | None = None,
    hosts: frozenset[str] | None = None,
    frames: Sequence[str] = (),
) -> Starlette:
    """Return the application.

    Args:
        rooms: The rooms of the exercise.
        address: Where phones in the room reach the server, or None if they cannot.
        hosts: Names that it may be asked for by, beside plain addresses; None allows all.
        frames: Addresses of pages that may show Explore in a frame.
    """

    async def not_found(request: Request, error: Exception) -> Response:
        return refused(request, 404, language_of(request).word("refused", "not_found"))

    return Starlette(
        routes=[
            *_Explore(address, frames).routes(),
            *classroom.routes(rooms, address),
            *materials.routes(rooms),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[
            Middleware(Guard, hosts=hosts),
            Middleware(GZipMiddleware, minimum_size=2000, compresslevel=1),
        ],
        exception_handlers={404: not_found},
    )
