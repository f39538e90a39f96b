"""The debrief: what happened, what other choices would have brought, what was hidden."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from drawdown.declared import parameters as declared
from drawdown.declared import record
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import (
    ATTACK_FOREIGN,
    ATTACK_STATE,
    CAMPAIGN_BEGINS,
    MOTIVES,
    ORDER_BEGINS,
    STRIKE,
    STRUCTURES,
    P,
)
from drawdown.declared.language import Language
from drawdown.exercise import game
from drawdown.exercise.game import AUTO, NAMES, Realised, Turn
from drawdown.questions.compare import wish_left
from drawdown.views.chronicle import Teller
from drawdown.worlds import ensemble

SUMMED = tuple(name for name, (_, how) in game.INDICATORS.items() if how == "sum")
"""Indicators that are added up over a game; the others are read at its end."""

COMPARED = ("attacks_foreign", "attacks_state", "dead_us", "authority", "daesh_index")
"""Outcomes of the tables of the debrief."""

BETTER_HIGH = frozenset({"authority"})
WORLDS = 48
"""Worlds a structure that regret is computed over."""

DIGITS = {"authority": 2, "pressure": 2, "iranian_influence": 2, "us_support": 1}


def whole(rows: Floats) -> dict[str, float]:
    """Return each indicator over a game.

    Args:
        rows: Indicators by turn, shape (turns, indicators).
    """
    return {
        name: float(rows[:, k].sum() if name in SUMMED else rows[-1, k])
        for k, name in enumerate(NAMES)
    }


def chosen(turn: Turn, role: str, language: Language) -> list[dict[str, str]]:
    """Return a role's choices of a turn in words."""
    return [
        {
            "lever": lever.name.in_language(language.code),
            "choice": lever.options[turn.chosen(role, name)].name.in_language(language.code),
            "option": turn.chosen(role, name),
        }
        for name, lever in game.rules().roles[role].levers.items()
    ]


SECRET = (ORDER_BEGINS, CAMPAIGN_BEGINS)


def told(
    realised: Realised, number: int, language: Language, public: bool = False
) -> list[dict[str, str]]:
    """Return the events of a turn other than attacks: strikes, votes, reviews, orders.

    Args:
        realised: The world.
        number: The turn.
        language: Language of the sentences.
        public: Whether to leave out what only some know: orders, and whom a strike missed.
    """
    teller = Teller(language, why=False)
    found = []
    for event in realised.happenings(number):
        if event.kind in (ATTACK_FOREIGN, ATTACK_STATE) or (public and event.kind in SECRET):
            continue
        shown = replace(event, amount=0) if public and event.kind == STRIKE else event
        found.append({"day": language.day(event.day), "text": teller.sentence(shown)})
    return found


def without(turns: Sequence[Turn], role: str, number: int | None = None) -> list[Turn]:
    """Return turns in which a role leaves everything at ``auto``, in one turn or in all."""
    return [
        Turn({r: c for r, c in turn.choices.items() if r != role}, turn.injects)
        if number is None or k == number
        else turn
        for k, turn in enumerate(turns)
    ]


def without_one(turns: Sequence[Turn], role: str, lever: str, number: int) -> list[Turn]:
    """Return turns in which one lever of a role is left at ``auto`` in one turn."""
    found = list(turns)
    own = {k: v for k, v in turns[number].choices[role].items() if k != lever}
    found[number] = Turn({**turns[number].choices, role: own}, turns[number].injects)
    return found


def branches(seed: int, turns: Sequence[Turn]) -> Iterator[dict[str, Any]]:
    """Yield, for every single choice that was not ``auto``, the same luck without it.

    What it changed is told on the outcomes that its team plays for, and on those that the
    choice is declared to move.
    """
    base = whole(game.replay(seed, turns))
    for number, turn in enumerate(turns):
        for role, item in game.rules().roles.items():
            for lever, about in item.levers.items():
                option = turn.chosen(role, lever)
                if option == AUTO:
                    continue
                other = whole(game.replay(seed, without_one(turns, role, lever, number)))
                names = [*item.indicators, *about.options[option].moves]
                yield {
                    "turn": number,
                    "role": role,
                    "lever": lever,
                    "option": option,
                    "less": {n: base[n] - other[n] for n in dict.fromkeys(names) if n in base},
                }


def policies(turns: Sequence[Turn]) -> dict[str, list[Turn]]:
    """Return what regret compares: the game as played, and with one role or all at ``auto``."""
    found = {"played": list(turns), "auto": [Turn({}, t.injects) for t in turns]}
    for role in game.rules().roles:
        if any(o != AUTO for t in turns for o in t.choices.get(role, {}).values()):
            found[f"without_{role}"] = without(turns, role)
    return found


def regret(turns: Sequence[Turn]) -> dict[str, dict[str, tuple[float, float]]]:
    """Return mean and largest regret of each policy, outcome by outcome.

    Every policy lives the same worlds of all three structures; regret is how much worse it
    does than the best of them in the same world. No outcome is weighed against another.
    """
    plays = policies(turns)
    found: dict[str, list[Floats]] = {name: [] for name in plays}
    for structure in STRUCTURES:
        nature = declared.draw(range(WORLDS), seed=game.OUTLOOK_SEED, structure=structure)
        begun = ensemble.begin(range(WORLDS), nature)
        begun, _ = ensemble.live(begun, game.history(), game.OUTLOOK_SEED)
        for name, policy in plays.items():
            blocks, rows = begun, []
            for number in range(len(policy)):
                scenario = game.segment(policy[: number + 1])
                blocks, values = ensemble.live(blocks, scenario, game.OUTLOOK_SEED, game.indicators)
                rows.append(values)
            found[name].append(np.array(rows))
    result: dict[str, dict[str, tuple[float, float]]] = {name: {} for name in plays}
    for outcome in COMPARED:
        k = NAMES.index(outcome)
        losses = []
        for name in plays:
            column = np.concatenate([part[:, k] for part in found[name]], axis=1)
            level = column.sum(axis=0) if outcome in SUMMED else column[-1]
            losses.append(-level if outcome in BETTER_HIGH else level)
        table = np.array(losses)
        regrets = table - table.min(axis=0)
        for name, row in zip(plays, regrets, strict=True):
            result[name][outcome] = (float(row.mean()), float(row.max()))
    return result


def make(
    seed: int, turns: Sequence[Turn], realised: Realised, language: Language
) -> dict[str, Any]:
    """Return the debrief of a game, to be written as JSON.

    Args:
        seed: The game's seed.
        turns: The turns played, at least one.
        realised: Its world.
        language: Language of the words.
    """
    roles = game.rules().roles
    code = language.code
    played = np.array([game.indicators(realised.daily(k)) for k in range(len(turns))])

    def number(name: str, value: float) -> str:
        return language.number(value, DIGITS.get(name, 0))

    def signed(name: str, value: float) -> str:
        text = f"{value:+.{DIGITS.get(name, 0)}f}".replace("-", "\N{MINUS SIGN}")
        return language.kept(text if any(c in text for c in "123456789") else "0")

    timeline = []
    for k, turn in enumerate(turns):
        first, last = game.days_of(k)
        timeline.append(
            {
                "turn": k + 1,
                "days": f"{language.day(first)} – {language.day(last)}",
                "choices": [
                    {
                        "role": role.name.in_language(code),
                        "choices": [c for c in chosen(turn, name, language) if c["option"] != AUTO],
                    }
                    for name, role in roles.items()
                ],
                "injects": [game.rules().injects[i].name.in_language(code) for i in turn.injects],
                "numbers": {n: number(n, float(played[k, NAMES.index(n)])) for n in NAMES},
                "events": told(realised, k, language),
                "quiet": game.quiet_days(realised, k),
                "attributed": [
                    {"name": language.word("factions", who), "count": count, "sure": sure}
                    for who, (count, sure) in game.attributed(seed, realised, k).items()
                ],
                "true": [
                    {"name": language.word("factions", who), "count": count}
                    for who, count in game.attackers(realised, k).items()
                ],
            }
        )
    others = [
        {
            "structure": language.word("structures", s),
            "played": s == realised.structure,
            "numbers": {n: number(n, v) for n, v in whole(game.replay(seed, turns, s)).items()},
        }
        for s in STRUCTURES
    ]
    table = regret(turns)
    months = record.attacks().intervals
    days = sum(i.days for i in months)
    game_days = (game.days_of(len(turns) - 1)[1] - game.rules().begins).days + 1
    drawn = declared.draw([0], seed=seed, structure=realised.structure)[:, 0]
    return {
        "timeline": timeline,
        "branches": [
            {
                "turn": b["turn"] + 1,
                "role": roles[b["role"]].name.in_language(code),
                "choices": [
                    {
                        "lever": (lever := roles[b["role"]].levers[b["lever"]]).name.in_language(
                            code
                        ),
                        "choice": lever.options[b["option"]].name.in_language(code),
                    }
                ],
                "less": [
                    {"label": language.word("exercise", f"indicator_{n}"), "value": signed(n, v)}
                    for n, v in b["less"].items()
                ],
            }
            for b in branches(seed, turns)
        ],
        "goals": [
            {
                "role": roles[role].name.in_language(code),
                "goal": goal.in_language(code),
                "reached": bool(reached),
            }
            for role, goal, reached in game.goals_reached(realised)
        ],
        "hidden": {
            "structure": language.word("structures", realised.structure),
            "reading": language.word("motives", f"{MOTIVES[int(drawn[P.motive])]}_long"),
            "accuracy": language.number(100 * drawn[P.attribution_accuracy], 0),
            "motive": language.number(float(wish_left(drawn[:, None])[0])),
        },
        "structures": others,
        "regret": [
            {
                "policy": name,
                "role": roles[name.removeprefix("without_")].name.in_language(code)
                if name.startswith("without_")
                else "",
                "numbers": {
                    o: {"mean": number(o, mean), "most": number(o, most)}
                    for o, (mean, most) in row.items()
                },
            }
            for name, row in table.items()
        ],
        "record": {
            "first": language.day(months[0].start),
            "last": language.day(months[-1].end),
            "month": language.number(sum(i.count for i in months) / days * 365.25 / 12, 1),
            "game": language.number(
                float(played[:, NAMES.index("attacks_foreign")].sum()) / game_days * 365.25 / 12, 1
            ),
        },
        "outcomes": {n: language.word("exercise", f"indicator_{n}") for n in NAMES},
        "compared": list(COMPARED),
    }
