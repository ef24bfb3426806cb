"""Measures of sensitivity, against published numbers and closed forms."""

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from buildout.analysis.sensitivity import first_order, rank_correlation, tornado
from buildout.errors import InputError, ResultsError, UnknownNameError
from buildout.sampling import design
from buildout.sweeps import At, Crossing, Final


def dataset(drawn, values, status=None):
    """As a sweep of one pathway would give it."""
    size, count = drawn.shape
    return xr.Dataset(
        {
            "y": (("pathway", "draw"), np.atleast_2d(values)),
            "status": (("pathway", "draw"), [np.zeros(size) if status is None else status]),
            "drawn": (("draw", "parameter"), drawn),
        },
        coords={"pathway": ["a"], "parameter": [f"x{i + 1}" for i in range(count)]},
    )


def test_first_order_indices_of_ishigamis_function():
    """Ishigami & Homma (1990), a = 7 and b = 0.1: (1 + b pi^4 / 5)^2 / 2, a^2 / 8 and nothing."""
    points = stats.qmc.Sobol(3, rng=np.random.default_rng(1)).random(2**15)
    x = np.pi * (2 * points - 1)
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    first, second = (1 + 0.1 * np.pi**4 / 5) ** 2 / 2, 7**2 / 8
    total = first + second + (0.1**2 * np.pi**8) * (1 / 18 - 1 / 50)
    expected = np.array([first, second, 0]) / total
    assert expected == pytest.approx([0.3139, 0.4424, 0], abs=5e-5)
    found = first_order(dataset(x, y), "y")
    assert found.dims == ("pathway", "parameter")
    np.testing.assert_allclose(found[0], expected, atol=0.005)


def test_first_order_indices_of_a_linear_model_are_the_shares_of_its_variances():
    points = stats.qmc.Sobol(4, rng=np.random.default_rng(2)).random(2**13)
    weights = np.array([4.0, -2, 1, 0])
    found = first_order(dataset(points, points @ weights), "y")
    np.testing.assert_allclose(found[0], weights**2 / (weights**2).sum(), atol=0.005)


def test_chance_alone_explains_nothing_on_average():
    rng = np.random.default_rng(3)
    found = first_order(dataset(rng.random((200, 300)), rng.random(200)), "y")
    assert abs(float(found.mean())) < 0.01


def test_a_switch_explains_what_it_switches():
    switch = np.tile([0.0, 1], 50)
    noise = np.tile([0.0, 0, 1, 1], 25)
    found = first_order(dataset(np.column_stack([switch, noise]), switch), "y")
    np.testing.assert_allclose(found[0], [1, 0], atol=0.02)


def test_rank_correlation_is_that_of_spearman():
    rng = np.random.default_rng(4)
    x = rng.random((60, 3))
    y = np.exp(x[:, 0]) - x[:, 1] + rng.random(60)
    found = rank_correlation(dataset(x, y), "y", partial=False)
    np.testing.assert_allclose(found[0], [stats.spearmanr(c, y)[0] for c in x.T], rtol=1e-12)


def test_partial_rank_correlation_is_that_of_the_residuals():
    """By its definition: both ranks less what the ranks of the other parameters explain."""
    rng = np.random.default_rng(5)
    x = rng.random((80, 3))
    y = x[:, 0] ** 3 + 0.5 * x[:, 1] + 0.1 * rng.random(80)
    ranks, outcome = stats.rankdata(x, axis=0), stats.rankdata(y)
    expected = []
    for i in range(3):
        others = np.column_stack([np.delete(ranks, i, axis=1), np.ones(80)])

        def less(what, others=others):
            return what - others @ np.linalg.lstsq(others, what)[0]

        expected.append(stats.pearsonr(less(ranks[:, i]), less(outcome))[0])
    found = rank_correlation(dataset(x, y), "y")
    np.testing.assert_allclose(found[0], expected, rtol=1e-10)
    assert found[0, 0] > rank_correlation(dataset(x, y), "y", partial=False)[0, 0]


def test_what_does_not_vary_has_no_sensitivity():
    x = np.column_stack([np.arange(20.0), np.ones(20)])
    for measure in (first_order, rank_correlation):
        assert np.isnan(measure(dataset(x, x[:, 0]), "y")[0, 1])
        assert np.isnan(measure(dataset(x, np.ones(20)), "y")).all()


def test_more_parameters_than_draws_have_no_partial_correlation():
    rng = np.random.default_rng(6)
    assert np.isnan(rank_correlation(dataset(rng.random((5, 9)), rng.random(5)), "y")).all()


def test_broken_draws_are_left_out():
    x = np.arange(400.0)[:, None]
    y = np.where(np.arange(400) % 4 == 0, -1e9, x[:, 0])
    ds = dataset(x, y, status=np.where(y < 0, 1, 0))
    assert rank_correlation(ds, "y").item() == pytest.approx(1)
    assert first_order(ds, "y").item() > 0.9


def test_never_is_later_than_any_date():
    x = np.arange(10.0)[:, None]
    y = np.where(x[:, 0] < 5, 2030 + x[:, 0], np.nan)
    assert rank_correlation(dataset(x, y), "y", partial=False).item() > 0.9
    with pytest.raises(InputError, match="missing in some draws"):
        first_order(dataset(x, y), "y")


def test_unknown_outcomes_are_refused_with_the_nearest(swept):
    ds = swept([1, 2], Final())
    for measure in (first_order, rank_correlation, tornado):
        with pytest.raises(UnknownNameError, match="Nearest: `tank_final`"):
            measure(ds, "tank_finale")


def test_results_without_draws_are_refused(swept):
    with pytest.raises(ResultsError, match="vary fewer parameters"):
        first_order(swept([1, 2], Final()).drop_vars("drawn"), "tank_final")


def test_of_a_sweep_every_element_and_date_has_its_own(tank, swept):
    draws = design.latin_hypercube(64, seed=1, model=tank)
    ds = swept(draws, At([1, 4]), outputs="tank", pathways=["free", "settled"])
    found = first_order(ds, "tank")
    assert found.dims == ("pathway", "parameter", "year")
    # Of 64 draws there are 5 classes, which leave a straight line 1/25 of its variance inside.
    np.testing.assert_allclose(found.sel(pathway="free", parameter="rate"), 0.96, atol=0.01)
    # Where the pathway settles the rate nothing varies.
    assert np.isnan(found.sel(pathway="settled")).all()


def test_a_tornado_shows_both_ends_the_widest_first(tank, swept):
    ds = swept(design.one_at_a_time(["exponent", "rate"], model=tank), [Final(), Crossing(2)])
    found = tornado(ds, "tank_final")
    assert found["parameter"].values.tolist() == ["rate", "exponent"]
    assert found[0].values.tolist() == [[-8, 8], [0, 0]]
    assert found.attrs["units"] == "t"
    # At the low rate the tank never holds 2, which is no change of a date.
    dates = tornado(ds, "tank_year_above_2").sel(pathway="free", parameter="rate")
    np.testing.assert_allclose(dates, [np.nan, -2 / 3])


def test_a_tornado_needs_its_own_design(swept):
    with pytest.raises(ResultsError, match="design `given`"):
        tornado(swept([1, 2], Final()), "tank_final")
