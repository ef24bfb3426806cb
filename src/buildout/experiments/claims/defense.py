"""Claims about the defense need: coverage on the date, stocks, readiness in a cut."""

import numpy as np
import xarray as xr

from buildout.experiments.claims.claim import Measure
from buildout.experiments.claims.readings import (
    DIRECT,
    LEAST,
    NDFEB,
    SHORT,
    first_year,
    most,
    need_covered,
    on_date,
    ratio,
    summed,
    years_between,
)
from buildout.inputs.pathway import CANONICAL
from buildout.outcomes.rule import RULE_DATE

BUILDS = ("mobilization", "hybrid", "allied-network")
LIGHT, SCARCE = "light NdFeB", ["heavy NdFeB", "SmCo"]
NO_STOCK, HALF_A_YEAR, A_YEAR = (
    "no defense stock",
    "half a year of defense stock",
    "a year of defense stock",
)


def _defense_before_civil(ds: xr.Dataset) -> xr.DataArray:
    """The least lead of a full defense need over full civil use, over the builds.

    A need that is never fully covered is not covered before anything else.
    """
    leads = []
    for name in BUILDS:
        own = need_covered(ds, name)
        civil = first_year(ds, name, DIRECT, 1.0, line=NDFEB)
        leads.append(years_between(civil, own).where(~np.isinf(own), -np.inf))
    return xr.concat(leads, "build").min("build", skipna=False)


def _best_of_scarce(ds: xr.Dataset, names: list[str]) -> xr.DataArray:
    shares = ds["defense_coverage"].sel(magnet_class=SCARCE, pathway=names, time=RULE_DATE)
    return shares.max(["pathway", "magnet_class"])


def _light(ds: xr.Dataset, name: str) -> xr.DataArray:
    return on_date(ds, name, "defense_coverage", RULE_DATE, magnet_class=LIGHT)


def _light_nearly_covered(ds: xr.Dataset) -> xr.DataArray:
    shares = ds["defense_coverage"].sel(magnet_class=LIGHT, pathway=list(CANONICAL), time=RULE_DATE)
    return shares.min("pathway")


def _removed(ds: xr.Dataset, stock: str) -> xr.DataArray:
    with_stock, without = (summed(ds, name, SHORT, 2027, 2030) for name in (stock, NO_STOCK))
    return 1 - ratio(with_stock, without)


def _stock_cost(ds: xr.Dataset) -> xr.DataArray:
    """What the purchases of a year's stock cost to 2030 over all public money spent by then."""
    wanted = [
        summed(ds, name, "stockpile_purchase_cost", 2025, 2030) for name in (A_YEAR, NO_STOCK)
    ]
    return (wanted[0] - wanted[1]) / on_date(ds, A_YEAR, "public_money_spent", 2030)


def _readiness(ds: xr.Dataset) -> xr.DataArray:
    short = [
        summed(ds, f"cut, {name}", SHORT, 2027, 2035)
        for name in ("status quo", "mobilization", "hybrid")
    ]
    worse = most(short[1], short[2])
    # The need is as short in all of them where no build comes before the cut is over.
    return ratio(short[0], worse).where(abs(short[0] - worse) >= LEAST)


MEASURES: dict[str, Measure] = {
    "C07": _defense_before_civil,
    "C31a": lambda ds: _best_of_scarce(ds, list(CANONICAL)),
    "C31b": _light_nearly_covered,
    "C32a": lambda ds: _light(ds, "need of 300 t"),
    "C32b": lambda ds: _light(ds, "need of 3,000 t"),
    "C32c": lambda ds: _best_of_scarce(ds, ["need of 300 t"]),
    "C45": _readiness,
    "C88a": lambda ds: _removed(ds, A_YEAR),
    "C88b": lambda ds: _removed(ds, HALF_A_YEAR),
    "C88c": _stock_cost,
}
