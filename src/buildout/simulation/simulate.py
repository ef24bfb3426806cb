"""Run pathways: from settings of levers to one labelled Dataset."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from buildout._util import files, names
from buildout.errors import BuildoutError, InputError
from buildout.inputs.model import KNOWN_UNTIL, Model, load_model
from buildout.inputs.pathway import CANONICAL, Pathway, pathway
from buildout.inputs.settings import Setting, as_settings
from buildout.inputs.validation import check_dates, check_values
from buildout.simulation.dataset import to_dataset
from buildout.vensim import engine as engines


def simulate(
    pathways: str | Path | Pathway | Iterable[str | Path | Pathway] = CANONICAL,
    *,
    settings: Mapping[str, Any] | Iterable[Setting] | None = None,
    known_until: float | None = None,
    outputs: Iterable[str] | None = None,
    engine: Any = None,
    time_step: float | None = None,
    final_time: float | None = None,
    beyond_range: bool = False,
    model: Model | None = None,
) -> xr.Dataset:
    """What each pathway leads to, from 2025 to 2045.

    Parameters
    ----------
    pathways : name, path, Pathway, or several of them
        Names of pathways that come with buildout, paths of your own files, or objects.
    settings : mapping or iterable of Setting, optional
        Values of levers that prevail over every pathway's own.
    known_until : float, optional
        Projects announced after this date (calendar year) are left out.
    outputs : iterable of str, optional
        Variables to keep; all by default.
    engine : Batch or Reference, optional
        What computes; `Batch()` by default.
    time_step, final_time : float, optional
        In years, instead of the model's own.
    beyond_range : bool
        Let settings leave the ranges of parameters.csv, for tests of extremes.
    model : Model, optional
        Another model than the one that comes with buildout.

    Returns
    -------
    Dataset
        Dimensions pathway, subscripts, time; see `buildout.dataset.to_dataset`.

    Raises
    ------
    UnknownNameError, InputError, PathwayFileError
        For what cannot be read or set, before anything is computed.

    Examples
    --------
    >>> ds = simulate("status-quo", outputs=["effective total"])
    >>> ds["effective_total"].dims
    ('pathway', 'region', 'line', 'time')
    """
    model = model or load_model()
    engine = engine or engines.Batch()
    chosen = chosen_pathways(pathways)
    extra = extra_settings(settings, known_until)
    check_values(model, extra, where="The settings", beyond_range=beyond_range)
    values = [lever_values(model, p, extra, beyond_range=beyond_range) for p in chosen]
    controls = run_controls(model, time_step, final_time)
    run = engine.run(
        model.system,
        parameters=_columns(model, values),
        outputs=output_scalars(model, outputs),
        controls=controls,
    )
    _refuse_broken(run, chosen)
    attrs = {
        "engine": type(engine).__name__,
        "time_step": controls.get("time_step", model.system.controls["time_step"]),
        "settings": {p.name: differences(model, p, extra) for p in chosen},
        "inputs": _fingerprints(chosen),
    }
    return to_dataset(model, run, [p.name for p in chosen], attrs=attrs)


def lever_values(
    model: Model, what: Pathway, extra: Sequence[Setting] = (), *, beyond_range: bool = False
) -> dict[str, float]:
    """Values of a pathway and of settings on top of it, checked, by scalar id."""
    where = f"Pathway `{what.name}`"
    settings = (*what.settings, *extra)
    values = check_values(model, settings, where=where, beyond_range=beyond_range)
    check_dates(model, values, where=where)
    return values


def differences(
    model: Model, what: Pathway, extra: Sequence[Setting] = ()
) -> dict[str, dict[str, Any]]:
    """Settings that differ from the model's defaults, by name, with source and note."""
    found: dict[str, dict[str, Any]] = {}
    for setting in (*what.settings, *extra):
        for scalar in model.scalars(setting.lever):
            found[model.spelled(scalar)] = {
                "value": float(setting.value),
                "default": model.constants[scalar],
                "unit": model.variable(scalar).unit,
                "source": setting.source,
                "note": setting.note,
                "origin": setting.origin,
            }
    return {name: row for name, row in found.items() if row["value"] != row["default"]}


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
    for name in [outputs] if isinstance(outputs, str) else outputs:
        variable = model.variable(name, kind="output")
        if names.split(name)[1]:
            raise InputError(
                f"The output `{name}` has subscripts.",
                f"A whole variable is accepted: `{variable.name}`.",
                "Choose elements afterwards, with `ds.sel(...)`.",
            )
        scalars += variable.members.values()
    return list(dict.fromkeys(scalars))


def chosen_pathways(pathways: Any) -> list[Pathway]:
    """The pathways meant by names, paths and objects, one or several; each once."""
    single = isinstance(pathways, str | Path | Pathway)
    chosen = [pathway(p) for p in ([pathways] if single else pathways)]
    if not chosen:
        raise InputError("No pathway is given.", "At least one is accepted.")
    seen: set[str] = set()
    for what in chosen:
        if what.name in seen:
            raise InputError(
                f"The pathway `{what.name}` is given twice.",
                cure="Give each once; two files need two names.",
            )
        seen.add(what.name)
    return chosen


def extra_settings(settings: Any, known_until: float | None) -> tuple[Setting, ...]:
    """Settings on top of every pathway, with the date until which projects are known."""
    extra = as_settings(settings)
    if known_until is None:
        return extra
    return (*extra, Setting(KNOWN_UNTIL, known_until, origin="--known-until"))


def _columns(model: Model, values: list[dict[str, float]]) -> dict[str, np.ndarray]:
    touched = dict.fromkeys(scalar for one in values for scalar in one)
    if not touched:
        # A run needs at least one parameter to tell how many runs there are.
        first = next(iter(model.constants))
        touched = {first: None}
    return {
        scalar: np.array([one.get(scalar, model.constants[scalar]) for one in values])
        for scalar in touched
    }


def run_controls(
    model: Model, time_step: float | None, final_time: float | None
) -> dict[str, float]:
    """Time step and end of a run, checked, where they differ from the model's own."""
    controls: dict[str, float] = {}
    start = model.system.controls["initial_time"]
    if time_step is not None:
        if not (math.isfinite(time_step) and time_step > 0):
            raise InputError(f"The time step is {time_step}.", "A number above zero is accepted.")
        controls["time_step"] = float(time_step)
    if final_time is not None:
        if not (math.isfinite(final_time) and final_time > start):
            raise InputError(f"The final time is {final_time}.", f"A year after {start:g}.")
        controls["final_time"] = float(final_time)
    return controls


def _refuse_broken(run: engines.Trajectories, chosen: Sequence[Pathway]) -> None:
    """A single run that broke down has no numbers worth showing; sweeps keep a status instead."""
    for number, what in enumerate(chosen):
        outcome = engines.STATUS[int(run.status[number])]
        if outcome == "delay_order":
            raise InputError(
                f"Pathway `{what.name}`: a delay is shorter than its order times the time step.",
                cure="Choose a smaller `--time-step`, or a longer delay.",
            )
        broken = np.argwhere(~np.isfinite(run.values[:, :, number]))
        if len(broken):
            output, time = min(broken, key=lambda place: place[1])
            raise BuildoutError(
                f"Pathway `{what.name}` breaks down: `{run.outputs[output]}` is not a finite "
                f"number in {run.times[time]:g}.",
                cure="Take settings back towards their defaults, one at a time.",
            )


def _fingerprints(chosen: Sequence[Pathway]) -> dict[str, str]:
    read = dict.fromkeys(file for what in chosen for file in what.files)
    return {file.name: files.sha256(file) for file in read}
