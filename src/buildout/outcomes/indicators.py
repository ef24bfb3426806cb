"""Key figures of each pathway, read from a Dataset: one row per figure, element and date."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypedDict, cast

import numpy as np
import xarray as xr

from buildout._util import names
from buildout.outcomes.cut_losses import lost_rate, time_cut
from buildout.outcomes.headlines import CUT_NEEDS, LONG_DATES
from buildout.outcomes.odds import BAND, odds_row, output_rows
from buildout.outcomes.rule import RULE_DATE
from buildout.outcomes.stages import home_year, years_behind

_LOST = "lost_rate"
_CUT = tuple(names.key(need) for need in CUT_NEEDS)
_BAND_KEYS = (*BAND, "percentile_of_run", "draws")
Series = Callable[[xr.Dataset], xr.DataArray]


@dataclass(frozen=True)
class Indicator:
    """A figure worth a row in kpis.csv.

    Attributes
    ----------
    name : str
        As people say it.
    needs : tuple of str
        Variables of the Dataset it is read from.
    unit : str
    series : callable
        From the Dataset to an array over pathway, time and at most one subscript.
    dates : tuple of float
        Years at which it is shown.
    """

    name: str
    needs: tuple[str, ...]
    unit: str
    series: Series
    dates: tuple[float, ...] = LONG_DATES


def cumulative(series: xr.DataArray) -> xr.DataArray:
    """Sum over time since the start, by trapezoids between saved times.

    Parameters
    ----------
    series : DataArray, (..., time), per year

    Returns
    -------
    DataArray, (..., time)
        0 at the first saved time. Exact for what is straight between saved times.

    Examples
    --------
    >>> rate = xr.DataArray([1.0, 1.0, 3.0], dims="time", coords={"time": [2025.0, 2026.0, 2027.0]})
    >>> cumulative(rate).values.tolist()
    [0.0, 1.0, 3.0]
    """
    steps = series.time.diff("time")
    middle = (series + series.shift(time=1)).isel(time=slice(1, None)) / 2
    total: xr.DataArray = (middle * steps).cumsum("time")
    return total.reindex(time=series.time, fill_value=0.0).transpose(*series.dims)


class KpiRow(TypedDict):
    """One key figure of one pathway on one date; see `kpis`."""

    pathway: str
    outcome: str
    element: str
    year: float
    value: float
    unit: str
    p05: float | None
    p50: float | None
    p95: float | None
    percentile_of_run: float | None
    draws: int | None


def kpis(
    ds: xr.Dataset, *, dates: Iterable[float] | None = None, odds: xr.Dataset | None = None
) -> list[KpiRow]:
    """Key figures of every pathway.

    Parameters
    ----------
    ds : Dataset
        From `simulate`. Figures whose variables or dates it lacks are left out.
    dates : iterable of float, optional
        Years in place of 2027, 2030, 2035 and 2045.
    odds : Dataset, optional
        From `odds`, of the same run.

    Returns
    -------
    list of dict
        With the keys pathway, outcome, element (line, class, stage or fund; empty for a
        total), year, value and unit; then, None but for defense coverage on 1 January 2027 and US
        magnet output, p05, p50, p95, percentile_of_run and draws of the odds. With odds the share
        of draws that are covered on the date is a row too. What does not exist, such as a date that
        never comes, has no row.

    Examples
    --------
    >>> from buildout import simulate
    >>> ds = simulate("status-quo", outputs=["vulnerability"], final_time=2027)
    >>> [(row["outcome"], row["year"], row["unit"]) for row in kpis(ds)]
    [('vulnerability to a 12-month cut', 2027.0, 'Dmnl')]
    """
    chosen = None if dates is None else tuple(dates)
    saved = set(ds["time"].values.tolist())
    # Each look-up in a Dataset goes through all that is in it.
    used = dict.fromkeys([*_CUT, *(name for indicator in INDICATORS for name in indicator.needs)])
    ds = _with_losses(ds[[name for name in used if name in ds]])
    table: list[KpiRow] = []
    for indicator in INDICATORS:
        if all(name in ds for name in indicator.needs):
            years = [y for y in (chosen or indicator.dates) if y in saved]
            table += _rows(indicator, indicator.series(ds), years)
    return table if odds is None else _with_bands(table, odds)


def _rows(indicator: Indicator, series: xr.DataArray, years: list[float]) -> Iterator[KpiRow]:
    subscript = [dim for dim in series.dims if dim not in ("pathway", "time")]
    elements = series[subscript[0]].values.tolist() if subscript else [""]
    paths = series["pathway"].values.tolist()
    values = series.sel(time=years).transpose("pathway", *subscript, "time").values
    cells = itertools.product(paths, elements, years)
    for (path, element, year), value in zip(cells, values.ravel().tolist(), strict=True):
        if np.isnan(value):
            continue
        yield {
            "pathway": str(path),
            "outcome": indicator.name,
            "element": str(element),
            "year": float(year),
            "value": value,
            "unit": indicator.unit,
            "p05": None,
            "p50": None,
            "p95": None,
            "percentile_of_run": None,
            "draws": None,
        }


def _with_bands(table: list[KpiRow], odds: xr.Dataset) -> list[KpiRow]:
    """The rows with the band of those that have one, and the share of draws covered beside them."""
    outputs = {(row["pathway"], row["year"]): row for row in output_rows(odds)}
    banded: list[KpiRow] = []
    for row in table:
        if row["outcome"] == COVERED and row["year"] == RULE_DATE:
            own = odds_row(odds, row["pathway"], row["element"])
            band = {name: own[f"coverage_2027_{name}"] for name in BAND}
            place = {"percentile_of_run": own["percentile_of_run"], "draws": own["draws"]}
            banded.append(cast(KpiRow, row | band | place))
            share = own["share_covered_2027"]
            if share is not None:
                named = {"outcome": "share of draws covered", "value": share}
                banded.append(cast(KpiRow, row | named | {"draws": own["draws"]}))
        elif _is_total_output(row) and (row["pathway"], row["year"]) in outputs:
            banded.append(cast(KpiRow, row | _band_of(outputs[row["pathway"], row["year"]])))
        else:
            banded.append(row)
    return banded


def _is_total_output(row: KpiRow) -> bool:
    return row["outcome"] == MADE and not row["element"]


def _band_of(output: dict[str, Any]) -> dict[str, Any]:
    return {name: output[name] for name in _BAND_KEYS}


def _plain(name: str, variable: str, unit: str, **where: str) -> Indicator:
    return Indicator(name, (variable,), unit, lambda ds: ds[variable].sel(where))


def _total(name: str, variable: str, unit: str, over: str, **where: str) -> Indicator:
    return Indicator(name, (variable,), unit, lambda ds: ds[variable].sel(where).sum(over))


def _committed(ds: xr.Dataset) -> xr.DataArray:
    return (ds["money_obligated"] + ds["money_spent"]).sum("fund")


def _capital_per_nameplate(ds: xr.Dataset) -> xr.DataArray:
    decided = ds["decided_since_start"].sel(region="US", line="NdFeB magnets")
    return ds["us_capital_committed_so_far"] / decided.where(decided > 0)


def _unmet_so_far(ds: xr.Dataset) -> xr.DataArray:
    return cumulative(ds["unmet_civil_demand_total"])


def _shortfall_so_far(ds: xr.Dataset) -> xr.DataArray:
    after = ds["defense_shortfall_total"].where(ds.time >= RULE_DATE, 0.0)
    return cumulative(after)


def _own_share(ds: xr.Dataset) -> xr.DataArray:
    made = ds["magnet_output"].sel(region="US", origin="full chain").sum("magnet_class")
    return made / np.maximum(ds["us_magnet_output_total"], 1e-9)


def _with_losses(ds: xr.Dataset) -> xr.Dataset:
    """The Dataset with what a cut takes while it lasts, which four figures are read from."""
    return ds.assign({_LOST: lost_rate(ds)}) if all(name in ds for name in _CUT) else ds


def _lost(name: str, buyer: str) -> Indicator:
    return Indicator(name, _CUT, "t", lambda ds: (ds[_LOST] * ds["year_of_a_cut"]).sel(buyer=buyer))


def _expected(name: str, buyer: str) -> Indicator:
    return Indicator(
        name,
        _CUT,
        "t/Year",
        lambda ds: time_cut(ds) * ds[_LOST].sel(buyer=buyer).sum("magnet_class"),
    )


def _home_year(ds: xr.Dataset) -> xr.DataArray:
    return home_year(ds).expand_dims(time=ds["time"])


# Where outcomes.csv has an outcome too, it is called the same.
MADE, COVERED = "US magnet output", "coverage"
INDICATORS = (
    _plain(MADE, "us_magnet_output_total", "t/Year"),
    _plain(MADE, "magnet_output_total_by_class", "t/Year", region="US"),
    Indicator(
        "full-chain share of US magnet output",
        ("magnet_output", "us_magnet_output_total"),
        "Dmnl",
        _own_share,
    ),
    _plain("US output by line", "line_output", "t/Year", region="US"),
    _plain("US effective capacity", "effective_capacity", "t/Year", region="US"),
    _plain("self-sufficiency of direct market", "self_sufficiency_of_direct_market", "Dmnl"),
    _plain("self-sufficiency of direct and embedded use", "self_sufficiency_of_total", "Dmnl"),
    _plain("dependence on China", "dependence_on_china", "Dmnl"),
    _plain("vulnerability to a 12-month cut", "vulnerability", "Dmnl"),
    _lost("lost in a 12-month cut, civil", "civil"),
    _lost("lost in a 12-month cut, defense", "defense"),
    _expected("expected loss to cuts, civil", "civil"),
    _expected("expected loss to cuts, defense", "defense"),
    Indicator(
        "served from home since",
        ("self_sufficiency_of_direct_market",),
        "Year",
        _home_year,
        dates=LONG_DATES[-1:],
    ),
    Indicator("years behind China's same output, at least", ("line_output",), "Year", years_behind),
    _plain(COVERED, "defense_coverage", "Dmnl"),
    _plain("defense shortfall", "defense_shortfall_total", "t/Year"),
    Indicator(
        "defense shortfall since 2027",
        ("defense_shortfall_total",),
        "t",
        _shortfall_so_far,
    ),
    _plain("unmet civil demand", "unmet_civil_demand_total", "t/Year"),
    Indicator("unmet civil demand since 2025", ("unmet_civil_demand_total",), "t", _unmet_so_far),
    _total("public money appropriated", "money_appropriated", "MUSD", "fund"),
    Indicator("public money committed", ("money_obligated", "money_spent"), "MUSD", _committed),
    _plain("public money spent", "public_money_spent", "MUSD"),
    _plain("public money spent by fund", "money_spent", "MUSD"),
    _plain("public money idle", "public_money_idle", "MUSD"),
    _plain("private capital committed in the US", "private_capital_committed_so_far", "MUSD"),
    _plain("capital committed by allies", "allied_capital_committed_so_far", "MUSD"),
    _plain("public money per US magnet", "public_money_per_tonne", "MUSD/t"),
    Indicator(
        "capital committed per yearly tonne of magnets decided",
        ("decided_since_start", "us_capital_committed_so_far"),
        "MUSD*Year/t",
        _capital_per_nameplate,
    ),
    _plain("jobs in US plants", "jobs_in_total", "person"),
    _plain("oxide price outside China", "ex_china_price", "USD/kg"),
    _plain("oxide price in China", "chinese_price", "USD/kg"),
    _plain("US magnet price", "magnet_price", "USD/kg", region="US"),
)
