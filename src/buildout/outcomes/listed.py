"""Capacity of the listed projects in a run: what has started, or has been decided."""

from collections.abc import Iterable

import xarray as xr

from buildout.inputs.projects import ListedProject

LISTED = ("started_share_of_project", "decided_share_of_project", "project_capacity")


def listed_capacity(ds: xr.Dataset, projects: Iterable[ListedProject]) -> xr.DataArray:
    """What has started of dated projects and has been decided of undecided ones, expected.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    projects : iterable of ListedProject
        Those that count; what started before the run is in its initial state and does not.

    Returns
    -------
    DataArray, (..., line, time), t/yr of each line's product
    """
    names = [project.name for project in projects]
    started, decided = (ds[key] for key in LISTED[:2])
    shares = xr.concat(
        [
            share.rename({dim: "project"}).sel(project=[n for n in names if n in share[dim].values])
            for share, dim in ((started, "dated_project"), (decided, "undecided_project"))
        ],
        dim="project",
    )
    capacity = ds["project_capacity"].sel(project=shares["project"])
    summed: xr.DataArray = xr.dot(capacity, shares, dim="project")
    return summed
