"""How outputs respond to small changes of parameters, as a labelled Dataset."""

import json
from collections.abc import Iterable, Sequence

import numpy as np
import xarray as xr

from buildout._util.names import split
from buildout.errors import InputError
from buildout.inputs.model import Model, given_model
from buildout.inputs.pathway import CANONICAL
from buildout.inputs.resolve import PathwayNames, resolve
from buildout.inputs.settings import Settings
from buildout.simulation.dataset import versions
from buildout.simulation.display import Results
from buildout.sweeps.chunks import placed
from buildout.sweeps.reductions import Trajectory
from buildout.sweeps.request import Output, sweep_outputs
from buildout.vensim import engine as engines


def jacobian(
    parameters: str | Iterable[str],
    pathways: PathwayNames = CANONICAL,
    *,
    outputs: str | Iterable[str],
    at: float | Sequence[float] | None = None,
    settings: Settings | None = None,
    known_until: float | None = None,
    time_step: float | None = None,
    final_time: float | None = None,
    beyond_range: bool = False,
    model: Model | None = None,
) -> xr.Dataset:
    """Exact derivatives of outputs by parameters, computed along with the model.

    They hold for small changes and on one side of a kink: where a plant is just not built, or a
    parameter only moves a date, they are zero and a sweep tells more.

    Parameters
    ----------
    parameters : str or iterable of str
        Constants of the model; a name without subscripts stands for each of its elements.
    outputs : str or iterable of str
        Variables, or elements of them.
    at : float or sequence of float, optional
        Dates; all saved ones by default.
    pathways, settings, known_until, time_step, final_time, beyond_range, model
        As in `simulate`.

    Returns
    -------
    Dataset
        For each output (pathway, parameter, subscripts..., time) in its unit per
        `parameter_unit`; `status` (pathway) is 0 where all of it is finite.

    Raises
    ------
    UnknownNameError, InputError
        For what cannot be computed, before anything is.

    Examples
    --------
    >>> ds = jacobian("coordination level", "status-quo", outputs="coordination", at=2030)
    >>> ds["coordination"].dims
    ('pathway', 'parameter', 'time')
    """
    model = given_model(model)
    asked = resolve(
        model,
        pathways,
        settings,
        known_until=known_until,
        time_step=time_step,
        final_time=final_time,
        beyond_range=beyond_range,
    )
    wanted = sweep_outputs(model, outputs, Trajectory())
    matrix = engines.forward_jacobian(
        model.system,
        _constants(model, parameters),
        [scalar for output in wanted for scalar in output.scalars],
        None if at is None else np.atleast_1d(np.asarray(at, float)).tolist(),
        at=asked.columns(),
        controls=asked.controls,
    )
    return _derivatives(model, matrix, wanted, asked.names)


def _constants(model: Model, parameters: str | Iterable[str]) -> list[str]:
    """Scalar ids of constants, in the order of their names."""
    scalars: dict[str, None] = {}
    for name in [parameters] if isinstance(parameters, str) else parameters:
        variable = model.variable(name, kind="parameter")
        if variable.kind != "constant":
            raise InputError(
                f"`{name}` is no parameter: the model computes it.",
                cure="`buildout levers` and calibration/parameters.csv list what is.",
            )
        scalars |= dict.fromkeys(model.scalars(name))
    if not scalars:
        raise InputError("No parameter is given.", "At least one is accepted.")
    return list(scalars)


def _derivatives(
    model: Model, matrix: engines.Jacobian, wanted: Sequence[Output], pathways: Sequence[str]
) -> xr.Dataset:
    rows = {scalar: i for i, scalar in enumerate(matrix.outputs)}
    ds = Results(
        {"status": ("pathway", matrix.status)},
        coords={
            "pathway": list(pathways),
            "parameter": [model.spelled(scalar) for scalar in matrix.parameters],
            "parameter_unit": (
                "parameter",
                [model.variable(split(scalar)[0]).unit for scalar in matrix.parameters],
            ),
            "time": ("time", matrix.times, {"units": "Year"}),
        },
        attrs={
            "title": "Derivatives by parameters",
            "model_sha256": model.sha256,
            "versions": json.dumps(versions()),
        },
    )
    for output in wanted:
        variable = model.variables[output.key]
        values = placed(output, matrix.derivatives[[rows[s] for s in output.scalars]])
        dims = [*output.dims, "time", "pathway", "parameter"]
        coords = dict(zip(output.dims, map(list, output.elements), strict=True))
        array = xr.DataArray(values, dims=dims, coords=coords)
        ds[output.key] = array.transpose("pathway", "parameter", *output.dims, "time").assign_attrs(
            units=f"{variable.unit} per parameter_unit",
            long_name=f"derivative of {variable.name} by each parameter",
        )
    return ds
