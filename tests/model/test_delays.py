"""What enters a delay comes out of it whole: projects, contracts, money, lots, people."""

import numpy as np
import pytest

from buildout.simulation.dataset import to_dataset
from buildout.vensim import engine

# --- projects -----------------------------------------------------------------------------------

NOTHING_IS_DECIDED = {
    "switch endogenous announcing": 0,
    "base hazard": 0,
    "full hazard": 1e-9,
    "hazard of part financed projects": 0,
}
NO_OLD_PLANTS = {
    "initial effective capacity": 0,
    "initial ramping capacity": 0,
    "initial mothballed capacity": 0,
}
NOTHING_IS_MOTHBALLED = {"mothball dead band": 1e9}
# People who are short slow ramps down; here a ramp's length is that of its line and maker.
PEOPLE_WITHOUT_LIMIT = {
    "ramp slowing by shortage of operators": 0,
    "ramp slowing by shortage of experts": 0,
}
BUYERS_AND_FEED_WITHOUT_LIMIT = {
    "addressable embedded share": 1e6,
    "allied orders in 2025": 1e6,
    "magnet content": 30,
    "third party feed level": 1e7,
}
# No clock of luck is longer than 7, so at this hazard every clock runs out in the first years.
EVERYTHING_IS_DECIDED = BUYERS_AND_FEED_WITHOUT_LIMIT | {
    "base hazard": 10,
    "switch endogenous announcing": 0,
}
STEPS = (0.0625, 0.03125, 0.02)


def every_step_of(model, values, outputs, step, final_time=2045.0):
    """One run at a step, saved at every step."""
    run = engine.Batch().run(
        model.system,
        parameters=values,
        outputs=[scalar for name in outputs for scalar in model.scalars(name)],
        controls={"time_step": step, "saveper": step, "final_time": final_time},
    )
    return to_dataset(model, run, ["run"], dim="case").isel(case=0)


def drawn_luck(model, seed):
    """A draw world: dates, and whether and when each project is decided."""
    rng = np.random.default_rng(seed)
    luck = [*model.scalars("luck of date"), *model.scalars("luck of decision")]
    return {"switch_luck": 1.0} | dict(zip(luck, rng.uniform(size=len(luck)), strict=True))


@pytest.fixture(scope="module", params=["expected shares", "a draw world"])
def luck(request, model):
    return {} if request.param == "expected shares" else drawn_luck(model, seed=8)


@pytest.mark.parametrize("step", STEPS)
def test_of_a_dated_project_starts_exactly_its_built_share_whatever_the_step(
    model, values_of, luck, step
):
    outputs = ["built share of project", "start date of project", "starting dated project"]
    outputs += ["deciding dated project", "decision date", "started share of project"]
    ds = every_step_of(model, values_of("status-quo", {}) | luck, outputs, step)
    built = ds["built_share_of_project"].isel(time=0)
    total = ds["starting_dated_project"].isel(time=slice(None, -1)).sum("time") * step
    inside = ds["start_date_of_project"].isel(time=0) < 2044.5
    assert int(inside.sum()) > 20
    np.testing.assert_allclose(total.where(inside), built.where(inside), atol=1e-12)
    started = ds["started_share_of_project"].isel(time=-1)
    np.testing.assert_allclose(started.where(inside), built.where(inside), atol=1e-12)
    decided = ds["deciding_dated_project"].isel(time=slice(None, -1)).sum("time") * step
    since = ds["decision_date"] >= 2025.0
    np.testing.assert_allclose(decided.where(since), built.where(since), atol=1e-12)


@pytest.mark.parametrize("step", STEPS)
def test_the_decided_shares_of_a_project_add_up_whatever_the_step(model, values_of, luck, step):
    """To what its clock says at every date, and to one when its clock runs out: within 1e-12."""
    outputs = ["deciding project", "decided share of project"]
    values = values_of("status-quo", EVERYTHING_IS_DECIDED) | luck
    ds = every_step_of(model, values, outputs, step, final_time=2065.0)
    flow = ds["deciding_project"].isel(time=slice(None, -1))
    added = flow.cumsum("time") * step
    np.testing.assert_allclose(
        added, ds["decided_share_of_project"].isel(time=slice(1, None)), rtol=0, atol=1e-12
    )
    assert float(flow.min()) >= 0
    np.testing.assert_allclose(added.isel(time=-1), 1, rtol=0, atol=1e-12)


def test_projects_come_out_of_permits_building_and_ramp_whole(compare):
    """Undecided ones when everything is decided, dated ones by their built share, beside the
    plants there were."""
    stages = [
        "under construction",
        "ramping capacity",
        "effective capacity",
        "mothballed capacity",
    ]
    given = ["project capacity", "built share of project", "deciding ready capacity"]
    given += ["plants at start"]
    settings = EVERYTHING_IS_DECIDED | NOTHING_IS_MOTHBALLED | PEOPLE_WITHOUT_LIMIT
    settings = settings | {"initial mothballed capacity": 0}  # It waits for a price.
    ds = compare(
        [*stages, *given],
        {"final_time": 2145.0, "saveper": 5.0},
        pulse=("status-quo", settings),
    ).isel(case=0)
    assert float(ds["deciding_ready_capacity"].max()) == 0
    nameplate, share = ds["project_capacity"], ds["built_share_of_project"].isel(time=0)
    dated = set(share.dated_project.values)
    undecided = [name not in dated for name in nameplate.project.values]
    expected = nameplate.sel(project=undecided).sum("project")
    expected = expected + (nameplate.rename(project="dated_project") * share).sum("dated_project")
    several = {"ramping_capacity": "maker", "under_construction": "third_of_construction"}
    each = (ds[name.replace(" ", "_")] for name in stages)
    total = sum(one.sum(several[one.name]) if one.name in several else one for one in each)
    expected = expected + ds["plants_at_start"].isel(time=0).sum("region")
    np.testing.assert_allclose(total.sum("region").isel(time=-1), expected, rtol=1e-9)
    out = ds["effective_capacity"].sum("region").isel(time=-1)
    np.testing.assert_allclose(out, expected, rtol=1e-3)


def alone(model, values, project, later=0.0):
    """Settings in which no other plant than one dated project exists, its date moved."""
    tables = {
        scalar: 0.0
        for scalar in model.scalars("project capacity")
        if not scalar.startswith(f"project_capacity[{project},")
    }
    dates = {
        scalar: values.get(scalar, model.constants[scalar]) + later
        for scalar in (f"owner_start_date[{project}]", f"earliest_start_date[{project}]")
    }
    return values | tables | dates


@pytest.mark.slow
def test_a_dated_project_makes_nothing_before_its_date_and_a_year_less_when_a_year_late(
    model, values_of
):
    """Each row in a world without other plants and with people enough. Looked at is output at
    full feed (effective capacity), since alone a plant has neither feed nor buyers."""
    nothing = NOTHING_IS_DECIDED | NO_OLD_PLANTS | NOTHING_IS_MOTHBALLED
    nothing = nothing | PEOPLE_WITHOUT_LIMIT
    usual = values_of("status-quo", nothing)
    rows = [scalar[scalar.index("[") + 1 : -1] for scalar in model.scalars("owner start date")]
    cases = [alone(model, usual, row, later) for row in rows for later in (0.0, 1.0)]
    touched = dict.fromkeys(scalar for one in cases for scalar in one)
    outputs = ["effective capacity", "ramping capacity", "earliest start date"]
    outputs += ["built share of project", "project capacity"]
    run = engine.Batch().run(
        model.system,
        parameters={
            s: np.array([one.get(s, model.constants[s]) for one in cases]) for s in touched
        },
        outputs=[scalar for name in outputs for scalar in model.scalars(name)],
        controls={"final_time": 2085.0, "saveper": 0.25},
    )
    ds = to_dataset(model, run, list(range(len(cases))), dim="case")
    made = ds["effective_capacity"].sum("region")
    there = made + ds["ramping_capacity"].sum(["region", "maker"])
    moved = 0
    for number, row in enumerate(rows):
        here, later = {"case": 2 * number}, {"case": 2 * number + 1}
        built = ds["built_share_of_project"].isel(time=0).isel(here).sel(dated_project=row)
        if float(built) == 0:  # Started before the run: it is among the plants at the start.
            assert float(abs(there.isel(here)).max()) == 0, row
            continue
        nameplate = ds["project_capacity"].isel(here).sel(project=row) * built
        first = ds["earliest_start_date"].isel(here).sel(dated_project=row)
        before = there.isel(here).where(ds.time <= first, 0.0)
        assert float(abs(before).max()) <= 1e-12, row
        lost = (made.isel(here) - made.isel(later)).sum("time") * 0.25
        np.testing.assert_allclose(lost, nameplate, rtol=0.05, atol=1e-9, err_msg=row)
        moved += 1
    assert moved > 20


# --- contracts ----------------------------------------------------------------------------------


def test_capacity_leaves_its_contract_after_the_contract_s_life_and_not_before(model, values_of):
    """Dated projects on the day, existing plants on theirs, others with the last of their
    vintage, whose starts lie within two and a half years."""
    outputs = ["contract of project in force", "start date of project", "built share of project"]
    outputs += ["contract life", "pulse width", "contracts of existing plants"]
    outputs += ["existing contract start", "plants at start", "existing contract cover"]
    outputs += ["contracts of vintage", "vintage in force", "begin of vintage"]
    settings = {"existing contract cover": 0.4, "contract life": 6.3}
    values = values_of("mobilization", settings)
    ds = every_step_of(model, values, outputs, 0.03125)
    life, width = float(ds["contract_life"]), float(ds["pulse_width"])
    start = ds["start_date_of_project"].isel(time=0)
    share = ds["contract_of_project_in_force"]
    built = ds["built_share_of_project"].isel(time=0)
    during = (ds.time >= start + width) & (ds.time <= start + life)
    np.testing.assert_allclose((share - built).where(during, 0.0), 0, atol=1e-9)
    over = ds.time >= start + life + width
    np.testing.assert_allclose(share.where(over, 0.0), 0, atol=1e-9)

    covered = ds["contracts_of_existing_plants"]
    full = ds["existing_contract_cover"] * ds["plants_at_start"].rename(line="decision_line")
    begins = ds["existing_contract_start"]
    during = (ds.time >= begins) & (ds.time + 0.03125 <= begins + life)
    assert bool(during.any())
    np.testing.assert_allclose(
        (covered - full).where(during, 0.0), 0, atol=1e-9 * float(full.max())
    )

    vintages = ds["contracts_of_vintage"]
    assert float(vintages.max()) > 1000
    assert float(vintages.diff("time").min()) >= 0
    begun = ds["begin_of_vintage"] + 2025.0
    fresh = (ds.time >= begun) & (ds.time < begun + 2.5 + life - 1e-9)
    assert float(ds["vintage_in_force"].where(fresh, 1.0).min()) == 1
    over = (ds.time >= begun + 2.5 + life + 1e-9) & (ds.vintage != "vintage 5")
    assert float(ds["vintage_in_force"].where(over, 0.0).max()) == 0


# --- money, lots, people ------------------------------------------------------------------------


def test_money_of_one_year_comes_out_as_spent_or_lapsed_whole(compare):
    one_year = {
        "standing appropriation": 0,
        "initial unobligated money": 0,
        "initial obligated money": 0,
        "surge total": 0,
        "package appropriation": 100,
        "package start": 2026,
        "package end": 2027,
        "study delay": 0,
        # What contracts concluded require is appropriated besides.
        "contract cover level": 0,
        "added contract cover": 0,
        "existing contract cover": 0,
        "contracts of dated projects concluded": 0,
        "public lead level": 0,
        # And what alarm brings: a century on, magnets are short at times.
        "switch shock to policy": 0,
    }
    outputs = ["money appropriated", "money spent", "money lapsed"]
    ds = compare(
        outputs, {"final_time": 2145.0, "saveper": 5.0}, pulse=("mobilization", one_year)
    ).isel(case=0, time=-1)
    np.testing.assert_allclose(ds["money_appropriated"], 100, rtol=1e-9)
    np.testing.assert_allclose(ds["money_spent"] + ds["money_lapsed"], 100, rtol=1e-6)


def test_people_who_enter_training_leave_as_experts_operators_or_quit(compare):
    """With hiring stopped everyone who was in training or at work has left in the end."""
    outputs = ["trainees", "novices", "experts", "hiring"]
    nobody_wanted = {"jobs per tonne": 0}
    ds = compare(
        outputs, {"final_time": 2145.0, "saveper": 5.0}, end=("status-quo", nobody_wanted)
    ).isel(case=0)
    assert float(ds["hiring"].max()) == 0
    remaining = (ds["trainees"] + ds["novices"] + ds["experts"]).isel(time=-1)
    np.testing.assert_allclose(remaining, 0, atol=0.05)
