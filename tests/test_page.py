"""What a page carries plays the worlds that everybody else plays, to the last bit."""

import hashlib
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_wasm import InWasm

from drawdown.day import curves, engine, exports, outcomes, policy, rulebook, wasm
from drawdown.day.plan import build
from drawdown.day.start import first_state, table
from drawdown.declared import levers as levers_of
from drawdown.declared import parameters as declared
from drawdown.declared.columns import (
    COUNTED,
    FLOWS,
    MOTIVES,
    OUTCOMES,
    PLAN,
    STATES,
    STRUCTURES,
    TAIL,
)
from drawdown.declared.levels import parts
from drawdown.declared.lever_table import POSTURE
from drawdown.declared.scenario import Scenario
from drawdown.questions import compare
from drawdown.web import address, page_bundle
from drawdown.worlds import ensemble

SOURCE = engine.source(lanes=wasm.LANES)
DAYS = 400


@pytest.fixture(scope="module")
def inside() -> InWasm:
    return InWasm(wasm.made())


def natively(scenario: Scenario, nature: Any, seed: int, numbers: list[int]) -> tuple[Any, Any]:
    """Return the last days and the last state of worlds, as every ensemble plays them."""
    assert scenario.history is not None
    past = Scenario.load(scenario.history).until(scenario.start - timedelta(days=1))
    blocks, _ = ensemble.live(ensemble.begin(numbers, nature), past, seed, threads=1)
    kept: list[Any] = []

    def reduce(daily: Any) -> Any:
        kept.append(daily[:, :, : len(numbers)].copy())
        return np.zeros((1, daily.shape[2]))

    after, _ = ensemble.live(blocks, scenario, seed, reduce, threads=1)
    state = after[0].state.reshape(STATES, -1)[:, : len(numbers)]
    return kept[0], state


def in_a_page(
    inside: InWasm, scenario: Scenario, nature: Any, seed: int, numbers: list[int]
) -> tuple[Any, Any]:
    """Return the same as `natively`, as a page plays them."""
    assert scenario.history is not None
    past = Scenario.load(scenario.history).until(scenario.start - timedelta(days=1))
    constants, sources = table()
    state = np.zeros((STATES, wasm.LANES))
    inside.call("begin", state, nature, constants, sources)
    nothing = np.zeros((0, len(COUNTED), wasm.LANES), np.float32)
    terms = np.array(policy.NONE)
    inside.call("begin_policy", state, terms, nothing)
    noted, _ = inside.live(
        state, nature, seed, numbers, build(past), past.start.toordinal(), terms, nothing, 1
    )
    own = nature.copy()
    for name, choice in scenario.world.items():
        scale = -1.0 if choice.scale is None else choice.scale
        low, high = declared.declarations()[name].range
        inside.call("hold", own, declared.column(name), choice.value or 0.0, scale, low, high)
    noted, terms = noted[-policy.MEMORY :], np.array(policy.table(scenario))
    inside.call("begin_policy", state, terms, noted)
    first = scenario.start.toordinal()
    _, daily = inside.live(
        state, own, seed, numbers, build(scenario), first, terms, noted, scenario.days
    )
    return daily, state


def test_bands_are_counted_alike_everywhere(inside: InWasm) -> None:
    """Catches a value that falls into another bin, or rounds otherwise, on one of the engines."""
    random = np.random.default_rng(3)
    shape = (70, len(OUTCOMES), wasm.LANES)
    daily = (random.normal(size=shape) * 10.0 ** random.integers(-3, 6, shape)).astype(np.float32)
    daily[:, : len(FLOWS)] = random.integers(0, 12, (70, len(FLOWS), wasm.LANES))
    daily[5, 20:, :3], daily[6, 20:, :3] = np.nan, np.inf
    before = daily[:TAIL, : len(FLOWS)].copy()
    lows, widths = ensemble.bin_ranges()
    # Middles and edges of bins.
    at = random.integers(0, 300, shape[::2])[:, None] / 2.0
    daily[20:, 18:22] = (lows + widths * at.swapaxes(1, 2)).swapaxes(1, 2)[20:, 18:22]
    found = [np.zeros((70, len(OUTCOMES), outcomes.CELLS), np.int32) for _ in range(3)]
    used = wasm.LANES - 3
    ensemble.the_engine().count_into_bands(daily, before, used, lows, widths, found[0])
    sizes = len(daily), wasm.LANES
    inside._run("bands", daily, *sizes, before, len(before), used, lows, widths, found[1])
    wide = daily.astype(float), before.astype(float)
    outcomes.count_into_bands(*wide, used, lows, widths, found[2])
    assert (found[2][:, :, : outcomes.REST].sum(axis=2) == used).all()
    assert (found[2][:, :, outcomes.OUTSIDE] > 0).any()
    assert (found[2][:, len(FLOWS) :, outcomes.REST] != 0).any()
    assert np.array_equal(found[0], found[2])
    assert np.array_equal(found[1], found[2])


def drawn(random: Any, inside: InWasm) -> tuple[Any, Any]:
    """Return some view's worlds, natively and as a page plays them."""
    name = random.choice(address.offered())
    scenario = Scenario.load(name)
    scenario = scenario.until(scenario.start + timedelta(days=DAYS - 1))
    seed = random.choice([0, 1, 2**63 - 1, random.randrange(2**63)])
    structure, motive = random.choice(STRUCTURES), random.choice(("all", *MOTIVES))
    held = {}
    for parameter in random.sample(list(declared.declarations()), 2):
        low, high = declared.declarations()[parameter].range
        if parameter != declared.MOTIVE:
            held[parameter] = low + (high - low) * random.random()
    first = random.randrange(10_000)
    numbers = list(range(first, first + wasm.LANES))
    nature = declared.draw(
        numbers, seed=seed, structure=structure, chosen=declared.chosen_with(held, motive)
    )
    return (
        natively(scenario, nature, seed, numbers),
        in_a_page(inside, scenario, np.ascontiguousarray(nature), seed, numbers),
    )


def digest(worlds: tuple[Any, Any]) -> str:
    return hashlib.sha256(worlds[0].tobytes() + worlds[1].tobytes()).hexdigest()


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_a_page_lives_the_same_worlds(inside: InWasm, random: Any) -> None:
    """Catches a page whose days, state or conditions differ in one bit."""
    mine, theirs = drawn(random, inside)
    assert np.array_equal(mine[0], theirs[0], equal_nan=True)
    assert np.array_equal(mine[1], theirs[1], equal_nan=True)


RELAXED = tuple(
    "-mrelaxed-simd"
    if flag == "-mno-relaxed-simd"
    else "-ffp-contract=fast"
    if flag == "-ffp-contract=off"
    else flag
    for flag in wasm.FLAGS
)


@pytest.mark.long
@pytest.mark.skipif(not wasm._commands(), reason="there is no compiler that makes WebAssembly")
@pytest.mark.parametrize("fault", ["one bit of a constant", "contraction and relaxed vectors"])
def test_a_changed_engine_is_noticed(inside: InWasm, fault: str) -> None:
    """Catches a comparison that could not fail."""
    if fault == "one bit of a constant":
        usual = (0.5).hex()
        assert usual in SOURCE
        text = SOURCE.replace(usual, (0.5 + 2.0**-53).hex())
        other = InWasm(wasm.compile_text(text))
    else:
        other = InWasm(wasm.compile_text(SOURCE, RELAXED))
    scenario = Scenario.load("sustained-presence")
    scenario = scenario.until(scenario.start + timedelta(days=DAYS - 1))
    numbers = list(range(wasm.LANES))
    nature = np.ascontiguousarray(declared.draw(numbers, seed=0))
    found = [digest(in_a_page(e, scenario, nature, 0, numbers)) for e in (inside, other)]
    assert found[0] == digest(natively(scenario, nature, 0, numbers))
    assert found[0] != found[1]


def test_an_edited_rule_is_not_played_by_an_old_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """Catches a wheel's WebAssembly that is offered for rules it was not made of."""
    built = tmp_path / "engine.wasm"
    built.write_bytes(b"old")
    monkeypatch.setattr(wasm, "BUILT", built)
    monkeypatch.setattr(engine, "BUILT", tmp_path)
    (tmp_path / "sources.txt").write_text("of other rules")
    assert not wasm.carried()
    (tmp_path / "sources.txt").write_text(engine.sources_digest())
    assert wasm.carried()
    assert wasm.made() == b"old"


@pytest.mark.long
def test_own_rules_are_in_the_page(tmp_path: Any) -> None:
    """Catches a page that plays the model's rules where somebody's own were asked for."""
    rules = tmp_path / "mine.py"
    rules.write_text(
        "def truce_opens(u: float, truce_chance: float) -> bool:\n"
        '    """Never."""\n'
        "    return u < 0.0 * truce_chance\n"
    )
    plain = wasm.made(), page_bundle.digest()
    with rulebook.using(str(rules)):
        assert wasm.made() != plain[0]
        assert page_bundle.digest() != plain[1]


# --- what is drawn, dated and reduced ---


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("motive", ["all", *MOTIVES])
def test_a_page_draws_the_same_parameters(structure: str, motive: str, inside: InWasm) -> None:
    """Catches a prior, a posterior or a motive that a page draws otherwise."""
    told = page_bundle.numbers()
    items = list(declared.declarations())
    stored = declared.posterior()
    each = [np.stack(list(stored[structure, m].values()), axis=1) for m in MOTIVES]
    priors = np.array(told["priors"][structure])
    for seed, first in ((0, 0), (2**63 - 1, 77), (5, 123_456)):
        numbers = list(range(first, first + wasm.LANES))
        p = np.zeros((len(items), wasm.LANES))
        inside.call(
            "draw",
            seed,
            np.array(numbers, np.uint64),
            priors[:, 0].astype(np.int32),
            np.ascontiguousarray(priors[:, 1:]),
            np.array([int(a) for a in told["adds"]], np.uint64),
            -1.0 if motive == "all" else float(MOTIVES.index(motive)),
            told["motive_row"],
            np.array(told["motive_ends"]),
            np.array(each),
            np.array(told["stored_rows"], np.int32),
            int(told["stored_add"]),
            p,
        )
        usual = declared.draw(
            numbers, seed=seed, structure=structure, chosen=declared.chosen_with({}, motive)
        )
        different = [items[k] for k in np.flatnonzero((p != usual).any(axis=1))]
        assert not different


def test_a_page_begins_the_same_way(inside: InWasm) -> None:
    nature = np.ascontiguousarray(declared.draw(list(range(wasm.LANES)), seed=3))
    state = np.zeros((STATES, wasm.LANES))
    inside.call("begin", state, nature, *table())
    assert np.array_equal(state, first_state(nature))


MOST = 16


def rows_of(scenario: Scenario) -> tuple[Any, Any, Any, Any]:
    dates, counts = np.zeros((6, MOST), np.int32), np.zeros(6, np.int32)
    numbers, weights = np.zeros((6, MOST)), np.zeros((6, MOST))
    return dates, numbers, weights, counts


def put(rows: tuple[Any, Any, Any, Any], row: int, levels: Any) -> None:
    dates, numbers, weights, counts = rows
    counts[row] = len(levels)
    for k, (day, level) in enumerate(sorted(levels.items())):
        dates[row, k] = day.toordinal()
        numbers[row, k], weights[row, k] = parts(level)


@given(
    name=st.sampled_from(address.offered()),
    levers=st.fixed_dictionaries(
        {},
        optional={
            "combat": st.integers(0, 60).map(lambda k: 50.0 * k),
            "advisers": st.integers(0, 80).map(lambda k: 50.0 * k),
            "coalition": st.integers(0, 60).map(lambda k: 50.0 * k),
            "by": st.integers(1, 24).map(float),
        },
    ),
)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_page_moves_soldiers_as_a_file_would(
    inside: InWasm, name: str, levers: dict[str, float]
) -> None:
    """Catches a way of another shape, a date off by one, an announcement that is not moved."""
    source = address.loaded(name)
    moved = levers_of.moved(source, levers)
    start = source.start.toordinal()
    rows = rows_of(source)
    months = levers.get("by", float(levers_of.months_until(source)))
    by = inside.call("day_of", start, months)
    assert by == levers_of.day_of(source, months).toordinal()
    for row, lever in enumerate(POSTURE):
        levels = getattr(source.levers, lever)
        put(rows, row, levels)
        if lever in levers or ("by" in levers and len(levels) > 1):
            stays = "by" not in levers and len(levels) > 1
            there = max(levels).toordinal() if stays else by
            end = (levers[lever], 0.0) if lever in levers else parts(levels[max(levels)])
            inside.call("move", *rows, row, start, there, *end)
    for row, lever in enumerate(POSTURE):
        told = getattr(source.levers, f"announced_{lever}")
        if told is not None:
            put(rows, 3 + row, told)
        else:
            for part in rows:
                part[3 + row] = part[row]
    laid = np.zeros((source.days, len(PLAN)))
    inside.call("lay", *rows, start, laid)
    usual = build(moved)
    soldiers = [k for k, column in enumerate(PLAN) if _of_soldiers(column)]
    assert len(soldiers) == 13
    for k in soldiers:
        assert np.array_equal(laid[:, k], usual[:, k]), PLAN[k]


def _of_soldiers(column: str) -> bool:
    return column.startswith(("announced_", "later_")) or column in (
        "combat",
        "combat_residual",
        "advisers",
        "advisers_residual",
        "coalition",
    )


values_of = st.lists(
    st.one_of(st.floats(-50.0, 50.0), st.integers(-3, 9).map(float)), min_size=2, max_size=220
)


@given(values_of, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_means_and_intervals_are_those_of_compare(
    inside: InWasm, values: list[float], random: Any
) -> None:
    """Catches a mean for a median, another interval, another order of summing."""
    x = np.array(values)
    y = np.array([random.choice((0.01 + random.random(), 0.0)) for _ in values])
    found = np.zeros(5)
    inside.call("estimate", x, y, found)
    e = compare.estimate(x - y)
    assert found.tolist() == [e.mean, e.low, e.high, e.future_low, e.future_high]
    if y.any():
        inside.call("ratio", np.abs(x), y, found)
        e = compare.ratio(np.abs(x), y)
        assert found.tolist() == [e.mean, e.low, e.high, e.future_low, e.future_high]
    assert inside.call("in_the_middle", x) == int(np.argsort(x, kind="stable")[len(x) // 2])
    assert inside.call("average", x, len(x)) == x.mean()


def test_curves_are_quantiles_of_sums_over_thirty_days(inside: InWasm) -> None:
    """Catches a window that is a day too long, and a quantile of another level."""
    random = np.random.default_rng(0)
    worlds = 37
    before = random.poisson(0.1, (2 * curves.BEFORE, worlds)).astype(float)
    counts = random.poisson(0.2, (2 * curves.DAYS, worlds)).astype(float)
    sums = np.zeros((2 * curves.WEEKS, worlds))
    inside.call("weekly", before, counts, sums)
    for k in range(2):
        days = np.concatenate(
            [before[k * curves.BEFORE :][: curves.BEFORE], counts[k * curves.DAYS :][: curves.DAYS]]
        )
        for week in range(curves.WEEKS):
            end = curves.WINDOW + curves.STEP * week
            usual = days[end - curves.WINDOW + 1 : end + 1].sum(axis=0)
            assert np.array_equal(sums[k * curves.WEEKS + week], usual)
    fan = np.zeros((curves.LINES, curves.WEEKS))
    inside.call("fan", sums, curves.WEEKS, fan)
    rough = np.quantile(sums[curves.WEEKS :], curves.QUANTILES, axis=1)
    padded = np.pad(rough, ((0, 0), (2, 1)), mode="edge")
    four = (padded[:, :-3] + padded[:, 1:-2] + padded[:, 2:-1] + padded[:, 3:]) / 4
    assert np.abs(fan - four).max() < 0.005 + 1e-9


def test_people_and_counts_are_those_of_their_days(inside: InWasm) -> None:
    """Catches a mean for a median, a week that begins a day late, one count for another."""
    random = np.random.default_rng(3)
    people = np.ascontiguousarray(random.lognormal(5.0, 1.5, (3 * curves.PEOPLE_WEEKS, 40)))
    found = np.zeros(len(people))
    inside.call("medians", people, found)
    assert np.array_equal(found, np.round(np.median(people, axis=1)))
    daily = random.random((curves.DAYS, len(OUTCOMES), 6)).astype(np.float32)
    gathered, counts = np.zeros((3 * curves.PEOPLE_WEEKS, 6)), np.zeros((2 * 100, 6))
    inside.call("gather", daily, gathered)
    inside.call("tally", daily, counts)
    for k, name in enumerate(curves.PEOPLE):
        rows = gathered[k * curves.PEOPLE_WEEKS :][: curves.PEOPLE_WEEKS]
        assert np.array_equal(rows, daily[:: curves.STEP, OUTCOMES.index(name)])
    for k, name in enumerate(curves.COUNTED):
        assert np.array_equal(counts[k * 100 :][:100], daily[-100:, OUTCOMES.index(name)])


def test_reasons_have_their_numbers(inside: InWasm) -> None:
    """Catches a share of the wrong part: page and terminal would tell the same wrong one."""
    assert inside.call("motive_of_usual", 0.03, 0.2, 0.5) == pytest.approx(0.3)
    assert inside.call("motive_of_usual", 0.03, 0.0, 0.5) == 0.0
    assert inside.call("excited_percent", 3.0, 1.0) == 25.0


def test_a_server_without_a_compiler_works_out_the_same() -> None:
    """Catches functions that do something else as Python than as C."""
    random = np.random.default_rng(1)
    x, y = random.random(150), random.random(150)
    compiled, plain = np.zeros(5), np.zeros(5)
    for name in ("estimate", "ratio"):
        ensemble.the_engine().call(name, x, y, compiled)
        exports.FUNCTIONS[name][0](x, y, plain)
        assert np.array_equal(compiled, plain)
