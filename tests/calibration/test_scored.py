"""Scores of an ensemble against observations, beside numbers worked out by hand."""

import numpy as np
import pytest
import xarray as xr

from buildout.calibration.scored import scored, series_scores, with_sd
from buildout.errors import ResultsError
from buildout.inputs.mapping import Expression, Mapped, Term
from buildout.inputs.money import Money

MONEY = Money((2018.0, 2019.0), (1.0, 1.0), (1.0, 1.0))
TIMES = np.array([2018.0, 2018.5, 2019.0])


def mapped(name, over="mean", sd=0.0):
    return Mapped(name, Expression(name, (Term(1.0, "rate"),), "t/Year"), over, "t", sd=sd)


def cloud(values, status=None):
    """Draws that stay as they are, of two pathways, the second with twice the rate."""
    data = np.array([values, 2 * np.asarray(values)], float)[:, :, None] * np.ones(3)
    ds = xr.Dataset(
        {"rate": (("pathway", "draw", "time"), data)}, {"pathway": ["a", "b"], "time": TIMES}
    )
    return ds if status is None else ds.assign(status=(("pathway", "draw"), status))


def observed(*rows):
    """Series, start, end, value, sd of each row."""
    series, start, end, value, sd = zip(*rows, strict=True)
    coords = {"series": series, "start": start, "end": end, "sd": sd}
    return xr.Dataset(
        {"value": ("row", list(value))},
        {name: ("row", list(values)) for name, values in coords.items()},
    )


def test_scores_of_five_draws_are_those_worked_out_by_hand():
    mapping = {"level": mapped("level"), "sum": mapped("sum", over="total")}
    rows = observed(("level", 2018.0, 2019.0, 2.5, 0.0), ("sum", 2018.0, 2018.5, 10.0, 0.0))
    ds = scored(cloud([1, 2, 3, 4, 5]), rows, mapping, money=MONEY)
    first = ds.sel(pathway="a").isel(row=0)
    assert first["p50"] == pytest.approx(3)
    assert first["p05"] == pytest.approx(1.2)
    assert first["ratio"] == pytest.approx(3 / 2.5)
    assert first["pit"] == pytest.approx(2 / 5)
    assert first["inside"] == 1
    # Mean distance to 2.5 is 1.3; the mean distance of two different draws is 2.
    assert first["crps"] == pytest.approx(1.3 - 2 / 2)
    # Half a year of twice the rate: 1 to 5, all below 10.
    second = ds.sel(pathway="b").isel(row=1)
    assert second["p50"] == pytest.approx(3)
    assert second["pit"] == 1
    assert second["inside"] == 0
    assert second["crps"] == pytest.approx(7 - 1)
    assert ds["draws"].values.tolist() == [5, 5]


def test_the_error_of_an_observation_widens_its_draws_alone_and_always_alike():
    mapping = {"level": mapped("level")}
    draws = cloud(np.linspace(1, 2, 4000))
    exact = ("level", 2018.0, 2018.5, 1.5, 0.0)
    wide = ("level", 2018.5, 2019.0, 1.5, 3.0)
    both = scored(draws, observed(exact, wide), mapping, money=MONEY).sel(pathway="a")
    assert float(both["p95"][0]) == pytest.approx(1.95, abs=1e-3)
    assert float(both["p95"][1] - both["p05"][1]) == pytest.approx(2 * 1.645 * 3, rel=0.05)
    alone = scored(draws, observed(wide), mapping, money=MONEY).sel(pathway="a")
    assert float(alone["crps"][0]) == pytest.approx(float(both["crps"][1]), rel=1e-12)
    other = scored(draws, observed(wide), mapping, seed=2, money=MONEY).sel(pathway="a")
    assert float(alone["crps"][0]) != float(other["crps"][0])


@pytest.mark.slow
def test_many_rows_are_scored_as_few_are():
    mapping = {"level": mapped("level")}
    many = [("level", 2018.0, 2018.1 + place / 1000, 1.5, 0.1) for place in range(150)]
    draws = cloud(np.linspace(1, 2, 50))
    whole = scored(draws, observed(*many), mapping, money=MONEY)
    one = scored(draws, observed(many[131]), mapping, money=MONEY)
    assert float(whole["crps"][0, 131]) == pytest.approx(float(one["crps"][0, 0]), rel=1e-12)


def test_draws_that_broke_down_are_left_out():
    mapping, rows = {"level": mapped("level")}, observed(("level", 2018.0, 2019.0, 1.0, 0.0))
    status = [[0, 0, 1], [1, 0, 0]]
    ds = scored(cloud([1.0, 2.0, np.nan], status), rows, {**mapping}, money=MONEY).isel(row=0)
    assert float(ds["p50"][0]) == 1.5
    assert ds["draws"].values.tolist() == [2, 2]
    with pytest.raises(ResultsError, match="No draw of `a` is sound"):
        scored(cloud([1.0, 2.0, 3.0], [[1, 1, 1], [0, 0, 0]]), rows, mapping, money=MONEY)


def test_an_error_of_the_mapping_is_a_share_of_what_was_observed():
    rows = observed(("level", 2018.0, 2019.0, -20.0, np.nan)).drop_vars("sd")
    assert with_sd(rows, {"level": mapped("level", sd=0.1)})["sd"].values.tolist() == [2]


def test_series_are_summed_by_their_own_level_and_all_by_series():
    mapping = {"level": mapped("level"), "sum": mapped("sum", over="total")}
    rows = observed(
        ("level", 2018.0, 2018.5, 2.0, 0.0),
        ("level", 2018.5, 2019.0, 4.0, 0.0),
        ("sum", 2018.0, 2019.0, 30.0, 0.0),
    )
    ds = scored(cloud([1, 2, 3, 4, 5]), rows, mapping, money=MONEY)
    level, total, whole = series_scores(ds)[:3]
    assert (level["count"], level["inside"], level["ratio"]) == (2, 1.0, 1.0)
    # Mean distances to 2 and to 4 are 1.4, less 1: 0.4 over the mean of 3.
    assert level["crps_over_mean"] == pytest.approx(0.4 / 3)
    assert (total["ratio"], total["inside"]) == (0.1, 0.0)
    assert whole["series"] == "all"
    assert whole["inside"] == pytest.approx(2 / 3)
    assert whole["crps_over_mean"] == pytest.approx((0.4 / 3 + (27 - 1) / 30) / 2)
    assert whole["ratio"] == pytest.approx((1.0 + 0.1) / 2)


def test_what_was_observed_as_nothing_has_no_ratio():
    rows = observed(("level", 2018.0, 2019.0, 0.0, 0.0))
    ds = scored(cloud([1, 2, 3]), rows, {"level": mapped("level")}, money=MONEY)
    assert np.isnan(ds["ratio"].values).all()
    assert np.isnan(series_scores(ds)[0]["ratio"])
