"""Claims about China: its prices, its dumping, its deal, its answers."""

import xarray as xr

from buildout.experiments.claims.claim import Claim, at_least, at_most, case, decided, total

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
        case(ds, name)["committed_capacity"].sel(time=2036, drop=True, **MAGNETS)
        for name in ("china-deal", "status-quo")
    )
    return deal / usual


def _april_2025(ds: xr.Dataset) -> xr.DataArray:
    bought = case(ds, "status-quo")["chinese_magnets_to_civil_use"].sum("magnet_class")
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


SHARE, RATIO = "Dmnl", "Dmnl"
DECIDED, UNMET = ("decided since start",), ("unmet civil demand total",)
CLAIMS = (
    Claim(
        "C26a",
        "share of magnet plants decided after contracts end that dumping cancels",
        SHARE,
        _cancelled,
        at_least(0.4),
        0.1,
        DECIDED,
    ),
    Claim(
        "C26b",
        "share of magnet plants that dumping cancels where contracts last",
        SHARE,
        _cancelled_with_a_floor,
        at_most(0.1),
        0.05,
        DECIDED,
    ),
    Claim(
        "C38",
        "price of Dy and Tb outside China over inside, mean 2026-2030, status quo",
        RATIO,
        _two_prices,
        at_least(1.1),
        0.05,
        ("price ratio",),
    ),
    Claim(
        "C39",
        "exportable share of Chinese magnets in 2035 over that of 2025",
        RATIO,
        _surplus,
        at_most(0.95),
        0.05,
        ("Chinese exportable magnets", "Chinese magnet output"),
    ),
    Claim(
        "C46",
        "US magnet capacity committed in 2036, deal over status quo",
        RATIO,
        _lock_in,
        at_most(0.9),
        0.1,
        ("committed capacity",),
    ),
    Claim(
        "C49",
        "US purchases of Chinese magnets in mid-2025 over those of 2025.0 (46 of 600 t a month)",
        RATIO,
        _april_2025,
        at_most(0.3),
        0.2,
        ("Chinese magnets to civil use",),
    ),
    Claim(
        "C56",
        "allied access lost to a tariff of 25 % on allies",
        SHARE,
        _tariff_on_allies,
        (0.1, 0.3),
        0.1,
        ("allied access",),
    ),
    Claim(
        "C69",
        "unmet share of civil demand 2027-2036 under a ten-year deal without breach",
        SHARE,
        _ideal_deal,
        at_most(0.05),
        0.05,
        ("civil demand", *UNMET),
    ),
    Claim(
        "C78",
        "Chinese share of NdFeB capacity in 2035, status quo",
        SHARE,
        _china_in_2035,
        at_least(0.7),
        0.05,
        ("Chinese share of capacity",),
    ),
    Claim(
        "C91",
        "civil access lost in 2032 to a 50 % tariff on Chinese magnets",
        SHARE,
        _retaliation,
        at_least(0.05),
        0.03,
        ("civil access",),
    ),
    Claim(
        "C96",
        "unmet civil demand 2027-2035 with a cut in 2030, status quo over hybrid",
        RATIO,
        _embargo,
        at_least(2.0),
        0.5,
        UNMET,
    ),
)
