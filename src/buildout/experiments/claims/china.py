"""Claims about China: its lead, its prices, its dumping, its deal, its answers."""

import xarray as xr

from buildout.experiments.claims.claim import Measure
from buildout.experiments.claims.readings import (
    NDFEB,
    UNMET,
    case,
    decided,
    half,
    least,
    made,
    on_date,
    ratio,
    relative_change,
    series,
    summed,
    total,
    year_reached,
    years_between,
)
from buildout.inputs.pathway import CANONICAL

SEPARATION = "NdPr separation"
SHARE = "chinese_share_of_capacity"


def _share(ds: xr.Dataset, names: list[str], years: slice) -> xr.DataArray:
    """China's share of NdPr separation, the lowest of some pathways and years."""
    return ds[SHARE].sel(line=SEPARATION, pathway=names, time=years).min(["time", "pathway"])


def _below_sixty(ds: xr.Dataset) -> xr.DataArray:
    """When the share first falls below 0.6, in the earliest of the builds."""
    shares = ds[SHARE].sel(line=SEPARATION, pathway=["mobilization", "allied-network"])
    return year_reached(-shares, -0.6).min("pathway")


def _cancelled(ds: xr.Dataset, dumping: str, none: str) -> xr.DataArray:
    dumped, spared = (decided(ds, name, 2040, NDFEB) for name in (dumping, none))
    return 1 - ratio(dumped, spared)


def _two_prices(ds: xr.Dataset) -> xr.DataArray:
    prices = series(ds, "status-quo", "price_ratio").sel(element="DyTb", drop=True)
    return prices.sel(time=slice(2026, 2030)).mean("time")


def _surplus(ds: xr.Dataset) -> xr.DataArray:
    now = case(ds, "status-quo")
    sold = now["chinese_magnets_to_civil_use"].sum(["region", "magnet_class"])
    share = sold / now["chinese_magnet_output"]
    return share.sel(time=2035) / share.sel(time=2025)


def _grows_below_cost(ds: xr.Dataset) -> xr.DataArray:
    """The least yearly growth of China's magnet capacity while its price is below US cost."""
    now = case(ds, "status-quo").sel(time=[float(year) for year in range(2026, 2036)])
    capacity = now["chinese_line_capacity"].sel(line=NDFEB, drop=True)
    growth = capacity.shift(time=-1) / capacity - 1
    cost = now["full_cost_of_magnets"].sel(region="US", magnet_line=NDFEB, drop=True)
    price = now["chinese_magnet_price"].sel(magnet_class="light NdFeB", drop=True)
    return growth.where(price < cost).isel(time=slice(0, -1)).min("time")


def _cost_gap(ds: xr.Dataset) -> xr.DataArray:
    cost = on_date(ds, "status-quo", "full_cost_of_magnets", 2027, region="US", magnet_line=NDFEB)
    return cost / on_date(
        ds, "status-quo", "chinese_magnet_price", 2027, magnet_class="light NdFeB"
    )


def _committed(ds: xr.Dataset, name: str, year: float) -> xr.DataArray:
    return on_date(ds, name, "committed_capacity", year, region="US", line=NDFEB)


def _of_pipeline(ds: xr.Dataset) -> xr.DataArray:
    waiting = on_date(ds, "china-deal", "pipeline_capacity", 2026, region="US", line=NDFEB)
    return _committed(ds, "china-deal", 2036) / (_committed(ds, "china-deal", 2026) + waiting)


def _april_2025(ds: xr.Dataset) -> xr.DataArray:
    bought = series(ds, "status-quo", "chinese_magnets_to_us")
    return bought.sel(time=2025.5) / bought.sel(time=2025)


def _share_of_civil_demand(ds: xr.Dataset, name: str) -> xr.DataArray:
    now = case(ds, name)
    wanted = total(now["civil_demand"].sum("magnet_class"), 2027, 2036)
    return summed(ds, name, UNMET, 2027, 2036) / wanted


def _deal_or_build(ds: xr.Dataset) -> xr.DataArray:
    unmet = [
        summed(ds, name, UNMET, 2027, 2036)
        for name in ("deal and build", "mobilization", "china-deal")
    ]
    return ratio(unmet[0], least(unmet[1], unmet[2]))


def _final_capacity(ds: xr.Dataset, deal: str, build: str) -> xr.DataArray:
    with_deal, without = (
        on_date(ds, name, "effective_capacity", 2040, region="US", line=NDFEB)
        for name in (deal, build)
    )
    return with_deal / without


def _price(ds: xr.Dataset, name: str, base: str, year: float) -> xr.DataArray:
    after, before = (
        on_date(ds, n, "magnet_price", year, region="US", magnet_class="light NdFeB")
        for n in (name, base)
    )
    return relative_change(after, before)


def _output(ds: xr.Dataset, name: str, base: str, year: float) -> xr.DataArray:
    return relative_change(made(ds, name, year), made(ds, base, year))


def _allied_help(ds: xr.Dataset) -> xr.DataArray:
    """Allied magnets lost in the year of a cut that reaches the allies too."""
    allied = [
        on_date(ds, name, "magnet_output_total_by_class", 2030, region="Allies").sum("magnet_class")
        for name in ("cut of allies too", "no cut, allies exposed")
    ]
    return 1 - allied[0] / allied[1]


def _embargo(ds: xr.Dataset) -> xr.DataArray:
    unmet = [summed(ds, name, UNMET, 2027, 2035) for name in ("cut, status quo", "cut, hybrid")]
    return ratio(unmet[0], unmet[1])


def _private_decisions(ds: xr.Dataset) -> xr.DataArray:
    lines = [SEPARATION, "metal and alloy", NDFEB]
    twice, usual = (
        series(ds, f"no cover, {name} volatility", "privately_decided")
        .sel(region="US", decision_line=lines, time=2035, drop=True)
        .sum("decision_line")
        for name in ("twice the", "usual")
    )
    return 1 - ratio(twice, usual)


MEASURES: dict[str, Measure] = {
    "C01a": lambda ds: _share(ds, list(CANONICAL), slice(2025, 2030)),
    "C01b": _below_sixty,
    "C01c": lambda ds: _share(ds, ["status-quo", "china-deal"], slice(2025, 2045)),
    "C02b": lambda ds: on_date(ds, "status-quo", "chinese_share_of_magnets", 2025),
    "C10": _grows_below_cost,
    "C26a": lambda ds: _cancelled(ds, "no floor, dumping", "no floor"),
    "C26b": lambda ds: _cancelled(ds, "mobilization", "no dumping"),
    "C28a": lambda ds: on_date(ds, "status-quo", "dumping_reserve", 2025),
    "C28b": lambda ds: _output(ds, "tariff on China", "status-quo", 2035),
    "C38": _two_prices,
    "C39": _surplus,
    "C46a": lambda ds: _committed(ds, "china-deal", 2036) / _committed(ds, "status-quo", 2036),
    "C46b": _of_pipeline,
    "C49": _april_2025,
    "C51a": lambda ds: _price(ds, "tariff before capacity", "status-quo", 2029),
    "C51b": lambda ds: _output(ds, "tariff before capacity", "status-quo", 2029),
    "C51c": lambda ds: _output(ds, "tariff after capacity", "status-quo", 2042),
    "C54a": lambda ds: years_between(
        half(ds, "allied network without the floor"),
        half(ds, "allied network, no floor, no dumping"),
    ),
    "C54b": lambda ds: years_between(
        half(ds, "allied-network"), half(ds, "allied network without dumping")
    ),
    "C61": lambda ds: on_date(ds, "no licences", "civil_access", 2032),
    "C69": lambda ds: _share_of_civil_demand(ds, "china-deal-ideal"),
    "C70a": _deal_or_build,
    "C70b": lambda ds: _final_capacity(
        ds, "deal and build with floors to 2035", "build with floors to 2035"
    ),
    "C70c": lambda ds: _final_capacity(ds, "deal and build", "mobilization"),
    "C74": _cost_gap,
    "C78a": lambda ds: on_date(ds, "status-quo", SHARE, 2035, line=NDFEB),
    "C78b": lambda ds: on_date(ds, "status-quo", SHARE, 2045, line=NDFEB),
    "C81": _private_decisions,
    "C83": _allied_help,
    "C91a": lambda ds: (
        on_date(ds, "status-quo", "civil_access", 2032)
        - on_date(ds, "tariff on China", "civil_access", 2032)
    ),
    "C91b": lambda ds: _price(ds, "tariff on China", "status-quo", 2032),
    "C96": _embargo,
}
