"""Small tools of the measures: numbers of cases, dates with a side, changes, sums."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from buildout._util import names

OUTPUT, SELF = "us_magnet_output_total", "self_sufficiency_of_direct_market"
DIRECT, COVERAGE = "self sufficiency of direct market", "defense coverage"
UNMET, SHORT = "unmet_civil_demand_total", "defense_shortfall_total"
NDFEB = "NdFeB magnets"
# Tonnes, or dollars, of which less is nothing to compare with.
LEAST = 1.0
# A gain below this share of an output is too small to be divided.
TELLING = 0.01


def case(ds: xr.Dataset, name: str) -> xr.Dataset:
    """One case of the results."""
    return ds.sel(pathway=name, drop=True)


def series(ds: xr.Dataset, name: str, variable: str, **where: str) -> xr.DataArray:
    """A variable of a case over time."""
    return ds[variable].sel({"pathway": name, **where}, drop=True)


def on_date(ds: xr.Dataset, name: str, variable: str, when: float, **where: str) -> xr.DataArray:
    """A variable of a case on a date."""
    return ds[variable].sel({"pathway": name, "time": when, **where}, drop=True)


def made(ds: xr.Dataset, name: str, year: float | Sequence[float]) -> xr.DataArray:
    """US magnet output of a case at a date, t/yr."""
    return series(ds, name, OUTPUT).sel(time=year)


def decided(ds: xr.Dataset, name: str, year: float, line: str | list[str]) -> xr.DataArray:
    """US capacity decided from 2025.0 to a date in a case, t/yr.

    Projects with a date do not count: no case changes whether they are decided.
    """
    chosen = {"region": "US", "time": year, "decision_line": line}
    return series(ds, name, "decided_by_the_model").sel(chosen, drop=True)


def total(yearly: xr.DataArray, start: float, end: float) -> xr.DataArray:
    """Sum over years of what moves slowly, from yearly values, by trapezoids."""
    return yearly.sel(time=slice(start, end)).integrate("time")


def summed(ds: xr.Dataset, name: str, variable: str, start: float, end: float) -> xr.DataArray:
    """Sum over years of a variable of a case, from all saved dates; see `DATES_AND_SUMS`."""
    return series(ds, name, f"{variable}_cumulative_{start:g}_{end:g}")


def ratio(part: xr.DataArray, whole: xr.DataArray) -> xr.DataArray:
    """A quotient; NaN where both are nothing, which leaves nothing to compare."""
    nothing = (abs(whole) < LEAST) & (abs(part) < LEAST)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (part / whole).where(~nothing)


def telling(part: xr.DataArray, gain: xr.DataArray, output: xr.DataArray) -> xr.DataArray:
    """A part of a gain; NaN where the gain itself is next to nothing of the output."""
    return ratio(part, gain).where(abs(gain) >= TELLING * output)


def relative_change(after: xr.DataArray, before: xr.DataArray) -> xr.DataArray:
    """A change as a share of what was before."""
    return ratio(after, before) - 1


def least(*values: xr.DataArray) -> xr.DataArray:
    """The lowest of some numbers, NaN where one of them is."""
    return xr.concat(values, "of").min("of", skipna=False)


def most(*values: xr.DataArray) -> xr.DataArray:
    """The highest of some numbers, NaN where one of them is."""
    return xr.concat(values, "of").max("of", skipna=False)


def first_year(
    ds: xr.Dataset, name: str, variable: str, level: float, **where: str | list[str]
) -> xr.DataArray:
    """When a case first holds a level for a year; see `DATES_AND_SUMS`.

    Infinite if never, so that a difference of dates has a side; NaN if the run is too short.
    """
    key = names.key(variable)
    suffix = f"above_{level:g}".replace(".", "_")
    date, known = (
        series(ds, name, f"{key}_{field}_{suffix}").sel(where) for field in ("year", "known")
    )
    return or_never(date, known).reset_coords(drop=True)


def or_never(date: xr.DataArray, known: xr.DataArray) -> xr.DataArray:
    """Dates with infinity for those that are known never to come."""
    return date.where(date.notnull() | (known == 0), np.inf)


def half(ds: xr.Dataset, name: str) -> xr.DataArray:
    """When half of the magnets of the direct market come from home in a case."""
    return first_year(ds, name, DIRECT, 0.5, line=NDFEB)


def need_covered(ds: xr.Dataset, name: str, magnet_class: str | None = None) -> xr.DataArray:
    """When a class of the defense need is fully covered in a case; all classes without a name."""
    if magnet_class:
        return first_year(ds, name, COVERAGE, 1.0, magnet_class=magnet_class)
    return first_year(ds, name, COVERAGE, 1.0).max("magnet_class", skipna=False)


def year_reached(yearly: xr.DataArray, level: xr.DataArray | float) -> xr.DataArray:
    """When yearly values first reach a level, between two years by a line; infinite if never."""
    there = yearly >= level
    first = there.argmax("time")
    last = (first - 1).clip(min=0)
    low, high = yearly.isel(time=last, drop=True), yearly.isel(time=first, drop=True)
    start, end = (yearly["time"][place].drop_vars("time") for place in (last, first))
    with np.errstate(divide="ignore", invalid="ignore"):
        way = ((level - low) / (high - low)).where(high > low, 1.0)
    return (start + way * (end - start)).where(there.any("time"), np.inf)


def years_between(later: xr.DataArray, earlier: xr.DataArray) -> xr.DataArray:
    """Years from one date to another; NaN where neither is ever reached."""
    with np.errstate(invalid="ignore"):
        return later - earlier
