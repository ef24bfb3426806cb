"""What a sweep has kept, as rows for its figures: one for each outcome, element, date, pathway."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes

from buildout.errors import ResultsError
from buildout.figures.looks import Look, looks_of
from buildout.outcomes.odds import BAND, value_quantiles
from buildout.vensim.arrays import Floats

#: Outcomes of a sweep stand in a variable along these; a date is saved along `year`.
_SINGLE = ("pathway", "draw", "year")


def require_sweep(ds: xr.Dataset) -> None:
    """Refuse what is no sweep with dated outcomes.

    Raises
    ------
    ResultsError
    """
    if not {"pathway", "draw"} <= set(ds.dims):
        raise ResultsError(
            "These results are no sweep; this figure shows many draws.",
            cure="Take those of `sweep` or `buildout sweep`.",
        )
    if not dated(ds):
        raise ResultsError(
            "This sweep keeps no outcome at dates.",
            cure="Sweep anew with `--at`, such as `--at 2027,2030,2035`.",
        )


def dated(ds: xr.Dataset) -> list[str]:
    """Outcomes that a sweep keeps draw by draw at dates."""
    wanted = {"pathway", "draw", "year"}
    return [str(n) for n, v in ds.data_vars.items() if wanted <= set(v.dims) and v.dtype != bool]


def columns(ds: xr.Dataset, name: str) -> Iterator[tuple[str, xr.DataArray]]:
    """Each element of an outcome with its (pathway, draw, year); broken draws are NaN."""
    array = ds[name].where(ds["status"] == 0)
    rest = [dim for dim in array.dims if dim not in _SINGLE]
    for place in np.ndindex(*(array.sizes[dim] for dim in rest)):
        own = dict(zip(rest, place, strict=True))
        element = ", ".join(str(ds[dim].values[i]) for dim, i in own.items())
        yield element, array.isel(own).transpose("pathway", "draw", "year").load()


def title_of(ds: xr.Dataset, name: str, element: str) -> str:
    """An outcome and its element as words."""
    words = str(ds[name].attrs.get("vensim_name", name.replace("_", " ")))
    return f"{words}: {element}" if element else words


def band_rows(ds: xr.Dataset) -> pd.DataFrame:
    """Quantiles of the sound draws: outcome, unit, pathway, year, value (median), p05, p50, p95."""
    rows = []
    for name in dated(ds):
        unit = str(ds[name].attrs.get("units", ""))
        for element, array in columns(ds, name):
            title = title_of(ds, name, element)
            for path, date in np.ndindex(array.sizes["pathway"], array.sizes["year"]):
                drawn = array.values[path, :, date]
                own = value_quantiles(drawn[np.isfinite(drawn)])
                where = (str(ds["pathway"].values[path]), float(ds["year"].values[date]))
                rows.append((title, unit, *where, own["p50"], *own.values()))
    names = ["outcome", "unit", "pathway", "year", "value", *BAND]
    return pd.DataFrame(rows, columns=names)


def lanes_at_dates(axes: Axes, dates: Sequence[float], pathways: int) -> list[Floats]:
    """Places of each pathway at each date, side by side, with the dates below them."""
    axes.set_xlim(-0.6, len(dates) - 0.4)
    shown = range(0, len(dates), 1 if len(dates) < 6 else -(-len(dates) // 4))
    axes.set_xticks(list(shown), [f"{dates[i]:g}" for i in shown])
    places: Floats = np.arange(float(len(dates)))
    return [places + 0.7 / pathways * (rank - (pathways - 1) / 2) for rank in range(pathways)]


def looks_of_sweep(ds: xr.Dataset) -> dict[str, Look]:
    """Look and label of each pathway; single draws that broke down say nothing of a pathway."""
    return looks_of(ds[["pathway", "pathway_title"]])
