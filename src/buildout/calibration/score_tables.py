"""Scores as rows of tables: what `buildout validate` prints, and its JSON and CSV hold."""

import json
from typing import Any

import numpy as np
import xarray as xr

from buildout.calibration.scored import SCORED_SHARES, SCORES, series_scores


def observation_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """One row for each observation: series, from, to, unit, observed, sd, quantiles, scores.

    Parameters
    ----------
    ds : Dataset, (row,)
        From `validate`, or one pathway of `scored`.
    """
    columns = {"series": "series", "from": "start", "to": "end", "unit": "unit"}
    columns |= {"observed": "value", "sd": "sd"}
    columns |= {name: name for name in (*SCORED_SHARES, *SCORES)}
    values = {key: ds[name].values.tolist() for key, name in columns.items()}
    rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    return [{**row, "inside": bool(row["inside"])} for row in rows]


def validation_answer(ds: xr.Dataset) -> dict[str, Any]:
    """All that `buildout validate --json` prints.

    Parameters
    ----------
    ds : Dataset
        From `validate`.

    Returns
    -------
    dict
        `file`, `pathway`, `draws`, `seed`, `since`, `until`, `model_sha256`, `remarks`;
        `observations`: rows of `observation_rows`; `series`: rows of `series_scores`, the last of
        which is of all.
    """
    whole = ds.expand_dims("pathway").assign_coords(pathway=[ds.attrs["pathway"]])
    said = {key: None if np.isnan(ds.attrs[key]) else ds.attrs[key] for key in ("since", "until")}
    return {
        "file": ds.attrs["file"],
        "pathway": ds.attrs["pathway"],
        "draws": int(ds["draws"]),
        "seed": ds.attrs["seed"],
        **said,
        "model_sha256": ds.attrs["model_sha256"],
        "remarks": json.loads(ds.attrs["remarks"]),
        "observations": observation_rows(ds),
        "series": [
            {key: value for key, value in row.items() if key != "pathway"}
            for row in series_scores(whole)
        ],
    }
