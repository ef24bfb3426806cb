"""The chunks of a sweep as one labelled Dataset, in memory or on disk."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import xarray as xr

from buildout._util import files
from buildout._util.seal import seal_file
from buildout.errors import OutputError
from buildout.sampling.draws import CONDITIONED, Design
from buildout.simulation.dataset import versions
from buildout.simulation.store import read_dataset
from buildout.sweeps.chunks import DRAWN, STATUS_NAME, Chunk
from buildout.sweeps.request import SweepRequest
from buildout.sweeps.store import GO_ON, IDENTITY, SweepFolder
from buildout.vensim import engine as engines

# Results up to this size come back in memory; larger ones stay on disk until looked at.
LOADED_BYTES = 256e6
GATHERED_BYTES = 128e6
#: Coordinate: what parameters.csv calls each parameter.
PARAMETER_KIND = "parameter_kind"
#: Attributes of the sweep of a Saltelli design, as JSON: names of its factors in order; whether it
#: has the draws for pairs of them.
FACTORS, SECOND_ORDER = "factors", "second_order"

# Gives the chunks anew each time it is asked, with the arrays that are named.
ChunkSource = Callable[..., Iterable[Chunk]]


def layout(request: SweepRequest) -> dict[str, tuple[tuple[str, ...], tuple[int, ...], type]]:
    """Dimensions, shape and kind of number of every variable of the result."""
    variables: dict[str, tuple[tuple[str, ...], tuple[int, ...], type]] = {}
    runs = len(request.pathways)
    for name, (output, field) in request.fields.items():
        dims, shape = (*output.dims,), (*output.shape,)
        if field.axis:
            dims, shape = (*dims, request.axes[name][0]), (*shape, len(field.axis))
        if field.over_draws:
            dims, shape = ("pathway", "quantile", *dims), (runs, len(field.over_draws), *shape)
        else:
            dims, shape = ("pathway", "draw", *dims), (runs, request.design.size, *shape)
        variables[name] = dims, shape, field.dtype
    variables[STATUS_NAME] = ("pathway", "draw"), (runs, request.design.size), np.int8
    if request.keeps_draws:
        variables[DRAWN] = (
            ("draw", "parameter"),
            (request.design.size, len(request.design.names)),
            float,
        )
    return variables


def coordinates(request: SweepRequest) -> dict[str, tuple[str, Any, dict[str, str]]]:
    """Dimension, values and attributes of every coordinate."""
    drawn = request.design.names
    units = [request.model.variable(name).unit for name in drawn]
    kinds = [request.model.kind_of(name) for name in drawn]
    coords: dict[str, tuple[str, Any, dict[str, str]]] = {
        "pathway": ("pathway", list(request.pathways), {}),
        **request.texts,
        "parameter": ("parameter", list(drawn), {}),
        "parameter_unit": ("parameter", units, {}),
        PARAMETER_KIND: ("parameter", kinds, {}),
    }
    for output in request.outputs:
        for dim, elements in zip(output.dims, output.elements, strict=True):
            coords[dim] = (dim, list(elements), {})
    for name, dates in request.axes.values():
        coords[name] = (name, np.array(dates), {"units": "Year"})
    shares = [field.over_draws for _, field in request.fields.values() if field.over_draws]
    if shares:
        attrs = {"long_name": "share of the sound draws below", "units": "Dmnl"}
        coords["quantile"] = ("quantile", np.array(shares[0]), attrs)
    return coords


def variable_attrs(request: SweepRequest) -> dict[str, dict[str, Any]]:
    """Attributes of every variable of the result."""
    attrs: dict[str, dict[str, Any]] = {}
    for name, (output, field) in request.fields.items():
        variable = request.model.variables[output.key]
        attrs[name] = {
            "units": field.unit_of(variable.unit),
            "long_name": field.meaning.format(variable.meaning or variable.name),
            "vensim_name": variable.name,
        }
    attrs[STATUS_NAME] = {
        "long_name": "how the run ended, 0 for a sound one",
        "flag_meanings": " ".join(engines.STATUS.values()),
        "flag_values": np.array(list(engines.STATUS), dtype=np.int8),
    }
    attrs[DRAWN] = {"long_name": "value drawn for each parameter", "units": "see parameter_unit"}
    return attrs


def whole_attrs(request: SweepRequest) -> dict[str, Any]:
    """Attributes of the result as a whole: where it comes from."""
    identity = request.identity()
    plain = {
        "title": "US rare-earth magnet chain: sweep",
        "Conventions": "CF-1.11",
        "model_sha256": request.model.sha256,
        IDENTITY: request.sha256,
        "engine": request.engine,
        "design": _design_in_words(request.design),
        **({"design_note": request.design.note} if request.design.note else {}),
        **_factors_of(request.design),
        "seed": "none" if request.design.seed is None else str(request.design.seed),
    }
    nested = {
        "design_identity": identity["design"] | {"parameters": len(request.design.names)},
        "controls": {**request.model.system.controls, **request.controls},
        "versions": versions(),
        **request.notes,
    }
    return plain | {key: json.dumps(value) for key, value in nested.items()}


def _factors_of(design: Design) -> dict[str, str]:
    """What a Saltelli design says of its factors, by which its indices are estimated."""
    if not design.factors:
        return {}
    return {FACTORS: json.dumps(list(design.factors)), SECOND_ORDER: _second_order(design)}


def _second_order(design: Design) -> str:
    return json.dumps(bool(design.provenance.get("second_order")))


def _design_in_words(design: Design) -> str:
    """Its kind; of conditioned draws also on what and how, for whoever reads a result of them."""
    if design.kind != CONDITIONED or not design.note:
        return design.kind
    return f"{design.note[0].lower()}{design.note[1:].rstrip('.')}"


def in_memory(request: SweepRequest, chunks: Iterable[Chunk]) -> xr.Dataset:
    """Chunks as they come, gathered."""
    shapes = layout(request)
    arrays: dict[str, np.ndarray] = {
        name: np.empty(shape, kind) for name, (_, shape, kind) in shapes.items()
    }
    # Of quantiles over draws the draws themselves are held until all are there.
    gathered = [name for name, (_, field) in request.fields.items() if field.over_draws]
    held: dict[str, np.ndarray] = {}
    for start, stop, kept in chunks:
        for name in gathered:
            if name not in held:
                runs, _, *rest = kept[name].shape
                held[name] = np.empty((runs, request.design.size, *rest))
        _put(arrays | held, start, stop, kept)
    status = arrays[STATUS_NAME]
    for name in held:
        whole = [(0, request.design.size, {name: held[name]})]
        for where, values in _quantiles(request, name, status, lambda _, whole=whole: whole):
            arrays[name][where] = values
    attrs = variable_attrs(request)
    data = {name: (shapes[name][0], values, attrs[name]) for name, values in arrays.items()}
    return xr.Dataset(data, coords=coordinates(request), attrs=whole_attrs(request))


def to_file(request: SweepRequest, folder: SweepFolder) -> None:
    """Chunks from a folder as one NetCDF file, which appears whole or not at all.

    Raises
    ------
    OutputError
        When the disk is full; the chunks stay.
    """

    def write(temporary: Path) -> None:
        with netCDF4.Dataset(temporary, "w", format="NETCDF4") as file:
            variables = _define(request, file)
            single = {n: v for n, v in variables.items() if "draw" in v.dimensions}
            for start, stop, kept in folder.chunks(*single):
                _put(single, start, stop, kept)
            _put_quantiles(request, folder, variables)
        seal_file(temporary)

    try:
        files.write_atomically(folder.results, write)
    except OutputError as error:
        raise OutputError(error.found, cure=GO_ON) from error
    except RuntimeError as error:
        # The library reports a full disk as a bare "NetCDF: HDF error".
        raise OutputError(f"Cannot write `{folder.results}`: {error}.", cure=GO_ON) from error


def from_file(path: Path) -> xr.Dataset:
    """The results of a finished sweep; large ones are read when looked at."""
    return read_dataset(path, largest=LOADED_BYTES, again="Make it anew with `buildout sweep`.")


def _define(request: SweepRequest, file: netCDF4.Dataset) -> dict[str, Any]:
    shapes, attrs = layout(request), variable_attrs(request)
    for dims, shape, _ in shapes.values():
        for dim, size in zip(dims, shape, strict=True):
            if dim not in file.dimensions:
                file.createDimension(dim, size)
    for name, (dim, values, about) in coordinates(request).items():
        values = np.asarray(values)
        if dim not in file.dimensions:
            file.createDimension(dim, len(values))
        text = values.dtype.kind == "U"
        made = file.createVariable(name, str if text else values.dtype, (dim,))
        made[:] = values.astype(object) if text else values
        made.setncatts(about)
    variables: dict[str, Any] = {}
    for name, (dims, _, kind) in shapes.items():
        variables[name] = file.createVariable(name, np.int8 if kind is bool else kind, dims)
        # The way in which xarray marks truth values, which NetCDF does not have.
        variables[name].setncatts(attrs[name] | ({"dtype": "bool"} if kind is bool else {}))
    file.setncatts(
        whole_attrs(request)
        | {"coordinates": " ".join(["parameter_unit", PARAMETER_KIND, *request.texts])}
    )
    return variables


def _put(target: Mapping[str, Any], start: int, stop: int, kept: dict[str, np.ndarray]) -> None:
    for name, values in kept.items():
        if name == DRAWN:
            target[name][start:stop] = values
        else:
            target[name][:, start:stop] = values


def _put_quantiles(
    request: SweepRequest, folder: SweepFolder, variables: Mapping[str, Any]
) -> None:
    over_draws = [name for name, (_, field) in request.fields.items() if field.over_draws]
    if not over_draws:
        return
    # A byte for each run, so it is read only where it is asked for.
    status = variables[STATUS_NAME][:]
    for name in over_draws:
        for where, values in _quantiles(request, name, status, folder.chunks):
            variables[name][where] = values


def _quantiles(
    request: SweepRequest, name: str, status: np.ndarray, chunks: ChunkSource
) -> Iterator[tuple[Any, np.ndarray]]:
    """Where quantiles over the sound draws go, and what they are, some dates at a time."""
    output, field = request.fields[name]
    draws, count = request.design.size, math.prod(output.shape) * len(field.axis)
    step = max(int(GATHERED_BYTES / (8 * draws)), 1)
    for p in range(len(request.pathways)):
        sound = status[p] == 0
        result = np.full((len(field.over_draws), count), np.nan)
        for first in range(0, count if sound.any() else 0, step):
            column = slice(first, first + step)
            gathered = np.empty((draws, len(range(count)[column])))
            for start, stop, kept in chunks(name):
                gathered[start:stop] = kept[name][p].reshape(stop - start, -1)[:, column]
            result[:, column] = np.quantile(gathered[sound], field.over_draws, axis=0)
        yield p, result.reshape(-1, *output.shape, len(field.axis))
