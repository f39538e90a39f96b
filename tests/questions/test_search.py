"""The search: known fronts, a known answer, resumed work, files that play what was found."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from platypus import Real
from ruamel.yaml import YAML

from drawdown.cli.main import main
from drawdown.day import plan, policy
from drawdown.declared import policies, storage
from drawdown.declared.errors import InputError
from drawdown.declared.language import Language
from drawdown.declared.levers import Lever
from drawdown.declared.scenario import Scenario
from drawdown.questions import futures
from drawdown.questions import search as question
from drawdown.questions.search import Objective, Trace, encoding, optimise, together
from drawdown.views import search as view
from drawdown.worlds.checkpoint import Checkpoint
from drawdown.worlds.run import Run

CUBE = [Real(0.0, 1.0)]
"""A number of the unit cube, as Platypus knows it."""
HEAD = "title: {en: A, ar: أ}\nquestion: {en: B?, ar: ب؟}\n"


# --- known fronts ----------------------------------------------------------------------------


def zdt1(points: Sequence[Sequence[float]]) -> np.ndarray:
    """Zitzler, Deb and Thiele (2000): the front is 1 - sqrt(x) at g = 1."""
    x = np.array(points)
    g = 1.0 + 9.0 * x[:, 1:].mean(axis=1)
    return np.column_stack([x[:, 0], g * (1.0 - np.sqrt(x[:, 0] / g))])


def dtlz2(points: Sequence[Sequence[float]]) -> np.ndarray:
    """Deb, Thiele, Laumanns and Zitzler (2002): the front is the unit sphere's corner."""
    x = np.array(points)
    g = ((x[:, 2:] - 0.5) ** 2).sum(axis=1)
    a, b = x[:, 0] * np.pi / 2, x[:, 1] * np.pi / 2
    each = [np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)]
    return (1.0 + g)[:, None] * np.column_stack(each)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_front_of_zdt1_is_found(seed: int) -> None:
    """Catches a search that maximises, forgets its archive, or never reaches the front."""
    found = optimise(zdt1, CUBE * 6, [0.02, 0.02], 2500, 40, seed)
    scores = zdt1(found.points)
    assert np.allclose(scores, found.scores)
    away = scores[:, 1] - (1.0 - np.sqrt(scores[:, 0]))
    assert away.max() < 0.05
    assert len(scores) > 20
    assert scores[:, 0].min() < 0.05
    assert scores[:, 0].max() > 0.9


def test_the_front_of_dtlz2_is_found() -> None:
    found = optimise(dtlz2, CUBE * 6, [0.05] * 3, 3000, 40, 0)
    radius = np.sqrt((found.scores**2).sum(axis=1))
    assert np.median(radius) < 1.02
    assert len(radius) > 40
    improvements = [row[1] for row in found.growth]
    assert improvements == sorted(improvements)


def test_a_search_is_the_same_again_and_another_with_another_seed() -> None:
    one, again, other = (optimise(zdt1, CUBE * 4, [0.05] * 2, 200, 20, s) for s in (3, 3, 4))
    assert one.points == again.points
    assert one.points != other.points


def test_points_to_begin_with_are_scored_first() -> None:
    seen: list[tuple[float, ...]] = []

    def score(points: Any) -> np.ndarray:
        seen.extend(tuple(p) for p in points)
        return zdt1(points)

    optimise(score, CUBE * 3, [0.05] * 2, 40, 20, 0, begin=[[0.25, 0.5, 0.75]])
    assert (0.25, 0.5, 0.75) in seen[:20]


def test_an_interrupted_search_goes_on_without_loss_or_repetition(tmp_path: Path) -> None:
    """Catches generations scored twice, and a resumed search that comes to something else."""
    every = 0

    def counts(points: Any) -> np.ndarray:
        nonlocal every
        every += len(points)
        return zdt1(points)

    whole = optimise(counts, CUBE * 4, [0.05] * 2, 200, 20, 1)
    checkpoint = Checkpoint("search-test", "abc")
    checkpoint.folder = tmp_path / "kept"
    calls = 0

    def stops(points: Any) -> np.ndarray:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise KeyboardInterrupt
        return zdt1(points)

    with pytest.raises(KeyboardInterrupt):
        optimise(stops, CUBE * 4, [0.05] * 2, 200, 20, 1, checkpoint)
    assert checkpoint.kept() == 3
    after = 0

    def goes_on(points: Any) -> np.ndarray:
        nonlocal after
        after += len(points)
        return zdt1(points)

    there: list[int] = []
    found = optimise(goes_on, CUBE * 4, [0.05] * 2, 200, 20, 1, checkpoint, there=there.append)
    assert len(there) == 3
    assert sum(there) + after == every
    assert found.points == whole.points
    stages = [storage.unpacked(f.read_bytes()) for f in checkpoint.folder.glob("*.parquet")]
    before = sum(len(stage["points"]) for stage in stages) - after
    assert after + before == every
    assert before >= 50


@given(st.lists(st.tuples(*[st.integers(0, 5)] * 3), min_size=1, max_size=20, unique=True))
def test_of_all_searches_together_stays_what_nothing_is_better_than(
    rows: list[tuple[int, ...]],
) -> None:
    """Catches a search whose policies are left out, and one beaten by another search's."""
    half = len(rows) // 2
    parts = [(0, rows[:half]), (1, [*rows[half:], (question.UNSAID,) * 3])]
    traces = [Trace(s, (), tuple(part), np.array(part, float)) for s, part in parts if part]
    kept = {tuple(one.point) for one in together(traces, [0.5] * 3, 40)}
    scores = np.array(rows, float)
    for row in rows:
        better = [(o <= row).all() and (o < row).any() for o in scores]
        assert (row in kept) != any(better)
    assert question.UNSAID not in {value for point in kept for value in point}
    assert len(together(traces, [0.5] * 3, 2)) == min(2, len(kept))
    unsaid = Trace(0, (), ((1.0,),), np.full((1, 3), question.UNSAID))
    assert not together([unsaid], [0.5] * 3, 40), "no file could say it"


def test_words_are_places_and_numbers_are_themselves() -> None:
    """Catches a word that is never tried, and a number beyond its lever."""
    levers = (Lever("x", choices=("a", "b", "c")), Lever("combat", 0, 3000, 50))
    seen = set()

    def score(points: Any) -> np.ndarray:
        seen.update(p[0] for p in points)
        assert all(0 <= p[1] <= 3000 for p in points)
        return np.array([[p[0], p[1]] for p in points])

    found = optimise(score, encoding(levers), [0.1, 10.0], 100, 20, 0)
    assert seen == {0, 1, 2}
    assert found.points[0][0] == 0
    one = (Lever("x", choices=("a",)),)
    assert {question.decoded(one, [place])["x"] for place in (0, 1)} == {"a"}
    assert optimise(lambda p: np.zeros((len(p), 1)), encoding(one), [1.0], 20, 10).points


# --- policies as data ------------------------------------------------------------------------


def base(name: str = "conditions-based-exit") -> Scenario:
    return Scenario.load(name)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["conditions-based-exit", "tit-for-tat", "truce-for-timetable"]),
    st.lists(st.floats(0, 1), min_size=60, max_size=60),
)
def test_a_file_plays_what_was_found(name: str, point: list[float]) -> None:
    """Catches a lever, a condition or a date that is lost on the way into a file."""
    source = Scenario.load(name)
    levers = list(policies.levers_that_move(source).values())
    ends = [(0, len(v.choices)) if v.choices else (v.low, v.high) for v in levers]
    shares = (point * 2)[: len(levers)]
    at = [low + share * (high - low) for share, (low, high) in zip(shares, ends, strict=True)]
    values = question.decoded(levers, at)
    changed = question.candidate(source, values)
    if changed is None:
        return
    told = {"en": "A", "ar": "أ"}
    text = policies.as_file(name, source, changed, told, told)
    folder = Path(__file__).parent
    path = folder / f"_{abs(hash(text))}.yaml"
    try:
        path.write_text(text, encoding="utf-8")
        loaded = Scenario.load(path)
    finally:
        path.unlink()
    assert np.array_equal(plan.build(loaded), plan.build(changed))
    assert np.array_equal(policy.table(loaded), policy.table(changed))


def test_where_a_policy_stands_is_where_its_file_says() -> None:
    source = base()
    stand = policies.stands(source)
    assert stand["leave.over"] == 365
    assert stand["leave.when.at_most"] == 0
    assert stand["leave"] == "on"
    levers = tuple(policies.levers_that_move(source)[n] for n in ("leave.over", "leave"))
    again = question.decoded(levers, question.encoded(levers, stand))
    assert again == {"leave.over": 365.0, "leave": "on"}


def test_values_are_moved_where_they_are_named() -> None:
    moved = policies.moved(
        base("truce-for-timetable"),
        {
            "promise.when.at_least": 100,
            "timetable.halt.days": 60,
            "nato-leaves": "off",
            "combat": 500,
        },
    )
    conditions = {c.name: c.item for c in moved.conditions}
    assert set(conditions) == {"promise", "timetable"}
    assert str(conditions["promise"].when.items[0].at_least) == "2021-11-03"
    assert conditions["timetable"].halt is not None
    assert conditions["timetable"].halt.items[0].days == 60
    assert max(moved.levers.combat.items())[1] == 500


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"leave.ovr": 3}, "did you mean 'leave.over'"),
        ({"leave": "maybe"}, "unknown choice"),
        ({"leave.lasting": 5000}, "must lie between 1 and 180"),
        ({"combat": "many"}, "must be a number"),
    ],
)
def test_faults_of_values_are_said(values: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as caught:
        policies.moved(base(), values)
    assert told in str(caught.value)


# --- robustness ------------------------------------------------------------------------------


def played(values: np.ndarray, motives: np.ndarray, others: dict[str, Any]) -> futures.Futures:
    names = {"p": values} | others
    return futures.Futures(
        (),
        {"motive": np.array([motives] * 3)},
        {(n, "dead_us"): v[:, :, None] for n, v in names.items()},
        values.shape[1],
        1,
    )


def judged(measure: str, less: bool = True, bound: float | None = None) -> question.Problem:
    objective = Objective("dead_us", less, bound)
    references = (base("full-withdrawal"),) if measure == "regret" else ()
    return question.Problem(base(), (), (objective,), measure, references)


def test_each_measure_of_robustness_is_what_its_name_says() -> None:
    """Catches a best tenth, a median for a mean, a worst case over the wrong cells."""
    values = np.arange(30.0).reshape(3, 10)
    motives = np.array([0] * 5 + [1] * 5, float)
    one = played(values, motives, {"reference 0": values - 2, "reference 1": values + 3})

    def score(item: question.Problem) -> float:
        return float(question.scored(item, one, "p")[0])

    assert score(judged("mean")) == pytest.approx(14.5)
    assert score(judged("worst-tenth")) == pytest.approx(np.mean([27, 28, 29]))
    assert score(judged("worst-tenth", less=False)) == pytest.approx(np.mean([0, 1, 2]))
    assert score(judged("worst-case")) == pytest.approx(np.mean([25, 26, 27, 28, 29]))
    assert score(judged("worst-case", less=False)) == pytest.approx(np.mean([0, 1, 2, 3, 4]))
    assert score(judged("regret")) == pytest.approx(2.0)
    assert score(judged("regret", less=False)) == pytest.approx(3.0)
    assert score(judged("satisficing", bound=8.0)) == pytest.approx(9 / 30)
    assert score(judged("satisficing", less=False, bound=8.0)) == pytest.approx(22 / 30)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"vary": ["leav"]}, "did you mean 'leave'"),
        ({"vary": {"leave.over": (300, 30)}}, "is no range"),
        ({"objectives": [Objective("dead")]}, "did you mean"),
        ({"objectives": [Objective("days_until_exit")]}, "no value in some worlds"),
        ({"objectives": [Objective("dead_us"), Objective("dead_us", False)]}, "named twice"),
        ({"measure": "best"}, "unknown measure"),
        ({"measure": "satisficing"}, "needs a bound"),
    ],
)
def test_faults_of_a_search_are_said(options: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as caught:
        question.problem(base(), **options)
    assert told in str(caught.value)


# --- a known answer --------------------------------------------------------------------------


KNOWN = f"""{HEAD}extends: sustained-presence
end: 2022-01-26
policy:
  conditions:
    out:
      when: {{see: date, at_least: 2021-10-20}}
      then: {{combat: 0, advisers: 0, coalition: 0}}
      once: true
    nato-out:
      when: {{see: us_soldiers, at_most: 0}}
      then: {{nato_target: 0}}
      once: true
    back:
      when: {{see: date, at_least: 2021-10-25}}
      then: {{combat: 936, advisers: 1564}}
      once: true
"""


@pytest.mark.long
def test_a_plainly_better_policy_is_found(tmp_path: Path) -> None:
    """Out at once and back on the last days beats all others: few attacks, and soldiers there."""
    path = tmp_path / "known.yaml"
    path.write_text(KNOWN, encoding="utf-8")
    source = Scenario.load(path)
    item = question.problem(
        source,
        {"out.when.at_least": (0, 180), "back.when.at_least": (0, 184)},
        [Objective("attacks_foreign"), Objective("us_troops_end", less=False)],
        "mean",
        draws=12,
        lucks=1,
    )
    found = question.search(item, 240, 24, 1, 30, 8)
    by_hand = policies.moved(source, {"out.when.at_least": 0, "back.when.at_least": 180})
    never = policies.moved(source, {"out.when.at_least": 180, "back.when.at_least": 0})
    played = futures.play(
        [by_hand.named("hand"), never.named("stays"), source.named("base")],
        item.outcomes,
        30,
        1,
        Run(first=12),
    )
    hand, stays = (question.scored(item, played, n) for n in ("hand", "stays"))
    assert hand[0] < stays[0] - 5
    assert hand[1] > 2000
    best = min(found.policies, key=lambda f: f.fresh[0] if f.fresh[1] > 2000 else 1e9)
    assert best.fresh[1] > 2000
    # Fresh draws differ by more than one attack between policies as good as another.
    assert best.fresh[0] <= hand[0] + 2.0
    assert best.values["out.when.at_least"] <= 20
    assert best.values["back.when.at_least"] >= 150


# --- the command -----------------------------------------------------------------------------

SMALL = [
    "--vary",
    "leave",
    "--vary",
    "leave.over=60..600",
    "--vary",
    "nato_target",
    "--less",
    "tempo_foreign",
    "--more",
    "us_troops_end",
    "--evaluations",
    "20",
    "--population",
    "10",
    "--seeds",
    "2",
    "--draws",
    "6",
    "--lucks",
    "1",
    "--fresh",
    "20",
]


@pytest.mark.long
def test_the_command_writes_policies_that_play(results: Path) -> None:
    found = CliRunner().invoke(main, ["search", "conditions-based-exit", *SMALL])
    assert found.exit_code == 0, found.output
    assert "best policy" in found.output
    folder = results / "search-conditions-based-exit"
    files = sorted((folder / "policies").glob("*.yaml"))
    assert files
    told = YAML(typ="safe").load((folder / "trade-offs.json").read_text(encoding="utf-8"))
    assert [p["name"] for p in told["policies"]] == [f.stem for f in files]
    for path in files:
        checked = CliRunner().invoke(main, ["check", str(path)])
        assert checked.exit_code == 0, checked.output
    again = CliRunner().invoke(main, ["search", "conditions-based-exit", *SMALL, "--overwrite"])
    assert again.exit_code == 0
    for name in ("trade-offs.png", "convergence.csv", "policies.csv"):
        assert (folder / name).exists()


def test_the_command_says_all_faults_at_once(results: Path) -> None:
    bad = "--less dead --more authority --bound daesh_index=3 --vary leave.ovr --robust best"
    found = CliRunner().invoke(main, ["search", "conditions-based-exit", *bad.split()])
    assert found.exit_code == 2
    for told in ("'dead'", "daesh_index: is no objective", "leave.over", "unknown measure"):
        assert told in found.output
    assert not list(results.iterdir()) if results.exists() else True


@pytest.mark.long
def test_what_a_number_is_is_said_for_each_measure(results: Path) -> None:
    """Catches a share of good futures under a head that says less is better."""
    satisficing = ["--robust", "satisficing", "--bound", "tempo_foreign=2"]
    bounds = [*satisficing, "--bound", "us_troops_end=100"]
    found = CliRunner().invoke(main, ["search", "conditions-based-exit", *SMALL, *bounds])
    assert found.exit_code == 0, found.output
    assert "at most" in found.output
    assert "less is better" not in found.output
    regret = ["--robust", "regret", "--against", "full-withdrawal", "--overwrite"]
    found = CliRunner().invoke(main, ["search", "conditions-based-exit", *SMALL, *regret])
    assert found.exit_code == 0, found.output
    assert "regret in" in found.output


@pytest.mark.parametrize("code", ["en", "ar"])
def test_a_policy_is_told_in_words(code: str) -> None:
    language = Language(code)
    source = base()
    changed = policies.moved(
        source, {"leave.over": 100, "nato-leaves": "off", "doctrine": "none", "combat": 300}
    )
    told = " ".join(view.told_policy(source, changed, language))
    assert "100" in told
    assert "300" in told
    assert "nato-leaves" in told
    assert language.word("doctrines", "none") in told
    assert view.told_policy(source, source, language) == [language.word("search", "as_base")]


def test_decoded_values_keep_to_ranges_and_steps() -> None:
    levers = (
        Lever("combat", 0, 3000, 50),
        Lever("policing", 0, 1, 0.05),
        Lever("x", choices=("a", "b")),
    )
    for share in np.linspace(0, 1, 23):
        found = question.decoded(levers, [3000 * share, share, 2 * share])
        assert found["combat"] % 50 == 0
        assert 0 <= found["policing"] <= 1
        assert found["x"] in ("a", "b")
