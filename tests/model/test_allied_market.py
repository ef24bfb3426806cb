"""What allied users buy in China is a market: price, tariff, contracts and cuts move it.

The split at the beginning is that of 2024; nothing later was looked at. No test says how much of
the market allied makers win: that is what the model is for.
"""

import numpy as np
import pytest

from buildout.inputs.observations import load_observations, select_observations

NDFEB = {"region": "Allies", "line": "NdFeB magnets"}
TARIFF = {
    "tariff on Chinese magnets level[Allies]": 0.25,
    "tariff on Chinese magnets start": 2028,
}
COVERED = {"contract cover level[Allies,NdFeB magnets]": 0.8}
LATE = [2035, 2040, 2045]


def nothing_planned(world):
    """No contract, tariff, cut or other instrument on what was there in early 2025."""
    return world.no_cover | world.no_tariff | world.no_cuts


def bought(ds):
    """Chinese magnets that allied users buy."""
    return ds["chinese_magnets_to_civil_use"].sel(region="Allies").sum("magnet_class")


def exported(series):
    """Tonnes of 2024 by Chinese customs."""
    ds = select_observations(load_observations(), series=series)
    year = (ds.start >= 2023.99) & (ds.end <= 2025.01) & (ds.end - ds.start > 0.9)
    (tonnes,) = ds.value.values[year.values]
    return float(tonnes)


@pytest.fixture(scope="module")
def moved(compare, world):
    """One lever at a time on a world without any."""
    base = nothing_planned(world)
    cut = {"cut depth[later cut]": 0.85, "cut start[later cut]": 2027, "cut length[later cut]": 1}
    outputs = [
        "line output",
        "Chinese magnets to civil use",
        "choice of Chinese magnets",
        "decided since start",
        "contract cover",
        "magnet price",
    ]
    return compare(
        outputs,
        none=("status-quo", base),
        tariff=("status-quo", base | TARIFF),
        covered=("status-quo", base | COVERED),
        cut=("status-quo", base | cut),
        spared=("status-quo", base | cut | {"cut spillover to allies": 0}),
    )


def test_at_the_start_allied_users_buy_what_they_bought_in_2024(compare):
    """In China what customs counted, at home what is said of plants outside China."""
    ds = compare(["Chinese magnets to civil use", "line output"], now=("status-quo", {}))
    ds = ds.isel(case=0).sel(time=2025)
    observed = exported("china_magnet_exports_total_t") - exported("china_magnet_exports_to_us_t")
    assert float(bought(ds)) == pytest.approx(observed, rel=0.02)
    assert 12_200 < float(ds["line_output"].sel(NDFEB)) < 20_600


def test_without_levers_the_split_stays_near_that_of_2025(moved):
    """To 2035; later who has learned and who has a premium moves it a little."""
    choice = moved["choice_of_chinese_magnets"].sel(case="none", region="Allies")
    choice = choice.sel(magnet_class=["light NdFeB", "heavy NdFeB"], time=slice(None, 2035))
    assert float(np.abs(choice - choice.sel(time=2025)).max()) < 0.05


def test_without_elasticity_nothing_moves_the_split(compare):
    rigid = {"elasticity of choice": 0}
    ds = compare(["choice of Chinese magnets"], rigid=("mobilization", rigid))
    choice = ds["choice_of_chinese_magnets"]
    np.testing.assert_allclose(choice, choice.sel(time=2025).broadcast_like(choice), rtol=1e-12)


@pytest.mark.parametrize("lever", ["tariff", "covered"])
def test_a_tariff_of_allies_and_contracts_of_their_makers_win_allied_users(moved, lever):
    with_lever, none = moved.sel(case=lever, time=LATE), moved.sel(case="none", time=LATE)
    classes = {"region": "Allies", "magnet_class": ["light NdFeB", "heavy NdFeB"]}
    choice = "choice_of_chinese_magnets"
    assert (with_lever[choice].sel(classes) < none[choice].sel(classes)).all()
    assert (with_lever["line_output"].sel(NDFEB) > 1.05 * none["line_output"].sel(NDFEB)).all()
    assert (bought(with_lever) < bought(none)).all()


def test_a_tariff_moves_nothing_before_its_date(moved):
    early = moved.sel(time=slice(None, 2027.75))
    for name in ("line_output", "magnet_price"):
        np.testing.assert_array_equal(early[name].sel(case="tariff"), early[name].sel(case="none"))


def test_a_cut_that_reaches_allied_users_sells_allied_magnets_at_once_and_builds_plants(moved):
    cut, none = moved.sel(case="cut"), moved.sel(case="none")
    during = {"time": 2027.5}
    assert float(bought(cut).sel(during)) < 0.85 * float(bought(none).sel(during))
    made = [float(ds["line_output"].sel(NDFEB).sel(during)) for ds in (cut, none)]
    # As far as plants stand idle.
    assert made[0] > 1.03 * made[1]
    price = [
        float(ds["magnet_price"].sel(region="Allies", magnet_class="light NdFeB", **during))
        for ds in (cut, none)
    ]
    assert price[0] > 1.2 * price[1]
    decided = [float(ds["decided_since_start"].sel(NDFEB).sel(time=2030)) for ds in (cut, none)]
    assert decided[0] > decided[1]


def test_a_cut_that_spares_allies_takes_no_chinese_magnet_from_them(moved):
    spared, none = (moved.sel(case=case, time=2027.25) for case in ("spared", "none"))
    assert float(bought(spared)) > 0.99 * float(bought(none))


def test_a_contract_never_makes_a_home_magnet_dearer(compare):
    """Under contract it sells at the Chinese price, or at its own where that is lower."""
    cases = {f"{cover}": ("mobilization", {"contract cover level": cover}) for cover in (0, 0.5, 1)}
    ds = compare(["relative price at home", "closed market price", "import parity"], **cases)
    alone = ds["closed_market_price"] / ds["import_parity"]
    relative = ds["relative_price_at_home"]
    assert (relative <= alone + 1e-12).all()
    assert (relative >= np.minimum(alone, 1) - 1e-12).all()


def test_china_sells_abroad_no_more_than_it_has_and_shares_what_is_short(compare, eight_names):
    """Allied demand is met at home, by US exports, from China, or not at all."""
    outputs = [
        "Chinese magnets to civil use",
        "Chinese line capacity",
        "Chinese magnet output",
        "Chinese magnets wanted",
        "Chinese own demand",
        "surplus limit",
        "allied magnet demand",
        "magnet output total by class",
        "allied magnets to civil use",
        "allied used by defense",
        "US exports of magnets",
        "unmet civil share",
        "filling civil stockpile",
    ]
    cases = {name: (name, {}) for name in eight_names}
    short = {"lead of Chinese demand growth": 0.4, "time to build Chinese magnet plants": 4}
    ds = compare(outputs, short=("status-quo", short), **cases)
    sold = ds["chinese_magnets_to_civil_use"].sum(["region", "magnet_class"])
    # Users in China get the same share of what they want as users abroad.
    at_home = ds["surplus_limit"] * ds["chinese_own_demand"]
    # What it makes is what it sells, at home and abroad, and what it can at the most.
    stocked = ds["filling_civil_stockpile"].sum("magnet_class")
    made, plants = ds["chinese_magnet_output"], ds["chinese_line_capacity"]
    np.testing.assert_allclose(made, at_home + sold + stocked, rtol=1e-12)
    assert (made <= plants.sel(line="NdFeB magnets") * (1 + 1e-9)).all()
    assert (made <= (ds["chinese_magnets_wanted"] + stocked) * (1 + 1e-9)).all()
    limit = ds["surplus_limit"].sel(case="short", time=2040)
    assert 0.3 < float(limit) < 0.9
    wanted = ds["allied_magnet_demand"]
    home = ds["magnet_output_total_by_class"].sel(region="Allies")
    home = home - ds["allied_magnets_to_civil_use"] - ds["allied_used_by_defense"]
    supplied = home + ds["us_exports_of_magnets"]
    supplied = supplied + ds["chinese_magnets_to_civil_use"].sel(region="Allies")
    supplied = supplied + ds["unmet_civil_share"].sel(region="Allies") * wanted
    assert (supplied >= wanted * (1 - 1e-9)).all()
    from_china = ds["chinese_magnets_to_civil_use"].sel(region="Allies") > 0
    assert (supplied.where(from_china, 0) <= wanted * (1 + 1e-9)).all()


def test_mobilization_takes_a_share_from_china_and_a_deal_leaves_it_more_than_none(compare):
    """Of NdFeB capacity, and of what is made, which is what the 92 percent of the articles are."""
    names = ("status-quo", "mobilization", "china-deal")
    outputs = ["Chinese share of capacity", "Chinese share of magnets"]
    ds = compare(outputs, **{name: (name, {}) for name in names})
    made, built = (
        ds["chinese_share_of_magnets"],
        ds["chinese_share_of_capacity"].sel(line="NdFeB magnets"),
    )
    for share in (made, built):
        later = {name: float(share.sel(case=name, time=2040)) for name in names}
        assert later["mobilization"] < float(share.sel(case="mobilization", time=2025))
        assert later["mobilization"] < later["status-quo"] < later["china-deal"]
    fall = made.sel(case="mobilization", time=2025) - made.sel(case="mobilization", time=2040)
    assert float(fall) >= 0.03


def test_china_builds_magnet_plants_for_its_orders_and_is_short_only_while_they_leap(compare):
    """Whoever wins its users leaves it plants that it no longer adds; none stands idle for long."""
    cases = {name: (name, {}) for name in ("status-quo", "mobilization")}
    slow = {"world demand growth": 0.025, "lead of Chinese demand growth": 0.015}
    outputs = ["surplus limit", "Chinese magnets wanted", "Chinese line capacity"]
    ds = compare(outputs, slow=("status-quo", slow), **cases)
    assert (ds["surplus_limit"] == 1).all()
    plants = ds["chinese_line_capacity"].sel(line="NdFeB magnets")
    use = (ds["chinese_magnets_wanted"] / plants).sel(time=slice(2028, None))
    assert 0.62 < float(use.min()) < float(use.max()) < 0.68
    built = plants.sel(time=2040)
    assert float(built.sel(case="mobilization")) < 0.98 * float(built.sel(case="status-quo"))


def test_chinese_magnets_are_counted_finished_as_western_ones_are(compare, model):
    """300,000 t of blanks and low grades in 2024 need the metal that China made then, no more."""
    ds = compare(["Chinese magnet output"], now=("status-quo", {})).sel(case="now", time=2025)
    made = float(ds["chinese_magnet_output"])
    blanks = 0.71  # t finished per t: 20,900 of 29,300 t at one maker in 2024 (S32)
    assert made == pytest.approx(blanks * 300_000, rel=0.05)
    content = model.constants[model.scalars("magnet content[light NdFeB,NdPr]")[0]]
    metal = made * content / blanks
    assert metal == pytest.approx(88_000, rel=0.1)  # t of metal in 2024 (S85)
