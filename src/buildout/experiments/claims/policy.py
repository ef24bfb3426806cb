"""Claims about money, policy and the choice between pathways."""

import numpy as np
import xarray as xr

from buildout.experiments.claims.claim import (
    Claim,
    at_least,
    at_most,
    case,
    decided,
    first_year,
    made,
    total,
)


def _private_alone(ds: xr.Dataset) -> xr.DataArray:
    """Yearly tonnes decided in each line, as a share of the run with floors, averaged."""
    lines = ["NdPr separation", "metal and alloy", "NdFeB magnets"]
    alone, carried = (decided(ds, n, 2035, line=lines) for n in ("private alone", "status-quo"))
    return (alone / carried).mean("line")


def _dependence(ds: xr.Dataset) -> xr.DataArray:
    passed = case(ds, "nothing federal")["dependence_on_china"]
    return passed.sel(dependence_stage="at oxide and ore", time=slice(2025, 2030)).min("time")


def _contracts_or_grants(ds: xr.Dataset) -> xr.DataArray:
    line = {"line": "NdFeB magnets"}
    return decided(ds, "contracts alone", 2030, **line) / np.maximum(
        decided(ds, "grants alone", 2030, **line), 1.0
    )


def _self_sufficient(ds: xr.Dataset, name: str, level: float) -> xr.DataArray:
    key = "self_sufficiency_of_direct_market"
    return first_year(ds, name, key, level, line="NdFeB magnets")


def _half(ds: xr.Dataset, name: str) -> xr.DataArray:
    return _self_sufficient(ds, name, 0.5)


def _coordination(ds: xr.Dataset) -> xr.DataArray:
    return _half(ds, "uncoordinated") - _half(ds, "coordinated")


def _vulnerable(ds: xr.Dataset) -> xr.DataArray:
    lost = case(ds, "status-quo")["vulnerability"]
    return np.minimum(lost.sel(time=2030) - 0.6, lost.sel(time=2035) - 0.4)


def _substitutes(ds: xr.Dataset) -> xr.DataArray:
    return ds["substitute_share"].sel(time=2035).max("pathway")


def _coordination_or_money(ds: xr.Dataset) -> xr.DataArray:
    base = made(ds, "uncoordinated", 2035)
    return (made(ds, "coordinated", 2035) - base) / base - (
        made(ds, "half as much money again", 2035) / made(ds, "mobilization", 2035) - 1
    )


def _first_tenth(ds: xr.Dataset) -> xr.DataArray:
    none, tenth, all_of_it = (
        made(ds, name, 2040) for name in ("no surge", "a tenth of the surge", "the surge alone")
    )
    return (tenth - none) / (all_of_it - none)


def _year_of_delay(ds: xr.Dataset) -> xr.DataArray:
    return _half(ds, "a year later") - _half(ds, "mobilization")


def _hybrid_shortage(ds: xr.Dataset) -> xr.DataArray:
    unmet = [
        total(case(ds, name)["unmet_civil_demand_total"], 2027, 2032)
        for name in ("hybrid", "mobilization", "china-deal")
    ]
    return unmet[0] / np.minimum(unmet[1], unmet[2])


def _idle(ds: xr.Dataset) -> xr.DataArray:
    now = case(ds, "mobilization").sel(time=2039)
    return now["public_money_idle"] / now["money_appropriated"].sum("fund")


def _eighty(ds: xr.Dataset) -> xr.DataArray:
    return _self_sufficient(ds, "mobilization", 0.8)


def _reversal(ds: xr.Dataset) -> xr.DataArray:
    return made(ds, "reversal", 2040) / made(ds, "mobilization", 2040)


def _permit_lever(ds: xr.Dataset) -> xr.DataArray:
    return _half(ds, "without permit reform") - _half(ds, "mobilization")


def _moral_hazard(ds: xr.Dataset) -> xr.DataArray:
    return made(ds, "hybrid", 2040) / made(ds, "mobilization", 2040)


def _short_programme(ds: xr.Dataset) -> xr.DataArray:
    base = made(ds, "status-quo", 2042)
    return (made(ds, "five years", 2042) - base) / (made(ds, "mobilization", 2042) - base)


SHARE, YEARS, RATIO = "Dmnl", "Year", "Dmnl"
DECIDED, UNMET = ("decided since start",), ("unmet civil demand total",)
OUTPUT, SELF = ("US magnet output total",), ("self sufficiency of direct market",)
CLAIMS = (
    Claim(
        "C09",
        "decided by 2035 without floor, grants and public money over decided with them",
        RATIO,
        _private_alone,
        at_most(0.2),
        0.1,
        DECIDED,
    ),
    Claim(
        "C13",
        "least dependence on China at oxide and ore to 2030, nothing federal",
        SHARE,
        _dependence,
        at_least(0.8),
        0.05,
        ("dependence on China",),
    ),
    Claim(
        "C17",
        "magnet plants decided by 2030: contracts without grants over grants without contracts",
        RATIO,
        _contracts_or_grants,
        at_least(1.5),
        0.3,
        DECIDED,
    ),
    Claim(
        "C18",
        "years by which coordination of 0.9 reaches half self-sufficiency before 0.4",
        YEARS,
        _coordination,
        at_least(2.0),
        0.5,
        SELF,
    ),
    Claim(
        "C19",
        "vulnerability above 0.6 in 2030 and above 0.4 in 2035, status quo (the lesser excess)",
        SHARE,
        _vulnerable,
        at_least(0.0),
        0.05,
        ("vulnerability",),
    ),
    Claim(
        "C35",
        "share of uses taken by magnets without rare earths in 2035, highest case",
        SHARE,
        _substitutes,
        at_most(0.05),
        0.02,
        ("substitute share",),
    ),
    Claim(
        "C36",
        "gain of 2035 output from coordination 0.4 to 0.9, less that from half as much money again",
        SHARE,
        _coordination_or_money,
        at_least(0.0),
        0.02,
        OUTPUT,
    ),
    Claim(
        "C37",
        "share of the gain of $500B in 2040 that the first $50B bring (a threshold: little)",
        SHARE,
        _first_tenth,
        at_most(0.1),
        0.05,
        OUTPUT,
    ),
    Claim(
        "C48",
        "years that a start one year later costs to half self-sufficiency",
        YEARS,
        _year_of_delay,
        (0.7, 1.3),
        0.3,
        SELF,
    ),
    Claim(
        "C65",
        "share of mobilization's public money that lies idle or has lapsed in 2039",
        SHARE,
        _idle,
        at_least(0.3),
        0.1,
        ("public money idle", "money appropriated"),
    ),
    Claim(
        "C66",
        "year of 80 % self-sufficiency in NdFeB magnets, mobilization",
        YEARS,
        _eighty,
        (2036.0, 2041.0),
        1.0,
        SELF,
    ),
    Claim(
        "C67",
        "2040 output after a reversal in 2033 that halves the programme, over mobilization",
        RATIO,
        _reversal,
        at_most(0.75),
        0.1,
        OUTPUT,
    ),
    Claim(
        "C68",
        "years that mobilization without permit reform is later at half self-sufficiency",
        YEARS,
        _permit_lever,
        (2.0, 3.0),
        0.5,
        SELF,
    ),
    Claim(
        "C70",
        "2040 output of deal and build over build alone (moral hazard)",
        RATIO,
        _moral_hazard,
        at_most(1.0),
        0.02,
        OUTPUT,
    ),
    Claim(
        "C93",
        "share of mobilization's gain in 2042 that five years of it leave",
        SHARE,
        _short_programme,
        at_most(0.5),
        0.1,
        OUTPUT,
    ),
    Claim(
        "C95",
        "unmet civil demand 2027-2032, hybrid over the better of deal and mobilization",
        RATIO,
        _hybrid_shortage,
        at_most(1.0),
        0.05,
        UNMET,
    ),
)
