"""The law of slips: closed forms, gradients, and parameters that are given back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from buildout.calibration import slips
from buildout.errors import InputError

MEDIANS, SHAPE = (0.3, 1.2), 0.8


def drawn(count, medians=MEDIANS, shape=SHAPE, shift=0.0, seed=3, until=np.inf):
    """Slips by the law itself; those beyond `until` are still to come."""
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(medians)), count)
    share = random.random(group.size)
    slip = slips.slip_at(share, np.array(medians)[group], shape, shift)
    return slips.SlipSample(np.minimum(slip, until), slip > until, group)


def at_the_middle_of_equal_shares(count):
    share = (np.arange(count) + 0.5) / count
    return slips.SlipSample(
        slips.slip_at(share, 1.0, 0.5), np.zeros(count, bool), np.zeros(count, int)
    )


@given(
    share=st.floats(0.001, 0.999), median=st.floats(0.01, 10.0), shape=st.floats(0.1, 2.0),
    shift=st.floats(0.0, 1.0),
)  # fmt: skip
def test_the_law_is_the_log_logistic_one_of_textbooks(share, median, shape, shift):
    book = stats.fisk(c=1 / shape, scale=median + shift, loc=-shift).ppf(share)
    assert slips.slip_at(share, median, shape, shift) == pytest.approx(book, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_the_likelihood_is_the_chance_of_the_tenth_of_a_year_around_each_slip(shift):
    sample = drawn(6, until=1.0)
    law = slips.fit_slips(sample, shift=shift)
    books = [stats.fisk(1 / law.shape, -shift, m + shift) for m in law.quantile]
    total = 0.0
    for slip, to_come, group in zip(sample.slip, sample.to_come, sample.group, strict=True):
        book = books[group]
        near = book.cdf(slip + slips.HALF_WIDTH) - book.cdf(slip - slips.HALF_WIDTH)
        total += np.log(book.sf(slip) if to_come else near)
    assert sample.to_come.any()
    assert law.log_likelihood == pytest.approx(total, rel=1e-9)


@given(st.floats(-2.0, 1.0), st.floats(-1.0, 2.0), st.floats(-1.5, 0.5), st.floats(-3.0, 3.0))
def test_the_gradient_of_the_likelihood_is_its_slope(first, second, shape, at):
    likelihood = slips._Likelihood(drawn(5, until=2.0), 0.1, at)
    theta = np.array([first, second, shape])
    numeric = optimize.approx_fprime(theta, lambda t: likelihood(t)[0], 1e-7)
    assert likelihood(theta)[1] == pytest.approx(numeric, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_medians_and_shape_of_many_draws_are_given_back_though_half_are_still_to_come(shift):
    law = slips.fit_slips(drawn(4000, shift=shift, until=0.7), shift=shift)
    assert law.quantile == pytest.approx(MEDIANS, rel=0.1, abs=0.02)
    assert law.shape == pytest.approx(SHAPE, rel=0.07)


def test_slip_at_a_share_and_the_median_tell_the_same_law():
    sample = drawn(6)
    middle, late = (slips.fit_slips(sample, share=share) for share in (0.5, 0.9))
    assert late.log_likelihood == pytest.approx(middle.log_likelihood, rel=1e-10)
    assert late.shape == pytest.approx(middle.shape, rel=1e-7)
    expected = slips.slip_at(0.9, middle.quantile, middle.shape)
    assert late.quantile == pytest.approx(expected, rel=1e-7)


def test_at_the_ends_of_an_interval_the_best_likelihood_is_lower_by_the_limit():
    sample = at_the_middle_of_equal_shares(12)
    law = slips.fit_slips(sample)
    drop = stats.chi2.ppf(0.9, 1) / 2
    likelihood = slips._Likelihood(sample, 0.0, 0.0)
    for end in (law.quantile_low[0], law.quantile_high[0]):
        best = optimize.minimize_scalar(
            lambda shape, end=end: -likelihood(np.array([np.log(end), shape]))[0],
            bounds=(-3, 2), method="bounded", options={"xatol": 1e-9},
        )  # fmt: skip
        assert -best.fun == pytest.approx(law.log_likelihood - drop, abs=1e-6)
    for end in (law.shape_low, law.shape_high):
        best = optimize.minimize_scalar(
            lambda place, end=end: -likelihood(np.array([place, np.log(end)]))[0],
            bounds=(-3, 3), method="bounded", options={"xatol": 1e-9},
        )  # fmt: skip
        assert -best.fun == pytest.approx(law.log_likelihood - drop, abs=1e-6)


@pytest.mark.slow
def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    # 90%, 200 samples of 16 plants: two standard errors are 4 points; profiles run a little short.
    covered = 0
    for seed in range(200):
        law = slips.fit_slips(drawn(8, seed=seed))
        covered += law.quantile_low[1] <= MEDIANS[1] <= law.quantile_high[1]
    assert 0.82 <= covered / 200 <= 0.95


def in_waves(spread, waves=24, plants=6, seed=5):
    """Slips of plants of two makers, with a factor on each wave."""
    random = np.random.default_rng(seed)
    wave = np.repeat(np.arange(waves), plants)
    group = np.tile([0, 1], wave.size // 2)
    own = slips.slip_at(random.random(wave.size), np.array(MEDIANS)[group], 0.3)
    factor = np.exp(spread * random.normal(size=waves))[wave]
    return slips.SlipSample(own * factor, np.zeros(wave.size, bool), group), wave


@pytest.mark.slow
def test_the_spread_of_a_common_factor_is_given_back():
    found = slips.fit_common_factor(*in_waves(0.5))
    assert found.spread == pytest.approx(0.5, abs=0.15)
    assert found.high == pytest.approx(np.exp(1.645 * 0.5), rel=0.2)
    assert found.low == pytest.approx(1 / found.high)
    none = slips.fit_common_factor(*in_waves(0.0))
    assert none.spread <= 0.1
    assert none.high < 1.3


def test_the_chance_of_a_wave_is_the_mean_over_its_factor():
    """One wave of two plants by the law itself, against quadrature point by point."""
    sample = drawn(1)
    likelihood = slips._Likelihood(sample, 0.0, 0.0)
    theta = np.array([*np.log(MEDIANS), np.log(SHAPE)])
    factors = np.array([-0.5, 0.0, 0.7])
    books = [[stats.fisk(1 / SHAPE, scale=m * np.exp(f)) for m in MEDIANS] for f in factors]
    near = [
        [b.cdf(x + slips.HALF_WIDTH) - b.cdf(max(x - slips.HALF_WIDTH, 0)) for b, x in pair]
        for pair in (zip(row, sample.slip, strict=True) for row in books)
    ]
    assert likelihood.chances(theta, factors) == pytest.approx(np.array(near), rel=1e-9)
    assert np.log(likelihood.chances(theta, np.zeros(1))).sum() == pytest.approx(
        likelihood(theta)[0]
    )


@pytest.mark.slow
def test_one_wave_says_nothing_of_a_spread():
    """Its factor and the medians are one: all spreads up to the widest are alike."""
    sample, wave = in_waves(0.0, waves=1, plants=12)
    found = slips.fit_common_factor(sample, wave)
    spreads = np.linspace(0, slips.MOST_SPREAD, 2001)[1:]
    shares = stats.norm.cdf(np.log(found.high) / spreads)
    assert shares.mean() == pytest.approx(0.95, abs=0.01)


def test_too_few_slips_or_slips_all_alike_are_refused():
    few = slips.SlipSample(np.array([1.0, 2.0]), np.array([False, True]), np.array([0, 0]))
    with pytest.raises(InputError, match="at least two started"):
        slips.fit_slips(few)
    alike = slips.SlipSample(np.full(5, 1.0), np.zeros(5, bool), np.zeros(5, int))
    with pytest.raises(InputError, match="bound no law"):
        slips.fit_slips(alike)
