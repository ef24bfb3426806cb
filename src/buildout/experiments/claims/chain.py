"""Claims about the chain: which step binds, what ore, permits, people and know-how do."""

import math

import xarray as xr

from buildout.experiments.claims.claim import Measure
from buildout.experiments.claims.readings import (
    NDFEB,
    OUTPUT,
    SELF,
    case,
    decided,
    first_year,
    half,
    made,
    most,
    on_date,
    ratio,
    relative_change,
    series,
    total,
    year_reached,
    years_between,
)
from buildout.inputs.pathway import CANONICAL

NO_PERMITS, PERMITS = "neither permits nor capital", "permits"
MIDSTREAM = ["NdPr separation", "DyTb separation", "metal and alloy", NDFEB]


def largest_change(ds: xr.Dataset, name: str, base: str, last: int) -> xr.DataArray:
    """The largest change of US magnet output from 2026 on, as a share, whatever its sign."""
    years = list(range(2026, last + 1))
    return abs(relative_change(made(ds, name, years), made(ds, base, years))).max("time")


def _more_ore_goes(ds: xr.Dataset) -> xr.DataArray:
    """What a mine makes more and nobody uses: sold as concentrate, or lying in the yard."""
    more, usual = (case(ds, name).sel(region="US", drop=True) for name in ("more ore", "usual ore"))
    sold = total(more["concentrate_sold"] - usual["concentrate_sold"], 2025, 2032)
    lies = (more["concentrate_stock"] - usual["concentrate_stock"]).sel(time=2032, drop=True)
    return (sold + lies) / total(xr.full_like(more["concentrate_sold"], 20000.0), 2025, 2032)


def _elasticity_to_ore(ds: xr.Dataset) -> xr.DataArray:
    return relative_change(made(ds, "more ore", 2030), made(ds, "usual ore", 2030)) / math.log(
        65 / 45
    )


def _binds(
    ds: xr.Dataset, line: list[str], years: slice, among: list[str] | None = None
) -> xr.DataArray:
    """Share of the years in which one of some lines is the least self-sufficient one."""
    own = series(ds, "status-quo", SELF).sel(time=years)
    own = own if among is None else own.sel(line=among)
    return (own.sel(line=line).min("line") <= own.min("line")).mean("time")


def _midstream_unaffected(ds: xr.Dataset) -> xr.DataArray:
    after, before = (
        series(ds, name, "effective_capacity").sel(
            region="US", line=MIDSTREAM, time=slice(2026, 2032), drop=True
        )
        for name in ("mine permits", NO_PERMITS)
    )
    return abs(relative_change(after, before)).fillna(0.0).max(["line", "time"])


def _mines_forward(ds: xr.Dataset) -> xr.DataArray:
    """Years by which half of what US mines decide to 2040 is decided sooner with fast permits."""
    usual, fast = (
        series(ds, name, "decided_by_the_model").sel(region="US", decision_line="mining", drop=True)
        for name in (NO_PERMITS, PERMITS)
    )
    level = usual.sel(time=2040, drop=True) / 2
    sooner = years_between(year_reached(usual, level), year_reached(fast, level))
    return sooner.where(level > 1.0)


def _announced_by_2026(ds: xr.Dataset) -> xr.DataArray:
    """New US magnet capacity effective in 2030 over what was announced by mid-2026."""
    now = case(ds, "status-quo").sel(region="US", line=NDFEB, drop=True)
    start = now["effective_capacity"].sel(time=2025)
    effective = now["effective_capacity"].sel(time=2030) - start
    waiting = now["committed_capacity"] + now["pipeline_capacity"]
    return effective / (waiting.sel(time=2026) - start)


def _ramp(ds: xr.Dataset) -> xr.DataArray:
    """Years to 80 % of nameplate of a plant that starts in 2027, by the ramp of that time."""
    constant = on_date(ds, "status-quo", "ramp_time_constant", 2027, region="US", line=NDFEB)
    return constant * math.log(5)


def _utilisation(ds: xr.Dataset) -> xr.DataArray:
    used = [
        on_date(ds, name, "line_output", 2035, region="US", line="NdPr separation")
        / on_date(ds, name, "effective_capacity", 2035, region="US", line="NdPr separation")
        for name in ("public separation", "public separation, metal and magnets")
    ]
    return used[0] / used[1]


def _follow_on(ds: xr.Dataset) -> xr.DataArray:
    alone, both = (
        decided(ds, name, 2040, "NdPr separation")
        for name in ("public separation", "public separation, metal and magnets")
    )
    return ratio(alone, both)


def _exported_or_idle(ds: xr.Dataset, name: str) -> xr.DataArray:
    now = case(ds, name).sel(time=2038, drop=True)
    at_home = (now["us_used_by_defense"] + now["us_magnets_sold_to_civil_users"]).sum(
        "magnet_class"
    )
    lines = [NDFEB, "SmCo magnets"]
    return 1 - at_home / now["effective_capacity"].sel(region="US", line=lines).sum("line")


def _recycled(ds: xr.Dataset, *, substitutes: bool) -> xr.DataArray:
    """Recycled magnets, and uses taken by others, over what would be wanted without the latter."""
    now = case(ds, "status-quo").sel(time=slice(2026, 2034))
    wanted = now["direct_demand_total"] * now["total_need_factor"] / (1 - now["substitute_share"])
    shares = now["recycling_of_magnets"] / wanted
    return (shares + now["substitute_share"] if substitutes else shares).max("time")


def _know_how_by(ds: xr.Dataset) -> xr.DataArray:
    known = {
        name: on_date(ds, name, "know_how", 2032, region="US", line_group="magnets")
        for name in ("joint ventures", "training", "experts on loan")
    }
    return known["joint ventures"] - most(known["training"], known["experts on loan"])


def _people(ds: xr.Dataset) -> xr.DataArray:
    base = made(ds, "mobilization", 2030)
    return relative_change(made(ds, "people enough", 2030), base) - relative_change(
        made(ds, "half as much money again", 2030), base
    )


def _without_mp(ds: xr.Dataset) -> xr.DataArray:
    years = [2027, 2028]
    return -relative_change(made(ds, "without MP", years), made(ds, "status-quo", years)).min(
        "time"
    )


def _us_magnets_in_2027(ds: xr.Dataset) -> xr.DataArray:
    share = ds[OUTPUT] / ds["direct_demand_total"]
    return share.sel(time=2027, pathway=list(CANONICAL)).max("pathway")


def _end_to_end(ds: xr.Dataset) -> xr.DataArray:
    """When the whole chain at home serves 80 % of all uses, by its last line."""
    lines = ["mining", "NdPr separation", "metal and alloy", NDFEB]
    dates = first_year(ds, "mobilization", "self sufficiency of total", 0.8, line=lines)
    return dates.max("line", skipna=False)


def _mine_permit_time(ds: xr.Dataset) -> xr.DataArray:
    after, before = (
        on_date(ds, name, "permit_time_now", 2029, region="US", decision_line="mining")
        for name in ("mine permits", NO_PERMITS)
    )
    return after / before


MEASURES: dict[str, Measure] = {
    "C02": _us_magnets_in_2027,
    "C03": lambda ds: largest_change(ds, "upstream-orders", "status-quo-2025", 2035),
    "C04a": lambda ds: relative_change(made(ds, "more ore", 2032), made(ds, "usual ore", 2032)),
    "C04b": _more_ore_goes,
    "C05a": lambda ds: _binds(ds, ["mining"], slice(2026, 2035)),
    "C05b": lambda ds: _binds(ds, ["DyTb separation", "metal and alloy"], slice(2026, 2029)),
    "C05c": lambda ds: _binds(ds, ["NdPr separation"], slice(2030, 2045)),
    "C06": _elasticity_to_ore,
    "C08a": lambda ds: largest_change(ds, PERMITS, NO_PERMITS, 2032),
    "C08b": lambda ds: years_between(half(ds, "capital"), half(ds, "permits and capital")),
    "C12": lambda ds: first_year(
        ds, "mobilization", "know how", 0.95, region="US", line_group="magnets"
    ),
    "C14a": _utilisation,
    "C14b": _follow_on,
    "C20": _announced_by_2026,
    "C21a": _mine_permit_time,
    "C21b": _midstream_unaffected,
    "C30": _mines_forward,
    "C35": lambda ds: on_date(ds, "status-quo", "substitute_share", 2035),
    "C44": lambda ds: (
        _exported_or_idle(ds, "magnets at home, makers abroad")
        - _exported_or_idle(ds, "magnets and makers at home")
    ),
    "C58": _know_how_by,
    "C66": _end_to_end,
    "C72a": lambda ds: _recycled(ds, substitutes=True),
    "C72b": lambda ds: _recycled(ds, substitutes=False),
    "C77": _without_mp,
    "C80": lambda ds: _binds(
        ds,
        ["metal and alloy"],
        slice(2027, 2030),
        ["mining", "NdPr separation", "metal and alloy", NDFEB],
    ),
    "C82": _ramp,
    "C87": _people,
}
