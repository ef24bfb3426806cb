"""A sweep in one table: the middle and the spread of every outcome under every pathway."""

from collections.abc import Hashable, Iterator

import numpy as np
import xarray as xr

from buildout.outcomes.odds import BAND, date_quantiles, value_quantiles
from buildout.sweeps.assemble import LOADED_BYTES
from buildout.sweeps.chunks import DRAWN, STATUS_NAME
from buildout.vensim.arrays import Floats

SINGLE = ("pathway", "draw")


def summary(ds: xr.Dataset) -> list[dict[str, str | float | None]]:
    """Quantiles over the sound draws of everything a sweep has kept draw by draw.

    Parameters
    ----------
    ds : Dataset
        From `sweep`; of one that is still on disk a variable is read at a time, or a column of it
        where a variable is large.

    Returns
    -------
    list of dict
        One row for each outcome, element, date and pathway: p05, p50 and p95 in the unit; reached,
        the share of draws in which the date of a crossing exists (its quantiles count "never" as
        later than any date, and None is never); unknown, the share of draws that end too early to
        show a date or to rule it out; draws, how many were sound.
    """
    sound = {p: ds[STATUS_NAME].sel(pathway=p).values == 0 for p in ds["pathway"].values}
    rows: list[dict[str, str | float | None]] = []
    for name, array in ds.data_vars.items():
        outcome = "draw" in array.dims and name not in (STATUS_NAME, DRAWN)
        # Whether a threshold is reached is a column beside the date when it is.
        if outcome and array.dtype != bool and "time" not in array.dims:
            rows += _rows(str(name), _at_hand(array), _known(ds, str(name)), sound)
    return rows


def _at_hand(array: xr.DataArray) -> xr.DataArray:
    """A variable in memory; a large one stays on disk, from which its columns come more slowly."""
    return array.compute() if array.nbytes <= LOADED_BYTES else array


def _known(ds: xr.Dataset, name: str) -> xr.DataArray | None:
    """Of the date of a crossing, in which draws it is certain; None for other outcomes."""
    output, _, crossing = name.rpartition("_year_")
    known = f"{output}_known_{crossing}"
    return _at_hand(ds[known]) if known in ds else None


def _rows(
    name: str, array: xr.DataArray, known: xr.DataArray | None, sound: dict[str, Floats]
) -> Iterator[dict[str, str | float | None]]:
    dims = [dim for dim in array.dims if dim not in SINGLE]
    dated = [dim for dim in dims if str(dim).startswith("year")]
    for place in np.ndindex(*(array.sizes[dim] for dim in dims)):
        where = dict(zip(dims, place, strict=True))
        labels = {dim: array[dim].values[i] for dim, i in where.items()}
        for pathway, usable in sound.items():
            values = _column(array, where, pathway, usable)
            sure = None if known is None else _column(known, where, pathway, usable)
            yield {
                "outcome": name,
                "element": ", ".join(str(labels[dim]) for dim in dims if dim not in dated),
                "year": float(labels[dated[0]]) if dated else None,
                "pathway": str(pathway),
                "unit": array.attrs["units"],
                **(_quantiles(values) if sure is None else _dates(values, sure)),
                "draws": len(values),
            }


def _column(
    array: xr.DataArray, where: dict[Hashable, int], pathway: object, usable: Floats
) -> Floats:
    column: Floats = array.isel(where).sel(pathway=pathway).values
    return column if usable.all() else column[usable]


def _quantiles(values: Floats) -> dict[str, float | None]:
    if not len(values):
        return dict.fromkeys([*BAND, "reached", "unknown"])
    return {**value_quantiles(values), "reached": None, "unknown": None}


def _dates(values: Floats, known: Floats) -> dict[str, float | None]:
    if not len(values):
        return dict.fromkeys([*BAND, "reached", "unknown"])
    ends = {name: None if np.isnan(date) else date for name, date in date_quantiles(values).items()}
    reached = float(1 - np.isnan(values).mean())
    return {**ends, "reached": reached, "unknown": float(1 - known.mean())}
