"""Results on disk: the Dataset, its indicators, its verdict and a manifest, all or none."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xarray as xr

from buildout._util import files, tables
from buildout.errors import ResultsError
from buildout.inputs.model import Model, load_model
from buildout.outcomes.deadline import answers, deadline_rows
from buildout.outcomes.indicators import kpis
from buildout.simulation.display import as_results

DATA = "results.nc"


def save_results(ds: xr.Dataset, folder: str | Path, *, command: str) -> list[Path]:
    """Write a Dataset and what is read from it; earlier files are replaced only by complete ones.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.
    folder : path
        Made if absent.
    command : str
        What made it, for the manifest.

    Returns
    -------
    list of Path
        results.nc, kpis.csv, verdict.csv, verdict.json and manifest.json.

    Raises
    ------
    OutputError
        When the folder cannot be written; earlier results are then untouched.
    """

    def write(temporary: Path) -> None:
        _write_netcdf(ds, temporary / DATA)
        verdict = verdict_rows(ds)
        (temporary / "kpis.csv").write_text(tables.to_csv(kpis(ds)), encoding="utf-8")
        (temporary / "verdict.csv").write_text(tables.to_csv(verdict), encoding="utf-8")
        (temporary / "verdict.json").write_text(tables.to_json(verdict), encoding="utf-8")
        manifest = tables.to_json(_manifest(ds, temporary, command))
        (temporary / "manifest.json").write_text(manifest, encoding="utf-8")

    return files.write_together(folder, write)


def load_results(path: str | Path, *, model: Model | None = None) -> xr.Dataset:
    """Read results.nc of this model version back.

    Raises
    ------
    ResultsError
        When the file is missing, broken, not ours, or made by another version of the model.
    """
    path = Path(path)
    path = path / DATA if path.is_dir() else path
    again = "Make it anew with `buildout run`."
    if not path.is_file():
        raise ResultsError(f"There are no results at `{path}`.", cure=again)
    try:
        with xr.open_dataset(path) as opened:
            ds = opened.load()
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise ResultsError(f"Cannot read `{path}` as results: {error}.", cure=again) from error
    found = ds.attrs.get("model_sha256")
    if found is None:
        raise ResultsError(f"`{path}` was not made by buildout.", cure=again)
    model = model or load_model()
    if found != model.sha256:
        raise ResultsError(
            f"`{path}` was made by another version of the model ({found[:12]}).",
            f"This one is {model.sha256[:12]}.",
            again,
        )
    return as_results(ds)


def verdict_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """The verdict of `deadline_rows`; empty for results of a part of the model."""
    return deadline_rows(ds) if answers(ds) else []


def _write_netcdf(ds: xr.Dataset, path: Path) -> None:
    # The classic format: eight times faster than NETCDF4 for many small variables, readable
    # everywhere, and the same bytes each time since it carries no time of writing.
    ds.to_netcdf(path, engine="scipy", format="NETCDF3_64BIT")


def _manifest(ds: xr.Dataset, folder: Path, command: str) -> dict[str, Any]:
    made: Sequence[Path] = sorted(folder.iterdir())
    return {
        "command": command,
        "model_sha256": ds.attrs["model_sha256"],
        "engine": ds.attrs["engine"],
        "time_step": ds.attrs["time_step"],
        "inputs": json.loads(ds.attrs["inputs"]),
        "outputs": {file.name: files.sha256(file) for file in made},
        "versions": json.loads(ds.attrs["versions"]),
        "settings": json.loads(ds.attrs["settings"]),
    }
