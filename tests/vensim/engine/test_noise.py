"""`RANDOM ...`: the distributions of the manual, decided by a seed, alike in both backends."""

import math
import statistics

import numpy as np
import pytest

from buildout.errors import UnsupportedError
from buildout.vensim import engine
from buildout.vensim.engine.frontend.noise import _probability, _quantile
from buildout.vensim.engine.ir.expressions import constant, evaluate

DRAWS = {
    "uniform": "RANDOM UNIFORM(2, 5, 0)",
    "other": "RANDOM UNIFORM(2, 5, 0)",
    "plain": "RANDOM 0 1()",
    "normal": "RANDOM NORMAL(-6, 6, 0, 1, stream)",
    "cut": "RANDOM NORMAL(1, 2, 0, 1, 0)",
    "fixed": "RANDOM NORMAL(-9, 9, 4, 0, 0)",
    "poisson": "RANDOM POISSON(0, 30, 3, 1, 2, 0)",
    "open": "RANDOM POISSON(0, 1000, mean, 0, 1, 0)",
    "cut poisson": "RANDOM POISSON(1, 2, 1, 0, 1, 0)",
    "exponential": "RANDOM EXPONENTIAL(0, 100, 1, 2, 0)",
}


@pytest.fixture(scope="module")
def system(write):
    return engine.load(
        write(*(f"{n} = {e}" for n, e in DRAWS.items()), "stream = 3", "mean = 50", end=2000)
    )


@pytest.fixture(scope="module")
def run(system):
    return engine.Batch().run(system, {"noise seed": [0, 1]})


# Mean, standard deviation, lowest and highest of each; of the truncated one by its density.
SHAPES = {
    "uniform": (3.5, 3 / math.sqrt(12), 2, 5),
    "plain": (0.5, 1 / math.sqrt(12), 0, 1),
    "normal": (0, 1, -6, 6),
    "cut": (1.3832, 0.2700, 1, 2),
    "fixed": (4, 0, 4, 4),
    "exponential": (3, 2, 1, 100),
    "poisson": (7, math.sqrt(12), 1, 30),
    "open": (50, math.sqrt(50), 0, 1000),
    # One or two events: chances of 1 and a half.
    "cut_poisson": (4 / 3, math.sqrt(2) / 3, 1, 2),
}


@pytest.mark.parametrize("name", SHAPES)
def test_draws_have_the_shape_that_their_function_says(name, run):
    mean, deviation, low, high = SHAPES[name]
    values = run[name]
    near = 4 * deviation / math.sqrt(values.size)
    assert values.mean() == pytest.approx(mean, abs=near + 1e-12)
    assert values.std() == pytest.approx(deviation, rel=0.08)
    assert low <= values.min() <= values.max() <= high


def test_draws_are_new_at_each_step_of_each_call_and_of_each_seed(run):
    series = [run["uniform"][:, 0], run["uniform"][:, 1], run["other"][:, 0], run["plain"][:, 0]]
    apart = np.corrcoef([*series, np.roll(series[0], 1)]) - np.eye(5)
    assert np.abs(apart).max() < 0.08


@pytest.mark.slow
def test_draws_are_the_same_in_both_backends_and_in_every_block(system, run):
    numpy = engine.Batch(backend="numpy", block=1)
    other = numpy.run(system, {"noise seed": [0, 1]}, controls={"final_time": 300})
    until = len(other.times)
    for name in ("uniform", "other", "plain"):
        assert (run[name][:until] == other[name]).all()
    np.testing.assert_allclose(run.values[:, :until], other.values, rtol=1e-12)


def test_more_events_than_can_be_counted_are_no_number(system):
    run = engine.Batch().run(system, {"mean": [60, 61]}, times=[0])
    assert [engine.STATUS[status] for status in run.status] == ["ok", "non_finite"]


def test_neighbouring_seeds_begin_apart(system):
    seeds, one_step = {"noise seed": np.arange(4000)}, {"final_time": 1}
    run = engine.Batch().run(system, seeds, ["plain"], one_step, times=[0])
    first = run["plain"][0]
    assert abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < 0.06
    assert first.mean() == pytest.approx(0.5, abs=0.02)


def test_the_seed_of_a_model_is_its_own_if_it_has_one(write):
    system = engine.load(write("x = RANDOM 0 1()", "NOISE SEED = 7"))
    assert system.constants["noise_seed"] == 7
    assert "noise_seed" not in engine.load(write("x = 1")).constants


def test_pysd_is_not_asked_for_random_numbers(write):
    with pytest.raises(UnsupportedError, match="`RANDOM 0 1`"):
        engine.Reference().run(engine.load(write("x = RANDOM 0 1()")))


class Aside:
    """Writes out at once what a model would share."""

    def share(self, what, expression):
        return expression


def test_the_normal_distribution_and_its_quantiles_are_exact():
    known = statistics.NormalDist()
    for p in (1e-14, 1e-9, 0.01, 0.0749, 0.3, 0.77, 0.999):
        found = evaluate(_quantile(Aside(), constant(p)), {})
        assert found == pytest.approx(known.inv_cdf(p), rel=1e-13)
    for x in (-8.0, -7.0, -3.0, -0.5, 0.0, 0.3, 2.0, 8.0):
        found = evaluate(_probability(Aside(), constant(x)), {})
        assert found == pytest.approx(math.erfc(-x / math.sqrt(2)) / 2, rel=1e-8, abs=1e-15)
    assert evaluate(_probability(Aside(), constant(-math.inf)), {}) == 0
