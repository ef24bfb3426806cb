"""The loops that measure a machine compute what they say, so that none of it was left out."""

import numpy as np
import pytest
from counting import Count
from limit import CHAINS, ROOM, MicroKernels, Rates, limit_ns

from buildout.vensim.engine.backends.llvm.machine import aligned
from buildout.vensim.engine.backends.llvm.vectors import LANES


@pytest.fixture(scope="module")
def loops() -> MicroKernels:
    return MicroKernels()


def vectors() -> np.ndarray:
    data = aligned((ROOM, LANES))
    data[:] = np.linspace(0.25, 0.75, ROOM * LANES).reshape(ROOM, LANES)
    return data


@pytest.mark.parametrize("count", CHAINS)
@pytest.mark.parametrize("name", ["fused", "both", "divides"])
def test_each_chain_is_computed_in_each_round(loops, name, count):
    data = vectors()
    x, (a, b) = data[:count].copy(), data[count : count + 2]
    loops.run(f"{name}_{count}", data, 5)
    for _ in range(5):
        if name == "divides":
            x = a / x
        elif name == "fused":
            x = x * a + b
        else:
            x[0::2], x[1::2] = x[0::2] * a + b, x[1::2] + a
    np.testing.assert_allclose(data[:count], x, rtol=1e-14)


def test_all_vectors_are_stored(loops):
    data = vectors()
    first = data[0].copy()
    loops.run("stores", data, 2)
    assert (data == first).all()


def test_loads_change_nothing(loops):
    data = vectors()
    before = data.copy()
    loops.run("loads", data, 2)
    assert (data == before).all()


def test_every_rate_is_a_number(loops):
    rates = loops.rates(repeat=1, seconds=1e-4)
    assert min(rates.fused, rates.both, rates.divides, rates.loads, rates.stores) > 0


def test_the_limit_is_the_longest_of_its_parts():
    rates = Rates(fused=2, both=4, divides=1, loads=2, stores=1)
    assert limit_ns(Count(operations=8, divides=3, loads=2, stores=2), rates) == 5
    assert limit_ns(Count(operations=8, divides=3, loads=2, stores=2), rates, alone=True) == 7
    assert limit_ns(Count(operations=8, loads=20, stores=2), rates) == 10
    assert limit_ns(Count(operations=8, loads=2, stores=20), rates) == 20
