"""Claims about China: its prices, its dumping, its deal, its answers."""

import xarray as xr

from buildout.experiments.claims.claim import Measure, case, decided, total

MAGNETS = {"region": "US", "line": "NdFeB magnets"}


def _cancelled(ds: xr.Dataset) -> xr.DataArray:
    dumped, spared = (
        decided(ds, name, 2045, line="NdFeB magnets")
        - decided(ds, name, 2032, line="NdFeB magnets")
        for name in ("contracts end, dumping", "contracts end")
    )
    return 1 - dumped / spared


def _cancelled_with_a_floor(ds: xr.Dataset) -> xr.DataArray:
    dumped, spared = (
        decided(ds, name, 2040, line="NdFeB magnets") for name in ("mobilization", "no dumping")
    )
    return 1 - dumped / spared


def _two_prices(ds: xr.Dataset) -> xr.DataArray:
    ratio = case(ds, "status-quo")["price_ratio"].sel(element="DyTb", drop=True)
    return ratio.sel(time=slice(2026, 2030)).mean("time")


def _surplus(ds: xr.Dataset) -> xr.DataArray:
    now = case(ds, "status-quo")
    share = now["chinese_exportable_magnets"] / now["chinese_magnet_output"]
    return share.sel(time=2035) / share.sel(time=2025)


def _lock_in(ds: xr.Dataset) -> xr.DataArray:
    deal, usual = (
        case(ds, name)["committed_capacity"].sel({"time": 2036, **MAGNETS}, drop=True)
        for name in ("china-deal", "status-quo")
    )
    return deal / usual


def _april_2025(ds: xr.Dataset) -> xr.DataArray:
    bought = case(ds, "status-quo")["chinese_magnets_to_us"]
    return bought.sel(time=2025.5) / bought.sel(time=2025)


def _tariff_on_allies(ds: xr.Dataset) -> xr.DataArray:
    taxed, free = (
        case(ds, name)["allied_access"].sel(time=2035)
        for name in ("tariff on allies", "status-quo")
    )
    return 1 - taxed / free


def _ideal_deal(ds: xr.Dataset) -> xr.DataArray:
    now = case(ds, "china-deal-ideal")
    wanted = total(now["civil_demand"].sum("magnet_class"), 2027, 2036)
    return total(now["unmet_civil_demand_total"], 2027, 2036) / wanted


def _china_in_2035(ds: xr.Dataset) -> xr.DataArray:
    share = case(ds, "status-quo")["chinese_share_of_capacity"]
    return share.sel(line="NdFeB magnets", time=2035, drop=True)


def _retaliation(ds: xr.Dataset) -> xr.DataArray:
    taxed, free = (
        case(ds, name)["civil_access"].sel(time=2032) for name in ("tariff on China", "status-quo")
    )
    return free - taxed


def _embargo(ds: xr.Dataset) -> xr.DataArray:
    unmet = [
        total(case(ds, name)["unmet_civil_demand_total"], 2027, 2035)
        for name in ("cut, status quo", "cut, hybrid")
    ]
    return unmet[0] / unmet[1]


MEASURES: dict[str, Measure] = {
    "cancelled": _cancelled,
    "cancelled with a floor": _cancelled_with_a_floor,
    "two prices": _two_prices,
    "surplus": _surplus,
    "lock in": _lock_in,
    "april 2025": _april_2025,
    "tariff on allies": _tariff_on_allies,
    "ideal deal": _ideal_deal,
    "china in 2035": _china_in_2035,
    "retaliation": _retaliation,
    "embargo": _embargo,
}
