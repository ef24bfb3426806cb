"""A few observed series in drawn runs of the past, for a picture: run once, and scored."""

from collections.abc import Hashable, Sequence
from functools import lru_cache

import numpy as np
import xarray as xr

from buildout.calibration.hindcast import STARTS, planned_observations, read_plan
from buildout.calibration.observed import covered, modelled, outputs_of
from buildout.calibration.scored import scored, with_sd
from buildout.inputs.mapping import Mapped, read_mapping
from buildout.inputs.model import load_model
from buildout.inputs.observations import load_observations, select_observations
from buildout.outcomes.dates import SAME_DATE
from buildout.sampling.design import latin_hypercube
from buildout.sweeps.reductions import Trajectory
from buildout.sweeps.run import sweep

#: What was observed later stands in no fit and in no score.
SEAM_DATE = 2025.0
PAST_DRAWS, FIRST_SEED = 200, 1
#: Years over which a curve is averaged, so that it is compared with what is told by quarters.
STEP = 0.25


def past_series(start: int, series: Sequence[str]) -> xr.Dataset:
    """What runs from a start say of some series, averaged over quarters up to the seam.

    Parameters
    ----------
    start : {2018, 2021}
    series : sequence of str
        Of calibration/observations/mapping.csv.

    Returns
    -------
    Dataset, (series, draw, time)
        `value`, rates a year and means, in money of the model; `time` is the middle of a quarter.
    """
    return _curves(start, tuple(series), load_model().sha256)


def scored_past(start: int, series: Sequence[str], groups: Sequence[str]) -> xr.Dataset:
    """Rows of some groups of the hindcast's plan, scored against the draws of `past_series`.

    Parameters
    ----------
    start, series
        As for `past_series`.
    groups : sequence of str
        Of calibration/hindcast.csv.
    """
    cloud = _cloud(start, tuple(series), load_model().sha256)
    rows = observed_past(groups)
    rows = covered(rows, float(start), SEAM_DATE)
    table = scored(cloud, with_sd(rows, read_mapping()), read_mapping(), seed=FIRST_SEED)
    return table.isel(pathway=0)


def observed_past(groups: Sequence[str]) -> xr.Dataset:
    """Observations of some groups of the hindcast's plan, with their `group` and `role`."""
    plan = tuple(line for line in read_plan() if line.group in groups)
    return planned_observations(plan, load_observations())


def observed_later(series: Sequence[str]) -> xr.Dataset:
    """Observations of series over periods that begin at the seam or later."""
    known = select_observations(load_observations(), series=list(series))
    return known.isel(row=np.flatnonzero(known["start"].values >= SEAM_DATE - SAME_DATE))


@lru_cache(maxsize=4)
def _curves(start: int, series: Sequence[str], model: Hashable) -> xr.Dataset:
    cloud = _cloud(start, series, model)
    edges = np.arange(float(start), SEAM_DATE + 0.01, STEP)
    mapping = read_mapping()
    # Rates and means alike, in money of the model.
    plain = {
        name: Mapped(name, mapping[name].expression, "mean", mapping[name].unit) for name in series
    }
    asked = xr.Dataset(
        coords={
            "series": ("row", np.repeat(series, len(edges) - 1)),
            "start": ("row", np.tile(edges[:-1], len(series))),
            "end": ("row", np.tile(edges[1:], len(series))),
        }
    )
    sound = cloud.isel(draw=np.flatnonzero(cloud["status"].values[0] == 0))
    values = modelled(sound, asked, plain).isel(pathway=0).transpose("draw", "row").values
    shape = (values.shape[0], len(series), len(edges) - 1)
    return xr.Dataset(
        {"value": (("draw", "series", "time"), values.reshape(shape))},
        {"series": list(series), "time": edges[:-1] + STEP / 2},
    )


@lru_cache(maxsize=4)
def _cloud(start: int, series: Sequence[str], _model: Hashable) -> xr.Dataset:
    mapping = read_mapping()
    return sweep(
        latin_hypercube(PAST_DRAWS, seed=FIRST_SEED),
        [STARTS[start]],
        outputs=outputs_of(mapping[name] for name in series),
        reductions=Trajectory(),
        save_every=load_model().system.controls["time_step"],
        beyond_range=True,
    )
