"""Looks for goals of the exercise that interlock, and measures those it has.

    python benchmarks/goals.py search     look for three goals a team among what it may want
    python benchmarks/goals.py            measure the goals that stand; writes goals.json

The search plays every constant strategy of one team, every pair of options of two teams, and
games in which all choose at random; a goal is then one comparison over what was stored. It
changes no option: only which three of a team's measures are its goals. The goals that stand are
measured in worlds that no search has seen.

A strategy is one option a lever, the same in every turn; what it is worth is the number of its
team's three goals that are reached on average. Two ways: another option of the team's main lever,
and one goal's chance is another. A deal: an option of each of two teams; together each gains, and
neither gains by its own alone, so that nobody would choose it unasked. A conflict: some option
raises a goal of one team and lowers one of another.
"""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from drawdown.declared.arrays import Floats
from drawdown.exercise import game
from drawdown.exercise.game import AUTO, NAMES, Goal, Turn

Choices = dict[str, dict[str, str]]
Option = tuple[str, str, str]

STORED = Path(__file__).with_name("goals.json")
SEARCHED, MEASURED = 7, 424_242
"""Seeds of the worlds that the search uses, and of those that the goals are measured in."""

GAIN, AMONG = 0.5, 0.3
"""Least gain of a best strategy over automatic: others automatic, others at random."""
NEAR, APART = 0.15, 0.15
"""How near a second way comes to the best, and how far a goal's chance differs between them."""
FREE, REACH, OWN = 0.70, 0.30, 0.05
"""Most that a goal is reached on automatic, least by some strategy; least that is a team's own."""
BOTH, ALONE = 0.15, 0.05
"""Least gain of each in a deal; most that its own choice alone gives it."""


def strategies(role: str) -> list[dict[str, str]]:
    """Return every constant strategy of a team, the automatic one first."""
    levers = game.rules().roles[role].levers
    options = (list(about.options) for about in levers.values())
    return [dict(zip(levers, each, strict=True)) for each in itertools.product(*options)]


def options() -> list[Option]:
    """Return every option that is not automatic."""
    return [
        (role, lever, name)
        for role, item in game.rules().roles.items()
        for lever, about in item.levers.items()
        for name in about.options
        if name != AUTO
    ]


def merged(*parts: Option) -> Choices:
    """Return single options as choices."""
    found: Choices = {}
    for role, lever, name in parts:
        found.setdefault(role, {})[lever] = name
    return found


def lived(choices: Mapping[str, Mapping[str, str]], worlds: int, seed: int) -> game.Lived:
    """Play constant choices for a whole game."""
    return game.live_many([Turn(choices)] * len(game.rules().turns), worlds, seed)


def shares(goals: Sequence[Goal], found: game.Lived) -> Floats:
    """Return the share of worlds that reach each goal."""
    return np.array([g.reached(found.rows, found.start, found.voted).mean() for g in goals])


# --- measuring ---------------------------------------------------------------------------------


class Measured:
    """Measures goals in worlds of one seed.

    Args:
        worlds: Worlds a structure.
        seed: Their seed.
        goals: Goals by team; by default those that stand.
    """

    def __init__(
        self, worlds: int, seed: int, goals: Mapping[str, Sequence[Goal]] | None = None
    ) -> None:
        self.worlds, self.seed = worlds, seed
        self.goals = goals or {r: item.goals for r, item in game.rules().roles.items()}
        self._known: dict[str, dict[str, Floats]] = {}

    def reached(self, choices: Mapping[str, Mapping[str, str]]) -> dict[str, Floats]:
        """Return the share of worlds that reach each goal, by team."""
        key = json.dumps(choices, sort_keys=True)
        if key not in self._known:
            found = lived(choices, self.worlds, self.seed)
            self._known[key] = {role: shares(own, found) for role, own in self.goals.items()}
        return self._known[key]

    def expected(self, role: str, choices: Mapping[str, Mapping[str, str]]) -> float:
        """Return how many of its goals a team reaches on average."""
        return float(self.reached(choices)[role].sum())

    def ways(self, role: str) -> dict[str, Any]:
        """Return a team's best strategy and another way, with others automatic."""
        own = strategies(role)
        main = next(iter(own[0]))
        found = np.array([self.reached({role: s})[role] for s in own])
        total = found.sum(axis=1)
        best = int(total.argmax())
        other = [
            k
            for k in range(len(own))
            if own[k][main] != own[best][main] and np.abs(found[k] - found[best]).max() >= APART
        ]
        second = max(other, key=lambda k: total[k], default=best)
        return {
            "automatic": float(total[0]),
            "best": float(total[best]),
            "best_strategy": _moved(own[best]),
            "second": float(total[second]),
            "second_strategy": _moved(own[second]),
            "free": found[0].tolist(),
            "reach": found.max(axis=0).tolist(),
            "beyond": int((found.max(axis=0) - found[0] < OWN).sum()),
        }

    def deal(self, a: Option, b: Option) -> list[list[float]]:
        """Return the gains of two teams: by both choices, by the first's, by the second's."""
        each = (merged(a, b), merged(a), merged(b))
        return [
            [self.expected(r, choices) - self.expected(r, {}) for choices in each]
            for r in (a[0], b[0])
        ]

    def conflicts(self) -> dict[str, list[str]]:
        """Return for each team the others one of whose goals some option moves the other way."""
        base = self.reached({})
        found: dict[str, set[str]] = {role: set() for role in self.goals}
        for option in options():
            now = self.reached(merged(option))
            up = {r for r in base if (now[r] - base[r]).max() >= BOTH}
            down = {r for r in base if (now[r] - base[r]).min() <= -BOTH}
            for one, other in itertools.product(up, down):
                if one != other:
                    found[one].add(other)
                    found[other].add(one)
        return {role: sorted(others) for role, others in found.items()}

    def among_random(
        self, role: str, own: Mapping[str, Mapping[str, str]], games: int
    ) -> dict[str, list[float]]:
        """Return the goals reached by strategies of a team while others choose at random."""
        chance = random.Random(11)
        found: dict[str, list[float]] = {name: [] for name in own}
        for _ in range(games):
            rest = {r: chance.choice(strategies(r)) for r in game.rules().roles}
            for name, strategy in own.items():
                found[name].append(self.expected(role, {**rest, role: dict(strategy)}))
        return found


def strengths(worlds: int, seed: int) -> dict[str, float]:
    """Return how far each option moves what it moves most, in standard deviations of the worlds.

    An option that does little without a partner is held against the partner's choice alone.
    """
    found = {}
    for role, lever, name in options():
        partner = game.rules().roles[role].levers[lever].options[name].partner
        parts = [(r, v, o) for r, own in partner.items() for v, o in own.items()]
        base = lived(merged(*parts), worlds, seed).whole()
        moved = lived(merged((role, lever, name), *parts), worlds, seed).whole()
        found[f"{role}.{lever}.{name}"] = max(
            abs(float((moved[k] - base[k]).mean())) / (float(base[k].std()) or 1.0) for k in base
        )
    return found


def _moved(strategy: Mapping[str, str]) -> dict[str, str]:
    return {lever: name for lever, name in strategy.items() if name != AUTO}


def is_deal(gains: Sequence[Sequence[float]]) -> bool:
    """Return whether both gain, and neither would make its own choice unasked."""
    (a, a_alone, _), (b, _, b_alone) = gains
    return min(a, b) >= BOTH and a_alone <= ALONE and b_alone <= ALONE


# --- searching ---------------------------------------------------------------------------------

SHARES = [
    "authority",
    "pressure",
    "daesh_index",
    "iranian_influence",
    "us_soldiers",
    "isf_capacity",
]
"""Levels whose goals are shares of their start."""

WANTED = {
    "us": "dead_us.sum- dead_allies.sum- us_support.lowest+ us_support.end+ daesh_index.end- "
    "reported.highest- reported.sum- iranian_influence.end- authority.end+ nato.end+ pressure.end-",
    "prime_minister": "authority.end+ authority.lowest+ attacks_state.sum- pressure.end- "
    "pressure.highest- iranian_influence.end- daesh_index.end- dead_iraqi.sum- strikes.sum- "
    "nato.end+ isf_capacity.end+",
    "nato": "nato.end+ nato.lowest+ dead_coalition.sum- dead_allies.sum- daesh_index.end- "
    "isf_capacity.end+ reported.highest- authority.end+ pressure.end- iranian_influence.end-",
    "parliament": "vote_held.end+ authority.end+ us_soldiers.end- strikes.sum- dead_iraqi.sum- "
    "pressure.end+ iranian_influence.end- attacks_state.sum- nato.end- isf_capacity.end+",
    "militia": "us_soldiers.end- strikes.sum- pressure.end+ pressure.lowest+ reported.sum+ "
    "reported.lowest+ authority.end- vote_held.end+ nato.end- iranian_influence.end+",
    "patron": "iranian_influence.end+ strikes.sum- us_soldiers.end- nato.end- reported.highest- "
    "pressure.end+ daesh_index.end- reported.sum- us_support.end-",
}
"""What a team may plausibly want: an indicator, how it is read, at least (+) or at most (-)."""

KINDS = {"reported": "attacks", "dead_us": "dead", "dead_allies": "dead", "dead_coalition": "dead"}
"""Indicators of one kind: a team has one goal of each."""


def kind(goal: Goal) -> str:
    """Return what a goal is about."""
    return KINDS.get(goal.of, goal.of)


def rounded(of: str, value: float) -> float:
    """Return a threshold that a class can read."""
    if of in SHARES:
        return round(value * 20) / 20
    if of == "nato":
        return float(round(value, -2))
    return float(round(value)) if value < 15 or of == "us_support" else float(round(value / 5) * 5)


@dataclass
class Sample:
    """Games that were played once, to be read many times.

    Attributes:
        values: Every measure, shape (games, worlds), by indicator and how it is read; the first
            game is all automatic.
        own: Numbers of the games of one team's strategies, by team; each was played twice, in
            worlds of two seeds, so that nothing is chosen for its luck in one of them.
        pairs: Options of two teams, with the games of both, of the first's and of the second's.
        drawn: Games in which all chose at random, with what they chose.
    """

    values: dict[tuple[str, str], Floats]
    own: dict[str, list[tuple[int, int]]]
    pairs: list[tuple[Option, Option, tuple[int, int, int]]]
    drawn: list[tuple[int, Choices]]

    def chance(self, goal: Goal) -> Floats:
        """Return the share of worlds that reach a goal, by game."""
        values = self.values[goal.of, goal.how]
        if goal.at_least is not None:
            return np.asarray((values >= goal.at_least - 1e-6).mean(axis=1), np.float64)
        assert goal.at_most is not None
        return np.asarray((values <= goal.at_most + 1e-6).mean(axis=1), np.float64)


def _measures(found: game.Lived) -> dict[tuple[str, str], Floats]:
    read: dict[tuple[str, str], Floats] = {("vote_held", "end"): found.voted}
    for k, name in enumerate(NAMES):
        column = found.rows[:, k] / (found.start[k] if name in SHARES else 1.0)
        read[name, "sum"], read[name, "end"] = column.sum(axis=0), column[-1]
        read[name, "lowest"], read[name, "highest"] = column.min(axis=0), column.max(axis=0)
    return read


def sample(many: int, worlds: int, seed: int = SEARCHED) -> Sample:
    """Play every strategy of a team, every pair of options, and games at random."""
    places: dict[tuple[str, int], int] = {}

    def place(choices: Choices, of: int = seed) -> int:
        plain = {r: m for r, own in choices.items() if (m := _moved(own))}
        return places.setdefault((json.dumps(plain, sort_keys=True), of), len(places))

    place({})
    roles = list(game.rules().roles)
    own = {r: [(place({r: s}), place({r: s}, seed + 1)) for s in strategies(r)] for r in roles}
    pairs = [
        (a, b, (place(merged(a, b)), place(merged(a)), place(merged(b))))
        for a, b in itertools.combinations(options(), 2)
        if a[0] != b[0]
    ]
    chance = random.Random(5)
    each = [{r: chance.choice(strategies(r)) for r in roles} for _ in range(many)]
    drawn = [(place(choices), choices) for choices in each]
    rows: dict[tuple[str, str], list[Floats]] = {}
    for k, (key, of) in enumerate(places):
        for name, values in _measures(lived(json.loads(key), worlds, of)).items():
            rows.setdefault(name, []).append(values.astype(np.float32))
        if k % 250 == 0:
            print(f"{k} of {len(places)} games", file=sys.stderr, flush=True)
    return Sample({name: np.array(v) for name, v in rows.items()}, own, pairs, drawn)


MARGIN = 0.05
"""How much better than asked a set must look in the worlds that it was chosen in."""


def candidates(role: str, played: Sample) -> Iterator[Goal]:
    """Yield goals of a team that are not free, and that some strategy of its own reaches."""
    for want in WANTED[role].split():
        of, how, most = *want[:-1].split("."), want[-1] == "-"
        listed = [first for first, _ in played.own[role]]
        values, found = played.values[of, how][listed], []
        for t in sorted({rounded(of, v) for v in np.quantile(values, np.linspace(0.03, 0.97, 40))}):
            bound = {"at_most": t} if most else {"at_least": t}
            goal = Goal(en="-", ar="-", of=of, how=how, of_start=of in SHARES, **bound)
            p = played.chance(goal)[np.array(played.own[role])].mean(axis=1)
            if p[0] <= FREE - MARGIN and p.max() >= REACH + MARGIN:
                found.append((p.max() - p[0], goal))
        found.sort(key=lambda pair: -pair[0])
        yield from (goal for _, goal in found[:7])


@dataclass
class Set:
    """Three goals of a team, with what the sample says of them.

    Attributes:
        goals: The goals.
        worth: Higher is better, before deals are counted.
        gains: Gain in expected goals at each pair of options, shape (pairs, 3).
    """

    goals: tuple[Goal, ...]
    worth: float
    gains: Floats


def sets(role: str, played: Sample, most: int = 1500) -> list[Set]:
    """Return sets of three goals that give a team a choice, whatever others do."""
    goals = list(dict.fromkeys(candidates(role, played)))
    chance = np.array([played.chance(g) for g in goals])
    own = strategies(role)
    twice = chance[:, np.array(played.own[role])]
    alone = twice.mean(axis=2)
    main = np.array([s[next(iter(s))] for s in own])
    # Main effects of a team's options in games in which all chose at random.
    columns = [(v, o) for v in own[0] for o in sorted({s[v] for s in own}) if o != AUTO]

    def design(each: Sequence[Mapping[str, str]]) -> Floats:
        return np.array([[1.0, *(float(s[v] == o) for v, o in columns)] for s in each])

    numbers = [k for k, _ in played.drawn]
    fit = np.linalg.pinv(design([c[role] for _, c in played.drawn]))
    among = (design(own) @ fit @ chance[:, numbers].T).T
    index = np.array([n for *_, n in played.pairs])
    moved = chance[:, index] - chance[:, :1, None]
    found, tally = [], [0] * 4
    for three in itertools.combinations(range(len(goals)), 3):
        if len({kind(goals[k]) for k in three}) < 3:
            continue
        c, tally[0] = list(three), tally[0] + 1
        total, rest, each = alone[c].sum(axis=0), among[c].sum(axis=0), twice[c].sum(axis=0)
        best = int(total.argmax())
        gain, spread = total[best] - total[0], alone[c].max(axis=1) - alone[c, 0]
        held = (each[best] - each[0]).min() >= GAIN
        if gain < GAIN + MARGIN or not held or (spread < OWN + MARGIN).sum() > 1:
            continue
        tally[1] += 1
        if rest[best] - rest[0] < AMONG + MARGIN:
            continue
        tally[2] += 1
        apart = np.abs(alone[c] - alone[c, best][:, None]).max(axis=0) >= APART + MARGIN / 2
        near = (total >= total[best] - NEAR + MARGIN) & (each >= each[best] - NEAR).all(axis=1)
        other = near & apart & (main != main[best])
        if not other.any():
            continue
        tally[3] += 1
        worth = 0.3 * min(gain, 1.0) + 0.3 * min(rest[best] - rest[0], 0.6)
        worth += 0.1 * min(len(set(main[other])), 3) - 0.4 * (spread < OWN + MARGIN).sum()
        found.append((tuple(goals[k] for k in c), worth, c))
    print(f"{role}: {len(goals)} goals; sets, gain, among random, two ways: {tally}")
    picked = sorted(found, key=lambda f: -f[1])
    chance_ = np.random.default_rng(0)
    if len(picked) > most:
        late = chance_.permutation(len(picked) - most // 2)[: most // 2] + most // 2
        picked = picked[: most // 2] + [picked[k] for k in late]
    return [Set(g, w, moved[c].sum(axis=0).astype(np.float32)) for g, w, c in picked]


def search(played: Sample, starts: int = 12, cap: int = 2) -> dict[str, tuple[Goal, ...]]:
    """Return goals by team with as many deals over as many pairs of teams as were found."""
    pools = {role: sets(role, played) for role in game.rules().roles}
    if lacking := [role for role, pool in pools.items() if not pool]:
        raise SystemExit(f"no set of goals holds for {', '.join(lacking)}: change their options")
    gains = {r: np.array([s.gains for s in pool]) for r, pool in pools.items()}
    worth = {r: np.array([s.worth for s in pool]) for r, pool in pools.items()}
    teams: dict[tuple[str, str], list[int]] = {}
    for k, (a, b, _) in enumerate(played.pairs):
        teams.setdefault((a[0], b[0]), []).append(k)

    def deals(a: Floats, b: Floats) -> Floats:
        big, small = BOTH + MARGIN, ALONE - MARGIN / 2
        both = (a[..., 0] >= big) & (b[..., 0] >= big)
        count = (both & (a[..., 1] <= small) & (b[..., 2] <= small)).sum(axis=-1)
        return np.minimum(count, cap) + 2.0 * (count > 0)

    best: tuple[float, dict[str, int]] = (-1.0, {})
    for start in range(starts):
        chance = np.random.default_rng(start)
        pick = {r: int(chance.integers(len(pools[r]))) for r in pools}
        last = -1.0
        for _ in range(8):
            for role in chance.permutation(list(pools)):
                score = worth[role].copy()
                for (a, b), numbers in teams.items():
                    if role == a:
                        score += deals(gains[a][:, numbers], gains[b][pick[b]][numbers][None])
                    elif role == b:
                        score += deals(gains[a][pick[a]][numbers][None], gains[b][:, numbers])
                pick[role] = int(score.argmax())
            now = sum(float(worth[r][pick[r]]) for r in pools) + sum(
                float(deals(gains[a][pick[a]][n], gains[b][pick[b]][n]))
                for (a, b), n in teams.items()
            )
            if now <= last + 1e-9:
                break
            last = now
        if last > best[0]:
            best = (last, dict(pick))
    print(f"best score {best[0]:.2f}")
    return {r: pools[r][k].goals for r, k in best[1].items()}


# --- the two jobs ------------------------------------------------------------------------------


def measure(
    worlds: int = 96, games: int = 30, goals: Mapping[str, Sequence[Goal]] | None = None
) -> dict[str, Any]:
    """Return what holds of goals in worlds that no search has seen.

    Args:
        worlds: Worlds a structure.
        games: Draws of the others' choices.
        goals: Goals by team; by default those that stand.
    """
    fresh = Measured(worlds, MEASURED, goals)
    teams: dict[str, Any] = {}
    clash = fresh.conflicts()
    for role in game.rules().roles:
        ways = fresh.ways(role)
        own = {"automatic": {}, **{w: ways[f"{w}_strategy"] for w in ("best", "second")}}
        random_ = fresh.among_random(role, own, games)
        gains = {w: np.subtract(random_[w], random_["automatic"]) for w in ("best", "second")}
        most = max(gains, key=lambda w: float(gains[w].mean()))
        ways["among_random"] = float(gains[most].mean())
        ways["among_random_error"] = float(gains[most].std() / games**0.5)
        teams[role] = ways | {"conflicts": clash[role]}
        print(role, _shown(teams[role]), flush=True)
    found = []
    for a, b in itertools.combinations(options(), 2):
        if a[0] != b[0] and is_deal(gains_ := fresh.deal(a, b)):
            found.append({"first": a, "second": b, "gains": gains_})
    weak = strengths(worlds, MEASURED)
    return {
        "worlds": 3 * worlds,
        "seed": MEASURED,
        "teams": teams,
        "deals": found,
        "strengths": weak,
    }


def rounded_all(value: Any) -> Any:
    """Return numbers with the digits that are read."""
    if isinstance(value, dict):
        return {k: rounded_all(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [rounded_all(v) for v in value]
    return round(float(value), 3) if isinstance(value, float) else value


def _shown(ways: Mapping[str, Any]) -> str:
    def told(value: Any) -> str:
        if isinstance(value, list) and value and isinstance(value[0], float):
            return str([round(v, 2) for v in value])
        return f"{value:.2f}" if isinstance(value, float) else str(value)

    return "; ".join(f"{name} {told(value)}" for name, value in ways.items())


def main() -> None:
    """Search, or measure and store."""
    if sys.argv[1:] == ["search"]:
        found = search(sample(900, 96))
        for role, goals in found.items():
            print(role, [g.model_dump(exclude={"en", "ar"}, exclude_none=True) for g in goals])
        told = measure(goals=found)
    else:
        told = measure()
        commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], text=True)
        stored = {
            "command": "python benchmarks/goals.py",
            "commit": commit.strip(),
            **rounded_all(told),
        }
        STORED.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    print(f"weakest option: {min(told['strengths'].items(), key=lambda item: item[1])}")
    pairs = {(d["first"][0], d["second"][0]) for d in told["deals"]}
    print(f"{len(told['deals'])} deals over {len(pairs)} pairs of teams")
    for d in told["deals"]:
        print(".".join(d["first"]), "+", ".".join(d["second"]), np.round(d["gains"], 2).tolist())


if __name__ == "__main__":
    main()
