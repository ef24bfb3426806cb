"""The worlds of a run: its pathways over draws of all that is uncertain and of luck, run once."""

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

import xarray as xr

from buildout._util import names
from buildout.errors import BuildoutError, ResultsError
from buildout.inputs.model import Model, load_model
from buildout.inputs.pathway import Pathway
from buildout.inputs.settings import as_settings
from buildout.outcomes.headlines import HEADLINE_DATES
from buildout.sampling import defaults
from buildout.sampling.design import latin_hypercube
from buildout.sampling.draws import Design
from buildout.sampling.saved import load_design
from buildout.sweeps.defaults import headline
from buildout.sweeps.reductions import At, Crossing, Final, Reduction
from buildout.sweeps.run import sweep

#: Where a run says in which draws it is to be seen: how many and from which seed, or a file; JSON.
ASKED = "drawn"
START, BUILT = "start date of project", "built share of project"
DECIDED = "decided share of project"
# In a drawn world a project is decided within weeks; half of it is as good a date as any.
_PROJECTS: dict[str, Reduction] = {
    START: Final(),
    BUILT: Final(),
    DECIDED: Crossing(0.5, sustained=0.0),
}


class Asked(TypedDict, total=False):
    """What a run says of its draws; of a design on file its name and its fingerprint."""

    draws: int
    seed: int
    design: str
    sha256: str


@dataclass(frozen=True)
class DrawsToMake:
    """Draws to be made, equal where they are the same.

    Attributes
    ----------
    draws : int
    seed : int or None
    sha256 : str
        Of the design, where there is one.
    design : Design or None
    """

    draws: int
    seed: int | None
    sha256: str = ""
    design: Design | None = field(default=None, compare=False)

    def made(self) -> Design:
        """The draws."""
        return self.design or latin_hypercube(self.draws, seed=self.seed)


@dataclass(frozen=True)
class WorldsAsked:
    """What the worlds of a run are: its pathways, its times, and in which draws.

    Attributes
    ----------
    pathways : tuple of Pathway
    first, last, time_step : float, Year
        Of the run.
    draws : DrawsToMake
    """

    pathways: tuple[Pathway, ...]
    first: float
    last: float
    time_step: float
    draws: DrawsToMake


def of_this_model(ds: xr.Dataset, model: Model | None = None) -> bool:
    """Whether a run is one of the model that comes with buildout."""
    return bool(ds.attrs.get("model_sha256") == (model or load_model()).sha256)


def worlds(
    ds: xr.Dataset,
    *,
    draws: int | None = None,
    seed: int | None = None,
    design: Design | None = None,
) -> xr.Dataset:
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
    design : Design, optional
        In their place, such as what `condition` gives.

    Returns
    -------
    Dataset
        From `sweep`; the same object for the same question, not to be changed.

    Raises
    ------
    ResultsError
        When the run names a design on file that is gone or was changed since.
    """
    return _drawn(worlds_asked(ds, draws=draws, seed=seed, design=design), load_model().sha256)


def worlds_asked(
    ds: xr.Dataset,
    *,
    draws: int | None = None,
    seed: int | None = None,
    design: Design | None = None,
) -> WorldsAsked:
    """What is to be drawn for a run: equal for runs that have the same worlds.

    Parameters
    ----------
    ds, draws, seed, design
        As for `worlds`.
    """
    return WorldsAsked(
        pathways_of(ds),
        float(ds["time"].min()),
        float(ds["time"].max()),
        float(ds.attrs["time_step"]),
        _draws_of(ds, draws, seed, design),
    )


def _draws_of(
    ds: xr.Dataset, draws: int | None, seed: int | None, design: Design | None
) -> DrawsToMake:
    asked = asked_draws(ds)
    if design is None and draws is None and seed is None and "design" in asked:
        design = _on_file(asked["design"], asked["sha256"])
    if design is not None:
        return DrawsToMake(design.size, design.seed, design.sha256, design)
    # A run that wants no odds still shows when its projects come.
    own = asked.get("draws") or defaults.DRAWS
    return DrawsToMake(
        own if draws is None else draws,
        asked.get("seed", defaults.SEED) if seed is None else seed,
    )


@lru_cache(maxsize=4)
def _on_file(path: str, sha256: str) -> Design:
    cure = "Give the draws anew, with `--design FILE` or `--draws N`."
    try:
        design = load_design(path, beyond_range=True)
    except BuildoutError as problem:
        raise ResultsError(
            f"The run is to be seen in the draws of a design. {problem}", cure=cure
        ) from problem
    if design.sha256 != sha256:
        raise ResultsError(f"The design `{path}` has changed since the run.", cure=cure)
    return design


def ask_draws(ds: xr.Dataset, draws: int | None, seed: int | None) -> xr.Dataset:
    """A run that says how it is to be drawn, to all who draw it; 0 draws: it wants no odds.

    Parameters
    ----------
    ds : Dataset
    draws, seed : int or None
        None leaves what it said.
    """
    asked = asked_draws(ds)
    if draws is None and seed is None:
        return ds
    new: Asked = {} if "design" in asked else asked.copy()
    if draws is not None:
        new["draws"] = draws
    if seed is not None:
        new["seed"] = seed
    return ds.assign_attrs({ASKED: json.dumps(new)})


def ask_design(ds: xr.Dataset, path: str | Path, *, sha256: str = "") -> xr.Dataset:
    """A run that says in which draws of a file it is to be seen, to all who draw it.

    Parameters
    ----------
    ds : Dataset
    path : path
        As for `load_design`, whose errors these are.
    sha256 : str
        Of the draws, where they have been read already.
    """
    asked: Asked = {"design": str(path), "sha256": sha256 or load_design(path).sha256}
    return ds.assign_attrs({ASKED: json.dumps(asked)})


def without_places(ds: xr.Dataset) -> xr.Dataset:
    """A run as it is saved: of a design on file its name, not where on this machine it lies."""
    asked = asked_draws(ds)
    if "design" not in asked:
        return ds
    named: Asked = {**asked, "design": Path(asked["design"]).name}
    return ds.assign_attrs({ASKED: json.dumps(named)})


def asked_draws(ds: xr.Dataset) -> Asked:
    """What a run says of its draws."""
    asked: Asked = json.loads(ds.attrs.get(ASKED, "{}"))
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
def _drawn(question: WorldsAsked, _model: Hashable) -> xr.Dataset:
    return sweep(
        question.draws.made(),
        question.pathways,
        outputs=_outputs(load_model(), question.last),
        time_step=question.time_step,
        final_time=question.last,
        beyond_range=True,
    )


def _outputs(model: Model, final_time: float) -> Mapping[str, tuple[Reduction, ...]]:
    years = [year for year in HEADLINE_DATES if year <= final_time]
    wanted: dict[str, tuple[Reduction, ...]] = {name: (kept,) for name, kept in _PROJECTS.items()}
    wanted |= headline(At(years)) if years else {}
    return {name: own for name, own in wanted.items() if names.key(name) in model.variables}
