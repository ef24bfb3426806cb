"""Designs: which draws they give, and that they give them again."""

import time

import numpy as np
import pytest
from scipy import stats

from buildout.errors import InputError, UnknownNameError
from buildout.inputs.parameters import DISTRIBUTIONS
from buildout.sampling import design as designs
from buildout.sampling.distributions import SHAPES, Marginal
from buildout.sampling.points import ROUNDS, Hypercube, SobolPoints, permuted

PLANTS = ("north", "south", "west")
LUCK = tuple(f"luck of {what}[{plant}]" for what in ("date", "decision") for plant in PLANTS)


def shape(distribution, default=2.0, low=1.0, high=5.0):
    return Marginal("x", "Year", default, low, high, distribution)


def test_every_distribution_that_the_table_may_name_can_be_drawn():
    assert set(SHAPES) == set(DISTRIBUTIONS)


def test_uniform_draws_follow_their_distribution():
    shares = np.linspace(0, 1, 41)
    expected = stats.uniform(1, 4).ppf(shares)
    np.testing.assert_allclose(shape("uniform").quantile(shares), expected, rtol=1e-14)


@pytest.mark.parametrize("mode", [1.0, 2.0, 5.0])
def test_triangular_draws_peak_at_the_default(mode):
    shares = np.linspace(0, 1, 41)
    expected = stats.triang((mode - 1) / 4, 1, 4).ppf(shares)
    drawn = shape("triangular", default=mode).quantile(shares)
    np.testing.assert_allclose(drawn, expected, rtol=1e-13)


def test_loguniform_draws_follow_their_distribution():
    shares = np.linspace(0, 1, 41)
    expected = stats.loguniform(1, 5).ppf(shares)
    np.testing.assert_allclose(shape("loguniform").quantile(shares), expected, rtol=1e-13)


def test_lognormal_ends_are_its_5_and_95_percent_points_and_it_is_cut_there():
    sigma = np.log(5 / 1) / 2 / stats.norm.ppf(0.95)
    whole = stats.lognorm(sigma, scale=np.sqrt(5))
    assert whole.cdf([1, 5]) == pytest.approx([0.05, 0.95])
    shares = np.linspace(0, 1, 41)
    drawn = shape("lognormal").quantile(shares)
    np.testing.assert_allclose(drawn, whole.ppf(0.05 + 0.9 * shares), rtol=1e-12)
    assert (drawn.min(), drawn.max()) == (1, 5)


def test_discrete_draws_are_the_whole_numbers_of_the_range_equally_often():
    drawn = shape("discrete").quantile((np.arange(500) + 0.5) / 500)
    assert np.unique(drawn, return_counts=True)[1].tolist() == [100] * 5
    assert np.unique(drawn).tolist() == [1, 2, 3, 4, 5]


def test_discrete_draws_of_a_broken_range_are_low_default_and_high():
    drawn = shape("discrete", 0.5, 0.25, 1).quantile(np.linspace(0, 1, 9))
    assert np.unique(drawn).tolist() == [0.25, 0.5, 1]


def test_fixed_draws_are_the_default():
    assert shape("fixed").quantile(np.array([0, 0.5, 1])).tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"distribution": "normal"}, "Accepted: `uniform`"),
        ({"distribution": "uniform", "low": 3.0}, "in this order"),
        ({"distribution": "uniform", "high": np.nan}, "in this order"),
        ({"distribution": "lognormal", "low": 0.0}, "above zero"),
    ],
)
def test_an_impossible_distribution_is_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        shape(**wrong)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 16, 100, 1023, 1024, 1025])
def test_a_permutation_has_every_member_once(size):
    for seed in range(5):
        keys = np.random.default_rng(seed).integers(2**63, size=2 * ROUNDS).astype(np.uint64)
        image = permuted(np.arange(size, dtype=np.uint64), size, keys)
        assert sorted(image.tolist()) == list(range(size))


@pytest.mark.parametrize("size", [1, 10, 1000])
def test_a_latin_hypercube_has_one_point_in_each_stratum(size):
    points = Hypercube(size, 3, ("a", "b", "c")).points(0, size)
    assert (np.sort(np.floor(points * size), axis=0) == np.arange(size)[:, None]).all()


def test_columns_of_a_latin_hypercube_are_independent_of_each_other_and_of_their_order():
    size, cells = 40_000, 10
    points = Hypercube(size, 11, tuple("abcdefgh")).points(0, size)
    order = np.arange(size) / size
    pairs = [(points[:, i], points[:, j]) for i in range(8) for j in range(i)]
    pairs += [(column, order) for column in points.T]
    pairs += [(column[1:], column[:-1]) for column in points.T]
    worst = 0.0
    for x, y in pairs:
        counts = np.histogram2d(x, y, cells, range=[[0, 1]] * 2)[0]
        expected = len(x) / cells**2
        worst = max(worst, ((counts - expected) ** 2 / expected).sum())
    # The largest of 44 chi-square numbers; the seed is fixed, so this never fails by chance.
    assert worst < stats.chi2(cells**2 - 1).ppf(1 - 1e-3 / len(pairs))


def test_points_inside_a_stratum_are_uniform():
    size = 20_000
    within = Hypercube(size, 5, ("a",)).points(0, size)[:, 0] * size % 1
    assert stats.kstest(within, "uniform").pvalue > 0.01


def test_a_latin_hypercube_estimates_a_sum_far_better_than_random_draws():
    """McKay, Beckman & Conover (1979): what is additive is integrated almost exactly."""
    size = 256
    means = [Hypercube(size, seed, ("a", "b")).points(0, size).sum(1).mean() for seed in range(50)]
    assert np.std(means) < 0.02 * np.sqrt(2 / 12 / size)


@pytest.mark.parametrize("make", [designs.latin_hypercube, designs.sobol])
def test_any_stretch_of_a_design_is_the_same_whatever_else_is_asked(tiny, make):
    design = make(64, seed=7, model=tiny)
    for start, stop in [(0, 1), (0, 10), (13, 14), (13, 64), (32, 64)]:
        np.testing.assert_array_equal(design.rows(start, stop), design.values[start:stop])


@pytest.mark.parametrize("make", [designs.latin_hypercube, designs.sobol])
def test_the_same_seed_gives_the_same_draws_and_another_seed_others(tiny, make):
    design = make(64, seed=7, model=tiny)
    assert (make(64, seed=7, model=tiny).values == design.values).all()
    assert make(64, seed=7, model=tiny).sha256 == design.sha256
    # The last column is the switch of luck, which every draw sets.
    other = make(64, seed=8, model=tiny).values[:, :-1]
    assert not (other == design.values[:, :-1]).any()
    assert make(64, seed=8, model=tiny).sha256 != design.sha256


def test_a_generator_gives_the_seed_which_the_design_keeps(tiny):
    design = designs.latin_hypercube(8, seed=np.random.default_rng(1), model=tiny)
    again = designs.latin_hypercube(8, seed=design.seed, model=tiny)
    assert (again.values == design.values).all()


def test_without_a_seed_the_fresh_one_is_kept(tiny):
    design = designs.latin_hypercube(8, model=tiny)
    assert design.seed != designs.latin_hypercube(8, model=tiny).seed
    again = designs.latin_hypercube(8, seed=design.seed, model=tiny)
    assert (again.values == design.values).all()


def test_uncertainties_and_luck_are_drawn_by_default(tiny):
    names = designs.latin_hypercube(4, seed=1, model=tiny).names
    assert names == ("cost", "lifetime", *LUCK, "switch luck")


def test_varying_one_parameter_more_leaves_the_other_draws_as_they_were(tiny):
    few = designs.latin_hypercube(32, seed=1, vary="lifetime", model=tiny)
    more = designs.latin_hypercube(32, seed=1, vary=["subsidy", "lifetime"], model=tiny)
    assert more.names == ("subsidy", "lifetime")
    np.testing.assert_array_equal(more.values[:, 1], few.values[:, 0])


def test_draws_stay_inside_the_range_of_the_table(tiny):
    design = designs.sobol(256, seed=3, vary="*", model=tiny)
    assert len(design.names) == 16
    rows = {row.name: row for row in tiny.table}
    rows |= {name: rows[name.partition("[")[0]] for name in LUCK}
    for name, column in zip(design.names, design.values.T, strict=True):
        assert rows[name].low <= column.min()
        assert column.max() <= rows[name].high


def test_a_sobol_design_is_the_sequence_of_scipy(tiny):
    design = designs.sobol(32, seed=9, vary={"cost": (1, 3), "lifetime": (20, 30)}, model=tiny)
    points = stats.qmc.Sobol(2, rng=np.random.default_rng(9)).random(32)
    np.testing.assert_allclose(design.values, [1, 20] + points * [2, 10], rtol=1e-15)


def test_patterns_choose_names_and_their_elements(tiny):
    chosen = designs.latin_hypercube(2, seed=1, vary="initial_capacity[US, *]", model=tiny)
    assert chosen.names == ("initial capacity[US,mining]", "initial capacity[US,metal]")


def test_kinds_narrow_a_pattern(tiny):
    chosen = designs.latin_hypercube(2, seed=1, vary="*", kinds=["lever"], model=tiny)
    assert chosen.names == ("subsidy", "subsidy start", "subsidy end")


def test_one_element_can_be_drawn_where_the_table_has_one_row_for_all(tiny):
    chosen = designs.latin_hypercube(64, seed=1, vary="cost[US,mining]", model=tiny)
    assert chosen.names == ("cost[US,mining]",)
    assert chosen.values.min() > 1


def test_own_ranges_are_drawn_evenly(tiny):
    design = designs.latin_hypercube(4, seed=1, vary={"lifetime": (20, 30)}, model=tiny)
    assert np.sort(np.floor((design.values[:, 0] - 20) / 2.5)).tolist() == [0, 1, 2, 3]


def test_a_grid_has_every_combination_the_last_running_fastest(tiny):
    design = designs.grid({"subsidy": [0, 5], "lifetime": [10, 20, 40]}, model=tiny)
    expected = [[0, 10], [0, 20], [0, 40], [5, 10], [5, 20], [5, 40]]
    assert design.values.tolist() == expected
    assert design.rows(2, 4).tolist() == expected[2:4]


def test_a_grid_of_names_takes_both_ends_and_what_lies_between(tiny):
    design = designs.grid("subsidy*", points=3, model=tiny)
    assert design.size == 27
    assert np.unique(design.values[:, 0]).tolist() == [0, 50, 100]


def test_one_at_a_time_moves_each_parameter_to_both_ends(tiny):
    design = designs.one_at_a_time(model=tiny)
    keep = np.nan
    expected = [[keep, keep], [1, keep], [4, keep], [keep, 10], [keep, 40]]
    np.testing.assert_array_equal(design.values, expected)
    assert [end.tolist() for end in design.ends()] == [[1, 10], [4, 40]]


def test_own_draws_are_taken_as_they_are(tiny):
    design = designs.given({"subsidy": [1, 2], "cost[US,line]": [3, 4]}, model=tiny)
    assert design.values.tolist() == [[1, 3], [2, 4]]


@pytest.mark.parametrize("number", [0, -1, 2.5, True, "ten", np.nan])
def test_a_wrong_number_of_draws_is_refused(tiny, number):
    with pytest.raises(InputError, match="A whole number from 1"):
        designs.latin_hypercube(number, model=tiny)
    with pytest.raises(InputError, match="A whole number from 1"):
        designs.sobol(number, model=tiny)


@pytest.mark.parametrize("start", [1, 2, 3, 8, 4095, 4096, 100_003])
def test_any_stretch_of_a_sobol_design_is_that_of_the_sequence(start):
    sequence = stats.qmc.Sobol(3, rng=np.random.default_rng(9)).fast_forward(start)
    points = SobolPoints(2**17, 9, ("a", "b", "c")).points(start, start + 5)
    assert np.array_equal(points, sequence.random(5))


@pytest.mark.parametrize("make", [designs.latin_hypercube, designs.sobol])
def test_the_last_draws_of_a_billion_come_as_quickly_as_the_first(make, model):
    design = make(2**30, seed=1, vary="*", model=model)
    began = time.process_time()
    assert design.rows(2**30 - 64, 2**30).shape == (64, len(design.names))
    assert time.process_time() - began < 5


def test_a_sobol_design_that_is_no_power_of_two_is_refused_with_the_nearest_ones(tiny):
    with pytest.raises(InputError, match="Take 512 or 1024 draws"):
        designs.sobol(1000, model=tiny)


@pytest.mark.parametrize("seed", [-1, 1.5, "x"])
def test_a_wrong_seed_is_refused(tiny, seed):
    with pytest.raises(InputError, match="The seed is"):
        designs.latin_hypercube(4, seed=seed, model=tiny)


def test_an_unknown_parameter_or_pattern_is_refused_with_the_nearest(tiny):
    with pytest.raises(UnknownNameError, match="Nearest: `lifetime`"):
        designs.latin_hypercube(4, vary="life time", model=tiny)
    with pytest.raises(UnknownNameError, match="Unknown pattern `zz\\*`"):
        designs.latin_hypercube(4, vary="zz*", model=tiny)


@pytest.mark.parametrize("name", ["total capacity", "capacity[US,mining]"])
def test_what_the_model_computes_cannot_be_drawn(tiny, name):
    with pytest.raises(InputError, match="not a constant"):
        designs.latin_hypercube(4, vary=name, model=tiny)
    with pytest.raises(InputError, match="not a constant"):
        designs.grid({name: [1, 2]}, model=tiny)


def test_a_constant_without_range_needs_one(tiny):
    with pytest.raises(InputError, match=r'Give one, as in `vary=\{"guard": \(low, high\)\}`'):
        designs.latin_hypercube(4, vary="guard", model=tiny)


@pytest.mark.parametrize("values", [[], [1, np.inf], "much", [[1, 2]]])
def test_values_that_are_no_finite_numbers_are_refused(tiny, values):
    with pytest.raises(InputError, match="finite numbers"):
        designs.grid({"subsidy": values}, model=tiny)


def test_columns_of_different_length_are_refused(tiny):
    with pytest.raises(InputError, match="differ in length"):
        designs.given({"subsidy": [1, 2], "lifetime": [20]}, model=tiny)


def test_nothing_to_vary_is_said(tiny):
    with pytest.raises(InputError, match="nothing to vary"):
        designs.latin_hypercube(4, vary=[], model=tiny)
