"""What a figure plots, as a table: one row per point, with quantity, value and unit."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import xarray as xr

from buildout._util import tables
from buildout.errors import ResultsError
from buildout.outcomes.odds import BAND
from buildout.outcomes.rule import RULE_DATE

#: The unit of each line's own product.
PRODUCTS = {
    "mining": "t REO/yr",
    "NdPr separation": "t oxide/yr",
    "DyTb separation": "t oxide/yr",
    "Sm separation": "t oxide/yr",
    "metal and alloy": "t alloy/yr",
    "NdFeB magnets": "t magnets/yr",
    "SmCo magnets": "t magnets/yr",
}


def require(ds: xr.Dataset, *keys: str) -> None:
    """Refuse a Dataset that lacks what a figure shows, or that is no run of pathways.

    Raises
    ------
    ResultsError
        Naming all that is missing.
    """
    if "draw" in ds.dims or "pathway" not in ds.dims or "time" not in ds.coords:
        kind = "of a sweep (many draws)" if "draw" in ds.dims else "not of a run of pathways"
        raise ResultsError(
            f"These results are {kind}; a figure shows one run of each pathway.",
            cure="Take those of `simulate` or `buildout run`.",
        )
    missing = [key for key in keys if key not in ds]
    if missing:
        raise ResultsError(
            "These results lack " + ", ".join(f"`{key}`" for key in missing) + ".",
            cure="Simulate without `outputs`, which keeps everything.",
        )
    if "initial_time" in ds.attrs:
        raise ResultsError(
            f"These results start in {ds.attrs['initial_time']:g}, a time of their own.",
            "A figure shows runs that start when the model does.",
            "`tidy_table`, or `results.nc` of `buildout run`, has the numbers of any run.",
        )
    if not float(ds["time"].max()) >= RULE_DATE:
        raise ResultsError(
            f"These results lack the date {RULE_DATE}: they end in {float(ds['time'].max()):g}.",
            cure=f"Simulate past {RULE_DATE}.",
        )


def tidy(array: xr.DataArray, quantity: str, unit: str) -> pd.DataFrame:
    """An array as rows: its dimensions as columns, then quantity, value and unit.

    Parameters
    ----------
    array : DataArray
        In the unit given; `time` becomes `year`.
    quantity, unit : str
        As they are written in the chart.

    Returns
    -------
    DataFrame

    Examples
    --------
    >>> array = xr.DataArray([1.0], dims="pathway", coords={"pathway": ["status-quo"]})
    >>> tidy(array, "vulnerability", "%").to_dict("records")
    [{'pathway': 'status-quo', 'quantity': 'vulnerability', 'value': 1.0, 'unit': '%'}]
    """
    dims = list(array.dims)
    series = array.drop_vars([c for c in array.coords if c not in dims]).to_series()
    table = series.rename("value").reset_index().rename(columns={"time": "year"})
    table.insert(len(dims), "quantity", quantity)
    return table.assign(unit=unit)


def stack(*tables: pd.DataFrame) -> pd.DataFrame:
    """Several tables as one; columns that one lacks stay empty."""
    joined = pd.concat(tables, ignore_index=True)
    ends = [c for c in ("quantity", "value", *BAND, "unit") if c in joined]
    return joined[[c for c in joined if c not in ends] + ends]


def pick(table: pd.DataFrame, **where: Any) -> pd.DataFrame:
    """Rows where columns hold given values."""
    keep = pd.Series(True, index=table.index)
    for column, value in where.items():
        keep &= table[column] == value
    return table[keep]


def groups(table: pd.DataFrame, *columns: str) -> Mapping[Any, pd.DataFrame]:
    """Rows by the values of columns, in the order in which these first appear."""
    return dict(iter(table.groupby(list(columns), sort=False, dropna=False)))


def at(table: pd.DataFrame, year: float, **where: Any) -> float:
    """The one value at a date; the nearest saved date is taken."""
    rows = pick(table, **where)
    return float(rows.loc[(rows["year"] - year).abs().idxmin(), "value"])


def order(table: pd.DataFrame, column: str) -> list[Any]:
    """Different values of a column, in the order in which they first appear."""
    return list(dict.fromkeys(table[column].dropna()))


def data_csv(table: pd.DataFrame) -> str:
    """The table as CSV text, to eight figures."""
    return tables.to_csv(table.to_dict("records"), digits=8)
