"""Settings that nobody would choose, whose outcome is known before the run."""

import numpy as np
import pytest

BUILDING = ["decided by the model", "under construction"]


def largest(array):
    return float(np.abs(array).max())


# --- money --------------------------------------------------------------------------------------


def built_without_a_date(ds):
    """Capacity commissioned among the plants that the model decides: decided, not under way."""
    under_way = ds["under_construction"].sum("third_of_construction")
    decided = ds["decided_by_the_model"].rename(decision_line="line")
    return decided - under_way.sel(line=decided.line.values)


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_without_public_money_floor_or_offtake_and_with_free_exports_only_committed_plants_come(
    compare, world, base
):
    """No phantom growth: what the model decides is under a thousandth of what is committed.

    Committed are the plants of 2025.0 and, since 0.2, the projects whose money came on a date.
    The chance that a project finds money though nothing pays (none of 19 in the reference class;
    more where a part is financed) is no answer to price and is off.
    """
    nothing = world.free_exports | world.no_public_money | world.no_cover | world.no_tariff
    outputs = ["decided by the model", "decided since start", "committed capacity"]
    ds = compare(outputs, alone=(base, nothing | world.no_chance_money))
    us = ds.isel(case=0).sel(region="US")
    decided = us["decided_by_the_model"].sel(time=2045).rename(decision_line="line")
    lines = {"line": decided.line.values}
    dated = us["decided_since_start"].sel(time=2045).sel(lines) - decided
    committed = us["committed_capacity"].sel(time=2025).sel(lines) + dated
    small = np.maximum(0.001 * committed, 0.1)
    assert (decided < small).all(), (decided / small).to_pandas()


def test_500_billion_on_day_one_move_nothing_before_permits_construction_and_ramp(compare, world):
    """Against no money at all, with the same policies.

    Since 0.2 listed projects have the permits that they have in hand, so the first to move need a
    decision, construction and a ramp. Delays of the first and third order let a little through
    before their time is over, so "nothing" is two percent of the gain of 2045 until construction
    is over, and ten until the ramp is.
    """
    day_one = {"surge total": 5e5, "surge start": 2025.0, "surge end": 2025.25}
    outputs = [
        "us magnet output total",
        "full hazard now",
        "construction time",
        "ramp time to nameplate",
        "time constants in a ramp",
    ]
    ds = compare(
        outputs,
        none=("mobilization", world.no_other_money | {"surge total": 0}),
        all=("mobilization", world.no_other_money | day_one),
    )
    times = ds.isel(case=0, drop=True).sel(line="NdFeB magnets")
    decision_time = 1 / times["full_hazard_now"].sel(region="US", time=2025)
    built = 2025 + float(decision_time + times["construction_time"].sel(region="US"))
    ramped = built + float(times["ramp_time_to_nameplate"] / times["time_constants_in_a_ramp"])
    made = ds["us_magnet_output_total"]
    gain = made.sel(case="all") - made.sel(case="none")
    assert built > 2027.9
    in_the_end = float(gain.sel(time=2045))
    assert in_the_end > 10_000
    assert largest(gain.sel(time=slice(None, built))) < 0.02 * in_the_end
    assert largest(gain.sel(time=slice(None, ramped))) < 0.1 * in_the_end


def test_five_trillion_give_what_500_billion_give_within_one_percent_in_every_stock(model, compare):
    """Every stock but the money itself, which is ten times as much and lies idle."""
    stocks = [v.name for v in model.variables.values() if v.kind == "stock" and v.unit != "MUSD"]
    ds = compare(
        stocks,
        once=("mobilization", {"surge total": 5e5}),
        ten=("mobilization", {"surge total": 5e6}),
    )
    for name in stocks:
        array = ds[model.variable(name).key]
        once, ten = array.sel(case="once"), array.sel(case="ten")
        assert largest(ten - once) <= 0.01 * largest(once), name


# --- China ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_without_chinese_exports_the_shortage_is_demand_less_home_allied_and_stock(
    compare, world, base
):
    outputs = [
        "civil demand",
        "us magnets to civil use",
        "allied magnets to civil use",
        "chinese magnets to civil use",
        "drawing civil stockpile",
        "unmet civil demand",
        "price ratio",
        "price separation by scarcity",
        "magnet price",
        "chinese magnet price",
        "import parity",
        "closed market price",
        "magnet scarcity markup",
    ]
    ds = compare(outputs, none=(base, world.no_exports)).isel(case=0).sel(time=slice(2030, None))
    ds = ds.sel(region="US")
    assert largest(ds["chinese_magnets_to_civil_use"]) < 1e-3
    supplied = (
        ds["us_magnets_to_civil_use"]
        + ds["allied_magnets_to_civil_use"]
        + ds["drawing_civil_stockpile"]
    )
    # What US plants make beyond demand is exported.
    short = np.maximum(ds["civil_demand"] - supplied, 0)
    assert largest(ds["unmet_civil_demand"] - short) < 1e-3
    # Prices are bounded: by what users pay before they stop, and by what home makers need.
    assert (ds["price_ratio"] <= 1 + ds["price_separation_by_scarcity"]).all()
    ceiling = ds["import_parity"] * (1 + ds["magnet_scarcity_markup"])
    assert (ds["magnet_price"] <= np.maximum(ceiling, ds["closed_market_price"]) + 1e-9).all()


def test_chinese_exports_at_half_price_stop_new_plants_unless_floor_and_offtake_carry_them(
    compare, world
):
    """New plants are those that the model decides; plants with a date are facts (0.2). What has
    neither floor nor offtake may stand still even where others have; what is under contract runs.
    """
    usual = world.free_exports | world.no_chance_money | {"public build level": 0}
    flood = usual | {"Chinese price multiplier": 0.5}
    alone = world.no_cover | {"public lead level": 0}
    outputs = [
        *BUILDING,
        "nameplate in operation",
        "mothballed capacity",
        "public contracts",
        "private contracts",
        "price support bill",
    ]
    ds = compare(
        outputs,
        alone=("mobilization", flood | alone),
        carried=("mobilization", flood),
        dear=("mobilization", usual),
    )
    us = ds.sel(region="US", time=2035)
    new = built_without_a_date(us)
    assert (new.sel(case="alone") < 0.01 * new.sel(case="carried")).all()
    idle = us["mothballed_capacity"]
    assert float(idle.sel(case="alone", line="NdPr separation")) > 1000
    contracts = us["private_contracts"].rename(decision_line="line")
    contracts = contracts + us["public_contracts"].sel(line=contracts.line.values)
    runs = us["nameplate_in_operation"].sel(line=contracts.line.values)
    assert (runs >= np.minimum(contracts, runs + idle)).sel(case="carried").all()
    # Carried plants live as they do at the full price, and the bill shows what that costs. A
    # fifth of the heavy separators stands still and some new plants are missing: those for which
    # neither floor nor offtake was to be had.
    covered = ["NdPr separation", "DyTb separation", "metal and alloy", "NdFeB magnets"]
    for standing in (us["nameplate_in_operation"], new):
        carried = standing.sel(case="carried") / standing.sel(case="dear")
        assert (carried.sel(line=covered) > 0.75).all(), carried.to_pandas()
    bill = us["price_support_bill"]
    assert float(bill.sel(case="alone")) < 1
    assert float(bill.sel(case="carried")) > 1.2 * float(bill.sel(case="dear")) > 0


# --- demand and decisions -----------------------------------------------------------------------

NO_DEMAND = {
    "demand factor": 0,
    "defense need in 2025": 0,
    "allied orders in 2025": 0,
    "allied defense need in 2025": 0,
}


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_with_propensity_zero_no_final_investment_decision_is_taken_exactly(compare, base):
    """The government, which needs no investor, builds what it is told to, and nothing here."""
    nobody = {"investor confidence": 0, "public build level": 0}
    ds = compare(["final investment decisions"], nobody=(base, nobody))
    assert largest(ds["final_investment_decisions"]) == 0


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_with_demand_zero_no_final_investment_decision_is_taken_exactly(compare, base):
    """On any plant that needs buyers of magnets. Mines and separators take the price of the world
    market (model-0.2.md, 7) and may be decided without one; a government asks for none."""
    private = NO_DEMAND | {"public build level": 0}
    ds = compare(["final investment decisions"], no_demand=(base, private))
    taken = ds["final_investment_decisions"].isel(case=0).max(["region", "time"])
    needs_buyers = ["metal and alloy", "NdFeB magnets", "SmCo magnets"]
    assert largest(taken.sel(line=needs_buyers)) == 0, taken.to_pandas()


# A need that the usual run leaves partly open on the date, as does that of `buildout need` in many
# draws.
NEED = {"defense need in 2025": 1000}

# --- time ---------------------------------------------------------------------------------------


def test_without_build_ramp_permit_and_qualification_times_mobilization_covers_every_class(
    compare, world
):
    at_once = {
        "construction time": 0,
        "permit time": 0,
        "time to apply": 0,
        "switch ramp": 0,
        "switch qualification": 0,
    }
    ds = compare(
        ["defense coverage"],
        at_once=("mobilization", NEED | at_once | world.levers_from_the_start),
        usual=("mobilization", NEED),
    )
    coverage = ds["defense_coverage"].sel(time=2027)
    assert (coverage.sel(case="at_once") >= 1).all(), coverage.to_pandas()
    assert (coverage.sel(case="usual") < 1).any()


def test_with_construction_of_50_years_plants_started_after_2025_add_under_one_percent(compare):
    """Until 2030; afterwards, what a third-order delay of 50 years lets through, and no more.
    Plants with a date of their own take no time of the model's (0.2).

    The specification asks for three stages of construction, and such a delay completes
    1 - exp(-x)(1 + x + x^2/2), x = 3 * 20 / 50, or 12 %, of a plant within 20 years. So the
    statement cannot hold to 2045 for a line that starts from next to nothing.
    """
    outputs = [*BUILDING, "effective capacity"]
    ds = compare(
        outputs, slow=("mobilization", {"construction time": 50}), usual=("mobilization", {})
    ).sel(region="US")
    built = built_without_a_date(ds).sel(case="slow")
    whole = ds["effective_capacity"].sel(time=2030, case="usual", line=built.line.values)
    assert (built.sel(time=2030) < 0.01 * whole).all()
    x = 3 * 20 / 50
    completed = 1 - np.exp(-x) * (1 + x + x**2 / 2)
    decided = ds["decided_by_the_model"].sel(case="slow").rename(decision_line="line")
    assert (built <= completed * decided + 1e-6).all()


# --- feed ---------------------------------------------------------------------------------------


def without(element):
    """No feed of an element: none in ore, from third parties, in old magnets, in first stocks."""
    return {
        f"ore content[region,{element}]": 0,
        f"third party feed level[region,{element}]": 0,
        f"content of old magnets[{element}]": 0,
        f"initial heavy concentrate stock[region,{element}]": 0,
        f"initial oxide full chain[region,{element}]": 0,
        f"initial metal full chain[region,{element}]": 0,
    }


@pytest.mark.parametrize("base", ["status-quo", "mobilization", "hybrid"])
@pytest.mark.parametrize(
    ("element", "gone", "unmoved"),
    [
        ("DyTb", "heavy NdFeB", ["light NdFeB"]),
        ("Sm", "SmCo", ["light NdFeB", "heavy NdFeB"]),
    ],
)
def test_without_feed_of_an_element_its_class_is_zero_and_the_others_unmoved(
    compare, base, element, gone, unmoved
):
    """Unmoved: under 2 %, on all that is made.

    Of what is made, more light NdFeB is full chain: the metal that heavy magnets leave. A defense
    stockpile would go on ordering magnets that nobody can make for it, so there is none; and who
    builds plants for both classes, or buys from them, looks at the price of both, so it stays:
    so do China's answer to what the West sells in all, and what users choose by price.
    """
    no_stock = {
        "defense stockpile months": 0,
        "price separation by scarcity": 0,
        "switch dumping": 0,
        "elasticity of choice": 0,
    }
    ds = compare(
        ["magnet output", "defense coverage"],
        usual=(base, no_stock),
        none=(base, no_stock | without(element)),
    )
    full_chain = ds["magnet_output"].sel(origin="full chain").sum("region")
    assert largest(full_chain.sel(case="none", magnet_class=gone)) < 1e-6
    later = ds["defense_coverage"].sel(time=slice(2027, None))
    assert largest(later.sel(case="none", magnet_class=gone)) < 1e-6
    lost = 1 - full_chain.sel(case="none") / full_chain.sel(case="usual")
    assert float(lost.sel(magnet_class=unmoved).max()) < 0.02
    made = ds["magnet_output"].sum(["region", "origin"])
    change = made.sel(case="none") / made.sel(case="usual") - 1
    assert largest(change.sel(magnet_class=unmoved)) < 0.02
    capped = np.minimum(later.sel(magnet_class=unmoved), 1)
    assert largest(capped.sel(case="none") - capped.sel(case="usual")) < 0.02


# --- defense ------------------------------------------------------------------------------------

YEARS_TO_QUALIFY = [0, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 10]
# Magnets that defense may not use yet go to civil users, whose price they lower, and a defense
# stockpile that is not filled yet goes on ordering. With both responses switched off,
# qualification moves nothing but itself.
NO_RESPONSE = {
    "magnet scarcity markup": 0,
    "price elasticity of demand": 0,
    "defense stockpile months": 0,
    "tariff decided in 2024": 0,
}


@pytest.mark.parametrize("base", ["status-quo", "mobilization", "china-deal"])
def test_the_longer_qualification_takes_the_lower_is_coverage_and_tonnes_made_stay(compare, base):
    cases = {
        f"q{years}": (
            base,
            NO_RESPONSE | NEED | {"qualification time": years, "requalification share": 1},
        )
        for years in YEARS_TO_QUALIFY
    }
    ds = compare(["defense coverage", "us magnet output total", "magnet output"], **cases)
    coverage = np.minimum(ds["defense_coverage"].sel(time=slice(2027, 2035)), 1)
    assert float(coverage.diff("case").max()) < 0.002
    fall = coverage.sel(time=2027, magnet_class="heavy NdFeB")
    assert float(fall[0] - fall[-1]) > 0.5
    made = ds["us_magnet_output_total"]
    assert largest(made / made.isel(case=0) - 1) < 0.005


# Many times what is likely, so that some of it stays open for years.
STRESS = {"defense need in 2025": 5000}


def test_waivers_forever_close_the_legal_gap_and_make_no_magnet(compare):
    forever = {"waiver grant share": 1, "waiver life": 1e9, "waiver grant time": 0.0625}
    outputs = ["legal gap", "defense shortfall", "magnet output"]
    ds = compare(outputs, usual=("status-quo", STRESS), waived=("status-quo", STRESS | forever))
    later = ds.sel(time=slice(2027.25, None))
    assert largest(later["legal_gap"].sel(case="waived")) < 0.5
    assert largest(later["legal_gap"].sel(case="usual")) > 50
    made = ds["magnet_output"]
    assert largest(made.sel(case="waived") - made.sel(case="usual")) < 1e-3
    short = ds["defense_shortfall"]
    assert largest(short.sel(case="waived") - short.sel(case="usual")) < 1e-3


@pytest.mark.parametrize("base", ["status-quo", "mobilization"])
def test_a_mine_shut_for_two_years_starves_separation_after_its_stock_and_restarts_on_the_ramp(
    compare, base
):
    """The stock is a full yard, which lasts more than a year (model-0.2.md, 3); light separation
    also treats feed that it buys, and that goes on."""
    outputs = [
        "mine output",
        "concentrate stock",
        "ore content",
        "separation recovery",
        "oxide output",
        "third party light feed used",
    ]
    outage = {
        "shutdown start[shutdown 1]": 2030.0,
        "shutdown length[shutdown 1]": 2,
        "shutdown return time[shutdown 1]": 5,
        "shutdown hits[shutdown 1,US,mining]": 1,
    }
    ds = compare(outputs, {"saveper": 0.03125}, usual=(base, {}), shut=(base, outage)).sel(
        region="US", element="NdPr"
    )
    mined = ds["mine_output"]
    own = ds["oxide_output"] - ds["third_party_light_feed_used"] * ds["separation_recovery"]
    assert largest(mined.sel(case="shut", time=slice(2030.0625, 2031.9))) == 0
    # Separation makes what its stock of concentrate holds, then it starves.
    held = ds["concentrate_stock"] * ds["ore_content"] * ds["separation_recovery"]
    starving = own.sel(case="shut", time=slice(2030.0625, 2031.9))
    assert float(starving.sum() * 0.03125) == pytest.approx(
        float(held.sel(case="shut", time=2030.0625)), rel=0.1
    )
    assert float(own.sel(case="shut", time=2030.5)) > 0.95 * float(
        own.sel(case="usual", time=2030.5)
    )
    assert float(own.sel(case="shut", time=2031.75)) < 0.2 * float(
        own.sel(case="usual", time=2031.75)
    )
    # The mine comes back over years, not at once.
    back = mined.sel(case="shut") / mined.sel(case="usual")
    assert float(back.sel(time=2032.25)) < 0.5
    assert float(back.sel(time=2037)) > 0.8


@pytest.mark.parametrize("base", ["status-quo", "mobilization", "china-deal"])
def test_without_any_allied_access_at_the_start_there_are_numbers_and_less_help(compare, base):
    """Zero access is less than little access; joint ventures scale with it."""
    outputs = ["allied access", "learning from others", "defense coverage"]
    levels = {"none": 0.0, "little": 0.1, "some": 0.5}
    ds = compare(outputs, **{k: (base, {"baseline allied access": v}) for k, v in levels.items()})
    assert np.isfinite(ds["learning_from_others"]).all()
    assert np.isfinite(ds["defense_coverage"]).all()
    start = ds["allied_access"].sel(time=2025.0).values
    assert (np.diff(start) > 0).all()
    assert float(start[0]) == 0
    learned = ds["learning_from_others"].sel(region="US")
    assert largest(learned.sel(case="none", time=2025.0)) == 0
    assert (learned.sel(time=2026).sum("line_group").diff("case") > 0).all()
    light = ds["defense_coverage"].sel(magnet_class="light NdFeB", time=2027.0).values
    assert (np.diff(light) > 0).all(), light
