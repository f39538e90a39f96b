"""Each mechanism, switched off, moves its outcome by at least the least effect declared."""

from typing import Any

import numpy as np
import pytest

from drawdown.declared import data_files
from drawdown.declared import parameters as declared
from drawdown.declared.columns import PARAMETERS, STATES, S
from drawdown.declared.parameters import Uncertainty
from drawdown.declared.scenario import Scenario
from drawdown.views.explain import checks_of
from drawdown.worlds import ensemble

RUNS = 400


def _outcome(
    scenario: str,
    structure: str,
    outcome: str,
    off: dict[str, float],
    uncertainty: Uncertainty = "posterior",
    motive: str = "all",
) -> Any:
    found = ensemble.play(
        [Scenario.load(scenario)],
        runs=RUNS,
        structure=structure,
        uncertainty=uncertainty,
        chosen=declared.chosen_with({k: float(v) for k, v in off.items()}, motive),
        bands=False,
    )[0]
    return found.outcome(outcome)


def _rejection_after_the_deadline(off: dict[str, float]) -> float:
    """Return the Committee's mean rejection at the end of broken-deadline."""
    engine = ensemble.the_engine()
    item = Scenario.load("broken-deadline")
    chosen = declared.settings({k: float(v) for k, v in off.items()})
    nature = declared.draw(range(RUNS), chosen=chosen)
    total, n = 0.0, 0
    for block in ensemble.begin(range(RUNS), nature):
        engine.advance(block, block.nature, 0, item, 1)
        state = block.state.reshape(STATES, -1)[:, : block.used]
        total += float(state[S.rejection : S.rejection + 5].sum())
        n += 5 * block.used
    return total / n


def _checks(name: str) -> list[dict[str, Any]]:
    return checks_of(data_files.load("mechanisms")[name])


CHECKS = [(name, k) for name in data_files.load("mechanisms") for k in range(len(_checks(name)))]


@pytest.mark.parametrize(("name", "number"), CHECKS)
def test_mechanism_matters(name: str, number: int) -> None:
    item = _checks(name)[number]
    structure = item.get("structure", "neutral")
    if item["outcome"] == "committee_rejection":
        on, off = _rejection_after_the_deadline({}), _rejection_after_the_deadline(item["off"])
    else:
        held = {k: float(v) for k, v in item.get("held", {}).items()}

        def played(scenario: str, off: dict[str, float]) -> Any:
            return _outcome(
                scenario,
                structure,
                item["outcome"],
                held | off,
                motive=item.get("motive", "all"),
            )

        with_it = played(item["scenario"], {})
        if "against" in item:
            without = played(item["against"], {})
        else:
            without = played(item["scenario"], item["off"])
        on, off = float(np.nanmean(with_it)), float(np.nanmean(without))
    effect = {
        "percent": 100 * (on - off) / off if off else float("inf"),
        "points": on - off,
        "ratio": on / off if off else float("inf"),
    }[item["effect"]]
    least = item["least"]
    seen = f"{name}: {on:.4g} with, {off:.4g} without, effect {effect:.3g}, least {least}"
    assert (effect <= least) if least < 0 else (effect >= least), seen


@pytest.mark.parametrize("name", list(data_files.load("mechanisms")))
def test_every_mechanism_acts_at_the_priors_as_they_are(name: str) -> None:
    """Catches a mechanism that only a value put in for the test makes visible."""
    natural = [one for one in _checks(name) if "held" not in one]
    assert natural, name
    assert any(abs(one["least"]) >= 2 or one["effect"] != "percent" for one in natural)


def test_no_two_mechanisms_are_one_dial() -> None:
    """Catches two names for one switch, and one whose switch is a part of another's."""
    known = {n: set(item["off"].items()) for n, item in data_files.load("mechanisms").items()}
    for name, own in known.items():
        inside = [o for o, other in known.items() if o != name and own <= other]
        # The effect of a strike has a name for each sign that is its own.
        inside = [o for o in inside if not {name, o} <= set(STRIKE)]
        assert not inside, (name, inside)


STRIKE = ("effect-of-a-strike-deter", "effect-of-a-strike-provoke")


def test_a_strikes_switch_takes_its_effect_away() -> None:
    off = data_files.load("mechanisms")["effect-of-a-strike-provoke"]["off"]
    # From the priors, which the structures share but for the effect of a strike.
    with_it = _outcome("robust-retaliation", "provoke", "tempo_foreign", {}, "prior")
    without = _outcome("robust-retaliation", "provoke", "tempo_foreign", off, "prior")
    neutral = _outcome("robust-retaliation", "neutral", "tempo_foreign", {}, "prior")
    assert with_it.mean() > without.mean()
    assert np.array_equal(without, neutral)


def test_every_switch_names_parameters_within_their_ranges() -> None:
    for name, item in data_files.load("mechanisms").items():
        held = [one.get("held", {}) for one in checks_of(item)]
        pairs = [pair for values in (item["off"], *held) for pair in values.items()]
        for parameter, value in pairs:
            assert declared.check_value(parameter, value) == [], name
            assert parameter in PARAMETERS


def test_politics_of_strikes_under_null_is_small_and_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # C26 is itself a sign: strikes lower authority, so policing, so raise attacks a little.
    strikes = _outcome("combat-to-advisory", "neutral", "attacks_foreign", {}).mean()
    none = _outcome("restraint", "neutral", "attacks_foreign", {}).mean()
    with capsys.disabled():
        print(f"\npolitics of strikes under neutral: {100 * (strikes / none - 1):+.2f} % attacks")
    assert abs(strikes / none - 1) < 0.03
