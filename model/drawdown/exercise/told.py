"""What each side of a room is told: a team, the facilitator, the board for everybody."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from drawdown.exercise import debrief, game
from drawdown.exercise.game import NAMES, Outlooks, Realised
from drawdown.exercise.rooms import MOST_IN_TEAM, RefusedError, Room, Rooms
from drawdown.language import Language

T = TypeVar("T")
PUBLIC = ("reported", "strikes", "dead_us", "us_soldiers", "nato")
"""Indicators that everybody may see."""


class Teller:
    """Tells rooms. Worlds are kept while they are used, and played again when they are not.

    Args:
        rooms: The rooms.
    """

    MOST_WORLDS = 12
    MOST_TOLD = 200

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.outlooks = Outlooks()
        self._lock = threading.RLock()
        self._worlds: OrderedDict[tuple[str, int], Realised] = OrderedDict()
        self._told: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    def realised(self, room: Room) -> Realised:
        """Return a room's world as far as it was played."""
        with self._lock:
            key = (room.code, room.seed)
            before = self._worlds.pop(key, None)
            if before is not None and len(before.ends) > room.turn:
                before = None
            found = game.realise(room.seed, self.rooms.turns(room.code), before)
            self._worlds[key] = found
            if len(self._worlds) > self.MOST_WORLDS:
                self._worlds.popitem(last=False)
            return found

    def _once(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        with self._lock:
            if key not in self._told:
                self._told[key] = make()
                if len(self._told) > self.MOST_TOLD:
                    self._told.popitem(last=False)
            found: T = self._told[key]
            return found

    def _common(self, room: Room, language: Language) -> dict[str, Any]:
        turns = game.rules().turns
        number = min(room.turn, len(turns) - 1)
        first, last = game.days_of(number)
        news = []
        for item in self.rooms.news(room.code):
            text = item["text"]
            if item["inject"]:
                text = game.rules().injects[item["inject"]].text.in_language(language.code)
            news.append({"turn": item["turn"] + 1, "text": text, "kind": "inject"})
        for k in range(room.turn):
            for event in debrief.told(self.realised(room), k, language, public=True):
                news.append({"turn": k + 1, "text": f"{event['day']}: {event['text']}"})
        news.sort(key=lambda item: item["turn"])
        return {
            "code": room.code,
            "title": room.title,
            "phase": room.phase,
            "revision": room.revision,
            "turn": room.turn,
            "turns": len(turns),
            "days": f"{language.day(first)} – {language.day(last)}",
            "news": news,
            "roles": [
                {"name": name, "title": role.name.in_language(language.code)}
                for name, role in game.rules().roles.items()
            ],
            "ready": self.rooms.ready(room.code, room.turn),
        }

    def _indicator(self, name: str, room: Room, language: Language) -> dict[str, Any]:
        values = []
        k = NAMES.index(name)
        for number in range(room.turn):
            row = game.indicators(self.realised(room).daily(number))
            values.append(language.number(float(row[k]), debrief.DIGITS.get(name, 0)))
        return {
            "name": name,
            "label": language.word("exercise", f"indicator_{name}"),
            "value": values[-1] if values else "",
            "before": values[:-1],
        }

    def _reports(self, room: Room) -> list[float]:
        world = self.realised(room)
        k = NAMES.index("reported")
        return [float(game.indicators(world.daily(n))[k]) for n in range(room.turn)]

    def team(self, code: str, role: str, language: Language) -> dict[str, Any]:
        """Return what a team may know: its own, and what is public."""
        room = self.rooms.room(code)
        key = ("team", code, role, room.seed, room.revision, language.code)
        return self._once(key, lambda: self._team(room, role, language))

    def _team(self, room: Room, role: str, language: Language) -> dict[str, Any]:
        item = game.rules().roles[role]
        code = language.code
        choices, version = self.rooms.choice(room.code, room.turn, role)
        turns = self.rooms.turns(room.code)
        outlook = {}
        if room.phase in ("waiting", "deciding", "paused"):
            known = game.knowledge(role, turns, choices, self._reports(room))
            outlook = self.outlooks.draw(known)
        shown = []
        for name in item.indicators:
            one = self._indicator(name, room, language)
            if name in outlook:
                digits = debrief.DIGITS.get(name, 0)
                low, _, high = outlook[name]
                one["low"], one["high"] = (language.number(v, digits) for v in (low, high))
            shown.append(one)
        told = self._common(room, language) | {
            "role": role,
            "role_title": item.name.in_language(code),
            "brief": item.brief.in_language(code),
            "goals": getattr(item.goals, code),
            "members": [n for n in self.rooms.members(room.code)[role] if n],
            "levers": [
                {
                    "name": lever,
                    "title": about.name.in_language(code),
                    "options": [
                        {
                            "name": option,
                            "title": words.name.in_language(code),
                            "hint": words.hint.in_language(code),
                        }
                        for option, words in about.options.items()
                    ],
                }
                for lever, about in item.levers.items()
            ],
            "choices": choices,
            "version": version,
            "indicators": shown,
            "public": self._public_choices(room, language),
        }
        if room.turn and role == "us":
            world = self.realised(room)
            told["attributed"] = [
                {"name": language.word("factions", who), "n": n, "sure": sure}
                for who, (n, sure) in game.attributed(room.seed, world, room.turn - 1).items()
            ]
            told["official"] = game.official(world, room.turn - 1)
        if room.turn and role == "patron":
            told["quiet"] = game.quiet_days(self.realised(room), room.turn - 1)
        return told

    def _public_choices(self, room: Room, language: Language) -> list[dict[str, Any]]:
        if not room.turn:
            return []
        turn = self.rooms.turns(room.code)[-1]
        found = []
        for name, role in game.rules().roles.items():
            words = [
                f"{lever.name.in_language(language.code)}: "
                f"{lever.options[turn.chosen(name, key)].name.in_language(language.code)}"
                for key, lever in role.levers.items()
                if lever.public
            ]
            if words:
                found.append({"role": role.name.in_language(language.code), "choices": words})
        return found

    def lobby(self, code: str, language: Language) -> dict[str, Any]:
        """Return what somebody with the code sees before taking a seat: teams and free seats."""
        room = self.rooms.room(code)
        members = self.rooms.members(code)
        return {
            "title": room.title,
            "roles": [
                {
                    "name": name,
                    "title": role.name.in_language(language.code),
                    "taken": len(members[name]),
                    "most": MOST_IN_TEAM,
                }
                for name, role in game.rules().roles.items()
            ],
        }

    def board(self, code: str, language: Language) -> dict[str, Any]:
        """Return what everybody in the room may see."""
        room = self.rooms.room(code)
        key = ("board", code, room.seed, room.revision, language.code)

        def make() -> dict[str, Any]:
            return self._common(room, language) | {
                "indicators": [self._indicator(n, room, language) for n in PUBLIC],
                "public": self._public_choices(room, language),
            }

        return self._once(key, make)

    def control(self, code: str, language: Language) -> dict[str, Any]:
        """Return what the facilitator sees."""
        room = self.rooms.room(code)
        members = self.rooms.members(code)
        injects = game.rules().injects
        return self.board(code, language) | {
            "teams": [
                {
                    "role": name,
                    "title": role.name.in_language(language.code),
                    "members": members[name],
                    "most": MOST_IN_TEAM,
                    "decided": name in self.rooms.ready(code, room.turn),
                }
                for name, role in game.rules().roles.items()
            ],
            "injects": [
                {
                    "name": name,
                    "title": item.name.in_language(language.code),
                    "text": item.text.in_language(language.code),
                }
                for name, item in injects.items()
            ],
        }

    def debrief(self, code: str, language: Language) -> dict[str, Any]:
        """Return the debrief of a room.

        Raises:
            RefusedError: If the facilitator has not revealed it.
        """
        room = self.rooms.room(code)
        if room.phase != "revealed":
            raise RefusedError(403, "what is hidden has not been revealed")
        if not room.turn:
            raise RefusedError(409, "no turn was played")
        key = ("debrief", code, room.seed, room.turn, language.code)
        turns = self.rooms.turns(code)
        return self._once(
            key, lambda: debrief.make(room.seed, turns, self.realised(room), language)
        )

    def export(self, code: str, language: Language) -> dict[str, Any]:
        """Return a whole game, hidden state included, for the facilitator's records."""
        room = self.rooms.room(code)
        turns = self.rooms.turns(code)
        world = self.realised(room)
        return {
            "code": room.code,
            "title": room.title,
            "seed": room.seed,
            "structure": game.structure_of(room.seed),
            "phase": room.phase,
            "members": self.rooms.members(code),
            "news": self.rooms.news(code),
            "turns": [
                {
                    "turn": k + 1,
                    "first": game.days_of(k)[0].isoformat(),
                    "last": game.days_of(k)[1].isoformat(),
                    "choices": {
                        role: {lever: turn.chosen(role, lever) for lever in item.levers}
                        for role, item in game.rules().roles.items()
                    },
                    "injects": list(turn.injects),
                    "indicators": {
                        name: round(float(v), 4)
                        for name, v in zip(NAMES, game.indicators(world.daily(k)), strict=True)
                    },
                    "events": debrief.told(world, k, language),
                }
                for k, turn in enumerate(turns)
            ],
        }


def export_rows(exported: dict[str, Any]) -> list[list[str]]:
    """Return an exported game as rows for a CSV file: one a turn, role and lever, or number."""
    rows = [["turn", "first", "last", "kind", "role", "name", "value"]]
    for turn in exported["turns"]:
        head = [str(turn["turn"]), turn["first"], turn["last"]]
        for role, choices in turn["choices"].items():
            rows += [[*head, "choice", role, lever, option] for lever, option in choices.items()]
        rows += [[*head, "inject", "", name, ""] for name in turn["injects"]]
        rows += [[*head, "number", "", name, f"{v}"] for name, v in turn["indicators"].items()]
    return rows
