"""The worlds of a run: its pathways over draws of all that is uncertain and of luck, run once."""

import json
from collections.abc import Hashable, Mapping
from functools import lru_cache

import xarray as xr

from buildout._util import names
from buildout.inputs.model import Model, load_model
from buildout.inputs.pathway import Pathway
from buildout.inputs.settings import as_settings
from buildout.outcomes.headlines import HEADLINE_DATES
from buildout.sampling import defaults
from buildout.sampling.design import latin_hypercube
from buildout.sweeps.defaults import headline
from buildout.sweeps.reductions import At, Crossing, Final, Reduction
from buildout.sweeps.run import sweep

#: Where a run says how many draws it is to be seen in, and from which seed; JSON.
ASKED = "drawn"
START, BUILT = "start date of project", "built share of project"
DECIDED = "decided share of project"
# In a drawn world a project is decided within weeks; half of it is as good a date as any.
_PROJECTS: dict[str, Reduction] = {
    START: Final(),
    BUILT: Final(),
    DECIDED: Crossing(0.5, sustained=0.0),
}


def of_this_model(ds: xr.Dataset, model: Model | None = None) -> bool:
    """Whether a run is one of the model that comes with buildout."""
    return bool(ds.attrs.get("model_sha256") == (model or load_model()).sha256)


def worlds(ds: xr.Dataset, *, draws: int | None = None, seed: int | None = None) -> xr.Dataset:
    """Headline outcomes and dates of projects in the joint draws of a run's pathways.

    All uncertainties and luck are drawn together; what the run sets stays set. They are the draws
    of `buildout sweep` under the same pathways, and the same for each of them.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, of the model that comes with buildout.
    draws, seed : int, optional
        Of the Latin hypercube; what the run was asked for (`ask_draws`), else
        `buildout.sampling.defaults`.

    Returns
    -------
    Dataset
        From `sweep`; the same object for the same question, not to be changed.
    """
    asked = asked_draws(ds)
    # A run that wants no odds still shows when its projects come.
    own = asked.get("draws") or defaults.DRAWS
    return _drawn(
        pathways_of(ds),
        float(ds.attrs["time_step"]),
        float(ds["time"].max()),
        own if draws is None else draws,
        asked.get("seed", defaults.SEED) if seed is None else seed,
        load_model().sha256,
    )


def ask_draws(ds: xr.Dataset, draws: int | None, seed: int | None) -> xr.Dataset:
    """A run that says how it is to be drawn, to all who draw it; 0 draws: it wants no odds.

    Parameters
    ----------
    ds : Dataset
    draws, seed : int or None
        None leaves what it said.
    """
    given = {"draws": draws, "seed": seed}
    given = {name: value for name, value in given.items() if value is not None}
    return ds.assign_attrs({ASKED: json.dumps(asked_draws(ds) | given)}) if given else ds


def asked_draws(ds: xr.Dataset) -> dict[str, int]:
    """What a run says of its draws: some of `draws` and `seed`."""
    asked: dict[str, int] = json.loads(ds.attrs.get(ASKED, "{}"))
    return asked


def pathways_of(ds: xr.Dataset) -> tuple[Pathway, ...]:
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


# A page shows the same run in its sentences, its tables and its pictures.
@lru_cache(maxsize=16)
def _drawn(
    pathways: tuple[Pathway, ...],
    time_step: float,
    final_time: float,
    draws: int,
    seed: int,
    _model: Hashable,
) -> xr.Dataset:
    return sweep(
        latin_hypercube(draws, seed=seed),
        pathways,
        outputs=_outputs(load_model(), final_time),
        time_step=time_step,
        final_time=final_time,
        beyond_range=True,
    )


def _outputs(model: Model, final_time: float) -> Mapping[str, tuple[Reduction, ...]]:
    years = [year for year in HEADLINE_DATES if year <= final_time]
    wanted: dict[str, tuple[Reduction, ...]] = {name: (kept,) for name, kept in _PROJECTS.items()}
    wanted |= headline(At(years)) if years else {}
    return {name: own for name, own in wanted.items() if names.key(name) in model.variables}
