"""When a stage serves the market from home, how far it is behind, what a cut costs."""

import numpy as np
import pytest
import xarray as xr

import buildout as bo
from buildout._util import names
from buildout.errors import ResultsError
from buildout.inputs.china import read_china_output
from buildout.outcomes.cut_losses import BUYERS, HAZARD, LENGTH, cut_losses
from buildout.outcomes.headlines import CUT_NEEDS, STAGE_NEEDS
from buildout.outcomes.indicators import kpis
from buildout.outcomes.stages import LAG_DATES, stage_rows, stages

LINE = "NdFeB magnets"


@pytest.fixture(scope="module")
def ds(three):
    return three[
        [names.key(name) for name in (*STAGE_NEEDS, *CUT_NEEDS, "vulnerability", "status")]
    ]


def with_share(ds, share):
    """Results in which a line's US output over its need is a function of the year."""
    ds = ds.copy(deep=True)
    ds["self_sufficiency_of_direct_market"].loc[{"line": LINE}] = share(ds.time)
    return stages(ds).sel(line=LINE).isel(pathway=0)


def test_the_year_from_home_is_the_first_date_held_for_a_year_from_the_start_on(ds):
    def share(t):
        return xr.where((t >= 2026) & (t < 2026.5), 2.0, (t - 2025) / 10)

    found = with_share(ds, share)
    assert float(found["home_year"]) == pytest.approx(2035)
    assert np.isnan(found["home_until"])
    assert bool(found["home_known"])


def test_a_stage_that_serves_the_market_from_the_start_has_the_start_as_its_year(ds):
    found = with_share(ds, lambda t: xr.where(t <= 2030, 1.5, 0.5))
    assert float(found["home_year"]) == float(ds.time[0])
    assert 2030 <= float(found["home_until"]) < 2030.25


def test_a_run_that_ends_within_the_year_does_not_know(ds):
    found = with_share(ds, lambda t: xr.where(t > 2044.5, 1.5, 0.5))
    assert np.isnan(found["home_year"])
    assert not bool(found["home_known"])


def test_years_behind_are_those_of_the_record_and_only_of_lines_with_one(ds):
    ds = ds.copy(deep=True)
    record = read_china_output()[LINE]
    ds["line_output"].loc[{"line": LINE, "region": "US"}] = record.tonnes[3]
    found = stages(ds)
    magnets = found.sel(line=LINE)
    assert found["year"].values.tolist() == list(LAG_DATES)
    assert (magnets["china_year"] == record.times[3]).all()
    assert (magnets["years_behind"] == magnets["year"] - record.times[3]).all()
    without = [line for line in found["line"].values if line not in read_china_output()]
    assert without
    assert np.isnan(found["years_behind"].sel(line=without)).all()
    assert not found["at_least"].sel(line=without).any()


def test_output_below_the_record_is_behind_by_at_least_the_years_to_its_beginning(ds):
    ds = ds.copy(deep=True)
    ds["line_output"].loc[{"line": LINE, "region": "US"}] = 1.0
    found = stages(ds).sel(line=LINE)
    assert found["at_least"].all()
    assert (found["years_behind"] == found["year"] - read_china_output()[LINE].times[0]).all()


def test_rows_say_what_the_dataset_says(ds):
    found, table = stages(ds), stage_rows(ds)
    assert len(table) == found.sizes["pathway"] * found.sizes["line"]
    for row in table:
        one = found.sel(pathway=row["pathway"], line=row["line"])
        for name in ("home_year", "home_until"):
            assert (row[name] is None) == bool(np.isnan(one[name]))
        behind = one["years_behind"].sel(year=2035)
        assert (row["years_behind_2035"] is None) == bool(np.isnan(behind))
        assert row["status"] == "ok"


def test_a_sweep_gives_the_same_year_from_home(model, ds):
    output = STAGE_NEEDS[0]
    draws = bo.given({"factor of initial demand": np.array([1.0])}, model=model)
    cloud = bo.sweep(draws, "mobilization", outputs=output, reductions=bo.Crossing(1.0))
    year = cloud["self_sufficiency_of_direct_market_year_above_1"].isel(pathway=0, draw=0)
    run = stages(ds).sel(pathway="mobilization")
    assert year.values == pytest.approx(run["home_year"].values, nan_ok=True)


def test_what_a_cut_takes_is_the_models_loss_less_what_nobody_has_anyway(ds):
    lost = cut_losses(ds)["lost_in_a_cut"]
    total = lost.sum(["buyer", "magnet_class"])
    gross = ds["vulnerability"] * ds["direct_demand"].sum("magnet_class")
    met = ds["unmet_civil_demand"] + (1 - ds["leakage"]) * ds["defense_shortfall"]
    assert (lost >= 0).all()
    assert (total <= gross + 1e-6).all()
    assert (total >= gross - met.sum("magnet_class") - 1e-6).all()


def test_under_the_full_chain_rule_defense_loses_leaked_magnets_alone(ds):
    after = cut_losses(ds).sel(buyer="defense", time=slice(2027.5, None))["lost_in_a_cut"]
    leaked = (ds["leakage"] * ds["defense_shortfall"]).sel(time=slice(2027.5, None))
    assert (after <= leaked.transpose(*after.dims) + 1e-9).all()


def invented(**other):
    """Results of one date and class: 100 t/yr wanted, 30 left in a cut, 10 unmet anyway."""
    values = {
        "direct_demand": 100.0, "supply_in_a_cut": 30.0, "unmet_civil_demand": 6.0,
        "defense_shortfall": 5.0, "leakage": 0.2, "full_chain_requirement": 1.0,
        "us_used_by_defense": 3.0, "allied_used_by_defense": 2.0, "year_of_a_cut": 1.0,
        "hazard_of_a_cut": 0.1,
        "length_of_a_cut_by_chance": 0.25,
    } | other  # fmt: skip
    dims = ("pathway", "magnet_class", "time")
    data = {name: (dims, np.full((1, 1, 1), value)) for name, value in values.items()}
    return xr.Dataset(data, {"pathway": ["one"], "magnet_class": ["SmCo"], "time": [2030.0]})


@pytest.mark.parametrize(
    ("other", "civil", "defense"),
    [
        ({}, 59.0, 1.0),
        ({"full_chain_requirement": 0.5}, 56.5, 3.5),
        ({"supply_in_a_cut": 100.0}, 0.0, 0.0),
        ({"supply_in_a_cut": 89.5}, 0.0, 0.5),
    ],
)
def test_civil_users_lose_what_defense_does_not(other, civil, defense):
    found = cut_losses(invented(**other)).isel(pathway=0, magnet_class=0, time=0)
    assert found["lost_in_a_cut"].sel(buyer=list(BUYERS)).values == pytest.approx([civil, defense])


def test_expected_is_hazard_of_the_run_times_length_times_loss(ds, model):
    hazard, length = model.parameters[names.key(HAZARD)], model.parameters[names.key(LENGTH)]
    found = cut_losses(ds.assign(hazard_of_a_cut=0.2 + 0 * ds["hazard_of_a_cut"]))
    lost = found["lost_in_a_cut"]
    factors = {
        "expected_loss": 0.2 * length.default,
        "expected_loss_low": hazard.low * length.low,
        "expected_loss_high": hazard.high * length.high,
        "expected_loss_if_long": 0.2,
    }
    for name, factor in factors.items():
        np.testing.assert_allclose(found[name], factor * lost)


def test_the_key_figures_are_those_numbers(ds):
    table = {(r["pathway"], r["outcome"], r["element"], r["year"]): r["value"] for r in kpis(ds)}
    for row in stage_rows(ds):
        key = (row["pathway"], "served from home since", row["line"], 2045.0)
        assert table.get(key) == row["home_year"]
    losses = cut_losses(ds).sel(pathway="status-quo", time=2030)
    for buyer in BUYERS:
        expected = float(losses["expected_loss"].sel(buyer=buyer).sum())
        key = ("status-quo", f"expected loss to cuts, {buyer}", "", 2030.0)
        assert table[key] == pytest.approx(expected)


@pytest.mark.parametrize("read", [stages, cut_losses])
def test_results_without_what_is_read_are_refused(read, ds):
    with pytest.raises(ResultsError, match="lack `"):
        read(ds[["vulnerability"]])
    assert stage_rows(ds[["vulnerability"]]) == []
