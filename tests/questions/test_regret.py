"""Regret on numbers that can be worked out by hand, then on the model."""

import numpy as np
import pytest

from drawdown.declared.errors import InputError
from drawdown.declared.scenario import Scenario
from drawdown.questions import regret

# Policies by structures by draws.
LOSS = np.array(
    [
        [[1.0, 5.0], [2.0, 2.0], [0.0, 4.0]],
        [[3.0, 3.0], [1.0, 3.0], [2.0, 2.0]],
    ]
)


def test_regret_is_zero_for_the_best_of_each_future() -> None:
    found = regret.regrets(LOSS)
    assert (found.min(axis=0) == 0).all()
    assert found[0].tolist() == [[0, 2], [1, 0], [0, 2]]
    assert found[1].tolist() == [[2, 0], [0, 1], [2, 0]]


def test_measures_are_those_by_hand() -> None:
    found = regret.summary(regret.regrets(LOSS))
    assert found["pooled"]["minimax"].tolist() == [2.0, 2.0]
    assert found["pooled"]["mean"] == pytest.approx([5 / 6, 5 / 6])
    assert found["neutral"]["minimax"].tolist() == [1.0, 1.0]
    assert found["deter"]["q90"] == pytest.approx([1.8, 1.8])


def test_moving_a_weight_keeps_the_sum_the_signs_and_the_proportions() -> None:
    weights = {"dead_us": 2.0, "authority": -1.0, "tempo_state": 1.0}
    found = regret.moved(weights, "dead_us", 0.2)
    assert found == pytest.approx({"dead_us": 0.8, "authority": -1.6, "tempo_state": 1.6})
    assert regret.moved(weights, "dead_us", 0.5) == pytest.approx(weights)


def test_weights_are_read_and_all_faults_told() -> None:
    assert regret.parse_weights("dead_us=2, authority=-1") == {"dead_us": 2.0, "authority": -1.0}
    with pytest.raises(InputError) as caught:
        regret.parse_weights("ded_us=1,authority=x,tempo_state")
    assert len(caught.value.faults) == 3
    assert "did you mean 'dead_us'?" in caught.value.faults[0]
    with pytest.raises(InputError, match="at least one weight"):
        regret.parse_weights("dead_us=0")


def test_weights_decide_the_ranking() -> None:
    policies = [Scenario.load("sustained-presence"), Scenario.load("full-withdrawal")]
    found = regret.play(policies, ["tempo_foreign", "daesh_index"], draws=40, lucks=2)
    attacks = regret.summary(regret.regrets(found.loss({"tempo_foreign": 1.0})))["pooled"]["mean"]
    daesh = regret.summary(regret.regrets(found.loss({"daesh_index": 1.0})))["pooled"]["mean"]
    assert attacks[1] < attacks[0]
    assert daesh[0] < daesh[1]
    path = regret.ranking_path(found, {"tempo_foreign": 1.0, "daesh_index": 1.0}, "daesh_index")
    assert (path[0].argmin(), path[-1].argmin()) == (1, 0)


def test_one_policy_has_nothing_to_regret() -> None:
    with pytest.raises(InputError, match="at least two"):
        regret.play([Scenario.load("restraint")], ["tempo_foreign"])
