"""Who decides on plants and when: permits, buyers, prices, contracts (issue 8, model-0.2.md B)."""

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
# Money and contracts for whoever comes: what is left is the time that things take.
ENOUGH = {
    "standing appropriation[price support]": 50000,
    "standing appropriation[programs]": 5000,
    "contract life": 100,
    "public build level": 0,
}


def faster(model, what):
    """Settings with permits or decisions twice as fast, or with complete coordination."""
    times = {"permits": ["permit time"], "decisions": ["sequencing delay"]}.get(what, [])
    halved = {s: model.constants[s] / 2 for time in times for s in model.scalars(time)}
    coordinated = {"baseline coordination": 1, "coordination level": 1, "coordination start": 2025}
    also = {
        "decisions": {"full hazard": 2 * model.constants["full_hazard"]},
        "coordination": coordinated,
    }
    return halved | also.get(what, {})


@pytest.mark.parametrize("base", PATHWAYS)
def test_permits_twice_as_fast_lower_no_stages_output_as_policy_stands(compare, model, base):
    """No made-up money, no lasting contracts: what any line in either region has made up to any
    date falls by no more than a tenth of a percent in round numbers (of more than 500 tonnes).

    In single years separation can be lower, by up to 0.7 % in the 2040s, since what starts sooner
    uses the ore in the yard sooner; so it is tonnes so far that are compared.
    """
    cases = {"usual": (base, {}), "fast": (base, faster(model, "permits"))}
    made = compare(["line output"], **cases)["line_output"].cumsum("time") / 4
    usual, fast = made.sel(case="usual"), made.sel(case="fast")
    change = ((fast - usual) / usual.clip(min=1)).where(usual > 500, 0)
    assert float(change.min()) > -0.0015, change.min("time").to_pandas()


@pytest.mark.parametrize("what", ["permits", "coordination", "decisions"])
@pytest.mark.parametrize("lines", ["six lines", "samarium"])
def test_faster_permits_coordination_and_decisions_lower_no_stages_output(
    compare, model, what, lines
):
    """What a US line has made up to any date falls by no more than a thousandth, in any pathway.

    Output at a date may be lower where separation lives on the ore in a yard, which is used
    sooner. A fund that is shared by more plants, and contracts that end, would count against
    plants that come sooner, so both are made to last. Samarium where its circuits are known:
    those of 2025 and 2026.
    """
    pathways = PATHWAYS if lines == "six lines" else PATHWAYS[:5]
    cases = {}
    for base in pathways:
        cases[f"{base} as is"] = (base, ENOUGH)
        cases[f"{base} faster"] = (base, ENOUGH | faster(model, what))
    made = compare(["line output"], **cases)["line_output"].sel(region="US").cumsum("time") / 4
    made = (
        made.sel(line=["Sm separation"])
        if lines == "samarium"
        else made.drop_sel(line="Sm separation")
    )
    for base in pathways:
        usual, sooner = made.sel(case=f"{base} as is"), made.sel(case=f"{base} faster")
        change = (sooner - usual) / np.maximum(usual, 1)
        assert float(change.min()) > -0.001, (base, change.min("time").to_pandas())


# --- waiting for buyers, prices or contracts ---------------------------------------------------

ONE_MAGNET_PROJECT = {
    f"project capacity[{project},NdFeB magnets]": 0
    for project in ("USAR Stillwater full", "USAR Blacksburg", "Vulcan Benson", "JS Link Columbus")
} | {"switch endogenous announcing": 0, "hazard of part financed projects": 0, "base hazard": 0}


def test_a_project_held_ready_five_years_without_buyers_is_decided_soon_after_they_come(compare):
    """Permitted in 2026, with a contract on offer and nobody to buy, until the goods that hold
    magnets come to be made in the United States in 2033.0. Before it nothing is decided, exactly;
    by 2034.5 it is more likely decided than not, and in a drawn world of median luck it is.
    """
    held = ONE_MAGNET_PROJECT | {
        "contract cover level[US,NdFeB magnets]": 1,
        "direct civil demand in 2025": 0,
        "addressable embedded share": 0,
        "reshoring level": 1,
        "reshoring start": 2033.0,
        "reshoring time": 0.25,
        "standing appropriation[price support]": 50000,
    }
    outputs = ["decided share of project", "project permitted", "demand gate"]
    ds = compare(
        outputs, expected=("status-quo", held), drawn=("status-quo", held | {"switch luck": 1})
    ).sel(undecided_project="Noveon nameplate", decision_line="NdFeB magnets", region="US")
    assert (ds["project_permitted"].sel(time=slice(2028, None)) == 1).all()
    before = ds.sel(time=slice(2028, 2033))
    assert float(before["demand_gate"].max()) == 0
    assert float(before["decided_share_of_project"].max()) == 0
    decided = ds["decided_share_of_project"].sel(time=2034.5)
    assert float(decided.sel(case="expected")) > 0.5
    assert float(decided.sel(case="drawn")) == 1


def test_an_order_for_mines_decides_a_mine_where_price_or_contract_pays_and_none_where_nothing_does(
    compare, world
):
    """Mines take the price of the world market and need no magnet plant (model-0.2.md, 7)."""
    nothing = world.no_chance_money | world.no_cover
    unpaid = nothing | {"grant share level[US,mining]": 0}
    ds = compare(
        ["decided share of project"],
        contract=("upstream-orders", world.no_chance_money),
        price=("status-quo-2025", nothing | {"reference price[NdPr]": 200}),
        nothing=("upstream-orders", unpaid),
        without=("status-quo-2025", world.no_chance_money),
    )
    mine = ds["decided_share_of_project"].sel(undecided_project="Halleck Creek", time=2040)
    assert float(mine.sel(case="contract")) > 0.5
    assert float(mine.sel(case="price")) > 0.5
    assert float(mine.sel(case="nothing")) < 0.01
    assert float(mine.sel(case="without")) < 0.01


def test_the_price_of_ndpr_moves_uncontracted_separation_and_mining(compare, world):
    """At 40 and 120 USD/kg, each in force from 2025.0 and believed (model-0.2.md, 13)."""
    alone = world.no_cover | world.no_chance_money
    ds = compare(
        ["decided by the model", "line output"],
        **{
            f"{price}": ("status-quo", alone | {"reference price[NdPr]": price})
            for price in (40, 50, 120)
        },
    ).sel(region="US")
    decided = ds["decided_by_the_model"].sel(time=2040)
    for line in ("NdPr separation", "mining"):
        tonnes = decided.sel(decision_line=line)
        assert float(tonnes.sel(case="120")) > 300 > 10 * float(tonnes.sel(case="50")) / 3, line
        made = ds["line_output"].sel(line=line, time=2035)
        assert float(made.sel(case="40")) < 0.7 * float(made.sel(case="50")), line
    made = ds["line_output"].sel(line="NdPr separation", time=2040)
    assert float(made.sel(case="120")) > 1.3 * float(made.sel(case="50"))


# --- the state of 2025.0 -----------------------------------------------------------------------


def test_us_magnets_at_the_beginning_of_2025_are_tens_to_a_few_hundred_tonnes(compare):
    """One maker of NdFeB at a low rate and the SmCo makers (model-0.2.md, 2)."""
    ds = compare(["line output"], **{base: (base, {}) for base in PATHWAYS})
    made = ds["line_output"].sel(region="US", line=["NdFeB magnets", "SmCo magnets"], time=2025)
    assert float(made.sum("line").min()) >= 20
    assert float(made.sum("line").max()) <= 400


def test_no_draw_begins_without_the_people_to_run_its_plants(draws):
    """Staff of 2025.0 is jobs per tonne times plants, so it follows what is drawn."""
    labor = draws(["labor factor"], until=2025.25)["labor_factor"].sel(time=2025)
    assert float(labor.min()) >= 0.95, labor.min("case").to_pandas()
