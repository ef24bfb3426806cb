"""A finished sweep back from its folder."""

import json
from pathlib import Path

import xarray as xr

from buildout._util.manifest import RECORD_OF_SWEEP, compare_with_manifest
from buildout._util.names import quoted
from buildout._util.reading import read_text
from buildout._util.seal import seal_state
from buildout.errors import InputError, ResultsError
from buildout.inputs.model import Model, given_model
from buildout.simulation.form import refuse_unlike
from buildout.sweeps.assemble import from_file
from buildout.sweeps.request import identity_sha256
from buildout.sweeps.store import IDENTITY, RESULTS, SWEEP_MANIFEST

# Attributes that are JSON beside those of every result.
_NESTED = ("controls", "design_identity", "settled_by_pathway")
_AGAIN = "Make it anew with `buildout sweep`."


def read_sweep(folder: str | Path) -> xr.Dataset:
    """The results of a finished sweep of any version of the model.

    Parameters
    ----------
    folder : path

    Returns
    -------
    Dataset
        Large results are read when they are looked at.

    Raises
    ------
    ResultsError
        When it is not finished, or not every byte is as it was written; when the results are not
        those that the record beside them asks for.
    """
    folder = Path(folder)
    path = folder / RESULTS
    if not path.is_file():
        raise ResultsError(
            f"The sweep in {quoted(folder)} is not finished.", cure="Go on with `--resume`."
        )
    if seal_state(path) != "whole":
        raise ResultsError(f"{quoted(path)} is damaged.", cure=_AGAIN)
    compare_with_manifest(folder, SWEEP_MANIFEST)
    ds = from_file(path)
    refuse_unlike(ds, path, more=_NESTED, again=_AGAIN)
    if str(ds.attrs.get(IDENTITY)) != _asked(folder):
        raise ResultsError(
            f"{quoted(path)} is not of the sweep that `{RECORD_OF_SWEEP}` beside it asks for.",
            cure=_AGAIN,
        )
    return ds


def _asked(folder: Path) -> str:
    """Fingerprint of the sweep that was begun in a folder; empty where its record is none."""
    try:
        record = json.loads(read_text(folder / RECORD_OF_SWEEP, what="the record of the sweep"))
        return identity_sha256(record["asked"])
    except (InputError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def load_sweep(folder: str | Path, *, model: Model | None = None) -> xr.Dataset:
    """The results of a finished sweep of this version of the model.

    Parameters
    ----------
    folder : path
        Of `buildout sweep`, or `out` of `sweep`.
    model : Model, optional
        The one that comes with buildout by default.

    Returns
    -------
    Dataset

    Raises
    ------
    ResultsError
        When it is not finished, damaged, or made by another version of the model.
    """
    path = Path(folder) / RESULTS
    ds = read_sweep(folder)
    expected = given_model(model).sha256
    if str(ds.attrs.get("model_sha256")) != expected:
        raise ResultsError(
            f"{quoted(path)} was made by another version of the model "
            f"({str(ds.attrs.get('model_sha256'))[:12]}).",
            f"This one is {expected[:12]}.",
            _AGAIN,
        )
    return ds
