"""Prices, tariffs and embargoes: what moves them, and what they move."""

import numpy as np
import pytest

import buildout as bo

FROM_2027_ON = {
    "cut start[later cut]": 2027,
    "cut length[later cut]": 30,
    "cut depth[later cut]": 1,
}
EVERY = ["status-quo-2025", "status-quo", "mobilization", "china-deal", "allied-network", "hybrid"]
LATE = [2035.0, 2040.0, 2045.0]


# --- China's capacity and the price -------------------------------------------------------------


@pytest.fixture
def boom(compare, world):
    """A rise of world demand by a tenth in 2030, and the same world without it."""
    still = (
        world.free_exports
        | world.no_public_money
        | world.no_cover
        | world.nothing_listed
        | {"switch dumping": 0}
    )
    return compare(
        ["world price index", "expected price index", "relative world capacity"],
        {"saveper": 0.03125},
        still=("status-quo-2025", still),
        step=("status-quo-2025", still | {"world demand step": 0.1}),
    ).sel(element="NdPr")


def law_of(model):
    names = [
        "Chinese capacity growth",
        "price response of Chinese capacity",
        "reference price[NdPr]",
        "world demand growth",
    ]
    return {name: model.constants[model.scalars(name)[0]] for name in names}


@pytest.mark.parametrize(("price", "growth"), [(50, 0.076), (100, 0.187), (31, 0.0)])
def test_china_builds_by_the_law_of_its_quota(model, price, growth):
    law = law_of(model)
    away = np.log(price / law["reference price[NdPr]"])
    grown = law["Chinese capacity growth"] + law["price response of Chinese capacity"] * away
    assert grown == pytest.approx(growth, abs=1e-3)


def test_capacity_grows_along_a_boom_as_that_law_says(model, boom):
    run = boom.sel(case="step", time=slice(2028, 2040))
    grown = np.log(run["relative_world_capacity"]).diff("time") / 0.03125
    law = law_of(model)
    expected = (
        law["Chinese capacity growth"]
        + law["price response of Chinese capacity"]
        * np.log(run["expected_price_index"].isel(time=slice(None, -1)).values)
        - law["world demand growth"]
    )
    # A step of Euler multiplies by one plus the growth of the step.
    assert np.allclose(np.expm1(grown * 0.03125) / 0.03125, expected, atol=1e-9)


def test_half_of_a_shock_of_the_price_is_gone_within_one_to_four_years(boom):
    index = np.log(boom["world_price_index"])
    away = index.sel(case="step") - index.sel(case="still")
    peak = float(away.idxmax())
    after = away.sel(time=slice(peak, None))
    half = float(after.time[int((after > float(away.max()) / 2).values.argmin())])
    # From the shock itself: the price is an integral of what is missing, so it peaks later.
    assert 1 <= half - 2030 <= 4


@pytest.mark.slow
def test_drawn_prices_move_from_year_to_year_as_those_of_2014_to_2024():
    ds = bo.sweep(
        bo.latin_hypercube(600, seed=3),
        ["status-quo"],
        outputs=["chinese price"],
        reductions=bo.Trajectory(),
    )
    price = ds["chinese_price"].sel(pathway="status-quo").transpose("draw", "element", "time")
    year = np.floor(price.time.values)
    means = [np.log(price.values[..., year == y].mean(-1)) for y in range(2026, 2045)]
    spread = np.diff(np.stack(means, -1)).std(axis=(0, 2))
    neodymium, heavy = (spread[list(price.element.values).index(e)] for e in ("NdPr", "DyTb"))
    assert 0.24 < neodymium < 0.54
    assert 0.2 < heavy < 0.45


def test_a_price_decides_uncontracted_separation_and_mines(compare, world):
    alone = world.no_cover | {"private offtake of new plants": 0, "public lead level": 0}
    ds = compare(
        ["decided by the model", "market propensity"],
        **{
            f"{price}": ("upstream-orders", alone | {"reference price[NdPr]": price})
            for price in (40, 120)
        },
    ).sel(region="US")
    lines = ["mining", "NdPr separation"]
    dear, cheap = (ds.sel(case=price, decision_line=lines) for price in ("120", "40"))
    decided = "decided_by_the_model"
    assert (dear[decided].sel(time=2040) > 10 * cheap[decided].sel(time=2040)).all()
    # What is left at 40 USD/kg are projects that have part of their money.
    assert float(cheap["market_propensity"].max()) == 0


# --- tariff -------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", EVERY)
@pytest.mark.parametrize("tariff", [0.25, 1.0])
def test_a_tariff_costs_us_makers_nothing_while_they_leave_a_fifth_of_the_market(
    compare, base, tariff
):
    """Without retaliation and without makers of motors who move: then it is a price and no more."""
    alone = {"switch retaliation": 0, "downstream offshoring": 0}
    taxed = alone | {
        "tariff on Chinese magnets level[US]": tariff,
        "tariff on Chinese magnets start": 2028,
    }
    outputs = ["us magnet output total", "direct demand total"]
    ds = compare(outputs, free=(base, alone), taxed=(base, taxed)).sel(time=LATE)
    made = ds["us_magnet_output_total"]
    open_market = made.sel(case="free") < 0.8 * ds["direct_demand_total"].sel(case="free")
    change = made.sel(case="taxed") / made.sel(case="free") - 1
    assert float(change.where(open_market, 0).min()) > -0.005


def test_users_pay_a_tariff_on_what_is_imported(compare):
    """In its first step, before anyone answers."""
    base = {"switch retaliation": 0, "tariff decided in 2024": 0}
    taxed = base | {
        "tariff on Chinese magnets level[US]": 0.25,
        "tariff on Chinese magnets start": 2028,
    }
    outputs = ["price to users", "imported share", "chinese magnet price", "magnet markup"]
    ds = compare(outputs, free=("status-quo", base), taxed=("status-quo", taxed)).sel(time=2028)
    paid = ds["price_to_users"].sel(case="taxed") / ds["price_to_users"].sel(case="free") - 1
    share = ds["imported_share"].sel(case="free")
    assert float(share.sel(magnet_class="light NdFeB")) > 0.3
    assert np.allclose(paid, 0.25 * share, rtol=0.01)


def test_a_tariff_moves_goods_abroad_with_their_magnets_as_far_as_that_is_set(compare):
    taxed = {"tariff on Chinese magnets level[US]": 0.25, "tariff on Chinese magnets start": 2028}
    outputs = ["direct civil demand", "embedded demand by use", "magnet price felt"]
    ds = compare(
        outputs,
        stay=("status-quo", taxed | {"downstream offshoring": 0}),
        move=("status-quo", taxed | {"downstream offshoring": 0.3}),
    ).sel(time=2040, use="vehicles")
    direct, inside = ds["direct_civil_demand"], ds["embedded_demand_by_use"]
    assert float(direct.sel(case="move")) < 0.8 * float(direct.sel(case="stay"))
    assert float(inside.sel(case="move")) > float(inside.sel(case="stay"))


# --- embargo ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def closed(compare):
    """Each pathway with trade as it is and without any from 2027 on."""
    outputs = [
        "us magnet output total",
        "magnet output total by class",
        "direct demand total",
        "direct demand",
        "metal rent",
        "netback of metal",
        "magnet price",
        "feed value of class",
        "revenue before rent",
    ]
    cases = {f"{base}, open": (base, {}) for base in EVERY}
    cases |= {f"{base}, closed": (base, FROM_2027_ON) for base in EVERY}
    return compare(outputs, **cases)


@pytest.mark.parametrize("base", EVERY)
def test_an_embargo_brings_magnets_in_the_end_where_home_makers_leave_room(closed, base):
    """By 2040 where US makers leave about a fifth of the market or more with trade open.

    Where home makers serve everybody anyhow, dearer magnets make the market smaller.
    """
    place = {"magnet_class": "light NdFeB"}
    made = closed["magnet_output_total_by_class"].sel(region="US", **place)
    free, shut = made.sel(case=f"{base}, open"), made.sel(case=f"{base}, closed")
    market = closed["direct_demand"].sel(case=f"{base}, open", **place)
    room = (free < 0.8 * market).sel(time=LATE)
    gains = (shut > free).sel(time=LATE)
    if base in ("mobilization", "allied-network", "hybrid"):
        assert not room.sel(time=2040)
        return
    assert room.sel(time=2045)
    assert gains.sel(time=[2040, 2045]).all()


@pytest.mark.parametrize("base", EVERY)
def test_an_embargo_never_costs_home_makers_orders_where_users_want_as_much(compare, base):
    """So what it takes from them in full markets is demand that dearer magnets drive away."""
    held = {
        "price elasticity of demand": 0,
        "price push of substitutes": 0,
        "downstream offshoring": 0,
    }
    ds = compare(["us magnet output total"], free=(base, held), shut=(base, held | FROM_2027_ON))
    made = ds["us_magnet_output_total"].sel(time=[2040, 2045])
    assert (made.sel(case="shut") >= made.sel(case="free")).all()


def test_the_rent_of_metal_never_exceeds_what_a_magnet_leaves(closed):
    rent, netback = closed["metal_rent"], closed["netback_of_metal"]
    assert (rent <= netback + 1e-9).all()
    assert float(rent.sel(case="status-quo-2025, closed").max()) > 10
    # And that is the price less the oxide, at the most.
    price = closed["magnet_price"].sel(region="US")
    most = (price * 1.15 - closed["feed_value_of_class"]).max("magnet_class")
    assert (1.4 * rent.sel(region="US") <= most).all()


# --- cost in three parts --------------------------------------------------------------------------


def test_oxide_leaves_china_with_its_tax_and_magnets_without(compare):
    outputs = ["ex china price", "chinese price", "price ratio", "chinese magnet price"]
    # Dearer oxide costs Western makers sales, and China answers what they sell with its price.
    calm = {"switch dumping": 0}
    cases = {f"{tax}": ("status-quo", calm | {"value added tax kept": tax}) for tax in (0, 0.13)}
    ds = compare(outputs, **cases).sel(time=2026)
    taxed = ds.sel(case="0.13")
    abroad = taxed["chinese_price"] * 1.13 * taxed["price_ratio"]
    assert np.allclose(taxed["ex_china_price"], abroad)
    assert np.allclose(*(ds["chinese_magnet_price"].sel(case=case) for case in ("0", "0.13")))


def test_an_environment_that_china_pays_for_makes_its_oxide_dearer_and_western_oxide_pay(compare):
    """At the damage that was counted at Bayan Obo; the West bears its own in any case."""
    outputs = ["chinese price", "market return", "processing cost"]
    ds = compare(
        outputs,
        free=("status-quo", {}),
        charged=("status-quo", {"environmental charge in China": 5.6}),
        clean=("status-quo", {"environmental cost": 3}),
    ).sel(time=2030)
    price = ds["chinese_price"].sel(element="NdPr")
    assert float(price.sel(case="charged")) > 1.3 * float(price.sel(case="free"))
    separation = ds.sel(region="US", line="NdPr separation")
    gain = separation["market_return"].sel(case="charged") - separation["market_return"].sel(
        case="free"
    )
    assert float(gain) > 0.05
    cost = separation["processing_cost"]
    assert float(cost.sel(case="clean")) > 1.3 * float(cost.sel(case="free"))
