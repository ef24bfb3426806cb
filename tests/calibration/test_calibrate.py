"""Fits recover what made the data, agree between plants, and foretell what was not fitted."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from buildout.calibration import curves
from buildout.calibration import fit as calibrate
from buildout.errors import InputError
from buildout.inputs import observations, places

PERIODS = np.arange(0.0, 6.0)


@pytest.fixture(scope="module")
def ds():
    return observations.load_observations()


@pytest.fixture(scope="module")
def fits(ds):
    return calibrate.fit_all(ds)


@given(
    first=st.floats(-1.0, 3.0), start=st.floats(-2.0, 6.0), length=st.floats(0.1, 3.0),
    ramp=st.floats(0.2, 8.0),
)  # fmt: skip
def test_mean_of_the_ramp_equals_its_integral(first, start, length, ramp):
    end = start + length
    exact, _ = integrate.quad(
        lambda t: 1 - np.exp(-(t - first) / ramp) if t > first else 0.0, start, end,
        points=[first] if start < first < end else None,
    )  # fmt: skip
    share = curves.ramp_share(np.array([start]), np.array([end]), first, ramp)[0]
    assert share == pytest.approx(exact / length, abs=1e-7)


@pytest.mark.parametrize("ramp", [0.3, 1.0, 3.5, 12.0])
def test_ramp_time_is_recovered_from_exact_output(ramp):
    made = 500.0 * curves.ramp_share(PERIODS, PERIODS + 1, 0.4, ramp)
    fit = curves.fit_ramp(PERIODS, PERIODS + 1, made, first_product=0.4, nameplate=500.0)
    assert fit.value == pytest.approx(ramp, rel=1e-6)
    assert fit.rmse < 1e-8


@pytest.mark.slow
def test_interval_of_the_ramp_time_covers_the_truth_as_often_as_it_says():
    # 90% interval, 300 samples of five noisy years: 3 standard errors are 5 points.
    random = np.random.default_rng(7)
    exact = curves.ramp_share(PERIODS[1:], PERIODS[1:] + 1, 0.2, 3.0)
    covered = 0
    for _ in range(300):
        made = exact + random.normal(0, 0.03, exact.size)
        fit = curves.fit_ramp(PERIODS[1:], PERIODS[1:] + 1, made, first_product=0.2, nameplate=1.0)
        covered += fit.low <= 3.0 <= fit.high
    assert 0.85 <= covered / 300 <= 0.95


@pytest.mark.parametrize("growth", [-0.1, 0.0, 0.288])
def test_growth_is_recovered(growth):
    fit = curves.fit_growth(PERIODS, 8000.0 * (1 + growth) ** PERIODS)
    assert fit.value == pytest.approx(growth, abs=1e-9)


@pytest.mark.parametrize("tau", [0.4, 1.1, 3.0])
def test_relaxation_is_recovered(tau):
    fit = curves.fit_relaxation(PERIODS, 200.0 + 1200.0 * np.exp(-PERIODS / tau))
    assert fit.value == pytest.approx(tau, rel=1e-4)


def test_too_few_or_impossible_data_are_refused():
    one = np.array([1.0])
    with pytest.raises(InputError, match="at least two periods"):
        curves.fit_ramp(one, one + 1, one, first_product=0.0, nameplate=9.0)
    with pytest.raises(InputError, match="no ramp"):
        curves.fit_ramp(PERIODS, PERIODS + 1, PERIODS + 50, first_product=0.0, nameplate=9.0)
    with pytest.raises(InputError, match="three positive"):
        curves.fit_growth(PERIODS, -PERIODS)
    with pytest.raises(InputError, match="four positive"):
        curves.fit_relaxation(PERIODS[:3], PERIODS[:3] + 1)


def test_a_ramp_without_a_nameplate_gives_back_its_time_and_its_full_output():
    made = 500.0 * curves.ramp_share(PERIODS, PERIODS + 1, 0.4, 1.3)
    time, full = curves.fit_ramp_and_output(PERIODS, PERIODS + 1, made, first_product=0.4)
    assert (time.value, full.value) == pytest.approx((1.3, 500.0), rel=1e-6)
    assert (time.unit, full.unit) == ("Year", "t/Year")
    with pytest.raises(InputError, match="three periods"):
        curves.fit_ramp_and_output(PERIODS[:2], PERIODS[:2] + 1, made[:2], first_product=0.4)


def test_the_restarted_mine_of_the_united_states_ramped_within_two_years(fits):
    # The hindcast reads 43,750 t and 1.27 years from the same mine (2018-23).
    time = fits["mining ramp time (US ore 2018-2023)"]
    full = fits["mining output at full feed (US ore 2018-2023)"]
    assert time.points == full.points == 6
    assert time.low < 1.27 < time.high < 1.61
    assert full.low < 43_750 < full.high
    assert full.value == pytest.approx(43_750, rel=0.01)


def test_only_rows_before_2025_are_fitted_on(ds, fits):
    allowed = {
        f"{name} {a:.2f}-{b:.2f}"
        for name, a, b, use in zip(
            ds.series.values, ds.start.values, ds.end.values, ds.use.values, strict=True
        )
        if use == "fit"
    }
    for name, fit in fits.items():
        assert fit.data
        if "reference class" in name:  # Rows of another table, tested beside it.
            continue
        assert {line.split(":")[0] for line in fit.data} <= allowed


@pytest.mark.slow
def test_observations_after_2025_do_not_move_a_fit(ds, fits):
    spoiled = ds.copy(deep=True)
    spoiled["value"] = spoiled.value.where(ds.use == "fit", 1e9)
    assert calibrate.fit_all(spoiled) == fits


def test_lynas_took_years_and_not_the_months_it_had_planned(fits):
    # Plan: nameplate within about five months (Asia Miner 2013, S47).
    fit = fits["separation ramp time (Lynas FY14-FY16)"]
    assert fit.low > 2.0
    assert fit.rmse < 0.05


def test_mountain_pass_ramped_like_lynas(fits):
    lynas = fits["separation ramp time (Lynas FY14-FY16)"]
    mp = fits["separation ramp time (Mountain Pass 2023-2024)"]
    assert mp.low < lynas.value < mp.high
    assert mp.value == pytest.approx(lynas.value, rel=0.1)


def test_fastest_growth_on_record_is_the_published_one(fits):
    # 8,000 t in 2001 to 78,000 t in 2010 is 28.8% a year between the end points (S156).
    growth = fits["fastest sustained growth (Chinese sintered NdFeB 2001-2010)"]
    assert growth.low < (78 / 8) ** (1 / 9) - 1 < growth.high


def test_fit_json_is_fresh(fits):
    written = (places.calibration_folder() / "fit.json").read_text(encoding="utf-8")
    stored, fresh = json.loads(written), json.loads(calibrate.fit_text(fits))
    assert list(stored) == list(fresh), "run `buildout generate fit`"
    for name, fit in fresh.items():
        for key, value in fit.items():
            if isinstance(value, float):
                value = pytest.approx(value, rel=1e-4)
            assert stored[name][key] == value, "run `buildout generate fit`"
