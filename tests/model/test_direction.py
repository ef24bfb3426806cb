"""Which way the answer moves when one thing is turned up, over its whole range."""

import numpy as np
import pytest

PATHWAYS = ["status-quo", "mobilization", "china-deal", "hybrid"]
# A fall of coverage below one point is below the model's own resolution: halving the time step
# may move coverage as much (model.md, section 8). Coverage above 1 is no better than 1.
RESOLUTION = 0.01
# Output may overshoot: plants that come earlier are fewer later.
OVERSHOOT = 0.02


def falls(array, over="case"):
    """The largest fall from one case to the next."""
    return -min(0.0, float(array.diff(over).min()))


def capped(ds):
    return np.minimum(ds["defense_coverage"], 1)


def ladder(name, values, base, **fixed):
    """Cases that differ in one lever alone, in the order of the values."""
    return {f"{number}": (base, fixed | {name: value}) for number, value in enumerate(values)}


OUTPUTS = ["defense coverage", "us magnet output total"]


def assert_never_lower(ds):
    assert falls(capped(ds)) <= RESOLUTION
    made = ds["us_magnet_output_total"]
    fall = -(made.diff("case") / made.isel(case=slice(0, -1)).values).min()
    assert float(fall) <= OVERSHOOT


@pytest.mark.parametrize("base", PATHWAYS)
def test_more_money_never_lowers_coverage(compare, world, base):
    amounts = [0, 5e3, 2e4, 1e5, 5e5, 1e6]
    ds = compare(OUTPUTS, **ladder("surge total", amounts, base))
    assert_never_lower(ds)
    alone = compare(OUTPUTS, **ladder("surge total", amounts, base, **world.no_other_money))
    assert_never_lower(alone)
    # Contracts concluded are paid in any case (0.2), so in a deal money adds little to them.
    made = alone["us_magnet_output_total"].sel(time=2035)
    gain = 1.015 if base == "china-deal" else 1.05
    assert float(made.isel(case=-1)) > gain * float(made.isel(case=0))


@pytest.mark.parametrize("base", PATHWAYS)
def test_earlier_money_never_lowers_coverage(compare, world, base):
    """The same money a year, without end, from an earlier date, with contracts that last.

    Where contracts end (in 2035.5 in 0.1, after ten years of each plant in 0.2), more magnet plants
    compete for the metal that is left, and the small SmCo class loses metal to NdFeB: that is the
    end of the contracts, not the money.
    """
    fixed = world.no_other_money | {
        "contract end": 2045,
        "contract life": 100,
        "surge total": 0,
        "package appropriation": 2000,
        "package end": 2100,
    }
    starts = [2035, 2033, 2031, 2029, 2027, 2026, 2025]
    ds = compare(OUTPUTS, **ladder("package start", starts, base, **fixed))
    assert_never_lower(ds)
    made = ds["us_magnet_output_total"].sel(time=2035)
    gain = 1.015 if base == "china-deal" else 1.05
    assert float(made.isel(case=-1)) > gain * float(made.isel(case=0))


@pytest.mark.parametrize("base", PATHWAYS)
def test_faster_permits_never_lower_coverage(compare, base):
    multipliers = [1.0, 0.8, 0.6, 0.4, 0.2]
    cases = ladder(
        "permit time multiplier level", multipliers, base, **{"permit reform start": 2025}
    )
    assert_never_lower(compare(OUTPUTS, **cases))


@pytest.mark.parametrize("base", PATHWAYS)
def test_more_training_never_lowers_coverage(compare, base):
    """With the money to pay for it: seats that are not paid for starve joint ventures."""
    fixed = {"training start": 2025, "standing appropriation[programs]": 5000}
    seats = [0, 50, 100, 200, 500, 1000, 3000]
    assert_never_lower(compare(OUTPUTS, **ladder("training seats level", seats, base, **fixed)))


@pytest.mark.parametrize("base", ["status-quo", "status-quo-2025", "mobilization", "china-deal"])
def test_a_longer_truce_without_a_floor_never_raises_us_capacity_at_its_end(compare, world, base):
    """Without a new one: contracts concluded are kept, as in 0.1, where they were the state.

    A truce makes magnets cheaper, so there is more demand to build for (up to 2 %); the truce is
    charged with what it does beside that.
    """
    lengths = [0, 1, 2, 3, 4, 6, 8, 10, 12, 15]
    fixed = world.no_new_cover | {"deal breach date": 2100}
    cases = {
        f"{n}": (base, fixed | {"deal start": 2027 if n else 2100, "deal length": n})
        for n in lengths
    }
    outputs = ["committed capacity", "nameplate in operation", "direct demand total"]
    ds = compare(outputs, **cases).sel(region="US")
    for name in ("committed_capacity", "nameplate_in_operation"):
        for place, length in enumerate(lengths[1:], start=1):
            now = ds.sel(time=2027 + length)
            at_end = now[name] / now["direct_demand_total"] * now["direct_demand_total"][place]
            shorter = at_end.isel(case=slice(0, place)).min("case")
            assert (at_end.isel(case=place) <= 1.01 * shorter + 0.1).all(), (name, length)


@pytest.mark.parametrize("base", ["status-quo", "status-quo-2025", "mobilization", "china-deal"])
@pytest.mark.parametrize(
    "line",
    [
        "mining",
        "NdPr separation",
        "DyTb separation",
        "metal and alloy",
        "NdFeB magnets",
        "SmCo magnets",
    ],
)
def test_a_floor_never_lowers_the_output_of_the_covered_line_while_it_lasts(compare, base, line):
    """What a line has made up to any date never falls (by more than a thousandth).

    Output at a date may: a floor brings it forward, until ore is what limits it (NdPr separation
    in status-quo from 2044, when the concentrate in stock has been used sooner). Samarium has no
    floor of its own since 0.2: it rides on heavy separation.
    """
    fixed = {
        f"added contract cover[US,{line}]": 0,
        "standing appropriation[price support]": 50000,
        "contract end": 2045,
    }
    cases = ladder(f"contract cover level[US,{line}]", [0, 0.25, 0.5, 0.75, 1], base, **fixed)
    made = compare(["line output"], **cases)["line_output"].sel(region="US", line=line)
    so_far = made.cumsum("time")
    assert falls(so_far / np.maximum(so_far.isel(case=0, drop=True), 1.0)) <= 0.001


@pytest.mark.parametrize("base", PATHWAYS)
def test_strict_regimes_never_cover_more_than_loose_ones(compare, base):
    """A asks for the full chain from 2027, C from 2032, B never unless tiers do."""
    regimes = compare(OUTPUTS, **ladder("rule regime", [1, 3, 2], base))
    assert falls(capped(regimes)) <= 0.001
    tiers = compare(
        OUTPUTS, **ladder("tier share", [1, 0.75, 0.5, 0.25, 0], base, **{"rule regime": 2})
    )
    assert falls(capped(tiers)) <= 0.001
    heavy = regimes["defense_coverage"].sel(magnet_class="heavy NdFeB", time=2027)
    assert float(heavy.isel(case=-1)) > float(heavy.isel(case=0)) + 0.1


@pytest.mark.parametrize("base", PATHWAYS)
def test_higher_defense_need_never_raises_coverage(compare, base):
    needs = [3000, 2000, 1200, 800, 400, 200]
    ds = compare(OUTPUTS, **ladder("defense need in 2025", needs, base))
    assert falls(ds["defense_coverage"]) <= 1e-9


@pytest.mark.parametrize("base", PATHWAYS)
def test_allied_access_raises_light_coverage(compare, base):
    """Most where it decides whether allied makers sell at all; beyond, metal and people that move
    to US plants can cost allies a little more than it brings. Without a price for scarcity and
    tariff: help that fills a shortage also takes from US makers what the shortage paid them."""
    fixed = {
        "added allied access": 0,
        "allied access start": 2025,
        "magnet scarcity markup": 0,
        "tariff decided in 2024": 0,
    }
    levels = [0.1, 0.25, 0.4, 0.6, 0.8]
    ds = compare(OUTPUTS, **ladder("allied access level", levels, base, **fixed))
    light = ds["defense_coverage"].sel(magnet_class="light NdFeB", time=slice(2026, None))
    assert float((light.isel(case=-1) - light.isel(case=0)).min()) > 0
    assert float((light.diff("case") / light.isel(case=slice(None, -1)).values).min()) > -0.03
