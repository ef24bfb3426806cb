"""The verdict in worlds with a name: one judgement of a run taken to an end, all else as it was."""

import xarray as xr

from buildout._util import names
from buildout.analysis.worlds import pathways_of
from buildout.inputs.model import load_model
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
    worlds = {
        key: (
            ("pathway", "magnet_class"),
            simulate(
                pathways_of(ds),
                settings=moved,
                outputs=[COVERAGE],
                time_step=float(ds.attrs["time_step"]),
                final_time=RULE_DATE,
                beyond_range=True,
            )[names.key(COVERAGE)]
            .sel(time=RULE_DATE)
            .sel(pathway=odds["pathway"].values, magnet_class=odds["magnet_class"].values)
            .transpose("pathway", "magnet_class")
            .values,
            {"units": unit, "long_name": meaning},
        )
        for (key, (unit, meaning)), moved in zip(NAMED.items(), SETTINGS, strict=True)
    }
    return odds.assign(worlds)
