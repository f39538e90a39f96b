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
from drawdown.exercise.game import rules
from drawdown.exercise.marks import rows
from drawdown.exercise.room_views import Teller, export_rows
from drawdown.exercise.rooms import (
    CODE_LENGTH,
    LETTERS,
    LONGEST_COMMUNIQUE,
    LONGEST_NAME,
    LONGEST_NEWS,
    LONGEST_PROPOSAL,
    SESSION,
    RefusedError,
    Rooms,
    Seat,
    as_code,
)
from drawdown.web.controls import map_of
from drawdown.web.guard import Rates, line
from drawdown.web.layout import words_of
from drawdown.web.pages import KEY_COOKIE, Endpoint, language_of, page, plainly

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


def _number(sent: Mapping[str, Any], name: str) -> float:
    value = sent.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > 1e9:
        raise RefusedError(400, "must_be_number", what=name)
    return float(value)


def _options(sent: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return options by lever, or by team and lever; none where nothing was sent."""
    value = sent.get(name, {})
    if not isinstance(value, dict) or len(value) > 10:
        raise RefusedError(400, "no_choices")
    return value


def _answers(sent: Mapping[str, Any]) -> list[Any]:
    value = sent.get("answers")
    if not isinstance(value, list) or len(value) > 20:
        raise RefusedError(400, "no_answers")
    return value


def _code(request: Request) -> str:
    code = as_code(str(request.path_params["code"]))
    if len(code) != CODE_LENGTH or set(code) - set(LETTERS):
        raise RefusedError(404, "no_room")
    return code


MOVES: dict[Any, tuple[str, tuple[str, ...]]] = {
    "start": ("deciding", ("waiting",)),
    "pause": ("paused", ("deciding",)),
    "resume": ("deciding", ("paused",)),
    "reveal": ("revealed", ("deciding", "paused", "ended")),
}
"""What a facilitator does, with the phase that follows and those that it may follow."""


async def _aside(work: Callable[..., T], *given: Any) -> T:
    return await to_thread.run_sync(work, *given)


async def _not_guessed(work: Callable[..., T], *given: Any) -> T:
    """Let whoever guesses a code wait; who knows it is not held up by them."""
    try:
        return await _aside(work, *given)
    except RefusedError:
        await asyncio.sleep(WAIT_AFTER_A_GUESS)
        raise


def _keep(answer: Response, name: str, value: str, seconds: int = MONTH) -> Response:
    answer.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="strict")
    return answer


def _forget(name: str) -> Response:
    answer = JSONResponse({})
    answer.delete_cookie(name, path="/", httponly=True, samesite="strict")
    return answer


def _token(request: Request, code: str) -> str:
    return request.cookies.get(f"seat-{code}", "")


def _shown(template: str, rooms: Rooms) -> Endpoint:
    """Return what answers with a page."""

    async def show(request: Request) -> Response:
        if "code" in request.path_params:
            code = _code(request)
            if code != request.path_params["code"]:
                return RedirectResponse(f"{quote(code)}?{request.query_params}")
            await _aside(rooms.room, code)
        language = language_of(request)
        words = words_of(language, "web", "exercise")
        drawn: dict[str, Any] = {}
        if template == "board.html":
            drawn["parts"] = {"map": map_of(language)}
        return page(request, template, "exercise", "exercise", words=words, **drawn)

    return show


class _Answers:
    """Answers those who take part.

    Args:
        rooms: The rooms.
        teller: What tells them.
        bell: What wakes whoever listens.
        address: Where phones in the room reach the server, or None if they cannot.
    """

    def __init__(self, rooms: Rooms, teller: Teller, bell: Bell, address: str | None) -> None:
        self.rooms, self.teller, self.bell, self.address = rooms, teller, bell, address


class Facilitator(_Answers):
    """Answers whoever leads: rooms, keys, turns, news, records."""

    def need(self, request: Request) -> None:
        """Refuse who does not lead: the room that is asked for, or else all."""
        code = _code(request) if "code" in request.path_params else None
        if not self.rooms.facilitates(request.cookies.get(KEY_COOKIE), code):
            raise RefusedError(403, "facilitator")

    async def enter(self, request: Request) -> Response:
        """Begin a session with a key."""
        key = (await _sent(request)).get("key")
        begun = await _aside(self.rooms.enter, key[:100]) if isinstance(key, str) else None
        if begun is None:
            await asyncio.sleep(WAIT_AFTER_A_GUESS)
            raise RefusedError(403, "wrong_key")
        token, room = begun
        return _keep(JSONResponse({"room": room or ""}), KEY_COOKIE, token, SESSION)

    async def log_out(self, request: Request) -> Response:
        """End the session."""
        await _aside(self.rooms.log_out, request.cookies.get(KEY_COOKIE, ""))
        return _forget(KEY_COOKIE)

    async def new_key(self, request: Request) -> Response:
        """Make a new key for all rooms."""
        self.need(request)
        key, token = await _aside(self.rooms.new_key)
        return _keep(JSONResponse({"key": key}), KEY_COOKIE, token, SESSION)

    async def room_key(self, request: Request) -> Response:
        """Make a key for one room."""
        self.need(request)
        return JSONResponse({"key": await _aside(self.rooms.room_key, _code(request))})

    async def list_rooms(self, request: Request) -> Response:
        """Answer with every room."""
        self.need(request)
        return JSONResponse({"rooms": await _aside(self.teller.all)})

    async def make_room(self, request: Request) -> Response:
        """Open a room."""
        self.need(request)
        title = line((await _sent(request)).get("title"), LONGEST_NAME, "title")
        return JSONResponse({"code": (await _aside(self.rooms.make, title)).code})

    def led(self, told: Callable[[str, Language], dict[str, Any]]) -> Endpoint:
        """Return what answers with something that only who leads may see."""

        async def answer(request: Request) -> Response:
            self.need(request)
            found = await _aside(told, _code(request), language_of(request))
            return JSONResponse(found | {"address": self.address or ""})

        return answer

    async def act(self, request: Request) -> Response:
        """Change a room."""
        self.need(request)
        code, sent, rooms = _code(request), await _sent(request), self.rooms
        once = line(sent.get("once"), 64, "once")

        def inject() -> None:
            name = line(sent.get("inject"), 40, "inject")
            self.teller.check_inject(code, name)
            rooms.tell(code, name, "", once)

        works: dict[Any, Callable[[], dict[str, Any] | None]] = {
            **{name: partial(rooms.move, code, *move, once) for name, move in MOVES.items()},
            # What was played is kept before anybody is told of it, and with the turn.
            "next": lambda: self.teller.next_turn(code, _whole(sent, "turn"), once),
            "inject": inject,
            "news": lambda: rooms.tell(
                code, None, line(sent.get("text"), LONGEST_NEWS, "text"), once
            ),
            "slide": lambda: rooms.open_slide(code, _whole(sent, "slide"), once),
            "back": lambda: self.teller.back(code, once),
            "clock": lambda: rooms.set_clock(
                code, _whole(sent, "seconds"), sent.get("more") is True, once
            ),
            "reset": lambda: rooms.reset(code, once),
            "open": lambda: rooms.set_doors(code, True, once),
            "shut": lambda: rooms.set_doors(code, False, once),
            "free": lambda: rooms.free(code, _whole(sent, "seat"), once),
            "forget": lambda: rooms.forget_names(code, once),
            "delete": lambda: rooms.delete(code),
            "renew": lambda: {"code": rooms.renew(code, once)},
        }
        action = sent.get("action")
        if not isinstance(action, str) or action not in works:
            raise RefusedError(400, "no_action")
        found = await _aside(works[action])
        self.bell.ring(code)
        return JSONResponse(found or {})

    async def marks(self, request: Request) -> Response:
        """Answer with what a class knew before and after, question by question."""
        self.need(request)
        found = await _aside(self.teller.marks, _code(request), language_of(request))
        return JSONResponse({"marks": found})

    async def marks_file(self, request: Request) -> Response:
        """Answer with every answer of both tests, without names."""
        self.need(request)
        code, text = _code(request), StringIO()
        csv.writer(text).writerows(rows(await _aside(self.rooms.marks, code)))
        headers = {"Content-Disposition": f'attachment; filename="{code}-tests.csv"'}
        content = "\ufeff" + text.getvalue()
        return Response(content, headers=headers, media_type="text/csv; charset=utf-8")

    def export(self, kind: str) -> Endpoint:
        """Return what answers with a whole game as a file, ``json`` or ``csv``."""

        async def answer(request: Request) -> Response:
            self.need(request)
            code = _code(request)
            found = await _aside(self.teller.export, code, language_of(request))
            headers = {"Content-Disposition": f'attachment; filename="{code}.{kind}"'}
            if kind == "json":
                return JSONResponse(found, headers=headers)
            text = StringIO()
            csv.writer(text).writerows(export_rows(found))
            content = "\ufeff" + text.getvalue()
            return Response(content, headers=headers, media_type="text/csv; charset=utf-8")

        return answer


class Team(_Answers):
    """Answers teams and boards: seats, choices, what a role may know."""

    def __init__(self, rooms: Rooms, teller: Teller, bell: Bell, address: str | None) -> None:
        super().__init__(rooms, teller, bell, address)
        self.choices_sent = Rates(per_second=2.0, burst=20.0)
        self.outlooks_asked = Rates(per_second=3.0, burst=30.0)

    def facilitates(self, request: Request, code: str) -> bool:
        """Return whether it is who leads the room that asks."""
        return self.rooms.facilitates(request.cookies.get(KEY_COOKIE), code)

    async def seat(self, request: Request, code: str) -> Seat:
        """Return the seat of who asks; who leads may sit for any team (``as``)."""
        role = request.query_params.get("as")
        if role in rules().roles and self.facilitates(request, code):
            return Seat(code, role)
        return await _aside(self.rooms.seat, code, _token(request, code))

    async def lobby(self, request: Request) -> Response:
        """Answer with the teams and their free seats."""
        code, language = _code(request), language_of(request)
        return JSONResponse(await _not_guessed(self.teller.lobby, code, language))

    async def join(self, request: Request) -> Response:
        """Take a seat."""
        code, sent = _code(request), await _sent(request)
        name = line(sent.get("name"), LONGEST_NAME, "name")
        role = line(sent.get("role"), 40, "role")
        token = await _aside(self.rooms.join, code, role, name, _token(request, code))
        self.bell.ring(code)
        return _keep(JSONResponse({"role": role}), f"seat-{code}", token)

    async def leave(self, request: Request) -> Response:
        """Give a seat up."""
        code = _code(request)
        await self.seat(request, code)
        await _aside(self.rooms.leave, code, _token(request, code))
        self.bell.ring(code)
        return _forget(f"seat-{code}")

    async def state(self, request: Request) -> Response:
        """Answer with all that a team may know."""
        code, language = _code(request), language_of(request)
        seat = await self.seat(request, code)
        return JSONResponse(await _aside(self.teller.team, code, seat.role, language))

    async def choose(self, request: Request) -> Response:
        """Keep what a team chooses."""
        code, sent = _code(request), await _sent(request)
        seat = await self.seat(request, code)
        if not self.choices_sent.allows(_token(request, code)):
            raise RefusedError(429, "too_many_choices")
        if sent.get("role", seat.role) != seat.role:
            raise RefusedError(403, "other_team")
        if "choices" not in sent:
            raise RefusedError(400, "no_choices")
        choices = _options(sent, "choices")
        turn, version = _whole(sent, "turn"), _whole(sent, "version")
        once = line(sent.get("once"), 64, "once")
        now = await _aside(self.rooms.choose, code, seat.role, turn, version, once, choices)
        self.bell.ring(code)
        return JSONResponse({"version": now})

    async def test(self, request: Request) -> Response:
        """Answer with the test that is open to a seat."""
        code, language = _code(request), language_of(request)
        return JSONResponse(await _aside(self.teller.test, code, _token(request, code), language))

    async def outlook(self, request: Request) -> Response:
        """Answer with a team's outlook under choices that are not sent yet."""
        code, sent = _code(request), await _sent(request)
        seat = await self.seat(request, code)
        if not self.outlooks_asked.allows(_token(request, code)):
            raise RefusedError(429, "too_many_choices")
        choices, others = _options(sent, "choices"), _options(sent, "others")
        language = language_of(request)
        found = await _aside(self.teller.outlook, code, seat.role, choices, others, language)
        return JSONResponse(found)

    async def act(self, request: Request) -> Response:
        """Take what a team says: to another team, of what it foresees, of the joint text."""
        code, sent = _code(request), await _sent(request)
        role = (await self.seat(request, code)).role
        if not self.choices_sent.allows(_token(request, code)):
            raise RefusedError(429, "too_many_choices")
        once, rooms = line(sent.get("once"), 64, "once"), self.rooms
        turn = partial(_whole, sent, "turn")
        works: dict[Any, Callable[[], None]] = {
            "propose": lambda: rooms.propose(
                code,
                role,
                turn(),
                once,
                line(sent.get("partner"), 40, "partner"),
                line(sent.get("text"), LONGEST_PROPOSAL, "text"),
                _options(sent, "gives"),
                _options(sent, "asks"),
            ),
            "answer": lambda: rooms.answer(
                code, role, turn(), once, _whole(sent, "number"), sent.get("yes") is True
            ),
            "predict": lambda: rooms.predict(
                code,
                role,
                turn(),
                once,
                line(sent.get("indicator"), 40, "indicator"),
                _number(sent, "low"),
                _number(sent, "high"),
            ),
            "write": lambda: rooms.write(
                code,
                role,
                _whole(sent, "version"),
                once,
                line(sent.get("text"), LONGEST_COMMUNIQUE, "text"),
            ),
            "mark": lambda: rooms.mark(
                code, _token(request, code), str(sent.get("test")), once, _answers(sent)
            ),
            "guess": lambda: rooms.guess(
                code,
                role,
                _whole(sent, "slide"),
                once,
                line(sent.get("text"), LONGEST_PROPOSAL, "text"),
            ),
            "sign": lambda: rooms.sign(
                code, role, _whole(sent, "version"), once, sent.get("yes") is True
            ),
        }
        action = sent.get("action")
        if not isinstance(action, str) or action not in works:
            raise RefusedError(400, "no_action")
        await _aside(works[action])
        self.bell.ring(code)
        return JSONResponse({})

    async def debrief(self, request: Request) -> Response:
        """Answer with the debrief."""
        code, language = _code(request), language_of(request)
        if not self.facilitates(request, code):
            await self.seat(request, code)
        return JSONResponse(await _aside(self.teller.debrief, code, language))

    async def listen(self, request: Request) -> Response:
        """Say whenever the room has changed."""
        code = _code(request)
        leads = self.facilitates(request, code)
        if not leads:
            await self.seat(request, code)
        who = "facilitator" if leads else _token(request, code)
        if self.bell.full(who, leads):
            raise RefusedError(429, "too_many_pages")

        async def stream() -> AsyncIterator[str]:
            async for rung in self.bell.listen(code, who):
                # Nothing of the game is in here: a page asks for what it may see.
                yield "data: changed\n\n" if rung else ": still here\n\n"

        return StreamingResponse(
            stream(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )

    async def qr(self, request: Request) -> Response:
        """Answer with the picture of a room's address."""
        code = _code(request)
        await _not_guessed(self.rooms.room, code)
        host = self.address or str(request.base_url).rstrip("/")
        picture = BytesIO()
        segno.make(f"{host}/r/{code}", error="m").save(
            picture, kind="svg", scale=8, border=2, xmldecl=False
        )
        return Response(picture.getvalue(), media_type="image/svg+xml")


async def _by_code(request: Request) -> Response:
    code, language = _code(request), language_of(request).code
    return RedirectResponse(f"../exercise/room/{quote(code)}?lang={language}")


def routes(rooms: Rooms, address: str | None) -> list[BaseRoute]:
    """Return the exercise's routes.

    Args:
        rooms: The rooms.
        address: Where phones in the room reach the server, or None if they cannot.
    """
    teller, bell = Teller(rooms), Bell()
    lead = Facilitator(rooms, teller, bell, address)
    team = Team(rooms, teller, bell, address)
    shown: dict[str, Endpoint] = {
        "/exercise": _shown("entrance.html", rooms),
        "/exercise/facilitator": _shown("facilitator.html", rooms),
        "/exercise/room/{code}": _shown("team.html", rooms),
        "/exercise/board/{code}": _shown("board.html", rooms),
        "/r/{code}": _by_code,
        "/api/exercise/rooms": lead.list_rooms,
        "/api/exercise/{code}/control": lead.led(teller.control),
        "/api/exercise/{code}/board": lead.led(teller.board),
        "/api/exercise/{code}/export.json": lead.export("json"),
        "/api/exercise/{code}/export.csv": lead.export("csv"),
        "/api/exercise/{code}/marks": lead.marks,
        "/api/exercise/{code}/marks.csv": lead.marks_file,
        "/api/exercise/{code}/test": team.test,
        "/api/exercise/{code}/lobby": team.lobby,
        "/api/exercise/{code}/state": team.state,
        "/api/exercise/{code}/debrief": team.debrief,
        "/api/exercise/{code}/events": team.listen,
        "/api/exercise/{code}/qr.svg": team.qr,
    }
    changes: dict[str, Endpoint] = {
        "enter": lead.enter,
        "log-out": lead.log_out,
        "new-key": lead.new_key,
        "rooms": lead.make_room,
        "{code}/key": lead.room_key,
        "{code}/control": lead.act,
        "{code}/join": team.join,
        "{code}/leave": team.leave,
        "{code}/choose": team.choose,
        "{code}/outlook": team.outlook,
        "{code}/team": team.act,
    }
    found = [Route(path, plainly(answer), methods=["GET"]) for path, answer in shown.items()]
    for path, answer in changes.items():
        found.append(Route(f"/api/exercise/{path}", plainly(answer), methods=["POST"]))
    return [*found]
