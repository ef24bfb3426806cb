"""An engine's arrays as one labelled, self-describing Dataset."""

import itertools
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import metadata

import numpy as np
import xarray as xr

from buildout import __version__
from buildout._util import names
from buildout.inputs.model import Model
from buildout.inputs.resolve import Resolved
from buildout.simulation.display import Results
from buildout.vensim.engine import STATUS, Trajectories, Variable

NO_SEED = "none (nothing is drawn at random)"
# Recorded because results can depend on them: who parsed, who computed, who wrote.
RECORDED = ("pysd", "numpy", "scipy", "xarray", "netCDF4", "llvmlite")

#: By coordinate: its dimension, one text for each pathway, attributes.
PathwayTexts = dict[str, tuple[str, list[str], dict[str, str]]]


@cache
def versions() -> dict[str, str]:
    """Versions of Python, buildout and the packages that results can depend on."""
    own = {"python": platform.python_version(), "buildout": __version__}
    return own | {package: metadata.version(package) for package in RECORDED}


@dataclass(frozen=True)
class _Place:
    """Where a variable lies among the series of a run, and what it looks like in a Dataset."""

    key: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    cells: slice
    over_time: bool
    attrs: dict[str, str]


@dataclass(frozen=True)
class _Layout:
    """How the series of a run become variables, the same for every run with these outputs.

    Attributes
    ----------
    rows : array of int
        For each cell of each variable its row in the trajectories.
    missing : array of int
        Cells that the model does not define.
    places : tuple of _Place
    elements : dict of str to list of str
        Coordinate of each subscript.
    """

    rows: np.ndarray
    missing: np.ndarray
    places: tuple[_Place, ...]
    elements: dict[str, list[str]]


def to_dataset(
    model: Model,
    trajectories: Trajectories,
    labels: Sequence[str],
    *,
    dim: str = "pathway",
    coords: PathwayTexts | None = None,
    attrs: Mapping[str, object] | None = None,
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
    coords : mapping, optional
        More coordinates, such as `pathway_texts`.
    attrs : mapping, optional
        Added to the attributes of the whole; dicts are stored as JSON.

    Returns
    -------
    Dataset
        Dimensions `dim`, subscripts, time (years). Constants have no time. Each variable carries
        units, long_name, equation and its Vensim name; `status` holds 0 for a sound run.
    """
    layout = _layout(model, trajectories.outputs)
    # One copy of all series, the runs first, out of which each variable takes its own.
    series = np.ascontiguousarray(trajectories.values[layout.rows].transpose(2, 0, 1))
    series[:, layout.missing] = np.nan
    data: dict[str, xr.Variable] = {"status": _status(trajectories.status, dim)}
    data |= {place.key: _variable(place, series, dim) for place in layout.places}
    axes = {dim: list(labels), "time": ("time", trajectories.times, _time_attrs())}
    return Results(
        data,
        coords={**axes, **layout.elements, **(coords or {})},
        attrs=_stored({**_whole_attrs(model), **(attrs or {})}),
    )


# What depends on the model alone is most of the work, and the same from run to run.
@lru_cache(maxsize=16)
def _layout(model: Model, outputs: tuple[str, ...]) -> _Layout:
    known = {scalar: row for row, scalar in enumerate(outputs)}
    rows: list[int] = []
    places: list[_Place] = []
    elements: dict[str, list[str]] = {}
    for variable in model.variables.values():
        members = variable.members
        if not members or any(scalar not in known for scalar in members.values()):
            continue
        ranges = [model.system.dims[name] for name in variable.dims]
        first = len(rows)
        for where in itertools.product(*ranges):
            rows.append(known[members[where]] if where in members else -1)
        places.append(_place(variable, tuple(map(len, ranges)), slice(first, len(rows))))
        elements |= {names.key(n): list(r) for n, r in zip(variable.dims, ranges, strict=True)}
    table = np.array(rows, dtype=int)
    return _Layout(table, np.flatnonzero(table < 0), tuple(places), elements)


def _place(variable: Variable, shape: tuple[int, ...], cells: slice) -> _Place:
    attrs = {
        "units": variable.unit,
        "long_name": variable.meaning,
        "vensim_name": variable.name,
        "kind": variable.kind,
        "equation": variable.equation,
    }
    dims = tuple(names.key(name) for name in variable.dims)
    return _Place(variable.key, dims, shape, cells, variable.kind != "constant", attrs)


def _variable(place: _Place, series: np.ndarray, dim: str) -> xr.Variable:
    """One variable's own copy of its part of the series, (n_runs, n_cells, n_times)."""
    if place.over_time:
        mine, dims = series[:, place.cells], (dim, *place.dims, "time")
        shape = (len(series), *place.shape, series.shape[2])
    else:
        mine, dims = series[:, place.cells, 0], (dim, *place.dims)
        shape = (len(series), *place.shape)
    return xr.Variable(dims, mine.copy().reshape(shape), place.attrs)


def pathway_texts(asked: Resolved) -> PathwayTexts:
    """Title and description of each pathway as coordinates, for what is printed later."""
    titles = [scenario.title or scenario.name for scenario in asked.scenarios]
    stories = [scenario.description for scenario in asked.scenarios]
    return {
        "pathway_title": ("pathway", titles, {"long_name": "title of the pathway"}),
        "pathway_description": ("pathway", stories, {"long_name": "what the pathway is"}),
    }


def _status(status: np.ndarray, dim: str) -> xr.Variable:
    attrs = {
        "long_name": "how the run ended",
        "flag_values": list(STATUS),
        "flag_meanings": " ".join(STATUS.values()),
    }
    return xr.Variable((dim,), np.asarray(status, dtype=np.int8), attrs)


def _time_attrs() -> dict[str, str]:
    return {"units": "Year", "long_name": "calendar year, with its fraction"}


def _whole_attrs(model: Model) -> dict[str, object]:
    return {
        "title": "US rare-earth magnet chain: simulated pathways",
        "Conventions": "CF-1.11",
        "source": f"buildout {__version__}",
        "model_sha256": model.sha256,
        "versions": versions(),
        "seed": NO_SEED,
    }


def _stored(attrs: Mapping[str, object]) -> dict[str, object]:
    # NetCDF attributes hold text and numbers; anything nested goes in as JSON.
    return {
        key: value if isinstance(value, str | int | float) else json.dumps(value)
        for key, value in attrs.items()
    }
