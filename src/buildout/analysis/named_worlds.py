"""The verdict in worlds with a name: one judgement of a run taken to an end, all else as it was."""

from collections.abc import Hashable
from functools import lru_cache

import xarray as xr

from buildout._util import names
from buildout.analysis.worlds import pathways_of
from buildout.inputs.model import load_model
from buildout.inputs.pathway import Pathway
from buildout.outcomes.headlines import COVERAGE
from buildout.outcomes.odds import NAMED
from buildout.outcomes.rule import RULE_DATE
from buildout.simulation.simulate import simulate

# Beside the keys of `NAMED`, in their order: rho at its ends; at the end of chance nobody sells.
SETTINGS = (
    {"requalification share": 0.0},
    {"requalification share": 1.0},
    {"luck of allied sale": 1.0},
)


def with_named_worlds(odds: xr.Dataset, ds: xr.Dataset) -> xr.Dataset:
    """The odds of a run with its coverage on the rule's date in the worlds of `NAMED`.

    Parameters
    ----------
    odds : Dataset
        From `odds_of`.
    ds : Dataset
        From `simulate`, with the settings it was made of.

    Returns
    -------
    Dataset
        With the keys of `NAMED` besides, (pathway, magnet_class); without them where the model
        lacks what is moved.
    """
    model = load_model()
    if not all(names.key(lever) in model.variables for moved in SETTINGS for lever in moved):
        return odds
    arrays = _coverage(pathways_of(ds), float(ds.attrs["time_step"]), model.sha256)
    classes = {"pathway": odds["pathway"].values, "magnet_class": odds["magnet_class"].values}
    return odds.assign(
        {
            key: (tuple(classes), coverage.sel(classes).values, {"units": unit, "long_name": text})
            for (key, (unit, text)), coverage in zip(NAMED.items(), arrays, strict=True)
        }
    )


# A page shows the same run in its sentences, its tables and its pictures.
@lru_cache(maxsize=16)
def _coverage(
    pathways: tuple[Pathway, ...], time_step: float, _model: Hashable
) -> tuple[xr.DataArray, ...]:
    """Coverage on the rule's date in each of the worlds, (pathway, magnet_class)."""
    return tuple(
        simulate(
            pathways,
            settings=moved,
            outputs=[COVERAGE],
            time_step=time_step,
            final_time=RULE_DATE,
            beyond_range=True,
        )[names.key(COVERAGE)]
        .sel(time=RULE_DATE)
        .transpose("pathway", "magnet_class")
        for moved in SETTINGS
    )
