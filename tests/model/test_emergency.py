"""Mobilization as the articles mean it: an emergency that hastens, a government that builds, and
a cap on what a region can begin at once (model-0.2.md, 19; forms.md, 2.7)."""

import numpy as np
import pytest

from buildout import checks
from buildout.pages import dollars

EMERGENCY = {"emergency level[US]": 1}
BUILD = {
    "public build level[NdPr separation]": 1000,
    "public build level[DyTb separation]": 50,
    "public build level[metal and alloy]": 5000,
    "public build level[NdFeB magnets]": 5000,
    "public build level[SmCo magnets]": 50,
}
MONEY = {
    "standing appropriation[US construction grants]": 50000,
    "initial unobligated money[US construction grants]": 20000,
}
NOBODY_ELSE = {"projects known until": 2000.0, "switch endogenous announcing": 0}
NO_CAP = {"absorption limit": 1000}
MAGNETS = {"region": "US", "line": "NdFeB magnets"}


def test_without_emergency_and_public_build_their_constants_change_nothing_at_all(
    compare, eight_names
):
    """Bit by bit, in every pathway: what is off has no part in any number."""
    off = {"emergency level": 0, "public build level": 0}
    asleep = off | {
        "emergency start": 2025.0,
        "floor of emergency": 0.1,
        "building time without extra cost": 0.9,
        "exponent of haste": 1.6,
        "public build start": 2025.0,
        "permit factor of public build": 0.5,
        "ramp hastened": 0.5,
    }
    outputs = ["us magnet output total", "line output", "money spent", "defense coverage", "staff"]
    cases = {name: (name, off) for name in eight_names}
    cases |= {f"{name} asleep": (name, asleep) for name in eight_names}
    ds = compare(outputs, **cases)
    for name in eight_names:
        for output in outputs:
            usual = ds[output.replace(" ", "_")].sel(case=name)
            assert np.array_equal(usual, ds[usual.name].sel(case=f"{name} asleep")), (name, output)


def test_ten_times_the_mobilization_buys_nothing_as_long_as_nothing_hastens_or_builds(compare):
    outputs = ["us magnet output total", "defense coverage", "line output"]
    off = {"emergency level": 0, "public build level": 0}
    sizes = (5e5, 5e6)
    cases = {f"{total}": ("mobilization", off | {"surge total": total}) for total in sizes}
    ds = compare(outputs, **cases)
    for output in ds.data_vars.values():
        one, ten = output.isel(case=0), output.isel(case=1)
        assert float((abs(ten - one) / one.clip(min=1e-3)).max()) < 0.01


# --- the cap --------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [0.05, 0.3, 0.5])
def test_no_region_begins_more_of_a_line_than_its_cap_whoever_builds(compare, limit, eight_names):
    """Owners' decisions and public build together, without the plants that have their date."""
    outputs = ["final investment decisions", "absorption cap", "public build"]
    cases = {}
    for name in eight_names:
        cases[name] = (name, {"absorption limit": limit})
        crash = EMERGENCY | BUILD | MONEY | {"absorption limit": limit}
        cases[f"{name}, crash"] = (name, crash)
    ds = compare(outputs, **cases)
    begun = ds["final_investment_decisions"].sel(line=ds.decision_line.values)
    begun = begun.rename(line="decision_line")
    assert float((begun / ds["absorption_cap"]).max()) <= 1 + 1e-9
    crash = ds["public_build"].sel(case=[c for c in ds.case.values if "crash" in c])
    assert float(crash.max()) > 0


def test_the_cap_is_half_of_what_stands_and_is_committed_or_one_least_plant_a_year(compare):
    outputs = ["absorption cap", "committed capacity", "minimum plant"]
    ds = compare(outputs, run=("status-quo", {})).isel(case=0)
    committed = ds["committed_capacity"].sel(line=ds.decision_line.values)
    half = 0.5 * committed.rename(line="decision_line")
    np.testing.assert_allclose(
        ds["absorption_cap"], np.maximum(half, ds["minimum_plant"]).transpose(*half.dims)
    )
    assert float(half.sel(region="US", decision_line="NdFeB magnets").max()) > 5000


# --- public build ---------------------------------------------------------------------------------


def test_what_the_government_builds_is_begun_after_its_own_permit_and_paid_in_full(compare):
    """1,000 t/yr a year for three years: 3,000 t/yr, begun 0.2 of the permit time after the start,
    and the fund pays all of it, at the price of haste in an emergency."""
    order = NOBODY_ELSE | MONEY | NO_CAP
    order |= {"public build level[NdFeB magnets]": 1000, "public build end": 2030.0}
    order |= {"switch overheating": 0, "nth plant learning": 0}
    outputs = ["public build", "money spent", "money obligated", "decided since start"]
    ds = compare(
        [*outputs, "cost of haste", "capital cost now"],
        none=("status-quo", order | {"public build level[NdFeB magnets]": 0}),
        peace=("status-quo", order),
        haste=("status-quo", order | EMERGENCY),
    )
    built = ds["public_build"].sel(region="US", decision_line="NdFeB magnets")
    assert float(built.sel(case="peace", time=slice(None, 2027)).max()) == 0
    decided = ds["decided_since_start"].sel(MAGNETS).isel(time=-1)
    fund = {"fund": "US construction grants", "time": 2045}
    paid = (ds["money_spent"] + ds["money_obligated"]).sel(fund)
    price = ds["capital_cost_now"].sel(MAGNETS).sel(case="none", time=2028) * 1e-6
    haste = ds["cost_of_haste"].sel(region="US", time=2028)
    assert float(haste.sel(case="peace")) == 1
    assert float(haste.sel(case="haste")) == pytest.approx((0.7 / 0.45) ** 1.2)
    for case in ("peace", "haste"):
        more = decided.sel(case=case) - decided.sel(case="none")
        assert float(more) == pytest.approx(3000, rel=1e-6)
    # In peace the other grants, of a few projects, are the same with and without.
    bill = paid.sel(case="peace") - paid.sel(case="none")
    assert float(bill) == pytest.approx(3000 * float(price), rel=1e-3)
    assert float(paid.sel(case="haste") - paid.sel(case="none")) > 1.6 * float(bill)


def test_a_fund_that_lacks_the_money_scales_public_build_down(compare, world):
    order = {"public build level[NdFeB magnets]": 5000}
    ds = compare(
        ["public build", "us magnet output total", "money lapsed", "money spent"],
        rich=("status-quo", order | MONEY),
        poor=("status-quo-2025", order),
        broke=("status-quo-2025", order | world.no_public_money),
    )
    built = ds["public_build"].sum(("region", "decision_line", "time")) / 4
    assert float(built.sel(case="broke")) < 1
    assert 4 * float(built.sel(case="poor")) < float(built.sel(case="rich"))


# --- haste ----------------------------------------------------------------------------------------


def test_full_emergency_brings_every_stage_to_its_floor_and_half_of_it_half_way(compare):
    times = ["permit time now", "construction stage time", "time factor"]
    cases = {
        f"{level}": ("status-quo-2025", {"emergency level[US]": level}) for level in (0, 0.5, 1)
    }
    ds = compare(times, **cases).sel(time=2028)
    none, half, full = (ds.sel(case=case) for case in cases)
    factor = full["time_factor"].sel(region="US")
    np.testing.assert_allclose(factor, [0.2, 0.45, 0.6, 0.5, 0.25])
    np.testing.assert_allclose(half["time_factor"].sel(region="US"), (1 + factor) / 2)
    assert (ds["time_factor"].sel(region="Allies") == 1).all()
    line = "NdFeB magnets"
    permit = [
        one["permit_time_now"].sel(region="US", decision_line="mining") for one in (none, full)
    ]
    assert float(permit[1] / permit[0]) == pytest.approx(0.2)
    built = [one["construction_stage_time"].sel(region="US", line=line) for one in (none, full)]
    assert float(built[1]) < 0.5 * float(built[0])
    # The shortest permit would be of 0.1 years; four time steps are the least.
    shortest = full["permit_time_now"].sel(region="US", decision_line=line)
    assert float(shortest) == pytest.approx(4 / 32)


def test_a_newcomer_gains_little_on_the_ramp_and_who_has_a_plant_all_of_it(compare):
    outputs = ["ramping up", "ramping capacity"]
    alone = NOBODY_ELSE | NO_CAP | MONEY | {"public build level[NdFeB magnets]": 100}
    people = {"ramp slowing by shortage of operators": 0, "ramp slowing by shortage of experts": 0}
    alone |= people | {"ramp slowing by inexperience": 0, "maker of new plants[US,maker]": 1}
    ds = compare(outputs, none=("status-quo", alone), full=("status-quo", alone | EMERGENCY))
    years = (ds["ramping_capacity"] / ds["ramping_up"]).sel(MAGNETS).sel(time=2040)
    gained = years.sel(case="full") / years.sel(case="none")
    np.testing.assert_allclose(gained.sel(maker=["incumbent", "newcomer"]), [0.6, 0.9], atol=0.01)


def test_a_dated_plant_comes_sooner_by_what_lies_ahead_of_it_and_nothing_happens_before(compare):
    """An emergency from 2027.0 to 2028.0 saves 1 / 0.45 - 1 years, or 0.55 of what is left."""
    short = EMERGENCY | {"emergency end": 2028.0}
    outputs = ["start date of project", "usual start date of project", "decision date"]
    outputs += ["built share of project", "deciding dated project", "project capacity"]
    outputs += ["hiring share of project", "us magnet output total", "staff", "capital committed"]
    step = {"saveper": 1 / 32}
    cut = EMERGENCY | {"programme reversal date": 2028.0}
    cases = {"none": {}, "some": short, "cut": cut}
    ds = compare(outputs, step, **{name: ("status-quo", given) for name, given in cases.items()})
    none, some = ds.sel(case="none"), ds.sel(case="some")
    usual = some["usual_start_date_of_project"].isel(time=0)
    start = some["start_date_of_project"].isel(time=0)
    us = [str(p) for p in some.us_dated_project.values]
    left = (usual - 2027).clip(min=0)
    saved = np.minimum(0.55 * left, 1 / 0.45 - 1)
    np.testing.assert_allclose((usual - start).sel(dated_project=us), saved.sel(dated_project=us))
    assert float((usual - start).max()) > 0.5
    allied = [p for p in some.dated_project.values if p not in us]
    assert (usual == start).sel(dated_project=allied).all()
    before = {"time": slice(None, 2027.0)}
    for name in ("us_magnet_output_total", "staff", "hiring_share_of_project"):
        assert np.array_equal(none[name].sel(before), some[name].sel(before)), name
    # A reversal ends the haste of dated plants, and their capital is committed whole.
    dates = ds["start_date_of_project"]
    assert np.array_equal(dates.sel(case="cut"), dates.sel(case="some"))
    whole = ds["deciding_dated_project"].isel(time=slice(None, -1)).sum("time") / 32
    recent = some["decision_date"] >= 2025.0
    built = ds["built_share_of_project"].isel(time=0)
    np.testing.assert_allclose(whole.where(recent), built.where(recent), atol=1e-9)


def test_a_study_and_a_reversal_delay_and_weaken_an_emergency_as_other_federal_levers(compare):
    late = EMERGENCY | {"study delay": 1.0}
    cut = EMERGENCY | {"programme reversal date": 2031.0, "programme reversal depth": 0.5}
    ds = compare(["emergency mode"], late=("status-quo", late), cut=("status-quo", cut))
    mode = ds["emergency_mode"].sel(region="US")
    assert [float(mode.sel(case="late", time=t)) for t in (2027.75, 2028)] == [0, 1]
    assert [float(mode.sel(case="cut", time=t)) for t in (2030.75, 2031)] == [1, 0.5]


@pytest.mark.slow
def test_all_balances_close_in_an_emergency_with_public_build(model):
    settings = EMERGENCY | BUILD
    ds = checks.simulate_every_step(["mobilization", "status-quo"], settings=settings, model=model)
    wrong = [one for one in checks.check_dataset(ds) if not one.passed]
    assert not wrong


def test_what_500_billion_buys_with_haste_and_public_build_it_buys_before_2035(compare):
    """Half as much again in 2030 and next to nothing from 2035 on, when the market is full."""
    off = {"emergency level": 0, "public build level": 0}
    ds = compare(
        ["us magnet output total", "money spent"],
        off=("mobilization", off),
        out=("mobilization", dollars.ALL_OUT),
        ten_times=("mobilization", dollars.ALL_OUT | {"surge total": 5e6}),
    )
    made = ds["us_magnet_output_total"]
    gained = made / made.sel(case="off") - 1
    assert float(gained.sel(case="out", time=2030)) > 0.5
    assert abs(float(gained.sel(case="out", time=2035))) < 0.1
    more = made.sel(case="ten_times") / made.sel(case="out") - 1
    assert 0 < float(more.sel(time=2030)) < 0.1
    # And most of the money is left over, in millions of USD.
    spent = ds["money_spent"].sum("fund").isel(time=-1)
    assert float(spent.sel(case="out")) < 100000


def test_a_mobilization_begun_in_2025_would_have_moved_2027_so_that_none_does_is_a_result(compare):
    """On the rule's date, without allied makers who sell: what the United States has by itself."""
    alone = {"luck of allied sale": 1}
    late, early = ("mobilization", alone), ("mobilization-2025", alone)
    outputs = ["defense coverage", "us magnet output total"]
    ds = compare(outputs, {"saveper": 1 / 32}, none=("status-quo", alone), late=late, early=early)
    covered = ds["defense_coverage"].sel(time=2027)
    assert np.array_equal(covered.sel(case="late"), covered.sel(case="none"))
    assert (covered.sel(case="early") > 2 * covered.sel(case="late")).all()
    made = ds["us_magnet_output_total"].sel(time=2027)
    assert float(made.sel(case="early")) > 1.5 * float(made.sel(case="late"))


# --- the record -----------------------------------------------------------------------------------

# The builders of American synthetic rubber: 49 firms in the business (M008), with the know-how of
# those whose ramps were observed and people from other chemical plants; no other plants. Lines
# and times are those of the model: nothing was fitted to rubber.
RUBBER = (
    NOBODY_ELSE
    | MONEY
    | NO_CAP
    | {
        "maker of new plants[US,incumbent]": 1,
        "maker of new plants[US,newcomer]": 0,
        "initial know how[US,magnets]": 0.5,
        "staffing at start": 30,
    }
)
# From 19 December 1941 (M001), 1942 being 2027 here.
BEGIN = 2026.96
# In mid-1942 the programme was planned to make 275 to 325 thousand tonnes in 1943, its first full
# year, of what came to be a capacity of 850 thousand (M004, M006).
PLANNED = 300 / 850


@pytest.mark.parametrize("years", [0.75, 1.0])
def test_the_synthetic_rubber_of_1942_to_1945_is_replayed_by_the_levers_alone(compare, years):
    """Ordered within three quarters of a year, until the survey of September 1942, or within one.
    0.6 to 0.9 of plan in the first full year, as it was foreseen in April 1943; in peace the same
    orders make less than a fifth of plan. A small order, so that feed is no matter.
    """
    order = {
        "public build level[NdFeB magnets]": 1000 / years,
        "public build start": BEGIN,
        "public build end": BEGIN + years,
        "emergency start": BEGIN,
    }
    ds = compare(
        ["line output"],
        {"saveper": 1 / 32},
        nothing=("status-quo", RUBBER),
        peace=("status-quo", RUBBER | order),
        war=("status-quo", RUBBER | order | EMERGENCY),
        newcomers=("status-quo", NOBODY_ELSE | MONEY | NO_CAP | order | EMERGENCY),
    )
    made = ds["line_output"].sel(MAGNETS)
    made = (made - made.sel(case="nothing")) / 1000
    first, second = (made.sel(time=slice(y, y + 31 / 32)).mean("time") for y in (2028, 2029))
    of_plan = first / PLANNED
    assert 0.6 <= float(of_plan.sel(case="war")) <= 0.9
    assert float(of_plan.sel(case="peace")) < 0.2
    # 1944 made 763 of 850 thousand tonnes (from memory, M005).
    assert 0.6 <= float(second.sel(case="war")) <= 0.9
    assert float(second.sel(case="peace")) < 1 / 3
    # Haste and money without the people and the firms that rubber had do not get there.
    assert float(of_plan.sel(case="newcomers")) < 0.3
