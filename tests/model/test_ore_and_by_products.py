"""Mines, yards and what comes beside: samarium with heavies (issue 8, model-0.2.md 3, 4, 7, 8)."""

import numpy as np
import pytest

# --- ore ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["status-quo", "mobilization", "china-deal", "upstream-orders"])
def test_when_sales_of_ore_to_china_end_the_mine_fills_its_yard_and_does_not_collapse(
    compare, base
):
    """In 0.1 ore fell by 60 percent within a year of the end of sales."""
    ends, goes_on = {"concentrate sales end[US]": 2027.0}, {"concentrate sales end[US]": 2100.0}
    outputs = ["mine output", "concentrate stock"]
    ds = compare(outputs, ends=(base, ends), goes_on=(base, goes_on)).sel(region="US")
    kept = ds["mine_output"].sel(case="ends") / ds["mine_output"].sel(case="goes_on")
    assert float(kept.sel(time=slice(2027, 2028)).min()) > 0.999
    assert float(kept.min()) > 0.6
    stock = ds["concentrate_stock"].sel(time=2028)
    assert float(stock.sel(case="ends")) > 3 * float(stock.sel(case="goes_on"))


def test_a_mine_with_a_full_yard_and_no_outlet_mines_what_separation_uses(compare):
    """It slows down over the last fifth of the yard, never below what separation wants."""
    shut = {
        "concentrate sales end[US]": 2025.3125,
        "outlets other than China[US]": 0,
        "yard time": 0.5,
    }
    outputs = ["mine output", "line potential", "concentrate stock", "concentrate used"]
    ds = compare(outputs, run=("status-quo", shut)).isel(case=0).sel(region="US")
    full = ds.sel(time=slice(2027, 2029))
    potential = full["line_potential"].sel(line="mining")
    assert (full["concentrate_stock"] <= 0.5 * potential * 1.001).all()
    assert (full["concentrate_stock"] >= 0.4 * potential).all()
    assert (full["mine_output"] < 0.97 * potential).all()
    assert (full["mine_output"] >= full["concentrate_used"] - 1e-6).all()


def test_separation_runs_where_prices_pay_without_any_western_magnet_plant(compare, world):
    """What the West does not take is sold at the Chinese price less freight."""
    none = {
        f"initial {stage} capacity[region,{line}]": 0
        for stage in ("effective", "ramping")
        for line in ("NdFeB magnets", "SmCo magnets")
    } | {f"project capacity[project,{line}]": 0 for line in ("NdFeB magnets", "SmCo magnets")}
    alone = none | world.no_cover | world.no_chance_money | {"switch endogenous announcing": 0}
    ds = compare(
        ["line output", "final investment decisions"],
        pays=("status-quo", alone | {"reference price[NdPr]": 90}),
        does_not=("status-quo", alone | {"reference price[NdPr]": 30}),
    ).sel(region="US")
    assert float(ds["line_output"].sel(line=["NdFeB magnets", "SmCo magnets"]).max()) == 0
    made = ds["line_output"].sel(line="NdPr separation")
    assert float(made.sel(case="pays", time=2035)) > 2 * float(made.sel(case="pays", time=2025))
    assert float(made.sel(case="does_not", time=2035)) < 0.2 * float(
        made.sel(case="pays", time=2035)
    )
    decided = ds["final_investment_decisions"].sel(line="NdPr separation")
    assert float(decided.sel(case="pays").max()) > 100
    assert float(decided.sel(case="does_not").max()) < 1


# --- samarium -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def heavies(compare, eight_names):
    outputs = [
        "line output",
        "effective capacity",
        "committed capacity",
        "heavy concentrate stock",
        "separation recovery",
    ]
    return compare(outputs, **{base: (base, {}) for base in eight_names})


def test_samarium_keeps_its_share_of_what_heavy_plants_make(heavies):
    """Per circuit, exactly: a heavy plant treats ore for both or for none."""
    made, plants = heavies["line_output"], heavies["effective_capacity"]
    late = {"time": slice(2035, None)}
    load = {
        line: (made.sel(line=line) / plants.sel(line=line)).sel(late)
        for line in ("Sm separation", "DyTb separation")
    }
    off = load["Sm separation"].drop_vars("line") / load["DyTb separation"].drop_vars("line") - 1
    assert float(np.abs(off).max()) < 0.05


@pytest.mark.parametrize(("region", "ramped"), [("US", 2035), ("Allies", 2038)])
def test_samarium_over_heavy_output_is_constant_once_circuits_have_ramped(heavies, region, ramped):
    """To five percent, in all pathways that know the projects of 2026: two time constants of a
    ramp after the last heavy circuit with a date has started."""
    made = heavies["line_output"].sel(region=region, time=slice(ramped, None))
    share = made.sel(line="Sm separation") / made.sel(line="DyTb separation").drop_vars("line")
    share = share.drop_sel(case=["status-quo-2025", "upstream-orders"])
    spread = share.max("time") / share.min("time") - 1
    assert (spread < 0.05).all(), spread.to_pandas()


def test_samarium_concentrate_never_exceeds_three_years_of_treatment(heavies):
    """By heavy plants standing or decided, of concentrate as it lies in the yard."""
    stock = heavies["heavy_concentrate_stock"]
    recovery = float(np.ravel(heavies["separation_recovery"])[0])
    treated = heavies["committed_capacity"].sel(line="DyTb separation") / recovery
    samarium = stock.sel(heavy_element="Sm") / stock.sel(heavy_element="DyTb").drop_vars(
        "heavy_element"
    )
    years = stock.sel(heavy_element="Sm") / (treated * samarium)
    assert float(years.max()) <= 3, years.max("time").to_pandas()


def test_a_samarium_price_of_nothing_stops_no_heavy_plant_and_no_smco_magnet(compare, eight_names):
    """It moves DyTb decisions by under 2 percent. SmCo magnets get their samarium all the same:
    with SmCo plants as they are, for which cheap samarium would be good news, and users of their
    magnets too, not a tonne less.
    """
    outputs = ["decided by the model", "magnet output total by class"]
    given = {"project capacity[undecided project,SmCo magnets]": 0}
    given |= {"public build level[SmCo magnets]": 0, "elasticity of choice": 0}
    quiet = {"switch endogenous announcing": 0} | given
    free = {"price path start": 2025.0, "price path[Sm,price point]": 0}
    cases = {}
    for base in eight_names:
        cases |= {f"{base} as is": (base, quiet), f"{base} free": (base, quiet | free)}
    ds = compare(outputs, **cases)
    for base in eight_names:
        usual, without = (ds.sel(case=f"{base} {how}") for how in ("as is", "free"))
        heavy = {"decision_line": "DyTb separation"}
        decided = [one["decided_by_the_model"].sel(heavy) for one in (usual, without)]
        moved = np.abs(decided[1] - decided[0]) <= 0.02 * decided[0] + 1e-9
        assert moved.all(), base
        made = [
            one["magnet_output_total_by_class"].sel(magnet_class="SmCo") for one in (usual, without)
        ]
        assert float(np.abs(made[1] - made[0]).max()) < 1e-6, base


def test_civil_users_of_smco_buy_chinese_magnets_while_they_are_to_be_had(compare):
    """Half of them (judgement), as far as China licences them; defense does not, since 2019."""
    outputs = [
        "civil demand held by China",
        "Chinese magnets to civil use",
        "US magnets sold to civil users",
        "unmet civil demand",
        "civil demand",
        "civil access",
    ]
    choice = "choice of Chinese magnets in 2025[US,SmCo]"
    # Western plants enough for all, so that choice decides and not want of plants.
    plenty = {
        "elasticity of choice": 0,
        "initial effective capacity[US,SmCo magnets]": 2000,
        "initial metal Chinese[US,Sm]": 10000,
    }
    ds = compare(
        outputs,
        half=("status-quo", plenty),
        none=("status-quo", plenty | {choice: 0}),
        all=("status-quo", plenty | {choice: 1}),
    ).sel(region="US", magnet_class="SmCo", time=slice(2028, 2035))
    held = ds["civil_demand_held_by_china"] / (ds["civil_demand"] * ds["civil_access"])
    np.testing.assert_allclose(held.sel(case="half"), 0.5, rtol=1e-9)
    bought = ds["chinese_magnets_to_civil_use"]
    assert (bought.sel(case="none") < bought.sel(case="half")).all()
    assert (bought.sel(case="half") < bought.sel(case="all")).all()
    sold = ds["us_magnets_sold_to_civil_users"]
    assert (sold.sel(case="none") > sold.sel(case="half")).all()
    # Whoever cannot have the Chinese magnet that he would choose buys another one.
    assert float((ds["unmet_civil_demand"] / ds["civil_demand"]).max()) < 0.01
