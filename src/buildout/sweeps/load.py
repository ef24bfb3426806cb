"""A finished sweep back from its folder."""

from pathlib import Path

import xarray as xr

from buildout._util.names import quoted
from buildout._util.seal import seal_state
from buildout.errors import ResultsError
from buildout.inputs.model import Model, given_model
from buildout.sweeps.assemble import from_file
from buildout.sweeps.store import RESULTS

_AGAIN = "Make it anew with `buildout sweep`."


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
    if not path.is_file():
        raise ResultsError(
            f"The sweep in {quoted(folder)} is not finished.", cure="Go on with `--resume`."
        )
    if seal_state(path) != "whole":
        raise ResultsError(f"{quoted(path)} is damaged.", cure=_AGAIN)
    ds = from_file(path)
    expected = given_model(model).sha256
    if ds.attrs.get("model_sha256") != expected:
        raise ResultsError(
            f"{quoted(path)} was made by another version of the model "
            f"({str(ds.attrs.get('model_sha256'))[:12]}).",
            f"This one is {expected[:12]}.",
            _AGAIN,
        )
    return ds
