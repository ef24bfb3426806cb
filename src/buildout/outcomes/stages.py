"""When each stage of the chain serves the direct market from home, and how far behind China."""

from typing import Any

import numpy as np
import xarray as xr

from buildout.inputs.china import read_china_output
from buildout.outcomes.china_lag import lag
from buildout.outcomes.dates import first_sustained
from buildout.outcomes.headlines import LONG_DATES, STAGE_NEEDS
from buildout.outcomes.statuses import lacking, refuse_lacking, statuses

#: Dates at which US output is set against China's.
LAG_DATES = LONG_DATES[1:]
#: Of `stages`: what has no number for each date.
HOME = ("home_year", "home_until", "home_known")

MEANINGS = {
    "home_year": ("Year", "first date from which US output serves the direct market for a year"),
    "home_until": ("Year", "date on which it no longer does, NaN if never"),
    "home_known": ("", "whether the run is long enough to show such a date or to rule it out"),
    "china_year": ("Year", "year in which China first made as much as the US on the date"),
    "at_least": ("", "whether China made as much before its record begins"),
    "years_behind": ("Year", "years from China's same output to the date"),
    "years_behind_low": ("Year", "the same, if China made as little as its range allows"),
    "years_behind_high": ("Year", "the same, if China made as much as its range allows"),
}
#: Of `stages`: what has a number for each date.
LAG = tuple(name for name in MEANINGS if name not in HOME)


def stages(ds: xr.Dataset) -> xr.Dataset:
    """When each stage serves the direct market from home, and how far it is behind China.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, with the variables of `STAGE_NEEDS`.

    Returns
    -------
    Dataset
        (pathway, line): `home_year`, the first date at which US output stays at or above what the
        direct US market needs for a year (`dates.first_sustained`, from the start of the run),
        NaN when there is none before the end; `home_until`, when that is lost again; `home_known`,
        False where the run is too short to tell. (pathway, line, year), at those of 2030, 2035
        and 2045 that are saved and for lines with a record in china_output.csv, else NaN:
        `china_year`, when China first made as much as the US on the date; `years_behind`, with
        `years_behind_low` and `years_behind_high` from the range of the record; `at_least`, True
        where US output lies below the first year of the record, so that the years are a least
        number. NaN also where China had not made as much by 2024.

    Raises
    ------
    ResultsError
        When the Dataset lacks what is needed.

    Notes
    -----
    The same date over the draws of a sweep is the reduction `Crossing` at 1 of the same variable,
    which a sweep keeps when nobody says what to keep:

    >>> import buildout as bo
    >>> output, draws = "self sufficiency of direct market", bo.latin_hypercube(2, seed=7)
    >>> cloud = bo.sweep(draws, "status-quo", outputs=output, reductions=bo.Crossing(1.0))
    >>> cloud["self_sufficiency_of_direct_market_year_above_1"].dims
    ('pathway', 'draw', 'line')

    Examples
    --------
    >>> ds = bo.simulate("status-quo", outputs=STAGE_NEEDS)
    >>> stages(ds)["home_year"].dims, stages(ds)["years_behind"].dims
    (('pathway', 'line'), ('pathway', 'line', 'year'))
    """
    refuse_lacking(ds, STAGE_NEEDS, "STAGE_NEEDS")
    arrays = {**_home(ds).data_vars, **_lags(ds).data_vars}
    for name, (unit, meaning) in MEANINGS.items():
        arrays[name].attrs = {"long_name": meaning} | ({"units": unit} if unit else {})
    # Made from the results, so that it shows itself in a notebook as shortly as they do.
    shown: xr.Dataset = ds[[]].assign({name: arrays[name] for name in MEANINGS})
    return shown.drop_vars("time", errors="ignore")


def stage_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """The same as a table, one row per pathway and line.

    Parameters
    ----------
    ds : Dataset
        From `simulate`.

    Returns
    -------
    list of dict
        With the keys pathway, line, home_year (None without one), home_until (None where it is
        not lost again), home_known; for each date such as 2035 us_output_2035 (t/Year),
        china_year_2035, years_behind_2035, years_behind_low_2035, years_behind_high_2035 (None
        where nothing is known) and at_least_2035; and status ("ok" for a sound run). Empty for
        results without what `stages` needs.
    """
    if lacking(ds, STAGE_NEEDS):
        return []
    answer, ended = stages(ds), statuses(ds)
    answer["us_output"] = (
        ds["line_output"]
        .sel(region="US", time=answer["year"].values, drop=True)
        .rename(time="year")
    )
    years = answer["year"].values.tolist()
    # Plain arrays: a labelled look-up for each cell would take longer than the run.
    home = {name: answer[name].transpose("pathway", "line").values for name in HOME}
    dated = {
        name: answer[name].transpose("pathway", "line", "year").values
        for name in ("us_output", *LAG)
    }
    table: list[dict[str, Any]] = []
    for i, path in enumerate(answer["pathway"].values.tolist()):
        for j, line in enumerate(answer["line"].values.tolist()):
            row: dict[str, Any] = {"pathway": path, "line": line}
            row |= {name: _plain(values[i, j]) for name, values in home.items()}
            for k, year in enumerate(years):
                row |= {
                    f"{name}_{year:g}": _plain(values[i, j, k]) for name, values in dated.items()
                }
            table.append(row | {"status": ended[path]})
    return table


def years_behind(ds: xr.Dataset) -> xr.DataArray:
    """Years behind China's same output at every saved date, NaN for lines without a record."""
    return _each_line(ds["line_output"].sel(region="US"))["years_behind"]


def home_year(ds: xr.Dataset) -> xr.DataArray:
    """First date at which each line serves the direct market from home, NaN where there is none."""
    return _home(ds)["home_year"]


def _home(ds: xr.Dataset) -> xr.Dataset:
    spell = xr.apply_ufunc(
        lambda share: tuple(first_sustained(ds["time"].values, share)),
        ds["self_sufficiency_of_direct_market"],
        input_core_dims=[["time"]],
        output_core_dims=[[], [], []],
    )
    return xr.Dataset(dict(zip(HOME, spell, strict=True)))


def _lags(ds: xr.Dataset) -> xr.Dataset:
    dates = [year for year in LAG_DATES if (ds["time"] == year).any()]
    return _each_line(ds["line_output"].sel(region="US", time=dates)).rename(time="year")


def _each_line(output: xr.DataArray) -> xr.Dataset:
    """The lag of every line: NaN for those without a record."""
    output = output.transpose("pathway", "line", "time")
    records = read_china_output()
    arrays = {name: np.full(output.shape, np.nan) for name in LAG if name != "at_least"}
    arrays["at_least"] = np.zeros(output.shape, bool)
    for i, line in enumerate(output["line"].values.tolist()):
        if line in records:
            behind = lag(output.values[:, i], output["time"].values, records[line])
            for name, values in behind._asdict().items():
                arrays[name][:, i] = values
    coords = {dim: output[dim].values for dim in output.dims}
    return xr.Dataset({name: (output.dims, array) for name, array in arrays.items()}, coords)


def _plain(value: np.float64 | np.bool_) -> float | bool | None:
    if isinstance(value, np.bool_):
        return bool(value)
    return float(value) if np.isfinite(value) else None
