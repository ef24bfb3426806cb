"""The form that results on file have: what a sealed file, which anybody can make, may not lack."""

import json
import math
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from buildout.errors import PathwayFileError, ResultsError
from buildout.inputs.pathway_files import check_pathway_name
from buildout.vensim.engine import STATUS

# Attributes of the whole that are JSON, of a run and of a sweep.
NESTED = ("versions", "settings", "inputs")


def refuse_unlike(ds: xr.Dataset, path: Path, *, more: Sequence[str] = (), again: str) -> None:
    """See that a file has the form of results.

    Parameters
    ----------
    ds : Dataset
        Read from it.
    path : Path
    more : sequence of str
        Attributes that are JSON beside those of every result; `controls` is the clock of a sweep.
    again : str
        The cure.

    Raises
    ------
    ResultsError
        With what is wrong first.
    """
    clock = () if "controls" in ds.attrs else _faults_of_clock(ds)
    for fault in chain(_faults_of_pathways(ds), _faults_of_attributes(ds, more), clock):
        raise ResultsError(f"`{path}` is not as buildout makes it: {fault}.", cure=again)


def _faults_of_pathways(ds: xr.Dataset) -> Iterator[str]:
    if "pathway" not in ds.dims or not ds.sizes["pathway"] or not _texts(ds["pathway"]):
        yield "it has no pathways"
        return
    names = ds["pathway"].values.tolist()
    if len(set(names)) != len(names):
        yield "a pathway is there twice"
    for name in names:
        try:
            check_pathway_name(name)
        except PathwayFileError:
            yield "it has a pathway of a name that none can have"
    statuses = ds["status"].values if "status" in ds else np.array(["none"])
    if not set(statuses.ravel().tolist()) <= set(STATUS):
        yield "it does not say how its runs ended"
    for each in ("pathway_title", "pathway_description"):
        if each not in ds.coords or not _texts(ds[each]):
            yield "its pathways have no titles"


def _faults_of_attributes(ds: xr.Dataset, more: Sequence[str]) -> Iterator[str]:
    for name in (*NESTED, *more):
        if _object(ds.attrs.get(name)) is None:
            yield f"its `{name}` cannot be read"
    settings = _object(ds.attrs.get("settings")) or {}
    if not set(ds["pathway"].values.tolist()) <= set(settings):
        yield "its `settings` cannot be read: a pathway is not among them"
    if not isinstance(ds.attrs.get("engine"), str):
        yield "it does not say its `engine`"


def _faults_of_clock(ds: xr.Dataset) -> Iterator[str]:
    step = ds.attrs.get("time_step")
    if not (isinstance(step, int | float | np.number) and math.isfinite(step) and step > 0):
        yield "it does not say its `time_step`"
    times = ds["time"].values if "time" in ds.dims else np.array([])
    whole = times.dtype.kind == "f" and np.isfinite(times).all()
    if not (len(times) and whole and (np.diff(times) > 0).all()):
        yield "it has no dates, or not in their order"


def _texts(names: xr.DataArray) -> bool:
    return all(isinstance(name, str) for name in names.values.ravel().tolist())


def _object(text: Any) -> dict[str, Any] | None:
    try:
        content = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None
