"""What `attribute` says, as rows of tables: for its CSV file, its JSON and its screen."""

from typing import Any

import numpy as np
import xarray as xr

from buildout.analysis.attribute import ATTRIBUTED
from buildout.outcomes.odds import BAND

_MOST_PAIRS = 5
_DAY = 12 / 365  # months
_NOTHING = 1e-6


def attributed_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """One row for each instrument, the largest part first.

    Parameters
    ----------
    ds : Dataset
        From `attribute`.

    Returns
    -------
    list of dict
        instrument, settings (how many differ), the numbers of `ATTRIBUTED`, share (of the total;
        None where there is none), unit.
    """
    total = float(ds["total"])
    parted = is_parted(ds)
    order = np.argsort(-np.abs(ds["part"].values), kind="stable")
    rows = []
    for place in order:
        here = ds.isel(instrument=int(place))
        numbers = {name: float(here[name]) for name in ATTRIBUTED}
        rows.append(
            {
                "instrument": str(here["instrument"].item()),
                "settings": int(here["settings"]),
                **numbers,
                "share": numbers["part"] / total if parted else None,
                "unit": ds.attrs["difference_unit"],
            }
        )
    return rows


def is_parted(ds: xr.Dataset) -> bool:
    """Whether there is a difference of which parts can be shares: of a date, more than a day."""
    total = abs(float(ds["total"]))
    if ds.attrs["difference_unit"] == "Month":
        return total > _DAY
    return total > _NOTHING * max(abs(float(ds[name])) for name in ("base_value", "value"))


def interaction_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """Pairs of instruments by what they make together beyond what both make apart.

    Returns
    -------
    list of dict
        instrument, partner, interaction, unit: the five largest.
    """
    names = [str(name) for name in ds["instrument"].values]
    values = ds["interaction"].values
    pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    pairs.sort(key=lambda pair: -abs(values[pair]))
    return [
        {
            "instrument": names[i],
            "partner": names[j],
            "interaction": float(values[i, j]),
            "unit": ds.attrs["difference_unit"],
        }
        for i, j in pairs[:_MOST_PAIRS]
        if values[i, j]
    ]


def attribute_answer(ds: xr.Dataset) -> dict[str, Any]:
    """All that `buildout attribute --json` prints.

    Parameters
    ----------
    ds : Dataset
        From `attribute`.

    Returns
    -------
    dict
        `base`, `pathway`, `outcome`, `year`, `unit`, `difference_unit`, `base_value`, `value`,
        `total`, `total_p05`, `total_p50`, `total_p95`, `parted` (whether there is enough of it to
        be parted), `coalitions`, `never`, `end`, `draws`, `model_sha256`; `parts`: rows of
        `attributed_rows`; `interactions`: of `interaction_rows`.
    """
    names = ("base_value", "value", "total", *(f"total_{name}" for name in BAND))
    about = {key: value for key, value in ds.attrs.items() if key != "titles"}
    return {
        **about,
        **{name: float(ds[name]) for name in names},
        "parted": is_parted(ds),
        "parts": attributed_rows(ds),
        "interactions": interaction_rows(ds),
    }
