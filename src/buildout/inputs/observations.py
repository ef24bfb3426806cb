"""What was observed, as one labelled table: production, trade, prices, plans, demand.

The rows live in `calibration/observations/*.csv`, one file per topic. `use` is "fit" in the rows
that a fit of `calibration/fit.json` takes, all of which end before 2025.0, else "test".
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import xarray as xr

from buildout._util import names
from buildout._util.names import quoted
from buildout._util.reading import read_number
from buildout.errors import BuildoutError, InputError, together
from buildout.inputs import places
from buildout.inputs.calibrated import TableRules, read_calibrated

OBSERVATION_COLUMNS = (
    "series",
    "kind",
    "period_start",
    "period_end",
    "time",
    "value",
    "unit",
    "use",
    "source_id",
    "note",
)
RULES = TableRules(
    "the table of observations",
    OBSERVATION_COLUMNS,
    key=("series", "kind", "period_start", "period_end", "source_id", "value"),
    filled=("source_id",),
    named=("series", "unit"),
    years=("time",),
    sources="source_id",
)
#: Beside the observations: what each series is in the model (`buildout.inputs.mapping`).
MAPPING = "mapping.csv"
OBSERVATION_KINDS = ("observation", "plan", "forecast")
OBSERVATION_USES = ("fit", "test")
_Row = dict[str, str | float]
FIT_BEFORE = 2025.0  # the model starts here: what comes later can only contradict it


def decimal_year(day: date) -> float:
    """A day's beginning as a decimal year.

    Examples
    --------
    >>> decimal_year(date(2013, 7, 2))
    2013.4986301369863
    """
    first = date(day.year, 1, 1)
    return day.year + (day - first).days / (date(day.year + 1, 1, 1) - first).days


def load_observations(folder: Path | None = None) -> xr.Dataset:
    """All observations with their sources.

    Parameters
    ----------
    folder : path, optional
        Where the CSV files are; by default those of the project.

    Returns
    -------
    Dataset, (row,)
        Variable `value` (in the row's own unit) and, as coordinates of `row`: topic (the file's
        name), series, kind, start and end of the period and its middle (`time`) as decimal
        years, unit, use, source_id, note. The end is the first moment after the period.

    Raises
    ------
    InputError
        When a file lacks a column, or a value or date cannot be read; the line is named.

    Examples
    --------
    >>> ds = load_observations()
    >>> float(select_observations(ds, series="lynas_reo_production_t", use="fit").value[0])
    3965.0
    """
    folder = folder or places.calibration_folder() / "observations"
    paths = [path for path in sorted(folder.glob("*.csv")) if path.name != MAPPING]
    rows = [{"topic": path.stem, **row} for path in paths for row in _read(path)]
    texts = ("topic", "series", "kind", "unit", "use", "source_id", "note")
    coords = {name: ("row", np.array([row[name] for row in rows], dtype=str)) for name in texts}
    for name in ("start", "end", "time"):
        coords[name] = ("row", np.array([row[name] for row in rows], dtype=float))
    value = np.array([row["value"] for row in rows])
    return xr.Dataset({"value": ("row", value, {"long_name": "observed value"})}, coords)


def select_observations(
    ds: xr.Dataset,
    *,
    series: str | Iterable[str] | None = None,
    use: str | None = None,
    kind: str | None = "observation",
    longest: float = np.inf,
) -> xr.Dataset:
    """Rows of some series, in order of time.

    Parameters
    ----------
    ds : Dataset
        From `load_observations`.
    series : str or iterable of str, optional
        Which series; all by default.
    use : {"fit", "test"}, optional
        Only rows that a fit takes, or only those that none takes.
    kind : {"observation", "plan", "forecast"} or None
        Plans and forecasts are somebody's opinion, so they are left out by default.
    longest : float, years
        Leave out rows over longer periods than this (a year beside its own quarters).

    Returns
    -------
    Dataset, (row,)

    Raises
    ------
    UnknownNameError
        When a series does not exist; the nearest names are given.
    """
    keep = np.ones(ds.sizes["row"], dtype=bool)
    if series is not None:
        wanted = [series] if isinstance(series, str) else list(series)
        known = sorted(set(ds.series.values.tolist()))
        for name in wanted:
            if name not in known:
                raise names.unknown("series", name, known)
        keep &= np.isin(ds.series.values, wanted)
    if use is not None:
        keep &= ds.use.values == use
    if kind is not None:
        keep &= ds.kind.values == kind
    keep &= (ds.end - ds.start).values <= longest
    selected = ds.isel(row=np.flatnonzero(keep))
    return selected.isel(row=np.argsort(selected.time.values, kind="stable"))


def _read(path: Path) -> list[_Row]:
    rows: list[_Row] = []
    problems: list[BuildoutError] = []
    for line, cells in read_calibrated(path, RULES):
        try:
            rows.append(_row(cells))
        except BuildoutError as problem:
            problems.append(InputError(f"{quoted(path.name)}, line {line}: {problem}"))
    if problems:
        raise together(problems, "The table of observations")
    return rows


def _row(cells: Mapping[str, str]) -> _Row:
    for column, accepted in (("kind", OBSERVATION_KINDS), ("use", OBSERVATION_USES)):
        if cells[column] not in accepted:
            raise InputError(
                f"{column} is {quoted(cells[column])}.", f"Accepted: {', '.join(accepted)}."
            )
    start = decimal_year(_day(cells, "period_start"))
    end = decimal_year(_day(cells, "period_end") + timedelta(days=1))
    value = read_number(cells["value"], what="value")
    return {**cells, "start": start, "end": end, "time": (start + end) / 2, "value": value}


def _day(cells: Mapping[str, str], column: str) -> date:
    try:
        return date.fromisoformat(cells[column])
    except ValueError:
        raise InputError(
            f"{column} is {quoted(cells[column])}.", "A day such as `2024-12-31` is accepted."
        ) from None
