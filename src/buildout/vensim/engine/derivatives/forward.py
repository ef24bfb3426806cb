"""How outputs respond to parameters: exact derivatives, computed along with the model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from buildout.errors import InputError
from buildout.vensim.arrays import Codes, Floats
from buildout.vensim.engine.backends.llvm.machine import run_llvm
from buildout.vensim.engine.derivatives import tangents
from buildout.vensim.engine.ir.system import System
from buildout.vensim.engine.request import Parameters, Times, request


@dataclass(frozen=True)
class Jacobian:
    """Derivatives of outputs by parameters.

    Attributes
    ----------
    outputs, parameters : tuple of str
        Scalar ids.
    times : array, (n_times,)
    values : array, (n_outputs, n_times, n_runs)
        The outputs themselves.
    derivatives : array, (n_outputs, n_times, n_runs, n_parameters)
        In units of the output per unit of the parameter.
    status : array of int8, (n_runs,)
        As in `Trajectories`; "non_finite" also when a derivative is.
    """

    outputs: tuple[str, ...]
    parameters: tuple[str, ...]
    times: Floats
    values: Floats
    derivatives: Floats
    status: Codes


def forward_jacobian(
    system: System,
    parameters: Iterable[str],
    outputs: Iterable[str] | None = None,
    times: Times | None = None,
    *,
    at: Parameters | None = None,
    controls: Mapping[str, float] | None = None,
    threads: int | None = None,
) -> Jacobian:
    """Derivatives of outputs by parameters, by forward sensitivities.

    They are exact for the Euler steps that are taken, with no step size to choose. At a kink (MIN,
    MAX, IF THEN ELSE, a point of a lookup) they are those of one side, and a parameter that only
    moves the moment at which a condition changes (the start of a STEP) has a derivative of zero.

    Parameters
    ----------
    system : System
    parameters : iterable of str
        Constants of the model; a name without subscripts stands for all its elements, one each.
    outputs, times, controls
        As in `Batch.run`.
    at : dict of str to float or array (n_runs,), optional
        Where to take the derivatives, as `parameters` in `Batch.run`; by default the values of the
        model.
    threads : int, optional

    Returns
    -------
    Jacobian

    Raises
    ------
    UnknownNameError, InputError
        As in `Batch.run`.
    UnsupportedError
        When a parameter moves the length of a DELAY FIXED.

    Examples
    --------
    >>> from buildout.vensim.engine import load
    >>> system = load('''tank = INTEG(inflow, 1) ~ ~ |
    ... inflow = 2 ~ ~ |
    ... INITIAL TIME = 0 ~ ~ |
    ... FINAL TIME = 3 ~ ~ |
    ... TIME STEP = 1 ~ ~ |
    ... SAVEPER = 1 ~ ~ |''')
    >>> forward_jacobian(system, ["inflow"], ["tank"]).derivatives[0, :, 0, 0].tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    # Asking for the parameters' own values checks their names as a run would.
    chosen = tuple(dict.fromkeys(s for name in parameters for s in system.scalars(name)))
    request(system, {name: system.constants.get(name, 0.0) for name in chosen})
    if not chosen:
        raise InputError("No parameter is given.", "Name at least one constant of the model.")
    asked = request(system, at, outputs, controls, times)
    extended = tangents.extend(system, chosen)
    moving = [o for o in asked.outputs if _moves(extended, o)]
    directions, runs = len(chosen), asked.runs * len(chosen)
    # Each run is repeated once for each direction.
    given = {n: v if len(v) == 1 else np.repeat(v, directions) for n, v in asked.parameters.items()}
    for place, name in enumerate(chosen):
        seed = np.zeros(directions)
        seed[place] = 1.0
        given[tangents.tangent_of(name)] = np.tile(seed, asked.runs) if runs > 1 else seed
    wanted = (*asked.outputs, *map(tangents.tangent_of, moving))
    repeated = replace(asked, parameters=given, outputs=wanted, runs=runs)
    run = run_llvm(extended, repeated, threads, own=True)
    shape = (-1, len(asked.clock.saved), asked.runs, directions)
    values = run.values.reshape(shape)
    derivatives = np.zeros((len(asked.outputs), *values.shape[1:]))
    places = [asked.outputs.index(output) for output in moving]
    derivatives[places] = values[len(asked.outputs) :]
    return Jacobian(
        outputs=asked.outputs,
        parameters=chosen,
        times=asked.clock.times,
        values=values[: len(asked.outputs), :, :, 0],
        derivatives=derivatives,
        status=run.status.reshape(asked.runs, directions).max(axis=1),
    )


def _moves(extended: System, output: str) -> bool:
    tangent = tangents.tangent_of(output)
    return any(
        tangent in known for known in (extended.equations, extended.states, extended.constants)
    )
