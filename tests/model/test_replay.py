"""The record before 2025.0, replayed with the parts of the model that can: ramp and price."""

import json

import numpy as np
import pytest

from buildout.inputs import places
from buildout.inputs.observations import load_observations, select_observations

# Lynas: first product 27 February 2013, 22,000 t REO of nameplate (calibration/observations).
FIRST_PRODUCT, NAMEPLATE = 2013.15625, 22000.0


@pytest.fixture(scope="module")
def fit():
    return json.loads((places.calibration_folder() / "fit.json").read_text(encoding="utf-8"))


def observed(series, use):
    """Start, end and value of the observations of a series, in order of time."""
    ds = select_observations(load_observations(), series=series, use=use)
    return list(zip(ds.start.values, ds.end.values, ds.value.values, strict=True))


def test_a_separation_plant_that_starts_as_lynas_did_in_2013_makes_the_tonnes_of_lynas(
    compare, model
):
    """Output in the fiscal years 2014 to 2016, within five points of nameplate.

    The run begins with the plant's first product, with ore enough and the know-how of its year.
    Fiscal 2017 has no figure for all rare earths among the observations.
    """
    alone = {
        "initial effective capacity[Allies,NdPr separation]": 0,
        "initial mothballed capacity[Allies,NdPr separation]": 0,
        "initial ramping capacity[Allies,NdPr separation]": NAMEPLATE,
        "initial effective capacity[Allies,mining]": 10 * NAMEPLATE,
        "initial know how[Allies,mining and chemistry]": model.constants["know_how_in_ramp_data"],
        "projects known until": 2000.0,
    }
    then = {"initial_time": FIRST_PRODUCT, "final_time": 2018.0, "saveper": 0.0625}
    ds = compare(["line output"], then, plant=("status-quo", alone))
    made = ds["line_output"].sel(case="plant", region="Allies", line="NdPr separation")
    years = [o for o in observed("lynas_reo_production_t", "fit") if o[1] < 2017]
    assert len(years) == 3
    for start, end, tonnes in years:
        modelled = float(made.sel(time=slice(start, end)).mean())
        assert abs(modelled - tonnes) < 0.05 * NAMEPLATE, (start, modelled)


@pytest.mark.parametrize(("element", "name"), [("NdPr", "Nd"), ("DyTb", "Dy")])
def test_after_a_spike_prices_outside_china_fall_back_as_fast_as_they_did_after_2011(
    compare, world, cut, fit, element, name
):
    """The time constant of the fall, against the interval fitted to 2011-2015."""
    free = world.free_exports
    ds = compare(["price ratio"], {"saveper": 0.0625}, cut=("status-quo", free | cut(2030)))
    excess = ds["price_ratio"].sel(case="cut", element=element) - 1
    start, end = (float(excess.sel(time=year)) for year in (2031.25, 2031.75))
    constant = 0.5 / np.log(start / end)
    spike = fit[f"price relaxation time ({name} oxide 2011-2015)"]
    assert spike["low"] <= constant <= spike["high"]
