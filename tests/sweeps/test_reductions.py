"""What is kept of a run, against closed forms: the tank holds 1 + rate * time."""

import numpy as np
import pytest

from buildout.errors import InputError
from buildout.sweeps import (
    At,
    Crossing,
    Cumulative,
    Final,
    Maximum,
    Minimum,
    Quantiles,
    Trajectory,
)
from buildout.sweeps import (
    assemble as gather,
)
from buildout.sweeps.summary import summary

RATES = np.array([-1.0, 0, 0.5, 1, 3])


def test_values_at_dates(swept):
    ds = swept(RATES, At([0, 1, 2.5]))
    assert ds["tank"].dims == ("pathway", "draw", "year")
    np.testing.assert_allclose(ds["tank"][0], 1 + RATES[:, None] * [0, 1, 2.5])
    assert ds["tank"].attrs["units"] == "t"


def test_the_last_value(swept):
    np.testing.assert_allclose(swept(RATES, Final())["tank_final"][0], 1 + 4 * RATES)


def test_the_whole_trajectory(swept):
    ds = swept(RATES, Trajectory())
    assert ds.sizes["time"] == 17
    np.testing.assert_allclose(ds["tank"][0], 1 + RATES[:, None] * ds["time"].values)


def test_smallest_and_largest(swept):
    ds = swept(RATES, [Minimum(), Maximum()])
    np.testing.assert_allclose(ds["tank_minimum"][0], np.minimum(1, 1 + 4 * RATES))
    np.testing.assert_allclose(ds["tank_maximum"][0], np.maximum(1, 1 + 4 * RATES))


def test_a_sum_over_time_is_exact_for_straight_lines_and_keeps_the_unit_in_mind(swept):
    ds = swept(RATES, [Cumulative(), Cumulative(1, 3)])
    np.testing.assert_allclose(ds["tank_cumulative"][0], 4 + 8 * RATES)
    np.testing.assert_allclose(ds["tank_cumulative_1_3"][0], 2 + 4 * RATES)
    assert ds["tank_cumulative"].attrs["units"] == "t*Year"
    flow = swept(RATES, Cumulative(), outputs="rate")["rate_cumulative"]
    np.testing.assert_allclose(flow[0], 4 * RATES)
    assert flow.attrs["units"] == "t"


def test_a_crossing_lies_on_the_line_between_saved_dates_and_is_nan_when_never(swept):
    ds = swept(RATES, Crossing(2.0, sustained=0.5))
    np.testing.assert_allclose(ds["tank_year_above_2"][0], [np.nan, np.nan, 2, 1, 1 / 3])
    assert ds["tank_reached_above_2"][0].values.tolist() == [False, False, True, True, True]
    assert ds["tank_reached_above_2"].dtype == bool


def test_a_crossing_shortly_before_the_end_has_not_shown_that_it_holds(swept):
    ds = swept([0.25, 0.3, 0.34], Crossing(2.0, sustained=1.0))
    # They reach 2 after 4, 3.33 and 2.94 years, of which only the last leaves a year.
    assert ds["tank_reached_above_2"][0].values.tolist() == [False, False, True]
    assert swept([0.25], Crossing(2.0, sustained=0))["tank_year_above_2"].item() == 4


def test_a_crossing_downwards(swept):
    ds = swept(RATES, Crossing(0.0, sustained=1.0, above=False))
    np.testing.assert_array_equal(ds["tank_year_below_0"][0], [1, *[np.nan] * 4])


def test_a_crossing_that_does_not_last_is_passed_over():
    times = np.arange(0, 5, 0.5)
    value = np.array([0, 1, 1, 0, 1, 1, 1, 0, 1, 1.0])[None, :, None]
    for sustained, expected in [(0, 0.5), (0.5, 0.5), (1, 2), (1.5, np.nan)]:
        date, reached, _ = Crossing(1.0, sustained).reduce(times, value)
        np.testing.assert_equal(date.item(), expected)
        assert reached.item() == np.isfinite(expected)


def test_a_crossing_counts_from_a_date_on(swept):
    ds = swept(RATES, Crossing(2.0, sustained=0.5, since=1.5))
    np.testing.assert_allclose(ds["tank_year_above_2"][0], [np.nan, np.nan, 2, 1.5, 1.5])
    with pytest.raises(InputError, match="looked for from 5 on, and the run ends in 4"):
        swept(RATES, Crossing(2.0, since=5))


def test_a_run_too_short_to_know_says_so_in_place_of_never(swept):
    ds = swept([0.25, 0.3, 0.34, 0], Crossing(2.0, sustained=1.0))
    assert ds["tank_reached_above_2"][0].values.tolist() == [False, False, True, False]
    # Two of them are above in the end, for less than a year.
    assert ds["tank_known_above_2"][0].values.tolist() == [False, False, True, True]
    (row,) = summary(ds)
    assert (row["reached"], row["unknown"]) == (0.25, 0.5)


def test_nan_never_counts_as_crossed():
    value = np.array([np.nan, 1, np.nan, np.nan])[None, :, None]
    date, reached, _ = Crossing(0.0, sustained=2).reduce(np.arange(4.0), value)
    assert (np.isnan(date.item()), reached.item()) == (True, False)


def test_quantiles_over_draws_are_those_of_numpy(swept):
    shares = (0.1, 0.5, 0.9)
    ds = swept(RATES, [Quantiles(shares), Final()])
    assert ds["tank_quantiles"].dims == ("pathway", "quantile", "time")
    every = 1 + RATES[:, None] * ds["time"].values
    np.testing.assert_allclose(ds["tank_quantiles"][0], np.quantile(every, shares, axis=0))


@pytest.mark.parametrize("step", [8, 200, 1e9])
def test_quantiles_do_not_depend_on_how_many_dates_fit_into_memory(swept, monkeypatch, step):
    expected = swept(RATES, Quantiles(), outputs=["tank", "bent"])
    monkeypatch.setattr(gather, "GATHERED_BYTES", step)
    assert swept(RATES, Quantiles(), outputs=["tank", "bent"]).identical(expected)


def test_quantiles_leave_broken_draws_out(tank, swept):
    from buildout.sampling import design

    draws = design.given({"rate": [1, 2, 3], "guard": [1, 0, 1]}, model=tank)
    ds = swept(draws, [Quantiles(0.5), Final()], outputs=["tank", "ratio"])
    assert ds["status"].values.tolist() == [[0, 1, 0]]
    assert ds["tank_quantiles"][0, 0, -1] == 1 + 4 * 2


@pytest.mark.parametrize(
    ("reduction", "message"),
    [
        (At(1.1), "1.1 is not a saved date.*Take 1"),
        (At([1, 2045]), "2045 is not a saved date"),
        (At(np.nan), "not a saved date"),
        (Crossing(np.nan), "finite threshold"),
        (Crossing(1, sustained=5), "0 to 4 years"),
        (Cumulative(3, 1), "Start before end"),
        ([Crossing(1, 1), Crossing(1, 2)], "would be kept twice"),
        ([At(1), Trajectory()], "would be kept twice"),
        ([], "nothing to keep"),
    ],
)
def test_impossible_reductions_are_refused(swept, reduction, message):
    with pytest.raises(InputError, match=message):
        swept(RATES, reduction)


@pytest.mark.parametrize("shares", [(), (1.5,), (np.nan,)])
def test_impossible_quantiles_are_refused(shares):
    with pytest.raises(InputError, match="0 to 1"):
        Quantiles(shares)


def test_outputs_can_have_reductions_and_dates_of_their_own(swept):
    ds = swept(RATES, (), outputs={"tank": [At([1, 2]), Final()], "rate": At([3])})
    assert ds["tank"].dims == ("pathway", "draw", "year")
    assert ds["rate"].dims == ("pathway", "draw", "year_2")
    assert ds["year_2"].values.tolist() == [3]
