"""Growth, lead times and prices stay within what has been seen."""

import numpy as np
import pytest

from buildout._util import names

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
# Chinese sintered NdFeB 2001-2010, the fastest sustained growth on record.
FASTEST = 0.288


def test_no_line_outgrows_the_record_except_by_announced_projects_and_a_minimum_plant(compare):
    """What the model itself announces, over any one, three and five years."""
    outputs = [
        "effective capacity",
        "ramping capacity",
        "nameplate in operation",
        "minimum plant",
        "plant interval",
    ]
    ds = compare(outputs, **{name: (name, {}) for name in PATHWAYS})
    induced = (ds["effective_capacity"] + ds["ramping_capacity"]).sel(cohort="induced", drop=True)
    whole = ds["nameplate_in_operation"]
    plants = (ds["minimum_plant"] / ds["plant_interval"]).isel(case=0, drop=True)
    for years in (1, 3, 5):
        grown = induced - induced.shift(time=4 * years)
        allowed = whole.shift(time=4 * years) * ((1 + FASTEST) ** years - 1) + plants * years
        assert bool((grown <= allowed).where(grown.notnull(), True).all()), years


# --- lead times ---------------------------------------------------------------------------------

STAGES = (
    "announced capacity",
    "capacity in permitting",
    "ready capacity",
    "under construction early",
    "under construction middle",
    "under construction late",
    "ramping capacity",
)


@pytest.mark.parametrize("base", ["status-quo", "mobilization", "hybrid"])
def test_lead_times_that_emerge_lie_inside_the_sourced_ranges(compare, model, base):
    """Mean years that listed US projects spend in a stage, by Little's law: what lies in it,
    summed over time, over what leaves it. Ranges: parameters.csv; permits may be as short as the
    reform makes them; a ramp's time constant is the years to nameplate over 1.6.
    """
    leaving = {
        "permit time[US,{}]": ("granting of permits", STAGES[1:2]),
        "construction time[US,{}]": ("commissioning", STAGES[3:6]),
        "ramp time to nameplate[{}]": ("ramping up", STAGES[6:]),
    }
    outputs = [*STAGES, *(rate for rate, _ in leaving.values()), "permit multiplier"]
    ds = compare(outputs, {"final_time": 2085.0}, run=(base, {})).isel(case=0)
    for line in ds.line.values[:-1]:  # No SmCo plant is listed.
        one = ds.sel(region="US", cohort="listed", line=line)
        shortest = {"permit time[US,{}]": float(one["permit_multiplier"].min())}
        for time, (rate, stages) in leaving.items():
            inside = sum(float(one[names.key(stage)].sum("time")) for stage in stages)
            years = inside / float(one[names.key(rate)].sum("time"))
            low, high = ranges(model, [time.format(line)])
            if time.startswith("ramp"):
                low, high = (
                    end / model.constants["time_constants_in_a_ramp"] for end in (low, high)
                )
            assert low * shortest.get(time, 1) <= years <= high, (line, time, years)


def ranges(model, scalars):
    """Sums of the lowest and the highest values that parameters.csv gives."""
    rows = [model.parameters[scalar] for name in scalars for scalar in model.scalars(name)]
    return sum(row.low for row in rows), sum(row.high for row in rows)


def test_from_announcement_to_half_of_nameplate_a_magnet_plant_takes_three_to_nine_years(compare):
    """MP's first plant: announced December 2021, first magnets late 2025. Vulcan, eVAC, Lynas and
    the rest of projects.csv: two to eight years to first product."""
    known = {"projects known until": 2045, "switch endogenous announcing": 0}
    outputs = ["effective capacity", "mothballed capacity", "abandoned capacity"]
    ds = compare([*outputs, "listed announcing"], run=("mobilization", known)).isel(case=0)
    one = ds.sel(region="US", line="NdFeB magnets", cohort="listed")
    announced = ds["listed_announcing"].sel(region="US", line="NdFeB magnets").cumsum("time")
    middle = float(announced.time[int((announced < announced[-1] / 2).sum())])
    built = one["effective_capacity"] / one["effective_capacity"][-1]
    half = float(built.time[int((built < 0.5).sum())])
    assert 3 <= half - middle <= 9


# --- prices -------------------------------------------------------------------------------------


@pytest.fixture
def undisturbed(world):
    """Free trade, no policy, no dumping, and no heavy plants on their way.

    The 600 t/yr of Western DyTb separation under construction at 2025.0 are 18 % of a world of
    3,300 t: a disturbance.
    """
    pipeline = ("announced capacity", "capacity under construction", "ramping capacity")
    return (
        world.free_exports
        | world.no_public_money
        | world.no_cover
        | {"switch dumping": 0}
        | {f"initial {stage}[region,DyTb separation]": 0 for stage in pipeline}
    )


@pytest.mark.parametrize("rule", [1, 2])
def test_without_a_disturbance_prices_stay_within_ten_percent_of_their_start(
    compare, undisturbed, rule
):
    outputs = ["chinese price", "ex china price"]
    ds = compare(outputs, run=("status-quo-2025", undisturbed | {"switch price rule": rule}))
    for name in ("chinese_price", "ex_china_price"):
        relative = ds[name] / ds[name].isel(time=0)
        assert float(np.abs(relative - 1).max()) < 0.10, name


@pytest.mark.parametrize("base", ["status-quo", "status-quo-2025", "mobilization"])
def test_after_a_12_month_cut_heavies_part_twice_as_far_as_ndpr_and_both_return_in_two_years(
    compare, world, cut, base
):
    """Returned: of how far they had parted, under a twentieth is left."""
    free = world.free_exports
    ds = compare(["price ratio"], quiet=(base, free), cut=(base, free | cut(2030)))
    parted = (ds["price_ratio"].sel(case="cut") - 1).sel(time=slice(2030, 2031.25)).max("time")
    assert float(parted.sel(element="NdPr")) > 0.02
    assert float(parted.sel(element="DyTb")) >= 2 * float(parted.sel(element="NdPr"))
    away = np.abs(ds["price_ratio"].sel(case="cut") - ds["price_ratio"].sel(case="quiet"))
    left = away.sel(time=slice(2033, None)).max("time") / parted
    assert (left < 0.05).all()


@pytest.mark.parametrize("rule", [1, 2])
def test_the_market_booms_and_busts_after_a_demand_step_and_not_by_itself(
    compare, undisturbed, rule
):
    step = {"world demand step": 0.3, "world demand step date": 2030, "switch price rule": rule}
    ds = compare(
        ["world price index", "relative world capacity"],
        step=("status-quo-2025", undisturbed | step),
        quiet=("status-quo-2025", undisturbed | {"switch price rule": rule}),
    )
    price = ds["world_price_index"].sel(element="NdPr")
    after = price.sel(case="step", time=slice(2030, None))
    assert float(after.max()) > 2
    assert float(after.sel(time=slice(float(after.idxmax()), None)).min()) < 0.8
    assert float(np.abs(price.sel(case="quiet") - 1).max()) < 0.10


# --- vulnerability ------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["status-quo", "mobilization", "china-deal"])
def test_vulnerability_in_closed_form_agrees_with_an_actual_cut(compare, cut, base):
    """Within a tenth of demand at any date, within a twentieth on average.

    The closed form takes output as it stands when the cut begins; in the run plants go on
    ramping during the year, most where the build is fastest.
    """
    outputs = [
        "vulnerability",
        "direct demand",
        "magnet output total by class",
        "allied used by defense",
        "allied magnets to civil use",
        "drawing civil stockpile",
        "drawing defense stockpile",
    ]
    dates = [2028, 2029, 2030, 2031, 2033, 2036]
    cases = {f"{date}": (base, cut(date)) for date in dates}
    ds = compare(outputs, {"saveper": 0.0625}, quiet=(base, {"cut depth": 0}), **cases)
    off = []
    for date in dates:
        year = ds.sel(case=f"{date}", time=slice(date, date + 0.99))
        supply = (
            year["magnet_output_total_by_class"].sel(region="US")
            + year["allied_used_by_defense"]
            + year["allied_magnets_to_civil_use"]
            + year["drawing_civil_stockpile"]
            + year["drawing_defense_stockpile"]
        )
        supplied = np.minimum(supply, year["direct_demand"]).sum("magnet_class").mean("time")
        lost = 1 - float(supplied) / float(year["direct_demand"].sum("magnet_class").mean("time"))
        off.append(float(ds["vulnerability"].sel(case="quiet", time=date)) - lost)
    assert np.abs(off).max() < 0.10, off
    assert np.abs(off).mean() < 0.05, off
