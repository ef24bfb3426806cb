"""What `delay` says, as rows of tables: for its CSV file, its JSON and its screen."""

import json
from typing import Any

import numpy as np
import xarray as xr

from buildout._util.numbers import number, signed, unit_in_words
from buildout.analysis.delay import COSTS


def delay_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """One row for each outcome and delay.

    Parameters
    ----------
    ds : Dataset
        From `delay`.

    Returns
    -------
    list of dict
        outcome, year (NaN for dates), unit, difference_unit, delay (years), and the numbers of
        `COSTS`.
    """
    about = ("outcome", "year", "unit", "difference_unit")
    return [
        {
            **{name: here[name].item() for name in about},
            "delay": float(delay),
            **{name: float(here[name].sel(delay=delay)) for name in COSTS},
        }
        for here in (ds.isel(row=row) for row in range(ds.sizes["row"]))
        for delay in ds["delay"].values
    ]


def delay_answer(ds: xr.Dataset) -> dict[str, Any]:
    """All that `buildout delay --json` prints.

    Returns
    -------
    dict
        `pathway`, `base`, `ends_stay`, `draws`, `drawn`, `end`, `model_sha256`; `sentence`;
        `dates`: what moves, and from when; `moved`, `staying`: levers by instrument; `costs`: rows
        of `delay_rows`.
    """
    listed = ("dates", "moved", "staying")
    about = {key: value for key, value in ds.attrs.items() if key not in ("title", *listed)}
    return {
        **about,
        "sentence": delay_sentence(ds),
        **{key: json.loads(ds.attrs[key]) for key in listed},
        "costs": delay_rows(ds),
    }


def delay_sentence(ds: xr.Dataset) -> str:
    """The cost of the shortest delay in words: of the first outcome, and of the first date."""
    later = float(ds["delay"][1])
    years = "a year" if later == 1 else f"{number(later, 3)} years"
    dates = np.flatnonzero(ds["difference_unit"].values == "Month")
    rows = [0, *(int(row) for row in dates[:1] if row)]
    words = "; ".join(_cost(ds.isel(row=row, delay=1), bool(ds.attrs["draws"])) for row in rows)
    return f"`{ds.attrs['pathway']}` {years} later: {words}."


def _cost(here: xr.Dataset, drawn: bool) -> str:
    unit = str(here["difference_unit"].item())
    single, *ends = (
        signed(float(here[name]), date=unit == "Month") for name in ("difference", "p05", "p95")
    )
    year = "" if np.isnan(float(here["year"])) else f", {float(here['year']):g}"
    amount = f"{single} {unit_in_words(unit, dimensionless='')}".strip()
    band = f" ({' to '.join(ends)} in draws)" if drawn else ""
    return f"{here['outcome'].item()}{year} {amount}{band}"
