import numpy as np
import pytest

from drawdown.declared import luck
from drawdown.declared.actors import cast, cell_agent_numbers
from drawdown.worlds import ensemble


def test_known_answers() -> None:
    # splitmix64 from state 0: its published first outputs.
    assert luck.mix(luck.GOLDEN) == 0xE220A8397B1DCDAF
    assert luck.mix((2 * luck.GOLDEN) & luck.MASK) == 0x6E789E6AA1B965F4


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
@pytest.mark.parametrize("replication", [0, 1234])
def test_compiled_draws_are_the_same(seed: int, replication: int) -> None:
    run = luck.run_key(seed, replication)
    engine = ensemble.the_engine().engine
    assert engine.keys(seed, np.full(32, replication)).tolist() == [run] * 32
    for day in (737_425, 738_000):
        key = luck.day_key(run, day)
        for agent, decision in ((100, 0), (812, 8), (4000, 63)):
            fast = engine.uniform(seed, replication, day, agent, decision)
            assert fast == luck.uniform(key, agent, decision)


def test_draws_are_uniform_and_independent_between_neighbours() -> None:
    key = [luck.day_key(luck.run_key(7, r), 737_500 + d) for r in range(40) for d in range(50)]
    a = np.array([luck.uniform(k, 100, luck.ACT) for k in key])
    b = np.array([luck.uniform(k, 101, luck.ACT) for k in key])
    c = np.array([luck.uniform(k, 100, luck.SITE) for k in key])
    assert abs(a.mean() - 0.5) < 4 * (1 / 12 / len(a)) ** 0.5
    for other in (b, c):
        assert abs(np.corrcoef(a, other)[0, 1]) < 4 / len(a) ** 0.5
    counts = np.histogram(a, bins=20, range=(0, 1))[0]
    assert ((counts - len(a) / 20) ** 2 / (len(a) / 20)).sum() < 50


def test_agents_have_numbers_of_their_own() -> None:
    cells = cell_agent_numbers()
    others = [luck.UNITED_STATES, luck.PARLIAMENT, luck.PATRON, luck.OBSERVER]
    others += [luck.FIRST_BLOC + i for i in range(len(cast().blocs))]
    assert len(set(cells + others)) == len(cells) + len(others)
    assert max(cells + others) < luck.FIRST_PARAMETER


def test_one_more_cell_in_a_faction_leaves_other_numbers_alone() -> None:
    # Numbers start anew at 100 * (faction + 1), with room for a hundred cells.
    assert max(f.cells for f in cast().factions) < 100
    first = {f: min(n for n in cell_agent_numbers() if n // 100 == f + 1) for f in range(7)}
    assert all(number == 100 * (f + 1) for f, number in first.items())
