"""What is held side by side: pathways, or results on disk with the pathways that made them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import xarray as xr

from buildout._util import names
from buildout._util.arguments import given_list, kind_in_words
from buildout._util.manifest import result_kind
from buildout._util.names import quoted
from buildout.analysis.worlds import pathways_of
from buildout.errors import InputError, OutputError, PathwayFileError, ResultsError
from buildout.inputs.model import Model
from buildout.inputs.pathway import Pathway, read_pathways
from buildout.inputs.pathway_files import check_pathway_name
from buildout.inputs.settings import Setting
from buildout.simulation.store import load_results
from buildout.sweeps.load import load_sweep

#: What a caller may name: a pathway, a file of one, a folder of `run` or `sweep`.
Given = str | Path | Pathway


@dataclass(frozen=True, eq=False)
class Side:
    """One of those that are held side by side.

    Attributes
    ----------
    pathway : Pathway
        With a name that no other side has.
    time_step, final_time : float or None, Year
        Of the results it comes from; None for a pathway.
    cloud : Dataset or None
        The sweep on disk that it comes from, cut to it.
    folder : str
        Name of the folder that it comes from.
    """

    pathway: Pathway
    time_step: float | None = None
    final_time: float | None = None
    cloud: xr.Dataset | None = None
    folder: str = ""


def read_sides(model: Model, given: Iterable[Given], *, only: str | None = None) -> list[Side]:
    """What names, files and folders stand for, in order; the first is the base.

    Parameters
    ----------
    model : Model
    given : iterable of str, path or Pathway
        A folder stands for all pathways in it.
    only : str, optional
        Of folders, this pathway alone.

    Raises
    ------
    ResultsError
        For a folder without results of this model, or a sweep beside something else.
    InputError
        When there are fewer than two, or sweeps of different draws.
    UnknownNameError
        With the nearest names.
    """
    sides: list[Side] = []
    for item in given_list(given, "What is compared", "Names, paths and `Pathway`s"):
        if not isinstance(item, str | Path | Pathway):
            raise InputError(f"{kind_in_words(item)} cannot be compared.".capitalize())
        if not isinstance(item, Pathway) and Path(item).is_dir():
            sides += _of_folder(model, Path(item), only)
        else:
            sides.append(Side(read_pathways([item])[0]))
    if len(sides) < 2:
        raise InputError(
            f"There is {len(sides)} pathway to compare.",
            "Two or more are accepted: names, .toml files, folders of `buildout run` or `sweep`.",
        )
    _check_alike(sides)
    return _told_apart(sides)


def _of_folder(model: Model, folder: Path, only: str | None) -> list[Side]:
    try:
        kind = result_kind(folder)
    except OutputError as error:
        raise ResultsError(error.found) from error
    if kind not in ("results", "sweep"):
        raise ResultsError(
            f"{quoted(folder)} holds no results of `buildout run` or `buildout sweep`.",
            cure="Name such a folder, or a pathway.",
        )
    ds = load_results(folder, model=model) if kind == "results" else load_sweep(folder, model=model)
    clock = {"time_step": ds.attrs["time_step"]} if kind == "results" else _clock(ds)
    end = float(ds["time"].max()) if kind == "results" else float(clock["final_time"])
    present = [p.name for p in pathways_of(ds)]
    if only is not None and only not in present:
        raise names.unknown(f"pathway of {quoted(folder)}", only, present)
    return [
        Side(
            replace(pathway, title=_title(ds, pathway.name), settings=_settings(ds, pathway.name)),
            float(clock["time_step"]),
            end,
            ds.sel(pathway=[pathway.name]) if kind == "sweep" else None,
            folder.absolute().name,
        )
        for pathway in pathways_of(ds)
        if only in (None, pathway.name)
    ]


def _settings(ds: xr.Dataset, pathway: str) -> tuple[Setting, ...]:
    """What was set in it, with the sources and notes where the results tell them."""
    rows = json.loads(ds.attrs["settings"])[pathway]
    noted = ("unit", "source", "note", "origin")
    return tuple(
        Setting(name, row["value"], **{key: row[key] for key in noted if key in row})
        for name, row in rows.items()
    )


def _clock(ds: xr.Dataset) -> dict[str, float]:
    clock: dict[str, float] = json.loads(ds.attrs["controls"])
    return clock


def _title(ds: xr.Dataset, pathway: str) -> str:
    return str(ds["pathway_title"].sel(pathway=pathway).item())


def _check_alike(sides: Sequence[Side]) -> None:
    swept = [side.cloud for side in sides if side.cloud is not None]
    if swept and len(swept) < len(sides):
        raise ResultsError(
            "A sweep and something that is none are to be compared.",
            "Differences are taken draw by draw, between sweeps of the same draws.",
            "Sweep both (`buildout sweep A B`), or name both as pathways.",
        )
    identities = {json.loads(cloud.attrs["design_identity"])["sha256"] for cloud in swept}
    if len(identities) > 1:
        raise ResultsError(
            "The sweeps are of different draws.",
            "Differences are taken draw by draw.",
            "Sweep both with the same `--draws`, `--seed` and `--vary`.",
        )
    for label in ("time_step", "final_time"):
        values = {getattr(side, label) for side in sides} - {None}
        if len(values) > 1:
            listed = " and ".join(f"{value:g}" for value in sorted(values))
            raise ResultsError(
                f"The results have different values of `{label}`: {listed}.",
                cure=f"Make them with the same `--{label.replace('_', '-')}`.",
            )


def _told_apart(sides: Sequence[Side]) -> list[Side]:
    """The same sides; a name that an earlier one has gets its folder's in brackets, or a number."""
    named: list[Side] = []
    for side in sides:
        taken = {earlier.pathway.name for earlier in named}
        name = side.pathway.name
        marks = [side.folder] * bool(side.folder) + [str(n) for n in range(2, len(sides) + 1)]
        candidates = [name, *(f"{name} ({mark})" for mark in marks)]
        chosen = next(c for c in candidates if c not in taken and _may_be_a_name(c))
        named.append(replace(side, pathway=replace(side.pathway, name=chosen)))
    return named


def _may_be_a_name(name: str) -> bool:
    try:
        check_pathway_name(name)
    except PathwayFileError:
        return False
    return True
