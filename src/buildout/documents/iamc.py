"""The table of the Integrated Assessment Modeling Consortium (IAMC).

Its columns are model, scenario, region, variable, unit and years. Which variables it holds, under
which names, in which region and unit stands in `iamc.csv`. Names are parted by `|`, the whole
before its parts. A value of a year is that at its beginning: rates are those of the day, no sums of
the year. The table is written here, for any program that reads it, such as pyam.
"""

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from buildout._util import names
from buildout._util.reading import read_rows
from buildout.errors import InputError

IAMC_COLUMNS = ("variable", "of", "region", "unit")
TABLE = Path(__file__).with_name("iamc.csv")
_REGION = "region"
#: How units of the model are written there; what is in neither is refused.
UNITS = {
    "t/Year": "t/yr",
    "t": "t",
    "USD/kg": "USD/kg",
    "MUSD": "million USD",
    "person": "person",
    "Dmnl": "1",
}


def iamc_rows(ds: xr.Dataset, years: list[int] | None = None) -> list[dict[str, Any]]:
    """Runs as rows of the table, one for each scenario, region and variable.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, with all outputs.
    years : list of int, optional
        All whole years of the runs by default.

    Returns
    -------
    list of dict
        Model, Scenario, Region, Variable, Unit, and a value by year.

    Raises
    ------
    InputError
        When the runs lack a variable or a whole year.
    """
    times = [float(t) for t in ds["time"].values]
    years = whole_years(ds) if years is None else years
    if not years:
        raise InputError(f"The runs, {times[0]:g} to {times[-1]:g}, hold no beginning of a year.")
    at = ds.sel(time=[float(year) for year in years])
    model = str(ds.attrs["source"])
    rows: list[dict[str, Any]] = []
    for line in iamc_table():
        array = _array(at, line)
        for place, values in _series(array, line["variable"]):
            for path, own in zip(ds["pathway"].values, values, strict=True):
                rows.append(
                    {
                        "Model": model,
                        "Scenario": str(path),
                        "Region": line["region"] or place[_REGION],
                        "Variable": line["variable"].format(**place),
                        "Unit": line["unit"],
                        **{str(y): float(v) for y, v in zip(years, own, strict=True)},
                    }
                )
    keys = ("Scenario", "Region", "Variable")
    return sorted(rows, key=lambda row: tuple(row[key] for key in keys))


def whole_years(ds: xr.Dataset) -> list[int]:
    """Years at whose beginning the runs have values."""
    return [round(t) for t in ds["time"].values.tolist() if abs(t - round(t)) < 1e-9]


def iamc_table() -> list[dict[str, str]]:
    """The lines of `iamc.csv`."""
    return [row for _, row in read_rows(TABLE, IAMC_COLUMNS, what="the table of the IAMC")]


def _array(ds: xr.Dataset, line: dict[str, str]) -> xr.DataArray:
    """A variable over what its name tells apart, the rest added up, in its unit."""
    key = names.key(line["of"])
    if key not in ds:
        raise InputError(
            f"The runs lack `{line['of']}`.", cure="Simulate with all outputs, as `buildout run`."
        )
    array = ds[key]
    if UNITS.get(array.attrs["units"]) != line["unit"]:
        raise InputError(f"`{line['of']}` is in {array.attrs['units']}, not in {line['unit']}.")
    kept = {"pathway", "time", *_told_apart(line["variable"])}
    kept |= set() if line["region"] else {_REGION}
    summed = [str(dim) for dim in array.dims if dim not in kept]
    return array.sum(summed, skipna=True, min_count=1) if summed else array


def _told_apart(variable: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(variable) if name]


def _series(array: xr.DataArray, variable: str) -> Iterator[tuple[dict[str, str], np.ndarray]]:
    """Elements, and the values there (pathway, year) where the model defines any."""
    dims = [str(dim) for dim in array.dims if dim not in ("pathway", "time")]
    stacked = array.transpose("pathway", "time", *dims)
    for index in np.ndindex(stacked.shape[2:]):
        place = {dim: str(array[dim].values[i]) for dim, i in zip(dims, index, strict=True)}
        values = stacked.values[(slice(None), slice(None), *index)]
        if not np.isnan(values).all():
            yield place, values
