"""What must be told before any number: runs that are not sound, steps that are coarse."""

import json

import numpy as np
import xarray as xr

from buildout.errors import BuildoutError
from buildout.inputs.model import Model, given_model
from buildout.outcomes.statuses import unsound
from buildout.vensim.engine.request import FLOOR_TOLERANCE


def told_status(ds: xr.Dataset, *, model: Model | None = None) -> list[str]:
    """A sentence for each pathway whose run is not sound.

    Parameters
    ----------
    ds : Dataset
        From `simulate` or `load_results`.
    model : Model, optional
        Another model than the one that comes with buildout.

    Returns
    -------
    list of str
        Empty when all is well. The stock that fell below zero first is named where it is in the
        Dataset.
    """
    broken = unsound(ds)
    if not broken:
        return []
    model = given_model(model)
    return [
        f"Not sound, and not to be relied on: pathway `{name}`, where "
        f"{_what_broke(_of_pathway(ds, name), status, model)}."
        for name, status in broken.items()
    ]


def refuse_unsound(ds: xr.Dataset, *, model: Model | None = None) -> None:
    """Refuse runs of which one is not sound, where only differences between them would be shown.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    model : Model, optional
        Another model than the one that comes with buildout.

    Raises
    ------
    BuildoutError
    """
    if notes := told_status(ds, model=model):
        raise BuildoutError(notes[0], cure="Take settings back towards their defaults.")


def told_step(ds: xr.Dataset, *, model: Model | None = None) -> list[str]:
    """A sentence when the time step is coarser than the model's own; else nothing."""
    model = given_model(model)
    own = model.system.controls["time_step"]
    controls = json.loads(ds.attrs.get("controls", "{}"))
    step = float(ds.attrs.get("time_step", controls.get("time_step", own)))
    if step <= own * (1 + 1e-9):
        return []
    return [
        f"The time step of {step:g} years is {step / own:.3g} times the model's own, {own:g}: "
        "dates may be off by years, shares by points."
    ]


def _of_pathway(ds: xr.Dataset, name: str) -> xr.Dataset:
    return ds.sel(pathway=name) if "pathway" in ds.dims else ds


def _what_broke(run: xr.Dataset, status: str, model: Model) -> str:
    if status != "negative_stock":
        return f"its status is `{status}`"
    first = _first_below_zero(run, model)
    if first is None:
        return "a stock that cannot be negative falls below zero (`negative_stock`)"
    return f"{first} (`negative_stock`)"


def _first_below_zero(run: xr.Dataset, model: Model) -> str | None:
    """The stock that falls below zero first, with its lowest value."""
    falls: list[tuple[float, float, str]] = []
    run = run[[key for key, owner in model.variables.items() if owner.has_floor and key in run]]
    for key in map(str, run.data_vars):
        variable = model.variables[key]
        if "time" in run[key].dims:
            stock = run[key].transpose("time", ...)
            low = stock.min([dim for dim in stock.dims if dim != "time"])
            below = np.flatnonzero(low.values < -FLOOR_TOLERANCE)
            if below.size:
                since, lowest = float(stock.time[below[0]]), float(low.min())
                words = f"the stock `{variable.name}` falls below zero in {since:g}"
                falls.append((since, lowest, f"{words}, to {lowest:.3g} {variable.unit} at worst"))
    return min(falls)[2] if falls else None
