"""The game: choices matter, luck is kept, and nobody is told what he may not know."""

import numpy as np
import pytest

from drawdown.declared import parameters as declared
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.exercise import debrief, game
from drawdown.exercise.game import AUTO, Turn
from drawdown.worlds import ensemble

PLAYED = [
    Turn({"us": {"posture": "halve", "doctrine": "robust"}, "militia": {"line": "campaign"}}),
    Turn({"patron": {"order": "restrain"}, "nato": {"size": "leave"}}, ("doubt",)),
    Turn({"us": {"posture": "leave"}, "prime_minister": {"stance": "confront"}}),
]
OPTIONS = [
    (role, lever, option)
    for role, item in game.rules().roles.items()
    for lever, about in item.levers.items()
    for option in about.options
    if option != AUTO
]
LIVELY = {
    "us": {"doctrine": "robust"},
    "parliament": {"vote": "call"},
    "prime_minister": {"stance": "comply"},
    "militia": {"line": "warn"},
}
"""Choices of the others under which every lever has something to act on."""

WORLDS = 48


def lived(turns: list[Turn]) -> np.ndarray:
    nature = declared.draw(range(WORLDS), seed=3, structure="provoke")
    blocks, _ = ensemble.live(ensemble.begin(range(WORLDS), nature), game.history(), 3)
    rows = []
    for k in range(len(turns)):
        scenario = game.segment(turns[: k + 1])
        blocks, found = ensemble.live(blocks, scenario, 3, game.indicators)
        rows.append(found)
    return np.array(rows)


def test_there_are_six_roles_and_seven_turns_past_2022() -> None:
    rules = game.rules()
    assert len(rules.roles) == 6
    assert len(rules.turns) == 7
    assert rules.turns[-1].year == 2023
    for k in range(7):
        first, last = game.days_of(k)
        assert (last - first).days + 1 == 112
    for role in rules.roles.values():
        assert len(role.levers) == 3
        for lever in role.levers.values():
            assert next(iter(lever.options)) == AUTO


@pytest.mark.parametrize(("role", "lever", "option"), OPTIONS)
def test_every_option_changes_the_world(role: str, lever: str, option: str) -> None:
    partner = game.rules().roles[role].levers[lever].options[option].partner

    def played(choice: str) -> np.ndarray:
        chosen = {r: {**LIVELY.get(r, {}), **partner.get(r, {})} for r in game.rules().roles}
        return lived([Turn({**chosen, role: {**chosen[role], lever: choice}})] * 3)

    assert (played(option) != played(AUTO)).any()


@pytest.mark.parametrize("name", list(game.rules().injects))
def test_every_inject_changes_the_world(name: str) -> None:
    found = lived([Turn(LIVELY, (name,)), Turn(LIVELY), Turn(LIVELY)])
    assert (found != lived([Turn(LIVELY)] * 3)).any()


def test_a_round_takes_place_if_both_want_it() -> None:
    """Catches a round that one side brings about."""

    def rounds(us: str, iraq: str) -> int:
        turn = Turn({"us": {"talks": us}, "prime_minister": {"dialogue": iraq}})
        return sum(e.what == "dialogue_round" for e in game.segment([turn]).events)

    assert rounds("ask", "ask") == 1
    assert rounds("auto", "auto") == rounds("ask", "auto") == rounds("auto", "ask") == 0


def test_who_left_does_not_come_back_by_itself() -> None:
    turns = [Turn({"us": {"posture": "leave"}}), Turn()]
    levers = game.segment(turns).levers
    _, last = game.days_of(1)
    assert levers.combat[last] == levers.advisers[last] == levers.coalition[last] == 0.0


def test_the_one_world_is_the_same_in_both_engines_and_after_a_restart() -> None:
    whole = game.realise(11, PLAYED)
    step = game.realise(11, PLAYED[:1])
    step = game.realise(11, PLAYED[:2], step)
    step = game.realise(11, PLAYED, step)
    replayed = game.replay(11, PLAYED)
    for k in range(len(PLAYED)):
        assert (whole.daily(k) == step.daily(k)).all()
        assert whole.happenings(k) == step.happenings(k)
        assert whole.accuracy[k] == step.accuracy[k]
        assert game.indicators(whole.daily(k)) == pytest.approx(replayed[k], rel=1e-5)


def test_games_differ_in_their_hidden_structure() -> None:
    assert {game.structure_of(seed) for seed in range(40)} == {"deter", "neutral", "provoke"}


@pytest.mark.parametrize("role", list(game.rules().roles))
def test_nobody_sees_the_secret_choices_of_others(role: str) -> None:
    chosen = {
        name: {lever: list(about.options)[1] for lever, about in item.levers.items()}
        for name, item in game.rules().roles.items()
    } | {"us": {"posture": "hold", "doctrine": "none", "talks": "concede"}}
    assert Turn(chosen).agreed() == []
    seen = Turn(chosen).seen_by(role)
    for name, item in game.rules().roles.items():
        for lever, about in item.levers.items():
            if name == role or about.public:
                assert seen.chosen(name, lever) == chosen[name][lever]
            else:
                assert seen.chosen(name, lever) == AUTO


def test_choices_are_checked() -> None:
    assert game.check("us", {}) == {"posture": AUTO, "doctrine": AUTO, "talks": AUTO}
    with pytest.raises(InputError) as raised:
        game.check("us", {"postur": "hold", "doctrine": "nuke", "talks": 3})
    assert len(raised.value.faults) == 3
    assert "did you mean" in raised.value.faults[0] or "posture" in raised.value.faults[0]


def test_attribution_errs_as_often_as_the_model_says() -> None:
    right = total = 0
    for seed in range(6):
        realised = game.realise(seed, [Turn({"militia": {"line": "campaign"}})])
        named = game.attributed(seed, realised, 0)
        true = game.attackers(realised, 0)
        assert sum(n for n, _ in named.values()) == sum(true.values())
        right += sum(min(n, true.get(who, 0)) for who, (n, _) in named.items())
        total += sum(true.values())
    assert total > 60
    assert 0.6 < right / total < 1.0


def test_the_debrief_replays_the_same_luck() -> None:
    seed = 5
    realised = game.realise(seed, PLAYED)
    played = np.array([game.indicators(realised.daily(k)) for k in range(3)])
    same = game.replay(seed, PLAYED)
    assert (
        game.over_the_game(same)["attacks_foreign"] == game.over_the_game(played)["attacks_foreign"]
    )
    for code in ("en", "ar"):
        found = debrief.make(seed, PLAYED, realised, Language(code))
        assert len(found["timeline"]) == 3
        assert sum(r["here"] for r in found["slides"]["readings"]) == 2
        assert found["record"]["month"]


def test_what_intelligence_said_stays_said() -> None:
    """Own names make attribution better from the turn in which they are used, not before."""
    turns = [Turn({"militia": {"line": "campaign"}}), Turn({"militia": {"names": "own"}})]
    first = game.realise(3, turns[:1])
    told = game.attributed(3, first, 0)
    both = game.realise(3, turns, first)
    assert game.attributed(3, both, 0) == told
    assert both.accuracy == [0.75, 0.95]


def test_effects_of_two_choices_on_one_parameter_multiply() -> None:
    def lethality(protection: str, line: str) -> float | None:
        turn = Turn({"nato": {"protection": protection}, "militia": {"line": line}})
        found = game.segment([turn]).world.get("lethality")
        return found.scale if found is not None else None

    assert lethality("auto", "auto") is None
    assert lethality("shelters", "auto") == 0.4
    assert lethality("auto", "warn") == 0.1
    assert lethality("shelters", "warn") == pytest.approx(0.04)
