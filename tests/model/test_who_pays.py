"""Who pays for what: what one side gets, another gives, and what nobody wants costs nothing."""

import numpy as np
import pytest

BUILT = {
    "public lead level": 1,
    "public lead start": 2027,
    "coordination level": 1,
    "coordination start": 2026,
}


def test_the_government_pays_for_the_plants_that_it_decides_itself(compare):
    """At prices at which no owner builds, private money pays next to nothing of them."""
    outputs = ["private capital committed so far", "us capital committed so far"]
    base = "status-quo-2025"
    ds = compare(outputs, led=(base, BUILT), left=(base, {})).sel(time=2045)
    private = ds["private_capital_committed_so_far"]
    committed = ds["us_capital_committed_so_far"]
    assert float(committed.sel(case="led")) > 2 * float(committed.sel(case="left"))
    more = [float(x.sel(case="led") - x.sel(case="left")) for x in (private, committed)]
    assert more[0] < 0.2 * more[1]


def test_a_led_plant_has_a_contract_only_where_one_is_offered(compare):
    none = {"contract cover level": 0, "added contract cover": 0}
    outputs = ["contracted capacity under construction", "decisions of owners"]
    base = "status-quo-2025"
    ds = compare(outputs, none=(base, BUILT | none)).sel(region="US")
    assert float(ds["decisions_of_owners"].sum()) > 0
    assert float(ds["contracted_capacity_under_construction"].max()) == 0


def test_scarcity_counts_tonnes_and_not_heads(compare):
    """Where allies get all that they want, little is missing: they want nearly all of it."""
    outputs = ["scarcity", "oxide wanted"]
    ds = compare(
        outputs, spared=("status-quo", {"cut spillover to allies": 0}), base=("status-quo", {})
    )
    now = ds.sel(time=2027, element="DyTb")
    wanted = now["oxide_wanted"].sel(case="spared")
    assert float(wanted.sel(region="US") / wanted.sum("region")) < 0.1
    assert float(now["scarcity"].sel(case="spared")) < 0.1 * float(now["scarcity"].sel(case="base"))


def test_a_reversal_ends_what_the_programme_pays_and_not_what_firms_do(compare):
    reversed_ = {"programme reversal date": 2028, "programme reversal depth": 1}
    outputs = ["seconded experts", "indicated joint venture rate"]
    ds = compare(outputs, ends=("mobilization", reversed_), goes_on=("mobilization", {}))
    late = ds.sel(time=2040)
    experts = late["seconded_experts"].sum("line_group")
    assert float(experts.sel(case="goes_on")) > 50
    assert float(experts.sel(case="ends")) < 1
    rate = late["indicated_joint_venture_rate"]
    assert float(rate.sel(case="ends")) == 0.02 < float(rate.sel(case="goes_on"))


def test_an_agreement_that_was_not_concluded_leaves_its_contract_to_others(compare):
    outputs = ["public contracts given"]
    lever = "contracts of dated projects concluded"
    ds = compare(outputs, signed=("status-quo", {lever: 1}), unsigned=("status-quo", {lever: 0}))
    given = ds["public_contracts_given"].sel(region="US", decision_line="NdFeB magnets", time=2030)
    assert float(given.sel(case="unsigned")) < 0.7 * float(given.sel(case="signed"))


def test_contracts_for_plants_that_stand_take_the_place_of_new_ones(compare):
    outputs = ["nameplate in operation", "us magnet output total"]
    none = {"existing contract cover": 0}
    ds = compare(outputs, none=("status-quo", none), some=("status-quo", {})).sel(time=2040)
    plants = ds["nameplate_in_operation"].sel(region="US")
    for line in ("mining", "NdPr separation"):
        now = plants.sel(line=line)
        assert float(now.sel(case="none")) > 1.04 * float(now.sel(case="some")), line
    made = ds["us_magnet_output_total"]
    assert abs(float(made.sel(case="none") / made.sel(case="some")) - 1) < 0.02


@pytest.mark.parametrize("line", ["NdFeB magnets", "SmCo magnets"])
def test_the_premium_on_metal_is_paid_by_those_who_make_magnets_of_it(compare, line):
    """In the first step, before prices answer."""
    name = "secure supply premium[metal and alloy]"
    outputs = ["market revenue", "alloy per magnet"]
    ds = compare(outputs, none=("status-quo", {name: 0}), some=("status-quo", {name: 0.8}))
    revenue = ds["market_revenue"].sel(region="US", time=2025)
    gain = revenue.sel(case="some") - revenue.sel(case="none")
    got, given = float(gain.sel(line="metal and alloy")), float(gain.sel(line=line))
    assert got > 1
    assert np.isclose(given, -float(ds["alloy_per_magnet"].isel(case=0)) * got)


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_who_never_had_a_deal_cannot_see_it_break(compare, base):
    outputs = ["unmet civil demand total"]
    ds = compare(outputs, broken=(base, {"deal breach date": 2028}), base=(base, {}))
    unmet = ds["unmet_civil_demand_total"]
    assert (unmet.sel(case="broken") == unmet.sel(case="base")).all()


def test_a_study_delays_tariffs_and_stockpiles_too(compare):
    study = {
        "study delay": 1,
        "tariff on Chinese magnets level[US]": 0.5,
        "tariff on Chinese magnets start": 2028,
        "tariff on allies level": 0.25,
        "tariff on allies start": 2028,
        "defense stockpile months": 12,
        "defense stockpile start": 2028,
        "civil stockpile days": 60,
        "civil stockpile start": 2028,
    }
    outputs = ["tariff on Chinese magnets", "tariff on allies", "civil stockpile aim"]
    outputs += ["stockpile wanted"]
    ds = compare(outputs, late=("status-quo", study)).isel(case=0)
    for name in ("tariff_on_allies", "civil_stockpile_aim", "stockpile_wanted"):
        assert float(np.abs(ds[name].sel(time=2028.75)).max()) == 0, name
        assert float(ds[name].sel(time=2029.25).max()) > 0, name
    us = ds["tariff_on_chinese_magnets"].sel(region="US")
    assert float(us.sel(time=2028.75)) == 0 < float(us.sel(time=2029.25))


def test_a_stockpile_costs_no_more_than_what_is_bought(compare):
    """Months of samarium that nobody can deliver are asked for in vain, and cost nothing."""
    outputs = ["stockpile purchase cost", "filling defense stockpile", "magnet price"]
    filled = {"defense stockpile months": 24, "civil stockpile days": 0}
    ds = compare(outputs, filled=("status-quo", filled)).isel(case=0)
    price = ds["magnet_price"].sel(region="US")
    bought = (ds["filling_defense_stockpile"] * price).sum("magnet_class") / 1000
    asked = ds["stockpile_purchase_cost"]
    assert float(bought.max()) > 1
    assert (asked <= bought / 0.5 + 1e-9).all()
    assert float(asked.sum()) < 1.3 * float(bought.sum())
