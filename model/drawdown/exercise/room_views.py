"""What each side of a room is told: a team, the facilitator, the board for everybody."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from typing import Any, TypeVar

import numpy as np

from drawdown.declared.actors import cast
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import ATTACK_FOREIGN
from drawdown.declared.errors import InputError, unknown
from drawdown.declared.language import Language
from drawdown.declared.recent import Recent
from drawdown.declared.storage import DamagedError
from drawdown.exercise import debrief, game, marks, outlooks
from drawdown.exercise.game import AUTO, INDICATORS, NAMES, Goal, Realised
from drawdown.exercise.negotiation import Proposal
from drawdown.exercise.outlooks import PUBLIC, Outlooks, Range
from drawdown.exercise.rooms import MOST_IN_TEAM, RefusedError, Rooms, Snapshot

T = TypeVar("T")


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

    def back(self, code: str, once: str) -> None:
        """Take the last turn back: its world is played anew when it ends.

        Args:
            code: The room.
            once: A number that is used once.

        Raises:
            RefusedError: As `Rooms.back` does, or if the model has changed.
        """
        with self._room_lock(code):
            now = self.rooms.snapshot(code)
            if self.moved(now):
                raise RefusedError(409, "model_moved")
            self.rooms.back(code, once)
            with self._lock:
                gone = self._worlds.pop((code, now.room.seed), None)
            if gone is not None:
                gone.world.retire()

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
        if room.again:
            taken = language.word("exercise", "taken_back")
            news.append({"turn": room.again, "text": taken, "kind": "notice"})
        for item in now.news:
            text = item["text"]
            if item["inject"]:
                text = game.rules().injects[item["inject"]].text.in_language(language.code)
            news.append({"turn": item["turn"] + 1, "text": text, "kind": "inject"})
        for k in range(room.turn):
            dead = self._dead(now, k, language)
            if dead:
                news.append({"turn": k + 1, "text": dead})
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
            "slide": room.slide,
            "promises": self._promises(now, language),
            "communique": self._communique(now, language),
        }

    def _dead(self, now: Snapshot, turn: int, language: Language) -> str:
        """Return how many American and allied soldiers died in a turn, or nothing."""
        row = game.indicators(self.realised(now).daily(turn))
        us, allies = (int(row[NAMES.index(n)]) for n in ("dead_us", "dead_coalition"))
        if not us + allies:
            return ""
        told = {k: language.number(n, 0) for k, n in (("us", us), ("allies", allies))}
        return language.word("exercise", "dead_news", **told)

    def _values(self, now: Snapshot) -> Floats:
        """Return every indicator on the day before the game and in each turn, a row each."""

        seed, code = now.room.seed, now.room.code

        def make() -> Floats:
            eve = self._once(code, ("eve", seed), lambda: game.eve(seed))
            if not now.turns:
                return eve[None]
            world = self.realised(now)
            return np.array([eve, *(game.indicators(world.daily(k)) for k in range(now.room.turn))])

        return self._once(code, ("values", seed, repr(now.turns)), make)

    def _indicator(self, name: str, values: Floats, language: Language) -> dict[str, Any]:
        """Return an indicator as it stands, with its past and where it began."""
        column = values[:, NAMES.index(name)]
        counted = INDICATORS[name][1] == "sum"
        shown = column[1:] if counted else column
        return {
            "name": name,
            "label": language.word("exercise", f"indicator_{name}"),
            "counted": counted,
            "value": debrief.number(name, shown[-1], language) if len(shown) else "",
            "start": "" if counted else debrief.number(name, column[0], language),
            "past": [None if counted else float(column[0]), *(float(v) for v in column[1:])],
        }

    def _goal(self, goal: Goal, values: Floats, voted: bool, language: Language) -> dict[str, Any]:
        """Return a goal: where it began, where it stands, where it is reached."""
        found: dict[str, Any] = {"text": goal.in_language(language.code)}
        if goal.of not in NAMES:
            held = language.word("exercise", "vote_held" if voted else "no_vote_yet")
            state = "holds" if voted else "not_yet"
            return found | {
                "now": held,
                "start": "",
                "target": "",
                "of": goal.of,
                "how": goal.how,
                "state": state,
            }
        column = values[:, NAMES.index(goal.of)]
        counted = INDICATORS[goal.of][1] == "sum"
        scale = float(column[0]) if goal.of_start else 1.0
        reach = scale * (goal.at_least if goal.at_least is not None else goal.at_most or 0.0)
        sofar = column[1:] if counted or goal.how != "end" else column

        def told(value: float) -> str:
            return debrief.number(goal.of, value, language)

        now = float(goal.read(sofar)) if len(sofar) else None
        return found | {
            "of": goal.of,
            "how": goal.how,
            "state": goal.stands(now, reach) if now is not None else "",
            "start": "" if counted else told(column[0]),
            "now": told(now) if now is not None else "",
            "target": told(reach),
            "reach": reach,
            "at_least": goal.at_least is not None,
        }

    def _known(
        self, now: Snapshot, role: str, choices: game.Choices, values: Floats
    ) -> outlooks.Knowledge:
        return outlooks.knowledge(role, now.turns, choices, values, now.now.injects)

    @staticmethod
    def _range(name: str, found: Range, language: Language) -> dict[str, Any]:
        return {
            "low": debrief.number(name, found.low, language),
            "high": debrief.number(name, found.high, language),
            "ends": [found.low, found.high],
        }

    def outlook(
        self,
        code: str,
        role: str,
        choices: Mapping[str, Any],
        others: Mapping[str, Any],
        language: Language,
    ) -> dict[str, Any]:
        """Return a team's outlook under choices that it thinks of, and what it supposes of others.

        Raises:
            RefusedError: If no turn is being decided.
            InputError: If a team, a lever or an option does not exist.
        """
        now = self.rooms.snapshot(code)
        if now.room.phase not in ("waiting", "deciding", "paused"):
            raise RefusedError(409, "not_deciding")
        roles = game.rules().roles
        plan: dict[str, dict[str, str]] = {role: game.check(role, choices)}
        for name, own in others.items():
            if name not in roles:
                raise InputError(unknown("role", str(name)[:40], roles))
            if name != role and isinstance(own, Mapping):
                game.check(name, own)
                plan[name] = dict(own)
        known = self._known(now, role, plan, self._values(now))
        found = self.outlooks.draw(known)
        return {"outlook": {n: self._range(n, r, language) for n, r in found.items()}}

    def team(self, code: str, role: str, language: Language) -> dict[str, Any]:
        """Return what a team may know: its own, and what is public."""
        now = self.rooms.snapshot(code)
        key = ("team", role, now.room.seed, now.room.revision, language.code)
        told = self._once(code, key, lambda: self._team(now, role, language))
        return told | {"clock": self._clock(now)}

    def test(self, code: str, token: str, language: Language) -> dict[str, Any]:
        """Return the test that a seat may answer now, if it has not yet."""
        which = self.rooms.open_test(self.rooms.room(code))
        if which is None or self.rooms.has_answered(code, token, which):
            return {"test": None}
        return {"test": which, "questions": marks.questions(which, language), "sure": marks.SURE}

    def marks(self, code: str, language: Language) -> list[dict[str, Any]]:
        """Return what a class knew before and after, question by question."""
        ideas = marks.ideas(language)

        def told(value: float) -> str:
            return language.number(value, 2)

        found = []
        for row, idea in zip(marks.by_question(self.rooms.marks(code)), ideas, strict=True):
            one: dict[str, Any] = {"question": row["question"], "idea": idea}
            for test in marks.TESTS:
                part: Any = row[test]
                one[test] = {"n": part["n"], **{k: told(part[k]) for k in ("right", "brier")}}
            found.append(one | {"gain": debrief.signed(row["gain"], 2, language)})
        return found

    def _clock(self, now: Snapshot) -> dict[str, Any]:
        """Return what is left to decide; it goes on while nothing else changes."""
        return {"left": self.rooms.left(now.room), "runs": bool(now.room.clock)}

    def _team(self, now: Snapshot, role: str, language: Language) -> dict[str, Any]:
        item = game.rules().roles[role]
        code, room, values = language.code, now.room, self._values(now)
        choices = dict(now.now.choices.get(role, {}))
        outlook: dict[str, Range] = {}
        if room.phase in ("waiting", "deciding", "paused"):
            known = self._known(now, role, {role: choices}, values)
            outlook = self.outlooks.draw(known)
        shown = []
        for name in item.indicators:
            one = self._indicator(name, values, language)
            if name in outlook:
                one |= self._range(name, outlook[name], language)
            shown.append(one)
        voted = bool(now.turns) and self.realised(now).voted(len(now.turns))
        told = self._common(now, language) | {
            "role": role,
            "role_title": item.name.in_language(code),
            "brief": item.brief.in_language(code),
            "beliefs": [one.in_language(code) for one in item.beliefs],
            "goals": [self._goal(goal, values, voted, language) for goal in item.goals],
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
            "public": self._public_choices(now, language, role),
            "proposals": [
                self._proposal(p, role, now, language) for p in now.proposals if p.between(role)
            ],
            "others": self._others(role, language),
            "guesses": {n: text for (n, who), text in now.guesses.items() if who == role},
            "prediction": next(
                (
                    {"indicator": p.indicator, "low": p.low, "high": p.high}
                    for p in now.predictions
                    if p.role == role and p.turn == room.turn
                ),
                None,
            ),
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

    def _proposal(
        self, one: Proposal, role: str, now: Snapshot, language: Language
    ) -> dict[str, Any]:
        """Return a proposal as one of the two sides reads it."""
        roles, mine = game.rules().roles, one.role == role
        other = one.partner if mine else one.role
        kept = one.was_kept(now.turns[one.turn]) if one.turn < len(now.turns) else {}

        def told(who: str, own: Mapping[str, str]) -> str:
            return debrief.options_told(who, own, language)

        return {
            "number": one.number,
            "turn": one.turn,
            "mine": mine,
            "other": roles[other].name.in_language(language.code),
            "text": one.text,
            "answer": one.answer,
            # Whoever reads it sees first what it is to do itself.
            "own": told(role, one.gives if mine else one.asks),
            "theirs": told(other, one.asks if mine else one.gives),
            "own_choice": dict(one.gives if mine else one.asks),
            "others": {other: dict(one.asks if mine else one.gives)},
            "kept": {"own": kept.get(role), "theirs": kept.get(other)}
            if one.answer == "accepted" and kept
            else None,
        }

    @staticmethod
    def _others(role: str, language: Language) -> list[dict[str, Any]]:
        """Return what may be asked of every other team."""
        code = language.code
        return [
            {
                "role": name,
                "title": item.name.in_language(code),
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
            }
            for name, item in game.rules().roles.items()
            if name != role
        ]

    @staticmethod
    def _promises(now: Snapshot, language: Language) -> list[str]:
        """Return whose promises were kept and whose were broken, and not what they were."""
        roles, found = game.rules().roles, []
        for one in now.proposals:
            if one.answer != "accepted" or one.turn != len(now.turns) - 1:
                continue
            for role, held in one.was_kept(now.turns[one.turn]).items():
                other = one.partner if role == one.role else one.role
                found.append(
                    language.word(
                        "exercise",
                        "promise_kept" if held else "promise_broken",
                        n=language.number(one.turn + 1, 0),
                        role=roles[role].name.in_language(language.code),
                        other=roles[other].name.in_language(language.code),
                    )
                )
        return found

    @staticmethod
    def _communique(now: Snapshot, language: Language) -> dict[str, Any]:
        """Return the joint text and who has signed it."""
        one, roles = now.communique, game.rules().roles
        return {
            "text": one.text,
            "version": one.version,
            "by": roles[one.role].name.in_language(language.code) if one.role else "",
            "signed": [
                {"role": role, "title": roles[role].name.in_language(language.code), "yes": yes}
                for role, yes in one.signed.items()
            ],
        }

    def _public_choices(
        self, now: Snapshot, language: Language, but: str = ""
    ) -> list[dict[str, Any]]:
        """Return what teams chose in public in the last turn, but for one."""
        if not now.turns:
            return []
        found = []
        agreed = [
            game.rules().agreements[name].name.in_language(language.code)
            for name in now.turns[-1].agreed()
        ]
        if agreed:
            found.append({"role": language.word("exercise", "agreed"), "choices": agreed})
        for name, role in game.rules().roles.items():
            if name == but:
                continue
            words = [
                f"{lever.name.in_language(language.code)}: "
                f"{lever.options[now.turns[-1].chosen(name, key)].name.in_language(language.code)}"
                for key, lever in role.levers.items()
                if lever.public and now.turns[-1].chosen(name, key) != AUTO
            ]
            if words:
                found.append({"role": role.name.in_language(language.code), "choices": words})
        return found

    def all(self) -> list[dict[str, Any]]:
        """Return every room, the newest first, as it stands."""
        found = []
        for room in self.rooms.all():
            seats = self.rooms.members(room.code)
            found.append(
                {
                    "code": room.code,
                    "title": room.title,
                    "phase": room.phase,
                    "turn": room.turn,
                    "turns": len(game.rules().turns),
                    "seats": sum(map(len, seats.values())),
                    "decided": len(self.rooms.versions(room)),
                    "teams": len(game.rules().roles),
                }
            )
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
            values = self._values(now)
            return self._common(now, language) | {
                "indicators": [self._indicator(n, values, language) for n in PUBLIC],
                "places": self._places(now, values),
                "public": self._public_choices(now, language),
            }

        return self._once(now.room.code, key, make) | {"clock": self._clock(now)}

    def _places(self, now: Snapshot, values: Floats) -> list[dict[str, float]]:
        """Return the attacks of the last turn that the press reported, by town.

        Which of them the press saw is not modelled place by place: each town has its part.
        """
        if not now.turns:
            return []
        last, sites = now.room.turn - 1, cast().sites
        found = Counter(
            (round(sites[e.where].lon, 1), round(sites[e.where].lat, 1))
            for e in self.realised(now).happenings(last)
            if e.kind == ATTACK_FOREIGN and e.where >= 0
        )
        reported = float(values[-1, NAMES.index("reported")]) / max(1, found.total())
        return [
            {"lon": lon, "lat": lat, "n": n * reported} for (lon, lat), n in sorted(found.items())
        ]

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
            "guesses": [
                {
                    "slide": slide,
                    "role": game.rules().roles[role].name.in_language(language.code),
                    "text": text,
                }
                for (slide, role), text in sorted(now.guesses.items())
            ],
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
            world = self.realised(now)
            made = debrief.make(room.seed, now.turns, world, language)
            made |= debrief.of_talks(
                now.turns,
                self._values(now),
                now.proposals,
                now.predictions,
                now.communique,
                language,
            )
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
            "proposals": [
                {
                    "turn": p.turn + 1,
                    "role": p.role,
                    "partner": p.partner,
                    "text": p.text,
                    "gives": dict(p.gives),
                    "asks": dict(p.asks),
                    "answer": p.answer,
                    "was_kept": p.was_kept(now.turns[p.turn])
                    if p.answer == "accepted" and p.turn < len(now.turns)
                    else {},
                }
                for p in now.proposals
            ],
            "predictions": [
                {
                    "turn": p.turn + 1,
                    "role": p.role,
                    "indicator": p.indicator,
                    "low": p.low,
                    "high": p.high,
                }
                for p in now.predictions
            ],
            "communique": {
                "text": now.communique.text,
                "signed": dict(now.communique.signed),
            },
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
