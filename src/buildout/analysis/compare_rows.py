"""What `compare` says, as rows of tables: for its CSV files, its JSON and its screen."""

import json
from typing import Any

import numpy as np
import xarray as xr

from buildout.analysis.compare import COMPARED

_ABOUT = ("outcome", "group", "year", "unit", "difference_unit", "shown")
_NUMBERS = tuple(name for name in COMPARED if name != "differs")
SAME = "Nothing differs: {others} and {base} set the same, and every outcome is equal{drawn}."
SAME_OUTCOMES = "No outcome differs between {others} and {base}{drawn}, though settings do."


def compared_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """One row for each outcome that differs from the base in a pathway.

    Parameters
    ----------
    ds : Dataset
        From `compare`.

    Returns
    -------
    list of dict
        pathway, outcome, group, year (None for dates), unit, the numbers of `COMPARED` in unit and
        difference_unit, shown.
    """
    rows = []
    for path in ds["pathway"].values:
        here = ds.sel(pathway=path)
        columns = {name: here[name].values.tolist() for name in (*_ABOUT, *_NUMBERS)}
        for place in np.flatnonzero(here["differs"].values > 0):
            cells = {name: column[place] for name, column in columns.items()}
            shown = cells.pop("shown")
            rows.append({"pathway": str(path), **cells, "shown": bool(shown)})
    return rows


def compare_answer(ds: xr.Dataset) -> dict[str, Any]:
    """All that `buildout compare --json` prints.

    Parameters
    ----------
    ds : Dataset
        From `compare`.

    Returns
    -------
    dict
        `base`, `pathways`, `draws`, `drawn`, `end`, `model_sha256`; `sentence`, where nothing
        differs, else empty; `outcomes_compared`; `same`, headlines that do not differ anywhere;
        `outcomes`, the rows of `compared_rows`; `settings`, what is set differently, by instrument.
    """
    outcomes, settings = compared_rows(ds), json.loads(ds.attrs["settings"])
    names = [str(path) for path in ds["pathway"].values]
    draws = int(ds.attrs["draws"])
    words = {
        "others": ", ".join(f"`{name}`" for name in names),
        "base": f"`{ds.attrs['base']}`",
        "drawn": f" in the run and in all {draws:,} draws" if draws else "",
    }
    same = "" if outcomes else (SAME_OUTCOMES if settings else SAME).format(**words)
    return {
        "base": ds.attrs["base"],
        "pathways": names,
        "draws": draws,
        "drawn": ds.attrs["drawn"],
        "end": ds.attrs["end"],
        "model_sha256": ds.attrs["model_sha256"],
        "sentence": same,
        "outcomes_compared": ds.sizes["row"],
        "same": _same(ds),
        "outcomes": outcomes,
        "settings": settings,
    }


def _same(ds: xr.Dataset) -> list[str]:
    """Headline outcomes that no pathway and no draw moves, with their dates."""
    still = ds["shown"].values & ~(ds["differs"].values > 0).any(axis=0)
    labels = zip(ds["outcome"].values[still], ds["year"].values[still], strict=True)
    return [name if np.isnan(year) else f"{name}, {year:g}" for name, year in labels]
