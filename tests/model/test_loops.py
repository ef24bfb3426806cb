"""Feedback loops, each cut at its switch: what changes, which way, and where."""

import numpy as np
import pytest

LATE = [2030.0, 2035.0, 2040.0]


@pytest.fixture
def knock_out(compare):
    """A pathway with a loop and without it: `knock_out(outputs, base, off, **also)`."""

    def run(outputs, base, off, also=None):
        also = also or {}
        ds = compare(outputs, on=(base, also), off=(base, also | off))
        return ds.sel(case="on"), ds.sel(case="off")

    return run


# --- reinforcing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_without_learning_by_doing_know_how_yield_and_output_stay_lower(knock_out, base):
    outputs = ["know how", "magnet yield", "us magnet output total"]
    on, off = knock_out(outputs, base, {"switch learning by doing": 0})
    for name in ("know_how", "magnet_yield"):
        us = {"region": "US", "time": LATE}
        assert (off[name].sel(us) < on[name].sel(us)).all(), name
    made = off["us_magnet_output_total"] / on["us_magnet_output_total"]
    assert (made.sel(time=LATE) < 0.999).all()


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_where_promotion_needs_no_teachers_experts_come_sooner_and_are_not_short(knock_out, base):
    """People make people: with the loop, few experts at first make few experts later."""
    outputs = ["experts", "expert shortage", "us magnet output total"]
    on, off = knock_out(outputs, base, {"switch experts teach": 0})
    early = {"line_group": "magnets", "time": 2028}
    assert float(off["experts"].sel(early)) > 1.1 * float(on["experts"].sel(early))
    assert float(off["expert_shortage"].sel(line_group="magnets").max()) <= float(
        on["expert_shortage"].sel(line_group="magnets").max()
    )
    gain = off["us_magnet_output_total"] / on["us_magnet_output_total"] - 1
    assert float(gain.sel(time=2028)) > 0.005
    assert abs(float(gain.sel(time=2045))) < abs(float(gain.sel(time=2028)))


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_magnet_plants_pull_separation_and_without_new_ones_separation_stops_growing(
    knock_out, base
):
    no_new_magnets = {
        f"{lever}[region,NdFeB magnets]": 0
        for lever in (
            "contract cover level",
            "added contract cover",
            "private offtake of new plants",
            "initial announced capacity",
        )
    } | {"public lead level": 0}
    outputs = ["decided since start", "line output"]
    on, off = knock_out(outputs, base, no_new_magnets)
    place = {"region": "US", "line": "NdPr separation", "time": 2040}
    decided = [float(ds["decided_since_start"].sel(place)) for ds in (on, off)]
    assert decided[0] > 1000
    assert decided[1] < 0.5 * decided[0]
    made = [float(ds["line_output"].sel(place)) for ds in (on, off)]
    assert made[1] < 0.95 * made[0]


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_tariffs_cost_access_only_where_china_retaliates(knock_out, base):
    tariff = {"tariff on Chinese magnets level": 0.5, "tariff on Chinese magnets start": 2028}
    outputs = ["civil access", "retaliation", "unmet civil demand total"]
    on, off = knock_out(outputs, base, {"switch retaliation": 0}, tariff)
    assert float(np.abs(off["retaliation"]).max()) == 0
    later = {"time": slice(2030, None)}
    assert (on["civil_access"].sel(later) < off["civil_access"].sel(later)).all()
    unmet = [float(ds["unmet_civil_demand_total"].sel(time=2030)) for ds in (on, off)]
    assert unmet[0] > 1.2 * unmet[1]


def test_china_holds_back_while_the_us_build_is_small(knock_out):
    on, off = knock_out(["retaliation"], "status-quo", {"switch last resort": 0})
    early, late = {"time": 2027}, {"time": 2044}
    assert float(on["retaliation"].sel(early)) < 0.7 * float(off["retaliation"].sel(early))
    assert float(on["retaliation"].sel(late)) > 0.9 * float(off["retaliation"].sel(late))


# --- balancing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_without_answers_to_the_capacity_gap_the_build_stops_at_what_was_announced(knock_out, base):
    outputs = ["us magnet output total", "effective capacity"]
    on, off = knock_out(outputs, base, {"switch endogenous announcing": 0})
    assert float(off["effective_capacity"].sel(cohort="induced").max()) == 0
    made = [float(ds["us_magnet_output_total"].sel(time=2040)) for ds in (on, off)]
    assert made[1] < 0.9 * made[0]


def test_dumping_stops_the_build_where_contracts_end_and_spares_it_where_they_last(compare):
    """In 2032 the contracts of the mobilization end, and with them the public lead."""
    ends = {"contract end": 2032, "public lead end": 2032}
    dumped = {"switch dumping": 1}
    spared = {"switch dumping": 0}
    outputs = ["effective total", "chinese magnet price", "decided since start"]
    ds = compare(
        outputs,
        ended_dumped=("mobilization", ends | dumped),
        ended_spared=("mobilization", ends | spared),
        lasting_dumped=("mobilization", dumped),
        lasting_spared=("mobilization", spared),
    ).sel(region="US", line="NdFeB magnets")
    price = ds["chinese_magnet_price"].sel(magnet_class="light NdFeB", time=2035)
    assert float(price.sel(case="ended_dumped")) < 0.95 * float(price.sel(case="ended_spared"))
    decided = ds["decided_since_start"].sel(time=2045) - ds["decided_since_start"].sel(time=2032)
    assert float(decided.sel(case="ended_dumped")) < 0.9 * float(decided.sel(case="ended_spared"))
    lasting = ds["effective_total"].sel(time=2040)
    kept = float(lasting.sel(case="lasting_dumped") / lasting.sel(case="lasting_spared"))
    assert 0.95 < kept < 1.10


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_without_overheating_capital_costs_less_and_plants_come_sooner(knock_out, base):
    outputs = ["overheating", "construction slowing", "us magnet output total"]
    on, off = knock_out(outputs, base, {"switch overheating": 0})
    assert float(on["overheating"].sel(region="US").max()) > 1.02
    assert float(np.abs(off["overheating"] - 1).max()) < 1e-12
    made = off["us_magnet_output_total"] / on["us_magnet_output_total"]
    assert float(made.sel(time=2030)) > 1.001


@pytest.mark.parametrize("base", ["china-deal", "hybrid", "china-deal-ideal"])
def test_without_moral_hazard_a_truce_leaves_urgency_and_the_build_whole(knock_out, base):
    outputs = ["urgency", "decided since start"]
    on, off = knock_out(outputs, base, {"truce moral hazard": 0})
    assert float(on["urgency"].min()) < 0.9
    assert float(np.abs(off["urgency"] - 1).max()) < 1e-12
    place = {"region": "US", "line": "NdFeB magnets", "time": 2040}
    assert float(on["decided_since_start"].sel(place)) < float(
        off["decided_since_start"].sel(place)
    )


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_substitution_and_price_lower_demand_and_without_them_it_is_higher(knock_out, base):
    none = {"addressable share of substitutes": 0, "growth of substitutes": 0}
    outputs = ["civil demand", "substitute share"]
    on, off = knock_out(outputs, base, none | {"price elasticity of demand": 0})
    demand = [ds["civil_demand"].sum("magnet_class").sel(time=LATE) for ds in (on, off)]
    assert (demand[0] < 0.99 * demand[1]).all()
    assert float(on["substitute_share"].sel(time=2045)) > float(
        on["substitute_share"].sel(time=2025)
    )


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_recycling_adds_full_chain_oxide_and_without_collection_there_is_none(knock_out, base):
    outputs = ["recycling of magnets", "full chain oxide inflow"]
    on, off = knock_out(outputs, base, {"collection level": 0, "baseline collection": 0})
    assert float(off["recycling_of_magnets"].max()) == 0
    inflow = [ds["full_chain_oxide_inflow"].sel(region="US", element="NdPr") for ds in (on, off)]
    gain = (inflow[0] - inflow[1]).sel(time=LATE)
    assert (gain > 10).all()


def test_projects_that_are_not_decided_are_lost_and_with_full_propensity_none_is(compare):
    certain = {"private hurdle rate": -1000, "contract hurdle rate": -1000}
    outputs = ["abandoned capacity", "decided since start"]
    ds = compare(outputs, usual=("status-quo", {}), certain=("status-quo", certain))
    us = ds.sel(region="US", line="NdFeB magnets", time=2045)
    lost = us["abandoned_capacity"].sum("cohort")
    assert float(lost.sel(case="usual")) > 1000
    assert float(lost.sel(case="certain")) < 1
    decided = us["decided_since_start"]
    assert float(decided.sel(case="certain")) > 1.5 * float(decided.sel(case="usual"))


@pytest.mark.parametrize("rule", [1, 2])
def test_without_a_link_from_price_to_investment_there_is_no_boom_and_no_bust_of_capacity(
    compare, world, rule
):
    step = {"world demand step": 0.3, "world demand step date": 2030, "switch price rule": rule}
    quiet = world.free_exports | world.no_public_money | world.no_cover | {"switch dumping": 0}
    ds = compare(
        ["relative world capacity", "world price index"],
        on=("status-quo-2025", quiet | step),
        off=("status-quo-2025", quiet | step | {"switch price to investment": 0}),
    ).sel(element="NdPr", time=slice(2030, None))
    capacity, price = ds["relative_world_capacity"], ds["world_price_index"]
    assert float(capacity.sel(case="on").max()) > 1.25
    assert float(np.abs(capacity.sel(case="off") - 1).max()) < 1e-9
    # The bust: it is the capacity ordered in the boom that drives the price down.
    assert float(price.sel(case="on").min()) < 0.8
    assert float(price.sel(case="on").min()) < 0.8 * float(price.sel(case="off").min())


# --- the three that hide the problem -----------------------------------------------------------


@pytest.mark.parametrize("base", ["status-quo", "mobilization", "china-deal"])
def test_without_origin_tracking_qualification_and_ramp_every_class_is_covered_on_the_date(
    compare, base
):
    """A model without them passes trivially, and is wrong."""
    blind = {"switch origin tracking": 0, "switch qualification": 0, "switch ramp": 0}
    ds = compare(["defense coverage"], usual=(base, {}), blind=(base, blind))
    coverage = ds["defense_coverage"].sel(time=2027)
    assert (coverage.sel(case="blind") >= 1).all()
    assert (coverage.sel(case="usual", magnet_class=["heavy NdFeB", "SmCo"]) < 1).all()


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
@pytest.mark.parametrize("switch", ["origin tracking", "qualification", "ramp"])
def test_each_of_the_three_holds_coverage_down_on_the_date(compare, base, switch):
    """No SmCo plant is in a ramp before the date, so a ramp cannot hold that class down."""
    ds = compare(["defense coverage"], on=(base, {}), off=(base, {f"switch {switch}": 0}))
    coverage = ds["defense_coverage"].sel(time=2027)
    if switch == "ramp":
        coverage = coverage.sel(magnet_class=["light NdFeB", "heavy NdFeB"])
    assert (coverage.sel(case="off") > coverage.sel(case="on")).all()
