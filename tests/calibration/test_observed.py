"""What a run says of an observation, and how far off it was."""

import numpy as np
import pytest
import xarray as xr
from scipy.stats import norm

from buildout.calibration.observed import covered, element_of, modelled, outputs_of
from buildout.calibration.scores import crps, in_band, probability_integral, theil, with_error
from buildout.errors import InputError
from buildout.inputs.mapping import Expression, Mapped, Term
from buildout.inputs.money import Money

TIMES = np.array([2018.0, 2018.25, 2018.5, 2018.75, 2019.0])
MONEY = Money((2018.0, 2019.0), (0.5, 1.0), (5.0, 10.0))


RATE = (Term(1.0, "rate[US]"),)


def mapped(over="mean", money="", terms=RATE):
    expression = Expression("rate[US]", terms, "t/Year")
    return {"series": Mapped("series", expression, over, "t", money)}


def observed(*periods):
    starts, ends = zip(*periods, strict=True)
    coords = {
        "series": ("row", ["series"] * len(periods)),
        "start": ("row", list(starts)),
        "end": ("row", list(ends)),
    }
    return xr.Dataset({"value": ("row", np.zeros(len(periods)))}, coords)


def cloud(values):
    data = np.stack([values, 2 * values])[None, :, None, :]
    coords = {"pathway": ["p"], "region": ["US"], "time": TIMES}
    return xr.Dataset({"rate": (("pathway", "draw", "region", "time"), data)}, coords)


def test_means_and_totals_of_a_straight_line_are_exact_over_any_period():
    ds = cloud(3 * (TIMES - 2018.0) + 1)
    periods = [(2018.0, 2019.0), (2018.1, 2018.37), (2018.25, 2018.5), (2018.93, 2018.97)]
    middles = np.array([(a + b) / 2 for a, b in periods])
    exact = 3 * (middles - 2018.0) + 1
    found = modelled(ds, observed(*periods), mapped(), money=MONEY)
    assert found.dims == ("pathway", "draw", "row")
    np.testing.assert_allclose(found.values[0], [exact, 2 * exact], rtol=1e-12)
    lengths = np.array([b - a for a, b in periods])
    found = modelled(ds, observed(*periods), mapped("total"), money=MONEY)
    np.testing.assert_allclose(found.values[0, 0], exact * lengths, rtol=1e-12)


def test_a_value_at_a_date_is_read_at_the_end_of_the_period():
    ds = cloud((TIMES - 2018.0) * 8)
    found = modelled(ds, observed((2018.1, 2018.6), (2018.0, 2019.0)), mapped("at"), money=MONEY)
    np.testing.assert_allclose(found.values[0, 0], [4.8, 8.0])


def test_money_of_the_day_and_numbers_enter_the_sum():
    terms = (Term(2.0, "rate[US]"), Term(-1.0))
    ds = cloud(np.full(5, 3.0))
    found = modelled(ds, observed((2018.0, 2019.0)), mapped("mean", "usd", terms), money=MONEY)
    # The dollar runs straight from 0.5 to 1: 0.75 in the mean.
    assert float(found[0, 0, 0]) == pytest.approx((2 * 3 - 1) * 0.75)


@pytest.mark.parametrize("period", [(2017.9, 2018.5), (2018.5, 2019.2), (2018.5, 2018.2)])
def test_a_period_outside_the_run_is_refused(period):
    with pytest.raises(InputError, match=r"lies outside the run\. Periods within 2018 to 2019"):
        modelled(cloud(TIMES), observed(period), mapped(), money=MONEY)


def test_rows_outside_a_run_can_be_left_out():
    rows = observed((2017.0, 2018.0), (2018.0, 2019.0), (2018.5, 2019.5))
    assert covered(rows, 2018.0, 2019.0)["start"].values.tolist() == [2018.0]


def test_only_what_is_compared_is_asked_of_a_run():
    assert outputs_of([*mapped().values(), *mapped().values()]) == ["rate[US]"]
    assert element_of(cloud(TIMES), "rate[US]").dims == ("pathway", "draw", "time")


def test_crps_of_a_normal_forecast_meets_its_closed_form():
    """Gneiting & Raftery 2007, equation 21."""
    rng = np.random.default_rng(3)
    draws = 2 + 3 * norm.ppf((np.arange(4000) + rng.random(4000)) / 4000)[:, None]
    for value in (2.0, 4.0, -5.0):
        z = (value - 2) / 3
        exact = 3 * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))
        assert crps(draws, np.array([value]))[0] == pytest.approx(exact, rel=2e-3)


def test_crps_of_one_draw_is_its_error_and_is_fair_to_few_draws():
    assert crps(np.array([[4.0]]), np.array([1.0]))[0] == 3
    rng = np.random.default_rng(5)
    few = np.mean([crps(rng.standard_normal((5, 1)), np.zeros(1)) for _ in range(4000)])
    assert few == pytest.approx((np.sqrt(2) - 1) / np.sqrt(np.pi), rel=0.05)


def test_ranks_of_what_comes_from_the_same_distribution_are_even():
    rng = np.random.default_rng(7)
    draws, truth = rng.standard_normal((400, 3000)), rng.standard_normal(3000)
    places = probability_integral(draws, truth)
    counts, _ = np.histogram(places, bins=10, range=(0, 1))
    assert ((counts - 300) ** 2 / 300).sum() < 21.7  # 1% of chi-square with nine degrees
    assert in_band(draws, truth).mean() == pytest.approx(0.9, abs=0.02)
    ties = probability_integral(np.zeros((4, 1)), np.zeros(1))
    assert ties[0] == 0.5


def test_an_error_of_observation_widens_the_draws_by_its_own_spread():
    wide = with_error(np.zeros((20_000, 1)), np.array([2.0]), np.random.default_rng(1))
    assert wide.std() == pytest.approx(2, rel=0.02)


def test_theil_tells_a_wrong_mean_from_a_wrong_spread_and_from_wrong_moments():
    truth = np.array([1.0, 2.0, 3.0, 4.0])
    assert theil(truth + 1, truth).bias == pytest.approx(1)
    assert theil(2.5 + 2 * (truth - 2.5), truth).variation == pytest.approx(1)
    assert theil(truth[::-1], truth).covariation == pytest.approx(1)
    exact = theil(truth, truth)
    assert exact.root_mean_square == 0
    assert np.isnan(exact.bias)
    assert theil(truth + 1, truth).mean_error == pytest.approx(0.4)
