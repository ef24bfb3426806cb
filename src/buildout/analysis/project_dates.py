"""When each listed project starts or is decided, over draws of luck and of what is uncertain."""

import json
import warnings

import numpy as np
import xarray as xr

from buildout.analysis.worlds import of_this_model, worlds
from buildout.errors import ResultsError
from buildout.sampling.draws import Design

SHARES = (0.05, 0.5, 0.95)


def dates_over_draws(
    ds: xr.Dataset,
    *,
    draws: int | None = None,
    seed: int | None = None,
    design: Design | None = None,
) -> xr.Dataset:
    """Quantiles of the dates of the projects, in the pathways of a run.

    All uncertainties and the luck of each project are drawn; what the run sets stays set.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, of the model that comes with buildout.
    draws, seed : int, optional
        Of the Latin hypercube; those of the odds of a verdict by default.
    design : Design, optional
        In their place, such as from `load_design`.

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
    >>> start = dates_over_draws(bo.simulate("status-quo"), draws=64)["start"]
    >>> bool((start.sel(share=0.05) <= start.sel(share=0.95)).all())
    True
    """
    if not of_this_model(ds):
        raise ResultsError(
            "These results are of another model than the one that comes with buildout.",
            cure="Run it anew; the dates of its projects are drawn with the model itself.",
        )
    cloud = worlds(ds, draws=draws, seed=seed, design=design)
    return _dates(cloud, float(ds["time"].max()))


def _dates(cloud: xr.Dataset, final_time: float) -> xr.Dataset:
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
