"""Luck of single projects: late or never, decided once, and in the mean the expected world."""

import numpy as np
import pytest

import buildout as bo
from buildout.inputs.resolve import resolve
from buildout.simulation.without_effect import settings_without_effect

STEPS = ("MP 10X", "USAR Stillwater 1b", "MP Independence 3k")
DRAWN = {"switch luck": 1.0}
OUTPUT = "US magnet output total"
DRAWS, SEED, NEAR = 2000, 20270101, 0.04


@pytest.fixture(scope="module")
def worlds():
    """Draw worlds of the status quo: when projects start and how far they are decided."""
    return bo.sweep(
        bo.latin_hypercube(64, seed=SEED, vary="luck"),
        "status-quo",
        outputs=["started share of project", "starting dated project", "start date of project"],
        reductions=bo.Trajectory(),
    ).sel(pathway="status-quo")


def run(settings, outputs, **more):
    return bo.simulate("status-quo", settings=settings, outputs=outputs, **more).isel(pathway=0)


@pytest.mark.parametrize("project", STEPS)
def test_a_project_with_bad_luck_starts_later_than_at_the_median_and_alone(project):
    usual = run(DRAWN, ["start date of project", OUTPUT])
    late = run({**DRAWN, f"luck of date[{project}]": 0.99}, ["start date of project", OUTPUT])
    moved = (late["start_date_of_project"] - usual["start_date_of_project"]).isel(time=0)
    assert float(moved.sel(dated_project=project)) > 1
    assert (moved.drop_sel(dated_project=project) == 0).all()
    # Later on others may take its place.
    soon = float(usual["start_date_of_project"].isel(time=0).sel(dated_project=project)) + 1
    made = [ds["us_magnet_output_total"].sel(time=soon, method="nearest") for ds in (late, usual)]
    assert made[0] < made[1]


def test_the_expected_world_is_at_median_dates_whatever_the_luck(model):
    usual = run({}, ["start date of project", OUTPUT])
    other = run({"luck of date": 0.9, "luck of decision": 0.1}, ["start date of project", OUTPUT])
    assert usual["start_date_of_project"].equals(other["start_date_of_project"])
    assert usual["us_magnet_output_total"].equals(other["us_magnet_output_total"])
    drawn = run(DRAWN, ["start date of project"])
    assert usual["start_date_of_project"].equals(drawn["start_date_of_project"])


def test_no_luck_brings_a_project_before_its_earliest_date(worlds):
    earliest = bo.simulate("status-quo", outputs=["earliest start date"]).isel(pathway=0)
    earliest = earliest["earliest_start_date"]
    before = worlds["time"] < earliest
    assert (worlds["start_date_of_project"] >= earliest).all()
    assert (worlds["started_share_of_project"].where(before, 0) == 0).all()
    # A year at a time, so that what a step starts is not started before it.
    assert (worlds["starting_dated_project"].where(worlds["time"] < earliest - 1, 0) == 0).all()


def test_in_a_drawn_world_a_dated_project_starts_whole_or_not_at_all(worlds):
    end = worlds["started_share_of_project"].isel(time=-1).values
    assert set(np.unique(end)) == {0.0, 1.0}


@pytest.mark.parametrize("switch", [0.0, 1.0])
def test_what_is_decided_of_a_project_step_by_step_is_its_decided_share(model, switch):
    """In a drawn world one in all, where the clock has run past the project's luck."""
    step = model.system.controls["time_step"]
    names = ["deciding project", "decided share of project", "decision clock"]
    hasty = {"switch luck": switch, "hazard of part financed projects": 5.0}
    ds = run(hasty, names, save_every=step, beyond_range=True)
    so_far = ds["deciding_project"].cumsum("time").isel(time=slice(None, -1)) * step
    share = ds["decided_share_of_project"].isel(time=slice(1, None))
    np.testing.assert_allclose(so_far.values, share.values, atol=1e-12)
    if switch:
        passed = ds["decision_clock"].isel(time=-1) > 1
        assert passed.any()
        assert (share.isel(time=-1).where(passed, 1) == 1).all()
    else:
        clock = ds["decision_clock"].isel(time=slice(1, None))
        np.testing.assert_allclose(share.values, 1 - np.exp(-clock.values), atol=1e-12)


def test_luck_is_the_same_in_every_pathway(model):
    design = bo.latin_hypercube(16, seed=SEED, vary="luck", model=model)
    ds = bo.sweep(
        design,
        ["status-quo", "mobilization", "china-deal"],
        outputs=["usual start date of project"],
        reductions=bo.At(2025),
    )["usual_start_date_of_project"]
    assert (ds == ds.isel(pathway=0)).all()
    assert (ds.std("draw") > 0).any()


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, "`switch luck` is 0"),
        (DRAWN, "`status of project[eVAC Sumter,commissioning]` is 0"),
    ],
)
def test_luck_that_changes_nothing_is_told_with_the_reason(model, more, reason):
    settings = {**more, "luck of date[eVAC Sumter]": 0.9}
    told = settings_without_effect(resolve(model, "status-quo", settings))
    assert f"`luck of date[eVAC Sumter]` changed nothing: {reason}." in map(str, told)


@pytest.mark.slow
@pytest.mark.parametrize("pathway", ["status-quo", "mobilization", "china-deal"])
def test_the_mean_of_two_thousand_drawn_worlds_is_the_expected_world(pathway):
    """By luck of plants: reversals and cuts only ever take, and so move the mean."""
    years, plants = [2030.0, 2035.0], {"switch hazards": 0}
    design = bo.latin_hypercube(DRAWS, seed=SEED, vary="luck")
    cloud = bo.sweep(design, pathway, outputs=OUTPUT, reductions=bo.At(years), settings=plants)
    assert (cloud["status"] == 0).all()
    mean = cloud["us_magnet_output_total"].mean("draw").values[0]
    expected = bo.simulate(pathway, settings=plants, outputs=[OUTPUT])["us_magnet_output_total"]
    np.testing.assert_allclose(mean, expected.sel(time=years).values[0], rtol=NEAR)


# What README and report say of the status quo. US magnet output of 2030 and 2035 is not among
# them: delays have a long tail and no early one, so README gives the median of draws beside it.
MIDDLE = (
    ("self sufficiency of direct market", {"line": "NdFeB magnets"}, 2035.0),
    ("nameplate in operation", {"region": "US", "line": "NdFeB magnets"}, 2035.0),
    ("vulnerability", {}, 2027.0),
    ("dependence on China", {"dependence_stage": "at magnets"}, 2030.0),
    ("dependence on China", {"dependence_stage": "at oxide and ore"}, 2035.0),
    ("line output", {"region": "US", "line": "NdPr separation"}, 2030.0),
    ("line output", {"region": "US", "line": "DyTb separation"}, 2035.0),
    ("public money spent", {}, 2035.0),
    ("jobs in total", {}, 2035.0),
    (OUTPUT, {}, 2040.0),
)


OWN = ("luck of date", "luck of decision")
#: What all projects share, beside the luck of each.
SHARED = (
    *("common slip factor", "median slip*", "slip shape", "slip exposure*", "ramp factor*"),
    *("never share", "never exposure*", "common hazard factor", "base hazard", "full hazard"),
    "hazard of part financed projects",
)


@pytest.mark.slow
def test_what_projects_share_widens_the_band_by_a_fifth_and_more():
    widths = []
    for vary in (OWN, (*OWN, *SHARED)):
        ds = bo.sweep(
            bo.latin_hypercube(3000, seed=3, vary=vary),
            outputs=[OUTPUT],
            reductions=bo.At([2030.0, 2035.0]),
        )
        low, high = ds["us_magnet_output_total"].quantile([0.05, 0.95], dim="draw").values
        widths.append(high - low)
    alone, together = widths
    assert alone.shape == (3, 2)
    assert (together > 1.2 * alone).all(), together / alone


@pytest.mark.slow
def test_the_default_lies_in_the_middle_of_its_own_ensemble_for_ten_outcomes():
    """Within 35 and 65 % of draws of all uncertainties and luck."""
    names = sorted({name for name, _, _ in MIDDLE})
    cloud = bo.sweep(
        bo.latin_hypercube(1000, seed=SEED),
        "status-quo",
        outputs=names,
        reductions=bo.At([2027.0, 2030.0, 2035.0, 2040.0]),
    ).isel(pathway=0)
    single = bo.simulate("status-quo", outputs=names).isel(pathway=0)
    for name, where, year in MIDDLE:
        key = name.lower().replace(" ", "_")
        draws = cloud[key].sel(where).sel(year=year)
        below = float((draws < single[key].sel(where).sel(time=year)).mean("draw"))
        assert 0.35 <= below <= 0.65, (name, where, year, below)
