"""The page of sliders as text and as a file: from pathways, or beside the report of a run."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xarray as xr

from buildout._util import manifest
from buildout.errors import ResultsError
from buildout.inputs.model import Model, given_model
from buildout.inputs.pathway import Pathway, pathway_names
from buildout.inputs.resolve import resolve
from buildout.inputs.settings import Setting, Settings
from buildout.page.bundle import page_text
from buildout.page.content import (
    PageAsked,
    asked_of_page,
    content_of,
    kernel_outputs,
    kernel_parameters,
)
from buildout.page.kernel import page_kernel
from buildout.simulation.dataset import versions

#: What its tab in a browser is called.
PAGE_TITLE = "US rare-earth magnets: the page of sliders"


def explore(
    pathways: str | Path | Pathway | Sequence[str | Path | Pathway] = (),
    *,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
    report: str | None = None,
    model: Model | None = None,
) -> str:
    """The page of sliders: the compiled model in a browser, with its levers to move, as one file.

    It asks for nothing from the network and gives the numbers of `simulate` and `odds`.

    Parameters
    ----------
    pathways : names, paths or Pathways
        Shown first; all that come with buildout follow. The canonical ones by default.
    settings : mapping or iterable of Setting, optional
        On top of every pathway.
    known_until : float, optional
        Projects announced after this date (calendar year) are left out.
    beyond_range : bool
        Let settings leave the ranges of parameters.csv.
    report : str, optional
        Name of a report that lies beside the page, which then links it.
    model : Model, optional
        The one that comes with buildout by default.

    Returns
    -------
    str
        HTML, the same for the same.

    Raises
    ------
    UnknownNameError, InputError, PathwayFileError
        For what cannot be read or set, and for a pathway with a start or an end of its own.
    UnsupportedError
        When the kernel that comes with buildout does not fit and no linker makes another.

    Examples
    --------
    >>> "mobilization" in explore("mobilization")
    True
    """
    asked = asked_of_page(
        pathways,
        settings=settings,
        known_until=known_until,
        beyond_range=beyond_range,
        model=given_model(model),
    )
    return _page(asked, report)


def save_explore(
    path: str | Path,
    pathways: str | Path | Pathway | Sequence[str | Path | Pathway] = (),
    *,
    settings: Settings | None = None,
    known_until: float | None = None,
    beyond_range: bool = False,
    report: str | None = None,
    model: Model | None = None,
) -> Path:
    """Write the page of sliders.

    Parameters
    ----------
    path : path
        Of the file, such as `explore.html`; its folder is made if absent. A manifest lies
        beside it.
    pathways, settings, known_until, beyond_range, report, model
        As for `explore`, whose errors these are.

    Returns
    -------
    Path

    Raises
    ------
    OutputError
        When it cannot be written, or another file is there.
    """
    place = Path(path)
    own = f"{place.stem}.{manifest.MANIFEST}"
    manifest.refuse_foreign(place.parent, [place.name, own], own)
    text = explore(
        pathways,
        settings=settings,
        known_until=known_until,
        beyond_range=beyond_range,
        report=report,
        model=model,
    )
    facts = {"model_sha256": given_model(model).sha256, "versions": versions()}
    manifest.write_beside(
        place.parent,
        own,
        lambda folder: (folder / place.name).write_text(text, encoding="utf-8"),
        "explore",
        facts,
    )
    return place


def explore_of_run(ds: xr.Dataset, *, report: str | None = None) -> str:
    """The page of sliders that goes with a run: its pathways with all that is set in them.

    Parameters
    ----------
    ds : Dataset
        From `simulate` or `load_results`.
    report : str, optional
        As for `explore`.

    Raises
    ------
    ResultsError
        When the run was made by another model, or with other times than the model's own.
    UnsupportedError
        As `explore` says.
    """
    model = given_model(None)
    _refuse_other_times(ds, model)
    asked = asked_of_page(_pathways_of(ds, model), beyond_range=True, model=model)
    return _page(asked, report)


def _page(asked: PageAsked, report: str | None) -> str:
    model = asked.resolved.model
    kernel = page_kernel(model.system, kernel_parameters(model, asked), kernel_outputs(model))
    content = content_of(asked, report=report, kernel=kernel.info)
    return page_text(content, kernel.wasm, title=PAGE_TITLE)


def _refuse_other_times(ds: xr.Dataset, model: Model) -> None:
    own = model.system.controls
    if ds.attrs.get("model_sha256") != model.sha256:
        raise ResultsError("These results were made by another version of the model.")
    if "initial_time" in ds.attrs:
        words, control = f"start in {ds.attrs['initial_time']:g}", "initial_time"
    elif float(ds["time"].max()) != own["final_time"]:
        words, control = f"end in {float(ds['time'].max()):g}", "final_time"
    elif float(ds.attrs["time_step"]) != own["time_step"]:
        words, control = f"have a time step of {ds.attrs['time_step']:g} years", "time_step"
    else:
        return
    raise ResultsError(
        f"These results {words}.",
        f"The page of sliders runs the model by its own times, here {own[control]:g}.",
    )


def _pathways_of(ds: xr.Dataset, model: Model) -> list[Pathway]:
    """The pathways of a run, with what it says of each setting."""
    settings: Mapping[str, Mapping[str, Mapping[str, Any]]] = json.loads(ds.attrs["settings"])
    packaged = {s.name: s.own for s in resolve(model, pathway_names()).scenarios}
    return [
        Pathway(
            name=name,
            title=str(ds["pathway_title"].sel(pathway=name).item()),
            description=str(ds["pathway_description"].sel(pathway=name).item()),
            settings=(
                *_kept_defaults(model, packaged.get(name, {}), settings[name]),
                *(_setting(lever, change) for lever, change in settings[name].items()),
            ),
        )
        for name in map(str, ds["pathway"].values)
    ]


def _kept_defaults(
    model: Model, own: Mapping[str, float], said: Iterable[str]
) -> Iterable[Setting]:
    """What a pathway sets to the model's default, of which a run says nothing."""
    known = {scalar for name in said for scalar in model.scalars(name)}
    for scalar, value in own.items():
        if scalar not in known and value == model.constants[scalar]:
            yield Setting(model.spelled(scalar), value)


def _setting(lever: str, change: Mapping[str, Any]) -> Setting:
    said = {key: str(change[key]) for key in ("source", "note", "origin")}
    return Setting(lever, float(change["value"]), **said)
