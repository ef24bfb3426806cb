"""When each listed project starts or is decided, over draws of luck and of what is uncertain."""

import json
import warnings
from collections.abc import Hashable
from functools import lru_cache

import numpy as np
import xarray as xr

from buildout.errors import ResultsError
from buildout.inputs.model import Model, load_model
from buildout.inputs.pathway import Pathway
from buildout.inputs.settings import as_settings
from buildout.sampling.design import latin_hypercube
from buildout.sweeps.reductions import Crossing, Final
from buildout.sweeps.run import sweep

SHARES = (0.05, 0.5, 0.95)
# Enough for the 5 and 95 percent points of a picture; a third of a second a pathway.
DRAWS, SEED = 256, 2025
START, BUILT = "start date of project", "built share of project"
DECIDED = "decided share of project"
# In a drawn world a project is decided within weeks; half of it is as good a date as any.
_HALF = Crossing(0.5, sustained=0.0)


def project_dates(ds: xr.Dataset, *, draws: int = DRAWS, seed: int = SEED) -> xr.Dataset:
    """Quantiles of the dates of the projects, in the pathways of a run.

    All uncertainties and the luck of each project are drawn; what the run sets stays set.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, of the model that comes with buildout.
    draws, seed : int
        Of the Latin hypercube.

    Returns
    -------
    Dataset
        `started` (pathway, dated_project) and `decided` (pathway, undecided_project), Dmnl: share
        of the draws in which the project comes before the run ends. `start` and `decision`, with
        a dimension share more, Year: the date by which it has come in that share of these; NaN
        where it comes in none.

    Raises
    ------
    ResultsError
        When the run is of another model.

    Examples
    --------
    >>> import buildout as bo
    >>> start = project_dates(bo.simulate("status-quo"), draws=64)["start"]
    >>> bool((start.sel(share=0.05) <= start.sel(share=0.95)).all())
    True
    """
    model = load_model()
    if not of_this_model(ds, model):
        raise ResultsError(
            "These results are of another model than the one that comes with buildout.",
            cure="Run it anew; the dates of its projects are drawn with the model itself.",
        )
    return _drawn(
        _pathways(ds),
        float(ds.attrs["time_step"]),
        float(ds["time"].max()),
        draws,
        seed,
        model.sha256,
    )


def of_this_model(ds: xr.Dataset, model: Model | None = None) -> bool:
    """Whether a run is one of the model that comes with buildout."""
    return bool(ds.attrs.get("model_sha256") == (model or load_model()).sha256)


def _pathways(ds: xr.Dataset) -> tuple[Pathway, ...]:
    """The pathways of a run with all that was set in them, from what the run says of itself."""
    settings = json.loads(ds.attrs["settings"])
    initial = ds.attrs.get("initial_time")
    return tuple(
        Pathway(
            name=str(name),
            settings=as_settings({n: change["value"] for n, change in settings[name].items()}),
            initial_time=None if initial is None else float(initial),
        )
        for name in ds["pathway"].values
    )


# A page shows the same run in a picture and in the table beside it.
@lru_cache(maxsize=4)
def _drawn(
    pathways: tuple[Pathway, ...],
    time_step: float,
    final_time: float,
    draws: int,
    seed: int,
    _model: Hashable,
) -> xr.Dataset:
    cloud = sweep(
        latin_hypercube(draws, seed=seed),
        pathways,
        outputs={START: Final(), BUILT: Final(), DECIDED: _HALF},
        time_step=time_step,
        final_time=final_time,
        beyond_range=True,
    )
    start, built = cloud["start_date_of_project_final"], cloud["built_share_of_project_final"]
    # Not built though its date lies within the run; what started before is in the initial state.
    never = ((built == 0) & (start >= _initial_time(cloud))) | (start > final_time)
    start, decision = start.where(~never), cloud["decided_share_of_project_year_above_0_5"]
    return xr.Dataset(
        {
            "start": _quantiles(start),
            "decision": _quantiles(decision),
            "started": start.notnull().mean("draw"),
            "decided": decision.notnull().mean("draw"),
        }
    )


def _initial_time(cloud: xr.Dataset) -> float:
    return float(json.loads(cloud.attrs["controls"])["initial_time"])


def _quantiles(dates: xr.DataArray) -> xr.DataArray:
    """Over the draws that have a date."""
    with warnings.catch_warnings():
        # A project that never comes has no quantile, which is said by NaN.
        warnings.filterwarnings("ignore", "All-NaN slice", RuntimeWarning)
        values = np.nanquantile(dates.transpose("draw", ...).values, SHARES, axis=0)
    kept = [dim for dim in dates.dims if dim != "draw"]
    coords = {"share": list(SHARES), **{dim: dates[dim].values for dim in kept}}
    array = xr.DataArray(values, dims=("share", *kept), coords=coords)
    return array.transpose("pathway", "share", ...)
