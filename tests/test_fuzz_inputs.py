"""Whatever is thrown at a door, what comes back is a sentence: no traceback, nothing half-written.

``DRAWDOWN_MUTATIONS=5000 pytest tests/test_fuzz_inputs.py`` throws thousands, others every time;
without it the same ones are thrown, so that what fails has failed because of the change.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from drawdown.cli import main, options
from drawdown.connect import replay, replication_ranges
from drawdown.declared import data_files, record, tabular
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.declared.scenario import Scenario
from drawdown.exercise.room_views import Teller
from drawdown.exercise.rooms import RefusedError, Rooms
from drawdown.views.figures import Result
from drawdown.web import app, links
from drawdown.web.address import View

MUTATIONS = int(os.environ.get("DRAWDOWN_MUTATIONS", "40"))

many = settings(
    max_examples=MUTATIONS,
    deadline=None,
    derandomize="DRAWDOWN_MUTATIONS" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
nasty = st.sampled_from(
    [
        b"", b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"nan", b"-1", b"1e999", b"999999999999999999999",
        b"[", b"{", b"}", b": ", b"- ", b"&a [*a]", b"!!python/object:os.system", b"\t", b"\r",
        b"\xe2\x80\xae", b"'", b'"', b"null", b"true", b"~", b"2021-02-30", b"0x", b"<<: *a", b"#",
    ]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, content: bytes) -> bytes:
    """Return bytes with some cut out, doubled, exchanged or put in."""
    found = content
    for _ in range(draw(st.integers(1, 4))):
        if not found:
            break
        at = draw(st.integers(0, len(found) - 1))
        size = draw(st.integers(0, min(40, len(found))))
        how = draw(st.sampled_from(["cut", "double", "put", "flip", "end"]))
        if how == "cut":
            found = found[:at] + found[at + size :]
        elif how == "double":
            found = found[: at + size] + found[at:]
        elif how == "put":
            found = found[:at] + draw(nasty) + found[at:]
        elif how == "flip":
            found = found[:at] + bytes([found[at] ^ draw(st.integers(1, 255))]) + found[at + 1 :]
        else:
            found = found[:at]
    return found


def sentence(door: Callable[[], Any]) -> None:
    """Let something through, or be refused in words."""
    told: tuple[str, ...] | list[str] = ["through"]
    try:
        door()
    except InputError as error:
        told = error.faults
    except RefusedError as refused:
        told = [str(refused)] if 400 <= refused.status < 500 else []
    assert told
    assert all(isinstance(fault, str) and fault.strip() for fault in told)


def of(name: str) -> bytes:
    return (data_files.folder("scenarios") / f"{name}.yaml").read_bytes()


@given(mutated(of("conditions-based-exit")))
@many
def test_scenario_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    sentence(lambda: Scenario.load(path))


@given(
    st.lists(
        st.one_of(
            st.text(max_size=30),
            st.builds(
                "{}={}".format,
                st.sampled_from(["lethality", "attack_rate", "motive", "", "lethal ity"]),
                st.text(max_size=12),
            ),
        )
    ),
    st.text(),
)
@many
def test_overrides(given_: list[str], off: str) -> None:
    sentence(lambda: options.parse_set(tuple(given_), (off,)))


CSV = b"start,end,best,low,high\n2021-08-01,2021-08-31,5,3,8\n2021-09-01,2021-09-30,6,4,9\n"


@given(mutated(CSV))
@many
def test_observed_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "observed.csv"
    path.write_bytes(content)
    sentence(lambda: record.read(str(path), tabular.Reading()))


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("doors")
    words = ["run", "restraint", "--runs", "4", "--no-figures", "--structure", "deter"]
    done = CliRunner().invoke(main, [*words, "--name", "x", "--out", str(out)])
    assert done.exit_code == 0
    return out / "x"


@given(st.data())
@many
def test_result_folders(tmp_path: Path, result: Path, data: st.DataObject) -> None:
    """Catches a damaged result that is taken for whole, or that ends in a traceback."""
    folder = tmp_path / "x"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(result, folder)
    name = data.draw(st.sampled_from(["run.json", "outcomes.parquet", "bands.parquet"]))
    content = data.draw(mutated((folder / name).read_bytes()))
    (folder / name).write_bytes(content)
    if name != "run.json" and content != (result / name).read_bytes():
        with pytest.raises(InputError, match="was changed"):
            Result.read(folder)
        if name != "bands.parquet":  # which a part does not read
            with pytest.raises(InputError, match=r"changed|no part"):
                replication_ranges.read(folder)
    for door in (Result.read, replication_ranges.read, replay.record_of):
        sentence(lambda door=door: door(folder))  # type: ignore[misc]
    done = CliRunner().invoke(main, ["verify", str(folder), "--files"])
    assert done.exit_code in (0, 1, 2), done.exception


@given(st.data())
@many
def test_results_that_say_other_things_of_themselves(
    tmp_path: Path, result: Path, data: st.DataObject
) -> None:
    folder = tmp_path / "x"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(result, folder)
    told = json.loads((folder / "run.json").read_text())
    key = data.draw(st.sampled_from(sorted(told)))
    value = data.draw(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
            ),
            max_leaves=5,
        )
    )
    if data.draw(st.booleans()):
        del told[key]
    else:
        told[key] = value
    (folder / "run.json").write_text(json.dumps(told))
    for door in (Result.read, replication_ranges.read, replay.record_of):
        sentence(lambda door=door: door(folder))  # type: ignore[misc]
    done = CliRunner().invoke(main, ["verify", "--files", str(folder)])
    assert done.exit_code in (0, 1, 2), done.exception
    assert done.exception is None or isinstance(done.exception, SystemExit)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "case",
                "base",
                "structure",
                "motive",
                "seed",
                "world",
                "doctrine",
                "u.lethality",
                "u.",
                "model",
                "numbers",
                "x",
            ]
        ),
        st.text(max_size=20),
    )
)
@many
def test_links(query: dict[str, str]) -> None:
    sentence(lambda: View.read(query))
    with suppress(UnicodeEncodeError):
        text = urlencode(query)
        sentence(lambda: links.read(text))
        sentence(lambda: links.view_of(f"http://127.0.0.1:8000/?{text}"))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, str]]:
    rooms = Rooms(tmp_path_factory.mktemp("rooms") / "rooms.sqlite")
    code = rooms.make("a class").code
    token = rooms.join(code, "us", "us")
    rooms.move(code, "deciding", ("waiting",), "s")
    with TestClient(app.create(rooms), raise_server_exceptions=True) as client:
        client.cookies.set(f"seat-{code}", token)
        entered = rooms.enter(rooms.key)
        assert entered is not None
        client.cookies.set("facilitator", entered[0])
        yield client, code
    rooms.close()


@given(
    st.sampled_from(["choose", "control", "join", "leave", "enter", "rooms", "key"]),
    mutated(
        b'{"turn": 0, "version": 0, "once": "a", "choices": {"posture": "hold"}, "action": "news",'
        b' "text": "x", "role": "us", "name": "me", "title": "t", "seat": 1, "inject": "doubt"}'
    ),
)
@many
def test_forms(page: tuple[TestClient, str], where: str, content: bytes) -> None:
    client, code = page
    from drawdown.web import classroom

    classroom.WAIT_AFTER_A_GUESS = 0.0
    path = where if where in ("enter", "rooms") else f"{code}/{where}"
    headers = {"X-Drawdown": "1", "Content-Type": "application/json"}
    answer = client.post(f"/api/exercise/{path}", content=content, headers=headers)
    assert answer.status_code < 500, (where, content, answer.text)


def test_bytes_of_a_game_file(tmp_path: Path) -> None:
    """Catches text of no encoding, in the table of contents or in a row, and a team of no name."""
    whole = tmp_path / "whole.sqlite"
    rooms = Rooms(whole)
    code = rooms.make("a class").code
    rooms.join(code, "us", "us")
    rooms.close()
    content = whole.read_bytes()
    path = tmp_path / "changed.sqlite"
    refused = 0
    for turn, at in enumerate([at for at, byte in enumerate(content) if byte][::2]):
        path.write_bytes(
            content[:at] + bytes([content[at] ^ (1, 128)[turn % 2]]) + content[at + 1 :]
        )
        try:
            rooms = Rooms(path)
        except InputError:
            refused += 1
            continue
        for room in rooms.all():
            sentence(partial(Teller(rooms).lobby, room.code, Language("en")))
        rooms.close()
    assert refused > 400


@given(st.data())
@many
def test_game_files(tmp_path: Path, data: st.DataObject) -> None:
    whole = tmp_path / "whole.sqlite"
    if not whole.exists():
        rooms = Rooms(whole)
        code = rooms.make("a class").code
        rooms.join(code, "us", "us")
        rooms.close()
    path = tmp_path / "changed.sqlite"
    path.unlink(missing_ok=True)
    Path(f"{path}-journal").unlink(missing_ok=True)
    path.write_bytes(data.draw(mutated(whole.read_bytes())))
    done = CliRunner().invoke(main, ["exercise", "list", "--file", str(path)])
    assert done.exit_code in (0, 2), (done.exit_code, done.exception)
    if done.exit_code == 0:
        rooms = Rooms(path)
        for room in rooms.all():
            sentence(partial(Teller(rooms).lobby, room.code, Language("en")))
        rooms.close()
