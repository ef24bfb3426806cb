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
    """Output is what has been made so far: since 0.2 yield costs money and metal and no output,
    and where plants have caught up with their buyers (mobilization, 2040) it is late, not lower.
    """
    outputs = ["know how", "magnet yield", "us magnet output total"]
    on, off = knock_out(outputs, base, {"switch learning by doing": 0})
    for name in ("know_how", "magnet_yield"):
        us = {"region": "US", "time": LATE}
        assert (off[name].sel(us) < on[name].sel(us)).all(), name
    made = [ds["us_magnet_output_total"].cumsum("time").sel(time=LATE) for ds in (on, off)]
    assert (made[1] < 0.999 * made[0]).all()


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


NO_NEW_MAGNETS = {
    f"{lever}[region,NdFeB magnets]": 0
    for lever in ("contract cover level", "added contract cover", "private offtake of new plants")
} | {
    "public lead level": 0,
    "public build level": 0,
    "project capacity[project,NdFeB magnets]": 0,
}


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_magnet_plants_pull_metal_and_without_new_ones_metal_grows_less(knock_out, base):
    """Metal of its own; that of an integrated plant is decided with the plant's magnets."""
    apart = {"project capacity[Vulcan Benson,metal and alloy]": 0}
    on, off = knock_out(["decided by the model", "line output"], base, NO_NEW_MAGNETS, apart)
    place = {"region": "US", "time": 2040}
    decided = [
        float(ds["decided_by_the_model"].sel(place | {"decision_line": "metal and alloy"}))
        for ds in (on, off)
    ]
    assert decided[0] > 1000
    assert decided[1] < 0.6 * decided[0]
    made = [float(ds["line_output"].sel(place | {"line": "metal and alloy"})) for ds in (on, off)]
    assert made[1] < 0.95 * made[0]


def test_magnet_plants_pull_mines_and_separation_beyond_what_is_listed(knock_out):
    """Separators take the price of the world market (model-0.2.md, 7): listed ones need no magnet
    plant. Those that nobody lists still come for the oxide that magnet plants will use."""
    nothing = {"projects known until": 2025.0}
    on, off = knock_out(["decided by the model"], "mobilization", NO_NEW_MAGNETS, nothing)
    late = {"region": "US", "time": 2045, "decision_line": ["mining", "NdPr separation"]}
    decided = [ds["decided_by_the_model"].sel(late) for ds in (on, off)]
    assert (decided[1] < 0.9 * decided[0]).all(), decided
    listed = knock_out(["decided by the model"], "status-quo", NO_NEW_MAGNETS)
    decided = [ds["decided_by_the_model"].sel(late)[1] for ds in listed]
    assert float(decided[1]) > 0.95 * float(decided[0]) > 0


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_tariffs_cost_access_only_where_china_retaliates(knock_out, world, base):
    """In peace and in 2029: later nothing is missing for access to make up."""
    tariff = world.peace | {
        "tariff on Chinese magnets level[US]": 0.5,
        "tariff on Chinese magnets start": 2028,
    }
    outputs = ["civil access", "retaliation", "unmet civil demand total"]
    on, off = knock_out(outputs, base, {"switch retaliation": 0}, tariff)
    assert float(np.abs(off["retaliation"]).max()) == 0
    later = {"time": slice(2029, None)}
    assert (on["civil_access"].sel(later) < off["civil_access"].sel(later)).all()
    unmet = [float(ds["unmet_civil_demand_total"].sel(time=2029)) for ds in (on, off)]
    assert unmet[0] > 1.2 * unmet[1]


def test_china_holds_back_while_the_us_build_is_small(knock_out):
    on, off = knock_out(["retaliation"], "status-quo", {"switch last resort": 0})
    early, late = {"time": 2027}, {"time": 2044}
    assert float(on["retaliation"].sel(early)) < 0.7 * float(off["retaliation"].sel(early))
    assert float(on["retaliation"].sel(late)) > 0.9 * float(off["retaliation"].sel(late))


# --- balancing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "lines"),
    [("status-quo", ["SmCo magnets"]), ("mobilization", ["mining", "NdPr separation"])],
)
def test_without_answers_to_the_capacity_gap_the_build_stops_at_what_was_listed(
    knock_out, base, lines
):
    """Where the list is shorter than the gap: of US NdFeB plants it is longer in all pathways,
    since listed projects that are not decided stay on it (model-0.2.md, 6)."""
    outputs = ["line output", "announced capacity", "capacity gap"]
    on, off = knock_out(outputs, base, {"switch endogenous announcing": 0})
    assert float(off["announced_capacity"].max()) == 0
    place = {"region": "US", "time": 2040, "line": lines}
    assert (off["line_output"].sel(place) < 0.9 * on["line_output"].sel(place)).all()


def test_dumping_stops_the_build_where_contracts_end_and_spares_it_where_they_last(compare, world):
    """In 2032 the contracts of the mobilization end, and with them the public lead; of owners in
    the United States and among allies, since a government that builds does not look at prices. What
    it has built has no contract, and closes.
    """
    ends = world.peace | {"contract end": 2032, "public lead end": 2032}
    dumped = {"switch dumping": 1, "undercut": 1}
    spared = {"switch dumping": 0}
    outputs = ["effective capacity", "chinese magnet price", "decided since start"]
    outputs += ["mothballed capacity"]
    ds = compare(
        outputs,
        ended_dumped=("mobilization", ends | dumped),
        ended_spared=("mobilization", ends | spared),
        lasting_dumped=("mobilization", world.peace | dumped),
        lasting_spared=("mobilization", world.peace | spared),
        public_dumped=("mobilization", dumped),
        public_spared=("mobilization", spared),
    ).sel(line="NdFeB magnets")
    price = ds["chinese_magnet_price"].sel(magnet_class="light NdFeB", time=2035)
    assert float(price.sel(case="ended_dumped")) < 0.95 * float(price.sel(case="ended_spared"))
    so_far = ds["decided_since_start"].sum("region")
    decided = so_far.sel(time=2045) - so_far.sel(time=2032)
    assert float(decided.sel(case="ended_dumped")) < 0.97 * float(decided.sel(case="ended_spared"))
    lasting = ds["effective_capacity"].sel(region="US", time=2040)
    kept = float(lasting.sel(case="lasting_dumped") / lasting.sel(case="lasting_spared"))
    assert 0.95 < kept < 1.10
    closed = ds["mothballed_capacity"].sel(region="US", time=2040)
    assert float(closed.sel(case="lasting_dumped")) < 300
    assert float(closed.sel(case="public_dumped")) > 2000
    assert float(closed.sel(case="public_spared")) < 100


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_without_overheating_capital_costs_less_and_plants_come_sooner(knock_out, base):
    """Plants that the model decides: those with a date come on it (0.2). Their capital is committed
    over the years in which they are built and no longer on one day, which heats less."""
    outputs = ["overheating", "decided by the model", "under construction"]
    on, off = knock_out(outputs, base, {"switch overheating": 0})
    assert float(on["overheating"].sel(region="US").max()) > 1.01
    assert float(np.abs(off["overheating"] - 1).max()) < 1e-12
    place = {"region": "US", "time": 2030}
    downstream = ["metal and alloy", "NdFeB magnets"]
    built = []
    for ds in (on, off):
        under_way = ds["under_construction"].sum("third_of_construction")
        under_way = under_way.sel(place | {"line": downstream})
        decided = ds["decided_by_the_model"].sel(place | {"decision_line": downstream})
        built.append(decided.values - under_way.values)
    assert (built[1] > 1.001 * built[0]).all()


@pytest.mark.parametrize("base", ["china-deal", "hybrid", "china-deal-ideal"])
def test_without_moral_hazard_a_truce_leaves_urgency_and_the_build_whole(knock_out, base):
    outputs = ["settled urgency", "decided since start"]
    on, off = knock_out(outputs, base, {"truce moral hazard": 0})
    assert float(on["settled_urgency"].min()) < 0.9
    assert float(np.abs(off["settled_urgency"] - 1).max()) < 1e-12
    # Later the list of projects or the contracts run out, and both catch up.
    place = {"region": "US", "line": "NdFeB magnets", "time": 2034}
    assert float(on["decided_since_start"].sel(place)) < float(
        off["decided_since_start"].sel(place)
    )


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_substitution_lowers_demand_and_a_price_moves_it_the_other_way(compare, base):
    """In 0.2 magnets are cheaper than in 2025.0 for some years, while Western oxide is new."""
    none = {"addressable share of substitutes": 0, "growth of substitutes": 0}
    rigid = {"price elasticity of demand": 0}
    outputs = ["civil demand", "substitute share", "magnet price felt"]
    ds = compare(outputs, on=(base, {}), none=(base, none), rigid=(base, rigid))
    demand = ds["civil_demand"].sum("magnet_class").sel(time=LATE)
    assert (demand.sel(case="on") < 0.99 * demand.sel(case="none")).all()
    share = ds["substitute_share"].sel(case="on")
    assert float(share.sel(time=2045)) > float(share.sel(time=2025))
    wanted = ds["civil_demand"].sum("magnet_class")
    answer = wanted.sel(case="on") / wanted.sel(case="rigid") - 1
    dearer = ds["magnet_price_felt"].sel(case="on") - 1
    felt = np.abs(dearer) > 0.02
    assert int(felt.sum()) > 20
    assert (answer * dearer < 0).where(felt, True).all()
    assert float(np.abs(answer.sel(time=LATE)).max()) > 0.01


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_recycling_adds_full_chain_oxide_and_without_collection_there_is_none(knock_out, base):
    outputs = ["recycling of magnets", "full chain oxide inflow"]
    on, off = knock_out(outputs, base, {"collection level": 0, "baseline collection": 0})
    assert float(off["recycling_of_magnets"].max()) == 0
    inflow = [ds["full_chain_oxide_inflow"].sel(region="US", element="NdPr") for ds in (on, off)]
    gain = (inflow[0] - inflow[1]).sel(time=LATE)
    assert (gain > 10).all()


def test_projects_that_are_not_decided_lie_dormant_and_are_decided_when_it_pays(compare):
    """Nothing is abandoned (model-0.2.md, 6): what waits and what is decided make the list."""
    certain = {"private hurdle rate": -1000}
    outputs = ["pipeline capacity", "decided by the model"]
    # Without projects of the model's own all that waits is listed.
    quiet = {"switch endogenous announcing": 0}
    ds = compare(outputs, usual=("status-quo", quiet), certain=("status-quo", quiet | certain)).sel(
        region="US", time=2045
    )
    waiting = ds["pipeline_capacity"]
    place = {"line": "NdFeB magnets"}
    decided = ds["decided_by_the_model"].sel(decision_line="NdFeB magnets")
    listed = waiting.sel(place) + decided
    assert float(np.abs(listed - listed.isel(case=0)).max()) < 1e-6
    assert float(waiting.sel(place | {"case": "usual"})) > 1000
    assert float(decided.sel(case="certain")) > 1.5 * float(decided.sel(case="usual"))


def test_without_a_link_from_price_to_investment_there_is_no_boom_and_no_bust_of_capacity(
    compare, world
):
    step = {"world demand step": 0.3, "world demand step date": 2030}
    quiet = world.free_exports | world.no_public_money | world.no_cover | {"switch dumping": 0}
    ds = compare(
        ["relative world capacity", "world price index"],
        on=("status-quo-2025", quiet | step),
        off=("status-quo-2025", quiet | step | {"switch price to investment": 0}),
    ).sel(element="NdPr", time=slice(2030, None))
    capacity, price = ds["relative_world_capacity"], ds["world_price_index"]
    assert float(capacity.sel(case="on").max()) > 1.25
    # Off, capacity grows with the trend of China, a thousandth a year apart from that of demand.
    assert float(np.abs(capacity.sel(case="off") - 1).max()) < 0.03
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
    need = {"defense need in 2025": 1000}
    ds = compare(["defense coverage"], usual=(base, need), blind=(base, need | blind))
    coverage = ds["defense_coverage"].sel(time=2027)
    assert (coverage.sel(case="blind") > coverage.sel(case="usual")).all()
    assert float(coverage.sel(case="usual", magnet_class="SmCo")) < 0.5
    assert (coverage.sel(case="blind") >= 1).all()


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
@pytest.mark.parametrize("switch", ["origin tracking", "qualification", "ramp"])
def test_each_of_the_three_holds_coverage_down_on_the_date(compare, base, switch):
    """No SmCo plant is in a ramp before the date, so a ramp cannot hold that class down. Light
    magnets, covered three times, then leave their full-chain metal to the heavy ones."""
    ds = compare(["defense coverage"], on=(base, {}), off=(base, {f"switch {switch}": 0}))
    coverage = ds["defense_coverage"].sel(time=2027)
    if switch == "ramp":
        assert (coverage.sel(magnet_class="light NdFeB") > 3).all()
        coverage = coverage.sel(magnet_class=["heavy NdFeB"])
    assert (coverage.sel(case="off") > coverage.sel(case="on")).all()
