"""Curves that saturate, on cases known in closed form."""

import numpy as np
import pytest

from buildout.analysis.saturation import last_useful, marginal_yield, mean_yield

SUMS = np.linspace(0.0, 100.0, 1001)


@pytest.mark.parametrize("full", [10.0, 37.0, 100.0])
def test_a_gain_that_rises_straight_to_its_end_is_useful_to_95_percent_of_the_way(full):
    assert last_useful(SUMS, np.minimum(SUMS, full)) == pytest.approx(0.95 * full)


def test_an_exponential_saturates_at_three_times_its_scale():
    gains = 1 - np.exp(-SUMS / 5.0)
    assert last_useful(SUMS, gains) == pytest.approx(-5.0 * np.log(0.05), rel=1e-3)


def test_a_curve_that_falls_again_is_useful_up_to_its_top():
    gains = SUMS * (60.0 - SUMS)
    assert last_useful(SUMS, gains) == pytest.approx(30.0 * (1 - np.sqrt(0.05)), rel=1e-3)


def test_of_no_gain_or_too_small_a_one_no_dollar_is_useful():
    gains = np.stack([0.0 * SUMS, -SUMS, np.minimum(SUMS, 4.0), np.minimum(SUMS, 8.0)], axis=1)
    np.testing.assert_allclose(last_useful(SUMS, gains, 5.0), [0.0, 0.0, 0.0, 7.6])


def test_what_a_dollar_makes_on_average_and_at_the_margin_adds_up_to_the_gain():
    dollars, gains = np.array([0.0, 2.0, 5.0]), np.array([0.0, 8.0, 11.0])
    np.testing.assert_allclose(mean_yield(dollars, gains), [np.nan, 4.0, 2.2])
    margin = marginal_yield(dollars, gains)
    np.testing.assert_allclose(margin, [np.nan, 4.0, 1.0])
    assert margin[1:] @ np.diff(dollars) == pytest.approx(gains[-1])
