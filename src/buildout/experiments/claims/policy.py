"""Claims about money, policy and the choice between pathways."""

import numpy as np
import xarray as xr

from buildout.experiments.claims.claim import (
    Measure,
    case,
    decided,
    first_year,
    made,
    total,
    years_between,
)


def _private_alone(ds: xr.Dataset) -> xr.DataArray:
    """Yearly tonnes decided in each line, as a share of the run with floors, averaged."""
    lines = ["NdPr separation", "metal and alloy", "NdFeB magnets"]
    alone, carried = (decided(ds, n, 2035, line=lines) for n in ("private alone", "status-quo"))
    return (alone / carried).mean("decision_line")


def _dependence(ds: xr.Dataset) -> xr.DataArray:
    passed = case(ds, "nothing federal")["dependence_on_china"]
    return passed.sel(dependence_stage="at oxide and ore", time=slice(2025, 2030)).min("time")


def _contracts_or_grants(ds: xr.Dataset) -> xr.DataArray:
    line = "NdFeB magnets"
    return decided(ds, "contracts alone", 2030, line) / np.maximum(
        decided(ds, "grants alone", 2030, line), 1.0
    )


def _self_sufficient(ds: xr.Dataset, name: str, level: float) -> xr.DataArray:
    key = "self_sufficiency_of_direct_market"
    return first_year(ds, name, key, level, line="NdFeB magnets")


def _half(ds: xr.Dataset, name: str) -> xr.DataArray:
    return _self_sufficient(ds, name, 0.5)


def _coordination(ds: xr.Dataset) -> xr.DataArray:
    return years_between(_half(ds, "uncoordinated"), _half(ds, "coordinated"))


def _vulnerable(ds: xr.Dataset) -> xr.DataArray:
    lost = case(ds, "status-quo")["vulnerability"]
    early, late = (lost.sel(time=year, drop=True) for year in (2030, 2035))
    return xr.concat([early - 0.6, late - 0.4], "date").min("date", skipna=False)


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
    return years_between(_half(ds, "a year later"), _half(ds, "mobilization"))


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
    return years_between(_half(ds, "without permit reform"), _half(ds, "mobilization"))


def _moral_hazard(ds: xr.Dataset) -> xr.DataArray:
    return made(ds, "hybrid", 2040) / made(ds, "mobilization", 2040)


def _short_programme(ds: xr.Dataset) -> xr.DataArray:
    base = made(ds, "status-quo", 2042)
    return (made(ds, "five years", 2042) - base) / (made(ds, "mobilization", 2042) - base)


MEASURES: dict[str, Measure] = {
    "private alone": _private_alone,
    "dependence": _dependence,
    "contracts or grants": _contracts_or_grants,
    "coordination": _coordination,
    "vulnerable": _vulnerable,
    "substitutes": _substitutes,
    "coordination or money": _coordination_or_money,
    "first tenth": _first_tenth,
    "year of delay": _year_of_delay,
    "hybrid shortage": _hybrid_shortage,
    "idle": _idle,
    "eighty": _eighty,
    "reversal": _reversal,
    "permit lever": _permit_lever,
    "moral hazard": _moral_hazard,
    "short programme": _short_programme,
}
