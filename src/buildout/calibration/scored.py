"""Observations scored against an ensemble: one line each, and in sum by series.

The draws of what would be observed are those of the model with the error of the observation.
"""

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from buildout.calibration.observed import modelled
from buildout.calibration.scores import crps, in_band, probability_integral, with_error
from buildout.errors import ResultsError
from buildout.inputs.mapping import Mapped
from buildout.inputs.money import Money, read_money
from buildout.vensim.arrays import Floats

#: Shares of the draws that each observation is shown beside, by the name of the column.
SCORED_SHARES = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
SCORES = {
    "ratio": "median of the draws over what was observed; NaN where that is zero",
    "pit": "probability integral: share of the draws below what was observed",
    "inside": "1 where the middle nine tenths of the draws hold what was observed, else 0",
    "crps": "continuous ranked probability score, in the unit of the row",
}
# Rows whose draws are held at once.
_TOGETHER = 64


def with_sd(observed: xr.Dataset, mapping: Mapping[str, Mapped]) -> xr.Dataset:
    """Observations with the error that the mapping gives to each: a share of what was observed."""
    shares = np.array([mapping[series].sd for series in observed["series"].values.tolist()])
    return observed.assign_coords(sd=("row", shares * np.abs(observed["value"].values)))


def scored(
    cloud: xr.Dataset,
    observed: xr.Dataset,
    mapping: Mapping[str, Mapped],
    *,
    seed: int = 1,
    money: Money | None = None,
) -> xr.Dataset:
    """What an ensemble said of each observation, and how good that was.

    Parameters
    ----------
    cloud : Dataset, (pathway, draw, ...)
        From `sweep` with `Trajectory()` of the elements in `outputs_of`. Draws that broke down are
        left out.
    observed : Dataset, (row,)
        `value`, with coordinates series, start, end and sd (see `with_sd`).
    mapping : mapping of str to Mapped
        What each series is in the model.
    seed : int
        Of the errors of observation. Those of a row hang on its series and period alone, so that
        it has the same scores in every table.
    money : Money, optional
        Read from `calibration/money.csv` by default.

    Returns
    -------
    Dataset, (pathway, row)
        `value` (row), the quantiles `p05` to `p95` in the unit of the row, and the scores
        `ratio`, `pit`, `inside` and `crps`. `draws` (pathway): how many were sound.

    Raises
    ------
    ResultsError
        When no draw of a pathway is sound.
    """
    money = money or read_money()
    columns = (*SCORED_SHARES, *SCORES)
    paths = cloud["pathway"].values.tolist()
    table = np.full((len(columns), len(paths), observed.sizes["row"]), np.nan)
    counts = []
    for place, path in enumerate(paths):
        sound = _sound(cloud.isel(pathway=[place]), str(path))
        counts.append(sound.sizes["draw"])
        for first in range(0, observed.sizes["row"], _TOGETHER):
            part = slice(first, first + _TOGETHER)
            rows = observed.isel(row=part)
            draws = modelled(sound, rows, mapping, money=money).isel(pathway=0)
            table[:, place, part] = _scores(
                _observable(draws.transpose("draw", "row").values, rows, seed),
                rows["value"].values.astype(float),
            )
    data = {name: (("pathway", "row"), table[place]) for place, name in enumerate(columns)}
    ds = observed.assign(data).assign_coords(pathway=cloud["pathway"].values)
    for name, meaning in SCORES.items():
        ds[name].attrs["long_name"] = meaning
    return ds.assign(draws=("pathway", counts))


def series_scores(ds: xr.Dataset) -> list[dict[str, Any]]:
    """The scores of each series, and of all.

    Parameters
    ----------
    ds : Dataset
        From `scored`.

    Returns
    -------
    list of dict
        For each pathway and series: `pathway`, `series`, `unit` where there is one, `count`,
        `inside` (share of the observations within the band), `crps_over_mean` (mean score over the
        mean observed), `ratio` (sum of the medians over the sum observed), NaN where that is zero.
        Last, for each pathway, the series `all`: its coverage is over all observations, the two
        others are means over the series, of the ratio the median of them.
    """
    rows = []
    for path in ds["pathway"].values.tolist():
        own = ds.sel(pathway=path)
        series = list(dict.fromkeys(own["series"].values.tolist()))
        parts = [_of_series(own, name) for name in series]
        whole = {
            "series": "all",
            "unit": "",
            "count": own.sizes["row"],
            "inside": float(own["inside"].mean()),
            "crps_over_mean": _mean([part["crps_over_mean"] for part in parts]),
            "ratio": _median([part["ratio"] for part in parts]),
        }
        rows += [{"pathway": path, **part} for part in [*parts, whole]]
    return rows


def _of_series(own: xr.Dataset, name: str) -> dict[str, Any]:
    rows = own.isel(row=np.flatnonzero(own["series"].values == name))
    level = abs(float(rows["value"].mean())) or np.nan
    whole = float(rows["value"].sum()) or np.nan
    return {
        "series": name,
        "unit": str(rows["unit"].values[0]) if "unit" in rows.coords else "",
        "count": rows.sizes["row"],
        "inside": float(rows["inside"].mean()),
        "crps_over_mean": float(rows["crps"].mean()) / level,
        "ratio": float(rows["p50"].sum()) / whole,
    }


def _sound(cloud: xr.Dataset, path: str) -> xr.Dataset:
    if "status" not in cloud:
        return cloud
    kept = np.flatnonzero(cloud["status"].values.ravel() == 0)
    if not len(kept):
        raise ResultsError(f"No draw of `{path}` is sound.", cure="See `buildout sweep` of it.")
    return cloud.isel(draw=kept)


def error_stream(series: str, start: float, end: float, seed: int) -> np.random.Generator:
    """The random numbers of the error of one observation, whatever stands beside it."""
    own = zlib.crc32(f"{series} {start:.6f} {end:.6f}".encode())
    return np.random.default_rng([seed, own])


def _observable(draws: Floats, rows: xr.Dataset, seed: int) -> Floats:
    """Draws with the errors of observation, each row with a stream of its own."""
    columns = []
    for place, (series, start, end) in enumerate(
        zip(rows["series"].values, rows["start"].values, rows["end"].values, strict=True)
    ):
        rng = error_stream(series, start, end, seed)
        columns.append(with_error(draws[:, place], rows["sd"].values[place], rng))
    return np.stack(columns, axis=1)


def _scores(draws: Floats, values: Floats) -> Floats:
    quantiles = np.quantile(draws, list(SCORED_SHARES.values()), axis=0)
    middle = quantiles[list(SCORED_SHARES).index("p50")]
    ratio = np.divide(middle, values, out=np.full_like(middle, np.nan), where=values != 0)
    return np.stack(
        [
            *quantiles,
            ratio,
            probability_integral(draws, values),
            in_band(draws, values),
            crps(draws, values),
        ]
    )


def _mean(values: list[float]) -> float:
    finite = [value for value in values if np.isfinite(value)]
    return float(np.mean(finite)) if finite else float("nan")


def _median(values: list[float]) -> float:
    finite = [value for value in values if np.isfinite(value)]
    return float(np.median(finite)) if finite else float("nan")
