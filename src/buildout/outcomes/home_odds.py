"""The odds that a stage serves the direct market from home, read off a sweep."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import xarray as xr

from buildout._util import names
from buildout.outcomes.chances import share_in_percent
from buildout.outcomes.headlines import SELF_SUFFICIENCY
from buildout.outcomes.odds import BAND, date_quantiles
from buildout.outcomes.wording import home_words

_SHARE = names.key(SELF_SUFFICIENCY)
_DATE, _KNOWN = f"{_SHARE}_year_above_1", f"{_SHARE}_known_above_1"

#: What is said of a stage: unit and meaning by key; a date is NaN for "not before the end".
HOME_ODDS = {
    **{
        f"home_year_{name}": ("Year", f"by then {100 * q:g}% of draws are served from home")
        for name, q in BAND.items()
    },
    "share_ever_home": ("Dmnl", "share of draws served from home before the end of the run"),
    "share_home_unknown": ("Dmnl", "share of draws that end too early to know"),
}
# Shares of draws beyond the band.
_BEYOND = BAND["p05"]


def home_odds(cloud: xr.Dataset) -> xr.Dataset:
    """When each stage serves the direct market from home, over the draws of a sweep.

    Parameters
    ----------
    cloud : Dataset
        From `sweep`, which keeps that year by default.

    Returns
    -------
    Dataset, (pathway, line)
        The keys of `HOME_ODDS` over sound draws. "Never" is later than any date, so that a p95 is
        NaN where more than 5% never come. Empty for a sweep without the year.
    """
    if not {_DATE, _KNOWN} <= set(cloud.data_vars):
        return xr.Dataset()
    dates, known = (cloud[name].transpose("pathway", "line", "draw") for name in (_DATE, _KNOWN))
    shape = (cloud.sizes["pathway"], cloud.sizes["line"])
    values = {name: np.full(shape, np.nan) for name in HOME_ODDS}
    for i in range(shape[0]):
        sound = cloud["status"].values[i] == 0
        for j in range(shape[1]):
            own = dates.values[i, j, sound]
            for name, date in date_quantiles(own).items():
                values[f"home_year_{name}"][i, j] = date
            if len(own):
                values["share_ever_home"][i, j] = np.isfinite(own).mean()
                values["share_home_unknown"][i, j] = (known.values[i, j, sound] == 0).mean()
    coords = {"pathway": cloud["pathway"].values, "line": cloud["line"].values}
    return xr.Dataset(
        {
            name: (("pathway", "line"), values[name], {"units": unit, "long_name": meaning})
            for name, (unit, meaning) in HOME_ODDS.items()
        },
        coords,
    )


def with_home_odds(
    rows: Iterable[Mapping[str, Any]], odds: xr.Dataset | None
) -> list[dict[str, Any]]:
    """Rows of stages with the odds of each; their keys are there and None without odds.

    Parameters
    ----------
    rows : iterable of dict
        From `stage_rows`.
    odds : Dataset or None
        From `home_odds`, or from `buildout.odds`, which holds it.
    """
    if odds is None or any(name not in odds for name in HOME_ODDS):
        return [{**row, **dict.fromkeys(HOME_ODDS)} for row in rows]
    return [{**row, **_cell(odds, row["pathway"], row["line"])} for row in rows]


def home_band(row: Mapping[str, Any], *, start: float, end: float) -> str:
    """Since when a stage serves the market, from early draws to late ones, and in how many ever.

    Examples
    --------
    >>> row = {"home_year_p05": 2033.4, "home_year_p95": None,
    ...        "share_ever_home": 0.265, "share_home_unknown": 0.0}
    >>> home_band(row, start=2025, end=2045)
    '2033 Q2 to not before 2045 (26%)'
    """
    known = row["share_home_unknown"] < _BEYOND
    early, late = (
        home_words(row[f"home_year_{name}"], None, known=known, start=start, end=end)
        for name in ("p05", "p95")
    )
    dates = early if early == late else f"{early} to {late}"
    return f"{dates} ({share_in_percent(row['share_ever_home'])})"


def _cell(odds: xr.Dataset, path: str, line: str) -> dict[str, float | None]:
    cell = {name: float(odds[name].sel(pathway=path, line=line)) for name in HOME_ODDS}
    return {name: value if math.isfinite(value) else None for name, value in cell.items()}
