"""What runs say of what was observed: the same quantity, over the same period, in the same unit."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import xarray as xr

from buildout._util import names
from buildout.errors import InputError
from buildout.inputs.mapping import Mapped
from buildout.inputs.money import Money, read_money
from buildout.outcomes.dates import SAME_DATE
from buildout.vensim.arrays import Floats


def outputs_of(mapped: Iterable[Mapped]) -> list[str]:
    """Elements that a run must keep, in all its saved dates, to be compared with series."""
    return list(dict.fromkeys(s for row in mapped for s in row.expression.scalars))


def modelled(
    cloud: xr.Dataset,
    observed: xr.Dataset,
    mapping: Mapping[str, Mapped],
    *,
    money: Money | None = None,
) -> xr.DataArray:
    """What every draw says of every observation.

    Parameters
    ----------
    cloud : Dataset
        From `sweep` with `Trajectory()` of the elements in `outputs_of`, or from `simulate`.
    observed : Dataset, (row,)
        As from `load_observations`: `series`, `start` and `end`.
    mapping : mapping of str to Mapped
        What each series is in the model.
    money : Money, optional
        Read from `calibration/money.csv` by default.

    Returns
    -------
    DataArray, (pathway, draw, row), in the unit of each row
        Between saved dates a value moves in a straight line. Without `draw` for a run.

    Raises
    ------
    InputError
        For a period that the run does not cover.
    """
    money = money or read_money()
    times = cloud["time"].values
    of_each = _elements(cloud, [mapping[series] for series in observed["series"].values.tolist()])
    rows = []
    for series, start, end in zip(
        observed["series"].values.tolist(),
        observed["start"].values.tolist(),
        observed["end"].values.tolist(),
        strict=True,
    ):
        row = mapping[series]
        weights = _weights(times, start, end, row.over) * money.of_the_day(row.money, times)
        rows.append(_taken(of_each, row, weights))
    own = {name: values for name, values in observed.coords.items() if values.dims == ("row",)}
    if not rows:
        return xr.DataArray(np.empty((0,)), dims=("row",)).assign_coords(own)
    whole = next(iter(of_each.values())).isel(time=0, drop=True)
    taken = xr.DataArray(np.stack(rows, axis=-1), coords=whole.coords, dims=(*whole.dims, "row"))
    return taken.assign_coords(own)


def _elements(cloud: xr.Dataset, mapped: Iterable[Mapped]) -> dict[str, xr.DataArray]:
    """Every element that some row asks for, looked up once however many rows do."""
    return {s: element_of(cloud, s).transpose(..., "time") for s in outputs_of(mapped)}


def _taken(of_each: Mapping[str, xr.DataArray], row: Mapped, weights: Floats) -> Floats:
    # In arrays without labels: hundreds of rows, each of them a small sum.
    total: Floats | float = 0.0
    for term in row.expression.terms:
        if term.scalar:
            weighted = of_each[term.scalar].values * weights
            # What a draw does not say counts as nothing, as in every sum of xarray.
            total = total + term.factor * np.where(np.isnan(weighted), 0.0, weighted).sum(axis=-1)
        else:
            total = total + term.factor * float(weights.sum())
    assert isinstance(total, np.ndarray | np.floating)  # An expression names some element.
    return np.asarray(total)


def element_of(ds: xr.Dataset, scalar: str) -> xr.DataArray:
    """One element of a variable of a Dataset, such as `oxide_output[US,NdPr]`."""
    base, elements = names.split(scalar)
    values = ds[base]
    own = [dim for dim in values.dims if dim not in ("pathway", "draw", "time")]
    chosen = dict(zip(own, elements, strict=True))
    return values.sel(chosen).drop_vars(own, errors="ignore")


def _weights(times: Floats, start: float, end: float, over: str) -> Floats:
    """What each saved date counts in a mean, a total, or the value at the end of a period."""
    first, last = float(times[0]), float(times[-1])
    if start < first - SAME_DATE or end > last + SAME_DATE or end < start:
        raise InputError(
            f"The period {start:.2f} to {end:.2f} lies outside the run.",
            f"Periods within {first:g} to {last:g} are accepted.",
        )
    start, end = (min(max(date, first), last) for date in (start, end))
    if over == "at" or end - start < SAME_DATE:
        return _at(times, end)
    whole = _until(times, end) - _until(times, start)
    return whole if over == "total" else whole / (end - start)


def _at(times: Floats, date: float) -> Floats:
    """Weights of a straight line between saved dates, at one date."""
    place = min(max(int(np.searchsorted(times, date)), 1), len(times) - 1)
    share = (date - times[place - 1]) / (times[place] - times[place - 1])
    weights = np.zeros(len(times))
    weights[place - 1], weights[place] = 1 - share, share
    return weights


def _until(times: Floats, date: float) -> Floats:
    """Weights of the integral from the first saved date to one within the run."""
    weights = np.zeros(len(times))
    for place in range(1, len(times)):
        begin, width = times[place - 1], times[place] - times[place - 1]
        part = min(max(date - begin, 0.0), width)
        # Over the part the line runs from the first value to a mix of both.
        weights[place] += part * part / width / 2
        weights[place - 1] += part - part * part / width / 2
    return weights


def covered(observed: xr.Dataset, first: float, last: float) -> xr.Dataset:
    """The rows whose period lies within a run."""
    inside = (observed["start"] >= first - SAME_DATE) & (observed["end"] <= last + SAME_DATE)
    return observed.isel(row=np.flatnonzero(inside.values))


def known_series(observed: xr.Dataset, mapping: Mapping[str, Mapped]) -> Sequence[str]:
    """Series of a table that the model has a word for, in order of first appearance."""
    return [s for s in dict.fromkeys(observed["series"].values.tolist()) if s in mapping]
