"""Results on disk: the Dataset, its indicators, its verdict and a manifest, all or none."""

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xarray as xr

from buildout._util import files, manifest, tables
from buildout._util.seal import seal_file, seal_state
from buildout._util.swap import finish_swap
from buildout.errors import OutputError, ResultsError
from buildout.inputs.model import Model, given_model
from buildout.outcomes.deadline import answers, deadline_rows
from buildout.outcomes.home_odds import with_home_odds
from buildout.outcomes.indicators import kpis
from buildout.outcomes.odds import with_odds
from buildout.outcomes.stages import stage_rows
from buildout.simulation.display import as_results
from buildout.simulation.form import refuse_unlike

DATA = "results.nc"
RESULTS_KIND = "results"
AGAIN = "Make it anew with `buildout run`."
# Every file of ours begins as one of the two forms of NetCDF.
NETCDF = (b"CDF", b"\x89HDF\r\n\x1a\n")
# Text takes four times its bytes in memory, and half of that again; no results take more.
MOST_UNPACKED = 6


def save_results(
    ds: xr.Dataset,
    folder: str | Path,
    *,
    command: str,
    odds: xr.Dataset | None = None,
    again: Mapping[str, object] | None = None,
) -> list[Path]:
    """Write a Dataset and what is read from it; earlier files are replaced only by complete ones.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    folder : path
        Made if absent. Files of an earlier result that this one does not have, such as the page of
        a report, are removed, unless they have been changed since.
    command : str
        What made it, for the manifest.
    odds : Dataset, optional
        From `buildout.odds`, of the same run; without it their columns are empty.
    again : mapping, optional
        For the manifest: what `buildout reproduce` needs, which the commands know.

    Returns
    -------
    list of Path
        results.nc, kpis.csv, stages.csv, verdict.csv, verdict.json and manifest.json.

    Raises
    ------
    OutputError
        When the folder cannot be written, or holds something else than such results; it is then
        as it was.
    """
    files.require_room(Path(folder), 2 * ds.nbytes)
    return manifest.write_result(
        folder,
        RESULTS_KIND,
        lambda place: write_data(ds, place, odds),
        result_facts(ds, command, odds, again),
    )


def write_data(ds: xr.Dataset, folder: Path, odds: xr.Dataset | None = None) -> None:
    """The files of a result but for its manifest, into a folder that is there.

    Parameters
    ----------
    ds : Dataset
    folder : Path
    odds : Dataset, optional
    """
    _write_netcdf(ds, folder / DATA)
    verdict = verdict_rows(ds, odds)
    (folder / "kpis.csv").write_text(tables.to_csv(kpis(ds, odds=odds)), encoding="utf-8")
    (folder / "stages.csv").write_text(
        tables.to_csv(with_home_odds(stage_rows(ds), odds)), encoding="utf-8"
    )
    (folder / "verdict.csv").write_text(tables.to_csv(verdict), encoding="utf-8")
    (folder / "verdict.json").write_text(tables.to_json(verdict), encoding="utf-8")


def result_facts(
    ds: xr.Dataset,
    command: str,
    odds: xr.Dataset | None = None,
    again: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """What the manifest says of a result beside its files."""
    return {
        "command": command,
        "model_sha256": ds.attrs["model_sha256"],
        "engine": ds.attrs["engine"],
        "time_step": ds.attrs["time_step"],
        **{name: ds.attrs[name] for name in ("initial_time",) if name in ds.attrs},
        "inputs": json.loads(ds.attrs["inputs"]),
        "versions": json.loads(ds.attrs["versions"]),
        "settings": json.loads(ds.attrs["settings"]),
        **({} if odds is None else {"odds": odds.attrs["drawn"]}),
        **({} if again is None else {manifest.AGAIN: again}),
    }


def load_results(path: str | Path, *, model: Model | None = None) -> xr.Dataset:
    """Read results.nc of this model version back.

    Parameters
    ----------
    path : path
        The file, or its folder, whose other files are then compared with the manifest too.
    model : Model, optional
        The one that comes with buildout by default.

    Returns
    -------
    Dataset

    Raises
    ------
    ResultsError
        When the file is missing, not ours, not every byte as it was written, or made by another
        version of the model; when files beside it are of another run.
    """
    path = Path(path)
    if path.is_dir():
        _compare_folder(path)
        path = path / DATA
    if not os.path.lexists(path):
        raise ResultsError(f"There are no results at `{path}`.", cure=AGAIN)
    _refuse_damaged(path)
    ds = read_dataset(path)
    sha256 = str(ds.attrs.get("model_sha256"))
    model = given_model(model)
    if sha256 != model.sha256:
        raise ResultsError(
            f"`{path}` was made by another version of the model ({sha256[:12]}).",
            f"This one is {model.sha256[:12]}.",
            AGAIN,
        )
    refuse_unlike(ds, path, again=AGAIN)
    return as_results(ds)


def verdict_rows(ds: xr.Dataset, odds: xr.Dataset | None = None) -> list[dict[str, Any]]:
    """The verdict of `deadline_rows` and its odds; empty for results that have no verdict."""
    return with_odds(deadline_rows(ds), odds) if answers(ds) else []


def _write_netcdf(ds: xr.Dataset, path: Path) -> None:
    # The classic format: eight times faster than NETCDF4 for many small variables, readable
    # everywhere, and the same bytes each time since it carries no time of writing.
    ds.to_netcdf(path, engine="scipy", format="NETCDF3_64BIT")
    seal_file(path)


def _compare_folder(folder: Path) -> None:
    """See that all files are of one run, after ending what a kill has left half moved."""
    try:
        finish_swap(folder)
    except OutputError as error:
        raise ResultsError(error.found, cure=error.cure) from error
    manifest.compare_with_manifest(folder)


def _refuse_damaged(path: Path) -> None:
    if not path.is_file():
        raise ResultsError(f"Cannot read `{path}` as results: it is no regular file.", cure=AGAIN)
    try:
        state = seal_state(path)
        with open(path, "rb") as file:
            netcdf = file.read(8).startswith(NETCDF)
    except OSError as error:
        raise ResultsError(f"Cannot read `{path}`: {error.strerror}.", cure=AGAIN) from error
    if state == "whole" and netcdf:
        return
    if state == "damaged":
        raise ResultsError(f"`{path}` is damaged: not every byte is as it was.", cure=AGAIN)
    if not netcdf:
        raise ResultsError(f"Cannot read `{path}` as results: it is no NetCDF file.", cure=AGAIN)
    raise ResultsError(
        f"Cannot read `{path}` as results: it carries no checksum.",
        "It was cut short, changed, made by an earlier version, or not made by buildout.",
        AGAIN,
    )


def read_dataset(path: Path, *, largest: float = math.inf, again: str = AGAIN) -> xr.Dataset:
    """A file of results as a Dataset, into memory if it has no more bytes than `largest`.

    Raises
    ------
    ResultsError
        When it cannot be read, or holds far more than its size: what is packed so that a small
        file fills the memory is not of ours, as we pack nothing. `again` is the cure.
    """
    try:
        # Without a cache, or all of a large file would in time gather in memory.
        ds = xr.open_dataset(path, cache=False)
        packed = ds.nbytes > MOST_UNPACKED * (path.stat().st_size + 2**20)
        if packed or ds.nbytes <= largest:
            with ds:
                if not packed:
                    return ds.load()
    except (OSError, ValueError, TypeError, RuntimeError, KeyError, MemoryError) as error:
        raise ResultsError(f"Cannot read `{path}` as results: {error}.", cure=again) from error
    if packed:
        raise ResultsError(
            f"`{path}` is not as buildout makes it: it holds far more than its size.", cure=again
        )
    return ds
