"""Calibration: it resumes, gives the same draws again, and what is stored is what it found."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from drawdown.connect import store
from drawdown.declared import data_files, parameters
from drawdown.declared.columns import MOTIVES, PARAMETERS
from drawdown.evidence import calibrate, record_run
from drawdown.worlds.checkpoint import Checkpoint

TINY = calibrate.Sizes(2, 4, 100, 4, 256, 48, 40, 1, 40)
USUAL = ("neutral", "presence")


class StopError(Exception):
    """Interrupts a calibration."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def found(home: Path) -> calibrate.Calibration:
    """Calibrate in three goes, interrupted twice."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data_files, "cache_folder", lambda: home)
        for stops in (2, 20, 10**6):
            done = 0

            def advance(n: int, stops: int = stops) -> None:
                nonlocal done
                done += n
                if done >= stops:
                    raise StopError

            checkpoint = Checkpoint("calibration", "test")
            try:
                return calibrate.calibrate(
                    TINY, 3, checkpoint, advance=advance, commit="first" if stops == 2 else "later"
                )
            except StopError:
                continue
    raise AssertionError


@pytest.mark.long
def test_an_interrupted_calibration_resumes_to_the_same_draws(
    found: calibrate.Calibration, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_files, "cache_folder", lambda: home)
    kept = {p.stem: p.stat().st_mtime_ns for p in home.rglob("*.npz")}
    again = calibrate.calibrate(TINY, 3, Checkpoint("calibration", "test"))
    assert {p.stem: p.stat().st_mtime_ns for p in home.rglob("*.npz")} == kept
    whole = calibrate.calibrate(TINY, 3, Checkpoint("calibration", "whole"))
    assert tuple(found.posteriors) == calibrate.PARTS
    for part in calibrate.PARTS:
        for other in (again, whole):
            a, b = found.posteriors[part].shares, other.posteriors[part].shares
            assert np.array_equal(a, b)
    assert np.array_equal(found.trials.ranks, whole.trials.ranks, equal_nan=True)


@pytest.mark.long
def test_steps_are_counted_right(
    found: calibrate.Calibration, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_files, "cache_folder", lambda: home)
    counted = []
    calibrate.calibrate(TINY, 3, Checkpoint("calibration", "test"), advance=counted.append)
    assert sum(counted) == calibrate.steps()


@pytest.mark.long
def test_null_has_no_effect_of_a_strike_to_calibrate(found: calibrate.Calibration) -> None:
    for motive in MOTIVES:
        assert calibrate.STRIKE_EFFECT not in found.posteriors["neutral", motive].names
        assert "attack_rate" in found.screening.kept[motive]


@pytest.mark.long
def test_a_part_is_played_under_its_own_motive(
    found: calibrate.Calibration, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches fifteen posteriors of one motive, and trials whose motive is another's."""
    monkeypatch.setattr(data_files, "cache_folder", lambda: home)
    checkpoint = Checkpoint("calibration", "test")
    ends = {}
    for motive in MOTIVES:
        part = ("neutral", motive)
        assert calibrate.holding(part, None) == {"motive": float(MOTIVES.index(motive))}
        names = calibrate.calibrated(found.screening.kept, part)
        ends[motive] = calibrate.pilot(names, part, TINY, 3, checkpoint)[1].mean(axis=0)
    known = list(ends.values())
    assert all((a != b).any() for i, a in enumerate(known) for b in known[:i])
    planted = {MOTIVES[m] for m in found.trials.motives}
    assert len(planted) > 1
    assert len(found.motives.weights) == len(MOTIVES)
    assert found.motives.weights.sum() == pytest.approx(1.0)


@pytest.mark.long
def test_stored_draws_are_those_found(found: calibrate.Calibration, tmp_path: Path) -> None:
    folder = tmp_path / "posterior"
    store.save_posterior(found, ["drawdown", "calibrate"], folder)
    with (folder / "draws.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == TINY.draws * len(calibrate.PARTS)
    own = [
        float(r["attack_rate"])
        for r in rows
        if (r["structure"], r["motive"]) == ("deter", "rivalry")
    ]
    posterior = found.posteriors["deter", "rivalry"]
    column = posterior.names.index("attack_rate")
    assert own == pytest.approx(posterior.values()[:, column].tolist(), rel=1e-5)
    made = json.loads((folder / "posterior.json").read_text(encoding="utf-8"))
    assert made["seed"] == 3
    assert made["commit"] == "first"
    assert made["command"] == ["drawdown", "calibrate"]


@pytest.mark.long
def test_a_record_of_more_attacks_gives_a_higher_tempo(
    found: calibrate.Calibration, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_files, "cache_folder", lambda: home)
    checkpoint = Checkpoint("calibration", "test")
    names = calibrate.calibrated(found.screening.kept, USUAL)
    pilot = calibrate.pilot(names, USUAL, TINY, 3, checkpoint)
    emulator = calibrate.wave(names, USUAL, TINY, 3, checkpoint)
    tempo = []
    for factor in (0.5, 2.5):
        fitted = calibrate.fit(
            record_run.observed() * factor,
            USUAL,
            names,
            pilot,
            emulator,
            particles=48,
            draws=48,
            generator=np.random.default_rng(1),
        )
        tempo.append(np.median(fitted.values()[:, names.index("attack_rate")]))
    assert tempo[1] > 1.4 * tempo[0]


def test_reported_counts_scatter_around_the_true_ones() -> None:
    simulated = np.repeat(record_run.observed()[:, None], 4000, axis=1)
    reported = record_run.report(simulated, np.random.default_rng(1))
    n = len(record_run.attack_intervals())
    total = reported[:n].sum(axis=0)
    assert total.mean() == pytest.approx(87, rel=0.06)
    # Errors that go together leave the total as unsure as the record's own low to high.
    low, high = np.quantile(total, [0.05, 0.95])
    assert 60 < low < 82
    assert 92 < high < 115


def test_a_report_errs_to_the_other_side_of_the_range() -> None:
    # Light wounds go unreported: the record's 4 may be 7, so 5 are likelier told as 4 than as 6.
    names = [t.name for t in record_run.targets()]
    row = names.index("wounding_incidents")
    simulated = np.repeat(record_run.observed()[:, None], 8000, axis=1)
    reported = record_run.report(simulated, np.random.default_rng(2))[row]
    assert reported.mean() < 4.0


def test_unseen_statistics_do_not_move_the_range_that_is_allowed() -> None:
    low, high = calibrate.allowed_range(record_run.observed())
    n = len(record_run.attack_intervals())
    assert np.isinf(low[:n]).all()
    assert np.isfinite(low[n : len(low) - 1]).all()
    assert (low <= high).all()


# What is stored in the repository.


def stored() -> dict[str, object]:
    path = parameters.posterior_folder() / "posterior.json"
    content: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return content


def test_the_stored_posterior_says_what_made_it() -> None:
    made = stored()
    assert made["command"][:3] == ["drawdown", "evidence", "calibrate"]  # type: ignore[index]
    assert len(str(made["commit"])) == 40
    assert made["seed"] == 0
    told = "the record run plays other worlds than the posterior was made from: calibrate anew"
    assert made["record_run"] == record_run.fingerprint(), told


def test_the_stored_posterior_lies_within_the_priors() -> None:
    items = parameters.declarations()
    for (structure, motive), columns in parameters.posterior().items():
        for name, values in columns.items():
            if np.isnan(values).all():
                continue
            prior = items[name].prior
            assert prior is not None
            low, high = prior[structure].quantile(0.0), prior[structure].quantile(1.0)
            assert low * (1 - 1e-5) <= values.min() <= values.max() <= high * (1 + 1e-5), name
            assert len(values) >= 300, motive


def test_planted_parameters_were_recovered() -> None:
    """Catches posteriors that are too sure of what a record informs, or not sure enough."""
    trials = stored()["trials"]
    assert isinstance(trials, dict)
    assert trials["trials"] >= 300
    assert 0.88 <= trials["inside_90"][2] <= 0.92
    rejected = [name for name, p in trials["ranks_uniform_p"].items() if p < 0.01]
    assert rejected == []
    assert {"attack_rate", "lethality"} <= set(trials["informed"])


def test_motives_are_weighed_as_far_as_a_record_can_tell_them_apart() -> None:
    """Catches a classifier tried on what it was made from, and weights of the wrong reading."""
    generator = np.random.default_rng(4)
    pilots = {}
    for part in calibrate.PARTS:
        # Attacks differ by motive alone, and by little.
        mean = record_run.observed() * (1.0 + 0.12 * MOTIVES.index(part[1]))
        counts = generator.poisson(np.repeat(mean[:, None], 400, axis=1)).astype(float)
        pilots[part] = (np.zeros((400, 1)), counts)
    seen = record_run.observed() * 1.48
    found = calibrate.evidence(pilots, 400, 1, seen)
    assert found.names == MOTIVES
    assert found.tried == 400 * 15
    assert 0.35 < found.ceiling < 0.75
    assert found.weights.argmax() == 4
    assert found.weights.sum() == pytest.approx(1.0)
    structures = calibrate.evidence(pilots, 400, 0, seen)
    assert structures.ceiling == pytest.approx(1 / 3, abs=0.05)
    assert structures.weights == pytest.approx([1 / 3] * 3, abs=0.15)


def test_draws_from_the_posterior_keep_its_rows_together() -> None:
    table = parameters.draw(range(50), structure="deter")
    for r in range(50):
        motive = MOTIVES[int(table[PARAMETERS.index("motive"), r])]
        rows = parameters.posterior()["deter", motive]
        names = [n for n in rows if not np.isnan(rows[n]).all()]
        known = {tuple(float(rows[n][i]) for n in names) for i in range(len(rows[names[0]]))}
        assert tuple(float(table[PARAMETERS.index(n), r]) for n in names) in known


def test_a_choice_overrides_the_posterior() -> None:
    chosen = parameters.settings({"attack_rate": 0.2})
    table = parameters.draw(range(20), chosen=chosen)
    assert (table[PARAMETERS.index("attack_rate")] == 0.2).all()


def test_what_calibration_did_not_reach_is_drawn_from_its_prior() -> None:
    a = parameters.draw(range(40), uncertainty="posterior")
    b = parameters.draw(range(40), uncertainty="prior")
    motives = a[PARAMETERS.index("motive")]
    for k, motive in enumerate(MOTIVES):
        rows = parameters.posterior()["neutral", motive]
        reached = {n for n in rows if not np.isnan(rows[n]).all()}
        own = motives == k
        assert own.any()
        for i, name in enumerate(PARAMETERS):
            if name not in reached:
                assert np.array_equal(a[i, own], b[i, own]), (motive, name)
    assert not np.array_equal(
        a[PARAMETERS.index("attack_rate")], b[PARAMETERS.index("attack_rate")]
    )
