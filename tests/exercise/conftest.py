"""A file of rooms, and a room whose first turn is being decided."""

from pathlib import Path

import pytest

from drawdown.exercise.rooms import Rooms


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    return Rooms(tmp_path / "rooms.sqlite")


@pytest.fixture
def code(rooms: Rooms) -> str:
    code = rooms.make("a class").code
    rooms.move(code, "deciding", ("waiting",), "start")
    return code
