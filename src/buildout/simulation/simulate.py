"""Run pathways: from settings of levers to one labelled Dataset."""

from collections.abc import Iterable

import numpy as np
import xarray as xr

from buildout._util import names
from buildout._util.arguments import given_texts
from buildout.errors import BuildoutError, InputError
from buildout.inputs.model import Model, given_model
from buildout.inputs.pathway import CANONICAL
from buildout.inputs.resolve import PathwayNames, Resolved, resolve
from buildout.inputs.settings import Settings
from buildout.simulation.dataset import pathway_texts, to_dataset
from buildout.vensim import engine as engines


def simulate(
    pathways: PathwayNames = CANONICAL,
    *,
    settings: Settings | None = None,
    known_until: float | None = None,
    outputs: Iterable[str] | None = None,
    engine: engines.Engine | None = None,
    time_step: float | None = None,
    final_time: float | None = None,
    save_every: float | None = None,
    beyond_range: bool = False,
    model: Model | None = None,
) -> xr.Dataset:
    """What each pathway leads to, from 2025 to 2045 or over the years that its file says.

    Parameters
    ----------
    pathways : name, path, Pathway, or several of them
        Names of pathways that come with buildout, paths of your own files, or objects. Those of
        one run start at the same time.
    settings : mapping or iterable of Setting, optional
        Values of levers that prevail over every pathway's own.
    known_until : float, optional
        Projects announced after this date (calendar year) are left out.
    outputs : iterable of str, optional
        Variables to keep; all by default.
    engine : Batch or Reference, optional
        What computes; `Batch()` by default.
    time_step, final_time : float, optional
        In years, instead of the pathways' or the model's own.
    save_every : float, optional
        Years between two saved dates, a whole number of time steps; the model's own by default.
    beyond_range : bool
        Let settings leave the ranges of parameters.csv, for tests of extremes.
    model : Model, optional
        Another model than the one that comes with buildout.

    Returns
    -------
    Dataset
        Dimensions pathway, subscripts, time; see `buildout.simulation.dataset.to_dataset`.

    Raises
    ------
    UnknownNameError, InputError, PathwayFileError
        For what cannot be read or set, before anything is computed.

    Examples
    --------
    >>> ds = simulate("status-quo", outputs=["effective capacity"], save_every=1)
    >>> ds["effective_capacity"].dims, ds.sizes["time"]
    (('pathway', 'region', 'line', 'time'), 21)
    """
    asked = resolve(
        given_model(model),
        pathways,
        settings,
        known_until=known_until,
        time_step=time_step,
        final_time=final_time,
        save_every=save_every,
        beyond_range=beyond_range,
    )
    return simulate_resolved(asked, outputs=outputs, engine=engine)


def simulate_resolved(
    asked: Resolved,
    *,
    outputs: Iterable[str] | None = None,
    engine: engines.Engine | None = None,
) -> xr.Dataset:
    """As `simulate`, of what is resolved already, so that several runs resolve once."""
    engine = engines.given_engine(engine)
    run = engine.run(
        asked.model.system,
        parameters=asked.columns(),
        outputs=output_scalars(asked.model, outputs),
        controls=asked.controls,
    )
    _refuse_broken(run, asked.names)
    attrs = {
        "engine": type(engine).__name__,
        "time_step": asked.time_step,
        "settings": asked.changes(),
        "inputs": asked.inputs,
        **asked.own_start(),
    }
    return to_dataset(asked.model, run, asked.names, coords=pathway_texts(asked), attrs=attrs)


def output_scalars(model: Model, outputs: Iterable[str] | None) -> list[str] | None:
    """Scalar ids of the variables to keep; None stands for all.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    InputError
        For subscripts, since a Dataset holds whole variables.
    """
    if outputs is None:
        return None
    scalars: list[str] = []
    for name in given_texts(outputs, "`outputs`", "Names of variables"):
        variable = model.variable(name, kind="output")
        if names.split(name)[1]:
            raise InputError(
                f"The output `{name}` has subscripts.",
                f"A whole variable is accepted: `{variable.name}`.",
                "Choose elements afterwards, with `ds.sel(...)`.",
            )
        scalars += variable.members.values()
    return list(dict.fromkeys(scalars))


def _refuse_broken(run: engines.Trajectories, pathways: list[str]) -> None:
    """A single run that broke down has no numbers worth showing; sweeps keep a status instead."""
    for number, name in enumerate(pathways):
        outcome = engines.STATUS[int(run.status[number])]
        if outcome == "delay_order":
            raise InputError(
                f"Pathway `{name}`: a delay is shorter than its order times the time step.",
                cure="Choose a smaller `--time-step`, or a longer delay.",
            )
        broken = np.argwhere(~np.isfinite(run.values[:, :, number]))
        if outcome == "non_finite" and not len(broken):
            raise BuildoutError(
                f"Pathway `{name}` breaks down: a stock that is not among the outputs is not a "
                "finite number.",
                cure="Take settings back towards their defaults, one at a time.",
            )
        if len(broken):
            output, time = min(broken, key=lambda place: place[1])
            raise BuildoutError(
                f"Pathway `{name}` breaks down: `{run.outputs[output]}` is not a finite "
                f"number in {run.times[time]:g}.",
                cure="Take settings back towards their defaults, one at a time.",
            )
