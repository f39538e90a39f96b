"""The debrief: goals and odds, what choices made of it, what was hidden, what was said."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from drawdown.declared import columns, record
from drawdown.declared import parameters as declared
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import MOTIVES, STRUCTURES, P
from drawdown.declared.language import LANGUAGES, Language
from drawdown.declared.recent import Recent
from drawdown.exercise import attribution, game, outlooks
from drawdown.exercise.game import AUTO, NAMES, Realised, Turn
from drawdown.exercise.negotiation import Communique, Prediction, Proposal, interval_score
from drawdown.exercise.outlooks import Outlooks
from drawdown.questions.compare import wish_left
from drawdown.views.chronicle import Teller

WORLDS = 48
"""Worlds a structure that odds and the fan are of."""

ANSWERED = 200
"""Worlds a structure that the answer is told of."""

DIGITS = {"authority": 2, "pressure": 2, "iranian_influence": 2, "isf_capacity": 2, "us_support": 1}


def number(name: str, value: float, language: Language) -> str:
    """Return the value of an indicator with its digits."""
    return language.number(value, DIGITS.get(name, 0))


def signed(value: float, digits: int, language: Language) -> str:
    """Return a difference with its sign, or nothing as 0."""
    if value != value:
        return "\N{EN DASH}"
    text = f"{value:+.{digits}f}".replace("-", "\N{MINUS SIGN}")
    return language.kept(text if any(c in text for c in "123456789") else "0")


def chosen(turn: Turn, role: str, lever: str, language: Language) -> dict[str, str]:
    """Return a role's choice of a turn in words."""
    item, option = game.rules().roles[role].levers[lever], turn.chosen(role, lever)
    return {
        "lever": item.name.in_language(language.code),
        "choice": item.options[option].name.in_language(language.code),
    }


def options_told(role: str, own: Mapping[str, str], language: Language) -> str:
    """Return choices of a role in words: lever and option, or nothing."""
    levers = game.rules().roles[role].levers
    return language.comma.join(
        f"{levers[lever].name.in_language(language.code)}: "
        f"{levers[lever].options[option].name.in_language(language.code)}"
        for lever, option in own.items()
    )


SECRET = (columns.ORDER_BEGINS, columns.CAMPAIGN_BEGINS)

OWN_WORDS = {
    columns.ORDER_BEGINS: "order_begins",
    columns.CAMPAIGN_BEGINS: "campaign_begins",
    columns.TRUCE_OPENS: "truce_opens",
    columns.GOVERNMENT_FORMS: "government_forms",
}
"""Events that a game tells in words of its own: choices still decide how long a spell lasts, and
a team says where its prime minister stands."""


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
        if event.kind in (columns.ATTACK_FOREIGN, columns.ATTACK_STATE) or (
            public and event.kind in SECRET
        ):
            continue
        shown = replace(event, amount=0) if public and event.kind == columns.STRIKE else event
        if event.kind in OWN_WORDS:
            text = language.word("exercise", OWN_WORDS[event.kind])
        else:
            text = teller.sentence(shown)
        found.append({"day": language.day(event.day), "text": text})
    return found


def without(turns: Sequence[Turn], role: str) -> list[Turn]:
    """Return turns in which a role leaves everything at ``auto``."""
    return [
        Turn({r: c for r, c in turn.choices.items() if r != role}, turn.injects) for turn in turns
    ]


def _turns(
    seed: int, turns: Sequence[Turn], realised: Realised, played: Floats, language: Language
) -> Iterator[dict[str, Any]]:
    """Yield each turn as it was, with what teams could not see."""
    code, rules = language.code, game.rules()
    for k, turn in enumerate(turns):
        first, last = game.days_of(k)
        yield {
            "turn": k + 1,
            "days": f"{language.day(first)} – {language.day(last)}",
            "choices": [
                {
                    "role": role.name.in_language(code),
                    "choices": [
                        chosen(turn, name, lever, language) | {"option": turn.chosen(name, lever)}
                        for lever in role.levers
                        if turn.chosen(name, lever) != AUTO
                    ],
                }
                for name, role in rules.roles.items()
            ],
            "injects": [rules.injects[i].name.in_language(code) for i in turn.injects],
            "numbers": {n: number(n, v, language) for n, v in zip(NAMES, played[k], strict=True)},
            "events": told(realised, k, language),
            "attributed": [
                {"name": language.word("factions", who), "count": count, "sure": sure}
                for who, (count, sure) in game.attributed(seed, realised, k).items()
            ],
            "true": [
                {"name": language.word("factions", who), "count": count}
                for who, count in game.attackers(realised, k).items()
            ],
        }


PLACED = ("attacks_foreign", "authority")
"""What slide two draws this world's line of, among other worlds under the same choices."""

_LOCK, _RECENT = threading.Lock(), Recent(8)
"""Parts of games that were shared out lately: the second language asks for the same."""

FAN = (0.05, 0.25, 0.5, 0.75, 0.95)


def _goals(
    turns: Sequence[Turn], realised: Realised, played: game.Lived, language: Language
) -> list[dict[str, Any]]:
    """Return each team's goals: from where to where, reached or not, and the odds of it.

    The odds are of other worlds: under the game's choices, and with the team on automatic.
    """
    found = []
    reached = {(role, goal.en): held for role, goal, held in game.goals_reached(realised)}
    rows = np.array([game.indicators(realised.daily(k)) for k in range(len(turns))])
    for role, item in game.rules().roles.items():
        idle = played
        if any(o != AUTO for t in turns for o in t.choices.get(role, {}).values()):
            idle = game.live_many(without(turns, role), WORLDS)
        for goal in item.goals:
            odds = [float(goal.reached(w.rows, w.start, w.voted).mean()) for w in (played, idle)]
            start = end = ""
            if goal.of in NAMES:
                k = NAMES.index(goal.of)
                counted = game.INDICATORS[goal.of][1] == "sum"
                start = "" if counted else number(goal.of, realised.start[k], language)
                end = number(goal.of, goal.read(rows[:, k]), language)
            found.append(
                {
                    "team": role,
                    "role": item.name.in_language(language.code),
                    "goal": goal.in_language(language.code),
                    "start": start,
                    "end": end,
                    "reached": bool(reached[role, goal.en]),
                    "odds": [language.number(100 * share, 0) for share in odds],
                    "shares": odds,
                }
            )
    return found


def _among_others(played: Floats, lived: game.Lived, language: Language) -> list[dict[str, Any]]:
    """Return this world among others under the same choices, turn by turn."""
    found = []
    for name in PLACED:
        k = NAMES.index(name)
        worlds = lived.rows[:, k]
        total = game.over_the_game(lived.rows)[name]
        own = game.over_the_game(played)[name]
        found.append(
            {
                "label": language.word("exercise", f"indicator_{name}"),
                "fan": np.quantile(worlds, FAN, axis=1).T.tolist(),
                "own": played[:, k].tolist(),
                "below": language.number(100 * float((total < own).mean()), 0),
                "value": number(name, own, language),
                "middle": number(name, float(np.median(total)), language),
            }
        )
    return found


def _choices(seed: int, turns: Sequence[Turn], language: Language) -> list[dict[str, Any]]:
    """Return the three levers that made most of the attacks on foreign sites."""
    found = []
    with _LOCK:
        parts = _RECENT.get_or_make((seed, repr(turns)), lambda: attribution.shapley(seed, turns))
    for part in parts[:3]:
        item = game.rules().roles[part.role].levers[part.lever]
        chosen_ = dict.fromkeys(
            item.options[turn.chosen(part.role, part.lever)].name.in_language(language.code)
            for turn in turns
        )
        found.append(
            {
                "role": game.rules().roles[part.role].name.in_language(language.code),
                "lever": item.name.in_language(language.code),
                "choices": list(chosen_),
                "mean": part.mean,
                "error": part.error,
                "here": part.here,
                "told": {
                    name: signed(value, 1, language)
                    for name, value in (("mean", part.mean), ("here", part.here))
                }
                | {"error": language.number(part.error, 1)},
            }
        )
    return found


def _readings(
    seed: int, turns: Sequence[Turn], realised: Realised, motive: str, language: Language
) -> list[dict[str, Any]]:
    """Return the attacks of the same game under other structures and other motives."""

    def attacks(structure: str | None, reading: str | None) -> float:
        rows = game.replay(seed, turns, structure, reading)
        return float(game.over_the_game(rows)["attacks_foreign"])

    each = [("structures", s, s == realised.structure, attacks(s, None)) for s in STRUCTURES]
    each += [("motives", m, m == motive, attacks(None, m)) for m in MOTIVES]
    return [
        {
            "kind": kind,
            "reading": language.word(kind, f"{name}_long" if kind == "motives" else name),
            "here": here,
            "value": value,
            "told": language.number(value, 0),
        }
        for kind, name, here, value in each
    ]


def _record(played: Floats, language: Language) -> dict[str, str]:
    """Return the attacks of a month of the record and of a month of the game."""
    months = record.attacks().intervals
    game_days = (game.days_of(len(played) - 1)[1] - game.rules().begins).days + 1
    rates = {
        "month": sum(i.count for i in months) / sum(i.days for i in months),
        "game": float(played[:, NAMES.index("attacks_foreign")].sum()) / game_days,
    }
    return {
        "first": language.day(months[0].start),
        "last": language.day(months[-1].end),
        **{name: language.number(rate * 365.25 / 12, 1) for name, rate in rates.items()},
        **{f"{name}_value": f"{rate * 365.25 / 12:.3f}" for name, rate in rates.items()},
    }


def of_talks(
    turns: Sequence[Turn],
    values: Floats,
    proposals: Sequence[Proposal],
    predictions: Sequence[Prediction],
    communique: Communique,
    language: Language,
) -> dict[str, Any]:
    """Return what teams said to each other and foresaw, to be written as JSON.

    Args:
        turns: The turns played.
        values: Every indicator on the day before the game and in each turn, a row each.
        proposals: All proposals.
        predictions: All predictions.
        communique: The joint text at the end.
        language: Language of the words.
    """
    roles, code = game.rules().roles, language.code

    def name(role: str) -> str:
        return roles[role].name.in_language(code)

    foreseen: dict[str, list[dict[str, Any]]] = {}
    many = Outlooks()
    for one in predictions:
        if one.turn >= len(turns):
            continue
        plan = {one.role: turns[one.turn].choices.get(one.role, {})}
        known = outlooks.knowledge(
            one.role, turns[: one.turn], plan, values[: one.turn + 1], turns[one.turn].injects
        )
        ours = many.draw(known)[one.indicator]
        came = float(values[one.turn + 1, NAMES.index(one.indicator)])
        scored = max(1, DIGITS.get(one.indicator, 0))
        told = {
            "low": one.low,
            "high": one.high,
            "outlook_low": ours.low,
            "outlook_high": ours.high,
            "came": came,
        }
        foreseen.setdefault(one.role, []).append(
            {
                "turn": one.turn + 1,
                "label": language.word("exercise", f"indicator_{one.indicator}"),
                "inside": one.low <= came <= one.high,
                "outlook_inside": ours.low <= came <= ours.high,
                "score": interval_score(one.low, one.high, came),
                "outlook_score": interval_score(ours.low, ours.high, came),
                "told": {k: number(one.indicator, v, language) for k, v in told.items()}
                | {
                    k: language.number(interval_score(low, high, came), scored)
                    for k, low, high in (
                        ("score", one.low, one.high),
                        ("outlook_score", ours.low, ours.high),
                    )
                },
            }
        )
    return {
        "proposals": [
            {
                "turn": p.turn + 1,
                "role": name(p.role),
                "partner": name(p.partner),
                "text": p.text,
                "gives": options_told(p.role, p.gives, language),
                "asks": options_told(p.partner, p.asks, language),
                "answer": p.answer,
                "was_kept": {name(r): held for r, held in p.was_kept(turns[p.turn]).items()}
                if p.answer == "accepted"
                else {},
            }
            for p in proposals
            if p.turn < len(turns)
        ],
        "predictions": [
            {
                "role": name(role),
                "rows": rows,
                "inside": sum(r["inside"] for r in rows),
                "outlook_inside": sum(r["outlook_inside"] for r in rows),
                "of": len(rows),
                # Scores have the units of their indicators: they are counted, not added.
                "better": sum(r["score"] < r["outlook_score"] for r in rows),
            }
            for role, rows in foreseen.items()
        ],
        "communique": {
            "text": communique.text,
            "signed": {name(r): yes for r, yes in communique.signed.items()},
        },
    }


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
    played = np.array([game.indicators(realised.daily(k)) for k in range(len(turns))])
    labels = {n: language.word("exercise", f"indicator_{n}") for n in NAMES}
    drawn = declared.draw([0], seed=seed, structure=realised.structure)[:, 0]

    case, base = (
        {c: Language(c).word("exercise", key) for c in LANGUAGES}
        for key in ("answer_case", "answer_base")
    )
    found = game.answered(turns, ANSWERED, case, base)
    lived, motive = game.live_many(turns, WORLDS), MOTIVES[int(drawn[P.motive])]
    return {
        "slides": {
            "goals": _goals(turns, realised, lived, language),
            "among_others": _among_others(played, lived, language),
            "choices": _choices(seed, turns, language),
            "readings": _readings(seed, turns, realised, motive, language),
        },
        "answer": {
            "title": found.title(language),
            "sentences": found.sentences(language),
            "heads": found.heads(language),
            "rows": found.rows(language),
            "foot": [found.legend(language), found.made(language)],
        },
        "timeline": list(_turns(seed, turns, realised, played, language)),
        "hidden": {
            "structure": language.word("structures", realised.structure),
            "reading": language.word("motives", f"{MOTIVES[int(drawn[P.motive])]}_long"),
            "accuracy": language.number(100 * drawn[P.attribution_accuracy], 0),
            "motive": language.number(float(wish_left(drawn[:, None])[0])),
        },
        "record": _record(played, language),
        "outcomes": labels,
    }
