"""Claims about the chain, the deadline and what binds."""

import math

import numpy as np
import xarray as xr

from buildout.experiments.claims.claim import Measure, case, first_year, made, total, years_between
from buildout.inputs.pathway import CANONICAL

OUTPUT = "us_magnet_output_total"
SELF = "self_sufficiency_of_direct_market"
COVERAGE = "defense_coverage"
SHORT = ["heavy NdFeB", "SmCo"]


def _china_separates(ds: xr.Dataset) -> xr.DataArray:
    share = ds["chinese_share_of_capacity"].sel(line="NdPr separation", pathway=list(CANONICAL))
    return share.sel(time=slice(2025, 2030)).min(["time", "pathway"])


def _us_magnets_in_2027(ds: xr.Dataset) -> xr.DataArray:
    share = ds[OUTPUT] / ds["direct_demand_total"]
    return share.sel(time=2027, pathway=list(CANONICAL)).max("pathway")


def _upstream_orders(ds: xr.Dataset) -> xr.DataArray:
    years = slice(2026, 2035)
    with_orders, without = (
        case(ds, name)[OUTPUT].sel(time=years) for name in ("upstream-orders", "status-quo-2025")
    )
    return abs(with_orders / without - 1).max("time")


def _more_ore(ds: xr.Dataset) -> xr.DataArray:
    return made(ds, "more ore", 2032) / made(ds, "status-quo", 2032) - 1


def _mining_binds(ds: xr.Dataset) -> xr.DataArray:
    own = case(ds, "status-quo")[SELF].sel(time=slice(2026, 2035))
    return (own.sel(line="mining", drop=True) <= own.min("line")).mean("time")


def _metal_binds(ds: xr.Dataset) -> xr.DataArray:
    lines = ["mining", "NdPr separation", "metal and alloy", "NdFeB magnets"]
    own = case(ds, "status-quo")[SELF].sel(time=slice(2027, 2030), line=lines)
    return (own.sel(line="metal and alloy", drop=True) <= own.min("line")).mean("time")


def _defense_before_civil(ds: xr.Dataset) -> xr.DataArray:
    civil = first_year(ds, "mobilization", SELF, 1.0, line="NdFeB magnets")
    heavy = first_year(ds, "mobilization", COVERAGE, 1.0, magnet_class="heavy NdFeB")
    return years_between(civil, heavy)


def _permits_alone(ds: xr.Dataset) -> xr.DataArray:
    years = [2028, 2030, 2032]
    change = made(ds, "faster permits", years) / made(ds, "status-quo", years) - 1
    return abs(change).max("time")


def _announced_by_2026(ds: xr.Dataset) -> xr.DataArray:
    """New US magnet capacity effective in 2030 over what was announced by mid-2026."""
    now = case(ds, "status-quo").sel(region="US", line="NdFeB magnets", drop=True)
    start = now["effective_capacity"].sel(time=2025)
    effective = now["effective_capacity"].sel(time=2030) - start
    waiting = now["committed_capacity"] + now["pipeline_capacity"]
    return effective / (waiting.sel(time=2026) - start)


def _short_classes(ds: xr.Dataset) -> xr.DataArray:
    covered = ds[COVERAGE].sel(magnet_class=SHORT, pathway=list(CANONICAL), time=2027)
    return covered.max(["pathway", "magnet_class"])


def _light_class(name: str) -> Measure:
    def measure(ds: xr.Dataset) -> xr.DataArray:
        return case(ds, name)[COVERAGE].sel(magnet_class="light NdFeB", time=2027, drop=True)

    return measure


def _stock(ds: xr.Dataset) -> xr.DataArray:
    short = [
        total(case(ds, name)["defense_shortfall_total"], 2027, 2030)
        for name in ("a year of defense stock", "status-quo")
    ]
    return 1 - short[0] / short[1]


def _readiness(ds: xr.Dataset) -> xr.DataArray:
    short = [
        total(case(ds, name)["defense_shortfall_total"], 2027, 2035)
        for name in ("cut, status quo", "mobilization", "hybrid")
    ]
    return short[0] / np.maximum(short[1], short[2])


def _know_how(ds: xr.Dataset) -> xr.DataArray:
    return first_year(ds, "mobilization", "know_how", 0.95, region="US", line_group="magnets")


def _ramp(ds: xr.Dataset) -> xr.DataArray:
    """Years to 80 % of nameplate of a plant that starts in 2027, by the ramp of that time."""
    constant = case(ds, "status-quo")["ramp_time_constant"]
    return constant.sel(region="US", line="NdFeB magnets", time=2027, drop=True) * math.log(5)


def _allied_help(ds: xr.Dataset) -> xr.DataArray:
    """Allied magnets lost in the year of a cut that reaches the allies too."""
    allied = [
        case(ds, name)["magnet_output_total_by_class"].sel(region="Allies", time=2030, drop=True)
        for name in ("cut of allies too", "no cut")
    ]
    return 1 - allied[0].sum("magnet_class") / allied[1].sum("magnet_class")


def _recycled(ds: xr.Dataset) -> xr.DataArray:
    now = case(ds, "status-quo").sel(time=2035)
    want = now["direct_demand_total"] * now["total_need_factor"]
    return now["recycling_of_magnets"] / want + now["substitute_share"]


def _people(ds: xr.Dataset) -> xr.DataArray:
    base = made(ds, "mobilization", 2030)
    return (
        made(ds, "people enough", 2030) / base - made(ds, "half as much money again", 2030) / base
    )


MEASURES: dict[str, Measure] = {
    "china separates": _china_separates,
    "us magnets in 2027": _us_magnets_in_2027,
    "upstream orders": _upstream_orders,
    "more ore": _more_ore,
    "mining binds": _mining_binds,
    "metal binds": _metal_binds,
    "defense before civil": _defense_before_civil,
    "permits alone": _permits_alone,
    "announced by 2026": _announced_by_2026,
    "short classes": _short_classes,
    "stock": _stock,
    "readiness": _readiness,
    "know how": _know_how,
    "ramp": _ramp,
    "allied help": _allied_help,
    "recycled": _recycled,
    "people": _people,
    "light class at 300 t": _light_class("need of 300 t"),
    "light class at 3,000 t": _light_class("need of 3,000 t"),
}
