"""Contracts live with their plants: what they carry, how long, and what follows (issue 8)."""

import numpy as np
import pytest

PATHWAYS = [
    "status-quo",
    "mobilization",
    "china-deal",
    "hybrid",
    "allied-network",
    "upstream-orders",
    "status-quo-2025",
    "china-deal-ideal",
]
STEP = {"saveper": 0.03125}


@pytest.mark.parametrize("base", ["status-quo", "mobilization", "hybrid"])
def test_no_contract_leaves_its_plant_before_its_life_is_over(compare, base):
    """Contracts in force are at least those of the plants that started within one life."""
    outputs = ["contracts of vintage", "vintage in force", "contract life", "public contracts"]
    ds = compare(outputs, STEP, run=(base, {"contract life": 6})).isel(case=0)
    assert float(np.ravel(ds["contract_life"])[0]) == 6
    of_vintage = ds["contracts_of_vintage"]
    in_force = (of_vintage * ds["vintage_in_force"]).sum("vintage")
    begun = of_vintage.sum("vintage")
    young = begun - begun.shift(time=round(6 / STEP["saveper"])).fillna(0)
    assert float(young.sel(region="US").max()) > 100
    assert float((in_force - young).min()) > -1e-9


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_a_dated_projects_contract_runs_from_its_start_to_the_end_of_its_life(compare, base):
    outputs = ["contract of project in force", "start date of project", "built share of project"]
    ds = compare(outputs, STEP, run=(base, {"contract life": 6})).isel(case=0)
    built = ds["built_share_of_project"].isel(time=0)
    for project in ds.dated_project.values[built.values > 0]:
        one = ds.sel(dated_project=project)
        first = float(one["start_date_of_project"].isel(time=0)) + 0.1
        lives = one["contract_of_project_in_force"] / built.sel(dated_project=project)
        assert float(np.abs(lives.sel(time=slice(first, first + 5.8)) - 1).max()) < 1e-9, project
        assert float(lives.sel(time=slice(first + 6.1, None)).sum()) == 0, project


@pytest.mark.parametrize("base", ["status-quo", "mobilization", "hybrid"])
def test_decisions_do_not_feel_how_near_the_end_of_a_programme_is(compare, base):
    """Except through the money that is left: with money enough, decisions before the end are the
    same to the last digit whether the programme ends five, ten or fifteen years later."""
    enough = {"standing appropriation[price support]": 50000}
    cases = {f"{end}": (base, enough | {"contract end": end}) for end in (2034, 2039, 2044)}
    made = compare(["final investment decisions"], **cases)["final_investment_decisions"]
    before = made.sel(time=slice(None, 2033.75))
    assert float(before.max()) > 100
    assert float(np.abs(before - before.isel(case=0)).max()) < 1e-9
    after = made.sel(region="US", line="NdFeB magnets", time=slice(2034, 2038))
    assert float(after.sel(case="2034").sum()) < float(after.sel(case="2044").sum())


def test_us_metal_does_not_collapse_two_years_after_2035(compare):
    """In 0.1 contracts of all plants ended in 2035.5, and metal collapsed: the calendar."""
    ds = compare(["line output"], **{base: (base, {}) for base in PATHWAYS})
    metal = ds["line_output"].sel(region="US", line="metal and alloy")
    kept = metal.sel(time=2037) / metal.sel(time=2035)
    assert (kept >= 0.8).all(), kept.to_pandas()


@pytest.mark.parametrize("base", PATHWAYS[:5])
def test_the_metal_of_integrated_plants_runs_as_their_magnets_need(compare, model, base):
    """2035-45, within a tenth, also once their contract is over: their owner earns on both.

    Only MP's plants that make both are left in the run, so what runs of metal and of magnets is
    theirs; each is taken relative to what its owner has built.
    """
    downstream = ("metal and alloy", "NdFeB magnets")
    others = {
        scalar: 0
        for line in downstream
        for scalar in model.scalars(f"project capacity[project,{line}]")
        if "[MP 10X," not in scalar and "[MP Independence 3k," not in scalar
    }
    none = {
        f"initial {stage} capacity[US,{line}]": 0
        for stage in ("effective", "ramping")
        for line in downstream
    }
    settings = others | none | {"switch endogenous announcing": 0, "public build level": 0}
    outputs = ["effective capacity", "ramping capacity", "mothballed capacity"]
    ds = compare(outputs, run=(base, settings)).isel(case=0).sel(region="US")
    built = ds["effective_capacity"] + ds["ramping_capacity"].sum("maker")
    runs = built / (built + ds["mothballed_capacity"])
    metal, magnets = (runs.sel(time=slice(2035, 2045), line=line, drop=True) for line in downstream)
    off = metal / magnets - 1
    assert float(np.abs(off).max()) < 0.10, off.to_pandas()
