"""A sweep in one table: the middle and the spread of every outcome under every pathway."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr

from buildout.sweeps.chunks import DRAWN, STATUS

# Low, middle and high: 90% of the sound draws lie between the outer two.
SHARES = {"p05": 0.05, "p50": 0.5, "p95": 0.95}
SINGLE = ("pathway", "draw")


def summary(ds: xr.Dataset) -> list[dict[str, Any]]:
    """Quantiles over the sound draws of everything a sweep has kept draw by draw.

    Parameters
    ----------
    ds : Dataset
        From `sweep`; one that is still on disk is read one variable at a time.

    Returns
    -------
    list of dict
        One row for each outcome, element, date and pathway: p05, p50 and p95 in the unit; reached,
        the share of draws in which the date of a crossing exists (its quantiles count "never" as
        later than any date, and None is never); draws, how many were sound.
    """
    sound = {p: ds[STATUS].sel(pathway=p).values == 0 for p in ds["pathway"].values}
    rows = []
    for name, array in ds.data_vars.items():
        outcome = "draw" in array.dims and name not in (STATUS, DRAWN)
        # Whether a threshold is reached is a column beside the date when it is.
        if outcome and array.dtype != bool and "time" not in array.dims:
            rows += _rows(str(name), array.compute(), sound)
    return rows


def _rows(name: str, array: xr.DataArray, sound: dict[str, np.ndarray]) -> Iterator[dict[str, Any]]:
    dims = [dim for dim in array.dims if dim not in SINGLE]
    dated = [dim for dim in dims if str(dim).startswith("year")]
    for place in np.ndindex(*(array.sizes[dim] for dim in dims)):
        where = dict(zip(dims, place, strict=True))
        labels = {dim: array[dim].values[i] for dim, i in where.items()}
        for pathway, usable in sound.items():
            values = array.isel(where).sel(pathway=pathway).values[usable]
            yield {
                "outcome": name,
                "element": ", ".join(str(labels[dim]) for dim in dims if dim not in dated),
                "year": float(labels[dated[0]]) if dated else None,
                "pathway": str(pathway),
                "unit": array.attrs["units"],
                **_quantiles(values, crossing=array.attrs["long_name"].startswith("first date")),
                "draws": len(values),
            }


def _quantiles(values: np.ndarray, crossing: bool) -> dict[str, float | None]:
    if not len(values):
        return dict.fromkeys([*SHARES, "reached"])
    if not crossing:
        found = np.quantile(values, list(SHARES.values()))
        return {**dict(zip(SHARES, found.tolist(), strict=True)), "reached": None}
    never = np.isnan(values)
    # An observed date, as "half-way to never" is none.
    dates = np.quantile(
        np.where(never, np.inf, values), list(SHARES.values()), method="inverted_cdf"
    )
    known = [date if np.isfinite(date) else None for date in dates.tolist()]
    return {**dict(zip(SHARES, known, strict=True)), "reached": float(1 - never.mean())}
