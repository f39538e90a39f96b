"""The exercise over the network: who may ask what, and what comes back."""

from __future__ import annotations

import asyncio
import csv
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from io import BytesIO, StringIO
from typing import Any, TypeVar
from urllib.parse import quote

import segno
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from drawdown.declared.language import Language
from drawdown.exercise.rooms import (
    CODE_LENGTH,
    LETTERS,
    LONGEST_NAME,
    LONGEST_NEWS,
    SESSION,
    RefusedError,
    Rooms,
    as_code,
)
from drawdown.exercise.told import Teller, export_rows
from drawdown.web.guard import Rates, line
from drawdown.web.pages import KEY_COOKIE, Endpoint, language_of, page, plainly
from drawdown.web.shell import words_of

T = TypeVar("T")

MONTH = 30 * 24 * 3600
HEARTBEAT = 15.0
MOST_LISTENERS = 300
MOST_EACH = 6
"""Pages of one seat that may listen."""

WAIT_AFTER_A_GUESS = 1.0
"""Seconds that a wrong code or key waits for its answer."""


class Bell:
    """Rings when a room changes."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._who: Counter[str] = Counter()

    def full(self, who: str, facilitates: bool) -> bool:
        """Return whether somebody listens often enough, or too many do."""
        if facilitates:
            return self._who[who] >= MOST_LISTENERS
        return self._who[who] >= MOST_EACH or self._who.total() >= MOST_LISTENERS

    def ring(self, code: str) -> None:
        """Wake everybody who listens to a room."""
        for event in self._waiting.get(code, ()):
            event.set()

    async def listen(self, code: str, who: str) -> AsyncIterator[bool]:
        """Yield True at every ring, and False after each quiet while."""
        event = asyncio.Event()
        self._waiting.setdefault(code, set()).add(event)
        self._who[who] += 1
        try:
            yield True
            while True:
                try:
                    await asyncio.wait_for(event.wait(), HEARTBEAT)
                except TimeoutError:
                    yield False
                    continue
                event.clear()
                yield True
        finally:
            left = self._waiting[code]
            left.discard(event)
            if not left:
                del self._waiting[code]
            self._who[who] -= 1
            if not self._who[who]:
                del self._who[who]


async def _sent(request: Request) -> dict[str, Any]:
    """Return what was sent.

    Raises:
        RefusedError: If it is no JSON object.
    """
    try:
        found = json.loads(await request.body())
        # Half a character is no text: it can be neither kept nor told.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise RefusedError(400, "no_json") from None
    if not isinstance(found, dict):
        raise RefusedError(400, "no_json")
    return found


def _whole(sent: Mapping[str, Any], name: str) -> int:
    value = sent.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise RefusedError(400, "whole_number", what=name)
    return value


def _code(request: Request) -> str:
    code = as_code(str(request.path_params["code"]))
    if len(code) != CODE_LENGTH or set(code) - set(LETTERS):
        raise RefusedError(404, "no_room")
    return code


def routes(rooms: Rooms, address: str | None) -> list[BaseRoute]:
    """Return the exercise's routes.

    Args:
        rooms: The rooms.
        address: Where phones in the room reach the server, or None if they cannot.
    """
    teller = Teller(rooms)
    bell = Bell()
    choices_sent = Rates(per_second=2.0, burst=20.0)

    async def wrong(guess: RefusedError) -> RefusedError:
        """Let whoever guesses wait; who knows a code or key is not held up by them."""
        await asyncio.sleep(WAIT_AFTER_A_GUESS)
        return guess

    def facilitates(request: Request, code: str | None = None) -> bool:
        return rooms.facilitates(request.cookies.get(KEY_COOKIE), code)

    def need_facilitator(request: Request) -> None:
        code = _code(request) if "code" in request.path_params else None
        if not facilitates(request, code):
            raise RefusedError(403, "facilitator")

    def token_of(request: Request, code: str) -> str:
        return request.cookies.get(f"seat-{code}", "")

    async def aside(work: Callable[[], T]) -> T:
        return await to_thread.run_sync(work)

    def keep(answer: Response, name: str, value: str, seconds: int = MONTH) -> None:
        answer.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="strict")

    # --- pages ---

    def shown(template: str) -> Endpoint:
        @plainly
        async def show(request: Request) -> Response:
            if "code" in request.path_params:
                code = _code(request)
                if code != request.path_params["code"]:
                    return RedirectResponse(f"{quote(code)}?{request.query_params}")
                await aside(partial(rooms.room, code))
            words = words_of(language_of(request), "web", "exercise")
            return page(request, template, "exercise", "exercise", words=words)

        return show

    @plainly
    async def by_code(request: Request) -> Response:
        code, language = _code(request), language_of(request).code
        return RedirectResponse(f"../exercise/room/{quote(code)}?lang={language}")

    # --- for the facilitator ---

    @plainly
    async def enter(request: Request) -> Response:
        key = (await _sent(request)).get("key")
        begun = await aside(partial(rooms.enter, key[:100])) if isinstance(key, str) else None
        if begun is None:
            raise await wrong(RefusedError(403, "wrong_key"))
        token, room = begun
        answer = JSONResponse({"room": room or ""})
        keep(answer, KEY_COOKIE, token, SESSION)
        return answer

    @plainly
    async def log_out(request: Request) -> Response:
        await aside(partial(rooms.log_out, request.cookies.get(KEY_COOKIE, "")))
        answer = JSONResponse({})
        answer.delete_cookie(KEY_COOKIE, path="/", httponly=True, samesite="strict")
        return answer

    @plainly
    async def new_key(request: Request) -> Response:
        need_facilitator(request)
        key, token = await aside(rooms.new_key)
        answer = JSONResponse({"key": key})
        keep(answer, KEY_COOKIE, token, SESSION)
        return answer

    @plainly
    async def room_key(request: Request) -> Response:
        need_facilitator(request)
        return JSONResponse({"key": await aside(partial(rooms.room_key, _code(request)))})

    @plainly
    async def list_rooms(request: Request) -> Response:
        need_facilitator(request)
        found = await aside(rooms.all)
        return JSONResponse(
            {
                "rooms": [
                    {"code": r.code, "title": r.title, "phase": r.phase, "turn": r.turn}
                    for r in found
                ]
            }
        )

    @plainly
    async def make_room(request: Request) -> Response:
        need_facilitator(request)
        title = line((await _sent(request)).get("title"), LONGEST_NAME, "title")
        room = await aside(partial(rooms.make, title))
        return JSONResponse({"code": room.code})

    def led(told: Callable[[str, Language], dict[str, Any]]) -> Endpoint:
        @plainly
        async def answer(request: Request) -> Response:
            need_facilitator(request)
            found = await aside(partial(told, _code(request), language_of(request)))
            return JSONResponse(found | {"address": address or ""})

        return answer

    @plainly
    async def act(request: Request) -> Response:
        need_facilitator(request)
        code, sent = _code(request), await _sent(request)
        once = line(sent.get("once"), 64, "once")
        action = sent.get("action")
        moves: dict[str, tuple[str, tuple[str, ...]]] = {
            "start": ("deciding", ("waiting",)),
            "pause": ("paused", ("deciding",)),
            "resume": ("deciding", ("paused",)),
            "reveal": ("revealed", ("deciding", "paused", "ended")),
        }
        work: Callable[[], None]
        if not isinstance(action, str):
            raise RefusedError(400, "no_action")
        if action in moves:
            phase, allowed = moves[action]
            work = partial(rooms.move, code, phase, allowed, once)
        elif action == "next":
            # What was played is kept before anybody is told of it, and with the turn.
            work = partial(teller.next_turn, code, _whole(sent, "turn"), once)
        elif action == "inject":
            name = line(sent.get("inject"), 40, "inject")
            await aside(partial(teller.check_inject, code, name))
            work = partial(rooms.tell, code, name, "", once)
        elif action == "news":
            text = line(sent.get("text"), LONGEST_NEWS, "text")
            work = partial(rooms.tell, code, None, text, once)
        elif action == "reset":
            work = partial(rooms.reset, code, once)
        elif action in ("open", "shut"):
            work = partial(rooms.set_doors, code, action == "open", once)
        elif action == "free":
            work = partial(rooms.free, code, _whole(sent, "seat"), once)
        elif action == "forget":
            work = partial(rooms.forget_names, code, once)
        elif action == "delete":
            work = partial(rooms.delete, code)
        elif action == "renew":
            fresh = await aside(partial(rooms.renew, code, once))
            bell.ring(code)
            return JSONResponse({"code": fresh})
        else:
            raise RefusedError(400, "no_action")
        await aside(work)
        bell.ring(code)
        return JSONResponse({})

    @plainly
    async def export_json(request: Request) -> Response:
        need_facilitator(request)
        code, language = _code(request), language_of(request)
        found = await aside(partial(teller.export, code, language))
        return JSONResponse(
            found, headers={"Content-Disposition": f'attachment; filename="{code}.json"'}
        )

    @plainly
    async def export_csv(request: Request) -> Response:
        need_facilitator(request)
        code, language = _code(request), language_of(request)
        found = await aside(partial(teller.export, code, language))
        text = StringIO()
        csv.writer(text).writerows(export_rows(found))
        return Response(
            "\ufeff" + text.getvalue(),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{code}.csv"'},
        )

    # --- for teams ---

    @plainly
    async def lobby(request: Request) -> Response:
        code, language = _code(request), language_of(request)
        try:
            found = await aside(partial(teller.lobby, code, language))
        except RefusedError as guess:
            raise await wrong(guess) from None
        return JSONResponse(found)

    @plainly
    async def join(request: Request) -> Response:
        code, sent = _code(request), await _sent(request)
        name = line(sent.get("name"), LONGEST_NAME, "name")
        role = line(sent.get("role"), 40, "role")
        held = token_of(request, code)
        token = await aside(partial(rooms.join, code, role, name, held))
        bell.ring(code)
        answer = JSONResponse({"role": role})
        keep(answer, f"seat-{code}", token)
        return answer

    @plainly
    async def leave(request: Request) -> Response:
        code = _code(request)
        token = token_of(request, code)
        await aside(partial(rooms.seat, code, token))
        await aside(partial(rooms.leave, code, token))
        bell.ring(code)
        answer = JSONResponse({})
        answer.delete_cookie(f"seat-{code}", path="/", httponly=True, samesite="strict")
        return answer

    @plainly
    async def state(request: Request) -> Response:
        code, language = _code(request), language_of(request)
        seat = await aside(partial(rooms.seat, code, token_of(request, code)))
        return JSONResponse(await aside(partial(teller.team, code, seat.role, language)))

    @plainly
    async def choose(request: Request) -> Response:
        code, sent = _code(request), await _sent(request)
        seat = await aside(partial(rooms.seat, code, token_of(request, code)))
        if not choices_sent.allows(token_of(request, code)):
            raise RefusedError(429, "too_many_choices")
        if sent.get("role", seat.role) != seat.role:
            raise RefusedError(403, "other_team")
        choices = sent.get("choices")
        if not isinstance(choices, dict) or len(choices) > 10:
            raise RefusedError(400, "no_choices")
        version = await aside(
            partial(
                rooms.choose,
                code,
                seat.role,
                _whole(sent, "turn"),
                _whole(sent, "version"),
                line(sent.get("once"), 64, "once"),
                choices,
            )
        )
        bell.ring(code)
        return JSONResponse({"version": version})

    @plainly
    async def debrief(request: Request) -> Response:
        code, language = _code(request), language_of(request)
        if not facilitates(request, code):
            await aside(partial(rooms.seat, code, token_of(request, code)))
        return JSONResponse(await aside(partial(teller.debrief, code, language)))

    @plainly
    async def listen(request: Request) -> Response:
        code = _code(request)
        leads, token = facilitates(request, code), token_of(request, code)
        if not leads:
            await aside(partial(rooms.seat, code, token))
        who = "facilitator" if leads else token
        if bell.full(who, leads):
            raise RefusedError(429, "too_many_pages")

        async def stream() -> AsyncIterator[str]:
            async for rung in bell.listen(code, who):
                # Nothing of the game is in here: a page asks for what it may see.
                yield "data: changed\n\n" if rung else ": still here\n\n"

        return StreamingResponse(
            stream(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )

    @plainly
    async def qr(request: Request) -> Response:
        code = _code(request)
        try:
            await aside(partial(rooms.room, code))
        except RefusedError as guess:
            raise await wrong(guess) from None
        host = address or str(request.base_url).rstrip("/")
        picture = BytesIO()
        segno.make(f"{host}/r/{code}", error="m").save(
            picture, kind="svg", scale=8, border=2, xmldecl=False
        )
        return Response(picture.getvalue(), media_type="image/svg+xml")

    api = "/api/exercise"
    return [
        Route("/exercise", shown("entrance.html")),
        Route("/exercise/facilitator", shown("facilitator.html")),
        Route("/exercise/room/{code}", shown("team.html")),
        Route("/exercise/board/{code}", shown("board.html")),
        Route("/r/{code}", by_code),
        Route(f"{api}/enter", enter, methods=["POST"]),
        Route(f"{api}/log-out", log_out, methods=["POST"]),
        Route(f"{api}/new-key", new_key, methods=["POST"]),
        Route(f"{api}/{{code}}/key", room_key, methods=["POST"]),
        Route(f"{api}/rooms", list_rooms, methods=["GET"]),
        Route(f"{api}/rooms", make_room, methods=["POST"]),
        Route(f"{api}/{{code}}/control", led(teller.control), methods=["GET"]),
        Route(f"{api}/{{code}}/control", act, methods=["POST"]),
        Route(f"{api}/{{code}}/board", led(teller.board)),
        Route(f"{api}/{{code}}/export.json", export_json),
        Route(f"{api}/{{code}}/export.csv", export_csv),
        Route(f"{api}/{{code}}/lobby", lobby),
        Route(f"{api}/{{code}}/join", join, methods=["POST"]),
        Route(f"{api}/{{code}}/leave", leave, methods=["POST"]),
        Route(f"{api}/{{code}}/state", state),
        Route(f"{api}/{{code}}/choose", choose, methods=["POST"]),
        Route(f"{api}/{{code}}/debrief", debrief),
        Route(f"{api}/{{code}}/events", listen),
        Route(f"{api}/{{code}}/qr.svg", qr),
    ]
