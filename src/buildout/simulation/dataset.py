"""An engine's arrays as one labelled, self-describing Dataset."""

import json
import platform
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata
from typing import Any

import numpy as np
import xarray as xr

from buildout import __version__
from buildout._util import names
from buildout.inputs.model import Model
from buildout.inputs.resolve import Resolved
from buildout.vensim.engine import STATUS, Trajectories, Variable

NO_SEED = "none (nothing is drawn at random)"
# Recorded because results can depend on them: who parsed, who computed, who wrote.
RECORDED = ("pysd", "numpy", "scipy", "xarray", "netCDF4", "llvmlite")

#: By coordinate: its dimension, one text for each pathway, attributes.
PathwayTexts = dict[str, tuple[str, list[str], dict[str, str]]]


@cache
def versions() -> dict[str, str]:
    """Versions of Python, buildout and the packages that results can depend on."""
    found = {"python": platform.python_version(), "buildout": __version__}
    return found | {package: metadata.version(package) for package in RECORDED}


def to_dataset(
    model: Model,
    trajectories: Trajectories,
    labels: Sequence[str],
    *,
    dim: str = "pathway",
    attrs: Mapping[str, Any] | None = None,
) -> xr.Dataset:
    """Trajectories of several runs as a Dataset.

    Parameters
    ----------
    model : Model
        Gives names, units, meanings and equations.
    trajectories : engine.Trajectories
        All elements of each variable that is to be kept.
    labels : sequence of str
        One for each run, in order.
    dim : str
        What the runs are.
    attrs : mapping, optional
        Added to the attributes of the whole; dicts are stored as JSON.

    Returns
    -------
    Dataset
        Dimensions `dim`, subscripts, time (years). Constants have no time. Each variable carries
        units, long_name, equation and its Vensim name; `status` holds 0 for a sound run.
    """
    rows = {scalar: i for i, scalar in enumerate(trajectories.outputs)}
    data: dict[str, xr.Variable] = {"status": _status(trajectories.status, dim)}
    coords = {dim: list(labels), "time": ("time", trajectories.times, _time_attrs())}
    for key, variable in model.variables.items():
        members = [rows.get(scalar) for scalar in variable.members.values()]
        if members and None not in members:
            data[key] = _array(model, variable, trajectories.values[members], dim)
            coords |= {names.key(name): list(model.system.dims[name]) for name in variable.dims}
    ds = xr.Dataset(data, coords=coords)
    return ds.assign_attrs(_stored(_whole_attrs(model) | dict(attrs or {})))


def pathway_texts(asked: Resolved) -> PathwayTexts:
    """Title and description of each pathway as coordinates, for what is printed later."""
    titles = [scenario.title or scenario.name for scenario in asked.scenarios]
    stories = [scenario.description for scenario in asked.scenarios]
    return {
        "pathway_title": ("pathway", titles, {"long_name": "title of the pathway"}),
        "pathway_description": ("pathway", stories, {"long_name": "what the pathway is"}),
    }


def _array(model: Model, variable: Variable, values: np.ndarray, dim: str) -> xr.Variable:
    """Values, (n_members, n_times, n_runs), spread over subscripts; NaN where none is defined."""
    elements = [model.system.dims[name] for name in variable.dims]
    full = np.full((*map(len, elements), *values.shape[1:]), np.nan)
    for where, series in zip(variable.members, values, strict=True):
        place = tuple(e.index(name) for e, name in zip(elements, where, strict=True))
        full[place] = series
    subscripts = [names.key(name) for name in variable.dims]
    dims = (dim, *subscripts, "time")
    full = np.moveaxis(full, -1, 0)
    if variable.kind == "constant":
        dims, full = dims[:-1], full[..., 0]
    attrs = {
        "units": variable.unit,
        "long_name": variable.meaning,
        "vensim_name": variable.name,
        "kind": variable.kind,
        "equation": variable.equation,
    }
    return xr.Variable(dims, np.ascontiguousarray(full), attrs)


def _status(status: np.ndarray, dim: str) -> xr.Variable:
    attrs = {
        "long_name": "how the run ended",
        "flag_values": list(STATUS),
        "flag_meanings": " ".join(STATUS.values()),
    }
    return xr.Variable((dim,), np.asarray(status, dtype=np.int8), attrs)


def _time_attrs() -> dict[str, str]:
    return {"units": "Year", "long_name": "calendar year, with its fraction"}


def _whole_attrs(model: Model) -> dict[str, Any]:
    return {
        "title": "US rare-earth magnet chain: simulated pathways",
        "Conventions": "CF-1.11",
        "source": f"buildout {__version__}",
        "model_sha256": model.sha256,
        "versions": versions(),
        "seed": NO_SEED,
    }


def _stored(attrs: Mapping[str, Any]) -> dict[str, Any]:
    # NetCDF attributes hold text and numbers; anything nested goes in as JSON.
    return {
        key: value if isinstance(value, str | int | float) else json.dumps(value)
        for key, value in attrs.items()
    }
