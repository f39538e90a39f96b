"""Many at once, and a server that is killed: nothing is lost, nothing doubled."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

import httpx2 as httpx
import pytest
from conftest import NEEDED, Server

from drawdown.exercise import game
from drawdown.exercise.rooms import Rooms

pytestmark = pytest.mark.long
API = "/api/exercise"
KILLS = 10 if NEEDED else 2
LEVERS = {role: next(iter(item.levers)) for role, item in game.rules().roles.items()}


Callers = Callable[[Server], httpx.Client]


@pytest.fixture
def caller() -> Iterator[Callers]:
    """Make clients, and close them at the end."""
    made: list[httpx.Client] = []

    def make(server: Server) -> httpx.Client:
        headers = {"X-Drawdown": "1"}
        made.append(httpx.Client(base_url=server.address, headers=headers, timeout=30.0))
        return made[-1]

    yield make
    for client in made:
        client.close()


def lead_of(server: Server, caller: Callers) -> httpx.Client:
    lead = caller(server)
    assert lead.post(f"{API}/enter", json={"key": server.key}).status_code == 200
    return lead


def act(lead: httpx.Client, code: str, action: str, **more: object) -> int:
    once = f"{random.getrandbits(64):x}"
    body = {"action": action, "once": once, **more}
    return lead.post(f"{API}/{code}/control", json=body).status_code


def open_room(lead: httpx.Client) -> str:
    code = str(lead.post(f"{API}/rooms", json={"title": "strain"}).json()["code"])
    assert act(lead, code, "start") == 200
    assert act(lead, code, "open") == 200
    return code


def test_forty_clients_lose_no_update(fresh_server: Server, caller: Callers) -> None:
    """Two rooms, twenty seats each: everybody changes his team's choice as often as he can."""
    lead = lead_of(fresh_server, caller)
    codes = [open_room(lead) for _ in range(2)]
    clients = []
    for k in range(40):
        client = caller(fresh_server)
        code, role = codes[k % 2], list(LEVERS)[(k // 2) % 6]
        answer = client.post(f"{API}/{code}/join", json={"role": role, "name": f"n{k}"})
        while answer.status_code == 429:
            time.sleep(0.5)
            answer = client.post(f"{API}/{code}/join", json={"role": role, "name": f"n{k}"})
        assert answer.status_code == 200
        clients.append((client, code, role))
    accepted: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], tuple[int, str]] = {}
    odd: list[int] = []
    lock = threading.Lock()

    def work(client: httpx.Client, code: str, role: str, seed: int) -> None:
        luck = random.Random(seed)
        options = list(game.rules().roles[role].levers[LEVERS[role]].options)
        for k in range(12):
            state = client.get(f"{API}/{code}/state").json()
            option = luck.choice(options)
            answer = client.post(
                f"{API}/{code}/choose",
                json={
                    "turn": 0,
                    "version": state["version"],
                    "once": f"{seed}-{k}",
                    "choices": {LEVERS[role]: option},
                },
            )
            time.sleep(0.2)
            with lock:
                if answer.status_code == 200:
                    accepted[code, role] += 1
                    version = answer.json()["version"]
                    if version > last.get((code, role), (0, ""))[0]:
                        last[code, role] = (version, option)
                elif answer.status_code not in (409, 429):
                    odd.append(answer.status_code)

    threads = [threading.Thread(target=work, args=(*c, seed)) for seed, c in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not odd
    rooms = Rooms(fresh_server.path)
    for (code, role), count in accepted.items():
        choices, version = rooms.choice(code, 0, role)
        assert version == count
        assert (version, choices[LEVERS[role]]) == last[code, role]
    assert len(accepted) == 12
    assert fresh_server.megabytes() < 500


def test_a_killed_server_goes_on(fresh_server: Server, caller: Callers) -> None:
    """Choices and turns come in while the server is killed; what was answered stands, once."""
    lead = lead_of(fresh_server, caller)
    code = open_room(lead)
    teams = {}
    for role in LEVERS:
        teams[role] = caller(fresh_server)
        joined = teams[role].post(f"{API}/{code}/join", json={"role": role, "name": role})
        assert joined.status_code == 200
    luck = random.Random(1)
    rooms = Rooms(fresh_server.path)
    for _ in range(KILLS):
        stop = threading.Event()
        answered: dict[tuple[int, str], int] = {}
        turns = [rooms.room(code).turn]

        def choosing(
            role: str, stop: threading.Event, answered: dict[tuple[int, str], int]
        ) -> None:
            while not stop.is_set():
                try:
                    state = teams[role].get(f"{API}/{code}/state").json()
                    key = (state["turn"], role)
                    body = {
                        "turn": state["turn"],
                        "version": state["version"],
                        "once": f"{random.getrandbits(64):x}",
                        "choices": {},
                    }
                    answer = teams[role].post(f"{API}/{code}/choose", json=body)
                    if answer.status_code == 200:
                        answered[key] = answer.json()["version"]
                except (httpx.TransportError, KeyError):
                    return

        def leading(stop: threading.Event, turns: list[int]) -> None:
            while not stop.wait(0.15):
                try:
                    if act(lead, code, "next", turn=turns[-1]) == 200:
                        turns.append(turns[-1] + 1)
                except httpx.TransportError:
                    return

        threads = [threading.Thread(target=choosing, args=(role, stop, answered)) for role in teams]
        threads.append(threading.Thread(target=leading, args=(stop, turns)))
        for thread in threads:
            thread.start()
        time.sleep(luck.uniform(0.2, 0.8))
        fresh_server.kill()
        stop.set()
        for thread in threads:
            thread.join()
        fresh_server.start()
        room = Rooms(fresh_server.path).room(code)
        # A turn may have ended though the answer was lost, but never one that was answered.
        assert turns[-1] <= room.turn <= turns[-1] + 1
        for (turn, role), version in answered.items():
            _, kept = rooms.choice(code, turn, role)
            assert version <= kept <= version + 1
        for role, team in teams.items():
            state = team.get(f"{API}/{code}/state").json()
            assert (state["role"], state["turn"]) == (role, room.turn)
        if room.phase == "ended":
            assert act(lead, code, "reset") == 200
            assert act(lead, code, "start") == 200
