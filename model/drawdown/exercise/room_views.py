"""What each side of a room is told: a team, the facilitator, the board for everybody."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Any, TypeVar

from drawdown.declared.errors import InputError, unknown
from drawdown.declared.language import Language
from drawdown.declared.recent import Recent
from drawdown.declared.storage import DamagedError
from drawdown.exercise import debrief, game
from drawdown.exercise.game import NAMES, Outlooks, Realised
from drawdown.exercise.rooms import MOST_IN_TEAM, RefusedError, Rooms, Snapshot

T = TypeVar("T")
PUBLIC = ("reported", "strikes", "dead_us", "us_soldiers", "nato")
"""Indicators that everybody may see."""


class Teller:
    """Tells rooms. Worlds are kept while they are used, and played again when they are not.

    What is told rests on one `Snapshot`, so that nothing in it is newer than the rest. Rooms do
    not wait for each other.

    Args:
        rooms: The rooms.
    """

    MOST_WORLDS = 12

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.outlooks = Outlooks()
        self._lock = threading.Lock()
        self._room_locks: dict[str, threading.RLock] = {}
        self._worlds: OrderedDict[tuple[str, int], Realised] = OrderedDict()
        self._recent = Recent(200)

    def _room_lock(self, code: str) -> threading.RLock:
        with self._lock:
            return self._room_locks.setdefault(code, threading.RLock())

    def realised(self, now: Snapshot) -> Realised:
        """Return a room's world, played at least as far as a snapshot; it has a turn."""
        key = (now.room.code, now.room.seed)
        with self._room_lock(now.room.code):
            before = self._take_world(now)
            if before is None or len(before.ends) < len(now.turns):
                if self.moved(now):
                    raise RefusedError(409, "model_moved")
                before = game.realise(now.room.seed, now.turns, before)
                past = game.packed(before)
                room = now.room
                with suppress(sqlite3.OperationalError):
                    # A full disk is no reason not to tell; it is played anew the next time.
                    self.rooms.keep_past(room.code, room.seed, len(now.turns), game.model(), past)
            self._put_world(key, before)
            return before

    def _take_world(self, now: Snapshot) -> Realised | None:
        with self._lock:
            before = self._worlds.pop((now.room.code, now.room.seed), None)
        return before or self._kept(now)

    def _put_world(self, key: tuple[str, int], world: Realised) -> None:
        with self._lock:
            self._worlds[key] = world
            dropped = []
            while len(self._worlds) > self.MOST_WORLDS:
                dropped.append(self._worlds.popitem(last=False)[1])
        for old in dropped:
            old.world.retire()

    def _kept(self, now: Snapshot) -> Realised | None:
        """Return a room's past as it was played, or None where nothing whole is kept."""
        found = self.rooms.past(now.room.code)
        if found is None:
            return None
        try:
            return game.unpacked(found[2])
        except DamagedError:
            if self.moved(now):
                raise RefusedError(409, "unreadable", turn=found[0]) from None
            return None

    def next_turn(self, code: str, turn: int, once: str) -> None:
        """Play the turn that is decided and end it: what was played is kept with it, or neither.

        Args:
            code: The room.
            turn: The turn that ends.
            once: A number that is used once.

        Raises:
            RefusedError: As `Rooms.next_turn` does.
        """
        with self._room_lock(code):
            # Who decides while it is played is heard; after the second time nobody may.
            for alone in (False, False, True):
                with self.rooms.still() if alone else nullcontext():
                    if self._ends(code, turn, once):
                        return
        raise RefusedError(409, "turn_over")

    def _ends(self, code: str, turn: int, once: str) -> bool:
        """Play a turn and end it; return whether it is still what is decided."""
        now = self.rooms.snapshot(code)
        if now.room.phase != "deciding" or now.room.turn != turn or self.moved(now):
            return self.rooms.next_turn(code, turn, once, now)  # which says why not
        # Played on in place: it is put back only if the turn has ended so.
        world = game.realise(now.room.seed, (*now.turns, now.now), self._take_world(now))
        if not self.rooms.next_turn(code, turn, once, now, game.packed(world)):
            return False
        self._put_world((code, now.room.seed), world)
        return True

    def moved(self, now: Snapshot) -> bool:
        """Return whether a room's turns were played by another model than this one."""
        return bool(now.room.model) and now.room.model != game.model()

    def _once(self, code: str, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        with self._room_lock(code):
            return self._recent.get_or_make((code, *key), make)

    def _common(self, now: Snapshot, language: Language) -> dict[str, Any]:
        turns = game.rules().turns
        room = now.room
        first, last = game.days_of(min(room.turn, len(turns) - 1))
        news: list[dict[str, Any]] = []
        if self.moved(now):
            notice = language.word("exercise", "model_moved")
            news.append({"turn": now.room.turn, "text": notice, "kind": "notice"})
        for item in now.news:
            text = item["text"]
            if item["inject"]:
                text = game.rules().injects[item["inject"]].text.in_language(language.code)
            news.append({"turn": item["turn"] + 1, "text": text, "kind": "inject"})
        for k in range(room.turn):
            for event in debrief.told(self.realised(now), k, language, public=True):
                news.append({"turn": k + 1, "text": f"{event['day']}: {event['text']}"})
        news.sort(key=lambda item: item["turn"])
        return {
            "title": room.title,
            "phase": room.phase,
            "turn": room.turn,
            "turns": len(turns),
            "days": f"{language.day(first)} – {language.day(last)}",
            "news": news,
            "roles": [
                {"name": name, "title": role.name.in_language(language.code)}
                for name, role in game.rules().roles.items()
            ],
            "ready": list(now.versions),
        }

    def _indicator(self, name: str, now: Snapshot, language: Language) -> dict[str, Any]:
        value = ""
        if now.turns:
            row = game.indicators(self.realised(now).daily(now.room.turn - 1))
            value = debrief.number(name, row[NAMES.index(name)], language)
        label = language.word("exercise", f"indicator_{name}")
        return {"name": name, "label": label, "value": value}

    def _reports(self, now: Snapshot) -> list[float]:
        k = NAMES.index("reported")
        return [
            float(game.indicators(self.realised(now).daily(number))[k])
            for number in range(now.room.turn)
        ]

    def team(self, code: str, role: str, language: Language) -> dict[str, Any]:
        """Return what a team may know: its own, and what is public."""
        now = self.rooms.snapshot(code)
        key = ("team", role, now.room.seed, now.room.revision, language.code)
        return self._once(code, key, lambda: self._team(now, role, language))

    def _team(self, now: Snapshot, role: str, language: Language) -> dict[str, Any]:
        item = game.rules().roles[role]
        code, room = language.code, now.room
        choices = dict(now.now.choices.get(role, {}))
        outlook = {}
        if room.phase in ("waiting", "deciding", "paused"):
            known = game.knowledge(role, now.turns, choices, self._reports(now), now.now.injects)
            outlook = self.outlooks.draw(known)
        shown = []
        for name in item.indicators:
            one = self._indicator(name, now, language)
            if name in outlook:
                low, _, high = outlook[name]
                one |= {"low": debrief.number(name, low, language)}
                one |= {"high": debrief.number(name, high, language)}
            shown.append(one)
        told = self._common(now, language) | {
            "role": role,
            "role_title": item.name.in_language(code),
            "brief": item.brief.in_language(code),
            "goals": [goal.in_language(code) for goal in item.goals],
            "members": [name for _, name in now.members[role] if name],
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
            "version": now.versions.get(role, 0),
            "indicators": shown,
            "public": self._public_choices(now, language),
        }
        if room.turn and role == "us":
            world = self.realised(now)
            told["attributed"] = [
                {"name": language.word("factions", who), "n": n, "sure": sure}
                for who, (n, sure) in game.attributed(room.seed, world, room.turn - 1).items()
            ]
            told["official"] = game.official(world, room.turn - 1)
        if room.turn and role == "patron":
            world = self.realised(now)
            told["quiet"] = game.ordered_days(world, room.turn - 1)
        return told

    def _public_choices(self, now: Snapshot, language: Language) -> list[dict[str, Any]]:
        if not now.turns:
            return []
        found = []
        for name, role in game.rules().roles.items():
            words = [
                f"{lever.name.in_language(language.code)}: "
                f"{lever.options[now.turns[-1].chosen(name, key)].name.in_language(language.code)}"
                for key, lever in role.levers.items()
                if lever.public
            ]
            if words:
                found.append({"role": role.name.in_language(language.code), "choices": words})
        return found

    def lobby(self, code: str, language: Language) -> dict[str, Any]:
        """Return what somebody with the code sees before taking a seat: teams and free seats."""
        now = self.rooms.snapshot(code)
        return {
            "code": code,
            "title": now.room.title,
            "doors": now.room.doors,
            "roles": [
                {
                    "name": name,
                    "title": role.name.in_language(language.code),
                    "taken": len(now.members[name]),
                    "most": MOST_IN_TEAM,
                }
                for name, role in game.rules().roles.items()
            ],
        }

    def board(self, code: str, language: Language) -> dict[str, Any]:
        """Return what everybody in the room may see."""
        return self._board(self.rooms.snapshot(code), language)

    def _board(self, now: Snapshot, language: Language) -> dict[str, Any]:
        key = ("board", now.room.seed, now.room.revision, language.code)

        def make() -> dict[str, Any]:
            return self._common(now, language) | {
                "indicators": [self._indicator(n, now, language) for n in PUBLIC],
                "public": self._public_choices(now, language),
            }

        return self._once(now.room.code, key, make)

    def check_inject(self, code: str, name: str) -> None:
        """Refuse prepared news that would contradict the game as it stands.

        Raises:
            RefusedError: If it would.
            InputError: If there is no such news.
        """
        injects = game.rules().injects
        if name not in injects:
            raise InputError(unknown("inject", name, injects))
        item, now = injects[name], self.rooms.snapshot(code)
        if item.needs is None or item.without is None or not now.turns:
            return
        row = game.indicators(self.realised(now).daily(now.room.turn - 1))
        if row[NAMES.index(item.needs)] < 1.0:
            raise RefusedError(409, "inject_state", reason=item.without)

    def control(self, code: str, language: Language) -> dict[str, Any]:
        """Return what the facilitator sees."""
        now = self.rooms.snapshot(code)
        return self._board(now, language) | {
            "doors": now.room.doors,
            "teams": [
                {
                    "role": name,
                    "title": role.name.in_language(language.code),
                    "members": [{"seat": k, "name": n} for k, n in now.members[name]],
                    "decided": name in now.versions,
                }
                for name, role in game.rules().roles.items()
            ],
            "injects": [
                {
                    "name": name,
                    "title": item.name.in_language(language.code),
                    "text": item.text.in_language(language.code),
                }
                for name, item in game.rules().injects.items()
            ],
        }

    def debrief(self, code: str, language: Language) -> dict[str, Any]:
        """Return the debrief of a room.

        Raises:
            RefusedError: If the facilitator has not revealed it.
        """
        now = self.rooms.snapshot(code)
        if now.room.phase != "revealed":
            raise RefusedError(403, "not_revealed")
        if not now.turns:
            raise RefusedError(409, "no_turn_played")
        key = ("debrief", now.room.seed, now.room.turn, language.code)

        def make() -> dict[str, Any]:
            room = now.room
            stored = self.rooms.debrief(code, room.turn, language.code)
            if stored is not None:
                whole: dict[str, Any] = json.loads(stored)
                return whole
            if self.moved(now):
                # What would have happened otherwise can only be told by the model that played.
                raise RefusedError(409, "model_moved_debrief")
            made = debrief.make(room.seed, now.turns, self.realised(now), language)
            text = json.dumps(made, ensure_ascii=False)
            with suppress(sqlite3.OperationalError):
                # A full disk is no reason not to tell.
                self.rooms.keep_debrief(code, room.seed, room.turn, language.code, text)
            return made

        return self._once(code, key, make)

    def export(self, code: str, language: Language) -> dict[str, Any]:
        """Return a whole game, hidden state included, for the facilitator's records."""
        now = self.rooms.snapshot(code)
        turns = []
        for k, turn in enumerate(now.turns):
            world = self.realised(now)
            first, last = game.days_of(k)
            values = game.indicators(world.daily(k))
            turns.append(
                {
                    "turn": k + 1,
                    "first": first.isoformat(),
                    "last": last.isoformat(),
                    "choices": {
                        role: {lever: turn.chosen(role, lever) for lever in item.levers}
                        for role, item in game.rules().roles.items()
                    },
                    "injects": list(turn.injects),
                    "indicators": {
                        name: round(float(v), 4) for name, v in zip(NAMES, values, strict=True)
                    },
                    "events": debrief.told(world, k, language),
                }
            )
        return {
            "code": now.room.code,
            "title": now.room.title,
            "seed": now.room.seed,
            "structure": self.realised(now).structure
            if now.turns
            else game.structure_of(now.room.seed),
            "model": now.room.model or game.model(),
            "phase": now.room.phase,
            "members": {role: [n for _, n in seats] for role, seats in now.members.items()},
            "news": [dict(item) for item in now.news],
            "turns": turns,
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
