"""Nobody reads or does what is not his: pages, interface, events, sizes, rates."""

import json
import re
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest
from conftest import Page, Server

from drawdown.declared.errors import InputError
from drawdown.exercise import game
from drawdown.exercise.rooms import MOST_IN_TEAM, RefusedError, Rooms
from drawdown.web import app, classroom, server
from drawdown.web.guard import Guard, Rates, connection, line
from drawdown.web.pages import preferred

API = "/api/exercise"
PAGES = [
    "/",
    "/exercise",
    "/exercise/facilitator",
    "/exercise/room/ABCDEF",
    "/exercise/board/ABCDEF",
    "/materials",
    "/materials/guide",
    "/materials/worksheet",
]


@pytest.fixture
def facilitator(rooms: Rooms, visitor: Callable[[], Page]) -> Page:
    page = visitor()
    assert page.post(f"{API}/enter", {"key": rooms.key}).status_code == 200
    return page


@pytest.fixture
def code(facilitator: Page) -> str:
    return str(facilitator.post(f"{API}/rooms", {"title": "a class"}).json()["code"])


def act(page: Page, code: str, action: str, **more: object) -> int:
    body = {"action": action, "once": f"{action}{json.dumps(more)}", **more}
    return page.post(f"{API}/{code}/control", body).status_code


def begun(facilitator: Page, code: str) -> None:
    """Start, and leave the doors open."""
    assert act(facilitator, code, "start") == 200
    assert act(facilitator, code, "open") == 200


def seated(visitor: Callable[[], Page], code: str, role: str) -> Page:
    page = visitor()
    assert page.post(f"{API}/{code}/join", {"role": role, "name": role}).status_code == 200
    return page


def choose(page: Page, code: str, **more: object) -> int:
    body = {"turn": 0, "version": 0, "once": "1", "choices": {}, **more}
    return page.post(f"{API}/{code}/choose", body).status_code


def say(page: Page, code: str, action: str, **more: object) -> int:
    body = {"action": action, "turn": 0, "version": 0, "once": "s", **more}
    return page.post(f"{API}/{code}/team", body).status_code


def test_every_page_keeps_to_itself(visitor: Callable[[], Page], code: str) -> None:
    room = code
    for path in PAGES:
        for code in ("en", "ar"):
            answer = visitor().get(f"{path.replace('ABCDEF', room)}?lang={code}")
            assert answer.status_code == 200, path
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            # Explore alone plays worlds itself; nothing may evaluate text.
            plays = "'wasm-unsafe-eval'; worker-src blob:"
            assert (plays in policy) == (path == "/"), path
            assert "unsafe" not in policy.replace(plays, "")
            assert "frame-ancestors 'none'" in policy
            assert not re.search(r"(src|href)=\"(https?:)?//", answer.text)
            assert " style=" not in answer.text
            assert not re.search(
                r"<script(?![^>]*(src=\"\./|src=\"(\.\./)+|application/json))", answer.text
            )
            assert f'lang="{code}"' in answer.text
            assert ('dir="rtl"' in answer.text) == (code == "ar")


def test_scripts_name_no_other_host() -> None:
    for path in Path(app.__file__).parent.joinpath("static").iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text, path.name
        assert "innerHTML" not in text
        assert "eval(" not in text


def test_a_seat_is_needed_and_it_is_of_one_room(
    visitor: Callable[[], Page], facilitator: Page, code: str
) -> None:
    other = facilitator.post(f"{API}/rooms", {"title": "another"}).json()["code"]
    begun(facilitator, code)
    team = seated(visitor, other, "us")
    token = team.client.cookies[f"seat-{other}"]
    forged = visitor()
    for value in (token, "x" * 32, "", "' OR 1=1 --"):
        forged.client.cookies.clear()
        forged.client.cookies.set(f"seat-{code}", value)
        for path in ("state", "debrief", "events"):
            assert forged.get(f"{API}/{code}/{path}").status_code == 403
        assert choose(forged, code) == 403
        assert forged.post(f"{API}/{code}/leave", {}).status_code == 403
        assert forged.post(f"{API}/{code}/outlook", {"choices": {}}).status_code == 403
        assert say(forged, code, "propose", partner="nato", text="x") == 403


def test_a_team_cannot_act_for_another(
    visitor: Callable[[], Page], facilitator: Page, code: str, rooms: Rooms
) -> None:
    begun(facilitator, code)
    us = seated(visitor, code, "us")
    assert choose(us, code, role="militia", choices={"line": "truce"}) == 403
    assert choose(us, code, choices={"line": "truce"}) == 400
    assert not rooms.snapshot(code).versions
    assert choose(us, code, choices={"posture": "hold"}) == 200
    assert choose(us, code, choices={"posture": "leave"}) == 409
    assert choose(us, code, version=1, choices={"posture": "leave"}) == 409
    assert choose(us, code, version=1, once="2", turn=1) == 409
    assert rooms.choice(code, 0, "us")[0]["posture"] == "hold"


def test_who_leads_may_sit_for_any_team_and_nobody_else(
    visitor: Callable[[], Page], facilitator: Page, code: str, rooms: Rooms
) -> None:
    """Catches a team that reads or decides for another by asking as it."""
    begun(facilitator, code)
    us = seated(visitor, code, "us")
    assert us.get(f"{API}/{code}/state?as=militia").json()["role"] == "us"
    body = {"turn": 0, "version": 0, "once": "1", "choices": {"line": "truce"}}
    assert us.post(f"{API}/{code}/choose?as=militia", body).status_code == 400
    assert visitor().get(f"{API}/{code}/state?as=militia").status_code == 403
    assert facilitator.get(f"{API}/{code}/state?as=militia").json()["role"] == "militia"
    assert facilitator.get(f"{API}/{code}/state?as=king").status_code == 403
    assert facilitator.post(f"{API}/{code}/choose?as=militia", body).status_code == 200
    assert rooms.choice(code, 0, "militia")[0]["line"] == "truce"


def test_what_teams_say_cannot_be_forged(
    visitor: Callable[[], Page], facilitator: Page, code: str, rooms: Rooms
) -> None:
    """Catches a proposal that is answered by its sender, sent twice, or read by a third team."""
    begun(facilitator, code)
    us, militia, nato = (seated(visitor, code, role) for role in ("us", "militia", "nato"))
    asked = {"partner": "militia", "text": "a <b>truce</b>", "gives": {"posture": "hold"}}
    assert say(us, code, "propose", **asked) == 200
    assert say(us, code, "propose", **asked) == 409
    assert say(us, code, "propose", once="2", **{**asked, "partner": "us"}) == 400
    assert say(us, code, "propose", once="3", **{**asked, "gives": {"line": "truce"}}) == 400
    assert say(us, code, "propose", once="4", **{**asked, "gives": [1]}) == 400
    assert say(us, code, "propose", once="5", **{**asked, "text": "x" * 301}) == 400
    assert say(us, code, "propose", once="6", turn=1, **asked) == 409
    (one,) = rooms.snapshot(code).proposals
    for page, status in ((us, 409), (nato, 409), (militia, 200), (militia, 409)):
        once = f"a{id(page)}{status}"
        assert say(page, code, "answer", once=once, number=one.number, yes=True) == status
    assert "truce" not in json.dumps(nato.get(f"{API}/{code}/state").json()["proposals"])
    name = game.rules().roles["nato"].indicators[0]
    for low, high in ((1.0, 0.0), ("1", 2), (True, 2), (1e300, 1e301), (None, 1)):
        found = say(nato, code, "predict", once=f"{low}", indicator=name, low=low, high=high)
        assert found == 400
    assert say(nato, code, "predict", once="ok", indicator=name, low=1, high=2) == 200
    assert say(us, code, "write", once="w", text="x") == 409
    assert say(us, code, "fly", once="f") == 400
    where = f"{API}/{code}/outlook"
    for others in ({"king": {}}, {"nato": {"size": "huge"}}, {"nato": {"posture": "hold"}}, 3):
        assert us.post(where, {"choices": {}, "others": others}).status_code == 400
    assert us.post(where, {"choices": {"line": "truce"}}).status_code == 400
    told = us.post(where, {"choices": {}, "others": {"nato": {"size": "leave"}, "us": {}}})
    assert set(told.json()["outlook"]) == set(game.rules().roles["us"].indicators)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "rooms"),
        ("POST", "rooms"),
        ("GET", "{code}/control"),
        ("POST", "{code}/control"),
        ("GET", "{code}/board"),
        ("GET", "{code}/export.json"),
        ("GET", "{code}/export.csv"),
        ("GET", "{code}/marks"),
        ("GET", "{code}/marks.csv"),
    ],
)
def test_the_facilitators_doors_are_shut(
    method: str, path: str, visitor: Callable[[], Page], code: str
) -> None:
    team = seated(visitor, code, "us")
    for key in (None, "wrong", ""):
        team.client.cookies.delete("facilitator")
        if key is not None:
            team.client.cookies.set("facilitator", key)
        where = f"{API}/{path.format(code=code)}"
        body = {"action": "start", "once": "1", "title": "x"}
        answer = team.get(where) if method == "GET" else team.post(where, body)
        assert answer.status_code == 403
        assert set(answer.json()) == {"faults", "why"}
    assert team.post(f"{API}/enter", {"key": "wrong"}).status_code == 403
    for name in ("answers", "cards", "script", "packets", "all"):
        assert team.get(f"/materials/{name}").status_code == 403


def test_nothing_hidden_is_told_before_the_reveal(
    visitor: Callable[[], Page], facilitator: Page, code: str, rooms: Rooms
) -> None:
    teams = {role: seated(visitor, code, role) for role in game.rules().roles}
    act(facilitator, code, "start")
    secret = {"patron": {"order": "restrain"}, "militia": {"line": "campaign"}}
    for role, choices in secret.items():
        assert choose(teams[role], code, choices=choices) == 200
    for role, team in teams.items():
        text = team.get(f"{API}/{code}/state").text
        for other, choices in secret.items():
            if other != role:
                assert f'"choices":{json.dumps(choices)[:-1]}'.replace(" ", "") not in text
        assert team.get(f"{API}/{code}/state").json()["choices"].get("order", "") in (
            "restrain" if role == "patron" else "",
        )
    act(facilitator, code, "next", turn=0)
    structure = game.structure_of(rooms.room(code).seed)
    for team in teams.values():
        told = team.get(f"{API}/{code}/state").json()
        assert str(rooms.room(code).seed) not in json.dumps(told)
        assert structure not in {"deter", "provoke"} or structure not in json.dumps(told)
        assert team.get(f"{API}/{code}/debrief").status_code == 403
    act(facilitator, code, "reveal")
    assert teams["us"].get(f"{API}/{code}/debrief").status_code == 200


def test_what_is_sent_is_bounded_and_escaped(
    visitor: Callable[[], Page], facilitator: Page, code: str, rooms: Rooms
) -> None:
    page = visitor()
    where = f"{API}/{code}/join"
    big = page.post(where, {"role": "us", "name": "x" * 10_000_000})
    assert big.status_code == 413
    assert page.post(where, {"role": "us", "name": "x" * 41}).status_code == 400
    assert page.post(where, {"role": "us", "name": " \u202e\u2066 "}).status_code == 400
    assert page.post(where, {"role": "king", "name": "x"}).status_code == 400
    assert page.post(where, ["us"]).status_code == 400
    assert page.post(where, {"role": 3, "name": {}}).status_code == 400
    assert page.client.post(where, json={"role": "us", "name": "x"}).status_code == 415
    form = {"role": "us", "name": "x"}
    assert page.client.post(where, data=form, headers={"X-Drawdown": "1"}).status_code == 415
    deep = "[" * 30_000 + "]" * 30_000
    headers = {"X-Drawdown": "1", "Content-Type": "application/json"}
    assert page.client.post(where, content=deep, headers=headers).status_code == 400
    name = "<script>alert(1)</script>\u202e\u2066"
    assert page.post(where, {"role": "us", "name": name}).status_code == 200
    assert [n for _, n in rooms.members(code)["us"]] == ["<script>alert(1)</script>"]
    assert "<script>alert" not in page.get(f"/exercise/room/{code}").text
    assert page.get("/?case=" + "x" * 9000).status_code == 414
    assert page.get("/api/curves?case=<script>").json()["faults"]
    assert page.get(f"{API}/../../etc/passwd").status_code == 404
    assert page.get("/static/../app.py").status_code == 404


def test_a_wrong_code_or_key_waits_and_a_right_one_does_not(
    rooms: Rooms, visitor: Callable[[], Page], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches guessing at full speed, and a class shut out by somebody who guesses."""
    waited: list[float] = []

    async def counted(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(classroom.asyncio, "sleep", counted)
    page = visitor()
    for path in ("lobby", "qr.svg"):
        for letter in "BCDEFG":
            assert page.get(f"{API}/AAAAA{letter}/{path}").status_code == 404
    assert page.post(f"{API}/enter", {"key": "guess"}).status_code == 403
    assert waited == [classroom.WAIT_AFTER_A_GUESS] * 13
    assert page.get(f"{API}/{code}/lobby").status_code == 200
    assert page.post(f"{API}/enter", {"key": rooms.key}).status_code == 200
    assert len(waited) == 13


def test_a_session_is_not_the_key_and_ends(rooms: Rooms, visitor: Callable[[], Page]) -> None:
    """Catches a cookie that is the key, a log-out that leaves it valid, a key for ever."""
    page = visitor()
    answer = page.post(f"{API}/enter", {"key": rooms.key})
    assert rooms.key not in answer.headers["set-cookie"]
    assert page.get(f"{API}/rooms").status_code == 200
    thief = visitor()
    thief.client.cookies.update(page.client.cookies)
    assert thief.get(f"{API}/rooms").status_code == 200
    assert page.post(f"{API}/log-out", {}).status_code == 200
    assert thief.get(f"{API}/rooms").status_code == 403
    page.post(f"{API}/enter", {"key": rooms.key})
    other = visitor()
    other.post(f"{API}/enter", {"key": rooms.key})
    old = rooms.key
    fresh = page.post(f"{API}/new-key", {}).json()["key"]
    assert other.get(f"{API}/rooms").status_code == 403
    assert page.get(f"{API}/rooms").status_code == 200
    assert visitor().post(f"{API}/enter", {"key": fresh}).status_code == 200
    assert fresh != old
    assert rooms.enter(old) is None


def test_a_rooms_key_leads_that_room_alone(
    rooms: Rooms, visitor: Callable[[], Page], code: str
) -> None:
    other = rooms.make("another")
    page, guest = visitor(), visitor()
    page.post(f"{API}/enter", {"key": rooms.key})
    key = page.post(f"{API}/{code}/key", {}).json()["key"]
    assert guest.post(f"{API}/enter", {"key": key}).json() == {"room": code}
    assert guest.get(f"{API}/{code}/control").status_code == 200
    for where in (f"{API}/{other.code}/control", f"{API}/rooms", f"{API}/{other.code}/export.json"):
        assert guest.get(where).status_code == 403, where
    assert guest.post(f"{API}/new-key", {}).status_code == 403
    assert guest.post(f"{API}/{other.code}/key", {}).status_code == 403


def test_a_new_code_frees_seats_that_a_script_took(
    rooms: Rooms, visitor: Callable[[], Page], code: str
) -> None:
    for role in game.rules().roles:
        for k in range(MOST_IN_TEAM):
            visitor().post(f"{API}/{code}/join", {"role": role, "name": f"bot {k}"})
    assert visitor().post(f"{API}/{code}/join", {"role": "us", "name": "x"}).status_code == 409
    page = visitor()
    page.post(f"{API}/enter", {"key": rooms.key})
    fresh = page.post(f"{API}/{code}/control", {"action": "renew", "once": "r"}).json()["code"]
    assert page.get(f"{API}/{code}/lobby").status_code == 404
    assert visitor().post(f"{API}/{fresh}/join", {"role": "us", "name": "x"}).status_code == 200
    assert [n for seats in rooms.members(fresh).values() for _, n in seats] == ["x"]


def test_half_a_character_is_bad_input(
    rooms: Rooms, visitor: Callable[[], Page], code: str
) -> None:
    page = visitor()
    page.post(f"{API}/{code}/join", {"role": "us", "name": "us"})
    headers = {"X-Drawdown": "1", "Content-Type": "application/json"}
    for body in (
        b'{"turn": 0, "version": 0, "once": "a", "choices": {"posture": "\\ud800"}}',
        b'{"turn": 0, "version": 0, "once": "b", "choices": {"\\udfff": "auto"}}',
        b'{"\\ud800": 1}',
    ):
        answer = page.client.post(f"{API}/{code}/choose", content=body, headers=headers)
        assert answer.status_code == 400, body
    assert page.get("/?case=%ED%A0%80").status_code == 200
    assert page.get("/api/curves?case=%ED%A0%80").status_code == 400


def test_names_of_other_sites_are_refused(rooms: Rooms) -> None:
    """Catches a site whose name points here reading the pages through a visitor's browser."""
    page = Page(app.create(rooms, hosts=server.names_of_this_machine("http://class.example:8000")))
    for host, status in (
        ("localhost:8000", 200),
        ("127.0.0.1:8000", 200),
        ("192.168.1.7:8000", 200),
        ("[::1]:8000", 200),
        ("class.example:8000", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("", 400),
    ):
        found = page.client.get("/exercise", headers={"Host": host})
        assert found.status_code == status, host


def test_a_flood_from_the_shared_address_refuses_only_itself() -> None:
    """Catches a cap for each address: a class sits behind one."""

    def scope(port: int) -> dict[str, object]:
        return {"client": ("192.168.1.1", port)}

    rates = Rates(per_second=0.0, burst=3)
    assert [rates.allows(connection(scope(1))) for _ in range(5)] == [True] * 3 + [False] * 2
    assert rates.allows(connection(scope(2)))


def test_trouble_with_the_file_is_a_sentence(
    rooms: Rooms, visitor: Callable[[], Page], code: str
) -> None:
    page = visitor()
    page.post(f"{API}/{code}/join", {"role": "us", "name": "us"})
    other = sqlite3.connect(rooms.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    rooms._db.execute("PRAGMA busy_timeout=10")
    sent = {"turn": 0, "version": 0, "once": "a", "choices": {}}
    answer = page.post(f"{API}/{code}/choose", sent)
    assert (answer.status_code, answer.json()["why"]) == (503, "file_trouble")
    other.execute("ROLLBACK")
    other.close()
    # The file answers again: what is refused now is refused by the rules.
    assert page.post(f"{API}/{code}/choose", sent).json()["why"] == "not_deciding"


def test_silent_connections_leave_room_for_those_who_ask(fresh_server: Server) -> None:
    """Catches a thousand connections that say nothing, or half a header, and shut all out."""
    silent = []
    for k in range(server.MOST_IDLE + 900):
        one = socket.create_connection(("127.0.0.1", fresh_server.port))
        if k % 2:
            one.sendall(b"GET / HTTP/1.1\r\nHost: 127")
        silent.append(one)
    with urlopen(f"{fresh_server.address}/exercise") as answer:
        assert answer.status == 200
    for one in silent:
        one.close()


def test_a_certificate_needs_its_key(tmp_path: Path) -> None:
    """Catches a server that goes on without encrypting."""
    assert server.tls(None, None) == {}
    text = tmp_path / "c.pem"
    text.write_text("no certificate")
    for pair in ((text, None), (None, text), (text, text), (tmp_path / "none", text)):
        with pytest.raises(InputError):
            server.tls(*pair)


def test_rates_fill_up_again() -> None:
    rates = Rates(per_second=1e9, burst=2)
    assert all(rates.allows("a") for _ in range(50))
    rates = Rates(per_second=0.0, burst=2)
    assert [rates.allows("a") for _ in range(3)] == [True, True, False]
    assert rates.allows("b")


def test_too_many_requests_are_refused(rooms: Rooms) -> None:
    application = Guard(app.create(rooms), Rates(per_second=0.0, burst=3))
    page = Page(application)
    assert [page.get("/static/icon.svg").status_code for _ in range(5)][3:] == [429, 429]


def test_lines_lose_marks_that_turn_text() -> None:
    assert line("  a\u202eb \n c\u0000 ", 10, "name") == "ab c"
    assert line("first\nsecond", 20, "text") == "first second"
    assert (
        line("\u0645\u06cc\u200c\u0631\u0648\u062f", 20, "name")
        == "\u0645\u06cc\u200c\u0631\u0648\u062f"
    )
    with pytest.raises(RefusedError, match="at most"):
        line("x" * 11, 10, "name")


def test_nobody_sits_in_two_teams_or_comes_late_unseen(
    visitor: Callable[[], Page], facilitator: Page, code: str, rooms: Rooms
) -> None:
    us = seated(visitor, code, "us")
    assert us.post(f"{API}/{code}/join", {"role": "militia", "name": "spy"}).status_code == 409
    act(facilitator, code, "start")
    late = visitor()
    assert late.post(f"{API}/{code}/join", {"role": "militia", "name": "spy"}).status_code == 409
    act(facilitator, code, "open")
    assert late.post(f"{API}/{code}/join", {"role": "militia", "name": "spy"}).status_code == 200
    ((seat, _),) = rooms.members(code)["militia"]
    assert act(facilitator, code, "free", seat=seat) == 200
    assert late.get(f"{API}/{code}/state").status_code == 403
    assert us.get(f"{API}/{code}/state").status_code == 200


def test_odd_actions_are_refused_plainly(facilitator: Page, code: str) -> None:
    for action in ([], {}, None, 3, "fly", ""):
        body = {"action": action, "once": "1"}
        assert facilitator.post(f"{API}/{code}/control", body).status_code == 400
    for turn in (-1, "0", True, None, 2**40):
        body = {"action": "next", "turn": turn, "once": "1"}
        assert facilitator.post(f"{API}/{code}/control", body).status_code == 400


def test_a_room_can_be_reached_by_its_short_address(visitor: Callable[[], Page]) -> None:
    answer = visitor().client.get("/r/abcdef?lang=ar", follow_redirects=False)
    assert answer.headers["location"] == "../exercise/room/ABCDEF?lang=ar"


HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.mark.parametrize("path", ["/nowhere", "/materials/cards", "/exercise/room/AAAAAA", "/r/zz"])
def test_what_is_refused_is_a_page_in_the_readers_language(
    visitor: Callable[[], Page], path: str
) -> None:
    """Catches raw JSON, in English, where a person looks."""
    for code, direction in (("en", "ltr"), ("ar", "rtl")):
        answer = visitor().get(f"{path}?lang={code}", headers=HTML)
        assert answer.status_code in (403, 404)
        assert answer.headers["content-type"].startswith("text/html")
        assert f'dir="{direction}"' in answer.text
        assert "faults" not in answer.text
    answer = visitor().get(f"{path}?lang=ar")
    assert "faults" in answer.text


def test_faults_of_a_request_come_in_the_readers_language(
    visitor: Callable[[], Page], code: str
) -> None:
    us = seated(visitor, code, "us")
    answer = us.post(
        f"{API}/{code}/choose?lang=ar", {"turn": 0, "version": 0, "once": "x", "choices": {}}
    )
    assert answer.status_code == 409
    assert answer.json()["why"] == "not_deciding"
    assert re.search("[\u0600-\u06ff]", answer.json()["faults"][0])


@pytest.mark.parametrize("base", ["", "/user/teacher/proxy/8000"])
def test_every_address_of_every_page_works_below_a_path(
    base: str, tmp_path: Path, facilitator: Page
) -> None:
    """Catches an address that begins at the root of another server."""
    from urllib.parse import urljoin

    from starlette.applications import Starlette
    from starlette.routing import Mount
    from starlette.testclient import TestClient

    rooms = Rooms(tmp_path / "below.sqlite")
    room = rooms.make("x")
    inner = app.create(rooms, f"https://hub.example.edu{base}")
    whole = Starlette(routes=[Mount(base, inner)]) if base else inner
    client = TestClient(whole, base_url="https://hub.example.edu")
    pages = ["/", "/exercise", "/exercise/facilitator", f"/exercise/room/{room.code}"]
    pages += [f"/exercise/board/{room.code}", "/materials", "/materials/guide", "/nowhere"]
    for page in pages:
        text = client.get(base + page, headers=HTML).text
        root = re.search('data-root="([^"]*)"', text)
        assert root is not None
        for link in set(re.findall(r'(?:src|href)="([^"#]+)"', text)) | {
            f"{root[1]}static/live.js"
        }:
            assert not link.startswith("/"), (page, link)
            address = urljoin(f"https://hub.example.edu{base}{page}", link)
            if page == "/nowhere" and link.startswith("?"):
                continue
            assert client.get(address).status_code != 404, (page, link)
    for script in Path(app.__file__).parent.joinpath("static").glob("*.js"):
        assert not re.search(
            r"[\"'`]/(api|static|exercise|download|materials|r)\b", script.read_text()
        )
    spaced = client.get(f"{base}/r/{room.code[:3]} {room.code[3:]}".lower(), follow_redirects=False)
    assert spaced.headers["location"].startswith(f"../exercise/room/{room.code}")
    rooms.close()


def test_seats_and_keys_are_in_cookies_that_no_script_reads(
    rooms: Rooms, visitor: Callable[[], Page], code: str
) -> None:
    """Catches a cookie that a page's script, or another site's, could use."""
    answers = [
        visitor().post(f"{API}/enter", {"key": rooms.key}),
        visitor().post(f"{API}/{code}/join", {"role": "us", "name": "us"}),
    ]
    for answer in answers:
        told = answer.headers["set-cookie"].lower()
        assert "httponly" in told
        assert "samesite=strict" in told


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("ckb-IQ, ar-IQ;q=0.9, en;q=0.8", "ar"),
        ("ckb,en;q=0.4,ar;q=0.9", "ar"),
        ("fr, en-GB;q=0.5, ar;q=0.1", "en"),
        ("ar;q=0, en", "en"),
        ("ar", "ar"),
        ("fr, tr", "en"),
        ("ar;q=x, *", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_the_first_of_ours_that_a_phone_asks_for(asked: str, code: str) -> None:
    """Catches English for a phone that asks for Kurdish and then for Arabic."""
    assert preferred(asked) == code
