"""Claims about the chain, the deadline and what binds."""

import numpy as np
import xarray as xr

from buildout.experiments.claims.claim import (
    Claim,
    at_least,
    at_most,
    case,
    first_year,
    made,
    total,
)
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
    return np.abs(with_orders / without - 1).max("time")


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
    return civil - first_year(ds, "mobilization", COVERAGE, 1.0, magnet_class="heavy NdFeB")


def _permits_alone(ds: xr.Dataset) -> xr.DataArray:
    years = [2028, 2030, 2032]
    return np.abs(made(ds, "faster permits", years) / made(ds, "status-quo", years) - 1).max("time")


def _announced_by_2026(ds: xr.Dataset) -> xr.DataArray:
    """New US magnet capacity effective in 2030 over what was announced by mid-2026."""
    now = case(ds, "status-quo").sel(region="US", line="NdFeB magnets", drop=True)
    start = now["effective_total"].sel(time=2025)
    effective = now["effective_total"].sel(time=2030) - start
    waiting = now["committed_capacity"] + now["pipeline_capacity"]
    return effective / (waiting.sel(time=2026) - start)


def _short_classes(ds: xr.Dataset) -> xr.DataArray:
    covered = ds[COVERAGE].sel(magnet_class=SHORT, pathway=list(CANONICAL), time=2027)
    return covered.max(["pathway", "magnet_class"])


def _light_class(name: str):
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
    return np.log(5) * constant.sel(region="US", line="NdFeB magnets", time=2027, drop=True)


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


SHARE, YEARS = "Dmnl", "Year"
CLAIMS = (
    Claim(
        "C01",
        "least Chinese share of NdPr separation to 2030, canonical pathways",
        SHARE,
        _china_separates,
        at_least(0.80),
        0.05,
        ("Chinese share of capacity",),
    ),
    Claim(
        "C02",
        "US magnets over direct demand on 1 January 2027, highest pathway",
        SHARE,
        _us_magnets_in_2027,
        at_most(0.15),
        0.03,
        ("US magnet output total", "direct demand total"),
    ),
    Claim(
        "C03",
        "upstream orders against early-2025 policy: largest change of magnet output to 2035",
        SHARE,
        _upstream_orders,
        at_most(0.05),
        0.02,
        ("US magnet output total",),
    ),
    Claim(
        "C04",
        "20,000 t more ore a year: change of US magnet output in 2032",
        SHARE,
        _more_ore,
        (-0.01, 0.01),
        0.02,
        ("US magnet output total",),
    ),
    Claim(
        "C05",
        "share of the years 2026-2035 in which mining is the least self-sufficient line",
        SHARE,
        _mining_binds,
        at_most(0.0),
        0.15,
        ("self sufficiency of direct market",),
    ),
    Claim(
        "C07",
        "years by which heavy defense coverage comes before civil self-sufficiency",
        YEARS,
        _defense_before_civil,
        at_least(2.0),
        1.0,
        ("defense coverage", "self sufficiency of direct market"),
    ),
    Claim(
        "C08",
        "permits at 0.4 of their time, nothing else: largest change of magnet output to 2032",
        SHARE,
        _permits_alone,
        at_most(0.02),
        0.03,
        ("US magnet output total",),
    ),
    Claim(
        "C12",
        "year in which US know-how of magnets reaches 0.95 of China's, mobilization",
        YEARS,
        _know_how,
        at_least(2035.0),
        1.0,
        ("know how",),
    ),
    Claim(
        "C20",
        "US magnet capacity of 2030 over what was announced by 2026, status quo",
        SHARE,
        _announced_by_2026,
        at_most(0.5),
        0.1,
        ("effective total", "committed capacity", "pipeline capacity"),
    ),
    Claim(
        "C31",
        "best coverage of heavy NdFeB and SmCo on 1 January 2027, canonical pathways",
        SHARE,
        _short_classes,
        at_most(1.0),
        0.1,
        ("defense coverage",),
    ),
    Claim(
        "C32a",
        "light coverage on 1 January 2027 at a need of 300 t",
        SHARE,
        _light_class("need of 300 t"),
        at_least(1.0),
        0.1,
        ("defense coverage",),
    ),
    Claim(
        "C32b",
        "light coverage on 1 January 2027 at a need of 3,000 t",
        SHARE,
        _light_class("need of 3,000 t"),
        at_most(1.0),
        0.1,
        ("defense coverage",),
    ),
    Claim(
        "C45",
        "unmet defense need 2027-2035, status quo with a cut over the worse of two builds",
        SHARE,
        _readiness,
        at_least(1.0),
        0.1,
        ("defense shortfall total",),
    ),
    Claim(
        "C72",
        "recycling and substitution over all US demand in 2035, status quo",
        SHARE,
        _recycled,
        at_most(0.10),
        0.03,
        ("recycling of magnets", "substitute share", "direct demand total", "total need factor"),
    ),
    Claim(
        "C80",
        "share of 2027-2030 in which metal is the least self-sufficient step to light magnets",
        SHARE,
        _metal_binds,
        at_least(0.5),
        0.25,
        ("self sufficiency of direct market",),
    ),
    Claim(
        "C82",
        "years from first product to 80 % of nameplate of a magnet plant",
        YEARS,
        _ramp,
        at_least(3.0),
        0.5,
        ("ramp time constant",),
    ),
    Claim(
        "C83",
        "share of allied magnets lost a year into a cut that reaches allies",
        SHARE,
        _allied_help,
        at_least(0.5),
        0.1,
        ("magnet output total by class",),
    ),
    Claim(
        "C87",
        "gain of 2030 output from people enough, less that from half as much money again",
        SHARE,
        _people,
        at_least(0.05),
        0.05,
        ("US magnet output total",),
    ),
    Claim(
        "C88",
        "share of the unmet defense need 2027-2030 that a year's stock removes",
        SHARE,
        _stock,
        at_least(0.5),
        0.2,
        ("defense shortfall total",),
    ),
)
